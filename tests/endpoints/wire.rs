//! What the servers would answer, for a small made-up model.
//!
//! Its tokenizer makes one token of every character, of a space with a capital letter after it, and of its two control
//! tokens `<|bos|>` and `<|end|>`. A next token's log-probability depends on the length of the prompt, so that a
//! prompt that lost or doubled a token is told by the scores.

use serde_json::{Map, Value, json};

use super::server::{Asked, Reply};

pub const MODEL: &str = "org/Ward-7B";
const BOS: u32 = 1;
const END: u32 = 2;
const LETTERS: u32 = 0x11_0000;

pub fn tokenize(text: &str, controls: bool) -> Vec<u32> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let control = [("<|bos|>", BOS), ("<|end|>", END)]
            .into_iter()
            .find(|(name, _)| controls && rest.starts_with(name));
        let second = rest.chars().nth(1).filter(char::is_ascii_uppercase);
        let (token, length) = match (control, second) {
            (Some((name, token)), _) => (token, name.len()),
            (None, Some(letter)) if first == ' ' => (LETTERS + u32::from(letter), 2),
            _ => (10 + u32::from(first), first.len_utf8()),
        };
        tokens.push(token);
        rest = &rest[length..];
    }
    tokens
}

fn text(token: u32) -> String {
    match token {
        BOS => "<|bos|>".to_owned(),
        END => "<|end|>".to_owned(),
        LETTERS.. => format!(" {}", char::from_u32(token - LETTERS).unwrap()),
        _ => char::from_u32(token - 10).unwrap().to_string(),
    }
}

/// The log-probability of a token after so many others.
pub fn log_probability(prompt_tokens: usize, token: u32) -> f64 {
    -3.0 - ((prompt_tokens as f64) * 0.37 + f64::from(token) * 0.11).rem_euclid(4.0)
}

/// The scores of letters after a prompt, BOS counted once.
pub fn expected(prompt: &str, letters: &[&str]) -> Vec<f64> {
    let length = tokenize(prompt, false).len() + 1;
    let score = |letter: &&str| {
        let tokens = tokenize(letter, false);
        let steps = tokens.iter().enumerate();
        steps.map(|(step, &token)| log_probability(length + step, token)).sum()
    };
    letters.iter().map(score).collect()
}

fn ids(value: &Value) -> Vec<u32> {
    serde_json::from_value(value.clone()).unwrap()
}

fn letters() -> impl Iterator<Item = u32> {
    ('A'..='Z').map(|letter| LETTERS + u32::from(letter))
}

/// vLLM; `knows_chosen` where it is new enough to be told which next tokens to tell of.
pub fn vllm(asked: &Asked, knows_chosen: bool) -> Reply {
    let body = &asked.body;
    let with_bos = |tokens: Vec<u32>| match body["add_special_tokens"] == json!(true) {
        true => [vec![BOS], tokens].concat(),
        false => tokens,
    };
    match asked.path.as_str() {
        "/v1/models" => Reply::Json(json!({"data": [{"id": MODEL, "owned_by": "vllm", "max_model_len": 8192}]})),
        "/version" => Reply::Json(json!({"version": "0.28.0"})),
        "/tokenize" if body.get("messages").is_some() => {
            let content = body["messages"][0]["content"].as_str().unwrap();
            let text = format!("<|bos|>user: {content}<|end|>assistant:");
            Reply::Json(json!({"tokens": tokenize(&text, true)}))
        }
        "/tokenize" => {
            let tokens = with_bos(tokenize(body["prompt"].as_str().unwrap(), true));
            Reply::Json(json!({"count": tokens.len(), "tokens": tokens}))
        }
        "/detokenize" => {
            let prompt: String = ids(&body["tokens"]).into_iter().map(text).collect();
            Reply::Json(json!({"prompt": prompt}))
        }
        "/v1/completions" => vllm_completion(body, knows_chosen),
        "/v1/chat/completions" => chat(body),
        _ => Reply::Status(404, "{\"detail\":\"Not Found\"}"),
    }
}

fn vllm_completion(body: &Value, knows_chosen: bool) -> Reply {
    let prompt = ids(&body["prompt"]);
    let usage = json!({"prompt_tokens": prompt.len(), "completion_tokens": 1});
    let mut choice = json!({"text": "x", "finish_reason": "length", "logprobs": null, "prompt_logprobs": null});
    if body.get("prompt_logprobs").is_some() {
        let of_token = |(place, &token): (usize, &u32)| match place {
            0 => Value::Null,
            _ => json!({token.to_string(): {"logprob": log_probability(place, token), "rank": 3}}),
        };
        choice["prompt_logprobs"] = prompt.iter().enumerate().map(of_token).collect();
    }
    if let Some(most) = body.get("logprobs") {
        let chosen: Vec<u32> = match body.get("logprob_token_ids") {
            Some(chosen) if knows_chosen => ids(chosen),
            // The likeliest, among which B never is.
            _ => letters().filter(|&token| token != LETTERS + u32::from('B')).collect(),
        };
        let told = chosen.iter().take(most.as_u64().unwrap() as usize + 1);
        let step: Map<String, Value> = told
            .map(|&token| (format!("token_id:{token}"), json!(log_probability(prompt.len(), token))))
            .collect();
        choice["logprobs"] = json!({"tokens": ["token_id:5"], "token_logprobs": [-3.0], "top_logprobs": [step]});
    }
    Reply::Json(json!({"model": MODEL, "choices": [choice], "usage": usage}))
}

