//! `cargo bench -- history`: what an import of committed edits and of old checkouts costs where git has many commits, and
//! where it has twice as many. Nothing that is asked of history may grow with it.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, ensure};

use crate::{Outcome, measure::time};

const CARDS: usize = 2_000;
const COMMITS: usize = 2_000;

/// The cards that are edited between two imports.
const EDITED: usize = 10;

/// The maximum ratio of the time with twice the commits.
const LIMIT: f64 = 1.5;

/// Prints the times of an import of edits that nobody can have made upon another text, of edits of a key that the database
/// has set before, and of old checkouts of what the database has set.
pub(crate) fn run(bos: impl Fn(&Path, &[&str]) -> Command, folder: &Path) -> Outcome<()> {
    println!(
        "| import of {EDITED} committed edits, {CARDS} cards | {COMMITS} commits | {} commits | ratio | ok  |",
        2 * COMMITS
    );
    println!("|--------------------------------------------|-------------:|-------------:|------:|-----|");
    let [once, twice] = [COMMITS, 2 * COMMITS].map(|commits| measure(&bos, &folder.join(commits.to_string()), commits));
    for ((name, once), (_, twice)) in once?.into_iter().zip(twice?) {
        let ratio = twice.as_secs_f64() / once.as_secs_f64();
        let ok = if ratio <= LIMIT { "yes" } else { "NO" };
        println!("| {name:42} | {:9} ms | {:9} ms | {ratio:5.2} | {ok:3} |", once.as_millis(), twice.as_millis());
    }
    Ok(())
}

fn measure(
    bos: &impl Fn(&Path, &[&str]) -> Command,
    root: &Path,
    commits: usize,
) -> Outcome<[(&'static str, Duration); 3]> {
    make(root, commits)?;
    let bos = |arguments: &[&str]| time(&mut bos(root, arguments));
    bos(&["import"])?;
    edit(root, "Owner: Nora", "Owner: Tom")?;
    let plain = bos(&["import"])?;
    for id in (0..EDITED).map(id) {
        bos(&["card", "set", &id, "Priority=P4"])?;
    }
    bos(&["export"])?;
    git(root, &["commit", "--quiet", "--all", "--message", "exported"])?;
    bos(&["import"])?;
    edit(root, "Priority: P4", "Priority: P0")?;
    let set_before = bos(&["import"])?;
    git(root, &["branch", "old"])?;
    for id in (0..EDITED).map(id) {
        bos(&["card", "set", &id, "Priority=P3"])?;
    }
    bos(&["export"])?;
    git(root, &["commit", "--quiet", "--all", "--message", "exported again"])?;
    bos(&["import"])?;
    git(root, &["switch", "--quiet", "old"])?;
    Ok([
        ("of a key that nobody else has set", plain),
        ("of a key that the database has set", set_before),
        ("of old checkouts, which it leaves", bos(&["import"])?),
    ])
}

/// A repository of cards, and one change of a card in each commit.
fn make(root: &Path, commits: usize) -> Outcome<()> {
    fs::create_dir_all(root)?;
    git(root, &["init", "--quiet", "--initial-branch", "main"])?;
    for (key, value) in [("user.name", "Nora"), ("user.email", "nora@example.org")] {
        git(root, &["config", key, value])?;
    }
    let mut stream = commit(0);
    (0..CARDS).for_each(|card| stream += &file(card, 0));
    for change in 1..commits {
        stream += &(commit(change) + &file(change % CARDS, change));
    }
    let mut import = Command::new("git");
    let mut import = import.current_dir(root).args(["fast-import", "--quiet"]).stdin(Stdio::piped()).spawn()?;
    import.stdin.take().context("no standard input")?.write_all(stream.as_bytes())?;
    ensure!(import.wait()?.success(), "git fast-import failed");
    git(root, &["reset", "--quiet", "--hard"])
}

fn commit(number: usize) -> String {
    format!("commit refs/heads/main\ncommitter N <n@example.org> {} +0000\ndata 1\nc\n", 1_700_000_000 + 60 * number)
}

fn file(card: usize, change: usize) -> String {
    let text = format!(
        "---\nType: Card\nLane: Inbox\nPriority: P2\nOwner: Nora\nID: {}\nTitle: Flour\nBusiness: SHOP\n---\n\n{change}\n",
        id(card)
    );
    format!("M 100644 inline {}\ndata {}\n{text}\n", path(card), text.len())
}

fn id(card: usize) -> String {
    format!("SHOP-ENG-{:06}", card + 1)
}

fn path(card: usize) -> String {
    format!("docs/business-os/cards/{}.user.md", id(card))
}

/// Somebody edits the first cards, and commits that.
fn edit(root: &Path, from: &str, to: &str) -> Outcome<()> {
    for card in 0..EDITED {
        let file = root.join(path(card));
        fs::write(&file, fs::read_to_string(&file)?.replacen(from, to, 1))?;
    }
    git(root, &["commit", "--quiet", "--all", "--message", "edited"])
}

fn git(root: &Path, arguments: &[&str]) -> Outcome<()> {
    let status = Command::new("git").current_dir(root).args(arguments).status()?;
    ensure!(status.success(), "git {} failed", arguments.join(" "));
    Ok(())
}
