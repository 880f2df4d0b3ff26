//! Flagging an item, and deciding whether it counts.

use std::collections::BTreeSet;

use serde_json::Map;

use super::Review;
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
    pub problem: Option<&'static str>,
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
    pub fn said(&self, review: &Review, reviewer: &ReviewerId) -> Result<Vec<Append>, &'static str> {
        if self.kinds.contains(&FlagKind::Other) && self.note.trim().is_empty() {
            return Err("Write what is wrong with the item.");
        }
        if self.choice == Choice::Rekeyed && self.right.is_empty() {
            return Err("Choose the options that are right.");
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

/// A line that takes back what was said under an id.
pub(super) fn withdrawn(id: &StatementId) -> Append {
    Append {
        id: Some(id.clone()),
        statement: Statement::Withdrawal(Withdrawal::default()),
    }
}
