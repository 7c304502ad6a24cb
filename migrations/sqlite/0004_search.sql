-- Full-text search. The first search fills it, no import does; `search_seq` of the metadata is the entry of the log it
-- stands at. A rebuild drops all of this and runs the file again.

-- Projection: what is searched of each document but its body, which stands in its text from character `body_from` on.
CREATE TABLE business_os_search_documents (
  id INTEGER NOT NULL PRIMARY KEY,
  path TEXT NOT NULL UNIQUE,
  entity_type TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  title TEXT NOT NULL,
  title_it TEXT,
  tags TEXT NOT NULL,
  body_from INTEGER NOT NULL,
  body_it TEXT
) STRICT;

CREATE INDEX idx_business_os_search_documents_owner ON business_os_search_documents (owner_id, entity_type);

-- What the index below reads its texts from, so that it needs no copy of them.
CREATE VIEW business_os_search_texts AS
SELECT
  document.id AS id,
  document.title AS title,
  document.title_it AS title_it,
  document.tags AS tags,
  substr(blob.text, document.body_from) AS body,
  document.body_it AS body_it
FROM business_os_search_documents AS document
JOIN business_os_blobs AS blob ON blob.sha256 = document.sha256;

CREATE VIRTUAL TABLE business_os_search USING fts5 (
  title, title_it, tags, body, body_it,
  content = 'business_os_search_texts',
  content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2'
);

-- Words of many documents are gathered in memory before they are written: 16 MiB. The 1 MiB that is usual takes twice
-- as long to fill.
INSERT INTO business_os_search (business_os_search, rank) VALUES ('hashsize', 16777216);
