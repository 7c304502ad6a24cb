//! The engine. An interface opens a [`Session`] for each caller: it makes changes, and gives a [`View`] to read from.
//! Their operations are methods, each in its own file. The engine never talks to the user.
//!
//! Its rooms, each of which knows only those before it: `base`, `rules`, `write`, `read`, `sync`, `check`; opening a
//! tree is above all of them.

mod base;
mod check;
mod init;
mod opening;
mod read;
pub mod rules;
mod sync;
mod write;

pub use crate::{
    markdown::{Clash, ClashPlace, Side},
    store::Monitor,
};
pub use base::{
    businesses::BusinessSummary,
    clock::Clock,
    config::{ConfigChange, Environment, config_file, config_name, set_config, settings},
    error::{DeniedDeed, EngineError, KeyCommand},
    file_probe::source_line,
    import_report::ImportReport,
    named_file::replace_file,
    notices::Notices,
    rebuild::Rebuilt,
    session::{Adoption, Caller, FirstImport, OpenOptions, Refresh, Refreshed, Session, Written},
    view::{LeftOut, View},
    workspace::Workspace,
};
pub use check::{
    validate::{ValidateReport, validate},
    verify::{Check, Verified, VerifyReport},
};
pub use init::{InitReport, init};
pub use read::{
    dependencies::{Dependency, DependencyBranch, DependencyGraph, DependencyTree},
    history::{BodyChange, Committed, Fate, FieldChange, History, Told, ToldDocument},
    log::LogReport,
    me::{Me, Waiting},
    moment::Moment,
    next::{NextOptions, NextReport},
    search::{BEST, Hit, SearchReport, SearchRequest, Snippet},
    show::{CardDetail, Comment, DocumentState, IdeaDetail, StageDetail},
    stats::{InProgress, Stats},
};
pub use sync::{
    agents_file::{agents_file, write_section},
    conflicts::{OpenConflict, Settlement},
    export_report::{ExportOptions, ExportReport, Published, Pushed},
    guard::{Between, Deed, GuardReport, Stray, guard},
    import::{ImportOptions, Prune, Revisions},
    lost_log::EarlierExport,
    merge_driver::{
        MergeDriver, Merged, Overlap, has_merge_driver, install_merge_driver, merge_files, uninstall_merge_driver,
    },
    places::PlaceStatus,
    shared_id::SharedId,
    status::StatusReport,
    watch::{WatchNews, Watched, WatchedExport, WatchedImport},
};
pub use write::{
    business::{BusinessChange, BusinessEdits, NewBusiness},
    change::{
        Change, Claiming, Convert, Edits, Move, NewCard, NewComment, NewIdea, Outcome, Rewrite, StageText, Target,
        Value,
    },
    import_from::{ImportFrom, ImportedFrom, MadeCard},
    item_left_out::{ItemLeftOut, WhyLeftOut},
    undo::Undo,
};
