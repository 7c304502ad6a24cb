//! Generates a tree modelled on real ones: 4 KB documents with 13 to 17 keys, nearly all of them cards, identical on
//! every run.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::Outcome;

/// The business whose board is measured; a tenth of all documents are its cards.
pub(crate) const BUSINESS: &str = "BIZ";

const OTHERS: [&str; 9] = ["BAKE", "BIKE", "BOAT", "FARM", "HOME", "INNS", "SHOP", "TOUR", "WINE"];
const LANES: [&str; 7] = ["Inbox", "Fact-finding", "Planned", "In progress", "Blocked", "Done", "Reflected"];
const OWNERS: [&str; 4] = ["Nora", "Ines", "Tom", "Unassigned"];
const TAGS: [&str; 8] = ["booking", "suppliers", "seasonal", "repairs", "website", "prices", "training", "permits"];
const WORDS: [&str; 24] = [
    "order", "flour", "before", "the", "market", "opens", "and", "check", "every", "invoice", "against", "delivery",
    "notes", "with", "guests", "who", "asked", "for", "bicycles", "–", "prices", "café", "per", "week",
];

/// A word that occurs in every document.
pub(crate) const WORD: &str = "flour";

/// A word that occurs in about one in a hundred documents.
pub(crate) const RARE_WORD: &str = "saffron";

/// The size of a document in bytes.
const SIZE: usize = 4096;

/// The folder of the documents, relative to the root.
pub(crate) const MIRROR: &str = "docs/business-os";

/// The generated cards.
pub(crate) struct Made {
    /// Cards of [`BUSINESS`] in the lane Inbox that have a single document.
    pub(crate) inbox: Vec<String>,
    /// All cards.
    pub(crate) cards: Vec<String>,
}

/// Writes a tree of `documents` documents below `root`.
pub(crate) fn write(root: &Path, documents: usize) -> Outcome<Made> {
    let mirror = root.join(MIRROR);
    fs::create_dir_all(mirror.join("cards"))?;
    fs::create_dir_all(mirror.join("ideas/inbox"))?;
    fs::create_dir_all(mirror.join("strategy"))?;
    fs::write(mirror.join("strategy/businesses.json"), catalogue())?;

    let (ideas, stage_docs, companions) = (documents * 3 / 100, documents * 3 / 100, documents * 4 / 100);
    let cards = documents - ideas - stage_docs - companions;
    let own = documents / 10;
    let mut made = Made { inbox: Vec::new(), cards: Vec::with_capacity(cards) };
    for index in 0..cards {
        let (business, number) = match index.checked_sub(own) {
            None => (BUSINESS, index + 1),
            Some(rest) => (OTHERS[rest % OTHERS.len()], rest / OTHERS.len() + 1),
        };
        let id = format!("{business}-ENG-{number:04}");
        let mut random = Random::new(index);
        let card = card(&id, business, number, &mut random);
        // Companions and stage docs are spread over all cards, but never on the same card.
        let (spread_companions, spread_stages) = (cards / companions.max(1), cards / stage_docs.max(1));
        let has_companion = index % spread_companions == 1 && index / spread_companions < companions;
        let has_stage_doc = index % spread_stages == 2 && index / spread_stages < stage_docs;
        put(&mirror, &format!("cards/{id}.user.md"), &card, &mut random)?;
        if has_companion {
            put(&mirror, &format!("cards/{id}.agent.md"), &card, &mut random)?;
        }
        if has_stage_doc {
            let head = format!(
                "Type: Stage\nCard-ID: {id}\nStage: plan\nCreated: 2026-01-20\nUpdated: 2026-02-01\nOwner: Nora\n"
            );
            fs::create_dir_all(mirror.join("cards").join(&id))?;
            put(&mirror, &format!("cards/{id}/plan.user.md"), &head, &mut random)?;
        }
        if business == BUSINESS && !has_companion && !has_stage_doc && card.contains("\nLane: Inbox\n") {
            made.inbox.push(id.clone());
        }
        made.cards.push(id);
    }
    for index in 0..ideas {
        let business = OTHERS[index % OTHERS.len()];
        let id = format!("{business}-OPP-{:04}", index / OTHERS.len() + 1);
        let mut random = Random::new(cards + index);
        put(&mirror, &format!("ideas/inbox/{id}.user.md"), &idea(&id, business, &mut random), &mut random)?;
    }
    Ok(made)
}

/// A card's text after a move to Done, produced by plain text replacement.
pub(crate) fn done(text: &str) -> String {
    let end = text.find("\n---\n").unwrap_or_default();
    let mut done = text[..end].replacen("\nLane: Inbox\n", "\nLane: Done\n", 1);
    if let Some(at) = done.find("\nUpdated: ") {
        done.replace_range(at + 10..at + 20, "2026-11-20");
    }
    done + "\nCompleted-Date: 2026-11-20" + &text[end..]
}

