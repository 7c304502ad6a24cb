//! A card as boards and lists show it: read from a document, with defaults for what the document leaves out.

use super::{
    claim::Claim,
    date::{leading_date, normalized},
    doc_path::DocPath,
    hash::Sha256,
    id::Id,
    lane::Lane,
    one_of::OneOf,
    priority::Priority,
    value::{FieldValue, Fields},
};

/// The owner of a card that does not name one.
pub const UNASSIGNED: &str = "Unassigned";

/// The spellings of the key that holds the date of the last change.
pub const UPDATED_KEYS: [&str; 3] = ["Updated", "Last-updated", "Last-Updated"];

/// The spellings of the key that holds the creation date.
pub const CREATED_KEYS: [&str; 2] = ["Created", "Created-Date"];

/// One card. Defaults are filled in here and never written to the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its ID, from the file name.
    pub id: Id,
    /// `Business`, else the business in the ID's prefix.
    pub business: String,
    /// `Lane`, else Inbox.
    pub lane: OneOf<Lane>,
    /// `Priority`, else P2.
    pub priority: OneOf<Priority>,
    /// `Owner`, else `Unassigned`.
    pub owner: String,
    /// `Title`, else the first H1, else the ID.
    pub title: String,
    /// `Tags`.
    pub tags: Vec<String>,
    /// `Due-Date`: its date, or the value as written if it is not a date.
    pub due: Option<String>,
    /// `Created` or `Created-Date`, else the time of the first log entry; a date, or an instant in UTC.
    pub created: String,
    /// The latest date under any spelling of `Updated`, else `created`.
    pub updated: String,
    /// `Completed-Date`.
    pub completed: Option<String>,
    /// In the lane Blocked, or `Blocked: true`.
    pub blocked: bool,
    /// `Blocked-Reason`.
    pub blocked_reason: Option<String>,
    /// `Dependencies`, as written.
    pub dependencies: Vec<String>,
    /// `Proposed-Lane`, as written.
    pub proposed_lane: Option<String>,
    /// `Claimed-By` and `Claimed-Until`; for a card in a list only while the claim holds.
    pub claim: Option<Claim>,
    /// Whether it lies below an `archive` folder.
    pub archived: bool,
    /// The path of the primary document.
    pub path: DocPath,
    /// The hash of its current text.
    pub sha256: Sha256,
}

/// The fields of a card that a board shows or filters by, borrowed from the database row.
#[derive(Debug, Clone, Copy)]
pub struct BoardLine<'a> {
    /// Its ID.
    pub id: &'a str,
    /// Its lane, as written.
    pub lane: &'a str,
    /// Its priority, as written.
    pub priority: &'a str,
    /// Its owner.
    pub owner: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its tags, a JSON list of strings.
    pub tags_json: &'a str,
    /// Its due date.
    pub due: Option<&'a str>,
    /// Whether it is blocked.
    pub blocked: bool,
    /// Why it is blocked.
    pub blocked_reason: Option<&'a str>,
    /// The lane it is proposed to move to.
    pub proposed_lane: Option<&'a str>,
    /// The claim that holds now; board rows do not contain it, so the reader of the rows adds it.
    pub claim: Option<&'a Claim>,
}

impl BoardLine<'_> {
    /// The tags; empty if they cannot be parsed.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        list(self.tags_json).unwrap_or_default()
    }
}

/// A card borrowed from the board's index, since a board shows thousands at once.
#[derive(Debug, Clone, Copy)]
pub struct CardView<'a> {
    /// The fields that a board shows.
    pub line: BoardLine<'a>,
    /// Its business.
    pub business: &'a str,
    /// Its creation date.
    pub created: &'a str,
    /// The date of its last change.
    pub updated: &'a str,
    /// Its completion date.
    pub completed: Option<&'a str>,
    /// Its dependencies, a JSON list of strings.
    pub dependencies_json: &'a str,
    /// Whether it lies below an `archive` folder.
    pub archived: bool,
    /// The path of the primary document.
    pub path: &'a str,
    /// The hash of its current text.
    pub sha256: &'a str,
}

impl CardView<'_> {
    /// The IDs it depends on; the error names a value that is not a list of strings.
    pub fn dependencies(&self) -> Result<Vec<String>, String> {
        dependencies(self.dependencies_json)
    }

    /// Converts it to an owned card; the error names the value that is not valid in one.
    pub fn to_card(&self) -> Result<Card, String> {
        let line = &self.line;
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Ok(Card {
            id: Id::parse(line.id).ok_or_else(|| odd("ID", line.id))?,
            business: self.business.to_owned(),
            lane: Lane::read(line.lane),
            priority: Priority::read(line.priority),
            owner: line.owner.to_owned(),
            title: line.title.to_owned(),
            tags: list(line.tags_json).ok_or_else(|| odd("list", line.tags_json))?,
            due: owned(line.due),
            created: self.created.to_owned(),
            updated: self.updated.to_owned(),
            completed: owned(self.completed),
            blocked: line.blocked,
            blocked_reason: owned(line.blocked_reason),
            dependencies: self.dependencies()?,
            proposed_lane: owned(line.proposed_lane),
            claim: line.claim.cloned(),
            archived: self.archived,
            path: DocPath::parse(self.path).ok_or_else(|| odd("path", self.path))?,
            sha256: Sha256::parse(self.sha256).ok_or_else(|| odd("SHA-256", self.sha256))?,
        })
    }
}

/// The IDs in a JSON list of strings; the error names a value that is none.
pub(super) fn dependencies(json: &str) -> Result<Vec<String>, String> {
    list(json).ok_or_else(|| odd("list", json))
}

fn odd(what: &str, text: &str) -> String {
    format!("{text:?} is no {what}")
}

