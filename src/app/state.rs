//! The window's state and how commands change it. Slow work is not done here but handed back as tasks.

use std::path::PathBuf;
use std::sync::Arc;

use super::benchmarks::{Benchmarks, BenchmarksCommand, ENDINGS, Getting, Importing, PairBy, Question, Section};
use super::command::{Command, Page};
use super::compare::Compare;
use super::compare::command::CompareCommand;
use super::compare::narrowing::Narrowing;
use super::compare::reckoner::{self, Reckoner};
use super::figures::{Exporting, Figures, Request};
use super::inspect::{Inspect, Listed, Lister, PromptOf};
use super::matrix::CellKey;
use super::models::{DownloadsTask, EndpointsTask, Model, Models, ModelsCommand};
use super::review::{Review, Saying};
use super::runs::{Asking, RunForm, Runs};
use super::study::Study;
use crate::benchmarks::import::{Import, ImportOptions};
use crate::benchmarks::known::{self, Known};
use crate::models::safetensors::ModelFolder;
use crate::prompts;
use crate::reviews::Reviews;
use crate::runs::estimate::Work;
use crate::runs::exchange::Format;
use crate::runs::{ModelChoice, RunId, RunRequest};
use crate::scoring::Outcome;
use crate::slices::{Condition, Filter, Slice, SliceName, Who};
use crate::text::controls::Controls;
use crate::text::isolate::isolate;

/// A benchmark to keep.
#[derive(Debug, Clone)]
pub struct Keeping {
    /// What was read of its file.
    pub import: Arc<Import>,
    /// How the file is read once more, where that is not all of it.
    pub read: Option<ImportOptions>,
    pub name: String,
    pub licence: Option<String>,
    /// How its items are tied together.
    pub pair: Option<PairBy>,
}

/// Work for other threads, or for the toolkit.
#[derive(Debug, Clone)]
pub enum Task {
    ReadWorkspace,
    ListModels,
    /// Measures how fast this machine is.
    Calibrate,
    Run {
        request: RunRequest,
        /// Addresses that somebody has just agreed to send items to.
        agreed: Vec<String>,
    },
    Resume(RunId),
    ChooseExport(RunId, Format),
    Export {
        run: RunId,
        format: Format,
        into: PathBuf,
    },
    ChooseRuns,
    ImportRuns(PathBuf),
    /// Asks for the file to export into, offering a name.
    ChooseFigureFile(Exporting, String),
    WriteFigure(Request, Exporting, PathBuf),
    CancelRun,
    AddModel(PathBuf),
    /// How a model's chats are written, for the preview of a run.
    ReadChatTemplate(PathBuf),
    ChooseModelFile,
    ChooseModelFolder,
    ChooseBenchmarkFile,
    Look(Question),
    GetBenchmark(&'static Known, Getting),
    Keep(Keeping),
    /// Saves what a reviewer says.
    Say(Saying),
    /// Reckons how far reviewers agree.
    Agree(Arc<Reviews>),
    /// Makes every number of a study follow the reviews' decisions.
    Correct(Arc<Study>, Arc<Reviews>),
    /// Keeps who reviews for the next start.
    KeepReviewer,
    /// Puts a prompt together again.
    MakePrompt(Arc<Study>, PromptOf),
    KeepSlice(Slice),
    RenameSlice(SliceName, SliceName),
    ForgetSlice(SliceName),
    Endpoints(EndpointsTask),
    Copy(String),
    /// Shows a page in the browser.
    OpenPage(String),
    Downloads(DownloadsTask),
    ToggleTheme,
}

/// Something said across the top of the page until it is dismissed.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub title: String,
    pub detail: String,
    /// Whether it says that something was done, and not what went wrong.
    pub done: bool,
}

/// What the machine is and has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Machine {
    /// What computes: "CPU, 2 threads".
    pub device: String,
    /// Bytes that this process holds, or all of them on a GPU.
    pub used: u64,
    /// Bytes free for more, where models are held.
    pub free: u64,
    /// Bytes of that memory in all.
    pub total: u64,
}