fn card(id: &str, business: &str, number: usize, random: &mut Random) -> String {
    let lane = LANES[random.below(LANES.len())];
    let mut head = format!(
        "Type: Card\nStatus: Active\nLane: {lane}\nPriority: P{}\nOwner: {}\nID: {id}\nTitle: {}\nBusiness: {business}\n",
        random.below(6).min(5),
        OWNERS[random.below(OWNERS.len())],
        title(random),
    );
    let (one, two) = (TAGS[random.below(4)], TAGS[4 + random.below(4)]);
    if random.below(2) == 0 {
        let _ = writeln!(head, "Tags: [{one}, {two}]");
    } else {
        let _ = writeln!(head, "Tags:\n  - {one}\n  - {two}");
    }
    let (created, updated) = (date(random), date(random));
    let (created, updated) = if created < updated { (created, updated) } else { (updated, created) };
    let time = if random.below(2) == 0 { "T00:00:00.000Z" } else { "" };
    let _ = writeln!(head, "Created: {created}{time}\nUpdated: {updated}{time}");
    let _ = writeln!(head, "Plan-Confidence: {}%\nPlan-Link: docs/plans/plan-{number}.md", 50 + random.below(50));
    if random.below(2) == 0 {
        let _ = writeln!(head, "Due-Date: {}", date(random));
    }
    if random.below(4) == 0 && number > 1 {
        let _ = writeln!(head, "Dependencies: [{business}-ENG-{:04}]", 1 + random.below(number - 1));
    }
    if random.below(2) == 0 {
        let _ = writeln!(head, "Last-Progress: {}", date(random));
    }
    match lane {
        "Blocked" => head += "Blocked: true\nBlocked-Reason: waiting for the permit\n",
        "Done" | "Reflected" => _ = writeln!(head, "Completed-Date: {updated}"),
        _ => {}
    }
    // Ensures at least 13 keys, whatever the random choices left out.
    head.push_str("Fact-Find-Link: docs/plans/fact-find.md\n");
    head
}

fn idea(id: &str, business: &str, random: &mut Random) -> String {
    let mut head = format!("Type: Idea\nID: {id}\nBusiness: {business}\nStatus: raw\n");
    let _ = writeln!(head, "Title: {}\nOwner: Nora\nPriority: P3\nCreated-Date: {}", title(random), date(random));
    head += "Tags: [seasonal, prices]\nLast-updated: 2026-02-06\nSource: talk at the counter\n";
    head += "Plan-Link: docs/plans/idea.md\nConfidence: 60%\n";
    head
}

fn put(mirror: &Path, path: &str, head: &str, random: &mut Random) -> Outcome<()> {
    let mut text = format!("---\n{head}---\n\n# {}\n", title(random));
    if random.below(400) == 0 {
        text += RARE_WORD;
        text.push('\n');
    }
    while text.len() < SIZE {
        if random.below(12) == 0 {
            text.push_str("\n## ");
        }
        text.push_str(WORDS[random.below(WORDS.len())]);
        text.push(if random.below(14) == 0 { '\n' } else { ' ' });
    }
    text.truncate(text.floor_char_boundary(SIZE - 1));
    text.push('\n');
    Ok(fs::write(mirror.join(path), text)?)
}

fn title(random: &mut Random) -> String {
    let (a, b) = (WORDS[random.below(WORDS.len())], WORDS[random.below(WORDS.len())]);
    format!("Plan the {a} {b} {} for {}", TAGS[random.below(TAGS.len())], OWNERS[random.below(3)])
}

fn date(random: &mut Random) -> String {
    format!("2026-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28))
}

fn catalogue() -> String {
    let one = |id: &str| {
        format!("{{\"id\": \"{id}\", \"name\": \"The {id} company\", \"owner\": \"Nora\", \"status\": \"active\"}}")
    };
    let all: Vec<String> = std::iter::once(BUSINESS).chain(OTHERS).map(one).collect();
    format!("{{\"businesses\": [\n{}\n]}}\n", all.join(",\n"))
}

/// The path of a card's document, relative to the root.
pub(crate) fn card_path(id: &str) -> PathBuf {
    Path::new(MIRROR).join("cards").join(format!("{id}.user.md"))
}

/// A small pseudorandom number generator (SplitMix64), with the same output on every machine.
struct Random(u64);

impl Random {
    fn new(seed: usize) -> Self {
        Self(seed as u64)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}
