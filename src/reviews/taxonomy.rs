//! The taxonomy: which errors and scales a workspace's form has, from `reviews/taxonomy.toml` or the program's own.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

use super::error_type::{ErrorType, Scale};
use crate::workspace::Workspace;

/// The newest layout of the file that this program knows.
const SCHEMA: u32 = 1;
/// The file's name within the reviews' folder.
pub(super) const FILE: &str = "taxonomy.toml";
/// The program's own, which is also what a workspace's copy begins as.
const USUAL: &str = include_str!("../../assets/taxonomy.toml");
/// Keys of the form that are something else there already.
const TAKEN: [char; 6] = ['G', 'H', 'J', 'K', 'N', 'S'];
/// A scale with more steps than this is no scale that a row of buttons can show.
const MOST_STEPS: u8 = 10;

/// What can be wrong with an answer, and what it is rated on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxonomy {
    pub errors: Vec<ErrorType>,
    pub scales: Vec<Scale>,
}

/// Why a taxonomy cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}. Mend it, or remove the file to use the program's own", path.display())]
pub struct TaxonomyError {
    pub path: PathBuf,
    #[source]
    pub problem: TaxonomyProblem,
}

/// What is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyProblem {
    #[error("the file cannot be read ({0})")]
    Read(std::io::Error),
    #[error("this is no taxonomy ({})", .0.message())]
    Parse(toml::de::Error),
    #[error("its schema is {0}, this program knows up to {SCHEMA}")]
    Newer(u32),
    #[error("`id` of {0} is empty")]
    EmptyId(&'static str),
    #[error("`id` is `{0}` twice")]
    SameId(String),
    #[error("`{field}` of `{id}` is empty")]
    NoWords { id: String, field: &'static str },
    #[error("`key` of `{id}` is `{key}`; it has to be one Latin capital")]
    NoKey { id: String, key: char },
    #[error("`key` of `{id}` is `{key}`, which does something else while judging")]
    TakenKey { id: String, key: char },
    #[error("`{one}` and `{other}` have the same `key`, `{key}`")]
    SameKey { one: String, other: String, key: char },
    #[error("the scale `{id}` goes from {low} to {high}; it needs 2 to {MOST_STEPS} steps, the lowest first")]
    Steps { id: String, low: u8, high: u8 },
}

#[derive(Deserialize)]
struct File {
    #[serde(default, rename = "error")]
    errors: Vec<ErrorType>,
    #[serde(default, rename = "scale")]
    scales: Vec<Scale>,
}

impl Taxonomy {
    /// The program's own.
    pub fn usual() -> &'static Self {
        #[expect(clippy::expect_used, reason = "the file is part of the program and read by a test")]
        static READ: LazyLock<Taxonomy> =
            LazyLock::new(|| Taxonomy::parse(USUAL).expect("assets/taxonomy.toml is a taxonomy"));
        &READ
    }

    /// The taxonomy of a workspace: its own file, or the program's where it has none.
    pub fn of(workspace: &Workspace) -> Result<Self, TaxonomyError> {
        Self::read(&workspace.reviews_folder().join(FILE))
    }

    fn read(path: &Path) -> Result<Self, TaxonomyError> {
        let read = match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::usual().clone()),
            Err(error) => Err(TaxonomyProblem::Read(error)),
        };
        read.map_err(|problem| TaxonomyError {
            path: path.to_owned(),
            problem,
        })
    }

    /// Checks the text of a file.
    pub fn parse(text: &str) -> Result<Self, TaxonomyProblem> {
        #[derive(Deserialize)]
        struct SchemaOnly {
            schema: u32,
        }
        let SchemaOnly { schema } = toml::from_str(text).map_err(TaxonomyProblem::Parse)?;
        if schema > SCHEMA {
            return Err(TaxonomyProblem::Newer(schema));
        }
        let File { errors, scales } = toml::from_str::<File>(text).map_err(TaxonomyProblem::Parse)?;
        let taxonomy = Self { errors, scales };
        taxonomy.check()?;
        Ok(taxonomy)
    }

    /// The error of an id.
    pub fn error(&self, id: &str) -> Option<&ErrorType> {
        self.errors.iter().find(|error| error.id == id)
    }

    fn check(&self) -> Result<(), TaxonomyProblem> {
        let errors = self
            .errors
            .iter()
            .map(|error| (&error.id, &error.en, &error.ar, "an error"));
        let scales = self
            .scales
            .iter()
            .map(|scale| (&scale.id, &scale.en, &scale.ar, "a scale"));
        let mut ids = BTreeSet::new();
        for (id, english, arabic, what) in errors.chain(scales) {
            if id.trim().is_empty() {
                return Err(TaxonomyProblem::EmptyId(what));
            }
            if !ids.insert((what, id)) {
                return Err(TaxonomyProblem::SameId(id.clone()));
            }
            for (field, words) in [("en", english), ("ar", arabic)] {
                if words.trim().is_empty() {
                    return Err(TaxonomyProblem::NoWords { id: id.clone(), field });
                }
            }
        }
        for (place, error) in self.errors.iter().enumerate() {
            self.check_key(place, error)?;
        }
        let bad = self
            .scales
            .iter()
            .find(|scale| scale.high <= scale.low || scale.high - scale.low >= MOST_STEPS);
        bad.map_or(Ok(()), |scale| {
            Err(TaxonomyProblem::Steps {
                id: scale.id.clone(),
                low: scale.low,
                high: scale.high,
            })
        })
    }

    fn check_key(&self, place: usize, error: &ErrorType) -> Result<(), TaxonomyProblem> {
        let Some(key) = error.key else { return Ok(()) };
        let id = error.id.clone();
        if !key.is_ascii_uppercase() {
            return Err(TaxonomyProblem::NoKey { id, key });
        }
        if TAKEN.contains(&key) {
            return Err(TaxonomyProblem::TakenKey { id, key });
        }
        let same = self.errors.iter().take(place).find(|other| other.key == Some(key));
        same.map_or(Ok(()), |one| {
            Err(TaxonomyProblem::SameKey {
                one: one.id.clone(),
                other: id,
                key,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_own_has_what_the_form_shows() {
        let keys: String = Taxonomy::usual().errors.iter().filter_map(|error| error.key).collect();
        assert_eq!(keys, "FRCTLUQY");
        assert_eq!(Taxonomy::usual().scales.len(), 3);
        let arabic = "ar".parse().unwrap();
        assert_eq!(
            Taxonomy::usual().error("wrong-fact").unwrap().words(&arabic),
            "خطأ في المعلومة"
        );
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_by_field() {
        let error =
            |id: &str, key: &str| format!("[[error]]\nid = \"{id}\"\nkey = \"{key}\"\nen = \"x\"\nar = \"x\"\n");
        let problem = |text: &str| Taxonomy::parse(&format!("schema = 1\n{text}")).unwrap_err().to_string();
        assert!(problem(&error("a", "S")).contains("something else"));
        assert!(problem(&error("a", "ب")).contains("one Latin capital"));
        assert!(problem(&(error("a", "F") + &error("b", "F"))).contains("`a` and `b`"));
        assert!(problem(&(error("a", "F") + &error("a", "R"))).contains("twice"));
        assert!(problem(&error("", "F")).contains("empty"));
        assert!(problem("[[scale]]\nid = \"a\"\nen = \"x\"\nar = \"x\"\nlow = 5\nhigh = 1\n").contains("from 5 to 1"));
        assert!(problem("[[error]]\nid = 1\n").contains("no taxonomy"));
        assert!(
            Taxonomy::parse("schema = 9")
                .unwrap_err()
                .to_string()
                .contains("schema is 9")
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(Taxonomy::read(&path).unwrap(), *Taxonomy::usual());
        std::fs::write(&path, "schema = 1\nerror = 3").unwrap();
        let error = Taxonomy::read(&path).unwrap_err();
        assert!(error.to_string().contains(FILE), "{error}");
    }
}
