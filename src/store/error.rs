//! Errors of the database layer.

use std::path::PathBuf;

use crate::domain::error_kind::ErrorKind;

/// What is wrong with a database, for callers that suggest what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Another writer holds the lock.
    Busy,
    /// Other writers never paused long enough for a copy to be made.
    NeverStill,
    /// A value is not one that this program writes.
    Damaged,
    /// The file is not a database, or its pages are corrupt.
    NoDatabase,
    /// A row cannot be read.
    Row,
    /// The disk is full.
    Full,
    /// The file or its folder cannot be written.
    Unwritable,
    /// A newer version of this program made it.
    Newer,
    /// Another program made it.
    Foreign,
}

/// A failure of the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite reported an error.
    #[error("the database failed: {source}")]
    Sqlite {
        /// SQLite's own error.
        #[from]
        source: rusqlite::Error,
    },
    /// The file cannot be opened or created.
    #[error("the database {path} cannot be opened")]
    Open {
        /// Where it should be.
        path: PathBuf,
        /// SQLite's own error.
        source: rusqlite::Error,
    },
    /// The file exists, but the user may not write it.
    #[error("the database {path} cannot be written")]
    ReadOnly {
        /// The database file.
        path: PathBuf,
    },
    /// No private copy of it can be made.
    #[error("the database {path} can be neither written nor copied")]
    Copy {
        /// The database file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Others write to it without pause, so a copy would not be of a single moment.
    #[error("the database {path} cannot be copied, because others keep writing to it")]
    NeverStill {
        /// The database file.
        path: PathBuf,
    },
    /// A folder cannot be created, or a file in it cannot be read, written or removed.
    #[error("the folder of the database, {path}, cannot be made")]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// The schema was made by a newer program.
    #[error("the database {path} was written by a newer bos: its schema is {found}, this one knows {known}")]
    Newer {
        /// The database file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema version this program knows.
        known: i64,
    },
    /// Not a database of this program.
    #[error("the file {path} is a database, but not one of bos")]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A row holds an invalid value.
    #[error("the row {key} of {table} cannot be read: {what}")]
    Row {
        /// The table.
        table: &'static str,
        /// The key of the row.
        key: String,
        /// What is wrong with it.
        what: String,
    },
    /// The system supplied no random bytes for the ID of a new log.
    #[error("the system gives no random numbers")]
    Random,
    /// The only connection of an in-memory database or private copy is already in use.
    #[error("the database is in use by this program itself")]
    InUse,
}

impl StoreError {
    /// The kind of failure, which decides the exit code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        use rusqlite::ErrorCode as Sqlite;
        match self {
            Self::Sqlite { source } | Self::Open { source, .. } => match source.sqlite_error_code() {
                Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => ErrorKind::Busy,
                Some(_) => ErrorKind::Unavailable,
                None if is_odd(source) => ErrorKind::Unavailable,
                None => ErrorKind::Internal,
            },
            Self::Folder { .. } | Self::Random | Self::ReadOnly { .. } | Self::Copy { .. } => ErrorKind::Unavailable,
            Self::NeverStill { .. } => ErrorKind::Busy,
            Self::InUse => ErrorKind::Internal,
            Self::Newer { .. } | Self::Foreign { .. } | Self::Row { .. } => ErrorKind::Invalid,
        }
    }

    /// Whether the file holds data that this program did not write: disk damage, or a change made by something else.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode as Sqlite;
        match self {
            Self::Row { .. } => true,
            Self::Sqlite { source } | Self::Open { source, .. } => {
                is_odd(source)
                    || matches!(source.sqlite_error_code(), Some(Sqlite::DatabaseCorrupt | Sqlite::NotADatabase))
            }
            _ => false,
        }
    }

    /// What is wrong, if something can be done about it.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        use rusqlite::ErrorCode as Sqlite;
        match self {
            Self::Sqlite { source } | Self::Open { source, .. } => match source.sqlite_error_code() {
                Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => Some(Trouble::Busy),
                None if is_odd(source) => Some(Trouble::Damaged),
                Some(Sqlite::DiskFull) => Some(Trouble::Full),
                Some(Sqlite::NotADatabase | Sqlite::DatabaseCorrupt) => Some(Trouble::NoDatabase),
                Some(Sqlite::ReadOnly | Sqlite::CannotOpen | Sqlite::PermissionDenied) => Some(Trouble::Unwritable),
                _ => None,
            },
            Self::ReadOnly { .. } | Self::Copy { .. } | Self::Folder { .. } => Some(Trouble::Unwritable),
            Self::NeverStill { .. } => Some(Trouble::NeverStill),
            Self::Newer { .. } => Some(Trouble::Newer),
            Self::Foreign { .. } => Some(Trouble::Foreign),
            Self::Row { .. } => Some(Trouble::Row),
            Self::Random | Self::InUse => None,
        }
    }

    /// Whether the place cannot be written at all, so that a read may fall back to memory.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        use rusqlite::ErrorCode as Sqlite;
        match self {
            Self::Sqlite { source } | Self::Open { source, .. } => {
                matches!(
                    source.sqlite_error_code(),
                    Some(Sqlite::ReadOnly | Sqlite::CannotOpen | Sqlite::PermissionDenied)
                )
            }
            Self::Folder { .. } | Self::ReadOnly { .. } | Self::Copy { .. } => true,
            _ => false,
        }
    }
}

/// Whether a value cannot have been written by this program: wrong type, out of range, or missing.
fn is_odd(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    matches!(
        error,
        Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::Utf8Error(..)
            | Error::InvalidColumnType(..)
            | Error::QueryReturnedNoRows
            // Every statement fits the schema, unless something else has changed the schema.
            | Error::SqlInputError { .. }
    )
}
