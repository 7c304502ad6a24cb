//! Which paths git can store: relative, separated by `/`, and without a component that any file system could mistake
//! for `.git` (the rules of `git fsck`, slightly stricter).

use super::error::GitError;
use crate::domain::git_name::resembles_dot_git;

/// The components of a path, or an error if git must not store it.
pub(super) fn names(path: &str) -> Result<Vec<&str>, GitError> {
    let names: Vec<&str> = path.split('/').collect();
    if names.iter().all(|name| is_allowed(name)) {
        Ok(names)
    } else {
        Err(GitError::InvalidPath { path: path.to_owned() })
    }
}

/// The components of a folder's path; an empty path and a trailing `/` are allowed.
pub(super) fn folder_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !name.is_empty())
}

fn is_allowed(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains('\0') && !resembles_dot_git(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_have_names() {
        assert_eq!(names("docs/a b/Ü.md").unwrap(), ["docs", "a b", "Ü.md"]);
        assert_eq!(names(".github/.gitignore").unwrap(), [".github", ".gitignore"]);
        assert_eq!(folder_names("").count(), 0);
        assert_eq!(folder_names("docs/x/").collect::<Vec<_>>(), ["docs", "x"]);
    }

    #[test]
    fn what_fsck_would_report_is_refused() {
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            "./a",
            "a/..",
            "a\0",
            ".git/config",
            "a/.GIT/b",
            ".git . ",
            "git~1",
            ".g\u{200c}it",
            "a\\.git",
            ".git::$INDEX_ALLOCATION",
        ] {
            assert!(matches!(names(path), Err(GitError::InvalidPath { .. })), "{path:?}");
        }
    }
}
