//! What holds for every command: exit codes, errors, where it works, who it is, colours, help, completion, starting.

use std::{fs, path::Path, process::Stdio};

use insta::assert_snapshot;

use crate::env::{Ran, TestEnv};

fn imported() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env
}

/// Every command by its words, the program itself first.
fn commands(env: &TestEnv) -> Vec<Vec<String>> {
    let mut found = vec![Vec::new()];
    let mut next = 0;
    while next < found.len() {
        let path: Vec<String> = found[next].clone();
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let help = env.bos(&[&words[..], &["--help"]].concat()).ok();
        let section = help.split("\nCommands:\n").nth(1).unwrap_or_default();
        let lines = section.lines().take_while(|line| line.starts_with("  ") || line.is_empty());
        let named = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        for name in named.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
            found.push([&path[..], &[name.to_owned()]].concat());
        }
        next += 1;
    }
    found
}

#[test]
fn the_table_of_exit_codes() {
    let env = imported();
    env.bos(&["board", "BAKE"]).code(0);
    env.write("cards/BAKE-ENG-0050.user.md", "---\nLane: [\n---\n");
    env.bos(&["validate"]).code(1);
    env.bos(&["import"]).code(1);
    env.bos(&["card", "move", "BAKE-ENG-0006", "someday"]).code(2);
    env.bos(&["nonsense"]).code(2);
    env.bos(&["card"]).code(2);
    env.bos(&[]).code(2);
    env.bos(&["card", "show", "NOPE-1"]).code(3);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P9"]).code(4);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--expect", "0"]).code(5);
    env.bos(&["--help"]).code(0);
    env.bos(&["--version"]).code(0);
}

#[test]
fn a_held_database_is_busy() {
    let env = imported();
    let database = env.database();
    let holder = rusqlite::Connection::open(&database).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]);
    assert_snapshot!(ran.code(6).stderr, @r"
    error: the database failed: database is locked
    caused by: Error code 5: database is locked
    hint: another bos is writing; nothing was changed here, try again
    ");
    env.bos(&["board", "BAKE"]).code(0);
}

#[test]
fn a_newer_database_is_refused() {
    let env = imported();
    let database = env.database();
    rusqlite::Connection::open(&database).unwrap().execute_batch("PRAGMA user_version = 9999").unwrap();
    let ran = env.bos(&["board", "BAKE"]);
    assert!(ran.code > 3 && ran.stderr.contains("newer"), "{ran:?}");
}

