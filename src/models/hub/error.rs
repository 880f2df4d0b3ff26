//! What the hub can refuse, told so that a person knows what to do.

use std::time::{Duration, SystemTime};

use hf_hub::HFError;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::{FileName, RepositoryName, Revision};
use crate::cancel::Cancelled;
use crate::network::{ClientError, Retry, Retryable, after, of_error, of_status};

/// Why the hub did not give what was asked for.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    #[error("stopped on request")]
    Cancelled,
    #[error("nothing is asked of the hub because HF_HUB_OFFLINE is set; unset it to fetch {0}")]
    Offline(RepositoryName),
    #[error("{}", gated(.repository, .page, *.token))]
    Gated {
        repository: RepositoryName,
        /// Where its terms are accepted.
        page: String,
        /// Whether a token was sent.
        token: bool,
    },
    #[error("the hub does not accept the token it was given; make another one at {page} and set it as HF_TOKEN")]
    Token { page: String },
    #[error("{}", no_repository(.repository, *.token, .near))]
    NoRepository {
        repository: RepositoryName,
        token: bool,
        /// Repositories of similar names.
        near: Vec<String>,
    },
    #[error("{repository} has no revision `{revision}`; name a branch, a tag or a commit that it has")]
    NoRevision {
        repository: RepositoryName,
        revision: Revision,
    },
    #[error("{repository} has no file `{file}`{}", names(.near))]
    NoFile {
        repository: RepositoryName,
        file: FileName,
        /// Files of similar names.
        near: Vec<String>,
    },
    #[error(
        "{host} asks to wait{}: too much was asked of it in a short time; try again later, or with a token",
        .after.map(|after| format!(" {} seconds", after.as_secs())).unwrap_or_default()
    )]
    TooMany { host: String, after: Option<Duration> },
    #[error("{host} answers {status}{}", .message.as_deref().map(|text| format!(": {text}")).unwrap_or_default())]
    Status {
        host: String,
        status: StatusCode,
        message: Option<String>,
        after: Option<Duration>,
    },
    #[error("{host} cannot be reached; check the network, the proxy variables and HF_ENDPOINT")]
    Unreachable {
        host: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("{host} cut the connection before all of it came")]
    Cut { host: String },
    #[error("what {host} answers about {repository} cannot be understood: {what}")]
    Malformed {
        host: String,
        repository: RepositoryName,
        what: String,
    },
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the hub's client cannot be set up")]
    Setup(#[source] Box<HFError>),
}

fn gated(repository: &RepositoryName, page: &str, token: bool) -> String {
    let rest = match token {
        true => "the account of the token that was sent has not accepted them, or its request still waits",
        false => "then give a token of that account (HF_TOKEN, `hf auth login`, or the field on the Models page)",
    };
    format!("{repository} is gated: its owner wants terms accepted first. Accept them at {page}; {rest}")
}

fn no_repository(repository: &RepositoryName, token: bool, near: &[String]) -> String {
    let private = match token {
        true => "or the account of the token may not see it",
        false => "or it is private and needs a token",
    };
    let kind = if repository.is_dataset() { "data set" } else { "model" };
    format!(
        "the hub has no {kind} `{}`, {private}{}",
        repository.plain(),
        names(near)
    )
}

fn names(near: &[String]) -> String {
    match near {
        [] => String::new(),
        near => format!("; names like it are {}", near.join(", ")),
    }
}

impl From<Cancelled> for HubError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl Retryable for HubError {
    fn retry(&self) -> Retry {
        match self {
            Self::TooMany { after, .. } => Retry::Later { after: *after },
            Self::Status { status, after, .. } => match of_status(*status, &HeaderMap::new()) {
                Retry::Later { .. } => Retry::Later { after: *after },
                Retry::Never => Retry::Never,
            },
            Self::Unreachable { source, .. } => of_error(source),
            Self::Cut { .. } => Retry::Later { after: None },
            _ => Retry::Never,
        }
    }
}

/// What a request was about, for what is said when it fails.
#[derive(Debug, Clone)]
pub struct About {
    /// The server that was asked.
    pub host: String,
    pub repository: RepositoryName,
    pub revision: Revision,
    pub file: Option<FileName>,
    /// The repository's page.
    pub page: String,
    /// Whether a token was sent.
    pub token: bool,
}

/// An answer that is no success, in what matters of it.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub status: StatusCode,
    /// The hub's own word for the reason.
    pub code: Option<String>,
    pub message: Option<String>,
    pub after: Option<Duration>,
}

impl Refusal {
    /// Reads the headers of an answer.
    pub fn of(status: StatusCode, headers: &HeaderMap) -> Self {
        let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
        Self {
            status,
            code: text("x-error-code"),
            message: text("x-error-message"),
            after: after(headers, SystemTime::now()),
        }
    }
}

