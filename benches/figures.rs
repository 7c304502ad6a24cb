//! The performance figures of `bos`, each with its floor: `cargo bench`, or `cargo bench -- 2000` for one size.
//!
//! Both are measured as whole processes with a warm cache, taking turns; the figure is the median. A floor is a minimal
//! program that does only the unavoidable work of its figure with the same libraries (`floor.rs`), which for a read
//! begins with a stat of every file, in two threads; for the first `export --commit` it is `git fast-import`. `cargo
//! bench -- doubling` and `cargo bench -- history` are separate tables. Options: sizes in documents (default 2000 and
//! 20000), `--only WORD` for the figures whose name contains it, `--in DIR` for the working folder (default `/dev/shm` if
//! it exists: ext4 creates files 20 to 30 times slower for minutes after a mass delete), `--keep` to keep the trees.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod doubling;
mod floor;
mod long_history;
mod long_log;
mod measure;
mod place;
mod table;
mod tree;

use anyhow::Context as _;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use measure::{alternate, peak_memory, time};
use place::Place;
use table::Table;
use tree::BUSINESS;

/// The result type of the benches.
pub(crate) type Outcome<T> = anyhow::Result<T>;

/// The branch that `bos export --commit` writes.
pub(crate) const BRANCH: &str = "refs/heads/work/business-os-export";

/// The number of changes in the figure of `export --commit --per-change`.
const CHANGES: usize = 100;

/// The maximum memory of a first import, in bytes.
const MEMORY_LIMIT: u64 = 200 << 20;

/// The maximum time of a board. Half of it is the look at the stats of 20,000 files that precedes every answer.
const BOARD_LIMIT: Duration = Duration::from_millis(50);

/// The maximum time of other answers that a person waits for: anything slower is felt as waiting.
const ANSWER_LIMIT: Duration = Duration::from_millis(100);

/// The maximum ratio of a durable write to one append and sync, as whole processes.
const DURABLE_LIMIT: f64 = 4.0;

/// The maximum ratio for "the same at 2,000 as at 20,000".
const SAME: f64 = 1.2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.split_first() {
        Some((first, rest)) if first == "floor" => floor::run(rest),
        _ if arguments.iter().any(|argument| argument == "doubling") => double(),
        _ if arguments.iter().any(|argument| argument == "history") => lengthen(),
        _ => Options::of(&arguments).and_then(|options| run(&options)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The cost of hostile inputs; see `doubling.rs`.
fn double() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    doubling::run(|place, arguments| place::bos(place, folder.path(), arguments), folder.path())
}

/// What is asked of a long history; see `long_history.rs`.
fn lengthen() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    long_history::run(|place, arguments| place::bos(place, folder.path(), arguments), folder.path())
}

struct Options {
    sizes: Vec<usize>,
    only: Option<String>,
    folder: PathBuf,
    keep: bool,
}

impl Options {
    fn of(arguments: &[String]) -> Outcome<Self> {
        let shared = Path::new("/dev/shm");
        let folder = if shared.is_dir() { shared.to_path_buf() } else { std::env::temp_dir() };
        let mut options = Self { sizes: Vec::new(), only: None, folder, keep: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                // Passed by cargo itself.
                "--bench" => {}
                "--keep" => options.keep = true,
                "--only" => options.only = Some(value()?.clone()),
                "--in" => options.folder = value()?.into(),
                size => {
                    options.sizes.push(size.parse().with_context(|| format!("{size:?} is no number of documents"))?)
                }
            }
        }
        if options.sizes.is_empty() {
            options.sizes = vec![2_000, 20_000];
        }
        Ok(options)
    }

    fn wants(&self, figure: &str) -> bool {
        self.only.as_deref().is_none_or(|word| figure.contains(word))
    }
}

fn run(options: &Options) -> Outcome<()> {
    let folder =
        tempfile::Builder::new().prefix("bos-figures-").disable_cleanup(options.keep).tempdir_in(&options.folder)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("in {}, on {cores} cores; medians, whole processes, warm cache\n", folder.path().display());
    let mut table = Table::new();
    for size in &options.sizes {
        let root = folder.path().join(size.to_string());
        let mut figures = Figures { options, table: &mut table, place: Place::make(&root, *size)?, size: *size };
        figures.all()?;
        if !options.keep {
            fs::remove_dir_all(&root)?;
        }
    }
    table.compare_sizes("card move", SAME);
    table.print_missed();
    Ok(())
}

