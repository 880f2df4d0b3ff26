//! Published figures: what papers print for the same tasks, to stand beside local runs and never in their averages.
//!
//! They are the tables of `assets/published`, in the program itself; `matching.toml` there says which of their columns
//! is which task in which language, and what differs.

mod read;

use std::sync::LazyLock;

pub use read::PublishedError;

use crate::language::Language;
use crate::models::catalogue::Catalogue;
use crate::models::quantization::Quantization;

/// What the tables are matched by.
const MATCHING: &str = include_str!("../../../assets/published/matching.toml");

/// The tables of accuracy, by file.
const TABLES: [(&str, &str); 3] = [
    (
        "m42_arabic_study_table1.csv",
        include_str!("../../../assets/published/m42_arabic_study_table1.csv"),
    ),
    (
        "m42_arabic_study_table2_translate_then_answer.csv",
        include_str!("../../../assets/published/m42_arabic_study_table2_translate_then_answer.csv"),
    ),
    (
        "mmedbench_accuracy.csv",
        include_str!("../../../assets/published/mmedbench_accuracy.csv"),
    ),
];

/// What the Arabic study trained on.
const SOURCES: &str = include_str!("../../../assets/published/m42_arabic_study_table3_data_mix.csv");

#[expect(
    clippy::expect_used,
    reason = "the files are a part of the program, and a test reads them"
)]
static PUBLISHED: LazyLock<Published> =
    LazyLock::new(|| Published::parse(MATCHING, &TABLES, SOURCES).expect("the published figures can be read"));

/// All that is published.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    figures: Vec<Figure>,
    sources: Vec<TrainingSource>,
}

/// A number that a paper prints.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// As the paper calls it, with its size where that is in a column of its own.
    pub model: String,
    /// What was done before the model answered, where it was something.
    pub setting: Option<String>,
    /// The paper's title.
    pub paper: String,
    /// Its number on arXiv.
    pub arxiv: String,
    /// The table within the paper.
    pub table: String,
    /// What the paper calls the task.
    pub task: String,
    /// Of the items, before any translation.
    pub language: Language,
    /// From 0 to 100, as it is printed.
    pub percent: f64,
    /// How the paper asked, and what else must be said beside it.
    pub differs: Vec<String>,
    /// In place of a local task's name.
    tasks: Vec<String>,
    same_questions: Vec<String>,
    averages: Vec<String>,
}

/// A set of texts that the Arabic study fine-tuned its models on (its table 3).
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingSource {
    pub dataset: String,
    pub original_language: Language,
    pub description: String,
    pub final_language: Language,
    /// In millions.
    pub tokens: f64,
}

/// A figure beside a local cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark<'a> {
    pub figure: &'a Figure,
    /// What differs from a local run: how the paper asked, translations, training.
    pub differs: Vec<&'a str>,
}

impl Published {
    /// What is in this program.
    pub fn included() -> &'static Self {
        &PUBLISHED
    }

    /// Reads tables by the file that matches them. An error names the file, the line and the column.
    pub fn parse(matching: &str, tables: &[(&str, &str)], sources: &str) -> Result<Self, PublishedError> {
        Ok(Self {
            figures: read::figures(matching, tables)?,
            sources: read::sources(sources)?,
        })
    }

    /// All figures, table by table.
    pub fn figures(&self) -> &[Figure] {
        &self.figures
    }

    /// What the Arabic study fine-tuned on.
    pub fn sources(&self) -> &[TrainingSource] {
        &self.sources
    }

    /// The figures for a local task in a language.
    pub fn beside(&self, task: &str, language: &Language) -> Vec<Mark<'_>> {
        let name = plain_task(task, language);
        let same = self.figures.iter().filter(|figure| figure.language == *language);
        let marks = same.filter_map(|figure| {
            let named = |names: &[String]| names.contains(&name);
            let mut differs: Vec<&str> = figure.differs.iter().map(String::as_str).collect();
            if !named(&figure.tasks) {
                if !named(&figure.same_questions) {
                    return None;
                }
                differs.insert(0, OTHER_FORM);
            }
            Some(Mark { figure, differs })
        });
        marks.collect()
    }

    /// The figures for a local benchmark's average over its tasks in a language.
    pub fn beside_average(&self, benchmark: &str, language: &Language) -> Vec<Mark<'_>> {
        let same = self
            .figures
            .iter()
            .filter(|figure| figure.language == *language && figure.averages.iter().any(|known| known == benchmark));
        same.map(|figure| Mark {
            figure,
            differs: figure.differs.iter().map(String::as_str).collect(),
        })
        .collect()
    }
}

/// Said where the same questions are asked in another form.
const OTHER_FORM: &str = "The same questions, as MMedBench puts them.";

impl Figure {
    /// Its share, from 0 to 1.
    pub fn share(&self) -> f64 {
        self.percent / 100.0
    }

    /// Where it stands: `Bridging Language Barriers ... (arXiv 2501.09825), Table 1`.
    pub fn source(&self) -> String {
        format!("{} (arXiv {}), {}", self.paper, self.arxiv, self.table)
    }

    /// Whether a local model is the one that answered, whatever its weights are quantized to.
    pub fn is_of(&self, local: &str) -> bool {
        let catalogue = Catalogue::included();
        let name = without_quantization(local);
        let same_letters = letters(name) == letters(&self.model);
        let entry = catalogue.named(&self.model);
        self.setting.is_none() && (same_letters || entry.is_some() && catalogue.named(name) == entry)
    }
}

/// A model's name without the quantization at its end.
fn without_quantization(name: &str) -> &str {
    let parted = name.rsplit_once(['-', '.', ' ', ':']);
    match parted {
        Some((name, end)) if Quantization::find(end).is_some() => name,
        _ => name,
    }
}

/// Letters and digits only, in small letters.
fn letters(text: &str) -> String {
    let letters = text.chars().filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The name of a task in small letters with one space between words, without the language it is in.
fn plain_task(task: &str, language: &Language) -> String {
    let lower = task.to_lowercase();
    let [tag, english] = [language.tag(), language.english_name()].map(str::to_lowercase);
    let words = lower.split(|character: char| !character.is_alphanumeric());
    let words: Vec<&str> = words
        .filter(|word| !word.is_empty() && *word != tag && *word != english)
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests;
