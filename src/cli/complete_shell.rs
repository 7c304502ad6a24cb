//! What reaches the shell that asks for completion. Shells insert most candidates as they are and then run the line, so
//! that only plain words may be offered, whatever a tree or a folder holds.

use std::{ffi::OsString, io, path::Path};

use clap::Command;
use clap_complete::{
    CompleteEnv,
    env::{Bash, Elvish, EnvCompleter, Fish, Powershell, Shells, Zsh},
};

use super::sanitize::guard;

/// Answers the shell and ends the program, if a shell asks.
pub(super) fn offer<F: Fn() -> Command>(environment: CompleteEnv<'_, F>) {
    let shells: [&dyn EnvCompleter; 5] =
        [&Plain(&Bash), &Plain(&Elvish), &Plain(&Fish), &Plain(&Powershell), &Plain(&Zsh)];
    environment.shells(Shells(&shells)).complete();
}

/// A shell that is offered plain words only.
struct Plain<'s>(&'s dyn EnvCompleter);

impl EnvCompleter for Plain<'_> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn is(&self, name: &str) -> bool {
        self.0.is(name)
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        bin: &str,
        completer: &str,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        self.0.write_registration(var, name, bin, completer, buf)
    }

    fn write_complete(
        &self,
        cmd: &mut Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn io::Write,
    ) -> io::Result<()> {
        let mut offered = Vec::new();
        self.0.write_complete(cmd, args, current_dir, &mut offered)?;
        let (offered, between) = (String::from_utf8_lossy(&offered), self.between());
        let plain: Vec<_> =
            offered.split(&between).filter(|one| self.is_plain(one)).map(|one| guard(one, false)).collect();
        buf.write_all(plain.join(&between).as_bytes())
    }
}

impl Plain<'_> {
    /// What separates candidates.
    fn between(&self) -> String {
        let told = std::env::var("_CLAP_IFS").ok().filter(|told| !told.is_empty());
        told.filter(|_| matches!(self.name(), "bash" | "zsh")).unwrap_or_else(|| "\n".to_owned())
    }

    /// Whether no shell sees more in a candidate than a word.
    fn is_plain(&self, candidate: &str) -> bool {
        let before_help = match self.name() {
            "zsh" => candidate.split(':').next(),
            "bash" => Some(candidate),
            _ => candidate.split('\t').next(),
        };
        let is_safe = |c: char| {
            c.is_alphanumeric() || "-_./=@+,:~".contains(c) || (cfg!(windows) && c == std::path::MAIN_SEPARATOR)
        };
        before_help.is_some_and(|word| word.chars().all(is_safe))
    }
}
