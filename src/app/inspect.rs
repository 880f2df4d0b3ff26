//! What Inspect lists: the filter, which items it leaves, and an item's answers and parallel items.

mod apply;
mod lister;
pub mod listing;
pub mod menu;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use lister::Lister;
pub use listing::{Listed, Order, Request};
pub use menu::{Choice, Lead, Step};

use egui::{Key, KeyboardShortcut, Modifiers};

use super::State;
use super::review::{FormLanguage, Review, Shown, Veil};
use super::study::Study;
use crate::benchmarks::Item;
use crate::language::Language;
use crate::reviews::Reviews;
use crate::runs::RunId;
use crate::runs::ledger::Selection;
use crate::runs::prompted::Prompted;
use crate::slices::{Condition, Filter, Slice, SliceName};
use crate::text::controls::Controls;

/// Something to do in Inspect.
#[derive(Debug, Clone, PartialEq)]
pub enum InspectCommand {
    /// Opens a page of the menu of filters.
    ShowMenu(Step),
    HideMenu,
    /// Adds a filter and closes the menu.
    Add(Condition),
    Sort(Order),
    /// Begins or goes on to type the name of a slice.
    NameSlice(String),
    /// Keeps the filter under the typed name.
    KeepSlice,
    DropName,
    /// Begins to type another name for a slice.
    RenameSlice(SliceName),
    ForgetSlice(SliceName),
    /// Keeps again the slice that was forgotten last.
    KeepAgain,
    /// Puts away that one can be kept again.
    DropForgotten,
    ShowTab(Tab),
    NextTab,
    PreviousTab,
    /// Opens the menu of filters as a click on its button does.
    OpenFilters,
    /// Shows these languages beside the item, as many as there is room for.
    ShowBeside(Vec<Language>),
    /// Chooses whose prompt and run are shown.
    ChooseModel(String),
    /// Puts a prompt together again.
    MakePrompt(PromptOf),
    /// Shows all of a long context, or its first lines.
    ToggleContext,
}

impl InspectCommand {
    /// The words on its button.
    pub fn text(&self) -> &'static str {
        match self {
            Self::ShowMenu(_) | Self::HideMenu | Self::Add(_) | Self::OpenFilters => "Filter",
            Self::Sort(_) => "Sort",
            Self::NameSlice(_) => "Save slice",
            Self::KeepSlice => "Save",
            Self::DropName => "Cancel",
            Self::RenameSlice(_) => "Rename slice",
            Self::ForgetSlice(_) => "Remove slice",
            Self::KeepAgain => "Undo",
            Self::DropForgotten => "Dismiss",
            Self::ShowTab(tab) => tab.title(),
            Self::NextTab => "Next tab",
            Self::PreviousTab => "Previous tab",
            Self::ShowBeside(_) => "Beside",
            Self::ChooseModel(_) => "Model",
            Self::MakePrompt(_) => "Prompt",
            Self::ToggleContext => "Context",
        }
    }

    /// What it does, where its words do not say it all.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::NameSlice(_) => "Keep these filters in the workspace under a name, for Compare and the command line",
            Self::ForgetSlice(_) => "Remove its file; the items and answers stay",
            Self::KeepAgain => "Keep the slice again that was removed",
            Self::NextTab => "Next of the tabs below the item",
            Self::PreviousTab => "The tab before",
            Self::OpenFilters => "Add a filter to the list",
            Self::ToggleContext => "Show all of a long context, or its first lines",
            _ => "",
        }
    }

    /// The keys that send it.
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        let (held, key) = match self {
            Self::NextTab => (Modifiers::COMMAND, Key::PageDown),
            Self::PreviousTab => (Modifiers::COMMAND, Key::PageUp),
            Self::OpenFilters => (Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::F),
            Self::ToggleContext => (Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::E),
            _ => return None,
        };
        Some(KeyboardShortcut::new(held, key))
    }
}

/// What stands below the item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    #[default]
    Answers,
    Prompt,
    Written,
    Run,
}

