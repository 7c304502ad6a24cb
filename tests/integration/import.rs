//! `bos import`: what is taken, what is told, what comes back byte for byte; broken documents by code.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::TestEnv;

pub(crate) const CARD: &str = "cards/BAKE-ENG-0006.user.md";
pub(crate) fn imported(fixture: &str) -> TestEnv {
    let env = TestEnv::repository(fixture);
    env.bos(&["import", "-q"]);
    env
}

/// `BOS011 cards/X.user.md 3:1` for each finding of an import.
pub(crate) fn findings(report: &Value) -> Vec<String> {
    let found = report["diagnostics"].as_array().unwrap();
    let one = |found: &Value| {
        let path = found["path"].as_str().unwrap().trim_start_matches("docs/business-os/");
        let place = |key: &str| found[key].as_u64().map_or("-".to_owned(), |number| number.to_string());
        format!("{} {path} {}:{}", found["code"].as_str().unwrap(), place("line"), place("column"))
    };
    found.iter().map(one).collect()
}

#[test]
fn every_fixture_is_imported() {
    for (fixture, code, counts) in [
        ("bakery", 0, "found 26, imported 26, failed 0, 0 findings"),
        ("quirks", 0, "found 84, imported 80, failed 0, 21 findings"),
        ("broken", 1, "found 34, imported 18, failed 16, 29 findings"),
        ("broken-catalogue", 0, "found 1, imported 1, failed 0, 1 findings"),
    ] {
        let env = TestEnv::fixture(fixture);
        let report = env.bos(&["import", "--json"]).code(code).json();
        let told = format!(
            "found {}, imported {}, failed {}, {} findings",
            report["found"],
            report["imported"],
            report["failed"],
            findings(&report).len()
        );
        assert_eq!(told, counts, "{fixture}");
        env.verify();
    }
}

#[test]
fn the_report_has_every_key() {
    let env = TestEnv::repository("bakery");
    let report = env.bos(&["import", "--json"]).code(0).json();
    assert_snapshot!(report, @r#"{"schema":"bos.import/1","found":26,"imported":26,"updated":0,"unchanged":0,"merged":0,"diverged":0,"conflicts":0,"stale":0,"missing":0,"removed":0,"pruned":[],"failed":0,"renumbered":[],"diagnostics":[]}"#);
}

#[test]
fn a_second_import_writes_nothing() {
    let env = imported("quirks");
    let before = env.log_length();
    for file in ["cards/SHOP-ENG-0012.user.md", "cards/SHOP-ENG-0001.agent.md", "ideas/inbox/SCAN-SHOP-001.user.md"] {
        env.write(file, fs::read(env.path(file)).unwrap());
    }
    let report = env.bos(&["import", "--json"]).code(0).json();
    assert_eq!((&report["imported"], &report["updated"], &report["unchanged"]), (&0.into(), &0.into(), &80.into()));
    assert_eq!(env.log_length(), before);
}

#[test]
fn only_what_changed_is_read() {
    let env = imported("bakery");
    let connection = rusqlite::Connection::open(env.database()).unwrap();
    let found =
        r#"[{"code":"BOS001","path":"docs/business-os/cards/BAKE-ENG-0006.user.md","message":"remembered","help":""}]"#;
    let (size, mtime, ctime, inode) = stat(&env, CARD);
    // What is remembered of this file is made up, so that an answer shows whether the file was read.
    let remember = || {
        let sql = "UPDATE business_os_mirror_documents SET size = ?1, mtime_ns = ?2, ctime_ns = ?3, inode = ?4,
                   diagnostics_json = ?5 WHERE path LIKE '%/BAKE-ENG-0006.user.md'";
        assert_eq!(connection.execute(sql, (size, mtime, ctime, inode, found)).unwrap(), 1);
    };
    remember();
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(findings(&report), ["BOS001 cards/BAKE-ENG-0006.user.md -:-"], "the stat vouches, the file is not read");
    fs::File::options().write(true).open(env.path(CARD)).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    let report = env.bos(&["import", "--json"]).code(0).json();
    assert!(findings(&report).is_empty(), "another time: the file is read");
}

#[test]
fn a_fresh_file_is_never_vouched_for() {
    let env = TestEnv::repository("bakery");
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    fs::File::options().write(true).open(env.path(CARD)).unwrap().set_modified(later).unwrap();
    env.bos(&["import"]).code(0);
    let connection = rusqlite::Connection::open(env.database()).unwrap();
    let sql = "SELECT mtime_ns FROM business_os_mirror_documents WHERE path LIKE '%/BAKE-ENG-0006.user.md'";
    assert_eq!(connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0)).unwrap(), None);
}

