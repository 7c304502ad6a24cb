//! `bos import`: what is taken, what is told, what comes back byte for byte; broken documents by code.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::TestEnv;

const CARD: &str = "cards/BAKE-ENG-0006.user.md";
const GOOD: &str = "---\nType: Card\nID: BAKE-ENG-0050\nTitle: Salt\nBusiness: BAKE\n---\n";

fn imported(fixture: &str) -> TestEnv {
    let env = TestEnv::repository(fixture);
    env.bos(&["import", "-q"]);
    env
}

/// `BOS011 cards/X.user.md 3:1` for each finding of an import.
fn findings(report: &Value) -> Vec<String> {
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

/// One broken card, imported beside good ones: its finding is told, the others are taken, a board reminds of it.
#[track_caller]
fn broken(name: &str, text: &[u8], finding: &str) {
    let env = TestEnv::repository("bakery");
    env.write(name, text);
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(findings(&report), [finding]);
    assert_eq!((report["imported"].as_u64(), report["failed"].as_u64()), (Some(26), Some(1)));
    stays_told(&env, finding);
    assert_eq!(env.state(name), "invalid");
}

#[track_caller]
fn stays_told(env: &TestEnv, finding: &str) {
    let again = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(findings(&again), [finding], "it is told again");
    for command in [&["board", "BAKE"][..], &["board", "BAKE", "--json"], &["card", "list"], &["idea", "list"]] {
        assert_eq!(env.bos(command).code(0).stderr, "note: 1 document could not be read: bos validate\n");
    }
    assert_eq!(env.bos(&["board", "BAKE", "--quiet"]).code(0).stderr, "");
    let validated = env.bos(&["validate", "--json"]).code(1).json();
    assert_eq!(findings(&validated), [finding], "validate says the same");
    env.verify();
}

#[test]
fn bos001_not_utf8() {
    broken("cards/BAKE-ENG-0050.user.md", b"---\nTitle: caf\xe9\n---\n", "BOS001 cards/BAKE-ENG-0050.user.md 2:11");
}

#[test]
fn bos002_a_nul_byte() {
    broken("cards/BAKE-ENG-0050.user.md", b"---\nTitle: a\n---\nb\0c\n", "BOS002 cards/BAKE-ENG-0050.user.md 4:2");
}

#[test]
fn bos003_too_large() {
    let mut text = GOOD.as_bytes().to_vec();
    text.resize(16 * 1024 * 1024 + 1, b'x');
    broken("cards/BAKE-ENG-0050.user.md", &text, "BOS003 cards/BAKE-ENG-0050.user.md -:-");
}

#[test]
fn exactly_16_mib_is_taken() {
    let env = TestEnv::repository("bakery");
    let mut text = GOOD.as_bytes().to_vec();
    text.resize(16 * 1024 * 1024, b'x');
    env.write("cards/BAKE-ENG-0050.user.md", &text);
    assert_eq!(env.bos(&["import", "--json"]).code(0).json()["imported"], 27);
}

#[test]
fn bos004_a_folder_in_a_documents_place() {
    let env = imported("bakery");
    fs::remove_file(env.path(CARD)).unwrap();
    fs::create_dir(env.path(CARD)).unwrap();
    assert_eq!(findings(&env.bos(&["import", "--json"]).code(1).json()), ["BOS004 cards/BAKE-ENG-0006.user.md -:-"]);
    assert_eq!(env.state(CARD), "invalid");
    let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(4).json();
    assert_eq!(shown["card"]["title"], "Paper bags with the new logo");
}

#[cfg(unix)]
#[test]
fn bos005_a_link_to_nothing() {
    let env = TestEnv::repository("bakery");
    let name = "cards/BAKE-ENG-0050.user.md";
    std::os::unix::fs::symlink("nowhere.md", env.path(name)).unwrap();
    env.bos(&["import"]).code(1);
    stays_told(&env, "BOS005 cards/BAKE-ENG-0050.user.md -:-");
}

#[cfg(unix)]
#[test]
fn bos004_no_permission() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = TestEnv::repository("bakery");
    let name = "cards/BAKE-ENG-0050.user.md";
    env.write(name, GOOD);
    fs::set_permissions(env.path(name), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(env.path(name)).is_ok() {
        return; // The superuser reads everything.
    }
    env.bos(&["import"]).code(1);
    stays_told(&env, "BOS004 cards/BAKE-ENG-0050.user.md -:-");
}

#[cfg(unix)]
#[test]
fn bos005_a_link_that_leaves_the_tree() {
    let env = TestEnv::repository("bakery");
    let name = "cards/BAKE-ENG-0050.user.md";
    fs::write(env.home().join("secret"), GOOD).unwrap();
    std::os::unix::fs::symlink(env.home().join("secret"), env.path(name)).unwrap();
    env.bos(&["import"]).code(1);
    stays_told(&env, "BOS005 cards/BAKE-ENG-0050.user.md -:-");
    env.bos(&["card", "show", "BAKE-ENG-0050"]).code(4);
}

#[cfg(unix)]
#[test]
fn bos005_a_folder_that_leaves_the_tree() {
    let env = TestEnv::repository("bakery");
    let outside = env.home().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("plan.user.md"), "secret").unwrap();
    std::os::unix::fs::symlink(&outside, env.path("cards/BAKE-ENG-0006")).unwrap();
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(findings(&report), ["BOS005 cards/BAKE-ENG-0006 -:-"]);
    assert_eq!(report["imported"], 26);
}

