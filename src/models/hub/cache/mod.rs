//! The cache that all tools of the hub share, laid out as the Python client `huggingface_hub` writes it:
//!
//! ```text
//! models--organisation--name/
//!   blobs/<hash>                     the content of files, each once
//!   refs/main                        which commit a branch or tag is
//!   snapshots/<commit>/model.gguf    a link to the content
//! .locks/models--organisation--name/<hash>.lock
//! ```
//!
//! Whoever writes a blob holds its lock. What is not whole yet carries names of our own (`<hash>.polyclinic.incomplete`
//! and `.pieces`): older clients go on with any `<hash>.incomplete` from its end, and ours has gaps.

mod content;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use content::{Cached, Kind};

use super::{Content, FileName, RepositoryName, Revision};
use crate::files::{WriteError, write_atomically};

/// Tells backup programs to leave the cache out: <https://bford.info/cachedir/>.
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This file is a cache directory tag created by Polyclinic, as huggingface_hub creates it.\n";

/// Why the cache could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error("{} cannot be read or written", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{} is being downloaded by another program; stop that first", path.display())]
    InUse { path: PathBuf },
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl CacheError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// The shared cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubCache {
    root: PathBuf,
}

impl HubCache {
    /// The cache in a folder, which need not exist yet.
    pub fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// A repository's part of it, which need not exist yet.
    pub fn repository(&self, name: &RepositoryName) -> RepositoryFolder {
        RepositoryFolder {
            folder: self.root.join(name.folder()),
            locks: self.root.join(".locks").join(name.folder()),
            root: self.root.clone(),
            name: name.clone(),
        }
    }

    /// Every repository it has, by name.
    pub fn repositories(&self) -> Vec<RepositoryFolder> {
        let folders = entries(&self.root);
        let names = folders
            .iter()
            .filter_map(|path| RepositoryName::of_folder(path.file_name()?.to_str()?));
        let mut names: Vec<RepositoryName> = names.collect();
        names.sort();
        names.iter().map(|name| self.repository(name)).collect()
    }

    /// How many bytes the disk that holds it has left for this user.
    pub fn free_space(&self) -> io::Result<u64> {
        // The folder may be still to be made; the one above it lies on the same disk.
        let existing = self.root.ancestors().find(|folder| folder.exists());
        fs4::available_space(existing.unwrap_or(Path::new(".")))
    }
}

/// One repository's part of the cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryFolder {
    root: PathBuf,
    folder: PathBuf,
    locks: PathBuf,
    name: RepositoryName,
}

/// Where one content lies, or will.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Once it is whole and checked.
    pub path: PathBuf,
    /// What is there of it until then.
    pub partial: PathBuf,
    /// Which pieces of it are there.
    pub pieces: PathBuf,
    lock: PathBuf,
}

/// Held by whoever fetches a blob; given back when dropped or when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "an open file holds its lock")] File);

impl RepositoryFolder {
    /// Whose part it is.
    pub fn name(&self) -> &RepositoryName {
        &self.name
    }

    /// Where a content lies, or will.
    pub fn blob(&self, content: &Content) -> Blob {
        let etag = content.etag();
        let blobs = self.folder.join("blobs");
        Blob {
            path: blobs.join(etag),
            partial: blobs.join(format!("{etag}.polyclinic.incomplete")),
            pieces: blobs.join(format!("{etag}.polyclinic.pieces")),
            lock: self.locks.join(format!("{etag}.lock")),
        }
    }

    /// The folder that shows a commit's files under their names.
    pub fn snapshot(&self, commit: &Revision) -> PathBuf {
        self.folder.join("snapshots").join(commit.as_str())
    }

    /// Which commit a revision was when it was last fetched.
    pub fn commit(&self, revision: &Revision) -> Option<Revision> {
        if revision.is_commit() {
            return Some(revision.clone());
        }
        let text = fs::read_to_string(self.folder.join("refs").join(revision.as_str())).ok()?;
        text.trim().parse().ok().filter(Revision::is_commit)
    }

    /// A file of a revision, if it is here whole.
    pub fn find(&self, revision: &Revision, file: &FileName) -> Option<PathBuf> {
        let path = self.snapshot(&self.commit(revision)?).join(file.path());
        path.is_file().then_some(path)
    }

    /// Shows a blob that is whole under a file's name in a commit, and returns the path it has there.
    pub fn show(&self, commit: &Revision, file: &FileName, content: &Content) -> Result<PathBuf, CacheError> {
        let path = self.snapshot(commit).join(file.path());
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(CacheError::io(folder))?;
        let up = "../".repeat(file.as_str().split('/').count() + 1);
        let target = PathBuf::from(format!("{up}blobs/{}", content.etag()));
        if fs::read_link(&path).is_ok_and(|found| found == target) {
            return Ok(path);
        }
        // Under another name first, so that whoever looks meanwhile finds the old one or the new one.
        let fresh = folder.join(format!(".{}.{:08x}.link", file.last(), fastrand::u32(..)));
        let made = link(&target, &self.blob(content).path, &fresh).and_then(|()| fs::rename(&fresh, &path));
        if let Err(source) = made {
            _ = fs::remove_file(&fresh);
            return Err(CacheError::Io { path, source });
        }
        Ok(path)
    }

