//! Runs that are killed, stopped, or run out of disk: nothing answered is lost, and the end is the same.

use std::io::BufRead;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::{Place, copy_folder, said};

/// Enough that a run lasts long enough to be killed in the middle, even of a tiny model.
const PER_LANGUAGE: usize = 200;

fn journal_lines(workspace: &Path, run: &str) -> usize {
    let path = workspace.join("runs").join(run).join("answers.jsonl");
    std::fs::read(path).map_or(0, |bytes| bytes.lines().count())
}

/// Starts a run in a copy of the workspace.
pub fn start(place: &Place, workspace: &str, arguments: &[&str]) -> Child {
    copy_folder(&place.path("w"), &place.path(workspace));
    place.command(arguments).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until the run that `child` works on has journaled `answers` answers, and names it.
pub fn wait_for(child: &mut Child, workspace: &Path, answers: usize) -> String {
    while child.try_wait().unwrap().is_none() {
        if let Ok(runs) = std::fs::read_dir(workspace.join("runs"))
            && let Some(run) = runs.flatten().next()
        {
            let run = run.file_name().into_string().unwrap();
            if journal_lines(workspace, &run) >= answers {
                return run;
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("the run ended before it had {answers} answers in its journal");
}

fn uninterrupted(place: &Place) -> Vec<serde_json::Value> {
    place.with_questions(PER_LANGUAGE);
    copy_folder(&place.path("w"), &place.path("whole"));
    place.works(&[
        "run",
        "--workspace",
        "whole",
        "--model",
        &place.model(),
        "--benchmark",
        "questions",
        "--shots",
        "1",
    ]);
    place.answers("whole")
}

#[test]
fn a_killed_run_resumes_to_the_same_answers() {
    let place = Place::new();
    let expected = uninterrupted(&place);
    for (round, answers) in [1, 40, 150].into_iter().enumerate() {
        let workspace = format!("killed{round}");
        let model = place.model();
        let arguments = [
            "run",
            "--workspace",
            &workspace,
            "--model",
            &model,
            "--benchmark",
            "questions",
            "--shots",
            "1",
        ];
        let mut child = start(&place, &workspace, &arguments);
        let run = wait_for(&mut child, &place.path(&workspace), answers);
        child.kill().unwrap();
        child.wait().unwrap();
        let kept = journal_lines(&place.path(&workspace), &run);
        assert!(
            kept >= answers && kept < expected.len(),
            "killed too late to show anything: {kept}"
        );
        place.works(&["resume", &run, "--workspace", &workspace]);
        assert_eq!(place.answers(&workspace), expected, "killed after {kept} answers");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_cleanly_and_says_how_to_go_on() {
    let place = Place::new();
    let expected = uninterrupted(&place);
    let model = place.model();
    let arguments = [
        "run",
        "--workspace",
        "stopped",
        "--model",
        &model,
        "--benchmark",
        "questions",
        "--shots",
        "1",
    ];
    let mut child = start(&place, "stopped", &arguments);
    let run = wait_for(&mut child, &place.path("stopped"), 30);
    let interrupted = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", said(&output));
    assert!(
        said(&output).contains(&format!("polyclinic resume {run}")),
        "{}",
        said(&output)
    );
    let record = std::fs::read_to_string(place.path("stopped").join("runs").join(&run).join("run.toml")).unwrap();
    assert!(record.contains("state = \"cancelled\""), "{record}");
    place.works(&["resume", &run, "--workspace", "stopped"]);
    assert_eq!(place.answers("stopped"), expected);
}

#[cfg(unix)]
#[test]
fn a_full_disk_keeps_what_was_written_and_the_run_goes_on_later() {
    let place = Place::new();
    let expected = uninterrupted(&place);
    copy_folder(&place.path("w"), &place.path("full"));
    // A limit on file size stands for the full disk: writing fails in the middle of the journal, as it would there.
    let program = env!("CARGO_BIN_EXE_polyclinic");
    let script = format!(
        "trap '' XFSZ; ulimit -f 64; exec '{program}' run --workspace full --model '{}' --benchmark questions --shots 1",
        place.model()
    );
    let mut command = place.command(&[]);
    let environment: Vec<_> = command
        .get_envs()
        .map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned)))
        .collect();
    command = std::process::Command::new("sh");
    command.args(["-c", &script]).current_dir(place.folder.path());
    for (name, value) in environment {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("those written before are safe"),
        "{}",
        said(&output)
    );
    let run = place.only_run("full");
    assert!(journal_lines(&place.path("full"), &run) > 0);
    place.works(&["resume", &run, "--workspace", "full"]);
    assert_eq!(place.answers("full"), expected);
}
