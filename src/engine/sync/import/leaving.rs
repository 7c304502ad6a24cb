//! What an import does about a file whose edit cannot be taken: nothing, and it says so.

use super::importer::Importer;
use crate::{
    domain::doc_path::DocPath,
    engine::{
        base::{error::EngineError, notices},
        rules,
    },
    store::MirrorDocument,
};

impl Importer<'_, '_> {
    /// Leaves a file whose edit cannot be taken as it is, and says so now and beside reads; any other error stands.
    pub(super) fn leave(&mut self, path: &DocPath, error: EngineError) -> Result<(), EngineError> {
        self.leave_all(std::iter::once(path), error)
    }

    pub(super) fn leave_all<'p>(
        &mut self,
        paths: impl Iterator<Item = &'p DocPath>,
        error: EngineError,
    ) -> Result<(), EngineError> {
        if self.writer.insists && matches!(error, EngineError::Denied { .. }) {
            return Err(error);
        }
        for path in paths {
            let Some(found) = rules::left_alone(path, &error) else { return Err(error) };
            // No stat: the next import looks at the file again.
            let mirrored = self.writer.view().tracked_document(path)?.mirrored;
            let diagnostics = Some(notices::to_json(std::slice::from_ref(&found)));
            self.writer.note(&MirrorDocument { stat: None, diagnostics, ..mirrored })?;
            self.report.failed += 1;
            self.report.diagnostics.push(found);
        }
        Ok(())
    }
}
