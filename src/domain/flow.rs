//! Flow metrics of a board: throughput per week, cycle and lead times, and cards per lane and day.

use jiff::civil::Date;

use super::{
    calendar::Calendar,
    lane::Lane,
    lane_history::{Event, LaneHistory, is_finished},
};

/// The number of groups on a board: the lanes and the unknown lane.
pub const GROUPS: usize = Lane::ALL.len() + 1;

/// The flow metrics of one board. Durations are in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowMetrics {
    /// The Monday of each week, and how many cards were done in that week and have stayed done.
    pub weeks: Vec<(Date, usize)>,
    /// Cycle time of the cards done in these weeks: from their first time in In progress to Done.
    pub cycle: Spread,
    /// Lead time of the same cards: from their creation to Done.
    pub lead: Spread,
    /// The cards in In progress, oldest first.
    pub in_progress: Vec<Age>,
    /// For each day, the number of cards in each lane at its end, the unknown lane last. Archived cards count only in
    /// finished lanes: archived work was still done.
    pub days: Vec<(Date, [usize; GROUPS])>,
    /// The number of cards now in each lane, the unknown lane last.
    pub board: [usize; GROUPS],
    /// How many cards were done before the log began.
    pub done_before: usize,
}

/// The distribution of a duration over several cards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spread {
    /// The known durations, shortest first.
    spans: Vec<i64>,
    /// The number of cards whose duration is not known.
    pub unknown: usize,
}

/// The age of a card in the lane In progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Age {
    /// The card's ID.
    pub card: String,
    /// When it first entered the lane; when the log began, if it was there already.
    pub since: i64,
    /// Whether `since` is when work on it began.
    pub is_known: bool,
}

impl Spread {
    fn of(spans: impl Iterator<Item = Option<i64>>) -> Self {
        let mut spread = Self::default();
        for span in spans {
            match span {
                Some(span) => spread.spans.push(span),
                None => spread.unknown += 1,
            }
        }
        spread.spans.sort_unstable();
        spread
    }

    /// How many durations are known.
    #[must_use]
    pub fn known(&self) -> usize {
        self.spans.len()
    }

    /// The percentile by the nearest-rank method; `None` if no duration is known.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<i64> {
        let rank = (percent * self.spans.len()).div_ceil(100);
        self.spans.get(rank.max(1) - 1).copied()
    }
}

impl FlowMetrics {
    /// The metrics of these cards over the days and weeks of a calendar.
    #[must_use]
    pub fn of(lives: &[LaneHistory], calendar: &Calendar) -> Self {
        let mut weeks: Vec<(Date, usize)> = calendar.mondays().iter().map(|monday| (*monday, 0)).collect();
        let mut done = Vec::new();
        for life in lives {
            if let Event::At(at) = life.done()
                && let Some(week) = calendar.week_of(at)
            {
                weeks[week].1 += 1;
                done.push((life, at));
            }
        }
        let since = |event: Event, until: i64| match event {
            Event::At(at) if at <= until => Some(until - at),
            _ => None,
        };
        let mut figures = Self {
            weeks,
            cycle: Spread::of(done.iter().map(|(life, at)| since(life.begun(), *at))),
            lead: Spread::of(done.iter().map(|(life, at)| since(life.made(calendar), *at))),
            in_progress: lives.iter().filter_map(age).collect(),
            days: days(lives, calendar),
            board: [0; GROUPS],
            done_before: lives.iter().filter(|life| life.done() == Event::Before).count(),
        };
        figures.in_progress.sort_by(|a, b| (a.since, &a.card).cmp(&(b.since, &b.card)));
        for stretch in lives.iter().filter_map(LaneHistory::current).filter(|stretch| !stretch.archived) {
            figures.board[group(stretch.lane)] += 1;
        }
        figures
    }

    /// How many cards were done in these weeks and have stayed done.
    #[must_use]
    pub fn done(&self) -> usize {
        self.weeks.iter().map(|(_, done)| done).sum()
    }
}

fn age(life: &LaneHistory) -> Option<Age> {
    life.current().filter(|stretch| stretch.lane == Some(Lane::InProgress) && !stretch.archived)?;
    let (since, is_known) = match life.begun() {
        Event::At(at) => (at, true),
        Event::Before | Event::Never => (life.first_seen()?, false),
    };
    Some(Age { card: life.card.clone(), since, is_known })
}

/// Counts arrivals and departures per day, then accumulates them.
fn days(lives: &[LaneHistory], calendar: &Calendar) -> Vec<(Date, [usize; GROUPS])> {
    let count = calendar.days().len();
    let (mut came, mut went) = (vec![[0; GROUPS]; count + 1], vec![[0; GROUPS]; count + 1]);
    for stretch in lives.iter().flat_map(LaneHistory::stretches) {
        if stretch.archived && !is_finished(stretch.lane) {
            continue;
        }
        let lane = group(stretch.lane);
        came[calendar.day_of(stretch.from)][lane] += 1;
        if let Some(until) = stretch.until {
            went[calendar.day_of(until)][lane] += 1;
        }
    }
    let mut there = [0; GROUPS];
    calendar
        .days()
        .enumerate()
        .map(|(day, date)| {
            for (lane, there) in there.iter_mut().enumerate() {
                *there = *there + came[day][lane] - went[day][lane];
            }
            (date, there)
        })
        .collect()
}

