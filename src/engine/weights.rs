//! A model's weights, from the tensors of its files, each checked against the settings.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::architecture::{Activation, HeadNorms};
use super::experts::{self, Experts};
use super::kernels::{Matrix, add_bias, dequantize, gate, multiply_all};
use super::settings::{FeedForwardSettings, Settings};
use super::source::{ModelFiles, Stored};
use super::{Cancel, EngineError, TokenId, go_on};
use crate::models::gguf::TensorType;

/// What holds weights and computes with them: the processor or a device.
pub trait Holder {
    type Matrix: fmt::Debug;
    type Vector: fmt::Debug;

    /// Takes `outputs` rows of `inputs` numbers stored as `kind`; the caller checked that the sizes agree.
    fn matrix(
        &self,
        bytes: &[u8],
        kind: TensorType,
        inputs: usize,
        outputs: usize,
    ) -> candle_core::Result<Self::Matrix>;

    /// Takes a norm or a bias.
    fn vector(&self, numbers: Vec<f32>) -> candle_core::Result<Self::Vector>;

    /// How many bytes [`Holder::matrix`] will take, or nothing when the kind cannot be computed with.
    fn matrix_size(&self, kind: TensorType, inputs: usize, outputs: usize) -> Option<u64>;

    /// How a matrix is held, for the record of a run.
    fn form(matrix: &Self::Matrix) -> &'static str;
}

/// The processor, which computes by the [`kernels`](super::kernels).
#[derive(Debug)]
pub struct Processor;

impl Holder for Processor {
    type Matrix = Matrix;
    type Vector = Vec<f32>;

    fn matrix(&self, bytes: &[u8], kind: TensorType, inputs: usize, outputs: usize) -> candle_core::Result<Matrix> {
        Matrix::from_bytes(bytes, kind, inputs, outputs)
    }

    fn vector(&self, numbers: Vec<f32>) -> candle_core::Result<Vec<f32>> {
        Ok(numbers)
    }

    fn matrix_size(&self, kind: TensorType, inputs: usize, outputs: usize) -> Option<u64> {
        Matrix::size_in_memory(kind, inputs, outputs)
    }

    fn form(matrix: &Matrix) -> &'static str {
        matrix.form()
    }
}

/// Everything the decoder multiplies by.
#[derive(Debug)]
pub struct Weights<H: Holder = Processor> {
    /// `[width]`
    pub output_norm: H::Vector,
    /// From the width to the vocabulary; models without one of their own use the embedding.
    pub head: H::Matrix,
    pub layers: Vec<Layer<H>>,
}

/// One layer. Norms and biases are single-precision vectors.
#[derive(Debug)]
pub struct Layer<H: Holder = Processor> {
    pub attention_norm: Option<H::Vector>,
    pub queries: Projection<H>,
    pub keys: Projection<H>,
    pub values: Projection<H>,
    pub query_norm: Option<H::Vector>,
    pub key_norm: Option<H::Vector>,
    pub attention_output: Projection<H>,
    pub attention_post_norm: Option<H::Vector>,
    pub feed_forward_norm: Option<H::Vector>,
    pub feed_forward: FeedForward<H>,
    pub feed_forward_post_norm: Option<H::Vector>,
}

/// What follows attention in a layer.
#[derive(Debug)]
pub enum FeedForward<H: Holder = Processor> {
    Dense(GatedUnit<H>),
    Experts(Experts<H>),
}

/// `down(activation(gate(x)) * up(x))`
#[derive(Debug)]
pub struct GatedUnit<H: Holder = Processor> {
    pub gate: Projection<H>,
    pub up: Projection<H>,
    pub down: Projection<H>,
    width: usize,
    inner: usize,
}

/// A matrix with a bias where the files have one.
#[derive(Debug)]
pub struct Projection<H: Holder = Processor> {
    pub matrix: H::Matrix,
    pub bias: Option<H::Vector>,
}

/// A matrix that the settings ask for, and where it lies.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The tensor's name without `.weight`.
    pub name: String,
    pub inputs: usize,
    pub outputs: usize,
    /// The rows of the tensor, where it holds more than this matrix, and how many come before.
    pub within: Option<(usize, usize)>,
}

impl Wanted {
    pub fn whole(name: String, inputs: usize, outputs: usize) -> Self {
        Self {
            name,
            inputs,
            outputs,
            within: None,
        }
    }

    fn tensor(&self) -> String {
        format!("{}.weight", self.name)
    }

    fn rows(&self) -> usize {
        self.within.map_or(self.outputs, |(rows, _)| rows)
    }

