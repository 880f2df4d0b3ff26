//! The same numbers as lm-evaluation-harness: prompts byte for byte, token ids, log-likelihoods and scores.
//!
//! `golden/lm_eval_parity.py` made the golden values and says how. The first test stands on questions in the repository
//! and needs nothing; the others need the real questions in `../shared/data` and the packaged models, and say so and pass
//! where those are absent. The last one asks the models, which takes long:
//!
//!     cargo test --release --test parity -- --ignored --nocapture

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "test code")]

mod golden_support;

use std::path::{Path, PathBuf};

use golden_support::{folder, golden, model};
use polyclinic::benchmarks::import::{self, ImportOptions};
use polyclinic::benchmarks::{Item, ItemFields};
use polyclinic::engine::{Backend as _, Cancel, Device, LocalBackend, ScoreRequest};
use polyclinic::prompts::{Normalisation, Protocol, ScoredPrompt, known, scored_prompt, shots};
use polyclinic::scoring::likelihood;
use polyclinic::stats::{mean, standard_error};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Items put together in one pass.
const GROUP: usize = 8;

/// Our protocol for a task of the harness.
fn protocol(task: &str, shots: usize) -> Protocol {
    let name = match task {
        "medqa_4options" => "medqa",
        "headqa_en" => "headqa",
        task if task.starts_with("mmlu_") => "mmlu",
        task if task.starts_with("global_mmlu") => "global-mmlu",
        task => task,
    };
    Protocol {
        shots,
        ..known::find(name).unwrap().clone()
    }
}

/// Every item with its examples, put as the protocol says.
fn prompts(items: &[Item], examples: &[Item], protocol: &Protocol) -> Vec<ScoredPrompt> {
    let items: Vec<&Item> = items.iter().collect();
    let examples: Vec<&Item> = examples.iter().collect();
    let shots = shots(&items, &items, &examples, protocol);
    let put = |(item, shots): (&&Item, Vec<&Item>)| scored_prompt(item, &shots, protocol, None).unwrap();
    items.iter().zip(shots).map(put).collect()
}

/// For each item whether the likeliest option is right, as 1 or 0.
fn right(items: &[Item], prompts: &[ScoredPrompt], sums: &[Vec<f64>], by: Normalisation) -> Vec<f64> {
    let asked = items.iter().zip(prompts).zip(sums);
    let right = asked.map(|((item, prompt), sums)| {
        let values = likelihood::normalised(sums, by, &prompt.answers, &[]);
        likelihood::choice(&values).is_some_and(|choice| item.is_right(choice))
    });
    right.map(|right| f64::from(u8::from(right))).collect()
}

/// Compares scores with the harness's, all digits, and with what it printed. Returns how many metrics there are.
fn compare_scores(
    items: &[Item],
    prompts: &[ScoredPrompt],
    sums: &[Vec<f64>],
    results: &Map<String, Value>,
    table: &[String],
) -> usize {
    let mut metrics = 0;
    for (name, by) in [("acc", Normalisation::Sum), ("acc_norm", Normalisation::Character)] {
        let Some(theirs) = results.get(&format!("{name},none")) else {
            continue;
        };
        let values = right(items, prompts, sums, by);
        let (mean, error) = (mean(&values).unwrap(), standard_error(&values).unwrap());
        assert_eq!(mean, theirs.as_f64().unwrap(), "{name}");
        // Python squares by `pow`, which may differ in the last of seventeen digits.
        let difference = error - results[&format!("{name}_stderr,none")].as_f64().unwrap();
        assert!(difference.abs() < 1e-15, "{name}: {difference}");
        // Its table leaves out zeros at the end of a number.
        let printed = [mean, error].map(|value| format!("{value:.4}").parse::<f64>().unwrap());
        let row = |line: &String| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let has = |value: &f64| cells.iter().any(|cell| cell.parse() == Ok(*value));
            cells.contains(&name) && printed.iter().all(has)
        };
        assert!(table.iter().any(row), "{name}: {printed:?} in {table:#?}");
        metrics += 1;
    }
    metrics
}

#[derive(Deserialize)]
struct Written {
    task: String,
    shots: usize,
    results: Map<String, Value>,
    table: Vec<String>,
    items: Vec<WrittenItem>,
}

#[derive(Deserialize)]
struct WrittenItem {
    prompt: String,
    continuations: Vec<String>,
    log_likelihoods: Vec<f64>,
}

