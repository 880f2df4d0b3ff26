//! `polyclinic benchmarks`: the benchmarks that papers report, and bringing them into a workspace.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use polyclinic::benchmarks::known::{self, Confirmation, Fact, Found, GetError, Known, Origin};
use polyclinic::cancel::Cancel;
use polyclinic::language::Language;
use polyclinic::models::download::{self, Progress, Speed};
use polyclinic::models::hub::{HubError, Settings};
use polyclinic::network::block_on;
use polyclinic::text::folding::Query;
use polyclinic::workspace::Workspace;
use serde::Serialize;

use super::hub::{connect, show_progress};
use super::interrupt::interrupt;
use super::output::{aligned, line, note};
use super::progress::Display;
use super::{Ending, ListFormat};

#[derive(Debug, Subcommand)]
pub enum BenchmarksCommand {
    /// List the benchmarks that papers report
    List {
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Look for benchmarks
    Search {
        /// Words of names, repositories, papers, licences or languages
        #[arg(required = true)]
        text: Vec<String>,
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Print what is known of a benchmark
    Show {
        name: String,
        /// Ask the hub about it too
        #[arg(long)]
        ask: bool,
    },
    /// Fetch a benchmark and keep it in a workspace
    Get(GetArguments),
}

#[derive(Debug, Args)]
pub struct GetArguments {
    /// A name from `polyclinic benchmarks list`
    name: String,
    #[arg(long)]
    workspace: PathBuf,
    /// Language tags, separated by commas [default: all it has]
    #[arg(long, value_delimiter = ',')]
    language: Vec<Language>,
    /// Read the files from this folder, which is laid out as their repository, instead of fetching them
    #[arg(long, value_name = "FOLDER")]
    from: Option<PathBuf>,
    /// The benchmark's name in the workspace; items join one that is there already [default: its own]
    #[arg(long = "as", value_name = "NAME")]
    kept_as: Option<String>,
}

/// A known benchmark, as it is printed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    name: &'a str,
    title: &'a str,
    repository: Option<&'a str>,
    page: String,
    revision: Option<&'a str>,
    gated: bool,
    licence: Option<&'a str>,
    shared: bool,
    items: Option<usize>,
    languages: Vec<&'a str>,
    subjects: &'a [String],
    task: &'a str,
    protocol: &'a str,
    paper: &'a str,
    year: u16,
    link: &'a str,
    doubtful: Vec<&'static str>,
    note: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(known: &'a Known) -> Self {
        let hub = match &known.origin {
            Origin::Hub {
                repository, revision, ..
            } => Some((repository.plain(), revision.as_str())),
            Origin::Page(_) => None,
        };
        Self {
            name: &known.name,
            title: &known.title,
            repository: hub.map(|(repository, _)| repository),
            page: known.page(),
            revision: hub.map(|(_, revision)| revision),
            gated: known.is_gated(),
            licence: known.licence.as_deref(),
            shared: known.shared,
            items: known.items,
            languages: known.languages.iter().map(Language::tag).collect(),
            subjects: &known.subjects,
            task: &known.task,
            protocol: &known.protocol,
            paper: &known.citation.title,
            year: known.citation.year,
            link: &known.citation.link,
            doubtful: known.doubtful.iter().map(|fact| fact.word()).collect(),
            note: known.note.as_deref(),
        }
    }

    fn cells(&self, known: &Known) -> [String; 6] {
        let doubt = |fact, text: String| match known.is_doubtful(fact) {
            true => format!("{text}?"),
            false => text,
        };
        let languages = match self.languages.len() {
            1..=4 => self.languages.join(" "),
            many => format!("{many} languages"),
        };
        let items = self.items.map_or_else(|| "–".to_owned(), |items| items.to_string());
        let place = self.repository.unwrap_or(&self.page).to_owned();
        [
            self.name.to_owned(),
            doubt(Fact::Items, items),
            doubt(Fact::Languages, languages),
            doubt(Fact::Licence, self.licence.unwrap_or("–").to_owned()),
            self.year.to_string(),
            doubt(Fact::Repository, place),
        ]
    }
}

/// Does what was asked of the known benchmarks.
pub fn act(command: &BenchmarksCommand) -> anyhow::Result<Ending> {
    match command {
        BenchmarksCommand::List { format } => print(known::included().iter(), *format)?,
        BenchmarksCommand::Search { text, format } => print(known::search(&Query::new(&text.join(" "))), *format)?,
        BenchmarksCommand::Show { name, ask } => show(find(name)?, *ask)?,
        BenchmarksCommand::Get(arguments) => return get(arguments),
    }
    Ok(Ending::Done)
}

fn find(name: &str) -> anyhow::Result<&'static Known> {
    let found = known::named(name);
    found.with_context(|| {
        format!("no benchmark is known as `{name}`; `polyclinic benchmarks list` names those there are")
    })
}

