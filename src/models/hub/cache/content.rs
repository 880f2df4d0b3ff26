//! What the cache has: models and other content by size, found by name and removed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{CacheError, HubCache, RepositoryFolder, entries};
use crate::models::hub::{Content, FileName, RepositoryName, files};
use crate::models::part_name::PartName;

/// What a part of the cache is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A GGUF file, with all its parts.
    Gguf,
    /// Weights in safetensors, with what belongs to them.
    Safetensors,
    /// The files of a data set.
    Dataset,
    /// Files in other forms, which other programs fetched.
    Other,
    /// Downloads that were never finished.
    Unfinished,
}

/// A part of the cache that is listed and removed as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cached {
    pub repository: RepositoryName,
    pub kind: Kind,
    /// What a run opens: the GGUF file or its first part (another where that is missing), or the folder of a safetensors model. Of several commits the
    /// one that `main` is, else the one fetched last. For the rest, the repository's folder.
    pub path: PathBuf,
    /// Of a GGUF model the name of its file.
    pub file: Option<FileName>,
    /// How many bytes removing it frees.
    pub bytes: u64,
    /// What removing it removes first, in every commit.
    shown: Vec<PathBuf>,
    /// The blobs behind those that are links to blobs.
    blobs: Vec<PathBuf>,
    /// How many of its files hold their content themselves.
    copies: usize,
}

impl Cached {
    /// What commands call it: `organisation/name`, with the file where that is a GGUF file.
    pub fn name(&self) -> String {
        match &self.file {
            Some(file) => format!("{}/{file}", self.repository),
            None => self.repository.to_string(),
        }
    }

    /// What runs call it: its file's name without the ending and the numbers of parts, or the repository's without the organisation.
    pub fn short_name(&self) -> &str {
        match &self.file {
            Some(file) => match PartName::of(file.last()) {
                Some(part) => part.before,
                None => file.last().strip_suffix(".gguf").unwrap_or(file.last()),
            },
            None => self.repository.name(),
        }
    }

    /// Its content, each with the hash that it is filed under.
    pub fn contents(&self) -> Vec<(PathBuf, Content)> {
        let hash = |blob: &PathBuf| Content::of_etag(blob.file_name()?.to_str()?);
        let contents = self.blobs.iter().filter_map(|blob| Some((blob.clone(), hash(blob)?)));
        contents.collect()
    }

    /// How many of its files carry no hash: copies, where links could not be made.
    pub fn without_hash(&self) -> usize {
        self.copies + self.blobs.len() - self.contents().len()
    }

    /// Whether a run can use it.
    pub fn is_model(&self) -> bool {
        matches!(self.kind, Kind::Gguf | Kind::Safetensors)
    }

    /// Whether a person may mean it by `name`: its whole name, its file's, or its file's without the ending.
    pub fn is_called(&self, name: &str) -> bool {
        let file = self.file.as_ref().is_some_and(|file| file.last() == name);
        self.name() == name || self.repository.as_str() == name || self.short_name() == name || file
    }
}

/// A file as a snapshot shows it.
struct Shown {
    path: PathBuf,
    name: FileName,
    /// The blob behind it, where it is a link to one; otherwise it holds its content itself.
    blob: Option<PathBuf>,
}

impl HubCache {
    /// Everything it has, the largest first.
    pub fn content(&self) -> Vec<Cached> {
        let mut content: Vec<Cached> = self.repositories().iter().flat_map(RepositoryFolder::content).collect();
        content.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name().cmp(&b.name())));
        content
    }

    /// The models that a person may mean by `name`; those whose whole name it is, where there are any.
    pub fn models_called(&self, name: &str) -> Vec<Cached> {
        let mut found = self.content();
        found.retain(|cached| cached.is_model() && cached.is_called(name));
        if found.iter().any(|cached| cached.name() == name) {
            found.retain(|cached| cached.name() == name);
        }
        found
    }

    /// A data set by its name, with or without `datasets/` before it.
    pub fn dataset_called(&self, name: &str) -> Option<Cached> {
        let is_it = |cached: &Cached| {
            let repository = &cached.repository;
            cached.kind == Kind::Dataset && [repository.as_str(), repository.plain()].contains(&name)
        };
        self.content().into_iter().find(is_it)
    }

    /// Removes a part of the cache. Content that something else of it still shows stays.
    pub fn remove(&self, cached: &Cached) -> Result<(), CacheError> {
        self.repository(&cached.repository).remove(cached)
    }
}

