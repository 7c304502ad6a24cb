//! `bos audit verify --since-last`: what it looks at, what it trusts, and what a forged note is good for.

use rusqlite::Connection;

use crate::{
    audit::{tamper, with_a_history},
    env::{Ran, TestEnv},
};

const NOTE: &str = "SELECT value FROM business_os_metadata WHERE key = 'verified'";

fn since(env: &TestEnv) -> Ran {
    env.bos(&["audit", "verify", "--since-last", "--json"])
}

fn note(env: &TestEnv) -> Option<String> {
    env.sqlite().query_row(NOTE, [], |row| row.get(0)).ok()
}

/// Makes the note say that all was verified up to the end of the log as it is.
fn forge(connection: &Connection) {
    let sql = "UPDATE business_os_metadata SET value =
                 (SELECT seq || ' ' || hash FROM business_os_audit_log ORDER BY seq DESC LIMIT 1) WHERE key = 'verified'";
    assert_eq!(connection.execute(sql, []).unwrap(), 1);
}

fn failed(ran: &Ran) -> Vec<String> {
    let json = ran.json();
    let checks = json["checks"].as_array().unwrap().clone();
    checks.iter().filter(|check| check["ok"] == false).map(|check| check["id"].as_str().unwrap().to_owned()).collect()
}

fn checked(ran: &Ran, id: &str) -> u64 {
    let json = ran.json();
    json["checks"].as_array().unwrap().iter().find(|check| check["id"] == id).unwrap()["checked"].as_u64().unwrap()
}

#[test]
fn without_a_good_verification_everything_is_checked() {
    let env = TestEnv::repository("bakery");
    env.bos(&["import"]).code(0);
    assert_eq!(note(&env), None);
    let first = since(&env).code(0);
    assert_eq!(first.json()["since"], serde_json::Value::Null);
    assert!(first.stderr.contains("no good verification is noted yet, so everything was checked"), "{}", first.stderr);
    assert_eq!(first.json()["checks"].as_array().unwrap().len(), 12);
    let noted = note(&env).unwrap();
    let last = env.last_entry();
    assert_eq!(noted, format!("{} {}", last["seq"], last["hash"].as_str().unwrap()));
    for broken in ["", "x", "0 0", "99999999999999999999 ab"] {
        env.sqlite().execute("UPDATE business_os_metadata SET value = ?1 WHERE key = 'verified'", [broken]).unwrap();
        assert_eq!(since(&env).code(0).json()["since"], serde_json::Value::Null, "{broken:?}");
        assert_eq!(note(&env).unwrap(), noted);
    }
}

#[test]
fn only_what_came_after_it_is_looked_at() {
    let env = with_a_history();
    let all = env.bos(&["audit", "verify", "--json"]).code(0);
    env.bos(&["card", "set", "BAKE-ENG-0001", "Owner=Olga"]).code(0);
    let after = since(&env).code(0);
    assert_eq!(after.json()["since"]["seq"], env.last_entry()["seq"].as_u64().unwrap() - 1);
    assert_eq!(checked(&after, "chain"), checked(&all, "chain") + 1, "the whole chain");
    assert_eq!(checked(&after, "projections"), 1, "{}", after.stdout);
    assert!(checked(&after, "blobs") < checked(&all, "blobs"));
    assert_eq!(note(&env).unwrap().split(' ').next(), Some(env.last_entry()["seq"].to_string().as_str()));
    assert_eq!(checked(&since(&env).code(0), "projections"), 0);
}

#[test]
fn what_does_not_fit_is_found_where_it_looks_and_is_never_noted() {
    let touched = "UPDATE business_os_cards SET title = 'x' WHERE id = 'BAKE-ENG-0001'";
    let text = "UPDATE business_os_blobs SET text = text || ' ' WHERE sha256 =
                  (SELECT sha256 FROM business_os_documents WHERE entity_id = 'BAKE-ENG-0001')";
    let row = "DELETE FROM business_os_cards WHERE id = 'BAKE-ENG-0001'";
    let meaning = "UPDATE business_os_documents SET sha256 = (SELECT min(sha256) FROM business_os_blobs)
                     WHERE entity_id = 'BAKE-ENG-0001'";
    for (sql, check) in [(touched, "projections"), (text, "blobs"), (row, "projections"), (meaning, "documents")] {
        let env = with_a_history();
        env.bos(&["card", "set", "BAKE-ENG-0001", "Owner=Olga"]).code(0);
        let before = note(&env);
        tamper(&env.database(), |connection| assert_eq!(connection.execute(sql, []).unwrap(), 1, "{sql}"));
        let ran = since(&env).code(1);
        assert!(failed(&ran).contains(&check.to_owned()), "{sql}: {:?}", failed(&ran));
        assert_eq!(note(&env), before, "{sql}");
        env.bos(&["audit", "verify"]).code(1);
        assert_eq!(note(&env), before, "{sql}");
    }
}

/// The note can be written by whoever can write the database. It hides no change of the log, and nothing at all from a check
/// that does not ask for it.
#[test]
fn a_forged_note_hides_nothing_of_the_log() {
    let payload = "UPDATE business_os_audit_log SET payload_json = replace(payload_json, 'Nora', 'Olga') WHERE seq = 3";
    let column = "UPDATE business_os_audit_log SET actor = 'Olga' WHERE seq = 3";
    let gone = "DELETE FROM business_os_audit_log WHERE seq = 3";
    let cut = "DELETE FROM business_os_audit_log WHERE seq = (SELECT max(seq) FROM business_os_audit_log)";
    for (sql, check) in [(payload, "chain"), (column, "columns"), (gone, "chain"), (cut, "git")] {
        let env = with_a_history();
        tamper(&env.database(), |connection| {
            assert_eq!(connection.execute(sql, []).unwrap(), 1);
            forge(connection);
        });
        let failed = failed(&since(&env).code(1));
        assert!(failed.contains(&check.to_owned()), "{sql}: {failed:?}");
    }
    let env = with_a_history();
    tamper(&env.database(), |connection| {
        connection.execute("UPDATE business_os_cards SET title = 'x' WHERE id = 'BAKE-ENG-0001'", []).unwrap();
        forge(connection);
    });
    since(&env).code(0);
    assert_eq!(env.failed_checks()[0].0, "projections", "what the note is trusted for, and nobody else trusts it");
}

#[test]
fn another_log_than_the_one_that_was_verified_is_found() {
    let env = with_a_history();
    let last = env.last_entry()["seq"].as_u64().unwrap();
    for note in [format!("{} {}", last, "0".repeat(64)), format!("{} {}", last + 1, "ab".repeat(32))] {
        env.sqlite().execute("UPDATE business_os_metadata SET value = ?1 WHERE key = 'verified'", [&note]).unwrap();
        let ran = since(&env).code(1);
        assert_eq!(failed(&ran), ["chain"]);
        assert!(ran.stdout.contains("is not the one that the last verification saw"), "{}", ran.stdout);
    }
}
