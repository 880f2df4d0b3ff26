//! What the Benchmarks page keeps: what is selected, a file being imported, and known benchmarks on their way here.

mod command;
mod draft;
mod getting;

use std::collections::{BTreeMap, BTreeSet};

use crate::benchmarks::known::{self, Known};
use crate::language::Language;

pub use command::BenchmarksCommand;
pub use draft::{Draft, ENDINGS, Importing, Look, Looked, PairBy, Pairing, Pairs, Preview, Problem, Question, look};
pub use getting::{Failure, Getting, Got, bring};

use super::state::Task;

/// A part of the page, shown by a tab of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Section {
    #[default]
    Here,
    Known,
}

impl Section {
    /// Every section, in the order of its tabs.
    pub const ALL: [Self; 2] = [Self::Here, Self::Known];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Here => "In this workspace",
            Self::Known => "Known benchmarks",
        }
    }
}

/// The Benchmarks page's own state.
#[derive(Debug, Clone, Default)]
pub struct Benchmarks {
    pub section: Section,
    /// Its name.
    pub selected: Option<String>,
    /// The language whose items the table previews.
    pub preview: Option<Language>,
    pub import: Option<Importing>,
    /// What is searched for in the lists.
    pub search: String,
    /// The name of the known benchmark that is shown.
    pub known: Option<String>,
    /// The languages of known benchmarks that are not fetched, by name; all are where nobody chose.
    left_out: BTreeMap<String, BTreeSet<Language>>,
    /// The known benchmarks on their way here, by name.
    pub getting: BTreeMap<String, Getting>,
    /// The benchmark that was imported last, to be run next.
    pub imported: Option<String>,
}

impl Benchmarks {
    /// The known benchmark that is shown: the selected one, else the first that the search finds.
    pub fn shown<'a>(&self, found: &[&'a Known]) -> Option<&'a Known> {
        let selected = found.iter().find(|known| Some(&known.name) == self.known.as_ref());
        selected.or(found.first()).copied()
    }

    /// The languages of a known benchmark that are to be fetched, in its order.
    pub fn wanted(&self, known: &Known) -> Vec<Language> {
        let left_out = self.left_out.get(&known.name);
        let wanted = |language: &&Language| left_out.is_none_or(|left_out| !left_out.contains(language));
        known.languages.iter().filter(wanted).cloned().collect()
    }

    /// Carries out a command of the page and returns what others have to do for it.
    pub fn apply(&mut self, command: BenchmarksCommand) -> Vec<Task> {
        match command {
            BenchmarksCommand::Show(section) => {
                self.section = section;
                self.search.clear();
            }
            BenchmarksCommand::SelectKnown(name) => self.known = Some(name),
            BenchmarksCommand::ToggleLanguage(name, language) => {
                if let Some(known) = known::named(&name) {
                    let left_out = self.left_out.entry(known.name.clone()).or_default();
                    if !left_out.remove(&language) {
                        left_out.insert(language);
                    }
                }
            }
            BenchmarksCommand::ChooseLanguages(name, all) => {
                if let Some(known) = known::named(&name) {
                    let left_out = if all {
                        BTreeSet::new()
                    } else {
                        known.languages.iter().cloned().collect()
                    };
                    self.left_out.insert(known.name.clone(), left_out);
                }
            }
            BenchmarksCommand::Get(name, languages) => return self.get(&name, languages),
            BenchmarksCommand::CancelGetting(name) => {
                if let Some(getting) = self.getting.get(&name) {
                    getting.cancel.cancel();
                }
                self.getting.remove(&name);
            }
            BenchmarksCommand::Say(said) => {
                if let Some(Importing::Failed { question, .. }) = &self.import {
                    let question = Question {
                        said: *said,
                        ..question.clone()
                    };
                    self.import = Some(Importing::Reading(question.clone()));
                    return vec![Task::Look(question)];
                }
                return self.look_again(|draft| draft.said = *said);
            }
            BenchmarksCommand::TypeTask(task) => {
                if let Some(Importing::Read(draft)) = &mut self.import {
                    draft.task = task;
                }
            }
            BenchmarksCommand::TypeLicence(licence) => {
                if let Some(Importing::Read(draft)) = &mut self.import {
                    draft.licence = licence;
                }
            }
            BenchmarksCommand::ShowItem(place) => {
                if let Some(Importing::Read(draft)) = &mut self.import {
                    draft.shown = place;
                }
            }
            BenchmarksCommand::Join(name) => {
                return self.look_again(|draft| {
                    draft.pairing.with.clone_from(&name);
                    if let Some(name) = name {
                        draft.name = name;
                    } else {
                        draft.name.clone_from(&draft.look.name);
                    }
                });
            }
            BenchmarksCommand::PairBy(by) => return self.look_again(|draft| draft.pairing.by = Some(by)),
            // These need more than the page: `State` carries them out.
            BenchmarksCommand::Open(_) | BenchmarksCommand::Run(_) => {}
        }
        Vec::new()
    }

    /// Changes what was said of the file that is imported, and has it looked at again.
    fn look_again(&mut self, change: impl FnOnce(&mut Draft)) -> Vec<Task> {
        let Some(Importing::Read(draft)) = &mut self.import else {
            return Vec::new();
        };
        change(draft);
        draft.looking = true;
        vec![Task::Look(draft.question())]
    }

    fn get(&mut self, name: &str, languages: Vec<Language>) -> Vec<Task> {
        let underway = self.getting.get(name).is_some_and(|getting| getting.failed.is_none());
        let Some(known) = known::named(name).filter(|_| !underway && !languages.is_empty()) else {
            return Vec::new();
        };
        let getting = Getting::of(languages);
        self.getting.insert(known.name.clone(), getting.clone());
        vec![Task::GetBenchmark(known, getting)]
    }

    /// Takes in what looking at a file gave, unless it was asked otherwise meanwhile.
    pub fn take_look(&mut self, looked: Looked) {
        match (&mut self.import, looked.outcome) {
            (Some(Importing::Reading(question)), outcome) if *question == looked.question => {
                self.import = Some(match outcome {
                    Ok(look) => Importing::Read(Draft::new(looked.question, look)),
                    Err(problem) => Importing::Failed {
                        question: looked.question,
                        problem,
                    },
                });
            }
            (Some(Importing::Read(draft)), outcome) if draft.question() == looked.question => {
                draft.looking = false;
                match outcome {
                    Ok(look) => draft.take(look),
                    Err(problem) => draft.problem = Some(problem.words),
                }
            }
            _ => {}
        }
    }
}
