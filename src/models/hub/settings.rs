//! Where the hub is and where its cache lies, as the environment says: the same variables, read in the same order, as
//! the Python client `huggingface_hub` has them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use url::Url;

use super::HubCache;
use crate::network::Secret;

/// The hub itself.
const HUB: &str = "https://huggingface.co";

/// What using the hub needs to know of this machine.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The hub, or a mirror of it (`HF_ENDPOINT`).
    pub endpoint: Url,
    /// The cache that all tools share (`HF_HUB_CACHE`, else `hub` in `HF_HOME`).
    pub cache: PathBuf,
    /// Whether nothing may be asked of the network (`HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE`).
    pub offline: bool,
    /// The token of the environment or of the file that `hf auth login` writes.
    pub token: Option<Secret>,
    /// Whether a token that was kept may be sent without being asked for (`HF_HUB_DISABLE_IMPLICIT_TOKEN` forbids it).
    pub implicit_token: bool,
}

/// Why the environment's settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("HF_ENDPOINT is `{text}`, which is no address; it looks like https://huggingface.co")]
    Endpoint {
        text: String,
        source: Option<url::ParseError>,
    },
    #[error("this system names no home folder for the models that other tools share; set HF_HOME to a folder")]
    NoHome,
}

impl Settings {
    /// As the environment of this process says.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_owned());
        Self::of(&|name| std::env::var_os(name), home.as_deref())
    }

    /// As `variable` gives the environment's variables, for a person whose home folder is `home`.
    fn of(variable: &dyn Fn(&str) -> Option<OsString>, home: Option<&Path>) -> Result<Self, SettingsError> {
        let filled = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| filled(name).map(|value| value.to_string_lossy().into_owned());
        let is_true = |value: String| ["1", "ON", "YES", "TRUE"].contains(&value.to_uppercase().as_str());
        let folder = |name: &str| filled(name).map(|value| expanded(&value, home));

        let hub_home = folder("HF_HOME")
            .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("huggingface")))
            .or_else(|| home.map(|home| home.join(".cache").join("huggingface")));
        let cache = folder("HF_HUB_CACHE").or_else(|| folder("HUGGINGFACE_HUB_CACHE"));
        let cache = cache.or_else(|| hub_home.as_ref().map(|home| home.join("hub")));
        let token_file = folder("HF_TOKEN_PATH").or_else(|| hub_home.as_ref().map(|home| home.join("token")));
        let implicit_token = !text("HF_HUB_DISABLE_IMPLICIT_TOKEN").is_some_and(is_true);
        let token = match implicit_token {
            false => None,
            true => text("HF_TOKEN")
                .or_else(|| text("HUGGING_FACE_HUB_TOKEN"))
                .or_else(|| std::fs::read_to_string(token_file?).ok()),
        };
        let offline = text("HF_HUB_OFFLINE").or_else(|| text("TRANSFORMERS_OFFLINE"));
        Ok(Self {
            endpoint: endpoint(text("HF_ENDPOINT").as_deref().unwrap_or(HUB))?,
            cache: cache.ok_or(SettingsError::NoHome)?,
            offline: offline.is_some_and(is_true),
            // What is no token at all is as good as none: the hub itself says what it misses.
            token: token.and_then(|text| Secret::new(&text).ok()),
            implicit_token,
        })
    }

    /// The same with the token that somebody typed into the window, where the environment has none, as the Python client
    /// would have it. Nothing is looked up where no kept token may be sent, or nothing is sent at all.
    pub fn with_typed_token(&self, typed: impl FnOnce() -> Option<Secret>) -> Self {
        let mut settings = self.clone();
        if settings.token.is_none() && !settings.offline && settings.implicit_token {
            settings.token = typed();
        }
        settings
    }

    /// The cache that all tools share.
    pub fn cache(&self) -> HubCache {
        HubCache::new(self.cache.clone())
    }

    /// The page of a repository, for people. A name and password that a mirror's address holds are no part of it.
    pub fn page(&self, repository: &super::RepositoryName) -> String {
        let mut shown = self.endpoint.clone();
        // Only an address without a host takes none, and there is none of those here.
        _ = shown.set_username("");
        _ = shown.set_password(None);
        format!("{}/{repository}", shown.as_str().trim_end_matches('/'))
    }
}

fn endpoint(text: &str) -> Result<Url, SettingsError> {
    let wrong = |source| SettingsError::Endpoint {
        text: text.to_owned(),
        source,
    };
    let url = Url::parse(text.trim_end_matches('/')).map_err(|source| wrong(Some(source)))?;
    match matches!(url.scheme(), "http" | "https") && url.host().is_some() {
        true => Ok(url),
        false => Err(wrong(None)),
    }
}

