//! What a workspace of a million answers costs: opening it, filtering it, comparing, drawing, and memory.
//!
//! `cargo bench --bench workspace` makes one up (see `made_up.rs`) and measures it in a process of its own, so that
//! making it is not in the memory. `cargo bench --bench workspace -- FOLDER` keeps it there and measures what it finds.
//! Nothing is drawn on a screen: a frame's figure is all the processor does for it, triangles included. The files are
//! read once before, so that the figures are those of the program and not of a disk.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails by panicking"
)]

mod frames;
mod made_up;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use polyclinic::app::State;
use polyclinic::app::study::Study;
use polyclinic::cancel::Steps;
use polyclinic::prompts::Protocol;
use polyclinic::reviews::Reviews;
use polyclinic::runs::comparison::compare;
use polyclinic::runs::ledger::{Ledger, Selection};
use polyclinic::runs::measures::averages;
use polyclinic::scoring::Outcome;
use polyclinic::slices::{Condition, Filter, Together, Who};
use polyclinic::workspace::Workspace;

/// Tells the process that measures from the one that started it.
const MEASURE: &str = "POLYCLINIC_BENCH_WORKSPACE";
/// How often each is measured; the median is told.
const TIMES: usize = 9;

fn main() {
    if let Some(folder) = std::env::var_os(MEASURE) {
        return measure(Path::new(&folder));
    }
    // Cargo adds arguments of its own, such as `--bench`.
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let made = tempfile::tempdir().unwrap();
    let folder = wanted.map_or_else(|| made.path().join("million"), Into::into);
    if !folder.exists() {
        println!("Making up {} models × {} items", made_up::MODELS, made_up::ITEMS);
        made_up::write(&folder);
    }
    let this = std::env::current_exe().unwrap();
    let status = Command::new(this).env(MEASURE, &folder).status().unwrap();
    assert!(status.success());
}

fn tell(what: &str, milliseconds: f64, limit: Option<f64>) {
    let verdict = match limit {
        Some(limit) if milliseconds >= limit => format!("OVER {limit} ms"),
        Some(limit) => format!("under {limit} ms"),
        None => String::new(),
    };
    println!("{what:<56} {milliseconds:>9.1} ms  {verdict}");
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

/// The median time that something takes.
fn median(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..TIMES)
        .map(|_| {
            let begun = Instant::now();
            work();
            milliseconds(begun)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[TIMES / 2]
}

/// Brings the files of a folder into the system's memory.
fn warm(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => warm(&path),
            false => drop(std::fs::read(path).unwrap()),
        }
    }
}

fn measure(folder: &Path) {
    warm(folder);
    let study = open(folder);
    filter(&study);
    follow(&study);
    let mut state = State::default();
    state.show_study(study);
    frames::measure(state);
    println!(
        "{:<56} {:>9.1} MB  limit 1500 MB",
        "peak resident memory",
        peak_megabytes()
    );
}

fn open(folder: &Path) -> Arc<Study> {
    let begun = Instant::now();
    let workspace = Workspace::open_to_read(folder).unwrap();
    let (ledger, problems) = Ledger::read(&workspace).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let answers: usize = ledger.runs().iter().map(|run| run.answers.len()).sum();
    tell("  reading items and answers", milliseconds(begun), None);
    let indexing = Instant::now();
    let study = Study::new(folder.to_owned(), "million".into(), None, ledger, problems);
    tell("  indexing", milliseconds(indexing), None);
    let showing = Instant::now();
    let study = Arc::new(study);
    State::default().show_study(Arc::clone(&study));
    tell("  listing", milliseconds(showing), None);
    let what = format!("opening {answers} answers to {} items", study.entries.len());
    tell(&what, milliseconds(begun), Some(1500.0));
    let preparing = Instant::now();
    study.prepare();
    tell(
        "  afterwards, on another thread: folding texts",
        milliseconds(preparing),
        None,
    );
    study
}

fn filter(study: &Study) {
    let protocol = Protocol::default().label();
    let reviews = Reviews::default();
    let sources = study.sources(&reviews, Some(&protocol));
    let search = |text: &str| Filter::default().looking_for(text);
    let wrong = Condition::Outcome {
        is: Outcome::Wrong,
        of: Who::Model(made_up::name_of(0)),
    };
    let language = |tag: &str| tag.parse().unwrap();
    let filters = [
        (
            "language and outcome",
            [Condition::Language([language("ar")].into()), wrong]
                .into_iter()
                .collect(),
        ),
        (
            "one model right and another wrong",
            Filter::default().with(Condition::Models {
                right: made_up::name_of(0),
                wrong: made_up::name_of(1),
            }),
        ),
        (
            "right in English and wrong in Arabic",
            Filter::default().with(Condition::Languages {
                right: language("en"),
                wrong: language("ar"),
                of: Who::Any,
            }),
        ),
        (
            "all wrong",
            Filter::default().with(Condition::Answers(Together::AllWrong)),
        ),
        ("a common word, English", search("patient")),
        ("a rare word, English", search(made_up::RARE[0].1)),
        ("a common word, Arabic", search("المريض")),
        ("rare words, Arabic", search(made_up::RARE[1].1)),
    ];
    for (what, filter) in filters {
        let mut left = 0;
        let time = median(|| left = filter.select(&sources).len());
        tell(&format!("filter: {what}, {left} items"), time, Some(60.0));
    }
}

/// What follows a filter on Compare.
fn follow(study: &Study) {
    let ledger = &study.ledger;
    let all = Selection::all(ledger);
    let half = Selection::of(ledger, |question| question % 2 == 0);
    let mut rows = 0;
    for (what, selection) in [("everything", &all), ("every second item", &half)] {
        let time = median(|| rows = compare(ledger, selection).len());
        tell(&format!("Compare's {rows} rows of {what}"), time, Some(100.0));
    }
    tell(
        "its averages of everything",
        median(|| drop(averages(ledger, &all, &Steps::default()))),
        None,
    );
}

/// The most memory this process had at once.
fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|peak| peak.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes * 1.024e-3)
}
