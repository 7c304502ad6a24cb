//! Examples of what a merge does.

use super::{Clash, ClashPlace, Merge, merge};
use crate::markdown::parse;

const BASE: &str = "\
---
# A card
Lane: Inbox # so far
Priority: P2
Owner: 'Nora'
Tags:
  - shop
  - web
Dependencies: [A-1, A-2]
Updated: 2026-11-01
---

# Title

First paragraph.

Second paragraph.

Third paragraph.
";

/// The base with some texts replaced.
fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BASE.to_owned(), |text, (old, new)| {
        assert_eq!(text.matches(old).count(), 1, "{old}");
        text.replace(old, new)
    })
}

fn merged(ours: &str, theirs: &str) -> Merge {
    merge(Some(BASE), Some(ours), Some(theirs))
}

#[track_caller]
fn clean(ours: &[(&str, &str)], theirs: &[(&str, &str)]) -> String {
    let Merge { text, clashes, marked } = merged(&with(ours), &with(theirs));
    assert_eq!((clashes, marked), (Vec::new(), None));
    text.unwrap()
}

fn keys(clashes: &[Clash]) -> Vec<&str> {
    clashes
        .iter()
        .map(|clash| match &clash.place {
            ClashPlace::Key(key) => key.as_str(),
            ClashPlace::Body { .. } => "(body)",
            ClashPlace::Whole => "(whole)",
        })
        .collect()
}

#[test]
fn a_side_that_did_not_change_gives_way() {
    let other = with(&[("Inbox", "Done")]);
    let (base, other) = (Some(BASE), Some(other.as_str()));
    for (ours, theirs, expected) in [
        (base, base, base),
        (base, other, other),
        (other, base, other),
        (other, other, other),
        (base, None, None),
        (None, base, None),
        (None, None, None),
    ] {
        assert_eq!(merge(base, ours, theirs), Merge::clean(expected));
    }
    assert_eq!(merge(None, None, other), Merge::clean(other));
    assert_eq!(merge(None, other, None), Merge::clean(other));
    assert_eq!(merge(None, other, other), Merge::clean(other));
}

#[test]
fn removed_here_and_changed_there_is_a_clash_of_the_whole() {
    let other = with(&[("Inbox", "Done")]);
    for (ours, theirs) in [(None, Some(other.as_str())), (Some(other.as_str()), None)] {
        let result = merge(Some(BASE), ours, theirs);
        assert_eq!((result.text.as_deref(), keys(&result.clashes)), (ours, vec!["(whole)"]));
        let clash = &result.clashes[0];
        assert_eq!((clash.base.as_deref(), clash.ours.as_deref(), clash.theirs.as_deref()), (Some(BASE), ours, theirs));
    }
}

#[test]
fn keys_beside_each_other_are_merged_with_the_bytes_of_both() {
    let ours = [("Lane: Inbox # so far", "Lane: \"Planned\" # at last")];
    let theirs = [("Priority: P2", "Priority: 'P0'   # urgent"), ("Third", "Last")];
    assert_eq!(clean(&ours, &theirs), with(&[ours[0], theirs[0], theirs[1]]));
    assert_eq!(clean(&theirs, &ours), with(&[ours[0], theirs[0], theirs[1]]));
}

#[test]
fn the_later_bookkeeping_date_stands_and_the_lines_around_it_stay_as_written() {
    let ours = [("Lane: Inbox # so far", "Lane: Planned # now"), ("2026-11-01", "2026-11-05")];
    let theirs = [("'Nora'", "\"Sami\" # new"), ("2026-11-01", "2026-11-07T10:00:00Z")];
    let both = with(&[ours[0], theirs[0], theirs[1]]);
    assert_eq!(clean(&ours, &theirs), both);
    assert_eq!(clean(&theirs, &ours), both);
    let same_day = [("2026-11-01", "2026-11-05T08:00:00Z")];
    assert_eq!(clean(&[("2026-11-01", "2026-11-05")], &same_day), with(&same_day));
    let dated = clean(&[("2026-11-01", "soon")], &same_day);
    assert_eq!(parse(&dated).unwrap().fields.text("Updated"), Some("2026-11-05T08:00:00Z"));
    assert_eq!(keys(&merged(&with(&[("2026-11-01", "soon")]), &with(&[("2026-11-01", "later")])).clashes), ["Updated"]);
}

