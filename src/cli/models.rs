//! `polyclinic models`, and finding or fetching the models other commands name.

use std::path::{Path, PathBuf};

use anyhow::bail;
use polyclinic::engine::source;
use polyclinic::models::cache::Places;
use polyclinic::models::fetch::{self, Progress};
use polyclinic::models::library::{Library, file_name};
use polyclinic::models::packaged::{self, PackagedModel};
use polyclinic::models::safetensors::ModelFolder;
use polyclinic::places::data_folder;
use polyclinic::quantities;
use polyclinic::runs::ModelChoice;
use serde::Serialize;

use super::hub;
use super::interrupt::interrupt;
use super::output::{aligned, line, note};
use super::progress::Display;
use super::{Ending, ListFormat, ModelsCommand, catalogue};

/// A model that can be named in a run, as it is printed.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    bytes: Option<u64>,
    architecture: Option<String>,
    quantization: Option<String>,
    /// Where it is; nothing where it must be fetched first.
    path: Option<PathBuf>,
    /// Why it cannot be used.
    problem: Option<String>,
}

impl Row {
    fn here(name: &str, path: &Path) -> Self {
        let mut row = Self {
            name: name.to_owned(),
            bytes: None,
            architecture: None,
            quantization: None,
            path: Some(path.to_owned()),
            problem: None,
        };
        match source::open(path).and_then(|files| files.summary()) {
            Ok(summary) => {
                row.bytes = Some(summary.file_bytes);
                row.architecture = Some(summary.architecture);
                row.quantization = Some(summary.quantization);
            }
            Err(problem) => row.problem = Some(polyclinic::error_chain(&problem)),
        }
        row
    }

    fn packaged(model: &PackagedModel, places: &Places) -> Self {
        match packaged::cached_path(model, places) {
            Some(path) => Self::here(model.name, &path),
            None => Self {
                name: model.name.to_owned(),
                bytes: Some(model.size),
                architecture: None,
                quantization: None,
                path: None,
                problem: None,
            },
        }
    }

    fn cells(self) -> [String; 5] {
        let place = match (self.problem, self.path) {
            (Some(problem), _) => problem,
            (None, Some(path)) => path.display().to_string(),
            (None, None) => format!("fetch with `polyclinic models get {}`", self.name),
        };
        [
            self.name,
            self.bytes.map(quantities::bytes).unwrap_or_default(),
            self.architecture.unwrap_or_default(),
            self.quantization.unwrap_or_default(),
            place,
        ]
    }
}

/// Lists the packaged models, those people added, and those that this program or another fetched from the hub, the
/// largest first.
pub fn list(format: ListFormat) -> anyhow::Result<Ending> {
    let places = Places::from_environment()?;
    let library = Library::open(&data_folder()?)?;
    let packaged = packaged::all().iter().map(|model| Row::packaged(model, &places));
    let added = library.added().iter().map(|added| Row::here(&added.name, &added.path));
    let mut rows: Vec<Row> = packaged.chain(added).collect();
    for cached in places.hub.cache().content().iter().filter(|cached| cached.is_model()) {
        let is_listed = rows.iter().any(|row| row.path.as_ref() == Some(&cached.path));
        if !is_listed {
            rows.push(Row::here(&cached.name(), &cached.path));
        }
    }
    match format {
        ListFormat::Json => line(&serde_json::to_string_pretty(&rows)?)?,
        ListFormat::Table => {
            let mut cells = vec![["name", "size", "architecture", "quantization", "where"].map(str::to_owned)];
            cells.extend(rows.into_iter().map(Row::cells));
            line(&aligned(&cells, &[1]))?;
        }
    }
    Ok(Ending::Done)
}

/// Lists, looks for, fetches, adds or forgets models.
pub fn act(action: &ModelsCommand) -> anyhow::Result<Ending> {
    match action {
        ModelsCommand::List { format } => return list(*format),
        ModelsCommand::Search(arguments) => return catalogue::search(arguments),
        ModelsCommand::Get { names, file, revision } => hub::get(names, file.as_ref(), revision.as_ref())?,
        ModelsCommand::Verify { names } => hub::verify(names)?,
        ModelsCommand::Add { path } => {
            // A file that is no model is refused now, not in the middle of a run.
            source::open(path)?.summary()?;
            let added = Library::open(&data_folder()?)?.add(path)?;
            line(&format!("{}  {}", added.name, added.path.display()))?;
        }
        ModelsCommand::Remove { name } => hub::remove(name)?,
    }
    Ok(Ending::Done)
}

/// The files behind names or paths, in order; packaged models that are not here yet are fetched.
pub fn resolve(models: &[String]) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let library = Library::open(&data_folder()?)?;
    let mut found = Vec::new();
    for model in models {
        found.push(if let Some(packaged) = packaged::find(model) {
            (packaged.name.to_owned(), fetch_packaged(packaged)?)
        } else if let Some(added) = library.find(model) {
            (added.name.clone(), added.path.clone())
        } else if Path::new(model).is_file() || ModelFolder::find(Path::new(model)).is_some() {
            (file_name(Path::new(model)), PathBuf::from(model))
        } else if let Some(cached) = hub_model(model)? {
            cached
        } else {
            let mut known: Vec<&str> = packaged::all().iter().map(|packaged| packaged.name).collect();
            known.extend(library.added().iter().map(|added| added.name.as_str()));
            bail!(
                "`{model}` is neither a file nor the name of a model; names are {}",
                known.join(", ")
            );
        });
    }
    Ok(found)
}

/// A model that this program or another fetched from the hub.
fn hub_model(name: &str) -> anyhow::Result<Option<(String, PathBuf)>> {
    let places = Places::from_environment()?;
    if places.hub.cache().models_called(name).is_empty() {
        return Ok(None);
    }
    let cached = hub::one_of_the_hub(name, &places)?;
    Ok(Some((cached.short_name().to_owned(), cached.path)))
}

/// The files behind names or paths, as a run takes them.
pub fn files(models: &[String]) -> anyhow::Result<Vec<(String, ModelChoice)>> {
    let found = resolve(models)?.into_iter();
    Ok(found.map(|(name, path)| (name, ModelChoice::File(path))).collect())
}

/// Fetches a model that comes with the program, unless it is here.
pub fn fetch_packaged(model: &'static PackagedModel) -> anyhow::Result<PathBuf> {
    let places = Places::from_environment()?;
    let interrupt = interrupt()?;
    let mut display = Display::new();
    let mut tell = |progress| match progress {
        Progress::Warning(text) => note(&format!("warning: {text}")),
        Progress::Bytes {
            stage,
            done,
            total: Some(total),
        } => {
            let details = format!("{} of {}", quantities::bytes(done), quantities::bytes(total));
            display.count(&format!("{}: {stage}", model.name), done, total, &details);
        }
        Progress::Bytes { stage, .. } => display.stage(&format!("{}: {stage}", model.name)),
    };
    Ok(fetch::packaged(model, &places, &mut tell, interrupt)?)
}
