//! What cards depend on, as they say themselves.

use super::{error::EngineError, view::View};
use crate::{
    domain::dependencies::Graph,
    store::{Scope, StoreError},
};

impl View<'_> {
    /// The dependencies of all cards that have any.
    pub(in crate::engine) fn dependencies(&self) -> Result<Graph, EngineError> {
        let mut graph = self.waiting(false)?;
        graph.extend(self.waiting(true)?);
        Ok(graph)
    }

    /// The dependencies of either the archived cards or the others.
    pub(in crate::engine) fn waiting(&self, archived: bool) -> Result<Graph, EngineError> {
        let mut graph = Graph::new();
        self.store.each_card(Scope::Everything, archived, None, |card| {
            let Some(card) = self.readable(card)? else { return Ok(()) };
            let others = card.dependencies().map_err(|what| StoreError::Row {
                table: "business_os_cards",
                key: card.line.id.to_owned(),
                what,
            });
            let Some(others) = self.readable(others)? else { return Ok(()) };
            if !others.is_empty() {
                graph.insert(card.line.id.to_owned(), others);
            }
            Ok::<_, EngineError>(())
        })?;
        Ok(graph)
    }
}
