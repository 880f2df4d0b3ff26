//! What Inspect lists: the filter, which items it leaves, and an item's answers and parallel items.

use std::sync::Arc;

use super::study::{Entry, Study};
use crate::benchmarks::Item;
use crate::language::Language;
use crate::runs::ledger::Given;
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
    /// Places in [`Study::entries`] that the filter leaves, in the workspace's order.
    pub listed: Vec<usize>,
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
        self.listed = (0..study.entries.len())
            .filter(|&place| {
                let entry = study.entries.get(place);
                entry.is_some_and(|entry| self.keeps(study, (place, entry), &query, protocol))
            })
            .collect();
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
    pub given: Vec<Given<'a>>,
    /// What has to be shown of its hidden characters whatever is wished.
    pub needed: Controls,
}

impl<'a> Side<'a> {
    /// The item in a place of [`Study::entries`] with the answers under `protocol`.
    pub fn new(study: &'a Arc<Study>, place: usize, protocol: Option<&str>) -> Option<Self> {
        let (_, item) = study.item(place)?;
        Some(Self {
            item,
            given: study.ledger.answers_to(place, protocol),
            needed: study.entries.get(place)?.controls,
        })
    }
}
