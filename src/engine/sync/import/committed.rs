//! Which commits hold documents as they are, whichever way these came: an edit may be committed long after its import, and
//! a commit may be of a branch that is nowhere checked out.

use std::collections::BTreeSet;

use crate::{
    domain::doc_path::{DocPath, MIRROR},
    engine::{base::error::EngineError, write::writer::Writer},
    git::{CommitId, Repository},
    store::{COMMITS, MirrorDocument},
};

impl Writer<'_> {
    /// Notes the commits that hold documents as they are, of those that were recorded by now, and of others at `paths`:
    /// for each the newest in the history of `tip` that made its text, where `tip` has that.
    pub(super) fn note_commits(
        &mut self,
        repository: &Repository,
        tip: CommitId,
        mut paths: BTreeSet<DocPath>,
    ) -> Result<(), EngineError> {
        let touched = self.entries.iter().flat_map(|entry| &entry.facts.documents);
        paths.extend(touched.map(|touched| touched.path.clone()));
        let workspace = &self.session.workspace;
        let mut makers = None;
        for path in paths {
            let Some(sha) = self.write.document_sha(&path)? else { continue };
            let git_path = workspace.git_path(path.as_str());
            if self.write.exported_commit(&path, &sha)?.is_some() {
                continue;
            }
            let (Some(blob), Some(text)) = (repository.blob_at(tip, &git_path)?, self.write.blob(&sha)?) else {
                continue;
            };
            // A filter that git runs and this program does not leaves no way to compare.
            if repository.clean_blob_id(&git_path, text.as_bytes()).ok() != Some(blob) {
                continue;
            }
            if makers.is_none() {
                makers = Some(repository.makers_from(tip, &workspace.git_path(MIRROR))?);
            }
            let Some(commit) = makers.as_mut().map_or(Ok(None), |makers| makers.of(&git_path, blob))? else { continue };
            let commit = Some(commit.to_string());
            let mirror = self.write.ensure_mirror(COMMITS)?.id;
            let document = MirrorDocument { base: Some(sha), commit, ..MirrorDocument::unknown(path) };
            self.write.put_mirror_document(mirror, &document)?;
        }
        Ok(())
    }

    /// The documents whose files differ between what was checked out when all of this place was last looked at and now.
    pub(super) fn checked_out_since(
        &self,
        repository: &Repository,
        head: CommitId,
    ) -> Result<BTreeSet<DocPath>, EngineError> {
        let workspace = &self.session.workspace;
        let Some(seen) = self.view().seen_head()?.filter(|seen| *seen != head) else { return Ok(BTreeSet::new()) };
        // A commit that was pruned leaves nothing to go by.
        let changes = repository.changed_paths(Some(seen), head, &workspace.git_path(MIRROR)).unwrap_or_default();
        let path = |git_path: &str| DocPath::parse(workspace.tree_path(git_path)?);
        Ok(changes.iter().filter_map(|change| path(&change.path)).collect())
    }
}
