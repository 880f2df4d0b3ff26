//! Which rows and columns the matrix shows, in order: models sorted, grouped and searched, columns grouped, averages
//! beside them.

use std::collections::{BTreeMap, BTreeSet};

use super::matrix::{self, CellKey, ColumnKey, Matrix};
use super::origin::Origin;
use super::resources::Resources;
use super::view::{By, ColumnGroups, Holds, RowGroups, View};
use crate::charts::figures;
use crate::language::Language;
use crate::quantities::capital;
use crate::runs::measures::{Average, Over, average_of_tasks};
use crate::stats::Estimate;
use crate::text::folding::Query;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The name of the models below.
    Heading(String),
    /// Stands for so many models of which only published figures are known, and shows or hides them.
    Fold {
        models: usize,
        open: bool,
    },
    Model(String),
    /// A model of which only published figures are known.
    Published(String),
}

impl Line {
    /// The model's name.
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Heading(_) | Self::Fold { .. } => None,
            Self::Model(name) | Self::Published(name) => Some(name),
        }
    }
}

/// Columns under one title.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    pub title: String,
    /// How many items every model was asked in each of its columns, where that is one number.
    pub n: Option<usize>,
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    pub head: String,
    pub holds: Holds,
}

/// An average of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mean {
    /// Of all cells there are.
    Whole { average: Estimate, n: usize },
    /// Some of the cells were not measured: `there` of `of` were.
    Partial { there: usize, of: usize },
}

/// The matrix as it stands on the page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Layout {
    pub lines: Vec<Line>,
    pub sections: Vec<Section>,
    /// The most items that any of its cells leaves out.
    pub left_out: usize,
    means: BTreeMap<(String, Holds), Mean>,
}

/// What a layout is made of.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    pub matrix: &'a Matrix,
    pub origins: &'a BTreeMap<String, Origin>,
    /// Those over languages are read; the protocol's own ones only.
    pub averages: &'a [Average],
    pub protocol: &'a str,
    /// Models of which only published figures are known.
    pub published: &'a [String],
}

impl Layout {
    /// Lays `parts` out as `view` has it.
    pub fn new(parts: Parts<'_>, view: &View) -> Self {
        let sections = sections(parts.matrix, view.columns);
        let mut layout = Self {
            lines: Vec::new(),
            left_out: 0,
            means: means(parts, &sections, view),
            sections,
        };
        layout.lines = layout.sorted_lines(parts, view);
        let cells = layout
            .models()
            .flat_map(|model| layout.cell_columns().map(|column| column.of(model)));
        layout.left_out = cells
            .map(|key| parts.matrix.cell(&key).left_out())
            .max()
            .unwrap_or_default();
        layout
    }

