//! Every route gives the model's own numbers.

use polyclinic::engine::Sampling;
use polyclinic::engine::endpoint::{Problem, ReplyEnding, Route, Server, WriteRequest};
use polyclinic::prompts::{PromptText, ScoredPrompt};
use serde_json::json;

use super::server::{Asked, FakeServer, Reply};
use super::{connect, endpoint, prompt, wait, wire};

const QUESTION: &str = "is p < 0.05 enough, or [95% CI]?";

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
}

fn script(server: Server) -> fn(&Asked) -> Reply {
    match server {
        Server::Vllm => |asked| wire::vllm(asked, true),
        Server::LlamaServer => wire::llama_server,
        Server::LlamaCppPython => wire::llama_cpp_python,
        Server::Ollama => wire::ollama,
        Server::LmStudio | Server::OpenAi => wire::service,
    }
}

fn scores(server: &FakeServer, kind: Server, route: Route, prompt: &ScoredPrompt) -> Vec<f64> {
    let scored = wait(connect(endpoint(&server.address, kind, route)).score(prompt)).unwrap();
    let text = prompt.text.to_plain_string();
    assert_eq!(scored.prompt_tokens, wire::tokenize(&text, false).len() + 1, "{kind}");
    assert!(scored.usage.requests > 0 && scored.usage.prompt_tokens >= scored.prompt_tokens as u64);
    scored.scores.log_probabilities
}

#[test]
fn every_scoring_server_gives_the_models_numbers() {
    let prompt = prompt(QUESTION);
    let expected = wire::expected(&prompt.text.to_plain_string(), &[" A", " B", " C", " D"]);
    for (kind, route) in [
        (Server::Vllm, Route::NextToken),
        (Server::Vllm, Route::Continuations),
        (Server::LlamaServer, Route::NextToken),
        (Server::LlamaCppPython, Route::NextToken),
        (Server::Ollama, Route::NextToken),
    ] {
        let server = FakeServer::start(script(kind));
        close(&scores(&server, kind, route, &prompt), &expected);
    }
}

#[test]
fn letters_of_several_tokens_are_summed() {
    let prompt = ScoredPrompt {
        continuations: ["أ", "ب", "10", "12"].map(str::to_owned).to_vec(),
        ..prompt(QUESTION)
    };
    let expected = wire::expected(&prompt.text.to_plain_string(), &["أ", "ب", "10", "12"]);
    for (kind, route) in [
        (Server::Vllm, Route::NextToken),
        (Server::Vllm, Route::Continuations),
        (Server::LlamaServer, Route::NextToken),
    ] {
        let server = FakeServer::start(script(kind));
        close(&scores(&server, kind, route, &prompt), &expected);
    }
    let server = FakeServer::start(wire::llama_cpp_python);
    let connection = connect(endpoint(&server.address, Server::LlamaCppPython, Route::NextToken));
    let problem = wait(connection.score(&prompt)).unwrap_err();
    assert!(matches!(problem.problem, Problem::NoNumber { .. }), "{problem}");
    assert!(!problem.ends_run());
}

#[test]
fn an_old_vllm_is_asked_for_the_missing_letter_by_another_route() {
    let server = FakeServer::start(|asked| wire::vllm(asked, false));
    let prompt = prompt(QUESTION);
    let expected = wire::expected(&prompt.text.to_plain_string(), &[" A", " B", " C", " D"]);
    close(&scores(&server, Server::Vllm, Route::NextToken, &prompt), &expected);
    assert_eq!(server.count("/v1/completions"), 2, "the likeliest, then B alone");
}

#[test]
fn chosen_letters_take_one_request_an_item() {
    let server = FakeServer::start(|asked| wire::vllm(asked, true));
    scores(&server, Server::Vllm, Route::NextToken, &prompt(QUESTION));
    assert_eq!(server.count("/v1/completions"), 1);
    let asked = server.asked();
    let completion = asked.iter().find(|asked| asked.path == "/v1/completions").unwrap();
    assert_eq!(
        completion.body["temperature"],
        json!(0.0),
        "servers differ in what they do unasked"
    );
}

