//! Compare's figures: which is shown, of what, how it is exported, and making it on the loader's thread.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use super::command::{Command, Page};
use super::compare::finding::{Pair, Way};
use super::library;
use super::loader::Event;
use super::matrix::CellKey;
use super::state::{State, Task};
use super::study::Study;
use super::theme;
use crate::charts::colour::FEW;
use crate::charts::export::{self, ExportError, Picture, Sheet};
use crate::charts::figures::{self, Choice, Source};
use crate::charts::print::Column;
use crate::charts::report::{self, Report};
use crate::charts::scatter::Across;
use crate::charts::target::{Against, Target};
use crate::charts::{Chart, Kind};
use crate::error_chain;
use crate::files::write_atomically;
use crate::language::Language;
use crate::models::named;
use crate::quantities::{count, counted};
use crate::runs::columns::Table;
use crate::runs::comparison;
use crate::runs::ledger::Selection;
use crate::runs::paired;
use crate::slices::{Condition, Slice};
use crate::text::Fallback;
use crate::text::isolate::isolate;
use crate::text::outline::Outliner;

/// The figures' own state.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    pub kind: Kind,
    pub across: Across,
    /// The language that figures with room for a few show; that of the selected cell where none was chosen.
    pub language: Option<Language>,
    /// Whether the table is shown in place of the picture.
    pub as_table: bool,
    /// The form that asks what to export, while it is open.
    pub exporting: Option<Exporting>,
    /// What was exported last, which the form begins with.
    last: Exporting,
    /// What is made or was.
    asked: Option<Request>,
    made: Option<(Request, Arc<dyn Chart>)>,
}

/// What there is to do with them.
#[derive(Debug, Clone, PartialEq)]
pub enum FiguresCommand {
    Show(Kind),
    Across(Across),
    Language(Option<Language>),
    AsTable(bool),
    /// Opens the answers that a mark stands for.
    Open(Target),
    /// Asks what to export.
    Export,
    Choose(Exporting),
    CloseExport,
    /// Asks for the file.
    ChooseFile,
    Write(Exporting, PathBuf),
}

impl From<FiguresCommand> for Command {
    fn from(command: FiguresCommand) -> Self {
        Self::Figures(command)
    }
}

impl FiguresCommand {
    /// The words on its button.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Show(kind) => kind.title(),
            Self::Across(across) => across.words(),
            Self::Language(_) => "Language",
            Self::AsTable(true) => "As table",
            Self::AsTable(false) => "As figure",
            Self::Open(_) => "Open items",
            Self::Export => "Export",
            Self::Choose(_) => "Change",
            Self::CloseExport => "Cancel",
            Self::ChooseFile | Self::Write(..) => "Choose a file",
        }
    }

    /// What it does.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Export => "Write a figure, a table or a report of this page to a file",
            Self::AsTable(true) => "Show the numbers of this figure as a table",
            Self::AsTable(false) => "Show the figure again",
            _ => "",
        }
    }
}

/// What is exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Part {
    #[default]
    Figure,
    /// The figure's numbers.
    Numbers,
    /// What stands above it: the matrix, or another measure's table.
    Page,
    /// All of it.
    Report,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::Figure, Self::Numbers, Self::Page, Self::Report];

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Figure => "The figure",
            Self::Numbers => "The figure's numbers",
            Self::Page => "The table of the page",
            Self::Report => "A report of the page",
        }
    }
}

/// A part and how it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exporting {
    pub part: Part,
    pub picture: Picture,
    pub column: Column,
    pub sheet: Sheet,
}

impl Exporting {
    /// The ending of its file.
    pub fn ending(self) -> &'static str {
        match self.part {
            Part::Figure => self.picture.ending(),
            Part::Numbers | Part::Page => self.sheet.ending(),
            Part::Report => "html",
        }
    }
}

/// A figure that is to be made.
#[derive(Debug, Clone)]
pub struct Request {
    kind: Kind,
    choice: Choice,
    study: Arc<Study>,
    selection: Arc<Selection>,
    sizes: BTreeMap<String, u64>,
    /// What the selection is of.
    slice: Option<Slice>,
    /// The table of the page where that is not the matrix.
    page: Option<Table>,
}

