//! What Inspect lists: the filter, which items it leaves, and an item's answers and parallel items.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::State;
use super::review::{Review, Shown, Veil};
use super::study::{Entry, Study};
use crate::benchmarks::Item;
use crate::language::Language;
use crate::scoring::Outcome;
use crate::text::controls::Controls;
use crate::text::folding::Query;

/// What the list is narrowed to; `None` and an empty search leave everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    pub model: Option<String>,
    pub benchmark: Option<String>,
    pub task: Option<String>,
    pub language: Option<Language>,
    pub subject: Option<String>,
    /// Of `model`, or of any model where none is chosen.
    pub outcome: Option<Outcome>,
    pub search: String,
}

impl Filter {
    /// Whether nothing is narrowed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Inspect's own state.
#[derive(Debug, Clone)]
pub struct Inspect {
    pub filter: Filter,
    /// Places in [`Study::entries`] that the filter leaves, in the workspace's order or in that of `only`.
    pub listed: Vec<usize>,
    /// What is listed in place of what the filter leaves, in its own order; a search narrows it all the same.
    pub only: Option<Vec<usize>>,
    /// A place in `listed`.
    pub selected: usize,
    /// The language shown beside the item's own.
    pub beside: Option<Language>,
    /// Whether the list is not as the window's width would have it: shown in a wide one, folded in a narrow one.
    pub list_toggled: bool,
    /// The list scrolls to the selected row at the next frame.
    pub reveal: bool,
}

impl Default for Inspect {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            listed: Vec::new(),
            only: None,
            selected: 0,
            beside: None,
            list_toggled: false,
            reveal: true,
        }
    }
}

impl Inspect {
    /// Lists again what the filter leaves, keeping the selected item where it is still there.
    pub fn list(&mut self, study: &Study, protocol: Option<&str>) {
        let before = self.listed.get(self.selected).copied();
        let query = Query::new(&self.filter.search);
        let kept = |place: &usize| {
            let Some(entry) = study.entries.get(*place) else {
                return false;
            };
            match &self.only {
                Some(_) => query.matches(&entry.folded),
                None => self.keeps(study, (*place, entry), &query, protocol),
            }
        };
        self.listed = match &self.only {
            Some(only) => only.iter().copied().filter(kept).collect(),
            None => (0..study.entries.len()).filter(kept).collect(),
        };
        self.selected = before
            .and_then(|entry| self.listed.iter().position(|&place| place == entry))
            .unwrap_or(0);
        self.reveal = true;
    }

    /// The selected place in [`Study::entries`].
    pub fn entry(&self) -> Option<usize> {
        self.listed.get(self.selected).copied()
    }

    fn keeps(&self, study: &Study, (place, entry): (usize, &Entry), query: &Query, protocol: Option<&str>) -> bool {
        let Some((benchmark, item)) = study.item(place) else {
            return false;
        };
        let same =
            |wanted: &Option<String>, value: Option<&str>| wanted.as_deref().is_none_or(|wanted| Some(wanted) == value);
        let filter = &self.filter;
        same(&filter.benchmark, Some(benchmark.name()))
            && same(&filter.task, Some(item.task.as_str()))
            && same(&filter.subject, item.subject.as_deref())
            && filter
                .language
                .as_ref()
                .is_none_or(|language| *language == item.key.language)
            && query.matches(&entry.folded)
            && ((filter.model.is_none() && filter.outcome.is_none())
                || study.ledger.answers_to(place, protocol).iter().any(|given| {
                    filter.model.as_ref().is_none_or(|model| model == given.model())
                        && filter.outcome.is_none_or(|outcome| outcome == given.outcome())
                }))
    }
}

/// An item with all that the card shows of it.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    pub item: &'a Item,
    pub given: Vec<Shown<'a>>,
    /// What may not be seen of it yet.
    pub veil: Veil,
    /// The right options, as corrected; none while they are hidden.
    right: &'a [usize],
    /// The options the reviewer marked as their own answer.
    pub own: BTreeSet<usize>,
    /// What has to be shown of its hidden characters whatever is wished.
    pub needed: Controls,
}

impl<'a> Side<'a> {
    /// The item in a place of [`Study::entries`], blind as the item in place `like` is: the same question in another
    /// language is judged with it.
    pub fn new(state: &State, study: &'a Arc<Study>, place: usize, like: usize) -> Option<Self> {
        let (_, item) = study.item(place)?;
        let protocol = state.compare.protocol.as_deref();
        let veil = state.review.veil(study, like, protocol);
        let right = study.ledger.right(place).unwrap_or_default();
        Some(Self {
            given: state.review.shown(study, place, like, protocol),
            right: if veil.key { &[] } else { right },
            own: Review::item(study, like)
                .filter(|_| state.review.open)
                .map(|item| state.review.own_choices(&item))
                .unwrap_or_default(),
            veil,
            item,
            needed: study.entries.get(place)?.controls,
        })
    }

    /// An item that nobody was asked.
    pub fn of_item(item: &'a Item, needed: Controls) -> Self {
        Self {
            given: Vec::new(),
            veil: Veil::default(),
            right: &item.right,
            own: BTreeSet::new(),
            item,
            needed,
        }
    }

    /// Whether an option (from 0) is known to be right.
    pub fn is_right(&self, option: usize) -> bool {
        self.right.contains(&option)
    }
}
