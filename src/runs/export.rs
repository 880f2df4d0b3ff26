//! Answers and comparisons as people and other programs read them: JSON, CSV and Parquet.
//!
//! In CSV, texts that a spreadsheet would run are guarded; see [`crate::files::cells`].

use std::io::Write;

use polars::prelude::{Column, CsvWriter, DataFrame, NamedFrom, ParquetWriter, PolarsError, SerWriter, Series};
use serde::Serialize;

use super::RunRecord;
use super::ledger::{Correction, Corrections};
use crate::files::cells::guarded;
use crate::language::Language;
use crate::scoring::{Answer, Outcome, ReplyEnding};

/// One answer with the run it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerRow<'a> {
    pub run: &'a str,
    pub protocol: String,
    pub model: &'a str,
    pub benchmark: &'a str,
    pub task: &'a str,
    pub language: &'a Language,
    pub item: &'a str,
    /// Natural-log probability of every option's letter, in the item's order.
    pub log_probabilities: &'a [f64],
    /// The chosen option as a Latin letter; several as `A,C`.
    pub choice: Option<String>,
    /// The chosen option, from 0, where it is one.
    pub choice_index: Option<usize>,
    /// As the decisions about its item have it.
    pub outcome: Outcome,
    /// What was decided about its item, where that changes numbers: `left out`, or `re-keyed to C`.
    pub decision: Option<String>,
    pub prompt_tokens: usize,
    pub seconds: f64,
    /// What the model wrote, where its reply was read.
    pub reply: Option<&'a str>,
    pub reply_tokens: Option<usize>,
    pub reply_ending: Option<ReplyEnding>,
    pub error: Option<&'a str>,
}

/// The rows of a run's answers under `corrections`, in their order.
pub fn answer_rows<'a>(
    record: &'a RunRecord,
    answers: &'a [Answer],
    corrections: &Corrections,
) -> impl Iterator<Item = AnswerRow<'a>> {
    let protocol = record.protocol.label();
    answers
        .iter()
        .map(move |answer| (answer, corrections.outcome(answer)))
        .map(move |(answer, (outcome, correction))| AnswerRow {
            run: record.id.as_str(),
            protocol: protocol.clone(),
            model: &answer.model,
            benchmark: &answer.benchmark,
            task: &answer.task,
            language: &answer.item.language,
            item: &answer.item.id,
            log_probabilities: &answer.log_probabilities,
            choice: (!answer.choices.is_empty()).then(|| {
                let letters = answer
                    .choices
                    .iter()
                    .filter_map(|&choice| Language::latin_letter(choice));
                letters.collect::<Vec<_>>().join(",")
            }),
            choice_index: match answer.choices.as_slice() {
                [choice] => Some(*choice),
                _ => None,
            },
            outcome,
            decision: correction.map(Correction::words),
            prompt_tokens: answer.prompt_tokens,
            seconds: answer.seconds,
            reply: answer.reply.as_ref().map(|reply| reply.text.as_str()),
            reply_tokens: answer.reply.as_ref().map(|reply| reply.tokens),
            reply_ending: answer.reply.as_ref().map(|reply| reply.ending),
            error: answer.error.as_deref(),
        })
}

/// Answers as CSV; the log-probabilities stand in one field, separated by spaces.
pub fn write_answers_csv(output: impl Write, rows: &[AnswerRow<'_>]) -> Result<(), PolarsError> {
    let spaced = |row: &AnswerRow<'_>| {
        row.log_probabilities
            .iter()
            .map(f64::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let values: Vec<String> = rows.iter().map(spaced).collect();
    let log_probabilities = Series::new(LOG_PROBABILITIES.into(), values).into();
    let mut table = answer_table(rows, log_probabilities, &guarded)?;
    CsvWriter::new(output).finish(&mut table)
}

/// Answers as Parquet, with the log-probabilities as a list and texts as they are.
pub fn write_answers_parquet(output: impl Write, rows: &[AnswerRow<'_>]) -> Result<(), PolarsError> {
    let values = rows.iter().map(|row| Series::new("".into(), row.log_probabilities));
    let values: Vec<Series> = values.collect();
    let log_probabilities = Column::new(LOG_PROBABILITIES.into(), values);
    let mut table = answer_table(rows, log_probabilities, &str::to_owned)?;
    ParquetWriter::new(output).finish(&mut table)?;
    Ok(())
}

const LOG_PROBABILITIES: &str = "log_probabilities";

/// Every field of the rows; `write` puts the texts of people, items and models.
fn answer_table(
    rows: &[AnswerRow<'_>],
    log_probabilities: Column,
    write: &dyn Fn(&str) -> String,
) -> Result<DataFrame, PolarsError> {
    let text = |name: &str, value: &dyn Fn(&AnswerRow<'_>) -> Option<String>| -> Column {
        let values = rows.iter().map(|row| value(row).map(|text| write(&text)));
        Series::new(name.into(), values.collect::<Vec<_>>()).into()
    };
    let numbers = |name: &str, value: &dyn Fn(&AnswerRow<'_>) -> Option<u64>| -> Column {
        Series::new(name.into(), rows.iter().map(value).collect::<Vec<_>>()).into()
    };
    let seconds: Column = Series::new("seconds".into(), rows.iter().map(|row| row.seconds).collect::<Vec<_>>()).into();
    let columns = vec![
        text("run", &|row| Some(row.run.to_owned())),
        text("protocol", &|row| Some(row.protocol.clone())),
        text("model", &|row| Some(row.model.to_owned())),
        text("benchmark", &|row| Some(row.benchmark.to_owned())),
        text("task", &|row| Some(row.task.to_owned())),
        text("language", &|row| Some(row.language.tag().to_owned())),
        text("item", &|row| Some(row.item.to_owned())),
        log_probabilities,
        text("choice", &|row| row.choice.clone()),
        numbers("choice_index", &|row| row.choice_index.map(|index| index as u64)),
        text("outcome", &|row| Some(row.outcome.word().to_owned())),
        text("decision", &|row| row.decision.clone()),
        numbers("prompt_tokens", &|row| Some(row.prompt_tokens as u64)),
        seconds,
        text("reply", &|row| row.reply.map(str::to_owned)),
        numbers("reply_tokens", &|row| row.reply_tokens.map(|tokens| tokens as u64)),
        text("reply_ending", &|row| {
            row.reply_ending.map(|ending| ending.word().to_owned())
        }),
        text("error", &|row| row.error.map(str::to_owned)),
    ];
    DataFrame::new(rows.len(), columns)
}
