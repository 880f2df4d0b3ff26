//! What the hub says of a repository and its files.

use hf_hub::HFResult;
use hf_hub::repository::{DatasetInfo, HFRepository, ModelInfo, RepoSibling, RepoTreeEntry, RepoType};
use serde::Deserialize;
use serde_json::Value;

use super::error::{About, HubError};
use super::{FileName, Hub, RepositoryName, Revision};
use crate::network::{BodyError, body};

/// How many files are asked about at once.
const FILES_AT_ONCE: usize = 500;

/// How many repositories of similar names are asked for.
const LIKE: usize = 20;

/// More than an honest list of so many names has.
const MOST_BYTES: usize = 4 << 20;

/// What the hub says of any repository, a model's or a data set's.
struct Info {
    sha: Option<String>,
    siblings: Option<Vec<RepoSibling>>,
    gated: Option<Value>,
    card: Option<Value>,
    tags: Option<Vec<String>>,
}

impl From<ModelInfo> for Info {
    fn from(info: ModelInfo) -> Self {
        Self {
            sha: info.sha,
            siblings: info.siblings,
            gated: info.gated,
            card: info.card_data,
            tags: info.tags,
        }
    }
}

impl From<DatasetInfo> for Info {
    fn from(info: DatasetInfo) -> Self {
        Self {
            sha: info.sha,
            siblings: info.siblings,
            gated: info.gated,
            card: info.card_data,
            tags: info.tags,
        }
    }
}

/// A repository in a list.
#[derive(Debug, Deserialize)]
struct Named {
    id: String,
}

/// How a file's content is known before it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// SHA-256 of the content, in lower-case hexadecimal: all large files.
    Sha256(String),
    /// What git calls the content: SHA-1 over a short header and the content.
    Git(String),
}

impl Content {
    /// What the cache files the content under, which is also the hub's ETag of it.
    pub fn etag(&self) -> &str {
        match self {
            Self::Sha256(text) | Self::Git(text) => text,
        }
    }

    /// The content that the cache files under a name; `None` where that is no hash.
    pub fn of_etag(etag: &str) -> Option<Self> {
        let hexadecimal = etag.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        match etag.len() {
            64 if hexadecimal => Some(Self::Sha256(etag.to_owned())),
            40 if hexadecimal => Some(Self::Git(etag.to_owned())),
            _ => None,
        }
    }
}

/// A file of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    pub name: FileName,
    /// In bytes.
    pub size: u64,
    pub content: Content,
}

/// What the hub says of one revision of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    pub name: RepositoryName,
    /// What was asked for.
    pub revision: Revision,
    /// The commit that the revision is now.
    pub commit: Revision,
    /// Its files whose names are safe to keep; names that could lead out of the cache are left out.
    pub files: Vec<RemoteFile>,
    /// Whether terms are to be accepted first.
    pub gated: bool,
    pub licence: Option<String>,
    pub tags: Vec<String>,
}

impl Hub {
    /// Asks what a repository has, once.
    pub(super) async fn describe(&self, name: &RepositoryName, revision: &Revision) -> Result<Repository, HubError> {
        let about = self.about(name, revision, None);
        if name.is_dataset() {
            let repository = self.api.dataset(name.owner(), name.name());
            let info = repository.info().revision(revision.as_str()).send().await;
            return described(&repository, info, name, revision, &about).await;
        }
        let repository = self.api.model(name.owner(), name.name());
        let info = repository.info().revision(revision.as_str()).send().await;
        described(&repository, info, name, revision, &about).await
    }

    /// Repositories of the same kind whose names have a part in common with that of `name`. It is asked without hf-hub,
    /// which follows an answer's `Link` to whatever host that names, with the token.
    pub(super) async fn like(&self, name: &RepositoryName) -> Result<Vec<String>, BodyError> {
        let kind = if name.is_dataset() { "datasets" } else { "models" };
        let mut address = self.address(["api", kind].into_iter());
        let most = LIKE.to_string();
        address
            .query_pairs_mut()
            .extend_pairs([("search", name.name()), ("limit", &most)]);
        let response = self.request(&address).send().await?.error_for_status()?;
        let bytes = body(response, MOST_BYTES).await?;
        // Names are only a hint: an answer that is none gives none.
        let found: Vec<Named> = serde_json::from_slice(&bytes).unwrap_or_default();
        let names = found
            .into_iter()
            .filter_map(|named| named.id.parse::<RepositoryName>().ok());
        Ok(names.take(LIKE).map(String::from).collect())
    }
}

/// Makes one answer of what the hub says of a repository and of each of its files.
async fn described<T: RepoType>(
    repository: &HFRepository<T>,
    info: HFResult<impl Into<Info>>,
    name: &RepositoryName,
    revision: &Revision,
    about: &About,
) -> Result<Repository, HubError> {
    let info: Info = info.map_err(|error| about.failed(error))?.into();
    let commit: Option<Revision> = info.sha.as_deref().and_then(|sha| sha.parse().ok());
    let commit = commit
        .filter(Revision::is_commit)
        .ok_or_else(|| about.malformed("it names no commit".to_owned()))?;
    let names = safe_names(&info, name);
    let mut files = Vec::with_capacity(names.len());
    for names in names.chunks(FILES_AT_ONCE) {
        let paths = names.iter().map(|name| name.to_string()).collect();
        let entries = repository
            .get_paths_info()
            .paths(paths)
            .revision(commit.as_str())
            .send()
            .await;
        for entry in entries.map_err(|error| about.failed(error))? {
            files.extend(remote_file(entry, names, about)?);
        }
    }
    Ok(Repository {
        name: name.clone(),
        revision: revision.clone(),
        commit,
        files,
        gated: info.gated.as_ref().is_some_and(|gated| *gated != Value::Bool(false)),
        licence: licence(&info),
        tags: info.tags.unwrap_or_default(),
    })
}

/// The names of the repository's files that are safe to keep.
fn safe_names(info: &Info, repository: &RepositoryName) -> Vec<FileName> {
    let siblings = info.siblings.iter().flatten();
    let names = siblings.filter_map(|file| {
        let name = file.rfilename.parse();
        if name.is_err() {
            tracing::warn!(%repository, name = ?file.rfilename, "a file's name is not safe to keep; the file is left out");
        }
        name.ok()
    });
    names.collect()
}

/// A file of the hub's list, where it is one that was asked about.
fn remote_file(entry: RepoTreeEntry, asked: &[FileName], about: &About) -> Result<Option<RemoteFile>, HubError> {
    let RepoTreeEntry::File {
        oid, size, path, lfs, ..
    } = entry
    else {
        return Ok(None);
    };
    let Some(name) = asked.iter().find(|name| name.as_str() == path) else {
        return Ok(None);
    };
    let size = lfs.as_ref().and_then(|lfs| lfs.size).unwrap_or(size);
    let content = Content::of_etag(lfs.and_then(|lfs| lfs.sha256).as_ref().unwrap_or(&oid))
        .ok_or_else(|| about.malformed(format!("the hash of {name} is none")))?;
    Ok(Some(RemoteFile {
        name: name.clone(),
        size,
        content,
    }))
}

/// The licence of the model card, else of the tags.
fn licence(info: &Info) -> Option<String> {
    let card = info.card.as_ref();
    let named = |field: &str| card?.get(field)?.as_str().map(str::to_owned);
    let tag = || {
        let mut tags = info.tags.iter().flatten();
        tags.find_map(|tag| tag.strip_prefix("license:").map(str::to_owned))
    };
    named("license")
        .filter(|name| name != "other")
        .or_else(|| named("license_name"))
        .or_else(tag)
}
