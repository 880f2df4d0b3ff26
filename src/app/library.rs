//! The list of the Models page: packaged models, here or not, and the files that were added.

use std::path::Path;

use super::models::Model;
use crate::engine::PLANNED_TOKENS;
use crate::engine::memory::{self, MemoryNeed};
use crate::engine::source;
use crate::error_chain;
use crate::models::cache::Places;
use crate::models::hub::{Cached, FileName};
use crate::models::library::{Added, Library};
use crate::models::packaged::{self, PackagedModel};
use crate::places::data_folder;
use crate::prompts::ChatTemplate;

/// Reads the list, and the header of every file in it.
pub fn list() -> Result<Vec<Model>, String> {
    let places = Places::from_environment().map_err(|error| error_chain(&error))?;
    let library = open()?;
    let packaged = packaged::all().iter().map(|model| packaged_model(model, &places));
    let mut models: Vec<Model> = packaged.chain(library.added().iter().map(added_model)).collect();
    for cached in places.hub.cache().content() {
        let listed = |model: &Model| model.path.as_ref() == Some(&cached.path);
        if cached.is_model() && !models.iter().any(listed) {
            let taken = models.iter().any(|model| model.id == cached.short_name());
            let id = if taken {
                cached.name()
            } else {
                cached.short_name().to_owned()
            };
            models.push(cached_model(id, &cached));
        }
    }
    Ok(models)
}

/// Puts a file on the list, once its header could be read.
pub fn add(path: &Path) -> Result<(), String> {
    let mut model = empty(String::new(), String::new());
    describe(&mut model, path);
    if let Some(problem) = model.problem {
        return Err(problem);
    }
    open()?.add(path).map(|_| ()).map_err(|error| error_chain(&error))
}

fn open() -> Result<Library, String> {
    let folder = data_folder().map_err(|error| error_chain(&error))?;
    Library::open(&folder).map_err(|error| error_chain(&error))
}

fn empty(id: String, title: String) -> Model {
    Model {
        id,
        title,
        origin: String::new(),
        order: None,
        path: None,
        bytes: None,
        architecture: None,
        parameters: None,
        quantization: None,
        context: None,
        licence: None,
        languages: String::new(),
        needs: None,
        sizes: None,
        problem: None,
    }
}

fn packaged_model(packaged: &PackagedModel, places: &Places) -> Model {
    let mut model = empty(packaged.name.to_owned(), packaged.title.to_owned());
    model.origin = format!("{}/{}", packaged.hub.owner, packaged.hub.repository);
    model.order = packaged.order();
    model.bytes = Some(packaged.size);
    if let Some(path) = packaged::cached_path(packaged, places) {
        describe(&mut model, &path);
    }
    packaged.licence.clone_into(model.licence.get_or_insert_default());
    packaged.languages.clone_into(&mut model.languages);
    model
}

fn added_model(added: &Added) -> Model {
    let mut model = empty(added.name.clone(), added.name.clone());
    let folder = added.path.parent().unwrap_or(Path::new(""));
    model.origin = folder.display().to_string();
    describe(&mut model, &added.path);
    model
}

/// A model that this program or another fetched from the hub.
fn cached_model(id: String, cached: &Cached) -> Model {
    let title = cached.file.as_ref().map_or(cached.repository.name(), FileName::last);
    let mut model = empty(id, title.to_owned());
    model.origin = cached.repository.to_string();
    describe(&mut model, &cached.path);
    model
}

/// Fills in what the file's own header says, or why it cannot be used.
fn describe(model: &mut Model, path: &Path) {
    model.path = Some(path.to_owned());
    if let Err(problem) = read_header(model, path) {
        model.problem = Some(problem);
    }
}

fn read_header(model: &mut Model, path: &Path) -> Result<(), String> {
    let files = source::open(path).map_err(|error| error_chain(&error))?;
    let summary = files.summary().map_err(|error| error_chain(&error))?;
    let context = summary.context_length.and_then(|tokens| usize::try_from(tokens).ok());
    model.bytes = Some(summary.file_bytes);
    model.architecture = Some(summary.architecture);
    model.parameters = Some(summary.parameters);
    let sizes = memory::sizes(files.as_ref(), summary.parameters);
    model.sizes = Some(sizes.map_err(|error| error_chain(&error))?);
    model.quantization = Some(summary.quantization);
    model.context = context;
    model.licence = summary.licence;
    let tokens = PLANNED_TOKENS.min(context.unwrap_or(PLANNED_TOKENS));
    model.needs = Some(
        MemoryNeed::of(files.as_ref(), tokens)
            .map_err(|error| error_chain(&error))?
            .total(),
    );
    Ok(())
}

/// The chat template that a model's files carry; `None` where there is none.
pub fn chat_template(path: &Path) -> Result<Option<ChatTemplate>, String> {
    let files = source::open(path).map_err(|error| error_chain(&error))?;
    let Some(template) = files.summary().map_err(|error| error_chain(&error))?.chat_template else {
        return Ok(None);
    };
    let tokenizer = files.tokenizer().map_err(|error| error_chain(&error))?;
    tokenizer.chat(&template).map(Some).map_err(|error| error_chain(&error))
}
