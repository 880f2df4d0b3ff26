//! Records of spreadsheets, Excel's .xlsx and .xls and OpenDocument's .ods, through calamine: one sheet, whose first row
//! with values names the columns. A row of one value over a table of several columns is its title and is passed over. What a file is, its content tells; many an .xls is an .xlsx by another name.
//!
//! Cells of .xlsx are read as they come and never as a grid: a grid is as large as its farthest cell says, whatever it
//! holds. Of the other two calamine makes grids. What those of an .xls ask for is counted before (`old_excel`); in .ods a
//! cell may say that it stands for many, so these are counted too.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::ControlFlow;

use calamine::{Data, Ods, Reader, SheetType, Xls, Xlsx};
use serde_json::Value;

use super::archive::{member_text, require_small};
use super::errors::ImportError;
use super::old_excel;
use super::place::At;
use super::record::Columns;
use super::source::{Opening, RawRecord, Sink};

/// The rows over a table that may hold its title.
const MOST_TITLES: usize = 5;
/// The columns an item may come from; more are no table of questions.
const MOST_COLUMNS: usize = 4096;
/// The cells that all sheets of an .xls or .ods may have together, once every cell stands as often as it says.
pub(super) const MOST_CELLS: u64 = 20_000_000;
/// The member of an .ods that holds its sheets.
const ODS_CONTENT: &str = "content.xml";

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
    let mut book = Cells::open(opening, bytes)?;
    let sheets = book.sheets();
    let asked = opening.options.sheet.as_deref();
    if let Some(name) = asked.filter(|&name| !sheets.iter().any(|sheet| sheet == name)) {
        return Err(opening.no_sheet(name, sheets));
    }
    let header = !opening.options.without_header;
    let mut empty = None;
    for name in sheets.iter().filter(|name| asked.is_none_or(|asked| asked == *name)) {
        let rows = book.rows(name);
        let rows = rows.map_err(|error| opening.damaged(format!("sheet {name}: {error}")))?;
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

/// The cells of a spreadsheet of one of the three kinds.
enum Cells {
    Xlsx(Xlsx<Cursor<Vec<u8>>>),
    Xls(Xls<Cursor<Vec<u8>>>),
    Ods(Ods<Cursor<Vec<u8>>>),
}

impl Cells {
    fn open(opening: &Opening<'_>, bytes: Vec<u8>) -> Result<Self, ImportError> {
        if bytes.starts_with(&old_excel::START) {
            old_excel::require_few_cells(&bytes).map_err(|reason| opening.damaged(reason))?;
            let book = caught(|| Xls::new(Cursor::new(bytes)));
            return book.map(Self::Xls).map_err(|reason| opening.damaged(reason));
        }
        require_small(&bytes).map_err(|error| opening.unpacking(error))?;
        match member_text(&bytes, ODS_CONTENT) {
            Some(content) => {
                require_few_cells(&content).map_err(|reason| opening.damaged(reason))?;
                caught(|| Ods::new(Cursor::new(bytes))).map(Self::Ods)
            }
            None => caught(|| Xlsx::new(Cursor::new(bytes))).map(Self::Xlsx),
        }
        .map_err(|reason| opening.damaged(reason))
    }

    /// The names of its sheets.
    fn sheets(&self) -> Vec<String> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        };
        let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
        tables.map(|sheet| sheet.name.clone()).collect()
    }

    /// The rows of a sheet that have values.
    fn rows(&mut self, sheet: &str) -> Result<Vec<Row>, String> {
        let mut rows = Rows::default();
        let range = match self {
            Self::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(sheet).map_err(told)?;
                while let Some(cell) = cells.next_cell().map_err(told)? {
                    rows.add(cell.get_position(), cell.get_value().clone().into())?;
                }
                return Ok(rows.0);
            }
            Self::Xls(book) => book.worksheet_range(sheet).map_err(told)?,
            Self::Ods(book) => book.worksheet_range(sheet).map_err(told)?,
        };
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = |start: u32, offset: usize| start.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX));
            rows.add((place(top, row), place(left, column)), value.clone())?;
        }
        Ok(rows.0)
    }
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// calamine is made for whole files; whatever a damaged one makes of it ends in a message.
fn caught<T, E: std::fmt::Display>(open: impl FnOnce() -> Result<T, E> + std::panic::UnwindSafe) -> Result<T, String> {
    match std::panic::catch_unwind(open) {
        Ok(book) => book.map_err(told),
        Err(_) => Err("its inner structure contradicts itself".to_owned()),
    }
}

