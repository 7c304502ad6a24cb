//! Closed sets of words, from the domain's own lists.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::domain::{action, diagnostic::Severity, error_kind, lane, priority, state};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $all:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $name(pub(super) $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.as_str())
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let words: Vec<&str> = $all.into_iter().map(<$inner>::as_str).collect();
                json_schema!({"type": "string", "enum": words})
            }
        }
    };
}

words!(
    /// The action of a log entry.
    Action, action::Action, action::Action::ALL
);
words!(
    /// A lane of the board, by its key.
    Lane, lane::Lane, lane::Lane::ALL
);
words!(
    /// A priority.
    Priority, priority::Priority, priority::Priority::ALL
);
words!(
    /// The state of a document between database and file.
    State, state::State, state::State::ALL
);
words!(
    /// The severity of a finding.
    Weight, Severity, [Severity::Error, Severity::Warning]
);
words!(
    /// The kind of failure, which decides the exit code.
    ErrorKind, error_kind::ErrorKind, error_kind::ErrorKind::ALL
);
