//! The decoder: tokens in, hidden states and logits out, for every architecture of the table.

use super::architecture::{RotaryLayout, Settings};
use super::cache::{Cache, Sequence};
use super::kernels::{self, Heads, Query};
use super::weights::{Layer, Projection, Weights, embed};
use super::{Cancel, EngineError, TokenId};
use crate::models::gguf::GgufFile;

/// The most tokens that go through the layers together; more are cut into several passes.
/// The bits of a result do not depend on it, memory and the time until a stop is noticed do.
const TOKENS_PER_PASS: usize = 1024;

/// Tokens that follow a sequence's past.
pub struct Step<'a> {
    /// Its past; afterwards it has the new tokens too.
    pub sequence: &'a mut Sequence,
    /// Never empty.
    pub tokens: &'a [TokenId],
    /// The last so many of `tokens` give a hidden state.
    pub wanted: usize,
}

/// A loaded model.
#[derive(Debug)]
pub struct Decoder {
    file: GgufFile,
    settings: Settings,
    weights: Weights,
}

/// The cosines and sines of a pass, `[token][head width / 2]`.
struct Angles {
    cosines: Vec<f32>,
    sines: Vec<f32>,
}

/// A part of a step that fits a pass.
struct Part {
    step: usize,
    tokens: std::ops::Range<usize>,
}

