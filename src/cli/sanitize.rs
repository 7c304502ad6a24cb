//! Makes document text safe for a terminal: one line, without control and bidirectional characters.

use std::{borrow::Cow, fmt::Write as _};

use crate::domain::text::is_unprintable;

/// Replaces tabs and line breaks by spaces and removes all other unprintable characters.
#[must_use]
pub(crate) fn sanitize(text: &str) -> Cow<'_, str> {
    // Nearly all text is plain ASCII, which checking the bytes shows much faster.
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if plain || !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(printable).collect())
}

/// The final filter for all output, which no command can bypass: it keeps line breaks, tabs and, with `colors`, colour
/// codes, and removes everything else that is unprintable. [`sanitize`] has already removed colour codes from document
/// text.
#[must_use]
pub(crate) fn guard(text: &str, colors: bool) -> Cow<'_, str> {
    let keeps = |c: char| matches!(c, '\n' | '\t') || !is_unprintable(c);
    let plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n'));
    if plain || text.chars().all(keeps) {
        return Cow::Borrowed(text);
    }
    let (mut kept, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(c) = rest.chars().next() {
        let color = if colors { color_code(rest) } else { None };
        let taken = color.unwrap_or(c.len_utf8());
        if color.is_some() || keeps(c) {
            kept.push_str(&rest[..taken]);
        }
        rest = &rest[taken..];
    }
    Cow::Owned(kept)
}

/// JSON of the same value in which every unprintable character of a text is escaped, since a terminal may show it.
#[must_use]
pub(crate) fn escape_json(json: &[u8]) -> Cow<'_, [u8]> {
    let is_plain = json.iter().all(|byte| byte.is_ascii() && *byte != 0x7f);
    let Some(text) = str::from_utf8(json).ok().filter(|_| !is_plain) else { return Cow::Borrowed(json) };
    let mut escaped = String::with_capacity(json.len());
    for c in text.chars() {
        // A raw line break can only stand between values.
        if c != '\n' && is_unprintable(c) {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped.into_bytes())
}

/// The length of the colour or style code at the start of a text; `None` if there is none.
fn color_code(text: &str) -> Option<usize> {
    let numbers = text.strip_prefix("\u{1b}[")?;
    let end = numbers.find(|c: char| !matches!(c, '0'..='9' | ';'))?;
    numbers[end..].starts_with('m').then_some("\u{1b}[".len() + end + 1)
}

/// The character to print in place of `c`; `None` to omit it.
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

    #[test]
    fn json_keeps_its_value() {
        let texts = ["\u{9b}\u{202e}\u{7f}\u{feff}\n\u{1b}\"\\", "Zoë 茶"];
        let json = serde_json::to_string_pretty(&texts).unwrap();
        let escaped = String::from_utf8(escape_json(json.as_bytes()).into_owned()).unwrap();
        assert_eq!(serde_json::from_str::<Vec<String>>(&escaped).unwrap(), texts);
        assert!(escaped.contains("Zoë") && !escaped.contains(|c| c != '\n' && is_unprintable(c)), "{escaped}");
    }

    #[test]
    fn nothing_but_colours_leaves_the_program() {
        let painted = "\u{1b}[1m\u{1b}[38;5;2mab\u{1b}[0m\tc\n";
        assert_eq!(guard(painted, true), painted);
        assert_eq!(guard(painted, false), "[1m[38;5;2mab[0m\tc\n");
        assert_eq!(guard("\u{1b}]0;t\u{7}\u{1b}[2J\u{1b}[\u{202e}\r\n茶", true), "]0;t[2J[\n茶");
        assert!(matches!(guard("a\nb Zoë", true), Cow::Borrowed(_)));
    }
}
