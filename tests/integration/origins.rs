//! The law of what an edit takes: what the database has goes only upon every text that the edit may have begun with. How
//! the text came to be in the file x what the edit does x whether it is committed x how it comes in.

use std::fmt;

use crate::{
    env::TestEnv,
    states::{CARD, CARD_PATH},
};

/// What the file held when the edit began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Began {
    /// What was exported to it, and nothing else was done.
    Exported,
    /// The same, committed meanwhile.
    ExportedAndCommitted,
    /// What HEAD has, put back over the export.
    Restored,
    Stashed,
    /// Another branch has the edit, which began there, and it came in this way.
    Squashed,
    Picked,
    TakenFromThere,
    Reset,
}

const HERE: [Began; 5] = [Began::Exported, Began::ExportedAndCommitted, Began::Restored, Began::Stashed, Began::Reset];

const THERE: [Began; 3] = [Began::Squashed, Began::Picked, Began::TakenFromThere];

/// What the edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    AddsALine,
    AddsAKey,
    RemovesWhatAllHave,
    /// The key that the log set last has another value.
    SetsTheSameKey,
    /// A key that the database has set meanwhile has another value; a person decides for the database's.
    Clashes,
}

const EDITS: [Edit; 5] =
    [Edit::AddsALine, Edit::AddsAKey, Edit::RemovesWhatAllHave, Edit::SetsTheSameKey, Edit::Clashes];

/// A write takes what is in the files of its card, or refuses.
const WRITE: &[&str] = &["card", "comment", "BAKE-ENG-0006", "-m", "after it"];

const WAYS: [&[&str]; 4] = [&["import"], &["import", "--from", "HEAD"], &["board", "BAKE"], WRITE];

#[derive(Clone, Copy)]
struct Case {
    began: Began,
    edit: Edit,
    is_committed: bool,
    /// Whether the database has moved the card to the archive meanwhile.
    is_archived: bool,
    way: &'static [&'static str],
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { began, edit, is_committed, is_archived, way } = self;
        write!(f, "{began:?} {edit:?} committed {is_committed} archived {is_archived} {way:?}")
    }
}

impl Case {
    /// Whether the edit is known to have begun with what the log had exported there. A commit alone knows nothing of what
    /// was not committed.
    fn is_upon_the_export(&self) -> bool {
        let Self { began, is_committed, way, .. } = self;
        match began {
            Began::Exported => !(*is_committed && way.contains(&"--from")),
            began => *began == Began::ExportedAndCommitted,
        }
    }

    fn edit(&self, env: &TestEnv) {
        match self.edit {
            Edit::AddsALine => env.edit(CARD, "About 2,000", "Twice.\n\nAbout 2,000"),
            Edit::AddsAKey => env.edit(CARD, "Owner: ", "Mine: yes\nOwner: "),
            Edit::RemovesWhatAllHave => env.edit(CARD, "so there is time until spring.\n", ""),
            Edit::Clashes => env.edit(CARD, "Priority: P3", "Priority: P1"),
            Edit::SetsTheSameKey => {
                let text = env.read(CARD);
                let lines = text.lines().filter(|line| !line.starts_with("Own:")).map(|line| format!("{line}\n"));
                env.write(CARD, lines.collect::<String>().replacen("Owner: ", "Own: theirs\nOwner: ", 1));
            }
        }
    }

