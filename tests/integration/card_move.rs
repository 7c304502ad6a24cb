//! `bos card move`: what each lane asks for, in the files as in the log.

use insta::assert_snapshot;

use crate::env::TestEnv;

#[test]
fn the_commonest_day() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.edit("cards/BAKE-ENG-0006.user.md", "Priority: P3", "Priority: P1");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "move", "bake-eng-0006", "in-progress"]).ok(), @r"
    BAKE-ENG-0006  Inbox -> In progress
      made docs/business-os/cards/BAKE-ENG-0006/build.user.md
    ");
    assert_eq!(env.log_length(), before + 2, "the hand edit and the move are an entry each");
    assert_snapshot!(env.bos(&["export"]).ok(), @r"
    wrote docs/business-os/cards/BAKE-ENG-0006.user.md
    wrote docs/business-os/cards/BAKE-ENG-0006/build.user.md
    ");
    let text = env.read("cards/BAKE-ENG-0006.user.md");
    assert!(text.contains("Priority: P1") && text.contains("Lane: In progress"), "{text}");
    env.verify();
}
