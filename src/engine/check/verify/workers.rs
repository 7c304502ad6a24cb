//! Runs jobs on all cores, fed by the one thread that reads the database.

use std::{
    panic::resume_unwind,
    sync::{
        Mutex, PoisonError,
        mpsc::{Receiver, sync_channel},
    },
    thread,
};

/// The maximum number of queued jobs, which are small enough to be in memory together.
const WAITING: usize = 8;

/// Runs every job that `feed` passes on. The results are in the order of the jobs.
pub(super) fn on_all_cores<J: Send, R: Send, E>(
    work: impl Fn(J) -> R + Sync,
    feed: impl FnOnce(&mut dyn FnMut(J)) -> Result<(), E>,
) -> Result<Vec<R>, E> {
    let (sender, receiver) = sync_channel::<(usize, J)>(WAITING);
    let receiver = Mutex::new(receiver);
    let mut done = thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| take_turns(&receiver, &work))).collect();
        let mut number = 0;
        let fed = feed(&mut |job| {
            // Workers end only when no more jobs come, or with a panic, which `join` propagates.
            let _ = sender.send((number, job));
            number += 1;
        });
        drop(sender);
        let mut done = Vec::with_capacity(number);
        for worker in workers {
            done.extend(worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        fed.map(|()| done)
    })?;
    done.sort_unstable_by_key(|(number, _)| *number);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

fn take_turns<J, R>(receiver: &Mutex<Receiver<(usize, J)>>, work: impl Fn(J) -> R) -> Vec<(usize, R)> {
    let next = || receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
    std::iter::from_fn(|| next().ok()).map(|(number, job)| (number, work(job))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_jobs() {
        let feed = |hand: &mut dyn FnMut(u32)| {
            (0..1000).for_each(hand);
            Ok::<_, ()>(())
        };
        let expected: Vec<u32> = (0..1000).map(|number| number * 2).collect();
        assert_eq!(on_all_cores(|number| number * 2, feed), Ok(expected));
    }

    #[test]
    fn what_stops_the_feeding_is_told() {
        let feed = |hand: &mut dyn FnMut(u32)| {
            hand(1);
            Err("no more")
        };
        assert_eq!(on_all_cores(|number| number, feed), Err("no more"));
    }
}
