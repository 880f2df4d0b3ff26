//! Whole runs that ask endpoints: in the plan's order, resumed, cut off, and read where they are written.

use std::collections::HashMap;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use polyclinic::benchmarks::{Benchmark, Item, ItemFields, ItemKey, benchmark::Description};
use polyclinic::engine::endpoint::{Endpoint, EndpointBook, Limits, Prices, Route, Server};
use polyclinic::network::SecretStore;
use polyclinic::prompts::{Letters, Protocol, Scoring};
use polyclinic::runs::worker::{Event, Job, Worker};
use polyclinic::runs::{ModelChoice, RunRecord, RunRequest, RunState, Step, spending, store};
use polyclinic::scoring::{Answer, Outcome};
use polyclinic::workspace::Workspace;
use serde_json::json;

use super::server::{Asked, FakeServer, Reply};
use super::{endpoint, wait, wire};

/// A workspace with so many items in English and Arabic each.
struct Place {
    folder: tempfile::TempDir,
    workspace: Arc<Workspace>,
}

impl Place {
    fn new(items: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(&folder.path().join("study")).unwrap();
        let languages = ["en", "ar"];
        let of_language = |language: &'static str| (0..items).map(move |number| item(language, number));
        let items = languages.into_iter().flat_map(of_language).collect();
        let benchmark = Benchmark::new("questions", Description::default(), items).unwrap();
        workspace.save_benchmark(&benchmark).unwrap();
        Self {
            folder,
            workspace: Arc::new(workspace),
        }
    }

    fn request(&self, endpoint: &Endpoint, scoring: Scoring) -> RunRequest {
        RunRequest {
            models: vec![(endpoint.name.clone(), ModelChoice::Endpoint(Box::new(endpoint.clone())))],
            benchmarks: vec!["questions".into()],
            languages: Vec::new(),
            limit: None,
            protocol: Protocol {
                letters: Letters::Latin,
                ..Protocol::default().scored_by(scoring)
            },
        }
    }

    fn job(&self, request: RunRequest) -> Job {
        Job::Run {
            workspace: Arc::clone(&self.workspace),
            request,
            agreed: Vec::new(),
        }
    }

    fn resume(&self, record: &RunRecord) -> Job {
        Job::Resume {
            workspace: Arc::clone(&self.workspace),
            run: record.id.clone(),
            known: Vec::new(),
        }
    }

    /// The answers of a run, without the time they took.
    fn answers(&self, record: &RunRecord) -> Vec<Answer> {
        let mut answers = store::answers(&self.workspace, &record.id).unwrap();
        answers.iter_mut().for_each(|answer| answer.seconds = 0.0);
        answers
    }
}

fn item(language: &str, number: usize) -> Item {
    Item::new(ItemFields {
        key: ItemKey {
            language: language.parse().unwrap(),
            id: format!("{number:04}"),
        },
        task: format!("task {}", number % 2),
        subject: None,
        parallel: Some(number.to_string()),
        context: None,
        question: format!("question {number}?{}", "x".repeat(number % 7)),
        options: ["one", "two", "three"].map(str::to_owned).to_vec(),
        right: vec![number % 3],
        rationale: None,
        extra: serde_json::Map::default(),
    })
    .unwrap()
}

/// Works through a job, stopping it after so many answers; gives the record, or why there is none.
fn work(job: Job, stop_at: Option<usize>) -> Result<RunRecord, String> {
    let mut worker = Worker::start(SecretStore::in_memory(), || {}).unwrap();
    let cancel = worker.submit(job);
    loop {
        match worker.wait_event(Duration::from_secs(60)).unwrap() {
            Some(Event::Ended(record)) => return Ok(*record),
            Some(Event::Refused(problem)) => return Err(problem),
            Some(Event::Step(Step::Progress(progress))) if stop_at.is_some_and(|stop| progress.done >= stop) => {
                cancel.cancel();
            }
            Some(_) => {}
            None => panic!("the worker says nothing"),
        }
    }
}

fn limited(endpoint: Endpoint, concurrent: usize) -> Endpoint {
    Endpoint {
        limits: Limits {
            concurrent: concurrent.try_into().unwrap(),
            ..Limits::default()
        },
        ..endpoint
    }
}

