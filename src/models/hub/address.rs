//! Names on the hub, read from people and from servers, made so that none can lead out of the cache folder.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// The revision that is meant where none is named.
const MAIN: &str = "main";

/// Hosts of the hub, besides the one that `HF_ENDPOINT` names.
const HOSTS: [&str; 2] = ["huggingface.co", "hf.co"];

/// Names that Windows keeps for devices, whatever the ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Why text names nothing on the hub.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error(
        "`{0}` is no repository's name; write it as `organisation/name`, from the letters, digits, `-`, `_` and `.`"
    )]
    Repository(String),
    #[error("`{0}` is no revision; name a branch, a tag or a commit")]
    Revision(String),
    #[error("`{0:?}` is no file's name inside a repository, or one that could lead out of its folder")]
    File(String),
    #[error("{0} is not an address of the hub; addresses look like https://huggingface.co/organisation/name")]
    Host(String),
    #[error("{0} is the address of a {1}, not of a model")]
    Kind(String, &'static str),
}

/// What lies before the name of a data set, in addresses and in what we write.
const DATASETS: &str = "datasets/";

/// A repository: `organisation/name` of a model, or a bare name as the oldest have; `datasets/organisation/name` of a
/// data set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName(String);

impl RepositoryName {
    /// As in `organisation/name` and `datasets/organisation/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The data set of a name without what lies before it.
    pub fn dataset(name: &str) -> Result<Self, AddressError> {
        format!("{DATASETS}{name}").parse()
    }

    /// Whether it holds data and no model.
    pub fn is_dataset(&self) -> bool {
        self.0.starts_with(DATASETS)
    }

    /// Without what lies before the name of a data set.
    pub fn plain(&self) -> &str {
        self.0.strip_prefix(DATASETS).unwrap_or(&self.0)
    }

    /// The user or organisation; empty for the oldest repositories.
    pub fn owner(&self) -> &str {
        self.plain().split_once('/').map_or("", |(owner, _)| owner)
    }

    /// The name without its owner.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// What the cache calls the repository's folder: `models--organisation--name`.
    pub fn folder(&self) -> String {
        let kind = if self.is_dataset() { "datasets" } else { "models" };
        format!("{kind}--{}", self.plain().replace('/', "--"))
    }

    /// The model or data set that a folder of the cache belongs to.
    pub fn of_folder(folder: &str) -> Option<Self> {
        let name = |rest: &str| rest.replacen("--", "/", 1);
        match (folder.strip_prefix("models--"), folder.strip_prefix("datasets--")) {
            (Some(rest), _) => name(rest).parse().ok(),
            (None, Some(rest)) => Self::dataset(&name(rest)).ok(),
            (None, None) => None,
        }
    }
}

impl FromStr for RepositoryName {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let part = |part: &str| {
            let edge = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
            part.len() <= 96
                && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
                && edge(part.chars().next())
                && edge(part.chars().next_back())
        };
        let name = text.strip_prefix(DATASETS).unwrap_or(text);
        let parts = name.split('/').count();
        let forbidden = name.contains("--") || name.contains("..") || name.ends_with(".git");
        match (1..=2).contains(&parts) && name.split('/').all(part) && !forbidden {
            true => Ok(Self(text.to_owned())),
            false => Err(AddressError::Repository(text.to_owned())),
        }
    }
}

/// A branch, a tag or a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Revision(String);

impl Revision {
    /// As the hub and the cache call it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a commit by its whole hash, under which nothing ever changes.
    pub fn is_commit(&self) -> bool {
        self.0.len() == 40 && self.0.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c))
    }
}

impl Default for Revision {
    fn default() -> Self {
        Self(MAIN.to_owned())
    }
}

impl FromStr for Revision {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        match is_safe_path(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(AddressError::Revision(text.to_owned())),
        }
    }
}

/// The path of a file inside a repository, with `/` between folders. It is a plain relative path on every system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileName(String);

impl FileName {
    /// As in `folder/model.gguf`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name without its folders.
    pub fn last(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// As a path of this system.
    pub fn path(&self) -> PathBuf {
        self.0.split('/').collect()
    }
}

impl FromStr for FileName {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        match is_safe_path(text) {
            true => Ok(Self(text.to_owned())),
            false => Err(AddressError::File(text.to_owned())),
        }
    }
}

