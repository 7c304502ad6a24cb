//! One card edited in three places at once: its file, the database and another clone's branch. An oracle that knows
//! nothing of merges: every edit has a token of its own, and as long as nobody has overwritten it knowingly it is in the
//! database, in an open conflict, or in a place of which it is still to be taken. `BOS_THREE_PLACES` says how many
//! sequences there are, `BOS_THREE_PLACES_SEED` repeats one; `BOS_THREE_PLACES=all` also takes every product of edits.

mod places;
mod texts;

use places::{Choice, Edit, Places, Way};
use texts::Slot;

use crate::random::{Random, amount, seed};

/// Sequences of the ordinary run, and where they begin.
const SEQUENCES: u64 = 3;
const ORDINARY_SEED: u64 = 1;

/// Steps of a sequence.
const STEPS: u64 = 12;

/// Of all products of edits, the ordinary run takes one in so many.
const ONE_IN: usize = 397;

fn brought_in(places: &mut Places, way: Way) {
    match way {
        Way::FileFirst => {
            places.bos(&["import"]);
            places.check();
            places.take_branch();
        }
        Way::BranchFirst => {
            places.take_branch();
            places.check();
            places.bos(&["import"]);
        }
        Way::Read => {
            places.take_branch();
            places.check();
            places.bos(&["card", "list"]);
        }
        Way::Since => {
            places.since();
            places.check();
            places.bos(&["import"]);
        }
    }
    places.check();
}

fn product(file: Edit, database: Edit, branch: Edit, way: Way, choice: Choice) {
    let mut places = Places::new();
    places.tell(format!("{file:?}, {database:?}, {branch:?}, {way:?}, {choice:?}"));
    places.edit_database(database);
    places.edit_tree(false, file);
    places.edit_tree(true, branch);
    brought_in(&mut places, way);
    places.resolve(choice, false);
    places.check();
    // Whatever is still open outlives an edit of something else, with each way of taking it.
    places.edit_tree(false, Edit::Set(Slot::Size));
    places.bos(&["import"]);
    places.check();
    places.end();
}

#[test]
fn edits_of_three_places_are_all_there_or_in_conflict() {
    use Edit::{Archive, Delete, Nothing, Set};
    let files = [Nothing, Set(Slot::Owner), Set(Slot::First), Set(Slot::Last), Set(Slot::Plan), Archive, Delete];
    let databases = [Nothing, Set(Slot::Owner), Set(Slot::Size), Set(Slot::First), Set(Slot::Plan), Archive];
    let branches = [Set(Slot::Owner), Set(Slot::First), Set(Slot::Last), Set(Slot::Plan), Archive, Delete];
    let ways = [Way::FileFirst, Way::BranchFirst, Way::Read, Way::Since];
    let choices = [Choice::Ours, Choice::Theirs, Choice::Edited, Choice::None];
    let step = if std::env::var("BOS_THREE_PLACES").is_ok_and(|how| how == "all") { 1 } else { ONE_IN };
    let mut number = 0;
    for file in files {
        for database in databases {
            for branch in branches {
                for way in ways {
                    for choice in choices {
                        number += 1;
                        if number % step == 0 {
                            product(file, database, branch, way, choice);
                        }
                    }
                }
            }
        }
    }
}

fn random_edit(random: &mut Random) -> Edit {
    match random.below(12) {
        0 => Edit::Archive,
        1 => Edit::Delete,
        _ => Edit::Set(*random.pick(&Slot::ALL)),
    }
}

fn sequence(seed: u64) {
    let mut random = Random::new(seed);
    let mut places = Places::new();
    places.tell(format!("BOS_THREE_PLACES_SEED={seed}"));
    for _ in 0..STEPS {
        match random.below(16) {
            0..=2 => places.edit_tree(false, random_edit(&mut random)),
            3..=5 => places.edit_database(random_edit(&mut random)),
            6..=8 => places.edit_tree(true, random_edit(&mut random)),
            9 => drop(places.bos(&["import"])),
            10 => places.take_branch(),
            11 => places.since(),
            12 => drop(places.bos(&["board"])),
            13 => drop(places.bos(&["export", "--partial"])),
            14 => places.give_branch(),
            _ => {
                let choice = *random.pick(&[Choice::Ours, Choice::Theirs, Choice::Edited]);
                let one = random.below(2) == 0;
                places.resolve(choice, one);
            }
        }
        places.check();
    }
    places.end();
}

#[test]
fn whatever_order_three_places_are_edited_in() {
    let rounds = amount("BOS_THREE_PLACES", SEQUENCES);
    let first = if std::env::var_os("BOS_THREE_PLACES").is_some() {
        seed("BOS_THREE_PLACES_SEED")
    } else {
        amount("BOS_THREE_PLACES_SEED", ORDINARY_SEED)
    };
    (0..rounds).for_each(|round| sequence(first.wrapping_add(round)));
}

/// Sequences that found something once: a plan left behind, a conflict that was forgotten, or that opened again.
#[test]
fn what_was_found_once_is_not_found_again() {
    for seed in [1050, 1125, 1260, 1307, 1400, 1463, 1824, 1999] {
        sequence(seed);
    }
}