/// Ollama, which takes longer for some questions than for others.
fn uneven(asked: &Asked) -> Reply {
    let wait = Duration::from_millis(20 + 13 * (asked.number as u64 % 8));
    match asked.path.as_str() {
        "/api/generate" => Reply::After(wait, Box::new(wire::ollama(asked))),
        _ => wire::ollama(asked),
    }
}

/// How often each item's question was asked.
fn times_asked(server: &FakeServer) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for asked in server.asked() {
        if let Some(prompt) = asked.body["prompt"].as_str() {
            *times.entry(prompt.to_owned()).or_default() += 1;
        }
    }
    times
}

#[test]
fn two_hundred_and_fifty_six_are_asked_at_once_and_kept_in_the_order_of_the_plan() {
    let place = Place::new(600);
    let server = FakeServer::start(uneven);
    let asked = limited(endpoint(&server.address, Server::Ollama, Route::NextToken), 256);
    let record = work(place.job(place.request(&asked, Scoring::Letters)), None).unwrap();
    assert_eq!(record.state, RunState::Finished, "{:?}", record.error);
    let answers = place.answers(&record);
    assert_eq!(answers.len(), 1200);
    // By language, then by task, then as the benchmark has them.
    let planned = ["en", "ar"].into_iter().flat_map(|language| {
        (0..2).flat_map(move |task| {
            let ids = (0..600).filter(move |number| number % 2 == task);
            ids.map(move |number| (language.to_owned(), format!("{number:04}")))
        })
    });
    let kept = answers
        .iter()
        .map(|answer| (answer.item.language.tag().to_owned(), answer.item.id.clone()));
    assert!(kept.eq(planned));
    for answer in &answers {
        assert_eq!(
            answer.outcome == Outcome::Right,
            answer.choices == [answer.item.id.parse::<usize>().unwrap() % 3]
        );
        assert_eq!(answer.log_probabilities.len(), 3, "{answer:?}");
    }
    assert!(times_asked(&server).values().all(|times| *times == 1));
    assert!(server.most_in_flight() <= 256, "{}", server.most_in_flight());
    assert!(server.most_in_flight() >= 200, "{}", server.most_in_flight());
}

#[test]
fn a_stopped_run_resumes_to_the_answers_of_an_uninterrupted_one() {
    let place = Place::new(100);
    let server = FakeServer::start(uneven);
    let asked = limited(endpoint(&server.address, Server::Ollama, Route::NextToken), 32);
    let request = place.request(&asked, Scoring::Letters);
    let whole = work(place.job(request.clone()), None).unwrap();
    let expected = place.answers(&whole);
    for stop_at in [1, 70, 150] {
        let started = Instant::now();
        let stopped = work(place.job(request.clone()), Some(stop_at)).unwrap();
        assert_eq!(stopped.state, RunState::Cancelled);
        assert!(started.elapsed() < Duration::from_secs(30));
        let begun = place.answers(&stopped);
        assert!(begun.len() >= stop_at && begun.len() < 200, "{}", begun.len());
        assert_eq!(begun, expected[..begun.len()]);
        let resumed = work(place.resume(&stopped), None).unwrap();
        assert_eq!(resumed.state, RunState::Finished);
        assert_eq!(place.answers(&resumed), expected);
    }
}

#[test]
fn a_server_that_starts_again_in_the_middle_costs_no_answer_and_counts_none_twice() {
    let place = Place::new(100);
    let server = Arc::new(FakeServer::start(uneven));
    let asked = limited(endpoint(&server.address, Server::Ollama, Route::NextToken), 16);
    let restarting = Arc::clone(&server);
    let restart = std::thread::Builder::new().name("restart".to_owned()).spawn(move || {
        while restarting.count("/api/generate") < 60 {
            std::thread::sleep(Duration::from_millis(5));
        }
        restarting.stop();
        std::thread::sleep(Duration::from_millis(300));
        wait(restarting.start_again(uneven));
    });
    let record = work(place.job(place.request(&asked, Scoring::Letters)), None).unwrap();
    restart.unwrap().join().unwrap();
    assert_eq!(record.state, RunState::Finished, "{:?}", record.error);
    let answers = place.answers(&record);
    assert_eq!(answers.len(), 200);
    assert!(
        answers.iter().all(|answer| answer.outcome != Outcome::Failed),
        "{answers:?}"
    );
}

