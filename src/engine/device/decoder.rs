//! The decoder on a device: tokens in, hidden states and logits out, for every architecture of the table.
//!
//! It reads the same settings and files as the decoder on the processor and takes the same steps in a layer.
//! Activations, keys and values are in single precision.

use std::collections::BTreeSet;

use candle_core::{Result, Tensor};
use candle_nn::ops::{rms_norm, sigmoid};
use candle_nn::rotary_emb::{rope, rope_i};

use super::TensorDevice;
use super::attention::{Block, SCORES_AT_ONCE, Store, attend, blocks};
use crate::engine::architecture::{Activation, RotaryLayout};
use crate::engine::experts::Experts;
use crate::engine::kernels::Heads;
use crate::engine::machine::Machine;
use crate::engine::passes::{self, Part, Pass, Step};
use crate::engine::rotary::{Reach, Turning};
use crate::engine::settings::{FeedForwardSettings, LayerSettings, Settings};
use crate::engine::source::ModelFiles;
use crate::engine::weights::{FeedForward, GatedUnit, Layer, Weights, embed};
use crate::engine::{Cancel, EngineError, go_on};

/// How many tokens of a start are computed in a pass of their own, so that it can be kept.
pub const BLOCK: usize = 128;

/// The most tokens that go through the layers together.
const TOKENS_PER_PASS: usize = 1024;

/// A model loaded onto a device.
#[derive(Debug)]
pub struct DeviceDecoder {
    device: TensorDevice,
    files: Box<dyn ModelFiles>,
    settings: Settings,
    weights: Weights<TensorDevice>,
    store: Store,
    /// The windows that layers have, each once.
    windows: Vec<Option<usize>>,
}

/// The cosines and sines of a pass: `[token][pair]`.
struct Angles {
    cosines: Tensor,
    sines: Tensor,
}

