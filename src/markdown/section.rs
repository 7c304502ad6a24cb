//! A section that a program maintains between two markers in a text that belongs to others. Everything around it keeps
//! its bytes.

use super::split::newline_of;
use crate::domain::diagnostic::Problem;

/// The marker lines around the section, written as comments in the text's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Markers {
    begin: &'static str,
    end: &'static str,
}

impl Markers {
    /// For markdown and HTML.
    pub const HTML: Self = Self { begin: "<!-- bos:begin -->", end: "<!-- bos:end -->" };
    /// For files in which comments begin with `#`.
    pub const HASH: Self = Self { begin: "# bos:begin", end: "# bos:end" };
}

/// Why the section cannot be put into a text. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    /// The content is not text.
    #[error("{}", .0.message)]
    NotText(Problem),
    /// A marker without its counterpart.
    #[error("line {line} is `{marker}`, and the marker that belongs to it is missing")]
    Unpaired {
        /// The marker.
        marker: &'static str,
        /// Its line.
        line: usize,
    },
    /// A duplicate marker, or one that comes too early.
    #[error("line {line} is `{marker}`, which is out of place: one pair of markers holds the section")]
    Misplaced {
        /// The marker.
        marker: &'static str,
        /// Its line.
        line: usize,
    },
}

/// The text with the section: in place of the present one, or at the end.
///
/// # Errors
/// The markers do not form one pair.
pub fn with_section(text: &str, section: &str, markers: Markers) -> Result<String, SectionError> {
    let newline = newline_of(text);
    let Markers { begin, end } = markers;
    let lines = format!("{begin}\n{}\n{end}", section.trim_end()).replace('\n', newline);
    if let Some((start, end)) = standing(text, markers)? {
        let mut new = text.to_owned();
        new.replace_range(start..end, &lines);
        return Ok(new);
    }
    let blank = match text {
        "" => String::new(),
        _ if text.ends_with('\n') => newline.to_owned(),
        _ => newline.repeat(2),
    };
    Ok(format!("{text}{blank}{lines}{newline}"))
}

/// The content between the markers; `None` if the text has none.
///
/// # Errors
/// The markers do not form one pair.
pub fn section(text: &str, markers: Markers) -> Result<Option<&str>, SectionError> {
    let inner = |(start, end): (usize, usize)| text[start + markers.begin.len()..end - markers.end.len()].trim();
    Ok(standing(text, markers)?.map(inner))
}

/// The text without the section, its markers and the empty line that [`with_section`] puts before it.
///
/// # Errors
/// The markers do not form one pair.
pub fn without_section(text: &str, markers: Markers) -> Result<String, SectionError> {
    let Some((start, end)) = standing(text, markers)? else { return Ok(text.to_owned()) };
    let newline = newline_of(text);
    let before = &text[..start];
    let before = before.strip_suffix(newline).filter(|rest| rest.ends_with('\n')).unwrap_or(before);
    let after = text[end..].find('\n').map_or("", |at| &text[end + at + 1..]);
    Ok(format!("{before}{after}"))
}

