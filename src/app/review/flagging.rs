//! Flagging an item, and deciding whether it counts.

use std::collections::BTreeSet;

use serde_json::Map;

use super::{Lack, Review, ReviewCommand, Veil};
use crate::app::State;
use crate::app::state::Task;
use crate::app::study::Study;
use crate::benchmarks::Item;
use crate::reviews::{
    Append, Decision, Flag, FlagKind, ItemRef, ReviewerId, Ruling, Statement, StatementId, Withdrawal,
};

/// What is decided, but for which options are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Kept,
    LeftOut,
    Rekeyed,
}

impl Choice {
    /// All of them, in the order the form shows them.
    pub const ALL: [Self; 3] = [Self::Kept, Self::LeftOut, Self::Rekeyed];
    /// Those that can be made while the right answer may not be seen.
    pub const UNSEEN: [Self; 2] = [Self::Kept, Self::LeftOut];

    /// Those that can be made of an item.
    pub fn of(veil: Veil) -> &'static [Self] {
        match veil.unjudged {
            true => &Self::UNSEEN,
            false => &Self::ALL,
        }
    }
}

/// The form.
#[derive(Debug, Clone, PartialEq)]
pub struct FlagForm {
    pub item: ItemRef,
    pub kinds: BTreeSet<FlagKind>,
    pub note: String,
    pub choice: Choice,
    /// The options that are right where the item is re-keyed, from 0.
    pub right: BTreeSet<usize>,
    /// What was last missing.
    pub problem: Option<Lack>,
}

impl FlagForm {
    /// The form as it was left; `right` are the options that count as right now.
    pub fn new(review: &Review, item: ItemRef, right: &[usize]) -> Self {
        let flag = review.reviewer.as_ref().and_then(|reviewer| {
            let own = |(by, _): &(&ReviewerId, _)| *by == reviewer.id();
            Some(review.reviews.flags_of(&item).find(own)?.1.what)
        });
        let ruling = review.reviews.decision(&item).map(|decision| &decision.what.ruling);
        Self {
            kinds: flag.map(|flag| flag.kinds.clone()).unwrap_or_default(),
            note: flag.map(|flag| flag.note.clone()).unwrap_or_default(),
            choice: match ruling {
                None | Some(Ruling::Kept) => Choice::Kept,
                Some(Ruling::LeftOut) => Choice::LeftOut,
                Some(Ruling::Rekeyed(_)) => Choice::Rekeyed,
            },
            right: right.iter().copied().collect(),
            problem: None,
            item,
        }
    }

    /// What the form's decision is.
    fn ruling(&self) -> Ruling {
        match self.choice {
            Choice::Kept => Ruling::Kept,
            Choice::LeftOut => Ruling::LeftOut,
            Choice::Rekeyed => Ruling::Rekeyed(self.right.clone()),
        }
    }

    /// What saving it says; nothing where nothing changed.
    pub fn said(&self, review: &Review, reviewer: &ReviewerId) -> Result<Vec<Append>, Lack> {
        if self.kinds.contains(&FlagKind::Other) && self.note.trim().is_empty() {
            return Err(Lack::Why);
        }
        if self.choice == Choice::Rekeyed && self.right.is_empty() {
            return Err(Lack::RightOption);
        }
        let mut said = Vec::new();
        let before = review.reviews.flags_of(&self.item).find(|(by, _)| *by == reviewer);
        let before = before.map(|(_, flag)| flag);
        let flag = Flag {
            item: self.item.clone(),
            kinds: self.kinds.clone(),
            note: self.note.trim().to_owned(),
            rest: before.map_or_else(Map::new, |before| before.what.rest.clone()),
        };
        match before {
            Some(before) if flag.kinds.is_empty() => said.push(withdrawn(before.id)),
            Some(before) if *before.what == flag => {}
            None if flag.kinds.is_empty() => {}
            _ => said.push(Statement::Flag(flag).into()),
        }
        let ruling = self.ruling();
        let decided = review
            .reviews
            .decision(&self.item)
            .map(|decision| &decision.what.ruling);
        if ruling != *decided.unwrap_or(&Ruling::Kept) {
            let decision = Decision {
                item: self.item.clone(),
                ruling,
                note: self.note.trim().to_owned(),
                rest: Map::new(),
            };
            said.push(Statement::Decision(decision).into());
        }
        Ok(said)
    }
}

