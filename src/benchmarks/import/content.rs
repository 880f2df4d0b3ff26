//! What a file's first bytes say it is, whatever its name ends in: files are renamed, and downloads end as empty ones.

use std::path::Path;

use super::errors::ImportError;
use super::old_excel;

/// How kinds of files begin, and what they are called.
const KINDS: [(&[u8], Content); 5] = [
    (b"PK\x03\x04", Content::Zip),
    // Without members.
    (b"PK\x05\x06", Content::Zip),
    (&old_excel::START, Content::OldExcel),
    (&[0x1F, 0x8B], Content::Gzip),
    (b"PAR1", Content::Parquet),
];

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A zip archive, as spreadsheets are today.
    Zip,
    OldExcel,
    Gzip,
    Parquet,
    /// Nothing that begins in a way of its own: text, or what cannot be told.
    Other,
}

impl Content {
    fn of(bytes: &[u8]) -> Self {
        let kind = KINDS.into_iter().find(|(start, _)| bytes.starts_with(start));
        kind.map_or(Self::Other, |(_, content)| content)
    }

    /// What it is and what its name should end in.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Zip => ("a zip archive or a spreadsheet", ".zip or .xlsx"),
            Self::OldExcel => ("a spreadsheet of Excel before 2007", ".xls"),
            Self::Gzip => ("what gzip has packed", ".gz"),
            Self::Parquet => ("a Parquet file", ".parquet"),
            Self::Other => ("none of what that means; it may be text", ".csv or .jsonl"),
        }
    }

    /// Refuses bytes that are none of `expected`, which the name's ending stands for.
    pub fn require(path: &Path, member: Option<&str>, bytes: &[u8], expected: &[Self]) -> Result<(), ImportError> {
        let part = || member.map(str::to_owned);
        if bytes.is_empty() {
            return Err(ImportError::NoBytes {
                path: path.to_owned(),
                part: part(),
            });
        }
        let found = Self::of(bytes);
        if expected.contains(&found) {
            return Ok(());
        }
        let (holds, ending) = found.words();
        Err(ImportError::OtherContent {
            path: path.to_owned(),
            part: part(),
            holds,
            ending,
        })
    }
}
