//! The business catalogue, `strategy/businesses.json`: the list of businesses.

use serde::Deserialize;

/// The path of the catalogue, relative to the root.
pub const PATH: &str = "docs/business-os/strategy/businesses.json";

/// The keys that this program understands. Others are allowed, kept and ignored.
pub const KEYS: [&str; 8] = ["id", "name", "description", "owner", "category", "status", "created", "tags"];

/// One business of the catalogue. Keys that this program does not use are ignored and stay in the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Business {
    /// The code that its IDs start with.
    pub id: String,
    /// The full name.
    #[serde(default)]
    pub name: Option<String>,
    /// What it does.
    #[serde(default)]
    pub description: Option<String>,
    /// Who runs it.
    #[serde(default)]
    pub owner: Option<String>,
    /// Its category, free text.
    #[serde(default)]
    pub category: Option<String>,
    /// Its status, free text.
    #[serde(default)]
    pub status: Option<String>,
    /// Free tags.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// The businesses, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Catalogue {
    /// The businesses.
    pub businesses: Vec<Business>,
}

/// Why the catalogue cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CatalogueError {
    /// Line, counted from 1.
    pub line: u32,
    /// Column, counted from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl Catalogue {
    /// Parses the JSON text.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        serde_json::from_str(text).map_err(|error| CatalogueError {
            line: u32::try_from(error.line()).unwrap_or(u32::MAX).max(1),
            column: u32::try_from(error.column()).unwrap_or(u32::MAX).max(1),
            message: error.to_string(),
        })
    }

    /// Whether it contains a business with this code.
    #[must_use]
    pub fn lists(&self, code: &str) -> bool {
        self.businesses.iter().any(|business| business.id == code)
    }
}
