//! Line differences between two texts. The only module that knows the diff library.

use std::{collections::HashMap, fmt::Write as _, ops::Range};

use imara_diff::{Algorithm, Diff, InternedInput};

/// The maximum number of lines to diff at once. Longer texts are first split at lines that are unique in both; a part
/// that is still longer counts as changed entirely, because the library takes quadratic time.
const MAX_LINES: usize = 4_000;

/// A range of lines that replaces a range of another list; either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// The hunks that turn one list of lines into the other, in order; between two hunks there is at least one shared line.
pub(super) fn hunks(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    if before.len() + after.len() - 2 * (head + tail) <= MAX_LINES {
        return compared(before, after);
    }
    let (ends, mut from) = ([before.len() - tail, after.len() - tail], [head, head]);
    let shared = shared_once(&before[head..ends[0]], &after[head..ends[1]]);
    let mut hunks = Vec::new();
    for [at, other] in shared.into_iter().map(|pair| pair.map(|at| at + head)).chain([ends]) {
        let (old, new) = (&before[from[0]..at], &after[from[1]..other]);
        if old.len() + new.len() <= MAX_LINES {
            let moved = |range: Range<usize>, by: usize| range.start + by..range.end + by;
            let found = compared(old, new).into_iter();
            hunks.extend(
                found.map(|hunk| Hunk { before: moved(hunk.before, from[0]), after: moved(hunk.after, from[1]) }),
            );
        } else {
            hunks.push(Hunk { before: from[0]..at, after: from[1]..other });
        }
        from = [at + 1, other + 1];
    }
    hunks
}

fn compared(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Hunk { before: range(hunk.before), after: range(hunk.after) }).collect()
}

/// The positions of lines that are unique in both lists: the longest sequence of them in the same order in both (the
/// anchors of a patience diff).
fn shared_once(before: &[&str], after: &[&str]) -> Vec<[usize; 2]> {
    fn once<'t>(lines: &[&'t str]) -> HashMap<&'t str, Option<usize>> {
        let mut places = HashMap::new();
        for (at, line) in lines.iter().copied().enumerate() {
            places.entry(line).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    }
    let (in_before, in_after) = (once(before), once(after));
    let pairs: Vec<[usize; 2]> = before
        .iter()
        .enumerate()
        .filter(|(_, line)| in_before.get(**line).is_some_and(Option::is_some))
        .filter_map(|(at, line)| Some([at, (*in_after.get(*line)?)?]))
        .collect();
    // Longest increasing subsequence of pairs: for each length the pair with the lowest end, and each pair's
    // predecessor.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (index, [_, other]) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end][1] < *other);
        previous.push(length.checked_sub(1).map(|before| ends[before]));
        if length == ends.len() { ends.push(index) } else { ends[length] = index }
    }
    let mut rising: Vec<[usize; 2]> =
        std::iter::successors(ends.last().copied(), |index| previous[*index]).map(|index| pairs[index]).collect();
    rising.reverse();
    rising
}

/// The difference between two texts as unified hunks with `context` lines of context; empty if they are equal. The
/// format is that of `diff -u`, so `patch` accepts it.
#[must_use]
pub fn unified_diff(before: &str, after: &str, context: usize) -> String {
    let [old, new] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let hunks = hunks(&old, &new);
    let mut out = String::new();
    for group in hunks.chunk_by(|a, b| b.before.start - a.before.end <= 2 * context) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let lead = first.before.start.min(context);
        let trail = (old.len() - last.before.end).min(context);
        let mut at = first.before.start - lead;
        let ranges = [at..last.before.end + trail, first.after.start - lead..last.after.end + trail];
        let [old_range, new_range] = ranges.map(|range| {
            // An empty range is identified by the line before it.
            let first = if range.is_empty() { range.start } else { range.start + 1 };
            format!("{first},{}", range.len())
        });
        let _ = writeln!(out, "@@ -{old_range} +{new_range} @@");
        for hunk in group {
            put(&mut out, ' ', &old[at..hunk.before.start]);
            put(&mut out, '-', &old[hunk.before.clone()]);
            put(&mut out, '+', &new[hunk.after.clone()]);
            at = hunk.before.end;
        }
        put(&mut out, ' ', &old[at..at + trail]);
    }
    out
}

