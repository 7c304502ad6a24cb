//! `bos card comment` and `bos stage set`.

use std::fs;

use insta::assert_snapshot;

use crate::env::TestEnv;

#[test]
fn a_comment_is_a_file_of_its_own() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "comment", "BAKE-ENG-0003", "-m", "Fed it: twice."]).ok(), @"
    BAKE-ENG-0003  commented
      made docs/business-os/cards/BAKE-ENG-0003/comments/2026-11-20T10-00-00Z-nora.md
    ");
    let other = [("BOS_ACTOR", "../Zoë & co")];
    env.bos_with(&other, &["card", "comment", "BAKE-ENG-0003", "-m", "- a\n- b"]).ok();
    env.bos_reading("From a pipe.\n", &["card", "comment", "BAKE-ENG-0003", "-F", "-"]).ok();
    env.bos(&["export"]).ok();
    let folder = env.path("cards/BAKE-ENG-0003/comments");
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_snapshot!(names.join("\n"), @"
    2026-11-20T10-00-00Z-nora-2.md
    2026-11-20T10-00-00Z-nora.md
    2026-11-20T10-00-00Z-zoë-co.md
    ");
    assert_snapshot!(env.read(&format!("cards/BAKE-ENG-0003/comments/{}", names[0])), @"
    ---
    Type: Comment
    Card-ID: BAKE-ENG-0003
    Author: Nora
    Created: 2026-11-20T10:00:00Z
    ---

    From a pipe.
    ");
    let shown = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    let told: Vec<_> =
        shown["comments"].as_array().unwrap().iter().map(|c| format!("{} {}", c["author"], c["body"])).collect();
    assert_snapshot!(told.join("\n"), @r#"
    "Nora" "\nFed it: twice.\n"
    "Nora" "\nFrom a pipe.\n"
    "../Zoë & co" "\n- a\n- b\n"
    "#);
    assert_eq!(env.bos(&["import", "--json"]).code(0).json()["imported"], 0);
    env.bos(&["card", "comment", "BAKE-ENG-0003", "-m", "  "]).code(4);
    env.bos(&["card", "comment", "BAKE-ENG-0003"]).code(2);
    env.bos(&["card", "comment", "BAKE-ENG-0333", "-m", "x"]).code(3);
    env.verify();
}

#[test]
fn a_stage_doc_is_made_and_then_replaced() {
    let env = TestEnv::fixture("bakery");
    let set = |text: &str, more: &[&str]| {
        let mut arguments = vec!["stage", "set", "BAKE-ENG-0003", "launch-day", "--body-file", "-"];
        arguments.extend(more);
        env.bos_reading(text, &arguments)
    };
    assert_snapshot!(set("# Launch\n", &[]).ok(), @"
    BAKE-ENG-0003/launch-day  created
      made docs/business-os/cards/BAKE-ENG-0003/launch-day.user.md
    ");
    let sha =
        env.bos(&["stage", "show", "BAKE-ENG-0003", "launch-day", "--json"]).json()["stage_doc"]["sha256"].clone();
    let sha = sha.as_str().unwrap();
    assert_snapshot!(set("# Launch\n\nAt six.\n", &["--expect", sha]).ok(), @"BAKE-ENG-0003/launch-day  written");
    assert_eq!(set("# Late\n", &["--expect", sha]).code(5).stdout, "");
    assert_snapshot!(set("# Launch\n\nAt six.\n", &[]).ok(), @"BAKE-ENG-0003/launch-day  unchanged");
    set("For agents.\n", &["--agent"]).ok();
    env.bos(&["export"]).ok();
    assert_snapshot!(env.read("cards/BAKE-ENG-0003/launch-day.user.md"), @"
    ---
    Type: Stage
    Stage: launch-day
    Card-ID: BAKE-ENG-0003
    Created: 2026-11-20
    Updated: 2026-11-20
    ---

    # Launch

    At six.
    ");
    assert!(env.read("cards/BAKE-ENG-0003/launch-day.agent.md").ends_with("---\n\nFor agents.\n"));
    env.bos(&["stage", "set", "BAKE-ENG-0003", "Not so", "--body-file", "x"]).code(2);
    let other = env.bos_reading("x", &["stage", "set", "BAKE-ENG-0003", "other", "--body-file", "-", "--expect", sha]);
    assert_snapshot!(other.code(5).stderr.replace(sha, "SHA"), @"
    error: BAKE-ENG-0003/other does not exist, so it cannot be at SHA
    hint: leave --expect out to make it
    ");
    env.verify();
}
