//! `bos search`: what is found and how it is shown, and that what is searched stays what the documents say.

use std::{process::Stdio, thread, time::Duration};

use insta::assert_snapshot;
use serde_json::Value;

use crate::{board::keys, env::TestEnv};

const HIT_KEYS: &str = "entity id card business lane archived title path audience sha256 snippet marks score";

/// A card of a made-up business.
fn card(number: u32, head: &str, body: &str) -> (String, String) {
    let id = format!("FISH-ENG-{number:04}");
    let text = format!(
        "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: Nora\nID: {id}\nBusiness: FISH\n{head}---\n\n{body}\n"
    );
    (format!("cards/{id}.user.md"), text)
}

/// A tree of such cards.
fn tree(cards: &[(u32, &str, &str)]) -> TestEnv {
    let env = TestEnv::empty();
    for (number, head, body) in cards {
        let (path, text) = card(*number, head, body);
        env.write(&path, text);
    }
    env
}

fn hits(env: &TestEnv, arguments: &[&str]) -> Vec<Value> {
    let json = env.bos(&[&["search", "--json"], arguments].concat()).code(0).json();
    json["hits"].as_array().unwrap().clone()
}

/// The IDs of the hits, in order.
#[track_caller]
fn ids(env: &TestEnv, arguments: &[&str]) -> Vec<String> {
    hits(env, arguments).iter().map(|hit| hit["id"].as_str().unwrap().to_owned()).collect()
}

/// The IDs of the hits in their own order, so that a list of them says what is found and not what comes first.
#[track_caller]
fn sorted(env: &TestEnv, arguments: &[&str]) -> String {
    let mut ids = ids(env, arguments);
    ids.sort();
    ids.join(" ")
}

