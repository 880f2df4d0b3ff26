//! Models that come in several GGUF files.

#![expect(clippy::unwrap_used, reason = "test code")]

#[path = "support/tiny_model.rs"]
mod tiny_model;

use std::path::{Path, PathBuf};

use polyclinic::engine::{Cancel, LocalBackend, Reader as _};
use polyclinic::models::gguf::{GgufError, GgufFile};
use polyclinic::prompts::PromptText;
use proptest::prelude::*;
use tiny_model::Shape;

/// What a model answers to a text in two scripts.
fn logits(path: &Path) -> Vec<f32> {
    let mut backend = LocalBackend::load(path).unwrap();
    let mut prompt = PromptText::default();
    prompt.push_plain("Which is it? أيّهما؟");
    let ids = backend.tokenize(&prompt).unwrap();
    backend.next_logits(&ids, &Cancel::default()).unwrap()
}

fn refused(path: &Path) -> GgufError {
    GgufFile::open(path).unwrap_err()
}

/// Writes over the number of a field.
fn change(path: &Path, key: &str, bytes: &[u8]) {
    let mut file = std::fs::read(path).unwrap();
    let at = file.windows(key.len()).position(|window| window == key.as_bytes());
    // The type stands between key and number.
    let at = at.unwrap() + key.len() + 4;
    file[at..at + bytes.len()].copy_from_slice(bytes);
    std::fs::write(path, file).unwrap();
}

#[test]
fn a_model_in_parts_answers_like_the_whole_by_any_of_them() {
    let folder = tempfile::tempdir().unwrap();
    for shape in [Shape::llama(), Shape::qwen2(), Shape::gemma3()] {
        let whole = folder.path().join(format!("{}.gguf", shape.architecture));
        tiny_model::write(&whole, &shape);
        let expected = logits(&whole);
        let summary = GgufFile::open(&whole).unwrap().summary().unwrap();
        for count in [2, 3] {
            let parts = tiny_model::write_parts(folder.path(), shape.architecture, &shape, count);
            for part in &parts {
                assert_eq!(logits(part), expected, "{}", part.display());
            }
            let file = GgufFile::open(parts.last().unwrap()).unwrap();
            assert_eq!((file.path(), file.files()), (parts[0].as_path(), parts.clone()));
            let sizes = parts.iter().map(|part| std::fs::metadata(part).unwrap().len());
            let mut of_parts = file.summary().unwrap();
            assert_eq!(of_parts.file_bytes, sizes.sum::<u64>());
            of_parts.file_bytes = summary.file_bytes;
            assert_eq!(of_parts, summary);
        }
    }
}

#[test]
fn a_missing_part_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for missing in 0..3 {
        let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 3);
        std::fs::remove_file(&parts[missing]).unwrap();
        let error = refused(&parts[(missing + 1) % 3]);
        assert!(matches!(&error, GgufError::NoPart { path, count: 3, .. } if *path == parts[missing]));
        let expected = format!("m-0000{0}-of-00003.gguf is missing, part {0} of 3", missing + 1);
        assert!(error.to_string().contains(&expected), "{error}");
    }
}

#[test]
fn a_part_cut_short_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 2);
    let bytes = std::fs::read(&parts[1]).unwrap();
    std::fs::write(&parts[1], &bytes[..bytes.len() - 100]).unwrap();
    assert!(matches!(refused(&parts[0]), GgufError::Truncated { path, .. } if path == parts[1]));
}

