//! The settings of a repository: their keys, allowed values and defaults. Reads no file.

use super::{
    actor::Actor, doc_path::DocPath, duration::Duration, gate::Gate, id_pattern::IdPattern, lane_names::LaneNames,
    lang::Lang, text::is_unprintable,
};

/// The default mirror branch.
pub const DEFAULT_BRANCH: &str = "work/business-os-export";

/// The default length of a claim: a working day.
const DEFAULT_CLAIM_TIME: &str = "8h";

/// The word for a claim that never expires.
const FOREVER: &str = "none";

/// The key of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The mirror branch.
    Branch,
    /// What a move does if a stage doc is missing.
    Gate,
    /// The pattern for IDs of new cards.
    CardId,
    /// The pattern for IDs of new ideas.
    IdeaId,
    /// The owner of new cards.
    Owner,
    /// The language in which boards and cards are shown.
    Language,
    /// The folder of the stage doc templates.
    Templates,
    /// Actors that may propose moves but not make them.
    Agents,
    /// How long a claim holds if it does not say.
    ClaimTime,
    /// The display names of lanes, and which lanes boards hide.
    Lanes,
}

impl Key {
    /// Every setting, in the order they are listed.
    pub const ALL: [Self; 10] = [
        Self::Branch,
        Self::Gate,
        Self::CardId,
        Self::IdeaId,
        Self::Owner,
        Self::Language,
        Self::Templates,
        Self::Agents,
        Self::ClaimTime,
        Self::Lanes,
    ];

    /// The spelling in the file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Branch => "branch",
            Self::Gate => "gate",
            Self::CardId => "card-id",
            Self::IdeaId => "idea-id",
            Self::Owner => "owner",
            Self::Language => "language",
            Self::Templates => "templates",
            Self::Agents => "agents",
            Self::ClaimTime => "claim-time",
            Self::Lanes => "lanes",
        }
    }

    /// The environment variable that overrides the file.
    #[must_use]
    pub fn variable(self) -> &'static str {
        match self {
            Self::Branch => "BOS_BRANCH",
            Self::Gate => "BOS_GATE",
            Self::CardId => "BOS_CARD_ID",
            Self::IdeaId => "BOS_IDEA_ID",
            Self::Owner => "BOS_OWNER",
            Self::Language => "BOS_LANGUAGE",
            Self::Templates => "BOS_TEMPLATES",
            Self::Agents => "BOS_AGENTS",
            Self::ClaimTime => "BOS_CLAIM_TIME",
            Self::Lanes => "BOS_LANES",
        }
    }

    /// The setting with exactly this spelling.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == text)
    }

    /// Whether its value is a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::Agents | Self::Lanes)
    }

    /// A description of the allowed values.
    #[must_use]
    pub fn expected(self) -> &'static str {
        match self {
            Self::Branch => "the name of a branch, such as work/business-os-export",
            Self::Gate => "template or strict",
            Self::CardId => "a pattern like {business}-ENG-{0000}",
            Self::IdeaId => "a pattern like {business}-OPP-{0000}",
            Self::Owner => "a name on one line",
            Self::Language => "a language tag, such as it or pt-BR",
            Self::Templates => "a folder relative to bos.toml, with /, such as docs/templates",
            Self::Agents => "a list of names of actors, each of at most 100 characters and without , = < >",
            Self::Lanes => {
                "a list of LANE=NAME and LANE=hidden, such as \"In progress=Doing\", \"Reflected=hidden\"; a name has at most 30 characters and is no other lane's"
            }
            Self::ClaimTime => {
                "a length of time, such as 30m, 8h or 2d, or none for a claim that holds until it is given back"
            }
        }
    }
}

/// A value as written, before it is validated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A single text.
    Text(String),
    /// A list of texts.
    List(Vec<String>),
}

