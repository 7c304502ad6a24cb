//! Output formats for findings, one per file. Each is a pure function that writes nothing itself.

pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod sarif;
#[cfg(test)]
mod testing;

/// The path of a file from the top of the repository; `prefix` is the path of the root, empty at the top. A path that
/// begins with `../` leads out of the tree but stays in the repository.
fn from_top(prefix: &str, path: &str) -> String {
    if let Some(rest) = path.strip_prefix("../") {
        return from_top(prefix.rsplit_once('/').map_or("", |(above, _)| above), rest);
    }
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") }
}
