//! Damage in one place: it is named, and everything else goes on.

use std::fs;

use crate::env::TestEnv;

const CARD: &str = "cards/BAKE-ENG-0006.user.md";
const OTHER: &str = "cards/BAKE-ENG-0004.user.md";

fn full(below: &str) -> String {
    format!("docs/business-os/{below}")
}

/// Two cards changed and not exported yet.
fn changed() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    for id in ["BAKE-ENG-0006", "BAKE-ENG-0004"] {
        env.bos(&["card", "set", id, "Size=L"]).code(0);
    }
    env
}

/// Puts other bytes in place of the current text of a document.
fn damage(env: &TestEnv, below: &str, bytes: &[u8]) {
    let database = env.sqlite();
    let sha: String = database
        .query_row("SELECT sha256 FROM business_os_documents WHERE path = ?1", [full(below)], |row| row.get(0))
        .unwrap();
    let sql = "UPDATE business_os_blobs SET text = CAST(?1 AS TEXT) WHERE sha256 = ?2";
    assert_eq!(database.execute(sql, rusqlite::params![bytes, sha]).unwrap(), 1);
}

/// A text that is none, and one that is another.
const DAMAGES: [&[u8]; 2] = [b"---\nType: Card\nTitle: a \xff\n---\n", b"---\nType: Card\nTitle: another\n---\n"];

#[test]
fn a_damaged_text_is_named_and_all_others_are_used() {
    for bytes in DAMAGES {
        let env = changed();
        damage(&env, CARD, bytes);
        for arguments in [
            &["board"][..],
            &["card", "list"],
            &["card", "show", "BAKE-ENG-0004"],
            &["next"],
            &["status"],
            &["log"],
            &["import"],
            &["search", "oven"],
            &["card", "set", "BAKE-ENG-0004", "Size=M"],
            &["card", "new", "BAKE", "--title", "Another card"],
            &["undo"],
            &["validate"],
            &["card", "list", "--at", "1"],
            &["stats"],
        ] {
            let ran = env.bos(arguments);
            assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        }
        for arguments in [&["card", "show", "BAKE-ENG-0006"][..], &["card", "set", "BAKE-ENG-0006", "Size=S"]] {
            let error = env.bos(&[arguments, &["--json"]].concat()).code(6).json_error();
            assert!(error["message"].as_str().unwrap().contains(&full(CARD)), "{error}");
        }
        env.bos(&["audit", "verify"]).code(1);
    }
}

#[test]
fn an_export_leaves_a_damaged_text_out_and_writes_the_others() {
    for bytes in DAMAGES {
        for how in [&["export"][..], &["export", "--commit"], &["export", "--commit", "--per-change"]] {
            let env = changed();
            damage(&env, CARD, bytes);
            let report = env.bos(&[how, &["--json"]].concat()).code(5).json();
            assert_eq!(report["failed"][0]["path"], full(CARD), "{how:?}: {report}");
            assert_eq!(report["written"], serde_json::json!([full(OTHER)]), "{how:?}");
        }
    }
}

#[test]
fn a_place_that_cannot_be_written_is_named_and_the_others_are_written() {
    for how in
        [&["export"][..], &["export", "--partial"], &["export", "--commit"], &["export", "--commit", "--per-change"]]
    {
        let env = TestEnv::repository("bakery");
        // A file where the folder of a new stage doc will be.
        fs::write(env.path("cards/BAKE-ENG-0006"), "a file").unwrap();
        env.commit_all("in the way");
        env.bos(&["import"]).code(0);
        env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
        env.bos(&["card", "set", "BAKE-ENG-0004", "Size=L"]).code(0);
        let report = env.bos(&[how, &["--json"]].concat()).code(5).json();
        let failed = report["failed"].as_array().unwrap();
        assert_eq!(failed.len(), 1, "{how:?}: {report}");
        assert_eq!(failed[0]["path"], full("cards/BAKE-ENG-0006/plan.user.md"));
        assert_eq!(report["written"], serde_json::json!([full(OTHER), full(CARD)]), "{how:?}");
        let told = env.bos(how).code(5).stdout;
        assert!(told.contains("not written: docs/business-os/cards/BAKE-ENG-0006/plan.user.md: "), "{told}");
        // Once the way is free it follows.
        fs::remove_file(env.path("cards/BAKE-ENG-0006")).unwrap();
        env.commit_all("free");
        env.bos(how).code(0);
        env.verify();
    }
}

