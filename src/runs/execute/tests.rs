//! Runs against a backend that needs no model: its scores are a function of the tokens alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{ExecuteError, Means, ModelChoice, RunRequest, Step, create, execute};
use crate::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use crate::cancel::Cancel;
use crate::engine::{
    Backend, Ending, EngineError, Generation, GenerationRequest, Loader, ModelFacts, Reader, ScoreRequest, Scores,
    TokenId, Written,
};
use crate::models::whereabouts::Whereabouts;
use crate::network::SecretStore;
use crate::prompts::{ChatError, ChatTemplate, PromptText, Protocol, Scoring};
use crate::runs::ledger::{Ledger, Selection};
use crate::runs::{RunRecord, RunState, comparison, store};
use crate::scoring::{Answer, Outcome};
use crate::workspace::Workspace;

/// One token a character; a continuation's score depends on every token before it.
struct Scripted {
    facts: ModelFacts,
    context_length: usize,
    groups: Arc<AtomicUsize>,
    /// Asks for a stop after so many groups.
    stop_after: usize,
}

impl Reader for Scripted {
    fn tokenize(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError> {
        Ok(prompt.to_plain_string().chars().map(u32::from).collect())
    }

    fn chat_template(&self) -> Result<Option<ChatTemplate>, ChatError> {
        Ok(None)
    }

    fn context_length(&self) -> usize {
        self.context_length
    }
}

impl Backend for Scripted {
    fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    fn score(&mut self, group: &[ScoreRequest], _cancel: &Cancel) -> Result<Vec<Scores>, EngineError> {
        if self.groups.fetch_add(1, Ordering::Relaxed) >= self.stop_after {
            return Err(EngineError::Cancelled);
        }
        let score = |request: &ScoreRequest| {
            let sum = |tokens: &[TokenId]| {
                tokens
                    .iter()
                    .fold(7_u32, |sum, token| sum.wrapping_mul(31).wrapping_add(*token))
            };
            let values = request
                .continuations
                .iter()
                .map(|tokens| sum(&request.prompt) ^ sum(tokens));
            Scores {
                log_probabilities: values.map(|value| -f64::from(value % 1000) / 100.0).collect(),
            }
        };
        Ok(group.iter().map(score).collect())
    }

    fn generate(
        &mut self,
        requests: &[GenerationRequest],
        _tell: &mut dyn FnMut(usize, Written<'_>),
        _cancel: &Cancel,
    ) -> Result<Vec<Generation>, EngineError> {
        let stopped = self.groups.fetch_add(1, Ordering::Relaxed) >= self.stop_after;
        let write = |request: &GenerationRequest| {
            assert!(
                request.stops.contains(&"\nQuestion:".to_owned()) || request.stops.contains(&"\nالسؤال:".to_owned())
            );
            // The last digit of the question, so that every kind of reply comes up.
            let prompt: String = request
                .prompt
                .iter()
                .filter_map(|&token| char::from_u32(token))
                .collect();
            let question = prompt.rsplit("question ").next().unwrap_or_default();
            let number: usize = question
                .chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
                .parse()
                .unwrap();
            let (text, ending) = match number % 5 {
                0 => ("الإجابة الصحيحة هي ب", Ending::Stop("\nالسؤال:".into())),
                1 => ("Answer: A", Ending::Finished),
                2 => ("I cannot answer this question.", Ending::Finished),
                3 => ("Let us think", Ending::Limit),
                _ => ("A or B", Ending::Finished),
            };
            Generation {
                tokens: vec![1; text.len().min(request.most_tokens)],
                text: text.to_owned(),
                ending: if stopped { Ending::Cancelled } else { ending },
            }
        };
        Ok(requests.iter().map(write).collect())
    }
}

/// Gives every file the same scripted backend.
struct ScriptedLoader {
    /// How many tokens it was last asked to have room for.
    planned: AtomicUsize,
    context_length: usize,
    groups: Arc<AtomicUsize>,
    stop_after: usize,
}

impl ScriptedLoader {
    fn new(stop_after: usize, context_length: usize) -> Self {
        Self {
            planned: AtomicUsize::default(),
            context_length,
            groups: Arc::default(),
            stop_after,
        }
    }
}

impl Loader for ScriptedLoader {
    fn check(&self, _path: &Path) -> Result<(), EngineError> {
        Ok(())
    }

