//! The SQL of the program: where it stands, that nobody builds it from strings, and how SQLite would run it.

use std::{fs, path::Path};

use bos::store::TABLES;
use rusqlite::Connection;

use crate::source::{PACKAGE, Source, sources};

/// Tables with a row or more for each document or entry; the others stay small.
const BIG: &[&str] = &[
    "business_os_cards",
    "business_os_ideas",
    "business_os_stage_docs",
    "business_os_documents",
    "business_os_blobs",
    "business_os_audit_log",
    "business_os_mirror_documents",
    "business_os_search_documents",
    "business_os_search_docsize",
    "business_os_search",
    "business_os_card_versions",
    "business_os_idea_versions",
];

/// How the statement reads that may sort: it has only the versions of one document before it.
const MAY_SORT: &[&str] = &["SELECT DISTINCT json_extract(document.value, '$.new')"];

const VERBS: &[&str] =
    &["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "PRAGMA", "CREATE", "DROP", "ALTER", "WITH"];

/// Whether a literal is a statement, or the beginning or an end of one.
fn is_sql(literal: &str) -> bool {
    let first = literal.split_whitespace().next().unwrap_or_default();
    VERBS.contains(&first) && literal.split_whitespace().count() > 1
}

/// Whether a literal could be a piece of a statement.
fn holds_sql(literal: &str) -> bool {
    let has = |word: &str| literal.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word);
    ["SELECT", "INSERT", "UPDATE", "DELETE", "PRAGMA", "WHERE", "FROM", "VALUES", "LIMIT"].iter().any(|word| has(word))
        || literal.contains("ORDER BY")
        || literal.contains("GROUP BY")
}

fn migrations() -> Vec<String> {
    let folder = Path::new(PACKAGE).join("migrations/sqlite");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files.into_iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    migrations().iter().for_each(|migration| connection.execute_batch(migration).unwrap());
    connection
}

/// Each step of SQLite's plan for a statement.
fn plan(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement =
        connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap_or_else(|error| panic!("{error}: {sql}"));
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get(3).unwrap());
    }
    steps
}

/// What `FROM` and `JOIN` call a big table in a statement.
fn names_of_big(sql: &str) -> Vec<String> {
    let words: Vec<&str> =
        sql.split(|c: char| c.is_whitespace() || "(),;".contains(c)).filter(|w| !w.is_empty()).collect();
    let mut names = Vec::new();
    for (index, word) in words.iter().enumerate().filter(|(_, word)| BIG.contains(word)) {
        names.push((*word).to_owned());
        if words.get(index + 1).is_some_and(|next| *next == "AS") {
            names.push(words[index + 2].to_owned());
        }
    }
    names
}

/// Whether a scan is one of an index, or of the documents that the search finds under a word or a number.
fn is_looked_up(scan: &str) -> bool {
    let found = scan.split_once("VIRTUAL TABLE INDEX ").and_then(|(_, plan)| plan.split_once(':'));
    scan.contains("USING") || found.is_some_and(|(_, by)| by.starts_with(['M', '=']))
}

/// The steps of a statement's plan that read all of a big table, or sort.
fn costly(connection: &Connection, sql: &str) -> Vec<String> {
    let big = names_of_big(sql);
    let is_scan = |step: &str| {
        step.strip_prefix("SCAN ")
            .is_some_and(|rest| big.iter().any(|name| rest.split(' ').next() == Some(name)) && !is_looked_up(rest))
    };
    let may_sort = MAY_SORT.iter().any(|start| sql.starts_with(start)) || big.is_empty();
    let steps = plan(connection, sql).into_iter();
    steps.filter(|step| is_scan(step) || (!may_sort && step.contains("TEMP B-TREE"))).collect()
}

fn statements() -> Vec<(String, String)> {
    let store = sources().into_iter().filter(|file| file.path.starts_with("store/"));
    let literals = store.flat_map(|Source { path, literals, .. }| {
        literals.into_iter().map(move |(_, literal)| (path.clone(), literal))
    });
    literals.filter(|(_, literal)| is_sql(literal) && !literal.starts_with("PRAGMA")).collect()
}

