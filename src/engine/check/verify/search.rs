//! Verifies the search index: the indexed fields of each document, and every word, against the texts as of the log
//! entry that the index includes.

use std::collections::BTreeMap;

use super::Findings;
use crate::{
    domain::{doc_path::DocPath, entry::Facts, hash::Sha256},
    engine::{
        base::{error::EngineError, rebuild::expected_rows},
        read::search::searched,
    },
    markdown::locate::{Place, locate},
    store::{DocumentRow, Snapshot},
};

/// Checks the indexed fields of each document, if the index has been filled. Also returns whether the words can be
/// checked, which requires the texts of all indexed documents.
pub(super) fn check(store: &Snapshot, log: &[Facts]) -> Result<(Findings, bool), EngineError> {
    let mut findings = Findings::default();
    let Some(mark) = store.search_mark()? else {
        if store.is_search_empty()? {
            findings.remark = Some("nothing was searched for yet: the first search fills it".to_owned());
        } else {
            findings.add("the index holds documents, but does not say of when".to_owned());
        }
        return Ok((findings, false));
    };
    if log.last().map_or(0, |facts| facts.seq) < mark {
        findings.add(format!("the index is at entry {mark}, which the log does not have"));
    }
    let mut expected = documents_at(mark, log);
    let mut is_whole = true;
    store.each_search_document(|found, owner, has_words| {
        findings.checked += 1;
        let path = &found.path;
        let Some(row) = expected.remove(path) else {
            findings.add(format!("{path} is searched, but is no document"));
            return Ok(());
        };
        // The text of a replaced version may have been erased since; the next search notices.
        let Some(text) = store.blob(&row.sha256)? else {
            is_whole = false;
            return Ok(());
        };
        if *found != searched(&row, &text).0 || owner != row.entity.owner().as_str() {
            findings.add(format!("the indexed fields of {path} differ from its text"));
        } else if !has_words {
            findings.add(format!("the index has no words of {path}"));
        }
        Ok::<_, EngineError>(())
    })?;
    for row in expected.values() {
        if store.has_blob(&row.sha256)? {
            findings.add(format!("{} is not searched", row.path));
        }
    }
    let has_words = is_whole && findings.found.is_empty();
    Ok((findings, has_words))
}

/// Checks every word of the index. SQLite treats this as a write, so it does not use the snapshot of the other checks.
pub(super) fn check_words(store: &Snapshot) -> Result<Findings, EngineError> {
    let defect = store.search_defect()?;
    let told = |defect| format!("the index does not hold the words of the texts: {defect}");
    Ok(Findings { found: defect.map(told).into_iter().collect(), ..Findings::default() })
}

/// The documents as of an entry, by path.
fn documents_at(seq: u64, log: &[Facts]) -> BTreeMap<DocPath, DocumentRow> {
    let mut state: BTreeMap<&DocPath, Option<&Sha256>> = BTreeMap::new();
    for touched in log.iter().filter(|facts| facts.seq <= seq).flat_map(|facts| &facts.documents) {
        state.insert(&touched.path, touched.new.as_ref());
    }
    let row = |(path, sha): (&DocPath, Option<&Sha256>)| match (locate(path), sha) {
        (Place::Document(located), Some(sha)) => {
            let (entity, audience) = (located.entity, located.audience);
            Some(DocumentRow { path: path.clone(), entity, audience, sha256: sha.clone() })
        }
        _ => None,
    };
    let rows: Vec<DocumentRow> = state.into_iter().filter_map(row).collect();
    expected_rows(&rows).into_iter().flatten().map(|row| (row.path.clone(), row)).collect()
}
