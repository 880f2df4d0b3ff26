//! What Compare shows and how commands change it. What takes long is asked of the [`reckoner`].

pub mod command;
pub mod deltas;
pub mod finding;
pub mod layout;
pub mod matrix;
pub mod narrowing;
pub mod origin;
pub mod published;
pub mod reckoner;
pub mod resources;
pub mod tables;
pub mod view;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::measures::{Sheet, Sorting};
use super::models::Model;
use super::study::Study;
use crate::cancel::Steps;
use crate::charts::target::{Against, Target};
use crate::runs::comparison::Row;
use crate::runs::ledger::Selection;
use crate::runs::measures::Measure;
use crate::runs::paired::Comparison;
use crate::runs::published::Published;
use crate::scoring::Outcome;
use crate::slices::{Filter, Slice};
use command::CompareCommand;
use deltas::{Baseline, Deltas};
use finding::{Incomparable, Pair, Way};
use layout::{Layout, Parts};
use matrix::{CellKey, Matrix};
use narrowing::Narrowing;
use origin::Origin;
use published::PrintedCells;
use reckoner::{Found, Question, Reckoned, What};
use tables::Tables;
use view::{Mode, View};

/// What a cell is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// How many answers had each outcome, in the order of [`Outcome::ALL`].
    pub outcomes: [usize; 6],
    /// The accuracy that guessing would give, from 0 to 1; `None` where nothing was answered.
    pub chance: Option<f64>,
}

/// Compare's own state.
#[derive(Debug, Clone, Default)]
pub struct Compare {
    pub matrix: Matrix,
    /// The matrix as it stands on the page.
    pub layout: Layout,
    pub view: View,
    /// What is known of the models besides their answers.
    pub origins: BTreeMap<String, Origin>,
    /// What papers print for the same cells.
    pub published: PrintedCells,
    /// The label of the protocol shown.
    pub protocol: Option<String>,
    pub protocols: Vec<String>,
    pub selected: Option<CellKey>,
    /// The cell that the selected one is compared with.
    pub against: Option<CellKey>,
    /// Models that plots show first.
    pub pinned: BTreeSet<String>,
    /// What the selected cell is made of.
    pub tally: Tally,
    /// The task of the selected cell, a place in the matrix's groups.
    pub task: usize,
    /// What is shown: the matrix of accuracy, or another measure's table.
    pub measure: Measure,
    /// What is searched for in that table.
    pub search: String,
    pub sorting: Option<Sorting>,
    /// The questions that every number stands on.
    pub selection: Arc<Selection>,
    /// The slice that is chosen.
    pub slice: Option<Slice>,
    /// What the selection is of, where it is not everything: the slice once its questions are found.
    pub narrowed: Option<Slice>,
    /// The slice whose questions the selection becomes once they are found.
    narrowing: Option<Narrowing>,
    tables: Arc<Tables>,
    sheets: BTreeMap<Measure, Arc<Sheet>>,
    deltas: Option<(Baseline, Arc<Deltas>)>,
    pair: Option<(Pair, Result<Comparison, Incomparable>)>,
    /// Counts the states of workspace and selection, so that late answers are known as such.
    version: u64,
    /// Of which of them the tables are.
    reckoned: u64,
    /// What the reckoner was asked and has not answered, with how far it is.
    asked: Vec<(What, Steps)>,
    /// Measures whose tables are not to be reckoned, with how far each was when somebody stopped it.
    stopped: BTreeMap<Measure, (usize, usize)>,
}

impl Compare {
    /// Takes over a workspace that was just read, with the models known here; keeps what still holds.
    pub fn show_study(&mut self, study: &Study, models: &[Model]) {
        self.protocols = study.protocols();
        let kept = self
            .protocol
            .take()
            .filter(|protocol| self.protocols.contains(protocol));
        self.protocol = kept.or_else(|| self.protocols.first().cloned());
        self.origins = origin::origins(study, models);
        self.selection = Arc::new(Selection::all(&study.ledger));
        self.narrowed = None;
        self.renew();
        self.tables = Arc::clone(&study.tables);
        self.reckoned = self.version;
        self.show_protocol(study);
    }

    /// Narrows every number to the questions that a slice leaves, or to all (`None`). The questions of a slice
    /// follow once they are found, the numbers once they are reckoned.
    pub fn narrow(&mut self, narrowing: Option<Narrowing>, study: &Study) {
        if narrowing.is_none() {
            self.narrowed = None;
            self.select(Selection::all(&study.ledger));
        }
        self.narrowing = narrowing;
    }

