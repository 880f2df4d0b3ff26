//! A workspace: the folder that holds benchmarks, runs and reviews.
//!
//! One process at a time holds its lock and may write; whoever comes later reads.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::benchmarks::import::Import;
use crate::benchmarks::{Added, Benchmark, BenchmarkError, Description};
use crate::files::{WriteError, write_toml};

/// The newest layout of a workspace that this program knows.
pub const SCHEMA: u32 = 1;
const MANIFEST: &str = "workspace.toml";
const LOCK: &str = "workspace.lock";

/// An open workspace. Dropping it lets go of the lock.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
    /// Whoever has the workspace may agree to something while others read it.
    manifest: Mutex<Manifest>,
    name: String,
    access: Access,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Manifest {
    schema: u32,
    name: String,
    /// Where people agreed to send items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    send_to: Vec<Agreement>,
    /// What another program wrote there.
    #[serde(flatten)]
    rest: toml::Table,
}

/// Somebody agreed that items leave the machine for an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Agreement {
    address: String,
    /// When, RFC 3339, UTC.
    since: String,
}

#[derive(Debug)]
enum Access {
    Write { _lock: File },
    ReadOnly { reason: String },
}

/// Why a workspace cannot be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    #[error("{} holds no workspace: there is no {MANIFEST} in it. `polyclinic import` and `polyclinic demo` make one", .0.display())]
    Missing(PathBuf),
    #[error("{} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is damaged", path.display())]
    Manifest { path: PathBuf, source: toml::de::Error },
    #[error("{} was made by a newer Polyclinic (its schema is {found}, this program knows up to {SCHEMA}); nothing was changed. Update the program to open it", path.display())]
    Newer { path: PathBuf, found: u32 },
    #[error("there is no benchmark `{name}` in this workspace; there {present}")]
    UnknownBenchmark { name: String, present: String },
    #[error("the workspace {} is open read-only: {reason}", root.display())]
    ReadOnly { root: PathBuf, reason: String },
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Benchmark(#[from] BenchmarkError),
}

impl Workspace {
    /// Opens an existing workspace to read it only: takes no lock and leaves the folder as it is.
    pub fn open_to_read(root: &Path) -> Result<Self, WorkspaceError> {
        Self::open_with(root, |_| Access::ReadOnly {
            reason: "it was opened to be read".to_owned(),
        })
    }

    /// Opens an existing workspace; read-only where another process holds it or the folder cannot be written.
    pub fn open(root: &Path) -> Result<Self, WorkspaceError> {
        Self::open_with(root, lock)
    }

