//! `card history`: the story of a card or an idea, from its log and its texts.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{board::keys, env::TestEnv};

/// The bakery, where the card of the paper bags has been through something.
fn lived() -> TestEnv {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0006.user.md", "until spring.", "until spring.\n\nThe logo is final.");
    env.edit("cards/BAKE-ENG-0006.user.md", "Title: Paper bags", "Title: New paper bags");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned", "--reason", "the printer has a date"]).code(0);
    env.write(
        "cards/BAKE-ENG-0006/comments/2026-11-20-sami.md",
        "---\nType: Comment\nAuthor: Sami\nCreated: 2026-11-20\n---\n\nOrder 6,000.\n",
    );
    env.bos(&["import", "--actor", "Sami", "--initiator", "Nora"]).code(0);
    env
}

#[test]
fn the_story_of_a_card() {
    let env = lived();
    assert_snapshot!(env.bos(&["card", "history", "bake-eng-0006"]).ok(), @"
    BAKE-ENG-0006  New paper bags with the new logo

       11  2026-11-20 10:00Z  Nora  import
           Created: 2026-11-11, Lane: Inbox, Owner: Unassigned, Priority: P3, Tags: [print], Updated: 2026-11-11
           new docs/business-os/cards/BAKE-ENG-0006.user.md
             +About 2,000 plain bags are left. The printer wants at least 5,000 of the new
             +ones, so there is time until spring.

       26  2026-11-20 10:00Z  Nora  import
           Title: Paper bags with the new logo -> New paper bags with the new logo
           docs/business-os/cards/BAKE-ENG-0006.user.md
             @@ -2,2 +2,4 @@
              About 2,000 plain bags are left. The printer wants at least 5,000 of the new
              ones, so there is time until spring.
             +
             +The logo is final.

       27  2026-11-20 10:00Z  Nora  move  because the printer has a date
           Lane: Inbox -> Planned
           Updated: 2026-11-11 -> 2026-11-20
           new docs/business-os/cards/BAKE-ENG-0006/plan.user.md
             +# Plan: New paper bags with the new logo
             +
             +## Approach
             +
             +_Nothing yet._
             +
             +## Tasks
             +
             +- [ ]

       28  2026-11-20 10:00Z  Nora  import comments/2026-11-20-sami.md
           Created: 2026-11-20
           new docs/business-os/cards/BAKE-ENG-0006/comments/2026-11-20-sami.md
             +Order 6,000.
    ");
}

#[test]
fn only_the_last_changes() {
    let env = lived();
    let ran = env.bos(&["card", "history", "BAKE-ENG-0006", "--limit", "2"]).code(0);
    assert_snapshot!(ran.stderr, @"note: 2 of 4 shown (--limit)");
    let heads: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("10:00Z")).collect();
    assert_snapshot!(heads.join("\n"), @"
    27  2026-11-20 10:00Z  Nora  move  because the printer has a date
    28  2026-11-20 10:00Z  Nora  import comments/2026-11-20-sami.md
    ");
}

#[test]
fn a_new_document_is_cut_unless_more_is_asked_for() {
    let env = TestEnv::fixture("bakery");
    let lines: Vec<String> = (1..=12).map(|number| format!("line {number}")).collect();
    env.write("cards/BAKE-ENG-0006/prices.md", format!("\n{}\n\n", lines.join("\n")));
    let new = |arguments: &[&str]| {
        let text = env.bos(&[&["card", "history", "BAKE-ENG-0006"], arguments].concat()).ok();
        text.split("new docs/business-os/cards/BAKE-ENG-0006/prices.md\n").nth(1).unwrap().to_owned()
    };
    assert_snapshot!(new(&[]), @"
    +line 1
    +line 2
    +line 3
    +line 4
    +line 5
    +line 6
    +line 7
    +line 8
    +line 9
    +line 10
    2 more lines (-v)
    ");
    let whole = new(&["-v"]);
    assert!(whole.ends_with("+line 11\n         +line 12\n"), "{whole}");
    let entry = env.bos(&["log", "BAKE-ENG-0006", "--json", "--limit", "1"]).json()["entries"][0].clone();
    let text = env.bos(&["card", "history", "BAKE-ENG-0006", "-v"]).ok();
    assert!(text.contains(entry["hash"].as_str().unwrap()), "{text}");
}

#[test]
fn the_story_as_json() {
    let env = lived();
    let history = env.bos(&["card", "history", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!(keys(&history), "schema id total entries");
    assert_eq!((&history["schema"], &history["total"]), (&"bos.history/1".into(), &4.into()));
    let entries = history["entries"].as_array().unwrap();
    let log = env.bos(&["log", "BAKE-ENG-0006", "--json"]).code(0).json();
    for (entry, logged) in entries.iter().zip(log["entries"].as_array().unwrap().iter().rev()) {
        assert_eq!(keys(entry), keys(logged) + " fields diffs");
        assert_eq!((&entry["hash"], &entry["changes"]), (&logged["hash"], &logged["changes"]));
    }
    assert_snapshot!(entries[0]["fields"], @r#"{"Created":{"from":null,"to":"2026-11-11"},"Lane":{"from":null,"to":"Inbox"},"Owner":{"from":null,"to":"Unassigned"},"Priority":{"from":null,"to":"P3"},"Tags":{"from":null,"to":["print"]},"Updated":{"from":null,"to":"2026-11-11"}}"#);
    assert_snapshot!(serde_json::to_string_pretty(&entries[1]["fields"]).unwrap(), @r#"
    {
      "Title": {
        "from": "Paper bags with the new logo",
        "to": "New paper bags with the new logo"
      }
    }
    "#);
    assert_snapshot!(serde_json::to_string_pretty(&entries[1]["diffs"]).unwrap(), @r#"
    [
      {
        "path": "docs/business-os/cards/BAKE-ENG-0006.user.md",
        "diff": "@@ -2,2 +2,4 @@\n About 2,000 plain bags are left. The printer wants at least 5,000 of the new\n ones, so there is time until spring.\n+\n+The logo is final.\n"
      }
    ]
    "#);
    assert_eq!(entries[1]["changes"]["Title"], serde_json::json!({}), "only the name is in the log");
    assert_snapshot!(entries[3]["diffs"], @r#"[{"path":"docs/business-os/cards/BAKE-ENG-0006/comments/2026-11-20-sami.md","diff":"@@ -0,0 +1,2 @@\n+\n+Order 6,000.\n"}]"#);
}

#[test]
fn an_idea_has_a_story_too() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "history", "HOME-OPP-0001"]).ok(), @"
    HOME-OPP-0001  One insurance instead of three

       24  2026-11-20 10:00Z  Nora  import
           Created-Date: 2026-11-05, Tags: [insurance, money]
           new docs/business-os/ideas/inbox/HOME-OPP-0001.user.md
             +Shop, workshop and bikes are insured with three companies. Ask one of them for
             +everything, after the tax papers are gone.
    ");
    env.bos(&["card", "history", "BAKE-ENG-9999"]).code(3);
}

#[test]
fn what_was_erased_is_said_to_be() {
    let env = lived();
    let story = |at: usize| -> Value {
        env.bos(&["card", "history", "BAKE-ENG-0006", "--json"]).code(0).json()["entries"][at].clone()
    };
    let first = story(0)["documents"][0]["new"].as_str().unwrap().to_owned();
    assert_eq!(env.sqlite().execute("DELETE FROM business_os_blobs WHERE sha256 = ?1", [&first]).unwrap(), 1);
    let text = env.bos(&["card", "history", "BAKE-ENG-0006"]).ok();
    assert_snapshot!(text.split("\n\n").skip(1).take(2).collect::<Vec<_>>().join("\n\n"), @"
    11  2026-11-20 10:00Z  Nora  import
        Created: 2026-11-11, Lane: Inbox, Owner: Unassigned, Priority: P3, Tags: [print], Updated: 2026-11-11
        new docs/business-os/cards/BAKE-ENG-0006.user.md
          the text was erased

    26  2026-11-20 10:00Z  Nora  import
        Title changed; the text was erased
        docs/business-os/cards/BAKE-ENG-0006.user.md
          the text was erased
    ");
    let edited = story(1);
    assert_eq!(edited["fields"], serde_json::json!({}));
    assert_eq!(edited["diffs"][0]["diff"], Value::Null);
}

#[test]
fn a_document_that_moved_is_told_as_one() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let text = env.read("cards/BAKE-ENG-0006.user.md").replace("until spring", "until summer");
    env.write("cards/archive/BAKE-ENG-0006.user.md", text);
    std::fs::remove_file(env.path("cards/BAKE-ENG-0006.user.md")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let text = env.bos(&["card", "history", "BAKE-ENG-0006", "--limit", "1"]).ok();
    assert_snapshot!(text, @"
    BAKE-ENG-0006  Paper bags with the new logo

       26  2026-11-20 10:00Z  Nora  import
           moved docs/business-os/cards/BAKE-ENG-0006.user.md -> docs/business-os/cards/archive/BAKE-ENG-0006.user.md
             @@ -1,3 +1,3 @@

              About 2,000 plain bags are left. The printer wants at least 5,000 of the new
             -ones, so there is time until spring.
             +ones, so there is time until summer.
    ");
}

#[test]
fn nothing_in_a_text_reaches_the_terminal_as_a_command() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0006.user.md", "until spring.", "until \u{1b}[31mspring\u{202e}.");
    env.edit("cards/BAKE-ENG-0006.user.md", "Title: Paper bags with the new logo", "Title: \"\\e[31mBags\"");
    env.bos(&["import"]).code(0);
    let ran = env.bos(&["card", "history", "BAKE-ENG-0006"]).code(0);
    assert!(ran.stdout.contains("-> [31mBags\n") && ran.stdout.contains("[31mspring"), "{}", ran.stdout);
    assert!(!ran.stdout.contains(['\u{1b}', '\u{202e}']), "{}", ran.stdout);
    let painted = env.bos(&["card", "history", "BAKE-ENG-0006", "--color", "always"]).ok();
    assert!(painted.contains("\u{1b}[31m-ones, so there is time until spring."), "{painted:?}");
}

/// A commit by somebody.
fn committed_by(env: &TestEnv, who: &str, message: &str) {
    env.git(&["add", "-A"]);
    env.git(&["commit", "-q", "--author", &format!("{who} <somebody@example.org>"), "-m", message]);
}

/// A card that lived in git before anybody imported it: renamed, changed on two branches, with a plan beside it.
fn lived_in_git() -> TestEnv {
    let env = TestEnv::repository("bakery");
    let text =
        "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: Ines\nID: BAKE-ENG-0042\nTitle: Old\n---\n\nOne.\n\nTwo.\n";
    env.write("cards/flour mill.user.md", text);
    committed_by(&env, "Ines", "a mill");
    env.git(&["mv", "docs/business-os/cards/flour mill.user.md", "docs/business-os/cards/BAKE-ENG-0042.user.md"]);
    env.edit("cards/BAKE-ENG-0042.user.md", "Title: Old", "Title: A mill of our own");
    committed_by(&env, "Sami", "give it an ID");
    env.git(&["switch", "-qc", "side"]);
    env.edit("cards/BAKE-ENG-0042.user.md", "Two.", "Two and three.");
    committed_by(&env, "Ines", "more text");
    env.git(&["switch", "-q", "main"]);
    env.edit("cards/BAKE-ENG-0042.user.md", "Priority: P2", "Priority: P1");
    env.write("cards/BAKE-ENG-0042/plan.user.md", "---\nStage: plan\nCard-ID: BAKE-ENG-0042\n---\n# Plan\n");
    committed_by(&env, "Sami", "urgent\n\nand planned");
    env.git(&["merge", "-q", "--no-edit", "side"]);
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0042.user.md", "Owner: Ines", "Owner: Sami");
    committed_by(&env, "Ines", "after the import");
    env.bos(&["import"]).code(0);
    env
}

#[test]
fn git_tells_what_was_before_the_first_import() {
    let env = lived_in_git();
    let json = env.bos(&["card", "history", "BAKE-ENG-0042", "--git", "--json"]).code(0).json();
    let commits = json["commits"].as_array().unwrap();
    let told: Vec<(&str, &str)> = commits
        .iter()
        .map(|commit| (commit["author"].as_str().unwrap(), commit["subject"].as_str().unwrap()))
        .collect();
    let mut expected = vec![("Ines", "a mill"), ("Sami", "give it an ID"), ("Ines", "more text"), ("Sami", "urgent")];
    let mut sorted = told.clone();
    sorted.sort();
    expected.sort();
    // The merge is the first commit that has the text of the import; it changed what neither parent has.
    sorted.retain(|(_, subject)| !subject.starts_with("Merge"));
    assert_eq!(sorted, expected);
    let of = |subject: &str| commits.iter().find(|commit| commit["subject"] == subject).unwrap();
    assert_eq!(of("give it an ID")["fields"]["Title"]["to"], "A mill of our own");
    assert_eq!(of("give it an ID")["fields"]["Title"]["from"], "Old");
    assert_eq!(of("a mill")["paths"][0], "docs/business-os/cards/flour mill.user.md");
    assert_eq!(of("urgent")["fields"].as_object().unwrap().keys().collect::<Vec<_>>(), ["Priority"]);
    assert_eq!(of("urgent")["paths"].as_array().unwrap().len(), 2, "{}", of("urgent"));
    assert!(of("more text")["diffs"][0]["diff"].as_str().unwrap().contains("+Two and three."));
    assert_eq!(json["total"], commits.len() + json["entries"].as_array().unwrap().len());
    let text = env.bos(&["card", "history", "BAKE-ENG-0042", "--git"]).ok();
    assert!(text.contains("  Sami  give it an ID") && text.contains("Title: Old -> A mill of our own"), "{text}");
    assert!(text.find("a mill").unwrap() < text.find("give it an ID").unwrap(), "the oldest first: {text}");
    assert!(
        text.find("urgent").unwrap() < text.find("  import").unwrap() && !text.contains("after the import"),
        "{text}"
    );
    // The last ones, and none where nobody asked.
    let entries = json["entries"].as_array().unwrap().len();
    let limit = (entries + 1).to_string();
    let last = env.bos(&["card", "history", "BAKE-ENG-0042", "--git", "--json", "--limit", &limit]).code(0).json();
    assert_eq!(last["commits"].as_array().unwrap(), &commits[commits.len() - 1..]);
    let plain = env.bos(&["card", "history", "BAKE-ENG-0042", "--json"]).code(0).json();
    assert_eq!((keys(&plain).as_str(), &plain["total"]), ("schema id total entries", &entries.into()));
}

#[test]
fn an_ideas_story_in_git_goes_through_its_folders() {
    let env = TestEnv::repository("bakery");
    env.git(&["mv", "docs/business-os/ideas/inbox/BIKE-OPP-0001.user.md", "docs/business-os/ideas/worked/"]);
    env.edit("ideas/worked/BIKE-OPP-0001.user.md", "Status: raw", "Status: worked");
    committed_by(&env, "Sami", "worked it out");
    env.bos(&["import"]).code(0);
    let json = env.bos(&["card", "history", "BIKE-OPP-0001", "--git", "--json"]).code(0).json();
    let commits = json["commits"].as_array().unwrap();
    assert_eq!(commits.len(), 2, "{json:#}");
    assert_eq!(commits[1]["fields"]["Status"], serde_json::json!({"from": "raw", "to": "worked"}));
    assert_eq!(commits[0]["paths"][0], "docs/business-os/ideas/inbox/BIKE-OPP-0001.user.md");
}

#[test]
fn what_git_cannot_tell_is_left_out() {
    // No repository; a file that no commit has; a text in the past that cannot be read.
    let outside = TestEnv::fixture("bakery");
    let json = outside.bos(&["card", "history", "BAKE-ENG-0006", "--git", "--json"]).code(0).json();
    assert_eq!(json["commits"], serde_json::json!([]));
    let env = TestEnv::repository("bakery");
    env.write("cards/BAKE-ENG-0050.user.md", "---\nTitle: [\n---\n");
    env.commit_all("broken");
    env.write("cards/BAKE-ENG-0050.user.md", "---\nTitle: Whole\nType: Card\n---\n");
    env.commit_all("mended");
    env.write("cards/BAKE-ENG-0051.user.md", "---\nTitle: New\nType: Card\n---\n");
    env.bos(&["import"]).code(0);
    let json = env.bos(&["card", "history", "BAKE-ENG-0051", "--git", "--json"]).code(0).json();
    assert_eq!(json["commits"], serde_json::json!([]));
    let text = env.bos(&["card", "history", "BAKE-ENG-0050", "--git"]).ok();
    assert!(text.contains("broken") && text.contains("mended") && text.contains("the text cannot be read"), "{text}");
}