fn list(json: &str) -> Option<Vec<String>> {
    if json == "[]" { Some(Vec::new()) } else { serde_json::from_str(json).ok() }
}

/// Where a projected document comes from.
#[derive(Debug, Clone)]
pub struct Source<'a> {
    /// Its path.
    pub path: &'a DocPath,
    /// The hash of its text.
    pub sha256: &'a Sha256,
    /// Whether it lies below an `archive` folder.
    pub archived: bool,
    /// The time of the entity's first log entry, an instant in UTC; used if the document has no creation date.
    pub first_seen: &'a str,
}

impl Card {
    /// Reads a card from its primary document.
    #[must_use]
    pub fn read(id: &Id, fields: &Fields, body: &str, source: &Source<'_>) -> Self {
        let lane = fields.text("Lane").map_or(OneOf::Known(Lane::Inbox), Lane::read);
        let (created, updated) = created_and_updated(fields, source.first_seen);
        Self {
            business: business(id, fields),
            priority: fields.text("Priority").map_or(OneOf::Known(Priority::DEFAULT), Priority::read),
            owner: fields.text("Owner").unwrap_or(UNASSIGNED).to_owned(),
            title: title(id, fields, body),
            tags: owned(fields.items("Tags")),
            due: date(fields, "Due-Date"),
            created,
            updated,
            completed: date(fields, "Completed-Date"),
            blocked: lane == OneOf::Known(Lane::Blocked) || fields.get("Blocked") == Some(&FieldValue::Bool(true)),
            blocked_reason: fields.text("Blocked-Reason").map(str::to_owned),
            dependencies: owned(fields.items("Dependencies")),
            proposed_lane: fields.text("Proposed-Lane").map(str::to_owned),
            claim: Claim::read(fields),
            archived: source.archived,
            path: source.path.clone(),
            sha256: source.sha256.clone(),
            id: id.clone(),
            lane,
        }
    }
}

/// The `Business` field, else the business in the ID's prefix.
#[must_use]
pub fn business(id: &Id, fields: &Fields) -> String {
    fields.text("Business").unwrap_or_else(|| id.business()).to_owned()
}

/// The `Title` field, else the first H1, else the ID.
#[must_use]
pub fn title(id: &Id, fields: &Fields, body: &str) -> String {
    own_title(fields, body).unwrap_or(id.as_str()).to_owned()
}

/// The `Title` field, else the first H1.
#[must_use]
pub fn own_title<'t>(fields: &'t Fields, body: &'t str) -> Option<&'t str> {
    fields.text("Title").or_else(|| first_heading(body))
}

/// The creation date in the document; `None` if it has none.
#[must_use]
pub fn created(fields: &Fields) -> Option<String> {
    CREATED_KEYS.iter().filter_map(|key| normalized(fields.text(key)?)).min()
}

/// Creation and last change, each a date or an instant in UTC.
#[must_use]
pub fn created_and_updated(fields: &Fields, first_seen: &str) -> (String, String) {
    let created = created(fields).unwrap_or_else(|| first_seen.to_owned());
    let updated = UPDATED_KEYS.iter().filter_map(|key| normalized(fields.text(key)?)).max();
    let updated = updated.unwrap_or_else(|| created.clone());
    (created, updated)
}

fn date(fields: &Fields, key: &str) -> Option<String> {
    let text = fields.text(key)?;
    Some(leading_date(text).unwrap_or(text).to_owned())
}

pub(crate) fn owned(items: Vec<&str>) -> Vec<String> {
    items.into_iter().map(str::to_owned).collect()
}

/// The text of the first `# ` heading outside fenced code blocks.
fn first_heading(body: &str) -> Option<&str> {
    let mut fenced = false;
    for line in body.lines() {
        if line.starts_with("```") || line.starts_with("~~~") {
            fenced = !fenced;
        } else if let (false, Some(heading)) = (fenced, line.strip_prefix("# ")) {
            let heading = heading.trim().trim_end_matches('#').trim_end();
            if !heading.is_empty() {
                return Some(heading);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)], body: &str) -> Card {
        let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), FieldValue::Str((*v).to_owned()))).collect();
        let source = Source {
            path: &DocPath::parse("docs/business-os/cards/A-1.user.md").unwrap(),
            sha256: &Sha256::of(b""),
            archived: false,
            first_seen: "2026-11-20T10:00:00Z",
        };
        Card::read(&Id::parse("A-1").unwrap(), &Fields::new(pairs), body, &source)
    }

    #[test]
    fn defaults_are_filled_in() {
        let card = read(&[], "```\n# no\n```\n# Yes #\n");
        assert_eq!(card.lane, OneOf::Known(Lane::Inbox));
        assert_eq!(card.priority, OneOf::Known(Priority::DEFAULT));
        assert_eq!((card.owner.as_str(), card.business.as_str(), card.title.as_str()), (UNASSIGNED, "A", "Yes"));
        assert_eq!((card.created.as_str(), card.updated.as_str()), ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"));
    }

    #[test]
    fn updated_is_the_latest_of_its_spellings() {
        let card = read(
            &[
                ("Created-Date", "2026-01-01"),
                ("Updated", "2026-01-29 (note)"),
                ("Last-Updated", "2026-02-01T00:00:00.000Z"),
            ],
            "",
        );
        assert_eq!((card.created.as_str(), card.updated.as_str()), ("2026-01-01", "2026-02-01"));
    }

    #[test]
    fn odd_values_are_kept() {
        let card = read(&[("Lane", "Someday"), ("Due-Date", "soon")], "");
        assert_eq!(card.lane, OneOf::Other("Someday".to_owned()));
        assert_eq!(card.due.as_deref(), Some("soon"));
    }
}
