//! What can be done on Compare.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::matrix::CellKey;
use super::view::{ColumnGroups, Mode, Order, RowGroups};
use crate::app::command::Command;
use crate::runs::measures::Weighing;
use crate::slices::Slice;

/// One thing to do on Compare.
#[derive(Debug, Clone, PartialEq)]
pub enum CompareCommand {
    Show(Mode),
    /// Shows differences, or accuracy again.
    ToggleDelta,
    /// Chooses the model that others are compared with.
    Baseline(String),
    GroupRows(RowGroups),
    GroupColumns(ColumnGroups),
    Sort(Order),
    Weigh(Weighing),
    TogglePublished,
    /// Shows or hides the rows of models of which only published figures are known.
    FoldPublished,
    /// Narrows every number to the items of a slice, or to none in particular.
    Slice(Option<Slice>),
    /// Opens the items that only one side of the finding has right.
    OpenApart,
    FindModel(String),
    /// Pins a model, or takes its pin away.
    Pin(String),
    /// Selects another cell and keeps what it is compared with.
    Move(CellKey),
    /// Compares a cell with the one that was selected.
    Add(CellKey),
    /// Keeps the selected cell in the finding while others are selected, or lets it go.
    Keep,
    /// Lets the cell go that the selected one is compared with.
    Drop,
    /// Turns the comparison round.
    Swap,
    /// Stops reckoning the table that is to be shown.
    StopTable,
    /// Reckons the table after all that was stopped.
    GoOn,
}

impl From<CompareCommand> for Command {
    fn from(command: CompareCommand) -> Self {
        Self::Compare(command)
    }
}

impl CompareCommand {
    /// The words on its button.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Show(mode) => mode.title(),
            Self::ToggleDelta => "Differences to a baseline",
            Self::Baseline(_) => "Baseline",
            Self::GroupRows(_) | Self::GroupColumns(_) => "Group by",
            Self::Sort(_) => "Sort",
            Self::Weigh(_) => "Averages",
            Self::TogglePublished => "Published",
            Self::FoldPublished => "Published only",
            Self::Slice(_) => "Slice",
            Self::OpenApart => "Open items",
            Self::FindModel(_) => "Search",
            Self::Pin(_) => "Pin the model",
            Self::Move(_) => "Select",
            Self::Add(_) | Self::Keep => "Add the cell to the finding",
            Self::Drop => "Leave the comparison",
            Self::Swap => "Swap the pair",
            Self::StopTable => "Stop",
            Self::GoOn => "Reckon the table",
        }
    }

    /// What it does, in a sentence without a full stop; empty where the words on the button say it all.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Show(Mode::Accuracy) => "Percent right",
            Self::Show(Mode::Delta) => "Points above or below a baseline on the same items",
            Self::Show(Mode::Rank) => "Each model's place in its column",
            Self::TogglePublished => "Show what others published beside your own runs; it is never averaged in",
            Self::Swap => "Turn the comparison round",
            Self::StopTable => "Stop reckoning the table (Escape)",
            Self::OpenApart => "Open the items that only one of the two has right in Inspect",
            Self::Drop => "Look at the selected cell alone again",
            _ => "",
        }
    }

    /// The keys that send it from anywhere on the page.
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        let key = match self {
            Self::Swap => Key::X,
            Self::ToggleDelta => Key::D,
            _ => return None,
        };
        Some(KeyboardShortcut::new(Modifiers::NONE, key))
    }
}
