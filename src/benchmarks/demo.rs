//! The demo questions, in the program itself: everyday medicine in 14 languages, tied together by `parallel`.

use super::benchmark::{Benchmark, BenchmarkError, Description};
use super::import::{self, ImportError, ImportOptions};
use super::item::Item;

/// The demo benchmark's name.
pub const NAME: &str = "everyday-medicine";

/// What everyone who shows a number from these questions must show with it.
pub const NOTE: &str = "written for this project, not clinically reviewed";

/// The files by language tag, in the order in which people see them.
const FILES: &[(&str, &str)] = &[
    ("en", include_str!("../../assets/questions/en.jsonl")),
    ("ar", include_str!("../../assets/questions/ar.jsonl")),
    ("fr", include_str!("../../assets/questions/fr.jsonl")),
    ("de", include_str!("../../assets/questions/de.jsonl")),
    ("es", include_str!("../../assets/questions/es.jsonl")),
    ("pt", include_str!("../../assets/questions/pt.jsonl")),
    ("ru", include_str!("../../assets/questions/ru.jsonl")),
    ("zh", include_str!("../../assets/questions/zh.jsonl")),
    ("ja", include_str!("../../assets/questions/ja.jsonl")),
    ("ko", include_str!("../../assets/questions/ko.jsonl")),
    ("hi", include_str!("../../assets/questions/hi.jsonl")),
    ("sw", include_str!("../../assets/questions/sw.jsonl")),
    ("yo", include_str!("../../assets/questions/yo.jsonl")),
    ("zu", include_str!("../../assets/questions/zu.jsonl")),
];

/// Why the demo questions cannot be used; only a changed file of questions can cause it.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the demo questions cannot be read")]
    Unreadable(#[from] ImportError),
    #[error("a demo question is no item: {0}")]
    Rejected(String),
    #[error("the demo questions make no benchmark")]
    Benchmark(#[from] BenchmarkError),
}

/// The demo questions as a benchmark, all languages together.
pub fn benchmark() -> Result<Benchmark, DemoError> {
    let mut items: Vec<Item> = Vec::new();
    for (tag, text) in FILES {
        let import = import::read_json_lines(&format!("{tag}.jsonl"), text, &ImportOptions::default())?;
        if let Some(rejected) = import.rejected.first() {
            return Err(DemoError::Rejected(format!("{tag}.jsonl, {rejected}")));
        }
        items.extend(import.items);
    }
    let description = Description {
        title: "Everyday medicine".to_owned(),
        licence: Some("CC0-1.0".to_owned()),
        source: Some("Polyclinic demo questions".to_owned()),
        note: Some(NOTE.to_owned()),
    };
    Ok(Benchmark::new(NAME, description, items)?)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    #[test]
    fn every_language_has_the_same_questions_and_answers() {
        let benchmark = benchmark().unwrap();
        let mut languages: BTreeMap<&str, BTreeMap<&str, (usize, &str, usize)>> = BTreeMap::new();
        for item in benchmark.items() {
            assert_eq!(item.right.len(), 1, "{:?}", item.key);
            let facts = (item.right[0], item.subject.as_deref().unwrap(), item.options.len());
            let questions = languages.entry(item.key.language.tag()).or_default();
            let earlier = questions.insert(item.parallel.as_deref().unwrap(), facts);
            assert!(earlier.is_none(), "{:?} stands twice", item.key);
        }
        assert_eq!(languages.len(), FILES.len());
        let english = &languages["en"];
        assert!(english.len() >= 48);
        for (language, questions) in &languages {
            assert_eq!(questions, english, "{language}");
        }
        for answer in 0..4 {
            let count = english.values().filter(|facts| facts.0 == answer).count();
            assert!((10..=14).contains(&count), "{count} questions have answer {answer}");
        }
        assert!(english.values().all(|facts| facts.2 == 4));
    }

    #[test]
    fn questions_differ_and_are_in_their_script() {
        let benchmark = benchmark().unwrap();
        let mut questions = HashSet::new();
        for item in benchmark.items() {
            let language = &item.key.language;
            assert!(questions.insert(&item.question), "{:?} repeats a question", item.key);
            assert_eq!(item.task, "everyday medicine");
            let text = format!("{} {}", item.question, item.options.join(" "));
            let letters: Vec<char> = text.chars().filter(|character| character.is_alphabetic()).collect();
            let script = language.script();
            let own = letters.iter().filter(|&&letter| script.contains(letter)).count();
            assert!(own * 3 >= letters.len() * 2, "{:?}: {text}", item.key);
        }
    }

    #[test]
    fn files_are_in_the_language_they_are_called_after() {
        for (tag, text) in FILES {
            let import = import::read_json_lines(tag, text, &ImportOptions::default()).unwrap();
            assert!(import.items.iter().all(|item| item.key.language.tag() == *tag), "{tag}");
        }
    }
}
