//! Who may know whom, and how source files are named and opened.

use std::collections::BTreeSet;

use crate::source::{Source, sources};

/// Each layer with those it may know.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("markdown", &["domain"]),
    ("store", &["domain", "markdown"]),
    ("git", &["domain", "markdown"]),
    ("tree", &["domain"]),
    ("foreign", &["domain", "markdown"]),
    ("engine", &["domain", "markdown", "store", "git", "tree", "foreign"]),
    ("wire", &["domain", "markdown", "foreign", "engine"]),
    ("cli", &["domain", "markdown", "store", "git", "foreign", "engine", "wire"]),
];

/// The rooms of the engine, each of which may know those before it. What stands beside them may know all.
const ROOMS: &[&str] = &["base", "rules", "write", "read", "sync", "check"];

/// Packages that one layer alone may know.
const PACKAGES: &[(&str, &str)] = &[
    ("rusqlite", "store"),
    ("git2", "git"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_mangen", "cli"),
    ("csv", "foreign"),
    ("schemars", "wire"),
    ("toml_edit", "engine"),
    ("notify", "engine"),
    ("rustix", "tree"),
];

fn layer_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(layer, _)| layer)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.find(|c| !is_word(c)).unwrap_or(text.len())]
}

/// The first name of each path in `a::b` or `{a::b, c::{d, e}}`.
fn heads(text: &str) -> Vec<&str> {
    let Some(group) = text.trim_start().strip_prefix('{') else { return vec![first_word(text)] };
    let (mut depth, mut heads, mut start) = (0, Vec::new(), 0);
    for (index, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            ',' if depth == 0 => {
                heads.push(first_word(&group[start..index]));
                start = index + 1;
            }
            '}' if depth == 0 => {
                heads.push(first_word(&group[start..index]));
                break;
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    heads.retain(|head| !head.is_empty());
    heads
}

/// The top modules that a file names, by `crate::` or by climbing up with `super::`.
fn known_to(path: &str, code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (index, _) in code.match_indices("crate::") {
        if !code[..index].ends_with(is_word) {
            found.extend(heads(&code[index + "crate::".len()..]).into_iter().map(str::to_owned));
        }
    }
    let depth = path.trim_end_matches("mod.rs").trim_end_matches('/').split('/').count();
    let climb = "super::".repeat(depth);
    for (index, _) in code.match_indices(climb.as_str()) {
        let after = code[index + climb.len()..].trim_start_matches("super::");
        let layers = heads(after).into_iter().filter(|head| LAYERS.iter().any(|(layer, _)| layer == head));
        found.extend(layers.map(str::to_owned));
    }
    found
}

/// Arrows of one file that the rule does not have.
fn wrong_arrows(path: &str, code: &str) -> Vec<String> {
    let Some(layer) = layer_of(path) else { return Vec::new() };
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("{path}: {layer} is no layer")];
    };
    let known = known_to(path, code).into_iter();
    let wrong = known.filter(|other| other != layer && !allowed.contains(&other.as_str()));
    wrong.map(|other| format!("{path}: {layer} -> {other}")).collect()
}

/// Every path of a `use` tree such as `{a::b, c::{d, e}}`, in whole.
fn leaves(tree: &str) -> Vec<String> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else { return vec![tree.to_owned()] };
    let (prefix, inner) = (&tree[..open], &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())]);
    let (mut depth, mut parts, mut start) = (0, Vec::new(), 0);
    for (index, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let whole = parts.into_iter().filter(|part| !part.trim().is_empty()).flat_map(leaves);
    whole.map(|leaf| format!("{prefix}{leaf}")).collect()
}

