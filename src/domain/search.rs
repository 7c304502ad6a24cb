//! What a person searches for: words, phrases, and words to leave out.

use super::text::is_unprintable;

/// What to search for: all that is wanted, nothing of what is unwanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// At least one.
    pub wanted: Vec<Term>,
    /// What must not be there.
    pub unwanted: Vec<Term>,
}

/// A word, which stands for every word that begins with it, or a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As typed; holds a letter or a digit.
    pub text: String,
    /// Whether it stood in quotes, so that it is meant as it stands.
    pub is_phrase: bool,
}

impl Words {
    /// Reads what was typed: words, "a phrase", -word; every other character is literal. `None` where no word is wanted.
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
