//! The decoder: tokens in, hidden states and logits out, for every architecture of the table.

use super::cache::Cache;
use super::kernels::{self, Heads, Query};
use super::passes::{self, Part, Pass, Step};
use super::rotary::{Angles, Reach};
use super::settings::{FeedForwardSettings, LayerSettings, Settings};
use super::source::ModelFiles;
use super::threads;
use super::weights::{FeedForward, GateScratch, Layer, Processor, Weights, apply_all, embed};
use super::{Cancel, EngineError, go_on};

/// The most tokens that go through the layers together; more are cut into several passes.
/// The bits of a result do not depend on it, memory and the time until a stop is noticed do.
pub const TOKENS_PER_PASS: usize = 192;

/// A loaded model.
#[derive(Debug)]
pub struct Decoder {
    files: Box<dyn ModelFiles>,
    settings: Settings,
    weights: Weights,
}

impl Decoder {
    /// Loads the weights of files whose settings were read before.
    pub fn load(files: Box<dyn ModelFiles>, settings: Settings, cancel: &Cancel) -> Result<Self, EngineError> {
        let weights = threads::run(|| Weights::load(files.as_ref(), &settings, &Processor, cancel))?;
        Ok(Self {
            files,
            settings,
            weights,
        })
    }

    /// Where the model came from.
    pub fn files(&self) -> &dyn ModelFiles {
        self.files.as_ref()
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Runs all steps packed together and returns the wanted hidden states in their order, `[wanted][width]`,
    /// ready for [`Decoder::logits`]. All rows of a store are of one `reach`.
    ///
    /// After an error the store holds rows of no sequence; cut it back to where it was.
    pub fn advance(
        &self,
        cache: &mut Cache,
        steps: &mut [Step<'_>],
        reach: Reach,
        cancel: &Cancel,
    ) -> Result<Vec<f32>, EngineError> {
        threads::run(|| self.passes(cache, steps, reach, cancel))
    }

    fn passes(
        &self,
        cache: &mut Cache,
        steps: &mut [Step<'_>],
        reach: Reach,
        cancel: &Cancel,
    ) -> Result<Vec<f32>, EngineError> {
        let mut hidden = Vec::new();
        let mut scratch = Scratch::default();
        for parts in passes::cut(steps, TOKENS_PER_PASS) {
            self.pass(cache, steps, &parts, reach, cancel, &mut scratch, &mut hidden)?;
        }
        Ok(hidden)
    }

    /// The logits of hidden states: `[state][vocabulary]`.
    pub fn logits(&self, hidden: &[f32]) -> Vec<f32> {
        let mut logits = vec![0f32; hidden.len() / self.settings.width * self.settings.vocabulary];
        threads::run(|| self.weights.head.multiply(hidden, &mut logits));
        if let Some(scale) = self.settings.logit_scale {
            kernels::scale(&mut logits, scale);
        }
        if let Some(cap) = self.settings.logit_cap {
            kernels::soft_cap(&mut logits, 1.0, cap);
        }
        logits
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the state of a pass, which nothing else shares"
    )]
    fn pass(
        &self,
        cache: &mut Cache,
        steps: &mut [Step<'_>],
        parts: &[Part],
        reach: Reach,
        cancel: &Cancel,
        scratch: &mut Scratch,
        hidden: &mut Vec<f32>,
    ) -> Result<(), EngineError> {
        let settings = &self.settings;
        let Pass {
            tokens,
            positions,
            wanted,
        } = Pass::take(steps, parts, cache.rows());
        let mut queries = passes::queries(steps, parts, |_| 0);

        let mut x = embed(self.files.as_ref(), settings, &tokens)?;
        if let Some(scale) = settings.embedding_scale {
            kernels::scale(&mut x, scale);
        }
        let whole = settings.rotary.turning(reach).angles(&positions);
        let window = settings
            .rotary
            .window
            .as_ref()
            .map(|turning| turning.angles(&positions));
        scratch.fit(settings, tokens.len());
        let last = self.weights.layers.len() - 1;
        for (index, (layer, kind)) in self.weights.layers.iter().zip(&settings.layers).enumerate() {
            go_on(cancel)?;
            let windowed = window.as_ref().filter(|_| kind.window.is_some());
            let angles = windowed.or(Some(&whole)).filter(|_| kind.turns);
            self.project(layer, index, angles, cache, &x, scratch);
            if index == last {
                // What asks for the other tokens has their keys and values, and no layer follows that would ask for more.
                x = rows_of(&x, settings.width, &wanted);
                scratch.queries = rows_of(&scratch.queries, settings.query_width(), &wanted);
                scratch.fit(settings, wanted.len());
                queries = passes::queries(steps, parts, |step| step.first_wanted());
            }
            self.attend(layer, index, *kind, &queries, cache, &mut x, scratch);
            go_on(cancel)?;
            self.feed_forward(layer, &mut x, scratch);
        }
        cache.grow(tokens.len());
        let start = hidden.len();
        hidden.resize(start + x.len(), 0.0);
        let hidden = hidden.get_mut(start..).unwrap_or_default();
        kernels::rms_norm(&x, &self.weights.output_norm, settings.epsilon, hidden);
        Ok(())
    }

    /// Computes what a layer's attention reads of every token, and stores the keys and values.
    fn project(
        &self,
        layer: &Layer,
        index: usize,
        angles: Option<&Angles>,
        cache: &mut Cache,
        x: &[f32],
        scratch: &mut Scratch,
    ) {
        let settings = &self.settings;
        let Scratch {
            normed,
            queries: q,
            keys: k,
            values: v,
            ..
        } = scratch;
        let input = self.normed(x, layer.attention_norm.as_deref(), normed);
        apply_all(input, [(&layer.queries, q), (&layer.keys, k), (&layer.values, v)]);
        self.norm_and_turn(q, layer.query_norm.as_deref(), settings.query_width(), angles);
        self.norm_and_turn(k, layer.key_norm.as_deref(), settings.key_width(), angles);
        let first_row = cache.rows();
        if let Some(store) = cache.layers.get_mut(index) {
            kernels::store_keys(&mut store.keys, first_row, k, settings.key_width());
            store.values.extend_from_slice(v);
        }
    }

    /// Adds what attention gives each token of `x`, whose queries are in `scratch`.
    #[expect(
        clippy::too_many_arguments,
        reason = "the state of a pass, which nothing else shares"
    )]
    fn attend(
        &self,
        layer: &Layer,
        index: usize,
        kind: LayerSettings,
        queries: &[Query<'_>],
        cache: &Cache,
        x: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let settings = &self.settings;
        let Some(store) = cache.layers.get(index) else {
            return;
        };
        let heads = Heads {
            queries: settings.heads,
            key_values: settings.key_value_heads,
            width: settings.head_width,
            window: kind.window,
            scale: settings.attention_scale,
            cap: settings.attention_cap,
        };
        let Scratch {
            normed,
            queries: q,
            attended,
            output,
            ..
        } = scratch;
        kernels::attend(heads, queries, q, &store.keys, &store.values, attended);
        layer.attention_output.apply(attended, output);
        self.add_to_stream(x, output, layer.attention_post_norm.as_deref(), normed);
    }

    fn feed_forward(&self, layer: &Layer, x: &mut [f32], scratch: &mut Scratch) {
        let Scratch {
            normed, gates, output, ..
        } = scratch;
        let (width, activation) = (self.settings.width, self.settings.architecture.activation);
        let input = self.normed(x, layer.feed_forward_norm.as_deref(), normed);
        match &layer.feed_forward {
            FeedForward::Dense(unit) => unit.apply(input, activation, gates, output),
            FeedForward::Experts(experts) => experts.apply(input, width, activation, gates, output),
        }
        self.add_to_stream(x, output, layer.feed_forward_post_norm.as_deref(), normed);
    }

    /// What a block reads of the residual stream: normed where the architecture does that before it.
    fn normed<'a>(&self, x: &'a [f32], norm: Option<&[f32]>, normed: &'a mut [f32]) -> &'a [f32] {
        match norm {
            Some(norm) => {
                kernels::rms_norm(x, norm, self.settings.epsilon, normed);
                normed
            }
            None => x,
        }
    }

    /// Norms each head, or all together, where the architecture does and turns them by their position.
    fn norm_and_turn(&self, x: &mut [f32], norm: Option<&[f32]>, width: usize, angles: Option<&Angles>) {
        if let Some(norm) = norm {
            let before = x.to_vec();
            kernels::rms_norm(&before, norm, self.settings.epsilon, x);
        }
        let Some(angles) = angles else {
            return;
        };
        let rotary = &self.settings.rotary;
        let heads = kernels::Turned {
            token_width: width,
            head_width: self.settings.head_width,
            pairs: rotary.width / 2,
            layout: rotary.layout,
        };
        kernels::rotate(x, heads, &angles.cosines, &angles.sines);
    }

    /// Adds a block's output to the residual stream, normed or scaled first where the model does.
    fn add_to_stream(&self, x: &mut [f32], output: &mut [f32], norm: Option<&[f32]>, normed: &mut [f32]) {
        if let Some(scale) = self.settings.residual_scale {
            kernels::scale(output, scale);
        }
        match norm {
            Some(norm) => {
                kernels::rms_norm(output, norm, self.settings.epsilon, normed);
                kernels::add(x, normed);
            }
            None => kernels::add(x, output),
        }
    }
}

/// Some rows, each so wide.
fn rows_of(x: &[f32], width: usize, rows: &[usize]) -> Vec<f32> {
    let row = |&row: &usize| x.get(row * width..(row + 1) * width);
    rows.iter().filter_map(row).flatten().copied().collect()
}

/// What the layers of a pass write in turn, `[token][…]` each.
#[derive(Default)]
struct Scratch {
    normed: Vec<f32>,
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    attended: Vec<f32>,
    output: Vec<f32>,
    gates: GateScratch,
}

impl Scratch {
    /// Makes room for so many tokens. What is in there stays as it is, since all of it is written before it is read.
    fn fit(&mut self, settings: &Settings, tokens: usize) {
        let fit = |part: &mut Vec<f32>, width: usize| part.resize(tokens * width, 0.0);
        fit(&mut self.normed, settings.width);
        fit(&mut self.queries, settings.query_width());
        fit(&mut self.keys, settings.key_width());
        fit(&mut self.values, settings.key_width());
        fit(&mut self.attended, settings.query_width());
        fit(&mut self.output, settings.width);
    }
}

/// How many bytes the largest pass takes beside weights and store.
pub fn pass_memory(settings: &Settings) -> u64 {
    let feed_forward = match settings.feed_forward {
        FeedForwardSettings::Dense { width } => 3 * width,
        // At worst one expert sees every token; what it sees and says is gathered.
        FeedForwardSettings::Experts(experts) => {
            3 * experts.width.max(experts.shared_width.unwrap_or(0)) + 2 * settings.width + 4 * experts.count
        }
    };
    let (queries, keys) = (settings.query_width(), settings.key_width());
    pass_bytes(settings.width, queries, keys, feed_forward, settings.vocabulary)
}

/// As [`pass_memory`], from the numbers of a token's state, its queries, its keys and what the feed-forward block holds
/// of it.
pub fn pass_bytes(width: usize, queries: usize, keys: usize, feed_forward: usize, vocabulary: usize) -> u64 {
    let per_token = 4 * width + 2 * queries + 2 * keys + feed_forward;
    // The logits of a handful of states come on top.
    (TOKENS_PER_PASS * per_token + 16 * vocabulary) as u64 * size_of::<f32>() as u64
}
