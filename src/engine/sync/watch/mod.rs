//! Keeping files and database in step while a program runs: imports and exports as anybody could run them, at the right
//! moment. Nothing depends on it, and whoever calls it does the telling.

mod fs_events;
mod questions;
mod reported;

use std::{
    mem,
    path::Path,
    time::{Duration, Instant},
};

pub(in crate::engine) use questions::is_all_taken_in;

use fs_events::{FsEvents, Identity, identity};
use questions::Questions;
use reported::Reported;

use super::{export_report::ExportOptions, import::ImportOptions};
use crate::{
    domain::{
        diagnostic::Diagnostic,
        doc_path::{DocPath, MIRROR},
        entry::Entry,
        state::State,
    },
    engine::base::{
        error::EngineError,
        import_report::ImportReport,
        session::{FirstImport, Session},
    },
    git::{IndexMark, Location},
    store::{Head, Monitor},
};

/// How often the database is looked at.
const TICK: Duration = Duration::from_millis(300);

/// How long files must have been left alone before they are imported: a save may be several writes.
const QUIET: Duration = Duration::from_millis(300);

/// Files that never come to rest are imported after so long all the same.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long a lock of git's on files that nobody changes any more is taken for a command at work.
const LOCK: Duration = Duration::from_secs(10);

/// How long to wait after a failure.
const RETRY: Duration = Duration::from_secs(1);

/// What happened, and when.
#[derive(Debug)]
pub struct WatchNews {
    /// Unix seconds.
    pub at: i64,
    /// What happened.
    pub what: Watched,
}

/// What happened while files and database were watched.
#[derive(Debug)]
pub enum Watched {
    /// From here on nothing is missed.
    Begun,
    /// Files were imported, or something in them waits for a person.
    Imported(Box<WatchedImport>),
    /// Files were written, or had to be left out.
    Exported(WatchedExport),
    /// Nothing can be done at the moment; why. It is tried again.
    Waiting(String),
}

/// An import that changed something, or found something that was not reported yet.
#[derive(Debug)]
pub struct WatchedImport {
    /// The whole report.
    pub report: ImportReport,
    /// Documents that the database has changed by it.
    pub documents: Vec<DocPath>,
    /// Documents that have gone from the database, since their files have moved.
    pub removed: Vec<DocPath>,
    /// Documents left alone, and not reported yet.
    pub left: Vec<(DocPath, State)>,
    /// Findings that were not reported yet.
    pub diagnostics: Vec<Diagnostic>,
}

/// An export that changed something, or left something out that was not reported yet.
#[derive(Debug)]
pub struct WatchedExport {
    /// Documents whose files were written.
    pub written: Vec<DocPath>,
    /// Documents whose files were removed.
    pub removed: Vec<DocPath>,
    /// Documents left out, and not reported yet.
    pub left: Vec<(DocPath, State)>,
    /// Documents that could not be written where they belong, and why, not reported yet.
    pub failed: Vec<(DocPath, String)>,
}

impl Session {
    /// Imports what is edited, and with `exports` writes what changes in the database, until `tell` fails. A failure of
    /// the work itself is reported and the work tried again.
    pub fn watch<E>(mut self, exports: bool, tell: impl FnMut(WatchNews) -> Result<(), E>) -> Result<(), E> {
        self.options.progress = None;
        self.options.first_import = FirstImport::Left;
        let questions = if self.tree().tells_of_changes() { Questions::open(&self.workspace) } else { None };
        let root = self.root().map(Path::to_path_buf).unwrap_or_default();
        let fs_events = FsEvents::open(root.join(MIRROR), questions);
        let reported = Reported::new(&root);
        let database = identity(&self.workspace.database);
        let now = Instant::now();
        let watch = Watch {
            session: self,
            exports,
            tell,
            fs_events,
            reported,
            database,
            monitor: None,
            version: None,
            seq: None,
            due: Some(now),
            since: now,
            export_due: exports.then_some(now),
            locked: None,
            last_change: now,
            waits_for: None,
            taken_in: None,
        };
        watch.run()
    }
}

struct Watch<T> {
    session: Session,
    exports: bool,
    tell: T,
    fs_events: FsEvents,
    reported: Reported,
    /// The file of the database that is open, which may not be the one that has its name by now.
    database: Option<Identity>,
    monitor: Option<Monitor>,
    /// What the database said when its log was last looked at.
    version: Option<i64>,
    /// The entry up to which everything was written out.
    seq: Option<u64>,
    /// When files are to be imported.
    due: Option<Instant>,
    /// The first change that the import is due for.
    since: Instant,
    /// When the database is to be written out.
    export_due: Option<Instant>,
    /// Since when git has been at work.
    locked: Option<Instant>,
    last_change: Instant,
    /// What was reported last of why nothing can be done.
    waits_for: Option<String>,
    /// Of the last import of everything.
    taken_in: Option<TakenIn>,
}

