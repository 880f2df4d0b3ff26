//! Model files that are not what they should be, and the backend on tiny models written here.

#![expect(clippy::unwrap_used, reason = "test code")]

#[path = "support/tiny_model.rs"]
mod tiny_model;

use std::path::{Path, PathBuf};

use polyclinic::engine::memory::MemoryNeed;
use polyclinic::engine::{
    Backend, Cancel, Device, EngineError, GenerationRequest, LocalBackend, Reader, Sampling, ScoreRequest,
};
use polyclinic::models::gguf::{GgufError, GgufFile};
use polyclinic::prompts::PromptText;
use proptest::prelude::*;
use tiny_model::Shape;

fn save(folder: &tempfile::TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("model.gguf");
    std::fs::write(&path, bytes).unwrap();
    path
}

fn load_error(bytes: &[u8]) -> EngineError {
    let folder = tempfile::tempdir().unwrap();
    let path = save(&folder, bytes);
    let error = LocalBackend::load(&path).unwrap_err();
    let message = error.to_string();
    assert!(message.contains("model.gguf"), "the message names the file: {message}");
    error
}

#[test]
fn a_truncated_file_says_how_much_is_missing() {
    let bytes = tiny_model::bytes(&Shape::llama());
    let error = load_error(&bytes[..bytes.len() - 1000]);
    assert!(matches!(error, EngineError::File(GgufError::Truncated { needed, size, .. }) if needed - size == 1000));
    assert!(error.to_string().contains("1000 bytes are missing"));
    let error = load_error(&bytes[..700]);
    assert!(matches!(error, EngineError::File(GgufError::HeaderEnds { .. })));
}

