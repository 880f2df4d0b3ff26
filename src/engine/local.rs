//! The backend that runs a model's files in this process.

mod generate;

use std::collections::BTreeMap;
use std::path::Path;

use super::cache::Sequence;
use super::device::Device;
use super::machine::{self, Machine};
use super::memory::MemoryNeed;
use super::passes::Step;
use super::rotary::Reach;
use super::settings::Settings;
use super::source::{self, ModelFiles};
use super::tokenizer::Tokenizer;
use super::{
    Backend, Cancel, EngineError, Generation, GenerationRequest, ModelFacts, Reader, ScoreRequest, Scores, TokenId,
    Written, go_on, shared_prefix, tokens_to_score,
};
use crate::prompts::{ChatError, ChatTemplate, PromptText};

/// The tokens planned for when a model is checked against the memory: a five-shot prefix and a group of items.
pub const PLANNED_TOKENS: usize = 4096;

/// Hidden states whose logits are in memory at once.
const STATES_AT_ONCE: usize = 16;

/// A model loaded from its files.
#[derive(Debug)]
pub struct LocalBackend {
    machine: Box<dyn Machine>,
    device: Device,
    words: ModelWords,
    /// The tokens whose keys and values the machine holds in its first rows, kept for the next call.
    kept: Vec<TokenId>,
    /// What the cached keys were turned by.
    reach: Reach,
    facts: ModelFacts,
}

/// How a model reads texts: what is known of it before, or without, its weights.
#[derive(Debug)]
pub struct ModelWords {
    tokenizer: Tokenizer,
    chat_template: Option<String>,
    context_length: usize,
}

impl ModelWords {
    /// Reads the tokenizer and the chat template of a model's file or folder.
    pub fn read(path: &Path) -> Result<Self, EngineError> {
        let (files, settings) = LocalBackend::open(path)?;
        let chat_template = files.summary()?.chat_template;
        Self::of(files.as_ref(), &settings, chat_template)
    }

    fn of(files: &dyn ModelFiles, settings: &Settings, chat_template: Option<String>) -> Result<Self, EngineError> {
        Ok(Self {
            tokenizer: files.tokenizer()?,
            chat_template,
            context_length: settings.context_length,
        })
    }

    /// Its tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }
}

impl Reader for ModelWords {
    fn tokenize(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError> {
        self.tokenizer.encode(prompt)
    }

    fn chat_template(&self) -> Result<Option<ChatTemplate>, ChatError> {
        let Some(source) = &self.chat_template else {
            return Ok(None);
        };
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let (bos, eos) = (text(self.tokenizer.bos_text()), text(self.tokenizer.eos_text()));
        ChatTemplate::new(source, &bos, &eos).map(Some)
    }

    fn context_length(&self) -> usize {
        self.context_length
    }
}

impl Reader for LocalBackend {
    fn tokenize(&self, prompt: &PromptText) -> Result<Vec<TokenId>, EngineError> {
        self.words.tokenize(prompt)
    }

    fn chat_template(&self) -> Result<Option<ChatTemplate>, ChatError> {
        self.words.chat_template()
    }

    fn context_length(&self) -> usize {
        self.words.context_length
    }
}

impl LocalBackend {
    /// Reads headers and settings, and refuses what is damaged, unknown or too large for the memory.
    pub(super) fn check_files(path: &Path, device: &Device) -> Result<(), EngineError> {
        let (files, settings) = Self::open(path)?;
        let tokens = PLANNED_TOKENS.min(settings.context_length);
        MemoryNeed::on(device, files.as_ref(), &settings, tokens)?.check(files.as_ref(), device)
    }

    fn open(path: &Path) -> Result<(Box<dyn ModelFiles>, Settings), EngineError> {
        let files = source::open(path)?;
        let settings = files.settings()?;
        Ok((files, settings))
    }

    /// Loads a model for prompts of the usual lengths onto [`Device::chosen`].
    pub fn load(path: &Path) -> Result<Self, EngineError> {
        Self::load_on(path, Device::chosen()?)
    }

    /// Loads a model for prompts of the usual lengths.
    pub fn load_on(path: &Path, device: &Device) -> Result<Self, EngineError> {
        let plan = |words: &dyn Reader| PLANNED_TOKENS.min(words.context_length());
        Self::load_for(path, device, &plan, &Cancel::default())
    }

