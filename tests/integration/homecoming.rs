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
    watch::{PATIENCE, Watching},
};

pub(crate) const CARD: &str = "cards/BAKE-ENG-0006.user.md";
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
    /// A person moves back what was archived, and exported to the branch as well as to the files.
    ArchiveAndFileBack,
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
    /// On main, merged with what the database had, and exported with that.
    BeforeTheExport,
    OnMain,
    /// And it was taken in before the merge.
    OnMainTaken,
    InReview,
}

const BETWEEN: [Between; 13] = [
    Between::Nothing,
    Between::Undo,
    Between::SetAgain,
    Between::SetAnother,
    Between::Archive,
    Between::ArchiveAndBack,
    Between::ArchiveAndFileBack,
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
const OTHERS: [Others; 5] =
    [Others::Nobody, Others::OnMain, Others::OnMainTaken, Others::InReview, Others::BeforeTheExport];

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

pub(crate) fn own(env: &TestEnv) -> Value {
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
        Between::ArchiveAndFileBack => {
            bos(&["card", "archive", "BAKE-ENG-0006"]);
            bos(&["export", "--commit"]);
            bos(&["export"]);
            env.commit_all("the files too");
            env.git(&["mv", "docs/business-os/cards/archive/BAKE-ENG-0006.user.md", "docs/business-os/cards/"]);
            env.commit_all("out of the archive by hand");
            bos(&["import"]);
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
    if others == Others::BeforeTheExport {
        edit(&env, &env.root);
        bos(&["import"]);
    }
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
            // Of a merge that changes no file it is not told.
            if !env.git(&["diff", "--name-only", &start, "HEAD"]).is_empty() {
                waits_for_head(&env);
            }
            drop(watching);
        }
        Way::Since => drop(bos(&["import", "--since", &since])),
        Way::From => drop(bos(&["import", "--from", "HEAD"])),
    }
    bos(&["import"]);
    let got_theirs = match others {
        Others::Nobody | Others::BeforeTheExport => false,
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
    let can_be = |(what, style, _, others): &Case| {
        let exports = matches!(
            what,
            Between::ExportAgain | Between::UndoAndExport | Between::ArchiveAndBack | Between::ArchiveAndFileBack
        );
        // Without trailers it is what a person does who moves the file into the archive once more. What git moves there
        // together with an edit, the edit takes along.
        let moves_again =
            *style == Style::SquashWithoutTrailers || matches!(others, Others::OnMain | Others::OnMainTaken);
        !(*what == Between::ArchiveAndFileBack && moves_again || exports && *others == Others::InReview)
    };
    cases.retain(can_be);
    cases
}

#[test]
fn an_export_that_comes_home_changes_nothing() {
    let cases = cases();
    let all = std::env::var("BOS_HOMECOMINGS").is_ok_and(|amount| amount == "all");
    let only = std::env::var("BOS_HOMECOMING").ok();
    let step = if all || only.is_some() { 1 } else { 64 };
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
