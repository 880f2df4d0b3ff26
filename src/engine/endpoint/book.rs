//! The endpoints people have added on this machine, by name. Keys are not in it.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Endpoint;
use crate::files::{WriteError, write_toml};

/// The newest layout of the list that this program knows.
const SCHEMA: u32 = 1;

/// The list of endpoints, as it lies on disk.
#[derive(Debug)]
pub struct EndpointBook {
    file: PathBuf,
    list: List,
}

#[derive(Debug, Serialize, Deserialize)]
struct List {
    schema: u32,
    #[serde(default, rename = "endpoint")]
    endpoints: Vec<Endpoint>,
    #[serde(flatten)]
    rest: toml::Table,
}

/// Why the list cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    #[error("the list of endpoints {} cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the list of endpoints {} is damaged; mend it or delete it", path.display())]
    Damaged { path: PathBuf, source: toml::de::Error },
    #[error("the list of endpoints {} was made by a newer Polyclinic; update the program", path.display())]
    Newer { path: PathBuf },
    #[error("an endpoint needs a name")]
    NoName,
    #[error("there is an endpoint named `{0}` already; choose another name or remove it first")]
    NameTaken(String),
    #[error("no endpoint was added under the name `{name}`{}", known(known_names))]
    Unknown { name: String, known_names: Vec<String> },
    #[error(transparent)]
    Write(#[from] WriteError),
}

fn known(names: &[String]) -> String {
    match names.is_empty() {
        true => "; there is none yet".to_owned(),
        false => format!("; names are {}", names.join(", ")),
    }
}

impl EndpointBook {
    /// Reads the list kept in a folder; empty where there is none yet.
    pub fn open(folder: &Path) -> Result<Self, BookError> {
        let file = folder.join("endpoints.toml");
        let list = match std::fs::read_to_string(&file) {
            Ok(text) => toml::from_str(&text).map_err(|source| BookError::Damaged {
                path: file.clone(),
                source,
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => List {
                schema: SCHEMA,
                endpoints: Vec::new(),
                rest: toml::Table::new(),
            },
            Err(source) => return Err(BookError::Read { path: file, source }),
        };
        if list.schema > SCHEMA {
            return Err(BookError::Newer { path: file });
        }
        Ok(Self { file, list })
    }

    /// The endpoints, in the order they were added.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.list.endpoints
    }

    /// The endpoint a name stands for.
    pub fn find(&self, name: &str) -> Result<&Endpoint, BookError> {
        let mut endpoints = self.list.endpoints.iter();
        endpoints
            .find(|endpoint| endpoint.name == name)
            .ok_or_else(|| BookError::Unknown {
                name: name.to_owned(),
                known_names: self
                    .list
                    .endpoints
                    .iter()
                    .map(|endpoint| endpoint.name.clone())
                    .collect(),
            })
    }

    /// Adds an endpoint and keeps the list.
    pub fn add(&mut self, endpoint: Endpoint) -> Result<(), BookError> {
        if endpoint.name.trim().is_empty() {
            return Err(BookError::NoName);
        }
        if self.find(&endpoint.name).is_ok() {
            return Err(BookError::NameTaken(endpoint.name));
        }
        self.list.endpoints.push(endpoint);
        self.save()
    }

    /// Puts an endpoint in the place of the one of its name and keeps the list.
    pub fn replace(&mut self, endpoint: Endpoint) -> Result<(), BookError> {
        self.find(&endpoint.name)?;
        for present in &mut self.list.endpoints {
            if present.name == endpoint.name {
                *present = endpoint.clone();
            }
        }
        self.save()
    }

    /// Forgets an endpoint and keeps the list. Its key is the caller's to forget.
    pub fn remove(&mut self, name: &str) -> Result<Endpoint, BookError> {
        let removed = self.find(name)?.clone();
        self.list.endpoints.retain(|endpoint| endpoint.name != name);
        self.save()?;
        Ok(removed)
    }

    /// A name that is free, as near to the model's own as can be.
    pub fn free_name(&self, model: &str) -> String {
        let last = model.trim_end_matches('/').rsplit(['/', '\\']).next();
        let wanted = last.filter(|name| !name.is_empty()).unwrap_or("endpoint");
        let numbered = (2..).map(|number| format!("{wanted}-{number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names
            .find(|name| self.find(name).is_err())
            .unwrap_or_else(|| wanted.to_owned())
    }

    fn save(&self) -> Result<(), BookError> {
        Ok(write_toml(&self.file, &self.list)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::endpoint::{Limits, Prices, Route, Server};

    fn endpoint(name: &str) -> Endpoint {
        Endpoint {
            name: name.to_owned(),
            address: "https://example.org/v1".parse().unwrap(),
            model: "org/Model-70B".to_owned(),
            server: Server::Vllm,
            route: Route::NextToken,
            context_length: Some(8192),
            key_variable: Some("EXAMPLE_KEY".to_owned()),
            limits: Limits::default(),
            prices: Some(Prices {
                million_in: 0.5,
                million_out: 1.5,
            }),
        }
    }

    #[test]
    fn endpoints_are_kept_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut book = EndpointBook::open(folder.path()).unwrap();
        assert_eq!(book.free_name("org/Model-70B"), "Model-70B");
        book.add(endpoint("Model-70B")).unwrap();
        assert_eq!(book.free_name("org/Model-70B"), "Model-70B-2");
        assert!(matches!(book.add(endpoint("Model-70B")), Err(BookError::NameTaken(_))));
        assert!(matches!(book.add(endpoint(" ")), Err(BookError::NoName)));
        let mut changed = endpoint("Model-70B");
        changed.route = Route::Written;
        book.replace(changed.clone()).unwrap();
        let mut book = EndpointBook::open(folder.path()).unwrap();
        assert_eq!(book.endpoints(), [changed]);
        book.remove("Model-70B").unwrap();
        let problem = book.remove("Model-70B").unwrap_err();
        assert!(problem.to_string().contains("there is none yet"), "{problem}");
    }

    #[test]
    fn a_damaged_or_newer_list_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("endpoints.toml");
        std::fs::write(&file, "schema = 2\n").unwrap();
        assert!(matches!(
            EndpointBook::open(folder.path()),
            Err(BookError::Newer { .. })
        ));
        std::fs::write(&file, "schema = 1\n[[endpoint]]\nname = \"x\"\naddress = \"ftp://x\"\n").unwrap();
        let problem = EndpointBook::open(folder.path()).unwrap_err();
        assert!(matches!(problem, BookError::Damaged { .. }), "{problem}");
    }
}
