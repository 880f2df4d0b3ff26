//! The answers of a finished run as one Parquet file.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, IntoSeries, ListChunked, NamedFrom, ParquetReader, ParquetWriter, PolarsError, SerReader,
    Series, StringChunked, UInt32Chunked, UInt64Chunked,
};

use crate::benchmarks::ItemKey;
use crate::engine::endpoint::Usage;
use crate::files::{WriteError, write_atomically};
use crate::language::Language;
use crate::scoring::{Answer, Outcome, Reply, ReplyEnding};

/// The name of the table within a run's folder.
pub const FILE: &str = "answers.parquet";

/// Why a table of answers cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{} cannot be opened", path.display())]
    Open { path: PathBuf, source: std::io::Error },
    #[error("{} is no table of answers", path.display())]
    Format { path: PathBuf, source: PolarsError },
    #[error("row {row} of {} has {problem}", path.display())]
    Row { path: PathBuf, row: usize, problem: String },
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Writes the table into a run's folder.
pub fn write(folder: &Path, answers: &[Answer]) -> Result<(), TableError> {
    let path = folder.join(FILE);
    let format = |source| TableError::Format {
        path: path.clone(),
        source,
    };
    let mut bytes = Vec::new();
    let mut frame = to_frame(answers).map_err(format)?;
    ParquetWriter::new(&mut bytes).finish(&mut frame).map_err(format)?;
    Ok(write_atomically(&path, &bytes)?)
}

/// Reads the table in a run's folder.
pub fn read(folder: &Path) -> Result<Vec<Answer>, TableError> {
    let path = folder.join(FILE);
    let file = File::open(&path).map_err(|source| TableError::Open {
        path: path.clone(),
        source,
    })?;
    let frame = ParquetReader::new(file).finish().map_err(|source| TableError::Format {
        path: path.clone(),
        source,
    })?;
    from_frame(&path, &frame)
}

fn to_frame(answers: &[Answer]) -> Result<DataFrame, PolarsError> {
    fn texts<'a>(name: &str, answers: &'a [Answer], text: impl Fn(&'a Answer) -> Option<&'a str>) -> Column {
        Series::new(name.into(), answers.iter().map(text).collect::<Vec<_>>()).into()
    }
    fn counts(name: &str, answers: &[Answer], count: impl Fn(Usage) -> u64) -> Column {
        let counts = answers.iter().map(|answer| answer.usage.map(&count));
        Series::new(name.into(), counts.collect::<Vec<_>>()).into()
    }
    let mut log_probabilities: ListChunked = answers
        .iter()
        .map(|answer| Series::new("".into(), &answer.log_probabilities))
        .collect();
    log_probabilities.rename("log_probabilities".into());
    fn numbers<'a>(name: &str, answers: &'a [Answer], of: impl Fn(&'a Answer) -> &'a [usize]) -> Column {
        let lists = answers.iter().map(|answer| {
            let numbers = of(answer).iter().map(|&number| number as u64);
            Series::new("".into(), numbers.collect::<Vec<_>>())
        });
        let mut lists: ListChunked = lists.collect();
        lists.rename(name.into());
        lists.into_series().into()
    }
    let prompt_tokens: Vec<u64> = answers.iter().map(|answer| answer.prompt_tokens as u64).collect();
    let seconds: Vec<f64> = answers.iter().map(|answer| answer.seconds).collect();
    let reply_tokens: Vec<Option<u64>> = answers
        .iter()
        .map(|answer| Some(answer.reply.as_ref()?.tokens as u64))
        .collect();
    DataFrame::new(
        answers.len(),
        vec![
            texts("model", answers, |answer| Some(&answer.model)),
            texts("benchmark", answers, |answer| Some(&answer.benchmark)),
            texts("task", answers, |answer| Some(&answer.task)),
            texts("language", answers, |answer| Some(answer.item.language.tag())),
            texts("id", answers, |answer| Some(&answer.item.id)),
            log_probabilities.into_series().into(),
            numbers("choices", answers, |answer| &answer.choices),
            texts("outcome", answers, |answer| Some(answer.outcome.word())),
            Series::new("prompt_tokens".into(), prompt_tokens).into(),
            Series::new("seconds".into(), seconds).into(),
            texts("error", answers, |answer| answer.error.as_deref()),
            texts("reply", answers, |answer| Some(&*answer.reply.as_ref()?.text)),
            Series::new("reply_tokens".into(), reply_tokens).into(),
            texts("reply_ending", answers, |answer| {
                Some(answer.reply.as_ref()?.ending.word())
            }),
            counts("usage_requests", answers, |usage| usage.requests),
            counts("usage_prompt_tokens", answers, |usage| usage.prompt_tokens),
            counts("usage_written_tokens", answers, |usage| usage.written_tokens),
            numbers("option_tokens", answers, |answer| &answer.option_tokens),
        ],
    )
}

