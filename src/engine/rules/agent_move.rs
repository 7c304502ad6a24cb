//! BOS047: a card that an agent moved by editing its file. Depends on the settings, so only an import can report it.

use crate::domain::{
    diagnostic::{Code, Diagnostic},
    doc_path::DocPath,
};

/// The finding for a file in which an agent moved a card.
#[must_use]
pub fn agent_move(path: &DocPath, actor: &str) -> Diagnostic {
    Diagnostic {
        code: Code::AgentMove,
        path: path.to_string(),
        line: None,
        column: None,
        message: format!("{actor} is an agent here, and may not move this card by editing its file"),
        help: "put the card back where it was and propose the move with `bos card propose`, or let a person take it \
            with `bos import --theirs`"
            .to_owned(),
    }
}
