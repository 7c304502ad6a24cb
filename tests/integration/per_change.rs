//! `bos export --commit --per-change`: git's history reads like the log, and ends where one commit for all would.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{
    env::TestEnv,
    publish::{BRANCH, CARD, assert_sound, changed, export, moved, rev},
    publish_merges::edit_on_branch,
};

/// Exports each change as a commit; the report.
#[track_caller]
fn per_change(env: &TestEnv) -> Value {
    env.bos(&["export", "--commit", "--per-change", "--json"]).code(0).json()["commit"].clone()
}

/// The subjects of the branch's own commits, the oldest first.
#[track_caller]
fn subjects(env: &TestEnv) -> Vec<String> {
    let log = env.git(&["log", "--reverse", "--topo-order", "--format=%s", &format!("main..{BRANCH}")]);
    log.lines().map(str::to_owned).collect()
}

#[test]
fn history_reads_like_the_log() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let later = |now, arguments: &[&str]| env.bos_with(&[("BOS_NOW", now)], arguments).code(0);
    later("2026-11-20T11:00:00Z", &["card", "move", "BAKE-ENG-0006", "planned", "--reason", "the printer has a date"]);
    later(
        "2026-11-20T12:00:00Z",
        &[
            "--actor",
            "agent-7",
            "--initiator",
            "Pete",
            "card",
            "set",
            "BAKE-ENG-0005",
            "Priority=P0",
            "--add",
            "Tags=x",
        ],
    );
    later("2026-11-20T13:00:00Z", &["card", "new", "BAKE", "--title", "Count the trays"]);
    later("2026-11-20T14:00:00Z", &["card", "comment", "BAKE-ENG-0006", "-m", "Blue, please."]);
    let commit = per_change(&env);
    assert_eq!(
        (commit["commits"].clone(), commit["documents"].clone(), commit["range"].clone()),
        (json!(4), json!(5), json!([1, 29]))
    );
    assert_eq!(commit["oid"], rev(&env, BRANCH));
    let log = env.git(&["log", "--reverse", "--format=%an <%ae> %aI%n%B", &format!("main..{BRANCH}")]);
    let log_id = env.bos(&["status", "--json"]).json()["log_id"].as_str().unwrap().to_owned();
    let entries = env.bos(&["log", "--json"]).json()["entries"].clone();
    let mut log = log.replace(&log_id, "<log>");
    for entry in entries.as_array().unwrap() {
        log = log.replace(entry["hash"].as_str().unwrap(), &format!("<hash of {}>", entry["seq"]));
    }
    assert_snapshot!(log, @"
    Nora <nora@bos.invalid> 2026-11-20T11:00:00Z
    move BAKE-ENG-0006 Inbox -> Planned

      the printer has a date

    Audit: Actor=Nora, Initiator=Nora, Entity=BAKE-ENG-0006
    Bos-Audit-Log: <log>
    Bos-Audit-Range: 1..26
    Bos-Audit-Head: <hash of 26>

    agent-7 <agent-7@bos.invalid> 2026-11-20T12:00:00Z
    set BAKE-ENG-0005 Priority, Tags

    Audit: Actor=agent-7, Initiator=Pete, Entity=BAKE-ENG-0005
    Bos-Audit-Log: <log>
    Bos-Audit-Range: 27..27
    Bos-Audit-Head: <hash of 27>

    Nora <nora@bos.invalid> 2026-11-20T13:00:00Z
    create BAKE-ENG-0009

    Audit: Actor=Nora, Initiator=Nora, Entity=BAKE-ENG-0009
    Bos-Audit-Log: <log>
    Bos-Audit-Range: 28..28
    Bos-Audit-Head: <hash of 28>

    Nora <nora@bos.invalid> 2026-11-20T14:00:00Z
    create BAKE-ENG-0006/comments/2026-11-20T14-00-00Z-nora.md

    Audit: Actor=Nora, Initiator=Nora, Entity=BAKE-ENG-0006/comments/2026-11-20T14-00-00Z-nora.md
    Bos-Audit-Log: <log>
    Bos-Audit-Range: 29..29
    Bos-Audit-Head: <hash of 29>
    ");
    assert_eq!(changed(&env, &format!("{BRANCH}~2")), ["M docs/business-os/cards/BAKE-ENG-0005.user.md"]);
    assert_eq!(env.bos(&["status", "--json"]).json()["git"]["ahead"], 0);
    assert_eq!(per_change(&env), Value::Null);
    assert_sound(&env);
}