    fn run(&self) -> Vec<String> {
        let Self { began, edit, is_committed, is_archived, way } = self;
        let env = TestEnv::repository("bakery");
        env.bos(&["import"]).code(0);
        if THERE.contains(began) {
            env.git(&["checkout", "-q", "-b", "other"]);
            self.edit(&env);
            env.commit_all("there");
            env.git(&["checkout", "-q", "main"]);
        }
        env.bos(&["card", "set", "BAKE-ENG-0006", "Own=ours"]).code(0);
        env.bos(&["card", "comment", "BAKE-ENG-0006", "-m", "beside it"]).code(0);
        env.bos(&["export"]).code(0);
        env.bos(&["import"]).code(0);
        if *edit == Edit::Clashes {
            env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P5"]).code(0);
        }
        if *is_archived {
            env.bos(&["card", "archive", "BAKE-ENG-0006"]).code(0);
        }
        let put_back = || env.git(&["stash", "push", "-q", "-u"]);
        match began {
            Began::Exported => {}
            Began::ExportedAndCommitted => env.commit_all("the export"),
            Began::Restored => drop(env.git(&["checkout", "-q", "HEAD", "--", CARD_PATH])),
            Began::Stashed => drop(put_back()),
            Began::Squashed => {
                put_back();
                env.git(&["merge", "-q", "--squash", "other"]);
            }
            Began::Picked => {
                put_back();
                env.git(&["cherry-pick", "-n", "other"]);
            }
            Began::TakenFromThere => drop(env.git(&["checkout", "-q", "other", "--", CARD_PATH])),
            Began::Reset => drop(env.git(&["reset", "-q", "--hard"])),
        }
        if !THERE.contains(began) {
            self.edit(&env);
        }
        if *is_committed {
            env.commit_all("edited");
        }
        // A conflict is told by the exit code.
        for command in [*way, &["import"]] {
            let code = env.bos(command).code;
            assert!(code < 2 || (code == 5 && command == WRITE), "{self}");
        }
        let conflicts = env.bos(&["conflicts", "--json"]).json()["total"].as_u64().unwrap();
        if *edit == Edit::Clashes {
            env.bos(&["conflicts", "resolve", "BAKE-ENG-0006", "--ours"]).code(0);
        }
        let query = "SELECT text FROM business_os_documents JOIN business_os_blobs USING (sha256) WHERE path = ?1";
        let path = if *is_archived { CARD_PATH.replace("/cards/", "/cards/archive/") } else { CARD_PATH.to_owned() };
        let text: String = env.sqlite().query_row(query, [&path], |row| row.get(0)).unwrap();
        env.verify();
        let mut wrong = Vec::new();
        let mut expect = |what: &str, holds: bool| {
            if !holds {
                wrong.push(format!("{self}: {what}\n{text}"));
            }
        };
        let (own, is_sure) = (text.contains("Own: ours"), self.is_upon_the_export());
        match edit {
            Edit::AddsALine => expect("the line is there", text.contains("\nTwice.\n")),
            Edit::AddsAKey => expect("the key is there", text.contains("\nMine: yes\n")),
            Edit::RemovesWhatAllHave => expect("what was removed has gone", !text.contains("time until spring")),
            Edit::Clashes => expect("the database's is kept", text.contains("Priority: P5") && conflicts == 1),
            Edit::SetsTheSameKey if is_sure => expect("the edit is taken", text.contains("Own: theirs")),
            Edit::SetsTheSameKey => expect("a person decides", own && conflicts == 1),
        }
        expect("what the log set stays", own || (is_sure && *edit == Edit::SetsTheSameKey));
        let is_asked = *edit == Edit::Clashes || (!is_sure && *edit == Edit::SetsTheSameKey);
        expect("nobody is asked", conflicts == 0 || is_asked);
        wrong
    }
}

