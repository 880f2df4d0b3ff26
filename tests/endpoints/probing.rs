//! A probe tells servers apart by what they answer, and routes by what they give.

use polyclinic::cancel::Cancel;
use polyclinic::engine::endpoint::{Endpoint, ProbeReport, Problem, Route, Server, probe};
use serde_json::json;

use super::server::{Asked, FakeServer, Reply};
use super::{endpoint, wait, wire};

fn probe_of(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (ProbeReport, FakeServer) {
    let server = FakeServer::start(script);
    let unknown = Endpoint {
        model: String::new(),
        ..endpoint(&server.address, Server::OpenAi, Route::Written)
    };
    (wait(probe(&unknown, None, Cancel::default())).unwrap(), server)
}

#[test]
fn every_server_is_known_by_its_answers() {
    let (found, server) = probe_of(|asked| wire::vllm(asked, true));
    assert_eq!((found.server, found.route), (Server::Vllm, Route::NextToken));
    assert_eq!(
        (found.version.as_deref(), found.context_length),
        (Some("0.28.0"), Some(8192))
    );
    assert!(found.has_chat_template && found.refused.is_empty() && found.usage.requests > 0);
    assert_eq!(found.model, wire::MODEL);
    assert_eq!(
        server.count("/v1/chat/completions"),
        0,
        "nothing is tried that is not needed"
    );

    let (found, _) = probe_of(wire::llama_server);
    assert_eq!((found.server, found.route), (Server::LlamaServer, Route::NextToken));
    assert_eq!(
        (found.version.as_deref(), found.context_length),
        (Some("b11434"), Some(4096))
    );

    let (found, _) = probe_of(wire::llama_cpp_python);
    assert_eq!((found.server, found.route), (Server::LlamaCppPython, Route::NextToken));
    assert!(!found.has_chat_template);

    let (found, _) = probe_of(wire::ollama);
    assert_eq!((found.server, found.route), (Server::Ollama, Route::NextToken));

    let (found, _) = probe_of(|asked| match asked.path.as_str() {
        "/api/v0/models" => Reply::Json(json!({"data": [{"id": wire::MODEL, "compatibility_type": "gguf"}]})),
        _ => wire::service(asked),
    });
    assert_eq!((found.server, found.route), (Server::LmStudio, Route::Written));
    assert!(found.refused[0].reason.contains("LM Studio gives no log-probabilities"));

    let (found, _) = probe_of(wire::service);
    assert_eq!((found.server, found.route), (Server::OpenAi, Route::Written));
}

#[test]
fn a_route_that_gives_nothing_is_refused_with_the_reason() {
    // An Ollama from before it gave probabilities.
    let (found, _) = probe_of(|asked| match wire::ollama(asked) {
        Reply::Json(mut answer) => {
            answer.as_object_mut().unwrap().remove("logprobs");
            Reply::Json(answer)
        }
        reply => reply,
    });
    assert_eq!((found.server, found.route), (Server::Ollama, Route::Written));
    assert_eq!(found.refused[0].route, Route::NextToken);
    assert!(
        found.refused[0].reason.contains("0.12.11"),
        "{}",
        found.refused[0].reason
    );
    // A vLLM that tells of no next tokens still reads prompts.
    let (found, _) = probe_of(|asked| match asked.body.get("logprobs") {
        Some(_) => Reply::Status(
            400,
            "{\"message\":\"Requested sample logprobs of 20, which is greater than max allowed: 0\"}",
        ),
        None => wire::vllm(asked, true),
    });
    assert_eq!(found.route, Route::Continuations);
    assert!(
        found.refused[0].reason.contains("greater than max allowed"),
        "{}",
        found.refused[0].reason
    );
}

#[test]
fn only_a_neutral_question_is_sent() {
    let (_, server) = probe_of(|asked| wire::vllm(asked, true));
    let asked = server.asked();
    let texts = asked.iter().filter_map(|asked| asked.body["prompt"].as_str());
    let neutral = "Question: Which of these is a colour?\nA. Blue\nB. Seven\nAnswer:";
    assert!(texts.clone().any(|text| text == neutral));
    for text in texts {
        assert!(text.starts_with(neutral) || text == "a", "{text}");
    }
}

#[test]
fn several_models_need_a_choice() {
    let script = |asked: &Asked| match asked.path.as_str() {
        "/v1/models" => Reply::Json(json!({"data": [{"id": "one"}, {"id": wire::MODEL}]})),
        _ => wire::service(asked),
    };
    let server = FakeServer::start(script);
    let named = |model: &str| Endpoint {
        model: model.to_owned(),
        ..endpoint(&server.address, Server::OpenAi, Route::Written)
    };
    let problem = wait(probe(&named(""), None, Cancel::default())).unwrap_err();
    assert!(
        problem.to_string().contains("several models") && problem.to_string().contains("one, org/Ward-7B"),
        "{problem}"
    );
    let problem = wait(probe(&named("two"), None, Cancel::default())).unwrap_err();
    assert!(matches!(problem.problem, Problem::NoModel { .. }), "{problem}");
    let found = wait(probe(&named(wire::MODEL), None, Cancel::default())).unwrap();
    assert_eq!((found.model.as_str(), found.models.len()), (wire::MODEL, 2));
}

#[test]
fn names_are_known_in_every_dress_and_none_moves_the_cursor() {
    let dress = json!({"data": [{"id": "models/ward-pro"}, {"id": "evil\u{1b}[2Jname"}]});
    let server = FakeServer::start(move |asked| match asked.path.as_str() {
        "/v1beta/openai/models" => Reply::Json(dress.clone()),
        "/v1beta/openai/chat/completions" => {
            let choice = json!({"message": {"content": "yes"}, "finish_reason": "stop"});
            Reply::Json(json!({"model": asked.body["model"], "choices": [choice]}))
        }
        _ => Reply::Status(404, "\u{1b}[2J"),
    });
    let named = |model: &str| Endpoint {
        model: model.to_owned(),
        ..endpoint(
            &format!("{}/v1beta/openai", server.address),
            Server::OpenAi,
            Route::Written,
        )
    };
    let found = wait(probe(&named("ward-pro"), None, Cancel::default())).unwrap();
    assert_eq!((found.model.as_str(), found.models.len()), ("ward-pro", 1));
    let problem = wait(probe(&named("other"), None, Cancel::default())).unwrap_err();
    assert!(!problem.to_string().contains(char::is_control), "{problem:?}");
}

#[test]
fn a_wrong_key_or_no_server_is_told_at_once() {
    let server = FakeServer::start(|_| Reply::Status(401, "{\"error\":{\"message\":\"no key\"}}"));
    let problem = wait(probe(
        &endpoint(&server.address, Server::OpenAi, Route::Written),
        None,
        Cancel::default(),
    ))
    .unwrap_err();
    assert!(matches!(problem.problem, Problem::Unauthorized { .. }), "{problem}");
}
