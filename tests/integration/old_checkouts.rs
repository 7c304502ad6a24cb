//! What people do to files with git and with editors: which file is an old checkout, and which is an edit.

use std::fs;

use crate::{
    env::TestEnv,
    publish::BRANCH,
    states::{CARD, CARD_PATH, import_leaves, import_takes, imported, linked, priority},
};

#[test]
fn a_stash_and_its_pop() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    env.git(&["stash", "-q"]);
    import_leaves(&env, "stale", 0);
    env.git(&["stash", "pop", "-q"]);
    import_leaves(&env, "in sync", 0);
    assert_eq!(priority(&env), "P1");
}

#[test]
fn a_revert_is_an_edit() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    env.commit_all("more urgent");
    env.git(&["revert", "--no-edit", "HEAD"]);
    import_takes(&env, "behind");
    assert_eq!(priority(&env), "P3");
}

#[test]
fn an_undo_in_the_editor_is_an_edit() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Priority: P1", "Priority: P0");
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Priority: P0", "Priority: P1");
    import_takes(&env, "behind");
    assert_eq!(priority(&env), "P1");
}

/// Who discards with git what was taken from the file, and is nowhere else, takes it out again.
#[test]
fn to_discard_an_edit_that_was_taken_is_an_edit() {
    for discard in [&["checkout", "-q", "--", "."][..], &["restore", "."], &["reset", "-q", "--hard"]] {
        let env = imported();
        env.edit(CARD, "Priority: P3", "Priority: P1");
        env.bos(&["import"]).code(0);
        env.git(discard);
        import_takes(&env, "behind");
        assert_eq!(priority(&env), "P3");
    }
}

#[test]
fn a_pulled_undo_is_an_edit() {
    let env = imported();
    env.git(&["clone", "-q", ".", "../other"]);
    let other = env.home().join("other");
    let file = other.join(CARD_PATH);
    let old = fs::read_to_string(&file).unwrap();
    fs::write(&file, old.replace("Priority: P3", "Priority: P1")).unwrap();
    env.git_in(&other, &["commit", "-qam", "more urgent"]);
    env.git(&["pull", "-q", "../other", "main"]);
    import_takes(&env, "behind");
    fs::write(&file, old).unwrap();
    env.git_in(&other, &["commit", "-qam", "not so urgent"]);
    env.git(&["pull", "-q", "../other", "main"]);
    import_takes(&env, "behind");
    assert_eq!(priority(&env), "P3");
}

#[test]
fn an_old_checkout_is_known_through_line_end_conversion() {
    let env = TestEnv::repository("bakery");
    env.git(&["config", "core.autocrlf", "true"]);
    fs::remove_file(env.path(CARD)).unwrap();
    env.git(&["checkout", "-q", "--", "."]);
    assert!(env.read(CARD).contains("\r\n"), "git has put line ends of its own there");
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    env.git(&["stash", "-q"]);
    import_leaves(&env, "stale", 0);
    env.git(&["stash", "pop", "-q"]);
    import_leaves(&env, "in sync", 0);
}

#[test]
fn where_history_is_cut_off_nothing_is_guessed() {
    let env = TestEnv::repository("bakery");
    env.commit_all("second");
    let origin = format!("file://{}", env.root.display());
    env.git(&["clone", "-q", "--depth", "1", &origin, "../shallow"]);
    let shallow = env.at("shallow");
    shallow.bos(&["import"]).code(0);
    shallow.edit(CARD, "Priority: P3", "Priority: P1");
    shallow.bos(&["import"]).code(0);
    shallow.git(&["stash", "-q"]);
    import_leaves(&shallow, "diverged", 1);
}

#[test]
fn before_the_first_commit_going_back_is_an_edit() {
    let env = TestEnv::fixture("bakery");
    env.git(&["init", "-q", "-b", "main"]);
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    import_takes(&env, "behind");
    env.edit(CARD, "Priority: P1", "Priority: P3");
    import_takes(&env, "behind");
}

#[test]
fn a_detached_head_is_as_good_as_a_branch() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    env.commit_all("more urgent");
    env.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    import_leaves(&env, "stale", 0);
}

#[test]
fn without_git_going_back_is_an_edit() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    import_takes(&env, "behind");
    env.edit(CARD, "Priority: P1", "Priority: P3");
    import_takes(&env, "behind");
    assert_eq!(priority(&env), "P3");
}

