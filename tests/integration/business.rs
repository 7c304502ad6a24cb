//! `bos business new` and `set`: the catalogue, changed in its own text.

use insta::assert_snapshot;

use crate::env::TestEnv;

const FILE: &str = "strategy/businesses.json";

#[test]
fn a_business_is_listed_and_has_cards() {
    let env = TestEnv::repository("bakery");
    let before = env.read(FILE);
    assert_eq!(
        env.bos(&["business", "new", "kite", "Kites and more", "--owner", "Nora", "--tag", "retail"]).ok(),
        "KITE\n"
    );
    let after = env.read(FILE);
    let added = "    },
    {
      \"id\": \"KITE\",
      \"name\": \"Kites and more\",
      \"owner\": \"Nora\",
      \"status\": \"active\",
      \"created\": \"2026-11-20\",
      \"tags\": [\"retail\"]
    }
  ]
}
";
    assert_eq!(after, before.strip_suffix("    }\n  ]\n}\n").unwrap().to_owned() + added);
    assert_eq!(env.bos(&["card", "new", "KITE", "The first"]).ok(), "KITE-ENG-0001\n");
    env.bos(&["validate"]).code(0);
    assert!(env.bos(&["business", "list"]).ok().contains("Kites and more"));
    // It is a file that git keeps the past of: the log has the card alone.
    assert_eq!(env.last_entry()["action"], "create");
    env.verify();
}

#[test]
fn the_catalogue_is_made_where_there_is_none() {
    let env = TestEnv::empty();
    env.bos(&["init"]).ok();
    let empty = env.read(FILE);
    env.bos(&["business", "new", "SHOP", "--name", "Corner shop"]).ok();
    let listed = env.read(FILE);
    std::fs::remove_file(env.path(FILE)).unwrap();
    env.bos(&["business", "new", "SHOP", "Corner shop"]).ok();
    assert_eq!(env.read(FILE), listed);
    assert_snapshot!(empty + &listed, @r#"
    {
      "businesses": []
    }
    {
      "businesses": [
        {
          "id": "SHOP",
          "name": "Corner shop",
          "status": "active",
          "created": "2026-11-20"
        }
      ]
    }
    "#);
}

#[test]
fn only_what_changes_is_touched() {
    let env = TestEnv::fixture("bakery");
    let odd =
        env.read(FILE).replace("\"category\": \"shop\",\n      \"status\"", "\"apps\" : [1,  2.0],\n      \"status\"");
    env.write(FILE, &odd);
    let set = [
        "business",
        "set",
        "bake",
        "Name=Half Past Five",
        "--add",
        "tags=market",
        "--remove",
        "tags=retail",
        "--unset",
        "owner",
    ];
    assert_snapshot!(env.bos(&set).ok(), @r"
    BAKE  name: Half Past Four -> Half Past Five
    BAKE  owner: Nora -> none
    BAKE  tags: [bakery, retail] -> [bakery, market]
    ");
    let expected = odd
        .replacen("Half Past Four", "Half Past Five", 1)
        .replacen("      \"owner\": \"Nora\",\n", "", 1)
        .replacen("[\"bakery\", \"retail\"]", "[\"bakery\", \"market\"]", 1);
    assert_eq!(env.read(FILE), expected);
    assert_eq!(env.bos(&set).ok(), "BAKE  unchanged\n");
    assert_eq!(env.bos(&["business", "set", "BAKE", "seats:=12", "--json"]).code(0).json()["changed"], true);
    assert!(env.read(FILE).contains("\"seats\": 12\n"));
    assert_eq!(env.bos(&["business", "set", "BAKE", "seats:=12", "--json"]).code(0).json()["changed"], false);
    assert_eq!(env.bos(&["business", "show", "BAKE", "--json"]).json()["business"]["name"], "Half Past Five");
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let env = TestEnv::fixture("bakery");
    env.write("cards/KITE-ENG-0001.user.md", "---\nTitle: A kite\n---\n");
    env.bos(&["import"]).code(0);
    let before = env.read(FILE);
    for (arguments, code, told) in [
        (
            &["new", "bake", "Another"][..],
            4,
            "there is a business BAKE already: Half Past Four\nhint: change it with `bos business set BAKE",
        ),
        (&["new", "half-past", "x"], 4, "the code of a business cannot be \"half-past\""),
        (&["new", "4X", "x"], 4, "the code of a business cannot be \"4X\""),
        (&["new", "KITES"], 2, "required"),
        (&["new", "KITES", " "], 4, "the name of a business cannot be \"\""),
        (&["new", "KITES", "a\nb"], 4, "the name of a business cannot be"),
        (&["set", "BAKE"], 2, "there is nothing to change"),
        (&["set", "BAKE", "name"], 2, "names no value"),
        (&["set", "BAKE", "id=X"], 4, "the code of a business cannot be"),
        (&["set", "BAKE", "ID=X"], 4, "the code of a business cannot be"),
        (&["set", "BAKE", "nmae=X"], 4, "did you mean name?"),
        (&["set", "BAKE", "name:=3"], 4, "name cannot be \"3\"\nhint: use a text"),
        (&["set", "BAKE", "tags=x"], 4, "use a list of texts"),
        (&["set", "BAKE", "--add", "name=x"], 4, "`name` is no list of texts"),
        (
            &["set", "KITE", "name=x"],
            4,
            "the catalogue does not list KITE\nhint: list it with `bos business new KITE NAME`",
        ),
        (&["set", "BAAKE", "name=x"], 3, "did you mean BAKE?"),
    ] {
        let ran = env.bos(&[&["business"], arguments].concat());
        assert_eq!(ran.code, code, "{arguments:?} {ran:?}");
        assert!(ran.stderr.contains(told), "{arguments:?} {ran:?}");
        assert_eq!(env.read(FILE), before, "{arguments:?}");
    }
    env.bos(&["business", "new", "KITE", "Kites"]).ok();
    env.write(FILE, "{\n  \"businesses\": [{]\n}");
    let refused = env.bos(&["business", "new", "TEA", "Tea"]).code(4);
    assert!(refused.stderr.contains("businesses.json cannot be read, line 2"), "{refused:?}");
}

#[test]
fn two_at_once_both_stand_there() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    std::thread::scope(|scope| {
        for number in 0..6 {
            let env = &env;
            scope.spawn(move || env.bos(&["business", "new", &format!("SHOP{number}"), "A shop"]).ok());
        }
    });
    assert_eq!(env.bos(&["business", "list", "--json"]).json()["total"], 9);
}

#[test]
fn a_link_in_its_place_is_not_followed() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let secret = env.home().join("secret.json");
    std::fs::write(&secret, "{\"businesses\": []}").unwrap();
    std::fs::remove_file(env.path(FILE)).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&secret, env.path(FILE)).unwrap();
        assert_ne!(env.bos(&["business", "new", "TEA", "Tea"]).code, 0);
        assert_eq!(std::fs::read_to_string(&secret).unwrap(), "{\"businesses\": []}");
    }
}
