//! Changes as JSON Lines, with the audit log's terms `entity`, `action`, `id` and `changes`, plus what a change needs.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::args::{parse_duration, parse_lane, parse_priority};
use crate::{
    domain::{key::meant, lane::Lane, stage::Stage, value::FieldValue},
    engine::{Change, Claiming, Convert, Edits, Move, NewCard, NewComment, NewIdea, StageText, Target, Value},
    markdown::of_json,
};

/// A parsed line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    entity: String,
    action: String,
    id: Option<String>,
    business: Option<String>,
    #[serde(default)]
    changes: Map<String, Json>,
    body: Option<String>,
    #[serde(default)]
    agent: bool,
    reason: Option<String>,
    expect: Option<String>,
    ttl: Option<String>,
    take_over: Option<String>,
    #[serde(default)]
    force_key: bool,
}

/// Every valid pair of entity and action.
const ACTIONS: &str = "card: create, set, move, comment, claim, renew, release, break, block, unblock, archive, unarchive, \
    delete, propose, accept; idea: create, set, work, drop, convert; stage_doc: set";

/// Parses one line; the error says what is wrong with it.
pub(crate) fn parse(text: &str) -> Result<Change, String> {
    let line: Line = serde_json::from_str(text).map_err(|error| told(&error))?;
    let mut rest = Rest(line);
    let (entity, action) = (rest.0.entity.clone(), rest.0.action.clone());
    let change = match (entity.as_str(), action.as_str()) {
        ("card", "create") => Change::NewCard(rest.new_card()?),
        ("card", "set") => Change::SetCard(rest.card()?, rest.edits()?),
        ("card", "move") => {
            let from = rest.lane_before()?;
            Change::Move(rest.card()?, Move { reason: rest.reason(), from, ..Move::to(rest.lane("Lane")?) })
        }
        ("card", "comment") | ("comment", "create") => {
            Change::Comment(NewComment { card: rest.id()?, text: rest.body()?, expect: rest.0.expect.take() })
        }
        ("card", "claim") => Change::Claim(rest.card()?, Claiming::Take(rest.ttl()?)),
        ("card", "renew") => {
            let time = rest.ttl()?.ok_or("renew needs a ttl, like \"2h\"")?;
            Change::Claim(rest.card()?, Claiming::Renew(time))
        }
        ("card", "release") => Change::Claim(rest.card()?, Claiming::Release),
        ("card", "break") => {
            let why = rest.reason().ok_or("break needs a reason")?;
            Change::Claim(rest.card()?, Claiming::Break(why))
        }
        ("card", "block") => Change::Block(rest.card()?, rest.reason()),
        ("card", "unblock") => Change::Unblock(rest.card()?),
        ("card", "archive") => Change::Archive(rest.card()?),
        ("card", "unarchive") => Change::Unarchive(rest.card()?),
        ("card", "delete") => {
            let why = rest.reason().ok_or("delete needs a reason")?;
            Change::Delete(rest.card()?, why)
        }
        ("card", "propose") => {
            let lane = rest.lane("Proposed-Lane")?;
            Change::Propose(rest.card()?, lane, rest.reason())
        }
        ("card", "accept") => Change::Accept(rest.card()?, rest.reason()),
        ("idea", "create") => Change::NewIdea(rest.new_idea()?),
        ("idea", "set") => Change::SetIdea(rest.target()?, rest.edits()?),
        ("idea", "work") => Change::WorkIdea(rest.target()?),
        ("idea", "drop") => Change::DropIdea(rest.target()?, rest.reason().ok_or("drop needs a reason")?),
        ("idea", "convert") => Change::ConvertIdea(rest.target()?, rest.convert()?),
        ("stage_doc", "set" | "create") => Change::SetStage(rest.stage()?),
        _ => return Err(format!("{entity} has no action {action}; the actions are {ACTIONS}")),
    };
    rest.check_empty(&action)?;
    Ok(change)
}

/// A line from which parts are taken one by one; anything left over does not belong to its action.
struct Rest(Line);

impl Rest {
    fn id(&mut self) -> Result<String, String> {
        self.0.id.take().ok_or_else(|| "an id is missing".to_owned())
    }

    fn target(&mut self) -> Result<Target, String> {
        Ok(Target { expect: self.0.expect.take(), ..Target::of(&self.id()?) })
    }

    /// A card, possibly with a request to take over somebody else's claim on it.
    fn card(&mut self) -> Result<Target, String> {
        let take_over = self.0.take_over.take();
        Ok(Target { take_over, ..self.target()? })
    }

    fn reason(&mut self) -> Option<String> {
        self.0.reason.take()
    }

    fn body(&mut self) -> Result<String, String> {
        self.0.body.take().ok_or_else(|| "a body is missing".to_owned())
    }

