//! `polyclinic models search`: the catalogue, narrowed.

use std::path::Path;

use polyclinic::engine::calibration::Calibration;
use polyclinic::engine::{Cancel, memory};
use polyclinic::models::cache::Places;
use polyclinic::models::catalogue::{Catalogue, Entry, Fact, Filter};
use polyclinic::quantities;
use polyclinic::runs::estimate::Work;
use polyclinic::runs::outlook::{self, Outlook};
use polyclinic::workspace::Workspace;
use serde::Serialize;

use super::output::{aligned, line, note};
use super::progress::about;
use super::{Ending, ListFormat, SearchArguments};

/// What is printed of an entry.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    family: &'a str,
    medical: bool,
    repository: Option<&'a str>,
    files: Vec<File<'a>>,
    endpoint: Option<&'a str>,
    served_as: Option<&'a str>,
    architecture: Option<&'a str>,
    /// Whether the engine runs its architecture.
    runs_here: bool,
    parameters: Option<u64>,
    active_parameters: Option<u64>,
    context: Option<u64>,
    languages: Vec<&'a str>,
    licence: Option<&'a str>,
    gated: Option<bool>,
    papers: Vec<&'a str>,
    /// Estimates of the quantization below.
    quantization: Option<&'static str>,
    estimated_file_bytes: Option<u64>,
    estimated_memory_bytes: Option<u64>,
    /// Whether that is free now.
    fits: Option<bool>,
    /// For the questions of the workspace that was named.
    estimated_seconds: Option<f64>,
    /// What may be wrong; nothing here was checked against the hub.
    doubtful: Vec<&'static str>,
    note: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct File<'a> {
    repository: &'a str,
    quantization: &'static str,
    name: Option<String>,
}

impl<'a> Row<'a> {
    fn new(entry: &'a Entry, free: Option<u64>, asked: Option<&Asked>) -> Self {
        let work = asked.map_or(Work::default(), |asked| asked.work);
        let expected = Outlook::usual(entry, work, asked.map(|asked| &asked.calibration));
        let memory = expected.map(|expected| expected.memory.total());
        let runs = outlook::runs(entry);
        Self {
            id: &entry.id,
            title: &entry.title,
            family: &entry.family,
            medical: entry.medical,
            repository: entry.repository.as_deref(),
            files: entry
                .files()
                .map(|file| File {
                    repository: &file.conversion.repository,
                    quantization: file.quantization.name,
                    name: file.name(),
                })
                .collect(),
            endpoint: entry.endpoint.as_ref().map(|endpoint| endpoint.url.as_str()),
            served_as: entry.endpoint.as_ref().map(|endpoint| endpoint.served_as.as_str()),
            architecture: entry.architecture.as_deref(),
            runs_here: runs,
            parameters: entry.parameters,
            active_parameters: entry.active,
            context: entry.context,
            languages: entry.languages.iter().map(|language| language.tag()).collect(),
            licence: entry.licence.as_deref(),
            gated: entry.gated,
            papers: entry.papers.iter().map(String::as_str).collect(),
            quantization: expected.map(|expected| expected.quantization.name),
            estimated_file_bytes: expected.map(|expected| expected.file_bytes),
            estimated_memory_bytes: memory,
            fits: memory.zip(free).map(|(memory, free)| runs && memory <= free),
            estimated_seconds: expected.and_then(|expected| expected.seconds),
            doubtful: entry.doubtful.iter().map(|fact| fact.word()).collect(),
            note: entry.note.as_deref(),
        }
    }