    fn load(
        &self,
        _path: &Path,
        plan: &dyn Fn(&dyn Reader) -> usize,
        _cancel: &Cancel,
    ) -> Result<Box<dyn Backend>, EngineError> {
        let facts = ModelFacts {
            architecture: "scripted".into(),
            quantization: "none".into(),
            tokenizer_sha256: "0".repeat(64),
            device: "paper".into(),
            computed: "by hand".into(),
        };
        let backend = Scripted {
            facts,
            context_length: self.context_length,
            groups: Arc::clone(&self.groups),
            stop_after: self.stop_after,
        };
        self.planned.store(plan(&backend), Ordering::Relaxed);
        Ok(Box::new(backend))
    }
}

fn keys() -> SecretStore {
    SecretStore::in_memory()
}

fn means<'a>(loader: &'a ScriptedLoader, keys: &'a SecretStore) -> Means<'a> {
    thread_local! {
        // A test resumes what it began.
        static WHEREABOUTS: &'static Whereabouts = Box::leak(Box::default());
    }
    Means {
        loader,
        whereabouts: WHEREABOUTS.with(|whereabouts| *whereabouts),
        keys,
    }
}

struct Setting {
    _folder: tempfile::TempDir,
    workspace: Workspace,
    request: RunRequest,
}

fn setting(items_per_language: usize) -> Setting {
    let folder = tempfile::tempdir().unwrap();
    let workspace = Workspace::open_or_create(&folder.path().join("workspace")).unwrap();
    let mut items = Vec::new();
    for language in ["en", "ar"] {
        for number in 0..items_per_language {
            let fields = ItemFields {
                key: ItemKey {
                    language: language.parse().unwrap(),
                    id: format!("{number:03}"),
                },
                task: format!("task {}", number % 2),
                subject: None,
                parallel: Some(number.to_string()),
                context: None,
                question: format!("question {number}"),
                options: vec!["one".into(), "two".into(), "three".into()],
                right: vec![number % 3],
                rationale: None,
                extra: serde_json::Map::default(),
            };
            items.push(Item::new(fields).unwrap());
        }
    }
    let benchmark = Benchmark::new("questions", Description::default(), items).unwrap();
    workspace.save_benchmark(&benchmark).unwrap();
    let models = ["first", "second"].map(|name| {
        let path = folder.path().join(name);
        std::fs::write(&path, name).unwrap();
        (name.to_owned(), ModelChoice::File(path))
    });
    let request = RunRequest {
        models: models.to_vec(),
        benchmarks: vec!["questions".into()],
        languages: Vec::new(),
        limit: None,
        protocol: Protocol {
            shots: 2,
            ..Protocol::default()
        },
    };
    Setting {
        _folder: folder,
        workspace,
        request,
    }
}

impl Setting {
    fn create(&self) -> Result<RunRecord, ExecuteError> {
        let loader = ScriptedLoader::new(usize::MAX, 10_000);
        create(
            &self.workspace,
            &self.request,
            &means(&loader, &keys()),
            &mut |_| {},
            &Cancel::default(),
        )
    }

    fn execute(&self, record: &mut RunRecord, stop_after: usize, context_length: usize) -> Result<(), ExecuteError> {
        let loader = ScriptedLoader::new(stop_after, context_length);
        execute(
            &self.workspace,
            record,
            &means(&loader, &keys()),
            &mut |_| {},
            &Cancel::default(),
        )
    }