    /// Loads a model as [`Loader::load`](super::Loader::load) says.
    pub fn load_for(
        path: &Path,
        device: &Device,
        plan: &dyn Fn(&dyn Reader) -> usize,
        cancel: &Cancel,
    ) -> Result<Self, EngineError> {
        let (files, settings) = Self::open(path)?;
        let summary = files.summary()?;
        let words = ModelWords::of(files.as_ref(), &settings, summary.chat_template)?;
        let tokens = plan(&words);
        let machine = machine::load(files, settings, device, tokens, cancel)?;
        let facts = ModelFacts {
            architecture: summary.architecture,
            quantization: summary.quantization,
            tokenizer_sha256: words.tokenizer.fingerprint().to_owned(),
            device: device.to_string(),
            computed: machine.computed(),
        };
        Ok(Self {
            machine,
            device: device.clone(),
            words,
            kept: Vec::new(),
            reach: Reach::Near,
            facts,
        })
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.words.tokenizer
    }

    /// Sees to memory for so many tokens in all, before any of them is computed.
    fn make_room(&mut self, tokens: usize) -> Result<(), EngineError> {
        let more = tokens.saturating_sub(self.machine.room());
        if more > 0 {
            let need = MemoryNeed::of_more_rows(&self.device, self.machine.settings(), more);
            need.check(self.machine.files(), &self.device)?;
            self.machine.make_room(tokens)?;
        }
        Ok(())
    }

    /// The logits over the whole vocabulary for the token after a prompt.
    pub fn next_logits(&mut self, prompt: &[TokenId], cancel: &Cancel) -> Result<Vec<f32>, EngineError> {
        self.check(0, prompt, prompt.len())?;
        self.make_room(prompt.len())?;
        let reach = self.machine.settings().rotary.reach(prompt.len());
        let mut sequence = match self.machine.block() {
            None => self.keep(prompt, prompt.len().saturating_sub(1), reach),
            Some(block) => self.read_start(prompt, prompt.len().saturating_sub(1) / block * block, reach, cancel)?,
        };
        let rest = prompt.get(sequence.rows.len()..).unwrap_or_default();
        let mut step = [Step {
            sequence: &mut sequence,
            tokens: rest,
            wanted: 1,
        }];
        let hidden = self.machine.advance(&mut step, reach, cancel)?;
        self.kept = prompt.to_vec();
        self.machine.logits(&hidden)
    }

    fn check(&self, request: usize, tokens: &[TokenId], length: usize) -> Result<(), EngineError> {
        let fail = |what: String| Err(EngineError::Request { request, what });
        let settings = self.machine.settings();
        if tokens.is_empty() {
            return fail("a prompt or continuation has no tokens".to_owned());
        }
        if let Some(token) = tokens.iter().find(|&&token| token as usize >= settings.vocabulary) {
            return fail(format!(
                "token {token} is not among the model's {}",
                settings.vocabulary
            ));
        }
        if length > settings.context_length {
            return fail(format!(
                "{length} tokens are more than the {} the model takes",
                settings.context_length
            ));
        }
        Ok(())
    }

    /// Cuts back what the machine holds to the start it shares with `prompt`, `most` tokens at most, in whole blocks
    /// where it has some. Keys of another reach are of no use.
    fn keep(&mut self, prompt: &[TokenId], most: usize, reach: Reach) -> Sequence {
        let shared = match self.reach == reach {
            true => shared_prefix(&self.kept, prompt).min(most),
            false => 0,
        };
        let shared = match self.machine.block() {
            Some(block) => shared / block * block,
            None => shared,
        };
        self.reach = reach;
        self.kept.truncate(shared);
        self.machine.truncate(shared);
        Sequence {
            rows: (0..shared as u32).collect(),
        }
    }

    /// The natural-log probability of each target after its hidden state. `targets` pairs the number of a state
    /// with a token; the result is in its order.
    fn log_probabilities(
        &self,
        hidden: &[f32],
        targets: &[(usize, TokenId)],
        cancel: &Cancel,
    ) -> Result<Vec<f64>, EngineError> {
        let settings = self.machine.settings();
        let mut results = vec![f64::NEG_INFINITY; targets.len()];
        for (chunk, hidden) in hidden.chunks(STATES_AT_ONCE * settings.width).enumerate() {
            go_on(cancel)?;
            let logits = self.machine.logits(hidden)?;
            let first = chunk * STATES_AT_ONCE;
            let states: Vec<(&[f32], f64)> = logits
                .chunks_exact(settings.vocabulary)
                .map(|logits| (logits, log_sum_exp(logits)))
                .collect();
            for (result, &(state, token)) in results.iter_mut().zip(targets) {
                let state = state.checked_sub(first).and_then(|place| states.get(place));
                if let Some((logits, total)) = state
                    && let Some(&logit) = logits.get(token as usize)
                {
                    *result = f64::from(logit) - total;
                }
            }
        }
        Ok(results)
    }

