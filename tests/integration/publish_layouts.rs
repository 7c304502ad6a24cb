//! `bos export --commit` wherever a repository may be laid out in another way, and what it must leave as it is.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    env::{TestEnv, copy},
    publish::{BRANCH, CARD, assert_sound, changed, export, move_card, moved, rev},
};

/// Everything of a repository that an export must leave as it is.
fn surroundings(env: &TestEnv, root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for arguments in [
        &["status", "--porcelain=v2", "--branch", "--ignored"][..],
        &["symbolic-ref", "-q", "HEAD"],
        &["ls-files", "--stage", "--debug"],
        &["stash", "list"],
        &["worktree", "list", "--porcelain"],
        &["config", "--list", "--local"],
    ] {
        let mut command = std::process::Command::new("git");
        let output = command.current_dir(root).args(arguments).env("HOME", env.home()).output().unwrap();
        found.insert(arguments.join(" "), output.stdout);
    }
    let git_dir = env.git_in(root, &["rev-parse", "--absolute-git-dir"]);
    for file in ["HEAD", "index", "logs/HEAD"] {
        found.insert(file.to_owned(), fs::read(Path::new(git_dir.trim()).join(file)).unwrap_or_default());
    }
    for entry in walkdir::WalkDir::new(root).into_iter().filter_entry(|entry| entry.file_name() != ".git") {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let mut content = format!("{:?}\n", entry.metadata().unwrap().modified().unwrap()).into_bytes();
            content.extend(fs::read(entry.path()).unwrap());
            found.insert(entry.path().display().to_string(), content);
        }
    }
    found
}

#[test]
fn head_index_and_work_tree_stay_as_they_are() {
    let env = moved();
    env.write("../notes.txt", "not staged");
    env.git(&["add", "docs/notes.txt"]);
    env.write("../notes.txt", "staged, and edited after that");
    env.git(&["status"]);
    let before = surroundings(&env, &env.root);
    let head = rev(&env, "HEAD");
    let commit = export(&env).unwrap();
    let after = surroundings(&env, &env.root);
    for (what, content) in &before {
        assert!(after.get(what) == Some(content), "{what} is not as it was");
    }
    assert_eq!(before.len(), after.len());
    assert_eq!(rev(&env, "HEAD"), head);
    assert_eq!(rev(&env, &format!("{BRANCH}^")), head);
    assert_eq!(rev(&env, BRANCH), commit);
    assert_eq!(
        changed(&env, &commit),
        ["M docs/business-os/cards/BAKE-ENG-0006.user.md", "A docs/business-os/cards/BAKE-ENG-0006/build.user.md"]
    );
    assert_sound(&env);
}

#[test]
fn a_fresh_clone() {
    let origin = TestEnv::repository("bakery");
    let clone = TestEnv::empty();
    for (arguments, shallow) in [(&["clone", "-q"][..], false), (&["clone", "-q", "--depth", "1"], true)] {
        fs::remove_dir_all(&clone.root).unwrap();
        let url = format!("file://{}", origin.root.display());
        clone.git_in(clone.home(), &[arguments, &[&url, clone.root.to_str().unwrap()]].concat());
        assert_eq!(clone.git(&["rev-parse", "--is-shallow-repository"]).trim() == "true", shallow);
        clone.git(&["checkout", "-q", "-b", "topic"]);
        clone.commit_all("mine alone");
        move_card(&clone, "BAKE-ENG-0006", "in-progress");
        let commit = export(&clone).unwrap();
        assert_eq!(rev(&clone, &format!("{commit}^")), rev(&clone, "origin/HEAD"));
        assert_sound(&clone);
    }
}

#[test]
fn a_linked_work_tree_shares_the_database_and_the_branch() {
    let env = moved();
    let linked = env.home().join("linked");
    env.git(&["worktree", "add", "-q", "-b", "topic", linked.to_str().unwrap()]);
    let before = surroundings(&env, &linked);
    env.bos_in(&linked, &["card", "move", "BAKE-ENG-0005", "planned"]).code(0);
    let report = env.bos_in(&linked, &["export", "--commit", "--json"]).code(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 4);
    assert!(before == surroundings(&env, &linked));
    assert_eq!(export(&env), None, "the other work tree finds it done");
    assert_sound(&env);
}

