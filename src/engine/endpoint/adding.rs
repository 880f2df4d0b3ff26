//! From an address and a few wishes to an endpoint: what the window and the command line both do.

use std::path::Path;

use super::connection::key;
use super::{
    Address, BookError, Endpoint, EndpointBook, EndpointError, Limits, Prices, ProbeReport, Route, Server, probe,
};
use crate::cancel::Cancel;
use crate::network::{Kept, Secret, SecretStore};

/// What people say of an endpoint before its server is asked.
#[derive(Debug, Clone)]
pub struct Wish {
    pub address: Address,
    /// Empty where the server has but one.
    pub model: String,
    /// Empty for the model's own.
    pub name: String,
    /// The environment variable that holds the key.
    pub key_variable: Option<String>,
    /// The key itself, where it was typed in.
    pub key: Option<Secret>,
    pub limits: Limits,
    pub prices: Option<Prices>,
}

/// Why an endpoint cannot be added. Nothing was.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    #[error(transparent)]
    Book(#[from] BookError),
}

/// What came of adding.
#[derive(Debug, Clone, PartialEq)]
pub struct AddedEndpoint {
    pub endpoint: Endpoint,
    pub report: ProbeReport,
    /// Where a key that was typed in is now.
    pub kept: Option<Kept>,
}

impl AddedEndpoint {
    /// What is wrong with where the key is, in words.
    pub fn key_problem(&self) -> Option<String> {
        match &self.kept {
            Some(Kept::InMemory { reason }) => Some(format!(
                "The key is only in memory and is gone when the program ends: {reason}. \
                 Name an environment variable that holds it instead."
            )),
            Some(Kept::InKeyring) | None => None,
        }
    }
}

/// Asks the server what it is, and adds it as that to the book kept in `folder`. May wait for the keyring.
pub async fn add(folder: &Path, wish: Wish, keys: &SecretStore, cancel: Cancel) -> Result<AddedEndpoint, AddError> {
    let named = match wish.name.trim() {
        "" => None,
        name if EndpointBook::open(folder)?.find(name).is_ok() => {
            return Err(BookError::NameTaken(name.to_owned()).into());
        }
        name => Some(name.to_owned()),
    };
    let unknown = Endpoint {
        name: named.clone().unwrap_or_else(|| wish.address.host().to_owned()),
        address: wish.address,
        model: wish.model.trim().to_owned(),
        server: Server::OpenAi,
        route: Route::Written,
        context_length: None,
        key_variable: wish.key_variable,
        limits: wish.limits,
        prices: wish.prices,
    };
    let secret = match wish.key.clone() {
        Some(key) => Some(key),
        None => key(&unknown, keys)?,
    };
    let report = probe(&unknown, secret, cancel).await?;
    // Read only now, since others may have written while the server was asked.
    let mut book = EndpointBook::open(folder)?;
    let endpoint = Endpoint {
        name: named.unwrap_or_else(|| book.free_name(&report.model)),
        ..found(&unknown, &report)
    };
    book.add(endpoint.clone())?;
    let kept = wish.key.map(|key| keys.keep(&endpoint.key_name(), &key));
    Ok(AddedEndpoint { endpoint, report, kept })
}

/// Asks a known endpoint again what it is, and keeps what is new.
pub async fn probe_again(
    folder: &Path,
    name: &str,
    keys: &SecretStore,
    cancel: Cancel,
) -> Result<(Endpoint, ProbeReport), AddError> {
    let known = EndpointBook::open(folder)?.find(name)?.clone();
    let report = probe(&known, key(&known, keys)?, cancel).await?;
    let endpoint = found(&known, &report);
    let mut book = EndpointBook::open(folder)?;
    if endpoint != known {
        book.replace(endpoint.clone())?;
    }
    Ok((endpoint, report))
}

/// Forgets an endpoint and its key. Says why, where the keyring does not let go of the key.
pub fn remove(folder: &Path, name: &str, keys: &SecretStore) -> Result<Option<String>, BookError> {
    let removed = EndpointBook::open(folder)?.remove(name)?;
    Ok(keys.forget(&removed.key_name()).err())
}

/// An endpoint as its server turned out to be.
fn found(endpoint: &Endpoint, report: &ProbeReport) -> Endpoint {
    Endpoint {
        model: report.model.clone(),
        server: report.server,
        route: report.route,
        context_length: report.context_length,
        ..endpoint.clone()
    }
}
