//! What a write may not do, whichever command or import asks for it: a claim binds, and an agent moves no card.

use insta::assert_snapshot;

use crate::env::{Ran, TestEnv};

/// The next day: every claim without a time of its own is over.
const LATER: &str = "2026-11-21T10:00:00Z";

const CARD: &str = "BAKE-ENG-0003";

fn by(env: &TestEnv, actor: &str, arguments: &[&str]) -> Ran {
    env.bos_with(&[("BOS_ACTOR", actor), ("EDITOR", "sed -i s/^Owner:.*/Owner:\\ Somebody/")], arguments)
}

/// Every command that changes a card, without its ID's place: `{}`.
const CHANGES: [&[&str]; 12] = [
    &["card", "set", "{}", "Priority=P0"],
    &["card", "set", "{}", "--body-file", "body.md"],
    &["card", "move", "{}", "blocked"],
    &["card", "done", "{}"],
    &["card", "block", "{}"],
    &["card", "unblock", "{}"],
    &["card", "archive", "{}"],
    &["card", "delete", "{}", "--reason", "x"],
    &["card", "unarchive", "{}"],
    &["card", "accept", "{}"],
    &["card", "edit", "{}"],
    &["stage", "set", "{}", "build", "--body-file", "body.md"],
];

fn of(change: &[&'static str], id: &'static str) -> Vec<&'static str> {
    change.iter().map(|part| if *part == "{}" { id } else { part }).collect()
}

/// A tree with a card on which each of the changes has something to do, claimed by Nora.
fn claimed(change: &[&str]) -> TestEnv {
    let env = TestEnv::fixture("bakery");
    std::fs::write(env.root.join("body.md"), "New.\n").unwrap();
    match change[1] {
        "unblock" => env.bos(&["card", "block", CARD]).ok(),
        "unarchive" => env.bos(&["card", "archive", CARD]).ok(),
        // What the holder proposes, anybody may accept.
        "accept" => by(&env, "Pete", &["card", "propose", CARD, "blocked"]).ok(),
        _ => String::new(),
    };
    if change[1] == "unarchive" {
        env.bos(&["card", "unarchive", CARD]).ok();
        env.bos(&["card", "claim", CARD]).ok();
        env.bos(&["card", "archive", CARD]).ok();
    } else {
        env.bos(&["card", "claim", CARD]).ok();
    }
    env
}

#[test]
fn a_claim_binds_everybody_but_its_holder() {
    for change in CHANGES {
        let change = of(change, CARD);
        let env = claimed(&change);
        let length = env.log_length();
        let refused = by(&env, "Pete", &change).code(5);
        assert!(refused.stderr.contains("is claimed by Nora until 2026-11-20T18:00:00Z"), "{change:?} {refused:?}");
        assert_eq!(env.log_length(), length, "{change:?}");
        by(&env, "Pete", &[&change[..], &["--initiator", "Nora"]].concat()).ok();
        assert!(env.log_length() > length, "{change:?} had nothing to do");
        env.verify();
        by(&claimed(&change), "Nora", &change).ok();
        let late = claimed(&change);
        late.bos_with(&[("BOS_ACTOR", "Pete"), ("BOS_NOW", LATER), ("EDITOR", "true")], &change).ok();
    }
}

