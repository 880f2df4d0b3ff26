//! A workspace with made-up answers and a window on it. The figures mean nothing.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui_kittest::{Harness, HarnessBuilder};
use polyclinic::app::benchmarks::{self, Draft, Question};
use polyclinic::app::command::Command;
use polyclinic::app::models::Model;
use polyclinic::app::state::Machine;
use polyclinic::app::study::Study;
use polyclinic::app::{Application, State, Task};
use polyclinic::benchmarks::{Benchmark, demo};
use polyclinic::models::download::Order;
use polyclinic::prompts::Protocol;
use polyclinic::runs::ledger::Ledger;
use polyclinic::runs::{Journal, ModelFile, ModelSource, RunBenchmark, RunId, RunModel, RunRecord, RunState, store};
use polyclinic::scoring::{Answer, Outcome};
use polyclinic::text::Fallback;
use polyclinic::workspace::Workspace;
use tempfile::TempDir;

pub const MODELS: [&str; 2] = ["SmolLM2-135M-Instruct", "gemma-3-270m"];

/// A number from 0 to 1 that only depends on what it is made from.
pub fn chance(parts: &[&str]) -> f64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state ^= state >> 29;
    state = state.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (state >> 11) as f64 / (1_u64 << 53) as f64
}

fn answer(benchmark: &Benchmark, item: &polyclinic::benchmarks::Item, model: &str) -> Answer {
    let language = item.key.language.tag();
    let skill = 0.2 + 0.5 * chance(&[model, language]);
    let options = item.options.len();
    let log_probabilities: Vec<f64> = (0..options)
        .map(|option| {
            let known = if item.is_right(option) { 2.5 * skill } else { 0.0 };
            known + 2.0 * chance(&[model, language, &item.key.id, &option.to_string()]) - 6.0
        })
        .collect();
    let choice = (0..options).max_by(|one, other| log_probabilities[*one].total_cmp(&log_probabilities[*other]));
    Answer {
        model: model.to_owned(),
        benchmark: benchmark.name().to_owned(),
        task: item.task.clone(),
        item: item.key.clone(),
        log_probabilities,
        option_tokens: Vec::new(),
        choices: choice.into_iter().collect(),
        outcome: if choice.is_some_and(|choice| item.is_right(choice)) {
            Outcome::Right
        } else {
            Outcome::Wrong
        },
        prompt_tokens: 90 + item.question.len() / 3,
        seconds: 0.05 + 0.2 * chance(&["time", model, &item.key.id]),
        usage: None,
        reply: None,
        error: None,
    }
}

/// A workspace with the demo questions and, unless `empty`, answers of the models in all languages.
pub fn workspace(models: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let workspace = polyclinic::demo::with_questions(folder.path()).unwrap();
    let benchmark = demo::benchmark().unwrap();
    if !models.is_empty() {
        run(
            &workspace,
            &benchmark,
            models,
            Protocol::default(),
            RunState::Finished,
            "2026-11-20T18:12:00Z",
        );
    }
    folder
}

/// The record of a finished run of models on this machine.
pub fn record(benchmark: &Benchmark, models: &[&str], protocol: Protocol) -> RunRecord {
    let mut languages: Vec<_> = benchmark.items().iter().map(|item| item.key.language.clone()).collect();
    languages.dedup();
    RunRecord {
        schema: 1,
        id: RunId::parse("2026-11-20-181200-abcd").unwrap(),
        created: "2026-11-20T18:12:00Z".to_owned(),
        state: RunState::Finished,
        error: None,
        program: "0.1.0".to_owned(),
        limit: None,
        languages,
        total: benchmark.items().len() * models.len(),
        template: String::new(),
        protocol,
        models: models
            .iter()
            .map(|name| RunModel {
                name: (*name).to_owned(),
                source: ModelSource::File(ModelFile {
                    file: format!("{name}.gguf"),
                    lay: None,
                    sha256: "4be1c0de90a2".repeat(6),
                    facts: None,
                }),
            })
            .collect(),
        benchmarks: vec![RunBenchmark {
            name: benchmark.name().to_owned(),
            hash: benchmark.hash().to_owned(),
        }],
        rest: toml::Table::new(),
    }
}

