//! What a command did and cannot report, because standard output is full: it says so on standard error.

use std::{collections::BTreeSet, fs};

use crate::env::{FIXTURES, TestEnv};

/// The commands that change nothing, and those that go on until they are stopped.
const READERS: &[&str] = &[
    "audit",
    "audit-verify",
    "board",
    "business",
    "business-list",
    "business-show",
    "card",
    "card-deps",
    "card-history",
    "card-list",
    "card-show",
    "completions",
    "config",
    "config-get",
    "config-list",
    "conflicts",
    "conflicts-show",
    "graph",
    "guard",
    "idea",
    "idea-list",
    "idea-show",
    "import-from",
    "log",
    "man",
    "me",
    "merge-driver",
    "next",
    "schema",
    "search",
    "stage",
    "stage-list",
    "stage-show",
    "stats",
    "status",
    "validate",
    "watch",
];

/// Runs a command whose standard output is full.
fn into_full(env: &TestEnv, arguments: &[&str]) -> (Option<i32>, String) {
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let editor = "sed -i s/plain/white/";
    let ran = env.command(&env.root).args(arguments).env("EDITOR", editor).stdout(full).output().unwrap();
    (ran.status.code(), String::from_utf8(ran.stderr).unwrap())
}

/// Every command that writes, in an order in which each has something to do, and what it says that it did.
fn writers(exports: &str) -> Vec<(String, &'static str)> {
    let from = |rest: &str| format!("import-from {rest} --business BAKE");
    let card = "BAKE-ENG-0006";
    [
        ("init".to_owned(), "the tree is set up"),
        ("import".to_owned(), "the files were imported"),
        ("card new BAKE --title Gate".to_owned(), "BAKE-ENG-0009 was made"),
        ("card new BAKE --title Roof --json".to_owned(), "BAKE-ENG-0010 was made"),
        (format!("card set {card} Size=L"), "BAKE-ENG-0006 was changed"),
        (format!("card edit {card}"), "BAKE-ENG-0006 was changed"),
        (format!("card comment {card} well"), "was made"),
        (format!("card move {card} planned"), "BAKE-ENG-0006 was changed"),
        (format!("card claim {card}"), "BAKE-ENG-0006 was changed"),
        (format!("card block {card} --reason rain"), "BAKE-ENG-0006 was changed"),
        (format!("card unblock {card}"), "BAKE-ENG-0006 was changed"),
        (format!("card propose {card} in-progress"), "BAKE-ENG-0006 was changed"),
        (format!("card accept {card}"), "BAKE-ENG-0006 was changed"),
        (format!("stage set {card} plan --body-file {exports}/README.md"), "BAKE-ENG-0006/plan was"),
        (format!("card done {card}"), "BAKE-ENG-0006 was changed"),
        (format!("card archive {card}"), "BAKE-ENG-0006 was changed"),
        (format!("card unarchive {card}"), "BAKE-ENG-0006 was changed"),
        ("card delete BAKE-ENG-0010 --reason twice".to_owned(), "BAKE-ENG-0010 was changed"),
        ("idea new BAKE Rain".to_owned(), "was made"),
        ("idea set BAKE-OPP-0003 Size=L".to_owned(), "BAKE-OPP-0003 was changed"),
        ("idea work BAKE-OPP-0003".to_owned(), "BAKE-OPP-0003 was changed"),
        ("idea convert BAKE-OPP-0003".to_owned(), "was made"),
        ("undo".to_owned(), "it was undone"),
        ("idea drop BAKE-OPP-0003 --reason no".to_owned(), "BAKE-OPP-0003 was changed"),
        ("business new NEWS News".to_owned(), "NEWS was made"),
        ("business set NEWS name=Paper".to_owned(), "NEWS was changed"),
        (format!("apply {exports}/changes"), "BAKE-ENG-0006 was changed"),
        (from(&format!("backlog {exports}/backlog")), "4 cards were made"),
        (from(&format!("github {exports}/github.json --json")), "2 cards were made"),
        (from(&format!("trello {exports}/trello.json")), "2 cards were made"),
        (from(&format!("taskwarrior {exports}/taskwarrior.json")), "3 cards were made"),
        (from(&format!("csv {exports}/table.csv --map id=Source,what=Title")), "3 cards were made"),
        ("config set owner Nora".to_owned(), "owner was changed"),
        ("guide --agents-md".to_owned(), "AGENTS.md was written"),
        ("merge-driver install".to_owned(), "git was set up"),
        ("merge-driver uninstall".to_owned(), "git was set back"),
        ("audit rebuild".to_owned(), "the tables were rebuilt"),
        ("export".to_owned(), "everything was exported as far as it could be"),
    ]
    .into()
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_done_and_cannot_be_told_is_said() {
    let env = TestEnv::repository("bakery");
    let exports = env.home().join("exports").display().to_string();
    crate::env::copy(format!("{FIXTURES}/exports").as_ref(), exports.as_ref());
    fs::write(
        format!("{exports}/changes"),
        r#"{"entity":"card","action":"set","id":"BAKE-ENG-0006","changes":{"Size":{"to":"S"}}}"#,
    )
    .unwrap();
    for (command, done) in writers(&exports) {
        let arguments: Vec<&str> = command.split(' ').collect();
        let (code, told) = into_full(&env, &arguments);
        assert_eq!(code, Some(6), "{command}: {told}");
        assert!(told.contains("standard output cannot be written"), "{command}: {told}");
        assert!(told.contains(done) && told.contains("bos log"), "{command}: {told}");
    }
    // What changes nothing says nothing of the kind.
    for command in [
        "board",
        "card list",
        "config get owner",
        "config set owner Nora",
        "guide",
        "guide --agents-md",
        "merge-driver uninstall",
        "card set BAKE-ENG-0006 Size=S",
        &format!("apply {exports}/changes --dry-run"),
        &format!("import-from github {exports}/github.json --business BAKE --json"),
        &format!("import-from backlog {exports}/backlog --business BAKE --source x --dry-run"),
    ] {
        let (code, told) = into_full(&env, &command.split(' ').collect::<Vec<_>>());
        assert_eq!(code, Some(6), "{command}: {told}");
        assert!(!told.contains(", but") && !told.contains("bos log"), "{command}: {told}");
    }
    env.verify();
}

/// A conflict is made elsewhere; its settlement is tested there (`conflicts.rs`).
const ELSEWHERE: &[&str] = &["conflicts-resolve", "merge-driver-run"];

#[test]
fn no_command_that_writes_is_forgotten() {
    let env = TestEnv::empty();
    env.bos(&["man", "--all", "pages"]).code(0);
    let pages = fs::read_dir(env.root.join("pages")).unwrap();
    let names = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    let all: BTreeSet<String> =
        names.filter_map(|name| Some(name.strip_prefix("bos-")?.strip_suffix(".1")?.to_owned())).collect();
    let is_written = |name: &String| {
        writers("").iter().any(|(command, _)| format!("{command} ").replace(' ', "-").starts_with(&format!("{name}-")))
    };
    let left: Vec<&String> = all
        .iter()
        .filter(|name| !is_written(name) && !READERS.contains(&name.as_str()) && !ELSEWHERE.contains(&name.as_str()))
        .collect();
    assert!(all.len() > 50 && left.is_empty(), "{} commands, and these do neither: {left:?}", all.len());
}
