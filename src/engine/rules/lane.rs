//! BOS030: a card's lane is one of the board's; BOS036: so is its proposed lane.

use super::seen::Seen;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        lane::Lane,
    },
    engine::base::wording::{choices, quoted},
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    if !seen.is_card() {
        return;
    }
    for (key, code) in [("Lane", Code::UnknownLane), ("Proposed-Lane", Code::OddValue)] {
        if let Some(lane) = seen.text(key).filter(|lane| Lane::parse(lane).is_none()) {
            let message = format!("{} in `{key}` is not a lane", quoted(lane));
            found.push(seen.about(key, code, message, help(lane)));
        }
    }
}

fn help(typed: &str) -> String {
    match Lane::from_argument(typed) {
        Some(lane) => format!("write it as `{}`", lane.as_str()),
        None => choices(typed, Lane::ALL.map(Lane::as_str)),
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn an_unknown_lane_is_an_error_and_a_proposed_one_a_warning() {
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nLane: Someday\nProposed-Lane: Plannd\n---\n"), @"
        BOS030 cards/A-1.user.md:2:7: `Someday` in `Lane` is not a lane
            write one of Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected
        BOS036 cards/A-1.user.md:3:16: `Plannd` in `Proposed-Lane` is not a lane
            did you mean `Planned`? It is one of Inbox, Fact-finding, Planned, In progress, Blocked, Done, Reflected
        ");
        insta::assert_snapshot!(told("cards/A-1.user.md", "---\nLane: in-progress\n---\n"), @"
        BOS030 cards/A-1.user.md:2:7: `in-progress` in `Lane` is not a lane
            write it as `In progress`
        ");
        assert_eq!(told("cards/A-1.user.md", "---\nLane: In progress\n---\n"), "");
        assert_eq!(told("ideas/inbox/A-1.user.md", "---\nLane: Someday\n---\n"), "");
    }
}