#[cfg(unix)]
#[test]
fn bos005_a_link_within_the_tree() {
    let env = TestEnv::repository("bakery");
    env.write("people/salt.md", GOOD);
    std::os::unix::fs::symlink("../people/salt.md", env.path("cards/BAKE-ENG-0050.user.md")).unwrap();
    env.bos(&["import"]).code(1);
    stays_told(&env, "BOS005 cards/BAKE-ENG-0050.user.md -:-");
}

#[test]
fn bos010_an_unclosed_front_matter() {
    broken("cards/BAKE-ENG-0050.user.md", b"---\nTitle: a\n\nb\n", "BOS010 cards/BAKE-ENG-0050.user.md 1:1");
}

#[test]
fn bos011_no_yaml() {
    broken("cards/BAKE-ENG-0050.user.md", b"---\nTitle: a: b\n---\n", "BOS011 cards/BAKE-ENG-0050.user.md 2:9");
}

#[test]
fn bos012_a_key_twice() {
    broken(
        "cards/BAKE-ENG-0050.user.md",
        b"---\nLane: Done\nLane: Inbox\n---\n",
        "BOS012 cards/BAKE-ENG-0050.user.md 3:1",
    );
}

#[test]
fn bos013_no_mapping() {
    broken("cards/BAKE-ENG-0050.user.md", b"---\n- a\n---\n", "BOS013 cards/BAKE-ENG-0050.user.md 2:1");
}

#[test]
fn bos014_a_bomb_of_aliases() {
    let mut text = "---\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    broken("cards/BAKE-ENG-0050.user.md", (text + "---\n").as_bytes(), "BOS014 cards/BAKE-ENG-0050.user.md 2:5");
}

#[test]
fn bos020_two_files_with_one_id() {
    let env = TestEnv::repository("bakery");
    env.write("cards/archive/BAKE-ENG-0006.user.md", env.read(CARD));
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(findings(&report), ["BOS020 cards/archive/BAKE-ENG-0006.user.md -:-"]);
    stays_told(&env, "BOS020 cards/archive/BAKE-ENG-0006.user.md -:-");
    fs::remove_file(env.path("cards/archive/BAKE-ENG-0006.user.md")).unwrap();
    assert!(findings(&env.bos(&["import", "--json"]).code(0).json()).is_empty());
}

#[test]
fn bos020_a_card_and_an_idea_with_one_id() {
    let env = TestEnv::repository("bakery");
    env.write(
        "cards/BAKE-OPP-0002.user.md",
        "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: Nora\nID: BAKE-OPP-0002\n---\n",
    );
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(findings(&report), ["BOS020 ideas/inbox/BAKE-OPP-0002.user.md -:-"]);
}

#[test]
fn bos021_an_id_that_disagrees_with_the_file_name() {
    let env = TestEnv::repository("bakery");
    env.edit(CARD, "ID: BAKE-ENG-0006", "ID: BAKE-ENG-0600");
    let report = env.bos(&["import", "--json"]).code(1).json();
    assert_eq!(findings(&report), ["BOS021 cards/BAKE-ENG-0006.user.md 6:5"]);
    assert_eq!(report["imported"], 26, "the file name decides, the card is taken");
    env.bos(&["card", "show", "BAKE-ENG-0006"]).code(0);
    env.bos(&["card", "show", "BAKE-ENG-0600"]).code(3);
}

