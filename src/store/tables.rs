//! The registry of tables: what each holds, and so whether it can be rebuilt, replayed or discarded.

/// What a table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Document texts, and what identifies this database.
    Truth,
    /// The audit log: how the current state came about.
    Log,
    /// Derived from texts and log; can be rebuilt.
    Projection,
    /// What is known of the places that hold files.
    Mirror,
}

/// Every table and what it holds.
pub const TABLES: &[(&str, Kind)] = &[
    ("business_os_metadata", Kind::Truth),
    ("business_os_blobs", Kind::Truth),
    ("business_os_documents", Kind::Truth),
    ("business_os_audit_log", Kind::Log),
    ("business_os_cards", Kind::Projection),
    ("business_os_ideas", Kind::Projection),
    ("business_os_stage_docs", Kind::Projection),
    ("business_os_counters", Kind::Projection),
    ("business_os_search_documents", Kind::Projection),
    ("business_os_search", Kind::Projection),
    ("business_os_search_data", Kind::Projection),
    ("business_os_search_idx", Kind::Projection),
    ("business_os_search_docsize", Kind::Projection),
    ("business_os_search_config", Kind::Projection),
    ("business_os_card_versions", Kind::Projection),
    ("business_os_idea_versions", Kind::Projection),
    ("business_os_mirrors", Kind::Mirror),
    ("business_os_mirror_documents", Kind::Mirror),
    ("business_os_conflicts", Kind::Mirror),
];
