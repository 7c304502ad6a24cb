//! Many processes at once, and places that cannot be written: nothing is lost, nothing is given out twice. What is
//! asserted holds at any speed.

use std::{
    collections::BTreeSet,
    fs,
    process::{Child, Output, Stdio},
    thread,
    time::Duration,
};

use crate::env::TestEnv;

const CROWD: usize = 64;

/// Starts a command without waiting for it.
fn start(env: &TestEnv, folder: &std::path::Path, arguments: &[&str]) -> Child {
    let mut command = env.command(folder);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

#[track_caller]
fn finish(child: Child) -> String {
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    assert!(status.success(), "{status}: {}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The text of a card with this number, of a made-up tree.
fn card(number: usize, body: &str) -> String {
    format!(
        "---\nType: Card\nLane: Inbox\nPriority: P{}\nOwner: Nora\nID: CROW-ENG-{number:04}\nTitle: Card {number}\n\
         Business: CROW\nTags: [crowd]\nCreated: 2026-11-01\nUpdated: 2026-11-01\n---\n\n{body}\n",
        number % 6
    )
}

fn path(number: usize) -> String {
    format!("cards/CROW-ENG-{number:04}.user.md")
}

/// A tree of so many cards.
fn crowd(cards: usize) -> TestEnv {
    let env = TestEnv::empty();
    (1..=cards).for_each(|number| env.write(&path(number), card(number, "as it was")));
    env
}

#[test]
fn all_start_with_no_database_and_every_card_is_made() {
    let env = TestEnv::repository("bakery");
    let linked = env.home().join("linked");
    env.git(&["worktree", "add", "-q", "-b", "topic", linked.to_str().unwrap()]);
    let children: Vec<Child> = (0..CROWD)
        .map(|number| {
            let folder = if number % 3 == 0 { &linked } else { &env.root };
            start(&env, folder, &["card", "new", "BAKE", "--title", &format!("Card {number}")])
        })
        .collect();
    let ids: BTreeSet<String> = children.into_iter().map(finish).map(|id| id.trim().to_owned()).collect();
    assert_eq!(ids.len(), CROWD, "{ids:?}");
    env.verify();
    let imported = TestEnv::repository("bakery").log_length();
    assert_eq!(env.log_length(), imported + CROWD as u64);
    let listed = env.bos(&["card", "list", "--json"]).json();
    let titles: BTreeSet<&str> =
        listed["cards"].as_array().unwrap().iter().map(|card| card["title"].as_str().unwrap()).collect();
    (0..CROWD).for_each(|number| assert!(titles.contains(format!("Card {number}").as_str()), "card {number} is lost"));
    let made: u64 =
        env.bos_in(&linked, &["export", "--json"]).code(0).json()["written"].as_array().unwrap().len() as u64;
    assert_eq!(made, CROWD as u64);
}

#[test]
fn writers_of_the_same_cards_queue_and_lose_nothing() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let cards = ["BAKE-ENG-0004", "BAKE-ENG-0005", "BAKE-ENG-0006"];
    let lanes = ["planned", "blocked", "done", "in-progress"];
    let before = env.log_length();
    let children: Vec<(bool, Child)> = (0..CROWD)
        .map(|number| {
            let id = cards[number % cards.len()];
            if number % 4 == 3 {
                (false, start(&env, &env.root, &["card", "move", id, lanes[number % lanes.len()], "--json"]))
            } else {
                (true, start(&env, &env.root, &["card", "set", id, "--add", &format!("Tags=by-{number}"), "--json"]))
            }
        })
        .collect();
    let mut entries = 0;
    for (always_writes, child) in children {
        let written: serde_json::Value = serde_json::from_str(&finish(child)).unwrap();
        let count = written["entries"].as_array().unwrap().len();
        assert!(count == 1 || !always_writes, "{written}");
        entries += count as u64;
    }
    assert_eq!(env.log_length(), before + entries);
    env.verify();
    for number in (0..CROWD).filter(|number| number % 4 != 3) {
        let shown = env.bos(&["card", "show", cards[number % cards.len()], "--json"]).json();
        let tags = shown["card"]["tags"].as_array().unwrap();
        assert!(tags.contains(&format!("by-{number}").into()), "the tag of {number} is lost: {tags:?}");
    }
}

#[test]
fn of_writers_that_build_on_one_version_one_wins() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let sha =
        env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"]["sha256"].as_str().unwrap().to_owned();
    let before = env.log_length();
    let claim = |number: usize| {
        let owner = format!("Owner=worker-{number}");
        start(&env, &env.root, &["card", "set", "BAKE-ENG-0006", &owner, "--expect", &sha])
    };
    let children: Vec<Child> = (0..16).map(claim).collect();
    let codes: Vec<i32> =
        children.into_iter().map(|child| child.wait_with_output().unwrap().status.code().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 5).count(), 15, "{codes:?}");
    assert_eq!(env.log_length(), before + 1);
    env.verify();
}

