//! The sizes of a decoder by which memory and time are reckoned before its files are here.

use serde::Deserialize;

/// Sizes of a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    pub layers: u64,
    /// Numbers of a token's state.
    pub width: u64,
    /// Numbers of a token's keys in one layer; its values are as many.
    pub keys: u64,
    pub vocabulary: u64,
    /// Whether the output's weights are the embeddings.
    #[serde(default)]
    pub tied: bool,
}

impl Shape {
    /// What a decoder of so many weights usually looks like: 12 squares of the width in a layer, and a layer for every
    /// 128 numbers of the width.
    pub fn typical(parameters: u64) -> Self {
        let layers = (parameters as f64 / (12.0 * 128.0 * 128.0)).cbrt().round().max(1.0) as u64;
        let width = layers * 128;
        Self {
            layers,
            width,
            keys: (width / 4).max(1),
            vocabulary: 128_000.min(parameters / (8 * width).max(1)),
            tied: false,
        }
    }

    /// Weights of the embeddings of all tokens.
    pub fn embedding_weights(&self) -> u64 {
        self.vocabulary.saturating_mul(self.width)
    }

    /// Weights of the layers of a model that has `parameters` in all.
    pub fn layer_weights(&self, parameters: u64) -> u64 {
        let tables = if self.tied { 1 } else { 2 };
        parameters.saturating_sub(self.embedding_weights().saturating_mul(tables))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typical_shape_is_near_real_ones() {
        let shape = Shape::typical(8_000_000_000);
        assert!((30..=38).contains(&shape.layers), "{shape:?}");
        assert!((3_800..=4_900).contains(&shape.width), "{shape:?}");
        // However small, most of the weights are in layers.
        for parameters in [1_000_000, 135_000_000, 700_000_000_000] {
            let shape = Shape::typical(parameters);
            assert!(
                shape.layer_weights(parameters) * 2 > parameters,
                "{parameters}: {shape:?}"
            );
        }
    }
}
