//! The laws of the merge as property tests: over documents as people write them, and over noise.

use proptest::prelude::*;
use proptest::sample::select;

use super::{ClashPlace, Merge, merge};
use crate::domain::value::{FieldValue, Fields};
use crate::markdown::{Edit, edit, parse};

/// Keys with realistic values, each in several spellings of the same value.
const ENTRIES: [&[&str]; 9] = [
    &["Lane: Inbox\n", "Lane: 'Inbox' # new\n", "# where it is\nLane: Inbox\n"],
    &["Priority: P2\n", "Priority: \"P2\"\n"],
    &["Owner: Nora\n", "Owner: Nora   # asks Sami\n"],
    &["Title: Paper bags\n", "Title: >-\n  Paper\n  bags\n", "\nTitle: 'Paper bags'\n"],
    &["Tags: [shop, web]\n", "Tags:\n  - shop # c\n  - web\n", "Tags:\n- shop\n- web\n"],
    &["Dependencies: []\n", "Dependencies: [A-1, A-2]\n"],
    &["Updated: 2026-11-01\n", "Updated: '2026-11-01'\n"],
    &["Last-updated: 2026-11-01T00:00:00Z\n"],
    &["Notes: |\n  One.\n\n  Two.\n", "Size: 5\n", "Due-Date:\n"],
];
const EDITED: [&str; 10] =
    ["Lane", "Priority", "Owner", "Title", "Tags", "Dependencies", "Updated", "Last-updated", "Notes", "Size"];

/// A document: the front matter, the paragraphs of the body, and the form.
#[derive(Debug, Clone)]
struct Written {
    yaml: String,
    paragraphs: Vec<String>,
    newline: &'static str,
    is_ended: bool,
}

impl Written {
    fn text(&self) -> String {
        let body = self.paragraphs.join("\n\n");
        let end = if self.is_ended { "\n" } else { "" };
        format!("---\n{}---\n\n{body}{end}", self.yaml).replace('\n', self.newline)
    }
}

fn written() -> impl Strategy<Value = Written> {
    let entries: Vec<_> =
        ENTRIES.iter().map(|spellings| prop::option::weighted(0.8, select(spellings.to_vec()))).collect();
    (entries, 1..7_usize, select(vec!["\n", "\n", "\n", "\r\n"]), prop::bool::weighted(0.8)).prop_map(
        |(entries, paragraphs, newline, is_ended)| Written {
            yaml: entries.into_iter().flatten().collect(),
            paragraphs: (0..paragraphs)
                .map(|number| format!("Paragraph {number}.\nIts second line {number}."))
                .collect(),
            newline,
            is_ended,
        },
    )
}

fn change(key: &'static str) -> BoxedStrategy<Edit> {
    let text = |value: &str| FieldValue::Str(value.to_owned());
    let key = key.to_owned();
    match key.as_str() {
        "Tags" | "Dependencies" => (select(vec!["shop", "web", "A-1", "A-3", "new", "due: soon"]), any::<bool>())
            .prop_map(move |(item, adds)| {
                let (key, item) = (key.clone(), item.to_owned());
                if adds { Edit::Append { key, item } } else { Edit::Remove { key, item } }
            })
            .boxed(),
        "Updated" | "Last-updated" => select(vec!["2026-11-02", "2026-11-03T09:00:00Z", "2026-11-03 (by hand)"])
            .prop_map(move |value| Edit::Set { key: key.clone(), value: text(value) })
            .boxed(),
        _ => prop_oneof![
            4 => select(vec!["Done", "x: y", "'quoted'", "# no comment", "two\nlines\n", ""])
                .prop_map({ let key = key.clone(); move |value| Edit::Set { key: key.clone(), value: text(value) } }),
            1 => Just(Edit::Unset { key }),
        ]
        .boxed(),
    }
}

/// The changes of one side: edits of keys, and for each paragraph nothing, a new text, a removal, or an addition after
/// it.
#[derive(Debug, Clone)]
struct Work {
    edits: Vec<Edit>,
    paragraphs: Vec<u8>,
    newline: Option<&'static str>,
    is_ended: Option<bool>,
}

fn work() -> impl Strategy<Value = Work> {
    let edits = prop::collection::vec(select(EDITED.to_vec()).prop_flat_map(change), 0..4);
    let paragraphs = prop::collection::vec(prop_oneof![6 => Just(0_u8), 1 => Just(1), 1 => Just(2), 1 => Just(3)], 7);
    let newline = prop::option::weighted(0.1, select(vec!["\n", "\r\n"]));
    (edits, paragraphs, newline, prop::option::weighted(0.1, any::<bool>()))
        .prop_map(|(edits, paragraphs, newline, is_ended)| Work { edits, paragraphs, newline, is_ended })
}