/// Everything the pages show.
#[derive(Debug, Default)]
pub struct State {
    pub page: Page,
    pub study: Option<Arc<Study>>,
    /// Why the workspace could not be read.
    pub problem: Option<String>,
    pub notices: Vec<Notice>,
    /// How many characters without a font the user was told of and dismissed.
    pub missing_dismissed: usize,
    pub machine: Machine,
    pub keys_shown: bool,
    /// The page's search field asks for the focus at the next frame.
    pub focus_search: bool,
    /// Whether characters that are not seen are shown in every item.
    pub controls_shown: bool,
    pub compare: Compare,
    pub figures: Figures,
    pub inspect: Inspect,
    pub review: Review,
    /// The slices that the workspace keeps, by name.
    pub slices: Vec<Slice>,
    pub runs: Runs,
    pub models: Models,
    pub benchmarks: Benchmarks,
}

impl State {
    /// Takes over a workspace that was just read, keeping selections that still hold.
    pub fn show_study(&mut self, study: Arc<Study>) {
        self.compare.show_study(&study, &self.models.list);
        self.study = Some(study);
        self.problem = None;
        self.narrow();
        self.list_only_review();
    }

    /// Takes over the list of models that are known here.
    pub fn show_models(&mut self, models: Vec<Model>) {
        self.models.list = models;
        if let Some(study) = &self.study {
            self.compare.know(study, &self.models.list);
        }
    }

    /// Takes in what the threads behind Compare and Inspect found, and hands them what they are to find. Belongs before
    /// every frame.
    pub fn consult(&mut self, reckoner: &mut Reckoner, lister: &Lister) {
        while let Some(reckoned) = reckoner.try_answer() {
            self.take_reckoned(reckoned);
        }
        for question in self.questions() {
            reckoner.submit(question);
        }
        while let Some(listed) = lister.try_listed() {
            self.take_in_listed(listed);
        }
        if let Some(request) = self.inspect.waiting.take() {
            lister.submit(request);
        }
    }

    /// What the reckoner is to find out.
    pub fn questions(&mut self) -> Vec<reckoner::Question> {
        match &self.study {
            Some(study) => self.compare.questions(study),
            None => Vec::new(),
        }
    }

    /// Takes in what the reckoner found.
    pub fn take_reckoned(&mut self, reckoned: reckoner::Reckoned) {
        if let Some(study) = &self.study {
            self.compare.take(reckoned, study);
        }
    }

    /// Whether the workspace can be written.
    pub fn writable(&self) -> bool {
        self.study.as_ref().is_some_and(|study| study.read_only.is_none())
    }

    /// What each model would be asked by the run in the form, or by the one that a new form begins with.
    pub fn planned_work(&self) -> Work {
        let Some(study) = &self.study else {
            return Work::default();
        };
        match &self.runs.form {
            Some(form) => form.work(study),
            None => RunForm::new(study, []).work(study),
        }
    }

    /// About how many seconds the run in the form takes, where that can be told of all its models.
    pub fn planned_seconds(&self) -> Option<f64> {
        let form = self.runs.form.as_ref()?;
        if form.request().ok()?.protocol.scoring.is_written() {
            return None;
        }
        let (work, speed) = (self.planned_work(), &self.models.catalogue.speed);
        let model = |id: &String| self.models.list.iter().find(|model| model.id == *id);
        let once: Option<f64> = form.models.keys().map(|id| model(id)?.seconds(work, speed)).sum();
        Some(once? * form.rounds() as f64)
    }

    /// What is shown of an item's hidden characters, of which `needed` have to be.
    pub fn controls(&self, needed: Controls) -> Controls {
        if self.controls_shown {
            Controls::AllShown
        } else {
            needed
        }
    }

