//! A workspace as the pages read it: everything loaded once by the loader thread and indexed for the lists.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::inspect::Given;
use super::matrix;
use super::measures::{self, Sheet};
use crate::benchmarks::{Benchmark, Item, ItemKey};
use crate::language::Language;
use crate::prompts::Protocol;
use crate::runs::RunRecord;
use crate::runs::comparison::Row;
use crate::runs::estimate::Work;
use crate::runs::measures::Measure;
use crate::scoring::Answer;
use crate::text::appearance;
use crate::text::controls::Controls;
use crate::text::folding::Folded;

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
    pub benchmarks: Vec<Arc<Benchmark>>,
    /// Newest first, each with its answers.
    pub runs: Vec<(RunRecord, Vec<Answer>)>,
    pub rows: Vec<Row>,
    /// What is measured beside accuracy.
    pub sheets: BTreeMap<Measure, Sheet>,
    /// Every item of every benchmark.
    pub entries: Vec<Entry>,
    /// What could not be read, in words.
    pub problems: Vec<String>,
    /// Of every benchmark, as [`Self::counts`] gives them.
    counts: Vec<Vec<(Language, usize)>>,
    /// Of every benchmark, as [`Self::work`] gives it.
    work: Vec<Vec<(Language, Work)>>,
    /// The same question in other languages: places in `entries` by benchmark and shared name.
    parallels: HashMap<(usize, String), Vec<usize>>,
}

/// A row of Inspect's list.
#[derive(Debug)]
pub struct Entry {
    benchmark: usize,
    item: usize,
    /// Places of a run in `Study::runs` and of an answer in it.
    answers: Vec<(usize, usize)>,
    /// What a search looks through.
    pub folded: Folded,
    /// What has to be shown of the item's hidden characters, so that it reads as it is.
    pub controls: Controls,
}

impl Study {
    /// Indexes what was read. `runs` come newest first.
    pub fn new(
        root: PathBuf,
        name: String,
        read_only: Option<String>,
        benchmarks: Vec<Arc<Benchmark>>,
        runs: Vec<(RunRecord, Vec<Answer>)>,
        rows: Vec<Row>,
        problems: Vec<String>,
    ) -> Self {
        let mut entries = Vec::new();
        let mut by_key: HashMap<(&str, &ItemKey), usize> = HashMap::new();
        let mut parallels: HashMap<(usize, String), Vec<usize>> = HashMap::new();
        for (benchmark, content) in benchmarks.iter().enumerate() {
            for (place, item) in content.items().iter().enumerate() {
                by_key.insert((content.name(), &item.key), entries.len());
                parallels
                    .entry((benchmark, shared_name(item).to_owned()))
                    .or_default()
                    .push(entries.len());
                entries.push(Entry {
                    benchmark,
                    item: place,
                    answers: Vec::new(),
                    folded: fold(item),
                    controls: controls(item),
                });
            }
        }
        for (run, (_, answers)) in runs.iter().enumerate() {
            for (place, answer) in answers.iter().enumerate() {
                let entry = by_key
                    .get(&(answer.benchmark.as_str(), &answer.item))
                    .and_then(|&entry| entries.get_mut(entry));
                if let Some(entry) = entry {
                    entry.answers.push((run, place));
                }
            }
        }
        drop(by_key);
        let counts = benchmarks
            .iter()
            .map(|benchmark| count_languages(benchmark.items()))
            .collect();
        let oldest_first = runs.iter().rev().map(|(record, answers)| (record, answers.as_slice()));
        let sheets = measures::sheets(oldest_first, benchmarks.iter().map(AsRef::as_ref));
        let work = benchmarks.iter().map(|benchmark| work_by_language(benchmark.items()));
        let work = work.collect();
        Self {
            counts,
            work,
            root,
            name,
            read_only,
            sends_to: BTreeSet::new(),
            protocols: Vec::new(),
            benchmarks,
            runs,
            rows,
            sheets,
            entries,
            problems,
            parallels,
        }
    }

