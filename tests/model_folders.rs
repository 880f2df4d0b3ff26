//! Model folders that are not what they should be.

#![expect(clippy::unwrap_used, reason = "test code")]

#[path = "support/architectures.rs"]
mod archive;

use std::path::{Path, PathBuf};

use polyclinic::engine::{Cancel, EngineError, LocalBackend, Reader as _};
use polyclinic::models::hash::sha256_of_all;
use polyclinic::models::safetensors::{FolderError, ModelFolder};
use polyclinic::prompts::PromptText;
use proptest::prelude::*;
use serde_json::{Value, json};

/// The archive and a model in it.
fn model(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = archive::unpack();
    let path = folder.path().join(name);
    (folder, path)
}

fn load_error(path: &Path) -> EngineError {
    let error = LocalBackend::load(path).unwrap_err();
    let message = error.to_string();
    assert!(
        message.contains(path.to_str().unwrap()),
        "the message names the folder: {message}"
    );
    error
}

/// Changes a JSON file of a folder.
fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    change(&mut value);
    std::fs::write(path, value.to_string()).unwrap();
}

#[test]
fn files_that_are_missing_or_cut_short_are_named() {
    let (_keep, path) = model("llama");
    let weights = path.join("model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() - 100]).unwrap();
    assert!(matches!(
        load_error(&path),
        EngineError::Folder(FolderError::Damaged { .. })
    ));
    std::fs::remove_file(&weights).unwrap();
    assert!(matches!(
        load_error(&path),
        EngineError::Folder(FolderError::NoWeights { .. })
    ));
    std::fs::write(&weights, &bytes).unwrap();
    std::fs::write(path.join("config.json"), "{").unwrap();
    assert!(matches!(
        load_error(&path),
        EngineError::Folder(FolderError::Json { .. })
    ));
}

#[test]
fn a_missing_or_damaged_tokenizer_is_refused() {
    let (_keep, path) = model("llama");
    let tokenizer = path.join("tokenizer.json");
    for id in [u64::from(u32::MAX), 100_000_000] {
        edit(&tokenizer, |file| file["added_tokens"][0]["id"] = json!(id));
        assert!(matches!(load_error(&path), EngineError::Tokenizer { .. }), "{id}");
    }
    std::fs::write(&tokenizer, r#"{"model": {"type": "none"}}"#).unwrap();
    assert!(matches!(load_error(&path), EngineError::Tokenizer { .. }));
    std::fs::remove_file(&tokenizer).unwrap();
    assert!(matches!(load_error(&path), EngineError::NoTokenizer { .. }));
}

/// The `tokenizers` crate panics at both; the fuzzer of folders found the first.
#[test]
fn a_template_that_adds_what_is_not_there_is_refused() {
    for (piece, told) in [
        (
            json!({"SpecialToken": {"id": "<s>", "type_id": 0}}),
            "'<s>', which is not among its special_tokens",
        ),
        (json!({"Sequence": {"id": "B", "type_id": 0}}), "a second text"),
    ] {
        let template = json!({"type": "TemplateProcessing", "single": [piece], "pair": [], "special_tokens": {}});
        for processor in [template.clone(), json!({"type": "Sequence", "processors": [template]})] {
            let (_keep, path) = model("llama");
            edit(&path.join("tokenizer.json"), |file| file["post_processor"] = processor);
            let message = load_error(&path).to_string();
            assert!(
                message.contains("tokenizer.json") && message.contains(told),
                "{message}"
            );
        }
    }
}

#[test]
fn an_index_stays_within_its_folder_and_keeps_its_promises() {
    let (_keep, path) = model("qwen3-moe");
    let index = path.join("model.safetensors.index.json");
    edit(&index, |file| {
        file["weight_map"]["lm_head.weight"] = json!("../llama/model.safetensors")
    });
    assert!(matches!(
        load_error(&path),
        EngineError::Folder(FolderError::Index { .. })
    ));
    edit(&index, |file| {
        file["weight_map"]["lm_head.weight"] = json!("model-00001-of-00003.safetensors")
    });
    edit(&index, |file| {
        file["weight_map"]["none"] = json!("model-00001-of-00003.safetensors")
    });
    assert!(matches!(load_error(&path), EngineError::Folder(FolderError::NotInShard { name, .. }) if name == "none"));
}

#[test]
fn settings_that_cannot_be_run_are_refused_in_words() {
    for (field, value, expected) in [
        ("model_type", json!("mamba"), "mamba"),
        ("num_attention_heads", json!(0), "heads"),
        ("num_hidden_layers", json!(1_000_000_000), "num_hidden_layers"),
        ("hidden_size", json!(-32), "hidden_size"),
        ("hidden_act", json!("relu"), "relu"),
        ("rms_norm_eps", json!("small"), "rms_norm_eps"),
        ("quantization_config", json!({"quant_method": "gptq"}), "gptq"),
        ("rope_scaling", json!({"rope_type": "dreamt"}), "dreamt"),
        ("vocab_size", json!(65), "token_embd"),
    ] {
        let (_keep, path) = model("llama");
        edit(&path.join("config.json"), |config| config[field] = value);
        let message = load_error(&path).to_string();
        assert!(message.contains(expected), "{field}: {message}");
    }
}

#[test]
fn the_hash_follows_every_file_of_the_model_and_no_other() {
    let (_keep, path) = model("internlm2");
    let hash = || sha256_of_all(&ModelFolder::open(&path).unwrap().files(), &|| false).unwrap();
    let before = hash();
    std::fs::write(path.join("README.md"), "about it").unwrap();
    assert_eq!(hash(), before);
    for name in ["tokenizer.json", "config.json", "model.safetensors.index.json"] {
        let before = hash();
        let text = std::fs::read_to_string(path.join(name)).unwrap();
        std::fs::write(path.join(name), text + " ").unwrap();
        assert_ne!(hash(), before, "{name}");
    }
    let shard = path.join("model-00002-of-00002.safetensors");
    let (before, mut bytes) = (hash(), std::fs::read(&shard).unwrap());
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&shard, bytes).unwrap();
    assert_ne!(hash(), before);
}

#[test]
fn no_flip_in_a_header_or_a_setting_makes_it_panic() {
    let (_keep, path) = model("llama");
    let files = ["model.safetensors", "config.json", "tokenizer.json"];
    let originals = files.map(|name| std::fs::read(path.join(name)).unwrap());
    let damage = (0..files.len(), prop::collection::vec((0usize..1500, any::<u8>()), 1..4));
    proptest!(ProptestConfig::with_cases(300), |((file, flips) in damage)| {
        let mut bytes = originals[file].clone();
        for (at, value) in flips {
            let at = at % bytes.len();
            bytes[at] ^= value;
        }
        std::fs::write(path.join(files[file]), bytes).unwrap();
        if let Ok(mut backend) = LocalBackend::load(&path) {
            let mut prompt = PromptText::default();
            prompt.push_plain("ANY TEXT");
            if let Ok(ids) = backend.tokenize(&prompt) {
                let _ = backend.next_logits(&ids, &Cancel::default());
            }
        }
        std::fs::write(path.join(files[file]), &originals[file]).unwrap();
    });
}
