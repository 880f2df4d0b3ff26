//! How much memory an .xls asks for, found out before calamine reads it.
//!
//! calamine makes a grid of every sheet of an .xls at once, as large as its farthest cell says, and follows the chains of
//! sectors that hold them wherever they lead. So the chains are followed and the cells' places looked at here first: all
//! sheets together may not ask for more cells than [`MOST_CELLS`], and no chain may go round in circles.
//!
//! Such a file is a small file system (MS-CFB): sectors, a table that says which sector follows which, and directories.
//! Its stream `Workbook` (before 1997 `Book`) is a row of records, each with its kind and length (MS-XLS).

use super::spreadsheet::MOST_CELLS;

/// How such a file begins, as every document of that time.
pub(super) const START: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// From here on numbers of sectors have other meanings; the last one ends a chain.
const MEANINGS: u32 = 0xFFFF_FFFA;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
/// A stream shorter than this lies in the small sectors.
const SMALL_STREAM: usize = 4096;
const SMALL_SECTOR: usize = 64;
/// A directory entry: its name in UTF-16, and where the stream begins.
const ENTRY: usize = 128;

/// Makes sure that all sheets of an .xls together ask for no more memory than there may be cells.
pub(super) fn require_few_cells(bytes: &[u8]) -> Result<(), String> {
    let workbook = workbook(bytes).ok_or_else(|| "its inner structure contradicts itself".to_owned())?;
    let mut sheets = Vec::new();
    for (kind, data) in Records(&workbook) {
        match kind {
            record::SHEET => sheets.extend(number(data, 0)),
            record::END => break,
            _ => {}
        }
    }
    let mut all: u64 = 0;
    for start in sheets {
        let records = workbook.get(start as usize..).unwrap_or_default();
        all = all.saturating_add(Extent::of_sheet(records).cells());
        if all > MOST_CELLS {
            return Err(format!(
                "its sheets together say that they have more than {MOST_CELLS} cells; delete what stands far from the \
                 questions, or save it as .xlsx"
            ));
        }
    }
    Ok(())
}

/// The kinds of records that say where cells are.
mod record {
    pub const FORMULA: u16 = 0x0006;
    pub const END: u16 = 0x000A;
    pub const CONTINUED: u16 = 0x003C;
    pub const SHEET: u16 = 0x0085;
    pub const NUMBERS: u16 = 0x00BD;
    pub const DIMENSIONS: u16 = 0x0200;
    pub const BEGIN: u16 = 0x0809;
    /// Of one cell each: rich text, shared text, number, text, truth or error, compact number.
    pub const CELLS: [u16; 6] = [0x00D6, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E];
}

/// From which to which row and column a sheet has cells.
#[derive(Debug, Default)]
struct Extent {
    cells: Option<[u32; 4]>,
    /// Formulas make a grid of their own.
    formulas: Option<[u32; 4]>,
    /// What the sheet says of itself, for which room is made in advance.
    told: u64,
}

impl Extent {
    fn of_sheet(records: &[u8]) -> Self {
        let mut extent = Self::default();
        // Charts within a sheet have records of the same kinds, which are none of its cells.
        let (mut depth, mut begun) = (0_usize, false);
        for (kind, data) in Records(records) {
            let short = |at| short(data, at).map(u32::from);
            match kind {
                record::BEGIN if begun => depth += 1,
                record::BEGIN => begun = true,
                record::END if depth == 0 => break,
                record::END => depth -= 1,
                _ if depth > 0 => {}
                record::DIMENSIONS => extent.told = extent.told.max(told(data)),
                record::NUMBERS => {
                    let last = data.len().checked_sub(2).and_then(short);
                    if let (Some(row), Some(first), Some(last)) = (short(0), short(2), last) {
                        grow(&mut extent.cells, row, first);
                        grow(&mut extent.cells, row, last);
                    }
                }
                _ if kind == record::FORMULA || record::CELLS.contains(&kind) => {
                    if let (Some(row), Some(column)) = (short(0), short(2)) {
                        grow(&mut extent.cells, row, column);
                        if kind == record::FORMULA {
                            grow(&mut extent.formulas, row, column);
                        }
                    }
                }
                _ => {}
            }
        }
        extent
    }

    /// How many cells there will be room for.
    fn cells(&self) -> u64 {
        let area = |extent: Option<[u32; 4]>| {
            extent.map_or(0, |[top, left, bottom, right]| {
                u64::from(bottom - top + 1) * u64::from(right - left + 1)
            })
        };
        area(self.cells).saturating_add(area(self.formulas)).max(self.told)
    }
}

fn grow(extent: &mut Option<[u32; 4]>, row: u32, column: u32) {
    let [top, left, bottom, right] = extent.unwrap_or([row, column, row, column]);
    *extent = Some([top.min(row), left.min(column), bottom.max(row), right.max(column)]);
}

