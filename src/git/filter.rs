//! Git's built-in clean filters (line ends, `$Id$`) as defined in git's `convert.c`. Implemented here because libgit2
//! offers them only while writing an object. External filters are rejected, not skipped.

use std::{borrow::Cow, fs};

use git2::{AttrCheckFlags, AttrValue};

use super::{
    error::{During, GitError},
    repository::Repository,
};

/// The configuration that affects clean filters, read once.
pub(super) struct Filters {
    has_drivers: bool,
    guesses_line_ends: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    Kept,
    Cleaned,
    /// Cleaned if the content looks like text and the version in git has no CRLF.
    Guessed,
}

impl Filters {
    pub(super) fn of(repository: &Repository) -> Self {
        let autocrlf = repository.setting("core.autocrlf");
        Self {
            has_drivers: has_drivers(repository),
            guesses_line_ends: autocrlf.is_some_and(|value| {
                value.eq_ignore_ascii_case("input") || git2::Config::parse_bool(value).unwrap_or(false)
            }),
        }
    }

    /// The text as git would store it; `held` is the text that git already has at `path`.
    pub(super) fn clean<'t>(
        &self,
        repository: &Repository,
        path: &str,
        text: &'t [u8],
        held: impl FnOnce() -> Result<Option<Vec<u8>>, GitError>,
    ) -> Result<Cow<'t, [u8]>, GitError> {
        let attributes = Attributes { repository, path };
        if self.has_drivers
            && let Some(driver) = attributes.driver()?
        {
            return Err(GitError::FilterDriver { path: path.to_owned(), driver });
        }
        let mut clean = Cow::Borrowed(text);
        if text.contains(&b'\r') {
            clean = match self.line_ends(&attributes)? {
                LineEnds::Kept => clean,
                LineEnds::Cleaned => without_crlf(text).into(),
                LineEnds::Guessed if looks_binary(text) => clean,
                LineEnds::Guessed if held()?.is_some_and(|held| has_crlf(&held) && !looks_binary(&held)) => clean,
                LineEnds::Guessed => without_crlf(text).into(),
            };
        }
        if clean.contains(&b'$') && contains(&clean, b"$Id:") && attributes.is_set("ident")? {
            clean = with_bare_ids(&clean).into();
        }
        Ok(clean)
    }

    fn line_ends(&self, attributes: &Attributes<'_>) -> Result<LineEnds, GitError> {
        let text = match attributes.line_ends("text")? {
            None => attributes.line_ends("crlf")?,
            some => some,
        };
        if text == Some(LineEnds::Kept) {
            return Ok(LineEnds::Kept);
        }
        let eol = attributes.value("eol")?;
        Ok(match text {
            Some(line_ends) => line_ends,
            None if matches!(eol.as_deref(), Some("lf" | "crlf")) => LineEnds::Cleaned,
            None if self.guesses_line_ends => LineEnds::Guessed,
            None => LineEnds::Kept,
        })
    }
}

/// Assumes there are drivers if the configuration cannot be read.
fn has_drivers(repository: &Repository) -> bool {
    let Ok(config) = repository.inner.config() else {
        return true;
    };
    config.entries(Some(r"^filter\..*\.(clean|process)$")).map_or(true, |mut drivers| drivers.next().is_some())
}

/// The attributes of one path from `.gitattributes`.
struct Attributes<'r> {
    repository: &'r Repository,
    path: &'r str,
}

impl<'r> Attributes<'r> {
    /// Whether each file of attributes is a regular one, if it is there. Otherwise there are no attributes: libgit2 would
    /// follow a link out of the tree, and wait for a pipe.
    fn has_plain_files(&self) -> bool {
        let Repository { inner, .. } = self.repository;
        let named = inner.config().and_then(|config| config.get_path("core.attributesFile")).ok();
        let mut own = named.into_iter().chain([self.repository.shared("info/attributes")]);
        let top = inner.workdir();
        let ends = self.path.match_indices('/').map(|(end, _)| &self.path[..end]);
        let mut folders = std::iter::once("").chain(ends).filter_map(|folder| Some(top?.join(folder)));
        own.all(|file| fs::metadata(file).map_or(true, |found| found.is_file()))
            && folders
                .all(|folder| fs::symlink_metadata(folder.join(".gitattributes")).map_or(true, |found| found.is_file()))
    }

