//! What papers print for the cells of the matrix. It stands beside one's own numbers and never in an average.

use std::collections::BTreeMap;

use super::matrix::{CellKey, ColumnKey, Matrix};
use crate::models::named;
use crate::runs::published::{Figure, Published};

/// A published number and what must be known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// From 0 to 1. Papers print neither n nor an interval.
    pub share: f64,
    /// The paper and the table.
    pub source: String,
    /// How the paper asked otherwise than a local run.
    pub differs: Vec<String>,
}

/// The published numbers of a matrix's columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PrintedCells {
    /// By the local model where it is the one that a paper tells of, else by the paper's name for it.
    cells: BTreeMap<CellKey, Printed>,
    /// Models that did not run here, by name.
    pub only: Vec<String>,
}

impl PrintedCells {
    /// Finds those for every column of `matrix`.
    pub fn of(matrix: &Matrix, published: &Published) -> Self {
        let mut found = Self::default();
        let mut local: BTreeMap<&str, Option<&String>> = BTreeMap::new();
        for (group, language) in matrix.columns() {
            let column = ColumnKey {
                benchmark: group.benchmark.clone(),
                task: group.task.clone(),
                language: language.clone(),
            };
            for mark in published.beside(&group.task, language) {
                let figure = mark.figure;
                let own = *local
                    .entry(&figure.model)
                    .or_insert_with(|| matrix.models.iter().find(|model| figure.is_of(model)));
                // What was done to the questions first makes another number of it than a run's.
                let name = match own {
                    Some(own) if figure.setting.is_none() => own.clone(),
                    _ => name(figure),
                };
                if !matrix.models.contains(&name) && !found.only.contains(&name) {
                    found.only.push(name.clone());
                }
                // A paper's first table on a task is its main one.
                found.cells.entry(column.of(&name)).or_insert_with(|| Printed {
                    share: figure.share(),
                    source: figure.source(),
                    differs: mark.differs.iter().map(|words| (*words).to_owned()).collect(),
                });
            }
        }
        found.only.sort_by_cached_key(|name| named::order(name));
        found
    }

    /// What is printed for a cell.
    pub fn cell(&self, key: &CellKey) -> Option<&Printed> {
        self.cells.get(key)
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

fn name(figure: &Figure) -> String {
    match &figure.setting {
        Some(setting) => format!("{}, {setting}", figure.model),
        None => figure.model.clone(),
    }
}