/// Writes a run; one that is not finished has a third of its answers, one that failed says why.
pub fn run(
    workspace: &Workspace,
    benchmark: &Benchmark,
    models: &[&str],
    protocol: Protocol,
    state: RunState,
    created: &str,
) -> RunId {
    let id = RunId::parse(&created.replace(':', "").replace(['T'], "-").replace('Z', "-abcd")).unwrap();
    let record = RunRecord {
        id: id.clone(),
        created: created.to_owned(),
        state,
        error: (state == RunState::Failed)
            .then(|| "the model `gemma-3-270m` stopped at item `everyday-medicine-17`: not enough memory".to_owned()),
        ..record(benchmark, models, protocol)
    };
    let folder = store::folder(workspace, &id);
    std::fs::create_dir_all(&folder).unwrap();
    record.save(&folder).unwrap();
    let answers: Vec<Answer> = models
        .iter()
        .flat_map(|model| benchmark.items().iter().map(move |item| answer(benchmark, item, model)))
        .collect();
    let kept = if state == RunState::Finished {
        answers.len()
    } else {
        answers.len() / 3
    };
    let (mut journal, _) = Journal::open(&folder, |answers| answers.len()).unwrap();
    journal.append(&answers[..kept]).unwrap();
    id
}

/// A file as the page has it that nothing was said about.
pub fn draft(file: &Path) -> Draft {
    let looked = benchmarks::look(Question::new(file.to_owned()), None);
    Draft::new(looked.question, looked.outcome.unwrap())
}

/// A window on a workspace, without a screen.
pub struct Window {
    pub harness: Harness<'static, ()>,
    application: Rc<RefCell<Option<Application>>>,
}

impl Window {
    /// Opens it and waits until the workspace is read.
    pub fn open(root: &Path, width: f32, height: f32) -> Self {
        Self::with(root, Harness::builder().with_size([width, height]))
    }

    /// The same with a harness of one's own.
    pub fn with(root: &Path, builder: HarnessBuilder<()>) -> Self {
        let application = Rc::new(RefCell::new(None));
        let (made, shown, root) = (Rc::clone(&application), Rc::clone(&application), root.to_owned());
        let harness = builder
            .with_max_steps(60)
            .with_context_setup(move |context| {
                *made.borrow_mut() =
                    Some(Application::new(context, root, Fallback::None, polyclinic::ui::shell::show).unwrap());
            })
            .build_ui(move |ui| {
                let mut application = shown.borrow_mut();
                let application = application.as_mut().unwrap();
                application.poll(ui.ctx());
                // The harness leaves a margin that a real window does not have.
                let whole = ui.ctx().content_rect();
                ui.set_clip_rect(whole);
                application.show(&mut ui.new_child(egui::UiBuilder::new().max_rect(whole)));
            });
        let mut window = Self { harness, application };
        window.wait(|state| {
            (state.study.is_some() || state.problem.is_some())
                && !state.models.list.is_empty()
                && state.machine.total > 0
        });
        window
    }

    /// Runs frames until the state is so; gives up after a generous while.
    pub fn wait(&mut self, so: impl Fn(&State) -> bool) {
        let begun = Instant::now();
        while !self.state(&so) {
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "the window never came to the awaited state; it says {:?}",
                self.state(|state| (state.notices.clone(), state.problem.clone(), state.runs.live.clone()))
            );
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
        self.settle();
    }

    pub fn settle(&mut self) {
        settle(&mut self.harness);
    }

    pub fn state<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(self.application.borrow().as_ref().unwrap().state())
    }

    /// Sets the zoom that `file` holds and keeps it there, as a start of the program does.
    pub fn keep_zoom(&mut self, file: std::path::PathBuf) {
        let context = self.harness.ctx.clone();
        self.application
            .borrow_mut()
            .as_mut()
            .unwrap()
            .keep_zoom(&context, file);
        self.settle();
    }

    /// Keeps downloads in `folder`, as a start of the program does.
    pub fn keep_downloads(&mut self, folder: std::path::PathBuf) {
        let context = self.harness.ctx.clone();
        let mut application = self.application.borrow_mut();
        application.as_mut().unwrap().keep_downloads(&context, folder).unwrap();
        drop(application);
        self.wait(|state| state.models.hub.known.endpoint.is_some());
    }

    /// Sends a command as a button would.
    pub fn send(&mut self, command: Command) {
        let context = self.harness.ctx.clone();
        self.application
            .borrow_mut()
            .as_mut()
            .unwrap()
            .command(&context, command);
        self.settle();
    }
}

/// The pages alone on a state, without threads: what the commands ask of others is written down, and what Compare
/// lacks is reckoned at once.
pub struct Pages {
    pub harness: Harness<'static, (State, Vec<Task>)>,
}

