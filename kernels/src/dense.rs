//! Products with weights in single precision.

use rayon::prelude::*;

use super::matrix::{Output, PANEL};
use super::{for_level, multiply_add};

/// Weights in panels of 32 outputs: `[panel][input][output of the panel]`.
#[derive(Debug)]
pub(super) struct DenseMatrix {
    inputs: usize,
    outputs: usize,
    weights: Vec<f32>,
}

/// Tokens a step computes at once.
const TOKENS: usize = 6;
/// Tokens of a task: their inputs stay in the second-level cache.
const TOKENS_PER_TASK: usize = 48;

impl DenseMatrix {
    pub fn from_rows(rows: &[f32], inputs: usize, outputs: usize) -> Self {
        let mut weights = vec![0f32; outputs.div_ceil(PANEL) * inputs * PANEL];
        weights
            .par_chunks_mut(inputs * PANEL)
            .zip(rows.par_chunks(inputs * PANEL))
            .for_each(|(panel, rows)| {
                for (output, row) in rows.chunks_exact(inputs).enumerate() {
                    for (place, &weight) in panel.iter_mut().skip(output).step_by(PANEL).zip(row) {
                        *place = weight;
                    }
                }
            });
        Self {
            inputs,
            outputs,
            weights,
        }
    }

    pub fn size_in_memory(inputs: usize, outputs: usize) -> u64 {
        outputs.div_ceil(PANEL) as u64 * PANEL as u64 * inputs as u64 * 4
    }

    pub fn inputs(&self) -> usize {
        self.inputs
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }

    fn panels(&self) -> usize {
        self.outputs.div_ceil(PANEL)
    }

    /// Into how many tasks a product with so many tokens is cut.
    pub fn tasks(&self, tokens: usize) -> usize {
        self.panels() * tokens.div_ceil(TOKENS_PER_TASK)
    }

    /// Computes one of the tasks.
    pub fn run(&self, task: usize, x: &[f32], output: Output) {
        let inputs = self.inputs;
        let (panel, first) = (task % self.panels(), task / self.panels() * TOKENS_PER_TASK);
        let last = (x.len() / inputs).min(first + TOKENS_PER_TASK);
        let weights = self.weights.chunks_exact(inputs * PANEL).nth(panel).unwrap_or_default();
        for token in (first..last).step_by(TOKENS) {
            let count = TOKENS.min(last - token);
            let x = x.get(token * inputs..(token + count) * inputs).unwrap_or_default();
            let mut sums = [[0f32; PANEL]; TOKENS];
            let sums_ref = &mut sums;
            match count {
                TOKENS => {
                    for_level!(step_6(weights: &[f32], x: &[f32], inputs: usize, sums_ref: &mut [[f32; PANEL]; TOKENS]))
                }
                _ => {
                    for (x, sums) in x.chunks_exact(inputs).zip(sums_ref.chunks_exact_mut(1)) {
                        for_level!(step_1(weights: &[f32], x: &[f32], inputs: usize, sums: &mut [[f32; PANEL]]));
                    }
                }
            }
            for (place, sums) in sums.iter().take(count).enumerate() {
                output.store(token + place, panel * PANEL, sums);
            }
        }
    }
}

#[inline(always)]
fn step_6<const FUSED: bool>(weights: &[f32], x: &[f32], inputs: usize, sums: &mut [[f32; PANEL]; TOKENS]) {
    step::<FUSED, TOKENS>(weights, x, inputs, sums);
}

#[inline(always)]
fn step_1<const FUSED: bool>(weights: &[f32], x: &[f32], inputs: usize, sums: &mut [[f32; PANEL]]) {
    step::<FUSED, 1>(weights, x, inputs, sums);
}

/// Each sum runs over the inputs in order, however many tokens share the step.
#[inline(always)]
fn step<const FUSED: bool, const COUNT: usize>(weights: &[f32], x: &[f32], inputs: usize, out: &mut [[f32; PANEL]]) {
    let mut rows = x.chunks_exact(inputs);
    let rows: [&[f32]; COUNT] = std::array::from_fn(|_| rows.next().unwrap_or_default());
    if rows.iter().any(|row| row.len() != inputs) {
        return;
    }
    let mut sums = [[0f32; PANEL]; COUNT];
    for (input, weights) in weights.as_chunks::<PANEL>().0.iter().enumerate().take(inputs) {
        for (sums, row) in sums.iter_mut().zip(rows) {
            let x = row[input];
            for (sum, &weight) in sums.iter_mut().zip(weights) {
                *sum = multiply_add::<FUSED>(x, weight, *sum);
            }
        }
    }
    for (out, sums) in out.iter_mut().zip(sums) {
        *out = sums;
    }
}
