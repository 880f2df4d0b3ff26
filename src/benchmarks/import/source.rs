//! From a file to documents of records: which format it is in, and for an archive which files it holds.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::archive::{self, Kind};
use super::content::Content;
use super::errors::{ImportError, RowError};
use super::place::{At, Place};
use super::record::Columns;
use super::{ImportOptions, csv, encoding, json, parquet, spreadsheet, tokens};
use crate::benchmarks::benchmark::hexadecimal;

/// What one record of a file gave, before it is looked at.
pub(super) struct RawRecord {
    pub at: At,
    /// The name it stands under, in an object of records or of lists.
    pub key: Option<String>,
    pub columns: Result<Columns, RowError>,
}

impl RawRecord {
    pub fn new(at: At, columns: Result<Columns, RowError>) -> Self {
        Self { at, key: None, columns }
    }
}

/// Takes records one by one, until it has enough.
pub(super) type Sink<'a> = dyn FnMut(RawRecord) -> ControlFlow<()> + 'a;

/// One text, table or sheet of records.
pub(super) struct Document {
    /// What tells it from the others of the same file.
    part: Option<Arc<str>>,
    /// The name of the file or member, without folders and extensions.
    pub file: String,
    pub sheet: Option<String>,
    body: Body,
}

enum Body {
    Json(json::Text),
    /// Read when they were opened.
    Read {
        columns: Vec<String>,
        records: Vec<RawRecord>,
    },
    Csv(csv::Table),
    Parquet(parquet::Table),
    Sheet(spreadsheet::Sheet),
}

/// A file that was read: its documents and what it is.
pub(super) struct Source {
    pub documents: Vec<Document>,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    /// The sheets of a spreadsheet.
    pub sheets: Vec<String>,
    /// The members of an archive that were read.
    pub members: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Lines,
    Json,
    Csv,
    Tsv,
    Parquet,
    Sheet,
}

impl Format {
    fn of(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension.to_lowercase().as_str() {
            "jsonl" | "ndjson" => Self::Lines,
            "json" => Self::Json,
            "csv" => Self::Csv,
            "tsv" | "tab" => Self::Tsv,
            "parquet" => Self::Parquet,
            "xlsx" | "xlsm" | "xls" | "ods" => Self::Sheet,
            _ => return None,
        })
    }

    /// What files of this format hold.
    fn contents(self) -> &'static [Content] {
        match self {
            Self::Lines | Self::Json | Self::Csv | Self::Tsv => &[Content::Other],
            Self::Parquet => &[Content::Parquet],
            Self::Sheet => &[Content::Zip, Content::OldExcel],
        }
    }
}

/// What files that are packed so hold.
fn packed_contents(kind: Kind) -> &'static [Content] {
    match kind {
        Kind::Zip => &[Content::Zip],
        Kind::TarGzip | Kind::Gzip => &[Content::Gzip],
        Kind::Tar => &[Content::Other],
    }
}

/// Reads a file, unpacked where it is an archive.
pub(super) fn open(path: &Path, options: &ImportOptions) -> Result<Source, ImportError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let packed = Kind::of(&name);
    if packed.is_none() && Format::of(&name).is_none() {
        return Err(ImportError::Format { path: path.to_owned() });
    }
    let bytes = std::fs::read(path).map_err(|source| ImportError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let mut source = Source {
        documents: Vec::new(),
        sha256: hexadecimal(Sha256::new_with_prefix(&bytes)),
        sheets: Vec::new(),
        members: Vec::new(),
    };
    let Some(kind) = packed else {
        source.add(
            &Opening {
                path,
                member: None,
                options,
            },
            &name,
            bytes,
        )?;
        return Ok(source);
    };
    let is_readable = |name: &str| Format::of(name).is_some();
    Content::require(path, None, &bytes, packed_contents(kind))?;
    let members = archive::members(kind, &name, &bytes, options.member.as_deref(), is_readable);
    let members = members.map_err(|source| ImportError::Archive {
        path: path.to_owned(),
        source,
    })?;
    drop(bytes);
    for member in members {
        let opening = Opening {
            path,
            // A file that was merely compressed has no parts.
            member: (kind != Kind::Gzip).then_some(member.name.as_str()),
            options,
        };
        source.add(&opening, &member.name, member.bytes)?;
        source.members.extend(opening.member.map(str::to_owned));
    }
    Ok(source)
}

/// What documents of one file or member have in common.
pub(super) struct Opening<'a> {
    path: &'a Path,
    member: Option<&'a str>,
    pub options: &'a ImportOptions,
}