    /// Every column from left to right.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.sections.iter().flat_map(|section| &section.columns)
    }

    /// The models of the rows from top to bottom.
    pub fn models(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(Line::model)
    }

    /// An average of a model; `None` where none of its cells was measured.
    pub fn mean(&self, model: &str, holds: &Holds) -> Option<Mean> {
        self.means.get(&(model.to_owned(), holds.clone())).copied()
    }

    /// The cell `right` columns and `down` rows from `from` among those that `holds` knows, over averages and headings;
    /// the last one at the edge.
    pub fn step(&self, from: &CellKey, (right, down): (isize, isize), holds: impl Fn(&CellKey) -> bool) -> CellKey {
        let moved = |cells: Vec<CellKey>, from: &CellKey, by: isize| {
            let place = cells.iter().position(|key| key == from)?;
            let last = cells.len().checked_sub(1)?;
            cells.into_iter().nth(place.saturating_add_signed(by).min(last))
        };
        let row = self.cell_columns().map(|column| column.of(&from.model));
        let across = moved(row.filter(|key| holds(key)).collect(), from, right);
        let across = across.unwrap_or_else(|| from.clone());
        let column = across.column();
        let cells = self.models().map(|model| column.of(model));
        moved(cells.filter(|key| holds(key)).collect(), &across, down).unwrap_or(across)
    }

    /// The first cell.
    pub fn first(&self) -> Option<CellKey> {
        let model = self.models().next()?;
        Some(self.cell_columns().next()?.of(model))
    }

    /// The columns that hold cells.
    pub fn cell_columns(&self) -> impl Iterator<Item = &ColumnKey> {
        self.columns().filter_map(|column| match &column.holds {
            Holds::Cells(key) => Some(key),
            Holds::Tasks(_) | Holds::Languages { .. } => None,
        })
    }

    fn sorted_lines(&self, parts: Parts<'_>, view: &View) -> Vec<Line> {
        let query = Query::new(&view.search);
        let found = |name: &&String| query.is_empty() || query.finds([name.as_str()]);
        let mut models: Vec<&String> = parts.matrix.models.iter().filter(found).collect();
        match &view.order.by {
            By::Name if view.order.descending => models.reverse(),
            By::Name => {}
            by => {
                let value = |model: &str| self.value(parts, model, by);
                models.sort_by(|one, other| match (value(one), value(other)) {
                    (Some(one), Some(other)) if view.order.descending => other.total_cmp(&one),
                    (Some(one), Some(other)) => one.total_cmp(&other),
                    // What was not measured is neither high nor low.
                    (one, other) => other.is_some().cmp(&one.is_some()),
                });
            }
        }
        let mut groups: BTreeMap<Group, Vec<&String>> = BTreeMap::new();
        for model in models {
            groups
                .entry(Group::of(view.rows, parts.origins.get(model)))
                .or_default()
                .push(model);
        }
        let mut lines = Vec::new();
        for (group, models) in groups {
            lines.extend(group.title().map(Line::Heading));
            lines.extend(models.into_iter().cloned().map(Line::Model));
        }
        if !view.own_only {
            let published: Vec<&String> = parts.published.iter().filter(found).collect();
            // Who looks for one by name is not to unfold them first.
            let open = view.published_open || !query.is_empty();
            if !published.is_empty() {
                let models = published.len();
                lines.push(Line::Fold { models, open });
            }
            let shown = published.into_iter().filter(|_| open);
            lines.extend(shown.cloned().map(Line::Published));
        }
        lines
    }

    /// What a model is sorted by.
    fn value(&self, parts: Parts<'_>, model: &str, by: &By) -> Option<f64> {
        match by {
            By::Name => None,
            By::Size => parts.origins.get(model)?.parameters.map(|number| number as f64),
            By::Mean => {
                let cells = self
                    .cell_columns()
                    .map(|column| parts.matrix.measure(&column.of(model)));
                let all: Option<Vec<f64>> = cells.map(|cell| cell.map(|measure| measure.accuracy)).collect();
                let all = all.filter(|all| !all.is_empty())?;
                Some(all.iter().sum::<f64>() / all.len() as f64)
            }
            By::Column(Holds::Cells(column)) => Some(parts.matrix.measure(&column.of(model))?.accuracy),
            By::Column(holds) => match self.mean(model, holds)? {
                Mean::Whole { average, .. } => Some(average.value),
                Mean::Partial { .. } => None,
            },
        }
    }
}

/// A group of rows, sorted as groups stand on the page.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    All,
    Ran(super::origin::Ran),
    Size(super::origin::Size),
    Family(String),
    Unknown,
}

impl Group {
    fn of(by: RowGroups, origin: Option<&Origin>) -> Self {
        match (by, origin) {
            (RowGroups::None, _) => Self::All,
            (_, None) => Self::Unknown,
            (RowGroups::Family, Some(origin)) => Self::Family(origin.family.clone()),
            (RowGroups::Ran, Some(origin)) => Self::Ran(origin.ran),
            (RowGroups::Size, Some(origin)) => Self::Size(origin.size()),
        }
    }

