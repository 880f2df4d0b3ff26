//! What a run has spent: tokens of every model, and what endpoints take for them.

use std::collections::HashMap;

use super::RunRecord;
use crate::engine::endpoint::Usage;
use crate::scoring::Answer;

/// What one model of a run has read and written by now.
#[derive(Debug, Clone, PartialEq)]
pub struct Spent<'a> {
    pub model: &'a str,
    pub usage: Usage,
    /// In the currency of the endpoint's prices; absent where none are known, as for a file.
    pub cost: Option<f64>,
}

/// What each model of a run has spent, in the run's order, from what every answer took with its model's name. Retries
/// that brought no answer are not in it.
pub fn spent<'a>(record: &'a RunRecord, usages: impl Iterator<Item = (&'a str, Usage)>) -> Vec<Spent<'a>> {
    let mut by_model: HashMap<&str, Usage> = HashMap::new();
    for (model, usage) in usages {
        let sum = by_model.entry(model).or_default();
        *sum = [*sum, usage].into_iter().sum();
    }
    let of_model = |model: &'a super::RunModel| {
        let usage = by_model.get(model.name.as_str()).copied().unwrap_or_default();
        let prices = model.endpoint().and_then(|endpoint| endpoint.prices.as_ref());
        Spent {
            model: &model.name,
            usage,
            cost: prices.map(|prices| usage.cost(prices)),
        }
    };
    record.models.iter().map(of_model).collect()
}

/// What an answer took: as an endpoint counted it, else by its tokens.
pub(super) fn usage(counted: Option<Usage>, prompt_tokens: usize, written_tokens: usize) -> Usage {
    counted.unwrap_or(Usage {
        requests: 0,
        prompt_tokens: prompt_tokens as u64,
        written_tokens: written_tokens as u64,
    })
}

/// What every one of these answers took, with its model's name.
pub fn usages(answers: &[Answer]) -> impl Iterator<Item = (&str, Usage)> {
    answers.iter().map(|answer| {
        let written = answer.reply.as_ref().map_or(0, |reply| reply.tokens);
        (
            answer.model.as_str(),
            usage(answer.usage, answer.prompt_tokens, written),
        )
    })
}
