//! Names that git keeps for itself, in whatever spelling a file system takes for the same one: the rules of `git fsck`,
//! made a little stricter.

/// Whether some file system could take this name for `.git`: other case, the short name of Windows, dots or blanks at
/// the end, a stream of NTFS, characters that HFS+ passes over.
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
