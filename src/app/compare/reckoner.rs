//! The thread that reckons what Compare shows and no frame has time for. Of several questions of one kind only the
//! latest is answered.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::Context;

use super::deltas::{Baseline, Deltas};
use super::finding::{Incomparable, Pair};
use super::narrowing::Narrowing;
use super::tables::Tables;
use crate::app::measures::Sheet;
use crate::app::study::Study;
use crate::cancel::{Cancel, Steps};
use crate::runs::ledger::Selection;
use crate::runs::measures::Measure;
use crate::runs::paired::Comparison;

/// What is to be reckoned.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The questions that a slice leaves.
    Selection(Narrowing),
    Tables,
    /// The table of a measure beside accuracy.
    Sheet(Measure),
    Deltas(Baseline),
    Pair(Pair),
}

impl What {
    /// Of each kind only the latest is answered.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Selection(_) => Kind::Selection,
            Self::Tables => Kind::Tables,
            Self::Sheet(_) => Kind::Sheet,
            Self::Deltas(_) => Kind::Deltas,
            Self::Pair(_) => Kind::Pair,
        }
    }
}

/// A kind of question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Selection,
    Tables,
    Sheet,
    Deltas,
    Pair,
}

/// What is to be reckoned, of which answers.
#[derive(Debug, Clone)]
pub struct Question {
    pub what: What,
    pub study: Arc<Study>,
    pub selection: Arc<Selection>,
    /// Which state of workspace and slice it belongs to.
    pub version: u64,
    /// How far it is, and asking it to stop.
    pub steps: Steps,
}

/// What came of it.
#[derive(Debug, Clone)]
pub enum Found {
    Selection(Narrowing, Selection),
    Tables(Arc<Tables>),
    Sheet(Measure, Arc<Sheet>),
    Deltas(Baseline, Arc<Deltas>),
    Pair(Pair, Box<Result<Comparison, Incomparable>>),
}

impl Found {
    /// The kind of question it answers.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Selection(..) => Kind::Selection,
            Self::Tables(_) => Kind::Tables,
            Self::Sheet(..) => Kind::Sheet,
            Self::Deltas(..) => Kind::Deltas,
            Self::Pair(..) => Kind::Pair,
        }
    }
}

/// An answer to a question of that version.
#[derive(Debug, Clone)]
pub struct Reckoned {
    pub version: u64,
    pub found: Found,
}

impl Question {
    /// Works on it.
    pub fn answer(&self) -> Reckoned {
        let (ledger, selection) = (&self.study.ledger, self.selection.as_ref());
        let found = match &self.what {
            What::Selection(narrowing) => Found::Selection(narrowing.clone(), narrowing.select(&self.study)),
            What::Tables => Found::Tables(Arc::new(Tables::new(ledger, selection))),
            What::Sheet(measure) => {
                Found::Sheet(*measure, Arc::new(Sheet::of(*measure, ledger, selection, &self.steps)))
            }
            What::Deltas(baseline) => {
                let deltas = Deltas::new(ledger, selection, baseline, &self.steps);
                Found::Deltas(baseline.clone(), Arc::new(deltas))
            }
            What::Pair(pair) => {
                let found = pair.compare(ledger, selection, &self.steps.cancel);
                Found::Pair(pair.clone(), Box::new(found))
            }
        };
        Reckoned {
            version: self.version,
            found,
        }
    }
}

/// A handle on the thread, which ends with it.
pub struct Reckoner {
    questions: Sender<Question>,
    answers: Receiver<Reckoned>,
    /// Of the latest question of every kind.
    under_way: HashMap<Kind, Cancel>,
}

impl Reckoner {
    /// Starts the thread.
    pub fn start(context: &Context) -> std::io::Result<Self> {
        let (questions, asked) = channel::<Question>();
        let (found, answers) = channel();
        let context = context.clone();
        std::thread::Builder::new().name("reckoner".into()).spawn(move || {
            for question in asked {
                if question.steps.cancel.is_cancelled() {
                    continue;
                }
                // A fault in one number must not end all others.
                let Ok(answer) = catch_unwind(AssertUnwindSafe(|| question.answer())) else {
                    tracing::error!(what = ?question.what, "a number of Compare could not be reckoned");
                    continue;
                };
                if !question.steps.cancel.is_cancelled() && found.send(answer).is_err() {
                    break;
                }
                context.request_repaint();
            }
        })?;
        Ok(Self {
            questions,
            answers,
            under_way: HashMap::new(),
        })
    }

    /// Hands a question over in place of earlier ones of its kind.
    pub fn submit(&mut self, question: Question) {
        let before = self
            .under_way
            .insert(question.what.kind(), question.steps.cancel.clone());
        before.iter().for_each(Cancel::cancel);
        // The thread ends only after this handle.
        self.questions.send(question).ok();
    }

    /// The next answer, if there is one already.
    pub fn try_answer(&self) -> Option<Reckoned> {
        self.answers.try_recv().ok()
    }
}

impl Drop for Reckoner {
    fn drop(&mut self) {
        self.under_way.values().for_each(Cancel::cancel);
    }
}
