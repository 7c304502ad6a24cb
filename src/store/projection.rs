//! What the projections share: every column as a value, written by one statement and compared by another.

use rusqlite::types::ToSqlOutput;

use super::error::StoreError;

/// A projected row, column by column.
pub(super) trait Projected {
    const TABLE: &'static str;
    /// The columns, in the order of `values`; the first is the key.
    const COLUMNS: &'static [&'static str];
    fn values(&self) -> Vec<ToSqlOutput<'_>>;
}

/// What a row that is there should be.
#[derive(Debug)]
pub enum Should<R> {
    /// This.
    Be(Box<R>),
    /// Not there.
    BeAbsent,
    /// Anything: it is not looked at.
    BeAnything,
}

/// Compares each row of a `SELECT` of all columns with what `expected` says of its key; names each that differs.
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

/// The first column of a row that is not what it should be.
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

/// The first column of the row that a `SELECT` finds by its key which is not what it should be.
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

/// Compares each version of a `SELECT` of all columns, by ID and entry, as [`compare`] does.
///
/// `expected` gets the ID and the entry of a row that is there and returns `None` for one that should not be.
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

/// Text, borrowed.
pub(super) fn text(value: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Text(value.as_bytes()))
}

/// Text or NULL, borrowed.
pub(super) fn optional(value: Option<&String>) -> ToSqlOutput<'_> {
    value.map_or(ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Null), |value| text(value))
}

/// An integer or NULL.
pub(super) fn optional_integer(value: Option<i64>) -> ToSqlOutput<'static> {
    value.map_or(ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Null), integer)
}

/// The number of an entry.
pub(super) fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// An integer.
pub(super) fn integer(value: impl Into<i64>) -> ToSqlOutput<'static> {
    ToSqlOutput::Borrowed(rusqlite::types::ValueRef::Integer(value.into()))
}

/// A list of strings as JSON.
pub(super) fn json(items: &[String]) -> String {
    if items.is_empty() { "[]".to_owned() } else { serde_json::Value::from(items).to_string() }
}
