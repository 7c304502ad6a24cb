//! `bos.config/1`: settings, each with its origin.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::config::{Config, Given, Key, Source};

/// The settings in effect.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Settings<'a> {
    file: Option<&'a str>,
    changed: bool,
    total: usize,
    settings: Vec<Setting<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Setting<'a> {
    key: &'static str,
    value: Option<SettingValue>,
    source: &'a str,
    line: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum SettingValue {
    Text(String),
    List(Vec<String>),
}

impl<'a> Settings<'a> {
    /// The given settings; `file` is the name of the settings file, if there is one.
    pub(crate) fn new(config: &Config, file: Option<&'a str>, keys: &[Key], changed: bool) -> Self {
        let setting = |key: &Key| Setting {
            key: key.as_str(),
            value: config.value(*key).map(|value| match value {
                Given::Text(text) => SettingValue::Text(text),
                Given::List(items) => SettingValue::List(items),
            }),
            source: match config.source(*key) {
                Source::Default => "default",
                Source::File { .. } => file.unwrap_or_default(),
                Source::Environment => key.variable(),
            },
            line: match config.source(*key) {
                Source::File { line } => Some(line),
                Source::Default | Source::Environment => None,
            },
        };
        let settings: Vec<Setting<'a>> = keys.iter().map(setting).collect();
        Self { file, changed, total: settings.len(), settings }
    }
}
