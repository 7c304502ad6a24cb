//! The excerpt shown with a hit: one line of text, with the positions of the matches.
//!
//! SQLite's own excerpts take time quadratic in the number of matches, so a single document could keep a search busy
//! for minutes. Here each text is scanned at most twice.

use std::collections::{HashMap, VecDeque};

use super::{
    sought::{Found, Sought},
    tokens::Tokens,
};

/// The length of an excerpt in words.
const LENGTH: usize = 20;

/// The maximum length of an excerpt, and of the part before its first match, in bytes; words and gaps can be of any
/// length.
const MAX_BYTES: usize = 2_000;
const MAX_BYTES_BEFORE: usize = 500;

/// The score of each distinct search term in an excerpt; more than that of any number of repetitions.
const FOR_EACH_TERM: usize = 1_000;

/// The score of an excerpt that begins at the start of the text or of a sentence.
const AT_TEXT: usize = 120;
const AT_SENTENCE: usize = 100;

/// An excerpt of a text around the matches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// One line; `…` stands for text left out before and after.
    pub text: String,
    /// The start and end of each match, in characters of the text; ends are exclusive.
    pub marks: Vec<(usize, usize)>,
}

impl Snippet {
    /// The best excerpt for the search terms, from the first of the texts that has it.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t str>, sought: &Sought) -> Self {
        let mut best: Option<(Window, &str)> = None;
        for text in texts {
            let window = Window::best(text, sought);
            let is_better = |window: &Window| best.as_ref().is_none_or(|(other, _)| window.terms > other.terms);
            best = window.filter(is_better).map(|window| (window, text)).or(best);
        }
        best.map(|(window, text)| Excerpt::cut(text, sought, &window)).unwrap_or_default()
    }
}

/// A match in a text.
#[derive(Debug, Clone, Copy)]
struct Hit<'s> {
    found: Found<'s>,
    place: TextOffset,
    /// The start of its sentence.
    sentence: TextOffset,
}

/// A position in a text.
#[derive(Debug, Clone, Copy, Default)]
struct TextOffset {
    /// The number of words before it.
    word: usize,
    /// Its offset in bytes.
    at: usize,
}

/// A candidate excerpt and its score.
#[derive(Debug)]
struct Window {
    /// The index of its first word.
    from: usize,
    first_hit: TextOffset,
    /// The number of distinct search terms in it.
    terms: usize,
    score: usize,
}

impl Window {
    /// The first of the best windows of a text; `None` if the text has no match.
    fn best(text: &str, sought: &Sought) -> Option<Self> {
        let mut best: Option<Self> = None;
        let mut near = Near::default();
        let mut tokens = Tokens::of(text);
        let (mut word, mut end_before) = (0, 0);
        let mut sentence = TextOffset::default();
        while let Some((at, end)) = tokens.next() {
            let place = TextOffset { word, at };
            if word == 0 || text[end_before..at].trim_end().ends_with(['.', ':', '!', '?']) {
                sentence = place;
            }
            if let Some(found) = sought.at(text, (at, end), &tokens) {
                while near.hits.front().is_some_and(|first| first.place.word + LENGTH <= word) {
                    near.leave(&mut best);
                }
                near.enter(Hit { found, place, sentence });
            }
            (word, end_before) = (word + 1, end);
        }
        while !near.hits.is_empty() {
            near.leave(&mut best);
        }
        best
    }
}

/// The matches that fit into one excerpt, in order, with a count per term.
#[derive(Debug, Default)]
struct Near<'s> {
    hits: VecDeque<Hit<'s>>,
    counts: HashMap<Found<'s>, usize>,
}

impl<'s> Near<'s> {
    fn enter(&mut self, hit: Hit<'s>) {
        *self.counts.entry(hit.found).or_default() += 1;
        self.hits.push_back(hit);
    }

    /// Drops the first match after scoring an excerpt that starts there.
    fn leave(&mut self, best: &mut Option<Window>) {
        let (Some(first), Some(last)) = (self.hits.front().copied(), self.hits.back()) else { return };
        let Hit { place, sentence, .. } = first;
        let is_near = place.at - sentence.at <= MAX_BYTES_BEFORE && last.place.word < sentence.word + LENGTH;
        let (from, bonus) = match sentence.word {
            0 if is_near => (0, AT_TEXT),
            word if is_near => (word, AT_SENTENCE),
            _ => (place.word.saturating_sub((LENGTH - 1 - (last.place.word - place.word)) / 2), 0),
        };
        let terms = self.counts.len();
        let score = terms * FOR_EACH_TERM + self.hits.len() + bonus;
        if best.as_ref().is_none_or(|best| score > best.score) {
            *best = Some(Window { from, first_hit: place, terms, score });
        }
        self.hits.pop_front();
        if let Some(count) = self.counts.get_mut(&first.found) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&first.found);
            }
        }
    }
}

/// An excerpt under construction.
#[derive(Debug, Default)]
struct Excerpt {
    snippet: Snippet,
    /// The number of characters so far.
    length: usize,
    bytes_left: usize,
    /// The start of the match that is open, and the index of its last word.
    open: Option<(usize, usize)>,
}

