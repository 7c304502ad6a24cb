//! `bos card edit`: an editor, what it leaves, and what becomes of it when something goes wrong.

use std::fs;

use insta::assert_snapshot;

use crate::env::{Ran, TestEnv};

const FILE: &str = "cards/BAKE-ENG-0003.user.md";

fn edit(env: &TestEnv, editor: &str) -> Ran {
    env.bos_with(&[("EDITOR", editor)], &["card", "edit", "BAKE-ENG-0003"])
}

/// The texts that were kept.
fn kept(env: &TestEnv) -> Vec<String> {
    let folder = env.database().with_file_name("edits");
    let files = fs::read_dir(folder).unwrap();
    files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect()
}

#[test]
fn what_the_editor_changes_is_all_that_changes() {
    let env = TestEnv::fixture("bakery");
    let before = env.read(FILE);
    assert_snapshot!(edit(&env, "sed -i 's/sour and flat/sour/'").ok(), @"BAKE-ENG-0003  edited");
    env.bos(&["export"]).ok();
    let expected = before.replace("sour and flat", "sour").replace("Updated: 2026-11-02", "Updated: 2026-11-20");
    assert_eq!(env.read(FILE), expected);
    assert_eq!(env.last_entry()["action"], "edit");
    assert_snapshot!(edit(&env, "true").ok(), @"BAKE-ENG-0003  unchanged");
    assert!(kept(&env).is_empty());
    env.verify();
}

#[test]
fn a_text_with_errors_is_opened_again_with_the_reasons() {
    let env = TestEnv::fixture("bakery");
    let script = "if grep -q '^<!-- bos:' \"$1\"; then cp \"$1\" seen; sed -i 's/Lane: Dne/Lane: Done/' \"$1\"; else \
                  sed -i 's/Lane: Planned/Lane: Dne/' \"$1\"; fi";
    env.write("../../editor.sh", script);
    assert_snapshot!(edit(&env, "sh editor.sh").ok(), @"BAKE-ENG-0003  edited");
    assert_snapshot!(env.read("../../seen").lines().take(6).collect::<Vec<_>>().join("\n"), @"
    <!-- bos: this cannot be saved yet:
         line 3: `Dne` in `Lane` is not a lane
         Line numbers count from below this comment, which is removed again. Fix the text and
         save it, or leave it unchanged to give up. -->
    ---
    Type: Card
    ");
    assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json()["card"]["lane"], "Done");
    env.verify();
}

#[test]
fn nothing_is_lost_when_the_editor_or_the_person_gives_up() {
    let env = TestEnv::fixture("bakery");
    let length = env.log_length();
    let died = edit(&env, "sh -c 'echo more >> \"$1\"; exit 3' x").code(4);
    assert!(died.stderr.contains("your text is in"), "{}", died.stderr);
    let broken = edit(&env, "sed -i 's/^Lane: .*/Lane: [/'").code(4);
    assert!(broken.stderr.contains("nothing was saved; your text is in"), "{}", broken.stderr);
    assert_eq!(env.log_length(), length);
    let kept = kept(&env);
    assert!(kept.len() == 2 && kept.iter().any(|text| text.ends_with("more\n")), "{kept:?}");
    assert_snapshot!(env.bos(&["card", "edit", "BAKE-ENG-0003"]).code(2).stderr, @"
    error: there is no terminal to edit at
    hint: name an editor in VISUAL or EDITOR, or use `bos card set ID --body-file FILE`
    ");
}

#[test]
fn what_others_did_meanwhile_is_merged_or_named() {
    let env = TestEnv::fixture("bakery");
    let bos = env!("CARGO_BIN_EXE_bos");
    let meanwhile = |change: &str, sed: &str| {
        env.write(
            "../../editor.sh",
            format!("{bos} card set BAKE-ENG-0003 {change} >/dev/null; sed -i '{sed}' \"$1\"\n"),
        );
        edit(&env, "sh editor.sh")
    };
    meanwhile("Priority=P0", "s/Since we close/Ever since we close/").ok();
    let card = env.bos(&["card", "show", "BAKE-ENG-0003", "--json"]).json();
    assert_eq!(card["card"]["priority"], "P0");
    assert!(card["body"].as_str().unwrap().contains("Ever since"));
    let refused = meanwhile("Priority=P1", "s/Priority: P0/Priority: P3/").code(5);
    assert!(refused.stderr.contains("changed in the same places meanwhile: Priority"), "{}", refused.stderr);
    assert!(kept(&env)[0].contains("Priority: P3"));
    env.verify();
}
