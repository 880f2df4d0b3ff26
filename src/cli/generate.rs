//! `polyclinic generate`: text to the terminal as it is written.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use polyclinic::engine::{
    self, Cancel, Generation, GenerationRequest, Loader as _, LocalLoader, Reader, Written, tokens_to_write,
};
use polyclinic::prompts::{ChatTemplate, PromptText};

use super::interrupt::interrupt;
use super::output::{line, note};
use super::progress::Display;
use super::{Ending, GenerateArguments, TextFormat, models};

/// Writes on from prompts, all at once.
pub fn generate(arguments: &GenerateArguments) -> anyhow::Result<Ending> {
    if let Some(problem) = arguments.sampling().problem() {
        bail!(problem);
    }
    arguments.device.choose()?;
    let prompts: Vec<String> = arguments
        .prompt
        .iter()
        .map(|text| read(text))
        .collect::<Result<_, _>>()?;
    let interrupt = interrupt()?;
    let mut display = Display::new();
    let Some((name, path)) = models::resolve(std::slice::from_ref(&arguments.model))?.pop() else {
        bail!("no model is named");
    };
    display.stage(&format!("Loading {name}"));
    let plan = |reader: &dyn Reader| {
        // What is wrong with the prompts is told below.
        let requests = requests(reader, arguments, &prompts).unwrap_or_default();
        tokens_to_write(&requests, reader.context_length())
    };
    let mut backend = LocalLoader.load(&path, &plan, interrupt)?;
    let requests = requests(backend.as_ref(), arguments, &prompts)?;
    display.clear();

    let mut screen = Screen::new(requests.len(), arguments.format, interrupt);
    let started = Instant::now();
    let generations = backend.generate(
        &requests,
        &mut |number, written| screen.show(number, written),
        interrupt,
    )?;
    let took = started.elapsed();
    screen.problem?;
    if arguments.format == TextFormat::Jsonl {
        for (prompt, generation) in prompts.iter().zip(&generations) {
            line(&json_line(prompt, generation)?)?;
        }
    }
    note(&summary(&generations, took));
    match interrupt.is_cancelled() {
        true => Ok(Ending::Stopped),
        false => Ok(Ending::Done),
    }
}

/// A prompt itself, or standard input in place of `-`.
fn read(prompt: &str) -> anyhow::Result<String> {
    if prompt != "-" {
        return Ok(prompt.to_owned());
    }
    let mut text = String::new();
    io::stdin()
        .read_to_string(&mut text)
        .context("standard input cannot be read as text")?;
    Ok(text)
}

fn requests(
    reader: &dyn Reader,
    arguments: &GenerateArguments,
    prompts: &[String],
) -> anyhow::Result<Vec<GenerationRequest>> {
    let template: Option<ChatTemplate> = match arguments.chat {
        true => Some(
            reader
                .chat_template()?
                .context("this model has no chat template; ask it without --chat")?,
        ),
        false => None,
    };
    let context = reader.context_length();
    let request = |text: &String| {
        let mut prompt = PromptText::default();
        prompt.push_plain(text);
        if let Some(template) = &template {
            prompt = template.render_user_turn(&prompt)?;
        }
        let prompt = reader.tokenize(&prompt)?;
        match prompt.len() {
            0 => bail!("the prompt is empty, and this model starts with no token of its own"),
            length if length >= context => {
                bail!("the prompt has {length} tokens; the model reads at most {context}, what it writes included")
            }
            _ => Ok(GenerationRequest {
                prompt,
                most_tokens: arguments.max_tokens,
                sampling: arguments.sampling(),
                stops: arguments.stop.clone(),
            }),
        }
    };
    prompts.iter().map(request).collect()
}

/// Shows the texts in the prompts' order: one as it comes, those after it once it has ended.
struct Screen<'a> {
    /// What is held back of each text, and whether it has ended.
    texts: Vec<(String, bool)>,
    shown: usize,
    format: TextFormat,
    /// Whether what a text contains could steer the terminal.
    terminal: bool,
    /// Stopped where nobody reads on.
    cancel: &'a Cancel,
    problem: io::Result<()>,
}

impl<'a> Screen<'a> {
    fn new(texts: usize, format: TextFormat, cancel: &'a Cancel) -> Self {
        Self {
            texts: vec![(String::new(), false); texts],
            shown: 0,
            format,
            terminal: io::stdout().is_terminal(),
            cancel,
            problem: Ok(()),
        }
    }

    fn show(&mut self, number: usize, written: Written<'_>) {
        let Some((text, ended)) = self.texts.get_mut(number) else {
            return;
        };
        match written {
            Written::Text(piece) => text.push_str(piece),
            Written::End(_) => *ended = true,
        }
        if self.format == TextFormat::Text && self.problem.is_ok() {
            self.problem = self.print();
            if self.problem.is_err() {
                self.cancel.cancel();
            }
        }
    }

    fn print(&mut self) -> io::Result<()> {
        let mut output = io::stdout().lock();
        while let Some((text, ended)) = self.texts.get_mut(self.shown) {
            let harmless = |letter: char| match self.terminal && letter.is_control() && !"\n\t".contains(letter) {
                true => char::REPLACEMENT_CHARACTER,
                false => letter,
            };
            let text: String = text.drain(..).map(harmless).collect();
            output.write_all(text.as_bytes())?;
            if !*ended {
                break;
            }
            output.write_all(b"\n")?;
            self.shown += 1;
        }
        output.flush()
    }
}

fn json_line(prompt: &str, generation: &Generation) -> serde_json::Result<String> {
    serde_json::to_string(&serde_json::json!({
        "prompt": prompt,
        "text": generation.text,
        "ending": generation.ending,
        "tokens": generation.tokens.len(),
    }))
}

/// What came of it in a line: `24 tokens in 0.9 s (26.7 tokens/s), finished`.
fn summary(generations: &[Generation], took: Duration) -> String {
    let tokens: usize = generations.iter().map(|generation| generation.tokens.len()).sum();
    let seconds = took.as_secs_f64();
    let mut endings: Vec<String> = Vec::new();
    for generation in generations {
        let ending = match &generation.ending {
            engine::Ending::Finished => "finished".to_owned(),
            engine::Ending::Stop(text) => format!("stopped at {text:?}"),
            engine::Ending::Limit => "cut at --max-tokens".to_owned(),
            engine::Ending::ContextFull => "cut where the model's context is full".to_owned(),
            engine::Ending::Cancelled => "stopped".to_owned(),
        };
        if !endings.contains(&ending) {
            endings.push(ending);
        }
    }
    format!(
        "{tokens} tokens in {seconds:.1} s ({:.1} tokens/s), {}",
        tokens as f64 / seconds.max(1e-9),
        endings.join(", ")
    )
}