impl Decoder {
    /// Loads the weights of a file whose settings were read before.
    pub fn load(file: GgufFile, settings: Settings) -> Result<Self, EngineError> {
        let weights = Weights::load(&file, &settings)?;
        Ok(Self {
            file,
            settings,
            weights,
        })
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Runs all steps packed together and returns the wanted hidden states in their order, `[wanted][width]`,
    /// ready for [`Decoder::logits`].
    ///
    /// After an error the store holds rows of no sequence; cut it back to where it was.
    pub fn advance(&self, cache: &mut Cache, steps: &mut [Step<'_>], cancel: &Cancel) -> Result<Vec<f32>, EngineError> {
        let mut hidden = Vec::new();
        let mut pass = Vec::new();
        let mut room = TOKENS_PER_PASS;
        let lengths: Vec<usize> = steps.iter().map(|step| step.tokens.len()).collect();
        for (step, length) in lengths.into_iter().enumerate() {
            let mut start = 0;
            while start < length {
                let end = length.min(start + room);
                pass.push(Part {
                    step,
                    tokens: start..end,
                });
                room -= end - start;
                start = end;
                if room == 0 {
                    self.pass(cache, steps, &pass, cancel, &mut hidden)?;
                    pass.clear();
                    room = TOKENS_PER_PASS;
                }
            }
        }
        if !pass.is_empty() {
            self.pass(cache, steps, &pass, cancel, &mut hidden)?;
        }
        Ok(hidden)
    }

    /// The logits of hidden states: `[state][vocabulary]`.
    pub fn logits(&self, hidden: &[f32]) -> Vec<f32> {
        let mut logits = vec![0f32; hidden.len() / self.settings.width * self.settings.vocabulary];
        self.weights.head.multiply(hidden, &mut logits);
        logits
    }

    fn pass(
        &self,
        cache: &mut Cache,
        steps: &mut [Step<'_>],
        parts: &[Part],
        cancel: &Cancel,
        hidden: &mut Vec<f32>,
    ) -> Result<(), EngineError> {
        let settings = &self.settings;
        let first_row = cache.rows();
        let (mut tokens, mut positions, mut wanted) = (Vec::new(), Vec::new(), Vec::new());
        for part in parts {
            let Some(step) = steps.get_mut(part.step) else { continue };
            let first_wanted = step.tokens.len() - step.wanted;
            for place in part.tokens.clone() {
                if place >= first_wanted {
                    wanted.push(tokens.len());
                }
                positions.push(step.sequence.rows.len());
                step.sequence.rows.push((first_row + tokens.len()) as u32);
                tokens.extend(step.tokens.get(place));
            }
        }
        // A step appears in one pass at most once, so its rows now end with this part's tokens.
        let mut first_token = 0;
        let queries: Vec<Query<'_>> = parts
            .iter()
            .filter_map(|part| {
                let rows = &steps.get(part.step)?.sequence.rows;
                let count = part.tokens.len();
                first_token += count;
                Some(Query {
                    first_token: first_token - count,
                    count,
                    rows,
                })
            })
            .collect();

        let mut x = embed(&self.file, settings, &tokens)?;
        if settings.architecture.scaled_embeddings {
            let scale = (settings.width as f32).sqrt();
            x.iter_mut().for_each(|x| *x *= scale);
        }
        let global = self.angles(&positions, settings.rotary_base, settings.rotary_scale);
        let local = (0..settings.layers)
            .any(|layer| settings.layer_window(layer).is_some())
            .then(|| self.angles(&positions, settings.window_rotary_base, 1.0));
        let mut scratch = Scratch::new(settings, tokens.len());
        for (index, layer) in self.weights.layers.iter().enumerate() {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            let window = settings.layer_window(index);
            let angles = local.as_ref().filter(|_| window.is_some()).unwrap_or(&global);
            self.attention(layer, index, window, angles, &queries, cache, &mut x, &mut scratch);
            self.feed_forward(layer, &mut x, &mut scratch);
        }
        cache.grow(tokens.len());
        let width = settings.width;
        let kept: Vec<f32> = wanted
            .iter()
            .filter_map(|&token| x.get(token * width..(token + 1) * width))
            .flatten()
            .copied()
            .collect();
        let mut normed = vec![0f32; kept.len()];
        kernels::rms_norm(&kept, &self.weights.output_norm, settings.epsilon, &mut normed);
        hidden.extend(normed);
        Ok(())
    }

    /// The angles by which pairs turn at these positions.
    fn angles(&self, positions: &[usize], base: f64, scale: f64) -> Angles {
        let half = self.settings.head_width / 2;
        let mut angles = Angles {
            cosines: Vec::with_capacity(positions.len() * half),
            sines: Vec::with_capacity(positions.len() * half),
        };
        // In single precision and by repeated multiplication, as the reference does it.
        let slow_down = (base as f32).powf(-2.0 / self.settings.head_width as f32);
        for &position in positions {
            let mut angle = position as f32;
            for factor in &self.weights.rotary_factors {
                let turned = angle / factor * (1.0 / scale) as f32;
                angles.cosines.push(turned.cos());
                angles.sines.push(turned.sin());
                angle *= slow_down;
            }
        }
        angles
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the state of a pass, which nothing else shares"
    )]
    fn attention(
        &self,
        layer: &Layer,
        index: usize,
        window: Option<usize>,
        angles: &Angles,
        queries: &[Query<'_>],
        cache: &mut Cache,
        x: &mut [f32],
        scratch: &mut Scratch,
    ) {
        let settings = &self.settings;
        let layout = settings.architecture.rotary;
        let Scratch {
            normed,
            queries: q,
            keys: k,
            values: v,
            attended,
            output,
            ..
        } = scratch;
        kernels::rms_norm(x, &layer.attention_norm, settings.epsilon, normed);
        project(&layer.queries, normed, q);
        project(&layer.keys, normed, k);
        project(&layer.values, normed, v);
        self.norm_and_turn(q, layer.query_norm.as_deref(), settings.query_width(), angles, layout);
        self.norm_and_turn(k, layer.key_norm.as_deref(), settings.key_width(), angles, layout);
        let first_row = cache.rows();
        let Some(store) = cache.layers.get_mut(index) else {
            return;
        };
        kernels::store_keys(&mut store.keys, first_row, k, settings.key_width());
        store.values.extend_from_slice(v);
        let heads = Heads {
            queries: settings.heads,
            key_values: settings.key_value_heads,
            width: settings.head_width,
            window,
            scale: settings.attention_scale,
        };
        kernels::attend(heads, queries, q, &store.keys, &store.values, attended);
        project(&layer.attention_output, attended, output);
        self.add_to_stream(x, output, layer.attention_post_norm.as_deref(), normed);
    }

    fn feed_forward(&self, layer: &Layer, x: &mut [f32], scratch: &mut Scratch) {
        let Scratch {
            normed,
            gate,
            up,
            output,
            ..
        } = scratch;
        kernels::rms_norm(x, &layer.feed_forward_norm, self.settings.epsilon, normed);
        project(&layer.gate, normed, gate);
        project(&layer.up, normed, up);
        kernels::gate(gate, up, self.settings.architecture.activation);
        project(&layer.down, gate, output);
        self.add_to_stream(x, output, layer.feed_forward_post_norm.as_deref(), normed);
    }

    /// Norms each head where the architecture does and turns it by its position.
    fn norm_and_turn(&self, x: &mut [f32], norm: Option<&[f32]>, width: usize, angles: &Angles, layout: RotaryLayout) {
        if let Some(norm) = norm {
            let before = x.to_vec();
            kernels::rms_norm(&before, norm, self.settings.epsilon, x);
        }
        kernels::rotate(
            x,
            width,
            &angles.cosines,
            &angles.sines,
            self.settings.head_width / 2,
            layout,
        );
    }

    /// Adds a block's output to the residual stream, normed first where the architecture does.
    fn add_to_stream(&self, x: &mut [f32], output: &[f32], norm: Option<&[f32]>, normed: &mut [f32]) {
        match norm {
            Some(norm) => {
                kernels::rms_norm(output, norm, self.settings.epsilon, normed);
                kernels::add(x, normed);
            }
            None => kernels::add(x, output),
        }
    }
}

fn project(projection: &Projection, x: &[f32], out: &mut [f32]) {
    projection.matrix.multiply(x, out);
    if let Some(bias) = &projection.bias {
        kernels::add_bias(out, bias);
    }
}

/// What the layers of a pass write in turn, `[token][…]` each.
struct Scratch {
    normed: Vec<f32>,
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    attended: Vec<f32>,
    output: Vec<f32>,
    gate: Vec<f32>,
    up: Vec<f32>,
}

impl Scratch {
    fn new(settings: &Settings, tokens: usize) -> Self {
        let zeros = |width: usize| vec![0f32; tokens * width];
        Self {
            normed: zeros(settings.width),
            queries: zeros(settings.query_width()),
            keys: zeros(settings.key_width()),
            values: zeros(settings.key_width()),
            attended: zeros(settings.query_width()),
            output: zeros(settings.width),
            gate: zeros(settings.feed_forward_width),
            up: zeros(settings.feed_forward_width),
        }
    }
}

/// How many bytes the largest pass takes beside weights and store.
pub fn pass_memory(settings: &Settings) -> u64 {
    let per_token =
        4 * settings.width + 2 * settings.query_width() + 2 * settings.key_width() + 3 * settings.feed_forward_width;
    // The logits of a handful of states come on top.
    (TOKENS_PER_PASS * per_token + 16 * settings.vocabulary) as u64 * size_of::<f32>() as u64
}
