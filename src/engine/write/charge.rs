//! Who is charged with an edit that a command finds in a file: whoever committed it, else the person of this clone; never
//! whoever runs the command.

use std::{cell::OnceCell, collections::BTreeMap};

use super::writer::Writer;
use crate::{
    domain::{
        actor::Actor,
        doc_path::{DocPath, MIRROR},
        entity::Entity,
        entry::WORK_TREE,
    },
    engine::base::{error::EngineError, export_trailers::LOG_TRAILER, reading::Reading, session::Session},
    git::{BlobId, CommitId, Makers},
};

/// Who did what is recorded, where that is not who runs the command.
#[derive(Debug, Clone)]
pub(in crate::engine) struct Acting {
    pub(in crate::engine) actor: Actor,
    /// Who asked for it; `None` for whom the command names.
    pub(in crate::engine) initiator: Option<Actor>,
    /// What it came through, where that is no command.
    pub(in crate::engine) via: Option<&'static str>,
    /// The commit that holds it.
    pub(in crate::engine) commit: Option<CommitId>,
    /// Who committed it, where a trailer by hand names somebody else: that lifts no limit of theirs.
    pub(super) author: Option<Actor>,
}

impl Acting {
    /// Somebody who did it elsewhere, at the request of the command's initiator.
    pub(in crate::engine) fn of(actor: Actor) -> Self {
        Self { actor, initiator: None, via: None, commit: None, author: None }
    }

    /// The author of a commit; its `Audit:` trailers take precedence, the one for this entity first. A trailer for another
    /// entity says nothing.
    pub(in crate::engine) fn author(name: &str, trailers: &[(String, String)], entity: Option<&Entity>) -> Self {
        let told: Vec<Audit<'_>> = trailers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case("Audit"))
            .filter_map(|(_, value)| Audit::of(value))
            .collect();
        let id = entity.map(Entity::id);
        let own = told.iter().find(|audit| audit.entity.is_some() && audit.entity == id.as_deref());
        let Some(audit) = own.or_else(|| told.iter().find(|audit| audit.entity.is_none())) else {
            return Self::of(named(name));
        };
        let is_export = trailers.iter().any(|(key, _)| key.eq_ignore_ascii_case(LOG_TRAILER));
        let author = (!is_export).then(|| named(name));
        Self { initiator: Some(named(audit.initiator)), author, ..Self::of(named(audit.actor)) }
    }
}

/// What an `Audit:` trailer says.
pub(super) struct Audit<'t> {
    actor: &'t str,
    initiator: &'t str,
    pub(super) entity: Option<&'t str>,
}

impl<'t> Audit<'t> {
    pub(super) fn of(value: &'t str) -> Option<Self> {
        let (people, entity) = match value.rsplit_once(", Entity=") {
            Some((people, entity)) => (people, Some(entity.trim())),
            None => (value, None),
        };
        let people = people.strip_prefix("Actor=")?;
        let (actor, initiator) = people.rsplit_once(", Initiator=").unwrap_or((people, people));
        Some(Self { actor, initiator, entity })
    }
}

/// A name as an actor, without the characters that no actor's name may contain.
fn named(name: &str) -> Actor {
    let plain: String = name.chars().filter(|c| Actor::parse(&format!("a{c}a")).is_ok()).take(100).collect();
    Actor::parse(plain.trim()).unwrap_or_else(|_| Actor::unknown())
}

impl Session {
    /// The person of this clone: git's `user.name`, else the login name.
    fn person(&self) -> Actor {
        self.name_in_git()
            .or_else(|| self.options.caller.login.clone())
            .map_or_else(Actor::unknown, |name| named(&name))
    }
}

/// What is known about history while a command writes.
#[derive(Default)]
pub(in crate::engine) struct Charging<'e> {
    person: OnceCell<Actor>,
    makers: Option<Makers<'e>>,
    /// HEAD when first needed: one command sees one history.
    head: Option<Option<CommitId>>,
    /// Everything in HEAD that belongs to the tree.
    held: Option<BTreeMap<String, BlobId>>,
}

impl Writer<'_> {
    /// Who is charged with the text of a file. If git cannot tell, the file counts as uncommitted.
    pub(in crate::engine) fn charge(&mut self, entity: &Entity, path: &DocPath, reading: &Reading) -> Acting {
        let committed = self.maker(path, reading).ok().flatten();
        let charged = committed.and_then(|commit| {
            let (made, trailers) = self.session.repository().ok()??.authored(commit).ok()?;
            let author = Acting::author(&made.author, &trailers, Some(entity));
            let initiator = author.initiator.or_else(|| Some(author.actor.clone()));
            Some(Acting { commit: Some(commit), initiator, ..author })
        });
        charged.unwrap_or_else(|| Acting { via: Some(WORK_TREE), ..self.by_the_person() })
    }

    /// The owner of this clone, whoever runs the command.
    pub(in crate::engine) fn by_the_person(&self) -> Acting {
        let person = self.charging.person.get_or_init(|| self.session.person()).clone();
        Acting { initiator: Some(person.clone()), ..Acting::of(person) }
    }

    /// The commit that gave a file its text; `None` if HEAD has another text.
    pub(in crate::engine) fn maker(
        &mut self,
        path: &DocPath,
        reading: &Reading,
    ) -> Result<Option<CommitId>, EngineError> {
        let session = self.session;
        let Some(repository) = session.repository()? else { return Ok(None) };
        let head = match self.charging.head {
            Some(head) => head,
            None => *self.charging.head.insert(repository.head()?),
        };
        let Some(head) = head else { return Ok(None) };
        let git_path = session.workspace.git_path(path.as_str());
        let at_head = if self.is_filling() {
            // One lookup of all of HEAD is cheaper than one for each file.
            if self.charging.held.is_none() {
                self.charging.held = Some(repository.tree_blobs(head, &session.workspace.git_path(MIRROR))?);
            }
            self.charging.held.as_ref().and_then(|blobs| blobs.get(&git_path)).copied()
        } else {
            repository.blob_at(head, &git_path)?
        };
        let Some(blob) = at_head else { return Ok(None) };
        if repository.clean_blob_id(&git_path, reading.text.as_bytes())? != blob {
            return Ok(None);
        }
        if self.charging.makers.is_none() {
            self.charging.makers = repository.makers(&session.workspace.git_path(MIRROR))?;
        }
        match &mut self.charging.makers {
            Some(makers) => Ok(makers.of(&git_path, blob)?),
            None => Ok(None),
        }
    }
}
