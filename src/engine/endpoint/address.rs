//! The address of a server, checked once.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::network::is_loopback;

/// Where a server answers: `http` or `https`, a host, and the path before `/v1`, which ends with a slash here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address {
    url: Url,
    host: String,
}

/// Why a text is no address of a server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("`{0}` is no web address; write it like http://localhost:8000 or https://api.example.org/v1")]
    Unreadable(String),
    #[error("`{0}` is neither http nor https")]
    Scheme(String),
    #[error("the address holds a user name or a key; leave it out and give the key by itself")]
    Credentials,
    #[error("the address has a `?` or `#` part; leave it out")]
    Extra,
}

impl Address {
    /// The address of one of the server's paths, given without a slash before it. Where the address names a version of its
    /// own, as `/v1beta/openai` does, that stands for the protocol's `v1`.
    pub fn path(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        let path = match self.has_own_version() {
            true => path.strip_prefix("v1/").unwrap_or(path),
            false => path,
        };
        url.set_path(&format!("{}{path}", self.url.path()));
        url
    }

    fn has_own_version(&self) -> bool {
        let is_version = |part: &str| {
            let number = part.strip_prefix('v');
            number.is_some_and(|number| number.starts_with(|first: char| first.is_ascii_digit()))
        };
        self.url
            .path()
            .trim_end_matches('/')
            .rsplit('/')
            .take(2)
            .any(is_version)
    }

    /// The host with its port where it has one of its own, as people read it.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Whether this machine answers itself.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }

    /// Whether others on the way cannot read along.
    pub fn is_encrypted(&self) -> bool {
        self.url.scheme() == "https"
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let with_scheme = match text.contains("://") {
            true => text.to_owned(),
            false => format!("http://{text}"),
        };
        // A text that cannot be read may hold a key, so only its harmless start is repeated.
        let unreadable = || AddressError::Unreadable(text.chars().take_while(|c| !"@?#".contains(*c)).collect());
        let mut url = Url::parse(&with_scheme).map_err(|_| unreadable())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AddressError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Extra);
        }
        let host = url.host_str().ok_or_else(unreadable)?;
        let host = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        // People paste what other tools want: with or without `/v1`, down to the full path of a request.
        let mut path = url.path().trim_end_matches('/');
        for ending in ["/chat/completions", "/completions", "/models", "/v1"] {
            path = path.strip_suffix(ending).unwrap_or(path);
        }
        let path = format!("{path}/");
        url.set_path(&path);
        Ok(Self { url, host })
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.url.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, AddressError> {
        text.parse().map(|address: Address| address.to_string())
    }

    #[test]
    fn what_people_paste_comes_to_one_address() {
        for text in [
            "localhost:8000",
            "http://localhost:8000",
            "http://localhost:8000/",
            " http://localhost:8000/v1/ ",
            "http://localhost:8000/v1/chat/completions",
        ] {
            assert_eq!(parse(text).as_deref(), Ok("http://localhost:8000"), "{text}");
        }
        let address: Address = "https://openrouter.ai/api/v1".parse().unwrap();
        assert_eq!(address.to_string(), "https://openrouter.ai/api");
        assert_eq!(
            address.path("v1/models").as_str(),
            "https://openrouter.ai/api/v1/models"
        );
        assert_eq!((address.host(), address.is_loopback()), ("openrouter.ai", false));
    }

    #[test]
    fn an_address_with_a_version_of_its_own_keeps_it() {
        for (text, models) in [
            (
                "https://google.example/v1beta/openai",
                "https://google.example/v1beta/openai/models",
            ),
            (
                "https://zhipu.example/api/paas/v4/",
                "https://zhipu.example/api/paas/v4/models",
            ),
            (
                "https://cloud.example/client/v4/accounts/7/ai/v1",
                "https://cloud.example/client/v4/accounts/7/ai/v1/models",
            ),
            ("https://ward.example/vllm", "https://ward.example/vllm/v1/models"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.path("v1/models").as_str(), models);
            let kept: Address = address.to_string().parse().unwrap();
            assert_eq!(kept.path("v1/models").as_str(), models, "as it is kept");
        }
    }

    #[test]
    fn what_is_no_address_or_holds_a_key_is_refused_without_repeating_the_key() {
        assert_eq!(parse("https://sk-1:x@example.org"), Err(AddressError::Credentials));
        assert_eq!(parse("https://example.org/?key=sk-1"), Err(AddressError::Extra));
        assert_eq!(parse("ftp://example.org"), Err(AddressError::Scheme("ftp".into())));
        let unreadable = parse("http://[?key=sk-1").unwrap_err();
        assert!(!unreadable.to_string().contains("sk-1"), "{unreadable}");
    }
}