    /// What the files say of the tensor, once its shape was checked. Experts lie behind each other as rows do.
    fn stored(&self, files: &dyn ModelFiles) -> Result<Stored, EngineError> {
        let name = self.tensor();
        let stored = find(files, &name)?;
        let fits = match *stored.dimensions.as_slice() {
            [inputs, rows] => inputs == self.inputs && rows == self.rows(),
            [inputs, rows, stacked] => {
                inputs == self.inputs && rows == self.outputs && rows.checked_mul(stacked) == Some(self.rows())
            }
            _ => false,
        };
        match fits {
            true => Ok(stored),
            false => Err(wrong_shape(files, name, vec![self.inputs, self.rows()], stored)),
        }
    }

    /// How many bytes [`Wanted::load`] will take.
    pub fn size_in_memory(&self, files: &dyn ModelFiles, holder: &impl Holder) -> Result<u64, EngineError> {
        let stored = self.stored(files)?;
        let size = holder.matrix_size(stored.kind, self.inputs, self.outputs);
        size.ok_or_else(|| EngineError::TensorType {
            path: files.path().to_owned(),
            tensor: self.tensor(),
            kind: stored.kind.name.to_owned(),
        })
    }

    /// Gives the holder the matrix, unless somebody asks to stop before.
    pub fn load<H: Holder>(
        &self,
        files: &dyn ModelFiles,
        holder: &H,
        cancel: &Cancel,
    ) -> Result<H::Matrix, EngineError> {
        go_on(cancel)?;
        let stored = self.stored(files)?;
        let bytes = files.bytes(&self.tensor());
        let row = bytes.len() / self.rows();
        let start = self.within.map_or(0, |(_, before)| before) * row;
        let bytes = bytes.get(start..start + self.outputs * row).unwrap_or_default();
        Ok(holder.matrix(bytes, stored.kind, self.inputs, self.outputs)?)
    }

    fn load_projection<H: Holder>(
        &self,
        files: &dyn ModelFiles,
        holder: &H,
        cancel: &Cancel,
    ) -> Result<Projection<H>, EngineError> {
        let name = format!("{}.bias", self.name);
        let bias = match files.find(&name)? {
            None => None,
            Some(_) => {
                let start = self.within.map_or(0, |(_, before)| before);
                let all = vector(files, &name, self.rows())?;
                let own = all.get(start..start + self.outputs).unwrap_or_default();
                Some(holder.vector(own.to_vec())?)
            }
        };
        Ok(Projection {
            matrix: self.load(files, holder, cancel)?,
            bias,
        })
    }
}

fn find(files: &dyn ModelFiles, name: &str) -> Result<Stored, EngineError> {
    files.find(name)?.ok_or_else(|| EngineError::NoTensor {
        path: files.path().to_owned(),
        name: name.to_owned(),
    })
}

fn wrong_shape(files: &dyn ModelFiles, name: String, expected: Vec<usize>, stored: Stored) -> EngineError {
    EngineError::Shape {
        path: files.path().to_owned(),
        name,
        expected,
        found: stored.dimensions,
    }
}

/// A small tensor as single-precision numbers.
pub(super) fn vector(files: &dyn ModelFiles, name: &str, length: usize) -> Result<Vec<f32>, EngineError> {
    let stored = find(files, name)?;
    // Some files keep a vector as a matrix of one row.
    match stored.dimensions.as_slice() {
        [found] | [found, 1] if *found == length => Ok(dequantize(&files.bytes(name), stored.kind)?),
        _ => Err(wrong_shape(files, name.to_owned(), vec![length], stored)),
    }
}

const EMBEDDING: &str = "token_embd";

fn head(files: &dyn ModelFiles, settings: &Settings) -> Result<Wanted, EngineError> {
    let name = match files.find("output.weight")? {
        Some(_) => "output",
        None => EMBEDDING,
    };
    Ok(Wanted::whole(name.to_owned(), settings.width, settings.vocabulary))
}

/// Queries, keys, values and output of a layer's attention. Where the first three are one tensor, they follow
/// each other in it.
fn attention(files: &dyn ModelFiles, settings: &Settings, layer: usize) -> Result<[Wanted; 4], EngineError> {
    let (width, query, key) = (settings.width, settings.query_width(), settings.key_width());
    let name = |role: &str| format!("blk.{layer}.{role}");
    let joined = files.find(&format!("{}.weight", name("attn_qkv")))?.is_some();
    let part = |role: &str, outputs: usize, before: usize| match joined {
        true => Wanted {
            within: Some((query + 2 * key, before)),
            ..Wanted::whole(name("attn_qkv"), width, outputs)
        },
        false => Wanted::whole(name(role), width, outputs),
    };
    Ok([
        part("attn_q", query, 0),
        part("attn_k", key, query),
        part("attn_v", key, query + key),
        Wanted::whole(name("attn_output"), query, width),
    ])
}

