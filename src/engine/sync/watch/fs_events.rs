//! Notices that something below a folder has changed, by the system's own notifications. What changed is not asked:
//! whoever waits here looks for himself.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};

/// How often files are looked at where the system tells nothing: it has no means, or its means are used up.
const BLIND: Duration = Duration::from_secs(2);

/// Watches one folder and all below it.
pub(super) struct FsEvents {
    folder: PathBuf,
    sender: Sender<notify::Result<Event>>,
    events: Receiver<notify::Result<Event>>,
    watcher: Option<RecommendedWatcher>,
    /// The folder that is watched, which may not be the one that has its name by now.
    watched: Option<Identity>,
    last_look: Instant,
}

impl FsEvents {
    pub(super) fn open(folder: PathBuf) -> Self {
        let (sender, events) = channel();
        let mut fs_events = Self { folder, sender, events, watcher: None, watched: None, last_look: Instant::now() };
        fs_events.follow();
        fs_events
    }

    /// Waits for a change, at most so long, and tells whether there was one.
    pub(super) fn wait(&mut self, pause: Duration) -> bool {
        let mut changed = match self.events.recv_timeout(pause) {
            Ok(event) => matters(&event),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        };
        while let Ok(event) = self.events.try_recv() {
            changed |= matters(&event);
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

    fn follow(&mut self) {
        self.watched = identity(&self.folder);
        // The old one goes first: what it still has to tell is in the channel.
        self.watcher = None;
        if self.watched.is_some() {
            self.watcher = self.watch().ok();
        }
    }

    fn watch(&self) -> notify::Result<RecommendedWatcher> {
        let mut watcher = notify::recommended_watcher(self.sender.clone())?;
        watcher.watch(&self.folder, RecursiveMode::Recursive)?;
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

/// What a file or folder is to the system, whatever its name.
pub(super) type Identity = (u64, u64);

/// The identity of what has this name now; `None` where nothing has.
#[cfg(unix)]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|metadata| (metadata.dev(), metadata.ino()))
}

/// The identity of what has this name now; `None` where nothing has. Here it is the time at which it was made.
#[cfg(not(unix))]
pub(super) fn identity(path: &Path) -> Option<Identity> {
    let made = fs::metadata(path).ok()?.created().ok()?;
    let since = made.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Some((since.as_secs(), u64::from(since.subsec_nanos())))
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
