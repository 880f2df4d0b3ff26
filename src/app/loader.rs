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

use super::benchmarks::{self, Getting, Got, Looked, Problem, Question};
use super::exchange;
use super::figures::{Exporting, Request};
use super::inspect::PromptOf;
use super::library;
use super::models::{Model, Speed};
use super::preview::Chat;
use super::review::{self, Agreed, Saying};
use super::state::{Keeping, Machine};
use super::study::Study;
use crate::benchmarks::alignment;
use crate::benchmarks::import::{self, Import};
use crate::benchmarks::known::{Collected, Known};
use crate::charts::Chart;
use crate::engine::calibration::Calibration;
use crate::engine::{Cancel, Device, memory};
use crate::error_chain;
use crate::models::cache::Places;
use crate::models::whereabouts::Whereabouts;
use crate::network::SecretStore;
use crate::prompts::kept;
use crate::reviews::{Reviews, Taxonomy};
use crate::runs::RunId;
use crate::runs::exchange::Format;
use crate::runs::ledger::Ledger;
use crate::runs::prompted::Prompted;
use crate::slices::{self, Slice, SliceName};
use crate::workspace::{Kept, Workspace, WorkspaceError};

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
    /// Reads the chat template of a model.
    ChatTemplate(PathBuf),
    /// Looks at a file that may become a benchmark.
    Look(Question),
    Keep(Keeping),
    /// Keeps a known benchmark that came, under a name.
    KeepKnown(String, Box<Collected>),
    /// Writes a run for other programs into a folder.
    Export {
        run: RunId,
        format: Format,
        into: PathBuf,
    },
    /// Takes in runs that other harnesses made.
    ImportRuns(PathBuf),
    /// Saves what a reviewer says.
    Say(Saying),
    /// Reckons how far reviewers agree.
    Agree(Arc<Reviews>),
    /// Makes every number of a study follow the reviews' decisions.
    Correct(Arc<Study>, Arc<Reviews>),
    /// Makes a figure of Compare.
    Figure(Request),
    /// Writes one, or what else is exported of Compare, into a file.
    WriteFigure(Request, Exporting, PathBuf),
    /// Puts a prompt together again.
    MakePrompt(Arc<Study>, PromptOf),
    /// Lists the slices of the workspace.
    Slices,
    KeepSlice(Slice),
    RenameSlice(SliceName, SliceName),
    ForgetSlice(SliceName),
}

