//! How commands of Inspect change what it shows.

use super::{InspectCommand, Menu, Naming, PromptState, Tab};
use crate::app::state::{State, Task};
use crate::slices::{Slice, SliceName};

impl State {
    /// Carries out a command of the page.
    pub(in crate::app) fn apply_inspect(&mut self, command: InspectCommand) -> Vec<Task> {
        match command {
            InspectCommand::ShowMenu(step) => {
                if let Some(study) = &self.study {
                    let choices = step.choices(study, &self.review.reviews, self.review.blind);
                    self.inspect.menu = Some(Menu {
                        step,
                        choices,
                        counts: Vec::new(),
                    });
                    self.list_items();
                }
            }
            InspectCommand::HideMenu => self.inspect.menu = None,
            InspectCommand::Add(condition) => {
                self.inspect.menu = None;
                self.inspect.filter = std::mem::take(&mut self.inspect.filter).with(condition);
                self.list_items();
            }
            InspectCommand::Sort(order) => {
                self.inspect.order = order;
                self.list_items();
            }
            InspectCommand::NameSlice(typed) => {
                let of = self.inspect.naming.take().and_then(|naming| naming.of);
                self.inspect.naming = Some(Naming { typed, of });
            }
            InspectCommand::RenameSlice(name) => {
                self.inspect.naming = Some(Naming {
                    typed: name.to_string(),
                    of: Some(name),
                });
            }
            InspectCommand::DropName => self.inspect.naming = None,
            InspectCommand::KeepSlice => return self.keep_slice(),
            InspectCommand::ForgetSlice(name) => {
                self.inspect.forgotten = self.slices.iter().find(|slice| slice.name == name).cloned();
                return vec![Task::ForgetSlice(name)];
            }
            InspectCommand::KeepAgain => {
                return self
                    .inspect
                    .forgotten
                    .clone()
                    .map(Task::KeepSlice)
                    .into_iter()
                    .collect();
            }
            InspectCommand::DropForgotten => self.inspect.forgotten = None,
            InspectCommand::ShowTab(tab) => self.inspect.tab = tab,
            InspectCommand::NextTab => self.inspect.tab = self.inspect.tab.after(1),
            InspectCommand::PreviousTab => self.inspect.tab = self.inspect.tab.after(Tab::ALL.len() - 1),
            InspectCommand::OpenFilters => self.inspect.opens_filters = self.inspect.only.is_none(),
            InspectCommand::ShowBeside(languages) => self.inspect.beside = Some(languages),
            InspectCommand::ChooseModel(model) => self.inspect.model = Some(model),
            InspectCommand::MakePrompt(of) => {
                self.inspect.prompt = Some((of.clone(), PromptState::Making));
                return self
                    .study
                    .clone()
                    .map(|study| Task::MakePrompt(study, of))
                    .into_iter()
                    .collect();
            }
            InspectCommand::ToggleContext => self.inspect.context_shown = !self.inspect.context_shown,
        }
        Vec::new()
    }

    /// Keeps the filter under the typed name, or the slice that is renamed.
    fn keep_slice(&mut self) -> Vec<Task> {
        let writable = self.writable();
        let is_name = |naming: &mut Naming| writable && naming.typed.parse::<SliceName>().is_ok();
        let naming = self.inspect.naming.take_if(is_name);
        let Some((name, of)) = naming.and_then(|naming| Some((naming.typed.parse().ok()?, naming.of))) else {
            return Vec::new();
        };
        vec![match of {
            Some(old) => Task::RenameSlice(old, name),
            None => Task::KeepSlice(Slice {
                name,
                filter: self.inspect.filter.clone(),
                rest: toml::Table::new(),
            }),
        }]
    }

    /// Takes over the slices that the workspace keeps now. One that was renamed stays chosen on Compare.
    pub fn take_slices(&mut self, slices: Vec<Slice>) {
        let is_there = |slices: &[Slice], name: &SliceName| slices.iter().any(|slice| slice.name == *name);
        if let Some(chosen) = &mut self.compare.slice
            && !is_there(&slices, &chosen.name)
            && let Some(renamed) = slices
                .iter()
                .find(|slice| slice.filter == chosen.filter && !is_there(&self.slices, &slice.name))
        {
            chosen.name = renamed.name.clone();
            if let Some(narrowed) = &mut self.compare.narrowed
                && narrowed.filter == renamed.filter
            {
                narrowed.name = renamed.name.clone();
            }
        }
        // What could not be removed needs no way back.
        self.inspect
            .forgotten
            .take_if(|forgotten| is_there(&slices, &forgotten.name));
        self.slices = slices;
    }
}
