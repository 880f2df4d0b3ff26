//! Runs written out and taken in again, and what other harnesses wrote.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Format, ImportChoices, TableFormat, export, import};
use crate::benchmarks::{Benchmark, Description, Item, ItemFields, ItemKey};
use crate::error_chain;
use crate::prompts::{Protocol, Scoring};
use crate::runs::comparison::{Row, compare};
use crate::runs::ledger::{Corrections, Ledger, Selection};
use crate::runs::{ModelFile, ModelSource, RunBenchmark, RunId, RunModel, RunRecord, RunState, record, store, table};
use crate::scoring::{Answer, Outcome, Reply, ReplyEnding};
use crate::workspace::Workspace;

fn items() -> Vec<Item> {
    let item = |language: &str, number: usize, question: &str, right: Vec<usize>| {
        let mut fields = ItemFields::asking(language, question, &["heart", "lung", "قلب"]);
        fields.key.id = format!("q{number}");
        fields.task = if number < 2 { "anatomy" } else { "clinical signs" }.to_owned();
        fields.right = right;
        fields
            .extra
            .insert("source".to_owned(), json!({"page": 12, "weight": 1e-7}));
        Item::new(fields).unwrap()
    };
    vec![
        item("en", 0, "Which organ\npumps \"blood\"?", vec![0]),
        item("en", 1, "=Which organ breathes?", vec![1]),
        item("en", 2, "What do you hear?", vec![0, 1]),
        item("ar", 0, "أي عضو يضخ الدم؟", vec![2]),
        item("ar", 1, "أي عضو يتنفس؟", vec![1]),
    ]
}

/// A workspace with a benchmark and a run of it that is scored so.
fn workspace(folder: &Path, scoring: Scoring) -> (Workspace, RunRecord, Vec<Answer>) {
    let workspace = Workspace::open_or_create(folder).unwrap();
    let benchmark = Benchmark::new("exam", Description::default(), items()).unwrap();
    workspace.save_benchmark(&benchmark).unwrap();
    let record = RunRecord {
        schema: record::SCHEMA,
        id: RunId::now(),
        created: "2026-11-21T09:00:00Z".into(),
        state: RunState::Finished,
        error: None,
        program: "0.1.0".into(),
        limit: None,
        languages: vec!["en".parse().unwrap(), "ar".parse().unwrap()],
        total: 5,
        template: String::new(),
        protocol: Protocol {
            scoring,
            ..Protocol::default()
        },
        models: vec![RunModel {
            name: "org/model:1".into(),
            source: ModelSource::File(ModelFile {
                file: "m.gguf".into(),
                lay: None,
                sha256: "ab".into(),
                facts: None,
            }),
        }],
        benchmarks: vec![RunBenchmark {
            name: "exam".into(),
            hash: benchmark.hash().to_owned(),
        }],
        rest: toml::Table::new(),
    };
    let answers: Vec<Answer> = benchmark
        .items()
        .iter()
        .enumerate()
        .map(|(index, item)| answer(index, item, scoring))
        .collect();
    let run = store::folder(&workspace, &record.id);
    record.save(&run).unwrap();
    table::write(&run, &answers).unwrap();
    (workspace, record, answers)
}

fn answer(index: usize, item: &Item, scoring: Scoring) -> Answer {
    let choice = index % 3;
    let mut log_probabilities = vec![-3.0 - index as f64 / 7.0, -2.5, -1e-5 - 4.0];
    log_probabilities[choice] = -0.123_456_789_012_345_68;
    let written = scoring != Scoring::Letters;
    Answer {
        model: "org/model:1".into(),
        benchmark: "exam".into(),
        task: item.task.clone(),
        item: item.key.clone(),
        log_probabilities: if written { Vec::new() } else { log_probabilities },
        option_tokens: if written { Vec::new() } else { vec![1, 1, 2] },
        choices: if written && index == 3 {
            Vec::new()
        } else {
            vec![choice]
        },
        outcome: match (written && index == 3, item.is_right(choice)) {
            (true, _) => Outcome::Refused,
            (false, true) => Outcome::Right,
            (false, false) => Outcome::Wrong,
        },
        prompt_tokens: 40 + index,
        seconds: 0.1,
        usage: None,
        reply: written.then(|| Reply {
            text: format!("الإجابة: {choice}\n=1"),
            tokens: 9,
            ending: ReplyEnding::Finished,
        }),
        error: None,
    }
}