    fn title(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Ran(ran) => Some(capital(ran.words())),
            Self::Size(size) => Some(size.words().to_owned()),
            Self::Family(family) => Some(family.clone()),
            Self::Unknown => Some("Unknown".to_owned()),
        }
    }
}

/// How a task is called: with its benchmark's name where several benchmarks are shown.
pub fn task_title(matrix: &Matrix, benchmark: &str, task: &str) -> String {
    let several = matrix.groups.iter().any(|other| other.benchmark != benchmark);
    figures::task_title(benchmark, task, several)
}

/// The same over a single column, which is narrow: the benchmark's name only where it tells two tasks apart.
fn task_head(matrix: &Matrix, benchmark: &str, task: &str) -> String {
    let mut others = matrix.groups.iter().filter(|other| other.benchmark != benchmark);
    match others.any(|other| other.task == task) {
        true => task_title(matrix, benchmark, task),
        false => task.to_owned(),
    }
}

fn sections(matrix: &Matrix, by: ColumnGroups) -> Vec<Section> {
    let mut languages: Vec<&Language> = matrix.columns().map(|(_, language)| language).collect();
    languages.sort_by_key(|language| matrix::order(language));
    languages.dedup();
    let mut sections = match by {
        ColumnGroups::Task => matrix
            .groups
            .iter()
            .map(|group| of_task(matrix, group, |_| true))
            .collect(),
        ColumnGroups::Language => languages.iter().map(|language| of_language(matrix, language)).collect(),
        ColumnGroups::Resources => of_resources(matrix),
    };
    if by == ColumnGroups::Language {
        return sections;
    }
    let several = |language: &&&Language| matrix.columns().filter(|(_, other)| *other == **language).count() > 1;
    let averaged: Vec<Column> = languages
        .iter()
        .filter(several)
        .map(|language| Column {
            head: language.english_name().to_owned(),
            holds: Holds::Tasks((*language).clone()),
        })
        .collect();
    if !averaged.is_empty() {
        sections.push(Section {
            title: "Mean of tasks".to_owned(),
            n: None,
            columns: averaged,
        });
    } else if let [group] = matrix.groups.as_slice()
        && group.languages.len() > 1
    {
        sections.push(Section {
            title: "Mean".to_owned(),
            n: None,
            columns: vec![Column {
                head: "Languages".to_owned(),
                holds: Holds::Languages {
                    benchmark: group.benchmark.clone(),
                    task: group.task.clone(),
                },
            }],
        });
    }
    sections
}

/// A task's columns in the languages that `keeps` keeps.
fn of_task(matrix: &Matrix, group: &matrix::Group, keeps: impl Fn(&Language) -> bool) -> Section {
    let languages = group.languages.iter().filter(|language| keeps(language));
    let keys: Vec<ColumnKey> = languages
        .map(|language| ColumnKey {
            benchmark: group.benchmark.clone(),
            task: group.task.clone(),
            language: language.clone(),
        })
        .collect();
    Section {
        title: task_title(matrix, &group.benchmark, &group.task),
        n: asked(matrix, &keys),
        columns: keys
            .into_iter()
            .map(|key| Column {
                head: key.language.english_name().to_owned(),
                holds: Holds::Cells(key),
            })
            .collect(),
    }
}

/// A language's tasks, and their average.
fn of_language(matrix: &Matrix, language: &Language) -> Section {
    let groups = matrix.groups.iter().filter(|group| group.languages.contains(language));
    let keys: Vec<ColumnKey> = groups
        .map(|group| ColumnKey {
            benchmark: group.benchmark.clone(),
            task: group.task.clone(),
            language: language.clone(),
        })
        .collect();
    let n = asked(matrix, &keys);
    let several = keys.len() > 1;
    let mut columns: Vec<Column> = keys
        .into_iter()
        .map(|key| Column {
            head: task_head(matrix, &key.benchmark, &key.task),
            holds: Holds::Cells(key),
        })
        .collect();
    if several {
        columns.push(Column {
            head: "Mean".to_owned(),
            holds: Holds::Tasks(language.clone()),
        });
    }
    Section {
        title: language.english_name().to_owned(),
        n,
        columns,
    }
}

