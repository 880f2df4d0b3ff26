//! A workspace as the pages read it: everything loaded once by the loader thread and indexed for the lists.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::compare::tables::Tables;
use super::matrix;
use crate::benchmarks::{Benchmark, Item};
use crate::language::Language;
use crate::models::named;
use crate::prompts::Protocol;
use crate::reviews::Reviews;
use crate::runs::comparison;
use crate::runs::estimate::Work;
use crate::runs::ledger::{Ledger, Run, Selection};
use crate::slices::{Sources, Texts};
use crate::text::appearance;
use crate::text::controls::Controls;

/// A loaded workspace.
#[derive(Debug)]
pub struct Study {
    pub root: PathBuf,
    pub name: String,
    /// Why nothing can be written: which process holds the workspace.
    pub read_only: Option<String>,
    /// The addresses of endpoints that somebody agreed to send items of this workspace to.
    pub sends_to: BTreeSet<String>,
    /// The protocols the workspace keeps.
    pub protocols: Vec<Protocol>,
    /// Its benchmarks, runs and answers.
    pub ledger: Ledger,
    /// What all of them came to.
    pub tables: Arc<Tables>,
    /// Every item of every benchmark; an entry's place is its question's number in the ledger.
    pub entries: Vec<Entry>,
    /// What a search looks through.
    pub texts: Texts,
    /// What could not be read, in words.
    pub problems: Vec<String>,
    /// Of every benchmark, as [`Self::counts`] gives them.
    counts: Vec<Vec<(Language, usize)>>,
    /// Of every benchmark, as [`Self::work`] gives it.
    work: Vec<OnceLock<Vec<(Language, Work)>>>,
    languages: Vec<Language>,
    subjects: Vec<String>,
    models: Vec<String>,
}

/// What a list needs to know of an item.
#[derive(Debug, Default)]
pub struct Entry {
    controls: OnceLock<Controls>,
}

impl Study {
    /// Indexes what was read.
    pub fn new(root: PathBuf, name: String, read_only: Option<String>, ledger: Ledger, problems: Vec<String>) -> Self {
        let items: usize = ledger.benchmarks().iter().map(|it| it.items().len()).sum();
        let benchmarks = ledger.benchmarks().iter();
        let counts: Vec<_> = benchmarks.map(|it| count_languages(it.items())).collect();
        let all = Selection::all(&ledger);
        let tables = Tables::new(&ledger, &all);
        Self {
            entries: std::iter::repeat_with(Entry::default).take(items).collect(),
            work: counts.iter().map(|_| OnceLock::new()).collect(),
            languages: languages(&counts),
            subjects: subjects(ledger.benchmarks()),
            models: named::distinct(tables.rows.iter().map(|row| row.model.as_str())),
            counts,
            root,
            name,
            read_only,
            sends_to: BTreeSet::new(),
            protocols: Vec::new(),
            texts: Texts::of(&ledger),
            tables: Arc::new(tables),
            ledger,
            problems,
        }
    }

    /// Reckons what is needed only once somebody searches or plans a run, so that nobody waits for it then.
    pub fn prepare(&self) {
        self.texts.prepare();
        self.benchmarks()
            .iter()
            .for_each(|benchmark| _ = self.work(benchmark.name()));
    }

