//! Notices that something below a folder has changed, by the system's own notifications. What changed is not asked:
//! whoever waits here looks for himself.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant, SystemTime},
};

use super::questions::Questions;
use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};

/// How often files are looked at where the system tells nothing: it has no means, or its means are used up.
const BLIND: Duration = Duration::from_secs(2);

/// Watches one folder and all below it, and the folder for questions.
pub(super) struct FsEvents {
    folder: PathBuf,
    questions: Option<Questions>,
    /// Questions that nobody has answered yet.
    asked: Vec<PathBuf>,
    /// Whether the system has told of everything so far.
    misses_nothing: bool,
    sender: Sender<notify::Result<Event>>,
    events: Receiver<notify::Result<Event>>,
    watcher: Option<RecommendedWatcher>,
    /// The folder that is watched, which may not be the one that has its name by now.
    watched: Option<Identity>,
    last_look: Instant,
}

impl FsEvents {
    pub(super) fn open(folder: PathBuf, questions: Option<Questions>) -> Self {
        let (sender, events) = channel();
        let mut fs_events = Self {
            folder,
            questions,
            asked: Vec::new(),
            misses_nothing: false,
            sender,
            events,
            watcher: None,
            watched: None,
            last_look: Instant::now(),
        };
        fs_events.follow();
        fs_events
    }

    /// Waits for a change, at most so long, and tells whether there was one.
    pub(super) fn wait(&mut self, pause: Duration) -> bool {
        let mut changed = match self.events.recv_timeout(pause) {
            Ok(event) => self.take(&event),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        };
        while let Ok(event) = self.events.try_recv() {
            changed |= self.take(&event);
        }
        // A folder that was removed and made again is another one to the system.
        if identity(&self.folder) != self.watched {
            self.follow();
            changed = true;
        }
        let is_blind = self.watcher.is_none() && self.last_look.elapsed() >= BLIND;
        if changed || is_blind {
            self.last_look = Instant::now();
        }
        changed || is_blind
    }

    /// Answers every question of the last wait. Each came after all that had changed before it was asked.
    pub(super) fn answer(&mut self, is_all_taken_in: bool) {
        let Some(questions) = &mut self.questions else { return };
        for question in std::mem::take(&mut self.asked) {
            questions.answer(&question, is_all_taken_in && self.misses_nothing);
        }
        questions.hold();
    }

    /// Whether somebody waits for an answer.
    pub(super) fn is_asked(&self) -> bool {
        !self.asked.is_empty()
    }

    /// Whether an event may mean that a document changed; a question is kept.
    fn take(&mut self, event: &notify::Result<Event>) -> bool {
        let Ok(told) = event else {
            // Such as a folder that cannot be watched, since there are too many.
            self.misses_nothing = false;
            return true;
        };
        let Some(questions) = &self.questions else { return matters(event) };
        if told.paths.is_empty() || !told.paths.iter().all(|path| path.starts_with(questions.folder())) {
            return matters(event);
        }
        if told.kind.is_create() {
            self.asked.extend(told.paths.iter().filter(|path| questions.is_one(path)).cloned());
        }
        told.need_rescan()
    }

    fn follow(&mut self) {
        self.watched = identity(&self.folder);
        // The old one goes first: what it still has to tell is in the channel.
        self.watcher = None;
        if self.watched.is_some() {
            self.watcher = self.watch().ok();
        }
        self.misses_nothing = self.watcher.is_some();
    }

    fn watch(&self) -> notify::Result<RecommendedWatcher> {
        let mut watcher = notify::recommended_watcher(self.sender.clone())?;
        watcher.watch(&self.folder, RecursiveMode::Recursive)?;
        // By the same means, so that a question comes after the changes before it.
        if let Some(questions) = &self.questions {
            watcher.watch(questions.folder(), RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    }
}

/// Whether an event may mean that a document changed. An overflow of the system's queue does; reading a file does not,
/// nor does a hidden file, which is no document: many editors write one first.
fn matters(event: &notify::Result<Event>) -> bool {
    let Ok(event) = event else { return true };
    let is_read = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    };
    let is_hidden = |path: &PathBuf| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    event.need_rescan() || !is_read && (event.paths.is_empty() || !event.paths.iter().all(is_hidden))
}

/// What a file or folder is to the system, whatever its name: its number, and when it was made, since numbers are given
/// out again.
pub(super) type Identity = (u64, u64, Option<SystemTime>);

/// The identity of what has this name now; `None` where nothing has.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino(), metadata.created().ok()))
}

/// The identity of what has this name now; `None` where nothing has. Here it is the time at which it was made.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    Some((0, 0, Some(fs::metadata(path).ok()?.created().ok()?)))
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, Flag};

    use super::*;

    #[test]
    fn reading_and_hidden_files_do_not_matter_and_an_overflow_does() {
        let event = |kind, path: &str| Ok(Event::new(kind).add_path(PathBuf::from(path)));
        let made = EventKind::Create(CreateKind::File);
        let closed = |mode| EventKind::Access(AccessKind::Close(mode));
        assert!(matters(&event(made, "cards/a.user.md")));
        assert!(!matters(&event(made, "cards/.a.user.md.swp")));
        assert!(!matters(&event(EventKind::Access(AccessKind::Open(AccessMode::Any)), "cards/a.user.md")));
        assert!(!matters(&event(closed(AccessMode::Read), "cards/a.user.md")));
        assert!(matters(&event(closed(AccessMode::Write), "cards/a.user.md")));
        assert!(matters(&Ok(Event::new(EventKind::Other).set_flag(Flag::Rescan))));
        assert!(matters(&Err(notify::Error::generic("lost"))));
    }
}
