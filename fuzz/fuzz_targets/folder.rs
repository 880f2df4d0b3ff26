//! A folder of safetensors with random files: readers, settings, tokenizer, weights, a pass.

#![no_main]

mod bounded;
#[path = "../../tests/support/hostile.rs"]
mod hostile;

use std::sync::LazyLock;

#[global_allocator]
static ALLOCATOR: bounded::Bounded = bounded::Bounded;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    bounded::bound_by(bytes.len());
    hostile::try_folder(FOLDER.path(), bytes);
});
