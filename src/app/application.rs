//! The program behind the window: hands tasks to threads, takes in what they tell, draws.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::Renderer;
use egui::{Context, Theme, ThemePreference, ViewportBuilder, ViewportCommand};

use super::benchmarks::{Draft, Got, Importing};
use super::command::{self, Command};
use super::compare::reckoner::Reckoner;
use super::dialog::{Dialogs, Purpose};
use super::downloads::{Downloader, News};
use super::endpoint_desk::EndpointDesk;
use super::figures::FiguresCommand;
use super::inspect::{Lister, PromptState};
use super::loader::{Event, Job, Loader};
use super::models::{DownloadsTask, EndpointsTask, ModelsCommand};
use super::review::KeptReviewer;
use super::runs::Live;
use super::state::{Notice, State, Task};
use super::theme;
use super::zoom::Zoom;
use crate::cancel::Cancel;
use crate::network::SecretStore;
use crate::places::{NoHome, data_folder};
use crate::runs::worker::{self, Worker};
use crate::runs::{RunRecord, RunState, Step};
use crate::text::isolate::isolate;
use crate::text::{self, Fallback};
use crate::workspace::Workspace;

/// What draws the state and says what was clicked: the pages stand above this module.
pub type Draw = fn(&mut egui::Ui, &State, &mut Vec<Command>);

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("there is no display to open a window on (neither WAYLAND_DISPLAY nor DISPLAY leads to one)")]
    NoDisplay,
    #[error("the window's threads could not be started")]
    Threads { source: std::io::Error },
    #[error("nothing here can draw the window ({0}); an updated graphics driver may help")]
    NoRenderer(String),
    #[error("POLYCLINIC_RENDERER is `{0}`; it can be `wgpu` or `glow`")]
    UnknownRenderer(String),
}

/// Opens the window on the workspace at `root` and returns when it is closed.
///
/// Draws with wgpu, else with OpenGL; `POLYCLINIC_RENDERER` (`wgpu` or `glow`) leaves no choice.
pub fn open(root: &Path, draw: Draw) -> Result<(), OpenError> {
    let chosen = match std::env::var("POLYCLINIC_RENDERER") {
        Ok(name) if !name.is_empty() => Some(name.parse::<Renderer>().map_err(|_| OpenError::UnknownRenderer(name))?),
        _ => None,
    };
    let first = match run(root, draw, chosen.unwrap_or(Renderer::Wgpu)) {
        Ok(()) => return Ok(()),
        Err(error @ (eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_))) => {
            tracing::debug!("no window: {error}");
            return Err(OpenError::NoDisplay);
        }
        Err(error) => error,
    };
    if chosen.is_some() {
        return Err(OpenError::NoRenderer(first.to_string()));
    }
    tracing::warn!("wgpu cannot draw here, trying OpenGL: {first}");
    run(root, draw, Renderer::Glow).map_err(|second| OpenError::NoRenderer(format!("wgpu: {first}; OpenGL: {second}")))
}

fn run(root: &Path, draw: Draw, renderer: Renderer) -> Result<(), eframe::Error> {
    let options = eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_title("Polyclinic")
            .with_app_id("polyclinic")
            .with_inner_size([1440.0, 900.0])
            .with_min_inner_size([900.0, 600.0])
            .with_drag_and_drop(true),
        renderer,
        ..eframe::NativeOptions::default()
    };
    let root = root.to_owned();
    eframe::run_native(
        "Polyclinic",
        options,
        Box::new(move |creation| {
            let mut application = Application::new(&creation.egui_ctx, root, Fallback::System, draw)?;
            if let Ok(folder) = data_folder() {
                application.keep_zoom(&creation.egui_ctx, folder.join("window.toml"));
                application.keep_reviewer(folder.join("reviewer.toml"));
                application.keep_downloads(&creation.egui_ctx, folder)?;
            }
            Ok(Box::new(application))
        }),
    )
}