#[test]
fn a_server_that_wants_another_key_stops_the_run_which_can_be_resumed() {
    let place = Place::new(40);
    let closed = Arc::new(AtomicBool::new(true));
    let door = Arc::clone(&closed);
    let server = FakeServer::start(move |asked| {
        let late = asked.path == "/api/generate" && asked.number >= 30;
        match late && door.load(Ordering::SeqCst) {
            true => Reply::Status(401, "{\"error\":{\"message\":\"the key has expired\"}}"),
            false => wire::ollama(asked),
        }
    });
    let asked = limited(endpoint(&server.address, Server::Ollama, Route::NextToken), 4);
    let record = work(place.job(place.request(&asked, Scoring::Letters)), None).unwrap();
    assert_eq!(record.state, RunState::Failed);
    let problem = record.error.clone().unwrap();
    assert!(problem.contains("ward") && problem.contains("key"), "{problem}");
    let begun = place.answers(&record);
    assert!(!begun.is_empty() && begun.len() < 80, "{}", begun.len());
    closed.store(false, Ordering::SeqCst);
    let resumed = work(place.resume(&record), None).unwrap();
    assert_eq!(resumed.state, RunState::Finished);
    let answers = place.answers(&resumed);
    assert_eq!((answers.len(), &answers[..begun.len()]), (80, &begun[..]));
}

#[test]
fn an_item_the_server_cannot_take_fails_alone_with_the_reason() {
    let place = Place::new(20);
    let server = FakeServer::start(|asked| {
        let hit = asked.body["prompt"]
            .as_str()
            .is_some_and(|prompt| prompt.contains("question 7?"));
        match hit {
            true => Reply::Status(
                400,
                "{\"error\":{\"message\":\"this prompt is longer than the context\"}}",
            ),
            false => wire::ollama(asked),
        }
    });
    let asked = endpoint(&server.address, Server::Ollama, Route::NextToken);
    let record = work(place.job(place.request(&asked, Scoring::Letters)), None).unwrap();
    assert_eq!(record.state, RunState::Finished, "{:?}", record.error);
    let answers = place.answers(&record);
    let failed: Vec<&Answer> = answers
        .iter()
        .filter(|answer| answer.outcome == Outcome::Failed)
        .collect();
    assert_eq!(failed.len(), 2, "in both languages");
    assert!(
        failed
            .iter()
            .all(|answer| answer.error.as_ref().unwrap().contains("longer than the context"))
    );
}

#[test]
fn written_replies_in_arabic_are_read_counted_and_paid_for() {
    let place = Place::new(12);
    let server = FakeServer::start(|asked| {
        let Some(messages) = asked.body["messages"].as_array() else {
            return wire::service(asked);
        };
        let question = messages.last().unwrap()["content"].as_str().unwrap();
        let number = (0..12)
            .rev()
            .find(|number| question.contains(&format!("question {number}?")))
            .unwrap();
        let (text, ending) = match number % 6 {
            0 => ("الإجابة الصحيحة هي (A)", "stop"),
            1 => ("<think>ربما C</think>الإجابة: B", "stop"),
            2 => ("لا يمكنني الإجابة عن هذا السؤال.", "stop"),
            3 => ("لنفكر خطوة بخطوة", "length"),
            4 => ("", "content_filter"),
            _ => ("الإجابة هي A أو B", "stop"),
        };
        Reply::Json(json!({
            "model": wire::MODEL,
            "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": ending}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 10},
        }))
    });
    let asked = Endpoint {
        prices: Some(Prices {
            million_in: 1.0,
            million_out: 10.0,
        }),
        ..endpoint(&server.address, Server::OpenAi, Route::Written)
    };
    let request = RunRequest {
        languages: vec!["ar".parse().unwrap()],
        ..place.request(&asked, Scoring::Written { most_tokens: 64 })
    };
    let record = work(place.job(request), None).unwrap();
    assert_eq!(record.state, RunState::Finished, "{:?}", record.error);
    let answers = place.answers(&record);
    for answer in &answers {
        let number: usize = answer.item.id.parse().unwrap();
        let outcome = match number % 6 {
            0 if number.is_multiple_of(3) => Outcome::Right,
            1 if number % 3 == 1 => Outcome::Right,
            0 | 1 => Outcome::Wrong,
            2 | 4 => Outcome::Refused,
            3 => Outcome::Truncated,
            _ => Outcome::Unparsed,
        };
        assert_eq!(answer.outcome, outcome, "{answer:?}");
        assert_eq!(answer.reply.as_ref().unwrap().tokens, 10);
    }
    let spent = spending::spent(&record, spending::usages(&answers));
    assert_eq!(
        (spent[0].usage.prompt_tokens, spent[0].usage.written_tokens),
        (1200, 120)
    );
    assert!((spent[0].cost.unwrap() - 0.0024).abs() < 1e-12);
}