/// The modules of the engine that a file names, as `room::file::item`: by `crate::engine::` or by climbing up.
fn engine_paths(path: &str, code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut take = |leaf: String| {
        if let Some(below) = leaf.strip_prefix("crate::engine::") {
            found.insert(below.to_owned());
        }
    };
    let folder: Vec<&str> = path.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
    for (index, _) in code.match_indices("use ") {
        if !code[..index].ends_with(is_word) {
            let tree = &code[index + 4..code[index..].find(';').map_or(code.len(), |end| index + end)];
            for leaf in leaves(tree) {
                let climbs = leaf.matches("super::").count();
                if climbs == 0 {
                    take(leaf);
                } else if climbs < folder.len() {
                    let base = folder[..folder.len() - climbs].join("::");
                    take(format!("crate::{base}::{}", leaf.replace("super::", "")));
                }
            }
        }
    }
    for (index, _) in code.match_indices("crate::engine::") {
        let end = code[index..].find(|c| !is_word(c) && c != ':').map_or(code.len(), |end| index + end);
        take(code[index..end].to_owned());
    }
    found
}

/// Arrows of one file between the rooms of the engine that point to the right, or to what stands above the rooms.
fn wrong_rooms(path: &str, code: &str) -> Vec<String> {
    let Some(room) = path.strip_prefix("engine/").and_then(|below| below.split_once('/')).map(|(room, _)| room) else {
        return Vec::new();
    };
    let Some(rank) = ROOMS.iter().position(|known| *known == room) else {
        return vec![format!("{path}: {room} is no room")];
    };
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let named = engine_paths(path, code).into_iter();
    let wrong = named.filter(|path| {
        let head = path.split("::").next().unwrap_or_default();
        !head.is_empty() && !ROOMS[..=rank].contains(&head)
    });
    wrong.map(|other| format!("{path}: {room} -> {other}")).collect()
}

fn names_package(code: &str, package: &str) -> bool {
    code.match_indices(package).any(|(index, _)| {
        let after = &code[index + package.len()..];
        !code[..index].ends_with(|c| is_word(c) || c == '.')
            && (after.starts_with("::") || after.starts_with([';', ',', '}']) || after.starts_with(" as "))
    })
}

