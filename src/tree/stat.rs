//! File metadata, as far as it is known without opening the file.

/// The kind of a folder entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, whatever its target.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// The metadata of a file at one moment. Times are in nanoseconds since 1970; values the system does not have are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Its kind.
    pub kind: Kind,
    /// Its size in bytes.
    pub size: u64,
    /// When its content was last modified.
    pub mtime_ns: i64,
    /// When its content or metadata last changed.
    pub ctime_ns: i64,
    /// Its inode number.
    pub inode: u64,
    /// Its permissions, as Unix mode bits.
    pub mode: u32,
}
