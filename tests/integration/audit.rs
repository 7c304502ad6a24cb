//! `bos audit`: that nothing can be altered without being found, and what can be repaired.

use std::{collections::BTreeSet, fs, path::Path};

use rusqlite::{Connection, types::Value};
use sha2::{Digest as _, Sha256};

use crate::env::TestEnv;

/// What must not be altered without being found, each table with the column that names its rows.
const GUARDED: &[(&str, &str)] = &[
    ("business_os_audit_log", "seq"),
    ("business_os_blobs", "sha256"),
    ("business_os_documents", "path"),
    ("business_os_cards", "id"),
    ("business_os_ideas", "id"),
    ("business_os_stage_docs", "id"),
    ("business_os_counters", "prefix"),
    ("business_os_search_documents", "path"),
    ("business_os_card_versions", "id"),
    ("business_os_idea_versions", "id"),
];

/// The index of the search: SQLite's own tables, which no program but SQLite reads.
const INDEX: &[(&str, &str)] = &[
    ("business_os_search", "rowid"),
    ("business_os_search_data", "id"),
    ("business_os_search_idx", "pgno"),
    ("business_os_search_docsize", "id"),
    ("business_os_search_config", "k"),
];

/// A tree in git with a life behind it: an import, writes of all kinds, hand edits, an export to the branch, a look back.
pub(crate) fn with_a_history() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "in-progress"]).code(0);
    env.bos(&["card", "set", "HOME-ENG-0001", "Priority=P0", "--add", "Tags=audit"]).code(0);
    env.edit("cards/BIKE-ENG-0002.user.md", "Priority: P", "Priority:  P");
    env.edit("ideas/inbox/HOME-OPP-0001.user.md", "Status: raw", "Status: worked");
    env.bos(&["import"]).code(0);
    // What is searched stands where the log was then.
    env.bos(&["search", "oven"]).code(0);
    env.bos(&["card", "new", "BAKE", "--title", "Count the trays"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.bos(&["board", "--at", "1"]).code(0);
    env.verify();
    env
}

/// Alters the database as somebody would who may do anything: the triggers are away meanwhile, and back afterwards.
pub(crate) fn tamper(database: &Path, work: impl FnOnce(&Connection)) {
    let connection = Connection::open(database).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let mut statement = connection.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").unwrap();
    let triggers: Vec<(String, String)> =
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    assert!(!triggers.is_empty());
    triggers.iter().for_each(|(name, _)| connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    work(&connection);
    triggers.iter().for_each(|(_, sql)| connection.execute_batch(sql).unwrap());
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("PRAGMA table_info({table})")).unwrap();
    statement.query_map([], |row| row.get(1)).unwrap().map(Result::unwrap).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    }
}

/// Other values than this one: made-up ones, and the one that another row has there.
fn others(connection: &Connection, table: &str, column: &str, value: &Value) -> Vec<Value> {
    let mut found = vec![match value {
        Value::Text(text) => Value::Text(format!("{text}x")),
        Value::Integer(number) => Value::Integer(number + 1000),
        _ => Value::Text("2026-01-01".to_owned()),
    }];
    let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT ?1 AND {column} IS NOT NULL LIMIT 1");
    if column == "text" {
        found.push(Value::Text("---\nLane: [\n---\n".to_owned()));
    }
    found.extend(connection.query_row(&sql, [value], |row| row.get::<_, Value>(0)).ok());
    found
}