#[test]
fn prompts_and_scores_of_written_questions_are_those_of_the_harness() {
    let import = import::read(&folder().join("lm_eval/rows.jsonl"), &ImportOptions::default()).unwrap();
    assert!(import.rejected.is_empty(), "{:?}", import.rejected);
    let entries: Vec<Written> = serde_json::from_value(golden("lm_eval/written.json")).unwrap();
    assert_eq!(entries.len(), 12);
    for entry in entries {
        let (task, shots) = (&entry.task, entry.shots);
        let language = if task.starts_with("global_mmlu") { "ar" } else { "en" };
        let of = |items: &[Item]| -> Vec<Item> {
            let chosen = items.iter().filter(|item| item.key.language.tag() == language);
            chosen
                .map(|item| {
                    if task == "pubmedqa" {
                        as_decision(item)
                    } else {
                        item.clone()
                    }
                })
                .collect()
        };
        let (items, examples) = (of(&import.items), of(&import.examples));
        let prompts = prompts(&items, &examples, &protocol(task, shots));
        assert_eq!(prompts.len(), entry.items.len(), "{task}");
        for (ours, theirs) in prompts.iter().zip(&entry.items) {
            assert_eq!(ours.text.to_plain_string(), theirs.prompt, "{task}, {shots} shots");
            assert_eq!(ours.continuations, theirs.continuations, "{task}, {shots} shots");
        }
        let sums: Vec<Vec<f64>> = entry.items.iter().map(|item| item.log_likelihoods.clone()).collect();
        assert!(compare_scores(&items, &prompts, &sums, &entry.results, &entry.table) > 0);
    }
}

/// The question with yes, no and maybe as its options, as the script makes it.
fn as_decision(item: &Item) -> Item {
    let right = item.right.iter().map(|right| right % 3).collect();
    let options = ["yes", "no", "maybe"].map(str::to_owned).to_vec();
    let fields = item.clone().into_fields();
    Item::new(ItemFields {
        options,
        right,
        ..fields
    })
    .unwrap()
}

/// One combination of model, task and shots.
#[derive(Deserialize)]
struct Real {
    model: String,
    task: String,
    shots: usize,
    file: String,
    subject: Option<String>,
    #[serde(default)]
    results: Map<String, Value>,
    #[serde(default)]
    table: Vec<String>,
    /// Id, hash of the prompt, hash of the token ids, log-likelihoods.
    items: Vec<(String, String, String, Vec<f64>)>,
}

fn real() -> Vec<Real> {
    let entries = std::fs::read_dir(folder().join("lm_eval")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let named = |path: &PathBuf| path.extension().is_some_and(|end| end == "json") && !path.ends_with("written.json");
    paths.retain(named);
    paths.sort();
    let read = |path: &PathBuf| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    paths.iter().map(read).collect()
}

/// The real items and examples of a combination, or nothing, said aloud, where the data is absent.
fn real_items(entry: &Real) -> Option<(Vec<Item>, Vec<Item>)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(format!("{}.jsonl", entry.file));
    if !path.exists() {
        eprintln!("skipped for {}: {} is absent", entry.task, path.display());
        return None;
    }
    let import = import::read(&path, &ImportOptions::default()).unwrap();
    let mut items = import.items;
    items.retain(|item| entry.subject.is_none() || item.subject == entry.subject);
    let asked = entry.items.len();
    let examples = match entry.subject {
        Some(_) => items.split_off(items.len() - 5),
        None => items.iter().skip(asked).take(asked).cloned().collect(),
    };
    items.truncate(asked);
    Some((items, examples))
}

