//! What a mark or a row of a table stands for: what a click on it opens.

use crate::language::Language;
use crate::runs::columns::{Named, Value};

/// The answers that something stands for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Target {
    pub model: String,
    pub benchmark: String,
    pub task: String,
    /// Absent where it stands for all of them.
    pub language: Option<Language>,
    pub subject: Option<String>,
    /// Where other than what the page shows.
    pub protocol: Option<String>,
    /// Only the items that tell it from something else.
    pub against: Option<Against>,
}

/// What something is a difference to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Against {
    /// The same in this language: the items that are right there and wrong here come first.
    Language(Language),
    /// Another model on the same items.
    Model(String),
}

impl Target {
    /// What a row of a table of answers stands for, by the names of its columns; `None` of one that is no single cell.
    pub fn of_row(row: &[Named]) -> Option<Self> {
        let value = |name: &str| row.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let text = |name: &str| match value(name) {
            Some(Value::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let language = |name: &str| match value(name) {
            Some(Value::Language(language)) => Some(language.clone()),
            _ => None,
        };
        let of_model = text("baseline").map(Against::Model);
        Some(Self {
            model: text("model")?,
            benchmark: text("benchmark")?,
            task: text("task")?,
            language: Some(language("language")?),
            subject: text("subject"),
            protocol: text("protocol"),
            against: of_model.or_else(|| language("reference").map(Against::Language)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stands_for_what_its_columns_name() {
        let english: Language = "en".parse().unwrap();
        let arabic: Language = "ar".parse().unwrap();
        let mut row = vec![
            ("model", Value::Text("gemma".to_owned())),
            ("benchmark", Value::Text("exams".to_owned())),
            ("task", Value::Text("امتحان".to_owned())),
            ("language", Value::Language(arabic.clone())),
            ("protocol", Value::Text("letters".to_owned())),
            ("n", Value::Count(7)),
        ];
        let cell = Target {
            model: "gemma".to_owned(),
            benchmark: "exams".to_owned(),
            task: "امتحان".to_owned(),
            language: Some(arabic),
            protocol: Some("letters".to_owned()),
            ..Target::default()
        };
        assert_eq!(Target::of_row(&row), Some(cell.clone()));
        row.push(("reference", Value::Language(english.clone())));
        let against = Some(Against::Language(english));
        assert_eq!(Target::of_row(&row).unwrap().against, against);
        row.push(("baseline", Value::Text("qwen".to_owned())));
        let against = Some(Against::Model("qwen".to_owned()));
        assert_eq!(Target::of_row(&row).unwrap().against, against);
        // An average over languages is no cell.
        row[3] = ("language", Value::Text("all".to_owned()));
        assert_eq!(Target::of_row(&row), None);
    }
}
