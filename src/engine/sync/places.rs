//! Every work tree that this database is one with: how each stands, and which are gone.

use std::path::{Path, PathBuf};

use super::status::StatusReport;
use crate::engine::base::{
    error::EngineError,
    session::{FirstImport, OpenOptions, Refresh, Session},
    workspace::Workspace,
};

/// A work tree and how its documents stand.
#[derive(Debug, Clone)]
pub struct PlaceStatus {
    /// Its folder that holds the tree.
    pub root: PathBuf,
    /// How its documents stand.
    pub report: StatusReport,
}

impl Session {
    /// How the documents stand in every work tree whose files have been read once. Those that git no longer knows are
    /// forgotten; one that cannot be reached now is left out.
    pub fn status_everywhere(&self) -> Result<Vec<PlaceStatus>, EngineError> {
        self.forget_gone_places()?;
        let mut places = Vec::new();
        let names = self.view()?.store.places()?;
        for (name, _) in names {
            let Some(root) = self.root_of(&name).filter(|root| Workspace::find(root, None).is_ok()) else { continue };
            let session = Self::open(OpenOptions {
                from: root.clone(),
                database: Some(self.workspace.database.clone()),
                first_import: FirstImport::Left,
                refresh: Refresh::Leave,
                ..self.options.clone()
            })?;
            if session.workspace.mirror == name {
                places.push(PlaceStatus { root: session.root()?.to_path_buf(), report: session.view()?.status()? });
            }
        }
        Ok(places)
    }

    /// Forgets work trees that git has forgotten.
    pub(in crate::engine) fn forget_gone_places(&self) -> Result<(), EngineError> {
        let Some(git) = &self.workspace.git else { return Ok(()) };
        let is_gone = |name: &str| {
            let place = name.rsplit_once(':').map_or(name, |(place, _)| place);
            place.starts_with("worktrees/") && !git.common_dir.join(place).exists()
        };
        let gone: Vec<i64> =
            self.view()?.store.places()?.into_iter().filter(|(name, _)| is_gone(name)).map(|(_, id)| id).collect();
        if gone.is_empty() || self.is_in_memory() {
            return Ok(());
        }
        self.write(|writer| gone.iter().try_for_each(|id| Ok(writer.write.forget_mirror(*id)?)))?;
        Ok(())
    }

    /// The folder that holds the tree of a place, by the place's name.
    fn root_of(&self, name: &str) -> Option<PathBuf> {
        if name == self.workspace.mirror {
            return self.root().ok().map(Path::to_path_buf);
        }
        let common = &self.workspace.git.as_ref()?.common_dir;
        let (place, _) = name.rsplit_once(':')?;
        let workdir = match place {
            "main" => common.parent()?.to_path_buf(),
            linked => {
                let file = std::fs::read_to_string(common.join(linked).join("gitdir")).ok()?;
                Path::new(file.trim()).parent()?.to_path_buf()
            }
        };
        Some(workdir.join(&self.workspace.prefix))
    }
}
