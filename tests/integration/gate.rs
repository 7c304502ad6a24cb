//! The gate: what a lane asks for, and who may move.

use insta::assert_snapshot;

use crate::env::TestEnv;

#[test]
fn a_strict_gate_says_what_is_missing() {
    let env = TestEnv::fixture("bakery");
    let strict = ["card", "move", "BAKE-ENG-0003", "in-progress", "--gate", "strict"];
    assert_snapshot!(env.bos(&strict).code(4).stderr, @"
    error: BAKE-ENG-0003 cannot go to In progress: it has no stage doc build
    hint: write it with `bos stage set BAKE-ENG-0003 build --body-file FILE`
    ");
    env.bos(&["card", "move", "BAKE-ENG-0003", "in-progress"]).ok();
    env.bos(&["card", "move", "BAKE-ENG-0003", "planned"]).ok();
    assert_snapshot!(env.bos(&strict).code(4).stderr, @"
    error: BAKE-ENG-0003 cannot go to In progress: docs/business-os/cards/BAKE-ENG-0003/build.user.md still is the bare template
    hint: write it with `bos stage set BAKE-ENG-0003 build --body-file FILE`
    ");
    env.bos_reading("# Build\n\nFed it twice.\n", &["stage", "set", "BAKE-ENG-0003", "build", "--body-file", "-"]).ok();
    assert_snapshot!(env.bos(&strict).ok(), @"BAKE-ENG-0003  Planned -> In progress");
    assert_snapshot!(env.bos(&["card", "done", "BAKE-ENG-0003", "--gate", "strict"]).code(4).stderr, @"
    error: BAKE-ENG-0003 cannot go to Done: it has no stage doc reflect
    hint: write it with `bos stage set BAKE-ENG-0003 reflect --body-file FILE`
    ");
    env.bos_reading("It lives.\n", &["stage", "set", "BAKE-ENG-0003", "reflect", "--body-file", "-"]).ok();
    env.bos(&["card", "done", "BAKE-ENG-0003", "--gate", "strict"]).ok();
    env.bos(&["card", "move", "BAKE-ENG-0004", "done", "--gate", "iron"]).code(2);
}

#[test]
fn the_settings_hold_for_every_move() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["config", "set", "gate", "strict"]).ok();
    env.bos(&["card", "move", "BAKE-ENG-0003", "in-progress"]).code(4);
    env.bos(&["card", "propose", "BAKE-ENG-0003", "in-progress"]).ok();
    env.bos(&["card", "accept", "BAKE-ENG-0003"]).code(4);
    env.bos(&["card", "accept", "BAKE-ENG-0003"]).code(4);
    env.bos(&["card", "move", "BAKE-ENG-0003", "in-progress", "--gate", "template"]).ok();
    env.verify();
}

#[test]
fn an_agent_proposes_and_a_person_accepts() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["config", "set", "agents", "Claude"]).ok();
    let agent = |arguments: &[&str]| env.bos_with(&[("BOS_ACTOR", "Claude"), ("BOS_INITIATOR", "Nora")], arguments);
    assert_snapshot!(agent(&["card", "move", "BAKE-ENG-0003", "in-progress"]).code(4).stderr, @"
    error: Claude is an agent here, and agents do not move cards
    hint: propose the move instead: `bos card propose BAKE-ENG-0003 LANE`
    ");
    agent(&["card", "done", "BAKE-ENG-0003"]).code(4);
    agent(&["card", "propose", "BAKE-ENG-0003", "in-progress"]).ok();
    agent(&["card", "accept", "BAKE-ENG-0003"]).code(4);
    agent(&["card", "claim", "BAKE-ENG-0003", "--ttl", "1h"]).ok();
    agent(&["card", "comment", "BAKE-ENG-0003", "-m", "Done, I think."]).ok();
    env.bos(&["card", "accept", "BAKE-ENG-0003"]).ok();
}
