//! The history of a card or idea in git before the log begins: the commits that led to the files which the first import
//! found.

use std::{cmp::Reverse, collections::BTreeMap};

use super::history::{Committed, DocumentText, Fate, TextChange, ToldDocument};
use crate::{
    domain::{
        action::Action,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        entry::Entry,
        hash::Sha256,
        id::Id,
    },
    engine::base::{error::EngineError, reading::Reading, view::View},
    git::{BlobId, CommitId, FileChange, Repository},
    markdown::locate::{Place, locate},
    store::LogFilter,
};

/// The maximum number of commits to visit.
const MAX_COMMITS: usize = 20_000;

impl View<'_> {
    /// The commits before the first import that changed documents of this ID, oldest first.
    pub(super) fn commits_before(&self, id: &Id) -> Result<Vec<Committed>, EngineError> {
        let (Some(repository), filter) =
            (self.repository()?, LogFilter { id: Some(id.clone()), ..LogFilter::default() })
        else {
            return Ok(Vec::new());
        };
        let Some(head) = repository.head()? else { return Ok(Vec::new()) };
        let mut found: BTreeMap<Reverse<usize>, Committed> = BTreeMap::new();
        let entries = self.store.entries(&filter)?.1;
        let mut seen: Vec<DocPath> = Vec::new();
        for entry in entries.iter().rev() {
            for (path, sha) in first_seen(entry) {
                if seen.contains(&path) {
                    continue;
                }
                seen.push(path.clone());
                for change in self.story_before(repository, head, &path, &sha, entry.facts.timestamp)? {
                    let told = found.entry(Reverse(change.age)).or_insert_with(|| Committed::of(&change));
                    told.add(self.told(repository, &path, &change)?);
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// The changes of one file up to the text that the first import found; if no commit has that text, up to that time.
    fn story_before(
        &self,
        repository: &Repository,
        head: CommitId,
        path: &DocPath,
        sha: &Sha256,
        time: i64,
    ) -> Result<Vec<FileChange>, EngineError> {
        let git_path = self.workspace.git_path(path.as_str());
        let mut story = repository.file_story(head, &git_path, &self.workspace.git_path(MIRROR), MAX_COMMITS)?;
        let blob = match self.store.blob(sha)? {
            Some(text) => Some(repository.clean_blob_id(&git_path, text.as_bytes())?),
            None => None,
        };
        match story.iter().position(|change| Some(change.new) == blob) {
            Some(last) => {
                story.drain(..last);
            }
            None => story.retain(|change| change.at <= time),
        }
        Ok(story)
    }

    fn told(
        &self,
        repository: &Repository,
        path: &DocPath,
        change: &FileChange,
    ) -> Result<(bool, TextChange), EngineError> {
        let read = |blob: Option<BlobId>| -> Result<DocumentText, EngineError> {
            let Some(blob) = blob else { return Ok(DocumentText::Absent) };
            let reading = Reading::of_blob(repository, blob)?;
            Ok(reading.map_or(DocumentText::Unreadable, |reading| DocumentText::There(Box::new(reading))))
        };
        let of = |git_path: &str| self.workspace.tree_path(git_path).and_then(DocPath::parse);
        let fate = match (change.from.as_deref().and_then(of), change.old) {
            (Some(from), _) => Fate::Moved(from),
            (None, None) => Fate::New,
            (None, Some(_)) => Fate::Changed,
        };
        let is_own = matches!(locate(path),
            Place::Document(located) if matches!(located.entity, Entity::Card(_) | Entity::Idea(_)));
        let lay = of(&change.path).unwrap_or_else(|| path.clone());
        Ok((is_own, TextChange { path: lay, fate, old: read(change.old)?, new: read(Some(change.new))? }))
    }
}

/// The documents that an import added.
fn first_seen(entry: &Entry) -> Vec<(DocPath, Sha256)> {
    let is_import = entry.facts.action == Action::Import;
    let new = entry.facts.documents.iter().filter(|touched| is_import && touched.old.is_none());
    new.filter_map(|touched| Some((touched.path.clone(), touched.new.clone()?))).collect()
}

impl Committed {
    fn of(change: &FileChange) -> Self {
        Self {
            commit: change.commit.to_string(),
            author: change.author.clone(),
            at: change.at,
            subject: change.subject.clone(),
            fields: BTreeMap::new(),
            documents: Vec::new(),
        }
    }

    /// Adds the change of one document; field changes are listed only for the card or idea itself.
    fn add(&mut self, (is_own, change): (bool, TextChange)) {
        if is_own {
            for key in change.keys() {
                if let Some(field) = change.change_of(&key) {
                    self.fields.entry(key).or_insert(field);
                }
            }
        }
        self.documents.push(ToldDocument { body: change.body(), path: change.path, fate: change.fate });
    }
}
