//! What a person types does what is meant, or names the command that does.

use crate::env::TestEnv;

fn imported() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env
}

#[test]
fn an_id_is_found_in_any_case_and_with_any_zeros() {
    let env = imported();
    std::fs::write(env.root.join("text.md"), "Text.\n").unwrap();
    for typed in ["BAKE-ENG-0006", "bake-eng-0006", "bake-eng-6", "Bake-Eng-006", "BAKE-ENG-00006"] {
        for command in [
            &["card", "show", typed][..],
            &["card", "set", typed, "Priority=P3"],
            &["card", "move", typed, "planned"],
            &["card", "history", typed],
            &["card", "deps", typed],
            &["card", "claim", typed],
            &["card", "block", typed, "--reason", "flour"],
            &["card", "unblock", typed],
            &["card", "comment", typed, "word"],
            &["stage", "set", typed, "plan", "--body-file", "text.md"],
            &["stage", "list", typed],
            &["log", typed],
            &["card", "archive", typed],
            &["card", "unarchive", typed],
            &["card", "show", typed, "--at", "2026-11-20"],
        ] {
            env.bos(command).code(0);
        }
    }
    env.bos(&["idea", "show", "bake-opp-1"]).code(0);
    env.bos(&["card", "set", "bake-eng-6", "--depends-on", "bake-eng-3"]).code(0);
    let card = env.bos(&["card", "show", "bake-eng-6", "--json"]).code(0).json();
    assert_eq!(card["card"]["dependencies"][0], "BAKE-ENG-0003");
    env.bos(&["card", "new", "bake", "Two", "--depends-on", "bake-eng-3"]).code(0);
    env.bos(&["card", "show", "bake-eng-66"]).code(3);
    env.bos(&["card", "show", "bake-opp-99"]).code(3);
}

#[test]
fn an_ideas_id_shows_the_idea() {
    let env = imported();
    let idea = env.bos(&["idea", "show", "BAKE-OPP-0001"]).ok();
    assert_eq!(env.bos(&["card", "show", "bake-opp-1"]).ok(), idea);
    assert_eq!(env.bos(&["show", "BAKE-OPP-0001"]).ok(), idea);
    assert_eq!(env.bos(&["card", "show", "BAKE-OPP-0001", "--json"]).code(0).json()["schema"], "bos.idea/1");
}

#[test]
fn an_idea_is_not_taken_for_a_card_that_is_not_there() {
    let env = imported();
    for command in [
        &["card", "move", "bake-opp-2", "planned"][..],
        &["card", "set", "BAKE-OPP-0002", "Priority=P1"],
        &["card", "done", "BAKE-OPP-0002"],
        &["card", "comment", "BAKE-OPP-0002", "word"],
        &["card", "deps", "BAKE-OPP-0002"],
        &["stage", "list", "BAKE-OPP-0002"],
    ] {
        let text = env.bos(command).code(3).stderr;
        assert!(text.contains("BAKE-OPP-0002 is an idea, not a card\nhint: bos idea convert"), "{command:?}: {text}");
    }
    for command in [&["idea", "show", "BAKE-ENG-0006"][..], &["idea", "convert", "bake-eng-6"]] {
        let text = env.bos(command).code(3).stderr;
        assert!(text.contains("BAKE-ENG-0006 is a card, not an idea"), "{command:?}: {text}");
    }
}

