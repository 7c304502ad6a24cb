//! The texts a document had at one path, each with the range of log entries it was current for, and the position of a
//! mirror among them (ARCHITECTURE.md, where a place stands).

use super::{action::Action, hash::Sha256};

/// The content of a path: a text, or nothing.
type Held = Option<Sha256>;

/// Everything the log knows of one path, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    spans: Vec<Span>,
}

/// What one entry did at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// The entry.
    pub seq: u64,
    /// What was done.
    pub action: Action,
    /// What the path held from then on.
    pub new: Held,
    /// Another version that was merged into what it held before.
    pub theirs: Held,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    held: Held,
    /// The entry that wrote it.
    from: u64,
    /// The entry that ended it.
    until: u64,
    origin: Origin,
}

/// Where a text of the log came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// This log made it, or it is the first.
    Made,
    /// Somebody's edit: a place may have it and nothing of what the log did before.
    Taken,
    /// The same, and it only was merged into what came with `until`: the path never held it alone.
    Merged,
}

/// The position of a mirror for one document: the last log entry whose effect it contains.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MirrorPosition {
    /// The text that mirror and log last agreed on.
    pub base: Held,
    /// The last entry up to which the place has all that the log made of the document. It only grows. An edit that was
    /// taken from the place changes the base alone.
    pub position: u64,
}

/// What a commit made since the mirror was last scanned left at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The content, if the log knows it; `None` for somebody else's text.
    pub held: Option<Held>,
    /// The last log entry that the commit exported, if it is an export of this log.
    pub witnessed: Option<u64>,
}

impl Timeline {
    /// The timeline of a path from the entries that touched it, in order.
    #[must_use]
    pub fn of(touches: impl IntoIterator<Item = Touch>) -> Self {
        let open = |held, from, origin| Span { held, from, until: u64::MAX, origin };
        let mut spans = vec![open(None, 0, Origin::Made)];
        for Touch { seq, action, new, theirs } in touches {
            if theirs.is_some() && theirs != new {
                let merged = Span { held: theirs, from: seq.saturating_sub(1), until: seq, origin: Origin::Merged };
                spans.insert(spans.len() - 1, merged);
            }
            let Some(last) = spans.last_mut().filter(|last| last.held != new) else { continue };
            last.until = seq;
            // Whoever has a removal lacks nothing that was made before it.
            let is_edit = action == Action::Import && last.held.is_some() && new.is_some();
            spans.push(open(new, seq, if is_edit { Origin::Taken } else { Origin::Made }));
        }
        Self { spans }
    }

    /// The content of the path as of this entry.
    #[must_use]
    pub fn at(&self, position: u64) -> Option<&Sha256> {
        let holds = |span: &&Span| span.origin != Origin::Merged && span.from <= position && position < span.until;
        let span = self.spans.iter().find(holds);
        span.and_then(|span| span.held.as_ref())
    }

    /// Whether the log ever had this text at the path.
    #[must_use]
    pub fn knows(&self, text: &Sha256) -> bool {
        self.spans.iter().any(|span| span.held.as_ref() == Some(text))
    }

    /// Whether the log ever took away what the path held.
    #[must_use]
    pub fn was_removed(&self) -> bool {
        self.spans.iter().any(|span| span.held.is_none() && span.from > 0)
    }

    /// Every text the log has for the path.
    pub fn texts(&self) -> impl Iterator<Item = &Sha256> {
        self.spans.iter().filter_map(|span| span.held.as_ref())
    }

    /// Whether any entry after this one touched the path.
    #[must_use]
    pub fn goes_on_after(&self, position: u64) -> bool {
        self.spans.iter().any(|span| span.from > position)
    }

    /// Where a place that stands at `position` stands once it holds what the path has held for the last time from some
    /// entry on; 0 where it never did.
    #[must_use]
    pub fn last(&self, held: Option<&Sha256>, position: u64) -> u64 {
        let last = self.spans.iter().rev().find(|span| span.held.as_ref() == held);
        last.map_or(0, |span| self.reached(span, position))
    }