#[test]
fn a_linked_work_tree_on_an_old_branch_is_stale() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    env.commit_all("more urgent");
    let linked = linked(&env, "HEAD~1");
    let before = env.log_length();
    assert_eq!(
        env.database(),
        std::path::PathBuf::from(
            env.bos_in(&linked, &["status", "--json"]).code(0).json()["database"].as_str().unwrap(),
        )
    );
    let status = env.bos_in(&linked, &["status", "--json"]).code(0).json();
    assert_eq!(status["documents"], serde_json::json!([{"path": CARD_PATH, "state": "stale"}]));
    let report = env.bos_in(&linked, &["import", "--json"]).code(0).json();
    assert_eq!((report["stale"].as_u64(), env.log_length()), (Some(1), before));
    assert_eq!(env.state(CARD), "in sync", "the first tree has a state of its own");
    let text = fs::read_to_string(linked.join(CARD_PATH)).unwrap().replace("Priority: P3", "Priority: P0");
    fs::write(linked.join(CARD_PATH), text).unwrap();
    let report = env.bos_in(&linked, &["import", "--json"]).code(1).json();
    assert_eq!(report["conflicts"], 1, "both changed the priority of the old text");
    let text = fs::read_to_string(linked.join(CARD_PATH)).unwrap().replace("Priority: P0", "Priority: P3");
    fs::write(linked.join(CARD_PATH), text.replace("About 2,000", "About 1,500")).unwrap();
    let report = env.bos_in(&linked, &["import", "--json"]).code(0).json();
    assert_eq!(report["merged"], 1, "an edit of an old text is merged: git has what it began with");
}

#[test]
fn what_was_removed_does_not_come_back_with_an_old_checkout() {
    let env = imported();
    fs::remove_file(env.path(CARD)).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    env.git(&["checkout", "-q", "--", "docs"]);
    assert_eq!(env.state(CARD), "stale");
    let before = env.log_length();
    env.bos(&["import"]).code(0);
    assert_eq!((env.log_length(), env.state(CARD).as_str()), (before, "stale"));
    env.bos(&["import", &format!("docs/business-os/{CARD}"), "--theirs"]).code(0);
    assert_eq!(env.state(CARD), "in sync");
    env.verify();
}

#[test]
fn every_work_tree_is_told_and_one_that_is_gone_is_forgotten() {
    let env = imported();
    let linked = linked(&env, "HEAD");
    env.bos_in(&linked, &["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.bos(&["export"]).code(0);
    env.bos(&["status", "--check"]).code(0);
    env.bos(&["status", "--check", "--all"]).code(1);
    let status = env.bos(&["status", "--all", "--json"]).code(0).json();
    let told: Vec<_> = status["places"].as_array().unwrap().iter().map(|place| place["in_sync"].clone()).collect();
    assert_eq!(told, [true, false], "{status}");
    fs::write(linked.join("docs/business-os/cards/notes.user.md"), "what is this?\n").unwrap();
    let status = env.bos(&["status", "--all", "--json"]).code(0).json();
    let unread = |place: usize| status["places"][place]["unread"].as_array().unwrap().len();
    assert_eq!((unread(0), unread(1), &status["unread"]), (0, 1, &serde_json::json!([])), "{status}");
    fs::remove_file(linked.join("docs/business-os/cards/notes.user.md")).unwrap();
    let text = env.bos_in(&linked, &["status", "--all"]).ok();
    assert!(text.contains("All 26 documents are in sync.") && text.contains("ahead (1)"), "{text}");
    env.git(&["worktree", "remove", "--force", linked.to_str().unwrap()]);
    let status = env.bos(&["status", "--all", "--json"]).code(0).json();
    assert_eq!(status["places"].as_array().unwrap().len(), 1, "{status}");
    env.bos(&["status", "--check", "--all"]).code(0);
    env.edit(CARD, "Priority: P1", "Priority: P5");
    env.bos(&["status", "--check"]).code(1);
    env.verify();
}

#[test]
fn what_git_puts_back_over_an_export_is_stale_even_where_the_exported_text_is_an_earlier_one() {
    let env = imported();
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.commit_all("more urgent");
    env.bos(&["import"]).code(0);
    env.bos(&["undo", &env.log_length().to_string()]).code(0);
    env.bos(&["export"]).code(0);
    env.git(&["stash", "-q"]);
    import_leaves(&env, "stale", 0);
    assert_eq!(priority(&env), "P3");
    env.write(CARD, env.read(CARD) + "\nAn edit.\n");
    env.bos(&["import"]).code(0);
    assert_eq!(priority(&env), "P3", "an edit of it takes nothing back");
    env.verify();
}

#[test]
fn an_old_text_where_its_document_is_no_more_is_stale() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.bos(&["export"]).code(0);
    env.commit_all("exported");
    env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
    env.bos(&["export"]).code(0);
    env.commit_all("archived");
    env.git(&["rm", "-q", &format!("docs/business-os/{ARCHIVED}")]);
    env.commit_all("not on this branch");
    // As the pop of an old stash leaves it.
    env.git(&["checkout", "-q", "HEAD~2", "--", CARD_PATH]);
    let entries = env.log_length();
    env.bos(&["import"]).code(0);
    assert_eq!((env.log_length(), env.state(CARD).as_str(), priority(&env).as_str()), (entries, "stale", "P5"));
    env.bos(&["import", CARD_PATH, "--theirs"]).code(0);
    assert_eq!(priority(&env), "P1");
    env.verify();
}

const ARCHIVED: &str = "cards/archive/BAKE-ENG-0006.user.md";

/// How the file stands that is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stands {
    InSync,
    Ahead,
    Edited,
    Diverged,
    /// An old text that git put there, as a stash or as another branch.
    Stashed,
    StashedAndEdited,
    Switched,
    SwitchedAndEdited,
    /// An export that came home, after the database took it back.
    CameHome,
    CameHomeAndEdited,
}

