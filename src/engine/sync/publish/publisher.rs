//! One export to one branch: where it begins, what the database knows of the branch, and what it notes of it.

use super::start::Start;
use crate::{
    domain::{doc_path::DocPath, hash::Sha256},
    engine::{
        base::{error::EngineError, export_trailers::ExportTrailers, reading::Reading, view::View},
        write::writer::Writer,
    },
    git::{BlobId, CommitId, Repository},
    store::{Mirror, MirrorDocument},
};

/// A document that goes out.
pub(super) struct Outgoing {
    pub(super) path: DocPath,
    /// `None` where it is removed.
    pub(super) text: Option<Reading>,
    /// The blob that the text is in git.
    pub(super) wanted: Option<BlobId>,
    /// The blob in the tree that the commit starts from.
    pub(super) blob: Option<BlobId>,
    /// The blob on the branch itself.
    pub(super) on_branch: Option<BlobId>,
}

impl Outgoing {
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_ref().map(|text| text.text.as_str())
    }
}

/// One export to one branch: where it begins, and what the database knows of the branch.
pub(super) struct Publisher<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) repository: &'a Repository,
    pub(super) mirror: Mirror,
    /// The commit of the last export, where it is still there.
    pub(super) last: Option<CommitId>,
    pub(super) start: Start,
    pub(super) branch: &'a str,
}

impl<'a> Publisher<'a> {
    pub(super) fn new(
        view: &'a View<'a>,
        repository: &'a Repository,
        mut mirror: Mirror,
        start: Start,
        branch: &'a str,
    ) -> Self {
        let last: Option<CommitId> = mirror.tip.as_deref().and_then(|tip| tip.parse().ok());
        let goes_on = last.is_some_and(|last| {
            start.parents.iter().any(|parent| repository.is_ancestor(last, *parent).unwrap_or(false))
        });
        // The branch was removed or moved back: it starts anew, and so does what it witnesses.
        if !goes_on {
            mirror.exported_seq = 0;
        }
        Self { view, repository, mirror, last, start, branch }
    }

    /// The last entry that the branch witnesses by an export which the database does not know of: it was cut off before
    /// it could note it. 0 where there is none.
    pub(super) fn crashed_at(&self) -> Result<u64, EngineError> {
        let Some(tip) = self.start.tip.filter(|tip| Some(*tip) != self.last) else { return Ok(0) };
        let Some(commit) = self.repository.history(tip)?.next().transpose()? else { return Ok(0) };
        let store = &self.view.store;
        let Some(ExportTrailers { log_id, range: Some((_, last)), head, .. }) = ExportTrailers::of(&commit) else {
            return Ok(0);
        };
        let same = log_id == store.log_id()? && head.is_some() && store.entry_hash(last)? == head;
        Ok(if same { last } else { 0 })
    }

    pub(super) fn note(
        &self,
        writer: &Writer<'_>,
        path: DocPath,
        sha: Option<Sha256>,
        commit: Option<&str>,
    ) -> Result<(), EngineError> {
        let Some(sha) = sha else { return Ok(writer.write.forget_mirror_document(self.mirror.id, &path)?) };
        let before = self.view.store.mirror_document(self.mirror.id, &path)?;
        let kept = before.commit.filter(|_| before.base.as_ref() == Some(&sha));
        let commit = commit.map(str::to_owned).or(kept);
        let (base, position) = (Some(sha), Some(writer.seq()));
        let noted = MirrorDocument { file: base.clone(), base, position, commit, ..MirrorDocument::unknown(path) };
        Ok(writer.write.put_mirror_document(self.mirror.id, &noted)?)
    }

    /// The branch went on, and this document was not brought up to date: the next export looks at it again, and names it.
    pub(super) fn note_left(&self, writer: &Writer<'_>, path: &DocPath) -> Result<(), EngineError> {
        let before = self.view.store.mirror_document(self.mirror.id, path)?;
        if before.file.is_none() {
            return Ok(());
        }
        Ok(writer.write.put_mirror_document(self.mirror.id, &MirrorDocument { file: None, ..before })?)
    }
}
