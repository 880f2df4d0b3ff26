//! A file on its way into the workspace: what was said of it, what looking at it gave, and what pairs in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::study::{controls, texts};
use crate::benchmarks::alignment::{self, Group, Method};
use crate::benchmarks::import::guess::{self, Guess};
use crate::benchmarks::import::{self, Candidate, Field, Import, ImportError, ImportOptions, Mapping, Rejected};
use crate::benchmarks::{Benchmark, Item};
use crate::error_chain;
use crate::text::controls::Controls;

/// The endings of files that can be imported.
pub const ENDINGS: [&str; 12] = [
    "jsonl", "ndjson", "json", "csv", "tsv", "parquet", "xlsx", "xls", "ods", "zip", "gz", "tgz",
];

/// Up to this size a file is read whole for its preview; of a larger one, the first records.
const WHOLE: u64 = 16 << 20;
/// How many records that are.
const SAMPLE: usize = 500;

/// How far an import is.
#[derive(Debug, Clone)]
pub enum Importing {
    Reading(Question),
    /// Looked at and not yet kept.
    Read(Draft),
    /// Being written into the workspace.
    Keeping(Draft),
    Failed {
        question: Question,
        problem: Problem,
    },
}

/// How items of several languages are found to be one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairBy {
    Key,
    Id,
    Row,
}

impl PairBy {
    /// Every way, the surest first.
    pub const ALL: [Self; 3] = [Self::Key, Self::Id, Self::Row];

    /// In words, after "by".
    pub fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Id => "id",
            Self::Row => "row",
        }
    }

    /// As the core calls it.
    pub fn method(self) -> Method {
        match self {
            Self::Key => Method::Parallel,
            Self::Id => Method::Id,
            Self::Row => Method::Row,
        }
    }
}

/// With what and how items are paired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairing {
    /// The benchmark of the workspace that the items join.
    pub with: Option<String>,
    /// `None` takes the surest way that pairs any.
    pub by: Option<PairBy>,
}

/// What is asked about a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    pub path: PathBuf,
    /// What a person said of it.
    pub said: ImportOptions,
    pub pairing: Pairing,
}

impl Question {
    /// About a file of which nothing was said.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            said: ImportOptions::default(),
            pairing: Pairing::default(),
        }
    }
}

/// What looking at a file gave, and what had been asked.
#[derive(Debug)]
pub struct Looked {
    pub question: Question,
    pub outcome: Result<Look, Problem>,
}

/// Why a file cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The whole chain of causes.
    pub words: String,
    /// The encodings it could be in, where that is why.
    pub encodings: &'static [Candidate],
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let encodings = match &error {
            ImportError::Encoding { source, .. } => source.candidates(),
            _ => &[],
        };
        Self {
            words: error_chain(&error),
            encodings,
        }
    }
}

/// What is seen of a file.
#[derive(Debug)]
pub struct Look {
    pub guess: Guess,
    pub preview: Preview,
    /// Whether that is all of the file.
    pub whole: bool,
    /// What the benchmark could be called.
    pub name: String,
    pub pairs: Pairs,
}

/// The items of several languages that are one question.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    /// How they were found.
    pub by: Option<PairBy>,
    /// The first of them, each with its texts by language.
    pub shown: Vec<(Group, Vec<Arc<Item>>)>,
    pub paired: usize,
    pub alone: usize,
    /// How many differ in their options or right answers.
    pub differing: usize,
    /// Why none can be found so.
    pub problem: Option<String>,
}

/// How many pairs are shown.
const PAIRS: usize = 50;

/// What a file held, and what is to be known of it before it is kept.
#[derive(Debug)]
pub struct Preview {
    pub import: Arc<Import>,
    /// What has to be shown of each item's hidden characters.
    pub controls: Vec<Controls>,
    /// How many items have hidden characters that right writing does not need.
    pub hidden: usize,
}

impl Preview {
    /// Looks for hidden characters in what was read.
    pub fn new(import: Import) -> Self {
        let shows = |text: &str| text.contains(|character| Controls::Shown.shows(character));
        let hides = |item: &&Item| texts(item).any(shows);
        Self {
            controls: import.items.iter().map(controls).collect(),
            hidden: import.items.iter().filter(hides).count(),
            import: Arc::new(import),
        }
    }

    /// In how many items hidden characters change how they read.
    pub fn misleading(&self) -> usize {
        let needed = self.controls.iter().filter(|controls| **controls != Controls::Obeyed);
        needed.count()
    }
}

/// A file that was looked at, with what was said and typed since.
#[derive(Debug, Clone)]
pub struct Draft {
    pub path: PathBuf,
    pub said: ImportOptions,
    /// What the benchmark will be called.
    pub name: String,
    /// What the exam will be called, as typed.
    pub task: String,
    /// The licence of its items, as typed; of a benchmark that it joins, that one's stays.
    pub licence: String,
    pub pairing: Pairing,
    /// Which item is shown as it would become.
    pub shown: usize,
    /// Whether it is being looked at again.
    pub looking: bool,
    pub look: Arc<Look>,
    /// Why it could not be looked at as it was last said.
    pub problem: Option<String>,
}