/// Where log and repository stood when all files were imported, before the first was looked at.
struct TakenIn {
    head: Head,
    checked_out: Option<String>,
    /// Whether another entry may let an import do more about the same files.
    hangs_on_the_log: bool,
}

impl<E, T: FnMut(WatchNews) -> Result<(), E>> Watch<T> {
    fn run(mut self) -> Result<(), E> {
        self.say(Watched::Begun)?;
        loop {
            let until_due = self.due.map_or(TICK, |due| due.saturating_duration_since(Instant::now()).min(TICK));
            if self.fs_events.wait(until_due) {
                self.files_changed();
            }
            if let Err(error) = self.look_at_database() {
                self.due = Some(Instant::now() + RETRY);
                self.wait_for(error.to_string())?;
                continue;
            }
            let is_all_taken_in = self.fs_events.is_asked() && self.is_all_taken_in();
            self.fs_events.answer(is_all_taken_in);
            let now = Instant::now();
            let is_due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
            // What was edited goes first, so that it does not stand in the way of what is to be written.
            let (imports, exports) =
                (is_due(self.due), is_due(self.export_due) && self.due.is_none_or(|due| due <= now));
            if !imports && !exports {
                continue;
            }
            let mark = self.session.workspace.git.as_ref().map(|git| git.index_mark());
            if self.is_git_at_work(mark.as_ref()) {
                self.postpone();
            } else if let Some(why) = self.hindrance() {
                self.postpone();
                self.wait_for(why)?;
            } else {
                self.work(imports.then_some(ImportOptions { only_at: mark, ..ImportOptions::default() }), exports)?;
            }
        }
    }

    /// Whether nothing has changed since the last full import that another import would do anything about.
    fn is_all_taken_in(&mut self) -> bool {
        let Some(taken_in) = self.taken_in.as_ref().filter(|_| self.due.is_none()) else { return false };
        let is_as_it_was = taken_in.checked_out == self.session.workspace.git.as_ref().map(Location::head_mark);
        let log = self.session.view().and_then(|view| {
            let hash = view.store.entry_hash(taken_in.head.seq)?;
            Ok((hash, view.store.head()?.seq))
        });
        let Ok((hash, seq)) = log else { return false };
        // Somebody may have put an older state of the database into the same file.
        let has_entry = taken_in.head.seq == 0 || hash.as_deref() == Some(taken_in.head.hash.as_str());
        let is_free = !taken_in.hangs_on_the_log || seq == taken_in.head.seq;
        if !is_as_it_was || !has_entry {
            self.postpone();
            return false;
        }
        is_free
    }

    fn files_changed(&mut self) {
        let now = Instant::now();
        self.last_change = now;
        if self.due.is_none() {
            self.since = now;
        }
        self.due = Some((now + QUIET).min(self.since + PATIENCE));
    }

    /// Git moves HEAD a moment after the files, and what HEAD has decides whether a file is an old one. So it all waits
    /// until some time after git has ended.
    fn postpone(&mut self) {
        self.since = Instant::now();
        self.due = Some(self.since + QUIET);
    }

    /// Finds out whether there is anything new to write, and whether the database is still the same file.
    fn look_at_database(&mut self) -> Result<(), EngineError> {
        let found = identity(&self.session.workspace.database);
        if found.is_some() && found != self.database {
            self.session = Session::open(self.session.options.clone())?;
            self.database = found;
            (self.monitor, self.version, self.seq) = (None, None, None);
            self.due = Some(Instant::now());
        }
        if !self.exports {
            return Ok(());
        }
        let monitor = match &self.monitor {
            Some(monitor) => monitor,
            None => self.monitor.insert(self.session.core.database.monitor()?),
        };
        let version = monitor.version()?;
        if self.version != Some(version) {
            if self.seq != Some(self.session.view()?.seq()?) {
                self.export_due.get_or_insert_with(Instant::now);
            }
            self.version = Some(version);
        }
        Ok(())
    }

