//! Measures beside accuracy as the Compare page lists them: text that is ready to draw, searched and sorted.

use crate::cancel::Steps;
use crate::charts::Chart;
use crate::charts::target::Target;
use crate::runs::columns::{self, Named, Table, Value};
use crate::runs::comparison;
use crate::runs::ledger::{Ledger, Selection};
use crate::runs::measures::{self, Measure};
use crate::text::folding::Query;

/// One measure's table.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    pub table: Table,
    /// The cells of every row as people read them.
    shown: Vec<Vec<String>>,
    /// The longest text of every column, its heading included.
    widest: Vec<String>,
    /// What stands behind each row.
    targets: Vec<Option<Target>>,
}

/// By which column a table is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorting {
    pub column: usize,
    pub descending: bool,
}

impl Sorting {
    /// What a click on a heading makes of the sorting so far: up, then down, then as it was.
    pub fn clicked(sorting: Option<Self>, column: usize) -> Option<Self> {
        match sorting {
            Some(Self {
                column: same,
                descending,
            }) if same == column => (!descending).then_some(Self {
                column,
                descending: true,
            }),
            _ => Some(Self {
                column,
                descending: false,
            }),
        }
    }
}

impl Sheet {
    /// The table of a measure; without rows once cancelled. Slow where there are many answers: not for a frame.
    pub fn of(measure: Measure, ledger: &Ledger, selection: &Selection, steps: &Steps) -> Self {
        Self::new(match measure {
            Measure::Accuracy => Table::new(&comparison::compare(ledger, selection)),
            Measure::Averages => Table::new(&measures::averages(ledger, selection, steps)),
            Measure::Differences => Table::new(&measures::differences(ledger, selection, None, steps)),
            Measure::Gaps => Table::new(&measures::gaps(ledger, selection, steps)),
            Measure::Subjects => Table::new(&measures::subjects(ledger, selection)),
            Measure::Calibration => Table::new(&measures::calibrations(ledger, selection)),
            Measure::Sets => Table::new(&measures::set_scores(ledger, selection)),
            Measure::Price => Table::new(&measures::prices(ledger, selection)),
            Measure::Flips => Table::new(&measures::flips(ledger, selection)),
        })
    }

    /// The table of a figure.
    pub fn of_chart(chart: &dyn Chart) -> Self {
        Self {
            targets: chart.targets(),
            ..Self::new(chart.table())
        }
    }

    /// Makes a table ready to be shown.
    pub fn new(table: Table) -> Self {
        let cells = |row: &Vec<Named>| row.iter().map(|(_, value)| value.on_page()).collect();
        let shown: Vec<Vec<String>> = table.rows.iter().map(cells).collect();
        let widest = |(column, heading): (usize, &String)| {
            let cells = shown.iter().filter_map(|row| row.get(column));
            let longest = std::iter::once(heading)
                .chain(cells)
                .max_by_key(|text| text.chars().count());
            longest.cloned().unwrap_or_default()
        };
        Self {
            widest: table.headings.iter().enumerate().map(widest).collect(),
            targets: table.rows.iter().map(|row| Target::of_row(row)).collect(),
            shown,
            table,
        }
    }

    /// The cells of a row as people read them.
    pub fn row(&self, place: usize) -> &[String] {
        self.shown.get(place).map_or(&[], Vec::as_slice)
    }

    /// The answers that a row stands for, where it is of one cell that was asked.
    pub fn target(&self, place: usize) -> Option<&Target> {
        self.targets.get(place)?.as_ref()
    }

    /// The longest text of a column, its heading included.
    pub fn widest(&self, column: usize) -> &str {
        self.widest.get(column).map_or("", String::as_str)
    }

    /// The whole table as comma-separated text.
    pub fn csv(&self) -> String {
        let mut bytes = Vec::new();
        match columns::write_csv(&mut bytes, &self.table) {
            Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                tracing::warn!(%error, "a table could not be written as CSV");
                String::new()
            }
        }
    }

    /// Whether a column is of numbers.
    pub fn is_number(&self, column: usize) -> bool {
        let first = self.table.rows.first().and_then(|row| row.get(column));
        first.is_some_and(|(_, value)| value.is_number())
    }

    /// The rows under the protocol with this label (any where `None`) that a search finds, sorted.
    pub fn listed(&self, protocol: Option<&str>, search: &str, sorting: Option<Sorting>) -> Vec<usize> {
        let query = Query::new(search);
        let of_protocol = |row: &&Vec<Named>| {
            let is = |wanted: &str| {
                let named = row.iter().filter(|(name, _)| name.ends_with("protocol"));
                named
                    .into_iter()
                    .any(|(_, value)| matches!(value, Value::Text(label) if label == wanted))
            };
            protocol.is_none_or(is)
        };
        let rows = self.table.rows.iter().zip(&self.shown).enumerate();
        let mut listed: Vec<usize> = rows
            .filter(|(_, (row, shown))| {
                of_protocol(row) && (query.is_empty() || query.finds(shown.iter().map(String::as_str)))
            })
            .map(|(place, _)| place)
            .collect();
        if let Some(Sorting { column, descending }) = sorting {
            let value = |place: usize| Some(&self.table.rows.get(place)?.get(column)?.1);
            listed.sort_by(|&one, &other| {
                let order = match (value(one), value(other)) {
                    (Some(one), Some(other)) => one.order(other),
                    _ => std::cmp::Ordering::Equal,
                };
                if descending { order.reverse() } else { order }
            });
        }
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let row = |model: &str, protocol: &str, share: Option<f64>| {
            vec![
                ("model", Value::Text(model.to_owned())),
                ("protocol", Value::Text(protocol.to_owned())),
                ("share", Value::Share(share)),
            ]
        };
        Sheet::new(Table {
            headings: ["model", "protocol", "share"].map(str::to_owned).to_vec(),
            rows: vec![
                row("b", "letters", Some(0.1)),
                row("a", "written", None),
                row("c", "letters", Some(0.05)),
            ],
        })
    }

    #[test]
    fn rows_are_found_by_protocol_and_words_and_sorted_as_numbers() {
        let sheet = sheet();
        assert_eq!(sheet.listed(None, "", None), [0, 1, 2]);
        assert_eq!(sheet.listed(Some("letters"), "", None), [0, 2]);
        assert_eq!(sheet.listed(None, "WRITTEN", None), [1]);
        let by = |column, descending| sheet.listed(None, "", Some(Sorting { column, descending }));
        assert_eq!(by(0, false), [1, 0, 2]);
        assert_eq!(by(2, true), [0, 2, 1]);
        assert_eq!(sheet.widest(1), "protocol");
    }

    #[test]
    fn a_heading_sorts_up_then_down_then_not() {
        let up = Sorting::clicked(None, 2);
        assert_eq!(
            up,
            Some(Sorting {
                column: 2,
                descending: false
            })
        );
        let down = Sorting::clicked(up, 2);
        assert_eq!(
            down,
            Some(Sorting {
                column: 2,
                descending: true
            })
        );
        assert_eq!(Sorting::clicked(down, 2), None);
        assert_eq!(
            Sorting::clicked(down, 0),
            Some(Sorting {
                column: 0,
                descending: false
            })
        );
    }
}
