//! BOS043: the card and stage named in a stage doc or comment match its path.

use super::seen::Seen;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        entity::Entity,
        stage::Stage,
    },
    engine::base::wording::quoted,
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    let (Entity::StageDoc { card, .. } | Entity::Comment { card, .. }) = &seen.located.entity else { return };
    if let Some(other) = seen.text("Card-ID").filter(|other| *other != card.as_str()) {
        let message = format!("`Card-ID` says {}, but the file lies in the folder of {card}", quoted(other));
        let help = format!("the folder decides: write `Card-ID: {card}`, or move the file");
        found.push(seen.about("Card-ID", Code::StageDisagrees, message, help));
    }
    let Entity::StageDoc { stage, .. } = &seen.located.entity else { return };
    if let Some(other) = seen.text("Stage").filter(|other| !means(other, stage)) {
        let stage = stage.as_str();
        let message = format!("`Stage` says {}, the file name {stage}", quoted(other));
        let help = format!("the file name decides: write `Stage: {stage}`, or rename the file");
        found.push(seen.about("Stage", Code::StageDisagrees, message, help));
    }
}

fn means(spelling: &str, stage: &Stage) -> bool {
    spelling == stage.as_str() || Stage::parse(spelling).as_ref() == Some(stage)
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn the_place_decides() {
        insta::assert_snapshot!(told("cards/A-1/plan.user.md", "---\nCard-ID: A-2\nStage: build\n---\n"), @"
        BOS043 cards/A-1/plan.user.md:2:10: `Card-ID` says `A-2`, but the file lies in the folder of A-1
            the folder decides: write `Card-ID: A-1`, or move the file
        BOS043 cards/A-1/plan.user.md:3:8: `Stage` says `build`, the file name plan
            the file name decides: write `Stage: plan`, or rename the file
        ");
        insta::assert_snapshot!(told("cards/A-1/comments/1.md", "---\nCard-ID: A-2\nStage: any\n---\n"), @"
        BOS043 cards/A-1/comments/1.md:2:10: `Card-ID` says `A-2`, but the file lies in the folder of A-1
            the folder decides: write `Card-ID: A-1`, or move the file
        ");
    }

    #[test]
    fn aliases_agree() {
        for (file, stage) in [("fact-finding", "Fact-find"), ("Planned", "plan"), ("build", "Build")] {
            assert_eq!(told(&format!("cards/A-1/{file}.user.md"), &format!("---\nStage: {stage}\n---\n")), "");
        }
    }
}
