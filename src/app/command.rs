//! Everything that can be done in the window: what buttons, menus and keys send, and what they say.
//!
//! Pages never change the state; they push commands, which [`super::State::apply`] carries out.

use std::path::PathBuf;

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::benchmarks::BenchmarksCommand;
use super::compare::command::CompareCommand;
use super::figures::FiguresCommand;
use super::inspect::InspectCommand;
use super::keys::{self, Press};
use super::matrix::CellKey;
use super::measures::Sorting;
use super::models::{EndpointsCommand, ModelsCommand};
use super::review::ReviewCommand;
use super::runs::RunForm;
use crate::language::Language;
use crate::runs::RunId;
use crate::runs::exchange::Format;
use crate::runs::measures::Measure;
use crate::scoring::Outcome;
use crate::slices::Filter;

/// A page of the rail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Page {
    Models,
    Benchmarks,
    Runs,
    #[default]
    Compare,
    Inspect,
}

impl Page {
    /// Every page, in the rail's order.
    pub const ALL: [Self; 5] = [Self::Models, Self::Benchmarks, Self::Runs, Self::Compare, Self::Inspect];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Models => "Models",
            Self::Benchmarks => "Benchmarks",
            Self::Runs => "Runs",
            Self::Compare => "Compare",
            Self::Inspect => "Inspect",
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    Show(Page),
    ToggleTheme,
    /// Shows or hides the list of keys.
    ToggleKeys,
    /// Reads the workspace again.
    Reload,
    Copy(String),
    DismissNotice(usize),
    /// Hides what the status line tells of characters without a font, until there are more than this.
    DismissMissing(usize),
    /// Files dropped on the window: models and benchmarks go their own ways.
    Drop(Vec<PathBuf>),

    ChooseProtocol(String),
    ShowMeasure(Measure),
    SearchMeasure(String),
    SortMeasure(Option<Sorting>),
    /// Chooses which task the bars show.
    ChooseTask(usize),
    /// Selects a cell alone.
    SelectCell(CellKey),
    Compare(CompareCommand),
    /// Opens Inspect on the items behind a cell, all or those of one outcome.
    OpenCell(CellKey, Option<Outcome>),

    Figures(FiguresCommand),

    SetFilter(Filter),
    /// Selects a row of Inspect's list, counted from 0.
    SelectEntry(usize),
    /// The same by keys, which go on from there.
    GoToItem(usize),
    NextItem,
    PreviousItem,
    Inspect(InspectCommand),
    ToggleList,
    /// Shows or hides characters that are not seen in the item.
    ToggleControls,
    FocusSearch,

    NewRun,
    EditForm(Box<RunForm>),
    CloseForm,
    StartRun,
    /// Agrees to what the run that waits would send, and starts it.
    AgreeToSend,
    DeclineToSend,
    CancelRun,
    ResumeRun(RunId),
    SearchRuns(String),
    SelectRun(RunId),
    /// Asks for the folder to write a run into.
    ExportRun(RunId, Format),
    ExportInto(RunId, Format, PathBuf),
    /// Asks for a folder of runs that another harness made.
    ChooseRuns,
    ImportRuns(PathBuf),

    Review(ReviewCommand),

    Models(ModelsCommand),

    Benchmarks(BenchmarksCommand),
    SearchBenchmarks(String),
    SelectBenchmark(String),
    ChoosePreview(Language),
    ChooseBenchmarkFile,
    ImportFile(PathBuf),
    NameImport(String),
    KeepImport,
    DropImport,
}

impl From<InspectCommand> for Command {
    fn from(command: InspectCommand) -> Self {
        Self::Inspect(command)
    }
}

impl From<EndpointsCommand> for Command {
    fn from(command: EndpointsCommand) -> Self {
        Self::Models(ModelsCommand::Endpoints(command))
    }
}

impl From<ReviewCommand> for Command {
    fn from(command: ReviewCommand) -> Self {
        Self::Review(command)
    }
}

