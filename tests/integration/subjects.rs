//! Entries of the log that are about something without documents, as another version of the program may write.

use sha2::{Digest as _, Sha256};

use crate::env::TestEnv;

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Adds an entry by Nora about a token; its number.
fn about_a_token(env: &TestEnv) -> i64 {
    let database = env.sqlite();
    let sql = "SELECT (SELECT value FROM business_os_metadata WHERE key = 'log_id'), seq + 1, hash,
                 CAST(strftime('%s', created_at) AS INTEGER), created_at
               FROM business_os_audit_log ORDER BY seq DESC LIMIT 1";
    let (log, seq, previous, seconds, at): (String, i64, String, i64, String) = database
        .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .unwrap();
    let id = format!("{log}-{seq}");
    let payload = format!(
        r#"{{"action":"create","actor":"Nora","batch":{seq},"changes":{{}},"documents":[],"entity_id":"ci","entity_type":"token","id":"{id}","initiator":"Nora","log_id":"{log}","seq":{seq},"timestamp":{seconds}}}"#
    );
    let hash = sha256(&format!("{previous}:token.create:{payload}:{seconds}"));
    let sql = "INSERT INTO business_os_audit_log (seq, id, entity_type, entity_id, action, actor, initiator,
                 payload_json, created_at, previous_hash, hash)
               VALUES (?1, ?2, 'token', 'ci', 'create', 'Nora', 'Nora', ?3, ?4, ?5, ?6)";
    database.execute(sql, (seq, id, payload, at, previous, hash)).unwrap();
    seq
}

#[test]
fn an_entry_about_something_else_is_kept_shown_and_proved_like_all_others() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P1"]).code(0);
    env.verify();
    let seq = about_a_token(&env);
    let said = env.bos(&["log", "--limit", "1", "--json"]).code(0).json();
    let entry = &said["entries"][0];
    assert_eq!((entry["entity"].as_str(), entry["id"].as_str()), (Some("token"), Some("ci")));
    assert!(env.bos(&["log", "--limit", "1"]).code(0).stdout.contains("create ci"));

    env.bos(&["search", "bread"]).code(0);
    env.bos(&["card", "list", "--at", &seq.to_string()]).code(0);
    env.bos(&["audit", "verify", "--since-last"]).code(0);
    env.bos(&["audit", "rebuild"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0006", "Priority=P2"]).code(0);
    env.bos(&["stats"]).code(0);
    env.bos(&["export", "--commit", "--per-change"]).code(0);
    env.verify();
    let refused = env.bos(&["undo", &seq.to_string()]).code(5);
    assert!(refused.stderr.contains("is about the token ci, which has no documents"), "{}", refused.stderr);
    env.bos(&["undo"]).code(0);
    assert_eq!(env.bos(&["card", "show", "BAKE-ENG-0006", "--json"]).code(0).json()["card"]["priority"], "P1");
    env.verify();
}
