//! `bos export --commit`: one commit on the mirror branch, and nothing else of the repository touched.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::TestEnv;

pub(crate) const BRANCH: &str = "work/business-os-export";
pub(crate) const CARD: &str = "docs/business-os/cards/BAKE-ENG-0006.user.md";

/// A repository that was imported and in which one card moved.
pub(crate) fn moved() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    env
}

#[track_caller]
pub(crate) fn move_card(env: &TestEnv, id: &str, lane: &str) {
    env.bos(&["card", "move", id, lane]).code(0);
}

/// Exports to the branch, which must end well; the commit's id, `None` where there was nothing to commit.
#[track_caller]
pub(crate) fn export(env: &TestEnv) -> Option<String> {
    let report = env.bos(&["export", "--commit", "--json"]).code(0).json();
    report["commit"]["oid"].as_str().map(str::to_owned)
}

/// What an export to the branch leaves out: path and state; the exit code must say so.
#[track_caller]
pub(crate) fn refused(env: &TestEnv, arguments: &[&str]) -> Vec<(String, String)> {
    let report = env.bos(&[&["export", "--commit", "--json"], arguments].concat()).code(5).json();
    let text = |value: &Value, key: &str| value[key].as_str().unwrap().to_owned();
    report["refused"].as_array().unwrap().iter().map(|one| (text(one, "path"), text(one, "state"))).collect()
}

/// The files that a commit changes against its first parent.
#[track_caller]
pub(crate) fn changed(env: &TestEnv, commit: &str) -> Vec<String> {
    let names =
        env.git(&["diff-tree", "-r", "--root", "--no-commit-id", "--name-status", "-m", "--first-parent", commit]);
    names.lines().map(|line| line.replace('\t', " ")).collect()
}

#[track_caller]
pub(crate) fn rev(env: &TestEnv, revision: &str) -> String {
    env.git(&["rev-parse", revision]).trim().to_owned()
}

#[track_caller]
pub(crate) fn assert_sound(env: &TestEnv) {
    assert_eq!(env.git(&["fsck", "--strict", "--full", "--no-dangling"]), "");
    env.verify();
}

