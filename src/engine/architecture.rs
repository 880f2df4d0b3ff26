//! What sets one model architecture apart from another, in one table, and the settings a file adds to it.
//!
//! GGUF names its tensors alike in every architecture, so one decoder runs them all.

use super::EngineError;
use crate::models::gguf::GgufFile;

/// How the two numbers that turn together lie in a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotaryLayout {
    /// Neighbours: 0 with 1, 2 with 3.
    Neighbours,
    /// Halves: 0 with n/2, 1 with n/2 + 1.
    Halves,
}

/// The function of the feed-forward gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    Silu,
    /// GELU by its tanh approximation.
    Gelu,
}

/// What an architecture does in the same way in every file.
#[derive(Debug)]
pub struct Architecture {
    /// As in `general.architecture`.
    pub name: &'static str,
    pub rotary: RotaryLayout,
    pub activation: Activation,
    /// Norms behind attention and feed-forward as well as before them.
    pub post_norms: bool,
    /// Norms on each head's queries and keys.
    pub head_norms: bool,
    /// Embeddings are multiplied by the root of their width.
    pub scaled_embeddings: bool,
    /// Where a file has a sliding window: of so many layers all but the last look through it.
    pub window_period: usize,
    /// The rotary base of layers behind a sliding window.
    pub window_rotary_base: f64,
}

const PLAIN: Architecture = Architecture {
    name: "",
    rotary: RotaryLayout::Halves,
    activation: Activation::Silu,
    post_norms: false,
    head_norms: false,
    scaled_embeddings: false,
    window_period: 1,
    window_rotary_base: 10_000.0,
};

/// Every architecture the decoder runs.
pub const ARCHITECTURES: [Architecture; 3] = [
    Architecture {
        name: "llama",
        rotary: RotaryLayout::Neighbours,
        ..PLAIN
    },
    Architecture { name: "qwen2", ..PLAIN },
    Architecture {
        name: "gemma3",
        activation: Activation::Gelu,
        post_norms: true,
        head_norms: true,
        scaled_embeddings: true,
        window_period: 6,
        ..PLAIN
    },
];

/// A model's sizes and numbers.
#[derive(Debug)]
pub struct Settings {
    pub architecture: &'static Architecture,
    pub layers: usize,
    /// The width of the residual stream.
    pub width: usize,
    pub heads: usize,
    /// Heads of keys and values; a divisor of `heads`.
    pub key_value_heads: usize,
    pub head_width: usize,
    pub feed_forward_width: usize,
    pub vocabulary: usize,
    pub context_length: usize,
    /// Added under the root of the norms.
    pub epsilon: f32,
    pub rotary_base: f64,
    /// Positions are divided by this, in layers without a window.
    pub rotary_scale: f64,
    pub attention_scale: f32,
    /// How many keys a query sees in layers with a window, its own included.
    window: Option<usize>,
    window_period: usize,
    pub window_rotary_base: f64,
}

/// No real model goes beyond these; they keep products of sizes from overflowing.
const MOST_LAYERS: usize = 1 << 12;
const MOST_WIDTH: usize = 1 << 20;
const MOST_CONTEXT: usize = 1 << 28;

