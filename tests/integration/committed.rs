//! The tables know the commit that holds a document as it is, whichever way document and commit came.

use std::fs;

use crate::env::TestEnv;

const TEXTS: [(&str, &str, &str); 3] = [
    ("business_os_cards", "BAKE-ENG-0006", "cards/BAKE-ENG-0006.user.md"),
    ("business_os_ideas", "BAKE-OPP-0002", "ideas/inbox/BAKE-OPP-0002.user.md"),
    ("business_os_stage_docs", "BAKE-ENG-0002/plan", "cards/BAKE-ENG-0002/plan.user.md"),
];

/// How a text that somebody wrote and committed comes into the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Import,
    Read,
    Since,
    From,
    /// The edit is imported first and committed later.
    CommittedLater,
    /// The database's own text is written to the file and committed there.
    Exported,
    /// Here and on a branch the same was written; the branch is merged.
    MergedLater,
}

const WAYS: [Way; 7] =
    [Way::Import, Way::Read, Way::Since, Way::From, Way::CommittedLater, Way::Exported, Way::MergedLater];

fn commits(env: &TestEnv) -> Vec<Option<String>> {
    let of = |(table, id, _): &(&str, &str, &str)| {
        let sql = format!("SELECT git_commit FROM {table} WHERE id = ?1");
        env.sqlite().query_row(&sql, [id], |row| row.get(0)).unwrap()
    };
    TEXTS.iter().map(of).collect()
}

fn edit(root: &std::path::Path) {
    for (.., path) in TEXTS {
        let file = root.join("docs/business-os").join(path);
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
        fs::write(file, text + "\nMore of it.\n").unwrap();
    }
}

#[test]
fn a_document_knows_the_commit_that_holds_it() {
    for way in WAYS {
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        let head = || env.git(&["rev-parse", "HEAD"]).trim().to_owned();
        let first = head();
        assert_eq!(commits(&env), vec![Some(first.clone()); 3], "{way:?}");
        let topic = env.home().join("topic");
        env.git(&["worktree", "add", "-q", "-b", "topic", topic.to_str().unwrap()]);
        let on_topic = || {
            edit(&topic);
            env.git_in(&topic, &["commit", "-q", "-a", "-m", "more"]);
            env.git_in(&topic, &["rev-parse", "HEAD"]).trim().to_owned()
        };
        let made = match way {
            Way::Import | Way::Read => {
                edit(&env.root);
                env.commit_all("more");
                env.bos(if way == Way::Import { &["import"] } else { &["board", "BAKE"] }).code(0);
                head()
            }
            Way::Since => {
                let made = on_topic();
                env.git(&["merge", "-q", "--no-ff", "--no-edit", "topic"]);
                env.bos(&["import", "--no-refresh", "--since", &first]).code(0);
                made
            }
            Way::From => {
                let made = on_topic();
                env.bos(&["import", "--from", "topic"]).code(0);
                made
            }
            Way::CommittedLater => {
                edit(&env.root);
                env.bos(&["import"]).code(0);
                assert_eq!(commits(&env), vec![None; 3]);
                env.commit_all("more");
                env.bos(&["import"]).code(0);
                head()
            }
            Way::Exported => {
                env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P0"]).code(0);
                env.bos(&["idea", "set", "BAKE-OPP-0002", "Priority=P0"]).code(0);
                let body = ["stage", "set", "BAKE-ENG-0002", "plan", "--body-file", "-"];
                env.bos_reading("Another plan.\n", &body).code(0);
                assert_eq!(commits(&env), vec![None; 3]);
                env.bos(&["export"]).code(0);
                env.commit_all("more");
                env.bos(&["import"]).code(0);
                head()
            }
            Way::MergedLater => {
                let made = on_topic();
                edit(&env.root);
                env.bos(&["import"]).code(0);
                env.git(&["checkout", "-q", "."]);
                env.git(&["merge", "-q", "--no-ff", "--no-edit", "topic"]);
                env.bos(&["import"]).code(0);
                made
            }
        };
        assert_eq!(commits(&env), vec![Some(made.clone()); 3], "{way:?}");
        // What others commit on top changes nothing about it, and neither does making the tables anew.
        env.write("cards/HOME-ENG-0001.user.md", env.read("cards/HOME-ENG-0001.user.md") + "\nMore.\n");
        env.commit_all("later");
        env.bos(&["import"]).code(0);
        env.bos(&["audit", "rebuild"]).code(0);
        assert_eq!(commits(&env), vec![Some(made); 3], "{way:?}");
        env.verify();
        // A new text is in no commit yet.
        env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Pete"]).code(0);
        assert_eq!(commits(&env)[0], None, "{way:?}");
    }
}

/// What becomes of a file that a commit holds as the database once had it, and of what is known of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// A person moves the old text into the archive.
    Moved,
    /// A person removes the file.
    Removed,
    /// The whole work tree goes.
    TreeGone,
    /// The tree goes back to what was there before.
    BackInTime,
}

/// What the database has of the cards by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Has {
    TheSame,
    Newer,
    /// A branch has that, too.
    Exported,
}

/// The column tells what a rebuild would: the commit that holds the document as it is, and no other.
#[test]
fn no_row_shows_a_commit_that_holds_another_text() {
    let mut wrong = Vec::new();
    for then in [Then::Moved, Then::Removed, Then::TreeGone, Then::BackInTime] {
        for has in [Has::TheSame, Has::Newer, Has::Exported] {
            let env = TestEnv::repository("bakery");
            env.bos(&["import"]).code(0);
            let topic = env.home().join("topic");
            env.git(&["worktree", "add", "-q", "-b", "topic", topic.to_str().unwrap()]);
            env.bos_in(&topic, &["import"]).code(0);
            edit(&topic);
            env.git_in(&topic, &["commit", "-q", "-a", "-m", "more"]);
            env.bos_in(&topic, &["import"]).code(0);
            if has != Has::TheSame {
                env.bos(&["card", "set", "BAKE-ENG-0006", "Owner=Pete"]).code(0);
                env.bos(&["idea", "set", "BAKE-OPP-0002", "Priority=P0"]).code(0);
            }
            if has == Has::Exported {
                env.bos(&["export", "--commit"]).code(0);
            }
            match then {
                Then::Moved => {
                    let archive = topic.join("docs/business-os/cards/archive");
                    fs::create_dir_all(&archive).unwrap();
                    let card = "BAKE-ENG-0006.user.md";
                    fs::rename(topic.join("docs/business-os/cards").join(card), archive.join(card)).unwrap();
                    env.git_in(&topic, &["add", "-A"]);
                    env.git_in(&topic, &["commit", "-q", "-m", "archived"]);
                }
                Then::Removed => {
                    TEXTS.iter().for_each(|(.., path)| {
                        fs::remove_file(topic.join("docs/business-os").join(path)).unwrap();
                    });
                }
                Then::TreeGone => drop(env.git(&["worktree", "remove", "--force", topic.to_str().unwrap()])),
                Then::BackInTime => drop(env.git_in(&topic, &["reset", "-q", "--hard", "HEAD^"])),
            }
            for tree in [&topic, &env.root, &topic].into_iter().filter(|tree| tree.exists()) {
                env.bos_in(tree, &["import"]);
                for (check, detail) in env.failed_checks() {
                    wrong.push(format!("{then:?} {has:?}, {}: {check}: {detail}", tree.display()));
                }
                if then == Then::Moved {
                    env.bos(&["export", "--commit"]).code(0);
                    wrong.extend(
                        env.failed_checks().into_iter().map(|(_, detail)| format!("{then:?} {has:?} {detail}")),
                    );
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