#[test]
fn a_writer_waits_for_the_one_before() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let other = env.sqlite();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut writer = start(&env, &env.root, &["card", "set", "BAKE-ENG-0006", "Priority=P0"]);
    // Readers do not even notice.
    env.bos(&["board", "BAKE"]).code(0);
    env.bos(&["card", "show", "BAKE-ENG-0006"]).code(0);
    assert!(writer.try_wait().unwrap().is_none(), "it did not wait");
    other.execute_batch("COMMIT").unwrap();
    finish(writer);
    env.verify();
}

#[test]
fn what_is_set_while_an_export_overwrites_an_edit_stays() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let (file, named) = ("cards/BAKE-ENG-0006.user.md", "docs/business-os/cards/BAKE-ENG-0006.user.md");
    for round in 0..8 {
        let by_hand = env.read(file).replace("\n---\n", &format!("\nMood-{round}: good\n---\n"));
        env.write(file, by_hand);
        let other = env.sqlite();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let export = start(&env, &env.root, &["export", "--ours", named]);
        // By then it has decided what to overwrite, and waits to write, as the one that sets a key does. Either goes first.
        thread::sleep(Duration::from_millis(150));
        let owner = format!("worker-{round}");
        let set = start(&env, &env.root, &["card", "set", "BAKE-ENG-0006", &format!("Owner={owner}")]);
        thread::sleep(Duration::from_millis(50));
        other.execute_batch("COMMIT").unwrap();
        finish(set);
        export.wait_with_output().unwrap();
        let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json();
        assert_eq!(card["card"]["owner"], owner, "round {round}");
        env.bos(&["import"]).code(0);
        env.bos(&["export", "--ours", named]).code(0);
    }
    env.verify();
}

#[test]
fn a_reader_is_not_disturbed_by_a_long_import() {
    let env = crowd(20);
    env.bos(&["import"]).code(0);
    (21..=400).for_each(|number| env.write(&path(number), card(number, "new")));
    let mut import = start(&env, &env.root, &["import"]);
    let mut totals = BTreeSet::new();
    while import.try_wait().unwrap().is_none() {
        totals.insert(env.bos(&["board", "CROW", "--json"]).code(0).json()["total"].as_u64().unwrap());
    }
    finish(import);
    totals.insert(env.bos(&["board", "CROW", "--json"]).code(0).json()["total"].as_u64().unwrap());
    assert!(totals.is_subset(&BTreeSet::from([20, 400])), "half an import was seen: {totals:?}");
    env.verify();
}

/// A database where none can be: the first folder is never writable, whoever runs this.
#[cfg(target_os = "linux")]
#[test]
fn where_no_database_can_be_reads_come_from_memory_and_say_so() {
    let env = TestEnv::fixture("bakery");
    let says = "cannot be used, so the files were read into memory";
    for database in ["/proc/bos.db", "/sys/bos/bos.db"] {
        for arguments in [
            &["board", "BAKE"][..],
            &["card", "show", "BAKE-ENG-0006"],
            &["card", "list"],
            &["status"],
            &["log"],
            &["search", "bags"],
        ] {
            let ran = env.bos(&[&["--db", database], arguments].concat()).code(0);
            assert!(ran.stderr.contains(says), "{database} {arguments:?}: {}", ran.stderr);
            assert!(!ran.stdout.is_empty(), "{database} {arguments:?}");
        }
        let json = env.bos(&["--db", database, "board", "BAKE", "--json"]).code(0).json();
        assert_eq!(json["total"], env.bos(&["board", "BAKE", "--json"]).json()["total"]);
        let error =
            env.bos(&["--db", database, "card", "move", "BAKE-ENG-0006", "done", "--json"]).code(6).json_error();
        assert!(error["message"].as_str().unwrap().contains(database.rsplit_once('/').unwrap().0), "{error}");
    }
}

/// The same where permissions forbid it; as root, who may do anything, the command runs as nobody.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_without_write_permission_is_read() {
    use std::os::unix::{fs::PermissionsExt as _, process::CommandExt as _};
    const NOBODY: u32 = 65534;
    let env = TestEnv::fixture("bakery");
    let is_root = fs::metadata("/proc/self").is_ok_and(|metadata| std::os::unix::fs::MetadataExt::uid(&metadata) == 0);
    fs::set_permissions(env.home(), fs::Permissions::from_mode(0o755)).unwrap();
    let mode = |mode: u32| fs::set_permissions(&env.root, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let run = |arguments: &[&str]| {
        let mut command = env.command(&env.root);
        // A private copy goes into a folder that everybody may write.
        command.args(arguments).env("TMPDIR", std::env::temp_dir());
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output()
    };
    let Ok(output) = run(&["board", "BAKE"]) else {
        // Not a user that may become another, nor one without rights: nothing to be seen here.
        return mode(0o755);
    };
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && stderr.contains("read into memory"), "{stderr}");
    let output = run(&["card", "move", "BAKE-ENG-0006", "done"]).unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", String::from_utf8_lossy(&output.stderr));

    // The same with a database that somebody else made.
    mode(0o755);
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Sami"]).code(0);
    fs::set_permissions(env.root.join(".bos"), fs::Permissions::from_mode(0o555)).unwrap();
    mode(0o555);
    let output = run(&["board", "BAKE"]).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    let output = run(&["card", "move", "BAKE-ENG-0006", "done"]).unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", String::from_utf8_lossy(&output.stderr));
    mode(0o755);
    fs::set_permissions(env.root.join(".bos"), fs::Permissions::from_mode(0o755)).unwrap();
    env.verify();

    // One that can be read but not written answers a search too, though nobody filled it.
    fs::set_permissions(env.root.join(".bos"), fs::Permissions::from_mode(0o777)).unwrap();
    let output = run(&["search", "bags"]).unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stdout.starts_with("BAKE-ENG-0006") && !stderr.contains("read into memory"), "{stdout}{stderr}");
    fs::set_permissions(env.root.join(".bos"), fs::Permissions::from_mode(0o755)).unwrap();
    env.verify();
}

