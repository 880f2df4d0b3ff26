//! The local backend against llama.cpp's own numbers, for the two packaged models.
//!
//! `golden/make_golden.py` made the numbers and says how. The models are looked for in the cache that
//! `polyclinic models get` fills; without them a test says so and passes.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

mod golden_support;
#[path = "support/tiny_model.rs"]
mod tiny_model;

use golden_support::{golden, model, widen};
use polyclinic::engine::tokenizer::Tokenizer;
use polyclinic::engine::{Backend as _, Cancel, Device, LocalBackend};
use polyclinic::models::gguf::GgufFile;
use polyclinic::prompts::PromptText;
use sha2::Digest;
use tiny_model::Shape;

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
        let backend = LocalBackend::load_on(&path, &Device::Processor).unwrap();
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
        let mut backend = LocalBackend::load_on(&path, &Device::Processor).unwrap();
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

#[test]
fn tiny_models_agree_with_llama_cpp_in_single_precision() {
    let shapes = [Shape::llama(), Shape::qwen2(), Shape::gemma3()];
    if let Some(folder) = std::env::var_os("POLYCLINIC_WRITE_TINY") {
        for shape in &shapes {
            tiny_model::write(
                &std::path::Path::new(&folder).join(format!("{}.gguf", shape.architecture)),
                shape,
            );
        }
        return;
    }
    let golden = golden("tiny.json");
    let folder = tempfile::tempdir().unwrap();
    for shape in &shapes {
        let path = folder.path().join("tiny.gguf");
        tiny_model::write(&path, shape);
        let entry = &golden[shape.architecture];
        let ids: Vec<u32> = serde_json::from_value(entry["ids"].clone()).unwrap();
        let theirs: Vec<f32> = serde_json::from_value(entry["logits"].clone()).unwrap();
        let ours = LocalBackend::load_on(&path, &Device::Processor)
            .unwrap()
            .next_logits(&ids, &Cancel::default())
            .unwrap();
        let largest = theirs.iter().zip(&ours).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        println!("{}: largest difference {largest:.2e}", shape.architecture);
        // llama.cpp looks Gemma's GELU up in a table of half-precision numbers, which is coarser.
        let tolerance = if shape.architecture == "gemma3" { 5e-3 } else { 1e-4 };
        assert!(largest < tolerance, "{}: {largest}", shape.architecture);
    }
}

/// The text of an item as `make_golden.py` puts it together.
fn question_text(line: &str) -> String {
    let item: serde_json::Value = serde_json::from_str(line).unwrap();
    let options = item["options"].as_array().unwrap().iter();
    let parts = [&item["context"], &item["question"]].into_iter().chain(options);
    parts
        .filter_map(|part| part.as_str())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn ids_of_real_questions_equal_those_of_llama_cpp() {
    let golden = golden("questions.json");
    let mut folders = vec![golden_support::folder().join("../../assets/questions")];
    let real = golden_support::folder().join("../../../shared/data");
    if real.exists() {
        folders.push(real);
    } else {
        eprintln!("skipped for real data: {} is absent", real.display());
    }
    for (name, files) in golden.as_object().unwrap() {
        let Some(path) = model(name) else { continue };
        let tokenizer = Tokenizer::from_gguf(&GgufFile::open(&path).unwrap()).unwrap();
        let mut compared = 0;
        for (file, expected) in files.as_object().unwrap() {
            let Some(path) = folders
                .iter()
                .map(|folder| folder.join(file))
                .find(|path| path.exists())
            else {
                continue;
            };
            let mut hash = sha2::Sha256::new();
            for line in std::fs::read_to_string(&path).unwrap().lines().take(200) {
                let mut prompt = PromptText::default();
                prompt.push_plain(&question_text(line));
                for id in tokenizer.encode_without_bos(&prompt).unwrap() {
                    hash.update(id.to_le_bytes());
                }
            }
            let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, expected.as_str().unwrap(), "{name}: {file}");
            compared += 1;
        }
        println!("{name}: {compared} files agree");
    }
}