#[test]
fn a_broken_branch_is_named_with_what_mends_it() {
    const BRANCH: &str = "refs/heads/work/business-os-export";
    for is_commit in [true, false] {
        let env = changed();
        env.bos(&["export", "--commit"]).code(0);
        env.bos(&["card", "set", "BAKE-ENG-0006", "Size=M"]).code(0);
        let tip = env.git(&["rev-parse", BRANCH]);
        let (file, reference) =
            (format!("objects/{}/{}", &tip[..2], tip[2..].trim()), env.root.join(".git").join(BRANCH));
        // As a power cut leaves what was never synced.
        let broken = if is_commit { env.root.join(".git").join(file) } else { reference.clone() };
        fs::remove_file(&broken).unwrap();
        fs::write(&broken, "").unwrap();
        let error = env.bos(&["export", "--commit", "--json"]).code(6).json_error();
        assert!(error["message"].as_str().unwrap().contains(BRANCH), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("git fsck"), "{error}");
        let found = env.failed_checks();
        assert!(found.iter().any(|(id, detail)| id == "git" && detail.contains(BRANCH)), "{found:?}");
        fs::remove_file(reference).unwrap();
        env.bos(&["export", "--commit"]).code(0);
        assert!(env.git(&["show", &format!("{BRANCH}:{}", full(CARD))]).contains("Size: M"));
        env.verify();
    }
}

#[test]
fn a_row_that_is_not_what_its_document_says_is_not_shown() {
    let env = changed();
    let shown: [(&str, &str, &[&str]); 3] = [
        ("business_os_cards", "BAKE-ENG-0006", &["card", "show", "BAKE-ENG-0006"]),
        ("business_os_ideas", "BAKE-OPP-0001", &["idea", "show", "BAKE-OPP-0001"]),
        ("business_os_stage_docs", "BAKE-ENG-0004/fact-find", &["stage", "show", "BAKE-ENG-0004", "fact-find"]),
    ];
    for (table, id, arguments) in shown {
        let columns: Vec<String> = {
            let database = env.sqlite();
            let mut statement = database.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let show = [arguments, &["--no-refresh"]].concat();
        env.bos(&show).code(0);
        let copy = env.copy_database("whole.db");
        for column in columns.iter().filter(|column| !["id", "card_id", "stage"].contains(&column.as_str())) {
            let value = match column.as_str() {
                "archived" | "blocked" | "lane_rank" | "priority_rank" => "4",
                json if json.ends_with("_json") => "'[1]'",
                _ => "'2001-02-03'",
            };
            let sql = format!("UPDATE {table} SET {column} = {value} WHERE id = ?1");
            assert_eq!(env.sqlite().execute(&sql, [id]).unwrap(), 1);
            let ran = env.bos(&show);
            assert!([4, 6].contains(&ran.code), "{table}.{column}: {ran:?}");
            env.restore_database(&copy);
        }
        env.sqlite().execute(&format!("UPDATE {table} SET created_at = '2001-02-03' WHERE id = ?1"), [id]).unwrap();
        let error = env.bos(&[&show[..], &["--json"]].concat()).code(6).json_error();
        assert!(error["hint"].as_str().unwrap().contains("bos audit rebuild"), "{error}");
        env.bos(&["audit", "rebuild"]).code(0);
        env.bos(&show).code(0);
    }
    env.verify();
}

fn retitle(env: &TestEnv, below: &str) {
    env.write(below, env.read(below).replacen("\nTitle: ", "\nTitle: New ", 1));
}

#[track_caller]
fn assert_taken(env: &TestEnv, below: &str) {
    let id = below.split(['/', '.']).nth(1).unwrap();
    let title = env.bos(&["card", "show", id, "--json", "--no-refresh"]).code(0).json()["card"]["title"].clone();
    assert!(title.as_str().unwrap().starts_with("New "), "{title}");
}

#[test]
fn an_import_takes_all_but_what_is_damaged_and_names_that() {
    for bytes in DAMAGES {
        for how in [&["import"][..], &["import", "--from", "topic"], &["import", "--since", "main"]] {
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).code(0);
            damage(&env, CARD, bytes);
            env.git(&["checkout", "-q", "-b", "topic"]);
            [CARD, OTHER].iter().for_each(|below| retitle(&env, below));
            if how.len() > 1 {
                env.commit_all("new titles");
            }
            if how.contains(&"--from") {
                env.git(&["checkout", "-q", "main"]);
            }
            let report = env.bos(&[how, &["--json"]].concat()).code(1).json();
            let found = &report["diagnostics"][0];
            assert_eq!((&found["code"], &found["path"]), (&"BOS048".into(), &full(CARD).into()), "{how:?}: {report}");
            assert!(found["help"].as_str().unwrap().contains("--theirs"), "{found}");
            assert_taken(&env, OTHER);
            env.bos(&["audit", "rebuild"]).code(if how.contains(&"--from") { 0 } else { 1 });
        }
    }
}

