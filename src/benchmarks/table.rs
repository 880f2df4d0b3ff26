//! Items as a table with the columns of our own format: written, and read back column by column.
//!
//! [`super::import`] reads such a table too, as any other file, and says what is wrong with one that cannot be read
//! here; but it looks at every value of every row for itself, which takes ten times as long.

use polars::prelude::{
    ChunkExplode, Column, DataFrame, ListChunked, NamedFrom, ParquetWriter, PolarsResult, Series, StringChunked,
};
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use serde_json::{Map, Value};

use super::import::{self, EXAMPLES};
use super::item::{Item, ItemFields, ItemKey, letters, of_letters};

/// The columns, in their order.
const COLUMNS: [&str; 12] = [
    "id",
    "language",
    "task",
    "subject",
    "parallel",
    "context",
    "question",
    "options",
    "answer",
    "rationale",
    "split",
    "extra",
];

/// Items and solved examples as the bytes of a Parquet file.
pub(super) fn parquet(items: &[Item], examples: &[Item]) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut table(items, examples)?)?;
    Ok(bytes)
}

/// Items and solved examples as a table.
pub(super) fn table(items: &[Item], examples: &[Item]) -> PolarsResult<DataFrame> {
    let splits: Vec<Option<&str>> = items
        .iter()
        .map(|_| None)
        .chain(examples.iter().map(|_| Some(EXAMPLES)))
        .collect();
    let items: Vec<&Item> = items.iter().chain(examples).collect();
    let text = |name: &str, value: &dyn Fn(&Item) -> Option<String>| {
        Column::new(name.into(), items.iter().map(|item| value(item)).collect::<Vec<_>>())
    };
    let options: Vec<Series> = items
        .iter()
        .map(|item| Series::new("".into(), item.options.as_slice()))
        .collect();
    let extra = |item: &Item| {
        let object = &item.extra;
        (!object.is_empty()).then(|| Value::Object(object.clone()).to_string())
    };
    DataFrame::new(
        items.len(),
        vec![
            text("id", &|item| Some(item.key.id.clone())),
            text("language", &|item| Some(item.key.language.tag().to_owned())),
            text("task", &|item| Some(item.task.clone())),
            text("subject", &|item| item.subject.clone()),
            text("parallel", &|item| item.parallel.clone()),
            text("context", &|item| item.context.clone()),
            text("question", &|item| Some(item.question.clone())),
            Column::new("options".into(), options),
            text("answer", &|item| Some(letters(&item.right))),
            text("rationale", &|item| item.rationale.clone()),
            Column::new("split".into(), splits),
            text("extra", &extra),
        ],
    )
}

/// The items and the solved examples of a file that [`parquet`] wrote; `None` of any other.
pub(super) fn read(bytes: Vec<u8>) -> Option<(Vec<Item>, Vec<Item>)> {
    let frame = import::parquet_table(bytes).ok()?;
    if !frame.get_column_names().iter().map(|name| name.as_str()).eq(COLUMNS) {
        return None;
    }
    let rows = Rows::of(&frame)?;
    let count = frame.height();
    let read: Option<Vec<(bool, Item)>> = (0..count).into_par_iter().map(|row| rows.item(row)).collect();
    let (examples, items): (Vec<_>, Vec<_>) = read?.into_iter().partition(|(is_example, _)| *is_example);
    let bare = |items: Vec<(bool, Item)>| items.into_iter().map(|(_, item)| item).collect();
    Some((bare(items), bare(examples)))
}

struct Rows<'a> {
    ids: &'a StringChunked,
    languages: &'a StringChunked,
    tasks: &'a StringChunked,
    subjects: Option<&'a StringChunked>,
    parallels: Option<&'a StringChunked>,
    contexts: Option<&'a StringChunked>,
    questions: &'a StringChunked,
    options: Options,
    answers: &'a StringChunked,
    rationales: Option<&'a StringChunked>,
    splits: Option<&'a StringChunked>,
    extras: Option<&'a StringChunked>,
}

impl<'a> Rows<'a> {
    fn of(frame: &'a DataFrame) -> Option<Self> {
        let text = |name: &str| frame.column(name).ok()?.str().ok();
        Some(Self {
            ids: text("id")?,
            languages: text("language")?,
            tasks: text("task")?,
            subjects: text("subject"),
            parallels: text("parallel"),
            contexts: text("context"),
            questions: text("question")?,
            options: Options::of(frame.column("options").ok()?.list().ok()?)?,
            answers: text("answer")?,
            rationales: text("rationale"),
            splits: text("split"),
            extras: text("extra"),
        })
    }

