//! `polyclinic compare --figure` and `--report`: what the window exports, without the window.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;

use polyclinic::language::Language;

use super::Ending;

/// What is written to a file in place of printing a table.
#[derive(Debug, Args)]
pub struct FigureArguments {
    /// Write a figure for print: gap, bars, scatter, calibration, flips or subjects, to a file that ends in .svg or
    /// .png, or the numbers it draws to .csv, .md or .tex
    #[arg(long, num_args = 2, value_names = ["FIGURE", "FILE"], conflicts_with = "report")]
    figure: Vec<OsString>,
    /// Write a report of all figures and tables, as one HTML file that needs no network
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The task of figures [default: the first]
    #[arg(long)]
    task: Option<String>,
    /// The benchmark of that task, where several have it
    #[arg(long)]
    of: Option<String>,
    /// The protocol of figures, as tables name it [default: that of most answers]
    #[arg(long)]
    protocol: Option<String>,
    /// Only this model in figures; may be given several times [default: all, in bars of many languages the nine most
    /// accurate]
    #[arg(long, value_name = "MODEL")]
    model: Vec<String>,
    /// The language that figures with room for a few show beside English [default: the first]
    #[arg(long, value_name = "TAG")]
    language: Option<Language>,
    /// What `--figure scatter` sets accuracy against: parameters, tokens or seconds
    #[arg(long, value_name = "COST", default_value = "parameters")]
    against: String,
    /// Across both columns of a journal (183 mm) and not one (89 mm)
    #[arg(long)]
    double: bool,
}

impl FigureArguments {
    /// Whether anything is to be written.
    pub fn ask(&self) -> bool {
        !self.figure.is_empty() || self.report.is_some()
    }
}

/// Writes what was asked for.
#[cfg(not(feature = "window"))]
pub fn write(_workspace: &Path, _slice: Option<&str>, _arguments: &FigureArguments) -> anyhow::Result<Ending> {
    anyhow::bail!("this build draws no figures; one with the feature `window` does (`cargo build --features window`)")
}

#[cfg(feature = "window")]
pub use drawn::write;

#[cfg(feature = "window")]
mod drawn {
    use anyhow::{Context as _, bail};
    use polyclinic::app::figures as written;
    use polyclinic::charts::Kind;
    use polyclinic::charts::export::{self, Picture, Sheet};
    use polyclinic::charts::figures::{self, Choice, Source};
    use polyclinic::charts::print::Column;
    use polyclinic::charts::scatter::Across;
    use polyclinic::files::write_atomically;
    use polyclinic::runs::comparison::{self, Row};
    use polyclinic::workspace::Workspace;

    use super::super::output::note;
    use super::super::slice;
    use super::{Ending, FigureArguments, Path};

    /// Writes what was asked for.
    pub fn write(workspace: &Path, slice: Option<&str>, arguments: &FigureArguments) -> anyhow::Result<Ending> {
        let workspace = Workspace::open_to_read(workspace)?;
        let ledger = slice::read_ledger(&workspace)?;
        let (selection, slice) = slice::chosen(&workspace, &ledger, slice)?;
        let rows = comparison::compare(&ledger, &selection);
        match (rows.is_empty(), &slice) {
            (true, None) => bail!("nothing has been answered here yet; `polyclinic run` asks models"),
            (true, Some(slice)) => bail!("nothing has been answered of what the slice `{}` leaves", slice.name),
            (false, _) => {}
        }
        let choice = choice(&rows, arguments)?;
        let models: Vec<String> = ledger.sheets().iter().map(|sheet| sheet.model.clone()).collect();
        let source = Source {
            ledger: &ledger,
            selection: &selection,
            sizes: &written::sizes_here(&models),
            slice: slice.as_ref(),
        };
        let (path, bytes) = match (&arguments.report, arguments.figure.as_slice()) {
            (Some(path), _) => {
                let report = written::written_report(workspace.name(), &source, &choice);
                (path.as_path(), report.into_bytes())
            }
            (None, [kind, path]) => {
                let kind: Kind = kind.to_string_lossy().parse()?;
                let path = Path::new(path);
                (path, figure(kind, path, &source, &choice, arguments.double)?)
            }
            _ => bail!("name a figure and a file, such as `--figure gap gap.svg`"),
        };
        write_atomically(path, &bytes)?;
        note(&format!("wrote {}", path.display()));
        Ok(Ending::Done)
    }

    fn figure(kind: Kind, path: &Path, source: &Source<'_>, choice: &Choice, double: bool) -> anyhow::Result<Vec<u8>> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let is = |wanted: &str| ending.as_deref() == Some(wanted);
        let picture = Picture::ALL.into_iter().find(|picture| is(picture.ending()));
        let sheet = Sheet::ALL.into_iter().find(|sheet| is(sheet.ending()));
        let column = if double { Column::Double } else { Column::Single };
        let chart = figures::make(kind, source, choice);
        match (picture, sheet) {
            (Some(picture), _) => Ok(written::written_figure(&*chart, source, choice, picture, column)?),
            (None, Some(sheet)) => Ok(export::table(&chart.table(), sheet)?),
            (None, None) => bail!(
                "`{}` has to end in .svg or .png for the figure, or in .csv, .md or .tex for its numbers",
                path.display()
            ),
        }
    }

    fn choice(rows: &[Row], arguments: &FigureArguments) -> anyhow::Result<Choice> {
        let across = Across::ALL
            .into_iter()
            .find(|across| across.word() == arguments.against);
        let across = across.with_context(|| {
            let against = &arguments.against;
            format!("`{against}` is no cost; there are parameters, tokens and seconds")
        })?;
        let of_protocol = |row: &&Row| arguments.protocol.as_ref().is_none_or(|label| row.protocol == *label);
        let of_task = |row: &&Row| {
            arguments.task.as_ref().is_none_or(|task| row.task == *task)
                && arguments
                    .of
                    .as_ref()
                    .is_none_or(|benchmark| row.benchmark == *benchmark)
        };
        let found: Vec<Row> = rows.iter().filter(of_protocol).filter(of_task).cloned().collect();
        if found.is_empty() {
            let asked = [&arguments.protocol, &arguments.of, &arguments.task]
                .into_iter()
                .flatten();
            let asked: Vec<String> = asked.map(|name| format!("`{name}`")).collect();
            bail!(
                "no answers are of {}; `polyclinic compare` lists the benchmarks, tasks and protocols there are",
                asked.join(", ")
            );
        }
        if let Some(unknown) = arguments
            .model
            .iter()
            .find(|model| !found.iter().any(|row| row.model == **model))
        {
            bail!("no answers are of `{unknown}`; `polyclinic compare` lists the models there are");
        }
        Ok(Choice {
            across,
            models: arguments.model.clone(),
            language: arguments.language.clone(),
            ..Choice::first(&found)
        })
    }
}
