//! What the Models page keeps: the models known here and the downloads under way.

mod catalogue;
mod command;
mod downloads;
mod endpoints;

use std::path::PathBuf;

use super::state::Task;
use crate::models::catalogue::Catalogue;
use crate::models::download::Order;
use crate::models::quantization::Quantization;
use crate::models::shape::Shape;
pub use crate::quantities::{bytes, parameters};
use crate::runs::estimate::{self, Work};
pub use catalogue::{Browsing, Speed};
pub use command::ModelsCommand;
pub use downloads::{Downloads, DownloadsCommand, DownloadsTask, Known, Token, key};
pub use endpoints::{Asking, EndpointForm, Endpoints, EndpointsCommand, EndpointsEvent, EndpointsTask};

/// A part of the page, shown by a tab of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Section {
    Catalogue,
    Downloads,
    #[default]
    Here,
    Endpoints,
}

impl Section {
    /// Every section, in the order of its tabs.
    pub const ALL: [Self; 4] = [Self::Catalogue, Self::Downloads, Self::Here, Self::Endpoints];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Catalogue => "Catalogue",
            Self::Downloads => "Downloads",
            Self::Here => "On this machine",
            Self::Endpoints => "Endpoints",
        }
    }
}

/// A model the page lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// What a run request calls it: a packaged model's name or a file's path.
    pub id: String,
    pub title: String,
    /// Where it comes from: a repository on the hub, or a folder.
    pub origin: String,
    /// What fetches it, where it comes with the program.
    pub order: Option<Order>,
    /// The file, where it is here.
    pub path: Option<PathBuf>,
    /// Size of the file in bytes, as far as known.
    pub bytes: Option<u64>,
    pub architecture: Option<String>,
    /// How many weights it has.
    pub parameters: Option<u64>,
    pub quantization: Option<String>,
    /// In tokens.
    pub context: Option<usize>,
    pub licence: Option<String>,
    /// In words, empty where nobody says.
    pub languages: String,
    /// Bytes that running it takes.
    pub needs: Option<u64>,
    /// Its sizes, and how many of its weights see one token.
    pub sizes: Option<(Shape, u64)>,
    /// Why it cannot be used.
    pub problem: Option<String>,
}

impl Model {
    /// About how many seconds it takes for the work, where this machine was measured and its processor computes.
    pub fn seconds(&self, work: Work, speed: &Speed) -> Option<f64> {
        let Speed::Known(calibration) = speed else { return None };
        let (shape, active) = self.sizes.as_ref()?;
        let quantization = Quantization::find(self.quantization.as_deref()?)?;
        estimate::seconds(calibration, work, shape, *active, quantization)
    }

    /// Whether a run can use it now.
    pub fn ready(&self) -> bool {
        self.path.is_some() && self.problem.is_none()
    }
}

/// The Models page's own state.
#[derive(Debug, Clone, Default)]
pub struct Models {
    pub section: Section,
    pub catalogue: Browsing,
    pub list: Vec<Model>,
    pub selected: Option<String>,
    /// What is searched for in the list.
    pub search: String,
    /// Downloads that the user asked for since the window opened.
    pub downloads_asked: usize,
    /// What the Downloads section keeps.
    pub hub: Downloads,
    pub endpoints: Endpoints,
}

impl Models {
    /// Carries out `command` and returns what others have to do for it.
    pub fn apply(&mut self, command: ModelsCommand) -> Vec<Task> {
        match command {
            ModelsCommand::Show(section) => self.section = section,
            ModelsCommand::Narrow(filter) => self.catalogue.filter = filter,
            ModelsCommand::SelectEntry(id) => self.catalogue.select(id),
            ModelsCommand::ChooseQuantization(quantization) => self.catalogue.quantization = Some(quantization),
            ModelsCommand::Calibrate => {
                self.catalogue.speed = Speed::Measuring;
                return vec![Task::Calibrate];
            }
            ModelsCommand::Search(search) => self.search = search,
            ModelsCommand::Select(id) => self.selected = Some(id),
            ModelsCommand::ShowHere(id) => {
                self.section = Section::Here;
                self.search.clear();
                self.selected = Some(id);
            }
            ModelsCommand::AddEndpoint(id) => return self.add_endpoint(&id),
            ModelsCommand::Downloads(command) => {
                let tasks = self.hub.apply(command);
                let asked = |task: &&Task| matches!(task, Task::Downloads(DownloadsTask::Add(_)));
                self.downloads_asked += tasks.iter().filter(asked).count();
                return tasks;
            }
            ModelsCommand::Endpoints(command) => return self.endpoints.apply(command),
            ModelsCommand::ChooseFile => return vec![Task::ChooseModelFile],
            ModelsCommand::ChooseFolder => return vec![Task::ChooseModelFolder],
            ModelsCommand::Add(path) => {
                self.section = Section::Here;
                return vec![Task::AddModel(path)];
            }
        }
        Vec::new()
    }

    /// Opens the form of a new endpoint, filled with where the entry of the catalogue is asked.
    fn add_endpoint(&mut self, id: &str) -> Vec<Task> {
        let entry = Catalogue::included().find(id);
        let Some(endpoint) = entry.and_then(|entry| entry.endpoint.as_ref()) else {
            return Vec::new();
        };
        self.section = Section::Endpoints;
        let form = EndpointForm {
            address: endpoint.url.clone(),
            model: endpoint.served_as.clone(),
            ..EndpointForm::default()
        };
        let mut tasks = self.endpoints.apply(EndpointsCommand::OpenForm);
        tasks.extend(self.endpoints.apply(EndpointsCommand::EditForm(Box::new(form))));
        tasks
    }

    /// The model on this machine that an order would bring.
    pub fn brought(&self, order: &Order) -> Option<&Model> {
        self.here().find(|model| {
            let is_file = |path: &PathBuf| match &order.file {
                Some(file) => path.ends_with(file.path()),
                None => path.is_dir(),
            };
            let is_it = model.origin == order.repository.as_str() && model.path.as_ref().is_some_and(is_file);
            is_it || model.order.as_ref() == Some(order)
        })
    }

    /// The models whose files are on this machine.
    pub fn here(&self) -> impl Iterator<Item = &Model> {
        self.list.iter().filter(|model| model.path.is_some())
    }

    /// The selected model, else the first.
    pub fn selected(&self) -> Option<&Model> {
        self.selected
            .as_ref()
            .and_then(|id| self.list.iter().find(|model| model.id == *id))
            .or_else(|| self.list.first())
    }

    /// What the Models page calls the model that a run calls `name`.
    pub fn title<'a>(&'a self, name: &'a str) -> &'a str {
        let known = self.list.iter().find(|model| model.id == name);
        known.map_or(name, |model| &model.title)
    }
}
