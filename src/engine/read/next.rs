//! What to work on next: the ready cards of a place or a business in the order to take them, and what the others wait
//! for.

use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

use super::lists::odd;

use crate::{
    domain::{
        card::Card,
        id::Id,
        lang::Lang,
        order::Order,
        page::{Cursor, Page, page, page_of_sorted, sort_for_page},
        query::Query,
        readiness::{Asking, DependencyState, DependencyStates, Waits, Why, Work},
    },
    engine::base::{clock::Clock, error::EngineError, view::View},
    store::Scope,
};

/// The default number of waiting cards to explain.
const WAITING: usize = 10;

/// Up to this number, cards are read one by one.
const FEW: usize = 200;

/// Which cards to consider, and what to report.
#[derive(Debug, Clone, Default)]
pub struct NextOptions {
    /// Filters for the cards.
    pub query: Query,
    /// The maximum number of ready cards, and of waiting cards.
    pub limit: Option<usize>,
    /// Whether to report what the other cards wait for.
    pub explain: bool,
    /// The order of ready cards; by default, the order in which to take them.
    pub order: Order,
    /// Only ready cards after this cursor.
    pub after: Option<Cursor>,
}

/// What can be worked on now.
#[derive(Debug, Clone, Default)]
pub struct NextReport {
    /// The ready cards with the reasons, in the requested order.
    pub ready: Vec<(Card, Why)>,
    /// The number of ready cards without the limit.
    pub total: usize,
    /// The most urgent waiting cards, each with what it waits for; empty unless requested.
    pub waiting: Vec<(Card, Waits)>,
    /// The number of waiting cards without the limit.
    pub waiting_total: usize,
    /// The cursor of the next page of ready cards; `None` on the last page.
    pub next: Option<Cursor>,
}

