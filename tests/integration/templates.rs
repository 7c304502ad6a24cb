//! Templates of stage docs: those of the repository, what they may hold, what is refused.

use std::fs;

use insta::assert_snapshot;

use crate::env::TestEnv;

const PLAN: &str = "cards/BAKE-ENG-0006/plan.user.md";

/// A tree whose settings name a folder that holds one template.
fn with_template(name: &str, text: impl AsRef<[u8]>) -> TestEnv {
    let env = TestEnv::repository("bakery");
    fs::create_dir_all(env.root.join("docs/templates")).unwrap();
    fs::write(env.root.join("docs/templates").join(name), text).unwrap();
    fs::write(env.root.join("bos.toml"), "templates = \"docs/templates\"\n").unwrap();
    env.bos(&["import"]).code(0);
    env
}

#[test]
fn a_repository_has_templates_of_its_own() {
    let env = with_template(
        "plan.md",
        "---\nType: StageDoc\nOwner: Nora\nMade: {date}\nAbout: '{title} ({id})'\n---\n\n# {stage}: {title}\n\n{Unknown}\n",
    );
    env.bos(&["card", "set", "BAKE-ENG-0006", "Title=Bags: 'new' {id}"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    env.bos(&["export"]).code(0);
    assert_snapshot!(env.read(PLAN), @"
    ---
    Type: StageDoc
    Owner: Nora
    Made: 2026-11-20
    About: 'Bags: ''new'' {id} (BAKE-ENG-0006)'
    Stage: plan
    Card-ID: BAKE-ENG-0006
    ---

    # plan: Bags: 'new' {id}

    {Unknown}
    ");
    // A stage that the folder has nothing for is made from the built-in template.
    env.bos(&["card", "move", "BAKE-ENG-0006", "in-progress"]).code(0);
    env.bos(&["export"]).code(0);
    assert_snapshot!(env.read("cards/BAKE-ENG-0006/build.user.md"), @"
    ---
    Type: Stage
    Stage: build
    Card-ID: BAKE-ENG-0006
    Created: 2026-11-20
    Updated: 2026-11-20
    ---

    # Build: Bags: 'new' {id}

    ## Progress

    - [ ] 

    ## Log

    _Nothing yet._
    ");
    assert!(env.read(PLAN).ends_with("{Unknown}\n"));
    env.bos(&["validate"]).code(0);
    env.verify();
}

#[test]
fn a_new_card_gets_the_stage_doc_of_its_lane_from_there_too() {
    let env = with_template("plan.md", "# {title}\n\nOurs.\n");
    let id = env.bos(&["card", "new", "BAKE", "--title", "x", "--lane", "planned"]).ok();
    let stage = env.bos(&["stage", "show", id.trim(), "plan", "--json"]).code(0).json();
    assert_eq!((&stage["body"], &stage["stage_doc"]["fields"]["Type"]), (&"\n# x\n\nOurs.\n".into(), &"Stage".into()));
}

#[test]
fn a_broken_template_is_told_and_nothing_is_written() {
    let env = with_template("plan.md", "---\nOwner: [\n---\n");
    let before = env.log_length();
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(4).stderr, @"
    error: the template docs/templates/plan.md cannot be used
    caused by: the document cannot be read (line 3, column 1): not valid YAML: did not find expected node content; quote values that hold `: `, ` #`, or begin with a special character
    hint: fix the template; nothing was written
    ");
    fs::write(env.root.join("docs/templates/plan.md"), b"caf\xe9\n").unwrap();
    assert_snapshot!(env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(4).stderr, @"
    error: the template docs/templates/plan.md cannot be used
    caused by: the document cannot be read (line 1, column 4): the byte 0xE9 is not UTF-8; save the file as UTF-8; Latin-1 or Windows-1252 text looks like this
    hint: fix the template; nothing was written
    ");
    assert_eq!(env.log_length(), before);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done"]).code(0);
}

#[test]
fn the_folder_must_be_there() {
    let env = with_template("plan.md", "");
    env.bos(&["config", "set", "templates", "docs/nowhere"]).code(0);
    let ran = env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(4);
    assert_snapshot!(ran.stderr.replace(env.root.to_str().unwrap(), "ROOT"), @r#"
    error: templates cannot be "docs/nowhere"
    hint: use a folder that is there in ROOT
    "#);
}

#[cfg(unix)]
#[test]
fn a_template_that_a_link_takes_from_elsewhere_is_refused() {
    let env = with_template("build.md", "");
    fs::write(env.home().join("secret.md"), "secret\n").unwrap();
    std::os::unix::fs::symlink(env.home().join("secret.md"), env.root.join("docs/templates/plan.md")).unwrap();
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(4);
}
