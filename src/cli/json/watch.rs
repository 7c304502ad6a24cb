//! `bos.watch/1`: one object a line for what `bos watch` does.

use serde_json::{Map, Value, json};

use crate::{
    cli::format::json::DiagnosticJson,
    domain::{doc_path::DocPath, entry::instant, state::State},
    engine::{WatchNews, Watched},
};

/// `bos.watch/1`. The keys that follow `event` are those of the event.
pub(crate) fn news(news: &WatchNews) -> Value {
    let mut document = Map::new();
    document.insert("schema".to_owned(), json!("bos.watch/1"));
    document.insert("at".to_owned(), json!(instant(news.at)));
    let rest = match &news.what {
        Watched::Begun => json!({"event": "begin"}),
        Watched::Imported(import) => {
            let report = &import.report;
            let diagnostics: Vec<DiagnosticJson<'_>> = import.diagnostics.iter().map(DiagnosticJson::from).collect();
            json!({
                "event": "import", "imported": report.imported, "updated": report.updated, "merged": report.merged,
                "conflicts": report.conflicts.len(), "failed": report.failed, "documents": paths(&import.documents),
                "removed": paths(&import.removed), "left": left(&import.left), "diagnostics": diagnostics,
            })
        }
        Watched::Exported(export) => json!({
            "event": "export", "written": paths(&export.written), "removed": paths(&export.removed),
            "left": left(&export.left),
        }),
        Watched::Waiting(why) => json!({"event": "wait", "why": why}),
    };
    if let Value::Object(rest) = rest {
        document.extend(rest);
    }
    Value::Object(document)
}

fn paths(paths: &[DocPath]) -> Vec<&str> {
    paths.iter().map(DocPath::as_str).collect()
}

fn left(left: &[(DocPath, State)]) -> Vec<Value> {
    left.iter().map(|(path, state)| json!({"path": path.as_str(), "state": state.as_str()})).collect()
}
