//! A large workspace, made up of word lists and chance: its texts and figures mean nothing, its sizes are real.
//!
//! 20 models answer 50,000 items: the questions of five tasks in 12 languages, parallel to each other. The same seed
//! gives the same workspace.

use std::collections::BTreeMap;
use std::path::Path;

use polyclinic::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use polyclinic::language::Language;
use polyclinic::prompts::{Protocol, Scoring};
use polyclinic::runs::{ModelFile, ModelSource, RunBenchmark, RunId, RunModel, RunRecord, RunState, store};
use polyclinic::scoring::{Answer, Outcome, Reply, ReplyEnding};
use polyclinic::workspace::Workspace;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

pub const MODELS: usize = 20;
pub const ITEMS: usize = 50_000;
const SEED: u64 = 7;

/// A line each: a language's tag, a tab, words.
const WORDS: &str = include_str!("words.txt");
/// Each stands in one question of 500 in its language.
pub const RARE: [(&str, &str); 2] = [("en", "xanthochromia"), ("ar", "الوهن العضلي الوبيل")];

/// Benchmarks, and the tasks of each with their shares of all questions; those of the last are asked about a context.
const TASKS: [(&str, &[(&str, usize)]); 2] = [
    ("examinations", &[("medicine", 30), ("surgery", 15), ("pharmacy", 15)]),
    ("cases", &[("diagnosis", 25), ("management", 15)]),
];
const SUBJECTS: [&str; 12] = [
    "cardiology",
    "neurology",
    "nephrology",
    "paediatrics",
    "obstetrics",
    "psychiatry",
    "dermatology",
    "oncology",
    "infectious diseases",
    "endocrinology",
    "gastroenterology",
    "emergency medicine",
];

/// Numbers that follow from a seed, on every machine.
struct Chance(ChaCha8Rng);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(SEED.wrapping_mul(1_000_003) ^ seed))
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Less than `end`.
    fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }
}

/// A language with its words.
struct Vocabulary {
    language: Language,
    words: Vec<&'static str>,
}

impl Vocabulary {
    fn all() -> Vec<Self> {
        let of_line = |line: &'static str| {
            let (tag, words) = line.split_once('\t').unwrap();
            Self {
                language: tag.parse().unwrap(),
                words: words.split(' ').collect(),
            }
        };
        WORDS.lines().map(of_line).collect()
    }

    /// Sentences of at least so many characters.
    fn text(&self, chance: &mut Chance, characters: usize) -> String {
        let (space, stop) = match self.language.tag() {
            "zh" | "ja" => ("", "。"),
            "ar" | "fa" => (" ", "؟ "),
            "hi" => (" ", "। "),
            _ => (" ", ". "),
        };
        let mut text = String::new();
        let (mut length, mut in_sentence) = (0, 0);
        while length < characters {
            let word = self.words[chance.below(self.words.len())];
            in_sentence += 1;
            let after = if in_sentence >= 12 { stop } else { space };
            in_sentence %= 12;
            text.push_str(word);
            text.push_str(after);
            length += word.chars().count() + after.chars().count();
        }
        text.trim_end().to_owned()
    }
}

/// The items of a benchmark: question by question, each in all languages.
fn items(benchmark: usize, vocabularies: &[Vocabulary]) -> Vec<Item> {
    let (name, tasks) = TASKS[benchmark];
    let mut items = Vec::new();
    for (place, &(task, share)) in tasks.iter().enumerate() {
        let wanted = ITEMS * share / 100;
        let questions = wanted.div_ceil(vocabularies.len());
        let made = (0..questions).flat_map(|number| {
            let id = format!("{task}-{number}");
            let mut shared = Chance::new((benchmark as u64) << 40 | (place as u64) << 32 | number as u64);
            let subject = SUBJECTS[shared.below(SUBJECTS.len())];
            let options = 4 + usize::from(shared.share() < 0.25);
            let right = shared.below(options);
            vocabularies.iter().enumerate().map(move |(language, vocabulary)| {
                // A context has three questions.
                let about = |number: usize| Chance::new(1 << 60 | (number as u64 / 3) << 8 | language as u64);
                let context = (name == "cases").then(|| vocabulary.text(&mut about(number), 400));
                let mut own = Chance::new(1 << 61 | (place as u64) << 40 | (number as u64) << 8 | language as u64);
                let length = own.between(300, 800);
                let mut question = vocabulary.text(&mut own, length);
                let rare = RARE.iter().find(|(tag, _)| *tag == vocabulary.language.tag());
                if let Some((_, rare)) = rare.filter(|_| number % 500 == 7) {
                    question.push(' ');
                    question.push_str(rare);
                }
                let option = |option: usize| {
                    let length = own.between(8, 40);
                    // Numbered, so that no two are the same.
                    format!("{} {}", vocabulary.text(&mut own, length), option + 1)
                };
                Item::new(ItemFields {
                    key: ItemKey {
                        language: vocabulary.language.clone(),
                        id: id.clone(),
                    },
                    task: task.to_owned(),
                    subject: Some(subject.to_owned()),
                    parallel: Some(id.clone()),
                    context,
                    question,
                    options: (0..options).map(option).collect(),
                    right: vec![right],
                    rationale: None,
                    extra: serde_json::Map::new(),
                })
                .unwrap()
            })
        });
        items.extend(made.take(wanted));
    }
    items
}