fn digits(data: &[u8]) -> String {
    let digest = Sha256::digest(data);
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn hash_of_ids(request: &ScoreRequest) -> String {
    let mut bytes = Vec::new();
    for ids in std::iter::once(&request.prompt).chain(&request.continuations) {
        bytes.extend(u32::try_from(ids.len()).unwrap().to_le_bytes());
        bytes.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
    }
    digits(&bytes)
}

#[test]
fn prompts_and_token_ids_of_real_questions_are_those_of_the_harness() {
    let entries = real();
    assert!(!entries.is_empty());
    for name in ["SmolLM2-135M-Instruct", "gemma-3-270m"] {
        let Some(path) = model(name) else { continue };
        let backend = LocalBackend::load_on(&path, &Device::Processor).unwrap();
        for entry in entries.iter().filter(|entry| entry.model == name) {
            let Some((items, examples)) = real_items(entry) else {
                continue;
            };
            let prompts = prompts(&items, &examples, &protocol(&entry.task, entry.shots));
            let ids: Vec<&str> = items.iter().map(|item| item.key.id.as_str()).collect();
            assert_eq!(ids, entry.items.iter().map(|(id, ..)| id).collect::<Vec<_>>());
            for (prompt, (id, text, tokens, _)) in prompts.iter().zip(&entry.items) {
                let place = format!("{name}, {}, {} shots, {id}", entry.task, entry.shots);
                assert_eq!(&digits(prompt.text.to_plain_string().as_bytes()), text, "{place}");
                assert_eq!(
                    &hash_of_ids(&likelihood::request(&backend, prompt).unwrap()),
                    tokens,
                    "{place}"
                );
            }
            println!(
                "{name}, {}, {} shots: {} prompts and ids equal",
                entry.task,
                entry.shots,
                items.len()
            );
        }
    }
}

#[test]
fn scores_of_real_log_likelihoods_are_those_of_the_harness() {
    for entry in real().iter().filter(|entry| !entry.results.is_empty()) {
        let Some((items, examples)) = real_items(entry) else {
            continue;
        };
        let prompts = prompts(&items, &examples, &protocol(&entry.task, entry.shots));
        let sums: Vec<Vec<f64>> = entry.items.iter().map(|(.., values)| values.clone()).collect();
        assert!(compare_scores(&items, &prompts, &sums, &entry.results, &entry.table) > 0);
    }
}

/// Prints a row of the parity table for each combination that the harness scored.
///
/// Both engines round what goes into a product to 8 bits, each its own way. Where a model is very sure, as SmolLM2 is of
/// no letter, that moves a log-likelihood by a quarter of a nat: as far from the same weights in f32 as from each other.
/// On the quantized files the bound on the difference is therefore not met yet.
///
/// `POLYCLINIC_PARITY` chooses those whose name has it: `gemma`, `medmcqa.0`.
#[test]
#[ignore = "asks the models thousands of questions"]
fn log_likelihoods_are_those_of_the_harness() {
    let wanted = std::env::var("POLYCLINIC_PARITY").unwrap_or_default();
    println!("| model | task | shots | n | mean difference | same answer | acc there | acc here |");
    println!("|---|---|---|---|---|---|---|---|");
    let mut all = Vec::new();
    for entry in real().iter().filter(|entry| !entry.results.is_empty()) {
        if !format!("{}.{}.{}", entry.model, entry.task, entry.shots).contains(&wanted) {
            continue;
        }
        let (Some(path), Some((items, examples))) = (model(&entry.model), real_items(entry)) else {
            continue;
        };
        let mut backend = LocalBackend::load_on(&path, &Device::Processor).unwrap();
        let prompts = prompts(&items, &examples, &protocol(&entry.task, entry.shots));
        let requests = prompts
            .iter()
            .map(|prompt| likelihood::request(&backend, prompt).unwrap());
        let requests: Vec<ScoreRequest> = requests.collect();
        let mut ours: Vec<Vec<f64>> = Vec::new();
        for group in requests.chunks(GROUP) {
            let scores = backend.score(group, &Cancel::default()).unwrap();
            ours.extend(scores.into_iter().map(|scores| scores.log_probabilities));
        }
        let theirs: Vec<&Vec<f64>> = entry.items.iter().map(|(.., values)| values).collect();
        let pairs = theirs
            .iter()
            .zip(&ours)
            .flat_map(|(theirs, ours)| theirs.iter().zip(ours));
        let differences: Vec<f64> = pairs.map(|(theirs, ours)| (theirs - ours).abs()).collect();
        let choices = theirs
            .iter()
            .zip(&ours)
            .map(|(theirs, ours)| likelihood::choice(theirs) == likelihood::choice(ours));
        let same = choices.filter(|same| *same).count() as f64 / items.len() as f64;
        let difference = mean(&differences).unwrap();
        let acc = mean(&right(&items, &prompts, &ours, Normalisation::Sum)).unwrap();
        println!(
            "| {} | {} | {} | {} | {difference:.4} | {:.1}% | {:.4} | {acc:.4} |",
            entry.model,
            entry.task,
            entry.shots,
            items.len(),
            100.0 * same,
            entry.results["acc,none"].as_f64().unwrap(),
        );
        all.push((difference, same, items.len()));
    }
    let count: usize = all.iter().map(|(.., count)| count).sum();
    let weighted = |value: fn(&(f64, f64, usize)) -> f64| -> f64 {
        all.iter().map(|entry| value(entry) * entry.2 as f64).sum::<f64>() / count.max(1) as f64
    };
    let (difference, same) = (weighted(|entry| entry.0), weighted(|entry| entry.1));
    println!(
        "all {count} items: mean difference {difference:.4} nats, same answer on {:.2}%",
        100.0 * same
    );
    assert!(count == 0 || difference < 0.05, "{difference}");
    assert!(count == 0 || same >= 0.97, "{same}");
}
