//! `polyclinic benchmarks get`: data sets as their owners lay them out on the hub, made into benchmarks of a workspace.

use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use axum::body::Bytes;
use polars::prelude::*;
use polyclinic::benchmarks::Benchmark;
use polyclinic::workspace::Workspace;

use super::killed::program;
use super::server::{COMMIT, Fault, sha256};
use super::*;

/// A hub whose only repository is a data set with these files.
fn hub_with(repository: &str, files: Vec<(&str, Bytes)>) -> Server {
    let server = Server::start();
    server.set(|behaviour| behaviour.repository = Some(format!("datasets/{repository}")));
    for (name, content) in files {
        server.put(name, content);
    }
    server
}

fn get(server: &Server, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = program(server, folder);
    command
        .args(["benchmarks", "get", "--workspace", "study"])
        .args(arguments);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn load(folder: &Path, name: &str) -> Benchmark {
    let workspace = Workspace::open_to_read(&folder.join("study")).unwrap();
    workspace.load_benchmark(name).unwrap()
}

fn parquet(columns: Vec<Column>) -> Bytes {
    let height = columns[0].len();
    let mut table = DataFrame::new(height, columns).unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut table).unwrap();
    bytes.into()
}

fn column<'a, T, V>(name: &str, values: V) -> Column
where
    V: AsRef<[T]>,
    T: 'a,
    Series: NamedFrom<V, [T]>,
{
    Series::new(name.into(), values).into()
}

fn mmlu(questions: &[&str], answers: &[i64]) -> Bytes {
    let choices: Vec<Series> = questions
        .iter()
        .map(|_| Series::new("".into(), ["aorta", "vein", "liver", "lung"]))
        .collect();
    let subjects = vec!["anatomy"; questions.len()];
    parquet(vec![
        column("question", questions),
        column("subject", subjects),
        Series::new("choices".into(), choices).into(),
        column("answer", answers),
    ])
}

