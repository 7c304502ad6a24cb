//! The law of exports that come home: whatever is done in between, an export that is merged back and imported adds no
//! entry and leaves the lists as they are; where others edited, exactly their edits are taken. The ordinary run tries a
//! part of all cases, `BOS_HOMECOMINGS=all` every one.

use std::{
    fs,
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    env::TestEnv,
    publish::BRANCH,
    states::{linked, priority},
    watch::{PATIENCE, Watching},
};

const CARD: &str = "cards/BAKE-ENG-0006.user.md";
const MOVED: &str = "BAKE-ENG-0005";

/// What happens in the database between the export and its coming home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Undo,
    SetAgain,
    SetAnother,
    Archive,
    ArchiveAndBack,
    Move,
    FileRename,
    Renumber,
    ExportAgain,
    UndoAndExport,
    FileExport,
}

/// How it is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Merge,
    Squash,
    SquashWithoutTrailers,
    Rebase,
    PerChange,
    FirstChangeOnly,
    ThroughAnotherClone,
}

/// How it is taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Import,
    Since,
    From,
    Watch,
}

/// Who else edited another key of the same document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    Nobody,
    OnMain,
    /// And it was taken in before the merge.
    OnMainTaken,
    InReview,
}

const BETWEEN: [Between; 12] = [
    Between::Nothing,
    Between::Undo,
    Between::SetAgain,
    Between::SetAnother,
    Between::Archive,
    Between::ArchiveAndBack,
    Between::Move,
    Between::FileRename,
    Between::Renumber,
    Between::ExportAgain,
    Between::UndoAndExport,
    Between::FileExport,
];
const STYLES: [Style; 7] = [
    Style::Merge,
    Style::Squash,
    Style::SquashWithoutTrailers,
    Style::Rebase,
    Style::PerChange,
    Style::FirstChangeOnly,
    Style::ThroughAnotherClone,
];
const WAYS: [Way; 4] = [Way::Import, Way::Since, Way::From, Way::Watch];
const OTHERS: [Others; 4] = [Others::Nobody, Others::OnMain, Others::OnMainTaken, Others::InReview];

/// One case of the law.
type Case = (Between, Style, Way, Others);

/// What all cards are, with what is kept of a card's own texts.
fn cards(env: &TestEnv) -> Value {
    let mut cards = env.bos(&["card", "list", "--archived", "--json"]).code(0).json()["cards"].clone();
    for id in ["BAKE-ENG-0006", MOVED, "BAKE-ENG-0009", "BAKE-ENG-0010"] {
        let shown = env.bos(&["card", "show", id, "--json"]);
        if shown.code == 3 {
            continue;
        }
        let mut shown = shown.code(0).json();
        let mut kept = shown["card"].take();
        let stages: Vec<Value> =
            shown["stage_docs"].as_array().unwrap().iter().map(|doc| doc["path"].clone()).collect();
        kept["stages"] = stages.into();
        kept["body"] = shown["body"].take();
        cards.as_array_mut().unwrap().push(kept);
    }
    cards
}

/// The same cards, without what an edit of `Own` in one of them changes.
fn without_own(mut cards: Value) -> Value {
    for card in cards.as_array_mut().unwrap() {
        let card = card.as_object_mut().unwrap();
        if let Some(fields) = card.get_mut("fields").and_then(Value::as_object_mut) {
            fields.retain(|key, _| key != "Own");
        }
        card.retain(|key, _| key != "sha256" && key != "updated");
    }
    cards
}

#[track_caller]
fn assert_same(before: &Value, after: &Value) {
    let lines = |cards: &Value| -> Vec<String> { cards.as_array().unwrap().iter().map(Value::to_string).collect() };
    let (before, after) = (lines(before), lines(after));
    let gone: Vec<&String> = before.iter().filter(|line| !after.contains(line)).collect();
    let new: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(gone.is_empty() && new.is_empty(), "was {gone:#?}\nis {new:#?}");
}

fn own(env: &TestEnv) -> Value {
    env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json()["card"]["fields"]["Own"].clone()
}

/// Where the card's file is in a tree.
fn file(root: &std::path::Path) -> PathBuf {
    let here = root.join("docs/business-os").join(CARD);
    if here.exists() { here } else { root.join("docs/business-os/cards/archive/BAKE-ENG-0006.user.md") }
}

/// Somebody adds a key of their own in a tree, and commits it.
fn edit(env: &TestEnv, root: &std::path::Path) {
    let path = file(root);
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replacen("Title:", "Own: theirs\nTitle:", 1);
    fs::write(&path, text).unwrap();
    env.git_in(root, &["commit", "-q", "-a", "-m", "an edit of somebody's own"]);
}

