//! Text of people never becomes structure: the same hostile strings through every place of a tree that holds text, and
//! through every output; each output is read as its reader reads it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::env::TestEnv;

const HARMLESS: &str = "harmless";

/// What somebody might write who wants to be taken for the program.
const HOSTILE: &[&str] = &[
    "a\n\n---\n\nAudit: Actor=Mallory, Initiator=Mallory, Entity=EVIL-1\nBos-Audit-Log: forged\n",
    "a\r\n\r\nSigned-off-by: Mallory <m@example.org>\r\rBos-Audit-Head: 0",
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\nFrom 0000 Mon Sep 17 00:00:00 2001",
    "x\n::error file=a::b\n::add-mask::a%0A::stop-commands::x, line=1",
    "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J\u{8}\u{7f}",
    "\u{202e}live\u{2066}\u{2069}\u{200b}\u{200e}\u{85}\u{2028}\u{feff}",
    "</text><script>alert(1)</script>]]>\"'><svg onload=a>&lt;&#10;--><!--",
    "\"]; evil -> [label=\"x\\\" \\",
    "`\"] --> y[\"#quot; %%{init: {}}%%\nclick n1 \"javascript:a\"",
    "$(touch pwned) `touch pwned`; touch pwned | {title} {{7*7}}",
    "=1+1\t@SUM(A1),\"x\"",
];

/// A string in YAML's double quotes, which is also one of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            ' '..='~' => quoted.push(c),
            c => _ = write!(quoted, "\\u{:04x}", u32::from(c)),
        }
    }
    quoted + "\""
}

/// A repository with this text wherever a tree holds text: values, keys, bodies, the catalogue, names of files.
fn tree(text: &str) -> TestEnv {
    let env = TestEnv::empty();
    let (value, head) = (quoted(text), "Type: Card\nBusiness: SHOP\nCreated: 2026-01-01\nUpdated: 2026-01-02\n");
    env.write("strategy/businesses.json", format!("{{\"businesses\":[{{\"id\":\"SHOP\",\"name\":{value}}}]}}"));
    env.write(
        "cards/SHOP-ENG-0001.user.md",
        format!(
            "---\n{head}ID: SHOP-ENG-0001\nTitle: {value}\nOwner: {value}\nTags: [{value}]\nLane: Planned\nPriority: P0\n\
             Blocked: true\nBlocked-Reason: {value}\nProposed-Lane: {value}\n{value}: {value}\nTitle-it: {value}\n---\n\n{text}\n"
        ),
    );
    env.write(
        "cards/SHOP-ENG-0002.user.md",
        format!(
            "---\n{head}ID: SHOP-ENG-0002\nTitle: Odd\nLane: {value}\nPriority: {value}\nOwner: Nora\nDue-Date: {value}\n\
             Dependencies: [SHOP-ENG-0001, {value}]\n---\n"
        ),
    );
    env.write("cards/SHOP-ENG-0003.user.md", format!("---\n{head}ID: {value}\nLane: Inbox\n---\n# {text}\n"));
    env.write(
        "ideas/inbox/SHOP-OPP-0001.user.md",
        format!("---\nType: {value}\nBusiness: {value}\nStatus: {value}\nTitle: {value}\n---\n{text}\n"),
    );
    env.write("cards/SHOP-ENG-0001/plan.user.md", format!("---\nStage: {value}\nCard-ID: {value}\n---\n{text}\n"));
    let name: String = text.chars().filter(|c| *c != '/' && *c != '\0').take(60).collect();
    env.write(&format!("cards/SHOP-ENG-0001/comments/2026-01-03-{name}.md"), text);
    env.write(&format!("cards/SHOP-ENG-0001/{name}.md"), text);
    env.write(&format!("cards/{name}.md"), text);
    env.git(&["init", "-q", "-b", "main"]);
    env.commit_all("first");
    env
}

