//! The only writer to standard output and standard error: colours, width, progress, errors.

use std::{
    cell::RefCell,
    ffi::OsString,
    io::{self, IsTerminal as _, Write},
    panic::PanicHookInfo,
    sync::OnceLock,
};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum as _;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{
    args::{Global, When},
    error::{CliError, DEFECT, exit_code},
    pager::Pager,
    sanitize::{escape_json, guard, sanitize},
};
use crate::{
    domain::error_kind::ErrorKind,
    wire::{Document, Failure, Kind},
};

/// Styles for emphasis.
pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const ALARM: Style = AnsiColor::Red.on_default().bold();
pub(crate) const CAUTION: Style = AnsiColor::Yellow.on_default();
pub(crate) const GONE: Style = AnsiColor::Red.on_default();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();

/// The output streams and how output may look.
pub(crate) struct Ui {
    out: io::BufWriter<io::Stdout>,
    /// The pager for long output of commands that only read.
    pager: Option<Pager>,
    page: Option<Page>,
    color: bool,
    color_err: bool,
    width: Option<usize>,
    /// Whether to print one JSON document instead of text.
    pub(crate) json: bool,
    quiet: bool,
    shows_progress: bool,
    is_document_open: bool,
    notes: RefCell<Vec<String>>,
    done: Option<String>,
}

/// Buffered output: whether a pager is needed is known only once the output is complete.
#[derive(Debug, Default)]
struct Page {
    text: Vec<u8>,
    /// Notices for standard error, to be printed afterwards.
    beside: RefCell<String>,
}

static PROGRESS: OnceLock<ProgressBar> = OnceLock::new();

impl Ui {
    pub(crate) fn new(global: &Global) -> Self {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let terminal = stdout.is_terminal();
        let color = |terminal: bool| wants_color(global.color, terminal, |name| std::env::var_os(name));
        let size = terminal.then(terminal_size::terminal_size).flatten().map(|(width, height)| (width.0, height.0));
        let width = size.map(|(width, _)| usize::from(width));
        let pages = !global.no_pager && !global.json;
        Self {
            pager: size.filter(|_| pages).and_then(Pager::of),
            page: None,
            color: color(terminal),
            color_err: color(stderr.is_terminal()),
            width: width.or(terminal.then_some(80)),
            json: global.json,
            quiet: global.quiet,
            shows_progress: !global.quiet && stderr.is_terminal(),
            is_document_open: false,
            notes: RefCell::default(),
            done: None,
            out: io::BufWriter::with_capacity(1 << 16, stdout),
        }
    }

    /// Whether a person is present who can answer a question.
    pub(crate) fn talks(&self) -> bool {
        self.width().is_some() && !self.json && self.shows_progress && std::io::stdin().is_terminal()
    }

