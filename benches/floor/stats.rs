//! The floor of `stats`: open, one pass over the versions of a business, the sums, the cards in progress, print.

use std::{
    collections::HashMap,
    io::{self, BufWriter, Write},
    path::Path,
};

use crate::{Outcome, place};

const QUERY: &str = "SELECT id, seq, at, until_at, lane_rank, archived
  FROM business_os_card_versions WHERE archived IN (0, 1) AND business = ?1";

const DAY: i64 = 24 * 60 * 60;

/// The rank of In progress.
const IN_PROGRESS: usize = 3;

/// The rank of Done; only Reflected comes after it.
const DONE: usize = 5;

pub(super) fn run(database: &Path, business: &str) -> Outcome<()> {
    let connection = place::open(database)?;
    let mut statement = connection.prepare(QUERY)?;
    let mut rows = statement.query([business])?;
    let mut days: HashMap<(i64, usize), i64> = HashMap::new();
    let mut newest: HashMap<String, (i64, i64, usize)> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (seq, at, until, lane): (i64, i64, Option<i64>, usize) =
            (row.get(1)?, row.get(2)?, row.get(3)?, usize::try_from(row.get::<_, i64>(4)?)?);
        *days.entry((at / DAY, lane)).or_default() += 1;
        if let Some(until) = until {
            *days.entry((until / DAY, lane)).or_default() -= 1;
        }
        let id = row.get_ref(0)?.as_str()?;
        match newest.get_mut(id) {
            Some(known) if known.0 > seq => {}
            Some(known) => *known = (seq, at, lane),
            None => _ = newest.insert(id.to_owned(), (seq, at, lane)),
        }
    }
    let mut out = BufWriter::new(io::stdout());
    let mut weeks: HashMap<i64, usize> = HashMap::new();
    let mut card = connection.prepare("SELECT priority, owner, title FROM business_os_cards WHERE id = ?1")?;
    for (id, (_, at, lane)) in &newest {
        if *lane >= DONE {
            *weeks.entry(at / (7 * DAY)).or_default() += 1;
        }
        if *lane == IN_PROGRESS {
            let shown: String = card.query_row([id], |row| row.get(2))?;
            writeln!(out, "{id} {at} {shown}")?;
        }
    }
    for (week, count) in weeks {
        writeln!(out, "{week} {count}")?;
    }
    for ((day, lane), count) in days {
        writeln!(out, "{day} {lane} {count}")?;
    }
    Ok(out.flush()?)
}
