//! `--fields` and `--brief` of every list: the same in all of them, as text and as JSON.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{board::keys, env::TestEnv};

/// Every list, where its items are, and the keys of one in brief.
const LISTS: [(&[&str], &str, &str); 5] = [
    (&["board", "BAKE"], "/lanes/1/cards", "id lane priority title"),
    (&["card", "list"], "/cards", "id lane priority title"),
    (&["next"], "/cards", "id lane priority title ready why"),
    (&["idea", "list"], "/ideas", "id status title"),
    (&["stage", "list"], "/stage_docs", "card stage updated title"),
];

fn items(env: &TestEnv, list: &[&str], more: &[&str], place: &str) -> (Value, Vec<Value>) {
    let json = env.bos(&[list, more, &["--json"]].concat()).code(0).json();
    let items = json.pointer(place).unwrap().as_array().unwrap().clone();
    assert!(!items.is_empty(), "{list:?}");
    (json, items)
}

#[test]
fn every_list_can_be_brief() {
    let env = TestEnv::fixture("bakery");
    for (list, place, brief) in LISTS {
        let (usual, _) = items(&env, list, &[], place);
        let (json, short) = items(&env, list, &["--brief"], place);
        assert_eq!(keys(&json), keys(&usual), "{list:?}");
        assert_eq!(json["total"], usual["total"], "{list:?}");
        assert!(short.iter().all(|item| keys(item) == brief), "{list:?}: {}", short[0]);
    }
    let json = env.bos(&["business", "list", "--brief", "--json"]).code(0).json();
    assert_snapshot!(json["businesses"].to_string(), @r#"[{"id":"BAKE","name":"Half Past Four"},{"id":"BIKE","name":"Loose Spoke"},{"id":"HOME","name":"Back office"}]"#);
}

#[test]
fn every_list_can_show_more_keys() {
    let env = TestEnv::repository("bakery");
    env.bos(&["card", "set", "BAKE-ENG-0004", "Estimate:=5", "--add", "Watchers=Ines"]).code(0);
    for (list, place, _) in LISTS {
        let (_, usual) = items(&env, list, &[], place);
        let (_, more) = items(&env, list, &["--fields", "Created,Nothing,content"], place);
        for (usual, more) in usual.iter().zip(&more) {
            let mut plain = more.as_object().unwrap().clone();
            let fields = plain.remove("fields").unwrap();
            assert_eq!(&Value::Object(plain), usual, "{list:?}");
            assert_eq!(keys(&fields), "Created Nothing content");
            assert!(fields["Created"].is_string() || fields["Created"].is_null());
            assert!(fields["Nothing"].is_null() && fields["content"].is_null(), "{fields}: no front matter keys");
        }
        let (_, both) = items(&env, list, &["--brief", "--fields", "Owner"], place);
        assert!(keys(&both[0]).contains(" title fields"), "{}", both[0]);
    }
    let (_, cards) =
        items(&env, &["board", "BAKE"], &["--fields", "Estimate,Watchers,Tags", "--brief"], "/lanes/1/cards");
    assert_snapshot!(cards[0].to_string(), @r#"{"id":"BAKE-ENG-0004","lane":"Fact-finding","priority":"P1","title":"A second deck oven, bought or leased?","fields":{"Estimate":5,"Watchers":["Ines"],"Tags":["oven","money"]}}"#);
}

#[test]
fn as_text() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["board", "BAKE", "--brief"]).ok(), @"
    BAKE-ENG-0006  Inbox         P3  Paper bags with the new logo
    BAKE-ENG-0004  Fact-finding  P1  A second deck oven, bought or leased?
    BAKE-ENG-0003  Planned       P1  A rye starter that survives a day off
    BAKE-ENG-0008  Planned       P2  One gluten-free morning a week
    BAKE-ENG-0002  In progress   P0  Order form for Christmas stollen
    BAKE-ENG-0005  Blocked       P1  Card reader for the market stall
    BAKE-ENG-0001  Done          P2  Put the weekly menu online
    BAKE-ENG-0007  Reflected     P2  Stay closed on Mondays
    ");
    assert_snapshot!(env.bos(&["board", "BAKE", "--fields", "Tags,Estimate", "--limit", "1"]).ok(), @"
    ID             LANE          PRI  OWNER       DUE         TITLE                                  Tags               Estimate
    BAKE-ENG-0006  Inbox         P3   Unassigned              Paper bags with the new logo           print
    BAKE-ENG-0004  Fact-finding  P1   Nora        2026-12-04  A second deck oven, bought or leased?  oven, money
    BAKE-ENG-0003  Planned       P1   Nora                    A rye starter that survives a day off  recipe, rye
    BAKE-ENG-0002  In progress   P0   Nora        2026-11-16  Order form for Christmas stollen       christmas, orders
    BAKE-ENG-0005  Blocked       P1   Nora        2026-11-14  Card reader for the market stall       market, payment
    BAKE-ENG-0001  Done          P2   Nora                    Put the weekly menu online             website, menu
    BAKE-ENG-0007  Reflected     P2   Nora                    Stay closed on Mondays                 opening-hours
    ");
    assert_snapshot!(env.bos(&["card", "list", "HOME", "--brief", "--fields", "Created"]).ok(), @"
    HOME-ENG-0002  Fact-finding  P1  Papers for the tax adviser   2026-11-01
    HOME-ENG-0001  In progress   P2  One calendar for both shops  2026-09-21
    ");
    assert_snapshot!(env.bos(&["next", "HOME", "--fields", "Tags"]).ok(), @"
    ID             LANE          PRI  OWNER  DUE         TITLE                        Tags
    HOME-ENG-0002  Fact-finding  P1   Nora   2026-11-30  Papers for the tax adviser   tax, books
    HOME-ENG-0001  In progress   P2   Nora               One calendar for both shops  calendar, routine
    ");
    assert_snapshot!(env.bos(&["next", "HOME", "--explain", "--fields", "Tags"]).ok(), @"
    Ready (2)
      HOME-ENG-0002  P1  Fact-finding  Papers for the tax adviser
        Tags: tax, books
        P1, due 2026-11-30, nothing in the way
      HOME-ENG-0001  P2  In progress  One calendar for both shops
        Tags: calendar, routine
        P2, nothing in the way

    Waiting (0)
    ");
    assert_snapshot!(env.bos(&["idea", "list", "--brief"]).ok(), @"
    BAKE-OPP-0002  raw        A loaf every Friday, by subscription
    HOME-OPP-0001  raw        One insurance instead of three
    BIKE-OPP-0001  raw        Bread by cargo bike
    BAKE-OPP-0001  converted  More oven on Saturdays
    ");
    assert_snapshot!(env.bos(&["idea", "list", "BIKE", "--fields", "Business"]).ok(), @"
    ID             IN     STATUS  UPDATED     TITLE                Business
    BIKE-OPP-0001  inbox  raw     2026-10-27  Bread by cargo bike  BIKE
    ");
    assert_snapshot!(env.bos(&["stage", "list", "--brief"]).ok(), @"
    BAKE-ENG-0002  build      2026-11-13  Order form for Christmas stollen
    BAKE-ENG-0002  fact-find  2026-10-16  Order form for Christmas stollen
    BAKE-ENG-0002  plan       2026-10-22  Order form for Christmas stollen
    BAKE-ENG-0004  fact-find  2026-11-17  A second deck oven, bought or leased?
    BAKE-ENG-0007  reflect    2026-09-28  Stay closed on Mondays
    ");
    assert_snapshot!(env.bos(&["stage", "list", "--fields", "Type", "BAKE-ENG-0004"]).ok(), @"
    CARD           STAGE      UPDATED     FILE                                                    TITLE                                  Type
    BAKE-ENG-0004  fact-find  2026-11-17  docs/business-os/cards/BAKE-ENG-0004/fact-find.user.md  A second deck oven, bought or leased?  Stage
    ");
    assert_snapshot!(env.bos(&["business", "list", "--brief"]).ok(), @"
    BAKE  Half Past Four
    BIKE  Loose Spoke
    HOME  Back office
    ");
    assert_eq!(env.bos(&["board", "BAKE", "--brief", "--limit", "1"]).code(0).stderr, "note: 7 of 8 shown (--limit)\n");
}

#[test]
fn nothing_that_hides_gets_out() {
    let env = TestEnv::fixture("quirks");
    for shape in [&["--brief"][..], &["--fields", "Title,a\u{1b}[31m"]] {
        let text = env.bos(&[&["card", "list"], shape].concat()).ok();
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}

#[test]
fn boards_read_no_texts_unless_keys_are_asked_for() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let broken = "UPDATE business_os_blobs SET text = CAST(x'ff' AS TEXT)
                  WHERE sha256 = (SELECT sha256 FROM business_os_cards WHERE id = 'BAKE-ENG-0006')";
    env.sqlite().execute(broken, []).unwrap();
    for list in [&["board", "BAKE"][..], &["card", "list"], &["next"]] {
        env.bos(list).code(0);
        env.bos(&[list, &["--brief"]].concat()).code(0);
        // One that is damaged is named, and the others are shown.
        let ran = env.bos(&[list, &["--fields", "Owner"]].concat()).code(0);
        assert!(ran.stderr.contains("the keys of BAKE-ENG-0006 cannot be read"), "{list:?}: {ran:?}");
        assert!(ran.stdout.contains("BAKE-ENG-0006") && ran.stdout.contains("BAKE-ENG-0002"), "{list:?}: {ran:?}");
    }
}