/// The maximum time of a figure, independent of its floor.
fn longest(figure: &str) -> Option<Duration> {
    match figure {
        "board BIZ --at" | "stats BIZ" | "next --limit 20" | "undo" => Some(ANSWER_LIMIT),
        _ if figure.starts_with("search") => Some(ANSWER_LIMIT),
        _ if figure.starts_with("board") => Some(BOARD_LIMIT),
        _ => None,
    }
}

/// The figures at one size.
struct Figures<'a> {
    options: &'a Options,
    table: &'a mut Table,
    place: Place,
    size: usize,
}

impl Figures<'_> {
    fn all(&mut self) -> Outcome<()> {
        self.nothing()?;
        self.validate()?;
        self.first_import()?;
        self.import_unchanged()?;
        self.status()?;
        self.import_of_one()?;
        self.board("board BIZ", "text", &["board", BUSINESS])?;
        self.board("board BIZ --json", "json", &["board", BUSINESS, "--json"])?;
        self.card_show()?;
        self.card_move()?;
        self.durable_write()?;
        self.first_export()?;
        self.export_of_one()?;
        self.export_of_many()?;
        self.with_a_long_log()
    }

    /// The number of measurements for a quick or a slow figure.
    fn turns(&self, quick: bool) -> usize {
        match (quick, self.size) {
            (true, _) => 41,
            (false, ..5_000) => 11,
            (false, _) => 7,
        }
    }

    fn figure(
        &mut self,
        name: &str,
        limit: Option<f64>,
        quick: bool,
        bos: impl FnMut(usize, &Place) -> Outcome<Duration>,
        floor: impl FnMut(usize, &Place) -> Outcome<Duration>,
    ) -> Outcome<()> {
        let (turns, place) = (self.turns(quick), &self.place);
        let (mut bos, mut floor) = (bos, floor);
        let (bos, floor) = alternate(turns, |turn| bos(turn, place), |turn| floor(turn, place))?;
        self.table.figure(name, self.size, bos, floor, limit, longest(name));
        Ok(())
    }

    fn nothing(&mut self) -> Outcome<()> {
        let (bos, floor) = (
            |_, place: &Place| time(&mut place.bos(&["--version"])),
            |_, place: &Place| time(&mut place.floor(["nothing"])),
        );
        self.figure("bos --version", Some(1.3), true, bos, floor)
    }

    fn validate(&mut self) -> Outcome<()> {
        if !self.options.wants("validate") {
            return Ok(());
        }
        self.figure(
            "validate",
            Some(2.0),
            false,
            |_, place| time(&mut place.bos(&["validate"])),
            |_, place| time(&mut place.floor(["parse".as_ref(), place.root.as_path()])),
        )
    }

    /// Other figures need its result, so it runs even if it is not selected.
    fn first_import(&mut self) -> Outcome<()> {
        let database = self.place.scratch("floor.db");
        if self.options.wants("first import") {
            self.figure(
                "first import",
                Some(1.5),
                false,
                |_, place| {
                    place.forget_database()?;
                    time(&mut place.bos(&["import"]))
                },
                |_, place| {
                    place::remove_database(&database)?;
                    time(&mut place.floor(["import".as_ref(), place.root.as_path(), &database]))
                },
            )?;
            place::compare_rows(&self.place.database, &database)?;
            self.place.forget_database()?;
            let peak = peak_memory(&mut self.place.bos(&["import"]))?;
            self.table.memory("first import, peak memory", self.size, peak, MEMORY_LIMIT);
        }
        self.place.forget_database()?;
        time(&mut self.place.bos(&["import"]))?;
        Ok(())
    }

    fn import_unchanged(&mut self) -> Outcome<()> {
        if !self.options.wants("import, nothing changed") {
            return Ok(());
        }
        self.figure(
            "import, nothing changed",
            Some(2.0),
            false,
            |_, place| time(&mut place.bos(&["import"])),
            |_, place| time(&mut place.floor(["stat".as_ref(), place.root.as_path()])),
        )
    }

    /// The floor also checks all files, but does not write.
    fn import_of_one(&mut self) -> Outcome<()> {
        if !self.options.wants("import of one edit") {
            return Ok(());
        }
        let cards = self.place.inbox.clone();
        self.figure(
            "import of one edit",
            Some(2.5),
            false,
            |turn, place| {
                let file = place.root.join(tree::MIRROR).join(format!("cards/{}.user.md", cards[turn]));
                let text = fs::read_to_string(&file)?;
                fs::write(&file, text + "One line more.\n")?;
                time(&mut place.bos(&["import"]))
            },
            |_, place| time(&mut place.floor(["stat".as_ref(), place.root.as_path()])),
        )
    }

    fn status(&mut self) -> Outcome<()> {
        if !self.options.wants("status, nothing changed") {
            return Ok(());
        }
        self.figure(
            "status, nothing changed",
            Some(2.0),
            false,
            |_, place| time(&mut place.bos(&["status"])),
            |_, place| time(&mut place.floor(["stat".as_ref(), place.root.as_path()])),
        )
    }

    fn board(&mut self, name: &str, format: &str, arguments: &[&str]) -> Outcome<()> {
        if !self.options.wants(name) {
            return Ok(());
        }
        self.figure(
            name,
            Some(1.3),
            true,
            |_, place| time(&mut place.bos(arguments)),
            |_, place| {
                time(&mut place.floor_of_read([
                    "board".as_ref(),
                    place.database.as_os_str(),
                    BUSINESS.as_ref(),
                    format.as_ref(),
                ]))
            },
        )
    }

    fn card_show(&mut self) -> Outcome<()> {
        if !self.options.wants("card show") {
            return Ok(());
        }
        let id = self.place.inbox[0].clone();
        self.figure(
            "card show",
            Some(1.3),
            true,
            |_, place| time(&mut place.bos(&["card", "show", &id])),
            |_, place| {
                let (root, database) = (place.root.as_os_str(), place.database.as_os_str());
                time(&mut place.floor_of_read(["show".as_ref(), root, database, id.as_ref()]))
            },
        )
    }

    fn card_move(&mut self) -> Outcome<()> {
        if !self.options.wants("card move") {
            return Ok(());
        }
        let database = self.place.scratch("move.db");
        place::copy_database(&self.place.database, &database)?;
        let kept = self.place.scratch("before.db");
        place::copy_database(&self.place.database, &kept)?;
        // Each turn moves a different card; if there are too few, they repeat after others have been moved back.
        let turns = self.place.inbox.len().saturating_sub(1).min(self.turns(true));
        let (bos, floor) = alternate(
            turns,
            |turn| time(&mut self.place.bos(&["card", "move", &self.place.inbox[turn], "done"])),
            |turn| time(&mut self.place.floor_of_write(&database, &self.place.inbox[turn])),
        )?;
        self.table.figure("card move", self.size, bos, floor, Some(1.3), None);
        place::compare_rows(&self.place.database, &database)?;
        place::copy_database(&kept, &self.place.database)
    }

    /// The floor is the work the disk must do, so this is most meaningful with `--in` a folder on a disk.
    fn durable_write(&mut self) -> Outcome<()> {
        if !self.options.wants("one durable write") {
            return Ok(());
        }
        let (id, file) = (self.place.inbox[0].clone(), self.place.scratch("appended"));
        self.figure(
            "one durable write",
            Some(DURABLE_LIMIT),
            true,
            |turn, place| time(&mut place.bos(&["card", "set", &id, &format!("Owner=Nora-{turn}")])),
            |_, place| time(&mut place.floor(["append".as_ref(), file.as_path()])),
        )
    }

    fn first_export(&mut self) -> Outcome<()> {
        let before = self.place.keep_git()?;
        if self.options.wants("first export --commit") {
            let stream = self.place.fast_import_stream()?;
            self.figure(
                "first export --commit",
                Some(1.0),
                false,
                |_, place| {
                    place.restore_git(&before)?;
                    time(&mut place.bos(&["export", "--commit"]))
                },
                |_, place| place.fast_import(&stream),
            )?;
        }
        self.place.restore_git(&before)?;
        time(&mut self.place.bos(&["export", "--commit"]))?;
        Ok(())
    }

    fn export_of_one(&mut self) -> Outcome<()> {
        if !self.options.wants("export --commit of one change") {
            return Ok(());
        }
        let repository = self.place.copy_repository()?;
        let text = self.place.scratch("text.md");
        let turns = self.place.inbox.len().saturating_sub(1).min(self.turns(true));
        let (bos, floor) = alternate(
            turns,
            |turn| {
                time(&mut self.place.bos(&["card", "move", &self.place.inbox[turn], "done"]))?;
                time(&mut self.place.bos(&["export", "--commit"]))
            },
            |turn| {
                let path = tree::card_path(&self.place.inbox[turn]);
                fs::write(&text, tree::done(&fs::read_to_string(self.place.root.join(&path))?))?;
                let arguments = ["commit".as_ref(), repository.as_os_str(), path.as_os_str(), text.as_os_str()];
                time(&mut self.place.floor(arguments))
            },
        )?;
        self.table.figure("export --commit of one change", self.size, bos, floor, Some(2.0), None);
        Ok(())
    }

    fn export_of_many(&mut self) -> Outcome<()> {
        let name = format!("export --per-change of {CHANGES}");
        if !self.options.wants(&name) {
            return Ok(());
        }
        let repository = self.place.copy_repository()?;
        let ids = self.place.inbox[..CHANGES.min(self.place.inbox.len())].to_vec();
        let list = self.place.scratch("changes.txt");
        let line =
            |id| format!("{} {}\n", tree::card_path(id).display(), self.place.scratch(&format!("{id}.md")).display());
        fs::write(&list, ids.iter().map(|id| line(id)).collect::<String>())?;
        let (bos, floor) = alternate(
            self.turns(false),
            |turn| {
                let owner = format!("Owner=Olga-{turn}");
                for id in &ids {
                    time(&mut self.place.bos(&["card", "set", id, &owner]))?;
                }
                time(&mut self.place.bos(&["export", "--commit", "--per-change"]))
            },
            |turn| {
                for id in &ids {
                    let text = fs::read_to_string(self.place.root.join(tree::card_path(id)))?;
                    fs::write(self.place.scratch(&format!("{id}.md")), format!("{text}\nOlga {turn}\n"))?;
                }
                time(&mut self.place.floor(["chain".as_ref(), repository.as_os_str(), list.as_os_str()]))
            },
        )?;
        self.table.figure(&name, self.size, bos, floor, Some(2.0), None);
        Ok(())
    }

    /// The figures that need a log of five entries per document.
    fn with_a_long_log(&mut self) -> Outcome<()> {
        if !["board BIZ --at", "stats BIZ", "next", "search", "undo"].iter().any(|figure| self.options.wants(figure)) {
            return Ok(());
        }
        let entries = long_log::grow(&self.place, self.size)?;
        self.board_then(entries / 2)?;
        self.stats()?;
        self.next()?;
        self.search("search, a word of every document", tree::WORD)?;
        self.search("search, a rare word", tree::RARE_WORD)?;
        self.undo()
    }

    fn next(&mut self) -> Outcome<()> {
        if !self.options.wants("next") {
            return Ok(());
        }
        self.figure(
            "next --limit 20",
            Some(1.5),
            true,
            |_, place| time(&mut place.bos(&["next", "--limit", "20"])),
            |_, place| time(&mut place.floor_of_read(["next".as_ref(), place.database.as_os_str(), "20".as_ref()])),
        )
    }

    /// The index is filled by the warm-up turn.
    fn search(&mut self, name: &str, word: &str) -> Outcome<()> {
        if !self.options.wants("search") {
            return Ok(());
        }
        let words = format!("{word}*");
        self.figure(
            name,
            Some(1.5),
            true,
            |_, place| time(&mut place.bos(&["search", word, "--limit", "20"])),
            |_, place| {
                let arguments = ["search".as_ref(), place.database.as_os_str(), words.as_ref(), "20".as_ref()];
                time(&mut place.floor_of_read(arguments))
            },
        )
    }

    /// The undo of a move, which writes as many rows as the move itself.
    fn undo(&mut self) -> Outcome<()> {
        if !self.options.wants("undo") {
            return Ok(());
        }
        let database = self.place.scratch("undo.db");
        place::copy_database(&self.place.database, &database)?;
        let cards = &self.place.cards;
        let turns = cards.len().saturating_sub(1).min(self.turns(true));
        let (bos, floor) = alternate(
            turns,
            |turn| {
                time(&mut self.place.bos(&["card", "set", &cards[turn], "Owner=Somebody else"]))?;
                time(&mut self.place.bos(&["undo"]))
            },
            |turn| time(&mut self.place.floor_of_write(&database, &cards[turn])),
        )?;
        self.table.figure("undo", self.size, bos, floor, Some(2.0), longest("undo"));
        Ok(())
    }

    /// The versions are filled by the warm-up turn.
    fn board_then(&mut self, seq: u64) -> Outcome<()> {
        if !self.options.wants("board BIZ --at") {
            return Ok(());
        }
        let seq = seq.to_string();
        self.figure(
            "board BIZ --at",
            Some(1.5),
            true,
            |_, place| time(&mut place.bos(&["board", BUSINESS, "--at", &seq])),
            |_, place| {
                let arguments = ["board-then".as_ref(), place.database.as_os_str(), BUSINESS.as_ref(), seq.as_ref()];
                time(&mut place.floor_of_read(arguments))
            },
        )
    }

    fn stats(&mut self) -> Outcome<()> {
        if !self.options.wants("stats BIZ") {
            return Ok(());
        }
        self.figure(
            "stats BIZ",
            Some(2.0),
            true,
            |_, place| time(&mut place.bos(&["stats", BUSINESS])),
            |_, place| {
                time(&mut place.floor_of_read(["stats".as_ref(), place.database.as_os_str(), BUSINESS.as_ref()]))
            },
        )
    }
}
