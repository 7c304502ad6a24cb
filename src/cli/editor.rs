//! The user's editor, and the file it works on, which is kept if anything goes wrong.

use std::{
    env, fs,
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::Command,
};

use super::error::CliError;

/// The start of the comment that says why a text was rejected.
const COMMENT: &str = "<!-- bos:";
const COMMENT_END: &str = "-->\n";

/// A text in a temporary file while a person edits it.
pub(crate) struct Draft {
    path: PathBuf,
}

impl Draft {
    /// Writes the text to a new file in `folder` whose name begins with `name`.
    pub(crate) fn new(folder: &Path, name: &str, text: &str) -> Result<Self, CliError> {
        let failed = |source| CliError::Draft { path: folder.to_path_buf(), source };
        fs::create_dir_all(folder).map_err(failed)?;
        let mut builder = tempfile::Builder::new();
        let file = builder.prefix(&format!("{name}-")).suffix(".md").tempfile_in(folder).map_err(failed)?;
        let (_, path) = file.keep().map_err(|error| failed(error.error))?;
        let draft = Self { path };
        draft.write(text)?;
        Ok(draft)
    }

    /// The path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the reasons for a rejection before the text, as a comment that [`Draft::edited`] removes again.
    pub(crate) fn refuse(&self, text: &str, reasons: &[String]) -> Result<(), CliError> {
        let reasons: String = reasons.iter().map(|reason| format!("     {}\n", reason.replace("--", "- -"))).collect();
        let help = "Line numbers count from below this comment, which is removed again. Fix the text and\n     \
                    save it, or leave it unchanged to give up.";
        self.write(&format!("{COMMENT} this cannot be saved yet:\n{reasons}     {help} {COMMENT_END}{text}"))
    }

    /// Opens the editor, waits for it, and reads the edited text.
    pub(crate) fn edited(&self) -> Result<String, CliError> {
        let editor = editor()?;
        let script = format!("{editor} \"$@\"");
        let status = Command::new("sh").args(["-c", &script, &editor]).arg(&self.path).status();
        let status = status.map_err(|source| CliError::Draft { path: self.path.clone(), source })?;
        if !status.success() {
            return Err(CliError::Editor { editor, path: self.path.clone() });
        }
        let text = fs::read_to_string(&self.path);
        let text = text.map_err(|source| CliError::Draft { path: self.path.clone(), source })?;
        Ok(without_comment(&text).to_owned())
    }

    /// Removes the file, once the text is stored elsewhere.
    pub(crate) fn discard(self) {
        // A file left behind does no harm.
        let _ = fs::remove_file(&self.path);
    }

    fn write(&self, text: &str) -> Result<(), CliError> {
        fs::write(&self.path, text).map_err(|source| CliError::Draft { path: self.path.clone(), source })
    }
}

fn without_comment(text: &str) -> &str {
    if !text.starts_with(COMMENT) {
        return text;
    }
    text.find(COMMENT_END).map_or(text, |end| &text[end + COMMENT_END.len()..])
}

/// `VISUAL`, else `EDITOR`, else vi if standard input is a terminal.
fn editor() -> Result<String, CliError> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(|name| env::var(name).ok().filter(|text| !text.is_empty()));
    match named {
        Some(editor) => Ok(editor),
        None if std::io::stdin().is_terminal() => Ok("vi".to_owned()),
        None => Err(CliError::Usage {
            message: "there is no terminal to edit at".to_owned(),
            hint: "name an editor in VISUAL or EDITOR, or use `bos card set ID --body-file FILE`".to_owned(),
        }),
    }
}