#[test]
fn tags_and_dependencies_are_sets() {
    let ours = [("  - web\n", "  - web # kept\n  - new\n"), ("[A-1, A-2]", "[A-2, A-3]")];
    let theirs =
        [("  - shop\n", ""), ("  - web\n", "  - web\n  - new\n  - other\n"), ("[A-1, A-2]", "[A-1, A-2, A-4]")];
    let both = clean(&ours, &theirs);
    assert_eq!(
        both,
        with(&[
            ("  - shop\n", ""),
            ("  - web\n", "  - web # kept\n  - new\n  - other\n"),
            ("[A-1, A-2]", "[A-2, A-3, A-4]")
        ])
    );
    let read = |text: &str, key: &str| {
        let items: Vec<String> = parse(text).unwrap().fields.items(key).into_iter().map(str::to_owned).collect();
        items.join(" ")
    };
    assert_eq!(read(&clean(&theirs, &ours), "Tags"), "web new other");
    // Only one side reordered them.
    assert_eq!(read(&clean(&[("[A-1, A-2]", "[A-2, A-1]")], &theirs), "Dependencies"), "A-1 A-2 A-4");
    assert_eq!(read(&clean(&[("[A-1, A-2]", "[A-2, A-1]")], &[]), "Dependencies"), "A-2 A-1");
    // A list that one side removed entirely, and one that is no longer a list.
    assert_eq!(read(&clean(&[("Dependencies: [A-1, A-2]\n", "")], &theirs), "Dependencies"), "A-4");
    let emptied = clean(&[("Dependencies: [A-1, A-2]\n", "")], &[("[A-1, A-2]", "[A-1]")]);
    assert_eq!(parse(&emptied).unwrap().fields.get("Dependencies"), None);
    assert_eq!(keys(&merged(&with(&[("[A-1, A-2]", "A-1")]), &with(&theirs)).clashes), ["Dependencies"]);
}

#[test]
fn another_key_that_both_changed_clashes_and_the_rest_is_merged() {
    let ours = with(&[("Inbox", "Planned"), ("First", "Our first")]);
    let theirs = with(&[("Lane: Inbox # so far\n", ""), ("P2", "P0"), ("Third", "Their third")]);
    let result = merged(&ours, &theirs);
    let clash = |base: &str, ours: Option<&str>, theirs: Option<&str>| Clash {
        place: ClashPlace::Key("Lane".into()),
        base: Some(base.into()),
        ours: ours.map(Into::into),
        theirs: theirs.map(Into::into),
    };
    assert_eq!(result.clashes, [clash("Inbox", Some("Planned"), None)]);
    let expected = with(&[("Inbox", "Planned"), ("P2", "P0"), ("First", "Our first"), ("Third", "Their third")]);
    assert_eq!((result.text, result.marked), (Some(expected), None));
    let result = merged(&theirs, &ours);
    assert_eq!(result.clashes, [clash("Inbox", None, Some("Planned"))]);
    let expected =
        with(&[("Lane: Inbox # so far\n", ""), ("P2", "P0"), ("First", "Our first"), ("Third", "Their third")]);
    assert_eq!(result.text, Some(expected));
}

#[test]
fn new_keys_of_both_sides_are_taken() {
    let ours = [("Updated: 2026-11-01\n", "Updated: 2026-11-01\nDue-Date: 2026-12-01 # firm\n")];
    let theirs = [("Updated: 2026-11-01\n", "Updated: 2026-11-01\nSize: 5\n")];
    let both = clean(&ours, &theirs);
    assert_eq!(both, with(&[("Updated: 2026-11-01\n", "Updated: 2026-11-01\nDue-Date: 2026-12-01 # firm\nSize: 5\n")]));
    // A key added in two places ends up there once.
    let elsewhere = [("Priority: P2\n", "Due-Date: 2026-12-01\nPriority: P2\n"), ("Inbox", "Done")];
    let read = clean(&ours, &elsewhere);
    assert_eq!(parse(&read).unwrap().fields.text("Lane"), Some("Done"));
    assert_eq!(read.matches("Due-Date").count(), 1);
    let clash =
        merged(&with(&ours), &with(&[("Updated: 2026-11-01\n", "Updated: 2026-11-01\nDue-Date: 2026-12-24\n")]));
    assert_eq!(keys(&clash.clashes), ["Due-Date"]);
    assert_eq!(clash.text, Some(with(&ours)));
}

