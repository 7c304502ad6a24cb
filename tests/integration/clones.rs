//! Two clones of one repository, each with a database of its own: IDs given out twice, documents taken out of commits.

use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::env::TestEnv;

/// A bare repository that holds the bakery, and two clones of it with a database each.
pub(crate) fn clones() -> (TestEnv, PathBuf, PathBuf) {
    let env = TestEnv::repository("bakery");
    let hub = env.home().join("hub.git");
    env.git(&["clone", "-q", "--bare", ".", hub.to_str().unwrap()]);
    let [a, b] = ["a", "b"].map(|name| {
        let folder = env.home().join(name);
        env.git(&["clone", "-q", hub.to_str().unwrap(), folder.to_str().unwrap()]);
        env.bos_in(&folder, &["import"]).code(0);
        folder
    });
    (env, a, b)
}

/// Writes what the database has to the files, and sends them to the others.
fn send(env: &TestEnv, folder: &Path, message: &str) {
    env.bos_in(folder, &["export"]).code(0);
    env.git_in(folder, &["add", "-A"]);
    env.git_in(folder, &["commit", "-q", "-m", message]);
    env.git_in(folder, &["push", "-q", "origin", "HEAD"]);
}

fn receive(env: &TestEnv, folder: &Path) -> Value {
    env.git_in(folder, &["pull", "-q", "--no-rebase", "--no-edit"]);
    env.bos_in(folder, &["import", "--json"]).code(0).json()
}

/// The titles of all cards with what they wait for, by ID.
fn cards(env: &TestEnv, folder: &Path) -> Vec<String> {
    let list = env.bos_in(folder, &["card", "list", "BAKE", "--json"]).code(0).json();
    let cards = list["cards"].as_array().unwrap().iter();
    let mut told: Vec<String> =
        cards.map(|card| format!("{} {} {}", card["id"], card["title"], card["dependencies"])).collect();
    told.sort();
    told.split_off(8)
}

#[test]
fn an_id_that_two_clones_gave_out_is_settled_by_the_second() {
    for swap in [false, true] {
        let (env, a, b) = clones();
        let (first, second) = if swap { (&b, &a) } else { (&a, &b) };
        env.bos_in(first, &["card", "new", "BAKE", "--title", "Of the first", "--lane", "planned"]).code(0);
        env.bos_in(second, &["card", "new", "BAKE", "--title", "Of the second", "--lane", "planned"]).code(0);
        env.bos_in(second, &["card", "comment", "BAKE-ENG-0009", "-m", "About BAKE-ENG-0009."]).code(0);
        let waits = ["card", "new", "BAKE", "--title", "Waits for it", "--depends-on", "BAKE-ENG-0009"];
        env.bos_in(second, &waits).code(0);
        env.bos_in(first, &["idea", "new", "BAKE", "--title", "Idea of the first"]).code(0);
        env.bos_in(second, &["idea", "new", "BAKE", "--title", "Idea of the second"]).code(0);
        send(&env, first, "the first was faster");
        let report = receive(&env, second);
        assert_eq!(
            report["renumbered"],
            json!([
                {"from": "BAKE-ENG-0009", "to": "BAKE-ENG-0011"},
                {"from": "BAKE-OPP-0003", "to": "BAKE-OPP-0004"},
            ]),
            "{report}"
        );
        let of_second = cards(&env, second);
        assert_snapshot_of(&of_second);
        let shown = env.bos_in(second, &["card", "show", "BAKE-ENG-0011", "--json"]).code(0).json();
        assert_eq!(shown["card"]["fields"]["ID"], "BAKE-ENG-0011");
        assert_eq!(shown["comments"][0]["body"], "\nAbout BAKE-ENG-0011.\n");
        assert_eq!(shown["stage_docs"][0]["path"], "docs/business-os/cards/BAKE-ENG-0011/plan.user.md");
        let log = env.bos_in(second, &["log", "--action", "renumber", "--json"]).code(0).json();
        assert!(log["total"].as_u64().unwrap() >= 5, "{log}");
        env.bos_in(second, &["audit", "verify"]).code(0);
        send(&env, second, "and the second");
        receive(&env, first);
        assert_eq!(cards(&env, first), of_second);
        for folder in [first, second] {
            env.bos_in(folder, &["audit", "verify"]).code(0);
            assert_eq!(env.bos_in(folder, &["validate", "--json"]).code(0).json()["errors"], 0);
            assert_eq!(receive(&env, folder)["renumbered"], json!([]));
        }
    }
}

