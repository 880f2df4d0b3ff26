//! Real servers of llama.cpp answer as our own engine does on the same file.
//!
//! The server of `llama-cpp-python` is started where Python and the package with its `server` extra are; that of
//! llama.cpp itself where `llama-server` is found, or `POLYCLINIC_LLAMA_SERVER` names it. Each test says what it skips.
//! Demo questions of every language are asked; `POLYCLINIC_QUESTIONS` names a file of others, `POLYCLINIC_ITEMS` how many.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use polyclinic::benchmarks::import::{ImportOptions, read_json_lines};
use polyclinic::benchmarks::{Item, demo};
use polyclinic::cancel::Cancel;
use polyclinic::engine::endpoint::{Endpoint, Limits, Route, Server, probe};
use polyclinic::engine::{Backend as _, LocalBackend};
use polyclinic::models::cache::Places;
use polyclinic::models::packaged;
use polyclinic::prompts::{Letters, Protocol, ScoredPrompt, scored_prompt};
use polyclinic::scoring::likelihood;

use super::{connect, endpoint, wait};

/// How many questions both are asked: few, since that server sorts the vocabulary in Python for each.
const ITEMS: usize = 20;

/// A server process, stopped when the test is over.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The file of a packaged model, or nothing, said aloud.
fn model(name: &str) -> Option<PathBuf> {
    let found = packaged::cached_path(packaged::find(name).unwrap(), &Places::from_environment().unwrap());
    if found.is_none() {
        eprintln!("skipped: `polyclinic models get {name}` fetches the model");
    }
    found
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts a server and waits until it lists a model.
fn start(mut command: Command, port: u16) -> (Process, Endpoint) {
    let process = Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let unknown = Endpoint {
        model: String::new(),
        limits: Limits {
            concurrent: 4.try_into().unwrap(),
            ..Limits::default()
        },
        ..endpoint(&format!("http://127.0.0.1:{port}"), Server::OpenAi, Route::Written)
    };
    let started = Instant::now();
    loop {
        match wait(connect(unknown.clone()).check()) {
            Err(error) if started.elapsed() > Duration::from_secs(120) => {
                panic!("the server does not come up: {error}")
            }
            Err(error) if error.problem.to_string().contains("has no model") => break,
            _ => std::thread::sleep(Duration::from_millis(300)),
        }
    }
    (process, unknown)
}

/// As many questions as wanted, from all over the list.
fn items() -> Vec<Item> {
    let items: Vec<Item> = match std::env::var_os("POLYCLINIC_QUESTIONS") {
        Some(file) => {
            let text = std::fs::read_to_string(file).unwrap();
            read_json_lines("questions", &text, &ImportOptions::default())
                .unwrap()
                .items
        }
        None => demo::benchmark().unwrap().items().to_vec(),
    };
    let wanted = std::env::var("POLYCLINIC_ITEMS").map_or(ITEMS, |number| number.parse().unwrap());
    let step = (items.len() / wanted).max(1);
    items.into_iter().step_by(step).take(wanted).collect()
}

/// The place of the highest number.
fn choice(log_probabilities: &[f64]) -> usize {
    let best = |best: usize, place: usize| match log_probabilities[place] > log_probabilities[best] {
        true => place,
        false => best,
    };
    (0..log_probabilities.len()).fold(0, best)
}

/// Asks the server and our engine the same, and counts equal choices.
fn compare(unknown: &Endpoint, model: &Path, expected: Server) {
    let found = wait(probe(unknown, None, Cancel::default())).unwrap();
    assert_eq!((found.server, found.route), (expected, Route::NextToken), "{found:?}");
    let connection = connect(Endpoint {
        server: found.server,
        route: found.route,
        model: found.model,
        ..unknown.clone()
    });
    let protocol = Protocol {
        without_instruction: true,
        letters: Letters::Latin,
        ..Protocol::default()
    };
    let items = items();
    let prompts: Vec<ScoredPrompt> = items
        .iter()
        .map(|item| scored_prompt(item, &[], &protocol, None).unwrap())
        .collect();
    let started = Instant::now();
    let theirs: Vec<_> = wait(
        futures_util::stream::iter(&prompts)
            .map(|prompt| connection.score(prompt))
            .buffered(8)
            .collect::<Vec<_>>(),
    );
    let seconds = started.elapsed().as_secs_f64();
    let mut backend = LocalBackend::load(model).unwrap();
    let (mut equal, mut farthest) = (0, 0.0_f64);
    for (prompt, theirs) in prompts.iter().zip(theirs) {
        let theirs = theirs.unwrap();
        let request = likelihood::request(&backend, prompt).unwrap();
        assert_eq!(theirs.prompt_tokens, request.prompt.len(), "both read the same tokens");
        let ours = backend
            .score(&[request], &Cancel::default())
            .unwrap()
            .remove(0)
            .log_probabilities;
        equal += usize::from(choice(&ours) == choice(&theirs.scores.log_probabilities));
        for (ours, theirs) in ours.iter().zip(&theirs.scores.log_probabilities) {
            farthest = farthest.max((ours - theirs).abs());
        }
    }
    eprintln!(
        "{expected}: {equal} of {} choices equal, log-probabilities at most {farthest:.3} apart, {seconds:.0} s at the server",
        items.len()
    );
    assert!(equal * 100 >= items.len() * 98, "{equal} of {}", items.len());
}

fn compare_with_llama_cpp_python(name: &str) {
    let Some(path) = model(name) else { return };
    let has_server = Command::new("python3")
        .args(["-c", "import llama_cpp.server.app, uvicorn"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !has_server.is_ok_and(|status| status.success()) {
        eprintln!("skipped: `pip install 'llama-cpp-python[server]'` installs the server");
        return;
    }
    let port = free_port();
    let mut command = Command::new("python3");
    command.args([
        "-m",
        "llama_cpp.server",
        "--n_ctx",
        "1024",
        "--verbose",
        "false",
        "--model",
    ]);
    command.arg(&path).args(["--port", &port.to_string()]);
    let (_process, unknown) = start(command, port);
    compare(&unknown, &path, Server::LlamaCppPython);
}

#[test]
fn the_server_of_llama_cpp_python_chooses_as_our_engine() {
    compare_with_llama_cpp_python("smollm2-135m");
}

/// The server sorts Gemma's 262144 words in Python for every answer.
#[test]
#[ignore = "takes a quarter of an hour"]
fn the_server_of_llama_cpp_python_chooses_as_our_engine_on_gemma() {
    compare_with_llama_cpp_python("gemma-3-270m");
}

#[test]
fn llama_server_chooses_as_our_engine() {
    let program = std::env::var_os("POLYCLINIC_LLAMA_SERVER").unwrap_or_else(|| "llama-server".into());
    let is_there = Command::new(&program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !is_there.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no llama-server is here; POLYCLINIC_LLAMA_SERVER can name one");
        return;
    }
    for name in ["smollm2-135m", "gemma-3-270m"] {
        let Some(path) = model(name) else { continue };
        let port = free_port();
        let mut command = Command::new(&program);
        command
            .arg("-m")
            .arg(&path)
            .args(["-c", "4096", "-np", "2", "--port", &port.to_string()]);
        let (_process, unknown) = start(command, port);
        compare(&unknown, &path, Server::LlamaServer);
    }
}
