//! The three-way merge of a document: field by field, and line by line in the body. It does not decide where the texts
//! come from or how a clash is settled.

#[cfg(test)]
mod examples;
mod fields;
mod form;
mod front;
#[cfg(test)]
mod laws;
mod lines;
mod resolve;

use std::{fmt, ops::Range};

use super::parse::{Document, parse};
use fields::{MergedFields, shown};
use form::Form;
pub use resolve::{Side, resolve};

use lines::{LineClash, MARKER_SIZE, Neighbours};

/// The result of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The merged document, `None` if it is removed. It always parses. Whatever clashes is as in `ours`: that key, the
    /// whole body, or the whole document.
    pub text: Option<String>,
    /// What both sides changed differently; empty if the merge is clean. Keys come first, then ranges of the body in
    /// order.
    pub clashes: Vec<Clash>,
    /// `text` with the body merged as far as possible and git's conflict markers around each range that clashes; `None`
    /// if nothing in the body clashes.
    pub marked: Option<String>,
}

/// One thing that both sides changed differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// In which key, or where in the body.
    pub place: ClashPlace,
    /// The base version; `None` if it did not exist.
    pub base: Option<String>,
    /// Our version; `None` if our side removed it.
    pub ours: Option<String>,
    /// Their version; `None` if their side removed it.
    pub theirs: Option<String>,
}

/// The location of a clash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClashPlace {
    /// A key of the front matter. The values of the clash are shown as a person would write them on one line.
    Key(String),
    /// Lines of the body in each version, counted from 0 at its first line; ends are exclusive.
    Body {
        /// In the base.
        base: LineRange,
        /// In our version.
        ours: LineRange,
        /// In their version.
        theirs: LineRange,
    },
    /// The whole document: removed on one side and changed on the other, or not parseable.
    Whole,
}

impl fmt::Display for ClashPlace {
    /// For people: the key, the lines of our body, or the whole document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Body { ours: (from, to), .. } if to <= &(from + 1) => write!(f, "line {} of the text", from + 1),
            Self::Body { ours: (from, to), .. } => write!(f, "lines {} to {to} of the text", from + 1),
            Self::Whole => f.write_str("the whole document"),
        }
    }
}

/// A range of lines, end exclusive.
pub type LineRange = (usize, usize);

/// Merges two versions of a document with a common `base`; `None` stands for a version that does not exist.
///
/// If one side is unchanged, the other is taken byte for byte. Otherwise the front matter is merged key by key: `Tags`
/// and `Dependencies` as sets, bookkeeping dates to the later one, and other keys to the side that changed them. The
/// body is merged line by line. Bytes that neither side changed are kept, and so is what one side did to line ends,
/// comments and key order, wherever the other side's changes allow it.
#[must_use]
pub fn merge(base: Option<&str>, ours: Option<&str>, theirs: Option<&str>) -> Merge {
    merge_marking(base, ours, theirs, MARKER_SIZE)
}

/// Like [`merge`], with conflict markers of a length other than git's default of seven.
#[must_use]
pub fn merge_marking(base: Option<&str>, ours: Option<&str>, theirs: Option<&str>, marker_size: usize) -> Merge {
    if ours == theirs || theirs == base {
        return Merge::clean(ours);
    }
    if ours == base {
        return Merge::clean(theirs);
    }
    let (Some(our_text), Some(their_text)) = (ours, theirs) else { return Merge::whole(base, ours, theirs) };
    let texts = [base.unwrap_or_default(), our_text, their_text];
    let form = Form::merged(texts);
    let [base_text, our_text, their_text] = texts.map(|text| form.take_off(text));
    let (Ok(b), Ok(o), Ok(t)) = (parse(&base_text), parse(&our_text), parse(&their_text)) else {
        return Merge::whole(base, ours, theirs);
    };
    merge_documents(&form, [&b, &o, &t], [&base_text, &our_text, &their_text], marker_size)
        .unwrap_or_else(|| Merge::whole(base, ours, theirs))
}

/// `None` if the parts cannot be put together.
fn merge_documents(form: &Form, documents: [&Document<'_>; 3], texts: [&str; 3], marker_size: usize) -> Option<Merge> {
    let [base, ours, theirs] = documents;
    let fields = MergedFields::of(&base.fields, &ours.fields, &theirs.fields);
    let fronts = [0, 1, 2].map(|index| &texts[index][..documents[index].body_range().start]);
    let front = front::merge(fronts, documents.map(|document| &document.fields), &fields)?;
    let mut clashes: Vec<Clash> = fields
        .clashes
        .iter()
        .chain(&front.refused)
        .map(|key| Clash {
            place: ClashPlace::Key(key.clone()),
            base: base.fields.get(key).map(shown),
            ours: ours.fields.get(key).map(shown),
            theirs: theirs.fields.get(key).map(shown),
        })
        .collect();
    let body = lines::merge([base.body(), ours.body(), theirs.body()], Neighbours::Clash, marker_size);
    clashes.extend(body.clashes.iter().map(|clash| body_clash(clash, documents)));
    let merged_body = if body.clashes.is_empty() { body.text.as_str() } else { ours.body() };
    let text = join(&front.text, merged_body);
    let read = parse(&text).ok()?;
    if read.body() != merged_body || read.fields != parse(&front.text).ok()?.fields {
        return None;
    }
    let marked = (!body.clashes.is_empty()).then(|| form.put_on(&join(&front.text, &body.text)));
    Some(Merge { text: Some(form.put_on(&text)), clashes, marked })
}

fn body_clash(clash: &LineClash, [base, ours, theirs]: [&Document<'_>; 3]) -> Clash {
    let part = |document: &Document<'_>, range: &Range<usize>| {
        let lines = document.body().split_inclusive('\n').skip(range.start).take(range.len());
        Some(lines.collect::<String>())
    };
    let pair = |range: &Range<usize>| (range.start, range.end);
    Clash {
        place: ClashPlace::Body { base: pair(&clash.base), ours: pair(&clash.ours), theirs: pair(&clash.theirs) },
        base: part(base, &clash.base),
        ours: part(ours, &clash.ours),
        theirs: part(theirs, &clash.theirs),
    }
}

/// Joins front matter and body; a closing line that had no newline gets one.
fn join(front: &str, body: &str) -> String {
    let newline = if front.is_empty() || front.ends_with('\n') || body.is_empty() { "" } else { "\n" };
    format!("{front}{newline}{body}")
}

impl Merge {
    fn clean(text: Option<&str>) -> Self {
        Self { text: text.map(str::to_owned), clashes: Vec::new(), marked: None }
    }

    fn whole(base: Option<&str>, ours: Option<&str>, theirs: Option<&str>) -> Self {
        let [base, ours, theirs] = [base, ours, theirs].map(|text| text.map(str::to_owned));
        let clash = Clash { place: ClashPlace::Whole, base, ours: ours.clone(), theirs };
        Self { text: ours, clashes: vec![clash], marked: None }
    }
}
