//! What one document can cost. Each of these took minutes or all memory while the work grew with the square of the
//! input, and takes about a second now; `cargo bench -- doubling` has the figures.

use std::time::{Duration, Instant};

use crate::env::TestEnv;

/// A debug build on a busy machine needs a few seconds for the slowest of them.
const PATIENCE: Duration = Duration::from_secs(60);

const CARD: &str = "docs/business-os/cards/SHOP-ENG-0001.user.md";

/// A tree with one card of these lines of front matter and this body.
fn tree(front: &str, body: &str) -> TestEnv {
    let env = TestEnv::empty();
    let head = "Type: Card\nTitle: Large\nBusiness: SHOP\nID: SHOP-ENG-0001\nLane: Inbox\nPriority: P2\nOwner: Nora\n";
    env.write("cards/SHOP-ENG-0001.user.md", format!("---\n{head}{front}---\n{body}"));
    env
}

#[track_caller]
fn in_time<T>(work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    assert!(start.elapsed() < PATIENCE, "took {:?}", start.elapsed());
    result
}

#[test]
fn aliases_are_counted_before_they_are_expanded() {
    let long = "x".repeat(100_000);
    let bomb: String = (1..40).map(|i| format!("k{i}: &k{i} [*k{p}, *k{p}]\n", p = i - 1)).collect();
    for (front, line) in [
        (format!("a: &a {long}\nb: [{}]\n", "*a, ".repeat(10_000)), 9),
        (format!("a: &a {long}\nb:\n{}", "  - *a\n".repeat(10_000)), 9),
        (format!("a: &a {long}\n{}", (0..10_000).map(|i| format!("k{i}: *a\n")).collect::<String>()), 9),
        (format!("a: &a {{b: {long}}}\nb: [{}]\n", "{<<: *a}, ".repeat(10_000)), 9),
        (format!("k0: &k0 x\n{bomb}"), 10),
        ("a: &a [*a]\n".to_owned(), 9),
        (format!("a: {}\n", "[".repeat(200_000)), 9),
        (format!("a: {}\n", "- ".repeat(100_000)), 9),
    ] {
        let env = tree(&front, "");
        let ran = in_time(|| env.bos(&["validate", "--json"]).code(1));
        let found = &ran.json()["diagnostics"][0];
        assert!(found["code"] == "BOS014" || found["code"] == "BOS011", "{found}");
        assert!(found["line"].as_u64().unwrap() >= line && found["column"].is_u64(), "{found}");
        in_time(|| env.bos(&["import"]).code(1));
    }
}

#[test]
fn any_number_of_hits_may_stand_in_one_document() {
    let env = tree("", &"x\n".repeat(200_000));
    env.bos(&["import"]).code(0);
    for words in ["x", "\"x x\"", "x \"x x x\""] {
        let ran = in_time(|| env.bos(&["search", words, "--json"]).code(0));
        assert_eq!(ran.json()["total"], 1);
        assert!(ran.stdout.len() < 2_000, "{}", ran.stdout.len());
    }
}

#[test]
fn a_card_may_have_any_number_of_dependencies() {
    let unknown: String = (0..30_000).map(|i| format!("SHOP-ENG-{i:05}, ")).collect();
    let env = tree(&format!("Dependencies: [{unknown}]\n"), "");
    for command in [&["validate"][..], &["import"]] {
        let ran = in_time(|| env.bos(command).code(1));
        assert_eq!((ran.stdout + &ran.stderr).matches("BOS040").count(), 30_000, "{command:?}");
    }
}

#[test]
fn a_card_may_have_any_number_of_keys() {
    let keys: String = (0..20_000).map(|i| format!("Key-{i}: value\n")).collect();
    let env = tree(&keys, "");
    env.write(
        &CARD.replace("docs/business-os/", "").replace("user", "agent"),
        format!("---\n{}---\n", keys.replace("value", "other")),
    );
    in_time(|| env.bos(&["import"]).code(0));
    in_time(|| env.bos(&["card", "set", "SHOP-ENG-0001", "Priority=P1"]).code(0));
    in_time(|| env.bos(&["validate"]).code(0));
}

#[test]
fn a_chain_of_any_length_may_be_shown() {
    let env = TestEnv::empty();
    let count = 1_500;
    for i in 0..count {
        let text = format!("---\nType: Card\nTitle: T\nDependencies: [SHOP-ENG-{:04}]\n---\n", (i + 1).min(count - 1));
        env.write(&format!("cards/SHOP-ENG-{i:04}.user.md"), text);
    }
    let shown = env.bos(&["card", "deps", "SHOP-ENG-0000"]).ok();
    let longest = shown.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(shown.lines().count() > count && longest < 200, "{longest}");
}

#[test]
fn texts_that_differ_everywhere_are_merged_and_compared() {
    let body = |word: &str, every: usize| -> String {
        (0..40_000).map(|i| format!("{}\n", if i % 3 == every { word } else { "x" })).collect()
    };
    let keys = |word: &str| (0..5_000).map(|i| format!("Key-{word}-{i}: {word}\n")).collect::<String>();
    let in_front = |word: &str, _: usize| format!("---\n{}---\n", keys(word));
    let env = TestEnv::empty();
    for text in [&body as &dyn Fn(&str, usize) -> String, &in_front] {
        for (name, text) in [("base", text("a", 2)), ("ours", text("b", 0)), ("theirs", text("c", 1))] {
            std::fs::write(env.root.join(name), text).unwrap();
        }
        in_time(|| env.bos(&["merge-driver", "run", "base", "ours", "theirs"]).code(1));
    }
    let env = tree("", &body("b", 0));
    env.bos(&["import"]).code(0);
    env.edit("cards/SHOP-ENG-0001.user.md", &body("b", 0), &body("c", 1));
    env.bos(&["import"]).code(0);
    in_time(|| env.bos(&["card", "history", "SHOP-ENG-0001"]).code(0));
}