#[test]
fn a_bare_repository_with_work_trees() {
    let origin = TestEnv::repository("bakery");
    let env = TestEnv::empty();
    let bare = env.home().join("project/.bare");
    env.git_in(env.home(), &["clone", "-q", "--bare", origin.root.to_str().unwrap(), bare.to_str().unwrap()]);
    let (main, topic) = (env.home().join("project/main"), env.home().join("project/topic"));
    env.git_in(&bare, &["worktree", "add", "-q", main.to_str().unwrap(), "main"]);
    env.git_in(&bare, &["worktree", "add", "-q", "-b", "topic", topic.to_str().unwrap()]);
    env.bos_in(&main, &["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos_in(&topic, &["card", "move", "BAKE-ENG-0005", "planned"]).code(0);
    let database = env.bos_in(&main, &["status", "--json"]).json()["database"].clone();
    assert_eq!(database, bare.join("bos/root/bos.db").to_str().unwrap());
    let report = env.bos_in(&topic, &["export", "--commit", "--json"]).code(0).json();
    assert_eq!(report["written"].as_array().unwrap().len(), 4);
    assert_eq!(env.git_in(&bare, &["fsck", "--strict"]), "");
    env.bos_in(&main, &["audit", "verify"]).code(0);
    assert_eq!(env.git_in(&main, &["status", "--porcelain"]), "");
}

#[test]
fn a_detached_head() {
    let env = moved();
    env.git(&["checkout", "-q", "--detach"]);
    env.commit_all("on the side");
    export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{BRANCH}^")), rev(&env, "main"), "the base is main, not HEAD");
    assert_sound(&env);

    // Without a main branch, HEAD is the base.
    let env = moved();
    env.git(&["checkout", "-q", "--detach"]);
    env.git(&["branch", "-q", "-D", "main"]);
    export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{BRANCH}^")), rev(&env, "HEAD"));
    assert_sound(&env);
}

#[test]
fn a_repository_without_commits() {
    let env = TestEnv::fixture("bakery");
    env.git(&["init", "-q", "-b", "main"]);
    env.bos(&["import"]).code(0);
    let first = export(&env).unwrap();
    assert_eq!(env.git(&["rev-list", "--count", BRANCH]).trim(), "1");
    assert_eq!(changed(&env, &first).len(), 26);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    let second = export(&env).unwrap();
    assert_eq!(rev(&env, &format!("{second}^")), first);
    assert!(env.git(&["status"]).contains("No commits yet"));
    assert_sound(&env);
    // The first commit of main shares no history with the branch: the next export joins the two.
    env.commit_all("first");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export"]).code(0);
    env.commit_all("second");
    env.bos(&["card", "set", "BAKE-ENG-0004", "Priority=P0"]).code(0);
    export(&env).unwrap();
    assert_sound(&env);
}

#[test]
fn an_ignored_folder_goes_out_all_the_same() {
    let env = TestEnv::fixture("bakery");
    fs::write(env.root.join(".gitignore"), "docs/\n").unwrap();
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("without the documents");
    assert_eq!(env.git(&["ls-files"]), ".gitignore\n");
    env.bos(&["import"]).code(0);
    let commit = export(&env).unwrap();
    assert_eq!(changed(&env, &commit).len(), 26);
    assert_eq!(env.git(&["status", "--porcelain"]), "");
    assert_sound(&env);
}

#[test]
fn line_ends_are_as_git_would_store_them() {
    let env = TestEnv::fixture("bakery");
    fs::write(env.root.join(".gitattributes"), "* text=auto\n").unwrap();
    let text = env.read("cards/BAKE-ENG-0005.user.md").replace('\n', "\r\n");
    env.write("cards/BAKE-ENG-0005.user.md", &text);
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env.bos(&["import"]).code(0);
    assert_eq!(export(&env), None, "the branch has it already, in git's own form");
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    let commit = export(&env).unwrap();
    assert_eq!(env.git(&["diff", "--stat=200", &format!("{commit}^"), &commit]).lines().count(), 2);
    let blob = env.git(&["cat-file", "blob", &format!("{commit}:docs/business-os/cards/BAKE-ENG-0005.user.md")]);
    assert!(blob.contains("Priority: P0\n") && !blob.contains('\r'), "{blob:?}");
    assert_eq!(export(&env), None);
    env.bos(&["export"]).code(0);
    assert!(env.read("cards/BAKE-ENG-0005.user.md").contains("Priority: P0\r\n"));
    // What git then stores of the file is what the branch has.
    env.git(&["add", "-A"]);
    assert_eq!(env.git(&["diff", "--cached", "--name-only", &commit]), "");
    // The reviewed branch comes back with plain line ends: no edit of anybody.
    env.git(&["commit", "-q", "-m", "files"]);
    env.git(&["merge", "-q", BRANCH]);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P1"]).code(0);
    export(&env).unwrap();
    assert_sound(&env);
}

#[cfg(unix)]
#[test]
fn file_modes_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::fixture("bakery");
    fs::set_permissions(env.root.join(CARD), fs::Permissions::from_mode(0o755)).unwrap();
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env.bos(&["import"]).code(0);
    move_card(&env, "BAKE-ENG-0006", "in-progress");
    export(&env).unwrap();
    let tree = env.git(&["ls-tree", "-r", BRANCH, "docs/business-os/cards"]);
    let mode = |name: &str| tree.lines().find(|line| line.ends_with(name)).unwrap()[..6].to_owned();
    assert_eq!(mode("BAKE-ENG-0006.user.md"), "100755");
    assert_eq!(mode("BAKE-ENG-0006/build.user.md"), "100644");
    assert_sound(&env);
}

#[test]
fn a_tree_in_a_folder_of_the_repository() {
    let env = TestEnv::empty();
    let root = env.root.join("shops/bakery");
    copy(&Path::new(crate::env::FIXTURES).join("bakery"), &root);
    copy(&Path::new(crate::env::FIXTURES).join("bakery"), &env.root);
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env.bos_in(&root.join("docs"), &["card", "move", "BAKE-ENG-0006", "in-progress"]).code(0);
    env.bos_in(&root, &["export", "--commit"]).code(0);
    assert!(
        changed(&env, BRANCH)
            .iter()
            .all(|line| line[2..].starts_with("shops/bakery/docs/business-os/cards/BAKE-ENG-0006"))
    );
    // The tree at the top is another one, with a database of its own; both go to the branch.
    env.bos(&["card", "move", "BAKE-ENG-0005", "in-progress"]).code(0);
    export(&env).unwrap();
    assert!(changed(&env, BRANCH).iter().all(|line| line[2..].starts_with("docs/business-os/cards/BAKE-ENG-0005")));
    env.bos_in(&root, &["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos_in(&root, &["export", "--commit"]).code(0);
    assert!(
        changed(&env, BRANCH)
            .iter()
            .all(|line| line[2..].starts_with("shops/bakery/docs/business-os/cards/BAKE-ENG-0006"))
    );
    env.bos_in(&root, &["audit", "verify"]).code(0);
    assert_sound(&env);
}

#[test]
fn two_branches_each_get_what_they_lack() {
    let env = moved();
    env.bos(&["export", "--commit", "--branch", "cards/one"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P0"]).code(0);
    env.bos(&["export", "--commit", "--branch", "cards/two"]).code(0);
    assert_eq!(changed(&env, "cards/one").len(), 2);
    assert_eq!(changed(&env, "cards/two").len(), 3);
    env.bos(&["export", "--commit", "--branch", "cards/one"]).code(0);
    assert_eq!(changed(&env, "cards/one"), ["M docs/business-os/cards/BAKE-ENG-0005.user.md"]);
    assert_eq!(env.git(&["diff", "cards/one", "cards/two"]), "");
    env.bos(&["export", "--commit", "--branch", "no such..branch"]).code(4);
    env.bos(&["export", "--commit", "--branch", "-x"]).code(2);
    env.bos(&["export", "--branch", "cards/one"]).code(2);
    assert_sound(&env);
}
