//! One text, read once: its hash, its fields, its body. Also the limits on bytes that come from outside.

use std::ops::Range;

use super::derived::{Derived, Text};
use crate::{
    domain::{
        diagnostic::{Code, Problem},
        doc_path::DocPath,
        hash::Sha256,
        value::Fields,
    },
    git::{BlobId, GitError, Repository},
    markdown::{self, Unmerged},
};

pub(in crate::engine) use crate::domain::text::MAX_BYTES;

/// A readable text and what stands in it.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The exact text.
    pub text: String,
    /// Its address.
    pub sha: Sha256,
    /// The front matter.
    pub fields: Fields,
    /// Whether there is front matter at all.
    pub has_front_matter: bool,
    /// What its row holds beside the fields, where that was made ahead.
    pub(in crate::engine) derived: Option<Derived>,
    body: Range<usize>,
}

impl Reading {
    /// Reads bytes from outside: size, NUL bytes, UTF-8 and what a merge of git left open are checked before anything
    /// is parsed.
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, Problem> {
        let text = text_of(bytes)?;
        match markdown::unmerged(&text) {
            Some(found) => Err(unmerged(&found)),
            None => Self::of(text),
        }
    }

    /// Reads a blob of git as [`Reading::of_bytes`] does; the outer error is git's own.
    pub(in crate::engine) fn of_blob(repository: &Repository, blob: BlobId) -> Result<Result<Self, Problem>, GitError> {
        match repository.read_blob(blob) {
            Ok(bytes) => Ok(Self::of_bytes(bytes)),
            Err(GitError::TooLarge { bytes, .. }) => Ok(Err(too_large(bytes))),
            Err(error) => Err(error),
        }
    }

    /// Reads a text. One with conflict markers too: the log may hold such.
    pub fn of(text: String) -> Result<Self, Problem> {
        let document = markdown::parse(&text)?;
        let (body, has_front_matter) = (document.body_range(), document.has_front_matter());
        let fields = document.fields;
        let sha = Sha256::of(text.as_bytes());
        Ok(Self { text, sha, fields, has_front_matter, derived: None, body })
    }

    /// All after the front matter.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.text[self.body.clone()]
    }

    /// What its row holds of the text as a whole.
    pub(in crate::engine) fn derived_at(&self, path: &DocPath) -> Derived {
        let Self { text, sha, fields, .. } = self;
        self.derived.clone().unwrap_or_else(|| Derived::of(&Text { path, text, sha, fields, body: self.body() }))
    }

    /// The line of a key, from 1. Reads the text again: findings are rare.
    #[must_use]
    pub fn line_of(&self, key: &str) -> Option<u32> {
        markdown::parse(&self.text).ok()?.line_of(key)
    }
}

/// The text that bytes from outside hold.
pub(in crate::engine) fn text_of(bytes: Vec<u8>) -> Result<String, Problem> {
    if bytes.len() > MAX_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    // `contains` is a vectorized search; the place is looked for only where there is one.
    if bytes.contains(&0)
        && let Some(at) = bytes.iter().position(|byte| *byte == 0)
    {
        let help = "save the file as UTF-8 text; UTF-16 text and pictures look like this";
        return Err(at_byte(&bytes, at, Code::NulByte, "a NUL byte".to_owned(), help));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let help = "save the file as UTF-8; Latin-1 or Windows-1252 text looks like this";
        at_byte(error.as_bytes(), at, Code::NotUtf8, format!("the byte 0x{byte:02X} is not UTF-8"), help)
    })?;
    Ok(text)
}

/// The finding for a file over the limit.
pub(in crate::engine) fn too_large(bytes: u64) -> Problem {
    Problem {
        code: Code::TooLarge,
        line: None,
        column: None,
        message: format!("the file has {bytes} bytes, more than 16 MiB"),
        help: "keep large material elsewhere and link to it".to_owned(),
    }
}

/// The finding for lines that git could not merge.
fn unmerged(found: &Unmerged<'_>) -> Problem {
    let side = |name: &str, unnamed: &str| if name.is_empty() { unnamed.to_owned() } else { format!("`{name}`") };
    let (ours, theirs) = (side(found.ours, "one side"), side(found.theirs, "the other side"));
    Problem {
        code: Code::ConflictMarkers,
        line: Some(found.first),
        column: Some(1),
        message: format!(
            "a merge is not finished: lines {} to {} hold both what {ours} and what {theirs} says",
            found.first, found.last
        ),
        help:
            "finish it with git mergetool or an editor, then run bos import; where two clones gave two cards one ID, \
               bos conflicts resolve ID gives yours another; with bos merge-driver install git merges cards key by key"
                .to_owned(),
    }
}

fn at_byte(bytes: &[u8], at: usize, code: Code, message: String, help: &str) -> Problem {
    let before = &bytes[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
    Problem { code, line: u32::try_from(line).ok(), column: u32::try_from(column).ok(), message, help: help.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(bytes: &[u8]) -> (Code, Option<u32>, Option<u32>) {
        let problem = Reading::of_bytes(bytes.to_vec()).unwrap_err();
        (problem.code, problem.line, problem.column)
    }

    #[test]
    fn bytes_that_are_no_text_are_told_with_their_place() {
        assert_eq!(problem(b"ab\ncaf\xe9 x"), (Code::NotUtf8, Some(2), Some(4)));
        assert_eq!(problem("é\0".as_bytes()), (Code::NulByte, Some(1), Some(2)));
        assert_eq!(problem(&vec![b'a'; MAX_BYTES + 1]), (Code::TooLarge, None, None));
        let unmerged = "a\n<<<<<<< x\n=======\n>>>>>>> y\n";
        assert_eq!(problem(unmerged.as_bytes()), (Code::ConflictMarkers, Some(2), Some(1)));
        assert!(Reading::of(unmerged.to_owned()).is_ok(), "the log may hold such a text");
    }
}
