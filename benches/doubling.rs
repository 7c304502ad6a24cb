//! `cargo bench -- doubling`: inputs that a hostile document may contain, each at one size and at twice that size. Work
//! that grows quadratically takes four times as long.

use anyhow::anyhow;
use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::Outcome;

/// A higher ratio at twice the size is not linear; sorting and measurement noise stay below it.
const LIMIT: f64 = 3.0;

/// Shorter times say more about the machine than about how the work grows.
const FLOOR: Duration = Duration::from_millis(150);

/// The smaller of the two sizes, in items.
const SIZE: usize = 16_000;

/// An input to be doubled: its name, and its files below `docs/business-os` for a number of items.
type Input = (&'static str, fn(usize) -> Vec<(String, String)>);

const INPUTS: [Input; 15] = [
    ("one long line", |n| one("", &"word ".repeat(n))),
    ("lines of one word", |n| one("", &"x\n".repeat(n))),
    ("keys", |n| one(&lines(n, |i| format!("Key-{i}: value")), "")),
    ("tags in brackets", |n| one(&format!("Tags: [{}]\n", items(n, |i| format!("tag-{i}"))), "")),
    ("tags in lines", |n| one(&format!("Tags:\n{}", lines(n, |i| format!("  - tag-{i}"))), "")),
    ("unknown dependencies", |n| one(&format!("Dependencies: [{}]\n", items(n, |i| format!("SHOP-ENG-{i:06}"))), "")),
    ("aliases", |n| one(&format!("a: &a x\nb: [{}]\n", items(n, |_| "*a".to_owned())), "")),
    ("maps in a list", |n| one(&format!("a: [{}]\n", items(n / 10, |_| "{b: c}".to_owned())), "")),
    ("escapes", |n| one(&format!("a: \"{}\"\n", "\\x41".repeat(n)), "")),
    ("comments in front matter", |n| one(&"# c\n".repeat(n), "")),
    ("headings", |n| one("", &lines(n, |i| format!("# heading {i}\n\ntext\n")))),
    ("conflict markers", |n| one("", &"<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n".repeat(n / 4))),
    ("comments on a card", |n| {
        let comment = |i: usize| (format!("cards/SHOP-ENG-000001/comments/2026-01-01-p{i}.md"), "hello\n".to_owned());
        (0..n / 16).map(comment).chain(one("", "")).collect()
    }),
    ("a chain of cards", |n| {
        let card = |i: usize| card(i, &format!("Dependencies: [SHOP-ENG-{:06}]\n", i + 1), "");
        (1..n / 16).map(card).collect()
    }),
    ("cards in every circle", |n| {
        // As many dependencies as the number says.
        let cards = (n as f64).sqrt() as usize;
        let all = items(cards, |i| format!("SHOP-ENG-{:06}", i + 1));
        (1..=cards).map(|i| card(i, &format!("Dependencies: [{all}]\n"), "")).collect()
    }),
];

const COMMANDS: [&[&str]; 15] = [
    &["import"],
    &["validate"],
    &["status"],
    &["board", "SHOP"],
    &["search", "x"],
    &["search", "\"x x\""],
    &["card", "show", "SHOP-ENG-000001"],
    &["card", "deps", "SHOP-ENG-000001"],
    &["graph"],
    &["next", "--explain"],
    &["card", "set", "SHOP-ENG-000001", "Owner=Ines"],
    &["card", "history", "SHOP-ENG-000001"],
    &["export", "--dry-run"],
    &["export", "--commit"],
    &["audit", "verify"],
];

/// Prints the times of each command on each input, if they are long enough to be meaningful.
pub(crate) fn run(bos: impl Fn(&Path, &[&str]) -> Command, folder: &Path) -> Outcome<()> {
    println!("| input                      | command                      |     once |    twice | ratio | ok  |");
    println!("|----------------------------|------------------------------|---------:|---------:|------:|-----|");
    let mut missed = 0;
    for (name, input) in INPUTS {
        let places = [SIZE, 2 * SIZE].map(|size| place(&folder.join(size.to_string()), &input(size)));
        let [once, twice] = places;
        let (once, twice) = (once?, twice?);
        for command in COMMANDS {
            let time = |place: &Path| -> Outcome<Duration> {
                let start = Instant::now();
                // Some commands exit with findings.
                bos(place, command).output()?;
                Ok(start.elapsed())
            };
            let (once, twice) = (time(&once)?, time(&twice)?);
            if twice < FLOOR {
                continue;
            }
            let ratio = twice.as_secs_f64() / once.as_secs_f64();
            let ok = if ratio <= LIMIT { "yes" } else { "NO" };
            missed += usize::from(ratio > LIMIT);
            let command = command.join(" ").replace("SHOP-ENG-000001", "ID");
            println!(
                "| {name:26} | {command:28} | {:5} ms | {:5} ms | {ratio:5.2} | {ok:3} |",
                once.as_millis(),
                twice.as_millis()
            );
        }
        fs::remove_dir_all(&once)?;
        fs::remove_dir_all(&twice)?;
    }
    println!("\n{missed} over the limit of {LIMIT}");
    Ok(())
}

fn place(root: &Path, files: &[(String, String)]) -> Outcome<std::path::PathBuf> {
    for (below, text) in files {
        let path = root.join("docs/business-os").join(below);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(path, text)?;
    }
    let status = Command::new("git").args(["init", "--quiet"]).arg(root).status()?;
    if status.success() { Ok(root.to_path_buf()) } else { Err(anyhow!("git init failed")) }
}

fn one(front: &str, body: &str) -> Vec<(String, String)> {
    vec![card(1, front, body)]
}

fn card(number: usize, front: &str, body: &str) -> (String, String) {
    let id = format!("SHOP-ENG-{number:06}");
    let head = format!("Type: Card\nTitle: T\nBusiness: SHOP\nID: {id}\nLane: Inbox\nPriority: P2\nOwner: Nora\n");
    (format!("cards/{id}.user.md"), format!("---\n{head}{front}---\n{body}"))
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(|index| line(index) + "\n").collect()
}

fn items(count: usize, item: impl Fn(usize) -> String) -> String {
    (0..count).map(|index| item(index) + ", ").collect()
}
