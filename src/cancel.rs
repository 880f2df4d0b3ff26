//! Asking running work to stop, whether it computes on a thread or waits for the network, and how far it is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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

/// Work of many steps: how far it is, and asking it to stop. Cloned to whoever may ask for either.
#[derive(Debug, Clone, Default)]
pub struct Steps {
    pub cancel: Cancel,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Steps {
    /// That so many more steps are to be done.
    pub fn expect(&self, steps: usize) {
        self.counts.all.fetch_add(steps, Ordering::Relaxed);
    }

    /// Does a step and counts it, unless somebody asked to stop.
    pub fn step<T>(&self, work: impl FnOnce() -> T) -> Result<T, Cancelled> {
        if self.cancel.is_cancelled() {
            return Err(Cancelled);
        }
        let done = work();
        self.counts.done.fetch_add(1, Ordering::Relaxed);
        Ok(done)
    }

    /// How many steps are done, of how many; of none where nothing is counted.
    pub fn so_far(&self) -> (usize, usize) {
        let Counts { done, all } = &*self.counts;
        (done.load(Ordering::Relaxed), all.load(Ordering::Relaxed))
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
    fn steps_are_counted_until_somebody_asks_to_stop() {
        let steps = Steps::default();
        let seen = steps.clone();
        steps.expect(3);
        assert_eq!(steps.step(|| 7), Ok(7));
        assert_eq!(seen.so_far(), (1, 3));
        seen.cancel.cancel();
        assert_eq!(steps.step(|| 7), Err(Cancelled));
        assert_eq!(seen.so_far(), (1, 3));
    }

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
