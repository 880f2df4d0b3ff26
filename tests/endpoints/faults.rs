//! Servers that fail: an answer is refused with the reason, never made up; what passes is asked again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use polyclinic::cancel::Cancel;
use polyclinic::engine::Sampling;
use polyclinic::engine::endpoint::{
    Connection, Endpoint, EndpointError, Limits, Prices, Problem, Route, Server, WriteRequest,
};
use serde_json::{Value, json};

use super::server::{Asked, FakeServer, Reply};
use super::{QUICK, connect, endpoint, prompt, wait, wire};

/// How a server answers.
type Script = fn(&Asked) -> Reply;

/// The failure of scoring where the completion's answer is spoilt, for every scoring server.
fn failures(spoil: impl Fn(Value) -> Reply + Send + Sync + Clone + 'static) -> Vec<(Server, EndpointError)> {
    let answers: [(Server, Script, &str); 4] = [
        (Server::Vllm, |asked| wire::vllm(asked, true), "/v1/completions"),
        (Server::LlamaServer, wire::llama_server, "/completion"),
        (Server::LlamaCppPython, wire::llama_cpp_python, "/v1/completions"),
        (Server::Ollama, wire::ollama, "/api/generate"),
    ];
    let failure = |(kind, script, path): (Server, Script, &'static str)| {
        let spoil = spoil.clone();
        let server = FakeServer::start(move |asked| match (script(asked), asked.path == path) {
            (Reply::Json(answer), true) => spoil(answer),
            (reply, _) => reply,
        });
        let connection = connect(endpoint(&server.address, kind, Route::NextToken));
        (kind, wait(connection.score(&prompt("why?"))).unwrap_err())
    };
    answers.map(failure).into()
}

/// Puts another number in the place of every log-probability.
fn with_numbers(value: &mut Value, number: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let is_number = field.is_number() && (name == "logprob" || name.starts_with([' ', 't']));
                match is_number && !name.starts_with("tokens") {
                    true => *field = number.clone(),
                    false => with_numbers(field, number),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| with_numbers(value, number)),
        _ => {}
    }
}

#[test]
fn malformed_json_is_told() {
    for text in ["{\"choices\": [", "<html>502</html>", "", "{\"logprob\": NaN}"] {
        for (kind, problem) in failures(move |_| Reply::Text(text)) {
            assert!(
                matches!(problem.problem, Problem::Malformed { .. }),
                "{kind} {text:?}: {problem}"
            );
            assert!(problem.to_string().contains("endpoint `ward`, /"), "{problem}");
            assert!(!problem.ends_run());
        }
    }
}

#[test]
fn missing_probabilities_are_told() {
    let spoil = |mut answer: Value| {
        for name in ["completion_probabilities", "logprobs"] {
            answer.as_object_mut().unwrap().remove(name);
        }
        if let Some(choice) = answer.pointer_mut("/choices/0") {
            choice["logprobs"] = Value::Null;
        }
        Reply::Json(answer)
    };
    for (kind, problem) in failures(spoil) {
        assert!(matches!(problem.problem, Problem::Incomplete(_)), "{kind}: {problem}");
    }
}

#[test]
fn fewer_tokens_than_asked_for_are_told() {
    let spoil = |mut answer: Value| {
        for place in [
            "/completion_probabilities",
            "/logprobs",
            "/choices/0/logprobs/top_logprobs",
        ] {
            if let Some(steps) = answer.pointer_mut(place).filter(|steps| steps.is_array()) {
                *steps = json!([]);
            }
        }
        Reply::Json(answer)
    };
    for (kind, problem) in failures(spoil) {
        assert!(
            problem.to_string().contains("no token was written"),
            "{kind}: {problem}"
        );
    }
    let server = FakeServer::start(|asked| match wire::vllm(asked, true) {
        Reply::Json(mut answer) => {
            if let Some(steps) = answer
                .pointer_mut("/choices/0/prompt_logprobs")
                .and_then(Value::as_array_mut)
            {
                steps.pop();
            }
            Reply::Json(answer)
        }
        reply => reply,
    });
    let connection = connect(endpoint(&server.address, Server::Vllm, Route::Continuations));
    let problem = wait(connection.score(&prompt("why?"))).unwrap_err();
    assert!(problem.to_string().contains("tokens were asked about"), "{problem}");
}

