//! Items as tables that [`super::import`] reads back: Parquet as benchmarks are kept, and CSV for spreadsheets.

use std::io::Write;

use polars::prelude::{Column, CsvWriter, DataFrame, ParquetWriter, PolarsError, SerWriter};

use super::import::EXAMPLES;
use super::item::letters;
use super::{Benchmark, Item, table};
use crate::files::cells::guarded;
use crate::language::Language;

/// Items and solved examples as Parquet.
pub fn write_parquet(output: impl Write, benchmark: &Benchmark) -> Result<(), PolarsError> {
    let mut table = table::table(benchmark.items(), benchmark.examples())?;
    ParquetWriter::new(output).finish(&mut table)?;
    Ok(())
}

/// Items and solved examples as CSV: `option_a`, `option_b` and so on are their options. Cells that a spreadsheet would run
/// are guarded.
pub fn write_csv(output: impl Write, benchmark: &Benchmark) -> Result<(), PolarsError> {
    let items = benchmark.items().iter().map(|item| (item, None));
    let examples = benchmark.examples().iter().map(|item| (item, Some(EXAMPLES)));
    let rows: Vec<(&Item, Option<&str>)> = items.chain(examples).collect();
    let column = |name: &str, value: &dyn Fn(&Item) -> Option<&str>| {
        let cells = rows.iter().map(|(item, _)| value(item).map(guarded));
        Column::new(name.into(), cells.collect::<Vec<_>>())
    };
    let most = rows.iter().map(|(item, _)| item.options.len()).max().unwrap_or(0);
    let mut columns = vec![
        column("id", &|item| Some(&item.key.id)),
        column("language", &|item| Some(item.key.language.tag())),
        column("task", &|item| Some(&item.task)),
        column("subject", &|item| item.subject.as_deref()),
        column("parallel", &|item| item.parallel.as_deref()),
        column("context", &|item| item.context.as_deref()),
        column("question", &|item| Some(&item.question)),
    ];
    for index in 0..most {
        let letter = Language::latin_letter(index).unwrap_or("?").to_lowercase();
        let option = |item: &'_ Item| item.options.get(index).map(|option| guarded(option));
        let cells: Vec<Option<String>> = rows.iter().map(|(item, _)| option(item)).collect();
        columns.push(Column::new(format!("option_{letter}").into(), cells));
    }
    let answers: Vec<String> = rows.iter().map(|(item, _)| letters(&item.right)).collect();
    columns.push(Column::new("answer".into(), answers));
    columns.push(column("rationale", &|item| item.rationale.as_deref()));
    let splits: Vec<Option<&str>> = rows.iter().map(|(_, split)| *split).collect();
    columns.push(Column::new("split".into(), splits));
    CsvWriter::new(output).finish(&mut DataFrame::new(rows.len(), columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::import::{self, ImportOptions};
    use crate::benchmarks::{Description, ItemFields};

    fn benchmark() -> Benchmark {
        let mut first = ItemFields::asking("ar", "ما هو، \"القلب\"؟\nسطر", &["واحد", "اثنان", "ثلاثة"]);
        first.right = vec![0, 2];
        let mut second = ItemFields::asking("en", "=cmd|' /C calc'!A0", &["-1", "@two"]);
        second.rationale = Some("+because".to_owned());
        let mut example = ItemFields::asking("en", "shown?", &["yes", "no"]);
        example.key.id = "e".to_owned();
        let items = [first, second].map(|fields| Item::new(fields).unwrap()).to_vec();
        let benchmark = Benchmark::new("b", Description::default(), items).unwrap();
        benchmark.with_examples(vec![Item::new(example).unwrap()]).unwrap()
    }

    fn read_back(file: &str, bytes: &[u8]) -> import::Import {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file);
        std::fs::write(&path, bytes).unwrap();
        import::read(&path, &ImportOptions::default()).unwrap()
    }

    #[test]
    fn parquet_comes_back_as_it_was() {
        let benchmark = benchmark();
        let mut bytes = Vec::new();
        write_parquet(&mut bytes, &benchmark).unwrap();
        let import = read_back("items.parquet", &bytes);
        assert_eq!(import.items, benchmark.items());
        assert_eq!(import.examples, benchmark.examples());
    }

    #[test]
    fn csv_comes_back_but_for_the_apostrophes_before_what_would_run() {
        let benchmark = benchmark();
        let mut bytes = Vec::new();
        write_csv(&mut bytes, &benchmark).unwrap();
        let import = read_back("items.csv", &bytes);
        assert!(import.rejected.is_empty(), "{:?}", import.rejected);
        assert_eq!(import.items.first(), benchmark.items().first());
        assert_eq!(import.examples, benchmark.examples());
        let guarded = import.items.get(1).unwrap();
        assert_eq!(guarded.question, "'=cmd|' /C calc'!A0");
        assert_eq!(guarded.options, ["'-1", "'@two"]);
        assert_eq!(guarded.rationale.as_deref(), Some("'+because"));
    }
}
