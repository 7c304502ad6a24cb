//! `bos guide`: the page, and the section it keeps in a file for agents.

use std::fs;

use insta::assert_snapshot;

use crate::env::TestEnv;

#[track_caller]
fn agents(env: &TestEnv) -> String {
    fs::read_to_string(env.root.join("AGENTS.md")).unwrap()
}

#[test]
fn the_page_needs_nothing() {
    let env = TestEnv::empty();
    let text = env.bos(&["guide"]).ok();
    assert!(text.starts_with("# Working with bos\n") && text.lines().count() < 80, "{text}");
    let json = env.bos(&["guide", "--json"]).code(0).json();
    assert_eq!((&json["schema"], &json["text"]), (&"bos.guide/1".into(), &text.into()));
    env.bos(&["guide", "--agents-md"]).code(3);
    assert_eq!(fs::read_dir(&env.root).unwrap().count(), 0);
}

#[test]
fn the_section_is_kept_up_to_date_and_the_rest_of_the_file_stays() {
    let env = TestEnv::repository("bakery");
    let file = env.root.join("AGENTS.md");
    let shown = |text: String| text.replace(env.root.to_str().unwrap(), "ROOT");
    assert_snapshot!(shown(env.bos_in(&env.path("cards"), &["guide", "--agents-md"]).ok()), @"wrote ROOT/AGENTS.md");
    let page = env.bos(&["guide"]).ok();
    assert_eq!(agents(&env), format!("<!-- bos:begin -->\n{page}<!-- bos:end -->\n"));
    assert_snapshot!(shown(env.bos(&["guide", "--agents-md"]).ok()), @"ROOT/AGENTS.md is as it should be");
    let before = "# Ours\r\n\r\nBe kind.\r\n<!-- bos:begin -->\r\nold\r\n<!-- bos:end -->\r\n\r\nLast, without an end";
    fs::write(&file, before).unwrap();
    env.bos(&["guide", "--agents-md"]).code(0);
    assert_eq!(agents(&env), before.replace("old\r\n", &page.replace('\n', "\r\n")));
    let json = env.bos(&["guide", "--agents-md", "--json"]).code(0).json();
    assert_eq!((&json["changed"], &json["file"]), (&false.into(), &file.to_str().unwrap().into()));
    fs::write(env.root.join("NOTES.md"), "Mine.").unwrap();
    assert_eq!(env.bos(&["guide", "--agents-md", "NOTES.md"]).ok(), "wrote NOTES.md\n");
    assert!(fs::read_to_string(env.root.join("NOTES.md")).unwrap().starts_with("Mine.\n\n<!-- bos:begin -->\n"));
    assert!(!env.root.join(".git/bos").exists(), "no database is needed");
}

#[test]
fn a_file_that_cannot_take_it_is_left_as_it_is() {
    let env = TestEnv::repository("bakery");
    let file = env.root.join("AGENTS.md");
    let shown = |text: String| text.replace(env.root.to_str().unwrap(), "ROOT");
    fs::write(&file, "a\n<!-- bos:begin -->\nb\n").unwrap();
    assert_snapshot!(shown(env.bos(&["guide", "--agents-md"]).code(4).stderr), @"
    error: the section cannot be written to ROOT/AGENTS.md
    caused by: line 2 is `<!-- bos:begin -->`, and the marker that belongs to it is missing
    hint: fix the file by hand; nothing was written
    ");
    assert_eq!(agents(&env), "a\n<!-- bos:begin -->\nb\n");
    fs::write(&file, b"caf\xe9\n").unwrap();
    assert_snapshot!(shown(env.bos(&["guide", "--agents-md"]).code(4).stderr), @"
    error: the section cannot be written to ROOT/AGENTS.md
    caused by: the byte 0xE9 is not UTF-8
    hint: fix the file by hand; nothing was written
    ");
    assert_eq!(fs::read(&file).unwrap(), b"caf\xe9\n");
    env.bos(&["guide", "--agents-md", "nowhere/AGENTS.md"]).code(3);
    env.bos(&["guide", "--agents-md", "docs"]).code(4);
}
