//! Resolves plain scalars by YAML 1.2's core schema (section 10.3.2).

use crate::domain::value::is_null;

/// The kind of a plain scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number,
    Str,
}

/// Resolves a plain scalar's text.
pub(super) fn resolve(plain: &str) -> Kind {
    match plain {
        "true" | "True" | "TRUE" => Kind::Bool(true),
        "false" | "False" | "FALSE" => Kind::Bool(false),
        _ if is_null(plain) => Kind::Null,
        _ if is_number(plain) => Kind::Number,
        _ => Kind::Str,
    }
}

fn is_number(plain: &str) -> bool {
    if !plain.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return false;
    }
    if let Some(octal) = plain.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|b| matches!(b, b'0'..=b'7'));
    }
    if let Some(hex) = plain.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit());
    }
    if matches!(plain, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let unsigned = plain.strip_prefix(['+', '-']).unwrap_or(plain);
    matches!(unsigned, ".inf" | ".Inf" | ".INF") || is_decimal(unsigned)
}

/// `(\.[0-9]+ | [0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_decimal(unsigned: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(unsigned);
    let mut rest = &unsigned[whole..];
    let mut fraction = 0;
    if let Some(after) = rest.strip_prefix('.') {
        fraction = digits(after);
        rest = &after[fraction..];
    }
    if whole + fraction == 0 {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !exponent.is_empty() && digits(exponent) == exponent.len()
        }
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_core_schema() {
        for number in
            ["0", "007", "-12", "+5", "1.10", ".5", "5.", "1e3", "1.5E-7", "0o17", "0xfF", ".inf", "-.INF", ".nan"]
        {
            assert_eq!(resolve(number), Kind::Number, "{number}");
        }
        let texts = [
            "2026-01-01",
            "82%",
            "1_000",
            "0b1",
            "-0x1",
            "0o8",
            "0x",
            "1:30",
            ".",
            "+",
            "-",
            "e3",
            "1e",
            "1e+",
            "--1",
            "-.nan",
            "1.2.3",
            "no",
            "yes",
            "on",
            "y",
            "tRUE",
            "nUll",
            "=",
            "<<",
        ];
        for text in texts {
            assert_eq!(resolve(text), Kind::Str, "{text}");
        }
    }

    #[test]
    fn nulls_and_bools_have_three_spellings_each() {
        for null in ["", "~", "null", "Null", "NULL"] {
            assert_eq!(resolve(null), Kind::Null);
        }
        assert_eq!(resolve("True"), Kind::Bool(true));
        assert_eq!(resolve("FALSE"), Kind::Bool(false));
    }
}
