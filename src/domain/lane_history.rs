//! The path of a card through the lanes as recorded in the log: when it was made, begun and done. Knows one card only.

use super::{calendar::Calendar, lane::Lane};

/// One version of a card, reduced to its lane and the time it spent there. Times are in Unix seconds.
#[derive(Debug, Clone, Copy)]
pub struct Stay {
    /// The entry that began it.
    pub seq: u64,
    /// The batch of that entry: the number of the first entry of its command.
    pub batch: u64,
    /// When it began.
    pub from: i64,
    /// When it ended; `None` while it is current.
    pub until: Option<i64>,
    /// Its lane; `None` for an unknown one.
    pub lane: Option<Lane>,
    /// Whether the card lies below an `archive` folder.
    pub archived: bool,
}

/// A continuous period in one lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The lane; `None` for an unknown one.
    pub lane: Option<Lane>,
    /// Whether the card lies below an `archive` folder.
    pub archived: bool,
    /// When it began.
    pub from: i64,
    /// When it ended; `None` while it lasts.
    pub until: Option<i64>,
}

/// All that the log knows of one card's path through the lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneHistory {
    /// The card's ID.
    pub card: String,
    /// Its creation date, as its document says now.
    created: String,
    /// Whether the first import found it, in which case it is not known when it entered its first lane.
    found: bool,
    stretches: Vec<Stretch>,
}

/// When something happened to a card, as far as the log knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// It did not happen.
    Never,
    /// It happened before the log began, or may have.
    Before,
    /// It happened at this time, in Unix seconds.
    At(i64),
}

impl LaneHistory {
    /// The history of one card from its versions, in any order; `None` if there are none. `created` is the creation
    /// date in its document: a date, or an instant in UTC. `import` is the batch of the first import.
    #[must_use]
    pub fn of(card: &str, created: &str, mut versions: Vec<Stay>, import: Option<u64>) -> Option<Self> {
        versions.sort_unstable_by_key(|version| version.seq);
        let found = Some(versions.first()?.batch) == import;
        let mut stretches: Vec<Stretch> = Vec::new();
        for Stay { lane, archived, from, until, .. } in versions {
            match stretches.last_mut() {
                Some(open) if open.lane == lane && open.archived == archived && open.until == Some(from) => {
                    open.until = until;
                }
                _ => stretches.push(Stretch { lane, archived, from, until }),
            }
        }
        Some(Self { card: card.to_owned(), created: created.to_owned(), found, stretches })
    }

    /// The periods, oldest first.
    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The current period; `None` if the card was removed.
    #[must_use]
    pub fn current(&self) -> Option<&Stretch> {
        self.stretches.last().filter(|stretch| stretch.until.is_none())
    }

    /// When it was done for good. Leaving Done undoes it, except to Reflected, which comes after Done.
    #[must_use]
    pub fn done(&self) -> Event {
        let mut done = Event::Never;
        for (index, stretch) in self.stretches.iter().enumerate() {
            done = match (is_finished(stretch.lane), done) {
                (false, _) => Event::Never,
                (true, Event::Never) if index == 0 && self.found => Event::Before,
                (true, Event::Never) => Event::At(stretch.from),
                (true, known) => known,
            };
        }
        done
    }

    /// When it first entered the lane In progress. A card that the first import found in that lane or a later one may
    /// have been begun at any time before.
    #[must_use]
    pub fn begun(&self) -> Event {
        if self.found && !matches!(self.first_lane(), Some(Lane::Inbox | Lane::FactFinding | Lane::Planned)) {
            return Event::Before;
        }
        let first = self.stretches.iter().find(|stretch| stretch.lane == Some(Lane::InProgress));
        first.map_or(Event::Never, |stretch| Event::At(stretch.from))
    }

    /// When it was made, according to the document or the log, whichever is earlier.
    #[must_use]
    pub fn made(&self, calendar: &Calendar) -> Event {
        let Some(first) = self.first_seen() else { return Event::Never };
        let said = calendar.instant_of(&self.created);
        match (self.found, said) {
            (false, None) => Event::At(first),
            // If the log saw its creation that day, that time is more exact than the beginning of the day.
            (false, Some(said)) if calendar.date_of(said) == calendar.date_of(first) => Event::At(first),
            (_, Some(said)) if said < first => Event::At(said),
            (false, Some(_)) => Event::At(first),
            // If the document does not say, its date is only that of the first import.
            (true, _) => Event::Before,
        }
    }

