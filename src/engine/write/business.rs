//! Businesses: adding one to the catalogue, and changing what it says about it. The catalogue is a file that people and
//! other programs also write and whose history git keeps, so none of this is in the log (docs/decisions.md, 106).

use serde_json::{Map, Value};

use crate::{
    domain::{
        catalogue::{Business, KEYS, PATH},
        doc_path::DocPath,
        id::is_code,
        key::meant_of,
        text::is_unprintable,
    },
    engine::base::{
        catalogue::{EMPTY, Edit, parse, read_catalogue_text, with_business, with_changes},
        clock::Clock,
        error::{EngineError, in_tree},
        session::Session,
    },
};

/// A business to be listed.
#[derive(Debug, Clone, Default)]
pub struct NewBusiness {
    /// Its code, as typed.
    pub code: String,
    /// The full name.
    pub name: String,
    /// What it does.
    pub description: Option<String>,
    /// Who runs it.
    pub owner: Option<String>,
    /// Its kind.
    pub category: Option<String>,
    /// Whether it is active: any word.
    pub status: String,
    /// Free tags.
    pub tags: Vec<String>,
}

/// Changes to what the catalogue says about a business.
#[derive(Debug, Clone, Default)]
pub struct BusinessEdits {
    /// Keys with their new values.
    pub set: Vec<(String, Value)>,
    /// Items to add to lists.
    pub add: Vec<(String, String)>,
    /// Items to remove from lists.
    pub remove: Vec<(String, String)>,
    /// Keys to remove.
    pub unset: Vec<String>,
    /// Whether a new key may resemble a known one.
    pub force_key: bool,
}

/// A key of a business before and after; `null` where it had none.
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessChange {
    /// The key, as in the file.
    pub key: String,
    /// Before.
    pub from: Value,
    /// After.
    pub to: Value,
}

impl Session {
    /// Adds a business to the catalogue, creating the file if needed; returns its code.
    ///
    /// # Errors
    /// An invalid code or name, a code that is taken, a catalogue that cannot be read or changed.
    pub fn new_business(&self, business: &NewBusiness) -> Result<String, EngineError> {
        let code = business.code.trim().to_ascii_uppercase();
        if !is_code(&code) {
            return Err(EngineError::BadValue {
                what: "the code of a business".to_owned(),
                value: business.code.clone(),
                expected: "a letter, then letters and digits, 20 at most: IDs like SHOP-ENG-0001 begin with it"
                    .to_owned(),
            });
        }
        let mut members = Map::new();
        members.insert("id".to_owned(), Value::from(code.as_str()));
        members.insert("name".to_owned(), one_line("name", &business.name)?);
        let texts = [
            ("description", business.description.as_deref()),
            ("owner", business.owner.as_deref()),
            ("category", business.category.as_deref()),
            ("status", Some(business.status.as_str())),
        ];
        for (key, text) in texts.into_iter().filter_map(|(key, text)| Some((key, text?))) {
            members.insert(key.to_owned(), one_line(key, text)?);
        }
        members.insert("created".to_owned(), Value::from(Clock::local(self.core.clock.seconds()).0));
        if !business.tags.is_empty() {
            let tags = business.tags.iter().map(|tag| one_line("tags", tag)).collect::<Result<Vec<_>, _>>()?;
            members.insert("tags".to_owned(), Value::from(tags));
        }
        self.change_catalogue(|text| {
            let text = text.unwrap_or_else(|| EMPTY.to_owned());
            if let Some(known) = listed(&text, &code)? {
                return Err(EngineError::BusinessTaken { code: known.id, name: known.name });
            }
            with_business(&text, &members).map_err(refused)
        })?;
        Ok(code)
    }

    /// Changes what the catalogue says about a business; returns its code and each key that changed.
    ///
    /// # Errors
    /// An unknown business, one that only cards name, a key or a value that cannot be, a catalogue that cannot be read or
    /// changed.
    pub fn set_business(
        &self,
        typed: &str,
        edits: &BusinessEdits,
    ) -> Result<(String, Vec<BusinessChange>), EngineError> {
        let code = self.view()?.business(typed)?;
        let mut changes = Vec::new();
        self.change_catalogue(|text| {
            let unlisted = || EngineError::BusinessUnlisted { code: code.clone() };
            let text = text.ok_or_else(unlisted)?;
            listed(&text, &code)?.ok_or_else(unlisted)?;
            let before = members(&text, &code);
            let edits = checked(edits, &before)?;
            let new = with_changes(&text, &code, &edits).map_err(refused)?;
            parse(&new).map_err(|finding| bad_value(&edits, &finding.message))?;
            let after = members(&new, &code);
            let keys = before.keys().chain(after.keys().filter(|key| !before.contains_key(*key)));
            let at = |members: &Map<String, Value>, key: &str| members.get(key).cloned().unwrap_or_default();
            changes = keys
                .map(|key| BusinessChange { key: key.clone(), from: at(&before, key), to: at(&after, key) })
                .filter(|change| change.from != change.to)
                .collect();
            Ok(new)
        })?;
        Ok((code, changes))
    }