#[test]
fn what_was_not_taken_is_told_until_the_file_wins() {
    for bytes in DAMAGES {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        damage(&env, CARD, bytes);
        retitle(&env, CARD);
        for _ in 0..2 {
            let told = env.bos(&["card", "list"]).code(0).stderr;
            assert!(told.contains("1 edited file was not taken") && told.contains(&full(CARD)), "{told}");
            assert_eq!(env.state(CARD), "behind");
        }
        env.bos(&["import"]).code(1);
        env.bos(&["import", "--theirs", &full(CARD)]).code(0);
        assert_taken(&env, CARD);
        assert_eq!(env.bos(&["card", "list"]).code(0).stderr, "");
    }
}

#[test]
fn a_file_with_the_very_text_mends_a_damaged_one() {
    for bytes in DAMAGES {
        for mend in [&["audit", "rebuild"][..], &["import", "--theirs", &full(CARD)]] {
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).code(0);
            damage(&env, CARD, bytes);
            let hint = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(6).json_error()["hint"].clone();
            assert!(hint.as_str().unwrap().contains("bos audit rebuild"), "{hint}");
            env.bos(mend).code(0);
            env.bos(&["card", "show", "BAKE-ENG-0006"]).code(0);
            env.verify();
        }
    }
}

#[test]
fn a_rebuild_keeps_the_row_of_a_text_that_no_file_has() {
    for bytes in DAMAGES {
        let env = changed();
        damage(&env, CARD, bytes);
        let report = env.bos(&["audit", "rebuild", "--json"]).code(1).json();
        assert_eq!(report["damaged"], serde_json::json!([full(CARD)]), "{report}");
        assert!(env.bos(&["card", "list"]).ok().contains("BAKE-ENG-0006"));
    }
}

#[test]
fn a_read_names_the_damaged_text_that_it_leaves_out() {
    for bytes in DAMAGES {
        for arguments in
            [&["card", "list", "--at", "999"][..], &["board", "BAKE", "--at", "999"], &["stats"], &["search", "bags"]]
        {
            let env = changed();
            damage(&env, CARD, bytes);
            let last = env.log_length().to_string();
            let arguments: Vec<&str> = arguments.iter().map(|one| if *one == "999" { &last } else { *one }).collect();
            for _ in 0..2 {
                let told = env.bos(&arguments).code(0).stderr;
                assert!(told.contains("BAKE-ENG-0006 is left out"), "{arguments:?}: {told}");
                let json = env.bos(&[&arguments[..], &["--json"]].concat()).code(0).json();
                assert!(json["notes"].to_string().contains("BAKE-ENG-0006 is left out"), "{arguments:?}: {json}");
            }
        }
    }
}

#[test]
fn a_damaged_row_is_named_and_all_others_are_listed() {
    let lists: [(&str, &str, &str, &[&[&str]]); 3] = [
        (
            "business_os_cards",
            "BAKE-ENG-0006",
            "BAKE-ENG-0004",
            &[
                &["board", "BAKE"],
                &["board", "BAKE", "--fields", "Owner"],
                &["card", "list"],
                &["card", "list", "--sort", "id"],
                &["next"],
            ],
        ),
        ("business_os_ideas", "BAKE-OPP-0002", "BIKE-OPP-0001", &[&["idea", "list"]]),
        ("business_os_stage_docs", "BAKE-ENG-0004/fact-find", "BAKE-ENG-0002", &[&["stage", "list"]]),
    ];
    for (table, id, other, commands) in lists {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        let copy = env.copy_database("whole.db");
        let columns: Vec<(String, String)> = {
            let database = env.sqlite();
            let mut statement =
                database.prepare(&format!("SELECT name, type FROM pragma_table_info('{table}')")).unwrap();
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
        };
        for (column, kind) in columns.iter().filter(|(column, _)| !["id", "card_id"].contains(&column.as_str())) {
            let value = match (column.as_str(), kind.as_str()) {
                (_, "INTEGER") => "9000000000",
                (json, _) if json.ends_with("_json") => "'{'",
                _ => "CAST(x'ff' AS TEXT)",
            };
            let sql = format!("UPDATE {table} SET {column} = {value} WHERE id = ?1");
            assert_eq!(env.sqlite().execute(&sql, [id]).unwrap(), 1);
            for command in commands {
                for json in [&[][..], &["--json"]] {
                    let ran = env.bos(&[command, json].concat());
                    assert_eq!(ran.code, 0, "{column} {command:?} {json:?}: {ran:?}");
                    assert!(ran.stdout.contains(other), "{column} {command:?} {json:?}: {ran:?}");
                    let told = if json.is_empty() { ran.stderr.clone() } else { ran.json()["notes"].to_string() };
                    let short = id.split('/').next().unwrap();
                    // A list of one business asks for the rows of that business, and every number is one.
                    if column == "business" || kind == "INTEGER" {
                        continue;
                    }
                    assert!(
                        told.contains(short) || ran.stdout.contains(short),
                        "{column} {command:?} {json:?}: {ran:?}"
                    );
                }
            }
            env.restore_database(&copy);
        }
    }
}

