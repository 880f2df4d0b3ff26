//! The layers of the library: each module may name only those before it, and foreign libraries stay where they belong.

#![expect(clippy::unwrap_used, reason = "test code may fail by panicking")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// From the bottom up; a module may use those to its left only. See the design's "Shape".
const LAYERS: &[&str] = &[
    "files",
    "places",
    "cancel",
    "stats",
    "quantities",
    "language",
    "text",
    "network",
    "models",
    "benchmarks",
    "workspace",
    "prompts",
    "engine",
    "scoring",
    "runs",
    "demo",
    "reviews",
    "slices",
    "charts",
    "app",
    "ui",
];

/// A foreign crate and the only places that may name it.
const CONFINED: &[(&str, &[&str])] = &[
    ("egui", &["text/galley", "app", "ui"]),
    ("epaint", &["text/galley", "app", "ui"]),
    ("eframe", &["app", "ui"]),
    ("rfd", &["app", "ui"]),
    ("parley", &["text"]),
    ("parley_engine", &["text"]),
    ("candle_core", &["engine"]),
    ("keyring", &["network"]),
    ("candle_nn", &["engine"]),
    // Besides its arithmetic it has the names of tensor types, which files say.
    ("polyclinic_kernels", &["engine", "models/gguf"]),
    ("anyhow", &["main.rs", "cli"]),
    ("clap", &["main.rs", "cli"]),
];

fn sources() -> Vec<(String, String)> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 20, "the sources were not found");
    let name = |path: &Path| path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    files
        .iter()
        .map(|path| (name(path), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// The lines of code, without comments: a comment may mention whatever it likes.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(|line| line.split("//").next().unwrap_or_default())
}

/// The words that stand before `::` right after `prefix`.
fn named_after<'a>(line: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    line.match_indices(prefix).map(move |(start, _)| {
        let rest = &line[start + prefix.len()..];
        rest.split(|character: char| !character.is_alphanumeric() && character != '_')
            .next()
            .unwrap_or_default()
    })
}

#[test]
fn modules_name_only_those_before_them() {
    let rank = |module: &str| LAYERS.iter().position(|layer| *layer == module);
    let mut wrong = BTreeSet::new();
    for (file, text) in sources() {
        let module = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        if matches!(module, "lib" | "main" | "cli") {
            continue;
        }
        let own = rank(module).unwrap_or_else(|| panic!("`{module}` has no place among the layers; give it one"));
        for line in code(&text) {
            for used in named_after(line, "crate::") {
                if rank(used).is_some_and(|used| used > own) {
                    wrong.insert(format!("{file} names crate::{used}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn foreign_crates_stay_where_they_belong() {
    let mut wrong = BTreeSet::new();
    for (file, text) in sources() {
        for (foreign, places) in CONFINED {
            let allowed = places
                .iter()
                .any(|place| file == *place || file.starts_with(&format!("{place}/")) || file == format!("{place}.rs"));
            let path = format!("{foreign}::");
            let names = |line: &str| {
                line.match_indices(&path).any(|(start, _)| {
                    let before = line[..start].chars().next_back();
                    !before.is_some_and(|character| character.is_alphanumeric() || character == '_')
                })
            };
            if !allowed && code(&text).any(names) {
                wrong.insert(format!("{file} names {foreign}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn whether_a_language_is_english_is_asked_of_the_language() {
    let ways = [": &str = \"en\"", "primary() == \"en\"", "primary() != \"en\""];
    let asks = |line: &str| ways.iter().any(|way| line.contains(way));
    let asked: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| path != "language.rs")
        .filter(|(_, text)| code(text).any(asks))
        .map(|(path, _)| path)
        .collect();
    assert!(
        asked.is_empty(),
        "these ask by a tag and not by `is_english`: {asked:#?}"
    );
}