/// How many cells a sheet says to have: first row, row after the last, first column, column after the last. One that ends
/// before it begins says more than there can be.
fn told(data: &[u8]) -> u64 {
    let ends = match data.len() {
        10 => [0, 2, 4, 6].map(|at| short(data, at).map(u64::from)),
        _ => [
            number(data, 0).map(u64::from),
            number(data, 4).map(u64::from),
            short(data, 8).map(u64::from),
            short(data, 10).map(u64::from),
        ],
    };
    let [Some(top), Some(bottom), Some(left), Some(right)] = ends else {
        return 0;
    };
    if bottom == 0 || right == 0 {
        return 1;
    }
    let left = if left > 0xFF || right < left { 0 } else { left };
    match (bottom.checked_sub(top), right.checked_sub(left)) {
        (Some(rows), Some(columns)) => rows.saturating_mul(columns),
        _ => u64::MAX,
    }
}

/// The records of a stream; ends where one is cut off.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (kind, length) = (short(self.0, 0)?, usize::from(short(self.0, 2)?));
            let data = self.0.get(4..4 + length)?;
            self.0 = self.0.get(4 + length..)?;
            if kind != record::CONTINUED {
                return Some((kind, data));
            }
        }
    }
}

/// The stream with the sheets; `None` where the file contradicts itself.
fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = match short(bytes, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let sectors = Sectors { bytes, size, skip: 1 };
    let table = table(bytes, &sectors)?;
    let directories = sectors.chain(number(bytes, 48)?, &table, usize::MAX)?;
    // The first entry is the root, whose stream holds the small sectors.
    let root = directories.get(..ENTRY)?;
    let small_table = sectors.chain(
        number(bytes, 60)?,
        &table,
        (number(bytes, 64)? as usize).saturating_mul(size),
    )?;
    let small = sectors.chain(number(root, 116)?, &table, length_of(root, size)?)?;
    let named = |name: &str| {
        let mut entries = directories.chunks_exact(ENTRY);
        entries.find(|entry| name_of(entry).eq_ignore_ascii_case(name))
    };
    let entry = named("Workbook").or_else(|| named("Book"))?;
    let (start, length) = (number(entry, 116)?, length_of(entry, size)?);
    if length >= SMALL_STREAM {
        return sectors.chain(start, &table, length);
    }
    let sectors = Sectors {
        bytes: &small,
        size: SMALL_SECTOR,
        skip: 0,
    };
    let numbers: Vec<u32> = numbers(&small_table).collect();
    sectors.chain(start, &numbers, length)
}

/// Which sector follows which: put together of the sectors that the header names, and of those that a chain of lists names.
fn table(bytes: &[u8], sectors: &Sectors<'_>) -> Option<Vec<u32>> {
    let mut places: Vec<u32> = numbers(bytes.get(76..512)?).collect();
    let mut next = number(bytes, 68)?;
    for _ in 0..=sectors.count() {
        if next >= MEANINGS {
            break;
        }
        places.extend(numbers(sectors.get(next)));
        next = places.pop()?;
    }
    places.retain(|place| *place < MEANINGS);
    // Every part of it is a sector of its own, so there are no more of them than sectors.
    if next < MEANINGS || places.len() > sectors.count() {
        return None;
    }
    Some(
        places
            .into_iter()
            .flat_map(|place| numbers(sectors.get(place)))
            .collect(),
    )
}

/// Equal parts of a file or stream.
struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    /// How many stand before the one with number 0: the file's header takes the room of one.
    skip: usize,
}

impl<'a> Sectors<'a> {
    fn count(&self) -> usize {
        self.bytes.len().div_ceil(self.size)
    }

    /// The last one may be cut off.
    fn get(&self, place: u32) -> &'a [u8] {
        let start = (place as usize + self.skip)
            .saturating_mul(self.size)
            .min(self.bytes.len());
        let end = start.saturating_add(self.size).min(self.bytes.len());
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// What stands in a chain of sectors, at most `length` bytes of it; `None` where it is longer than there are sectors.
    fn chain(&self, start: u32, table: &[u32], length: usize) -> Option<Vec<u8>> {
        let mut found = Vec::new();
        let mut place = start;
        for _ in 0..=self.count() {
            if place >= MEANINGS || found.len() >= length {
                found.truncate(length);
                return Some(found);
            }
            found.extend_from_slice(self.get(place));
            place = table.get(place as usize).copied().unwrap_or(END_OF_CHAIN);
        }
        None
    }
}

fn name_of(entry: &[u8]) -> String {
    let units = entry.get(..64).unwrap_or_default().chunks_exact(2);
    let units: Vec<u16> = units
        .filter_map(|unit| unit.try_into().ok().map(u16::from_le_bytes))
        .take_while(|unit| *unit != 0)
        .collect();
    String::from_utf16_lossy(&units)
}

/// How long the stream of a directory entry is; files of small sectors write half of the number.
fn length_of(entry: &[u8], size: usize) -> Option<usize> {
    let low = u64::from(number(entry, 120)?);
    let high = if size == 512 { 0 } else { u64::from(number(entry, 124)?) };
    usize::try_from(high << 32 | low).ok()
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    two.try_into().ok().map(u16::from_le_bytes)
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_le_bytes)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let fours = bytes.chunks_exact(4);
    fours.filter_map(|four| four.try_into().ok().map(u32::from_le_bytes))
}
