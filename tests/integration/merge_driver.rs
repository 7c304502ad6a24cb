//! `bos merge-driver`: git's own merges and rebases of documents, with the driver and without.

use std::{fs, path::Path};

use insta::assert_snapshot;

use crate::env::{FIXTURES, Ran, TestEnv, copy};

const CARD: &str = "cards/BAKE-ENG-0006.user.md";

/// A bakery in which git merges documents with this program.
fn installed() -> TestEnv {
    let env = TestEnv::repository("bakery");
    env.bos(&["merge-driver", "install", "--quiet"]).code(0);
    env.commit_all("merge documents key by key");
    env
}

/// Edits on `main` and on the branch `theirs`, each a commit; `main` is checked out.
#[track_caller]
fn both_sides(env: &TestEnv, ours: &[(&str, &str)], theirs: &[(&str, &str)]) {
    env.git(&["checkout", "-q", "-b", "theirs"]);
    edits(env, theirs);
    env.git(&["checkout", "-q", "main"]);
    edits(env, ours);
}

#[track_caller]
fn edits(env: &TestEnv, edits: &[(&str, &str)]) {
    for (from, to) in edits {
        env.edit(CARD, from, to);
    }
    env.commit_all("an edit");
}

fn merge(env: &TestEnv) -> Ran {
    env.try_git(&["merge", "-q", "--no-edit", "theirs"])
}

/// What the program said among what git says.
fn told(ran: &Ran) -> String {
    ran.stderr.lines().filter(|line| line.starts_with("docs/") || line.contains("bos")).collect::<Vec<_>>().join("\n")
}

