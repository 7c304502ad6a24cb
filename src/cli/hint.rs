//! What to do about a failure, in terms of the command line: commands, flags, variables.

use crate::{
    domain::{
        action::Action,
        entry::{Entry, Facts},
        state::State,
    },
    engine::{DeniedDeed, EngineError, KeyCommand},
    git::GitError,
    store::{StoreError, Trouble},
};

/// What to do if the database cannot be written.
const ELSEWHERE: &str = "check who may write the file and its folder, or name another place with --db";

/// The next step to suggest, if there is one.
pub(crate) fn of(error: &EngineError) -> Option<String> {
    match error {
        EngineError::NoTree { .. } => {
            Some("start one here with `bos init`, or with `bos init --sample` to look around first".to_owned())
        }
        EngineError::Store(store) => of_store(store).map(str::to_owned),
        EngineError::Unknown { what, nearest, known, .. } => unknown_hint(what, nearest.as_deref(), known),
        EngineError::Removed { what, id, entry } => Some(removed_hint(what, id, entry)),
        EngineError::IsIdea { id } => {
            Some(format!("bos idea convert {id} makes a card of it; bos idea has its other commands"))
        }
        EngineError::IsCard { .. } => Some("bos card has its commands".to_owned()),
        EngineError::NotThen { id, .. } => {
            let id = id.split('/').next().unwrap_or_default();
            Some(format!("`bos log {id}` shows when it was added and what happened to it"))
        }
        EngineError::StillToCome { .. } => Some("`bos log --limit 1` shows the last entry".to_owned()),
        EngineError::BadValue { expected, .. } => Some(format!("use {expected}")),
        EngineError::KeyOfCommand { command, .. } => Some(
            match command {
                KeyCommand::Move => "use `bos card move`, which does what the lane asks for",
                KeyCommand::Claim => "use `bos card claim`, which lets only one have it",
                KeyCommand::Convert => "use `bos idea convert`, which makes the card",
                KeyCommand::Work => "use `bos idea work`, which moves its file, too",
                KeyCommand::Drop => "use `bos idea drop`, which keeps the reason",
            }
            .to_owned(),
        ),
        EngineError::ListKey { key, .. } => {
            Some(format!("use --add {key}=ITEM and --remove {key}=ITEM, or {key}:='[\"a\", \"b\"]'"))
        }
        EngineError::NearKey { key, meant } => {
            Some(format!("did you mean {meant}? To add {key} as a key of your own, use --force-key"))
        }
        EngineError::PrunesMost { .. } => {
            Some("see which with `bos import --prune --dry-run --yes`; remove them with --yes".to_owned())
        }
        EngineError::BadFile { diagnostic, .. } => Some(diagnostic.help.clone()),
        EngineError::BadActor { .. } => Some("name yourself with --actor, BOS_ACTOR or git's user.name".to_owned()),
        EngineError::BadConfig { finding, more: 0 } => Some(finding.help.clone()),
        EngineError::BadConfig { finding, .. } => Some(format!("{}; `bos validate` shows the rest", finding.help)),
        EngineError::Denied { deed: DeniedDeed::Make, .. } => {
            Some("make it in the Inbox, and propose the lane: `bos card propose ID LANE`".to_owned())
        }
        EngineError::Denied { deed: DeniedDeed::Remove, id, .. } => {
            Some(format!("say why it should go, and let a person do it: `bos card comment {id} TEXT`"))
        }
        EngineError::Denied { id, .. } => Some(format!("propose the move instead: `bos card propose {id} LANE`")),
        EngineError::MovedOn { id, current, .. } => {
            Some(format!("look at it again with `bos card show {id}`, then use --expect {current}"))
        }
        EngineError::Line { source, .. } => of(source),
        EngineError::NothingToUndo { .. } => Some("to undo any other command, name its entry in `bos log`".to_owned()),
        EngineError::UndoClash { .. } => {
            Some("first undo what came after it (see `bos log`), or make the change by hand".to_owned())
        }
        EngineError::EditClash { id, .. } => Some(format!("look at it again with `bos card show {id}`")),
        EngineError::ValueMoved { id, .. } => Some(format!("look at it again with `bos card show {id}`")),
        EngineError::NotThere { .. } => Some("leave --expect out to make it".to_owned()),
        EngineError::Claimed { id, .. } => Some(format!(
            "`bos next` names what is free; to go on all the same: `bos card claim {id} --take-over --reason TEXT`"
        )),
        EngineError::NotClaimed { id } => Some(format!("take it with `bos card claim {id}`")),
        EngineError::Over { id } => Some(format!("move it back first, as with `bos card move {id} in-progress`")),
        EngineError::NoWayBack { id } => Some(format!("say where it goes, as with `bos card move {id} planned`")),
        EngineError::Gate { id, stage, .. } => {
            Some(format!("write it with `bos stage set {id} {stage} --body-file FILE`"))
        }
        EngineError::NothingProposed { id } => Some(format!("propose one with `bos card propose {id} LANE`")),
        EngineError::Converted { card, .. } => Some(format!("look at it with `bos card show {card}`")),
        EngineError::NoBusiness { id } => Some(format!("say so first: bos idea set {id:?} Business=CODE")),
        EngineError::Dropped { id } => Some(format!("`bos card history {id}` says why; `bos undo` takes it back")),
        EngineError::BusinessTaken { code, .. } => Some(format!("change it with `bos business set {code} name=...`")),
        EngineError::BusinessUnlisted { code } => Some(format!("list it with `bos business new {code} NAME`")),
        EngineError::Catalogue { .. } => Some("change the file by hand; nothing was written".to_owned()),
        EngineError::PlaceTaken { .. } => {
            Some("move that file away, or import it with `bos import` if it is a document".to_owned())
        }
        EngineError::FilesDiffer { state: State::Invalid, .. } => {
            Some("fix the file first; `bos validate` shows where".to_owned())
        }
        EngineError::FilesDiffer { id, state: State::Conflict, .. } => {
            Some(format!("look at both with `bos conflicts show {id}` and settle it with `bos conflicts resolve {id}`"))
        }
        EngineError::FilesDiffer { .. } => Some(
            "file and database both changed; bring them together with `bos import`, which merges what it can"
                .to_owned(),
        ),
        EngineError::Altered { .. } => {
            Some("`bos audit rebuild` rebuilds it; `bos audit verify` says what else is wrong".to_owned())
        }
        EngineError::NoConflict { .. } => Some("`bos conflicts` lists those there are".to_owned()),
        EngineError::NoConflictWith { places, .. } => Some(format!("it has conflicts with {}", places.join(", "))),
        EngineError::PlacesClash { id, .. } => Some(format!(
            "settle one after the other: `bos conflicts resolve {id} --from PLACE`, with the side to take"
        )),
        EngineError::Unsettled { id, .. } => Some(format!(
            "take a side for all with --ours or --theirs, for one with --field KEY=theirs (content is the text), or \
             edit it with `bos conflicts resolve {id} --edit`"
        )),
        EngineError::NotMerged { .. } => Some("take a whole side with --ours or --theirs, or use --edit".to_owned()),
        EngineError::Edit { .. } => Some("edit the file by hand and run `bos import`".to_owned()),
        EngineError::Section { .. } => Some("fix the file by hand; nothing was written".to_owned()),
        EngineError::Template { .. } => Some("fix the template; nothing was written".to_owned()),
        EngineError::UnknownDependency { nearest, .. } => nearest.as_ref().map(|id| format!("did you mean {id}?")),
        EngineError::Strict { .. } => Some("fix the files, or import the good ones without --strict".to_owned()),
        EngineError::NeedsPaths { .. } => {
            Some("name the files beside --theirs or --ours; `bos status` lists those that differ".to_owned())
        }
        EngineError::NoRepository { .. } => {
            Some("use `bos export` without --commit, or create a repository with `git init`".to_owned())
        }
        EngineError::BeyondEdge { .. } => {
            Some("fetch all of history: `git fetch --unshallow`, or fetch-depth: 0 in a workflow".to_owned())
        }
        EngineError::BranchCheckedOut { .. } => {
            Some("check out another branch there, or name another with --branch".to_owned())
        }
        EngineError::TreeExists { .. } => Some("`bos board` shows it".to_owned()),
        EngineError::InTheWay { .. } => Some("put the file or folder itself in its place".to_owned()),
        EngineError::LinkedDatabase { .. } => {
            Some("remove the link, or name the database it leads to with --db".to_owned())
        }
        EngineError::Misplaced { .. } => Some("see what else does not fit: bos audit verify".to_owned()),
        EngineError::Overtaken { .. } | EngineError::Git(GitError::Remote { .. }) => {
            Some("what was committed is kept; the same command pushes it when it is run again".to_owned())
        }
        EngineError::Git(GitError::RefMoved { .. }) => Some("run the export again".to_owned()),
        EngineError::Git(GitError::BrokenReference { reference, .. }) => Some(format!(
            "`git fsck` says more; fetch it from a remote, or remove it (`git update-ref -d {reference}`, or the file of \
             that name in the git directory), and the next export makes the branch anew"
        )),
        EngineError::Damaged { .. } => {
            let mend = "bos audit rebuild puts the text back if its file still holds it, bos import --theirs FILE takes \
                        another; all other documents can be used: bos audit verify says what else is damaged";
            Some(mend.to_owned())
        }
        EngineError::BadClock { .. } => Some("write it like 2026-03-01T09:00:00Z".to_owned()),
        _ => None,
    }
}

