//! A workspace as the pages read it: everything loaded once by the loader thread and indexed for the lists.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::compare::tables::Tables;
use super::matrix;
use crate::benchmarks::{Benchmark, Item};
use crate::language::Language;
use crate::prompts::Protocol;
use crate::reviews::Reviews;
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
    work: Vec<Vec<(Language, Work)>>,
}

/// What a list needs to know of an item.
#[derive(Debug)]
pub struct Entry {
    /// What has to be shown of the item's hidden characters, so that it reads as it is.
    pub controls: Controls,
}

impl Study {
    /// Indexes what was read.
    pub fn new(root: PathBuf, name: String, read_only: Option<String>, ledger: Ledger, problems: Vec<String>) -> Self {
        let items = ledger.benchmarks().iter().flat_map(|benchmark| benchmark.items());
        let entries = items.map(|item| Entry {
            controls: controls(item),
        });
        let entries = entries.collect();
        let benchmarks = ledger.benchmarks().iter();
        let counts = benchmarks.clone().map(|benchmark| count_languages(benchmark.items()));
        let work = benchmarks.map(|benchmark| work_by_language(benchmark.items()));
        let all = Selection::all(&ledger);
        Self {
            counts: counts.collect(),
            work: work.collect(),
            root,
            name,
            read_only,
            sends_to: BTreeSet::new(),
            protocols: Vec::new(),
            tables: Arc::new(Tables::new(&ledger, &all)),
            texts: Texts::of(&ledger),
            ledger,
            entries,
            problems,
        }
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
            Some((item, self.entries.get(place)?.controls))
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
        let mut counts: Vec<(String, usize)> = Vec::new();
        for row in &self.tables.rows {
            match counts.iter_mut().find(|(label, _)| *label == row.protocol) {
                Some((_, count)) => *count += row.n,
                None => counts.push((row.protocol.clone(), row.n)),
            }
        }
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        counts.into_iter().map(|(label, _)| label).collect()
    }

    /// The names of the models that gave answers, in order.
    pub fn models(&self) -> Vec<String> {
        let mut names: Vec<String> = self.tables.rows.iter().map(|row| row.model.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The languages of all items, in the order lists show them.
    pub fn languages(&self) -> Vec<Language> {
        let mut languages: Vec<Language> = self
            .counts
            .iter()
            .flatten()
            .map(|(language, _)| language.clone())
            .collect();
        languages.sort_by_key(matrix::order);
        languages.dedup();
        languages
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
        place.and_then(|place| self.work.get(place)).map_or(&[], Vec::as_slice)
    }

    /// The names of all tasks, in order.
    pub fn tasks(&self) -> Vec<String> {
        let mut tasks: Vec<String> = self.ledger.columns().iter().map(|column| column.task.clone()).collect();
        tasks.sort();
        tasks.dedup();
        tasks
    }

    /// The subjects that items name, in order.
    pub fn subjects(&self) -> Vec<String> {
        let mut subjects: Vec<String> = self
            .benchmarks()
            .iter()
            .flat_map(|benchmark| benchmark.items().iter().filter_map(|item| item.subject.clone()))
            .collect();
        subjects.sort();
        subjects.dedup();
        subjects
    }
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
    let mut found: HashMap<&Language, Work> = HashMap::new();
    for item in items {
        let work = found.entry(&item.key.language).or_default();
        *work = *work + Work::of(item);
    }
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