#[test]
fn lines_of_one_value_are_not_merged() {
    let base = "---\nNotes: |\n  One.\n  Two.\n  Three.\n---\n";
    let (ours, theirs) = (base.replace("One", "Our one"), base.replace("Three", "Their three"));
    let result = merge(Some(base), Some(&ours), Some(&theirs));
    assert_eq!((keys(&result.clashes), result.text), (vec!["Notes"], Some(ours)));
}

#[test]
fn a_comment_is_never_lost() {
    let ours = [("# A card\nLane: Inbox # so far", "# Our card\nLane: Planned")];
    let theirs = [("# A card\n", "# Their card\n"), ("P2", "P0")];
    let result = merged(&with(&ours), &with(&theirs));
    assert_eq!((keys(&result.clashes), result.text), (vec!["(whole)"], Some(with(&ours))));
    let theirs = [("Priority: P2\n", "# Watch this.\nPriority: P0\n")];
    assert!(clean(&ours, &theirs).contains("Lane: Planned\n# Watch this.\nPriority: P0\n"));
}

#[test]
fn lines_of_the_body_that_both_changed_clash() {
    let ours = with(&[("First", "Our first"), ("Second paragraph.", "Our second.\nAnd more."), ("P2", "P1")]);
    let theirs = with(&[("Second", "Their second"), ("Third", "Their third"), ("Nora", "Sami")]);
    let result = merged(&ours, &theirs);
    let clash = Clash {
        place: ClashPlace::Body { base: (5, 6), ours: (5, 7), theirs: (5, 6) },
        base: Some("Second paragraph.\n".into()),
        ours: Some("Our second.\nAnd more.\n".into()),
        theirs: Some("Their second paragraph.\n".into()),
    };
    assert_eq!(result.clashes, [clash]);
    assert_eq!(result.text, Some(ours.replace("Nora", "Sami")), "our body and both sides' keys");
    let marks = "<<<<<<< ours\nOur second.\nAnd more.\n=======\nTheir second paragraph.\n>>>>>>> theirs";
    let body = with(&[("First", "Our first"), ("Second paragraph.", marks), ("Third", "Their third")]);
    assert_eq!(result.marked, Some(body.replace("Nora", "Sami").replace("P2", "P1")));
}

#[test]
fn lines_beside_each_other_clash_and_equal_changes_do_not() {
    let base = "a\nb\nc\nd\n";
    let body = |ours, theirs| {
        let result = merge(Some(base), Some(ours), Some(theirs));
        (result.text.unwrap(), result.clashes.len())
    };
    assert_eq!(body("A\nb\nc\nd\n", "a\nB\nc\nd\n"), ("A\nb\nc\nd\n".into(), 1));
    assert_eq!(body("A\nb\nc\nd\n", "a\nb\nC\nd\n"), ("A\nb\nC\nd\n".into(), 0));
    assert_eq!(body("a\nb\nc\nd\nours\n", "a\nb\nc\nd\ntheirs\n"), ("a\nb\nc\nd\nours\n".into(), 1));
    assert_eq!(body("a\nX\nc\nd\n", "a\nX\nc\nD\n"), ("a\nX\nc\nD\n".into(), 0));
    assert_eq!(body("a\nd\n", "a\nb\nc\nd\ne\n"), ("a\nd\ne\n".into(), 0));
    assert_eq!(body("", "a\nb\nc\nD\n"), (String::new(), 1));
}

