//! `bos stats`: the figures of a scripted history, as text, as JSON and as a picture.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::{board::keys, env::TestEnv};

/// A command on a day of November, at ten in the morning.
#[track_caller]
fn on(env: &TestEnv, day: u8, arguments: &[&str]) {
    env.bos_with(&[("BOS_NOW", &format!("2026-11-{day:02}T10:00:00Z"))], arguments).code(0);
}

/// A bakery, imported on Monday 2 November, and what became of it until Friday 20 November, which is now.
fn with_a_past() -> TestEnv {
    let env = TestEnv::fixture("bakery");
    on(&env, 2, &["import"]);
    on(&env, 3, &["card", "move", "BAKE-ENG-0003", "BAKE-ENG-0004", "in-progress"]);
    on(&env, 5, &["card", "move", "BAKE-ENG-0003", "done"]);
    on(&env, 6, &["card", "move", "BAKE-ENG-0002", "done"]);
    on(&env, 9, &["card", "new", "BAKE", "--title", "Count the trays"]);
    on(&env, 10, &["card", "move", "BAKE-ENG-0009", "in-progress"]);
    on(&env, 11, &["card", "move", "BAKE-ENG-0004", "done"]);
    on(&env, 12, &["card", "move", "BAKE-ENG-0004", "in-progress"]);
    on(&env, 13, &["card", "move", "BAKE-ENG-0009", "done"]);
    on(&env, 14, &["card", "move", "BAKE-ENG-0009", "reflected"]);
    env
}

