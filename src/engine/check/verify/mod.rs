//! Proving that log, texts, tables and git tell one story (ARCHITECTURE.md, the log). Each check names what does not fit.

mod chain;
mod projections;
mod replay;
mod search;
mod versions;
mod witness;
mod workers;

use replay::Replayed;

use crate::{
    engine::base::{
        error::EngineError,
        projection::PROJECTION_VERSION,
        rebuild::{VERSION_KEY, bring_up_to_date},
        session::Session,
        view::View,
    },
    git::GitError,
    store::Reach,
};

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// A stable name: `file`, `schema`, `blobs`, `chain`, `columns`, `changes`, `documents`, `projections`, `counters`,
    /// `search`, `versions`, `git`.
    pub id: &'static str,
    /// What it proves.
    pub name: &'static str,
    /// Whether it holds.
    pub ok: bool,
    /// How many things it looked at.
    pub checked: u64,
    /// What does not fit, the first first; or what there is to say.
    pub detail: String,
}

/// The outcome of all checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// In the order they were made.
    pub checks: Vec<Check>,
}

impl VerifyReport {
    /// Whether everything holds.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.checks.iter().all(|check| check.ok)
    }
}

/// What does not fit, in the order it was found, and how much was looked at.
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

    /// The findings of a check that ended at something that cannot be read: that is its finding.
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

impl Session {
    /// Makes every check, of one moment: what others write meanwhile is not looked at. Projections that an older program
    /// derived are rebuilt first.
    pub fn verify(&self) -> Result<VerifyReport, EngineError> {
        // The words of the search can be checked only where SQLite may write.
        let is_ready = |view: &View<'_>| {
            let version = view.store.metadata(VERSION_KEY)?;
            Ok(version.is_some_and(|known| known == PROJECTION_VERSION) && view.core.database.reach() != Reach::Read)
        };
        // Before anything is written: the next write goes over what is damaged.
        let damaged = self.core.database.damaged_frame()?;
        let view = self.filled(is_ready, |session| {
            let write = session.core.database.begin()?;
            bring_up_to_date(&write)?;
            Ok(write.commit()?)
        })?;
        let mut checked = view.check_all()?;
        if let Some(frame) = damaged {
            checked.file.add(format!(
                "the write-ahead log is damaged at frame {frame}: what was written there and since is lost; `bos import` \
                 takes it from the files again, as far as they have it"
            ));
        }
        let session = view.session;
        drop(view);
        if checked.has_words {
            // SQLite does this in a transaction that writes.
            let write = session.core.database.begin()?;
            checked.search.extend(Findings::or_told(search::check_words(&write))?);
        }
        Ok(checked.report())
    }
}

impl View<'_> {
    fn check_all(&self) -> Result<Checked, EngineError> {
        let store = &self.store;
        store.expect_bulk()?;
        // Each entry is read twice: as a link of the chain, and with its texts.
        let entries = store.last_seq()?;
        let progress =
            |done: u64| self.report_progress(done.min(entries.saturating_mul(2)), Some(entries.saturating_mul(2)));
        let (chain, columns, log) = chain::check(store, progress)?;
        let replayed = replay::check(store, &log, |done| progress(entries.saturating_add(done)))?;
        progress(u64::MAX);
        let projections = Findings::or_told(projections::check(store))?;
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

/// What every check found.
struct Checked {
    file: Findings,
    schema: Findings,
    chain: Findings,
    columns: Findings,
    replayed: Replayed,
    projections: Findings,
    counters: Findings,
    search: Findings,
    /// Whether the words of the search can be checked.
    has_words: bool,
    versions: Findings,
    git: Findings,
}

impl Checked {
    fn report(self) -> VerifyReport {
        let Replayed { changes, documents, blobs, .. } = self.replayed;
        VerifyReport {
            checks: vec![
                self.file.into_check("file", "the file is sound, and its indexes hold what its tables do"),
                self.schema.into_check("schema", "tables, indexes and triggers are as the migrations made them"),
                blobs.into_check("blobs", "every text is the one its hash names"),
                self.chain.into_check("chain", "every entry follows the one before"),
                self.columns.into_check("columns", "every entry says what its payload says"),
                changes.into_check("changes", "every entry means what its texts say"),
                documents.into_check("documents", "replaying the log gives the current documents"),
                self.projections.into_check("projections", "the tables are what the documents say"),
                self.counters.into_check("counters", "no ID can be given out twice"),
                self.search.into_check("search", "what is searched is what the texts say"),
                self.versions.into_check("versions", "card history matches the log"),
                self.git.into_check("git", "the exports in git saw this same log"),
            ],
        }
    }
}