/// The window's program.
pub struct Application {
    draw: Draw,
    state: State,
    loader: Loader,
    reckoner: Reckoner,
    lister: Lister,
    worker: Worker,
    endpoints: EndpointDesk,
    /// Of endpoints and of the hub, as far as somebody typed them in.
    keys: SecretStore,
    workspace: Option<Arc<Workspace>>,
    run: Option<Cancel>,
    downloader: Option<Downloader>,
    dialogs: Dialogs,
    /// The window's title, until it is set.
    title: Option<String>,
    zoom: Zoom,
    reviewer: KeptReviewer,
}

impl Application {
    /// Prepares `context` and begins to read the workspace at `root`. `fallback` says where characters that no
    /// bundled font has are looked for.
    pub fn new(context: &Context, root: PathBuf, fallback: Fallback, draw: Draw) -> Result<Self, OpenError> {
        text::install(context, fallback);
        theme::install(context);
        // Its own limits and steps are others than ours.
        context.options_mut(|options| options.zoom_with_keyboard = false);
        let threads = |source| OpenError::Threads { source };
        let loader = Loader::start(context, root).map_err(threads)?;
        let reckoner = Reckoner::start(context).map_err(threads)?;
        let lister = Lister::start(context).map_err(threads)?;
        let keys = SecretStore::system();
        let wake = context.clone();
        let worker = Worker::start(keys.clone(), move || wake.request_repaint()).map_err(threads)?;
        loader.submit(Job::Workspace);
        loader.submit(Job::Models);
        loader.submit(Job::Calibration);
        let mut endpoints = EndpointDesk::new(context, keys.clone());
        endpoints.submit(EndpointsTask::Read);
        Ok(Self {
            draw,
            state: State::default(),
            loader,
            reckoner,
            lister,
            worker,
            endpoints,
            keys,
            workspace: None,
            run: None,
            downloader: None,
            dialogs: Dialogs::default(),
            title: None,
            zoom: Zoom::default(),
            reviewer: KeptReviewer::default(),
        })
    }

    /// Sets the zoom that `file` holds, and keeps there what it is changed to.
    pub fn keep_zoom(&mut self, context: &Context, file: PathBuf) {
        self.zoom = Zoom::restore(context, file);
    }

    /// Takes over who reviews from `file`, and keeps later changes there.
    pub fn keep_reviewer(&mut self, file: PathBuf) {
        self.reviewer = KeptReviewer::restore(&mut self.state.review, file);
    }

    /// Goes on with the downloads whose list lies in `folder`, and keeps it there.
    pub fn keep_downloads(&mut self, context: &Context, folder: PathBuf) -> Result<(), OpenError> {
        let downloader = Downloader::start(context, folder, self.keys.clone());
        self.downloader = Some(downloader.map_err(|source| OpenError::Threads { source })?);
        Ok(())
    }

    /// What the window shows.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Carries out a command as if a button had sent it.
    pub fn command(&mut self, context: &Context, command: Command) {
        for task in self.state.apply(command) {
            self.perform(context, task);
        }
        self.make_figure();
    }

    /// Has the figure made that Compare should show by now.
    fn make_figure(&mut self) {
        if let Some(request) = self.state.next_figure() {
            self.loader.submit(Job::Figure(request));
        }
    }

