//! The questions of a ledger: the items of its benchmarks, and what was answered of benchmarks that are gone.

use std::collections::HashMap;
use std::sync::Arc;

use super::names::Names;
use crate::benchmarks::{Benchmark, ItemKey};
use crate::language::Language;

/// An item as it is asked. Its numbers mean something within its ledger only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The place of its benchmark among the ledger's and of its item there; `None` where the benchmark is not here.
    pub source: Option<(usize, usize)>,
    /// Same for the questions of one benchmark.
    pub benchmark: u32,
    /// Same for the questions of tasks of one name.
    pub task: u32,
    /// Same for the questions in one language.
    pub language: u32,
    /// Same for the questions of one subject; `None` where the item names none.
    pub subject: Option<u32>,
    /// Same for what asks the same in several languages: by the item's `parallel`, else by its id.
    pub parallel: u32,
    /// Whether the item itself names what it is parallel to.
    pub is_tied: bool,
    /// Same for questions about one context; a question without a context stands alone.
    pub context: u32,
}

/// All questions, and what their numbers stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Questions {
    questions: Vec<Question>,
    benchmarks: Names<String>,
    tasks: Names<String>,
    languages: Names<Language>,
    subjects: Names<String>,
    /// By benchmark and language, then by id.
    numbers: HashMap<(u32, u32), HashMap<Box<str>, u32>>,
    /// By benchmark, then by shared name: a number in `parallels`.
    shared: HashMap<u32, HashMap<Box<str>, u32>>,
    /// The questions that ask the same.
    parallels: Vec<Vec<u32>>,
    /// The keys of questions whose benchmark is not here, by question less the number of items.
    lost: Vec<ItemKey>,
}

impl Questions {
    /// Those that the items of benchmarks ask, in their order.
    pub(super) fn of(benchmarks: &[Arc<Benchmark>]) -> Self {
        let mut questions = Self::default();
        for (place, benchmark) in benchmarks.iter().enumerate() {
            let mut contexts = HashMap::new();
            for (item_place, item) in benchmark.items().iter().enumerate() {
                let number = questions.add(benchmark.name(), &item.task, &item.key, item.parallel.as_deref());
                let context = item
                    .context
                    .as_deref()
                    .map(|context| *contexts.entry(context).or_insert(number));
                let subject = item
                    .subject
                    .as_ref()
                    .map(|subject| questions.subjects.number(subject.as_str()));
                if let Some(question) = questions.questions.get_mut(number as usize) {
                    question.source = Some((place, item_place));
                    question.subject = subject;
                    question.context = context.unwrap_or(number);
                }
            }
        }
        questions
    }

    /// The number of the question behind an answer, a new one where its benchmark is not here.
    pub(super) fn asked(&mut self, benchmark: &str, task: &str, key: &ItemKey) -> u32 {
        if let Some(number) = self.find(benchmark, key) {
            return number as u32;
        }
        self.lost.push(key.clone());
        self.add(benchmark, task, key, None)
    }

    fn add(&mut self, benchmark: &str, task: &str, key: &ItemKey, parallel: Option<&str>) -> u32 {
        let number = self.questions.len() as u32;
        let benchmark = self.benchmarks.number(benchmark);
        let language = self.languages.number(&key.language);
        let by_id = self.numbers.entry((benchmark, language)).or_default();
        by_id.insert(key.id.as_str().into(), number);
        let shared = self.shared.entry(benchmark).or_default();
        let name = parallel.unwrap_or(&key.id);
        let group = match shared.get(name) {
            Some(group) => *group,
            None => {
                let group = self.parallels.len() as u32;
                shared.insert(name.into(), group);
                self.parallels.push(Vec::new());
                group
            }
        };
        if let Some(group) = self.parallels.get_mut(group as usize) {
            group.push(number);
        }
        self.questions.push(Question {
            source: None,
            benchmark,
            task: self.tasks.number(task),
            language,
            subject: None,
            parallel: group,
            is_tied: parallel.is_some(),
            context: number,
        });
        number
    }

    pub(super) fn find(&self, benchmark: &str, key: &ItemKey) -> Option<usize> {
        let benchmark = self.benchmarks.find(benchmark)?;
        let language = self.languages.find(&key.language)?;
        let number = self.numbers.get(&(benchmark, language))?.get(key.id.as_str())?;
        Some(*number as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.questions.len()
    }

    pub(super) fn get(&self, number: usize) -> Option<&Question> {
        self.questions.get(number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter()
    }

    /// The key of a question whose benchmark is not here.
    pub(super) fn lost_key(&self, number: usize) -> Option<&ItemKey> {
        self.lost
            .get(number.checked_sub(self.questions.len() - self.lost.len())?)
    }

    pub(super) fn parallel(&self, group: u32) -> &[u32] {
        self.parallels.get(group as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn benchmark(&self, question: &Question) -> &str {
        self.benchmarks.name(question.benchmark).map_or("", String::as_str)
    }

    pub(super) fn task(&self, question: &Question) -> &str {
        self.tasks.name(question.task).map_or("", String::as_str)
    }

    pub(super) fn language(&self, question: &Question) -> Option<&Language> {
        self.languages.name(question.language)
    }

    pub(super) fn subject(&self, question: &Question) -> Option<&str> {
        self.subjects.name(question.subject?).map(String::as_str)
    }
}