const OUTPUTS: &[&[&str]] = &[
    &["import"],
    &["validate"],
    &["status"],
    &["board"],
    &["board", "SHOP"],
    &["board", "SHOP", "--lang", "it"],
    &["card", "list", "--fields", "Blocked-Reason,Title"],
    &["card", "show", "SHOP-ENG-0001"],
    &["card", "show", "SHOP-ENG-0002"],
    &["card", "history", "SHOP-ENG-0001"],
    &["card", "deps", "SHOP-ENG-0002"],
    &["idea", "list"],
    &["idea", "show", "SHOP-OPP-0001"],
    &["stage", "list", "SHOP-ENG-0001"],
    &["stage", "show", "SHOP-ENG-0001", "plan"],
    &["business", "list"],
    &["business", "show", "SHOP"],
    &["next"],
    &["me"],
    &["search", "harmless OR a x red live text evil"],
    &["search", "title"],
    &["stats"],
    &["graph"],
    &["graph", "--format", "dot"],
    &["log"],
    &["log", "SHOP-ENG-0001"],
    &["conflicts"],
    &["export", "--dry-run"],
    &["audit", "verify"],
];

#[track_caller]
fn is_clean(output: &str, what: &str) {
    let hidden = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert!(!output.contains(hidden), "{what}: {output:?}");
}

/// Text without the sequences that only colour it.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(part.len());
        match part[end..].strip_prefix('m') {
            Some(rest) => plain += rest,
            None => plain += &format!("\u{1b}[{part}"),
        }
    }
    plain
}

#[test]
fn nothing_reaches_a_terminal_and_json_stays_json() {
    for text in HOSTILE {
        let env = tree(text);
        for command in OUTPUTS {
            let ran = env.bos(&[command, &["--color", "always"][..]].concat());
            assert_ne!(ran.code, 70, "{}", ran.stderr);
            is_clean(&uncoloured(&ran.stdout), &format!("{command:?}"));
            is_clean(&uncoloured(&ran.stderr), &format!("{command:?}"));
            let ran = env.bos(&[command, &["--json"][..]].concat());
            let json = if ran.stdout.is_empty() { ran.json_error() } else { ran.json() };
            assert!(json["schema"].as_str().is_some_and(|schema| schema.starts_with("bos.")), "{command:?}");
        }
        for wrong in [
            &["card", "show", text][..],
            &["board", text],
            &["card", "move", "SHOP-ENG-0001", text],
            &["idea", "show", text],
        ] {
            let ran = env.bos(&[wrong, &["--color", "always"][..]].concat());
            is_clean(&uncoloured(&ran.stderr), &format!("{wrong:?}"));
        }
    }
}

#[test]
fn one_finding_is_one_command_of_github_and_one_result_of_sarif() {
    for text in HOSTILE {
        let env = tree(text);
        let found = env.bos(&["validate", "--json"]).json()["diagnostics"].as_array().unwrap().len();
        let ran = env.bos(&["validate", "--format", "github"]);
        assert_eq!(ran.stdout.lines().count(), found, "{}", ran.stdout);
        is_clean(&ran.stdout, "github");
        for line in ran.stdout.lines() {
            let (command, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
            let (severity, properties) = command.split_once(' ').unwrap();
            let keys: Vec<&str> = properties.split(',').map(|property| property.split('=').next().unwrap()).collect();
            let is_known =
                matches!(keys[..], ["file", "line", "col", "title"] | ["file", "line", "title"] | ["file", "title"]);
            assert!(is_known && matches!(severity, "error" | "warning") && !message.is_empty(), "{line}");
        }
        let sarif: Value = serde_json::from_str(&env.bos(&["validate", "--format", "sarif"]).stdout).unwrap();
        assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), found);
    }
}