impl Settings {
    /// Reads the settings and checks that they fit together.
    pub fn from_gguf(file: &GgufFile, vocabulary: usize) -> Result<Self, EngineError> {
        let name = file.architecture()?;
        let Some(architecture) = ARCHITECTURES.iter().find(|architecture| architecture.name == name) else {
            return Err(EngineError::UnknownArchitecture {
                path: file.path().to_owned(),
                name: name.to_owned(),
                known: ARCHITECTURES.map(|architecture| architecture.name).join(", "),
            });
        };
        let invalid = |what: String| EngineError::Settings {
            path: file.path().to_owned(),
            what,
        };
        let optional = |field: &str, most: usize| -> Result<Option<usize>, EngineError> {
            let key = format!("{name}.{field}");
            let Some(number) = file.unsigned(&key)? else {
                return Ok(None);
            };
            match usize::try_from(number)
                .ok()
                .filter(|number| (1..=most).contains(number))
            {
                Some(number) => Ok(Some(number)),
                None => Err(invalid(format!("'{key}' is {number}"))),
            }
        };
        let size = |field: &str, most: usize| -> Result<usize, EngineError> {
            let number = optional(field, most)?;
            Ok(file.required(&format!("{name}.{field}"), number)?)
        };
        let float = |field: &str| file.float(&format!("{name}.{field}"));

        if file.unsigned(&format!("{name}.expert_count"))?.unwrap_or(0) > 0 {
            return Err(invalid(
                "it is a mixture of experts, which this program cannot run yet".to_owned(),
            ));
        }
        if float("final_logit_softcapping")?.is_some_and(|cap| cap != 0.0) {
            return Err(invalid(
                "it caps its logits, which this program cannot do yet".to_owned(),
            ));
        }
        let layers = size("block_count", MOST_LAYERS)?;
        let width = size("embedding_length", MOST_WIDTH)?;
        let heads = size("attention.head_count", MOST_WIDTH)?;
        let key_value_heads = optional("attention.head_count_kv", MOST_WIDTH)?.unwrap_or(heads);
        let head_width = optional("attention.key_length", MOST_WIDTH)?.unwrap_or(width / heads);
        let value_width = optional("attention.value_length", MOST_WIDTH)?.unwrap_or(head_width);
        let rotary_width = optional("rope.dimension_count", MOST_WIDTH)?.unwrap_or(head_width);
        if !heads.is_multiple_of(key_value_heads) {
            return Err(invalid(format!(
                "{heads} heads cannot share {key_value_heads} heads of keys"
            )));
        }
        if head_width == 0 || !head_width.is_multiple_of(2) || value_width != head_width || rotary_width != head_width {
            return Err(invalid(format!(
                "heads have {head_width} numbers in keys, {value_width} in values and {rotary_width} that rotate; \
                 they must be one even number"
            )));
        }
        if heads.saturating_mul(head_width) > MOST_WIDTH {
            return Err(invalid(format!("{heads} heads of {head_width} numbers are too wide")));
        }
        let scaling = file.text(&format!("{name}.rope.scaling.type"))?;
        let rotary_scale = match scaling {
            None | Some("none") => 1.0,
            Some("linear") => float("rope.scaling.factor")?.unwrap_or(1.0),
            Some(other) => {
                return Err(invalid(format!(
                    "it stretches positions by '{other}', which is unknown here"
                )));
            }
        };
        let epsilon_field = "attention.layer_norm_rms_epsilon";
        let epsilon = file.required(&format!("{name}.{epsilon_field}"), float(epsilon_field)?)? as f32;
        let rotary_base = float("rope.freq_base")?.unwrap_or(10_000.0);
        let window_rotary_base = float("rope.freq_base_swa")?.unwrap_or(architecture.window_rotary_base);
        if !(rotary_base > 0.0 && window_rotary_base > 0.0 && rotary_scale > 0.0 && epsilon >= 0.0) {
            return Err(invalid(
                "a number of its rotary embedding or norms is not positive".to_owned(),
            ));
        }
        let window = match architecture.window_period {
            1 => None,
            _ => optional("attention.sliding_window", MOST_CONTEXT)?,
        };
        let period = optional("attention.sliding_window_pattern", MOST_LAYERS)?;
        // The largest Gemma 3 scales by the width a head would have without its own setting.
        let scaled_width = if name == "gemma3" && layers == 62 {
            width / heads
        } else {
            head_width
        };
        Ok(Self {
            architecture,
            layers,
            width,
            heads,
            key_value_heads,
            head_width,
            feed_forward_width: size("feed_forward_length", MOST_WIDTH)?,
            vocabulary,
            context_length: size("context_length", MOST_CONTEXT)?,
            epsilon,
            rotary_base,
            rotary_scale,
            attention_scale: 1.0 / (scaled_width as f32).sqrt(),
            window,
            window_period: period.unwrap_or(architecture.window_period),
            window_rotary_base,
        })
    }

    /// The sliding window of a layer, if it has one.
    pub fn layer_window(&self, layer: usize) -> Option<usize> {
        self.window
            .filter(|_| layer % self.window_period < self.window_period - 1)
    }

    /// How many numbers all query heads of a token have.
    pub fn query_width(&self) -> usize {
        self.heads * self.head_width
    }

    /// How many numbers the keys of a token have; the values as many.
    pub fn key_width(&self) -> usize {
        self.key_value_heads * self.head_width
    }
}
