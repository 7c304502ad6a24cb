//! Reads CSV tables: a header row, then one row per item. The caller maps columns to keys.

use jiff::tz::TimeZone;

use super::{
    Exported, Fault, Item, body_of, date_of, listed, priority_of,
    record::{add_key, key_name},
    title_of,
};
use crate::domain::{
    key::{holds, meant, meant_of},
    text::is_unprintable,
    value::FieldValue,
};

const PROGRAM: &str = "Csv";

/// What a column can be mapped to, besides additional keys.
const COLUMNS: [&str; 12] = [
    "Source",
    "Title",
    "Body",
    "Status",
    "Priority",
    "Owner",
    "Tags",
    "Due-Date",
    "Created",
    "Completed-Date",
    "Dependencies",
    "Parent",
];

/// The columns that there can be several of: their values are put together.
const REPEATABLE: [&str; 3] = ["Body", "Tags", "Dependencies"];

/// What the columns of a table hold.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    /// The key that each column goes to, by its heading. A column with one of the known names needs none.
    pub map: Vec<(String, String)>,
    /// Whether a key may be one that is nearly a known one.
    pub force_key: bool,
}

/// The rows of a table, with dates in a time zone.
///
/// # Errors
/// A row is malformed, a mapped column does not exist, a column cannot go to its key, or a value is not valid for its
/// column.
pub fn rows(text: &str, columns: &Columns, zone: &TimeZone) -> Result<Exported, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let fault = |error: &csv::Error| {
        Fault::at(error.position().map_or(1, |place| place.line() as usize), format!("not a table: {error}"))
    };
    let headings = reader.headers().map_err(|error| fault(&error))?.clone();
    let targets = columns.targets(&headings)?;
    if let Some((column, _)) = columns.map.iter().find(|(column, _)| !headings.iter().any(|heading| heading == column))
    {
        let columns = headings.iter().collect::<Vec<_>>().join(", ");
        return Err(Fault::at(1, format!("there is no column {column:?}; there are {columns}")));
    }
    for (needed, what) in [("Source", "identifies the rows"), ("Title", "holds the titles")] {
        if !targets.iter().any(|target| target == needed) {
            return Err(Fault::at(1, format!("no column {what}: map one to {needed}")));
        }
    }
    let mut exported = Exported { is_local: true, ..Exported::default() };
    for row in reader.records() {
        let row = row.map_err(|error| fault(&error))?;
        let line = row.position().map_or(1, |place| place.line() as usize);
        exported.items.push(item(&targets, &row, line, zone)?);
    }
    Ok(exported)
}

impl Columns {
    /// The key that each column goes to.
    fn targets(&self, headings: &csv::StringRecord) -> Result<Vec<String>, Fault> {
        let mapped = |heading: &str| self.map.iter().find(|(column, _)| column == heading);
        let mut targets: Vec<Option<String>> = Vec::new();
        for heading in headings {
            let target = mapped(heading).map(|(column, key)| self.target(column, key)).transpose()?;
            targets.push(target);
        }
        // A name gives way to what was mapped to its key.
        let is_mapped = |key: &str| targets.iter().any(|target| target.as_deref() == Some(key));
        let named = |heading: &str| {
            let known = known_column(heading.trim()).filter(|key| REPEATABLE.contains(key) || !is_mapped(key));
            known.map_or_else(|| key_name(PROGRAM, heading), str::to_owned)
        };
        let named: Vec<String> = headings.iter().map(named).collect();
        let targets: Vec<String> =
            targets.into_iter().zip(named).map(|(target, named)| target.unwrap_or(named)).collect();
        for (index, target) in targets.iter().enumerate() {
            let is_single = COLUMNS.contains(&target.as_str()) && !REPEATABLE.contains(&target.as_str());
            if let Some(first) = targets[..index].iter().position(|other| is_single && other == target) {
                let (first, second) = (&headings[first], &headings[index]);
                return Err(Fault::at(1, format!("the columns {first:?} and {second:?} both go to {target}")));
            }
        }
        Ok(targets)
    }

    /// A key that a column was mapped to, checked.
    fn target(&self, column: &str, key: &str) -> Result<String, Fault> {
        let refuse = |why: String| Err(Fault::at(1, format!("the column {column:?} cannot go to {key:?}: {why}")));
        if let Some(known) = known_column(key) {
            return Ok(known.to_owned());
        }
        if let Some(instead) = instead_of(key) {
            return refuse(instead.to_owned());
        }
        if key.chars().count() > 100 || key.chars().any(is_unprintable) {
            return refuse("a key has at most 100 characters, without control characters".to_owned());
        }
        let near = meant_of(key, &COLUMNS).or_else(|| meant(key));
        match near.filter(|_| holds(key).is_none() && !self.force_key) {
            Some(near) => refuse(format!("did you mean {near}? For a key of your own, use --force-key")),
            None => Ok(key.to_owned()),
        }
    }
}

