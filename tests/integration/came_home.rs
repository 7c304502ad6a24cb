//! Days on which an export came home: each was seen to take something back, and has its test by name. The law and the
//! product of cases are in `homecoming.rs`.

use std::fs;

use serde_json::Value;

use crate::{
    env::TestEnv,
    homecoming::{CARD, own},
    publish::BRANCH,
    states::{linked, priority},
};

#[test]
fn an_edit_that_was_taken_can_be_taken_back_in_the_file() {
    for commits in [false, true] {
        let env = imported();
        let first = env.read(CARD);
        env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        env.bos(&["undo"]).code(0);
        env.edit(CARD, "Title:", "Own: theirs\nTitle:");
        env.commit_all("an edit");
        env.bos(&["import"]).code(0);
        assert_eq!(own(&env), "theirs");
        // The file is what it was, and so what the log had after the undo, too.
        env.write(CARD, first);
        if commits {
            env.commit_all("and back");
        }
        env.bos(&["import"]).code(0);
        assert_eq!(own(&env), Value::Null, "{commits}");
        env.verify();
    }
}

fn imported() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env
}

/// The import, told by its way, adds no entry and leaves no card called old.
#[track_caller]
fn adds_nothing(env: &TestEnv, import: &[&str]) {
    let entries = env.log_length();
    env.bos(import).code(0);
    env.bos(&["import"]).code(0);
    assert_eq!(env.log_length(), entries, "{}", env.last_entry());
    let status = env.bos(&["status", "--json"]).json();
    let states: Vec<&Value> = status["documents"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert!(states.iter().all(|state| **state == "ahead"), "{status:#}");
    env.bos(&["export"]).code(0);
    assert_eq!(env.bos(&["status", "--json"]).json()["in_sync"], true);
    env.verify();
}

#[test]
fn an_undo_survives_the_merge_of_what_it_took_back() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.bos(&["undo"]).code(0);
    env.git(&["merge", "-q", BRANCH]);
    adds_nothing(&env, &["import"]);
    assert!(env.read(CARD).contains("Priority: P3"));
}

#[test]
fn an_undo_survives_an_import_before_the_merge() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.bos(&["undo"]).code(0);
    // The file has not changed, so it has come by nothing, though the database holds the same again.
    env.bos(&["import"]).code(0);
    env.git(&["merge", "-q", BRANCH]);
    adds_nothing(&env, &["import"]);
    assert!(env.read(CARD).contains("Priority: P3"));
}

#[test]
fn an_archived_card_stays_archived_with_its_stage_doc() {
    for import in [&["import"][..], &["import", "--since", "ORIG_HEAD"]] {
        let env = imported();
        env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
        env.git(&["merge", "-q", BRANCH]);
        adds_nothing(&env, import);
        assert!(!env.path("cards/BAKE-ENG-0006/plan.user.md").exists());
        assert!(env.path("cards/archive/BAKE-ENG-0006/plan.user.md").exists());
    }
}

#[test]
fn a_card_that_was_set_again_is_no_conflict() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    env.git(&["merge", "-q", BRANCH]);
    adds_nothing(&env, &["import", "--since", "ORIG_HEAD"]);
    assert!(env.read(CARD).contains("Priority: P0"));
}

#[test]
fn what_a_cut_off_file_export_wrote_is_no_edit() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
    let database = env.copy_database("before");
    env.bos(&["export"]).code(0);
    // The file was renamed into place; the database never heard of it.
    env.restore_database(&database);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Pete"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    assert_eq!(env.state(CARD), "ahead");
    adds_nothing(&env, &["import"]);
    assert!(env.read(CARD).contains("Priority: P0"));
}