fn print(known: impl Iterator<Item = &'static Known>, format: ListFormat) -> anyhow::Result<()> {
    let rows: Vec<(Row<'_>, &Known)> = known.map(|known| (Row::new(known), known)).collect();
    match format {
        ListFormat::Json => {
            let rows: Vec<&Row<'_>> = rows.iter().map(|(row, _)| row).collect();
            line(&serde_json::to_string_pretty(&rows)?)?;
        }
        ListFormat::Table if rows.is_empty() => note("no known benchmark is so; look with fewer words"),
        ListFormat::Table => {
            let head = ["name", "items", "languages", "licence", "year", "where"];
            let mut cells = vec![head.map(str::to_owned)];
            cells.extend(rows.iter().map(|(row, known)| row.cells(known)));
            line(&aligned(&cells, &[1, 4]))?;
        }
    }
    Ok(())
}

fn show(known: &Known, ask: bool) -> anyhow::Result<()> {
    let doubt = |fact| if known.is_doubtful(fact) { " (doubtful)" } else { "" };
    let row = Row::new(known);
    let share = match known.shared {
        true => "its items may be passed on",
        false => "its items may not be passed on freely",
    };
    line(&known.title)?;
    line(&format!("  where      {}{}", row.page, doubt(Fact::Repository)))?;
    if known.is_gated() {
        line("  access     its terms must be accepted on the hub")?;
    }
    line(&format!(
        "  licence    {}{}; {share}",
        row.licence.unwrap_or("not known"),
        doubt(Fact::Licence)
    ))?;
    if let Some(items) = known.items {
        line(&format!("  items      {items}{}", doubt(Fact::Items)))?;
    }
    line(&format!(
        "  languages  {}{}",
        row.languages.join(", "),
        doubt(Fact::Languages)
    ))?;
    if !known.subjects.is_empty() {
        line(&format!(
            "  subjects   {}{}",
            known.subjects.join(", "),
            doubt(Fact::Subjects)
        ))?;
    }
    line(&format!("  protocol   {}", known.protocol))?;
    let mut paths: Vec<String> = known.files.iter().map(|file| file.path.to_string()).collect();
    paths.dedup();
    let more = paths.len().saturating_sub(4);
    paths.truncate(4);
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    line(&format!(
        "  files      {}{more}{}",
        paths.join(", "),
        doubt(Fact::Files)
    ))?;
    let columns: Vec<String> = known.columns.iter().map(ToString::to_string).collect();
    line(&format!("  columns    {}{}", columns.join(", "), doubt(Fact::Columns)))?;
    line(&format!("  paper      {} ({}), {}", row.paper, row.year, row.link))?;
    if let Some(text) = row.note {
        line(&format!("  note       {text}"))?;
    }
    if ask {
        let confirmation = asked(known)?;
        let commit = &confirmation.commit;
        let missing = confirmation
            .missing
            .iter()
            .map(|path| format!("It has no file {path}."));
        let told: Vec<String> = confirmation.differences.iter().cloned().chain(missing).collect();
        match told.as_slice() {
            [] => line(&format!("  hub        says the same, at {commit}"))?,
            told => line(&format!("  hub        {} (at {commit})", told.join(" ")))?,
        }
    }
    Ok(())
}

/// What the hub says of it now.
fn asked(known: &Known) -> anyhow::Result<Confirmation> {
    let Origin::Hub {
        repository, revision, ..
    } = &known.origin
    else {
        bail!("{} is not on the hub; see {}", known.title, known.page());
    };
    let hub = connect(Settings::from_environment()?)?;
    let repository = block_on(hub.repository(repository, revision, interrupt()?))??;
    Ok(Confirmation::new(known, &repository))
}

fn get(arguments: &GetArguments) -> anyhow::Result<Ending> {
    let known = find(&arguments.name)?;
    let workspace = Workspace::open_or_create(&arguments.workspace)?;
    workspace.require_write()?;
    let cancel = interrupt()?;
    let found = match &arguments.from {
        Some(folder) => known::in_folder(folder, known, &arguments.language)?,
        None => from_hub(known, &arguments.language, cancel)?,
    };
    for difference in found.confirmation.iter().flat_map(|said| &said.differences) {
        note(&format!("the hub says otherwise: {difference}"));
    }
    for path in &found.missing {
        note(&format!("{path} is not there; it is left out"));
    }
    keep(known, &found, arguments.kept_as.as_deref(), &workspace, cancel)
}

fn from_hub(known: &Known, languages: &[Language], cancel: &Cancel) -> anyhow::Result<Found> {
    let settings = Settings::from_environment()?;
    if settings.offline
        && let Some(found) = known::present(&settings, known, languages)
    {
        return Ok(found);
    }
    let hub = connect(settings)?;
    let progress = Progress::shared();
    let (mut display, mut speed) = (Display::new(), Speed::default());
    let look = |progress: &Progress| show_progress(&mut display, &mut speed, &known.name, progress);
    let work = known::fetch(&hub, known, languages, &progress, cancel);
    let fetched = download::watched(work, &progress, look)?;
    display.clear();
    if let Err(GetError::Hub(problem @ HubError::Unreachable { .. })) = &fetched
        && let Some(found) = known::present(hub.settings(), known, languages)
    {
        note(&format!(
            "warning: {}; what is here is used",
            polyclinic::error_chain(problem)
        ));
        return Ok(found);
    }
    Ok(fetched?)
}

/// Imports the files and keeps what they hold.
fn keep(
    known: &Known,
    found: &Found,
    name: Option<&str>,
    workspace: &Workspace,
    cancel: &Cancel,
) -> anyhow::Result<Ending> {
    let mut display = Display::new();
    let mut look = |done: usize, total: usize| {
        display.count(
            &known.name,
            done as u64,
            total as u64,
            &format!("{done} of {total} files read"),
        );
    };
    let collected = known::collect(known, found, &mut look, cancel)?;
    display.clear();
    for import in &collected.imports {
        for rejected in &import.rejected {
            note(&format!("{}: {rejected}", import.provenance.file));
        }
    }
    let (left_out, missing) = (collected.left_out(), found.missing.len());
    let name = name.unwrap_or(&known.name);
    let kept = workspace.keep_imports(name, collected.description, collected.imports)?;
    let (added, duplicates) = (kept.added.added, kept.added.duplicates.len());
    if duplicates > 0 {
        note(&format!("{duplicates} items were there already and stay as they were"));
    }
    line(&match kept.joined {
        Some(all) => format!("{added} items added to the benchmark {name}, which now has {all}"),
        None => format!("{added} items imported as the benchmark {name}"),
    })?;
    if !known.shared {
        note(&format!(
            "{} may not be passed on freely ({}): think of it before you share this workspace",
            known.title,
            known.licence.as_deref().unwrap_or("its licence is not known")
        ));
    }
    if left_out > 0 {
        note(&format!("{left_out} records make no item and were left out"));
    }
    Ok(match left_out + missing {
        0 => Ending::Done,
        _ => Ending::SomeRowsRejected,
    })
}