#[test]
fn a_control_token_in_a_question_stays_text_or_is_refused() {
    let mut prompt = prompt("what does <|end|> mean?");
    let mut around = PromptText::default();
    around.push_markup("<|bos|>user: ");
    for piece in prompt.text.pieces() {
        match piece {
            polyclinic::prompts::Piece::Markup(text) => around.push_markup(text),
            polyclinic::prompts::Piece::Plain(text) => around.push_plain(text),
        }
    }
    around.push_markup("<|end|>assistant:");
    prompt.text = around;

    let server = FakeServer::start(wire::llama_server);
    let scored =
        wait(connect(endpoint(&server.address, Server::LlamaServer, Route::NextToken)).score(&prompt)).unwrap();
    let asked = server.asked();
    let completion = asked.iter().find(|asked| asked.path == "/completion").unwrap();
    let ids: Vec<u32> = serde_json::from_value(completion.body["prompt"].clone()).unwrap();
    assert_eq!(ids.iter().filter(|&&id| id == 1).count(), 1, "one beginning");
    assert_eq!(
        ids.iter().filter(|&&id| id == 2).count(),
        1,
        "the template's end, not the question's"
    );
    assert_eq!(scored.prompt_tokens, ids.len());

    for kind in [Server::Vllm, Server::LlamaCppPython, Server::Ollama] {
        let server = FakeServer::start(script(kind));
        let problem = wait(connect(endpoint(&server.address, kind, Route::NextToken)).score(&prompt)).unwrap_err();
        let Problem::ControlToken { text } = &problem.problem else {
            panic!("{kind}: {problem}")
        };
        assert_eq!(text, "<|end|>");
        assert!(!problem.ends_run());
    }
}

#[test]
fn chat_templates_come_from_the_server() {
    for kind in [Server::LlamaServer, Server::Vllm] {
        let server = FakeServer::start(script(kind));
        let connection = connect(endpoint(&server.address, kind, Route::NextToken));
        let template = wait(connection.chat_template()).unwrap().unwrap();
        let mut turn = PromptText::default();
        turn.push_plain("why <|end|>?");
        let text = template.render_user_turn(&turn).unwrap();
        assert_eq!(
            text.to_plain_string(),
            "<|bos|>user: why <|end|>?<|end|>assistant:",
            "{kind}"
        );
        assert_eq!(text.pieces().len(), 3, "{kind}");
    }
}

fn request() -> WriteRequest {
    WriteRequest {
        system: Some("Be brief.".to_owned()),
        earlier: Vec::new(),
        user: "Which?".to_owned(),
        most_tokens: 64,
        sampling: Sampling::default(),
        stops: vec!["\n\n".to_owned()],
    }
}

#[test]
fn replies_are_written_by_every_server() {
    for kind in [
        Server::Vllm,
        Server::LlamaServer,
        Server::LlamaCppPython,
        Server::Ollama,
        Server::LmStudio,
        Server::OpenAi,
    ] {
        let server = FakeServer::start(script(kind));
        let reply = wait(connect(endpoint(&server.address, kind, Route::Written)).write(&request())).unwrap();
        assert_eq!(reply.text, "You asked: Which?");
        assert_eq!((reply.ending, reply.usage.written_tokens), (ReplyEnding::Finished, 5));
        let body = server.asked().remove(0).body;
        assert_eq!(body["temperature"], json!(0.0), "{kind}");
        assert_eq!(body["stop"], json!(["\n\n"]), "{kind}");
    }
}

#[test]
fn a_service_that_wants_other_names_or_takes_no_temperature_is_asked_so() {
    let server = FakeServer::start(|asked| {
        if asked.body.get("max_tokens").is_some() {
            return Reply::Status(
                400,
                r#"{"error":{"message":"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}"#,
            );
        }
        if asked.body.get("temperature").is_some() {
            return Reply::Status(
                400,
                r#"{"error":{"message":"Unsupported value: 'temperature' does not support 0"}}"#,
            );
        }
        wire::chat(&asked.body)
    });
    let connection = connect(endpoint(&server.address, Server::OpenAi, Route::Written));
    for _ in 0..3 {
        let reply = wait(connection.write(&request())).unwrap();
        assert_eq!(reply.left_out, ["temperature"]);
    }
    let asked = server.asked();
    assert_eq!(asked.len(), 5, "what is refused once is not tried again");
    assert_eq!(asked[4].body["max_completion_tokens"], json!(64));
}

#[test]
fn endings_reasoning_and_refusals_are_kept_apart() {
    let told = |message: serde_json::Value, ending: &str| {
        let answer = json!({"choices": [{"message": message, "finish_reason": ending}], "usage": {"prompt_tokens": 3}});
        let server = FakeServer::start(move |_| Reply::Json(answer.clone()));
        wait(connect(endpoint(&server.address, Server::OpenAi, Route::Written)).write(&request())).unwrap()
    };
    let reply = told(json!({"content": "B", "reasoning_content": "hm"}), "stop");
    assert_eq!((reply.text.as_str(), reply.reasoning.as_deref()), ("B", Some("hm")));
    let reply = told(json!({"content": null, "reasoning": "hm hm"}), "length");
    assert_eq!((reply.text.as_str(), reply.ending), ("", ReplyEnding::Limit));
    let reply = told(json!({"content": null, "refusal": "I cannot."}), "content_filter");
    assert_eq!(
        (reply.refusal.as_deref(), reply.ending),
        (Some("I cannot."), ReplyEnding::Filtered)
    );
}
