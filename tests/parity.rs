//! The same numbers as lm-evaluation-harness: prompts byte for byte, token ids, log-likelihoods and scores.
//!
//! `golden/lm_eval_parity.py` made the golden values and says how. The first test stands on questions in the repository
//! and needs nothing; the others need the real questions in `../shared/data` and the packaged models, and say so and pass
//! where those are absent. The last one asks the models, which takes long, and those in f32 where they are given:
//!
//!     POLYCLINIC_F32=FOLDER cargo test --release --test parity -- --ignored --nocapture

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
        for entry in entries
            .iter()
            .filter(|entry| entry.model.trim_end_matches(IN_F32) == name)
        {
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

/// How many times llama.cpp's distance from f32 ours may be; chosen after the figures below were known.
const FARTHEST: f64 = 1.05;

/// What the name of a model whose weights were written in f32 ends with.
const IN_F32: &str = "-f32";

/// The file of a model of the golden values: a packaged one, or one in f32 in the folder `POLYCLINIC_F32`.
fn file(name: &str) -> Option<PathBuf> {
    if !name.ends_with(IN_F32) {
        return model(name);
    }
    let folder = PathBuf::from(std::env::var_os("POLYCLINIC_F32")?);
    let path = folder.join(format!("{name}.gguf"));
    assert!(
        path.exists(),
        "{} is absent: `golden/in_f32.py` writes it",
        path.display()
    );
    Some(path)
}

/// The log-likelihoods of every option as this engine has them.
fn asked(path: &Path, prompts: &[ScoredPrompt]) -> Vec<Vec<f64>> {
    let mut backend = LocalBackend::load_on(path, &Device::Processor).unwrap();
    let requests = prompts
        .iter()
        .map(|prompt| likelihood::request(&backend, prompt).unwrap());
    let requests: Vec<ScoreRequest> = requests.collect();
    let mut sums = Vec::new();
    for group in requests.chunks(GROUP) {
        let scores = backend.score(group, &Cancel::default()).unwrap();
        sums.extend(scores.into_iter().map(|scores| scores.log_probabilities));
    }
    sums
}

/// How far two engines' log-likelihoods of the same items are from each other.
#[derive(Debug, Clone, Copy, Default)]
struct Distance {
    items: usize,
    /// Numbers that were compared.
    values: usize,
    /// In nats, over all of them.
    sum: f64,
    largest: f64,
    /// Items with the same likeliest option.
    same: usize,
}

impl Distance {
    fn between(one: &[Vec<f64>], other: &[Vec<f64>]) -> Self {
        assert_eq!(one.len(), other.len());
        let mut distance = Self::default();
        for (one, other) in one.iter().zip(other) {
            assert_eq!(one.len(), other.len());
            for (one, other) in one.iter().zip(other) {
                let difference = (one - other).abs();
                distance.values += 1;
                distance.sum += difference;
                distance.largest = distance.largest.max(difference);
            }
            distance.items += 1;
            distance.same += usize::from(likelihood::choice(one) == likelihood::choice(other));
        }
        distance
    }

    fn mean(self) -> f64 {
        self.sum / self.values as f64
    }

    fn same_share(self) -> f64 {
        self.same as f64 / self.items as f64
    }
}

impl std::ops::AddAssign for Distance {
    fn add_assign(&mut self, other: Self) {
        self.items += other.items;
        self.values += other.values;
        self.sum += other.sum;
        self.largest = self.largest.max(other.largest);
        self.same += other.same;
    }
}

impl std::fmt::Display for Distance {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (mean, largest, same) = (self.mean(), self.largest, 100.0 * self.same_share());
        write!(formatter, "{mean:.4} | {largest:.3} | {same:.1}%")
    }
}

fn log_likelihoods(entry: &Real) -> Vec<Vec<f64>> {
    entry.items.iter().map(|(.., values)| values.clone()).collect()
}

/// Prints a row of the parity table for each combination that the harness scored, and where the same was scored with
/// the weights in f32, how far both engines are from that.
///
/// With weights in f32 nothing is rounded, and both have the same numbers: the bound is 0.05 nats and the same answer on
/// 99% of the items of each combination. From a quantized file both engines round what goes into a product to 8 bits, each
/// its own way; then neither is right, so what is held to is that this engine chooses what f32 does at least as often as
/// llama.cpp, and is not farther from f32 by more than [`FARTHEST`]. In November 2026 it was 0.138 nats from f32 where
/// llama.cpp was 0.135 (681 items of five combinations), nearer in three of the five, and chose as f32 on 673 items to 668.
///
/// `POLYCLINIC_F32` names the folder of the files in f32, without which those are left out; `POLYCLINIC_PARITY` chooses
/// the combinations whose name has it: `gemma`, `f32.medmcqa.0`.
#[test]
#[ignore = "asks the models thousands of questions"]
fn log_likelihoods_are_those_of_the_harness() {
    let wanted = std::env::var("POLYCLINIC_PARITY").unwrap_or_default();
    println!("| model | task | shots | n | mean difference | largest | same answer | acc there | acc here |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let all = real();
    let scored = |entry: &&Real| !entry.results.is_empty();
    let (mut ours_from_f32, mut theirs_from_f32) = (Distance::default(), Distance::default());
    for entry in all.iter().filter(scored) {
        if !format!("{}.{}.{}", entry.model, entry.task, entry.shots).contains(&wanted) {
            continue;
        }
        let (Some(path), Some((items, examples))) = (file(&entry.model), real_items(entry)) else {
            continue;
        };
        let prompts = prompts(&items, &examples, &protocol(&entry.task, entry.shots));
        let (ours, theirs) = (asked(&path, &prompts), log_likelihoods(entry));
        let distance = Distance::between(&ours, &theirs);
        println!(
            "| {} | {} | {} | {} | {distance} | {:.4} | {:.4} |",
            entry.model,
            entry.task,
            entry.shots,
            items.len(),
            entry.results["acc,none"].as_f64().unwrap(),
            mean(&right(&items, &prompts, &ours, Normalisation::Sum)).unwrap(),
        );
        if entry.model.ends_with(IN_F32) {
            assert!(distance.mean() < 0.05, "{}: {distance}", entry.task);
            assert!(distance.same_share() >= 0.99, "{}: {distance}", entry.task);
            continue;
        }
        let in_f32 = all.iter().filter(scored).find(|other| {
            other.model.strip_suffix(IN_F32) == Some(entry.model.as_str())
                && (&other.task, other.shots) == (&entry.task, entry.shots)
        });
        if let Some(exact) = in_f32.map(log_likelihoods) {
            let (ours, theirs) = (Distance::between(&ours, &exact), Distance::between(&theirs, &exact));
            println!("    from f32: ours {ours}, llama.cpp {theirs}");
            ours_from_f32 += ours;
            theirs_from_f32 += theirs;
        }
    }
    if ours_from_f32.items > 0 {
        println!(
            "from f32, {} items: ours {ours_from_f32}, llama.cpp {theirs_from_f32}",
            ours_from_f32.items
        );
        // Which of two ways of rounding comes nearer differs from exam to exam, so only all together tell.
        if wanted.is_empty() {
            assert!(ours_from_f32.mean() <= FARTHEST * theirs_from_f32.mean());
            assert!(ours_from_f32.same >= theirs_from_f32.same);
        }
    }
}