/// From the first byte of the first marker to the last of the second, without its line ending.
fn standing(text: &str, Markers { begin: first, end: last }: Markers) -> Result<Option<(usize, usize)>, SectionError> {
    let (mut at, mut begin, mut found) = (0, None, None);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let (marker, number) = (line.trim_end(), index + 1);
        if marker == first {
            if begin.is_some() || found.is_some() {
                return Err(SectionError::Misplaced { marker: first, line: number });
            }
            begin = Some((at, number));
        } else if marker == last {
            let Some((start, _)) = begin.take() else {
                let known = found.is_some();
                let (marker, line) = (last, number);
                return Err(if known {
                    SectionError::Misplaced { marker, line }
                } else {
                    SectionError::Unpaired { marker, line }
                });
            };
            found = Some((start, at + last.len()));
        }
        at += line.len();
    }
    match begin {
        Some((_, line)) => Err(SectionError::Unpaired { marker: first, line }),
        None => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BEGIN: &str = Markers::HTML.begin;
    const END: &str = Markers::HTML.end;

    fn with(text: &str, section: &str) -> Result<String, SectionError> {
        with_section(text, section, Markers::HTML)
    }

    #[test]
    fn the_section_goes_where_it_is_or_to_the_end() {
        assert_eq!(with("", "a\n").unwrap(), "<!-- bos:begin -->\na\n<!-- bos:end -->\n");
        assert_eq!(with("x", "a").unwrap(), "x\n\n<!-- bos:begin -->\na\n<!-- bos:end -->\n");
        assert_eq!(with("x\n", "a").unwrap(), "x\n\n<!-- bos:begin -->\na\n<!-- bos:end -->\n");
        assert_eq!(with("x\r\n", "a").unwrap(), "x\r\n\r\n<!-- bos:begin -->\r\na\r\n<!-- bos:end -->\r\n");
        let text = "x\r\n<!-- bos:begin -->\r\nold\r\n\r\n<!-- bos:end -->\r\ny";
        assert_eq!(with(text, "a\nb").unwrap(), "x\r\n<!-- bos:begin -->\r\na\r\nb\r\n<!-- bos:end -->\r\ny");
        let spaced = "<!-- bos:begin --> \n<!-- bos:end -->\t\n";
        assert_eq!(with(spaced, "a").unwrap(), "<!-- bos:begin -->\na\n<!-- bos:end -->\t\n");
        let indented = "    <!-- bos:begin -->\n";
        assert!(with(indented, "a").unwrap().starts_with(indented), "that is text about a marker");
    }

    #[test]
    fn markers_that_are_not_a_pair_are_refused() {
        let told = |lines: &[&str]| {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            with(&text, "a").unwrap_err().to_string()
        };
        insta::assert_snapshot!(told(&["x", BEGIN, "y"]), @"line 2 is `<!-- bos:begin -->`, and the marker that belongs to it is missing");
        insta::assert_snapshot!(told(&["x", END]), @"line 2 is `<!-- bos:end -->`, and the marker that belongs to it is missing");
        insta::assert_snapshot!(told(&[END, BEGIN]), @"line 1 is `<!-- bos:end -->`, and the marker that belongs to it is missing");
        insta::assert_snapshot!(told(&[BEGIN, BEGIN, END]), @"line 2 is `<!-- bos:begin -->`, which is out of place: one pair of markers holds the section");
        insta::assert_snapshot!(told(&[BEGIN, END, END]), @"line 3 is `<!-- bos:end -->`, which is out of place: one pair of markers holds the section");
        insta::assert_snapshot!(told(&[BEGIN, END, BEGIN, END]), @"line 3 is `<!-- bos:begin -->`, which is out of place: one pair of markers holds the section");
    }

    #[test]
    fn taking_the_section_out_leaves_what_was_there_before() {
        for text in ["", "x\n", "x\n\n", "x\r\ny\r\n"] {
            let with = with_section(text, "a\nb", Markers::HASH).unwrap();
            let lines = section(&with, Markers::HASH).unwrap().map(|inner| inner.lines().collect::<Vec<_>>());
            assert_eq!(lines, Some(vec!["a", "b"]));
            assert_eq!(without_section(&with, Markers::HASH).unwrap(), text);
            assert_eq!(section(text, Markers::HASH).unwrap(), None);
            assert_eq!(without_section(&(with + "after\n"), Markers::HASH).unwrap(), format!("{text}after\n"));
        }
    }

    proptest! {
        #[test]
        fn all_around_it_stays_and_twice_is_once(
            lines in prop::collection::vec(prop::sample::select(vec!["", "text", BEGIN, END, " <!-- bos:end -->", "é"]), 0..6),
            ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n"]), 6),
            section in "[a-z\n]{0,12}",
        ) {
            let text: String = lines.iter().zip(&ends).flat_map(|(line, end)| [*line, *end]).collect();
            if let Ok(once) = with(&text, &section) {
                prop_assert_eq!(with(&once, &section).unwrap(), once.clone());
                let outside = |text: &str| {
                    let (start, end) = standing(text, Markers::HTML).unwrap().unwrap();
                    (text[..start].to_owned(), text[end..].to_owned())
                };
                match standing(&text, Markers::HTML).unwrap() {
                    Some(_) => prop_assert_eq!(outside(&once), outside(&text)),
                    None => prop_assert!(once.starts_with(&text)),
                }
            }
        }
    }
}