    fn cells(&self, entry: &Entry) -> [String; 9] {
        let unknown = || "–".to_owned();
        let doubt = |fact, text: String| {
            if entry.is_doubtful(fact) {
                format!("{text}?")
            } else {
                text
            }
        };
        let size =
            |bytes: Option<u64>| bytes.map_or_else(unknown, |bytes| format!("about {}", quantities::bytes(bytes)));
        let weights = self
            .parameters
            .map_or_else(unknown, |number| format!("{:.2} B", number as f64 / 1e9));
        let languages = match self.languages.len() {
            0 => unknown(),
            1..=4 => self.languages.join(" "),
            many => {
                let arabic = if self.languages.contains(&"ar") {
                    ", with ar"
                } else {
                    ""
                };
                format!("{many}{arabic}")
            }
        };
        let state = match (entry.endpoint.is_some(), self.runs_here, self.fits) {
            (true, ..) => "endpoint",
            (_, false, _) => "not run here",
            (_, true, Some(true)) => "fits",
            (_, true, Some(false)) => "does not fit",
            (_, true, None) => "",
        };
        [
            self.id.to_owned(),
            doubt(Fact::Parameters, weights),
            doubt(Fact::Languages, languages),
            doubt(Fact::Licence, self.licence.map_or_else(unknown, str::to_owned)),
            self.quantization.map_or_else(unknown, str::to_owned),
            size(self.estimated_memory_bytes),
            self.estimated_seconds.map(about).unwrap_or_default(),
            state.to_owned(),
            self.repository.or(self.endpoint).unwrap_or("–").to_owned(),
        ]
    }
}

/// Questions to tell the time of, and how fast this machine is.
#[derive(Debug)]
struct Asked {
    work: Work,
    calibration: Calibration,
}

impl Asked {
    /// All questions of a workspace. The machine is measured where it was not before.
    fn of(workspace: &Path) -> anyhow::Result<Self> {
        let workspace = Workspace::open_to_read(workspace)?;
        let mut work = Work::default();
        for name in workspace.benchmark_names()? {
            let benchmark = workspace.load_benchmark(&name)?;
            work = work + benchmark.items().iter().map(Work::of).sum();
        }
        let folder = Places::from_environment()?.models;
        let calibration = match Calibration::open(&folder)? {
            Some(calibration) => calibration,
            None => {
                note("measuring this machine, for about two seconds");
                let measured = Calibration::measure(&Cancel::default())?;
                measured.keep(&folder)?;
                measured
            }
        };
        Ok(Self { work, calibration })
    }
}

/// Prints the entries that are asked for.
pub fn search(arguments: &SearchArguments) -> anyhow::Result<Ending> {
    let catalogue = Catalogue::included();
    let filter = Filter {
        search: arguments.text.join(" "),
        language: arguments.language.clone(),
        licence: arguments.licence.clone(),
        purpose: arguments.purpose,
        ungated: arguments.ungated,
        runs: arguments.runs_here,
        fits: arguments.fits,
        ..Filter::default()
    };
    let free = memory::free();
    let asked = arguments.workspace.as_deref().map(Asked::of).transpose()?;
    let found = filter.list(catalogue, outlook::runs, |entry| {
        outlook::fits(entry, free.unwrap_or(u64::MAX))
    });
    let rows: Vec<(Row<'_>, &Entry)> = found
        .into_iter()
        .map(|entry| (Row::new(entry, free, asked.as_ref()), entry))
        .collect();
    match arguments.format {
        ListFormat::Json => {
            let rows: Vec<&Row<'_>> = rows.iter().map(|(row, _)| row).collect();
            line(&serde_json::to_string_pretty(&rows)?)?;
        }
        ListFormat::Table if rows.is_empty() => {
            note("no model of the catalogue is so; look with fewer words or options")
        }
        ListFormat::Table => {
            let head = [
                "id",
                "weights",
                "languages",
                "licence",
                "file",
                "memory",
                "time",
                "here",
                "repository",
            ];
            let mut cells = vec![head.map(str::to_owned)];
            cells.extend(rows.iter().map(|(row, entry)| row.cells(entry)));
            line(&aligned(&cells, &[1, 5, 6]))?;
        }
    }
    Ok(Ending::Done)
}