    /// The item of a row, and whether it is a solved example.
    fn item(&self, row: usize) -> Option<(bool, Item)> {
        let optional = |column: Option<&StringChunked>| column.and_then(|column| column.get(row)).map(str::to_owned);
        let is_example = match self.splits.and_then(|splits| splits.get(row)) {
            None => false,
            Some(EXAMPLES) => true,
            Some(_) => return None,
        };
        let extra: Map<String, Value> = match self.extras.and_then(|extras| extras.get(row)) {
            None => Map::new(),
            Some(text) => serde_json::from_str(text).ok()?,
        };
        let item = Item::new(ItemFields {
            key: ItemKey {
                language: self.languages.get(row)?.parse().ok()?,
                id: self.ids.get(row)?.to_owned(),
            },
            task: self.tasks.get(row)?.to_owned(),
            subject: optional(self.subjects),
            parallel: optional(self.parallels),
            context: optional(self.contexts),
            question: self.questions.get(row)?.to_owned(),
            options: self.options.get(row)?,
            right: of_letters(self.answers.get(row)?)?,
            rationale: optional(self.rationales),
            extra,
        });
        Some((is_example, item.ok()?))
    }
}

/// The options of all rows, one after another.
struct Options {
    /// Where each row's begin, and where the last ones end.
    borders: Vec<usize>,
    texts: Series,
}

impl Options {
    fn of(lists: &ListChunked) -> Option<Self> {
        let borders = lists.offsets().ok()?;
        let texts = lists.get_inner();
        texts.str().ok()?;
        Some(Self {
            borders: borders.as_slice().iter().map(|&border| border as usize).collect(),
            texts,
        })
    }

    fn get(&self, row: usize) -> Option<Vec<String>> {
        let range = *self.borders.get(row)?..*self.borders.get(row + 1)?;
        let texts = self.texts.str().ok()?;
        range.map(|place| texts.get(place).map(str::to_owned)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::Benchmark;
    use crate::benchmarks::import::ImportOptions;
    use crate::benchmarks::item::tests::fields;

    fn items() -> Vec<Item> {
        let mut rich = fields();
        rich.key.id = "q2".to_owned();
        rich.key.language = "ar".parse().unwrap();
        rich.question = " أي وعاء يحمل الدم المؤكسج؟\n\"سطر\" ".to_owned();
        rich.parallel = Some("2".to_owned());
        rich.context = Some("سياق".to_owned());
        rich.rationale = Some("لأن…".to_owned());
        rich.options = ["[1]", "B", "A,C", "1.5", "null"].map(str::to_owned).to_vec();
        rich.right = vec![0, 2, 4];
        rich.extra = serde_json::from_str(r#"{"year": 2024, "tags": ["a", {"b": null}], "ü": 1.50}"#).unwrap();
        let mut bare = fields();
        bare.key.id = "q3".to_owned();
        bare.subject = None;
        [fields(), rich, bare]
            .into_iter()
            .map(|fields| Item::new(fields).unwrap())
            .collect()
    }

    #[test]
    fn what_was_written_is_read_as_it_is_imported() {
        let folder = tempfile::tempdir().unwrap();
        for (examples, name) in [(Vec::new(), "bare"), (items(), "taught")] {
            let bytes = parquet(&items(), &examples).unwrap();
            assert_eq!(read(bytes.clone()), Some((items(), examples.clone())));
            let path = folder.path().join(format!("{name}.parquet"));
            std::fs::write(&path, &bytes).unwrap();
            let import = import::read(&path, &ImportOptions::default()).unwrap();
            assert_eq!((import.items, import.examples), (items(), examples));
        }
        let demo = crate::benchmarks::demo::benchmark().unwrap();
        let (read, _) = read(parquet(demo.items(), &[]).unwrap()).unwrap();
        assert_eq!(read, demo.items());
    }

    #[test]
    fn other_tables_are_left_to_importing() {
        let mut other = table(&items(), &[]).unwrap();
        other.drop_in_place("split").unwrap();
        let bytes = |frame: &mut DataFrame| {
            let mut bytes = Vec::new();
            ParquetWriter::new(&mut bytes).finish(frame).unwrap();
            bytes
        };
        assert_eq!(read(bytes(&mut other)), None);
        let mut unknown = table(&items(), &[]).unwrap();
        unknown
            .with_column(Column::new("answer".into(), ["2", "A", "A"]))
            .unwrap();
        assert_eq!(read(bytes(&mut unknown)), None);
        assert_eq!(read(b"no parquet".to_vec()), None);
    }

    #[test]
    fn an_item_is_hashed_as_the_object_it_is_written_as() {
        for item in items() {
            let mut object = item.to_json();
            item.extra.keys().for_each(|name| _ = object.remove(name));
            assert_eq!(item.canonical_json(), Value::Object(object).to_string());
        }
        // As every version before wrote it.
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("workspaces/demo/benchmarks");
        Benchmark::load(&folder, "everyday-medicine").unwrap();
    }
}
