//! The lens laws as property tests: over documents built from every syntax the lens knows, and over noise.

use proptest::prelude::*;
use proptest::sample::select;

use super::parse::{parse, parse_fully};
use super::split::split;
use super::{Edit, EditError, edit};
use crate::domain::value::{FieldValue, Fields};

const KEYS: [&str; 9] = ["Title", "Tags", "Größe", "a b", "no", "007", "x-y", "Last_1", "日本"];

/// Texts that YAML could misread, and ordinary ones.
fn tricky_text() -> impl Strategy<Value = String> {
    let known = select(vec![
        "",
        "no",
        "007",
        "1.10",
        "2026-01-01",
        "a: b",
        "# x",
        "x # y",
        "- x",
        "82%",
        " lead",
        "trail ",
        "null",
        "~",
        "0x1",
        "1:30",
        "=",
        "<<",
        "true",
        "'",
        "\"",
        "it's",
        "a, b",
        "[x]",
        "{x}",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "%",
        "@",
        "`",
        "---",
        "...",
        "a\nb",
        "a\n",
        "\n",
        "a\n\nb\n",
        "tab\there",
        "é",
        "日本",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{7f}",
        "\u{a0}",
        "\\",
        "\\n",
        "a:",
        ":",
        "?",
        "? a",
        "-",
        "\r",
        "\u{fffe}",
        "😀",
        "x\n  y",
        "2026-01-01T00:00:00Z",
    ]);
    prop_oneof![3 => known.prop_map(str::to_owned), 1 => "[ -~é\n]{0,12}", 1 => any::<String>()]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![9 => select(KEYS.to_vec()).prop_map(str::to_owned), 1 => tricky_text()]
}

fn value() -> impl Strategy<Value = FieldValue> {
    prop_oneof![
        3 => tricky_text().prop_map(FieldValue::Str),
        1 => any::<bool>().prop_map(FieldValue::Bool),
        2 => prop::collection::vec(item(), 0..5).prop_map(FieldValue::List),
        1 => select(vec!["", "5", "2026-01-01", "1.10", "007", "x", "{a: 1}", "[a, b]", "'q'", "~"]).prop_map(|s| FieldValue::Source(s.to_owned())),
    ]
}

fn item() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(vec!["a", "b", "c", "d", "e"]).prop_map(str::to_owned), 1 => tricky_text()]
}

fn change() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (key(), value()).prop_map(|(key, value)| Edit::Set { key, value }),
        3 => (key(), item()).prop_map(|(key, item)| Edit::Append { key, item }),
        3 => (key(), item()).prop_map(|(key, item)| Edit::Remove { key, item }),
        2 => key().prop_map(|key| Edit::Unset { key }),
        1 => select(vec!["", "new body\n", "\n# H\n---\ntext"]).prop_map(|body| Edit::Body(body.to_owned())),
    ]
}

/// The text of one entry's value after the colon, with `{}` for the root's indentation; ends without a newline.
fn written_value() -> impl Strategy<Value = String> {
    let scalars = select(vec![
        "",
        " ",
        " plain",
        " 5",
        " 007",
        " 1.10",
        " true",
        " ~",
        " null",
        " 2026-01-01",
        " 82%",
        " a:b",
        " it's",
        "\tx",
        " x  ",
        " 'single'",
        " 'it''s'",
        " ''",
        " \"double\"",
        " \"a\\nb\"",
        " \"\\u00e9\"",
        " # only a comment",
        " plain # c",
        " 'q' # c",
        " \"q\"   # c",
        " > # c\n  folded\n  more\n\n  again",
        " |\n  literal\n    deeper\n  # not a comment",
        " |-\n  stripped",
        " |+\n  kept\n\n",
        " >-\n  a\n  b",
        " |2\n   lead",
        " |\n\n  late",
        " multi\n  line\n\n  plain",
        " 'multi\n  line'",
        " \"multi\n  line \\\n  joined\"",
        "\n  below",
        "\n  'below' # c",
        " {a: 1, b: [2]}",
        "\n  a: 1\n  b:\n    - c",
        " !!str 007",
        " !x y",
        " &anchor z",
        " |\n",
        "\n  # c\n  x",
        " é # ü",
        " x\u{a0}",
        " {a: 1,\n  b: 2} # c",
        " https://x.y/#z",
        " -1",
        " - 1",
        " [",
        " *none",
        " 0b1",
    ])
    .prop_map(str::to_owned);
    prop_oneof![3 => scalars, 2 => block_list(), 2 => flow_list()]
}

