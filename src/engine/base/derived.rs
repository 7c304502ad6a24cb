//! What a row holds of a text as a whole. It is costly enough for an import to have it made by the thread that reads.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::domain::{
    doc_path::DocPath,
    hash::{Sha256, git_blob_id},
    value::{FieldValue, Fields},
};

/// The part of a row that is made of the whole text.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Derived {
    /// Every front matter key, `content`, `filePath`, `fileSha`.
    pub(in crate::engine) data_json: String,
    /// The git blob id.
    pub(in crate::engine) git_sha: String,
}

impl Derived {
    pub(in crate::engine) fn of(text: &Text<'_>) -> Self {
        Self { data_json: serde_json::to_string(text).unwrap_or_default(), git_sha: git_blob_id(text.text.as_bytes()) }
    }
}

/// A text, taken apart, with its place.
pub(in crate::engine) struct Text<'a> {
    pub(in crate::engine) path: &'a DocPath,
    pub(in crate::engine) text: &'a str,
    pub(in crate::engine) sha: &'a Sha256,
    pub(in crate::engine) fields: &'a Fields,
    pub(in crate::engine) body: &'a str,
}

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.fields.iter() {
            if matches!(key, "content" | "filePath" | "fileSha") {
                continue;
            }
            match value {
                FieldValue::Bool(value) => map.serialize_entry(key, value)?,
                FieldValue::List(items) => map.serialize_entry(key, items)?,
                FieldValue::Str(text) | FieldValue::Source(text) => map.serialize_entry(key, text)?,
            }
        }
        map.serialize_entry("content", self.body)?;
        map.serialize_entry("filePath", self.path.as_str())?;
        map.serialize_entry("fileSha", self.sha.as_str())?;
        map.end()
    }
}
