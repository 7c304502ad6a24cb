//! Reads the write-ahead log without SQLite. If a frame is damaged, SQLite silently uses the database as it was before
//! that frame, and everything written since is lost.

use std::{fs, io, path::Path, thread::sleep, time::Duration};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The magic number without its last bit, which says whether checksum words are big-endian.
const MAGIC: u32 = 0x377f_0682;
/// How often to look, since another process may be writing a frame at this moment.
const LOOKS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(30);

/// The number of the first damaged frame; 0 means the header, without which all frames are lost.
///
/// # Errors
/// The file cannot be read.
pub(super) fn damaged_frame(wal: &Path) -> io::Result<Option<u64>> {
    for _ in 1..LOOKS {
        if look(&read(wal)?).1.is_none() {
            return Ok(None);
        }
        sleep(PAUSE);
    }
    Ok(look(&read(wal)?).1)
}

fn read(wal: &Path) -> io::Result<Vec<u8>> {
    match fs::read(wal) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// The number of valid frames, and the first damaged one. Frames written since the log last restarted carry its salt;
/// others are left over from before.
fn look(bytes: &[u8]) -> (u64, Option<u64>) {
    let Some((header, mut rest)) = bytes.split_at_checked(HEADER) else { return (0, None) };
    let (magic, page) = (number(header, 0), number(header, 8) as usize);
    let is_big = magic & 1 == 1;
    let mut sum = checksum([0, 0], &header[..24], is_big);
    if magic & !1 != MAGIC || sum != [number(header, 24), number(header, 28)] || page < 512 {
        return (0, Some(0));
    }
    let (mut count, mut damaged) = (0, None);
    let mut position = 0;
    while let Some((frame, next)) = rest.split_at_checked(FRAME_HEADER + page) {
        (rest, position) = (next, position + 1);
        let is_current = frame[8..16] == header[16..24];
        if damaged.is_none() {
            let next = checksum(checksum(sum, &frame[..8], is_big), &frame[FRAME_HEADER..], is_big);
            if is_current && next == [number(frame, 16), number(frame, 20)] {
                (sum, count) = (next, position);
                continue;
            }
            damaged = Some(position);
        }
        // A committed write that cannot be reached.
        let ends_a_write = number(frame, 4) != 0;
        if is_current && ends_a_write {
            return (count, damaged);
        }
    }
    (count, None)
}

fn number(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn checksum([mut first, mut second]: [u32; 2], bytes: &[u8], is_big: bool) -> [u32; 2] {
    for pair in bytes.chunks_exact(8) {
        let word = |at: usize| if is_big { number(pair, at) } else { number(pair, at).swap_bytes() };
        first = first.wrapping_add(word(0)).wrapping_add(second);
        second = second.wrapping_add(word(4)).wrapping_add(first);
    }
    [first, second]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of three writes, made by SQLite, with frames left over from before it restarted.
    fn log() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        let fill = |count: i32| {
            for number in 0..count {
                let sql = "INSERT INTO business_os_metadata (key, value) VALUES (?1, zeroblob(3000))";
                connection.execute(sql, [number]).unwrap();
            }
        };
        connection.execute_batch("CREATE TABLE IF NOT EXISTS business_os_metadata (key, value)").unwrap();
        fill(20);
        connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(())).unwrap();
        fill(3);
        fs::read(folder.path().join("x.db-wal")).unwrap()
    }

    #[test]
    fn a_sound_log_is_sound_and_every_flip_that_loses_a_write_is_found() {
        let log = log();
        let (frames, damaged) = look(&log);
        assert!(frames >= 3 && damaged.is_none(), "{frames} {damaged:?}");
        let size = (log.len() - HEADER) / (4096 + FRAME_HEADER);
        assert!(size as u64 > frames, "nothing is left over from before");
        let end = HEADER + frames as usize * (4096 + FRAME_HEADER);
        for at in (0..end).step_by(7).chain(0..HEADER + FRAME_HEADER) {
            // With a flipped salt, the last frame looks like one left over from before.
            let mut flipped = log.clone();
            flipped[at] ^= 0x10;
            let found = look(&flipped);
            let last = end - 4096 - FRAME_HEADER;
            let is_salt_of_last = (last + 8..last + 16).contains(&at);
            assert!(found.1.is_some() || is_salt_of_last, "byte {at} of {end}: {found:?}");
        }
        for at in (end..log.len()).step_by(101) {
            let mut flipped = log.clone();
            flipped[at] ^= 0x10;
            assert_eq!(look(&flipped), (frames, None), "byte {at}, left over from before");
        }
        assert_eq!(look(&log[..end - 100]), (frames - 1, None), "cut off");
        assert_eq!(look(&[]), (0, None));
    }
}