#[cfg(unix)]
fn stat(env: &TestEnv, below: &str) -> (i64, i64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    let found = fs::symlink_metadata(env.path(below)).unwrap();
    let ns = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
    let (mtime, ctime) = (ns(found.mtime(), found.mtime_nsec()), ns(found.ctime(), found.ctime_nsec()));
    (found.size().cast_signed(), mtime, ctime, found.ino().cast_signed())
}

#[cfg(not(unix))]
fn stat(env: &TestEnv, below: &str) -> (i64, i64, i64, i64) {
    let found = fs::metadata(env.path(below)).unwrap();
    let since = found.modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
    (found.len().cast_signed(), since.as_nanos().try_into().unwrap(), 0, 0)
}

#[test]
fn counts_by_kind_and_a_second_look() {
    let env = TestEnv::repository("bakery");
    assert_snapshot!(env.bos(&["import"]).ok(), @"Imported 26 new and 0 edited of 26 files (15 cards, 1 comment, 4 ideas, 5 stage docs); 0 unchanged.");
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.edit("ideas/inbox/BAKE-OPP-0002.user.md", "Status: raw", "Status: converted");
    env.write("cards/BAKE-ENG-0006/a note.md", "no front matter\n");
    assert_snapshot!(env.bos(&["import"]).ok(), @"Imported 1 new and 2 edited of 27 files (1 card, 1 idea, 1 note); 24 unchanged.");
}

#[test]
fn paths_select_files_and_folders() {
    let env = imported("bakery");
    env.edit(CARD, "Priority: P3", "Priority: P1");
    env.edit("ideas/inbox/BAKE-OPP-0002.user.md", "Status: raw", "Status: converted");
    let ideas = env.path("ideas");
    let report = env.bos_in(&ideas, &["import", "inbox", "--json"]).code(0).json();
    assert_eq!((report["found"].as_u64(), report["updated"].as_u64()), (Some(3), Some(1)));
    assert_eq!(env.state(CARD), "behind");
    env.bos(&["import", "docs/business-os/cards/NONE-1.user.md"]).code(3);
    env.bos(&["import", "docs/business-os/people"]).code(2);
    env.bos(&["import", "../elsewhere"]).code(2);
}

#[test]
fn a_card_moved_into_the_archive_keeps_its_history() {
    let env = imported("bakery");
    fs::rename(env.path(CARD), env.path("cards/archive/BAKE-ENG-0006.user.md")).unwrap();
    let before = env.log_length();
    assert_snapshot!(env.bos(&["import", "--prune"]).ok(), @"Imported 1 new and 0 edited of 26 files (1 card); 25 unchanged.");
    assert_eq!(env.log_length(), before + 1, "one entry, not a removal and an addition");
    let entry = env.last_entry();
    let paths: Vec<&str> = entry["documents"].as_array().unwrap().iter().map(|d| d["path"].as_str().unwrap()).collect();
    assert_eq!(
        paths,
        ["docs/business-os/cards/BAKE-ENG-0006.user.md", "docs/business-os/cards/archive/BAKE-ENG-0006.user.md"]
    );
    assert_eq!((entry["documents"][0]["new"].is_null(), entry["documents"][1]["old"].is_null()), (true, true));
    let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!((&card["card"]["archived"], card["log"].as_array().unwrap().len()), (&true.into(), 2));
    assert!(!env.bos(&["board", "BAKE"]).ok().contains("BAKE-ENG-0006"));
    assert!(env.bos(&["card", "list", "--archived"]).ok().contains("BAKE-ENG-0006"));
    assert_eq!(env.bos(&["status", "--json"]).code(0).json()["in_sync"], true);
    env.verify();
}

#[test]
fn a_card_moved_with_its_folder_takes_all_of_it_along() {
    let env = imported("bakery");
    fs::create_dir_all(env.path("cards/archive/2026")).unwrap();
    for name in ["BAKE-ENG-0002.user.md", "BAKE-ENG-0002"] {
        fs::rename(env.path(&format!("cards/{name}")), env.path(&format!("cards/archive/2026/{name}"))).unwrap();
    }
    let before = env.log_length();
    let report = env.bos(&["import", "--json"]).code(0).json();
    assert_eq!((&report["imported"], &report["missing"], env.log_length()), (&5.into(), &0.into(), before + 5));
    let card = env.bos(&["card", "show", "BAKE-ENG-0002", "--json"]).code(0).json();
    let archived = |value: &Value| value["path"].as_str().unwrap().contains("/archive/2026/");
    for kind in ["stage_docs", "comments", "documents"] {
        assert!(card[kind].as_array().unwrap().iter().all(archived), "{}", card[kind]);
    }
    assert_eq!(card["comments"].as_array().unwrap().len(), 1);
    assert_eq!(env.bos(&["status", "--json"]).code(0).json()["in_sync"], true);
    env.verify();
}

