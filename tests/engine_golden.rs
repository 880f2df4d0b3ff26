//! The local backend against llama.cpp's own numbers, for the two packaged models.
//!
//! `golden/make_golden.py` made the numbers and says how. The models are looked for in the folder that
//! `POLYCLINIC_MODELS` names; without them a test says so and passes.

mod golden_support;

use golden_support::{golden, model, widen};
use polyclinic::engine::{Cancel, LocalBackend};
use polyclinic::prompts::PromptText;

/// Kullback-Leibler divergence of `ours` from `theirs` over the whole vocabulary, in nats.
fn divergence(theirs: &[f32], ours: &[f32]) -> f64 {
    let log_softmax = |logits: &[f32]| {
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f64 = logits.iter().map(|&logit| f64::from(logit - largest).exp()).sum();
        logits
            .iter()
            .map(|&logit| f64::from(logit - largest) - sum.ln())
            .collect::<Vec<_>>()
    };
    let (theirs, ours) = (log_softmax(theirs), log_softmax(ours));
    theirs.iter().zip(&ours).map(|(p, q)| p.exp() * (p - q)).sum()
}

fn argmax(logits: &[f32]) -> usize {
    (0..logits.len())
        .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
        .unwrap()
}

#[test]
fn ids_equal_those_of_llama_cpp() {
    let golden_tokens = golden("tokens.json");
    for (name, texts) in golden_tokens.as_object().unwrap() {
        let Some(path) = model(name) else { continue };
        let backend = LocalBackend::load(&path).unwrap();
        let tokenizer = backend.tokenizer();
        for entry in texts.as_array().unwrap() {
            let text = entry["text"].as_str().unwrap();
            for kind in ["markup", "plain"] {
                let mut prompt = PromptText::default();
                match kind {
                    "markup" => prompt.push_markup(text),
                    _ => prompt.push_plain(text),
                }
                let ids = tokenizer.encode_without_bos(&prompt).unwrap();
                let expected: Vec<u32> = serde_json::from_value(entry[kind].clone()).unwrap();
                assert_eq!(ids, expected, "{name}, {kind}: {text:?}");
                assert_eq!(
                    tokenizer.decode(&ids),
                    text.replace('\u{2581}', if name.starts_with("gemma") { " " } else { "\u{2581}" }),
                    "{name}: {text:?}"
                );
            }
        }
    }
}

#[test]
fn logits_agree_with_those_of_llama_cpp() {
    let golden_logits = golden("logits.json");
    let values = std::fs::read(golden_support::folder().join("logits.f16")).unwrap();
    for (name, prompts) in golden_logits.as_object().unwrap() {
        let Some(path) = model(name) else { continue };
        let mut backend = LocalBackend::load(&path).unwrap();
        println!("{:?}", backend.facts());
        for prompt in prompts.as_array().unwrap() {
            let ids: Vec<u32> = serde_json::from_value(prompt["ids"].clone()).unwrap();
            let (offset, count) = (
                prompt["offset"].as_u64().unwrap() as usize,
                prompt["count"].as_u64().unwrap() as usize,
            );
            let theirs = widen(&values[offset..offset + 2 * count]);
            let start = std::time::Instant::now();
            let ours = backend.next_logits(&ids, &Cancel::default()).unwrap();
            let seconds = start.elapsed().as_secs_f64();
            let divergence = divergence(&theirs, &ours);
            let largest = theirs.iter().zip(&ours).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            println!(
                "{name}, {}: {} tokens, {:.0} tokens/s, KL {divergence:.2e}, largest difference {largest:.3}",
                prompt["name"],
                ids.len(),
                ids.len() as f64 / seconds
            );
            assert_eq!(argmax(&theirs), argmax(&ours), "{name}, {}", prompt["name"]);
            assert!(divergence < 5e-3, "{name}, {}: KL {divergence}", prompt["name"]);
        }
    }
}