/// Gate, up and down of a dense feed-forward block. Where there is no gate by itself, it comes first in `up`.
fn dense(files: &dyn ModelFiles, settings: &Settings, layer: usize, inner: usize) -> Result<[Wanted; 3], EngineError> {
    let name = |role: &str| format!("blk.{layer}.{role}");
    let width = settings.width;
    let apart = files.find(&format!("{}.weight", name("ffn_gate")))?.is_some();
    let part = |role: &str, before: usize| match apart {
        true => Wanted::whole(name(role), width, inner),
        false => Wanted {
            within: Some((2 * inner, before)),
            ..Wanted::whole(name("ffn_up"), width, inner)
        },
    };
    Ok([
        part("ffn_gate", 0),
        part("ffn_up", inner),
        Wanted::whole(name("ffn_down"), inner, width),
    ])
}

/// How much memory the weights will take, without loading them.
pub fn size_in_memory(files: &dyn ModelFiles, settings: &Settings, holder: &impl Holder) -> Result<u64, EngineError> {
    let mut size = head(files, settings)?.size_in_memory(files, holder)?;
    // Read from the files row by row, so only its shape and kind matter.
    Wanted::whole(EMBEDDING.to_owned(), settings.width, settings.vocabulary).size_in_memory(files, holder)?;
    for layer in 0..settings.layers.len() {
        let mut wanted: Vec<Wanted> = attention(files, settings, layer)?.into();
        match settings.feed_forward {
            FeedForwardSettings::Dense { width } => wanted.extend(dense(files, settings, layer, width)?),
            FeedForwardSettings::Experts(sizes) => wanted.extend(experts::wanted(files, settings, &sizes, layer)?),
        }
        for wanted in wanted {
            size = size.saturating_add(wanted.size_in_memory(files, holder)?);
        }
    }
    Ok(size)
}

/// The embeddings of tokens, read from the mapped file: `[token][width]`.
pub fn embed(files: &dyn ModelFiles, settings: &Settings, tokens: &[TokenId]) -> Result<Vec<f32>, EngineError> {
    let wanted = Wanted::whole(EMBEDDING.to_owned(), settings.width, settings.vocabulary);
    let kind: TensorType = wanted.stored(files)?.kind;
    let bytes: Cow<'_, [u8]> = files.bytes(&wanted.tensor());
    let row_bytes = bytes.len() / settings.vocabulary;
    let mut rows = Vec::with_capacity(tokens.len() * row_bytes);
    for &token in tokens {
        let start = token as usize * row_bytes;
        rows.extend_from_slice(bytes.get(start..start + row_bytes).unwrap_or_default());
    }
    Ok(dequantize(&rows, kind)?)
}

impl<H: Holder> Weights<H> {
    /// Gives the holder all weights.
    pub fn load(files: &dyn ModelFiles, settings: &Settings, holder: &H, cancel: &Cancel) -> Result<Self, EngineError> {
        let head = head(files, settings)?.load(files, holder, cancel)?;
        let mut layers = Vec::with_capacity(settings.layers.len());
        for layer in 0..settings.layers.len() {
            // What was packed need not stay in memory as the file has it too.
            files.let_go();
            layers.push(Layer::load(files, settings, layer, holder, cancel)?);
        }
        let output_norm = holder.vector(vector(files, "output_norm.weight", settings.width)?)?;
        files.let_go();
        Ok(Self {
            output_norm,
            head,
            layers,
        })
    }