fn of_store(error: &StoreError) -> Option<&'static str> {
    Some(match error.trouble()? {
        Trouble::Busy => "another bos is writing; nothing was changed here, try again",
        Trouble::NeverStill => "try again when they have ended",
        Trouble::Damaged => "the database is damaged; see where: bos audit verify",
        Trouble::NoDatabase => "the file is damaged; move it aside, and `bos import` makes a new one from the files",
        Trouble::Row => "bos audit rebuild derives the rows anew; see what else does not fit: bos audit verify",
        Trouble::Full => "free some disk space and try again; nothing was changed",
        Trouble::Unwritable => ELSEWHERE,
        Trouble::Newer => "install the newest bos",
        Trouble::Foreign => "name another file with --db",
    })
}

fn unknown_hint(what: &str, nearest: Option<&str>, known: &[String]) -> Option<String> {
    let plural = if what == "business" { "businesses".to_owned() } else { format!("{what}s") };
    let more = if what == "business" { "; a new one: `bos business new CODE NAME`" } else { "" };
    match (nearest, known) {
        (Some(nearest), []) => Some(format!("did you mean {nearest}?")),
        (Some(nearest), known) => Some(format!("did you mean {nearest}? The {plural} there are: {}", known.join(", "))),
        (None, []) => None,
        (None, known) => Some(format!("the {plural} there are: {}{more}", known.join(", "))),
    }
}

fn removed_hint(what: &str, id: &str, entry: &Entry) -> String {
    let Facts { seq, action, .. } = entry.facts;
    let before = format!("`bos {what} show {id} --at {}` shows it as it was", seq.saturating_sub(1));
    if action == Action::Renumber { before } else { format!("{before}; `bos undo {seq}` brings it back") }
}
