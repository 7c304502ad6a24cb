//! Two clones that gave out one ID and exported it: git stops at a file that both made, and one command settles it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::Duration,
};

use crate::{clones::clones, env::TestEnv};

const CARD: &str = "docs/business-os/cards/BAKE-ENG-0009.user.md";
const OWN: &str = "docs/business-os/cards/BAKE-ENG-0010.user.md";

fn commit(env: &TestEnv, folder: &Path, message: &str) {
    env.bos_in(folder, &["export"]).code(0);
    env.git_in(folder, &["add", "-A"]);
    env.git_in(folder, &["commit", "-q", "-m", message]);
}

fn git(env: &TestEnv, folder: &Path, arguments: &[&str]) -> bool {
    let folder = folder.to_str().unwrap();
    env.try_git(&[&["-C", folder, "-c", "core.editor=true"], arguments].concat()).code == 0
}

/// Both clones made BAKE-ENG-0009; the second one's is waited for, commented on, and was changed in a second commit.
fn two_cards() -> (TestEnv, PathBuf, PathBuf) {
    let (env, a, b) = clones();
    env.bos_in(&a, &["card", "new", "BAKE", "--title", "Of the first", "--lane", "planned"]).code(0);
    commit(&env, &a, "the first was faster");
    env.git_in(&a, &["push", "-q", "origin", "HEAD"]);
    env.bos_in(&b, &["card", "new", "BAKE", "--title", "Of the second", "--lane", "planned"]).code(0);
    env.bos_in(&b, &["card", "comment", "BAKE-ENG-0009", "-m", "About BAKE-ENG-0009."]).code(0);
    env.bos_in(&b, &["card", "set", "BAKE-ENG-0006", "--add", "Dependencies=BAKE-ENG-0009"]).code(0);
    commit(&env, &b, "of the second");
    env.bos_in(&b, &["card", "set", "BAKE-ENG-0009", "Priority=P0"]).code(0);
    commit(&env, &b, "and changed");
    (env, a, b)
}

/// How git brings both together, and how it goes on.
const WAYS: [(&[&str], &[&str]); 2] = [
    (&["pull", "-q", "--no-rebase", "--no-edit"], &["commit", "-q", "--no-edit"]),
    (&["pull", "-q", "--rebase"], &["rebase", "--continue"]),
];

