//! Every list takes the same flags: `--limit`, `--after`, `--sort`, `--lang`, `--fields`, `--brief` and `--at`, or it says
//! here why not. A list is what prints a document with a `total`, so that a new one cannot be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::env::TestEnv;

/// The flags of a list.
const FLAGS: [&str; 7] = ["--limit", "--after", "--sort", "--lang", "--fields", "--brief", "--at"];

/// A kind of document with a `total`, the command that prints it, where its items are, the orders it has, and the
/// flags that it has not.
type List = (&'static str, &'static [&'static str], &'static str, &'static [&'static str], &'static [&'static str]);

const LISTS: [List; 8] = [
    ("board", &["board", "BAKE"], "/lanes", &["id", "title", "priority", "due", "owner", "created", "updated"], &[]),
    ("cards", &["card", "list"], "/cards", &["id", "title", "priority", "due", "owner", "created", "updated"], &[]),
    ("ideas", &["idea", "list"], "/ideas", &["id", "title", "priority", "created", "updated"], &[]),
    ("stages", &["stage", "list"], "/stage_docs", &["id", "title", "created", "updated"], &[]),
    // What could be worked on then is nothing to work on.
    ("next", &["next"], "/cards", &["id", "title", "priority", "due", "owner", "created", "updated"], &["--at"]),
    // The best hit is what a search is for; the index knows only how the texts are.
    ("search", &["search", "a"], "/hits", &[], &["--sort", "--at"]),
    // Entries have neither titles nor front matter, and are as short as can be; --until looks back.
    ("log", &["log"], "/entries", &["newest", "oldest"], &["--lang", "--fields", "--brief", "--at"]),
    // One look at what is there, in parts of their own.
    ("me", &["me"], "/owned", &[], &["--limit", "--after", "--sort", "--fields", "--brief", "--at"]),
];

/// What has a `total` and is no list of cards, ideas, documents or entries.
const OTHERS: [&str; 9] =
    ["businesses", "config", "conflicts", "deps", "graph", "guard", "history", "import-from", "schemas"];

#[test]
fn every_list_has_every_flag() {
    let env = TestEnv::fixture("bakery");
    let kinds = env.bos(&["schema", "--json"]).code(0).json();
    let names = kinds["kinds"].as_array().unwrap().iter().map(|kind| kind["name"].as_str().unwrap().to_owned());
    let has_total = |name: &String| {
        let schema: Value = serde_json::from_str(&env.bos(&["schema", name]).ok()).unwrap();
        schema["properties"]["total"].is_object()
    };
    let found: BTreeSet<String> = names.filter(has_total).collect();
    let known = LISTS.iter().map(|list| list.0).chain(OTHERS).map(str::to_owned).collect();
    assert_eq!(found, known, "what has a total is a list, or among the others");
    for (_, command, _, _, without) in LISTS {
        let help = env.bos(&[command, &["--help"]].concat()).ok();
        for flag in FLAGS {
            let has = help.lines().any(|line| line.trim_start().starts_with(flag));
            assert_eq!(has, !without.contains(&flag), "{command:?} {flag}");
        }
    }
}

/// What an answer shows, each by itself, without what only the place on a page decides.
fn items(document: &Value, place: &str) -> Vec<String> {
    let items = document.pointer(place).unwrap().as_array().unwrap();
    let cards = |lane: &Value| lane["cards"].as_array().unwrap().clone();
    let all = if place == "/lanes" { items.iter().flat_map(cards).collect() } else { items.clone() };
    all.iter().map(Value::to_string).collect()
}

/// All pages of a list, put together lane by lane where it is a board.
fn pages(env: &TestEnv, command: &[&str], place: &str, size: &str) -> Vec<String> {
    let answer = |after: &[&str]| env.bos(&[command, &["--json", "--limit", size], after].concat()).code(0).json();
    let first = answer(&[]);
    let begin: Vec<Value> = match place {
        "/lanes" => first["lanes"].as_array().unwrap().clone(),
        _ => vec![first.clone()],
    };
    let mut found = Vec::new();
    for (index, mut page) in begin.into_iter().enumerate() {
        loop {
            found.extend(items(&page, if place == "/lanes" { "/cards" } else { place }));
            let Some(next) = page["next"].as_str() else { break };
            let document = answer(&["--after", next]);
            assert_eq!(document["total"], first["total"], "{command:?}: the total is that of all pages");
            page = if place == "/lanes" { document["lanes"][index].clone() } else { document };
        }
    }
    found
}

