//! The rows of a table of answers, borrowed from its columns: one decoding for who wants answers and who wants columns.

use std::path::Path;

use polars::prelude::{
    ChunkExplode, Column, DataFrame, Float64Chunked, ListChunked, PolarsError, StringChunked, UInt64Chunked,
};

use super::table::TableError;
use crate::benchmarks::ItemKey;
use crate::engine::endpoint::Usage;
use crate::language::Language;
use crate::scoring::{Answer, Outcome, Reply, ReplyEnding};

/// An [`Answer`] of which nothing is owned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct AnswerRow<'a> {
    pub model: &'a str,
    pub benchmark: &'a str,
    pub task: &'a str,
    pub language: &'a Language,
    pub id: &'a str,
    pub log_probabilities: &'a [f64],
    pub option_tokens: &'a [usize],
    pub choices: &'a [usize],
    pub outcome: Outcome,
    pub prompt_tokens: usize,
    pub seconds: f64,
    pub usage: Option<Usage>,
    pub reply: Option<ReplyRow<'a>>,
    pub error: Option<&'a str>,
}

/// A [`Reply`] whose text is borrowed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ReplyRow<'a> {
    pub text: &'a str,
    pub tokens: usize,
    pub ending: ReplyEnding,
}

impl AnswerRow<'_> {
    /// What names its item.
    pub fn key(&self) -> ItemKey {
        ItemKey {
            language: self.language.clone(),
            id: self.id.to_owned(),
        }
    }
}

impl<'a> From<&'a Answer> for AnswerRow<'a> {
    fn from(answer: &'a Answer) -> Self {
        Self {
            model: &answer.model,
            benchmark: &answer.benchmark,
            task: &answer.task,
            language: &answer.item.language,
            id: &answer.item.id,
            log_probabilities: &answer.log_probabilities,
            option_tokens: &answer.option_tokens,
            choices: &answer.choices,
            outcome: answer.outcome,
            prompt_tokens: answer.prompt_tokens,
            seconds: answer.seconds,
            usage: answer.usage,
            reply: answer.reply.as_ref().map(|reply| ReplyRow {
                text: &reply.text,
                tokens: reply.tokens,
                ending: reply.ending,
            }),
            error: answer.error.as_deref(),
        }
    }
}

impl From<AnswerRow<'_>> for Answer {
    fn from(row: AnswerRow<'_>) -> Self {
        Self {
            model: row.model.to_owned(),
            benchmark: row.benchmark.to_owned(),
            task: row.task.to_owned(),
            item: row.key(),
            log_probabilities: row.log_probabilities.to_vec(),
            option_tokens: row.option_tokens.to_vec(),
            choices: row.choices.to_vec(),
            outcome: row.outcome,
            prompt_tokens: row.prompt_tokens,
            seconds: row.seconds,
            usage: row.usage,
            reply: row.reply.map(Reply::from),
            error: row.error.map(str::to_owned),
        }
    }
}

impl From<ReplyRow<'_>> for Reply {
    fn from(row: ReplyRow<'_>) -> Self {
        Self {
            text: row.text.to_owned(),
            tokens: row.tokens,
            ending: row.ending,
        }
    }
}

/// The columns of a table of answers, as they are now and as they once were.
pub(super) struct Rows<'a> {
    path: &'a Path,
    count: usize,
    models: &'a StringChunked,
    benchmarks: &'a StringChunked,
    tasks: &'a StringChunked,
    languages: Languages,
    ids: &'a StringChunked,
    outcomes: &'a StringChunked,
    errors: &'a StringChunked,
    log_probabilities: Lists<f64>,
    option_tokens: Lists<usize>,
    choices: Lists<usize>,
    prompt_tokens: &'a UInt64Chunked,
    seconds: &'a Float64Chunked,
    replies: Option<Replies<'a>>,
    usages: Option<Usages<'a>>,
}

