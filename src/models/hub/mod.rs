//! The Hugging Face hub: names on it, what it says of a repository, and the cache that its tools share.
//!
//! What it says is asked through `hf-hub`; bytes are fetched by [`crate::models::download`], which can stop and go on.
//! The token is sent to the hub's own host only.

mod address;
mod cache;
mod error;
mod files;
mod metadata;
mod settings;

use std::time::Duration;

use hf_hub::{HFClient, HFClientBuilder};
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use url::Url;

pub use address::{Address, AddressError, FileName, RepositoryName, Revision};
pub use cache::{Blob, CacheError, Cached, HubCache, Kind, Lock, RepositoryFolder};
pub use error::{About, HubError, Refusal};
pub use files::{ChoiceError, all_parts, choose, gguf_models, near};
pub use metadata::{Content, RemoteFile, Repository};
pub use settings::{Settings, SettingsError};

use crate::cancel::Cancel;
use crate::network::{Backoff, Timeouts, client, with_retries};

/// The longest an answer about a repository may take, however steadily it comes; honest ones have a few megabytes.
const ANSWER: Duration = Duration::from_secs(120);

/// What a typed token is kept under.
pub const TOKEN: &str = "hugging-face-token";

/// The hub, reached from this machine.
#[derive(Debug, Clone)]
pub struct Hub {
    settings: Settings,
    backoff: Backoff,
    api: HFClient,
    /// For content and names: follows no redirect by itself, and opens a connection for each of several requests at once.
    content: Client,
}

impl Hub {
    /// Makes what is needed to ask; nothing is asked yet.
    pub fn new(settings: Settings, timeouts: Timeouts, backoff: Backoff) -> Result<Self, HubError> {
        let asking = client(&settings.endpoint, timeouts, |builder| {
            builder.redirect(Policy::limited(5)).timeout(ANSWER)
        })?;
        let content = client(&settings.endpoint, timeouts, |builder| builder.http1_only())?;
        let mut builder = HFClientBuilder::new()
            .endpoint(settings.endpoint.as_str())
            .client(asking)
            .cache_enabled(false)
            .retry_max_attempts(0);
        if let Some(token) = &settings.token {
            builder = builder.token(token.expose());
        }
        let api = builder.build().map_err(|error| HubError::Setup(Box::new(error)))?;
        Ok(Self {
            settings,
            backoff,
            api,
            content,
        })
    }

    /// What this machine's environment says of the hub.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How failures that may pass are met.
    pub fn backoff(&self) -> Backoff {
        self.backoff
    }

    /// The cache that content goes to.
    pub fn cache(&self) -> HubCache {
        self.settings.cache()
    }

    /// Asks what a revision of a repository is and has. Where the repository does not exist, the error names those of
    /// similar names.
    pub async fn repository(
        &self,
        name: &RepositoryName,
        revision: &Revision,
        cancel: &Cancel,
    ) -> Result<Repository, HubError> {
        if self.settings.offline {
            return Err(HubError::Offline(name.clone()));
        }
        let log = |error: &HubError, wait| tracing::debug!(%error, ?wait, "asking the hub again");
        let found = with_retries(self.backoff, cancel, log, || self.describe(name, revision)).await;
        match found {
            Err(HubError::NoRepository { repository, token, .. }) => {
                let names = cancel.or(self.like(name)).await?.unwrap_or_default();
                let near = near(name.plain(), names.iter().map(String::as_str));
                Err(HubError::NoRepository {
                    repository,
                    token,
                    near,
                })
            }
            found => found,
        }
    }

    /// Where the content of a file at a commit is.
    pub fn content_address(&self, repository: &RepositoryName, commit: &Revision, file: &FileName) -> Url {
        let repository = repository.as_str().split('/');
        self.address(
            repository
                .chain(["resolve", commit.as_str()])
                .chain(file.as_str().split('/')),
        )
    }

    /// An address of the hub, below the path that a mirror may have.
    fn address<'a>(&self, parts: impl Iterator<Item = &'a str>) -> Url {
        let mut url = self.settings.endpoint.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(parts);
        }
        url
    }

    /// A request to an address: with the token where it goes to the hub's own host, without elsewhere.
    pub fn request(&self, address: &Url) -> RequestBuilder {
        let request = self.content.get(address.clone());
        match &self.settings.token {
            Some(token) if address.origin() == self.settings.endpoint.origin() => {
                request.header(AUTHORIZATION, token.bearer())
            }
            _ => request,
        }
    }

    /// What a request is about, for what is said when it fails.
    pub fn about(&self, repository: &RepositoryName, revision: &Revision, file: Option<&FileName>) -> About {
        About {
            host: self.settings.endpoint.host_str().unwrap_or_default().to_owned(),
            repository: repository.clone(),
            revision: revision.clone(),
            file: file.cloned(),
            page: self.settings.page(repository),
            token: self.settings.token.is_some(),
        }
    }
}
