//! Checks a tree on disk, without a database, as in CI.
//!
//! Texts are dropped as soon as their entity is checked; rules across documents need only small facts.

use std::{
    collections::{BTreeSet, HashSet},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use crate::{
    domain::{
        catalogue::Catalogue,
        diagnostic::{Diagnostic, Severity},
        doc_path::DocPath,
    },
    engine::{
        base::{
            catalogue::{odd_codes, read_catalogue},
            config,
            error::EngineError,
            file_probe::{FileProbe, Probed},
            reading::Reading,
            selection::Selection,
            walk::{Walked, walk},
            workspace::{Workspace, canonical},
        },
        rules::{self, Facts, Seen},
    },
    markdown::locate::Located,
    tree::Tree,
};

/// The number of entities a thread takes at a time.
const BATCH: usize = 64;

/// The findings in a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidateReport {
    /// The number of documents checked, including unreadable ones.
    pub documents: usize,
    /// Sorted by path, line, column and code.
    pub diagnostics: Vec<Diagnostic>,
    /// The ideas whose ID is a name, sorted. This is not a finding.
    pub named: Vec<String>,
}

impl ValidateReport {
    /// The number of findings that are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// The number of findings that are warnings.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity() == severity).count()
    }
}

/// Applies every rule to the tree at `root`. Reads the whole tree, because some rules span documents, but reports only
/// findings in `paths`, which are relative to the folder `from`, or all findings if there are none.
///
/// # Errors
/// A path is not a document or does not exist, or the root does not exist. Faults of documents are in the report.
pub fn validate(root: &Path, from: &Path, paths: &[PathBuf]) -> Result<ValidateReport, EngineError> {
    let root = canonical(root)?;
    let selection = Selection::new(&root, from, paths)?;
    if let Some(path) = selection.absent(&root) {
        let id = path.to_owned();
        return Err(EngineError::Unknown { what: "document", id, nearest: None, known: Vec::new() });
    }
    let tree = Tree::at(&root);
    let (catalogue, finding) = read_catalogue(&tree);
    let mut diagnostics: Vec<Diagnostic> = finding.into_iter().collect();
    diagnostics.extend(catalogue.iter().flat_map(odd_codes));
    diagnostics.extend(config::findings(&Workspace::at(root.clone(), None)));
    let mut documents = Vec::new();
    for walked in walk(&tree) {
        match walked {
            Walked::Document(located) => documents.push(located),
            Walked::Problem(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    documents.sort_by(|a, b| (&a.entity, &a.path).cmp(&(&b.entity, &b.path)));
    let entities: Vec<&[Located]> = documents.chunk_by(|a, b| a.entity == b.entity).collect();
    let checked = check_all(&entities, &FileProbe::new(tree, None), catalogue.as_ref());
    diagnostics.extend(checked.diagnostics);
    let unread: HashSet<&str> = checked.unread.iter().map(String::as_str).collect();
    diagnostics.extend(rules::tree(&checked.facts, &|id| unread.contains(id)));
    diagnostics.retain(|found| {
        selection.is_all() || DocPath::parse(&found.path).is_some_and(|path| selection.contains(&path))
    });
    diagnostics.sort_by(|a, b| (&a.path, a.line, a.column, a.code).cmp(&(&b.path, b.line, b.column, b.code)));
    let is_there = |one: &Selection| {
        documents.iter().any(|located| one.contains(&located.path))
            || diagnostics.iter().any(|found| DocPath::parse(&found.path).is_some_and(|path| one.contains(&path)))
    };
    if let Some(path) = selection.unmatched(is_there) {
        return Err(EngineError::Unknown { what: "document", id: path.to_owned(), nearest: None, known: Vec::new() });
    }
    let selected = documents.iter().filter(|located| selection.contains(&located.path));
    let mut named = selected.clone().map(|located| located.entity.owner()).filter(|id| id.is_name());
    let named: BTreeSet<String> = named.by_ref().map(ToString::to_string).collect();
    Ok(ValidateReport { documents: selected.count(), diagnostics, named: named.into_iter().collect() })
}

/// What one thread has found so far.
#[derive(Default)]
struct Checked {
    diagnostics: Vec<Diagnostic>,
    facts: Vec<Facts>,
    /// The IDs of cards and ideas that exist but cannot be read.
    unread: Vec<String>,
}

/// Reads and checks every entity, on all cores. Sorting the findings is up to the caller.
fn check_all(entities: &[&[Located]], probe: &FileProbe, catalogue: Option<&Catalogue>) -> Checked {
    let next = AtomicUsize::new(0);
    let work = || {
        let probe = probe.clone();
        let mut checked = Checked::default();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            let Some(rest) = entities.get(start..).filter(|rest| !rest.is_empty()) else { return checked };
            for entity in rest.iter().take(BATCH) {
                checked.check(entity, &probe, catalogue);
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(entities.len().div_ceil(BATCH));
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(checked) => all.merge(checked),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

impl Checked {
    fn check(&mut self, documents: &[Located], probe: &FileProbe, catalogue: Option<&Catalogue>) {
        let mut read: Vec<(&Located, Box<Reading>)> = Vec::with_capacity(documents.len());
        for located in documents {
            match probe.probe(&located.path, None) {
                Probed::Read(reading, _) => read.push((located, reading)),
                Probed::Unreadable(problem, _) => {
                    self.diagnostics.push(problem.at(located.path.as_str()));
                    self.unread.push(located.entity.id());
                }
                // Removed since the walk.
                Probed::Nothing | Probed::Same(_) => {}
            }
        }
        let seen: Vec<Seen<'_>> = read.iter().map(|(located, reading)| Seen { located, reading }).collect();
        self.diagnostics.extend(rules::entity(&seen));
        self.facts.extend(seen.iter().map(|seen| Facts::of(seen, catalogue)));
    }

    fn merge(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        self.facts.extend(other.facts);
        self.unread.extend(other.unread);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{diagnostic::Code, doc_path::MIRROR};

    fn report(fixture: &str, paths: &[&str]) -> ValidateReport {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures")).join(fixture);
        validate(&root, &root, &paths.iter().map(PathBuf::from).collect::<Vec<_>>()).unwrap()
    }

    /// Formats findings as `cards/A-1.user.md BOS030 3`, one per line.
    fn told(report: &ValidateReport) -> String {
        let lines = report.diagnostics.iter().map(|found| {
            let path = found.path.strip_prefix(MIRROR).map_or(found.path.as_str(), |path| &path[1..]);
            let line = found.line.map_or("-".to_owned(), |line| line.to_string());
            format!("{path} {} {line}", found.code.as_str())
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_clean_tree_has_no_finding() {
        let report = report("bakery", &[]);
        assert_eq!((told(&report).as_str(), report.documents), ("", 26));
    }

    #[test]
    fn quirks_are_warnings() {
        let report = report("quirks", &[]);
        assert_eq!(report.errors(), 0);
        insta::assert_snapshot!(told(&report), @"
        cards/KITE-ENG-0001.user.md BOS034 8
        cards/SHOP-ENG-0003.agent.md BOS046 3
        cards/SHOP-ENG-0006/Planned.user.md BOS023 -
        cards/SHOP-ENG-0006/fact-finding.user.md BOS023 -
        cards/SHOP-ENG-0007.agent.md BOS024 1
        cards/SHOP-ENG-0007/reflect.user.md BOS024 1
        cards/SHOP-ENG-0031.user.md BOS038 1
        cards/SHOP-ENG-0032.user.md BOS033 10
        cards/SHOP-ENG-0033.user.md BOS035 2
        cards/SHOP-ENG-0033.user.md BOS036 9
        cards/SHOP-ENG-0033.user.md BOS036 12
        cards/SHOP-ENG-0099.md BOS022 -
        cards/template.md BOS022 -
        ideas/SHOP-OPP-0010.user.md BOS022 -
        ideas/inbox/SHOP-OPP-0002.agent.md BOS032 5
        ideas/inbox/SHOP-OPP-0003.agent.md BOS032 5
        ideas/inbox/SHOP-OPP-0003.agent.md BOS046 5
        ideas/inbox/SHOP-OPP-0003.user.md BOS032 5
        ideas/inbox/loose-thought.md BOS022 -
        ideas/worked/SHOP-OPP-0007.agent.md BOS032 6
        ideas/worked/SHOP-OPP-0007.user.md BOS032 6
        ");
    }

    #[test]
    fn every_fault_has_its_code_and_line() {
        let readme = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/broken/README.md"));
        let report = report("broken", &[]);
        let mut unexplained: HashSet<String> = told(&report).lines().map(str::to_owned).collect();
        for row in readme.lines().filter(|line| line.starts_with("| `")) {
            let cells: Vec<&str> = row.split('|').map(str::trim).collect();
            let (path, code, lines) = (cells[1].trim_matches('`'), cells[2].trim_end_matches(" w"), cells[3]);
            let explained: Vec<String> = unexplained
                .iter()
                .filter(|found| {
                    let parts: Vec<&str> = found.rsplitn(3, ' ').collect();
                    parts[2] == path && parts[1] == code && fits(lines, parts[0])
                })
                .cloned()
                .collect();
            let optional = matches!(code, "-" | "BOS020" | "BOS042");
            assert!(optional || explained.len() == 1, "{row}\n{}", told(&report));
            unexplained.retain(|found| !explained.contains(found));
        }
        assert!(unexplained.is_empty(), "{unexplained:#?}");
        let count = |code| report.diagnostics.iter().filter(|found| found.code == code).count();
        assert_eq!((count(Code::DuplicateId), count(Code::DependencyCycle)), (2, 1));
    }

    /// Whether a line number matches the README's notation: `7`, `7 or 8`, `7 or later`, `11 (first: 3)`, `-`.
    fn fits(expected: &str, line: &str) -> bool {
        let mut words = expected.split(' ');
        let first = words.next().unwrap_or_default();
        match (words.next(), words.next()) {
            (Some("or"), Some("later")) => line.parse::<u32>().unwrap_or(0) >= first.parse().unwrap(),
            (Some("or"), Some(other)) => line == first || line == other,
            _ => line == first,
        }
    }

    #[test]
    fn a_broken_catalogue_is_one_warning() {
        insta::assert_snapshot!(told(&report("broken-catalogue", &[])), @"strategy/businesses.json BOS050 3");
    }

    #[test]
    fn paths_narrow_what_is_told_but_not_what_is_known() {
        let card = "docs/business-os/cards/BAD-ENG-0042.user.md";
        let report = report("broken", &[card, "docs/business-os/cards/BAD-ENG-0001"]);
        assert_eq!(report.documents, 3);
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/broken"));
        assert!(validate(root, root, &["docs/business-os/cards/NONE-1.user.md".into()]).is_err());
        insta::assert_snapshot!(told(&report), @"
        cards/BAD-ENG-0001/build.user.md BOS043 3
        cards/BAD-ENG-0001/plan.user.md BOS043 4
        cards/BAD-ENG-0042.user.md BOS042 11
        ");
    }

    #[test]
    fn a_dependency_on_a_card_that_cannot_be_read_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let cards = folder.path().join(MIRROR).join("cards");
        std::fs::create_dir_all(&cards).unwrap();
        std::fs::write(
            cards.join("A-1.user.md"),
            "---\nType: Card\nID: A-1\nLane: Inbox\nPriority: P2\nOwner: Nora\nDependencies: [A-2]\n---\n",
        )
        .unwrap();
        std::fs::write(cards.join("A-2.user.md"), "---\nLane: [\n---\n").unwrap();
        insta::assert_snapshot!(told(&validate(folder.path(), folder.path(), &[]).unwrap()), @"cards/A-2.user.md BOS011 3");
    }

    #[test]
    fn every_run_gives_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let cards = folder.path().join(MIRROR).join("cards");
        std::fs::create_dir_all(&cards).unwrap();
        for number in 0..500 {
            let next = (number + 1) % 400;
            let text = format!("---\nLane: L\nPriority: P\nDependencies: [A-{next}, B-{number}]\n---\n");
            std::fs::write(cards.join(format!("A-{number}.user.md")), text).unwrap();
        }
        let first = validate(folder.path(), folder.path(), &[]).unwrap();
        assert_eq!(first.diagnostics.len(), 4 * 500 + 1);
        for _ in 0..5 {
            assert_eq!(validate(folder.path(), folder.path(), &[]).unwrap(), first);
        }
    }
}
