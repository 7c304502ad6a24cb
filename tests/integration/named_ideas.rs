//! Ideas without an ID: the name of the file stands for one, in everything that takes an ID.

use crate::{board::keys, env::TestEnv};

const TEXT: &str = "---\r\nStatus: raw   # for Easter\r\nType: Idea\r\nCreated-Date: 2026-01-01\r\n---\r\n# A rye cake\r\n\r\nWith plums.\r\n";

/// A repository with one named idea, which no command has seen yet.
fn env(name: &str) -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.write(&format!("ideas/inbox/{name}.user.md"), TEXT);
    env.commit_all("a cake");
    env
}

/// Names as people give them to files.
const NAMES: [&str; 5] = ["rye-cake", "Rye cake", "più torta", "notes.2026_a", "inbox"];

#[test]
fn a_named_idea_is_found_shown_and_searched() {
    for name in NAMES {
        let env = env(name);
        env.bos(&["import"]).code(0);
        let list = env.bos(&["idea", "list", "--json"]).code(0).json();
        let idea = list["ideas"].as_array().unwrap().iter().find(|idea| idea["id"] == name).unwrap().clone();
        assert_eq!((&idea["business"], &idea["title"]), (&serde_json::Value::Null, &"A rye cake".into()), "{name}");
        for command in [&["idea", "show"][..], &["card", "show"]] {
            for typed in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                let shown = env.bos(&[command, &[typed.as_str(), "--json"]].concat()).code(0).json();
                assert_eq!(shown["idea"]["id"], name, "{command:?} {typed}");
            }
        }
        let hits = env.bos(&["search", "plums", "--json"]).code(0).json();
        assert_eq!((&hits["hits"][0]["id"], &hits["hits"][0]["business"]), (&name.into(), &serde_json::Value::Null));
        assert_eq!(keys(&env.bos(&["log", name, "--json"]).code(0).json()), "schema total entries");
        let told = env.bos(&["card", "history", name]).ok();
        assert!(told.contains("import"), "{told}");
        assert!(env.bos(&["business", "list"]).ok().lines().all(|line| !line.starts_with(' ')), "a business of none");
        env.verify();
        // As much as was there, byte for byte.
        env.bos(&["export", "--check"]).code(0);
        assert_eq!(env.read(&format!("ideas/inbox/{name}.user.md")), TEXT);
    }
}

#[test]
fn a_named_idea_is_changed_and_becomes_a_card() {
    for name in NAMES {
        let env = env(name);
        env.bos(&["idea", "set", name, "Priority=P4"]).code(0);
        env.bos(&["undo"]).code(0);
        env.bos(&["idea", "work", name]).code(0);
        let refused = env.bos(&["idea", "convert", name]).code(4).stderr;
        assert!(refused.contains("names no business") && refused.contains("Business=CODE"), "{refused}");
        env.bos(&["idea", "set", name, "Business=BAKE"]).code(0);
        let card = env.bos(&["idea", "convert", name]).ok();
        assert_eq!(card, "BAKE-ENG-0009\n");
        let shown = env.bos(&["card", "show", "BAKE-ENG-0009", "--json"]).code(0).json();
        assert_eq!(shown["card"]["title"], "A rye cake");
        assert_eq!(shown["card"]["business"], "BAKE");
        // A card may wait for it, and validate knows what it is.
        env.bos(&["card", "set", "BAKE-ENG-0006", "--add", &format!("Dependencies={name}")]).code(0);
        let deps = env.bos(&["card", "deps", "BAKE-ENG-0006", "--json"]).code(0).stdout;
        assert!(deps.contains(&format!("\"id\":\"{name}\"")) && deps.contains("\"entity\":\"idea\""), "{deps}");
        env.bos(&["export"]).code(0);
        let text = env.read(&format!("ideas/worked/{name}.user.md"));
        assert!(text.contains("\r\nCard-ID: BAKE-ENG-0009\r\n") && text.contains("# for Easter"), "{text:?}");
        env.bos(&["validate"]).code(0);
        env.bos(&["export", "--commit"]).code(0);
        let message = env.git(&["log", "-1", "--format=%B", "work/business-os-export"]);
        assert!(message.contains(&format!("Entity={name}\n")), "{message}");
        env.verify();
        let past = env.bos(&["idea", "show", name, "--at", "27", "--json"]);
        assert_eq!(past.code, 0, "{past:?}");
    }
}

