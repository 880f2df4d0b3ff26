//! `polyclinic compare` and `answers`: what was answered.

use std::io::{self, BufWriter, Write};
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use polyclinic::cancel::Steps;
use polyclinic::models::named;
use polyclinic::reviews::{corrected_ledger, corrections_of};
use polyclinic::runs::columns::{self, Columns, Table};
use polyclinic::runs::comparison;
use polyclinic::runs::export::{self, AnswerRow};
use polyclinic::runs::measures::{self, Measure};
use polyclinic::runs::{RunId, RunRecord, store};
use polyclinic::scoring::Answer;
use polyclinic::workspace::Workspace;
use serde::Serialize;

use super::interrupt::interrupt;
use super::output::{line, note, table};
use super::progress::Display;
use super::runs::Stopped;
use super::{Ending, LinesFormat, TableFormat, slice};

/// Prints what a workspace's answers come to.
pub fn compare(
    workspace: &Path,
    measure: Measure,
    baseline: Option<&str>,
    slice: Option<&str>,
    format: TableFormat,
) -> anyhow::Result<Ending> {
    let workspace = Workspace::open_to_read(workspace)?;
    let (ledger, problems) = corrected_ledger(&workspace)?;
    for problem in problems {
        note(&format!("left out: {problem}"));
    }
    require_baseline(&ledger, measure, baseline)?;
    let (selection, _) = slice::chosen(&workspace, &ledger, slice)?;
    let title = measure.title();
    match measure {
        Measure::Accuracy => print_rows(title, &comparison::compare(&ledger, &selection), format)?,
        Measure::Averages => {
            let rows = watched(measure, |steps| measures::averages(&ledger, &selection, steps))?;
            print_rows(title, &rows, format)?;
        }
        Measure::Differences => {
            let rows = watched(measure, |steps| {
                measures::differences(&ledger, &selection, baseline, steps)
            })?;
            print_rows(title, &rows, format)?;
        }
        Measure::Gaps => {
            let rows = watched(measure, |steps| measures::gaps(&ledger, &selection, steps))?;
            print_rows(title, &rows, format)?;
        }
        Measure::Subjects => print_rows(title, &measures::subjects(&ledger, &selection), format)?,
        Measure::Calibration => print_rows(title, &measures::calibrations(&ledger, &selection), format)?,
        Measure::Sets => print_rows(title, &measures::set_scores(&ledger, &selection), format)?,
        Measure::Price => print_rows(title, &measures::prices(&ledger, &selection), format)?,
        Measure::Flips => print_rows(title, &measures::flips(&ledger, &selection), format)?,
    }
    if !ledger.corrections().is_empty() {
        let left_out = (0..ledger.len())
            .filter(|&question| ledger.is_left_out(question))
            .count();
        let rekeyed = ledger.corrections().len() - left_out;
        note(&format!(
            "{left_out} of {} items left out, {rekeyed} re-keyed; `polyclinic review flags` tells which and why",
            ledger.len()
        ));
    }
    if ledger.runs().is_empty() {
        note("nothing has been answered here yet; `polyclinic run` asks models");
    }
    Ok(Ending::Done)
}

/// What takes less long is done without a word.
const PATIENCE: Duration = Duration::from_secs(1);

/// Does `work` while showing how far it is; Ctrl-C stops it.
fn watched<R: Send>(measure: Measure, work: impl FnOnce(&Steps) -> R + Send) -> anyhow::Result<R> {
    let steps = Steps::default();
    let interrupt = interrupt()?;
    let begun = Instant::now();
    let outcome = thread::scope(|scope| {
        let worker = scope.spawn(|| work(&steps));
        let mut display = None;
        while !worker.is_finished() {
            thread::sleep(Duration::from_millis(5));
            if interrupt.is_cancelled() {
                steps.cancel.cancel();
            }
            let (done, all) = steps.so_far();
            if begun.elapsed() >= PATIENCE && all > 0 {
                let details = format!("{done} of {all} {}", measure.steps());
                let display = display.get_or_insert_with(Display::new);
                display.count(measure.title(), done as u64, all as u64, &details);
            }
        }
        worker.join()
    });
    let outcome = outcome.unwrap_or_else(|panic| resume_unwind(panic));
    if steps.cancel.is_cancelled() {
        bail!(Stopped);
    }
    Ok(outcome)
}