impl From<ModelsCommand> for Command {
    fn from(command: ModelsCommand) -> Self {
        Self::Models(command)
    }
}

impl Command {
    /// The words on its button.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Show(page) => page.title(),
            Self::ToggleTheme => "Theme",
            Self::ToggleKeys => "Keys",
            Self::Reload => "Read again",
            Self::Copy(_) => "Copy",
            Self::DismissNotice(_) | Self::DismissMissing(_) => "Dismiss",
            Self::Drop(_) => "Open",
            Self::ChooseProtocol(_) => "Protocol",
            Self::ShowMeasure(_) => "Measure",
            Self::SortMeasure(_) => "Sort",
            Self::ChooseTask(_) => "Task",
            Self::SelectCell(_) => "Select",
            Self::Compare(command) => command.text(),
            Self::OpenCell(..) => "Open items",
            Self::Figures(command) => command.text(),
            Self::SetFilter(_) => "Filter",
            Self::SelectEntry(_) | Self::GoToItem(_) => "Select item",
            Self::NextItem => "Next item",
            Self::PreviousItem => "Previous item",
            Self::Inspect(command) => command.text(),
            Self::ToggleList => "List",
            Self::ToggleControls => "Hidden characters",
            Self::FocusSearch | Self::SearchMeasure(_) | Self::SearchBenchmarks(_) | Self::SearchRuns(_) => "Search",
            Self::NewRun => "New run",
            Self::ExportRun(..) | Self::ExportInto(..) => "Export",
            Self::ChooseRuns | Self::ImportRuns(_) => "Import runs",
            Self::EditForm(_) => "Change",
            Self::CloseForm => "Cancel",
            Self::StartRun => "Start run",
            Self::AgreeToSend => "Send and start",
            Self::DeclineToSend => "Do not send",
            Self::CancelRun => "Stop",
            Self::ResumeRun(_) => "Resume",
            Self::SelectRun(_) => "Select run",
            Self::Review(command) => command.text(),
            Self::Models(command) => command.text(),
            Self::Benchmarks(command) => command.text(),
            Self::SelectBenchmark(_) => "Select benchmark",
            Self::ChoosePreview(_) => "Preview",
            Self::ChooseBenchmarkFile => "Import a file",
            Self::ImportFile(_) => "Import",
            Self::NameImport(_) => "Name",
            Self::KeepImport => "Import",
            Self::DropImport => "Cancel",
        }
    }

    /// What it does, in a sentence without a full stop; empty where the words on the button say it all.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::ToggleTheme => "Change between light and dark",
            Self::ToggleKeys => "What every key does",
            Self::Reload => "Read the workspace from disk again",
            Self::DismissMissing(_) => "Hide this until more characters without a font are met",
            Self::OpenCell(..) => "Open the items behind this cell in Inspect",
            Self::Compare(command) => command.tooltip(),
            Self::Figures(command) => command.tooltip(),
            Self::FocusSearch => "Type into the search of this page's list",
            Self::ToggleList => "Show or hide the list of items",
            Self::ToggleControls => "Show or hide characters that are not seen, such as marks of direction",
            Self::NewRun => "Choose models, benchmarks and languages to run",
            Self::StartRun => "Ask the chosen models the chosen questions",
            Self::ChooseRuns => "Take in runs of lm-evaluation-harness or inspect, to compare and inspect them here",
            Self::AgreeToSend => "Agree for this workspace, and start the run",
            Self::DeclineToSend => "Go back to the form; nothing is sent",
            Self::CancelRun => "Stop the run. Every answer so far is kept, and it can be resumed",
            Self::ResumeRun(_) => "Go on where the run stopped",
            Self::Review(command) => command.tooltip(),
            Self::Inspect(command) => command.tooltip(),
            Self::Models(command) => command.tooltip(),
            Self::Benchmarks(command) => command.tooltip(),
            Self::ChooseBenchmarkFile => {
                "Read items from a spreadsheet, CSV, JSON or Parquet file, or an archive of such"
            }
            Self::KeepImport => "Keep the good rows as a benchmark of this workspace",
            Self::DropImport => "Forget what was read; the file stays as it is",
            _ => "",
        }
    }

    /// The keys that send it.
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        let command = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        let plain = |key| Some(KeyboardShortcut::new(Modifiers::NONE, key));
        match self {
            Self::Show(Page::Models) => command(Key::Num1),
            Self::Show(Page::Benchmarks) => command(Key::Num2),
            Self::Show(Page::Runs) => command(Key::Num3),
            Self::Show(Page::Compare) => command(Key::Num4),
            Self::Show(Page::Inspect) => command(Key::Num5),
            Self::ToggleTheme => Some(KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::L)),
            Self::ToggleKeys => plain(Key::Questionmark),
            Self::Reload => command(Key::R),
            Self::NewRun => command(Key::N),
            Self::CancelRun => command(Key::P),
            Self::Figures(FiguresCommand::Export) => command(Key::E),
            Self::ToggleList => command(Key::B),
            Self::FocusSearch => command(Key::F),
            Self::ToggleControls => plain(Key::H),
            Self::NextItem => plain(Key::J),
            Self::PreviousItem => plain(Key::K),
            Self::Review(command) => command.shortcut(),
            Self::Inspect(command) => command.shortcut(),
            Self::Compare(command) => command.shortcut(),
            _ => None,
        }
    }

    /// The keys in words, such as `Ctrl+N`.
    pub fn keys(&self, context: &Context) -> Option<String> {
        self.shortcut().map(|shortcut| match shortcut.modifiers.is_none() {
            true => shortcut.logical_key.symbol_or_name().to_owned(),
            false => context.format_shortcut(&shortcut),
        })
    }
}