    /// Carries out `command` and returns what others have to do for it.
    pub fn apply(&mut self, command: Command) -> Vec<Task> {
        match command {
            Command::Show(page) => self.page = page,
            Command::ToggleTheme => return vec![Task::ToggleTheme],
            Command::ToggleKeys => self.keys_shown = !self.keys_shown,
            Command::Reload => {
                return vec![
                    Task::ReadWorkspace,
                    Task::ListModels,
                    Task::Endpoints(EndpointsTask::Read),
                ];
            }
            Command::Copy(text) => return vec![Task::Copy(text)],
            Command::DismissNotice(place) => {
                if place < self.notices.len() {
                    self.notices.remove(place);
                }
            }
            Command::DismissMissing(number) => self.missing_dismissed = number,
            Command::Drop(paths) => return self.drop_files(paths),

            Command::ChooseProtocol(label) => {
                self.compare.protocol = Some(label);
                if let Some(study) = &self.study {
                    self.compare.show_protocol(study);
                }
                self.narrow();
                self.list_only_review();
            }
            Command::ShowMeasure(measure) => {
                self.compare.measure = measure;
                // The columns are others now.
                self.compare.sorting = None;
            }
            Command::SearchMeasure(search) => self.compare.search = search,
            Command::SortMeasure(sorting) => self.compare.sorting = sorting,
            Command::ChooseTask(task) => self.compare.task = task,
            Command::SelectCell(key) => {
                if let Some(study) = &self.study {
                    self.compare.select_cell(key, study);
                }
            }
            Command::Compare(CompareCommand::Slice(slice)) => {
                self.compare.slice = slice;
                self.narrow();
            }
            Command::Compare(CompareCommand::OpenApart) => {
                if let Some(filter) = self.compare.apart() {
                    self.open_items(filter);
                }
            }
            Command::Compare(command) => {
                if let Some(study) = &self.study {
                    self.compare.apply(command, study);
                }
            }
            Command::OpenCell(key, outcome) => self.open_cell(key, outcome),

            Command::Figures(command) => return self.apply_figures(command),

            Command::SetFilter(filter) => {
                self.inspect.filter = filter;
                self.list_items();
            }
            Command::SelectEntry(place) | Command::GoToItem(place) => self.select_entry(place),
            Command::NextItem => self.step_item(1),
            Command::PreviousItem => self.step_item(-1),
            Command::Inspect(command) => return self.apply_inspect(command),
            Command::ToggleList => self.inspect.list_toggled = !self.inspect.list_toggled,
            Command::ToggleControls => self.controls_shown = !self.controls_shown,
            Command::FocusSearch => {
                self.focus_search = true;
            }

            Command::NewRun => return self.open_form(),
            Command::EditForm(form) => return self.runs.edit(*form, self.study.as_deref()),
            Command::CloseForm => self.runs.form = None,
            Command::StartRun => return self.start_run(),
            Command::AgreeToSend => return self.agree_to_send(),
            Command::DeclineToSend => self.runs.asking = None,
            Command::CancelRun => {
                if let Some(live) = &mut self.runs.live {
                    live.stopping = true;
                    return vec![Task::CancelRun];
                }
            }
            Command::ResumeRun(run) => {
                if self.runs.live.is_none() && self.writable() {
                    return vec![Task::Resume(run)];
                }
            }
            Command::SearchRuns(search) => self.runs.search = search,
            Command::SelectRun(run) => self.runs.selected = Some(run),
            Command::ExportRun(run, format) => return vec![Task::ChooseExport(run, format)],
            Command::ExportInto(run, format, into) => return vec![Task::Export { run, format, into }],
            Command::ChooseRuns => return vec![Task::ChooseRuns],
            Command::ImportRuns(path) => {
                if self.writable() {
                    return vec![Task::ImportRuns(path)];
                }
            }

            Command::Review(command) => return self.apply_review(command),

            Command::Models(command) => return self.models.apply(command),

            Command::Benchmarks(BenchmarksCommand::Run(name)) => return self.open_form_on(&name),
            Command::Benchmarks(BenchmarksCommand::Open(name)) => {
                self.benchmarks.section = Section::Here;
                self.benchmarks.search.clear();
                return self.apply(Command::SelectBenchmark(name));
            }
            Command::Benchmarks(command) => return self.benchmarks.apply(command),

            Command::SearchBenchmarks(search) => self.benchmarks.search = search,
            Command::SelectBenchmark(name) => {
                self.benchmarks.selected = Some(name);
                self.benchmarks.preview = None;
            }
            Command::ChoosePreview(language) => self.benchmarks.preview = Some(language),
            Command::ChooseBenchmarkFile => return vec![Task::ChooseBenchmarkFile],
            Command::ImportFile(path) => {
                self.page = Page::Benchmarks;
                self.benchmarks.section = Section::Here;
                let question = Question::new(path);
                self.benchmarks.import = Some(Importing::Reading(question.clone()));
                return vec![Task::Look(question)];
            }
            Command::NameImport(new) => {
                if let Some(Importing::Read(draft)) = &mut self.benchmarks.import {
                    draft.name = new;
                }
            }
            Command::KeepImport => return self.keep_import(),
            Command::DropImport => self.benchmarks.import = None,
        }
        Vec::new()
    }

