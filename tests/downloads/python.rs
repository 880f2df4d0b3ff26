//! The real Python client beside ours, in one cache.

use std::path::Path;
use std::process::{Command, Output};

use super::server::content;
use super::*;

/// A Python that has `huggingface_hub`: `POLYCLINIC_PYTHON`, else the usual one. `.ci/run` makes one.
fn python() -> Option<String> {
    let python = std::env::var("POLYCLINIC_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import huggingface_hub"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!("skipped: {python} has no huggingface_hub; set POLYCLINIC_PYTHON to one that has");
    None
}

fn run(python: &str, cache: &Path, server: Option<&Server>, script: &str) -> Output {
    let mut command = Command::new(python);
    command
        .args(["-c", script])
        .env("HF_HUB_CACHE", cache)
        .env("HF_HUB_DISABLE_TELEMETRY", "1")
        .env("HF_HUB_DISABLE_XET", "1");
    match server {
        Some(server) => command.env("HF_ENDPOINT", server.address()).env("HF_HUB_OFFLINE", "0"),
        None => command.env("HF_HUB_OFFLINE", "1"),
    };
    command.output().unwrap()
}

#[test]
fn the_python_client_reads_what_we_fetched_without_a_network() {
    let Some(python) = python() else { return };
    let server = Server::start();
    server.put("model.safetensors", content(2 * MIB));
    server.put("config.json", "{}".into());
    server.put("sub/tiny.gguf", content(MIB));
    let machine = Machine::new(&server);
    let whole = Order {
        file: None,
        ..order("x")
    };
    for order in [order("sub/tiny.gguf"), whole] {
        block_on(download::fetch(
            &machine.hub,
            &order,
            &Progress::shared(),
            &Cancel::default(),
        ))
        .unwrap()
        .unwrap();
    }
    let script = format!(
        "from huggingface_hub import hf_hub_download, snapshot_download, scan_cache_dir\n\
         print(hf_hub_download('{REPOSITORY}', 'sub/tiny.gguf'))\n\
         print(snapshot_download('{REPOSITORY}'))\n\
         cache = scan_cache_dir()\n\
         assert not cache.warnings, cache.warnings\n\
         print(cache.size_on_disk)\n"
    );
    let output = run(&python, &machine.cache(), None, &script);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(std::fs::read(lines[0]).unwrap(), content(MIB));
    assert_eq!(
        std::fs::read(Path::new(lines[1]).join("model.safetensors")).unwrap(),
        content(2 * MIB)
    );
    assert_eq!(lines[2], (3 * MIB + 2).to_string());
}

#[test]
fn we_find_what_the_python_client_fetched() {
    let Some(python) = python() else { return };
    let server = Server::with_file("tiny-q4.gguf", MIB);
    let machine = Machine::new(&server);
    let script =
        format!("from huggingface_hub import hf_hub_download\nprint(hf_hub_download('{REPOSITORY}', 'tiny-q4.gguf'))");
    let output = run(&python, &machine.cache(), Some(&server), &script);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let path = PathBuf::from(String::from_utf8(output.stdout).unwrap().trim());
    let found = machine.hub.cache().models_called("tiny-q4");
    assert_eq!(found.iter().map(|cached| &cached.path).collect::<Vec<_>>(), [&path]);
    let served = server.served();
    assert_eq!(machine.fetch("tiny-q4.gguf").unwrap().path, path);
    assert_eq!(server.served(), served, "not fetched again");
}