fn written_item() -> impl Strategy<Value = &'static str> {
    select(vec![
        "a", "b", "c", "d", "'e'", "\"d\"", "'it''s'", "5", "007", "~", "\"\"", "true", "a b", "é", "!!str 5", "&k v",
    ])
}

fn block_list() -> impl Strategy<Value = String> {
    let more = select(vec!["", " # c", "\n  more", "  "]);
    let before = select(vec!["", "", "", "# between\n", "\n", "      # deep\n"]);
    let special = select(vec!["|\n      text", "a: 1\n    b: 2", "- x", "", "[x, y]", "'a\n    b'", ">-\n      f"]);
    let item = prop_oneof![9 => (written_item(), more).prop_map(|(item, more)| format!("{item}{more}")), 1 => special.prop_map(str::to_owned)];
    (select(vec![0_usize, 1, 2, 4]), prop::collection::vec((before, item), 1..5), select(vec!["", " # c"])).prop_map(
        |(indent, items, comment)| {
            let mut text = comment.to_owned();
            for (before, item) in items {
                let item = item.replace('\n', &format!("\n{}", " ".repeat(indent)));
                text.push('\n');
                text.push_str(before);
                text.push_str(&format!("{}- {item}", " ".repeat(indent)));
            }
            text
        },
    )
}

fn flow_list() -> impl Strategy<Value = String> {
    let gaps = || select(vec!["", " ", "", " ", "", " ", "\n  ", " # c\n    ", "\n  # c\n  "]);
    (prop::collection::vec((gaps(), written_item(), gaps()), 0..5), gaps(), any::<bool>(), select(vec!["", " # c"]))
        .prop_map(|(items, last, trailing_comma, comment)| {
            let mut text = " [".to_owned();
            for (index, (before, item, after)) in items.iter().enumerate() {
                let comma = if index + 1 < items.len() || trailing_comma { "," } else { "" };
                text.push_str(&format!("{before}{item}{after}{comma}"));
            }
            format!("{text}{last}]{comment}")
        })
}

fn written_key() -> impl Strategy<Value = &'static str> {
    select(vec![
        "Title",
        "Tags",
        "Größe",
        "a b",
        "no",
        "007",
        "x-y",
        "Last_1",
        "日本",
        "'a b'",
        "\"Title\"",
        "\"Gr\\u00f6\\u00dfe\"",
        "Tags ",
        "'x''y'",
    ])
}

fn document() -> impl Strategy<Value = String> {
    let between = select(vec!["", "", "", "# comment\n", "\n", "   # indented comment\n", "  \n"]);
    let entry = (between, written_key(), written_value())
        .prop_map(|(between, key, value)| (between, format!("{key}:{value}\n")));
    let body = select(vec!["", "body", "\n# H\n\ntext\n", "---\nnot: front matter\n---\n", "a\r\nb"]);
    let shape = (
        select(vec!["\n", "\n", "\r\n"]),
        select(vec!["", "", "\u{feff}"]),
        select(vec![0_usize, 0, 0, 2]),
        any::<bool>(),
    );
    (prop::collection::vec(entry, 0..6), body, shape, any::<bool>(), 0..20_u8).prop_map(
        |(entries, body, (newline, bom, indent, unique), close, rare)| {
            let mut seen = Vec::new();
            let mut yaml = String::new();
            for (between, entry) in &entries {
                let key = entry.split(':').next().unwrap().trim();
                if unique && seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                yaml.push_str(between);
                let pad = " ".repeat(indent);
                yaml.push_str(
                    &entry
                        .lines()
                        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{pad}{line}\n") })
                        .collect::<String>(),
                );
            }
            if rare == 0 {
                yaml.push_str("...\n");
            }
            let front = format!("---\n{yaml}---{}", if close || !body.is_empty() { "\n" } else { "" });
            format!("{bom}{}{body}", front.replace('\n', newline))
        },
    )
}