    /// The entry that last wrote a text at the path where there was none.
    #[must_use]
    pub fn began(&self) -> Option<u64> {
        let own: Vec<&Span> = self.spans.iter().filter(|span| span.origin != Origin::Merged).collect();
        let begins = own.windows(2).rev().find(|pair| pair[0].held.is_none() && pair[1].held.is_some());
        begins.map(|pair| pair[1].from)
    }

    /// The first entry that gave the path this text; 0 if it never had it.
    #[must_use]
    pub fn first(&self, held: &Sha256) -> u64 {
        self.spans.iter().find(|span| span.held.as_ref() == Some(held)).map_or(0, |span| span.from)
    }

    /// Whether a text was ever made by the log, or was the first of all, and not only taken from somebody's edit.
    #[must_use]
    pub fn made(&self, held: &Sha256) -> bool {
        self.spans.iter().any(|span| span.origin == Origin::Made && span.held.as_ref() == Some(held))
    }

    /// The texts that a place which stands there does not have, the newest first, each with the entry it came with.
    pub fn after<'t>(&'t self, standing: &MirrorPosition) -> impl Iterator<Item = (u64, &'t Sha256)> + use<'t> {
        let position = standing.position;
        // What was taken before what the place holds was taken, the place had as well.
        let had = standing.base.as_ref().map_or(0, |base| self.first(base));
        let lacks = move |span: &&Span| match span.origin {
            Origin::Made => span.from > position,
            Origin::Taken => span.from > position.max(had),
            Origin::Merged => false,
        };
        self.spans.iter().rev().filter(lacks).filter_map(|span| Some((span.from, span.held.as_ref()?)))
    }

    /// The entry by which the log has the edits that a place holds upon what the log had at its position; `None` where
    /// it holds none.
    #[must_use]
    pub fn edited_by(&self, standing: &MirrorPosition) -> Option<u64> {
        let MirrorPosition { base, position } = standing;
        let had_then = |span: &Span| span.held == *base && span.from <= *position;
        if base.is_none() || self.at(*position).is_none() || self.spans.iter().any(had_then) {
            return None;
        }
        let entry = |span: &Span| if span.origin == Origin::Merged { span.until } else { span.from };
        let came = self.spans.iter().find(|span| span.held == *base).map(entry);
        // What was joined from several texts has come with the last of them.
        let last = || self.spans.iter().rev().find(|span| span.origin != Origin::Made).map(entry);
        Some(came.or_else(last).unwrap_or(u64::MAX))
    }

    /// Where a place stands from which an edit was taken with an entry: further only if it lacks nothing that the log
    /// made before.
    #[must_use]
    pub fn taken(&self, position: u64, entry: u64) -> u64 {
        let began = self.spans.iter().find(|span| span.held.is_some() && span.from > position);
        let position = match began.filter(|_| self.at(position).is_none()) {
            Some(began) => began.from.min(entry),
            None => position,
        };
        let lacks = |span: &Span| span.origin == Origin::Made && position < span.from && span.from <= entry;
        if self.spans.iter().any(lacks) { position } else { entry.max(position) }
    }

    /// Where a place that stands at `position` stands once it holds the text of a span.
    fn reached(&self, span: &Span, position: u64) -> u64 {
        match span.origin {
            Origin::Made => span.from.max(position),
            Origin::Taken => self.taken(position, span.from),
            // What it was merged into was made of both.
            Origin::Merged if self.at(position).is_some() => position,
            Origin::Merged => span.from.max(position),
        }
    }

    /// Where a place can stand with this, none of it before where it stands now.
    fn later<'t>(
        &'t self,
        held: Option<&'t Sha256>,
        standing: &MirrorPosition,
    ) -> impl DoubleEndedIterator<Item = u64> + use<'t> {
        let position = standing.position;
        // To go back to what edits were made upon takes them back. So does nothing where a document came from elsewhere.
        let came_from_elsewhere = standing.base.is_some() && self.at(position).is_none();
        let is_edited = self.edited_by(standing).is_some() || came_from_elsewhere;
        let is_later = move |span: &&Span| {
            let goes_back = span.origin != Origin::Merged && span.from <= position && is_edited;
            span.held.as_ref() == held && span.until > position && !goes_back
        };
        self.spans.iter().filter(is_later).map(move |span| self.reached(span, position))
    }
}

