//! Examples of what an edit does to a document.

use super::{Edit, EditError, edit, parse};
use crate::domain::value::FieldValue;

const CARD: &str = "\
---
# The card
ID: BRIK-ENG-0001   # never changes
Title: 'Refresh the menu'
Lane: Planned
Due: 2026-02-01
Blocked: false
Tags:
  - menu # printed
  # two more
  - \"food\"
Dependencies: [BRIK-ENG-0002, BRIK-ENG-0003]

Notes: |  # free text
  First.

  Second.
---

# Refresh the menu
---
";

fn set(key: &str, value: &str) -> Edit {
    Edit::Set { key: key.into(), value: FieldValue::Str(value.into()) }
}

fn set_list(key: &str, items: &[&str]) -> Edit {
    Edit::Set { key: key.into(), value: FieldValue::List(items.iter().map(|item| (*item).to_owned()).collect()) }
}

fn append(key: &str, item: &str) -> Edit {
    Edit::Append { key: key.into(), item: item.into() }
}

fn remove(key: &str, item: &str) -> Edit {
    Edit::Remove { key: key.into(), item: item.into() }
}

fn unset(key: &str) -> Edit {
    Edit::Unset { key: key.into() }
}

/// The lines that an edit removed (`-`) and added (`+`).
fn diff(text: &str, edits: &[Edit]) -> String {
    let after = edit(text, edits).unwrap();
    let (mut old, mut new): (Vec<_>, Vec<_>) =
        (text.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    while old.first().is_some_and(|line| new.first() == Some(line)) {
        old.remove(0);
        new.remove(0);
    }
    while old.last().is_some_and(|line| new.last() == Some(line)) {
        old.pop();
        new.pop();
    }
    let marked = |mark: &'static str, lines: Vec<&str>| {
        lines.into_iter().map(move |line| format!("{mark}{line}")).collect::<String>()
    };
    marked("-", old) + &marked("+", new)
}

fn refusal(yaml: &str, change: Edit) -> String {
    edit(&format!("---\n{yaml}---\n"), &[change]).unwrap_err().to_string()
}

