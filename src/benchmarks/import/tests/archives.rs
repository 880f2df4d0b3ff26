//! Files within files, hand-made spreadsheets, and what must do no harm.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::archive::MOST_BYTES;
use super::*;
use spreadsheet::{book, zip_of};

#[path = "../../../../tests/support/spreadsheet.rs"]
mod spreadsheet;

pub(super) use spreadsheet::xlsx;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar whose names are written as they are, which the crate itself refuses to for those that lead out.
fn tar_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append(&header, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn refused(name: &str, content: impl AsRef<[u8]>) -> ArchiveError {
    match read_default(name, content).unwrap_err() {
        ImportError::Archive { source, .. } => source,
        other => panic!("{other}"),
    }
}

#[test]
fn a_zip_of_files_by_language_is_read() {
    let arabic = GOOD.replace("\"en\"", "\"ar\"");
    let good = GOOD.replace("\"language\":\"en\",", "");
    let zip = zip_of(&[
        ("MMedBench/Test/English.jsonl", good.as_bytes()),
        ("MMedBench/Test/Arabic.jsonl", format!("{good}\nnot json\n").as_bytes()),
        ("MMedBench/Train/English.jsonl", arabic.as_bytes()),
        ("MMedBench/README.md", b"# about"),
        ("__MACOSX/MMedBench/Test/._English.jsonl", b"junk"),
        ("MMedBench/.DS_Store", b"junk"),
    ]);
    let mut options = ImportOptions {
        member: Some("Test/*.jsonl".to_owned()),
        mappings: vec!["@file=language".parse().unwrap()],
        ..ImportOptions::default()
    };
    let import = read_with("MMedBench.zip", &zip, &options).unwrap();
    let languages: Vec<&str> = import.items.iter().map(|item| item.key.language.tag()).collect();
    assert_eq!(languages, ["en", "ar"]);
    let place = import.rejected[0].to_string();
    assert!(
        place.starts_with("MMedBench/Test/Arabic.jsonl, line 2: this is no JSON"),
        "{place}"
    );
    options.member = Some("Dev/*".to_owned());
    let error = read_with("MMedBench.zip", &zip, &options).unwrap_err();
    assert!(matches!(
        error,
        ImportError::Archive {
            source: ArchiveError::NoMember { .. },
            ..
        }
    ));
}

#[test]
fn tar_gz_and_gz_of_one_file_are_read() {
    let tar = gzip(&tar_of(&[("./data/a.jsonl", GOOD.as_bytes()), ("./notes.txt", b"x")]));
    for (name, content) in [
        ("a.tar.gz", &tar),
        ("a.tgz", &tar),
        ("a.jsonl.gz", &gzip(GOOD.as_bytes())),
    ] {
        let import = read_default(name, content).unwrap();
        assert_eq!((import.items.len(), import.items[0].task.as_str()), (1, "a"), "{name}");
    }
    let error = read_default("a.jsonl.gz", gzip(format!("{GOOD}\n{{").as_bytes())).unwrap();
    assert_eq!(error.rejected[0].place, at_line(2), "a compressed file has no parts");
}

#[test]
fn bombs_are_refused_before_they_fill_memory() {
    let chunk = vec![b' '; 1 << 20];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    // Two members that only together are too much.
    for name in ["a.jsonl", "b.jsonl"] {
        zip.start_file(name, options).unwrap();
        for _ in 0..(MOST_BYTES >> 21) + 1 {
            zip.write_all(&chunk).unwrap();
        }
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 4 << 20);
    assert_eq!(refused("bomb.zip", &bomb), ArchiveError::TooLarge);
    assert_eq!(refused("bomb.xlsx", &bomb), ArchiveError::TooLarge);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..(MOST_BYTES >> 20) + 1 {
        encoder.write_all(&chunk).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert_eq!(refused("bomb.jsonl.gz", &bomb), ArchiveError::TooLarge);
}

#[test]
fn paths_that_lead_out_and_archives_within_are_refused() {
    for name in [
        "../evil.jsonl",
        "/etc/evil.jsonl",
        "a/../../evil.jsonl",
        "C:\\evil.jsonl",
        "..\\evil.jsonl",
    ] {
        let members = [("good.jsonl", GOOD.as_bytes()), (name, GOOD.as_bytes())];
        assert!(
            matches!(refused("a.zip", zip_of(&members)), ArchiveError::Leaves(_)),
            "{name}"
        );
        assert!(
            matches!(refused("a.tar", tar_of(&members)), ArchiveError::Leaves(_)),
            "{name}"
        );
    }
    let inner = zip_of(&[("a.jsonl", GOOD.as_bytes())]);
    let members = [("a.jsonl", GOOD.as_bytes()), ("more.zip", inner.as_slice())];
    assert_eq!(
        refused("a.zip", zip_of(&members)),
        ArchiveError::Nested("more.zip".to_owned())
    );
    let readme = zip_of(&[("README.md", b"x")]);
    assert!(matches!(refused("a.zip", readme), ArchiveError::NothingReadable(_)));
    assert!(matches!(
        refused("a.zip", b"PK\x03\x04 no zip"),
        ArchiveError::Damaged(_)
    ));
    assert!(matches!(
        refused("a.tar.gz", b"\x1F\x8B no gzip"),
        ArchiveError::Damaged(_)
    ));
    let whole = gzip(&tar_of(&[("a.jsonl", GOOD.as_bytes())]));
    assert!(matches!(
        refused("a.tgz", &whole[..whole.len() / 2]),
        ArchiveError::Damaged(_)
    ));
}

#[test]
fn an_arabic_spreadsheet_is_read_with_its_rows() {
    let rows: &[&[&str]] = &[
        &["الرقم", "السؤال", "أ", "ب", "الإجابة"],
        &["1", "أين القلب؟", "في الصدر", "في الرأس", "أ"],
        &["2", "بلا إجابة؟", "نعم", "لا", ""],
    ];
    let book = xlsx(&[("empty", &[]), ("أسئلة", rows)], 3);
    let options = mapped(&[
        "الرقم=id",
        "السؤال=question",
        "أ=option_a",
        "ب=option_b",
        "الإجابة=answer",
    ]);
    let import = read_with("a.xlsx", &book, &options).unwrap();
    assert_eq!(
        (import.items[0].key.id.as_str(), import.items[0].right.as_slice()),
        ("1", [0].as_slice())
    );
    assert_eq!(
        import.rejected[0].to_string(),
        "sheet أسئلة, row 5 (2): the right answer is missing"
    );
    let mut named = options.clone();
    named.sheet = Some("other".to_owned());
    let error = read_with("a.xlsx", &book, &named).unwrap_err();
    assert!(error.to_string().contains("it has `empty`, `أسئلة`"), "{error}");
    named.sheet = Some("empty".to_owned());
    let error = read_with("a.xlsx", &book, &named).unwrap_err();
    assert!(
        matches!(error, ImportError::Mapping { .. } | ImportError::Empty { .. }),
        "{error}"
    );
}

/// An OpenDocument spreadsheet of one sheet around the XML of its rows.
fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
         <table:table table:name=\"أسئلة\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    zip_of(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

const ODS_CELL: &str = "<table:table-cell office:value-type=\"string\">";

#[test]
fn an_opendocument_spreadsheet_is_read_as_an_xlsx_is() {
    let row = |cells: [&str; 4]| {
        let cells = cells.map(|text| format!("{ODS_CELL}<text:p>{text}</text:p></table:table-cell>"));
        // Every program fills rows up with cells that stand for many.
        let rest = "<table:table-cell table:number-columns-repeated=\"16380\"/>";
        format!("<table:table-row>{}{rest}</table:table-row>", cells.concat())
    };
    let rows = [
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>".to_owned(),
        row(["السؤال", "أ", "ب", "الإجابة"]),
        row(["أين القلب؟", "في الصدر", "في الرأس", "أ"]),
        row(["بلا إجابة؟", "نعم", "لا", "ز"]),
        "<table:table-row table:number-rows-repeated=\"1048571\"><table:table-cell/></table:table-row>".to_owned(),
    ];
    let options = mapped(&["السؤال=question", "أ=option_a", "ب=option_b", "الإجابة=answer"]);
    // By its name or by another: what it is, its content tells.
    for name in ["a.ods", "a.xlsx"] {
        let import = read_with(name, ods(&rows.concat()), &options).unwrap();
        assert_eq!(import.items[0].options, ["في الصدر", "في الرأس"]);
        assert_eq!(import.items[0].right, [0]);
        let rejected = import.rejected[0].place.to_string();
        assert_eq!(rejected, "sheet أسئلة, row 5");
    }
}

#[test]
fn an_opendocument_spreadsheet_whose_cells_stand_for_too_many_is_refused() {
    let cell = |times: usize| {
        format!(
            "<table:table-cell table:number-columns-repeated=\"{times}\" office:value-type=\"string\"><text:p>x</text:p></table:table-cell>"
        )
    };
    let rows = |times: usize, cell: String| {
        format!("<table:table-row table:number-rows-repeated=\"{times}\">{cell}</table:table-row>")
    };
    let empty = "<table:table-cell/>".to_owned();
    for bomb in [
        rows(1_000_000, cell(16_000)),
        format!(
            "{}{}{}",
            rows(1, cell(1)),
            rows(1_000_000, empty),
            rows(1, cell(16_000))
        ),
        rows(1, cell(16_000)).repeat(5_000),
        rows(usize::MAX, cell(usize::MAX)),
    ] {
        let error = read_default("a.ods", ods(&bomb)).unwrap_err();
        assert!(error.to_string().contains("stand for more than 20000000"), "{error}");
    }
    let whole = ods(&rows(1, cell(1)));
    for cut in (0..whole.len()).step_by(whole.len() / 40) {
        assert!(read_default("a.ods", &whole[..cut]).is_err(), "{cut}");
    }
}

/// `old.xls` was written by xlwt 1.3: a sheet `Questions` with a heading, an Arabic question and one without an answer.
#[test]
fn an_old_excel_file_is_read_as_an_xlsx_is() {
    let book = include_bytes!("old.xls");
    for name in ["a.xls", "a.xlsx"] {
        let import = read_default(name, book).unwrap();
        let item = &import.items[0];
        assert_eq!(
            (item.question.as_str(), item.right.as_slice()),
            ("أين القلب؟", [1].as_slice())
        );
        assert_eq!(item.options, ["في الرأس", "في الصدر"]);
        assert_eq!(import.rejected[0].place.to_string(), "sheet Questions, row 3");
    }
    for cut in (0..book.len()).step_by(book.len() / 60) {
        // What is cut off at its very end may be nothing but padding.
        if let Ok(read) = read_default("a.xls", &book[..cut]) {
            assert_eq!(read.items.len(), 1, "{cut}");
        }
    }
}

/// A grid as large as an .xls can have is 16 million cells; here are ten, in a file of 5 KB.
#[test]
fn many_sheets_of_an_old_excel_file_ask_for_no_more_memory_than_one() {
    let questions: &[spreadsheet::Cell<'_>] = &[
        (0, 0, "question"),
        (0, 1, "option_a"),
        (0, 2, "option_b"),
        (0, 3, "answer"),
        (0, 4, "language"),
        (1, 0, "أين القلب؟"),
        (1, 1, "في الرأس"),
        (1, 2, "في الصدر"),
        (1, 3, "B"),
        (1, 4, "ar"),
    ];
    let far = |row, column| [questions, &[(row, column, "x")]].concat();
    let small = spreadsheet::xls(&[("أسئلة", questions.to_vec()), ("ملاحظات", far(20, 9))]);
    let import = read_default("a.xls", &small).unwrap();
    assert_eq!(
        (import.items.len(), import.items[0].right.as_slice()),
        (1, [1].as_slice())
    );

    let names: Vec<String> = (0..10).map(|number| format!("s{number}")).collect();
    let sheets = |row, column| -> Vec<_> { names.iter().map(|name| (name.as_str(), far(row, column))).collect() };
    for book in [
        spreadsheet::xls(&sheets(u16::MAX, 255)),
        // No sheet may have so many columns, but nothing keeps a file from saying so.
        spreadsheet::xls(&sheets(u16::MAX, u16::MAX)[..1]),
    ] {
        let error = read_default("a.xls", book).unwrap_err().to_string();
        assert!(
            error.contains("a.xls is damaged") && error.contains("more than 20000000 cells"),
            "{error}"
        );
        assert!(error.contains("save it as .xlsx"), "{error}");
    }
}

#[test]
fn an_old_excel_file_that_goes_round_in_circles_is_refused() {
    let whole = spreadsheet::xls(&[("s", vec![(0, 0, "question"), (1, 0, "Why?")])]);
    // Of the table of sectors: the directory's, the stream's first.
    for place in [1_u32, 2] {
        let mut book = whole.clone();
        let at = 512 + 4 * place as usize;
        book[at..at + 4].copy_from_slice(&place.to_le_bytes());
        // As long as a stream can say to be.
        book[1024 + 128 + 120..1024 + 128 + 124].fill(0xFF);
        let error = read_default("a.xls", book).unwrap_err();
        assert!(error.to_string().contains("contradicts itself"), "{error}");
    }
}

#[test]
fn spreadsheets_that_lie_or_are_damaged_do_no_harm() {
    let cell = |place: &str, text: &str| format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let sheet = |rows: String| {
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    // As a grid this would be 16384 columns by 1048576 rows.
    let far = sheet(format!(
        "<row r=\"1\">{}</row><row r=\"1048576\">{}</row>",
        cell("A1", "question"),
        cell("XFD1048576", "x")
    ));
    let error = read_default("a.xlsx", book(vec![("s", far)])).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("sheet s: row 1048576 has a value beyond column"),
        "{error}"
    );
    let twice = sheet(format!("<row r=\"2\">{}{}</row>", cell("A2", "q"), cell("B2", "q")));
    let error = read_default("a.xlsx", book(vec![("s", twice)])).unwrap_err();
    assert!(
        error.to_string().contains("sheet s, row 2: two columns are called `q`"),
        "{error}"
    );
    let torn = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"".to_owned();
    let error = read_default("a.xlsx", book(vec![("s", torn)])).unwrap_err();
    assert!(matches!(error, ImportError::Damaged { .. }), "{error}");
    let empty = zip_of(&[("a.txt", b"x")]);
    assert!(matches!(
        read_default("a.xlsx", empty),
        Err(ImportError::Damaged { .. })
    ));
    let whole = xlsx(&[("s", &[&["question", "answer"], &["q", "A"]])], 1);
    for cut in (0..whole.len()).step_by(whole.len() / 40) {
        assert!(read_default("a.xlsx", &whole[..cut]).is_err(), "{cut}");
    }
}
