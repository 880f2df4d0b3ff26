//! `polyclinic models get|verify|remove`, run as a person or a script runs them.

use std::process::Output;

use super::killed::program;
use super::server::{Fault, content};
use super::*;

fn run(server: &Server, folder: &std::path::Path, arguments: &[&str]) -> Output {
    program(server, folder).arg("models").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_model_is_fetched_checked_and_removed_by_name() {
    let server = Server::with_file("tiny.gguf", MIB);
    let folder = tempfile::tempdir().unwrap();
    let output = run(&server, folder.path(), &["get", REPOSITORY]);
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "only the path goes to standard output");
    let path = PathBuf::from(text.trim());
    assert_eq!(std::fs::read(&path).unwrap(), content(MIB));

    let address = format!("{}/{REPOSITORY}/blob/main/tiny.gguf", server.address());
    let again = run(&server, folder.path(), &["get", &address]);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), text);

    let mut command = program(&server, folder.path());
    let unreachable = command
        .env("HF_ENDPOINT", "http://127.0.0.1:9")
        .args(["models", "get", REPOSITORY])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&unreachable.stdout), text);
    assert!(
        said(&unreachable).contains("what is here is used"),
        "{}",
        said(&unreachable)
    );

    let listed = run(&server, folder.path(), &["list"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains(&format!("{REPOSITORY}/tiny.gguf")), "{listed}");

    assert!(run(&server, folder.path(), &["verify", "tiny"]).status.success());
    std::fs::write(&path, vec![0; MIB]).unwrap();
    let damaged = run(&server, folder.path(), &["verify", REPOSITORY]);
    assert_eq!(damaged.status.code(), Some(1));
    assert!(said(&damaged).contains("damaged"), "{}", said(&damaged));

    assert!(run(&server, folder.path(), &["remove", "tiny"]).status.success());
    assert!(!path.exists());
    let gone = run(&server, folder.path(), &["remove", "tiny"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(said(&gone).contains("no model is called `tiny`"), "{}", said(&gone));
}

#[test]
fn what_cannot_be_fetched_ends_with_the_reason() {
    let server = Server::start();
    server.put("a-Q4.gguf", content(MIB));
    server.put("a-Q8.gguf", content(MIB));
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (&["get", REPOSITORY][..], "a-Q4.gguf, a-Q8.gguf"),
        (&["get", REPOSITORY, "--file", "a-Q5.gguf"], "names like it are a-Q"),
        (&["get", "clinic/other"], "clinic/tiny-GGUF"),
        (&["get", "../x"], "no repository's name"),
        (&["get", "https://example.org/a/b"], "not an address of the hub"),
        (
            &["get", "smollm2-135m", "--revision", "main"],
            "leave --file and --revision out",
        ),
    ] {
        let output = run(&server, folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(said(&output).contains(expected), "{arguments:?}: {}", said(&output));
    }
    let output = run(&server, folder.path(), &["get", REPOSITORY, "--file", "../../x"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_gated_repository_says_so_and_the_token_stays_out_of_what_is_said() {
    let server = Server::with_file("tiny.gguf", MIB);
    let gated = vec![("x-error-code", "GatedRepo".to_owned())];
    server.set(|behaviour| behaviour.faults = vec![Fault::Status(403, gated)]);
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(&server, folder.path());
    command
        .env_remove("HF_HUB_DISABLE_IMPLICIT_TOKEN")
        .env("HF_TOKEN", "hf_secret")
        .env("RUST_LOG", "trace");
    let output = command.args(["models", "get", REPOSITORY]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains("has not accepted"), "{text}");
    assert!(!text.contains("hf_secret"), "{text}");
    assert!(
        server
            .seen()
            .iter()
            .all(|(_, headers)| headers["authorization"] == "Bearer hf_secret")
    );
}
