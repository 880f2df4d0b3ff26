//! What is known of a model besides its answers: how large it is, of which family, and where it ran.

use std::collections::BTreeMap;

use crate::app::models::{Model, parameters};
use crate::app::study::Study;
use crate::models::named;
use crate::runs::{ModelSource, RunModel};

/// Where a model ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ran {
    Here,
    /// On a server.
    Endpoint,
    /// Wherever another program asked it.
    Elsewhere,
}

impl Ran {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Here => "this machine",
            Self::Endpoint => "endpoint",
            Self::Elsewhere => "imported",
        }
    }
}

/// A step of size, in which models are compared fairly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Size {
    Small,
    Medium,
    Large,
    Huge,
    Unknown,
}

impl Size {
    fn of(parameters: Option<u64>) -> Self {
        const BILLION: u64 = 1_000_000_000;
        match parameters {
            None => Self::Unknown,
            Some(number) if number < 4 * BILLION => Self::Small,
            Some(number) if number < 16 * BILLION => Self::Medium,
            Some(number) if number < 50 * BILLION => Self::Large,
            Some(_) => Self::Huge,
        }
    }

    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Small => "Under 4 B",
            Self::Medium => "4 to 16 B",
            Self::Large => "16 to 50 B",
            Self::Huge => "50 B and more",
            Self::Unknown => "Size unknown",
        }
    }
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// How many weights it has.
    pub parameters: Option<u64>,
    pub quantization: Option<String>,
    pub family: String,
    pub ran: Ran,
}

impl Origin {
    /// Of a model by the name its answers carry, where it ran and the list of models here.
    fn new(name: &str, source: &ModelSource, known: &[Model]) -> Self {
        let listed = known.iter().find(|known| known.id == name || known.title == name);
        let ran = match source {
            ModelSource::File(_) => Ran::Here,
            ModelSource::Endpoint { .. } => Ran::Endpoint,
            ModelSource::Elsewhere { .. } => Ran::Elsewhere,
        };
        let facts = match source {
            ModelSource::File(file) => file.facts.as_ref(),
            ModelSource::Endpoint { .. } | ModelSource::Elsewhere { .. } => None,
        };
        Self {
            parameters: listed
                .and_then(|listed| listed.parameters)
                .or_else(|| named::parameters(name)),
            quantization: facts
                .map(|facts| facts.quantization.clone())
                .or_else(|| listed.and_then(|listed| listed.quantization.clone())),
            family: family(name),
            ran,
        }
    }

    /// Its step of size.
    pub fn size(&self) -> Size {
        Size::of(self.parameters)
    }

    /// What stands under its name: `72.7 B, Q4_K_M, endpoint`.
    pub fn words(&self) -> String {
        let mut parts: Vec<String> = self.parameters.map(parameters).into_iter().collect();
        parts.extend(self.quantization.clone());
        parts.push(self.ran.words().to_owned());
        parts.join(", ")
    }
}

/// What is known of every model that gave answers; where it ran last counts.
pub fn origins(study: &Study, known: &[Model]) -> BTreeMap<String, Origin> {
    let models = study.runs().iter().flat_map(|run| &run.record.models);
    let origin = |model: &RunModel| Origin::new(&model.name, &model.source, known);
    models.map(|model| (model.name.clone(), origin(model))).collect()
}

/// Families whose names stand within other names, such as `Med42-Llama3.1-70B`; longer names first.
const FAMILIES: [&str; 16] = [
    "DeepSeek",
    "Meditron",
    "BioMistral",
    "MedGemma",
    "SmolLM",
    "InternLM",
    "BiMediX",
    "Mixtral",
    "Mistral",
    "Llama",
    "Gemma",
    "Qwen",
    "Falcon",
    "Pangea",
    "Silma",
    "Phi",
];

/// The family of a model by its name: a known one that the name holds, else how the name begins.
fn family(name: &str) -> String {
    let lower = name.to_lowercase();
    let known = FAMILIES.iter().find(|family| lower.contains(&family.to_lowercase()));
    if let Some(family) = known {
        return (*family).to_owned();
    }
    let last = name.rsplit('/').next().unwrap_or(name);
    let begin: String = last.chars().take_while(|letter| letter.is_alphabetic()).collect();
    if begin.is_empty() { name.to_owned() } else { begin }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_family() {
        for (name, kin) in [
            ("Qwen2.5-72B-Instruct", "Qwen"),
            ("gemma-3-270m", "Gemma"),
            ("Med42-Llama3.1-70B", "Llama"),
            ("Mixtral-8x7B-v0.1", "Mixtral"),
            ("بيميديكس", "بيميديكس"),
            ("owner/aya-expanse", "aya"),
            ("4o", "4o"),
        ] {
            assert_eq!(family(name), kin, "{name}");
        }
    }

    #[test]
    fn sizes_fall_into_steps() {
        let steps = [
            None,
            Some(270_000_000),
            Some(7_600_000_000),
            Some(32_000_000_000),
            Some(72_700_000_000),
        ];
        assert_eq!(
            steps.map(Size::of),
            [Size::Unknown, Size::Small, Size::Medium, Size::Large, Size::Huge]
        );
    }
}
