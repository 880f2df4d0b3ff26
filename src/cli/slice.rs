//! `polyclinic slice`, and the option `--slice` of other commands.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use polyclinic::reviews::{self, Reviews};
use polyclinic::runs::ledger::{Ledger, Selection};
use polyclinic::slices::{self, Condition, Filter, Slice, SliceName, Sources, Texts};
use polyclinic::text::isolate;
use polyclinic::workspace::Workspace;

use super::Ending;
use super::output::{aligned, line, note};

#[derive(Debug, Subcommand)]
pub enum SliceCommand {
    /// List the slices of a workspace with how many items each leaves
    List {
        #[arg(long)]
        workspace: PathBuf,
    },
    /// Print a slice as its file, or the items it leaves
    Show {
        name: String,
        #[arg(long)]
        workspace: PathBuf,
        /// Print benchmark, language and id of every item, separated by tabs
        #[arg(long)]
        items: bool,
    },
    /// Keep conditions that all have to hold as a slice
    ///
    /// Conditions are written as in a slice's file:
    ///   text = "fever"
    ///   benchmark = ["medqa"]   task = ["anatomy"]   subject = ["surgery"]   language = ["ar", "yo"]
    ///   protocol = "letters, zero-shot"   asked = "gemma"
    ///   outcome = { is = "wrong", of = "every" }   or of = { model = "gemma" }
    ///   models = { right = "gemma", wrong = "smollm" }
    ///   languages = { right = "en", wrong = "ar", of = { model = "gemma" } }
    ///   answers = "all-wrong"   or "differ"
    ///   low-margin = { below = 10 }   confident-and-wrong = { above = 90 }
    ///   flagged = "any"   or "bad_key"   reviewed = "nobody", "anyone" or { by = "Nadia" }
    #[command(verbatim_doc_comment)]
    Add {
        name: String,
        #[arg(long)]
        workspace: PathBuf,
        /// A condition; may be repeated
        #[arg(long = "where", value_name = "CONDITION", required = true)]
        conditions: Vec<String>,
    },
    /// Give a slice another name
    ///
    /// Its conditions stay, and so do queues that were drawn from it.
    Rename {
        old: String,
        new: String,
        #[arg(long)]
        workspace: PathBuf,
    },
    /// Forget a slice; the items, answers and reviews stay
    Remove {
        name: String,
        #[arg(long)]
        workspace: PathBuf,
    },
}

/// Does what the command says.
pub fn act(command: &SliceCommand) -> anyhow::Result<Ending> {
    match command {
        SliceCommand::List { workspace } => list(&Workspace::open_to_read(workspace)?)?,
        SliceCommand::Show { name, workspace, items } => show(&Workspace::open_to_read(workspace)?, name, *items)?,
        SliceCommand::Add {
            name,
            workspace,
            conditions,
        } => add(workspace, name, conditions)?,
        SliceCommand::Rename { old, new, workspace } => {
            let new: SliceName = new.parse()?;
            let workspace = Workspace::open(workspace).context("nothing was renamed")?;
            let path = slices::rename(&workspace, old, &new)?;
            note(&format!("kept {}", path.display()));
        }
        SliceCommand::Remove { name, workspace } => {
            let workspace = Workspace::open(workspace).context("nothing was removed")?;
            let slice = slices::find(&workspace, name)?;
            slices::remove(&workspace, name)?;
            note(&format!(
                "removed {name}, which was {}",
                isolate::plain(&slice.filter.words())
            ));
        }
    }
    Ok(Ending::Done)
}

/// The questions that a slice of the workspace leaves, with the slice; all of them where none is named.
pub fn chosen(
    workspace: &Workspace,
    ledger: &Ledger,
    name: Option<&str>,
) -> anyhow::Result<(Selection, Option<Slice>)> {
    match name {
        None => Ok((Selection::all(ledger), None)),
        Some(name) => {
            let slice = slices::find(workspace, name)?;
            let selection = select(&slice.filter, ledger, &read_reviews(workspace)?);
            Ok((selection, Some(slice)))
        }
    }
}

fn select(filter: &Filter, ledger: &Ledger, reviews: &Reviews) -> Selection {
    filter.select(&Sources {
        ledger,
        texts: &Texts::of(ledger),
        reviews,
        protocol: None,
    })
}

fn read_reviews(workspace: &Workspace) -> anyhow::Result<Reviews> {
    let reviews = reviews::read(workspace)?;
    for problem in &reviews.problems {
        note(&format!("left out: {}", polyclinic::error_chain(problem)));
    }
    Ok(reviews)
}

pub fn read_ledger(workspace: &Workspace) -> anyhow::Result<Ledger> {
    let (ledger, problems) = reviews::corrected_ledger(workspace)?;
    for problem in problems {
        note(&format!("left out: {problem}"));
    }
    Ok(ledger)
}

fn list(workspace: &Workspace) -> anyhow::Result<()> {
    let kept = slices::list(workspace)?;
    for problem in &kept.problems {
        note(&format!("left out: {}", polyclinic::error_chain(problem)));
    }
    if kept.slices.is_empty() {
        note("no slice is kept here yet; `polyclinic slice add` keeps one");
        return Ok(());
    }
    let (ledger, reviews) = (read_ledger(workspace)?, read_reviews(workspace)?);
    let mut rows = vec![["NAME", "ITEMS", "CONDITIONS"].map(str::to_owned)];
    for slice in &kept.slices {
        let count = select(&slice.filter, &ledger, &reviews).len();
        let words = isolate::plain(&slice.filter.words());
        rows.push([slice.name.to_string(), count.to_string(), words]);
    }
    line(aligned(&rows, &[1]).trim_end())?;
    Ok(())
}

fn show(workspace: &Workspace, name: &str, items: bool) -> anyhow::Result<()> {
    let slice = slices::find(workspace, name)?;
    if !items {
        line(slice.to_file().trim_end())?;
        return Ok(());
    }
    let ledger = read_ledger(workspace)?;
    let selection = select(&slice.filter, &ledger, &read_reviews(workspace)?);
    for (benchmark, key) in selection.questions().filter_map(|question| ledger.place(question)) {
        line(&format!("{benchmark}\t{}\t{}", key.language.tag(), key.id))?;
    }
    Ok(())
}

fn add(workspace: &Path, name: &str, conditions: &[String]) -> anyhow::Result<()> {
    let name: SliceName = name.parse()?;
    let conditions: Vec<Condition> = conditions.iter().map(|typed| typed.parse()).collect::<Result<_, _>>()?;
    let workspace = Workspace::open(workspace)?;
    let slice = Slice {
        name,
        filter: conditions.into_iter().collect(),
        rest: toml::Table::new(),
    };
    let path = slices::add(&workspace, &slice)?;
    note(&format!(
        "kept {}: {}",
        path.display(),
        isolate::plain(&slice.filter.words())
    ));
    Ok(())
}
