//! Which card waits for which: circles are found and spelled out.

use std::collections::{BTreeMap, HashSet};

/// Who depends on whom, by ID.
pub type Graph = BTreeMap<String, Vec<String>>;

/// The circle that `start` is part of, from `start` back to it: `[A, B, A]`.
#[must_use]
pub fn cycle_through(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut seen = HashSet::new();
    let mut path = vec![start];
    let mut stack = vec![next(graph, start)];
    while let Some(edges) = stack.last_mut() {
        match edges.next() {
            Some(id) if id == start => {
                path.push(start);
                return Some(path.into_iter().map(str::to_owned).collect());
            }
            Some(id) if seen.insert(id) => {
                path.push(id);
                stack.push(next(graph, id));
            }
            Some(_) => {}
            None => {
                stack.pop();
                path.pop();
            }
        }
    }
    None
}

/// Every circle once, each from its first ID in order; circles that share a card are told by one of them.
#[must_use]
pub fn cycles(graph: &Graph) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut told: HashSet<String> = HashSet::new();
    let mut acyclic = acyclic_part(graph);
    for id in graph.keys() {
        if told.contains(id) || acyclic.contains(id.as_str()) {
            continue;
        }
        match cycle_through(graph, id) {
            Some(cycle) => {
                told.extend(cycle.iter().cloned());
                found.push(cycle);
            }
            None => {
                acyclic.insert(id);
            }
        }
    }
    found
}

/// The cards from which no circle can be reached, found by peeling off those whose dependencies are all peeled.
fn acyclic_part(graph: &Graph) -> HashSet<&str> {
    let mut waiting: BTreeMap<&str, usize> = BTreeMap::new();
    let mut dependents: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, edges) in graph {
        waiting.insert(id, edges.len());
        for edge in edges {
            waiting.entry(edge).or_insert(0);
            dependents.entry(edge).or_default().push(id);
        }
    }
    let mut free: Vec<&str> =
        waiting.iter().filter(|(id, n)| **n == 0 || !graph.contains_key(**id)).map(|(id, _)| *id).collect();
    let mut peeled: HashSet<&str> = HashSet::new();
    while let Some(id) = free.pop() {
        if !peeled.insert(id) {
            continue;
        }
        for dependent in dependents.get(id).into_iter().flatten() {
            if let Some(n) = waiting.get_mut(dependent) {
                *n = n.saturating_sub(1);
                if *n == 0 {
                    free.push(dependent);
                }
            }
        }
    }
    peeled
}

fn next<'a>(graph: &'a Graph, id: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    graph.get(id).into_iter().flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> Graph {
        edges.iter().map(|(id, to)| ((*id).to_owned(), to.iter().map(|t| (*t).to_owned()).collect())).collect()
    }

    #[test]
    fn circles_are_spelled_out() {
        let g = graph(&[("A", &["X", "B"]), ("B", &["C"]), ("C", &["A"]), ("D", &["A"]), ("X", &[])]);
        assert_eq!(cycle_through(&g, "A"), Some(["A", "B", "C", "A"].map(str::to_owned).to_vec()));
        assert_eq!(cycle_through(&g, "D"), None);
        assert_eq!(cycles(&g), vec![["A", "B", "C", "A"].map(str::to_owned).to_vec()]);
        assert!(cycles(&graph(&[("A", &["B", "B"]), ("B", &[])])).is_empty());
        assert_eq!(cycles(&graph(&[("A", &["A"])])).len(), 1);
    }

    #[test]
    fn a_long_chain_takes_linear_time() {
        let chain: Graph = (0..20_000).map(|i| (format!("{i:05}"), vec![format!("{:05}", i + 1)])).collect();
        assert!(cycles(&chain).is_empty());
    }
}
