//! An engine behind the protocol: Polyclinic's, and what all have in common.

use std::io::{BufRead, Write};
use std::time::Instant;

use polyclinic::engine::{Backend, Cancel, LocalBackend, ScoreRequest};

use crate::protocol::{Ready, Reply, Request};

/// What answers requests.
pub trait Worker {
    /// Does what is asked and says how many seconds it took.
    fn answer(&mut self, request: Request) -> f64;
}

/// Answers requests until there are no more.
pub fn serve(mut worker: impl Worker) {
    let mut say = std::io::stdout().lock();
    let ready = Ready {
        resident: crate::process::resident("self").unwrap_or(0),
    };
    writeln!(say, "{}", serde_json::to_string(&ready).unwrap()).unwrap();
    say.flush().unwrap();
    for line in std::io::stdin().lock().lines() {
        let request = serde_json::from_str(&line.unwrap()).unwrap();
        let reply = Reply {
            seconds: worker.answer(request),
        };
        writeln!(say, "{}", serde_json::to_string(&reply).unwrap()).unwrap();
        say.flush().unwrap();
    }
}

/// The token generation goes on with. Which one does not change the time, so choosing is left out.
pub fn next_token(logits: &[f32]) -> u32 {
    100 + logits[0].abs() as u32 % 100
}

/// Polyclinic's engine, once it is loaded.
#[derive(Default)]
pub struct Polyclinic(Option<LocalBackend>);

impl Worker for Polyclinic {
    fn answer(&mut self, request: Request) -> f64 {
        let cancel = Cancel::default();
        let mut started = Instant::now();
        if let Request::Load { path, token, .. } = request {
            let backend = self.0.insert(LocalBackend::load(&path).unwrap());
            backend.next_logits(&[token], &cancel).unwrap();
            return started.elapsed().as_secs_f64();
        }
        let backend = self.0.as_mut().expect("load comes first");
        match request {
            Request::Load { .. } => {}
            Request::Prefill { prompt } => drop(backend.next_logits(&prompt, &cancel).unwrap()),
            Request::Generate { mut prompt, count } => {
                let mut logits = backend.next_logits(&prompt, &cancel).unwrap();
                started = Instant::now();
                for _ in 0..count {
                    prompt.push(next_token(&logits));
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
}
