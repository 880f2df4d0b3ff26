//! How far a download is, for whoever looks from another thread.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How far a download is. Counts are of bytes.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    present: AtomicU64,
    fetched: AtomicU64,
    note: Mutex<Option<String>>,
}

impl Progress {
    /// Of a download that has not begun, for those who fetch and those who look.
    pub fn shared() -> Arc<Self> {
        Arc::default()
    }

    /// All there is to fetch or already here; 0 until it is known.
    pub fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// What is here, from earlier attempts and this one.
    pub fn done(&self) -> u64 {
        self.present.load(Ordering::Relaxed) + self.fetched()
    }

    /// What came in this attempt.
    pub fn fetched(&self) -> u64 {
        self.fetched.load(Ordering::Relaxed)
    }

    /// What is to be said beside the numbers: that a server asks to wait, or that a file is checked.
    pub fn note(&self) -> Option<String> {
        self.note.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_total(&self, bytes: u64) {
        self.total.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn add_present(&self, bytes: u64) {
        self.present.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Takes back what turned out wrong.
    pub(super) fn forget(&self, bytes: u64) {
        let less = |present: u64| Some(present.saturating_sub(bytes));
        _ = self.present.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
    }

    pub(super) fn add_fetched(&self, bytes: u64) {
        self.fetched.fetch_add(bytes, Ordering::Relaxed);
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Sets how far a download is that counts for itself.
    pub(in crate::models) fn set(&self, done: u64, total: u64) {
        self.set_total(total);
        self.fetched.store(done, Ordering::Relaxed);
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(in crate::models) fn say(&self, text: String) {
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    }
}

/// Speed over the last seconds, and the time left that follows from it.
#[derive(Debug, Clone, Default)]
pub struct Speed {
    samples: VecDeque<(Instant, u64)>,
}

/// How far back speed looks.
const WINDOW: Duration = Duration::from_secs(10);

impl Speed {
    /// Notes that so many bytes were fetched by now. Looking more often than a few times a second adds nothing.
    pub fn note(&mut self, now: Instant, fetched: u64) {
        if self.samples.back().is_some_and(|(_, last)| *last > fetched) {
            self.samples.clear();
        }
        self.samples.push_back((now, fetched));
        while self.samples.len() > 2
            && self
                .samples
                .get(1)
                .is_some_and(|(at, _)| now.duration_since(*at) > WINDOW)
        {
            self.samples.pop_front();
        }
    }

    /// Bytes a second; nothing until there are two looks half a second apart.
    pub fn bytes_per_second(&self) -> Option<f64> {
        let ((start, before), (end, after)) = (self.samples.front()?, self.samples.back()?);
        let seconds = end.duration_since(*start).as_secs_f64();
        (seconds >= 0.5).then(|| after.saturating_sub(*before) as f64 / seconds)
    }

    /// How long `bytes` more take at this speed; nothing while nothing comes.
    pub fn time_left(&self, bytes: u64) -> Option<Duration> {
        let speed = self.bytes_per_second().filter(|speed| *speed > 1.0)?;
        Duration::try_from_secs_f64(bytes as f64 / speed).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speed_is_of_the_last_seconds() {
        let start = Instant::now();
        let at = |seconds: f64| start + Duration::from_secs_f64(seconds);
        let mut speed = Speed::default();
        speed.note(at(0.0), 0);
        assert_eq!(speed.bytes_per_second(), None);
        speed.note(at(1.0), 1_000_000);
        assert_eq!(speed.bytes_per_second(), Some(1_000_000.0));
        assert_eq!(speed.time_left(5_000_000), Some(Duration::from_secs(5)));
        for second in 2..30 {
            speed.note(at(f64::from(second)), 1_000_000);
        }
        assert_eq!(speed.bytes_per_second(), Some(0.0));
        assert_eq!(speed.time_left(1), None);
        assert!(speed.samples.len() < 20);
        speed.note(at(31.0), 10);
        assert_eq!(
            speed.bytes_per_second(),
            None,
            "a new attempt counts from its own start"
        );
    }

    #[test]
    fn what_is_wrong_is_taken_back() {
        let progress = Progress::default();
        progress.set_total(100);
        progress.add_present(40);
        progress.say("waiting".to_owned());
        assert_eq!(progress.note().as_deref(), Some("waiting"));
        progress.add_fetched(10);
        assert_eq!((progress.done(), progress.fetched(), progress.note()), (50, 10, None));
        progress.forget(100);
        assert_eq!(progress.done(), 10);
    }
}
