//! Why a run cannot be made or go on.

use std::path::PathBuf;

use crate::engine::EngineError;
use crate::engine::endpoint::EndpointError;
use crate::files::WriteError;
use crate::language::Language;
use crate::network::NoRuntime;
use crate::prompts::ChatError;
use crate::runs::{JournalError, RunId, store};
use crate::workspace::WorkspaceError;

/// Why a run cannot be made or go on. What it has answered by then is kept.
#[derive(Debug, thiserror::Error)]
pub enum ExecuteError {
    #[error("choose at least one model and one benchmark")]
    NothingChosen,
    #[error("two models are named `{0}`; give one of the files another name")]
    SameName(String),
    #[error("no chosen benchmark has items in {wanted}; there are {present}")]
    NoItems { wanted: String, present: String },
    #[error("{0} cannot be read")]
    Hash(PathBuf, #[source] std::io::Error),
    #[error("{} is not the file this run was made with: its SHA-256 is {found}, not {recorded}. Put the old file back or start a new run", path.display())]
    ModelChanged {
        path: PathBuf,
        recorded: String,
        found: String,
    },
    #[error(
        "`{file}`, the file of the model `{model}`, is no longer where it was, and none of this machine's models is that file. Add it by `polyclinic models add` or on the Models page, and resume the run"
    )]
    ModelGone { model: String, file: String },
    #[error(
        "the model `{model}` is computed differently now ({found}) than when this run was made ({recorded}), so its answers would not compare. Name the device it was made on by `--device` or POLYCLINIC_DEVICE if that is what differs, or start a new run"
    )]
    ComputedDifferently {
        model: String,
        recorded: String,
        found: String,
    },
    #[error(
        "the workspace's runs know another model as `{name}` ({known}); give {chosen} another name, so that their answers stay apart"
    )]
    NameTaken {
        name: String,
        chosen: String,
        known: String,
    },
    #[error(
        "`{model}` stands behind {server}, which gives no probabilities of letters as it was set up. Choose written answers, or probe the endpoint again"
    )]
    NoScores { model: String, server: String },
    #[error(
        "`{model}` stands behind {server}, which tells the probabilities of one next token and not of whole texts. Score \
         letters or written answers, or serve the model with vLLM or llama-server"
    )]
    NoTextScores { model: String, server: String },
    #[error(
        "questions for `{model}` would leave this machine for {host}, which nobody has agreed to in this workspace; nothing was sent"
    )]
    NoConsent { model: String, host: String },
    #[error(transparent)]
    Endpoint(EndpointError),
    #[error(transparent)]
    NoRuntime(#[from] NoRuntime),
    #[error("the task `{task}` has {items} items in {language}: too few for {shots} examples besides the item itself")]
    TooManyShots {
        task: String,
        language: Language,
        items: usize,
        shots: usize,
    },
    #[error(
        "this run was made by an earlier version of the program, whose prompt templates are not this one's, so its \
         answers would not compare. Start a new run"
    )]
    TemplateChanged,
    #[error("the benchmark `{0}` has changed since this run was made. Start a new run")]
    BenchmarkChanged(String),
    #[error("the journal of run {0} does not belong to its plan; the run cannot be resumed. Its answers are untouched")]
    JournalOfAnotherPlan(RunId),
    #[error("the answers of `{0}` were imported; there is nothing here to ask it with")]
    MadeElsewhere(String),
    #[error("the model `{model}` could not be loaded")]
    Load { model: String, source: EngineError },
    #[error("the model `{model}` stopped at item `{item}`")]
    Engine {
        model: String,
        item: String,
        source: EngineError,
    },
    #[error("the chat template of `{model}` cannot be used; run without chat")]
    Chat { model: String, source: ChatError },
    #[error("stopped on request")]
    Cancelled,
    #[error(transparent)]
    Workspace(#[from] WorkspaceError),
    #[error(transparent)]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl ExecuteError {
    /// Whether the run cannot go on as things are; it stays as it was.
    pub(super) fn refuses_to_resume(&self) -> bool {
        matches!(
            self,
            Self::ComputedDifferently { .. }
                | Self::ModelGone { .. }
                | Self::BenchmarkChanged(_)
                | Self::TemplateChanged
                | Self::JournalOfAnotherPlan(_)
                | Self::NoConsent { .. }
                | Self::MadeElsewhere(_)
        )
    }
}
