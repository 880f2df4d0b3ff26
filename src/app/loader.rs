//! The threads that read and write for the window, so that no frame waits for a disk.
//!
//! One thread takes jobs in order; one more watches the memory. Each tells what came of it as an event and wakes the window.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use egui::Context;

use super::benchmarks::Preview;
use super::library;
use super::models::{Model, Speed};
use super::state::Machine;
use super::study::Study;
use crate::benchmarks::import::{self, Import, ImportOptions};
use crate::engine::calibration::Calibration;
use crate::engine::{Cancel, Device, memory};
use crate::error_chain;
use crate::models::cache::Places;
use crate::prompts::kept;
use crate::runs::comparison;
use crate::runs::store;
use crate::workspace::Workspace;

/// Something to read or write.
#[derive(Debug)]
pub enum Job {
    Workspace,
    Models,
    /// Reads how fast this machine was found to be.
    Calibration,
    /// Measures it.
    Calibrate,
    AddModel(PathBuf),
    Import(PathBuf),
    Keep {
        import: Arc<Import>,
        name: String,
    },
}

/// What came of it. Errors are the whole chain of causes in words.
#[derive(Debug)]
pub enum Event {
    Study(Arc<Study>, Arc<Workspace>),
    NoStudy(String),
    Models(Vec<Model>),
    NoModels(String),
    Speed(Speed),
    NotAdded(String),
    Imported(Arc<Preview>, String),
    NotImported {
        path: PathBuf,
        problem: String,
    },
    Kept {
        name: String,
        added: usize,
        duplicates: usize,
    },
    NotKept(String),
    Machine(Machine),
}

/// Tells events and wakes the window.
#[derive(Clone)]
struct Teller {
    events: Sender<Event>,
    context: Context,
}

impl Teller {
    /// False once nobody listens any more.
    fn tell(&self, event: Event) -> bool {
        let heard = self.events.send(event).is_ok();
        self.context.request_repaint();
        heard
    }
}

/// A handle on the threads. Dropping it waits for the job under way, so that nothing is left half-written and the
/// workspace is free again.
pub struct Loader {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    events: Receiver<Event>,
}

impl Loader {
    /// Starts the threads for the workspace at `root`.
    pub fn start(context: &Context, root: PathBuf) -> std::io::Result<Self> {
        let (jobs, queue) = channel::<Job>();
        let (events, heard) = channel();
        let teller = Teller {
            events,
            context: context.clone(),
        };
        let reader = teller.clone();
        let thread = std::thread::Builder::new().name("loader".into()).spawn(move || {
            let mut workspace = None;
            for job in queue {
                let broken = Broken::of(&job);
                // A fault of this program or of a library must not leave the window waiting for ever.
                let attempt = catch_unwind(AssertUnwindSafe(|| work_on(job, &root, &mut workspace)));
                if !reader.tell(attempt.unwrap_or_else(|_| broken.event())) {
                    break;
                }
            }
        })?;
        std::thread::Builder::new()
            .name("machine".into())
            .spawn(move || watch_machine(&teller))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            events: heard,
        })
    }

    /// Hands over a job.
    pub fn submit(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The thread ends only after this handle.
            jobs.send(job).ok();
        }
    }

    /// The next event, if there is one already.
    pub fn try_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }
}

/// What is said where reading ended in a fault that nobody foresaw.
const FAULT: &str = "the program met a fault of its own, which the terminal tells more about; nothing was changed";

/// What a job leaves behind that ended in a fault.
enum Broken {
    Workspace,
    Models,
    Speed,
    Add,
    Import(PathBuf),
    Keep,
}

impl Broken {
    fn of(job: &Job) -> Self {
        match job {
            Job::Workspace => Self::Workspace,
            Job::Models => Self::Models,
            Job::Calibration | Job::Calibrate => Self::Speed,
            Job::AddModel(_) => Self::Add,
            Job::Import(path) => Self::Import(path.clone()),
            Job::Keep { .. } => Self::Keep,
        }
    }

