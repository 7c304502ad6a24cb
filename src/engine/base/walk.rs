//! The files of the tree, in the byte order of their paths, which is also the database's order.

use std::{
    cmp::Ordering,
    path::{Path, PathBuf},
};

use walkdir::{DirEntry, WalkDir};

use crate::{
    domain::{
        diagnostic::{Code, Diagnostic, Problem},
        doc_path::{DocPath, MIRROR},
    },
    markdown::locate::{Located, Place, locate},
};

/// The folders whose markdown files are documents.
const FOLDERS: [&str; 2] = ["cards", "ideas"];

/// A markdown file below `cards/` or `ideas/`.
#[derive(Debug)]
pub(in crate::engine) enum Walked {
    /// A document, by its place.
    Document(Located),
    /// A file or folder that cannot be one, and why.
    Problem(Diagnostic),
}

/// Walks the markdown files of the tree at `root`. Hidden files and folders are left out, links are not entered.
pub(in crate::engine) fn walk(root: &Path) -> impl Iterator<Item = Walked> + use<> {
    let root = root.to_path_buf();
    let tops: Vec<PathBuf> =
        FOLDERS.iter().map(|folder| root.join(MIRROR).join(folder)).filter(|top| top.is_dir()).collect();
    tops.into_iter()
        .flat_map(|top| {
            WalkDir::new(top)
                .min_depth(1)
                .sort_by(by_path)
                .into_iter()
                .filter_entry(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."))
        })
        .filter_map(move |entry| match entry {
            Ok(entry) => walked(&root, &entry),
            Err(error) => Some(Walked::Problem(unreadable(&root, &error))),
        })
}

/// A folder sorts as its name and a `/`, so that the order is that of whole paths.
fn by_path(a: &DirEntry, b: &DirEntry) -> Ordering {
    let (name_a, name_b) = (a.file_name().as_encoded_bytes(), b.file_name().as_encoded_bytes());
    let common = name_a.len().min(name_b.len());
    let rest = |entry: &DirEntry, name: &[u8]| name.get(common).copied().or(entry.file_type().is_dir().then_some(b'/'));
    name_a[..common].cmp(&name_b[..common]).then_with(|| rest(a, name_a).cmp(&rest(b, name_b)))
}

fn walked(root: &Path, entry: &DirEntry) -> Option<Walked> {
    if entry.file_type().is_dir() {
        return None;
    }
    let link_to_folder = entry.path_is_symlink() && entry.path().is_dir();
    if !link_to_folder && !entry.file_name().as_encoded_bytes().ends_with(b".md") {
        return None;
    }
    let shown = relative(root, entry.path());
    if link_to_folder {
        let leaves = std::fs::canonicalize(entry.path()).is_ok_and(|target| !target.starts_with(root));
        let (code, message) = if leaves {
            (Code::LeavesTree, "the symbolic link leads out of the tree; it is not followed")
        } else {
            (Code::UnknownFile, "a symbolic link to a folder is not followed")
        };
        return Some(Walked::Problem(problem(code, message, "put the folder itself in its place").at(&shown)));
    }
    let Some(path) = entry.path().to_str().and_then(|_| DocPath::parse(&shown)) else {
        let message = "the name of the file is not UTF-8 or holds characters that cannot stand in a path";
        return Some(Walked::Problem(problem(Code::UnknownFile, message, "rename it").at(&shown)));
    };
    match locate(&path) {
        Place::Document(located) => Some(Walked::Document(located)),
        Place::Unknown => {
            let help =
                "cards are cards/<ID>.user.md, stage docs cards/<ID>/<stage>.user.md, ideas ideas/inbox/<ID>.user.md";
            let message = "the file fits no pattern, so it is not read";
            Some(Walked::Problem(problem(Code::UnknownFile, message, help).at(path.as_str())))
        }
        Place::Foreign => None,
    }
}

fn unreadable(root: &Path, error: &walkdir::Error) -> Diagnostic {
    let shown = relative(root, error.path().unwrap_or(root));
    problem(Code::Unreadable, "the folder cannot be read", "check its permissions").at(&shown)
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