impl PartialEq for Request {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.study, &other.study)
            && Arc::ptr_eq(&self.selection, &other.selection)
            && (self.kind, &self.choice, &self.sizes) == (other.kind, &other.choice, &other.sizes)
    }
}

impl Request {
    fn source(&self) -> Source<'_> {
        Source {
            ledger: &self.study.ledger,
            selection: &self.selection,
            sizes: &self.sizes,
            slice: self.slice.as_ref(),
        }
    }

    /// Makes the figure. Slow where there are many answers.
    pub fn make(&self) -> Arc<dyn Chart> {
        figures::make(self.kind, &self.source(), &self.choice).into()
    }

    /// The name offered for a file.
    pub fn file_name(&self, exporting: Exporting) -> String {
        let (workspace, ending) = (&self.study.name, exporting.ending());
        let what = match exporting.part {
            Part::Figure | Part::Numbers => self.kind.word(),
            Part::Page => "accuracy",
            Part::Report => "report",
        };
        let name: String = format!("{workspace}-{what}.{ending}");
        name.replace(['/', '\\', ':'], "-")
    }

    /// Writes it, or a report of the whole page, to a file.
    pub fn write(&self, exporting: Exporting, into: &Path) -> Event {
        let written = self
            .bytes(exporting)
            .map_err(|problem| error_chain(&problem))
            .and_then(|bytes| write_atomically(into, &bytes).map_err(|problem| error_chain(&problem)));
        match written {
            Ok(()) => Event::Exchanged {
                title: "The file was written.".to_owned(),
                detail: into.display().to_string(),
                done: true,
                taken_in: false,
            },
            Err(problem) => Event::Exchanged {
                title: "Nothing was exported.".to_owned(),
                detail: problem,
                done: false,
                taken_in: false,
            },
        }
    }

    fn bytes(&self, exporting: Exporting) -> Result<Vec<u8>, ExportError> {
        let Exporting {
            picture, column, sheet, ..
        } = exporting;
        match exporting.part {
            Part::Figure => written_figure(&*self.make(), &self.source(), &self.choice, picture, column),
            Part::Numbers => export::table(&self.make().table(), sheet),
            Part::Page => {
                let page = self.page.clone();
                export::table(&page.unwrap_or_else(|| accuracy(&self.source(), &self.choice)), sheet)
            }
            Part::Report => {
                let source = self.source();
                Ok(written_report(&self.study.name, &source, &self.choice).into_bytes())
            }
        }
    }
}

/// Lays out what is written. Its fonts are looked through once.
static OUTLINER: LazyLock<Outliner> = LazyLock::new(|| Outliner::new(Fallback::System));

/// Accuracy of every model under one protocol.
fn accuracy(source: &Source<'_>, choice: &Choice) -> Table {
    let mut rows = comparison::compare(source.ledger, source.selection);
    rows.retain(|row| row.protocol == choice.protocol);
    Table::new(&rows)
}

/// A report of everything that Compare shows of one protocol, as HTML.
pub fn written_report(workspace: &str, source: &Source<'_>, choice: &Choice) -> String {
    let charts: Vec<Box<dyn Chart>> = Kind::ALL
        .into_iter()
        .map(|kind| figures::make(kind, source, choice))
        .collect();
    let left_out = source.ledger.corrections().len();
    let mut items = format!(
        "{} of {} shown",
        count(source.selection.len()),
        count(source.ledger.len())
    );
    if let Some(slice) = source.slice {
        let name = isolate(slice.name.as_str());
        items.push_str(&format!(", those of the slice {name} ({})", slice.filter.words()));
    }
    let report = Report {
        workspace: workspace.to_owned(),
        date: humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string(),
        facts: vec![
            ("Protocol", choice.protocol.clone()),
            (
                "Interval",
                format!("{}; of differences {}", comparison::INTERVAL, paired::INTERVAL),
            ),
            ("Items", items),
            ("Left out or re-keyed", counted(left_out, "item")),
        ],
        findings: figures::findings(source, choice),
        tables: vec![("Accuracy by task and language".to_owned(), accuracy(source, choice))],
        charts: charts
            .iter()
            .map(|chart| (&**chart, figures::caption(source, choice, &**chart)))
            .collect(),
        sources: figures::sources(source, choice),
    };
    report::report(&report, &theme::LIGHT.figure(), &theme::DARK.figure(), &OUTLINER)
}

