//! Writes strings as YAML scalars that every YAML reader reads back as the same string.

use std::fmt::Write as _;

use super::core_schema::{Kind, resolve};

/// The quoting style of a scalar, present or preferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    Plain,
    Single,
    Double,
}

/// Where a scalar is written: inside `[]` more characters are special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Block,
    Flow,
}

/// Writes `text` on one line, quoted as `wish` says if that is safe, otherwise with the least quoting that is.
pub(super) fn render(text: &str, wish: Quote, context: Context) -> String {
    let fits_single = text.chars().all(is_inline);
    match wish {
        Quote::Plain if is_safe_plain(text, context) => text.to_owned(),
        Quote::Plain | Quote::Single if fits_single => format!("'{}'", text.replace('\'', "''")),
        _ => double_quoted(text),
    }
}

/// Whether `text` is a date or timestamp in YAML 1.1, or similar enough to be quoted by default.
pub(super) fn is_date_like(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { *b == b'-' } else { b.is_ascii_digit() })
        && bytes[10..].iter().all(|b| b.is_ascii_digit() || matches!(b, b'T' | b'Z' | b':' | b'.' | b'+' | b'-'))
        && !text.ends_with(':')
}

/// Whether `text` can be a plain scalar that YAML 1.1 and 1.2 both read as this string.
pub(super) fn is_safe_plain(text: &str, context: Context) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let flow_safe = context == Context::Block || !text.contains([',', '[', ']', '{', '}', ':']);
    flow_safe
        && !matches!(
            first,
            '-' | '?'
                | ':'
                | ','
                | '['
                | ']'
                | '{'
                | '}'
                | '#'
                | '&'
                | '*'
                | '!'
                | '|'
                | '>'
                | '\''
                | '"'
                | '%'
                | '@'
                | '`'
        )
        && !first.is_whitespace()
        && !text.ends_with(char::is_whitespace)
        && text.chars().all(is_inline)
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with(':')
        && resolve(text) == Kind::Str
        && !is_special_in_yaml_1_1(text)
}

/// Whether YAML 1.1 reads it as a boolean, number, timestamp, or merge or value key; if in doubt, it is quoted.
fn is_special_in_yaml_1_1(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    if matches!(text, "=" | "<<") || WORDS.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return true;
    }
    match text.as_bytes()[0] {
        b'.' => true,
        b'0'..=b'9' | b'+' => text.bytes().all(|b| {
            b.is_ascii_hexdigit()
                || matches!(
                    b,
                    b'_' | b'.' | b':' | b'+' | b'-' | b' ' | b'o' | b'O' | b'x' | b'X' | b't' | b'T' | b'z' | b'Z'
                )
        }),
        _ => false,
    }
}

/// Whether a character can be written unescaped on one line outside double quotes.
pub(super) fn is_inline(c: char) -> bool {
    !matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn double_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_inline(c) => out.push(c),
            c => {
                let code = u32::from(c);
                // Writing to a `String` cannot fail.
                let _ = if code < 0x100 { write!(out, "\\x{code:02x}") } else { write!(out, "\\u{code:04x}") };
            }
        }
    }
    out.push('"');
    out
}

/// The text of a double-quoted scalar on one line, from the content between its quotes.
///
/// `None` if there is an unknown escape.
pub(super) fn unescape(inner: &str) -> Option<String> {
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(backslash) = rest.find('\\') {
        out.push_str(&rest[..backslash]);
        let escape = rest[backslash + 1..].chars().next()?;
        rest = &rest[backslash + 1 + escape.len_utf8()..];
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if digits > 0 {
            let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
            out.push(char::from_u32(code)?);
            rest = &rest[digits..];
        } else {
            out.push(match escape {
                '0' => '\0',
                'a' => '\u{7}',
                'b' => '\u{8}',
                't' | '\t' => '\t',
                'n' => '\n',
                'v' => '\u{b}',
                'f' => '\u{c}',
                'r' => '\r',
                'e' => '\u{1b}',
                ' ' | '"' | '/' | '\\' => escape,
                'N' => '\u{85}',
                '_' => '\u{a0}',
                'L' => '\u{2028}',
                'P' => '\u{2029}',
                _ => return None,
            });
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Writes `text` as a literal (`|`) or folded (`>`) scalar: the header, and its lines without a final newline.
///
/// `None` if that style cannot hold the text with indentation alone.
pub(super) fn render_block(text: &str, indicator: char, indent: &str, newline: &str) -> Option<(String, String)> {
    let content = text.strip_suffix('\n').unwrap_or(text);
    let header = format!("{indicator}{}", if content.len() == text.len() { "-" } else { "" });
    let fits =
        |line: &str| line.chars().all(is_inline) && !line.starts_with(' ') && !line.ends_with(char::is_whitespace);
    if content.is_empty() || content.starts_with('\n') || content.ends_with('\n') || !content.split('\n').all(fits) {
        return None;
    }
    let mut lines = String::new();
    for (index, line) in content.split('\n').enumerate() {
        let folds = indicator == '>' && index > 0 && !line.is_empty();
        if folds {
            lines.push_str(newline);
        }
        lines.push_str(newline);
        if !line.is_empty() {
            lines.push_str(indent);
            lines.push_str(line);
        }
    }
    Some((header, lines))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_where_every_reader_agrees() {
        for text in [
            "82%",
            "hello",
            "Fact-finding",
            "a:b",
            "a#b",
            "3 cafés",
            "https://x.y/z",
            "2026-01-29 (note)",
            "x, y",
            "été",
            "it's",
        ] {
            assert_eq!(render(text, Quote::Plain, Context::Block), text);
        }
    }

    #[test]
    fn quoted_where_some_reader_would_see_something_else() {
        let texts = [
            "",
            " a",
            "a ",
            "no",
            "Yes",
            "OFF",
            "null",
            "~",
            "true",
            "007",
            "1.10",
            "2026-01-01",
            "2026-01-01T00:00:00Z",
            "1:30",
            "1_000",
            "0x1",
            "0b1",
            "1e3",
            ".inf",
            "=",
            "<<",
            "a: b",
            "a:",
            "a #b",
            "# x",
            "- x",
            "-",
            "? x",
            "[x]",
            "{x}",
            "&a",
            "*a",
            "!t",
            "|",
            ">",
            "%x",
            "@x",
            "`x`",
            "'x'",
            "\"x\"",
            "\u{a0}x",
        ];
        for text in texts {
            assert_eq!(
                render(text, Quote::Plain, Context::Block),
                format!("'{}'", text.replace('\'', "''")),
                "{text:?}"
            );
        }
        for text in ["a, b", "[", "a]", "a:b"] {
            assert_eq!(render(text, Quote::Plain, Context::Flow), format!("'{text}'"));
        }
    }

    #[test]
    fn double_quoted_where_characters_need_escapes() {
        assert_eq!(render("a\nb\t\u{7f}\u{2028}\u{feff}", Quote::Plain, Context::Block), r#""a\nb\t\x7f\u2028\ufeff""#);
        assert_eq!(render("a\"b\\", Quote::Double, Context::Block), r#""a\"b\\""#);
        assert_eq!(render("a\nb", Quote::Single, Context::Block), r#""a\nb""#);
    }

    #[test]
    fn unescape_knows_yamls_escapes_and_no_others() {
        assert_eq!(unescape(r#"\0\x41\u00e9\U0001F600\/\"\\\N"#).as_deref(), Some("\0Aé😀/\"\\\u{85}"));
        for bad in [r"\q", r"\x4", r"\ud800", r"\", r"\xé"] {
            assert_eq!(unescape(bad), None, "{bad}");
        }
    }
}
