//! Which items are the same question in different languages: by a field, by row, or by a table of ids; what pairs,
//! what stays alone and why.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::import::{ImportError, id_rows};
use super::item::{Item, ItemKey};
use crate::language::Language;

/// How items of different languages are found to be one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// They have the same id.
    Id,
    /// They have the same `parallel` already; a plan of it shows the pairs there are.
    Parallel,
    /// They have the same value of a field that is kept as extra information.
    Extra(String),
    /// They stand in the same order: the first of a task in one language is the first in every other.
    Row,
    /// A table says so.
    Table(IdTable),
}

/// Ids that belong together: those of one row, and those of rows that share one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IdTable {
    /// The row in which an id first stood; where columns are called like languages, ids count within theirs.
    rows: HashMap<(Option<Language>, String), usize>,
    /// The first id of each row, and the earlier row it shares an id with.
    firsts: Vec<(String, Option<usize>)>,
}

/// Which items become one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub groups: Vec<Group>,
    pub alone: Vec<Alone>,
}

/// The same question in several languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What ties its items together.
    pub parallel: String,
    pub members: Vec<ItemKey>,
    /// What speaks against it.
    pub differs: Option<Difference>,
}

/// What two languages of one question should have in common and do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    Options,
    Right,
}

/// An item that pairs with none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    pub key: ItemKey,
    pub why: Why,
}

/// Why an item pairs with none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It lacks the field that is compared.
    NoValue,
    /// No item in another language has its value.
    OnlyOne(String),
    /// Several items of its language have the value.
    Repeated(String),
    /// The table of ids does not name it.
    NotInTable,
}

/// Why no plan can be made.
#[derive(Debug, thiserror::Error)]
pub enum AlignmentError {
    #[error("the items are all in {0}; import another language of the same questions first")]
    OneLanguage(Language),
    #[error("there are no items")]
    NoItems,
    #[error(
        "the languages have different numbers of items in the task `{task}` ({}), so that rows do not tell which belong \
         together; align by a field or a table of ids", each(.counts)
    )]
    Counts {
        task: String,
        counts: BTreeMap<Language, usize>,
    },
    #[error("no item has a field `{name}`; there are {}", list(.fields))]
    NoField { name: String, fields: BTreeSet<String> },
    #[error("the table of ids cannot be read")]
    Table(#[from] ImportError),
    #[error("{} has one column; a table of ids has two or more, one question a row", path.display())]
    Narrow { path: PathBuf },
}

fn each(counts: &BTreeMap<Language, usize>) -> String {
    let each: Vec<String> = counts
        .iter()
        .map(|(language, count)| format!("{language} {count}"))
        .collect();
    each.join(", ")
}

fn list(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    let each: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    each.join(", ")
}

impl IdTable {
    /// Reads a table (CSV, TSV or a spreadsheet) of two or more columns: a row holds the ids of one question, or an id
    /// and the `parallel` it belongs to. A row of names stands above them; where the names are languages, each column
    /// holds that language's ids.
    pub fn read(path: &Path) -> Result<Self, AlignmentError> {
        let (names, rows) = id_rows(path)?;
        if names.len() < 2 {
            return Err(AlignmentError::Narrow { path: path.to_owned() });
        }
        let languages: Vec<Option<Language>> = names.iter().map(|name| Language::named(name)).collect();
        let by_language = languages.iter().all(Option::is_some);
        let mut table = Self::default();
        for ids in rows {
            let row = table.firsts.len();
            let keys = ids.into_iter().zip(&languages).filter_map(|(id, language)| {
                let language = language.clone().filter(|_| by_language);
                id.map(|id| (language, id))
            });
            let keys: Vec<_> = keys.collect();
            let Some((_, first)) = keys.first() else { continue };
            table.firsts.push((first.clone(), None));
            for key in keys {
                let earlier = *table.rows.entry(key).or_insert(row);
                table.join(earlier, row);
            }
        }
        Ok(table)
    }

    fn join(&mut self, earlier: usize, later: usize) {
        let (earlier, later) = (self.root(earlier), self.root(later));
        if earlier != later
            && let Some((_, shared)) = self.firsts.get_mut(earlier.max(later))
        {
            *shared = Some(earlier.min(later));
        }
    }

    fn root(&self, mut row: usize) -> usize {
        while let Some((_, Some(earlier))) = self.firsts.get(row) {
            row = *earlier;
        }
        row
    }

    /// What ties the question of an item together.
    fn name(&self, key: &ItemKey) -> Option<String> {
        let within = (Some(key.language.clone()), key.id.clone());
        let anywhere = || self.rows.get(&(None, key.id.clone()));
        let row = *self.rows.get(&within).or_else(anywhere)?;
        self.firsts.get(self.root(row)).map(|(first, _)| first.clone())
    }
}