fn group(lane: Option<Lane>) -> usize {
    usize::from(lane.map_or(Lane::UNKNOWN_RANK, Lane::rank))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::domain::lane_history::Stay;

    const DAY: i64 = 24 * 60 * 60;

    /// A card with the days on which it entered lanes, as offsets from Thursday 1 January 1970.
    fn life(card: &str, found: bool, lanes: &[(Lane, i64)]) -> LaneHistory {
        let ends = lanes.iter().skip(1).map(|(_, day)| Some(day * DAY)).chain([None]);
        let versions = lanes.iter().zip(ends).enumerate().map(|(index, ((lane, day), until))| Stay {
            seq: index as u64 + 1,
            batch: 1,
            from: day * DAY,
            until,
            lane: Some(*lane),
            archived: false,
        });
        LaneHistory::of(card, "1969-12-30", versions.collect(), found.then_some(1)).unwrap()
    }

    fn figures() -> FlowMetrics {
        use Lane::{Done, InProgress, Inbox, Planned, Reflected};
        let lives = [
            life("A-1", true, &[(Done, 0)]),
            life("A-2", true, &[(Inbox, 0), (InProgress, 1), (Done, 3)]),
            life("A-3", true, &[(InProgress, 0), (Done, 5)]),
            life("A-4", false, &[(Planned, 2), (InProgress, 4), (Done, 6), (Reflected, 7)]),
            life("A-5", false, &[(InProgress, 2), (Done, 5), (InProgress, 6)]),
            life("A-6", true, &[(InProgress, 0)]),
            life("A-7", false, &[(Planned, 6), (Done, 8)]),
        ];
        // Thursday 1 to Friday 9 January.
        FlowMetrics::of(&lives, &Calendar::new(TimeZone::UTC, 0, 8 * DAY + 60, 12))
    }

    #[test]
    fn throughput_counts_what_stayed_done() {
        let weeks: Vec<_> = figures().weeks.into_iter().map(|(monday, done)| (monday.to_string(), done)).collect();
        // A-2 in the first week; in the second.
        assert_eq!(weeks, [("1969-12-29".to_owned(), 1), ("1970-01-05".to_owned(), 3)]);
        assert_eq!((figures().done(), figures().done_before), (4, 1));
    }

    #[test]
    fn cycle_time_is_known_where_the_log_saw_the_beginning() {
        let FlowMetrics { cycle, lead, .. } = figures();
        // took two days each; A-3 was begun at an unknown time, and A-7 never was.
        assert_eq!((cycle.known(), cycle.unknown), (2, 2));
        assert_eq!((cycle.percentile(50), cycle.percentile(85)), (Some(2 * DAY), Some(2 * DAY)));
        // Created two days before the log began.
        assert_eq!((lead.known(), lead.unknown), (4, 0));
        assert_eq!((lead.percentile(50), lead.percentile(85)), (Some(7 * DAY), Some(10 * DAY)));
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let spread = Spread::of([5, 1, 4, 2, 3, 10, 7, 6, 9, 8].map(Some).into_iter());
        assert_eq!([1, 10, 11, 50, 85, 100].map(|percent| spread.percentile(percent).unwrap()), [1, 1, 2, 5, 9, 10]);
        assert_eq!(Spread::default().percentile(50), None);
    }

    #[test]
    fn the_oldest_in_progress_comes_first() {
        let ages: Vec<_> = figures().in_progress.into_iter().map(|age| (age.card, age.since, age.is_known)).collect();
        assert_eq!(ages, [("A-6".to_owned(), 0, false), ("A-5".to_owned(), 2 * DAY, true)]);
    }

    #[test]
    fn every_day_ends_with_what_stands_in_each_lane() {
        let FlowMetrics { days, board, .. } = figures();
        assert_eq!(days.len(), 9);
        let on = |day: usize| {
            let [inbox, _, planned, in_progress, _, done, reflected, _] = days[day].1;
            [inbox, planned, in_progress, done, reflected]
        };
        assert_eq!(on(0), [1, 0, 2, 1, 0]);
        assert_eq!(on(1), [0, 0, 3, 1, 0]);
        assert_eq!(on(2), [0, 1, 4, 1, 0]);
        assert_eq!(on(6), [0, 1, 2, 4, 0]);
        assert_eq!(on(8), [0, 0, 2, 4, 1]);
        assert_eq!(board, [0, 0, 0, 2, 0, 4, 1, 0]);
    }

    #[test]
    fn archived_cards_count_where_they_are_done() {
        let archive = |lane| {
            let from = |archived| if archived { DAY } else { 0 };
            let version = |seq: u64, archived, until| Stay {
                seq,
                batch: 1,
                from: from(archived),
                until,
                lane: Some(lane),
                archived,
            };
            let versions = vec![version(2, true, None), version(1, false, Some(DAY))];
            let life = LaneHistory::of("A-1", "1970-01-01", versions, None).unwrap();
            let figures = FlowMetrics::of(&[life], &Calendar::new(TimeZone::UTC, 0, 2 * DAY, 12));
            (figures.days.iter().map(|(_, lanes)| lanes[usize::from(lane.rank())]).collect::<Vec<_>>(), figures.board)
        };
        assert_eq!(archive(Lane::Done), (vec![1, 1, 1], [0; GROUPS]));
        assert_eq!(archive(Lane::Inbox), (vec![1, 0, 0], [0; GROUPS]));
    }
}