fn between(env: &TestEnv, between: Between) {
    let bos = |arguments: &[&str]| drop(env.bos(arguments).code(0));
    match between {
        Between::Nothing => {}
        Between::Undo => bos(&["undo", "--last", "4"]),
        Between::SetAgain => bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]),
        Between::SetAnother => bos(&["card", "set", "BAKE-ENG-0006", "Owner=Pete", "--add", "Tags=later"]),
        Between::Archive => bos(&["card", "archive", "BAKE-ENG-0006", MOVED]),
        Between::ArchiveAndBack => {
            bos(&["card", "archive", "BAKE-ENG-0006", MOVED]);
            bos(&["export", "--commit"]);
            bos(&["card", "unarchive", "BAKE-ENG-0006", MOVED]);
        }
        Between::Move => bos(&["card", "move", "BAKE-ENG-0006", MOVED, "in-progress"]),
        Between::FileRename => {
            fs::create_dir_all(env.path("cards/archive")).unwrap();
            env.git(&["mv", "docs/business-os/cards/BAKE-ENG-0006.user.md", "docs/business-os/cards/archive/"]);
            env.commit_all("into the archive by hand");
            bos(&["import"]);
        }
        Between::Renumber => {
            let text = env.read("cards/BAKE-ENG-0001.user.md").replace("BAKE-ENG-0001", "BAKE-ENG-0009");
            env.write("cards/BAKE-ENG-0009.user.md", text);
            env.commit_all("a card of another clone");
            bos(&["import"]);
            bos(&["card", "show", "BAKE-ENG-0010"]);
        }
        Between::ExportAgain => {
            bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]);
            bos(&["export", "--commit"]);
            bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]);
        }
        Between::UndoAndExport => {
            bos(&["undo", "--last", "4"]);
            bos(&["export", "--commit"]);
        }
        Between::FileExport => {
            bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]);
            bos(&["export"]);
            env.commit_all("the files too");
        }
    }
}

/// Merges the branch; where git cannot, what is there already stays.
fn merge(env: &TestEnv, style: Style, start: &str) {
    let range = format!("{start}..{BRANCH}");
    match style {
        Style::Merge | Style::PerChange => drop(env.git(&["merge", "-q", "--no-edit", "-X", "ours", BRANCH])),
        Style::Squash | Style::SquashWithoutTrailers => {
            env.git(&["merge", "-q", "--squash", "-X", "ours", BRANCH]);
            let message: &[&str] = if style == Style::Squash { &["--no-edit"] } else { &["-m", "squashed"] };
            env.git(&[&["commit", "-q", "--allow-empty"], message].concat());
        }
        Style::Rebase => {
            let commits = env.git(&["rev-list", "--reverse", "--no-merges", &range]);
            let commits: Vec<&str> = commits.lines().collect();
            env.git(&[&["cherry-pick", "-X", "ours", "--keep-redundant-commits"], commits.as_slice()].concat());
        }
        Style::FirstChangeOnly => {
            let commits = env.git(&["rev-list", "--reverse", "--no-merges", &range]);
            env.git(&["cherry-pick", "-X", "ours", "--keep-redundant-commits", commits.lines().next().unwrap()]);
        }
        Style::ThroughAnotherClone => {
            let other = env.home().join("other");
            env.git(&["clone", "-q", ".", other.to_str().unwrap()]);
            env.git_in(&other, &["config", "user.name", "Ines"]);
            env.bos_in(&other, &["import"]).code(0);
            env.git_in(&other, &["merge", "-q", "--no-edit", "-X", "ours", &format!("origin/{BRANCH}")]);
            env.bos_in(&other, &["import"]).code(0);
            env.bos_in(&other, &["card", "comment", "BAKE-ENG-0001", "-m", "of the other clone"]).code(0);
            env.bos_in(&other, &["export"]).code(0);
            env.git_in(&other, &["add", "-A"]);
            env.git_in(&other, &["commit", "-q", "-m", "of the other clone"]);
            env.git(&["pull", "-q", "--no-rebase", "--no-edit", other.to_str().unwrap(), "main"]);
        }
    }
}

/// Waits until a watch has looked at all that HEAD has.
fn waits_for_head(env: &TestEnv) {
    let (start, head) = (Instant::now(), env.git(&["rev-parse", "HEAD"]));
    let seen = "SELECT count(*) FROM business_os_mirrors WHERE name = 'main:root' AND head = ?1";
    while env.sqlite().query_row(seen, [head.trim()], |row| row.get::<_, i64>(0)).unwrap() == 0 {
        assert!(start.elapsed() < PATIENCE, "the watch does not look");
        sleep(Duration::from_millis(20));
    }
}

