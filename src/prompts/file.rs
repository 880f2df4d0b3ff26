//! A protocol as a file of its own, to keep and to share.

use super::{Protocol, known};

/// The keys a file may have; see `assets/protocols/README.md`.
const KEYS: [&str; 15] = [
    "name",
    "description",
    "letters",
    "shots",
    "seed",
    "draw",
    "shots_from",
    "chat",
    "multi_turn",
    "system",
    "without_instruction",
    "asks_for_all",
    "order",
    "scoring",
    "template",
];

/// The longest name of a protocol, in bytes.
const LONGEST_NAME: usize = 60;

/// Why a text is no protocol.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ProtocolFileError {
    #[error("it is no protocol: {0}")]
    Syntax(#[from] toml::de::Error),
    #[error("there is no key `{key}` in a protocol; there are {}", KEYS.join(", "))]
    UnknownKey { key: String },
    #[error("a protocol has `{0}`, and this one has not")]
    Missing(&'static str),
    #[error(
        "`{0}` cannot name a protocol: use up to {LONGEST_NAME} lower-case Latin letters, digits, `-`, `_` or `.`, beginning with a letter or digit"
    )]
    Name(String),
    #[error("`{0}` is the name of a protocol of the program's own; give yours another")]
    Taken(String),
}

impl Protocol {
    /// Reads a file's text. What is unknown in it is refused: a misspelt key would silently change nothing.
    pub fn parse(text: &str) -> Result<Self, ProtocolFileError> {
        let table: toml::Table = toml::from_str(text)?;
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(ProtocolFileError::UnknownKey { key: key.clone() });
        }
        for key in ["name", "template"] {
            if !table.contains_key(key) {
                return Err(ProtocolFileError::Missing(key));
            }
        }
        let protocol: Self = toml::from_str(text)?;
        require_name(&protocol.name)?;
        // One of the program's own may be read back as it is, never another under its name.
        match known::find(&protocol.name) {
            Some(own) if own.template != protocol.template => Err(ProtocolFileError::Taken(protocol.name)),
            _ => Ok(protocol),
        }
    }

    /// The text of a file that [`Protocol::parse`] reads back.
    pub fn to_file(&self) -> String {
        // Made of tables, texts and numbers only, which TOML has; a map without text keys it could not write.
        toml::to_string_pretty(self).unwrap_or_default()
    }
}

/// A name can be a file's and stand on a command line.
fn require_name(name: &str) -> Result<(), ProtocolFileError> {
    let letter = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit();
    let fits = name.starts_with(letter)
        && name.len() <= LONGEST_NAME
        && name
            .chars()
            .all(|character| letter(character) || "-_.".contains(character));
    match fits {
        true => Ok(()),
        false => Err(ProtocolFileError::Name(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_protocol_is_a_file_that_comes_back() {
        for protocol in known::all() {
            assert_eq!(Protocol::parse(&protocol.to_file()).unwrap(), *protocol);
        }
    }

    #[test]
    fn a_file_that_is_none_is_refused_with_the_place() {
        let small = "[template]\nquestion = \"{question}\"\noption = \"{letter}\"\n";
        let problem = |text: &str| Protocol::parse(text).unwrap_err().to_string();
        assert!(problem(&format!("name = \"x\"\nshot = 3\n{small}")).contains("no key `shot`"));
        assert!(problem(small).contains("`name`"));
        assert!(problem("name = \"x\"\n").contains("`template`"));
        assert!(problem(&format!("name = \"../x\"\n{small}")).contains("cannot name"));
        assert!(problem(&format!("name = \"medqa\"\n{small}")).contains("of the program's own"));
        assert!(problem("name = ").contains("line 1"));
        let unknown = problem("name = \"x\"\n[template]\nquestion = \"{question}{colour}\"\noption = \"\"\n");
        assert!(
            unknown.contains("`question`, character 11: there is no `{colour}`"),
            "{unknown}"
        );
    }
}