const STANDS: [Stands; 10] = [
    Stands::InSync,
    Stands::Ahead,
    Stands::Edited,
    Stands::Diverged,
    Stands::Stashed,
    Stands::StashedAndEdited,
    Stands::Switched,
    Stands::SwitchedAndEdited,
    Stands::CameHome,
    Stands::CameHomeAndEdited,
];

impl Stands {
    /// Brings the card's file there; gives the priority that the database has, and whether somebody edited the file.
    fn bring(self, env: &TestEnv) -> (&'static str, bool) {
        let set = || drop(env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0));
        let edited = |name: Self| format!("{name:?}").contains("Edited") || name == Self::Diverged;
        match self {
            Self::InSync | Self::Edited => {}
            Self::Ahead | Self::Diverged => set(),
            Self::Stashed | Self::StashedAndEdited => {
                set();
                env.bos(&["export"]).code(0);
                env.git(&["stash", "-q"]);
            }
            Self::Switched | Self::SwitchedAndEdited => {
                set();
                env.bos(&["export"]).code(0);
                env.git(&["switch", "-q", "-c", "new"]);
                env.commit_all("exported");
                env.git(&["switch", "-q", "main"]);
            }
            Self::CameHome | Self::CameHomeAndEdited => {
                set();
                env.bos(&["export", "--commit"]).code(0);
                env.bos(&["undo"]).code(0);
                env.git(&["merge", "-q", "--no-edit", BRANCH]);
            }
        }
        if edited(self) {
            env.write(CARD, env.read(CARD) + "\nAn edit.\n");
        }
        let priority = if matches!(self, Self::InSync | Self::Edited) || format!("{self:?}").starts_with("CameHome") {
            "P3"
        } else {
            "P5"
        };
        (priority, edited(self))
    }
}

/// How a file that was moved by hand is taken in: what is asked for, whether the move is committed, and whether somebody
/// looked at what stood there before.
type Way = (&'static [&'static str], bool, bool);

const WAYS: [Way; 5] = [
    (&["import"], false, false),
    (&["import"], true, true),
    (&["import"], true, false),
    (&["import", "--from", "HEAD"], true, false),
    (&["import", "--since", "HEAD~1"], true, false),
];

