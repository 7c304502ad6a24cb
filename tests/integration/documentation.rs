//! What the documents name is there: paths, commands, flags; and the architecture page keeps its form.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::env::TestEnv;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The documents that are held to it.
const DOCUMENTS: [&str; 12] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/ci.md",
    "docs/decisions.md",
    "docs/files-and-git.md",
    "docs/reference.md",
    "docs/tour.md",
    "fixtures/README.md",
    "fuzz/README.md",
];

/// How paths begin that are not of this project: those of a person's tree, of git, of the database.
const FOREIGN: [&str; 13] = [
    "docs/business-os",
    "cards/",
    "ideas/",
    "strategy/",
    ".git/",
    ".bos/",
    "AGENTS.md",
    "bos.toml",
    "plan.md",
    "build.md",
    "work/business-os-export",
    "origin/HEAD",
    "YOUR-ORGANISATION/",
];

/// A file of the project.
#[track_caller]
pub(crate) fn project_file(path: &str) -> String {
    let text = fs::read_to_string(Path::new(ROOT).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.replace("\r\n", "\n")
}

/// The fenced blocks of a document in this language.
pub(crate) fn fenced(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split("\n```").filter_map(|part| format!("```{part}\n").strip_prefix(&fence).map(str::to_owned)).collect()
}

/// The words in backticks outside of fenced blocks.
fn in_backticks(text: &str) -> Vec<String> {
    let mut prose = String::new();
    let mut is_fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            prose += line;
            prose.push(' ');
        }
    }
    prose.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn looks_like_a_path(text: &str) -> bool {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    let known_end = [".md", ".rs", ".toml", ".lock", ".sql"].iter().any(|end| text.ends_with(end));
    plain && (text.contains('/') || known_end) && !FOREIGN.iter().any(|start| text.starts_with(start))
}

#[test]
fn every_path_exists() {
    for document in DOCUMENTS {
        let text = project_file(document);
        let beside = Path::new(document).parent().unwrap();
        for path in in_backticks(&text).iter().filter(|text| looks_like_a_path(text)) {
            let there = Path::new(ROOT).join(path).exists() || Path::new(ROOT).join(beside).join(path).exists();
            assert!(there, "{document} names `{path}`, which is not there");
        }
    }
}

/// The help of every command, by the words that lead to it.
fn help() -> BTreeMap<Vec<String>, String> {
    let env = TestEnv::empty();
    let everywhere = env.bos(&["help", "options"]).ok();
    let mut help = BTreeMap::new();
    let mut pending: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(words) = pending.pop() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let text = env.bos(&arguments).ok();
        let listed = text.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
        for line in listed.lines() {
            let name = line.split_whitespace().next().filter(|_| line.starts_with("  ") && !line.starts_with("   "));
            pending.extend(name.filter(|name| *name != "help").map(|name| {
                let mut longer = words.clone();
                longer.push(name.to_owned());
                longer
            }));
        }
        help.insert(words, text + &everywhere);
    }
    help
}

fn flags(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| c.is_whitespace() || ",[]()`'\"".contains(c));
    let flags = words.map(|word| word.split('=').next().unwrap_or_default());
    let is_flag = |word: &&str| word.starts_with("--") && word.len() > 2 || word.len() == 2 && word.starts_with('-');
    flags.filter(is_flag).map(|flag| flag.trim_end_matches(['.', ':', ';']).to_owned()).collect()
}

#[test]
fn every_command_and_flag_exists() {
    let help = help();
    assert!(help.contains_key(&vec!["card".to_owned(), "move".to_owned()]), "{:?}", help.keys());
    let all: BTreeSet<String> = help.values().flat_map(|text| flags(text)).collect();
    let mut checked = 0;
    for document in DOCUMENTS {
        let text = project_file(document);
        let prose = in_backticks(&text);
        let lines = text.lines().map(|line| line.trim().trim_start_matches("- run: ").trim_start_matches("$ "));
        let typed = prose.iter().map(String::as_str).chain(lines);
        for line in typed.filter_map(|line| line.strip_prefix("bos ")) {
            // A line of prose that begins with the name of the program is no command.
            let words: Vec<&str> = line.split(" | ").next().unwrap_or_default().split(' ').collect();
            if words.iter().any(|word| word.contains('`')) {
                continue;
            }
            let mut found: Vec<String> = Vec::new();
            for word in &words {
                let longer = [found.as_slice(), &[(*word).to_owned()]].concat();
                if !help.contains_key(&longer) {
                    let takes_a_command =
                        help.keys().any(|known| known.len() > found.len() && known.starts_with(&found));
                    assert!(!takes_a_command || word.starts_with('-'), "{document}: there is no command `bos {line}`");
                    break;
                }
                found = longer;
            }
            let text = &help[&found];
            for flag in flags(line) {
                assert!(flags(text).contains(&flag), "{document}: `bos {line}` has no {flag}");
            }
            checked += 1;
        }
        for flag in prose.iter().filter(|text| text.starts_with("--") || text.len() == 2 && text.starts_with('-')) {
            let flag = flag.split(' ').next().unwrap_or_default();
            assert!(all.contains(flag), "{document}: no command has {flag}");
        }
    }
    assert!(checked > 40, "{checked}");
}

fn folders_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            folders_below(&path, found);
            found.push(path);
        }
    }
}

#[test]
fn the_architecture_page_is_short_and_maps_every_folder() {
    let page = project_file("ARCHITECTURE.md");
    assert!(page.lines().count() <= 150, "{} lines", page.lines().count());
    assert!(page.matches("Invariant:").count() >= 8);
    let mut folders = Vec::new();
    folders_below(&Path::new(ROOT).join("src"), &mut folders);
    assert!(folders.len() > 8, "{folders:?}");
    for folder in folders {
        let parts: Vec<_> = folder.strip_prefix(ROOT).unwrap().iter().map(|part| part.to_str().unwrap()).collect();
        let name = format!("`{}/`", parts.join("/"));
        assert!(page.contains(&name), "the code map of ARCHITECTURE.md lacks {name}");
    }
}
