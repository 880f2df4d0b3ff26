//! Reading the published tables. What is wrong in them is told with its file, line and column.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Figure, TrainingSource};
use crate::language::Language;
use crate::models::catalogue::Catalogue;

/// The layout of `matching.toml` that this program knows.
const SCHEMA: u32 = 1;

/// Why published figures cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    #[error("the matching of published figures cannot be read")]
    Matching(#[from] toml::de::Error),
    #[error("the matching of published figures was made for a newer Polyclinic (schema {0}, this one knows {SCHEMA})")]
    Newer(u32),
    #[error("`{file}`: {problem}; `matching.toml` must name what is there")]
    Table { file: String, problem: String },
    #[error("`{file}`, line {line}, column `{column}`: {problem}")]
    Cell {
        file: String,
        line: usize,
        column: String,
        problem: String,
    },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    table: Vec<Table>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    file: String,
    paper: String,
    name: String,
    #[serde(default)]
    answers: Vec<String>,
    by: Option<String>,
    setting: Option<String>,
    protocol: String,
    #[serde(default)]
    notes: Vec<Note>,
    column: Vec<Column>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    column: String,
    value: String,
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    title: String,
    language: Language,
    #[serde(default)]
    tasks: Vec<String>,
    #[serde(default)]
    same_questions: Vec<String>,
    #[serde(default)]
    averages: Vec<String>,
    #[serde(default)]
    differs: Vec<String>,
}

/// The figures of all tables, in the order of the matching file.
pub(super) fn figures(matching: &str, tables: &[(&str, &str)]) -> Result<Vec<Figure>, PublishedError> {
    let file: File = toml::from_str(matching)?;
    if file.schema > SCHEMA {
        return Err(PublishedError::Newer(file.schema));
    }
    let mut figures = Vec::new();
    for table in &file.table {
        let found = tables.iter().find(|(name, _)| *name == table.file);
        let (_, text) = found.ok_or_else(|| table.problem("there is no such file"))?;
        let paper = Catalogue::included().paper(&table.paper);
        let paper = paper.ok_or_else(|| table.problem("its paper is not in the catalogue of models"))?;
        for row in rows(&table.file, text)? {
            for column in &table.column {
                figures.push(Figure {
                    model: table.model(&row)?,
                    setting: table.setting(&row)?,
                    paper: paper.title.clone(),
                    arxiv: paper.arxiv.clone(),
                    table: table.name.clone(),
                    task: column.title.clone(),
                    language: column.language.clone(),
                    percent: row.percent(&column.name)?,
                    differs: table.differs(&row, column)?,
                    tasks: column.tasks.clone(),
                    same_questions: column.same_questions.clone(),
                    averages: column.averages.clone(),
                });
            }
        }
    }
    Ok(figures)
}

/// What the Arabic study fine-tuned on.
pub(super) fn sources(text: &str) -> Result<Vec<TrainingSource>, PublishedError> {
    let rows = rows("m42_arabic_study_table3_data_mix.csv", text)?;
    let sources = rows.iter().map(|row| {
        let language = |column: &str| {
            let tag = row.get(column)?;
            tag.parse().map_err(|error| row.problem(column, format!("{error}")))
        };
        Ok(TrainingSource {
            dataset: row.get("dataset")?.to_owned(),
            original_language: language("original_language")?,
            description: row.get("description")?.to_owned(),
            final_language: language("final_language")?,
            tokens: row.number("tokens_millions")?,
        })
    });
    sources.collect()
}

impl Table {
    fn problem(&self, problem: &str) -> PublishedError {
        PublishedError::Table {
            file: self.file.clone(),
            problem: problem.to_owned(),
        }
    }

    /// What the model that answered is called.
    fn model(&self, row: &Row<'_>) -> Result<String, PublishedError> {
        if let Some(model) = &self.by {
            return Ok(model.clone());
        }
        let parts: Vec<&str> = self
            .answers
            .iter()
            .map(|column| row.get(column))
            .collect::<Result<_, _>>()?;
        let named: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        match named.is_empty() {
            true => Err(self.problem("a row names no model")),
            false => Ok(named.join(" ")),
        }
    }

    /// What was done before, with the row's own values.
    fn setting(&self, row: &Row<'_>) -> Result<Option<String>, PublishedError> {
        let Some(setting) = &self.setting else { return Ok(None) };
        let mut filled = setting.clone();
        for (column, _) in row
            .cells
            .iter()
            .filter(|(column, _)| setting.contains(&format!("{{{column}}}")))
        {
            filled = filled.replace(&format!("{{{column}}}"), row.get(column)?);
        }
        match filled.contains('{') {
            true => Err(self.problem("`setting` names a column that is not there")),
            false => Ok(Some(filled)),
        }
    }

    fn differs(&self, row: &Row<'_>, column: &Column) -> Result<Vec<String>, PublishedError> {
        let mut differs = vec![self.protocol.clone()];
        for note in &self.notes {
            if row.get(&note.column)? == note.value {
                differs.push(note.note.clone());
            }
        }
        differs.extend(column.differs.iter().cloned());
        Ok(differs)
    }
}

/// A line of a table.
struct Row<'a> {
    file: &'a str,
    /// From 1, that of the headings.
    line: usize,
    cells: HashMap<&'a str, &'a str>,
}

impl Row<'_> {
    fn problem(&self, column: &str, problem: String) -> PublishedError {
        PublishedError::Cell {
            file: self.file.to_owned(),
            line: self.line,
            column: column.to_owned(),
            problem,
        }
    }

    fn get(&self, column: &str) -> Result<&str, PublishedError> {
        let cell = self.cells.get(column).copied();
        cell.ok_or_else(|| self.problem(column, "there is no such column".to_owned()))
    }

    fn number(&self, column: &str) -> Result<f64, PublishedError> {
        let cell = self.get(column)?;
        let number = cell.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.problem(column, format!("`{cell}` is no number")))
    }

    fn percent(&self, column: &str) -> Result<f64, PublishedError> {
        let number = self.number(column)?;
        match (0.0..=100.0).contains(&number) {
            true => Ok(number),
            false => Err(self.problem(column, format!("{number} is no percentage"))),
        }
    }
}

/// The lines of a table whose cells hold neither commas nor quotes.
fn rows<'a>(file: &'a str, text: &'a str) -> Result<Vec<Row<'a>>, PublishedError> {
    let mut lines = text.lines().zip(1..);
    let headings: Vec<&str> = lines.next().map_or("", |(line, _)| line).split(',').collect();
    let rows = lines.map(|(text, line)| {
        let cells: Vec<&str> = text.split(',').collect();
        if cells.len() != headings.len() || text.contains('"') {
            return Err(PublishedError::Table {
                file: file.to_owned(),
                problem: format!(
                    "line {line} has not the {} plain cells of the first line",
                    headings.len()
                ),
            });
        }
        Ok(Row {
            file,
            line,
            cells: headings.iter().copied().zip(cells).collect(),
        })
    });
    rows.collect()
}