impl Machine for DeviceDecoder {
    fn files(&self) -> &dyn ModelFiles {
        self.files.as_ref()
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn advance(
        &mut self,
        steps: &mut [Step<'_>],
        reach: Reach,
        cancel: &Cancel,
    ) -> std::result::Result<Vec<f32>, EngineError> {
        let mut hidden = Vec::new();
        for parts in passes::cut(steps, TOKENS_PER_PASS) {
            hidden.extend(self.pass(steps, &parts, reach, cancel)?);
        }
        Ok(hidden)
    }

    fn logits(&self, hidden: &[f32]) -> std::result::Result<Vec<f32>, EngineError> {
        let width = self.settings.width;
        let hidden = Tensor::from_slice(hidden, (hidden.len() / width, width), &self.device.candle)?;
        let mut logits = self.weights.head.multiply(&hidden)?;
        if let Some(scale) = self.settings.logit_scale {
            logits = (logits * f64::from(scale))?;
        }
        if let Some(cap) = self.settings.logit_cap.map(f64::from) {
            logits = ((logits / cap)?.tanh()? * cap)?;
        }
        Ok(logits.flatten_all()?.to_vec1()?)
    }

    fn room(&self) -> usize {
        self.store.room()
    }

    fn make_room(&mut self, rows: usize) -> std::result::Result<(), EngineError> {
        Ok(self.store.make_room(rows)?)
    }

    fn truncate(&mut self, rows: usize) {
        self.store.truncate(rows);
    }

    fn block(&self) -> Option<usize> {
        Some(BLOCK)
    }

    fn computed(&self) -> String {
        format!("{}; {}", self.device.model, self.weights.forms())
    }
}

impl DeviceDecoder {
    /// Loads the weights of files whose settings were read before.
    pub fn load(
        device: TensorDevice,
        files: Box<dyn ModelFiles>,
        settings: Settings,
        cancel: &Cancel,
    ) -> std::result::Result<Self, EngineError> {
        let weights = Weights::load(files.as_ref(), &settings, &device, cancel)?;
        let store = Store::new(&settings, &device.candle);
        let mut windows: Vec<Option<usize>> = settings.layers.iter().map(|layer| layer.window).collect();
        windows.sort_unstable();
        windows.dedup();
        // Another thread may compute with what this one has copied there.
        device.candle.synchronize()?;
        Ok(Self {
            device,
            files,
            settings,
            weights,
            store,
            windows,
        })
    }

    fn pass(
        &mut self,
        steps: &mut [Step<'_>],
        parts: &[Part],
        reach: Reach,
        cancel: &Cancel,
    ) -> std::result::Result<Vec<f32>, EngineError> {
        let Pass {
            tokens,
            positions,
            wanted,
        } = Pass::take(steps, parts, self.store.rows());
        let x = embed(self.files.as_ref(), &self.settings, &tokens)?;
        let x = Tensor::from_vec(x, (tokens.len(), self.settings.width), &self.device.candle)?;
        let queries = passes::queries(steps, parts, |_| 0);
        let (heads, device) = (self.settings.heads, &self.device.candle);
        let blocks = blocks(&queries, heads, &self.windows, SCORES_AT_ONCE, device)?;
        let x = self.layers(x, &positions, &blocks, reach, cancel)?;
        self.store.grow(tokens.len());
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: Vec<u32> = wanted.into_iter().map(|token| token as u32).collect();
        let wanted = Tensor::new(wanted, &self.device.candle)?;
        let hidden = self.norm(&x.index_select(&wanted, 0)?, &self.weights.output_norm)?;
        Ok(hidden.flatten_all()?.to_vec1()?)
    }

    /// The residual stream behind the last layer: `[token][width]`.
    fn layers(
        &self,
        mut x: Tensor,
        positions: &[usize],
        blocks: &[Block],
        reach: Reach,
        cancel: &Cancel,
    ) -> std::result::Result<Tensor, EngineError> {
        let settings = &self.settings;
        if let Some(scale) = settings.embedding_scale {
            x = (x * f64::from(scale))?;
        }
        let whole = self.angles(settings.rotary.turning(reach), positions)?;
        let window = settings.rotary.window.as_ref();
        let window = window.map(|turning| self.angles(turning, positions)).transpose()?;
        for (index, (layer, kind)) in self.weights.layers.iter().zip(&settings.layers).enumerate() {
            go_on(cancel)?;
            let windowed = window.as_ref().filter(|_| kind.window.is_some());
            let angles = windowed.or(Some(&whole)).filter(|_| kind.turns);
            let attended = self.attention(layer, index, *kind, angles, blocks, &x)?;
            x = self.add_to_stream(x, attended, layer.attention_post_norm.as_ref())?;
            let fed = self.feed_forward(layer, &x)?;
            x = self.add_to_stream(x, fed, layer.feed_forward_post_norm.as_ref())?;
        }
        Ok(x)
    }

    fn angles(&self, turning: &Turning, positions: &[usize]) -> Result<Angles> {
        let angles = turning.angles(positions);
        let tensor = |numbers| Tensor::from_vec(numbers, (positions.len(), turning.pairs()), &self.device.candle);
        Ok(Angles {
            cosines: tensor(angles.cosines)?,
            sines: tensor(angles.sines)?,
        })
    }

    fn attention(
        &self,
        layer: &Layer<TensorDevice>,
        index: usize,
        kind: LayerSettings,
        angles: Option<&Angles>,
        blocks: &[Block],
        x: &Tensor,
    ) -> Result<Tensor> {
        let settings = &self.settings;
        let input = self.normed(x, layer.attention_norm.as_ref())?;
        let queries = layer.queries.project(&input)?;
        let queries = self.norm_and_turn(&queries, settings.heads, layer.query_norm.as_ref(), angles)?;
        let keys = layer.keys.project(&input)?;
        let keys = self.norm_and_turn(&keys, settings.key_value_heads, layer.key_norm.as_ref(), angles)?;
        let values = self.by_head(&layer.values.project(&input)?, settings.key_value_heads)?;
        self.store.write(index, &keys, &values)?;
        let heads = Heads {
            queries: settings.heads,
            key_values: settings.key_value_heads,
            width: settings.head_width,
            window: kind.window,
            scale: settings.attention_scale,
            cap: settings.attention_cap,
        };
        let attended = attend(heads, blocks, &queries, &self.store, index)?;
        layer.attention_output.project(&attended)
    }

    fn feed_forward(&self, layer: &Layer<TensorDevice>, x: &Tensor) -> Result<Tensor> {
        let input = self.normed(x, layer.feed_forward_norm.as_ref())?;
        match &layer.feed_forward {
            FeedForward::Dense(unit) => self.gated(unit, &input),
            FeedForward::Experts(experts) => self.experts(experts, &input),
        }
    }

    fn gated(&self, unit: &GatedUnit<TensorDevice>, x: &Tensor) -> Result<Tensor> {
        let gate = unit.gate.project(x)?;
        let gate = match self.settings.architecture.activation {
            Activation::Silu => gate.silu()?,
            Activation::Gelu => gate.gelu()?,
        };
        unit.down.project(&(gate * unit.up.project(x)?)?)
    }

    /// As on the processor, each expert sees its tokens gathered.
    fn experts(&self, experts: &Experts<TensorDevice>, x: &Tensor) -> Result<Tensor> {
        let device = &self.device.candle;
        let logits: Vec<f32> = experts.router.multiply(x)?.flatten_all()?.to_vec1()?;
        let mut sum = x.zeros_like()?;
        for (unit, visits) in experts.units.iter().zip(experts.visits(&logits)) {
            if visits.is_empty() {
                continue;
            }
            let tokens: Vec<u32> = visits.iter().map(|visit| visit.token as u32).collect();
            let tokens = Tensor::from_vec(tokens, visits.len(), device)?;
            let weights: Vec<f32> = visits.iter().map(|visit| visit.weight).collect();
            let weights = Tensor::from_vec(weights, (visits.len(), 1), device)?;
            let said = self.gated(unit, &x.index_select(&tokens, 0)?)?;
            sum = sum.index_add(&tokens, &said.broadcast_mul(&weights)?, 0)?;
        }
        let Some(shared) = &experts.shared else {
            return Ok(sum);
        };
        let weights = sigmoid(&x.matmul(&shared.gate.unsqueeze(1)?)?)?;
        sum + self.gated(&shared.unit, x)?.broadcast_mul(&weights)?
    }

    fn norm(&self, x: &Tensor, norm: &Tensor) -> Result<Tensor> {
        rms_norm(&x.contiguous()?, norm, self.settings.epsilon)
    }

    /// What a block reads of the residual stream: normed where the architecture does that before it.
    fn normed(&self, x: &Tensor, norm: Option<&Tensor>) -> Result<Tensor> {
        norm.map_or(Ok(x.clone()), |norm| self.norm(x, norm))
    }

    /// From `[token][head][head width]`, flat by token, to `[head][token][head width]`.
    fn by_head(&self, x: &Tensor, heads: usize) -> Result<Tensor> {
        let tokens = x.dim(0)?;
        let heads = x.reshape((tokens, heads, self.settings.head_width))?;
        heads.transpose(0, 1)?.contiguous()
    }

    /// Norms each head, or all together, where the architecture does, turns them by their position, and brings
    /// them by head.
    fn norm_and_turn(
        &self,
        x: &Tensor,
        heads: usize,
        norm: Option<&Tensor>,
        angles: Option<&Angles>,
    ) -> Result<Tensor> {
        let mut x = x.clone();
        if let Some(norm) = norm {
            let shape = x.dims2()?;
            x = self.norm(&x.reshape(((), norm.elem_count()))?, norm)?.reshape(shape)?;
        }
        let x = self.by_head(&x, heads)?;
        let Some(Angles { cosines, sines }) = angles else {
            return Ok(x);
        };
        let rotary = &self.settings.rotary;
        let turned = x.narrow(2, 0, rotary.width)?.contiguous()?.unsqueeze(0)?;
        let turned = match rotary.layout {
            RotaryLayout::Halves => rope(&turned, cosines, sines)?,
            RotaryLayout::Neighbours => rope_i(&turned, cosines, sines)?,
        };
        let turned = turned.squeeze(0)?;
        match self.settings.head_width - rotary.width {
            0 => Ok(turned),
            rest => Tensor::cat(&[turned, x.narrow(2, rotary.width, rest)?], 2)?.contiguous(),
        }
    }

    /// Adds a block's output to the residual stream, normed or scaled first where the model does.
    fn add_to_stream(&self, x: Tensor, mut output: Tensor, norm: Option<&Tensor>) -> Result<Tensor> {
        if let Some(scale) = self.settings.residual_scale {
            output = (output * f64::from(scale))?;
        }
        x + self.normed(&output, norm)?
    }
}

/// How many bytes the largest pass takes beside weights and store, but for its masks.
pub fn pass_memory(settings: &Settings) -> u64 {
    let feed_forward = match settings.feed_forward {
        FeedForwardSettings::Dense { width } => 4 * width,
        FeedForwardSettings::Experts(experts) => {
            4 * experts.width.max(experts.shared_width.unwrap_or(0)) + 4 * settings.width
        }
    };
    let (queries, keys) = (settings.query_width(), settings.key_width());
    pass_bytes(settings.width, queries, keys, feed_forward, settings.vocabulary)
}

/// What the masks of a pass take with so many rows in the store.
pub fn mask_memory(settings: &Settings, rows: usize) -> u64 {
    let windows: BTreeSet<_> = settings.layers.iter().map(|layer| layer.window).collect();
    mask_bytes(rows, windows.len())
}

/// As [`mask_memory`]: a number for every token of a pass and every row, once for each kind of window.
pub fn mask_bytes(rows: usize, windows: usize) -> u64 {
    (TOKENS_PER_PASS * size_of::<f32>()) as u64 * rows as u64 * windows as u64
}

/// As [`pass_memory`], from the numbers of a token's state, its queries, its keys and what the feed-forward block holds
/// of it.
pub fn pass_bytes(width: usize, queries: usize, keys: usize, feed_forward: usize, vocabulary: usize) -> u64 {
    let per_token = 6 * width + 4 * queries + 4 * keys + feed_forward;
    // Scores with what hides some of them, capped and as shares; the logits of a handful of states.
    let numbers = TOKENS_PER_PASS * per_token + 4 * SCORES_AT_ONCE + 2 * 16 * vocabulary;
    (numbers * size_of::<f32>()) as u64
}
