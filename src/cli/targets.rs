//! Which cards a command is about, and what its caller has seen of them.

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::{complete, error::CliError};
use crate::engine::Target;

/// One or more cards.
#[derive(Debug, Clone, Args)]
pub(crate) struct Cards {
    /// IDs of cards; ID@SHA256 is refused if the card is no longer at this text
    #[arg(required = true, value_name = "ID", add = ArgValueCompleter::new(complete::cards))]
    ids: Vec<String>,
    /// Refuse if the card is no longer at this SHA-256
    #[arg(long, value_name = "SHA256")]
    expect: Option<String>,
}

impl Cards {
    pub(crate) fn targets(&self) -> Result<Vec<Target>, CliError> {
        targets(&self.ids, self.expect.as_deref())
    }
}

/// Reads `ID` and `ID@SHA256`. An ID named twice counts once.
pub(crate) fn targets(ids: &[String], expect: Option<&str>) -> Result<Vec<Target>, CliError> {
    if expect.is_some() && ids.len() > 1 {
        return Err(CliError::Usage {
            message: "--expect is for one card".to_owned(),
            hint: "with several, write each as ID@SHA256".to_owned(),
        });
    }
    let mut targets: Vec<Target> = Vec::with_capacity(ids.len());
    for text in ids {
        let target = match text.split_once('@') {
            Some((id, sha)) => Target { id: id.to_owned(), expect: Some(sha.to_owned()) },
            None => Target { id: text.clone(), expect: expect.map(str::to_owned) },
        };
        if !targets.iter().any(|known| known.id.eq_ignore_ascii_case(&target.id)) {
            targets.push(target);
        }
    }
    Ok(targets)
}