fn archive_of(members: &[(&str, &str)]) -> Bytes {
    let mut archive = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in members {
        archive
            .start_file(*name, ::zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner().into()
}

/// The letters of each item's right answers, in order.
fn right(benchmark: &Benchmark) -> Vec<Vec<usize>> {
    benchmark.items().iter().map(|item| item.right.clone()).collect()
}

#[test]
fn pubmedqa_comes_with_its_abstracts_and_fixed_options() {
    let sentences = ["Bile was measured.", "It was less."].map(|text| Series::new("".into(), [text]));
    let contexts = Series::new("contexts".into(), sentences);
    let context = StructChunked::from_series("context".into(), 2, [contexts].iter()).unwrap();
    let file = parquet(vec![
        column("pubid", [7_i32, 8]),
        column("question", ["Is bile less?", "Is it more?"]),
        context.into_series().into(),
        column("long_answer", ["It is.", "Nobody knows."]),
        column("final_decision", ["yes", "maybe"]),
    ]);
    let name = "pqa_labeled/train-00000-of-00001.parquet";
    let server = hub_with(
        "qiaojin/PubMedQA",
        vec![(name, file.clone()), ("README.md", "x".into())],
    );
    let folder = tempfile::tempdir().unwrap();
    let output = get(&server, folder.path(), &["pubmedqa"]);
    assert!(output.status.success(), "{}", said(&output));
    let benchmark = load(folder.path(), "pubmedqa");
    let first = &benchmark.items()[0];
    assert_eq!(first.options, ["yes", "no", "maybe"]);
    assert_eq!(first.context.as_deref(), Some("Bile was measured."));
    assert_eq!((first.key.id.as_str(), first.task.as_str()), ("7", "pubmedqa"));
    assert_eq!(right(&benchmark), [[0], [2]]);
    let [import] = benchmark.imports() else { panic!() };
    assert_eq!(import.file, name);
    assert_eq!(import.sha256, sha256(&file));
    assert_eq!(import.revision.as_deref(), Some(COMMIT));
    assert_eq!(
        import.source.as_deref(),
        Some("https://huggingface.co/datasets/qiaojin/PubMedQA")
    );
    assert!(benchmark.description.source.as_ref().unwrap().contains(COMMIT));
    let served = server.served();
    assert_eq!(served, file.len() as u64, "only what is needed was fetched");

    // Nothing is fetched or added a second time, and the cache alone is enough where the hub is out of reach.
    let again = get(&server, folder.path(), &["pubmedqa"]);
    assert!(said(&again).contains("2 items were there already"), "{}", said(&again));
    assert_eq!(server.served(), served);
    let mut offline = program(&server, folder.path());
    let offline = offline
        .env("HF_ENDPOINT", "http://127.0.0.1:9")
        .env("HF_HUB_OFFLINE", "1");
    let offline = offline
        .args(["benchmarks", "get", "pubmedqa", "--workspace", "other"])
        .output()
        .unwrap();
    assert!(offline.status.success(), "{}", said(&offline));
    assert!(
        folder
            .path()
            .join("hub/datasets--qiaojin--PubMedQA/refs/main")
            .is_file()
    );
}

#[test]
fn medmcqa_counts_its_answers_from_zero() {
    let file = parquet(vec![
        column("id", ["a", "b"]),
        column("question", ["First?", "Second?"]),
        column("opa", ["one", "eins"]),
        column("opb", ["two", "zwei"]),
        column("opc", ["three", "drei"]),
        column("opd", ["four", "vier"]),
        column("cop", [0_i64, 3]),
        column("exp", [Some("Because."), None]),
        column("subject_name", ["Surgery", "Anatomy"]),
    ]);
    let server = hub_with(
        "openlifescienceai/medmcqa",
        vec![("data/validation-00000-of-00001.parquet", file)],
    );
    let folder = tempfile::tempdir().unwrap();
    let output = get(&server, folder.path(), &["MedMCQA", "--as", "exams"]);
    assert!(output.status.success(), "{}", said(&output));
    let benchmark = load(folder.path(), "exams");
    assert_eq!(right(&benchmark), [[0], [3]]);
    assert_eq!(benchmark.items()[1].subject.as_deref(), Some("Anatomy"));
    assert_eq!(benchmark.description.licence.as_deref(), Some("Apache-2.0"));
}

#[test]
fn medqa_leaves_out_what_makes_no_item_and_says_so() {
    let lines = concat!(
        r#"{"question": "Why?", "answer": "two", "options": {"A": "one", "B": "two"}, "meta_info": "step1", "answer_idx": "B"}"#,
        "\n",
        r#"{"question": "How?", "answer": "five", "options": {"A": "one", "B": "two"}, "meta_info": "step1", "answer_idx": "E"}"#,
        "\n",
    );
    let server = hub_with(
        "GBaker/MedQA-USMLE-4-options",
        vec![("phrases_no_exclude_test.jsonl", lines.into())],
    );
    let folder = tempfile::tempdir().unwrap();
    let output = get(&server, folder.path(), &["medqa-usmle"]);
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(said(&output).contains("line 2"), "{}", said(&output));
    assert_eq!(right(&load(folder.path(), "medqa-usmle")), [[1]]);
}

#[test]
fn mmlu_and_its_translation_are_tied_together() {
    let server = hub_with(
        "cais/mmlu",
        vec![
            (
                "anatomy/test-00000-of-00001.parquet",
                mmlu(&["First?", "Second?"], &[0, 2]),
            ),
            ("anatomy/dev-00000-of-00001.parquet", mmlu(&["Shown?"], &[1])),
            ("law/test-00000-of-00001.parquet", mmlu(&["Never?"], &[1])),
        ],
    );
    let folder = tempfile::tempdir().unwrap();
    let output = get(&server, folder.path(), &["mmlu-medical"]);
    // Six subjects are not on this hub.
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(
        said(&output).contains("virology/test-*.parquet is not there"),
        "{}",
        said(&output)
    );
    let english = load(folder.path(), "mmlu-medical");
    assert_eq!(right(&english), [[0], [2]]);
    assert_eq!(english.items()[1].parallel.as_deref(), Some("mmlu:anatomy:test:1"));
    assert_eq!(english.examples().len(), 1);
    assert_eq!(english.examples()[0].task, "mmlu_anatomy");

    let csv = ",Question,A,B,C,D,Answer,Subject\n\
        0,لماذا؟,كبد,قلب,رئة,كلية,B,abstract_algebra\n\
        1,أين الشريان؟,كبد,قلب,رئة,كلية,A,anatomy\n\
        2,كم ضلعا؟,١٠,١٢,٢٤,٣٠,C,anatomy\n";
    let server = hub_with("openai/MMMLU", vec![("test/mmlu_AR-XY.csv", csv.into())]);
    let arguments = ["mmmlu-medical", "--language", "ar", "--as", "mmlu-medical"];
    let output = get(&server, folder.path(), &arguments);
    assert!(output.status.success(), "{}", said(&output));
    let both = load(folder.path(), "mmlu-medical");
    assert_eq!(
        both.languages().into_iter().collect::<Vec<_>>(),
        [("ar".to_owned(), 2), ("en".to_owned(), 2)]
    );
    let arabic = both.items().iter().find(|item| item.question == "كم ضلعا؟").unwrap();
    assert_eq!(arabic.key.id, "anatomy-2");
    assert_eq!(arabic.parallel.as_deref(), Some("mmlu:anatomy:test:1"));
    assert_eq!(arabic.right, [2]);
}

#[test]
fn mmedbench_is_read_out_of_its_archive() {
    let line = |question: &str, answer: &str| {
        format!(
            r#"{{"question": "{question}", "options": {{"A": "1", "B": "2", "C": "3"}}, "answer_idx": "{answer}", "rationale": "so"}}"#
        )
    };
    let archive = archive_of(&[
        ("MMedBench/Test/French.jsonl", &line("Laquelle ?", "A,C")),
        ("MMedBench/Test/Japanese.jsonl", &line("どれ？", "B")),
        ("MMedBench/Train/French.jsonl", &line("Jamais ?", "A")),
        ("__MACOSX/MMedBench/Test/._French.jsonl", "junk"),
    ]);
    let server = hub_with("Henrychur/MMedBench", vec![("MMedBench.zip", archive)]);
    let folder = tempfile::tempdir().unwrap();
    let output = get(&server, folder.path(), &["mmedbench", "--language", "fr,ja"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("may not be passed on"), "{}", said(&output));
    let benchmark = load(folder.path(), "mmedbench");
    assert_eq!(benchmark.items().len(), 2);
    assert_eq!(right(&benchmark), [vec![0, 2], vec![1]]);
    assert_eq!(benchmark.items()[0].key.language.tag(), "fr");
    assert_eq!(benchmark.items()[0].rationale.as_deref(), Some("so"));
}

#[test]
fn a_cut_download_goes_on_and_a_wrong_one_is_never_imported() {
    let server = hub_with(
        "openai/MMMLU",
        vec![("test/mmlu_AR-XY.csv", "x".repeat(3 * MIB).into())],
    );
    server.set(|behaviour| behaviour.faults = vec![Fault::Cut(MIB)]);
    let folder = tempfile::tempdir().unwrap();
    let output = get(&server, folder.path(), &["mmmlu-medical", "--language", "ar"]);
    // It came whole; that it is no table is told with its name.
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("mmlu_AR-XY.csv"), "{}", said(&output));
    assert!(server.served() < 5 * MIB as u64, "what came was not fetched again");

    server.set(|behaviour| behaviour.told_sha256 = Some("0".repeat(64)));
    let fresh = tempfile::tempdir().unwrap();
    let output = get(&server, fresh.path(), &["mmmlu-medical", "--language", "ar"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!fresh.path().join("study/benchmarks").exists(), "{}", said(&output));
}

#[test]
fn what_cannot_be_had_is_told_with_what_to_do() {
    let server = hub_with("clinic/other", vec![("x.csv", "x".into())]);
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["pubmedqa"][..], "the hub has no data set `qiaojin/PubMedQA`"),
        (&["nothing"], "no benchmark is known as `nothing`"),
        (&["igakuqa"], "https://github.com/jungokasai/IgakuQA"),
        (&["medmcqa", "--language", "ar"], "no language ar"),
        (&["medmcqa", "--from", "nowhere"], "nowhere cannot be read"),
    ] {
        let output = get(&server, folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
    let server = hub_with(
        "intronhealth/afrimedqa_v2",
        vec![("afri_med_qa_15k_v2.5.csv", "x".into())],
    );
    let gated = vec![("x-error-code", "GatedRepo".to_owned())];
    server.set(|behaviour| behaviour.faults = vec![Fault::Status(403, gated)]);
    let output = get(&server, folder.path(), &["afrimedqa"]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains("is gated"), "{text}");
    assert!(text.contains("/datasets/intronhealth/afrimedqa_v2"), "{text}");
}

#[test]
fn known_benchmarks_are_listed_found_and_shown_without_a_network() {
    let server = hub_with("cais/mmlu", vec![("anatomy/test-0.parquet", mmlu(&["Why?"], &[0]))]);
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = program(&server, folder.path())
            .arg("benchmarks")
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let all: serde_json::Value = serde_json::from_str(&run(&["list", "--format", "json"])).unwrap();
    assert!(all.as_array().unwrap().len() >= 26);
    assert!(run(&["list"]).contains("openai/MMMLU"));
    assert!(run(&["search", "korean"]).contains("kormedmcqa"));
    assert!(server.seen().is_empty());
    let shown = run(&["show", "mmlu-medical", "--ask"]);
    assert!(shown.contains("https://arxiv.org/abs/2009.03300"), "{shown}");
    assert!(shown.contains("It has no file virology/test-*.parquet."), "{shown}");
}
