//! The floor of a search: open, count and rank matches in the index, print the best with an excerpt.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::{Outcome, place};

const COUNT: &str = "SELECT count(*) FROM business_os_search WHERE business_os_search MATCH ?1";

const BEST: &str = "SELECT rowid, title, snippet(business_os_search, -1, '', '', '...', 16), bm25(business_os_search)
  FROM business_os_search WHERE business_os_search MATCH ?1 ORDER BY rank LIMIT ?2";

pub(super) fn run(database: &Path, words: &str, limit: i64) -> Outcome<()> {
    let connection = place::open(database)?;
    let total: i64 = connection.query_row(COUNT, [words], |row| row.get(0))?;
    let mut statement = connection.prepare(BEST)?;
    let mut rows = statement.query((words, limit))?;
    let mut out = BufWriter::new(io::stdout());
    while let Some(row) = rows.next()? {
        let title: Option<String> = row.get(1)?;
        writeln!(out, "{} {}\n  {}", row.get::<_, i64>(0)?, title.unwrap_or_default(), row.get::<_, String>(2)?)?;
    }
    writeln!(out, "{total}")?;
    Ok(out.flush()?)
}
