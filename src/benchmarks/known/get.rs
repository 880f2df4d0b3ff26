//! Bringing a known benchmark here: its files from the hub or a folder, then its items from the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::confirmation::Confirmation;
use super::entry::{Known, KnownFile, Origin, Split};
use crate::benchmarks::Description;
use crate::benchmarks::import::{self, Import, ImportError};
use crate::benchmarks::item::{Item, ItemError};
use crate::cancel::Cancel;
use crate::language::Language;
use crate::models::download::{self, DownloadError, Progress};
use crate::models::hub::{Hub, HubError, RemoteFile, Revision, Settings, SettingsError, near};
use crate::network::NoRuntime;

/// How deep a folder of files is looked into.
const DEPTH: usize = 8;

/// Why a known benchmark could not be had.
#[derive(Debug, thiserror::Error)]
pub enum GetError {
    #[error("stopped on request")]
    Cancelled,
    #[error(
        "{title} is not on the hub: its files are at {page}. Fetch them from there, then read them with \
         `polyclinic benchmarks get {name} --from FOLDER`"
    )]
    NotOnHub { title: String, name: String, page: String },
    #[error(
        "{title} has no language {}; it has {there}",
        .wanted.iter().map(Language::tag).collect::<Vec<_>>().join(", ")
    )]
    NoLanguage {
        title: String,
        wanted: Vec<Language>,
        there: String,
    },
    #[error("{place} has none of the files of {title}: {}{}", .wanted.join(", "), match .near.as_slice() {
        [] => String::new(),
        near => format!("; it has {}", near.join(", ")),
    })]
    NoFiles {
        title: String,
        place: String,
        wanted: Vec<String>,
        near: Vec<String>,
    },
    #[error("{} cannot be read", path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Runtime(#[from] NoRuntime),
    #[error(transparent)]
    Hub(HubError),
    #[error(transparent)]
    Download(DownloadError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error("an item of {} cannot be kept", path.display())]
    Item { path: PathBuf, source: ItemError },
}

impl From<HubError> for GetError {
    fn from(error: HubError) -> Self {
        match error {
            HubError::Cancelled => Self::Cancelled,
            error => Self::Hub(error),
        }
    }
}

impl From<DownloadError> for GetError {
    fn from(error: DownloadError) -> Self {
        match error {
            DownloadError::Cancelled => Self::Cancelled,
            DownloadError::Hub(error) => error.into(),
            error => Self::Download(error),
        }
    }
}

/// A file of a benchmark that is here.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundFile {
    pub known: KnownFile,
    /// Its path in the repository.
    pub name: String,
    pub path: PathBuf,
}

/// The files of a benchmark that are here.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub files: Vec<FoundFile>,
    /// The paths of those that are not in the repository or folder.
    pub missing: Vec<String>,
    /// The commit of the hub that they are of.
    pub commit: Option<Revision>,
    /// What the hub said, where it was asked.
    pub confirmation: Option<Confirmation>,
}

/// Brings the files from the hub into the cache that models share; those that are there are not fetched again.
pub async fn fetch(
    hub: &Hub,
    known: &Known,
    languages: &[Language],
    progress: &Arc<Progress>,
    cancel: &Cancel,
) -> Result<Found, GetError> {
    require_languages(known, languages)?;
    let Origin::Hub {
        repository, revision, ..
    } = &known.origin
    else {
        return Err(not_on_hub(known));
    };
    let remote = hub.repository(repository, revision, cancel).await?;
    let names: Vec<&str> = remote.files.iter().map(|file| file.name.as_str()).collect();
    let snapshot = hub.cache().repository(repository).snapshot(&remote.commit);
    let mut found = matched(known, languages, &names, &snapshot, &repository.to_string())?;
    let wanted: BTreeSet<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
    let wanted: Vec<&RemoteFile> = remote
        .files
        .iter()
        .filter(|file| wanted.contains(file.name.as_str()))
        .collect();
    download::fetch_files(hub, &remote, &wanted, progress, cancel).await?;
    found.confirmation = Some(Confirmation::new(known, &remote));
    found.commit = Some(remote.commit);
    Ok(found)
}

