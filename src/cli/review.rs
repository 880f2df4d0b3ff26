//! `polyclinic review`: what people said of answers and items.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use polyclinic::reviews::{self, Reviews, Taxonomy, tables};
use polyclinic::runs::columns::Columns;
use polyclinic::workspace::Workspace;

use super::files::print_rows;
use super::output::{line, note};
use super::{Ending, TableFormat};

#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// List the reviewers with what each has done
    List {
        #[arg(long)]
        workspace: PathBuf,
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// Print every judgement as CSV: verdict, error types, severity, ratings, note, by whom and when
    ///
    /// Words that a spreadsheet would run begin with an apostrophe. `--format json` has the same with ratings by scale.
    Export {
        #[arg(long)]
        workspace: PathBuf,
        #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
        format: TableFormat,
    },
    /// Print how far reviewers who judged the same answers agree
    ///
    /// Percent, Cohen's kappa and Krippendorff's alpha with 95% intervals, for verdict, severity, each error type and
    /// each scale. Answers that one of the two could not judge are left out.
    Agreement {
        #[arg(long)]
        workspace: PathBuf,
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// List flagged items with what was decided about them: kept, left out or re-keyed
    Flags {
        #[arg(long)]
        workspace: PathBuf,
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
    },
    /// Add the reviews of another workspace to this one
    ///
    /// No line is lost or doubled, and doing it again changes nothing. The other workspace is only read.
    Merge {
        /// The other workspace's folder
        from: PathBuf,
        #[arg(long)]
        workspace: PathBuf,
    },
}

/// Does what the command says.
pub fn act(command: &ReviewCommand) -> anyhow::Result<Ending> {
    match command {
        ReviewCommand::List { workspace, format } => {
            let reviews = read(workspace)?;
            print(&tables::reviewers(&reviews), *format)
        }
        ReviewCommand::Export { workspace, format } => {
            let reviews = read(workspace)?;
            let taxonomy = Taxonomy::of(&Workspace::open_to_read(workspace)?)?;
            print(&tables::judgements(&reviews, &taxonomy), *format)
        }
        ReviewCommand::Agreement { workspace, format } => {
            let reviews = read(workspace)?;
            print(&tables::agreements(&reviews), *format)
        }
        ReviewCommand::Flags { workspace, format } => {
            let reviews = read(workspace)?;
            print(&tables::flags(&reviews), *format)
        }
        ReviewCommand::Merge { from, workspace } => merge(from, workspace),
    }
}

/// Reads a workspace's reviews; what cannot be read is told and left out.
fn read(workspace: &Path) -> anyhow::Result<Reviews> {
    let reviews = reviews::read(&Workspace::open_to_read(workspace)?)?;
    for problem in &reviews.problems {
        note(&format!("left out: {}", polyclinic::error_chain(problem.as_ref())));
    }
    if reviews.lines().is_empty() {
        note("nothing has been reviewed here yet; the window's Inspect page has the form");
    }
    Ok(reviews)
}

fn print<R: Columns + serde::Serialize>(rows: &[R], format: TableFormat) -> anyhow::Result<Ending> {
    if !rows.is_empty() {
        print_rows("Reviews", rows, format)?;
    }
    Ok(Ending::Done)
}

fn merge(from: &Path, into: &Path) -> anyhow::Result<Ending> {
    let (from, into) = (Workspace::open_to_read(from)?, Workspace::open(into)?);
    let merged = reviews::merge(&from, &into)?;
    for problem in &merged.problems {
        note(&polyclinic::error_chain(problem));
    }
    for (file, lines) in &merged.added {
        line(&format!("reviews/{file}: {lines} lines added"))?;
    }
    if merged.added.is_empty() {
        line("nothing new")?;
    }
    if merged.taxonomy {
        line("reviews/taxonomy.toml: taken over, there being none here")?;
    }
    if merged.conflicts > 0 {
        note(&format!(
            "{} lines say something else than a line of the same name here, so somebody changed a file by hand; both are kept",
            merged.conflicts
        ));
    }
    if !merged.unknown_errors.is_empty() {
        let ids: Vec<&str> = merged.unknown_errors.iter().map(String::as_str).collect();
        note(&format!(
            "the taxonomy here lacks {}; copy them from {} to have their words",
            ids.join(", "),
            from.reviews_folder().join("taxonomy.toml").display()
        ));
    }
    Ok(Ending::Done)
}
