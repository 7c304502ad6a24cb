-- Mirror state: what merges could not settle, by document and by the place that the other text came from. `place` is the
-- path of a file in the work tree `mirror_id`; where that is null, `place` is a branch or a commit, which belongs to no
-- work tree alone.
ALTER TABLE business_os_conflicts RENAME TO business_os_conflicts_before;

CREATE TABLE business_os_conflicts (
  number INTEGER NOT NULL PRIMARY KEY,
  path TEXT NOT NULL,
  place TEXT NOT NULL,
  mirror_id INTEGER REFERENCES business_os_mirrors (id),
  base_sha256 TEXT,
  ours_sha256 TEXT,
  theirs_sha256 TEXT,
  commit_oid TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE INDEX idx_business_os_conflicts_path ON business_os_conflicts (path);

INSERT INTO business_os_conflicts (
  path, place, mirror_id, base_sha256, ours_sha256, theirs_sha256, created_at
)
SELECT
  path,
  coalesce(revision, path),
  CASE WHEN revision IS NULL OR revision LIKE 'docs/business-os/%' THEN mirror_id END,
  base_sha256,
  ours_sha256,
  theirs_sha256,
  created_at
FROM business_os_conflicts_before
ORDER BY created_at, path;

DROP TABLE business_os_conflicts_before;
