//! Tokenizers as folders carry them, against the libraries they come from.
//!
//! `golden/make_tokenizers.py` trained them and recorded the ids.

#![expect(clippy::unwrap_used, reason = "test code")]

#[path = "support/architectures.rs"]
mod archive;

use std::path::{Path, PathBuf};

use polyclinic::engine::EngineError;
use polyclinic::engine::tokenizer::Tokenizer;
use polyclinic::models::safetensors::ModelFolder;
use polyclinic::prompts::PromptText;
use proptest::prelude::*;
use serde::Deserialize;

/// A text and the ids its own library cuts it into.
#[derive(Deserialize)]
struct Reference {
    text: String,
    /// With special tokens read as such; absent where the library knows none.
    markup: Option<Vec<u32>>,
    plain: Vec<u32>,
}

/// A model's folder with the tokenizer of another in it.
struct Folder {
    _models: tempfile::TempDir,
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        let models = archive::unpack();
        let path = models.path().join("llama");
        Self { _models: models, path }
    }

    fn tokenizer(&self, files: &Path) -> Result<Tokenizer, EngineError> {
        for name in ["tokenizer.json", "tokenizer.model", "tokenizer_config.json"] {
            std::fs::remove_file(self.path.join(name)).ok();
            if files.join(name).exists() {
                std::fs::copy(files.join(name), self.path.join(name)).unwrap();
            }
        }
        Tokenizer::from_folder(&ModelFolder::open(&self.path).unwrap())
    }
}

fn prompt(text: &str, markup: bool) -> PromptText {
    let mut prompt = PromptText::default();
    match markup {
        true => prompt.push_markup(text),
        false => prompt.push_plain(text),
    }
    prompt
}

#[test]
fn every_kind_cuts_texts_as_its_own_library_does() {
    let tokenizers = archive::unpack_archive("tokenizers.zip.zst");
    let folder = Folder::new();
    let mut problems = Vec::new();
    let kinds = archive::models(tokenizers.path());
    assert_eq!(kinds.len(), 10);
    for kind in kinds {
        let name = kind.file_name().unwrap().to_str().unwrap();
        let tokenizer = folder.tokenizer(&kind).unwrap();
        let references = std::fs::read(kind.join("references.json")).unwrap();
        let references: Vec<Reference> = serde_json::from_slice(&references).unwrap();
        for Reference { text, markup, plain } in references {
            for (expected, is_markup) in [(markup, true), (Some(plain), false)] {
                let ids = tokenizer.encode(&prompt(&text, is_markup)).unwrap();
                if expected.as_ref().is_some_and(|expected| *expected != ids) {
                    problems.push(format!(
                        "{name}, markup {is_markup}, {text:?}:\n {expected:?}\n {ids:?}"
                    ));
                }
            }
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn what_stands_beside_a_sentence_piece_file_is_followed() {
    let tokenizers = archive::unpack_archive("tokenizers.zip.zst");
    let files = tokenizers.path().join("sentencepiece-bpe");
    let plain = Folder::new().tokenizer(&files).unwrap();
    let config = serde_json::json!({
        "bos_token": "<s>", "eos_token": "<|im_end|>",
        "added_tokens_decoder": {"605": {"content": "<|im_end|>", "special": true}, "300": {"content": "<mark>"}},
    });
    std::fs::write(files.join("tokenizer_config.json"), config.to_string()).unwrap();
    let chat = Folder::new().tokenizer(&files).unwrap();
    assert_eq!(chat.encode(&prompt("<|im_end|><mark>", true)).unwrap(), [1, 605, 300]);
    assert!(!chat.encode(&prompt("<|im_end|>", false)).unwrap().contains(&605));
    assert!(chat.is_end(605) && chat.is_end(2) && !chat.is_end(300));
    assert_ne!(chat.fingerprint(), plain.fingerprint());
    assert_eq!(plain.decode(&plain.encode(&prompt("طِبّ ☤", false)).unwrap()), " طِبّ ☤");
}

#[test]
fn merges_that_make_no_token_are_refused() {
    let tokenizers = archive::unpack_archive("tokenizers.zip.zst");
    let folder = Folder::new();
    let mut refused = 0;
    for files in archive::models(tokenizers.path()) {
        let path = files.join("tokenizer.json");
        let Ok(text) = std::fs::read(&path) else { continue };
        let mut file: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let Some(vocabulary) = file["model"]["vocab"].as_object() else {
            continue;
        };
        // Together longer than any token.
        let longest = vocabulary.keys().max_by_key(|token| token.len()).unwrap().clone();
        let Some(merges) = file["model"]["merges"].as_array_mut() else {
            continue;
        };
        merges.push(match merges.first() {
            Some(serde_json::Value::String(_)) => format!("{longest} {longest}").into(),
            _ => vec![longest.clone(), longest].into(),
        });
        std::fs::write(&path, file.to_string()).unwrap();
        let error = folder.tokenizer(&files).unwrap_err().to_string();
        assert!(error.contains("merge"), "{error}");
        refused += 1;
    }
    assert!(refused > 2, "{refused}");
}

#[test]
fn no_flip_in_a_sentence_piece_file_makes_it_panic() {
    let tokenizers = archive::unpack_archive("tokenizers.zip.zst");
    let files = tokenizers.path().join("sentencepiece-unigram");
    let file = files.join("tokenizer.model");
    let original = std::fs::read(&file).unwrap();
    let folder = Folder::new();
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4);
    proptest!(ProptestConfig::with_cases(300), |(flips in damage, cut in 0usize..4)| {
        let mut bytes = original.clone();
        for (at, value) in flips {
            *at.get_mut(&mut bytes[..]) ^= value;
        }
        bytes.truncate(original.len() - cut * 1000);
        std::fs::write(&file, bytes).unwrap();
        if let Ok(tokenizer) = folder.tokenizer(&files) {
            tokenizer.encode(&prompt("the ﷺ ½ مريض 病人 <s>", true)).ok();
        }
    });
}
