//! What the first records of a file hold, path by path.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::Value;

use super::super::mapping::ColumnPath;
use super::super::record::{Columns, scalar_text};
use super::super::source::{RawRecord, Source};
use super::{Column, LOOKED};

/// How deep paths lead into objects.
const DEPTH: usize = 3;
/// How many values people are shown of a column.
const EXAMPLES: usize = 5;
/// How many records people are shown row by row.
const FIRST: usize = 6;
/// The most paths that are looked at; an object of thousands of names is no record.
const MOST_PATHS: usize = 500;

/// Records and the paths that lead to their values.
pub(super) struct Look {
    pub records: Vec<Columns>,
    pub paths: Vec<ColumnPath>,
}

/// What the values of a path have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Profile {
    pub filled: usize,
    pub texts: usize,
    pub lists: usize,
    pub distinct: usize,
    /// The mean length of its texts.
    pub length: usize,
}

impl Look {
    pub fn at(source: &mut Source) -> Self {
        let columns = source.columns();
        let mut records = Vec::new();
        for document in &mut source.documents {
            let _ = document.each(&mut |record: RawRecord| {
                records.extend(record.columns.ok());
                match records.len() < LOOKED {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            });
        }
        let mut names = Vec::new();
        for column in &columns {
            let values = records.iter().filter_map(|record| record.get(column));
            add_paths(column, &values.collect::<Vec<_>>(), DEPTH, &mut names);
        }
        let paths = names
            .iter()
            .filter_map(|name| ColumnPath::find(name, &columns))
            .collect();
        Self { records, paths }
    }

    /// The values of a path, in the records that have it.
    pub fn values<'l>(&'l self, path: &'l ColumnPath) -> impl Iterator<Item = Cow<'l, Value>> {
        self.records.iter().filter_map(|record| path.value(record))
    }

    /// The texts of a path, in the records that have it.
    pub fn texts(&self, path: &ColumnPath) -> Vec<String> {
        let texts = self.values(path).filter_map(|value| scalar_text(&value));
        texts.filter(|text| !text.trim().is_empty()).collect()
    }

    pub fn path(&self, name: &str) -> Option<&ColumnPath> {
        self.paths.iter().find(|path| path.text() == name)
    }

    pub fn profile(&self, path: &ColumnPath) -> Profile {
        let mut profile = Profile::default();
        let mut distinct = HashSet::new();
        let mut length = 0;
        for value in self.values(path) {
            match value.as_ref() {
                Value::Array(_) => profile.lists += 1,
                other => {
                    if let Some(text) = scalar_text(other).filter(|text| !text.trim().is_empty()) {
                        profile.texts += 1;
                        length += text.chars().count();
                        distinct.insert(text);
                    } else if !other.is_object() {
                        continue;
                    }
                }
            }
            profile.filled += 1;
        }
        profile.distinct = distinct.len();
        profile.length = length / profile.texts.max(1);
        profile
    }

    /// What people can choose from.
    pub fn columns(&self) -> Vec<Column> {
        let looked = self.records.len();
        let column = |path: &ColumnPath| {
            let mut examples: Vec<String> = Vec::new();
            let mut filled = 0;
            for value in self.values(path) {
                let text = shown(&value);
                if text.trim().is_empty() {
                    continue;
                }
                filled += 1;
                if examples.len() < EXAMPLES && !examples.contains(&text) {
                    examples.push(text);
                }
            }
            let first = self.records.iter().take(FIRST).map(|record| {
                let value = path.value(record);
                value.map_or_else(String::new, |value| shown(&value))
            });
            Column {
                path: path.text().to_owned(),
                examples,
                first: first.collect(),
                filled,
                looked,
            }
        };
        self.paths.iter().map(column).collect()
    }
}

fn shown(value: &Value) -> String {
    scalar_text(value).unwrap_or_else(|| value.to_string())
}

/// Adds a path and those within its values: the members of objects, and of the objects in lists.
fn add_paths(path: &str, values: &[&Value], depth: usize, names: &mut Vec<String>) {
    if names.len() >= MOST_PATHS {
        return;
    }
    names.push(path.to_owned());
    let Some(depth) = depth.checked_sub(1) else { return };
    let listed = values.iter().filter_map(|value| value.as_array()).flatten();
    let objects: Vec<&Value> = values
        .iter()
        .copied()
        .chain(listed)
        .filter(|value| value.is_object())
        .collect();
    let mut inner: Vec<&String> = Vec::new();
    for name in objects
        .iter()
        .filter_map(|value| value.as_object())
        .flat_map(|object| object.keys())
    {
        if !inner.contains(&name) && inner.len() < MOST_PATHS {
            inner.push(name);
        }
    }
    for name in inner {
        let values: Vec<&Value> = objects.iter().filter_map(|object| object.get(name)).collect();
        add_paths(&format!("{path}.{name}"), &values, depth, names);
    }
}
