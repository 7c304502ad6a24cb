//! The business catalogue: reading it (BOS050; while it cannot be read, no business is unknown), and its text with a
//! business added or changed.

mod edit;
mod json_text;

pub(in crate::engine) use edit::Refusal;
pub(in crate::engine) use edit::{Edit, with_business, with_changes};

use super::file_probe::read_text;
use crate::{
    domain::{
        catalogue::{Business, Catalogue, PATH},
        diagnostic::{Code, Diagnostic},
        doc_path::DocPath,
        id::is_code,
    },
    tree::Tree,
};

/// A catalogue that lists no business.
pub(in crate::engine) const EMPTY: &str = "{\n  \"businesses\": []\n}\n";

/// The text of the catalogue, which can be read; `None` where there is none.
pub(in crate::engine) fn read_catalogue_text(tree: &Tree) -> Result<Option<String>, Diagnostic> {
    let Some(path) = DocPath::parse(PATH) else { return Ok(None) };
    let text = read_text(tree, &path).map_err(|problem| problem.at(PATH))?;
    text.map(|text| parse(&text).map(|_| text)).transpose()
}

/// The catalogue of a tree, where there is a readable one, and what is wrong with one that is not.
pub(in crate::engine) fn read_catalogue(tree: &Tree) -> (Option<Catalogue>, Option<Diagnostic>) {
    let Some(path) = DocPath::parse(PATH) else { return (None, None) };
    match read_text(tree, &path) {
        Ok(Some(text)) => match parse(&text) {
            Ok(catalogue) => (Some(catalogue), None),
            Err(finding) => (None, Some(finding)),
        },
        Ok(None) => (None, None),
        Err(problem) => (None, Some(problem.at(PATH))),
    }
}

/// Reads the text; the finding stands at [`PATH`].
pub(in crate::engine) fn parse(text: &str) -> Result<Catalogue, Diagnostic> {
    Catalogue::parse(text).map_err(|error| {
        let place = format!(" at line {} column ", error.line);
        let fault = error.message.rsplit_once(&place).map_or(error.message.as_str(), |(fault, _)| fault);
        Diagnostic {
            code: Code::BadCatalogue,
            path: PATH.to_owned(),
            line: Some(error.line),
            column: Some(in_characters(text, error.line, error.column)),
            message: format!("the catalogue cannot be read: {fault}"),
            help: r#"it holds {"businesses": [{"id": "SHOP", "name": "..."}]}; meanwhile no business is checked"#
                .to_owned(),
        }
    })
}

/// The finding for each business whose code is none: no ID can begin with it.
pub(in crate::engine) fn odd_codes(catalogue: &Catalogue) -> Vec<Diagnostic> {
    let odd = catalogue.businesses.iter().filter(|business| !is_code(&business.id));
    let finding = |business: &Business| Diagnostic {
        code: Code::BadCatalogue,
        path: PATH.to_owned(),
        line: None,
        column: None,
        message: format!("{:?} is no code of a business: IDs cannot begin with it", business.id),
        help: "use upper-case letters and digits, beginning with a letter".to_owned(),
    };
    odd.map(finding).collect()
}

/// The parser counts bytes.
fn in_characters(text: &str, line: u32, bytes: u32) -> u32 {
    let before = text.split('\n').nth(line as usize - 1).unwrap_or_default().bytes().take(bytes as usize);
    let characters = before.filter(|byte| byte & 0xC0 != 0x80).count();
    u32::try_from(characters).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_in_characters() {
        assert!(parse(r#"{"businesses": [{"id": "SHOP", "more": 1}]}"#).is_ok());
        for (text, line, column) in [("{\n \"é\": x}", 2, 7), ("", 1, 1), ("{\"businesses\": 1}", 1, 16), ("{\n", 2, 1)]
        {
            let finding = parse(text).unwrap_err();
            assert_eq!((finding.line, finding.column), (Some(line), Some(column)), "{text:?} {}", finding.message);
            assert!(!finding.message.contains("column"), "{}", finding.message);
        }
    }
}