    fn select(&mut self, selection: Selection) {
        if *self.selection != selection {
            self.selection = Arc::new(selection);
            self.renew();
        }
    }

    /// Takes over what is known of models now.
    pub fn know(&mut self, study: &Study, models: &[Model]) {
        self.origins = origin::origins(study, models);
        self.lay_out();
    }

    /// What was reckoned belongs to another state from here on.
    fn renew(&mut self) {
        self.version += 1;
        self.asked.clear();
        self.stopped.clear();
        self.sheets.clear();
        self.deltas = None;
        self.pair = None;
    }

    /// Shows the matrix of the chosen protocol.
    pub fn show_protocol(&mut self, study: &Study) {
        let protocol = self.protocol.as_deref().unwrap_or_default();
        self.matrix = Matrix::new(&self.tables.rows, protocol);
        let has = |model: &String| self.matrix.models.contains(model);
        self.pinned.retain(has);
        if !self.view.baseline.as_ref().is_some_and(has) {
            self.view.baseline = None;
            if self.view.mode == Mode::Delta {
                self.view.mode = Mode::Accuracy;
            }
        }
        self.published = PrintedCells::of(&self.matrix, Published::included());
        self.lay_out();
        let kept = self.selected.take().filter(|key| self.holds(key));
        self.selected = kept.or_else(|| self.layout.first());
        self.against = self.against.take().filter(|key| self.holds(key));
        if self.task >= self.matrix.groups.len() {
            self.task = 0;
        }
        self.count(study);
    }

    /// Whether there is such a cell, one's own or a published one.
    fn holds(&self, key: &CellKey) -> bool {
        self.matrix.holds(key) || self.published.cell(key).is_some()
    }

    /// The cell some columns to the right and some rows down.
    pub fn step(&self, from: &CellKey, by: (isize, isize)) -> CellKey {
        self.layout.step(from, by, |key| self.holds(key))
    }

    /// The cell that keys come to first: the selected one, or the first where that does not stand on the page.
    pub fn stop(&self) -> Option<CellKey> {
        let layout = &self.layout;
        let stands = |key: &&CellKey| {
            let column = key.column();
            layout.models().any(|model| model == key.model) && layout.cell_columns().any(|other| *other == column)
        };
        if let Some(selected) = self.selected.as_ref().filter(stands) {
            return Some(selected.clone());
        }
        let rows = layout.models();
        let mut cells = rows.flat_map(|model| layout.cell_columns().map(|column| column.of(model)));
        cells.find(|key| self.holds(key))
    }

    fn lay_out(&mut self) {
        let parts = Parts {
            matrix: &self.matrix,
            origins: &self.origins,
            averages: &self.tables.averages,
            protocol: self.protocol.as_deref().unwrap_or_default(),
            published: &self.published.only,
        };
        self.layout = Layout::new(parts, &self.view);
    }

    /// Selects a cell alone.
    pub fn select_cell(&mut self, key: CellKey, study: &Study) {
        self.against = None;
        self.move_to(key, study);
    }

    fn move_to(&mut self, key: CellKey, study: &Study) {
        let mut groups = self.matrix.groups.iter();
        let place = groups.position(|group| group.benchmark == key.benchmark && group.task == key.task);
        self.task = place.unwrap_or(self.task);
        self.selected = Some(key);
        self.count(study);
    }

