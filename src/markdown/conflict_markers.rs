//! Detects the conflict markers that git leaves in a text when a merge is unfinished.

use std::ops::Range;

use super::split::split;

/// The length of git's own markers; settings and nested merges only make them longer.
const SHORTEST: usize = 7;

/// A conflict in a text: two sides between markers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmerged<'t> {
    /// The line of the first marker, counted from 1.
    pub first: u32,
    /// The line of the last marker.
    pub last: u32,
    /// The label of the side above `=======`; may be empty.
    pub ours: &'t str,
    /// The label of the side below; may be empty.
    pub theirs: &'t str,
}

/// The first conflict in a text, including its front matter; `None` if there is none.
///
/// Markers that are indented, are inside a fenced code block of the body, or lack one of the three lines count as text
/// about markers.
#[must_use]
pub fn unmerged(text: &str) -> Option<Unmerged<'_>> {
    // Hardly any text contains this.
    if !text.contains("<<<<<<<") {
        return None;
    }
    let front = split(text).map_or(0..0, |split| split.yaml);
    let mut code: Option<&str> = None;
    let mut open: Option<Open<'_>> = None;
    let mut at = 0;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let start = at;
        at += line.len();
        let line = line.trim_start_matches('\u{feff}').trim_end();
        if open.is_none() && in_code(line, &mut code, &front, start) {
            continue;
        }
        if let Some((length, ours)) = marker(line, '<') {
            open = Some(Open { first: number, length, ours, is_divided: false });
        } else if let Some(open) = &mut open {
            let ends = |sign| marker(line, sign).filter(|(length, _)| *length == open.length);
            if open.is_divided
                && let Some((_, theirs)) = ends('>')
            {
                return Some(Unmerged { first: open.first, last: number, ours: open.ours, theirs });
            }
            open.is_divided |= ends('=').is_some_and(|(_, name)| name.is_empty());
        }
    }
    None
}

/// Both sides of a text with conflicts, each complete: what is between markers belongs to one side, everything else to
/// both; `None` if there is no conflict.
#[must_use]
pub fn sides(text: &str) -> Option<(String, String)> {
    unmerged(text)?;
    let (mut ours, mut theirs) = (String::new(), String::new());
    let mut open: Option<(usize, Part)> = None;
    for line in text.split_inclusive('\n') {
        let sign = |sign| marker(line.trim_end(), sign);
        let is_end =
            |mark: Option<(usize, &str)>| mark.is_some_and(|(length, _)| open.is_some_and(|(own, _)| own == length));
        match (open, sign('<')) {
            (None, Some((length, _))) => open = Some((length, Part::Ours)),
            (None, None) => {
                ours += line;
                theirs += line;
            }
            (Some(_), _) if is_end(sign('|')) => open = open.map(|(length, _)| (length, Part::Base)),
            (Some(_), _) if is_end(sign('=')) => open = open.map(|(length, _)| (length, Part::Theirs)),
            (Some(_), _) if is_end(sign('>')) => open = None,
            (Some((_, Part::Ours)), _) => ours += line,
            (Some((_, Part::Theirs)), _) => theirs += line,
            (Some((_, Part::Base)), _) => {}
        }
    }
    Some((ours, theirs))
}

/// Whose lines follow a marker.
#[derive(Debug, Clone, Copy)]
enum Part {
    Ours,
    Base,
    Theirs,
}

/// A conflict whose end has not been read yet.
struct Open<'t> {
    first: u32,
    length: usize,
    ours: &'t str,
    is_divided: bool,
}

/// The length of a marker made of this sign, and the label after it; `None` if the line is not one.
fn marker(line: &str, sign: char) -> Option<(usize, &str)> {
    let rest = line.trim_start_matches(sign);
    let length = line.len() - rest.len();
    let name = if rest.is_empty() { rest } else { rest.strip_prefix(' ')? };
    (length >= SHORTEST).then(|| (length, name.trim()))
}

