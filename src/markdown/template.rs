//! The text of new documents: cards, ideas and comments, and stage docs from templates with placeholders.

use super::{
    edit::{Edit, edit},
    edit_error::EditError,
    parse::parse,
    split::{newline_of, split},
};
use crate::domain::{
    date::leading_date,
    id::Id,
    stage::Stage,
    stage_doc,
    value::{FieldValue, Fields},
};

const DATE: &str = "{date}";

/// The values for the placeholders of a template.
#[derive(Debug, Clone, Copy)]
pub struct Blanks<'a> {
    /// `{title}`: the title of the card, on one line.
    pub title: &'a str,
    /// `{id}`: the ID of the card.
    pub card: &'a Id,
    /// `{stage}`: the stage.
    pub stage: &'a Stage,
    /// `{date}`: a calendar date.
    pub date: &'a str,
}

impl<'a> Blanks<'a> {
    fn values(self) -> [(&'static str, &'a str); 4] {
        [("{title}", self.title), ("{id}", self.card.as_str()), ("{stage}", self.stage.as_str()), (DATE, self.date)]
    }

    /// The text with every placeholder filled in; braces around anything else are kept.
    fn fill(self, text: &str) -> String {
        replace(text, &self.values())
    }
}

/// The built-in template of a stage.
#[must_use]
pub fn built_in(stage: &Stage) -> &'static str {
    match stage.as_str() {
        "fact-find" => include_str!("templates/fact-find.md"),
        "plan" => include_str!("templates/plan.md"),
        "build" => include_str!("templates/build.md"),
        "reflect" => include_str!("templates/reflect.md"),
        _ => include_str!("templates/other.md"),
    }
}

/// Creates a stage doc from its template. Front matter in the template is kept, and the keys that identify the document
/// are set in it; a template without front matter gets the default one.
///
/// # Errors
/// The template cannot be parsed, or its front matter cannot be filled in.
pub fn stage_doc(template: &str, blanks: &Blanks<'_>) -> Result<String, EditError> {
    let parts = split(template).map_err(EditError::Unreadable)?;
    let body = blanks.fill(&template[parts.body.clone()]);
    if !parts.has_front_matter() {
        let Blanks { card, stage, date, .. } = blanks;
        let stage = stage.as_str();
        let usual =
            format!("---\nType: Stage\nStage: {stage}\nCard-ID: {card}\nCreated: {date}\nUpdated: {date}\n---\n\n");
        return Ok(usual.replace('\n', newline_of(template)) + &body);
    }
    let marks = Marks::absent_from(template);
    let marked = marks.put(&template[..parts.body.start]);
    let fields = parse(&marked).map_err(EditError::Unreadable)?.fields;
    let filled = edit(&marked, &marks.edits(&fields, *blanks))?;
    // Whatever is left is in keys and comments, where nothing is filled in.
    let front_matter = marks.take_back(&filled);
    parse(&front_matter).map_err(EditError::Unreadable)?;
    Ok(front_matter + &body)
}

/// Whether a body says no more than its template: apart from their first headings, both have the same words, or the
/// body has none. The date may differ.
#[must_use]
pub fn is_bare(body: &str, template: &str, blanks: &Blanks<'_>) -> bool {
    let Ok(parts) = split(template) else { return false };
    let expected = Blanks { date: DATE, ..*blanks }.fill(&without_heading(&template[parts.body]));
    let found = without_heading(body);
    let (mut expected, mut found) = (expected.split_whitespace(), found.split_whitespace().peekable());
    if found.peek().is_none() {
        return true;
    }
    loop {
        match (expected.next(), found.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) if fits(expected, found) => {}
            _ => return false,
        }
    }
}

fn fits(expected: &str, found: &str) -> bool {
    let is_date = |text: &str| text.len() == 10 && leading_date(text).is_some();
    expected == found
        || expected.split_once(DATE).is_some_and(|(before, after)| {
            found.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(is_date)
        })
}

/// The text without its first level-1 heading.
fn without_heading(text: &str) -> String {
    let mut is_first = true;
    let kept = text.lines().filter(|line| {
        let is_heading = line.starts_with("# ") && is_first;
        is_first &= !is_heading;
        !is_heading
    });
    kept.collect::<Vec<_>>().join("\n")
}

