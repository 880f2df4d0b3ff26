//! What can be done on the Models page.

use std::path::PathBuf;

use super::{DownloadsCommand, EndpointsCommand, Section};
use crate::app::command::Command;
use crate::models::catalogue::Filter;
use crate::models::quantization::Quantization;

/// One thing to do on the Models page.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelsCommand {
    Show(Section),
    /// Narrows the catalogue.
    Narrow(Filter),
    /// Selects a model of the catalogue by its id.
    SelectEntry(String),
    /// Chooses which file of the selected model is meant.
    ChooseQuantization(&'static Quantization),
    /// Measures how fast this machine multiplies.
    Calibrate,
    /// Looks for models in the list of those on this machine.
    Search(String),
    Select(String),
    /// Shows a model in the list of those on this machine.
    ShowHere(String),
    /// Opens the form of a new endpoint for a model of the catalogue, by its id.
    AddEndpoint(String),
    ChooseFile,
    ChooseFolder,
    Add(PathBuf),
    /// Something in the Downloads section.
    Downloads(DownloadsCommand),
    Endpoints(EndpointsCommand),
}

impl From<DownloadsCommand> for Command {
    fn from(command: DownloadsCommand) -> Self {
        ModelsCommand::Downloads(command).into()
    }
}

impl ModelsCommand {
    /// As [`super::super::command::Command::text`].
    pub fn text(&self) -> &'static str {
        match self {
            Self::Show(section) => section.title(),
            Self::Narrow(_) => "Filter",
            Self::ChooseQuantization(_) => "File",
            Self::Calibrate => "Measure this machine",
            Self::Search(_) => "Search",
            Self::Select(_) | Self::SelectEntry(_) => "Select model",
            Self::ShowHere(_) => "On this machine",
            Self::AddEndpoint(_) => "Add endpoint",
            Self::ChooseFile => "Add a file",
            Self::ChooseFolder => "Add a folder",
            Self::Add(_) => "Add",
            Self::Downloads(command) => command.text(),
            Self::Endpoints(command) => command.text(),
        }
    }

    /// As [`super::super::command::Command::tooltip`].
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Calibrate => "Multiply on all cores for two seconds, to tell how long runs would take",
            Self::ShowHere(_) => "Show it in the list of models on this machine",
            Self::AddEndpoint(_) => "Fill in the form of a new endpoint. Nothing is sent yet",
            Self::ChooseFile => "Add a GGUF file from this machine",
            Self::ChooseFolder => "Add a folder with config.json and safetensors from this machine",
            Self::Downloads(command) => command.tooltip(),
            Self::Endpoints(command) => command.tooltip(),
            _ => "",
        }
    }
}
