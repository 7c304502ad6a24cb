//! The display names of lanes, as accepted and shown by commands. Read from the settings on first use; if those cannot
//! be read, the keys are shown, and opening the tree reports the error.

use std::{ffi::OsString, path::PathBuf, sync::OnceLock};

use super::args::Global;
use crate::{
    domain::{lane::Lane, lane_names::LaneNames},
    engine::{self, Session, Workspace},
};

static FOLDER: OnceLock<PathBuf> = OnceLock::new();
static NAMES: OnceLock<LaneNames> = OnceLock::new();

/// Records the folder the command will run in, because lane arguments are parsed before options take effect.
pub(crate) fn expect_folder(arguments: &[OsString]) {
    let texts: Vec<&str> = arguments.iter().map(|argument| argument.to_str().unwrap_or_default()).collect();
    if let Some(folder) = folder(&texts).and_then(|folder| std::path::absolute(folder).ok()) {
        let _ = FOLDER.set(folder);
    }
}

fn folder<'a>(arguments: &[&'a str]) -> Option<&'a str> {
    let before = arguments.iter().position(|argument| *argument == "--").unwrap_or(arguments.len());
    let arguments = &arguments[..before];
    let mut named = arguments.iter().enumerate().filter_map(|(index, argument)| match *argument {
        "-C" | "--repo" => arguments.get(index + 1).copied(),
        other => {
            other.strip_prefix("--repo=").or_else(|| other.strip_prefix("-C").map(|rest| rest.trim_start_matches('=')))
        }
    });
    named.next_back()
}

/// Takes the names from the settings of a session that is open, so that they are not read again.
pub(crate) fn learn(session: &Session) {
    if NAMES.get().is_none()
        && let Ok(config) = session.config()
    {
        let _ = NAMES.set(config.lanes.clone());
    }
}

/// The display names in effect.
pub(crate) fn names() -> &'static LaneNames {
    NAMES.get_or_init(|| {
        let folder = FOLDER.get().cloned().or_else(|| std::env::var_os("BOS_REPO").map(PathBuf::from));
        let workspace = Workspace::find(&folder.unwrap_or_else(Global::folder), None);
        let config = workspace.and_then(|workspace| engine::settings(&workspace, &Global::environment()));
        config.map(|config| config.lanes).unwrap_or_default()
    })
}

/// The display name of a lane.
pub(crate) fn shown(lane: Lane) -> &'static str {
    names().shown(lane)
}

/// The display name of a lane given by its key; other words are returned unchanged.
pub(crate) fn shown_text(text: &str) -> &str {
    match Lane::parse(text) {
        Some(lane) => shown(lane),
        None => text,
    }
}

/// The value of a front matter key; for a lane with a display name, that name followed by the key.
pub(crate) fn explained(key: &str, value: String) -> String {
    match shown_text(&value) {
        name if name != value && matches!(key, "Lane" | "Proposed-Lane") => format!("{name} ({value})"),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_found_however_it_is_named() {
        for (arguments, expected) in [
            (&["bos", "board"][..], None),
            (&["bos", "-C", "a", "board"], Some("a")),
            (&["bos", "-Ca", "board"], Some("a")),
            (&["bos", "board", "--repo=b"], Some("b")),
            (&["bos", "board", "--repo", "b"], Some("b")),
            (&["bos", "search", "--", "-C", "a"], None),
            (&["bos", "-C"], None),
        ] {
            assert_eq!(folder(arguments), expected, "{arguments:?}");
        }
    }
}
