//! What happens to each token between the matrix products: norms, rotation, gates, sums.

use rayon::prelude::*;

use super::{exp, for_level, multiply_add};

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

/// Tokens in a task; smaller tasks cost more to hand out than they save.
const TOKENS_PER_TASK: usize = 16;

/// `out[t] = x[t] / root mean square(x[t]) * weight`, for every row as wide as `weight`.
pub fn rms_norm(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
    let chunk = weight.len() * TOKENS_PER_TASK;
    x.par_chunks(chunk).zip(out.par_chunks_mut(chunk)).for_each(|(x, out)| {
        for_level!(norm_rows(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]));
    });
}

#[inline(always)]
fn norm_rows<const FUSED: bool>(x: &[f32], weight: &[f32], epsilon: f32, out: &mut [f32]) {
    for (x, out) in x.chunks_exact(weight.len()).zip(out.chunks_exact_mut(weight.len())) {
        // Summed in double precision, as the reference does.
        let mut sums = [0f64; 8];
        let mut chunks = x.chunks_exact(8);
        for chunk in &mut chunks {
            for (sum, &x) in sums.iter_mut().zip(chunk) {
                *sum += f64::from(x * x);
            }
        }
        let rest: f64 = chunks.remainder().iter().map(|&x| f64::from(x * x)).sum();
        let mean = (sums.iter().sum::<f64>() + rest) / x.len() as f64;
        let scale = 1.0 / (mean as f32 + epsilon).sqrt();
        for ((out, &x), &weight) in out.iter_mut().zip(x).zip(weight) {
            *out = x * scale * weight;
        }
    }
}

/// What [`rotate`] turns.
#[derive(Debug, Clone, Copy)]
pub struct Turned {
    /// The numbers of all heads of a token.
    pub token_width: usize,
    pub head_width: usize,
    /// So many pairs at the start of a head turn.
    pub pairs: usize,
    pub layout: RotaryLayout,
}

/// Turns the pairs of every head by the token's angles, `[token][pair]`.
pub fn rotate(x: &mut [f32], heads: Turned, cosines: &[f32], sines: &[f32]) {
    let chunk = heads.pairs * TOKENS_PER_TASK;
    x.par_chunks_mut(heads.token_width * TOKENS_PER_TASK)
        .zip(cosines.par_chunks(chunk).zip(sines.par_chunks(chunk)))
        .for_each(|(x, (cosines, sines))| {
            let angles = cosines.chunks_exact(heads.pairs).zip(sines.chunks_exact(heads.pairs));
            for (token, (cosines, sines)) in x.chunks_exact_mut(heads.token_width).zip(angles) {
                for head in token.chunks_exact_mut(heads.head_width) {
                    let turning = head.get_mut(..2 * heads.pairs).unwrap_or_default();
                    rotate_head(turning, cosines, sines, heads.layout);
                }
            }
        });
}

fn rotate_head(head: &mut [f32], cosines: &[f32], sines: &[f32], layout: RotaryLayout) {
    let angles = cosines.iter().zip(sines);
    match layout {
        RotaryLayout::Neighbours => {
            for (pair, (cosine, sine)) in head.as_chunks_mut::<2>().0.iter_mut().zip(angles) {
                let [a, b] = *pair;
                *pair = [a * cosine - b * sine, a * sine + b * cosine];
            }
        }
        RotaryLayout::Halves => {
            let (first, second) = head.split_at_mut(cosines.len());
            for ((a, b), (cosine, sine)) in first.iter_mut().zip(second).zip(angles) {
                (*a, *b) = (*a * cosine - *b * sine, *a * sine + *b * cosine);
            }
        }
    }
}

/// `gate = activation(gate) * up`.
pub fn gate(gate: &mut [f32], up: &[f32], activation: Activation) {
    const CHUNK: usize = 1 << 13;
    gate.par_chunks_mut(CHUNK)
        .zip(up.par_chunks(CHUNK))
        .for_each(|(gate, up)| match activation {
            Activation::Silu => for_level!(silu(gate: &mut [f32], up: &[f32])),
            Activation::Gelu => for_level!(gelu(gate: &mut [f32], up: &[f32])),
        });
}

#[inline(always)]
fn silu<const FUSED: bool>(gate: &mut [f32], up: &[f32]) {
    for (gate, up) in gate.iter_mut().zip(up) {
        *gate = *gate / (1.0 + exp::<FUSED>(-*gate)) * up;
    }
}

#[inline(always)]
fn gelu<const FUSED: bool>(gate: &mut [f32], up: &[f32]) {
    const ROOT_2_OVER_PI: f32 = 0.797_884_6;
    for (gate, up) in gate.iter_mut().zip(up) {
        let x = *gate;
        let inner = ROOT_2_OVER_PI * x * multiply_add::<FUSED>(0.044_715 * x, x, 1.0);
        // (1 + tanh(y)) / 2 is 1 / (1 + exp(-2y)).
        *gate = x / (1.0 + exp::<FUSED>(-2.0 * inner)) * up;
    }
}

/// `x *= factor`.
pub fn scale(x: &mut [f32], factor: f32) {
    for x in x {
        *x *= factor;
    }
}

/// `x = cap * tanh(x * scale / cap)`.
pub fn soft_cap(x: &mut [f32], scale: f32, cap: f32) {
    for_level!(cap_all(x: &mut [f32], scale: f32, cap: f32));
}

#[inline(always)]
fn cap_all<const FUSED: bool>(x: &mut [f32], scale: f32, cap: f32) {
    let inner = 2.0 * scale / cap;
    for x in x {
        // tanh(y) is 1 - 2 / (1 + exp(2y)).
        *x = cap * (1.0 - 2.0 / (1.0 + exp::<FUSED>(*x * inner)));
    }
}

/// `x += y`.
pub fn add(x: &mut [f32], y: &[f32]) {
    const CHUNK: usize = 1 << 14;
    x.par_chunks_mut(CHUNK).zip(y.par_chunks(CHUNK)).for_each(|(x, y)| {
        for (x, y) in x.iter_mut().zip(y) {
            *x += y;
        }
    });
}

/// Adds `bias` to every row as wide as it.
pub fn add_bias(x: &mut [f32], bias: &[f32]) {
    for row in x.chunks_exact_mut(bias.len()) {
        for (x, bias) in row.iter_mut().zip(bias) {
            *x += bias;
        }
    }
}
