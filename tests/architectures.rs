//! Every architecture against `transformers`, from every form its models are published in.
//!
//! `golden/make_architectures.py` made the models and the numbers and says how.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "test code")]

#[path = "support/architectures.rs"]
mod archive;

use std::path::Path;

use polyclinic::engine::{Backend as _, Cancel, Device, DeviceName, LocalBackend, ScoreRequest, Scores};
use polyclinic::prompts::PromptText;

/// A prompt and what `transformers` answers: the logits after its last token.
struct Reference {
    ids: Vec<u32>,
    logits: Vec<f32>,
}

fn references(name: &str) -> Vec<Reference> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/architectures.json");
    let all: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let entries = all[name].as_array().unwrap().iter();
    entries
        .map(|entry| Reference {
            ids: serde_json::from_value(entry["ids"].clone()).unwrap(),
            logits: serde_json::from_value(entry["logits"].clone()).unwrap(),
        })
        .collect()
}

fn range(logits: &[f32]) -> f64 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let smallest = logits.iter().copied().fold(f32::INFINITY, f32::min);
    f64::from(largest - smallest)
}

/// The largest difference as a part of the range of the logits; not a number where one is none.
fn apart(theirs: &[f32], ours: &[f32]) -> f64 {
    let differences = theirs.iter().zip(ours).map(|(a, b)| f64::from((a - b).abs()));
    differences.fold(
        0.0,
        |most: f64, next| if next > most || next.is_nan() { next } else { most },
    ) / range(theirs)
}

fn log_softmax(logits: &[f32]) -> Vec<f64> {
    let sum: f64 = logits.iter().map(|&logit| f64::from(logit).exp()).sum();
    logits.iter().map(|&logit| f64::from(logit) - sum.ln()).collect()
}

fn divergence(theirs: &[f32], ours: &[f32]) -> f64 {
    let (theirs, ours) = (log_softmax(theirs), log_softmax(ours));
    theirs.iter().zip(&ours).map(|(p, q)| p.exp() * (p - q)).sum()
}

/// What scoring every token after a prompt asks for.
fn all_tokens(prompt: &[u32], vocabulary: usize) -> ScoreRequest {
    ScoreRequest {
        prompt: prompt.to_vec(),
        continuations: (0..vocabulary as u32).map(|token| vec![token]).collect(),
    }
}

fn score(backend: &mut LocalBackend, requests: &[ScoreRequest]) -> Vec<Scores> {
    backend.score(requests, &Cancel::default()).unwrap()
}

fn logits(backend: &mut LocalBackend, prompt: &[u32]) -> Vec<f32> {
    backend.next_logits(prompt, &Cancel::default()).unwrap()
}

/// What is wrong with a model's answers; prints how far they are from the reference.
fn compare(name: &str, form: &str, path: &Path, device: &Device, references: &[Reference]) -> Vec<String> {
    let mut problems = Vec::new();
    let load = || LocalBackend::load_on(path, device);
    let mut backend = match load() {
        Ok(backend) => backend,
        Err(error) => return vec![format!("{name}, {form}, {device}: {error}")],
    };
    // A GPU multiplies half-precision weights in half precision.
    let quantized = form == "q8_0.gguf" || backend.facts().computed.contains("f16");
    let mut distances = Vec::new();
    for reference in references {
        let Reference { ids, logits: theirs } = reference;
        let mut problem =
            |what: String| problems.push(format!("{name}, {form}, {device}, {} tokens: {what}", ids.len()));
        let ours = logits(&mut load().unwrap(), ids);
        let distance = distance(quantized, theirs, &ours);
        distances.push(format!("{distance:.1e}"));
        if !is_close(quantized, theirs, &ours) {
            problem(format!("{distance:.1e} away"));
        }
        // With everything kept but the last token, and with a half kept.
        logits(&mut backend, ids);
        if logits(&mut backend, ids) != ours {
            problem("other logits where the prompt was kept".to_owned());
        }
        logits(&mut backend, &ids[..ids.len() / 2]);
        if logits(&mut backend, ids) != ours {
            problem("other logits where half of the prompt was kept".to_owned());
        }
        let scores = score(&mut backend, &[all_tokens(ids, theirs.len())]);
        let expected = log_softmax(&ours);
        let far = scores[0]
            .log_probabilities
            .iter()
            .zip(&expected)
            .any(|(a, b)| (a - b).is_nan() || (a - b).abs() >= 1e-5);
        if matches!(device, Device::Processor) && far {
            problem("scores that do not follow from the logits".to_owned());
        }
        if !is_close(quantized, &expected_scores(reference), &single(&scores[0])) {
            problem("scores far from the reference".to_owned());
        }
    }
    println!("{name:16} {form:12} {device}  {}", distances.join("  "));
    let batched = match device {
        Device::Processor => compare_batched(path, references),
        Device::Tensors(_) => compare_batched_on(path, device, quantized, references),
    };
    problems.extend(batched.map(|problem| format!("{name}, {form}, {device}: {problem}")));
    problems
}

