//! The answers of a finished run as one Parquet file.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::prelude::{
    Column, DataFrame, IntoSeries, ListChunked, NamedFrom, ParallelStrategy, ParquetReader, ParquetWriter, PolarsError,
    SerReader, Series,
};

use super::rows::Rows;
use crate::engine::endpoint::Usage;
use crate::files::{WriteError, write_atomically};
use crate::scoring::Answer;

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

/// The table in a run's folder, in memory.
pub(super) struct Table {
    path: PathBuf,
    frame: DataFrame,
}

impl Table {
    /// Reads the table in a run's folder.
    pub fn open(folder: &Path) -> Result<Self, TableError> {
        let path = folder.join(FILE);
        let file = File::open(&path).map_err(|source| TableError::Open {
            path: path.clone(),
            source,
        })?;
        // Tables are read beside each other, each on one thread.
        let reader = ParquetReader::new(file).read_parallel(ParallelStrategy::None);
        match reader.finish() {
            Ok(mut frame) => {
                // Rows are read one by one, which many chunks would slow down.
                frame.rechunk_mut();
                Ok(Self { path, frame })
            }
            Err(source) => Err(TableError::Format { path, source }),
        }
    }

    /// Its rows.
    pub fn rows(&self) -> Result<Rows<'_>, TableError> {
        Rows::of(&self.path, &self.frame)
    }

    /// Its answers.
    pub fn answers(&self) -> Result<Vec<Answer>, TableError> {
        self.rows()?.iter().map(|row| row.map(Answer::from)).collect()
    }
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::benchmarks::ItemKey;
    use crate::scoring::{Outcome, Reply, ReplyEnding};

    /// Writes the table as programs wrote it before `since`, one of its columns, and those after it were kept.
    pub fn write_older(folder: &Path, answers: &[Answer], since: &str) {
        let frame = to_frame(answers).unwrap();
        let later = frame.get_column_names().into_iter().skip_while(|name| *name != since);
        let mut older = frame.drop_many(later.cloned().collect::<Vec<_>>());
        let file = File::create(folder.join(FILE)).unwrap();
        ParquetWriter::new(file).finish(&mut older).unwrap();
    }

    fn read(folder: &Path) -> Result<Vec<Answer>, TableError> {
        Table::open(folder)?.answers()
    }

    /// Answers of every kind.
    pub fn answer(number: i32) -> Answer {
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
        let table = Table {
            path: FILE.into(),
            frame: older,
        };
        let read = table.answers().unwrap();
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
