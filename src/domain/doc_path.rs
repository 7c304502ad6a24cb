//! The path of a document within the tree: relative, with `/`, and safe to join to the root.

use std::{fmt, path::Path};

use super::text::is_unprintable;

/// The folder of the documents, relative to the root.
pub const MIRROR: &str = "docs/business-os";

/// A validated path, relative to the root: no empty, `.` or `..` component, no backslash, no control character.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocPath(String);

impl DocPath {
    /// Validates a path written with `/`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // Nearly every path is plain ASCII, which a look at the bytes tells much faster.
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\');
        let ok = (is_plain || !text.chars().any(|c| c == '\\' || is_unprintable(c)))
            && text.split('/').all(|part| !matches!(part, "" | "." | ".."));
        ok.then(|| Self(text.to_owned()))
    }

    /// The path as text, with `/` on every system.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of the file below `root`.
    #[must_use]
    pub fn under(&self, root: &Path) -> std::path::PathBuf {
        // Windows accepts `/` too, except in paths that begin with `\\?\`.
        if cfg!(windows) {
            self.0.split('/').fold(root.to_path_buf(), |path, part| path.join(part))
        } else {
            root.join(&self.0)
        }
    }
}

impl fmt::Display for DocPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_stay_within_the_tree_are_taken() {
        for good in ["a", "docs/business-os/cards/A-1.user.md", "a b/~c", "Zoë/茶.md", "..a/b."] {
            assert_eq!(DocPath::parse(good).map(|path| path.to_string()), Some(good.to_owned()));
        }
        for bad in
            ["", "/a", "a/", "a//b", ".", "../a", "a/../b", "a/./b", "a\\b", "ë\\b", "a\nb", "a\u{7f}", "a\u{202e}b"]
        {
            assert_eq!(DocPath::parse(bad), None, "{bad:?}");
        }
    }
}
