//! Keeps the search index up to date with the log: the first search fills it, later ones catch up. Writes and imports
//! do not touch it.

use std::collections::BTreeSet;

use crate::{
    domain::{card::own_title, entity::Entity, id::Id, lang::Lang, value::Fields},
    engine::base::{
        error::EngineError,
        rebuild::bring_up_to_date,
        session::Session,
        view::{View, lacking, set_lacking},
    },
    markdown::{
        self,
        locate::{Place, locate},
    },
    store::{DocumentRow, SearchDocument, Snapshot, Txn},
};

/// The number of documents between two progress reports.
const PROGRESS_STEP: u64 = 64;

/// Where the metadata name what is not in the index, because its text is damaged.
const LACKING_KEY: &str = "search_lacks";

/// A change to the index; numbers identify indexed documents.
enum IndexUpdate {
    Replace(i64, DocumentRow),
    Remove(i64),
    Add(DocumentRow),
}

impl Session {
    /// A view whose index includes the whole log. If it is already up to date, nothing is written and no lock is taken.
    pub(super) fn indexed(&self) -> Result<View<'_>, EngineError> {
        let is_filled = |view: &View<'_>| Ok(view.store.search_mark()? == Some(view.store.head()?.seq));
        let view = self.filled(is_filled, Self::fill_index)?;
        view.note_lacking(LACKING_KEY)?;
        Ok(view)
    }

    fn fill_index(&self) -> Result<(), EngineError> {
        let write = self.core.database.begin()?;
        bring_up_to_date(&write)?;
        let head = write.head()?.seq;
        let steps = match write.search_mark()? {
            Some(mark) if mark <= head => steps_after(&write, mark)?,
            _ => None,
        };
        let is_whole = steps.is_none();
        let steps = match steps {
            Some(steps) => steps,
            None => {
                write.reset_search()?;
                write.expect_bulk()?;
                write.documents()?.into_iter().map(IndexUpdate::Add).collect()
            }
        };
        let mut lacks = if is_whole { BTreeSet::new() } else { lacking(&write, LACKING_KEY)? };
        let total = steps.len() as u64;
        for (done, step) in (0..).zip(&steps) {
            take(&write, step, &mut lacks)?;
            if (done + 1) % PROGRESS_STEP == 0 {
                self.report_progress(done + 1, Some(total));
            }
        }
        set_lacking(&write, LACKING_KEY, &lacks)?;
        write.set_search_mark(head)?;
        Ok(write.commit()?)
    }
}

/// The index updates for the documents touched after an entry, in order of their numbers, which is fastest; `None` if a
/// text that is needed to remove its words was erased.
fn steps_after(store: &Snapshot, mark: u64) -> Result<Option<Vec<IndexUpdate>>, EngineError> {
    let mut owners: BTreeSet<Id> = BTreeSet::new();
    for path in store.touched_after(mark)? {
        if let Place::Document(located) = locate(&path) {
            owners.insert(located.entity.owner().clone());
        }
    }
    let (mut old, mut new) = (Vec::new(), Vec::new());
    for owner in owners {
        let mut rows = store.documents_of(&Entity::Card(owner.clone()))?;
        rows.extend(store.documents_of(&Entity::Idea(owner.clone()))?);
        rows.extend(store.documents_below(&owner)?);
        for (number, known) in store.search_documents_of(&owner)? {
            let row = rows.iter().position(|row| row.path == known.path).map(|index| rows.swap_remove(index));
            if row.as_ref().is_some_and(|row| row.sha256 == known.sha256 && row.entity == known.entity) {
                continue;
            }
            if !store.has_blob(&known.sha256)? {
                return Ok(None);
            }
            old.push((number, row));
        }
        new.extend(rows);
    }
    old.sort_by_key(|(number, _)| *number);
    new.sort_by(|a, b| a.path.cmp(&b.path));
    let old = old.into_iter().map(|(number, row)| match row {
        Some(row) => IndexUpdate::Replace(number, row),
        None => IndexUpdate::Remove(number),
    });
    Ok(Some(old.chain(new.into_iter().map(IndexUpdate::Add)).collect()))
}

fn take(write: &Txn, step: &IndexUpdate, lacks: &mut BTreeSet<String>) -> Result<(), EngineError> {
    let text = match step {
        IndexUpdate::Replace(_, row) | IndexUpdate::Add(row) => {
            let text = write.blob(&row.sha256)?;
            lacks.remove(&row.entity.id());
            if text.is_none() && write.has_blob(&row.sha256)? {
                lacks.insert(row.entity.id());
            }
            text
        }
        IndexUpdate::Remove(_) => None,
    };
    match (step, text) {
        (IndexUpdate::Add(row), Some(text)) => {
            let (document, body) = searched(row, &text);
            write.add_search_document(&document, body)?;
        }
        (IndexUpdate::Replace(number, row), Some(text)) => {
            let (document, body) = searched(row, &text);
            write.replace_search_document(*number, &document, body)?;
        }
        // An erased or damaged text cannot be indexed.
        (IndexUpdate::Add(_), None) => {}
        (IndexUpdate::Replace(number, _) | IndexUpdate::Remove(number), _) => write.remove_search_document(*number)?,
    }
    Ok(())
}

/// The index row of a document with this text, and its body. A text that cannot be parsed is indexed as body.
pub(in crate::engine) fn searched<'t>(row: &DocumentRow, text: &'t str) -> (SearchDocument, &'t str) {
    let (fields, start) = match markdown::parse(text) {
        Ok(document) => {
            let start = document.body_range().start;
            (document.fields, start)
        }
        Err(_) => (Fields::default(), 0),
    };
    let body = &text[start..];
    let italian = Lang::italian();
    let document = SearchDocument {
        path: row.path.clone(),
        entity: row.entity.clone(),
        sha256: row.sha256.clone(),
        title: own_title(&fields, body).unwrap_or_default().to_owned(),
        title_it: italian.title(&fields).map(str::to_owned),
        tags: fields.items("Tags").join(", "),
        body_from: text[..start].chars().count() as u64 + 1,
        body_it: italian.body(&fields).map(str::to_owned),
    };
    (document, body)
}