#[test]
fn one_command_settles_an_id_that_two_clones_gave_out() {
    for (pull, go_on) in WAYS {
        for markers_only in [false, true] {
            let (env, a, b) = two_cards();
            assert!(!git(&env, &b, pull), "{pull:?}: git stops");
            let told = env.bos_in(&b, &["validate"]).code(1).stdout;
            assert!(told.contains("BOS015") && told.contains("bos conflicts resolve ID gives yours another"), "{told}");
            let named =
                |told: &str| told.contains("gave out BAKE-ENG-0009, and git waits for you: bos conflicts resolve");
            let listed = env.bos_in(&b, &["conflicts"]).code(0).stderr;
            assert!(named(&listed) && !listed.contains("no conflicts"), "{listed}");
            let mut stops = 0;
            loop {
                if markers_only && stops == 0 {
                    env.git_in(&b, &["add", "-A"]);
                }
                let ran = env.bos_in(&b, &["conflicts", "resolve", "bake-eng-9"]).code(0);
                let expected = ["given out twice: the one made here is BAKE-ENG-0010 now", "is settled"];
                assert!(ran.stdout.contains(expected[usize::from(stops > 0)]), "{pull:?}: {ran:?}");
                // Once more changes nothing, as after a kill.
                let length = env.bos_in(&b, &["log", "--json", "--limit", "1"]).json()["total"].clone();
                if !markers_only {
                    env.bos_in(&b, &["conflicts", "resolve", "BAKE-ENG-0009"]).code(0);
                }
                assert_eq!(env.bos_in(&b, &["log", "--json", "--limit", "1"]).json()["total"], length, "{pull:?}");
                env.git_in(&b, &["add", "-A"]);
                stops += 1;
                if git(&env, &b, go_on) || stops > 3 {
                    break;
                }
            }
            let what = format!("{pull:?} {markers_only}");
            assert!(stops <= 2, "{what}: {stops} stops");
            let read = |below: &str| fs::read_to_string(b.join(below)).unwrap();
            assert!(read(CARD).contains("Title: Of the first"), "{what}: {}", read(CARD));
            let own = read(OWN);
            assert!(own.contains("Title: Of the second") && own.contains("Priority: P0"), "{what}: {own}");
            let plan = read("docs/business-os/cards/BAKE-ENG-0009/plan.user.md");
            assert!(plan.contains("BAKE-ENG-0009") && !plan.contains("<<<<"), "{what}: {plan}");
            assert!(read("docs/business-os/cards/BAKE-ENG-0010/plan.user.md").contains("BAKE-ENG-0010"), "{what}");
            assert!(!b.join("docs/business-os/cards/BAKE-ENG-0009/comments").exists(), "{what}: the comment moved");
            assert!(read("docs/business-os/cards/BAKE-ENG-0006.user.md").contains("BAKE-ENG-0010"), "{what}");
            env.bos_in(&b, &["import"]).code(0);
            let status = env.bos_in(&b, &["status", "--json"]).code(0).json();
            assert_eq!(status["in_sync"], true, "{what}: {status}");
            assert_eq!(env.git_in(&b, &["status", "--short"]), "", "{what}");
            assert_eq!(env.bos_in(&b, &["audit", "verify"]).code, 0, "{what}");
            env.bos_in(&b, &["validate"]).code(0);
            // The other clone keeps its card, and gets the other one as a new one.
            env.git_in(&b, &["push", "-q", "origin", "HEAD"]);
            env.git_in(&a, &["pull", "-q", "--no-rebase", "--no-edit"]);
            let report = env.bos_in(&a, &["import", "--json"]).code(0).json();
            assert_eq!(report["renumbered"], serde_json::json!([]), "{what}");
            for folder in [&a, &b] {
                let list = env.bos_in(folder, &["card", "list", "BAKE", "--json", "--sort", "id"]).code(0).json();
                let titles: Vec<&str> = list["cards"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .skip(8)
                    .map(|card| card["title"].as_str().unwrap())
                    .collect();
                assert_eq!(titles, ["Of the first", "Of the second"], "{what}");
            }
        }
    }
}

/// Both clones made two cards, the second waiting for the first: each keeps its own pair, in whatever order they are
/// settled.
#[test]
fn what_waits_for_a_card_waits_for_it_under_its_new_number() {
    for order in [["BAKE-ENG-0009", "BAKE-ENG-0010"], ["BAKE-ENG-0010", "BAKE-ENG-0009"]] {
        let (env, a, b) = clones();
        for (folder, titles) in [(&a, ["one", "two"]), (&b, ["first", "second"])] {
            for title in titles {
                env.bos_in(folder, &["card", "new", "BAKE", "--title", title]).code(0);
            }
            env.bos_in(folder, &["card", "set", "BAKE-ENG-0010", "--add", "Dependencies=BAKE-ENG-0009"]).code(0);
            commit(&env, folder, "two cards");
        }
        env.git_in(&a, &["push", "-q", "origin", "HEAD"]);
        assert!(!git(&env, &b, WAYS[0].0));
        for id in order {
            env.bos_in(&b, &["conflicts", "resolve", id]).code(0);
        }
        let card = |id: &str| env.bos_in(&b, &["card", "show", id, "--json"]).json()["card"].clone();
        let own = ["BAKE-ENG-0011", "BAKE-ENG-0012"].map(card);
        let [first, second] = if own[0]["title"] == "first" {
            own
        } else {
            own.into_iter().rev().collect::<Vec<_>>().try_into().unwrap()
        };
        assert_eq!(second["dependencies"], serde_json::json!([first["id"]]), "{order:?}");
        assert_eq!(card("BAKE-ENG-0010")["dependencies"], serde_json::json!(["BAKE-ENG-0009"]), "{order:?}");
    }
}

#[test]
fn two_that_settle_an_id_at_once_settle_it_once() {
    let (env, _, b) = two_cards();
    assert!(!git(&env, &b, WAYS[0].0));
    let other = rusqlite::Connection::open(b.join(".git/bos/root/bos.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let settle = || env.command(&b).args(["conflicts", "resolve", "BAKE-ENG-0009"]).stdout(Stdio::null()).spawn();
    let both = [settle().unwrap(), settle().unwrap()];
    // By then both have looked whose the ID is, and wait to write.
    thread::sleep(Duration::from_millis(500));
    other.execute_batch("COMMIT").unwrap();
    both.into_iter().for_each(|mut one| _ = one.wait().unwrap());
    env.bos_in(&b, &["conflicts", "resolve", "BAKE-ENG-0009"]).code(0);
    let log = env.bos_in(&b, &["log", "--json"]).json();
    let renumbered = log["entries"].as_array().unwrap().iter().filter(|entry| entry["action"] == "renumber");
    let batches: BTreeSet<String> = renumbered.map(|entry| entry["batch"].to_string()).collect();
    assert_eq!(batches.len(), 1, "{log}");
    assert!(fs::read_to_string(b.join(CARD)).unwrap().contains("Title: Of the first"));
    assert!(fs::read_to_string(b.join(OWN)).unwrap().contains("Title: Of the second"));
}

#[test]
fn an_edit_that_nobody_imported_goes_along() {
    let (env, _, b) = two_cards();
    let text = fs::read_to_string(b.join(CARD)).unwrap();
    fs::write(b.join(CARD), text.replace("Of the second", "Of the second, by hand")).unwrap();
    env.git_in(&b, &["commit", "-qam", "by hand"]);
    assert!(!git(&env, &b, WAYS[0].0));
    env.bos_in(&b, &["conflicts", "resolve", "BAKE-ENG-0009"]).code(0);
    assert!(fs::read_to_string(b.join(OWN)).unwrap().contains("Of the second, by hand"));
    assert!(fs::read_to_string(b.join(CARD)).unwrap().contains("Of the first"));
}

#[test]
fn two_ideas_of_one_name_are_kept_apart() {
    let (env, a, b) = clones();
    let idea = "docs/business-os/ideas/inbox/inbox.user.md";
    for (folder, title) in [(&a, "Of the first"), (&b, "Of the second")] {
        fs::write(folder.join(idea), format!("---\nType: Idea\n---\n# {title}, an inbox\n")).unwrap();
        env.bos_in(folder, &["import"]).code(0);
        commit(&env, folder, title);
    }
    env.git_in(&a, &["push", "-q", "origin", "HEAD"]);
    assert!(!git(&env, &b, WAYS[0].0));
    env.bos_in(&b, &["conflicts", "resolve", "inbox"]).code(0);
    assert!(fs::read_to_string(b.join(idea)).unwrap().contains("Of the first, an inbox"));
    let own = fs::read_to_string(b.join("docs/business-os/ideas/inbox/inbox_2.user.md")).unwrap();
    assert!(own.contains("Of the second, an inbox"), "{own}");
}

#[test]
fn what_is_one_card_takes_a_side() {
    let (env, a, b) = clones();
    for (folder, owner) in [(&a, "Sami"), (&b, "Ines")] {
        env.bos_in(folder, &["card", "set", "BAKE-ENG-0006", &format!("Owner={owner}")]).code(0);
        commit(&env, folder, owner);
    }
    env.git_in(&a, &["push", "-q", "origin", "HEAD"]);
    assert!(!git(&env, &b, WAYS[0].0));
    let before = fs::read_to_string(b.join("docs/business-os/cards/BAKE-ENG-0006.user.md")).unwrap();
    for id in ["BAKE-ENG-0006", "BAKE-ENG-0001", "NOPE-1"] {
        let ran = env.bos_in(&b, &["conflicts", "resolve", id]).code(2);
        assert!(ran.stderr.contains("--ours or --theirs"), "{ran:?}");
    }
    assert_eq!(fs::read_to_string(b.join("docs/business-os/cards/BAKE-ENG-0006.user.md")).unwrap(), before);
}

#[test]
fn with_the_merge_driver_it_is_the_same() {
    let (env, _, b) = two_cards();
    env.bos_in(&b, &["merge-driver", "install", "--local"]).code(0);
    assert!(!git(&env, &b, WAYS[0].0));
    env.bos_in(&b, &["conflicts", "resolve", "BAKE-ENG-0009"]).code(0);
    assert!(fs::read_to_string(b.join(CARD)).unwrap().contains("Of the first"));
    assert!(fs::read_to_string(b.join(OWN)).unwrap().contains("Of the second"));
    env.git_in(&b, &["add", "-A"]);
    assert!(git(&env, &b, WAYS[0].1));
    assert_eq!(env.bos_in(&b, &["status", "--json"]).code(0).json()["in_sync"], true);
}
