//! Which files of a repository make a model.

use super::FileName;
use super::metadata::RemoteFile;
use crate::models::part_name::PartName;

/// The files of a safetensors model besides its weights: configuration, tokenizer, chat template.
const BESIDE_WEIGHTS: [&str; 12] = [
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
    "model.safetensors.index.json",
];

/// Why no files can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    #[error("it has no GGUF file and no safetensors folder; models in other formats cannot be run here")]
    NoModel,
    #[error("it has several GGUF files; name one of them: {}", .0.join(", "))]
    Several(Vec<String>),
    #[error("it has no file `{file}`{}", match .near.as_slice() {
        [] => String::new(),
        near => format!("; names like it are {}", near.join(", ")),
    })]
    NoFile { file: FileName, near: Vec<String> },
    #[error("{file} is one of {expected} parts, and {found} of them are there: the repository is not complete")]
    PartsMissing {
        file: FileName,
        expected: u32,
        found: usize,
    },
}

/// Chooses the files of one model: a GGUF file with all its parts, or weights in safetensors with what belongs to them.
///
/// With `wanted`, that file and the parts it belongs to. Without, the repository's only model: its safetensors folder,
/// or its GGUF file where there is one.
pub fn choose<'a>(files: &'a [RemoteFile], wanted: Option<&FileName>) -> Result<Vec<&'a RemoteFile>, ChoiceError> {
    if let Some(wanted) = wanted {
        let Some(file) = files.iter().find(|file| file.name == *wanted) else {
            return Err(ChoiceError::NoFile {
                file: wanted.clone(),
                near: near(wanted.as_str(), files.iter().map(|file| file.name.as_str())),
            });
        };
        return parts(files, file);
    }
    if let Some(folder) = safetensors_folder(files) {
        return folder;
    }
    let models = gguf_models(files);
    match models.as_slice() {
        [] => Err(ChoiceError::NoModel),
        [only] => parts(files, only),
        several => Err(ChoiceError::Several(
            several.iter().map(|file| file.name.to_string()).collect(),
        )),
    }
}

/// The GGUF models of a repository, each by its first part. Projectors of images are no models of text.
pub fn gguf_models(files: &[RemoteFile]) -> Vec<&RemoteFile> {
    let models = files.iter().filter(|file| {
        let name = file.name.last().to_ascii_lowercase();
        let first = PartName::of(file.name.as_str()).is_none_or(|part| part.number == 1);
        name.ends_with(".gguf") && !name.starts_with("mmproj") && !name.contains("imatrix") && first
    });
    models.collect()
}

/// The weights at the top of the repository and what belongs to them; `None` where it has none.
fn safetensors_folder(files: &[RemoteFile]) -> Option<Result<Vec<&RemoteFile>, ChoiceError>> {
    let named = |name: &str| files.iter().find(|file| file.name.as_str() == name);
    named("config.json")?;
    let single = named("model.safetensors");
    let weights = match single {
        Some(single) => Ok(vec![single]),
        None => {
            let shard = |file: &&RemoteFile| file.name.as_str().starts_with("model-") && is_safetensors(file);
            parts(files, files.iter().find(shard)?)
        }
    };
    let beside = files.iter().filter(|file| BESIDE_WEIGHTS.contains(&file.name.as_str()));
    Some(weights.map(|weights| weights.into_iter().chain(beside).collect()))
}

fn is_safetensors(file: &RemoteFile) -> bool {
    file.name.as_str().ends_with(".safetensors")
}

/// Whether a file of this name belongs to a safetensors model at the top of its repository.
pub(super) fn belongs_to_safetensors(name: &FileName) -> bool {
    let name = name.as_str();
    let weights = name == "model.safetensors" || name.starts_with("model-") && name.ends_with(".safetensors");
    weights || BESIDE_WEIGHTS.contains(&name)
}

/// The name of the first of the parts that a file is one of; `None` where it is no part.
pub(super) fn first_part(name: &FileName) -> Option<FileName> {
    PartName::of(name.as_str())?.numbered(1).parse().ok()
}

/// The names of all the parts that a file is one of, in their order; the file alone where it is no part.
pub fn all_parts(name: &FileName) -> impl Iterator<Item = FileName> {
    let part = PartName::of(name.as_str());
    let alone = part.is_none().then(|| name.clone());
    let parts = part
        .into_iter()
        .flat_map(|part| (1..=part.total).filter_map(move |number| part.numbered(number).parse().ok()));
    alone.into_iter().chain(parts)
}

/// The file with all the parts it belongs to, in their order.
fn parts<'a>(files: &'a [RemoteFile], file: &'a RemoteFile) -> Result<Vec<&'a RemoteFile>, ChoiceError> {
    let Some(part) = PartName::of(file.name.as_str()) else {
        return Ok(vec![file]);
    };
    let mut found: Vec<(u32, &RemoteFile)> = files
        .iter()
        .filter_map(|other| {
            let of = PartName::of(other.name.as_str())?;
            part.belongs_with(&of).then_some((of.number, other))
        })
        .collect();
    found.sort_by_key(|(number, _)| *number);
    let numbers = found.iter().map(|(number, _)| *number);
    match numbers.eq(1..=part.total) {
        true => Ok(found.into_iter().map(|(_, file)| file).collect()),
        false => Err(ChoiceError::PartsMissing {
            file: file.name.clone(),
            expected: part.total,
            found: found.len(),
        }),
    }
}

