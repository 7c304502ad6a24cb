-- Mirror state: when all files of a work tree were last looked at, by the clock of its file system, in nanoseconds since
-- the Unix epoch: what git has written since is told by the times in its index.
ALTER TABLE business_os_mirrors ADD COLUMN looked_ns INTEGER;
