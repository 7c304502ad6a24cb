//! What an import leaves alone, though the file can be read: BOS047, a card that an agent moved by editing its file, and
//! BOS048, an edit of a document whose text in the database is damaged. Depends on settings and database, so only an
//! import can report it.

use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        doc_path::DocPath,
    },
    engine::base::error::EngineError,
};

/// The finding for a file that an import leaves alone because of this error; `None` if the error is of another kind.
#[must_use]
pub fn left_alone(path: &DocPath, error: &EngineError) -> Option<Diagnostic> {
    let (code, message, help) = match error {
        EngineError::Denied { actor, .. } => (
            Code::AgentMove,
            format!("{actor} is an agent here, and may not move this card by editing its file"),
            "put the card back where it was and propose the move with `bos card propose`, or let a person take it with \
             `bos import --theirs`",
        ),
        EngineError::Damaged { .. } => (
            Code::DamagedText,
            error.to_string(),
            "a file that holds the text as it was puts it back: `bos audit rebuild`; where none does, \
             `bos import --theirs FILE` takes the file as it is",
        ),
        _ => return None,
    };
    Some(Diagnostic { code, path: path.to_string(), line: None, column: None, message, help: help.to_owned() })
}
