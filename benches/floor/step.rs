//! The floor of moving a card to Done: git's name for who acts, a stat of the card's file, and one durable transaction
//! with the same rows.

use std::{collections::BTreeMap, fs, path::Path};

use git2::Repository;
use rusqlite::params;

use super::rows::{Chain, Document, FromTo, NOW, Touched};
use crate::{
    Outcome, place,
    tree::{card_path, done},
};

pub(super) fn run(root: &Path, database: &Path, id: &str) -> Outcome<()> {
    let actor = Repository::open(root)?.config()?.snapshot()?.get_string("user.name")?;
    fs::symlink_metadata(root.join(card_path(id)))?;
    let connection = place::open(database)?;
    connection.execute_batch("PRAGMA synchronous = FULL; BEGIN IMMEDIATE;")?;
    let path = card_path(id);
    let sql = "SELECT sha256, text FROM business_os_documents NATURAL JOIN business_os_blobs WHERE path = ?1";
    let (old, text): (String, String) =
        connection.query_row(sql, [path.to_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let document = Document::of(&path, done(&text))?;
    let sql = "SELECT (SELECT value FROM business_os_metadata WHERE key = 'log_id'), seq, hash
               FROM business_os_audit_log ORDER BY seq DESC LIMIT 1";
    let mut chain = connection
        .query_row(sql, [], |row| Ok(Chain { actor, log_id: row.get(0)?, seq: row.get(1)?, hash: row.get(2)? }))?;

    connection.execute("INSERT INTO business_os_blobs VALUES (?1, ?2)", [&document.sha, &document.text])?;
    let sql = "UPDATE business_os_documents SET sha256 = ?2 WHERE path = ?1";
    connection.execute(sql, params![document.path, document.sha])?;
    let sql =
        "UPDATE business_os_cards SET lane = ?2, lane_rank = ?3, updated_at = ?4, completed_date = ?5, git_sha = ?6,
                 sha256 = ?7, data_json = ?8, git_commit = NULL
               WHERE id = ?1";
    document.update(&mut connection.prepare(sql)?)?;
    let changed = |from: Option<&str>, to: &str| FromTo { from: from.map(Into::into), to: Some(to.into()) };
    let changes = BTreeMap::from([
        ("Completed-Date", changed(None, NOW.2)),
        ("Lane", changed(Some("Inbox"), "Done")),
        ("Updated", changed(Some("2026-01-01"), NOW.2)),
    ]);
    let touched = vec![Touched { new: &document.sha, old: Some(&old), path: &document.path }];
    let sql = "INSERT INTO business_os_audit_log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let batch = chain.seq + 1;
    chain.append(&mut connection.prepare(sql)?, &document, batch, "move", changes, touched)?;
    Ok(connection.execute_batch("COMMIT;")?)
}
