//! `bos merge-driver run`, which is run by git, not by people.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;

use crate::{
    cli::{FINDINGS, error::CliError, sanitize::sanitize, ui::Ui},
    engine::{self, Clash, ClashPlace, Merged, Overlap},
};

/// Merge three files as git requests: the result is written to OURS
///
/// Exit 0 if it merged, 1 if a person has to decide about the rest.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What both sides began with
    base: PathBuf,
    /// Our side, which is replaced
    ours: PathBuf,
    /// Their side
    theirs: PathBuf,
    /// How many signs conflict markers begin with
    #[arg(default_value = "7", value_parser = RangedU64ValueParser::<usize>::new().range(1..1000))]
    marker_size: usize,
    /// The path of the document, for messages
    #[arg(allow_hyphen_values = true)]
    path: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, ui: &mut Ui) -> Result<u8, CliError> {
    let Merged::Overlapping(overlaps) = engine::merge_files(&args.base, &args.ours, &args.theirs, args.marker_size)?
    else {
        return Ok(0);
    };
    let path = args.path.as_ref().unwrap_or(&args.ours).display().to_string();
    for overlap in &overlaps {
        ui.aside(&format!("{path}: {}", told(overlap)));
    }
    Ok(FINDINGS)
}

/// What a person has to decide, on one line.
fn told(overlap: &Overlap) -> String {
    match overlap {
        Overlap::Clash(Clash { place: ClashPlace::Key(key), base, ours, theirs }) => {
            let value =
                |value: &Option<String>| value.as_deref().map_or("removed".to_owned(), |text| sanitize(text).into());
            let was = base.as_deref().map(|base| format!(", was {}", sanitize(base))).unwrap_or_default();
            format!("{key}: ours {}, theirs {}{was}; ours is kept", value(ours), value(theirs))
        }
        Overlap::Clash(clash) => format!("{}: both sides changed it; see the markers", clash.place),
        Overlap::NoText => "it is no text; ours is kept".to_owned(),
        Overlap::Lines => "it merges by lines only; see the markers".to_owned(),
        Overlap::Unreadable(what) => format!("it merges by lines only, and cannot be read now: {what}"),
    }
}
