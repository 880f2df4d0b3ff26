//! What a run has spent: tokens of every model, and what endpoints take for them.

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

/// What each model of a run has spent on these of its answers, in the run's order. An endpoint's own counts are taken
/// where it gave them; retries that brought no answer are not in them.
pub fn spent<'a>(record: &'a RunRecord, answers: &[Answer]) -> Vec<Spent<'a>> {
    let of_model = |model: &'a super::RunModel| {
        let own = answers.iter().filter(|answer| answer.model == model.name);
        let usage: Usage = own.map(usage).sum();
        let prices = model.endpoint().and_then(|endpoint| endpoint.prices.as_ref());
        Spent {
            model: &model.name,
            usage,
            cost: prices.map(|prices| usage.cost(prices)),
        }
    };
    record.models.iter().map(of_model).collect()
}

fn usage(answer: &Answer) -> Usage {
    answer.usage.unwrap_or_else(|| Usage {
        requests: 0,
        prompt_tokens: answer.prompt_tokens as u64,
        written_tokens: answer.reply.as_ref().map_or(0, |reply| reply.tokens as u64),
    })
}