#[test]
fn keys_merge_each_for_itself() {
    let env = installed();
    both_sides(
        &env,
        &[
            ("Owner: Unassigned", "Owner: Nora"),
            ("[print]", "[print, shop]"),
            ("Updated: 2026-11-11", "Updated: 2026-11-12"),
        ],
        &[("Priority: P3", "Priority: P1"), ("[print]", "[paper]"), ("Updated: 2026-11-11", "Updated: 2026-11-15")],
    );
    let ran = merge(&env).code(0);
    assert_eq!(told(&ran), "");
    assert_snapshot!(env.read(CARD), @"
    ---
    Type: Card
    Lane: Inbox
    Priority: P1
    Owner: Nora
    ID: BAKE-ENG-0006
    Title: Paper bags with the new logo
    Business: BAKE
    Tags: [shop, paper]
    Created: 2026-11-11
    Updated: 2026-11-15
    ---

    About 2,000 plain bags are left. The printer wants at least 5,000 of the new
    ones, so there is time until spring.
    ");
    assert_eq!(env.git(&["status", "--porcelain"]), "");
    // By lines these are one conflict: the test would pass for nothing otherwise.
    env.git(&["reset", "-q", "--hard", "HEAD^"]);
    env.bos(&["merge-driver", "uninstall"]).code(0);
    env.commit_all("merge by lines");
    merge(&env).code(1);
}

#[test]
fn what_both_sides_changed_is_left_to_a_person() {
    let env = installed();
    both_sides(
        &env,
        &[("Lane: Inbox", "Lane: Planned"), ("Owner: Unassigned", "Owner: Nora"), ("5,000", "4,000")],
        &[("Lane: Inbox", "Lane: Done"), ("Priority: P3", "Priority: P1"), ("5,000", "6,000")],
    );
    let ran = merge(&env).code(1);
    assert_snapshot!(told(&ran), @"
    docs/business-os/cards/BAKE-ENG-0006.user.md: Lane: ours Planned, theirs Done, was Inbox; ours is kept
    docs/business-os/cards/BAKE-ENG-0006.user.md: line 2 of the text: both sides changed it; see the markers
    ");
    assert_snapshot!(env.read(CARD), @"
    ---
    Type: Card
    Lane: Planned
    Priority: P1
    Owner: Nora
    ID: BAKE-ENG-0006
    Title: Paper bags with the new logo
    Business: BAKE
    Tags: [print]
    Created: 2026-11-11
    Updated: 2026-11-11
    ---

    <<<<<<< ours
    About 2,000 plain bags are left. The printer wants at least 4,000 of the new
    =======
    About 2,000 plain bags are left. The printer wants at least 6,000 of the new
    >>>>>>> theirs
    ones, so there is time until spring.
    ");
    assert_eq!(env.git(&["status", "--porcelain"]), "UU docs/business-os/cards/BAKE-ENG-0006.user.md\n");
    // What a person has not finished is nobody's text: it is told, and taken once it is finished.
    let found = env.bos(&["validate", "--json"]).code(1).json();
    let told: Vec<_> = found["diagnostics"].as_array().unwrap().iter().map(|found| &found["code"]).collect();
    assert_eq!(told, ["BOS015"]);
    let finished: String = env
        .read(CARD)
        .lines()
        .filter(|line| !["<<<<<<< ours", "=======", ">>>>>>> theirs"].contains(line))
        .map(|line| format!("{line}\n"))
        .collect();
    env.write(CARD, finished);
    let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json();
    assert_eq!((&card["card"]["lane"], &card["card"]["priority"]), (&"Planned".into(), &"P1".into()));
}

#[test]
fn a_key_that_clashes_is_told_though_the_text_merges() {
    let env = installed();
    both_sides(&env, &[("Lane: Inbox", "Lane: Planned")], &[("Lane: Inbox\n", ""), ("until spring", "until May")]);
    let ran = merge(&env).code(1);
    assert_snapshot!(told(&ran), @"docs/business-os/cards/BAKE-ENG-0006.user.md: Lane: ours Planned, theirs removed, was Inbox; ours is kept");
    let text = env.read(CARD);
    assert!(text.contains("Lane: Planned\n") && text.contains("until May") && !text.contains("<<<<"), "{text}");
    assert!(env.git(&["status", "--porcelain"]).starts_with("UU "));
}

#[test]
fn a_rebase_of_three_commits() {
    let env = installed();
    env.git(&["checkout", "-q", "-b", "mine"]);
    edits(&env, &[("Priority: P3", "Priority: P1")]);
    edits(&env, &[("[print]", "[print, shop]")]);
    edits(&env, &[("the new\nones", "the new\nbags")]);
    env.git(&["checkout", "-q", "main"]);
    edits(&env, &[("Owner: Unassigned", "Owner: Nora"), ("[print]", "[print, logo]")]);
    env.git(&["checkout", "-q", "mine"]);
    env.git(&["rebase", "-q", "main"]);
    assert_snapshot!(env.read(CARD), @"
    ---
    Type: Card
    Lane: Inbox
    Priority: P1
    Owner: Nora
    ID: BAKE-ENG-0006
    Title: Paper bags with the new logo
    Business: BAKE
    Tags: [print, logo, shop]
    Created: 2026-11-11
    Updated: 2026-11-11
    ---

    About 2,000 plain bags are left. The printer wants at least 5,000 of the new
    bags, so there is time until spring.
    ");
    assert_eq!(env.git(&["rev-list", "--count", "main..mine"]).trim(), "3");
}

#[test]
fn a_file_that_moved() {
    let env = installed();
    env.git(&["checkout", "-q", "-b", "theirs"]);
    let archived = "cards/archive/BAKE-ENG-0006.user.md";
    env.git(&["mv", &format!("docs/business-os/{CARD}"), &format!("docs/business-os/{archived}")]);
    env.edit(archived, "Priority: P3", "Priority: P5");
    env.commit_all("archive it");
    env.git(&["checkout", "-q", "main"]);
    edits(&env, &[("Owner: Unassigned", "Owner: Nora")]);
    merge(&env).code(0);
    assert!(!env.path(CARD).exists());
    let text = env.read(archived);
    assert!(text.contains("Priority: P5\nOwner: Nora\n"), "{text}");
}

#[test]
fn a_card_that_both_sides_made() {
    let env = installed();
    let card = "cards/BAKE-ENG-0050.user.md";
    let text =
        |owner: &str, body: &str| format!("---\nID: BAKE-ENG-0050\nOwner: {owner}\nTags: [{owner}]\n---\n{body}");
    env.git(&["checkout", "-q", "-b", "theirs"]);
    env.write(card, text("Sami", "Same.\n"));
    env.commit_all("theirs");
    env.git(&["checkout", "-q", "main"]);
    env.write(card, text("Nora", "Same.\n"));
    env.commit_all("ours");
    assert_snapshot!(told(&merge(&env).code(1)), @"docs/business-os/cards/BAKE-ENG-0050.user.md: Owner: ours Nora, theirs Sami; ours is kept");
    assert_snapshot!(env.read(card), @"
    ---
    ID: BAKE-ENG-0050
    Owner: Nora
    Tags: [Nora, Sami]
    ---
    Same.
    ");
}

#[test]
fn what_is_no_document_merges_as_git_would() {
    let env = installed();
    let side = |env: &TestEnv, picture: &[u8], latin: &[u8], broken: &str, both: &str| {
        env.write("cards/BAKE-ENG-0006/picture.md", picture);
        env.write("cards/BAKE-ENG-0006/latin.md", latin);
        env.write("cards/BAKE-ENG-0006/broken.md", broken);
        env.write("cards/BAKE-ENG-0006/both.md", both);
        env.commit_all("a side");
    };
    side(&env, b"\0base", b"caf\xe9\n\n1\n\nend\n", "---\nnever: closed\n", "---\na: 1\nb: 1\nc: 1\n---\n");
    env.git(&["checkout", "-q", "-b", "theirs"]);
    let theirs = "---\na: 1\nb: 1\nc: 1\n# theirs\nd: 2\n---\n";
    side(&env, b"\0theirs", b"caf\xe9\n\n1\n\nEND\n", "---\nnever: closed, theirs\n", theirs);
    env.git(&["checkout", "-q", "main"]);
    side(
        &env,
        b"\0ours",
        b"CAF\xe9\n\n1\n\nend\n",
        "---\nnever: closed, ours\n",
        "---\n# ours\nd: 1\na: 1\nb: 1\nc: 1\n---\n",
    );
    let ran = merge(&env).code(1);
    assert_snapshot!(told(&ran), @"
    docs/business-os/cards/BAKE-ENG-0006/picture.md: it is no text; ours is kept
    docs/business-os/cards/BAKE-ENG-0006/broken.md: it merges by lines only; see the markers
    docs/business-os/cards/BAKE-ENG-0006/both.md: d: ours 1, theirs 2; ours is kept
    ");
    let file = |name: &str| fs::read(env.path(&format!("cards/BAKE-ENG-0006/{name}.md"))).unwrap();
    assert_eq!(file("picture"), b"\0ours");
    assert_eq!(file("latin"), b"CAF\xe9\n\n1\n\nEND\n");
    assert_snapshot!(String::from_utf8(file("broken")).unwrap(), @"
    ---
    <<<<<<< ours
    never: closed, ours
    =======
    never: closed, theirs
    >>>>>>> theirs
    ");
    assert_snapshot!(String::from_utf8(file("both")).unwrap(), @"
    ---
    # ours
    d: 1
    a: 1
    b: 1
    c: 1
    # theirs
    ---
    ");
}

#[test]
fn a_merge_by_lines_that_cannot_be_read_is_no_clean_merge() {
    let env = TestEnv::empty();
    let side = |name: &str, first: &str, mended: &str, last: &str| {
        let text = format!("---\n{first}k: 1\nx: {mended}\nl: 1\nm: 1\nn: 1\n{last}---\n");
        fs::write(env.root.join(name), text).unwrap();
    };
    side("base", "", "[", "");
    side("ours", "d: 1\n", "[]", "");
    side("theirs", "", "[]", "d: 2\n");
    let ran = env.bos(&["merge-driver", "run", "base", "ours", "theirs", "7", "cards/a b.md"]).code(1);
    assert_snapshot!(ran.stderr, @"cards/a b.md: it merges by lines only, and cannot be read now: the key `d` occurs twice, on line 2 and on line 8");
    assert!(fs::read_to_string(env.root.join("ours")).unwrap().contains("d: 1\nk: 1\nx: []\nl: 1\nm: 1\nn: 1\nd: 2\n"));
}

#[test]
fn a_tree_in_a_folder_with_an_odd_name() {
    let env = TestEnv::empty();
    let prefix = "Läden [1]/Nord süd";
    copy(&Path::new(FIXTURES).join("bakery"), &env.root.join(prefix));
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    let tree = env.root.join(prefix);
    let json = env.bos_in(&tree, &["merge-driver", "install", "--json"]).code(0).json();
    assert_snapshot!(json["patterns"].to_string(), @r#"["\"Läden \\\\[1]/Nord süd/docs/business-os/cards/**/*.md\"","\"Läden \\\\[1]/Nord süd/docs/business-os/ideas/**/*.md\""]"#);
    env.commit_all("merge documents key by key");
    let attribute = format!("{prefix}/docs/business-os/ideas/inbox/x.user.md");
    let attributes = env.git(&["-c", "core.quotePath=false", "check-attr", "merge", "--", &attribute, "docs/x.md"]);
    assert_eq!(attributes, format!("{attribute}: merge: bos\ndocs/x.md: merge: unspecified\n"));
    let card = tree.join("docs/business-os/cards/BAKE-ENG-0006.user.md");
    let edit = |from: &str, to: &str| {
        let text = fs::read_to_string(&card).unwrap();
        fs::write(&card, text.replace(from, to)).unwrap();
        env.commit_all("an edit");
    };
    env.git(&["checkout", "-q", "-b", "theirs"]);
    edit("Lane: Inbox", "Lane: Done");
    env.git(&["checkout", "-q", "main"]);
    edit("Lane: Inbox\nPriority: P3", "Lane: Planned\nPriority: P1");
    // A variable that names a tree elsewhere changes nothing for files that git names.
    let command = env.command(&tree);
    let variables = command.get_envs().filter_map(|(key, value)| Some((key, value?)));
    let mut git = std::process::Command::new("git");
    git.current_dir(&tree).env_clear().envs(variables).env("BOS_REPO", "/nowhere");
    let output = git.args(["merge", "-q", "--no-edit", "theirs"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_snapshot!(stderr, @"Läden [1]/Nord süd/docs/business-os/cards/BAKE-ENG-0006.user.md: Lane: ours Planned, theirs Done, was Inbox; ours is kept");
    assert!(fs::read_to_string(&card).unwrap().contains("Lane: Planned\nPriority: P1\n"));
}

#[test]
fn markers_are_as_long_as_the_attributes_say() {
    let env = installed();
    let attributes = env.root.join(".gitattributes");
    fs::write(&attributes, fs::read_to_string(&attributes).unwrap() + "*.md conflict-marker-size=12\n").unwrap();
    env.commit_all("longer markers");
    both_sides(&env, &[("5,000", "4,000")], &[("5,000", "6,000")]);
    merge(&env).code(1);
    let markers: Vec<String> =
        env.read(CARD).lines().filter(|line| line.len() >= 12 && line.contains("======")).map(str::to_owned).collect();
    assert_eq!(markers, ["=".repeat(12)]);
}

#[test]
fn install_and_uninstall_are_exact_and_may_be_repeated() {
    let env = TestEnv::repository("bakery");
    let (config, attributes) = (env.root.join(".git/config"), env.root.join(".gitattributes"));
    fs::write(&attributes, "*.png binary\n").unwrap();
    let read = || [&config, &attributes].map(|file| fs::read_to_string(file).unwrap_or_default());
    let before = read();
    let shown = |ran: Ran| (ran.stdout + &ran.stderr).replace(env.root.to_str().unwrap(), "ROOT");
    assert_snapshot!(shown(env.bos(&["merge-driver", "install"]).code(0)), @"
    wrote ROOT/.gitattributes
    wrote ROOT/.git/config
    note: commit .gitattributes; everybody else runs this once too
    ");
    let installed = read();
    assert_snapshot!(installed[1], @"
    *.png binary

    # bos:begin
    docs/business-os/cards/**/*.md merge=bos
    docs/business-os/ideas/**/*.md merge=bos
    # bos:end
    ");
    assert_snapshot!(shown(env.bos(&["merge-driver", "install"]).code(0)), @"git is set up already");
    assert_eq!(read(), installed);
    // Without the name on the PATH the program is named by its path, and then it needs no PATH.
    let driver = env.git(&["config", "merge.bos.driver"]);
    assert!(driver.ends_with("-C . merge-driver run %O %A %B %L %P\n") && driver.contains('/'), "{driver}");
    assert_snapshot!(shown(env.bos(&["merge-driver", "uninstall"]).code(0)), @"
    cleared ROOT/.gitattributes
    cleared ROOT/.git/config
    ");
    assert_eq!(read(), before);
    assert_snapshot!(shown(env.bos(&["merge-driver", "uninstall"]).code(0)), @"there is nothing to take back");

    // A setting that a person added stays, and a file that held nothing else goes.
    fs::remove_file(&attributes).unwrap();
    env.bos(&["merge-driver", "install"]).code(0);
    env.git(&["config", "merge.bos.recursive", "binary"]);
    let json = env.bos(&["merge-driver", "uninstall", "--json"]).code(0).json();
    assert_eq!(
        (&json["schema"], &json["installed"], &json["driver"]),
        (&"bos.merge-driver/1".into(), &false.into(), &serde_json::Value::Null)
    );
    assert!(!attributes.exists());
    assert!(read()[0].ends_with("[merge \"bos\"]\n\trecursive = binary\n"), "{}", read()[0]);
}

#[test]
fn a_clone_may_keep_it_to_itself() {
    let env = TestEnv::repository("bakery");
    let json = env.bos(&["merge-driver", "install", "--local", "--json"]).code(0).json();
    assert_eq!(json["changed"].as_array().unwrap().len(), 2);
    assert_eq!(env.git(&["status", "--porcelain"]), "");
    both_sides(&env, &[("Owner: Unassigned", "Owner: Nora")], &[("Priority: P3", "Priority: P1")]);
    merge(&env).code(0);
    env.bos(&["merge-driver", "uninstall"]).code(0);
    assert!(!fs::read_to_string(env.root.join(".git/info/attributes")).unwrap_or_default().contains("bos"));
    TestEnv::fixture("bakery").bos(&["merge-driver", "install"]).code(6);
    TestEnv::empty().bos(&["merge-driver", "install"]).code(3);
}

#[test]
fn our_file_is_as_it_was_when_anything_fails() {
    let env = TestEnv::empty();
    fs::write(env.root.join("ours"), "---\nID: A-1\n---\nours\n").unwrap();
    fs::write(env.root.join("base"), "---\nID: A-1\n---\nbase\n").unwrap();
    env.bos(&["merge-driver", "run", "base", "ours", "theirs", "7", "x.md"]).code(6);
    env.bos(&["merge-driver", "run", "base", "ours", "theirs", "0", "x.md"]).code(2);
    assert_eq!(fs::read_to_string(env.root.join("ours")).unwrap(), "---\nID: A-1\n---\nours\n");
    assert!(!env.bos(&["merge-driver", "--help"]).ok().contains("Merge three files"));
}

#[test]
fn init_offers_it() {
    const OFFER: &str = "with bos merge-driver install it does so key by key";
    let outside = TestEnv::empty();
    assert!(!outside.bos(&["init"]).code(0).stderr.contains(OFFER), "there is no git");
    let env = TestEnv::empty();
    env.git(&["init", "-q", "-b", "main"]);
    // Nobody is asked in a pipe, also not where something stands on standard input.
    let ran = env.bos_reading("y\n", &["init"]).code(0);
    assert!(ran.stderr.contains(OFFER) && !ran.stdout.contains("[Y/n]"), "{ran:?}");
    assert!(!env.root.join(".gitattributes").exists());
    let json = env.bos(&["init", "--json"]).code(0).json();
    assert_eq!(json["merge_driver"], false);
    assert!(json["notes"][0].as_str().unwrap().contains(OFFER), "{json}");
    let ran = env.bos(&["init", "--merge-driver"]).code(0);
    assert!(ran.stderr.contains("commit .gitattributes") && !ran.stderr.contains(OFFER), "{ran:?}");
    assert!(fs::read_to_string(env.root.join(".gitattributes")).unwrap().contains("merge=bos"));
    assert!(env.git(&["config", "merge.bos.driver"]).contains("merge-driver run"));
    assert_eq!(env.bos(&["init", "--json"]).code(0).json()["merge_driver"], true);
    assert!(!env.bos(&["init"]).code(0).stderr.contains(OFFER), "it is there already");
    // The attributes come with a clone, the settings do not.
    env.git(&["config", "--unset", "merge.bos.driver"]);
    assert!(env.bos(&["init"]).code(0).stderr.contains(OFFER));
}
