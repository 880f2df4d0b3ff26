//! Records of CSV: polars reads the values; what stands here finds each record's line and those that are no rows.

use std::io::Cursor;
use std::ops::ControlFlow;

use polars::prelude::{Column, CsvParseOptions, CsvReadOptions, DataFrame, SerReader};

use super::errors::{ImportError, RowError, TableError};
use super::place::At;
use super::record::Columns;
use super::source::{Opening, RawRecord, Sink};

/// One record's stretch of the text.
struct Row<'a> {
    /// Where it starts, from 1.
    line: usize,
    text: &'a str,
    /// How many values it has, or why it is no row.
    width: Result<usize, RowError>,
}

/// A CSV text, all values as text and blank ones absent.
pub(super) struct Table {
    pub names: Vec<String>,
    values: DataFrame,
    rows: Vec<(usize, Result<usize, RowError>)>,
    header: bool,
}

impl Table {
    pub fn open(opening: &Opening<'_>, text: &str) -> Result<Self, ImportError> {
        Self::read(text, !opening.options.without_header).map_err(|error| opening.no_table(error))
    }

    pub fn read(text: &str, header: bool) -> Result<Self, TableError> {
        let separator = separator(text);
        let rows = rows(text, separator);
        let Some(first) = rows.first() else {
            return Ok(Self {
                names: Vec::new(),
                values: DataFrame::empty(),
                rows: Vec::new(),
                header,
            });
        };
        let width = first
            .width
            .clone()
            .map_err(|error| format!("line {}: {error}", first.line))?;
        let good: Vec<&str> = rows
            .iter()
            .filter(|row| row.width == Ok(width))
            .map(|row| row.text)
            .collect();
        let values = parse(&good.join("\n"), separator)?;
        if values.height() != good.len() {
            return Err(format!("{} rows became {} when read", good.len(), values.height()).into());
        }
        Ok(Self {
            names: column_names(&values, header, first.line)?,
            values,
            rows: rows.into_iter().map(|row| (row.line, row.width)).collect(),
            header,
        })
    }

    pub fn each(&self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        let expected = self.names.len();
        let mut height = 0;
        for (index, (line, width)) in self.rows.iter().enumerate() {
            let columns = match width {
                Ok(found) if *found == expected => {
                    height += 1;
                    if self.header && index == 0 {
                        continue;
                    }
                    Ok(self.values_of(height - 1))
                }
                Ok(found) => Err(RowError::ColumnCount {
                    found: *found,
                    expected,
                }),
                Err(error) => Err(error.clone()),
            };
            sink(RawRecord::new(At::Line(*line), columns))?;
        }
        ControlFlow::Continue(())
    }

    fn values_of(&self, row: usize) -> Columns {
        let value = |column: &Column| column.str().ok().and_then(|values| values.get(row)).into();
        let named = self.names.iter().zip(self.values.columns());
        named.map(|(name, column)| (name.clone(), value(column))).collect()
    }
}

fn parse(text: &str, separator: u8) -> Result<DataFrame, String> {
    let parse_options = CsvParseOptions::default()
        .with_separator(separator)
        .with_missing_is_null(true);
    CsvReadOptions::default()
        .with_has_header(false)
        // No types are inferred: every value is text.
        .with_infer_schema_length(Some(0))
        .with_parse_options(parse_options)
        .into_reader_with_file_handle(Cursor::new(text.as_bytes()))
        .finish()
        .map_err(|error| error.to_string())
}

fn column_names(table: &DataFrame, header: bool, line: usize) -> Result<Vec<String>, TableError> {
    let mut names: Vec<String> = Vec::with_capacity(table.width());
    for (index, column) in table.columns().iter().enumerate() {
        let values = column.str().map_err(|error| error.to_string())?;
        let given = values.get(0).filter(|name| header && !name.trim().is_empty());
        let name = given.map_or_else(|| format!("column_{}", index + 1), |name| name.trim().to_owned());
        if names.contains(&name) {
            let row = format!("line {line}");
            return Err(TableError::SameNames { row, name });
        }
        names.push(name);
    }
    Ok(names)
}

/// The character that separates the values of the first line most often outside quotation marks.
fn separator(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.trim_start_matches(['\r', '\n']).bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            _ => {
                for (separator, count) in &mut counts {
                    *count += usize::from(*separator == byte);
                }
            }
        }
    }
    let [comma, ..] = counts;
    counts
        .into_iter()
        .fold(comma, |best, other| if other.1 > best.1 { other } else { best })
        .0
}

/// Splits a text into records as RFC 4180 has them, skipping blank lines. A record that is none
/// ends with its line, so that those after it are still read.
fn rows(text: &str, separator: u8) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let (mut start, mut line) = (0, 1);
    while start < text.len() {
        let (end, width) = row(text.as_bytes(), start, separator);
        let whole = text.get(start..end).unwrap_or_default();
        let row = whole.strip_suffix('\n').unwrap_or(whole);
        let row = row.strip_suffix('\r').unwrap_or(row);
        if !row.is_empty() {
            rows.push(Row { line, text: row, width });
        }
        line += whole.bytes().filter(|&byte| byte == b'\n').count();
        start = end;
    }
    rows
}

/// Where the record that starts at `start` ends, its line end included, and how many values it has.
fn row(bytes: &[u8], start: usize, separator: u8) -> (usize, Result<usize, RowError>) {
    #[derive(PartialEq)]
    enum State {
        ValueStart,
        Unquoted,
        Quoted,
        QuoteInQuoted,
    }
    let rest = bytes.get(start..).unwrap_or_default();
    let line_end = |from: usize| {
        let tail = rest.get(from..).unwrap_or_default();
        let length = tail
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(tail.len(), |at| at + 1);
        start + from + length
    };
    let mut state = State::ValueStart;
    let mut width = 1;
    for (offset, &byte) in rest.iter().enumerate() {
        state = match (state, byte) {
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) => State::Quoted,
            (State::QuoteInQuoted, b'"') => State::Quoted,
            (State::ValueStart, b'"') => State::Quoted,
            (_, b'\n') => return (start + offset + 1, Ok(width)),
            (_, byte) if byte == separator => {
                width += 1;
                State::ValueStart
            }
            (State::QuoteInQuoted, b'\r') => State::QuoteInQuoted,
            (State::Unquoted, b'"') | (State::QuoteInQuoted, _) => {
                return (line_end(offset), Err(RowError::StrayQuote));
            }
            (State::ValueStart | State::Unquoted, _) => State::Unquoted,
        };
    }
    if state == State::Quoted {
        return (line_end(0), Err(RowError::UnclosedQuote));
    }
    (bytes.len(), Ok(width))
}