fn distance(quantized: bool, theirs: &[f32], ours: &[f32]) -> f64 {
    match quantized {
        true => divergence(theirs, ours),
        false => apart(theirs, ours),
    }
}

/// Whether logits, or scores of every token, agree with a reference of their kind as well as they should.
fn is_close(quantized: bool, theirs: &[f32], ours: &[f32]) -> bool {
    let most = if quantized { 1e-2 } else { 1e-4 };
    distance(quantized, theirs, ours).abs() < most
}

/// What scoring every token should give by the reference.
fn expected_scores(reference: &Reference) -> Vec<f32> {
    log_softmax(&reference.logits)
        .iter()
        .map(|&score| score as f32)
        .collect()
}

fn single(scores: &Scores) -> Vec<f32> {
    scores.log_probabilities.iter().map(|&score| score as f32).collect()
}

/// Where bits depend on the group: scores the prompts and all their halves together, and holds the whole prompts to
/// the reference.
fn compare_batched_on(path: &Path, device: &Device, quantized: bool, references: &[Reference]) -> Option<String> {
    let vocabulary = references[0].logits.len();
    let whole = references
        .iter()
        .map(|reference| all_tokens(&reference.ids, vocabulary));
    let halves = references
        .iter()
        .map(|reference| all_tokens(&reference.ids[..reference.ids.len() / 2], vocabulary));
    let group: Vec<ScoreRequest> = whole.chain(halves).collect();
    let together = score(&mut LocalBackend::load_on(path, device).unwrap(), &group);
    let far = references.iter().zip(&together);
    let mut far = far.filter(|(reference, scores)| !is_close(quantized, &expected_scores(reference), &single(scores)));
    let (reference, _) = far.next()?;
    Some(format!(
        "{} tokens are far from the reference in a batch",
        reference.ids.len()
    ))
}

/// Scores the prompts and all their halves together and one by one.
fn compare_batched(path: &Path, references: &[Reference]) -> Option<String> {
    let vocabulary = references[0].logits.len();
    let prompts = references.iter().flat_map(|reference| {
        let half = reference.ids.len() / 2;
        [&reference.ids[..], &reference.ids[..half]]
    });
    let group: Vec<ScoreRequest> = prompts.map(|prompt| all_tokens(prompt, vocabulary)).collect();
    let load = || LocalBackend::load_on(path, &Device::Processor).unwrap();
    let together = score(&mut load(), &group);
    let mut one_by_one = load();
    let mut differing = group.iter().zip(&together).filter(|(request, together)| {
        let alone = score(&mut one_by_one, std::slice::from_ref(*request));
        alone[0] != **together
    });
    let (request, _) = differing.next()?;
    Some(format!(
        "{} tokens are scored otherwise in a batch",
        request.prompt.len()
    ))
}

#[test]
fn every_architecture_agrees_with_transformers_in_every_form() {
    let folder = archive::unpack();
    let models = archive::models(folder.path());
    assert_eq!(models.len(), 21);
    let mut devices = vec![Device::Processor, Device::open(DeviceName::CpuTensors).unwrap()];
    let chosen = Device::chosen().unwrap();
    if devices.iter().all(|device| device.to_string() != chosen.to_string()) {
        devices.push(chosen.clone());
    }
    let mut problems = Vec::new();
    for model in models {
        let name = model.file_name().unwrap().to_str().unwrap();
        let references = references(name);
        assert_eq!(references.len(), 3);
        for device in &devices {
            problems.extend(compare(name, "safetensors", &model, device, &references));
            for form in ["f32.gguf", "q8_0.gguf"] {
                let path = model.join(form);
                // GGUF has no window for Mistral's first model.
                if name != "mistral-window" {
                    problems.extend(compare(name, form, &path, device, &references));
                }
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn a_folder_and_a_gguf_file_cut_text_alike() {
    let folder = archive::unpack();
    let model = folder.path().join("llama");
    let published = LocalBackend::load(&model).unwrap();
    let packed = LocalBackend::load(&model.join("f32.gguf")).unwrap();
    let mut compared = 0;
    for text in ["A", "!\"!!\"", "</s>AB</s>", "12\n\nX<pad>", "", "!\n\""] {
        for markup in [true, false] {
            let mut prompt = PromptText::default();
            match markup {
                true => prompt.push_markup(text),
                false => prompt.push_plain(text),
            }
            let ids = published.tokenizer().encode_without_bos(&prompt).unwrap();
            // Letters that are no tokens are left out by both.
            assert_eq!(ids, packed.tokenizer().encode_without_bos(&prompt).unwrap(), "{text:?}");
            compared += ids.len();
        }
    }
    assert!(compared > 30, "{compared}");
}