/// Rows without what differs for a run from elsewhere: its model's name.
fn numbers(record: &RunRecord, answers: &[Answer]) -> Vec<Row> {
    let mut rows = compared(record, answers);
    for row in &mut rows {
        row.model.clear();
    }
    rows
}

fn anonymous(answers: &[Answer]) -> Vec<Answer> {
    let mut answers = answers.to_vec();
    for answer in &mut answers {
        answer.model.clear();
    }
    answers.sort_by(|left, right| left.item.cmp(&right.item));
    answers
}

fn comes_back(scoring: Scoring, format: Format) {
    let (here, there, files) = (
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let (workspace, record, answers) = workspace(here.path(), scoring);
    export(&workspace, &record.id, format, &Corrections::default(), files.path()).unwrap();
    // Where its items are: tied to them. One log is one run for inspect.
    let choices = ImportChoices::default();
    let imported = import(&workspace, files.path(), &choices).unwrap();
    assert!(
        imported
            .iter()
            .all(|run| run.left_out.is_empty() && run.new_benchmarks.is_empty()),
        "{imported:?}"
    );
    let all: Vec<Answer> = imported
        .iter()
        .flat_map(|run| store::answers(&workspace, &run.record.id).unwrap())
        .collect();
    assert_eq!(anonymous(&all), anonymous(&answers));
    let first = &imported.first().unwrap().record;
    assert_eq!(numbers(first, &all), numbers(&record, &answers));
    assert_eq!(first.models.first().unwrap().name, "org/model:1 (imported)");
    assert!(first.models.first().unwrap().elsewhere().is_some());
    assert_eq!(first.created, record.created);
    // Where they are not: with items of its own, of the same questions.
    let empty = Workspace::open_or_create(there.path()).unwrap();
    let imported = import(&empty, files.path(), &choices).unwrap();
    let all: Vec<Answer> = imported
        .iter()
        .flat_map(|run| store::answers(&empty, &run.record.id).unwrap())
        .collect();
    let mut items: Vec<Item> = empty
        .benchmark_names()
        .unwrap()
        .iter()
        .flat_map(|name| empty.load_benchmark(name).unwrap().items().to_vec())
        .collect();
    let mut expected = self::items();
    let key = |item: &Item| item.key.clone();
    items.sort_by_key(key);
    expected.sort_by_key(key);
    assert_eq!(items, expected);
    let outcomes = |answers: &[Answer]| -> Vec<(ItemKey, Outcome)> {
        anonymous(answers)
            .into_iter()
            .map(|answer| (answer.item, answer.outcome))
            .collect()
    };
    assert_eq!(outcomes(&all), outcomes(&answers));
}

#[test]
fn a_run_comes_back_from_lm_evaluation_harness() {
    comes_back(Scoring::Letters, Format::LmEval);
    comes_back(Scoring::Written { most_tokens: 16 }, Format::LmEval);
}

#[test]
fn a_run_comes_back_from_inspect() {
    comes_back(Scoring::Letters, Format::Inspect);
    comes_back(Scoring::Written { most_tokens: 16 }, Format::Inspect);
}

fn only<'a>(files: &'a [PathBuf], part: &str) -> &'a Path {
    let found: Vec<&PathBuf> = files
        .iter()
        .filter(|path| path.to_string_lossy().contains(part))
        .collect();
    assert_eq!(found.len(), 1, "{part}: {files:?}");
    found[0]
}

