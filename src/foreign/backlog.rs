//! Reads tasks of Backlog.md: a folder with one markdown file per task.

use jiff::tz::TimeZone;

use super::{Exported, Fault, Item, body_of, date_of, priority_of, record::key_name, title_of};
use crate::{
    domain::value::{FieldValue, Fields},
    markdown::parse,
};

const PROGRAM: &str = "Backlog";

/// The keys of the dates.
const CREATED: &str = "created_date";
const UPDATED: &str = "updated_date";

/// The tasks in these files, ordered by number, with dates in a time zone. An error names the file it is in.
///
/// # Errors
/// A file cannot be parsed, or has no `id`.
pub fn tasks<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
    zone: &TimeZone,
) -> Result<Exported, (String, Fault)> {
    let mut items = Vec::new();
    for (name, text) in files {
        items.push(task(text, zone).map_err(|fault| (name.to_owned(), fault))?);
    }
    items.sort_by_cached_key(|item: &Item| {
        let numbers: Vec<u64> =
            item.source.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
        (numbers, item.source.clone())
    });
    Ok(Exported { items, is_local: true, ..Exported::default() })
}

fn task(text: &str, zone: &TimeZone) -> Result<Item, Fault> {
    let document = parse(text).map_err(|problem| Fault::at(problem.line.unwrap_or(1) as usize, problem.message))?;
    let fields = &document.fields;
    let id = fields.text("id").ok_or_else(|| Fault::at(1, "the front matter has no `id`, so this is no task"))?;
    let source = source(id);
    let date = |key: &str| fields.text(key).and_then(|text| date_of(text, zone));
    let taken = ["id", "title", "status", "assignee", "labels", "dependencies", "parent_task_id", "priority"];
    // A date with a time is more precise than `Created` can be, so it is kept as well.
    let is_taken = |key: &str| taken.contains(&key) || (key == CREATED && date(key).as_deref() == fields.text(key));
    let assignees: Vec<String> =
        fields.items("assignee").iter().map(|name| name.trim_start_matches('@').to_owned()).collect();
    let mut keys: Vec<(String, FieldValue)> = fields
        .iter()
        .filter(|(key, value)| !is_taken(key) && !is_empty(value))
        .map(|(key, value)| (key_name(PROGRAM, key), plain(value)))
        .collect();
    if assignees.len() > 1 {
        keys.push(("Backlog-Assignees".to_owned(), FieldValue::List(assignees.clone())));
    }
    Ok(Item {
        line: 1,
        title: title_of(fields.text("title").unwrap_or_default(), &source),
        body: body_of(document.body()),
        status: fields.text("status").map(str::to_owned),
        priority: fields.text("priority").and_then(priority_of),
        owner: assignees.into_iter().next(),
        tags: owned(fields, "labels"),
        created: date(CREATED),
        // Nothing else tells when a task was done.
        completed: date(UPDATED),
        depends_on: fields.items("dependencies").into_iter().map(self::source).collect(),
        parent: fields.text("parent_task_id").map(self::source),
        keys,
        source,
        ..Item::default()
    })
}

/// `backlog:task-12`, for an ID in any case, with or without the default prefix.
fn source(id: &str) -> String {
    let id = id.trim().to_lowercase();
    if id.starts_with(|c: char| c.is_ascii_digit()) { format!("backlog:task-{id}") } else { format!("backlog:{id}") }
}

fn owned(fields: &Fields, key: &str) -> Vec<String> {
    fields.items(key).into_iter().map(str::to_owned).collect()
}

fn is_empty(value: &FieldValue) -> bool {
    value.items().is_empty()
}

/// A value that can be written on one line of another document.
fn plain(value: &FieldValue) -> FieldValue {
    match value {
        FieldValue::Source(source) if source.contains('\n') || source.starts_with(['&', '*', '!']) => {
            FieldValue::Str(source.clone())
        }
        other => other.clone(),
    }
}
