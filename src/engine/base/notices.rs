//! What a reader should know beside the answer: files that cannot be read, edits that were not taken, conflicts.

use serde_json::{Value, json};

use super::{error::EngineError, view::View};
use crate::domain::{
    diagnostic::{Code, Diagnostic},
    doc_path::DocPath,
};

/// Facts for the one-line notices of boards and lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notices {
    /// Files of this place that could not be read.
    pub unreadable: u64,
    /// Files whose edits were not taken.
    pub not_taken: Vec<DocPath>,
    /// Conflicts that wait for a person.
    pub conflicts: u64,
}

impl View<'_> {
    /// What should be said beside a board or a list.
    pub fn notices(&self) -> Result<Notices, EngineError> {
        let Some(mirror) = self.mirror_row()? else { return Ok(Notices::default()) };
        let set_aside = self.store.unreadable(mirror.id)?;
        let is_left =
            |json: &str| from_json(json).iter().any(|found| matches!(found.code, Code::AgentMove | Code::DamagedText));
        let (left, unreadable): (Vec<_>, Vec<_>) = set_aside.into_iter().partition(|(_, json)| is_left(json));
        Ok(Notices {
            unreadable: unreadable.len() as u64,
            not_taken: left.into_iter().map(|(path, _)| path).collect(),
            conflicts: self.store.conflict_count(mirror.id)?,
        })
    }
}

/// Findings as the mirror state keeps them.
pub(in crate::engine) fn to_json(diagnostics: &[Diagnostic]) -> String {
    let items: Vec<Value> = diagnostics
        .iter()
        .map(|found| {
            json!({
                "code": found.code.as_str(), "path": found.path, "line": found.line, "column": found.column,
                "message": found.message, "help": found.help,
            })
        })
        .collect();
    Value::Array(items).to_string()
}

/// Reads them back; what cannot be read is left out, a new look at the file finds it again.
pub(in crate::engine) fn from_json(text: &str) -> Vec<Diagnostic> {
    let Ok(Value::Array(items)) = serde_json::from_str(text) else { return Vec::new() };
    items.iter().filter_map(one_from_json).collect()
}

fn one_from_json(item: &Value) -> Option<Diagnostic> {
    let text = |key: &str| item.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| item.get(key).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    let code = text("code")?;
    Some(Diagnostic {
        code: Code::ALL.iter().copied().find(|known| known.as_str() == code)?,
        path: text("path")?,
        line: number("line"),
        column: number("column"),
        message: text("message")?,
        help: text("help")?,
    })
}
