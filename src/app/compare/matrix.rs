//! The matrix of Compare: models down, tasks and languages across, one cell for each, from comparison rows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::charts::target::Target;
use crate::language::Language;
use crate::models::named;
pub use crate::quantities::{count, counted, percent};
use crate::runs::comparison::Row;

/// Which cell of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellKey {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    pub language: Language,
}

impl CellKey {
    /// What it stands for.
    pub fn target(&self) -> Target {
        Target {
            model: self.model.clone(),
            benchmark: self.benchmark.clone(),
            task: self.task.clone(),
            language: Some(self.language.clone()),
            ..Target::default()
        }
    }

    /// The column it stands in.
    pub fn column(&self) -> ColumnKey {
        ColumnKey {
            benchmark: self.benchmark.clone(),
            task: self.task.clone(),
            language: self.language.clone(),
        }
    }
}

/// A task in a language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ColumnKey {
    pub benchmark: String,
    pub task: String,
    pub language: Language,
}

impl ColumnKey {
    /// A model's cell in it.
    pub fn of(&self, model: &str) -> CellKey {
        CellKey {
            model: model.to_owned(),
            benchmark: self.benchmark.clone(),
            task: self.task.clone(),
            language: self.language.clone(),
        }
    }
}

/// What a cell holds. Nothing measured is never shown as 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell {
    NotRun,
    /// Every answered item is left out.
    LeftOut {
        left_out: usize,
    },
    /// Every answer failed.
    Failed {
        failed: usize,
    },
    Measured(Measure),
}

impl Cell {
    /// How many items it leaves out.
    pub fn left_out(&self) -> usize {
        match *self {
            Self::Measured(Measure { left_out, .. }) | Self::LeftOut { left_out } => left_out,
            Self::NotRun | Self::Failed { .. } => 0,
        }
    }
}

/// An accuracy with what it stands on; proportions from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measure {
    pub accuracy: f64,
    pub low: f64,
    pub high: f64,
    pub n: usize,
    pub right: usize,
    /// Answers that failed and so are not in `n`.
    pub failed: usize,
    /// Answers to items that somebody decided to leave out, which are not in `n` either.
    pub left_out: usize,
}

impl Measure {
    /// Whether so many answers failed that the number may be another one for it: at least one in a hundred, be it one of
    /// a few.
    pub fn failures_matter(&self) -> bool {
        self.failed > 0 && self.failed * 100 >= self.n + self.failed
    }
}

/// A task's columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub benchmark: String,
    pub task: String,
    pub languages: Vec<Language>,
}

/// The cells of one protocol.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Matrix {
    /// Models in the order of their names.
    pub models: Vec<String>,
    pub groups: Vec<Group>,
    cells: HashMap<CellKey, Cell>,
}

impl Matrix {
    /// The matrix of `protocol`, by its label.
    pub fn new(rows: &[Row], protocol: &str) -> Self {
        let mut groups: BTreeMap<(String, String), BTreeSet<Language>> = BTreeMap::new();
        let mut cells = HashMap::new();
        let of_protocol = || rows.iter().filter(|row| row.protocol == protocol);
        for row in of_protocol() {
            groups
                .entry((row.benchmark.clone(), row.task.clone()))
                .or_default()
                .insert(row.language.clone());
            let cell = match (row.accuracy, row.low, row.high) {
                (Some(accuracy), Some(low), Some(high)) => Cell::Measured(Measure {
                    accuracy,
                    low,
                    high,
                    n: row.n,
                    right: row.right,
                    failed: row.failed,
                    left_out: row.left_out,
                }),
                _ if row.failed > 0 => Cell::Failed { failed: row.failed },
                _ if row.left_out > 0 => Cell::LeftOut { left_out: row.left_out },
                _ => Cell::NotRun,
            };
            let key = CellKey {
                model: row.model.clone(),
                benchmark: row.benchmark.clone(),
                task: row.task.clone(),
                language: row.language.clone(),
            };
            cells.insert(key, cell);
        }
        let groups = groups
            .into_iter()
            .map(|((benchmark, task), languages)| {
                let mut languages: Vec<Language> = languages.into_iter().collect();
                languages.sort_by_key(order);
                Group {
                    benchmark,
                    task,
                    languages,
                }
            })
            .collect();
        Self {
            models: named::distinct(of_protocol().map(|row| row.model.as_str())),
            groups,
            cells,
        }
    }