    /// Carries out `command`.
    pub fn apply(&mut self, command: CompareCommand, study: &Study) {
        let before = self.view.clone();
        match command {
            CompareCommand::Show(mode) => self.show_mode(mode),
            CompareCommand::ToggleDelta => self.show_mode(match self.view.mode {
                Mode::Delta => Mode::Accuracy,
                Mode::Accuracy | Mode::Rank => Mode::Delta,
            }),
            CompareCommand::Baseline(model) => {
                self.view.baseline = Some(model);
                self.view.mode = Mode::Delta;
            }
            CompareCommand::GroupRows(rows) => self.view.rows = rows,
            CompareCommand::GroupColumns(columns) => self.view.columns = columns,
            CompareCommand::Sort(order) => self.view.order = order,
            CompareCommand::Weigh(weighing) => self.view.weighing = weighing,
            CompareCommand::TogglePublished => self.view.own_only = !self.view.own_only,
            CompareCommand::FoldPublished => self.view.published_open = !self.view.published_open,
            CompareCommand::FindModel(search) => self.view.search = search,
            CompareCommand::Pin(model) => {
                if !self.pinned.remove(&model) {
                    self.pinned.insert(model);
                }
            }
            // They need more than what Compare knows.
            CompareCommand::Slice(_) | CompareCommand::OpenApart => {}
            CompareCommand::Move(key) => self.move_to(key, study),
            CompareCommand::Add(key) => {
                self.against = self.selected.take().filter(|selected| *selected != key);
                self.move_to(key, study);
            }
            CompareCommand::Keep => {
                self.against = match self.against.take() {
                    Some(key) if self.selected.as_ref() == Some(&key) => None,
                    _ => self.selected.clone(),
                };
            }
            CompareCommand::Drop => self.against = None,
            CompareCommand::StopTable => self.stop_table(),
            CompareCommand::GoOn => _ = self.stopped.remove(&self.measure),
            CompareCommand::Swap => {
                // With no second cell the selected one stays.
                if let Some(against) = self.against.take() {
                    self.against = self.selected.take();
                    self.move_to(against, study);
                }
            }
        }
        // From cell to cell everything stays where it is.
        if self.view != before {
            self.lay_out();
        }
    }

    fn show_mode(&mut self, mode: Mode) {
        if mode == Mode::Delta && self.view.baseline.is_none() {
            let selected = self.selected.as_ref().map(|key| key.model.clone());
            let selected = selected.filter(|model| self.matrix.models.contains(model));
            self.view.baseline = selected.or_else(|| self.matrix.models.first().cloned());
        }
        self.view.mode = mode;
    }

    /// Counts the outcomes behind the selected cell.
    fn count(&mut self, study: &Study) {
        let mut tally = Tally::default();
        let (mut answered, mut guessed) = (0_usize, 0.0);
        if let Some(key) = &self.selected {
            let ledger = &study.ledger;
            let protocol = self.protocol.as_deref().unwrap_or_default();
            let cell = ledger.cell_of(&key.benchmark, &key.task, &key.language, &key.model, protocol);
            for given in cell.iter().flat_map(|cell| cell.answers(&self.selection)) {
                for (count, outcome) in tally.outcomes.iter_mut().zip(Outcome::ALL) {
                    *count += usize::from(given.outcome() == outcome);
                }
                if let Some(item) = ledger.item(given.question()) {
                    answered += 1;
                    guessed += 1.0 / item.options.len() as f64;
                }
            }
        }
        tally.chance = (answered > 0).then(|| guessed / answered as f64);
        self.tally = tally;
    }

    /// The table of the measure that is shown; `None` for accuracy, and until it is reckoned.
    pub fn sheet(&self) -> Option<&Sheet> {
        self.sheets.get(&self.measure).map(Arc::as_ref)
    }

    /// How many steps of how many are done of the table that is shown next; of none where they are not counted.
    pub fn so_far(&self) -> (usize, usize) {
        let wanted = What::Sheet(self.measure);
        let asked = self.asked.iter().find(|(what, _)| *what == wanted);
        asked.map_or((0, 0), |(_, steps)| steps.so_far())
    }

    /// How far the table was that would be shown, where somebody stopped it.
    pub fn stopped(&self) -> Option<(usize, usize)> {
        self.stopped.get(&self.measure).copied()
    }

    /// Stops the table that is being reckoned.
    fn stop_table(&mut self) {
        let wanted = What::Sheet(self.measure);
        let Some(place) = self.asked.iter().position(|(what, _)| *what == wanted) else {
            return;
        };
        let (_, steps) = self.asked.remove(place);
        steps.cancel.cancel();
        self.stopped.insert(self.measure, steps.so_far());
    }

    /// What delta mode shows; `None` until it is reckoned.
    pub fn deltas(&self) -> Option<&Deltas> {
        let (baseline, deltas) = self.deltas.as_ref()?;
        (Some(baseline) == self.wanted_deltas().as_ref()).then_some(deltas)
    }

    /// The selected cell and the one it is compared with: the one chosen, else the same model's in English.
    fn sides(&self) -> Option<(&CellKey, CellKey)> {
        let selected = self.selected.as_ref()?;
        if let Some(against) = &self.against {
            return Some((selected, against.clone()));
        }
        if selected.language.is_english() {
            return None;
        }
        let mut groups = self.matrix.groups.iter();
        let group = groups.find(|group| group.benchmark == selected.benchmark && group.task == selected.task)?;
        let english = group.languages.iter().find(|language| language.is_english())?;
        let language = english.clone();
        Some((
            selected,
            CellKey {
                language,
                ..selected.clone()
            },
        ))
    }

