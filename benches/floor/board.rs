//! The floor of a board: open, run the same query, print the same columns.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use rusqlite::{Row, Rows};

use crate::{Outcome, place};

const QUERY: &str = "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
    completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived, git_file_path, sha256
  FROM business_os_cards WHERE archived = 0 AND business = ?1
  ORDER BY lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";

const QUERY_THEN: &str =
    "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at,
    completed_date, blocked, blocked_reason, dependencies_json, proposed_lane, archived, git_file_path, sha256
  FROM business_os_card_versions
  WHERE archived = 0 AND business = ?1 AND seq <= ?2 AND (until_seq IS NULL OR until_seq > ?2)
  ORDER BY lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";

const KEYS: [&str; 18] = [
    "id",
    "business",
    "lane",
    "priority",
    "owner",
    "title",
    "tags",
    "due",
    "created",
    "updated",
    "completed",
    "blocked",
    "blocked_reason",
    "dependencies",
    "proposed_lane",
    "archived",
    "path",
    "sha256",
];

pub(super) fn run(database: &Path, business: &str, json: bool) -> Outcome<()> {
    let connection = place::open(database)?;
    let mut statement = connection.prepare(QUERY)?;
    print(statement.query([business])?, json)
}

/// The same as of a log entry.
pub(super) fn run_then(database: &Path, business: &str, seq: i64) -> Outcome<()> {
    let connection = place::open(database)?;
    let mut statement = connection.prepare(QUERY_THEN)?;
    print(statement.query((business, seq))?, false)
}

fn print(mut rows: Rows<'_>, json: bool) -> Outcome<()> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
    let mut lane = String::new();
    while let Some(row) = rows.next()? {
        if json {
            print_json(&mut out, row)?;
            continue;
        }
        let text = |column| row.get_ref(column).ok().and_then(|value| value.as_str().ok()).unwrap_or_default();
        if lane != text(2) {
            text(2).clone_into(&mut lane);
            writeln!(out, "\n{lane}")?;
        }
        write!(out, "  {}  {}  {}", text(0), text(3), text(5))?;
        if !text(7).is_empty() {
            write!(out, "  due {}", text(7))?;
        }
        if row.get(11)? {
            write!(out, "  blocked: {}", text(12))?;
        }
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

fn print_json(out: &mut impl Write, row: &Row<'_>) -> Outcome<()> {
    for (column, key) in KEYS.iter().enumerate() {
        write!(out, "{}\"{key}\":", if column == 0 { "{" } else { "," })?;
        match (*key, row.get_ref(column)?) {
            ("tags" | "dependencies", value) => out.write_all(value.as_bytes()?)?,
            (_, rusqlite::types::ValueRef::Text(text)) => serde_json::to_writer(&mut *out, std::str::from_utf8(text)?)?,
            (_, rusqlite::types::ValueRef::Integer(flag)) => write!(out, "{}", flag != 0)?,
            _ => write!(out, "null")?,
        }
    }
    Ok(writeln!(out, "}},")?)
}