#[test]
fn an_error_as_text_and_as_json() {
    let env = imported();
    assert_snapshot!(env.bos(&["card", "show", "BAKE-ENG-O006"]).code(3).stderr, @r"
    error: there is no card BAKE-ENG-O006
    hint: did you mean BAKE-ENG-0006?
    ");
    let json = env.bos(&["card", "show", "BAKE-ENG-O006", "--json"]).code(3);
    assert_eq!(json.stdout, "");
    assert_snapshot!(json.stderr, @r#"{"schema":"bos.error/1","kind":"not_found","message":"there is no card BAKE-ENG-O006","causes":[],"hint":"did you mean BAKE-ENG-0006?"}"#);
}

#[test]
fn every_kind_of_error_as_json() {
    let env = imported();
    let kind = |ran: Ran, code: i32| {
        let error = ran.code(code).json_error();
        assert_eq!(error["schema"], "bos.error/1");
        let keys: Vec<&String> = error.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["schema", "kind", "message", "causes", "hint"]);
        assert!(!error["message"].as_str().unwrap().is_empty() && error["causes"].is_array(), "{error}");
        error["kind"].as_str().unwrap().to_owned()
    };
    assert_eq!(kind(env.bos(&["nonsense", "--json"]), 2), "usage");
    assert_eq!(kind(env.bos(&["--json"]), 2), "usage");
    assert_eq!(kind(env.bos(&["--json", "card"]), 2), "usage");
    assert_eq!(kind(env.bos(&["board", "--json", "--limit", "many"]), 2), "usage");
    assert_eq!(kind(env.bos(&["card", "move", "BAKE-ENG-0006", "someday", "--json"]), 2), "usage");
    assert_eq!(kind(env.bos(&["import", "--theirs", "--json"]), 2), "usage");
    assert_eq!(kind(env.bos(&["board", "NOPE", "--json"]), 3), "not_found");
    assert_eq!(kind(env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P9", "--json"]), 4), "invalid");
    assert_eq!(kind(env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--expect", "0", "--json"]), 5), "conflict");
    let nowhere = TestEnv::empty();
    assert_eq!(kind(nowhere.bos(&["board", "--json"]), 3), "not_found");
    fs::write(env.root.join("no-database"), "this is no database, but it is long enough to look like one").unwrap();
    let ran = env.bos(&["board", "--db", "no-database", "--json"]);
    assert_eq!(kind(ran, 6), "unavailable");
}

#[test]
fn outside_of_a_tree() {
    let env = TestEnv::empty();
    for command in [&["board"][..], &["import"], &["validate"], &["card", "show", "X-1"], &["status"], &["log"]] {
        let ran = env.bos(command).code(3);
        assert!(ran.stderr.contains("hint: start one here with `bos init`"), "{command:?}\n{}", ran.stderr);
    }
    assert_eq!(fs::read_dir(&env.root).unwrap().count(), 0, "nothing is made");
    env.bos(&["-C", "nowhere", "board"]).code(3);
}

#[test]
fn an_automatic_first_import_changes_no_exit_code() {
    let env = TestEnv::repository("broken");
    let ran = env.bos(&["board", "BAD"]).code(0);
    assert_snapshot!(ran.stderr, @r"
    note: the first import found 22 errors in 34 files: bos validate
    note: 16 documents could not be read: bos validate
    ");
    let env = TestEnv::repository("broken");
    env.bos(&["card", "show", "NOPE-1"]).code(3);
    let env = TestEnv::repository("broken");
    env.bos(&["card", "move", "BAD-ENG-0001", "done"]).code(0);
}

#[test]
fn a_name_is_found_where_no_variable_holds_one() {
    let env = TestEnv::fixture("bakery");
    let ran = env.command(&env.root).env_remove("BOS_ACTOR").args(["board", "BAKE"]).output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn the_actor_is_the_flag_then_the_variable_then_git() {
    let env = imported();
    let actor = |ran: Ran| {
        ran.code(0);
        let entry = env.last_entry();
        format!("{} for {}", entry["actor"].as_str().unwrap(), entry["initiator"].as_str().unwrap())
    };
    let set = |value: &'static str, rest: &[&'static str]| [&["card", "set", "BAKE-ENG-0006", value], rest].concat();
    assert_eq!(actor(env.bos(&set("Priority=P0", &["--actor", "Zoë"]))), "Zoë for Zoë");
    assert_eq!(actor(env.bos(&set("Priority=P1", &["--initiator", "Sami"]))), "Nora for Sami");
    env.git(&["config", "user.name", "Ada of Git"]);
    let mut command = env.command(&env.root);
    command.env_remove("BOS_ACTOR").args(set("Priority=P2", &[]));
    assert!(command.output().unwrap().status.success());
    assert_eq!(env.last_entry()["actor"], "Ada of Git");
}

#[test]
fn names_that_could_forge_a_trailer_are_refused() {
    let env = imported();
    let before = env.log_length();
    let long = "x".repeat(101);
    for name in ["a=b", "a,b", "a\nAudit: b", "<a>", "a\u{202e}b", "", " ", long.as_str()] {
        let ran = env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1", "--actor", name]).code(4);
        assert!(ran.stderr.contains("hint: name yourself with --actor"), "{name:?}: {}", ran.stderr);
        env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1", "--initiator", name]).code(4);
    }
    assert_eq!(env.log_length(), before);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1", "--actor", &"x".repeat(100)]).code(0);
}

#[test]
fn the_clock_must_be_a_time() {
    let env = imported();
    assert_snapshot!(env.bos_with(&[("BOS_NOW", "yesterday")], &["board"]).code(2).stderr, @r"
    error: BOS_NOW=yesterday is not an RFC 3339 time
    hint: write it like 2026-03-01T09:00:00Z
    ");
    env.bos_with(&[("BOS_NOW", "2026-01-01T10:00:00+02:00")], &["board"]).code(0);
}

#[test]
fn a_folder_can_be_named() {
    let env = imported();
    let elsewhere = env.home();
    let root = env.root.to_str().unwrap();
    env.bos_in(elsewhere, &["board", "BAKE"]).code(3);
    let board = env.bos(&["board", "BAKE"]).ok();
    assert_eq!(env.bos_in(elsewhere, &["-C", root, "board", "BAKE"]).ok(), board);
    assert_eq!(
        env.bos_in(elsewhere, &["board", "BAKE", "--repo", "work/docs"]).ok(),
        board,
        "the root is looked for upwards"
    );
    let mut command = env.command(elsewhere);
    assert_eq!(command.env("BOS_REPO", root).args(["board", "BAKE"]).output().unwrap().stdout, board.as_bytes());
    assert_eq!(env.bos_in(&env.path("cards"), &["board", "BAKE"]).ok(), board);
}

#[test]
fn a_database_can_be_named() {
    let env = TestEnv::repository("bakery");
    let database = env.home().join("other place").join("my.db");
    let name = database.to_str().unwrap();
    env.bos(&["board", "--db", name]).code(0);
    assert!(database.exists() && !env.root.join(".git/bos").exists());
    let status = env.bos_with(&[("BOS_DB", name)], &["status", "--json"]).code(0).json();
    assert_eq!(status["database"], name);
}

#[test]
fn the_database_is_where_the_design_puts_it() {
    let env = imported();
    assert_eq!(env.database(), env.root.join(".git/bos/root/bos.db"));
    assert_eq!(env.git(&["status", "--porcelain"]), "");
    let plain = TestEnv::fixture("bakery");
    assert_eq!(plain.database(), plain.root.join(".bos/bos.db"));
}

#[test]
fn a_closed_pipe_is_quiet() {
    let env = TestEnv::fixture("quirks");
    env.bos(&["import"]).code(0);
    for command in [&["board", "SHOP"][..], &["log", "--json"], &["validate"], &["man"], &["--help"]] {
        let mut child =
            env.command(&env.root).args(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(
            (ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()),
            (Some(0), ""),
            "{command:?}"
        );
    }
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let env = imported();
    let escapes = |ran: Ran| ran.stdout.contains('\u{1b}');
    assert!(!escapes(env.bos(&["board", "BAKE"]).code(0)));
    assert!(escapes(env.bos(&["board", "BAKE", "--color", "always"]).code(0)));
    assert!(!escapes(env.bos(&["board", "BAKE", "--color=never"]).code(0)));
    assert!(!escapes(env.bos_with(&[("NO_COLOR", "1")], &["board", "BAKE"]).code(0)));
    env.bos(&["board", "--color", "sometimes"]).code(2);
}

#[test]
fn quiet_and_verbose() {
    let env = TestEnv::repository("broken");
    assert_eq!(env.bos(&["-q", "board", "BAD"]).code(0).stderr, "");
    let told = env.bos(&["board", "BAD", "--verbose"]).code(0).stderr;
    assert!(told.contains("note: database: "), "{told}");
    env.bos(&["-q", "-v", "board"]).code(2);
}

#[test]
fn every_command_has_help() {
    let env = TestEnv::empty();
    let commands = commands(&env);
    let names: Vec<String> = commands.iter().skip(1).map(|path| path.join(" ")).collect();
    assert_snapshot!(names.join("\n"), @"
    init
    import
    board
    next
    card
    me
    idea
    stage
    business
    search
    graph
    stats
    status
    export
    conflicts
    watch
    validate
    guard
    merge-driver
    log
    import-from
    apply
    undo
    audit
    guide
    config
    schema
    completions
    man
    card list
    card show
    card new
    card set
    card edit
    card move
    card comment
    card claim
    card block
    card unblock
    card done
    card propose
    card accept
    card archive
    card unarchive
    card delete
    card history
    card deps
    idea list
    idea show
    idea new
    idea set
    idea work
    idea convert
    idea drop
    stage list
    stage show
    stage set
    business list
    business show
    business new
    business set
    conflicts show
    conflicts resolve
    merge-driver install
    merge-driver uninstall
    import-from backlog
    import-from github
    import-from trello
    import-from taskwarrior
    import-from csv
    audit verify
    audit rebuild
    config get
    config set
    config list
    ");
    for path in commands {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let short = env.bos(&[&words[..], &["-h"]].concat()).ok();
        let about = short.lines().next().unwrap_or_default();
        assert!(about.len() > 10 && about.len() < 100, "{path:?}: {about}");
        assert!(
            !about.starts_with("Usage") && !about.ends_with('.') && !short.contains("Examples:"),
            "{path:?}:\n{short}"
        );
        for option in short.lines().filter(|line| line.trim_start().starts_with("--") && !line.contains("  -")) {
            assert!(option.trim().contains("  "), "{path:?}: an option without a word: {option}");
        }
        let long = env.bos(&[&words[..], &["--help"]].concat()).ok();
        assert!(long.starts_with(about), "{path:?}");
        assert!(!long.contains("      --json\n") && long.contains("bos help options"), "{path:?}: they are said once");
        let page = env.bos(&[&["man"], &words[..]].concat()).ok();
        assert!(page.starts_with(".ie") && page.contains(".SH SYNOPSIS"), "{path:?}: {page}");
    }
    env.bos(&["man", "nonsense"]).code(2);
    let options = env.bos(&["help", "options"]).ok();
    assert!(options.contains("--json") && options.contains("--initiator"), "{options}");
    assert_eq!(env.bos(&["options"]).ok(), options);
}

#[test]
fn examples_in_help_are_commands_that_exist() {
    let env = TestEnv::empty();
    let known = commands(&env);
    for path in &known {
        let words: Vec<&str> = path.iter().map(String::as_str).collect();
        let help = env.bos(&[&words[..], &["--help"]].concat()).ok();
        for line in help.lines().filter_map(|line| line.trim().strip_prefix("bos ")) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let found = known.iter().any(|path| !path.is_empty() && path.iter().eq(words.iter().take(path.len())));
            assert!(found, "{path:?}: bos {line}");
        }
    }
}

#[test]
fn completions_are_checked_in() {
    let env = TestEnv::empty();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    let files =
        [("bash", "bos.bash"), ("zsh", "_bos"), ("fish", "bos.fish"), ("elvish", "bos.elv"), ("powershell", "bos.ps1")];
    for (shell, file) in files {
        let script = env.bos(&["completions", shell]).ok();
        let stored = fs::read_to_string(folder.join(file)).unwrap();
        assert!(script == stored, "completions/{file} is not what `bos completions {shell}` prints");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), files.len());
    env.bos(&["completions", "tcsh"]).code(2);
}

/// What bash offers for the last of these words, through the variables its registration script sets.
fn completed(env: &TestEnv, words: &[&str]) -> Vec<String> {
    let ran = env
        .command(&env.root)
        .env("COMPLETE", "bash")
        .env("_CLAP_IFS", "\n")
        .env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "true")
        .arg("--")
        .args(words)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn completion_offers_what_there_is() {
    let env = imported();
    assert_eq!(completed(&env, &["bos", "card", "show", "BAKE-ENG-000"]).len(), 8);
    assert_eq!(completed(&env, &["bos", "card", "set", "home"]), ["HOME-ENG-0001", "HOME-ENG-0002"]);
    assert_eq!(completed(&env, &["bos", "idea", "show", "home"]), ["HOME-OPP-0001"]);
    assert_eq!(completed(&env, &["bos", "log", "home"]), ["HOME-ENG-0001", "HOME-ENG-0002", "HOME-OPP-0001"]);
    assert_eq!(completed(&env, &["bos", "board", "B"]), ["BAKE", "BIKE"]);
    assert_eq!(completed(&env, &["bos", "card", "move", "BAKE-ENG-0001", "in"]), ["inbox", "in-progress"]);
    assert_eq!(completed(&env, &["bos", "board", "--lane", "re"]), ["reflected"]);
    assert_eq!(completed(&env, &["bos", "card", "mo"]), ["move"]);
}

#[test]
fn completion_makes_no_database() {
    let env = TestEnv::repository("bakery");
    assert!(completed(&env, &["bos", "card", "show", "B"]).is_empty());
    assert!(!env.root.join(".git/bos").exists());
}

#[test]
fn init_makes_a_tree_and_a_database() {
    let env = TestEnv::empty();
    let text = env.bos(&["init"]).ok().replace(env.root.to_str().unwrap(), "ROOT");
    assert_snapshot!(text, @r#"
    Made a tree at ROOT:
      docs/business-os/strategy/businesses.json
    Database: ROOT/.bos/bos.db
    Next: bos card new BUSINESS --title "..."
    "#);
    env.bos(&["validate"]).code(0);
    let again = env.bos(&["init"]).ok().replace(env.root.to_str().unwrap(), "ROOT");
    assert_snapshot!(again, @r#"
    The tree at ROOT was there already.
    Database: ROOT/.bos/bos.db
    Next: bos card new BUSINESS --title "..."
    "#);
    assert_snapshot!(env.bos(&["init", "--sample"]).code(4).stderr.replace(env.root.to_str().unwrap(), "ROOT"), @r"
    error: there is a tree at ROOT already
    hint: `bos board` shows it
    ");
}

#[test]
fn the_sample_is_clean_and_has_something_to_see() {
    let env = TestEnv::empty();
    env.git(&["init", "-q", "-b", "main"]);
    let text = env.bos(&["init", "--sample"]).ok().replace(env.root.to_str().unwrap(), "ROOT");
    assert_snapshot!(text, @r"
    Made a tree at ROOT:
      docs/business-os/strategy/businesses.json
      docs/business-os/cards/SHOP-ENG-0001.user.md
      docs/business-os/cards/SHOP-ENG-0002.user.md
      docs/business-os/cards/SHOP-ENG-0002/build.user.md
      docs/business-os/cards/SHOP-ENG-0003.user.md
      docs/business-os/cards/HOME-ENG-0001.user.md
      docs/business-os/ideas/inbox/SHOP-OPP-0001.user.md
    Database: ROOT/.git/bos/root/bos.db
    Next: bos board SHOP
    ");
    assert_snapshot!(env.bos(&["validate"]).ok(), @"0 errors, 0 warnings in 6 documents");
    assert!(env.bos(&["board", "SHOP"]).ok().contains("SHOP-ENG-0001"));
    assert_eq!(env.bos(&["status", "--json"]).code(0).json()["in_sync"], true);
    env.bos(&["card", "move", "SHOP-ENG-0001", "done"]).code(0);
    env.verify();
}

#[test]
fn init_in_a_folder_of_a_repository_makes_the_tree_at_its_top() {
    let env = TestEnv::empty();
    env.git(&["init", "-q"]);
    fs::create_dir(env.root.join("sub")).unwrap();
    let report = env.bos_in(&env.root.join("sub"), &["init", "--json"]).code(0).json();
    assert_eq!(report["root"], env.root.to_str().unwrap());
}

#[test]
fn no_test_file_is_forgotten() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/integration");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.strip_suffix(".rs").filter(|module| *module != "main");
        if let Some(module) = module {
            assert!(main.lines().any(|line| line.trim_start_matches("pub ") == format!("mod {module};")), "{name}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page_in_the_folder() {
    let env = TestEnv::empty();
    let folder = env.home().join("man1");
    env.bos(&["man", "--all", folder.to_str().unwrap()]).code(0);
    let names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    for name in ["bos.1", "bos-board.1", "bos-card-move.1"] {
        assert!(names.iter().any(|found| found == name), "{name}: {names:?}");
    }
    assert!(names.iter().all(|name| !name.contains("help")), "{names:?}");
    let page = std::fs::read_to_string(folder.join("bos-card-move.1")).unwrap();
    assert!(page.contains(".TH"), "{page}");
}

/// What the help says to begin with does what it says, in an empty folder.
#[test]
fn the_first_steps_of_the_help_work() {
    let env = TestEnv::empty();
    let help = env.bos(&["help"]).ok();
    let steps = help.split_once("Start here:\n").unwrap().1.lines().take_while(|line| !line.is_empty());
    for step in steps {
        let command = step.trim().split("   ").next().unwrap();
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        assert_eq!(env.bos(&words).code, 0, "{command}");
    }
}

/// Colours of help and usage errors follow the same rules as all other output.
#[test]
fn help_is_coloured_as_everything_else_is() {
    let env = TestEnv::fixture("bakery");
    type Case = (&'static [(&'static str, &'static str)], &'static [&'static str], bool);
    let cases: [Case; 6] = [
        (&[], &[], false),
        (&[("CLICOLOR_FORCE", "1")], &[], true),
        (&[("CLICOLOR_FORCE", "0")], &[], false),
        (&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[], false),
        (&[("CLICOLOR_FORCE", "1")], &["--color", "never"], false),
        (&[], &["--color=always"], true),
    ];
    for (variables, options, is_coloured) in cases {
        for (words, code) in
            [(&["card", "--help"][..], 0), (&["help"], 0), (&["card", "mov"], 2), (&["board", "--x"], 2)]
        {
            let ran = env.bos_with(variables, &[options, words].concat());
            assert_eq!(ran.code, code, "{variables:?} {options:?} {words:?}");
            let text = ran.stdout + &ran.stderr;
            assert_eq!(text.contains('\x1b'), is_coloured, "{variables:?} {options:?} {words:?} {text}");
        }
    }
}