fn assert_snapshot_of(cards: &[String]) {
    let expected = [
        r#""BAKE-ENG-0009" "Of the first" []"#,
        r#""BAKE-ENG-0010" "Waits for it" ["BAKE-ENG-0011"]"#,
        r#""BAKE-ENG-0011" "Of the second" []"#,
    ];
    assert_eq!(cards, expected);
}

#[test]
fn a_card_that_came_back_from_a_review_is_the_same_card() {
    let (env, a, b) = clones();
    env.bos_in(&a, &["card", "new", "BAKE", "--title", "Bags"]).code(0);
    env.bos_in(&a, &["export", "--commit"]).code(0);
    env.git_in(&a, &["push", "-q", "origin", "work/business-os-export"]);
    // Another person edits it in review, and merges it to main.
    env.git_in(&b, &["fetch", "-q"]);
    env.git_in(&b, &["merge", "-q", "origin/work/business-os-export"]);
    let file = b.join("docs/business-os/cards/BAKE-ENG-0009.user.md");
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap().replace("Title: Bags", "Title: Paper bags")).unwrap();
    env.git_in(&b, &["commit", "-q", "-a", "-m", "a better title"]);
    env.git_in(&b, &["push", "-q", "origin", "HEAD"]);
    env.bos_in(&a, &["card", "set", "BAKE-ENG-0009", "Priority=P0"]).code(0);
    let report = receive(&env, &a);
    assert_eq!((&report["renumbered"], &report["merged"]), (&json!([]), &json!(1)), "{report}");
    let card = env.bos_in(&a, &["card", "show", "BAKE-ENG-0009", "--json"]).json();
    assert_eq!((&card["card"]["title"], &card["card"]["priority"]), (&json!("Paper bags"), &json!("P0")));
}