fn comes_home((what, style, way, others): Case) {
    let env = TestEnv::repository("bakery");
    let bos = |arguments: &[&str]| env.bos(arguments).code(0);
    bos(&["import"]);
    bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]);
    bos(&["card", "move", MOVED, "planned"]);
    bos(&["card", "new", "BAKE", "--title", "Salt"]);
    bos(&["card", "comment", "BAKE-ENG-0009", "-m", "made here"]);
    let each: &[&str] =
        if matches!(style, Style::PerChange | Style::FirstChangeOnly) { &["--per-change"] } else { &[] };
    bos(&[&["export", "--commit"], each].concat());
    if others == Others::InReview {
        let review = env.home().join("review");
        env.git(&["worktree", "add", "-q", review.to_str().unwrap(), BRANCH]);
        edit(&env, &review);
        env.git(&["worktree", "remove", "--force", review.to_str().unwrap()]);
    }
    between(&env, what);
    let before = cards(&env);
    let entries = env.log_length();
    if matches!(others, Others::OnMain | Others::OnMainTaken) {
        edit(&env, &env.root);
    }
    if others == Others::OnMainTaken {
        bos(&["import"]);
    }
    let start = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
    let since = if others == Others::OnMain { format!("{start}~1") } else { start.clone() };
    let watching = (way == Way::Watch).then(|| Watching::start(&env, &[]));
    merge(&env, style, &start);
    match way {
        Way::Import => drop(bos(&["import"])),
        Way::Watch => {
            waits_for_head(&env);
            drop(watching);
        }
        Way::Since => drop(bos(&["import", "--since", &since])),
        Way::From => drop(bos(&["import", "--from", "HEAD"])),
    }
    bos(&["import"]);
    let got_theirs = match others {
        Others::Nobody => false,
        Others::OnMain | Others::OnMainTaken => true,
        Others::InReview => fs::read_to_string(file(&env.root)).unwrap().contains("Own: theirs"),
    };
    let after = cards(&env);
    if got_theirs {
        assert_eq!(own(&env), "theirs");
        assert_same(&without_own(before), &without_own(after));
    } else {
        assert_same(&before, &after);
    }
    let foreign = u64::from(style == Style::ThroughAnotherClone) + u64::from(got_theirs);
    let log = env.bos(&["log", "--json", "--limit", "5"]).json();
    assert_eq!(env.log_length(), entries + foreign, "{log:#}");
    let status = bos(&["status", "--json"]).json();
    for document in status["documents"].as_array().unwrap() {
        assert_eq!(document["state"], "ahead", "{status:#}");
    }
    // What the database has beyond it is for the next export to write, and then all agree.
    bos(&["export"]);
    assert_eq!(bos(&["status", "--json"]).json()["in_sync"], true);
    bos(&["import"]);
    assert_eq!(env.log_length(), entries + foreign);
    env.verify();
}

/// The cases of the law, in an order in which neighbours have little in common.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for others in OTHERS {
        for way in WAYS {
            for style in STYLES {
                cases.extend(BETWEEN.map(|what| (what, style, way, others)));
            }
        }
    }
    // Nobody can review what has left the branch or is committed upon it by the next export.
    let can_be = |(what, _, _, others): &Case| {
        let exports = matches!(what, Between::ExportAgain | Between::UndoAndExport | Between::ArchiveAndBack);
        !(exports && *others == Others::InReview)
    };
    cases.retain(can_be);
    cases
}

#[test]
fn an_export_that_comes_home_changes_nothing() {
    let cases = cases();
    let all = std::env::var("BOS_HOMECOMINGS").is_ok_and(|amount| amount == "all");
    let only = std::env::var("BOS_HOMECOMING").ok();
    let step = if all || only.is_some() { 1 } else { 65 };
    let mut failed = Vec::new();
    for case in cases.iter().step_by(step) {
        if only.as_ref().is_none_or(|only| format!("{case:?}").contains(only))
            && std::panic::catch_unwind(|| comes_home(*case)).is_err()
        {
            failed.push(format!("{case:?}"));
        }
    }
    assert!(failed.is_empty(), "{} cases: {failed:#?}", failed.len());
}

/// An edit that was taken says nothing of whether the place has what the log made before: a merge still brings that.
#[test]
fn what_comes_home_comes_beside_edits_that_were_taken() {
    for case in [
        (Between::ArchiveAndBack, Style::SquashWithoutTrailers, Way::Since, Others::OnMain),
        (Between::ArchiveAndBack, Style::Merge, Way::Import, Others::OnMainTaken),
        (Between::Undo, Style::Merge, Way::Import, Others::OnMainTaken),
        (Between::SetAgain, Style::SquashWithoutTrailers, Way::Import, Others::OnMainTaken),
        (Between::Undo, Style::Squash, Way::Since, Others::OnMainTaken),
        (Between::Move, Style::Rebase, Way::From, Others::OnMainTaken),
    ] {
        assert!(std::panic::catch_unwind(|| comes_home(case)).is_ok(), "{case:?}");
    }
}

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
}

#[test]
fn an_edit_upon_an_old_checkout_takes_back_nothing() {
    for back in [Back::Switch, Back::Stash, Back::SwitchToAnEdit] {
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
            if back == Back::Stash {
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
        let env = imported();
        env.bos(&["card", "set", "BAKE-ENG-0006", "Own=kept"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        // Git sees that the file was renamed, and leaves the text that it has here.
        env.git(&["cherry-pick", BRANCH]);
        assert!(!env.read("cards/archive/BAKE-ENG-0006.user.md").contains("Own:"));
        env.bos(import);
        env.bos(&["import"]);
        assert_eq!(own(&env), "kept", "{import:?}");
        env.verify();
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