    /// Notes which commit a revision is now.
    pub fn note(&self, revision: &Revision, commit: &Revision) -> Result<(), CacheError> {
        if revision == commit || self.commit(revision).as_ref() == Some(commit) {
            return Ok(());
        }
        let path = self.folder.join("refs").join(revision.as_str());
        Ok(write_atomically(&path, commit.as_str().as_bytes())?)
    }

    /// Takes the lock of a blob, and makes the folders it lies in; nothing where another program holds it.
    pub fn lock(&self, blob: &Blob) -> Result<Option<Lock>, CacheError> {
        for folder in [&self.folder.join("blobs"), &self.locks] {
            fs::create_dir_all(folder).map_err(CacheError::io(folder))?;
        }
        let tag = self.root.join("CACHEDIR.TAG");
        if !tag.exists() && fs::write(&tag, TAG).is_err() {
            tracing::debug!(tag = %tag.display(), "the cache could not be tagged for backup programs");
        }
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&blob.lock);
        let file = file.map_err(CacheError::io(&blob.lock))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            // Some network file systems know no locks; then only the luck of not fetching twice at once is lost.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Some(Lock(file))),
            Err(TryLockError::Error(source)) => Err(CacheError::io(&blob.lock)(source)),
        }
    }
}

/// Makes `path` show `blob`: by a relative link, which survives the cache's being moved, else as the file itself.
fn link(target: &Path, blob: &Path, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(target, path);
    #[cfg(windows)]
    let linked = std::os::windows::fs::symlink_file(target, path);
    // Windows lets only some people make links, and some disks have none.
    linked
        .or_else(|_| fs::hard_link(blob, path))
        .or_else(|_| fs::copy(blob, path).map(|_| ()))
}

/// The paths in a folder; none where it cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn files_are_laid_out_as_the_python_client_does() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HubCache::new(folder.path().join("hub"));
        let repository = cache.repository(&"org/name".parse().unwrap());
        let commit: Revision = "c".repeat(40).parse().unwrap();
        let content = Content::Sha256("a".repeat(64));
        let blob = repository.blob(&content);
        let lock = repository.lock(&blob).unwrap().unwrap();
        assert!(repository.lock(&blob).unwrap().is_none(), "held by somebody");
        drop(lock);
        assert!(repository.lock(&blob).unwrap().is_some());
        fs::write(&blob.path, "content").unwrap();
        for name in ["model.gguf", "deep/er/model.gguf"] {
            let file: FileName = name.parse().unwrap();
            let shown = repository.show(&commit, &file, &content).unwrap();
            assert_eq!(repository.show(&commit, &file, &content).unwrap(), shown, "again");
            assert_eq!(fs::read_to_string(&shown).unwrap(), "content");
            assert!(fs::read_link(&shown).unwrap().is_relative());
            assert_eq!(repository.find(&Revision::default(), &file), None, "not noted yet");
            assert_eq!(repository.find(&commit, &file), Some(shown));
        }
        let main = Revision::default();
        repository.note(&main, &commit).unwrap();
        assert!(repository.find(&main, &"model.gguf".parse().unwrap()).is_some());
        let home = cache.root().join("models--org--name");
        assert_eq!(fs::read_to_string(home.join("refs/main")).unwrap(), commit.as_str());
        assert!(
            home.join("snapshots")
                .join(commit.as_str())
                .join("deep/er/model.gguf")
                .exists()
        );
        assert!(
            cache
                .root()
                .join(".locks/models--org--name")
                .join(format!("{}.lock", content.etag()))
                .exists()
        );
        assert!(
            fs::read_to_string(cache.root().join("CACHEDIR.TAG"))
                .unwrap()
                .starts_with("Signature: ")
        );
        assert_eq!(cache.repositories(), [repository]);
    }

    #[test]
    fn free_space_is_known_before_the_cache_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let cache = HubCache::new(folder.path().join("not/yet/there"));
        assert!(cache.free_space().unwrap() > 0);
    }

    #[test]
    fn what_a_ref_holds_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let repository = HubCache::new(folder.path().to_owned()).repository(&"a/b".parse().unwrap());
        fs::create_dir_all(folder.path().join("models--a--b/refs")).unwrap();
        fs::write(folder.path().join("models--a--b/refs/main"), "../../../etc").unwrap();
        assert_eq!(repository.commit(&Revision::default()), None);
    }
}
