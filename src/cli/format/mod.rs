//! Findings as text, a file per format. Each is a pure function; none writes anything.

pub(crate) mod github;
pub(crate) mod human;
pub(crate) mod sarif;
#[cfg(test)]
mod testing;

/// A path within the tree, from the top of the repository: `prefix` is where the root lies, empty at the top. A path
/// that begins with `../` leads out of the tree, and stays in the repository.
fn from_top(prefix: &str, path: &str) -> String {
    if let Some(rest) = path.strip_prefix("../") {
        return from_top(prefix.rsplit_once('/').map_or("", |(above, _)| above), rest);
    }
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") }
}
