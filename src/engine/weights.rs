//! A model's weights, from the tensors of its file, each checked against the settings.

use super::architecture::Settings;
use super::kernels::{Matrix, dequantize};
use super::{EngineError, TokenId};
use crate::models::gguf::{GgufFile, TensorInfo};

/// Everything the decoder multiplies by.
#[derive(Debug)]
pub struct Weights {
    /// `[width]`
    pub output_norm: Vec<f32>,
    /// From the width to the vocabulary; models without one of their own use the embedding.
    pub head: Matrix,
    /// One number of a pair's turning speed is divided by; all 1 where the file has none. `[head width / 2]`
    pub rotary_factors: Vec<f32>,
    pub layers: Vec<Layer>,
}

/// One layer. Norms and biases are single-precision vectors.
#[derive(Debug)]
pub struct Layer {
    pub attention_norm: Vec<f32>,
    pub queries: Projection,
    pub keys: Projection,
    pub values: Projection,
    pub query_norm: Option<Vec<f32>>,
    pub key_norm: Option<Vec<f32>>,
    pub attention_output: Projection,
    pub attention_post_norm: Option<Vec<f32>>,
    pub feed_forward_norm: Vec<f32>,
    pub gate: Projection,
    pub up: Projection,
    pub down: Projection,
    pub feed_forward_post_norm: Option<Vec<f32>>,
}

/// A matrix with a bias where the file has one.
#[derive(Debug)]
pub struct Projection {
    pub matrix: Matrix,
    pub bias: Option<Vec<f32>>,
}

/// A matrix of a layer: the tensor's name and its sizes.
struct Shape {
    name: &'static str,
    inputs: usize,
    outputs: usize,
}

/// The matrices of a layer, in the order of [`Layer`]'s fields.
fn layer_shapes(settings: &Settings) -> [Shape; 7] {
    let (width, query, key, inner) = (
        settings.width,
        settings.query_width(),
        settings.key_width(),
        settings.feed_forward_width,
    );
    [
        Shape {
            name: "attn_q",
            inputs: width,
            outputs: query,
        },
        Shape {
            name: "attn_k",
            inputs: width,
            outputs: key,
        },
        Shape {
            name: "attn_v",
            inputs: width,
            outputs: key,
        },
        Shape {
            name: "attn_output",
            inputs: query,
            outputs: width,
        },
        Shape {
            name: "ffn_gate",
            inputs: width,
            outputs: inner,
        },
        Shape {
            name: "ffn_up",
            inputs: width,
            outputs: inner,
        },
        Shape {
            name: "ffn_down",
            inputs: inner,
            outputs: width,
        },
    ]
}

const EMBEDDING: &str = "token_embd.weight";

/// The tensor of the output head.
fn head<'a>(file: &'a GgufFile, settings: &Settings) -> Result<&'a TensorInfo, EngineError> {
    let name = if file.find_tensor("output.weight").is_some() {
        "output.weight"
    } else {
        EMBEDDING
    };
    Ok(file.tensor(name, &[settings.width, settings.vocabulary])?)
}

/// The embedding's tensor, from which rows are read as they are needed.
fn embedding<'a>(file: &'a GgufFile, settings: &Settings) -> Result<&'a TensorInfo, EngineError> {
    Ok(file.tensor(EMBEDDING, &[settings.width, settings.vocabulary])?)
}

/// How much memory the weights will take, without loading them.
pub fn size_in_memory(file: &GgufFile, settings: &Settings) -> Result<u64, EngineError> {
    let matrix = |tensor: &TensorInfo, inputs, outputs| {
        Matrix::size_in_memory(tensor.kind, inputs, outputs).ok_or_else(|| unreadable(file, tensor))
    };
    let mut size = matrix(head(file, settings)?, settings.width, settings.vocabulary)?;
    matrix(embedding(file, settings)?, settings.width, settings.vocabulary)?;
    for layer in 0..settings.layers {
        for Shape { name, inputs, outputs } in layer_shapes(settings) {
            let tensor = file.tensor(&format!("blk.{layer}.{name}.weight"), &[inputs, outputs])?;
            size = size.saturating_add(matrix(tensor, inputs, outputs)?);
        }
    }
    Ok(size)
}