/// A folder's path with a leading `~` read as the home folder.
fn expanded(value: &OsString, home: Option<&Path>) -> PathBuf {
    let path = Path::new(value);
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let find = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| OsString::from(value))
        };
        Settings::of(&find, Some(Path::new("/home/amal")))
    }

    fn cache(variables: &[(&str, &str)]) -> String {
        read(variables).unwrap().cache.to_string_lossy().replace('\\', "/")
    }

    #[test]
    fn the_cache_lies_where_the_python_client_has_it() {
        assert_eq!(cache(&[]), "/home/amal/.cache/huggingface/hub");
        assert_eq!(cache(&[("XDG_CACHE_HOME", "/x")]), "/x/huggingface/hub");
        assert_eq!(
            cache(&[("HF_HOME", "~/hf"), ("XDG_CACHE_HOME", "/x")]),
            "/home/amal/hf/hub"
        );
        assert_eq!(cache(&[("HF_HUB_CACHE", "/c"), ("HF_HOME", "/h")]), "/c");
        assert_eq!(cache(&[("HUGGINGFACE_HUB_CACHE", "/old"), ("HF_HOME", "/h")]), "/old");
        assert_eq!(cache(&[("HF_HUB_CACHE", ""), ("HF_HOME", "/h")]), "/h/hub");
    }

    #[test]
    fn tokens_come_from_the_variable_then_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_str().unwrap();
        let token = |variables: &[(&str, &str)]| {
            let secret = read(variables).unwrap().token;
            secret.map(|secret| secret.expose().to_owned())
        };
        assert_eq!(token(&[("HF_HOME", home)]), None);
        std::fs::write(folder.path().join("token"), "hf_file\n").unwrap();
        assert_eq!(token(&[("HF_HOME", home)]).as_deref(), Some("hf_file"));
        assert_eq!(
            token(&[("HF_HOME", home), ("HF_TOKEN", "hf_env")]).as_deref(),
            Some("hf_env")
        );
        assert_eq!(
            token(&[("HUGGING_FACE_HUB_TOKEN", "hf_old")]).as_deref(),
            Some("hf_old")
        );
        assert_eq!(
            token(&[("HF_HOME", home), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")]),
            None
        );
        let elsewhere = folder.path().join("token");
        assert_eq!(
            token(&[("HF_TOKEN_PATH", elsewhere.to_str().unwrap())]).as_deref(),
            Some("hf_file")
        );
    }

    #[test]
    fn the_environment_s_token_goes_before_a_typed_one() {
        let token = |variables: &[(&str, &str)]| {
            let settings = read(variables)
                .unwrap()
                .with_typed_token(|| Secret::new("hf_typed").ok());
            settings.token.map(|secret| secret.expose().to_owned())
        };
        let no_file = ("HF_TOKEN_PATH", "/nowhere/token");
        assert_eq!(token(&[no_file]).as_deref(), Some("hf_typed"));
        assert_eq!(token(&[no_file, ("HF_TOKEN", "hf_env")]).as_deref(), Some("hf_env"));
        assert_eq!(token(&[no_file, ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")]), None);
    }

    #[test]
    fn offline_is_what_either_variable_says() {
        for (variables, expected) in [
            (&[][..], false),
            (&[("HF_HUB_OFFLINE", "1")], true),
            (&[("HF_HUB_OFFLINE", "yes")], true),
            (&[("HF_HUB_OFFLINE", "0")], false),
            (&[("TRANSFORMERS_OFFLINE", "on")], true),
            (&[("HF_HUB_OFFLINE", "0"), ("TRANSFORMERS_OFFLINE", "1")], false),
        ] {
            assert_eq!(read(variables).unwrap().offline, expected, "{variables:?}");
        }
    }

    #[test]
    fn endpoints_are_addresses() {
        assert_eq!(read(&[]).unwrap().endpoint.as_str(), "https://huggingface.co/");
        let mirror = read(&[("HF_ENDPOINT", "http://mirror:8080/hub/")]).unwrap();
        assert_eq!(mirror.page(&"a/b".parse().unwrap()), "http://mirror:8080/hub/a/b");
        let guarded = read(&[("HF_ENDPOINT", "https://amal:secret@mirror/hub")]).unwrap();
        assert_eq!(guarded.page(&"a/b".parse().unwrap()), "https://mirror/hub/a/b");
        for wrong in ["mirror", "file:///x", "http://"] {
            let error = read(&[("HF_ENDPOINT", wrong)]).unwrap_err();
            assert!(matches!(error, SettingsError::Endpoint { .. }), "{wrong}: {error}");
        }
    }
}