impl MirrorPosition {
    /// Takes a commit into account that the mirror received. Content that this log has advances the position to the
    /// earliest one it can stand for; anything else, such as a revert to an earlier text, is somebody's edit and leaves
    /// the position as it is.
    pub fn pass(&mut self, timeline: &Timeline, passed: &Passed) {
        let Some(held) = &passed.held else { return };
        let witnessed = passed.witnessed.filter(|position| timeline.at(*position) == held.as_ref());
        let edited_by = timeline.edited_by(self).unwrap_or_default();
        let earliest = || {
            let later = || timeline.later(held.as_ref(), self);
            // A text of before the edits lacks them: it is one of after, where it can be.
            later().find(|position| *position >= edited_by).or_else(|| later().next())
        };
        let Some(position) = witnessed.or_else(earliest) else { return };
        *self = Self { base: held.clone(), position: position.max(self.position) };
    }

    /// Takes the mirror's current content into account, after all its commits. A text that the log has at a later
    /// position is an export that came back; it counts as the newest such, since an export writes the current text.
    /// `last` is what the last commit left.
    pub fn arrive(&mut self, timeline: &Timeline, found: Option<&Sha256>, last: Option<&Passed>) {
        let is_judged = last.is_some_and(|last| last.held.as_ref().is_some_and(|held| held.as_ref() == found));
        if self.base.as_ref() == found || is_judged {
            return;
        }
        if let Some(position) = timeline.later(found, self).next_back() {
            *self = Self { base: found.cloned(), position };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A timeline with one letter per entry, starting with the first; `-` is a removal.
    fn timeline(letters: &str) -> Timeline {
        let touch = |(seq, letter)| Touch { seq, action: Action::Set, new: held(letter), theirs: None };
        Timeline::of((1..).zip(letters.chars()).map(touch))
    }

    fn held(letter: char) -> Held {
        (letter != '-').then(|| Sha256::of(letter.to_string().as_bytes()))
    }

    fn passed(letters: &str) -> Vec<Passed> {
        let mut letters = letters.chars().peekable();
        let mut passed = Vec::new();
        while let Some(letter) = letters.next() {
            let digit = letters.next_if(char::is_ascii_digit);
            let witnessed = digit.and_then(|digit| digit.to_digit(10)).map(u64::from);
            passed.push(Passed { held: (letter != '?').then(|| held(letter)), witnessed });
        }
        passed
    }

    /// The final position of a mirror that starts at an entry, receives commits and then holds a file. A digit after a
    /// commit is the entry it witnesses; `?` is a text that the log does not know.
    fn stands(log: &str, position: u64, commits: &str, file: char) -> (char, u64) {
        let timeline = timeline(log);
        let mut standing = MirrorPosition { base: timeline.at(position).cloned(), position };
        let passed = passed(commits);
        passed.iter().for_each(|one| standing.pass(&timeline, one));
        standing.arrive(&timeline, held(file).as_ref(), passed.last());
        let letter = "abcdefgh?-".chars().find(|letter| held(*letter) == standing.base).unwrap();
        (letter, standing.position)
    }

    #[test]
    fn an_export_that_came_home_moves_the_place_on() {
        for (log, at, commits, file, expected) in [
            // Set, exported, reverted: the merge brings b, and the database is ahead of it.
            ("aba", 1, "b2", 'b', ('b', 2)),
            ("aba", 1, "b", 'b', ('b', 2)),
            ("aba", 1, "", 'b', ('b', 2)),
            // Set again, or removed.
            ("abc", 1, "b", 'b', ('b', 2)),
            ("ab-", 1, "b", 'b', ('b', 2)),
            // A removal is treated like a text, and so is what comes back after it.
            ("a-", 1, "-", '-', ('-', 2)),
            ("a-a", 1, "-", '-', ('-', 2)),
            ("a-a", 2, "a", 'a', ('a', 3)),
            // A document that was created here, exported and changed.
            ("-bc", 0, "b", 'b', ('b', 2)),
            // Both exports at once, and one after the other.
            ("abac", 1, "ba", 'a', ('a', 3)),
            ("abac", 3, "c", 'c', ('c', 4)),
            // An export says which of two equal texts it holds.
            ("abab", 1, "b4", 'b', ('b', 4)),
            ("ababc", 1, "b2", 'b', ('b', 2)),
            // Without an export it is the newest.
            ("ababc", 1, "", 'b', ('b', 4)),
        ] {
            assert_eq!(stands(log, at, commits, file), expected, "{log} at {at}, {commits:?}, {file}");
        }
    }

    #[test]
    fn what_went_back_is_an_edit() {
        for (log, at, commits, file, expected) in [
            // An editor's undo, a revert of what was imported from the file.
            ("ab", 2, "", 'a', ('b', 2)),
            ("ab", 2, "a", 'a', ('b', 2)),
            ("abc", 3, "", 'b', ('c', 3)),
            // Two exports arrived and the second was reverted, all between two scans.
            ("aba", 1, "bab", 'b', ('a', 3)),
            ("aba", 1, "b2a3b", 'b', ('a', 3)),
            // A revert of the export itself, and of that revert.
            ("ab", 1, "b2a", 'a', ('b', 2)),
            ("ab", 1, "b2ab", 'b', ('b', 2)),
            // Somebody's own text, before and after an export.
            ("ab", 1, "?b2", 'b', ('b', 2)),
            ("ab", 1, "b2?", '?', ('b', 2)),
            ("ab", 1, "?", '?', ('a', 1)),
            // A removed file that is back.
            ("a-", 2, "a", 'a', ('-', 2)),
            ("a-", 2, "", 'a', ('-', 2)),
            // A commit that claims to export what it does not hold.
            ("abc", 3, "a2", 'a', ('c', 3)),
        ] {
            assert_eq!(stands(log, at, commits, file), expected, "{log} at {at}, {commits:?}, {file}");
        }
    }

    #[test]
    fn a_position_never_goes_back() {
        let letters = ['a', 'b', '-', '?'];
        for log in ["ab", "aba", "abab", "a-a", "ab-b", "-ab"] {
            for at in 0..=log.len() as u64 {
                for (first, second, file) in letters
                    .into_iter()
                    .flat_map(|first| letters.into_iter().map(move |second| (first, second)))
                    .flat_map(|(first, second)| letters.into_iter().map(move |file| (first, second, file)))
                {
                    let (base, position) = stands(log, at, &format!("{first}{second}"), file);
                    let (before, after) = (timeline(log), stands(log, position, "", base));
                    assert!(position >= at, "{log} {at} {first}{second} {file}");
                    assert_eq!(before.at(position).cloned(), held(base), "{log} {at} {first}{second} {file}");
                    assert_eq!(after, (base, position), "what came home once does not come again");
                }
            }
        }
    }

    #[test]
    fn a_text_that_was_merged_is_known_until_then() {
        let touch = |seq, new, theirs: Option<char>| Touch {
            seq,
            action: Action::Merge,
            new: held(new),
            theirs: theirs.and_then(held),
        };
        let timeline = Timeline::of([touch(1, 'a', None), touch(2, 'b', None), touch(3, 'c', Some('x'))]);
        let x = held('x');
        assert!(timeline.knows(x.as_ref().unwrap()));
        assert_eq!(timeline.at(2), held('b').as_ref());
        // Edits that the log does not know make no difference.
        for (base, position, home) in
            [('a', 1, true), ('a', 2, true), ('a', 3, false), ('z', 1, true), ('z', 2, true), ('z', 3, false)]
        {
            let mut standing = MirrorPosition { base: held(base), position };
            standing.arrive(&timeline, x.as_ref(), None);
            assert_eq!(standing.base == x, home, "{position}");
            // The place has somebody's edit, and nothing more of what the log made.
            assert_eq!(standing.position, position);
        }
    }

    #[test]
    fn an_edit_that_was_taken_says_nothing_of_what_the_log_made_before() {
        let touch = |(seq, letter)| {
            let action = if letter == 'x' || letter == 'y' { Action::Import } else { Action::Set };
            Touch { seq, action, new: held(letter), theirs: None }
        };
        for (log, at, found, position) in [
            // Set, taken back, and then edited upon the first.
            ("abax", 1, 'x', 1),
            ("abaxy", 1, 'y', 1),
            // Nothing was made in between.
            ("axy", 1, 'y', 3),
            ("abx", 2, 'x', 3),
            // The first text of all is nobody's edit of another.
            ("-x", 0, 'x', 2),
        ] {
            let timeline = Timeline::of((1..).zip(log.chars()).map(touch));
            let mut standing = MirrorPosition { base: timeline.at(at).cloned(), position: at };
            standing.arrive(&timeline, held(found).as_ref(), None);
            assert_eq!((&standing.base, standing.position), (&held(found), position), "{log} at {at}");
            assert_eq!(timeline.edited_by(&standing).is_some(), position < 2, "{log} at {at}");
        }
    }

    #[test]
    fn a_removal_that_was_taken_is_all_there_was() {
        let touch = |(seq, action, letter)| Touch { seq, action, new: held(letter), theirs: None };
        let log = [(1, Action::Import, 'a'), (2, Action::Set, 'b'), (3, Action::Import, '-')];
        assert_eq!(Timeline::of(log.map(touch)).last(None, 0), 3);
    }

    #[test]
    fn what_came_from_elsewhere_does_not_go_back_to_nothing() {
        // It moved here with entry 2, with less than the log had of it.
        let timeline = timeline("-b");
        let mut standing = MirrorPosition { base: held('a'), position: 1 };
        standing.pass(&timeline, &Passed { held: Some(None), witnessed: None });
        assert_eq!(standing, MirrorPosition { base: held('a'), position: 1 });
        standing.pass(&timeline, &Passed { held: Some(held('b')), witnessed: None });
        assert_eq!(standing, MirrorPosition { base: held('b'), position: 2 });
    }

    #[test]
    fn a_text_that_the_log_had_before_and_after_an_edit_is_the_one_of_after() {
        // Set, an edit of the first merged into it, and the merge taken back.
        let touch = |seq, new, theirs: Option<char>| Touch {
            seq,
            action: Action::Set,
            new: held(new),
            theirs: theirs.and_then(held),
        };
        let log = [touch(1, 'a', None), touch(2, 'b', None), touch(3, 'c', Some('x')), touch(4, 'b', None)];
        let timeline = Timeline::of(log);
        let mut standing = MirrorPosition { base: held('x'), position: 1 };
        assert_eq!(timeline.edited_by(&standing), Some(3));
        standing.pass(&timeline, &Passed { held: Some(held('b')), witnessed: None });
        assert_eq!(standing, MirrorPosition { base: held('b'), position: 4 });
        let mut before = MirrorPosition { base: held('x'), position: 1 };
        before.pass(&timeline, &Passed { held: Some(held('b')), witnessed: Some(2) });
        assert_eq!(before.position, 2);
    }
}