#[test]
fn a_title_and_a_comment_need_no_option() {
    let env = imported();
    for words in [
        &["card", "new", "BAKE", "Buy milk"][..],
        &["card", "new", "BAKE", "--title", "Buy milk"],
        &["new", "BAKE", "Buy milk"],
    ] {
        let id = env.bos(words).ok();
        let card = env.bos(&["show", id.trim(), "--json"]).code(0).json();
        assert_eq!(card["card"]["title"], "Buy milk", "{words:?}");
    }
    env.bos(&["idea", "new", "BAKE", "Sell milk"]).code(0);
    env.bos(&["card", "comment", "BAKE-ENG-0006", "One"]).code(0);
    env.bos(&["comment", "BAKE-ENG-0006", "-m", "Two"]).code(0);
    let card = env.bos(&["show", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!(card["comments"].as_array().unwrap().len(), 2);
    for wrong in [
        &["card", "new", "BAKE"][..],
        &["card", "new", "BAKE", "A", "--title", "B"],
        &["card", "comment", "BAKE-ENG-0006"],
        &["card", "comment", "BAKE-ENG-0006", "A", "-m", "B"],
    ] {
        env.bos(wrong).code(2);
    }
}

#[test]
fn commands_without_their_first_word() {
    let env = imported();
    assert_eq!(env.bos(&["list", "BAKE"]).ok(), env.bos(&["card", "list", "BAKE"]).ok());
    assert_eq!(env.bos(&["show", "BAKE-ENG-0006"]).ok(), env.bos(&["card", "show", "BAKE-ENG-0006"]).ok());
    env.bos(&["move", "BAKE-ENG-0006", "planned"]).code(0);
    assert_eq!(env.last_entry()["action"], "move");
    assert_eq!(env.bos(&["version"]).ok(), env.bos(&["--version"]).ok());
    assert_eq!(env.bos(&["conflicts", "list"]).code(0).stderr, env.bos(&["conflicts"]).code(0).stderr);
    let help = env.bos(&["--help"]).ok();
    assert!(!help.contains("\n  version") && !help.contains("\n  show"), "they are not told twice");
}

#[test]
fn a_word_that_is_no_command_names_those_that_are_meant() {
    let env = TestEnv::empty();
    for (typed, meant) in [
        (&["claim", "BAKE-ENG-0006"][..], "bos card claim"),
        (&["history"], "bos card history"),
        (&["verify"], "bos audit verify"),
        (&["resolve"], "bos conflicts resolve"),
        (&["archive"], "bos card archive"),
        (&["card", "ls"], "bos card list"),
        (&["rm"], "bos card delete"),
        (&["cards"], "bos card"),
        (&["cat", "BAKE-ENG-0006"], "bos card show"),
    ] {
        let text = env.bos(typed).code(2).stderr;
        let hint = text.lines().find_map(|line| line.strip_prefix("hint: did you mean "));
        assert!(hint.is_some_and(|hint| hint.contains(meant)), "{typed:?}: {text}");
        let json = env.bos(&[typed, &["--json"]].concat()).code(2).json_error();
        assert!(json["hint"].as_str().unwrap().contains(meant), "{json}");
    }
    // Below a command that stands there, only its own are meant.
    for (typed, meant) in [
        (&["card", "ls"][..], "hint: did you mean bos card list?"),
        (&["-q", "idea", "view", "card"], "hint: did you mean bos idea show?"),
        (&["card", "remove", "X"], "hint: did you mean bos card delete?"),
    ] {
        let text = env.bos(typed).code(2).stderr;
        assert!(text.lines().any(|line| line == meant), "{typed:?}: {text}");
    }
    assert!(!env.bos(&["nonsense"]).code(2).stderr.contains("hint: did you mean"));
}

#[test]
fn empty_lists_say_so_on_standard_error() {
    let env = imported();
    for (command, things) in [
        (&["card", "list", "--tag", "nothing"][..], "cards"),
        (&["board", "--brief", "--tag", "nothing"], "cards"),
        (&["next", "--tag", "nothing"], "cards"),
        (&["idea", "list", "HOME", "--archived"], "ideas"),
        (&["stage", "list", "BAKE-ENG-0006"], "stage docs"),
        (&["search", "zzzz"], "hits"),
        (&["log", "--action", "accept"], "entries"),
    ] {
        let ran = env.bos(command).code(0);
        assert_eq!(ran.stdout, "", "{command:?}");
        assert_eq!(ran.stderr, format!("note: there are no {things} to show\n"), "{command:?}");
        assert_eq!(env.bos(&[command, &["--json"]].concat()).code(0).json()["total"], 0, "{command:?}");
    }
}