/// The bytes of one figure for a file, made of the same source and choice.
pub fn written_figure(
    chart: &dyn Chart,
    source: &Source<'_>,
    choice: &Choice,
    picture: Picture,
    column: Column,
) -> Result<Vec<u8>, ExportError> {
    let caption = figures::caption(source, choice, chart);
    export::figure(chart, &caption, picture, column, &theme::print(), &OUTLINER)
}

impl Figures {
    /// The figure of what is chosen; `None` while it is made.
    pub fn shown(&self) -> Option<&Arc<dyn Chart>> {
        // Until it is there the one before it stays, if it is of the same kind.
        self.made
            .as_ref()
            .filter(|(request, _)| request.kind == self.kind)
            .map(|(_, chart)| chart)
    }

    /// Takes in a figure that was made, unless another is wanted by now.
    pub fn take_in(&mut self, request: Request, chart: Arc<dyn Chart>) {
        if self.asked.as_ref() == Some(&request) {
            self.made = Some((request, chart));
        }
    }
}

impl State {
    /// What Compare should show and nobody makes yet.
    pub fn next_figure(&mut self) -> Option<Request> {
        if self.page != Page::Compare {
            return None;
        }
        let request = self.figure_request()?;
        if self.figures.asked.as_ref() == Some(&request) {
            return None;
        }
        self.figures.asked = Some(request.clone());
        Some(request)
    }

    fn figure_request(&self) -> Option<Request> {
        let study = Arc::clone(self.study.as_ref()?);
        let group = self.compare.matrix.groups.get(self.compare.task)?;
        let choice = Choice {
            protocol: self.compare.protocol.clone()?,
            benchmark: group.benchmark.clone(),
            task: group.task.clone(),
            across: self.figures.across,
            models: self.compare.pinned.iter().cloned().collect(),
            own_only: self.compare.view.own_only,
            ..self.chosen_cell()
        };
        Some(Request {
            kind: self.figures.kind,
            choice,
            sizes: sizes(&self.compare.matrix.models, &self.models.list),
            selection: Arc::clone(&self.compare.selection),
            slice: self.compare.narrowed.clone(),
            study,
            page: None,
        })
    }

    /// The languages of which the figure shows but the chosen one, some beside English; none where it shows all.
    pub fn figure_languages(&self) -> Vec<Language> {
        let group = self.compare.matrix.groups.get(self.compare.task);
        let mut languages = group.map_or_else(Vec::new, |group| group.languages.clone());
        let few = match self.figures.kind {
            Kind::Calibration | Kind::Subjects => true,
            // A model has one size; its other costs differ from language to language, and all are shown.
            Kind::Scatter => self.figures.across == Across::Parameters,
            Kind::Gap | Kind::Bars | Kind::Flips => false,
        };
        if !few || languages.len() <= FEW {
            return Vec::new();
        }
        // Subjects of a few models are in one language, which may be English.
        languages.retain(|language| self.figures.kind == Kind::Subjects || !language.is_english());
        languages
    }

    /// The selected cell, for figures that show one only: the others stay as they are when another is selected.
    fn chosen_cell(&self) -> Choice {
        let of_cell = matches!(self.figures.kind, Kind::Calibration | Kind::Subjects);
        let languages = self.figure_languages();
        let selected = self.compare.selected.as_ref();
        let chosen = self.figures.language.as_ref();
        let chosen = chosen.filter(|language| languages.contains(language));
        let language = chosen.or(selected
            .filter(|_| of_cell || !languages.is_empty())
            .map(|key| &key.language));
        Choice {
            model: selected
                .filter(|_| of_cell)
                .map_or_else(String::new, |key| key.model.clone()),
            language: language.cloned(),
            ..Choice::default()
        }
    }