impl About {
    /// What a refusal means.
    pub fn refused(&self, refusal: Refusal) -> HubError {
        let repository = self.repository.clone();
        let token = self.token;
        match (refusal.code.as_deref(), refusal.status.as_u16()) {
            (Some("GatedRepo"), _) => HubError::Gated {
                repository,
                page: self.page.clone(),
                token,
            },
            (Some("RevisionNotFound"), _) => HubError::NoRevision {
                repository,
                revision: self.revision.clone(),
            },
            (Some("EntryNotFound"), _) | (None, 404) if self.file.is_some() => self.no_file(Vec::new()),
            // To whoever sends no token the hub says 401 of what does not exist, so as not to tell what is private.
            (Some("RepoNotFound"), _) | (_, 404) => HubError::NoRepository {
                repository,
                token,
                near: Vec::new(),
            },
            (_, 401) if !token => HubError::NoRepository {
                repository,
                token,
                near: Vec::new(),
            },
            (_, 401) => HubError::Token {
                page: "https://huggingface.co/settings/tokens".to_owned(),
            },
            (_, 429) => HubError::TooMany {
                host: self.host.clone(),
                after: refusal.after,
            },
            _ => HubError::Status {
                host: self.host.clone(),
                status: refusal.status,
                message: refusal.message,
                after: refusal.after,
            },
        }
    }

    /// The file is not there; `near` are those that are.
    pub fn no_file(&self, near: Vec<String>) -> HubError {
        match &self.file {
            Some(file) => HubError::NoFile {
                repository: self.repository.clone(),
                file: file.clone(),
                near,
            },
            None => self.malformed("a file is missing".to_owned()),
        }
    }

    /// No whole answer came. The address is left out: those of content networks carry signatures.
    pub fn unreachable(&self, source: reqwest::Error) -> HubError {
        HubError::Unreachable {
            host: self.host.clone(),
            source: source.without_url(),
        }
    }

    /// The answer makes no sense.
    pub fn malformed(&self, what: String) -> HubError {
        HubError::Malformed {
            host: self.host.clone(),
            repository: self.repository.clone(),
            what,
        }
    }

    /// What hf-hub's error means.
    pub fn failed(&self, error: HFError) -> HubError {
        let (context, after) = match error {
            HFError::RateLimited { retry_after, context } => (Some(context), retry_after),
            HFError::Http { context } | HFError::AuthRequired { context } | HFError::Forbidden { context } => {
                (Some(context), None)
            }
            HFError::RepoNotFound { context, .. }
            | HFError::RevisionNotFound { context, .. }
            | HFError::EntryNotFound { context, .. } => (context, None),
            HFError::Request { source, .. } if !source.is_decode() => return self.unreachable(source),
            other => return self.malformed(crate::error_chain(&other)),
        };
        match context {
            Some(context) => self.refused(Refusal {
                status: context.status,
                code: context.error_code,
                message: context.server_message,
                after,
            }),
            None => self.malformed("it names no reason".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(token: bool, file: Option<&str>) -> About {
        About {
            host: "huggingface.co".to_owned(),
            repository: "meta-llama/Llama-3.1-8B".parse().unwrap(),
            revision: Revision::default(),
            file: file.map(|file| file.parse().unwrap()),
            page: "https://huggingface.co/meta-llama/Llama-3.1-8B".to_owned(),
            token,
        }
    }

    fn said(token: bool, file: Option<&str>, status: u16, code: &[(&'static str, &str)]) -> HubError {
        let headers = code
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let headers: HeaderMap = headers.collect();
        about(token, file).refused(Refusal::of(StatusCode::from_u16(status).unwrap(), &headers))
    }

    #[test]
    fn gated_repositories_name_the_page_whatever_the_status() {
        for status in [401, 403] {
            let error = said(false, None, status, &[("x-error-code", "GatedRepo")]);
            let text = error.to_string();
            assert!(
                text.contains("https://huggingface.co/meta-llama/Llama-3.1-8B"),
                "{text}"
            );
            assert!(text.contains("give a token") && error.retry() == Retry::Never, "{text}");
        }
        let text = said(true, None, 403, &[("x-error-code", "GatedRepo")]).to_string();
        assert!(text.contains("has not accepted"), "{text}");
    }

    #[test]
    fn refusals_are_told_apart() {
        let missing = said(false, None, 401, &[("x-error-code", "RepoNotFound")]);
        assert!(matches!(missing, HubError::NoRepository { token: false, .. }));
        assert!(matches!(said(false, None, 404, &[]), HubError::NoRepository { .. }));
        assert!(matches!(said(false, Some("x"), 404, &[]), HubError::NoFile { .. }));
        assert!(matches!(said(true, None, 401, &[]), HubError::Token { .. }));
        let revision = said(false, None, 404, &[("x-error-code", "RevisionNotFound")]);
        assert!(matches!(revision, HubError::NoRevision { .. }));
    }

    #[test]
    fn what_passes_is_tried_again_when_the_server_says() {
        let later = |seconds| Retry::Later {
            after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(said(false, None, 429, &[("retry-after", "7")]).retry(), later(7));
        assert_eq!(said(false, None, 503, &[("retry-after", "2")]).retry(), later(2));
        assert_eq!(said(false, None, 403, &[]).retry(), Retry::Never);
    }
}