impl Excerpt {
    fn cut(text: &str, sought: &Sought, window: &Window) -> Snippet {
        let mut excerpt = Self { bytes_left: MAX_BYTES, ..Self::default() };
        let mut tokens = Tokens::of(text);
        let (mut word, mut words_left, mut at) = (0, LENGTH, None);
        while let Some((from, to)) = tokens.next() {
            let is_far = window.first_hit.at.saturating_sub(from) > MAX_BYTES_BEFORE;
            if word >= window.from && !is_far {
                let is_top = word == 0 && from <= MAX_BYTES_BEFORE;
                let gap = at.unwrap_or(if is_top { 0 } else { from });
                if at.is_none() && !is_top {
                    excerpt.push("…");
                }
                excerpt.push(&text[gap..from]);
                excerpt.begin(word, sought.at(text, (from, to), &tokens));
                excerpt.push(&text[from..to]);
                excerpt.end(word);
                at = Some(to);
                words_left -= 1;
                if words_left == 0 || excerpt.bytes_left == 0 {
                    break;
                }
            }
            word += 1;
        }
        excerpt.end(usize::MAX);
        let rest = &text[at.unwrap_or(text.len())..];
        if tokens.next().is_some() || rest.len() > excerpt.bytes_left {
            excerpt.bytes_left = '…'.len_utf8();
            excerpt.push("…");
        } else {
            excerpt.push(rest);
        }
        let Self { mut snippet, .. } = excerpt;
        snippet.text.truncate(snippet.text.trim_end().len());
        snippet
    }

    /// Appends text while there is room, with each run of white space as one space.
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            let is_gap = c.is_whitespace();
            if is_gap && (self.snippet.text.is_empty() || self.snippet.text.ends_with(' ')) {
                continue;
            }
            let Some(left) = self.bytes_left.checked_sub(c.len_utf8()) else {
                self.bytes_left = 0;
                return;
            };
            self.bytes_left = left;
            self.snippet.text.push(if is_gap { ' ' } else { c });
            self.length += 1;
        }
    }

    fn begin(&mut self, word: usize, found: Option<Found<'_>>) {
        let Some(found) = found else { return };
        let last = word + found.words - 1;
        self.open = Some(self.open.map_or((self.length, last), |(begin, end)| (begin, end.max(last))));
    }

    fn end(&mut self, word: usize) {
        let over = self.open.take_if(|(_, last)| *last <= word);
        self.snippet.marks.extend(over.map(|(begin, _)| (begin, self.length)).filter(|(from, to)| from < to));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::search::Words;

    fn snippet(texts: &[&str], typed: &str) -> Snippet {
        Snippet::of(texts.iter().copied(), &Sought::of(&Words::parse(typed).unwrap()))
    }

    /// The text with its matches in brackets.
    fn shown(texts: &[&str], typed: &str) -> String {
        let Snippet { text, marks } = snippet(texts, typed);
        let begins = |at| if marks.iter().any(|(from, _)| *from == at) { "[" } else { "" };
        let ends = |at| if marks.iter().any(|(_, to)| *to == at) { "]" } else { "" };
        let shown: String = text.chars().enumerate().map(|(at, c)| format!("{}{}{c}", ends(at), begins(at))).collect();
        shown + ends(text.chars().count())
    }

    #[test]
    fn an_excerpt_is_one_line_around_its_hits() {
        assert_eq!(shown(&["\n # Caffè\r\n\n  è due\tcaffè.\n"], "caffe"), "# [Caffè] è due [caffè].");
        assert_eq!(shown(&["no", "one, two"], "tw \"one two\""), "[one, two]");
        let long = format!("{} needle {}", "before ".repeat(50), "after ".repeat(50));
        assert_eq!(shown(&[&long], "needle"), format!("…{}[needle] {}after…", "before ".repeat(9), "after ".repeat(9)));
        let sentence = format!("{}. The needle. {}", "before ".repeat(50), "after ".repeat(50));
        assert_eq!(shown(&[&sentence], "needle"), format!("…The [needle]. {}after…", "after ".repeat(17)));
        assert_eq!(shown(&["x x x"], "\"x x\""), "[x x x]");
    }

    #[test]
    fn the_text_with_most_of_the_words_is_shown() {
        let far = format!("two {} one two three", "w ".repeat(100));
        assert!(shown(&["one two", &far], "one two three").ends_with("[one] [two] [three]"));
        assert_eq!(shown(&["one", "one"], "one"), "[one]");
        assert_eq!(snippet(&["none", ""], "one"), Snippet::default());
    }

    #[test]
    fn words_and_gaps_without_end_are_cut() {
        for text in ["x".repeat(100_000), format!("x{}y", "-".repeat(100_000)), format!("{}x", "-".repeat(100_000))] {
            let Snippet { text, marks } = snippet(&[&text], "x");
            assert!(text.len() <= MAX_BYTES + '…'.len_utf8(), "{}", text.len());
            assert_eq!(marks.len(), 1, "{text}");
        }
    }

    proptest! {
        #[test]
        fn marks_are_hits_within_the_text(text in "([abè]{1,3}[ .\n-]{1,3}){0,60}", typed in "[abè]{1,2}|\"[ab] [ab]\"") {
            let Snippet { text, marks } = snippet(&[&text], &typed);
            let length = text.chars().count();
            let is_in_order = marks.iter().is_sorted_by(|(_, end), (begin, _)| end <= begin);
            prop_assert!(is_in_order && marks.iter().all(|(from, to)| from < to && *to <= length));
        }
    }
}
