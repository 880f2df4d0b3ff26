//! Real questions get the same bits in groups and one by one, on a real model.
//!
//! `tests/architectures.rs` and `tests/engine_files.rs` show the same on tiny models. The questions lie beside the
//! repository and the model in the cache; without them a test says so and passes.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

mod golden_support;

use std::path::Path;

use polyclinic::engine::{Backend as _, Cancel, Device, LocalBackend, Reader as _, ScoreRequest, Scores};
use polyclinic::prompts::PromptText;

const GROUP: usize = 16;
const LETTERS: [&str; 4] = ["A", "B", "C", "D"];

/// A question with its options, after an instruction that all share.
fn request(backend: &LocalBackend, line: &str) -> ScoreRequest {
    let item: serde_json::Value = serde_json::from_str(line).unwrap();
    let mut text = "Answer the question with the letter of the right option.\n\n".to_owned();
    text.push_str(item["question"].as_str().unwrap());
    for (letter, option) in LETTERS.iter().zip(item["options"].as_array().unwrap()) {
        text.push_str(&format!("\n{letter}. {}", option.as_str().unwrap()));
    }
    let tokens = |text: &str| {
        let mut prompt = PromptText::default();
        prompt.push_plain(text);
        backend.tokenize(&prompt).unwrap()
    };
    let prompt = tokens(&format!("{text}\nAnswer:"));
    // What stands behind the prompt in the tokens of both; a letter alone would be cut otherwise.
    let continuation = |letter: &&str| {
        let whole = tokens(&format!("{text}\nAnswer: {letter}"));
        whole.get(prompt.len()..).unwrap_or_default().to_vec()
    };
    let continuations = LETTERS.iter().map(continuation).collect();
    ScoreRequest { prompt, continuations }
}

/// The number of the likeliest option.
fn choice(scores: &Scores) -> usize {
    let scores = &scores.log_probabilities;
    (0..scores.len())
        .max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))
        .unwrap()
}

/// Scores so many questions in groups and alone.
fn compare(count: usize) {
    let questions = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/medmcqa.en.jsonl");
    let (Ok(questions), Some(model)) = (
        std::fs::read_to_string(&questions),
        golden_support::model("smollm2-135m"),
    ) else {
        eprintln!("skipped: the model or {} is absent", questions.display());
        return;
    };
    // A GPU gives other bits in another group.
    let load = || LocalBackend::load_on(&model, &Device::Processor).unwrap();
    let (mut grouped, mut alone) = (load(), load());
    let requests: Vec<ScoreRequest> = questions
        .lines()
        .take(count)
        .map(|line| request(&grouped, line))
        .collect();
    assert_eq!(requests.len(), count);
    let (mut same_bits, mut same_choice) = (0, 0);
    for group in requests.chunks(GROUP) {
        let together = grouped.score(group, &Cancel::default()).unwrap();
        for (request, together) in group.iter().zip(together) {
            // What the call before kept is no use here, so that the prompt is computed from its start.
            let other = ScoreRequest {
                prompt: vec![1],
                continuations: vec![vec![1]],
            };
            alone.score(&[other], &Cancel::default()).unwrap();
            let single = alone.score(std::slice::from_ref(request), &Cancel::default()).unwrap();
            same_bits += usize::from(single[0] == together);
            same_choice += usize::from(choice(&single[0]) == choice(&together));
        }
    }
    eprintln!("{count} questions: {same_choice} with the same choice, {same_bits} with the same bits");
    assert_eq!((same_choice, same_bits), (count, count));
}

#[test]
fn real_questions_get_the_same_bits_in_groups_and_alone() {
    compare(32);
}

#[test]
#[ignore = "takes minutes: cargo test --release --test grouping -- --ignored --nocapture"]
fn two_thousand_real_questions_get_the_same_bits_in_groups_and_alone() {
    compare(2000);
}