#[test]
fn samples_look_as_those_of_lm_evaluation_harness() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (workspace, record, _) = workspace(folder.path(), Scoring::Letters);
    let written = export(
        &workspace,
        &record.id,
        Format::LmEval,
        &Corrections::default(),
        files.path(),
    )
    .unwrap();
    let samples = only(&written, "samples_exam_anatomy_ar_2026-11-21T09-00-00.jsonl");
    assert!(samples.starts_with(files.path().join("org__model__1")), "{samples:?}");
    let text = std::fs::read_to_string(samples).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(line["resps"][0], json!([["-0.12345678901234568", "False"]]));
    assert_eq!(line["filtered_resps"][2][0], "-4.00001");
    assert_eq!(line["arguments"]["gen_args_1"]["arg_1"], " ب");
    assert_eq!((&line["target"], &line["acc"]), (&json!("2"), &json!(0.0)));
    let prompt = line["arguments"]["gen_args_0"]["arg_0"].as_str().unwrap();
    assert!(prompt.ends_with("\nالإجابة:"), "{prompt}");
    assert_eq!(line["prompt_hash"], super::python::hash(prompt));
    let results: Value = serde_json::from_slice(&std::fs::read(only(&written, "results_")).unwrap()).unwrap();
    let hashes = ["doc_hash", "prompt_hash", "target_hash"];
    let joined: String = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .flat_map(|line| hashes.map(|hash| line[hash].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(results["task_hashes"]["exam_anatomy_ar"], super::python::hash(&joined));
    assert_eq!(results["results"]["exam_clinical_signs_en"]["acc_stderr,none"], "N/A");
}

#[test]
fn a_changed_benchmark_is_not_written_as_what_was_asked() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (workspace, record, _) = workspace(folder.path(), Scoring::Letters);
    let mut benchmark = workspace.load_benchmark("exam").unwrap();
    benchmark.add(vec![Item::new(ItemFields::asking("en", "new?", &["a", "b"])).unwrap()]);
    workspace.save_benchmark(&benchmark).unwrap();
    let error = export(
        &workspace,
        &record.id,
        Format::LmEval,
        &Corrections::default(),
        files.path(),
    )
    .unwrap_err();
    assert!(error.to_string().contains("has changed"), "{error}");
    assert_eq!(std::fs::read_dir(files.path()).unwrap().count(), 0);
    let tables = export(
        &workspace,
        &record.id,
        Format::Table(TableFormat::Parquet),
        &Corrections::default(),
        files.path(),
    )
    .unwrap();
    assert_eq!(tables.len(), 2);
}

#[test]
fn tables_of_every_kind_hold_every_answer_and_csv_runs_nothing() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (workspace, mut record, mut answers) = workspace(folder.path(), Scoring::Written { most_tokens: 16 });
    record.models[0].name = "=model".to_owned();
    for answer in &mut answers {
        answer.model = "=model".to_owned();
        answer.reply.as_mut().unwrap().text = "=cmd|' /C calc'!A0".to_owned();
    }
    let run = store::folder(&workspace, &record.id);
    record.save(&run).unwrap();
    table::write(&run, &answers).unwrap();
    for format in [TableFormat::Csv, TableFormat::JsonLines, TableFormat::Parquet] {
        let written = export(
            &workspace,
            &record.id,
            Format::Table(format),
            &Corrections::default(),
            files.path(),
        )
        .unwrap();
        assert_eq!(written.len(), 2, "{written:?}");
    }
    let csv = std::fs::read_to_string(files.path().join("answers.csv")).unwrap();
    assert!(csv.contains("'=cmd|") && csv.contains("'=model"), "{csv}");
    assert!(!csv.contains(",=") && !csv.contains("\"="), "{csv}");
    let lines = std::fs::read_to_string(files.path().join("answers.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), answers.len());
    assert!(lines.contains("\"reply\":\"=cmd|"));
    let items = std::fs::read_to_string(files.path().join("items-exam.csv")).unwrap();
    assert!(items.contains("'=Which organ"), "{items}");
}

/// Puts files into a folder and takes them into a workspace of their own.
fn take(
    files: &[(&str, String)],
    choices: &ImportChoices,
) -> Result<(Vec<super::Imported>, Workspace, tempfile::TempDir), String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let workspace = Workspace::open_or_create(&folder.path().join("workspace")).unwrap();
    match import(&workspace, folder.path(), choices) {
        Ok(imported) => Ok((imported, workspace, folder)),
        Err(error) => Err(error_chain(&error)),
    }
}

