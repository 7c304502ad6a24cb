//! `bos.stages/1` and `bos.stage/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    form::{Fields, Form, Item},
    log::Entry,
    place::Document,
};
use crate::{
    domain::{page::Cursor, stage_doc, value::Picked},
    engine::StageDetail,
};

/// A stage doc.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct StageDoc<'a> {
    stage: &'a str,
    /// The audience: `user` or `agent`.
    audience: &'a str,
    path: &'a str,
    sha256: &'a str,
    created: &'a str,
    updated: &'a str,
    /// The card it belongs to; absent within that card.
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<&'a str>,
    /// The title of that card, null if the card does not exist; in lists only.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Option<&'a str>>,
    /// The front matter keys named by `--fields`, null if missing; for a stage doc in full, all its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

/// A stage doc in brief.
#[derive(Debug, Serialize, JsonSchema)]
struct BriefStageDoc<'a> {
    card: &'a str,
    stage: &'a str,
    updated: &'a str,
    /// The title of the card.
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

impl<'a> StageDoc<'a> {
    /// A stage doc as part of its card.
    pub(super) fn of_card(stage_doc: &'a stage_doc::StageDoc) -> Self {
        Self {
            stage: stage_doc.stage.as_str(),
            audience: stage_doc.audience.as_str(),
            path: stage_doc.path.as_str(),
            sha256: stage_doc.sha256.as_str(),
            created: &stage_doc.created,
            updated: &stage_doc.updated,
            card: None,
            title: None,
            fields: None,
        }
    }

    fn with_card(stage_doc: &'a stage_doc::StageDoc, fields: Option<Fields>) -> Self {
        Self { card: Some(stage_doc.card.as_str()), fields, ..Self::of_card(stage_doc) }
    }
}

/// `bos.stages/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StageDocs<'a> {
    /// The number of stage docs without `--limit`.
    total: usize,
    stage_docs: Vec<Item<StageDoc<'a>, BriefStageDoc<'a>>>,
    /// The value of `--after` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> StageDocs<'a> {
    /// One page out of `total` stage docs; `picked` has the values of the form's keys for each stage doc.
    pub(crate) fn new(
        total: usize,
        next: Option<&Cursor>,
        stage_docs: &'a [(stage_doc::StageDoc, Option<String>)],
        form: Form<'_>,
        picked: &[Vec<Option<Picked>>],
    ) -> Self {
        let item = |((doc, title), picked): (&'a (stage_doc::StageDoc, Option<String>), &Vec<Option<Picked>>)| {
            let (title, fields) = (title.as_deref(), form.fields(picked));
            if !form.brief {
                return Item::Full(StageDoc { title: Some(title), ..StageDoc::with_card(doc, fields) });
            }
            let (card, stage) = (doc.card.as_str(), doc.stage.as_str());
            Item::Brief(BriefStageDoc { card, stage, updated: &doc.updated, title, fields })
        };
        let stage_docs = stage_docs.iter().zip(picked).map(item).collect();
        Self { total, stage_docs, next: next.map(Cursor::to_text) }
    }
}

/// `bos.stage/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OneStageDoc<'a> {
    stage_doc: StageDoc<'a>,
    /// The text below the front matter.
    body: &'a str,
    documents: Vec<Document<'a>>,
    /// The last ten log entries about its card.
    log: Vec<Entry<'a>>,
}

impl<'a> From<&'a StageDetail> for OneStageDoc<'a> {
    fn from(detail: &'a StageDetail) -> Self {
        Self {
            stage_doc: StageDoc::with_card(&detail.stage_doc, Some(detail.typed.clone())),
            body: &detail.body,
            documents: detail.documents.iter().map(Document::from).collect(),
            log: detail.log.iter().map(Entry::from).collect(),
        }
    }
}
