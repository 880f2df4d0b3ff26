//! Reviewing in the window: who reviews, what is judged, what is hidden until then, and what came of saving.

mod apply;
mod command;
mod draft;
mod flagging;
mod form;
mod kept;
mod keys;
mod settling;
mod veil;
pub mod work;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub use apply::Step;
pub use command::ReviewCommand;
pub use draft::Draft;
pub use flagging::{Choice, FlagForm};
pub use form::FormLanguage;
pub use kept::KeptReviewer;
pub use keys::{ALONE, go_on, keys, option_key, option_keys};
pub use settling::Settling;
pub use veil::{Shown, Veil};
pub use work::{Agreed, Differs, Outcome, Saying};

use super::study::Study;
use crate::reviews::{
    AnswerRef, ItemRef, PairAgreement, Queue, Reviewer, ReviewerError, Reviews, Said, StatementId, Taxonomy, Timestamp,
};

/// How many items a queue has where nobody says otherwise.
const QUEUE: usize = 10;

/// A field of the panel to type in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Size,
    Note,
}

/// What keeps something from being saved, before anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The judgement has no verdict.
    Verdict,
    /// A flag of another kind does not say what is wrong.
    Why,
    /// An item is re-keyed and no option is right.
    RightOption,
}

/// What came of the last saving.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Saving {
    #[default]
    Nothing,
    UnderWay,
    Saved {
        /// Within the workspace, such as `reviews/reviewer-a.jsonl`.
        file: String,
        at: Timestamp,
    },
    /// Nothing was tried: something is still to be filled in.
    Lacks(Lack),
    /// Why not; the form is as it was.
    Failed(String),
}

/// A queue about to be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Starting {
    /// How many items, as typed.
    pub size: String,
}

/// What the panel of Inspect knows and does.
#[derive(Debug, Default)]
pub struct Review {
    /// Whether the panel is open.
    pub open: bool,
    pub reviews: Arc<Reviews>,
    pub taxonomy: Option<Arc<Taxonomy>>,
    pub reviewer: Option<Reviewer>,
    /// The name that is being typed.
    pub name: String,
    pub name_problem: Option<ReviewerError>,
    pub form: FormLanguage,
    /// Whether names, order and right answer are hidden until an item is judged.
    pub blind: bool,
    /// The queue that is worked through.
    pub queue: Option<StatementId>,
    pub starting: Option<Starting>,
    /// Which of the item's answers is judged, from 0.
    pub target: usize,
    /// What was filled in and not saved yet.
    pub drafts: HashMap<AnswerRef, Draft>,
    /// The options marked as one's own answer, until it is given, with the item they belong to.
    pub own: Option<(ItemRef, BTreeSet<usize>)>,
    pub flag: Option<FlagForm>,
    /// Disagreements being looked at.
    pub settling: Option<Settling>,
    /// What is known of agreement; behind the reviews while it is reckoned anew.
    pub agreed: Arc<Agreed>,
    pub saving: Saving,
    /// What asks for the focus at the next frame.
    pub focus: Option<Field>,
    /// Forms of flags that were left before they were saved.
    pub left_flags: HashMap<ItemRef, FlagForm>,
}

impl Review {
    /// The taxonomy in force.
    pub fn taxonomy(&self) -> &Taxonomy {
        self.taxonomy.as_deref().unwrap_or_else(|| Taxonomy::usual())
    }