    /// Carries out a command of the figures.
    pub(super) fn apply_figures(&mut self, command: FiguresCommand) -> Vec<Task> {
        match command {
            FiguresCommand::Show(kind) => self.figures.kind = kind,
            FiguresCommand::Across(across) => self.figures.across = across,
            FiguresCommand::Language(language) => self.figures.language = language,
            FiguresCommand::AsTable(as_table) => self.figures.as_table = as_table,
            FiguresCommand::Open(target) => return self.open_target(target),
            FiguresCommand::Export => {
                // Only Compare has what is exported here, and only once there is something.
                if self.page == Page::Compare && self.figure_request().is_some() {
                    self.figures.exporting = Some(self.figures.last);
                }
            }
            FiguresCommand::Choose(exporting) => self.figures.exporting = Some(exporting),
            FiguresCommand::CloseExport => self.figures.exporting = None,
            FiguresCommand::ChooseFile => {
                if let (Some(exporting), Some(request)) = (self.figures.exporting.take(), self.figure_request()) {
                    self.figures.last = exporting;
                    let name = request.file_name(exporting);
                    return vec![Task::ChooseFigureFile(exporting, name)];
                }
            }
            FiguresCommand::Write(exporting, into) => {
                if let Some(mut request) = self.figure_request() {
                    request.choice.baseline = self.compare.view.baseline.clone();
                    request.page = self.compare.sheet().map(|sheet| sheet.table.clone());
                    return vec![Task::WriteFigure(request, exporting, into)];
                }
            }
        }
        Vec::new()
    }

    /// Opens the answers that a mark stands for in Inspect.
    fn open_target(&mut self, target: Target) -> Vec<Task> {
        let Some(language) = target.language else {
            return Vec::new();
        };
        if let Some(protocol) = target.protocol {
            self.apply(Command::ChooseProtocol(protocol));
        }
        let key = CellKey {
            model: target.model,
            benchmark: target.benchmark,
            task: target.task,
            language,
        };
        if let Some(against) = target.against {
            self.open_apart(key, against);
            return Vec::new();
        }
        let mut tasks = self.apply(Command::OpenCell(key, None));
        if let Some(subject) = target.subject {
            let filter = self.inspect.filter.clone().with(Condition::Subject([subject].into()));
            tasks.extend(self.apply(Command::SetFilter(filter)));
        }
        tasks
    }

    /// Opens the items that a difference is made of: of a language's gap those that are lost in it, of two models all
    /// that only one has right. The other way is reached from there.
    fn open_apart(&mut self, key: CellKey, against: Against) {
        let (second, way) = match against {
            Against::Language(language) => (
                CellKey {
                    language,
                    ..key.clone()
                },
                Way::SecondRight,
            ),
            Against::Model(model) => (CellKey { model, ..key.clone() }, Way::Either),
        };
        let pair = Pair {
            protocol: self.compare.protocol.clone().unwrap_or_default(),
            first: key.clone(),
            second,
        };
        self.apply(Command::SelectCell(key));
        self.open_items(pair.apart(way));
    }
}

/// How many weights models have: as their files say, else as their names do.
pub fn sizes(models: &[String], list: &[super::models::Model]) -> BTreeMap<String, u64> {
    let size = |name: &String| {
        let known = list.iter().find(|model| model.id == *name || model.title == *name);
        known
            .and_then(|model| model.parameters)
            .or_else(|| named::parameters(name))
    };
    models
        .iter()
        .filter_map(|name| Some((name.clone(), size(name)?)))
        .collect()
}

/// The same with the models known on this machine; where these cannot be listed, by their names alone.
pub fn sizes_here(models: &[String]) -> BTreeMap<String, u64> {
    let list = library::list().unwrap_or_else(|problem| {
        tracing::warn!("the list of models could not be read: {problem}");
        Vec::new()
    });
    sizes(models, &list)
}
