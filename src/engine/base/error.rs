//! What can go wrong in the engine, with its kind. All its wording is here; what to do next, each interface says itself.

use std::path::{Path, PathBuf};

use super::{catalogue::Refusal, import_report::ImportReport};
use crate::{
    domain::{
        action::Action, actor::ActorError, diagnostic::Diagnostic, entry::Entry, error_kind::ErrorKind, hash::Sha256,
        state::State,
    },
    git::GitError,
    markdown::{EditError, SectionError},
    store::StoreError,
    tree::TreeError,
};

/// What an agent was about to do with a card, and may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeniedDeed {
    /// To make it elsewhere than in the inbox.
    Make,
    /// To put it elsewhere.
    Move,
    /// To take it away.
    Remove,
}

/// What changes a key that cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCommand {
    /// A move, which does what the lane asks for.
    Move,
    /// A claim, which only one can have.
    Claim,
    /// The conversion of an idea, which makes the card.
    Convert,
    /// Working an idea out, which moves its file.
    Work,
    /// Dropping an idea, which asks for a reason.
    Drop,
}

/// A failure of a command.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No tree here or above.
    #[error("there is no docs/business-os in {from} or any folder above it", from = from.display())]
    NoTree {
        /// Where the search began.
        from: PathBuf,
    },
    /// The folder named with `-C` is not there.
    #[error("the folder {path} cannot be entered", path = path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// A file of the tree could not be read or written.
    #[error("cannot {doing} {path}", path = path.display())]
    Io {
        /// What was tried: `read`, `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// An import that was not to go on while git changes files.
    #[error("git has changed files meanwhile, so nothing was imported")]
    GaveWay,
    /// Nothing has this ID.
    #[error("there is no {what} {id}")]
    Unknown {
        /// `card`, `idea`, `stage doc`, `document`, `business`.
        what: &'static str,
        /// What was asked for.
        id: String,
        /// The nearest that exists.
        nearest: Option<String>,
        /// All there are, where they are few.
        known: Vec<String>,
    },
    /// What was there once, and the log says what became of it.
    #[error("{what} {id} {}", fate(entry))]
    Removed {
        /// `card` or `idea`.
        what: &'static str,
        /// What was asked for.
        id: String,
        /// The entry that took it away.
        entry: Box<Entry>,
    },
    /// An idea where a card is needed.
    #[error("{id} is an idea, not a card")]
    IsIdea {
        /// The idea.
        id: String,
    },
    /// A card where an idea is needed.
    #[error("{id} is a card, not an idea")]
    IsCard {
        /// The card.
        id: String,
    },
    /// Something that was not there then, though the log knows it.
    #[error("there was no {what} {id} {}", after(*seq))]
    NotThen {
        /// `card`, `idea`, `stage doc`.
        what: &'static str,
        /// What was asked for.
        id: String,
        /// The entry after which it was looked for; 0 for before the first.
        seq: u64,
    },
    /// A point in time that the log has not come to.
    #[error("{what} is still to come: {}", end_of_log(*last))]
    StillToCome {
        /// What was asked for.
        what: String,
        /// The last entry of the log.
        last: u64,
    },
    /// A word that is none of the allowed ones.
    #[error("{what} cannot be {value:?}")]
    BadValue {
        /// The key or argument.
        what: String,
        /// What was given.
        value: String,
        /// What would do.
        expected: String,
    },
    /// A key that only a command of its own changes.
    #[error("{key} cannot be set directly")]
    KeyOfCommand {
        /// The key.
        key: String,
        /// What changes it.
        command: KeyCommand,
    },
    /// One value for a key that holds a list.
    #[error("{key} cannot be {value:?}")]
    ListKey {
        /// The key.
        key: String,
        /// What was given.
        value: String,
    },
    /// A new key that is nearly a known one.
    #[error("{key} is not a known key, but nearly one")]
    NearKey {
        /// As it was typed.
        key: String,
        /// The known one.
        meant: &'static str,
    },
    /// A name that cannot stand in the log.
    #[error("the {role} {name:?} cannot be used")]
    BadActor {
        /// `actor` or `initiator`.
        role: &'static str,
        /// What was given.
        name: String,
        /// Why not.
        source: ActorError,
    },
    /// The settings cannot be used.
    #[error("{}: {}{}", place(finding), finding.message, also(*more))]
    BadConfig {
        /// What is wrong first.
        finding: Box<Diagnostic>,
        /// How much more is.
        more: usize,
    },
    /// An actor that may only propose.
    #[error("{actor} is an agent here, and agents do not {} cards", if *deed == DeniedDeed::Remove { "delete" } else { "move" })]
    Denied {
        /// The actor.
        actor: String,
        /// Which card.
        id: String,
        /// What was to become of the card.
        deed: DeniedDeed,
    },
    /// The entity has moved on since the caller looked.
    #[error("{id} has changed since {expected}: it is at {current} now")]
    MovedOn {
        /// The ID of the card or idea.
        id: String,
        /// What the caller expected.
        expected: String,
        /// What it is.
        current: Sha256,
    },
    /// A key holds something else than the caller looked at.
    #[error("{key} of {id} is not {expected} any more: it is {current}")]
    ValueMoved {
        /// Which document.
        id: String,
        /// Which key.
        key: String,
        /// What the caller expected.
        expected: String,
        /// What it is.
        current: String,
    },
    /// A document that the caller looked at is not there.
    #[error("{id} does not exist, so it cannot be at {expected}")]
    NotThere {
        /// The ID of the card or idea.
        id: String,
        /// What the caller expected.
        expected: String,
    },
    /// Somebody else works on the card.
    #[error("{id} is claimed by {by}{}", until.as_ref().map(|until| format!(" until {until}")).unwrap_or_default())]
    Claimed {
        /// Which card.
        id: String,
        /// Who has it.
        by: String,
        /// Until when.
        until: Option<String>,
    },
    /// A claim to be renewed that is not there.
    #[error("you have no claim on {id}")]
    NotClaimed {
        /// Which card.
        id: String,
    },
    /// A card on which there is nothing left to do.
    #[error("{id} is done or archived: there is nothing left to claim")]
    Over {
        /// Which card.
        id: String,
    },
    /// A card in the lane Blocked, and the log does not say where it was before.
    #[error("the log does not say where {id} was before it was blocked")]
    NoWayBack {
        /// Which card.
        id: String,
    },
    /// A lane that asks for a stage doc, at a strict gate.
    #[error("{id} cannot go to {lane}: {}", match bare {
        Some(path) => format!("{path} still is the bare template"),
        None => format!("it has no stage doc {stage}"),
    })]
    Gate {
        /// Which card.
        id: String,
        /// Where it should go, as the lane is called here.
        lane: String,
        /// The stage doc that the lane asks for.
        stage: String,
        /// The document that nobody has filled in; `None` where there is none.
        bare: Option<String>,
    },
    /// A card for which no lane was proposed.
    #[error("no lane is proposed for {id}")]
    NothingProposed {
        /// Which card.
        id: String,
    },
    /// An idea that became a card already.
    #[error("{id} became {card} already")]
    Converted {
        /// The idea.
        id: String,
        /// The card.
        card: String,
    },
    /// Nothing tells the business of an idea that has a name in place of an ID.
    #[error("the idea {id} names no business")]
    NoBusiness {
        /// The idea.
        id: String,
    },
    /// An idea that was dropped.
    #[error("{id} was dropped")]
    Dropped {
        /// The idea.
        id: String,
    },
    /// A place for a document that something else has.
    #[error("{path} is there already")]
    PlaceTaken {
        /// The place.
        path: String,
    },
    /// There is nothing of this actor to take back.
    #[error("{actor} has changed nothing that could be undone")]
    NothingToUndo {
        /// The actor.
        actor: String,
    },
    /// A business that the catalogue lists already.
    #[error("there is a business {code} already{}", name.as_ref().map(|name| format!(": {name}")).unwrap_or_default())]
    BusinessTaken {
        /// Its code.
        code: String,
        /// Its name.
        name: Option<String>,
    },
    /// A business that only cards and ideas name.
    #[error("the catalogue does not list {code}")]
    BusinessUnlisted {
        /// Its code.
        code: String,
    },
    /// A catalogue that cannot be changed as asked.
    #[error("{path} cannot be changed")]
    Catalogue {
        /// The catalogue.
        path: &'static str,
        /// What the catalogue does not allow.
        source: Refusal,
    },
    /// What was changed since stands in the way of an undo.
    #[error("the command of entry {batch} cannot be undone: {}", list(reasons))]
    UndoClash {
        /// The batch, the first seq of its command.
        batch: u64,
        /// What stands in the way, document by document.
        reasons: Vec<String>,
    },
    /// A card or idea without an open conflict.
    #[error("{id} has no open conflict")]
    NoConflict {
        /// The ID of the card or idea.
        id: String,
    },
    /// A card or idea without an open conflict with this place.
    #[error("{id} has no open conflict with {with}")]
    NoConflictWith {
        /// The ID of the card or idea.
        id: String,
        /// The place.
        with: String,
        /// Those it has a conflict with.
        places: Vec<String>,
    },
    /// Places that clash with each other where no side has been chosen between them.
    #[error("{} clash with each other about {id}: {}", list(places), list(clashes))]
    PlacesClash {
        /// Which card or idea.
        id: String,
        /// The places.
        places: Vec<String>,
        /// Keys, and lines of the text.
        clashes: Vec<String>,
    },
    /// A conflict for parts of which no side was chosen.
    #[error("{id} is not settled: nobody has decided about {}", list(places))]
    Unsettled {
        /// The ID of the card or idea.
        id: String,
        /// Keys, and lines of the text.
        places: Vec<String>,
    },
    /// A choice of sides that cannot be brought together.
    #[error("{path} cannot be put together from these choices")]
    NotMerged {
        /// The document.
        path: String,
    },
    /// A text that the log names and that was erased.
    #[error("an earlier text of {path} was erased, so it cannot be put back")]
    Erased {
        /// The document.
        path: String,
    },
    /// What was edited was changed by somebody else meanwhile, at the same places.
    #[error("{id} was changed in the same places meanwhile: {}", list(places))]
    EditClash {
        /// Which card.
        id: String,
        /// Keys, and lines of the text.
        places: Vec<String>,
    },
    /// A text that a rule refuses.
    #[error("{path} would have {} errors, the first: {}", findings.len(), findings.first().map(|finding| finding.message.as_str()).unwrap_or_default())]
    Findings {
        /// The document.
        path: String,
        /// What is wrong with it.
        findings: Vec<Diagnostic>,
    },
    /// One of several changes failed, so none was made.
    #[error("line {line} cannot be applied, so nothing was changed")]
    Line {
        /// Which, from 1.
        line: usize,
        /// Why that line failed.
        source: Box<EngineError>,
    },
    /// Files that stand in the way of a write.
    #[error("{id} has files in the state {}: {}", state.as_str(), list(paths))]
    FilesDiffer {
        /// Which entity.
        id: String,
        /// How they stand: diverged or invalid.
        state: State,
        /// The files.
        paths: Vec<String>,
    },
    /// An edit that the lens refused.
    #[error("{path} cannot be edited")]
    Edit {
        /// The document.
        path: String,
        /// What the lens says against it.
        source: EditError,
    },
    /// A template of the repository is broken.
    #[error("the template {name} cannot be used")]
    Template {
        /// The file, relative to the folder of the settings.
        name: String,
        /// What the lens says against it.
        source: EditError,
    },
    /// A text in the database is not the one that was stored.
    #[error("the text of {path} in the database is damaged: {what}")]
    Damaged {
        /// The document.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// A row of a table is not what the document it is made of says.
    #[error("the database's row for {id} is damaged: {column} does not match its document")]
    Altered {
        /// Which card, idea or stage doc.
        id: String,
        /// The first column that differs.
        column: &'static str,
    },
    /// The result of a write would not be readable.
    #[error("{path} would not be readable: {}", diagnostic.message)]
    Unreadable {
        /// The document.
        path: String,
        /// What is wrong with it.
        diagnostic: Box<Diagnostic>,
    },
    /// More than half of all documents have no file any more.
    #[error("{pruned} of {documents} documents are gone there, more than half, so none was removed")]
    PrunesMost {
        /// How many would go.
        pruned: usize,
        /// How many there are.
        documents: usize,
    },
    /// The file of a card or an idea cannot be read.
    #[error("{path} cannot be read{}: {}", diagnostic.line.map(|line| format!(", line {line}")).unwrap_or_default(), diagnostic.message)]
    BadFile {
        /// The file.
        path: String,
        /// What is wrong with it.
        diagnostic: Box<Diagnostic>,
    },
    /// A dependency on something unknown.
    #[error("{id} cannot depend on {dependency}: there is no such card or idea")]
    UnknownDependency {
        /// The card.
        id: String,
        /// What it should depend on.
        dependency: String,
        /// The nearest that exists.
        nearest: Option<String>,
    },
    /// Dependencies that go in a circle.
    #[error("dependencies would go in a circle: {}", cycle.join(" -> "))]
    Cycle {
        /// From a card back to itself.
        cycle: Vec<String>,
    },
    /// Something about files, asked of a session that has only the database.
    #[error("this needs the files of a tree, and only the database was opened")]
    WithoutTree,
    /// An import that was asked to be strict.
    #[error("there are errors in the files, so nothing was imported")]
    Strict {
        /// What it found.
        report: Box<ImportReport>,
    },
    /// A side was to be taken whole, but for no path.
    #[error("taking the side of the {side} requires naming the paths")]
    NeedsPaths {
        /// `files` or `database`.
        side: &'static str,
    },
    /// A path that is outside of what the tree keeps.
    #[error("{path} is not a document below docs/business-os/cards or docs/business-os/ideas")]
    NotADocument {
        /// What was given.
        path: String,
    },
    /// A file that cannot take a section.
    #[error("the section cannot be written to {path}", path = path.display())]
    Section {
        /// The file.
        path: PathBuf,
        /// What is wrong with its markers.
        source: SectionError,
    },
    /// Git is needed, and there is none.
    #[error("{root} is not in a git repository", root = root.display())]
    NoRepository {
        /// The tree.
        root: PathBuf,
    },
    /// A revision that a shallow clone may not have fetched.
    #[error("`{revision}` names no commit of this shallow clone")]
    BeyondEdge {
        /// As it was named.
        revision: String,
    },
    /// The mirror branch is in use.
    #[error("the branch {branch} is checked out at {path}", path = path.display())]
    BranchCheckedOut {
        /// The mirror branch.
        branch: String,
        /// The work tree.
        path: PathBuf,
    },
    /// A remote that moved on each time it was pushed to.
    #[error("{remote} received new commits each time {branch} was pushed")]
    Overtaken {
        /// The mirror branch.
        branch: String,
        /// The remote.
        remote: String,
    },
    /// Something stands where a file or folder of the tree should be, such as a link.
    #[error("cannot {doing} {path}", path = path.display())]
    InTheWay {
        /// What was tried: `read`, `write`.
        doing: &'static str,
        /// The root of the tree.
        path: PathBuf,
        /// What stands where.
        source: TreeError,
    },
    /// A tree that is already there.
    #[error("there is a tree at {path} already", path = path.display())]
    TreeExists {
        /// The folder.
        path: PathBuf,
    },
    /// The database, or a folder of its own that it lies in, is a link.
    #[error("{} is a symbolic link, and no database is opened through one that nobody named", path.display())]
    LinkedDatabase {
        /// The link.
        path: PathBuf,
    },
    /// A path of the database is of no document.
    #[error("the database has {path} as a document, which it cannot be: documents lie below docs/business-os")]
    Misplaced {
        /// The path.
        path: String,
    },
    /// `BOS_NOW` is no time.
    #[error("BOS_NOW={value} is not an RFC 3339 time")]
    BadClock {
        /// What it holds.
        value: String,
    },
}

