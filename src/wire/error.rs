//! `bos.error/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::words::ErrorKind;
use crate::domain::error_kind;

/// `bos.error/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Failure {
    kind: ErrorKind,
    message: String,
    /// The chain of causes, outermost first.
    causes: Vec<String>,
    /// What to do about it.
    hint: Option<String>,
}

impl Failure {
    /// A failure of this kind.
    pub(crate) fn new(kind: error_kind::ErrorKind, message: String, causes: Vec<String>, hint: Option<String>) -> Self {
        Self { kind: ErrorKind(kind), message, causes, hint }
    }
}