#[test]
fn it_is_told_how_many() {
    let env = moved();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let told = env.bos(&["export", "--commit", "--per-change"]).ok();
    let told = told.replace(&rev(&env, BRANCH)[..12], "<commit>");
    assert_snapshot!(told, @"Committed 3 documents to work/business-os-export in 2 commits up to <commit> (log entries 1 to 27).");
    env.bos(&["export", "--per-change"]).code(2);
}

#[test]
fn an_import_is_one_commit() {
    let env = TestEnv::fixture("bakery");
    env.git(&["init", "-q", "-b", "main"]);
    env.git(&["commit", "-q", "--allow-empty", "-m", "empty"]);
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0005.user.md", "Owner: ", "Owner:  ");
    env.edit("cards/BAKE-ENG-0006.user.md", "About 2,000", "About 1,500");
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0006.user.md", "About 1,500", "About 1,800");
    env.bos(&["import"]).code(0);
    per_change(&env);
    assert_snapshot!(subjects(&env).join("\n"), @"
    import 26 documents
    import 2 documents
    import BAKE-ENG-0006 text
    ");
    assert_eq!(changed(&env, &format!("{BRANCH}~2")).len(), 26);
    assert_eq!(changed(&env, &format!("{BRANCH}~1")).len(), 2);
    assert_sound(&env);
}

#[test]
fn what_comes_to_nothing_is_no_commit_but_is_witnessed() {
    let env = moved();
    per_change(&env);
    let before = env.log_length();
    env.bos(&["card", "set", "BAKE-ENG-0005", "--add", "Tags=x"]).code(0);
    env.bos(&["undo"]).code(0);
    assert_eq!(per_change(&env), Value::Null);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let commit = per_change(&env);
    assert_eq!((commit["commits"].clone(), commit["range"].clone()), (json!(1), json!([before + 1, before + 3])));
    assert_sound(&env);
}

/// What the log had before it merged an edit lacks it. Were that written over the edit, each commit of its own would seem
/// to take it back, and whoever picks only the first would.
#[test]
fn no_commit_takes_back_an_edit_that_was_merged() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
    env.edit("cards/BAKE-ENG-0006.user.md", "Title:", "Own: theirs\nTitle:");
    env.commit_all("an edit");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    per_change(&env);
    assert_snapshot!(subjects(&env).join("\n"), @"
    merge BAKE-ENG-0006 Own
    set BAKE-ENG-0006 Priority
    ");
    let commits = env.git(&["rev-list", &format!("main..{BRANCH}")]);
    for commit in commits.lines() {
        assert!(env.git(&["show", &format!("{commit}:{CARD}")]).contains("Own: theirs"));
    }
    assert_sound(&env);
}

#[test]
fn what_had_to_be_left_out_follows_later() {
    let env = moved();
    per_change(&env);
    edit_on_branch(&env, "About 2,000", "About 1,500");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export", "--commit", "--per-change"]).code(5);
    let tip = rev(&env, BRANCH);
    env.bos(&["export", "--commit", "--per-change", "--partial"]).code(5);
    assert_eq!(env.git(&["log", "--format=%s", &format!("{tip}..{BRANCH}")]), "set BAKE-ENG-0005 Priority\n");
    // The person's words are safe, however often that is done.
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P1"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.bos(&["export", "--commit", "--partial"]).code(5);
    assert!(env.git(&["show", &format!("{BRANCH}:{CARD}")]).contains("About 1,500"));
    env.git(&["merge", "-q", "--no-edit", BRANCH]);
    env.bos(&["import"]).code(0);
    per_change(&env);
    let text = env.git(&["show", &format!("{BRANCH}:{CARD}")]);
    assert!(text.contains("About 1,500") && text.contains("Priority: P1"), "{text}");
    assert_eq!(per_change(&env), Value::Null);
    assert_sound(&env);
}

#[test]
fn the_base_is_merged_first() {
    let env = moved();
    per_change(&env);
    std::fs::write(env.root.join("README.md"), "other work\n").unwrap();
    env.commit_all("other work");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    per_change(&env);
    assert_snapshot!(subjects(&env).join("\n"), @"
    move BAKE-ENG-0006 Inbox -> In progress
    bos: merge the base of the branch
    set BAKE-ENG-0005 Priority
    set BAKE-ENG-0006 Priority
    ");
    assert_eq!(env.git(&["show", &format!("{BRANCH}:README.md")]), "other work\n");
    let merge = rev(&env, &format!("{BRANCH}~2"));
    assert_eq!(env.git(&["diff", "--name-only", &format!("{merge}^1"), &merge]), "README.md\n");
    assert_eq!(changed(&env, BRANCH), [format!("M {CARD}")]);
    assert_sound(&env);
}

#[test]
fn a_merge_drops_nothing_that_others_put_on_the_branch() {
    let env = moved();
    export(&env).unwrap();
    edit_on_branch(&env, "About 2,000", "About 1,500");
    let new = "docs/business-os/cards/BAKE-ENG-0099.user.md";
    let review = env.home().join("more");
    env.git(&["worktree", "add", "-q", review.to_str().unwrap(), BRANCH]);
    std::fs::write(review.join(new), "---\nType: Card\nID: BAKE-ENG-0099\nTitle: New there\n---\n").unwrap();
    env.git_in(&review, &["add", "-A"]);
    env.git_in(&review, &["commit", "-q", "-m", "a card of another clone"]);
    env.git(&["worktree", "remove", "--force", review.to_str().unwrap()]);
    for (round, arguments) in [&["--partial"][..], &["--partial", "--per-change"]].into_iter().enumerate() {
        std::fs::write(env.root.join("README.md"), format!("other work {round}\n")).unwrap();
        env.git(&["add", "README.md"]);
        env.git(&["commit", "-q", "-m", "other work"]);
        env.bos(&["card", "set", "BAKE-ENG-0005", &format!("Priority=P{round}")]).code(0);
        let ran = env.bos(&[&["export", "--commit"], arguments].concat());
        assert!(matches!(ran.code, 0 | 5), "{}", ran.stderr);
        assert!(env.git(&["show", &format!("{BRANCH}:{CARD}")]).contains("About 1,500"));
        assert!(env.git(&["show", &format!("{BRANCH}:{new}")]).contains("New there"));
        assert!(env.git(&["show", &format!("{BRANCH}:README.md")]).contains(&round.to_string()));
    }
}

#[test]
fn a_crash_before_the_database_knew_doubles_nothing() {
    let env = moved();
    per_change(&env);
    env.bos(&["card", "move", "BAKE-ENG-0006", "BAKE-ENG-0005", "planned"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    let before = env.copy_database("before.db");
    per_change(&env);
    let made = subjects(&env);
    env.restore_database(&before);
    assert_eq!(per_change(&env), Value::Null);
    assert_eq!(env.bos(&["status", "--json"]).json()["git"]["ahead"], 0);
    assert_eq!(subjects(&env), made);

    // The same, and work went on before the next export.
    env.restore_database(&before);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    per_change(&env);
    let now = subjects(&env);
    assert_eq!(now[..made.len()], made);
    assert_eq!(now[made.len()..], ["move BAKE-ENG-0006 Planned -> Done"]);
    assert_sound(&env);
}

/// Any history, exported in steps of any size, ends in the tree that one commit for all has, and leaves no gap.
#[test]
fn the_last_tree_is_that_of_one_commit_for_all() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let ids = ["BAKE-ENG-0004", "BAKE-ENG-0005", "BAKE-ENG-0006", "HOME-ENG-0001"];
    let lanes = ["planned", "done", "inbox", "in-progress"];
    for step in 0..40 {
        let id = ids[next(4) as usize];
        match next(8) {
            0 | 1 => drop(env.bos(&["card", "move", id, lanes[next(4) as usize]])),
            2 => drop(env.bos(&["card", "set", id, &format!("Priority=P{}", next(3))])),
            3 => drop(env.bos(&["card", "comment", id, "-m", &format!("word {step}")])),
            4 => drop(env.bos(&["undo"])),
            5 => drop(env.bos(&["card", "archive", id])),
            6 => drop(env.bos(&["card", "unarchive", id])),
            _ => drop(per_change(&env)),
        }
    }
    per_change(&env);
    env.bos(&["export", "--commit", "--branch", "at-once"]).code(0);
    assert_eq!(env.git(&["diff", "--stat", "at-once", BRANCH]), "");
    let ranges = env.git(&[
        "log",
        "--reverse",
        "--format=%(trailers:key=Bos-Audit-Range,valueonly,separator=)",
        &format!("main..{BRANCH}"),
    ]);
    let mut end = 0;
    for range in ranges.lines() {
        let (first, last) = range.split_once("..").unwrap();
        assert_eq!(first.parse::<u64>().unwrap(), end + 1, "{ranges}");
        end = last.parse().unwrap();
    }
    assert!(ranges.lines().count() > 5, "{ranges}");
    assert_sound(&env);
}
