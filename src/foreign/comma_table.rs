//! Reads CSV tables: a header row, then one row per item. The caller maps columns to keys.

use std::collections::HashMap;

use super::{Exported, Fault, Item, body_of, date_of, listed, priority_of, record::key_name, title_of};
use crate::domain::value::FieldValue;

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

/// The rows of a table; `map` says what columns hold. A column with one of the known names needs no mapping.
///
/// # Errors
/// A row is malformed, a mapped column does not exist, or a value is not valid for its column.
pub fn rows(text: &str, map: &[(String, String)]) -> Result<Exported, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let fault = |error: &csv::Error| {
        Fault::at(error.position().map_or(1, |place| place.line() as usize), format!("not a table: {error}"))
    };
    let headings = reader.headers().map_err(|error| fault(&error))?.clone();
    let mut targets: Vec<String> = Vec::new();
    for heading in &headings {
        let mapped = map.iter().find(|(column, _)| column == heading).map(|(_, key)| key.clone());
        let known = || COLUMNS.iter().find(|known| known.eq_ignore_ascii_case(heading.trim()));
        targets.push(
            mapped.or_else(|| known().map(|key| (*key).to_owned())).unwrap_or_else(|| key_name(PROGRAM, heading)),
        );
    }
    if let Some((column, _)) = map.iter().find(|(column, _)| !headings.iter().any(|heading| heading == column)) {
        let columns = headings.iter().collect::<Vec<_>>().join(", ");
        return Err(Fault::at(1, format!("there is no column {column:?}; there are {columns}")));
    }
    for (needed, what) in [("Source", "identifies the rows"), ("Title", "holds the titles")] {
        if !targets.iter().any(|target| target == needed) {
            return Err(Fault::at(1, format!("no column {what}: map one to {needed}")));
        }
    }
    let mut exported = Exported::default();
    for row in reader.records() {
        let row = row.map_err(|error| fault(&error))?;
        let line = row.position().map_or(1, |place| place.line() as usize);
        exported.items.push(item(&targets, &row, line)?);
    }
    Ok(exported)
}

fn item(targets: &[String], row: &csv::StringRecord, line: usize) -> Result<Item, Fault> {
    let mut item = Item { line, ..Item::default() };
    let mut title = String::new();
    let mut keys: HashMap<&str, usize> = HashMap::new();
    for (target, cell) in targets.iter().zip(row) {
        let cell = cell.trim();
        if cell.is_empty() {
            continue;
        }
        let date = || date_of(cell).ok_or_else(|| Fault::at(line, format!("{cell:?} is no date like 2026-03-01")));
        match target.as_str() {
            "Source" => item.source = format!("csv:{cell}"),
            "Title" => cell.clone_into(&mut title),
            "Body" => item.body = body_of(cell),
            "Status" => item.status = Some(cell.to_owned()),
            "Priority" => {
                let read = priority_of(cell);
                item.priority = Some(read.ok_or_else(|| Fault::at(line, format!("{cell:?} is no priority")))?);
            }
            "Owner" => item.owner = Some(cell.to_owned()),
            "Tags" => item.tags = listed(cell),
            "Due-Date" => item.due = Some(date()?),
            "Created" => item.created = Some(date()?),
            "Completed-Date" => item.completed = Some(date()?),
            "Dependencies" => item.depends_on = listed(cell).iter().map(|id| format!("csv:{id}")).collect(),
            "Parent" => item.parent = Some(format!("csv:{cell}")),
            key => {
                let count = keys.entry(key).or_default();
                *count += 1;
                let key = if *count > 1 { format!("{key}-{count}") } else { key.to_owned() };
                item.keys.push((key, FieldValue::Str(cell.to_owned())));
            }
        }
    }
    if item.source.is_empty() {
        return Err(Fault::at(line, "the row has nothing in the column that identifies the rows"));
    }
    item.title = title_of(&title, &item.source);
    Ok(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, map: &[(&str, &str)]) -> String {
        let map: Vec<_> = map.iter().map(|(column, key)| ((*column).to_owned(), (*key).to_owned())).collect();
        rows(text, &map).map_or_else(|fault| format!("{}: {}", fault.line, fault.what), |found| format!("{found:?}"))
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