/// What a model gives to an item.
fn answer(model: usize, benchmark: &Benchmark, place: usize, item: &Item, is_written: bool) -> Answer {
    let mut chance = Chance::new(1 << 62 | (model as u64) << 40 | place as u64);
    // The same for all models, so that some items are hard for all.
    let mut hardness = Chance::new(1 << 63 | place as u64);
    let name = name_of(model);
    let prompt_tokens = item.question.len() / 4 + 60;
    if chance.share() < 0.002 {
        return Answer::failed(
            &name,
            benchmark.name(),
            item,
            prompt_tokens,
            "the server closed the connection".into(),
        );
    }
    let in_english = f64::from(u8::from(item.key.language.tag() == "en"));
    let skill = 0.5 + 2.5 * model as f64 / MODELS as f64 + in_english - 2.0 * hardness.share();
    let values: Vec<f64> = (0..item.options.len())
        .map(|option| 2.0 * chance.share() + if item.is_right(option) { skill } else { 0.0 } - 9.0)
        .collect();
    let choice = (0..values.len())
        .max_by(|one, other| values[*one].total_cmp(&values[*other]))
        .unwrap();
    let outcome = match (is_written, chance.below(100)) {
        (true, 0..2) => Outcome::Unparsed,
        (true, 2) => Outcome::Refused,
        (true, 3) => Outcome::Truncated,
        _ if item.is_right(choice) => Outcome::Right,
        _ => Outcome::Wrong,
    };
    let decided = matches!(outcome, Outcome::Right | Outcome::Wrong);
    let reply = is_written.then(|| Reply {
        text: format!(
            "{}\n\n{}",
            item.options[choice],
            item.question.chars().take(300).collect::<String>()
        ),
        tokens: 80 + chance.below(200),
        ending: if outcome == Outcome::Truncated {
            ReplyEnding::Truncated
        } else {
            ReplyEnding::Finished
        },
    });
    Answer {
        outcome,
        choices: if decided { vec![choice] } else { Vec::new() },
        option_tokens: if is_written { Vec::new() } else { vec![1; values.len()] },
        log_probabilities: if is_written { Vec::new() } else { values },
        seconds: 0.05 + 0.3 * chance.share(),
        reply,
        error: None,
        ..Answer::failed(&name, benchmark.name(), item, prompt_tokens, String::new())
    }
}

/// The name of a model, counted from 0.
pub fn name_of(model: usize) -> String {
    format!("model-{:02}-{}b", model + 1, 1 << (model / 4))
}

fn record(model: usize, protocol: Protocol, benchmarks: &[Benchmark]) -> RunRecord {
    let languages: BTreeMap<&Language, ()> = benchmarks
        .iter()
        .flat_map(|benchmark| benchmark.items())
        .map(|item| (&item.key.language, ()))
        .collect();
    RunRecord {
        schema: 1,
        id: RunId::parse(&format!("2026-11-22-{:06}-made", model)).unwrap(),
        created: format!("2026-11-22T00:{model:02}:00Z"),
        state: RunState::Finished,
        error: None,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        limit: None,
        languages: languages.into_keys().cloned().collect(),
        total: benchmarks.iter().map(|benchmark| benchmark.items().len()).sum(),
        template: String::new(),
        protocol,
        models: vec![RunModel {
            name: name_of(model),
            source: ModelSource::File(ModelFile {
                file: format!("{}.gguf", name_of(model)),
                lay: None,
                sha256: format!("{model:064x}"),
                facts: None,
            }),
        }],
        benchmarks: benchmarks
            .iter()
            .map(|benchmark| RunBenchmark {
                name: benchmark.name().to_owned(),
                hash: benchmark.hash().to_owned(),
            })
            .collect(),
        rest: toml::Table::new(),
    }
}

/// Writes the workspace into `root`, through the writers that real runs use.
pub fn write(root: &Path) {
    let workspace = Workspace::open_or_create(root).unwrap();
    let vocabularies = Vocabulary::all();
    let benchmarks: Vec<Benchmark> = (0..TASKS.len())
        .map(|benchmark| {
            let description = Description {
                title: TASKS[benchmark].0.to_owned(),
                note: Some("made up of word lists; the texts mean nothing".to_owned()),
                ..Description::default()
            };
            Benchmark::new(TASKS[benchmark].0, description, items(benchmark, &vocabularies)).unwrap()
        })
        .collect();
    for benchmark in &benchmarks {
        workspace.save_benchmark(benchmark).unwrap();
    }
    let written = Protocol {
        scoring: Scoring::Written {
            most_tokens: Scoring::MOST_TOKENS,
        },
        ..Protocol::default()
    };
    for model in 0..MODELS {
        let is_written = model == MODELS - 1;
        let protocol = if is_written {
            written.clone()
        } else {
            Protocol::default()
        };
        let all = benchmarks
            .iter()
            .flat_map(|benchmark| benchmark.items().iter().map(move |item| (benchmark, item)));
        let answers: Vec<Answer> = all
            .enumerate()
            .map(|(place, (benchmark, item))| answer(model, benchmark, place, item, is_written))
            .collect();
        store::keep(&workspace, &record(model, protocol, &benchmarks), &answers).unwrap();
    }
}
