//! Reading the program's own source, for the tests that hold it to its structure.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The package.
pub(crate) const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// One file of `src/`.
#[derive(Debug)]
pub(crate) struct Source {
    /// Its path below `src/`, with `/`.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
    /// The text without its comments and without what its string literals say.
    pub(crate) code: String,
    /// What its string literals say, each with the place in `code` where it stands.
    pub(crate) literals: Vec<(usize, String)>,
}

/// Every Rust file below `src/`, in order.
pub(crate) fn sources() -> Vec<Source> {
    let root = Path::new(PACKAGE).join("src");
    let mut files = Vec::new();
    rust_files(&root, &mut files);
    files.sort();
    assert!(files.len() > 100, "the source was not found");
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&file).unwrap();
            let (code, literals) = split(&text);
            Source { path, text, code, literals }
        })
        .collect()
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Parts code from comments and literals. A literal leaves `""` in the code.
fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let (mut code, mut literals) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after_word = code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = &rest[rest.find("*/").unwrap() + 2..];
        } else if let Some(raw) = (!after_word).then(|| raw_literal(rest)).flatten() {
            let (content, length) = raw;
            literals.push((code.len(), content));
            code.push_str("\"\"");
            rest = &rest[length..];
        } else if first == '"' {
            let (content, length) = plain_literal(rest);
            literals.push((code.len(), content));
            code.push_str("\"\"");
            rest = &rest[length..];
        } else if let Some(length) = character_literal(rest) {
            code.push_str("' '");
            rest = &rest[length..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    (code, literals)
}

/// `r"..."`, `r#"..."#` and the like.
fn raw_literal(rest: &str) -> Option<(String, usize)> {
    let after = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let content = after[hashes..].strip_prefix('"')?;
    let end = content.find(&format!("\"{}", "#".repeat(hashes))).unwrap();
    Some((content[..end].to_owned(), rest.len() - content.len() + end + 1 + hashes))
}

fn plain_literal(rest: &str) -> (String, usize) {
    let mut content = String::new();
    let mut escaped = false;
    for (index, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => {
                content.push(if character == '\n' { ' ' } else { character });
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (content, index + 1),
            other => content.push(other),
        }
    }
    panic!("a literal without an end: {rest}");
}

/// The length of a `'c'`; `None` for a lifetime.
fn character_literal(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    if let Some(escape) = inner.strip_prefix('\\') {
        let skipped = escape.chars().next()?.len_utf8();
        return Some(2 + skipped + escape[skipped..].find('\'')? + 1);
    }
    let character = inner.chars().next()?;
    inner[character.len_utf8()..].starts_with('\'').then(|| character.len_utf8() + 2)
}

#[test]
fn comments_and_literals_are_told_from_code() {
    let text = "a // \"x\"\nb(\"c \\\" // d\", 'e', '\"', '\\'', r#\"f\"g\"#) /* \"h\" */ <'i>";
    let (code, literals) = split(text);
    assert_eq!(code, "a \nb(\"\", ' ', ' ', ' ', \"\")  <'i>");
    let literals: Vec<_> = literals.into_iter().map(|(_, text)| text).collect();
    assert_eq!(literals, ["c \" // d", "f\"g"]);
}
