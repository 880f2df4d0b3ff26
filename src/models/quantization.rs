//! What converters of models to GGUF make of weights: which number formats a quantization mixes, and so how large a
//! file comes out before there is one.

use std::fmt;
use std::str::FromStr;

use super::gguf::TensorType;
use super::shape::Shape;

/// How llama.cpp's converter stores a model's matrices under one name, such as `Q4_K_M`.
#[derive(Debug, PartialEq)]
pub struct Quantization {
    /// As in `Q4_K_M`.
    pub name: &'static str,
    /// The format of most matrices.
    main: TensorType,
    /// The format of those that suffer most, and their share of the weights in the layers.
    fine: (TensorType, f64),
    /// The format of the output's weights.
    output: TensorType,
}

const fn mixed(name: &'static str, main: TensorType, fine: (TensorType, f64), output: TensorType) -> Quantization {
    Quantization {
        name,
        main,
        fine,
        output,
    }
}

const fn plain(name: &'static str, kind: TensorType) -> Quantization {
    mixed(name, kind, (kind, 0.0), kind)
}

/// Those that repositories of converted models usually have. The shares are those of a model with shared keys.
static QUANTIZATIONS: [Quantization; 15] = [
    mixed("Q2_K", TensorType::Q2_K, (TensorType::Q3_K, 0.3), TensorType::Q6_K),
    mixed("Q3_K_M", TensorType::Q3_K, (TensorType::Q4_K, 0.4), TensorType::Q6_K),
    mixed("Q4_0", TensorType::Q4_0, (TensorType::Q4_0, 0.0), TensorType::Q6_K),
    mixed("Q4_1", TensorType::Q4_1, (TensorType::Q4_1, 0.0), TensorType::Q6_K),
    mixed("Q4_K_S", TensorType::Q4_K, (TensorType::Q5_K, 0.05), TensorType::Q6_K),
    mixed("Q4_K_M", TensorType::Q4_K, (TensorType::Q6_K, 0.15), TensorType::Q6_K),
    mixed("Q5_0", TensorType::Q5_0, (TensorType::Q5_0, 0.0), TensorType::Q6_K),
    mixed("Q5_1", TensorType::Q5_1, (TensorType::Q5_1, 0.0), TensorType::Q6_K),
    mixed("Q5_K_S", TensorType::Q5_K, (TensorType::Q5_K, 0.0), TensorType::Q6_K),
    mixed("Q5_K_M", TensorType::Q5_K, (TensorType::Q6_K, 0.15), TensorType::Q6_K),
    plain("Q6_K", TensorType::Q6_K),
    plain("Q8_0", TensorType::Q8_0),
    plain("F16", TensorType::F16),
    plain("BF16", TensorType::BF16),
    plain("F32", TensorType::F32),
];

/// Blocks of the K formats hold so many weights of one row; rows of other lengths get another format.
const LONG_BLOCK: u64 = 256;

/// A name that is no quantization.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no quantization; those known are Q2_K to Q8_0 as llama.cpp writes them, F16, BF16 and F32")]
pub struct UnknownQuantization(String);

/// Some of a model's weights that share a format.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    pub kind: TensorType,
    /// How many weights.
    pub weights: u64,
    pub role: Role,
}

/// What weights are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Matrices that every token goes through.
    Layers,
    /// The matrix that gives the next token's chances, which only the last token of a prompt goes through. Where
    /// embeddings are tied it is the embeddings too.
    Output,
    /// The embeddings, which are looked up.
    Embeddings,
}

impl Quantization {
    /// The one of this name, in capitals or not.
    pub fn find(name: &str) -> Option<&'static Self> {
        QUANTIZATIONS
            .iter()
            .find(|quantization| quantization.name.eq_ignore_ascii_case(name))
    }

    /// How the weights of a model of `parameters` weights are stored.
    pub fn parts(&self, shape: &Shape, parameters: u64) -> Vec<Part> {
        let fitting = |kind| match shape.width.is_multiple_of(LONG_BLOCK) {
            true => kind,
            false => short_blocks(kind),
        };
        let layers = shape.layer_weights(parameters);
        let fine = (layers as f64 * self.fine.1) as u64;
        let part = |kind, weights, role| Part {
            kind: fitting(kind),
            weights,
            role,
        };
        let mut parts = vec![
            part(self.main, layers.saturating_sub(fine), Role::Layers),
            part(self.fine.0, fine, Role::Layers),
            part(self.output, shape.embedding_weights(), Role::Output),
        ];
        if !shape.tied {
            parts.push(part(self.main, shape.embedding_weights(), Role::Embeddings));
        }
        parts
    }

    /// About how many bytes the file takes.
    pub fn file_bytes(&self, shape: &Shape, parameters: u64) -> u64 {
        let bytes = |part: Part| part.weights as f64 * part.kind.block_bytes as f64 / part.kind.block_values as f64;
        self.parts(shape, parameters).into_iter().map(bytes).sum::<f64>() as u64
    }
}

/// What the converter takes instead of a format whose blocks do not fit into a row.
fn short_blocks(kind: TensorType) -> TensorType {
    match kind {
        TensorType::Q2_K | TensorType::Q3_K => TensorType::Q4_0,
        TensorType::Q4_K => TensorType::Q5_0,
        TensorType::Q5_K => TensorType::Q5_1,
        TensorType::Q6_K => TensorType::Q8_0,
        kind => kind,
    }
}

impl fmt::Display for Quantization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl FromStr for &'static Quantization {
    type Err = UnknownQuantization;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Quantization::find(text).ok_or_else(|| UnknownQuantization(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files that were looked at: sizes of real ones, in bytes.
    #[test]
    fn sizes_are_near_those_of_real_files() {
        let llama = Shape {
            layers: 32,
            width: 4096,
            keys: 1024,
            vocabulary: 128_256,
            tied: false,
        };
        let gemma = Shape {
            layers: 18,
            width: 640,
            keys: 256,
            vocabulary: 262_144,
            tied: true,
        };
        let smollm = Shape {
            layers: 30,
            width: 576,
            keys: 192,
            vocabulary: 49_152,
            tied: true,
        };
        for (name, shape, parameters, bytes) in [
            ("Q4_K_M", llama, 8_030_261_248, 4_920_734_272_u64),
            ("Q5_K_M", llama, 8_030_261_248, 5_732_987_456),
            ("Q8_0", llama, 8_030_261_248, 8_540_770_880),
            ("Q4_K_M", gemma, 268_098_176, 253_113_024),
            ("Q4_1", smollm, 134_515_008, 98_362_432),
        ] {
            let estimate = Quantization::find(name).unwrap().file_bytes(&shape, parameters);
            let off = estimate as f64 / bytes as f64 - 1.0;
            assert!(off.abs() < 0.04, "{name}: {estimate} for {bytes}");
        }
    }

    #[test]
    fn every_weight_has_a_place() {
        let shape = Shape::typical(7_000_000_000);
        for quantization in &QUANTIZATIONS {
            let parts = quantization.parts(&shape, 7_000_000_000);
            let weights: u64 = parts.iter().map(|part| part.weights).sum();
            assert_eq!(weights, 7_000_000_000, "{quantization}");
        }
        assert!("Q9_X".parse::<&Quantization>().is_err());
        assert_eq!("q4_k_m".parse::<&Quantization>().unwrap().name, "Q4_K_M");
    }
}
