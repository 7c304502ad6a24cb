//! Byte order mark and line ends, which are merged separately from the content, so that a side that changed only these
//! does not count as having changed every line.

const BOM: char = '\u{feff}';

/// The byte order mark and line ends of a merged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    has_bom: bool,
    /// `None` if the texts mix line ends, so that each line keeps its own.
    ends: Option<Ends>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Ends {
    Lf,
    CrLf,
    Mixed,
}

impl Form {
    /// What base, ours and theirs share, or what one side changed it to.
    pub(super) fn merged(texts: [&str; 3]) -> Self {
        let [base, ours, theirs] = texts.map(|text| text.starts_with(BOM));
        let has_bom = if ours == base { theirs } else { ours };
        let [base, ours, theirs] = texts.map(Ends::of);
        let is_even = |ends: &Ends| *ends != Ends::Mixed;
        // A side with uniform line ends that the base did not have has converted the whole text.
        let converted = [ours, theirs].into_iter().flatten().filter(is_even).filter(|ends| Some(*ends) != base).min();
        let all_even = [ours, theirs].iter().flatten().all(is_even);
        Self { has_bom, ends: converted.or(base.filter(is_even).filter(|_| all_even)) }
    }

    /// The content of one text, with line ends reduced to newlines unless they are mixed.
    pub(super) fn take_off(&self, text: &str) -> String {
        let text = text.strip_prefix(BOM).unwrap_or(text);
        if self.ends.is_some() { text.replace("\r\n", "\n") } else { text.to_owned() }
    }

    /// The text with this content, in this form.
    pub(super) fn put_on(&self, content: &str) -> String {
        let bom = if self.has_bom { BOM.to_string() } else { String::new() };
        match self.ends {
            Some(Ends::CrLf) => bom + &content.replace('\n', "\r\n"),
            _ => bom + content,
        }
    }
}

impl Ends {
    /// `None` for a text of a single line.
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