#[test]
fn hits_in_a_pipe() {
    let env = TestEnv::fixture("bakery");
    let ran = env.bos(&["search", "oven"]).code(0);
    assert_eq!(ran.stderr, "");
    assert_snapshot!(ran.stdout, @"
    BAKE-OPP-0001  More oven on Saturdays
    BAKE-ENG-0004  A second deck oven, bought or leased?
        On Saturdays the oven is full from four to nine, and we sell out by ten. A second deck costs…
    BAKE-ENG-0008  One gluten-free morning a week
        …It needs an oven that has seen no wheat that day, so it waits for the second deck.
    BAKE-ENG-0002/plan  Order form for Christmas stollen
        …A limit per day, so that the oven can keep its promise 3. A printed list every evening at six
    BAKE-ENG-0002/fact-find  Order form for Christmas stollen
        …December, between 7 and 9 in the morning - The oven holds 24 small or 16 large at a time ## Open…
    ");
    let ran = env.bos(&["search", "oven", "--limit", "1", "--color", "always"]).code(0);
    assert_snapshot!(ran.stdout.replace('\u{1b}', "ESC"), @"ESC[1mBAKE-OPP-0001ESC[0m  More ESC[1movenESC[0m on Saturdays");
    assert_snapshot!(env.bos(&["search", "oven", "--limit", "1"]).code(0).stderr, @"note: 1 of 5 shown (--limit)");
    assert_snapshot!(env.bos(&["search", "eleven", "slips", "--color", "always"]).ok().replace('\u{1b}', "ESC"), @"
    ESC[1mBAKE-ENG-0002ESC[0m  Order form for Christmas stollen
        Last year 140 stollen were ordered on ESC[1mslipsESC[0m of paper, and ESC[1melevenESC[0m ESC[1mslipsESC[0m were lost. ## Done when - Customers choose size…
    ");
    let ran = env.bos(&["search", "submarine"]).code(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "note: there are no hits to show\n"));
}

#[test]
fn hits_as_json() {
    let env = TestEnv::fixture("bakery");
    let json = env.bos(&["search", "oven", "--limit", "3", "--json"]).code(0).json();
    assert_eq!((keys(&json).as_str(), &json["schema"]), ("schema total hits next", &"bos.search/1".into()));
    assert_eq!((json["hits"].as_array().unwrap().len(), &json["total"]), (3, &5.into()));
    for hit in json["hits"].as_array().unwrap() {
        assert_eq!(keys(hit), HIT_KEYS);
        let snippet: Vec<char> = hit["snippet"].as_str().unwrap().chars().collect();
        let marks = hit["marks"].as_array().unwrap();
        assert!(!marks.is_empty(), "{hit}");
        for mark in marks {
            let (from, to) = (mark[0].as_u64().unwrap() as usize, mark[1].as_u64().unwrap() as usize);
            let marked: String = snippet[from..to].iter().collect();
            assert_eq!(marked.to_lowercase(), "oven", "{hit}");
        }
    }
    let scores: Vec<f64> = json["hits"].as_array().unwrap().iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b) && scores[2] > 0.0, "{scores:?}");
    let mut hit = hits(&env, &["took less than a minute"]).remove(0);
    hit["sha256"] = "S".into();
    hit["score"] = 1.into();
    assert_snapshot!(hit, @r#"{"entity":"comment","id":"BAKE-ENG-0002/comments/2026-11-14-sami.md","card":"BAKE-ENG-0002","business":"BAKE","lane":"In progress","archived":false,"title":"Order form for Christmas stollen","path":"docs/business-os/cards/BAKE-ENG-0002/comments/2026-11-14-sami.md","audience":null,"sha256":"S","snippet":"…Took less than a minute, and it knew that the 24th is already full.","marks":[[1,5],[6,10],[11,15],[16,17],[18,24],[26,29],[55,62]],"score":1}"#);
}

#[test]
fn every_kind_of_document_is_found_and_told_apart() {
    let env = TestEnv::fixture("quirks");
    env.bos(&["import"]).code(0);
    for (words, kind, id) in [
        ("tasting evening", "card", "SHOP-ENG-0025"),
        ("seeds beside", "idea", "SHOP-OPP-0004"),
        ("second socket", "stage", "SHOP-ENG-0005/plan"),
        ("shelf exists", "comment", "SHOP-ENG-0007/comments/2026-01-15-okan.md"),
        ("baseline", "note", "SHOP-ENG-0007/baseline.md"),
    ] {
        let found = ids(&env, &[words, "--kind", kind]);
        assert!(found.contains(&id.to_owned()), "{words}: {found:?}");
        let word = if kind == "stage" { "stage_doc" } else { kind };
        assert!(hits(&env, &[words, "--kind", kind]).iter().all(|hit| hit["entity"] == word));
    }
    env.bos(&["search", "x", "--kind", "thing"]).code(2);
}

#[test]
fn words_are_beginnings_and_all_must_be_there() {
    let env = tree(&[
        (1, "Title: Crème brûlée in a jar\nTags: [sweet, winter]\n", "It needs a torch."),
        (2, "Title: A torch for the terrace\n", "Cream in winter, crème fraîche in spring. IT NEEDS paint."),
        (3, "Title: Straße\n", "foo-bar AND \"quoted\" title:thing (x OR y) NEAR/2 ^z * 100%"),
    ]);
    for (words, expected) in [
        (&["creme"][..], "FISH-ENG-0001 FISH-ENG-0002"),
        (&["CRÈME", "BRÛL"], "FISH-ENG-0001"),
        (&["creme brulee"], "FISH-ENG-0001"),
        (&["torc", "winter"], "FISH-ENG-0001 FISH-ENG-0002"),
        (&["orch"], ""),
        (&["\"it needs a\""], "FISH-ENG-0001"),
        (&["\"needs it\""], ""),
        (&["\"need\""], ""),
        (&["torch", "-jar"], "FISH-ENG-0002"),
        (&["torch", "-\"it needs paint\""], "FISH-ENG-0001"),
        (&["torch", "-jar", "--business", "fish"], "FISH-ENG-0002"),
        (&["--limit", "9", "torch", "--", "-jar"], "FISH-ENG-0002"),
        (&["torch -jar"], "FISH-ENG-0002"),
        (&["foo-bar"], "FISH-ENG-0003"),
        (&["\"and quoted title thing\""], "FISH-ENG-0003"),
        (&["title:Straße"], ""),
        (&["NEAR/2", "OR", "^z", "*"], "FISH-ENG-0003"),
        (&["100%"], "FISH-ENG-0003"),
        (&["sweet"], "FISH-ENG-0001"),
    ] {
        assert_eq!(sorted(&env, words), expected, "{words:?}");
    }
    // A hit in a title counts more than one in the text.
    assert_eq!(ids(&env, &["torch"]), ["FISH-ENG-0002", "FISH-ENG-0001"]);
    assert_eq!(ids(&env, &["creme"]), ["FISH-ENG-0001", "FISH-ENG-0002"]);
}

#[test]
fn a_search_needs_a_word() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["search"]).code(2);
    assert_snapshot!(env.bos(&["search", "+++", "\"\""]).code(2).stderr, @"
    error: there is no word to search for
    hint: name one with a letter or a digit, such as bos search oven
    ");
    env.bos(&["search", "-oven"]).code(2);
    env.bos(&["search", "--", "-oven"]).code(2);
    let error = env.bos(&["search", "!", "--json"]).code(2).json_error();
    assert_eq!((&error["schema"], &error["kind"]), (&"bos.error/1".into(), &"usage".into()));
    // What is no exclusion is told as everywhere.
    assert!(env.bos(&["search", "oven", "--nonsense"]).code(2).stderr.contains("--nonsense"));
}

#[test]
fn filters_ask_the_card_that_a_document_belongs_to() {
    let env = TestEnv::fixture("bakery");
    assert_eq!(
        sorted(&env, &["oven", "--business", "bake", "--lane", "in-progress"]),
        "BAKE-ENG-0002/fact-find BAKE-ENG-0002/plan"
    );
    assert_eq!(sorted(&env, &["oven", "--kind", "idea"]), "BAKE-OPP-0001");
    assert_eq!(sorted(&env, &["oven", "--lane", "done"]), "");
    env.bos(&["card", "move", "BAKE-ENG-0002", "done"]).code(0);
    assert_eq!(sorted(&env, &["oven", "--lane", "done"]), "BAKE-ENG-0002/fact-find BAKE-ENG-0002/plan");
    assert_eq!(sorted(&env, &["oven", "--lane", "done,planned", "--kind", "card"]), "BAKE-ENG-0008");
    assert_eq!(sorted(&env, &["oven", "--business", "BIKE"]), "");
    env.bos(&["search", "oven", "--business", "BAKERY"]).code(3);
    env.bos(&["search", "oven", "--lane", "nowhere"]).code(2);
    let archived = hits(&env, &["shop", "--archived"]);
    assert!(!archived.is_empty() && archived.iter().all(|hit| hit["archived"] == true));
    assert!(hits(&env, &["shop"]).iter().all(|hit| hit["archived"] == false));
    assert_eq!(sorted(&env, &["shop", "--archived", "--business", "BAKE"]), "");
    let idea = &hits(&env, &["more oven", "--kind", "idea"])[0];
    assert_eq!((&idea["lane"], &idea["card"], &idea["business"]), (&Value::Null, &Value::Null, &"BAKE".into()));
}

#[test]
fn what_is_attached_to_a_card_that_is_not_there_is_found() {
    let env = tree(&[(1, "Title: Nets\n", "Mend them.")]);
    env.write("cards/FISH-ENG-0002/plan.user.md", "---\nType: Stage\n---\n\nMend the boat.\n");
    let orphan = "FISH-ENG-0002/plan";
    assert_eq!(sorted(&env, &["mend"]), format!("FISH-ENG-0001 {orphan}"));
    assert_eq!(sorted(&env, &["mend", "--business", "FISH"]), format!("FISH-ENG-0001 {orphan}"));
    assert_eq!(sorted(&env, &["mend", "--business", "FISH", "--kind", "stage"]), orphan);
    assert_eq!(sorted(&env, &["mend", "--lane", "inbox"]), "FISH-ENG-0001");
    assert_eq!(sorted(&env, &["mend", "--archived"]), "");
    let hit = &hits(&env, &["boat"])[0];
    assert_eq!((&hit["card"], &hit["title"]), (&"FISH-ENG-0002".into(), &"FISH-ENG-0002".into()));
}

#[test]
fn italian_is_searched_and_shown_where_it_is_wanted() {
    let env = TestEnv::fixture("quirks");
    let italian =
        "Title: Nets\nTitle-it: Reti\nTitle-pt-BR: Redes\ncontent-it: |\n  Ripara le reti\n  del peschereccio.\n";
    let (path, text) = card(1, italian, "Mend them.");
    env.write(&path, text);
    assert_eq!(sorted(&env, &["degustazione"]), "SHOP-ENG-0025");
    assert_eq!(sorted(&env, &["semi", "spezie"]), "SHOP-OPP-0004");
    let title = |arguments: &[&str]| hits(&env, arguments)[0]["title"].clone();
    assert_eq!(title(&["peschereccio"]), "Nets");
    assert_eq!(title(&["peschereccio", "--lang", "it"]), "Reti");
    assert_eq!(title(&["mend", "--lang", "PT-br"]), "Redes");
    assert_eq!(title(&["mend", "--lang", "de"]), "Nets");
    assert_snapshot!(env.bos(&["search", "peschereccio", "--lang", "it"]).ok(), @"
    FISH-ENG-0001  Reti
        Ripara le reti del peschereccio.
    ");
    env.bos(&["search", "x", "--lang", "it_IT"]).code(2);
}

#[test]
fn what_is_searched_stays_what_the_documents_say() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    let filled = || {
        let sql = "SELECT count(*) FROM business_os_search_documents";
        env.sqlite().query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(filled(), 0, "an import does nothing for the search");
    env.verify();
    let current = |words: &str, expected: &str| {
        // A verify holds the index against the log at the entry where it stands, before it catches up and after.
        env.verify();
        assert_eq!(sorted(&env, &[words]), expected, "{words}");
        env.verify();
    };
    current("submarine", "");
    assert_eq!(filled(), 26);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Title=A submarine", "--add", "Tags=deep"]).code(0);
    current("submarine", "BAKE-ENG-0006");
    current("logo", "");
    current("deep", "BAKE-ENG-0006");
    let new = env.bos(&["card", "new", "BAKE", "--title", "Another submarine"]).ok();
    current("submarine", &format!("BAKE-ENG-0006 {}", new.trim()));
    // A stage doc that a move makes, and a card that comes into another lane.
    env.bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
    assert_eq!(sorted(&env, &["submarine", "--lane", "planned"]), "BAKE-ENG-0006 BAKE-ENG-0006/plan");
    env.verify();
    // Hand edits, new files, files that go.
    let submarines = format!("BAKE-ENG-0006 BAKE-ENG-0006/plan {}", new.trim());
    let comment = "BAKE-ENG-0002/comments/2026-11-19-nora.md";
    env.edit("cards/BAKE-ENG-0002/plan.user.md", "limit per day", "submarine per day");
    env.write(&format!("cards/{comment}"), "A submarine, really?\n");
    env.bos(&["import"]).code(0);
    current("submarine", &format!("{comment} BAKE-ENG-0002/plan {submarines}"));
    std::fs::remove_file(env.path("cards/BAKE-ENG-0002/plan.user.md")).unwrap();
    std::fs::remove_file(env.path(&format!("cards/{comment}"))).unwrap();
    env.bos(&["import", "--prune"]).code(0);
    current("submarine", &submarines);
    // Of two spellings of one stage the canonical one has it; what was the stage becomes a note without being touched.
    env.write("cards/BAKE-ENG-0003/planned.user.md", "---\nType: Stage\n---\n\nA bathysphere.\n");
    env.bos(&["import"]).code(0);
    current("bathysphere", "BAKE-ENG-0003/plan");
    env.write("cards/BAKE-ENG-0003/plan.user.md", "---\nType: Stage\n---\n\nA diving bell.\n");
    env.bos(&["import"]).code(0);
    current("bathysphere", "BAKE-ENG-0003/planned.user.md");
    // What was kept up to date is what a new index would be.
    let all = || {
        let mut found = hits(&env, &["a"]);
        found.sort_by_key(|hit| hit["path"].as_str().unwrap().to_owned());
        found
    };
    let before = all();
    env.bos(&["audit", "rebuild"]).code(0);
    assert_eq!(filled(), 0);
    env.verify();
    assert_eq!(all(), before);
    env.verify();
}

#[test]
fn a_text_that_was_erased_is_not_in_the_way() {
    let env = TestEnv::fixture("bakery");
    assert_eq!(sorted(&env, &["logo"]), "BAKE-ENG-0006");
    let erase = |sha: &str| env.sqlite().execute("DELETE FROM business_os_blobs WHERE sha256 = ?1", [sha]).unwrap();
    let old = hits(&env, &["logo"])[0]["sha256"].as_str().unwrap().to_owned();
    env.bos(&["card", "set", "BAKE-ENG-0006", "Title=Paper bags"]).code(0);
    erase(&old);
    env.verify();
    assert_eq!(sorted(&env, &["logo"]), "");
    assert_eq!(sorted(&env, &["\"paper bags\""]), "BAKE-ENG-0006");
    env.verify();
}

#[test]
fn a_search_with_nothing_to_catch_up_with_waits_for_nobody() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["search", "oven"]).code(0);
    let writer = env.sqlite();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(ids(&env, &["oven"]).len(), 5);
    writer.execute_batch("ROLLBACK").unwrap();
    // Where there is something to write it waits, as everybody does.
    env.bos(&["card", "set", "BAKE-ENG-0006", "Title=Oven gloves"]).code(0);
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut command = env.command(&env.root);
    let mut search = command.args(["search", "gloves"]).stdout(Stdio::piped()).spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    assert!(search.try_wait().unwrap().is_none(), "it did not wait");
    writer.execute_batch("COMMIT").unwrap();
    let output = search.wait_with_output().unwrap();
    assert!(output.status.success() && String::from_utf8(output.stdout).unwrap().starts_with("BAKE-ENG-0006"));
}

#[test]
fn many_first_searches_at_once_fill_it_once() {
    let env = TestEnv::fixture("bakery");
    env.bos(&["import"]).code(0);
    let start = || {
        let mut command = env.command(&env.root);
        command.args(["search", "oven"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let searches: Vec<_> = (0..8).map(|_| start()).collect();
    let outputs: Vec<_> = searches.into_iter().map(|search| search.wait_with_output().unwrap()).collect();
    let expected = env.bos(&["search", "oven"]).ok();
    for output in outputs {
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!((stdout.as_str(), stderr.as_str()), (expected.as_str(), ""));
    }
    env.verify();
}

#[test]
fn hits_can_be_brief_or_show_more_keys() {
    let env = TestEnv::fixture("bakery");
    assert_eq!(
        env.bos(&["search", "stollen", "--kind", "card", "--brief", "--limit", "1"]).ok(),
        "BAKE-ENG-0002  Order form for Christmas stollen\n"
    );
    let arguments = ["search", "stollen", "--kind", "card", "--fields", "Owner", "--limit", "1", "--json"];
    let found = env.bos(&arguments).code(0).json();
    assert_eq!(found["hits"][0]["fields"], serde_json::json!({"Owner": "Nora"}), "{found}");
    let brief = env.bos(&["search", "stollen", "--brief", "--json"]).code(0).json();
    let keys: Vec<&String> = brief["hits"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["entity", "id", "title"]);
}
