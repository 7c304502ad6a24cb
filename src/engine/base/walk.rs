//! The files of the tree, in the byte order of their paths, which is also the database's order.

use std::{cmp::Ordering, path::Path};

use super::file_probe::unreadable;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic, Problem},
        doc_path::{DocPath, MIRROR},
    },
    markdown::locate::{Located, Place, fitting, locate},
    tree::{Entry, Folder, Kind, Tree, TreeError},
};

/// The folders whose markdown files are documents.
pub(super) const FOLDERS: [&str; 2] = ["cards", "ideas"];

/// A markdown file below `cards/` or `ideas/`.
#[derive(Debug)]
pub(in crate::engine) enum Walked {
    /// A document, by its place.
    Document(Located),
    /// A file or folder that cannot be one, and why.
    Problem(Diagnostic),
}

/// So many folders within each other: no document lies deeper, and each is an open file to the system.
const DEEPEST: usize = 40;

/// Walks the markdown files of a tree. Hidden files and folders are left out, links are not followed.
pub(in crate::engine) fn walk(tree: &Tree) -> impl Iterator<Item = Walked> + Send + use<> {
    let mut levels = Vec::new();
    let mut first = Vec::new();
    for name in FOLDERS.iter().rev() {
        let Some(path) = DocPath::parse(&format!("{MIRROR}/{name}")) else { continue };
        match tree.folder(&path) {
            Ok(Some(folder)) => levels.push(Level::of(folder)),
            Ok(None) => {}
            // A link above both is told once.
            Err(error) => {
                let found = refused(&error, path.as_str());
                if !first.contains(&found) {
                    first.insert(0, found);
                }
            }
        }
    }
    first.into_iter().map(Walked::Problem).chain(Walk { levels })
}

/// A folder that is being walked, with what is still to come in it, the last first.
struct Level {
    folder: Folder,
    entries: Vec<Entry>,
    failed: Option<TreeError>,
}

impl Level {
    fn of(folder: Folder) -> Self {
        let (mut entries, failed) = match folder.entries() {
            Ok(entries) => (entries, None),
            Err(error) => (Vec::new(), Some(error)),
        };
        entries.retain(|entry| !entry.name.as_encoded_bytes().starts_with(b"."));
        entries.sort_by(|a, b| by_path(b, a));
        Self { folder, entries, failed }
    }
}

struct Walk {
    levels: Vec<Level>,
}

impl Iterator for Walk {
    type Item = Walked;

    fn next(&mut self) -> Option<Walked> {
        loop {
            let depth = self.levels.len();
            let level = self.levels.last_mut()?;
            if let Some(error) = level.failed.take() {
                return Some(Walked::Problem(refused(&error, level.folder.path())));
            }
            let Some(entry) = level.entries.pop() else {
                self.levels.pop();
                continue;
            };
            let shown = format!("{}/{}", level.folder.path(), entry.name.to_string_lossy());
            if entry.kind != Kind::Folder {
                match walked(&entry, &shown, &level.folder) {
                    Some(walked) => return Some(walked),
                    None => continue,
                }
            }
            let Some(name) = entry.name.to_str() else { return Some(misnamed(&shown)) };
            if depth > DEEPEST {
                let found = problem(Code::Unreadable, "the folder lies too deep", "move it further up");
                return Some(Walked::Problem(found.at(&shown)));
            }
            match level.folder.folder(name) {
                Ok(folder) => self.levels.push(Level::of(folder)),
                // Gone since it was listed.
                Err(error) if error.is_absent() => {}
                Err(error) => return Some(Walked::Problem(refused(&error, &shown))),
            }
        }
    }
}

/// A folder sorts as its name and a `/`, so that the order is that of whole paths.
fn by_path(a: &Entry, b: &Entry) -> Ordering {
    let (name_a, name_b) = (a.name.as_encoded_bytes(), b.name.as_encoded_bytes());
    let common = name_a.len().min(name_b.len());
    let rest = |entry: &Entry, name: &[u8]| name.get(common).copied().or((entry.kind == Kind::Folder).then_some(b'/'));
    name_a[..common].cmp(&name_b[..common]).then_with(|| rest(a, name_a).cmp(&rest(b, name_b)))
}

fn walked(entry: &Entry, shown: &str, folder: &Folder) -> Option<Walked> {
    let name = entry.name.as_encoded_bytes();
    // A link may stand for a folder, unless its name says that it is some other file.
    if entry.kind == Kind::Link && !name.contains(&b'.') {
        return Some(Walked::Problem(refused(&TreeError::Link { path: shown.to_owned() }, shown)));
    }
    if !name.ends_with(b".md") {
        return None;
    }
    let Some(path) = entry.name.to_str().and_then(|_| DocPath::parse(shown)) else { return Some(misnamed(shown)) };
    match locate(&path) {
        Place::Document(located) => Some(Walked::Document(located)),
        Place::Unknown => {
            let message = "the file fits no pattern, so it is not read";
            Some(Walked::Problem(problem(Code::UnknownFile, message, &better_name(&path, folder)).at(path.as_str())))
        }
        Place::Foreign => None,
    }
}

/// What to do about a file that fits no pattern: the very path it should have, where its name tells.
fn better_name(path: &DocPath, folder: &Folder) -> String {
    let Some(fitting) = fitting(path) else {
        return "cards are cards/<ID>.user.md, stage docs cards/<ID>/<stage>.user.md, ideas ideas/inbox/<ID>.user.md"
            .to_owned();
    };
    let beside = fitting.as_str().strip_prefix(folder.path()).and_then(|rest| rest.strip_prefix('/'));
    match beside.map(|name| folder.stat(name)) {
        Some(Ok(Some(_))) => format!("{fitting} is there already: put what this says in there"),
        _ => format!("call it {fitting}"),
    }
}

fn misnamed(shown: &str) -> Walked {
    let message = "the name of the file is not UTF-8 or contains characters that a path cannot have";
    Walked::Problem(problem(Code::UnknownFile, message, "rename it").at(shown))
}

/// The finding for a folder that cannot be walked; a link is told where it stands.
fn refused(error: &TreeError, shown: &str) -> Diagnostic {
    match error {
        TreeError::Io { .. } => {
            problem(Code::Unreadable, "the folder cannot be read", "check its permissions").at(shown)
        }
        TreeError::Link { path } => unreadable(error).at(path),
        other => unreadable(other).at(shown),
    }
}

fn problem(code: Code, message: &str, help: &str) -> Problem {
    Problem { code, line: None, column: None, message: message.to_owned(), help: help.to_owned() }
}

/// A path within the tree, with `/`; a name that is no UTF-8 is shown as well as it can be.
pub(in crate::engine) fn relative(root: &Path, file: &Path) -> String {
    let below = file.strip_prefix(root).unwrap_or(file);
    let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