/// Makes sure that cells of an .ods which say that they stand for many do not stand for more than memory holds. Empty
/// ones at the end of a row or sheet fill it up in every file and make nothing.
fn require_few_cells(content: &str) -> Result<(), String> {
    let repeated = |tag: &str, name: &str| -> u64 {
        let value = tag
            .split_once(name)
            .and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
        value.and_then(|value| value.parse().ok()).unwrap_or(1)
    };
    let mut all: u64 = 0;
    // Of the sheet that is being counted: rows up to the last with a value, those without one after it, the widest row.
    let (mut rows, mut empty, mut widest) = (0_u64, 0_u64, 0_u64);
    // Of the row: for how many it stands, its cells, and those up to the last with a value.
    let (mut times, mut cells, mut valued) = (0_u64, 0_u64, 0_u64);
    for tag in content.split('<').filter_map(|part| part.split('>').next()) {
        if tag.starts_with("table:table-row") {
            times = repeated(tag, "table:number-rows-repeated");
            (cells, valued) = (0, 0);
        } else if tag.starts_with("table:table-cell") || tag.starts_with("table:covered-table-cell") {
            cells = cells.saturating_add(repeated(tag, "table:number-columns-repeated"));
            if tag.contains("office:value-type") {
                valued = cells;
            }
        } else if tag.starts_with("/table:table-row") {
            empty = empty.saturating_add(times);
            if valued > 0 {
                rows = rows.saturating_add(std::mem::take(&mut empty));
                widest = widest.max(valued);
            }
        } else if tag.trim_end() == "/table:table" {
            all = all.saturating_add(rows.saturating_mul(widest));
            (rows, empty, widest) = (0, 0, 0);
        }
        if all.saturating_add(rows.saturating_mul(widest)) > MOST_CELLS {
            return Err(format!("its cells say that they stand for more than {MOST_CELLS}"));
        }
    }
    Ok(())
}

/// Rows as they are put together of cells, which come by rows.
#[derive(Default)]
struct Rows(Vec<Row>);

impl Rows {
    fn add(&mut self, (row, column): (u32, u32), cell: Data) -> Result<(), String> {
        let Some(value) = value(cell) else { return Ok(()) };
        let (number, column) = (row as usize + 1, column as usize);
        if column >= MOST_COLUMNS {
            return Err(format!("row {number} has a value beyond column {MOST_COLUMNS}"));
        }
        match self.0.last_mut() {
            Some(last) if last.number == number => {
                last.values.insert(column, value);
            }
            _ => self.0.push(Row {
                number,
                values: BTreeMap::from([(column, value)]),
            }),
        }
        Ok(())
    }
}

impl Sheet {
    fn new(name: &str, mut rows: Vec<Row>, header: bool) -> Result<Self, String> {
        let width = rows
            .iter()
            .filter_map(|row| row.values.last_key_value())
            .map(|(last, _)| last + 1);
        let width = width.max().unwrap_or_default();
        if header {
            let titles = rows.iter().take(MOST_TITLES).take_while(|row| row.values.len() == 1);
            let titles = titles.count();
            // Of two columns one may have no name.
            if width > 2 && titles < rows.len() {
                rows.drain(..titles);
            }
        }
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
fn value(cell: Data) -> Option<Value> {
    let value = match cell {
        Data::Int(number) => number.into(),
        // Spreadsheets keep every number as a fraction.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => (number as i64).into(),
        Data::Float(number) => number.into(),
        Data::Bool(value) => value.into(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.into(),
        Data::DateTime(date) => {
            let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}").into()
        }
        // Formulas' errors, and kinds of cells that do not hold a value.
        _ => return None,
    };
    match &value {
        Value::String(text) if text.trim().is_empty() => None,
        _ => Some(value),
    }
}
