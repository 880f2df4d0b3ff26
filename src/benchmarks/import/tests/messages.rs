//! What people are told of files that cannot be read as they are: which file, which line or field, and what to do.

use super::archives::xlsx;
use super::*;
use crate::benchmarks::import::guess;
use crate::error_chain;

/// What is said of a file that gives nothing.
fn told(name: &str, content: impl AsRef<[u8]>) -> String {
    error_chain(&read_default(name, content).unwrap_err())
}

#[test]
fn a_file_without_bytes_is_called_empty() {
    for name in ["a.csv", "a.jsonl", "a.json", "a.parquet", "a.xlsx", "a.zip", "a.csv.gz"] {
        let told = told(name, "");
        assert!(told.contains(&format!("{name} is empty, it has no bytes")), "{told}");
    }
    let told = told("a.csv", "id,question\n");
    assert!(told.contains("there is no record in it"), "{told}");
}

#[test]
fn a_file_named_as_it_is_not_is_told_what_it_holds() {
    let book = xlsx(&[("s", &[&["question", "answer"]])], 1);
    for (name, content, expected) in [
        (
            "a.csv",
            &book[..],
            "holds a zip archive or a spreadsheet, whatever its name ends in; if so, rename it to .zip or .xlsx",
        ),
        ("a.jsonl", b"\x1F\x8B\x08", "rename it to .gz"),
        ("a.json", b"PAR1", "rename it to .parquet"),
        ("a.csv", include_bytes!("old.xls"), "rename it to .xls"),
        (
            "a.xlsx",
            b"id,question\n1,Why?\n",
            "it may be text, whatever its name ends in; if so, rename it to .csv or .jsonl",
        ),
        ("a.zip", b"id,question\n", "rename it to .csv"),
        ("a.parquet", b"id,question\n", "rename it to .csv"),
    ] {
        let told = told(name, content);
        assert!(told.contains(name) && told.contains(expected), "{name}: {told}");
    }
}

#[test]
fn what_is_cut_off_is_to_be_had_anew() {
    let book = xlsx(&[("s", &[&["question", "answer"], &["Why?", "A"]])], 1);
    for (name, content) in [
        ("a.xlsx", &book[..book.len() / 2]),
        ("a.zip", &book[..book.len() / 2]),
        ("a.parquet", b"PAR1 and no end"),
    ] {
        let told = told(name, content);
        assert!(told.contains(name) && told.contains("get it anew"), "{told}");
    }
}

#[test]
fn json_that_is_not_closed_says_where_and_what_is_missing() {
    let record = r#"{"id": "1", "language": "en", "question": "q", "options": ["a", "b"], "answer": "A"}"#;
    let open = record.replace("\"b\"]", "\"b\"");
    for (name, text, expected) in [
        (
            "a.json",
            format!("[\n{record},\n{record}\n"),
            "line 4: this is no JSON: it ends within a list, whose `]` is missing",
        ),
        (
            "a.json",
            format!("[\n{open}\n]"),
            "line 2: this is no JSON: expected `,` or `]` at column",
        ),
        (
            "a.jsonl",
            format!("{open}\n"),
            "line 1: this is no JSON: expected `,` or `]` at column",
        ),
        (
            "a.jsonl",
            "{\"id\": \"1\"".to_owned(),
            "line 1: this is no JSON: it ends within an object, whose `}` is missing at column",
        ),
    ] {
        let told = told(name, &text);
        assert!(told.contains(expected), "{text}: {told}");
    }
}

#[test]
fn a_title_over_a_spreadsheet_names_no_column() {
    let rows: &[&[&str]] = &[
        &["بنك أسئلة القلب"],
        &[],
        &["نسخة ثانية"],
        &["id", "language", "question", "option_a", "option_b", "answer"],
        &["1", "ar", "أين القلب؟", "في الرأس", "في الصدر", "B"],
    ];
    let import = read_default("a.xlsx", xlsx(&[("أسئلة", rows)], 1)).unwrap();
    assert_eq!(import.items[0].question, "أين القلب؟");
    // A row of a single value is a record where it stands below the names.
    let rows: &[&[&str]] = &[&["id", "language", "question", "answer"], &["1"]];
    let told = told("a.xlsx", xlsx(&[("s", rows)], 1));
    assert!(told.contains("sheet s, row 2"), "{told}");
}

#[test]
fn a_column_of_formulas_without_results_is_told_of() {
    let rows: &[&[&str]] = &[
        &["id", "language", "question", "option_a", "option_b", "answer"],
        &["1", "en", "", "one", "two", "A"],
        &["2", "en", "", "three", "four", "B"],
    ];
    let file = fixture("a.xlsx", xlsx(&[("s", rows)], 1));
    let guess = guess::guess(&file.path, &ImportOptions::default()).unwrap();
    let question = guess.doubts[0].question();
    assert!(
        question.contains("Which column holds the question? `question` is called so but has no value; formulas"),
        "{question}"
    );
}

#[test]
fn an_encoding_that_was_not_named_has_candidates_that_read_it() {
    let table = "id,language,question,option_a,option_b,answer\n1,ar,أين القلب؟,في الرأس,في الصدر,B\n";
    let (old, _, _) = encoding_rs::WINDOWS_1256.encode(table);
    let wide: Vec<u8> = table.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [old.into_owned(), wide] {
        let ImportError::Encoding { source, .. } = read_default("a.csv", &bytes).unwrap_err() else {
            panic!()
        };
        let options = ImportOptions {
            encoding: Some(source.candidates()[0].label.to_owned()),
            ..ImportOptions::default()
        };
        assert_eq!(
            read_with("a.csv", &bytes, &options).unwrap().items[0].question,
            "أين القلب؟"
        );
    }
    // Every label is one that can be named.
    for candidate in Candidate::OLD.iter().chain(&Candidate::WIDE) {
        assert!(
            encoding_rs::Encoding::for_label(candidate.label.as_bytes()).is_some(),
            "{}",
            candidate.label
        );
    }
}
