//! A search expression: words, phrases, and words to exclude.

use super::text::is_unprintable;

/// What to search for: all of the wanted terms, none of the unwanted ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// At least one term.
    pub wanted: Vec<Term>,
    /// Terms that must not occur.
    pub unwanted: Vec<Term>,
}

/// A word, which matches every word that begins with it, or a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As typed; contains at least one letter or digit.
    pub text: String,
    /// Whether it was quoted, and so matches only literally.
    pub is_phrase: bool,
}

impl Words {
    /// Parses typed text: words, "a phrase", -word; all other characters are literal. `None` if there is no wanted
    /// word.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let (mut wanted, mut unwanted) = (Vec::new(), Vec::new());
        let mut rest = typed.trim_start_matches(is_gap);
        while !rest.is_empty() {
            let (terms, begin) = match rest.strip_prefix('-') {
                Some(begin) => (&mut unwanted, begin),
                None => (&mut wanted, rest),
            };
            let quoted = begin.strip_prefix('"').and_then(|inner| inner.split_once('"'));
            let (text, after) = quoted.unwrap_or_else(|| begin.split_at(begin.find(is_gap).unwrap_or(begin.len())));
            if text.contains(char::is_alphanumeric) {
                terms.push(Term { text: text.replace(is_unprintable, " "), is_phrase: quoted.is_some() });
            }
            rest = after.trim_start_matches(is_gap);
        }
        (!wanted.is_empty()).then_some(Self { wanted, unwanted })
    }
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || is_unprintable(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> String {
        let shown = |sign: &str, terms: &[Term]| -> String {
            terms.iter().map(|term| format!("{sign}{}{} ", term.text, if term.is_phrase { "!" } else { "" })).collect()
        };
        Words::parse(typed).map_or("nothing".to_owned(), |words| {
            (shown("+", &words.wanted) + &shown("-", &words.unwanted)).trim_end().to_owned()
        })
    }

    #[test]
    fn words_phrases_and_exclusions() {
        for (typed, expected) in [
            ("rye  starter", "+rye +starter"),
            ("\"rye starter\" -oven", "+rye starter! -oven"),
            ("a -\"b c\"d", "+a +d -b c!"),
            ("well-known", "+well-known"),
            ("5\" pipe", "+5\" +pipe"),
            ("\"never closed", "+\"never +closed"),
            ("AND OR NOT title: (x)", "+AND +OR +NOT +title: +(x)"),
            ("a\0b\u{202e}c \"d\0e\"", "+a +b +c +d e!"),
            ("è -", "+è"),
            ("-oven", "nothing"),
            ("\"\" * + -- \"!\"", "nothing"),
            ("", "nothing"),
        ] {
            assert_eq!(read(typed), expected, "{typed:?}");
        }
    }
}