/// Finds which items are one question. Nothing changes until [`apply`].
pub fn plan(items: &[Item], method: &Method) -> Result<Plan, AlignmentError> {
    let languages: BTreeSet<&Language> = items.iter().map(|item| &item.key.language).collect();
    match (languages.first(), languages.len()) {
        (None, _) => return Err(AlignmentError::NoItems),
        (Some(&only), 1) => return Err(AlignmentError::OneLanguage(only.clone())),
        _ => {}
    }
    let values: Vec<Result<String, Why>> = match method {
        Method::Id => items.iter().map(|item| Ok(item.key.id.clone())).collect(),
        Method::Parallel => {
            let value = |item: &Item| item.parallel.clone().ok_or(Why::NoValue);
            items.iter().map(value).collect()
        }
        Method::Extra(name) => extra_values(items, name)?,
        Method::Row => row_values(items)?.into_iter().map(Ok).collect(),
        Method::Table(table) => {
            let name = |item: &Item| table.name(&item.key).ok_or(Why::NotInTable);
            items.iter().map(name).collect()
        }
    };
    Ok(grouped(items, values))
}

fn extra_values(items: &[Item], name: &str) -> Result<Vec<Result<String, Why>>, AlignmentError> {
    let value = |item: &Item| match item.extra.get(name) {
        Some(serde_json::Value::String(text)) if !text.trim().is_empty() => Ok(text.clone()),
        Some(serde_json::Value::Number(number)) => Ok(number.to_string()),
        _ => Err(Why::NoValue),
    };
    let values: Vec<_> = items.iter().map(value).collect();
    if values.iter().any(Result::is_ok) {
        return Ok(values);
    }
    let there = items.iter().flat_map(|item| item.extra.keys().cloned());
    Err(AlignmentError::NoField {
        name: name.to_owned(),
        fields: there.collect(),
    })
}

/// A name for the place of each item within its task and language.
fn row_values(items: &[Item]) -> Result<Vec<String>, AlignmentError> {
    let mut counts: BTreeMap<&str, BTreeMap<&Language, usize>> = BTreeMap::new();
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        let count = counts
            .entry(&item.task)
            .or_default()
            .entry(&item.key.language)
            .or_default();
        *count += 1;
        values.push(format!("{}-{count}", item.task));
    }
    let uneven = counts
        .iter()
        .find(|(_, counts)| counts.values().collect::<HashSet<_>>().len() > 1);
    match uneven {
        None => Ok(values),
        Some((task, counts)) => Err(AlignmentError::Counts {
            task: (*task).to_owned(),
            counts: counts
                .iter()
                .map(|(&language, &count)| (language.clone(), count))
                .collect(),
        }),
    }
}

/// Puts items of the same value together, in the order in which values first come.
fn grouped(items: &[Item], values: Vec<Result<String, Why>>) -> Plan {
    let mut order: Vec<String> = Vec::new();
    let mut by_value: HashMap<String, Vec<&Item>> = HashMap::new();
    let mut alone = Vec::new();
    for (item, value) in items.iter().zip(values) {
        match value {
            Err(why) => alone.push(Alone {
                key: item.key.clone(),
                why,
            }),
            Ok(value) => {
                let together = by_value.entry(value.clone()).or_default();
                if together.is_empty() {
                    order.push(value);
                }
                together.push(item);
            }
        }
    }
    let mut groups = Vec::new();
    for value in order {
        let together = by_value.remove(&value).unwrap_or_default();
        let mut languages = HashSet::new();
        let repeated = together.iter().any(|item| !languages.insert(&item.key.language));
        let why = match (repeated, together.len()) {
            (true, _) => Why::Repeated(value.clone()),
            (false, 1) => Why::OnlyOne(value.clone()),
            (false, _) => {
                groups.push(Group {
                    parallel: value,
                    members: together.iter().map(|item| item.key.clone()).collect(),
                    differs: difference(&together),
                });
                continue;
            }
        };
        alone.extend(together.into_iter().map(|item| Alone {
            key: item.key.clone(),
            why: why.clone(),
        }));
    }
    Plan { groups, alone }
}

fn difference(items: &[&Item]) -> Option<Difference> {
    let differ =
        |same: &dyn Fn(&Item, &Item) -> bool| items.windows(2).any(|pair| matches!(pair, [a, b] if !same(a, b)));
    if differ(&|a, b| a.options.len() == b.options.len()) {
        return Some(Difference::Options);
    }
    differ(&|a, b| a.right == b.right).then_some(Difference::Right)
}

/// Ties together what the plan says; items it does not group keep what they had.
pub fn apply(items: Vec<Item>, plan: &Plan) -> Vec<Item> {
    let mut parallel: HashMap<&ItemKey, &str> = HashMap::new();
    for group in &plan.groups {
        parallel.extend(group.members.iter().map(|key| (key, group.parallel.as_str())));
    }
    let tied = |item: Item| match parallel.get(&item.key) {
        Some(&name) => item.tied(name),
        None => item,
    };
    items.into_iter().map(tied).collect()
}