    fn open_with(root: &Path, access: impl FnOnce(&Path) -> Access) -> Result<Self, WorkspaceError> {
        let path = root.join(MANIFEST);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(WorkspaceError::Missing(root.to_owned())),
            Err(source) => return Err(WorkspaceError::Read { path, source }),
        };
        // The schema first: a newer manifest may lack what this program looks for.
        let found = toml::from_str::<SchemaOnly>(&text);
        match found {
            Ok(SchemaOnly { schema }) if schema > SCHEMA => return Err(WorkspaceError::Newer { path, found: schema }),
            Ok(_) => {}
            Err(source) => return Err(WorkspaceError::Manifest { path, source }),
        }
        let manifest: Manifest = toml::from_str(&text).map_err(|source| WorkspaceError::Manifest { path, source })?;
        Ok(Self {
            root: root.to_owned(),
            name: manifest.name.clone(),
            manifest: Mutex::new(manifest),
            access: access(root),
        })
    }

    /// Opens the workspace at `root`, making it where there is none yet.
    pub fn open_or_create(root: &Path) -> Result<Self, WorkspaceError> {
        match Self::open(root) {
            Err(WorkspaceError::Missing(_)) => {
                let absolute = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
                let name = absolute
                    .file_name()
                    .map_or_else(|| "workspace".into(), |name| name.to_string_lossy().into_owned());
                let manifest = Manifest {
                    schema: SCHEMA,
                    name,
                    send_to: Vec::new(),
                    rest: toml::Table::new(),
                };
                write_toml(&root.join(MANIFEST), &manifest)?;
                Self::open(root)
            }
            opened => opened,
        }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The name people gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why nothing may be written here; `None` where it may.
    pub fn read_only(&self) -> Option<&str> {
        match &self.access {
            Access::Write { .. } => None,
            Access::ReadOnly { reason } => Some(reason),
        }
    }

    /// An error that says why, where nothing may be written.
    pub fn require_write(&self) -> Result<(), WorkspaceError> {
        match self.read_only() {
            None => Ok(()),
            Some(reason) => Err(WorkspaceError::ReadOnly {
                root: self.root.clone(),
                reason: reason.to_owned(),
            }),
        }
    }

    /// Whether somebody agreed that items of this workspace are sent to an address.
    pub fn may_send_to(&self, address: &str) -> bool {
        self.manifest().send_to.iter().any(|agreed| agreed.address == address)
    }

    /// The addresses that somebody agreed to.
    pub fn sends_to(&self) -> Vec<String> {
        let manifest = self.manifest();
        manifest.send_to.iter().map(|agreed| agreed.address.clone()).collect()
    }

    /// Writes down that somebody agreed to send items of this workspace to an address.
    pub fn agree_to_send_to(&self, address: &str) -> Result<(), WorkspaceError> {
        self.require_write()?;
        if self.may_send_to(address) {
            return Ok(());
        }
        let mut manifest = self.manifest();
        let mut changed = manifest.clone();
        changed.send_to.push(Agreement {
            address: address.to_owned(),
            since: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        });
        write_toml(&self.root.join(MANIFEST), &changed)?;
        *manifest = changed;
        Ok(())
    }

    fn manifest(&self) -> MutexGuard<'_, Manifest> {
        // It is whole between any two statements.
        self.manifest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the benchmarks lie.
    pub fn benchmarks_folder(&self) -> PathBuf {
        self.root.join("benchmarks")
    }

    /// Where its own protocols lie, a file each.
    pub fn protocols_folder(&self) -> PathBuf {
        self.root.join("protocols")
    }

    /// Where slices lie.
    pub fn slices_folder(&self) -> PathBuf {
        self.root.join("slices")
    }

    /// Where the runs lie, a folder each.
    pub fn runs_folder(&self) -> PathBuf {
        self.root.join("runs")
    }

    /// Where what people said lies, a file for each reviewer.
    pub fn reviews_folder(&self) -> PathBuf {
        self.root.join("reviews")
    }

    /// The names of its benchmarks, sorted.
    pub fn benchmark_names(&self) -> Result<Vec<String>, WorkspaceError> {
        let folder = self.benchmarks_folder();
        if !folder.exists() {
            return Ok(Vec::new());
        }
        Ok(Benchmark::names(&folder)?)
    }

    /// Reads one of its benchmarks.
    pub fn load_benchmark(&self, name: &str) -> Result<Benchmark, WorkspaceError> {
        let names = self.benchmark_names()?;
        if !names.iter().any(|present| present == name) {
            let present = match names.as_slice() {
                [] => "are none yet, `polyclinic import` brings some".to_owned(),
                [only] => format!("is only `{only}`"),
                names => format!("are {}", names.join(", ")),
            };
            return Err(WorkspaceError::UnknownBenchmark {
                name: name.to_owned(),
                present,
            });
        }
        Ok(Benchmark::load(&self.benchmarks_folder(), name)?)
    }

    /// Adds what a file held to the benchmark of that name, or makes it. What is there already stays.
    pub fn keep_import(&self, name: &str, import: Import) -> Result<Kept, WorkspaceError> {
        let file = import.path.file_name();
        let description = Description {
            title: name.to_owned(),
            source: file.map(|name| name.to_string_lossy().into_owned()),
            ..Description::default()
        };
        self.keep_imports(name, description, vec![import])
    }

    /// The same of several files at once; a new benchmark is described as told.
    pub fn keep_imports(
        &self,
        name: &str,
        description: Description,
        imports: Vec<Import>,
    ) -> Result<Kept, WorkspaceError> {
        self.require_write()?;
        let there = self.benchmark_names()?.iter().any(|present| present == name);
        let mut added = Added {
            added: 0,
            duplicates: Vec::new(),
        };
        let mut imports = imports.into_iter();
        let mut benchmark = match (there, imports.next()) {
            (false, Some(first)) => {
                added.added = first.items.len() + first.examples.len();
                Benchmark::from_import(name, description, first)?
            }
            (_, first) => {
                let mut benchmark = self.load_benchmark(name)?;
                first
                    .into_iter()
                    .for_each(|first| added.join(benchmark.add_import(first)));
                benchmark
            }
        };
        imports.for_each(|import| added.join(benchmark.add_import(import)));
        let joined = there.then(|| benchmark.items().len());
        self.save_benchmark(&benchmark)?;
        Ok(Kept { added, joined })
    }

    /// Keeps a benchmark, in place of one of that name.
    pub fn save_benchmark(&self, benchmark: &Benchmark) -> Result<(), WorkspaceError> {
        self.require_write()?;
        Ok(benchmark.save(&self.benchmarks_folder())?)
    }
}

/// What keeping an import did.
#[derive(Debug)]
pub struct Kept {
    pub added: Added,
    /// How many items the benchmark has now, where it was there before.
    pub joined: Option<usize>,
}

