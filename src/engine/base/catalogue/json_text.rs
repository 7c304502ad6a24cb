//! A JSON text that keeps its bytes: where members and items stand, and how one is added, replaced or removed. The text
//! has been parsed before; what cannot be found is `None`.

use std::ops::Range;

/// An object or a list in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Container {
    /// From its opening bracket to its closing one.
    pub(super) whole: Range<usize>,
    pub(super) elements: Vec<Element>,
}

/// A member of an object, or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    /// The name of a member; empty for an item.
    pub(super) name: String,
    /// With the name of a member.
    pub(super) whole: Range<usize>,
    pub(super) value: Range<usize>,
}

impl Container {
    /// The object or list that begins at the first byte that is no white space from here on.
    pub(super) fn at(text: &str, from: usize) -> Option<Self> {
        let start = skip_space(text, from);
        let is_object = match text.as_bytes().get(start)? {
            b'{' => true,
            b'[' => false,
            _ => return None,
        };
        let mut elements = Vec::new();
        let mut at = skip_space(text, start + 1);
        while !matches!(text.as_bytes().get(at)?, b'}' | b']') {
            let first = at;
            let mut name = String::new();
            if is_object {
                let end = value_end(text, at)?;
                name = serde_json::from_str(&text[at..end]).ok()?;
                // Past the colon.
                at = skip_space(text, skip_space(text, end) + 1);
            }
            let end = value_end(text, at)?;
            elements.push(Element { name, whole: first..end, value: at..end });
            at = skip_space(text, end);
            if text.as_bytes().get(at) == Some(&b',') {
                at = skip_space(text, at + 1);
            }
        }
        Some(Self { whole: start..at + 1, elements })
    }

    /// The one member of this name.
    pub(super) fn member(&self, name: &str) -> Option<&Element> {
        let mut found = self.elements.iter().filter(|element| element.name == name);
        found.next().filter(|_| found.next().is_none())
    }

    /// The object or list that is the value of a member.
    pub(super) fn below(&self, text: &str, name: &str) -> Option<Self> {
        Self::at(text, self.member(name)?.value.start)
    }

    /// Puts an element at the end, on a line of its own where the one before has one, or where `own_line` gives the
    /// line break and white space for the first one, and for the closing bracket.
    pub(super) fn push(&self, text: &mut String, element: &str, own_line: Option<(&str, &str)>) {
        match (self.elements.last(), own_line) {
            (Some(last), _) => {
                let lead = self.lead(text, last);
                text.insert_str(last.whole.end, &format!(",{lead}{element}"));
            }
            (None, Some((before, after))) => {
                text.replace_range(self.inner(), &format!("{before}{element}{after}"));
            }
            (None, None) => text.replace_range(self.inner(), element),
        }
    }

    /// Takes an element out, with the comma and the white space that are its own.
    pub(super) fn remove(&self, text: &mut String, index: usize) {
        let Some(element) = self.elements.get(index) else { return };
        let range =
            match (index.checked_sub(1).and_then(|before| self.elements.get(before)), self.elements.get(index + 1)) {
                (_, Some(next)) => element.whole.start..next.whole.start,
                (Some(before), None) => before.whole.end..element.whole.end,
                (None, None) => self.inner(),
            };
        text.replace_range(range, "");
    }

    fn inner(&self) -> Range<usize> {
        self.whole.start + 1..self.whole.end - 1
    }

    /// The white space before an element, or what goes before another one like it.
    pub(super) fn lead(&self, text: &str, element: &Element) -> String {
        let before = &text[..element.whole.start];
        let space = &before[before.trim_end_matches(is_space).len()..];
        let is_first = self.elements.first().is_some_and(|first| first.whole == element.whole);
        if is_first && !space.contains('\n') { " ".to_owned() } else { space.to_owned() }
    }
}

/// The line break and the white space that lead up to `at`; `None` if anything else comes between them, or if there is
/// no line break.
pub(super) fn line_start(text: &str, at: usize) -> Option<&str> {
    let before = &text[..at];
    let space = &before[before.trim_end_matches([' ', '\t']).len()..];
    let line = before.len() - space.len();
    let broken = text[..line].strip_suffix("\r\n").or_else(|| text[..line].strip_suffix('\n'))?;
    Some(&text[broken.len()..at])
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn skip_space(text: &str, from: usize) -> usize {
    text.get(from..).map_or(text.len(), |rest| from + rest.len() - rest.trim_start_matches(is_space).len())
}

/// Where the value that begins here ends.
fn value_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = start;
    loop {
        match bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            _ => {
                let rest = &bytes[at..];
                at += rest.iter().position(|byte| b",:]} \t\r\n".contains(byte)).unwrap_or(rest.len());
            }
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Past the closing quote of the string that begins here.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, &str)> {
        let found = Container::at(text, 0).unwrap();
        assert_eq!(&text[found.whole.clone()], text.trim());
        found.elements.into_iter().map(|one| (one.name, &text[one.value])).collect()
    }

    #[test]
    fn what_stands_where() {
        let text = r#" {"a": "x,]}\"", "b\u0041" :[1, {"c": [2]}],"d":null , "e":-1.5e3} "#;
        let expected = [("a", r#""x,]}\"""#), ("bA", r#"[1, {"c": [2]}]"#), ("d", "null"), ("e", "-1.5e3")];
        assert_eq!(names(text), expected.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(names("[ ]"), []);
        assert_eq!(names("[1 ,\n\"é\"]").len(), 2);
        assert_eq!(Container::at("[1", 0), None);
        assert_eq!(Container::at("3", 0), None);
    }

    #[test]
    fn elements_come_and_go_in_the_style_of_those_that_are_there() {
        let push = |text: &str, own_line| {
            let mut new = text.to_owned();
            Container::at(text, 0).unwrap().push(&mut new, "9", own_line);
            new
        };
        assert_eq!(push("[]", None), "[9]");
        assert_eq!(push("[ ]", Some(("\n  ", "\n"))), "[\n  9\n]");
        assert_eq!(push("[1]", None), "[1, 9]");
        assert_eq!(push("[1,2]", None), "[1,2,9]");
        assert_eq!(push("[\r\n\t1\r\n]", None), "[\r\n\t1,\r\n\t9\r\n]");
        let remove = |text: &str, index| {
            let mut new = text.to_owned();
            Container::at(text, 0).unwrap().remove(&mut new, index);
            new
        };
        assert_eq!([0, 1, 2].map(|index| remove("[1, 2,3]", index)), ["[2,3]", "[1, 3]", "[1, 2]"]);
        assert_eq!(remove("{\n  \"a\": 1,\n  \"b\": 2\n}", 1), "{\n  \"a\": 1\n}");
        assert_eq!(remove("[ 1 ]", 0), "[]");
    }
}
