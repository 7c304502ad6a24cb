-- Mirror state: where in the log a place stands with each of its documents, and the commit that was checked out when all
-- of it was last looked at.
ALTER TABLE business_os_mirror_documents ADD COLUMN position INTEGER;
ALTER TABLE business_os_mirrors ADD COLUMN head TEXT;
