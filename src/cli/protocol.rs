//! `polyclinic protocol`, and the options of `polyclinic run` that choose and change a protocol.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use polyclinic::files::write_atomically;
use polyclinic::prompts::{Draw, Letters, Normalisation, Order, Protocol, Scoring, ShotsFrom, kept, known};
use polyclinic::workspace::Workspace;

use super::Ending;
use super::output::{aligned, line, note};

#[derive(Debug, Subcommand)]
pub enum ProtocolCommand {
    /// List the program's protocols and those of a workspace
    List {
        #[arg(long)]
        workspace: Option<PathBuf>,
    },
    /// Print a protocol as a file
    Show {
        /// Its name, or a file
        name: String,
        #[arg(long)]
        workspace: Option<PathBuf>,
    },
    /// Keep a protocol's file in a workspace
    Add {
        file: PathBuf,
        #[arg(long)]
        workspace: PathBuf,
    },
    /// Write a protocol into a file, to change or to share it
    Export {
        name: String,
        file: PathBuf,
        #[arg(long)]
        workspace: Option<PathBuf>,
    },
    /// Forget a protocol of a workspace; runs keep their own copies
    Remove {
        name: String,
        #[arg(long)]
        workspace: PathBuf,
    },
}

/// What a run says of its protocol. An option that is not given leaves what the protocol says.
#[derive(Debug, Args)]
#[command(next_help_heading = "Protocol")]
pub struct ProtocolArguments {
    /// A name of `polyclinic protocol list` or a protocol's file [default: letters]
    #[arg(long, value_name = "NAME|FILE")]
    protocol: Option<String>,
    /// Solved examples before each question [default: 0]
    #[arg(long)]
    shots: Option<usize>,
    /// Chooses the examples [default: 0]
    #[arg(long)]
    seed: Option<u64>,
    /// How the examples are chosen [default: seeded]
    #[arg(long, value_enum)]
    draw: Option<DrawChoice>,
    /// Where the examples come from [default: the benchmark's own where it has some, else its other items]
    #[arg(long, value_enum)]
    shots_from: Option<ShotsFromChoice>,
    /// Ask through the model's chat template where it has one
    #[arg(long, overrides_with = "no_chat")]
    chat: bool,
    /// Ask without a chat template
    #[arg(long)]
    no_chat: bool,
    /// Make each example a turn of the chat of its own
    #[arg(long)]
    multi_turn: bool,
    /// What stands before everything; in a chat, its system message
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,
    /// The letters before the options [default: language]
    #[arg(long, value_enum, conflicts_with = "latin_letters")]
    letters: Option<LettersChoice>,
    /// A B C D in every language instead of the language's own letters
    #[arg(long)]
    latin_letters: bool,
    /// Show the options of each question in another order, chosen by this seed
    #[arg(long, value_name = "SEED")]
    permute: Option<u64>,
    /// Leave out the paragraph before the questions that says what follows
    #[arg(long)]
    no_instruction: bool,
    /// `letters` and `options` compare probabilities; `written` lets the model write and reads its reply
    /// [default: letters]
    #[arg(long, value_enum)]
    scoring: Option<ScoringChoice>,
    /// What the probabilities of the options' texts are divided by [default: sum]
    #[arg(long, value_enum, value_name = "LENGTH")]
    divide_by: Option<NormalisationChoice>,
    /// The most tokens of a written reply [default: 512]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    max_tokens: Option<u32>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ScoringChoice {
    Letters,
    Options,
    Written,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LettersChoice {
    Language,
    Latin,
    Lowercase,
    Digits,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum NormalisationChoice {
    Sum,
    Character,
    Byte,
    Token,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DrawChoice {
    Seeded,
    First,
    LmEval,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ShotsFromChoice {
    Either,
    Examples,
    Items,
}

impl ProtocolArguments {
    /// The protocol that the options mean.
    pub fn chosen(&self, workspace: &Workspace) -> anyhow::Result<Protocol> {
        let named = match &self.protocol {
            Some(name) => found(name, Some(workspace))?,
            None => Protocol::default(),
        };
        let mut protocol = match self.scoring(&named) {
            Some(scoring) => named.scored_by(scoring),
            None => named,
        };
        protocol.shots = self.shots.unwrap_or(protocol.shots);
        protocol.seed = self.seed.unwrap_or(protocol.seed);
        if let Some(draw) = self.draw {
            protocol.draw = match draw {
                DrawChoice::Seeded => Draw::Seeded,
                DrawChoice::First => Draw::First,
                DrawChoice::LmEval => Draw::LmEval,
            };
        }
        if let Some(from) = self.shots_from {
            protocol.shots_from = match from {
                ShotsFromChoice::Either => ShotsFrom::Either,
                ShotsFromChoice::Examples => ShotsFrom::Examples,
                ShotsFromChoice::Items => ShotsFrom::Items,
            };
        }
        protocol.chat = (protocol.chat || self.chat) && !self.no_chat;
        protocol.multi_turn |= self.multi_turn;
        if let Some(system) = &self.system {
            protocol.system = Some(system.clone()).filter(|system| !system.trim().is_empty());
        }
        protocol.letters = match self.letters {
            Some(LettersChoice::Language) => Letters::Language,
            Some(LettersChoice::Latin) => Letters::Latin,
            Some(LettersChoice::Lowercase) => Letters::Lowercase,
            Some(LettersChoice::Digits) => Letters::Digits,
            None if self.latin_letters => Letters::Latin,
            None => protocol.letters,
        };
        if let Some(seed) = self.permute {
            protocol.order = Order::Permuted { seed };
        }
        protocol.without_instruction |= self.no_instruction;
        Ok(protocol)
    }

    /// The scoring asked for, where any is.
    fn scoring(&self, named: &Protocol) -> Option<Scoring> {
        let by = match self.divide_by {
            Some(NormalisationChoice::Sum) => Normalisation::Sum,
            Some(NormalisationChoice::Character) => Normalisation::Character,
            Some(NormalisationChoice::Byte) => Normalisation::Byte,
            Some(NormalisationChoice::Token) => Normalisation::Token,
            None => named.scoring.normalisation(),
        };
        let usual = match named.scoring {
            Scoring::Written { most_tokens } => most_tokens,
            Scoring::Letters | Scoring::Options { .. } => Scoring::MOST_TOKENS,
        };
        let most_tokens = self.max_tokens.map_or(usual, |tokens| tokens as usize);
        match (self.scoring, named.scoring) {
            (Some(ScoringChoice::Letters), _) => Some(Scoring::Letters),
            (Some(ScoringChoice::Options), _) | (None, Scoring::Options { .. }) => Some(Scoring::Options { by }),
            (Some(ScoringChoice::Written), _) | (None, Scoring::Written { .. }) => {
                Some(Scoring::Written { most_tokens })
            }
            (None, Scoring::Letters) => None,
        }
    }
}

/// A protocol by its name, or that of a file.
pub fn found(name: &str, workspace: Option<&Workspace>) -> anyhow::Result<Protocol> {
    let path = Path::new(name);
    let is_file = path.components().count() > 1 || path.extension().is_some_and(|ending| ending == "toml");
    Ok(match is_file {
        true => kept::read(path)?,
        false => kept::find(workspace, name)?,
    })
}

/// Does what the arguments say.
pub fn act(command: ProtocolCommand) -> anyhow::Result<Ending> {
    let opened = |root: &Option<PathBuf>| root.as_deref().map(Workspace::open_to_read).transpose();
    match command {
        ProtocolCommand::List { workspace } => list(opened(&workspace)?.as_ref())?,
        ProtocolCommand::Show { name, workspace } => {
            let protocol = found(&name, opened(&workspace)?.as_ref())?;
            line(protocol.to_file().trim_end())?;
        }
        ProtocolCommand::Add { file, workspace } => {
            let workspace = Workspace::open_or_create(&workspace)?;
            let protocol = kept::read(&file)?;
            kept::add(&workspace, &protocol)?;
            note(&format!("`{}` is kept in the workspace", protocol.name));
        }
        ProtocolCommand::Export { name, file, workspace } => {
            let protocol = found(&name, opened(&workspace)?.as_ref())?;
            anyhow::ensure!(!file.exists(), "{} is there already", file.display());
            write_atomically(&file, protocol.to_file().as_bytes())?;
            note(&format!("wrote {}", file.display()));
        }
        ProtocolCommand::Remove { name, workspace } => {
            let workspace = Workspace::open(&workspace).context("nothing was removed")?;
            kept::remove(&workspace, &name)?;
        }
    }
    Ok(Ending::Done)
}

fn list(workspace: Option<&Workspace>) -> anyhow::Result<()> {
    let kept = workspace.map(kept::list).transpose()?.unwrap_or_default();
    let mut rows = vec![["NAME", "DESCRIPTION"].map(str::to_owned)];
    for protocol in known::all().iter().chain(&kept.protocols) {
        rows.push([protocol.name.clone(), protocol.description.clone()]);
    }
    line(aligned(&rows, &[]).trim_end())?;
    for problem in &kept.problems {
        note(&format!("warning: {}", polyclinic::error_chain(problem)));
    }
    Ok(())
}
