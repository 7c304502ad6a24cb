//! What only a person at a terminal sees: questions, and lines no wider than the terminal. `script` of util-linux makes
//! the terminal.

#![cfg(target_os = "linux")]

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use unicode_width::UnicodeWidthStr as _;

use crate::{env::TestEnv, random::tell};

/// Runs a command line in a terminal so many columns wide, with what is typed there; gives what the terminal shows.
fn at_terminal(env: &TestEnv, columns: u16, typed: &str, line: &str) -> Option<String> {
    let bos = env.command(&env.root);
    let program = bos.get_program().to_str().unwrap().to_owned();
    let mut script = Command::new("script");
    script.current_dir(&env.root).env_clear();
    script.envs(bos.get_envs().filter_map(|(name, value)| Some((name, value?)))).env("TERM", "xterm");
    script.env("PATH", std::env::var_os("PATH").unwrap()).env("BOS_PAGER", "");
    let line = format!("stty cols {columns} rows 30; {program} {line}");
    script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = script.spawn() else {
        tell("NOT TESTED: script(1) of util-linux is not there");
        return None;
    };
    child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{line}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap().replace("\r\n", "\n").replace('\r', "\n"))
}

const QUESTION: &str = "Let git merge cards key by key in this clone? [Y/n]";

#[test]
fn init_asks_once_and_takes_an_answer() {
    for (typed, installs) in [("y\n", true), ("\n", true), ("YES\n", true), ("n\n", false), ("what?\n", false)] {
        let env = TestEnv::empty();
        env.git(&["init", "-q", "-b", "main"]);
        let Some(shown) = at_terminal(&env, 80, typed, "init") else { return };
        assert_eq!(shown.matches(QUESTION).count(), 1, "{typed:?}: {shown}");
        let attributes = std::fs::read_to_string(env.root.join(".gitattributes")).unwrap_or_default();
        assert_eq!(attributes.contains("merge=bos"), installs, "{typed:?}: {shown}{attributes}");
        assert_eq!(shown.contains("bos merge-driver install it does so"), !installs, "{typed:?}: {shown}");
        // Whoever has it is not asked again, nor is anybody whose output is read by a program.
        let again = at_terminal(&env, 80, "n\n", "init").unwrap();
        assert_eq!(again.contains(QUESTION), !installs, "{typed:?}: {again}");
        assert!(!at_terminal(&env, 80, "", "init --json").unwrap().contains(QUESTION));
        assert!(!at_terminal(&env, 80, "", "init | cat").unwrap().contains(QUESTION));
    }
}

/// What lays out its text, and what is mostly sentences, hashes and paths, which the terminal itself wraps where it is
/// narrow.
const LAID_OUT: [&str; 12] = [
    "board BAKE",
    "board",
    "card list",
    "idea list",
    "next",
    "search bread",
    "stage list",
    "business list",
    "me",
    "conflicts",
    "config list",
    "card deps BAKE-ENG-0001",
];
const SENTENCES: [&str; 5] = ["log --limit 20", "card show BAKE-ENG-0001", "status", "stats BAKE", "audit verify"];

#[test]
fn no_line_is_wider_than_the_terminal() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let mut wide = Vec::new();
    for columns in [40, 60, 80, 200] {
        let sentences = SENTENCES.into_iter().filter(|_| columns >= 80);
        for line in LAID_OUT.into_iter().chain(sentences) {
            let Some(shown) = at_terminal(&env, columns, "", line) else { return };
            let shown = anstream::adapter::strip_str(&shown).to_string();
            let widest = shown.lines().max_by_key(|line| line.width()).unwrap_or_default();
            if widest.width() > usize::from(columns) {
                wide.push(format!("{columns} columns, {line}: {widest:?}"));
            }
        }
    }
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}
