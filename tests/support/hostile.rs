//! What a stranger's model is put through, by the fuzzers and by the test of what they found:
//! it may be refused, but nothing may panic.

use std::io::Read;
use std::path::Path;

use polyclinic::engine::{Backend as _, Cancel, LocalBackend, Reader as _, ScoreRequest};
use polyclinic::prompts::PromptText;

/// The files of a folder in the order [`pack`] writes them.
pub const FILES: [&str; 5] = [
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "model.safetensors",
];

/// Loads `bytes` as a GGUF file and uses what loads.
pub fn try_gguf(folder: &Path, bytes: &[u8]) {
    let path = folder.join("model.gguf");
    std::fs::write(&path, bytes).unwrap();
    try_model(&path);
}

/// Loads what [`pack`] made as a folder and uses what loads.
pub fn try_folder(folder: &Path, packed: &[u8]) {
    let mut rest = packed;
    for name in FILES {
        let mut length = [0; 4];
        let bytes = match rest.read_exact(&mut length) {
            Ok(()) => rest
                .split_off(..rest.len().min(u32::from_le_bytes(length) as usize))
                .unwrap_or_default(),
            Err(_) => &[],
        };
        let path = folder.join(name);
        match bytes {
            [] => drop(std::fs::remove_file(path)),
            bytes => std::fs::write(path, bytes).unwrap(),
        }
    }
    try_model(folder);
}

/// The files of a folder in one: each with its length in front, 32 bits, lowest byte first. A file that the folder
/// lacks has length 0.
pub fn pack(folder: &Path) -> Vec<u8> {
    let mut packed = Vec::new();
    for name in FILES {
        let bytes = std::fs::read(folder.join(name)).unwrap_or_default();
        packed.extend((bytes.len() as u32).to_le_bytes());
        packed.extend(bytes);
    }
    packed
}

fn try_model(path: &Path) {
    let Ok(mut backend) = LocalBackend::load(path) else {
        return;
    };
    let _ = backend.chat_template();
    let mut text = PromptText::default();
    text.push_markup("<s>");
    text.push_plain("Which? أيّهما؟ 哪\u{202e}一個 \u{1f600}\u{ffff}");
    let Ok(mut prompt) = backend.tokenize(&text) else {
        return;
    };
    prompt.truncate(24);
    let request = ScoreRequest {
        prompt,
        continuations: vec![vec![0], vec![1, 2]],
    };
    let _ = backend.score(&[request.clone(), request], &Cancel::default());
}
