//! An item: one question in one language, checked when it is made.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::language::Language;

/// The fewest options a question may have.
pub const MIN_OPTIONS: usize = 2;
/// The most options a question may have: one for every Latin letter.
pub const MAX_OPTIONS: usize = 26;

/// What names an item within its benchmark: the same id may stand once in every language.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ItemKey {
    pub language: Language,
    pub id: String,
}

/// What an item is made of; [`Item::new`] checks it.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFields {
    pub key: ItemKey,
    /// The exam within the benchmark.
    pub task: String,
    /// The field of medicine, where the source names one.
    pub subject: Option<String>,
    /// Ties the same question in other languages together.
    pub parallel: Option<String>,
    /// What the question is about, read before it: an abstract, a case.
    pub context: Option<String>,
    pub question: String,
    pub options: Vec<String>,
    /// Indices of the right options, from 0; one at least. An item has them in order and none twice.
    pub right: Vec<usize>,
    /// Why the answer is right, where the source says so.
    pub rationale: Option<String>,
    /// What else the source says about the item, kept as it was. Names of item fields are not allowed here.
    pub extra: Map<String, Value>,
}

/// One question in one language, with 2 to 26 distinct options of which one or several are right.
///
/// The fields are read through [`ItemFields`] and cannot be changed, so what was checked stays true.
#[derive(Debug, Clone, PartialEq)]
pub struct Item(ItemFields);

/// Why fields make no item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    #[error("the id is empty")]
    EmptyId,
    #[error("the task is empty")]
    EmptyTask,
    #[error("the question is empty")]
    EmptyQuestion,
    #[error("there are {0} options; a question has {MIN_OPTIONS} to {MAX_OPTIONS}")]
    OptionCount(usize),
    #[error("option {0} is empty")]
    EmptyOption(char),
    #[error("options {0} and {1} are the same")]
    DuplicateOption(char, char),
    #[error("no option is right")]
    NoneRight,
    #[error("the answer is option number {number}, but there are only {options} options")]
    AnswerOutOfRange { number: usize, options: usize },
    #[error("`{0}` is the name of an item field and cannot be kept as extra information")]
    ReservedExtra(String),
}

/// The names an item has in files; see [`super::import`] for what each means.
pub(crate) const FIELD_NAMES: &[&str] = &[
    "id",
    "language",
    "task",
    "subject",
    "parallel",
    "parallel_id",
    "context",
    "question",
    "options",
    "answer",
    "answer_index",
    "rationale",
    "split",
    "extra",
];

/// The Latin letter of option `index` (from 0), `?` past `Z`.
pub(super) fn latin_letter(index: usize) -> char {
    u8::try_from(index)
        .ok()
        .filter(|&index| usize::from(index) < MAX_OPTIONS)
        .map_or('?', |index| char::from(b'A' + index))
}

/// The Latin letters of options, as files have them: `B`, or `A,C`.
pub(super) fn letters(options: &[usize]) -> String {
    let letters: Vec<String> = options.iter().map(|&index| latin_letter(index).to_string()).collect();
    letters.join(",")
}

/// The options that [`letters`] names; `None` where a text is not of these.
pub(super) fn of_letters(text: &str) -> Option<Vec<usize>> {
    let index = |letter: &str| match letter.as_bytes() {
        [letter @ b'A'..=b'Z'] => Some(usize::from(letter - b'A')),
        _ => None,
    };
    text.split(',').map(index).collect()
}

impl Item {
    /// Checks the fields. A blank optional field becomes `None`; other text stays as it was, spaces included.
    pub fn new(mut fields: ItemFields) -> Result<Self, ItemError> {
        if fields.key.id.trim().is_empty() {
            return Err(ItemError::EmptyId);
        }
        if fields.task.trim().is_empty() {
            return Err(ItemError::EmptyTask);
        }
        if fields.question.trim().is_empty() {
            return Err(ItemError::EmptyQuestion);
        }
        let options = fields.options.len();
        if !(MIN_OPTIONS..=MAX_OPTIONS).contains(&options) {
            return Err(ItemError::OptionCount(options));
        }
        for (index, option) in fields.options.iter().enumerate() {
            let text = option.trim();
            if text.is_empty() {
                return Err(ItemError::EmptyOption(latin_letter(index)));
            }
            if let Some(earlier) = fields.options.iter().take(index).position(|other| other.trim() == text) {
                return Err(ItemError::DuplicateOption(latin_letter(earlier), latin_letter(index)));
            }
        }
        fields.right.sort_unstable();
        fields.right.dedup();
        match fields.right.last() {
            None => return Err(ItemError::NoneRight),
            Some(&last) if last >= options => {
                let number = last.saturating_add(1);
                return Err(ItemError::AnswerOutOfRange { number, options });
            }
            Some(_) => {}
        }
        if let Some(name) = fields.extra.keys().find(|name| FIELD_NAMES.contains(&name.as_str())) {
            return Err(ItemError::ReservedExtra(name.clone()));
        }
        for optional in [
            &mut fields.subject,
            &mut fields.parallel,
            &mut fields.context,
            &mut fields.rationale,
        ] {
            optional.take_if(|text| text.trim().is_empty());
        }
        Ok(Self(fields))
    }

