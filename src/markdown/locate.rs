//! Classifies a path below `docs/business-os`, by the path alone.

use crate::domain::{
    audience::Audience,
    doc_path::{DocPath, MIRROR},
    entity::Entity,
    id::Id,
    idea::Location,
    stage::Stage,
};

/// The kind of file that a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A document this program keeps.
    Document(Located),
    /// A markdown file below `cards/` or `ideas/` whose name fits no pattern.
    Unknown,
    /// A file this program does not manage: repo-native documents, pictures, anything elsewhere.
    Foreign,
}

/// A document as identified by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its path.
    pub path: DocPath,
    /// The entity it belongs to.
    pub entity: Entity,
    /// Its audience; `None` for comments and notes.
    pub audience: Option<Audience>,
    /// Whether it lies below an `archive` folder.
    pub archived: bool,
    /// The folder of an idea; `None` for other documents.
    pub location: Option<Location>,
    /// For a stage doc, whether the file name uses the canonical spelling.
    pub canonical: bool,
}

/// Classifies a path.
#[must_use]
pub fn locate(path: &DocPath) -> Place {
    let Some(below) = path.as_str().strip_prefix(MIRROR).and_then(|rest| rest.strip_prefix('/')) else {
        return Place::Foreign;
    };
    let mut parts: Vec<&str> = below.split('/').collect();
    let top = parts.remove(0);
    if !matches!(top, "cards" | "ideas") {
        return Place::Foreign;
    }
    let Some(name) = parts.pop().filter(|name| name.ends_with(".md")) else { return Place::Foreign };
    let found = if top == "cards" { card_file(path, &parts, name) } else { idea_file(path, &parts, name) };
    found.map_or(Place::Unknown, Place::Document)
}

fn card_file(path: &DocPath, folders: &[&str], name: &str) -> Option<Located> {
    let archived = folders.first() == Some(&"archive");
    let located = |entity, audience, canonical| {
        Some(Located { path: path.clone(), entity, audience, archived, location: None, canonical })
    };
    // Below archive/ there may be other folders first; only the last ones count.
    let inner: Vec<&str> = if archived {
        let from = folders.iter().position(|folder| Id::parse(folder).is_some()).unwrap_or(folders.len());
        folders[from..].to_vec()
    } else {
        folders.to_vec()
    };
    match (inner.as_slice(), split_name(name)) {
        ([], (stem, Some(audience))) => located(Entity::Card(Id::parse(stem)?), Some(audience), true),
        ([card], (stem, Some(audience))) => {
            let stage = Stage::parse(stem)?;
            let canonical = stage.as_str() == stem;
            located(Entity::StageDoc { card: Id::parse(card)?, stage }, Some(audience), canonical)
        }
        ([card], (_, None)) => located(Entity::Note { card: Id::parse(card)?, name: name.to_owned() }, None, true),
        ([card, "comments"], _) => {
            located(Entity::Comment { card: Id::parse(card)?, name: name.to_owned() }, None, true)
        }
        _ => None,
    }
}

fn idea_file(path: &DocPath, folders: &[&str], name: &str) -> Option<Located> {
    let location = Location::parse(folders.first()?)?;
    let (stem, audience) = split_name(name);
    Some(Located {
        path: path.clone(),
        entity: Entity::Idea(Id::of_idea(stem)?),
        audience: Some(audience?),
        archived: folders.contains(&"archive"),
        location: Some(location),
        canonical: true,
    })
}

/// Splits a file name: `BRIK-ENG-0001.user.md` is `BRIK-ENG-0001` for people.
fn split_name(name: &str) -> (&str, Option<Audience>) {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    match stem.rsplit_once('.') {
        Some((stem, word)) if Audience::parse(word).is_some() => (stem, Audience::parse(word)),
        _ => (stem, None),
    }
}

/// The path that a misnamed file should have; `None` if its name contains no ID.
#[must_use]
pub fn fitting(path: &DocPath) -> Option<DocPath> {
    let (folder, name) = path.as_str().rsplit_once('/')?;
    let (stem, audience) = split_name(name);
    let ideas = format!("{MIRROR}/ideas");
    let is_idea = path.as_str().starts_with(&format!("{ideas}/"));
    let id = Id::parse(&stem.to_ascii_uppercase()).or_else(|| Id::of_idea(stem).filter(|_| is_idea))?;
    let name = format!("{id}.{}.md", audience.unwrap_or(Audience::User).as_str());
    let fits = |folder: &str| document(&format!("{folder}/{name}")).map(|located| located.path);
    fits(folder).or_else(|| is_idea.then(|| fits(&format!("{ideas}/inbox")))?)
}

/// The place of a new card's primary document.
#[must_use]
pub fn card_place(id: &Id) -> Option<Located> {
    document(&format!("{MIRROR}/cards/{id}.user.md"))
}

/// The place of a new idea's primary document.
#[must_use]
pub fn idea_place(id: &Id) -> Option<Located> {
    document(&format!("{MIRROR}/ideas/inbox/{id}.user.md"))
}

