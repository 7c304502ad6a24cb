//! The setting `lanes`: what lanes are called where people look, and which a board leaves out. Documents, the log and JSON
//! keep the keys.

use insta::assert_snapshot;

use crate::env::TestEnv;

fn renamed() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).ok();
    env.bos(&["config", "set", "lanes", "in-progress=Doing now, Done=Shipped, Reflected=hidden"]).ok();
    env
}

#[test]
fn the_setting_is_kept_as_it_is_meant() {
    let env = renamed();
    let file = std::fs::read_to_string(env.root.join("bos.toml")).unwrap();
    assert_eq!(file, "lanes = [\"in-progress=Doing now\", \"Done=Shipped\", \"Reflected=hidden\"]\n");
    assert_eq!(env.bos(&["config", "get", "lanes"]).ok(), "In progress=Doing now, Done=Shipped, Reflected=hidden\n");
    let variable = [("BOS_LANES", "Inbox=New")];
    assert_eq!(env.bos_with(&variable, &["config", "get", "lanes"]).ok(), "Inbox=New\n");
    assert!(env.bos_with(&variable, &["board", "BAKE"]).ok().contains("\nNew (1)\n"));
}

#[test]
fn boards_and_lists_show_the_names() {
    let env = renamed();
    let board = env.bos(&["board", "BAKE"]).code(0);
    let titles: Vec<&str> = board.stdout.lines().filter(|line| line.ends_with(')') && !line.starts_with(' ')).collect();
    assert_eq!(titles, ["Inbox (1)", "Fact-finding (1)", "Planned (2)", "Doing now (1)", "Blocked (1)", "Shipped (1)"]);
    assert_snapshot!(board.stderr, @"note: not shown, since bos.toml hides it: Reflected (1); --lane shows it");
    assert!(env.bos(&["board", "BAKE", "--lane", "reflected"]).ok().contains("Reflected (1)"));
    let brief = env.bos(&["board", "BAKE", "--brief"]).code(0);
    assert!(!brief.stdout.contains("BAKE-ENG-0007") && brief.stderr.contains("Reflected (1)"), "{brief:?}");
    let list = env.bos(&["card", "list", "BAKE"]).ok();
    assert!(list.contains("Doing now") && list.contains("Reflected") && !list.contains("In progress"), "{list}");
    for (arguments, told) in [
        (&["next"][..], "Doing now"),
        (&["me"], "Doing now"),
        (&["stats", "BAKE"], "Shipped"),
        (&["graph", "BAKE"], "Doing now"),
        (&["card", "deps", "BAKE-ENG-0002"], "Doing now"),
        (&["card", "show", "BAKE-ENG-0002"], "Lane          Doing now (In progress)"),
    ] {
        let shown = env.bos(arguments).code(0).stdout;
        assert!(shown.contains(told), "{arguments:?} {shown}");
    }
}

