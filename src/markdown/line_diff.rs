//! Which lines differ between two texts. The only place that knows the diff library.

use std::{
    fmt::{self, Write},
    ops::Range,
};

use imara_diff::{Algorithm, Diff, InternedInput, Interner, Token, UnifiedDiffConfig, UnifiedDiffPrinter};

/// Lines of one list that stand in place of lines of another; one of the two ranges may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// The hunks that lead from one list of lines to the other, in order; between two hunks is at least one shared line.
pub(super) fn hunks(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    let mut input = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    let diff = compare(&input);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Hunk { before: range(hunk.before), after: range(hunk.after) }).collect()
}

/// What differs between two texts as unified hunks, each with so many lines of context; empty where nothing does.
#[must_use]
pub fn unified_diff(before: &str, after: &str, context: u32) -> String {
    let input = InternedInput::new(before, after);
    let mut config = UnifiedDiffConfig::default();
    config.context_len(context);
    compare(&input).unified_diff(&Printer(&input.interner), config, &input).to_string()
}

fn compare(input: &InternedInput<&str>) -> Diff {
    let mut diff = Diff::compute(Algorithm::Histogram, input);
    diff.postprocess_lines(input);
    diff
}

/// Prints hunks as `diff -u` does, so that `patch` takes them.
struct Printer<'i, 't>(&'i Interner<&'t str>);

impl Printer<'_, '_> {
    fn line(&self, f: &mut impl Write, sign: char, token: Token) -> fmt::Result {
        let line = self.0[token];
        let end = if line.ends_with('\n') { "" } else { "\n\\ No newline at end of file\n" };
        write!(f, "{sign}{line}{end}")
    }
}

impl UnifiedDiffPrinter for Printer<'_, '_> {
    fn display_header(&self, mut f: impl Write, before: u32, after: u32, removed: u32, added: u32) -> fmt::Result {
        // A range without lines is named by the line before it.
        let first = |start: u32, count: u32| if count == 0 { start } else { start + 1 };
        writeln!(f, "@@ -{},{removed} +{},{added} @@", first(before, removed), first(after, added))
    }

    fn display_context_token(&self, mut f: impl Write, token: Token) -> fmt::Result {
        self.line(&mut f, ' ', token)
    }

    fn display_hunk(&self, mut f: impl Write, before: &[Token], after: &[Token]) -> fmt::Result {
        before.iter().try_for_each(|token| self.line(&mut f, '-', *token))?;
        after.iter().try_for_each(|token| self.line(&mut f, '+', *token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hunks_are_as_diff_prints_them() {
        let before = "a\nb\nc\nd\ne\nf\ng\nh\n";
        assert_eq!(
            unified_diff(before, "a\nB\nc\nd\ne\nf\ng\nh\ni", 1),
            "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -8,1 +8,2 @@\n h\n+i\n\\ No newline at end of file\n"
        );
        assert_eq!(unified_diff("", "a\n", 2), "@@ -0,0 +1,1 @@\n+a\n");
        assert_eq!(unified_diff("a\nb", "", 2), "@@ -1,2 +0,0 @@\n-a\n-b\n\\ No newline at end of file\n");
        assert_eq!(unified_diff(before, before, 2), "");
    }
}