    /// How many options an item of these benchmarks has on average.
    pub fn options(&self, names: &BTreeSet<String>) -> f64 {
        let chosen = self
            .benchmarks
            .iter()
            .filter(|benchmark| names.contains(benchmark.name()));
        let items: Vec<&Item> = chosen.flat_map(|benchmark| benchmark.items()).collect();
        let options: usize = items.iter().map(|item| item.options.len()).sum();
        options as f64 / items.len().max(1) as f64
    }

    /// An entry's benchmark and item.
    pub fn item(&self, entry: &Entry) -> Option<(&Benchmark, &Item)> {
        let benchmark = self.benchmarks.get(entry.benchmark)?;
        Some((benchmark, benchmark.items().get(entry.item)?))
    }

    /// A benchmark's items, each with what has to be shown of its hidden characters.
    pub fn items<'a>(&'a self, benchmark: &'a Benchmark) -> impl Iterator<Item = (&'a Item, Controls)> {
        let place = self
            .benchmarks
            .iter()
            .position(|known| known.name() == benchmark.name());
        let entries = self.entries.iter().filter(move |entry| Some(entry.benchmark) == place);
        entries.filter_map(|entry| Some((benchmark.items().get(entry.item)?, entry.controls)))
    }

    /// An entry's answers under the protocol with this label (any where `None`), each model's newest only,
    /// in the order of the models' names.
    pub fn given<'a>(&'a self, entry: &'a Entry, protocol: Option<&str>) -> impl Iterator<Item = Given<'a>> {
        let mut given: Vec<Given<'a>> = Vec::new();
        for &(run, answer) in &entry.answers {
            let Some((record, answers)) = self.runs.get(run) else {
                continue;
            };
            let Some(answer) = answers.get(answer) else { continue };
            let other_protocol = protocol.is_some_and(|protocol| record.protocol.label() != protocol);
            if other_protocol || given.iter().any(|newer| newer.answer.model == answer.model) {
                continue;
            }
            given.push(Given { answer, run: record });
        }
        given.sort_by(|one, other| one.answer.model.cmp(&other.answer.model));
        given.into_iter()
    }

    /// The languages that an entry's question is also there in, with their places, its own left out.
    pub fn beside(&self, place: usize) -> Vec<(Language, usize)> {
        let Some(entry) = self.entries.get(place) else {
            return Vec::new();
        };
        let Some((_, item)) = self.item(entry) else {
            return Vec::new();
        };
        let mut found: Vec<(Language, usize)> = self
            .parallels
            .get(&(entry.benchmark, shared_name(item).to_owned()))
            .into_iter()
            .flatten()
            .filter(|&&other| other != place)
            .filter_map(|&other| {
                let (_, item) = self.item(self.entries.get(other)?)?;
                Some((item.key.language.clone(), other))
            })
            .collect();
        found.sort_by_key(|(language, _)| matrix::order(language));
        found
    }

    /// The labels of the protocols that answers were given under, the most used first.
    pub fn protocols(&self) -> Vec<String> {
        let mut counts: Vec<(String, usize)> = Vec::new();
        for row in &self.rows {
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
        let mut names: Vec<String> = self.rows.iter().map(|row| row.model.clone()).collect();
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
        let place = self.benchmarks.iter().position(|known| known.name() == benchmark);
        place
            .and_then(|place| self.counts.get(place))
            .map_or(&[], Vec::as_slice)
    }

    /// What a benchmark asks in each of its languages.
    pub fn work(&self, benchmark: &str) -> &[(Language, Work)] {
        let place = self.benchmarks.iter().position(|known| known.name() == benchmark);
        place.and_then(|place| self.work.get(place)).map_or(&[], Vec::as_slice)
    }

    /// The subjects that items name, in order.
    pub fn subjects(&self) -> Vec<String> {
        let mut subjects: Vec<String> = self
            .benchmarks
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

/// What ties an item to the same question in other languages: its `parallel`, else its id.
fn shared_name(item: &Item) -> &str {
    item.parallel.as_deref().unwrap_or(&item.key.id)
}

fn fold(item: &Item) -> Folded {
    let fields = [item.key.id.as_str(), &item.question].into_iter();
    let optional = item.context.iter().chain(&item.subject).chain(&item.options);
    Folded::of_parts(fields.chain(optional.map(String::as_str)))
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
