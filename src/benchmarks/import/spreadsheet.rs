//! Records of Excel's .xlsx, through calamine: one sheet, whose first row with values names the columns.
//!
//! Cells are read as they come and never as a grid: a grid is as large as its farthest cell says, whatever it holds.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};
use serde_json::Value;

use super::archive::require_small;
use super::errors::ImportError;
use super::place::At;
use super::record::Columns;
use super::source::{Opening, RawRecord, Sink};

/// The columns an item may come from; more are no table of questions.
const MOST_COLUMNS: usize = 4096;

/// A spreadsheet and the sheet of it that is read.
pub(super) struct Book {
    pub sheets: Vec<String>,
    pub sheet: Sheet,
}

pub(super) struct Sheet {
    pub name: String,
    pub names: Vec<String>,
    rows: Vec<Row>,
}

/// A row with values.
struct Row {
    /// Its number as spreadsheets show it.
    number: usize,
    /// By column.
    values: BTreeMap<usize, Value>,
}

/// Reads the sheet that is asked for, else the first with rows.
pub(super) fn open(opening: &Opening<'_>, bytes: Vec<u8>) -> Result<Book, ImportError> {
    require_small(&bytes).map_err(|error| opening.unpacking(error))?;
    // calamine is made for whole files; whatever a damaged one makes of it ends in a message.
    let book = std::panic::catch_unwind(|| Xlsx::new(Cursor::new(bytes)));
    let mut book: Xlsx<_> = match book {
        Ok(book) => book.map_err(|error| opening.damaged(error))?,
        Err(_) => return Err(opening.damaged("its inner structure contradicts itself")),
    };
    let sheets: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let asked = opening.options.sheet.as_deref();
    if let Some(name) = asked.filter(|&name| !sheets.iter().any(|sheet| sheet == name)) {
        return Err(opening.no_sheet(name, sheets));
    }
    let header = !opening.options.without_header;
    let mut empty = None;
    for name in sheets.iter().filter(|name| asked.is_none_or(|asked| asked == *name)) {
        let rows = rows(&mut book, name).map_err(|error| opening.damaged(format!("sheet {name}: {error}")))?;
        let sheet =
            Sheet::new(name, rows, header).map_err(|reason| opening.damaged(format!("sheet {name}, {reason}")))?;
        if !sheet.rows.is_empty() {
            return Ok(Book { sheets, sheet });
        }
        empty.get_or_insert(sheet);
    }
    let sheet = empty.ok_or_else(|| opening.damaged("it has no sheet"))?;
    Ok(Book { sheets, sheet })
}

fn rows(book: &mut Xlsx<Cursor<Vec<u8>>>, sheet: &str) -> Result<Vec<Row>, String> {
    let told = |error: XlsxError| error.to_string();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(told)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(told)? {
        let Some(value) = value(cell.get_value()) else { continue };
        let (row, column) = cell.get_position();
        let (number, column) = (row as usize + 1, column as usize);
        if column >= MOST_COLUMNS {
            return Err(format!("row {number} has a value beyond column {MOST_COLUMNS}"));
        }
        match rows.last_mut() {
            Some(last) if last.number == number => {
                last.values.insert(column, value);
            }
            _ => rows.push(Row {
                number,
                values: BTreeMap::from([(column, value)]),
            }),
        }
    }
    Ok(rows)
}

impl Sheet {
    fn new(name: &str, mut rows: Vec<Row>, header: bool) -> Result<Self, String> {
        let width = rows
            .iter()
            .filter_map(|row| row.values.last_key_value())
            .map(|(last, _)| last + 1);
        let width = width.max().unwrap_or_default();
        let first = match header && !rows.is_empty() {
            true => Some(rows.remove(0)),
            false => None,
        };
        let mut names: Vec<String> = Vec::with_capacity(width);
        for index in 0..width {
            let given = first.as_ref().and_then(|first| first.values.get(&index)).map(text);
            let name = given.unwrap_or_else(|| format!("column_{}", index + 1));
            if names.contains(&name) {
                let row = first.map_or(1, |first| first.number);
                return Err(format!(
                    "row {row}: two columns are called `{name}`; if the row is a question already, say `--no-header`"
                ));
            }
            names.push(name);
        }
        let name = name.to_owned();
        Ok(Self { name, names, rows })
    }

    pub fn each(&self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        for row in &self.rows {
            let value = |index| row.values.get(&index).cloned().unwrap_or_default();
            let named = self.names.iter().enumerate();
            let columns: Columns = named.map(|(index, name)| (name.clone(), value(index))).collect();
            sink(RawRecord::new(At::Row(row.number), Ok(columns)))?;
        }
        ControlFlow::Continue(())
    }
}

/// A column's name as people wrote it, which may be a number.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

/// What a cell shows: of a formula its last result. Blank cells and errors such as `#N/A` are absent.
fn value(cell: &DataRef<'_>) -> Option<Value> {
    let value = match cell {
        DataRef::Int(number) => (*number).into(),
        // Spreadsheets keep every number as a fraction.
        DataRef::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => (*number as i64).into(),
        DataRef::Float(number) => (*number).into(),
        DataRef::Bool(value) => (*value).into(),
        DataRef::String(text) => text.as_str().into(),
        DataRef::SharedString(text) => (*text).into(),
        DataRef::DateTime(date) => {
            let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}").into()
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.as_str().into(),
        DataRef::Error(_) | DataRef::Empty => return None,
    };
    match &value {
        Value::String(text) if text.trim().is_empty() => None,
        _ => Some(value),
    }
}