#[test]
fn a_copy_beside_the_original_takes_nothing_away() {
    let env = imported("bakery");
    env.write("cards/BAKE-ENG-0002/Planned.user.md", env.read("cards/BAKE-ENG-0002/plan.user.md"));
    env.bos(&["import"]).code(0);
    assert_eq!(
        (env.state("cards/BAKE-ENG-0002/plan.user.md"), env.state("cards/BAKE-ENG-0002/Planned.user.md")),
        ("in sync".into(), "in sync".into())
    );
    let doc = env.bos(&["stage", "show", "BAKE-ENG-0002", "plan", "--json"]).code(0).json();
    assert!(doc["stage_doc"]["path"].as_str().unwrap().ends_with("/plan.user.md"), "the canonical spelling wins");
    env.verify();
}

#[test]
fn a_primary_that_is_pruned_leaves_the_companion_in_its_place() {
    let env = imported("bakery");
    fs::remove_file(env.path("cards/HOME-ENG-0001.user.md")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let card = env.bos(&["card", "show", "HOME-ENG-0001", "--json"]).code(0).json();
    assert_eq!(card["card"]["path"], "docs/business-os/cards/HOME-ENG-0001.agent.md");
    env.verify();
}

#[test]
fn a_card_moved_and_edited_at_once_is_one_entry() {
    let env = imported("bakery");
    let text = env.read(CARD).replace("Priority: P3", "Priority: P5");
    fs::remove_file(env.path(CARD)).unwrap();
    env.write("cards/archive/2026/BAKE-ENG-0006.user.md", text);
    let before = env.log_length();
    env.bos(&["import"]).code(0);
    assert_eq!(env.log_length(), before + 1);
    assert_eq!(env.last_entry()["changes"]["Priority"].to_string(), r#"{"from":"P3","to":"P5"}"#);
    env.verify();
}

#[test]
fn an_idea_moved_from_the_inbox_to_worked_is_the_same_idea() {
    let env = imported("bakery");
    fs::rename(env.path("ideas/inbox/BAKE-OPP-0002.user.md"), env.path("ideas/worked/BAKE-OPP-0002.user.md")).unwrap();
    let before = env.log_length();
    env.bos(&["import"]).code(0);
    assert_eq!(env.log_length(), before + 1);
    let idea = env.bos(&["idea", "show", "BAKE-OPP-0002", "--json"]).code(0).json();
    assert_eq!((&idea["idea"]["location"], idea["log"].as_array().unwrap().len()), (&"worked".into(), 2));
    env.verify();
}

#[test]
fn names_in_any_script() {
    let env = imported("bakery");
    for name in ["Maße und Gewichte", "価格表", "смета", "prix d'été (2026)"] {
        env.write(&format!("cards/BAKE-ENG-0006/{name}.md"), format!("{name}\n"));
    }
    env.bos(&["import"]).code(0);
    let found = env.bos(&["status", "--json"]).code(0).json();
    assert_eq!((&found["in_sync"], &found["counts"]["in sync"]), (&true.into(), &30.into()));
    let log = env.bos(&["log", "BAKE-ENG-0006"]).ok();
    assert!(log.contains("BAKE-ENG-0006/価格表.md") && log.contains("смета.md"), "{log}");
    env.verify();
}

#[test]
fn bytes_come_back_as_they_were_but_for_the_changed_line() {
    let env = imported("quirks");
    for number in [12, 13, 14, 22, 30, 10, 27] {
        let id = format!("SHOP-ENG-{number:04}");
        let below = format!("cards/{id}.user.md");
        let before = fs::read(env.path(&below)).unwrap();
        env.bos(&["card", "set", &id, "Estimate=two days"]).code(0);
        env.bos(&["export"]).code(0);
        let after = fs::read(env.path(&below)).unwrap();
        let lines =
            |bytes: &[u8]| -> Vec<Vec<u8>> { bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect() };
        let (before, after) = (lines(&before), lines(&after));
        let touched = |line: &Vec<u8>| {
            let text = String::from_utf8_lossy(line);
            ["Updated", "Last-updated", "Last-Updated", "Estimate"]
                .iter()
                .any(|key| text.trim_start_matches('\u{feff}').starts_with(key))
        };
        let kept = |lines: Vec<Vec<u8>>| -> Vec<Vec<u8>> { lines.into_iter().filter(|line| !touched(line)).collect() };
        assert_eq!(after.iter().filter(|line| line.starts_with(b"Estimate")).count(), 1, "{id}");
        assert_eq!(kept(before), kept(after), "{id}");
    }
    env.verify();
}

#[test]
fn nothing_to_export_after_an_import_of_every_quirk() {
    let env = imported("quirks");
    env.bos(&["export"]).code(0);
    assert_eq!(env.git(&["status", "--porcelain"]), "");
}