/// Whether every part between `/` is an ordinary name on every system: no `..`, no drive, no device, no stream.
fn is_safe_path(text: &str) -> bool {
    let part = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
        let device = DEVICES.iter().any(|device| {
            stem.strip_prefix(device)
                .is_some_and(|rest| rest.is_empty() || rest.len() == 1 && rest.chars().all(|c| c.is_ascii_digit()))
        });
        !part.is_empty()
            && part.len() <= 255
            && !part.ends_with(['.', ' '])
            && !part.chars().any(|c| c.is_control() || "\\:*?\"<>|".contains(c))
            && !device
    };
    text.len() <= 1024 && text.split('/').all(part)
}

macro_rules! as_text {
    ($name:ty) => {
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = AddressError;

            fn try_from(text: String) -> Result<Self, AddressError> {
                text.parse()
            }
        }
    };
}

as_text!(RepositoryName);
as_text!(Revision);
as_text!(FileName);

/// What a person wrote to say what is wanted: a repository, perhaps one revision of it, perhaps one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub repository: RepositoryName,
    pub revision: Option<Revision>,
    pub file: Option<FileName>,
}

impl Address {
    /// Reads `organisation/name`, or an address as a browser shows it, of the hub or of `endpoint`:
    /// `https://huggingface.co/organisation/name/blob/main/model.gguf`.
    pub fn parse(text: &str, endpoint: &Url) -> Result<Self, AddressError> {
        let text = text.trim();
        let known = |host: &str| HOSTS.contains(&host) || endpoint.host_str() == Some(host);
        let without_scheme = text
            .split('/')
            .next()
            .is_some_and(|first| known(&first.to_ascii_lowercase()));
        if !text.contains("://") && !without_scheme {
            let repository: RepositoryName = text.parse()?;
            if repository.is_dataset() {
                return Err(AddressError::Kind(text.to_owned(), "dataset"));
            }
            return Ok(Self {
                repository,
                revision: None,
                file: None,
            });
        }
        let foreign = || AddressError::Host(text.to_owned());
        let whole = match without_scheme {
            true => format!("https://{text}"),
            false => text.to_owned(),
        };
        let url = Url::parse(&whole).map_err(|_| foreign())?;
        // A mirror may lie below a path of its host.
        let mirror = endpoint.path().trim_end_matches('/');
        let below = url
            .path()
            .strip_prefix(mirror)
            .filter(|_| url.host_str() == endpoint.host_str());
        let path = match url.host_str() {
            Some(host) if matches!(url.scheme(), "http" | "https") && known(host) => below.unwrap_or(url.path()),
            _ => return Err(foreign()),
        };
        Self::of_path(path, text)
    }

    fn of_path(path: &str, text: &str) -> Result<Self, AddressError> {
        let parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(decoded).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        for (first, kind) in [("datasets", "dataset"), ("spaces", "space"), ("kernels", "kernel")] {
            if parts.first() == Some(&first) {
                return Err(AddressError::Kind(text.to_owned(), kind));
            }
        }
        let actions = ["tree", "blob", "resolve", "raw", "commit"];
        let action = parts.iter().skip(1).take(2).position(|part| actions.contains(part));
        let (name, rest) = match action {
            Some(position) => parts.split_at(position + 1),
            None => parts.split_at(parts.len().min(2)),
        };
        let file = rest.get(2..).unwrap_or_default();
        let is_file = matches!(rest.first(), Some(&("blob" | "resolve" | "raw"))) && !file.is_empty();
        Ok(Self {
            repository: name.join("/").parse()?,
            revision: rest
                .get(1)
                .filter(|_| action.is_some())
                .map(|text| text.parse())
                .transpose()?,
            file: is_file.then(|| file.join("/").parse()).transpose()?,
        })
    }
}