impl Work {
    fn on(&self, base: &Written, name: &str) -> String {
        let mut done = base.clone();
        done.paragraphs = changed(&base.paragraphs, &self.paragraphs, name);
        done.newline = self.newline.unwrap_or(base.newline);
        done.is_ended = self.is_ended.unwrap_or(base.is_ended);
        let text = done.text();
        // An edit that this document does not allow is skipped.
        self.edits.iter().fold(text, |text, change| edit(&text, std::slice::from_ref(change)).unwrap_or(text))
    }

    /// Without changes to keys and paragraphs that the other side changes too.
    fn apart_from(mut self, other: &Self) -> Self {
        self.edits.retain(|edit| other.edits.iter().all(|theirs| theirs.key() != edit.key()));
        for (mine, theirs) in self.paragraphs.iter_mut().zip(&other.paragraphs) {
            *mine = if *theirs == 0 { *mine } else { 0 };
        }
        // Adding or removing a paragraph also changes a blank line, which the neighbouring paragraph may share.
        for index in 0..self.paragraphs.len() {
            let near = [index.wrapping_sub(1), index + 1].map(|at| other.paragraphs.get(at).copied().unwrap_or(0));
            if near.into_iter().any(|theirs| theirs >= 2 || (theirs > 0 && self.paragraphs[index] >= 2)) {
                self.paragraphs[index] = 0;
            }
        }
        self
    }
}

fn changed(paragraphs: &[String], what: &[u8], name: &str) -> Vec<String> {
    let each = paragraphs.iter().zip(what).flat_map(|(paragraph, what)| match what {
        0 => vec![paragraph.clone()],
        1 => vec![paragraph.replace("second", name)],
        2 => vec![],
        _ => vec![paragraph.clone(), format!("One more of {name} after {}", &paragraph[..11])],
    });
    each.collect()
}

/// Keys and values sorted, including the items of sets.
fn unordered(fields: &Fields) -> Vec<(String, FieldValue)> {
    let mut pairs: Vec<_> = fields
        .iter()
        .map(|(key, value)| match value {
            FieldValue::List(items) if matches!(key, "Tags" | "Dependencies") => {
                let mut items = items.clone();
                items.sort();
                (key.to_owned(), FieldValue::List(items))
            }
            value => (key.to_owned(), value.clone()),
        })
        .collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs
}

fn three_way(base: &str, ours: &str, theirs: &str) -> Merge {
    merge(Some(base), Some(ours), Some(theirs))
}