impl Pages {
    /// Shows `state`.
    pub fn new(state: State, builder: HarnessBuilder<(State, Vec<Task>)>) -> Self {
        let setup = |context: &egui::Context| {
            polyclinic::text::install(context, Fallback::None);
            polyclinic::app::theme::install(context);
        };
        let harness = builder.with_context_setup(setup).build_ui_state(
            |ui, (state, tasks): &mut (State, Vec<Task>)| {
                for question in state.questions() {
                    state.take_reckoned(question.answer());
                }
                let mut commands = polyclinic::app::command::pressed(ui.ctx());
                let whole = ui.ctx().content_rect();
                ui.set_clip_rect(whole);
                let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(whole));
                polyclinic::ui::shell::show(&mut ui, state, &mut commands);
                state.after_frame();
                for command in commands {
                    tasks.extend(state.apply(command));
                }
            },
            (state, Vec::new()),
        );
        let mut pages = Self { harness };
        pages.settle();
        pages
    }

    pub fn settle(&mut self) {
        settle(&mut self.harness);
    }

    pub fn state(&self) -> &State {
        &self.harness.state().0
    }

    pub fn tasks(&self) -> &[Task] {
        &self.harness.state().1
    }
}

/// Runs a few frames, and more while new texts come with each; those of something that turns never end.
fn settle<S>(harness: &mut Harness<'_, S>) {
    harness.run_steps(4);
    for _ in 0..26 {
        if !harness.ctx.has_requested_repaint() {
            break;
        }
        harness.step();
    }
}

/// Runs of the demo questions with answers made up for `models`.
pub fn runs(models: &[&str]) -> Vec<(RunRecord, Vec<Answer>)> {
    let folder = workspace(models);
    let open = Workspace::open(folder.path()).unwrap();
    let records = store::list(&open).unwrap().runs.into_iter();
    let read = records.map(|record| {
        let answers = store::answers(&open, &record.id).unwrap();
        (record, answers)
    });
    read.collect()
}

/// A state on the demo questions with answers made up for `models`, and four models to choose from.
pub fn state(models: &[&str]) -> State {
    state_with(models, |_| {})
}

/// The same with every answer as `change` leaves it.
pub fn state_with(models: &[&str], change: impl Fn(&mut Answer)) -> State {
    let benchmark = demo::benchmark().unwrap();
    let mut runs = runs(models);
    runs.iter_mut()
        .for_each(|(_, answers)| answers.iter_mut().for_each(&change));
    let machine = Machine {
        device: "CPU, 8 cores".into(),
        used: 640_000_000,
        free: 9_300_000_000,
        total: 16_000_000_000,
    };
    let mut state = State {
        machine,
        ..State::default()
    };
    state.models.list = vec![
        model(
            "smollm2",
            "SmolLM2 135M Instruct",
            Some("/models/smollm2.gguf"),
            140_000_000,
        ),
        model("gemma-3-270m", "Gemma 3 270M", Some("/models/gemma.gguf"), 610_000_000),
        model(
            "qwen2.5-72b",
            "Qwen2.5 72B Instruct",
            Some("/models/qwen.gguf"),
            47_000_000_000,
        ),
        model("bimedix", "BiMediX بيميديكس", None, 29_000_000_000),
    ];
    let root = "/home/nadia/polyclinic/arabic-study".into();
    let study = Study::new(
        root,
        "Arabic study".into(),
        None,
        Ledger::new(vec![Arc::new(benchmark)], runs),
        Vec::new(),
    );
    state.show_study(Arc::new(study));
    state
}

/// A model of the list.
pub fn model(id: &str, title: &str, path: Option<&str>, needs: u64) -> Model {
    Model {
        id: id.into(),
        title: title.into(),
        origin: "an-owner/a-repository-with-a-long-name-GGUF".into(),
        order: path.is_none().then(|| Order {
            repository: "an-owner/a-repository-with-a-long-name-GGUF".parse().unwrap(),
            revision: Default::default(),
            file: Some(format!("{id}.gguf").parse().unwrap()),
        }),
        path: path.map(Into::into),
        bytes: Some(needs * 7 / 10),
        architecture: path.map(|_| "llama".into()),
        parameters: path.map(|_| needs),
        quantization: Some("Q4_K_M".into()),
        context: path.map(|_| 8192),
        licence: Some("Apache-2.0".into()),
        languages: "Arabic, English".into(),
        needs: path.map(|_| needs),
        sizes: path.map(|_| (polyclinic::models::shape::Shape::typical(needs), needs)),
        problem: None,
    }
}