impl RepositoryFolder {
    /// What this repository has.
    pub fn content(&self) -> Vec<Cached> {
        let shown = self.shown();
        let mut groups: BTreeMap<(Kind, Option<FileName>), Vec<&Shown>> = BTreeMap::new();
        let has_config = shown.iter().any(|file| file.name.as_str() == "config.json");
        for file in &shown {
            let group = match self.name.is_dataset() {
                true => (Kind::Dataset, None),
                false => group(&file.name, has_config),
            };
            groups.entry(group).or_default().push(file);
        }
        // Configuration without weights is no model.
        let weights = |files: &[&Shown]| files.iter().any(|file| file.name.as_str().ends_with(".safetensors"));
        if groups
            .get(&(Kind::Safetensors, None))
            .is_some_and(|files| !weights(files))
        {
            let stray = groups.remove(&(Kind::Safetensors, None)).unwrap_or_default();
            groups.entry((Kind::Other, None)).or_default().extend(stray);
        }
        let mut content: Vec<Cached> = groups
            .into_iter()
            .map(|((kind, file), files)| Cached {
                repository: self.name.clone(),
                kind,
                path: self.opened(kind, file.as_ref(), &files),
                file,
                bytes: freed(&files, &shown),
                shown: files.iter().map(|file| file.path.clone()).collect(),
                blobs: distinct(files.iter().filter_map(|file| file.blob.clone())),
                copies: files.iter().filter(|file| file.blob.is_none()).count(),
            })
            .collect();
        let unfinished = self.unfinished();
        if !unfinished.is_empty() {
            content.push(Cached {
                repository: self.name.clone(),
                kind: Kind::Unfinished,
                path: self.folder.clone(),
                file: None,
                bytes: unfinished.iter().map(|path| occupied(path)).sum(),
                shown: unfinished,
                blobs: Vec::new(),
                copies: 0,
            });
        }
        content
    }

    /// What a run opens of a group of files.
    fn opened(&self, kind: Kind, file: Option<&FileName>, files: &[&Shown]) -> PathBuf {
        if !matches!(kind, Kind::Gguf | Kind::Safetensors) {
            return self.folder.clone();
        }
        let name = file.map_or_else(|| PathBuf::from("config.json"), FileName::path);
        let main = self.commit(&Default::default()).map(|commit| self.snapshot(&commit));
        let in_main = main.map(|main| main.join(&name)).filter(|path| path.exists());
        let newest = || {
            let same = files.iter().filter(|file| file.path.ends_with(&name));
            let changed = |path: &Path| fs::symlink_metadata(path).and_then(|found| found.modified()).ok();
            same.map(|file| file.path.clone()).max_by_key(|path| changed(path))
        };
        // Where the first part is missing, opening another says so.
        let other = || files.first().map(|file| file.path.clone());
        let path = in_main
            .or_else(newest)
            .or_else(other)
            .unwrap_or_else(|| self.folder.clone());
        match (kind, path.parent()) {
            (Kind::Safetensors, Some(folder)) => folder.to_owned(),
            _ => path,
        }
    }

    /// Every file that any snapshot shows.
    fn shown(&self) -> Vec<Shown> {
        let mut found = Vec::new();
        for snapshot in entries(&self.folder.join("snapshots")) {
            let mut folders = vec![snapshot.clone()];
            while let Some(folder) = folders.pop() {
                for path in entries(&folder) {
                    let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
                    if is_folder {
                        folders.push(path);
                    } else if let Some(name) = name_in(&snapshot, &path) {
                        let blob = self.blob_behind(&path);
                        found.push(Shown { path, name, blob });
                    }
                }
            }
        }
        found
    }

