//! `bos audit`: that nothing can be altered without being found, and what can be repaired.

use std::{collections::BTreeSet, fs, path::Path};

use rusqlite::{Connection, types::Value};
use sha2::{Digest as _, Sha256};

use crate::env::{FIXTURES, TestEnv};

/// What must not be altered without being found, each table with the column that names its rows.
const GUARDED: &[(&str, &str)] = &[
    ("business_os_audit_log", "seq"),
    ("business_os_blobs", "sha256"),
    ("business_os_documents", "path"),
    ("business_os_cards", "id"),
    ("business_os_ideas", "id"),
    ("business_os_stage_docs", "id"),
    ("business_os_counters", "prefix"),
];

/// A tree in git with a life behind it: an import, writes of all kinds, a hand edit, an export to the branch.
fn with_a_history() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "in-progress"]).code(0);
    env.bos(&["card", "set", "HOME-ENG-0001", "Priority=P0", "--add", "Tags=audit"]).code(0);
    env.edit("cards/BIKE-ENG-0002.user.md", "Priority: P", "Priority:  P");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "new", "BAKE", "--title", "Count the trays"]).code(0);
    env.bos(&["export", "--commit"]).code(0);
    env.verify();
    env
}

/// Alters the database as somebody would who may do anything: the triggers are away meanwhile, and back afterwards.
fn tamper(database: &Path, work: impl FnOnce(&Connection)) {
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
                    fs::copy(&clean, &altered).unwrap();
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
