//! The known word that a mistyped one most likely stands for.

/// The word of `known` nearest to `typed`; `None` if none is near enough to suggest.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(&typed, &word.to_lowercase()), word))
        .filter(|(distance, word)| *distance <= (word.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(super::nearest("BIRK", ["BOS", "BRIK", "PLAT"]), Some("BRIK"));
        assert_eq!(super::nearest("ZZZZ", ["BOS", "BRIK"]), None);
    }
}
