//! The few settings in a repository's own `config` that determine its work tree, read without libgit2. Includes and the
//! user's settings are ignored; in practice git ignores them here too.

/// Settings that determine the work tree; later files override earlier ones.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Placement {
    pub(super) bare: bool,
    pub(super) worktree: Option<String>,
    /// Whether a `config.worktree` beside this file applies too.
    pub(super) per_worktree: bool,
}

impl Placement {
    pub(super) fn read(&mut self, config: &str) {
        let mut section = String::new();
        for line in config.lines() {
            let mut rest = line.trim();
            if let Some(header) = rest.strip_prefix('[')
                && let Some((name, after)) = header.split_once(']')
            {
                section = name.trim().to_ascii_lowercase();
                rest = after.trim();
            }
            if rest.is_empty() || rest.starts_with(['#', ';']) {
                continue;
            }
            let (key, value) = match rest.split_once('=') {
                Some((key, value)) => (key.trim(), Some(unquoted(value.trim()))),
                None => (rest, None),
            };
            match (section.as_str(), key.to_ascii_lowercase().as_str()) {
                ("core", "bare") => self.bare = is_true(value.as_deref()),
                ("core", "worktree") => self.worktree = value,
                ("extensions", "worktreeconfig") => self.per_worktree = is_true(value.as_deref()),
                _ => {}
            }
        }
    }
}

fn is_true(value: Option<&str>) -> bool {
    value.is_none_or(|value| match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => true,
        number => number.parse::<i64>().is_ok_and(|number| number != 0),
    })
}

fn unquoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut quoted = false;
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => quoted = !quoted,
            '#' | ';' if !quoted => return text.trim_end().to_owned(),
            '\\' => text.extend(characters.next().map(|escaped| match escaped {
                'n' => '\n',
                't' => '\t',
                other => other,
            })),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placement(config: &str) -> Placement {
        let mut placement = Placement::default();
        placement.read(config);
        placement
    }

    #[test]
    fn every_spelling_of_a_setting_counts() {
        for bare in
            ["[core]\n\tbare = true", "[CORE]\nBare=yes ; here", "[core] bare", "[core]\nbare = 1\n[x]\nbare = 0"]
        {
            assert!(placement(bare).bare, "{bare}");
        }
        for not in ["", "[core]\nbare = false", "[core \"x\"]\nbare = true", "[core]\n# bare = true", "[core]\nbare ="]
        {
            assert!(!placement(not).bare, "{not}");
        }
    }

    #[test]
    fn a_work_tree_may_be_quoted() {
        let config = "[core]\n\tworktree = \"../a # \\\"b\\\"\" # c\n[extensions]\n worktreeConfig = on";
        assert_eq!(
            placement(config),
            Placement { bare: false, worktree: Some("../a # \"b\"".into()), per_worktree: true }
        );
    }
}
