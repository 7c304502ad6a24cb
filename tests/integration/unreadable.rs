//! A document whose file cannot be read is never denied.

use crate::env::TestEnv;

const BROKEN: &str = "---\nType: Card\nID: BAKE-ENG-0099\nLane: [\n---\n";

/// Commands that name a card, an idea and a stage doc whose files are broken.
const COMMANDS: [&[&str]; 11] = [
    &["card", "show", "BAKE-ENG-0099"],
    &["card", "show", "BAKE-ENG-0099", "--no-refresh"],
    &["card", "set", "BAKE-ENG-0099", "Priority=P1"],
    &["card", "move", "bake-eng-99", "planned"],
    &["card", "claim", "BAKE-ENG-0099"],
    &["card", "archive", "BAKE-ENG-0099"],
    &["card", "deps", "BAKE-ENG-0099"],
    &["card", "history", "BAKE-ENG-0099"],
    &["idea", "show", "BAKE-OPP-0099"],
    &["idea", "set", "BAKE-OPP-0099", "Priority=P1"],
    &["stage", "show", "BAKE-ENG-0006", "plan"],
];

fn paths() -> [&'static str; 3] {
    ["cards/BAKE-ENG-0099.user.md", "ideas/inbox/BAKE-OPP-0099.user.md", "cards/BAKE-ENG-0006/plan.user.md"]
}

#[test]
fn a_new_file_that_cannot_be_read_is_named() {
    for command in COMMANDS {
        let env = TestEnv::fixture("bakery");
        env.bos(&["import"]).code(0);
        paths().iter().for_each(|path| env.write(path, BROKEN));
        let ran = env.bos(command).code(4);
        let is_told =
            paths().iter().any(|path| ran.stderr.contains(&format!("docs/business-os/{path} cannot be read, line 5")));
        assert!(is_told, "{command:?}: {}", ran.stderr);
    }
}

#[test]
fn a_known_file_that_broke_is_named_beside_the_last_text_that_could_be_read() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    env.write("cards/BAKE-ENG-0006.user.md", BROKEN);
    env.write("ideas/inbox/BAKE-OPP-0002.user.md", BROKEN);
    for (command, title) in [(["card", "show", "BAKE-ENG-0006"], "Paper bags"), (["idea", "show", "BAKE-OPP-0002"], "")]
    {
        for more in [&[][..], &["--json"], &["--no-refresh"]] {
            let ran = env.bos(&[&command, more].concat()).code(4);
            assert!(ran.stdout.contains(title) && !ran.stdout.is_empty(), "{command:?} {more:?}");
            assert!(ran.stderr.contains("cannot be read, line 5"), "{command:?} {more:?}: {}", ran.stderr);
        }
    }
    let stderr = env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(4).stderr;
    assert!(stderr.contains("cards/BAKE-ENG-0006.user.md cannot be read, line 5"), "{stderr}");
}

#[test]
fn a_write_takes_a_card_that_is_only_a_file_so_far() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let text = "---\nType: Card\nLane: Inbox\nID: BAKE-ENG-0099\nTitle: Zebra\nBusiness: BAKE\n---\n";
    env.write("cards/BAKE-ENG-0099.user.md", text);
    env.bos(&["card", "move", "BAKE-ENG-0099", "planned"]).code(0);
    assert!(env.bos(&["board", "BAKE"]).ok().contains("Zebra"));
    env.verify();
}