fn document(path: &str) -> Option<Located> {
    match locate(&DocPath::parse(path)?) {
        Place::Document(located) => Some(located),
        Place::Unknown | Place::Foreign => None,
    }
}

/// The path of a new stage doc, below the folder of its card's document.
#[must_use]
pub fn stage_path(card: &DocPath, id: &Id, stage: &Stage) -> Option<DocPath> {
    let folder = card.as_str().rsplit_once('/')?.0;
    DocPath::parse(&format!("{folder}/{id}/{}.user.md", stage.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(below: &str) -> String {
        match locate(&DocPath::parse(&format!("{MIRROR}/{below}")).unwrap()) {
            Place::Document(l) => format!(
                "{} {} {:?}{}{}",
                l.entity.kind(),
                l.entity.id(),
                l.audience,
                if l.archived { " archived" } else { "" },
                if l.canonical { "" } else { " alias" }
            ),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn what_a_file_should_be_called() {
        for (below, expected) in [
            ("cards/SHOP-ENG-0012.md", Some("cards/SHOP-ENG-0012.user.md")),
            ("cards/shop-eng-0012.agent.md", Some("cards/SHOP-ENG-0012.agent.md")),
            ("cards/archive/2025/SHOP-ENG-0012.md", Some("cards/archive/2025/SHOP-ENG-0012.user.md")),
            ("ideas/inbox/SHOP-OPP-0012.md", Some("ideas/inbox/SHOP-OPP-0012.user.md")),
            ("ideas/worked/SHOP-OPP-0012.md", Some("ideas/worked/SHOP-OPP-0012.user.md")),
            ("ideas/SHOP-OPP-0012.agent.md", Some("ideas/inbox/SHOP-OPP-0012.agent.md")),
            ("ideas/later/SHOP-OPP-0012.md", Some("ideas/inbox/SHOP-OPP-0012.user.md")),
            ("ideas/inbox/loose-thought.md", Some("ideas/inbox/loose-thought.user.md")),
            ("ideas/loose-thought.user.md", Some("ideas/inbox/loose-thought.user.md")),
            ("ideas/inbox/shop-opp-12.user.md", Some("ideas/inbox/SHOP-OPP-12.user.md")),
            ("ideas/inbox/_template.user.md", None),
            ("cards/template.md", None),
        ] {
            let path = |below: &str| DocPath::parse(&format!("{MIRROR}/{below}")).unwrap();
            assert_eq!(fitting(&path(below)), expected.map(path), "{below}");
        }
    }

    #[test]
    fn every_pattern() {
        let rows = [
            ("cards/BRIK-ENG-0001.user.md", "card BRIK-ENG-0001 Some(User)"),
            ("cards/BRIK-ENG-0001.agent.md", "card BRIK-ENG-0001 Some(Agent)"),
            ("cards/BRIK-ENG-0001.md", "Unknown"),
            ("cards/notes.user.md", "Unknown"),
            ("cards/BRIK-ENG-0001/fact-finding.user.md", "stage_doc BRIK-ENG-0001/fact-find Some(User) alias"),
            ("cards/BRIK-ENG-0001/plan.agent.md", "stage_doc BRIK-ENG-0001/plan Some(Agent)"),
            ("cards/BRIK-ENG-0001/metrics.md", "note BRIK-ENG-0001/metrics.md None"),
            ("cards/BRIK-ENG-0001/comments/1-pete.md", "comment BRIK-ENG-0001/comments/1-pete.md None"),
            ("cards/BRIK-ENG-0001/deep/er.md", "Unknown"),
            ("cards/archive/BRIK-001.user.md", "card BRIK-001 Some(User) archived"),
            ("cards/archive/2025/BRIK-001.user.md", "card BRIK-001 Some(User) archived"),
            ("cards/archive/2025/BRIK-001/plan.user.md", "stage_doc BRIK-001/plan Some(User) archived"),
            ("ideas/inbox/SCAN-BRIK-001.user.md", "idea SCAN-BRIK-001 Some(User)"),
            ("ideas/worked/q1/BRIK-OPP-0001.agent.md", "idea BRIK-OPP-0001 Some(Agent)"),
            ("ideas/inbox/archive/BRIK-OPP-0001.user.md", "idea BRIK-OPP-0001 Some(User) archived"),
            ("ideas/inbox/rye bread.user.md", "idea rye bread Some(User)"),
            ("ideas/inbox/archive/rye-bread.agent.md", "idea rye-bread Some(Agent) archived"),
            ("ideas/inbox/brik-opp-0001.user.md", "Unknown"),
            ("ideas/inbox/rye-bread.md", "Unknown"),
            ("ideas/BRIK-OPP-0001.user.md", "Unknown"),
            ("cards/picture.png", "Foreign"),
            ("strategy/BRIK/plan.user.md", "Foreign"),
            ("README.md", "Foreign"),
        ];
        for (below, expected) in rows {
            assert_eq!(place(below), expected, "{below}");
        }
    }
}
