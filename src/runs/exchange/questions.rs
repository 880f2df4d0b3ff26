//! What a run asked: for each of its answers the item, and the very text that the model was given.

use std::collections::HashMap;

use super::ExchangeError;
use crate::benchmarks::{Benchmark, Item, ItemKey};
use crate::prompts::{Scoring, scored_prompt, written_prompt};
use crate::runs::{Plan, Planned, RunRecord};
use crate::scoring::Answer;
use crate::workspace::Workspace;

/// The benchmarks of a run as they were when it was made.
#[derive(Debug)]
pub(super) struct Questions {
    benchmarks: Vec<Benchmark>,
}

/// What a model was given for an item, before a chat template is put around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub prompt: String,
    pub follows: Follows,
}

/// What came after the prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Follows {
    /// One continuation for each option, whose probabilities were compared.
    Continuations {
        continuations: Vec<String>,
        /// The same without what stands between them and the prompt.
        answers: Vec<String>,
    },
    /// The model wrote; one of these would have ended its reply.
    Reply { stops: Vec<String>, most_tokens: usize },
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
        })
    }

    /// Every item that the run asks, with its examples, by its benchmark and key.
    pub fn planned(&self, record: &RunRecord) -> HashMap<(&str, &ItemKey), Planned<'_>> {
        let plan = Plan::new(&self.benchmarks, &record.languages, record.limit, &record.protocol);
        let groups = plan.groups.into_iter();
        groups
            .flat_map(|group| group.items.into_iter().map(move |planned| (group.benchmark, planned)))
            .map(|(benchmark, planned)| ((benchmark, &planned.item.key), planned))
            .collect()
    }
}

/// An answer with what its model was given.
pub(super) fn put<'a>(
    record: &RunRecord,
    planned: &HashMap<(&str, &ItemKey), Planned<'a>>,
    answer: &'a Answer,
) -> Result<Put<'a>, ExchangeError> {
    let key = (answer.benchmark.as_str(), &answer.item);
    let Some(planned) = planned.get(&key) else {
        return Err(ExchangeError::NoItem {
            benchmark: answer.benchmark.clone(),
            item: answer.item.id.clone(),
            language: answer.item.language.clone(),
        });
    };
    let (item, shots) = (planned.item, planned.shots.as_slice());
    let protocol = &record.protocol;
    let given = match protocol.scoring {
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
    };
    Ok(Put { answer, item, given })
}
