//! `bos card set`: keys, lists and bodies, each change on its own lines only, each value checked.

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::{Ran, TestEnv};

const CARD: &str = "cards/BAKE-ENG-0006.user.md";

fn imported(fixture: &str) -> TestEnv {
    let env = TestEnv::repository(fixture);
    env.bos(&["import", "-q"]).code(0);
    env
}

#[track_caller]
fn set(env: &TestEnv, arguments: &[&str]) -> Ran {
    env.bos(&[&["card", "set", "BAKE-ENG-0006"], arguments].concat())
}

#[track_caller]
fn fields(env: &TestEnv, id: &str) -> Value {
    env.bos(&["card", "show", id, "--json"]).code(0).json()["card"]["fields"].clone()
}

/// The changed lines of the card's file after an export.
#[track_caller]
fn diff(env: &TestEnv) -> String {
    env.bos(&["export"]).code(0);
    let lines = env.git(&["diff", "-U0", "--no-color"]);
    let told = |line: &&str| {
        (line.starts_with('+') || line.starts_with('-')) && !line.starts_with("+++") && !line.starts_with("---")
    };
    lines.lines().filter(told).collect::<Vec<_>>().join("\n")
}

/// Refused, with nothing written.
#[track_caller]
fn refused(env: &TestEnv, code: i32, arguments: &[&str]) -> String {
    let before = env.log_length();
    let text = set(env, arguments).code(code).stderr;
    assert_eq!(env.log_length(), before);
    text
}

