//! The floor of a first import: one thread walks, reads, hashes and parses; the other inserts the same rows in one
//! transaction, with the durability of `bos`.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path, sync::mpsc::sync_channel, thread};

use rusqlite::{Connection, params};

use super::{
    files::walk,
    rows::{Chain, Document, Kind, Touched},
};
use crate::Outcome;

const SCHEMA: [&str; 5] = [
    include_str!("../../migrations/sqlite/0001_init.sql"),
    include_str!("../../migrations/sqlite/0002_claims.sql"),
    include_str!("../../migrations/sqlite/0003_conflicts.sql"),
    include_str!("../../migrations/sqlite/0004_search.sql"),
    include_str!("../../migrations/sqlite/0005_versions.sql"),
];

const READ_AHEAD: usize = 256;

struct Read {
    document: Document,
    stat: [i64; 4],
}

pub(super) fn run(root: &Path, database: &Path) -> Outcome<()> {
    let connection = Connection::open(database)?;
    connection.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; BEGIN IMMEDIATE;",
    )?;
    SCHEMA.iter().try_for_each(|migration| connection.execute_batch(migration))?;
    thread::scope(|scope| {
        let (sender, documents) = sync_channel(READ_AHEAD);
        scope.spawn(move || {
            for path in walk(root) {
                if sender.send(read(root, &path).map_err(|error| error.to_string())).is_err() {
                    return;
                }
            }
        });
        insert_all(&connection, documents.into_iter())
    })?;
    connection.execute_batch("COMMIT;")?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    Ok(())
}

fn read(root: &Path, path: &Path) -> Outcome<Read> {
    let metadata = fs::symlink_metadata(path)?;
    let nanoseconds = |seconds: i64, rest: i64| seconds * 1_000_000_000 + rest;
    let stat = [
        metadata.size().cast_signed(),
        nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
        nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        metadata.ino().cast_signed(),
    ];
    Ok(Read { document: Document::of(path.strip_prefix(root)?, fs::read_to_string(path)?)?, stat })
}

fn insert_all(connection: &Connection, documents: impl Iterator<Item = Result<Read, String>>) -> Outcome<()> {
    let (actor, log_id) = ("Nora".to_owned(), "0123456789abcdef".repeat(2));
    let mut chain = Chain { actor, log_id, seq: 0, hash: "0".repeat(64) };
    connection.execute(
        "INSERT INTO business_os_metadata VALUES ('log_id', ?1), ('projection_version', '1')",
        [&chain.log_id],
    )?;
    connection.execute("INSERT INTO business_os_mirrors (name, read_at) VALUES ('main:root', 1)", [])?;
    let mut blob = connection.prepare("INSERT INTO business_os_blobs (sha256, text) VALUES (?1, ?2)")?;
    let mut current = connection.prepare("INSERT INTO business_os_documents VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut log = connection
        .prepare("INSERT INTO business_os_audit_log VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")?;
    let mut card = connection.prepare(
        "INSERT INTO business_os_cards (id, lane, priority, owner, business, git_file_path, git_sha, created_at,
           updated_at, lane_rank, priority_rank, due_key, title, tags_json, due_date, completed_date, blocked,
           blocked_reason, dependencies_json, sha256, data_json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
    )?;
    let mut stage = connection.prepare(
        "INSERT INTO business_os_stage_docs (id, card_id, stage, git_file_path, git_sha, created_at, updated_at,
           sha256, data_json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut idea = connection.prepare(
        "INSERT INTO business_os_ideas (id, status, business, location, git_file_path, git_sha, created_at,
           updated_at, type, priority, title, tags_json, sha256, data_json)
         VALUES (?1, ?2, ?3, 'inbox', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?;
    let mut mirrored = connection.prepare(
        "INSERT INTO business_os_mirror_documents (mirror_id, path, base_sha256, file_sha256, size, mtime_ns, ctime_ns,
           inode)
         VALUES (1, ?1, ?2, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut counters: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    let mut companion: Option<Document> = None;
    for read in documents {
        let Read { document, stat } = read.map_err(anyhow::Error::msg)?;
        blob.execute([&document.sha, &document.text])?;
        current.execute([&document.path, document.entity(), &document.id, document.audience(), &document.sha])?;
        let [size, mtime, ctime, inode] = stat;
        mirrored.execute(params![document.path, document.sha, size, mtime, ctime, inode])?;
        document.insert(&mut card, &mut stage, &mut idea)?;
        if let Some((prefix, number)) = document.id.split('/').next().and_then(|id| id.rsplit_once('-')) {
            let last = counters.entry(prefix.to_owned()).or_default();
            *last = number.parse::<i64>()?.max(*last);
        }
        // `.agent.md` sorts before `.user.md`, and both belong to one entry.
        if matches!(document.kind, Kind::Companion) {
            companion = Some(document);
            continue;
        }
        let both = [Some(&document), companion.as_ref()];
        let touched = both.into_iter().flatten().map(|one| Touched { new: &one.sha, old: None, path: &one.path });
        chain.append(&mut log, &document, 1, "import", document.changes(), touched.collect())?;
        companion = None;
    }
    let mut counter = connection.prepare("INSERT INTO business_os_counters VALUES (?1, ?2)")?;
    for (prefix, last) in counters {
        counter.execute(params![prefix, last])?;
    }
    Ok(())
}
