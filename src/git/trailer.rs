//! Trailers of commit messages: `Key: value` lines that make up the last paragraph.

use super::{
    error::{During as _, GitError},
    id::CommitId,
    repository::Repository,
};

/// A commit and the trailers of its message, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailedCommit {
    pub commit: CommitId,
    pub trailers: Vec<(String, String)>,
}

impl Repository {
    /// The commits reachable from `tip`, over all parents, newest first.
    pub fn history(&self, tip: CommitId) -> Result<impl Iterator<Item = Result<TrailedCommit, GitError>>, GitError> {
        Ok(self.ancestry(tip)?.map(|commit| {
            let commit = commit?;
            let trailers = trailers(&String::from_utf8_lossy(commit.message_bytes()));
            Ok(TrailedCommit { commit: CommitId(commit.id()), trailers })
        }))
    }
}

impl Repository {
    /// The messages of the commits that `tip` has and `since` lacks, or of all commits if `since` is `None` or no
    /// longer exists; at most `limit`.
    ///
    /// # Errors
    /// Commits cannot be read.
    pub fn messages(&self, since: Option<CommitId>, tip: CommitId, limit: usize) -> Result<Vec<String>, GitError> {
        let text = |commit: &git2::Commit<'_>| String::from_utf8_lossy(commit.message_bytes()).into_owned();
        let since = since.filter(|since| !self.is_shallow() && self.inner.find_commit(since.0).is_ok());
        let Some(since) = since else {
            return self.ancestry(tip)?.take(limit).map(|commit| Ok(text(&commit?))).collect();
        };
        let mut walk = self.inner.revwalk().during("walk from", tip)?;
        walk.push(tip.0).during("walk from", tip)?;
        walk.hide(since.0).during("walk up to", since)?;
        let commit = |id: Result<git2::Oid, git2::Error>| {
            let id = id.during("walk from", tip)?;
            Ok(text(&self.inner.find_commit(id).during("read commit", id)?))
        };
        walk.take(limit).map(commit).collect()
    }
}

impl TrailedCommit {
    /// The value of the first trailer `key`; keys are compared case-insensitively, as in git.
    #[must_use]
    pub fn trailer(&self, key: &str) -> Option<&str> {
        self.trailers.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.as_str())
    }
}

/// Parses the trailers. A paragraph that contains any other line has none, except those that git itself adds.
pub(super) fn trailers(message: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = message.trim_end().lines().collect();
    let Some(blank) = lines.iter().rposition(|line| line.trim().is_empty()) else {
        return Vec::new();
    };
    if lines[..blank].iter().all(|line| line.trim().is_empty()) {
        return Vec::new();
    }
    let mut trailers: Vec<(String, String)> = Vec::new();
    for line in &lines[blank + 1..] {
        if line.starts_with([' ', '\t']) {
            let Some((_, value)) = trailers.last_mut() else {
                return Vec::new();
            };
            value.push(' ');
            value.push_str(line.trim());
        } else if let Some((key, value)) = line.split_once(':').filter(|(key, _)| is_key(key.trim_end())) {
            trailers.push((key.trim_end().to_owned(), value.trim().to_owned()));
        } else if !line.starts_with("(cherry picked from commit ") {
            return Vec::new();
        }
    }
    trailers
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> Vec<(String, String)> {
        trailers(message)
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|&(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn the_last_paragraph_holds_them_in_order() {
        let message = "Export\n\nNot: this\n\nAudit: Actor=Pete, Initiator=Pete\nBos-Audit-Range: 17..23\nAudit: b\n";
        assert_eq!(
            of(message),
            pairs(&[("Audit", "Actor=Pete, Initiator=Pete"), ("Bos-Audit-Range", "17..23"), ("Audit", "b")])
        );
    }

    #[test]
    fn values_may_be_empty_and_go_on_over_lines() {
        assert_eq!(of("t\n\nA:\nB : x\n  y\n\tz\r\n\n"), pairs(&[("A", ""), ("B", "x y z")]));
    }

    #[test]
    fn prose_is_not_taken_for_trailers() {
        for message in
            ["", "Key: value", "\nKey: value", "t\n\nSee: this\nand that", "t\n\n a\nKey: v", "t\n\nTwo words: v"]
        {
            assert_eq!(of(message), [], "{message:?}");
        }
    }

    #[test]
    fn a_cherry_pick_leaves_them() {
        assert_eq!(of("t\n\nA: b\n(cherry picked from commit abc)"), pairs(&[("A", "b")]));
    }
}