    fn perform(&mut self, context: &Context, task: Task) {
        match task {
            Task::ReadWorkspace => self.loader.submit(Job::Workspace),
            Task::ListModels => self.loader.submit(Job::Models),
            Task::Calibrate => self.loader.submit(Job::Calibrate),
            Task::AddModel(path) => self.loader.submit(Job::AddModel(path)),
            Task::ReadChatTemplate(path) => self.loader.submit(Job::ChatTemplate(path)),
            Task::Look(question) => self.loader.submit(Job::Look(question)),
            Task::Keep(keeping) => self.loader.submit(Job::Keep(keeping)),
            Task::GetBenchmark(known, getting) => self.loader.get(known, getting, self.keys.clone()),
            Task::Run { request, agreed } => self.submit(|workspace| worker::Job::Run {
                workspace,
                request,
                agreed,
            }),
            Task::Resume(run) => {
                let known = self.state.models.endpoints.list.clone();
                self.submit(|workspace| worker::Job::Resume { workspace, run, known });
            }
            Task::CancelRun => {
                if let Some(cancel) = &self.run {
                    cancel.cancel();
                }
            }
            Task::ChooseModelFile => self.dialogs.ask(Purpose::Model),
            Task::ChooseModelFolder => self.dialogs.ask(Purpose::ModelFolder),
            Task::ChooseBenchmarkFile => self.dialogs.ask(Purpose::Benchmark),
            Task::ChooseExport(run, format) => self.dialogs.ask(Purpose::Export(run, format)),
            Task::ChooseRuns => self.dialogs.ask(Purpose::Runs),
            Task::Export { run, format, into } => self.loader.submit(Job::Export { run, format, into }),
            Task::ChooseFigureFile(exporting, name) => self.dialogs.ask(Purpose::Figure(exporting, name)),
            Task::WriteFigure(request, exporting, into) => {
                self.loader.submit(Job::WriteFigure(request, exporting, into));
            }
            Task::ImportRuns(path) => self.loader.submit(Job::ImportRuns(path)),
            Task::Say(saying) => self.loader.submit(Job::Say(saying)),
            Task::Agree(reviews) => self.loader.submit(Job::Agree(reviews)),
            Task::Correct(study, reviews) => self.loader.submit(Job::Correct(study, reviews)),
            Task::KeepReviewer => self.reviewer.keep(&self.state.review),
            Task::MakePrompt(study, of) => self.loader.submit(Job::MakePrompt(study, of)),
            Task::KeepSlice(slice) => self.loader.submit(Job::KeepSlice(slice)),
            Task::RenameSlice(old, new) => self.loader.submit(Job::RenameSlice(old, new)),
            Task::ForgetSlice(name) => self.loader.submit(Job::ForgetSlice(name)),
            Task::Endpoints(task) => self.endpoints.submit(task),
            Task::Copy(text) => context.copy_text(text),
            Task::OpenPage(page) => context.open_url(egui::OpenUrl::new_tab(page)),
            Task::Downloads(task) => match &self.downloader {
                Some(downloader) => downloader.submit(task),
                None => self.state.notify("Nothing can be downloaded.", &NoHome.to_string()),
            },
            Task::ToggleTheme => context.set_theme(match context.theme() {
                Theme::Dark => ThemePreference::Light,
                Theme::Light => ThemePreference::Dark,
            }),
        }
    }

    fn submit(&mut self, job: impl FnOnce(Arc<Workspace>) -> worker::Job) {
        if let Some(workspace) = &self.workspace {
            self.run = Some(self.worker.submit(job(Arc::clone(workspace))));
            self.state.runs.live = Some(Live::starting());
        }
    }