#[test]
fn a_revert_after_both_exports_came_is_an_edit() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.git(&["merge", "-q", BRANCH]);
    env.bos(&["undo"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.git(&["merge", "-q", BRANCH]);
    env.git(&["revert", "--no-edit", "HEAD"]);
    assert!(env.read(CARD).contains("Priority: P5"));
    assert_eq!(env.state(CARD), "behind");
    let entries = env.log_length();
    env.bos(&["import"]).code(0);
    assert_eq!((env.log_length(), env.state(CARD).as_str()), (entries + 1, "in sync"));
    env.verify();
}

#[test]
fn an_old_edit_that_git_brings_takes_nothing_from_what_it_resembles() {
    let env = imported();
    let linked = env.home().join("linked");
    env.git(&["worktree", "add", "-q", "-b", "old", linked.to_str().unwrap()]);
    // An edit that no import has seen, on a branch that is left again.
    let text = env.read(CARD) + "\nAn old edit.\n";
    fs::write(linked.join("docs/business-os").join(CARD), text).unwrap();
    env.git_in(&linked, &["commit", "-q", "-a", "-m", "an old edit"]);
    env.git_in(&linked, &["switch", "-q", "-c", "side", "main"]);
    env.bos_in(&linked, &["import"]).code(0);
    env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
    env.bos_in(&linked, &["export"]).code(0);
    env.git_in(&linked, &["add", "-A"]);
    env.git_in(&linked, &["commit", "-q", "-m", "archived"]);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Own=kept"]).code(0);
    env.bos(&["card", "unarchive", "BAKE-ENG-0006"]).code(0);
    env.git_in(&linked, &["switch", "-q", "old"]);
    env.bos_in(&linked, &["import"]);
    assert_eq!(own(&env), "kept");
    let body = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json()["body"].to_string();
    let conflicts = env.bos_in(&linked, &["conflicts", "--json"]).json();
    let is_open = conflicts["conflicts"].as_array().is_some_and(|open| !open.is_empty());
    assert!(body.contains("An old edit.") || is_open, "{body} {conflicts:#}");
    env.verify();
}

/// How git puts an old text into a file whose document has been exported since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Back {
    Switch,
    Stash,
    SwitchToAnEdit,
    /// With an edit of what was exported, which no import has seen.
    SwitchFromAnEdit,
    StashOfAnEdit,
}

#[test]
fn an_edit_upon_an_old_checkout_takes_back_nothing() {
    for back in [Back::Switch, Back::Stash, Back::SwitchToAnEdit, Back::SwitchFromAnEdit, Back::StashOfAnEdit] {
        for (looks, goes_on) in [(false, false), (false, true), (true, false), (true, true)] {
            let env = imported();
            env.git(&["switch", "-q", "-c", "old"]);
            if back == Back::SwitchToAnEdit {
                env.write(CARD, env.read(CARD) + "\nAn edit.\n");
                env.commit_all("an edit that nobody imports");
                env.git(&["checkout", "-q", "main"]);
            }
            env.bos(&["card", "set", "BAKE-ENG-0006", "Own=kept"]).code(0);
            env.bos(&["export", "--partial"]);
            if matches!(back, Back::SwitchFromAnEdit | Back::StashOfAnEdit) {
                env.edit(CARD, "Title:", "Other: edit\nTitle:");
            }
            if matches!(back, Back::Stash | Back::StashOfAnEdit) {
                env.git(&["stash", "-q"]);
            } else {
                env.git(&["switch", "-q", "-c", "new"]);
                env.commit_all("exported");
                env.git(&["switch", "-q", "old"]);
            }
            if looks {
                env.bos(&["import"]);
            }
            if goes_on {
                // What git brought with it is taken first, as the command would ask for.
                env.bos(&["import"]);
                env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
            }
            if back != Back::SwitchToAnEdit {
                env.write(CARD, env.read(CARD) + "\nAn edit.\n");
            }
            env.bos(&["import"]).code(0);
            let case = format!("{back:?} {looks} {goes_on}");
            assert_eq!(own(&env), "kept", "{case}");
            let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
            assert!(shown["body"].as_str().unwrap().contains("An edit."), "{case}: {shown:#}");
            assert_eq!(shown["card"]["priority"] == "P5", goes_on, "{case}");
            env.verify();
        }
    }
}

#[test]
fn an_export_does_not_put_back_what_main_has_moved_past() {
    for imports in [false, true] {
        let env = imported();
        let export = |title: &str| {
            env.bos(&["card", "new", "BAKE", "--title", title, "--no-refresh"]).code(0);
            env.bos(&["export", "--commit", "--partial", "--no-refresh"]);
        };
        export("One");
        env.edit(CARD, "Title:", "Own: first\nTitle:");
        env.commit_all("an edit that the branch takes along");
        export("Two");
        assert!(env.git(&["show", &format!("{BRANCH}:docs/business-os/{CARD}")]).contains("Own: first"));
        env.edit(CARD, "Own: first", "Own: second");
        env.commit_all("and what main makes of it");
        if imports {
            env.bos(&["import"]).code(0);
        }
        export("Three");
        let on_branch = env.git(&["show", &format!("{BRANCH}:docs/business-os/{CARD}")]);
        assert!(on_branch.contains("Own: second"), "{imports}: {on_branch}");
        env.git(&["merge", "-q", "--no-edit", BRANCH]);
        env.bos(&["import"]).code(0);
        assert_eq!(own(&env), "second");
        env.verify();
    }
}