#[test]
fn every_value_of_every_column_is_guarded() {
    let env = with_a_history();
    let clean = env.copy_database("clean.db");
    let altered = env.home().join("altered.db");
    let mut missed = Vec::new();
    let mut seen = BTreeSet::new();
    let original = Connection::open(&clean).unwrap();
    for (table, key) in GUARDED {
        let count: i64 = original.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert!(count > 2, "{table} has only {count} rows");
        // The middle row, and of the log the first and the last one too.
        let rows = if key == &"seq" { vec![0, count / 2, count - 1] } else { vec![count / 2] };
        for row in rows {
            for column in columns(&original, table) {
                let sql = format!("SELECT {key}, {column} FROM {table} ORDER BY {key} LIMIT 1 OFFSET ?1");
                let (name, value): (Value, Value) =
                    original.query_row(&sql, [row], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
                for other in others(&original, table, &column, &value) {
                    crate::env::replace_database(&altered, &clean);
                    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2");
                    let mut done = false;
                    // Where a constraint already refuses the value, there is nothing to find.
                    tamper(&altered, |database| done = database.execute(&sql, (&other, &name)).is_ok());
                    if !done {
                        continue;
                    }
                    seen.insert((*table, column.clone()));
                    let ran = env.bos(&["--db", altered.to_str().unwrap(), "audit", "verify", "--json"]);
                    let told = if column == *key { vec![text(&name), text(&other)] } else { vec![text(&name)] };
                    if ran.code != 1 || !told.iter().any(|name| ran.stdout.contains(name.as_str())) {
                        missed.push(format!(
                            "{table}.{column} of {}: {} -> {}: exit {}\n{}{}",
                            text(&name),
                            text(&value),
                            text(&other),
                            ran.code,
                            ran.stdout,
                            ran.stderr
                        ));
                    }
                }
            }
        }
        let unseen = columns(&original, table).into_iter().filter(|column| !seen.contains(&(*table, column.clone())));
        missed.extend(unseen.map(|column| format!("{table}.{column} could not be altered")));
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn the_index_of_the_search_is_guarded() {
    let env = with_a_history();
    let clean = env.copy_database("clean.db");
    let mut missed = Vec::new();
    let original = Connection::open(&clean).unwrap();
    for (table, key) in INDEX {
        for column in columns(&original, table) {
            let sql = format!("SELECT {key}, {column} FROM {table} ORDER BY {key} DESC LIMIT 1");
            let (name, value): (Value, Value) =
                original.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            let other = match &value {
                Value::Blob(bytes) => Value::Blob(bytes.iter().map(|byte| byte ^ 1).collect()),
                other => others(&original, table, &column, other).remove(0),
            };
            env.restore_database(&clean);
            let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {key} = ?2");
            env.sqlite().execute(&sql, (&other, &name)).unwrap();
            let failed = env.failed_checks();
            if !ids(&failed).contains(&"search") {
                missed.push(format!("{table}.{column} of {}: {failed:?}", text(&name)));
            }
            // Whatever it is, it can be mended.
            env.bos(&["audit", "rebuild"]).code(0);
            env.verify();
            env.bos(&["search", "trays"]).code(0);
            env.verify();
        }
    }
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
    for (sql, says) in [
        ("DELETE FROM business_os_search WHERE rowid = 3", "has no words of"),
        ("DELETE FROM business_os_search_documents WHERE id = 3", "is not searched"),
        ("INSERT INTO business_os_search (rowid, body) VALUES (99, 'oven')", "does not hold the words"),
        ("INSERT INTO business_os_search (rowid, body) VALUES (3, 'oven')", "does not hold the words"),
        ("UPDATE business_os_metadata SET value = '9999' WHERE key = 'search_seq'", "the log does not have"),
        ("DELETE FROM business_os_metadata WHERE key = 'search_seq'", "does not say of when"),
    ] {
        env.restore_database(&clean);
        env.sqlite().execute(sql, []).unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert_failed(&env, &["search"], says);
    }
}

fn ids(failed: &[(String, String)]) -> Vec<&str> {
    failed.iter().map(|(id, _)| id.as_str()).collect()
}

/// That exactly these checks fail, and that the first of them says this.
#[track_caller]
fn assert_failed(env: &TestEnv, checks: &[&str], says: &str) {
    let failed = env.failed_checks();
    assert_eq!(ids(&failed), checks, "{failed:?}");
    assert!(failed.iter().any(|(_, detail)| detail.contains(says)), "{says}: {failed:?}");
}

#[test]
fn every_fixture_verifies() {
    for (name, code) in [("bakery", 0), ("quirks", 0), ("broken", 1), ("broken-catalogue", 0)] {
        let env = TestEnv::repository(name);
        env.bos(&["import"]).code(code);
        env.verify();
        env.bos(&["export", "--commit", "--partial"]);
        env.verify();
        env.bos(&["audit", "rebuild"]).code(0);
        env.verify();
    }
}

#[test]
fn rows_of_the_log_cannot_go_come_or_change_places() {
    let env = with_a_history();
    let clean = env.copy_database("clean.db");
    let last = env.log_length();
    let after = |sql: &str| {
        env.restore_database(&clean);
        tamper(&env.database(), |database| database.execute_batch(sql).unwrap());
        env.failed_checks()
    };
    let failed = after("DELETE FROM business_os_audit_log WHERE seq = 3");
    assert!(failed[0].1.contains("found entry 4 where entry 3 should be"), "{failed:?}");

    let failed = after(
        "UPDATE business_os_audit_log SET seq = -1 WHERE seq = 3;
         UPDATE business_os_audit_log SET seq = 3 WHERE seq = 4;
         UPDATE business_os_audit_log SET seq = 4 WHERE seq = -1;",
    );
    assert!(failed[0].1.contains("entry 3 does not follow the entry before it"), "{failed:?}");
    assert!(ids(&failed).contains(&"columns"), "{failed:?}");

    let failed = after(
        "INSERT INTO business_os_audit_log SELECT seq + 1, id || 'x', entity_type, entity_id, action, actor, initiator,
           payload_json, created_at, hash, hash FROM business_os_audit_log ORDER BY seq DESC LIMIT 1",
    );
    assert!(failed[0].1.contains(&format!("entry {} does not have the hash", last + 1)), "{failed:?}");

    let failed = after(
        "INSERT INTO business_os_audit_log SELECT 0, id || 'x', entity_type, entity_id, action, actor, initiator,
           payload_json, created_at, previous_hash, hash FROM business_os_audit_log WHERE seq = 1",
    );
    assert!(failed[0].1.contains("found entry 0 where entry 1 should be"), "{failed:?}");

    // The tail: the replay ends elsewhere than the documents, and git saw more.
    let failed = after(&format!("DELETE FROM business_os_audit_log WHERE seq > {}", last - 2));
    assert!(ids(&failed).contains(&"documents") && ids(&failed).contains(&"git"), "{failed:?}");
    assert!(failed.iter().any(|(_, detail)| detail.contains(&format!("it saw entry {last}"))), "{failed:?}");

    // All of it.
    let failed = after("DELETE FROM business_os_audit_log");
    assert!(ids(&failed).contains(&"documents") && ids(&failed).contains(&"git"), "{failed:?}");
}

#[test]
fn without_an_export_the_replay_catches_a_cut_tail() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    tamper(&env.database(), |database| {
        database
            .execute_batch("DELETE FROM business_os_audit_log WHERE seq = (SELECT max(seq) FROM business_os_audit_log)")
            .unwrap();
    });
    let failed = env.failed_checks();
    assert!(failed.iter().any(|(_, detail)| detail.contains("BAKE-ENG-0006")), "{failed:?}");
}

#[test]
fn git_witnesses_a_database_that_was_put_back() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let before = env.copy_database("before.db");
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.verify();
    env.restore_database(&before);
    assert_failed(&env, &["git"], "which the log no longer has");
}

#[test]
fn git_witnesses_a_log_that_was_written_anew() {
    let env = with_a_history();
    // Somebody else did it, says the forger, and gets every hash right.
    tamper(&env.database(), |database| {
        let sql = "SELECT seq, entity_type || '.' || action, payload_json, previous_hash
                   FROM business_os_audit_log ORDER BY seq";
        let mut statement = database.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
        });
        let rows: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
        let mut previous = rows[0].3.clone();
        for (seq, event, payload, _) in rows {
            let payload = payload.replace("\"actor\":\"Nora\"", "\"actor\":\"Mallory\"");
            let facts: serde_json::Value = serde_json::from_str(&payload).unwrap();
            let hash = hex(&format!("{previous}:{event}:{payload}:{}", facts["timestamp"]));
            let sql = "UPDATE business_os_audit_log
                       SET actor = 'Mallory', payload_json = ?2, previous_hash = ?3, hash = ?4 WHERE seq = ?1";
            database.execute(sql, (seq, payload, &previous, &hash)).unwrap();
            previous = hash;
        }
    });
    assert_failed(&env, &["git"], "it saw another entry");
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_view_is_the_chain_of_the_foundation_schema() {
    let env = with_a_history();
    let database = env.sqlite();
    let names = columns(&database, "audit_chain");
    assert_eq!(names, ["seq", "tenant_id", "event_type", "payload", "previous_hash", "hash", "created_at"]);
    let mut statement = database.prepare("SELECT * FROM audit_chain ORDER BY seq").unwrap();
    let mut rows = statement.query([]).unwrap();
    let (mut previous, mut count) = ("0".repeat(64), 0);
    let status = env.bos(&["status", "--json"]).json();
    while let Some(row) = rows.next().unwrap() {
        count += 1;
        let text = |column| row.get::<_, String>(column).unwrap();
        assert_eq!(text(1), status["log_id"]);
        assert_eq!(text(4), previous);
        let timestamp: i64 = row.get(6).unwrap();
        assert_eq!(text(5), hex(&format!("{previous}:{}:{}:{timestamp}", text(2), text(3))));
        assert_eq!(text(2).matches(':').count(), 0);
        previous = text(5);
    }
    assert_eq!(count, env.log_length());
}

