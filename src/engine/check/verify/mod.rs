//! Verifies that log, texts, tables and git are consistent (ARCHITECTURE.md, the log). Each check names the mismatches.

mod chain;
mod projections;
mod replay;
mod search;
mod versions;
mod witness;
mod workers;

use std::collections::BTreeSet;

use replay::Replayed;

use crate::{
    domain::{hash::Sha256, id::Id},
    engine::base::{
        error::EngineError,
        projection::PROJECTION_VERSION,
        rebuild::{VERSION_KEY, bring_up_to_date},
        session::Session,
        view::View,
    },
    git::GitError,
    store::{Head, Reach},
};

/// The stable name of a check, and what it proves.
type Named = (&'static str, &'static str);

const FILE: Named = ("file", "the file is sound, and its indexes match its tables");
const SCHEMA: Named = ("schema", "tables, indexes and triggers are as the migrations made them");
const BLOBS: Named = ("blobs", "every text is the one its hash names");
const CHAIN: Named = ("chain", "every entry follows the one before");
const COLUMNS: Named = ("columns", "the columns of every entry match its payload");
const CHANGES: Named = ("changes", "the changes of every entry match its texts");
const DOCUMENTS: Named = ("documents", "replaying the log gives the current documents");
const PROJECTIONS: Named = ("projections", "the tables are what the documents say");
const COUNTERS: Named = ("counters", "no ID can be given out twice");
const SEARCH: Named = ("search", "the search index matches the texts");
const VERSIONS: Named = ("versions", "card history matches the log");
const GIT: Named = ("git", "the exports in git match this log");

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// A stable name: `file`, `schema`, `blobs`, `chain`, `columns`, `changes`, `documents`, `projections`, `counters`,
    /// `search`, `versions`, `git`.
    pub id: &'static str,
    /// What it proves.
    pub name: &'static str,
    /// Whether it passed.
    pub ok: bool,
    /// The number of items checked.
    pub checked: u64,
    /// The mismatches, starting with the first; or a remark.
    pub detail: String,
}

/// The results of all checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// The checks, in the order they were made.
    pub checks: Vec<Check>,
    /// The last successful verification, if only later changes were checked.
    pub since: Option<Verified>,
}

impl VerifyReport {
    /// Whether all checks passed.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

/// The mismatches in the order they were found, and the number of items checked.
#[derive(Debug, Default)]
struct Findings {
    checked: u64,
    found: Vec<String>,
    remark: Option<String>,
}

impl Findings {
    fn add(&mut self, finding: String) {
        self.found.push(finding);
    }

    /// The findings of a check; if it stopped at something unreadable, that is the finding.
    fn or_told(result: Result<Self, EngineError>) -> Result<Self, EngineError> {
        match result {
            Err(EngineError::Store(error)) if error.is_damage() => Ok(Self::only(error.to_string())),
            Err(EngineError::Git(error @ GitError::BrokenReference { .. })) => Ok(Self::only(error.to_string())),
            Err(error @ (EngineError::Unreadable { .. } | EngineError::Damaged { .. })) => {
                Ok(Self::only(error.to_string()))
            }
            other => other,
        }
    }

    fn only(finding: String) -> Self {
        Self { found: vec![finding], ..Self::default() }
    }

    fn extend(&mut self, other: Self) {
        self.checked += other.checked;
        self.found.extend(other.found);
    }

    fn into_check(self, id: &'static str, name: &'static str) -> Check {
        let more = self.found.len().saturating_sub(1);
        let detail = match self.found.first() {
            None => self.remark.unwrap_or_default(),
            Some(first) if more == 0 => first.clone(),
            Some(first) => format!("{first} (and {more} more)"),
        };
        Check { id, name, ok: self.found.is_empty(), checked: self.checked, detail }
    }
}

/// The metadata key of the last successful verification.
const VERIFIED_KEY: &str = "verified";

/// The end of the log at the last successful verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last entry.
    pub seq: u64,
    /// Its hash.
    pub hash: Sha256,
}

impl Verified {
    fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.split_once(' ')?;
        Some(Self { seq: seq.parse().ok().filter(|seq| *seq > 0)?, hash: Sha256::parse(hash)? })
    }
}

impl Session {
    /// Runs all checks on one snapshot, unaffected by later writes. Projections derived by an older program are rebuilt
    /// first. With `since_last`, it skips the texts and tables of cards and ideas that no entry since the last
    /// successful verification is about, and tables that nothing else depends on; the whole chain is always checked. If
    /// there was no such verification, everything is checked.
    pub fn verify(&self, since_last: bool) -> Result<VerifyReport, EngineError> {
        // The words of the search index can be checked only if SQLite can write.
        let is_ready = |view: &View<'_>| {
            let version = view.store.metadata(VERSION_KEY)?;
            Ok(version.is_some_and(|known| known == PROJECTION_VERSION) && view.core.database.reach() != Reach::Read)
        };
        // Checked before anything is written, because the next write overwrites damaged frames.
        let damaged = self.core.database.damaged_frame()?;
        let view = self.filled(is_ready, |session| {
            let write = session.core.database.begin()?;
            bring_up_to_date(&write)?;
            Ok(write.commit()?)
        })?;
        let last = view.store.metadata(VERIFIED_KEY)?.filter(|_| since_last);
        match last.as_deref().and_then(Verified::parse) {
            Some(last) => view.verify_since(last, damaged),
            None => view.verify_all(damaged),
        }
    }

    /// Records how far everything was verified.
    fn note_verified(&self, head: &Head) -> Result<(), EngineError> {
        let text = format!("{} {}", head.seq, head.hash);
        if head.seq == 0 || self.view()?.store.metadata(VERIFIED_KEY)?.as_ref() == Some(&text) {
            return Ok(());
        }
        let write = self.core.database.begin()?;
        write.set_metadata(VERIFIED_KEY, &text)?;
        Ok(write.commit()?)
    }
}

