//! Who is charged with an edit that a command finds in the files.

use serde_json::Value;

use crate::env::TestEnv;

const CARD: &str = "cards/BAKE-ENG-0006.user.md";

/// A tree of Pia's, imported; commands run as Nora.
fn imported() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.git(&["config", "user.name", "Pia"]);
    env.bos(&["import"]).code(0);
    env
}

/// Actor, initiator and way of the import of the card.
fn charged(env: &TestEnv) -> (String, String, String) {
    let log = env.bos(&["log", "BAKE-ENG-0006", "--json", "--no-refresh"]).code(0).json();
    let taken = |entry: &&Value| entry["action"] == "import" || entry["action"] == "merge";
    let entry = log["entries"].as_array().unwrap().iter().find(taken).unwrap();
    assert_ne!(entry["documents"][0]["old"], Value::Null, "the edit is not in the log: {log}");
    let text = |key: &str| entry[key].as_str().unwrap_or("-").to_owned();
    (text("actor"), text("initiator"), text("via"))
}

fn git_commit(env: &TestEnv) -> Option<String> {
    let sql = "SELECT git_commit FROM business_os_cards WHERE id = 'BAKE-ENG-0006'";
    env.sqlite().query_row(sql, [], |row| row.get(0)).unwrap()
}

/// Commands that take an edit of the card's file, whoever runs them.
const TAKERS: [&[&str]; 7] = [
    &["import"],
    &["board", "BAKE", "--actor", "agent-7"],
    &["card", "show", "BAKE-ENG-0006"],
    &["log"],
    &["card", "set", "BAKE-ENG-0006", "Priority=P1"],
    &["card", "claim", "BAKE-ENG-0006"],
    &["card", "move", "BAKE-ENG-0006", "planned", "--initiator", "Somebody"],
];

fn commit(env: &TestEnv, message: &str) {
    env.edit(CARD, "Title: Paper", "Title: Zebra");
    env.git(&["commit", "-qam", message, "--author", "Otto <otto@example.org>"]);
}

#[test]
fn what_is_in_no_commit_is_the_persons_of_this_clone() {
    for taker in TAKERS {
        let env = imported();
        env.edit(CARD, "Title: Paper", "Title: Zebra");
        env.bos(taker).code(0);
        assert_eq!(charged(&env), ("Pia".into(), "Pia".into(), "work tree".into()), "{taker:?}");
        env.verify();
    }
}

#[test]
fn what_is_committed_is_its_authors() {
    for taker in TAKERS {
        let env = imported();
        commit(&env, "rename");
        let head = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
        // What others commit on top changes nothing about it.
        env.commit_all("later");
        env.bos(taker).code(0);
        assert_eq!(charged(&env), ("Otto".into(), "Otto".into(), "-".into()), "{taker:?}");
        if !["set", "move", "claim"].contains(taker.get(1).unwrap_or(&"")) {
            assert_eq!(git_commit(&env), Some(head), "{taker:?}");
        }
        env.verify();
    }
}

#[test]
fn trailers_of_the_commit_name_who_did_it_for_whom() {
    let trailers = "rename\n\nAudit: Actor=agent-1, Initiator=Mia, Entity=BAKE-ENG-0001\n\
                    Audit: Actor=agent-2, Initiator=Ada, with a comma, Entity=BAKE-ENG-0006\n";
    let others = "rename\n\nAudit: Actor=agent-2, Initiator=Ada\nCo-authored-by: X <x@example.org>\n";
    for (message, initiator) in [(trailers, "Ada with a comma"), (others, "Ada")] {
        for taker in TAKERS.into_iter().chain([&["import", "--since", "HEAD~1"][..]]) {
            let env = imported();
            commit(&env, message);
            env.bos(taker).code(0);
            assert_eq!(charged(&env), ("agent-2".into(), initiator.into(), "-".into()), "{taker:?}");
        }
    }
}

#[test]
fn a_merge_is_not_the_author_of_what_it_merges() {
    let env = imported();
    env.git(&["switch", "-qc", "topic"]);
    commit(&env, "rename");
    env.git(&["switch", "-q", "main"]);
    env.edit("cards/HOME-ENG-0001.user.md", "Owner: Nora", "Owner: Sami");
    env.commit_all("main goes on");
    env.git(&["merge", "-q", "--no-ff", "-m", "merge", "topic"]);
    env.bos(&["board", "BAKE"]).code(0);
    assert_eq!(charged(&env).0, "Otto");
}

#[test]
fn a_first_import_knows_the_commit_of_each_document() {
    let env = TestEnv::repository("bakery");
    let first = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
    commit(&env, "rename");
    let head = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
    env.edit("cards/HOME-ENG-0001.user.md", "Owner: Nora", "Owner: Sami");
    env.bos(&["import"]).code(0);
    let sql = "SELECT git_commit FROM business_os_cards WHERE id = ?1";
    let of = |id: &str| env.sqlite().query_row(sql, [id], |row| row.get::<_, Option<String>>(0)).unwrap();
    assert_eq!(of("BAKE-ENG-0006"), Some(head));
    assert_eq!(of("BAKE-ENG-0002"), Some(first));
    assert_eq!(of("HOME-ENG-0001"), None, "its text is in no commit");
    env.verify();
}

#[test]
fn outside_git_it_is_the_login_name() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Title: Paper", "Title: Zebra");
    env.bos_with(&[("USER", "pia")], &["board", "BAKE"]).code(0);
    assert_eq!(charged(&env), ("pia".into(), "pia".into(), "work tree".into()));
}

#[test]
fn a_name_that_git_knows_everywhere_counts_outside_repositories_too() {
    let env = TestEnv::fixture("bakery");
    std::fs::write(env.home().join(".gitconfig"), "[user]\n\tname = Zoe\n").unwrap();
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Title: Paper", "Title: Zebra");
    env.bos_with(&[("USER", "pia")], &["board", "BAKE"]).code(0);
    assert_eq!(charged(&env), ("Zoe".into(), "Zoe".into(), "work tree".into()));
    let mut command = env.command(&env.root);
    command.env_remove("BOS_ACTOR").env("USER", "pia").args(["card", "set", "BAKE-ENG-0006", "Priority=P0"]);
    assert!(command.status().unwrap().success());
    assert_eq!(env.bos(&["log", "--limit", "1", "--json"]).json()["entries"][0]["actor"], "Zoe");
}

#[test]
fn an_edit_that_is_merged_is_charged_alike() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.edit(CARD, "Title: Paper", "Title: Zebra");
    env.bos(&["card", "list"]).code(0);
    assert_eq!(charged(&env), ("Pia".into(), "Pia".into(), "work tree".into()));
}
