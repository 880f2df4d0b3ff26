//! `polyclinic endpoint` as people type it.

use std::process::{Command, Output};

use serde_json::Value;

use super::server::FakeServer;
use super::wire;

fn polyclinic(home: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_polyclinic"))
        .env("POLYCLINIC_HOME", home)
        .env("POLYCLINIC_TEST_KEY", "sk-ward-77aa")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn endpoints_are_added_listed_tried_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let server = FakeServer::start(|asked| wire::vllm(asked, true));
    let url = format!("{}/v1", server.address);
    let added = polyclinic(
        home.path(),
        &[
            "endpoint",
            "add",
            &url,
            "--key-variable",
            "POLYCLINIC_TEST_KEY",
            "--concurrent",
            "128",
        ],
    );
    assert!(added.status.success(), "{}", text(&added.stderr));
    let said = text(&added.stdout);
    for word in [
        "Ward-7B",
        "vLLM 0.28.0",
        "next-token probabilities",
        "8192 tokens",
        "Nothing leaves this machine",
    ] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert!(
        server
            .asked()
            .iter()
            .all(|asked| asked.authorization.as_deref() == Some("Bearer sk-ward-77aa"))
    );

    let listed = polyclinic(home.path(), &["endpoint", "list", "--format", "json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(listed[0]["name"], "Ward-7B");
    assert_eq!(listed[0]["limits"]["concurrent"], 128);
    assert_eq!(listed[0]["address"], server.address);

    let again = polyclinic(home.path(), &["endpoint", "probe", "Ward-7B", "--format", "json"]);
    let again: Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["probe"]["route"], "next-token");
    for file in std::fs::read_dir(home.path()).unwrap() {
        let file = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!file.contains("77aa"), "{file}");
    }

    assert!(
        polyclinic(home.path(), &["endpoint", "remove", "Ward-7B"])
            .status
            .success()
    );
    let gone = polyclinic(home.path(), &["endpoint", "remove", "Ward-7B"]);
    assert_eq!(gone.status.code(), Some(1));
    assert!(
        text(&gone.stderr).contains("no endpoint was added under the name `Ward-7B`"),
        "{}",
        text(&gone.stderr)
    );
}

#[test]
fn what_cannot_be_added_says_why_and_is_not() {
    let home = tempfile::tempdir().unwrap();
    let server = FakeServer::start(wire::service);
    server.stop();
    std::thread::sleep(std::time::Duration::from_millis(20));
    let failed = polyclinic(home.path(), &["endpoint", "add", &server.address]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        text(&failed.stderr).contains("cannot be reached"),
        "{}",
        text(&failed.stderr)
    );
    for (arguments, word) in [
        (vec!["ftp://example.org"], "neither http nor https"),
        (vec!["https://sk-1@example.org"], "holds a user name or a key"),
        (vec!["http://localhost:1", "--concurrent", "0"], "--concurrent"),
        (vec!["http://localhost:1", "--price-in", "2"], "--price-out"),
    ] {
        let refused = polyclinic(home.path(), &[vec!["endpoint", "add"], arguments].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains(word), "{}", text(&refused.stderr));
    }
    let listed = polyclinic(home.path(), &["endpoint", "list", "--format", "json"]);
    assert_eq!(text(&listed.stdout).trim(), "[]");
}
