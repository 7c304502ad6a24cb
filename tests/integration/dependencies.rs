//! `bos card deps` and `bos graph`: what waits for what, as a tree and as a graph, whatever the titles hold.

use insta::assert_snapshot;

use crate::{board::keys, env::TestEnv};

/// A tree of cards: number, lane, title as YAML, dependencies.
fn tree(cards: &[(u32, &str, &str, &str)]) -> TestEnv {
    let env = TestEnv::empty();
    for (number, lane, title, dependencies) in cards {
        let id = format!("FISH-ENG-{number:04}");
        let text = format!(
            "---\nType: Card\nLane: {lane}\nPriority: P2\nOwner: Nora\nID: {id}\nTitle: {title}\nBusiness: FISH\n\
             Dependencies: [{dependencies}]\n---\n"
        );
        env.write(&format!("cards/{id}.user.md"), text);
    }
    env
}

/// A net of all that there can be: steps, joins, a circle, what is done, an idea, an archived card, and nothing at all.
fn net() -> TestEnv {
    let env = tree(&[
        (1, "Planned", "Sell fish", "FISH-ENG-0002, FISH-ENG-0003, FISH-ENG-0002"),
        (2, "In progress", "Catch fish", "FISH-ENG-0004, FISH-ENG-0005"),
        (3, "Someday", "Rent a stall", "FISH-ENG-0005, FISH-ENG-0002, FISH-OPP-0001, the fair, FISH-ENG-0099"),
        (4, "Done", "Buy a net", "FISH-ENG-0006"),
        (5, "Planned", "Mend the boat", "FISH-ENG-0001"),
        (7, "Inbox", "Alone", ""),
    ]);
    env.write("cards/archive/FISH-ENG-0006.user.md", "---\nType: Card\nLane: Reflected\nTitle: Learn to swim\n---\n");
    env.write("ideas/inbox/FISH-OPP-0001.user.md", "---\nType: Idea\nTitle: A market by the sea\n---\n");
    env
}