    /// Which turning a request gets: that of the longest text the model reads for it.
    fn reach_of(&self, request: &ScoreRequest) -> Reach {
        let longest = request.continuations.iter().map(Vec::len).max().unwrap_or(1);
        let tokens = request.prompt.len() + longest.saturating_sub(1);
        self.machine.settings().rotary.reach(tokens)
    }

    /// Scores requests of any reach, those of each by themselves.
    fn score_all(&mut self, requests: &[ScoreRequest], cancel: &Cancel) -> Result<Vec<Scores>, EngineError> {
        let reaches: Vec<Reach> = requests.iter().map(|request| self.reach_of(request)).collect();
        let Some(&first) = reaches.first() else {
            return Ok(Vec::new());
        };
        if reaches.iter().all(|&reach| reach == first) {
            return self.score_group(requests, first, cancel);
        }
        let mut scores: Vec<(usize, Scores)> = Vec::with_capacity(requests.len());
        for reach in [Reach::Near, Reach::Far] {
            let places = (0..requests.len()).filter(|&place| reaches.get(place) == Some(&reach));
            let (places, group): (Vec<usize>, Vec<ScoreRequest>) = places
                .filter_map(|place| Some((place, requests.get(place)?.clone())))
                .unzip();
            scores.extend(places.into_iter().zip(self.score_group(&group, reach, cancel)?));
            self.machine.truncate(self.kept.len());
        }
        scores.sort_by_key(|&(place, _)| place);
        Ok(scores.into_iter().map(|(_, scores)| scores).collect())
    }

    /// Computes what all prompts share, as far as it is not kept. Every prompt has a token of its own left:
    /// its last, after which something comes.
    fn shared_start(&mut self, prompts: &[&[TokenId]], reach: Reach, cancel: &Cancel) -> Result<Sequence, EngineError> {
        let Some((first, others)) = prompts.split_first() else {
            return Ok(Sequence::default());
        };
        let shortest = prompts.iter().map(|prompt| prompt.len()).min().unwrap_or(0);
        let shared = others.iter().map(|other| shared_prefix(first, other)).min();
        let shared = shared.unwrap_or(shortest).min(shortest.saturating_sub(1));
        self.read_start(first, shared, reach, cancel)
    }

    /// Computes the first `length` tokens of a prompt as far as they are not kept, block by block where the machine
    /// has some.
    fn read_start(
        &mut self,
        prompt: &[TokenId],
        length: usize,
        reach: Reach,
        cancel: &Cancel,
    ) -> Result<Sequence, EngineError> {
        let mut start = self.keep(prompt, length, reach);
        let block = self.machine.block().unwrap_or(usize::MAX);
        let missing = prompt.get(start.rows.len()..length).unwrap_or_default();
        for tokens in missing.chunks(block) {
            let mut step = [Step {
                sequence: &mut start,
                tokens,
                wanted: 0,
            }];
            self.machine.advance(&mut step, reach, cancel)?;
            self.kept.extend_from_slice(tokens);
        }
        Ok(start)
    }

    fn score_group(
        &mut self,
        group: &[ScoreRequest],
        reach: Reach,
        cancel: &Cancel,
    ) -> Result<Vec<Scores>, EngineError> {
        let prompts: Vec<&[TokenId]> = group.iter().map(|request| &*request.prompt).collect();
        let prefix = self.shared_start(&prompts, reach, cancel)?;
        let shared = prefix.rows.len();
        let mut sequences = vec![prefix; group.len()];
        let mut steps: Vec<Step<'_>> = prompts
            .iter()
            .zip(&mut sequences)
            .map(|(prompt, sequence)| Step {
                sequence,
                tokens: prompt.get(shared..).unwrap_or_default(),
                wanted: 1,
            })
            .collect();
        let after_prompts = self.machine.advance(&mut steps, reach, cancel)?;
        let mut targets = Vec::new();
        for (state, request) in group.iter().enumerate() {
            targets.extend(
                request
                    .continuations
                    .iter()
                    .filter_map(|tokens| Some((state, *tokens.first()?))),
            );
        }
        let first_tokens = self.log_probabilities(&after_prompts, &targets, cancel)?;
        let mut first_tokens = first_tokens.into_iter();
        let mut scores: Vec<Scores> = group
            .iter()
            .map(|request| Scores {
                log_probabilities: first_tokens.by_ref().take(request.continuations.len()).collect(),
            })
            .collect();
        self.score_longer_continuations(group, &sequences, &mut scores, reach, cancel)?;
        Ok(scores)
    }

