//! How fast a file comes from a server on this machine, beside curl in the same run: `cargo bench --bench download`.
//!
//! Ours also hashes what comes and waits until the disk has it, which curl does not; so both are shown, curl alone and
//! curl followed by `sha256sum` and `sync`.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark says what it finds, and may fail by panicking"
)]

#[path = "../tests/downloads/server.rs"]
#[expect(dead_code, reason = "a benchmark needs no faults")]
mod server;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use polyclinic::cancel::Cancel;
use polyclinic::models::download::{self, Order, Progress};
use polyclinic::models::hub::{Hub, Settings};
use polyclinic::network::{Backoff, Timeouts, block_on};
use server::{COMMIT, REPOSITORY, Server, content, sha256};

/// Bytes of the file: some seconds' worth of a fast network.
const SIZE: usize = 512 << 20;

/// How often each way is measured; the ways take turns.
const ROUNDS: usize = 7;

const FILE: &str = "model.gguf";

fn main() {
    let server = Server::with_file(FILE, SIZE);
    let hash = sha256(&content(SIZE));
    server.set(|behaviour| behaviour.told_sha256 = Some(hash.clone()));
    server.set(|behaviour| behaviour.etag = Some(format!("\"{hash}\"")));
    let mut ours = Vec::new();
    let mut curl = Vec::new();
    let mut curl_checked = Vec::new();
    for round in 0..=ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let taken = [
            timed(|| fetch(&server, folder.path())),
            timed(|| shell(&server, folder.path(), "")),
            timed(|| shell(&server, folder.path(), "&& sha256sum file && sync file")),
        ];
        // The first round warms the disk's and the server's memory.
        if round > 0 {
            ours.push(taken[0]);
            curl.push(taken[1]);
            curl_checked.push(taken[2]);
        }
    }
    let [ours, curl, curl_checked] = [ours, curl, curl_checked].map(median);
    let rate = |seconds: f64| SIZE as f64 / 1e6 / seconds;
    println!("ours                            {:7.0} MB/s", rate(ours));
    println!(
        "curl                            {:7.0} MB/s, ours is {:.2} of it",
        rate(curl),
        curl / ours
    );
    println!(
        "curl, then sha256sum and sync   {:7.0} MB/s, ours is {:.2} of it",
        rate(curl_checked),
        curl_checked / ours
    );
}

fn timed(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

fn fetch(server: &Server, folder: &Path) {
    let settings = Settings {
        endpoint: server.address().parse().unwrap(),
        cache: folder.join("hub"),
        offline: false,
        token: None,
        implicit_token: false,
    };
    let hub = Hub::new(settings, Timeouts::default(), Backoff::default()).unwrap();
    let order = Order {
        repository: REPOSITORY.parse().unwrap(),
        revision: Default::default(),
        file: Some(FILE.parse().unwrap()),
    };
    let fetched = block_on(download::fetch(&hub, &order, &Progress::shared(), &Cancel::default()));
    assert!(fetched.unwrap().unwrap().path.is_file());
}

fn shell(server: &Server, folder: &Path, then: &str) {
    let address = format!("{}/{REPOSITORY}/resolve/{COMMIT}/{FILE}", server.address());
    let script = format!("curl -sS --fail -o file '{address}' {then} >/dev/null");
    let status = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(status.success(), "this benchmark needs curl and sha256sum");
}