#[test]
fn a_claim_is_taken_over_with_a_reason() {
    for change in CHANGES {
        let change = of(change, CARD);
        let env = claimed(&change);
        let has_reason = change.contains(&"--reason");
        if !has_reason {
            by(&env, "Pete", &[&change[..], &["--take-over"]].concat()).code(2);
        }
        let why: &[&str] = &["--reason", "Nora is ill"];
        let bare = if has_reason { &change[..change.len() - 2] } else { &change[..] };
        let taken = [bare, why, &["--take-over"]].concat();
        let ran = by(&env, "Pete", &taken);
        assert_eq!(ran.code, 0, "{change:?} {ran:?}");
        assert!(ran.stderr.contains("BAKE-ENG-0003 was claimed by Nora; it is yours now"), "{ran:?}");
        let log = env.bos(&["log", CARD, "--json"]).json();
        let claim = log["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == "claim").unwrap();
        assert_eq!((&claim["actor"], &claim["reason"]), (&"Pete".into(), &"Nora is ill".into()), "{change:?}");
        let undone = by(&env, "Pete", &["undo"]);
        assert_eq!(undone.code, 0, "{change:?} {undone:?}");
        by(&env, "Pete", &change).code(5);
        env.verify();
    }
}

#[test]
fn what_asks_stays_free() {
    let env = TestEnv::fixture("bakery");
    std::fs::write(env.root.join("body.md"), "How far is it?\n").unwrap();
    env.bos(&["card", "claim", CARD]).ok();
    by(&env, "Pete", &["card", "comment", CARD, "-F", "body.md"]).ok();
    by(&env, "Pete", &["card", "propose", CARD, "done"]).ok();
    by(&env, "Pete", &["card", "set", CARD, "Proposed-Lane=Blocked"]).ok();
    by(&env, "Pete", &["undo"]).ok();
    by(&env, "Pete", &["card", "set", CARD, "Proposed-Lane=Blocked", "Priority=P0"]).code(5);
}

#[test]
fn undo_apply_and_settling_are_bound_too() {
    let env = TestEnv::fixture("bakery");
    by(&env, "Pete", &["card", "set", CARD, "Priority=P0"]).ok();
    env.bos(&["card", "claim", CARD]).ok();
    let length = env.log_length();
    by(&env, "Pete", &["undo"]).code(5);
    let seq = length.to_string();
    by(&env, "Pete", &["undo", &seq]).code(5);
    let line = r#"{"entity":"card","action":"set","id":"BAKE-ENG-0003","changes":{"Owner":"Pete"}}"#;
    let apply = |text: &str| {
        std::fs::write(env.root.join("changes.jsonl"), text).unwrap();
        by(&env, "Pete", &["apply", "changes.jsonl"])
    };
    apply(line).code(5);
    assert_eq!(env.log_length(), length);
    apply(&line.replace(r#""id""#, r#""take_over":"Nora is ill","id""#)).ok();
    assert_eq!(env.log_length(), length + 2);
}

#[test]
fn the_claim_of_somebody_who_is_gone_is_broken() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "claim", CARD]).ok();
    by(&env, "Pete", &["card", "claim", CARD, "--break"]).code(2);
    let broken = ["card", "claim", CARD, "--break", "--reason", "that machine is gone"];
    assert_snapshot!(by(&env, "Pete", &broken).ok(), @"BAKE-ENG-0003  is free");
    assert_eq!(env.last_entry()["reason"], "that machine is gone");
    assert_snapshot!(by(&env, "Pete", &broken).ok(), @"BAKE-ENG-0003  is free already");
    by(&env, "Pete", &["card", "claim", CARD]).ok();
    let taken = ["card", "claim", CARD, "--take-over", "--reason", "he is on holiday"];
    env.bos(&taken).ok();
    by(&env, "Pete", &["card", "claim", CARD]).code(5);
    env.verify();
}

#[test]
fn a_claim_lasts_as_long_as_the_settings_say() {
    let env = TestEnv::fixture("bakery");
    let until = |time: &str| {
        env.bos_with(&[("BOS_CLAIM_TIME", time)], &["card", "claim", CARD]).ok();
        let card = env.bos(&["card", "show", CARD, "--json"]).json();
        env.bos(&["card", "claim", CARD, "--release"]).ok();
        card["card"]["fields"]["Claimed-Until"].as_str().map(str::to_owned)
    };
    assert_eq!(until("90m").as_deref(), Some("2026-11-20T11:30:00Z"));
    assert_eq!(until("none"), None);
    assert_eq!(until("").as_deref(), Some("2026-11-20T18:00:00Z"));
}

/// The tree of the agents: Claude may propose, and no more.
fn with_agent() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["config", "set", "agents", "Claude"]).ok();
    std::fs::write(env.root.join("body.md"), "New.\n").unwrap();
    env.commit_all("settings");
    env.bos(&["import"]).code(0);
    env
}

/// The lanes as the database has them, whatever the files say meanwhile.
fn lanes(env: &TestEnv) -> Vec<(String, String, bool)> {
    let mut lanes = Vec::new();
    for archived in [&["--archived"][..], &[]] {
        let cards = env.bos_with(&[("BOS_REFRESH", "0")], &[&["card", "list", "--json"], archived].concat()).json();
        lanes.extend(cards["cards"].as_array().unwrap().iter().map(|card| {
            let text = |key: &str| card[key].as_str().unwrap_or_default().to_owned();
            (text("id"), text("lane"), card["archived"] == true)
        }));
    }
    lanes.sort();
    lanes
}