    /// Adds what the second and later tokens of continuations contribute. Each distinct beginning is computed once,
    /// forked from its prompt.
    fn score_longer_continuations(
        &mut self,
        group: &[ScoreRequest],
        sequences: &[Sequence],
        scores: &mut [Scores],
        reach: Reach,
        cancel: &Cancel,
    ) -> Result<(), EngineError> {
        // Beginnings (a continuation without its last token) by request, with the number of their first state.
        let mut beginnings: BTreeMap<(usize, &[TokenId]), usize> = BTreeMap::new();
        for (request, ScoreRequest { continuations, .. }) in group.iter().enumerate() {
            for beginning in continuations.iter().filter_map(|tokens| Some(tokens.split_last()?.1)) {
                if !beginning.is_empty() {
                    beginnings.insert((request, beginning), 0);
                }
            }
        }
        if beginnings.is_empty() {
            return Ok(());
        }
        let mut states = 0;
        for ((_, beginning), first_state) in &mut beginnings {
            *first_state = states;
            states += beginning.len();
        }
        let mut forks: Vec<Sequence> = beginnings
            .keys()
            .filter_map(|&(request, _)| sequences.get(request).cloned())
            .collect();
        let mut steps: Vec<Step<'_>> = beginnings
            .keys()
            .zip(&mut forks)
            .map(|(&(_, tokens), sequence)| Step {
                sequence,
                tokens,
                wanted: tokens.len(),
            })
            .collect();
        let hidden = self.machine.advance(&mut steps, reach, cancel)?;

        let (mut targets, mut places) = (Vec::new(), Vec::new());
        for (request, ScoreRequest { continuations, .. }) in group.iter().enumerate() {
            for (continuation, tokens) in continuations.iter().enumerate() {
                let Some((_, beginning)) = tokens.split_last() else {
                    continue;
                };
                let Some(&first_state) = beginnings.get(&(request, beginning)) else {
                    continue;
                };
                for (offset, &token) in tokens.iter().skip(1).enumerate() {
                    targets.push((first_state + offset, token));
                    places.push((request, continuation));
                }
            }
        }
        let added = self.log_probabilities(&hidden, &targets, cancel)?;
        for ((request, continuation), added) in places.into_iter().zip(added) {
            let score = scores
                .get_mut(request)
                .and_then(|scores| scores.log_probabilities.get_mut(continuation));
            if let Some(score) = score {
                *score += added;
            }
        }
        Ok(())
    }
}

impl Backend for LocalBackend {
    fn facts(&self) -> &ModelFacts {
        &self.facts
    }

    fn score(&mut self, group: &[ScoreRequest], cancel: &Cancel) -> Result<Vec<Scores>, EngineError> {
        for (number, request) in group.iter().enumerate() {
            let longest = request.continuations.iter().map(Vec::len).max().unwrap_or(0);
            self.check(number, &request.prompt, request.prompt.len() + longest)?;
            for continuation in &request.continuations {
                self.check(number, continuation, 0)?;
            }
        }
        self.make_room(tokens_to_score(group))?;
        let scores = self.score_all(group, cancel);
        // What the prompts forked into is over; their shared start stays for the next group. This also
        // clears away what a cancelled pass left behind.
        self.machine.truncate(self.kept.len());
        scores
    }

    fn generate(
        &mut self,
        requests: &[GenerationRequest],
        tell: &mut dyn FnMut(usize, Written<'_>),
        cancel: &Cancel,
    ) -> Result<Vec<Generation>, EngineError> {
        for (number, request) in requests.iter().enumerate() {
            // One position is left for what is written.
            self.check(number, &request.prompt, request.prompt.len() + 1)?;
            let empty = request.stops.iter().any(String::is_empty);
            let empty = empty.then(|| "a text to stop at is empty".to_owned());
            if let Some(what) = request.sampling.problem().or(empty) {
                return Err(EngineError::Request { request: number, what });
            }
        }
        let result = self.write_all(requests, tell, cancel);
        self.machine.truncate(self.kept.len());
        result
    }
}

/// The logarithm of the sum of exponentials, in double precision.
fn log_sum_exp(logits: &[f32]) -> f64 {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|&logit| f64::from((logit - largest).exp())).sum();
    f64::from(largest) + sum.ln()
}