#[test]
fn parts_of_two_models_are_told_apart() {
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let deep = Shape {
        layers: 3,
        ..Shape::llama()
    };
    let write = |shape: &Shape, count| {
        let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 2);
        (parts, tiny_model::write_parts(other.path(), "m", shape, count))
    };
    let wrong = |parts: &[PathBuf], named: usize, says: &str| {
        let error = refused(&parts[0]);
        assert!(
            matches!(&error, GgufError::WrongPart { path, .. } if *path == parts[named]),
            "{error}"
        );
        assert!(error.to_string().contains(says), "{error}");
    };
    // Of a model with more layers.
    let (parts, others) = write(&deep, 2);
    std::fs::copy(&others[1], &parts[1]).unwrap();
    wrong(&parts, 1, "it is of another model");
    // Of one that was cut into more parts.
    let (parts, others) = write(&Shape::llama(), 3);
    std::fs::copy(&others[1], &parts[1]).unwrap();
    wrong(&parts, 1, "by its name it is part 2 of 2, inside it says 2 of 3");
    // The first part again.
    let (parts, _) = write(&Shape::llama(), 2);
    std::fs::copy(&parts[0], &parts[1]).unwrap();
    wrong(&parts, 1, "inside it says 1 of 2");
    // A whole model.
    let (parts, _) = write(&Shape::llama(), 2);
    tiny_model::write(&parts[1], &Shape::llama());
    wrong(&parts, 1, "inside it does not say so");
    // With tensors that an earlier part has too.
    let (parts, _) = write(&Shape::llama(), 2);
    std::fs::copy(&parts[0], &parts[1]).unwrap();
    change(&parts[1], "split.no", &1u16.to_le_bytes());
    wrong(&parts, 1, "stands in an earlier part too");
    // With fewer tensors than all parts have together.
    let (parts, _) = write(&Shape::llama(), 2);
    for part in &parts {
        change(part, "split.tensors.count", &1000i32.to_le_bytes());
    }
    wrong(&parts, 0, "all parts have 1000 tensors");
}

#[test]
fn a_part_under_another_name_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 2);
    let renamed = folder.path().join("renamed.gguf");
    std::fs::rename(&parts[1], &renamed).unwrap();
    let message = refused(&renamed).to_string();
    assert!(message.contains("renamed.gguf: it is part 2 of 2"), "{message}");
    assert!(message.contains("does not end in -00002-of-00002.gguf"), "{message}");
}

#[test]
fn counts_that_no_model_has_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (key, number) in [("split.count", u16::MAX), ("split.no", 2), ("split.no", u16::MAX)] {
        let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 2);
        change(&parts[0], key, &number.to_le_bytes());
        let error = refused(&parts[0]);
        assert!(
            matches!(&error, GgufError::WrongPart { path, .. } if *path == parts[0]),
            "{error}"
        );
        assert!(error.to_string().contains(&format!("'{key}' is {number}")), "{error}");
    }
    let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 2);
    change(&parts[0], "split.tensors.count", &(-1i32).to_le_bytes());
    assert!(matches!(refused(&parts[0]), GgufError::WrongKind { key, .. } if key == "split.tensors.count"));
}

#[test]
fn a_whole_model_may_count_itself_as_the_only_part() {
    let folder = tempfile::tempdir().unwrap();
    let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 1);
    let renamed = folder.path().join("m.gguf");
    std::fs::rename(&parts[0], &renamed).unwrap();
    assert_eq!(GgufFile::open(&renamed).unwrap().files(), [renamed]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_flip_or_cut_of_a_part_makes_it_panic(part in 0usize..3, flips in prop::collection::vec((0usize..600, any::<u8>()), 1..4), cut in any::<prop::sample::Index>(), cuts: bool) {
        let folder = tempfile::tempdir().unwrap();
        let parts = tiny_model::write_parts(folder.path(), "m", &Shape::llama(), 3);
        let mut bytes = std::fs::read(&parts[part]).unwrap();
        for (at, value) in flips {
            bytes[at] ^= value;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        std::fs::write(&parts[part], bytes).unwrap();
        if let Err(error) = GgufFile::open(&parts[0]) {
            let message = error.to_string();
            prop_assert!(message.contains("-of-00003.gguf"), "{}", message);
        }
        let _ = LocalBackend::load(&parts[0]);
    }
}
