//! An ID that two clones gave out, where git brought both files together: the card or idea made here gets the next
//! number, and the files hold what each side meant. Git's index is the person's to bring up to date.

use std::collections::BTreeSet;

use super::{export_report::ExportOptions, import::ImportOptions};
use crate::{
    domain::{
        action::Action,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        entry::Entry,
        id::Id,
    },
    engine::{
        base::{
            error::{EngineError, in_tree},
            reading::{MAX_BYTES, Reading},
            session::{Session, Written},
            view::View,
            walk::{Walked, walk},
        },
        write::writer::{Draft, Revision, Writer},
    },
    git::{BlobId, CommitId, Repository},
    markdown::{
        self,
        locate::{Located, Place, locate},
    },
    store::LogFilter,
};

/// How an ID that two clones gave out was settled.
#[derive(Debug, Clone)]
pub struct SharedId {
    /// The ID, which is the other clone's now.
    pub old: Id,
    /// The ID of the card or idea made here, where it got it only now.
    pub new: Option<Id>,
    /// Files that were written.
    pub files: Vec<DocPath>,
    /// What was recorded.
    pub written: Written,
}

/// A document that both clones made.
struct Contested {
    located: Located,
    /// The text of HEAD.
    head: Reading,
    /// The text that is brought in.
    incoming: Reading,
}

/// Which of the two texts was made here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    Head,
    Incoming,
}

impl Contested {
    fn is_primary(&self) -> bool {
        matches!(self.located.entity, Entity::Card(_) | Entity::Idea(_))
    }

    fn own(&self, own: Own) -> &Reading {
        if own == Own::Head { &self.head } else { &self.incoming }
    }

    fn foreign(&self, own: Own) -> &Reading {
        if own == Own::Head { &self.incoming } else { &self.head }
    }
}

