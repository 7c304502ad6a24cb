//! `bos validate`: what CI runs, in every format, without a database.

use insta::assert_snapshot;
use serde_json::Value;

use crate::{board::keys, env::TestEnv};

/// Only this one file of the tree of broken documents.
fn one(env: &TestEnv, card: &str, format: &str) -> String {
    let path = format!("docs/business-os/cards/{card}.user.md");
    env.bos(&["validate", "--format", format, &path]).stdout
}

#[test]
fn for_people() {
    let env = TestEnv::fixture("broken");
    assert_snapshot!(one(&env, "BAD-ENG-0002", "human"), @r"
    error[BOS001]: the byte 0xE9 is not UTF-8
     --> docs/business-os/cards/BAD-ENG-0002.user.md:7:11
      |
    7 | Title: Caf� in Latin-1
      |           ^
      = help: save the file as UTF-8; Latin-1 or Windows-1252 text looks like this

    1 error, 0 warnings in 1 document
    ");
    assert_snapshot!(one(&env, "BAD-ENG-0010", "human"), @r"
    error[BOS012]: the key `Lane` occurs twice, on line 3 and on line 11
      --> docs/business-os/cards/BAD-ENG-0010.user.md:11:1
       |
    11 | Lane: Done
       | ^
       = help: keep one of the two

    1 error, 0 warnings in 1 document
    ");
    assert_snapshot!(one(&env, "BAD-ENG-0030", "human"), @r"
    error[BOS030]: `Someday` in `Lane` is not a lane
     --> docs/business-os/cards/BAD-ENG-0030.user.md:3:7
      |
    3 | Lane: Someday
      |       ^
      = help: write one of Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected

    1 error, 0 warnings in 1 document
    ");
    assert_snapshot!(one(&env, "BAD-ENG-0042", "human"), @r"
    error[BOS042]: cards wait for each other in a circle: BAD-ENG-0042 -> BAD-ENG-0043 -> BAD-ENG-0044 -> BAD-ENG-0042
      --> docs/business-os/cards/BAD-ENG-0042.user.md:11:1
       |
    11 | Dependencies:
       | ^
       = help: take one of these out of the `Dependencies` of the one before it

    1 error, 0 warnings in 1 document
    ");
    assert_snapshot!(one(&env, "BAD-ENG-0001", "human"), @"0 errors, 0 warnings in 1 document");
    let all = env.bos(&["validate"]).code(1);
    assert_eq!(all.stdout.lines().last(), Some("22 errors, 7 warnings in 34 documents"));
    assert_eq!(all.stderr, "");
}

#[test]
fn for_pull_requests() {
    let env = TestEnv::fixture("broken");
    assert_snapshot!(one(&env, "BAD-ENG-0030", "github"), @"::error file=docs/business-os/cards/BAD-ENG-0030.user.md,line=3,col=7,title=BOS030::`Someday` in `Lane` is not a lane%0Ahelp: write one of Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected");
    assert_snapshot!(one(&env, "BAD-ENG-0032", "github"), @"::warning file=docs/business-os/cards/BAD-ENG-0032.user.md,line=11,col=11,title=BOS033::`2026-02-30` in `Due-Date` is not a calendar date%0Ahelp: write it as year-month-day, such as 2026-03-31");
    let all = env.bos(&["validate", "--format", "github"]).code(1);
    assert_eq!(all.stdout.lines().filter(|line| line.starts_with("::error ")).count(), 22);
    assert_eq!(all.stdout.lines().filter(|line| line.starts_with("::warning ")).count(), 7);
}

#[test]
fn for_code_scanning() {
    let env = TestEnv::fixture("broken");
    let report = env.bos(&["validate", "--format", "sarif"]).code(1).json();
    assert_eq!(report["version"], "2.1.0");
    assert!(report["$schema"].as_str().unwrap().ends_with("sarif-schema-2.1.0.json"));
    let run = &report["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!((run["tool"]["driver"]["name"].as_str(), results.len()), (Some("bos"), 29));
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().unwrap()), "{result}");
        assert!(matches!(result["level"].as_str(), Some("error" | "warning")), "{result}");
        assert!(!result["message"]["text"].as_str().unwrap().is_empty(), "{result}");
        let location = &result["locations"][0]["physicalLocation"];
        assert!(location["artifactLocation"]["uri"].as_str().unwrap().starts_with("docs/business-os/"), "{result}");
        if let Some(region) = location.get("region") {
            assert!(region["startLine"].as_u64().unwrap() >= 1, "{result}");
        }
    }
    let one: Value = serde_json::from_str(&one(&env, "BAD-ENG-0030", "sarif")).unwrap();
    assert_snapshot!(serde_json::to_string_pretty(&one["runs"][0]["results"]).unwrap(), @r#"
    [
      {
        "ruleId": "BOS030",
        "ruleIndex": 16,
        "level": "error",
        "message": {
          "text": "`Someday` in `Lane` is not a lane\nhelp: write one of Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected"
        },
        "locations": [
          {
            "physicalLocation": {
              "artifactLocation": {
                "uri": "docs/business-os/cards/BAD-ENG-0030.user.md",
                "uriBaseId": "%SRCROOT%"
              },
              "region": {
                "startLine": 3,
                "startColumn": 7
              }
            }
          }
        ]
      }
    ]
    "#);
}

#[test]
fn as_json() {
    let env = TestEnv::fixture("broken");
    let report = env.bos(&["validate", "--json"]).code(1).json();
    assert_eq!(keys(&report), "schema documents errors warnings diagnostics");
    assert_eq!((&report["errors"], &report["warnings"], &report["documents"]), (&22.into(), &7.into(), &34.into()));
    let found = report["diagnostics"].as_array().unwrap();
    assert_eq!(found.len(), 29);
    for found in found {
        assert_eq!(keys(found), "code severity path line column message help");
    }
    assert_eq!(env.bos(&["validate", "--format", "json"]).code(1).json(), report);
    let whole = found.iter().find(|found| found["code"] == "BOS044").unwrap();
    assert_eq!((&whole["line"], &whole["column"]), (&Value::Null, &Value::Null), "a problem of the whole file");
}

#[test]
fn paths_are_from_the_top_of_the_repository() {
    let env = TestEnv::empty();
    crate::env::copy(std::path::Path::new(&format!("{}/broken", crate::env::FIXTURES)), &env.root.join("company"));
    env.git(&["init", "-q"]);
    let ran = env.bos_in(&env.root.join("company"), &["validate", "--format", "github"]).code(1);
    assert!(ran.stdout.contains("file=company/docs/business-os/cards/"), "{}", ran.stdout);
}

#[test]
fn warnings_alone_are_no_failure() {
    for (fixture, last) in [
        ("quirks", "0 errors, 21 warnings in 80 documents"),
        ("bakery", "0 errors, 0 warnings in 26 documents"),
        ("broken-catalogue", "0 errors, 1 warning in 1 document"),
    ] {
        let env = TestEnv::fixture(fixture);
        assert_eq!(env.bos(&["validate"]).code(0).stdout.lines().last(), Some(last), "{fixture}");
    }
}

#[test]
fn no_database_is_needed_and_none_is_made() {
    let env = TestEnv::repository("broken");
    env.bos(&["validate"]).code(1);
    assert!(!env.root.join(".git/bos").exists());
    let plain = TestEnv::fixture("broken");
    plain.bos(&["validate", "--json"]).code(1);
    assert!(!plain.root.join(".bos").exists());
}

#[test]
fn a_database_beside_it_changes_nothing() {
    let env = TestEnv::repository("broken");
    let before = env.bos(&["validate"]).code(1).stdout;
    env.bos(&["import", "-q"]).code(1);
    assert_eq!(env.bos(&["validate"]).code(1).stdout, before);
}

#[test]
fn paths_select() {
    let env = TestEnv::fixture("broken");
    let healthy = "docs/business-os/cards/BAD-ENG-0001.user.md";
    env.bos(&["validate", healthy]).code(0);
    let report = env.bos_in(&env.path("ideas"), &["validate", "--json", "inbox"]).code(1).json();
    assert_eq!((&report["documents"], &report["errors"]), (&1.into(), &1.into()));
    let report =
        env.bos(&["validate", "--json", healthy, "docs/business-os/cards/BAD-ENG-0002.user.md"]).code(1).json();
    assert_eq!((&report["documents"], &report["errors"]), (&2.into(), &1.into()));
    env.bos(&["validate", "docs/business-os/cards/NONE-1.user.md"]).code(3);
    env.bos(&["validate", "docs/elsewhere"]).code(2);
    env.bos(&["validate", "--format", "xml"]).code(2);
}
