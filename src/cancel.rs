//! Asking running work to stop, whether it computes on a thread or waits for the network.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Asks running work to stop; cloned to whoever may ask.
#[derive(Clone, Default)]
pub struct Cancel(Arc<State>);

#[derive(Default)]
struct State {
    asked: AtomicBool,
    bell: Notify,
}

impl Cancel {
    /// Asks for the stop; work that computes notices it at its next step, work that waits at once.
    pub fn cancel(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        self.0.bell.notify_waiters();
    }

    /// Whether somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Returns once somebody asks.
    pub async fn cancelled(&self) {
        // A waiter hears every bell from here on, so that none is lost between looking and waiting.
        let bell = self.0.bell.notified();
        if !self.is_cancelled() {
            bell.await;
        }
    }

    /// The outcome of `work`, unless the stop is asked for first: then `work` is dropped where it waits.
    pub async fn or<T>(&self, work: impl Future<Output = T>) -> Result<T, Cancelled> {
        tokio::select! {
            biased;
            () = self.cancelled() => Err(Cancelled),
            outcome = work => Ok(outcome),
        }
    }
}

impl fmt::Debug for Cancel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Cancel").field(&self.is_cancelled()).finish()
    }
}

/// The work was ended because somebody asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped on request")]
pub struct Cancelled;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn work_that_waits_is_ended_at_once_and_work_that_is_done_stays_done() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let cancel = Cancel::default();
        assert_eq!(runtime.block_on(cancel.or(async { 7 })), Ok(7));
        let asking = cancel.clone();
        let waited = runtime.block_on(async {
            let ask = async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                asking.cancel();
            };
            let (outcome, ()) = tokio::join!(cancel.or(std::future::pending::<()>()), ask);
            outcome
        });
        assert_eq!(waited, Err(Cancelled));
        assert_eq!(runtime.block_on(cancel.or(async { 7 })), Err(Cancelled), "asked before");
    }
}