#[test]
fn other_files_are_told_apart() {
    for (bytes, expected) in [
        (&b"This is a letter to the reader.\n"[..], "it is a text file"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        (b"PK\x03\x04\x00\x00", "zip archive"),
        (b"", "it is empty"),
        (b"GGUF\x09\x00\x00\x00", "version 9"),
    ] {
        let message = load_error(bytes).to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn an_unknown_architecture_is_named_beside_the_known_ones() {
    let bytes = tiny_model::bytes(&Shape {
        architecture: "mamba",
        ..Shape::llama()
    });
    let error = load_error(&bytes);
    assert!(matches!(&error, EngineError::UnknownArchitecture { name, .. } if name == "mamba"));
    assert!(error.to_string().contains("llama, qwen2, qwen2moe"));
}

#[test]
fn a_file_without_a_tokenizer_is_refused() {
    let bytes = tiny_model::bytes(&Shape {
        without_tokenizer: true,
        ..Shape::llama()
    });
    assert!(matches!(load_error(&bytes), EngineError::NoTokenizer { .. }));
}

#[test]
fn tensors_must_fit_the_settings() {
    // The feed-forward width of the settings doubled, the tensors left as they are.
    let mut bytes = tiny_model::bytes(&Shape::llama());
    let key = b"llama.feed_forward_length";
    let at = bytes.windows(key.len()).position(|window| window == key).unwrap() + key.len() + 4;
    bytes[at..at + 4].copy_from_slice(&192u32.to_le_bytes());
    assert!(matches!(load_error(&bytes), EngineError::Shape { .. }));
}

#[test]
fn a_model_too_large_for_memory_is_refused_with_the_figures() {
    // A context so long that no machine holds its keys and values would do; the check itself is what is tested.
    let folder = tempfile::tempdir().unwrap();
    let file = GgufFile::open(&save(&folder, &tiny_model::bytes(&Shape::llama()))).unwrap();
    let need = MemoryNeed::of(&file, 1 << 60).unwrap();
    let message = need.check(&file, &Device::Processor).unwrap_err().to_string();
    for part in [
        "more memory (weights 0.00 GB",
        "keys and values of 1152921504606846976 tokens",
        "is free",
    ] {
        assert!(message.contains(part), "{message}");
    }
    MemoryNeed::of(&file, 4096)
        .unwrap()
        .check(&file, &Device::Processor)
        .unwrap();
}

#[test]
fn a_model_whose_plan_does_not_fit_is_refused_and_one_that_grows_too_far_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let shape = Shape {
        context_length: 1 << 27,
        ..Shape::llama()
    };
    let path = save(&folder, &tiny_model::bytes(&shape));
    let refused = LocalBackend::load_for(&path, &Device::Processor, &|_| 1 << 60, &Cancel::default()).unwrap_err();
    assert!(matches!(refused, EngineError::Memory { need, .. } if need.tokens == 1 << 60));
    let mut backend = LocalBackend::load_on(&path, &Device::Processor).unwrap();
    let one = GenerationRequest {
        prompt: vec![1],
        most_tokens: 1 << 27,
        sampling: Sampling::default(),
        stops: Vec::new(),
    };
    let many = vec![one; 1 << 12];
    let refused = backend.generate(&many, &mut |_, _| {}, &Cancel::default());
    assert!(matches!(refused, Err(EngineError::Memory { .. })));
}

#[test]
fn loading_stops_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let path = save(&folder, &tiny_model::bytes(&Shape::llama()));
    let cancel = Cancel::default();
    let plan = |_: &dyn Reader| {
        cancel.cancel();
        64
    };
    let stopped = LocalBackend::load_for(&path, &Device::Processor, &plan, &cancel);
    assert!(matches!(stopped, Err(EngineError::Cancelled)));
}

#[test]
fn the_header_is_summed_up() {
    let folder = tempfile::tempdir().unwrap();
    let summary = GgufFile::open(&save(&folder, &tiny_model::bytes(&Shape::qwen2())))
        .unwrap()
        .summary()
        .unwrap();
    assert_eq!(
        (summary.architecture.as_str(), summary.quantization.as_str()),
        ("qwen2", "F32")
    );
    assert_eq!(summary.context_length, Some(4096));
    assert_eq!(summary.tokenizer.as_deref(), Some("gpt2"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_flip_or_cut_makes_it_panic(flips in prop::collection::vec((0usize..8000, any::<u8>()), 1..4), cut in any::<prop::sample::Index>(), cuts: bool) {
        let mut bytes = tiny_model::bytes(&Shape::gemma3());
        for (at, value) in flips {
            bytes[at] ^= value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        if let Ok(mut backend) = LocalBackend::load(&save(&folder, &bytes)) {
            let mut prompt = PromptText::default();
            prompt.push_plain("any text");
            if let Ok(ids) = backend.tokenize(&prompt) {
                let _ = backend.next_logits(&ids, &Cancel::default());
            }
        }
    }
}

fn backend(folder: &Path, shape: &Shape) -> LocalBackend {
    let path = folder.join(format!("{}.gguf", shape.architecture));
    tiny_model::write(&path, shape);
    LocalBackend::load_on(&path, &Device::Processor).unwrap()
}

fn request(prompt: &[u32], continuations: &[&[u32]]) -> ScoreRequest {
    ScoreRequest {
        prompt: prompt.to_vec(),
        continuations: continuations.iter().map(|c| c.to_vec()).collect(),
    }
}

/// Prompts that share 40 tokens and go on for different lengths, with continuations of one to three tokens.
fn group() -> Vec<ScoreRequest> {
    let shared: Vec<u32> = (0..40).map(|i| i * 7 % 250).collect();
    (1..12u32)
        .map(|length| {
            let mut prompt = shared.clone();
            prompt.extend((0..length * 3).map(|i| (i * 11 + length) % 250));
            request(&prompt, &[&[65], &[216, 163], &[216, 168], &[66, 67, 68], &[216]])
        })
        .collect()
}

#[test]
fn packed_forked_and_alone_agree_bit_by_bit() {
    let folder = tempfile::tempdir().unwrap();
    for shape in [Shape::llama(), Shape::qwen2(), Shape::gemma3()] {
        let group = group();
        let packed = backend(folder.path(), &shape)
            .score(&group, &Cancel::default())
            .unwrap();
        let mut one_by_one = backend(folder.path(), &shape);
        for (request, expected) in group.iter().zip(&packed) {
            // Alone in a fresh model, and alone in one that keeps the start of the request before.
            let fresh = backend(folder.path(), &shape)
                .score(std::slice::from_ref(request), &Cancel::default())
                .unwrap();
            let kept = one_by_one
                .score(std::slice::from_ref(request), &Cancel::default())
                .unwrap();
            assert_eq!((&fresh[0], &kept[0]), (expected, expected), "{}", shape.architecture);
        }
        let mut reversed: Vec<_> = group.clone();
        reversed.reverse();
        let mut backwards = one_by_one.score(&reversed, &Cancel::default()).unwrap();
        backwards.reverse();
        assert_eq!(backwards, packed, "{}", shape.architecture);
    }
}

#[test]
fn a_long_continuation_is_the_sum_of_its_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let mut backend = backend(folder.path(), &Shape::llama());
    let mut prompt: Vec<u32> = (0..50).collect();
    let whole = backend
        .score(&[request(&prompt, &[&[10, 20, 30]])], &Cancel::default())
        .unwrap();
    let mut sum = 0.0;
    for token in [10, 20, 30] {
        sum += backend
            .score(&[request(&prompt, &[&[token]])], &Cancel::default())
            .unwrap()[0]
            .log_probabilities[0];
        prompt.push(token);
    }
    assert!((whole[0].log_probabilities[0] - sum).abs() < 1e-9);
}

#[test]
fn probabilities_sum_to_one() {
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<Vec<u32>> = (0..tiny_model::VOCABULARY as u32).map(|token| vec![token]).collect();
    let request = ScoreRequest {
        prompt: vec![256, 72, 105],
        continuations: all,
    };
    let scores = backend(folder.path(), &Shape::gemma3())
        .score(&[request], &Cancel::default())
        .unwrap();
    let sum: f64 = scores[0].log_probabilities.iter().map(|p| p.exp()).sum();
    assert!((sum - 1.0).abs() < 1e-5, "{sum}");
}

#[test]
fn requests_that_cannot_be_scored_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut backend = backend(
        folder.path(),
        &Shape {
            context_length: 64,
            ..Shape::llama()
        },
    );
    let long: Vec<u32> = vec![1; 64];
    for bad in [
        request(&[], &[&[1]]),
        request(&[1], &[&[]]),
        request(&[999], &[&[1]]),
        request(&long, &[&[1]]),
    ] {
        assert!(matches!(
            backend.score(&[bad], &Cancel::default()),
            Err(EngineError::Request { request: 0, .. })
        ));
    }
    assert_eq!(backend.score(&[], &Cancel::default()).unwrap(), []);
}

#[test]
fn a_stopped_backend_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut stopped = backend(folder.path(), &Shape::llama());
    let cancel = Cancel::default();
    cancel.cancel();
    assert!(matches!(stopped.score(&group(), &cancel), Err(EngineError::Cancelled)));
    let after = stopped.score(&group(), &Cancel::default()).unwrap();
    assert_eq!(
        after,
        backend(folder.path(), &Shape::llama())
            .score(&group(), &Cancel::default())
            .unwrap()
    );
}

#[test]
fn special_tokens_count_in_markup_only_and_bos_is_not_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let backend = backend(folder.path(), &Shape::llama());
    let mut plain = PromptText::default();
    plain.push_plain("</s>");
    assert_eq!(backend.tokenize(&plain).unwrap(), [256, 60, 47, 115, 62]);
    let mut markup = PromptText::default();
    markup.push_markup("<s>a");
    markup.push_plain("</s>");
    markup.push_markup("</s>");
    assert_eq!(backend.tokenize(&markup).unwrap(), [256, 97, 60, 47, 115, 62, 257]);
    // A token that only comes about across the border of two pieces is text.
    let mut split = PromptText::default();
    split.push_markup("</");
    split.push_plain("s>");
    assert_eq!(backend.tokenize(&split).unwrap(), [256, 60, 47, 115, 62]);
}