    /// The time of its first log entry.
    #[must_use]
    pub fn first_seen(&self) -> Option<i64> {
        self.stretches.first().map(|stretch| stretch.from)
    }

    fn first_lane(&self) -> Option<Lane> {
        self.stretches.first().and_then(|stretch| stretch.lane)
    }
}

/// Whether cards in this lane are finished.
#[must_use]
pub fn is_finished(lane: Option<Lane>) -> bool {
    matches!(lane, Some(Lane::Done | Lane::Reflected))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    /// A history from lanes and the times they were entered; `gone` is when the card was removed.
    fn life(found: bool, lanes: &[(Lane, i64)], gone: Option<i64>) -> LaneHistory {
        let ends = lanes.iter().skip(1).map(|(_, from)| Some(*from)).chain([gone]);
        let versions = lanes.iter().zip(ends).enumerate().map(|(index, ((lane, from), until))| Stay {
            seq: index as u64 + 1,
            batch: 1,
            from: *from,
            until,
            lane: Some(*lane),
            archived: false,
        });
        LaneHistory::of("A-1", "1970-01-01", versions.collect(), found.then_some(1)).unwrap()
    }

    #[test]
    fn leaving_done_takes_it_back_and_reflected_does_not() {
        use Lane::{Done, InProgress, Reflected};
        assert_eq!(life(false, &[(InProgress, 10), (Done, 20), (Reflected, 30)], None).done(), Event::At(20));
        assert_eq!(life(false, &[(InProgress, 10), (Done, 20), (InProgress, 30)], None).done(), Event::Never);
        assert_eq!(life(false, &[(Done, 20), (InProgress, 30), (Reflected, 40)], None).done(), Event::At(40));
        assert_eq!(life(false, &[(InProgress, 10), (Done, 20)], Some(25)).done(), Event::At(20));
    }

    #[test]
    fn what_the_first_import_found_is_no_event() {
        use Lane::{Done, InProgress, Planned};
        assert_eq!(life(true, &[(Done, 20)], None).done(), Event::Before);
        assert_eq!(life(true, &[(Done, 20), (InProgress, 30), (Done, 40)], None).done(), Event::At(40));
        assert_eq!(life(true, &[(InProgress, 10), (Done, 20)], None).begun(), Event::Before);
        assert_eq!(life(true, &[(Planned, 5), (InProgress, 10), (Done, 20)], None).begun(), Event::At(10));
        assert_eq!(life(false, &[(InProgress, 10), (Done, 20)], None).begun(), Event::At(10));
        assert_eq!(life(false, &[(Planned, 10), (Done, 20)], None).begun(), Event::Never);
    }

    #[test]
    fn versions_in_one_lane_are_one_stretch() {
        let life = life(false, &[(Lane::Inbox, 10), (Lane::Inbox, 20), (Lane::Planned, 30)], None);
        assert_eq!(life.stretches().len(), 2);
        assert_eq!((life.stretches()[0].from, life.stretches()[0].until), (10, Some(30)));
        assert_eq!(life.current().unwrap().from, 30);
        assert!(self::life(false, &[(Lane::Inbox, 10)], Some(20)).current().is_none());
    }

    #[test]
    fn a_card_was_made_when_document_or_log_say_the_earlier() {
        let day = 24 * 60 * 60;
        let calendar = Calendar::new(TimeZone::UTC, 0, 30 * day, 9);
        let made = |found, created: &str, first| {
            let mut life = life(found, &[(Lane::Inbox, first)], None);
            life.created = created.to_owned();
            life.made(&calendar)
        };
        assert_eq!(made(true, "1970-01-02", 5 * day), Event::At(day));
        assert_eq!(made(true, "1970-01-06T00:00:00Z", 5 * day), Event::Before);
        assert_eq!(made(true, "1970-01-20", 5 * day), Event::Before);
        assert_eq!(made(false, "1970-01-06", 5 * day + 100), Event::At(5 * day + 100));
        assert_eq!(made(false, "1970-01-20", 5 * day), Event::At(5 * day));
        assert_eq!(made(false, "1970-01-03", 5 * day), Event::At(2 * day));
    }
}
