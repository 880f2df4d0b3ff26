use std::path::PathBuf;

mod archives;
mod formats;
mod messages;

use proptest::prelude::*;

use super::*;
use crate::benchmarks::benchmark::{Benchmark, Description};
use crate::benchmarks::item::{ItemError, ItemFields};

/// A folder with one file in it.
struct Fixture {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn fixture(name: &str, content: impl AsRef<[u8]>) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    Fixture { _folder: folder, path }
}

fn read_with(name: &str, content: impl AsRef<[u8]>, options: &ImportOptions) -> Result<Import, ImportError> {
    read(&fixture(name, content).path, options)
}

fn read_default(name: &str, content: impl AsRef<[u8]>) -> Result<Import, ImportError> {
    read_with(name, content, &ImportOptions::default())
}

fn mapped(mappings: &[&str]) -> ImportOptions {
    ImportOptions {
        mappings: mappings.iter().map(|text| text.parse().unwrap()).collect(),
        language: Some("ar".parse().unwrap()),
        ..ImportOptions::default()
    }
}

fn at_line(number: usize) -> Place {
    let at = At::Line(number);
    Place { part: None, at }
}

/// A good line, for bad ones to stand beside.
const GOOD: &str = r#"{"id":"good","language":"en","question":"Q?","options":["x","y"],"answer":"B"}"#;

/// Imports `line` after a good one and gives what was wrong with it.
fn rejection(line: &str) -> Rejected {
    let import = read_default("set.en.jsonl", format!("{GOOD}\n\n{line}\n")).unwrap();
    assert_eq!(import.items.len(), 1);
    assert_eq!(import.items[0].task, "set");
    assert_eq!(import.rejected.len(), 1, "{import}");
    assert_eq!(import.rejected[0].place, at_line(3));
    import.rejected[0].clone()
}

#[test]
fn reads_every_field_of_our_format() {
    let line = r#"{"id":"q1","language":"ar","task":"t","subject":"s","parallel_id":"p","context":"c",
        "question":"q","options":["w","x"],"answer":"ب","answer_index":1,"rationale":"r","year":2024}"#;
    let import = read_default("a.jsonl", line.replace('\n', "")).unwrap();
    let item = &import.items[0];
    assert_eq!((item.key.id.as_str(), item.key.language.tag()), ("q1", "ar"));
    assert_eq!((item.task.as_str(), item.subject.as_deref()), ("t", Some("s")));
    assert_eq!(
        (item.parallel.as_deref(), item.context.as_deref()),
        (Some("p"), Some("c"))
    );
    assert_eq!(
        (item.right.as_slice(), item.rationale.as_deref()),
        ([1].as_slice(), Some("r"))
    );
    assert_eq!(
        serde_json::Value::Object(item.extra.clone()).to_string(),
        r#"{"year":2024}"#
    );
}