#[test]
fn documents_are_taken_out_of_a_branch_that_nobody_checked_out() {
    let (env, a, b) = clones();
    env.git_in(&b, &["checkout", "-q", "-b", "topic"]);
    env.bos_in(&b, &["card", "set", "BAKE-ENG-0003", "Priority=P0"]).code(0);
    env.bos_in(&b, &["card", "move", "BAKE-ENG-0004", "planned"]).code(0);
    env.bos_in(&b, &["card", "archive", "BAKE-ENG-0007"]).code(0);
    env.bos_in(&b, &["card", "new", "BAKE", "--title", "Of a branch"]).code(0);
    send(&env, &b, "work on a branch");
    env.git_in(&a, &["fetch", "-q"]);
    env.bos_in(&a, &["card", "set", "BAKE-ENG-0003", "Owner=Pete"]).code(0);
    env.bos_in(&a, &["card", "move", "BAKE-ENG-0004", "done"]).code(0);
    let imported = env.bos_in(&a, &["import", "--from", "origin/topic"]).code(1);
    assert_snapshot!(imported.stdout, @"
    Imported 2 new and 1 edited of 28 files (2 cards, 1 stage doc); 23 unchanged.
    Merged 1 that were changed in file and database.
    1 in conflict: changed in file and database at the same places (bos conflicts):
      docs/business-os/cards/BAKE-ENG-0004.user.md
    ");
    let card = |id: &str| env.bos_in(&a, &["card", "show", id, "--json"]).code(0).json();
    let merged = card("BAKE-ENG-0003");
    assert_eq!((&merged["card"]["owner"], &merged["card"]["priority"]), (&json!("Pete"), &json!("P0")));
    assert_eq!(card("BAKE-ENG-0007")["card"]["archived"], true);
    assert_eq!(card("BAKE-ENG-0009")["card"]["title"], "Of a branch");
    assert_snapshot!(env.bos_in(&a, &["conflicts"]).ok(), @"
    ID             WITH          CLASHES  SINCE              FILE
    BAKE-ENG-0004  origin/topic  Lane     2026-11-20 10:00Z  docs/business-os/cards/BAKE-ENG-0004.user.md
    ");
    env.bos_in(&a, &["conflicts", "resolve", "BAKE-ENG-0004", "--theirs"]).code(0);
    assert_eq!(card("BAKE-ENG-0004")["card"]["lane"], "Planned");
    let again = env.bos_in(&a, &["import", "--from", "origin/topic", "--json"]).code(0).json();
    assert_eq!(
        (&again["imported"], &again["merged"], &again["conflicts"]),
        (&json!(0), &json!(0), &json!(0)),
        "{again}"
    );
    env.bos_in(&a, &["export"]).code(0);
    env.bos_in(&a, &["audit", "verify"]).code(0);
    env.bos_in(&a, &["import", "--from", "nowhere"]).code(3);
}

#[test]
fn what_a_branch_deleted_goes_only_when_somebody_says_so() {
    let (env, a, b) = clones();
    env.git_in(&b, &["checkout", "-q", "-b", "topic"]);
    env.git_in(&b, &["rm", "-q", "docs/business-os/cards/BAKE-ENG-0008.user.md"]);
    env.git_in(&b, &["commit", "-q", "-m", "gone"]);
    env.git_in(&b, &["push", "-q", "origin", "HEAD"]);
    env.git_in(&a, &["fetch", "-q"]);
    let report = env.bos_in(&a, &["import", "--from", "origin/topic", "--json"]).code(0).json();
    assert_eq!((&report["missing"], &report["removed"]), (&json!(1), &json!(0)), "{report}");
    let report = env.bos_in(&a, &["import", "--from", "origin/topic", "--prune", "--json"]).code(0).json();
    assert_eq!(report["removed"], 1, "{report}");
    env.bos_in(&a, &["card", "show", "BAKE-ENG-0008"]).code(3);
    env.bos_in(&a, &["audit", "verify"]).code(0);
}

#[test]
fn what_a_pull_brought_is_the_deed_of_those_who_committed_it() {
    let (env, a, b) = clones();
    let file = b.join("docs/business-os/cards/BAKE-ENG-0003.user.md");
    let edit = |from: &str, to: &str, author: &str| {
        std::fs::write(&file, std::fs::read_to_string(&file).unwrap().replace(from, to)).unwrap();
        env.git_in(&b, &["commit", "-q", "-a", "-m", "an edit", "--author", &format!("{author} <x@y>")]);
    };
    edit("Priority: P1", "Priority: P2", "Ines");
    edit("Priority: P2", "Priority: P0", "Sami = boss");
    env.git_in(&b, &["push", "-q", "origin", "HEAD"]);
    env.bos_in(&a, &["card", "set", "BAKE-ENG-0003", "Owner=Pete"]).code(0);
    env.git_in(&a, &["pull", "-q"]);
    let report = env.bos_in(&a, &["import", "--since", "ORIG_HEAD", "--json"]).code(0).json();
    assert_eq!((&report["found"], &report["merged"]), (&json!(1), &json!(2)), "{report}");
    let log = env.bos_in(&a, &["log", "BAKE-ENG-0003", "--limit", "2", "--json"]).code(0).json();
    let told: Vec<_> =
        log["entries"].as_array().unwrap().iter().map(|e| format!("{} {}", e["actor"], e["initiator"])).collect();
    assert_eq!(told, [r#""Sami  boss" "Nora""#, r#""Ines" "Nora""#]);
    let card = env.bos_in(&a, &["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!((&card["card"]["owner"], &card["card"]["priority"]), (&json!("Pete"), &json!("P0")));
    let next = env.bos_in(&a, &["import", "--json"]).code(0).json();
    assert_eq!((&next["updated"], &next["merged"]), (&json!(0), &json!(0)), "{next}");
    env.bos_in(&a, &["audit", "verify"]).code(0);
    assert_eq!(env.bos_in(&a, &["import", "--since", "HEAD", "--json"]).code(0).json()["found"], 0);
}

/// What was committed here and went on in the file is what the other clone began with, though no import saw it.
#[test]
fn who_overwrites_what_they_merged_is_in_no_conflict() {
    let (env, a, b) = clones();
    let file = "docs/business-os/cards/BAKE-ENG-0006.user.md";
    let edit = |folder: &Path, from: &str, to: &str| {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
    };
    edit(&a, "Priority: P3", "Priority: P4");
    env.git_in(&a, &["commit", "-q", "-a", "-m", "committed and never looked at"]);
    env.git_in(&a, &["push", "-q", "origin", "HEAD"]);
    edit(&a, "About 2,000", "About 1,500");
    env.git_in(&b, &["pull", "-q", "--no-rebase", "--no-edit"]);
    env.git_in(&b, &["checkout", "-q", "-b", "topic"]);
    edit(&b, "Priority: P4", "Priority: P1");
    env.git_in(&b, &["commit", "-q", "-a", "-m", "upon that"]);
    env.git_in(&b, &["push", "-q", "origin", "HEAD"]);
    env.bos_in(&a, &["import"]).code(0);
    env.git_in(&a, &["fetch", "-q"]);
    let report = env.bos_in(&a, &["import", "--from", "origin/topic", "--json"]).code(0).json();
    assert_eq!((&report["merged"], &report["conflicts"]), (&json!(1), &json!(0)), "{report}");
    let shown = env.bos_in(&a, &["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!(shown["card"]["priority"], "P1");
    assert!(shown["body"].as_str().unwrap().contains("About 1,500"));
    env.bos_in(&a, &["audit", "verify"]).code(0);
}