    /// The width of the terminal in columns; `None` in a pipe, where text is never truncated.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// Styled text, if colours are enabled.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        let mut painted = String::new();
        self.paint_onto(&mut painted, style, text);
        painted
    }

    /// Appends styled text, if colours are enabled.
    pub(crate) fn paint_onto(&self, out: &mut String, style: Style, text: &str) {
        if self.color {
            out.push_str(&format!("{style}{text}{style:#}"));
        } else {
            out.push_str(text);
        }
    }

    /// Prints text with colour codes, or without them if colours are disabled.
    pub(crate) fn painted(&mut self, text: &str) -> Result<(), CliError> {
        if self.color { self.text(text) } else { self.text(&anstream::adapter::strip_str(text).to_string()) }
    }

    /// Prints a line.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), CliError> {
        self.text(text)?;
        self.text("\n")
    }

    /// Prints text, filtered for terminals.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), CliError> {
        self.bytes(guard(text, self.color).as_bytes())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        match &mut self.page {
            Some(page) => page.text.write_all(bytes).map_err(CliError::Output),
            None => self.out.write_all(bytes).map_err(CliError::Output),
        }
    }

    /// Starts output that may be long: on a terminal it goes through a pager.
    pub(crate) fn begin_page(&mut self) {
        if self.pager.is_some() {
            self.page.get_or_insert_default();
        }
    }

    /// Starts output without an end, which is printed as it comes.
    pub(crate) fn stream(&mut self) -> Result<(), CliError> {
        let page = self.page.take().unwrap_or_default();
        self.bytes(&page.text)?;
        eprint(&page.beside.take());
        self.flush()
    }

    fn say(&self, text: &str) {
        match &self.page {
            Some(page) => page.beside.borrow_mut().push_str(text),
            None => eprint(text),
        }
    }

    /// Prints the command's JSON document. It stays open for notes until the command ends.
    pub(crate) fn document<T: Kind>(&mut self, body: &T) -> Result<(), CliError> {
        let document = serde_json::to_vec(&Document::from(body)).map_err(|error| CliError::Output(error.into()))?;
        self.written_document(&document)
    }

    /// Prints the command's JSON document from its serialised form.
    pub(crate) fn written_document(&mut self, document: &[u8]) -> Result<(), CliError> {
        let open = document.strip_suffix(b"}").unwrap_or(document);
        self.is_document_open = true;
        self.bytes(&escape_json(open))
    }

    /// Prints one of many JSON documents, on a line of its own.
    pub(crate) fn record<T: Kind>(&mut self, body: &T) -> Result<(), CliError> {
        self.foreign(&Document::from(body))
    }

    /// Prints JSON in a format defined elsewhere.
    pub(crate) fn foreign(&mut self, document: &impl Serialize) -> Result<(), CliError> {
        let document = serde_json::to_vec(document).map_err(|error| CliError::Output(error.into()))?;
        self.bytes(&escape_json(&document))?;
        self.text("\n")
    }

    /// Records what the command has done, in case it cannot be printed.
    pub(crate) fn has_done(&mut self, what: String) {
        self.done = Some(what);
    }

    /// What the command has done, if recorded.
    pub(crate) fn done(&self) -> Option<&str> {
        self.done.as_deref()
    }

    /// Ends the output, adding the notes to the JSON document.
    pub(crate) fn end(&mut self) -> Result<(), CliError> {
        if std::mem::take(&mut self.is_document_open) {
            let notes = std::mem::take(&mut *self.notes.borrow_mut());
            if !notes.is_empty() {
                let notes = serde_json::to_vec(&notes).map_err(|error| CliError::Output(error.into()))?;
                self.bytes(b",\"notes\":")?;
                self.bytes(&escape_json(&notes))?;
            }
            self.text("}\n")?;
        }
        if let (Some(page), Some(pager)) = (self.page.take(), &self.pager) {
            self.out.flush().map_err(CliError::Output)?;
            pager.show(&page.text).map_err(CliError::Output)?;
            eprint(&page.beside.take());
        }
        self.flush()
    }

    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        self.out.flush().map_err(CliError::Output)
    }

    /// Prints a note to standard error unless quiet, and adds it to the JSON document.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.notes.borrow_mut().push(text.to_owned());
            self.say(&format!("{} {}\n", self.paint_err(CAUTION, "note:"), sanitize(text)));
        }
    }

    /// Prints a line to standard error for somebody who reads another program's output there.
    pub(crate) fn aside(&self, text: &str) {
        self.say(&format!("{}\n", sanitize(text)));
    }

    /// Prints a warning to standard error, unless quiet.
    pub(crate) fn warn(&self, text: &str) {
        if !self.quiet {
            self.say(&format!("{} {}\n", self.paint_err(CAUTION, "warning:"), sanitize(text)));
        }
    }

    /// The callback for progress of long work; `None` if progress is not shown.
    pub(crate) fn progress(&self) -> Option<fn(u64, Option<u64>)> {
        self.shows_progress.then_some(show_progress)
    }

    pub(crate) fn finish_progress(&self) {
        if let Some(bar) = PROGRESS.get() {
            bar.finish_and_clear();
        }
    }

    /// Prints an error and returns its exit code.
    pub(crate) fn report(&self, error: &CliError) -> u8 {
        self.finish_progress();
        if self.json {
            eprint_failure(&error.to_failure());
        } else {
            let mut text = format!("{} {}\n", self.paint_err(ALARM, "error:"), sanitize(&error.to_string()));
            for cause in error.causes() {
                text += &format!("{} {}\n", self.paint_err(BOLD, "caused by:"), sanitize(&cause));
            }
            if let Some(hint) = error.hint() {
                text += &format!("{} {}\n", self.paint_err(GOOD, "hint:"), sanitize(&hint));
            }
            eprint(&text);
        }
        exit_code(error.kind())
    }

    fn paint_err(&self, style: Style, text: &str) -> String {
        if self.color_err { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
}

/// Whether to use colours: as requested on the command line, otherwise by the conventional variables.
fn wants_color(when: When, terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let is = |name: &str, test: fn(&str) -> bool| variable(name).is_some_and(|value| test(&value.to_string_lossy()));
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if is("NO_COLOR", |value| !value.is_empty()) => false,
        When::Auto if is("CLICOLOR_FORCE", |value| !value.is_empty() && value != "0") => true,
        When::Auto => terminal && !is("CLICOLOR", |value| value == "0") && !is("TERM", |value| value == "dumb"),
    }
}

fn show_progress(done: u64, total: Option<u64>) {
    let bar = PROGRESS.get_or_init(|| {
        let bar = ProgressBar::no_length();
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    });
    if bar.is_finished() {
        bar.reset();
    }
    if let Some(total) = total {
        bar.set_length(total);
    }
    bar.set_position(done);
    if total == Some(done) {
        bar.finish_and_clear();
    }
}

