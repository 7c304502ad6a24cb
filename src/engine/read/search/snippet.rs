//! The excerpt that a hit is shown with: one line, and where in it the hits are.

use crate::store::{HIT_BEGINS, HIT_ENDS};

/// Some text around a hit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// One line; `…` stands for what was left out before and after.
    pub text: String,
    /// From where to where a hit goes, in characters of the text, the end not included.
    pub marks: Vec<(usize, usize)>,
}

impl Snippet {
    /// Reads an excerpt in which hits are marked; white space becomes one space each.
    pub(super) fn of(excerpt: &str) -> Self {
        let mut snippet = Self::default();
        let (mut length, mut begin, mut is_gap) = (0, None, true);
        for c in excerpt.chars() {
            match c {
                HIT_BEGINS => begin = Some(length),
                HIT_ENDS => {
                    snippet.marks.extend(begin.take().map(|from| (from, length)).filter(|(from, to)| from < to))
                }
                c if c.is_whitespace() && is_gap => {}
                c => {
                    is_gap = c.is_whitespace();
                    snippet.text.push(if is_gap { ' ' } else { c });
                    length += 1;
                }
            }
        }
        snippet.text.truncate(snippet.text.trim_end().len());
        snippet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_in_characters_of_one_line() {
        let snippet = Snippet::of("\n \u{fdd0}Caffè\u{fdd1}\r\n\n  è \u{fdd0}due\tcaffè\u{fdd1}…\n");
        assert_eq!(snippet.text, "Caffè è due caffè…");
        assert_eq!(snippet.marks, [(0, 5), (8, 17)]);
        let marked: String = snippet.text.chars().skip(8).take(9).collect();
        assert_eq!(marked, "due caffè");
    }

    #[test]
    fn characters_of_a_document_that_look_like_marks_do_no_harm() {
        for excerpt in ["\u{fdd1}a\u{fdd0}", "\u{fdd0}\u{fdd0}a\u{fdd1}\u{fdd1}", "\u{fdd0}\u{fdd1}", ""] {
            let snippet = Snippet::of(excerpt);
            assert!(snippet.marks.iter().all(|(from, to)| from < to && *to <= snippet.text.chars().count()));
        }
    }
}
