//! A file that is absent is not deleted: it may be on another branch, or left out of a sparse checkout.

use std::fs;

use crate::env::TestEnv;

const CARD: &str = "cards/BAKE-ENG-0099.user.md";
const TEXT: &str = "---\nType: Card\nLane: Inbox\nPriority: P2\nID: BAKE-ENG-0099\nTitle: Zebra\nBusiness: BAKE\n---\n";

/// What it is called, and how it is done.
type Way = (&'static str, fn(&TestEnv));

/// Ways in which the card's file goes without anybody removing it.
const WAYS: [Way; 3] = [
    ("a branch that never had it", |env| {
        env.git(&["switch", "-q", "main"]);
    }),
    ("a remote branch alone has it", |env| {
        env.git(&["clone", "-q", ".", "../other"]);
        env.git(&["remote", "add", "origin", "../other"]);
        env.git(&["fetch", "-q", "origin"]);
        env.git(&["switch", "-q", "main"]);
        env.git(&["branch", "-qD", "topic"]);
    }),
    ("a sparse checkout", |env| {
        env.git(&["update-index", "--skip-worktree", &format!("docs/business-os/{CARD}")]);
        fs::remove_file(env.path(CARD)).unwrap();
    }),
];

/// A card on the branch topic, imported there.
fn on_topic() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.git(&["switch", "-qc", "topic"]);
    env.write(CARD, TEXT);
    env.commit_all("a card");
    assert!(env.bos(&["board", "BAKE"]).ok().contains("Zebra"));
    env
}

#[test]
fn what_is_not_here_needs_nothing() {
    for changes in [false, true] {
        for (way, go) in WAYS {
            let env = on_topic();
            go(&env);
            if changes {
                // Twice: after the first, the database is ahead of a file that is not here.
                env.bos(&["card", "set", "BAKE-ENG-0099", "Priority=P1"]).code(0);
                env.bos(&["card", "set", "BAKE-ENG-0099", "Priority=P0"]).code(0);
            }
            let length = env.log_length();
            assert!(env.bos(&["board", "BAKE"]).ok().contains("Zebra"), "{way}");
            assert_eq!(env.state(CARD), "in sync", "{way}");
            let report = env.bos(&["import", "--prune", "--json"]).code(0).json();
            assert_eq!((&report["removed"], &report["missing"]), (&0.into(), &0.into()), "{way}: {report}");
            env.bos(&["export"]).code(0);
            env.bos(&["conflicts", "list"]).code(0);
            assert_eq!(env.log_length(), length, "{way}");
            env.verify();
        }
    }
}

#[test]
fn what_was_removed_is_missing() {
    let ways: [Way; 3] = [
        ("by hand", |env| fs::remove_file(env.path(CARD)).unwrap()),
        ("by a commit", |env| {
            env.git(&["rm", "-q", &format!("docs/business-os/{CARD}")]);
            env.git(&["commit", "-qm", "remove"]);
        }),
        ("before any commit", |env| {
            env.git(&["reset", "-q", "--soft", "main"]);
            env.git(&["switch", "-q", "main"]);
            env.git(&["branch", "-qD", "topic"]);
            env.git(&["rm", "-qf", &format!("docs/business-os/{CARD}")]);
        }),
    ];
    for (way, remove) in ways {
        let env = on_topic();
        remove(&env);
        assert_eq!(env.state(CARD), "missing", "{way}");
        let text = env.bos(&["import", "--prune"]).ok();
        assert!(
            text.contains(&format!("Removed 1 whose files are gone:\n  docs/business-os/{CARD}\n")),
            "{way}: {text}"
        );
        let seq = env.log_length().to_string();
        // An undo of it works like any other.
        env.bos(&["undo", &seq]).code(0);
        assert!(env.bos(&["board", "BAKE"]).ok().contains("Zebra"), "{way}");
        assert_eq!(env.state(CARD), "ahead", "{way}");
        env.bos(&["export"]).code(0);
        assert_eq!(env.read(CARD), TEXT, "{way}");
        env.verify();
    }
}

#[test]
fn most_of_a_tree_is_pruned_only_by_somebody_who_says_so() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let length = env.log_length();
    fs::remove_dir_all(env.path("cards")).unwrap();
    fs::create_dir(env.path("cards")).unwrap();
    let ran = env.bos(&["import", "--prune"]).code(4);
    assert!(ran.stderr.contains("more than half, so none was removed"), "{}", ran.stderr);
    assert_eq!(env.log_length(), length);
    let text = env.bos(&["import", "--prune", "--yes"]).ok();
    assert!(text.contains("  docs/business-os/cards/BAKE-ENG-0006.user.md\n"), "{text}");
    env.verify();
}

#[test]
fn what_is_pruned_is_named_in_json_too() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    fs::remove_file(env.path("ideas/inbox/BIKE-OPP-0001.user.md")).unwrap();
    let idea = serde_json::json!(["docs/business-os/ideas/inbox/BIKE-OPP-0001.user.md"]);
    for more in [&["--dry-run"][..], &[]] {
        let report = env.bos(&[&["import", "--prune", "--json"], more].concat()).json();
        assert_eq!((&report["pruned"], &report["removed"]), (&idea, &1.into()), "{more:?}");
    }
    assert_eq!(env.bos(&["import", "--prune", "--json"]).code(0).json()["pruned"], serde_json::json!([]));
}

#[test]
fn a_branch_without_most_of_a_tree_prunes_it_only_for_somebody_who_says_so() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.git(&["switch", "-qc", "topic"]);
    env.git(&["rm", "-rq", "docs/business-os/cards"]);
    env.git(&["commit", "-qm", "away with them"]);
    env.git(&["switch", "-q", "main"]);
    let length = env.log_length();
    for more in [&[][..], &["--dry-run"]] {
        let ran = env.bos(&[&["import", "--from", "topic", "--prune"], more].concat()).code(4);
        assert!(ran.stderr.contains("more than half, so none was removed"), "{}", ran.stderr);
    }
    assert_eq!(env.log_length(), length);
    let report = env.bos(&["import", "--from", "topic", "--json"]).code(0).json();
    assert_eq!((&report["removed"], &report["pruned"]), (&0.into(), &serde_json::json!([])), "{report}");
    let report = env.bos(&["import", "--from", "topic", "--prune", "--yes", "--json"]).code(0).json();
    assert_eq!(report["removed"], report["pruned"].as_array().unwrap().len(), "{report}");
    assert!(report["removed"].as_u64().unwrap() > 15, "{report}");
    let text = env.bos(&["undo", &env.log_length().to_string()]).code(0);
    assert!(env.bos(&["card", "show", "BAKE-ENG-0006"]).code(0).stdout.contains("Paper bags"), "{text:?}");
    env.verify();
}