#[test]
fn the_export_of_a_move_alone_takes_nothing_back() {
    for import in [&["import"][..], &["import", "--from", "HEAD"], &["import", "--since", "HEAD~1"]] {
        // Into the archive, or back to where the card had been before.
        for (moved, to) in [("archive", "cards/archive/BAKE-ENG-0006.user.md"), ("unarchive", CARD)] {
            let env = imported();
            if moved == "unarchive" {
                env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
                env.bos(&["export"]).code(0);
                env.commit_all("archived");
                env.bos(&["import"]).code(0);
            }
            env.bos(&["card", "set", "BAKE-ENG-0006", "Own=kept"]).code(0);
            env.bos(&["export", "--commit"]).code(0);
            env.bos(&["card", moved, "BAKE-ENG-0006"]).code(0);
            env.bos(&["export", "--commit"]).code(0);
            // Git sees that the file was renamed, and leaves the text that it has here.
            env.git(&["cherry-pick", BRANCH]);
            assert!(!env.read(to).contains("Own:"));
            env.bos(import);
            env.bos(&["import"]);
            assert_eq!(own(&env), "kept", "{import:?} {moved}");
            env.verify();
        }
    }
}

#[test]
fn an_edit_that_a_merge_moved_along_began_where_it_began() {
    for import in [&["import"][..], &["import", "--from", "HEAD"], &["import", "--since", "HEAD~1"]] {
        let env = imported();
        env.git(&["switch", "-q", "-c", "topic"]);
        env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all("exported");
        env.bos(&["undo"]).code(0);
        env.edit(CARD, "Priority: P1", "Priority: P0");
        env.commit_all("an edit of what is taken back");
        env.bos(&["import"]).code(1);
        let linked = linked(&env, "HEAD~2");
        env.bos_in(&linked, &["card", "archive", "BAKE-ENG-0006"]).code(0);
        env.bos_in(&linked, &["export", "--commit", "--partial"]);
        env.git(&["merge", "-q", "--no-edit", BRANCH]);
        assert!(env.read("cards/archive/BAKE-ENG-0006.user.md").contains("Priority: P0"));
        env.bos(import);
        env.bos(&["import"]);
        assert_eq!(priority(&env), "P3", "{import:?}");
        let open = env.bos(&["conflicts", "--json"]).code(0).json();
        assert_eq!(open["conflicts"].as_array().unwrap().len(), 1, "{import:?} {open:#}");
        env.verify();
    }
}

/// An export says which entries it goes up to. What it left to whoever had changed that in git did not come with it.
#[test]
fn what_a_squashed_export_left_out_has_not_come() {
    for import in [&["import"][..], &["import", "--from", "HEAD"], &["import", "--since", "HEAD~1"]] {
        for per_change in [&[][..], &["--per-change"]] {
            let env = imported();
            let linked = linked(&env, "HEAD");
            env.bos_in(&linked, &["import"]).code(0);
            env.edit(CARD, "Title:", "Own: theirs\nTitle:");
            env.commit_all("an edit");
            for card in ["BAKE-ENG-0006", "BAKE-ENG-0003"] {
                env.bos_in(&linked, &["card", "set", card, "Priority=P0"]).code(0);
            }
            env.bos(&[&["export", "--commit", "--partial", "--no-refresh"], per_change].concat());
            env.git_in(&linked, &["merge", "-q", "--squash", BRANCH]);
            env.git_in(&linked, &["commit", "-q", "--no-edit"]);
            env.bos_in(&linked, import);
            env.bos_in(&linked, &["import"]);
            assert_eq!((priority(&env).as_str(), own(&env)), ("P0", "theirs".into()), "{import:?} {per_change:?}");
            env.verify();
        }
    }
}