/// Prints a usage error, help or the version in clap's wording. No option has been parsed, so `--json` and `--color` are
/// looked for among the arguments.
pub(crate) fn report_usage(error: &clap::Error, meant: &[String], arguments: &[OsString]) -> u8 {
    let meant = (!meant.is_empty()).then(|| format!("did you mean {}?", meant.join(", ")));
    let rendered = error.render();
    let when = color_among(arguments);
    let painted = |terminal| match wants_color(when, terminal, |name| std::env::var_os(name)) {
        true => rendered.ansi().to_string(),
        false => rendered.to_string(),
    };
    if !error.use_stderr() {
        // Help and version; a closed pipe is not an error.
        let _ = io::stdout().write_all(painted(io::stdout().is_terminal()).as_bytes());
        return 0;
    }
    if arguments.iter().any(|argument| argument == "--json") {
        let text = rendered.to_string();
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let rest: Vec<&str> = meant.as_deref().into_iter().chain(lines.map(str::trim)).collect();
        let hint = if rest.is_empty() { None } else { Some(rest.join("; ")) };
        eprint_failure(&Failure::new(ErrorKind::Usage, message, Vec::new(), hint));
    } else {
        eprint(&painted(io::stderr().is_terminal()));
        if let Some(meant) = meant {
            eprint(&format!("hint: {meant}\n"));
        }
    }
    exit_code(ErrorKind::Usage)
}

/// The value of `--color` among arguments that could not be parsed.
fn color_among(arguments: &[OsString]) -> When {
    let words: Vec<_> = arguments.iter().map(|argument| argument.to_string_lossy()).collect();
    let apart = words.windows(2).filter(|pair| pair[0] == "--color").map(|pair| pair[1].to_string());
    let joined = words.iter().filter_map(|word| Some(word.strip_prefix("--color=")?.to_owned()));
    apart.chain(joined).find_map(|value| When::from_str(&value, false).ok()).unwrap_or(When::Auto)
}

/// Reports a panic as a bug in this program and exits; nothing unwinds, whichever thread panicked.
#[expect(clippy::exit, reason = "after a panic there is nothing to return to; what was not committed never happened")]
pub(crate) fn end_with_defect(info: &PanicHookInfo<'_>) {
    let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
    let what = info.payload_as_str().unwrap_or("a panic");
    if std::env::args_os().any(|argument| argument == "--json") {
        let hint = "this is a defect in bos; please report it with what you did";
        let message = format!("{what}{place}");
        eprint_failure(&Failure::new(ErrorKind::Internal, message, Vec::new(), Some(hint.to_owned())));
    } else {
        eprint(&format!(
            "error: {what}{place}\nhint: this is a defect in bos (exit code {DEFECT}); please report it\n"
        ));
    }
    std::process::exit(i32::from(DEFECT));
}

fn eprint_failure(failure: &Failure) {
    // Serialising this document cannot fail.
    let failure = serde_json::to_vec(&Document::from(failure)).unwrap_or_default();
    eprint(&(String::from_utf8_lossy(&escape_json(&failure)).into_owned() + "\n"));
}

fn eprint(text: &str) {
    // If standard error is closed, there is nowhere left to report to.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const CHILD: &str = "BOS_TEST_PANICS";

    #[test]
    fn a_panic_on_any_thread_ends_the_program_with_its_code() {
        if std::env::var_os(CHILD).is_some() {
            std::panic::set_hook(Box::new(end_with_defect));
            let _ = std::thread::spawn(|| panic!("out of order")).join();
            return;
        }
        let name = "cli::ui::tests::a_panic_on_any_thread_ends_the_program_with_its_code";
        let mut child = Command::new(std::env::current_exe().unwrap());
        let ran = child.args(["--exact", name, "--nocapture"]).env(CHILD, "").output().unwrap();
        assert_eq!(ran.status.code(), Some(i32::from(DEFECT)), "{ran:?}");
        let told = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(told.starts_with("error: out of order at "), "{told}");
    }

    #[test]
    fn colours_are_as_the_variables_say() {
        let color = |when, terminal, set: &[(&str, &str)]| {
            let variable =
                |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value));
            wants_color(when, terminal, variable)
        };
        let auto = |terminal, set: &[(&str, &str)]| color(When::Auto, terminal, set);
        assert!(auto(true, &[("TERM", "xterm"), ("NO_COLOR", ""), ("CLICOLOR", "1")]) && !auto(false, &[]));
        for off in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
            assert!(!auto(true, &[off]), "{off:?}");
            assert!(color(When::Always, false, &[off]), "{off:?}");
        }
        assert!(auto(false, &[("CLICOLOR_FORCE", "1")]) && auto(true, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")]));
        assert!(!auto(false, &[("CLICOLOR_FORCE", "0")]) && !auto(true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        assert!(!color(When::Never, true, &[("CLICOLOR_FORCE", "1")]));
    }
}
