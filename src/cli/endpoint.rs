//! `polyclinic endpoint`: the servers models are asked through.

use std::io::{BufRead as _, IsTerminal as _};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum};
use console::Term;
use polyclinic::engine::endpoint::{self, Address, Endpoint, EndpointBook, Limits, Prices, ProbeReport, Wish};
use polyclinic::network::{Secret, SecretStore, block_on};
use polyclinic::places::data_folder;
use serde_json::json;

use super::Ending;
use super::interrupt::interrupt;
use super::output::{aligned, line, note};

#[derive(Debug, Subcommand)]
pub enum EndpointCommand {
    /// Find out what a server is and can do, and add it
    Add(Box<AddArguments>),
    /// Find out again what an endpoint is and can do
    Probe {
        name: String,
        #[arg(long, value_enum, default_value_t)]
        format: ReportFormat,
    },
    /// List the endpoints
    List {
        #[arg(long, value_enum, default_value_t)]
        format: ReportFormat,
    },
    /// Forget an endpoint and its key
    Remove { name: String },
}

#[derive(Debug, Args)]
pub struct AddArguments {
    /// As http://localhost:8000 or https://api.example.org/v1
    url: Address,
    /// The server's name of the model, where it has several
    #[arg(long, default_value = "")]
    model: String,
    /// What to call it here [default: the model's name]
    #[arg(long, default_value = "")]
    name: String,
    /// The environment variable that holds the key
    #[arg(long, value_name = "VARIABLE")]
    key_variable: Option<String>,
    /// Read the key from standard input and keep it in the system's keyring
    #[arg(long, conflicts_with = "key_variable")]
    key_from_input: bool,
    /// Requests in flight at once
    #[arg(long, default_value_t = Limits::default().concurrent)]
    concurrent: NonZeroUsize,
    #[arg(long, value_name = "N")]
    requests_per_minute: Option<NonZeroU32>,
    #[arg(long, value_name = "N")]
    tokens_per_minute: Option<NonZeroU32>,
    /// The longest one answer may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().timeout_seconds)]
    timeout: NonZeroU32,
    /// What a million tokens read cost
    #[arg(long, value_name = "PRICE", requires = "price_out")]
    price_in: Option<f64>,
    /// What a million tokens written cost
    #[arg(long, value_name = "PRICE", requires = "price_in")]
    price_out: Option<f64>,
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum ReportFormat {
    #[default]
    Table,
    Json,
}

/// Does what the arguments say.
pub fn act(command: EndpointCommand) -> anyhow::Result<Ending> {
    let (folder, keys) = (data_folder()?, SecretStore::system());
    match command {
        EndpointCommand::Add(arguments) => add(&folder, &keys, *arguments)?,
        EndpointCommand::Probe { name, format } => {
            let work = endpoint::probe_again(&folder, &name, &keys, interrupt()?.clone());
            let (endpoint, report) = block_on(work)??;
            show(&endpoint, &report, format)?;
        }
        EndpointCommand::List { format } => list(&folder, format)?,
        EndpointCommand::Remove { name } => {
            if let Some(problem) = endpoint::remove(&folder, &name, &keys)? {
                note(&format!("warning: its key is still in the keyring: {problem}"));
            }
        }
    }
    Ok(Ending::Done)
}

fn add(folder: &Path, keys: &SecretStore, arguments: AddArguments) -> anyhow::Result<()> {
    let prices = match (arguments.price_in, arguments.price_out) {
        (Some(million_in), Some(million_out)) => Some(Prices {
            million_in,
            million_out,
        }),
        _ => None,
    };
    if let Some(Prices {
        million_in,
        million_out,
    }) = prices
        && !(million_in >= 0.0 && million_out >= 0.0)
    {
        bail!("a price is 0 or more");
    }
    let key = match arguments.key_from_input {
        true => Some(read_key()?),
        false => None,
    };
    let wish = Wish {
        address: arguments.url,
        model: arguments.model,
        name: arguments.name,
        key_variable: arguments.key_variable,
        key,
        limits: Limits {
            concurrent: arguments.concurrent,
            requests_per_minute: arguments.requests_per_minute,
            tokens_per_minute: arguments.tokens_per_minute,
            timeout_seconds: arguments.timeout,
        },
        prices,
    };
    let added = block_on(endpoint::add(folder, wish, keys, interrupt()?.clone()))??;
    if let Some(problem) = added.key_problem() {
        note(&format!("warning: {problem}"));
    }
    show(&added.endpoint, &added.report, arguments.format)
}

fn read_key() -> anyhow::Result<Secret> {
    let (input, terminal) = (std::io::stdin(), Term::stderr());
    let text = if input.is_terminal() && terminal.is_term() {
        note("Type or paste the key and press Enter; it does not show.");
        terminal.read_secure_line()
    } else {
        let mut text = String::new();
        input.lock().read_line(&mut text).map(|_| text)
    };
    Ok(Secret::new(
        &text.context("the key could not be read from standard input")?,
    )?)
}

fn list(folder: &Path, format: ReportFormat) -> anyhow::Result<()> {
    let book = EndpointBook::open(folder)?;
    match format {
        ReportFormat::Json => line(&serde_json::to_string_pretty(book.endpoints())?)?,
        ReportFormat::Table => {
            let mut rows = vec![["name", "model", "server", "route", "at once", "key", "where"].map(str::to_owned)];
            rows.extend(book.endpoints().iter().map(|endpoint| {
                [
                    endpoint.name.clone(),
                    endpoint.model.clone(),
                    endpoint.server.to_string(),
                    endpoint.route.to_string(),
                    endpoint.limits.concurrent.to_string(),
                    endpoint.key_variable.clone().unwrap_or_default(),
                    endpoint.address.to_string(),
                ]
            }));
            line(&aligned(&rows, &[4]))?;
        }
    }
    Ok(())
}

/// What a probe found.
fn show(endpoint: &Endpoint, report: &ProbeReport, format: ReportFormat) -> anyhow::Result<()> {
    if let ReportFormat::Json = format {
        let both = json!({ "endpoint": endpoint, "probe": report });
        return Ok(line(&serde_json::to_string_pretty(&both)?)?);
    }
    let version = report
        .version
        .as_deref()
        .map_or_else(String::new, |version| format!(" {version}"));
    let context = report
        .context_length
        .map_or_else(|| "not told".to_owned(), |tokens| format!("{tokens} tokens"));
    let template = match (report.route.scores(), report.has_chat_template) {
        (true, true) => "can be asked through",
        (true, false) => "not shown by the server; prompts are put without it",
        (false, _) => "laid around by the server",
    };
    let mut rows = vec![
        ["name", &endpoint.name].map(str::to_owned),
        ["model", &endpoint.model].map(str::to_owned),
        ["server".to_owned(), format!("{}{version}", report.server)],
        ["context".to_owned(), context],
        ["route".to_owned(), report.route.to_string()],
        ["chat template", template].map(str::to_owned),
        ["what leaves".to_owned(), endpoint.what_leaves()],
    ];
    for refused in &report.refused {
        rows.push([format!("not {}", refused.route), refused.reason.clone()]);
    }
    Ok(line(&aligned(&rows, &[]))?)
}
