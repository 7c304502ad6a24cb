//! Splits a document into front matter and body. Byte ranges only, without parsing YAML.

use std::ops::Range;

use crate::domain::diagnostic::{Code, Problem};

const BOM: &str = "\u{feff}";
const FENCE: &str = "---";

/// The parts of a document as contiguous byte ranges.
///
/// What counts as front matter follows `gray_matter` 0.3 with `---`, with two differences: a byte order mark is allowed
/// before the opening line (`gray_matter` then sees no front matter), and front matter that is never closed is a
/// problem (`gray_matter` takes the rest as content).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The byte order mark; may be empty.
    pub bom: Range<usize>,
    /// The opening `---` line with its line ending; empty without front matter.
    pub opening: Range<usize>,
    /// The lines between the fences; empty, or ends with a newline.
    pub yaml: Range<usize>,
    /// The closing `---` line with its line ending, if it has one; empty without front matter.
    pub closing: Range<usize>,
    /// Everything after the closing line.
    pub body: Range<usize>,
}

impl Split {
    /// Whether the document has front matter, even if empty.
    #[must_use]
    pub fn has_front_matter(&self) -> bool {
        !self.opening.is_empty()
    }
}

/// Splits a document into front matter and body.
///
/// # Errors
/// `UnclosedFrontMatter` if the first line opens front matter and no later line closes it.
pub fn split(text: &str) -> Result<Split, Problem> {
    let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let opening = start..line_end(text, start);
    if !text[opening.clone()].ends_with('\n') || !is_fence(&text[opening.clone()]) {
        return Ok(Split {
            bom: 0..start,
            opening: start..start,
            yaml: start..start,
            closing: start..start,
            body: start..text.len(),
        });
    }
    let mut at = opening.end;
    while at < text.len() {
        let end = line_end(text, at);
        if is_fence(&text[at..end]) {
            return Ok(Split {
                bom: 0..start,
                yaml: opening.end..at,
                opening,
                closing: at..end,
                body: end..text.len(),
            });
        }
        at = end;
    }
    Err(Problem {
        code: Code::UnclosedFrontMatter,
        line: Some(1),
        column: Some(1),
        message: "the front matter that begins here is never closed".to_owned(),
        help: "add a line of three dashes after the last key".to_owned(),
    })
}

/// The line ending of a text: that of its first line, or a newline if it has none.
pub(super) fn newline_of(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

fn line_end(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |newline| start + newline + 1)
}

fn is_fence(line: &str) -> bool {
    line.starts_with(FENCE) && line.trim_end() == FENCE
}

#[cfg(test)]
mod tests {
    use gray_matter::engine::{Engine, YAML};
    use gray_matter::{Matter, Pod};
    use proptest::prelude::*;

    use super::*;

    /// Stands in for gray_matter's YAML engine, since only the splitting matters here.
    struct NoEngine;

    impl Engine for NoEngine {
        fn parse(_: &str) -> gray_matter::Result<Pod> {
            Ok(Pod::Null)
        }
    }

    fn parts(text: &str) -> (&str, &str) {
        let split = split(text).unwrap();
        (&text[split.yaml], &text[split.body])
    }

    #[test]
    fn the_body_begins_after_the_closing_line() {
        assert_eq!(parts("---\na: 1\n---\nbody\n"), ("a: 1\n", "body\n"));
        assert_eq!(parts("---  \r\na: 1\r\n--- \r\n\r\nbody"), ("a: 1\r\n", "\r\nbody"));
        assert_eq!(parts("---\n---"), ("", ""));
        assert_eq!(parts("---\na: 1\n---\n---\nb: 2\n---\n"), ("a: 1\n", "---\nb: 2\n---\n"));
        assert_eq!(parts("\u{feff}---\na: 1\n---\nbody"), ("a: 1\n", "body"));
    }

    #[test]
    fn other_first_lines_open_nothing() {
        for text in ["", "---", "\n---\n", " ---\na: 1\n---\n", "----\n---\n", "text\n---\n", "\u{feff}"] {
            let split = split(text).unwrap();
            assert!(!split.has_front_matter(), "{text:?}");
        }
    }

    #[test]
    fn unclosed_front_matter_is_a_problem() {
        let problem = split("---\na: 1\n ---\n----\n").unwrap_err();
        assert_eq!((problem.code, problem.line), (Code::UnclosedFrontMatter, Some(1)));
    }

    #[test]
    fn gray_matter_reads_yaml_where_we_do() {
        let entity = Matter::<YAML>::new().parse::<Pod>("---\na: x\n---\nbody").unwrap();
        assert_eq!(entity.matter, "a: x");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn splits_as_gray_matter_does(
            lines in prop::collection::vec(
                prop::sample::select(vec![
                    "---", "--- ", "---\t", "---\u{a0}", " ---", "----", "--", "", "a: 1", "- x", "# c", "text", "\u{2028}", "...",
                ]), 0..8),
            ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r\n", "\r"]), 8),
            last in any::<bool>(),
        ) {
            let mut text = String::new();
            for (index, line) in lines.iter().enumerate() {
                text.push_str(line);
                if last || index + 1 < lines.len() {
                    text.push_str(ends[index]);
                }
            }
            let theirs = Matter::<NoEngine>::new().parse::<Pod>(&text).unwrap();
            match split(&text) {
                Ok(split) => {
                    prop_assert_eq!(text[split.yaml.clone()].trim().replace("\r\n", "\n"), theirs.matter);
                    let body = text[split.body.clone()].lines().collect::<Vec<_>>().join("\n");
                    let shorter_than_a_fence = text.len() <= FENCE.len();
                    prop_assert_eq!(if shorter_than_a_fence { "" } else { body.trim_start_matches('\n') }, theirs.content);
                    prop_assert_eq!(split.body.end, text.len());
                }
                Err(_) => prop_assert_eq!(theirs.matter, ""),
            }
        }
    }
}