/// A second, simpler implementation of what `edit` promises.
fn model(fields: &Fields, body: &str, changes: &[Edit]) -> (Vec<(String, FieldValue)>, String) {
    let mut pairs: Vec<(String, FieldValue)> = fields.iter().map(|(k, v)| (k.to_owned(), v.clone())).collect();
    let mut body = body.to_owned();
    for change in changes {
        let mut put = |key: &str, value: FieldValue| match pairs.iter_mut().find(|(k, _)| k == key) {
            Some(pair) => pair.1 = value,
            None => pairs.push((key.to_owned(), value)),
        };
        match change {
            Edit::Set { key, value: FieldValue::Source(source) } => {
                let text = format!("---\nk: {source}\n---\n");
                put(key, parse_fully(&text).unwrap().fields.get("k").unwrap().clone());
            }
            Edit::Set { key, value } => put(key, value.clone()),
            Edit::Append { key, item } => {
                let mut items = pairs
                    .iter()
                    .find(|(k, _)| k == key)
                    .map(|(_, v)| v.items().into_iter().map(str::to_owned).collect::<Vec<_>>())
                    .unwrap_or_default();
                if !items.contains(item) {
                    items.push(item.clone());
                    match pairs.iter_mut().find(|(k, _)| k == key) {
                        Some(pair) => pair.1 = FieldValue::List(items),
                        None => pairs.push((key.clone(), FieldValue::List(items))),
                    }
                }
            }
            Edit::Remove { key, item } => {
                if let Some((_, FieldValue::List(items))) = pairs.iter_mut().find(|(k, _)| k == key) {
                    items.retain(|other| other != item);
                }
            }
            Edit::Unset { key } => pairs.retain(|(k, _)| k != key),
            Edit::Body(new) => body.clone_from(new),
        }
    }
    (pairs, body)
}

/// The front matter lines that do not belong to `key` (comments, blank lines, other keys' lines) and the body.
fn lines_of_others(text: &str, key: &str) -> Vec<String> {
    let split = split(text).unwrap();
    let Ok(entries) = super::scan::scan(text, split.yaml.clone()) else { return Vec::new() };
    let mut rest = text.to_owned();
    for entry in entries.iter().rev().filter(|entry| entry.key == key) {
        rest.replace_range(entry.lines.clone(), "");
    }
    rest.split_inclusive('\n').map(str::to_owned).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, max_shrink_iters: 20_000, ..ProptestConfig::default() })]

    #[test]
    fn flat_and_full_agree(text in document()) {
        if let (Ok(quick), full) = (parse(&text), parse_fully(&text)) {
            prop_assert_eq!(Ok(quick), full);
        }
    }

    #[test]
    fn get_put(text in document()) {
        prop_assert_eq!(edit(&text, &[]).unwrap(), text.clone());
        if let Ok(document) = parse(&text) {
            let same: Vec<_> = document.fields.iter().map(|(key, value)| Edit::Set { key: key.to_owned(), value: value.clone() }).collect();
            prop_assert_eq!(edit(&text, &same).unwrap(), text.clone());
        }
    }

    #[test]
    fn put_get(text in document(), changes in prop::collection::vec(change(), 1..4)) {
        let Ok(before) = parse(&text) else { return Ok(()) };
        match edit(&text, &changes) {
            Ok(after) => {
                let (pairs, body) = model(&before.fields, before.body(), &changes);
                let read = parse_fully(&after).unwrap();
                prop_assert_eq!(&read.fields, &Fields::new(pairs));
                prop_assert_eq!(read.body(), body);
                prop_assert_eq!(parse(&after).unwrap(), read);
            }
            Err(error) => prop_assert!(is_expected(&error, &text), "{error} in\n{text}"),
        }
    }

    #[test]
    fn other_lines_keep_their_bytes(text in document(), change in change()) {
        let Ok(after) = edit(&text, std::slice::from_ref(&change)) else { return Ok(()) };
        let Some(key) = change.key() else { return Ok(()) };
        let mut after_lines = lines_of_others(&after, key).into_iter();
        // A comment between two items may be left by itself once the second is gone, so lines can be added.
        let all_kept = lines_of_others(&text, key).iter().all(|line| after_lines.any(|other| other == *line));
        prop_assert!(all_kept, "{}", after);
    }

    #[test]
    fn untouched_items_keep_their_lines(items in prop::collection::vec(written_item(), 1..6), gone in 0..6_usize, new in item()) {
        let yaml: String = items.iter().enumerate().map(|(index, item)| format!("  - {item} # {index}\n")).collect();
        let text = format!("---\nTags: # list\n{yaml}---\n");
        let document = parse(&text).unwrap();
        let read = document.fields.items("Tags");
        let removed = read[gone % read.len()].to_owned();
        let Ok(after) = edit(&text, &[Edit::Remove { key: "Tags".into(), item: removed.clone() }, Edit::Append { key: "Tags".into(), item: new }]) else { return Ok(()) };
        for (line, item) in yaml.lines().zip(&read) {
            prop_assert!(*item == removed || after.contains(&format!("{line}\n")), "{}", after);
        }
    }

    #[test]
    fn never_panics(text in prop_oneof![any::<String>(), "---\n[-a-c:#'\"\\[\\]{},&*!|>?% \n\t\r]{0,40}\n---\n"], changes in prop::collection::vec(change(), 1..3)) {
        if let (Ok(quick), full) = (parse(&text), parse_fully(&text)) {
            prop_assert_eq!(Ok(quick), full);
        }
        let _ = edit(&text, &changes);
    }
}

