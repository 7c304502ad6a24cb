//! Merges three versions of some lines, independent of their meaning.

use std::ops::Range;

use crate::markdown::line_diff::{Hunk, hunks};

/// The default length of a conflict marker, as in git.
pub(super) const MARKER_SIZE: usize = 7;

/// How to treat changes of the two sides that no unchanged line separates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Neighbours {
    /// They clash, because they may depend on each other.
    Clash,
    /// Both are applied unless they overlap. For text whose meaning is verified afterwards.
    Apart,
}

/// The result of a line merge.
#[derive(Debug)]
pub(super) struct MergedLines {
    /// The merged lines; at each clash, both versions between conflict markers.
    pub(super) text: String,
    pub(super) clashes: Vec<LineClash>,
}

/// Lines that both sides changed differently, as a range in each version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineClash {
    pub(super) base: Range<usize>,
    pub(super) ours: Range<usize>,
    pub(super) theirs: Range<usize>,
}

/// Merges base, ours and theirs; `marker_size` is the length of conflict markers.
pub(super) fn merge(texts: [&str; 3], neighbours: Neighbours, marker_size: usize) -> MergedLines {
    let [base, ours, theirs] = texts;
    if ours == theirs || theirs == base {
        return MergedLines { text: ours.to_owned(), clashes: Vec::new() };
    }
    if ours == base {
        return MergedLines { text: theirs.to_owned(), clashes: Vec::new() };
    }
    let [base_lines, our_lines, their_lines] = texts.map(lines_of);
    let sides = [Side::new(&base_lines, &our_lines), Side::new(&base_lines, &their_lines)];
    let [left, between, right] = ["<", "=", ">"].map(|sign| sign.repeat(marker_size));
    let (left, right) = (left + " ours", right + " theirs");
    let mut merged: Vec<&str> = Vec::with_capacity(our_lines.len() + their_lines.len());
    let mut clashes = Vec::new();
    let mut at = 0;
    for region in regions(&sides, neighbours) {
        merged.extend(&base_lines[at..region.base.start]);
        at = region.base.end;
        let [ours, theirs] = [0, 1].map(|side| sides[side].range_of(&region.base, region.hunks[side].clone()));
        let (our_part, their_part) = (&our_lines[ours.clone()], &their_lines[theirs.clone()]);
        if region.hunks[1].is_empty() || our_part == their_part {
            merged.extend(our_part);
        } else if region.hunks[0].is_empty() {
            merged.extend(their_part);
        } else {
            merged.extend([&[left.as_str()], our_part, &[&between], their_part, &[&right]].into_iter().flatten());
            clashes.push(LineClash { base: region.base, ours, theirs });
        }
    }
    merged.extend(&base_lines[at..]);
    let ends_line = |text: &str| text.is_empty() || text.ends_with('\n');
    let [base, ours, theirs] = [ends_line(base), ends_line(ours), ends_line(theirs)];
    let mut text = merged.join("\n");
    if !merged.is_empty() && if ours == base { theirs } else { ours } {
        text.push('\n');
    }
    MergedLines { text, clashes }
}

/// The lines without their newlines.
fn lines_of(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.strip_suffix('\n').unwrap_or(text).split('\n').collect() }
}

/// One side's version and its changes to the base.
struct Side<'t> {
    lines: &'t [&'t str],
    hunks: Vec<Hunk>,
}

/// A changed range of the base, and the hunks of ours and theirs in it.
struct Region {
    base: Range<usize>,
    hunks: [Range<usize>; 2],
}

impl<'t> Side<'t> {
    fn new(base: &[&str], lines: &'t [&'t str]) -> Self {
        Self { lines, hunks: hunks(base, lines) }
    }

    /// The range in this side that corresponds to `base`; `within` are its hunks there.
    fn range_of(&self, base: &Range<usize>, within: Range<usize>) -> Range<usize> {
        let before = self.hunks[..within.start].last().map_or(0..0, |hunk| hunk.before.end..hunk.after.end);
        let after = self.hunks[..within.end].last().map_or(0..0, |hunk| hunk.before.end..hunk.after.end);
        before.end + (base.start - before.start)..after.end + (base.end - after.start)
    }

    fn added(&self, hunk: &Hunk) -> &[&'t str] {
        &self.lines[hunk.after.clone()]
    }
}

/// The changes of both sides; those that touch are joined into one region.
fn regions(sides: &[Side<'_>; 2], neighbours: Neighbours) -> Vec<Region> {
    let mut order: Vec<(usize, usize)> =
        [0, 1].into_iter().flat_map(|side| (0..sides[side].hunks.len()).map(move |index| (side, index))).collect();
    order.sort_by_key(|(side, index)| {
        let before = &sides[*side].hunks[*index].before;
        (before.start, before.end)
    });
    let mut regions: Vec<Region> = Vec::new();
    let mut done = [0, 0];
    for (side, index) in order {
        let hunk = &sides[side].hunks[index];
        match regions.last_mut().filter(|region| meets(region, hunk, side, sides, neighbours)) {
            Some(region) => region.base.end = region.base.end.max(hunk.before.end),
            None => regions.push(Region { base: hunk.before.clone(), hunks: done.map(|next| next..next) }),
        }
        done[side] = index + 1;
        if let Some(region) = regions.last_mut() {
            region.hunks[side].end = index + 1;
        }
    }
    regions
}

fn meets(region: &Region, hunk: &Hunk, side: usize, sides: &[Side<'_>; 2], neighbours: Neighbours) -> bool {
    let touches = hunk.before.start == region.base.end;
    let other = 1 - side;
    let is_same_insertion = || {
        let others = &sides[other].hunks[region.hunks[other].clone()];
        hunk.before.is_empty()
            && others.iter().any(|one| one.before == hunk.before && sides[other].added(one) == sides[side].added(hunk))
    };
    hunk.before.start < region.base.end || (touches && (neighbours == Neighbours::Clash || is_same_insertion()))
}
