//! Operations that need the `git` program: reaching a remote with the user's credentials, settings and hooks. It may
//! prompt for a password on the terminal; nothing else in this layer interacts with anybody.

use std::process::{Output, Stdio};

use super::{
    branch::reference_name,
    error::GitError,
    id::CommitId,
    program::{Hooks, command, output},
    repository::Repository,
};

/// Variables through which a hook that runs `bos` would point `git` to another repository.
const FOREIGN: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_PREFIX"];

/// Words in the rejection of a push that another push overtook between the remote's answer and the update.
const OVERTAKEN: [&str; 3] = ["lock", "failed to update ref", "old value"];

/// The result of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOutcome {
    /// The remote was updated; `said` is the output of the remote and hooks.
    Pushed { said: String },
    /// The remote already had it.
    UpToDate,
    /// The remote has commits that the branch lacks.
    Rejected,
}

impl Repository {
    /// Pushes a branch under its own name.
    pub fn push(&self, remote: &str, branch: &str) -> Result<PushOutcome, GitError> {
        let reference = reference_name(branch)?;
        let refspec = format!("{reference}:{reference}");
        let output = self.git(Hooks::Run, &["push", "--porcelain", "--", remote, &refspec])?;
        let told = String::from_utf8_lossy(&output.stdout);
        // The line format is `flag TAB from:to TAB summary (reason)`.
        let line = told.lines().find_map(|line| line.split_once(&format!("\t{refspec}\t")));
        match line {
            Some(("!", reason)) if is_behind(reason) => Ok(PushOutcome::Rejected),
            Some(("=", _)) if output.status.success() => Ok(PushOutcome::UpToDate),
            _ if output.status.success() => Ok(PushOutcome::Pushed { said: words(&output) }),
            Some((_, reason)) => {
                let said = format!("{}\n{reason}", words(&output));
                Err(failure("push", branch, "to", remote, said.trim()))
            }
            None => Err(failure("push", branch, "to", remote, &words(&output))),
        }
    }

    /// Fetches a branch and returns its tip on the remote.
    pub fn fetch_branch(&self, remote: &str, branch: &str) -> Result<CommitId, GitError> {
        let reference = reference_name(branch)?;
        // Uses its own reference, because `FETCH_HEAD` may be overwritten by another fetch before it is read.
        let fetched = format!("refs/bos/fetched/{branch}");
        let refspec = format!("+{reference}:{fetched}");
        let output = self.git(Hooks::Rest, &["fetch", "--quiet", "--no-tags", "--", remote, &refspec])?;
        match self.reference_tip(&fetched)? {
            Some(tip) if output.status.success() => Ok(tip),
            _ => Err(failure("fetch", branch, "from", remote, &words(&output))),
        }
    }

    fn git(&self, hooks: Hooks, arguments: &[&str]) -> Result<Output, GitError> {
        let mut command = command(hooks);
        command.current_dir(self.workdir().unwrap_or_else(|| self.git_dir())).args(arguments).stdin(Stdio::inherit());
        for variable in FOREIGN {
            command.env_remove(variable);
        }
        output(&mut command)
    }
}

fn is_behind(reason: &str) -> bool {
    reason.starts_with("[rejected]")
        || (reason.starts_with("[remote rejected]") && OVERTAKEN.iter().any(|word| reason.contains(word)))
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

fn failure(action: &'static str, branch: &str, towards: &'static str, remote: &str, said: &str) -> GitError {
    let said = if said.is_empty() { "git gives no reason" } else { said };
    GitError::Remote { action, branch: branch.to_owned(), towards, remote: remote.to_owned(), source: said.into() }
}