    fn take_in(&mut self, context: &Context, event: Event) {
        let state = &mut self.state;
        match event {
            Event::Study(study, workspace, reviewed) => {
                for problem in &study.problems {
                    state.notify("A part of the workspace could not be read; the rest is shown.", problem);
                }
                self.title = Some(format!("Polyclinic: {}", isolate(&study.name)));
                self.workspace = Some(workspace);
                let (reviews, taxonomy) = *reviewed;
                let tasks = state.show_reviews(reviews, taxonomy);
                state.show_study(study);
                tasks.into_iter().for_each(|task| self.perform(context, task));
                self.loader.submit(Job::Slices);
            }
            Event::Said(outcome) => {
                let tasks = state.take_in_said(outcome);
                tasks.into_iter().for_each(|task| self.perform(context, task));
            }
            Event::Agreed(agreed) => state.show_agreed(agreed),
            // One that was read meanwhile follows the decisions already.
            Event::Corrected(of, study) => {
                if state.study.as_ref().is_some_and(|study| Arc::ptr_eq(study, &of)) {
                    state.show_study(study);
                }
            }
            Event::NotCorrected(problem) => state.notify("The numbers do not follow the last decision yet.", &problem),
            Event::NoStudy(problem) => state.problem = Some(problem),
            Event::Models(models) => state.show_models(models),
            Event::Speed(speed) => state.models.catalogue.speed = speed,
            Event::NoModels(problem) => state.notify("The list of models could not be read.", &problem),
            Event::NotAdded(problem) => state.notify("The model was not added.", &problem),
            Event::ChatTemplate(path, chat) => state.runs.take_chat(path, chat, state.study.as_deref()),
            Event::Looked(looked) => state.benchmarks.take_look(*looked),
            Event::Got(got) => self.take_in_benchmark(*got),
            Event::Kept {
                name,
                added,
                duplicates,
            } => {
                if duplicates > 0 {
                    let detail =
                        format!("{added} items were added; {duplicates} were there before and stay as they were.");
                    state.notify("Some items were in the benchmark already.", &detail);
                }
                let is_it = |draft: &Draft| draft.name.trim() == name;
                if matches!(&state.benchmarks.import, Some(Importing::Keeping(draft)) if is_it(draft)) {
                    state.benchmarks.import = None;
                }
                state.benchmarks.getting.remove(&name);
                state.benchmarks.imported = Some(name.clone());
                state.benchmarks.selected = Some(name);
                self.loader.submit(Job::Workspace);
            }
            Event::Exchanged {
                title,
                detail,
                done,
                taken_in,
            } => {
                state.tell(Notice { title, detail, done });
                if taken_in {
                    self.loader.submit(Job::Workspace);
                }
            }
            Event::NotKept { name, problem } => {
                match state.benchmarks.import.take() {
                    Some(Importing::Keeping(draft)) => state.benchmarks.import = Some(Importing::Read(draft)),
                    other => state.benchmarks.import = other,
                }
                state.benchmarks.getting.remove(&name);
                state.notify("The benchmark could not be kept.", &problem);
            }
            Event::Figure(request, chart) => state.figures.take_in(*request, chart),
            Event::Prompt(of, prompt) => {
                let wanted = state.inspect.prompt.as_mut().filter(|(wanted, _)| *wanted == *of);
                if let Some((_, shown)) = wanted {
                    *shown = prompt.map_or_else(PromptState::Failed, PromptState::Made);
                }
            }
            Event::Slices {
                slices,
                title,
                problems,
            } => {
                if let Some(slices) = slices {
                    state.take_slices(slices);
                }
                problems.iter().for_each(|problem| state.notify(title, problem));
            }
            Event::Machine(machine) => state.machine = machine,
        }
    }

    fn take_in_benchmark(&mut self, got: Got) {
        let name = &got.known.name;
        let getting = self.state.benchmarks.getting.get_mut(name);
        // Whoever cancelled it meanwhile wants it no more.
        let Some(getting) = getting.filter(|getting| !getting.cancel.is_cancelled()) else {
            return;
        };
        // What came of it lies in the cache, whatever became of the rest.
        if let Some(downloader) = &self.downloader {
            downloader.submit(DownloadsTask::LookIntoCache);
        }
        match got.outcome {
            Ok(collected) => self.loader.submit(Job::KeepKnown(name.clone(), collected)),
            Err(Some(failure)) => getting.failed = Some(failure),
            Err(None) => _ = self.state.benchmarks.getting.remove(name),
        }
        if !got.remarks.is_empty() {
            let title = format!("The hub says otherwise of {} than was known here.", got.known.title);
            self.state.notify(&title, &got.remarks.join(" "));
        }
    }

    fn take_in_news(&mut self, news: News) {
        match news {
            News::Known(known) => self.state.models.hub.known = *known,
            News::ModelsChanged => self.loader.submit(Job::Models),
            News::Failed(title, problem) => self.state.notify(title, &problem),
        }
    }

