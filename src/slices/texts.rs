//! The texts of all items as search compares them, one after another in one place.

use std::sync::{Arc, OnceLock};

use crate::benchmarks::{Benchmark, Item};
use crate::runs::ledger::Ledger;
use crate::text::folding::{Folded, Query};

/// The texts of a ledger's items, by question. They are folded when they are first looked through; copies share them.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    benchmarks: Vec<Arc<Benchmark>>,
    folded: Arc<OnceLock<FoldedTexts>>,
}

#[derive(Debug, Default)]
struct FoldedTexts {
    all: String,
    /// Where each text ends in `all`.
    ends: Vec<usize>,
}

impl Texts {
    /// The texts of a ledger's items, whatever is corrected in it.
    pub fn of(ledger: &Ledger) -> Self {
        Self {
            benchmarks: ledger.benchmarks().to_vec(),
            folded: Arc::default(),
        }
    }

    /// Folds them if that was not done yet, so that the next search need not wait.
    pub fn prepare(&self) {
        self.folded();
    }

    /// Leaves of `questions`, which are in order, those whose texts hold all that is looked for.
    pub(super) fn retain(&self, questions: &mut Vec<u32>, query: &Query) {
        if query.is_empty() {
            return;
        }
        let folded = self.folded();
        questions.retain(|&question| {
            folded
                .get(question as usize)
                .is_some_and(|text| query.matches_folded(text))
        });
    }

    fn folded(&self) -> &FoldedTexts {
        self.folded.get_or_init(|| {
            let mut folded = FoldedTexts::default();
            for item in self.benchmarks.iter().flat_map(|benchmark| benchmark.items()) {
                folded.all.push_str(fold(item).as_str());
                folded.ends.push(folded.all.len());
            }
            folded.all.shrink_to_fit();
            folded
        })
    }
}

impl FoldedTexts {
    fn get(&self, question: usize) -> Option<&str> {
        let end = *self.ends.get(question)?;
        let start = match question.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.all.get(start..end)
    }
}

/// What of an item is looked through.
fn fold(item: &Item) -> Folded {
    let fields = [item.key.id.as_str(), &item.question].into_iter();
    let optional = item.context.iter().chain(&item.subject).chain(&item.options);
    Folded::of_parts(fields.chain(optional.map(String::as_str)))
}
