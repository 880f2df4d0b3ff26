//! A disk without room: a small one of its own, where this machine lets a test mount one.

use std::path::Path;
use std::process::Command;

use super::server::content;
use super::*;

/// A disk of a few megabytes in memory.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(mebibytes: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(folder));
        }
        eprintln!("skipped: this machine does not let a test mount a small disk");
        None
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg(self.path()).status().ok();
    }
}

#[test]
fn what_has_no_room_is_refused_before_the_first_byte() {
    let Some(disk) = SmallDisk::mount(6) else { return };
    let server = Server::with_file("tiny.gguf", 8 * MIB);
    let hub = hub(&server, disk.path().join("hub"), None);
    let error = fetch(&hub, "tiny.gguf", &Progress::shared(), &Cancel::default()).unwrap_err();
    assert!(
        matches!(error, DownloadError::DiskFull { need, .. } if need == 8 * MIB as u64),
        "{error}"
    );
    assert!(error.to_string().contains("make room"), "{error}");
    assert_eq!(server.content_requests(), 0);
}

#[test]
fn a_disk_that_fills_up_ends_the_download_and_keeps_what_came() {
    let Some(disk) = SmallDisk::mount(12) else { return };
    let size = 9 * MIB;
    let server = Server::with_file("tiny.gguf", size);
    server.set(|behaviour| behaviour.pause = Some(Duration::from_millis(3)));
    let hub = hub(&server, disk.path().join("hub"), None);
    let progress = Progress::shared();
    let error = std::thread::scope(|scope| {
        let fetching = scope.spawn(|| fetch(&hub, "tiny.gguf", &progress, &Cancel::default()));
        while progress.fetched() < 3 * MIB as u64 {
            std::thread::sleep(Duration::from_millis(1));
        }
        // Somebody else takes the room.
        std::fs::write(disk.path().join("other"), vec![1; 5 * MIB]).unwrap();
        fetching.join().unwrap().unwrap_err()
    });
    assert!(matches!(error, DownloadError::DiskFull { .. }), "{error}");
    std::fs::remove_file(disk.path().join("other")).unwrap();
    let again = Progress::shared();
    let fetched = fetch(&hub, "tiny.gguf", &again, &Cancel::default()).unwrap();
    assert_eq!(std::fs::read(fetched.path).unwrap(), content(size));
    assert!(
        again.fetched() <= (size - 2 * MIB) as u64,
        "{} fetched again",
        again.fetched()
    );
}