    /// The cell at `key`.
    pub fn cell(&self, key: &CellKey) -> Cell {
        self.cells.get(key).copied().unwrap_or(Cell::NotRun)
    }

    /// The measure at `key`, where one was made.
    pub fn measure(&self, key: &CellKey) -> Option<Measure> {
        match self.cell(key) {
            Cell::Measured(measure) => Some(measure),
            Cell::NotRun | Cell::LeftOut { .. } | Cell::Failed { .. } => None,
        }
    }

    /// Every column from left to right.
    pub fn columns(&self) -> impl Iterator<Item = (&Group, &Language)> {
        self.groups
            .iter()
            .flat_map(|group| group.languages.iter().map(move |language| (group, language)))
    }

    /// The key of a model's cell in a column.
    pub fn key(&self, model: &str, group: &Group, language: &Language) -> CellKey {
        CellKey {
            model: model.to_owned(),
            benchmark: group.benchmark.clone(),
            task: group.task.clone(),
            language: language.clone(),
        }
    }

    /// Whether there is such a model and such a column.
    pub fn holds(&self, key: &CellKey) -> bool {
        self.models.contains(&key.model)
            && self.columns().any(|(group, language)| {
                group.benchmark == key.benchmark && group.task == key.task && *language == key.language
            })
    }

    /// The place of a cell's accuracy among those of all models in its column, from 1, and how many there are. Equal
    /// accuracies share the better place.
    pub fn rank(&self, key: &CellKey) -> Option<(usize, usize)> {
        let own = self.measure(key)?.accuracy;
        let column = key.column();
        let others = self.models.iter().filter_map(|model| self.measure(&column.of(model)));
        let (mut better, mut all) = (0, 0);
        for other in others {
            all += 1;
            better += usize::from(other.accuracy > own);
        }
        Some((better + 1, all))
    }
}

/// The order in which lists show languages.
pub fn order(language: &Language) -> (usize, String) {
    language.order()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(model: &str, language: &str, right: usize, n: usize, failed: usize) -> Row {
        let interval = crate::stats::wilson_95(right, n);
        Row {
            model: model.to_owned(),
            benchmark: "demo".to_owned(),
            task: "everyday".to_owned(),
            language: language.parse().unwrap(),
            protocol: "letters, 0 shots".to_owned(),
            n,
            right,
            accuracy: (n > 0).then(|| right as f64 / n as f64),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            failed,
            left_out: 0,
        }
    }

    #[test]
    fn not_run_failed_and_zero_are_three_things() {
        let rows = [
            row("a", "en", 0, 10, 0),
            row("a", "ar", 0, 0, 10),
            row("b", "fr", 5, 10, 0),
        ];
        let matrix = Matrix::new(&rows, "letters, 0 shots");
        let cell = |language: &str| {
            matrix.cell(&CellKey {
                model: "a".to_owned(),
                benchmark: "demo".to_owned(),
                task: "everyday".to_owned(),
                language: language.parse().unwrap(),
            })
        };
        assert!(matches!(
            cell("en"),
            Cell::Measured(Measure {
                accuracy: 0.0,
                n: 10,
                ..
            })
        ));
        assert_eq!(cell("ar"), Cell::Failed { failed: 10 });
        assert_eq!(cell("fr"), Cell::NotRun);
    }

    #[test]
    fn failures_matter_from_one_in_a_hundred_on() {
        let matters = |n, failed| {
            let matrix = Matrix::new(&[row("a", "en", 0, n, failed)], "letters, 0 shots");
            let key = matrix.key("a", &matrix.groups[0], &matrix.groups[0].languages[0]);
            matrix.measure(&key).unwrap().failures_matter()
        };
        assert!(!matters(1042, 0) && !matters(1042, 5) && !matters(100, 1));
        assert!(matters(1042, 11) && matters(99, 1) && matters(5, 1));
    }

    #[test]
    fn equal_accuracies_share_a_rank() {
        let rows = [
            row("a", "en", 5, 10, 0),
            row("b", "en", 7, 10, 0),
            row("c", "en", 5, 10, 0),
            row("d", "en", 0, 0, 10),
        ];
        let matrix = Matrix::new(&rows, "letters, 0 shots");
        let rank = |model: &str| matrix.rank(&matrix.key(model, &matrix.groups[0], &matrix.groups[0].languages[0]));
        assert_eq!(
            ["a", "b", "c", "d"].map(rank),
            [Some((2, 3)), Some((1, 3)), Some((2, 3)), None]
        );
    }
}
