//! Stages of work on a card: an open set of kebab-case names, and the aliases that real trees use.

/// A stage in its canonical spelling, such as `fact-find`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stage(String);

impl Stage {
    /// The investigation stage.
    #[must_use]
    pub fn fact_find() -> Self {
        Self("fact-find".to_owned())
    }

    /// The planning stage.
    #[must_use]
    pub fn plan() -> Self {
        Self("plan".to_owned())
    }

    /// The building stage.
    #[must_use]
    pub fn build() -> Self {
        Self("build".to_owned())
    }

    /// The review stage.
    #[must_use]
    pub fn reflect() -> Self {
        Self("reflect".to_owned())
    }

    /// The stage of a spelling: an alias, or any kebab-case name of at most 64 characters; case is ignored.
    #[must_use]
    pub fn parse(spelling: &str) -> Option<Self> {
        let name = spelling.trim().to_ascii_lowercase();
        let canonical = match name.as_str() {
            "fact-finding" => "fact-find",
            "planned" => "plan",
            other => other,
        };
        let ok = canonical.len() <= 64
            && canonical
                .split('-')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        ok.then(|| Self(canonical.to_owned()))
    }

    /// The canonical spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_of_real_trees() {
        for (spelling, stage) in [
            ("fact-finding", "fact-find"),
            ("Fact-finding", "fact-find"),
            ("fact-find", "fact-find"),
            ("planned", "plan"),
            ("Planned", "plan"),
            ("Build", "build"),
            ("Reflect", "reflect"),
            ("launch-2", "launch-2"),
        ] {
            assert_eq!(Stage::parse(spelling).map(|s| s.0), Some(stage.to_owned()), "{spelling}");
        }
        for bad in ["", "a b", "../x", "-a", "a--b", "é"] {
            assert_eq!(Stage::parse(bad), None, "{bad}");
        }
    }
}