impl Given {
    /// A setting's value from a single text; for a list, items are separated by commas.
    #[must_use]
    pub fn of_text(key: Key, text: &str) -> Self {
        if key.is_list() {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Self::List(items.map(str::to_owned).collect())
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// The value as a single text.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join(", "),
        }
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// It is the default.
    Default,
    /// The file, with the line of the key.
    File {
        /// Line, counted from 1.
        line: u32,
    },
    /// The environment variable.
    Environment,
}

/// The settings in effect, each with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The mirror branch.
    pub branch: String,
    /// What a move does if a stage doc is missing.
    pub gate: Gate,
    /// The pattern for IDs of new cards.
    pub card_id: IdPattern,
    /// The pattern for IDs of new ideas.
    pub idea_id: IdPattern,
    /// The owner of new cards that do not name one.
    pub owner: Option<String>,
    /// The language in which boards and cards are shown; `None` for the documents' own.
    pub language: Option<Lang>,
    /// The folder of the stage doc templates, relative to the folder of the settings file.
    pub templates: Option<DocPath>,
    /// Actors that may propose moves but not make them.
    pub agents: Vec<Actor>,
    /// How long a claim holds if it does not say; `None` if it lasts until it is released.
    pub claim_time: Option<Duration>,
    /// The display names of lanes, and which lanes boards hide.
    pub lanes: LaneNames,
    sources: [Source; Key::ALL.len()],
}

impl Default for Config {
    fn default() -> Self {
        Self {
            branch: DEFAULT_BRANCH.to_owned(),
            gate: Gate::Template,
            card_id: IdPattern::of_cards(),
            idea_id: IdPattern::of_ideas(),
            owner: None,
            language: None,
            templates: None,
            agents: Vec::new(),
            claim_time: Duration::parse(DEFAULT_CLAIM_TIME),
            lanes: LaneNames::default(),
            sources: [Source::Default; Key::ALL.len()],
        }
    }
}

impl Config {
    /// Where the value of a setting comes from.
    #[must_use]
    pub fn source(&self, key: Key) -> Source {
        self.sources[key as usize]
    }

    /// The value of a setting as it would be written; `None` if it is unset.
    #[must_use]
    pub fn value(&self, key: Key) -> Option<Given> {
        let text = match key {
            Key::Branch => Some(self.branch.clone()),
            Key::Gate => Some(self.gate.as_str().to_owned()),
            Key::CardId => Some(self.card_id.to_string()),
            Key::IdeaId => Some(self.idea_id.to_string()),
            Key::Owner => self.owner.clone(),
            Key::Language => self.language.as_ref().map(|lang| lang.as_str().to_owned()),
            Key::Templates => self.templates.as_ref().map(ToString::to_string),
            Key::ClaimTime => Some(self.claim_time.as_ref().map_or(FOREVER, Duration::as_str).to_owned()),
            Key::Agents => {
                return Some(Given::List(self.agents.iter().map(|agent| agent.as_str().to_owned()).collect()));
            }
            Key::Lanes => return Some(Given::List(self.lanes.to_items())),
        };
        text.map(Given::Text)
    }

    /// Sets a value; returns `false` and changes nothing if it is not allowed. [`Key::expected`] describes what is.
    #[must_use]
    pub fn set(&mut self, key: Key, given: &Given, source: Source) -> bool {
        let is_set = match given {
            Given::Text(text) => self.set_text(key, text).is_some(),
            Given::List(items) => self.set_list(key, items).is_some(),
        };
        if is_set {
            self.sources[key as usize] = source;
        }
        is_set
    }

    fn set_text(&mut self, key: Key, text: &str) -> Option<()> {
        match key {
            Key::Branch => self.branch = is_branch(text).then(|| text.to_owned())?,
            Key::Gate => self.gate = Gate::parse(text)?,
            Key::CardId => self.card_id = IdPattern::parse(text)?,
            Key::IdeaId => self.idea_id = IdPattern::parse(text)?,
            Key::Owner => self.owner = Some(one_line(text)?.to_owned()),
            Key::Language => self.language = Some(Lang::parse(text)?),
            Key::Templates => self.templates = Some(DocPath::parse(text.strip_suffix('/').unwrap_or(text))?),
            Key::ClaimTime if text == FOREVER => self.claim_time = None,
            Key::ClaimTime => self.claim_time = Some(Duration::parse(text)?),
            Key::Agents | Key::Lanes => return None,
        }
        Some(())
    }

    fn set_list(&mut self, key: Key, items: &[String]) -> Option<()> {
        match key {
            Key::Agents => {
                // A list as the file has it is no name.
                let agent = |item: &String| Actor::parse(item).ok().filter(|_| !item.contains(['[', ']', '"']));
                self.agents = items.iter().map(agent).collect::<Option<_>>()?;
            }
            Key::Lanes => self.lanes = LaneNames::parse(items).ok()?,
            _ => return None,
        }
        Some(())
    }