impl<'a> Rows<'a> {
    /// The rows of a frame; `path` is its file's.
    pub fn of(path: &'a Path, frame: &'a DataFrame) -> Result<Self, TableError> {
        let format = |source| TableError::Format {
            path: path.to_owned(),
            source,
        };
        let text = |name: &str| frame.column(name).and_then(Column::str).map_err(format);
        Ok(Self {
            path,
            count: frame.height(),
            models: text("model")?,
            benchmarks: text("benchmark")?,
            tasks: text("task")?,
            languages: Languages::of(path, text("language")?)?,
            ids: text("id")?,
            outcomes: text("outcome")?,
            errors: text("error")?,
            log_probabilities: log_probabilities(frame).map_err(format)?,
            // A table from before tokens of options were kept has none.
            option_tokens: match frame.column("option_tokens") {
                Ok(column) => numbers(column).map_err(format)?,
                Err(_) => Lists::default(),
            },
            choices: choices(frame).map_err(format)?,
            prompt_tokens: frame.column("prompt_tokens").and_then(Column::u64).map_err(format)?,
            seconds: frame.column("seconds").and_then(Column::f64).map_err(format)?,
            replies: Replies::of(frame).map_err(format)?,
            usages: Usages::of(frame).map_err(format)?,
        })
    }

    /// Every row, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = Result<AnswerRow<'_>, TableError>> {
        (0..self.count).map(|row| self.get(row))
    }

    fn get(&self, row: usize) -> Result<AnswerRow<'_>, TableError> {
        let problem = |problem: String| TableError::Row {
            path: self.path.to_owned(),
            row,
            problem,
        };
        let required = |value: Option<&'a str>, name: &str| value.ok_or_else(|| problem(format!("no {name}")));
        let outcome = required(self.outcomes.get(row), "outcome")?;
        let language = self.languages.get(row);
        Ok(AnswerRow {
            model: required(self.models.get(row), "model")?,
            benchmark: required(self.benchmarks.get(row), "benchmark")?,
            task: required(self.tasks.get(row), "task")?,
            language: language.ok_or_else(|| problem("no language".to_owned()))?,
            id: required(self.ids.get(row), "id")?,
            log_probabilities: self.log_probabilities.get(row),
            option_tokens: self.option_tokens.get(row),
            choices: self.choices.get(row),
            outcome: Outcome::from_word(outcome)
                .ok_or_else(|| problem(format!("the outcome `{outcome}`, which this program does not know")))?,
            prompt_tokens: self.prompt_tokens.get(row).unwrap_or(0) as usize,
            seconds: self.seconds.get(row).unwrap_or(0.0),
            usage: self.usages.as_ref().and_then(|usages| usages.get(row)),
            reply: self.replies.as_ref().and_then(|replies| replies.get(row)),
            error: self.errors.get(row),
        })
    }
}

/// The languages of rows, each read once.
struct Languages {
    known: Vec<Language>,
    by_row: Vec<u32>,
}

impl Languages {
    fn of(path: &Path, tags: &StringChunked) -> Result<Self, TableError> {
        let mut seen: Vec<&str> = Vec::new();
        let mut known = Vec::new();
        let mut by_row = Vec::with_capacity(tags.len());
        let mut last = 0;
        for (row, tag) in tags.iter().enumerate() {
            let problem = |problem: String| TableError::Row {
                path: path.to_owned(),
                row,
                problem,
            };
            let tag = tag.ok_or_else(|| problem("no language".to_owned()))?;
            // Rows of one language mostly follow each other.
            if seen.get(last) != Some(&tag) {
                last = match seen.iter().position(|seen| *seen == tag) {
                    Some(place) => place,
                    None => {
                        known.push(tag.parse().map_err(|error| problem(format!("{error}")))?);
                        seen.push(tag);
                        seen.len() - 1
                    }
                };
            }
            by_row.push(last as u32);
        }
        Ok(Self { known, by_row })
    }

    fn get(&self, row: usize) -> Option<&Language> {
        self.known.get(*self.by_row.get(row)? as usize)
    }
}

