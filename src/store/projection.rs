//! What the projections share: a row's columns as values, written by one statement and compared by another.

use rusqlite::types::ToSqlOutput;

use super::error::StoreError;

/// A projected row, column by column.
pub(super) trait Projected {
    const TABLE: &'static str;
    /// The columns, in the order of `values`; the first is the key.
    const COLUMNS: &'static [&'static str];
    fn values(&self) -> Vec<ToSqlOutput<'_>>;
}

/// The expected state of a stored row.
#[derive(Debug)]
pub enum Should<R> {
    /// The row should equal this one.
    Be(Box<R>),
    /// The row should not exist.
    BeAbsent,
    /// The row is not checked.
    BeAnything,
}

/// Compares each row of a `SELECT` of all columns with the row expected for its key; names each that differs.
pub(super) fn compare<R: Projected, E: From<StoreError>>(
    statement: &mut rusqlite::Statement<'_>,
    mut expected: impl FnMut(&str) -> Result<Should<R>, E>,
) -> Result<Vec<String>, E> {
    let mut differences = Vec::new();
    let mut rows = statement.query([]).map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let key = match row.get_ref(0).map_err(StoreError::from)?.as_str() {
            Ok(key) => key.to_owned(),
            Err(_) => {
                differences.push(format!("{}: a row without a key", R::TABLE));
                continue;
            }
        };
        match expected(&key)? {
            Should::BeAnything => {}
            Should::BeAbsent => differences.push(format!("{} {key}: the row should not be there", R::TABLE)),
            Should::Be(should) => differences.extend(
                altered_column(row, &*should)?
                    .map(|column| format!("{} {key}: the column {column} was altered", R::TABLE)),
            ),
        }
    }
    Ok(differences)
}

/// The first column in which a stored row differs from the expected one.
pub(super) fn altered_column<R: Projected>(
    row: &rusqlite::Row<'_>,
    should: &R,
) -> Result<Option<&'static str>, StoreError> {
    for (column, value) in should.values().into_iter().enumerate() {
        let found = row.get_ref(column)?;
        let same = match &value {
            ToSqlOutput::Borrowed(value) => *value == found,
            ToSqlOutput::Owned(value) => rusqlite::types::ValueRef::from(value) == found,
            _ => false,
        };
        if !same {
            return Ok(Some(R::COLUMNS[column]));
        }
    }
    Ok(None)
}

/// The first column in which the row that a `SELECT` finds by its key differs from the expected one.
pub(super) fn altered_row<R: Projected>(
    statement: &mut rusqlite::Statement<'_>,
    key: &str,
    should: &R,
) -> Result<Option<&'static str>, StoreError> {
    let mut rows = statement.query([key])?;
    match rows.next()? {
        Some(row) => altered_column(row, should),
        None => Ok(None),
    }
}

/// Compares each version in a `SELECT` of all columns, by ID and entry, like [`compare`].
///
/// `expected` takes the ID and entry of a stored row, and returns `None` if it should not exist.
pub(super) fn compare_versions<R: Projected, E: From<StoreError>>(
    statement: &mut rusqlite::Statement<'_>,
    mut expected: impl FnMut(&str, u64) -> Result<Option<R>, E>,
) -> Result<Vec<String>, E> {
    let mut differences = Vec::new();
    let mut rows = statement.query([]).map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        let row_of = |column| row.get_ref(column).map_err(StoreError::from);
        let (id, seq) = (row_of(0)?.as_str().unwrap_or_default(), row_of(1)?.as_i64().unwrap_or_default());
        match expected(id, seq.unsigned_abs())? {
            None => differences.push(format!("{} {id} from entry {seq}: the row should not be there", R::TABLE)),
            Some(should) => differences.extend(
                altered_column(row, &should)?
                    .map(|column| format!("{} {id} from entry {seq}: the column {column} was altered", R::TABLE)),
            ),
        }
    }
    Ok(differences)
}

/// A borrowed text value.
pub(super) fn text(value: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Text(value.as_bytes()))
}

/// A borrowed text value, or NULL.
pub(super) fn optional(value: Option<&String>) -> ToSqlOutput<'_> {
    value.map_or(ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Null), |value| text(value))
}

/// An integer value, or NULL.
pub(super) fn optional_integer(value: Option<i64>) -> ToSqlOutput<'static> {
    value.map_or(ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Null), integer)
}

/// An entry's number as SQLite stores it.
pub(super) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// An integer value.
pub(super) fn integer(value: impl Into<i64>) -> ToSqlOutput<'static> {
    ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Integer(value.into()))
}

/// A list of strings as a JSON array.
pub(super) fn json(items: &[String]) -> String {
    if items.is_empty() { "[]".to_owned() } else { serde_json::Value::from(items).to_string() }
}