#[test]
fn the_commit_says_who_did_what_and_seals_the_log() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    export(&env);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    export(&env).unwrap();
    let first = env.log_length();
    env.bos(&["--actor", "agent-7", "--initiator", "Pete", "card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["--actor", "Sami", "card", "move", "BAKE-ENG-0006", "HOME-ENG-0001", "planned"]).code(0);
    let commit = env.bos(&["export", "--commit", "--actor", "Sami", "--json"]).code(0).json()["commit"].clone();
    let log_id = env.bos(&["status", "--json"]).json()["log_id"].as_str().unwrap().to_owned();
    let last = env.last_entry();
    let head = last["hash"].as_str().unwrap();
    let message = env.git(&["log", "-1", "--format=%B", BRANCH]);
    let message = message.replace(&log_id, "<log>").replace(head, "<head>");
    assert_snapshot!(message, @r"
    bos: export 6 documents

    Audit: Actor=agent-7, Initiator=Pete, Entity=BAKE-ENG-0005
    Audit: Actor=Sami, Initiator=Sami, Entity=BAKE-ENG-0006
    Audit: Actor=Sami, Initiator=Sami, Entity=HOME-ENG-0001
    Bos-Audit-Log: <log>
    Bos-Audit-Range: 27..29
    Bos-Audit-Head: <head>
    ");
    assert_eq!(commit["range"], serde_json::json!([first + 1, first + 3]));
    assert_eq!(commit["branch"], BRANCH);
    assert_eq!(commit["documents"], 6);
    // git reads them as trailers.
    let trailers = env.git(&["log", "-1", "--format=%(trailers:key=Audit,valueonly)", BRANCH]);
    assert_eq!(trailers.lines().filter(|line| !line.is_empty()).count(), 3);
    assert_eq!(env.git(&["log", "-1", "--format=%an <%ae> %cn", BRANCH]), "Sami <sami@bos.invalid> Sami\n");
    assert_eq!(env.git(&["log", "-1", "--format=%aI", BRANCH]).trim(), "2026-11-20T10:00:00Z");
    assert_sound(&env);
}

#[test]
fn the_author_has_the_address_that_git_knows() {
    let env = moved();
    env.git(&["config", "user.name", "Nora"]);
    env.git(&["config", "user.email", "nora@bakery.example"]);
    export(&env).unwrap();
    assert_eq!(env.git(&["log", "-1", "--format=%an <%ae>", BRANCH]), "Nora <nora@bakery.example>\n");
}

/// The values of the `Audit:` trailers of a commit, as git reads them.
fn deeds(env: &TestEnv, commit: &str) -> Vec<String> {
    let trailers = env.git(&["log", "-1", "--format=%(trailers:key=Audit,valueonly)", commit]);
    trailers.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn who_changed_what_of_the_commit_is_told_once_and_nothing_else() {
    let env = TestEnv::repository("quirks");
    env.bos(&["import"]).code(0);
    let set = |env: &TestEnv, id: &str, to: &str, actor: &str| {
        env.bos_with(&[("BOS_ACTOR", actor)], &["card", "set", id, &format!("Priority={to}")]).code(0);
    };
    for (id, to, actor) in [
        ("SHOP-ENG-0016", "P1", "Sami"),
        ("SHOP-ENG-0016", "P0", "Nora"),
        ("SHOP-ENG-0016", "P3", "Nora"),
        // It ends as the branch has it.
        ("SHOP-ENG-0025", "P4", "Nora"),
    ] {
        set(&env, id, to, actor);
    }
    env.bos(&["undo"]).code(0);
    export(&env).unwrap();
    let told = |actor: &str, id: &str| format!("Actor={actor}, Initiator={actor}, Entity={id}");
    assert_eq!(deeds(&env, BRANCH), [told("Sami", "SHOP-ENG-0016"), told("Nora", "SHOP-ENG-0016")]);
    // A commit of one document tells of that one, and what was told is not told again.
    set(&env, "SHOP-ENG-0016", "P1", "Nora");
    set(&env, "SHOP-ENG-0025", "P1", "Sami");
    env.bos(&["export", "--commit", "docs/business-os/cards/SHOP-ENG-0016.user.md"]).code(0);
    assert_eq!(deeds(&env, BRANCH), [told("Nora", "SHOP-ENG-0016")]);
    export(&env).unwrap();
    assert_eq!(deeds(&env, BRANCH), [told("Sami", "SHOP-ENG-0025")]);
    assert_sound(&env);
}

#[test]
fn past_fifty_they_are_counted() {
    let env = TestEnv::fixture("quirks");
    env.git(&["init", "-q", "-b", "main"]);
    env.git(&["commit", "-q", "--allow-empty", "-m", "first"]);
    env.bos(&["import"]).code(0);
    let log = env.bos(&["log", "--json"]).json();
    let entries = log["entries"].as_array().unwrap().iter();
    let entities: std::collections::BTreeSet<&str> = entries.map(|entry| entry["id"].as_str().unwrap()).collect();
    assert!(entities.len() > 60);
    export(&env).unwrap();
    let mut told = deeds(&env, BRANCH);
    assert_eq!(told.pop(), Some(format!("{} more", entities.len() - 50)));
    assert_eq!(told.len(), 50);
    assert_sound(&env);
}

#[test]
fn nothing_to_commit_is_a_success_that_says_so() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    assert_snapshot!(env.bos(&["export", "--commit"]).ok(), @"Nothing to commit: 26 documents are as they should be.");
    move_card(&env, "BAKE-ENG-0006", "planned");
    let commit = export(&env).unwrap();
    assert_snapshot!(env.bos(&["export", "--commit"]).ok(), @"Nothing to commit: 27 documents are as they should be.");
    assert_eq!(rev(&env, BRANCH), commit);
    // Back and forth between two exports.
    env.bos(&["card", "set", "BAKE-ENG-0005", "--add", "Tags=x"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0005", "--remove", "Tags=x"]).code(0);
    export(&env);
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn a_rehearsal_leaves_no_trace() {
    let env = moved();
    let refs = env.git(&["for-each-ref"]);
    let report = env.bos(&["export", "--commit", "--dry-run", "--json"]).code(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 2);
    assert_eq!(report["commit"], Value::Null);
    env.bos(&["export", "--commit", "--check"]).code(1);
    assert_eq!(env.git(&["for-each-ref"]), refs);
    export(&env).unwrap();
    env.bos(&["export", "--commit", "--check"]).code(0);
}

#[test]
fn only_what_is_named_goes_out() {
    let env = moved();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export", "--commit", CARD]).code(0);
    assert_eq!(changed(&env, BRANCH), [format!("M {CARD}")]);
    let last = env.log_length();
    let rest = env.bos(&["export", "--commit", "--json"]).code(0).json();
    assert_eq!(rest["commit"]["documents"], 2);
    assert_eq!(rest["commit"]["range"], serde_json::json!([1, last]), "what was left out is witnessed when it follows");
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn a_removed_document_is_removed_on_the_branch() {
    let env = moved();
    export(&env).unwrap();
    fs::remove_file(env.path("cards/BAKE-ENG-0008.user.md")).unwrap();
    fs::remove_dir_all(env.path("cards/BAKE-ENG-0002")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let report = env.bos(&["export", "--commit", "--json"]).code(0).json();
    assert_eq!(report["removed"].as_array().unwrap().len(), 5, "{report}");
    assert!(changed(&env, BRANCH).iter().all(|line| line.starts_with("D ")));
    assert!(!env.git(&["ls-tree", "-r", "--name-only", BRANCH]).contains("BAKE-ENG-0002/"));
    assert_eq!(export(&env), None);
    assert_sound(&env);
}

#[test]
fn the_tables_know_the_commit() {
    let env = moved();
    let commit_of = |table: &str, id: &str| -> Option<String> {
        let sql = format!("SELECT git_commit FROM {table} WHERE id = ?1");
        env.sqlite().query_row(&sql, [id], |row| row.get(0)).unwrap()
    };
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006"), None);
    let first = export(&env).unwrap();
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006").as_ref(), Some(&first));
    assert_eq!(commit_of("business_os_stage_docs", "BAKE-ENG-0006/build").as_ref(), Some(&first));
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0005"), Some(rev(&env, "main")), "as it was imported");
    // A new text is in no commit yet.
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006"), None);
    let second = export(&env).unwrap();
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006").as_ref(), Some(&second));
    env.bos(&["audit", "rebuild"]).code(0);
    assert_eq!(commit_of("business_os_cards", "BAKE-ENG-0006").as_ref(), Some(&second));
    assert_eq!(commit_of("business_os_stage_docs", "BAKE-ENG-0006/build").as_ref(), Some(&first));
    env.verify();
}

#[test]
fn a_crash_between_the_commit_and_the_database_is_made_good() {
    let env = moved();
    export(&env).unwrap();
    env.bos(&["card", "move", "BAKE-ENG-0006", "BAKE-ENG-0005", "planned"]).code(0);
    let before = env.copy_database("before.db");
    let commit = export(&env).unwrap();
    env.restore_database(&before);
    assert_eq!(export(&env), None);
    assert_eq!(rev(&env, BRANCH), commit);
    assert_sound(&env);

    // The same, and work went on before the next export.
    env.restore_database(&before);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    let next = export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{next}^")), commit);
    assert_eq!(changed(&env, &next), [format!("M {CARD}")]);
    assert_sound(&env);
}

#[test]
fn a_database_that_was_put_back_overwrites_nothing_newer() {
    let env = moved();
    export(&env).unwrap();
    let before = env.copy_database("before.db");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    let commit = export(&env).unwrap();
    env.restore_database(&before);
    let left = refused(&env, &[]);
    assert_eq!(left, [(CARD.to_owned(), "behind".to_owned())]);
    assert_eq!(rev(&env, BRANCH), commit);
}

#[test]
fn exports_at_once_queue_and_agree() {
    let env = moved();
    let children: Vec<_> = (0..8)
        .map(|_| {
            env.command(&env.root)
                .args(["export", "--commit", "--json"])
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let commits = children.into_iter().filter(|_| true).map(|child| {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["commit"]["oid"].as_str().map(str::to_owned)
    });
    let made: Vec<String> = commits.flatten().collect();
    assert_eq!(made, [rev(&env, BRANCH)]);
    assert_sound(&env);
}

#[test]
fn a_branch_that_git_holds_right_now_is_tried_again_later() {
    let env = moved();
    let tip = export(&env).unwrap();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let lock = env.root.join(format!(".git/refs/heads/{BRANCH}.lock"));
    fs::write(&lock, "").unwrap();
    let error = env.bos(&["export", "--commit", "--json"]).code(6).json_error();
    assert_eq!(error["kind"], "busy");
    assert_eq!(rev(&env, BRANCH), tip);
    assert!(lock.exists(), "a lock of git is git's to remove");
    let status = env.bos(&["status", "--json"]).json();
    assert_eq!((&status["git"]["ahead"], &status["git"]["last_export"]), (&Value::from(1), &Value::from(tip)));
    fs::remove_file(lock).unwrap();
    let commit = export(&env).unwrap();
    assert_eq!(changed(&env, &commit), ["M docs/business-os/cards/BAKE-ENG-0005.user.md"]);
    assert_sound(&env);
}

#[test]
fn outside_git_there_is_nothing_to_commit_to() {
    let env = TestEnv::fixture("bakery");
    let error = env.bos(&["export", "--commit", "--json"]).code(6).json_error();
    assert!(error["hint"].as_str().unwrap().contains("bos export"), "{error}");
}

#[test]
fn the_branch_of_the_settings_is_the_usual_one() {
    let env = moved();
    fs::write(env.root.join("bos.toml"), "branch = \"cards/out\"\n").unwrap();
    let before = env.bos(&["status", "--json"]).json()["git"].clone();
    assert_eq!((&before["branch"], &before["last_export"]), (&Value::from("cards/out"), &Value::Null));
    let commit = export(&env).unwrap();
    assert_eq!(rev(&env, "cards/out"), commit);
    let after = env.bos(&["status", "--json"]).json()["git"].clone();
    assert_eq!((&after["ahead"], &after["last_export"]), (&Value::from(0), &Value::from(commit)));
    assert_sound(&env);
}