/// Whether a line belongs to a fenced code block; `code` is the open fence. Front matter has no such blocks.
fn in_code<'t>(line: &'t str, code: &mut Option<&'t str>, front: &Range<usize>, start: usize) -> bool {
    if front.contains(&start) {
        return false;
    }
    let inner = line.trim_start_matches(' ');
    let sign = if inner.starts_with('~') { '~' } else { '`' };
    let fence = &inner[..inner.len() - inner.trim_start_matches(sign).len()];
    let is_fence = fence.len() >= 3 && line.len() - inner.len() <= 3;
    match *code {
        Some(open) => {
            if is_fence && fence.starts_with(open) && fence == inner {
                *code = None;
            }
            true
        }
        None if is_fence && !(sign == '`' && inner[fence.len()..].contains('`')) => {
            *code = Some(fence);
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> topic\n";

    fn told(text: &str) -> Option<(u32, u32, String, String)> {
        unmerged(text).map(|found| (found.first, found.last, found.ours.to_owned(), found.theirs.to_owned()))
    }

    fn from(first: u32) -> Option<(u32, u32, String, String)> {
        Some((first, first + 4, "HEAD".to_owned(), "topic".to_owned()))
    }

    #[test]
    fn a_run_is_found_wherever_it_stands() {
        for (before, first) in [
            ("", 1),
            ("\u{feff}", 1),
            ("---\nType: Card\n", 3),
            ("---\nType: Card\n---\n\nText.\n", 6),
            ("---\nNotes: |\n  ```\n---\n", 5),
            ("---\nNotes: a\n", 3),
            ("```\ncode\n```\n", 4),
            ("~~~~ rust\n```\n~~~\n~~~~~\n", 5),
            ("a ``` b\n``` inline ```\n", 3),
            ("    ```\n", 2),
            ("<<<<<<< never ended\n", 2),
        ] {
            let (text, after) = (format!("{before}{RUN}"), format!("{before}{RUN}rest\n---\n"));
            assert_eq!(told(&text), from(first), "{text:?}");
            assert_eq!(told(&after), from(first), "{after:?}");
            assert_eq!(told(text.trim_end()), from(first), "{text:?} without an end of line");
            assert_eq!(told(&text.replace('\n', "\r\n")), from(first), "{text:?} with CRLF");
        }
    }

    #[test]
    fn every_form_that_git_writes() {
        let bare = Some((1, 3, String::new(), String::new()));
        assert_eq!(told("<<<<<<<\n=======\n>>>>>>>\n"), bare);
        let both = |first, last| Some((first, last, "ours".to_owned(), "b c".to_owned()));
        assert_eq!(told("<<<<<<< ours\n||||||| base\nx\n=======\n>>>>>>> b c\n"), both(1, 5));
        assert_eq!(told("<<<<<<<<< ours\n=======\n=========\n>>>>>>> x\n>>>>>>>>> b c\n"), both(1, 5));
        // One side may open a fence that the other does not.
        assert_eq!(told("<<<<<<< ours\n```\n=======\n>>>>>>> b c\n"), both(1, 4));
    }

    #[test]
    fn each_side_is_put_together() {
        let text = "---\nID: A-1\n<<<<<<< HEAD\nTitle: a\n||||||| base\nTitle: o\n=======\nTitle: b\nOwner: c\n>>>>>>> t\n---\n";
        let both = ("---\nID: A-1\nTitle: a\n---\n".to_owned(), "---\nID: A-1\nTitle: b\nOwner: c\n---\n".to_owned());
        assert_eq!(sides(text), Some(both.clone()));
        assert_eq!(sides(&text.replace("||||||| base\nTitle: o\n", "")), Some(both));
        assert_eq!(sides("Heading\n=======\n"), None);
    }

    #[test]
    fn text_that_tells_of_markers_is_text() {
        let indented = RUN.lines().map(|line| format!("    {line}\n")).collect::<String>();
        for text in [
            format!("```\n{RUN}```\n"),
            format!("---\nType: Card\n---\n   ~~~ text\n{RUN}~~~\n"),
            format!("```\n{RUN}"),
            indented,
            RUN.replace("=======\n", ""),
            RUN.replace(">>>>>>> topic\n", ""),
            RUN.replace("<<<<<<< HEAD\n", ""),
            RUN.replace("<<<<<<< HEAD", "<<<<<< HEAD"),
            RUN.replace("<<<<<<< HEAD", "<<<<<<<HEAD"),
            "Heading\n=======\n".to_owned(),
            ">>>>>>> x\n=======\n<<<<<<< y\n".to_owned(),
        ] {
            assert_eq!(told(&text), None, "{text:?}");
        }
    }
}