#[test]
fn triggers_refuse_all_but_the_next_entry() {
    let env = with_a_history();
    let database = env.sqlite();
    let last = env.log_length();
    let copy = "entity_type, entity_id, action, actor, initiator, payload_json, created_at, previous_hash, hash
                FROM business_os_audit_log WHERE seq = 1";
    let next = last + 1;
    for (sql, says) in [
        ("UPDATE business_os_audit_log SET actor = 'Mallory' WHERE seq = 1".to_owned(), "never changed"),
        ("UPDATE business_os_audit_log SET actor = actor".to_owned(), "never changed"),
        ("UPDATE OR REPLACE business_os_audit_log SET seq = 2 WHERE seq = 1".to_owned(), "never changed"),
        ("DELETE FROM business_os_audit_log WHERE seq = 1".to_owned(), "never removed"),
        ("DELETE FROM business_os_audit_log".to_owned(), "never removed"),
        (format!("INSERT OR REPLACE INTO business_os_audit_log SELECT 1, 'x', {copy}"), "only the next"),
        (format!("REPLACE INTO business_os_audit_log SELECT {next}, id, {copy}"), "only the next"),
        (format!("INSERT OR IGNORE INTO business_os_audit_log SELECT 1, 'x', {copy}"), "only the next"),
        (
            format!(
                "INSERT INTO business_os_audit_log SELECT 1, 'x', {copy} ON CONFLICT DO UPDATE SET actor = 'Mallory'"
            ),
            "only the next",
        ),
        (
            format!(
                "INSERT INTO business_os_audit_log SELECT {next}, id, {copy}
                 ON CONFLICT (id) DO UPDATE SET actor = 'Mallory'"
            ),
            "only the next",
        ),
        (format!("INSERT INTO business_os_audit_log SELECT {}, 'x', {copy}", next + 1), "only the next"),
        (format!("INSERT INTO business_os_audit_log SELECT {last}, 'x', {copy}"), "only the next"),
        (format!("INSERT INTO business_os_audit_log SELECT 0, 'x', {copy}"), "only the next"),
        (format!("INSERT INTO business_os_audit_log SELECT NULL, 'x', {copy}"), "only the next"),
        (format!("INSERT INTO business_os_audit_log SELECT {next}, id, {copy}"), "only the next"),
    ] {
        let error = database.execute(&sql, []).expect_err(&sql).to_string();
        assert!(error.contains(says), "{sql}: {error}");
    }
    assert_eq!(env.log_length(), last);
    env.verify();
}

