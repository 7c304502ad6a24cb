//! Text of documents, made safe for a terminal: one line, no control and no bidirectional characters.

use std::borrow::Cow;

use crate::domain::text::is_unprintable;

/// Tabs and line breaks become spaces, everything else that is unprintable is left out.
#[must_use]
pub(crate) fn sanitize(text: &str) -> Cow<'_, str> {
    // Nearly all text is plain ASCII, which a look at the bytes tells much faster.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain || !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(printable).collect())
}

/// What stands for a character on a terminal.
fn printable(c: char) -> Option<char> {
    match c {
        '\t' | '\n' => Some(' '),
        c if is_unprintable(c) => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attacks_lose_their_teeth() {
        assert_eq!(sanitize("\u{1b}[31mred\u{1b}]0;title\u{7}"), "[31mred]0;title");
        assert_eq!(sanitize("admin\u{202e}nimda\u{2066}\u{2069}\u{200b}\u{85}"), "adminnimda");
        assert_eq!(sanitize("a\tb\r\nc"), "a b c");
        assert!(matches!(sanitize("Zoë 茶 👩\u{200d}🌾"), Cow::Borrowed(_)));
    }
}
