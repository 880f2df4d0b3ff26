//! What can be done on the Models page.

use std::path::PathBuf;

use super::Section;

/// One thing to do on the Models page.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelsCommand {
    Show(Section),
    /// Looks for models in the list of those on this machine.
    Search(String),
    Select(String),
    Get(String),
    CancelGet(String),
    ChooseFile,
    ChooseFolder,
    Add(PathBuf),
}

impl ModelsCommand {
    /// As [`super::super::command::Command::text`].
    pub fn text(&self) -> &'static str {
        match self {
            Self::Show(section) => section.title(),
            Self::Search(_) => "Search",
            Self::Select(_) => "Select model",
            Self::Get(_) => "Get",
            Self::CancelGet(_) => "Cancel download",
            Self::ChooseFile => "Add a file",
            Self::ChooseFolder => "Add a folder",
            Self::Add(_) => "Add",
        }
    }

    /// As [`super::super::command::Command::tooltip`].
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Get(_) => "Download this model. Nothing about your items is sent",
            Self::ChooseFile => "Add a GGUF file from this machine",
            Self::ChooseFolder => "Add a folder with config.json and safetensors from this machine",
            _ => "",
        }
    }
}
