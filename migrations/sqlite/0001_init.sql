-- The first schema. Plain SQL that SQLite and Cloudflare D1 accept alike: no PRAGMA, no sqlite_version().
-- Tables, columns and indexes of cards, ideas and stage docs that the hosted application reads are a contract:
-- `SELECT data_json FROM business_os_cards WHERE business = ?` and its like keep working as written.

-- Facts about this database: log_id, projection_version.
CREATE TABLE business_os_metadata (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Truth: every version of every document, once.
CREATE TABLE business_os_blobs (
  sha256 TEXT NOT NULL PRIMARY KEY,
  text TEXT NOT NULL
) STRICT;

-- Truth: the current text of every document.
CREATE TABLE business_os_documents (
  path TEXT NOT NULL PRIMARY KEY,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  audience TEXT,
  sha256 TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_business_os_documents_entity ON business_os_documents (entity_type, entity_id);

-- Log: append-only, hash-chained; the triggers below refuse everything but the next entry.
CREATE TABLE business_os_audit_log (
  seq INTEGER NOT NULL PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  initiator TEXT NOT NULL,
  payload_json TEXT NOT NULL,
  created_at TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE INDEX idx_business_os_audit_log_entity ON business_os_audit_log (entity_type, entity_id);
CREATE INDEX idx_business_os_audit_log_created_at ON business_os_audit_log (created_at);

CREATE TRIGGER business_os_audit_log_no_update BEFORE UPDATE ON business_os_audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only: an entry is never changed');
END;

CREATE TRIGGER business_os_audit_log_no_delete BEFORE DELETE ON business_os_audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only: an entry is never removed');
END;

-- REPLACE and UPSERT come by here as well, before anything is changed.
CREATE TRIGGER business_os_audit_log_next_only BEFORE INSERT ON business_os_audit_log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM business_os_audit_log)
  OR EXISTS (SELECT 1 FROM business_os_audit_log WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only: only the next entry can be added');
END;

-- The log in the columns of the foundation schema: one log is one tenant.
CREATE VIEW audit_chain AS
SELECT
  seq,
  (SELECT value FROM business_os_metadata WHERE key = 'log_id') AS tenant_id,
  entity_type || '.' || action AS event_type,
  payload_json AS payload,
  previous_hash,
  hash,
  CAST(strftime('%s', created_at) AS INTEGER) AS created_at
FROM business_os_audit_log;

-- Projections: derived from the current texts and the log, rebuilt at will.
CREATE TABLE business_os_cards (
  id TEXT NOT NULL PRIMARY KEY,
  lane TEXT NOT NULL,
  priority TEXT NOT NULL,
  owner TEXT NOT NULL,
  business TEXT,
  git_file_path TEXT NOT NULL,
  git_sha TEXT,
  git_commit TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0,
  lane_rank INTEGER NOT NULL DEFAULT 7,
  priority_rank INTEGER NOT NULL DEFAULT 6,
  due_key TEXT NOT NULL DEFAULT '~',
  title TEXT NOT NULL DEFAULT '',
  tags_json TEXT NOT NULL DEFAULT '[]',
  due_date TEXT,
  completed_date TEXT,
  blocked INTEGER NOT NULL DEFAULT 0,
  blocked_reason TEXT,
  dependencies_json TEXT NOT NULL DEFAULT '[]',
  proposed_lane TEXT,
  sha256 TEXT NOT NULL DEFAULT '',
  data_json TEXT NOT NULL
) STRICT;

CREATE INDEX idx_business_os_cards_lane_priority ON business_os_cards (lane, priority);
CREATE INDEX idx_business_os_cards_priority ON business_os_cards (priority);
CREATE INDEX idx_business_os_cards_business_lane ON business_os_cards (business, lane);
CREATE INDEX idx_business_os_cards_owner ON business_os_cards (owner);
CREATE INDEX idx_business_os_cards_updated_at ON business_os_cards (updated_at);
CREATE INDEX idx_business_os_cards_business_updated_at ON business_os_cards (business, updated_at);
CREATE UNIQUE INDEX idx_business_os_cards_git_file_path ON business_os_cards (git_file_path);

-- A board is read from this index alone, already in board order.
CREATE INDEX idx_business_os_cards_board ON business_os_cards (
  archived, business, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id,
  lane, priority, owner, title, tags_json, due_date, completed_date, blocked, blocked_reason,
  dependencies_json, proposed_lane, git_file_path, sha256
);

-- The global board: P0 and P1 of every business.
CREATE INDEX idx_business_os_cards_urgent ON business_os_cards (
  archived, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id,
  business, lane, priority, owner, title, tags_json, due_date, completed_date, blocked, blocked_reason,
  dependencies_json, proposed_lane, git_file_path, sha256
) WHERE priority_rank <= 1;

CREATE TABLE business_os_ideas (
  id TEXT NOT NULL PRIMARY KEY,
  status TEXT,
  business TEXT,
  location TEXT NOT NULL,
  git_file_path TEXT NOT NULL,
  git_sha TEXT,
  git_commit TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  archived INTEGER NOT NULL DEFAULT 0,
  type TEXT,
  priority TEXT,
  title TEXT NOT NULL DEFAULT '',
  tags_json TEXT NOT NULL DEFAULT '[]',
  card_id TEXT,
  sha256 TEXT NOT NULL DEFAULT '',
  data_json TEXT NOT NULL
) STRICT;

CREATE INDEX idx_business_os_ideas_location_status ON business_os_ideas (location, status);
CREATE INDEX idx_business_os_ideas_business_status ON business_os_ideas (business, status);
CREATE INDEX idx_business_os_ideas_updated_at ON business_os_ideas (updated_at);
CREATE UNIQUE INDEX idx_business_os_ideas_git_file_path ON business_os_ideas (git_file_path);

-- A list of ideas is read from this index alone, in its order.
CREATE INDEX idx_business_os_ideas_list ON business_os_ideas (
  archived, location, updated_at DESC, id, business, type, status, priority, title, tags_json, created_at, card_id,
  git_file_path, sha256
);

CREATE TABLE business_os_stage_docs (
  id TEXT NOT NULL PRIMARY KEY,
  card_id TEXT NOT NULL,
  stage TEXT NOT NULL,
  git_file_path TEXT NOT NULL,
  git_sha TEXT,
  git_commit TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  audience TEXT NOT NULL DEFAULT 'user',
  sha256 TEXT NOT NULL DEFAULT '',
  data_json TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX idx_business_os_stage_docs_card_stage ON business_os_stage_docs (card_id, stage);
CREATE UNIQUE INDEX idx_business_os_stage_docs_git_file_path ON business_os_stage_docs (git_file_path);

-- Projection: the last number given out per ID prefix; it never goes back.
CREATE TABLE business_os_counters (
  prefix TEXT NOT NULL PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Mirror state: each place that holds files, and what database and place last agreed on, file by file.
CREATE TABLE business_os_mirrors (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  read_at INTEGER,
  tip TEXT,
  base TEXT,
  exported_seq INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE business_os_mirror_documents (
  mirror_id INTEGER NOT NULL REFERENCES business_os_mirrors (id),
  path TEXT NOT NULL,
  base_sha256 TEXT,
  file_sha256 TEXT,
  size INTEGER,
  mtime_ns INTEGER,
  ctime_ns INTEGER,
  inode INTEGER,
  diagnostics_json TEXT,
  commit_oid TEXT,
  PRIMARY KEY (mirror_id, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_business_os_mirror_documents_unreadable ON business_os_mirror_documents (mirror_id, path)
WHERE diagnostics_json IS NOT NULL;
