//! `bos import-from`: the work of other programs, from made-up exports of each.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::{FIXTURES, TestEnv};

fn export(name: &str) -> String {
    format!("{FIXTURES}/exports/{name}")
}

/// An imported tree with the bakery's cards.
fn bakery() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env
}

/// Every source with what it takes to read it, and how many cards it gives.
fn sources() -> Vec<(Vec<String>, usize)> {
    let map = "id=Source,what=Title,state=Status,who=Owner,urgent=Priority,by=Due-Date,after=Dependencies,notes=Body";
    let command = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    vec![
        (command(&["backlog", &export("backlog")]), 4),
        (command(&["github", &export("github.json")]), 2),
        (command(&["trello", &export("trello.json")]), 2),
        (command(&["taskwarrior", &export("taskwarrior.json")]), 3),
        (command(&["csv", &export("table.csv"), "--map", map]), 3),
    ]
}

fn import<'a>(source: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec!["import-from"];
    arguments.extend(source.iter().map(String::as_str));
    arguments.extend(["--business", "BAKE"]);
    arguments.extend(more);
    arguments
}

#[test]
fn every_source_is_taken_once_and_undone_as_one() {
    for (source, count) in sources() {
        let env = bakery();
        let before = env.bos(&["card", "list", "--json"]).json();
        let entries = env.log_length();
        let dry = env.bos(&import(&source, &["--dry-run", "--json"])).code(0).json();
        assert_eq!((dry["made"].as_array().unwrap().len(), &dry["dry_run"]), (count, &Value::Bool(true)), "{source:?}");
        assert_eq!(env.log_length(), entries, "{source:?}");
        let done = env.bos(&import(&source, &["--json"])).code(0).json();
        assert_eq!(done["made"], dry["made"], "{source:?}");
        let written = env.log_length();
        assert!(written > entries);
        // What was made has its source, and is what it is for every other command.
        for made in done["made"].as_array().unwrap() {
            let card = env.bos(&["card", "show", made["id"].as_str().unwrap(), "--json"]).code(0).json();
            assert_eq!(card["card"]["fields"]["Source"], made["source"]);
        }
        let again = env.bos(&import(&source, &["--json"])).code(0).json();
        assert_eq!((again["made"].as_array().unwrap().len(), again["here"].as_array().unwrap().len()), (0, count));
        assert_eq!(env.log_length(), written, "{source:?}");
        env.bos(&["export"]).code(0);
        env.bos(&["validate"]).code(0);
        env.verify();
        env.bos(&["undo"]).code(0);
        assert_eq!(env.bos(&["card", "list", "--json"]).json(), before, "{source:?}");
        // What was taken back can be taken in again.
        let anew = env.bos(&import(&source, &["--json"])).code(0).json();
        assert_eq!(anew["made"].as_array().unwrap().len(), count);
    }
}

/// The files that an import makes, each with its name.
fn made(source: &[&str], more: &[&str]) -> String {
    let env = bakery();
    let source: Vec<String> = source.iter().map(|word| (*word).to_owned()).collect();
    let json = env.bos(&import(&source, &[more, &["--json"]].concat())).code(0).json();
    env.bos(&["export"]).code(0);
    let ids = json["made"].as_array().unwrap().iter().map(|made| made["id"].as_str().unwrap());
    ids.map(|id| env.read(&format!("cards/{id}.user.md"))).collect::<Vec<_>>().join("\n")
}

