//! The thread that lists what no frame has time for. Of several requests only the latest is answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};

use egui::Context;

use super::listing::{Listed, Request};

/// A handle on the thread, which ends with it.
pub struct Lister {
    requests: Sender<Request>,
    lists: Receiver<Listed>,
}

impl Lister {
    /// Starts the thread.
    pub fn start(context: &Context) -> std::io::Result<Self> {
        let (requests, asked) = channel::<Request>();
        let (found, lists) = channel();
        let context = context.clone();
        std::thread::Builder::new().name("lister".into()).spawn(move || {
            while let Ok(first) = asked.recv() {
                // Whoever types on is no longer interested in what was typed before.
                let request = asked.try_iter().last().unwrap_or(first);
                // A fault in one list must not end all others.
                let filter = request.filter.words();
                let Ok(listed) = catch_unwind(AssertUnwindSafe(|| request.answer())) else {
                    tracing::error!(filter, "the items could not be listed");
                    continue;
                };
                if found.send(listed).is_err() {
                    break;
                }
                context.request_repaint();
            }
        })?;
        Ok(Self { requests, lists })
    }

    /// Hands over a request.
    pub fn submit(&self, request: Request) {
        // The thread ends only after this handle.
        self.requests.send(request).ok();
    }

    /// The next list, if there is one already.
    pub fn try_listed(&self) -> Option<Listed> {
        self.lists.try_recv().ok()
    }
}
