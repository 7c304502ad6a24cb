//! Reads a Trello board: its export as JSON ("Share, print and export").

use std::collections::HashMap;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{
    Exported, Fault, Item, add_part, body_of, date_of,
    record::{Record, add_key, field, key_name, records},
    title_of,
};
use crate::domain::{entry::instant, value::FieldValue};

const PROGRAM: &str = "Trello";

/// The cards of a board, without archived cards and those of archived lists, with dates in a time zone.
///
/// # Errors
/// The text is not JSON, or not a board.
pub fn cards(text: &str, zone: &TimeZone) -> Result<Exported, Fault> {
    let date_of = |text: String| date_of(&text, zone);
    let mut boards = records(text)?;
    let (1, Some(mut board)) = (boards.len(), boards.pop()) else {
        return Err(Fault::at(1, "one board is expected"));
    };
    let names = |mut record: Record, part: &str| Some((record.text("id")?, record.text(part)?));
    let mut lists: HashMap<String, (String, bool)> = HashMap::new();
    for mut list in board.list("lists") {
        let closed = list.is_true("closed");
        lists.extend(names(list, "name").map(|(id, name)| (id, (name, closed))));
    }
    let mut members: HashMap<String, (String, Option<String>)> = HashMap::new();
    for mut member in board.list("members") {
        let username = member.text("username");
        members.extend(names(member, "fullName").map(|(id, name)| (id, (name, username))));
    }
    let custom = CustomFields::of(&mut board);
    let mut parts: HashMap<String, Vec<(String, String)>> = HashMap::new();
    for mut checklist in board.list("checklists") {
        let Some(card) = checklist.text("idCard") else { continue };
        let name = checklist.text("name").unwrap_or_else(|| "Checklist".to_owned());
        let items = checklist.list("checkItems").into_iter().map(|mut item| {
            let sign = if item.text("state").as_deref() == Some("complete") { "x" } else { " " };
            format!("- [{sign}] {}", item.text("name").unwrap_or_default())
        });
        let items = items.collect::<Vec<_>>().join("\n");
        parts.entry(card).or_default().push((title_of(&name, "Checklist"), items));
    }
    let mut comments: HashMap<String, Vec<String>> = HashMap::new();
    let mut created: HashMap<String, String> = HashMap::new();
    for mut action in board.list("actions").into_iter().rev() {
        let Some(mut data) = Record::of(action.take("data"), action.line) else { continue };
        let card = Record::of(data.take("card"), action.line).and_then(|mut card| card.text("id"));
        let (Some(card), Some(kind)) = (card, action.text("type")) else { continue };
        let at = action.text("date").and_then(date_of);
        if kind == "createCard" {
            created.extend(at.map(|at| (card, at)));
        } else if kind == "commentCard" {
            let by = Record::of(action.take("memberCreator"), action.line).and_then(|mut by| by.text("fullName"));
            let at = at.unwrap_or_default();
            let text = body_of(&data.text("text").unwrap_or_default());
            let comment = format!("**{}**, {at}:\n\n{text}", by.as_deref().unwrap_or("somebody"));
            comments.entry(card).or_default().push(comment);
        }
    }
    let Value::Array(cards) = board.take("cards") else {
        return Err(Fault::at(1, "`cards` is missing: this is not the export of a board"));
    };
    let mut exported = Exported::default();
    for (index, card) in cards.into_iter().enumerate() {
        let line = line_of_card(text, &card);
        let Some(mut card) = Record::of(card, line) else {
            return Err(Fault::at(line, format!("card {} is no object", index + 1)));
        };
        let (id, name) = (card.needed("id")?, card.needed("name")?);
        let source = format!("trello:{id}");
        let list = card.text("idList").and_then(|list| lists.get(&list));
        if card.is_true("closed") {
            exported.left_out.push((source, "archived"));
            continue;
        }
        if list.is_some_and(|(_, closed)| *closed) {
            exported.left_out.push((source, "in an archived list"));
            continue;
        }
        let mut body = body_of(&card.text("desc").unwrap_or_default());
        for (name, items) in parts.remove(&id).unwrap_or_default() {
            add_part(&mut body, &name, &items);
        }
        add_part(&mut body, "Comments", &comments.remove(&id).unwrap_or_default().join("\n\n"));
        let attachments = card.list("attachments").into_iter().filter_map(|mut attachment| {
            let (name, url) = (attachment.text("name"), attachment.text("url")?);
            Some(format!("- [{}]({url})", title_of(&name.unwrap_or_default(), &url)))
        });
        let attachments = attachments.collect::<Vec<_>>().join("\n");
        add_part(&mut body, "Attachments", &attachments);
        let tags = card.list("labels").into_iter().filter_map(|mut label| {
            let color = label.text("color");
            label.text("name").or(color)
        });
        let tags = tags.collect();
        let Value::Array(ids) = card.take("idMembers") else { return Err(Fault::at(line, "`idMembers` is missing")) };
        let whose: Vec<_> = ids.iter().filter_map(Value::as_str).filter_map(|id| members.get(id)).collect();
        let mut keys = Vec::new();
        if whose.len() > 1 {
            let names = whose.iter().map(|(name, _)| name.clone()).collect();
            keys.push(("Trello-Members".to_owned(), FieldValue::List(names)));
        }
        let is_done = card.is_true("dueComplete");
        let status = list.map(|(name, _)| name.clone());
        let item = Item {
            line,
            title: title_of(&name, &source),
            body,
            status: if is_done { Some("done".to_owned()) } else { status.clone() },
            owner: whose.first().map(|(name, _)| name.clone()),
            owner_aliases: whose.first().and_then(|(_, username)| username.clone()).into_iter().collect(),
            tags,
            due: card.text("due").and_then(date_of),
            created: created.remove(&id).or_else(|| date_of(begun(&id)?)),
            source,
            ..Item::default()
        };
        keys.extend(status.filter(|_| is_done).map(|list| ("Trello-List".to_owned(), FieldValue::Str(list))));
        keys.extend(card.text("shortUrl").map(|url| ("Trello-Url".to_owned(), FieldValue::Str(url))));
        // Trello's internal values, and what is already in the body.
        for key in ["idBoard", "idChecklists", "idLabels", "idShort", "shortLink", "url", "pos", "badges", "cover"] {
            card.take(key);
        }
        for key in ["idMembersVoted", "idAttachmentCover", "manualCoverAttachment", "descData", "checkItemStates"] {
            card.take(key);
        }
        let custom_values = custom.values(card.list("customFieldItems"));
        keys.extend(card.rest(PROGRAM));
        custom_values.into_iter().for_each(|(key, value)| add_key(&mut keys, &key, value));
        exported.items.push(Item { keys, ..item });
    }
    Ok(exported)
}

