//! Polyclinic's engine behind the protocol.

use std::io::{BufRead, Write};
use std::time::Instant;

use polyclinic::engine::{Backend, Cancel, LocalBackend, ScoreRequest};

use crate::protocol::{Ready, Reply, Request};

/// Answers requests until there are no more.
pub fn serve() {
    let mut backend = None;
    let mut say = std::io::stdout().lock();
    let ready = Ready {
        resident: crate::process::resident("self").unwrap_or(0),
    };
    writeln!(say, "{}", serde_json::to_string(&ready).unwrap()).unwrap();
    say.flush().unwrap();
    for line in std::io::stdin().lock().lines() {
        let request = serde_json::from_str(&line.unwrap()).unwrap();
        let reply = Reply {
            seconds: answer(&mut backend, request),
        };
        writeln!(say, "{}", serde_json::to_string(&reply).unwrap()).unwrap();
        say.flush().unwrap();
    }
}

fn answer(backend: &mut Option<LocalBackend>, request: Request) -> f64 {
    let cancel = Cancel::default();
    let mut started = Instant::now();
    if let Request::Load { path, token, .. } = request {
        let backend = backend.insert(LocalBackend::load(&path).unwrap());
        backend.next_logits(&[token], &cancel).unwrap();
        return started.elapsed().as_secs_f64();
    }
    let backend = backend.as_mut().expect("load comes first");
    match request {
        Request::Load { .. } => {}
        Request::Prefill { prompt } => drop(backend.next_logits(&prompt, &cancel).unwrap()),
        Request::Generate { mut prompt, count } => {
            let mut logits = backend.next_logits(&prompt, &cancel).unwrap();
            started = Instant::now();
            for _ in 0..count {
                prompt.push(100 + logits[0].abs() as u32 % 100);
                logits = backend.next_logits(&prompt, &cancel).unwrap();
            }
        }
        Request::Score { shared, own, at_once } => {
            let requests: Vec<ScoreRequest> = own
                .iter()
                .map(|own| ScoreRequest {
                    prompt: [shared.as_slice(), own].concat(),
                    continuations: (0..4).map(|letter| vec![200 + letter]).collect(),
                })
                .collect();
            // The shared start, and a token that is not.
            backend.next_logits(&[&shared[..], &[1]].concat(), &cancel).unwrap();
            started = Instant::now();
            for group in requests.chunks(at_once) {
                backend.score(group, &cancel).unwrap();
            }
        }
    }
    started.elapsed().as_secs_f64()
}