/// A file is moved into the archive, and maybe out of it again.
fn is_moved(stands: Stands, (import, commits, looks): Way, returns: bool) {
    let case = format!("{stands:?} {import:?} {commits} {looks} {returns}");
    let env = imported();
    let (expected, is_edited) = stands.bring(&env);
    if looks && !is_edited {
        env.bos(&["import"]).code(0);
    }
    fs::create_dir_all(env.path("cards/archive")).unwrap();
    let moves = [(CARD, ARCHIVED), (ARCHIVED, CARD)];
    for (from, to) in &moves[..if returns { 2 } else { 1 }] {
        fs::rename(env.path(from), env.path(to)).unwrap();
        if commits {
            env.commit_all("moved by hand");
        }
        env.bos(import);
        env.bos(&["import"]).code(0);
        let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
        assert_eq!(shown["card"]["path"], format!("docs/business-os/{to}"), "{case}");
        assert_eq!(shown["card"]["priority"], expected, "{case}");
        assert_eq!(shown["body"].as_str().unwrap().contains("An edit."), is_edited, "{case}");
    }
    let entries = env.log_length();
    env.bos(&["export"]).code(0);
    env.bos(&["import"]).code(0);
    let status = env.bos(&["status", "--json"]).code(0).json();
    assert_eq!((env.log_length(), &status["in_sync"]), (entries, &true.into()), "{case}: {status:#}");
    env.verify();
}