/// A baseline must be one of the models, and is of no use to measures that compare no models.
fn require_baseline(
    ledger: &polyclinic::runs::ledger::Ledger,
    measure: Measure,
    baseline: Option<&str>,
) -> anyhow::Result<()> {
    let Some(baseline) = baseline else { return Ok(()) };
    if measure != Measure::Differences {
        bail!(
            "--baseline is for `--show differences`; `{}` compares no models",
            measure.word()
        );
    }
    let known = named::distinct(ledger.sheets().iter().map(|sheet| sheet.model.as_str()));
    if !known.iter().any(|model| model == baseline) {
        bail!(
            "no model `{baseline}` has answers here; there are: {}",
            known.join(", ")
        );
    }
    Ok(())
}

/// Prints rows of a measure; a page of them has a title.
pub fn print_rows<R: Columns + Serialize>(title: &str, rows: &[R], format: TableFormat) -> anyhow::Result<()> {
    match format {
        TableFormat::Table => line(&table(&Table::new(rows)))?,
        TableFormat::Json => line(&serde_json::to_string_pretty(rows)?)?,
        TableFormat::Csv => columns::write_csv(io::stdout().lock(), &Table::new(rows))?,
        TableFormat::Markdown => line(columns::markdown(&Table::new(rows)).trim_end())?,
        TableFormat::Latex => line(columns::latex(&Table::new(rows)).trim_end())?,
        TableFormat::Html => line(columns::html_page(title, &Table::new(rows)).trim_end())?,
    }
    Ok(())
}

/// Prints every answer.
pub fn answers(
    workspace: &Path,
    run: Option<&str>,
    slice: Option<&str>,
    format: LinesFormat,
) -> anyhow::Result<Ending> {
    let workspace = Workspace::open_to_read(workspace)?;
    let run = match run {
        Some(run) => Some(RunId::parse(run).with_context(|| format!("`{run}` is no name of a run"))?),
        None => None,
    };
    let runs = read_runs(&workspace, run.as_ref())?;
    let is_shown = shown(&workspace, slice)?;
    let (corrections, problems) = corrections_of(&workspace);
    for problem in problems {
        note(&format!("left out: {problem}"));
    }
    let rows: Vec<AnswerRow<'_>> = runs
        .iter()
        .flat_map(|(record, answers)| answers.iter().map(move |answer| (record, answer)))
        .filter(|(_, answer)| is_shown(answer))
        .flat_map(|(record, answer)| export::answer_rows(record, std::slice::from_ref(answer), &corrections))
        .collect();
    let mut output = BufWriter::new(io::stdout().lock());
    match format {
        LinesFormat::Csv => export::write_answers_csv(&mut output, &rows)?,
        LinesFormat::Jsonl => {
            for row in &rows {
                // As an error of input and output, which tells a closed pipe from a failure.
                serde_json::to_writer(&mut output, row).map_err(io::Error::from)?;
                output.write_all(b"\n")?;
            }
        }
    }
    output.flush()?;
    let decided = rows.iter().filter(|row| row.decision.is_some()).count();
    if decided > 0 {
        note(&format!(
            "{decided} of {} answers are to items that were left out or re-keyed, as `decision` says of each; `polyclinic \
             review flags` tells why",
            rows.len()
        ));
    }
    Ok(Ending::Done)
}

/// Whether an answer is printed.
type IsShown = Box<dyn Fn(&Answer) -> bool>;

/// Which answers a slice shows: those to the items that it leaves.
fn shown(workspace: &Workspace, slice: Option<&str>) -> anyhow::Result<IsShown> {
    let Some(slice) = slice else {
        return Ok(Box::new(|_| true));
    };
    let (ledger, _) = corrected_ledger(workspace)?;
    let (selection, _) = slice::chosen(workspace, &ledger, Some(slice))?;
    Ok(Box::new(move |answer| {
        let question = ledger.find(&answer.benchmark, &answer.item);
        question.is_some_and(|question| selection.contains(question))
    }))
}

/// All runs of a workspace with their answers, or just one; what cannot be read is told and left out.
fn read_runs(workspace: &Workspace, only: Option<&RunId>) -> anyhow::Result<Vec<(RunRecord, Vec<Answer>)>> {
    if let Some(run) = only {
        return Ok(vec![(store::load(workspace, run)?, store::answers(workspace, run)?)]);
    }
    let listing = store::list(workspace)?;
    for problem in &listing.problems {
        note(&format!("left out: {}", polyclinic::error_chain(problem)));
    }
    let mut runs = Vec::new();
    for record in listing.runs {
        match store::answers(workspace, &record.id) {
            Ok(answers) => runs.push((record, answers)),
            Err(problem) => note(&format!("left out: {}", polyclinic::error_chain(&problem))),
        }
    }
    Ok(runs)
}
