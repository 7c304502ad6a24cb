//! Shows output that is longer than the terminal in the user's pager.

use std::{
    env,
    ffi::OsString,
    io::{self, Write as _},
    process::{Command, Stdio},
};

/// The program that shows long output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pager {
    command: String,
    /// The height of the terminal in lines.
    height: usize,
    /// The width of the terminal in columns.
    width: usize,
}

impl Pager {
    /// The pager for this terminal; `None` if output is not paged.
    pub(crate) fn of(terminal: (u16, u16)) -> Option<Self> {
        let command = command(|name| env::var_os(name))?;
        Some(Self { command, height: usize::from(terminal.1), width: usize::from(terminal.0) })
    }

    /// Shows the text: directly if it fits on one screen, otherwise in the pager until the user quits.
    pub(crate) fn show(&self, text: &[u8]) -> io::Result<()> {
        if !self.is_long(text) {
            return io::stdout().write_all(text);
        }
        let mut child = match self.program().stdin(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(_) => return io::stdout().write_all(text),
        };
        let written = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(text));
        let status = child.wait()?;
        match written {
            // The user quit the pager early.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && status.success() => Ok(()),
            // The pager does not exist: the shell reports that, and the text still has to be shown.
            Err(_) if !status.success() => io::stdout().write_all(text),
            Ok(()) if status.code() == Some(127) => io::stdout().write_all(text),
            written => written,
        }
    }

    fn program(&self) -> Command {
        let mut program = Command::new("sh");
        program.args(["-c", &self.command]);
        // Like git: quit if the text fits on one screen, keep colours, and leave the text on the terminal.
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if env::var_os(name).is_none() {
                program.env(name, value);
            }
        }
        program
    }

    /// Whether the text and the prompt need more lines than the terminal has.
    fn is_long(&self, text: &[u8]) -> bool {
        let plain = anstream::adapter::strip_bytes(text).into_vec();
        let text = String::from_utf8_lossy(&plain);
        let rows = |line: &str| unicode_width::UnicodeWidthStr::width(line).div_ceil(self.width.max(1)).max(1);
        text.lines().map(rows).sum::<usize>() >= self.height
    }
}

/// `BOS_PAGER`, else `PAGER`, else less; `None` if it is empty or `cat`, or the terminal is dumb.
fn command(variable: impl Fn(&str) -> Option<OsString>) -> Option<String> {
    let text = |name: &str| variable(name).map(|value| value.to_string_lossy().trim().to_owned());
    if text("TERM").is_some_and(|term| term == "dumb") {
        return None;
    }
    let command = text("BOS_PAGER").or_else(|| text("PAGER")).unwrap_or_else(|| "less -FRX".to_owned());
    (!command.is_empty() && command != "cat").then_some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_is_the_persons_own() {
        let pager = |set: &[(&str, &str)]| {
            command(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value)))
        };
        assert_eq!(pager(&[]).as_deref(), Some("less -FRX"));
        assert_eq!(pager(&[("PAGER", "more")]).as_deref(), Some("more"));
        assert_eq!(pager(&[("PAGER", "more"), ("BOS_PAGER", "most -s")]).as_deref(), Some("most -s"));
        for off in [("PAGER", ""), ("PAGER", "cat"), ("BOS_PAGER", ""), ("TERM", "dumb")] {
            assert_eq!(pager(&[off]), None, "{off:?}");
        }
    }

    #[test]
    fn only_what_is_long_is_paged() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shown");
        let pager = Pager { command: format!("cat > '{}'", file.display()), height: 4, width: 10 };
        assert!(!pager.is_long(b"a\nb\nc\n") && !pager.is_long(b"\x1b[1m123456789\x1b[0m\nb\n"));
        assert!(pager.is_long(b"a\nb\nc\nd\n") && pager.is_long(b"123456789012345\nb\nc\n"));
        pager.show(b"a\nb\nc\nd\n").unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"a\nb\nc\nd\n");
    }
}
