//! The options `--limit`, `--after` and `--sort` of every list.

use clap::Args;

use super::error::CliError;
use crate::domain::{
    board::BoardPage,
    order::Order,
    page::{Cursor, Page, Part, page},
};

/// Selects a page of a list.
#[derive(Debug, Clone, Args)]
pub(crate) struct Pages {
    /// Show at most N
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Go on after this cursor, which --json gives under "next" when --limit cuts a list short
    #[arg(long, value_name = "CURSOR", value_parser = parse_cursor)]
    after: Option<Cursor>,
}

impl Pages {
    /// The given cursor; an error if it belongs to another order.
    pub(crate) fn after(&self, order: &str) -> Result<Option<&Cursor>, CliError> {
        match &self.after {
            Some(cursor) if cursor.order() != order => {
                let message = "the cursor given with --after belongs to another order".to_owned();
                let hint = "give it with the command and the --sort it came from, or begin again".to_owned();
                Err(CliError::Usage { message, hint })
            }
            after => Ok(after.as_ref()),
        }
    }
}

/// Selects a page of a list and its order.
#[derive(Debug, Clone, Args)]
pub(crate) struct Paging {
    #[command(flatten)]
    pages: Pages,
    /// Sort by id, title, priority, due, owner, created or updated, where the list has it
    #[arg(long, value_name = "KEY", value_parser = parse_order)]
    sort: Option<Order>,
}

impl Paging {
    /// The requested order, or the usual one.
    pub(crate) fn order(&self) -> Order {
        self.sort.unwrap_or_default()
    }

    /// The requested order; an error if the list does not support it.
    pub(crate) fn order_of(&self, things: &str, has: impl Fn(Order) -> bool) -> Result<Order, CliError> {
        let order = self.order();
        if has(order) {
            return Ok(order);
        }
        let others = Order::ALL.into_iter().filter(|order| *order != Order::Usual && has(*order)).map(Order::as_str);
        let others: Vec<&str> = others.collect();
        let message = format!("{things} cannot be sorted by {}", order.as_str());
        Err(CliError::Usage { message, hint: format!("sort by one of {}", others.join(", ")) })
    }

    /// The maximum number of items.
    pub(crate) fn limit(&self) -> Option<usize> {
        self.pages.limit
    }

    /// The given cursor; an error if it belongs to another order.
    pub(crate) fn after(&self) -> Result<Option<&Cursor>, CliError> {
        self.pages.after(self.order().as_str())
    }

    /// The page of these items; `position` gives an item's sort key.
    pub(crate) fn page<T>(&self, items: Vec<T>, position: impl Fn(&T) -> Vec<Part>) -> Result<Page<T>, CliError> {
        let after = self.after()?;
        if self.sort.is_none() && after.is_none() && self.limit().is_none() {
            return Ok(Page { total: items.len(), items, more: 0, next: None });
        }
        Ok(page(items, self.order().as_str(), position, after, self.limit()))
    }

    /// The page of each lane of a board.
    pub(crate) fn board(&self) -> Result<BoardPage<'_>, CliError> {
        let order = self.order();
        Ok(BoardPage { order, after: self.pages.after(&BoardPage::name(order))?, limit: self.limit() })
    }
}

fn parse_order(text: &str) -> Result<Order, String> {
    let all = Order::ALL.into_iter().filter(|order| *order != Order::Usual).map(Order::as_str).collect::<Vec<_>>();
    Order::parse(text).ok_or_else(|| format!("the keys are {}", all.join(", ")))
}

fn parse_cursor(text: &str) -> Result<Cursor, String> {
    Cursor::parse(text).ok_or_else(|| "a cursor is what JSON has under \"next\"".to_owned())
}