impl Tab {
    /// All, from left to right.
    pub const ALL: [Self; 4] = [Self::Answers, Self::Prompt, Self::Written, Self::Run];

    /// Its words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Answers => "Answers",
            Self::Prompt => "Prompt and tokens",
            Self::Written => "Generated text",
            Self::Run => "Run and protocol",
        }
    }

    /// The one so many places further, going round.
    fn after(self, steps: usize) -> Self {
        let place = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        Self::ALL.into_iter().cycle().nth(place + steps).unwrap_or_default()
    }
}

/// A name for a slice while it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    pub typed: String,
    /// The slice that is renamed; absent where the filter is to become one.
    pub of: Option<SliceName>,
}

/// Whose prompt it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptOf {
    /// The number of the question in the ledger.
    pub question: usize,
    pub run: RunId,
    pub model: String,
}

/// How far a prompt is.
#[derive(Debug, Clone)]
pub enum PromptState {
    Making,
    Made(Arc<Prompted>),
    /// Why it cannot be made.
    Failed(String),
}

/// The open menu of filters.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    pub step: Step,
    pub choices: Vec<Choice>,
    /// How many items choices would leave, as far as that is known.
    pub counts: Vec<(Condition, usize)>,
}

impl Menu {
    /// How many items a choice would leave.
    pub fn count(&self, choice: &Choice) -> Option<usize> {
        let Lead::Adds(condition) = &choice.lead else {
            return None;
        };
        let counted = self.counts.iter().find(|(counted, _)| counted == condition);
        counted.map(|(_, count)| *count)
    }
}

/// Inspect's own state.
#[derive(Debug, Clone)]
pub struct Inspect {
    pub filter: Filter,
    pub order: Order,
    /// Places in [`Study::entries`] that the filter leaves, in the list's order.
    pub listed: Vec<usize>,
    /// What is listed in place of what the filter leaves, in its own order.
    pub only: Option<Vec<usize>>,
    /// What was listed last, which may be behind the filter by a moment.
    pub last: Option<(Request, Arc<Selection>)>,
    /// What waits to be listed on another thread.
    pub waiting: Option<Request>,
    /// Where nothing is listed: the places of the conditions without which something would be, with how much.
    pub blockers: Vec<(usize, usize)>,
    /// Whether the list is behind the filter.
    pub is_listing: bool,
    /// How often something was asked to be listed.
    asked: u64,
    /// A place in `listed`.
    pub selected: usize,
    pub menu: Option<Menu>,
    pub naming: Option<Naming>,
    /// The slice that was forgotten last, for whoever did not mean to.
    pub forgotten: Option<Slice>,
    /// The menu of filters opens at the next frame.
    pub opens_filters: bool,
    /// The languages shown beside the item's own; `None` until somebody chose.
    pub beside: Option<Vec<Language>>,
    pub tab: Tab,
    /// The model whose prompt and run are shown.
    pub model: Option<String>,
    pub prompt: Option<(PromptOf, PromptState)>,
    /// Whether a long context is shown whole.
    pub context_shown: bool,
    /// Whether the list is not as the window's width would have it: shown in a wide one, folded in a narrow one.
    pub list_toggled: bool,
    /// The list scrolls to the selected row at the next frame.
    pub reveal: bool,
}

impl Default for Inspect {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            order: Order::default(),
            listed: Vec::new(),
            only: None,
            last: None,
            waiting: None,
            blockers: Vec::new(),
            is_listing: false,
            asked: 0,
            selected: 0,
            menu: None,
            naming: None,
            forgotten: None,
            opens_filters: false,
            beside: None,
            tab: Tab::default(),
            model: None,
            prompt: None,
            context_shown: false,
            list_toggled: false,
            reveal: true,
        }
    }
}