    /// What was asked of the next frame has been done.
    pub fn after_frame(&mut self) {
        self.focus_search = false;
        self.inspect.reveal = false;
        self.review.focus = None;
        self.inspect.opens_filters = false;
    }

    /// Narrows Compare to the slice that is chosen there.
    fn narrow(&mut self) {
        let Some(study) = &self.study else { return };
        let narrowing = self.compare.slice.as_ref().map(|slice| Narrowing {
            filter: slice.filter.clone(),
            protocol: self.compare.protocol.clone(),
            reviews: Arc::clone(&self.review.reviews),
        });
        self.compare.narrow(narrowing, study);
    }

    /// Opens what a filter leaves of the questions that Compare's numbers stand on.
    pub(super) fn open_items(&mut self, filter: Filter) {
        let slice = self.compare.slice.iter().flat_map(|slice| slice.filter.conditions());
        // The filter names its cell: of that a slice may only have more.
        let narrows = |condition: &&Condition| match condition {
            Condition::Protocol(_) => false,
            Condition::Benchmark(_) | Condition::Task(_) | Condition::Subject(_) | Condition::Language(_) => {
                let kind = std::mem::discriminant(*condition);
                let mut named = filter.conditions().iter().map(std::mem::discriminant);
                !named.any(|named| named == kind)
            }
            _ => true,
        };
        let more: Vec<Condition> = slice.filter(narrows).cloned().collect();
        // Where there is but one benchmark or task, its name would narrow nothing.
        let study = self.study.as_deref();
        let tells = |condition: &&Condition| match condition {
            Condition::Benchmark(_) => study.is_some_and(|study| study.benchmark_names().len() > 1),
            Condition::Task(_) => study.is_some_and(|study| study.tasks().len() > 1),
            _ => true,
        };
        let telling: Filter = filter.conditions().iter().filter(tells).cloned().collect();
        self.inspect.filter = more.into_iter().fold(telling, Filter::with);
        // Begins with the first of them.
        self.inspect.listed.clear();
        self.inspect.selected = 0;
        self.list_items();
        self.page = Page::Inspect;
    }

    pub(super) fn list_items(&mut self) {
        if let Some(study) = &self.study {
            let protocol = self.compare.protocol.as_deref();
            self.inspect.list(study, &self.review.reviews, protocol);
            self.begin_item();
        }
    }

    /// Shows what another thread listed.
    pub fn take_in_listed(&mut self, listed: Listed) {
        self.inspect.take_in(listed);
        self.begin_item();
    }

    fn open_cell(&mut self, key: CellKey, outcome: Option<Outcome>) {
        let of = Who::Model(key.model.clone());
        let answered = match outcome {
            Some(is) => Condition::Outcome { is, of },
            None => Condition::Asked(key.model.clone()),
        };
        let filter = [
            Condition::Benchmark([key.benchmark.clone()].into()),
            Condition::Task([key.task.clone()].into()),
            Condition::Language([key.language.clone()].into()),
            answered,
        ];
        if let Some(study) = &self.study {
            self.compare.select_cell(key, study);
        }
        self.open_items(filter.into_iter().collect());
    }

    /// Goes so many rows further down what is listed: items, or answers that reviewers differ on.
    fn step_item(&mut self, steps: isize) {
        if self.review.settling.is_some() {
            self.step_disagreement(steps);
        } else if let Some(place) = self.inspect.selected.checked_add_signed(steps) {
            self.select_entry(place);
        }
    }

    pub(super) fn select_entry(&mut self, place: usize) {
        if place < self.inspect.listed.len() {
            self.inspect.selected = place;
            self.inspect.reveal = true;
            self.begin_item();
        }
    }

    fn open_form(&mut self) -> Vec<Task> {
        self.page = Page::Runs;
        if self.runs.form.is_none()
            && let Some(study) = &self.study
        {
            let ready = self.models.list.iter().filter(|model| model.problem.is_none());
            let ready = ready.filter_map(|model| Some((model.id.clone(), ModelChoice::File(model.path.clone()?))));
            let form = RunForm::new(study, ready);
            return self.runs.edit(form, self.study.as_deref());
        }
        Vec::new()
    }

