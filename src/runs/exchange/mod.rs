//! Runs and other harnesses: writing runs as they do, and taking in runs that they made.
//!
//! | format | written | read |
//! |---|---|---|
//! | lm-evaluation-harness | `<model>/results_<time>.json` and `samples_<task>_<time>.jsonl`, hashes as its own | yes, one run for each filter |
//! | inspect | `<time>_<task>_<model>.eval` and `.json`, one log for each exam and language | both, also with zstd members |
//! | tables | answers, with outcomes as decisions about items have them, and items as Parquet, CSV or JSON Lines | items, by `polyclinic import` |
//!
//! What those formats have no field for stands in one called `polyclinic`, which their readers pass over, so that a run
//! of ours comes back with the same numbers.

mod asked;
mod document;
mod elsewhere;
mod inspect;
mod kept;
mod lm_eval;
mod parts;
mod python;
mod questions;
mod tables;
#[cfg(test)]
mod tests;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::ledger::Corrections;
use super::model::name_of;
use super::{RunId, RunModel, RunRecord, store};
use crate::benchmarks::BenchmarkError;
use crate::files::WriteError;
use crate::language::Language;
use crate::prompts::ChatError;
use crate::workspace::{Workspace, WorkspaceError};
pub use tables::TableFormat;

/// What a run is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    LmEval,
    Inspect,
    Table(TableFormat),
}

impl Format {
    /// Every format, in the order lists show them.
    pub const ALL: [Self; 5] = [
        Self::LmEval,
        Self::Inspect,
        Self::Table(TableFormat::Parquet),
        Self::Table(TableFormat::Csv),
        Self::Table(TableFormat::JsonLines),
    ];

    /// What it is called where it is chosen.
    pub fn title(self) -> &'static str {
        match self {
            Self::LmEval => "for lm-evaluation-harness",
            Self::Inspect => "for inspect",
            Self::Table(TableFormat::Parquet) => "as Parquet",
            Self::Table(TableFormat::Csv) => "as CSV",
            Self::Table(TableFormat::JsonLines) => "as JSON Lines",
        }
    }
}

/// How to take in what the files leave open.
#[derive(Debug, Clone, Default)]
pub struct ImportChoices {
    /// The language of items that tell none and are not in the workspace.
    pub language: Option<Language>,
    /// The name that answers carry here.
    pub model: Option<String>,
    /// The metric (lm-evaluation-harness) or score (inspect) that says whether an answer is right.
    pub metric: Option<String>,
}

/// A run that was taken in.
#[derive(Debug)]
pub struct Imported {
    pub record: RunRecord,
    pub answers: usize,
    /// Answers to items that were in the workspace before.
    pub tied: usize,
    /// The benchmarks made of the other items.
    pub new_benchmarks: Vec<String>,
    /// What was left out, each with its place and the reason.
    pub left_out: Vec<String>,
}