fn law(all: &[Began]) {
    let mut wrong = Vec::new();
    for began in all {
        for edit in EDITS {
            for is_committed in [false, true] {
                for (is_archived, way) in WAYS.into_iter().flat_map(|way| [(false, way), (true, way)]) {
                    wrong.extend(Case { began: *began, edit, is_committed, is_archived, way }.run());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_the_database_has_goes_only_upon_every_text_that_an_edit_here_may_have_begun_with() {
    law(&HERE);
}

#[test]
fn what_the_database_has_goes_only_upon_every_text_that_an_edit_on_another_branch_may_have_begun_with() {
    law(&THERE);
}

/// How a text that the card had before comes back, in a commit of its own.
const BRINGS_BACK: [fn(&TestEnv, &str); 4] = [
    |env, _| drop(env.git(&["revert", "--no-edit", "HEAD"])),
    |env, before| {
        env.edit(CARD, "Priority: P1", &format!("Priority: {before}"));
        env.commit_all("by hand");
    },
    |env, _| {
        env.git(&["checkout", "-q", "HEAD~1", "--", CARD_PATH]);
        env.commit_all("checked out");
    },
    // It comes by a pull, in a merge.
    |env, _| {
        env.git(&["checkout", "-q", "-b", "other"]);
        env.git(&["revert", "--no-edit", "HEAD"]);
        env.git(&["checkout", "-q", "main"]);
        env.write("README.md", "Beside it.");
        env.commit_all("beside it");
        env.git(&["merge", "-q", "--no-ff", "--no-edit", "other"]);
    },
];

#[test]
fn a_commit_that_brings_back_what_was_there_before_is_an_edit_like_any_other() {
    let mut wrong = Vec::new();
    for (number, bring_back) in BRINGS_BACK.into_iter().enumerate() {
        // The priority that comes back is the one that the card was imported with, or one that it was given since.
        for before in ["P3", "P5"] {
            for (is_ahead, way) in WAYS.into_iter().flat_map(|way| [(false, way), (true, way)]) {
                let env = TestEnv::repository("bakery");
                env.bos(&["import"]).code(0);
                let mut now = "P3";
                for next in [before, "P1"].into_iter().filter(|next| *next != "P3") {
                    env.edit(CARD, &format!("Priority: {now}"), &format!("Priority: {next}"));
                    env.commit_all(next);
                    env.bos(&["import"]).code(0);
                    now = next;
                }
                if is_ahead {
                    env.bos(&["card", "set", "BAKE-ENG-0006", "Own=ours"]).code(0);
                }
                bring_back(&env, before);
                // A write of what changed in both refuses, and leaves it to the import.
                let refused = if is_ahead && way == WRITE { 5 } else { 0 };
                let codes = [env.bos(way).code, env.bos(&["import"]).code];
                let card = env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).json();
                let fields = &card["card"]["fields"];
                let holds =
                    fields["Priority"] == before && (fields["Own"] == "ours") == is_ahead && codes == [refused, 0];
                if !holds {
                    wrong.push(format!("{number} {before} ahead {is_ahead} {way:?}: {codes:?}\n{fields}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases\n{}", wrong.len(), wrong.join("\n"));
}

/// An edit of the file, from what it holds to something that it never held.
type Change = (&'static str, &'static str);

/// The first edit, the second at the same place, and its way back.
const TWICE: [(Change, Change); 4] = [
    (("Priority: P3", "Priority: P1"), ("Priority: P1", "Priority: P5")),
    (("Tags:\n", "Tags:\n  - urgnt\n"), ("  - urgnt\n", "  - urgent\n")),
    (("About 2,000", "About 3,000"), ("About 3,000", "Some 4,000")),
    (("Owner: ", "Mood: good\nOwner: "), ("Mood: good\n", "Mood: better\n")),
];

#[test]
fn where_only_files_are_edited_the_database_has_what_they_have() {
    let mut wrong = Vec::new();
    for (number, (first, second)) in TWICE.into_iter().enumerate() {
        for bits in 0..16 {
            let [first_commit, second_commit, takes_back, edits_beside] =
                [0, 1, 2, 3].map(|bit| bits & (1 << bit) != 0);
            for way in WAYS {
                // A commit alone knows nothing of what was not committed.
                let is_asked = !way.contains(&"--from") || (first_commit && second_commit);
                if way == WRITE || !is_asked || (edits_beside && way != WAYS[0]) {
                    continue;
                }
                let env = TestEnv::repository("bakery");
                env.write(CARD, env.read(CARD).replacen("Tags: [print]", "Tags:\n  - print", 1));
                env.commit_all("tags in lines");
                env.bos(&["import"]).code(0);
                env.edit(CARD, first.0, first.1);
                if first_commit {
                    env.commit_all("first");
                }
                env.bos(&["board", "BAKE"]).code(0);
                let (from, to) = if takes_back { (first.1, first.0) } else { second };
                env.edit(CARD, from, to);
                if second_commit {
                    env.commit_all("second");
                }
                if edits_beside {
                    env.edit(CARD, "Title: Paper bags", "Title: Bags");
                }
                let codes = [env.bos(way).code, env.bos(&["import"]).code];
                let query =
                    "SELECT text FROM business_os_documents JOIN business_os_blobs USING (sha256) WHERE path = ?1";
                let text: String = env.sqlite().query_row(query, [CARD_PATH], |row| row.get(0)).unwrap();
                if codes != [0, 0] || text != env.read(CARD) {
                    let how = format!("{first_commit} {second_commit} back {takes_back} beside {edits_beside} {way:?}");
                    wrong.push(format!("{number} committed {how}: {codes:?}\n{text}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases\n{}", wrong.len(), wrong.join("\n"));
}