#[test]
fn what_is_no_number_is_never_a_score() {
    for nothing in [json!(null), json!(-9999.0), json!(-3.4028234663852886e38), json!(7.5)] {
        let spoilt = nothing.clone();
        let spoil = move |mut answer: Value| {
            with_numbers(&mut answer, &spoilt);
            Reply::Json(answer)
        };
        for (kind, problem) in failures(spoil) {
            let Problem::NoNumber { letter, .. } = &problem.problem else {
                panic!("{kind} {nothing}: {problem}")
            };
            assert_eq!(letter, "A");
        }
    }
}

#[test]
fn silent_zeros_are_refused() {
    let spoil = |mut answer: Value| {
        with_numbers(&mut answer, &json!(0.0));
        Reply::Json(answer)
    };
    for (kind, problem) in failures(spoil) {
        assert!(problem.to_string().contains("add up to 4"), "{kind}: {problem}");
    }
}

#[test]
fn another_models_answer_ends_the_run() {
    let spoil = |mut answer: Value| {
        answer["model"] = json!("org/Ward-70B");
        Reply::Json(answer)
    };
    for (kind, problem) in failures(spoil) {
        assert!(
            matches!(problem.problem, Problem::OtherModel { .. }),
            "{kind}: {problem}"
        );
        assert!(problem.ends_run());
    }
    let server = FakeServer::start(wire::service);
    let other = Endpoint {
        model: "gone".to_owned(),
        ..endpoint(&server.address, Server::OpenAi, Route::Written)
    };
    let problem = wait(connect(other).check()).unwrap_err();
    assert!(matches!(problem.problem, Problem::NoModel { .. }) && problem.ends_run());
    assert!(problem.to_string().contains(wire::MODEL), "{problem}");
}

#[test]
fn probabilities_are_not_asked_of_who_has_none() {
    let connection = connect(endpoint("http://127.0.0.1:9", Server::OpenAi, Route::Written));
    let problem = wait(connection.score(&prompt("why?"))).unwrap_err();
    assert!(problem.to_string().contains("gives no log-probabilities"), "{problem}");
}

fn request() -> WriteRequest {
    WriteRequest {
        system: None,
        earlier: Vec::new(),
        user: "Which?".to_owned(),
        most_tokens: 8,
        sampling: Sampling::default(),
        stops: Vec::new(),
    }
}

fn service(server: &FakeServer) -> Endpoint {
    endpoint(&server.address, Server::OpenAi, Route::Written)
}

#[test]
fn a_stalled_answer_times_out_and_is_asked_for_once_more() {
    let server = FakeServer::start(|_| Reply::Stalled);
    let quick = Endpoint {
        limits: Limits {
            timeout_seconds: 1.try_into().unwrap(),
            ..Limits::default()
        },
        ..service(&server)
    };
    let problem = wait(connect(quick).write(&request())).unwrap_err();
    assert!(matches!(problem.problem, Problem::TimedOut(1)), "{problem}");
    assert!(!problem.ends_run());
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_stop_ends_a_stalled_answer_at_once() {
    let server = FakeServer::start(|_| Reply::Stalled);
    let cancel = Cancel::default();
    let connection = Connection::with_key(service(&server), None, cancel.clone(), QUICK).unwrap();
    let request = request();
    let problem = wait(async {
        let (outcome, ()) = tokio::join!(connection.write(&request), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            cancel.cancel();
        });
        outcome.unwrap_err()
    });
    assert!(problem.is_cancelled());
}

