//! Reads take what changed in the files first: each command against each way in which files change.

use std::fs;

use crate::env::TestEnv;

const CARD: &str = "cards/BAKE-ENG-0006.user.md";

/// Commands that read, each with whether the card's title is in their answer.
const READS: [(&[&str], bool); 13] = [
    (&["board", "BAKE"], true),
    (&["board", "BAKE", "--json"], true),
    (&["card", "list"], true),
    (&["card", "list", "--json"], true),
    (&["card", "show", "BAKE-ENG-0006"], true),
    (&["card", "show", "BAKE-ENG-0006", "--json"], true),
    (&["card", "history", "BAKE-ENG-0006"], true),
    (&["card", "deps", "BAKE-ENG-0006"], true),
    (&["next", "BAKE"], true),
    (&["search", "Zebra"], true),
    (&["log", "BAKE-ENG-0006", "--json"], false),
    (&["stats"], false),
    (&["graph", "BAKE"], false),
];

type Step = fn(&TestEnv);

/// Ways in which files change, so that a card is called Zebra: what happens before the import, and after it.
const CHANGES: [(&str, Step, Step); 4] = [
    ("a hand edit", |_| {}, |env| env.edit(CARD, "Title: Paper", "Title: Zebra")),
    (
        "a new file",
        |env| fs::rename(env.path(CARD), env.home().join("away")).unwrap(),
        |env| {
            fs::rename(env.home().join("away"), env.path(CARD)).unwrap();
            env.edit(CARD, "Title: Paper", "Title: Zebra");
        },
    ),
    (
        "a pull",
        |env| {
            env.git(&["clone", "-q", ".", "../other"]);
            env.git(&["remote", "add", "origin", "../other"]);
        },
        |env| {
            let other = env.home().join("other");
            let file = other.join("docs/business-os").join(CARD);
            fs::write(&file, fs::read_to_string(&file).unwrap().replace("Title: Paper", "Title: Zebra")).unwrap();
            env.git_in(&other, &["commit", "-qam", "rename"]);
            env.git(&["pull", "-q", "origin", "main"]);
        },
    ),
    (
        "a branch switch",
        |env| {
            env.git(&["switch", "-qc", "topic"]);
            env.edit(CARD, "Title: Paper", "Title: Zebra");
            env.commit_all("rename");
            env.git(&["switch", "-q", "main"]);
        },
        |env| {
            env.git(&["switch", "-q", "topic"]);
        },
    ),
];

#[test]
fn every_read_knows_every_change() {
    for (what, before, change) in CHANGES {
        for (read, tells) in READS {
            let env = TestEnv::repository("bakery");
            before(&env);
            env.bos(&["import"]).code(0);
            let length = env.log_length();
            change(&env);
            let ran = env.bos(read).code(0);
            assert!(!tells || ran.stdout.contains("Zebra"), "{what}: {read:?}\n{}{}", ran.stdout, ran.stderr);
            assert_eq!(env.log_length(), length + 1, "{what}: {read:?}");
            assert_eq!(env.state(CARD), "in sync", "{what}: {read:?}");
        }
    }
}

#[test]
fn every_read_can_be_told_not_to_look_and_then_says_so() {
    for (what, before, change) in CHANGES {
        for (read, _) in READS {
            let env = TestEnv::repository("bakery");
            before(&env);
            env.bos(&["import"]).code(0);
            let length = env.log_length();
            change(&env);
            let is_there = what != "a new file" || !read.contains(&"BAKE-ENG-0006");
            for (variables, flag) in [(&[][..], &["--no-refresh"][..]), (&[("BOS_REFRESH", "0")][..], &[][..])] {
                let ran = env.bos_with(variables, &[read, flag].concat());
                assert!(
                    !ran.stdout.contains("Bags\":\"Zebra") && !ran.stdout.contains("Zebra bags"),
                    "{what}: {read:?}"
                );
                let note = "note: 1 file changed, not imported: bos import\n";
                assert!(!is_there || ran.stderr.contains(note), "{what}: {read:?}\n{}", ran.stderr);
            }
            assert_eq!(env.log_length(), length, "{what}: {read:?}");
        }
    }
}

#[test]
fn nothing_is_noted_where_nothing_changed() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    for flag in [&[][..], &["--no-refresh"][..]] {
        assert_eq!(env.bos(&[&["board", "BAKE"], flag].concat()).code(0).stderr, "");
    }
    // The same text, written again, is no change either.
    env.write(CARD, env.read(CARD));
    assert_eq!(env.bos(&["board", "BAKE", "--no-refresh"]).code(0).stderr, "");
}

#[test]
fn a_read_waits_for_git_and_for_a_merge_to_end() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Title: Paper", "Title: Zebra");
    for (name, why) in [("index.lock", "git is at work on them"), ("MERGE_HEAD", "git is in the middle of a merge")] {
        let file = env.root.join(".git").join(name);
        fs::write(&file, "").unwrap();
        let ran = env.bos(&["board", "BAKE"]).code(0);
        assert_eq!(ran.stderr, format!("note: 1 file changed, not imported because {why}: bos import\n"));
        assert!(!ran.stdout.contains("Zebra"));
        fs::remove_file(file).unwrap();
    }
    assert!(env.bos(&["board", "BAKE"]).ok().contains("Zebra"));
}

#[test]
fn a_read_does_not_wait_long_for_another_writer() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Title: Paper", "Title: Zebra");
    let other = env.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = env.bos(&["board", "BAKE"]).code(0);
    assert!(ran.stderr.starts_with("note: 1 file changed, not imported because the database failed"), "{}", ran.stderr);
    drop(other);
    assert!(env.bos(&["board", "BAKE"]).ok().contains("Zebra"));
}

#[test]
fn a_file_that_was_refused_its_place_is_looked_at_again_when_the_place_is_free() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.write("ideas/inbox/BAKE-ENG-0006.user.md", "---\nType: Idea\nID: BAKE-ENG-0006\nTitle: Zebra\n---\n");
    let stderr = env.bos(&["idea", "list"]).code(0).stderr;
    assert!(stderr.contains("1 document could not be read"), "{stderr}");
    fs::remove_file(env.path(CARD)).unwrap();
    env.bos(&["import", "--prune"]).code(1);
    assert!(env.bos(&["idea", "list"]).ok().contains("Zebra"));
}
