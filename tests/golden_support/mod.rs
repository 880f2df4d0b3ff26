//! Where golden values and models lie.

#![expect(clippy::unwrap_used, reason = "test code")]
#![allow(dead_code, reason = "each test that includes this file uses a part of it")]

use std::path::{Path, PathBuf};

use polyclinic::models::cache::Places;
use polyclinic::models::packaged;

/// The folder of golden values.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A file of golden values.
pub fn golden(name: &str) -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(folder().join(name)).unwrap()).unwrap()
}

/// The file of a packaged model in the cache, or nothing, said aloud, where it was not fetched.
pub fn model(name: &str) -> Option<PathBuf> {
    let model = packaged::find(name).unwrap();
    let found = packaged::cached_path(model, &Places::from_environment().unwrap());
    if found.is_none() {
        eprintln!("skipped for {name}: `polyclinic models get {name}` fetches it");
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
