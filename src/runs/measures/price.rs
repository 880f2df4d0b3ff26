//! The price of a language: tokens and time an item takes, beside the same items in English.

use serde::Serialize;

use crate::language::Language;
use crate::runs::ledger::{Cell, Given, Ledger, Selection};

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

/// The prices of all cells.
pub fn prices(ledger: &Ledger, selection: &Selection) -> Vec<Price> {
    let priced = ledger.cells().filter_map(|cell| {
        let given: Vec<Given<'_>> = cell.answers(selection).filter(Given::counts).collect();
        let n = given.len();
        if n == 0 {
            return None;
        }
        let mean = |value: &dyn Fn(&Given<'_>) -> f64| given.iter().map(value).sum::<f64>() / n as f64;
        let pairs: Vec<(usize, usize)> = given
            .iter()
            .filter_map(|own| Some((tokens(own), in_english(ledger, selection, cell, own)?)))
            .collect();
        let [own, other]: [usize; 2] = [
            pairs.iter().map(|pair| pair.0).sum(),
            pairs.iter().map(|pair| pair.1).sum(),
        ];
        let writes = given.iter().any(|given| given.written_tokens() > 0);
        Some(Price {
            model: cell.sheet.model.clone(),
            benchmark: cell.column.benchmark.clone(),
            task: cell.column.task.clone(),
            language: cell.column.language.clone(),
            protocol: cell.sheet.protocol.clone(),
            n,
            prompt_tokens: mean(&|given| given.prompt_tokens() as f64),
            written_tokens: writes.then(|| mean(&|given| given.written_tokens() as f64)),
            seconds: mean(&|given| given.seconds()),
            pairs: pairs.len(),
            times_english: (other > 0).then(|| own as f64 / other as f64),
        })
    });
    priced.collect()
}

/// The tokens of the same question of the task in English, where the same model answered it under the same protocol.
fn in_english(ledger: &Ledger, selection: &Selection, cell: Cell<'_>, own: &Given<'_>) -> Option<usize> {
    let question = ledger.question(own.question()).filter(|question| question.is_tied)?;
    let is_english = |other: &usize| {
        ledger.question(*other).is_some_and(|other| {
            let is_english = ledger.language(other).is_some_and(Language::is_english);
            is_english && other.is_tied && other.task == question.task
        })
    };
    let other = std::iter::once(own.question()).chain(ledger.beside(own.question()));
    let other = other.filter(|other| selection.contains(*other)).find(is_english)?;
    ledger
        .given(cell.sheet, other)
        .filter(Given::counts)
        .map(|given| tokens(&given))
}

fn tokens(given: &Given<'_>) -> usize {
    given.prompt_tokens() + given.written_tokens()
}
