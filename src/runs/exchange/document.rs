//! A question as another harness keeps it: whatever object its data set has, read as an item where that can be.

use serde_json::{Map, Value};

use crate::benchmarks::item::FIELD_NAMES;
use crate::benchmarks::{Item, ItemError, ItemFields, ItemKey};
use crate::language::Language;

/// What an object says of a question, before its answer is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Document {
    pub id: Option<String>,
    pub language: Option<Language>,
    pub task: Option<String>,
    pub subject: Option<String>,
    pub parallel: Option<String>,
    pub context: Option<String>,
    pub question: Option<String>,
    /// Empty where none are found.
    pub options: Vec<String>,
    pub rationale: Option<String>,
    /// Whatever else the object has.
    pub extra: Map<String, Value>,
}

/// The names that data sets have for one field, those that say most first.
const QUESTION: &[&str] = &[
    "question",
    "Question",
    "QUESTION",
    "sent1",
    "qtext",
    "instruction",
    "query",
    "input",
];
const CONTEXT: &[&str] = &["context", "CONTEXTS", "Context", "passage", "abstract"];
const ID: &[&str] = &["id", "ID", "qid", "pubid", "sample_id", "question_id"];
const SUBJECT: &[&str] = &["subject", "subject_name", "Subject", "category"];
const RATIONALE: &[&str] = &["rationale", "explanation", "exp", "long_answer"];
const OPTION_LISTS: &[&str] = &["options", "choices", "answers", "Options"];
/// Options in fields of their own; the first of a series and how the others follow.
const OPTION_SERIES: &[[&str; 5]] = &[
    ["option_a", "option_b", "option_c", "option_d", "option_e"],
    ["opa", "opb", "opc", "opd", "ope"],
    ["ending0", "ending1", "ending2", "ending3", "ending4"],
    ["A", "B", "C", "D", "E"],
    ["a", "b", "c", "d", "e"],
    ["choice_a", "choice_b", "choice_c", "choice_d", "choice_e"],
];

impl Document {
    pub fn read(object: &Map<String, Value>) -> Self {
        let mut used = Vec::new();
        let mut take = |names: &[&'static str]| {
            let (name, text) = names.iter().find_map(|name| Some((*name, text(object.get(*name)?)?)))?;
            used.push(name);
            Some(text)
        };
        let question = take(QUESTION);
        let context = take(CONTEXT);
        let mut document = Self {
            id: take(ID),
            language: take(&["language", "lang"]).and_then(|tag| tag.parse().ok()),
            task: take(&["task"]),
            subject: take(SUBJECT),
            parallel: take(&["parallel", "parallel_id"]),
            rationale: take(RATIONALE),
            context,
            question,
            ..Self::default()
        };
        let listed = OPTION_LISTS
            .iter()
            .find_map(|name| Some((*name, list(object.get(*name)?)?)));
        match listed {
            Some((name, options)) => {
                used.push(name);
                document.options = options;
            }
            None => {
                for series in OPTION_SERIES {
                    let there = series.iter().map_while(|name| Some((*name, text(object.get(*name)?)?)));
                    let (names, options): (Vec<_>, Vec<_>) = there.unzip();
                    if options.len() >= 2 {
                        used.extend(names);
                        document.options = options;
                        break;
                    }
                }
            }
        }
        let rest = object.iter().filter(|(name, _)| {
            let name = name.as_str();
            !used.contains(&name) && !FIELD_NAMES.contains(&name)
        });
        document.extra = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
        document
    }

    /// The item it is, once its key, its exam and its right options are known.
    pub fn item(self, id: String, language: Language, task: String, right: Vec<usize>) -> Result<Item, ItemError> {
        Item::new(ItemFields {
            key: ItemKey { language, id },
            task,
            subject: self.subject,
            parallel: self.parallel,
            context: self.context,
            question: self.question.unwrap_or_default(),
            options: self.options,
            right,
            rationale: self.rationale,
            extra: self.extra,
        })
    }
}

/// A text, a number as text, or a list's texts by lines.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(_) => Some(list(value)?.join("\n")),
        Value::Object(object) => text(object.get("contexts")?),
        _ => None,
    }
}

/// Texts of a list, of a list of objects that have one, or of an object by letter.
fn list(value: &Value) -> Option<Vec<String>> {
    let inner = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(object) => ["text", "atext", "value"]
            .iter()
            .find_map(|name| text(object.get(*name)?)),
        _ => None,
    };
    match value {
        Value::Array(values) => values.iter().map(inner).collect(),
        Value::Object(object) => match object.get("text") {
            Some(Value::Array(values)) => values.iter().map(inner).collect(),
            _ => object.values().map(inner).collect(),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Document {
        Document::read(value.as_object().unwrap())
    }

    #[test]
    fn the_shapes_of_known_data_sets_are_read() {
        let options = ["one", "two", "three", "four"];
        let shapes = [
            json!({"question": "Q?", "choices": options, "answer": 1}),
            json!({"question": "Q?", "opa": "one", "opb": "two", "opc": "three", "opd": "four", "cop": 1}),
            json!({"sent1": "Q?", "sent2": "", "ending0": "one", "ending1": "two", "ending2": "three", "ending3": "four", "label": 1}),
            json!({"Question": "Q?", "A": "one", "B": "two", "C": "three", "D": "four", "Answer": "B"}),
            json!({"question": "Q?", "options": {"A": "one", "B": "two", "C": "three", "D": "four"}}),
            json!({"qtext": "Q?", "answers": [{"aid": 1, "atext": "one"}, {"atext": "two"}, {"atext": "three"}, {"atext": "four"}]}),
            json!({"question": "Q?", "choices": {"text": options, "label": ["A", "B", "C", "D"]}}),
        ];
        for shape in &shapes {
            let document = read(shape);
            assert_eq!(document.question.as_deref(), Some("Q?"), "{shape}");
            assert_eq!(document.options, options, "{shape}");
        }
        let pubmedqa = read(&json!({"QUESTION": "Q?", "CONTEXTS": ["a", "b"], "final_decision": "no"}));
        assert_eq!(pubmedqa.context.as_deref(), Some("a\nb"));
        assert!(pubmedqa.options.is_empty());
    }

    #[test]
    fn an_item_of_ours_comes_back_as_it_was() {
        let mut fields = ItemFields::asking("ar", "ما هو؟", &["واحد", "اثنان"]);
        fields.right = vec![0, 1];
        fields.rationale = Some("لأنه".to_owned());
        fields.parallel = Some("q1".to_owned());
        fields.extra = json!({"hospital": "x", "weight": 0.5}).as_object().unwrap().clone();
        let item = Item::new(fields).unwrap();
        let document = Document::read(&item.to_json());
        let id = document.id.clone().unwrap();
        let language = document.language.clone().unwrap();
        let again = document
            .item(id, language, item.task.clone(), item.right.clone())
            .unwrap();
        assert_eq!(again, item);
    }
}