#[test]
fn a_file_that_no_rule_reads_is_told_what_it_should_be_called() {
    let env = imported("bakery");
    env.write("cards/BAKE-ENG-0050.md", GOOD);
    env.write("cards/BAKE-ENG-0006.md", GOOD);
    let text = env.bos(&["status"]).ok();
    let help = "  docs/business-os/cards/BAKE-ENG-0050.md: call it docs/business-os/cards/BAKE-ENG-0050.user.md\n";
    let taken = "BAKE-ENG-0006.md: docs/business-os/cards/BAKE-ENG-0006.user.md is there already";
    assert!(text.contains("unread (2)  fits no pattern\n") && text.contains(help) && text.contains(taken), "{text}");
    let status = env.bos(&["status", "--json", "--check"]).code(0).json();
    let report = env.bos(&["validate", "--json"]).code(0).json();
    assert_eq!(status["unread"], report["diagnostics"]);
    fs::rename(env.path("cards/BAKE-ENG-0050.md"), env.path("cards/BAKE-ENG-0050.user.md")).unwrap();
    env.bos(&["card", "show", "BAKE-ENG-0050"]).code(0);
}

#[test]
fn bos015_a_merge_that_is_not_finished() {
    const RUN: &str = "<<<<<<< HEAD\nOwner: Nora\n||||||| base\n=======\nOwner: Sami\n>>>>>>> topic\n";
    let good = format!("{GOOD}\nText.\n");
    let places = [
        (RUN.replace("Owner: Nora", "---").replace("Owner: Sami\n", &good), 1, 13),
        (good.replace("Title:", &format!("{RUN}Title:")), 4, 9),
        (format!("{good}{RUN}"), 9, 14),
    ];
    for (text, first, last) in places {
        let env = imported("bakery");
        env.write("cards/BAKE-ENG-0050.user.md", &text);
        let place = format!("BOS015 cards/BAKE-ENG-0050.user.md {first}:1");
        let report = env.bos(&["validate", "--json"]).code(1).json();
        assert!(findings(&report).contains(&place), "{report:#}");
        let report = env.bos(&["import", "--json"]).code(1).json();
        assert_eq!(findings(&report), [place], "{text}");
        let found = &report["diagnostics"][0];
        let message =
            format!("a merge is not finished: lines {first} to {last} hold both what `HEAD` and what `topic` says");
        assert_eq!(found["message"], message, "{text}");
        let help = found["help"].as_str().unwrap();
        assert!(["git mergetool", "bos import", "bos merge-driver install"].iter().all(|word| help.contains(word)));
        assert_eq!(env.state("cards/BAKE-ENG-0050.user.md"), "invalid");
    }
    // A card that is known already stays as it was until the merge is finished.
    let env = imported("bakery");
    let before = env.read(CARD);
    env.write(CARD, format!("{before}{RUN}"));
    let shown = env.bos(&["card", "show", "BAKE-ENG-0006"]).code(4);
    assert!(shown.stdout.contains("cannot be read: bos validate") && !shown.stdout.contains("<<<<<<<"), "{shown:?}");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(4);
    env.write(CARD, format!("{before}Both.\n"));
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Nora"]).code(0);
}

#[test]
fn markers_that_a_document_shows_are_text() {
    let env = imported("bakery");
    let run = "<<<<<<< HEAD\n=======\n>>>>>>> topic\n";
    let indented = run.lines().map(|line| format!("    {line}\n")).collect::<String>();
    env.write("cards/BAKE-ENG-0050.user.md", format!("{GOOD}\n```\n{run}```\n\n{indented}"));
    let report = env.bos(&["import", "--json"]).code(0).json();
    let told = findings(&report);
    assert_eq!((told, &report["imported"]), (vec!["BOS038 cards/BAKE-ENG-0050.user.md 1:-".to_owned()], &1.into()));
}

#[test]
fn bos022_a_file_that_fits_no_pattern() {
    let env = TestEnv::repository("bakery");
    env.write("cards/notes.md", "hello\n");
    let report = env.bos(&["import", "--json"]).code(0).json();
    assert_eq!((findings(&report), &report["found"]), (vec!["BOS022 cards/notes.md -:-".to_owned()], &27.into()));
}

#[test]
fn several_broken_documents_are_several_in_the_notice() {
    let env = imported("broken");
    assert_eq!(env.bos(&["board", "BAD"]).code(0).stderr, "note: 16 documents could not be read: bos validate\n");
}

#[test]
fn a_document_that_breaks_keeps_its_last_good_text() {
    let env = imported("bakery");
    let before = env.log_length();
    env.write(CARD, b"---\nTitle: caf\xe9\n---\n");
    env.bos(&["import"]).code(1);
    assert!(env.bos(&["board", "BAKE"]).ok().contains("BAKE-ENG-0006  P3  Paper bags with the new logo"));
    assert_eq!(env.log_length(), before);
    env.write(CARD, "---\nType: Card\nID: BAKE-ENG-0006\nTitle: Mended\nBusiness: BAKE\n---\n");
    env.bos(&["import"]).code(0);
    assert!(env.bos(&["board", "BAKE"]).ok().contains("BAKE-ENG-0006  P2  Mended"));
    assert_eq!(env.log_length(), before + 1);
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
