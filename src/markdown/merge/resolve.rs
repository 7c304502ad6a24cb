//! A merge in which a person has chosen a side for every clash.

use super::{Clash, ClashPlace, Merge, merge};
use crate::markdown::{edit::Edit, edit::edit, parse::parse};

/// One of the two sides of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Our version.
    Ours,
    /// Their version.
    Theirs,
}

/// The maximum number of merges. One settles all clashes there are; where two lines are alike, what it copied may be taken
/// for another one, and more are needed.
const ROUNDS: usize = 16;

/// Merges like [`merge`], and for each clash takes the side that `choose` returns. Everything else is merged from both.
/// `None` if a choice cannot be written into the other side.
///
/// Clashes are settled by copying the chosen side's version into the other side, until the two no longer disagree.
pub fn resolve(
    base: Option<&str>,
    ours: Option<&str>,
    theirs: Option<&str>,
    mut choose: impl FnMut(&Clash) -> Side,
) -> Option<Merge> {
    let mut sides = [ours.map(str::to_owned), theirs.map(str::to_owned)];
    for _ in 0..ROUNDS {
        let merged = merge(base, sides[0].as_deref(), sides[1].as_deref());
        if merged.clashes.is_empty() {
            return Some(merged);
        }
        // The last clash first, so that the lines before it do not move.
        for clash in merged.clashes.iter().rev() {
            let (from, into) = match choose(clash) {
                Side::Ours => (0, 1),
                Side::Theirs => (1, 0),
            };
            sides[into] = match &clash.place {
                ClashPlace::Whole => sides[from].clone(),
                ClashPlace::Key(key) => Some(with_key(sides[into].as_deref()?, sides[from].as_deref()?, key)?),
                ClashPlace::Body { ours, theirs, .. } => {
                    let ranges = [*ours, *theirs];
                    Some(with_lines(sides[into].as_deref()?, ranges[into], sides[from].as_deref()?, ranges[from])?)
                }
            };
        }
    }
    None
}

/// `into` with the value that `from` has for a key.
fn with_key(into: &str, from: &str, key: &str) -> Option<String> {
    let change = match parse(from).ok()?.fields.get(key) {
        Some(value) => Edit::Set { key: key.to_owned(), value: value.clone() },
        None => Edit::Unset { key: key.to_owned() },
    };
    edit(into, &[change]).ok()
}

/// `into` with some lines of its body replaced by lines of `from`.
fn with_lines(into: &str, at: (usize, usize), from: &str, range: (usize, usize)) -> Option<String> {
    let start = parse(into).ok()?.body_range().start;
    let lines: Vec<&str> = into[start..].split_inclusive('\n').collect();
    let source = &from[parse(from).ok()?.body_range().start..];
    let taken: String = source.split_inclusive('\n').skip(range.0).take(range.1 - range.0).collect();
    let before = lines.get(..at.0)?.concat();
    let after = lines.get(at.1..)?.concat();
    let newline = if !taken.is_empty() && !taken.ends_with('\n') && !after.is_empty() { "\n" } else { "" };
    let gap = if !before.is_empty() && !before.ends_with('\n') && !taken.is_empty() { "\n" } else { "" };
    Some(format!("{}{before}{gap}{taken}{newline}{after}", &into[..start]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "---\nLane: Inbox\nOwner: Nora\n---\n\none\n\ntwo\n\nthree\n";
    const OURS: &str = "---\nLane: Planned\nOwner: Nora\nNote: x\n---\n\nONE\n\ntwo\n\nthree\n";
    const THEIRS: &str = "---\nLane: Done\nOwner: Pete\n---\n\n1\n\ntwo\n\nTHREE\n";

    #[test]
    fn the_chosen_side_wins_only_where_both_changed() {
        let all = |side| resolve(Some(BASE), Some(OURS), Some(THEIRS), |_| side).unwrap().text.unwrap();
        let merged = |lane, one| format!("---\nLane: {lane}\nOwner: Pete\nNote: x\n---\n\n{one}\n\ntwo\n\nTHREE\n");
        assert_eq!(all(Side::Ours), merged("Planned", "ONE"));
        assert_eq!(all(Side::Theirs), merged("Done", "1"));
        let by_key =
            |clash: &Clash| if clash.place == ClashPlace::Key("Lane".to_owned()) { Side::Theirs } else { Side::Ours };
        let mixed = resolve(Some(BASE), Some(OURS), Some(THEIRS), by_key).unwrap();
        assert_eq!(mixed.text.unwrap(), merged("Done", "ONE"));
    }

    #[test]
    fn any_number_of_clashes_is_settled() {
        let text = |side: &str, count: usize| {
            let keys: String = (0..count).map(|number| format!("Key-{number}: {side}{number}\n")).collect();
            let lines: String = (0..count).map(|number| format!("\n{side}{number}\n\nkept {number}\n")).collect();
            format!("---\n{keys}---\n{lines}")
        };
        for count in [1, 15, 16, 17, 60, 300] {
            let [base, ours, theirs] = ["base", "ours", "theirs"].map(|side| text(side, count));
            let all = |side| resolve(Some(&base), Some(&ours), Some(&theirs), |_| side).unwrap().text.unwrap();
            assert_eq!((all(Side::Ours), all(Side::Theirs)), (ours.clone(), theirs.clone()), "{count}");
            let mut turn = 0;
            let alternating = |_: &Clash| {
                turn += 1;
                if turn % 2 == 0 { Side::Ours } else { Side::Theirs }
            };
            let mixed = resolve(Some(&base), Some(&ours), Some(&theirs), alternating).unwrap().text.unwrap();
            assert_eq!(mixed.matches("ours").count(), count, "{count}");
            assert_eq!(mixed.matches("theirs").count(), count, "{count}");
        }
    }

    #[test]
    fn a_removed_document_stays_removed_or_comes_back() {
        let changed = |side| resolve(Some(BASE), Some(OURS), None, |_| side).unwrap().text;
        assert_eq!(changed(Side::Ours).as_deref(), Some(OURS));
        assert_eq!(changed(Side::Theirs), None);
    }
}
