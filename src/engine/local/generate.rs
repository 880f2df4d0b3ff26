//! Several sequences written at once: each pass takes the next token of all that go on.

use super::{LocalBackend, STATES_AT_ONCE};
use crate::engine::cache::Sequence;
use crate::engine::generation::{Sampler, TextStream};
use crate::engine::passes::Step;
use crate::engine::rotary::Reach;
use crate::engine::settings::Settings;
use crate::engine::tokens_to_write;
use crate::engine::{Cancel, Ending, EngineError, Generation, GenerationRequest, TokenId, Written};

/// A sequence on its way.
struct Writer<'a> {
    /// The number of its request.
    number: usize,
    request: &'a GenerationRequest,
    /// Which of its tokens the model has read.
    sequence: Sequence,
    /// What those were turned by.
    reach: Reach,
    /// The prompt and what was written after it.
    tokens: Vec<TokenId>,
    sampler: Sampler,
    /// Control tokens among the texts to stop at, which never come up as text.
    stop_tokens: Vec<(TokenId, &'a String)>,
    text: TextStream,
    ending: Option<Ending>,
}

impl<'a> Writer<'a> {
    fn new(backend: &LocalBackend, number: usize, request: &'a GenerationRequest) -> Self {
        let control = |stop: &'a String| Some((backend.words.tokenizer.control(stop)?, stop));
        Self {
            number,
            request,
            sequence: Sequence::default(),
            reach: backend.machine.settings().rotary.reach(request.prompt.len()),
            tokens: request.prompt.clone(),
            sampler: Sampler::new(request.sampling, &request.prompt),
            stop_tokens: request.stops.iter().filter_map(control).collect(),
            text: TextStream::new(request.stops.clone()),
            ending: (request.most_tokens == 0).then_some(Ending::Limit),
        }
    }

    /// Goes on by the logits after its last token.
    fn write(&mut self, backend: &LocalBackend, logits: &[f32]) -> Result<(), EngineError> {
        let Some(token) = self.sampler.choose(logits) else {
            return Err(EngineError::NoNumber {
                path: backend.machine.files().path().to_owned(),
            });
        };
        if backend.words.tokenizer.is_end(token) {
            self.ending = Some(Ending::Finished);
            return Ok(());
        }
        self.tokens.push(token);
        let as_token = self.stop_tokens.iter().find(|&&(stop, _)| stop == token);
        let as_text = self.text.push(&backend.words.tokenizer.written(token));
        let stop = as_token.map(|&(_, text)| text.clone()).or(as_text);
        self.ending = if let Some(stop) = stop {
            Some(Ending::Stop(stop))
        } else if self.tokens.len() - self.request.prompt.len() >= self.request.most_tokens {
            Some(Ending::Limit)
        } else if self.tokens.len() >= backend.machine.settings().context_length {
            Some(Ending::ContextFull)
        } else {
            None
        };
        Ok(())
    }

    /// Where the text has outgrown the reach of what the model has read, it has to be read anew.
    fn follow_reach(&mut self, backend: &LocalBackend) {
        let reach = backend.machine.settings().rotary.reach(self.tokens.len());
        if reach != self.reach {
            self.reach = reach;
            self.sequence = Sequence::default();
        }
    }