fn english() -> ImportChoices {
    ImportChoices {
        language: Some("en".parse().unwrap()),
        ..ImportChoices::default()
    }
}

fn likelihood_sample(document: &Value, target: &str, values: &[&str], continuations: &[&str], acc: f64) -> Value {
    let numbered = continuations.iter().enumerate();
    let arguments: serde_json::Map<String, Value> = numbered
        .map(|(index, text)| {
            (
                format!("gen_args_{index}"),
                json!({"arg_0": "Q\nAnswer:", "arg_1": text}),
            )
        })
        .collect();
    let pairs: Vec<Value> = values.iter().map(|value| json!([value, "False"])).collect();
    json!({"doc_id": 0, "doc": document, "target": target, "arguments": arguments, "resps": pairs.iter().map(|pair| json!([pair])).collect::<Vec<_>>(),
        "filtered_resps": pairs, "filter": "none", "metrics": ["acc"], "doc_hash": "0", "prompt_hash": "0", "target_hash": "0", "acc": acc})
}

#[test]
fn python_s_nan_and_missing_errors_are_read() {
    let document = json!({"question": "Which?", "choices": ["one", "two"], "answer": 1});
    let sample = likelihood_sample(&document, "1", &["-2.5", "-0.5"], &[" A", " B"], 1.0);
    let results = r#"{"results": {"t": {"acc,none": 1.0, "acc_stderr,none": "N/A", "f1,none": NaN}}, "n-shot": {"t": 3},
        "date": 1763715600.5, "model_name": "org/m", "lm_eval_version": "0.4.13", "total_evaluation_time_seconds": "1.5"}"#;
    let files = [
        ("results_2026.json", results.to_owned()),
        ("samples_t_2026.jsonl", sample.to_string()),
    ];
    let (imported, workspace, _folder) = take(&files, &english()).unwrap();
    let run = &imported[0];
    assert_eq!(run.record.program, "lm-evaluation-harness 0.4.13");
    assert_eq!(
        (run.record.protocol.shots, run.record.models[0].name.as_str()),
        (3, "org/m (imported)")
    );
    assert_eq!(run.record.created, "2025-11-21T09:00:00Z");
    let answers = store::answers(&workspace, &run.record.id).unwrap();
    assert_eq!(
        (answers[0].outcome, answers[0].choices.as_slice()),
        (Outcome::Right, [1].as_slice())
    );
    assert_eq!(answers[0].log_probabilities, [-2.5, -0.5]);
    let item = workspace.load_benchmark("t").unwrap().items()[0].clone();
    assert_eq!(
        (item.question.as_str(), item.right.as_slice()),
        ("Which?", [1].as_slice())
    );
}

#[test]
fn options_that_were_scored_themselves_are_the_continuations() {
    let document = json!({"QUESTION": "Does it?", "CONTEXTS": ["a", "b"], "final_decision": "no"});
    let sample = likelihood_sample(
        &document,
        "no",
        &["-2.5", "-0.5", "-9.0"],
        &[" yes", " no", " maybe"],
        1.0,
    );
    let (_, workspace, _folder) = take(&[("samples_pubmedqa_2026.jsonl", sample.to_string())], &english()).unwrap();
    let item = workspace.load_benchmark("pubmedqa").unwrap().items()[0].clone();
    assert_eq!(item.options, ["yes", "no", "maybe"]);
    assert_eq!(
        (item.right.as_slice(), item.context.as_deref()),
        ([1].as_slice(), Some("a\nb"))
    );
}

