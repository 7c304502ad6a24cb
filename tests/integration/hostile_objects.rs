//! Commits that somebody else made: what is too large is not read, and what became a link is not gone.

use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use crate::env::{Ran, TestEnv};

const CARD: &str = "cards/BAKE-ENG-0006.user.md";

/// Memory in KiB that a command may use beyond the program itself.
const MEMORY: &str = "400000";

/// Runs the program with little memory.
fn poor(env: &TestEnv, arguments: &[&str]) -> Ran {
    let bos = env.command(&env.root);
    let mut command = Command::new("sh");
    let script = format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\"");
    command.args(["-c", &script]).arg(bos.get_program()).args(arguments).current_dir(&env.root).env_clear();
    command.envs(bos.get_envs().filter_map(|(name, value)| Some((name, value?)))).stdin(Stdio::null());
    Ran::of(command.output().unwrap())
}

/// Gives git what to store, a part at a time; the ID it gets.
fn stored(env: &TestEnv, arguments: &[&str], parts: impl Iterator<Item = Vec<u8>>) -> String {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(&env.root).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    parts.for_each(|part| stdin.write_all(&part).unwrap());
    drop(stdin);
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

/// A branch that has a file of 500 MB of zeros for a card.
fn with_a_giant(branch: &str) -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.git(&["config", "core.compression", "1"]);
    let zeros = std::iter::repeat_with(|| vec![0; 1_000_000]).take(500);
    let blob = stored(&env, &["hash-object", "-w", "--stdin"], zeros);
    env.git(&["checkout", "-q", "-b", branch]);
    env.git(&["update-index", "--cacheinfo", &format!("100644,{blob},docs/business-os/{CARD}")]);
    env.git(&["commit", "-q", "-m", "giant"]);
    env.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
    env.git(&["read-tree", "main"]);
    env
}

#[test]
fn a_giant_in_git_is_not_read() {
    let env = with_a_giant("work/business-os-export");
    let giant = "work/business-os-export";
    let report = poor(&env, &["import", "--from", giant, "--json"]).code(1).json();
    assert_eq!(report["diagnostics"][0]["code"], "BOS003", "{report}");
    for arguments in [
        &["guard", "--base", "main", "--head", giant][..],
        &["export", "--commit"],
        &["card", "history", "BAKE-ENG-0006", "--git"],
        &["status", "--all"],
    ] {
        let ran = poor(&env, arguments);
        assert!((0..=6).contains(&ran.code), "{arguments:?}: {ran:?}");
    }
    env.bos(&["card", "comment", "BAKE-ENG-0006", "-m", "x"]).code(0);
    let ran = poor(&env, &["export", "--commit"]);
    assert!((0..=6).contains(&ran.code), "{ran:?}");
    env.git(&["symbolic-ref", "HEAD", &format!("refs/heads/{giant}")]);
    let report = poor(&env, &["import", "--since", "main", "--json"]).code(1).json();
    assert_eq!(report["diagnostics"][0]["code"], "BOS003", "{report}");
}

#[test]
fn trees_that_multiply_are_not_walked_to_their_end() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let blob = stored(&env, &["hash-object", "-w", "--stdin"], std::iter::once(b"---\n---\n".to_vec()));
    let mut below = format!("100644 blob {blob}\tfile.md\n");
    for _ in 0..8 {
        let tree = stored(&env, &["mktree"], std::iter::once(below.into_bytes()));
        below = (0..10).map(|name| format!("040000 tree {tree}\t{name}\n")).collect();
    }
    let cards = stored(&env, &["mktree"], std::iter::once(below.into_bytes()));
    let root = |name: &str, tree: &str| {
        stored(&env, &["mktree"], std::iter::once(format!("040000 tree {tree}\t{name}\n").into_bytes()))
    };
    let root = root("docs", &root("business-os", &root("cards", &cards)));
    let commit = env.git(&["commit-tree", "-p", "main", "-m", "x", &root]);
    env.git(&["branch", "work/business-os-export", commit.trim()]);
    for arguments in [
        &["import", "--from", "work/business-os-export"][..],
        &["guard", "--base", "main", "--head", "work/business-os-export"],
        &["export", "--commit"],
    ] {
        let ran = poor(&env, arguments).code(6);
        assert!(ran.stderr.contains("more than"), "{arguments:?}: {ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_became_a_link_or_a_submodule_is_not_gone() {
    let places = ["cards", CARD, "cards/BAKE-ENG-0002/plan.user.md", "ideas", "ideas/inbox"];
    for (place, mode) in places.iter().flat_map(|place| [(place, "120000"), (place, "160000")]) {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        let before = documents(&env);
        let full = format!("docs/business-os/{place}");
        let target = env.root.join(&full);
        if target.is_dir() { fs::remove_dir_all(&target) } else { fs::remove_file(&target) }.unwrap();
        env.git(&["rm", "-rq", "--cached", &full]);
        let object = match mode {
            "120000" => stored(&env, &["hash-object", "-w", "--stdin"], std::iter::once(b"/etc".to_vec())),
            _ => env.git(&["rev-parse", "HEAD"]).trim().to_owned(),
        };
        env.git(&["update-index", "--add", "--cacheinfo", &format!("{mode},{object},{full}")]);
        env.git(&["commit", "-q", "-m", "linked"]);
        std::os::unix::fs::symlink("/etc", &target).unwrap();
        for arguments in [
            &["import", "--since", "HEAD~1"][..],
            &["import", "--from", "HEAD"],
            &["import", "--from", "HEAD", "--prune", "--yes"],
            &["import"],
        ] {
            let ran = env.bos(&[arguments, &["--json"][..]].concat());
            let what = format!("{place} {mode} {arguments:?}: {ran:?}");
            assert_eq!(documents(&env), before, "{what}");
            let report = ran.json();
            let found = report["diagnostics"].as_array().unwrap();
            assert!(found.iter().any(|found| found["code"] == "BOS005" && found["path"] == full.as_str()), "{what}");
            assert_eq!(report["missing"].as_array().map_or(0, Vec::len), 0, "{what}");
        }
    }
}

#[cfg(unix)]
fn documents(env: &TestEnv) -> Vec<String> {
    let database = env.sqlite();
    let mut statement = database.prepare("SELECT path FROM business_os_documents ORDER BY path").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}
