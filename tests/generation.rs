//! Texts that models write: against `transformers`, beside each other, stopped and cancelled.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

#[path = "support/architectures.rs"]
mod archive;
mod golden_support;
#[path = "support/tiny_model.rs"]
mod tiny_model;

use std::num::NonZeroUsize;
use std::path::Path;

use polyclinic::engine::{
    Backend as _, Cancel, Device, DeviceName, Ending, EngineError, Generation, GenerationRequest, LocalBackend,
    Reader as _, Sampling, Written,
};
use polyclinic::prompts::PromptText;
use serde::Deserialize;
use tiny_model::Shape;
use unicode_segmentation::UnicodeSegmentation as _;

fn request(prompt: &[u32], most_tokens: usize) -> GenerationRequest {
    GenerationRequest {
        prompt: prompt.to_vec(),
        most_tokens,
        sampling: Sampling::default(),
        stops: Vec::new(),
    }
}

fn sampled(prompt: &[u32], most_tokens: usize, seed: u64) -> GenerationRequest {
    GenerationRequest {
        sampling: Sampling {
            temperature: 0.9,
            top_k: NonZeroUsize::new(100),
            top_p: 0.95,
            seed,
            ..Sampling::default()
        },
        ..request(prompt, most_tokens)
    }
}

/// Writes, and checks that what was told is what came of it.
fn write_all(backend: &mut LocalBackend, requests: &[GenerationRequest]) -> Vec<Generation> {
    let mut told = vec![(String::new(), None); requests.len()];
    let tell = &mut |number: usize, written: Written<'_>| match written {
        Written::Text(piece) => {
            let (text, end): &mut (String, Option<Generation>) = &mut told[number];
            assert!(end.is_none() && !piece.is_empty());
            text.push_str(piece);
        }
        Written::End(generation) => told[number].1 = Some(generation.clone()),
    };
    let generations = backend.generate(requests, tell, &Cancel::default()).unwrap();
    for ((text, end), generation) in told.iter().zip(&generations) {
        assert_eq!((text, end.as_ref()), (&generation.text, Some(generation)));
    }
    generations
}

fn write(backend: &mut LocalBackend, request: &GenerationRequest) -> Generation {
    write_all(backend, std::slice::from_ref(request)).remove(0)
}

fn tiny(folder: &Path, shape: &Shape) -> LocalBackend {
    let path = folder.join(format!("{}.gguf", shape.architecture));
    tiny_model::write(&path, shape);
    LocalBackend::load_on(&path, &Device::Processor).unwrap()
}

#[derive(Deserialize)]
struct Reference {
    prompt: Vec<u32>,
    tokens: Vec<u32>,
    ended: bool,
}

#[test]
fn the_likeliest_tokens_are_those_that_transformers_writes() {
    let folder = archive::unpack();
    let golden = serde_json::from_value(golden_support::golden("generation.json")).unwrap();
    let golden: std::collections::BTreeMap<String, Vec<Reference>> = golden;
    assert_eq!(golden.len(), 7);
    for (name, references) in golden {
        let tensors = Device::open(DeviceName::CpuTensors).unwrap();
        for (path, device) in [
            (folder.path().join(&name), &Device::Processor),
            (folder.path().join(&name).join("f32.gguf"), &Device::Processor),
            (folder.path().join(&name), &tensors),
        ] {
            // No memory is planned, so that what these requests take is all there is.
            let mut backend = LocalBackend::load_for(&path, device, &|_| 1, &Cancel::default()).unwrap();
            let requests: Vec<GenerationRequest> = references
                .iter()
                .map(|reference| {
                    let mut request = request(&reference.prompt, 30);
                    request.sampling.repetition_penalty = 1.5;
                    request
                })
                .collect();
            for (generation, reference) in write_all(&mut backend, &requests).iter().zip(&references) {
                let ending = if reference.ended {
                    Ending::Finished
                } else {
                    Ending::Limit
                };
                assert_eq!(generation.tokens, reference.tokens, "{}, {device}", path.display());
                assert_eq!(generation.ending, ending, "{}, {device}", path.display());
            }
        }
    }
}