impl Session {
    /// Settles an ID that this clone and another one gave to two things, while git waits for somebody to merge their
    /// files; `None` where git has no such conflict.
    ///
    /// What was cut off is done again from where it stopped: the log says whether the ID is the other clone's already.
    pub fn settle_shared_id(&self, typed: &str) -> Result<Option<SharedId>, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(None) };
        let contested = self.contested(repository, typed)?;
        let Some(primary) = contested.iter().find(|one| one.is_primary()) else { return Ok(None) };
        let (head, incoming) = (repository.head()?, repository.brought_in());
        let entity = primary.located.entity.clone();
        let unmerged = self.unmerged(repository, |_| true)?;
        // Asked where it is settled: another process may be about to do the same.
        let (settling, written) = self.write(|writer| {
            let Some((own, is_settled)) = writer.view().own_side(primary, head, incoming)? else { return Ok(None) };
            let theirs = if own == Own::Head { incoming } else { head };
            if is_settled {
                return Ok(Some((own, theirs, None)));
            }
            writer.take_own_text(primary, own)?;
            // What waits to be settled is in the database as it was made here.
            let mut waiting = BTreeSet::new();
            for one in &unmerged {
                if matches!(writer.view().own_side(one, head, incoming)?, Some((_, false))) {
                    waiting.insert(&one.located.path);
                }
            }
            let is_theirs = |_: &View<'_>, path: &DocPath| {
                Ok(!waiting.contains(path) && self.is_theirs(repository, theirs, path, entity.owner())?)
            };
            Ok(Some((own, theirs, Some(writer.renumber_beside(&entity, &is_theirs)?))))
        })?;
        let Some((own, theirs, new)) = settling else { return Ok(None) };
        let renumbered: Vec<DocPath> = written.entries.iter().flat_map(made).collect();
        let mut settled = SharedId { old: entity.owner().clone(), new, files: Vec::new(), written };
        self.write_contested(&contested, own, &mut settled)?;
        self.remove_left_over(repository, theirs, &entity, &contested, &mut settled)?;
        let root = self.root()?;
        let paths = |paths: &[DocPath]| paths.iter().map(|path| root.join(path.as_str())).collect();
        let foreign: Vec<DocPath> = contested.iter().map(|one| one.located.path.clone()).collect();
        let (_, entries) = self.import(&ImportOptions { paths: paths(&foreign), ..ImportOptions::default() })?;
        settled.written.entries.extend(entries);
        if !renumbered.is_empty() {
            let options = ExportOptions { paths: paths(&renumbered), partial: true, ..ExportOptions::default() };
            settled.files.extend(self.export(&options)?.0.written);
        }
        Ok(Some(settled))
    }

    /// The IDs that this clone and another one gave to two things, which wait in git's index to be settled.
    pub fn shared_ids(&self) -> Result<Vec<Id>, EngineError> {
        let Some(repository) = self.repository()? else { return Ok(Vec::new()) };
        let (head, incoming, view) = (repository.head()?, repository.brought_in(), self.view()?);
        let mut shared = Vec::new();
        for one in self.unmerged(repository, |_| true)?.iter().filter(|one| one.is_primary()) {
            if matches!(view.own_side(one, head, incoming)?, Some((_, false))) {
                shared.push(one.located.entity.owner().clone());
            }
        }
        Ok(shared)
    }

    /// The documents of an ID of which git has two texts: by its index, else by the markers that it left.
    fn contested(&self, repository: &Repository, typed: &str) -> Result<Vec<Contested>, EngineError> {
        let meant: Vec<Id> = Id::meant(typed).collect();
        let mut contested = self.unmerged(repository, |id| meant.contains(id))?;
        if contested.is_empty() {
            let own = walk(&self.tree()).filter_map(|walked| match walked {
                Walked::Document(located) if meant.contains(located.entity.owner()) => self.marked(located),
                Walked::Document(_) | Walked::Problem(_) => None,
            });
            contested.extend(own);
        }
        Ok(contested)
    }

    /// The documents of some IDs of which git's index has two texts.
    fn unmerged(&self, repository: &Repository, wanted: impl Fn(&Id) -> bool) -> Result<Vec<Contested>, EngineError> {
        let read =
            |blob: BlobId| -> Result<Option<Reading>, EngineError> { Ok(Reading::of_blob(repository, blob)?.ok()) };
        let mut contested = Vec::new();
        for unmerged in repository.unmerged(&self.workspace.git_path(MIRROR))? {
            let (Some(head), Some(incoming)) = (unmerged.ours, unmerged.theirs) else { continue };
            let path = self.workspace.tree_path(&unmerged.path).and_then(DocPath::parse);
            let Some(Place::Document(located)) = path.as_ref().map(locate) else { continue };
            if wanted(located.entity.owner())
                && let (Some(head), Some(incoming)) = (read(head)?, read(incoming)?)
            {
                contested.push(Contested { located, head, incoming });
            }
        }
        Ok(contested)
    }

    fn marked(&self, located: Located) -> Option<Contested> {
        let (bytes, _) = self.tree().read(&located.path, MAX_BYTES as u64).ok()??;
        let (head, incoming) = markdown::sides(&String::from_utf8(bytes).ok()?)?;
        Some(Contested { located, head: Reading::of(head).ok()?, incoming: Reading::of(incoming).ok()? })
    }

    /// Whether what a document says of an ID is about the other clone's: it says so in the other clone's commit.
    fn is_theirs(
        &self,
        repository: &Repository,
        theirs: Option<CommitId>,
        path: &DocPath,
        id: &Id,
    ) -> Result<bool, EngineError> {
        let Some(theirs) = theirs else { return Ok(false) };
        let Some(blob) = repository.blob_at(theirs, &self.workspace.git_path(path.as_str()))? else { return Ok(false) };
        Ok(String::from_utf8_lossy(&repository.read_blob(blob)?).contains(id.as_str()))
    }

    /// The other clone's texts go into their files.
    fn write_contested(&self, contested: &[Contested], own: Own, settled: &mut SharedId) -> Result<(), EngineError> {
        let tree = self.tree();
        for one in contested {
            let path = &one.located.path;
            tree.write(path, one.foreign(own).text.as_bytes()).map_err(in_tree("write", self.root()?))?;
            settled.files.push(path.clone());
        }
        Ok(())
    }

    /// Removes the files of what moved to the new ID, unless the other clone has such a file too.
    fn remove_left_over(
        &self,
        repository: &Repository,
        theirs: Option<CommitId>,
        entity: &Entity,
        contested: &[Contested],
        settled: &mut SharedId,
    ) -> Result<(), EngineError> {
        let (tree, view) = (self.tree(), self.view()?);
        let mut gone: BTreeSet<DocPath> = BTreeSet::new();
        for entry in view.entries_about(entity.owner())? {
            if entry.facts.action == Action::Renumber {
                gone.extend(entry.facts.documents.into_iter().filter(|one| one.new.is_none()).map(|one| one.path));
            }
        }
        for path in gone.iter().filter(|path| contested.iter().all(|one| one.located.path != **path)) {
            let is_foreign = match theirs {
                Some(commit) => repository.blob_at(commit, &self.workspace.git_path(path.as_str()))?.is_some(),
                None => false,
            };
            let Place::Document(located) = locate(path) else { continue };
            let read = tree.read(path, MAX_BYTES as u64).map_err(in_tree("read", self.root()?))?;
            let Some(reading) = read.and_then(|(bytes, _)| Reading::of_bytes(bytes).ok()) else { continue };
            if !is_foreign && view.store.was_version(&located.entity, path.as_str(), &reading.sha)? {
                tree.remove(path).map_err(in_tree("remove", self.root()?))?;
                settled.files.push(path.clone());
            }
        }
        Ok(())
    }
}

