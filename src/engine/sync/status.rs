//! How every document of this place stands.

use std::collections::BTreeMap;

use crate::{
    domain::{
        conflict::Other,
        diagnostic::{Diagnostic, Severity},
        doc_path::DocPath,
        hash::Sha256,
        state::{Age, Found, State},
    },
    engine::base::{
        arrival::Arrival,
        error::EngineError,
        file_probe::Probed,
        reading::Reading,
        selection::Selection,
        tracked_document::TrackedDocument,
        view::View,
        walk::{Walked, walk},
    },
};

/// Database against files against git.
#[derive(Debug, Clone)]
pub struct StatusReport {
    /// Every document that is not in sync, in the order of the paths.
    pub documents: Vec<(DocPath, State)>,
    /// Documents in conflict with a branch or a commit, each with its name.
    pub conflicts: Vec<(DocPath, String)>,
    /// Files that fit no pattern, so that no rule reads them.
    pub unread: Vec<Diagnostic>,
    /// How many documents are in each state, in-sync ones included.
    pub counts: BTreeMap<&'static str, u64>,
    /// The log's ID.
    pub log_id: String,
    /// The mirror branch.
    pub branch: String,
    /// Log entries the branch does not have yet.
    pub ahead: u64,
    /// The commit of the last export to the branch.
    pub last_export: Option<String>,
}

/// A file of the tree, and what is wrong with its place.
type Placed = (DocPath, Option<Diagnostic>);

/// The files of the tree, and what is told of those that are no documents.
type Files = (Vec<Placed>, Vec<Diagnostic>);

/// A document of this place, looked at.
pub(in crate::engine) struct Stand {
    pub(in crate::engine) known: TrackedDocument,
    pub(in crate::engine) state: State,
    /// The text of the file; `None` where there is none, or none that can be read.
    pub(in crate::engine) file: Option<Sha256>,
}