    fn get(&self, name: &str) -> Result<AttrValue<'r>, GitError> {
        if !self.has_plain_files() {
            return Ok(AttrValue::Unspecified);
        }
        let flags = AttrCheckFlags::FILE_THEN_INDEX;
        let value = self.repository.inner.get_attr_bytes(self.path.as_ref(), name, flags);
        Ok(AttrValue::from_bytes(value.during("read the attributes of", self.path)?))
    }

    fn is_set(&self, name: &str) -> Result<bool, GitError> {
        Ok(self.get(name)? == AttrValue::True)
    }

    fn value(&self, name: &str) -> Result<Option<String>, GitError> {
        Ok(match self.get(name)? {
            AttrValue::String(value) => Some(value.to_owned()),
            _ => None,
        })
    }

    fn line_ends(&self, name: &str) -> Result<Option<LineEnds>, GitError> {
        Ok(match self.get(name)? {
            AttrValue::True | AttrValue::String("input") => Some(LineEnds::Cleaned),
            AttrValue::False => Some(LineEnds::Kept),
            AttrValue::String("auto") => Some(LineEnds::Guessed),
            _ => None,
        })
    }

    fn driver(&self) -> Result<Option<String>, GitError> {
        let Some(driver) = self.value("filter")? else {
            return Ok(None);
        };
        let runs = |part| self.repository.setting(&format!("filter.{driver}.{part}")).is_some();
        Ok((runs("clean") || runs("process")).then_some(driver))
    }
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    text.windows(needle.len()).any(|window| window == needle)
}

fn has_crlf(text: &[u8]) -> bool {
    contains(text, b"\r\n")
}

fn without_crlf(text: &[u8]) -> Vec<u8> {
    let followed_by_lf = |at: usize| text.get(at + 1) == Some(&b'\n');
    text.iter().enumerate().filter(|&(at, &byte)| byte != b'\r' || !followed_by_lf(at)).map(|(_, &byte)| byte).collect()
}

/// Git's heuristic: a NUL, a lone CR, or more than one control character in 128.
fn looks_binary(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\x1a").unwrap_or(text);
    let lone_cr = |at: usize| text.get(at + 1) != Some(&b'\n');
    let (mut printable, mut odd) = (0_usize, 0_usize);
    for (at, &byte) in text.iter().enumerate() {
        match byte {
            0 => return true,
            b'\r' if lone_cr(at) => return true,
            b'\r' | b'\n' => {}
            0x08 | b'\t' | 0x0c | 0x1b => printable += 1,
            0x01..0x20 | 0x7f => odd += 1,
            _ => printable += 1,
        }
    }
    printable >> 7 < odd
}

/// Replaces every `$Id: ...$` within a line with `$Id$`.
fn with_bare_ids(text: &[u8]) -> Vec<u8> {
    const START: &[u8] = b"$Id:";
    let mut clean = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(START.len()).position(|window| window == START) {
        let (before, found) = rest.split_at(at);
        clean.extend_from_slice(before);
        let expansion = &found[START.len()..];
        match expansion.iter().position(|&byte| byte == b'$' || byte == b'\n') {
            Some(end) if expansion[end] == b'$' => {
                clean.extend_from_slice(b"$Id$");
                rest = &expansion[end + 1..];
            }
            _ => {
                clean.extend_from_slice(START);
                rest = expansion;
            }
        }
    }
    clean.extend_from_slice(rest);
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cr_before_a_line_feed_goes() {
        assert_eq!(without_crlf(b"a\r\nb\rc\r\r\n\r"), b"a\nb\rc\r\n\r");
    }

    #[test]
    fn a_lone_cr_a_nul_or_many_controls_are_not_text() {
        for text in [&b"a\rb"[..], b"a\0", b"\x01", b"a\r"] {
            assert!(looks_binary(text), "{text:?}");
        }
        for text in [&b""[..], b"a\r\n", b"\x1a", b"\xc3\xa9\t\x1b\r\n"] {
            assert!(!looks_binary(text), "{text:?}");
        }
    }

    #[test]
    fn one_control_character_in_128_is_still_text() {
        let text = |printable: usize| [vec![b'x'; printable], vec![1]].concat();
        assert!(!looks_binary(&text(128)));
        assert!(looks_binary(&text(127)));
    }

    #[test]
    fn an_expanded_id_shrinks_within_its_line() {
        assert_eq!(with_bare_ids(b"x $Id: abc $ $Id:$ y"), b"x $Id$ $Id$ y");
        assert_eq!(with_bare_ids(b"$Id: a\n$ $Id: $"), b"$Id: a\n$ $Id$");
        assert_eq!(with_bare_ids(b"$Id: open"), b"$Id: open");
    }
}
