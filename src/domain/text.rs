//! Which characters are allowed in names and may reach a terminal, and how large a text may be.

/// The largest document, in bytes: 16 MiB.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Whether `c` is a control character or one that reorders or hides text (Unicode bidirectional controls,
/// zero-width marks, line and paragraph separators).
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}
