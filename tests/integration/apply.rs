//! `bos apply`: many changes, one command, all or none.

use insta::assert_snapshot;

use crate::env::TestEnv;

const LINES: &str = r#"
{"entity":"card","action":"create","business":"BAKE","changes":{"Title":"Mend the gate","Priority":"P1","Estimate":3},"body":"Rust.\n"}
{"entity":"card","action":"move","id":"BAKE-ENG-0006","changes":{"Lane":{"from":"Inbox","to":"Planned"}},"reason":"bags are out"}
{"entity":"card","action":"set","id":"BAKE-ENG-0006","changes":{"Owner":{"from":"Pete","to":"Nora"},"Tags":{"add":["x"]}}}
{"entity":"card","action":"comment","id":"BAKE-ENG-0006","body":"Asked the printer."}
{"entity":"stage_doc","action":"set","id":"BAKE-ENG-0006/plan","body":"First the logo.\n"}
{"entity":"card","action":"claim","id":"BAKE-ENG-0006","ttl":"2h"}
{"entity":"idea","action":"create","business":"BAKE","changes":{"Title":"Bags for loaves"}}
{"entity":"idea","action":"convert","id":"BAKE-OPP-0002","changes":{"Lane":"fact-finding"}}
{"entity":"card","action":"archive","id":"BAKE-ENG-0007"}
"#;

#[test]
fn a_file_of_changes_is_one_batch() {
    let env = TestEnv::fixture("bakery");
    let length = env.log_length();
    let lines = LINES.replace(r#"{"from":"Pete","to":"Nora"}"#, r#""Nora""#);
    let rehearsed = env.bos_reading(&lines, &["apply", "-", "--dry-run"]).code(0);
    assert_eq!(env.log_length(), length);
    let done = env.bos_reading(&lines, &["apply", "-"]).ok();
    assert_eq!(rehearsed.stdout, done);
    assert_snapshot!(done, @"
    BAKE-ENG-0009  created
    BAKE-ENG-0006  Inbox -> Planned
      made docs/business-os/cards/BAKE-ENG-0006/plan.user.md
    BAKE-ENG-0006  changed
    BAKE-ENG-0006  commented
      made docs/business-os/cards/BAKE-ENG-0006/comments/2026-11-20T10-00-00Z-nora.md
    BAKE-ENG-0006/plan  changed
    BAKE-ENG-0006  changed
    BAKE-OPP-0003  created
    BAKE-ENG-0010  created
      made docs/business-os/cards/BAKE-ENG-0010/fact-find.user.md
    BAKE-ENG-0007  changed
      made docs/business-os/cards/archive/BAKE-ENG-0007.user.md
      made docs/business-os/cards/archive/BAKE-ENG-0007/reflect.user.md
    ");
    let log = env.bos(&["log", "--json", "--limit", "10"]).json();
    let batches: Vec<_> = log["entries"].as_array().unwrap().iter().map(|entry| &entry["batch"]).collect();
    assert!(batches.iter().all(|batch| *batch == batches[0]), "{batches:?}");
    env.verify();
}

#[test]
fn one_bad_line_and_nothing_happens() {
    let env = TestEnv::fixture("bakery");
    let length = env.log_length();
    assert_snapshot!(env.bos_reading(LINES, &["apply", "-"]).code(5).stderr, @"
    error: line 4 cannot be applied, so nothing was changed
    caused by: Owner of BAKE-ENG-0006 is not Pete any more: it is Unassigned
    hint: look at it again with `bos card show BAKE-ENG-0006`
    ");
    for (line, code) in [
        (r#"{"entity":"card","action":"move","id":"BAKE-ENG-0006","changes":{"Lane":"nowhere"}}"#, 4),
        (r#"{"entity":"card","action":"move","id":"BAKE-ENG-0666","changes":{"Lane":"done"}}"#, 3),
        (r#"{"entity":"card","action":"set","id":"BAKE-ENG-0006","changes":{"Lane":"Done"}}"#, 4),
        (
            r#"{"entity":"card","action":"set","id":"BAKE-ENG-0006","changes":{"Dependencies":{"add":["BAKE-ENG-0006"]}}}"#,
            4,
        ),
        ("not json", 4),
    ] {
        let good = r#"{"entity":"card","action":"done","id":"BAKE-ENG-0001"}"#.replace("done", "unblock");
        let refused = env.bos_reading(&format!("{good}\n\n{line}\n"), &["apply", "-"]).code(code);
        assert!(refused.stderr.contains('3'), "{}", refused.stderr);
    }
    assert_eq!(env.log_length(), length);
}

#[test]
fn a_value_that_has_changed_since_is_a_conflict() {
    let env = TestEnv::fixture("bakery");
    let line =
        r#"{"entity":"card","action":"set","id":"BAKE-ENG-0006","changes":{"Priority":{"from":"P3","to":"P0"}}}"#;
    env.bos_reading(line, &["apply", "-"]).ok();
    assert_snapshot!(env.bos_reading(line, &["apply", "-"]).code(5).stderr, @"
    error: line 1 cannot be applied, so nothing was changed
    caused by: Priority of BAKE-ENG-0006 is not P3 any more: it is P0
    hint: look at it again with `bos card show BAKE-ENG-0006`
    ");
    let new = r#"{"entity":"card","action":"set","id":"BAKE-ENG-0006","changes":{"Estimate":{"from":null,"to":3}}}"#;
    env.bos_reading(new, &["apply", "-"]).ok();
    env.bos_reading(new, &["apply", "-"]).code(5);
    let lane =
        r#"{"entity":"card","action":"move","id":"BAKE-ENG-0006","changes":{"Lane":{"from":"Planned","to":"Done"}}}"#;
    env.bos_reading(lane, &["apply", "-"]).code(5);
}