/// Levels of resources, and the tasks within.
fn of_resources(matrix: &Matrix) -> Vec<Section> {
    let mut sections = Vec::new();
    for level in Resources::ALL {
        for group in &matrix.groups {
            let mut section = of_task(matrix, group, |language| Resources::of(language) == level);
            if section.columns.is_empty() {
                continue;
            }
            section.title = match matrix.groups.len() {
                1 => level.title().to_owned(),
                _ => format!("{}, {}", section.title, level.title().to_lowercase()),
            };
            sections.push(section);
        }
    }
    sections
}

/// How many items the models were asked in each of these columns, where that is one number.
fn asked(matrix: &Matrix, columns: &[ColumnKey]) -> Option<usize> {
    let cells = columns
        .iter()
        .flat_map(|column| matrix.models.iter().map(|model| column.of(model)));
    let counts: BTreeSet<usize> = cells.filter_map(|key| Some(matrix.measure(&key)?.n)).collect();
    match counts.len() {
        1 => counts.first().copied(),
        _ => None,
    }
}

fn means(parts: Parts<'_>, sections: &[Section], view: &View) -> BTreeMap<(String, Holds), Mean> {
    let columns = || sections.iter().flat_map(|section| &section.columns);
    let mut means = BTreeMap::new();
    for column in columns() {
        for model in &parts.matrix.models {
            let mean = match &column.holds {
                Holds::Cells(_) => None,
                Holds::Tasks(language) => mean_of_tasks(parts.matrix, model, language, view),
                Holds::Languages { benchmark, task } => mean_of_languages(parts, model, benchmark, task),
            };
            if let Some(mean) = mean {
                means.insert((model.clone(), column.holds.clone()), mean);
            }
        }
    }
    means
}

fn mean_of_tasks(matrix: &Matrix, model: &str, language: &Language, view: &View) -> Option<Mean> {
    let groups = matrix.groups.iter().filter(|group| group.languages.contains(language));
    let cells: Vec<Option<(usize, usize)>> = groups
        .map(|group| {
            let measure = matrix.measure(&matrix.key(model, group, language))?;
            Some((measure.right, measure.n))
        })
        .collect();
    let there: Vec<(usize, usize)> = cells.iter().copied().flatten().collect();
    if there.is_empty() {
        return None;
    }
    if there.len() < cells.len() {
        return Some(Mean::Partial {
            there: there.len(),
            of: cells.len(),
        });
    }
    Some(Mean::Whole {
        average: average_of_tasks(&there, view.weighing)?,
        n: there.iter().map(|(_, n)| n).sum(),
    })
}

fn mean_of_languages(parts: Parts<'_>, model: &str, benchmark: &str, task: &str) -> Option<Mean> {
    let group = parts
        .matrix
        .groups
        .iter()
        .find(|group| group.benchmark == benchmark && group.task == task)?;
    let measured = group.languages.iter().filter(|language| {
        parts
            .matrix
            .measure(&parts.matrix.key(model, group, language))
            .is_some()
    });
    let (there, of) = (measured.count(), group.languages.len());
    if there == 0 {
        return None;
    }
    if there < of {
        return Some(Mean::Partial { there, of });
    }
    let average = parts.averages.iter().find(|average| {
        average.over == Over::Languages
            && average.model == model
            && average.benchmark == benchmark
            && average.task.as_deref() == Some(task)
            && average.protocol == parts.protocol
    })?;
    Some(Mean::Whole {
        average: Estimate {
            value: average.macro_average,
            interval: crate::stats::Interval {
                low: average.low,
                high: average.high,
            },
        },
        n: average.n,
    })
}
