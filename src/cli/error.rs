//! Maps failures to what the user sees: the kind decides the exit code, the hint says what to do next.

use std::path::PathBuf;

use super::hint;
use crate::{domain::error_kind::ErrorKind, engine::EngineError, wire::Failure};

/// The exit code of a bug in this program, including a panic.
pub(crate) const DEFECT: u8 = 70;

/// A failure of a command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The engine failed or refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Standard output cannot be written.
    #[error("standard output cannot be written")]
    Output(#[source] std::io::Error),
    /// Something was done but could not be reported.
    #[error("{done}, but standard output cannot be written")]
    Untold {
        /// What was done, as a sentence without a full stop.
        done: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// A file named by an argument cannot be read.
    #[error("{path} cannot be read")]
    Input {
        /// The argument.
        path: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// An invalid line in a file of changes, or in another program's.
    #[error("{file}:{line}: {what}")]
    BadLine {
        /// The argument that names the file.
        file: String,
        /// The line number, counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
        /// Where to read what a line holds.
        hint: String,
    },
    /// The file for the editor cannot be written or read.
    #[error("{path} cannot be written or read", path = path.display())]
    Draft {
        /// The file, or its folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The editor exited with an error.
    #[error("the editor {editor:?} failed, so nothing was saved; your text is in {path}", path = path.display())]
    Editor {
        /// The editor's command.
        editor: String,
        /// The file with the text.
        path: PathBuf,
    },
    /// An edited text that was rejected.
    #[error("nothing was saved; your text is in {path}", path = path.display())]
    Kept {
        /// The file with the text.
        path: PathBuf,
        /// Why the engine rejected it.
        source: Box<EngineError>,
    },
    /// An edited text that still has conflict markers.
    #[error("there are conflict markers left, so nothing was settled; your text is in {path}", path = path.display())]
    Marked {
        /// The file with the text.
        path: PathBuf,
    },
    /// Arguments that are invalid together.
    #[error("{message}")]
    Usage {
        /// What is wrong with them.
        message: String,
        /// What would be valid.
        hint: String,
    },
}

impl CliError {
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Engine(error) => error.kind(),
            Self::Output(_) | Self::Untold { .. } | Self::Draft { .. } => ErrorKind::Unavailable,
            Self::Marked { .. } => ErrorKind::Conflict,
            Self::Editor { .. } => ErrorKind::Invalid,
            Self::Kept { source, .. } => source.kind(),
            Self::Input { .. } => ErrorKind::NotFound,
            Self::BadLine { .. } => ErrorKind::Invalid,
            Self::Usage { .. } => ErrorKind::Usage,
        }
    }

    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Engine(error) => hint::of(error),
            Self::Usage { hint, .. } => Some(hint.clone()),
            Self::BadLine { hint, .. } => Some(format!("nothing was changed; {hint}")),
            Self::Kept { source, .. } => hint::of(source),
            Self::Untold { .. } => {
                Some("do not run it again; `bos log` shows what was changed in the database".to_owned())
            }
            Self::Marked { .. } | Self::Editor { .. } | Self::Draft { .. } | Self::Output(_) | Self::Input { .. } => {
                None
            }
        }
    }

    /// The chain of causes, outermost first.
    pub(crate) fn causes(&self) -> Vec<String> {
        let mut causes = Vec::new();
        let mut next = std::error::Error::source(self);
        let mut above = self.to_string();
        while let Some(cause) = next {
            let text = cause.to_string();
            // Some library errors repeat the message of their cause.
            if !above.ends_with(&text) {
                causes.push(text.clone());
            }
            above = text;
            next = cause.source();
        }
        causes
    }

    /// The same error, extended if the command had already `done` something that it then could not report.
    pub(crate) fn after(self, done: Option<&str>) -> Self {
        match (self, done) {
            (Self::Output(source), Some(done)) => Self::Untold { done: done.to_owned(), source },
            (error, _) => error,
        }
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }

    pub(crate) fn to_failure(&self) -> Failure {
        Failure::new(self.kind(), self.to_string(), self.causes(), self.hint())
    }
}

/// The only table from kinds to exit codes.
pub(crate) fn exit_code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Usage => 2,
        ErrorKind::NotFound => 3,
        ErrorKind::Invalid | ErrorKind::Denied => 4,
        ErrorKind::Conflict => 5,
        ErrorKind::Busy | ErrorKind::Unavailable => 6,
        ErrorKind::Internal => DEFECT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_exit_codes() {
        let table: Vec<String> =
            ErrorKind::ALL.iter().map(|kind| format!("{} {}", kind.as_str(), exit_code(*kind))).collect();
        insta::assert_snapshot!(table.join("\n"), @r"
        usage 2
        not_found 3
        invalid 4
        denied 4
        conflict 5
        busy 6
        unavailable 6
        internal 70
        ");
    }
}
