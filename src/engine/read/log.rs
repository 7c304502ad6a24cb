//! Reads of the log: all of it, or the entries that match a query.

use std::collections::HashMap;

use crate::{
    domain::{
        entry::Entry,
        id::Id,
        log_query::LogQuery,
        page::{Cursor, Part},
    },
    engine::base::{error::EngineError, view::View},
    store::{LogFilter, LogPage, StoreError},
};

/// A page of the log.
#[derive(Debug, Clone)]
pub struct LogReport {
    /// The number of matching entries, on all pages.
    pub total: u64,
    /// The entries of the page.
    pub entries: Vec<Entry>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<Cursor>,
}

impl View<'_> {
    /// Log entries, newest first unless the query says otherwise.
    pub fn log(&self, query: &LogQuery) -> Result<LogReport, EngineError> {
        // Fetching one more entry than wanted shows whether there is a next page.
        let one_more = LogQuery { limit: query.limit.map(|limit| limit.saturating_add(1)), ..query.clone() };
        let (total, mut entries) = self.entries_of(&one_more)?;
        let mut next = None;
        if let Some(limit) = query.limit.filter(|limit| *limit < entries.len()) {
            entries.truncate(limit);
            next = entries.last().map(|last| Cursor::at(query.order(), &[Part::Up(last.facts.seq.to_string())]));
        }
        Ok(LogReport { total, entries, next })
    }

    fn entries_of(&self, query: &LogQuery) -> Result<(u64, Vec<Entry>), EngineError> {
        if query.is_plain() {
            return Ok(self.store.entries(&LogFilter { id: query.id.clone(), limit: query.limit, until: None })?);
        }
        // Timestamps never decrease in the log, so a time range is a range of numbers.
        let since = query.since.map_or(Ok(Some(1)), |since| self.store.first_seq_from(since))?;
        let until = query.until.map_or(Ok(Some(u64::MAX)), |until| self.store.last_seq_until(until))?;
        let (Some(since), Some(until)) = (since, until) else { return Ok((0, Vec::new())) };
        let first = since.max(query.after.map_or(1, |after| after + 1));
        let mut business = query.business.as_deref().map(|business| self.members(business)).transpose()?;
        let page = LogPage { oldest_first: query.oldest_first, beyond: query.beyond, limit: query.limit };
        Ok(self.store.search_log(query.id.as_ref(), first..=until, &page, |line| {
            Ok(query.lets_pass(line)
                && match &mut business {
                    Some(members) => members.include(line.owner())?,
                    None => true,
                })
        })?)
    }

    /// The number of the last log entry.
    pub fn seq(&self) -> Result<u64, EngineError> {
        Ok(self.store.head()?.seq)
    }

    fn members(&self, business: &str) -> Result<Members<'_>, EngineError> {
        let listed = self.store.ids_of_business(business)?;
        let known = listed.into_iter().map(|id| (id, true)).collect();
        Ok(Members { view: self, business: business.to_owned(), known })
    }
}

/// The cards and ideas of a business.
struct Members<'e> {
    view: &'e View<'e>,
    business: String,
    known: HashMap<String, bool>,
}

impl Members<'_> {
    /// Adds a card or idea that exists by the business it names, and a deleted one by its ID.
    fn include(&mut self, owner: &str) -> Result<bool, StoreError> {
        if let Some(known) = self.known.get(owner) {
            return Ok(*known);
        }
        let store = &self.view.store;
        let is_member = match Id::of_idea(owner).filter(|id| id.business() == self.business) {
            Some(id) => !store.has_card(&id)? && !store.has_idea(&id)?,
            None => false,
        };
        self.known.insert(owner.to_owned(), is_member);
        Ok(is_member)
    }
}
