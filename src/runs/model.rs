//! A model as a run uses it: a file on this machine, or an endpoint.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::engine::ModelFacts;
use crate::engine::endpoint::Endpoint;

/// A model as a run uses it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunModel {
    /// The name answers carry.
    pub name: String,
    #[serde(flatten)]
    pub source: ModelSource,
}

/// Where a run's model is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ModelSource {
    File(ModelFile),
    /// A server, with what a probe found of it. There is never a key in it.
    Endpoint {
        endpoint: Box<Endpoint>,
    },
    /// Wherever another program asked it; only its answers came here.
    Elsewhere {
        elsewhere: Elsewhere,
    },
}

/// Where answers that another program made came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// What it called the model.
    pub model: String,
    /// The program, with its version where it told one.
    pub program: String,
    /// The name of the file that was read; its path in records of earlier versions.
    pub file: PathBuf,
    /// Of that file, in hexadecimal.
    pub sha256: String,
}

/// A model on this machine. Records of runs are copied and mailed, so that they do not hold where it lies:
/// [`Whereabouts`](crate::models::whereabouts::Whereabouts) knows that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Recorded")]
pub struct ModelFile {
    /// The name of the file, of its first part or of the model's folder.
    pub file: String,
    /// Of the whole file, in hexadecimal.
    pub sha256: String,
    /// What loading it showed; absent until it was first loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<ModelFacts>,
    /// Where it lay on the machine that made the run, as earlier versions wrote it down.
    #[serde(skip)]
    pub lay: Option<PathBuf>,
}

/// The same as records have it.
#[derive(Deserialize)]
struct Recorded {
    file: Option<String>,
    path: Option<PathBuf>,
    sha256: String,
    facts: Option<ModelFacts>,
}

/// The record tells neither the file's name nor, as earlier ones do, its path.
#[derive(Debug, thiserror::Error)]
#[error("a model's `file` is missing")]
struct NoFile;

impl TryFrom<Recorded> for ModelFile {
    type Error = NoFile;

    fn try_from(recorded: Recorded) -> Result<Self, NoFile> {
        let Recorded {
            file,
            path,
            sha256,
            facts,
        } = recorded;
        let file = file.or_else(|| Some(name_of(path.as_deref()?))).ok_or(NoFile)?;
        Ok(Self {
            file,
            sha256,
            facts,
            lay: path,
        })
    }
}

/// The last part of a path of this system or another.
pub(super) fn name_of(path: &Path) -> String {
    let path = path.to_string_lossy();
    let trimmed = path.trim_end_matches(['/', '\\']);
    trimmed.rsplit(['/', '\\']).next().unwrap_or(trimmed).to_owned()
}

impl RunModel {
    /// The endpoint, where it is one.
    pub fn endpoint(&self) -> Option<&Endpoint> {
        match &self.source {
            ModelSource::File(_) | ModelSource::Elsewhere { .. } => None,
            ModelSource::Endpoint { endpoint } => Some(endpoint),
        }
    }
}

impl RunModel {
    /// Where its answers came from, where another program made them.
    pub fn elsewhere(&self) -> Option<&Elsewhere> {
        match &self.source {
            ModelSource::Elsewhere { elsewhere } => Some(elsewhere),
            ModelSource::File(_) | ModelSource::Endpoint { .. } => None,
        }
    }

    /// Takes over what may have changed at an endpoint without changing its answers: its limits, its prices and where
    /// its key is. `known` are the endpoints as they are now. A workspace may come from somebody else, so which variable
    /// of this machine goes to an address is never read from a run: of an endpoint nobody added here it is none.
    pub fn refresh(&mut self, known: &[Endpoint]) {
        let ModelSource::Endpoint { endpoint } = &mut self.source else {
            return;
        };
        let same = |other: &&Endpoint| {
            (&other.name, &other.address, &other.model) == (&endpoint.name, &endpoint.address, &endpoint.model)
        };
        let now = known.iter().find(same);
        endpoint.key_variable = now.and_then(|now| now.key_variable.clone());
        if let Some(now) = now {
            endpoint.limits = now.limits;
            endpoint.prices = now.prices;
        }
    }
}

