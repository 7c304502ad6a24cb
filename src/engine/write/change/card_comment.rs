//! Commenting on a card: one file per comment, named after its time and author.

use super::target::Outcome;
use crate::{
    domain::{action::Action, doc_path::DocPath, entity::Entity, entry::instant, value::FieldValue},
    engine::{
        base::error::EngineError,
        write::writer::{Draft, Revision, Writer},
    },
    markdown::{
        Edit, edit,
        locate::{Located, Place, locate},
        template,
    },
};

/// A comment to be made.
#[derive(Debug, Clone)]
pub struct Comment {
    /// The ID of the card, as typed.
    pub card: String,
    /// What it says, in markdown.
    pub text: String,
    /// The SHA-256 of the card's text that the author saw.
    pub expect: Option<String>,
}

/// The maximum number of characters of an author's name in a file name.
const AUTHOR_LENGTH: usize = 40;

impl Writer<'_> {
    pub(super) fn comment(&mut self, comment: &Comment) -> Result<Outcome, EngineError> {
        let target = super::Target { expect: comment.expect.clone(), ..super::Target::of(&comment.card) };
        let (id, documents) = self.card(&target)?;
        if comment.text.trim().is_empty() {
            return Err(EngineError::BadValue {
                what: "a comment".to_owned(),
                value: comment.text.clone(),
                expected: "some text".to_owned(),
            });
        }
        let author = self.session.actor()?.as_str().to_owned();
        let located = self.free_place(&documents.primary.located.path, id.as_str(), &author)?;
        let path = located.path.clone();
        let edits = [Edit::Set { key: "Author".to_owned(), value: FieldValue::Str(author) }];
        let text = edit(&template::comment(&id, &instant(self.now), &comment.text), &edits)
            .map_err(|source| EngineError::Edit { path: path.to_string(), source })?;
        let reading = super::card_new::readable(path.as_str(), text)?;
        let entity = located.entity.clone();
        let revisions = vec![Revision { located, new: Some(reading) }];
        self.record(Draft { entity: entity.clone(), action: Action::Create, reason: None, revisions })?;
        Ok(Outcome { made: vec![path], ..Outcome::created(entity) })
    }

    /// A path that no other comment has, not even a file that was never imported.
    fn free_place(&self, card: &DocPath, id: &str, author: &str) -> Result<Located, EngineError> {
        let folder = card.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        let time = instant(self.now).replace(':', "-");
        let author = slug(author);
        for number in 1_u32.. {
            let again = if number == 1 { String::new() } else { format!("-{number}") };
            let path = DocPath::parse(&format!("{folder}/{id}/comments/{time}-{author}{again}.md"));
            match path.as_ref().map(locate) {
                Some(Place::Document(located)) => match self.view().check_free(&located.path) {
                    Ok(()) if !self.was_used(&located.entity)? => return Ok(located),
                    Ok(()) | Err(EngineError::PlaceTaken { .. }) => {}
                    Err(error) => return Err(error),
                },
                _ => break,
            }
        }
        Err(EngineError::NotADocument { path: format!("{folder}/{id}/comments") })
    }

    /// Whether the log knows a comment of this name, even one that was removed.
    fn was_used(&self, entity: &Entity) -> Result<bool, EngineError> {
        Ok(self.write.first_seen(entity, u64::MAX)?.is_some())
    }
}

/// A name made fit for a file name: lower-case letters, digits and dashes.
fn slug(author: &str) -> String {
    let mut slug = String::new();
    for character in author.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            slug.push(character);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug: String = slug.chars().take(AUTHOR_LENGTH).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "somebody".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_part_of_a_file_name() {
        for (name, expected) in
            [("Pete", "pete"), ("Nora Berg", "nora-berg"), ("../../x", "x"), ("Zoë", "zoë"), ("...", "somebody")]
        {
            assert_eq!(slug(name), expected);
        }
        assert_eq!(slug(&"a".repeat(90)).len(), AUTHOR_LENGTH);
    }
}