impl EngineError {
    /// Whether it concerns one document, or the place of one, and no other.
    pub(in crate::engine) fn is_of_one_document(&self) -> bool {
        matches!(
            self,
            Self::Io { .. }
                | Self::InTheWay { .. }
                | Self::Misplaced { .. }
                | Self::Damaged { .. }
                | Self::Erased { .. }
                | Self::Unreadable { .. }
                | Self::Git(
                    GitError::NotAFolder { .. }
                        | GitError::NotAFile { .. }
                        | GitError::TooLarge { .. }
                        | GitError::FilterDriver { .. }
                        | GitError::InvalidPath { .. }
                )
        )
    }

    /// The message with all its causes, on one line.
    pub(in crate::engine) fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            text = format!("{text}: {next}");
            cause = next.source();
        }
        text
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoConflict { .. }
            | Self::NoConflictWith { .. }
            | Self::NoTree { .. }
            | Self::NoFolder { .. }
            | Self::Unknown { .. }
            | Self::BeyondEdge { .. }
            | Self::NotThen { .. }
            | Self::IsIdea { .. }
            | Self::IsCard { .. }
            | Self::Removed { .. }
            | Self::StillToCome { .. }
            | Self::NothingToUndo { .. } => ErrorKind::NotFound,
            Self::Store(error) => error.kind(),
            Self::Git(error) => error.kind(),
            Self::GaveWay | Self::Overtaken { .. } => ErrorKind::Busy,
            Self::Io { .. } | Self::NoRepository { .. } | Self::Damaged { .. } | Self::Altered { .. } => {
                ErrorKind::Unavailable
            }
            Self::BadValue { .. }
            | Self::KeyOfCommand { .. }
            | Self::ListKey { .. }
            | Self::NearKey { .. }
            | Self::BadActor { .. }
            | Self::BadConfig { .. }
            | Self::Edit { .. }
            | Self::Section { .. }
            | Self::Template { .. }
            | Self::Unreadable { .. }
            | Self::BadFile { .. }
            | Self::PrunesMost { .. }
            | Self::UnknownDependency { .. }
            | Self::Cycle { .. }
            | Self::Strict { .. }
            | Self::InTheWay { .. }
            | Self::LinkedDatabase { .. }
            | Self::Misplaced { .. }
            | Self::Over { .. }
            | Self::NotClaimed { .. }
            | Self::NoWayBack { .. }
            | Self::NothingProposed { .. }
            | Self::Gate { .. }
            | Self::Findings { .. }
            | Self::NotMerged { .. }
            | Self::Converted { .. }
            | Self::Dropped { .. }
            | Self::NoBusiness { .. }
            | Self::Erased { .. }
            | Self::BranchCheckedOut { .. }
            | Self::BusinessTaken { .. }
            | Self::BusinessUnlisted { .. }
            | Self::Catalogue { .. }
            | Self::TreeExists { .. } => ErrorKind::Invalid,
            Self::Denied { .. } => ErrorKind::Denied,
            Self::FilesDiffer { state: State::Invalid, .. } => ErrorKind::Invalid,
            Self::MovedOn { .. }
            | Self::ValueMoved { .. }
            | Self::NotThere { .. }
            | Self::Claimed { .. }
            | Self::PlaceTaken { .. }
            | Self::UndoClash { .. }
            | Self::Unsettled { .. }
            | Self::PlacesClash { .. }
            | Self::EditClash { .. }
            | Self::FilesDiffer { .. } => ErrorKind::Conflict,
            Self::Line { source, .. } => source.kind(),
            Self::WithoutTree | Self::NeedsPaths { .. } | Self::NotADocument { .. } | Self::BadClock { .. } => {
                ErrorKind::Usage
            }
        }
    }
}