#[test]
fn no_statement_reads_all_of_a_big_table() {
    let connection = database();
    let statements = statements();
    assert!(statements.len() > 40, "only {} statements were found", statements.len());
    let mut found = Vec::new();
    for (path, sql) in &statements {
        found.extend(costly(&connection, sql).iter().map(|step| format!("{path}: {step}\n    {sql}")));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn a_full_scan_cannot_hide() {
    let connection = database();
    for sql in [
        "SELECT data_json FROM business_os_cards WHERE title = ?1",
        "SELECT entry.hash FROM business_os_audit_log AS entry WHERE entry.actor = ?1",
        "SELECT id FROM business_os_cards WHERE business = ?1 ORDER BY title",
        "UPDATE business_os_stage_docs SET git_commit = ?1 WHERE audience = ?2",
        "SELECT rowid FROM business_os_search WHERE title = ?1",
        "SELECT id FROM business_os_search_documents WHERE title = ?1",
    ] {
        assert!(!costly(&connection, sql).is_empty(), "{sql}: {:?}", plan(&connection, sql));
    }
}

#[test]
fn the_queries_of_the_hosted_application_run_as_written() {
    let connection = database();
    let patterns: &[(&str, &[&str])] = &[
        ("SELECT data_json FROM business_os_cards WHERE business = ?", &["BRIK"]),
        ("SELECT data_json FROM business_os_cards WHERE lane = ?", &["Inbox"]),
        ("SELECT data_json FROM business_os_cards WHERE id = ?", &["BRIK-ENG-0001"]),
        ("SELECT data_json FROM business_os_ideas WHERE location = ?", &["inbox"]),
        ("SELECT data_json FROM business_os_cards WHERE priority IN (?, ?)", &["P0", "P1"]),
    ];
    for (sql, values) in patterns {
        let mut statement = connection.prepare(sql).unwrap();
        assert!(!statement.exists(rusqlite::params_from_iter(*values)).unwrap());
        let steps = plan(&connection, sql);
        let by_index = |step: &String| step.starts_with("SEARCH ") && step.contains(" INDEX ");
        assert!(steps.iter().all(by_index), "{sql}: {steps:?}");
    }
}

#[test]
fn sql_stands_in_the_store_alone() {
    let mut found = Vec::new();
    for file in sources().iter().filter(|file| !file.path.starts_with("store/")) {
        let looks = |literal: &str| {
            is_sql(literal) && ["business_os_", " FROM ", " INTO ", " SET "].iter().any(|part| literal.contains(part))
        };
        let literals = file.literals.iter().filter(|(_, literal)| looks(literal));
        found.extend(literals.map(|(_, literal)| format!("{}: {literal}", file.path)));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// Pieces of SQL that a file puts together, and statements that are no literal.
fn built(file: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (place, literal) in file.literals.iter().filter(|(_, literal)| holds_sql(literal)) {
        let before = file.code[..*place].trim_end();
        let after = file.code[place + 2..].trim_start();
        let call = [
            "format!(",
            "format_args!(",
            "write!(",
            "writeln!(",
            "concat!(",
            ".push_str(",
            ".insert_str(",
            ".replace(",
        ];
        if call.iter().any(|call| before.ends_with(call) || before.ends_with(&format!("{call}sql,")))
            || before.ends_with('+')
            || before.ends_with("+=")
            || after.starts_with('+')
            || after.starts_with(".to_owned() +")
            || after.starts_with(".replace(")
        {
            found.push(literal.clone());
        }
    }
    // What is given to SQLite is a literal, a constant, or a `sql` that is bound to a literal.
    for call in [".prepare(", ".prepare_cached(", ".execute(", ".execute_batch(", ".query_row(", ".query_one("] {
        for (index, _) in file.code.match_indices(call) {
            let argument = file.code[index + call.len()..].trim_start();
            let end = argument.find([',', ')']).unwrap_or(argument.len());
            let argument = argument[..end].trim();
            let is_constant = argument.chars().all(|c| c.is_ascii_uppercase() || c == '_') && !argument.is_empty();
            let is_statement =
                argument.starts_with("params") || argument.starts_with('[') || argument.starts_with("rusqlite::params");
            if !(argument == "\"\"" || argument == "sql" || argument == "migration" || is_constant || is_statement)
                && file.path.starts_with("store/")
                && !of_statement(&file.code[..index])
            {
                found.push(format!("{call}{argument}"));
            }
        }
    }
    for (index, _) in file.code.match_indices("let sql =") {
        let value = file.code[index + "let sql =".len()..].trim_start();
        if !value.starts_with("\"\";") {
            found.push(value.lines().next().unwrap_or_default().to_owned());
        }
    }
    found
}

/// Whether a call is one of a prepared statement: what it is given are values.
fn of_statement(before: &str) -> bool {
    before.ends_with("statement") || before.ends_with(")?")
}

#[test]
fn no_statement_is_put_together_from_strings() {
    let mut found = Vec::new();
    for file in sources() {
        found.extend(built(&file).into_iter().map(|piece| format!("{}: {piece}", file.path)));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn migrations_are_what_any_sqlite_accepts() {
    for migration in migrations() {
        let lines = migration.lines().filter(|line| !line.trim_start().starts_with("--"));
        let code = lines.collect::<Vec<_>>().join("\n").to_ascii_lowercase();
        for refused in
            ["pragma", "sqlite_version", "attach", "vacuum", "load_extension", "begin transaction", "commit;"]
        {
            assert!(!code.contains(refused), "{refused}");
        }
    }
}

#[test]
fn every_table_is_in_the_registry() {
    let connection = database();
    let mut statement = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .unwrap();
    let found: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut registered: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    registered.sort_unstable();
    assert_eq!(found, registered);
}