impl View<'_> {
    /// The cards that can be worked on now.
    pub fn next(&self, options: &NextOptions) -> Result<NextReport, EngineError> {
        let scope = options.query.business.as_deref().map_or(Scope::Everything, Scope::Business);
        let (asked, mut standings) = self.all_work(&options.query)?;
        self.look_up_standings(asked.iter().flat_map(|work| &work.dependencies), &mut standings)?;
        let claimed = asked.iter().any(|work| work.claim.is_some());
        let now = self.core.clock.seconds();
        let (today, _) = Clock::local(now);
        let actor = if claimed { Some(self.actor()?.as_str()) } else { None };
        let asking = Asking { actor, now, today: &today };
        let (mut ready, mut waiting): (Vec<_>, Vec<_>) =
            asked.into_iter().partition(|work| work.is_ready(&standings, &asking));
        let waiting_total = waiting.len();
        sort_for_page(&mut ready, |a, b| a.order(b), options.after.as_ref(), options.limit);
        let Page { items: ready, total, next, .. } =
            self.next_page(ready, scope, options, |work| work.why(&standings, &asking))?;
        let mut report = NextReport { ready, total, waiting: Vec::new(), waiting_total, next };
        if options.explain {
            waiting.sort_unstable_by(|a, b| a.order(b));
            waiting.truncate(options.limit.unwrap_or(WAITING));
            self.look_up_chains(&waiting, &mut standings)?;
            let lang = options.query.lang.as_ref();
            report.waiting = self.cards_of(&waiting, scope, lang, |work| work.waits_for(&standings, &asking))?;
        }
        Ok(report)
    }

    /// A page of cards given in the usual order. Other orders need data that only the full cards have.
    fn next_page<T>(
        &self,
        ready: Vec<Rc<Work>>,
        scope: Scope<'_>,
        options: &NextOptions,
        tell: impl Fn(&Work) -> T,
    ) -> Result<Page<(Card, T)>, EngineError> {
        let NextOptions { query, limit, order, after, .. } = options;
        let (name, lang) = (order.as_str(), query.lang.as_ref());
        if *order != Order::Usual {
            let cards = self.cards_of(&ready, scope, lang, tell)?;
            return Ok(page(cards, name, |(card, _)| order.of_card(card), after.as_ref(), *limit));
        }
        let Page { items, total, more, next } =
            page_of_sorted(ready, name, |work| work.position(), after.as_ref(), *limit);
        Ok(Page { items: self.cards_of(&items, scope, lang, tell)?, total, more, next })
    }

    /// The unfinished cards on the board that match the filters, and the state of every card on the boards that an
    /// unfinished one depends on.
    fn all_work(&self, query: &Query) -> Result<(Vec<Rc<Work>>, DependencyStates), EngineError> {
        let (mut asked, mut open) = (Vec::new(), Vec::new());
        let mut claims = self.claims()?;
        self.store.each_card_to_do(query.business.as_deref(), |row| {
            let Some(row) = self.readable(row)? else { return Ok(()) };
            let work = Work::try_from(&row).map_err(|what| odd(row.line.id, what));
            let Some(work) = self.readable(work)? else { return Ok(()) };
            let work = Rc::new(Work { claim: claims.remove(row.line.id), ..work });
            if query.lets_pass(&row.line) {
                asked.push(Rc::clone(&work));
            }
            open.push(work);
            Ok::<_, EngineError>(())
        })?;
        let needed: HashSet<&str> = open.iter().flat_map(|work| &work.dependencies).map(String::as_str).collect();
        let mut standings = DependencyStates::with_capacity(needed.len());
        if !needed.is_empty() {
            self.store.each_finished_card(query.business.as_deref(), |row| {
                if let Some((id, completed)) = self.readable(row)?.filter(|(id, _)| needed.contains(id)) {
                    standings.insert(id.into(), DependencyState::Done(completed.map(str::to_owned)));
                }
                Ok(())
            })?;
        }
        for work in open.iter().filter(|work| needed.contains(&*work.id)) {
            standings.insert(Rc::clone(&work.id), DependencyState::Open(Rc::clone(work)));
        }
        Ok((asked, standings))
    }

    /// Adds the states that are still missing: of cards of other businesses, archived cards and ideas.
    fn look_up_standings<'a>(
        &self,
        ids: impl Iterator<Item = &'a String>,
        standings: &mut DependencyStates,
    ) -> Result<(), EngineError> {
        for id in ids {
            if !standings.contains_key(id.as_str()) {
                standings.insert(id.as_str().into(), self.standing(id)?);
            }
        }
        Ok(())
    }

    /// Adds the states of everything that these cards wait for, directly or indirectly.
    fn look_up_chains(&self, waiting: &[Rc<Work>], standings: &mut DependencyStates) -> Result<(), EngineError> {
        let mut seen: HashSet<String> = HashSet::new();
        let mut pending: Vec<Rc<Work>> = waiting.to_vec();
        while let Some(work) = pending.pop() {
            self.look_up_standings(work.dependencies.iter(), standings)?;
            for id in &work.dependencies {
                if let Some(DependencyState::Open(next)) = standings.get(id.as_str())
                    && seen.insert(id.clone())
                {
                    pending.push(Rc::clone(next));
                }
            }
        }
        Ok(())
    }

    /// The given cards as lists show them, each with the result of `tell`; cards deleted in the meantime are left out.
    /// A few cards are read one by one, many in a single pass.
    fn cards_of<T>(
        &self,
        wanted: &[Rc<Work>],
        scope: Scope<'_>,
        lang: Option<&Lang>,
        tell: impl Fn(&Work) -> T,
    ) -> Result<Vec<(Card, T)>, EngineError> {
        let mut found: Vec<Option<Card>> = vec![None; wanted.len()];
        if wanted.len() <= FEW {
            for (work, found) in wanted.iter().zip(&mut found) {
                let card = Id::parse(&work.id).map_or(Ok(None), |id| self.store.card(&id));
                *found = self.readable(card)?.flatten();
            }
        } else {
            let places = wanted.iter().enumerate().map(|(place, work)| (&*work.id, place));
            let places: HashMap<&str, usize> = places.collect();
            self.store.each_card(scope, false, None, |view| {
                let Some(view) = self.readable(view)? else { return Ok(()) };
                if let Some(place) = places.get(view.line.id) {
                    found[*place] = self.readable(view.to_card().map_err(|what| odd(view.line.id, what)))?;
                }
                Ok::<_, EngineError>(())
            })?;
        }
        for card in found.iter_mut().flatten() {
            if let Some(title) = self.translated(lang, card.id.as_str())? {
                card.title = title;
            }
        }
        let now = self.core.clock.seconds();
        let held = |work: &Work| work.claim.clone().filter(|claim| claim.holds_at(now));
        let told = |(card, work): (Option<Card>, &Rc<Work>)| Some((Card { claim: held(work), ..card? }, tell(work)));
        Ok(found.into_iter().zip(wanted).filter_map(told).collect())
    }

    fn standing(&self, id: &str) -> Result<DependencyState, EngineError> {
        let Some(id) = Id::of_idea(id) else { return Ok(DependencyState::Unknown) };
        if let Some(card) = self.readable(self.store.card(&id))?.flatten() {
            return Ok(DependencyState::of_card(card));
        }
        Ok(self.store.idea(&id)?.as_ref().map_or(DependencyState::Unknown, DependencyState::of_idea))
    }
}
