//! Which characters of real questions the bundled fonts lack: none.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use polyclinic::benchmarks::demo;
use polyclinic::text::Frame;
use serde_json::Value;

use super::{engine, style};

/// The characters that layout found no font for, with how many texts they stand in.
#[derive(Default)]
struct Lacking {
    texts: usize,
    characters: BTreeMap<char, usize>,
}

impl Lacking {
    fn look(&mut self, engine: &mut polyclinic::text::layout::Engine, text: &str, tag: &str) {
        self.texts += 1;
        let layout = engine.lay_out(text, &style(Some(tag)), &Frame::UNLIMITED, 1.0);
        for character in layout.missing {
            *self.characters.entry(character).or_default() += 1;
        }
    }

    /// Only the code points, so that no text of a question is printed.
    fn codes(&self) -> Vec<String> {
        let count = |(character, count): (&char, &usize)| format!("U+{:04X} in {count}", u32::from(*character));
        self.characters.iter().map(count).collect()
    }
}

#[test]
fn no_character_of_the_demo_questions_lacks_a_font() {
    let mut lacking = Lacking::default();
    let mut engine = engine();
    for item in demo::benchmark().unwrap().items() {
        for text in std::iter::once(&item.question).chain(&item.options) {
            lacking.look(&mut engine, text, item.key.language.tag());
        }
    }
    assert!(lacking.texts > 500, "{}", lacking.texts);
    assert!(lacking.characters.is_empty(), "{:?}", lacking.codes());
}

#[test]
fn no_character_of_real_data_lacks_a_font() {
    let Some(folder) = std::env::var_os("POLYCLINIC_DATA").map(PathBuf::from) else {
        eprintln!("skipped: POLYCLINIC_DATA names no folder of `<set>.<language>.jsonl` files");
        return;
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} holds no files of items", folder.display());
    let mut bad = Vec::new();
    for path in files {
        let lacking = look_through(&path);
        eprintln!(
            "{}: {} texts, {} characters without a font",
            path.display(),
            lacking.texts,
            lacking.characters.len()
        );
        if !lacking.characters.is_empty() {
            bad.push((path, lacking.codes()));
        }
    }
    assert!(bad.is_empty(), "{bad:?}");
}

/// Lays out every question and option of a file of items.
fn look_through(path: &Path) -> Lacking {
    let name = path.file_stem().unwrap().to_string_lossy();
    let tag = name.rsplit('.').next().unwrap().to_owned();
    let mut lacking = Lacking::default();
    let mut engine = engine();
    for line in BufReader::new(File::open(path).unwrap()).lines() {
        let item: Value = serde_json::from_str(&line.unwrap()).unwrap();
        for text in std::iter::once(&item["question"]).chain(item["options"].as_array().into_iter().flatten()) {
            if let Some(text) = text.as_str() {
                lacking.look(&mut engine, text, &tag);
            }
        }
    }
    lacking
}