/// Whether a refusal is explained by the document or the edit; any other `NotSafe` would be a bug in the rewriter.
fn is_expected(error: &EditError, text: &str) -> bool {
    match error {
        // If a key is removed below a block scalar, or below a mapping or nested list kept as its source, blank lines
        // and indented comments after the key would become part of that value.
        EditError::NotSafe { .. } => {
            let text = text.replace('\r', "");
            let has_deep_comment = text.contains("   # indented") || text.contains("    # deep");
            let has_mapping = text.contains("  a: ") || text.contains("- a: ");
            let has_deep_value = text.contains(['|', '>']) || text.contains("- - ") || has_mapping;
            text.contains("|+") || text.contains("|\n\n") || (has_deep_value && has_deep_comment)
        }
        EditError::Unreadable(_) => false,
        _ => true,
    }
}

/// A comment indented deeper than a key belongs to the value above it. Removing a key between them would extend the
/// value above, so that is refused with the position.
#[test]
fn a_comment_below_a_removed_key_joins_no_value_above() {
    for (above, is_refused) in [
        ("\n  a: 1\n  b:\n    - c", true),
        ("\n  - - x", true),
        ("\n  - a: 1\n    b: 2", true),
        ("\n  a: |\n    x", true),
        ("\n  a: 'x\n   # y'", true),
        (" x", false),
        (" [x]", false),
        ("\n- x", false),
        (" 'x'", false),
    ] {
        for newline in ["\n", "\r\n"] {
            let text = format!("---\nTags:{above}\nTitle: []\n   # indented comment\nGröße:\n- a\n---");
            let line = u32::try_from(text.lines().position(|line| line == "Title: []").unwrap() + 1).unwrap();
            let text = text.replace('\n', newline);
            let unset = [Edit::Unset { key: "Title".to_owned() }];
            let expected = if is_refused {
                Err(EditError::NotSafe { key: "Title".to_owned(), line, column: 1 })
            } else {
                Ok(text.replace(&format!("Title: []{newline}"), ""))
            };
            assert_eq!(edit(&text, &unset), expected, "{text}");
            if let Err(error) = expected {
                assert!(is_expected(&error, &text), "{text}");
            }
        }
    }
}

/// Each of these took minutes, or would with a scanner that looks ahead too often.
#[test]
fn hostile_texts_are_read_or_refused_in_linear_time() {
    let n = 200_000;
    let starts = [
        "[",
        "a: [",
        "a: [[b,",
        "{a: ",
        "- ",
        "a:\n- - ",
        "? ",
        ": \n",
        "%\n",
        "!a ",
        "a: b\n c\n\n",
        "# c\n",
        "\n",
        " #",
    ];
    let mut texts: Vec<String> =
        starts.iter().map(|start| format!("a: x\n{}", start.repeat(n / start.len()))).collect();
    texts.extend(
        ["[", "{a: ", "'b', ", "[b,", "\"", " #", ",", "b\n"]
            .map(|part| format!("a: [{}", part.repeat(n / part.len()))),
    );
    texts.push((0..n / 8).map(|index| format!("k{index}: v\n")).collect());
    texts.push(format!("a:\n{}", "- x\n".repeat(n / 4)));
    let begin = std::time::Instant::now();
    for yaml in texts {
        let append = Edit::Append { key: "a".into(), item: "new".into() };
        let _ = edit(&format!("---\n{yaml}\n---\n"), &[append]);
    }
    assert!(begin.elapsed().as_secs() < 30, "{:?}", begin.elapsed());
}