/// Whether a text contains every line of another, in order.
#[must_use]
pub fn only_adds(before: &str, after: &str) -> bool {
    let [before, after] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    hunks(&before, &after).iter().all(|hunk| hunk.before.is_empty())
}

/// The lines that two texts share, in order.
#[must_use]
pub fn shared_lines(before: &str, after: &str) -> String {
    let [before, after] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    let (mut shared, mut at) = (String::new(), 0);
    for hunk in hunks(&before, &after) {
        shared.extend(before[at..hunk.before.start].iter().copied());
        at = hunk.before.end;
    }
    shared.extend(before[at..].iter().copied());
    shared
}

/// The number of lines to remove and to add to turn one text into the other.
#[must_use]
pub fn distance(before: &str, after: &str) -> usize {
    let [before, after] = [before, after].map(|text| text.split_inclusive('\n').collect::<Vec<_>>());
    hunks(&before, &after).iter().map(|hunk| hunk.before.len() + hunk.after.len()).sum()
}

fn put(out: &mut String, sign: char, lines: &[&str]) {
    for line in lines {
        let end = if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
        let _ = write!(out, "{sign}{line}{end}");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The second list, rebuilt from the first and the hunks.
    fn replayed(before: &[&str], after: &[&str], hunks: &[Hunk]) -> Vec<String> {
        let (mut made, mut at) = (Vec::new(), 0);
        for hunk in hunks {
            made.extend_from_slice(&before[at..hunk.before.start]);
            made.extend_from_slice(&after[hunk.after.clone()]);
            at = hunk.before.end;
        }
        made.extend_from_slice(&before[at..]);
        made.into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn long_texts_are_taken_apart_at_lines_that_each_has_once() {
        let count = MAX_LINES * 5;
        let lines = |changed: usize| -> Vec<String> {
            (0..count).map(|at| if at % 2 == changed { format!("changed {changed}") } else { at.to_string() }).collect()
        };
        let (old, new) = (lines(2), lines(1));
        let [old, new] = [&old, &new].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
        let found = hunks(&old, &new);
        assert_eq!(found.len(), count / 2);
        assert_eq!(replayed(&old, &new, &found), new);
        // No line is unique: everything between the common prefix and suffix is one change.
        let old = ["a", "x", "b", "b", "x"].repeat(MAX_LINES);
        let new = ["a", "x", "c", "x", "x"].repeat(MAX_LINES);
        let (old_end, new_end) = (old.len() - 1, new.len() - 1);
        assert_eq!(hunks(&old, &new), [Hunk { before: 2..old_end, after: 2..new_end }]);
    }

    proptest! {
        #[test]
        fn anchors_rise_in_both(before in prop::collection::vec("[a-h]", 0..12), after in prop::collection::vec("[a-h]", 0..12)) {
            let [before, after] = [&before, &after].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
            let shared = shared_once(&before, &after);
            prop_assert!(shared.is_sorted_by(|[a, b], [c, d]| a < c && b < d));
            for [at, other] in shared {
                prop_assert_eq!(before[at], after[other]);
                prop_assert_eq!(before.iter().filter(|line| **line == before[at]).count(), 1);
            }
        }
    }

    #[test]
    fn hunks_are_as_diff_prints_them() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        assert_eq!(
            unified_diff(before, "a\nB\nc\nd\ne\nf\ng\nh\ni", 1),
            "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -8,1 +8,2 @@\n h\n+i\n\\ No newline at end of file\n"
        );
        assert_eq!(unified_diff("", "a\n", 2), "@@ -0,0 +1,1 @@\n+a\n");
        assert_eq!(unified_diff("a\nb", "", 2), "@@ -1,2 +0,0 @@\n-a\n-b\n\\ No newline at end of file\n");
        assert_eq!(unified_diff(before, before, 2), "");
    }
}