    /// Replaces the text of the catalogue. The write lock is held from before it is read, so of two who change it at once
    /// each sees what the other did.
    fn change_catalogue(
        &self,
        change: impl FnOnce(Option<String>) -> Result<String, EngineError>,
    ) -> Result<(), EngineError> {
        let root = self.root()?;
        let ((), _) = self.write(|_| {
            let bad_file = |finding| EngineError::BadFile { path: PATH.to_owned(), diagnostic: Box::new(finding) };
            let old = read_catalogue_text(&self.tree()).map_err(bad_file)?;
            let new = change(old.clone())?;
            match DocPath::parse(PATH).filter(|_| old.as_ref() != Some(&new)) {
                Some(path) => self.tree().write(&path, new.as_bytes()).map_err(in_tree("write", root)),
                None => Ok(()),
            }
        })?;
        Ok(())
    }
}

/// The business that a catalogue lists under a code, ignoring case.
fn listed(text: &str, code: &str) -> Result<Option<Business>, EngineError> {
    let catalogue =
        parse(text).map_err(|finding| EngineError::BadFile { path: PATH.to_owned(), diagnostic: Box::new(finding) })?;
    Ok(catalogue.businesses.into_iter().find(|business| business.id.eq_ignore_ascii_case(code)))
}

/// Everything a catalogue says about a business.
fn members(text: &str, code: &str) -> Map<String, Value> {
    let root: Value = serde_json::from_str(text).unwrap_or_default();
    let businesses = root.get("businesses").and_then(Value::as_array).into_iter().flatten();
    let mut found = businesses.filter(|business| business.get("id").and_then(Value::as_str) == Some(code));
    found.next().and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The changes with their keys as the file has them.
fn checked(edits: &BusinessEdits, before: &Map<String, Value>) -> Result<Vec<Edit>, EngineError> {
    let key = |typed: &str| -> Result<String, EngineError> {
        if before.contains_key(typed) && typed != "id" {
            return Ok(typed.to_owned());
        }
        if typed.eq_ignore_ascii_case("id") {
            return Err(EngineError::BadValue {
                what: "the code of a business".to_owned(),
                value: "another one".to_owned(),
                expected: "a business of its own: the IDs of its cards begin with the code".to_owned(),
            });
        }
        if typed.trim().is_empty() || typed.chars().any(is_unprintable) {
            return Err(EngineError::BadValue {
                what: "a key".to_owned(),
                value: typed.to_owned(),
                expected: "a word, such as name".to_owned(),
            });
        }
        if let Some(known) = KEYS.iter().find(|known| known.eq_ignore_ascii_case(typed)) {
            return Ok((*known).to_owned());
        }
        match meant_of(typed, &KEYS) {
            Some(meant) if !edits.force_key => Err(EngineError::NearKey { key: typed.to_owned(), meant }),
            _ => Ok(typed.to_owned()),
        }
    };
    let mut all = Vec::new();
    for (typed, value) in &edits.set {
        let key = key(typed)?;
        let value = match value {
            Value::String(text) => one_line(&key, text)?,
            other => other.clone(),
        };
        all.push(Edit::Set(key, value));
    }
    for (typed, item) in &edits.add {
        one_line(typed, item)?;
        all.push(Edit::Add(key(typed)?, item.trim().to_owned()));
    }
    for (typed, item) in &edits.remove {
        all.push(Edit::Remove(key(typed)?, item.clone()));
    }
    for typed in &edits.unset {
        all.push(Edit::Unset(key(typed)?));
    }
    Ok(all)
}

/// A text that is a single line and not blank.
fn one_line(key: &str, text: &str) -> Result<Value, EngineError> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(is_unprintable) {
        return Err(EngineError::BadValue {
            what: format!("the {key} of a business"),
            value: text.to_owned(),
            expected: "some text on one line".to_owned(),
        });
    }
    Ok(Value::from(text))
}

/// A change that would make the catalogue unreadable.
fn bad_value(edits: &[Edit], why: &str) -> EngineError {
    let set = edits.iter().find_map(|edit| match edit {
        Edit::Set(key, value) if KEYS.contains(&key.as_str()) && (key == "tags" || !value.is_string()) => {
            Some((key, value))
        }
        _ => None,
    });
    let (key, value) = set.map_or(("a key", String::new()), |(key, value)| (key.as_str(), value.to_string()));
    let expected = match key {
        "tags" => "a list of texts".to_owned(),
        "a key" => why.to_owned(),
        _ => "a text".to_owned(),
    };
    EngineError::BadValue { what: key.to_owned(), value, expected }
}

fn refused(source: crate::engine::base::catalogue::Refusal) -> EngineError {
    EngineError::Catalogue { path: PATH, source }
}
