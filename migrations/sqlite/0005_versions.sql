-- Projections of the log: how cards and ideas stood from one entry to the next that changed their row. No write pays
-- for them: the first look back fills them, and each later one adds what came since. The metadata key versions_seq is
-- the last entry they hold.
CREATE TABLE business_os_card_versions (
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  batch INTEGER NOT NULL,
  until_seq INTEGER,
  until_at INTEGER,
  lane TEXT NOT NULL,
  priority TEXT NOT NULL,
  owner TEXT NOT NULL,
  business TEXT NOT NULL,
  git_file_path TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  archived INTEGER NOT NULL,
  lane_rank INTEGER NOT NULL,
  priority_rank INTEGER NOT NULL,
  due_key TEXT NOT NULL,
  title TEXT NOT NULL,
  tags_json TEXT NOT NULL,
  due_date TEXT,
  completed_date TEXT,
  blocked INTEGER NOT NULL,
  blocked_reason TEXT,
  dependencies_json TEXT NOT NULL,
  proposed_lane TEXT,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (id, seq)
) STRICT;

-- A board of then is in board order here already; only the cards that stood on it are read from the table. The figures
-- need nothing but this index.
CREATE INDEX idx_business_os_card_versions_board ON business_os_card_versions (
  archived, business, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id,
  seq, until_seq, at, until_at, batch
);

-- The global board of then.
CREATE INDEX idx_business_os_card_versions_urgent ON business_os_card_versions (
  archived, lane_rank, priority_rank, due_key, updated_at DESC, created_at DESC, id, seq, until_seq
) WHERE priority_rank <= 1;

CREATE TABLE business_os_idea_versions (
  id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  until_seq INTEGER,
  status TEXT,
  business TEXT NOT NULL,
  location TEXT NOT NULL,
  git_file_path TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  archived INTEGER NOT NULL,
  type TEXT,
  priority TEXT,
  title TEXT NOT NULL,
  tags_json TEXT NOT NULL,
  card_id TEXT,
  sha256 TEXT NOT NULL,
  PRIMARY KEY (id, seq)
) STRICT;

CREATE INDEX idx_business_os_idea_versions_list ON business_os_idea_versions (
  archived, location, updated_at DESC, id, seq, until_seq
);