#[test]
fn a_lane_is_found_by_its_name_and_by_its_key() {
    let env = renamed();
    for typed in ["doing-now", "Doing now", "DOING_NOW", "in-progress", "In progress"] {
        let list = env.bos(&["card", "list", "BAKE", "--lane", typed, "--json"]).code(0).json();
        assert_eq!((&list["total"], &list["cards"][0]["lane"]), (&1.into(), &"In progress".into()), "{typed}");
        assert!(env.bos(&["search", "stollen", "--lane", typed]).ok().contains("BAKE-ENG-0002"), "{typed}");
    }
    assert_eq!(
        env.bos(&["card", "move", "BAKE-ENG-0003", "doing-now"]).ok().lines().next().unwrap(),
        "BAKE-ENG-0003  Planned -> Doing now"
    );
    assert_eq!(
        env.bos(&["card", "move", "BAKE-ENG-0003", "in-progress"]).ok(),
        "BAKE-ENG-0003  is in Doing now already\n"
    );
    let entry = env.last_entry();
    assert_eq!(entry["changes"]["Lane"]["to"], "In progress");
    assert_eq!(env.bos(&["card", "propose", "BAKE-ENG-0003", "shipped"]).ok(), "BAKE-ENG-0003  proposed for Shipped\n");
    env.bos(&["card", "new", "BAKE", "A card", "--lane", "doing now"]).ok();
    let line = r#"{"entity":"card","action":"move","id":"BAKE-ENG-0006","changes":{"Lane":"Shipped"}}"#;
    env.bos_reading(line, &["apply", "-"]).code(0);
    env.bos(&["export"]).ok();
    assert!(env.read("cards/BAKE-ENG-0003.user.md").contains("\nLane: In progress\n"));
    assert!(env.read("cards/BAKE-ENG-0003.user.md").contains("\nProposed-Lane: Done\n"));
    assert!(env.read("cards/BAKE-ENG-0006.user.md").contains("\nLane: Done\n"));
    let refused = env.bos(&["card", "move", "BAKE-ENG-0001", "shiped"]).code(2);
    assert_snapshot!(refused.stderr, @r#"
    error: there is no lane "shiped"
    hint: did you mean Shipped? the lanes are Inbox, Fact-finding, Planned, Doing now, Blocked, Shipped, Reflected
    "#);
    assert!(env.bos(&["card", "list", "--lane", "shiped"]).code(2).stderr.contains("did you mean Shipped?"));
    let gate = env.bos(&["card", "move", "BAKE-ENG-0008", "doing-now", "--gate", "strict"]).code(4);
    assert!(gate.stderr.contains("BAKE-ENG-0008 cannot go to Doing now:"), "{gate:?}");
    env.verify();
}

/// `-C` leads to other settings than those of the folder a person stands in.
#[test]
fn the_names_are_those_of_the_tree_that_is_named() {
    let env = renamed();
    let there = env.root.to_str().unwrap();
    let home = env.home().to_path_buf();
    for arguments in [
        &["-C", there, "card", "list", "--lane", "doing-now"][..],
        &["card", "list", "--lane", "doing-now", "--repo", there],
        &["card", "list", "--lane", "doing-now", &format!("--repo={there}")],
    ] {
        assert!(env.bos_in(&home, arguments).code(0).stdout.contains("Doing now"), "{arguments:?}");
    }
    let ran = env.bos_with(&[("BOS_REPO", there)], &["card", "list", "--lane", "doing-now"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    env.bos_in(&home, &["card", "list", "--lane", "doing-now"]).code(2);
}

#[test]
fn json_keeps_the_keys() {
    let env = renamed();
    for arguments in [&["board", "BAKE", "--json"][..], &["board", "BAKE", "--json", "--brief"]] {
        let board = env.bos(arguments).code(0).json();
        let lanes = board["lanes"].as_array().unwrap();
        let told: Vec<String> =
            lanes.iter().map(|lane| format!("{} {} {}", lane["lane"], lane["name"], lane["hidden"])).collect();
        assert_eq!(
            told[2..],
            [
                "\"Planned\" null null",
                "\"In progress\" \"Doing now\" null",
                "\"Blocked\" null null",
                "\"Done\" \"Shipped\" null",
                "\"Reflected\" null true"
            ]
        );
        assert_eq!(lanes[6]["count"], 1);
    }
    let card = env.bos(&["card", "show", "BAKE-ENG-0002", "--json"]).json();
    assert_eq!(
        (&card["card"]["lane"], &card["card"]["fields"]["Lane"]),
        (&"In progress".into(), &"In progress".into())
    );
}

#[test]
fn bad_names_are_told_with_their_place() {
    let env = TestEnv::fixture("bakery");
    std::fs::write(env.root.join("bos.toml"), "owner = \"Nora\"\nlanes = [\"Done=Shipped\", \"Doing=Now\"]\n").unwrap();
    assert_snapshot!(env.bos(&["board", "BAKE"]).code(4).stderr, @r#"
    error: bos.toml:2:9: `lanes` cannot be `["Done=Shipped", "Doing=Now"]`
    hint: there is no lane "Doing"; use a list of LANE=NAME and LANE=hidden, such as "In progress=Doing", "Reflected=hidden"; a name has at most 30 characters and is no other lane's
    "#);
    assert!(env.bos(&["validate"]).code(1).stdout.contains("bos.toml:2:9"));
    std::fs::remove_file(env.root.join("bos.toml")).unwrap();
    let refused = env.bos(&["config", "set", "lanes", "Done=planned"]).code(4);
    assert!(refused.stderr.contains("Done cannot be called \"planned\", which is Planned"), "{refused:?}");
}
