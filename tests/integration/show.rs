//! `card show`, `idea show`, `stage show`: one entity in full, and how its files stand.

use insta::assert_snapshot;

use crate::{
    board::{CARD_KEYS, keys},
    env::TestEnv,
};

#[test]
fn a_card() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "show", "bake-eng-0002"]).ok(), @"
    BAKE-ENG-0002  Order form for Christmas stollen
      Type          Card
      Lane          In progress
      Priority      P0
      Owner         Nora
      ID            BAKE-ENG-0002
      Title         Order form for Christmas stollen
      Business      BAKE
      Tags          christmas, orders
      Dependencies  BAKE-ENG-0001
      Due-Date      2026-11-16
      Created       2026-10-12
      Updated       2026-11-13

    Last year 140 stollen were ordered on slips of paper, and eleven slips were lost.

    ## Done when

    - Customers choose size, number and day of pick-up
    - The kitchen sees one list per baking day
    - Nobody has to decipher handwriting

    Stage docs
      build        2026-11-13  docs/business-os/cards/BAKE-ENG-0002/build.user.md
      fact-find    2026-10-16  docs/business-os/cards/BAKE-ENG-0002/fact-find.user.md
      plan         2026-10-22  docs/business-os/cards/BAKE-ENG-0002/plan.user.md

    Comments
      Sami  2026-11-14
      Ordered two on my phone to try it. Took less than a minute, and it knew that
      the 24th is already full.

    Files
      docs/business-os/cards/BAKE-ENG-0002.user.md
        sha256 8d65056b9a66dddecf81d38c0f7fe00eb291bc66f92b484ea0d074a7edd1bcac

    Log
          6  2026-11-20 10:00Z  Nora  import plan
          5  2026-11-20 10:00Z  Nora  import fact-find
          4  2026-11-20 10:00Z  Nora  import comments/2026-11-14-sami.md
          3  2026-11-20 10:00Z  Nora  import build
          2  2026-11-20 10:00Z  Nora  import
    ");
}