    fn ttl(&mut self) -> Result<Option<i64>, String> {
        let ttl = self.0.ttl.take();
        ttl.map(|text| parse_duration(&text).map_err(|error| format!("the ttl {text:?}: {error}"))).transpose()
    }

    /// The text value of a key for a new document.
    fn text(&mut self, key: &str) -> Result<Option<String>, String> {
        let value = self.0.changes.remove(key);
        if value.as_ref().is_some_and(|value| value.get("from").is_some_and(|from| !from.is_null())) {
            return Err(format!("{key} takes no \"from\" here"));
        }
        match value.map(arrived) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("{key} cannot be {other}: write a string")),
        }
    }

    fn list(&mut self, key: &str) -> Result<Vec<String>, String> {
        match self.0.changes.remove(key).map(arrived) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(value) => strings(&value).ok_or_else(|| format!("{key} cannot be {value}: write a list of strings")),
        }
    }

    fn lane(&mut self, key: &str) -> Result<Lane, String> {
        let text = self.text(key)?.ok_or_else(|| format!("the change of {key} is missing"))?;
        parse_lane(&text).map_err(|hint| format!("there is no lane {text:?}: {hint}"))
    }

    /// The lane that a card must be in before it is moved.
    fn lane_before(&mut self) -> Result<Option<String>, String> {
        let Some(Json::Object(map)) = self.0.changes.get_mut("Lane") else { return Ok(None) };
        match map.remove("from") {
            None => Ok(None),
            Some(Json::String(from)) => Ok(Some(from)),
            Some(other) => Err(format!("\"from\" of Lane cannot be {other}: write the name of a lane")),
        }
    }

    fn optional_lane(&mut self) -> Result<Option<Lane>, String> {
        if self.0.changes.contains_key("Lane") { self.lane("Lane").map(Some) } else { Ok(None) }
    }

    fn business(&mut self) -> Result<String, String> {
        let business = self.0.business.take();
        let named = self.text("Business")?;
        business.or(named).ok_or_else(|| "a business is missing".to_owned())
    }

    fn title(&mut self) -> Result<String, String> {
        self.text("Title")?.ok_or_else(|| "the change of Title is missing".to_owned())
    }

    fn priority(&mut self) -> Result<Option<crate::domain::priority::Priority>, String> {
        let text = self.text("Priority")?;
        text.map(|text| parse_priority(&text).map_err(|hint| format!("there is no priority {text:?}: {hint}")))
            .transpose()
    }

    /// All remaining keys of a new document.
    fn keys(&mut self) -> Result<Vec<(String, FieldValue)>, String> {
        let keys = std::mem::take(&mut self.0.changes);
        let force = std::mem::take(&mut self.0.force_key);
        if let Some((key, known)) = keys.keys().filter(|_| !force).find_map(|key| Some((key, meant(key)?))) {
            return Err(format!("did you mean {known}? A key {key} of your own takes \"force_key\": true"));
        }
        Ok(keys.into_iter().map(|(key, value)| (key, of_json(&arrived(value)))).collect())
    }

    fn new_card(&mut self) -> Result<NewCard, String> {
        let (business, title) = (self.business()?, self.title()?);
        let mut card = NewCard::new(&business, &title);
        card.priority = self.priority()?.unwrap_or(card.priority);
        card.lane = self.optional_lane()?.unwrap_or(card.lane);
        card.owner = self.text("Owner")?;
        card.due = self.text("Due-Date")?;
        card.tags = self.list("Tags")?;
        card.dependencies = self.list("Dependencies")?;
        card.body = self.0.body.take();
        card.keys = self.keys()?;
        Ok(card)
    }

    fn new_idea(&mut self) -> Result<NewIdea, String> {
        Ok(NewIdea {
            business: self.business()?,
            title: self.title()?,
            kind: self.text("Type")?,
            priority: self.priority()?,
            tags: self.list("Tags")?,
            body: self.0.body.take(),
            keys: self.keys()?,
        })
    }

    fn convert(&mut self) -> Result<Convert, String> {
        Ok(Convert { lane: self.optional_lane()?, priority: self.priority()?, owner: self.text("Owner")? })
    }

    fn stage(&mut self) -> Result<StageText, String> {
        let id = self.id()?;
        let stage = id.split_once('/').and_then(|(card, stage)| Some((card.to_owned(), Stage::parse(stage)?)));
        let (card, stage) = stage.ok_or_else(|| format!("the id {id:?} is no stage doc: write CARD/stage"))?;
        Ok(StageText {
            card,
            stage,
            body: self.body()?,
            agent: std::mem::take(&mut self.0.agent),
            expect: self.0.expect.take(),
            take_over: self.0.take_over.take(),
        })
    }

    /// `"Key": value`, `null` to remove it, `{"from", "to"}` as in the log, or `{"add": [...], "remove": [...]}`.
    fn edits(&mut self) -> Result<Edits, String> {
        let mut edits = Edits {
            body: self.0.body.take(),
            agent: std::mem::take(&mut self.0.agent),
            force_key: std::mem::take(&mut self.0.force_key),
            ..Edits::default()
        };
        for (key, value) in std::mem::take(&mut self.0.changes) {
            if let Json::Object(map) = &value
                && (map.contains_key("add") || map.contains_key("remove"))
            {
                let items = |word: &str| match map.get(word) {
                    None => Ok(Vec::new()),
                    Some(items) => strings(items).ok_or_else(|| format!("{word} of {key} takes a list of strings")),
                };
                if let Some(odd) = map.keys().find(|word| !matches!(word.as_str(), "add" | "remove")) {
                    return Err(format!("{key} cannot have {odd:?} beside add and remove"));
                }
                edits.add.extend(items("add")?.into_iter().map(|item| (key.clone(), item)));
                edits.remove.extend(items("remove")?.into_iter().map(|item| (key.clone(), item)));
                continue;
            }
            if let Json::Object(map) = &value {
                if !map.contains_key("to") || map.keys().any(|word| !matches!(word.as_str(), "from" | "to")) {
                    return Err(format!("{key} needs {{\"from\", \"to\"}} or {{\"add\", \"remove\"}}"));
                }
                if let Some(from) = map.get("from") {
                    let was = if from.is_null() { None } else { Some(given(from.clone())) };
                    edits.was.push((key.clone(), was));
                }
            }
            match arrived(value) {
                Json::Null => edits.unset.push(key),
                value => edits.set.push((key.clone(), given(value))),
            }
        }
        Ok(edits)
    }

    /// Rejects a line with parts that the action does not use.
    fn check_empty(self, action: &str) -> Result<(), String> {
        let line = self.0;
        let left = [
            ("id", line.id.is_some()),
            ("business", line.business.is_some()),
            ("changes", !line.changes.is_empty()),
            ("body", line.body.is_some()),
            ("agent", line.agent),
            ("reason", line.reason.is_some()),
            ("expect", line.expect.is_some()),
            ("ttl", line.ttl.is_some()),
            ("take_over", line.take_over.is_some()),
            ("force_key", line.force_key),
        ];
        match left.iter().find(|(_, is_left)| *is_left) {
            Some((name, _)) => Err(format!("{action} takes no {name}")),
            None => Ok(()),
        }
    }
}

