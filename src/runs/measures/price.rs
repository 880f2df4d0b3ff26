//! The price of a language: tokens and time an item takes, beside the same items in English.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Items, counts};
use crate::benchmarks::ItemKey;
use crate::language::Language;
use crate::runs::RunRecord;
use crate::runs::latest::{Cell, latest};
use crate::scoring::Answer;

/// The language that others are measured by.
const REFERENCE: &str = "en";

/// What items of a task cost a model in a language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Price {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
    pub protocol: String,
    /// Answers that count.
    pub n: usize,
    /// Tokens the model read for an item, examples included, on average.
    pub prompt_tokens: f64,
    /// Tokens it wrote for an item, on average; absent where it wrote nothing.
    pub written_tokens: Option<f64>,
    /// Seconds an item took, on average: its share of the group's time, or how long an endpoint took.
    pub seconds: f64,
    /// Items that are also there in English and answered there.
    pub pairs: usize,
    /// How many times the tokens of the same items in English, read and written together; absent without pairs.
    pub times_english: Option<f64>,
}

/// The prices of all cells. `runs` are given oldest first.
pub fn prices<'a>(runs: impl IntoIterator<Item = (&'a RunRecord, &'a [Answer])>, items: &Items<'a>) -> Vec<Price> {
    let cells = latest(runs);
    let english = in_english(&cells, items);
    let priced = cells.iter().filter_map(|(cell, answers)| {
        let answers: Vec<&Answer> = answers.values().copied().filter(|answer| counts(answer)).collect();
        let n = answers.len();
        if n == 0 {
            return None;
        }
        let mean = |value: &dyn Fn(&Answer) -> f64| answers.iter().map(|answer| value(answer)).sum::<f64>() / n as f64;
        let pairs: Vec<(usize, usize)> = answers
            .iter()
            .filter_map(|answer| {
                let parallel = items.of(answer)?.parallel.as_deref()?;
                let other = english.get(&Question::of(cell, parallel))?;
                Some((tokens(answer), *other))
            })
            .collect();
        let [own, other]: [usize; 2] = [
            pairs.iter().map(|pair| pair.0).sum(),
            pairs.iter().map(|pair| pair.1).sum(),
        ];
        let writes = answers.iter().any(|answer| written(answer) > 0);
        Some(Price {
            model: cell.model.to_owned(),
            benchmark: cell.benchmark.to_owned(),
            task: cell.task.to_owned(),
            language: cell.language.clone(),
            protocol: cell.protocol.clone(),
            n,
            prompt_tokens: mean(&|answer| answer.prompt_tokens as f64),
            written_tokens: writes.then(|| mean(&|answer| written(answer) as f64)),
            seconds: mean(&|answer| answer.seconds),
            pairs: pairs.len(),
            times_english: (other > 0).then(|| own as f64 / other as f64),
        })
    });
    priced.collect()
}

/// A question as a model was asked it, whatever the language.
#[derive(PartialEq, Eq, Hash)]
struct Question<'a> {
    benchmark: &'a str,
    task: &'a str,
    model: &'a str,
    protocol: &'a str,
    parallel: &'a str,
}

impl<'a> Question<'a> {
    fn of(cell: &'a Cell<'_>, parallel: &'a str) -> Self {
        Self {
            benchmark: cell.benchmark,
            task: cell.task,
            model: cell.model,
            protocol: &cell.protocol,
            parallel,
        }
    }
}

/// The tokens of every question that was answered in English.
fn in_english<'c>(
    cells: &'c BTreeMap<Cell<'_>, HashMap<&ItemKey, &Answer>>,
    items: &Items<'c>,
) -> HashMap<Question<'c>, usize> {
    let english = cells.iter().filter(|(cell, _)| cell.language.primary() == REFERENCE);
    let answered = english.flat_map(|(cell, answers)| answers.values().map(move |answer| (cell, answer)));
    answered
        .filter(|(_, answer)| counts(answer))
        .filter_map(|(cell, answer)| {
            let parallel = items.of(answer)?.parallel.as_deref()?;
            Some((Question::of(cell, parallel), tokens(answer)))
        })
        .collect()
}

fn tokens(answer: &Answer) -> usize {
    answer.prompt_tokens + written(answer)
}

fn written(answer: &Answer) -> usize {
    answer.reply.as_ref().map_or(0, |reply| reply.tokens)
}
