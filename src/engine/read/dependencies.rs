//! Dependencies: the tree around one card, and the graph of a business.

use std::collections::{BTreeSet, HashMap};

use crate::{
    domain::{
        dependencies::{Branch, reversed, tree},
        id::Id,
        lane::Lane,
        one_of::OneOf,
    },
    engine::base::{error::EngineError, view::View},
};

/// A card or idea in a dependency tree or graph, or the text written in place of its ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The ID, as written.
    pub id: String,
    /// `card` or `idea`; `None` if nothing has this ID.
    pub kind: Option<&'static str>,
    /// Its business.
    pub business: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// The lane of a card.
    pub lane: Option<OneOf<Lane>>,
    /// Whether it is archived.
    pub archived: bool,
}

impl Dependency {
    /// Whether cards that depend on it no longer have to wait.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.lane, Some(OneOf::Known(Lane::Done | Lane::Reflected)))
    }
}

/// A line of the tree around a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyBranch {
    /// Its position in the tree.
    pub branch: Branch,
    /// The card or idea at that position.
    pub dependency: Dependency,
}

/// Everything that a card depends on, and everything that depends on it, directly and indirectly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyTree {
    /// The card.
    pub card: Dependency,
    /// What it depends on.
    pub waits_for: Vec<DependencyBranch>,
    /// What depends on it.
    pub waited_for_by: Vec<DependencyBranch>,
}

/// The dependency graph of cards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DependencyGraph {
    /// All endpoints of edges, sorted by ID.
    pub nodes: Vec<Dependency>,
    /// The edges, each from a card to what it depends on.
    pub edges: Vec<(String, String)>,
}

/// Looks up each card and idea only once.
struct Registry<'e> {
    view: &'e View<'e>,
    known: HashMap<String, Dependency>,
}

impl View<'_> {
    /// The dependency tree around a card, in both directions.
    pub fn dependency_tree(&self, typed: &str) -> Result<DependencyTree, EngineError> {
        let id = self.existing_card(typed)?;
        let graph = self.dependencies()?;
        let mut registry = Registry::new(self);
        Ok(DependencyTree {
            card: registry.get(id.as_str())?.clone(),
            waits_for: registry.describe(tree(&graph, id.as_str()))?,
            waited_for_by: registry.describe(tree(&reversed(&graph), id.as_str()))?,
        })
    }

    /// The dependencies of the cards on the boards, of one business or of all. Cards of other businesses, archived
    /// cards and ideas are included if a card depends on them.
    pub fn dependency_graph(&self, business: Option<&str>) -> Result<DependencyGraph, EngineError> {
        let mut registry = Registry::new(self);
        let mut edges: BTreeSet<(String, String)> = BTreeSet::new();
        for (id, others) in self.waiting(false)? {
            for other in others {
                if business.is_none() || registry.is_of(&id, business)? || registry.is_of(&other, business)? {
                    edges.insert((id.clone(), other));
                }
            }
        }
        let ends: BTreeSet<&String> = edges.iter().flat_map(|(from, to)| [from, to]).collect();
        let nodes = ends.into_iter().map(|id| registry.get(id).cloned()).collect::<Result<_, _>>()?;
        Ok(DependencyGraph { nodes, edges: edges.into_iter().collect() })
    }
}

impl<'e> Registry<'e> {
    fn new(view: &'e View<'e>) -> Self {
        Self { view, known: HashMap::new() }
    }

    fn get(&mut self, id: &str) -> Result<&Dependency, EngineError> {
        if !self.known.contains_key(id) {
            let found = self.look_up(id)?;
            self.known.insert(id.to_owned(), found);
        }
        Ok(&self.known[id])
    }

    fn is_of(&mut self, id: &str, business: Option<&str>) -> Result<bool, EngineError> {
        Ok(self.get(id)?.business.as_deref() == business)
    }

    fn describe(&mut self, branches: Vec<Branch>) -> Result<Vec<DependencyBranch>, EngineError> {
        let described = branches.into_iter().map(|branch| {
            let dependency = self.get(&branch.id)?.clone();
            Ok(DependencyBranch { branch, dependency })
        });
        described.collect()
    }

    fn look_up(&self, text: &str) -> Result<Dependency, EngineError> {
        let store = &self.view.store;
        let id = text.to_owned();
        let nothing = Dependency { id, kind: None, business: None, title: None, lane: None, archived: false };
        let Some(id) = Id::of_idea(text) else { return Ok(nothing) };
        if let Some(card) = store.card(&id)? {
            return Ok(Dependency {
                kind: Some("card"),
                business: Some(card.business),
                title: Some(card.title),
                lane: Some(card.lane),
                archived: card.archived,
                ..nothing
            });
        }
        if let Some(idea) = store.idea(&id)? {
            let business = Some(idea.business).filter(|business| !business.is_empty());
            let title = Some(idea.title);
            return Ok(Dependency { kind: Some("idea"), business, title, archived: idea.archived, ..nothing });
        }
        Ok(nothing)
    }
}