#[test]
fn tasks_of_backlog() {
    assert_snapshot!(made(&["backlog", &export("backlog")], &["--owner-map", "zoe=Zoë", "--lane-map", "Waiting for answers=blocked"]), @"
    ---
    Type: Card
    Lane: Done
    Priority: P2
    Owner: Unassigned
    ID: BAKE-ENG-0009
    Title: Collect the prices
    Business: BAKE
    Tags: [prices]
    Created: 2026-01-20
    Updated: 2026-11-20
    Completed-Date: 2026-01-28
    Source: backlog:task-1
    Source-Status: Done
    Backlog-Updated-Date: '2026-01-28 16:40'
    ---

    # Collect the prices

    ## Final Summary

    All forty of them.

    ---
    Type: Card
    Lane: In progress
    Priority: P1
    Owner: Zoë
    ID: BAKE-ENG-0010
    Title: Print the price list
    Business: BAKE
    Tags: [prices, paper]
    Created: 2026-02-03
    Updated: 2026-11-20
    Source: backlog:task-2
    Source-Status: In Progress
    Backlog-Created-Date: '2026-02-03 09:15'
    Backlog-Updated-Date: '2026-02-10'
    Backlog-Milestone: Spring
    Backlog-Ordinal: 2000
    Backlog-References: ['https://example.org/prices']
    Backlog-Assignees: [zoe, sami]
    Dependencies: [BAKE-ENG-0009]
    ---

    # Print the price list

    ## Description

    <!-- SECTION:DESCRIPTION:BEGIN -->
    One sheet, large type, for the counter.
    <!-- SECTION:DESCRIPTION:END -->

    ## Acceptance Criteria
    <!-- AC:BEGIN -->
    - [x] #1 Every bread is on it
    - [ ] #2 It can be read from two metres
    <!-- AC:END -->

    ---
    Type: Card
    Lane: Inbox
    Priority: P3
    Owner: Unassigned
    ID: BAKE-ENG-0011
    Title: 'Choose the paper: matt or gloss'
    Business: BAKE
    Created: 2026-02-04
    Updated: 2026-11-20
    Source: backlog:task-2.1
    Source-Status: To Do
    Parent: BAKE-ENG-0010
    ---

    # Choose the paper: matt or gloss

    ## Description

    Ask the printer for samples.

    ---
    Type: Card
    Lane: Blocked
    Priority: P2
    Owner: Zoë
    ID: BAKE-ENG-0012
    Title: Ask the neighbours about the early oven
    Business: BAKE
    Created: 2026-02-05
    Updated: 2026-11-20
    Blocked: true
    Source: backlog:task-10
    Source-Status: Waiting for answers
    Source-Links:
      - backlog:task-99
    ---

    # Ask the neighbours about the early oven
    ");
}

#[test]
fn issues_of_github() {
    assert_snapshot!(made(&["github", &export("github.json")], &["--owner-map", "zoe-bakes=Zoë"]), @"
    ---
    Type: Card
    Lane: Inbox
    Priority: P1
    Owner: Zoë
    ID: BAKE-ENG-0009
    Title: Order form loses the pick-up day
    Business: BAKE
    Tags: [bug, P1]
    Created: 2026-10-03
    Updated: 2026-11-20
    Source: github:bakery/order-form#12
    Source-Status: open
    Github-Url: https://github.com/bakery/order-form/issues/12
    Github-Milestone: Christmas
    Github-Milestone-Number: 2
    Github-Milestone-Due-On: '2026-12-20T08:00:00Z'
    Github-Author: guest
    Github-Assignees: [zoe-bakes, sami]
    Github-Updated-At: '2026-10-05T08:00:00Z'
    Github-Is-Pinned: true
    Github-Project-Items: [{status: {optionId: f75ad846, name: Todo}, title: Shop}]
    Dependencies: [BAKE-ENG-0010]
    ---

    # Order form loses the pick-up day

    Choose a day, go back, and it is gone.

    Blocked by #7

    ## Comments

    **sami**, [2026-10-04](https://github.com/bakery/order-form/issues/12#issuecomment-5):

    Seen it too.

    ---
    Type: Card
    Lane: Done
    Priority: P2
    Owner: Unassigned
    ID: BAKE-ENG-0010
    Title: Keep the form's state
    Business: BAKE
    Created: 2026-09-01
    Updated: 2026-11-20
    Completed-Date: 2026-09-20
    Source: github:bakery/order-form#7
    Source-Status: closed
    Github-Url: https://github.com/bakery/order-form/issues/7
    Github-Author: zoe-bakes
    Github-State-Reason: COMPLETED
    Github-Updated-At: '2026-09-20T08:00:00Z'
    ---

    # Keep the form's state
    ");
}

#[test]
fn cards_of_trello() {
    assert_snapshot!(made(&["trello", &export("trello.json")], &["--lane-map", "in review=reflected", "--owner-map", "ZOE=Zoë"]), @"
    ---
    Type: Card
    Lane: Reflected
    Priority: P2
    Owner: Zoë
    ID: BAKE-ENG-0009
    Title: Rye starter
    Business: BAKE
    Tags: [bread, red]
    Due-Date: 2026-12-01
    Created: 2020-07-08
    Updated: 2026-11-20
    Source: trello:5f00000000000000000000c1
    Source-Status: In Review
    Trello-Url: https://trello.com/c/abc
    Trello-Date-Last-Activity: '2026-11-01T10:00:00.000Z'
    Trello-Subscribed: true
    Trello-Estimate: 3.5
    Trello-Oven-Size: Large
    Trello-Organic: true
    Trello-URL: by hand
    ---

    # Rye starter

    Feed it every day.

    ## Steps

    - [x] Buy rye
    - [ ] Wait a week

    ## Comments

    **Zoë Baker**, 2026-11-02:

    It bubbles.

    ## Attachments

    - [recipe](https://example.org/rye)

    ---
    Type: Card
    Lane: Done
    Priority: P2
    Owner: Unassigned
    ID: BAKE-ENG-0010
    Title: Flour for December
    Business: BAKE
    Created: 2020-07-04
    Updated: 2026-11-20
    Completed-Date: 2026-11-20
    Source: trello:5f00000000000000000000c2
    Source-Status: done
    Trello-List: To do
    Trello-Url: https://trello.com/c/def
    ---

    # Flour for December
    ");
}

#[test]
fn tasks_of_taskwarrior() {
    assert_snapshot!(made(&["taskwarrior", &export("taskwarrior.json")], &[]), @"
    ---
    Type: Card
    Lane: In progress
    Priority: P1
    Owner: Unassigned
    ID: BAKE-ENG-0009
    Title: Paint the fence
    Business: BAKE
    Tags: [outside, wood]
    Due-Date: 2026-05-01
    Created: 2026-04-01
    Updated: 2026-11-20
    Source: taskwarrior:a0000000-0000-0000-0000-000000000001
    Source-Status: started
    Taskwarrior-Project: Garden.Fence
    Taskwarrior-Estimate: PT3H
    Dependencies: [BAKE-ENG-0010]
    ---

    # Paint the fence

    ## Annotations

    - 2026-04-03 Green, not brown

    ---
    Type: Card
    Lane: Inbox
    Priority: P2
    Owner: Unassigned
    ID: BAKE-ENG-0010
    Title: Buy paint
    Business: BAKE
    Created: 2026-04-01
    Updated: 2026-11-20
    Source: taskwarrior:a0000000-0000-0000-0000-000000000002
    Source-Status: pending
    ---

    # Buy paint

    ---
    Type: Card
    Lane: Done
    Priority: P2
    Owner: Unassigned
    ID: BAKE-ENG-0011
    Title: Measure the fence
    Business: BAKE
    Created: 2026-03-30
    Updated: 2026-11-20
    Completed-Date: 2026-04-03
    Source: taskwarrior:a0000000-0000-0000-0000-000000000003
    Source-Status: completed
    ---

    # Measure the fence
    ");
}

#[test]
fn rows_of_a_table() {
    let (source, _) = sources().pop().unwrap();
    let source: Vec<&str> = source.iter().map(String::as_str).collect();
    assert_snapshot!(made(&source, &[]), @"
    ---
    Type: Card
    Lane: Inbox
    Priority: P1
    Owner: Zoë
    ID: BAKE-ENG-0009
    Title: Mend the lamp, left
    Business: BAKE
    Due-Date: 2026-12-24
    Created: 2026-11-20
    Updated: 2026-11-20
    Source: csv:R-1
    Source-Status: waiting for parts
    Csv-Room: Bar
    ---

    # Mend the lamp, left

    Two lines
    of notes

    ---
    Type: Card
    Lane: Done
    Priority: P3
    Owner: Unassigned
    ID: BAKE-ENG-0010
    Title: Clean the lamp
    Business: BAKE
    Created: 2026-11-20
    Updated: 2026-11-20
    Completed-Date: 2026-11-20
    Source: csv:R-2
    Source-Status: done
    Csv-Room: Bar
    Dependencies:
      - BAKE-ENG-0009
    ---

    # Clean the lamp

    ---
    Type: Card
    Lane: Inbox
    Priority: P2
    Owner: Sami
    ID: BAKE-ENG-0011
    Title: Hang it up
    Business: BAKE
    Created: 2026-11-20
    Updated: 2026-11-20
    Source: csv:R-3
    Source-Status: open
    Dependencies:
      - BAKE-ENG-0009
      - BAKE-ENG-0010
    ---

    # Hang it up
    ");
}

#[test]
fn what_is_new_joins_what_is_here() {
    let env = bakery();
    let tasks = env.root.join("tasks");
    fs::create_dir(&tasks).unwrap();
    let task = |id: &str, rest: &str| {
        fs::write(tasks.join(format!("{id}.md")), format!("---\nid: {id}\ntitle: {id}\nstatus: To Do\n{rest}---\n"))
            .unwrap();
    };
    task("task-1", "");
    let source = ["backlog".to_owned(), env.root.display().to_string()];
    env.bos(&import(&source, &[])).code(0);
    // Edited here meanwhile: it is left as it is, and new ones join it.
    env.bos(&["card", "set", "BAKE-ENG-0009", "Title=Ours"]).code(0);
    task("task-2", "dependencies: [task-1, task-3]\n");
    task("task-3", "dependencies: [task-2]\nparent_task_id: task-1\n");
    let ran = env.bos(&import(&source, &[])).code(0);
    assert_snapshot!(ran.stdout, @"
    BAKE-ENG-0010  backlog:task-2  Inbox  task-2
    BAKE-ENG-0011  backlog:task-3  Inbox  task-3
    ");
    assert_snapshot!(ran.stderr, @"
    warning: BAKE-ENG-0011 does not wait for all it did: BAKE-ENG-0011 -> BAKE-ENG-0010 -> BAKE-ENG-0011
    note: 1 of 3 were here already
    ");
    let card = |id: &str| env.bos(&["card", "show", id, "--json"]).json()["card"].clone();
    assert_eq!(card("BAKE-ENG-0009")["title"], "Ours");
    assert_eq!(card("BAKE-ENG-0010")["dependencies"], serde_json::json!(["BAKE-ENG-0009", "BAKE-ENG-0011"]));
    assert_eq!(card("BAKE-ENG-0011")["dependencies"], serde_json::json!([]));
    assert_eq!(card("BAKE-ENG-0011")["fields"]["Parent"], "BAKE-ENG-0009");
}

#[test]
fn faults_name_file_and_line_and_write_nothing() {
    let env = bakery();
    let entries = env.log_length();
    for (program, text, line, what) in [
        ("github", "[\n{\"number\": 1}]", 2, "`title` is missing"),
        ("github", "[\n{},\n", 3, "not JSON as expected"),
        ("taskwarrior", "{\"uuid\": \"a\", \"description\": \"x\"}\n{}\n", 2, "`uuid` is missing"),
        ("trello", "{\"name\": \"x\"}", 1, "not the export of a board"),
        ("csv", "Source,Title,Due-Date\n1,a,soon\n", 2, "no date"),
        ("csv", "a,b\n", 1, "no column"),
    ] {
        fs::write(env.root.join("file"), text).unwrap();
        let ran = env.bos(&import(&[program.to_owned(), "file".to_owned()], &[])).code(4);
        assert!(ran.stderr.contains(&format!("file:{line}: ")) && ran.stderr.contains(what), "{}", ran.stderr);
    }
    fs::create_dir(env.root.join("tasks")).unwrap();
    fs::write(env.root.join("tasks/a.md"), "---\nid: [\n---\n").unwrap();
    let ran = env.bos(&import(&["backlog".to_owned(), ".".to_owned()], &[])).code(4);
    assert!(ran.stderr.contains("./tasks/a.md:3: "), "{}", ran.stderr);
    env.bos(&["import-from", "github", &export("github.json"), "--business", "NONE"]).code(3);
    env.bos(&["import-from", "github", "nowhere.json", "--business", "BAKE"]).code(3);
    assert_eq!(env.log_length(), entries);
}

#[test]
fn a_word_without_a_lane_is_told() {
    let env = bakery();
    let ran = env.bos(&["import-from", "trello", &export("trello.json"), "--business", "BAKE", "--dry-run"]).code(0);
    assert_snapshot!(ran.stdout, @"
    BAKE-ENG-0009  trello:5f00000000000000000000c1  In progress  Rye starter
    BAKE-ENG-0010  trello:5f00000000000000000000c2  Done  Flour for December
    ");
    assert_snapshot!(ran.stderr, @"
    note: trello:5f00000000000000000000c3 is left out: archived
    note: trello:5f00000000000000000000c4 is left out: in an archived list
    note: nothing was changed
    ");
    let ran = env.bos(&["import-from", "backlog", &export("backlog"), "--business", "BAKE", "--dry-run"]).code(0);
    assert_snapshot!(ran.stderr, @r#"
    note: no lane is known for "Waiting for answers", so its cards are in Inbox (--lane-map)
    note: nothing was changed
    "#);
}

#[test]
fn an_instant_is_the_day_that_it_is_here() {
    let env = bakery();
    fs::write(
        env.root.join("tasks.json"),
        r#"{"uuid":"a","description":"x","due":"20251201T230000Z","entry":"20251130T100000Z"}"#,
    )
    .unwrap();
    for (zone, due) in [("Europe/Rome", "2025-12-02"), ("UTC", "2025-12-01"), ("America/Lima", "2025-12-01")] {
        let arguments = ["import-from", "taskwarrior", "tasks.json", "--business", "BAKE"];
        let made = env.bos_with(&[("TZ", zone)], &arguments).ok();
        let id = made.split_whitespace().next().unwrap();
        let fields = env.bos(&["card", "show", id, "--json"]).json()["card"]["fields"].clone();
        assert_eq!([&fields["Due-Date"], &fields["Created"]], [due, "2025-11-30"], "{zone}");
        env.bos(&["undo"]).code(0);
    }
    // A day without a time is the same everywhere.
    fs::write(env.root.join("rows.csv"), "Source,Title,Due-Date,Created\n1,a,2025-12-01,2025-12-01T23:30:00Z\n")
        .unwrap();
    env.bos_with(&[("TZ", "Europe/Rome")], &["import-from", "csv", "rows.csv", "--business", "BAKE"]).code(0);
    let rows = env.bos(&["card", "list", "--json", "--fields", "Source,Due-Date,Created"]).json();
    let row = rows["cards"].as_array().unwrap().iter().find(|card| card["fields"]["Source"] == "csv:1").unwrap();
    assert_eq!([&row["fields"]["Due-Date"], &row["fields"]["Created"]], ["2025-12-01", "2025-12-02"]);
}

#[test]
fn a_name_that_nobody_has_is_told() {
    let env = bakery();
    let names = ["--owner-map", "zoe=Nora", "--owner-map", "zeo=Nora", "--owner-map", "Zoë Baker=Sami"];
    let command = import(&["trello".to_owned(), export("trello.json")], &names)
        .iter()
        .map(|word| (*word).to_owned())
        .collect::<Vec<_>>();
    let ran = env.bos(&command.iter().map(String::as_str).collect::<Vec<_>>()).code(0);
    assert!(ran.stderr.contains("warning: nobody in the export is called \"zeo\"\n"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("\"zoe\"") && !ran.stderr.contains("Zoë Baker"), "{}", ran.stderr);
}