fn unreadable(file: &GgufFile, tensor: &TensorInfo) -> EngineError {
    EngineError::TensorType {
        path: file.path().to_owned(),
        tensor: tensor.name.clone(),
        kind: tensor.kind.name,
    }
}

/// The embeddings of tokens, read from the mapped file: `[token][width]`.
pub fn embed(file: &GgufFile, settings: &Settings, tokens: &[TokenId]) -> Result<Vec<f32>, EngineError> {
    let tensor = embedding(file, settings)?;
    let bytes = file.bytes(tensor);
    let row_bytes = bytes.len() / settings.vocabulary;
    let mut rows = Vec::with_capacity(tokens.len() * row_bytes);
    for &token in tokens {
        let start = token as usize * row_bytes;
        rows.extend_from_slice(bytes.get(start..start + row_bytes).unwrap_or_default());
    }
    Ok(dequantize(&rows, tensor.kind)?)
}

impl Weights {
    /// Brings all weights into the form the kernels need.
    pub fn load(file: &GgufFile, settings: &Settings) -> Result<Self, EngineError> {
        let head = head(file, settings)?;
        let half = settings.head_width / 2;
        let rotary_factors = match file.find_tensor("rope_freqs.weight") {
            Some(_) => vector(file, "rope_freqs.weight", half)?,
            None => vec![1.0; half],
        };
        Ok(Self {
            output_norm: vector(file, "output_norm.weight", settings.width)?,
            head: Matrix::from_bytes(file.bytes(head), head.kind, settings.width, settings.vocabulary)?,
            rotary_factors,
            layers: (0..settings.layers)
                .map(|layer| Layer::load(file, settings, layer))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl Layer {
    /// All matrices of the layer.
    pub fn projections(&self) -> [&Projection; 7] {
        [
            &self.queries,
            &self.keys,
            &self.values,
            &self.attention_output,
            &self.gate,
            &self.up,
            &self.down,
        ]
    }

    fn load(file: &GgufFile, settings: &Settings, layer: usize) -> Result<Self, EngineError> {
        let norm = |name: &str, length: usize| vector(file, &format!("blk.{layer}.{name}.weight"), length);
        let norm_if = |wanted: bool, name: &str, length: usize| match wanted {
            true => norm(name, length).map(Some),
            false => Ok(None),
        };
        let architecture = settings.architecture;
        let (width, head_width) = (settings.width, settings.head_width);
        let [queries, keys, values, attention_output, gate, up, down] =
            layer_shapes(settings).map(|shape| Projection::load(file, layer, &shape));
        Ok(Self {
            attention_norm: norm("attn_norm", width)?,
            queries: queries?,
            keys: keys?,
            values: values?,
            query_norm: norm_if(architecture.head_norms, "attn_q_norm", head_width)?,
            key_norm: norm_if(architecture.head_norms, "attn_k_norm", head_width)?,
            attention_output: attention_output?,
            attention_post_norm: norm_if(architecture.post_norms, "post_attention_norm", width)?,
            feed_forward_norm: norm("ffn_norm", width)?,
            gate: gate?,
            up: up?,
            down: down?,
            feed_forward_post_norm: norm_if(architecture.post_norms, "post_ffw_norm", width)?,
        })
    }
}

impl Projection {
    fn load(file: &GgufFile, layer: usize, shape: &Shape) -> Result<Self, EngineError> {
        let name = format!("blk.{layer}.{}", shape.name);
        let tensor = file.tensor(&format!("{name}.weight"), &[shape.inputs, shape.outputs])?;
        let bias = format!("{name}.bias");
        let bias = match file.find_tensor(&bias) {
            Some(_) => Some(vector(file, &bias, shape.outputs)?),
            None => None,
        };
        Ok(Self {
            matrix: Matrix::from_bytes(file.bytes(tensor), tensor.kind, shape.inputs, shape.outputs)?,
            bias,
        })
    }
}

/// A small tensor as single-precision numbers.
fn vector(file: &GgufFile, name: &str, length: usize) -> Result<Vec<f32>, EngineError> {
    let tensor = file.tensor(name, &[length])?;
    Ok(dequantize(file.bytes(tensor), tensor.kind)?)
}