impl View<'_> {
    /// How every document stands. Reads only files that the stat cache cannot vouch for.
    pub fn status(&self) -> Result<StatusReport, EngineError> {
        let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut documents = Vec::new();
        let (mut stands, unread) = self.stands_and_unread(&Selection::default())?;
        self.leave_out_elsewhere(&mut stands)?;
        for stand in stands {
            *counts.entry(stand.state.as_str()).or_default() += 1;
            if stand.state != State::InSync {
                documents.push((stand.known.path().clone(), stand.state));
            }
        }
        let config = self.config()?;
        let name = &config.branch;
        let branch = self.store.mirror(&self.workspace.branch_mirror(name))?;
        let exported = branch.as_ref().map_or(0, |mirror| mirror.exported_seq);
        Ok(StatusReport {
            documents,
            conflicts: self.conflicts_with_revisions()?,
            unread,
            counts,
            log_id: self.store.log_id()?,
            branch: name.clone(),
            ahead: self.store.head()?.seq.saturating_sub(exported),
            last_export: branch.and_then(|mirror| mirror.tip),
        })
    }

    fn conflicts_with_revisions(&self) -> Result<Vec<(DocPath, String)>, EngineError> {
        let conflicts = self.store.conflicts(self.mirror_id())?.into_iter();
        let named = conflicts.filter_map(|conflict| match conflict.with {
            Other::Revision(name) => Some((conflict.path, name)),
            Other::File(_) => None,
        });
        Ok(named.collect())
    }

    /// Looks at every selected document, known or only a file, in the order of the paths.
    pub(in crate::engine) fn stands(&self, selection: &Selection) -> Result<Vec<Stand>, EngineError> {
        let (mut stands, _) = self.stands_and_unread(selection)?;
        if selection.is_all() {
            self.leave_out_elsewhere(&mut stands)?;
        }
        Ok(stands)
    }

    /// The same, with documents whose files are elsewhere: for who says that the files are to be here.
    pub(in crate::engine) fn stands_with_absent(&self, selection: &Selection) -> Result<Vec<Stand>, EngineError> {
        Ok(self.stands_and_unread(selection)?.0)
    }

    /// The same, and what is told of files that are no documents.
    fn stands_and_unread(&self, selection: &Selection) -> Result<(Vec<Stand>, Vec<Diagnostic>), EngineError> {
        let probe = self.file_probe();
        let mut stands = Vec::new();
        let mut pending: Vec<(usize, Option<Box<Reading>>)> = Vec::new();
        let ((files, unread), tracked) = self.walk_beside_tracked(selection)?;
        let mut tracked = tracked.into_iter().peekable();
        let mut files = files.into_iter().filter(|(path, _)| selection.contains(path)).peekable();
        loop {
            // The next path of either list; both come in the same order.
            let path = match (tracked.peek(), files.peek()) {
                (Some(known), Some((file, _))) => known.path().min(file).clone(),
                (Some(known), None) => known.path().clone(),
                (None, Some((file, _))) => file.clone(),
                (None, None) => break,
            };
            let known = tracked
                .next_if(|known| *known.path() == path)
                .unwrap_or_else(|| TrackedDocument::nothing(path.clone()));
            if let Some((_, Some(_))) = files.next_if(|(file, _)| *file == path) {
                stands.push(Stand { known, state: State::Invalid, file: None });
                continue;
            }
            let may_be_gone = self.may_have_come_and_gone(&known)?;
            let look = match probe.probe(&path, Some(&known.mirrored)) {
                // The hash alone tells the state, unless the file may be an old checkout: then its text is needed.
                Probed::Same(Some(sha)) if may_be_gone || !tells_alone(&known, &sha) => probe.probe(&path, None),
                look => look,
            };
            let (state, file) = match look {
                Probed::Same(Some(sha)) => (known.sync_input(Found::Text(&sha)).state(edit)?, Some(sha)),
                Probed::Same(None) | Probed::Unreadable(..) => (State::Invalid, None),
                Probed::Nothing => {
                    if self.may_be_ours(&known, None)? {
                        pending.push((stands.len(), None));
                    }
                    (known.sync_input(Found::Nothing).state(edit)?, None)
                }
                Probed::Read(reading, _) if known.refuses(&reading.sha) => (State::Invalid, None),
                Probed::Read(reading, _) => {
                    let state = known.sync_input(Found::Text(&reading.sha)).state(edit)?;
                    let sha = reading.sha.clone();
                    if self.may_be_ours(&known, Some(&sha))? {
                        pending.push((stands.len(), Some(reading)));
                    }
                    (state, Some(sha))
                }
            };
            // A document that is gone everywhere, and known only from the time it was last seen, is not reported.
            if state != State::InSync || file.is_some() {
                stands.push(Stand { known, state, file });
            }
        }
        self.settle_pending(&mut stands, &pending)?;
        Ok((stands, unread))
    }

    /// Leaves out documents whose files are elsewhere and were not removed.
    fn leave_out_elsewhere(&self, stands: &mut Vec<Stand>) -> Result<(), EngineError> {
        let is_absent = |stand: &&Stand| {
            stand.file.is_none() && stand.known.was_here() && matches!(stand.state, State::Missing | State::Diverged)
        };
        let absent: Vec<&DocPath> = stands.iter().filter(is_absent).map(|stand| stand.known.path()).collect();
        let elsewhere = self.elsewhere(&absent)?;
        stands.retain(|stand| !elsewhere.contains(stand.known.path()));
        Ok(())
    }

    /// The files of the tree, each with what is wrong with its place, and what is known of the documents: the walk is
    /// made while the database is read.
    fn walk_beside_tracked(&self, selection: &Selection) -> Result<(Files, Vec<TrackedDocument>), EngineError> {
        self.root()?;
        let tree = self.tree();
        let files = || {
            let (mut placed, mut unread) = (Vec::new(), Vec::new());
            for walked in walk(&tree) {
                match walked {
                    Walked::Document(located) => placed.push((located.path, None)),
                    Walked::Problem(found) if found.severity() == Severity::Error => {
                        placed.extend(DocPath::parse(&found.path).map(|path| (path, Some(found))));
                    }
                    Walked::Problem(found) => unread.push(found),
                }
            }
            (placed, unread)
        };
        std::thread::scope(|scope| {
            let walking = scope.spawn(files);
            let tracked = self.tracked_documents(selection);
            let files = walking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((files, tracked?))
        })
    }

    /// Corrects the state of files that may hold what this log exported, with one walk through history.
    fn settle_pending(
        &self,
        stands: &mut [Stand],
        pending: &[(usize, Option<Box<Reading>>)],
    ) -> Result<(), EngineError> {
        let arrivals: Vec<Arrival<'_>> =
            pending.iter().map(|(index, file)| Arrival::of(&stands[*index].known, file.as_deref())).collect();
        let arrived = self.arrivals(&arrivals)?;
        for ((index, file), arrived) in pending.iter().zip(arrived) {
            let stand = &mut stands[*index];
            stand.known = stand.known.clone().moved_on(&arrived);
            let found = file.as_ref().map_or(Found::Nothing, |file| Found::Text(&file.sha));
            stand.state = stand.known.sync_input(found).state(|| Ok::<_, EngineError>(arrived.age))?;
        }
        Ok(())
    }
}

fn tells_alone(known: &TrackedDocument, sha: &Sha256) -> bool {
    known.sync_input(Found::Text(sha)).is_in_sync() || known.mirrored.base.as_ref() == Some(sha)
}

fn edit() -> Result<Age, EngineError> {
    Ok(Age::Edit)
}
