//! What the loader's thread does for reviews: saving, reckoning agreement, correcting every number.

use std::collections::BTreeSet;

use crate::app::study::Study;
use crate::error_chain;
use crate::reviews::{
    self, AnswerRef, Append, Aspect, Line, PairAgreement, Reviewer, Reviews, Taxonomy, agreements, disagreements,
};
use crate::workspace::Workspace;

/// Something to save.
#[derive(Debug, Clone)]
pub struct Saying {
    pub reviewer: Reviewer,
    pub said: Vec<Append>,
}

/// What came of saving.
#[derive(Debug)]
pub struct Outcome {
    /// The file, within the workspace.
    pub file: String,
    /// The lines it now has, or in words why not.
    pub saved: Result<Vec<Line>, String>,
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
    let file = format!("reviews/{}.jsonl", saying.reviewer.id());
    let saved = match workspace {
        Some(workspace) => {
            reviews::append(workspace, &saying.reviewer, saying.said).map_err(|problem| error_chain(&problem))
        }
        None => Err("the workspace is not open".to_owned()),
    };
    Outcome { file, saved }
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
