//! The archive of tiny models that `golden/make_architectures.py` made, laid out as folders.

use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use serde_json::json;

/// Lays the archive out: a folder for each model, each with a tokenizer.
pub fn unpack() -> tempfile::TempDir {
    let folder = unpack_archive("architectures.zip.zst");
    let tokenizer = tokenizer();
    for model in models(folder.path()) {
        std::fs::write(model.join("tokenizer.json"), &tokenizer).unwrap();
    }
    folder
}

/// Lays an archive of golden values out in a folder.
pub fn unpack_archive(name: &str) -> tempfile::TempDir {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let packed = std::fs::read(golden.join(name)).unwrap();
    let mut decoder = zstd::Decoder::new(packed.as_slice()).unwrap();
    decoder.window_log_max(24).unwrap();
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).unwrap();
    let folder = tempfile::tempdir().unwrap();
    zip::ZipArchive::new(Cursor::new(bytes))
        .unwrap()
        .extract(folder.path())
        .unwrap();
    folder
}

/// The models' folders in order.
pub fn models(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut models: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    models.sort();
    models
}

/// The tokenizer that lies inside the archive's GGUF files, as it would be published.
pub fn tokenizer() -> String {
    let letters = (0x21..0x21 + 59u8).map(|letter| char::from(letter).to_string());
    let texts = ["<pad>", "<s>", "</s>", "\u{10a}"].map(str::to_owned).into_iter();
    let texts = texts.chain(letters).chain(["!\"".to_owned()]);
    let vocabulary: serde_json::Map<_, _> = texts.zip(0..).map(|(text, id)| (text, json!(id))).collect();
    let added = ["<pad>", "<s>", "</s>"].iter().zip(0..).map(|(text, id)| {
        json!({"id": id, "content": text, "special": true, "single_word": false,
            "lstrip": false, "rstrip": false, "normalized": false})
    });
    let byte_level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true});
    json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": null,
        "pre_tokenizer": byte_level,
        "post_processor": null,
        "decoder": byte_level,
        "model": {"type": "BPE", "vocab": vocabulary, "merges": [["!", "\""]]},
    })
    .to_string()
}
