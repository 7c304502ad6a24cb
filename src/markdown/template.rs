//! The text of new documents: cards, and a bare stage doc for each of the four known stages.

use crate::domain::{id::Id, stage::Stage};

const FACT_FIND: &str = "# Fact-find: {title}\n\n## Questions to answer\n\n- \n\n## Findings\n\n_Nothing yet._\n";
const PLAN: &str = "# Plan: {title}\n\n## Approach\n\n_Nothing yet._\n\n## Tasks\n\n- [ ] \n";
const BUILD: &str = "# Build: {title}\n\n## Progress\n\n- [ ] \n\n## Log\n\n_Nothing yet._\n";
const REFLECT: &str = "# Reflect: {title}\n\n## What went well\n\n- \n\n## What to do differently\n\n- \n";
const OTHER: &str = "# {title}\n\n_Nothing yet._\n";

/// A stage doc made on the way of a move; `date` is a calendar date, `title` the card's, on one line.
#[must_use]
pub fn stage_doc(card: &Id, stage: &Stage, title: &str, date: &str) -> String {
    let body = match stage.as_str() {
        "fact-find" => FACT_FIND,
        "plan" => PLAN,
        "build" => BUILD,
        "reflect" => REFLECT,
        _ => OTHER,
    };
    let body = body.replace("{title}", title);
    let stage = stage.as_str();
    format!("---\nType: Stage\nStage: {stage}\nCard-ID: {card}\nCreated: {date}\nUpdated: {date}\n---\n\n{body}")
}

/// The skeleton of a new card, its keys in the order real trees have them. The empty keys are set through the lens,
/// so that each value is quoted as it must be, or unset.
#[must_use]
pub fn card(id: &Id, date: &str, body: &str) -> String {
    format!(
        "---\nType: Card\nLane:\nPriority:\nOwner:\nID: {id}\nTitle:\nBusiness:\nTags: []\nDue-Date:\n\
         Created: {date}\nUpdated: {date}\n---\n\n{body}"
    )
}

/// The skeleton of a new idea, as [`card`] makes that of a card.
#[must_use]
pub fn idea(id: &Id, date: &str, body: &str) -> String {
    format!(
        "---\nType: Idea\nID: {id}\nTitle:\nBusiness:\nStatus: raw\nPriority:\nTags: []\nCreated-Date: {date}\n\
         Last-Updated: {date}\n---\n\n{body}"
    )
}

/// A new comment; `at` is an instant. Its author is set through the lens.
#[must_use]
pub fn comment(card: &Id, at: &str, text: &str) -> String {
    let text = text.trim_end();
    format!("---\nType: Comment\nCard-ID: {card}\nAuthor:\nCreated: {at}\n---\n\n{text}\n")
}