    /// Whether a git command changes files at this moment: in the middle of it they are nobody's edits. The lock of one
    /// that was killed stays, and then nothing changes any more.
    fn is_git_at_work(&mut self, mark: Option<&IndexMark>) -> bool {
        let is_locked = mark.is_some_and(IndexMark::is_locked);
        let now = Instant::now();
        self.locked = is_locked.then(|| self.locked.unwrap_or(now));
        self.locked.is_some_and(|since| now.duration_since(since.max(self.last_change)) < LOCK)
    }

    /// Why nothing can be done until a person has done something.
    fn hindrance(&self) -> Option<String> {
        let workspace = &self.session.workspace;
        if let Some(what) = workspace.git.as_ref().and_then(|git| git.unfinished()) {
            return Some(format!("git is in the middle of a {what}"));
        }
        let mirror = match workspace.root() {
            Ok(root) => root.join(MIRROR),
            Err(error) => return Some(error.to_string()),
        };
        let gone = [&mirror, &workspace.database].into_iter().find(|path| !path.exists());
        gone.map(|path| format!("{} is gone", path.display()))
    }

    fn work(&mut self, imports: Option<ImportOptions>, exports: bool) -> Result<(), E> {
        let news = match imports.as_ref().map(|options| self.import(options)).transpose() {
            Ok(news) => news.flatten(),
            Err(EngineError::GaveWay) => {
                self.postpone();
                return Ok(());
            }
            Err(error) => {
                self.due = Some(Instant::now() + RETRY);
                return self.wait_for(error.to_string());
            }
        };
        if let Some(news) = news {
            self.say(Watched::Imported(Box::new(news)))?;
        }
        if exports || (imports.is_some() && self.exports) {
            match self.export() {
                Ok(Some(news)) => self.say(Watched::Exported(news))?,
                Ok(None) => {}
                Err(error) => {
                    self.export_due = Some(Instant::now() + RETRY);
                    return self.wait_for(error.to_string());
                }
            }
        }
        self.waits_for = None;
        Ok(())
    }

    fn import(&mut self, options: &ImportOptions) -> Result<Option<WatchedImport>, EngineError> {
        let head = self.session.view()?.store.head()?;
        let checked_out = self.session.workspace.git.as_ref().map(Location::head_mark);
        let (report, entries) = self.session.import(options)?;
        self.due = None;
        self.taken_in = Some(TakenIn { head, checked_out, hangs_on_the_log: report.hangs_on_the_log() });
        let (left, diagnostics) = self.reported.new_in_import(&report);
        let (documents, removed) = touched(&entries);
        let is_news = !entries.is_empty() || !left.is_empty() || !diagnostics.is_empty();
        Ok(is_news.then_some(WatchedImport { report, documents, removed, left, diagnostics }))
    }

    fn export(&mut self) -> Result<Option<WatchedExport>, EngineError> {
        // What is written meanwhile is looked at again.
        let seq = self.session.view()?.seq()?;
        let (mut report, _) = self.session.export(&ExportOptions { partial: true, ..ExportOptions::default() })?;
        self.seq = Some(seq);
        self.export_due = None;
        // A file that was edited since the last import is on its way into the database.
        report.refused.retain(|(_, state)| *state != State::Behind);
        let (left, failed) = (self.reported.new_in_export(&report), self.reported.new_failures(&report));
        let is_left_out = !left.is_empty() || !failed.is_empty();
        let is_news = !report.written.is_empty() || !report.removed.is_empty() || is_left_out;
        let (written, removed) = (mem::take(&mut report.written), mem::take(&mut report.removed));
        Ok(is_news.then_some(WatchedExport { written, removed, left, failed }))
    }

    /// Tells once why nothing can be done.
    fn wait_for(&mut self, why: String) -> Result<(), E> {
        if self.waits_for.as_ref() == Some(&why) {
            return Ok(());
        }
        self.waits_for = Some(why.clone());
        self.say(Watched::Waiting(why))
    }

    fn say(&mut self, what: Watched) -> Result<(), E> {
        (self.tell)(WatchNews { at: self.session.core.clock.seconds(), what })
    }
}

/// The documents that entries changed and those they removed, each once.
fn touched(entries: &[Entry]) -> (Vec<DocPath>, Vec<DocPath>) {
    let mut all: Vec<_> = entries.iter().flat_map(|entry| &entry.facts.documents).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all.dedup_by(|a, b| a.path == b.path);
    let paths =
        |is_there: bool| all.iter().filter(|one| one.new.is_some() == is_there).map(|one| one.path.clone()).collect();
    (paths(true), paths(false))
}
