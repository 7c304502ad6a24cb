//! The floor of showing a card: open, the same rows by key, a stat of its file, print.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::Path,
};

use rusqlite::{Connection, Params, types::ValueRef};

use crate::{Outcome, place};

pub(super) fn run(root: &Path, database: &Path, id: &str) -> Outcome<()> {
    let connection = place::open(database)?;
    let mut out = BufWriter::new(io::stdout());
    let mut print =
        |sql: &str, parameters: &[&str]| print(&connection, &mut out, sql, rusqlite::params_from_iter(parameters));
    print("SELECT id, read_at FROM business_os_mirrors WHERE name = ?1", &["main:root"])?;
    print(
        "SELECT id, business, lane, priority, owner, title, tags_json, due_date, created_at, updated_at, completed_date,
           blocked, blocked_reason, dependencies_json, proposed_lane, archived, git_file_path, sha256
         FROM business_os_cards WHERE id = ?1",
        &[id],
    )?;
    print(
        "SELECT document.path, document.sha256, text, base_sha256, file_sha256, size, mtime_ns, ctime_ns, inode
         FROM business_os_documents AS document
         JOIN business_os_blobs AS blob ON blob.sha256 = document.sha256
         JOIN business_os_mirror_documents AS mirrored ON mirrored.mirror_id = 1 AND mirrored.path = document.path
         WHERE entity_type = 'card' AND entity_id = ?1",
        &[id],
    )?;
    let (from, to) = (format!("{id}/"), format!("{id}0"));
    print("SELECT card_id, stage, git_file_path, sha256 FROM business_os_stage_docs WHERE card_id = ?1", &[id])?;
    print(
        "SELECT path, sha256 FROM business_os_documents
         WHERE entity_type IN ('stage_doc', 'comment', 'note') AND entity_id > ?1 AND entity_id < ?2",
        &[&from, &to],
    )?;
    print(
        "SELECT seq, payload_json, hash FROM business_os_audit_log
         WHERE entity_type IN ('card', 'idea') AND entity_id = ?1
         UNION ALL
         SELECT seq, payload_json, hash FROM business_os_audit_log
         WHERE entity_type IN ('stage_doc', 'comment', 'note') AND entity_id > ?2 AND entity_id < ?3",
        &[id, &from, &to],
    )?;
    let size = fs::symlink_metadata(root.join(crate::tree::card_path(id)))?.len();
    writeln!(out, "{size}")?;
    Ok(out.flush()?)
}

fn print(connection: &Connection, out: &mut impl Write, sql: &str, parameters: impl Params) -> Outcome<()> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(parameters)?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            match row.get_ref(column)? {
                ValueRef::Text(text) => out.write_all(text)?,
                ValueRef::Integer(number) => write!(out, "{number}")?,
                _ => {}
            }
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}