#[test]
fn a_change_of_line_ends_is_a_change_of_its_own() {
    let ours = with(&[("Inbox", "Done"), ("Second", "Our second")]).replace('\n', "\r\n");
    let theirs = with(&[("P2", "P0"), ("Third", "Their third")]);
    let both = with(&[("Inbox", "Done"), ("Second", "Our second"), ("P2", "P0"), ("Third", "Their third")]);
    for (ours, theirs) in [(&ours, &theirs), (&theirs, &ours)] {
        assert_eq!(merged(ours, theirs), Merge::clean(Some(&both.replace('\n', "\r\n"))));
    }
    let crlf = BASE.replace('\n', "\r\n");
    assert_eq!(merge(Some(&crlf), Some(&ours), Some(&theirs)), Merge::clean(Some(&both)));
    assert_eq!(merged(&crlf, &with(&[("P2", "P0")])), Merge::clean(Some(&with(&[("P2", "P0")]).replace('\n', "\r\n"))));
    assert_eq!(merged(&crlf, &format!("\u{feff}{BASE}")), Merge::clean(Some(&format!("\u{feff}{crlf}"))));
    // Texts with mixed line ends: each line keeps its own.
    let mixed = BASE.replace("First paragraph.\n", "First paragraph.\r\n");
    let (ours, theirs) = (mixed.replace("P2", "P0"), mixed.replace("Third", "Last"));
    let result = merge(Some(&mixed), Some(&ours), Some(&theirs));
    assert_eq!(result, Merge::clean(Some(&mixed.replace("P2", "P0").replace("Third", "Last"))));
}

#[test]
fn a_final_newline_is_a_change_of_its_own() {
    let bare = BASE.trim_end();
    let theirs = with(&[("Third", "Last")]);
    assert_eq!(merged(bare, &theirs), Merge::clean(Some(theirs.trim_end())));
    assert_eq!(merge(Some(bare), Some(BASE), Some(theirs.trim_end())), Merge::clean(Some(&theirs)));
    let front = "---\nLane: Inbox\n---";
    let result = merge(Some(front), Some("---\nLane: Done\n---"), Some("---\nLane: Inbox\n---\nA body\n"));
    assert_eq!(result.text.as_deref(), Some("---\nLane: Done\n---\nA body\n"));
}

#[test]
fn without_a_base_what_is_equal_stays_and_the_rest_clashes() {
    let result = merge(None, Some(BASE), Some(&with(&[("P2", "P0"), ("shop", "fair")])));
    assert_eq!(keys(&result.clashes), ["Priority"]);
    assert_eq!(parse(&result.text.unwrap()).unwrap().fields.items("Tags"), ["shop", "web", "fair"]);
    let result = merge(None, Some("# A\n"), Some("# B\n"));
    assert_eq!((result.text.as_deref(), keys(&result.clashes)), (Some("# A\n"), vec!["(body)"]));
    assert_eq!(result.marked.as_deref(), Some("<<<<<<< ours\n# A\n=======\n# B\n>>>>>>> theirs\n"));
}

#[test]
fn front_matter_that_one_side_added_or_removed_is_merged_too() {
    let result = merge(Some("text\n"), Some("---\nLane: Inbox\n---\ntext\n"), Some("text\nmore\n"));
    assert_eq!(result, Merge::clean(Some("---\nLane: Inbox\n---\ntext\nmore\n")));
    let result = merge(Some("---\nLane: Inbox\n---\ntext\n"), Some("text\n"), Some("---\nLane: Inbox\n---\nmore\n"));
    assert_eq!(result, Merge::clean(Some("more\n")));
}

#[test]
fn what_cannot_be_read_or_edited_clashes() {
    let unreadable = "---\nLane: [\n---\n";
    for (ours, theirs) in [(unreadable, BASE), (BASE, unreadable)] {
        let result = merge(None, Some(ours), Some(theirs));
        assert_eq!((result.text.as_deref(), keys(&result.clashes)), (Some(ours), vec!["(whole)"]));
    }
    // Both sides changed an anchor: neither a line merge nor an edit can keep it.
    let base = "---\nA: &x one\nB: *x\nLane: Inbox\n---\n";
    let (ours, theirs) = (base.replace("one", "two"), base.replace("A: &x one", "A: &y one").replace("*x", "*y"));
    let result = merge(Some(base), Some(&ours), Some(&theirs));
    assert_eq!(
        (result.text.as_deref(), keys(&result.clashes)),
        (Some(ours.as_str()), vec![]),
        "the values are ours alone"
    );
}

#[test]
fn markers_may_be_longer() {
    let text = |line: &str| format!("---\nID: A-1\n---\n{line}\n");
    let merge = crate::markdown::merge_marking(Some(&text("a")), Some(&text("b")), Some(&text("c")), 9);
    assert_eq!(merge.marked.unwrap(), text("<<<<<<<<< ours\nb\n=========\nc\n>>>>>>>>> theirs"));
}