/// As long as an export leaves something out, the next one witnesses the same entries again. What the earlier one has of
/// a document did not come with the later one.
#[test]
fn a_picked_export_brings_only_what_no_earlier_one_has() {
    for import in [&["import"][..], &["import", "--from", "HEAD"], &["import", "--since", "start"]] {
        for per_change in [&[][..], &["--per-change"]] {
            for is_edited in [false, true] {
                let env = imported();
                let linked = linked(&env, "HEAD");
                env.bos_in(&linked, &["import"]).code(0);
                env.git_in(&linked, &["tag", "start"]);
                env.edit("cards/BAKE-ENG-0003.user.md", "Title:", "Own: theirs\nTitle:");
                env.commit_all("an edit that stays out");
                let export = |settings: [&str; 2]| {
                    for setting in settings {
                        env.bos(&["card", "set", "BAKE-ENG-0006", setting]).code(0);
                    }
                    env.bos(&[&["export", "--commit", "--partial", "--no-refresh"], per_change].concat());
                    env.git(&["rev-parse", BRANCH]).trim().to_owned()
                };
                let first = export(["Own=first", "Own=kept"]);
                let second = export(["Priority=P1", "Priority=P0"]);
                env.git_in(&linked, &["cherry-pick", &format!("{first}..{second}")]);
                let path = linked.join("docs/business-os").join(CARD);
                let text = fs::read_to_string(&path).unwrap();
                assert!(text.contains("Priority: P0") && !text.contains("Own:"), "{text}");
                if is_edited {
                    fs::write(&path, text + "\nTheirs.\n").unwrap();
                    env.git_in(&linked, &["commit", "-q", "-a", "--amend", "--no-edit"]);
                }
                let entries = env.log_length();
                env.bos_in(&linked, import);
                env.bos_in(&linked, &["import"]);
                let case = format!("{import:?} {per_change:?} {is_edited}");
                assert_eq!(env.log_length(), entries + u64::from(is_edited), "{case} {}", env.last_entry());
                assert_eq!((priority(&env).as_str(), own(&env)), ("P0", "kept".into()), "{case}");
                env.verify();
            }
        }
    }
}

#[test]
fn what_left_with_another_branch_was_not_removed_here() {
    let file = "docs/business-os/cards/BAKE-ENG-0006";
    for (merge, looks) in [(true, 1), (true, 2), (false, 1), (false, 2)] {
        let env = imported();
        env.git(&["checkout", "-q", "-b", "other"]);
        env.bos(&["card", "comment", "BAKE-ENG-0006", "-m", "Blue?"]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all("the comment");
        env.bos(&["export", "--commit"]).code(0);
        env.git(&["switch", "-q", "main"]);
        env.bos(&["import"]).code(0);
        // The card is moved by hand where its comment is not, which the database moves along.
        fs::create_dir_all(env.root.join("docs/business-os/cards/archive")).unwrap();
        env.git(&["mv", &format!("{file}.user.md"), "docs/business-os/cards/archive/"]);
        env.commit_all("moved");
        (0..looks).for_each(|_| drop(env.bos(&["import"]).code(0)));
        if merge {
            env.git(&["merge", "-q", "--no-edit", BRANCH]);
        } else {
            env.git(&["merge", "-q", "--squash", BRANCH]);
            env.git(&["commit", "-q", "-m", "squashed"]);
        }
        assert!(env.root.join(file).join("comments").exists(), "{merge} {looks}");
        adds_nothing(&env, &["import"]);
    }
}

/// The place had the document at the other path once, on a branch that is not checked out.
#[test]
fn what_is_moved_by_hand_began_where_it_was() {
    let archived = CARD.replace("cards/", "cards/archive/");
    for to_archive in [true, false] {
        for (edits, commits) in [(false, false), (false, true), (true, false), (true, true)] {
            let case = format!("to the archive {to_archive}, edits {edits}, commits {commits}");
            let env = imported();
            if !to_archive {
                env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
                env.bos(&["export"]).code(0);
                env.commit_all("archived");
            }
            let (from, to) = if to_archive { (CARD, archived.as_str()) } else { (archived.as_str(), CARD) };
            env.git(&["checkout", "-q", "-b", "other"]);
            env.bos(&["card", "set", "BAKE-ENG-0006", "Own=ours"]).code(0);
            env.bos(&["card", if to_archive { "archive" } else { "unarchive" }, "BAKE-ENG-0006"]).code(0);
            env.bos(&["export"]).code(0);
            env.commit_all("moved there");
            env.git(&["switch", "-q", "main"]);
            env.bos(&["import"]).code(0);
            let docs = env.root.join("docs/business-os");
            fs::create_dir_all(docs.join(to).parent().unwrap()).unwrap();
            fs::rename(docs.join(from), docs.join(to)).unwrap();
            if edits {
                env.edit(to, "Title:", "Mine: yes\nTitle:");
            }
            if commits {
                env.commit_all("moved here");
            }
            let entries = env.log_length();
            env.bos(&["import"]).code(0);
            let fields = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"]["fields"].clone();
            assert_eq!((own(&env), &fields["Mine"]), ("ours".into(), &Value::from(edits.then_some("yes"))), "{case}");
            assert_eq!(env.log_length() - entries, u64::from(edits), "{case}: {}", env.last_entry());
            env.verify();
        }
    }
}

/// One place has seen what an edit began with; another one has its commit alone, which had something else before.
#[test]
fn an_edit_began_with_what_the_place_says_where_it_was_made() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Own=first"]).code(0);
    env.bos(&["export"]).code(0);
    env.commit_all("first");
    let linked = linked(&env, "main");
    env.bos_in(&linked, &["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Own=second"]).code(0);
    env.bos(&["export"]).code(0);
    env.edit(CARD, "Own: second", "Own: theirs");
    env.bos_in(&linked, &["undo"]).code(0);
    env.bos(&["import"]).code(1);
    env.commit_all("an edit");
    env.git_in(&linked, &["merge", "-q", "main"]);
    env.bos_in(&linked, &["import"]).code(1);
    assert_eq!(own(&env), "first");
    env.bos_in(&linked, &["conflicts", "resolve", "BAKE-ENG-0006", "--theirs"]).code(0);
    assert_eq!(own(&env), "theirs");
    env.verify();
}