#[test]
fn a_named_idea_can_be_dropped_and_brought_back() {
    let env = env("rye-cake");
    env.bos(&["idea", "drop", "rye-cake", "--reason", "nobody likes plums"]).code(0);
    env.bos(&["export"]).code(0);
    assert!(env.path("ideas/inbox/archive/rye-cake.user.md").exists());
    env.bos(&["undo"]).code(0);
    env.bos(&["export"]).code(0);
    assert_eq!(env.read("ideas/inbox/rye-cake.user.md"), TEXT);
    env.verify();
}

#[test]
fn validate_names_them_without_a_finding() {
    let env = env("rye-cake");
    env.write("ideas/inbox/seeds.agent.md", "no front matter\n");
    let ran = env.bos(&["validate"]).code(0);
    assert_eq!(ran.stderr, "note: 2 ideas have no ID; the names of their files stand for one: rye-cake, seeds\n");
    assert!(ran.stdout.contains("`Type: Idea`, then") && !ran.stdout.contains("ID: seeds"), "{ran:?}");
    let json = env.bos(&["validate", "--json"]).code(0).json();
    assert_eq!(json["notes"].as_array().unwrap().len(), 1);
    assert_eq!(json["errors"], 0);
    let one = env.bos(&["validate", "docs/business-os/ideas/inbox/rye-cake.user.md"]).code(0);
    assert_eq!(one.stderr, "note: 1 idea has no ID; the name of its file stands for one: rye-cake\n");
}

#[test]
fn what_looks_like_an_id_or_lies_elsewhere_is_no_name() {
    let env = TestEnv::repository("bakery");
    for (below, expected) in [
        ("ideas/inbox/bake-opp-0009.user.md", "call it docs/business-os/ideas/inbox/BAKE-OPP-0009.user.md"),
        ("ideas/inbox/bake-opp-0002.user.md", "docs/business-os/ideas/inbox/BAKE-OPP-0002.user.md is there already"),
        ("ideas/inbox/rye-cake.md", "call it docs/business-os/ideas/inbox/rye-cake.user.md"),
        ("ideas/rye-cake.user.md", "call it docs/business-os/ideas/inbox/rye-cake.user.md"),
        ("ideas/inbox/_template.user.md", "ideas ideas/inbox/<ID>.user.md"),
        ("ideas/inbox/a, Entity=b.user.md", "ideas ideas/inbox/<ID>.user.md"),
        ("cards/rye-cake.user.md", "cards are cards/<ID>.user.md"),
    ] {
        env.write(below, TEXT);
        let told = env.bos(&["validate"]).stdout;
        assert!(told.contains(expected), "{below}: {told}");
        env.bos(&["import"]).code(0);
        assert_eq!(env.bos(&["idea", "list", "--json"]).code(0).json()["total"], 4, "{below}");
        std::fs::remove_file(env.path(below)).unwrap();
    }
}

#[test]
fn a_name_belongs_to_one_idea() {
    let env = env("rye-cake");
    env.write("ideas/worked/rye-cake.user.md", TEXT);
    let ran = env.bos(&["import"]).code(1);
    assert!(ran.stdout.contains("BOS020") && ran.stdout.contains("has the ID rye-cake already"), "{ran:?}");
    assert!(env.bos(&["validate"]).code(1).stdout.contains("has the ID rye-cake already"));
    assert_eq!(env.bos(&["idea", "list", "--json"]).code(0).json()["total"], 5);
}

#[test]
fn a_file_that_is_called_otherwise_is_another_idea() {
    let env = env("rye-cake");
    env.bos(&["import"]).code(0);
    env.git(&["mv", "docs/business-os/ideas/inbox/rye-cake.user.md", "docs/business-os/ideas/inbox/plum-cake.user.md"]);
    env.commit_all("plums");
    env.bos(&["import", "--prune"]).code(0);
    let list = env.bos(&["idea", "list", "--json"]).code(0).stdout;
    assert!(list.contains("plum-cake") && !list.contains("rye-cake"), "{list}");
    env.bos(&["log", "rye-cake"]).code(0);
    env.verify();
}
