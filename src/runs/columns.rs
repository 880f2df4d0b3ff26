//! Rows of measures as columns: what a terminal, a spreadsheet and the window show of any of them.

use std::cmp::Ordering;
use std::io::Write;

use polars::prelude::{Column, CsvWriter, DataFrame, NamedFrom, PolarsError, SerWriter, Series};

use super::comparison::Row;
use super::measures::{Average, Flips, Price, SetScore};
use crate::files::cells::guarded;
use crate::language::Language;

/// One cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Text(String),
    /// By its tag in files and terminals.
    Language(Language),
    Count(usize),
    /// From 0 to 1.
    Share(Option<f64>),
    /// The 95% interval of the share before it.
    Interval(Option<(f64, f64)>),
    Number(Option<f64>),
}

impl Value {
    /// The cell as people read it: shares in percent, what is not known as a dash.
    pub fn shown(&self) -> String {
        let percent = |share: f64| format!("{:.1}", share * 100.0);
        let known = match self {
            Self::Text(text) => Some(text.clone()),
            Self::Language(language) => Some(language.tag().to_owned()),
            Self::Count(count) => Some(count.to_string()),
            Self::Share(share) => share.map(percent),
            Self::Interval(ends) => ends.map(|(low, high)| format!("{}–{}", percent(low), percent(high))),
            Self::Number(number) => number.map(|number| match number.abs() {
                0.0..0.1 => format!("{number:.4}"),
                0.1..10.0 => format!("{number:.2}"),
                _ => format!("{number:.1}"),
            }),
        };
        known.unwrap_or_else(|| "–".to_owned())
    }

    /// How it stands to another of its column: texts by their letters, numbers by size, what is not known first.
    pub fn order(&self, other: &Self) -> Ordering {
        let number = |value: &Self| match value {
            Self::Text(_) | Self::Language(_) => None,
            Self::Count(count) => Some(*count as f64),
            Self::Share(number) | Self::Number(number) => *number,
            Self::Interval(ends) => ends.map(|(low, _)| low),
        };
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => one.to_lowercase().cmp(&other.to_lowercase()),
            (Self::Language(one), Self::Language(other)) => one.english_name().cmp(other.english_name()),
            _ => match (number(self), number(other)) {
                (Some(one), Some(other)) => one.total_cmp(&other),
                (one, other) => one.is_some().cmp(&other.is_some()),
            },
        }
    }

    /// Whether it stands at the end of its column, as numbers do.
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Language(_))
    }
}

/// A cell with the name of its column in files. An interval's is what stands before `low` and `high`.
pub type Named = (&'static str, Value);

/// A row with columns; those of all rows of a kind are the same.
pub trait Columns {
    /// The cells from left to right.
    fn columns(&self) -> Vec<Named>;
}

/// The name of a column as people read it.
pub fn heading((name, value): &Named) -> String {
    match value {
        Value::Interval(_) => "95% interval".to_owned(),
        _ => name.replace('_', " ").replace("english", "English"),
    }
}

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
        Value::Share(_) | Value::Number(_) => vec![numbers((*name).to_owned(), &|value| match value {
            Value::Share(number) | Value::Number(number) => *number,
            _ => None,
        })],
        Value::Interval(_) => {
            let end = |value: &Value, high: bool| match value {
                Value::Interval(Some(ends)) if high => Some(ends.1),
                Value::Interval(Some(ends)) => Some(ends.0),
                _ => None,
            };
            vec![
                numbers(format!("{name}low"), &|value| end(value, false)),
                numbers(format!("{name}high"), &|value| end(value, true)),
            ]
        }
    }
}

/// A measure's rows, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    pub headings: Vec<String>,
    pub rows: Vec<Vec<Named>>,
}

impl Table {
    /// Puts rows of one kind together.
    pub fn new<R: Columns>(rows: &[R]) -> Self {
        let rows: Vec<Vec<Named>> = rows.iter().map(Columns::columns).collect();
        let headings = rows
            .first()
            .map_or_else(Vec::new, |row| row.iter().map(heading).collect());
        Self { headings, rows }
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// What was asked of whom: the first columns of most tables.
fn asked(model: &str, benchmark: &str, task: &str, language: &Language, protocol: &str) -> [Named; 5] {
    [
        ("model", text(model)),
        ("benchmark", text(benchmark)),
        ("task", text(task)),
        ("language", Value::Language(language.clone())),
        ("protocol", text(protocol)),
    ]
}

impl Columns for Row {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("n", Value::Count(self.n)),
            ("right", Value::Count(self.right)),
            ("failed", Value::Count(self.failed)),
            ("left_out", Value::Count(self.left_out)),
            ("accuracy", Value::Share(self.accuracy)),
            ("", Value::Interval(self.low.zip(self.high))),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for Average {
    fn columns(&self) -> Vec<Named> {
        let all = "all";
        vec![
            ("model", text(&self.model)),
            ("benchmark", text(&self.benchmark)),
            ("task", text(self.task.as_deref().unwrap_or(all))),
            (
                "language",
                self.language.clone().map_or_else(|| text(all), Value::Language),
            ),
            ("protocol", text(&self.protocol)),
            ("over", Value::Text(format!("{} {}", self.groups, self.over.word()))),
            ("n", Value::Count(self.n)),
            ("macro_average", Value::Share(Some(self.macro_average))),
            ("", Value::Interval(Some((self.low, self.high)))),
            ("micro_average", Value::Share(Some(self.micro_average))),
        ]
    }
}

impl Columns for SetScore {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("n", Value::Count(self.n)),
            ("several_right", Value::Count(self.several)),
            ("exact", Value::Share(self.exact_share)),
            ("exact_", Value::Interval(self.exact_low.zip(self.exact_high))),
            ("hamming", Value::Share(Some(self.hamming))),
            ("hamming_", Value::Interval(self.hamming_low.zip(self.hamming_high))),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for Price {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("n", Value::Count(self.n)),
            ("prompt_tokens", Value::Number(Some(self.prompt_tokens))),
            ("written_tokens", Value::Number(self.written_tokens)),
            ("seconds", Value::Number(Some(self.seconds))),
            ("pairs", Value::Count(self.pairs)),
            ("times_english", Value::Number(self.times_english)),
        ];
        asked.into_iter().chain(measured).collect()
    }
}

impl Columns for Flips {
    fn columns(&self) -> Vec<Named> {
        let asked = asked(&self.model, &self.benchmark, &self.task, &self.language, &self.protocol);
        let measured = [
            ("other_protocol", text(&self.other_protocol)),
            ("n", Value::Count(self.n)),
            ("flips", Value::Count(self.flips)),
            ("share", Value::Share(self.share)),
            ("", Value::Interval(self.low.zip(self.high))),
            ("lost", Value::Count(self.lost)),
            ("won", Value::Count(self.won)),
        ];
        asked.into_iter().chain(measured).collect()
    }
}