    /// What filters are asked of; `protocol` is the label of the one whose answers are shown.
    pub fn sources<'a>(&'a self, reviews: &'a Reviews, protocol: Option<&'a str>) -> Sources<'a> {
        Sources {
            ledger: &self.ledger,
            texts: &self.texts,
            reviews,
            protocol,
        }
    }

    /// The benchmarks, by name.
    pub fn benchmarks(&self) -> &[Arc<Benchmark>] {
        self.ledger.benchmarks()
    }

    /// The runs, oldest first.
    pub fn runs(&self) -> &[Run] {
        self.ledger.runs()
    }

    /// How many options an item of these benchmarks has on average.
    pub fn options(&self, names: &BTreeSet<String>) -> f64 {
        let chosen = self
            .benchmarks()
            .iter()
            .filter(|benchmark| names.contains(benchmark.name()));
        let items: Vec<&Item> = chosen.flat_map(|benchmark| benchmark.items()).collect();
        let options: usize = items.iter().map(|item| item.options.len()).sum();
        options as f64 / items.len().max(1) as f64
    }

    /// The benchmark and item in a place of `entries`.
    pub fn item(&self, place: usize) -> Option<(&Benchmark, &Item)> {
        let (benchmark, item) = self.ledger.question(place)?.source?;
        let benchmark = self.benchmarks().get(benchmark)?;
        Some((benchmark, benchmark.items().get(item)?))
    }

    /// A benchmark's items, each with what has to be shown of its hidden characters.
    pub fn items<'a>(&'a self, benchmark: &'a Benchmark) -> impl Iterator<Item = (&'a Item, Controls)> {
        let items = benchmark.items().iter();
        items.filter_map(|item| {
            let place = self.ledger.find(benchmark.name(), &item.key)?;
            Some((item, self.controls(place)))
        })
    }

    /// What has to be shown of the hidden characters of the item in a place of `entries`, so that it reads as it is.
    pub fn controls(&self, place: usize) -> Controls {
        let entry = self.entries.get(place).zip(self.item(place));
        entry.map_or(Controls::Obeyed, |(entry, (_, item))| {
            *entry.controls.get_or_init(|| controls(item))
        })
    }

    /// The languages that an entry's question is also there in, with their places, its own left out.
    pub fn beside(&self, place: usize) -> Vec<(Language, usize)> {
        let others = self.ledger.beside(place);
        let mut found: Vec<(Language, usize)> = others
            .filter_map(|other| Some((self.item(other)?.1.key.language.clone(), other)))
            .collect();
        found.sort_by_key(|(language, _)| matrix::order(language));
        found
    }

    /// The labels of the protocols that answers were given under, the most used first.
    pub fn protocols(&self) -> Vec<String> {
        comparison::protocols(&self.tables.rows)
    }

    /// The names of the models that gave answers, in order.
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// The languages of all items, in the order lists show them.
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// A benchmark's languages with how many items each has, in the order lists show them.
    pub fn counts(&self, benchmark: &str) -> &[(Language, usize)] {
        let place = self.benchmarks().iter().position(|known| known.name() == benchmark);
        place
            .and_then(|place| self.counts.get(place))
            .map_or(&[], Vec::as_slice)
    }

    /// What a benchmark asks in each of its languages.
    pub fn work(&self, benchmark: &str) -> &[(Language, Work)] {
        let place = self.benchmarks().iter().position(|known| known.name() == benchmark);
        let found = place.and_then(|place| Some((self.work.get(place)?, self.benchmarks().get(place)?)));
        found.map_or(&[], |(work, benchmark)| {
            work.get_or_init(|| work_by_language(benchmark.items()))
        })
    }

    /// The names of all tasks, in order.
    pub fn tasks(&self) -> Vec<String> {
        let mut tasks: Vec<String> = self.ledger.columns().iter().map(|column| column.task.clone()).collect();
        tasks.sort();
        tasks.dedup();
        tasks
    }

    /// The names of the benchmarks that there are items or answers of, in order.
    pub fn benchmark_names(&self) -> Vec<String> {
        let columns = self.ledger.columns().iter();
        let mut names: Vec<String> = columns.map(|column| column.benchmark.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The subjects that items name, in order.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }
}

/// Every name once, in order.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let distinct: BTreeSet<&str> = names.collect();
    distinct.into_iter().map(str::to_owned).collect()
}

fn subjects(benchmarks: &[Arc<Benchmark>]) -> Vec<String> {
    let items = benchmarks.iter().flat_map(|benchmark| benchmark.items());
    distinct(items.filter_map(|item| item.subject.as_deref()))
}

fn languages(counts: &[Vec<(Language, usize)>]) -> Vec<Language> {
    let distinct: BTreeSet<&Language> = counts.iter().flatten().map(|(language, _)| language).collect();
    let mut languages: Vec<Language> = distinct.into_iter().cloned().collect();
    languages.sort_by_key(matrix::order);
    languages
}

/// The languages of `items` with how many each has, in the order lists show them.
pub fn count_languages(items: &[Item]) -> Vec<(Language, usize)> {
    let mut found: HashMap<&Language, usize> = HashMap::new();
    for item in items {
        *found.entry(&item.key.language).or_default() += 1;
    }
    let mut counts: Vec<(Language, usize)> = found
        .into_iter()
        .map(|(language, count)| (language.clone(), count))
        .collect();
    counts.sort_by_key(|(language, _)| matrix::order(language));
    counts
}

/// What items ask, by language in the order lists show them.
fn work_by_language(items: &[Item]) -> Vec<(Language, Work)> {
    let mut by_language: HashMap<&Language, Vec<&Item>> = HashMap::new();
    for item in items {
        by_language.entry(&item.key.language).or_default().push(item);
    }
    // In their order, so that the sums are the same on every machine; languages beside each other.
    let found: Vec<(&Language, Work)> = by_language
        .into_par_iter()
        .map(|(language, items)| (language, items.into_iter().map(Work::of).sum()))
        .collect();
    let mut work: Vec<(Language, Work)> = found
        .into_iter()
        .map(|(language, work)| (language.clone(), work))
        .collect();
    work.sort_by_key(|(language, _)| matrix::order(language));
    work
}

/// What has to be shown of an item's hidden characters, so that it reads as it is.
pub fn controls(item: &Item) -> Controls {
    let stem: Vec<&str> = stem(item).map(String::as_str).collect();
    appearance::needed(&stem, &item.options, item.key.language.direction())
}

/// Every text of an item that a model or a reader reads.
pub fn texts(item: &Item) -> impl Iterator<Item = &str> {
    stem(item).chain(&item.options).map(String::as_str)
}

/// The texts of an item but its options.
fn stem(item: &Item) -> impl Iterator<Item = &String> {
    let optional = [&item.context, &item.rationale].into_iter().flatten();
    optional.chain([&item.question])
}
