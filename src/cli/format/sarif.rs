//! Findings as SARIF 2.1.0 (an OASIS standard), for code scanning services.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::from_top;
use crate::domain::diagnostic::{Code, Diagnostic};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The report of one run of `bos` at `version`. `prefix` is the path of the root in the repository.
#[must_use]
pub(crate) fn report(diagnostics: &[Diagnostic], prefix: &str, version: &str) -> Value {
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "bos",
                "version": version,
                "rules": Code::ALL.iter().copied().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(|diagnostic| result(diagnostic, prefix)).collect::<Vec<_>>(),
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": {"text": code.title()},
        "help": {"text": format!("{}. Each result says what to do about it.", code.title())},
        "defaultConfiguration": {"level": code.severity().as_str()},
    })
}

fn result(diagnostic: &Diagnostic, prefix: &str) -> Value {
    let mut location = json!({
        "artifactLocation": {"uri": uri(&from_top(prefix, &diagnostic.path)), "uriBaseId": "%SRCROOT%"},
    });
    if let Some(line) = diagnostic.line {
        location["region"] = match diagnostic.column {
            Some(column) => json!({"startLine": line, "startColumn": column}),
            None => json!({"startLine": line}),
        };
    }
    json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == diagnostic.code),
        "level": diagnostic.severity().as_str(),
        "message": {"text": format!("{}\nhelp: {}", diagnostic.message, diagnostic.help)},
        "locations": [{"physicalLocation": location}],
    })
}

/// A relative URI reference (RFC 3986): everything but unreserved characters and `/` is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::format::testing;

    #[test]
    fn results_name_their_rule_and_place() {
        let report = report(&testing::report().diagnostics, "shops/north side", "1.2.3");
        insta::assert_snapshot!(testing::visible(&serde_json::to_string_pretty(&report["runs"][0]["results"]).unwrap()), @r#"
        [
          {
            "ruleId": "BOS030",
            "ruleIndex": 16,
            "level": "error",
            "message": {
              "text": "`Someday` in `Lane` is not a lane\nhelp: the lanes: Inbox, Planned"
            },
            "locations": [
              {
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "shops/north%20side/docs/business-os/cards/A-1.user.md",
                    "uriBaseId": "%SRCROOT%"
                  },
                  "region": {
                    "startLine": 3,
                    "startColumn": 7
                  }
                }
              }
            ]
          },
          {
            "ruleId": "BOS022",
            "ruleIndex": 13,
            "level": "warning",
            "message": {
              "text": "the file fits no pattern, so it is not read\nhelp: rename it"
            },
            "locations": [
              {
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "shops/north%20side/docs/business-os/cards/100%25%20gr%C3%B6%C3%9Fe%2C%20a%3Ab%20%231.md",
                    "uriBaseId": "%SRCROOT%"
                  }
                }
              }
            ]
          },
          {
            "ruleId": "BOS011",
            "ruleIndex": 6,
            "level": "error",
            "message": {
              "text": "a \u001b[2Jtext\r\n::error::forged <U+202E>gnp.exe 50%, \"<b>\"\nhelp: say\t<U+2066>hello\n"
            },
            "locations": [
              {
                "physicalLocation": {
                  "artifactLocation": {
                    "uri": "shops/north%20side/docs/business-os/cards/A-2.user.md",
                    "uriBaseId": "%SRCROOT%"
                  },
                  "region": {
                    "startLine": 12
                  }
                }
              }
            ]
          }
        ]
        "#);
    }

    #[test]
    fn every_code_is_a_rule() {
        let mut report = report(&[], "", "1.2.3");
        let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array_mut().unwrap();
        assert_eq!(rules.len(), Code::ALL.len());
        rules.truncate(1);
        insta::assert_snapshot!(testing::visible(&serde_json::to_string_pretty(&report).unwrap()), @r#"
        {
          "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
          "version": "2.1.0",
          "runs": [
            {
              "tool": {
                "driver": {
                  "name": "bos",
                  "version": "1.2.3",
                  "rules": [
                    {
                      "id": "BOS001",
                      "shortDescription": {
                        "text": "the file is not UTF-8"
                      },
                      "help": {
                        "text": "the file is not UTF-8. Each result says what to do about it."
                      },
                      "defaultConfiguration": {
                        "level": "error"
                      }
                    }
                  ]
                }
              },
              "columnKind": "unicodeCodePoints",
              "results": []
            }
          ]
        }
        "#);
    }
}
