//! A reader's preferred language, and the keys under which documents hold text in it.

use super::value::Fields;

/// A BCP 47 language tag: `it`, `pt-BR`, `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lang(String);

impl Lang {
    /// Parses a tag in any case; `None` if it is not valid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = String::new();
        let mut is_extension = false;
        for (index, part) in text.split('-').enumerate() {
            let is_language = index == 0;
            let shortest = if is_language { 2 } else { 1 };
            let allowed = |b: u8| if is_language { b.is_ascii_alphabetic() } else { b.is_ascii_alphanumeric() };
            if !(shortest..=8).contains(&part.len()) || !part.bytes().all(allowed) {
                return None;
            }
            is_extension |= part.len() == 1;
            let lower = part.to_ascii_lowercase();
            // RFC 5646, section 2.1.1: regions in upper case, scripts capitalised, until an extension begins.
            match part.len() {
                _ if is_language => code = lower,
                2 if !is_extension => code = format!("{code}-{}", part.to_ascii_uppercase()),
                4 if !is_extension => code = format!("{code}-{}{}", part[..1].to_ascii_uppercase(), &lower[1..]),
                _ => code = format!("{code}-{lower}"),
            }
        }
        (code.len() <= 35).then_some(Self(code))
    }

    /// The language tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Italian, in which documents are also searched.
    #[must_use]
    pub fn italian() -> Self {
        Self("it".to_owned())
    }

    /// The key of a title in this language: `Title-it`.
    #[must_use]
    pub fn title_key(&self) -> String {
        format!("Title-{}", self.0)
    }

    /// The title in this language, if the document has one.
    #[must_use]
    pub fn title<'f>(&self, fields: &'f Fields) -> Option<&'f str> {
        fields.text(&self.title_key())
    }

    /// The body in this language, `content-it`, if the document has one.
    #[must_use]
    pub fn body<'f>(&self, fields: &'f Fields) -> Option<&'f str> {
        fields.text(&format!("content-{}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_any_case() {
        let rows = [
            ("it", "Title-it"),
            ("IT", "Title-it"),
            ("pt-br", "Title-pt-BR"),
            ("ZH-hANT-tw", "Title-zh-Hant-TW"),
            ("de-1996", "Title-de-1996"),
            ("en-x-US-Bake", "Title-en-x-us-bake"),
            ("gsw", "Title-gsw"),
        ];
        for (typed, key) in rows {
            assert_eq!(Lang::parse(typed).map(|lang| lang.title_key()).as_deref(), Some(key), "{typed}");
        }
        for bad in ["", "i", "it-", "-it", "it_IT", "italianissimo", "1t", "it\"", "è", "it-abcdefghi"] {
            assert_eq!(Lang::parse(bad), None, "{bad}");
        }
    }
}