/// Every command by which a card comes to stand elsewhere.
#[test]
fn no_command_of_an_agent_moves_a_card() {
    let env = with_agent();
    env.bos(&["card", "block", "BAKE-ENG-0004"]).ok();
    env.bos(&["card", "move", "BAKE-ENG-0007", "blocked"]).ok();
    env.bos(&["card", "archive", "BAKE-ENG-0002"]).ok();
    env.bos(&["card", "propose", "BAKE-ENG-0006", "done"]).ok();
    env.bos(&["card", "new", "BAKE", "--title", "Made by Nora"]).ok();
    let made = env.log_length().to_string();
    env.bos(&["card", "delete", "BAKE-ENG-0001", "--reason", "x"]).ok();
    let deleted = env.log_length().to_string();
    env.bos(&["card", "move", CARD, "reflected"]).ok();
    let moved = env.log_length().to_string();
    let before = lanes(&env);
    let length = env.log_length();
    let moves: [&[&str]; 17] = [
        &["card", "move", CARD, "planned"],
        &["card", "done", CARD],
        &["card", "accept", "BAKE-ENG-0006"],
        &["card", "unblock", "BAKE-ENG-0007"],
        &["card", "archive", CARD],
        &["card", "unarchive", "BAKE-ENG-0002"],
        &["card", "delete", CARD, "--reason", "x"],
        &["card", "edit", CARD],
        &["card", "new", "BAKE", "--title", "x", "--lane", "planned"],
        &["idea", "convert", "BAKE-OPP-0002", "--lane", "done"],
        &["undo", &moved],
        &["undo", &made],
        &["undo", &deleted],
        &["apply", "moves.jsonl"],
        &["apply", "makes.jsonl"],
        &["apply", "converts.jsonl"],
        &["apply", "deletes.jsonl"],
    ];
    for (name, line) in [
        ("moves", r#"{"entity":"card","action":"move","id":"BAKE-ENG-0003","changes":{"Lane":"Done"}}"#),
        ("deletes", r#"{"entity":"card","action":"delete","id":"BAKE-ENG-0003","reason":"x"}"#),
        ("makes", r#"{"entity":"card","action":"create","business":"BAKE","changes":{"Title":"x","Lane":"Done"}}"#),
        ("converts", r#"{"entity":"idea","action":"convert","id":"BAKE-OPP-0002","changes":{"Lane":"Planned"}}"#),
    ] {
        std::fs::write(env.root.join(format!("{name}.jsonl")), line).unwrap();
    }
    for change in moves {
        let editor = ("EDITOR", "sed -i s/^Lane:.*/Lane:\\ Planned/");
        let ran = env.bos_with(&[("BOS_ACTOR", "Claude"), editor], change).code(4);
        let is_told =
            ["agents do not move cards\n", "agents do not delete cards\n"].iter().any(|why| ran.stderr.contains(why));
        let has_way = ["card propose", "card comment"].iter().any(|way| ran.stderr.contains(way));
        assert!(is_told && has_way, "{change:?} {ran:?}");
    }
    assert_eq!((env.log_length(), lanes(&env)), (length, before));
    // What moves nothing stays allowed, also taking back what is one's own.
    let allowed: [&[&str]; 8] = [
        &["card", "move", CARD, "reflected"],
        &["card", "set", CARD, "Priority=P0"],
        &["card", "propose", CARD, "planned"],
        &["card", "block", CARD],
        &["card", "unblock", CARD],
        &["card", "comment", CARD, "-F", "body.md"],
        &["card", "new", "BAKE", "--title", "x"],
        &["undo"],
    ];
    for change in allowed {
        by(&env, "Claude", change).ok();
    }
    env.bos(&["idea", "convert", "BAKE-OPP-0002", "--actor", "Claude"]).ok();
    env.verify();
}

#[test]
fn what_an_import_left_to_a_person_is_written_over_by_no_export() {
    for way in ["from", "since"] {
        let env = with_agent();
        let first = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let card = "cards/BAKE-ENG-0006.user.md";
        let line = env.read(card).lines().find(|line| line.starts_with("Lane:")).unwrap().to_owned();
        env.edit(card, &line, "Lane: Done");
        env.git(&["commit", "-qam", "by an agent", "--author=Claude <claude@example.org>"]);
        match way {
            "from" => by(&env, "Claude", &["import", "--from", "HEAD"]).code(1),
            _ => env.bos(&["import", "--since", &first]).code(1),
        };
        env.bos(&["export", "--partial"]);
        assert!(env.read(card).contains("Lane: Done"), "{way}");
        env.verify();
    }
}

/// A log without entries has the same limits: its first import takes what is there, and nothing else does.
#[test]
fn an_agent_starts_no_log_outside_the_inbox() {
    for started in [&["init"][..], &["init", "--sample"]] {
        for change in [
            &["card", "new", "SHOP", "--title", "x", "--lane", "done"][..],
            &["apply", "lines"],
            &["import-from", "csv", "rows.csv", "--business", "SHOP", "--map", "id=Source"],
        ] {
            let env = TestEnv::empty();
            env.bos(started).code(0);
            std::fs::write(env.root.join("bos.toml"), "agents = [\"Claude\"]\n").unwrap();
            let line = r#"{"entity":"card","action":"create","business":"SHOP","changes":{"Title":"x","Lane":"Done"}}"#;
            std::fs::write(env.root.join("lines"), line).unwrap();
            std::fs::write(env.root.join("rows.csv"), "id,Title,Status\n1,x,Done\n").unwrap();
            let ran = by(&env, "Claude", change);
            assert_eq!(ran.code, 4, "{started:?} {change:?} {ran:?}");
            assert_eq!(
                env.bos(&["card", "list", "--json", "--lane", "done"]).json()["total"],
                0,
                "{started:?} {change:?}"
            );
        }
    }
}

#[test]
fn a_list_as_the_file_has_it_is_no_name_of_an_agent() {
    let env = TestEnv::fixture("bakery");
    for value in [r#"["Claude"]"#, "[Claude]", r#""Claude""#] {
        env.bos(&["config", "set", "agents", value]).code(4);
        env.bos_with(&[("BOS_AGENTS", value)], &["config", "list"]).code(4);
    }
}

/// Trailers say for whom a commit was made; they lift no limit of who made it.
#[test]
fn no_trailer_by_hand_makes_an_agent_a_person() {
    let trailers = ["", ", Entity=BAKE-ENG-0006", ", Entity=BAKE-ENG-0005"];
    for (trailer, way) in trailers.into_iter().flat_map(|trailer| [(trailer, "import"), (trailer, "since")]) {
        let env = with_agent();
        let first = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let before = lanes(&env);
        let text = env.read("cards/BAKE-ENG-0006.user.md");
        let line = text.lines().find(|line| line.starts_with("Lane:")).unwrap().to_owned();
        env.edit("cards/BAKE-ENG-0006.user.md", &line, "Lane: Done");
        let message = format!("done\n\nAudit: Actor=Nora, Initiator=Nora{trailer}");
        env.git(&["commit", "-qam", &message, "--author=Claude <claude@example.org>"]);
        let ran = match way {
            "import" => env.bos(&["import"]),
            _ => env.bos(&["import", "--since", &first]),
        };
        assert!(ran.code == 1 && ran.stdout.contains("Claude is an agent here"), "{trailer} {way} {ran:?}");
        assert_eq!(lanes(&env), before, "{trailer} {way}");
    }
}

/// Every way by which a lane that was changed elsewhere comes in with an agent's name.
#[test]
fn no_import_of_an_agent_moves_a_card() {
    for change in ["lane", "new", "archive"] {
        for way in ["theirs", "from", "since", "ours"] {
            let env = with_agent();
            let first = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
            let card = "cards/BAKE-ENG-0006.user.md";
            let lane = |env: &TestEnv, to: &str| {
                let text = env.read(card);
                let line = text.lines().find(|line| line.starts_with("Lane:")).unwrap().to_owned();
                env.edit(card, &line, to);
            };
            env.git(&["checkout", "-q", "-b", "topic"]);
            match change {
                "lane" => lane(&env, "Lane: Done"),
                "new" => env.write("cards/BAKE-ENG-0900.user.md", "---\nType: Card\nLane: Done\n---\n\n# New\n"),
                _ => {
                    std::fs::create_dir_all(env.path("cards/archive")).unwrap();
                    std::fs::rename(env.path(card), env.path("cards/archive/BAKE-ENG-0006.user.md")).unwrap();
                }
            }
            let before = lanes(&env);
            if way == "since" || way == "from" {
                env.git(&["add", "-A"]);
                env.git(&["commit", "-q", "--author=Claude <claude@example.org>", "-m", "by an agent"]);
            }
            if way == "from" {
                env.git(&["checkout", "-q", "main"]);
            }
            let path = match change {
                "lane" => "docs/business-os/cards/BAKE-ENG-0006.user.md",
                "new" => "docs/business-os/cards/BAKE-ENG-0900.user.md",
                _ => "docs/business-os/cards/archive",
            };
            let ran = match way {
                "theirs" => by(&env, "Claude", &["import", "--theirs", path]).code(4),
                "from" => by(&env, "Claude", &["import", "--from", "topic"]).code(1),
                "since" => env.bos(&["import", "--since", &first]).code(1),
                _ if change == "lane" => by(&env, "Claude", &["export", "--ours", path]).code(4),
                _ => continue,
            };
            assert!(ran.stdout.contains("agent") || ran.stderr.contains("agent"), "{change} {way} {ran:?}");
            assert_eq!(lanes(&env), before, "{change} {way}");
            env.verify();
        }
    }
}

#[test]
fn a_file_that_an_agent_moved_is_named() {
    let env = with_agent();
    let first = env.git(&["rev-parse", "HEAD"]).trim().to_owned();
    env.write("cards/BAKE-ENG-0900.user.md", "---\nType: Card\nLane: Done\n---\n\n# New\n");
    env.git(&["add", "-A"]);
    env.git(&["commit", "-q", "--author=Claude <claude@example.org>", "-m", "by an agent"]);
    let ran = env.bos(&["import", "--since", &first]).code(1);
    assert_snapshot!(ran.stdout, @"
    error[BOS047]: Claude is an agent here, and may not move this card by editing its file
     --> docs/business-os/cards/BAKE-ENG-0900.user.md
      = help: put the card back where it was and propose the move with `bos card propose`, or let a person take it with `bos import --theirs`

    Imported 0 new and 0 edited of 1 files; 0 unchanged.
    1 errors, 0 warnings.
    ");
}

/// Every place that shows cards, as text and as JSON.
#[test]
fn holder_and_proposal_are_shown() {
    let env = TestEnv::fixture("bakery");
    by(&env, "Pete", &["card", "claim", CARD]).ok();
    env.bos(&["card", "propose", CARD, "done"]).ok();
    let shown: [&[&str]; 4] = [
        &["board", "BAKE"],
        &["board", "BAKE", "--lane", "planned"],
        &["card", "list", "BAKE"],
        &["card", "show", CARD],
    ];
    for command in shown {
        let text = env.bos(command).ok();
        assert!(text.contains("Pete") && text.contains("Done"), "{command:?} {text}");
        let json = env.bos(&[command, &["--json"]].concat()).ok();
        let claim = r#""proposed_lane":"Done","claimed_by":"Pete","claimed_until":"2026-11-20T18:00:00Z""#;
        let flat: String = json.lines().map(|line| line.trim().replacen("\": ", "\":", 1)).collect();
        assert!(flat.contains(claim), "{command:?} {flat}");
        let late = env.bos_with(&[("BOS_NOW", LATER)], &[command, &["--json"]].concat()).ok();
        assert!(!late.contains(r#""claimed_by":"Pete""#) && !late.contains(r#""claimed_by": "Pete""#), "{command:?}");
    }
    let mine = by(&env, "Pete", &["me", "--json"]).json();
    assert_eq!(mine["claimed"][0]["claimed_by"], "Pete");
    let next = by(&env, "Pete", &["next", "BAKE", "--json"]).ok();
    assert!(next.contains(r#""claimed_by":"Pete""#) || next.contains(r#""claimed_by": "Pete""#), "{next}");
    let then = env.bos(&["card", "list", "BAKE", "--at", "2026-11-20T10:00:00Z", "--json"]).ok();
    assert!(!then.contains("Pete"), "of then nothing is told: {then}");
}

#[test]
fn a_read_tells_of_the_edit_of_an_agent_that_was_not_taken() {
    let env = with_agent();
    env.write(
        "cards/BAKE-ENG-0004.user.md",
        env.read("cards/BAKE-ENG-0004.user.md").replace("Lane: Fact-finding", "Lane: Done"),
    );
    env.git(&["commit", "-q", "-a", "--author=Claude <claude@example.org>", "-m", "by an agent"]);
    for command in [&["card", "list"][..], &["board", "BAKE"], &["next"]] {
        for _ in 0..2 {
            let told = env.bos(command).code(0).stderr;
            assert!(
                told.contains("1 edited file was not taken: docs/business-os/cards/BAKE-ENG-0004.user.md"),
                "{told}"
            );
        }
    }
    env.bos(&["import"]).code(1);
    env.git(&["checkout", "-q", "HEAD~1", "--", "docs"]);
    assert_eq!(env.bos(&["card", "list"]).code(0).stderr, "", "it was put back");
}

#[test]
fn brief_lists_show_holder_and_proposal() {
    let env = TestEnv::fixture("bakery");
    by(&env, "Pete", &["card", "claim", CARD]).ok();
    env.bos(&["card", "propose", CARD, "done"]).ok();
    for command in [&["board", "BAKE"][..], &["card", "list", "BAKE"]] {
        let text = env.bos(&[command, &["--brief"]].concat()).ok();
        assert!(text.contains("Pete") && text.contains("Done"), "{command:?} {text}");
        let json = env.bos(&[command, &["--brief", "--json"]].concat()).ok();
        assert!(json.contains("Pete") && json.contains("proposed_lane"), "{command:?} {json}");
    }
}