impl Plan {
    /// How many questions stand in several languages and how many items alone; one line.
    pub fn summary(&self) -> String {
        let tied: usize = self.groups.iter().map(|group| group.members.len()).sum();
        let doubtful = self.groups.iter().filter(|group| group.differs.is_some()).count();
        let count = |count: usize, thing: &str| format!("{count} {thing}{}", if count == 1 { "" } else { "s" });
        let mut text = format!(
            "{} in several languages ({}), {} alone",
            count(self.groups.len(), "question"),
            count(tied, "item"),
            count(self.alone.len(), "item")
        );
        if doubtful > 0 {
            text.push_str(&format!(
                "; {} between languages in options or answers",
                match doubtful {
                    1 => "1 differs".to_owned(),
                    more => format!("{more} differ"),
                }
            ));
        }
        text
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Options => "the number of options differs",
            Self::Right => "the right answers differ",
        })
    }
}

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoValue => formatter.write_str("it lacks the field"),
            Self::OnlyOne(value) => write!(formatter, "no other language has `{value}`"),
            Self::Repeated(value) => write!(formatter, "a language has `{value}` more than once"),
            Self::NotInTable => formatter.write_str("the table does not name it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::item::ItemFields;

    fn item(language: &str, id: &str, right: usize) -> Item {
        let mut fields = ItemFields::asking(language, &format!("{language} {id}?"), &["x", "y", "z"]);
        fields.key.id = id.to_owned();
        fields.right = vec![right];
        fields.extra.insert("key".to_owned(), id.to_lowercase().into());
        Item::new(fields).unwrap()
    }

    fn names(plan: &Plan) -> Vec<(&str, usize)> {
        let groups = plan.groups.iter();
        groups
            .map(|group| (group.parallel.as_str(), group.members.len()))
            .collect()
    }

    fn table(name: &str, text: &str) -> Result<IdTable, AlignmentError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        IdTable::read(&path)
    }

    #[test]
    fn items_pair_by_id_or_by_a_field_and_what_differs_is_told() {
        let items = [
            item("en", "a", 0),
            item("ar", "a", 1),
            item("en", "b", 0),
            item("ar", "B", 0),
        ];
        let by_id = plan(&items, &Method::Id).unwrap();
        assert_eq!(names(&by_id), [("a", 2)]);
        assert_eq!(by_id.groups[0].differs, Some(Difference::Right));
        let alone: Vec<&Why> = by_id.alone.iter().map(|alone| &alone.why).collect();
        assert_eq!(alone, [&Why::OnlyOne("b".to_owned()), &Why::OnlyOne("B".to_owned())]);
        let by_field = plan(&items, &Method::Extra("key".to_owned())).unwrap();
        assert_eq!(names(&by_field), [("a", 2), ("b", 2)]);
        let tied = apply(items.to_vec(), &by_field);
        assert_eq!(tied[3].parallel.as_deref(), Some("b"));
        assert_eq!(plan(&tied, &Method::Parallel).unwrap(), by_field);
        let error = plan(&items, &Method::Extra("none".to_owned())).unwrap_err().to_string();
        assert_eq!(error, "no item has a field `none`; there are `key`");
    }

    #[test]
    fn rows_pair_only_where_their_counts_agree() {
        let items = [
            item("en", "1", 0),
            item("en", "2", 1),
            item("ar", "x", 0),
            item("ar", "y", 1),
        ];
        let by_row = plan(&items, &Method::Row).unwrap();
        assert_eq!(names(&by_row), [("task-1", 2), ("task-2", 2)]);
        assert_eq!(by_row.groups[1].members[1].id, "y");
        let error = plan(&items[..3], &Method::Row).unwrap_err().to_string();
        assert!(error.contains("(ar 1, en 2)"), "{error}");
        let one = plan(&items[..2], &Method::Row).unwrap_err();
        assert!(matches!(one, AlignmentError::OneLanguage(_)));
    }

    #[test]
    fn a_repeated_value_pairs_with_none() {
        let mut twice = item("en", "A", 0).into_fields();
        twice.key.id = "another".to_owned();
        let items = [item("en", "a", 0), Item::new(twice).unwrap(), item("ar", "a", 0)];
        let plan = plan(&items, &Method::Extra("key".to_owned())).unwrap();
        assert_eq!((plan.groups.len(), plan.alone.len()), (0, 3));
    }

    #[test]
    fn tables_of_ids_tie_rows_and_what_they_share() {
        let items = [
            item("en", "1", 0),
            item("ar", "2", 0),
            item("fr", "3", 0),
            item("en", "2", 0),
        ];
        let by = |text: &str| plan(&items, &Method::Table(table("ids.csv", text).unwrap())).unwrap();
        // An id and what it belongs to, one a row.
        let shared = by("id,parallel\n1,p\n3,p\n");
        assert_eq!(names(&shared), [("1", 2)]);
        assert_eq!(shared.alone[0].why, Why::NotInTable);
        // The same id may stand in two languages for two questions.
        let by_language = by("en,ar\n1,2\n2,9\n");
        assert_eq!(
            by_language.groups[0].members,
            [items[0].key.clone(), items[1].key.clone()]
        );
        assert_eq!(names(&by("en,Arabic,fr\n1,2,3\n")), [("1", 3)]);
        assert!(matches!(
            table("ids.csv", "id\n1\n"),
            Err(AlignmentError::Narrow { .. })
        ));
        assert!(matches!(table("ids.xml", "id"), Err(AlignmentError::Table(_))));
    }
}
