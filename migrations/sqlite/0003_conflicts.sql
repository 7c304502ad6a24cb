-- Mirror state: what a merge could not settle. All three texts stay among the blobs.
CREATE TABLE business_os_conflicts (
  mirror_id INTEGER NOT NULL REFERENCES business_os_mirrors (id),
  path TEXT NOT NULL,
  base_sha256 TEXT,
  ours_sha256 TEXT,
  theirs_sha256 TEXT,
  revision TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (mirror_id, path)
) STRICT, WITHOUT ROWID;