#[test]
fn every_trigger_and_index_is_missed() {
    let env = with_a_history();
    let clean = env.copy_database("clean.db");
    let sql = "SELECT type, name FROM sqlite_schema WHERE type IN ('trigger', 'index', 'view') AND sql IS NOT NULL";
    let objects: Vec<(String, String)> = {
        let database = env.sqlite();
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    assert!(objects.len() > 15, "{objects:?}");
    env.sqlite()
        .execute_batch(&objects.iter().map(|(kind, name)| format!("DROP {kind} {name};")).collect::<String>())
        .unwrap();
    let failed = env.failed_checks();
    assert_eq!(failed[0].0, "schema");
    for (kind, name) in objects {
        env.restore_database(&clean);
        env.sqlite().execute_batch(&format!("DROP {kind} {name}")).unwrap();
        // Without the view nothing can be compared with what the index should hold.
        let checks = if kind == "view" && name.contains("search") { &["schema", "search"][..] } else { &["schema"] };
        assert_failed(&env, checks, &format!("{kind} {name} is missing"));
    }
    env.restore_database(&clean);
    env.sqlite()
        .execute_batch(
            "DROP TRIGGER business_os_audit_log_no_update;
        CREATE TRIGGER business_os_audit_log_no_update BEFORE UPDATE ON business_os_audit_log BEGIN SELECT 1; END",
        )
        .unwrap();
    assert_failed(&env, &["schema"], "trigger business_os_audit_log_no_update was altered");
    env.restore_database(&clean);
    env.sqlite().execute_batch("CREATE TRIGGER extra AFTER INSERT ON business_os_cards BEGIN SELECT 1; END").unwrap();
    assert_failed(&env, &["schema"], "trigger extra was added");
}

#[test]
fn a_rebuild_mends_what_others_wrote_into_projections() {
    let env = with_a_history();
    env.sqlite()
        .execute_batch(
            "UPDATE business_os_cards SET lane = 'Done', data_json = '{}' WHERE id = 'BAKE-ENG-0006';
             DELETE FROM business_os_cards WHERE id = 'BAKE-ENG-0005';
             INSERT INTO business_os_cards (id, lane, priority, owner, git_file_path, created_at, updated_at, data_json)
               VALUES ('BAKE-ENG-0666', 'Inbox', 'P0', 'x', 'x', '', '', '{}');
             UPDATE business_os_ideas SET status = 'gone';
             DELETE FROM business_os_stage_docs;
             UPDATE business_os_counters SET last = 1;
             INSERT INTO business_os_counters VALUES ('FAKE-ENG', 7);
             UPDATE business_os_documents SET entity_id = 'BAKE-ENG-0005' WHERE entity_id = 'BAKE-ENG-0006';",
        )
        .unwrap();
    let failed = env.failed_checks();
    assert_eq!(ids(&failed), ["documents", "projections", "counters"], "{failed:?}");
    let before = env.log_length();
    env.bos(&["audit", "rebuild"]).code(0);
    env.verify();
    assert_eq!(env.log_length(), before, "a rebuild is no change of anything");
    assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json()["card"]["lane"], "In progress");
}

