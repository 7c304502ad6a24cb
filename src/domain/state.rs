//! The state of a document between a mirror and the database: the state table of ARCHITECTURE.md, row by row.

use super::hash::Sha256;

/// The state of one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// The file cannot be read or parsed.
    Invalid,
    /// An open conflict waits for a person.
    Conflict,
    /// File and database hold the same text.
    InSync,
    /// The file is an old checkout, not an edit.
    Stale,
    /// The database has changes that the file does not have yet.
    Ahead,
    /// Only the file exists, and it was not seen before.
    Untracked,
    /// The file was edited.
    Behind,
    /// The file is missing.
    Missing,
    /// Both file and database changed.
    Diverged,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Invalid,
        Self::Conflict,
        Self::InSync,
        Self::Stale,
        Self::Ahead,
        Self::Untracked,
        Self::Behind,
        Self::Missing,
        Self::Diverged,
    ];

    /// The word used in text and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::InSync => "in sync",
            Self::Stale => "stale",
            Self::Ahead => "ahead",
            Self::Untracked => "untracked",
            Self::Behind => "behind",
            Self::Missing => "missing",
            Self::Diverged => "diverged",
        }
    }
}

/// What a mirror was found to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// No file.
    Nothing,
    /// A file that cannot be read or parsed.
    Unreadable,
    /// A file with this text.
    Text(&'a Sha256),
}

/// What is known of one document in one mirror.
#[derive(Debug, Clone, Copy)]
pub struct SyncInput<'a> {
    /// The file.
    pub file: Found<'a>,
    /// The hash of the text that mirror and database last agreed on.
    pub base: Option<&'a Sha256>,
    /// The hash of the text in the database.
    pub database: Option<&'a Sha256>,
    /// Whether there is an open conflict.
    pub conflict: bool,
}

impl SyncInput<'_> {
    /// Whether file and database hold the same text, or neither has the document.
    #[must_use]
    pub fn is_in_sync(&self) -> bool {
        match self.file {
            Found::Unreadable => false,
            _ if self.conflict => false,
            Found::Nothing => self.database.is_none(),
            Found::Text(sha) => self.database == Some(sha),
        }
    }

    /// The state, from the first row of the table that matches. `old_checkout` is called only if the file differs from
    /// base and database, because it has to search git: a file that equals the base has not gone back; the database has
    /// moved forward.
    ///
    /// # Errors
    /// The error of `old_checkout`.
    pub fn state<E>(&self, old_checkout: impl FnOnce() -> Result<Age, E>) -> Result<State, E> {
        let file = match self.file {
            Found::Unreadable => return Ok(State::Invalid),
            _ if self.conflict => return Ok(State::Conflict),
            Found::Nothing => None,
            Found::Text(sha) => Some(sha),
        };
        if file == self.database {
            return Ok(State::InSync);
        }
        if file.is_some() && file != self.base {
            match old_checkout()? {
                Age::Old => return Ok(State::Stale),
                Age::Unknown => return Ok(State::Diverged),
                Age::Edit => {}
            }
        }
        Ok(match (self.base, file, self.database) {
            (None, None, _) => State::Ahead,
            (None, Some(_), None) => State::Untracked,
            (None, Some(_), Some(_)) => State::Diverged,
            (base, file, _) if file == base => State::Ahead,
            (base, Some(_), database) if database == base => State::Behind,
            (base, None, database) if database == base => State::Missing,
            _ => State::Diverged,
        })
    }
}

/// Whether a file that differs from the database is an old checkout (ARCHITECTURE.md, the state table).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// An earlier version that git checked out.
    Old,
    /// An edit by somebody.
    Edit,
    /// Not decided, because the walk through history was given up.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table() {
        let (x, y, z) = (&Sha256::of(b"x"), &Sha256::of(b"y"), &Sha256::of(b"z"));
        let text = Found::Text;
        let rows = [
            (Found::Unreadable, Some(x), Some(x), true, Age::Edit, State::Invalid),
            (text(x), Some(x), Some(y), true, Age::Edit, State::Conflict),
            (text(x), Some(y), Some(x), false, Age::Edit, State::InSync),
            (Found::Nothing, Some(y), None, false, Age::Edit, State::InSync),
            (text(y), Some(x), Some(x), false, Age::Old, State::Stale),
            (text(y), None, Some(x), false, Age::Old, State::Stale),
            (Found::Nothing, None, Some(x), false, Age::Edit, State::Ahead),
            (text(y), None, None, false, Age::Old, State::Stale),
            (text(x), None, None, false, Age::Edit, State::Untracked),
            (text(x), None, Some(y), false, Age::Edit, State::Diverged),
            (text(x), Some(x), Some(y), false, Age::Old, State::Ahead),
            (text(x), Some(x), None, false, Age::Edit, State::Ahead),
            (text(y), Some(x), Some(x), false, Age::Edit, State::Behind),
            (text(y), Some(x), Some(x), false, Age::Unknown, State::Diverged),
            (Found::Nothing, Some(x), Some(x), false, Age::Edit, State::Missing),
            (text(y), Some(x), Some(z), false, Age::Edit, State::Diverged),
            (Found::Nothing, Some(x), Some(z), false, Age::Edit, State::Diverged),
            (text(y), Some(x), None, false, Age::Edit, State::Diverged),
        ];
        for (i, (file, base, database, conflict, age, state)) in rows.into_iter().enumerate() {
            let input = SyncInput { file, base, database, conflict };
            assert_eq!(input.state(|| Ok::<_, ()>(age)), Ok(state), "row {i}");
        }
    }
}
