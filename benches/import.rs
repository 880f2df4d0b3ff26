//! How long 100,000 items take to import, and how much memory: from JSON Lines, CSV and Parquet.
//!
//! `cargo bench --bench import` measures all; each is read by a process of its own, so that one's memory is not
//! another's. `cargo bench --bench import -- PATH` reads a file that is there, in our own format.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use polyclinic::benchmarks::import::{self, ImportOptions};
use polyclinic::benchmarks::{Benchmark, Description};

const ITEMS: usize = 100_000;

fn main() {
    // Cargo adds arguments of its own, such as `--bench`.
    let path = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    match path {
        Some(path) => measure(Path::new(&path)),
        None => measure_all(),
    }
}

fn measure(path: &Path) {
    let start = Instant::now();
    let import = import::read(path, &ImportOptions::default()).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let kind = path.extension().unwrap_or_default().to_string_lossy();
    println!(
        "{kind:8} {} items in {seconds:.2} s, {} left out, peak memory {}",
        import.items.len(),
        import.rejected.len(),
        peak_memory()
    );
}

fn measure_all() {
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("items.jsonl");
    std::fs::write(&lines, (0..ITEMS).map(json_line).collect::<String>()).unwrap();
    let csv = folder.path().join("items.csv");
    let header = "id,language,subject,context,question,option_a,option_b,option_c,option_d,answer,source\n".to_owned();
    std::fs::write(&csv, (0..ITEMS).fold(header, csv_row)).unwrap();
    let read = import::read(&lines, &ImportOptions::default()).unwrap();
    let benchmark = Benchmark::new("items", Description::default(), read.items).unwrap();
    benchmark.save(folder.path()).unwrap();
    let kept = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let parquet = kept.filter(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    for path in [lines, csv].into_iter().chain(parquet) {
        let kilobytes = std::fs::metadata(&path).unwrap().len() / 1000;
        println!(
            "{} of {kilobytes} kB",
            path.extension().unwrap_or_default().to_string_lossy()
        );
        let status = Command::new(std::env::current_exe().unwrap())
            .arg(&path)
            .status()
            .unwrap();
        assert!(status.success(), "{}", path.display());
    }
}

/// As long as questions of examinations are: a case of about 600 characters and four options.
fn texts(number: usize) -> (String, String, [String; 4]) {
    let context = format!(
        "A patient of {} years came with pain in the chest, \u{645}\u{631}\u{64A}\u{636}. ",
        number % 90
    )
    .repeat(9);
    let question = format!("Which of the following is the most likely diagnosis in case {number}?");
    let options = ["Angina", "Pneumonia", "Reflux", "Costochondritis"];
    (
        context,
        question,
        options.map(|option| format!("{option} of kind {number}")),
    )
}

fn json_line(number: usize) -> String {
    let (context, question, options) = texts(number);
    let letter = ["A", "B", "C", "D"].get(number % 4).unwrap();
    let object = serde_json::json!({
        "id": format!("q{number}"), "language": "en", "subject": "cardiology", "context": context,
        "question": question, "options": options, "answer": letter, "source": "made up",
    });
    format!("{object}\n")
}

fn csv_row(mut table: String, number: usize) -> String {
    let (context, question, [a, b, c, d]) = texts(number);
    let letter = ["A", "B", "C", "D"].get(number % 4).unwrap();
    writeln!(
        table,
        "q{number},en,cardiology,\"{context}\",{question},{a},{b},{c},{d},{letter},made up"
    )
    .unwrap();
    table
}

/// The most memory this process had at once, where the system says it.
fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("unknown".to_owned(), |peak| peak.trim().to_owned())
}
