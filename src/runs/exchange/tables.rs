//! Answers and items as tables for statistics programs and spreadsheets.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::ExchangeError;
use crate::benchmarks::{Benchmark, export};
use crate::files::write_with;
use crate::runs::RunRecord;
use crate::runs::export::{AnswerRow, answer_rows, write_answers_csv, write_answers_parquet};
use crate::runs::ledger::Corrections;
use crate::scoring::Answer;
use crate::workspace::Workspace;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    Parquet,
    /// Cells that a spreadsheet would run are guarded; see [`crate::files::cells`].
    Csv,
    JsonLines,
}

impl TableFormat {
    fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }
}

/// Writes `answers.<extension>` and, for each benchmark of the run, `items-<name>.<extension>`.
pub(super) fn export(
    workspace: &Workspace,
    record: &RunRecord,
    answers: &[Answer],
    format: TableFormat,
    corrections: &Corrections,
    into: &Path,
) -> Result<Vec<PathBuf>, ExchangeError> {
    let extension = format.extension();
    let path = into.join(format!("answers.{extension}"));
    let rows: Vec<AnswerRow<'_>> = answer_rows(record, answers, corrections).collect();
    write_with(&path, |file| match format {
        TableFormat::Csv => write_answers_csv(file, &rows).map_err(std::io::Error::other),
        TableFormat::Parquet => write_answers_parquet(file, &rows).map_err(std::io::Error::other),
        TableFormat::JsonLines => rows.iter().try_for_each(|row| {
            serde_json::to_writer(&mut *file, row)?;
            file.write_all(b"\n")
        }),
    })?;
    let mut files = vec![path];
    for benchmark in &record.benchmarks {
        let benchmark = workspace.load_benchmark(&benchmark.name)?;
        let path = into.join(format!("items-{}.{extension}", benchmark.name()));
        write_with(&path, |file| write_items(&benchmark, format, file))?;
        files.push(path);
    }
    Ok(files)
}

fn write_items(
    benchmark: &Benchmark,
    format: TableFormat,
    file: &mut std::io::BufWriter<&mut std::fs::File>,
) -> std::io::Result<()> {
    match format {
        TableFormat::Parquet => export::write_parquet(file, benchmark).map_err(std::io::Error::other),
        TableFormat::Csv => export::write_csv(file, benchmark).map_err(std::io::Error::other),
        TableFormat::JsonLines => benchmark.items().iter().try_for_each(|item| {
            serde_json::to_writer(&mut *file, &item.to_json())?;
            file.write_all(b"\n")
        }),
    }
}