#[test]
fn the_keys_of_an_altered_text_are_not_shown() {
    let env = changed();
    damage(&env, CARD, b"---\nType: Card\nID: BAKE-ENG-0006\nSize: XL\n---\n");
    for command in [&["board", "BAKE"][..], &["card", "list"]] {
        let ran = env.bos(&[command, &["--fields", "Size"]].concat()).code(0);
        assert!(ran.stderr.contains("the keys of BAKE-ENG-0006 cannot be read"), "{ran:?}");
        assert!(!ran.stdout.contains("XL"), "{ran:?}");
    }
}

/// What moves documents: what to run first, the command, the file that is to go, and where it is to be.
const MOVES: [(&[&str], &[&str], &str, &str); 4] = [
    (&[], &["card", "archive", "BAKE-ENG-0004"], "cards/BAKE-ENG-0004.user.md", "cards/archive/BAKE-ENG-0004.user.md"),
    (
        &[],
        &["card", "archive", "BAKE-ENG-0004"],
        "cards/BAKE-ENG-0004/fact-find.user.md",
        "cards/archive/BAKE-ENG-0004/fact-find.user.md",
    ),
    (
        &["card", "archive", "BAKE-ENG-0004"],
        &["card", "unarchive", "BAKE-ENG-0004"],
        "cards/archive/BAKE-ENG-0004.user.md",
        "cards/BAKE-ENG-0004.user.md",
    ),
    (
        &[],
        &["idea", "work", "BAKE-OPP-0002"],
        "ideas/inbox/BAKE-OPP-0002.user.md",
        "ideas/worked/BAKE-OPP-0002.user.md",
    ),
];

#[test]
fn a_file_stays_until_its_new_place_is_written() {
    for (first, command, from, to) in MOVES {
        for how in [&["export"][..], &["export", "--commit"]] {
            // What the work tree's own history removed, a branch export leaves to a person.
            if how.len() > 1 && !first.is_empty() {
                continue;
            }
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).code(0);
            if !first.is_empty() {
                env.bos(first).code(0);
                env.bos(&["export"]).code(0);
                env.commit_all("first");
            }
            let (text, is_commit) = (env.read(from), how.len() > 1);
            env.bos(command).code(0);
            // A folder where the file is to be.
            env.write(&format!("{to}/x"), "in the way");
            env.commit_all("in the way");
            let report = env.bos(&[how, &["--json"]].concat()).code(5).json();
            let failed: Vec<&str> =
                report["failed"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
            let is_told = failed.contains(&full(from).as_str()) && report.to_string().contains(&full(to));
            assert!(is_told, "{command:?} {how:?}: {report}");
            assert!(!report["removed"].to_string().contains(&full(from)), "{command:?} {how:?}: {report}");
            match is_commit {
                // Nothing else was to be exported.
                true if report["commit"].is_null() => {}
                true => {
                    let shown = env.git(&["show", &format!("work/business-os-export:{}", full(from))]);
                    assert_eq!(shown, text, "{command:?}");
                }
                false => assert_eq!(env.read(from), text, "{command:?}"),
            }
            // Once the way is free it follows.
            fs::remove_dir_all(env.path(to)).unwrap();
            env.commit_all("free");
            env.bos(how).code(0);
            if !is_commit {
                assert!(!env.path(from).exists() && env.path(to).exists(), "{command:?}");
                env.verify();
            }
        }
    }
}
