//! Tables for spreadsheets and statistics.

use std::io::Write;

use polars::prelude::{Column, CsvWriter, DataFrame, NamedFrom, PolarsError, SerWriter, Series};

use super::{Named, Table, Value};
use crate::files::cells::guarded;

/// A table as CSV; nothing where it has no row.
pub fn write_csv(output: impl Write, Table { rows, .. }: &Table) -> Result<(), PolarsError> {
    let width = rows.first().map_or(0, Vec::len);
    let columns = (0..width).flat_map(|place| {
        let cells: Vec<&Named> = rows.iter().filter_map(|row| row.get(place)).collect();
        csv_columns(&cells)
    });
    let columns: Vec<Column> = columns.collect();
    CsvWriter::new(output).finish(&mut DataFrame::new(rows.len(), columns)?)
}

/// The column of some cells; an interval makes two.
fn csv_columns(cells: &[&Named]) -> Vec<Column> {
    let Some((name, kind)) = cells.first() else {
        return Vec::new();
    };
    let numbers = |name: String, number: &dyn Fn(&Value) -> Option<f64>| -> Column {
        let numbers: Vec<Option<f64>> = cells.iter().map(|(_, value)| number(value)).collect();
        Series::new(name.into(), numbers).into()
    };
    match kind {
        Value::Text(_) | Value::Language(_) => {
            let texts: Vec<String> = cells.iter().map(|(_, value)| guarded(&value.shown())).collect();
            vec![Series::new((*name).into(), texts).into()]
        }
        Value::Count(_) => {
            let counts: Vec<Option<u64>> = cells
                .iter()
                .map(|(_, value)| match value {
                    Value::Count(count) => Some(*count as u64),
                    _ => None,
                })
                .collect();
            vec![Series::new((*name).into(), counts).into()]
        }
        Value::Share(_) | Value::Points(_) | Value::Number(_) | Value::Seconds(_) | Value::Probability(_) => {
            vec![numbers((*name).to_owned(), &|value| match value {
                Value::Share(number)
                | Value::Points(number)
                | Value::Number(number)
                | Value::Seconds(number)
                | Value::Probability(number) => *number,
                _ => None,
            })]
        }
        Value::Interval(_) | Value::PointsInterval(_) => {
            let end = |value: &Value, high: bool| match value {
                Value::Interval(Some(ends)) | Value::PointsInterval(Some(ends)) if high => Some(ends.1),
                Value::Interval(Some(ends)) | Value::PointsInterval(Some(ends)) => Some(ends.0),
                _ => None,
            };
            vec![
                numbers(format!("{name}low"), &|value| end(value, false)),
                numbers(format!("{name}high"), &|value| end(value, true)),
            ]
        }
    }
}
