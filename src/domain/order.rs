//! The sort orders of lists of cards, ideas and stage docs, and the sort keys of each.

use super::{
    card::Card,
    date::leading_date,
    idea::Idea,
    lane::Lane,
    one_of::OneOf,
    page::Part::{self, Down, Up},
    priority::Priority,
    stage_doc::StageDoc,
};

/// An order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The default order of boards and lists.
    #[default]
    Usual,
    /// By ID.
    Id,
    /// By title.
    Title,
    /// By priority, most urgent first.
    Priority,
    /// By due date, earliest first; items without one come last.
    Due,
    /// By owner.
    Owner,
    /// By creation, latest first.
    Created,
    /// By last change, latest first.
    Updated,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 8] =
        [Self::Usual, Self::Id, Self::Title, Self::Priority, Self::Due, Self::Owner, Self::Created, Self::Updated];

    /// The word used on the command line and in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Id => "id",
            Self::Title => "title",
            Self::Priority => "priority",
            Self::Due => "due",
            Self::Owner => "owner",
            Self::Created => "created",
            Self::Updated => "updated",
        }
    }

    /// The order with this word; `None` if there is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == text)
    }

    /// The sort key of a card.
    #[must_use]
    pub fn of_card(self, card: &Card) -> Vec<Part> {
        let id = || Up(card.id.to_string());
        let due = || Up(card.due.as_deref().and_then(leading_date).unwrap_or("~").to_owned());
        let priority = || Up(rank(&card.priority, Priority::rank));
        match self {
            Self::Usual => {
                let board = vec![Up(card.business.clone()), Up(rank(&card.lane, Lane::rank))];
                board.into_iter().chain(self.of_card_in_lane(card)).collect()
            }
            Self::Id => vec![id()],
            Self::Title => vec![Up(card.title.to_lowercase()), id()],
            Self::Priority => vec![priority(), due(), id()],
            Self::Due => vec![due(), priority(), id()],
            Self::Owner => vec![Up(card.owner.to_lowercase()), priority(), id()],
            Self::Created => vec![Down(card.created.clone()), id()],
            Self::Updated => vec![Down(card.updated.clone()), id()],
        }
    }

    /// The sort key of a card among those in the same lane of a board.
    #[must_use]
    pub fn of_card_in_lane(self, card: &Card) -> Vec<Part> {
        if self != Self::Usual {
            return self.of_card(card);
        }
        vec![
            Up(rank(&card.priority, Priority::rank)),
            Up(card.due.as_deref().and_then(leading_date).unwrap_or("~").to_owned()),
            Down(card.updated.clone()),
            Down(card.created.clone()),
            Up(card.id.to_string()),
        ]
    }

    /// Whether stage docs can be sorted this way.
    #[must_use]
    pub fn is_of_stage_docs(self) -> bool {
        matches!(self, Self::Usual | Self::Id | Self::Title | Self::Created | Self::Updated)
    }

    /// The sort key of a stage doc whose card has this title.
    #[must_use]
    pub fn of_stage_doc(self, doc: &StageDoc, title: Option<&str>) -> Vec<Part> {
        let first = match self {
            Self::Title => Some(Up(title.unwrap_or("~").to_lowercase())),
            Self::Created => Some(Down(doc.created.clone())),
            Self::Updated => Some(Down(doc.updated.clone())),
            Self::Usual | Self::Id | Self::Priority | Self::Due | Self::Owner => None,
        };
        first.into_iter().chain([Up(doc.card.to_string()), Up(doc.stage.as_str().to_owned())]).collect()
    }

    /// Whether ideas can be sorted this way: they have neither owner nor due date.
    #[must_use]
    pub fn is_of_ideas(self) -> bool {
        !matches!(self, Self::Due | Self::Owner)
    }

    /// The sort key of an idea.
    #[must_use]
    pub fn of_idea(self, idea: &Idea) -> Vec<Part> {
        let id = || Up(idea.id.to_string());
        match self {
            Self::Usual | Self::Due | Self::Owner => {
                vec![Up(idea.location.as_str().to_owned()), Down(idea.updated.clone()), id()]
            }
            Self::Id => vec![id()],
            Self::Title => vec![Up(idea.title.to_lowercase()), id()],
            Self::Priority => vec![Up(idea.priority.clone().unwrap_or_else(|| "~".to_owned())), id()],
            Self::Created => vec![Down(idea.created.clone()), id()],
            Self::Updated => vec![Down(idea.updated.clone()), id()],
        }
    }
}

/// The rank of a known value; unknown values rank after all known ones.
fn rank<T: Copy>(value: &OneOf<T>, rank: impl Fn(T) -> u8) -> String {
    match value {
        OneOf::Known(value) => rank(*value).to_string(),
        OneOf::Other(_) => "9".to_owned(),
    }
}
