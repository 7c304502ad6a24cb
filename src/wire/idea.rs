//! `bos.ideas/1` and `bos.idea/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    form::{Fields, Form, Item},
    log::Entry,
    place::Document,
};
use crate::{
    domain::{idea, page::Cursor, value::Picked},
    engine::IdeaDetail,
};

/// An idea as shown in lists.
#[derive(Debug, Serialize, JsonSchema)]
struct Idea<'a> {
    id: &'a str,
    /// Null for an idea that has no ID and names no business.
    business: Option<&'a str>,
    r#type: Option<&'a str>,
    status: Option<&'a str>,
    priority: Option<&'a str>,
    /// Its folder: `inbox` or `worked`.
    location: &'a str,
    title: &'a str,
    tags: &'a [String],
    created: &'a str,
    updated: &'a str,
    /// The card it was converted to.
    card_id: Option<&'a str>,
    path: &'a str,
    sha256: &'a str,
    /// The front matter keys named by `--fields`, null if missing; for an idea in full, all its keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

/// An idea in brief.
#[derive(Debug, Serialize, JsonSchema)]
struct BriefIdea<'a> {
    id: &'a str,
    status: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Fields>,
}

impl<'a> Idea<'a> {
    fn new(idea: &'a idea::Idea, fields: Option<Fields>) -> Self {
        Self {
            id: idea.id.as_str(),
            business: Some(idea.business.as_str()).filter(|business| !business.is_empty()),
            r#type: idea.kind.as_deref(),
            status: idea.status.as_deref(),
            priority: idea.priority.as_deref(),
            location: idea.location.as_str(),
            title: &idea.title,
            tags: &idea.tags,
            created: &idea.created,
            updated: &idea.updated,
            card_id: idea.card_id.as_deref(),
            path: idea.path.as_str(),
            sha256: idea.sha256.as_str(),
            fields,
        }
    }
}

/// `bos.ideas/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Ideas<'a> {
    /// The number of ideas without `--limit`.
    total: usize,
    ideas: Vec<Item<Idea<'a>, BriefIdea<'a>>>,
    /// The value of `--after` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl<'a> Ideas<'a> {
    /// One page out of `total` ideas; `picked` has the values of the form's keys for each idea.
    pub(crate) fn new(
        total: usize,
        next: Option<&Cursor>,
        ideas: &'a [idea::Idea],
        form: Form<'_>,
        picked: &[Vec<Option<Picked>>],
    ) -> Self {
        let item = |(idea, picked): (&'a idea::Idea, &Vec<Option<Picked>>)| {
            let idea = Idea::new(idea, form.fields(picked));
            if !form.brief {
                return Item::Full(idea);
            }
            Item::Brief(BriefIdea { id: idea.id, status: idea.status, title: idea.title, fields: idea.fields })
        };
        Self { total, ideas: ideas.iter().zip(picked).map(item).collect(), next: next.map(Cursor::to_text) }
    }
}

/// `bos.idea/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OneIdea<'a> {
    idea: Idea<'a>,
    /// The text below the front matter of the primary document.
    body: &'a str,
    documents: Vec<Document<'a>>,
    /// The last ten log entries about it.
    log: Vec<Entry<'a>>,
}

impl<'a> From<&'a IdeaDetail> for OneIdea<'a> {
    fn from(detail: &'a IdeaDetail) -> Self {
        Self {
            idea: Idea::new(&detail.idea, Some(detail.typed.clone())),
            body: &detail.body,
            documents: detail.documents.iter().map(Document::from).collect(),
            log: detail.log.iter().map(Entry::from).collect(),
        }
    }
}
