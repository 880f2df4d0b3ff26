//! What the loader's thread does for reviews: drawing queues, saving, reckoning agreement, correcting every number.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Review;
use crate::app::matrix::count;
use crate::app::study::Study;
use crate::error_chain;
use crate::reviews::{
    self, AnswerRef, Append, Aspect, Candidate, Line, PairAgreement, Queue, Reviewer, Reviews, RunModel, Statement,
    Taxonomy, agreements, disagreements,
};
use crate::workspace::Workspace;

/// Something to save.
#[derive(Debug, Clone)]
pub struct Saying {
    pub reviewer: Reviewer,
    pub said: What,
    /// What was said before.
    pub before: Arc<Reviews>,
}

/// What is said.
#[derive(Debug, Clone)]
pub enum What {
    Statements(Vec<Append>),
    /// A queue that is still to be drawn.
    Queue(Drawing),
}

/// What a queue is drawn from.
#[derive(Debug, Clone)]
pub struct Drawing {
    pub study: Arc<Study>,
    /// The label of the protocol whose answers are judged.
    pub protocol: Option<String>,
    /// Places in [`Study::entries`].
    pub listed: Vec<usize>,
    /// How many of them to draw.
    pub size: usize,
    pub blind: bool,
}

/// What came of saving.
#[derive(Debug)]
pub struct Outcome {
    /// The file, within the workspace.
    pub file: String,
    /// Or in words why not.
    pub saved: Result<Saved, String>,
}

/// What was saved.
#[derive(Debug)]
pub struct Saved {
    /// The lines that the file has now besides those it had.
    pub lines: Vec<Line>,
    /// What was said before, as the [`Saying`] has it.
    pub before: Arc<Reviews>,
    /// The same with the lines.
    pub after: Arc<Reviews>,
}

impl Drawing {
    /// Draws it; `None` where no listed item has an answer. Looks at every answer to what is listed: not for a frame.
    pub fn draw(&self) -> Option<Queue> {
        let ledger = &self.study.ledger;
        let candidates = self.listed.iter().filter_map(|&place| {
            let given = ledger.answers_to(place, self.protocol.as_deref());
            let counted = given.iter().filter(|given| given.counts());
            Some(Candidate {
                item: Review::item(&self.study, place)?,
                answers: counted
                    .map(|given| RunModel {
                        run: given.run().id.clone(),
                        model: given.model().to_owned(),
                    })
                    .collect(),
            })
        });
        let title = format!(
            "{} of {} items",
            count(self.listed.len()),
            count(self.study.entries.len())
        );
        let queue = Queue::draw(&title, candidates.collect(), self.size, fastrand::u64(..), self.blind);
        (!queue.items.is_empty()).then_some(queue)
    }
}

/// How far reviewers agree.
#[derive(Debug, Default)]
pub struct Agreed {
    pub pairs: Vec<PairAgreement>,
    /// Open ones first.
    pub disagreements: Vec<Differs>,
}

/// An answer that was judged differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    pub answer: AnswerRef,
    pub aspects: BTreeSet<Aspect>,
    pub settled: bool,
}

impl Agreed {
    /// Reckons it.
    pub fn of(reviews: &Reviews) -> Self {
        let differs = disagreements(reviews).into_iter().map(|one| Differs {
            answer: one.answer.clone(),
            aspects: one.aspects,
            settled: one.settled.is_some(),
        });
        Self {
            disagreements: differs.collect(),
            pairs: agreements(reviews),
        }
    }

    /// How many disagreements nobody settled.
    pub fn open(&self) -> usize {
        self.disagreements.iter().filter(|differs| !differs.settled).count()
    }
}

/// What was said in a workspace, its taxonomy, and in words what could not be read.
pub fn read(workspace: &Workspace) -> (Reviews, Taxonomy, Vec<String>) {
    let mut problems = Vec::new();
    let reviews = reviews::read(workspace).unwrap_or_else(|problem| {
        problems.push(error_chain(&problem));
        Reviews::default()
    });
    problems.extend(reviews.problems.iter().map(|problem| error_chain(problem.as_ref())));
    let taxonomy = Taxonomy::of(workspace).unwrap_or_else(|problem| {
        problems.push(error_chain(&problem));
        Taxonomy::usual().clone()
    });
    (reviews, taxonomy, problems)
}

/// Saves what a reviewer says.
pub fn save(workspace: Option<&Workspace>, saying: Saying) -> Outcome {
    Outcome {
        file: format!("reviews/{}.jsonl", saying.reviewer.id()),
        saved: append(workspace, saying),
    }
}

fn append(workspace: Option<&Workspace>, saying: Saying) -> Result<Saved, String> {
    let Saying { reviewer, said, before } = saying;
    let workspace = workspace.ok_or("the workspace is not open")?;
    let statements = match said {
        What::Statements(statements) => statements,
        What::Queue(drawing) => {
            let queue = drawing.draw().ok_or("No item of the list has an answer to judge.")?;
            vec![Statement::Queue(queue).into()]
        }
    };
    let lines = reviews::append(workspace, &reviewer, statements).map_err(|problem| error_chain(&problem))?;
    let mut after = Reviews::clone(&before);
    after.add(lines.clone());
    Ok(Saved {
        lines,
        before,
        after: Arc::new(after),
    })
}

/// The same workspace with every number as the reviews' decisions have it.
pub fn corrected(study: &Study, reviews: &Reviews) -> Study {
    let mut corrected = Study::new(
        study.root.clone(),
        study.name.clone(),
        study.read_only.clone(),
        study.ledger.corrected(reviews.corrections()),
        study.problems.clone(),
    );
    // Corrections change no text.
    corrected.texts = study.texts.clone();
    corrected.protocols = study.protocols.clone();
    corrected.sends_to = study.sends_to.clone();
    corrected
}