#[test]
fn a_sequence_is_the_same_beside_others_and_alone() {
    let folder = tempfile::tempdir().unwrap();
    for shape in [Shape::llama(), Shape::qwen2(), Shape::gemma3()] {
        let shared: Vec<u32> = (0..30).map(|place| place * 7 % 250).collect();
        let requests: Vec<GenerationRequest> = (0..8u32)
            .map(|number| {
                let mut prompt = shared.clone();
                prompt.extend((0..number * 5).map(|place| (place * 11 + number) % 250));
                sampled(&prompt, 10 + 9 * number as usize, number.into())
            })
            .collect();
        let together = write_all(&mut tiny(folder.path(), &shape), &requests);
        let mut one_by_one = tiny(folder.path(), &shape);
        for (request, expected) in requests.iter().zip(&together) {
            assert_eq!(&write(&mut one_by_one, request), expected, "{}", shape.architecture);
        }
        let different: std::collections::BTreeSet<_> = together.iter().flat_map(|one| &one.tokens).collect();
        assert!(different.len() > 50, "the models write something");
    }
}

#[test]
fn a_seed_repeats_and_another_writes_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let mut backend = tiny(folder.path(), &Shape::llama());
    let mut with_seed = |seed| write(&mut backend, &sampled(&[256, 72, 105], 40, seed)).tokens;
    assert_eq!(with_seed(1), with_seed(1));
    assert_ne!(with_seed(1), with_seed(2));
}

#[test]
fn going_on_from_what_was_written_is_as_if_never_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let mut backend = tiny(folder.path(), &Shape::gemma3());
    let prompt: Vec<u32> = (0..20).collect();
    let whole = write(&mut backend, &request(&prompt, 60)).tokens;
    let first = write(&mut backend, &request(&prompt, 25)).tokens;
    let longer = [&prompt[..], &first].concat();
    let rest = write(&mut backend, &request(&longer, 35)).tokens;
    assert_eq!([first, rest].concat(), whole);
}

#[test]
fn a_stop_string_ends_the_text_before_it_though_tokens_cut_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut backend = tiny(folder.path(), &Shape::llama());
    // Every token is a byte.
    let whole = write(&mut backend, &sampled(&[256, 72, 105], 80, 5));
    let letters: Vec<char> = whole.text.chars().collect();
    let stop: String = letters[20..24].iter().collect();
    let place = whole.text.find(&stop).unwrap();
    let mut request = sampled(&[256, 72, 105], 80, 5);
    request.stops = vec!["no such text".to_owned(), stop.clone()];
    let stopped = write(&mut backend, &request);
    assert_eq!(stopped.text, whole.text[..place]);
    assert_eq!(stopped.ending, Ending::Stop(stop));
    assert!(whole.tokens.starts_with(&stopped.tokens) && stopped.tokens.len() < whole.tokens.len());
}

#[test]
fn a_control_token_among_the_stop_strings_ends_the_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut backend = tiny(folder.path(), &Shape::llama());
    let writes_it = |seed| {
        let asked = sampled(&[256, 72, 105], 200, seed);
        write(&mut backend, &asked).tokens.contains(&256).then_some(asked)
    };
    let mut asked = (0..100).find_map(writes_it).unwrap();
    asked.stops = vec!["<s>".to_owned()];
    let stopped = write(&mut backend, &asked);
    assert_eq!(stopped.ending, Ending::Stop("<s>".to_owned()));
    assert!(!stopped.text.contains("<s>"));
}

#[test]
fn limits_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let shape = Shape {
        context_length: 40,
        ..Shape::llama()
    };
    let mut backend = tiny(folder.path(), &shape);
    let prompt: Vec<u32> = (0..30).collect();
    let cut = write(&mut backend, &request(&prompt, 5));
    assert_eq!((cut.tokens.len(), cut.ending), (5, Ending::Limit));
    let full = write(&mut backend, &request(&prompt, 50));
    assert_eq!((full.tokens.len(), full.ending), (10, Ending::ContextFull));
    let none = write(&mut backend, &request(&prompt, 0));
    assert_eq!((none.tokens.len(), none.ending), (0, Ending::Limit));
}

