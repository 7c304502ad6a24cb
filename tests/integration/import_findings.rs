//! What `bos import` finds wrong with documents, by code, and that one bad file stops no other.

use std::fs;

use crate::{
    env::TestEnv,
    import::{CARD, findings, imported},
};

const GOOD: &str = "---\nType: Card\nID: BAKE-ENG-0050\nTitle: Salt\nBusiness: BAKE\n---\n";

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

/// The second file is no edit of the first, whatever history has at its path.
#[test]
fn a_commit_with_two_files_of_one_card_is_told() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let before = env.read("cards/BAKE-ENG-0006.user.md");
    env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
    env.bos(&["export"]).code(0);
    env.write("cards/BAKE-ENG-0006.user.md", before.replacen("Title: ", "Mine: yes\nTitle: ", 1));
    env.commit_all("both");
    let entries = env.log_length();
    for way in [["--from", "HEAD"], ["--since", "HEAD~1"]] {
        let import = [&["import", "--no-refresh"], &way[..]].concat();
        let report = env.bos(&[&import[..], &["--json"]].concat()).code(1).json();
        let codes: Vec<&str> =
            report["diagnostics"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"BOS020"), "{way:?}: {report:#}");
    }
    assert_eq!(env.log_length(), entries, "{}", env.last_entry());
    assert_eq!(env.bos(&["conflicts", "--json"]).json()["total"], 0);
}
