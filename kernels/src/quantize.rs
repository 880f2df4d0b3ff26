//! Activations in 8 bits, as llama.cpp rounds them: one scale for each 32 or 256 numbers of a token.

use half::f16;
use rayon::prelude::*;

use super::for_level;

/// Numbers that share a scale in the products, whatever the rounding shared.
pub(super) const BLOCK: usize = 32;

/// How activations are rounded; llama.cpp picks it by how the weights are stored, and the closer to it the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    /// A scale for 32 numbers, itself in half precision (`Q8_0`).
    Blocks,
    /// The same, and the sum of the block is in half precision too (`Q8_1`).
    BlocksWithSums,
    /// A scale for 256 numbers in single precision (`Q8_K`).
    SuperBlocks,
}

impl Rounding {
    /// How many ways there are.
    pub const COUNT: usize = 3;
}

/// Some tokens' activations.
pub(super) struct Activations {
    /// The numbers of a token.
    pub width: usize,
    /// `[token][width]`.
    pub quants: Vec<i8>,
    /// `[token][width / 32]`.
    pub scales: Vec<f32>,
    /// The sum of 16 quants: `[token][width / 16]`.
    pub sums: Vec<i32>,
    /// Scale times the sum of 32 quants: `[token][width / 32]`.
    pub weighted_sums: Vec<f32>,
}

impl Activations {
    /// How many tokens there are.
    pub fn tokens(&self) -> usize {
        self.quants.len() / self.width
    }

    /// Rounds `x`, `[token][width]`; the width is a multiple of 32, or of 256 for super-blocks.
    pub fn round(x: &[f32], width: usize, rounding: Rounding) -> Self {
        let (tokens, blocks) = (x.len() / width, width / BLOCK);
        let mut quants = vec![0i8; x.len()];
        let mut scales = vec![0f32; tokens * blocks];
        let mut sums = vec![0i32; tokens * blocks * 2];
        let mut weighted_sums = vec![0f32; tokens * blocks];
        x.par_chunks(width)
            .zip(quants.par_chunks_mut(width))
            .zip(scales.par_chunks_mut(blocks).zip(weighted_sums.par_chunks_mut(blocks)))
            .zip(sums.par_chunks_mut(2 * blocks))
            .for_each(|(((x, quants), (scales, weighted_sums)), sums)| {
                for_level!(round_token(
                    x: &[f32],
                    rounding: Rounding,
                    quants: &mut [i8],
                    scales: &mut [f32],
                    sums: &mut [i32],
                    weighted_sums: &mut [f32],
                ));
            });
        Self {
            width,
            quants,
            scales,
            sums,
            weighted_sums,
        }
    }
}

#[inline(always)]
fn largest(x: &[f32]) -> f32 {
    let mut lanes = [0f32; 16];
    for chunk in x.as_chunks::<16>().0 {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = lane.max(x.abs());
        }
    }
    lanes.iter().fold(0.0, |all: f32, &lane| all.max(lane))
}

#[inline(always)]
fn round_token<const FUSED: bool>(
    x: &[f32],
    rounding: Rounding,
    quants: &mut [i8],
    scales: &mut [f32],
    sums: &mut [i32],
    weighted_sums: &mut [f32],
) {
    let shared = match rounding {
        Rounding::Blocks | Rounding::BlocksWithSums => BLOCK,
        Rounding::SuperBlocks => 256,
    };
    let quarter = |value: f32| f16::from_f32(value).to_f32();
    for (place, x) in x.chunks_exact(shared).enumerate() {
        let largest = largest(x);
        let inverse = if largest == 0.0 { 0.0 } else { 127.0 / largest };
        let exact = if rounding == Rounding::SuperBlocks && largest != 0.0 {
            1.0 / inverse
        } else {
            largest / 127.0
        };
        let scale = if rounding == Rounding::SuperBlocks {
            exact
        } else {
            quarter(exact)
        };
        let per_shared = shared / BLOCK;
        for (inner, x) in x.as_chunks::<BLOCK>().0.iter().enumerate() {
            let block = place * per_shared + inner;
            let Some(quants) = quants.get_mut(block * BLOCK..(block + 1) * BLOCK) else {
                continue;
            };
            // Adding 1.5 * 2^23 rounds to the nearest whole number, halves to the even one.
            const ROUND: f32 = 12_582_912.0;
            for (quant, x) in quants.iter_mut().zip(x) {
                *quant = (x * inverse + ROUND).to_bits() as i8;
            }
            let (first, second) = quants.split_at(BLOCK / 2);
            let sum = |half: &[i8]| half.iter().map(|&quant| i32::from(quant)).sum::<i32>();
            let (first, second) = (sum(first), sum(second));
            let total = (first + second) as f32;
            if let Some(pair) = sums.get_mut(2 * block..2 * block + 2) {
                pair.copy_from_slice(&[first, second]);
            }
            if let Some(place) = scales.get_mut(block) {
                *place = scale;
            }
            if let Some(place) = weighted_sums.get_mut(block) {
                *place = match rounding {
                    Rounding::BlocksWithSums => quarter(exact * total),
                    Rounding::Blocks | Rounding::SuperBlocks => scale * total,
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_keeps_the_numbers() {
        let x: Vec<f32> = (0..512).map(|i| ((i * 37 % 101) as f32 - 50.0) / 7.0).collect();
        for (rounding, tolerance) in [(Rounding::Blocks, 0.04), (Rounding::SuperBlocks, 0.04)] {
            let rounded = Activations::round(&x, 256, rounding);
            for (place, &x) in x.iter().enumerate() {
                let value = f32::from(rounded.quants[place]) * rounded.scales[place / BLOCK];
                assert!((value - x).abs() < tolerance, "{x} became {value}");
            }
            let sum: i32 = rounded.quants[16..32].iter().map(|&quant| i32::from(quant)).sum();
            assert_eq!(rounded.sums[1], sum);
        }
    }

    #[test]
    fn a_token_of_zeros_stays_zero() {
        let rounded = Activations::round(&[0.0; 32], 32, Rounding::BlocksWithSums);
        assert!(rounded.quants.iter().all(|&quant| quant == 0) && rounded.scales == [0.0]);
    }
}
