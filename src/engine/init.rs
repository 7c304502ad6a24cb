//! Creates a tree: the folders, a catalogue, and with a sample some cards to explore.

use std::path::Path;

use crate::{
    domain::doc_path::{DocPath, MIRROR},
    engine::base::{
        catalogue,
        error::{EngineError, in_tree},
        workspace::{Workspace, canonical},
    },
    tree::Tree,
};

/// The files of the sample, below `docs/business-os`.
const SAMPLE: &[(&str, &str)] = &[
    ("strategy/businesses.json", include_str!("sample/businesses.json")),
    ("cards/SHOP-ENG-0001.user.md", include_str!("sample/SHOP-ENG-0001.user.md")),
    ("cards/SHOP-ENG-0002.user.md", include_str!("sample/SHOP-ENG-0002.user.md")),
    ("cards/SHOP-ENG-0002/build.user.md", include_str!("sample/SHOP-ENG-0002.build.user.md")),
    ("cards/SHOP-ENG-0003.user.md", include_str!("sample/SHOP-ENG-0003.user.md")),
    ("cards/HOME-ENG-0001.user.md", include_str!("sample/HOME-ENG-0001.user.md")),
    ("ideas/inbox/SHOP-OPP-0001.user.md", include_str!("sample/SHOP-OPP-0001.user.md")),
];

/// The result of creating a tree.
#[derive(Debug, Clone)]
pub struct InitReport {
    /// The folder that holds the tree.
    pub root: std::path::PathBuf,
    /// Files written, relative to the root.
    pub files: Vec<DocPath>,
}

/// Creates a tree in `folder`, or at the top of the work tree that contains it. If there is one already, a sample is
/// refused and nothing is written.
pub fn init(folder: &Path, sample: bool) -> Result<InitReport, EngineError> {
    if let Ok(workspace) = Workspace::find(folder, None) {
        if sample {
            return Err(EngineError::TreeExists { path: workspace.root()?.to_path_buf() });
        }
        return Ok(InitReport { root: workspace.root()?.to_path_buf(), files: Vec::new() });
    }
    let folder = canonical(folder)?;
    let top = crate::git::locate(&folder).and_then(|git| git.workdir);
    let root = top.filter(|top| folder.starts_with(top)).unwrap_or(folder);
    let tree = Tree::at(&root);
    for below in ["cards", "ideas/inbox", "ideas/worked", "strategy"] {
        let Some(path) = DocPath::parse(&format!("{MIRROR}/{below}")) else { continue };
        tree.make_folder(&path).map_err(in_tree("make", &root))?;
    }
    let plain = [("strategy/businesses.json", catalogue::EMPTY)];
    let wanted: &[(&str, &str)] = if sample { SAMPLE } else { &plain };
    let mut files = Vec::with_capacity(wanted.len());
    for (below, text) in wanted {
        let Some(path) = DocPath::parse(&format!("{MIRROR}/{below}")) else { continue };
        tree.write(&path, text.as_bytes()).map_err(in_tree("write", &root))?;
        files.push(path);
    }
    Ok(InitReport { root, files })
}