/// llama-server; its likeliest next tokens never have B among them.
pub fn llama_server(asked: &Asked) -> Reply {
    let body = &asked.body;
    match asked.path.as_str() {
        "/v1/models" => Reply::Json(json!({"data": [{"id": MODEL, "owned_by": "llamacpp"}]})),
        "/props" => Reply::Json(json!({
            "default_generation_settings": {"n_ctx": 4096}, "build_info": "b11434",
            "chat_template": "{{ bos_token }}user: {{ messages[0]['content'] }}<|end|>assistant:",
            "bos_token": "<|bos|>", "eos_token": "<|end|>",
        })),
        "/tokenize" => {
            let controls = body["parse_special"].as_bool().unwrap();
            let mut tokens = tokenize(body["content"].as_str().unwrap(), controls);
            if body["add_special"] == json!(true) {
                tokens.insert(0, BOS);
            }
            Reply::Json(json!({"tokens": tokens}))
        }
        "/completion" => {
            let prompt = ids(&body["prompt"]);
            let told = |token: u32| json!({"id": token, "token": text(token), "logprob": log_probability(prompt.len(), token)});
            let forced = body.get("logit_bias").map(|bias| bias[0][0].as_u64().unwrap() as u32);
            let most = body["n_probs"].as_u64().unwrap() as usize;
            let likeliest = letters().filter(|&token| token != LETTERS + u32::from('B')).take(most);
            let mut step = told(forced.unwrap_or(LETTERS + u32::from('C')));
            step["top_logprobs"] = likeliest.map(told).collect();
            Reply::Json(json!({
                "model": MODEL, "content": "x", "truncated": false, "completion_probabilities": [step],
                "tokens_evaluated": prompt.len(), "tokens_predicted": 1,
            }))
        }
        "/v1/chat/completions" => chat(body),
        _ => Reply::Status(404, "{\"error\":{\"message\":\"File Not Found\"}}"),
    }
}

/// The server of llama-cpp-python.
pub fn llama_cpp_python(asked: &Asked) -> Reply {
    let body = &asked.body;
    let with_bos = |text: &str| [vec![BOS], tokenize(text, true)].concat();
    match asked.path.as_str() {
        "/v1/models" => Reply::Json(json!({"data": [{"id": MODEL, "owned_by": "me"}]})),
        "/openapi.json" => Reply::Json(json!({"info": {"title": "🦙 llama.cpp Python API", "version": "0.3.36"}})),
        "/extras/tokenize" => Reply::Json(json!({"tokens": with_bos(body["input"].as_str().unwrap())})),
        "/extras/detokenize" => Reply::Json(json!({"text": text(ids(&body["tokens"])[0])})),
        "/v1/completions" => {
            let prompt = with_bos(body["prompt"].as_str().unwrap());
            let mut told: Vec<(String, f64)> = letters()
                .map(|token| (text(token), log_probability(prompt.len(), token)))
                .collect();
            told.sort_by(|a, b| b.1.total_cmp(&a.1));
            let step: Map<String, Value> = told.into_iter().map(|(text, value)| (text, json!(value))).collect();
            Reply::Json(json!({
                "model": MODEL, "choices": [{"text": "x", "logprobs": {"top_logprobs": [step]}, "finish_reason": "length"}],
                "usage": {"prompt_tokens": prompt.len(), "completion_tokens": 1},
            }))
        }
        "/v1/chat/completions" => chat(body),
        _ => Reply::Status(404, "{\"detail\":\"Not Found\"}"),
    }
}

/// Ollama, whose twenty likeliest tokens are the first twenty letters.
pub fn ollama(asked: &Asked) -> Reply {
    let body = &asked.body;
    match asked.path.as_str() {
        "/v1/models" => Reply::Json(json!({"data": [{"id": MODEL, "owned_by": "library"}]})),
        "/api/version" => Reply::Json(json!({"version": "0.13.0"})),
        "/api/generate" => {
            assert_eq!(body["raw"], json!(true));
            let length = tokenize(body["prompt"].as_str().unwrap(), true).len() + 1;
            let most = body["top_logprobs"].as_u64().unwrap() as usize;
            let told: Vec<Value> = letters()
                .take(most)
                .map(|token| json!({"token": text(token), "logprob": log_probability(length, token), "bytes": []}))
                .collect();
            let step = json!({"token": " A", "logprob": -3.0, "top_logprobs": told});
            Reply::Json(json!({
                "model": MODEL, "response": " A", "done": true, "logprobs": [step],
                "prompt_eval_count": length, "eval_count": 1,
            }))
        }
        "/v1/chat/completions" => chat(body),
        _ => Reply::Status(404, "404 page not found"),
    }
}

/// A hosted chat service.
pub fn service(asked: &Asked) -> Reply {
    match asked.path.as_str() {
        "/v1/models" => Reply::Json(json!({"data": [{"id": MODEL, "owned_by": "system"}]})),
        "/v1/chat/completions" => chat(&asked.body),
        _ => Reply::Status(404, "{\"error\":{\"message\":\"Unknown request URL\"}}"),
    }
}

/// A reply that repeats the question.
pub fn chat(body: &Value) -> Reply {
    let messages = body["messages"].as_array().unwrap();
    let question = messages.last().unwrap()["content"].as_str().unwrap();
    Reply::Json(json!({
        "model": MODEL,
        "choices": [{"message": {"role": "assistant", "content": format!("You asked: {question}")}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": question.len(), "completion_tokens": 5},
    }))
}
