//! The dependency graph of cards: its cycles, its reverse, and the tree below a card.

use std::collections::{BTreeMap, HashMap, HashSet};

/// Each card's ID with the IDs it depends on.
pub type Graph = BTreeMap<String, Vec<String>>;

/// The cycle that contains `start`, from `start` back to it: `[A, B, A]`; `None` if there is none.
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

/// The reverse graph: each ID with those that depend on it.
#[must_use]
pub fn reversed(graph: &Graph) -> Graph {
    let mut waiting = Graph::new();
    for (id, others) in graph {
        for other in others {
            waiting.entry(other.clone()).or_default().push(id.clone());
        }
    }
    waiting
}

/// Why a branch of a tree ends at a card that has dependencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Its subtree is already shown further up.
    Repeated,
    /// It is one of its own ancestors.
    Circular,
}

/// One line of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The card's ID.
    pub id: String,
    /// The ID of its parent.
    pub parent: String,
    /// Its depth, counted from 1.
    pub depth: usize,
    /// Whether it is the last child of its parent.
    pub is_last: bool,
    /// Why its children are left out; `None` if they are not.
    pub cut: Option<Cut>,
}

/// Everything reachable from a card, as a tree without its root, in preorder. Each subtree appears only once, so the
/// tree is no larger than the graph.
#[must_use]
pub fn tree(graph: &Graph, root: &str) -> Vec<Branch> {
    let mut branches = Vec::new();
    let mut grown: HashSet<&str> = HashSet::from([root]);
    let mut path: Vec<&str> = Vec::new();
    let mut above: HashSet<&str> = HashSet::new();
    let mut stack = Vec::new();
    let mut enter = graph.get_key_value(root).map(|(id, _)| id.as_str());
    loop {
        if let Some(id) = enter.take() {
            path.push(id);
            above.insert(id);
            stack.push(children(graph, id).into_iter().peekable());
        }
        let (Some(rest), Some(parent)) = (stack.last_mut(), path.last()) else { return branches };
        let Some(id) = rest.next() else {
            stack.pop();
            path.pop().map(|left| above.remove(left));
            continue;
        };
        let cut = if above.contains(id) {
            Some(Cut::Circular)
        } else if !graph.contains_key(id) {
            None
        } else if grown.insert(id) {
            enter = Some(id);
            None
        } else {
            Some(Cut::Repeated)
        };
        branches.push(Branch {
            id: id.to_owned(),
            parent: (*parent).to_owned(),
            depth: stack.len(),
            is_last: stack.last_mut().is_some_and(|rest| rest.peek().is_none()),
            cut,
        });
    }
}

/// The direct dependencies of a card, each once.
fn children<'a>(graph: &'a Graph, id: &str) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    next(graph, id).filter(|id| seen.insert(*id)).collect()
}

/// Cycles, each starting and ending with its smallest ID; of cycles that share a card at least one is found.
///
/// Visits each edge of the graph once.
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

/// A cycle rotated to start with its smallest ID, and closed with that ID again.
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

    fn drawn(graph: &Graph, root: &str) -> String {
        let line = |branch: &Branch| {
            let cut = branch.cut.map(|cut| format!(" {cut:?}")).unwrap_or_default();
            format!("{}{}{}{cut}\n", "  ".repeat(branch.depth), if branch.is_last { "└ " } else { "├ " }, branch.id)
        };
        tree(graph, root).iter().map(line).collect()
    }

    #[test]
    fn a_tree_says_where_it_is_cut() {
        let g = graph(&[("A", &["B", "C", "B"]), ("B", &["D", "A"]), ("C", &["B", "D", "C"]), ("D", &["E"])]);
        insta::assert_snapshot!(drawn(&g, "A"), @"
        ├ B
          ├ D
            └ E
          └ A Circular
        └ C
          ├ B Repeated
          ├ D Repeated
          └ C Circular
        ");
        insta::assert_snapshot!(drawn(&reversed(&g), "E"), @"
        └ D
          ├ B
            ├ A
              └ B Circular
            └ C
              ├ A Repeated
              └ C Circular
          └ C Repeated
        ");
        assert_eq!(drawn(&g, "E"), "");
    }

    #[test]
    fn a_tree_is_no_larger_than_its_graph() {
        // 60 layers of two cards, each depending on both of the next layer: 2^60 paths from first to last.
        let layer = |i: usize| [format!("{i}a"), format!("{i}b")];
        let layers = (0..60).flat_map(|i| layer(i).map(|id| (id, layer(i + 1).to_vec())));
        assert_eq!(tree(&layers.collect(), "0a").len(), 2 + 4 * 59);
        let chain: Graph = (0..20_000).map(|i| (format!("{i:05}"), vec![format!("{:05}", i + 1)])).collect();
        assert_eq!(tree(&chain, "00000").len(), 20_000);
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
