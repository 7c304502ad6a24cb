//! A word that is no command: which commands may be meant by it.

use clap::{
    Command,
    error::{ContextKind, ContextValue},
};

/// Words that people bring along, with ours.
const OTHER_WORDS: [(&str, &str); 10] = [
    ("add", "new"),
    ("create", "new"),
    ("remove", "delete"),
    ("rm", "delete"),
    ("del", "delete"),
    ("ls", "list"),
    ("mv", "move"),
    ("update", "set"),
    ("view", "show"),
    ("sync", "watch"),
];

/// The commands that an unknown word may stand for: those that end with it below another, else with our word for it.
pub(crate) fn commands(error: &clap::Error, program: &mut Command) -> Vec<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return Vec::new() };
    program.build();
    let named = |word: &str| {
        let mut found = Vec::new();
        collect(program, program.get_name(), word, &mut found);
        found
    };
    let found = named(word);
    let ours = OTHER_WORDS.iter().find(|(other, _)| other == word).map(|(_, ours)| *ours);
    if found.is_empty() { ours.map(named).unwrap_or_default() } else { found }
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
