//! The worker: one thread that owns the device and takes jobs one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::execute::{ExecuteError, Means, RunRequest, Step, create, execute};
use super::{RunId, RunRecord, store};
use crate::cancel::Cancel;
use crate::engine::LocalLoader;
use crate::engine::endpoint::Endpoint;
use crate::error_chain;
use crate::models::whereabouts::Whereabouts;
use crate::network::SecretStore;
use crate::workspace::Workspace;

/// Something to work on.
#[derive(Debug)]
pub enum Job {
    /// Make a run and work through it.
    Run {
        workspace: Arc<Workspace>,
        request: RunRequest,
        /// Addresses of endpoints that somebody has just agreed to send items to.
        agreed: Vec<String>,
    },
    /// Go on with a run that did not finish.
    Resume {
        workspace: Arc<Workspace>,
        run: RunId,
        /// Endpoints as they are known now, with limits and prices that may have changed.
        known: Vec<Endpoint>,
    },
}

/// What the worker tells whoever watches.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The run exists on disk and begins or goes on.
    Started(Box<RunRecord>),
    Step(Step),
    /// The run ended as its state says.
    Ended(Box<RunRecord>),
    /// The job was stopped before it made a run.
    Stopped,
    /// The job could not even start; the text is the whole chain of causes.
    Refused(String),
}

/// A handle on the thread. Dropping it cancels what is running and waits for the thread.
#[derive(Debug)]
pub struct Worker {
    jobs: Option<Sender<(Job, Cancel)>>,
    events: Receiver<Event>,
    last: Cancel,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread. `keys` holds those of endpoints. `wake` is called after every event, so that a sleeping window looks.
    pub fn start(keys: SecretStore, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (jobs, job_queue) = channel::<(Job, Cancel)>();
        let (event_queue, events) = channel();
        let work = move || {
            let mut tell = move |event| {
                // Nobody listens any more while the program closes.
                event_queue.send(event).ok();
                wake();
            };
            for (job, cancel) in job_queue {
                let attempt = catch_unwind(AssertUnwindSafe(|| work_on(job, &keys, &mut tell, &cancel)));
                if attempt.is_err() {
                    tell(Event::Refused(
                        "the engine stopped unexpectedly; answers so far are kept, resume the run".into(),
                    ));
                }
            }
        };
        let thread = std::thread::Builder::new().name("worker".into()).spawn(work)?;
        Ok(Self {
            jobs: Some(jobs),
            events,
            last: Cancel::default(),
            thread: Some(thread),
        })
    }

    /// Hands the thread a job; it begins when those before it have ended. The handle stops it.
    pub fn submit(&mut self, job: Job) -> Cancel {
        self.last = Cancel::default();
        if let Some(jobs) = &self.jobs {
            // The thread ends only when this handle is dropped.
            jobs.send((job, self.last.clone())).ok();
        }
        self.last.clone()
    }

    /// The next event, if there is one already.
    pub fn try_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Waits at most `patience` for the next event; an error means the thread is gone.
    pub fn wait_event(&self, patience: Duration) -> Result<Option<Event>, WorkerGone> {
        match self.events.recv_timeout(patience) {
            Ok(event) => Ok(Some(event)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(WorkerGone),
        }
    }
}

/// The worker's thread has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the worker has stopped")]
pub struct WorkerGone;

impl Drop for Worker {
    fn drop(&mut self) {
        self.last.cancel();
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn work_on(job: Job, keys: &SecretStore, tell: &mut dyn FnMut(Event), cancel: &Cancel) {
    let means = Means {
        loader: &LocalLoader,
        whereabouts: &Whereabouts::of_this_machine(),
        keys,
    };
    let (workspace, prepared) = match job {
        Job::Run {
            workspace,
            request,
            agreed,
        } => {
            let agreed = agreed
                .iter()
                .try_for_each(|address| workspace.agree_to_send_to(address))
                .map_err(ExecuteError::from);
            let told = &mut |step| tell(Event::Step(step));
            let prepared = agreed.and_then(|()| create(&workspace, &request, &means, told, cancel));
            (workspace, prepared)
        }
        Job::Resume { workspace, run, known } => {
            let mut loaded = store::load(&workspace, &run).map_err(ExecuteError::from);
            if let Ok(record) = &mut loaded {
                record.models.iter_mut().for_each(|model| model.refresh(&known));
            }
            (workspace, loaded)
        }
    };
    let mut record = match prepared {
        Ok(record) => record,
        Err(ExecuteError::Cancelled) => return tell(Event::Stopped),
        Err(error) => return tell(Event::Refused(error_chain(&error))),
    };
    tell(Event::Started(Box::new(record.clone())));
    let result = execute(
        &workspace,
        &mut record,
        &means,
        &mut |step| tell(Event::Step(step)),
        cancel,
    );
    match result.map_err(|error| (error_chain(&error), error)) {
        // The record tells an error of the run; one that left no trace there is told here.
        Err((problem, error))
            if !matches!(error, ExecuteError::Cancelled) && record.error.as_ref() != Some(&problem) =>
        {
            tell(Event::Refused(problem));
        }
        _ => tell(Event::Ended(Box::new(record))),
    }
}