#[test]
fn every_filter_of_written_replies_is_a_run() {
    let document = json!({"question": "Which?", "options": {"A": "one", "B": "two"}});
    let line = |filter: &str, read: &str, right: f64| {
        json!({"doc_id": 4, "doc": document, "target": "B", "arguments": {"gen_args_0": {"arg_0": "Q", "arg_1": {"until": []}}},
            "resps": [["I think B."]], "filtered_resps": [read], "filter": filter, "metrics": ["exact_match"], "exact_match": right})
        .to_string()
    };
    let text = format!(
        "{}\n{}\n",
        line("strict-match", "[invalid]", 0.0),
        line("flexible-extract", "(B)", 1.0)
    );
    let (imported, workspace, _folder) = take(&[("samples_t_2026.jsonl", text)], &english()).unwrap();
    let told: Vec<_> = imported
        .iter()
        .map(|run| {
            let answers = store::answers(&workspace, &run.record.id).unwrap();
            let reply = answers[0].reply.as_ref().unwrap().text.clone();
            assert_eq!(reply, "I think B.");
            (
                run.record.models[0].name.clone(),
                answers[0].outcome,
                answers[0].choices.clone(),
            )
        })
        .collect();
    assert!(told[0].0.ends_with("(imported, strict-match)") && told[1].0.ends_with("(imported, flexible-extract)"));
    assert_eq!((told[0].1, told[0].2.len()), (Outcome::Unparsed, 0));
    assert_eq!((told[1].1, told[1].2.as_slice()), (Outcome::Right, [1].as_slice()));
}

#[test]
fn what_is_missing_or_broken_is_told_with_its_place() {
    let document = json!({"question": "Which?", "choices": ["one", "two"]});
    let good = likelihood_sample(&document, "1", &["-2.5", "-0.5"], &[" A", " B"], 1.0);
    let told = |files: &[(&str, String)], choices: &ImportChoices| take(files, choices).unwrap_err();
    let samples = |text: String| [("samples_t_2026.jsonl", text)];
    let unknown = told(&samples(good.to_string()), &ImportChoices::default());
    assert!(unknown.contains("--language"), "{unknown}");
    let torn = told(&samples(format!("{good}\n{{\"doc_id\": 1,")), &english());
    assert!(
        torn.contains("line 2 of") && torn.contains("samples_t_2026.jsonl"),
        "{torn}"
    );
    let mut far = good.clone();
    far["target"] = json!("7");
    let far = told(&samples(far.to_string()), &english());
    assert!(far.contains("line 1: its target `7`"), "{far}");
    let mut partly = good.clone();
    partly["acc"] = json!(0.5);
    let partly = told(&samples(partly.to_string()), &english());
    assert!(partly.contains("`acc` is 0.5"), "{partly}");
    let nothing = told(&[("readme.txt", String::new())], &english());
    assert!(nothing.contains("holds no run"), "{nothing}");
    let alone = told(&[("results_2026.json", "{}".to_owned())], &english());
    assert!(alone.contains("--log_samples"), "{alone}");
    let mut other = english();
    other.metric = Some("f1".to_owned());
    let other = told(&samples(good.to_string()), &other);
    assert!(other.contains("no number as `f1`"), "{other}");
}

