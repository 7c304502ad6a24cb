//! Names that git reserves for itself, in any spelling that a file system treats as the same name: the rules of `git
//! fsck`, slightly stricter.

/// Whether some file system could treat this name as `.git`: different case, the short name on Windows, trailing dots
/// or blanks, an NTFS stream, characters that HFS+ ignores.
#[must_use]
pub fn resembles_dot_git(name: &str) -> bool {
    let plain = name.is_ascii() && !name.starts_with(['.', 'g', 'G']) && !name.contains(['\\', ':']);
    !plain
        && name.split(['\\', ':']).any(|part| {
            let seen: String = part.chars().filter(|&character| !is_ignored_by_hfs(character)).collect();
            let seen = seen.trim_end_matches(['.', ' ']);
            seen.eq_ignore_ascii_case(".git") || seen.eq_ignore_ascii_case("git~1")
        })
}

fn is_ignored_by_hfs(character: char) -> bool {
    matches!(character,
        '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}