fn assert_none(found: Vec<String>) {
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn arrows_point_one_way() {
    assert_none(sources().iter().flat_map(|file| wrong_arrows(&file.path, &file.code)).collect());
}

#[test]
fn an_arrow_cannot_hide() {
    let wrong = |path, code: &str| !wrong_arrows(path, code).is_empty();
    assert!(wrong("domain/card.rs", "use crate::markdown::parse;"));
    assert!(wrong("store/cards.rs", "use crate::{\n    domain::{card::Card, id::Id},\n    git::BlobId,\n};"));
    assert!(wrong("git/tree.rs", "fn f() { crate::store::TABLES; }"));
    assert!(wrong("engine/verify/chain.rs", "use super::super::super::cli::error;"));
    assert!(wrong("engine/mod.rs", "use super::cli;"));
    assert!(wrong("store/log.rs", "use super::super::{domain::id::Id, engine};"));
    assert!(wrong("http/mod.rs", ""));
    assert!(!wrong("engine/mod.rs", "use crate::{git::Repository, store::Store}; use super::engine;"));
    assert!(!wrong("engine/verify/chain.rs", "use super::super::git_path; pub(crate) fn f() {}"));
    assert!(!wrong("lib.rs", "pub mod cli;"));
}

#[test]
fn rooms_of_the_engine_know_only_those_before_them() {
    let files = sources().into_iter().filter(|file| file.path != "engine/rules/testing.rs");
    assert_none(files.flat_map(|file| wrong_rooms(&file.path, &file.code)).collect());
    let wrong = |path, code: &str| !wrong_rooms(path, code).is_empty();
    assert!(wrong("engine/base/error.rs", "use crate::{domain::id::Id, engine::{base::clock, sync::import::A}};"));
    assert!(wrong("engine/write/undo.rs", "use crate::engine::Session;"));
    assert!(wrong("engine/write/change/set.rs", "use super::super::super::sync::export::A;"));
    assert!(wrong("engine/read/show.rs", "fn f() { crate::engine::check::verify::run() }"));
    assert!(wrong("engine/cellar/show.rs", ""));
    assert!(!wrong("engine/sync/import/mod.rs", "use super::{export, watch::A}; use crate::engine::write::undo::B;"));
    assert!(!wrong("engine/base/look.rs", "pub(in crate::engine) fn f() {}"));
}

/// What is wrong with a document says what mends it, wherever that is shown; everything else is for an interface to say.
const DIAGNOSTICS: [&str; 2] = ["engine/rules/", "engine/base/reading.rs"];

/// Whether a text names a command or a flag of the command line.
fn names_command(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase();
    let is_flag = |(at, _): (usize, &str)| {
        let word_before = text[..at].chars().next_back().is_some_and(|c| !c.is_whitespace() && c != '`');
        !word_before && text[at + 2..].starts_with(is_letter)
    };
    let is_command = |(at, _): (usize, &str)| {
        let before = text[..at].trim_end();
        (before.ends_with([':', '`', ',']) || before.is_empty()) && text[at + 4..].starts_with(is_letter)
    };
    text.match_indices("--").any(is_flag) || text.match_indices("bos ").any(is_command)
}

#[test]
fn only_the_writer_appends_to_the_log() {
    let appends = |file: &&Source| ["write.append(", "txn.append("].iter().any(|call| file.code.contains(call));
    let engine = sources();
    let found: Vec<&str> =
        engine.iter().filter(|file| file.path.starts_with("engine/")).filter(appends).map(|file| &*file.path).collect();
    assert_eq!(found, ["engine/write/writer.rs"]);
}

#[test]
fn only_the_command_line_names_its_commands() {
    let is_told_anywhere = |path: &str| DIAGNOSTICS.iter().any(|told| path.starts_with(told));
    let mut found = Vec::new();
    for file in sources().iter().filter(|file| file.path.starts_with("engine/") && !is_told_anywhere(&file.path)) {
        let tests = file.code.find("#[cfg(test)]\nmod tests").unwrap_or(usize::MAX);
        let literals = file.literals.iter().filter(|(at, text)| *at < tests && names_command(text));
        found.extend(literals.map(|(_, text)| format!("{}: {text}", file.path)));
    }
    assert_none(found);
    assert!(names_command("use `bos card move`") && names_command("more: bos validate") && names_command("--force"));
    assert!(!names_command("a -- b") && !names_command("the log of bos is") && !names_command("rev-list"));
}

#[test]
fn packages_stay_in_their_layer() {
    let mut found = Vec::new();
    for file in sources() {
        for (package, layer) in PACKAGES {
            if names_package(&file.code, package) && layer_of(&file.path) != Some(layer) {
                found.push(format!("{}: {package} belongs to {layer}", file.path));
            }
        }
    }
    assert_none(found);
    assert!(names_package("use rusqlite::Connection;", "rusqlite"));
    assert!(names_package("fn f(x: git2::Oid)", "git2"));
    assert!(!names_package("let not_git2 = 1;", "git2"));
}

#[test]
fn domain_and_markdown_are_pure() {
    const IMPURE: &[&str] = &[
        "std::fs",
        "std::io",
        "std::env",
        "std::process",
        "std::net",
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "File::open",
        "fs::",
    ];
    let pure = |file: &&Source| matches!(layer_of(&file.path), Some("domain" | "markdown"));
    let mut found = Vec::new();
    for file in sources().iter().filter(pure) {
        let code = file.code.split("#[cfg(test)]").next().unwrap_or_default();
        let test = file.path.ends_with("/examples.rs") || file.path.ends_with("/laws.rs");
        let names = IMPURE.iter().filter(|name| !test && code.contains(**name));
        found.extend(names.map(|name| format!("{}: {name}", file.path)));
    }
    assert_none(found);
}

/// The files outside of `tree`, `git` and `store` that ask the system for files, and for which: none is of a tree.
const OTHER_FILES: &[(&str, &str)] = &[
    ("engine/base/clock.rs", "the time zone of the machine"),
    ("engine/opening.rs", "the database"),
    ("engine/base/workspace.rs", "the folder that a person named, and those above it"),
    ("engine/sync/merge_driver/mod.rs", "the folder of git's own attributes"),
    ("engine/sync/places.rs", "the git directories of linked work trees"),
    ("engine/sync/watch/fs_events.rs", "whether a folder that is watched is still the same"),
    ("engine/sync/watch/questions.rs", "questions of reads, beside the database"),
    ("engine/sync/watch/mod.rs", "whether tree and database are still there"),
    ("cli/commands/merge_driver.rs", "where this program itself lies"),
    ("cli/commands/man.rs", "a folder for manual pages that a person named"),
    ("cli/complete.rs", "the database"),
    ("cli/editor.rs", "a draft that an editor was given"),
    ("cli/input.rs", "a text that a person named"),
    ("cli/login.rs", "the accounts of the machine"),
];

/// The words by which a file asks the system for files.
fn file_words(code: &str) -> Vec<&'static str> {
    const WORDS: &[&str] =
        &["fs::", ".exists()", ".is_dir()", ".is_file()", ".is_symlink()", ".read_dir()", ".canonicalize()"];
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let stands_alone = |(index, word): (usize, &str)| word.starts_with('.') || !code[..index].ends_with(is_word);
    WORDS.iter().filter(|word| code.match_indices(**word).any(stands_alone)).copied().collect()
}