/// Words that stand in for the placeholders while front matter is parsed, because `{title}` is a YAML mapping.
struct Marks([(&'static str, String); 4]);

impl Marks {
    fn absent_from(template: &str) -> Self {
        let mut stem = "blank".to_owned();
        while template.contains(&stem) {
            stem.push('x');
        }
        Self(
            ["{title}", "{id}", "{stage}", DATE]
                .map(|name| (name, format!("{stem}-{}", name.trim_matches(['{', '}'])))),
        )
    }

    fn put(&self, text: &str) -> String {
        replace(text, &self.0.each_ref().map(|(name, mark)| (*name, mark.as_str())))
    }

    fn take_back(&self, text: &str) -> String {
        replace(text, &self.0.each_ref().map(|(name, mark)| (mark.as_str(), *name)))
    }

    fn edits(&self, fields: &Fields, blanks: Blanks<'_>) -> Vec<Edit> {
        let set = |key: &str, value| Edit::Set { key: key.to_owned(), value };
        let text = |text: &str| FieldValue::Str(text.to_owned());
        let mut edits: Vec<Edit> = fields.iter().map(|(key, value)| set(key, self.fill(value, blanks))).collect();
        if !fields.text("Type").is_some_and(|kind| stage_doc::TYPES.contains(&kind)) {
            edits.push(set("Type", text(stage_doc::TYPES[0])));
        }
        edits.push(set("Stage", text(blanks.stage.as_str())));
        edits.push(set("Card-ID", text(blanks.card.as_str())));
        edits
    }

    fn fill(&self, value: &FieldValue, blanks: Blanks<'_>) -> FieldValue {
        let fill = |text: &str| blanks.fill(&self.take_back(text));
        match value {
            // A date by itself is written without quotes, as in other documents.
            FieldValue::Str(text) if self.take_back(text) == DATE => FieldValue::Source(blanks.date.to_owned()),
            FieldValue::Str(text) => FieldValue::Str(fill(text)),
            FieldValue::List(items) => FieldValue::List(items.iter().map(|item| fill(item)).collect()),
            FieldValue::Source(source) => FieldValue::Source(fill(source)),
            FieldValue::Bool(value) => FieldValue::Bool(*value),
        }
    }
}

/// Replaces each word with its value in one pass; inserted text is not searched again.
fn replace(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut replaced = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        match pairs.iter().find_map(|(word, with)| Some((rest.strip_prefix(word)?, with))) {
            Some((after, with)) => {
                replaced.push_str(with);
                rest = after;
            }
            None => {
                replaced.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    replaced
}

/// The skeleton of a new card, with its keys in the usual order. Empty keys are set through the lens, which quotes each
/// value as needed, or unset.
#[must_use]
pub fn card(id: &Id, date: &str, body: &str) -> String {
    format!(
        "---\nType: Card\nLane:\nPriority:\nOwner:\nID: {id}\nTitle:\nBusiness:\nTags: []\nDue-Date:\n\
         Created: {date}\nUpdated: {date}\n---\n\n{body}"
    )
}

/// The skeleton of a new idea, to be completed like that of [`card`].
#[must_use]
pub fn idea(id: &Id, date: &str, body: &str) -> String {
    format!(
        "---\nType: Idea\nID: {id}\nTitle:\nBusiness:\nStatus: raw\nPriority:\nTags: []\nCreated-Date: {date}\n\
         Last-Updated: {date}\n---\n\n{body}"
    )
}

/// A new comment; `at` is an instant. The author is set through the lens.
#[must_use]
pub fn comment(card: &Id, at: &str, text: &str) -> String {
    let text = text.trim_end();
    format!("---\nType: Comment\nCard-ID: {card}\nAuthor:\nCreated: {at}\n---\n\n{text}\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ODD: &str = "Salt: \"a\" {id} # 'b', [c]";

    fn with<T>(title: &str, work: impl FnOnce(&Blanks<'_>) -> T) -> T {
        let (card, stage) = (Id::parse("A-1").unwrap(), Stage::plan());
        work(&Blanks { title, card: &card, stage: &stage, date: "2026-11-20" })
    }

    fn made(template: &str) -> String {
        with(ODD, |blanks| stage_doc(template, blanks)).unwrap()
    }

    #[test]
    fn without_front_matter_the_usual_one_is_put_before() {
        insta::assert_snapshot!(made("# Plan: {title}\n\n{who} on {date}: {stage} of {id}{\n"), @r#"
        ---
        Type: Stage
        Stage: plan
        Card-ID: A-1
        Created: 2026-11-20
        Updated: 2026-11-20
        ---

        # Plan: Salt: "a" {id} # 'b', [c]

        {who} on 2026-11-20: plan of A-1{
        "#);
        assert!(made("a\r\nb\r\n").starts_with("---\r\nType: Stage\r\n"));
    }

    #[test]
    fn front_matter_of_the_template_is_kept_and_filled_in() {
        let template = "---\n# about {title}\nType: StageDoc\nTitle: {title}\nSaid: \"{title}, {who}\"\n\
             Ref: Plan of {id}\nCreated: {date}\nCard-ID:\nTags: [{stage}, x, {title}]\nOwner: Nora # for {id}\n\
             When:\n  - {date}\nDeep: {a: 1}\n---\nText\n";
        insta::assert_snapshot!(made(template), @r#"
        ---
        # about {title}
        Type: StageDoc
        Title: 'Salt: "a" {id} # ''b'', [c]'
        Said: "Salt: \"a\" {id} # 'b', [c], {who}"
        Ref: Plan of A-1
        Created: 2026-11-20
        Card-ID: A-1
        Tags: [plan, x, 'Salt: "a" {id} # ''b'', [c]']
        Owner: Nora # for {id}
        When:
          - '2026-11-20'
        Deep: {a: 1}
        Stage: plan
        ---
        Text
        "#);
    }

    #[test]
    fn front_matter_that_cannot_be_filled_in_is_refused() {
        for template in ["---\nTitle: [\n---\n", "---\nTitle: x\n", "---\n- a\n---\n", "---\n{title}: x\n---\n"] {
            let refused = with(ODD, |blanks| stage_doc(template, blanks));
            assert!(refused.is_err(), "{template:?}: {refused:?}");
        }
    }

    #[test]
    fn a_stage_doc_is_bare_until_somebody_writes() {
        for stage in ["fact-find", "plan", "build", "reflect", "launch"].map(|name| Stage::parse(name).unwrap()) {
            let card = Id::parse("A-1").unwrap();
            let blanks = Blanks { title: ODD, card: &card, stage: &stage, date: "2026-11-20" };
            let template = built_in(&stage);
            let text = stage_doc(template, &blanks).unwrap();
            let body = parse(&text).unwrap().body().to_owned();
            let later = Blanks { title: "Another title", date: "2027-01-01", ..blanks };
            assert!(is_bare(&body, template, &later), "{text}");
            assert!(is_bare(&body.replace('\n', "\r\n\r\n"), template, &later));
            assert!(!is_bare(&format!("{body}x"), template, &later));
            assert!(!is_bare(
                &body.replace("_Nothing yet._", "Something.").replacen("- ", "- a ", 1),
                template,
                &later
            ));
        }
        let template = "---\nA: b\n---\n# {title}\n\nStarted {date}. For {id}.\n";
        let bare = |body: &str| with("t", |blanks| is_bare(body, template, blanks));
        assert!(bare("Started 2020-02-02. For A-1."));
        assert!(!bare("Started yesterday. For A-1.") && !bare("Started 2020-02-02. For A-2."));
    }

    proptest! {
        #[test]
        fn any_title_reads_back(title in "\\PC{1,30}") {
            let title = title.trim().to_owned();
            prop_assume!(!title.is_empty());
            for template in ["# {title}\n", "---\nTitle: {title}\nTags: [{title}]\n---\n{title}\n"] {
                let text = with(&title, |blanks| stage_doc(template, blanks)).unwrap();
                let document = parse(&text).unwrap();
                prop_assert_eq!(document.fields.text("Card-ID"), Some("A-1"));
                prop_assert!(document.body().contains(&title));
                if document.fields.get("Title").is_some() {
                    prop_assert_eq!(document.fields.get("Title"), Some(&FieldValue::Str(title.clone())));
                    prop_assert_eq!(document.fields.items("Tags"), vec![title.as_str()]);
                }
            }
        }
    }
}
