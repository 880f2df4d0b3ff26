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