/// What was committed before the database came to have what it has is no answer to that.
#[test]
fn a_commit_from_before_an_entry_takes_back_nothing_of_it() {
    let ways: [&[&str]; 3] = [&["import"], &["import", "--since", "main"], &["board", "BAKE"]];
    for (merges, way) in ways.into_iter().flat_map(|way| [(false, way), (true, way)]) {
        let env = imported();
        env.bos(&["card", "set", "BAKE-ENG-0006", "Own=first"]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all("set");
        env.git(&["checkout", "-q", "-b", "other"]);
        let in_year = |year: u32, arguments: &[&str]| {
            env.bos_with(&[("BOS_NOW", &format!("{year}-01-01T10:00:00Z"))], arguments).code(0);
        };
        in_year(2095, &["undo"]);
        in_year(2095, &["export"]);
        env.git_at("2096-01-01T10:00:00Z", &["commit", "-q", "-a", "-m", "undone"]);
        env.git(&["switch", "-q", "main"]);
        in_year(2097, &["import"]);
        assert_eq!(own(&env), Value::Null, "{merges} {way:?}");
        in_year(2098, &["card", "set", "BAKE-ENG-0006", "Own=first"]);
        assert_eq!(own(&env), "first", "{merges} {way:?}");
        let start = env.git(&["rev-parse", "HEAD"]);
        env.git(if merges { &["merge", "-q", "other"] } else { &["switch", "-q", "other"] });
        let way: Vec<&str> = way.iter().map(|word| if *word == "main" { start.trim() } else { *word }).collect();
        in_year(2099, &way);
        in_year(2099, &["import"]);
        assert_eq!(own(&env), "first", "{merges} {way:?}");
        env.verify();
    }
}

/// An import takes what was made before it, and so may be what answers that.
#[test]
fn a_commit_from_before_the_import_of_what_it_takes_back_takes_it_back() {
    for way in [&["import"][..], &["import", "--since", "ORIG_HEAD"]] {
        let env = imported();
        env.git(&["checkout", "-q", "-b", "mate"]);
        env.edit(CARD, "Title:", "Own: theirs\nTitle:");
        env.commit_all("an edit");
        env.git(&["revert", "--no-edit", "HEAD"]);
        env.git(&["checkout", "-q", "main"]);
        let later = |arguments: &[&str]| {
            env.bos_with(&[("BOS_NOW", "2099-01-01T10:00:00Z")], arguments).code(0);
        };
        env.git(&["merge", "-q", "mate~1"]);
        later(&["import"]);
        assert_eq!(own(&env), "theirs");
        env.git(&["merge", "-q", "mate"]);
        later(way);
        later(&["import"]);
        assert_eq!(own(&env), Value::Null, "{way:?}");
        env.verify();
    }
}

/// An export goes on from HEAD, so what somebody committed there and nobody has settled yet comes home with it.
#[test]
fn what_an_export_took_along_of_head_is_an_edit_of_what_was_there() {
    let ways = [&["import"][..], &["import", "--since", "start"], &["import", "--from", "HEAD"], &["board", "BAKE"]];
    let styles = [&["--squash"][..], &["--no-ff", "--no-edit"]];
    // What the edit makes of the key, and whether an import saw it before.
    let edits = [("Own: theirs", true), ("Own: theirs", false), ("Own: first\nMine: yes", false)];
    let mut wrong = Vec::new();
    for (style, way) in styles.into_iter().flat_map(|style| ways.map(|way| (style, way))) {
        for (edited, was_seen) in edits {
            let env = imported();
            env.git(&["tag", "start"]);
            env.bos(&["card", "set", "BAKE-ENG-0006", "Own=first"]).code(0);
            env.bos(&["export"]).code(0);
            env.commit_all("what the log has");
            env.bos(&["import"]).code(0);
            env.bos(&["card", "set", "BAKE-ENG-0006", "Own=ours"]).code(0);
            env.bos(&["export", "--commit"]).code(0);
            env.edit(CARD, "Own: first", edited);
            env.commit_all("an edit");
            if was_seen {
                env.bos(&["import"]).code(1);
            }
            env.bos(&["card", "set", "BAKE-ENG-0002", "Own=beside it"]).code(0);
            env.bos(&["export", "--commit", "--partial"]);
            let branch = env.git(&["show", &format!("{BRANCH}:docs/business-os/{CARD}")]);
            assert!(branch.contains(edited), "{style:?} {way:?} {branch}");
            env.git(&["switch", "-q", "-c", "home", "start"]);
            env.git(&[&["merge", "-q"], style, &[BRANCH]].concat());
            if style.contains(&"--squash") {
                env.git(&["commit", "-q", "--no-edit"]);
            }
            // A conflict is told by the exit code.
            for command in [way, &["import"]] {
                assert!(env.bos(command).code < 2, "{style:?} {way:?} {edited:?} {was_seen}");
            }
            let conflicts = env.bos(&["conflicts", "--json"]).json()["total"].as_u64().unwrap();
            // What was squashed does not tell what it began with: there a person may be asked about what has not changed.
            let is_asked = conflicts == 1 || (conflicts == 0 && edited.contains("Mine"));
            if own(&env) != "ours" || !is_asked {
                wrong.push(format!("{style:?} {way:?} {edited:?} {was_seen}: {} and {conflicts}", own(&env)));
            }
            env.verify();
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A revert is an edit, also where nobody has looked between the merge of an export and its revert.
#[test]
fn a_revert_right_after_the_merge_is_an_edit() {
    for (merge, revert) in [
        (&["merge", "-q", BRANCH][..], &["revert", "--no-edit", "HEAD"][..]),
        (&["merge", "-q", "--no-ff", "--no-edit", BRANCH], &["revert", "--no-edit", "-m", "1", "HEAD"]),
    ] {
        for way in [&["import"][..], &["board", "BAKE"], &["export", "--partial"]] {
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).code(0);
            env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
            env.bos(&["export", "--commit"]).code(0);
            // Another card stays ahead, and nothing of it came.
            env.bos(&["card", "set", "BAKE-ENG-0005", "Priority=P5"]).code(0);
            env.git(merge);
            env.git(revert);
            env.bos(way);
            env.bos(&["import"]).code(0);
            let priority = |id: &str| env.bos(&["card", "show", id, "--json"]).json()["card"]["priority"].clone();
            assert_eq!((priority("BAKE-ENG-0006"), priority("BAKE-ENG-0005")), ("P3".into(), "P5".into()), "{way:?}");
            env.verify();
        }
    }
}

/// What was exported to the files and undone since is no edit, whatever was committed meanwhile.
#[test]
fn an_export_to_the_files_that_was_undone_is_no_edit() {
    for is_committed in [false, true] {
        for way in [&["import"][..], &["board", "BAKE"]] {
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).code(0);
            env.bos(&["card", "set", "BAKE-ENG-0006", "Own=first"]).code(0);
            env.bos(&["export"]).code(0);
            env.bos(&["card", "set", "BAKE-ENG-0006", "Own=second"]).code(0);
            env.commit_all("the first");
            env.bos(&["export"]).code(0);
            if is_committed {
                env.commit_all("the second");
            }
            env.bos(&["undo"]).code(0);
            let before = env.log_length();
            env.bos(way).code(0);
            assert_eq!(env.log_length(), before, "{is_committed} {way:?}");
            assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"]["fields"]["Own"], "first");
            env.bos(&["export"]).code(0);
        }
    }
}