    /// What exactly is wrong with a rejected value, if there is more to say than [`Key::expected`] does.
    #[must_use]
    pub fn fault(key: Key, given: &Given) -> Option<String> {
        match (key, given) {
            (Key::Lanes, Given::List(items)) => LaneNames::parse(items).err(),
            _ => None,
        }
    }

    /// Whether an actor is one of the agents; case is ignored.
    #[must_use]
    pub fn is_agent(&self, actor: &Actor) -> bool {
        let name = actor.as_str().to_lowercase();
        self.agents.iter().any(|agent| agent.as_str().to_lowercase() == name)
    }
}

fn one_line(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && !text.chars().any(is_unprintable)).then_some(text)
}

/// Whether git accepts the name for a branch (git-check-ref-format).
fn is_branch(name: &str) -> bool {
    let has_odd = name.chars().any(|c| is_unprintable(c) || " ~^:?*[\\".contains(c));
    !has_odd
        && !name.starts_with('-')
        && !name.ends_with('.')
        && !matches!(name, "@" | "HEAD")
        && !["..", "@{"].iter().any(|sequence| name.contains(sequence))
        && name.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(key: Key, text: &str) -> bool {
        let mut config = Config::default();
        let is_set = config.set(key, &Given::of_text(key, text), Source::Environment);
        assert_eq!(config.source(key), if is_set { Source::Environment } else { Source::Default });
        assert!(is_set || config == Config::default(), "{text}");
        is_set
    }

    #[test]
    fn every_value_reads_back_as_it_is_shown() {
        let mut config = Config::default();
        for (key, text) in [
            (Key::Branch, "work/cards"),
            (Key::Gate, "strict"),
            (Key::CardId, "{business}-TODO-{000}"),
            (Key::IdeaId, "{business}-{0}"),
            (Key::Owner, "Nora van Dam"),
            (Key::Language, "pt-BR"),
            (Key::Templates, "docs/templates"),
            (Key::Agents, "Claude, Codex"),
            (Key::Lanes, "In progress=Doing, Reflected=hidden"),
            (Key::ClaimTime, "90m"),
            (Key::ClaimTime, "none"),
        ] {
            let given = Given::of_text(key, text);
            assert!(config.set(key, &given, Source::File { line: 1 }), "{text}");
            assert_eq!(config.value(key), Some(given));
            assert_eq!(config.value(key).unwrap().to_text(), text);
            assert_eq!(Key::parse(key.as_str()), Some(key));
        }
    }

    #[test]
    fn what_is_shown_where_nothing_is_set_can_be_set() {
        let config = Config::default();
        for key in Key::ALL {
            if let Some(given) = config.value(key) {
                assert!(Config::default().set(key, &given, Source::Environment), "{}", key.as_str());
            }
        }
    }

    #[test]
    fn bad_values_change_nothing() {
        for name in
            ["", "a b", "-a", "a..b", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.", "@", "a@{b", "a~1", "a\u{7f}"]
        {
            assert!(!accepts(Key::Branch, name), "{name:?}");
        }
        assert!(accepts(Key::Branch, "feature/über-cards.2"));
        assert!(!accepts(Key::Gate, "Strict"));
        assert!(!accepts(Key::CardId, "BRIK-{0000}"));
        assert!(!accepts(Key::Owner, " ") && !accepts(Key::Owner, "a\u{202e}b"));
        for tag in ["", "italian language", "it-", "it_IT", "i"] {
            assert!(!accepts(Key::Language, tag), "{tag:?}");
        }
        for folder in ["", "/etc", "../x", "a\\b", "a//b", "."] {
            assert!(!accepts(Key::Templates, folder), "{folder:?}");
        }
        assert!(accepts(Key::Templates, "docs/templates/"));
        assert!(!accepts(Key::Agents, "a<b"));
        for time in ["", "soon", "-8h", "0h"] {
            assert!(!accepts(Key::ClaimTime, time), "{time:?}");
        }
        assert!(!Config::default().set(Key::Gate, &Given::List(vec!["strict".to_owned()]), Source::Environment));
    }

    #[test]
    fn an_agent_is_one_in_any_case() {
        let mut config = Config::default();
        assert!(config.set(Key::Agents, &Given::of_text(Key::Agents, "Zoë-Bot,, Claude"), Source::Environment));
        let is_agent = |name: &str| config.is_agent(&Actor::parse(name).unwrap());
        assert!(is_agent("claude") && is_agent("ZOË-bot") && !is_agent("Nora") && !is_agent("Claude 2"));
    }
}
