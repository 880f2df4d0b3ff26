//! `polyclinic export` and `polyclinic import-run`.

use anyhow::Context as _;
use polyclinic::reviews::corrections_of;
use polyclinic::runs::RunId;
use polyclinic::runs::exchange::{self, Format, ImportChoices, TableFormat};
use polyclinic::workspace::Workspace;

use super::output::{line, note};
use super::{Ending, ExportArguments, ExportFormat, ImportRunArguments};

/// How many of the samples that were left out are told one by one.
const MOST_TOLD: usize = 20;

/// Writes a run for other programs and prints the files.
pub fn export(arguments: &ExportArguments) -> anyhow::Result<Ending> {
    let workspace = Workspace::open_to_read(&arguments.workspace)?;
    let run = &arguments.run;
    let run = RunId::parse(run).with_context(|| format!("`{run}` is no name of a run"))?;
    let format = match arguments.to {
        ExportFormat::LmEval => Format::LmEval,
        ExportFormat::Inspect => Format::Inspect,
        ExportFormat::Parquet => Format::Table(TableFormat::Parquet),
        ExportFormat::Csv => Format::Table(TableFormat::Csv),
        ExportFormat::Jsonl => Format::Table(TableFormat::JsonLines),
    };
    let (corrections, problems) = corrections_of(&workspace);
    for problem in problems {
        note(&format!("left out: {problem}"));
    }
    for path in exchange::export(&workspace, &run, format, &corrections, &arguments.into)? {
        line(&path.display().to_string())?;
    }
    Ok(Ending::Done)
}

/// Takes in runs that other programs made, and says what came of each.
pub fn import(arguments: &ImportRunArguments) -> anyhow::Result<Ending> {
    let workspace = Workspace::open_or_create(&arguments.workspace)?;
    let choices = ImportChoices {
        language: arguments.language.clone(),
        model: arguments.model.clone(),
        metric: arguments.metric.clone(),
    };
    let mut ending = Ending::Done;
    for imported in exchange::import(&workspace, &arguments.path, &choices)? {
        for left_out in imported.left_out.iter().take(MOST_TOLD) {
            note(&format!("left out: {left_out}"));
        }
        let more = imported.left_out.len().saturating_sub(MOST_TOLD);
        if more > 0 {
            note(&format!("and {more} more left out"));
        }
        if !imported.left_out.is_empty() {
            ending = Ending::SomeRowsRejected;
        }
        for benchmark in &imported.new_benchmarks {
            note(&format!("items that were not here are now the benchmark {benchmark}"));
        }
        let (answers, tied) = (imported.answers, imported.tied);
        let models: Vec<&str> = imported.record.models.iter().map(|model| model.name.as_str()).collect();
        let (run, models) = (&imported.record.id, models.join(", "));
        line(&format!(
            "run {run}: {answers} answers of {models}, {tied} to items that were here"
        ))?;
    }
    Ok(ending)
}