#[test]
fn a_scalar_keeps_its_quotes_and_its_comment() {
    insta::assert_snapshot!(diff(CARD, &[set("Title", "Pete's menu")]), @r#"
    -Title: 'Refresh the menu'
    +Title: 'Pete''s menu'
    "#);
    insta::assert_snapshot!(diff(CARD, &[set("ID", "BRIK-ENG-0009")]), @r#"
    -ID: BRIK-ENG-0001   # never changes
    +ID: BRIK-ENG-0009   # never changes
    "#);
    insta::assert_snapshot!(diff(CARD, &[set("Lane", "no")]), @r#"
    -Lane: Planned
    +Lane: 'no'
    "#);
    insta::assert_snapshot!(diff(CARD, &[set("Due", "2026-03-01")]), @r#"
    -Due: 2026-02-01
    +Due: 2026-03-01
    "#);
    insta::assert_snapshot!(diff(CARD, &[Edit::Set { key: "Blocked".into(), value: FieldValue::Bool(true) }]), @r#"
    -Blocked: false
    +Blocked: true
    "#);
}

#[test]
fn a_source_that_reads_back_as_the_present_value_changes_nothing() {
    let text = "---\nDue: '2026-02-01'\n---\n";
    let same = Edit::Set { key: "Due".into(), value: FieldValue::Source("2026-02-01".into()) };
    assert_eq!(edit(text, &[same]).unwrap(), text);
}

#[test]
fn a_block_scalar_keeps_its_style_header_comment_and_indent() {
    insta::assert_snapshot!(diff(CARD, &[set("Notes", "Third.\n\nFourth.\n")]), @r#"
    -  First.
    -
    -  Second.
    +  Third.
    +
    +  Fourth.
    "#);
    insta::assert_snapshot!(diff(CARD, &[set("Notes", " leading space")]), @r#"
    -Notes: |  # free text
    -  First.
    -
    -  Second.
    +Notes: ' leading space'  # free text
    "#);
}

#[test]
fn a_list_changes_item_by_item() {
    insta::assert_snapshot!(diff(CARD, &[append("Tags", "spring")]), @"+  - spring");
    insta::assert_snapshot!(diff(CARD, &[remove("Tags", "menu")]), @"-  - menu # printed");
    insta::assert_snapshot!(diff(CARD, &[set_list("Tags", &["new", "food"])]), @r#"
    -  - menu # printed
    +  - new
    "#);
    insta::assert_snapshot!(diff(CARD, &[set_list("Tags", &[])]), @r#"
    -Tags:
    -  - menu # printed
    -  # two more
    -  - "food"
    +Tags: []
    "#);
    insta::assert_snapshot!(diff("---\nTags: [\"a\", \"b\"]\n---\n", &[append("Tags", "c")]), @r#"
    -Tags: ["a", "b"]
    +Tags: ["a", "b", "c"]
    "#);
    insta::assert_snapshot!(diff(CARD, &[append("Dependencies", "a, b")]), @r#"
    -Dependencies: [BRIK-ENG-0002, BRIK-ENG-0003]
    +Dependencies: [BRIK-ENG-0002, BRIK-ENG-0003, 'a, b']
    "#);
    insta::assert_snapshot!(diff(CARD, &[remove("Dependencies", "BRIK-ENG-0002")]), @r#"
    -Dependencies: [BRIK-ENG-0002, BRIK-ENG-0003]
    +Dependencies: [BRIK-ENG-0003]
    "#);
}

#[test]
fn a_flow_list_over_several_lines_keeps_its_lines() {
    let text = "---\nTags: [\n  a, # first\n  b  # second\n]\n---\n";
    insta::assert_snapshot!(diff(text, &[append("Tags", "c")]), @r#"
    -  b  # second
    +  b,  # second
    +  c
    "#);
    insta::assert_snapshot!(diff(text, &[remove("Tags", "a")]), @"-  a, # first");
    insta::assert_snapshot!(diff(text, &[remove("Tags", "b")]), @"-  b  # second");
}

#[test]
fn a_new_key_follows_the_last_one() {
    insta::assert_snapshot!(diff(CARD, &[set("Owner", "Pete"), append("Labels", "x")]), @r#"
    +Owner: Pete
    +Labels:
    +  - x
    "#);
    insta::assert_snapshot!(diff("---\n# empty\n---\n", &[Edit::Set { key: "Due".into(), value: FieldValue::Source("2026-01-01".into()) }]), @"+Due: 2026-01-01");
    insta::assert_snapshot!(diff("---\nA: 1\n\n# about the end\n---\n", &[set("B", "x")]), @"+B: x");
}

#[test]
fn a_removed_key_takes_only_its_own_lines() {
    insta::assert_snapshot!(diff(CARD, &[unset("Tags")]), @r#"
    -Tags:
    -  - menu # printed
    -  # two more
    -  - "food"
    "#);
    insta::assert_snapshot!(diff(CARD, &[unset("Notes")]), @r#"
    -Notes: |  # free text
    -  First.
    -
    -  Second.
    "#);
}

#[test]
fn scalars_become_lists_and_lists_scalars() {
    let text = "---\nA: x # about x\nB:\n  - y\n---\n";
    insta::assert_snapshot!(diff(text, &[set_list("A", &["p", "q"])]), @r#"
    -A: x # about x
    +A: # about x
    +  - p
    +  - q
    "#);
    insta::assert_snapshot!(diff(text, &[set("B", "z")]), @r#"
    -B:
    -  - y
    +B: z
    "#);
}

#[test]
fn a_text_without_front_matter_gets_one() {
    assert_eq!(edit("\u{feff}body\r\n", &[set("A", "x")]).unwrap(), "\u{feff}---\r\nA: x\r\n---\r\nbody\r\n");
    assert_eq!(edit("", &[set("A", "x")]).unwrap(), "---\nA: x\n---\n");
    assert_eq!(edit("body", &[unset("A"), remove("B", "x")]).unwrap(), "body");
}

#[test]
fn a_body_is_replaced_alone() {
    assert_eq!(edit("---\nA: x\n---", &[Edit::Body("new".into())]).unwrap(), "---\nA: x\n---\nnew");
    assert_eq!(edit("old", &[Edit::Body("---\nA: x\n---\n".into())]), Err(EditError::UnsafeBody));
}

#[test]
fn what_is_not_safe_is_refused_with_its_place() {
    insta::assert_snapshot!(refusal("A: 1\nA: 2\n", set("B", "x")), @"the key `A` occurs on line 2 and again on line 3, column 1; keep one of the two");
    insta::assert_snapshot!(refusal("A: &x 1\nB: *x\n", set("A", "x")), @"the value of `A` has an anchor (line 2, column 4); change it by hand, with whatever refers to it");
    insta::assert_snapshot!(refusal("A: &x 1\nB: *x\n", set("B", "x")), @"the value of `B` is an alias (line 3, column 4); write the value out by hand first");
    insta::assert_snapshot!(refusal("A: !t 1\n", set("A", "x")), @"the value of `A` has a tag (line 2, column 4); change it by hand");
    insta::assert_snapshot!(refusal("{A: 1}\n", set("A", "x")), @"the front matter (line 2, column 1) is not a block mapping; write one `Key: value` on each line");
    insta::assert_snapshot!(refusal("- A\n", set("A", "x")), @"the front matter (line 2, column 1) is not a block mapping; write one `Key: value` on each line");
    insta::assert_snapshot!(refusal("? A\n: 1\n", set("A", "x")), @"the front matter holds a key that is not written as `Key: value` (line 2, column 1), which cannot be edited safely; change the file by hand");
    insta::assert_snapshot!(refusal("A: x\n", append("A", "y")), @"the value of `A` (line 2, column 4) is not a list of plain items; make it a list first");
    insta::assert_snapshot!(refusal("A: [\n", append("A", "y")), @"the document cannot be read (line 3, column 1): not valid YAML: did not find expected node content; quote values that hold `: `, ` #`, or begin with a special character");
    insta::assert_snapshot!(refusal("A: x\n", Edit::Set { key: "A".into(), value: FieldValue::Source("x # y".into()) }), @"`x # y` cannot be written as the value of `A`; give one complete YAML value on one line, without a comment");
}

#[test]
fn values_are_read_as_yaml_1_2_core() {
    let yaml = "a: no\nb: 007\nc: 1.10\nd: 2026-01-01\ne: 82%\nf: ~\ng: True\nh: [5, ~, x, 'y']\ni:\n  k: 1 # c\n  l: [2]\nj: \"\\u00e9\"\nk: {a: 1} # c\nl: !!str 5\nm: [[1], 2]\n1: one\n";
    let text = format!("---\n{yaml}---\n");
    let document = parse(&text).unwrap();
    let values: Vec<_> =
        document.fields.iter().map(|(key, value)| format!("{:?} {key}: {value:?}", document.line_of(key))).collect();
    insta::assert_snapshot!(values.join("\n"), @r#"
    Some(2) a: Str("no")
    Some(3) b: Source("007")
    Some(4) c: Source("1.10")
    Some(5) d: Str("2026-01-01")
    Some(6) e: Str("82%")
    Some(7) f: Source("~")
    Some(8) g: Bool(true)
    Some(9) h: List(["5", "~", "x", "y"])
    Some(10) i: Source("k: 1 # c\n  l: [2]")
    Some(13) j: Str("é")
    Some(14) k: Source("{a: 1}")
    Some(15) l: Str("5")
    Some(16) m: Source("[[1], 2]")
    Some(17) 1: Str("one")
    "#);
}

#[test]
fn problems_name_their_place() {
    let problem = |yaml: &str| {
        let problem = parse(&format!("---\n{yaml}---\n")).unwrap_err();
        format!("{} {:?}:{:?} {}", problem.code.as_str(), problem.line, problem.column, problem.message)
    };
    insta::assert_snapshot!(problem("a: 1\nb: [\n"), @"BOS011 Some(4):Some(1) not valid YAML: did not find expected node content");
    insta::assert_snapshot!(problem("a: 1\n# c\nb: c: d\n"), @"BOS011 Some(4):Some(5) not valid YAML: mapping values are not allowed in this context");
    insta::assert_snapshot!(problem("a: 1\nb: 2\n\"a\": 3\n"), @"BOS012 Some(4):Some(1) the key `a` occurs twice, on line 2 and on line 4");
    insta::assert_snapshot!(problem("# c\njust text\n"), @"BOS013 Some(3):Some(1) the front matter is not a mapping of keys to values");
    insta::assert_snapshot!(problem("a: *none\n"), @"BOS011 Some(2):Some(4) not valid YAML: unknown anchor");
    insta::assert_snapshot!(problem(&format!("a: {}x{}\n", "[".repeat(65), "]".repeat(65))), @"BOS014 Some(2):Some(67) the front matter nests deeper than 64 levels, aliases expanded");
    insta::assert_snapshot!(problem(&format!("a: {}\n", "[".repeat(100_000))), @"BOS014 Some(2):Some(1346) the front matter is too large for the brackets that it holds");
    let bomb: String = (1..30).map(|i| format!("k{i}: &k{i} [*k{p}, *k{p}]\n", p = i - 1)).collect();
    insta::assert_snapshot!(problem(&format!("k0: &k0 x\n{bomb}")), @"BOS014 Some(3):Some(5) the front matter holds more than 100000 values, or aliases that expand too far");
    insta::assert_snapshot!(problem(&format!("a: [{}]\n", "x, ".repeat(100_001))), @"BOS014 Some(2):Some(4) the front matter holds more than 100000 values, or aliases that expand too far");
    let long = "x".repeat(100_000);
    for (first, repeated) in [("k: &a", "*a"), ("k: &a", "{*a : 1}"), ("k: {b: &a", "[*a]")] {
        let close = if first.contains('{') { "}" } else { "" };
        let wide = format!("{first} {long}{close}\nl: [{}]\n", format!("{repeated}, ").repeat(100));
        let told = problem(&wide);
        assert!(told.starts_with("BOS014 Some(2):Some("), "{told}");
        assert!(told.ends_with("the aliases of the front matter expand to more than 1024 KiB"), "{told}");
        parse(&format!("---\n{}---\n", wide.replace(&format!("{repeated}, ").repeat(95), ""))).unwrap();
    }
    insta::assert_snapshot!(problem("a: &a [*a]\n"), @"BOS014 Some(2):Some(4) the front matter nests deeper than 64 levels, aliases expanded");
    insta::assert_snapshot!(problem("a: &a {<<: *a}\n"), @"BOS014 Some(2):Some(4) the front matter nests deeper than 64 levels, aliases expanded");
}
