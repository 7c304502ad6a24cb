//! `bos.stats/1`.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::CardJson;
use crate::{
    domain::{calendar::week_name, entry::instant, flow::Spread, lane::Lane},
    engine::{InProgress, Stats},
};

/// `bos.stats/1`.
pub(crate) fn stats(stats: &Stats, business: Option<&str>) -> Value {
    let figures = &stats.figures;
    let throughput = figures
        .weeks
        .iter()
        .map(|(monday, done)| json!({"week": week_name(*monday), "from": monday.to_string(), "done": done}));
    let in_progress = stats.in_progress.iter().map(|InProgress { card, age }| {
        let card = CardJson::from(card);
        json!({
            "id": card.id, "priority": card.priority, "owner": card.owner, "title": card.title,
            "since": instant(age.since), "known": age.is_known, "days": in_days(stats.now - age.since),
        })
    });
    let has_unknown = figures.days.iter().any(|(_, lanes)| lanes[Lane::ALL.len()] > 0);
    let names = || Lane::ALL.into_iter().map(|lane| Some(lane.as_str())).chain(has_unknown.then_some(None));
    let board = names().zip(figures.board).map(|(lane, count)| json!({"lane": lane, "count": count}));
    let days = figures.days.iter().map(|(date, lanes)| {
        json!({"date": date.to_string(), "counts": names().zip(lanes).map(|(_, count)| *count).collect::<Vec<_>>()})
    });
    let date = |day: Option<&(Date, _)>| day.map(|(date, _)| date.to_string());
    json!({
        "schema": "bos.stats/1", "business": business, "seq": stats.seq, "log_began": stats.began.map(instant),
        "from": date(figures.days.first()), "to": date(figures.days.last()),
        "throughput": throughput.collect::<Vec<_>>(),
        "cycle_time": spread(&figures.cycle), "lead_time": spread(&figures.lead),
        "in_progress": in_progress.collect::<Vec<_>>(), "lanes": board.collect::<Vec<_>>(),
        "flow": {"lanes": names().collect::<Vec<_>>(), "days": days.collect::<Vec<_>>()},
        "done_before": figures.done_before,
    })
}

fn spread(spread: &Spread) -> Value {
    let percentile = |percent| spread.percentile(percent).map(in_days);
    json!({
        "cards": spread.known(), "unknown": spread.unknown, "p50_days": percentile(50), "p85_days": percentile(85),
    })
}

/// Seconds as days, to a tenth.
fn in_days(seconds: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "no span is so long that a tenth of a day is lost")]
    let days = seconds as f64 / 86_400.0;
    (days * 10.0).round() / 10.0
}
