//! A known benchmark on its way from the hub into the workspace.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::benchmarks::known::{self, Collected, GetError, Known};
use crate::cancel::Cancel;
use crate::error_chain;
use crate::language::Language;
use crate::models::download::{self, Progress};
use crate::models::hub::{Hub, HubError, Settings, TOKEN};
use crate::network::{Backoff, SecretStore, Timeouts};

/// How far it is. Clones share what moves.
#[derive(Debug, Clone, Default)]
pub struct Getting {
    pub cancel: Cancel,
    /// Of its files.
    pub progress: Arc<Progress>,
    /// Which of its languages; empty for all.
    languages: Arc<[Language]>,
    /// How many of its files were read, of how many; none until they are all here.
    read: Arc<[AtomicUsize; 2]>,
    /// What happened and what to do, where it failed.
    pub failed: Option<Failure>,
}

/// Why a benchmark did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub reason: String,
    /// Where its terms are accepted, if that is what it lacks.
    pub terms: Option<String>,
}

/// What came of getting one.
#[derive(Debug)]
pub struct Got {
    pub known: &'static Known,
    /// `None` where it was stopped on request.
    pub outcome: Result<Box<Collected>, Option<Failure>>,
    /// What the hub says otherwise than the table, and which files it lacks.
    pub remarks: Vec<String>,
}

impl Got {
    /// Of one that could not even be begun.
    pub fn failed(known: &'static Known, reason: String) -> Self {
        Self {
            known,
            outcome: Err(Some(Failure { reason, terms: None })),
            remarks: Vec::new(),
        }
    }
}

impl Getting {
    /// One that is about to begin.
    pub fn of(languages: Vec<Language>) -> Self {
        Self {
            languages: languages.into(),
            ..Self::default()
        }
    }

    /// Which of its languages; empty for all.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// How many of its files were read, of how many, once they are here.
    pub fn files_read(&self) -> Option<(usize, usize)> {
        let [done, all] = self.read.as_ref();
        let all = all.load(Ordering::Relaxed);
        (all > 0).then(|| (done.load(Ordering::Relaxed), all))
    }

    fn set_read(&self, done: usize, all: usize) {
        let [shown_done, shown_all] = self.read.as_ref();
        shown_done.store(done, Ordering::Relaxed);
        shown_all.store(all, Ordering::Relaxed);
    }
}

/// Fetches a benchmark and reads its files, on a thread that may wait. `wake` is called while that goes on.
pub fn bring(known: &'static Known, getting: &Getting, keys: &SecretStore, wake: &dyn Fn()) -> Got {
    let mut remarks = Vec::new();
    let outcome = fetched(known, getting, keys, wake, &mut remarks).map_err(|error| match error {
        GetError::Cancelled => None,
        GetError::Hub(HubError::Gated { ref page, .. }) => Some(Failure {
            reason: error_chain(&error),
            terms: Some(page.clone()),
        }),
        error => Some(Failure {
            reason: error_chain(&error),
            terms: None,
        }),
    });
    Got {
        known,
        outcome: outcome.map(Box::new),
        remarks,
    }
}

fn fetched(
    known: &'static Known,
    getting: &Getting,
    keys: &SecretStore,
    wake: &dyn Fn(),
    remarks: &mut Vec<String>,
) -> Result<Collected, GetError> {
    let settings = Settings::from_environment()?;
    let cached = known::present(&settings, known, &getting.languages);
    let found = match cached.filter(|_| settings.offline) {
        Some(found) => found,
        None => {
            let settings = settings.with_typed_token(|| keys.find(TOKEN));
            let hub = Hub::new(settings, Timeouts::default(), Backoff::default())?;
            let work = known::fetch(&hub, known, &getting.languages, &getting.progress, &getting.cancel);
            download::watched(work, &getting.progress, |_| wake())??
        }
    };
    let said = found
        .confirmation
        .iter()
        .flat_map(|said| said.differences.iter().cloned());
    let missing = found
        .missing
        .iter()
        .map(|path| format!("{path} is not there and was left out."));
    remarks.extend(said.chain(missing));
    let mut look = |done, all| {
        getting.set_read(done, all);
        wake();
    };
    known::collect(known, &found, &mut look, &getting.cancel)
}