/// The files as an earlier fetch left them in the cache; nothing is asked of the network. `None` where one is not there.
pub fn present(settings: &Settings, known: &Known, languages: &[Language]) -> Option<Found> {
    let Origin::Hub {
        repository, revision, ..
    } = &known.origin
    else {
        return None;
    };
    let folder = settings.cache().repository(repository);
    let commit = folder.commit(revision)?;
    let found = in_folder(&folder.snapshot(&commit), known, languages).ok()?;
    found.missing.is_empty().then_some(Found {
        commit: Some(commit),
        ..found
    })
}

/// The files in a folder that is laid out as the repository, or that has the repository in it as `owner--name`.
pub fn in_folder(folder: &Path, known: &Known, languages: &[Language]) -> Result<Found, GetError> {
    require_languages(known, languages)?;
    let own = match &known.origin {
        Origin::Hub { repository, .. } => folder.join(repository.plain().replace('/', "--")),
        Origin::Page(_) => folder.join(&known.name),
    };
    let root = if own.is_dir() { own } else { folder.to_owned() };
    let mut names = Vec::new();
    list(&root, "", DEPTH, &mut names).map_err(|source| GetError::Folder {
        path: root.clone(),
        source,
    })?;
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    matched(known, languages, &names, &root, &root.display().to_string())
}

/// The paths of the files below a folder, with `/` between folders.
fn list(folder: &Path, prefix: &str, depth: usize, names: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_file() {
            names.push(name);
        } else if depth > 0 && path.is_dir() {
            list(&path, &format!("{name}/"), depth - 1, names)?;
        }
    }
    Ok(())
}

fn not_on_hub(known: &Known) -> GetError {
    GetError::NotOnHub {
        title: known.title.clone(),
        name: known.name.clone(),
        page: known.page(),
    }
}

fn require_languages(known: &Known, languages: &[Language]) -> Result<(), GetError> {
    let wanted: Vec<Language> = languages
        .iter()
        .filter(|language| !known.languages.contains(language))
        .cloned()
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let there: Vec<&str> = known.languages.iter().map(Language::tag).collect();
    Err(GetError::NoLanguage {
        title: known.title.clone(),
        wanted,
        there: there.join(", "),
    })
}

/// Which of the names a place has are the benchmark's files. At least one that is asked has to be.
fn matched(known: &Known, languages: &[Language], names: &[&str], root: &Path, place: &str) -> Result<Found, GetError> {
    let mut files = Vec::new();
    let mut missing = BTreeSet::new();
    for file in known.files_in(languages) {
        let of_it = names.iter().filter(|name| file.path.finds(name));
        let before = files.len();
        files.extend(of_it.map(|name| FoundFile {
            known: file.clone(),
            name: (*name).to_owned(),
            path: root.join(name),
        }));
        if files.len() == before {
            missing.insert(file.path.to_string());
        }
    }
    // What is asked comes first: a benchmark begins with items.
    files.sort_by_key(|file| file.known.split);
    if !files.iter().any(|file| file.known.split == Split::Asked) {
        let near = missing
            .first()
            .map(|path| near(path, names.iter().copied()))
            .unwrap_or_default();
        return Err(GetError::NoFiles {
            title: known.title.clone(),
            place: place.to_owned(),
            wanted: missing.into_iter().take(5).collect(),
            near,
        });
    }
    Ok(Found {
        files,
        missing: missing.into_iter().collect(),
        commit: None,
        confirmation: None,
    })
}

/// What the files of a benchmark held.
#[derive(Debug, Clone)]
pub struct Collected {
    /// One for each file, those that are asked first.
    pub imports: Vec<Import>,
    /// What is known of it, for whoever keeps it.
    pub description: Description,
}

impl Collected {
    /// How many items are asked.
    pub fn items(&self) -> usize {
        self.imports.iter().map(|import| import.items.len()).sum()
    }

    /// How many records make no item.
    pub fn left_out(&self) -> usize {
        self.imports.iter().map(|import| import.rejected.len()).sum()
    }
}