impl ModelSource {
    /// Whether answers from both may stand under one name: the same file, or the same model asked the same way.
    pub fn answers_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(left), Self::File(right)) => left.sha256 == right.sha256,
            (Self::Endpoint { endpoint: left }, Self::Endpoint { endpoint: right }) => {
                (&left.address, &left.model, left.server) == (&right.address, &right.model, right.server)
            }
            _ => false,
        }
    }

    /// What it is, in a few words: a hash or an address.
    pub fn mark(&self) -> String {
        match self {
            Self::File(file) => format!("SHA-256 {}", file.sha256),
            Self::Endpoint { endpoint } => format!("`{}` at {}", endpoint.model, endpoint.address),
            Self::Elsewhere { elsewhere } => {
                format!("imported from {} of {}", name_of(&elsewhere.file), elsewhere.program)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_of_a_run_from_before_there_were_endpoints_is_a_file() {
        let text = "name = \"m\"\npath = \"/models/m.gguf\"\nsha256 = \"ab\"\n\n[facts]\narchitecture = \"llama\"\nquantization = \"Q4_1\"\ntokenizer_sha256 = \"cd\"\ndevice = \"CPU\"\ncomputed = \"u8\"\n";
        let model: RunModel = toml::from_str(text).unwrap();
        let ModelSource::File(file) = &model.source else {
            panic!("{model:?}");
        };
        assert_eq!(file.facts.as_ref().unwrap().architecture, "llama");
        assert_eq!(
            (file.file.as_str(), file.lay.as_deref()),
            ("m.gguf", Some(Path::new("/models/m.gguf")))
        );
        // What is written anew names no folder.
        let anew = text.replace("path = \"/models/m.gguf\"", "file = \"m.gguf\"");
        assert_eq!(toml::to_string(&model).unwrap(), anew);
        let again: RunModel = toml::from_str(&anew).unwrap();
        assert_eq!(toml::to_string(&again).unwrap(), anew);
        assert_eq!(name_of(Path::new("C:\\Users\\nadia\\m.gguf")), "m.gguf");
        assert_eq!(name_of(Path::new("/models/Tiny-1.5/")), "Tiny-1.5");
        assert!(toml::from_str::<RunModel>("name = \"m\"\nsha256 = \"ab\"\n").is_err());
    }

    #[test]
    fn an_endpoint_comes_back_as_it_was() {
        let text = "name = \"big\"\n\n[endpoint]\nname = \"big\"\naddress = \"http://127.0.0.1:8000\"\nmodel = \"org/big\"\nserver = \"vllm\"\nroute = \"next-token\"\n";
        let model: RunModel = toml::from_str(text).unwrap();
        assert_eq!(model.endpoint().unwrap().model, "org/big");
        let again: RunModel = toml::from_str(&toml::to_string(&model).unwrap()).unwrap();
        assert_eq!(again, model);
        assert!(!model.source.answers_like(&ModelSource::File(ModelFile {
            file: "m".into(),
            sha256: "ab".into(),
            facts: None,
            lay: None,
        })));
    }

    #[test]
    fn a_resumed_run_keeps_to_the_limits_there_are_now() {
        let text = "name = \"big\"\n\n[endpoint]\nname = \"big\"\naddress = \"http://127.0.0.1:8000\"\nmodel = \"org/big\"\nserver = \"vllm\"\nroute = \"next-token\"\n";
        let mut model: RunModel = toml::from_str(text).unwrap();
        let mut now = model.endpoint().unwrap().clone();
        now.limits.concurrent = 3.try_into().unwrap();
        let mut elsewhere = now.clone();
        elsewhere.address = "http://127.0.0.1:9000".parse().unwrap();
        elsewhere.limits.concurrent = 5.try_into().unwrap();
        model.refresh(&[elsewhere.clone(), now.clone()]);
        assert_eq!(model.endpoint().unwrap().limits.concurrent.get(), 3);
        assert_eq!(model.endpoint().unwrap().address.host(), "127.0.0.1:8000");

        // What a run says of a variable is not believed; what was added here is.
        let variable = |model: &RunModel| model.endpoint().unwrap().key_variable.clone();
        now.key_variable = Some("WARD_KEY".to_owned());
        model.refresh(&[elsewhere.clone(), now]);
        assert_eq!(variable(&model).as_deref(), Some("WARD_KEY"));
        elsewhere.key_variable = Some("OTHER_KEY".to_owned());
        model.refresh(&[elsewhere]);
        assert_eq!(variable(&model), None);
    }
}
