//! Git as witness: what exports say of the log, on this branch and on those of remotes, and of logs that are gone.

use std::fs;

use crate::{
    env::TestEnv,
    publish::{BRANCH, assert_sound, export, moved, rev},
    publish_merges::edit_on_branch,
};

/// What the check `git` says, where it holds.
#[track_caller]
fn remark(env: &TestEnv) -> String {
    let report = env.bos(&["audit", "verify", "--json"]).code(0).json();
    let check = report["checks"].as_array().unwrap().iter().find(|check| check["id"] == "git").unwrap();
    check["detail"].as_str().unwrap().to_owned()
}

/// A repository with a remote that has the branch as it is now.
fn with_remote() -> TestEnv {
    let env = moved();
    env.git_in(env.home(), &["init", "-q", "--bare", "origin.git"]);
    env.git(&["remote", "add", "origin", env.home().join("origin.git").to_str().unwrap()]);
    env.git(&["push", "-q", "origin", "main"]);
    env
}

#[test]
fn a_commit_that_no_export_made_is_named() {
    let env = moved();
    export(&env).unwrap();
    assert_eq!(remark(&env), "");
    edit_on_branch(&env, "About 2,000", "About 1,500");
    assert_eq!(remark(&env), format!("not made by an export: {} on {BRANCH}", &rev(&env, BRANCH)[..12]));
    // Once it is on main it is an edit like any other.
    env.git(&["merge", "-q", BRANCH]);
    assert_eq!(remark(&env), "");
}

#[test]
fn a_missing_range_is_named() {
    let env = moved();
    let first = export(&env).unwrap();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    export(&env).unwrap();
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P1"]).code(0);
    export(&env).unwrap();
    assert_sound(&env);
    // Somebody takes the second export out of the branch.
    let message = env.git(&["log", "-1", "--format=%B", BRANCH]);
    let tree = format!("{BRANCH}^{{tree}}");
    let forged = env.git(&["commit-tree", "-p", &first, "-m", message.trim(), &tree]);
    env.git(&["update-ref", &format!("refs/heads/{BRANCH}"), forged.trim()]);
    let failed = env.failed_checks();
    let expected = format!("entry 27 is in no export on {BRANCH}, though later ones are");
    assert_eq!(failed, [("git".to_owned(), expected)]);
}

#[test]
fn a_log_that_was_cut_is_caught_by_what_was_pushed() {
    let env = with_remote();
    export(&env).unwrap();
    let before = env.copy_database("before.db");
    let first = rev(&env, BRANCH);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export", "--commit", "--push", "origin"]).code(0);
    let pushed = rev(&env, BRANCH);
    // The database and the branch here are put back; the remote is out of reach.
    env.restore_database(&before);
    env.git(&["update-ref", &format!("refs/heads/{BRANCH}"), &first]);
    let failed = env.failed_checks();
    let expected = format!("commit {} on origin/{BRANCH}: it saw entry 27, which the log no longer has", &pushed[..12]);
    assert_eq!(failed, [("git".to_owned(), expected)]);
    // A log that goes on in another way does not help either.
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P3"]).code(0);
    let failed = env.failed_checks();
    assert!(failed[0].1.contains("it saw another entry 27 than the log has now"), "{failed:?}");
    env.git(&["branch", "-q", "-D", BRANCH]);
    assert_eq!(env.failed_checks().len(), 1, "what was fetched counts without a branch");
}

#[test]
fn other_logs_are_listed() {
    let env = with_remote();
    export(&env).unwrap();
    env.git(&["push", "-q", "origin", BRANCH]);
    let log_id = env.bos(&["status", "--json"]).json()["log_id"].as_str().unwrap().to_owned();
    let clone = TestEnv::empty();
    fs::remove_dir_all(&clone.root).unwrap();
    let origin = env.home().join("origin.git");
    clone.git_in(clone.home(), &["clone", "-q", "-b", "main", origin.to_str().unwrap(), "work"]);
    clone.bos(&["import"]).code(0);
    assert_eq!(remark(&clone), format!("exports of other logs are there too: {log_id}"));
}

#[test]
fn who_starts_anew_is_told_what_there_was() {
    let env = with_remote();
    env.bos(&["export"]).code(0);
    env.commit_all("files");
    env.bos(&["export", "--commit"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    env.bos(&["export"]).code(0);
    env.commit_all("more files");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(0);
    env.bos(&["export", "--commit", "--push", "origin"]).code(0);
    let log_id = env.bos(&["status", "--json"]).json()["log_id"].as_str().unwrap().to_owned();
    let commit = rev(&env, BRANCH);
    // What `init` says of the merge driver is another matter.
    let told_of_exports = |arguments: &[&str]| -> String {
        let told = env.bos(arguments).code(0).stderr;
        told.split_inclusive('\n').filter(|line| !line.contains("merge-driver")).collect()
    };
    for arguments in [&["init"][..], &["board", "BAKE"], &["import"]] {
        fs::remove_dir_all(env.root.join(".git/bos")).unwrap();
        let told = told_of_exports(arguments);
        let told = told.replace(&log_id[..12], "<log>").replace(&commit[..12], "<commit>");
        assert_eq!(
            told,
            format!(
                "note: exports of log <log>... up to entry 28 exist on {BRANCH} (<commit>): its database was elsewhere or \
                 is lost\n"
            )
        );
        assert_eq!(told_of_exports(arguments), "", "once");
    }
    // The documents are those of the files; what only the branch has comes by a merge.
    env.git(&["merge", "-q", BRANCH]);
    env.bos(&["import"]).code(0);
    assert!(env.bos(&["card", "show", "BAKE-ENG-0006"]).ok().contains("Nora"));
    // In a clone that has no branch of its own.
    let clone = TestEnv::empty();
    fs::remove_dir_all(&clone.root).unwrap();
    let origin = env.home().join("origin.git");
    clone.git_in(clone.home(), &["clone", "-q", "-b", "main", origin.to_str().unwrap(), "work"]);
    let told = clone.bos(&["board", "BAKE"]).code(0).stderr;
    assert!(told.contains(&format!("exist on origin/{BRANCH}")), "{told}");
}
