//! `bos.deps/1` and `bos.graph/1`.

use schemars::JsonSchema;
use serde::Serialize;

use super::words::Lane;
use crate::{
    domain::{dependencies::Cut, one_of::OneOf},
    engine::{self, DependencyBranch, DependencyGraph, DependencyTree},
};

/// A card or idea in a dependency tree or graph.
#[derive(Debug, Serialize, JsonSchema)]
struct Dependency<'a> {
    id: &'a str,
    /// Null if nothing has this ID.
    entity: Option<&'static str>,
    business: Option<&'a str>,
    lane: Option<Lane>,
    title: Option<&'a str>,
    done: bool,
    archived: bool,
}

impl<'a> From<&'a engine::Dependency> for Dependency<'a> {
    fn from(dependency: &'a engine::Dependency) -> Self {
        Self {
            id: &dependency.id,
            entity: dependency.kind,
            business: dependency.business.as_deref(),
            lane: dependency.lane.as_ref().and_then(OneOf::known).map(Lane),
            title: dependency.title.as_deref(),
            done: dependency.is_done(),
            archived: dependency.archived,
        }
    }
}

/// `bos.deps/1`: both trees as lines, in preorder.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Dependencies<'a> {
    card: Dependency<'a>,
    total: usize,
    waits_for: Vec<Branch<'a>>,
    waited_for_by: Vec<Branch<'a>>,
}

/// A line of a tree.
#[derive(Debug, Serialize, JsonSchema)]
struct Branch<'a> {
    #[serde(flatten)]
    dependency: Dependency<'a>,
    /// The depth, counted from 1.
    depth: usize,
    /// The ID of the parent.
    parent: &'a str,
    /// Why its dependencies are left out: `repeated` or `circular`.
    cut: Option<&'static str>,
}

impl<'a> From<&'a DependencyBranch> for Branch<'a> {
    fn from(DependencyBranch { branch, dependency }: &'a DependencyBranch) -> Self {
        let cut = branch.cut.map(|cut| match cut {
            Cut::Repeated => "repeated",
            Cut::Circular => "circular",
        });
        Self { dependency: Dependency::from(dependency), depth: branch.depth, parent: &branch.parent, cut }
    }
}

impl<'a> From<&'a DependencyTree> for Dependencies<'a> {
    fn from(tree: &'a DependencyTree) -> Self {
        Self {
            card: Dependency::from(&tree.card),
            total: tree.waits_for.len() + tree.waited_for_by.len(),
            waits_for: tree.waits_for.iter().map(Branch::from).collect(),
            waited_for_by: tree.waited_for_by.iter().map(Branch::from).collect(),
        }
    }
}

/// `bos.graph/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Graph<'a> {
    business: Option<&'a str>,
    total: usize,
    nodes: Vec<Dependency<'a>>,
    edges: Vec<Edge<'a>>,
}

/// `from` depends on `to`.
#[derive(Debug, Serialize, JsonSchema)]
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
}

impl<'a> Graph<'a> {
    /// The graph of one business or of all.
    pub(crate) fn new(business: Option<&'a str>, graph: &'a DependencyGraph) -> Self {
        Self {
            business,
            total: graph.nodes.len(),
            nodes: graph.nodes.iter().map(Dependency::from).collect(),
            edges: graph.edges.iter().map(|(from, to)| Edge { from, to }).collect(),
        }
    }
}
