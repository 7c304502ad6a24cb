//! Reads GitHub issues: the output of `gh issue list --json number,url,title,body,state,labels,assignees,...`.

use jiff::tz::TimeZone;

use super::{
    Exported, Fault, Item, add_part, body_of, date_of, priority_of,
    record::{Record, records},
    title_of,
};
use crate::domain::value::FieldValue;

const PROGRAM: &str = "Github";

/// The issues of an export, with dates in a time zone.
///
/// # Errors
/// The text is not JSON, or an issue has no number, title or URL.
pub fn issues(text: &str, zone: &TimeZone) -> Result<Exported, Fault> {
    let mut exported = Exported::default();
    for mut record in records(text)? {
        exported.items.push(issue(&mut record, zone).map(|mut item| {
            item.keys.extend(record.rest(PROGRAM));
            item
        })?);
    }
    Ok(exported)
}

fn issue(record: &mut Record, zone: &TimeZone) -> Result<Item, Fault> {
    let date_of = |text: String| date_of(&text, zone);
    let line = record.line;
    // The state contains this too.
    record.take("closed");
    let (number, title) = (record.needed("number")?, record.needed("title")?);
    let url = record.needed("url")?;
    let place = place_of(&url).ok_or_else(|| Fault::at(line, format!("{url:?} is not the address of an issue")))?;
    let source = format!("github:{place}#{number}");
    let raw = record.text("body").unwrap_or_default();
    let depends_on = waits_for(&raw, place);
    let mut body = body_of(&raw);
    let comments: Vec<String> = record
        .list("comments")
        .into_iter()
        .map(|mut comment| {
            let author = Record::of(comment.take("author"), line).and_then(|mut author| author.text("login"));
            let (at, text) = (comment.text("createdAt").unwrap_or_default(), comment.text("body").unwrap_or_default());
            let at = date_of(at.clone()).unwrap_or(at);
            let at = comment.text("url").map_or_else(|| at.clone(), |url| format!("[{at}]({url})"));
            format!("**{}**, {at}:\n\n{}", author.as_deref().unwrap_or("somebody"), body_of(&text))
        })
        .collect();
    add_part(&mut body, "Comments", &comments.join("\n\n"));
    let tags = record.each("labels", "name");
    let assignees = record.each("assignees", "login");
    let mut keys = vec![("Github-Url".to_owned(), FieldValue::Str(url.clone()))];
    if let Some(mut milestone) = Record::of(record.take("milestone"), line) {
        keys.extend(milestone.text("title").map(|title| ("Github-Milestone".to_owned(), FieldValue::Str(title))));
        keys.extend(milestone.rest("Github-Milestone"));
    }
    let author = Record::of(record.take("author"), line).and_then(|mut author| author.text("login"));
    keys.extend(author.map(|name| ("Github-Author".to_owned(), FieldValue::Str(name))));
    if assignees.len() > 1 {
        keys.push(("Github-Assignees".to_owned(), FieldValue::List(assignees.clone())));
    }
    Ok(Item {
        line,
        title: title_of(&title, &source),
        body,
        status: record.text("state").map(|state| state.to_lowercase()),
        priority: tags.iter().find_map(|tag| priority_of(tag).filter(|_| tag.len() == 2)),
        owner: assignees.into_iter().next(),
        tags,
        created: record.text("createdAt").and_then(date_of),
        completed: record.text("closedAt").and_then(date_of),
        depends_on,
        parent: Record::of(record.take("parent"), line)
            .and_then(|mut parent| parent.text("number"))
            .map(|number| format!("github:{place}#{number}")),
        keys,
        source,
        ..Item::default()
    })
}

/// `owner/repo` from `https://github.com/owner/repo/issues/12`.
fn place_of(url: &str) -> Option<&str> {
    let (place, _) = url.strip_prefix("https://")?.split_once('/')?.1.rsplit_once('/')?.0.rsplit_once('/')?;
    (place.split('/').count() == 2).then_some(place)
}

/// The issues that a text depends on: `Depends on #12`, `blocked by #3, #4`.
fn waits_for(body: &str, place: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in body.lines() {
        let lower = line.to_ascii_lowercase();
        let Some(at) = ["depends on", "blocked by"].iter().filter_map(|words| lower.find(words)).min() else {
            continue;
        };
        for part in line[at..].split('#').skip(1) {
            let number: String = part.chars().take_while(char::is_ascii_digit).collect();
            let source = format!("github:{place}#{number}");
            if !number.is_empty() && !found.contains(&source) {
                found.push(source);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_the_repository() {
        assert_eq!(place_of("https://github.com/o/r/issues/12"), Some("o/r"));
        assert_eq!(place_of("https://git.example.org/o/r/pull/12"), Some("o/r"));
        assert_eq!(place_of("https://github.com/o"), None);
        assert_eq!(waits_for("x #1\n- Blocked by #2 and #3.\nDEPENDS ON: #2", "o/r"), ["github:o/r#2", "github:o/r#3"]);
    }

    #[test]
    fn an_issue_without_its_address_is_named_by_its_line() {
        let text = "[\n{\"number\": 1, \"title\": \"a\", \"url\": \"https://github.com/o/r/issues/1\"},\n{\"number\": 2, \"title\": \"b\"}]";
        assert_eq!(issues(text, &TimeZone::UTC), Err(Fault::at(3, "`url` is missing")));
    }
}
