//! `bos.stats/1`.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use super::words::{Lane, Priority};
use crate::{
    domain::{calendar::week_name, entry::instant, flow, lane, one_of::OneOf},
    engine::{self, InProgress},
};

/// `bos.stats/1`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Stats<'a> {
    business: Option<&'a str>,
    seq: u64,
    /// When the log began; null if it is empty.
    log_began: Option<String>,
    from: Option<String>,
    to: Option<String>,
    throughput: Vec<Week>,
    cycle_time: Spread,
    lead_time: Spread,
    in_progress: Vec<Age<'a>>,
    lanes: Vec<LaneCount>,
    flow: Flow,
    /// The number of cards done before the first week.
    done_before: usize,
}

/// The number of cards done in a week.
#[derive(Debug, Serialize, JsonSchema)]
struct Week {
    /// The ISO 8601 week.
    week: String,
    /// The date of its Monday.
    from: String,
    done: usize,
}

/// How long cards took.
#[derive(Debug, Serialize, JsonSchema)]
struct Spread {
    cards: usize,
    /// The number of cards whose start is not in the log.
    unknown: usize,
    p50_days: Option<f64>,
    p85_days: Option<f64>,
}

/// A card in progress.
#[derive(Debug, Serialize, JsonSchema)]
struct Age<'a> {
    id: &'a str,
    priority: Option<Priority>,
    owner: &'a str,
    title: &'a str,
    since: String,
    /// Whether the log knows when it was begun.
    known: bool,
    days: f64,
}

/// The number of cards in a lane now.
#[derive(Debug, Serialize, JsonSchema)]
struct LaneCount {
    lane: Option<Lane>,
    count: usize,
}

/// The number of cards in each lane, by day.
#[derive(Debug, Serialize, JsonSchema)]
struct Flow {
    lanes: Vec<Option<Lane>>,
    days: Vec<Day>,
}

/// A day, with a count for each lane of the flow.
#[derive(Debug, Serialize, JsonSchema)]
struct Day {
    date: String,
    counts: Vec<usize>,
}

impl<'a> Stats<'a> {
    /// The metrics of one business or of all.
    pub(crate) fn new(stats: &'a engine::Stats, business: Option<&'a str>) -> Self {
        let figures = &stats.figures;
        let throughput = figures.weeks.iter().map(|(monday, done)| Week {
            week: week_name(*monday),
            from: monday.to_string(),
            done: *done,
        });
        let in_progress = stats.in_progress.iter().map(|InProgress { card, age }| Age {
            id: card.id.as_str(),
            priority: match &card.priority {
                OneOf::Known(priority) => Some(Priority(*priority)),
                OneOf::Other(_) => None,
            },
            owner: &card.owner,
            title: &card.title,
            since: instant(age.since),
            known: age.is_known,
            days: in_days(stats.now - age.since),
        });
        let has_unknown = figures.days.iter().any(|(_, lanes)| lanes[lane::Lane::ALL.len()] > 0);
        let names = || lane::Lane::ALL.into_iter().map(|lane| Some(Lane(lane))).chain(has_unknown.then_some(None));
        let days = figures.days.iter().map(|(date, lanes)| Day {
            date: date.to_string(),
            counts: names().zip(lanes).map(|(_, count)| *count).collect(),
        });
        let date = |day: Option<&(Date, _)>| day.map(|(date, _)| date.to_string());
        Self {
            business,
            seq: stats.seq,
            log_began: stats.began.map(instant),
            from: date(figures.days.first()),
            to: date(figures.days.last()),
            throughput: throughput.collect(),
            cycle_time: Spread::from(&figures.cycle),
            lead_time: Spread::from(&figures.lead),
            in_progress: in_progress.collect(),
            lanes: names().zip(figures.board).map(|(lane, count)| LaneCount { lane, count }).collect(),
            flow: Flow { lanes: names().collect(), days: days.collect() },
            done_before: figures.done_before,
        }
    }
}

impl From<&flow::Spread> for Spread {
    fn from(spread: &flow::Spread) -> Self {
        let percentile = |percent| spread.percentile(percent).map(in_days);
        Self { cards: spread.known(), unknown: spread.unknown, p50_days: percentile(50), p85_days: percentile(85) }
    }
}

/// Seconds as days, rounded to a tenth.
fn in_days(seconds: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no span is so long that a tenth of a day is lost")]
    let days = seconds as f64 / 86_400.0;
    (days * 10.0).round() / 10.0
}
