//! The cards a command works on, with the hashes of the texts its caller has seen.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::{complete, error::CliError};
use crate::engine::Target;

/// One or more cards.
#[derive(Debug, Clone, Args)]
pub(crate) struct Cards {
    /// IDs of cards; ID@SHA256 refuses a card whose text has changed since
    #[arg(required = true, value_name = "ID", add = ArgValueCompleter::new(complete::cards))]
    ids: Vec<String>,
    /// Refuse if the card's text no longer has this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

impl Cards {
    pub(crate) fn targets(&self, take_over: Option<&str>) -> Result<Vec<Target>, CliError> {
        targets(&self.ids, self.expect.as_deref(), take_over)
    }
}

/// The option to take over somebody else's claim, for commands that have a `--reason` of their own.
#[derive(Debug, Clone, Args)]
pub(crate) struct TakeOver {
    /// Take over the claim of somebody else; needs --reason
    #[arg(long, requires = "reason")]
    take_over: bool,
}

impl TakeOver {
    /// The reason, if the claim is to be taken over.
    pub(crate) fn why<'r>(&self, reason: Option<&'r str>) -> Option<&'r str> {
        reason.filter(|_| self.take_over)
    }
}

/// The option to take over somebody else's claim, with its reason.
#[derive(Debug, Clone, Args)]
pub(crate) struct TakeOverBecause {
    #[command(flatten)]
    take_over: TakeOver,
    /// Why you take the claim over, for the log
    #[arg(long, value_name = "TEXT", requires = "take_over")]
    reason: Option<String>,
}

impl TakeOverBecause {
    /// The reason, if the claim is to be taken over.
    pub(crate) fn why(&self) -> Option<&str> {
        self.take_over.why(self.reason.as_deref())
    }
}

/// A single card or idea.
pub(crate) fn target(id: &str, expect: Option<&str>, take_over: Option<&str>) -> Target {
    Target { id: id.to_owned(), expect: expect.map(str::to_owned), take_over: take_over.map(str::to_owned) }
}

/// Parses `ID` and `ID@SHA256`. An ID given twice counts once.
pub(crate) fn targets(ids: &[String], expect: Option<&str>, take_over: Option<&str>) -> Result<Vec<Target>, CliError> {
    if expect.is_some() && ids.len() > 1 {
        return Err(CliError::Usage {
            message: "--expect is for one card".to_owned(),
            hint: "with several, write each as ID@SHA256".to_owned(),
        });
    }
    let mut targets: Vec<Target> = Vec::with_capacity(ids.len());
    for text in ids {
        let (id, expect) = match text.split_once('@') {
            Some((id, sha)) => (id, Some(sha)),
            None => (text.as_str(), expect),
        };
        let target = target(id, expect, take_over);
        if !targets.iter().any(|known| known.id.eq_ignore_ascii_case(&target.id)) {
            targets.push(target);
        }
    }
    Ok(targets)
}
