//! Stage docs and comments of a card that others move to the archive: what only the database has goes along.

use std::fs;

use serde_json::Value;

use crate::{clones::clones, env::TestEnv};

const BELOW: &str = "docs/business-os/cards";

/// How the other place's move is brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    ByHand,
    Import,
    Since,
    From,
}

fn archived_by(env: &TestEnv, root: &std::path::Path) {
    fs::create_dir_all(root.join(BELOW).join("archive")).unwrap();
    let file = "BAKE-ENG-0006.user.md";
    env.git_in(root, &["mv", &format!("{BELOW}/{file}"), &format!("{BELOW}/archive/{file}")]);
}

#[test]
fn what_only_the_database_has_of_a_card_follows_it_to_the_archive() {
    for way in [Way::ByHand, Way::Import, Way::Since, Way::From] {
        for has_other in [false, true] {
            let (env, a, b) = clones();
            let bos = |arguments: &[&str]| env.bos_in(&a, arguments);
            bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
            bos(&["card", "comment", "BAKE-ENG-0006", "-m", "made here"]).code(0);
            if way == Way::ByHand {
                archived_by(&env, &a);
            } else {
                archived_by(&env, &b);
                if has_other {
                    let plan = "---\nType: Stage\nStage: fact-finding\nCard-ID: BAKE-ENG-0006\n---\n\nOf the other.\n";
                    let folder = b.join(BELOW).join("archive/BAKE-ENG-0006");
                    fs::create_dir_all(&folder).unwrap();
                    fs::write(folder.join("fact-finding.user.md"), plan).unwrap();
                    env.git_in(&b, &["add", "-A"]);
                }
                env.git_in(&b, &["commit", "-q", "-m", "archived"]);
                env.git_in(&b, &["push", "-q", "origin", "HEAD"]);
                env.git_in(&a, &["fetch", "-q"]);
            }
            match way {
                Way::ByHand => {
                    bos(&["import"]).code(0);
                }
                Way::Import => {
                    env.git_in(&a, &["merge", "-q", "origin/main"]);
                    bos(&["import"]).code(0);
                }
                Way::Since => {
                    env.git_in(&a, &["merge", "-q", "origin/main"]);
                    bos(&["import", "--no-refresh", "--since", "ORIG_HEAD"]).code(0);
                }
                Way::From => {
                    bos(&["import", "--no-refresh", "--from", "origin/main"]).code(0);
                }
            }
            let shown = bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).code(0).json();
            assert_eq!(shown["card"]["archived"], true, "{way:?}");
            let stages: Vec<&str> =
                shown["stage_docs"].as_array().unwrap().iter().map(|doc| doc["path"].as_str().unwrap()).collect();
            let mut expected = vec![format!("{BELOW}/archive/BAKE-ENG-0006/plan.user.md")];
            if has_other && way != Way::ByHand {
                expected.insert(0, format!("{BELOW}/archive/BAKE-ENG-0006/fact-finding.user.md"));
            }
            assert_eq!(stages, expected, "{way:?}");
            let comment = shown["comments"][0]["path"].as_str().unwrap();
            assert!(comment.starts_with(&format!("{BELOW}/archive/BAKE-ENG-0006/")), "{way:?} {comment}");
            // What the database still lacks of the files, and the files of the database.
            bos(&["import"]);
            bos(&["export", "--partial"]);
            assert_eq!(bos(&["status", "--json"]).json()["in_sync"], true, "{way:?}");
            assert!(!a.join(BELOW).join("BAKE-ENG-0006").exists(), "{way:?}");
            bos(&["audit", "verify"]).code(0);
        }
    }
}

/// A plan that was made here and there is one document, wherever its card lies by then.
#[test]
fn a_plan_that_was_made_twice_is_one_document_wherever_its_card_went() {
    for way in [Way::ByHand, Way::From] {
        for goes_on in [false, true] {
            let (env, a, b) = clones();
            let bos = |arguments: &[&str]| env.bos_in(&a, arguments);
            bos(&["card", "move", "BAKE-ENG-0006", "planned"]).code(0);
            let file = a.join(BELOW).join("BAKE-ENG-0006/plan.user.md");
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            let plan = "---\nType: Stage\nStage: plan\nCard-ID: BAKE-ENG-0006\n---\n\nOf the file.\n";
            fs::write(&file, plan).unwrap();
            if goes_on {
                bos(&["import"]).code(1);
            }
            if way == Way::ByHand {
                archived_by(&env, &a);
                let archive = a.join(BELOW).join("archive/BAKE-ENG-0006");
                fs::rename(file.parent().unwrap(), archive).unwrap();
            } else {
                archived_by(&env, &b);
                env.git_in(&b, &["commit", "-q", "-m", "archived"]);
                env.git_in(&b, &["push", "-q", "origin", "HEAD"]);
                env.git_in(&a, &["fetch", "-q"]);
                bos(&["import", "--no-refresh", "--from", "origin/main"]);
            }
            bos(&["import"]);
            let shown = bos(&["card", "show", "BAKE-ENG-0006", "--json", "--no-refresh"]).code(0).json();
            let stages: Vec<&Value> = shown["stage_docs"].as_array().unwrap().iter().map(|doc| &doc["path"]).collect();
            let path = format!("{BELOW}/archive/BAKE-ENG-0006/plan.user.md");
            assert_eq!(stages, [path.as_str()], "{way:?} {goes_on}");
            let open = bos(&["conflicts", "--json", "--no-refresh"]).code(0).json();
            assert_eq!(open["conflicts"].as_array().unwrap().len(), 1, "{way:?} {goes_on} {open:#}");
            bos(&["conflicts", "resolve", "BAKE-ENG-0006", "--theirs"]).code(0);
            assert_eq!(bos(&["conflicts", "--json"]).code(0).json()["conflicts"].as_array().unwrap().len(), 0);
            let stage = bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
            assert!(stage["stage_docs"].to_string().contains("plan"), "{stage}");
            bos(&["export", "--partial"]);
            let text = fs::read_to_string(a.join(&path)).unwrap();
            assert!(text.contains("Of the file."), "{way:?} {goes_on} {text}");
            bos(&["audit", "verify"]).code(0);
        }
    }
}
