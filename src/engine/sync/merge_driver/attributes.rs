//! The section of an attributes file that says which files are documents. Pure.

use crate::{
    domain::doc_path::MIRROR,
    markdown::{Markers, SectionError, section, with_section, without_section},
};

/// What stands behind each pattern.
const ATTRIBUTE: &str = " merge=bos";

/// The documents of a tree as patterns; `prefix` is where its root lies in the work tree.
pub(super) fn patterns(prefix: &str) -> Vec<String> {
    let folder = if prefix.is_empty() { MIRROR.to_owned() } else { format!("{}/{MIRROR}", literal(prefix)) };
    ["cards", "ideas"].map(|kind| in_quotes(format!("{folder}/{kind}/**/*.md"))).into()
}

/// The text with these patterns among those of its section.
pub(super) fn with_patterns(text: &str, patterns: &[String]) -> Result<String, SectionError> {
    let mut lines = lines(text)?;
    for line in patterns.iter().map(|pattern| format!("{pattern}{ATTRIBUTE}")) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    with_section(text, &lines.join("\n"), Markers::HASH)
}

/// The text without these patterns, and without the section where they were all of it.
pub(super) fn without_patterns(text: &str, patterns: &[String]) -> Result<String, SectionError> {
    let mut lines = lines(text)?;
    let before = lines.len();
    lines.retain(|line| !line.strip_suffix(ATTRIBUTE).is_some_and(|pattern| patterns.iter().any(|own| own == pattern)));
    if lines.is_empty() {
        without_section(text, Markers::HASH)
    } else if lines.len() == before {
        Ok(text.to_owned())
    } else {
        with_section(text, &lines.join("\n"), Markers::HASH)
    }
}

/// Whether the text names any documents.
pub(super) fn lists(text: &str) -> bool {
    lines(text).is_ok_and(|lines| !lines.is_empty())
}

fn lines(text: &str) -> Result<Vec<String>, SectionError> {
    let inner = section(text, Markers::HASH)?.unwrap_or_default();
    Ok(inner.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

/// A path that stands for itself alone in a pattern.
fn literal(path: &str) -> String {
    let mut literal = String::with_capacity(path.len());
    for (index, c) in path.char_indices() {
        if matches!(c, '*' | '?' | '[' | '\\') || (index == 0 && matches!(c, '!' | '#')) {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

/// A pattern as a line of the file holds it: in quotes where it would end too early.
fn in_quotes(pattern: String) -> String {
    if pattern.contains([' ', '\t', '"']) {
        format!("\"{}\"", pattern.replace('\\', r"\\").replace('"', "\\\"").replace('\t', r"\t"))
    } else {
        pattern
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_in_a_folder_is_named_exactly() {
        let first = |prefix: &str| patterns(prefix).remove(0);
        assert_eq!(first(""), "docs/business-os/cards/**/*.md");
        assert_eq!(first("shops/größe"), "shops/größe/docs/business-os/cards/**/*.md");
        assert_eq!(first("a b"), r#""a b/docs/business-os/cards/**/*.md""#);
        assert_eq!(first("[x]*"), r"\[x]\*/docs/business-os/cards/**/*.md");
        assert_eq!(first("#a \"b\""), r#""\\#a \"b\"/docs/business-os/cards/**/*.md""#);
    }

    #[test]
    fn trees_share_the_section_and_leave_it_one_by_one() {
        let (one, two) = (patterns(""), patterns("shop"));
        let text = "*.png binary\n";
        let with_one = with_patterns(text, &one).unwrap();
        let with_both = with_patterns(&with_one, &two).unwrap();
        assert_eq!(with_patterns(&with_both, &one).unwrap(), with_both);
        assert_eq!(without_patterns(&with_both, &two).unwrap(), with_one);
        assert_eq!(without_patterns(&with_one, &two).unwrap(), with_one);
        assert_eq!(without_patterns(&with_one, &one).unwrap(), text);
        assert!(lists(&with_one) && !lists(text));
    }
}
