//! A dependency graph in the languages of graph tools. Titles are escaped, so that none can break out of its label.

use std::{collections::HashMap, fmt::Write as _};

use super::{lane_words, sanitize::sanitize};
use crate::{
    domain::one_of::OneOf,
    engine::{Dependency, DependencyGraph},
};

/// The graph in Mermaid syntax.
pub(crate) fn mermaid(graph: &DependencyGraph) -> String {
    let mut text = "flowchart LR\n".to_owned();
    let mut names: HashMap<&str, String> = HashMap::new();
    for (index, node) in graph.nodes.iter().enumerate() {
        let name = format!("n{}", index + 1);
        let class = match node {
            node if node.kind.is_none() => ":::unknown",
            node if node.is_done() => ":::done",
            _ => "",
        };
        let lines: Vec<String> = lines(node).iter().map(|line| entities(line)).collect();
        let _ = writeln!(text, "  {name}[\"{}\"]{class}", lines.join("<br/>"));
        names.insert(&node.id, name);
    }
    for (from, to) in &graph.edges {
        let _ = writeln!(text, "  {} --> {}", names[from.as_str()], names[to.as_str()]);
    }
    text + "  classDef done fill:#d5f0d5,stroke:#2e7d32,color:#1b1b1b\n  classDef unknown stroke-dasharray:4 4\n"
}

/// The graph in Graphviz syntax.
pub(crate) fn dot(graph: &DependencyGraph) -> String {
    let mut text = "digraph dependencies {\n  rankdir=LR;\n  node [shape=box];\n".to_owned();
    for node in &graph.nodes {
        let style = match node {
            node if node.kind.is_none() => ", style=dashed",
            node if node.is_done() => ", style=filled, fillcolor=\"#d5f0d5\"",
            _ => "",
        };
        // In a label, as in HTML, an ampersand starts a character reference.
        let lines: Vec<String> = lines(node).iter().map(|line| escaped(line).replace('&', "&amp;")).collect();
        let _ = writeln!(text, "  \"{}\" [label=\"{}\"{style}];", escaped(&node.id), lines.join("\\n"));
    }
    for (from, to) in &graph.edges {
        let _ = writeln!(text, "  \"{}\" -> \"{}\";", escaped(from), escaped(to));
    }
    text + "}\n"
}

/// The lines of a node's label.
fn lines(node: &Dependency) -> Vec<String> {
    let lane = node.lane.as_ref().map(|lane| match lane {
        OneOf::Known(lane) => lane_words::shown(*lane).to_owned(),
        OneOf::Other(other) => other.clone(),
    });
    [Some(node.id.clone()), node.title.clone(), lane].into_iter().flatten().collect()
}

/// Text for a quoted label: characters that Mermaid, or HTML or markdown in its labels, could interpret are written as
/// character codes.
fn entities(text: &str) -> String {
    let mut safe = String::new();
    for c in sanitize(text).chars() {
        match c {
            '"' | '#' | '&' | '<' | '>' | '`' | '\\' | '%' | '{' | '}' | ';' | '*' | '_' | '~' | '$' => {
                let _ = write!(safe, "#{};", u32::from(c));
            }
            c => safe.push(c),
        }
    }
    safe
}

/// Text for a quoted string, in which Graphviz would interpret backslashes.
fn escaped(text: &str) -> String {
    sanitize(text).replace('\\', "\\\\").replace('"', "\\\"")
}
