//! Reads Taskwarrior tasks: the output of `task export`.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{
    Exported, Fault, Item, add_part, date_of, listed, priority_of,
    record::{Record, records},
    title_of,
};

const PROGRAM: &str = "Taskwarrior";

/// The tasks of an export, without deleted ones and the templates of recurring ones, with dates in a time zone.
///
/// # Errors
/// The text is not JSON, or a task has no `uuid` or `description`.
pub fn tasks(text: &str, zone: &TimeZone) -> Result<Exported, Fault> {
    let mut exported = Exported::default();
    for mut record in records(text)? {
        let uuid = record.needed("uuid")?;
        let title = record.needed("description")?;
        let status = record.text("status").unwrap_or_else(|| "pending".to_owned());
        let source = format!("taskwarrior:{uuid}");
        match status.as_str() {
            "deleted" => exported.left_out.push((source, "deleted")),
            "recurring" => exported.left_out.push((source, "the template of recurring tasks")),
            _ => exported.items.push(task(record, source, &title, status, zone)),
        }
    }
    Ok(exported)
}

fn task(mut record: Record, source: String, title: &str, status: String, zone: &TimeZone) -> Item {
    let date_of = |text: String| date_of(&text, zone);
    let started = record.text("start").is_some() && status == "pending";
    let depends_on = match record.take("depends") {
        Value::Array(uuids) => uuids.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(uuids) => listed(&uuids),
        _ => Vec::new(),
    };
    let tags = match record.take("tags") {
        Value::Array(tags) => tags.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let annotations = record.list("annotations").into_iter().map(|mut annotation| {
        let at = annotation.text("entry").and_then(date_of).unwrap_or_default();
        format!("- {at} {}", annotation.text("description").unwrap_or_default())
    });
    let annotations = annotations.collect::<Vec<_>>().join("\n");
    let mut body = String::new();
    add_part(&mut body, "Annotations", &annotations);
    let item = Item {
        line: record.line,
        title: title_of(title, &source),
        body,
        status: Some(if started { "started".to_owned() } else { status }),
        priority: record.text("priority").as_deref().and_then(priority_of),
        tags,
        due: record.text("due").and_then(date_of),
        created: record.text("entry").and_then(date_of),
        completed: record.text("end").and_then(date_of),
        depends_on: depends_on.into_iter().map(|uuid| format!("taskwarrior:{uuid}")).collect(),
        parent: record.text("parent").map(|uuid| format!("taskwarrior:{uuid}")),
        source,
        ..Item::default()
    };
    // Values that depend on the moment of the export rather than on the task.
    for key in ["id", "urgency", "modified", "mask", "imask"] {
        record.take(key);
    }
    Item { keys: record.rest(PROGRAM), ..item }
}
