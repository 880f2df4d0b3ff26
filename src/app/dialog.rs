//! File dialogs that do not hold up the window: asked for on its thread, as macOS wants, and polled each frame.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

use egui::Context;

use super::benchmarks::ENDINGS;
use super::figures::Exporting;
use crate::runs::RunId;
use crate::runs::exchange::Format;

/// Wakes the window when a dialog has an answer.
struct Repaint(Context);

impl Wake for Repaint {
    fn wake(self: Arc<Self>) {
        self.0.request_repaint();
    }
}

type Answer = Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>>;

/// What a chosen file or folder is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    Model,
    ModelFolder,
    Benchmark,
    /// A folder to write a run into.
    Export(RunId, Format),
    /// A folder of runs that another harness made.
    Runs,
    /// A file to export a part of Compare into, with the name offered for it.
    Figure(Exporting, String),
}

/// The dialog that is open, if any: there is never more than one.
#[derive(Default)]
pub struct Dialogs {
    open: Option<(Purpose, Answer)>,
}

impl Dialogs {
    /// Opens a dialog unless one is open.
    pub fn ask(&mut self, purpose: Purpose) {
        if self.open.is_some() {
            return;
        }
        let dialog = rfd::AsyncFileDialog::new();
        let answer: Answer = match &purpose {
            Purpose::Model => Box::pin(
                dialog
                    .set_title("Add a model")
                    .add_filter("Models", &["gguf"])
                    .pick_file(),
            ),
            Purpose::ModelFolder => Box::pin(dialog.set_title("Add a model's folder").pick_folder()),
            Purpose::Export(..) => Box::pin(dialog.set_title("Export a run into a folder").pick_folder()),
            Purpose::Runs => {
                let title = "Import a folder of lm-evaluation-harness or inspect";
                Box::pin(dialog.set_title(title).pick_folder())
            }
            Purpose::Figure(exporting, name) => {
                let ending = exporting.ending();
                let dialog = dialog.set_title("Export").set_file_name(name);
                Box::pin(dialog.add_filter(ending.to_uppercase(), &[ending]).save_file())
            }
            Purpose::Benchmark => {
                let dialog = dialog.set_title("Import a benchmark");
                Box::pin(dialog.add_filter("Benchmarks", &ENDINGS).pick_file())
            }
        };
        self.open = Some((purpose, answer));
    }

    /// The file or folder that was chosen, once one was; a dialog that was closed without one is forgotten.
    pub fn poll(&mut self, context: &Context) -> Option<(Purpose, PathBuf)> {
        let (purpose, answer) = self.open.as_mut()?;
        let purpose = purpose.clone();
        let waker = Waker::from(Arc::new(Repaint(context.clone())));
        match answer.as_mut().poll(&mut std::task::Context::from_waker(&waker)) {
            Poll::Pending => None,
            Poll::Ready(file) => {
                self.open = None;
                Some((purpose, file?.path().to_owned()))
            }
        }
    }
}
