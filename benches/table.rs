//! Prints the table of figures, row by row.

use std::{collections::BTreeMap, time::Duration};

/// What has been printed so far.
pub(crate) struct Table {
    /// The time of `bos` for each figure and size.
    took: BTreeMap<(String, usize), Duration>,
    missed: Vec<String>,
}

impl Table {
    /// Prints the heading.
    pub(crate) fn new() -> Self {
        println!("| figure                           | documents |       bos |     floor | ratio | limit  | ok  |");
        println!("|----------------------------------|----------:|----------:|----------:|------:|-------:|-----|");
        Self { took: BTreeMap::new(), missed: Vec::new() }
    }

    /// Prints a figure with its floor; `at_most` is an absolute limit on its time.
    pub(crate) fn figure(
        &mut self,
        name: &str,
        size: usize,
        bos: Duration,
        floor: Duration,
        limit: Option<f64>,
        at_most: Option<Duration>,
    ) {
        let ratio = bos.as_secs_f64() / floor.as_secs_f64();
        let ok = limit.map(|limit| ratio <= limit && at_most.is_none_or(|most| bos <= most));
        let limit = limit.map(|limit| format!("{limit:.2}")).unwrap_or_default();
        self.row(name, &size.to_string(), [&shown(bos), &shown(floor), &format!("{ratio:.2}"), &limit], ok);
        self.took.insert((name.to_owned(), size), bos);
    }

    /// Prints a memory peak; `None` if the system does not report it.
    pub(crate) fn memory(&mut self, name: &str, size: usize, peak: Option<u64>, limit: u64) {
        let shown = |bytes: u64| format!("{} MB", bytes >> 20);
        let ok = peak.map(|peak| peak < limit);
        self.row(name, &size.to_string(), [&peak.map(shown).unwrap_or_default(), "", "", &shown(limit)], ok);
    }

    /// Prints how a figure at the largest size compares with the smallest.
    pub(crate) fn compare_sizes(&mut self, name: &str, limit: f64) {
        let sizes: Vec<(usize, Duration)> =
            self.took.iter().filter(|((known, _), _)| known == name).map(|((_, size), took)| (*size, *took)).collect();
        let [(small, floor), .., (large, bos)] = sizes[..] else { return };
        let ratio = bos.as_secs_f64() / floor.as_secs_f64();
        let cells = [shown(bos), shown(floor), format!("{ratio:.2}"), format!("{limit:.2}")];
        let name = format!("{name}, {large} against {small}");
        self.row(&name, "", [&cells[0], &cells[1], &cells[2], &cells[3]], Some(ratio <= limit));
    }

    /// Lists the figures that exceed their limits.
    pub(crate) fn print_missed(&self) {
        match self.missed.as_slice() {
            [] => println!("\nevery figure is within its limit"),
            missed => println!("\nover the limit: {}", missed.join("; ")),
        }
    }

    fn row(&mut self, name: &str, size: &str, [bos, floor, ratio, limit]: [&str; 4], ok: Option<bool>) {
        let told = ok.map_or("", |ok| if ok { "yes" } else { "NO" });
        println!("| {name:32} | {size:>9} | {bos:>9} | {floor:>9} | {ratio:>5} | {limit:>6} | {told:3} |");
        if ok == Some(false) {
            self.missed.push(format!("{name} {size}").trim_end().to_owned());
        }
    }
}

fn shown(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1000.0;
    if milliseconds < 100.0 { format!("{milliseconds:.2} ms") } else { format!("{milliseconds:.0} ms") }
}