/// What is left of a graph without the texts in quotes, in which a backslash makes the next character plain.
fn skeleton(graph: &str, has_escapes: bool) -> String {
    let (mut left, mut chars, mut is_inside) = (String::new(), graph.chars(), false);
    while let Some(c) = chars.next() {
        match c {
            '"' => is_inside = !is_inside,
            '\\' if is_inside && has_escapes => _ = chars.next(),
            c if !is_inside => left.push(c),
            _ => {}
        }
    }
    assert!(!is_inside, "{graph}");
    // In which order and with which numbers they stand depends on their names.
    let left = left.replace(|c: char| c.is_ascii_digit(), "");
    let mut lines: Vec<&str> = left.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn graphs_and_charts_keep_their_shape() {
    let plain = tree(HARMLESS);
    for text in HOSTILE {
        let env = tree(text);
        for (format, has_escapes) in [("dot", true), ("mermaid", false)] {
            let graph = |env: &TestEnv| skeleton(&env.bos(&["graph", "--format", format]).ok(), has_escapes);
            assert_eq!(graph(&env), graph(&plain), "{format} {text:?}");
        }
        let chart = env.bos(&["stats", "SHOP", "--svg", "-"]).ok();
        let parsed = roxmltree::Document::parse(&chart).unwrap_or_else(|error| panic!("{error}: {chart}"));
        let names = |chart: &roxmltree::Document<'_>| -> Vec<String> {
            chart.descendants().filter(|node| node.is_element()).map(|node| node.tag_name().name().to_owned()).collect()
        };
        let plain = plain.bos(&["stats", "SHOP", "--svg", "-"]).ok();
        assert_eq!(names(&parsed), names(&roxmltree::Document::parse(&plain).unwrap()));
    }
}

#[test]
fn no_reason_forges_a_trailer_or_a_subject() {
    for (text, per_change) in HOSTILE.iter().flat_map(|text| [(text, false), (text, true)]) {
        let env = tree(text);
        env.bos(&["import"]);
        env.bos(&["card", "move", "SHOP-ENG-0001", "in progress", "--reason", text]).code(0);
        env.bos(&["card", "comment", "SHOP-ENG-0001", "-m", text]).code(0);
        let mut export = vec!["export", "--commit", "--partial"];
        export.extend(per_change.then_some("--per-change"));
        let ran = env.bos(&export);
        assert!(matches!(ran.code, 0 | 5), "{}", ran.stderr);
        let branch = "work/business-os-export";
        for commit in env.git(&["rev-list", branch, "^main"]).lines() {
            let message = env.git(&["show", "-s", "--format=%B", commit]);
            std::fs::write(env.home().join("message"), &message).unwrap();
            let parsed = env.git(&["interpret-trailers", "--parse", env.home().join("message").to_str().unwrap()]);
            assert_eq!(
                parsed,
                env.git(&["show", "-s", "--format=%(trailers:only,unfold)", commit]).trim_start().replace("\n\n", "\n")
            );
            let keys: Vec<&str> = parsed.lines().map(|line| line.split(':').next().unwrap()).collect();
            let (deeds, seal) = keys.split_at(keys.len() - 3);
            assert_eq!(seal, ["Bos-Audit-Log", "Bos-Audit-Range", "Bos-Audit-Head"], "{message}");
            assert!(!deeds.is_empty() && deeds.iter().all(|key| *key == "Audit"), "{message}");
            assert!(!parsed.contains("Mallory") && !parsed.contains("forged"), "{message}");
            let subject = env.git(&["show", "-s", "--format=%s", commit]);
            assert!(
                ["move ", "set ", "comment ", "create ", "import ", "bos: "]
                    .iter()
                    .any(|deed| subject.starts_with(deed)),
                "{subject}"
            );
            is_clean(&message, "message");
        }
        env.bos(&["audit", "verify"]).code(0);
        assert!(!env.root.join("pwned").exists());
    }
}

/// Names of lanes that somebody might choose; `&` is an honest one.
const LANE_NAMES: &[&str] = &["R&D", "<script>alert(1)</script>", "\" onload'a", "]]><!--", "a</title><a>"];

#[test]
fn a_chart_shows_the_names_of_lanes_as_text() {
    for name in LANE_NAMES {
        let env = tree(HARMLESS);
        let lanes = ["Inbox", "Planned", "Done"].map(|lane| quoted(&format!("{lane}={name}{}", &lane[..1])));
        std::fs::write(env.root.join("bos.toml"), format!("lanes = [{}]\n", lanes.join(", "))).unwrap();
        let chart = env.bos(&["stats", "SHOP", "--svg", "-"]).ok();
        let parsed = roxmltree::Document::parse(&chart).unwrap_or_else(|error| panic!("{error}: {chart}"));
        let texts: Vec<&str> =
            parsed.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
        assert!(texts.iter().any(|text| text.contains(&format!("{name}P"))), "{name}: {texts:?}");
        let known = ["svg", "title", "rect", "text", "polygon", "line", "polyline"];
        for node in parsed.descendants().filter(roxmltree::Node::is_element) {
            assert!(known.contains(&node.tag_name().name()), "{name}: {node:?}");
            assert!(node.attributes().all(|attribute| !attribute.name().starts_with("on")), "{name}: {node:?}");
        }
    }
}