    /// The blob of this repository that a link leads to.
    fn blob_behind(&self, path: &Path) -> Option<PathBuf> {
        let target = fs::read_link(path).ok()?;
        let blob = self.folder.join("blobs").join(target.file_name()?);
        // The link's folder need not be the one it says, if somebody else made it.
        let same = |a: &Path, b: &Path| Some(fs::canonicalize(a).ok()? == fs::canonicalize(b).ok()?);
        same(path, &blob)?.then_some(blob)
    }

    /// What is there of downloads that were not finished, ours and the Python client's.
    fn unfinished(&self) -> Vec<PathBuf> {
        let mut found = entries(&self.folder.join("blobs"));
        let ending = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".incomplete") || name.ends_with(".pieces")
        };
        found.retain(ending);
        found
    }

    fn remove(&self, cached: &Cached) -> Result<(), CacheError> {
        for path in &cached.shown {
            self.refuse_if_in_use(path)?;
        }
        let shown = self.shown();
        let (gone, kept): (Vec<&Shown>, Vec<&Shown>) = shown.iter().partition(|file| cached.shown.contains(&file.path));
        let still: BTreeSet<&PathBuf> = kept.iter().filter_map(|file| file.blob.as_ref()).collect();
        let blobs: BTreeSet<&PathBuf> = gone.iter().filter_map(|file| file.blob.as_ref()).collect();
        // What shows a blob goes first: a link to nothing is worse than content that nothing shows.
        for path in &cached.shown {
            remove_file(path)?;
        }
        for blob in blobs.difference(&still) {
            remove_file(blob)?;
        }
        // Whoever holds a lock is about to write here.
        let is_free = || entries(&self.locks).iter().all(|lock| !is_held(lock));
        if kept.is_empty() && self.unfinished().is_empty() && is_free() {
            for folder in [&self.folder, &self.locks] {
                if folder.exists() {
                    fs::remove_dir_all(folder).map_err(CacheError::io(folder))?;
                }
            }
        }
        Ok(())
    }

    /// Refuses to remove what a program is fetching right now.
    fn refuse_if_in_use(&self, path: &Path) -> Result<(), CacheError> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let etag = name.split('.').next().unwrap_or_default();
        match is_held(&self.locks.join(format!("{etag}.lock"))) {
            true => Err(CacheError::InUse { path: path.to_owned() }),
            false => Ok(()),
        }
    }
}