#[test]
fn of_two_who_claim_at_once_one_wins_and_the_other_is_told_who() {
    for _ in 0..4 {
        let env = TestEnv::fixture("bakery");
        env.bos(&["board"]).ok();
        let children: Vec<(String, Child)> = ["Nora", "Pete"]
            .map(|actor| {
                (actor.to_owned(), start(&env, &env.root, &["card", "claim", "BAKE-ENG-0003", "--actor", actor]))
            })
            .into();
        let ended: Vec<(String, Output)> =
            children.into_iter().map(|(actor, child)| (actor, child.wait_with_output().unwrap())).collect();
        let (won, lost): (Vec<_>, Vec<_>) = ended.iter().partition(|(_, output)| output.status.success());
        assert_eq!((won.len(), lost.len()), (1, 1), "{ended:?}");
        assert_eq!(lost[0].1.status.code(), Some(5));
        let told = String::from_utf8_lossy(&lost[0].1.stderr);
        assert!(told.contains(&format!("BAKE-ENG-0003 is claimed by {}", won[0].0)), "{told}");
        let shown = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
        assert_eq!(shown["card"]["fields"]["Claimed-By"], won[0].0.as_str());
    }
}

#[test]
fn every_kind_of_write_at_once_and_none_is_lost() {
    let env = crowd(CROWD);
    env.bos(&["import"]).ok();
    let id = |number: usize| format!("CROW-ENG-{number:04}");
    let line = |id: &str| format!("{{\"entity\":\"card\",\"action\":\"block\",\"id\":\"{id}\",\"reason\":\"race\"}}");
    (1..=CROWD).for_each(|number| std::fs::write(env.root.join(format!("{number}.jsonl")), line(&id(number))).unwrap());
    let children: Vec<(usize, Child)> = (1..=CROWD)
        .map(|number| {
            let (id, file) = (id(number), format!("{number}.jsonl"));
            let arguments: Vec<&str> = match number % 8 {
                0 => vec!["card", "move", &id, "planned"],
                1 => vec!["card", "set", &id, "Owner=Pete"],
                2 => vec!["card", "comment", &id, "-m", "race"],
                3 => vec!["card", "claim", &id],
                4 => vec!["idea", "new", "CROW", "--title", "race"],
                5 => vec!["card", "archive", &id],
                6 => vec!["card", "new", "CROW", "--title", "race"],
                _ => vec!["apply", &file],
            };
            (number, start(&env, &env.root, &arguments))
        })
        .collect();
    let mut made = BTreeSet::new();
    for (number, child) in children {
        let told = finish(child);
        if matches!(number % 8, 4 | 6) {
            assert!(made.insert(told.clone()), "{told} was given out twice");
        }
    }
    for number in 1..=CROWD {
        let shown = env.bos(&["card", "show", &id(number), "--json"]).json();
        let card = &shown["card"];
        let done = match number % 8 {
            0 => card["lane"] == "Planned",
            1 => card["owner"] == "Pete",
            2 => shown["comments"][0]["body"] == "\nrace\n",
            3 => card["fields"]["Claimed-By"] == "Nora",
            5 => card["archived"] == true,
            7 => card["blocked_reason"] == "race",
            _ => true,
        };
        assert!(done, "the write to card {number} is lost: {shown}");
    }
    assert_eq!(env.log_length(), 2 * CROWD as u64);
    env.verify();
}

/// A verify looks at one moment: what is written meanwhile is no finding.
#[test]
fn a_verify_beside_writers_finds_nothing() {
    let env = crowd(40);
    env.bos(&["import"]).code(0);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 1.. {
                if done.load(std::sync::atomic::Ordering::Relaxed) {
                    break;
                }
                finish(start(&env, &env.root, &["card", "set", "CROW-ENG-0001", &format!("Owner=Nora {turn}")]));
            }
        });
        let failed: Vec<_> = (0..8).flat_map(|_| env.failed_checks()).collect();
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(failed.is_empty(), "{failed:?}");
    });
}
