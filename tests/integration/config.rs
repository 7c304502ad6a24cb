//! `bos.toml` and `bos config`: what holds, where it comes from, what is refused, what other commands make of it.

use std::fs;

use insta::assert_snapshot;

use crate::env::TestEnv;

#[track_caller]
fn write(env: &TestEnv, text: &str) {
    fs::write(env.root.join("bos.toml"), text).unwrap();
}

#[track_caller]
fn file(env: &TestEnv) -> String {
    fs::read_to_string(env.root.join("bos.toml")).unwrap()
}

#[test]
fn without_a_file_the_defaults_hold() {
    let env = TestEnv::repository("bakery");
    assert_snapshot!(env.bos(&["config", "list"]).ok(), @"
    KEY         VALUE                    SOURCE
    branch      work/business-os-export  default
    gate        template                 default
    card-id     {business}-ENG-{0000}    default
    idea-id     {business}-OPP-{0000}    default
    owner                                default
    language                             default
    templates                            default
    agents                               default
    claim-time  8h                       default
    lanes                                default
    ");
    assert_snapshot!(env.bos(&["config", "get", "card-id"]).ok(), @"{business}-ENG-{0000}");
    assert_eq!(env.bos(&["config", "get", "owner"]).ok(), "\n");
    assert!(!env.root.join(".git/bos").exists(), "no database is needed");
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_default() {
    let env = TestEnv::repository("bakery");
    write(&env, "# shared\nbranch = \"cards\"\nowner = 'Nora'\nagents = [\"Claude\",\n  \"Codex\"]\n");
    let variables = [("BOS_OWNER", "Sami"), ("BOS_AGENTS", "Bot, Other Bot"), ("BOS_GATE", "")];
    assert_snapshot!(env.bos_with(&variables, &["config", "list"]).ok(), @"
    KEY         VALUE                  SOURCE
    branch      cards                  bos.toml:2
    gate        template               default
    card-id     {business}-ENG-{0000}  default
    idea-id     {business}-OPP-{0000}  default
    owner       Sami                   BOS_OWNER
    language                           default
    templates                          default
    agents      Bot, Other Bot         BOS_AGENTS
    claim-time  8h                     default
    lanes                              default
    ");
    let json = env.bos_with(&variables, &["config", "list", "--json"]).code(0).json();
    assert_snapshot!(serde_json::to_string_pretty(&json).unwrap(), @r#"
    {
      "schema": "bos.config/1",
      "file": "bos.toml",
      "changed": false,
      "total": 10,
      "settings": [
        {
          "key": "branch",
          "value": "cards",
          "source": "bos.toml",
          "line": 2
        },
        {
          "key": "gate",
          "value": "template",
          "source": "default",
          "line": null
        },
        {
          "key": "card-id",
          "value": "{business}-ENG-{0000}",
          "source": "default",
          "line": null
        },
        {
          "key": "idea-id",
          "value": "{business}-OPP-{0000}",
          "source": "default",
          "line": null
        },
        {
          "key": "owner",
          "value": "Sami",
          "source": "BOS_OWNER",
          "line": null
        },
        {
          "key": "language",
          "value": null,
          "source": "default",
          "line": null
        },
        {
          "key": "templates",
          "value": null,
          "source": "default",
          "line": null
        },
        {
          "key": "agents",
          "value": [
            "Bot",
            "Other Bot"
          ],
          "source": "BOS_AGENTS",
          "line": null
        },
        {
          "key": "claim-time",
          "value": "8h",
          "source": "default",
          "line": null
        },
        {
          "key": "lanes",
          "value": [],
          "source": "default",
          "line": null
        }
      ]
    }
    "#);
    assert_eq!(env.bos_with(&variables, &["config", "get", "agents"]).ok(), "Bot, Other Bot\n");
    assert_eq!(env.bos(&["config", "get", "agents"]).ok(), "Claude, Codex\n");
    let one = env.bos(&["config", "get", "owner", "--json"]).code(0).json();
    assert_eq!((&one["total"], &one["settings"][0]["value"]), (&1.into(), &"Nora".into()));
}

#[test]
fn a_file_that_cannot_be_used_is_told_with_its_place() {
    let env = TestEnv::repository("bakery");
    write(&env, "# ours\nbrnch = \"cards\"\ngate = \"strct\"\n");
    assert_snapshot!(env.bos(&["config", "list"]).code(4).stderr, @"
    error: bos.toml:2:1: the key `brnch` is not known (and 1 more)
    hint: did you mean `branch`? It is one of branch, gate, card-id, idea-id, owner, language, templates, agents, claim-time, lanes; `bos validate` shows the rest
    ");
    assert_snapshot!(env.bos(&["validate"]).code(1).stdout, @r#"
    error[BOS051]: the key `brnch` is not known
     --> bos.toml:2:1
      |
    2 | brnch = "cards"
      | ^
      = help: did you mean `branch`? It is one of branch, gate, card-id, idea-id, owner, language, templates, agents, claim-time, lanes

    error[BOS051]: `gate` cannot be `"strct"`
     --> bos.toml:3:8
      |
    3 | gate = "strct"
      |        ^
      = help: use template or strict

    2 errors, 0 warnings in 26 documents
    "#);
    assert_snapshot!(env.bos(&["validate", "--format", "github"]).code(1).stdout, @r#"
    ::error file=bos.toml,line=2,col=1,title=BOS051::the key `brnch` is not known%0Ahelp: did you mean `branch`? It is one of branch, gate, card-id, idea-id, owner, language, templates, agents, claim-time, lanes
    ::error file=bos.toml,line=3,col=8,title=BOS051::`gate` cannot be `"strct"`%0Ahelp: use template or strict
    "#);
    write(&env, "owner = Nora\n");
    assert_snapshot!(env.bos(&["config", "get", "owner"]).code(4).stderr, @r#"
    error: bos.toml:1:9: this is not TOML: invalid float, expected `nan`
    hint: write one `key = "value"` on each line
    "#);
    fs::write(env.root.join("bos.toml"), b"# caf\xe9\n").unwrap();
    assert_snapshot!(env.bos(&["config", "get", "owner"]).code(4).stderr, @"
    error: bos.toml:1:6: the byte 0xE9 is not UTF-8
    hint: save the file as UTF-8; Latin-1 or Windows-1252 text looks like this
    ");
    write(&env, "");
    assert_snapshot!(env.bos_with(&[("BOS_GATE", "lax")], &["config", "get", "gate"]).code(4).stderr, @r#"
    error: BOS_GATE cannot be "lax"
    hint: use template or strict
    "#);
}

#[test]
fn commands_that_need_no_setting_do_not_look() {
    let env = TestEnv::repository("bakery");
    write(&env, "nonsense\n");
    for command in [&["business", "list"][..], &["log"], &["card", "set", "BAKE-ENG-0006", "A=b"]] {
        env.bos(command).code(0);
    }
    for command in [&["card", "new", "BAKE", "--title", "x"][..], &["card", "move", "BAKE-ENG-0006", "done"]] {
        env.bos(command).code(4);
    }
    assert_eq!(env.last_entry()["action"], "set");
}

#[test]
fn a_change_keeps_comments_and_order() {
    let env = TestEnv::repository("bakery");
    assert_snapshot!(env.bos(&["config", "set", "gate", "strict"]).ok(), @"gate  strict  bos.toml:1");
    assert_eq!(file(&env), "gate = \"strict\"\n");
    write(&env, "# Ours.\ngate = 'strict' # since May\n\n# Who\nowner = \"Nora\"\n");
    assert_snapshot!(env.bos(&["config", "set", "gate", "template"]).ok(), @"gate  template  bos.toml:2");
    assert_snapshot!(env.bos(&["config", "set", "agents", "Claude,Codex"]).ok(), @"agents  Claude, Codex  bos.toml:6");
    assert_snapshot!(env.bos(&["config", "set", "agents", "Claude, Codex"]).ok(), @"agents  unchanged");
    assert_snapshot!(env.bos(&["config", "set", "--unset", "owner"]).ok(), @"owner  removed");
    assert_snapshot!(file(&env), @r#"
    # Ours.
    gate = "template" # since May

    # Who
    agents = ["Claude", "Codex"]
    "#);
    assert_snapshot!(env.bos(&["config", "set", "--unset", "owner"]).ok(), @"owner  unchanged");
    let json = env.bos(&["config", "set", "owner", "Sami", "--json"]).code(0).json();
    assert_eq!((&json["changed"], &json["settings"][0]["line"]), (&true.into(), &6.into()));
    let ran = env.bos_with(&[("BOS_OWNER", "Ines")], &["config", "set", "owner", "Tom"]).code(0);
    assert_snapshot!(format!("{}{}", ran.stdout, ran.stderr), @"
    owner  Ines  BOS_OWNER
    note: BOS_OWNER is set and overrides the file
    ");
}

#[test]
fn a_bad_change_writes_nothing() {
    let env = TestEnv::repository("bakery");
    let before = "gate = 'strict'\nbrnch = 'x'\n";
    write(&env, before);
    assert_snapshot!(env.bos(&["config", "set", "gate", "lax"]).code(4).stderr, @r#"
    error: gate cannot be "lax"
    hint: use template or strict
    "#);
    assert_snapshot!(env.bos(&["config", "set", "owner", "Nora"]).code(4).stderr, @"
    error: bos.toml:2:1: the key `brnch` is not known
    hint: did you mean `branch`? It is one of branch, gate, card-id, idea-id, owner, language, templates, agents, claim-time, lanes
    ");
    assert_snapshot!(env.bos(&["config", "set", "--unset", "ownr"]).code(3).stderr, @"
    error: there is no setting ownr
    hint: did you mean owner? The settings there are: branch, gate, card-id, idea-id, owner, language, templates, agents, claim-time, lanes
    ");
    env.bos(&["config", "set", "brnch", "x"]).code(2);
    env.bos(&["config", "set", "gate"]).code(2);
    env.bos(&["config", "set"]).code(2);
    env.bos(&["config", "set", "gate", "strict", "--unset", "gate"]).code(2);
    assert_eq!(file(&env), before);
    assert_snapshot!(env.bos(&["config", "set", "--unset", "brnch"]).ok(), @"brnch  removed");
    assert_eq!(file(&env), "gate = 'strict'\n");
}

#[test]
fn the_nearest_file_upwards_within_the_work_tree_counts() {
    let env = TestEnv::empty();
    env.git(&["init", "-q", "-b", "main"]);
    let shop = env.root.join("shops/north");
    crate::env::copy(&std::path::Path::new(crate::env::FIXTURES).join("bakery"), &shop);
    fs::write(env.home().join("bos.toml"), "owner = 'outside of the work tree'\n").unwrap();
    let owner = || {
        env.bos_in(&shop, &["config", "list"]).ok().lines().find(|line| line.starts_with("owner")).unwrap().to_owned()
    };
    assert!(owner().ends_with("default"), "{}", owner());
    write(&env, "owner = 'Top'\n");
    assert_snapshot!(owner(), @"owner       Top                      ../../bos.toml:1");
    assert_snapshot!(env.bos_in(&shop, &["config", "set", "owner", "Zoë"]).ok(), @"owner  Zoë  ../../bos.toml:1");
    assert_eq!(file(&env), "owner = \"Zoë\"\n");
    write(&env, "owner = 3\n");
    assert_snapshot!(env.bos_in(&shop, &["validate"]).code(1).stdout, @"
    error[BOS051]: `owner` cannot be `3`
     --> ../../bos.toml:1:9
      |
    1 | owner = 3
      |         ^
      = help: use a name on one line

    1 error, 0 warnings in 26 documents
    ");
    let told = env.bos_in(&shop, &["validate", "--format", "github"]).code(1).stdout;
    assert!(told.starts_with("::error file=bos.toml,line=1,col=9"), "{told}");
    fs::write(shop.join("bos.toml"), "owner = 'Near'\n").unwrap();
    assert_snapshot!(owner(), @"owner       Near                     bos.toml:1");
}

#[test]
fn new_cards_are_spelled_and_owned_as_the_settings_say() {
    let env = TestEnv::repository("bakery");
    write(&env, "card-id = \"{business}-ENG-{000}\"\nowner = \"Nora\"\n");
    assert_eq!(env.bos(&["card", "new", "BAKE", "--title", "x"]).ok(), "BAKE-ENG-009\n", "numbers go on");
    write(&env, "card-id = \"{business}-TODO-{00}\"\nowner = \"Nora\"\n");
    assert_eq!(env.bos(&["card", "new", "BAKE", "--title", "x"]).ok(), "BAKE-TODO-01\n");
    assert_eq!(env.bos(&["card", "new", "BAKE", "--title", "y", "--owner", "Sami"]).ok(), "BAKE-TODO-02\n");
    let list = env.bos(&["card", "list", "BAKE", "--json"]).code(0).json();
    let owner = |id: &str| {
        let cards = list["cards"].as_array().unwrap();
        cards.iter().find(|card| card["id"] == id).unwrap()["owner"].as_str().unwrap().to_owned()
    };
    assert_eq!((owner("BAKE-TODO-01"), owner("BAKE-TODO-02")), ("Nora".to_owned(), "Sami".to_owned()));
    env.bos(&["export"]).code(0);
    env.bos(&["validate"]).code(0);
    env.verify();
}

#[test]
fn the_mirror_branch_is_the_flags_then_the_settings() {
    let env = TestEnv::repository("bakery");
    write(&env, "branch = \"work/cards\"\n");
    let committed = |ran: crate::env::Ran| ran.code(0).json()["commit"]["branch"].as_str().unwrap().to_owned();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
    assert_eq!(committed(env.bos(&["export", "--commit", "--json"])), "work/cards");
    assert_eq!(env.bos(&["status", "--json"]).code(0).json()["git"]["branch"], "work/cards");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    let variable = [("BOS_BRANCH", "work/mine")];
    assert_eq!(committed(env.bos_with(&variable, &["export", "--commit", "--json"])), "work/mine");
    let flag = ["export", "--commit", "--branch", "work/flag", "--json"];
    assert_eq!(committed(env.bos_with(&variable, &flag)), "work/flag");
    env.bos(&["export", "--branch", "work/flag"]).code(2);
    env.verify();
}

#[test]
fn agents_are_denied_moves() {
    let env = TestEnv::repository("bakery");
    env.bos(&["config", "set", "agents", "Claude, Codex"]).code(0);
    env.bos(&["import"]).code(0);
    let before = env.log_length();
    let ran = env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--actor", "claude"]).code(4);
    assert_snapshot!(ran.stderr, @"
    error: claude is an agent here, and agents do not move cards
    hint: propose the move instead: `bos card propose BAKE-ENG-0006 LANE`
    ");
    let error = env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--actor", "Codex", "--json"]).code(4).json_error();
    assert_eq!(error["kind"], "denied");
    assert_eq!(env.log_length(), before);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Proposed-Lane=Done", "--actor", "Claude"]).code(0);
    env.bos(&["card", "move", "BAKE-ENG-0006", "done", "--initiator", "Claude"]).code(0);
}

#[test]
fn the_file_that_the_readme_shows_is_in_order() {
    let env = TestEnv::repository("bakery");
    write(
        &env,
        &crate::documentation::fenced(&crate::documentation::project_file("docs/reference.md"), "toml").concat(),
    );
    let list = env.bos(&["config", "list"]).ok();
    assert_eq!(list.matches("bos.toml:").count(), 10, "{list}");
}
