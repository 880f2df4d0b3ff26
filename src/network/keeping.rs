//! Keeping keys between starts: in the system's keyring, or else in memory only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Secret;

/// What the keyring files our keys under.
const SERVICE: &str = "polyclinic";

/// Where a key was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In the system's keyring: it is there after the next start.
    InKeyring,
    /// In memory: it is gone once the program ends.
    InMemory {
        /// Why the keyring does not have it.
        reason: String,
    },
}

/// Keys by name, for the whole program; clones share them.
///
/// The keyring may ask its user to unlock it and wait for the answer, so that nothing here belongs on a thread that
/// draws, nor inside work on the network's own threads.
#[derive(Debug, Clone, Default)]
pub struct SecretStore {
    keyring: bool,
    memory: Arc<Mutex<HashMap<String, Secret>>>,
}

impl SecretStore {
    /// With the system's keyring behind it.
    pub fn system() -> Self {
        Self {
            keyring: true,
            ..Self::default()
        }
    }

    /// Without a keyring: keys are gone once the program ends.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Keeps a key under a name, and says where.
    pub fn keep(&self, name: &str, secret: &Secret) -> Kept {
        self.memory().insert(name.to_owned(), secret.clone());
        if !self.keyring {
            return Kept::InMemory {
                reason: "no keyring is used".to_owned(),
            };
        }
        let kept = keyring::Entry::new(SERVICE, name).and_then(|entry| entry.set_password(secret.expose()));
        match kept {
            Ok(()) => Kept::InKeyring,
            Err(problem) => Kept::InMemory {
                reason: describe(&problem),
            },
        }
    }

    /// The key kept under a name.
    pub fn find(&self, name: &str) -> Option<Secret> {
        if let Some(secret) = self.memory().get(name) {
            return Some(secret.clone());
        }
        if !self.keyring {
            return None;
        }
        let found = keyring::Entry::new(SERVICE, name).and_then(|entry| entry.get_password());
        let secret = match found {
            Ok(text) => Secret::new(&text).ok()?,
            Err(keyring::Error::NoEntry) => return None,
            Err(problem) => {
                tracing::debug!(name, reason = describe(&problem), "the keyring gave no key");
                return None;
            }
        };
        self.memory().insert(name.to_owned(), secret.clone());
        Some(secret)
    }

    /// Forgets the key kept under a name, here and in the keyring. Fails, saying why, where the keyring keeps it.
    pub fn forget(&self, name: &str) -> Result<(), String> {
        self.memory().remove(name);
        if !self.keyring {
            return Ok(());
        }
        match keyring::Entry::new(SERVICE, name).and_then(|entry| entry.delete_credential()) {
            // Without a keyring there was nothing but memory.
            Ok(()) | Err(keyring::Error::NoEntry | keyring::Error::NoDefaultStore) => Ok(()),
            Err(problem) => Err(describe(&problem)),
        }
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        // The map is whole between any two of its operations.
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keyring's error in words; those of its errors that carry the key's bytes show none of them.
fn describe(problem: &keyring::Error) -> String {
    match problem {
        keyring::Error::NoDefaultStore => "this system runs no keyring service".to_owned(),
        keyring::Error::NoStorageAccess(_) => "the keyring is locked".to_owned(),
        keyring::Error::PlatformFailure(cause) => format!("the keyring failed: {cause}"),
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => {
            "what the keyring holds under this name is no key".to_owned()
        }
        other => format!("the keyring refused: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_shared_between_clones_and_forgotten() {
        let store = SecretStore::in_memory();
        let key = Secret::new("sk-1").unwrap();
        assert!(matches!(store.keep("a", &key), Kept::InMemory { .. }));
        assert_eq!(store.clone().find("a"), Some(key));
        assert_eq!(store.find("b"), None);
        store.forget("a").unwrap();
        assert_eq!(store.find("a"), None);
    }

    #[test]
    fn whatever_keyring_there_is_a_key_is_found_while_the_program_runs() {
        let store = SecretStore::system();
        let key = Secret::new("sk-of-the-test").unwrap();
        let kept = store.keep("test of keeping", &key);
        assert_eq!(store.find("test of keeping"), Some(key.clone()));
        let after_a_start = SecretStore::system().find("test of keeping");
        match kept {
            Kept::InKeyring => assert_eq!(after_a_start, Some(key)),
            Kept::InMemory { reason } => {
                assert!(!reason.is_empty() && !reason.contains("sk-of"), "{reason}");
                assert_eq!(after_a_start, None);
            }
        }
        store.forget("test of keeping").unwrap();
        assert_eq!(SecretStore::system().find("test of keeping"), None);
    }

    #[test]
    fn an_error_that_carries_the_key_does_not_show_it() {
        let text = describe(&keyring::Error::BadEncoding(b"sk-1".to_vec()));
        assert!(!text.contains("sk-1") && !text.contains("115"), "{text}");
    }
}
