//! A key or token: text that must never be seen.

use std::fmt;

use reqwest::header::HeaderValue;

/// A key or token. It can be neither printed nor stored: [`fmt::Debug`] shows none of it, and there is no `Display`
/// and no serialisation, so that it cannot get into a log, a workspace or a crash report by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: String,
    bearer: HeaderValue,
}

/// Why text cannot be a key. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the key is empty")]
    Empty,
    #[error("the key has characters that no key has, such as spaces or line breaks; copy it again")]
    Characters,
}

impl Secret {
    /// Takes a key as it was typed or read from a file; space around it is dropped.
    pub fn new(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        if !text.chars().all(|character| character.is_ascii_graphic()) {
            return Err(SecretError::Characters);
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| SecretError::Characters)?;
        bearer.set_sensitive(true);
        Ok(Self {
            text: text.to_owned(),
            bearer,
        })
    }

    /// The value of an `Authorization` header, marked so that nothing prints it.
    pub fn bearer(&self) -> HeaderValue {
        self.bearer.clone()
    }

    /// The key itself, for the keyring and for protocols that want it elsewhere than in [`Secret::bearer`].
    pub fn expose(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_trimmed_checked_and_never_shown() {
        let secret = Secret::new(" hf_abc123\n").unwrap();
        assert_eq!(secret.expose(), "hf_abc123");
        assert_eq!(secret.bearer(), "Bearer hf_abc123");
        assert!(!format!("{secret:?} {:?}", secret.bearer()).contains("abc"));
        assert_eq!(Secret::new(" \n"), Err(SecretError::Empty));
        for wrong in ["hf abc", "hf\nabc", "hf_مفتاح", "a\0b"] {
            assert_eq!(Secret::new(wrong), Err(SecretError::Characters), "{wrong:?}");
        }
    }
}