/// What came of it. Errors are the whole chain of causes in words.
#[derive(Debug)]
pub enum Event {
    Study(Arc<Study>, Arc<Workspace>, Box<(Reviews, Taxonomy)>),
    /// What came of saving a review.
    Said(review::Outcome),
    Agreed(Arc<Agreed>),
    /// A study with other corrections in place of the first one.
    Corrected(Arc<Study>, Arc<Study>),
    /// The numbers could not follow the reviews' decisions.
    NotCorrected(String),
    NoStudy(String),
    Models(Vec<Model>),
    NoModels(String),
    Speed(Speed),
    NotAdded(String),
    ChatTemplate(PathBuf, Chat),
    Looked(Box<Looked>),
    Got(Box<Got>),
    Kept {
        name: String,
        added: usize,
        duplicates: usize,
    },
    NotKept {
        name: String,
        problem: String,
    },
    /// What came of writing a run for others, or of taking some in.
    Exchanged {
        title: String,
        detail: String,
        done: bool,
        /// Whether there are new runs.
        taken_in: bool,
    },
    Figure(Box<Request>, Arc<dyn Chart>),
    Prompt(Box<PromptOf>, Result<Arc<Prompted>, String>),
    /// The slices that the workspace keeps, where they could be listed, and what went wrong.
    Slices {
        slices: Option<Vec<Slice>>,
        title: &'static str,
        problems: Vec<String>,
    },
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
    teller: Teller,
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
                let event = attempt.unwrap_or_else(|_| broken.event());
                let study = match &event {
                    Event::Study(study, ..) => Some(Arc::clone(study)),
                    _ => None,
                };
                if !reader.tell(event) {
                    break;
                }
                // The window shows the workspace meanwhile.
                if let Some(study) = study
                    && catch_unwind(AssertUnwindSafe(|| study.prepare())).is_err()
                {
                    tracing::error!("the workspace could not be prepared to be searched");
                }
            }
        })?;
        let watcher = teller.clone();
        std::thread::Builder::new()
            .name("machine".into())
            .spawn(move || watch_machine(&watcher))?;
        Ok(Self {
            teller,
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

    /// Fetches a known benchmark on a thread of its own, so that nothing else waits for the network.
    pub fn get(&self, known: &'static Known, getting: Getting, keys: SecretStore) {
        let teller = self.teller.clone();
        let started = std::thread::Builder::new().name("benchmark".into()).spawn(move || {
            let wake = || teller.context.request_repaint();
            let attempt = catch_unwind(AssertUnwindSafe(|| benchmarks::bring(known, &getting, &keys, &wake)));
            let got = attempt.unwrap_or_else(|_| Got::failed(known, FAULT.to_owned()));
            teller.tell(Event::Got(Box::new(got)));
        });
        if let Err(problem) = started {
            self.teller
                .tell(Event::Got(Box::new(Got::failed(known, problem.to_string()))));
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
    ChatTemplate(PathBuf),
    Look(Box<Question>),
    Keep(String),
    Exchange,
    Say(String),
    Agree,
    Correct,
    Slice,
    Prompt(Box<PromptOf>),
}

impl Broken {
    fn of(job: &Job) -> Self {
        match job {
            Job::Workspace => Self::Workspace,
            Job::Models => Self::Models,
            Job::Calibration | Job::Calibrate => Self::Speed,
            Job::AddModel(_) => Self::Add,
            Job::ChatTemplate(path) => Self::ChatTemplate(path.clone()),
            Job::Look(question) => Self::Look(Box::new(question.clone())),
            Job::Keep(keeping) => Self::Keep(keeping.name.clone()),
            Job::KeepKnown(name, _) => Self::Keep(name.clone()),
            Job::Export { .. } | Job::ImportRuns(_) | Job::Figure(_) | Job::WriteFigure(..) => Self::Exchange,
            Job::Say(saying) => Self::Say(saying.reviewer.id().to_string()),
            Job::Agree(_) => Self::Agree,
            Job::Correct(..) => Self::Correct,
            Job::MakePrompt(_, of) => Self::Prompt(Box::new(of.clone())),
            Job::Slices | Job::KeepSlice(_) | Job::RenameSlice(..) | Job::ForgetSlice(_) => Self::Slice,
        }
    }

    fn event(self) -> Event {
        let problem = FAULT.to_owned();
        match self {
            Self::Workspace => Event::NoStudy(problem),
            Self::Models => Event::NoModels(problem),
            Self::Speed => Event::Speed(Speed::Failed(problem)),
            Self::Add => Event::NotAdded(problem),
            Self::ChatTemplate(path) => Event::ChatTemplate(path, Chat::Unreadable(problem)),
            Self::Look(question) => Event::Looked(Box::new(Looked {
                question: *question,
                outcome: Err(Problem {
                    words: problem,
                    encodings: &[],
                }),
            })),
            Self::Keep(name) => Event::NotKept { name, problem },
            Self::Exchange => exchange::failed(problem),
            Self::Say(file) => Event::Said(review::Outcome {
                file,
                saved: Err(problem),
            }),
            Self::Agree => Event::Agreed(Arc::default()),
            Self::Correct => Event::NotCorrected(problem),
            Self::Prompt(of) => Event::Prompt(of, Err(problem)),
            Self::Slice => Event::Slices {
                slices: None,
                title: "The slices could not be read or written.",
                problems: vec![problem],
            },
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
            Ok((study, workspace, reviewed)) => Event::Study(study, workspace, Box::new(reviewed)),
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
        Job::ChatTemplate(path) => {
            let chat = match library::chat_template(&path) {
                Ok(Some(template)) => Chat::Template(Arc::new(template)),
                Ok(None) => Chat::Without,
                Err(problem) => Chat::Unreadable(problem),
            };
            Event::ChatTemplate(path, chat)
        }
        Job::Look(question) => {
            let with = question.pairing.with.as_ref().zip(workspace.as_ref());
            let joined = with.and_then(|(name, workspace)| workspace.load_benchmark(name).ok());
            Event::Looked(Box::new(benchmarks::look(question, joined.as_ref())))
        }
        Job::Say(saying) => Event::Said(review::work::save(workspace.as_deref(), saying)),
        Job::Agree(reviews) => Event::Agreed(Arc::new(Agreed::of(&reviews))),
        Job::Correct(study, reviews) => {
            let corrected = review::work::corrected(&study, &reviews);
            Event::Corrected(study, Arc::new(corrected))
        }
        Job::Export { run, format, into } => exchange::export(workspace.as_deref(), &run, format, &into),
        Job::ImportRuns(path) => exchange::import(workspace.as_deref(), &path),
        Job::Figure(request) => {
            let chart = request.make();
            Event::Figure(Box::new(request), chart)
        }
        Job::WriteFigure(request, exporting, into) => request.write(exporting, &into),
        Job::MakePrompt(study, of) => {
            let prompt = make_prompt(&study, &of);
            Event::Prompt(Box::new(of), prompt.map(Arc::new))
        }
        Job::Slices => with_slices(workspace.as_deref(), "Not every slice could be read.", |_| Ok(())),
        Job::KeepSlice(slice) => with_slices(workspace.as_deref(), "The slice was not kept.", |workspace| {
            slices::add(workspace, &slice).map(|_| ())
        }),
        Job::RenameSlice(old, new) => with_slices(workspace.as_deref(), "The slice was not renamed.", |workspace| {
            slices::rename(workspace, old.as_str(), &new).map(|_| ())
        }),
        Job::ForgetSlice(name) => with_slices(workspace.as_deref(), "The slice was not removed.", |workspace| {
            slices::remove(workspace, name.as_str())
        }),
        Job::Keep(keeping) => kept(workspace, keeping.name.clone(), |workspace| keep(workspace, &keeping)),
        Job::KeepKnown(name, collected) => kept(workspace, name.clone(), |workspace| {
            let Collected { imports, description } = *collected;
            let kept = workspace.keep_imports(&name, description, imports);
            kept.map_err(|problem| error_chain(&problem))
        }),
    }
}

fn make_prompt(study: &Study, of: &PromptOf) -> Result<Prompted, String> {
    let run = study.runs().iter().find(|run| run.record.id == of.run);
    let (run, (benchmark, item)) = run
        .zip(study.item(of.question))
        .ok_or("the run or the item is no longer in the workspace")?;
    let whereabouts = Whereabouts::of_this_machine();
    let made = Prompted::new(&run.record, benchmark, &item.key, &of.model, &whereabouts);
    made.map_err(|problem| error_chain(&problem))
}

/// Does something to the slices of a workspace, then lists them.
fn with_slices(
    workspace: Option<&Workspace>,
    title: &'static str,
    act: impl FnOnce(&Workspace) -> Result<(), slices::KeptError>,
) -> Event {
    let mut problems = Vec::new();
    let mut slices = None;
    if let Some(workspace) = workspace {
        problems.extend(act(workspace).err());
        match slices::list(workspace) {
            Ok(kept) => {
                problems.extend(kept.problems);
                slices = Some(kept.slices);
            }
            Err(problem) => problems.push(problem),
        }
    }
    Event::Slices {
        slices,
        title,
        problems: problems.iter().map(|problem| error_chain(problem)).collect(),
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

/// A workspace as it was read, with what was said in it.
type ReadWorkspace = (Arc<Study>, Arc<Workspace>, (Reviews, Taxonomy));

fn read_workspace(root: &Path, open: &mut Option<Arc<Workspace>>) -> Result<ReadWorkspace, String> {
    let workspace = match open {
        Some(workspace) => Arc::clone(workspace),
        None => {
            let workspace = Arc::new(Workspace::open(root).map_err(|error| error_chain(&error))?);
            *open = Some(Arc::clone(&workspace));
            workspace
        }
    };
    let (ledger, mut problems) = Ledger::read(&workspace).map_err(|error| error_chain(&error))?;
    let (reviews, taxonomy, unread) = review::work::read(&workspace);
    problems.extend(unread);
    let corrections = reviews.corrections();
    let ledger = if corrections.is_empty() {
        ledger
    } else {
        ledger.corrected(corrections)
    };
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
    let mut study = Study::new(
        workspace.root().to_owned(),
        workspace.name().to_owned(),
        workspace.read_only().map(str::to_owned),
        ledger,
        problems,
    );
    study.protocols = protocols;
    study.sends_to = workspace.sends_to().into_iter().collect();
    Ok((Arc::new(study), workspace, (reviews, taxonomy)))
}

/// Tells what keeping a benchmark did.
fn kept(
    workspace: &Option<Arc<Workspace>>,
    name: String,
    keep: impl FnOnce(&Workspace) -> Result<Kept, String>,
) -> Event {
    let Some(workspace) = workspace else {
        let problem = "the workspace is not open".to_owned();
        return Event::NotKept { name, problem };
    };
    match keep(workspace) {
        Ok(kept) => Event::Kept {
            name,
            added: kept.added.added,
            duplicates: kept.added.duplicates.len(),
        },
        Err(problem) => Event::NotKept { name, problem },
    }
}

/// Adds the items to the benchmark of that name, or makes it, and ties them together. What is there already stays.
fn keep(workspace: &Workspace, keeping: &Keeping) -> Result<Kept, String> {
    let import = match &keeping.read {
        Some(options) => import::read(&keeping.import.path, options).map_err(|error| error_chain(&error))?,
        None => Import::clone(&keeping.import),
    };
    let words = |problem: WorkspaceError| error_chain(&problem);
    let kept = workspace
        .keep_import(&keeping.name, keeping.licence.as_deref(), import)
        .map_err(words)?;
    if let Some(by) = keeping.pair {
        let mut benchmark = workspace.load_benchmark(&keeping.name).map_err(words)?;
        let plan = alignment::plan(benchmark.items(), &by.method()).map_err(|error| error_chain(&error))?;
        benchmark.align(&plan);
        workspace.save_benchmark(&benchmark).map_err(words)?;
    }
    Ok(kept)
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