impl State {
    /// Carries out what concerns the flags of the item at hand.
    pub(super) fn apply_flag(&mut self, command: ReviewCommand) -> Vec<Task> {
        match command {
            ReviewCommand::FlagAs(kind) => self.edit_flag(|flag| {
                if !flag.kinds.remove(&kind) {
                    flag.kinds.insert(kind);
                }
            }),
            ReviewCommand::NoteFlag(note) => self.edit_flag(|flag| flag.note = note),
            ReviewCommand::Decide(choice) => self.edit_flag(|flag| flag.choice = choice),
            ReviewCommand::NextDecision => {
                let choices = Choice::of(self.flag_veil());
                self.edit_flag(|flag| {
                    let place = choices.iter().position(|choice| *choice == flag.choice);
                    let next = place.map_or(0, |place| (place + 1) % choices.len());
                    flag.choice = choices.get(next).copied().unwrap_or(flag.choice);
                });
            }
            ReviewCommand::Rekey(option) => {
                let options = self.flagged_item().map_or(0, |item| item.options.len());
                self.edit_flag(|flag| {
                    if option < options && !flag.right.remove(&option) {
                        flag.right.insert(option);
                    }
                });
            }
            ReviewCommand::SaveFlag => return self.save_flag(),
            _ => self.toggle_flag(),
        }
        Vec::new()
    }

    /// The item whose flags are shown.
    pub fn flagged_item(&self) -> Option<&Item> {
        let (study, flag) = (self.study.as_ref()?, self.review.flag.as_ref()?);
        let place = study.ledger.find(&flag.item.benchmark, &flag.item.key)?;
        Some(study.item(place)?.1)
    }

    /// What may not be seen yet of the item whose flags are shown.
    pub fn flag_veil(&self) -> Veil {
        let (Some(study), Some(flag)) = (&self.study, &self.review.flag) else {
            return Veil::default();
        };
        let place = study.ledger.find(&flag.item.benchmark, &flag.item.key);
        let protocol = self.compare.protocol.as_deref();
        place.map_or_else(Veil::default, |place| self.review.veil(study, place, protocol))
    }

    /// The form as it stands in the reviews, for the item at hand.
    fn fresh_flag(&self) -> Option<FlagForm> {
        let study: &Study = self.study.as_ref()?;
        let place = self.inspect.entry()?;
        let right = study.ledger.right(place).unwrap_or_default();
        Some(FlagForm::new(&self.review, Review::item(study, place)?, right))
    }

    fn toggle_flag(&mut self) {
        let Some(fresh) = self.fresh_flag() else { return };
        let open = self.review.flag.take().is_some_and(|flag| flag.item == fresh.item);
        // Whoever closes the form wants none of it; whoever only went to another item goes on where they were.
        let left = self.review.left_flags.remove(&fresh.item);
        self.review.flag = (!open).then(|| left.unwrap_or(fresh));
        self.review.open = true;
    }

    /// Puts a form away that belongs to another item than the one at hand; what was filled in is there again when it
    /// is opened for that item.
    pub(super) fn leave_flag(&mut self) {
        let at_hand = self.review_item();
        if let Some(flag) = self.review.flag.take_if(|flag| Some(&flag.item) != at_hand.as_ref()) {
            self.review.left_flags.insert(flag.item.clone(), flag);
        }
    }

    fn edit_flag(&mut self, change: impl FnOnce(&mut FlagForm)) {
        if let Some(flag) = &mut self.review.flag {
            change(flag);
            flag.problem = None;
        }
    }

    fn save_flag(&mut self) -> Vec<Task> {
        let Some(reviewer) = self.review.reviewer.clone() else {
            return Vec::new();
        };
        let said = self
            .review
            .flag
            .as_ref()
            .map(|flag| flag.said(&self.review, reviewer.id()));
        match said {
            Some(Ok(said)) if said.is_empty() => self.review.flag = None,
            Some(Ok(said)) => return self.say(said),
            Some(Err(lack)) => {
                if let Some(flag) = &mut self.review.flag {
                    flag.problem = Some(lack);
                }
            }
            None => {}
        }
        Vec::new()
    }
}

/// A line that takes back what was said under an id.
pub(super) fn withdrawn(id: &StatementId) -> Append {
    Append {
        id: Some(id.clone()),
        statement: Statement::Withdrawal(Withdrawal::default()),
    }
}