#[test]
fn a_cancelled_text_is_what_was_written_by_then() {
    let folder = tempfile::tempdir().unwrap();
    let mut backend = tiny(folder.path(), &Shape::llama());
    let requests = [sampled(&[256, 72], 60, 1), sampled(&[256, 72, 105], 60, 2)];
    let whole = write_all(&mut backend, &requests);
    let cancel = Cancel::default();
    let mut pieces = 0;
    let mut tell = |_: usize, _: Written<'_>| {
        pieces += 1;
        if pieces == 20 {
            cancel.cancel();
        }
    };
    let cut = backend.generate(&requests, &mut tell, &cancel).unwrap();
    for (cut, whole) in cut.iter().zip(&whole) {
        assert_eq!(cut.ending, Ending::Cancelled);
        assert!(whole.tokens.starts_with(&cut.tokens) && !cut.tokens.is_empty() && cut.tokens.len() < 40);
    }
    let at_once = backend.generate(&requests, &mut |_, _| {}, &cancel).unwrap();
    assert!(
        at_once
            .iter()
            .all(|one| one.tokens.is_empty() && one.ending == Ending::Cancelled)
    );
    assert_eq!(write_all(&mut backend, &requests), whole);
}

#[test]
fn requests_that_cannot_be_written_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shape = Shape {
        context_length: 32,
        ..Shape::llama()
    };
    let mut backend = tiny(folder.path(), &shape);
    let good = request(&[1], 2);
    let mut stop = good.clone();
    stop.stops = vec![String::new()];
    let mut temperature = good.clone();
    temperature.sampling.temperature = -1.0;
    for bad in [
        request(&[], 2),
        request(&[999], 2),
        request(&[1; 32], 2),
        stop,
        temperature,
    ] {
        let error = backend.generate(&[good.clone(), bad], &mut |_, _| {}, &Cancel::default());
        assert!(matches!(error, Err(EngineError::Request { request: 1, .. })));
    }
    assert!(write_all(&mut backend, &[]).is_empty());
}

/// A model of the packaged ones, where it is in the cache.
fn packaged(name: &str) -> Option<LocalBackend> {
    golden_support::model(name).map(|path| LocalBackend::load_on(&path, &Device::Processor).unwrap())
}

#[test]
fn arabic_comes_in_whole_characters() {
    let Some(mut backend) = packaged("gemma-3-270m") else {
        return;
    };
    let mut prompt = PromptText::default();
    prompt.push_plain("بِسْمِ اللَّهِ الرَّحْمَنِ");
    let prompt = backend.tokenize(&prompt).unwrap();
    let requests = [request(&prompt, 40), sampled(&prompt, 40, 3)];
    let mut pieces = vec![Vec::new(); 2];
    let mut tell = |number: usize, written: Written<'_>| {
        if let Written::Text(piece) = written {
            pieces[number].push(piece.to_owned());
        }
    };
    let generations = backend.generate(&requests, &mut tell, &Cancel::default()).unwrap();
    for (pieces, generation) in pieces.iter().zip(&generations) {
        eprintln!("{pieces:?}");
        assert_eq!(pieces.concat(), generation.text);
        assert!(
            generation
                .text
                .chars()
                .any(|letter| ('\u{600}'..'\u{700}').contains(&letter))
        );
        assert!(!generation.text.contains(char::REPLACEMENT_CHARACTER));
        let graphemes: usize = pieces.iter().map(|piece| piece.graphemes(true).count()).sum();
        assert_eq!(graphemes, generation.text.graphemes(true).count());
    }
}

#[test]
fn a_chat_model_ends_its_turn_by_itself() {
    let Some(mut backend) = packaged("smollm2-135m") else {
        return;
    };
    let mut turn = PromptText::default();
    turn.push_plain("What is the capital of France? Answer in one sentence.");
    let template = backend.chat_template().unwrap().unwrap();
    let prompt = backend.tokenize(&template.render_user_turn(&turn).unwrap()).unwrap();
    let generation = write(&mut backend, &request(&prompt, 200));
    assert_eq!(generation.ending, Ending::Finished);
    assert!(generation.text.contains("Paris"), "{}", generation.text);
}
