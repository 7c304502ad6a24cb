//! How much of each item a list shows: the usual columns, additional front matter keys, or a brief line.

use clap::Args;

use super::ui::Ui;
use crate::{
    domain::{
        entity::Entity,
        value::{self, FieldValue},
    },
    engine::{Moment, View},
    wire::Form,
};

/// What a list shows of its items.
#[derive(Debug, Clone, Args)]
pub(crate) struct Shape {
    /// Show these front matter keys as columns too: Plan-Link,Estimate
    #[arg(long, value_name = "KEY,...", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    #[command(flatten)]
    length: Length,
}

/// The length of a list's lines.
#[derive(Debug, Clone, Args)]
pub(crate) struct Length {
    /// One short line each: ID, state, title
    #[arg(long)]
    pub(crate) brief: bool,
}

/// The values of the requested front matter keys, in that order; empty if none were requested.
pub(crate) type Picked = Vec<Option<value::Picked>>;

impl Shape {
    /// Whether the usual columns are requested.
    pub(crate) fn is_usual(&self) -> bool {
        self.fields.is_empty() && !self.length.brief
    }

    /// Whether brief lines are requested.
    pub(crate) fn is_brief(&self) -> bool {
        self.length.brief
    }

    /// The same, for JSON documents.
    pub(crate) fn form(&self) -> Form<'_> {
        Form { brief: self.length.brief, keys: &self.fields }
    }

    /// The values of the requested keys for each entity; reads nothing if no key was requested. Entities that cannot be
    /// read are reported, and the others are shown.
    pub(crate) fn pick(
        &self,
        view: &View<'_>,
        ui: &Ui,
        entities: impl Iterator<Item = Entity>,
        at: Option<&Moment>,
    ) -> Vec<Picked> {
        if self.fields.is_empty() {
            return entities.map(|_| Picked::new()).collect();
        }
        let pick = |entity: Entity| {
            view.picked(&entity, &self.fields, at).unwrap_or_else(|error| {
                ui.note(&format!("the keys of {} cannot be read: {error}", entity.id()));
                vec![None; self.fields.len()]
            })
        };
        entities.map(pick).collect()
    }
}

/// A value as shown in a column of a list.
pub(crate) fn shown(value: Option<&value::Picked>) -> String {
    match value.map(|picked| &picked.value) {
        Some(FieldValue::List(items)) => items.join(", "),
        Some(value) => value.as_text().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}