    /// Opens the form with a benchmark chosen alone.
    fn open_form_on(&mut self, name: &str) -> Vec<Task> {
        let mut tasks = self.open_form();
        self.benchmarks.imported = None;
        if let (Some(mut form), Some(study)) = (self.runs.form.clone(), &self.study) {
            form.choose_only(study, name);
            // As its owners score it, where that is known.
            if let Some(protocol) = known::named(name).and_then(|known| prompts::known::find(&known.protocol)) {
                form.choose(protocol);
            }
            tasks.extend(self.runs.edit(form, self.study.as_deref()));
        }
        tasks
    }

    fn start_run(&mut self) -> Vec<Task> {
        if self.runs.live.is_some() || !self.writable() {
            return Vec::new();
        }
        let (Some(form), Some(study)) = (&self.runs.form, &self.study) else {
            return Vec::new();
        };
        let Ok(request) = form.request() else {
            return Vec::new();
        };
        self.runs.asking = Asking::new(&request, form.questions(study), study);
        if self.runs.asking.is_some() {
            return Vec::new();
        }
        self.begin_run(request, Vec::new())
    }

    fn agree_to_send(&mut self) -> Vec<Task> {
        let Some(asking) = self.runs.asking.take() else {
            return Vec::new();
        };
        let agreed = asking.addresses();
        self.begin_run(asking.request, agreed)
    }

    /// Lets the form's run begin. Only now is it known that others follow it: a run that was declined has none.
    fn begin_run(&mut self, request: RunRequest, agreed: Vec<String>) -> Vec<Task> {
        let form = self.runs.form.take();
        self.runs.next = form.map(|form| form.followers(&request)).unwrap_or_default();
        vec![Task::Run { request, agreed }]
    }

    fn keep_import(&mut self) -> Vec<Task> {
        if !self.writable() {
            return Vec::new();
        }
        let Some(Importing::Read(draft)) = &self.benchmarks.import else {
            return Vec::new();
        };
        if draft.obstacle().is_some() {
            return Vec::new();
        }
        let draft = draft.clone();
        let keeping = Keeping {
            import: Arc::clone(&draft.look.preview.import),
            // Of a file that was read whole, the items are here already.
            read: (!draft.look.whole).then(|| draft.look.guess.options.clone()),
            name: draft.name.trim().to_owned(),
            licence: Some(draft.licence.trim().to_owned()).filter(|licence| !licence.is_empty()),
            // A key that was there ties items together as it is.
            pair: draft
                .look
                .pairs
                .by
                .filter(|by| *by != PairBy::Key && draft.look.pairs.paired > 0),
        };
        self.benchmarks.import = Some(Importing::Keeping(draft));
        vec![Task::Keep(keeping)]
    }

    fn add_model(&mut self, path: PathBuf) -> Vec<Task> {
        self.page = Page::Models;
        self.models.apply(ModelsCommand::Add(path))
    }

    fn drop_files(&mut self, paths: Vec<PathBuf>) -> Vec<Task> {
        let mut tasks = Vec::new();
        let mut imports = 0;
        for path in paths {
            let extension = path
                .extension()
                .map(|extension| extension.to_string_lossy().to_lowercase());
            match extension.as_deref() {
                _ if ModelFolder::find(&path).is_some() => tasks.extend(self.add_model(path)),
                Some("gguf") => tasks.extend(self.add_model(path)),
                Some(ending) if ENDINGS.contains(&ending) => {
                    imports += 1;
                    if imports == 1 {
                        tasks.extend(self.apply(Command::ImportFile(path)));
                    } else {
                        self.notices.push(Notice {
                            title: "One file is imported at a time.".to_owned(),
                            detail: format!(
                                "Drop {} again when the first is kept.",
                                isolate(&path.to_string_lossy())
                            ),
                            done: false,
                        });
                    }
                }
                _ => self.notices.push(Notice {
                    title: "This kind of file cannot be opened here.".to_owned(),
                    detail: format!(
                        "{}. Models are .gguf or folders with config.json; benchmarks are .xlsx, .xls, .ods, .csv, .tsv, .jsonl, .json, .parquet, .zip or .tar.gz.",
                        isolate(&path.to_string_lossy())
                    ),
                    done: false,
                }),
            }
        }
        tasks
    }
}