    /// The queue that is worked through.
    pub fn queue(&self) -> Option<Said<'_, Queue>> {
        let reviewer = self.reviewer.as_ref()?;
        let id = self.queue.as_ref()?;
        self.reviews.queues(reviewer.id()).find(|queue| queue.id == id)
    }

    /// The reviewer's newest queue with something left to judge.
    pub fn unfinished_queue(&self) -> Option<Said<'_, Queue>> {
        let reviewer = self.reviewer.as_ref()?;
        let left = |queue: &Said<'_, Queue>| {
            let progress = queue.what.progress(&self.reviews, reviewer.id());
            progress.done < progress.items
        };
        self.reviews.queues(reviewer.id()).rev().find(left)
    }

    /// Whether every item of the queue that is worked through is judged.
    pub fn is_queue_done(&self) -> bool {
        let progress = self.queue().zip(self.reviewer.as_ref());
        let progress = progress.map(|(queue, by)| queue.what.progress(&self.reviews, by.id()));
        progress.is_some_and(|progress| progress.done == progress.items)
    }

    /// The newest queue of another reviewer that this one neither took over nor judged to the end.
    pub fn others_queue(&self) -> Option<Said<'_, Queue>> {
        let own = self.reviewer.as_ref()?.id();
        let others = self.reviews.reviewers().filter(|other| other.id() != own);
        let queues = others.flat_map(|other| self.reviews.queues(other.id()));
        let is_new = |queue: &Said<'_, Queue>| {
            let progress = queue.what.progress(&self.reviews, own);
            let is_taken = self
                .reviews
                .queues(own)
                .any(|taken| taken.what.items == queue.what.items);
            progress.done < progress.items && !is_taken
        };
        queues.filter(is_new).max_by_key(|queue| queue.at)
    }

    /// How many items of the workspace are flagged, and how many of them count nowhere.
    pub fn flagged(&self, study: &Study) -> (usize, usize) {
        let here = |item: &ItemRef| study.ledger.find(&item.benchmark, &item.key);
        let flagged = self.reviews.flagged().filter(|item| here(item).is_some()).count();
        let decided = self.reviews.decided().filter_map(|(item, _)| here(item));
        (
            flagged,
            decided.filter(|&question| study.ledger.is_left_out(question)).count(),
        )
    }

    /// The item in a place of [`Study::entries`], as reviews name it.
    pub fn item(study: &Study, place: usize) -> Option<ItemRef> {
        let (benchmark, key) = study.ledger.place(place)?;
        Some(ItemRef {
            benchmark: benchmark.to_owned(),
            key: key.clone(),
        })
    }

    /// The options marked as one's own answer to an item: those given, else those marked so far.
    pub fn own_choices(&self, item: &ItemRef) -> BTreeSet<usize> {
        let given = self
            .reviewer
            .as_ref()
            .and_then(|by| self.reviews.own_answer(item, by.id()));
        match (given, &self.own) {
            (Some(given), _) => given.what.choices.clone(),
            (None, Some((of, choices))) if of == item => choices.clone(),
            _ => BTreeSet::new(),
        }
    }

    /// The two reviewers whose agreement is shown.
    pub fn chosen_pair(&self) -> Option<&PairAgreement> {
        let chosen = self.settling.as_ref().map_or(0, |settling| settling.pair);
        let pairs = &self.agreed.pairs;
        pairs.get(chosen).or(pairs.first())
    }

    /// Whether the reviewer's own answer to an item was given.
    pub fn own_given(&self, item: &ItemRef) -> bool {
        let by = self.reviewer.as_ref();
        by.is_some_and(|by| self.reviews.own_answer(item, by.id()).is_some())
    }

    /// The form of an answer: what was filled in, else what was judged before, else nothing.
    pub fn draft(&self, answer: &AnswerRef) -> Draft {
        if let Some(draft) = self.drafts.get(answer) {
            return draft.clone();
        }
        let judged = self
            .reviewer
            .as_ref()
            .and_then(|by| self.reviews.judgement(answer, by.id()));
        judged.map_or_else(Draft::default, |judged| Draft::of(&judged.what.opinion))
    }

    /// Whether the reviewer judged an answer.
    pub fn is_judged(&self, answer: &AnswerRef) -> bool {
        let by = self.reviewer.as_ref();
        by.is_some_and(|by| self.reviews.judgement(answer, by.id()).is_some())
    }
}