/// The column with this name, in any case. What other programs call a lane is a status here: words for a lane.
fn known_column(name: &str) -> Option<&'static str> {
    let name = if name.eq_ignore_ascii_case("Lane") { "Status" } else { name };
    COLUMNS.into_iter().find(|known| known.eq_ignore_ascii_case(name))
}

/// What to use in place of a key that only this program writes.
fn instead_of(key: &str) -> Option<&'static str> {
    Some(match key {
        "Business" => "--business says whose the cards are",
        "Claimed-By" | "Claimed-Until" => "a claim is made with `bos card claim`; whose a card is goes to Owner",
        "Blocked" | "Proposed-Lane" => "the lane of a card goes to Status, which knows `blocked` as well",
        "Source-Status" => "the import writes it; map the column to Status",
        "Source-Links" => "the import writes it; map the column to Dependencies or Parent",
        "Updated" | "Last-updated" | "Last-Updated" | "Created-Date" => {
            "a new card has a date of its own; when it was begun goes to Created"
        }
        "ID" | "Type" | "Stage" | "Card-ID" | "Idea-ID" | "Author" => {
            "it says which document this is; use Source, or a key of your own"
        }
        _ => return None,
    })
}

fn item(targets: &[String], row: &csv::StringRecord, line: usize, zone: &TimeZone) -> Result<Item, Fault> {
    let mut item = Item { line, ..Item::default() };
    let mut title = String::new();
    for (target, cell) in targets.iter().zip(row) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        let date =
            || date_of(cell, zone).ok_or_else(|| Fault::at(line, format!("{cell:?} is no date like 2026-03-01")));
        match target.as_str() {
            "Source" => item.source = format!("csv:{cell}"),
            "Title" => cell.clone_into(&mut title),
            "Body" if item.body.is_empty() => item.body = body_of(cell),
            "Body" => item.body += &format!("\n\n{}", body_of(cell)),
            "Status" => item.status = Some(cell.to_owned()),
            "Priority" => {
                let read = priority_of(cell);
                item.priority = Some(read.ok_or_else(|| Fault::at(line, format!("{cell:?} is no priority")))?);
            }
            "Owner" => item.owner = Some(cell.to_owned()),
            "Tags" => add_new(&mut item.tags, listed(cell)),
            "Due-Date" => item.due = Some(date()?),
            "Created" => item.created = Some(date()?),
            "Completed-Date" => item.completed = Some(date()?),
            "Dependencies" => add_new(&mut item.depends_on, listed(cell).iter().map(|id| format!("csv:{id}"))),
            "Parent" => item.parent = Some(format!("csv:{cell}")),
            key => add_key(&mut item.keys, key, FieldValue::Str(cell.to_owned())),
        }
    }
    if item.source.is_empty() {
        return Err(Fault::at(line, "the row has nothing in the column that identifies the rows"));
    }
    item.title = title_of(&title, &item.source);
    Ok(item)
}

fn add_new(list: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, map: &[(&str, &str)]) -> String {
        let map: Vec<_> = map.iter().map(|(column, key)| ((*column).to_owned(), (*key).to_owned())).collect();
        let columns = Columns { map, force_key: false };
        rows(text, &columns, &TimeZone::UTC)
            .map_or_else(|fault| format!("{}: {}", fault.line, fault.what), |found| format!("{found:?}"))
    }

    #[test]
    fn faults_have_their_lines() {
        insta::assert_snapshot!(told("id,name\n1,a\n", &[("id", "Source")]), @"1: no column holds the titles: map one to Title");
        insta::assert_snapshot!(told("id,name\n1,a\n", &[("key", "Source")]), @r#"1: there is no column "key"; there are id, name"#);
        let map = [("id", "Source"), ("name", "Title"), ("by", "Due-Date")];
        insta::assert_snapshot!(told("id,name,by\n1,a,\n2,\"b\nb\",soon\n", &map), @r#"3: "soon" is no date like 2026-03-01"#);
        insta::assert_snapshot!(told("id,name,by\n1,a,\n,b,\n", &map), @"3: the row has nothing in the column that identifies the rows");
        assert!(told("id,name,by\n1,a\n", &map).starts_with("2: not a table: "));
    }
}
