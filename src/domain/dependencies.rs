//! Which card waits for which: circles are found and spelled out.

use std::collections::{BTreeMap, HashMap, HashSet};

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

/// Circles, each from its first ID in order and back to it: one at least of those that share a card.
///
/// One walk through the graph, each edge once.
#[must_use]
pub fn cycles(graph: &Graph) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut told: HashSet<&str> = HashSet::new();
    let mut entered: HashSet<&str> = HashSet::new();
    let mut depths: HashMap<&str, usize> = HashMap::new();
    for start in graph.keys() {
        let mut path: Vec<&str> = Vec::new();
        let mut stack = Vec::new();
        let mut enter = Some(start.as_str());
        loop {
            if let Some(id) = enter.take().filter(|id| entered.insert(id)) {
                depths.insert(id, path.len());
                path.push(id);
                stack.push(next(graph, id));
            }
            let Some(edges) = stack.last_mut() else { break };
            let Some(id) = edges.next() else {
                stack.pop();
                path.pop().map(|left| depths.remove(left));
                continue;
            };
            let Some(depth) = depths.get(id) else {
                enter = Some(id);
                continue;
            };
            let circle = &path[*depth..];
            if !circle.iter().rev().any(|id| told.contains(id)) {
                told.extend(circle);
                found.push(closed(circle));
            }
        }
    }
    found.sort();
    found
}

/// A circle from its first ID in order, back to it.
fn closed(circle: &[&str]) -> Vec<String> {
    let first = circle.iter().enumerate().min_by_key(|(_, id)| **id).map_or(0, |(index, _)| index);
    circle.iter().cycle().skip(first).take(circle.len() + 1).map(|id| (*id).to_owned()).collect()
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
        assert_eq!(cycles(&graph(&[("A", &["A"])])), [["A", "A"]]);
        assert_eq!(
            cycles(&graph(&[("A", &["C"]), ("B", &["C"]), ("C", &["B"]), ("X", &["Y"]), ("Y", &["X"])])),
            [["B", "C", "B"], ["X", "Y", "X"]]
        );
    }

    #[test]
    fn a_long_chain_takes_linear_time() {
        let chain: Graph = (0..20_000).map(|i| (format!("{i:05}"), vec![format!("{:05}", i + 1)])).collect();
        assert!(cycles(&chain).is_empty());
    }

    #[test]
    fn long_chains_that_lead_to_a_circle_take_linear_time() {
        let mut chain: Graph = (0..20_000).map(|i| (format!("{i:05}"), vec![format!("{:05}", i + 1)])).collect();
        chain.insert("20000".to_owned(), vec!["19999".to_owned()]);
        assert_eq!(cycles(&chain), [["19999", "20000", "19999"]]);
    }
}