#[test]
fn a_target_that_may_be_an_index_or_a_text_is_not_guessed() {
    let document = json!({"question": "How many?", "choices": ["1", "2", "3"]});
    let wrong = likelihood_sample(&document, "2", &["-0.5", "-2.5", "-3.0"], &[" A", " B", " C"], 0.0);
    let error = take(&[("samples_t_2026.jsonl", wrong.to_string())], &english()).unwrap_err();
    assert!(error.contains("may be an index or the text"), "{error}");
    let right = likelihood_sample(&document, "2", &["-3.5", "-2.5", "-0.5"], &[" A", " B", " C"], 1.0);
    let (_, workspace, _folder) = take(&[("samples_t_2026.jsonl", right.to_string())], &english()).unwrap();
    assert_eq!(workspace.load_benchmark("t").unwrap().items()[0].right, [2]);
}

#[test]
fn a_model_asked_here_keeps_its_name() {
    let (folder, files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (workspace, record, _) = workspace(folder.path(), Scoring::Letters);
    export(
        &workspace,
        &record.id,
        Format::LmEval,
        &Corrections::default(),
        files.path(),
    )
    .unwrap();
    let choices = ImportChoices {
        model: Some("org/model:1".to_owned()),
        ..ImportChoices::default()
    };
    let error = import(&workspace, files.path(), &choices).unwrap_err();
    assert!(error.to_string().contains("--model"), "{error}");
    let imported = import(&workspace, files.path(), &ImportChoices::default()).unwrap();
    assert_ne!(imported[0].record.models[0].name, "org/model:1");
}

fn inspect_log(samples: &Value) -> Value {
    json!({"version": 2, "status": "success",
        "eval": {"created": "2026-11-21T09:00:00+00:00", "task": "exam", "model": "openai/gpt", "dataset": {}, "config": {}, "packages": {"inspect_ai": "0.3.285"}},
        "samples": samples})
}

fn inspect_sample(id: i64, value: &Value, answer: &Value, stop: &str) -> Value {
    json!({"id": id, "epoch": 1, "input": [{"role": "user", "content": [{"type": "text", "text": format!("Which {id}?")}]}],
        "choices": ["one", "two"], "target": "B",
        "output": {"choices": [{"message": {"role": "assistant", "content": "ANSWER: B"}, "stop_reason": stop}], "usage": {"output_tokens": 4}},
        "scores": {"choice": {"value": value, "answer": answer}, "length": {"value": 0.3}}})
}

#[test]
fn a_log_of_inspect_is_read_with_what_came_of_each_sample() {
    let samples = json!([
        inspect_sample(1, &json!("C"), &json!("B"), "stop"),
        inspect_sample(2, &json!("I"), &json!("A"), "stop"),
        inspect_sample(3, &json!("N"), &Value::Null, "max_tokens"),
        inspect_sample(4, &json!("I"), &Value::Null, "stop"),
        inspect_sample(5, &json!("P"), &json!("A"), "stop"),
        {"id": 6, "epoch": 1, "input": "Which 6?", "choices": ["one", "two"], "target": "A", "error": {"message": "rate limit"}},
        {"id": 1, "epoch": 2, "input": "Which 1?", "choices": ["one", "two"], "target": "A"},
    ]);
    let files = [("log.json", inspect_log(&samples).to_string())];
    let (imported, workspace, _folder) = take(&files, &english()).unwrap();
    let run = &imported[0];
    assert_eq!(
        (run.record.program.as_str(), run.left_out.len()),
        ("inspect 0.3.285", 2),
        "{:?}",
        run.left_out
    );
    let answers = store::answers(&workspace, &run.record.id).unwrap();
    let outcomes: Vec<Outcome> = answers.iter().map(|answer| answer.outcome).collect();
    use Outcome::{Failed, Right, Truncated, Unparsed, Wrong};
    assert_eq!(outcomes, [Right, Wrong, Truncated, Unparsed, Failed]);
    assert_eq!(answers[4].error.as_deref(), Some("rate limit"));
    assert_eq!(answers[0].reply.as_ref().map(|reply| reply.tokens), Some(4));
    let mut choices = english();
    choices.metric = Some("length".to_owned());
    let files = [(
        "log.json",
        inspect_log(&json!([inspect_sample(1, &json!("C"), &json!("B"), "stop")])).to_string(),
    )];
    let error = take(&files, &choices).unwrap_err();
    assert!(error.contains("its score is 0.3"), "{error}");
}

#[test]
fn archives_with_zstd_members_are_read_and_bombs_are_not() {
    let archive = |method: zip::CompressionMethod, padding: usize| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut zip = zip::ZipWriter::new(&mut bytes);
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        let log = inspect_log(&Value::Null);
        zip.start_file("header.json", options).unwrap();
        zip.write_all(log.to_string().as_bytes()).unwrap();
        zip.start_file("samples/../../1_epoch_1.json", options).unwrap();
        zip.write_all(
            inspect_sample(1, &json!("C"), &json!("B"), "stop")
                .to_string()
                .as_bytes(),
        )
        .unwrap();
        let spaces = vec![b' '; 1 << 20];
        for _ in 0..padding {
            zip.write_all(&spaces).unwrap();
        }
        zip.finish().unwrap();
        bytes.into_inner()
    };
    let read = |bytes: Vec<u8>| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.eval");
        std::fs::write(&path, bytes).unwrap();
        let workspace = Workspace::open_or_create(&folder.path().join("workspace")).unwrap();
        import(&workspace, &path, &english())
            .map(|imported| imported[0].answers)
            .map_err(|error| error_chain(&error))
    };
    assert_eq!(read(archive(zip::CompressionMethod::Zstd, 0)), Ok(1));
    assert_eq!(read(archive(zip::CompressionMethod::Stored, 0)), Ok(1));
    let bomb = read(archive(zip::CompressionMethod::Zstd, 300)).unwrap_err();
    assert!(bomb.contains("unpacks to more than"), "{bomb}");
    let none = read(b"PK nothing".to_vec()).unwrap_err();
    assert!(none.contains("no log of inspect"), "{none}");
}

