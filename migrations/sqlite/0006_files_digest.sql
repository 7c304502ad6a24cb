-- Mirror state: what the files of a place looked like, all together, when none was left that an import would take. A read
-- that finds the same number looks no further. `digest_seq` is the end of the log then, where it matters too.
ALTER TABLE business_os_mirrors ADD COLUMN digest TEXT;
ALTER TABLE business_os_mirrors ADD COLUMN digest_seq INTEGER;