/// The new value: `to` for an object with `from` and `to`.
fn arrived(value: Json) -> Json {
    match value {
        Json::Object(mut map) => map.remove("to").unwrap_or(Json::Null),
        other => other,
    }
}

fn given(value: Json) -> Value {
    match value {
        Json::String(text) => Value::Text(text),
        other => Value::Typed(of_json(&other)),
    }
}

fn strings(value: &Json) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
}

/// The parser's message without the position, which is always this line.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        for (line, expected) in [
            ("nonsense", "expected ident"),
            (r#"{"entity":"card","action":"fly","id":"A-1"}"#, "card has no action fly"),
            (r#"{"entity":"card","action":"move","id":"A-1"}"#, "the change of Lane is missing"),
            (r#"{"entity":"card","action":"move","id":"A-1","changes":{"Lane":"Donne"}}"#, "did you mean Done?"),
            (r#"{"entity":"card","action":"unblock","id":"A-1","reason":"x"}"#, "unblock takes no reason"),
            (r#"{"entity":"card","action":"set","id":"A-1","changes":{"X":{"from":1}}}"#, "X needs"),
            (r#"{"entity":"card","action":"set","id":"A-1","what":1}"#, "unknown field `what`"),
            (r#"{"entity":"stage_doc","action":"set","id":"A-1","body":""}"#, "is no stage doc"),
            (r#"{"entity":"idea","action":"set","id":"A-1","take_over":"x"}"#, "set takes no take_over"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }

    #[test]
    fn a_change_as_the_log_records_it() {
        let line = r#"{"entity":"card","action":"set","id":"A-1","changes":{"Priority":{"from":"P2","to":"P1"},
            "Tags":{"add":["x"],"remove":["y"]},"Old":null,"Estimate":5}}"#;
        let Ok(Change::SetCard(target, edits)) = parse(line) else { panic!() };
        assert_eq!(target.id, "A-1");
        assert!(matches!(&edits.was[..], [(key, Some(Value::Text(was)))] if key == "Priority" && was == "P2"));
        assert!(matches!(&edits.set[..], [(_, Value::Text(to)), (_, Value::Typed(_))] if to == "P1"));
        assert_eq!((edits.add.len(), edits.remove.len(), edits.unset), (1, 1, vec!["Old".to_owned()]));
    }
}
