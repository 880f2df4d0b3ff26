//! What a run asked: for each of its answers the item, and the very text that the model was given.

use std::collections::HashMap;

use super::ExchangeError;
use super::asked::{self, Asked, AskedItems, Follows};
use crate::benchmarks::{Benchmark, Item, ItemKey};
use crate::prompts::{Scoring, scored_prompt, written_prompt};
use crate::runs::{Plan, Planned, RunRecord, store};
use crate::scoring::Answer;
use crate::workspace::Workspace;

/// The benchmarks of a run as they were when it was made.
#[derive(Debug)]
pub(super) struct Questions {
    benchmarks: Vec<Benchmark>,
    /// Of a run that was imported, what its files say was asked.
    asked: AskedItems,
}

/// What a model was given for an item, before a chat template is put around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub prompt: String,
    pub follows: Follows,
}

/// An answer with what was asked.
#[derive(Debug)]
pub(super) struct Put<'a> {
    pub answer: &'a Answer,
    pub item: &'a Item,
    pub given: Given,
}

impl Questions {
    /// Opens the benchmarks of a run; refused where one is not what it was when the run was made.
    pub fn open(workspace: &Workspace, record: &RunRecord) -> Result<Self, ExchangeError> {
        let benchmarks = record.benchmarks.iter().map(|recorded| {
            let benchmark = workspace.load_benchmark(&recorded.name)?;
            match benchmark.hash() == recorded.hash {
                true => Ok(benchmark),
                false => Err(ExchangeError::BenchmarkChanged {
                    run: record.id.to_string(),
                    benchmark: recorded.name.clone(),
                }),
            }
        });
        Ok(Self {
            benchmarks: benchmarks.collect::<Result<_, _>>()?,
            asked: asked::read(&store::folder(workspace, &record.id))?,
        })
    }

    /// Every item that the run asks, with its examples.
    pub fn planned<'a>(&'a self, record: &'a RunRecord) -> PlannedItems<'a> {
        let plan = Plan::new(&self.benchmarks, &record.languages, record.limit, &record.protocol);
        let groups = plan.groups.into_iter();
        let items = groups
            .flat_map(|group| group.items.into_iter().map(move |planned| (group.benchmark, planned)))
            .map(|(benchmark, planned)| ((benchmark, &planned.item.key), planned))
            .collect();
        PlannedItems {
            record,
            items,
            asked: &self.asked,
        }
    }
}

/// The items of a run as they are put to models.
#[derive(Debug)]
pub(super) struct PlannedItems<'a> {
    record: &'a RunRecord,
    /// By benchmark and key.
    items: HashMap<(&'a str, &'a ItemKey), Planned<'a>>,
    asked: &'a AskedItems,
}

impl<'a> PlannedItems<'a> {
    /// An answer with what its model was given: as the run's files say where it was made elsewhere, else as its protocol
    /// does.
    pub fn put(&self, answer: &'a Answer) -> Result<Put<'a>, ExchangeError> {
        let Some(planned) = self.items.get(&(answer.benchmark.as_str(), &answer.item)) else {
            return Err(ExchangeError::NoItem {
                benchmark: answer.benchmark.clone(),
                item: answer.item.id.clone(),
                language: answer.item.language.clone(),
            });
        };
        let item = planned.item;
        let key = (answer.benchmark.clone(), answer.item.clone());
        let elsewhere = self.record.models.iter().find_map(|model| model.elsewhere());
        let given = match (self.asked.get(&key), elsewhere) {
            (Some(Asked { prompt, follows }), _) => Given {
                prompt: prompt.clone(),
                follows: match follows {
                    Some(follows) => follows.clone(),
                    // What follows is the same after any prompt.
                    None => self.given(item, &[])?.follows,
                },
            },
            (None, None) => self.given(item, &planned.shots)?,
            (None, Some(elsewhere)) => {
                return Err(ExchangeError::MadeElsewhere {
                    run: self.record.id.clone(),
                    file: elsewhere.file.clone(),
                });
            }
        };
        Ok(Put { answer, item, given })
    }

    fn given(&self, item: &Item, shots: &[&Item]) -> Result<Given, ExchangeError> {
        let protocol = &self.record.protocol;
        Ok(match protocol.scoring {
            Scoring::Letters | Scoring::Options { .. } => {
                let prompt = scored_prompt(item, shots, protocol, None).map_err(ExchangeError::Prompt)?;
                Given {
                    prompt: prompt.text.to_plain_string(),
                    follows: Follows::Continuations {
                        continuations: prompt.continuations,
                        answers: prompt.answers,
                    },
                }
            }
            Scoring::Written { most_tokens } => {
                let prompt = written_prompt(item, shots, protocol, None).map_err(ExchangeError::Prompt)?;
                Given {
                    prompt: prompt.text.to_plain_string(),
                    follows: Follows::Reply {
                        stops: prompt.stops,
                        most_tokens,
                    },
                }
            }
        })
    }
}
