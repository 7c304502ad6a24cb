//! What a text is besides its content: a byte order mark and its line ends. Merged apart, so that a side that changed
//! only these does not count as having changed every line.

const BOM: char = '\u{feff}';

/// The byte order mark and the line ends that a merged text gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    has_bom: bool,
    /// `None` where the texts mix line ends, so that each line keeps its own.
    ends: Option<Ends>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ends {
    Lf,
    CrLf,
    Mixed,
}

impl Form {
    /// What base, ours and theirs agree on, or what a side made of it.
    pub(super) fn merged(texts: [&str; 3]) -> Self {
        let [base, ours, theirs] = texts.map(|text| text.starts_with(BOM));
        let has_bom = if ours == base { theirs } else { ours };
        let [base, ours, theirs] = texts.map(Ends::of);
        let is_even = |ends: &Ends| *ends != Ends::Mixed;
        // A side that is even now and was not, or not so, has converted the whole text.
        let converted = [ours, theirs].into_iter().flatten().filter(is_even).filter(|ends| Some(*ends) != base).min();
        let all_even = [ours, theirs].iter().flatten().all(is_even);
        Self { has_bom, ends: converted.or(base.filter(is_even).filter(|_| all_even)) }
    }

    /// The content of one of the texts, with newlines only where line ends do not differ within a text.
    pub(super) fn take_off(&self, text: &str) -> String {
        let text = text.strip_prefix(BOM).unwrap_or(text);
        if self.ends.is_some() { text.replace("\r\n", "\n") } else { text.to_owned() }
    }

    /// The text with this content.
    pub(super) fn put_on(&self, content: &str) -> String {
        let bom = if self.has_bom { BOM.to_string() } else { String::new() };
        match self.ends {
            Some(Ends::CrLf) => bom + &content.replace('\n', "\r\n"),
            _ => bom + content,
        }
    }
}

impl Ends {
    /// `None` for a text of one line.
    fn of(text: &str) -> Option<Self> {
        let all = text.matches('\n').count();
        match text.matches("\r\n").count() {
            _ if all == 0 => None,
            0 => Some(Self::Lf),
            with_return if with_return == all => Some(Self::CrLf),
            _ => Some(Self::Mixed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_follow_the_side_that_changed_them() {
        let ends = |texts| Form::merged(texts).ends;
        let (lf, crlf, mixed) = ("a\nb\n", "a\r\nb\r\n", "a\r\nb\n");
        assert_eq!(ends([lf, lf, lf]), Some(Ends::Lf));
        assert_eq!(ends([lf, crlf, lf]), Some(Ends::CrLf));
        assert_eq!(ends([crlf, crlf, lf]), Some(Ends::Lf));
        assert_eq!(ends([mixed, lf, mixed]), Some(Ends::Lf));
        assert_eq!(ends([lf, crlf, mixed]), Some(Ends::CrLf));
        assert_eq!(ends([mixed, mixed, mixed]), None);
        assert_eq!(ends([lf, mixed, lf]), None);
        assert_eq!(ends(["", lf, crlf]), Some(Ends::Lf));
        assert_eq!(ends(["", "a", "b"]), None);
    }
}