#[test]
fn a_file_that_is_moved_takes_along_what_it_held_and_takes_nothing_back() {
    // What was never committed where it was moved to cannot be told from what git has put back.
    let returns = WAYS.into_iter().filter(|(import, commits, _)| *commits && !import.contains(&"--from"));
    let ways = WAYS.into_iter().map(|way| (way, false)).chain(returns.map(|way| (way, true)));
    let cases: Vec<_> = ways.flat_map(|(way, returns)| STANDS.map(|stands| (stands, way, returns))).collect();
    let all = std::env::var("BOS_HOMECOMINGS").is_ok_and(|amount| amount == "all");
    let cases = cases.into_iter().step_by(if all { 1 } else { 3 });
    let is_wrong = |case: &(Stands, Way, bool)| {
        let (stands, way, returns) = *case;
        std::panic::catch_unwind(|| is_moved(stands, way, returns)).is_err()
    };
    let wrong: Vec<_> = cases.filter(is_wrong).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_edit_of_what_a_stash_put_back_takes_no_undo_back_though_git_had_its_text_before() {
    let env = imported();
    let id = CARD.trim_start_matches("cards/").trim_end_matches(".user.md");
    for size in ["S", "L"] {
        env.bos(&["card", "set", id, &format!("Size={size}")]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all(size);
        env.bos(&["import"]).code(0);
    }
    env.bos(&["undo"]).code(0);
    env.bos(&["export"]).code(0);
    env.git(&["stash", "-q"]);
    import_leaves(&env, "stale", 0);
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.bos(&["import"]).code(0);
    let fields = env.bos(&["card", "show", id, "--json"]).json()["card"]["fields"].clone();
    assert_eq!((&fields["Size"], &fields["Priority"]), (&"S".into(), &"P1".into()));
}

/// An edit of an old text that git put over what the place stands at.
#[derive(Debug, Clone, Copy)]
struct EditOfOld {
    /// Where that went: onto another branch, or else into a stash.
    switches: bool,
    /// Whether it was edited, and not looked at, before it went there.
    is_edited: bool,
    /// Whether HEAD's line had it before.
    stood: bool,
    /// Whether somebody looked at the old text.
    looks: bool,
    commits: bool,
    /// Whether the database has the document in the archive by now.
    archives: bool,
}

impl EditOfOld {
    fn of(number: u32) -> Self {
        let [switches, is_edited, stood, looks, commits, archives] = [1, 2, 4, 8, 16, 32].map(|bit| number & bit != 0);
        Self { switches, is_edited, stood, looks, commits, archives }
    }

    fn takes_nothing_back(self) {
        let env = imported();
        env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
        env.bos(&["export"]).code(0);
        if self.stood {
            env.commit_all("exported");
            env.bos(&["import"]).code(0);
            env.bos(&["undo"]).code(0);
            env.bos(&["export"]).code(0);
        }
        if self.archives {
            env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
        }
        if self.is_edited {
            env.write(CARD, env.read(CARD) + "\nSet aside.\n");
        }
        if self.switches {
            env.git(&["switch", "-q", "-c", "aside"]);
            env.commit_all("aside");
            env.git(&["switch", "-q", "main"]);
        } else {
            env.git(&["stash", "-q"]);
        }
        if self.looks {
            env.bos(&["import"]).code(0);
        }
        env.write(CARD, env.read(CARD) + "\nAn edit.\n");
        if self.commits {
            env.commit_all("edited");
        }
        env.bos(&["import"]).code(0);
        assert_eq!(priority(&env), if self.stood { "P3" } else { "P1" }, "{self:?}");
        let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).json();
        assert!(shown["body"].as_str().unwrap().contains("An edit."), "{self:?}");
    }
}

#[test]
fn an_edit_of_what_git_put_back_takes_nothing_back() {
    let all = std::env::var("BOS_HOMECOMINGS").is_ok_and(|amount| amount == "all");
    (0..64).step_by(if all { 1 } else { 5 }).for_each(|number| EditOfOld::of(number).takes_nothing_back());
}

#[test]
fn an_edit_in_the_archive_takes_nothing_back_from_where_the_document_has_gone() {
    for looks in [false, true] {
        let env = imported();
        env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all("archived");
        env.git(&["switch", "-q", "-c", "old"]);
        env.write(ARCHIVED, env.read(ARCHIVED) + "\nAn edit.\n");
        env.commit_all("edited");
        env.git(&["switch", "-q", "main"]);
        env.bos(&["card", "set", "BAKE-ENG-0006", "Size=L"]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all("set in the archive");
        env.bos(&["card", "unarchive", "BAKE-ENG-0006"]).code(0);
        env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1", "Owner=Pete"]).code(0);
        env.bos(&["export"]).code(0);
        env.commit_all("and back");
        env.bos(&["import"]).code(0);
        if looks {
            env.git(&["switch", "-q", "--detach", "main~1"]);
            env.bos(&["import"]).code(0);
        }
        env.git(&["switch", "-q", "old"]);
        env.bos(&["import"]);
        let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).json();
        let card = &shown["card"];
        assert_eq!((&card["priority"], &card["owner"]), (&"P1".into(), &"Pete".into()), "{looks}");
        assert!(shown["body"].as_str().unwrap().contains("An edit."), "{looks}");
        env.verify();
    }
}

#[test]
fn what_clashes_upon_one_of_two_texts_that_an_edit_may_have_begun_with_is_for_a_person() {
    // HEAD has the one, and the export in the file is on a branch: git may have put back the first before the edit.
    for is_seen_before_the_undo in [true, false] {
        let env = imported();
        let linked = linked(&env, "HEAD");
        let text = fs::read_to_string(linked.join(CARD_PATH)).unwrap();
        fs::write(linked.join(CARD_PATH), text.replace("Priority: P3", "Priority: P5")).unwrap();
        env.bos_in(&linked, &["import"]).code(0);
        env.bos(&["export"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        env.edit(CARD, "Priority: P5", "Priority: P1");
        if is_seen_before_the_undo {
            env.bos(&["import"]).code(1);
        }
        env.bos_in(&linked, &["undo"]).code(0);
        let undone = env.log_length();
        for _ in 0..2 {
            assert_eq!(env.bos(&["import", "--json"]).code(1).json()["conflicts"], 1, "{is_seen_before_the_undo}");
        }
        assert_eq!((priority(&env), env.log_length()), ("P3".to_owned(), undone), "{is_seen_before_the_undo}");
        env.verify();
    }
}

#[test]
fn what_a_stash_puts_back_after_a_conflict_was_settled_is_no_edit() {
    let env = imported();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Own=ours"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P3\nOwn: theirs");
    env.write(CARD, env.read(CARD) + "\nOne.\n\nTwo.\n");
    env.commit_all("theirs");
    env.bos(&["import"]).code(1);
    env.write(CARD, env.read(CARD) + "\nFurther.\n");
    env.bos(&["import"]).code(1);
    env.bos(&["conflicts", "resolve", "BAKE-ENG-0006", "--theirs"]).code(0);
    env.git(&["stash", "-q"]);
    env.bos(&["import"]);
    let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).json();
    assert!(shown["body"].as_str().unwrap().contains("Further."), "{shown:#}");
    assert_eq!(shown["card"]["fields"]["Own"], "theirs");
}