#[test]
fn letters_are_refused_where_replies_are_written_before_anything_is_sent() {
    let place = Place::new(3);
    let server = FakeServer::start(wire::service);
    let asked = endpoint(&server.address, Server::OpenAi, Route::Written);
    let problem = work(place.job(place.request(&asked, Scoring::Letters)), None).unwrap_err();
    assert!(problem.contains("no probabilities of letters"), "{problem}");
    assert_eq!(server.asked().len(), 0);
    assert!(store::list(&place.workspace).unwrap().runs.is_empty());
}

#[test]
fn nothing_is_sent_to_a_place_that_nobody_agreed_to() {
    let place = Place::new(3);
    // An address set aside for documentation: nothing is there.
    let far = endpoint("https://192.0.2.1:9", Server::OpenAi, Route::Written);
    let request = place.request(&far, Scoring::Written { most_tokens: 8 });
    let problem = work(place.job(request), None).unwrap_err();
    assert!(
        problem.contains("192.0.2.1") && problem.contains("nothing was sent"),
        "{problem}"
    );
}

/// The program on a command line, with its folders in the place.
fn polyclinic(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyclinic"));
    command
        .args(arguments)
        .args(["--workspace", &place.folder.path().join("study").display().to_string()])
        .env("POLYCLINIC_HOME", place.folder.path().join("home"))
        .stdin(Stdio::null());
    command
}

fn add_to_book(place: &Place, endpoint: Endpoint) {
    let home = place.folder.path().join("home");
    std::fs::create_dir_all(&home).unwrap();
    EndpointBook::open(&home).unwrap().add(endpoint).unwrap();
}

#[test]
fn a_killed_run_is_resumed_on_the_command_line() {
    let mut place = Place::new(150);
    let server = FakeServer::start(uneven);
    let asked = limited(endpoint(&server.address, Server::Ollama, Route::NextToken), 16);
    let whole = work(place.job(place.request(&asked, Scoring::Letters)), None).unwrap();
    let expected = place.answers(&whole);
    add_to_book(&place, asked);
    // The lock is let go of.
    let root = place.folder.path().join("study");
    place.workspace = Arc::new(Workspace::open_to_read(&root).unwrap());
    let before = server.count("/api/generate");
    let run = ["run", "--model", "ward", "--benchmark", "questions", "--latin-letters"];
    let mut killed = polyclinic(&place, &run)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while server.count("/api/generate") < before + 120 {
        assert!(killed.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(5));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    let runs = store::list(&place.workspace).unwrap().runs;
    let record = runs.into_iter().find(|record| record.id != whole.id).unwrap();
    assert_eq!(record.state, RunState::Unfinished);
    let resumed = polyclinic(&place, &["resume", record.id.as_str()]).output().unwrap();
    let said = String::from_utf8_lossy(&resumed.stderr).into_owned();
    assert!(resumed.status.success(), "{said}");
    assert!(said.contains("ward: ") && said.contains(" tokens read"), "{said}");
    assert_eq!(place.answers(&record), expected);
}

#[test]
fn the_command_line_names_the_flag_that_agrees() {
    let mut place = Place::new(2);
    add_to_book(&place, endpoint("https://192.0.2.1:9", Server::OpenAi, Route::Written));
    let root = place.folder.path().join("study");
    place.workspace = Arc::new(Workspace::open_to_read(&root).unwrap());
    let run = [
        "run",
        "--model",
        "ward",
        "--benchmark",
        "questions",
        "--scoring",
        "written",
    ];
    let refused = polyclinic(&place, &run).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for words in ["--send-to ward", "192.0.2.1:9", "Nothing was sent"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(
        !Workspace::open_to_read(&root)
            .unwrap()
            .may_send_to("https://192.0.2.1:9")
    );
}
