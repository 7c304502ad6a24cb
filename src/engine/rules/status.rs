//! BOS032: the status of an idea is a known one.

use super::seen::Seen;
use crate::{
    domain::{
        diagnostic::{Code, Diagnostic},
        idea::STATUSES,
    },
    engine::base::wording::{choices, quoted},
};

pub(super) fn check(seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    if !seen.is_idea() {
        return;
    }
    let Some(status) = seen.text("Status").filter(|status| !STATUSES.contains(status)) else { return };
    let message = format!("{} in `Status` is not a status of an idea", quoted(status));
    found.push(seen.about("Status", Code::UnknownStatus, message, choices(status, STATUSES)));
}

#[cfg(test)]
mod tests {
    use crate::engine::rules::testing::told;

    #[test]
    fn only_ideas_have_one_of_four() {
        insta::assert_snapshot!(told("ideas/inbox/A-1.user.md", "---\nStatus: Worked\n---\n"), @"
        BOS032 ideas/inbox/A-1.user.md:2:9: `Worked` in `Status` is not a status of an idea
            did you mean `worked`? It is one of raw, worked, converted, dropped
        ");
        assert_eq!(told("ideas/inbox/A-1.user.md", "---\nStatus: raw\n---\n"), "");
        assert_eq!(told("cards/A-1.user.md", "---\nStatus: Active\n---\n"), "");
    }
}
