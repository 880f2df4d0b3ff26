//! Downloads against a hub that misbehaves: whatever it does, a file is whole and right or it is not there, and what
//! came is not fetched twice.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail by panicking and say what they skip"
)]

mod command_line;
mod datasets;
mod disk;
mod faults;
mod killed;
mod python;
mod queue;
mod server;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use polyclinic::cancel::Cancel;
use polyclinic::models::download::{self, DownloadError, Fetched, Order, Progress};
use polyclinic::models::hub::{Hub, Settings};
use polyclinic::network::{Backoff, Secret, Timeouts, block_on};
use server::{REPOSITORY, Server};

const MIB: usize = 1 << 20;

/// A machine whose only network is the test's server.
struct Machine {
    folder: tempfile::TempDir,
    hub: Hub,
}

impl Machine {
    fn new(server: &Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("hub");
        let hub = hub(server, cache, None);
        Self { folder, hub }
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("hub")
    }

    fn fetch(&self, file: &str) -> Result<Fetched, DownloadError> {
        fetch(&self.hub, file, &Progress::shared(), &Cancel::default())
    }

    /// Everything that lies in the machine's folder, as paths from there.
    fn files(&self) -> Vec<String> {
        fn collect(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match std::fs::symlink_metadata(&path).unwrap().is_dir() {
                    true => collect(&path, found),
                    false => found.push(path),
                }
            }
        }
        let mut found = Vec::new();
        collect(self.folder.path(), &mut found);
        let name = |path: &PathBuf| path.strip_prefix(self.folder.path()).unwrap().display().to_string();
        found.iter().map(name).collect()
    }
}

/// A hub of which the environment says nothing, patient with a busy machine.
fn hub(server: &Server, cache: PathBuf, token: Option<&str>) -> Hub {
    hub_with(server, cache, token, Duration::from_secs(30))
}

/// The same, which waits no longer than `idle` for a byte.
fn hub_with(server: &Server, cache: PathBuf, token: Option<&str>, idle: Duration) -> Hub {
    let settings = Settings {
        endpoint: server.address().parse().unwrap(),
        cache,
        offline: false,
        token: token.map(|text| Secret::new(text).unwrap()),
        implicit_token: false,
    };
    let timeouts = Timeouts {
        connect: Duration::from_secs(30),
        idle,
    };
    let backoff = Backoff {
        attempts: 4,
        first: Duration::from_millis(5),
        longest: Duration::from_millis(20),
        patience: Duration::from_secs(5),
    };
    Hub::new(settings, timeouts, backoff).unwrap()
}

fn order(file: &str) -> Order {
    Order {
        repository: REPOSITORY.parse().unwrap(),
        revision: Default::default(),
        file: Some(file.parse().unwrap()),
    }
}

fn fetch(hub: &Hub, file: &str, progress: &Arc<Progress>, cancel: &Cancel) -> Result<Fetched, DownloadError> {
    block_on(download::fetch(hub, &order(file), progress, cancel)).unwrap()
}
