//! The display names of the lanes, and which are hidden; documents, the log and JSON keep the seven keys.

use super::{
    lane::{Lane, fold},
    text::is_unprintable,
};

/// The word for a lane that boards do not show.
const HIDDEN: &str = "hidden";

/// The maximum length of a name, in characters.
const LONGEST: usize = 30;

/// The display name of every lane, and whether boards show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaneNames {
    names: [Option<String>; Lane::ALL.len()],
    hidden: [bool; Lane::ALL.len()],
}

impl LaneNames {
    /// Parses items such as `In progress=Doing` and `Reflected=hidden`. A lane may have one of each.
    ///
    /// # Errors
    /// What is wrong with the first invalid item, worded for people.
    pub fn parse(items: &[String]) -> Result<Self, String> {
        let mut read = Self::default();
        for item in items {
            let (lane, name) = item.split_once('=').ok_or_else(|| format!("{item:?} has no ="))?;
            let (typed, name) = (lane.trim(), name.trim());
            let lane = Lane::from_argument(typed).ok_or_else(|| format!("there is no lane {typed:?}"))?;
            let at = usize::from(lane.rank());
            if name == HIDDEN {
                read.hidden[at] = true;
                continue;
            }
            if name.is_empty()
                || name.chars().count() > LONGEST
                || name.contains([',', '='])
                || name.chars().any(is_unprintable)
            {
                return Err(format!("{} cannot be called {name:?}", lane.as_str()));
            }
            let is_taken = |other: Lane| {
                other != lane && (fold(other.as_str()) == fold(name) || fold(read.shown(other)) == fold(name))
            };
            if let Some(other) = Lane::ALL.into_iter().find(|other| is_taken(*other)) {
                return Err(format!("{} cannot be called {name:?}, which is {}", lane.as_str(), other.as_str()));
            }
            if read.names[at].is_some() {
                return Err(format!("{} has two names", lane.as_str()));
            }
            read.names[at] = Some(name.to_owned());
        }
        if read.hidden.iter().all(|hidden| *hidden) {
            return Err("every lane is hidden".to_owned());
        }
        Ok(read)
    }

    /// The items that [`LaneNames::parse`] would read back, in board order.
    #[must_use]
    pub fn to_items(&self) -> Vec<String> {
        let items = |lane: Lane| {
            let name = self.names[usize::from(lane.rank())].as_ref().map(|name| format!("{}={name}", lane.as_str()));
            let hidden = self.is_hidden(lane).then(|| format!("{}={HIDDEN}", lane.as_str()));
            [name, hidden]
        };
        Lane::ALL.into_iter().flat_map(items).flatten().collect()
    }

    /// The display name of a lane.
    #[must_use]
    pub fn shown(&self, lane: Lane) -> &str {
        self.names[usize::from(lane.rank())].as_deref().unwrap_or(lane.as_str())
    }

    /// Whether boards hide the lane.
    #[must_use]
    pub fn is_hidden(&self, lane: Lane) -> bool {
        self.hidden[usize::from(lane.rank())]
    }

    /// The lane a person means, by its display name or its key: any case, with `-`, `_` or a space between words.
    #[must_use]
    pub fn meant(&self, text: &str) -> Option<Lane> {
        let folded = fold(text);
        Lane::ALL.into_iter().find(|lane| fold(self.shown(*lane)) == folded).or_else(|| Lane::from_argument(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(items: &[&str]) -> Result<LaneNames, String> {
        LaneNames::parse(&items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_lane_is_found_by_its_name_and_by_its_key() {
        let items = ["In progress=Doing now", "Done=Shipped", "Reflected=hidden"];
        let names = parse(&["done=Shipped", "in-progress = Doing now", "REFLECTED=hidden"]).unwrap();
        assert_eq!(names.to_items(), items);
        for (typed, lane) in [
            ("doing-now", Lane::InProgress),
            ("DOING NOW", Lane::InProgress),
            ("in_progress", Lane::InProgress),
            ("shipped", Lane::Done),
            ("done", Lane::Done),
            ("reflected", Lane::Reflected),
        ] {
            assert_eq!(names.meant(typed), Some(lane), "{typed}");
        }
        assert_eq!(names.meant("doing"), None);
        assert_eq!((names.shown(Lane::InProgress), names.shown(Lane::Inbox)), ("Doing now", "Inbox"));
        assert!(names.is_hidden(Lane::Reflected) && !names.is_hidden(Lane::Done));
        assert_eq!(parse(&[]).unwrap(), LaneNames::default());
        let both = parse(&["Done=Shipped", "Done=hidden"]).unwrap();
        assert_eq!(both.to_items(), ["Done=Shipped", "Done=hidden"]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let all: Vec<String> = Lane::ALL.map(|lane| format!("{}=hidden", lane.as_str())).into();
        assert_eq!(LaneNames::parse(&all), Err("every lane is hidden".to_owned()));
        for (items, told) in [
            (&["Doing"][..], "\"Doing\" has no ="),
            (&["Doing=Now"], "there is no lane \"Doing\""),
            (&["Done="], "Done cannot be called \"\""),
            (&["Done=a\u{202e}b"], "Done cannot be called"),
            (&["Done=inbox"], "Done cannot be called \"inbox\", which is Inbox"),
            (&["Done=X", "Planned=x"], "Planned cannot be called \"x\", which is Done"),
            (&["Done=X", "Done=Y"], "Done has two names"),
            (&["Done=Inbox", "Inbox=New"], "Done cannot be called \"Inbox\", which is Inbox"),
        ] {
            let error = parse(items).unwrap_err();
            assert!(error.starts_with(told), "{items:?}: {error}");
        }
    }
}