fn from_frame(path: &Path, frame: &DataFrame) -> Result<Vec<Answer>, TableError> {
    let format = |source| TableError::Format {
        path: path.to_owned(),
        source,
    };
    let text = |name: &str| frame.column(name).and_then(Column::str).map_err(format);
    let models = text("model")?;
    let benchmarks = text("benchmark")?;
    let tasks = text("task")?;
    let languages = text("language")?;
    let ids = text("id")?;
    let outcomes = text("outcome")?;
    let errors = text("error")?;
    let log_probabilities = frame
        .column("log_probabilities")
        .and_then(Column::list)
        .map_err(format)?;
    let choices = Choices::of(frame).map_err(format)?;
    let prompt_tokens = frame.column("prompt_tokens").and_then(Column::u64).map_err(format)?;
    let seconds = frame.column("seconds").and_then(Column::f64).map_err(format)?;
    let replies = Replies::of(frame).map_err(format)?;
    let usages = Usages::of(frame).map_err(format)?;
    // A table from before tokens of options were kept has none.
    let option_tokens = frame.column("option_tokens").and_then(Column::list).ok();
    (0..frame.height())
        .map(|row| {
            let problem = |problem: String| TableError::Row {
                path: path.to_owned(),
                row,
                problem,
            };
            let required =
                |value: Option<&str>, name: &str| value.map(str::to_owned).ok_or_else(|| problem(format!("no {name}")));
            let language: Language = required(languages.get(row), "language")?
                .parse()
                .map_err(|error| problem(format!("{error}")))?;
            let outcome = required(outcomes.get(row), "outcome")?;
            let scores = match log_probabilities.get_as_series(row) {
                Some(series) => series.f64().map_err(format)?.into_no_null_iter().collect(),
                None => Vec::new(),
            };
            Ok(Answer {
                model: required(models.get(row), "model")?,
                benchmark: required(benchmarks.get(row), "benchmark")?,
                task: required(tasks.get(row), "task")?,
                item: ItemKey {
                    language,
                    id: required(ids.get(row), "id")?,
                },
                log_probabilities: scores,
                option_tokens: match option_tokens {
                    Some(tokens) => numbers_at(tokens, row).map_err(format)?,
                    None => Vec::new(),
                },
                choices: choices.get(row).map_err(format)?,
                outcome: Outcome::from_word(&outcome)
                    .ok_or_else(|| problem(format!("the outcome `{outcome}`, which this program does not know")))?,
                prompt_tokens: prompt_tokens.get(row).unwrap_or(0) as usize,
                seconds: seconds.get(row).unwrap_or(0.0),
                usage: usages.as_ref().and_then(|usages| usages.get(row)),
                reply: replies.as_ref().and_then(|replies| replies.get(row)),
                error: errors.get(row).map(str::to_owned),
            })
        })
        .collect()
}

/// The column of what was chosen.
enum Choices<'a> {
    Several(&'a ListChunked),
    /// Of a table from before several options could be chosen.
    One(&'a UInt32Chunked),
}

impl<'a> Choices<'a> {
    fn of(frame: &'a DataFrame) -> Result<Self, PolarsError> {
        match frame.column("choices") {
            Ok(several) => Ok(Self::Several(several.list()?)),
            Err(_) => Ok(Self::One(frame.column("choice")?.u32()?)),
        }
    }

    fn get(&self, row: usize) -> Result<Vec<usize>, PolarsError> {
        match self {
            Self::One(choices) => Ok(choices.get(row).map(|choice| choice as usize).into_iter().collect()),
            Self::Several(choices) => numbers_at(choices, row),
        }
    }
}

/// The numbers of a row.
fn numbers_at(lists: &ListChunked, row: usize) -> Result<Vec<usize>, PolarsError> {
    match lists.get_as_series(row) {
        Some(numbers) => Ok(numbers
            .u64()?
            .into_no_null_iter()
            .map(|number| number as usize)
            .collect()),
        None => Ok(Vec::new()),
    }
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

    fn get(&self, row: usize) -> Option<Reply> {
        Some(Reply {
            text: self.texts.get(row)?.to_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(number: i32) -> Answer {
        Answer {
            model: "model".into(),
            benchmark: "b".into(),
            task: "مهمة".into(),
            item: ItemKey {
                language: "ar".parse().unwrap(),
                id: number.to_string(),
            },
            log_probabilities: if number == 7 {
                Vec::new()
            } else {
                vec![-0.5, -f64::from(number), -1e-9]
            },
            option_tokens: vec![number as usize; usize::from(number != 7) * 3],
            choices: match number {
                7 => Vec::new(),
                8 => vec![0, 2],
                _ => vec![number as usize % 3],
            },
            outcome: if number == 7 { Outcome::Failed } else { Outcome::Wrong },
            prompt_tokens: number as usize * 3,
            seconds: 0.125 * f64::from(number),
            usage: (number % 3 == 0).then_some(Usage {
                requests: 4,
                prompt_tokens: 400,
                written_tokens: number as u64,
            }),
            reply: (number % 2 == 0).then(|| Reply {
                text: "الإجابة: ب\n".into(),
                tokens: number as usize,
                ending: ReplyEnding::Truncated,
            }),
            error: (number == 7).then(|| "too long".to_owned()),
        }
    }

    #[test]
    fn answers_come_back_as_they_were() {
        let answers: Vec<Answer> = (0..40).map(answer).collect();
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &answers).unwrap();
        assert_eq!(read(folder.path()).unwrap(), answers);
    }

    #[test]
    fn a_table_from_before_replies_and_several_choices_is_read() {
        let frame = to_frame(&[answer(1), answer(2)]).unwrap();
        let since = frame.get_column_names().into_iter().skip_while(|name| *name != "reply");
        let mut older = frame.drop_many(since.cloned().collect::<Vec<_>>());
        older.drop_in_place("choices").unwrap();
        older
            .with_column(Series::new("choice".into(), [Some(1_u32), None]).into())
            .unwrap();
        let read = from_frame(Path::new(FILE), &older).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!((read[0].choices.as_slice(), read[1].choices.len()), ([1].as_slice(), 0));
        assert!(read.iter().all(|answer| answer.reply.is_none()));
    }

    #[test]
    fn a_run_without_answers_is_a_table_too() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[]).unwrap();
        assert_eq!(read(folder.path()).unwrap(), []);
    }

    #[test]
    fn another_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "no parquet").unwrap();
        let error = read(folder.path()).unwrap_err();
        assert!(error.to_string().contains(FILE), "{error}");
    }
}