    fn answers(&self, record: &RunRecord) -> Vec<Answer> {
        let mut answers = store::answers(&self.workspace, &record.id).unwrap();
        // Time is the one thing two runs may differ in.
        answers.iter_mut().for_each(|answer| answer.seconds = 0.0);
        answers
    }
}

/// The file of a chosen model.
fn file(setting: &Setting, place: usize) -> PathBuf {
    match &setting.request.models[place].1 {
        ModelChoice::File(path) => path.clone(),
        ModelChoice::Endpoint(_) => unreachable!("only files are chosen"),
    }
}

#[test]
fn a_run_stopped_anywhere_ends_with_the_answers_of_an_uninterrupted_one() {
    let setting = setting(37);
    let mut whole = setting.create().unwrap();
    setting.execute(&mut whole, usize::MAX, 10_000).unwrap();
    let expected = setting.answers(&whole);
    assert_eq!(expected.len(), whole.total);
    assert_eq!(expected.len(), 2 * 2 * 37);
    for stop_after in 0..8 {
        let mut record = setting.create().unwrap();
        let stopped = setting.execute(&mut record, stop_after, 10_000).unwrap_err();
        assert!(matches!(stopped, ExecuteError::Cancelled), "{stopped}");
        let mut record = store::load(&setting.workspace, &record.id).unwrap();
        assert_eq!(record.state, RunState::Cancelled);
        setting.execute(&mut record, usize::MAX, 10_000).unwrap();
        assert_eq!(record.state, RunState::Finished);
        assert_eq!(setting.answers(&record), expected, "stopped after {stop_after} groups");
    }
}

#[test]
fn written_answers_are_read_resumed_and_their_outcomes_kept_apart() {
    let mut setting = setting(37);
    setting.request.protocol = Protocol::default().scored_by(Scoring::Written { most_tokens: 64 });
    let mut whole = setting.create().unwrap();
    setting.execute(&mut whole, usize::MAX, 10_000).unwrap();
    let expected = setting.answers(&whole);
    assert_eq!(expected.len(), 2 * 2 * 37);
    for answer in &expected {
        let number: usize = answer.item.id.parse().unwrap();
        let outcome = match (number % 5, number % 3) {
            (0, 1) | (1, 0) => Outcome::Right,
            (0 | 1, _) => Outcome::Wrong,
            (2, _) => Outcome::Refused,
            (3, _) => Outcome::Truncated,
            _ => Outcome::Unparsed,
        };
        // English items do not know Arabic words, nor letters.
        let foreign = number.is_multiple_of(5) && answer.item.language.tag() == "en";
        let outcome = if foreign { Outcome::Unparsed } else { outcome };
        assert_eq!(answer.outcome, outcome, "{answer:?}");
        assert!(answer.reply.is_some() && answer.log_probabilities.is_empty());
    }
    let rows = compared(&[(&whole, &expected[..])]);
    assert!(rows.iter().all(|row| row.failed == 0));
    assert_eq!(rows.iter().map(|row| row.n).sum::<usize>(), expected.len());
    for stop_after in [0, 3, 7] {
        let mut record = setting.create().unwrap();
        let stopped = setting.execute(&mut record, stop_after, 10_000).unwrap_err();
        assert!(matches!(stopped, ExecuteError::Cancelled), "{stopped}");
        setting.execute(&mut record, usize::MAX, 10_000).unwrap();
        assert_eq!(setting.answers(&record), expected, "stopped after {stop_after} groups");
    }
}

#[test]
fn a_model_is_loaded_with_room_for_the_largest_group() {
    let setting = setting(20);
    let mut record = setting.create().unwrap();
    let loader = ScriptedLoader::new(usize::MAX, 10_000);
    execute(
        &setting.workspace,
        &mut record,
        &means(&loader, &keys()),
        &mut |_| {},
        &Cancel::default(),
    )
    .unwrap();
    let planned = loader.planned.load(Ordering::Relaxed);
    let answers = setting.answers(&record);
    let longest = answers.iter().map(|answer| answer.prompt_tokens).max().unwrap();
    // One whole prompt, and of the other fifteen no more than their own parts.
    assert!(planned > longest && planned < 16 * longest, "{planned} for {longest}");
}

#[test]
fn a_prompt_that_does_not_fit_fails_alone() {
    let setting = setting(12);
    let mut record = setting.create().unwrap();
    // "question 10" and "question 11" are one character longer than the others.
    let mut wide = setting.create().unwrap();
    setting.execute(&mut wide, usize::MAX, 10_000).unwrap();
    let longest = setting
        .answers(&wide)
        .iter()
        .map(|answer| answer.prompt_tokens)
        .max()
        .unwrap();
    setting.execute(&mut record, usize::MAX, longest).unwrap();
    let answers = setting.answers(&record);
    let failed: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.outcome == Outcome::Failed)
        .collect();
    assert!(!failed.is_empty() && failed.len() < answers.len());
    assert!(
        failed
            .iter()
            .all(|answer| answer.error.as_ref().unwrap().contains("tokens"))
    );
    let rows = compared(&[(&record, &answers[..])]);
    assert_eq!(rows.iter().map(|row| row.n + row.failed).sum::<usize>(), answers.len());
    assert_eq!(rows.iter().map(|row| row.failed).sum::<usize>(), failed.len());
}

#[test]
fn a_changed_model_or_benchmark_is_not_resumed() {
    let setting = setting(20);
    let mut record = setting.create().unwrap();
    setting.execute(&mut record, 1, 10_000).unwrap_err();
    let model = file(&setting, 0);
    std::fs::write(&model, "another").unwrap();
    let error = setting.execute(&mut record, usize::MAX, 10_000).unwrap_err();
    assert!(matches!(error, ExecuteError::ModelChanged { .. }), "{error}");
    assert_eq!(
        store::load(&setting.workspace, &record.id).unwrap().state,
        RunState::Failed
    );

    std::fs::write(&model, "first").unwrap();
    let benchmark = setting.workspace.load_benchmark("questions").unwrap();
    let fewer = benchmark.items()[1..].to_vec();
    let changed = Benchmark::new("questions", Description::default(), fewer).unwrap();
    setting.workspace.save_benchmark(&changed).unwrap();
    let error = setting.execute(&mut record, usize::MAX, 10_000).unwrap_err();
    assert!(matches!(error, ExecuteError::BenchmarkChanged(_)), "{error}");
}

#[test]
fn a_record_holds_no_folder_and_its_model_is_found_where_it_is_now() {
    let setting = setting(20);
    let mut record = setting.create().unwrap();
    setting.execute(&mut record, 1, 10_000).unwrap_err();
    let saved = store::folder(&setting.workspace, &record.id).join("run.toml");
    let text = || std::fs::read_to_string(&saved).unwrap();
    let folder = setting._folder.path().display().to_string();
    assert!(
        text().contains("file = \"first\"") && !text().contains(&folder),
        "{}",
        text()
    );

    // Moved, and nobody knows where to.
    let (before, moved) = (file(&setting, 0), setting._folder.path().join("elsewhere"));
    std::fs::create_dir(&moved).unwrap();
    let moved = moved.join("first");
    std::fs::rename(&before, &moved).unwrap();
    let mut loaded = store::load(&setting.workspace, &record.id).unwrap();
    let state = loaded.state;
    let error = setting.execute(&mut loaded, usize::MAX, 10_000).unwrap_err();
    assert!(matches!(error, ExecuteError::ModelGone { .. }), "{error}");
    assert!(error.to_string().contains("`first`"), "{error}");
    assert_eq!(loaded.state, state, "the run stays as it was");

    // A record of an earlier version says where it lay.
    let older = text().replace("file = \"first\"", &format!("path = {:?}", moved.display().to_string()));
    std::fs::write(&saved, older).unwrap();
    let mut loaded = store::load(&setting.workspace, &record.id).unwrap();
    setting.execute(&mut loaded, usize::MAX, 10_000).unwrap();
    assert_eq!(loaded.state, RunState::Finished);
    assert!(
        text().contains("file = \"first\"") && !text().contains(&folder),
        "{}",
        text()
    );
}

#[test]
fn a_request_that_cannot_be_run_says_why() {
    let mut setting = setting(6);
    setting.request.languages = vec!["fr".parse().unwrap()];
    let error = setting.create().unwrap_err();
    assert_eq!(
        error.to_string(),
        "no chosen benchmark has items in fr; there are en, ar"
    );
    setting.request.languages.clear();
    setting.request.models.push(setting.request.models[0].clone());
    assert!(matches!(setting.create().unwrap_err(), ExecuteError::SameName(_)));
    setting.request.models.clear();
    assert!(matches!(setting.create().unwrap_err(), ExecuteError::NothingChosen));
    setting
        .request
        .models
        .push(("gone".into(), ModelChoice::File("/nowhere/model.gguf".into())));
    assert!(crate::error_chain(&setting.create().unwrap_err()).contains("/nowhere/model.gguf"));
}

#[test]
fn progress_counts_up_to_the_total() {
    let setting = setting(20);
    let mut record = setting.create().unwrap();
    let mut seen = Vec::new();
    let loader = ScriptedLoader::new(usize::MAX, 10_000);
    let mut tell = |step| {
        if let Step::Progress(progress) = step {
            seen.push((progress.done, progress.total));
        }
    };
    let keys = keys();
    execute(
        &setting.workspace,
        &mut record,
        &means(&loader, &keys),
        &mut tell,
        &Cancel::default(),
    )
    .unwrap();
    assert!(seen.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(seen.last(), Some(&(80, 80)));
}

#[test]
fn a_run_with_other_templates_is_not_resumed() {
    let setting = setting(20);
    let mut record = setting.create().unwrap();
    setting.execute(&mut record, 1, 10_000).unwrap_err();
    record.template.push_str("# changed");
    let error = setting.execute(&mut record, usize::MAX, 10_000).unwrap_err();
    assert!(matches!(error, ExecuteError::TemplateChanged), "{error}");
    let kept = store::load(&setting.workspace, &record.id).unwrap();
    assert_eq!((kept.state, kept.error), (RunState::Cancelled, None));
}

#[test]
fn a_run_killed_between_its_table_and_its_record_is_finished_without_asking_again() {
    let setting = setting(20);
    let mut record = setting.create().unwrap();
    setting.execute(&mut record, usize::MAX, 10_000).unwrap();
    let expected = store::answers(&setting.workspace, &record.id).unwrap();
    record.state = RunState::Unfinished;
    record.save(&store::folder(&setting.workspace, &record.id)).unwrap();
    // A backend that may not answer anything.
    setting.execute(&mut record, 0, 10_000).unwrap();
    assert_eq!(record.state, RunState::Finished);
    assert_eq!(store::answers(&setting.workspace, &record.id).unwrap(), expected);
}

#[test]
fn a_journal_of_another_plan_is_left_as_it_is() {
    let setting = setting(20);
    let mut record = setting.create().unwrap();
    setting.execute(&mut record, 2, 10_000).unwrap_err();
    let before = store::answers(&setting.workspace, &record.id).unwrap();
    assert!(!before.is_empty());
    record.languages.reverse();
    let error = setting.execute(&mut record, usize::MAX, 10_000).unwrap_err();
    assert!(matches!(error, ExecuteError::JournalOfAnotherPlan(_)), "{error}");
    assert_eq!(store::answers(&setting.workspace, &record.id).unwrap(), before);
}

#[test]
fn another_file_under_a_known_name_is_refused() {
    let setting = setting(6);
    setting.create().unwrap();
    std::fs::write(file(&setting, 0), "another").unwrap();
    let error = setting.create().unwrap_err();
    assert!(matches!(error, ExecuteError::NameTaken { .. }), "{error}");
}

#[test]
fn more_shots_than_a_task_has_are_refused() {
    // Two tasks share the items, so each has two.
    let mut setting = setting(4);
    setting.request.protocol.shots = 2;
    let error = setting.create().unwrap_err();
    assert!(
        matches!(error, ExecuteError::TooManyShots { items: 2, shots: 2, .. }),
        "{error}"
    );
}

#[test]
fn what_is_named_twice_is_asked_once() {
    let mut setting = setting(6);
    let arabic: crate::language::Language = "ar".parse().unwrap();
    setting.request.languages = vec![arabic.clone(), arabic.clone()];
    setting.request.benchmarks.push("questions".into());
    let record = setting.create().unwrap();
    assert_eq!(
        (record.languages.len(), record.benchmarks.len(), record.total),
        (1, 1, 12)
    );
}

#[test]
fn a_later_failure_does_not_take_back_an_answer() {
    let setting = setting(6);
    let mut good = setting.create().unwrap();
    setting.execute(&mut good, usize::MAX, 10_000).unwrap();
    let mut bad = setting.create().unwrap();
    setting.execute(&mut bad, usize::MAX, 1).unwrap();
    let (first, second) = (setting.answers(&good), setting.answers(&bad));
    assert!(second.iter().all(|answer| answer.outcome == Outcome::Failed));
    let rows = compared(&[(&good, &first[..]), (&bad, &second[..])]);
    assert!(rows.iter().all(|row| row.failed == 0 && row.n > 0));
}

fn compared(runs: &[(&RunRecord, &[Answer])]) -> Vec<comparison::Row> {
    let ledger = Ledger::of([], runs.iter().copied());
    comparison::compare(&ledger, &Selection::all(&ledger))
}
