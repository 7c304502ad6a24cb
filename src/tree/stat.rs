//! What the system tells of a file without opening it.

/// What something in a folder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, wherever it leads.
    Link,
    /// A pipe, a socket, a device.
    Other,
}

/// A file at one moment. Times are in nanoseconds since 1970; what a system does not tell is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// What it is.
    pub kind: Kind,
    /// In bytes.
    pub size: u64,
    /// When it was last written.
    pub mtime_ns: i64,
    /// When it, or what the system knows of it, last changed.
    pub ctime_ns: i64,
    /// Its number within its file system.
    pub inode: u64,
    /// Its permissions, as Unix writes them.
    pub mode: u32,
}