/// A part of an address with its `%20` and the like read.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let [first, others @ ..] = rest {
        let digits = others
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = others.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub() -> Url {
        Url::parse("https://huggingface.co").unwrap()
    }

    #[test]
    fn repositories_are_named_as_the_hub_allows() {
        for good in ["gpt2", "Qwen/Qwen3-4B-GGUF", "a/b.c_d-e", "m42-health/Llama3-Med42-8B"] {
            let name: RepositoryName = good.parse().unwrap();
            assert_eq!(RepositoryName::of_folder(&name.folder()), Some(name.clone()));
            assert_eq!(name.as_str(), good);
            let data = RepositoryName::dataset(good).unwrap();
            assert_eq!(data.folder(), name.folder().replacen("models", "datasets", 1));
            assert_eq!(RepositoryName::of_folder(&data.folder()), Some(data.clone()));
            assert_eq!((data.owner(), data.name()), (name.owner(), name.name()));
            assert_eq!(data.as_str().parse(), Ok(data.clone()));
            assert!(data.is_dataset() && !name.is_dataset());
        }
        for bad in [
            "",
            "/",
            "a/",
            "/b",
            "a/b/c",
            "a--b/c",
            "../x",
            "a/..",
            "a/.b",
            "a/b.git",
            "a b/c",
            "a/b\\c",
            "نموذج/b",
            "C:/b",
        ] {
            assert!(bad.parse::<RepositoryName>().is_err(), "{bad}");
        }
        assert_eq!(RepositoryName::of_folder("spaces--a--b"), None);
        assert_eq!(RepositoryName::of_folder("models--..--b"), None);
    }

    #[test]
    fn file_names_cannot_lead_out_of_their_folder() {
        for good in [
            "model.gguf",
            "a/b/c.safetensors",
            "نموذج.gguf",
            "console.txt",
            "a b.gguf",
            ".gitattributes",
        ] {
            assert_eq!(
                good.parse::<FileName>().unwrap().path().components().count(),
                good.split('/').count()
            );
        }
        for bad in [
            "",
            "/etc/passwd",
            "../../x",
            "a/../../x",
            "a/./b",
            "..",
            "a//b",
            "a/",
            "C:\\x",
            "C:x",
            "\\\\server\\x",
            "a\\..\\b",
            "a\0b",
            "a\nb",
            "nul",
            "COM1.gguf",
            "a/aux.txt",
            "a:stream",
            "x.",
            "x ",
            "a/..\u{0}",
        ] {
            assert!(bad.parse::<FileName>().is_err(), "{bad:?}");
            assert!(bad.parse::<Revision>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_read_as_a_browser_shows_them() {
        let read = |text: &str| {
            let address = Address::parse(text, &hub()).unwrap();
            let revision = address.revision.map(String::from).unwrap_or_default();
            let file = address.file.map(String::from).unwrap_or_default();
            format!("{} {revision} {file}", address.repository).trim().to_owned()
        };
        assert_eq!(read(" Qwen/Qwen3-4B-GGUF "), "Qwen/Qwen3-4B-GGUF");
        assert_eq!(read("https://huggingface.co/Qwen/Qwen3-4B/"), "Qwen/Qwen3-4B");
        assert_eq!(read("huggingface.co/gpt2"), "gpt2");
        assert_eq!(read("https://hf.co/a/b/tree/v1.0"), "a/b v1.0");
        assert_eq!(
            read("https://huggingface.co/a/b/tree/refs%2Fpr%2F1/sub"),
            "a/b refs/pr/1"
        );
        let file = "https://huggingface.co/a/b/resolve/main/Q4/m%20x.gguf?download=true";
        assert_eq!(read(file), "a/b main Q4/m x.gguf");
        assert_eq!(
            read("https://huggingface.co/gpt2/blob/main/config.json#L3"),
            "gpt2 main config.json"
        );
        assert_eq!(read("https://huggingface.co/a/b/discussions/3"), "a/b");
    }

    #[test]
    fn mirrors_are_known_by_their_endpoint_only() {
        let mirror = Url::parse("http://mirror.hospital.example:8080/hub").unwrap();
        let address = "http://mirror.hospital.example:8080/hub/a/b/blob/main/m.gguf";
        assert_eq!(
            Address::parse(address, &mirror).unwrap().file.unwrap().as_str(),
            "m.gguf"
        );
        assert!(matches!(Address::parse(address, &hub()), Err(AddressError::Host(_))));
    }

    #[test]
    fn what_is_no_model_is_refused_with_the_reason() {
        for (text, expected) in [
            ("https://huggingface.co/datasets/a/b", "dataset"),
            ("datasets/a/b", "dataset"),
            ("https://example.org/a/b", "not an address of the hub"),
            ("ftp://huggingface.co/a/b", "not an address of the hub"),
            ("https://huggingface.co.evil.org/a/b", "not an address of the hub"),
            ("https://huggingface.co/a/b/resolve/main/..%2F..%2Fx", "lead out"),
            ("https://huggingface.co/a/b/resolve/..%2F..%2Fx/y", "no revision"),
            ("https://huggingface.co/", "no repository's name"),
        ] {
            let error = Address::parse(text, &hub()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
