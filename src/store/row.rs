//! Converts columns to domain values: an invalid value is an error that names the row, never a panic and never skipped.

use rusqlite::{
    Row,
    types::{FromSql, ValueRef},
};

use super::error::StoreError;
use crate::domain::{doc_path::DocPath, hash::Sha256, id::Id};

/// One row of a named table, with its key for error messages.
pub(super) struct Reader<'a> {
    row: &'a Row<'a>,
    table: &'static str,
    key: usize,
}

impl<'a> Reader<'a> {
    /// `key` is the index of the column that identifies the row.
    pub(super) fn new(row: &'a Row<'a>, table: &'static str, key: usize) -> Self {
        Self { row, table, key }
    }

    pub(super) fn get<T: FromSql>(&self, column: usize) -> Result<T, StoreError> {
        self.row.get(column).map_err(|error| self.error(&error.to_string()))
    }

    pub(super) fn text(&self, column: usize) -> Result<&'a str, StoreError> {
        self.row
            .get_ref(column)
            .ok()
            .and_then(|value| value.as_str().ok())
            .ok_or_else(|| self.error(&format!("column {column} holds no text")))
    }

    pub(super) fn optional_text(&self, column: usize) -> Result<Option<&'a str>, StoreError> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    pub(super) fn parsed<T>(&self, column: usize, parse: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let text = self.text(column)?;
        parse(text).ok_or_else(|| self.error(&format!("{text:?} is not valid there")))
    }

    pub(super) fn sha(&self, column: usize) -> Result<Sha256, StoreError> {
        self.parsed(column, Sha256::parse)
    }

    pub(super) fn optional_sha(&self, column: usize) -> Result<Option<Sha256>, StoreError> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => Ok(None),
            _ => self.sha(column).map(Some),
        }
    }

    pub(super) fn path(&self, column: usize) -> Result<DocPath, StoreError> {
        self.parsed(column, DocPath::parse)
    }

    pub(super) fn id(&self, column: usize) -> Result<Id, StoreError> {
        self.parsed(column, Id::parse)
    }

    pub(super) fn list(&self, column: usize) -> Result<Vec<String>, StoreError> {
        let text = self.text(column)?;
        if text == "[]" {
            return Ok(Vec::new());
        }
        serde_json::from_str(text).map_err(|error| self.error(&error.to_string()))
    }

    pub(super) fn error(&self, what: &str) -> StoreError {
        let key = self.row.get_ref(self.key).ok().map(|value| match value {
            ValueRef::Integer(number) => number.to_string(),
            other => other.as_str().unwrap_or("?").to_owned(),
        });
        StoreError::Row { table: self.table, key: key.unwrap_or_else(|| "?".to_owned()), what: what.to_owned() }
    }
}

/// The rows of a statement, each by itself.
pub(super) type Rows<T> = Result<Vec<Result<T, StoreError>>, StoreError>;

/// Reads all rows of a statement, each by itself: one may be damaged and the others not.
pub(super) fn collect_each<T>(
    statement: &mut rusqlite::Statement<'_>,
    parameters: impl rusqlite::Params,
    table: &'static str,
    key: usize,
    read: impl Fn(&Reader<'_>) -> Result<T, StoreError>,
) -> Rows<T> {
    collect(statement, parameters, table, key, |row| Ok(read(row)))
}

/// Reads all rows of a statement.
pub(super) fn collect<T>(
    statement: &mut rusqlite::Statement<'_>,
    parameters: impl rusqlite::Params,
    table: &'static str,
    key: usize,
    read: impl Fn(&Reader<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = statement.query(parameters)?;
    let mut items = Vec::new();
    while let Some(row) = rows.next()? {
        items.push(read(&Reader::new(row, table, key))?);
    }
    Ok(items)
}
