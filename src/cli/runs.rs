//! `polyclinic run` and `polyclinic resume`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use polyclinic::engine::endpoint::EndpointBook;
use polyclinic::network::SecretStore;
use polyclinic::places::data_folder;
use polyclinic::runs::ledger::{Ledger, Selection};
use polyclinic::runs::measures::{self, Measure};
use polyclinic::runs::worker::{Event, Job, Worker};
use polyclinic::runs::{ModelChoice, RunId, RunModel, RunRecord, RunRequest, RunState, Step, spending, store};
use polyclinic::workspace::Workspace;

use super::interrupt::interrupt;
use super::output::note;
use super::progress::{Display, about};
use super::{Ending, RunArguments, TableFormat, consent, files, models};

/// Asks models the items of benchmarks.
pub fn run(arguments: &RunArguments) -> anyhow::Result<Ending> {
    arguments.device.choose()?;
    let workspace = Arc::new(Workspace::open(&arguments.workspace)?);
    workspace.require_write()?;
    let request = RunRequest {
        models: chosen(&arguments.model)?,
        benchmarks: arguments.benchmark.clone(),
        languages: arguments.language.clone(),
        limit: arguments.limit.map(|limit| limit as usize),
        protocol: arguments.protocol.chosen(&workspace)?,
    };
    let endpoints = request.models.iter().filter_map(|(_, choice)| match choice {
        ModelChoice::Endpoint(endpoint) => Some(&**endpoint),
        ModelChoice::File(_) => None,
    });
    let items = format!("items of {}", arguments.benchmark.join(", "));
    consent::require(&workspace, endpoints, &arguments.send_to, &items)?;
    let variants = match arguments.fragility {
        true => request.protocol.variants(),
        false => Vec::new(),
    };
    let followers = variants.into_iter().map(|protocol| RunRequest {
        protocol,
        ..request.clone()
    });
    let mut runs = Vec::new();
    for request in std::iter::once(request.clone()).chain(followers) {
        let (record, ending) = work_through(
            &workspace,
            Job::Run {
                workspace: Arc::clone(&workspace),
                request,
                agreed: Vec::new(),
            },
        )?;
        tell_end(&workspace, &record, ending)?;
        if ending != Ending::Done {
            return Ok(ending);
        }
        let answers = store::answers(&workspace, &record.id)?;
        runs.push((record, answers));
    }
    if arguments.fragility {
        let runs = runs.iter().map(|(record, answers)| (record, answers.as_slice()));
        let ledger = Ledger::of([], runs);
        let flips = measures::flips(&ledger, &Selection::all(&ledger));
        files::print_rows(Measure::Flips.title(), &flips, TableFormat::Table)?;
    }
    Ok(Ending::Done)
}

/// The models that names or paths mean: endpoints by their names, then models on this machine.
fn chosen(names: &[String]) -> anyhow::Result<Vec<(String, ModelChoice)>> {
    let book = EndpointBook::open(&data_folder()?)?;
    let mut chosen = Vec::new();
    for name in names {
        if let Ok(endpoint) = book.find(name) {
            chosen.push((endpoint.name.clone(), ModelChoice::Endpoint(Box::new(endpoint.clone()))));
            continue;
        }
        chosen.extend(models::files(std::slice::from_ref(name))?);
    }
    Ok(chosen)
}

/// Says what came of a run that is finished: its answers, and what endpoints counted for them.
fn tell_end(workspace: &Workspace, record: &RunRecord, ending: Ending) -> anyhow::Result<()> {
    if ending != Ending::Done {
        return Ok(());
    }
    note(&format!("run {} finished with {} answers", record.id, record.total));
    if record.models.iter().any(|model| model.endpoint().is_some()) {
        let answers = store::answers(workspace, &record.id)?;
        for spent in spending::spent(record, spending::usages(&answers)) {
            let (read, wrote) = (spent.usage.prompt_tokens, spent.usage.written_tokens);
            let cost = spent.cost.map_or_else(String::new, |cost| format!(", cost {cost:.4}"));
            note(&format!("{}: {read} tokens read, {wrote} written{cost}", spent.model));
        }
    }
    Ok(())
}

/// Goes on with a run that was stopped.
pub fn resume(workspace: &Path, run: &str, send_to: &[String]) -> anyhow::Result<Ending> {
    let workspace = Arc::new(Workspace::open(workspace)?);
    let run = RunId::parse(run).with_context(|| format!("`{run}` is no name of a run"))?;
    let record = store::load(&workspace, &run)?;
    let endpoints = record.models.iter().filter_map(RunModel::endpoint);
    consent::require(&workspace, endpoints, send_to, &format!("items of run {run}"))?;
    let (record, ending) = work_through(
        &workspace,
        Job::Resume {
            workspace: Arc::clone(&workspace),
            run,
            known: EndpointBook::open(&data_folder()?)?.endpoints().to_vec(),
        },
    )?;
    tell_end(&workspace, &record, ending)?;
    Ok(ending)
}

/// Lets the worker do a job, shows how far it is, and cancels it cleanly on Ctrl-C.
pub fn work_through(workspace: &Workspace, job: Job) -> anyhow::Result<(RunRecord, Ending)> {
    let mut worker = Worker::start(SecretStore::system(), || {}).context("no thread could be started")?;
    let cancel = worker.submit(job);
    let interrupt = interrupt()?;
    let mut display = Display::new();
    let record = loop {
        let event = worker.wait_event(Duration::from_millis(100))?;
        // Looked at after every event too: a fast run leaves no pause between them.
        if interrupt.is_cancelled() && !cancel.is_cancelled() {
            cancel.cancel();
            display.stage("Stopping; press Ctrl-C again to leave at once");
        }
        match event {
            None => {}
            Some(Event::Started(record)) => display.stage(&format!("Run {}", record.id)),
            Some(Event::Step(step)) => show(&mut display, &step),
            Some(Event::Stopped) => bail!(Stopped),
            Some(Event::Refused(problem)) => bail!(problem),
            Some(Event::Ended(record)) => break record,
        }
    };
    display.clear();
    match record.state {
        RunState::Finished => Ok((*record, Ending::Done)),
        RunState::Cancelled => {
            note(&format!(
                "stopped; go on with: {}",
                resume_command(&record.id, workspace.root())
            ));
            Ok((*record, Ending::Stopped))
        }
        RunState::Failed | RunState::Unfinished => {
            note(&format!(
                "answers so far are kept; go on with: {}",
                resume_command(&record.id, workspace.root())
            ));
            bail!(record.error.unwrap_or_else(|| "the run did not finish".to_owned()))
        }
    }
}

fn show(display: &mut Display, step: &Step) {
    match step {
        Step::Stage(text) => display.stage(text),
        Step::Progress(progress) => {
            let label = format!("{} {} {}", progress.model, progress.benchmark, progress.language);
            let details = format!(
                "{} of {}, {:.1} items/s, {} left",
                progress.done,
                progress.total,
                progress.items_per_second,
                about(progress.seconds_left)
            );
            display.count(&label, progress.done as u64, progress.total as u64, &details);
        }
    }
}

fn resume_command(run: &RunId, workspace: &Path) -> String {
    format!("polyclinic resume {run} --workspace {}", quoted(workspace))
}

/// Ctrl-C came before there was a run to go on with.
#[derive(Debug, thiserror::Error)]
#[error("stopped on request")]
pub struct Stopped;

/// A path as a shell takes it.
pub fn quoted(path: &Path) -> String {
    let text = PathBuf::from(path).display().to_string();
    let plain = |character: char| character.is_alphanumeric() || "/\\._-:".contains(character);
    if text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