impl Opening<'_> {
    pub fn damaged(&self, reason: impl std::fmt::Display) -> ImportError {
        ImportError::Damaged {
            path: self.path.to_owned(),
            part: self.member.map(str::to_owned),
            reason: reason.to_string(),
        }
    }

    pub fn not_records(&self) -> ImportError {
        ImportError::NotRecords {
            path: self.path.to_owned(),
            part: self.member.map(str::to_owned),
        }
    }

    pub fn no_sheet(&self, sheet: &str, sheets: Vec<String>) -> ImportError {
        ImportError::NoSheet {
            path: self.path.to_owned(),
            part: self.member.map(str::to_owned),
            sheet: sheet.to_owned(),
            sheets,
        }
    }

    pub fn unpacking(&self, source: archive::ArchiveError) -> ImportError {
        ImportError::Archive {
            path: self.path.to_owned(),
            source,
        }
    }

    fn text(&self, bytes: Vec<u8>) -> Result<String, ImportError> {
        encoding::decode(bytes, self.options.encoding.as_deref()).map_err(|source| ImportError::Encoding {
            path: self.path.to_owned(),
            part: self.member.map(str::to_owned),
            source,
        })
    }
}

impl Source {
    /// Of a text in our own format.
    pub fn of_lines(name: &str, text: &str) -> Self {
        let document = Document {
            part: None,
            file: stem(name),
            sheet: None,
            body: Body::Json(json::Text::of_lines(text.to_owned())),
        };
        Self {
            documents: vec![document],
            sha256: hexadecimal(Sha256::new_with_prefix(text)),
            sheets: Vec::new(),
            members: Vec::new(),
        }
    }

    fn add(&mut self, opening: &Opening<'_>, name: &str, bytes: Vec<u8>) -> Result<(), ImportError> {
        let format = Format::of(name);
        let expected = format.map_or(&[Content::Other][..], Format::contents);
        Content::require(opening.path, opening.member, &bytes, expected)?;
        let body = match format {
            Some(Format::Parquet) => Body::Parquet(parquet::Table::open(opening, bytes)?),
            Some(Format::Sheet) => return self.add_sheet(opening, name, bytes),
            Some(Format::Csv | Format::Tsv) => {
                let text = opening.text(bytes)?;
                match tokens::records(&text) {
                    Some(records) => Body::Read {
                        columns: tokens::COLUMNS.iter().map(|&name| name.to_owned()).collect(),
                        records,
                    },
                    None => Body::Csv(csv::Table::open(opening, &text)?),
                }
            }
            format => Body::Json(json::Text::open(
                opening,
                opening.text(bytes)?,
                format == Some(Format::Lines),
            )?),
        };
        self.documents.push(Document {
            part: opening.member.map(Arc::from),
            file: stem(name),
            sheet: None,
            body,
        });
        Ok(())
    }

    fn add_sheet(&mut self, opening: &Opening<'_>, name: &str, bytes: Vec<u8>) -> Result<(), ImportError> {
        let spreadsheet::Book { sheets, sheet } = spreadsheet::open(opening, bytes)?;
        let part = match opening.member {
            Some(member) => format!("{member}, sheet {}", sheet.name),
            None => format!("sheet {}", sheet.name),
        };
        self.sheets = sheets;
        self.documents.push(Document {
            part: Some(part.into()),
            file: stem(name),
            sheet: Some(sheet.name.clone()),
            body: Body::Sheet(sheet),
        });
        Ok(())
    }

    /// All column names, in the order in which they first appear.
    pub fn columns(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for document in &self.documents {
            for name in document.columns() {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Whether what should be the names of a table's columns looks like a record: one is long or asks, or the last is
    /// the only letter among them.
    pub fn begins_with_a_record(&self) -> bool {
        let names = match self.documents.first().map(|document| &document.body) {
            Some(Body::Csv(table)) => &table.names,
            Some(Body::Sheet(sheet)) => &sheet.names,
            _ => return false,
        };
        let is_text = |name: &String| name.chars().count() > 60 || name.ends_with(['?', '؟', '？', '።', ':']);
        let is_letter =
            |name: &String| name.len() == 1 && name.starts_with(|character: char| character.is_ascii_uppercase());
        let letters = names.iter().filter(|name| is_letter(name)).count();
        let ends_with_letter = letters == 1 && names.len() >= 4 && names.last().is_some_and(is_letter);
        names.iter().any(is_text) || ends_with_letter
    }

    /// Whether its records are named by the object they stand in.
    pub fn is_keyed(&self) -> bool {
        let keyed = |document: &Document| matches!(&document.body, Body::Json(text) if text.is_keyed());
        !self.documents.is_empty() && self.documents.iter().all(keyed)
    }
}

impl Document {
    fn columns(&self) -> Vec<String> {
        match &self.body {
            Body::Json(text) => text.columns(),
            Body::Read { columns, .. } => columns.clone(),
            Body::Csv(table) => table.names.clone(),
            Body::Parquet(table) => table.names(),
            Body::Sheet(sheet) => sheet.names.clone(),
        }
    }

    /// Hands its records on, in the file's order. What is handed on may be forgotten here.
    pub fn each(&mut self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        match &mut self.body {
            Body::Json(text) => text.each(sink),
            Body::Read { records, .. } => records.drain(..).try_for_each(sink),
            Body::Csv(table) => table.each(sink),
            Body::Parquet(table) => table.each(sink),
            Body::Sheet(sheet) => sheet.each(sink),
        }
    }

    pub fn place(&self, at: At) -> Place {
        Place {
            part: self.part.clone(),
            at,
        }
    }
}

/// A file's name without its folders, up to its first dot.
fn stem(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.split('.').next().unwrap_or_default().to_owned()
}
