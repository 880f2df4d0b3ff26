//! The real binary, run as a person or a script runs it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "test code may fail by panicking")]

mod bad_input;
mod device;
mod generate;
mod imports;
mod interrupted;
mod reviews;
mod slices;
#[path = "../support/tiny_model.rs"]
mod tiny_model;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder of its own for everything the program keeps, and a tiny model in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        tiny_model::write(&folder.path().join("tiny.gguf"), &tiny_model::Shape::llama());
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn model(&self) -> String {
        self.path("tiny.gguf").display().to_string()
    }

    /// The program, with its folders here and the network left alone.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polyclinic"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("POLYCLINIC_HOME", self.path("home"))
            .env("POLYCLINIC_CACHE", self.path("cache"))
            .env("HF_HOME", self.path("hub"))
            .env("HF_HUB_OFFLINE", "1")
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs what must work and returns its standard output.
    fn works(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Writes items in English and Arabic and imports them into the workspace `w` as `questions`.
    fn with_questions(&self, per_language: usize) {
        let mut lines = String::new();
        for number in 0..per_language {
            let letter = ["A", "B", "C", "D"][number % 4];
            for (language, question) in [("en", "Which of these is right"), ("ar", "أي مما يلي صحيح")] {
                let item = serde_json::json!({
                    "id": format!("q{number}"), "language": language, "parallel": format!("q{number}"),
                    "question": format!("{question} {number}?"), "task": "exam",
                    "options": ["one", "two", "three", format!("four {number}")],
                    "answer": letter,
                });
                lines.push_str(&format!("{item}\n"));
            }
        }
        std::fs::write(self.path("questions.jsonl"), lines).unwrap();
        self.works(&["import", "questions.jsonl", "--workspace", "w"]);
    }

    /// Every answer of the workspace, without what two equal runs may differ in.
    fn answers(&self, workspace: &str) -> Vec<Value> {
        let text = self.works(&["answers", "--workspace", workspace]);
        let mut answers: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for answer in &mut answers {
            let answer = answer.as_object_mut().unwrap();
            answer.remove("run").unwrap();
            answer.remove("seconds").unwrap();
        }
        answers
    }

    /// The only run of a workspace.
    fn only_run(&self, workspace: &str) -> String {
        let mut runs = std::fs::read_dir(self.path(workspace).join("runs")).unwrap();
        let run = runs.next().unwrap().unwrap().file_name().into_string().unwrap();
        assert!(runs.next().is_none());
        run
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn from_a_file_of_questions_to_a_comparison() {
    let place = Place::new();
    place.with_questions(20);
    place.works(&[
        "run",
        "--workspace",
        "w",
        "--model",
        &place.model(),
        "--benchmark",
        "questions",
        "--shots",
        "2",
    ]);
    let rows: Value = serde_json::from_str(&place.works(&["compare", "--workspace", "w", "--format", "json"])).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 2);
    for (row, language) in rows.iter().zip(["en", "ar"]) {
        assert_eq!(row["model"], "tiny");
        assert_eq!(row["benchmark"], "questions");
        assert_eq!(row["task"], "exam");
        assert_eq!(row["language"], language);
        assert_eq!(row["n"], 20);
        let (right, accuracy) = (row["right"].as_f64().unwrap(), row["accuracy"].as_f64().unwrap());
        assert!((accuracy - right / 20.0).abs() < 1e-12);
        assert!(row["low"].as_f64().unwrap() <= accuracy && accuracy <= row["high"].as_f64().unwrap());
    }
    let answers = place.answers("w");
    assert_eq!(answers.len(), 40);
    for answer in &answers {
        let scores: Vec<f64> = serde_json::from_value(answer["log_probabilities"].clone()).unwrap();
        assert_eq!(scores.len(), 4);
        assert!(scores.iter().all(|score| *score < 0.0));
        let best = (0..4)
            .max_by(|&left, &right| scores[left].total_cmp(&scores[right]))
            .unwrap();
        assert_eq!(answer["choice"], ["A", "B", "C", "D"][best]);
    }
    let csv = place.works(&["answers", "--workspace", "w", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 41);
    let table = place.works(&["compare", "--workspace", "w"]);
    assert!(table.contains("letters, 2 shots, seed 0"), "{table}");
}

/// The demo workspace, in which two models answered in many languages.
fn with_demo(place: &Place) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("workspaces/demo");
    copy_folder(&demo, &place.path("demo"));
}

#[test]
fn models_and_languages_are_compared_with_tests_and_intervals() {
    let place = Place::new();
    with_demo(&place);
    let rows = |show: &[&str]| -> Vec<Value> {
        let common = ["compare", "--workspace", "demo", "--format", "json", "--show"];
        let arguments: Vec<&str> = common.iter().chain(show).copied().collect();
        serde_json::from_str(&place.works(&arguments)).unwrap()
    };
    let pairs = rows(&["differences"]);
    let english = pairs.iter().find(|row| row["language"] == "en").unwrap();
    let count = |name: &str| english[name].as_u64().unwrap();
    assert_eq!(
        count("both") + count("only_model") + count("only_baseline") + count("neither"),
        count("n")
    );
    let (difference, p, holm) = (&english["difference"], &english["p"], &english["p_holm"]);
    let expected = (count("only_model") as f64 - count("only_baseline") as f64) / count("n") as f64;
    assert!((difference.as_f64().unwrap() - expected).abs() < 1e-12);
    assert!(p.as_f64().unwrap() <= holm.as_f64().unwrap());
    assert!(english["sentence"].as_str().unwrap().contains("48 items"), "{english}");
    let baseline = english["model"].as_str().unwrap();
    let others = rows(&["differences", "--baseline", baseline]);
    assert!(
        others
            .iter()
            .all(|row| row["baseline"] == baseline && row["model"] != baseline)
    );
    let turned = others.iter().find(|row| row["language"] == "en").unwrap();
    assert_eq!(turned["difference"].as_f64().unwrap(), -difference.as_f64().unwrap());

    let gaps = rows(&["gaps"]);
    assert!(
        gaps.iter()
            .all(|row| row["reference"] == "en" && row["language"] != "en")
    );
    assert!(gaps.iter().any(|row| row["language"] == "yo"));
    let bins = &rows(&["calibration"])[0]["bins"];
    assert_eq!(bins.as_array().unwrap().len(), 10);
    assert!(rows(&["subjects"]).iter().all(|row| row["subject"].is_string()));

    let refused = |arguments: &[&str], reason: &str| {
        let output = place.run(&[&["compare", "--workspace", "demo"][..], arguments].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(reason), "{}", said(&output));
    };
    refused(&["--show", "differences", "--baseline", "nobody"], baseline);
    refused(&["--baseline", baseline], "--show differences");
}

#[test]
fn a_table_comes_as_text_for_papers_and_pages() {
    let place = Place::new();
    with_demo(&place);
    let table = |format: &str| place.works(&["compare", "--workspace", "demo", "--show", "gaps", "--format", format]);
    let rows = table("csv").lines().count() - 1;
    assert!(rows > 10);
    let markdown = table("markdown");
    assert_eq!(markdown.lines().count(), rows + 2);
    assert!(
        markdown.starts_with("| model | benchmark | task | language |"),
        "{markdown}"
    );
    let latex = table("latex");
    assert_eq!(latex.matches(" \\\\\n").count(), rows + 1);
    assert!(
        latex.contains("\\toprule") && latex.contains("95\\% interval"),
        "{latex}"
    );
    let html = table("html");
    assert_eq!(html.matches("<tr>").count(), rows + 1);
    assert!(
        html.contains("lang=\"ar\" dir=\"rtl\"") && html.ends_with("</html>\n"),
        "{html}"
    );
}

#[test]
fn the_same_run_twice_gives_the_same_bits() {
    let place = Place::new();
    place.with_questions(20);
    copy_folder(&place.path("w"), &place.path("again"));
    for workspace in ["w", "again"] {
        place.works(&[
            "run",
            "--workspace",
            workspace,
            "--model",
            &place.model(),
            "--benchmark",
            "questions",
        ]);
    }
    assert_eq!(place.answers("w"), place.answers("again"));
}

#[test]
fn the_catalogue_is_looked_through() {
    let place = Place::new();
    place.with_questions(4);
    let table = place.works(&["models", "search", "silma"]);
    assert!(table.contains("silma-9b") && table.lines().count() == 2, "{table}");
    let found = |arguments: &[&str]| -> Value {
        let all = [&["models", "search"], arguments, &["--format", "json"]].concat();
        serde_json::from_str(&place.works(&all)).unwrap()
    };
    let arabic = found(&["--language", "ar", "--for", "medical", "--runs-here"]);
    let arabic = arabic.as_array().unwrap();
    assert!(arabic.iter().any(|model| model["id"] == "bimedix-bilingual"));
    assert!(
        arabic
            .iter()
            .all(|model| model["medical"] == true && model["runs_here"] == true)
    );
    // A model this small fits wherever this runs, and its time is told for the questions of a workspace.
    let small = found(&["smollm2-135m", "--fits", "--workspace", "w"]);
    assert_eq!(small[0]["fits"], true);
    assert!(small[0]["estimated_seconds"].as_f64().unwrap() > 0.0, "{small}");
    assert_eq!(found(&["no", "such", "model"]), serde_json::json!([]));
    let output = place.run(&["models", "search", "--for", "cooking"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said(&output).contains("neither `medical` nor `general`"),
        "{}",
        said(&output)
    );
}

#[test]
fn limits_languages_and_names() {
    let place = Place::new();
    place.with_questions(9);
    place.works(&["models", "add", "tiny.gguf"]);
    assert!(place.works(&["models"]).contains("tiny"));
    let listed: Value = serde_json::from_str(&place.works(&["models", "list", "--format", "json"])).unwrap();
    let tiny = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|model| model["name"] == "tiny")
        .unwrap();
    assert_eq!(tiny["architecture"], "llama");
    place.works(&[
        "run",
        "--workspace",
        "w",
        "--model",
        "tiny",
        "--benchmark",
        "questions",
        "--language",
        "ar",
        "--limit",
        "5",
    ]);
    let answers = place.answers("w");
    assert_eq!(answers.len(), 5);
    assert!(answers.iter().all(|answer| answer["language"] == "ar"));
    place.works(&["models", "remove", "tiny"]);
    let output = place.run(&["run", "--workspace", "w", "--model", "tiny", "--benchmark", "questions"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("neither a file nor the name of a model"),
        "{}",
        said(&output)
    );
}

#[test]
fn a_second_process_reads_only_and_says_who_writes() {
    let place = Place::new();
    place.with_questions(3);
    let held = polyclinic::workspace::Workspace::open(&place.path("w")).unwrap();
    let output = place.run(&["import", "questions.jsonl", "--workspace", "w", "--name", "more"]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(
        text.contains("read-only") && text.contains(&std::process::id().to_string()),
        "{text}"
    );
    place.works(&["compare", "--workspace", "w"]);
    drop(held);
    place.works(&["import", "questions.jsonl", "--workspace", "w", "--name", "more"]);
}

#[test]
fn an_import_tells_bad_rows_and_keeps_good_ones() {
    let place = Place::new();
    place.with_questions(2);
    let good = std::fs::read_to_string(place.path("questions.jsonl")).unwrap();
    std::fs::write(
        place.path("mixed.jsonl"),
        format!("{good}{{\"id\": \"bad\"\nnot json\n"),
    )
    .unwrap();
    let output = place.run(&["import", "mixed.jsonl", "--workspace", "mixed"]);
    assert_eq!(output.status.code(), Some(3));
    let text = said(&output);
    assert!(text.contains("line 5") && text.contains("line 6"), "{text}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("4 items imported"));
}

#[test]
fn arguments_that_make_no_sense_exit_with_2() {
    let place = Place::new();
    for arguments in [
        &["run", "--workspace", "w"][..],
        &["compare", "--workspace", "w", "--format", "xml"],
        &["fly"],
    ] {
        assert_eq!(place.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_heard_enough_is_no_failure() {
    let place = Place::new();
    place.with_questions(60);
    place.works(&[
        "run",
        "--workspace",
        "w",
        "--model",
        &place.model(),
        "--benchmark",
        "questions",
    ]);
    for format in ["jsonl", "csv"] {
        let mut command = place.command(&["answers", "--workspace", "w", "--format", format]);
        let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{format}");
    }
}

#[test]
fn a_mistyped_file_makes_no_workspace() {
    let place = Place::new();
    let output = place.run(&["import", "gone.jsonl", "--workspace", "w"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!place.path("w").exists());
}