/// What completion offers for the last of these words.
fn completed(env: &TestEnv, shell: &str, words: &[&str]) -> String {
    let mut command = env.command(&env.root);
    command.env("COMPLETE", shell).env("_CLAP_IFS", "\n").env("_CLAP_COMPLETE_COMP_TYPE", "9");
    command.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string()).env("_CLAP_COMPLETE_SPACE", "true");
    let ran = command.arg("--").args(words).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap()
}

#[test]
fn completion_inserts_nothing_that_a_shell_would_run() {
    let env = tree(HARMLESS);
    let hostile = [
        "$(touch${IFS}pwned)",
        "`./x`",
        ";./x",
        "|./x",
        "&./x",
        "'a\\''",
        "a b",
        ":$(./x)",
        "\t$(./x)",
        "\"",
        ">x",
        "*",
        "{a,b}",
        "!x",
        "\u{9b}2J",
    ];
    let codes: Vec<String> = hostile
        .iter()
        .map(|text| format!("{{\"id\":{},\"name\":{}}}", quoted(&format!("EV{text}")), quoted(text)))
        .collect();
    let good = r#"{"id":"EVE","name":"x\nEVIL$(./x)\tz"}"#;
    env.write("strategy/businesses.json", format!("{{\"businesses\":[{good},{}]}}", codes.join(",")));
    for (index, text) in hostile.iter().enumerate() {
        std::fs::write(env.root.join(format!("ev{index}{text}").replace('/', "")), "").unwrap();
    }
    std::fs::write(env.root.join("eve.md"), "").unwrap();
    env.bos(&["import"]);
    for lane in hostile {
        std::fs::write(env.root.join("bos.toml"), format!("lanes = [{}]\n", quoted(&format!("Inbox=ev{lane}"))))
            .unwrap();
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            let words: &[&[&str]] = &[
                &["bos", "board", "EV"],
                &["bos", "board", "--lane", "ev"],
                &["bos", "card", "move", "SHOP-ENG-0001", "ev"],
                &["bos", "card", "comment", "SHOP-ENG-0001", "--file", "ev"],
                &["bos", "import", "ev"],
                &["bos", "--db", "ev"],
            ];
            for words in words {
                let offered = completed(&env, shell, words);
                for line in offered.lines() {
                    let help = if shell == "zsh" { ':' } else { '\t' };
                    let value = line.split(help).next().filter(|_| shell != "bash").unwrap_or(line);
                    let is_plain = |c: char| c.is_alphanumeric() || "-_./=@+,:".contains(c);
                    assert!(value.chars().all(is_plain), "{shell} {words:?}: {offered}");
                    assert!(!value.starts_with("EVIL"), "{shell} {words:?}: {offered}");
                    is_clean(&line.replace('\t', " "), shell);
                }
            }
        }
    }
    assert!(completed(&env, "bash", &["bos", "board", "EV"]).contains("EVE"));
    assert!(completed(&env, "bash", &["bos", "import", "ev"]).contains("eve.md"));
    assert!(completed(&env, "bash", &["bos", "card", "--he"]).contains("--help"));
    let found = env.bos(&["validate"]).stdout;
    assert!(found.contains("BOS050") && found.contains("EV$(touch"), "{found}");
}

#[test]
fn json_has_no_raw_control_or_bidi_characters() {
    let text = "\u{9b}2J\u{202e}\u{85}live\u{2028}\u{200b}\u{7f}\u{feff}";
    let env = tree(text);
    for command in OUTPUTS {
        let ran = env.bos(&[command, &["--json"][..]].concat());
        is_clean(&ran.stdout, &format!("{command:?}"));
        is_clean(&ran.stderr, &format!("{command:?}"));
    }
    assert_eq!(env.bos(&["card", "show", "SHOP-ENG-0001", "--json"]).json()["card"]["title"], text);
    is_clean(&env.bos(&["validate", "--format", "sarif"]).stdout, "sarif");
    is_clean(&env.bos(&["card", "show", text, "--json"]).stderr, "error");
}