/// Why a run cannot be written for others or taken in.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error(
        "the benchmark `{benchmark}` has changed since run {run} was made, so what was asked cannot be written down. Answers alone can: as Parquet, CSV or JSON Lines"
    )]
    BenchmarkChanged { run: String, benchmark: String },
    #[error("the benchmark `{benchmark}` has no item `{item}` in {language}, which the run answered")]
    NoItem {
        benchmark: String,
        item: String,
        language: Language,
    },
    #[error(
        "run {run} was imported by an earlier Polyclinic, which did not keep what its models were asked. {}; the answers \
         of {run} can be written as Parquet, CSV or JSON Lines",
        import_anew(file)
    )]
    MadeElsewhere { run: RunId, file: PathBuf },
    #[error("run {0} has no answers yet")]
    NoAnswers(RunId),
    #[error("the prompt of an item cannot be made")]
    Prompt(#[source] ChatError),
    #[error("the run cannot be put into JSON")]
    Json(#[source] serde_json::Error),
    #[error("the answers cannot be put into a table")]
    Table(#[from] polars::prelude::PolarsError),
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("line {line} of {} is not what it should be: {reason}", path.display())]
    Format { path: PathBuf, line: usize, reason: String },
    #[error("{} is no log of inspect: {reason}", path.display())]
    NoLog { path: PathBuf, reason: String },
    #[error("{} holds no run: there are no `results_….json` or `samples_….jsonl` of lm-evaluation-harness and no `.eval` or `.json` logs of inspect", .0.display())]
    NothingThere(PathBuf),
    #[error("there are no samples beside {}: without them there are sums but no answers. Run lm-evaluation-harness with `--log_samples`", .0.display())]
    NoSamplesBeside(PathBuf),
    #[error("{} holds no answer that can be read{}", file.display(), first.as_ref().map_or_else(String::new, |first| format!(": {first}")))]
    NoSamples { file: PathBuf, first: Option<String> },
    #[error(
        "the items of `{0}` tell no language and are not in this workspace; say it with `--language`, or import the benchmark first"
    )]
    NoLanguage(String),
    #[error(
        "this workspace has answers of a model called `{0}` that were made here; choose another name with `--model`"
    )]
    NameTaken(String),
    #[error(transparent)]
    Benchmark(#[from] BenchmarkError),
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// What to do about a run whose questions were not kept.
fn import_anew(file: &Path) -> String {
    format!(
        "Import {} anew (`polyclinic import-run`, or \"Import runs\" on the Runs page) and export the run this makes, or \
         hand on that file itself",
        name_of(file)
    )
}

/// Writes a run into the folder `into`, and returns the files.
pub fn export(
    workspace: &Workspace,
    run: &RunId,
    format: Format,
    corrections: &Corrections,
    into: &Path,
) -> Result<Vec<PathBuf>, ExchangeError> {
    let record = store::load(workspace, run)?;
    let answers = store::answers(workspace, run)?;
    if answers.is_empty() {
        return Err(ExchangeError::NoAnswers(run.clone()));
    }
    if let Format::Table(format) = format {
        return tables::export(workspace, &record, &answers, format, corrections, into);
    }
    match format {
        Format::LmEval => lm_eval::export(workspace, &record, &answers, into),
        Format::Inspect | Format::Table(_) => inspect::export(workspace, &record, &answers, into),
    }
}

/// Takes in the runs at `path`: a file of another harness, or a folder of them.
pub fn import(workspace: &Workspace, path: &Path, choices: &ImportChoices) -> Result<Vec<Imported>, ExchangeError> {
    workspace.require_write()?;
    let files = match path.is_dir() {
        true => files_in(path)?,
        false => vec![path.to_owned()],
    };
    if files.is_empty() {
        return Err(ExchangeError::NothingThere(path.to_owned()));
    }
    let metric = choices.metric.as_deref();
    let mut imported = Vec::new();
    for file in files {
        let name = name_of(&file);
        let runs = match lm_eval::is_results(&name) || lm_eval::is_samples(&name) {
            true => lm_eval::import(&file, metric)?,
            false => vec![inspect::import(&file, metric)?],
        };
        for run in runs {
            imported.push(elsewhere::keep(
                workspace,
                run,
                choices.language.as_ref(),
                choices.model.as_deref(),
            )?);
        }
    }
    Ok(imported)
}

/// The files to begin with: results rather than their samples, and a log rather than its copy in the other format.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, ExchangeError> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    // A folder for each model is as deep as these harnesses write.
    while let Some(inner) = folders.pop() {
        let unreadable = |source| ExchangeError::Read {
            path: inner.clone(),
            source,
        };
        for entry in std::fs::read_dir(&inner).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            match path.is_dir() {
                true if inner == folder => folders.push(path),
                true => {}
                false => files.push(path),
            }
        }
    }
    files.sort();
    let results: Vec<PathBuf> = files
        .iter()
        .filter(|path| lm_eval::is_results(&name_of(path)))
        .cloned()
        .collect();
    if !results.is_empty() {
        return Ok(results);
    }
    let samples: Vec<PathBuf> = files
        .iter()
        .filter(|path| lm_eval::is_samples(&name_of(path)))
        .cloned()
        .collect();
    if !samples.is_empty() {
        return Ok(samples);
    }
    let has = |path: &Path, extension: &str| path.extension().is_some_and(|found| found == extension);
    let archives: Vec<PathBuf> = files.iter().filter(|path| has(path, "eval")).cloned().collect();
    let copies = |path: &&PathBuf| has(path, "json") && !archives.contains(&path.with_extension("eval"));
    let plain: Vec<PathBuf> = files.iter().filter(copies).cloned().collect();
    Ok(archives.into_iter().chain(plain).collect())
}

/// The name of a model where it was asked.
fn own_name(model: &RunModel) -> &str {
    model.elsewhere().map_or(&model.name, |elsewhere| &elsewhere.model)
}

/// Which program made a run, with its version.
fn made_by(record: &RunRecord) -> String {
    match record.models.iter().any(|model| model.elsewhere().is_some()) {
        true => record.program.clone(),
        false => format!("Polyclinic {}", record.program),
    }
}

fn read_text(path: &Path) -> Result<String, ExchangeError> {
    std::fs::read_to_string(path).map_err(|source| ExchangeError::Read {
        path: path.to_owned(),
        source,
    })
}

/// SHA-256 of a file, in hexadecimal.
fn file_hash(path: &Path) -> Result<String, ExchangeError> {
    let unreadable = |source| ExchangeError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => break,
            length => hash.update(buffer.get(..length).unwrap_or_default()),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The option that a Latin letter stands for.
fn letter_index(text: &str) -> Option<usize> {
    let mut characters = text.chars();
    let (letter, None) = (characters.next()?, characters.next()) else {
        return None;
    };
    let upper = letter.to_ascii_uppercase();
    upper.is_ascii_uppercase().then(|| usize::from(upper as u8 - b'A'))
}

/// Options as Latin letters: `B`, or `A,C`.
fn letters(options: &[usize]) -> String {
    let letters = options.iter().filter_map(|&index| Language::latin_letter(index));
    letters.collect::<Vec<_>>().join(",")
}