/// Reads the items of the files. `look` is told how many files were read, of how many.
pub fn collect(
    known: &Known,
    found: &Found,
    look: &mut dyn FnMut(usize, usize),
    cancel: &Cancel,
) -> Result<Collected, GetError> {
    let mut imports = Vec::new();
    for (place, file) in found.files.iter().enumerate() {
        if cancel.is_cancelled() {
            return Err(GetError::Cancelled);
        }
        look(place, found.files.len());
        let mut import = import::read(&file.path, &file.known.options)?;
        settle(known, &file.known, &mut import).map_err(|source| GetError::Item {
            path: file.path.clone(),
            source,
        })?;
        import.provenance.items = import.items.len();
        import.provenance.file.clone_from(&file.name);
        import.provenance.source = Some(known.page());
        import.provenance.revision = found.commit.as_ref().map(Revision::to_string);
        imports.push(import);
    }
    look(found.files.len(), found.files.len());
    // A benchmark begins with items, and what was left out of a file may be all it had.
    imports.sort_by_key(|import: &Import| import.items.is_empty());
    let source = match &found.commit {
        Some(commit) => format!("{} at {commit}", known.page()),
        None => known.page(),
    };
    Ok(Collected {
        imports,
        description: Description {
            title: known.title.clone(),
            licence: known.licence.clone(),
            source: Some(source),
            note: known.note.clone(),
        },
    })
}

/// Gives items the task, subject, name and key that the table says, and leaves out those of other subjects.
fn settle(known: &Known, file: &KnownFile, import: &mut Import) -> Result<(), ItemError> {
    let rows = Rows::of(known, file, import);
    for (items, asked) in [(&mut import.items, true), (&mut import.examples, false)] {
        let mut settled = Vec::with_capacity(items.len());
        for item in items.drain(..) {
            let others = file.subject.is_none() && !known.subjects.is_empty();
            let is_wanted = |subject: &String| known.subjects.contains(subject);
            if others && !item.subject.as_ref().is_some_and(is_wanted) {
                continue;
            }
            settled.push(rows.settle(item, asked)?);
        }
        *items = settled;
    }
    Ok(())
}

/// Where the records of a file stand, from the names that the importer gives to those without one.
struct Rows<'a> {
    known: &'a Known,
    file: &'a KnownFile,
    /// The number of the first record of each subject, where rows are counted within subjects that share a file.
    first: BTreeMap<String, usize>,
}

impl<'a> Rows<'a> {
    fn of(known: &'a Known, file: &'a KnownFile, import: &Import) -> Self {
        let mut rows = Self {
            known,
            file,
            first: BTreeMap::new(),
        };
        let by_subject = known.parallel.as_ref().is_some_and(|key| key.contains("{subject}"));
        if by_subject && file.subject.is_none() {
            for item in import.items.iter().chain(&import.examples) {
                if let (Some(subject), Some(number)) = (&item.subject, rows.number(item)) {
                    let first = rows.first.entry(subject.clone()).or_insert(number);
                    *first = number.min(*first);
                }
            }
        }
        rows
    }

    /// The number of an item without a name of its own, from 1 in its file.
    fn number(&self, item: &Item) -> Option<usize> {
        let before = item.subject.as_deref().unwrap_or(&item.task);
        item.key.id.strip_prefix(before)?.strip_prefix('-')?.parse().ok()
    }

    fn settle(&self, item: Item, asked: bool) -> Result<Item, ItemError> {
        let number = self.number(&item);
        let mut fields = item.into_fields();
        let first = fields.subject.as_ref().and_then(|subject| self.first.get(subject));
        let row = number.map(|number| number.saturating_sub(first.copied().unwrap_or(1)));
        if fields.subject.is_none() || self.file.subject.is_some() {
            fields.subject.clone_from(&self.file.subject);
        }
        let subject = fields.subject.clone();
        fields.task = self.known.task_of(subject.as_deref());
        if let Some(row) = row {
            let before = subject.as_deref().unwrap_or(&self.known.name);
            fields.key.id = format!("{before}-{}", row + 1);
        }
        if let Some(key) = self
            .known
            .parallel
            .as_ref()
            .filter(|_| asked && fields.parallel.is_none())
        {
            let filled = key
                .replace("{subject}", subject.as_deref().unwrap_or_default())
                .replace("{id}", &fields.key.id);
            fields.parallel = match row {
                Some(row) => Some(filled.replace("{row}", &row.to_string())),
                None if filled.contains("{row}") => None,
                None => Some(filled),
            };
        }
        Item::new(fields)
    }
}