    /// A writer without an ending was stopped.
    fn finish(&mut self, tell: &mut dyn FnMut(usize, Written<'_>)) -> Generation {
        let rest = self.text.finish();
        if !rest.is_empty() {
            tell(self.number, Written::Text(rest));
        }
        let generation = Generation {
            tokens: self.tokens.iter().copied().skip(self.request.prompt.len()).collect(),
            text: self.text.text().to_owned(),
            ending: self.ending.clone().unwrap_or(Ending::Cancelled),
        };
        tell(self.number, Written::End(&generation));
        generation
    }
}

impl LocalBackend {
    pub(super) fn write_all(
        &mut self,
        requests: &[GenerationRequest],
        tell: &mut dyn FnMut(usize, Written<'_>),
        cancel: &Cancel,
    ) -> Result<Vec<Generation>, EngineError> {
        let writers = requests.iter().enumerate();
        let mut writers: Vec<Writer<'_>> = writers
            .map(|(number, request)| Writer::new(self, number, request))
            .collect();
        let context_length = self.machine.settings().context_length;
        let tokens = tokens_to_write(requests, context_length);
        self.make_room(tokens.saturating_add(self.tokens_read_anew(requests)))?;
        let mut done = Vec::with_capacity(writers.len());
        match self.write_until_done(&mut writers, &mut done, tell, cancel) {
            Ok(()) => {}
            Err(EngineError::Cancelled) => {
                done.extend(writers.iter_mut().map(|writer| (writer.number, writer.finish(tell))));
            }
            Err(error) => return Err(error),
        }
        done.sort_by_key(|&(number, _)| number);
        Ok(done.into_iter().map(|(_, generation)| generation).collect())
    }

    /// How many rows of the store hold the tokens of texts that outgrow the reach of their prompts, as read before that.
    fn tokens_read_anew(&self, requests: &[GenerationRequest]) -> usize {
        let Settings {
            rotary, context_length, ..
        } = self.machine.settings();
        let Some((near, _)) = rotary.far else { return 0 };
        let crosses = |request: &&GenerationRequest| {
            let longest = request.prompt.len().saturating_add(request.most_tokens);
            request.prompt.len() <= near && longest.min(*context_length) > near
        };
        near.saturating_mul(requests.iter().filter(crosses).count())
    }

    /// Moves every writer that comes to its end to `done`.
    fn write_until_done(
        &mut self,
        writers: &mut Vec<Writer<'_>>,
        done: &mut Vec<(usize, Generation)>,
        tell: &mut dyn FnMut(usize, Written<'_>),
        cancel: &Cancel,
    ) -> Result<(), EngineError> {
        let alone = writers.len() == 1;
        self.read_shared_start(writers, cancel)?;
        loop {
            for mut writer in writers.extract_if(.., |writer| writer.ending.is_some()) {
                done.push((writer.number, writer.finish(tell)));
                if alone {
                    self.keep_for_next(&writer);
                }
            }
            if writers.is_empty() {
                return Ok(());
            }
            self.write_tokens(writers, cancel)?;
            for writer in writers.iter_mut() {
                let text = writer.text.ready();
                if !text.is_empty() {
                    tell(writer.number, Written::Text(text));
                }
            }
        }
    }

    /// Lets the model read what the prompts share, once for all.
    fn read_shared_start(&mut self, writers: &mut [Writer<'_>], cancel: &Cancel) -> Result<(), EngineError> {
        let mut going: Vec<&mut Writer<'_>> = writers.iter_mut().filter(|writer| writer.ending.is_none()).collect();
        let Some(reach) = going.first().map(|writer| writer.reach) else {
            return Ok(());
        };
        going.retain(|writer| writer.reach == reach);
        let prompts: Vec<&[TokenId]> = going.iter().map(|writer| &*writer.request.prompt).collect();
        let start = self.shared_start(&prompts, reach, cancel)?;
        for writer in going {
            writer.sequence = start.clone();
        }
        Ok(())
    }

    /// Lets the model read what is new of every sequence, and writes the next token of each.
    fn write_tokens(&mut self, writers: &mut [Writer<'_>], cancel: &Cancel) -> Result<(), EngineError> {
        for writer in writers.iter_mut() {
            writer.follow_reach(self);
        }
        for reach in [Reach::Near, Reach::Far] {
            let mut group: Vec<&mut Writer<'_>> = writers.iter_mut().filter(|writer| writer.reach == reach).collect();
            let mut steps: Vec<Step<'_>> = group
                .iter_mut()
                .map(|writer| Step {
                    tokens: writer.tokens.get(writer.sequence.rows.len()..).unwrap_or_default(),
                    sequence: &mut writer.sequence,
                    wanted: 1,
                })
                .collect();
            let hidden = self.machine.advance(&mut steps, reach, cancel)?;
            let Settings { width, vocabulary, .. } = *self.machine.settings();
            let states = hidden.chunks(STATES_AT_ONCE * width);
            for (group, states) in group.chunks_mut(STATES_AT_ONCE).zip(states) {
                let logits = self.machine.logits(states)?;
                for (writer, logits) in group.iter_mut().zip(logits.chunks_exact(vocabulary)) {
                    writer.write(self, logits)?;
                }
            }
        }
        Ok(())
    }

    /// Whoever goes on after a single text finds it read already. Blocks are kept as they were read, and what is
    /// written is not read in blocks.
    fn keep_for_next(&mut self, writer: &Writer<'_>) {
        let rows = &writer.sequence.rows;
        if self.machine.block().is_none() && rows.iter().zip(0..).all(|(&row, place)| row == place) {
            self.kept = writer.tokens.iter().copied().take(rows.len()).collect();
            self.reach = writer.reach;
        }
    }
}