#[test]
fn who_says_when_to_come_back_is_not_asked_before() {
    let server = FakeServer::start(|asked| match asked.number {
        0 => Reply::Told(429, "retry-after", "1".to_owned()),
        _ => wire::service(asked),
    });
    let started = Instant::now();
    let reply = wait(connect(service(&server)).write(&request())).unwrap();
    assert_eq!(reply.text, "You asked: Which?");
    assert!(started.elapsed() >= Duration::from_secs(1), "no earlier than it said");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn a_passing_failure_is_asked_again_and_a_lasting_one_is_told() {
    let server = FakeServer::start(|asked| match asked.number {
        0..3 => Reply::Status(500, "{\"error\":{\"message\":\"out of memory\"}}"),
        _ => wire::service(asked),
    });
    wait(connect(service(&server)).write(&request())).unwrap();
    assert_eq!(server.asked().len(), 4);

    let server = FakeServer::start(|_| Reply::Status(500, "{\"error\":{\"message\":\"out of memory\"}}"));
    let problem = wait(connect(service(&server)).write(&request())).unwrap_err();
    assert!(problem.to_string().contains("status 500: out of memory"), "{problem}");
    assert_eq!(server.asked().len(), 5, "as often as patience allows");

    let server = FakeServer::start(|_| Reply::Status(400, "{\"error\":{\"message\":\"too long\"}}"));
    let problem = wait(connect(service(&server)).write(&request())).unwrap_err();
    assert!(problem.to_string().ends_with("status 400: too long"), "{problem}");
    assert_eq!(server.asked().len(), 1);
    assert!(!problem.ends_run());
}

#[test]
fn what_may_have_been_paid_for_is_not_asked_again() {
    let server = FakeServer::start(|_| Reply::Cut);
    let free = wait(connect(service(&server)).write(&request())).unwrap_err();
    assert!(matches!(free.problem, Problem::Cut(_)), "{free}");
    assert_eq!(server.asked().len(), 5);
    let server = FakeServer::start(|_| Reply::Cut);
    let paid = Endpoint {
        prices: Some(Prices {
            million_in: 1.0,
            million_out: 2.0,
        }),
        ..service(&server)
    };
    let problem = wait(connect(paid).write(&request())).unwrap_err();
    assert!(matches!(problem.problem, Problem::Cut(_)), "{problem}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_server_that_is_not_there_ends_the_run() {
    let server = FakeServer::start(wire::service);
    server.stop();
    std::thread::sleep(Duration::from_millis(20));
    let problem = wait(connect(service(&server)).write(&request())).unwrap_err();
    assert!(
        matches!(problem.problem, Problem::Unreachable { .. }) && problem.ends_run(),
        "{problem}"
    );
}

#[test]
fn a_server_that_restarts_in_the_middle_loses_and_doubles_no_answer() {
    let down = Arc::new(AtomicBool::new(false));
    let falling = down.clone();
    let server = FakeServer::start(move |asked| match falling.load(Ordering::SeqCst) {
        true => Reply::Cut,
        false => Reply::After(Duration::from_millis(5), Box::new(wire::vllm(asked, true))),
    });
    let patient = polyclinic::network::Backoff {
        attempts: 12,
        longest: Duration::from_millis(200),
        ..QUICK
    };
    let quiet = Endpoint {
        limits: Limits {
            concurrent: 16.try_into().unwrap(),
            ..Limits::default()
        },
        ..endpoint(&server.address, Server::Vllm, Route::NextToken)
    };
    let connection = Connection::with_key(quiet, None, Cancel::default(), patient).unwrap();
    let questions: Vec<String> = (0..200)
        .map(|number| format!("question {}?", "x".repeat(number % 7)))
        .collect();
    let answers: Vec<_> = wait(async {
        let asking = futures_util::stream::iter(&questions)
            .map(|question| {
                let connection = connection.clone();
                async move { connection.score(&prompt(question)).await }
            })
            .buffered(32)
            .collect::<Vec<_>>();
        let restarting = async {
            while server.asked().len() < 300 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            down.store(true, Ordering::SeqCst);
            server.stop();
            tokio::time::sleep(Duration::from_millis(150)).await;
            server.start_again(|asked| wire::vllm(asked, true)).await;
        };
        tokio::join!(asking, restarting).0
    });
    for (question, answer) in questions.iter().zip(answers) {
        let text = prompt(question).text.to_plain_string();
        let expected = wire::expected(&text, &[" A", " B", " C", " D"]);
        let found = answer.unwrap().scores.log_probabilities;
        assert!(
            found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-9),
            "{question}"
        );
    }
    assert!(
        server.count("/v1/completions") < 200 + 64,
        "only what was lost was asked again"
    );
}
