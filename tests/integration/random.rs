//! Chance that can be repeated: a seed gives the same choices again.

use std::time::{SystemTime, UNIX_EPOCH};

/// Numbers that look random (splitmix64).
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// The seed that a variable holds, else a new one. It is told, so that a run can be repeated.
pub(crate) fn seed(variable: &str) -> u64 {
    let nanoseconds = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 % 1_000_000_000;
    let seed = std::env::var(variable).ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(nanoseconds);
    tell(&format!("{variable}={seed}"));
    seed
}

/// How often or how long something is done: what a variable says, else as usual.
pub(crate) fn amount(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|amount| amount.parse().ok()).unwrap_or(usual)
}

/// Says something that is shown with a failure, or with `--nocapture`.
#[expect(clippy::print_stdout, reason = "the test harness keeps it for failures")]
pub(crate) fn tell(text: &str) {
    println!("{text}");
}
