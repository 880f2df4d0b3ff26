//! Where golden values and models lie.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::path::{Path, PathBuf};

/// The folder of golden values.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A file of golden values.
pub fn golden(name: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(folder().join(name)).unwrap()).unwrap()
}

/// The file of a packaged model, or nothing, said aloud, where it is absent.
pub fn model(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("POLYCLINIC_MODELS").map(PathBuf::from);
    let files = folder.iter().flat_map(|folder| folder.read_dir()).flatten().flatten();
    let found = files.map(|entry| entry.path()).find(|path| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.starts_with(name) && file.ends_with(".gguf")
    });
    if found.is_none() {
        eprintln!("skipped for {name}: no such model in the folder POLYCLINIC_MODELS names");
    }
    found
}

/// Half-precision bytes as numbers.
pub fn widen(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|&pair| half::f16::from_le_bytes(pair).to_f32())
        .collect()
}