impl Draft {
    /// Of a file that was looked at for the first time.
    pub fn new(question: Question, look: Look) -> Self {
        let name = question.pairing.with.clone().unwrap_or_else(|| look.name.clone());
        let mut draft = Self {
            path: question.path,
            said: question.said,
            name,
            task: String::new(),
            licence: String::new(),
            pairing: question.pairing,
            shown: 0,
            looking: false,
            look: Arc::new(look),
            problem: None,
        };
        draft.task = draft.task_seen();
        draft
    }

    /// What is asked about it now.
    pub fn question(&self) -> Question {
        Question {
            path: self.path.clone(),
            said: self.said.clone(),
            pairing: self.pairing.clone(),
        }
    }

    /// Takes in another look.
    pub fn take(&mut self, look: Look) {
        self.look = Arc::new(look);
        self.problem = None;
        self.task = self.task_seen();
        let items = self.items().len();
        self.shown = self.shown.min(items.saturating_sub(1));
    }

    /// The items it would give.
    pub fn items(&self) -> &[Item] {
        &self.look.preview.import.items
    }

    /// The field that a column fills, by its name where nothing else was said or guessed of it.
    pub fn fills(&self, column: &str) -> Option<Field> {
        let guessed = self.look.guess.fields.iter();
        let mut guessed = guessed.filter(|guessed| guessed.mapping.column == column);
        let field = guessed.next().map(|guessed| guessed.mapping.field);
        let named = || {
            let fields = &self.look.preview.import.provenance.fields;
            let (field, _) = fields.iter().find(|(_, filling)| *filling == column)?;
            Some(format!("{column}={field}").parse::<Mapping>().ok()?.field)
        };
        field.or_else(named).filter(|field| *field != Field::Extra)
    }

    /// What the exam of its items is called, where they have one only.
    fn task_seen(&self) -> String {
        let mut tasks = self.items().iter().map(|item| item.task.as_str());
        match tasks.next() {
            Some(first) if tasks.all(|task| task == first) => first.to_owned(),
            _ => self.said.task.clone().unwrap_or_default(),
        }
    }

    /// Why it cannot be kept yet.
    pub fn obstacle(&self) -> Option<&'static str> {
        let import = &self.look.preview.import;
        if self.looking {
            Some("Looking at the file again")
        } else if !self.look.guess.doubts.is_empty() {
            Some("A question beside is still open")
        } else if import.items.is_empty() && import.examples.is_empty() {
            Some("No row makes an item yet")
        } else if self.name.trim().is_empty() {
            Some("Give it a name")
        } else {
            None
        }
    }
}

/// Looks at a file as it is asked about. `others` are the items of the benchmark it would join.
pub fn look(question: Question, join: Option<&Benchmark>) -> Looked {
    let outcome = seen(&question, join);
    Looked { question, outcome }
}

fn seen(question: &Question, join: Option<&Benchmark>) -> Result<Look, Problem> {
    let guess = guess::guess(&question.path, &question.said)?;
    let whole = std::fs::metadata(&question.path).map_or(0, |facts| facts.len()) <= WHOLE;
    let read = match whole {
        true => import::read(&question.path, &guess.options),
        false => import::sample(&question.path, &guess.options, SAMPLE),
    };
    let import = match read {
        Ok(import) => import,
        // What keeps rows from being items is what the page is there to solve.
        Err(ImportError::AllRejected { path, rejected }) => without_items(&path, rejected),
        Err(error) => return Err(error.into()),
    };
    Ok(Look {
        name: import.suggested_name(),
        pairs: pairs(&import, join, question.pairing.by),
        preview: Preview::new(import),
        guess,
        whole,
    })
}

fn without_items(path: &Path, rejected: Vec<Rejected>) -> Import {
    Import {
        path: path.to_owned(),
        items: Vec::new(),
        examples: Vec::new(),
        rejected,
        provenance: Default::default(),
    }
}

/// What pairs among the items of a file and of the benchmark they join, in the way asked for or in the surest that pairs
/// any.
fn pairs(import: &Import, join: Option<&Benchmark>, by: Option<PairBy>) -> Pairs {
    let mut items = import.items.clone();
    let there = join.map(Benchmark::items).unwrap_or_default();
    items.extend(there.iter().cloned());
    let first = items.first().map(|item| &item.key.language);
    if items.iter().all(|item| Some(&item.key.language) == first) {
        return Pairs::default();
    }
    match by {
        Some(by) => paired(&items, by),
        None => {
            let mut ways = [PairBy::Key, PairBy::Id].into_iter().map(|by| paired(&items, by));
            let found = ways.find(|pairs| pairs.paired > 0);
            found.unwrap_or_else(|| paired(&items, PairBy::Key))
        }
    }
}

fn paired(items: &[Item], by: PairBy) -> Pairs {
    let plan = match alignment::plan(items, &by.method()) {
        Ok(plan) => plan,
        Err(problem) => {
            return Pairs {
                by: Some(by),
                problem: Some(error_chain(&problem)),
                ..Pairs::default()
            };
        }
    };
    let by_key: std::collections::HashMap<_, _> = items.iter().map(|item| (&item.key, item)).collect();
    let shown = plan.groups.iter().take(PAIRS).map(|group| {
        let members = group.members.iter().filter_map(|key| by_key.get(key));
        (group.clone(), members.map(|item| Arc::new((*item).clone())).collect())
    });
    Pairs {
        by: Some(by),
        shown: shown.collect(),
        paired: plan.groups.len(),
        alone: plan.alone.len(),
        differing: plan.groups.iter().filter(|group| group.differs.is_some()).count(),
        problem: None,
    }
}
