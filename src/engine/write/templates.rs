//! The templates of stage docs: those of the repository, in the folder that its settings name, else the built-in ones.

use std::borrow::Cow;

use crate::{
    domain::{doc_path::DocPath, id::Id, stage::Stage},
    engine::base::{
        error::{EngineError, in_tree},
        file_probe::read_text,
        session::Session,
    },
    markdown::{
        EditError,
        template::{self, Blanks},
    },
    tree::Tree,
};

/// A template, and its name in messages.
struct Template {
    name: String,
    text: Cow<'static, str>,
}

impl Session {
    /// The text of a new stage doc.
    pub(in crate::engine) fn stage_text(&self, blanks: &Blanks<'_>) -> Result<String, EngineError> {
        let Template { name, text } = self.template(blanks.stage)?;
        template::stage_doc(&text, blanks).map_err(|source| EngineError::Template { name, source })
    }

    /// Whether the body of a stage doc is still its template: the repository's or the built-in one.
    pub fn is_bare(&self, card: &Id, stage: &Stage, title: &str, body: &str) -> Result<bool, EngineError> {
        let blanks = Blanks { title, card, stage, date: "" };
        Ok(template::is_bare(body, template::built_in(stage), &blanks)
            || template::is_bare(body, &self.template(stage)?.text, &blanks))
    }

    fn template(&self, stage: &Stage) -> Result<Template, EngineError> {
        let file = format!("{}.md", stage.as_str());
        let built_in = Template { name: file.clone(), text: Cow::Borrowed(template::built_in(stage)) };
        let config = self.config()?;
        let Some(folder) = &config.templates else { return Ok(built_in) };
        let top = self.config_folder()?;
        let tree = Tree::at(&top);
        if tree.folder(folder).map_err(in_tree("read", &top))?.is_none() {
            return Err(EngineError::BadValue {
                what: "templates".to_owned(),
                value: folder.to_string(),
                expected: format!("a folder that is there in {}", top.display()),
            });
        }
        let name = format!("{folder}/{file}");
        let Some(path) = DocPath::parse(&name) else { return Ok(built_in) };
        match read_text(&tree, &path) {
            Ok(Some(text)) => Ok(Template { name, text: Cow::Owned(text) }),
            Ok(None) => Ok(built_in),
            Err(problem) => Err(EngineError::Template { name, source: EditError::Unreadable(problem) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use super::*;
    use crate::{
        domain::{config::Key, doc_path::MIRROR},
        engine::{Caller, Clock, FirstImport, OpenOptions, Refresh},
    };

    #[test]
    fn a_stage_doc_is_bare_by_either_template() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(MIRROR)).unwrap();
        fs::create_dir_all(folder.path().join("ours")).unwrap();
        fs::write(folder.path().join("ours/plan.md"), "---\nOwner: Nora\n---\n# {title}\n\nOurs, {title}.\n").unwrap();
        let session = Session::open(OpenOptions {
            from: folder.path().to_path_buf(),
            database: None,
            caller: Caller { actor: Some("Nora".to_owned()), ..Caller::default() },
            environment: vec![(Key::Templates, "ours".to_owned())],
            clock: Clock::system(),
            timeout: Duration::from_secs(1),
            reads_only: false,
            first_import: FirstImport::Automatic,
            refresh: Refresh::Leave,
            progress: None,
        })
        .unwrap();
        let (card, stage) = (Id::parse("A-1").unwrap(), Stage::plan());
        let is_bare = |body: &str| session.is_bare(&card, &stage, "Mend the gate", body).unwrap();
        assert!(is_bare("\n# Any heading\n\nOurs,\nMend the gate.\n"));
        assert!(is_bare("## Approach\n\n_Nothing yet._\n\n## Tasks\n\n- [ ]\n"));
        assert!(!is_bare("## Approach\n\nWith a hammer.\n\n## Tasks\n\n- [ ]\n"));
        assert!(is_bare("# Plan\n\n"));
    }
}
