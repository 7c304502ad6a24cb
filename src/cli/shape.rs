//! How much of each item a list shows: the usual, front matter keys beside it, or as little as there can be.

use clap::Args;

use super::error::CliError;
use crate::{
    domain::{entity::Entity, value::FieldValue},
    engine::{Engine, Moment},
};

/// What a list shows of its items.
#[derive(Debug, Clone, Args)]
pub(crate) struct Shape {
    /// Show these front matter keys too, each in a column: Plan-Link,Estimate
    #[arg(long, value_name = "KEY,...", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    #[command(flatten)]
    length: Length,
}

/// How long a line of a list is.
#[derive(Debug, Clone, Args)]
pub(crate) struct Length {
    /// One short line each: the ID, how it stands, the title
    #[arg(long)]
    pub(crate) brief: bool,
}

/// The values of the front matter keys that were asked for, in that order; none where none were.
pub(crate) type Picked = Vec<Option<FieldValue>>;

impl Shape {
    /// Whether nothing special is asked for.
    pub(crate) fn is_usual(&self) -> bool {
        self.fields.is_empty() && !self.length.brief
    }

    /// Whether the shortest form is asked for.
    pub(crate) fn is_brief(&self) -> bool {
        self.length.brief
    }

    /// The values of each of these; nothing is read where no key was asked for.
    pub(crate) fn pick(
        &self,
        engine: &Engine,
        entities: impl Iterator<Item = Entity>,
        at: Option<&Moment>,
    ) -> Result<Vec<Picked>, CliError> {
        if self.fields.is_empty() {
            return Ok(entities.map(|_| Picked::new()).collect());
        }
        Ok(entities.map(|entity| engine.picked(&entity, &self.fields, at)).collect::<Result<_, _>>()?)
    }
}

/// A value as a column of a list shows it.
pub(crate) fn shown(value: Option<&FieldValue>) -> String {
    match value {
        Some(FieldValue::List(items)) => items.join(", "),
        Some(value) => value.as_text().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}