    fn event(self) -> Event {
        let problem = FAULT.to_owned();
        match self {
            Self::Workspace => Event::NoStudy(problem),
            Self::Models => Event::NoModels(problem),
            Self::Speed => Event::Speed(Speed::Failed(problem)),
            Self::Add => Event::NotAdded(problem),
            Self::Import(path) => Event::NotImported { path, problem },
            Self::Keep => Event::NotKept(problem),
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn work_on(job: Job, root: &Path, workspace: &mut Option<Arc<Workspace>>) -> Event {
    match job {
        Job::Workspace => match read_workspace(root, workspace) {
            Ok((study, workspace)) => Event::Study(study, workspace),
            Err(problem) => Event::NoStudy(problem),
        },
        Job::Models => match library::list() {
            Ok(models) => Event::Models(models),
            Err(problem) => Event::NoModels(problem),
        },
        Job::Calibration => Event::Speed(kept_speed().unwrap_or_else(Speed::Failed)),
        Job::Calibrate => Event::Speed(measured_speed().unwrap_or_else(Speed::Failed)),
        Job::AddModel(path) => match library::add(&path).and_then(|()| library::list()) {
            Ok(models) => Event::Models(models),
            Err(problem) => Event::NotAdded(problem),
        },
        Job::Import(path) => match import::read(&path, &ImportOptions::default()) {
            Ok(import) => {
                let name = import.suggested_name();
                Event::Imported(Arc::new(Preview::new(import)), name)
            }
            Err(error) => Event::NotImported {
                path,
                problem: error_chain(&error),
            },
        },
        Job::Keep { import, name } => match workspace {
            Some(workspace) => keep(workspace, &import, name),
            None => Event::NotKept("the workspace is not open".to_owned()),
        },
    }
}

/// How fast this machine was when it was measured, if it was.
fn kept_speed() -> Result<Speed, String> {
    let places = Places::from_environment().map_err(|error| error_chain(&error))?;
    let kept = Calibration::open(&places.models).map_err(|error| error_chain(&error))?;
    Ok(kept.map_or(Speed::Unknown, |calibration| Speed::Known(Arc::new(calibration))))
}

/// Measures and keeps how fast this machine is.
fn measured_speed() -> Result<Speed, String> {
    let places = Places::from_environment().map_err(|error| error_chain(&error))?;
    let measured = Calibration::measure(&Cancel::default()).map_err(|error| error_chain(&error))?;
    measured.keep(&places.models).map_err(|error| error_chain(&error))?;
    Ok(Speed::Known(Arc::new(measured)))
}

fn read_workspace(root: &Path, open: &mut Option<Arc<Workspace>>) -> Result<(Arc<Study>, Arc<Workspace>), String> {
    let workspace = match open {
        Some(workspace) => Arc::clone(workspace),
        None => {
            let workspace = Arc::new(Workspace::open(root).map_err(|error| error_chain(&error))?);
            *open = Some(Arc::clone(&workspace));
            workspace
        }
    };
    let mut problems = Vec::new();
    let mut benchmarks = Vec::new();
    for name in workspace.benchmark_names().map_err(|error| error_chain(&error))? {
        match workspace.load_benchmark(&name) {
            Ok(benchmark) => benchmarks.push(Arc::new(benchmark)),
            Err(error) => problems.push(error_chain(&error)),
        }
    }
    let listing = store::list(&workspace).map_err(|error| error_chain(&error))?;
    problems.extend(listing.problems.iter().map(|problem| error_chain(problem)));
    let mut runs = Vec::new();
    for record in listing.runs {
        match store::answers(&workspace, &record.id) {
            Ok(answers) => runs.push((record, answers)),
            Err(error) => problems.push(error_chain(&error)),
        }
    }
    let protocols = match kept::list(&workspace) {
        Ok(kept) => {
            problems.extend(kept.problems.iter().map(|problem| error_chain(problem)));
            kept.protocols
        }
        Err(problem) => {
            problems.push(error_chain(&problem));
            Vec::new()
        }
    };
    let rows = comparison::compare(runs.iter().map(|(record, answers)| (record, answers.as_slice())));
    runs.reverse();
    let mut study = Study::new(
        workspace.root().to_owned(),
        workspace.name().to_owned(),
        workspace.read_only().map(str::to_owned),
        benchmarks,
        runs,
        rows,
        problems,
    );
    study.protocols = protocols;
    study.sends_to = workspace.sends_to().into_iter().collect();
    Ok((Arc::new(study), workspace))
}

/// Adds the items to the benchmark of that name, or makes it. What is there already stays.
fn keep(workspace: &Workspace, import: &Import, name: String) -> Event {
    match workspace.keep_import(&name, import.clone()) {
        Ok(kept) => Event::Kept {
            name,
            added: kept.added.added,
            duplicates: kept.added.duplicates.len(),
        },
        Err(problem) => Event::NotKept(error_chain(&problem)),
    }
}

fn watch_machine(teller: &Teller) {
    let device = Device::chosen().map_or_else(|problem| problem.to_string(), ToString::to_string);
    let Ok(mut system) = sysinfo::System::new() else {
        teller.tell(Event::Machine(Machine {
            device,
            ..Machine::default()
        }));
        return;
    };
    loop {
        system.refresh_memory();
        let own = sysinfo::get_current_pid().ok();
        let used = own.and_then(|own| {
            system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[own]), true);
            system.process(own).map(sysinfo::Process::memory)
        });
        let device = device.clone();
        let machine = match Device::chosen().ok().and_then(Device::memory) {
            Some(memory) => Machine {
                device,
                used: memory.total.saturating_sub(memory.free),
                free: memory.free,
                total: memory.total,
            },
            None => Machine {
                device,
                used: used.unwrap_or_default(),
                free: memory::available().unwrap_or(system.available_memory()),
                total: system.total_memory(),
            },
        };
        if !teller.tell(Event::Machine(machine)) {
            return;
        }
        std::thread::sleep(Duration::from_secs(3));
    }
}