/// Whether a program holds this lock.
fn is_held(lock: &Path) -> bool {
    fs::File::open(lock).is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

/// What a file belongs to.
fn group(name: &FileName, has_config: bool) -> (Kind, Option<FileName>) {
    if name.as_str().ends_with(".gguf") {
        return (Kind::Gguf, files::first_part(name).or_else(|| Some(name.clone())));
    }
    match has_config && files::belongs_to_safetensors(name) {
        true => (Kind::Safetensors, None),
        false => (Kind::Other, None),
    }
}

/// How many bytes removing `files` frees: their own content and that of blobs that nothing else shows.
fn freed(files: &[&Shown], all: &[Shown]) -> u64 {
    let own: BTreeSet<&PathBuf> = files.iter().map(|file| &file.path).collect();
    let others = all.iter().filter(|file| !own.contains(&file.path));
    let still: BTreeSet<&PathBuf> = others.filter_map(|file| file.blob.as_ref()).collect();
    let content: BTreeSet<&PathBuf> = files
        .iter()
        .map(|file| file.blob.as_ref().unwrap_or(&file.path))
        .collect();
    content.difference(&still).map(|path| occupied(path)).sum()
}

/// How much of the disk a file takes, which for one with gaps is less than its length.
fn occupied(path: &Path) -> u64 {
    let Ok(found) = fs::metadata(path) else {
        return 0;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        (found.blocks() * 512).min(found.len())
    }
    #[cfg(not(unix))]
    found.len()
}

fn distinct(paths: impl Iterator<Item = PathBuf>) -> Vec<PathBuf> {
    let paths: BTreeSet<PathBuf> = paths.collect();
    paths.into_iter().collect()
}

fn name_in(snapshot: &Path, path: &Path) -> Option<FileName> {
    let parts = path.strip_prefix(snapshot).ok()?.iter().map(|part| part.to_str());
    let parts: Option<Vec<&str>> = parts.collect();
    parts?.join("/").parse().ok()
}

fn remove_file(path: &Path) -> Result<(), CacheError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(CacheError::io(path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::models::hub::Revision;

    struct Machine {
        _folder: tempfile::TempDir,
        cache: HubCache,
    }

    impl Machine {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let cache = HubCache::new(folder.path().to_owned());
            Self { _folder: folder, cache }
        }

        /// Puts a file into a commit; the same letter is the same content.
        fn put(&self, repository: &str, commit: char, name: &str, letter: char, size: usize) {
            let repository = self.cache.repository(&repository.parse().unwrap());
            let content = Content::Sha256(letter.to_string().repeat(64));
            let blob = repository.blob(&content);
            drop(repository.lock(&blob).unwrap());
            fs::write(&blob.path, vec![b'x'; size]).unwrap();
            let commit: Revision = commit.to_string().repeat(40).parse().unwrap();
            repository.show(&commit, &name.parse().unwrap(), &content).unwrap();
            repository.note(&Revision::default(), &commit).unwrap();
        }

        fn listed(&self) -> Vec<(String, Kind, u64)> {
            let content = self.cache.content();
            content
                .iter()
                .map(|cached| (cached.name(), cached.kind, cached.bytes))
                .collect()
        }

        fn remove(&self, name: &str) {
            let content = self.cache.content();
            let cached = content.iter().find(|cached| cached.name() == name).unwrap();
            self.cache.remove(cached).unwrap();
        }

        fn blobs(&self, repository: &str) -> usize {
            let name: RepositoryName = repository.parse().unwrap();
            entries(&self.cache.root().join(name.folder()).join("blobs")).len()
        }
    }

    #[test]
    fn models_are_listed_by_size_and_found_by_name() {
        let machine = Machine::new();
        machine.put("a/gguf", '1', "m-Q4.gguf", 'a', 4096 * 3);
        machine.put("a/gguf", '1', "m-Q8-00001-of-00002.gguf", 'b', 4096 * 5);
        machine.put("a/gguf", '1', "m-Q8-00002-of-00002.gguf", 'c', 4096 * 4);
        machine.put("b/tensors", '1', "model.safetensors", 'd', 4096);
        machine.put("b/tensors", '1', "config.json", 'e', 4096);
        machine.put("c/other", '1', "pytorch_model.bin", 'f', 4096);
        assert_eq!(
            machine.listed(),
            [
                ("a/gguf/m-Q8-00001-of-00002.gguf".to_owned(), Kind::Gguf, 4096 * 9),
                ("a/gguf/m-Q4.gguf".to_owned(), Kind::Gguf, 4096 * 3),
                ("b/tensors".to_owned(), Kind::Safetensors, 8192),
                ("c/other".to_owned(), Kind::Other, 4096),
            ]
        );
        let called = |name: &str| machine.cache.models_called(name).len();
        assert_eq!(called("m-Q4"), 1);
        assert_eq!(called("m-Q8"), 1);
        assert_eq!(called("a/gguf/m-Q4.gguf"), 1);
        assert_eq!(called("a/gguf"), 2);
        assert_eq!(called("b/tensors"), 1);
        assert_eq!(called("c/other"), 0);
        let folder = &machine.cache.models_called("b/tensors")[0].path;
        assert!(folder.join("config.json").exists());
    }

    #[test]
    fn a_data_set_is_one_thing_beside_the_model_of_its_name_and_goes_as_one() {
        let machine = Machine::new();
        machine.put("a/b", '1', "m.gguf", 'a', 4096);
        machine.put("datasets/a/b", '1', "data/test.jsonl", 'b', 4096 * 2);
        machine.put("datasets/a/b", '1', "config.json", 'c', 4096);
        machine.put("datasets/a/b", '1', "odd.gguf", 'd', 4096);
        assert_eq!(
            machine.listed(),
            [
                ("datasets/a/b".to_owned(), Kind::Dataset, 4096 * 4),
                ("a/b/m.gguf".to_owned(), Kind::Gguf, 4096),
            ]
        );
        assert_eq!(machine.cache.models_called("a/b").len(), 1);
        let found = machine.cache.dataset_called("a/b").unwrap();
        assert!(!found.is_model());
        assert_eq!(machine.cache.dataset_called("datasets/a/b"), Some(found.clone()));
        machine.cache.remove(&found).unwrap();
        assert_eq!(machine.listed(), [("a/b/m.gguf".to_owned(), Kind::Gguf, 4096)]);
        assert!(!machine.cache.root().join("datasets--a--b").exists());
    }

    #[test]
    fn content_that_another_commit_or_name_shows_stays() {
        let machine = Machine::new();
        machine.put("a/b", '1', "old.gguf", 'a', 4096);
        machine.put("a/b", '2', "old.gguf", 'b', 4096);
        machine.put("a/b", '2', "same-as-first.gguf", 'a', 4096);
        let listed = machine.listed();
        assert!(
            listed.contains(&("a/b/old.gguf".to_owned(), Kind::Gguf, 4096)),
            "{listed:?}"
        );
        assert!(
            listed.contains(&("a/b/same-as-first.gguf".to_owned(), Kind::Gguf, 0)),
            "{listed:?}"
        );
        let opened = &machine.cache.models_called("old")[0].path;
        assert!(
            opened.to_str().unwrap().contains(&"2".repeat(40)),
            "the commit that main is"
        );
        machine.remove("a/b/old.gguf");
        assert_eq!(machine.blobs("a/b"), 1);
        let path = machine.cache.models_called("same-as-first")[0].path.clone();
        assert_eq!(fs::read(path).unwrap().len(), 4096);
        machine.remove("a/b/same-as-first.gguf");
        assert!(machine.cache.repositories().is_empty());
        assert_eq!(entries(&machine.cache.root().join(".locks")).len(), 0);
    }

    #[test]
    fn a_link_out_of_the_cache_is_removed_and_what_it_leads_to_stays() {
        let machine = Machine::new();
        machine.put("a/b", '1', "m.gguf", 'a', 10);
        let own = machine.cache.root().join("own.gguf");
        fs::write(&own, "mine").unwrap();
        let shown = machine.cache.models_called("m")[0].path.with_file_name("linked.gguf");
        std::os::unix::fs::symlink(&own, &shown).unwrap();
        machine.remove("a/b/linked.gguf");
        assert!(own.exists() && !shown.exists());
        assert_eq!(machine.cache.models_called("m").len(), 1);
    }

    #[test]
    fn a_file_that_is_a_copy_is_counted_as_one_without_hash() {
        let machine = Machine::new();
        machine.put("a/b", '1', "m.gguf", 'a', 10);
        let found = &machine.cache.models_called("m")[0];
        assert_eq!((found.contents().len(), found.without_hash()), (1, 0));
        fs::remove_file(&found.path).unwrap();
        fs::write(&found.path, "copied").unwrap();
        let found = &machine.cache.models_called("m")[0];
        assert_eq!((found.contents().len(), found.without_hash()), (0, 1));
    }

    #[test]
    fn the_folders_stay_for_whoever_is_about_to_write_there() {
        let machine = Machine::new();
        machine.put("a/b", '1', "m.gguf", 'a', 10);
        let repository = machine.cache.repository(&"a/b".parse().unwrap());
        let other = repository.blob(&Content::Sha256("b".repeat(64)));
        let lock = repository.lock(&other).unwrap().unwrap();
        machine.remove("a/b/m.gguf");
        fs::write(&other.partial, "x").unwrap();
        assert!(repository.lock(&other).unwrap().is_none(), "the same lock as before");
        drop(lock);
    }

    #[test]
    fn what_is_being_fetched_is_not_removed() {
        let machine = Machine::new();
        let repository = machine.cache.repository(&"a/b".parse().unwrap());
        let blob = repository.blob(&Content::Sha256("a".repeat(64)));
        let lock = repository.lock(&blob).unwrap().unwrap();
        fs::write(&blob.partial, vec![1; 8192]).unwrap();
        let content = machine.cache.content();
        assert_eq!((content[0].kind, content[0].bytes), (Kind::Unfinished, 8192));
        assert!(matches!(
            machine.cache.remove(&content[0]),
            Err(CacheError::InUse { .. })
        ));
        drop(lock);
        machine.cache.remove(&content[0]).unwrap();
        assert!(machine.cache.repositories().is_empty());
    }
}