/// Up to five of `names` that are most like `wanted`, the likest first.
pub fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let pairs = |text: &str| -> Vec<[char; 2]> {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        text.windows(2).filter_map(|pair| pair.try_into().ok()).collect()
    };
    let wanted = pairs(wanted);
    let likeness = |name: &str| {
        let mut rest = pairs(name);
        let all = (wanted.len() + rest.len()).max(1);
        let shared = wanted.iter().filter(|pair| {
            let found = rest.iter().position(|other| other == *pair);
            found.map(|position| rest.swap_remove(position)).is_some()
        });
        2.0 * shared.count() as f64 / all as f64
    };
    let mut ranked: Vec<(f64, &str)> = names.map(|name| (likeness(name), name)).collect();
    ranked.retain(|(likeness, _)| *likeness > 0.4);
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    ranked.into_iter().take(5).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::hub::Content;

    fn files(names: &[&str]) -> Vec<RemoteFile> {
        let file = |name: &&str| RemoteFile {
            name: name.parse().unwrap(),
            size: 1,
            content: Content::Git("0".repeat(40)),
        };
        names.iter().map(file).collect()
    }

    fn chosen(names: &[&str], wanted: Option<&str>) -> Result<Vec<String>, ChoiceError> {
        let wanted = wanted.map(|name| name.parse().unwrap());
        let files = files(names);
        let chosen = choose(&files, wanted.as_ref())?;
        Ok(chosen.iter().map(|file| file.name.to_string()).collect())
    }

    #[test]
    fn a_gguf_file_comes_with_its_parts_only() {
        let names = [
            "README.md",
            "Q4/m-00002-of-00002.gguf",
            "Q4/m-00001-of-00002.gguf",
            "Q8/m-00001-of-00002.gguf",
            "mmproj-m.gguf",
            "m.Q2.gguf",
        ];
        let both = ["Q4/m-00001-of-00002.gguf", "Q4/m-00002-of-00002.gguf"];
        assert_eq!(chosen(&names, Some("Q4/m-00002-of-00002.gguf")).unwrap(), both);
        assert_eq!(chosen(&names, Some("m.Q2.gguf")).unwrap(), ["m.Q2.gguf"]);
        let missing = chosen(&names, Some("Q8/m-00001-of-00002.gguf")).unwrap_err();
        assert!(matches!(
            missing,
            ChoiceError::PartsMissing {
                expected: 2,
                found: 1,
                ..
            }
        ));
        let several = chosen(&names, None).unwrap_err();
        assert!(
            several
                .to_string()
                .contains("Q4/m-00001-of-00002.gguf, Q8/m-00001-of-00002.gguf, m.Q2.gguf")
        );
        assert_eq!(chosen(&["README.md", "only.gguf"], None).unwrap(), ["only.gguf"]);
    }

    #[test]
    fn a_part_names_the_others() {
        let names = |name: &str| -> Vec<String> { all_parts(&name.parse().unwrap()).map(String::from).collect() };
        let both = ["Q4/m-00001-of-00002.gguf", "Q4/m-00002-of-00002.gguf"];
        assert_eq!(names("Q4/m-00002-of-00002.gguf"), both);
        assert_eq!(names("m.gguf"), ["m.gguf"]);
    }

    #[test]
    fn a_safetensors_folder_comes_with_what_belongs_to_it() {
        let names = [
            "README.md",
            "config.json",
            "tokenizer.json",
            "model.safetensors.index.json",
            "model-00002-of-00002.safetensors",
            "model-00001-of-00002.safetensors",
            "consolidated.safetensors",
            "original/params.json",
            "pytorch_model.bin",
            "onnx/model.onnx",
        ];
        let expected = [
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "config.json",
            "tokenizer.json",
            "model.safetensors.index.json",
        ];
        assert_eq!(chosen(&names, None).unwrap(), expected);
        let single = ["config.json", "model.safetensors", "vocab.json"];
        assert_eq!(
            chosen(&single, None).unwrap(),
            ["model.safetensors", "config.json", "vocab.json"]
        );
        assert_eq!(
            chosen(&["config.json", "pytorch_model.bin"], None),
            Err(ChoiceError::NoModel)
        );
    }

    #[test]
    fn a_wrong_name_is_answered_with_names_like_it() {
        let names = ["Qwen3-4B-Q4_K_M.gguf", "Qwen3-4B-Q8_0.gguf", "README.md"];
        let error = chosen(&names, Some("qwen3-4b-q4_k.gguf")).unwrap_err();
        let ChoiceError::NoFile { near, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(near.first().map(String::as_str), Some("Qwen3-4B-Q4_K_M.gguf"));
        assert!(!near.contains(&"README.md".to_owned()));
    }
}
