//! The real program, killed again and again in the middle of a download.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::server::{Server, content};
use super::*;

/// The program as it fetches from the test's server, with its folders below `folder`.
pub fn program(server: &Server, folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_polyclinic"));
    command
        .current_dir(folder)
        .env("POLYCLINIC_HOME", folder.join("home"))
        .env("POLYCLINIC_CACHE", folder.join("cache"))
        .env("HF_HOME", folder)
        .env("HF_ENDPOINT", server.address())
        .env("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
        .env_remove("HF_HUB_CACHE")
        .env_remove("HF_HUB_OFFLINE")
        .env_remove("HF_TOKEN");
    command
}

fn get(server: &Server, folder: &std::path::Path) -> Child {
    let mut command = program(server, folder);
    command.args(["models", "get", REPOSITORY, "--file", "tiny.gguf"]);
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn thirty_kills_cost_less_than_a_chunk_each() {
    const KILLS: u64 = 30;
    /// What one request asks for; a kill costs the pieces of 1 MiB that four connections were in the middle of.
    const CHUNK: u64 = 32 * MIB as u64;
    const UNDER_WAY: u64 = 4 * (MIB as u64 + 512 * 1024);

    let size = 160 * MIB;
    let server = Server::with_file("tiny.gguf", size);
    server.set(|behaviour| behaviour.pause = Some(Duration::from_millis(6)));
    let folder = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    for kill in 0..KILLS {
        let before = server.served();
        let mut child = get(&server, folder.path());
        // The moment is chosen after bytes began to come, so that every kill is in the middle of something.
        while server.served() == before {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(random.u64(0..80)));
        assert!(
            child.try_wait().unwrap().is_none(),
            "kill {kill} came too late; make the file larger"
        );
        child.kill().unwrap();
        child.wait().unwrap();
    }
    server.set(|behaviour| behaviour.pause = None);
    let output = get(&server, folder.path()).wait_with_output().unwrap();
    assert!(output.status.success());
    let path = String::from_utf8(output.stdout).unwrap();
    assert!(
        std::fs::read(path.trim()).unwrap() == content(size),
        "the file is not what was served"
    );
    let twice = server.served() - size as u64;
    eprintln!("{KILLS} kills: {} KiB fetched twice for each", twice / KILLS / 1024);
    assert!(
        twice <= KILLS * UNDER_WAY && UNDER_WAY < CHUNK,
        "{twice} bytes were fetched twice"
    );
}
