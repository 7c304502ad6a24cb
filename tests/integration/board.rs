//! `bos board`: lanes and order as text in a pipe, the JSON contract, filters, notices.

use insta::assert_snapshot;
use serde_json::Value;

use crate::env::TestEnv;

/// The keys of a card in every list, in order.
pub(crate) const CARD_KEYS: &str = "id business lane priority owner title tags due created updated completed blocked \
     blocked_reason dependencies proposed_lane claimed_by claimed_until archived path sha256";

/// The keys of an object, in order.
pub(crate) fn keys(object: &Value) -> String {
    object.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// The IDs on a board, lane by lane.
fn ids(board: &Value) -> Vec<String> {
    let lanes = board["lanes"].as_array().unwrap();
    let cards = lanes.iter().flat_map(|lane| lane["cards"].as_array().unwrap());
    cards.map(|card| card["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_board_in_a_pipe() {
    let env = TestEnv::fixture("bakery");
    let ran = env.bos(&["board", "bake"]).code(0);
    assert_eq!(ran.stderr, "");
    assert_snapshot!(ran.stdout, @r"
    BAKE  Half Past Four  8 cards

    Inbox (1)
      BAKE-ENG-0006  P3  Paper bags with the new logo

    Fact-finding (1)
      BAKE-ENG-0004  P1  A second deck oven, bought or leased?  due 2026-12-04

    Planned (2)
      BAKE-ENG-0003  P1  A rye starter that survives a day off
      BAKE-ENG-0008  P2  One gluten-free morning a week

    In progress (1)
      BAKE-ENG-0002  P0  Order form for Christmas stollen  overdue 2026-11-16

    Blocked (1)
      BAKE-ENG-0005  P1  Card reader for the market stall  overdue 2026-11-14  blocked: Waiting for the SIM card, ordered on 9 November

    Done (1)
      BAKE-ENG-0001  P2  Put the weekly menu online

    Reflected (1)
      BAKE-ENG-0007  P2  Stay closed on Mondays
    ");
}

#[test]
fn the_global_board_is_p0_and_p1_of_every_business() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["board"]).ok(), @r"
    P0 and P1 of every business  7 cards

    Inbox (0)

    Fact-finding (2)
      HOME-ENG-0002  P1  Papers for the tax adviser  due 2026-11-30
      BAKE-ENG-0004  P1  A second deck oven, bought or leased?  due 2026-12-04

    Planned (1)
      BAKE-ENG-0003  P1  A rye starter that survives a day off

    In progress (2)
      BAKE-ENG-0002  P0  Order form for Christmas stollen  overdue 2026-11-16
      BIKE-ENG-0002  P1  Winter check-up at a fixed price  due 2026-11-27

    Blocked (1)
      BAKE-ENG-0005  P1  Card reader for the market stall  overdue 2026-11-14  blocked: Waiting for the SIM card, ordered on 9 November

    Done (1)
      BIKE-ENG-0005  P1  Send a message when the bike is ready

    Reflected (0)
    ");
    let board = env.bos(&["board", "--json"]).code(0).json();
    assert_eq!((&board["business"], &board["total"]), (&Value::Null, &7.into()));
}

#[test]
fn a_board_of_every_quirk() {
    let env = TestEnv::fixture("quirks");
    assert_snapshot!(env.bos(&["board", "SHOP"]).ok(), @r#"
    SHOP  Cardamom Row  37 cards

    Inbox (10)
      SHOP-ENG-0025  P2  A tasting evening in May  overdue 2026-05-08  proposed: Fact-finding
      SHOP-ENG-0031  P2  As little as possible
      SHOP-ENG-0020  P3  No date at all
      SHOP-ENG-0016  P3  The title is this heading
      SHOP-ENG-0017  P3  Said three times
      SHOP-ENG-0019  P3  Weigh **everything** `twice`
      SHOP-ENG-0004  P4  A card that only agents wrote
      SHOP-ENG-0028  P4  [31mRed[0m dlos out second line
      SHOP-ENG-0029  P5  Nothing after the fence
      SHOP-ENG-0018  P5  SHOP-ENG-0018

    Fact-finding (2)
      SHOP-ENG-0026  P0  Tea: where it's from, and "why"  overdue 2026-03-01
      SHOP-ENG-0001  P2  Find a second saffron grower

    Planned (18)
      SHOP-ENG-0024  P1  Planned, and blocked all the same  blocked: The printer says: not before March
      SHOP-ENG-0003  P1  Winter opening hours
      SHOP-ENG-0006  P2  Refill station for customers' own jars
      SHOP-ENG-0027  P2  Anchors and tags
      SHOP-001       P2  Label every jar
      SHOP-ENG-0022  P2  Spaces and tabs
      SHOP-ENG-0015  P2  Rules in the body
      SHOP-ENG-0014  P2  No newline at the end
      SHOP-ENG-0013  P2  Starts with a byte order mark
      SHOP-ENG-0012  P2  Written on Windows
      SHOP-ENG-0010  P2  Comments # everywhere
      SHOP-ENG-0009  P2  A title folded over two lines
      SHOP-ENG-0008  P2  Keys of every kind
      SHOP-ENG-0034  P3  A bracket at the margin
      SHOP-ENG-0033  P3  2026
      SHOP-ENG-0032  P3  Updated when there was time
      SHOP-ENG-0030  P3  Both kinds of line ends
      SHOP-ENG-0023  P5  A long body

    In progress (4)
      SHOP-OPP-0001  P1  A card with an idea's number
      SHOP-ENG-0005  P1  Move the grinder to the back room
      SHOP-ENG-0002  P1  Rewrite the tasting notes
      SHOP-ENG-0011  P1  Gewürze für Łódź 🌶️

    Blocked (1)
      YARD-ENG-0001  P2  Herbs for the shop's window  blocked

    Done (1)
      SHOP-ENG-0007  P3  Count the stock

    Reflected (1)
      SHOP-ENG-0021  P3  Three times updated
    "#);
    assert_snapshot!(env.bos(&["board", "KITE"]).ok(), @r"
    KITE  1 card

    Inbox (1)
      KITE-ENG-0001  P5  Kites, one day

    Fact-finding (0)

    Planned (0)

    In progress (0)

    Blocked (0)

    Done (0)

    Reflected (0)
    ");
}

#[test]
fn an_unknown_lane_stands_last() {
    let env = TestEnv::fixture("broken");
    let text = env.bos(&["board", "BAD"]).ok();
    let last = text.split("\n\n").last().unwrap();
    assert_snapshot!(last, @r#"
    Unknown lane (1)
      BAD-ENG-0030  P2  A lane of its own  lane "Someday"
    "#);
    let board = env.bos(&["board", "BAD", "--json"]).code(0).json();
    let lanes: Vec<&Value> = board["lanes"].as_array().unwrap().iter().map(|lane| &lane["lane"]).collect();
    assert_eq!((lanes.len(), lanes[7]), (8, &Value::Null));
    assert_eq!(board["lanes"][7]["cards"][0]["lane"], Value::Null);
}

#[test]
fn the_json_has_every_key() {
    let env = TestEnv::fixture("bakery");
    let board = env.bos(&["board", "BAKE", "--json"]).code(0).json();
    assert_eq!(keys(&board), "schema business seq total lanes");
    assert_eq!((&board["schema"], &board["seq"], &board["total"]), (&"bos.board/1".into(), &25.into(), &8.into()));
    let names: Vec<&str> =
        board["lanes"].as_array().unwrap().iter().map(|lane| lane["lane"].as_str().unwrap()).collect();
    assert_eq!(names, ["Inbox", "Fact-finding", "Planned", "In progress", "Blocked", "Done", "Reflected"]);
    assert_snapshot!(serde_json::to_string_pretty(&board["lanes"][4]).unwrap(), @r#"
    {
      "lane": "Blocked",
      "count": 1,
      "cards": [
        {
          "id": "BAKE-ENG-0005",
          "business": "BAKE",
          "lane": "Blocked",
          "priority": "P1",
          "owner": "Nora",
          "title": "Card reader for the market stall",
          "tags": [
            "market",
            "payment"
          ],
          "due": "2026-11-14",
          "created": "2026-10-24",
          "updated": "2026-11-09",
          "completed": null,
          "blocked": true,
          "blocked_reason": "Waiting for the SIM card, ordered on 9 November",
          "dependencies": [],
          "proposed_lane": null,
          "claimed_by": null,
          "claimed_until": null,
          "archived": false,
          "path": "docs/business-os/cards/BAKE-ENG-0005.user.md",
          "sha256": "420479ec45e5551edfff7ca956c4ac1a5cb99d7850d2eb12737c1ee65c2e76fa"
        }
      ]
    }
    "#);
    for lane in board["lanes"].as_array().unwrap() {
        assert_eq!(keys(lane), "lane count cards");
        assert_eq!(lane["count"], lane["cards"].as_array().unwrap().len());
        for card in lane["cards"].as_array().unwrap() {
            assert_eq!(keys(card), CARD_KEYS);
        }
    }
}

#[test]
fn empty_lanes_are_there_too() {
    let env = TestEnv::fixture("bakery");
    let board = env.bos(&["board", "HOME", "--json"]).code(0).json();
    let counts: Vec<u64> =
        board["lanes"].as_array().unwrap().iter().map(|lane| lane["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [0, 1, 0, 1, 0, 0, 0]);
    assert_eq!(board["lanes"][0]["cards"], serde_json::json!([]));
}

#[test]
fn filters_narrow_a_board() {
    let env = TestEnv::fixture("bakery");
    let found = |filters: &[&str]| {
        let board = env.bos(&[&["board", "BAKE", "--json"], filters].concat()).code(0).json();
        let ids = ids(&board);
        assert_eq!(board["total"], ids.len());
        ids.iter().map(|id| id.trim_start_matches("BAKE-ENG-000").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(found(&[]), "6 4 3 8 2 5 1 7");
    assert_eq!(found(&["--lane", "planned,In progress"]), "3 8 2");
    assert_eq!(found(&["--priority", "p0,P1"]), "4 3 2 5");
    assert_eq!(found(&["--owner", "nora", "--priority", "P2"]), "8 1 7");
    assert_eq!(found(&["--tag", "recipe"]), "3 8");
    assert_eq!(found(&["--due-before", "2026-11-16"]), "5", "before, not on the day");
    assert_eq!(found(&["--tag", "nothing"]), "");
    env.bos(&["board", "BAKE", "--due-before", "soon"]).code(2);
    env.bos(&["board", "BAKE", "--lane", "someday"]).code(2);
}

#[test]
fn a_limit_tells_how_many_there_are() {
    let env = TestEnv::fixture("quirks");
    let board = env.bos(&["board", "SHOP", "--limit", "2", "--json"]).code(0).json();
    assert_eq!((&board["total"], &board["lanes"][2]["count"]), (&37.into(), &18.into()));
    assert_eq!(board["lanes"][2]["cards"].as_array().unwrap().len(), 2);
    assert!(env.bos(&["board", "SHOP", "--limit", "2"]).ok().contains("\n  ... 16 more\n"));
}

#[test]
fn archived_cards_are_a_board_of_their_own() {
    let env = TestEnv::fixture("bakery");
    assert!(!env.bos(&["board", "BIKE"]).ok().contains("BIKE-ENG-0001"));
    assert_eq!(ids(&env.bos(&["board", "BIKE", "--archived", "--json"]).code(0).json()), ["BIKE-ENG-0001"]);
}

#[test]
fn an_unknown_business_lists_the_known_ones() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["board", "BAEK"]).code(3).stderr, @r"
    error: there is no business BAEK
    hint: did you mean BAKE? The businesses there are: BAKE, BIKE, HOME
    ");
    assert_snapshot!(env.bos(&["board", "BAEK", "--json"]).code(3).stderr, @r#"{"schema":"bos.error/1","kind":"not_found","message":"there is no business BAEK","causes":[],"hint":"did you mean BAKE? The businesses there are: BAKE, BIKE, HOME"}"#);
}

#[test]
fn due_dates_and_blocks_stand_out_where_colour_is_wanted() {
    let env = TestEnv::fixture("bakery");
    let text = env.bos(&["board", "BAKE", "--color", "always"]).ok();
    let lines: Vec<String> =
        text.lines().filter(|line| line.contains("BAKE-ENG-000")).map(|line| line.replace('\u{1b}', "^")).collect();
    assert_snapshot!(lines.join("\n"), @r"
    BAKE-ENG-0006  P3  Paper bags with the new logo
    BAKE-ENG-0004  ^[1mP1^[0m  A second deck oven, bought or leased?  ^[2mdue 2026-12-04^[0m
    BAKE-ENG-0003  ^[1mP1^[0m  A rye starter that survives a day off
    BAKE-ENG-0008  P2  One gluten-free morning a week
    BAKE-ENG-0002  ^[1m^[31mP0^[0m  Order form for Christmas stollen  ^[1m^[31moverdue 2026-11-16^[0m
    BAKE-ENG-0005  ^[1mP1^[0m  Card reader for the market stall  ^[1m^[31moverdue 2026-11-14^[0m  ^[33mblocked: Waiting for the SIM card, ordered on 9 November^[0m
    BAKE-ENG-0001  P2  Put the weekly menu online
    BAKE-ENG-0007  P2  Stay closed on Mondays
    ");
}

#[test]
fn titles_in_another_language() {
    let env = TestEnv::fixture("quirks");
    let title = |board: &Value| {
        let mut cards = board["lanes"].as_array().unwrap().iter().flat_map(|lane| lane["cards"].as_array().unwrap());
        cards.find(|card| card["id"] == "SHOP-ENG-0025").unwrap()["title"].clone()
    };
    let board = |arguments: &[&str]| env.bos(&[&["board", "SHOP", "--json"], arguments].concat()).code(0).json();
    assert_eq!(title(&board(&[])), "A tasting evening in May");
    assert_eq!(title(&board(&["--lang", "it"])), "Una serata di degustazione a maggio");
    assert_eq!(title(&board(&["--lang", "de-CH"])), "A tasting evening in May");
    let mut translated = board(&["--lang", "IT"]);
    let place = translated["lanes"].as_array_mut().unwrap().iter_mut();
    let mut cards = place.flat_map(|lane| lane["cards"].as_array_mut().unwrap());
    cards.find(|card| card["id"] == "SHOP-ENG-0025").unwrap()["title"] = "A tasting evening in May".into();
    assert_eq!(translated, board(&[]), "nothing else is another");
    let text = env.bos(&["board", "SHOP", "--lang", "it"]).ok();
    assert!(text.contains("SHOP-ENG-0025  P2  Una serata di degustazione a maggio"), "{text}");
    assert_snapshot!(env.bos(&["board", "--lang", "it_IT"]).code(2).stderr, @"
    error: invalid value 'it_IT' for '--lang <CODE>': write it like it, de or pt-BR

    For more information, try '--help'.
    ");
}