#[test]
fn the_tree_goes_both_ways() {
    let env = net();
    assert_snapshot!(env.bos(&["card", "deps", "fish-eng-0001"]).ok(), @r#"
    FISH-ENG-0001  Planned  Sell fish

    Waits for
    ├── FISH-ENG-0002  In progress  Catch fish
    │   ├── ✓ FISH-ENG-0004  Done  Buy a net
    │   │   └── ✓ FISH-ENG-0006  Reflected, archived  Learn to swim
    │   └── FISH-ENG-0005  Planned  Mend the boat
    │       └── FISH-ENG-0001  Planned  Sell fish  (a circle)
    └── FISH-ENG-0003  lane "Someday"  Rent a stall
        ├── FISH-ENG-0005  Planned  Mend the boat  (as above)
        ├── FISH-ENG-0002  In progress  Catch fish  (as above)
        ├── FISH-OPP-0001  idea  A market by the sea
        ├── the fair  no such card or idea
        └── FISH-ENG-0099  no such card or idea

    Waited for by
    └── FISH-ENG-0005  Planned  Mend the boat
        ├── FISH-ENG-0002  In progress  Catch fish
        │   ├── FISH-ENG-0001  Planned  Sell fish  (a circle)
        │   └── FISH-ENG-0003  lane "Someday"  Rent a stall
        │       └── FISH-ENG-0001  Planned  Sell fish  (a circle)
        └── FISH-ENG-0003  lane "Someday"  Rent a stall  (as above)
    "#);
    assert_snapshot!(env.bos(&["card", "deps", "FISH-ENG-0006"]).ok(), @r#"
    ✓ FISH-ENG-0006  Reflected, archived  Learn to swim

    Waits for
      nothing

    Waited for by
    └── ✓ FISH-ENG-0004  Done  Buy a net
        └── FISH-ENG-0002  In progress  Catch fish
            ├── FISH-ENG-0001  Planned  Sell fish
            │   └── FISH-ENG-0005  Planned  Mend the boat
            │       ├── FISH-ENG-0002  In progress  Catch fish  (a circle)
            │       └── FISH-ENG-0003  lane "Someday"  Rent a stall
            │           └── FISH-ENG-0001  Planned  Sell fish  (a circle)
            └── FISH-ENG-0003  lane "Someday"  Rent a stall  (as above)
    "#);
    assert_snapshot!(env.bos(&["card", "deps", "FISH-ENG-0007"]).ok(), @"
    FISH-ENG-0007  Inbox  Alone

    Waits for
      nothing

    Waited for by
      nothing
    ");
    env.bos(&["card", "deps", "FISH-ENG-0008"]).code(3);
}

#[test]
fn the_tree_as_json() {
    let env = net();
    let json = env.bos(&["card", "deps", "FISH-ENG-0002", "--json"]).code(0).json();
    assert_eq!(keys(&json), "schema card total waits_for waited_for_by notes");
    assert_eq!((&json["schema"], &json["card"]["title"]), (&"bos.deps/1".into(), &"Catch fish".into()));
    let count = |key: &str| json[key].as_array().unwrap().len();
    assert_eq!(json["total"], count("waits_for") + count("waited_for_by"));
    let lines: Vec<String> = json["waits_for"].as_array().unwrap().iter().map(ToString::to_string).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    {"id":"FISH-ENG-0004","entity":"card","business":"FISH","lane":"Done","title":"Buy a net","done":true,"archived":false,"depth":1,"parent":"FISH-ENG-0002","cut":null}
    {"id":"FISH-ENG-0006","entity":"card","business":"FISH","lane":"Reflected","title":"Learn to swim","done":true,"archived":true,"depth":2,"parent":"FISH-ENG-0004","cut":null}
    {"id":"FISH-ENG-0005","entity":"card","business":"FISH","lane":"Planned","title":"Mend the boat","done":false,"archived":false,"depth":1,"parent":"FISH-ENG-0002","cut":null}
    {"id":"FISH-ENG-0001","entity":"card","business":"FISH","lane":"Planned","title":"Sell fish","done":false,"archived":false,"depth":2,"parent":"FISH-ENG-0005","cut":null}
    {"id":"FISH-ENG-0002","entity":"card","business":"FISH","lane":"In progress","title":"Catch fish","done":false,"archived":false,"depth":3,"parent":"FISH-ENG-0001","cut":"circular"}
    {"id":"FISH-ENG-0003","entity":"card","business":"FISH","lane":null,"title":"Rent a stall","done":false,"archived":false,"depth":3,"parent":"FISH-ENG-0001","cut":null}
    {"id":"FISH-ENG-0005","entity":"card","business":"FISH","lane":"Planned","title":"Mend the boat","done":false,"archived":false,"depth":4,"parent":"FISH-ENG-0003","cut":"circular"}
    {"id":"FISH-ENG-0002","entity":"card","business":"FISH","lane":"In progress","title":"Catch fish","done":false,"archived":false,"depth":4,"parent":"FISH-ENG-0003","cut":"circular"}
    {"id":"FISH-OPP-0001","entity":"idea","business":"FISH","lane":null,"title":"A market by the sea","done":false,"archived":false,"depth":4,"parent":"FISH-ENG-0003","cut":null}
    {"id":"the fair","entity":null,"business":null,"lane":null,"title":null,"done":false,"archived":false,"depth":4,"parent":"FISH-ENG-0003","cut":null}
    {"id":"FISH-ENG-0099","entity":null,"business":null,"lane":null,"title":null,"done":false,"archived":false,"depth":4,"parent":"FISH-ENG-0003","cut":null}
    "#);
}

#[test]
fn the_graph_of_a_business() {
    let env = net();
    env.write("cards/BOAT-ENG-0001.user.md", "---\nType: Card\nTitle: Paint it\nDependencies: [FISH-ENG-0005]\n---\n");
    env.write("cards/BOAT-ENG-0002.user.md", "---\nType: Card\nTitle: Row it\nDependencies: [BOAT-ENG-0001]\n---\n");
    assert_snapshot!(env.bos(&["graph", "fish"]).ok(), @r#"
    flowchart LR
      n1["BOAT-ENG-0001<br/>Paint it<br/>Inbox"]
      n2["FISH-ENG-0001<br/>Sell fish<br/>Planned"]
      n3["FISH-ENG-0002<br/>Catch fish<br/>In progress"]
      n4["FISH-ENG-0003<br/>Rent a stall<br/>Someday"]
      n5["FISH-ENG-0004<br/>Buy a net<br/>Done"]:::done
      n6["FISH-ENG-0005<br/>Mend the boat<br/>Planned"]
      n7["FISH-ENG-0006<br/>Learn to swim<br/>Reflected"]:::done
      n8["FISH-ENG-0099"]:::unknown
      n9["FISH-OPP-0001<br/>A market by the sea"]
      n10["the fair"]:::unknown
      n1 --> n6
      n2 --> n3
      n2 --> n4
      n3 --> n5
      n3 --> n6
      n4 --> n3
      n4 --> n6
      n4 --> n8
      n4 --> n9
      n4 --> n10
      n5 --> n7
      n6 --> n2
      classDef done fill:#d5f0d5,stroke:#2e7d32,color:#1b1b1b
      classDef unknown stroke-dasharray:4 4
    "#);
    assert_snapshot!(env.bos(&["graph", "BOAT", "--format", "dot"]).ok(), @r#"
    digraph dependencies {
      rankdir=LR;
      node [shape=box];
      "BOAT-ENG-0001" [label="BOAT-ENG-0001\nPaint it\nInbox"];
      "BOAT-ENG-0002" [label="BOAT-ENG-0002\nRow it\nInbox"];
      "FISH-ENG-0005" [label="FISH-ENG-0005\nMend the boat\nPlanned"];
      "BOAT-ENG-0001" -> "FISH-ENG-0005";
      "BOAT-ENG-0002" -> "BOAT-ENG-0001";
    }
    "#);
    let all = env.bos(&["graph", "--json"]).code(0).json();
    assert_eq!(keys(&all), "schema business total nodes edges");
    assert_eq!((&all["schema"], all["total"].as_u64().unwrap()), (&"bos.graph/1".into(), 11));
    assert_eq!(keys(&all["nodes"][0]), "id entity business lane title done archived");
    assert_eq!(all["edges"][0], serde_json::json!({"from": "BOAT-ENG-0001", "to": "FISH-ENG-0005"}));
    env.bos(&["graph", "NOPE"]).code(3);
    env.bos(&["graph", "--format", "png"]).code(2);
    assert_eq!(TestEnv::fixture("quirks").bos(&["graph", "KITE"]).ok().lines().count(), 3);
}

#[test]
fn no_title_breaks_out_of_its_label() {
    let titles = [
        r#"'"] --> x["'"#,
        r#"'a\" -> b; # <b>&amp;</b> `x` %%{init}%%'"#,
        r#""ends in \\""#,
        r#""a\e[31m\nb \u202e c""#,
        r#"'#quot; $x$ *y* _z_ ~'"#,
    ];
    let cards: Vec<(u32, &str, &str, &str)> =
        (1..).zip(titles).map(|(number, title)| (number, "Inbox", title, "FISH-ENG-0001, 'a\"]'")).collect();
    let env = tree(&cards);
    assert_snapshot!(env.bos(&["graph"]).ok(), @r#"
    flowchart LR
      n1["FISH-ENG-0001<br/>#34;] --#62; x[#34;<br/>Inbox"]
      n2["FISH-ENG-0002<br/>a#92;#34; -#62; b#59; #35; #60;b#62;#38;amp#59;#60;/b#62; #96;x#96; #37;#37;#123;init#125;#37;#37;<br/>Inbox"]
      n3["FISH-ENG-0003<br/>ends in #92;<br/>Inbox"]
      n4["FISH-ENG-0004<br/>a[31m b  c<br/>Inbox"]
      n5["FISH-ENG-0005<br/>#35;quot#59; #36;x#36; #42;y#42; #95;z#95; #126;<br/>Inbox"]
      n6["a#34;]"]:::unknown
      n1 --> n1
      n1 --> n6
      n2 --> n1
      n2 --> n6
      n3 --> n1
      n3 --> n6
      n4 --> n1
      n4 --> n6
      n5 --> n1
      n5 --> n6
      classDef done fill:#d5f0d5,stroke:#2e7d32,color:#1b1b1b
      classDef unknown stroke-dasharray:4 4
    "#);
    assert_snapshot!(env.bos(&["graph", "--format", "dot"]).ok(), @r#"
    digraph dependencies {
      rankdir=LR;
      node [shape=box];
      "FISH-ENG-0001" [label="FISH-ENG-0001\n\"] --> x[\"\nInbox"];
      "FISH-ENG-0002" [label="FISH-ENG-0002\na\\\" -> b; # <b>&amp;amp;</b> `x` %%{init}%%\nInbox"];
      "FISH-ENG-0003" [label="FISH-ENG-0003\nends in \\\nInbox"];
      "FISH-ENG-0004" [label="FISH-ENG-0004\na[31m b  c\nInbox"];
      "FISH-ENG-0005" [label="FISH-ENG-0005\n#quot; $x$ *y* _z_ ~\nInbox"];
      "a\"]" [label="a\"]", style=dashed];
      "FISH-ENG-0001" -> "FISH-ENG-0001";
      "FISH-ENG-0001" -> "a\"]";
      "FISH-ENG-0002" -> "FISH-ENG-0001";
      "FISH-ENG-0002" -> "a\"]";
      "FISH-ENG-0003" -> "FISH-ENG-0001";
      "FISH-ENG-0003" -> "a\"]";
      "FISH-ENG-0004" -> "FISH-ENG-0001";
      "FISH-ENG-0004" -> "a\"]";
      "FISH-ENG-0005" -> "FISH-ENG-0001";
      "FISH-ENG-0005" -> "a\"]";
    }
    "#);
    assert_snapshot!(env.bos(&["card", "deps", "FISH-ENG-0004"]).ok(), @r#"
    FISH-ENG-0004  Inbox  a[31m b  c

    Waits for
    ├── FISH-ENG-0001  Inbox  "] --> x["
    │   ├── FISH-ENG-0001  Inbox  "] --> x["  (a circle)
    │   └── a"]  no such card or idea
    └── a"]  no such card or idea

    Waited for by
      nothing
    "#);
}
