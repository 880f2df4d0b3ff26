//! Spreadsheets written for tests, as the zips of XML that they are.

#![allow(dead_code, reason = "each test that includes this file uses a part of it")]

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A zip of files.
pub fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in members {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A spreadsheet of these sheets; rows stand from row `first` on.
pub fn xlsx(sheets: &[(&str, &[&[&str]])], first: usize) -> Vec<u8> {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let sheet = |rows: &[&[&str]]| {
        let rows: String = rows
            .iter()
            .enumerate()
            .map(|(index, row)| {
                let number = first + index;
                let cells: String = row
                    .iter()
                    .enumerate()
                    .filter(|(_, text)| !text.is_empty())
                    .map(|(column, text)| {
                        let place = format!("{}{number}", char::from(b'A' + column as u8));
                        match text.parse::<f64>() {
                            Ok(_) => format!("<c r=\"{place}\"><v>{text}</v></c>"),
                            Err(_) => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text)),
                        }
                    })
                    .collect();
                format!("<row r=\"{number}\">{cells}</row>")
            })
            .collect();
        format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        )
    };
    book(sheets.iter().map(|(name, rows)| (*name, sheet(rows))).collect())
}

/// A workbook around the XML of its sheets.
pub fn book(sheets: Vec<(&str, String)>) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let numbered = || sheets.iter().enumerate();
    let listed: String = numbered()
        .map(|(index, (name, _))| format!("<sheet name=\"{name}\" sheetId=\"{0}\" r:id=\"rId{0}\"/>", index + 1))
        .collect();
    let workbook = format!("<workbook xmlns=\"{main}\" xmlns:r=\"{relation}\"><sheets>{listed}</sheets></workbook>");
    let targets: String = numbered()
        .map(|(index, _)| {
            let number = index + 1;
            format!("<Relationship Id=\"rId{number}\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>")
        })
        .collect();
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relations = format!("<Relationships xmlns=\"{package}\">{targets}</Relationships>");
    let root = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    let paths: Vec<String> = numbered()
        .map(|(index, _)| format!("xl/worksheets/sheet{}.xml", index + 1))
        .collect();
    let mut members: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
    ];
    members.extend(
        paths
            .iter()
            .zip(&sheets)
            .map(|(path, (_, xml))| (path.as_str(), xml.as_bytes())),
    );
    zip_of(&members)
}

/// A cell of an .xls: row and column, both from 0, and its text.
pub type Cell<'a> = (u16, u16, &'a str);

/// A spreadsheet as Excel wrote them before 2007, of these sheets with their cells.
pub fn xls(sheets: &[(&str, Vec<Cell<'_>>)]) -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| -> Vec<u8> {
        let length = data.len() as u16;
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    };
    let begin = |kind: u16| {
        let version = [&0x0600_u16.to_le_bytes()[..], &kind.to_le_bytes(), &[0; 12]].concat();
        record(0x0809, &version)
    };
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let end = record(0x000A, &[]);
    let named = |name: &str, start: u32| {
        let letters = name.encode_utf16().count() as u8;
        let data = [&start.to_le_bytes()[..], &[0, 0, letters, 1], &wide(name)].concat();
        record(0x0085, &data)
    };
    let written = sheets.iter().map(|(_, cells)| {
        let cells = cells.iter().flat_map(|(row, column, text)| {
            let letters = text.encode_utf16().count() as u16;
            let place = [*row, *column, 0, letters].map(u16::to_le_bytes).concat();
            record(0x0204, &[&place[..], &[1], &wide(text)].concat())
        });
        [begin(0x0010), cells.collect(), end.clone()].concat()
    });
    let written: Vec<Vec<u8>> = written.collect();
    let names: usize = sheets.iter().map(|(name, _)| named(name, 0).len()).sum();
    let mut start = (begin(0x0005).len() + names + end.len()) as u32;
    let mut stream = begin(0x0005);
    for ((name, _), sheet) in sheets.iter().zip(&written) {
        stream.extend(named(name, start));
        start += sheet.len() as u32;
    }
    stream.extend(end.clone());
    stream.extend(written.concat());
    document("Workbook", stream)
}

/// One stream in the small file system that Office's documents were before 2007: a table of sectors, a directory and the
/// stream's sectors in a row.
pub fn document(name: &str, mut stream: Vec<u8>) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xFFFF_FFFE;
    const FREE: u32 = 0xFFFF_FFFF;
    stream.resize(stream.len().max(4096).next_multiple_of(SECTOR), 0);
    let sectors = (stream.len() / SECTOR) as u32;
    assert!(sectors <= 126, "one table sector holds no more");
    let mut table = vec![0xFFFF_FFFD, END];
    table.extend((3..sectors + 2).chain([END]));
    table.resize(SECTOR / 4, FREE);
    let entry = |name: &str, kind: u8, start: u32, length: u32| {
        let mut entry = vec![0; 128];
        let letters: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..letters.len()].copy_from_slice(&letters);
        entry[64] = letters.len() as u8 + 2;
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&length.to_le_bytes());
        entry
    };
    let mut directory = entry("Root Entry", 5, END, 0);
    directory.extend(entry(name, 2, 2, stream.len() as u32));
    directory.resize(SECTOR, 0);
    let mut header = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    header.resize(SECTOR, 0);
    for (at, value) in [(24, 0x3E_u16), (26, 3), (28, 0xFFFE), (30, 9), (32, 6)] {
        header[at..at + 2].copy_from_slice(&value.to_le_bytes());
    }
    for (at, value) in [(44, 1_u32), (48, 1), (56, 4096), (60, END), (68, END)] {
        header[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    header[76..].fill(0xFF);
    header[76..80].fill(0);
    let table: Vec<u8> = table.into_iter().flat_map(u32::to_le_bytes).collect();
    [header, table, directory, stream].concat()
}
