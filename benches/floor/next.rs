//! The floor of `next`: open, one pass over the cards of every board, keep those that wait for nothing, print the
//! first.

use std::{
    collections::HashSet,
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::{Outcome, place};

const QUERY: &str = "SELECT id, lane_rank, priority_rank, due_key, updated_at, blocked, dependencies_json, title
  FROM business_os_cards WHERE archived = 0
  ORDER BY business, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id";

/// The rank of In progress, the last lane with work left to do.
const IN_PROGRESS: i64 = 3;

/// The rank of Done.
const DONE: i64 = 5;

pub(super) fn run(database: &Path, limit: usize) -> Outcome<()> {
    let connection = place::open(database)?;
    let mut statement = connection.prepare(QUERY)?;
    let mut rows = statement.query([])?;
    let mut done: HashSet<String> = HashSet::new();
    let mut open = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, lane): (String, i64) = (row.get(0)?, row.get(1)?);
        if lane >= DONE {
            done.insert(id);
        } else if lane <= IN_PROGRESS && !row.get::<_, bool>(5)? {
            let key: (i64, String) = (row.get(2)?, row.get(3)?);
            open.push((key, row.get::<_, String>(4)?, id, row.get::<_, String>(6)?, row.get::<_, String>(7)?));
        }
    }
    open.retain(|(_, _, _, dependencies, _)| {
        dependencies == "[]"
            || serde_json::from_str::<Vec<String>>(dependencies).is_ok_and(|ids| ids.iter().all(|id| done.contains(id)))
    });
    open.sort_unstable();
    let mut out = BufWriter::new(io::stdout());
    for (_, _, id, _, title) in open.iter().take(limit) {
        writeln!(out, "{id}  {title}")?;
    }
    Ok(out.flush()?)
}
