//! The decoder on a device, a GPU where this build finds one and else candle's tensors on the processor: what it
//! answers, and that a group's numbers are its own.
//!
//! `architectures.rs` holds it to `transformers` as well; here are texts longer than a block and than a pass.

#![expect(clippy::unwrap_used, reason = "test code")]

#[path = "support/tiny_model.rs"]
mod tiny_model;

use std::path::{Path, PathBuf};

use polyclinic::engine::{
    Backend as _, Cancel, Device, DeviceName, EngineError, GenerationRequest, LocalBackend, Reader, Sampling,
    ScoreRequest, Scores,
};
use tiny_model::Shape;

fn tensors() -> Device {
    match Device::chosen().unwrap() {
        Device::Processor => Device::open(DeviceName::CpuTensors).unwrap(),
        gpu => gpu.clone(),
    }
}

fn model(folder: &Path, shape: &Shape) -> PathBuf {
    let path = folder.join(format!("{}.gguf", shape.architecture));
    tiny_model::write(&path, shape);
    path
}

/// So many tokens; another seed gives other ones.
fn tokens(seed: u32, count: usize) -> Vec<u32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % 256
    };
    std::iter::repeat_with(next).take(count).collect()
}

/// Requests that share their first tokens; each continuation has one to three.
fn group(shared: &[u32], seeds: std::ops::Range<u32>, own: usize) -> Vec<ScoreRequest> {
    let request = |seed: u32| ScoreRequest {
        prompt: [shared, &tokens(seed, own + seed as usize % 5)].concat(),
        continuations: (1..4).map(|length| tokens(seed + 100, length)).collect(),
    };
    seeds.map(request).collect()
}

fn score(backend: &mut LocalBackend, group: &[ScoreRequest]) -> Vec<Scores> {
    backend.score(group, &Cancel::default()).unwrap()
}

fn furthest(theirs: &[Scores], ours: &[Scores]) -> f64 {
    assert_eq!(theirs.len(), ours.len());
    let pairs = theirs.iter().zip(ours);
    let pairs = pairs.flat_map(|(a, b)| a.log_probabilities.iter().zip(&b.log_probabilities));
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn it_scores_as_the_processor_does_beyond_blocks_passes_and_windows() {
    let folder = tempfile::tempdir().unwrap();
    let start = tokens(1, 700);
    for shape in [Shape::llama(), Shape::qwen2(), Shape::gemma3()] {
        let path = model(folder.path(), &shape);
        let mut theirs = LocalBackend::load_on(&path, &Device::Processor).unwrap();
        let mut ours = LocalBackend::load_on(&path, &tensors()).unwrap();
        // Nothing shared, less than a block, several blocks, and with 16 times 90 own tokens more than a pass.
        for (shared, own) in [(0, 300), (50, 20), (300, 20), (700, 90)] {
            let group = group(&start[..shared], 0..16, own);
            let apart = furthest(&score(&mut theirs, &group), &score(&mut ours, &group));
            assert!(apart < 2e-4, "{}, {shared} shared: {apart}", shape.architecture);
        }
        let long = tokens(7, 1500);
        let logits = |backend: &mut LocalBackend| backend.next_logits(&long, &Cancel::default()).unwrap();
        let (theirs, ours) = (logits(&mut theirs), logits(&mut ours));
        let apart = theirs.iter().zip(&ours).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 2e-4, "{}: {apart}", shape.architecture);
    }
}

