//! Tokenises a text as the search index does (FTS5's `unicode61 remove_diacritics 2`): runs of letters and digits,
//! without case and diacritics.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The words of a text in order, each as a range of bytes.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { text, at: 0 }
    }
}

impl Iterator for Tokens<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let from = self.at + self.text[self.at..].find(char::is_alphanumeric)?;
        let is_over = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
        let to = self.text[from..].find(is_over).map_or(self.text.len(), |length| from + length);
        self.at = to;
        Some((from, to))
    }
}

/// A word in the form used for comparison.
pub(super) fn folded(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let letters = word.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    letters.map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        Tokens::of(text).map(|(from, to)| folded(&text[from..to])).collect()
    }

    #[test]
    fn words_lose_case_and_accents() {
        assert_eq!(
            words("Crème BRÛLÉE, 2nd e\u{301}te\u{301}! foo_bar-baz"),
            ["creme", "brulee", "2nd", "ete", "foo", "bar", "baz"]
        );
        assert_eq!(words(" – … \u{301}"), [""; 0]);
        assert_eq!(words("Straße 東京"), ["straße", "東京"]);
    }
}