#[derive(Deserialize)]
struct SchemaOnly {
    schema: u32,
}

/// Takes the lock, or says who or what keeps us from writing. The file's text names its holder for people;
/// the lock itself is the operating system's and ends with the process, however it ends.
fn lock(root: &Path) -> Access {
    let read_only = |reason: String| Access::ReadOnly { reason };
    let path = root.join(LOCK);
    let mut file = match OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
    {
        Ok(file) => file,
        Err(error) => return read_only(format!("{} cannot be written ({error})", path.display())),
    };
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let holder = match file.read_to_string(&mut holder) {
                Ok(length) if length > 0 => holder.trim().to_owned(),
                _ => "another process".to_owned(),
            };
            return read_only(format!("{holder} has it open"));
        }
        Err(TryLockError::Error(error)) => return read_only(format!("{} cannot be locked ({error})", path.display())),
    }
    let note = format!("polyclinic, process {}", std::process::id());
    let noted = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(note.as_bytes()));
    if let Err(error) = noted {
        return read_only(format!("{} cannot be written ({error})", path.display()));
    }
    Access::Write { _lock: file }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_opener_reads_only_and_is_told_who_writes() {
        let folder = tempfile::tempdir().unwrap();
        let first = Workspace::open_or_create(folder.path()).unwrap();
        assert_eq!(first.read_only(), None);
        let second = Workspace::open(folder.path()).unwrap();
        let reason = second.read_only().unwrap();
        assert!(reason.contains(&std::process::id().to_string()), "{reason}");
        assert!(matches!(second.require_write(), Err(WorkspaceError::ReadOnly { .. })));
        drop(first);
        assert_eq!(Workspace::open(folder.path()).unwrap().read_only(), None);
    }

    #[test]
    fn reading_takes_no_lock_and_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        drop(Workspace::open_or_create(folder.path()).unwrap());
        std::fs::remove_file(folder.path().join(LOCK)).unwrap();
        let reading = Workspace::open_to_read(folder.path()).unwrap();
        assert!(!folder.path().join(LOCK).exists());
        assert_eq!(Workspace::open(folder.path()).unwrap().read_only(), None);
        assert!(reading.require_write().is_err());
    }

    #[test]
    fn an_unknown_benchmark_is_told_with_those_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(folder.path()).unwrap();
        let error = workspace.load_benchmark("nope").unwrap_err();
        assert!(error.to_string().contains("`nope`"), "{error}");
    }

    #[test]
    fn an_agreement_to_send_is_asked_for_once_in_each_workspace_and_address() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::open_or_create(folder.path()).unwrap();
        let manifest = folder.path().join(MANIFEST);
        assert!(!std::fs::read_to_string(&manifest).unwrap().contains("send_to"));
        assert!(!workspace.may_send_to("https://api.example.org"));
        workspace.agree_to_send_to("https://api.example.org").unwrap();
        workspace.agree_to_send_to("https://api.example.org").unwrap();
        drop(workspace);
        let again = Workspace::open_to_read(folder.path()).unwrap();
        assert_eq!(again.sends_to(), ["https://api.example.org"]);
        assert!(!again.may_send_to("https://api.example.org.evil"));
        assert!(again.agree_to_send_to("https://other.example.org").is_err());
    }

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let text = "schema = 99\nname = 7\n";
        std::fs::write(folder.path().join(MANIFEST), text).unwrap();
        let error = Workspace::open_or_create(folder.path()).unwrap_err();
        assert!(matches!(error, WorkspaceError::Newer { found: 99, .. }), "{error}");
        assert_eq!(std::fs::read_to_string(folder.path().join(MANIFEST)).unwrap(), text);
    }

    #[test]
    fn a_folder_without_a_manifest_is_no_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let error = Workspace::open(folder.path()).unwrap_err();
        assert!(matches!(error, WorkspaceError::Missing(_)), "{error}");
    }

    #[test]
    fn a_damaged_manifest_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(MANIFEST), "schema = ").unwrap();
        let error = Workspace::open(folder.path()).unwrap_err();
        assert!(error.to_string().contains(MANIFEST), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_that_cannot_be_written_opens_read_only() {
        let folder = tempfile::tempdir().unwrap();
        drop(Workspace::open_or_create(folder.path()).unwrap());
        // A folder in the lock's place refuses writing even to root, which a mode bit would not.
        std::fs::remove_file(folder.path().join(LOCK)).unwrap();
        std::fs::create_dir(folder.path().join(LOCK)).unwrap();
        let workspace = Workspace::open(folder.path()).unwrap();
        assert!(workspace.read_only().unwrap().contains(LOCK));
    }
}
