//! Why an edit was refused, where, and how to resolve it.

use thiserror::Error;

use crate::domain::diagnostic::Problem;

/// A refused edit; the text was not changed. Lines and columns count from 1 in the file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// The text could not be parsed before the edit.
    #[error("the document cannot be read{}: {}; {}", place_of(.0), .0.message, .0.help)]
    Unreadable(Problem),
    /// A key occurs twice, so it is ambiguous which one to change.
    #[error(
        "the key `{key}` occurs on line {first_line} and again on line {line}, column {column}; keep one of the two"
    )]
    DuplicateKey { key: String, first_line: u32, line: u32, column: u32 },
    /// The root is a scalar, a list or a mapping in flow style.
    #[error(
        "the front matter (line {line}, column {column}) is not a block mapping; write one `Key: value` on each line"
    )]
    NotABlockMapping { line: u32, column: u32 },
    /// The YAML is valid, but written in a way that cannot be edited line by line.
    #[error(
        "the front matter holds {what} (line {line}, column {column}), which cannot be edited safely; change the file by hand"
    )]
    Unmapped { what: &'static str, line: u32, column: u32 },
    /// The value to change has an anchor, so other values may refer to it.
    #[error(
        "the value of `{key}` has an anchor (line {line}, column {column}); change it by hand, with whatever refers to it"
    )]
    Anchor { key: String, line: u32, column: u32 },
    /// The value to change has a tag.
    #[error("the value of `{key}` has a tag (line {line}, column {column}); change it by hand")]
    Tag { key: String, line: u32, column: u32 },
    /// The value to change is an alias.
    #[error("the value of `{key}` is an alias (line {line}, column {column}); write the value out by hand first")]
    Alias { key: String, line: u32, column: u32 },
    /// The value to append to or remove from is not a list of scalars.
    #[error("the value of `{key}` (line {line}, column {column}) is not a list of plain items; make it a list first")]
    NotAList { key: String, line: u32, column: u32 },
    /// The source text for a value is not one complete YAML value on one line.
    #[error(
        "`{source_text}` cannot be written as the value of `{key}`; give one complete YAML value on one line, without a comment"
    )]
    BadSource { key: String, source_text: String },
    /// The edited text would not read back as exactly what was asked for.
    #[error(
        "`{key}` (line {line}, column {column}) cannot be changed safely: the text would not read back as asked; change it by hand"
    )]
    NotSafe { key: String, line: u32, column: u32 },
    /// The new body would not read back as exactly what was asked for.
    #[error("this body cannot be written safely: it would be taken for front matter; put a blank line first")]
    UnsafeBody,
}

fn place_of(problem: &Problem) -> String {
    match (problem.line, problem.column) {
        (Some(line), Some(column)) => format!(" (line {line}, column {column})"),
        (Some(line), None) => format!(" (line {line})"),
        _ => String::new(),
    }
}