    /// Whether option `index` (from 0) is right.
    pub fn is_right(&self, index: usize) -> bool {
        self.right.contains(&index)
    }

    /// The item with another name for what ties it to the same question in other languages.
    pub(super) fn tied(mut self, parallel: &str) -> Self {
        self.0.parallel = Some(parallel.to_owned()).filter(|name| !name.trim().is_empty());
        self
    }

    /// The fields, to change and check again.
    pub fn into_fields(self) -> ItemFields {
        self.0
    }

    /// The item as one object of our JSON Lines format, which [`super::import`] reads back.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut object = match serde_json::to_value(self.canonical()) {
            Ok(Value::Object(object)) => object,
            // It is a record of texts, which is always an object.
            _ => Map::new(),
        };
        object.extend(self.extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        object
    }

    /// As [`Item::to_json`] without `extra`, in one line: what a benchmark's hash is made of.
    pub(super) fn canonical_json(&self) -> String {
        serde_json::to_string(&self.canonical()).unwrap_or_default()
    }

    fn canonical(&self) -> Canonical<'_> {
        Canonical {
            id: &self.key.id,
            language: self.key.language.tag(),
            task: &self.task,
            subject: self.subject.as_deref(),
            parallel: self.parallel.as_deref(),
            context: self.context.as_deref(),
            question: &self.question,
            options: &self.options,
            answer: letters(&self.right),
            rationale: self.rationale.as_deref(),
        }
    }
}

/// The fields of an item in the order of our JSON Lines format; those that are absent are not there.
#[derive(Serialize)]
struct Canonical<'a> {
    id: &'a str,
    language: &'a str,
    task: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<&'a str>,
    question: &'a str,
    options: &'a [String],
    answer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<&'a str>,
}

impl Deref for Item {
    type Target = ItemFields;

    fn deref(&self) -> &ItemFields {
        &self.0
    }
}

#[cfg(test)]
impl ItemFields {
    /// A question for tests, whose first option is right.
    pub(crate) fn asking(language: &str, question: &str, options: &[&str]) -> Self {
        Self {
            key: ItemKey {
                language: language.parse().unwrap(),
                id: "1".to_owned(),
            },
            task: "task".to_owned(),
            subject: None,
            parallel: None,
            context: None,
            question: question.to_owned(),
            options: options.iter().map(|&option| option.to_owned()).collect(),
            right: vec![0],
            rationale: None,
            extra: Map::new(),
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A right item's fields, for tests to spoil.
    pub(in crate::benchmarks) fn fields() -> ItemFields {
        ItemFields {
            key: ItemKey {
                language: "en".parse().unwrap(),
                id: "q1".to_owned(),
            },
            task: "everyday medicine".to_owned(),
            subject: Some("cardiology".to_owned()),
            parallel: None,
            context: None,
            question: "Which vessel carries oxygenated blood?".to_owned(),
            options: ["Aorta", "Vena cava", "Pulmonary artery"].map(str::to_owned).to_vec(),
            right: vec![0],
            rationale: None,
            extra: Map::new(),
        }
    }

    #[test]
    fn refuses_fields_that_make_no_item() {
        let spoil = |change: &dyn Fn(&mut ItemFields)| {
            let mut fields = fields();
            change(&mut fields);
            Item::new(fields).unwrap_err()
        };
        assert_eq!(spoil(&|fields| fields.key.id = " ".to_owned()), ItemError::EmptyId);
        assert_eq!(spoil(&|fields| fields.task.clear()), ItemError::EmptyTask);
        assert_eq!(
            spoil(&|fields| fields.question = "\n".to_owned()),
            ItemError::EmptyQuestion
        );
        assert_eq!(spoil(&|fields| fields.options.truncate(1)), ItemError::OptionCount(1));
        assert_eq!(
            spoil(&|fields| fields.options = (0..27).map(|n| n.to_string()).collect()),
            ItemError::OptionCount(27)
        );
        assert_eq!(
            spoil(&|fields| fields.options[1] = "\t".to_owned()),
            ItemError::EmptyOption('B')
        );
        assert_eq!(
            spoil(&|fields| fields.options[2] = " Aorta".to_owned()),
            ItemError::DuplicateOption('A', 'C')
        );
        assert_eq!(spoil(&|fields| fields.right.clear()), ItemError::NoneRight);
        assert_eq!(
            spoil(&|fields| fields.right = vec![3, 0]),
            ItemError::AnswerOutOfRange { number: 4, options: 3 }
        );
        assert_eq!(
            spoil(&|fields| _ = fields.extra.insert("answer".to_owned(), Value::Null)),
            ItemError::ReservedExtra("answer".to_owned())
        );
    }

    #[test]
    fn several_options_may_be_right() {
        let mut fields = fields();
        fields.right = vec![2, 0, 2];
        let item = Item::new(fields).unwrap();
        assert_eq!(item.right, [0, 2]);
        assert!(item.is_right(2) && !item.is_right(1));
        assert_eq!(item.to_json().get("answer"), Some(&"A,C".into()));
    }

    #[test]
    fn blank_optional_fields_are_absent() {
        let mut fields = fields();
        fields.context = Some(" \n".to_owned());
        let item = Item::new(fields).unwrap();
        assert_eq!(item.context, None);
        assert_eq!(item.subject.as_deref(), Some("cardiology"));
    }
}
