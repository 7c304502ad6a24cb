//! Databases that somebody else made: a path in one leads nowhere but to documents.

use std::{fs, path::Path};

use crate::env::TestEnv;

const CARD: &str = "docs/business-os/cards/BAKE-ENG-0006.user.md";
const OTHER: &str = "docs/business-os/cards/BAKE-ENG-0004.user.md";

/// Paths that are valid, but of no document.
const PATHS: &[&str] = &[
    ".github/workflows/x.yml",
    ".bashrc",
    "bos.toml",
    "AGENTS.md",
    "docs/business-osx/cards/BAKE-ENG-0006.user.md",
    "docs/business-os/strategy/businesses.json",
    "docs/business-os/cards/run.sh",
    "docs/business-os",
];

/// Puts another path in the place of a card's, in each table given.
fn lead_astray(env: &TestEnv, path: &str, tables: &[&str]) {
    let database = env.sqlite();
    for table in tables {
        let column = if table.ends_with("documents") { "path" } else { "git_file_path" };
        let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {column} = ?2");
        assert!(database.execute(&sql, [path, CARD]).unwrap() > 0, "{table}");
    }
}

/// The files of a tree that are no documents, with their bytes.
fn others(root: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file());
    let named = files.map(|file| (file.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned(), file));
    let named = named.filter(|(name, _)| !name.starts_with(".git/") && ![CARD, OTHER].contains(&name.as_str()));
    named.map(|(name, file)| (name, fs::read(file.path()).unwrap())).collect()
}

#[test]
fn no_other_file_is_read_into_the_log() {
    for (path, how) in PATHS.iter().flat_map(|path| {
        [(path, &["import"][..]), (path, &["import", "--theirs", "."]), (path, &["export", "--ours", "."])]
    }) {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        lead_astray(&env, path, &["business_os_documents", "business_os_cards"]);
        let file = env.root.join(path);
        if !file.is_dir() {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "# hunter2\n").unwrap();
        }
        for arguments in [&["status"][..], how, &["board"], &["card", "set", "BAKE-ENG-0004", "Size=M"]] {
            let ran = env.bos(arguments);
            assert!((0..=6).contains(&ran.code), "{path} {arguments:?}: {ran:?}");
        }
        let sql = "SELECT count(*) FROM business_os_blobs WHERE text LIKE '%hunter2%'";
        let texts: i64 = env.sqlite().query_row(sql, [], |row| row.get(0)).unwrap();
        assert_eq!(texts, 0, "{path} {how:?}");
        assert_eq!(
            env.bos(&["card", "show", "BAKE-ENG-0004", "--json"]).json()["card"]["fields"]["Size"],
            "M",
            "{path}"
        );
    }
}

#[test]
fn an_export_writes_and_removes_nothing_but_documents() {
    for path in PATHS {
        for how in [
            &["export"][..],
            &["export", "--ours", "."],
            &["export", "--commit"],
            &["export", "--commit", "--per-change"],
        ] {
            for tables in [&["business_os_documents", "business_os_cards"][..], &["business_os_mirror_documents"]] {
                let env = TestEnv::repository("bakery");
                env.bos(&["import"]).code(0);
                fs::write(env.root.join(".bashrc"), "mine\n").unwrap();
                for id in ["BAKE-ENG-0006", "BAKE-ENG-0004"] {
                    env.bos(&["card", "set", id, "Size=L"]).code(0);
                }
                if *path == "docs/business-os" && tables.len() == 1 {
                    continue;
                }
                lead_astray(&env, path, tables);
                let (before, what) = (others(&env.root), format!("{path} {how:?} {tables:?}"));
                let ran = env.bos(&[how, &["--partial", "--no-refresh", "--json"]].concat());
                let after = others(&env.root);
                let changed = after.iter().filter(|file| !before.contains(file));
                assert_eq!(changed.map(|(name, _)| name).collect::<Vec<_>>(), [""; 0], "{what}: {ran:?}");
                assert!(before.iter().all(|(name, _)| after.iter().any(|(other, _)| other == name)), "{what}: {ran:?}");
                let is_branch = how.contains(&"--commit");
                if is_branch && env.try_git(&["rev-parse", "work/business-os-export"]).code == 0 {
                    let listed = env.git(&["diff", "--name-only", "main", "work/business-os-export"]);
                    assert!(listed.lines().all(|line| line == CARD || line == OTHER), "{what}: {listed}");
                }
                if tables.len() == 2 {
                    let report = ran.json();
                    assert_eq!(report["failed"][0]["path"], *path, "{what}: {report}");
                    assert!(report["written"].as_array().unwrap().iter().any(|one| one == OTHER), "{what}: {report}");
                    env.bos(&["audit", "verify"]).code(1);
                }
            }
        }
    }
}
