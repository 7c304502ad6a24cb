//! `bos card claim`: one card, one worker.

use insta::assert_snapshot;

use crate::env::TestEnv;

const LATER: &str = "2026-11-20T12:00:00Z";

fn as_pete(env: &TestEnv, arguments: &[&str]) -> crate::env::Ran {
    env.bos_with(&[("BOS_ACTOR", "Pete")], arguments)
}

#[test]
fn the_second_is_told_who_was_first() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "claim", "BAKE-ENG-0003"]).ok(), @"BAKE-ENG-0003  is yours");
    let refused = as_pete(&env, &["card", "claim", "BAKE-ENG-0003"]).code(5);
    assert_snapshot!(refused.stderr, @"
    error: BAKE-ENG-0003 is claimed by Nora until 2026-11-20T18:00:00Z
    hint: `bos next` names what is free; to go on all the same: `bos card claim BAKE-ENG-0003 --take-over --reason TEXT`
    ");
    let length = env.log_length();
    assert_snapshot!(env.bos(&["card", "claim", "BAKE-ENG-0003"]).ok(), @"BAKE-ENG-0003  is yours already");
    assert_eq!(env.log_length(), length);
    as_pete(&env, &["card", "claim", "BAKE-ENG-0003", "--release"]).code(5);
    env.bos(&["card", "claim", "BAKE-ENG-0003", "--release"]).ok();
    as_pete(&env, &["card", "claim", "BAKE-ENG-0003"]).ok();
    env.verify();
}

#[test]
fn a_claim_ends_with_its_time_and_can_be_renewed() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "claim", "BAKE-ENG-0003", "--ttl", "1h"]).ok();
    env.bos(&["export"]).ok();
    assert!(env.read("cards/BAKE-ENG-0003.user.md").contains("Claimed-Until: 2026-11-20T11:00:00Z\n"));
    as_pete(&env, &["card", "claim", "BAKE-ENG-0003"]).code(5);
    env.bos(&["card", "claim", "BAKE-ENG-0003", "--renew", "--ttl", "90m"]).ok();
    let late = |actor, arguments: &[&str]| env.bos_with(&[("BOS_ACTOR", actor), ("BOS_NOW", LATER)], arguments);
    late("Pete", &["card", "claim", "BAKE-ENG-0003"]).ok();
    let refused = env.bos_with(&[("BOS_NOW", LATER)], &["card", "claim", "BAKE-ENG-0003", "--renew", "--ttl", "1h"]);
    assert_snapshot!(refused.code(5).stderr, @"
    error: BAKE-ENG-0003 is claimed by Pete until 2026-11-20T20:00:00Z
    hint: `bos next` names what is free; to go on all the same: `bos card claim BAKE-ENG-0003 --take-over --reason TEXT`
    ");
    env.bos(&["card", "claim", "BAKE-ENG-0004", "--renew", "--ttl", "1h"]).code(4);
    env.bos(&["card", "claim", "BAKE-ENG-0004", "--renew"]).code(2);
    env.bos(&["card", "claim", "BAKE-ENG-0004", "--ttl", "-1h"]).code(2);
    env.bos(&["card", "claim", "BAKE-ENG-0004", "--ttl", "soon"]).code(2);
}

#[test]
fn a_card_that_is_done_is_free() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["card", "claim", "BAKE-ENG-0003", "--ttl", "1h"]).ok();
    env.bos(&["card", "done", "BAKE-ENG-0003"]).ok();
    env.bos(&["export"]).ok();
    assert!(!env.read("cards/BAKE-ENG-0003.user.md").contains("Claimed"));
    assert_snapshot!(env.bos(&["card", "claim", "BAKE-ENG-0003"]).code(4).stderr, @"
    error: BAKE-ENG-0003 is done or archived: there is nothing left to claim
    hint: move it back first, as with `bos card move BAKE-ENG-0003 in-progress`
    ");
    env.bos(&["card", "set", "BAKE-ENG-0004", "Claimed-By=Pete"]).code(4);
}

#[test]
fn several_are_claimed_together_or_not_at_all() {
    let env = TestEnv::fixture("bakery");
    as_pete(&env, &["card", "claim", "BAKE-ENG-0004"]).ok();
    let length = env.log_length();
    env.bos(&["card", "claim", "BAKE-ENG-0003", "BAKE-ENG-0004"]).code(5);
    assert_eq!(env.log_length(), length);
}