/// A list in every row; none in any where there is no such column.
struct Lists<T> {
    /// Where the rows' lists begin, and where the last one ends.
    borders: Vec<usize>,
    values: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self {
            borders: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<T> Lists<T> {
    fn of(lists: &ListChunked, values: Vec<T>) -> Result<Self, PolarsError> {
        let borders = lists.offsets()?;
        Ok(Self {
            borders: borders.as_slice().iter().map(|&border| border as usize).collect(),
            values,
        })
    }

    fn get(&self, row: usize) -> &[T] {
        let border = |row: usize| self.borders.get(row).copied();
        let range = border(row).zip(border(row + 1)).map(|(start, end)| start..end);
        range.and_then(|range| self.values.get(range)).unwrap_or(&[])
    }
}

fn log_probabilities(frame: &DataFrame) -> Result<Lists<f64>, PolarsError> {
    let lists = frame.column("log_probabilities")?.list()?;
    if frame.height() == 0 {
        // Without a row the lists' type is not known.
        return Ok(Lists::default());
    }
    let values = lists.get_inner();
    Lists::of(
        lists,
        values.f64()?.iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
    )
}

fn numbers(column: &Column) -> Result<Lists<usize>, PolarsError> {
    let lists = column.list()?;
    if lists.is_empty() {
        return Ok(Lists::default());
    }
    let values = lists.get_inner();
    Lists::of(
        lists,
        values.u64()?.iter().map(|value| value.unwrap_or(0) as usize).collect(),
    )
}

/// What was chosen; in a table from before several options could be, one number or none.
fn choices(frame: &DataFrame) -> Result<Lists<usize>, PolarsError> {
    if let Ok(several) = frame.column("choices") {
        return numbers(several);
    }
    let mut lists = Lists {
        borders: vec![0],
        values: Vec::new(),
    };
    for choice in frame.column("choice")?.u32()?.iter() {
        lists.values.extend(choice.map(|choice| choice as usize));
        lists.borders.push(lists.values.len());
    }
    Ok(lists)
}

/// The columns of what models wrote.
struct Replies<'a> {
    texts: &'a StringChunked,
    tokens: &'a UInt64Chunked,
    endings: &'a StringChunked,
}

impl<'a> Replies<'a> {
    /// `None` in a table from before replies were kept.
    fn of(frame: &'a DataFrame) -> Result<Option<Self>, PolarsError> {
        let Ok(texts) = frame.column("reply") else {
            return Ok(None);
        };
        Ok(Some(Self {
            texts: texts.str()?,
            tokens: frame.column("reply_tokens")?.u64()?,
            endings: frame.column("reply_ending")?.str()?,
        }))
    }

    fn get(&self, row: usize) -> Option<ReplyRow<'a>> {
        Some(ReplyRow {
            text: self.texts.get(row)?,
            tokens: self.tokens.get(row)? as usize,
            ending: ReplyEnding::from_word(self.endings.get(row)?)?,
        })
    }
}

/// The columns of what endpoints counted.
struct Usages<'a> {
    requests: &'a UInt64Chunked,
    prompt_tokens: &'a UInt64Chunked,
    written_tokens: &'a UInt64Chunked,
}

impl<'a> Usages<'a> {
    /// `None` in a table from before there were endpoints.
    fn of(frame: &'a DataFrame) -> Result<Option<Self>, PolarsError> {
        let Ok(requests) = frame.column("usage_requests") else {
            return Ok(None);
        };
        Ok(Some(Self {
            requests: requests.u64()?,
            prompt_tokens: frame.column("usage_prompt_tokens")?.u64()?,
            written_tokens: frame.column("usage_written_tokens")?.u64()?,
        }))
    }

    fn get(&self, row: usize) -> Option<Usage> {
        Some(Usage {
            requests: self.requests.get(row)?,
            prompt_tokens: self.prompt_tokens.get(row)?,
            written_tokens: self.written_tokens.get(row)?,
        })
    }
}