fn damage_of_the_log(frame: u64) -> String {
    format!(
        "the write-ahead log is damaged at frame {frame}: what was written there and since is lost; an import takes \
         from the files again what they have of it"
    )
}

impl View<'_> {
    fn verify_all(self, damaged: Option<u64>) -> Result<VerifyReport, EngineError> {
        let (mut checked, head, session) = (self.check_all()?, self.store.head(), self.session);
        checked.file.found.extend(damaged.map(damage_of_the_log));
        drop(self);
        if checked.has_words {
            // SQLite requires a write transaction for this.
            let write = session.core.database.begin()?;
            checked.search.extend(Findings::or_told(search::check_words(&write))?);
        }
        let report = checked.report();
        if report.ok() {
            session.note_verified(&head?)?;
        }
        Ok(report)
    }

    fn verify_since(self, last: Verified, damaged: Option<u64>) -> Result<VerifyReport, EngineError> {
        let (report, head, session) = (self.check_since(last, damaged)?, self.store.head(), self.session);
        drop(self);
        if report.ok() {
            session.note_verified(&head?)?;
        }
        Ok(report)
    }

    fn check_since(&self, last: Verified, damaged: Option<u64>) -> Result<VerifyReport, EngineError> {
        let store = &self.store;
        let entries = store.last_seq()?;
        let (mut chain, columns, log) =
            chain::check(store, |done| self.report_progress(done.min(entries), Some(entries)))?;
        if store.entry_hash(last.seq)?.as_deref() != Some(last.hash.as_str()) {
            chain.add(format!("entry {} is not the one that the last verification saw", last.seq));
        }
        chain.found.extend(damaged.map(damage_of_the_log));
        let touched: BTreeSet<Id> = log
            .iter()
            .filter(|facts| facts.seq > last.seq)
            .filter_map(|facts| facts.subject.owner().cloned())
            .collect();
        let Replayed { changes, documents, blobs, .. } = replay::check(store, &log, Some(&touched), |_| ())?;
        let projections = Findings::or_told(projections::check(store, Some(&touched)))?;
        let schema = Findings::or_told(self.check_schema())?;
        let git = Findings::or_told(witness::check(self))?;
        let checks = [
            (SCHEMA, schema),
            (BLOBS, blobs),
            (CHAIN, chain),
            (COLUMNS, columns),
            (CHANGES, changes),
            (DOCUMENTS, documents),
            (PROJECTIONS, projections),
            (GIT, git),
        ];
        let checks = checks.into_iter().map(|((id, name), findings)| findings.into_check(id, name)).collect();
        Ok(VerifyReport { checks, since: Some(last) })
    }

    fn check_all(&self) -> Result<Checked, EngineError> {
        let store = &self.store;
        store.expect_bulk()?;
        // Each entry is counted twice: as a link of the chain, and in the replay.
        let entries = store.last_seq()?;
        let progress =
            |done: u64| self.report_progress(done.min(entries.saturating_mul(2)), Some(entries.saturating_mul(2)));
        let (chain, columns, log) = chain::check(store, progress)?;
        let replayed = replay::check(store, &log, None, |done| progress(entries.saturating_add(done)))?;
        progress(u64::MAX);
        let projections = Findings::or_told(projections::check(store, None))?;
        let counters = Findings::or_told(projections::check_counters(store, &replayed.counted))?;
        let (search, has_words) = match search::check(store, &log) {
            Ok((search, has_words)) => (search, has_words),
            Err(error) => (Findings::or_told(Err(error))?, false),
        };
        let versions = Findings::or_told(versions::check(store, &log))?;
        let file = Findings::or_told(self.check_file())?;
        let schema = Findings::or_told(self.check_schema())?;
        let git = Findings::or_told(witness::check(self))?;
        Ok(Checked { file, schema, chain, columns, replayed, projections, counters, search, has_words, versions, git })
    }

    fn check_file(&self) -> Result<Findings, EngineError> {
        let (checked, found) = self.store.unsound()?;
        Ok(Findings { checked, found, remark: None })
    }

    fn check_schema(&self) -> Result<Findings, EngineError> {
        let found = self.store.altered_schema()?;
        Ok(Findings { checked: crate::store::TABLES.len() as u64, found, remark: None })
    }
}

/// The findings of every check.
struct Checked {
    file: Findings,
    schema: Findings,
    chain: Findings,
    columns: Findings,
    replayed: Replayed,
    projections: Findings,
    counters: Findings,
    search: Findings,
    /// Whether the words of the search index can be checked.
    has_words: bool,
    versions: Findings,
    git: Findings,
}

impl Checked {
    fn report(self) -> VerifyReport {
        let Replayed { changes, documents, blobs, .. } = self.replayed;
        let checks = [
            (FILE, self.file),
            (SCHEMA, self.schema),
            (BLOBS, blobs),
            (CHAIN, self.chain),
            (COLUMNS, self.columns),
            (CHANGES, changes),
            (DOCUMENTS, documents),
            (PROJECTIONS, self.projections),
            (COUNTERS, self.counters),
            (SEARCH, self.search),
            (VERSIONS, self.versions),
            (GIT, self.git),
        ];
        let checks = checks.into_iter().map(|((id, name), findings)| findings.into_check(id, name)).collect();
        VerifyReport { checks, since: None }
    }
}
