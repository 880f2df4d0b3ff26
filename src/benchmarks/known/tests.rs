//! The table itself, and what is made of files of a benchmark.

use std::collections::HashSet;

use super::*;
use crate::benchmarks::import::Field;
use crate::cancel::Cancel;
use crate::language::Language;

#[test]
fn every_benchmark_of_the_table_is_whole() {
    let all = included();
    assert!(all.len() >= 26, "{}", all.len());
    let titles: HashSet<&str> = all.iter().map(|known| known.title.as_str()).collect();
    assert_eq!(titles.len(), all.len());
    for known in all {
        let name = &known.name;
        assert!(!known.languages.is_empty(), "{name}");
        assert!(known.files.iter().any(|file| file.split == Split::Asked), "{name}");
        let fills = |wanted: &dyn Fn(Field) -> bool| known.columns.iter().any(|column| wanted(column.field));
        assert!(
            fills(&|field| matches!(field, Field::Question | Field::QuestionWithOptions)),
            "{name}"
        );
        let answers = [
            Field::AnswerLetter,
            Field::AnswerIndex0,
            Field::AnswerIndex1,
            Field::AnswerText,
        ];
        assert!(fills(&|field| answers.contains(&field)), "{name}");
        let year = known.citation.year;
        assert!((2018..2030).contains(&year), "{name}");
        assert!(known.citation.link.starts_with("https://"), "{name}");
        assert!(known.page().starts_with("https://"), "{name}");
        // What may not be passed on, or nobody knows the licence of, is never said to be shared.
        let free = known.licence.as_ref().is_some_and(|licence| !licence.contains("NC"));
        assert!(free || !known.shared, "{name}");
        for language in &known.languages {
            assert!(
                known.files_in(std::slice::from_ref(language)).count() > 0,
                "{name} {language}"
            );
        }
        assert_eq!(named(name), Some(known));
        assert_eq!(named(&known.title.to_uppercase()), Some(known));
    }
}

#[test]
fn every_language_of_the_table_has_a_name_in_english_and_its_own() {
    for language in all_languages() {
        let tag = language.tag();
        assert_ne!(language.english_name(), tag, "{tag}");
        assert_ne!(language.native_name(), tag, "{tag}");
        let letters = language.native_name().chars().filter(|letter| letter.is_alphabetic());
        let mut scripts = letters.map(|letter| language.script().contains(letter));
        assert!(
            scripts.any(|own| own),
            "{tag}: {} is in another script",
            language.native_name()
        );
    }
    let named = |name: &str| Language::named(name).map(|language| language.tag().to_owned());
    assert_eq!(named("Bamanankan").as_deref(), Some("bm"));
    assert_eq!(named("Northern Sotho").as_deref(), Some("nso"));
    assert_eq!(named("తెలుగు").as_deref(), Some("te"));
}

fn all_languages() -> impl Iterator<Item = &'static Language> {
    included().iter().flat_map(|known| &known.languages)
}

#[test]
fn every_benchmark_that_the_field_reports_is_there() {
    for name in [
        "pubmedqa",
        "medmcqa",
        "medqa-usmle",
        "medqa-mainland",
        "medqa-taiwan",
        "mmlu-medical",
        "mmmlu-medical",
        "global-mmlu-medical",
        "arabic-mmlu-medical",
        "jmmlu-medical",
        "african-mmlu-medical",
        "mmedbench",
        "globmed-bench",
        "xmedbench",
        "headqa",
        "frenchmedmcqa",
        "cmexam",
        "cmmlu-medical",
        "kormedmcqa",
        "igakuqa",
        "rumeddanet",
        "medexpqa",
        "afrimedqa",
        "medarabiq",
        "medarabench",
        "arabicmmlu",
    ] {
        assert!(named(name).is_some(), "{name}");
    }
}

#[test]
fn a_search_finds_by_language_licence_paper_and_place() {
    let found = |text: &str| -> Vec<&str> { search(&Query::new(text)).map(|known| known.name.as_str()).collect() };
    assert!(found("العربية").contains(&"arabic-mmlu-medical"));
    assert!(found("korean").contains(&"kormedmcqa"));
    assert_eq!(found("openai/MMMLU"), ["mmmlu-medical"]);
    assert!(found("apollo").contains(&"xmedbench"));
    assert!(found("no such thing").is_empty());
}

const ENTRY: &str = r#"
schema = 1
[[benchmark]]
name = "tiny"
title = "Tiny"
repository = "clinic/tiny"
licence = "MIT"
shared = true
languages = { en = "EN", ar = "AR" }
subjects = ["anatomy", "virology"]
task = "tiny_{subject}"
parallel = "tiny:{subject}:{row}"
protocol = "mmlu"
columns = ["q=question", "choices=options", "answer=answer_letter", "subject=subject"]
files = [
  { path = "test/{language}-*.jsonl", split = "asked" },
  { path = "dev/{language}.jsonl", split = "examples" },
]
citation = { title = "Tiny", year = 2026, link = "https://example.org" }
"#;