/// The places of the clashes from the other side's perspective.
fn mirrored(merge: &Merge) -> Vec<ClashPlace> {
    let mut places: Vec<_> = merge
        .clashes
        .iter()
        .map(|clash| match clash.place.clone() {
            ClashPlace::Body { base, ours, theirs } => ClashPlace::Body { base, ours: theirs, theirs: ours },
            place => place,
        })
        .collect();
    places.sort();
    places
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn an_unchanged_side_gives_the_other(base in written(), work in work()) {
        let (base, other) = (base.text(), work.on(&base, "ours"));
        prop_assert_eq!(three_way(&base, &base, &other), Merge::clean(Some(&other)));
        prop_assert_eq!(three_way(&base, &other, &base), Merge::clean(Some(&other)));
        prop_assert_eq!(three_way(&base, &other, &other), Merge::clean(Some(&other)));
    }

    #[test]
    fn it_is_the_same_from_both_sides(base in written(), ours in work(), theirs in work()) {
        let (base, ours, theirs) = (base.text(), ours.on(&base, "ours"), theirs.on(&base, "theirs"));
        let (one, other) = (three_way(&base, &ours, &theirs), three_way(&base, &theirs, &ours));
        let mut places: Vec<_> = one.clashes.iter().map(|clash| clash.place.clone()).collect();
        places.sort();
        prop_assert_eq!(places, mirrored(&other));
        if one.clashes.is_empty() {
            let (one, other) = (one.text.unwrap(), other.text.unwrap());
            let (one, other) = (parse(&one).unwrap(), parse(&other).unwrap());
            prop_assert_eq!(unordered(&one.fields), unordered(&other.fields));
            prop_assert_eq!(one.body(), other.body());
        }
    }

    #[test]
    fn edits_apart_never_clash(base in written(), ours in work(), theirs in work()) {
        let theirs = theirs.apart_from(&ours);
        let (our_text, their_text) = (ours.on(&base, "ours"), theirs.on(&base, "theirs"));
        let result = three_way(&base.text(), &our_text, &their_text);
        prop_assert!(result.clashes.is_empty(), "{:#?}", result);
        let text = result.text.unwrap();
        let read = parse(&text).unwrap();
        let (before, our_fields, their_fields) =
            (parse(&base.text()).unwrap().fields, parse(&our_text).unwrap().fields, parse(&their_text).unwrap().fields);
        for key in EDITED {
            let side = if our_fields.get(key) == before.get(key) { &their_fields } else { &our_fields };
            prop_assert_eq!(read.fields.get(key), side.get(key));
        }
        // Their paragraph changes, applied to the result of ours.
        let what: Vec<u8> = ours.paragraphs.iter().zip(&theirs.paragraphs).map(|(ours, theirs)| ours.max(theirs)).copied().collect();
        let each = base.paragraphs.iter().enumerate().flat_map(|(index, paragraph)| {
            let name = if ours.paragraphs[index] > 0 { "ours" } else { "theirs" };
            changed(std::slice::from_ref(paragraph), &what[index..=index], name)
        });
        let expected = each.collect::<Vec<_>>().join("\n\n");
        let body = read.body().replace("\r\n", "\n");
        prop_assert_eq!(body.trim(), expected.trim());
    }

    #[test]
    fn nothing_a_side_added_is_lost(base in written(), ours in work(), theirs in work()) {
        let (base, ours, theirs) = (base.text(), ours.on(&base, "ours"), theirs.on(&base, "theirs"));
        let result = three_way(&base, &ours, &theirs);
        let is_whole = result.clashes.iter().any(|clash| clash.place == ClashPlace::Whole);
        let kept = parse(result.marked.as_ref().or(result.text.as_ref()).unwrap()).unwrap().body().to_owned();
        for side in [&ours, &theirs] {
            for line in parse(side).unwrap().body().lines().filter(|line| !base.contains(line)) {
                prop_assert!(is_whole || kept.lines().any(|other| other == line), "{line} is lost:\n{kept}");
            }
        }
    }

    #[test]
    fn what_is_merged_already_changes_nothing(base in written(), mut ours in work(), mut theirs in work()) {
        theirs.paragraphs = theirs.clone().apart_from(&ours).paragraphs;
        // Removing a final newline also removes a blank line if nothing else is left.
        (ours.is_ended, theirs.is_ended) = (None, None);
        let (base, ours, theirs) = (base.text(), ours.on(&base, "ours"), theirs.on(&base, "theirs"));
        let result = three_way(&base, &ours, &theirs);
        if result.clashes.is_empty() {
            let text = result.text.unwrap();
            for side in [&ours, &theirs] {
                let again = three_way(&base, &text, side);
                prop_assert_eq!(&again.clashes, &[]);
                let again = again.text.unwrap();
                prop_assert_eq!(unordered(&parse(&again).unwrap().fields), unordered(&parse(&text).unwrap().fields));
                prop_assert_eq!(parse(&again).unwrap().body(), parse(&text).unwrap().body());
            }
        }
    }

    #[test]
    fn the_result_can_be_read_and_holds_every_change(base in written(), ours in work(), theirs in work()) {
        let (base, ours, theirs) = (base.text(), ours.on(&base, "ours"), theirs.on(&base, "theirs"));
        let result = three_way(&base, &ours, &theirs);
        let text = result.text.unwrap();
        let fields = |text: &str| parse(text).unwrap().fields;
        let (b, o, t, found) = (fields(&base), fields(&ours), fields(&theirs), fields(&text));
        let clashes: Vec<&ClashPlace> = result.clashes.iter().map(|clash| &clash.place).collect();
        for key in EDITED {
            let (b, o, t, found) = (b.get(key), o.get(key), t.get(key), found.get(key));
            if o == t || t == b || clashes.contains(&&ClashPlace::Key(key.to_owned())) || clashes.contains(&&ClashPlace::Whole) {
                prop_assert_eq!(found, o);
            } else if o == b {
                prop_assert_eq!(found, t);
            } else if matches!(key, "Tags" | "Dependencies") {
                let has = |value: Option<&FieldValue>, item: &str| value.is_some_and(|value| value.items().contains(&item));
                for item in ["shop", "web", "A-1", "A-2", "A-3", "new", "due: soon"] {
                    let expected = if has(b, item) { has(o, item) && has(t, item) } else { has(o, item) || has(t, item) };
                    prop_assert_eq!(has(found, item), expected, "{} {}", key, item);
                }
            } else {
                prop_assert!(key.ends_with("pdated"), "{}", key);
                prop_assert!(found == o || found == t);
                let date = |value: Option<&FieldValue>| value.unwrap().as_text().unwrap()[..10].to_owned();
                prop_assert_eq!(date(found), date(o).max(date(t)));
            }
        }
    }

    #[test]
    fn noise_never_panics_and_what_could_be_read_still_can(
        texts in prop::collection::vec(prop_oneof![
            any::<String>(),
            "---\n[a-c:#'\"\\[\\]{},&*| \n-]{0,30}\n---\n[a-c\n]{0,6}",
            "(---\n(a: [xy]\n|b:\n|# c\n){0,4}---\n)?([a-c]?\r?\n){0,6}",
        ], 3),
    ) {
        let result = three_way(&texts[0], &texts[1], &texts[2]);
        if texts.iter().all(|text| parse(text).is_ok()) {
            prop_assert!(parse(&result.text.unwrap()).is_ok());
        }
    }
}
