//! Writes commits to a branch, at a cost proportional to the change. It touches only objects and the branch, never
//! HEAD, the index or a work tree.

use std::borrow::Cow;

use git2::{MergeOptions, ObjectType, Oid};

use super::{
    error::{During, GitError},
    id::CommitId,
    loose,
    new_objects::NewObjects,
    repository::Repository,
    tree_edit::{Edits, TreeEditor},
};

const MINUTES_A_DAY: i32 = 24 * 60;
/// The bits of an index entry that hold its conflict stage.
const STAGE: u16 = 0x3000;

/// A commit to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewCommit<'a> {
    pub branch: &'a str,
    /// The commit that the branch must be at; `None`: it must not exist.
    pub expected_tip: Option<CommitId>,
    pub parents: &'a [CommitId],
    /// The commit whose tree the changes are applied to; `None` starts with an empty tree.
    pub tree_of: Option<CommitId>,
    pub changes: &'a [Change<'a>],
    pub author: &'a str,
    pub email: &'a str,
    pub message: &'a str,
    /// The commit time, in seconds since 1970, UTC.
    pub seconds: i64,
    /// The author's offset from UTC.
    pub offset_minutes: i32,
}

/// A change to one file of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change<'a> {
    pub path: &'a str,
    /// The text as in the work tree, before git's clean filters; `None` removes the file, if it exists.
    pub text: Option<&'a [u8]>,
}

/// The result of writing a [`NewCommit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitOutcome {
    Written(CommitId),
    /// The tree equals that of the only parent (or is empty, without parents): nothing was written.
    Unchanged,
}

impl Repository {
    /// Writes the commit and moves its branch to it by compare-and-swap.
    ///
    /// Existing files keep their modes, and empty folders disappear. If the branch is not at `expected_tip`, before or
    /// after the commit is built, the result is [`GitError::RefMoved`].
    pub fn write_commit(&self, new: &NewCommit<'_>) -> Result<CommitOutcome, GitError> {
        self.check_branch(new.branch, new.expected_tip)?;
        let outcome = self.build_commit(new)?;
        if let CommitOutcome::Written(commit) = outcome {
            self.move_branch(new.branch, new.expected_tip, commit)?;
        }
        Ok(outcome)
    }

    /// Writes the objects of a commit without moving its branch; use [`Self::move_branch`] after the last of a chain.
    pub fn build_commit(&self, new: &NewCommit<'_>) -> Result<CommitOutcome, GitError> {
        let base = new.tree_of.map(|commit| self.tree_of(commit)).transpose()?;
        self.build_upon(base, new)
    }

    /// Like [`Self::build_commit`], based on git's own merge of two commits. If both changed the same lines of a file
    /// and `new` does not set its text, the first commit wins.
    pub fn build_merge(
        &self,
        ours: CommitId,
        theirs: CommitId,
        new: &NewCommit<'_>,
    ) -> Result<CommitOutcome, GitError> {
        let base = self.merged_tree(ours, theirs).during("merge into", new.branch)?;
        let sides = [Some(self.tree_of(ours)?), Some(self.tree_of(theirs)?)];
        loose::sync_trees(&self.inner, &self.shared("objects"), base, sides)?;
        self.build_upon(Some(base), new)
    }

    fn merged_tree(&self, ours: CommitId, theirs: CommitId) -> Result<Oid, git2::Error> {
        let (ours, theirs) = (self.inner.find_commit(ours.0)?, self.inner.find_commit(theirs.0)?);
        let mut options = MergeOptions::new();
        options.find_renames(false).file_favor(git2::FileFavor::Ours);
        let mut index = self.inner.merge_commits(&ours, &theirs, Some(&options))?;
        let conflicts: Vec<git2::IndexConflict> = index.conflicts()?.collect::<Result<_, _>>()?;
        for conflict in conflicts {
            let sides = [&conflict.our, &conflict.their, &conflict.ancestor];
            if let Some(path) = sides.into_iter().flatten().next().map(|entry| entry.path.clone()) {
                index.conflict_remove(std::path::Path::new(&String::from_utf8_lossy(&path).into_owned()))?;
            }
            if let Some(mut entry) = conflict.our {
                entry.flags &= !STAGE;
                index.add(&entry)?;
            }
        }
        index.write_tree_to(&self.inner)
    }

    fn build_upon(&self, base: Option<Oid>, new: &NewCommit<'_>) -> Result<CommitOutcome, GitError> {
        let identity = identity(new)?;
        if new.message.trim().is_empty() || new.message.contains('\0') {
            return Err(GitError::InvalidMessage);
        }
        let parent_trees: Vec<Oid> =
            new.parents.iter().map(|parent| self.tree_of(*parent)).collect::<Result<_, _>>()?;
        let mut objects = NewObjects::default();
        let edits = Edits::of(new.changes)?;
        let editor = TreeEditor { repository: self, base: new.tree_of, objects: &mut objects };
        let edited = editor.edit(base, &edits)?;
        let tree = match edited {
            Some(tree) => tree,
            None => objects.add(ObjectType::Tree, Cow::Borrowed(b""))?,
        };
        let is_unchanged = match parent_trees[..] {
            [] => edited.is_none(),
            [of_parent] => of_parent == tree,
            _ => false,
        };
        if is_unchanged {
            return Ok(CommitOutcome::Unchanged);
        }

        let mut text = format!("tree {tree}\n");
        for parent in new.parents {
            text += &format!("parent {parent}\n");
        }
        text += &format!("author {identity}\ncommitter {identity}\n\n{}\n", new.message.trim_end());
        let commit = objects.add(ObjectType::Commit, text.into_bytes().into())?;
        objects.write(self)?;
        Ok(CommitOutcome::Written(CommitId(commit)))
    }
}

/// `name <email> seconds zone`, as in a commit object.
fn identity(new: &NewCommit<'_>) -> Result<String, GitError> {
    let (seconds, offset) = (new.seconds, new.offset_minutes);
    if seconds < 0 || offset.abs() >= MINUTES_A_DAY {
        return Err(GitError::InvalidTime { seconds, offset_minutes: offset });
    }
    let (name, email) = (new.author.trim(), new.email.trim());
    let is_odd = |text: &str| text.is_empty() || text.contains(['<', '>', '\n', '\r', '\0']);
    if is_odd(name) || is_odd(email) {
        return Err(GitError::InvalidIdentity { name: name.to_owned(), email: email.to_owned() });
    }
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    Ok(format!("{name} <{email}> {seconds} {sign}{hours:02}{minutes:02}"))
}
