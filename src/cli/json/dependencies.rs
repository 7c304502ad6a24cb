//! `bos.deps/1` and `bos.graph/1`.

use serde_json::{Value, json};

use crate::{
    domain::{dependencies::Cut, lane::Lane, one_of::OneOf},
    engine::{Dependency, DependencyBranch, DependencyGraph, DependencyTree},
};

/// `bos.deps/1`: both trees line by line, each line before those below it.
pub(crate) fn dependency_tree(tree: &DependencyTree) -> Value {
    let branches = |branches: &[DependencyBranch]| -> Vec<Value> {
        let line = |DependencyBranch { branch, dependency }: &DependencyBranch| {
            let cut = branch.cut.map(|cut| match cut {
                Cut::Repeated => "repeated",
                Cut::Circular => "circular",
            });
            let mut line = self::dependency(dependency);
            if let Some(map) = line.as_object_mut() {
                map.extend([
                    ("depth".to_owned(), json!(branch.depth)),
                    ("parent".to_owned(), json!(branch.parent)),
                    ("cut".to_owned(), json!(cut)),
                ]);
            }
            line
        };
        branches.iter().map(line).collect()
    };
    json!({
        "schema": "bos.deps/1", "card": dependency(&tree.card),
        "total": tree.waits_for.len() + tree.waited_for_by.len(),
        "waits_for": branches(&tree.waits_for), "waited_for_by": branches(&tree.waited_for_by),
    })
}

/// `bos.graph/1`.
pub(crate) fn dependency_graph(business: Option<&str>, graph: &DependencyGraph) -> Value {
    let edges: Vec<Value> = graph.edges.iter().map(|(from, to)| json!({"from": from, "to": to})).collect();
    json!({
        "schema": "bos.graph/1", "business": business, "total": graph.nodes.len(),
        "nodes": graph.nodes.iter().map(dependency).collect::<Vec<_>>(), "edges": edges,
    })
}

fn dependency(dependency: &Dependency) -> Value {
    let lane = dependency.lane.as_ref().and_then(OneOf::known).map(Lane::as_str);
    json!({
        "id": dependency.id, "entity": dependency.kind, "business": dependency.business, "lane": lane,
        "title": dependency.title, "done": dependency.is_done(), "archived": dependency.archived,
    })
}