#[test]
fn what_is_wrong_in_the_table_is_told_with_its_benchmark_and_field() {
    let wrong = |from: &str, to: &str| {
        let text = ENTRY.replace(from, to);
        assert_ne!(text, ENTRY, "{from}");
        crate::error_chain(&read::read(&text).unwrap_err())
    };
    assert_eq!(read::read(ENTRY).unwrap().len(), 1);
    for (from, to, told) in [
        ("schema = 1", "schema = 9", "newer"),
        ("\"tiny\"", "\"../tiny\"", "`name`"),
        ("clinic/tiny", "../tiny", "`repository`"),
        ("q=question", "q=quest", "`columns`"),
        ("test/{language}-*", "test/all-*", "`files`"),
        ("\"asked\"", "\"examples\"", "`files`: none is asked"),
        ("protocol = \"mmlu\"", "protocol = \"\"", "`protocol`"),
        ("ar = \"AR\"", "\"a b\" = \"AR\"", "a b"),
        ("licence", "license", "license"),
    ] {
        let said = wrong(from, to);
        assert!(said.contains(told), "{told}: {said}");
    }
}

fn write(folder: &std::path::Path, name: &str, lines: &[&str]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, lines.join("\n")).unwrap();
}

fn question(subject: &str, text: &str, answer: &str) -> String {
    format!(r#"{{"q": "{text}", "choices": ["one", "two"], "answer": "{answer}", "subject": "{subject}"}}"#)
}

#[test]
fn items_get_tasks_names_and_keys_that_tie_languages_together() {
    let known = read::read(ENTRY).unwrap().pop().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("clinic--tiny");
    let rows = [
        question("law", "left out", "A"),
        question("anatomy", "first", "A"),
        question("anatomy", "second", "no letter"),
        question("anatomy", "third", "B"),
        question("virology", "fourth", "B"),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    write(&here, "test/EN-0.jsonl", &rows);
    write(&here, "test/AR-0.jsonl", &rows);
    write(&here, "dev/EN.jsonl", &[&question("anatomy", "shown", "A")]);
    let found = in_folder(folder.path(), &known, &[]).unwrap();
    assert_eq!(found.missing, ["dev/AR.jsonl"]);
    let mut looks = Vec::new();
    let mut look = |done, all| looks.push((done, all));
    let collected = collect(&known, &found, &mut look, &Cancel::default()).unwrap();
    assert_eq!(looks, [(0, 3), (1, 3), (2, 3), (3, 3)]);
    assert_eq!((collected.items(), collected.left_out()), (6, 2));
    let seen: Vec<(&str, &str, &str, &str)> = collected
        .imports
        .iter()
        .flat_map(|import| &import.items)
        .map(|item| {
            (
                item.key.language.tag(),
                item.key.id.as_str(),
                item.task.as_str(),
                item.parallel.as_deref().unwrap(),
            )
        })
        .collect();
    for language in ["en", "ar"] {
        for expected in [
            (language, "anatomy-1", "tiny_anatomy", "tiny:anatomy:0"),
            (language, "anatomy-3", "tiny_anatomy", "tiny:anatomy:2"),
            (language, "virology-1", "tiny_virology", "tiny:virology:0"),
        ] {
            assert!(seen.contains(&expected), "{expected:?} in {seen:?}");
        }
    }
    let shown: Vec<&str> = collected
        .imports
        .iter()
        .flat_map(|import| &import.examples)
        .map(|item| item.question.as_str())
        .collect();
    assert_eq!(shown, ["shown"]);
    let provenance = &collected.imports.first().unwrap().provenance;
    assert_eq!(
        provenance.source.as_deref(),
        Some("https://huggingface.co/datasets/clinic/tiny")
    );

    let arabic = in_folder(&here, &known, &["ar".parse().unwrap()]).unwrap();
    assert_eq!(arabic.files.len(), 1);
}

#[test]
fn a_folder_without_the_files_is_told_what_is_wanted() {
    let known = read::read(ENTRY).unwrap().pop().unwrap();
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "test/english-0.jsonl", &["{}"]);
    let said = in_folder(folder.path(), &known, &[]).unwrap_err().to_string();
    assert!(said.contains("test/EN-*.jsonl"), "{said}");
    let said = in_folder(folder.path(), &known, &["fr".parse().unwrap()])
        .unwrap_err()
        .to_string();
    assert!(said.contains("no language fr") && said.contains("ar, en"), "{said}");
    let said = in_folder(&folder.path().join("none"), &known, &[])
        .unwrap_err()
        .to_string();
    assert!(said.contains("cannot be read"), "{said}");
}