/// The documents that an entry made or changed.
fn made(entry: &Entry) -> Vec<DocPath> {
    entry.facts.documents.iter().filter(|one| one.new.is_some()).map(|one| one.path.clone()).collect()
}

impl View<'_> {
    /// Which side was made here, and whether the log has given the ID away already; `None` where both or neither were.
    fn own_side(
        &self,
        primary: &Contested,
        head: Option<CommitId>,
        incoming: Option<CommitId>,
    ) -> Result<Option<(Own, bool)>, EngineError> {
        let located = &primary.located;
        let one_of = |is_head: bool, is_incoming: bool| match (is_head, is_incoming) {
            (true, false) => Some(Own::Head),
            (false, true) => Some(Own::Incoming),
            _ => None,
        };
        let entries = self.entries_about(located.entity.owner())?;
        let given_away = entries.iter().rev().find(|entry| {
            entry.facts.action == Action::Renumber
                && entry.facts.documents.iter().any(|one| one.path == located.path && one.new.is_none())
        });
        if let Some(given_away) = given_away {
            let was_ours = |reading: &Reading| {
                let before = entries.iter().filter(|entry| entry.facts.seq < given_away.facts.seq);
                let mut documents = before.flat_map(|entry| &entry.facts.documents);
                documents.any(|one| one.path == located.path && one.new.as_ref() == Some(&reading.sha))
            };
            return Ok(one_of(was_ours(&primary.head), was_ours(&primary.incoming)).map(|own| (own, true)));
        }
        let is_own = |reading: &Reading, commit: Option<CommitId>| -> Result<bool, EngineError> {
            if self.store.was_version(&located.entity, located.path.as_str(), &reading.sha)? {
                return Ok(true);
            }
            // A commit may hold an edit of ours that nobody has imported.
            commit.map_or(Ok(false), |commit| Ok(!self.is_foreign(located, commit)?))
        };
        let (is_head, is_incoming) = (is_own(&primary.head, head)?, is_own(&primary.incoming, incoming)?);
        Ok(one_of(is_head, is_incoming).map(|own| (own, false)))
    }

    /// All entries about a card or an idea and what is attached to it, the oldest first.
    fn entries_about(&self, id: &Id) -> Result<Vec<Entry>, EngineError> {
        let filter = LogFilter { id: Some(id.clone()), ..LogFilter::default() };
        let mut entries = self.store.entries(&filter)?.1;
        entries.reverse();
        Ok(entries)
    }
}

impl Writer<'_> {
    /// Takes what the commit made here says and the database does not know yet.
    fn take_own_text(&mut self, primary: &Contested, own: Own) -> Result<(), EngineError> {
        let (located, reading) = (&primary.located, primary.own(own));
        if self.write.was_version(&located.entity, located.path.as_str(), &reading.sha)? {
            return Ok(());
        }
        let known = self.view().tracked_document(&located.path)?;
        if known.database != known.mirrored.base {
            self.warnings.push(format!("{}: an edit in the commit was not taken", located.path));
            return Ok(());
        }
        let revisions = vec![Revision { located: located.clone(), new: Some(reading.clone()) }];
        let entity = located.entity.clone();
        self.record(Draft { entity, action: Action::Import, reason: None, revisions })?;
        Ok(())
    }
}