    /// How many matrices are held in which form, as in `whole numbers: 210, f32: 1`.
    pub fn forms(&self) -> String {
        let mut forms = BTreeMap::new();
        for matrix in std::iter::once(&self.head).chain(self.layers.iter().flat_map(Layer::matrices)) {
            *forms.entry(H::form(matrix)).or_insert(0) += 1;
        }
        forms
            .into_iter()
            .map(|(form, count)| format!("{form}: {count}"))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl<H: Holder> Layer<H> {
    fn load(
        files: &dyn ModelFiles,
        settings: &Settings,
        layer: usize,
        holder: &H,
        cancel: &Cancel,
    ) -> Result<Self, EngineError> {
        let norm = |wanted: bool, role: &str, length: usize| -> Result<_, EngineError> {
            if !wanted {
                return Ok(None);
            }
            let numbers = vector(files, &format!("blk.{layer}.{role}.weight"), length)?;
            Ok(Some(holder.vector(numbers)?))
        };
        let (width, norms) = (settings.width, settings.architecture.norms);
        let (has_head_norms, query, key) = match settings.architecture.head_norms {
            HeadNorms::None => (false, 0, 0),
            HeadNorms::Each => (true, settings.head_width, settings.head_width),
            HeadNorms::Together => (true, settings.query_width(), settings.key_width()),
        };
        let [queries, keys, values, attention_output] = attention(files, settings, layer)?;
        Ok(Self {
            attention_norm: norm(norms.before(), "attn_norm", width)?,
            queries: queries.load_projection(files, holder, cancel)?,
            keys: keys.load_projection(files, holder, cancel)?,
            values: values.load_projection(files, holder, cancel)?,
            query_norm: norm(has_head_norms, "attn_q_norm", query)?,
            key_norm: norm(has_head_norms, "attn_k_norm", key)?,
            attention_output: attention_output.load_projection(files, holder, cancel)?,
            attention_post_norm: norm(norms.after(), "post_attention_norm", width)?,
            feed_forward_norm: norm(norms.before(), "ffn_norm", width)?,
            feed_forward: match settings.feed_forward {
                FeedForwardSettings::Dense { width } => {
                    let wanted = dense(files, settings, layer, width)?;
                    FeedForward::Dense(GatedUnit::load(files, wanted, holder, cancel)?)
                }
                FeedForwardSettings::Experts(sizes) => {
                    FeedForward::Experts(Experts::load(files, settings, &sizes, layer, holder, cancel)?)
                }
            },
            feed_forward_post_norm: norm(norms.after(), "post_ffw_norm", width)?,
        })
    }

    fn matrices(&self) -> Vec<&H::Matrix> {
        let attention = [&self.queries, &self.keys, &self.values, &self.attention_output];
        let mut matrices: Vec<&H::Matrix> = attention.map(|projection| &projection.matrix).into();
        match &self.feed_forward {
            FeedForward::Dense(unit) => matrices.extend(unit.matrices()),
            FeedForward::Experts(experts) => matrices.extend(experts.matrices()),
        }
        matrices
    }
}

impl Projection {
    /// `out[t] = matrix * x[t] + bias`
    pub fn apply(&self, x: &[f32], out: &mut [f32]) {
        apply_all(x, [(self, out)]);
    }
}

/// Applies projections that read the same tokens.
pub fn apply_all<const COUNT: usize>(x: &[f32], mut projections: [(&Projection, &mut [f32]); COUNT]) {
    multiply_all(
        x,
        projections
            .each_mut()
            .map(|(projection, out)| (&projection.matrix, &mut **out)),
    );
    for (projection, out) in projections {
        if let Some(bias) = &projection.bias {
            add_bias(out, bias);
        }
    }
}

/// What gated units write in between; it is made longer as needed.
#[derive(Debug, Default)]
pub struct GateScratch {
    gate: Vec<f32>,
    up: Vec<f32>,
}

impl<H: Holder> GatedUnit<H> {
    pub(super) fn load(
        files: &dyn ModelFiles,
        wanted: [Wanted; 3],
        holder: &H,
        cancel: &Cancel,
    ) -> Result<Self, EngineError> {
        let [gate, up, down] = &wanted;
        Ok(Self {
            gate: gate.load_projection(files, holder, cancel)?,
            up: up.load_projection(files, holder, cancel)?,
            down: down.load_projection(files, holder, cancel)?,
            width: down.outputs,
            inner: down.inputs,
        })
    }

    pub fn matrices(&self) -> [&H::Matrix; 3] {
        [&self.gate.matrix, &self.up.matrix, &self.down.matrix]
    }
}

impl GatedUnit {
    /// Applies the unit to every token: `x` and `out` are `[token][width]`.
    pub fn apply(&self, x: &[f32], activation: Activation, scratch: &mut GateScratch, out: &mut [f32]) {
        let length = x.len() / self.width * self.inner;
        scratch.gate.resize(length, 0.0);
        scratch.up.resize(length, 0.0);
        apply_all(x, [(&self.gate, &mut scratch.gate), (&self.up, &mut scratch.up)]);
        gate(&mut scratch.gate, &scratch.up, activation);
        self.down.apply(&scratch.gate, out);
    }
}