#[test]
fn every_list_can_be_sorted_and_read_page_by_page() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    for (kind, command, place, orders, without) in LISTS {
        if without.contains(&"--after") {
            continue;
        }
        let usual = items(&env.bos(&[command, &["--json"]].concat()).code(0).json(), place);
        let sorts = orders.iter().map(|order| vec!["--sort", *order]);
        let mut seen = BTreeMap::new();
        for sort in sorts.chain([Vec::new()]) {
            let command = [command, &sort].concat();
            let all = items(&env.bos(&[&command[..], &["--json"]].concat()).code(0).json(), place);
            assert!(all.len() > 3, "{command:?}: {}", all.len());
            for size in ["1", "2", "3"] {
                assert_eq!(pages(&env, &command, place, size), all, "{command:?} by {size}");
            }
            let mut same = all.clone();
            same.sort();
            let mut expected = usual.clone();
            expected.sort();
            assert_eq!(same, expected, "{command:?}: an order leaves nothing out");
            seen.insert(sort.join(" "), all);
        }
        let different: BTreeSet<&Vec<String>> = seen.values().collect();
        assert!(orders.is_empty() || different.len() > 1, "{kind}: --sort does nothing");
        // A cursor belongs to one order of one list.
        let first = env.bos(&[command, &["--json", "--limit", "1"]].concat()).code(0).json();
        let of_lane = first["lanes"].as_array().into_iter().flatten().find_map(|lane| lane["next"].as_str());
        let cursor = first["next"].as_str().or(of_lane).unwrap();
        for order in orders.iter().filter(|order| **order != "newest") {
            let ran = env.bos(&[command, &["--after", cursor, "--sort", order]].concat());
            assert_eq!(ran.code, 2, "{command:?} {order}: {ran:?}");
        }
        env.bos(&[command, &["--after", "zz"]].concat()).code(2);
        if !without.contains(&"--sort") {
            env.bos(&[command, &["--sort", "colour"]].concat()).code(2);
        }
    }
}

#[test]
fn as_text_an_order_is_the_same() {
    let env = TestEnv::fixture("bakery");
    let ids = |text: &str| {
        let ids = text.split_whitespace().filter(|word| word.starts_with("BAKE-ENG-"));
        ids.map(str::to_owned).collect::<Vec<_>>()
    };
    for more in [&[][..], &["--sort", "title"], &["--sort", "updated", "--limit", "1"]] {
        let board = [&["board", "BAKE"], more].concat();
        let text = ids(&env.bos(&board).ok());
        assert!(text.len() > 5, "{text:?}");
        assert_eq!(text, ids(&env.bos(&[&board[..], &["--brief"]].concat()).ok()), "{more:?}");
    }
    let lanes = env.bos(&["board", "BAKE", "--limit", "1", "--json"]).code(0).json();
    let planned = &lanes["lanes"][2];
    assert_eq!((planned["lane"].as_str(), planned["count"].as_u64()), (Some("Planned"), Some(2)));
    let rest = env.bos(&["board", "BAKE", "--after", planned["next"].as_str().unwrap()]).ok();
    assert_eq!(ids(&rest), ["BAKE-ENG-0008"], "{rest}");
    assert!(!rest.contains("Inbox"), "a cursor is of one lane: {rest}");
}

#[test]
fn every_list_has_titles_in_the_language_asked_for() {
    let env = TestEnv::repository("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0004", "Title-it=Un altro forno"]).code(0);
    env.bos(&["idea", "set", "BAKE-OPP-0002", "Title-it=Un pane ogni settimana"]).code(0);
    for (kind, command, _, _, without) in LISTS {
        if without.contains(&"--lang") {
            continue;
        }
        let title = if kind == "ideas" { "Un pane ogni settimana" } else { "Un altro forno" };
        let usual = env.bos(&[command, &["--json"]].concat()).code(0).stdout;
        assert!(!usual.contains(&format!("\"title\":\"{title}")), "{command:?}: {usual}");
        let wanted = env.bos(&[command, &["--json", "--lang", "it"]].concat()).code(0).stdout;
        assert!(wanted.contains(&format!("\"title\":\"{title}")), "{command:?}: {wanted}");
        let text = env.bos(&[command, &["--lang", "it"]].concat()).ok();
        assert!(text.contains(title), "{command:?}: {text}");
        let set = env.bos_with(&[("BOS_LANGUAGE", "it")], command).ok();
        assert_eq!(set, text, "{command:?}: the setting does the same");
    }
    for sort in [&["next", "--sort", "title"][..], &["card", "list", "--sort", "title"]] {
        let list = env.bos(&[sort, &["--json", "--lang", "it"]].concat()).code(0).json();
        let titles =
            list["cards"].as_array().unwrap().iter().map(|card| card["title"].as_str().unwrap().to_lowercase());
        assert!(titles.is_sorted(), "{sort:?}: by the titles that are shown");
    }
}

#[test]
fn the_last_page_of_a_board_says_nothing_of_more() {
    let env = TestEnv::fixture("bakery");
    for title in ["T1", "T2", "T3"] {
        env.bos(&["card", "new", "BAKE", "--title", title]).code(0);
    }
    let inbox = |page: &[&str]| env.bos(&[&["board", "BAKE", "--lane", "inbox", "--limit", "2"], page].concat());
    let mut cursor: Option<String> = None;
    for (is_last, more) in [(false, "2 more"), (true, "more")] {
        let page: Vec<&str> = cursor.iter().flat_map(|cursor| ["--after", cursor.as_str()]).collect();
        assert_eq!(inbox(&page).code(0).stdout.contains(more), !is_last, "{:?}", inbox(&page));
        let json = inbox(&[&page[..], &["--json"]].concat()).json();
        cursor = json["lanes"].as_array().unwrap().iter().find_map(|lane| lane["next"].as_str()).map(str::to_owned);
    }
    assert_eq!(cursor, None);
    assert!(env.bos(&["board", "--help"]).ok().contains("Show at most N in each lane"));
}
