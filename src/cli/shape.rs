//! How much of each item a list shows: the usual, front matter keys beside it, or as little as there can be.

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

/// How long a line of a list is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Length {
    /// One short line each: ID, state, title
    #[arg(long)]
    pub(crate) brief: bool,
}

/// The values of the front matter keys that were asked for, in that order; none where none were.
pub(crate) type Picked = Vec<Option<value::Picked>>;

impl Shape {
    /// Whether nothing special is asked for.
    pub(crate) fn is_usual(&self) -> bool {
        self.fields.is_empty() && !self.length.brief
    }

    /// Whether the shortest form is asked for.
    pub(crate) fn is_brief(&self) -> bool {
        self.length.brief
    }

    /// The same, as documents take it.
    pub(crate) fn form(&self) -> Form<'_> {
        Form { brief: self.length.brief, keys: &self.fields }
    }

    /// The values of each of these; nothing is read where no key was asked for. What cannot be read is told, and the
    /// others are shown.
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

/// A value as a column of a list shows it.
pub(crate) fn shown(value: Option<&value::Picked>) -> String {
    match value.map(|picked| &picked.value) {
        Some(FieldValue::List(items)) => items.join(", "),
        Some(value) => value.as_text().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}
