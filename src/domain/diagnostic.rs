//! What can be wrong with a document: stable codes, and a finding with its position and help.

/// How severe a finding is: an error makes `validate` and `import` exit with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be used as it is, or a rule is broken.
    Error,
    /// Odd but usable.
    Warning,
}

impl Severity {
    /// The word used in text and JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident, $title:literal;)*) => {
        /// A stable diagnostic code. A code is never reused with a new meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* #[doc = $title] $name,)* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// The code as printed, such as `BOS012`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code,)* }
            }

            /// A one-line summary of the code.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// The severity of its findings.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }
        }
    };
}

codes! {
    NotUtf8 = "BOS001", Error, "the file is not UTF-8";
    NulByte = "BOS002", Error, "the file holds a NUL byte";
    TooLarge = "BOS003", Error, "the file is larger than 16 MiB";
    Unreadable = "BOS004", Error, "the file cannot be read";
    Link = "BOS005", Error, "a symbolic link, which is not followed";
    UnclosedFrontMatter = "BOS010", Error, "the front matter is not closed";
    YamlSyntax = "BOS011", Error, "the front matter is not valid YAML";
    DuplicateKey = "BOS012", Error, "a front matter key occurs twice";
    NotAMapping = "BOS013", Error, "the front matter is not a mapping of keys to values";
    TooComplex = "BOS014", Error, "the front matter nests too deep or expands too far";
    ConflictMarkers = "BOS015", Error, "a merge that is not finished";
    DuplicateId = "BOS020", Error, "two files claim one ID";
    IdMismatch = "BOS021", Error, "the ID disagrees with the file name";
    UnknownFile = "BOS022", Warning, "a file that fits no pattern";
    StageSpelledTwice = "BOS023", Warning, "two files claim one stage";
    NoFrontMatter = "BOS024", Warning, "a document without front matter";
    UnknownLane = "BOS030", Error, "an unknown lane";
    UnknownPriority = "BOS031", Error, "an unknown priority";
    UnknownStatus = "BOS032", Warning, "an unknown idea status";
    BadDate = "BOS033", Warning, "a date that is not one";
    UnknownBusiness = "BOS034", Warning, "a business that the catalogue does not list";
    UnexpectedType = "BOS035", Warning, "a type that does not fit the file's place";
    OddValue = "BOS036", Warning, "a value of an unexpected kind";
    NearKey = "BOS037", Warning, "a key that is nearly a known one";
    MissingKey = "BOS038", Warning, "a card without a key that every card has";
    UnknownDependency = "BOS040", Error, "a dependency on an unknown ID";
    SelfDependency = "BOS041", Error, "a card that depends on itself";
    DependencyCycle = "BOS042", Error, "cards that depend on each other in a circle";
    StageDisagrees = "BOS043", Warning, "a stage doc that disagrees with its place";
    StageWithoutCard = "BOS044", Warning, "a stage doc, comment or note of an unknown card";
    CompanionsDisagree = "BOS046", Warning, "companion files that disagree";
    BadCatalogue = "BOS050", Warning, "the business catalogue cannot be read";
    AgentMove = "BOS047", Error, "an agent moved a card";
    BadConfig = "BOS051", Error, "a setting in bos.toml that cannot be used";
    DamagedText = "BOS048", Error, "the text of the document in the database is damaged";
}

/// One finding about one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of finding, which also determines the severity.
    pub code: Code,
    /// The path relative to the root, with `/`.
    pub path: String,
    /// Line, counted from 1; `None` if the finding concerns the whole file.
    pub line: Option<u32>,
    /// Column in characters, counted from 1; `None` if the finding concerns the whole line or file.
    pub column: Option<u32>,
    /// What is wrong, without the position.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

impl Diagnostic {
    /// The severity of the code.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

/// A finding inside one text, before its path is known. Lines count from 1 at the top of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind of finding.
    pub code: Code,
    /// Line, counted from 1; `None` if the finding concerns the whole file.
    pub line: Option<u32>,
    /// Column in characters, counted from 1.
    pub column: Option<u32>,
    /// What is wrong, without the position.
    pub message: String,
    /// How to fix it.
    pub help: String,
}

impl Problem {
    /// The finding with the path of its file.
    #[must_use]
    pub fn at(self, path: &str) -> Diagnostic {
        Diagnostic {
            code: self.code,
            path: path.to_owned(),
            line: self.line,
            column: self.column,
            message: self.message,
            help: self.help,
        }
    }
}
