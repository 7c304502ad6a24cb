//! Suggests commands for an unknown subcommand.

use std::ffi::OsString;

use clap::{
    Command,
    error::{ContextKind, ContextValue},
};

/// Words used by other programs, with ours.
const OTHER_WORDS: [(&str, &str); 16] = [
    ("add", "new"),
    ("create", "new"),
    ("remove", "delete"),
    ("rm", "delete"),
    ("del", "delete"),
    ("ls", "list"),
    ("mv", "move"),
    ("update", "set"),
    ("view", "show"),
    ("cat", "show"),
    ("blame", "history"),
    ("cards", "card"),
    ("tasks", "card"),
    ("ideas", "idea"),
    ("stages", "stage"),
    ("sync", "watch"),
];

/// The commands that an unknown word may stand for: subcommands of that name elsewhere, or of our name for it.
///
/// `typed` are the arguments: if a command precedes the word, only its subcommands are suggested.
pub(crate) fn commands(error: &clap::Error, program: &mut Command, typed: &[OsString]) -> Vec<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return Vec::new() };
    program.build();
    let named = |word: &str| {
        let mut found = Vec::new();
        collect(program, program.get_name(), word, &mut found);
        found
    };
    let found = named(word);
    let ours = OTHER_WORDS.iter().find(|(other, _)| other == word).map(|(_, ours)| *ours);
    let found = if found.is_empty() { ours.map(named).unwrap_or_default() } else { found };
    let before = typed.iter().skip(1).filter_map(|typed| typed.to_str()).take_while(|typed| typed != word);
    let Some(group) = before.filter(|typed| !typed.starts_with('-')).last() else { return found };
    let below = |path: &&String| path.split(' ').rev().nth(1) == Some(group);
    let near: Vec<String> = found.iter().filter(below).cloned().collect();
    if near.is_empty() { found } else { near }
}

fn collect(command: &Command, path: &str, word: &str, found: &mut Vec<String>) {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help") {
        let path = format!("{path} {}", below.get_name());
        if below.get_name() == word {
            found.push(path.clone());
        }
        collect(below, &path, word, found);
    }
}