#[test]
fn files_of_a_tree_are_opened_in_one_place() {
    let is_known = |path: &str| OTHER_FILES.iter().any(|(other, _)| *other == path);
    let mut found = Vec::new();
    for file in sources() {
        let own = matches!(layer_of(&file.path), Some("tree" | "git" | "store"));
        let words = file_words(&file.code);
        if !own && !is_known(&file.path) {
            found.extend(words.iter().map(|word| format!("{}: {word}", file.path)));
        } else if is_known(&file.path) && words.is_empty() {
            found.push(format!("{}: asks for no files any more", file.path));
        }
    }
    assert_none(found);
    for code in ["std::fs::read(path)", "use std::{fs::{self, File}};", "path.exists()", "folder.read_dir()"] {
        assert!(!file_words(code).is_empty(), "{code}");
    }
    assert!(file_words("use crate::prefs::read; tree.has(path)").is_empty());
}

#[test]
fn other_programs_are_run_in_few_places() {
    const RUNNERS: [&str; 4] = ["git/program.rs", "cli/editor.rs", "cli/pager.rs", "cli/ui.rs"];
    let runs = |file: &Source| file.code.contains("Command::new(") && !file.path.starts_with("git/tests/");
    let found: Vec<_> = sources().into_iter().filter(runs).map(|file| file.path).collect();
    assert_eq!(BTreeSet::from_iter(found.iter().map(String::as_str)), BTreeSet::from(RUNNERS));
    // The standard library panics where the pipe to such a program breaks.
    let panics = |file: &Source| {
        file.code.contains(".output()") && file.path.starts_with("git/") && !file.path.starts_with("git/tests/")
    };
    assert_none(sources().into_iter().filter(panics).map(|file| file.path).collect());
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let silent = sources().into_iter().filter(|file| !file.text.starts_with("//!"));
    assert_none(silent.map(|file| file.path).collect());
}

#[test]
fn no_file_is_a_drawer_for_everything() {
    const DRAWERS: &[&str] = &["util", "utils", "helper", "helpers", "common", "types", "misc", "manager"];
    let mut found = Vec::new();
    for file in sources() {
        let parts = file.path.trim_end_matches(".rs").split('/').filter(|part| DRAWERS.contains(part));
        found.extend(parts.map(|part| format!("{}: {part}", file.path)));
    }
    assert_none(found);
}

#[test]
fn no_file_is_too_long_to_read() {
    let long =
        sources().into_iter().map(|file| (file.text.lines().count(), file.path)).filter(|(lines, _)| *lines > 800);
    assert_none(long.map(|(lines, path)| format!("{path}: {lines} lines")).collect());
}

#[test]
fn main_only_runs_the_program() {
    let main = sources().into_iter().find(|file| file.path == "main.rs").unwrap();
    assert!(main.text.lines().count() <= 30);
}