    fn take_in_run(&mut self, event: worker::Event) {
        let state = &mut self.state;
        match event {
            worker::Event::Started(record) => {
                state.runs.started(&record);
                self.loader.submit(Job::Workspace);
            }
            worker::Event::Step(Step::Stage(stage)) => state.runs.stage(stage),
            worker::Event::Step(Step::Progress(progress)) => state.runs.progress(progress),
            worker::Event::Ended(record) => {
                self.ended(&record);
                self.loader.submit(Job::Workspace);
            }
            worker::Event::Stopped => {
                state.runs.live = None;
                state.runs.next.clear();
            }
            worker::Event::Refused(problem) => {
                state.runs.live = None;
                state.runs.next.clear();
                state.notify("The run could not go on; every answer so far is kept.", &problem);
                self.loader.submit(Job::Workspace);
            }
        }
    }

    fn ended(&mut self, record: &RunRecord) {
        self.state.runs.live = None;
        self.run = None;
        match (record.state, self.state.runs.next.pop_front()) {
            (RunState::Finished, Some(request)) => self.submit(|workspace| worker::Job::Run {
                workspace,
                request,
                agreed: Vec::new(),
            }),
            _ => self.state.runs.next.clear(),
        }
        if record.state == RunState::Failed {
            let problem = record.error.clone().unwrap_or_default();
            self.state
                .notify("A run failed; every answer so far is kept.", &problem);
        }
    }
}

impl Application {
    /// Takes in what the threads tell. Belongs before [`Self::show`] in every frame.
    pub fn poll(&mut self, context: &Context) {
        while let Some(event) = self.loader.try_event() {
            self.take_in(context, event);
            self.make_figure();
        }
        self.state.consult(&mut self.reckoner, &self.lister);
        while let Some(news) = self.downloader.as_ref().and_then(Downloader::try_news) {
            self.take_in_news(news);
        }
        while let Some(event) = self.worker.try_event() {
            self.take_in_run(event);
        }
        while let Some(event) = self.endpoints.try_event() {
            if let Some((title, detail)) = self.state.models.endpoints.take_in(event) {
                self.state.notify(title, &detail);
            }
        }
        if let Some(title) = self.title.take() {
            context.send_viewport_cmd(ViewportCommand::Title(title));
        }
        if let Some((purpose, path)) = self.dialogs.poll(context) {
            let command = match purpose {
                Purpose::Model | Purpose::ModelFolder => ModelsCommand::Add(path).into(),
                Purpose::Benchmark => Command::ImportFile(path),
                Purpose::Export(run, format) => Command::ExportInto(run, format, path),
                Purpose::Runs => Command::ImportRuns(path),
                Purpose::Figure(exporting, _) => FiguresCommand::Write(exporting, path).into(),
            };
            self.command(context, command);
        }
    }

    /// Draws the window, then carries out what was clicked and typed in it.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        let context = ui.ctx().clone();
        self.zoom.take_keys(&context);
        let mut commands = command::pressed(&context);
        let dropped: Vec<PathBuf> = context.input(|input| {
            input
                .raw
                .dropped_files
                .iter()
                .map(|file| file.path().to_owned())
                .collect()
        });
        if !dropped.is_empty() {
            commands.push(Command::Drop(dropped));
        }
        (self.draw)(ui, &self.state, &mut commands);
        self.state.after_frame();
        if !commands.is_empty() {
            // What the commands changed shows at once.
            context.request_repaint();
        }
        for command in commands {
            self.command(&context, command);
        }
    }
}

impl eframe::App for Application {
    fn logic(&mut self, context: &Context, _frame: &mut eframe::Frame) {
        self.poll(context);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }
}

impl State {
    /// Says across the top of the page what went wrong.
    fn notify(&mut self, title: &str, detail: &str) {
        self.tell(Notice {
            title: title.to_owned(),
            detail: detail.to_owned(),
            done: false,
        });
    }

    fn tell(&mut self, notice: Notice) {
        if !self.notices.contains(&notice) {
            self.notices.push(notice);
        }
    }
}