#[test]
fn the_figures_of_a_business_in_a_pipe() {
    let env = with_a_past();
    let ran = env.bos(&["stats", "bake", "-q"]).code(0);
    assert_snapshot!(ran.stdout, @"
    BAKE  Half Past Four  2026-11-02 to 2026-11-20

    Done each week (3)
      2026-W45  ██ 2
      2026-W46  █ 1
      2026-W47  0

    How long finished cards took
      from In progress       p50 2.0 days, p85 3.0 days  (2 cards; 1 more not known)
      from when it was made  p50 25.4 days, p85 31.4 days  (3 cards)

    In progress, the oldest first (1)
    ID             DAYS  PRI  OWNER  TITLE
    BAKE-ENG-0004  17.0  P1   Nora   A second deck oven, bought or leased?

    Cards in each lane at the end of each day
        9 ┤                     ····································
          │························░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
          │:::░░░░░░░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
        6 ┤░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒×××▒▒▒××××××××××××××××××××××××
          │░░░▒▒▒▒▒▒▒▒▒×××××××××××××××███×××████████████████████████
          │▒▒▒▒▒▒▒▒▒×××█████████████████████████████████████████████
        3 ┤×××××××××████████████████████████████████████████████████
        2 └─────────────────────────────────────────────────────────
           2026-11-02                                     2026-11-20
      · Inbox 1   : Fact-finding 0   ░ Planned 1   ▒ In progress 1   × Blocked 1
      █ Done 3   ▓ Reflected 2

    2 cards were done before the log began, 2026-11-02 10:00Z: when is not known.
    ");
    assert_eq!(ran.stderr, "");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn the_figures_as_json() {
    let env = with_a_past();
    let stats = env.bos(&["stats", "BAKE", "--json"]).code(0).json();
    assert_eq!(
        keys(&stats),
        "schema business seq log_began from to throughput cycle_time lead_time in_progress lanes flow done_before"
    );
    assert_eq!(stats["schema"], "bos.stats/1");
    assert_eq!((&stats["from"], &stats["to"]), (&json!("2026-11-02"), &json!("2026-11-20")));
    // 0002 and 0003 in the first week; 0009 in the second, where 0004 was taken back.
    assert_eq!(
        stats["throughput"],
        json!([
            {"week": "2026-W45", "from": "2026-11-02", "done": 2},
            {"week": "2026-W46", "from": "2026-11-09", "done": 1},
            {"week": "2026-W47", "from": "2026-11-16", "done": 0},
        ])
    );
    // Two days and three; 0002 was in progress when the log began.
    assert_eq!(stats["cycle_time"], json!({"cards": 2, "unknown": 1, "p50_days": 2.0, "p85_days": 3.0}));
    // 0009 was made on the 9th, at ten; 0002 on 12 October, 0003 on 28 September.
    assert_eq!(stats["lead_time"]["cards"], 3);
    assert_eq!((&stats["lead_time"]["p50_days"], &stats["lead_time"]["unknown"]), (&json!(25.4), &json!(0)));
    let in_progress = &stats["in_progress"];
    assert_eq!(in_progress.as_array().unwrap().len(), 1);
    assert_eq!(keys(&in_progress[0]), "id priority owner title since known days");
    assert_eq!((&in_progress[0]["id"], &in_progress[0]["days"]), (&json!("BAKE-ENG-0004"), &json!(17.0)));
    assert_eq!(stats["done_before"], 2);
    let day = |date: &str| {
        let days = stats["flow"]["days"].as_array().unwrap();
        days.iter().find(|day| day["date"] == date).unwrap()["counts"].clone()
    };
    assert_eq!(stats["flow"]["lanes"].as_array().unwrap().len(), 7);
    assert_eq!(stats["flow"]["days"].as_array().unwrap().len(), 19);
    assert_eq!(day("2026-11-02"), json!([1, 1, 2, 1, 1, 1, 1]));
    assert_eq!(day("2026-11-03"), json!([1, 0, 1, 3, 1, 1, 1]));
    assert_eq!(day("2026-11-11"), json!([1, 0, 1, 1, 1, 4, 1]));
    assert_eq!(day("2026-11-20"), json!([1, 0, 1, 1, 1, 3, 2]));
    // What stands in the lanes now is what the board says.
    let board = env.bos(&["board", "BAKE", "--json"]).code(0).json();
    let counts = |of: &Value| -> Vec<Value> {
        of["lanes"].as_array().unwrap().iter().map(|lane| lane["count"].clone()).collect()
    };
    assert_eq!(counts(&stats), counts(&board));
}

#[test]
fn only_the_last_weeks_are_told() {
    let env = with_a_past();
    let stats = env.bos(&["stats", "BAKE", "--weeks", "1", "--json"]).code(0).json();
    assert_eq!((&stats["from"], stats["throughput"].as_array().unwrap().len()), (&json!("2026-11-16"), 1));
    assert_eq!(stats["cycle_time"], json!({"cards": 0, "unknown": 0, "p50_days": null, "p85_days": null}));
    for weeks in ["0", "521", "x"] {
        env.bos(&["stats", "--weeks", weeks]).code(2);
    }
    env.bos(&["stats", "NONE"]).code(3);
}

#[test]
fn archived_and_removed_work_was_still_done() {
    let env = with_a_past();
    let rename = |id: &str| {
        std::fs::create_dir_all(env.path("cards/archive")).unwrap();
        let name = format!("{id}.user.md");
        std::fs::rename(env.path(&format!("cards/{name}")), env.path(&format!("cards/archive/{name}"))).unwrap();
    };
    env.bos(&["export"]).code(0);
    rename("BAKE-ENG-0003");
    rename("BAKE-ENG-0006");
    std::fs::remove_file(env.path("cards/BAKE-ENG-0002.user.md")).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    let stats = env.bos(&["stats", "BAKE", "--json"]).code(0).json();
    assert_eq!(stats["throughput"][0]["done"], 2);
    // 0006 left the board undone, 0002 is gone, 0003 is put away.
    assert_eq!(stats["flow"]["days"][18]["counts"], json!([0, 0, 1, 1, 1, 2, 2]));
    assert_eq!(stats["lanes"][5], json!({"lane": "Done", "count": 1}));
    assert_snapshot!(env.bos(&["stats", "BAKE"]).ok().lines().last().unwrap(), @"1 card that is done is archived; the chart has it, the board does not.");
    env.verify();
}

#[test]
fn weeks_and_days_are_local() {
    let env = TestEnv::fixture("bakery");
    on(&env, 2, &["import"]);
    // Sunday evening in UTC is Monday morning in Auckland.
    env.bos_with(&[("BOS_NOW", "2026-11-08T20:00:00Z")], &["card", "move", "BAKE-ENG-0006", "done"]).code(0);
    let done = |zone| {
        let stats = env.bos_with(&[("TZ", zone)], &["stats", "BAKE", "--json"]).code(0).json();
        let weeks = stats["throughput"].as_array().unwrap().clone();
        weeks.into_iter().find(|week| week["done"] == 1).unwrap()["week"].clone()
    };
    assert_eq!([done("UTC"), done("Pacific/Auckland")], ["2026-W45", "2026-W46"]);
}

#[test]
fn a_log_without_an_entry_has_no_figures() {
    let env = TestEnv::empty();
    env.bos(&["init"]).code(0);
    assert_snapshot!(env.bos(&["stats"]).ok(), @"
    Every business  2026-11-20 to 2026-11-20

    Done each week (0)
      2026-W47  0

    In progress, the oldest first (0)

    Cards in each lane at the end of each day
      no cards

    The log has no entry yet, so nothing is known.
    ");
    let stats = env.bos(&["stats", "--json"]).code(0).json();
    assert_eq!((&stats["seq"], &stats["log_began"], &stats["done_before"]), (&json!(0), &Value::Null, &json!(0)));
}

#[test]
fn cards_of_an_unknown_lane_are_told_last() {
    let env = TestEnv::fixture("broken");
    env.bos(&["import"]).code(1);
    let stats = env.bos(&["stats", "BAD", "--json"]).code(0).json();
    let lanes = stats["lanes"].as_array().unwrap();
    assert_eq!((lanes.len(), &lanes[7]["lane"]), (8, &Value::Null));
    assert_eq!(stats["flow"]["lanes"][7], Value::Null);
    assert_eq!(stats["flow"]["days"][0]["counts"][7], lanes[7]["count"]);
}

/// That tags are closed in the order in which they were opened, and that nothing else begins like one.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap_or_else(|| panic!("an open end: {part}"));
        assert!(!text.contains('>') && tag.matches('"').count() % 2 == 0, "{part}");
        for text in [tag, text] {
            let mut entities = text.split('&').skip(1);
            assert!(
                entities.all(|rest| ["amp;", "lt;", "gt;", "quot;"].iter().any(|end| rest.starts_with(end))),
                "{part}"
            );
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{part}");
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn a_picture() {
    let env = with_a_past();
    let svg = env.bos(&["stats", "BAKE", "--svg", "-"]).ok();
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
    assert_well_formed(&svg);
    assert!(svg.contains(">BAKE  Half Past Four</text>") && svg.contains(">In progress 1</text>"), "{svg}");
    assert!(!svg.contains("href") && !svg.contains("url("), "it needs nothing else");

    let ran = env.bos(&["stats", "BAKE", "--svg", "flow.svg", "--json"]).code(0);
    assert_eq!(ran.json()["schema"], "bos.stats/1");
    assert!(ran.stderr.contains("note: wrote flow.svg"), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(env.root.join("flow.svg")).unwrap(), svg);
    let names = std::fs::read_dir(&env.root).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.ends_with(".tmp")), "nothing is left behind");

    env.bos(&["stats", "--svg", "none/flow.svg"]).code(3);
    assert_snapshot!(env.bos(&["stats", "--json", "--svg", "-"]).code(2).stderr, @r#"{"schema":"bos.error/1","kind":"usage","message":"--json and --svg - both want standard output","causes":[],"hint":"name a file for the picture"}"#);
}

#[test]
fn a_title_cannot_break_out_of_the_picture() {
    let env = TestEnv::fixture("bakery");
    let catalogue = env.read("strategy/businesses.json").replace("Half Past Four", "</text><script>&\\u0007 \\\"x");
    env.write("strategy/businesses.json", catalogue);
    let svg = env.bos(&["stats", "BAKE", "--svg", "-", "-q"]).ok();
    assert_well_formed(&svg);
    assert!(svg.contains("&lt;/text&gt;&lt;script&gt;&amp; &quot;x") && !svg.contains("<script"), "{svg}");
}