#[test]
fn one_key_is_one_line_and_its_date() {
    let env = imported("bakery");
    assert_snapshot!(set(&env, &["Priority=P1"]).ok(), @"BAKE-ENG-0006  Priority, Updated");
    assert_snapshot!(diff(&env), @r"
    -Priority: P3
    +Priority: P1
    -Updated: 2026-11-11
    +Updated: 2026-11-20
    ");
    assert_eq!(env.last_entry()["action"], "set");
    env.verify();
}

#[test]
fn everything_at_once_is_one_entry() {
    let env = imported("bakery");
    let before = env.log_length();
    let all = [
        "Title=Paper bags: new logo",
        "Due-Date=2026-12-24",
        "Estimate:=5",
        "Approved:=true",
        "Nothing:=null",
        "Colours:=[\"green\", \"white # off\"]",
        "Code=007",
        "Answer=no",
        "--add",
        "Tags=logo",
        "--add",
        "Tags=a, b",
        "--remove",
        "Tags=print",
        "--unset",
        "Owner",
    ];
    assert_snapshot!(set(&env, &all).ok(), @"BAKE-ENG-0006  Answer, Approved, Code, Colours, Due-Date, Estimate, Nothing, Owner, Tags, Title, Updated");
    assert_eq!(env.log_length(), before + 1);
    assert_snapshot!(diff(&env), @r"
    -Owner: Unassigned
    -Title: Paper bags with the new logo
    +Title: 'Paper bags: new logo'
    -Tags: [print]
    +Tags: [logo, 'a, b']
    -Updated: 2026-11-11
    +Updated: 2026-11-20
    +Due-Date: 2026-12-24
    +Estimate: 5
    +Approved: true
    +Nothing: null
    +Colours: [green, 'white # off']
    +Code: '007'
    +Answer: 'no'
    ");
    let changes = env.last_entry()["changes"].to_string();
    assert_snapshot!(changes, @r#"{"Answer":{},"Approved":{},"Code":{},"Colours":{},"Due-Date":{"from":null,"to":"2026-12-24"},"Estimate":{},"Nothing":{},"Owner":{"from":"Unassigned","to":null},"Tags":{"from":["print"],"to":["logo","a, b"]},"Title":{},"Updated":{"from":"2026-11-11","to":"2026-11-20"}}"#);
    env.verify();
}

#[test]
fn strings_stay_strings_and_typed_values_keep_their_type() {
    let env = imported("bakery");
    set(&env, &["A=true", "B:=true", "C=5", "D:=5", "E=", "F=[a]", "G=a: b", "H=# x"]).code(0);
    set(&env, &["I:={\"a\": [1, null, \"1\"]}", "J:=[1, true, \"x\"]", "K:=null", "L:=-1.5"]).code(0);
    let fields = fields(&env, "BAKE-ENG-0006");
    let values: Vec<&Value> = "ABCDEFGHIJKL".chars().map(|key| &fields[key.to_string()]).collect();
    assert_eq!(
        serde_json::to_string(&values).unwrap(),
        r##"["true",true,"5",5,"","[a]","a: b","# x",{"a":[1,null,"1"]},[1,true,"x"],null,-1.5]"##
    );
    env.bos(&["export"]).code(0);
    let text = env.read(CARD);
    for line in ["B: true", "D: 5", "J: [1, true, x]", "L: -1.5"] {
        assert!(text.contains(&format!("\n{line}\n")), "{text}");
    }
    for line in ["A: true", "C: 5"] {
        assert!(!text.contains(&format!("\n{line}\n")), "{text}");
    }
}

#[test]
fn a_list_keeps_its_style() {
    let env = imported("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0002", "--add", "Tags=paper", "--add", "Dependencies=BAKE-ENG-0003"]).code(0);
    assert_snapshot!(diff(&env), @r"
    +  - paper
    +  - BAKE-ENG-0003
    -Updated: 2026-11-13
    +Updated: 2026-11-20
    ");
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let env = imported("bakery");
    let before = env.log_length();
    assert_snapshot!(set(&env, &["Priority=P3", "--remove", "Tags=nothing", "--unset", "Nothing"]).ok(), @"BAKE-ENG-0006  unchanged");
    assert_eq!(set(&env, &["Priority=P3", "--json"]).code(0).json()["changed"], false);
    assert_eq!(env.log_length(), before);
}

#[test]
fn adding_an_item_that_is_there_changes_nothing() {
    let env = imported("bakery");
    assert_snapshot!(set(&env, &["--add", "Tags=print"]).ok(), @"BAKE-ENG-0006  unchanged");
}

#[test]
fn a_new_body_from_a_file_and_from_standard_input() {
    let env = imported("bakery");
    std::fs::write(env.root.join("text.md"), "# New\n\nbody\n").unwrap();
    set(&env, &["--body-file", "text.md"]).code(0);
    std::fs::remove_file(env.root.join("text.md")).unwrap();
    let body = |env: &TestEnv| env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json()["body"].clone();
    assert_eq!(body(&env), "\n# New\n\nbody\n");
    env.bos_reading("from a pipe\n", &["card", "set", "BAKE-ENG-0006", "--body-file", "-"]).code(0);
    assert_eq!(body(&env), "\nfrom a pipe\n");
    assert_eq!(env.last_entry()["changes"].as_object().unwrap().len(), 1, "Updated was today's already");
    set(&env, &["--body-file", "nowhere.md"]).code(3);
    env.verify();
}

#[test]
fn a_body_for_the_agent_is_the_companions() {
    let env = imported("bakery");
    let before = env.bos(&["card", "show", "HOME-ENG-0001", "--json"]).code(0).json()["body"].clone();
    env.bos_reading("for agents\n", &["card", "set", "HOME-ENG-0001", "--body-file", "-", "--agent"]).code(0);
    env.bos(&["export"]).code(0);
    assert!(env.read("cards/HOME-ENG-0001.agent.md").ends_with("---\n\nfor agents\n"));
    assert_eq!(env.bos(&["card", "show", "HOME-ENG-0001", "--json"]).code(0).json()["body"], before);
    let refused = env.bos_reading("x\n", &["card", "set", "BAKE-ENG-0006", "--body-file", "-", "--agent"]);
    assert_snapshot!(refused.code(3).stderr, @"error: there is no document for agents of BAKE-ENG-0006");
    env.bos(&["card", "set", "HOME-ENG-0001", "--agent", "Priority=P1"]).code(2);
    env.verify();
}

#[test]
fn the_companion_follows_where_both_agree() {
    let env = imported("bakery");
    env.bos(&["card", "set", "HOME-ENG-0001", "Priority=P0", "New=x", "--add", "Tags=both"]).code(0);
    env.bos(&["export"]).code(0);
    for file in ["cards/HOME-ENG-0001.user.md", "cards/HOME-ENG-0001.agent.md"] {
        let text = env.read(file);
        assert!(text.contains("Priority: P0") && text.contains("New: x") && text.contains("routine, both]"), "{text}");
    }
    env.verify();
}

#[test]
fn the_companion_is_left_where_it_differs() {
    let env = imported("quirks");
    let ran = env.bos(&["card", "set", "SHOP-ENG-0003", "Priority=P0", "Title=Another"]).code(0);
    assert_snapshot!(ran.stderr, @r"
    warning: docs/business-os/cards/SHOP-ENG-0003.agent.md: Priority differed already, so only the primary document was changed
    warning: docs/business-os/cards/SHOP-ENG-0003.agent.md: Title differed already, so only the primary document was changed
    ");
    let written = env.bos(&["card", "set", "SHOP-ENG-0003", "Priority=P5", "--json"]).code(0).json();
    assert_eq!(written["warnings"].as_array().unwrap().len(), 1);
}

#[test]
fn keys_with_a_command_or_a_meaning_of_their_own_are_refused() {
    let env = imported("bakery");
    assert_snapshot!(refused(&env, 4, &["Lane=Done"]), @r#"
    error: Lane cannot be set directly
    hint: use `bos card move`, which does what the lane asks for
    "#);
    assert_snapshot!(refused(&env, 4, &["ID=BAKE-ENG-0007"]), @r#"
    error: the key to change cannot be "ID"
    hint: use another key: this one says which document it is
    "#);
    refused(&env, 4, &["--unset", "Type"]);
    refused(&env, 4, &["--unset", "Lane"]);
    refused(&env, 4, &["=x"]);
    refused(&env, 4, &["a\u{202e}b=x"]);
}

#[test]
fn values_are_checked_for_what_their_key_means() {
    let env = imported("bakery");
    assert_snapshot!(refused(&env, 4, &["Priority=P9"]), @r#"
    error: Priority cannot be "P9"
    hint: use P0, P1, P2, P3, P4, P5
    "#);
    assert_snapshot!(refused(&env, 4, &["Due-Date=tomorrow"]), @r#"
    error: Due-Date cannot be "tomorrow"
    hint: use a calendar date like 2026-03-01
    "#);
    assert_snapshot!(refused(&env, 4, &["Due-Date=2026-02-30"]), @r#"
    error: Due-Date cannot be "2026-02-30"
    hint: use a calendar date like 2026-03-01
    "#);
    assert_snapshot!(refused(&env, 4, &["Tags=a,b"]), @r#"
    error: Tags cannot be "a,b"
    hint: use --add Tags=ITEM and --remove Tags=ITEM, or Tags:='["a", "b"]'
    "#);
    assert_snapshot!(refused(&env, 4, &["Blocked=yes"]), @r#"
    error: Blocked cannot be "yes"
    hint: use true or false
    "#);
    assert_snapshot!(refused(&env, 4, &["Proposed-Lane=Someday"]), @r#"
    error: Proposed-Lane cannot be "Someday"
    hint: use Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected
    "#);
    assert_snapshot!(refused(&env, 4, &["Title="]), @r#"
    error: Title cannot be ""
    hint: use text on one line, without control characters
    "#);
    refused(&env, 4, &["Title=a\nb"]);
    refused(&env, 4, &["Owner=a\u{202e}b"]);
    refused(&env, 4, &["--add", "Tags= "]);
}

#[test]
fn a_proposed_lane_is_written_as_its_key_however_it_is_typed() {
    let env = imported("bakery");
    for typed in ["in-progress", "IN_PROGRESS", "In progress"] {
        env.bos(&["card", "set", "BAKE-ENG-0006", "--unset", "Proposed-Lane"]).ok();
        env.bos(&["card", "set", "BAKE-ENG-0006", &format!("Proposed-Lane={typed}")]).code(0);
        let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json();
        assert_eq!(shown["card"]["fields"]["Proposed-Lane"], "In progress", "{typed}");
    }
}

#[test]
fn arguments_that_name_no_value_are_usage() {
    let env = imported("bakery");
    assert_snapshot!(refused(&env, 2, &["Priority"]), @r#"
    error: "Priority" names no value
    hint: write Key=Value, or Key:=JSON for a typed value
    "#);
    assert_snapshot!(refused(&env, 2, &["Estimate:=five"]), @r#"
    error: "five" is not JSON: expected ident at line 1 column 2
    hint: Key:=JSON takes JSON; Key=Value takes text as it is
    "#);
    assert_snapshot!(refused(&env, 2, &[]), @r"
    error: there is nothing to change
    hint: name what to set: bos card set ID Key=Value
    ");
}

#[test]
fn dependencies_must_exist_and_never_go_in_a_circle() {
    let env = imported("bakery");
    assert_snapshot!(refused(&env, 4, &["--add", "Dependencies=BAKE-ENG-0099"]), @r"
    error: BAKE-ENG-0006 cannot depend on BAKE-ENG-0099: there is no such card or idea
    hint: did you mean BAKE-ENG-0001?
    ");
    assert_snapshot!(refused(&env, 4, &["--add", "Dependencies=BAKE-ENG-0006"]), @"error: dependencies would go in a circle: BAKE-ENG-0006 -> BAKE-ENG-0006");
    set(&env, &["--add", "Dependencies=BAKE-ENG-0008"]).code(0);
    let before = env.log_length();
    let circle = env.bos(&["card", "set", "BAKE-ENG-0004", "Dependencies:=[\"BAKE-ENG-0006\"]"]).code(4);
    assert_snapshot!(circle.stderr, @"error: dependencies would go in a circle: BAKE-ENG-0004 -> BAKE-ENG-0006 -> BAKE-ENG-0008 -> BAKE-ENG-0004");
    assert_eq!(env.log_length(), before);
    env.bos(&["card", "set", "BAKE-ENG-0004", "--add", "Dependencies=BAKE-OPP-0001"]).code(0);
}

#[test]
fn an_odd_dependency_that_was_there_does_not_block_other_changes() {
    let env = TestEnv::repository("broken");
    env.bos(&["import", "-q"]).code(1);
    env.bos(&["card", "set", "BAD-ENG-0040", "Priority=P1"]).code(0);
    env.bos(&["card", "set", "BAD-ENG-0040", "--add", "Dependencies=BAD-ENG-0001"]).code(0);
    env.bos(&["card", "set", "BAD-ENG-0041", "--remove", "Dependencies=BAD-ENG-0041"]).code(0);
}

#[test]
fn expect_is_a_compare_and_swap() {
    let env = imported("bakery");
    let sha = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json()["card"]["sha256"].clone();
    let sha = sha.as_str().unwrap();
    set(&env, &["Priority=P1", "--expect", sha]).code(0);
    refused(&env, 5, &["Priority=P2", "--expect", sha]);
}

#[test]
fn hand_edits_come_first_and_are_kept() {
    let env = imported("bakery");
    env.edit(CARD, "Owner: Unassigned", "Owner: Sami # until May");
    let before = env.log_length();
    set(&env, &["Priority=P1"]).code(0);
    assert_eq!(env.log_length(), before + 2);
    env.bos(&["export"]).code(0);
    let text = env.read(CARD);
    assert!(text.contains("Owner: Sami # until May\n") && text.contains("Priority: P1\n"), "{text}");
    env.verify();
}

#[test]
fn files_that_differ_refuse() {
    let env = imported("bakery");
    set(&env, &["Priority=P1"]).code(0);
    env.edit(CARD, "Priority: P3", "Priority: P5");
    refused(&env, 5, &["Priority=P0"]);
    env.write(CARD, "---\nLane: [\n---\n");
    refused(&env, 4, &["Priority=P0"]);
}

#[test]
fn unknown_keys_of_every_kind_are_kept() {
    let env = imported("quirks");
    let before = env.read("cards/SHOP-ENG-0008.user.md");
    env.bos(&["card", "set", "SHOP-ENG-0008", "Priority=P0"]).code(0);
    env.bos(&["export"]).code(0);
    let after = env.read("cards/SHOP-ENG-0008.user.md");
    let others = |text: &str| {
        let other = |line: &&str| !line.starts_with("Priority:") && !line.starts_with("Updated:");
        text.lines().filter(other).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(others(&before), others(&after));
}

#[test]
fn what_cannot_be_edited_safely_is_refused_with_its_place() {
    let env = imported("quirks");
    let text = env.read("cards/SHOP-ENG-0027.user.md");
    let key = text.lines().find(|line| line.contains(": *")).unwrap().split(':').next().unwrap().to_owned();
    let ran = env.bos(&["card", "set", "SHOP-ENG-0027", &format!("{key}:=\"x\"")]).code(4);
    assert_snapshot!(ran.stderr, @r"
    error: docs/business-os/cards/SHOP-ENG-0027.user.md cannot be edited
    caused by: the value of `Reviewer` is an alias (line 9, column 11); write the value out by hand first
    hint: edit the file by hand and run `bos import`
    ");
}

#[test]
fn a_business_that_the_catalogue_does_not_list_is_a_warning() {
    let env = imported("bakery");
    let ran = set(&env, &["Business=CAFE"]).code(0);
    assert_snapshot!(ran.stderr, @"warning: the catalogue lists no business CAFE");
}

#[test]
fn a_key_that_is_nearly_a_known_one_is_refused() {
    let env = TestEnv::fixture("bakery");
    let length = env.log_length();
    assert_snapshot!(env.bos(&["card", "set", "BAKE-ENG-0003", "Prioritty=P0"]).code(4).stderr, @"
    error: Prioritty is not a known key, but nearly one
    hint: did you mean Priority? To add Prioritty as a key of your own, use --force-key
    ");
    for slip in ["priority=P1", "Tag:=[\"a\"]", "due_date=2026-12-01"] {
        env.bos(&["card", "set", "BAKE-ENG-0003", slip]).code(4);
    }
    env.bos(&["card", "set", "BAKE-ENG-0003", "--add", "tags=a"]).code(4);
    env.bos(&["idea", "set", "BAKE-OPP-0002", "status=raw"]).code(4);
    for line in [
        r#"{"entity":"card","action":"set","id":"BAKE-ENG-0003","changes":{"priority":"P0"}}"#,
        r#"{"entity":"card","action":"create","business":"BAKE","changes":{"Title":"x","owner":"Nora"}}"#,
    ] {
        let ran = env.bos_reading(line, &["apply", "-"]);
        assert!(ran.code == 4 || ran.code == 2, "{ran:?}");
        assert!(ran.stderr.contains("did you mean"), "{ran:?}");
    }
    assert_eq!(env.log_length(), length);
    env.bos(&["card", "set", "BAKE-ENG-0003", "Tag=one", "--force-key"]).ok();
    // A key that is there already is the document's own.
    env.bos(&["card", "set", "BAKE-ENG-0003", "Tag=two"]).ok();
    env.bos(&["card", "set", "BAKE-ENG-0003", "--unset", "Tag"]).ok();
    env.bos(&["card", "set", "BAKE-ENG-0003", "Plan-Link=docs/plan.md", "Line=2"]).ok();
    let forced = r#"{"entity":"card","action":"set","id":"BAKE-ENG-0003","force_key":true,"changes":{"tag":"x"}}"#;
    env.bos_reading(forced, &["apply", "-"]).ok();
    env.verify();
}
