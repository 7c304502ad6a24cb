//! `bos.config/1`: settings, each with where it comes from.

use serde::Serialize;

use crate::domain::config::{Config, Given, Key, Source};

/// Settings of a place.
#[derive(Debug, Serialize)]
pub(crate) struct ConfigJson<'a> {
    schema: &'static str,
    file: Option<&'a str>,
    changed: bool,
    total: usize,
    settings: Vec<SettingJson<'a>>,
}

#[derive(Debug, Serialize)]
struct SettingJson<'a> {
    key: &'static str,
    value: Option<ValueJson>,
    source: &'a str,
    line: Option<u32>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum ValueJson {
    Text(String),
    List(Vec<String>),
}

/// These settings; `file` is how messages name the file, where there is one.
pub(crate) fn config<'a>(config: &Config, file: Option<&'a str>, keys: &[Key], changed: bool) -> ConfigJson<'a> {
    let setting = |key: &Key| SettingJson {
        key: key.as_str(),
        value: config.value(*key).map(|value| match value {
            Given::Text(text) => ValueJson::Text(text),
            Given::List(items) => ValueJson::List(items),
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
    let settings: Vec<SettingJson<'a>> = keys.iter().map(setting).collect();
    ConfigJson { schema: "bos.config/1", file, changed, total: settings.len(), settings }
}