#[test]
fn an_erased_text_leaves_the_chain_whole() {
    let env = with_a_history();
    let clean = env.copy_database("clean.db");
    let sql = "SELECT json_extract(payload_json, '$.documents[0].old') FROM business_os_audit_log
               WHERE action = 'move' AND entity_id = 'BAKE-ENG-0006'";
    let earlier: String = env.sqlite().query_row(sql, [], |row| row.get(0)).unwrap();
    env.sqlite().execute("DELETE FROM business_os_blobs WHERE sha256 = ?1", [&earlier]).unwrap();
    // What was derived from the text is told of until it is gone too.
    assert_failed(&env, &["versions"], "business_os_card_versions BAKE-ENG-0006 from entry");
    env.bos(&["audit", "rebuild"]).code(0);
    env.verify();
    let then = env.bos(&["board", "BAKE", "--at", "25", "--json"]).code(0);
    assert!(!then.stdout.contains("BAKE-ENG-0006"), "{}", then.stdout);
    env.verify();

    env.restore_database(&clean);
    let path = "docs/business-os/cards/BAKE-ENG-0006.user.md";
    let sql = "DELETE FROM business_os_blobs
               WHERE sha256 = (SELECT sha256 FROM business_os_documents WHERE path = ?1)";
    env.sqlite().execute(sql, [path]).unwrap();
    let failed = env.failed_checks();
    assert!(!ids(&failed).contains(&"chain") && ids(&failed).contains(&"documents"), "{failed:?}");
    assert!(
        failed.iter().all(|(_, detail)| detail.contains("BAKE-ENG-0006") && !detail.contains("more)")),
        "{failed:?}"
    );
}

#[test]
fn a_stage_that_is_spelled_twice_means_what_it_meant_when_it_was_recorded() {
    let env = TestEnv::fixture("quirks");
    env.bos(&["import"]).code(0);
    // The canonical spelling has the stage; the other one is a note, also when it is edited or is left alone.
    env.write("cards/SHOP-ENG-0006/Planned.user.md", "---\nCreated: 2026-01-02\n---\nAnother text\n");
    env.bos(&["import"]).code(0);
    env.verify();
    env.write("cards/SHOP-ENG-0006/plan.user.md", "---\nCreated: 2026-01-03\n---\nAnother text\n");
    env.bos(&["import"]).code(0);
    env.verify();
    fs::remove_file(env.path("cards/SHOP-ENG-0006/plan.user.md")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    env.verify();
}

#[test]
fn the_exports_of_another_log_are_listed() {
    let env = with_a_history();
    let other = env.bos(&["status", "--json"]).json()["log_id"].as_str().unwrap().to_owned();
    fs::remove_dir_all(env.database().parent().unwrap()).unwrap();
    env.bos(&["import"]).code(0);
    let ran = env.bos(&["audit", "verify", "--json"]).code(0).json();
    let git = ran["checks"].as_array().unwrap().iter().find(|check| check["id"] == "git").unwrap().clone();
    assert!(git["detail"].as_str().unwrap().contains(&other), "{git}");
    assert_eq!(git["ok"], true);
}