#[test]
fn a_card_with_odd_characters() {
    let env = TestEnv::fixture("quirks");
    assert_snapshot!(env.bos(&["card", "show", "SHOP-ENG-0028"]).ok(), @"
    SHOP-ENG-0028  [31mRed[0m dlos out second line
      Type      Card
      Lane      Inbox
      Priority  P4
      Owner     Mila
      ID        SHOP-ENG-0028
      Title     [31mRed[0m dlos out second line
      Business  SHOP
      Tags      ]0;window title, zerowidth
      Created   2026-01-29
      Updated   2026-01-29

    Escapes in the front matter. In the body the bytes are real: [1mbold[0m,  bell, override,  delete.

    Files
      docs/business-os/cards/SHOP-ENG-0028.user.md
        sha256 373f590cad569dce7f2e96cfd17baa01bd1a0aaccc227e44997e78eca0a4b2af

    Log
         49  2026-11-20 10:00Z  Nora  import
    ");
}

#[test]
fn a_card_as_json() {
    let env = TestEnv::fixture("bakery");
    let card = env.bos(&["card", "show", "BAKE-ENG-0002", "--json"]).code(0).json();
    assert_eq!(keys(&card), "schema card body documents stage_docs comments log");
    assert_eq!(keys(&card["card"]), format!("{CARD_KEYS} fields"));
    assert_snapshot!(card["card"]["fields"], @r#"{"Type":"Card","Lane":"In progress","Priority":"P0","Owner":"Nora","ID":"BAKE-ENG-0002","Title":"Order form for Christmas stollen","Business":"BAKE","Tags":["christmas","orders"],"Dependencies":["BAKE-ENG-0001"],"Due-Date":"2026-11-16","Created":"2026-10-12","Updated":"2026-11-13"}"#);
    assert_eq!(keys(&card["documents"][0]), "path audience sha256 state");
    assert_eq!(keys(&card["stage_docs"][0]), "stage audience path sha256 created updated");
    assert_eq!(card["stage_docs"].as_array().unwrap().len(), 3);
    assert_snapshot!(card["comments"], @r#"[{"author":"Sami","at":"2026-11-14","path":"docs/business-os/cards/BAKE-ENG-0002/comments/2026-11-14-sami.md","body":"\nOrdered two on my phone to try it. Took less than a minute, and it knew that\nthe 24th is already full.\n"}]"#);
    assert_eq!(card["log"].as_array().unwrap().len(), 5);
}

#[test]
fn fields_are_as_written() {
    let env = TestEnv::fixture("quirks");
    let card = env.bos(&["card", "show", "SHOP-ENG-0008", "--json"]).code(0).json();
    assert_snapshot!(serde_json::to_string_pretty(&card["card"]["fields"]).unwrap(), @r#"
    {
      "Type": "Card",
      "Lane": "Planned",
      "Priority": "P2",
      "Owner": "Mila",
      "ID": "SHOP-ENG-0008",
      "Title": "Keys of every kind",
      "Business": "SHOP",
      "Tags": [],
      "Created": "2026-01-11",
      "Updated": "2026-01-12",
      "Confidence": "82%",
      "Budget": 1250,
      "Ratio": 0.5,
      "Version": 1.1,
      "Big": 12345678901234567890,
      "Exponent": 1000.0,
      "Hex": 31,
      "Leading-Zero": 7,
      "Not-A-Number": ".nan",
      "Organic": true,
      "Imported": false,
      "Country": "NO",
      "Reply": "yes",
      "Switch": "off",
      "Time": "12:30",
      "Nothing": null,
      "Tilde": null,
      "Null-Word": null,
      "Empty-String": "",
      "Contact": {
        "Name": "R. Pepperell",
        "Lane": "behind the mill",
        "Address": {
          "Street": "4 Hill Row",
          "Floors": [
            1,
            2
          ]
        }
      },
      "Inline-Map": {
        "weight": "2kg",
        "Owner": "nobody"
      },
      "Links": [
        {
          "name": "price list",
          "url": "https://example.com/prices#2026"
        },
        {
          "name": "map",
          "url": "https://example.com/map?x=1&y=2"
        }
      ],
      "Matrix": [
        [
          1,
          2
        ],
        [
          3,
          4
        ]
      ],
      "Mixed": [
        1,
        true,
        "two",
        "2026-01-01",
        null
      ],
      "Path": "docs/plans/keys.md",
      "Key With Spaces": "allowed",
      "dotted.key": "allowed",
      "snake_case": "allowed"
    }
    "#);
}

#[test]
fn the_last_ten_entries_of_the_log() {
    let env = TestEnv::fixture("bakery");
    for priority in ["P0", "P1", "P2", "P3", "P4", "P5", "P0", "P1", "P2", "P3", "P4"] {
        env.bos(&["card", "set", "BAKE-ENG-0006", &format!("Priority={priority}")]).code(0);
    }
    let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
    let log = card["log"].as_array().unwrap();
    assert_eq!((log.len(), &log[0]["changes"]["Priority"]["to"]), (10, &"P4".into()));
}

#[test]
fn files_that_differ_are_told() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let files = |id: &str| {
        let text = env.bos(&["card", "show", id, "--no-refresh"]).stdout;
        let section = text.split("\nFiles\n").nth(1).unwrap();
        section.split("\n\n").next().unwrap().to_owned()
    };
    assert_snapshot!(files("HOME-ENG-0001"), @"
    docs/business-os/cards/HOME-ENG-0001.user.md
      sha256 304afdb902e20300a45106b1f236117bfc7835aec2ecbc8d922e7c0b5bdc17b5
    docs/business-os/cards/HOME-ENG-0001.agent.md
    ");
    env.edit("cards/HOME-ENG-0001.user.md", "Owner: Nora", "Owner: Sami");
    std::fs::remove_file(env.path("cards/HOME-ENG-0001.agent.md")).unwrap();
    assert_snapshot!(files("HOME-ENG-0001"), @"
    docs/business-os/cards/HOME-ENG-0001.user.md  edited by hand: bos import
      sha256 304afdb902e20300a45106b1f236117bfc7835aec2ecbc8d922e7c0b5bdc17b5
    docs/business-os/cards/HOME-ENG-0001.agent.md  the file is gone: bos import --prune, or bos export PATH --ours
    ");
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    assert_snapshot!(files("BAKE-ENG-0006"), @"
    docs/business-os/cards/BAKE-ENG-0006.user.md  the database is ahead: bos export
      sha256 f0a3952c687141f5d83eb448af2e8178d4befd9992536b196ba94e2e250f8632
    ");
    env.write("cards/BAKE-ENG-0006.user.md", "---\nLane: [\n---\n");
    assert_snapshot!(files("BAKE-ENG-0006"), @"
    docs/business-os/cards/BAKE-ENG-0006.user.md  the file cannot be read: bos validate
      sha256 f0a3952c687141f5d83eb448af2e8178d4befd9992536b196ba94e2e250f8632
    ");
}

#[test]
fn a_companion_that_nobody_imported_is_told_too() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.write("cards/BAKE-ENG-0006.agent.md", env.read("cards/BAKE-ENG-0006.user.md"));
    let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).code(0).json();
    assert_eq!(card["documents"].as_array().unwrap().len(), 1, "a document is what the database has");
    assert_eq!(env.state("cards/BAKE-ENG-0006.agent.md"), "untracked");
}

#[test]
fn an_idea() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["idea", "show", "bake-opp-0001"]).ok(), @"
    BAKE-OPP-0001  More oven on Saturdays
      Type          Idea
      ID            BAKE-OPP-0001
      Title         More oven on Saturdays
      Business      BAKE
      Status        converted
      Card-ID       BAKE-ENG-0004
      Created-Date  2026-10-03
      Tags          oven

    We sell out by ten every Saturday. Either bake more, or sleep longer.

    Files
      docs/business-os/ideas/worked/BAKE-OPP-0001.user.md
        sha256 f567fb6701b586a87ca7d237a2752433e0ca45f3f457f31b7fcb23b59a80ef82

    Log
         25  2026-11-20 10:00Z  Nora  import
    ");
    let idea = env.bos(&["idea", "show", "BAKE-OPP-0001", "--json"]).code(0).json();
    assert_eq!(keys(&idea), "schema idea body documents log");
    assert_eq!(
        keys(&idea["idea"]),
        "id business type status priority location title tags created updated card_id path sha256 fields"
    );
    assert_snapshot!(env.bos(&["idea", "show", "BAKE-OPP-0011"]).code(3).stderr, @r"
    error: there is no idea BAKE-OPP-0011
    hint: did you mean BAKE-OPP-0001?
    ");
    env.bos(&["idea", "show", "BAKE-ENG-0001"]).code(3);
}

#[test]
fn a_stage_doc() {
    let env = TestEnv::fixture("quirks");
    assert_snapshot!(env.bos(&["stage", "show", "shop-eng-0005", "Planned"]).ok(), @"
    SHOP-ENG-0005/plan
      Type     StageDoc
      Card-ID  SHOP-ENG-0005
      Stage    Planned
      Created  2026-01-12T00:00:00.000Z

    Second socket first, grinder second.

    Files
      docs/business-os/cards/SHOP-ENG-0005/Planned.user.md
        sha256 ed284812af130bff77c34c61ecea505eb3a89fb2eb721810c3fd84876e4ece91
    ");
    let stage = env.bos(&["stage", "show", "SHOP-ENG-0005", "plan", "--json"]).code(0).json();
    assert_eq!(keys(&stage), "schema stage_doc body documents log");
    assert_eq!(keys(&stage["stage_doc"]), "stage audience path sha256 created updated card fields");
    assert_snapshot!(env.bos(&["stage", "show", "SHOP-ENG-0005", "biuld"]).code(3).stderr, @r"
    error: there is no stage doc SHOP-ENG-0005/biuld
    hint: did you mean build? The stage docs there are: build, fact-find, plan, reflect
    ");
}

#[test]
fn an_unknown_card_suggests_the_nearest() {
    let env = TestEnv::fixture("bakery");
    assert_snapshot!(env.bos(&["card", "show", "BAKE-ENG-O006"]).code(3).stderr, @r"
    error: there is no card BAKE-ENG-O006
    hint: did you mean BAKE-ENG-0006?
    ");
}

#[test]
fn a_card_in_another_language() {
    let env = TestEnv::fixture("bakery");
    env.edit(
        "cards/BAKE-ENG-0006.user.md",
        "Business: BAKE\n",
        "Business: BAKE\nTitle-it: Sacchetti\ncontent-it: |\n  Di carta,\n\n  col logo.\n",
    );
    env.write(
        "cards/BAKE-ENG-0006/comments/1.md",
        "---\nAuthor: Ines\nCreated: 2026-11-19\ncontent-it: Belli.\n---\n\nNice.\n",
    );
    env.write("cards/BAKE-ENG-0006/comments/2.md", "---\nAuthor: Sami\nCreated: 2026-11-20\n---\n\nWhich printer?\n");
    let shown = env.bos(&["card", "show", "BAKE-ENG-0006", "--lang", "it"]).ok();
    let (head, rest) = shown.split_once("\n\n").unwrap();
    assert!(head.starts_with("BAKE-ENG-0006  Sacchetti\n") && head.contains("Paper bags with the new logo"), "{head}");
    assert_snapshot!(rest.split("\nFiles").next().unwrap(), @"
    Di carta,

    col logo.

    Comments
      Ines  2026-11-19
      Belli.
      Sami  2026-11-20
      Which printer?
    ");
    let json = |lang: &str| {
        let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json", "--lang", lang]).code(0).json();
        [card["card"]["title"].clone(), card["body"].clone(), card["comments"][0]["body"].clone()]
    };
    assert_snapshot!(format!("{:?}\n{:?}", json("it"), json("de")), @r#"
    [String("Sacchetti"), String("Di carta,\n\ncol logo."), String("Belli.")]
    [String("Paper bags with the new logo"), String("\nAbout 2,000 plain bags are left. The printer wants at least 5,000 of the new\nones, so there is time until spring.\n"), String("\nNice.\n")]
    "#);
}