/// What lm_eval 0.4.13 itself saved of the questions in `tests/golden/lm_eval`; see `lm_eval_parity.py` there.
/// An imported run written out for lm-evaluation-harness has the prompts, continuations, log-likelihoods and scores of the
/// file it came from, and written for inspect and taken in again its answers.
fn is_written_again_as_it_was(workspace: &Workspace, record: &RunRecord, saved: &Path) {
    let lines = |folder: &Path| -> Vec<Value> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut paths: Vec<PathBuf> = entries
            .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
            .collect();
        paths.sort();
        let texts = paths.iter().map(|path| std::fs::read_to_string(path).unwrap());
        texts
            .flat_map(|text| {
                text.lines()
                    .map(|line| serde_json::from_str(line).unwrap())
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let again = tempfile::tempdir().unwrap();
    export(
        workspace,
        &record.id,
        Format::LmEval,
        &Corrections::default(),
        again.path(),
    )
    .unwrap();
    let ours = lines(&again.path().join("hash"));
    let theirs = lines(saved);
    assert_eq!(ours.len(), 7);
    for sample in &ours {
        let same = |other: &&Value| {
            let numbers = |sample: &Value| -> Vec<Value> {
                let pairs = sample["filtered_resps"].as_array().unwrap().iter();
                pairs.map(|pair| pair[0].clone()).collect()
            };
            other["arguments"] == sample["arguments"]
                && other["prompt_hash"] == sample["prompt_hash"]
                && numbers(other) == numbers(sample)
                && other["acc"] == sample["acc"]
                && other.get("acc_norm").is_none_or(|value| *value == sample["acc_norm"])
        };
        assert_eq!(theirs.iter().filter(same).count(), 1, "{sample:#}");
    }
    let (logs, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    export(
        workspace,
        &record.id,
        Format::Inspect,
        &Corrections::default(),
        logs.path(),
    )
    .unwrap();
    let there = Workspace::open_or_create(folder.path()).unwrap();
    let imported = import(&there, logs.path(), &english()).unwrap();
    let answers = |workspace: &Workspace, record: &RunRecord| {
        let answers = store::answers(workspace, &record.id).unwrap();
        let given = answers
            .into_iter()
            .map(|answer| (answer.outcome, answer.log_probabilities));
        given.collect::<Vec<_>>()
    };
    assert_eq!(imported.len(), 1);
    assert_eq!(answers(&there, &imported[0].record), answers(workspace, record));
    assert_eq!(imported[0].record.program, record.program);
    assert_eq!(imported[0].record.models[0].name, record.models[0].name);
}

#[test]
fn a_run_imported_before_prompts_were_kept_is_told_to_be_imported_anew() {
    let document = json!({"question": "Which?", "choices": ["one", "two"], "answer": 1});
    let sample = likelihood_sample(&document, "1", &["-2.5", "-0.5"], &[" A", " B"], 1.0);
    let files = [("samples_t_2026.jsonl", sample.to_string())];
    let (imported, workspace, folder) = take(&files, &english()).unwrap();
    let run = &imported[0].record.id;
    let into = folder.path().join("out");
    export(&workspace, run, Format::LmEval, &Corrections::default(), &into).unwrap();
    std::fs::remove_file(store::folder(&workspace, run).join("asked.jsonl")).unwrap();
    let problem = error_chain(&export(&workspace, run, Format::LmEval, &Corrections::default(), &into).unwrap_err());
    let file = folder.path().join("samples_t_2026.jsonl");
    assert!(problem.contains(&format!("run {run} was imported")), "{problem}");
    // By its name: where it lay may be another machine's.
    let anew = "Import samples_t_2026.jsonl anew (`polyclinic import-run`";
    assert!(problem.contains(anew), "{problem}");
    assert!(!problem.contains(&folder.path().display().to_string()), "{problem}");

    // As it says: what is taken in now can be written out.
    let again = import(&workspace, &file, &english()).unwrap();
    export(
        &workspace,
        &again[0].record.id,
        Format::LmEval,
        &Corrections::default(),
        &into,
    )
    .unwrap();
}

#[test]
fn what_lm_evaluation_harness_saved_gives_its_own_numbers_and_hashes() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/lm_eval/files");
    let results = std::fs::read_dir(files.join("hash"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"));
    let mut runs = 0;
    for file in results {
        // A workspace each: the exams have the same questions, which would be tied together.
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(folder.path()).unwrap();
        let results: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for run in import(&workspace, &file, &english()).unwrap() {
            assert!(run.left_out.is_empty(), "{:?}", run.left_out);
            assert_eq!(run.record.program, "lm-evaluation-harness 0.4.13");
            assert_eq!(run.record.protocol.shots, 2);
            let answers = store::answers(&workspace, &run.record.id).unwrap();
            for row in compared(&run.record, &answers) {
                let theirs = &results["results"][&row.task];
                assert_eq!(row.accuracy, theirs["acc,none"].as_f64(), "{}", row.task);
                assert_eq!(row.n, 7);
            }
            is_written_again_as_it_was(&workspace, &run.record, &files.join("hash"));
            runs += 1;
        }
    }
    assert_eq!(runs, 3);
    let saved = std::fs::read_dir(files.join("hash"))
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut lines = 0;
    for path in saved.filter(|path| path.extension().is_some_and(|end| end == "jsonl")) {
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let sample: Value = serde_json::from_str(line).unwrap();
            let document = super::python::pretty(&sample["doc"]).unwrap();
            assert_eq!(sample["doc_hash"], super::python::hash(&document));
            lines += 1;
        }
    }
    assert_eq!(lines, 21);
}

fn compared(record: &RunRecord, answers: &[Answer]) -> Vec<Row> {
    let ledger = Ledger::of([], [(record, answers)]);
    compare(&ledger, &Selection::all(&ledger))
}