/// `was deleted by Nora at 2026-11-20T10:00:00Z, entry 31 of the log: made twice`.
fn fate(entry: &Entry) -> String {
    let facts = &entry.facts;
    let done = match facts.action {
        Action::Delete => "was deleted",
        Action::Undo => "was taken back",
        Action::Renumber => "got another ID",
        _ => "was removed",
    };
    let why = facts.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{done} by {} at {}, entry {} of the log{why}", facts.actor, facts.at(), facts.seq)
}

/// `bos.toml:3:5`.
fn place(finding: &Diagnostic) -> String {
    let numbers = [finding.line, finding.column].into_iter().flatten().map(|number| format!(":{number}"));
    finding.path.clone() + &numbers.collect::<String>()
}

fn also(more: usize) -> String {
    if more == 0 { String::new() } else { format!(" (and {more} more)") }
}

fn after(seq: u64) -> String {
    if seq == 0 { "before the first entry of the log".to_owned() } else { format!("after entry {seq} of the log") }
}

fn end_of_log(last: u64) -> String {
    if last == 0 { "the log has no entry yet".to_owned() } else { format!("the log ends with entry {last}") }
}

fn list(paths: &[String]) -> String {
    paths.join(", ")
}

/// What went wrong in a tree at `root` while something was done to a file there.
pub(in crate::engine) fn in_tree(doing: &'static str, root: &Path) -> impl Fn(TreeError) -> EngineError + use<> {
    let root = root.to_path_buf();
    move |error| match error {
        TreeError::Io { path, source } => EngineError::Io { doing, path: root.join(path), source },
        source => EngineError::InTheWay { doing, path: root.clone(), source },
    }
}