/// The instant at which an ID was given out: its first eight hex digits are Unix seconds.
fn begun(id: &str) -> Option<String> {
    let seconds = id.get(..8).filter(|_| id.len() == 24)?;
    i64::from_str_radix(seconds, 16).ok().map(instant)
}

/// The fields that the users of a board have added to its cards.
#[derive(Debug, Default)]
struct CustomFields {
    names: HashMap<String, String>,
    options: HashMap<String, String>,
}

impl CustomFields {
    fn of(board: &mut Record) -> Self {
        let mut found = Self::default();
        for mut one in board.list("customFields") {
            let Some(id) = one.text("id") else { continue };
            found.names.insert(id, one.text("name").unwrap_or_default());
            for mut option in one.list("options") {
                let text = Record::of(option.take("value"), option.line).and_then(|mut value| value.text("text"));
                found.options.extend(option.text("id").zip(text));
            }
        }
        found
    }

    /// The values of a card, with keys by the names of their fields.
    fn values(&self, items: Vec<Record>) -> Vec<(String, FieldValue)> {
        let value = |mut item: Record| {
            let key = key_name(PROGRAM, self.names.get(&item.text("idCustomField")?)?);
            if let Some(option) = item.text("idValue") {
                return Some((key, FieldValue::Str(self.options.get(&option)?.clone())));
            }
            let mut value = Record::of(item.take("value"), item.line)?;
            let plain = match (value.text("number"), value.text("checked")) {
                (Some(number), _) => serde_json::from_str(&number).unwrap_or(Value::String(number)),
                (_, Some(checked)) => Value::Bool(checked == "true"),
                _ => Value::String(value.text("text").or_else(|| value.text("date"))?),
            };
            Some((key, field(plain)?))
        };
        items.into_iter().filter_map(value).collect()
    }
}

/// The line of a card: the first occurrence of its ID, which elsewhere occurs only in references to the card.
fn line_of_card(text: &str, card: &Value) -> usize {
    let id = card["id"].as_str().unwrap_or_default();
    let at = text.find(&format!("\"{id}\"")).unwrap_or(0);
    1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count()
}