    /// What the two cells of the finding say, or the selected cell and the same model's in English; `None` where there
    /// is but one, and until it is reckoned.
    pub fn pair(&self) -> Option<Result<&Comparison, Incomparable>> {
        let (first, second) = self.sides()?;
        if let Some(obstacle) = finding::obstacle(&self.matrix, first, &second) {
            return Some(Err(obstacle));
        }
        let (pair, found) = self.pair.as_ref()?;
        (Some(pair) == self.wanted_pair().as_ref()).then(|| found.as_ref().map_err(|obstacle| *obstacle))
    }

    fn wanted_deltas(&self) -> Option<Baseline> {
        if self.view.mode != Mode::Delta {
            return None;
        }
        Some(Baseline {
            protocol: self.protocol.clone()?,
            model: self.view.baseline.clone()?,
            weighing: self.view.weighing,
        })
    }

    fn wanted_pair(&self) -> Option<Pair> {
        let (first, second) = self.sides()?;
        if finding::obstacle(&self.matrix, first, &second).is_some() {
            return None;
        }
        Some(Pair {
            protocol: self.protocol.clone()?,
            first: first.clone(),
            second,
        })
    }

    /// The same cell under the other protocols.
    pub fn elsewhere(&self, key: &CellKey) -> impl Iterator<Item = &Row> {
        let is_it = move |row: &&Row| {
            (&row.model, &row.benchmark, &row.task) == (&key.model, &key.benchmark, &key.task)
                && row.language == key.language
        };
        let other = |row: &&Row| Some(&row.protocol) != self.protocol.as_ref();
        self.tables.rows.iter().filter(is_it).filter(other)
    }

    /// What Inspect shows of the items that only one side of the finding has right.
    pub fn apart(&self) -> Option<Filter> {
        Some(self.wanted_pair()?.apart(Way::Either))
    }

    /// What a cell's items stand for where its difference to the baseline is shown.
    pub fn delta_target(&self, key: &CellKey) -> Option<Target> {
        let (baseline, deltas) = self.wanted_deltas().zip(self.deltas())?;
        deltas.cells.contains_key(key).then(|| Target {
            against: Some(Against::Model(baseline.model)),
            ..key.target()
        })
    }

    /// What the page lacks and nobody was asked yet.
    pub fn questions(&mut self, study: &Arc<Study>) -> Vec<Question> {
        let mut wanted = Vec::new();
        wanted.extend(self.narrowing.clone().map(What::Selection));
        if self.reckoned != self.version {
            wanted.push(What::Tables);
        }
        let is_known = self.sheets.contains_key(&self.measure) || self.stopped.contains_key(&self.measure);
        if self.measure != Measure::Accuracy && !is_known {
            wanted.push(What::Sheet(self.measure));
        }
        if self.deltas().is_none() {
            wanted.extend(self.wanted_deltas().map(What::Deltas));
        }
        if self.pair().is_none() {
            wanted.extend(self.wanted_pair().map(What::Pair));
        }
        wanted.retain(|what| !self.asked.iter().any(|(asked, _)| asked == what));
        let question = |what: What| {
            let steps = Steps::default();
            self.asked.retain(|(asked, _)| asked.kind() != what.kind());
            self.asked.push((what.clone(), steps.clone()));
            Question {
                what,
                study: Arc::clone(study),
                selection: Arc::clone(&self.selection),
                version: self.version,
                steps,
            }
        };
        wanted.into_iter().map(question).collect()
    }

    /// Takes in what the reckoner found.
    pub fn take(&mut self, reckoned: Reckoned, study: &Study) {
        if reckoned.version != self.version {
            return;
        }
        let kind = reckoned.found.kind();
        self.asked.retain(|(asked, _)| asked.kind() != kind);
        match reckoned.found {
            Found::Selection(of, selection) => {
                if self.narrowing.as_ref() == Some(&of) {
                    self.narrowing = None;
                    self.narrowed = self.slice.clone();
                    self.select(selection);
                }
            }
            Found::Tables(tables) => {
                self.tables = tables;
                self.reckoned = self.version;
                self.show_protocol(study);
            }
            Found::Sheet(measure, sheet) => _ = self.sheets.insert(measure, sheet),
            Found::Deltas(baseline, deltas) => self.deltas = Some((baseline, deltas)),
            Found::Pair(pair, found) => self.pair = Some((pair, *found)),
        }
    }
}