impl Inspect {
    /// Lists what the filter leaves: at once where that is quick, else once the request that waits from now on is
    /// answered.
    pub fn list(&mut self, study: &Arc<Study>, reviews: &Arc<Reviews>, protocol: Option<&str>) {
        let filter = match &self.only {
            // The filters are put away meanwhile.
            Some(_) => Filter::default(),
            None => self.filter.clone(),
        };
        self.asked += 1;
        let mut request = Request {
            number: self.asked,
            study: Arc::clone(study),
            reviews: Arc::clone(reviews),
            filter,
            only: self.only.clone(),
            protocol: protocol.map(str::to_owned),
            order: self.order,
            choices: self.menu.as_ref().map(Menu::conditions).unwrap_or_default(),
            before: None,
        };
        let last = self.last.as_ref().filter(|(last, _)| last.is_of_the_same(&request));
        request.before = last.map(|(last, selection)| (last.filter.clone(), Arc::clone(selection)));
        self.is_listing = !request.is_small();
        if self.is_listing {
            self.waiting = Some(request);
        } else {
            self.waiting = None;
            self.take_in(request.answer());
        }
    }

    /// Shows what was listed, keeping the selected item where it is still there. What has been asked for anew since, by
    /// a queue that was opened for one, is not shown.
    pub fn take_in(&mut self, listed: Listed) {
        if listed.request.number != self.asked {
            return;
        }
        let before = self.entry();
        self.is_listing = false;
        self.listed = listed.places;
        self.blockers = listed.blockers;
        self.last = Some((listed.request, listed.selection));
        if let Some(menu) = &mut self.menu {
            menu.counts = listed.counts;
        }
        self.selected = before
            .and_then(|entry| self.listed.iter().position(|&place| place == entry))
            .unwrap_or(0);
        self.reveal = true;
    }

    /// What is searched for in what is listed.
    pub fn search(&self) -> &str {
        match self.only {
            Some(_) => "",
            None => self.filter.text(),
        }
    }

    /// The selected place in [`Study::entries`].
    pub fn entry(&self) -> Option<usize> {
        self.listed.get(self.selected).copied()
    }
}

impl Menu {
    /// What choices of it would add.
    fn conditions(&self) -> Vec<Condition> {
        let adds = self.choices.iter().filter_map(|choice| match &choice.lead {
            Lead::Adds(condition) => Some(condition.clone()),
            Lead::To(_) => None,
        });
        adds.collect()
    }
}

/// An item with all that the card shows of it.
#[derive(Debug, Clone)]
pub struct Side<'a> {
    pub item: &'a Item,
    pub given: Vec<Shown<'a>>,
    /// What may not be seen of it yet.
    pub veil: Veil,
    /// The right options, as corrected; none while they may not be seen.
    right: &'a [usize],
    /// The options the reviewer marked as their own answer.
    pub own: BTreeSet<usize>,
    /// What calls that answer as the reviewer's form does.
    pub form: FormLanguage,
    /// What has to be shown of its hidden characters whatever is wished.
    pub needed: Controls,
}

impl<'a> Side<'a> {
    /// The item in a place of [`Study::entries`], blind as the item in place `like` is: the same question in another
    /// language is judged with it.
    pub fn new(state: &State, study: &'a Arc<Study>, place: usize, like: usize) -> Option<Self> {
        let (_, item) = study.item(place)?;
        let protocol = state.compare.protocol.as_deref();
        let veil = state.review.veil_beside(study, place, like, protocol);
        let right = study.ledger.right(place).unwrap_or_default();
        Some(Self {
            given: state.review.shown(study, place, like, protocol),
            right: if veil.unjudged { &[] } else { right },
            own: Review::item(study, like)
                .filter(|_| state.review.open)
                .map(|item| state.review.own_choices(&item))
                .unwrap_or_default(),
            form: state.review.form,
            veil,
            item,
            needed: study.controls(place),
        })
    }

    /// An item that nobody was asked.
    pub fn of_item(item: &'a Item, needed: Controls) -> Self {
        Self {
            given: Vec::new(),
            veil: Veil::default(),
            right: &item.right,
            own: BTreeSet::new(),
            form: FormLanguage::default(),
            item,
            needed,
        }
    }

    /// Whether an option (from 0) is known to be right.
    pub fn is_right(&self, option: usize) -> bool {
        self.right.contains(&option)
    }
}