/// The commands that keys send, in the order of the list of keys.
pub fn with_keys() -> Vec<Command> {
    let mut commands: Vec<Command> = Page::ALL.into_iter().map(Command::Show).collect();
    commands.extend([
        Command::NextItem,
        Command::PreviousItem,
        CompareCommand::ToggleDelta.into(),
        CompareCommand::Swap.into(),
        InspectCommand::NextTab.into(),
        InspectCommand::PreviousTab.into(),
        InspectCommand::ToggleContext.into(),
        Command::FocusSearch,
        InspectCommand::OpenFilters.into(),
        Command::ToggleList,
        Command::ToggleControls,
        Command::NewRun,
        Command::CancelRun,
        Command::Figures(FiguresCommand::Export),
        Command::Reload,
        Command::ToggleTheme,
        Command::ToggleKeys,
    ]);
    commands
}

/// The commands that this frame's keys ask for. Keys without Ctrl act only while no text field has the focus. Letters
/// with Shift are left to pages: in Inspect they are options'.
pub fn pressed(context: &Context) -> Vec<Command> {
    let typing = keys::is_typing(context);
    let commands = with_keys();
    keys::take(context, |press| {
        let Press { key, place, modifiers } = press;
        let sends = |shortcut: KeyboardShortcut| {
            if shortcut.modifiers.is_none() {
                // `?` needs Shift on most keyboards, so only the keys themselves count.
                let punctuation = shortcut.logical_key == Key::Questionmark;
                let shifted = modifiers.shift && !punctuation;
                let held = shifted || modifiers.command || modifiers.alt || modifiers.ctrl;
                !typing && !held && if punctuation { key } else { place } == shortcut.logical_key
            } else {
                let is_key = place == shortcut.logical_key || key == shortcut.logical_key;
                modifiers.matches_exact(shortcut.modifiers) && is_key
            }
        };
        let mut commands = commands.iter();
        commands.find(|command| command.shortcut().is_some_and(sends)).cloned()
    })
}