#[test]
fn a_group_has_the_same_bits_whatever_came_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = model(folder.path(), &Shape::gemma3());
    let start = tokens(1, 700);
    let groups = [
        group(&start[..300], 0..4, 30),
        group(&start[..300], 4..8, 30),
        // Shares less with the groups before it, then more, in and out of whole blocks.
        group(&start[..140], 8..12, 30),
        group(&start[..511], 12..16, 10),
        group(&start[..512], 16..20, 10),
        group(&start, 20..24, 10),
    ];
    let mut one_after_another = LocalBackend::load_on(&path, &tensors()).unwrap();
    for (number, group) in groups.iter().enumerate() {
        let resumed = score(&mut LocalBackend::load_on(&path, &tensors()).unwrap(), group);
        assert_eq!(score(&mut one_after_another, group), resumed, "group {number}");
        let prompt = &group[1].prompt;
        let logits = one_after_another.next_logits(prompt, &Cancel::default()).unwrap();
        let mut alone = LocalBackend::load_on(&path, &tensors()).unwrap();
        assert_eq!(
            alone.next_logits(prompt, &Cancel::default()).unwrap(),
            logits,
            "group {number}"
        );
        // What is written goes through in passes of one token and must not be kept.
        write(&mut one_after_another, &[&group[0].prompt]);
    }
}

fn write(backend: &mut LocalBackend, prompts: &[&[u32]]) -> Vec<Vec<u32>> {
    let request = |prompt: &&[u32]| GenerationRequest {
        prompt: prompt.to_vec(),
        most_tokens: 40,
        sampling: Sampling::default(),
        stops: Vec::new(),
    };
    let requests: Vec<GenerationRequest> = prompts.iter().map(request).collect();
    let written = backend.generate(&requests, &mut |_, _| {}, &Cancel::default()).unwrap();
    written.into_iter().map(|generation| generation.tokens).collect()
}

#[test]
fn it_writes_what_the_processor_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = model(folder.path(), &Shape::gemma3());
    let start = tokens(3, 200);
    let other = tokens(4, 9);
    let prompts: [&[u32]; 3] = [&start, &start[..150], &other];
    let theirs = write(&mut LocalBackend::load_on(&path, &Device::Processor).unwrap(), &prompts);
    let mut backend = LocalBackend::load_on(&path, &tensors()).unwrap();
    assert_eq!(write(&mut backend, &prompts), theirs);
    for (prompt, theirs) in prompts.iter().zip(&theirs) {
        assert_eq!(write(&mut backend, &[prompt]).remove(0), *theirs);
    }
}

#[test]
fn what_does_not_fit_is_refused_with_the_device_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = model(folder.path(), &Shape::llama());
    let refused = LocalBackend::load_for(&path, &tensors(), &|_| 1 << 60, &Cancel::default()).unwrap_err();
    assert!(matches!(refused, EngineError::Memory { need, .. } if need.tokens == 1 << 60 && need.weights > 0));
    assert!(refused.to_string().contains(&tensors().to_string()), "{refused}");
}

#[test]
fn loading_and_scoring_stop_on_request_and_go_on_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let path = model(folder.path(), &Shape::llama());
    let cancel = Cancel::default();
    let plan = |_: &dyn Reader| {
        cancel.cancel();
        64
    };
    let stopped = LocalBackend::load_for(&path, &tensors(), &plan, &cancel);
    assert!(matches!(stopped, Err(EngineError::Cancelled)));
    let group = group(&tokens(1, 300), 0..4, 10);
    let mut backend = LocalBackend::load_on(&path, &tensors()).unwrap();
    let before = score(&mut backend, &group);
    assert!(matches!(backend.score(&group, &cancel), Err(EngineError::Cancelled)));
    assert_eq!(score(&mut backend, &group), before);
}

#[test]
fn a_model_says_what_computes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = model(folder.path(), &Shape::llama());
    let on = |device: &Device| LocalBackend::load_on(&path, device).unwrap().facts().clone();
    let (processor, device) = (on(&Device::Processor), on(&tensors()));
    assert!(processor.device.starts_with("CPU, "), "{}", processor.device);
    assert_eq!(device.device, tensors().to_string());
    let (_, model) = device.device.split_once(", ").unwrap();
    assert_eq!(device.computed, format!("{model}; f32: 15"));
    assert!(!processor.computes_like(&device));
}
