//! What can be done on the Benchmarks page with files being imported and with known benchmarks.

use super::{PairBy, Section};
use crate::app::command::Command;
use crate::benchmarks::import::ImportOptions;
use crate::language::Language;

/// One thing to do on the Benchmarks page.
#[derive(Debug, Clone, PartialEq)]
pub enum BenchmarksCommand {
    Show(Section),
    /// Shows a known benchmark by its name.
    SelectKnown(String),
    /// Chooses a language of a known benchmark, or leaves it out.
    ToggleLanguage(String, Language),
    /// Chooses every language of a known benchmark, or none.
    ChooseLanguages(String, bool),
    /// Fetches a known benchmark in these languages and keeps it.
    Get(String, Vec<Language>),
    /// Stops that, or forgets that it failed.
    CancelGetting(String),
    /// Shows a benchmark of the workspace.
    Open(String),
    /// Says how the file being imported is to be read.
    Say(Box<ImportOptions>),
    /// What the exam is called, as typed so far.
    TypeTask(String),
    /// The licence of its items, as typed so far.
    TypeLicence(String),
    /// Shows one of the items that the file would give.
    ShowItem(usize),
    /// Has the file's items join a benchmark of the workspace, or become one of their own.
    Join(Option<String>),
    /// How items of several languages are found to be one question.
    PairBy(PairBy),
    /// Opens the form of a run with a benchmark chosen.
    Run(String),
}

impl From<BenchmarksCommand> for Command {
    fn from(command: BenchmarksCommand) -> Self {
        Self::Benchmarks(command)
    }
}

impl BenchmarksCommand {
    /// As [`Command::text`].
    pub fn text(&self) -> &'static str {
        match self {
            Self::Show(section) => section.title(),
            Self::SelectKnown(_) => "Select benchmark",
            Self::ToggleLanguage(..) | Self::ChooseLanguages(..) => "Choose languages",
            Self::Get(..) => "Get",
            Self::CancelGetting(_) => "Cancel",
            Self::Open(_) => "Show in workspace",
            Self::Say(_) => "Change",
            Self::TypeTask(_) => "Task",
            Self::TypeLicence(_) => "Licence",
            Self::ShowItem(_) => "Show item",
            Self::Join(_) => "Keep as",
            Self::PairBy(_) => "Pair by",
            Self::Run(_) => "Run it",
        }
    }

    /// As [`Command::tooltip`].
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Get(..) => "Fetch its files from the hub and keep its items in this workspace",
            Self::CancelGetting(_) => "Stop. What came so far stays and is not fetched again",
            Self::Run(_) => "Choose models and ask them this benchmark",
            _ => "",
        }
    }
}
