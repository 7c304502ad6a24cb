//! Times whole processes: starts them, waits for them, and takes the median of several runs.

use anyhow::anyhow;
use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::Outcome;

/// Runs a command to completion and discards its output.
pub(crate) fn time(command: &mut Command) -> Outcome<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let status = command.spawn()?.wait()?;
    let elapsed = start.elapsed();
    if status.success() { Ok(elapsed) } else { Err(anyhow!("{command:?}: {status}")) }
}

/// The median times of two programs that take turns, after a warm-up turn for each. Both get the number of the turn,
/// from 0.
pub(crate) fn alternate(
    turns: usize,
    mut one: impl FnMut(usize) -> Outcome<Duration>,
    mut other: impl FnMut(usize) -> Outcome<Duration>,
) -> Outcome<(Duration, Duration)> {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    for turn in 0..=turns {
        let (a, b) = (one(turn)?, other(turn)?);
        if turn > 0 {
            ones.push(a);
            others.push(b);
        }
    }
    Ok((median(ones), median(others)))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The peak memory of a command in bytes; `None` if the system does not report it.
pub(crate) fn peak_memory(command: &mut Command) -> Outcome<Option<u64>> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak = None;
    while child.try_wait()?.is_none() {
        // The high-water mark only grows, so the last value read is the peak, except for the final two milliseconds.
        peak = fs::read_to_string(&status).ok().as_deref().and_then(high_water).max(peak);
        thread::sleep(Duration::from_millis(2));
    }
    Ok(peak)
}

fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
