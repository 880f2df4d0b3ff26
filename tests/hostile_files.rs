//! Files that once made the reader of models panic or ask for too much memory. The fuzzers in `fuzz/` found them.

#![expect(clippy::unwrap_used, reason = "test code")]

#[path = "support/architectures.rs"]
mod archive;
#[path = "support/hostile.rs"]
mod hostile;

use std::path::{Path, PathBuf};

/// What the fuzzers found, kept in a folder.
fn found(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile").join(kind);
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn what_the_fuzzers_found_is_refused_or_answered() {
    for (kind, attempt) in [
        ("gguf", hostile::try_gguf as fn(&Path, &[u8])),
        ("folder", hostile::try_folder),
    ] {
        let files = found(kind);
        assert!(!files.is_empty(), "no {kind} files");
        for file in files {
            println!("{}", file.display());
            attempt(tempfile::tempdir().unwrap().path(), &std::fs::read(file).unwrap());
        }
    }
}

/// Writes what the fuzzers start from: every tiny model, and one of them with every kind of tokenizer.
#[test]
#[ignore = "writes the fuzzers' corpus; see fuzz/README.md"]
fn write_seeds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    for kind in ["gguf", "folder"] {
        std::fs::create_dir_all(corpus.join(kind)).unwrap();
    }
    let models = archive::unpack();
    for model in archive::models(models.path()) {
        let name = model.file_name().unwrap();
        std::fs::write(corpus.join("folder").join(name), hostile::pack(&model)).unwrap();
        for entry in std::fs::read_dir(&model).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "gguf") {
                let seed = format!("{}-{}", name.display(), path.file_name().unwrap().display());
                std::fs::copy(&path, corpus.join("gguf").join(seed)).unwrap();
            }
        }
    }
    let tokenizers = archive::unpack_archive("tokenizers.zip.zst");
    for tokenizer in archive::models(tokenizers.path()) {
        let name = tokenizer.file_name().unwrap();
        for part in ["config.json", "model.safetensors"] {
            std::fs::copy(models.path().join("llama").join(part), tokenizer.join(part)).unwrap();
        }
        std::fs::write(corpus.join("folder").join(name), hostile::pack(&tokenizer)).unwrap();
    }
}
