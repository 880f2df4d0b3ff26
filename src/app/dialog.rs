//! File dialogs that do not hold up the window: asked for on its thread, as macOS wants, and polled each frame.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, Wake, Waker};

use egui::Context;

/// Wakes the window when a dialog has an answer.
struct Repaint(Context);

impl Wake for Repaint {
    fn wake(self: Arc<Self>) {
        self.0.request_repaint();
    }
}

type Answer = Pin<Box<dyn Future<Output = Option<rfd::FileHandle>> + Send>>;

/// What a chosen file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Model,
    Benchmark,
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
        let (title, kind, endings): (_, _, &[&str]) = match purpose {
            Purpose::Model => ("Add a model", "Models", &["gguf"]),
            Purpose::Benchmark => (
                "Import a benchmark",
                "Benchmarks",
                &["jsonl", "ndjson", "json", "csv", "tsv", "parquet"],
            ),
        };
        let dialog = rfd::AsyncFileDialog::new().set_title(title).add_filter(kind, endings);
        self.open = Some((purpose, Box::pin(dialog.pick_file())));
    }

    /// The file that was chosen, once one was; a dialog that was closed without one is forgotten.
    pub fn poll(&mut self, context: &Context) -> Option<(Purpose, PathBuf)> {
        let (purpose, answer) = self.open.as_mut()?;
        let purpose = *purpose;
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