#[test]
fn each_bad_line_has_its_own_reason() {
    let row = |fields: &str| rejection(&format!(r#"{{"id":"bad","language":"en","question":"Q?",{fields}}}"#)).reason;
    let options = r#""options":["x","y"]"#;
    assert!(matches!(rejection("not json").reason, RowError::NotJson(_)));
    assert_eq!(rejection("[1]").reason, RowError::NotObject);
    assert_eq!(row(options), RowError::NoAnswer);
    assert_eq!(
        row(&format!(r#"{options},"answer":1"#)),
        RowError::NumberAsAnswer("1".to_owned())
    );
    assert_eq!(
        row(&format!(r#"{options},"answer":"yes""#)),
        RowError::NoLetter("yes".to_owned())
    );
    assert!(matches!(
        row(&format!(r#"{options},"answer":"C""#)),
        RowError::LetterOutOfRange { .. }
    ));
    assert!(matches!(
        row(&format!(r#"{options},"answer_index":2"#)),
        RowError::IndexOutOfRange { .. }
    ));
    assert!(matches!(
        row(&format!(r#"{options},"answer_index":-1"#)),
        RowError::IndexOutOfRange { .. }
    ));
    assert_eq!(
        row(&format!(r#"{options},"answer_index":0.5"#)),
        RowError::NoInteger("0.5".to_owned())
    );
    assert!(matches!(
        row(&format!(r#"{options},"answer":"A","answer_index":1"#)),
        RowError::AnswersDisagree { .. }
    ));
    assert_eq!(row(r#""answer":"A""#), RowError::NoOptions);
    assert_eq!(
        row(r#""options":"x, y","answer":"A""#),
        RowError::OptionsNotFound { field: Field::Options }
    );
    assert_eq!(
        row(r#""options":["x",""],"answer":"A""#),
        ItemError::EmptyOption('B').into()
    );
    assert_eq!(
        row(r#""options":["x","x "],"answer":"A""#),
        ItemError::DuplicateOption('A', 'B').into()
    );
    assert_eq!(
        row(r#""options":["x",["y"]],"answer":"A""#),
        RowError::NotText { field: Field::Options }
    );
    let no_id = r#"{"language":"en","question":"Q?","options":["x","y"],"answer":"A"}"#;
    assert_eq!(rejection(no_id).reason, ItemError::EmptyId.into());
    assert_eq!(
        rejection(&GOOD.replace(r#""language":"en","#, "")).reason,
        RowError::NoLanguage
    );
    assert!(matches!(
        rejection(&GOOD.replace("\"en\"", "\"anglish\"")).reason,
        RowError::Language(_)
    ));
}

#[test]
fn duplicate_ids_name_the_first_and_the_summary_counts_both() {
    let again = rejection(GOOD);
    assert_eq!(
        again.to_string(),
        "line 3 (good): the id `good` in en stands already at line 1"
    );
    let both = format!("{GOOD}\n{GOOD}\n{}", GOOD.replace("\"en\"", "\"fr\""));
    let import = read_default("a.jsonl", both).unwrap();
    assert_eq!(import.items.len(), 2, "the same id in another language is another item");
    let summary = import.to_string();
    assert!(
        summary.contains("2 items read (en 1, fr 1), 1 record left out"),
        "{summary}"
    );
}

#[test]
fn files_without_items_are_errors() {
    assert!(matches!(read_default("a.jsonl", "\n"), Err(ImportError::Empty { .. })));
    assert!(matches!(read_default("a.csv", "\n\n"), Err(ImportError::Empty { .. })));
    assert!(matches!(
        read_default("a.csv", "id,question\n"),
        Err(ImportError::Empty { .. })
    ));
    assert!(matches!(read_default("a.json", "[]"), Err(ImportError::Empty { .. })));
    assert!(matches!(
        read_default("a.json", "{\n\"1\": \"yes\"\n}"),
        Err(ImportError::NotRecords { .. })
    ));
    assert!(matches!(
        read_default("a.parquet", "PAR1"),
        Err(ImportError::Damaged { .. })
    ));
    let error = read_default("a.xlsb", "PK").unwrap_err();
    assert!(error.to_string().contains("save the spreadsheet as .xlsx"), "{error}");
    let error = read_default("a.jsonl", "{}\n").unwrap_err();
    assert!(error.to_string().contains("none of the 1 records"), "{error}");
    let missing = read(Path::new("/nowhere/a.jsonl"), &ImportOptions::default());
    assert!(matches!(missing, Err(ImportError::Unreadable { .. })));
}

/// polars panics on some damaged files; that ends in a message all the same.
#[test]
fn damaged_parquet_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let good = read_default("a.jsonl", GOOD).unwrap();
    let benchmark = Benchmark::new("a", Description::default(), good.items).unwrap();
    benchmark.save(folder.path()).unwrap();
    let mut files = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let items = files
        .find(|path| path.extension().is_some_and(|extension| extension == "parquet"))
        .unwrap();
    let whole = std::fs::read(items).unwrap();
    let footer = whole.len() - 8;
    for place in footer - 40..footer {
        let mut damaged = whole.clone();
        damaged[place] = 0xFF;
        match read_default("a.parquet", &damaged) {
            Ok(import) => assert_eq!(import.items, benchmark.items(), "byte {place}"),
            Err(error) => assert!(matches!(error, ImportError::Damaged { .. }), "byte {place}: {error}"),
        }
    }
}

#[test]
fn reads_a_json_array() {
    let import = read_default("a.json", format!("[{GOOD},\n{{}}]")).unwrap();
    assert_eq!((import.items.len(), import.rejected[0].place.clone()), (1, at_line(2)));
}

#[test]
fn reads_utf_16_and_says_what_to_do_with_other_bytes() {
    let text = format!("\u{FEFF}{}", GOOD.replace("Q?", "سؤال"));
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(read_default("a.jsonl", utf16).unwrap().items[0].question, "سؤال");
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode("id,question,a,b,answer\nq1,سؤال,نعم,لا,A\n");
    let mut options = mapped(&["a=option_a", "b=option_b"]);
    assert!(matches!(
        read_with("a.csv", &bytes, &options),
        Err(ImportError::Encoding {
            source: EncodingError::NotUtf8 { line: 2, .. },
            ..
        })
    ));
    options.encoding = Some("windows-1256".to_owned());
    assert_eq!(
        read_with("a.csv", &bytes, &options).unwrap().items[0].options,
        ["نعم", "لا"]
    );
}

#[test]
fn csv_lines_are_counted_through_quoted_newlines() {
    let text = "\u{FEFF},Question,A,B,C,Answer,Subject\r\n\
        0,\"Two\nlines, and \"\"marks\"\"\",x,y,,B,heart\r\n\
        \r\n\
        1,too,few\r\n\
        2,stray \"mark,x,y,z,A,heart\r\n\
        3,no answer,x,y,z,,heart\r\n\
        4,last,x,y,z,C,\r\n\
        5,\"never closed,x,y,z,C,heart";
    let options = mapped(&["column_1=id", "A=option_a", "B=option_b", "C=option_c"]);
    let import = read_with("mmlu.csv", text, &options).unwrap();
    assert_eq!(import.items[0].question, "Two\nlines, and \"marks\"");
    assert_eq!(import.items[0].options, ["x", "y"]);
    assert_eq!(import.items[1].key.id, "4");
    assert_eq!(import.items[1].subject, None);
    let rejected: Vec<(Place, RowError)> = import
        .rejected
        .iter()
        .map(|row| (row.place.clone(), row.reason.clone()))
        .collect();
    assert_eq!(
        rejected,
        [
            (at_line(5), RowError::ColumnCount { found: 3, expected: 7 }),
            (at_line(6), RowError::StrayQuote),
            (at_line(7), RowError::NoAnswer),
            (at_line(9), RowError::UnclosedQuote),
        ]
    );
}

#[test]
fn csv_without_header_and_with_other_separators() {
    let mut options = mapped(&[
        "column_1=question",
        "column_2=option_a",
        "column_3=option_b",
        "column_4=answer_letter",
    ]);
    options.without_header = true;
    let import = read_with("anatomy_test.csv", "\"What; which?\";a,b;c;B\nWho?;d;e;A\n", &options).unwrap();
    assert_eq!(import.items[0].options, ["a,b", "c"]);
    let ids: Vec<&str> = import.items.iter().map(|item| item.key.id.as_str()).collect();
    assert_eq!(
        ids,
        ["anatomy_test-1", "anatomy_test-2"],
        "records are numbered where the file names none"
    );
}

#[test]
fn numbers_count_as_the_mapping_says() {
    let text = "id\tquestion\toption_a\toption_b\tanswer\nq\tQ?\tx\ty\t1\n";
    let error = read_with("a.tsv", text, &mapped(&[])).unwrap_err();
    assert!(error.to_string().contains("answer_index0"), "{error}");
    let answer = |field: &str| read_with("a.tsv", text, &mapped(&[field])).unwrap().items[0].right[0];
    assert_eq!(answer("answer=answer_index0"), 1);
    assert_eq!(answer("answer=answer_index1"), 0);
}

#[test]
fn lettered_options_and_answer_texts_are_read() {
    let line = r#"{"question":"Q?","options":{"A":"yes","B":"no"},"key":"no","answer":"free text"}"#;
    let import = read_with("a.jsonl", line, &mapped(&["key=answer_text"])).unwrap();
    assert_eq!((import.items[0].right[0], import.items[0].key.id.as_str()), (1, "a-1"));
    assert_eq!(
        import.items[0].extra["source_answer"], "free text",
        "an unmapped answer is kept under another name"
    );
}

#[test]
fn a_mapping_of_an_absent_column_names_those_there_are() {
    let error = read_with("a.csv", "id,question\nq,Q?\n", &mapped(&["Frage=question"])).unwrap_err();
    let ImportError::Mapping { source, .. } = error else {
        panic!("{error}");
    };
    assert!(source.to_string().ends_with("it has `id`, `question`"), "{source}");
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9\"',;\\\\\n\r\t ءسؤالनि中字😀]{0,12}x"
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let optional = || proptest::option::of(text());
    let options = proptest::collection::vec(text(), 2..6);
    let language = prop_oneof![Just("en"), Just("ar"), Just("pt-BR")];
    let item = (
        language,
        text(),
        (optional(), optional(), optional(), optional()),
        text(),
        options,
        any::<usize>(),
    );
    proptest::collection::vec(item, 1..6).prop_map(|items| {
        let items = items.into_iter().enumerate();
        items
            .map(
                |(number, (language, task, (subject, parallel, context, rationale), question, options, answer))| {
                    let numbered = options.iter().enumerate();
                    let options: Vec<String> = numbered.map(|(index, text)| format!("{text}{index}")).collect();
                    let extra = subject.as_ref().map(|text| ("note".to_owned(), text.clone().into()));
                    Item::new(ItemFields {
                        key: ItemKey {
                            language: language.parse().unwrap(),
                            id: format!("{question}{number}"),
                        },
                        right: vec![answer % options.len()],
                        extra: extra.into_iter().collect(),
                        task,
                        subject,
                        parallel,
                        context,
                        question,
                        options,
                        rationale,
                    })
                    .unwrap()
                },
            )
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn items_survive_json_lines(items in items()) {
        let lines: Vec<String> = items.iter().map(|item| serde_json::Value::Object(item.to_json()).to_string()).collect();
        let import = read_default("a.jsonl", lines.join("\n")).unwrap();
        prop_assert_eq!(&import.items, &items);
        prop_assert!(import.rejected.is_empty());
    }

    #[test]
    fn items_survive_parquet(items in items()) {
        let folder = tempfile::tempdir().unwrap();
        let benchmark = Benchmark::new("a", Description::default(), items).unwrap();
        benchmark.save(folder.path()).unwrap();
        prop_assert_eq!(Benchmark::load(folder.path(), "a").unwrap(), benchmark);
    }

    #[test]
    fn values_survive_csv(rows in proptest::collection::vec(proptest::collection::vec(text(), 3), 1..8)) {
        let quoted = |value: &String| format!("\"{}\"", value.replace('"', "\"\""));
        let lines: Vec<String> = rows.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
        let text = lines.join("\r\n");
        let table = csv::Table::read(&text, false).unwrap();
        let mut records = Vec::new();
        let _ = table.each(&mut |record: RawRecord| {
            records.push(record);
            ControlFlow::Continue(())
        });
        prop_assert_eq!(records.len(), rows.len());
        let mut line = 1;
        for ((record, row), written) in records.into_iter().zip(rows).zip(lines) {
            prop_assert_eq!(record.at, At::Line(line));
            line += written.matches('\n').count() + 1;
            let columns = record.columns.unwrap();
            let values: Vec<&str> = columns.values().map(|value| value.as_str().unwrap()).collect();
            prop_assert_eq!(values, row.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    #[test]
    fn no_text_makes_an_importer_panic(text in "[\\[\\]{}:,;\"a\n\r\t1ب]{0,60}") {
        let _ = read_default("a.csv", &text);
        let _ = read_default("a.json", &text);
    }
}

/// The real questions that lie beside the repository on the machines where it is developed.
#[test]
fn the_real_data_imports_where_it_is_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    }
    let mut total = (0, 0);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "jsonl") {
            let import = read(&path, &ImportOptions::default()).unwrap();
            eprintln!("{import}");
            for rejected in &import.rejected {
                assert!(
                    matches!(rejected.reason, RowError::Item(ItemError::DuplicateOption(..))),
                    "{rejected}"
                );
            }
            total.0 += import.items.len();
            total.1 += import.rejected.len();
        }
    }
    assert_eq!(total, (16_092, 27), "the others repeat an option");
    let english = ImportOptions {
        language: Some("en".parse().unwrap()),
        ..ImportOptions::default()
    };
    let hub = |file: &str, mappings: &[&str]| {
        let mut options = english.clone();
        options.mappings = mappings.iter().map(|text| text.parse().unwrap()).collect();
        let import = read(&folder.join("hub").join(file), &options).unwrap();
        eprintln!("{import}");
        import
    };
    let columns = ["column_1=id", "A=option_a", "B=option_b", "C=option_c", "D=option_d"];
    let mmmlu = hub("openai--MMMLU/test/mmlu_AR-XY.csv", &columns);
    assert_eq!(
        (mmmlu.items[0].right[0], mmmlu.items[0].subject.as_deref()),
        (0, Some("anatomy"))
    );
    let medmcqa = hub(
        "openlifescienceai--medmcqa/data/validation-00000-of-00001.parquet",
        &[
            "opa=option_a",
            "opb=option_b",
            "opc=option_c",
            "opd=option_d",
            "cop=answer_index0",
            "exp=rationale",
            "subject_name=subject",
        ],
    );
    assert!(medmcqa.items.iter().any(|item| item.rationale.is_some()));
    let mmlu = hub(
        "cais--mmlu/anatomy/test-00000-of-00001.parquet",
        &["choices=options", "answer=answer_index0"],
    );
    assert_eq!(mmlu.items[0].key.id, "anatomy-1");
    hub(
        "GBaker--MedQA-USMLE-4-options/phrases_no_exclude_test.jsonl",
        &["answer_idx=answer_letter"],
    );
}

#[test]
fn several_right_answers_are_read_however_they_are_written() {
    let right = |answer: &str| {
        let line = format!(r#"{{"id":"1","language":"en","question":"?","options":["a","b","c","d"],{answer}}}"#);
        read_with("a.jsonl", &line, &ImportOptions::default()).unwrap().items[0]
            .right
            .clone()
    };
    for answer in [
        r#""answer":"A,C""#,
        r#""answer":"(AC)""#,
        r#""answer":["C","A"]"#,
        r#""answer_index":[0,2]"#,
    ] {
        assert_eq!(right(answer), [0, 2], "{answer}");
    }
    assert_eq!(right(r#""answer_text":["d","b"]"#), [1, 3]);
    let line = r#"{"id":"1","language":"en","question":"?","options":["a","b"],"answer":"A,D"}"#;
    let error = read_with("a.jsonl", line, &ImportOptions::default()).unwrap_err();
    assert!(error.to_string().contains("out of range"), "{error}");
}

#[test]
fn a_split_parts_examples_from_items() {
    let text = "id\tlanguage\tquestion\toption_a\toption_b\tanswer\tsplit\n\
                1\ten\tasked\tx\ty\tA\ttest\n1\ten\tshown\tx\ty\tB\tdev\n2\ten\tneither\tx\ty\tB\tother\n";
    let import = read_with("a.tsv", text, &ImportOptions::default()).unwrap();
    assert_eq!((import.items.len(), import.examples.len()), (1, 1));
    assert_eq!(import.examples[0].question, "shown");
    assert_eq!(import.rejected[0].reason, RowError::UnknownSplit("other".to_owned()));
    let examples = ImportOptions {
        examples: true,
        ..ImportOptions::default()
    };
    let unnamed = text.replacen("\ttest", "\t", 1).replacen("1\ten", "3\ten", 1);
    let whole = read_with("a.tsv", &unnamed, &examples).unwrap();
    assert_eq!((whole.items.len(), whole.examples.len()), (0, 2));
}
