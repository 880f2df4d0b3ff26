//! What stands in the list: the questions that a filter leaves, in order, and how many each choice of the open menu
//! would leave. A million answers take longer than a frame has, so a [`Request`] can be answered on another thread.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::app::study::Study;
use crate::reviews::Reviews;
use crate::runs::ledger::{Ledger, Selection};
use crate::slices::{Condition, Filter};

/// How the list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// As the benchmarks have their items.
    #[default]
    Workspace,
    /// What a model was least sure of first; what nobody was asked last.
    Margin,
    /// By id, numbers in it by size.
    Id,
}

impl Order {
    /// All, as the menu has them.
    pub const ALL: [Self; 3] = [Self::Workspace, Self::Margin, Self::Id];

    /// The words shown for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Workspace => "Workspace order",
            Self::Margin => "Least margin first",
            Self::Id => "By id",
        }
    }
}

/// What is to be listed.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which of all requests it is, so that a later one is known.
    pub number: u64,
    pub study: Arc<Study>,
    pub reviews: Arc<Reviews>,
    pub filter: Filter,
    /// The only questions to list, in this order, where it is not for the filter alone to say.
    pub only: Option<Vec<usize>>,
    /// The label of the protocol whose answers are shown.
    pub protocol: Option<String>,
    pub order: Order,
    /// What would be added by the choices of the open menu.
    pub choices: Vec<Condition>,
    /// What was listed of the same study, reviews and protocol before.
    pub before: Option<(Filter, Arc<Selection>)>,
}

/// What came of a request.
#[derive(Debug, Clone)]
pub struct Listed {
    pub request: Request,
    pub selection: Arc<Selection>,
    /// Places in [`Study::entries`], in the list's order.
    pub places: Vec<usize>,
    /// Where nothing is listed: the places of the conditions without which something would be, with how much, the most
    /// first.
    pub blockers: Vec<(usize, usize)>,
    /// The choices with how many items each would leave.
    pub counts: Vec<(Condition, usize)>,
}

/// Up to so many answers and items are looked through within a frame.
const AT_ONCE: usize = 60_000;

impl Request {
    /// Whether it takes so little that it need not wait for another thread. Reviews go on in a list of their own at once.
    pub fn is_small(&self) -> bool {
        let ledger = &self.study.ledger;
        self.only.is_some() || ledger.len() * (ledger.sheets().len() + 1) <= AT_ONCE
    }

    /// Whether it is asked of the same study, reviews and protocol as another.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.study, &other.study)
            && Arc::ptr_eq(&self.reviews, &other.reviews)
            && self.protocol == other.protocol
    }

    /// Works on it.
    pub fn answer(mut self) -> Listed {
        let sources = self.study.sources(&self.reviews, self.protocol.as_deref());
        let before = self.before.as_ref();
        let before = before.map(|(filter, selection)| (filter, selection.as_ref()));
        let selection = self.filter.select_after(&sources, before);
        let counts = self.filter.counts(&sources, &selection, &self.choices);
        let places = match &self.only {
            Some(only) => only
                .iter()
                .copied()
                .filter(|&place| selection.contains(place))
                .collect(),
            None => self.sorted(&selection),
        };
        self.before = None;
        let blockers = match places.is_empty() {
            true => self.blockers(),
            false => Vec::new(),
        };
        Listed {
            blockers,
            counts: std::mem::take(&mut self.choices).into_iter().zip(counts).collect(),
            request: self,
            selection: Arc::new(selection),
            places,
        }
    }

    fn blockers(&self) -> Vec<(usize, usize)> {
        let sources = self.study.sources(&self.reviews, self.protocol.as_deref());
        let left = |place: usize| (place, self.filter.clone().without(place).select(&sources).len());
        let all = (0..self.filter.conditions().len()).map(left);
        let mut blockers: Vec<(usize, usize)> = all.filter(|(_, left)| *left > 0).collect();
        blockers.sort_by_key(|(_, left)| std::cmp::Reverse(*left));
        blockers
    }

    fn sorted(&self, selection: &Selection) -> Vec<usize> {
        let items = self.study.entries.len();
        let mut places: Vec<usize> = selection.questions().take_while(|&place| place < items).collect();
        let protocol = self.filter.protocol().or(self.protocol.as_deref());
        sort(&mut places, &self.study.ledger, self.order, protocol);
        places
    }
}

fn sort(places: &mut [usize], ledger: &Ledger, order: Order, protocol: Option<&str>) {
    match order {
        Order::Workspace => {}
        Order::Margin => places.sort_by_cached_key(|&place| {
            let margins = ledger
                .answers_to(place, protocol)
                .into_iter()
                .filter_map(|given| given.margin());
            let least = margins.fold(f32::INFINITY, f32::min);
            // Margins are never negative, and such numbers are in the order of their bits.
            least.to_bits()
        }),
        Order::Id => {
            let id = |place: usize| ledger.item(place).map_or("", |item| item.key.id.as_str());
            places.sort_by(|&one, &other| natural(id(one), id(other)));
        }
    }
}

/// The order of two ids, numbers in them by size: `q2` before `q10`.
fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (first, second) = (run(&mut one), run(&mut other));
        if first.is_empty() || second.is_empty() {
            return first.len().cmp(&second.len());
        }
        let by_size = || {
            first
                .trim_start_matches('0')
                .len()
                .cmp(&second.trim_start_matches('0').len())
        };
        let (digit, other_digit) = (is_number(first), is_number(second));
        let order = match digit && other_digit {
            true => by_size().then_with(|| first.trim_start_matches('0').cmp(second.trim_start_matches('0'))),
            false => first.cmp(second),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn is_number(run: &str) -> bool {
    run.starts_with(|it: char| it.is_ascii_digit())
}

/// Takes the first run of digits, or of anything else, off a text.
fn run<'a>(text: &mut &'a str) -> &'a str {
    let digits = is_number(text);
    let end = text
        .find(|it: char| it.is_ascii_digit() != digits)
        .unwrap_or(text.len());
    let (first, rest) = text.split_at(end);
    *text = rest;
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_ids_go_by_size() {
        let mut ids = ["q10", "q2", "a", "q2b", "q02", "7", "q"];
        ids.sort_by(|one, other| natural(one, other));
        assert_eq!(ids, ["7", "a", "q", "q2", "q02", "q2b", "q10"]);
    }
}
