//! Products with quantized weights, in the whole numbers the file holds.
//!
//! Every format of ggml's that has 4 to 8 bits says: a weight is `scale * (number - zero)` or `scale * number + minimum`,
//! with one scale (and minimum) for 32 or 16 neighbours. The numbers are spread to one byte each and laid out so
//! that one instruction multiplies four inputs with sixteen outputs; nothing is rounded anew, so the products are
//! llama.cpp's up to the order of sums. The price is a byte and a quarter a weight at most, whatever the file takes.

use half::f16;
use rayon::prelude::*;

use super::matrix::{Output, PANEL};
use super::quantize::{Activations, BLOCK, Rounding};
use super::{Level, for_level, multiply_add};
use crate::models::gguf::TensorType;

/// Bytes of 32 inputs for a panel of 32 outputs: `[input / 4][output][input % 4]`.
const TILE: usize = BLOCK * PANEL;
/// Tokens a step computes at once: with more, their sums no longer fit the registers.
const TOKENS: usize = 6;
/// Tokens of a task: their inputs stay in the second-level cache.
const TOKENS_PER_TASK: usize = 96;
/// Panels of a task.
const PANELS_PER_TASK: usize = 4;

/// How a format stores its numbers.
struct Format {
    kind: TensorType,
    /// How many weights share a scale: 32 or 16.
    shared: usize,
    /// The number that stands for zero; with a minimum it is 0.
    zero: i32,
    has_minimum: bool,
    rounding: Rounding,
    unpack: fn(&[u8], &mut Unpacked),
}

/// One block of a row, spread out.
struct Unpacked {
    numbers: [u8; 256],
    /// By groups of the format's `shared` weights.
    scales: [f32; 16],
    minimums: [f32; 16],
}

const FORMATS: [Format; 8] = [
    Format {
        kind: TensorType::Q4_0,
        shared: 32,
        zero: 8,
        has_minimum: false,
        rounding: Rounding::Blocks,
        unpack: q4_0,
    },
    Format {
        kind: TensorType::Q4_1,
        shared: 32,
        zero: 0,
        has_minimum: true,
        rounding: Rounding::BlocksWithSums,
        unpack: q4_1,
    },
    Format {
        kind: TensorType::Q5_0,
        shared: 32,
        zero: 16,
        has_minimum: false,
        rounding: Rounding::Blocks,
        unpack: q5_0,
    },
    Format {
        kind: TensorType::Q5_1,
        shared: 32,
        zero: 0,
        has_minimum: true,
        rounding: Rounding::BlocksWithSums,
        unpack: q5_1,
    },
    Format {
        kind: TensorType::Q8_0,
        shared: 32,
        zero: 128,
        has_minimum: false,
        rounding: Rounding::Blocks,
        unpack: q8_0,
    },
    Format {
        kind: TensorType::Q4_K,
        shared: 32,
        zero: 0,
        has_minimum: true,
        rounding: Rounding::SuperBlocks,
        unpack: q4_k,
    },
    Format {
        kind: TensorType::Q5_K,
        shared: 32,
        zero: 0,
        has_minimum: true,
        rounding: Rounding::SuperBlocks,
        unpack: q5_k,
    },
    Format {
        kind: TensorType::Q6_K,
        shared: 16,
        zero: 32,
        has_minimum: false,
        rounding: Rounding::SuperBlocks,
        unpack: q6_k,
    },
];

fn half_at(bytes: &[u8], at: usize) -> f32 {
    match bytes.get(at..at + 2) {
        Some(&[low, high]) => f16::from_le_bytes([low, high]).to_f32(),
        _ => 0.0,
    }
}

/// The two halves of each byte: the low ones are the first 16 weights, the high ones the last.
fn spread_nibbles(bytes: &[u8], numbers: &mut [u8]) {
    let (low, high) = numbers.split_at_mut(bytes.len());
    for ((low, high), byte) in low.iter_mut().zip(high).zip(bytes) {
        (*low, *high) = (byte & 15, byte >> 4);
    }
}

/// Adds a fifth bit: bit `i` of the field belongs to weight `i`.
fn add_fifth_bits(field: &[u8], numbers: &mut [u8]) {
    for (numbers, bits) in numbers.chunks_exact_mut(8).zip(field) {
        for (place, number) in numbers.iter_mut().enumerate() {
            *number |= (bits >> place & 1) << 4;
        }
    }
}

fn q4_0(block: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(block, 0);
    spread_nibbles(&block[2..18], &mut out.numbers[..32]);
}

fn q4_1(block: &[u8], out: &mut Unpacked) {
    (out.scales[0], out.minimums[0]) = (half_at(block, 0), half_at(block, 2));
    spread_nibbles(&block[4..20], &mut out.numbers[..32]);
}

fn q5_0(block: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(block, 0);
    spread_nibbles(&block[6..22], &mut out.numbers[..32]);
    add_fifth_bits(&block[2..6], &mut out.numbers[..32]);
}

fn q5_1(block: &[u8], out: &mut Unpacked) {
    (out.scales[0], out.minimums[0]) = (half_at(block, 0), half_at(block, 2));
    spread_nibbles(&block[8..24], &mut out.numbers[..32]);
    add_fifth_bits(&block[4..8], &mut out.numbers[..32]);
}

fn q8_0(block: &[u8], out: &mut Unpacked) {
    out.scales[0] = half_at(block, 0);
    for (number, byte) in out.numbers.iter_mut().zip(&block[2..34]) {
        *number = byte.wrapping_add(128);
    }
}

/// The 6-bit scales and minimums of the eight groups of a super-block.
fn six_bit_scales(block: &[u8], out: &mut Unpacked) {
    let (scale, minimum) = (half_at(block, 0), half_at(block, 2));
    let packed = &block[4..16];
    for group in 0..8 {
        let (s, m) = if group < 4 {
            (packed[group] & 63, packed[group + 4] & 63)
        } else {
            let high = packed[group + 4];
            (
                high & 15 | packed[group - 4] >> 6 << 4,
                high >> 4 | packed[group] >> 6 << 4,
            )
        };
        out.scales[group] = scale * f32::from(s);
        out.minimums[group] = -minimum * f32::from(m);
    }
}

fn q4_k(block: &[u8], out: &mut Unpacked) {
    six_bit_scales(block, out);
    for (numbers, bytes) in out.numbers.chunks_exact_mut(64).zip(block[16..144].chunks_exact(32)) {
        spread_nibbles(bytes, numbers);
    }
}

fn q5_k(block: &[u8], out: &mut Unpacked) {
    six_bit_scales(block, out);
    let fifth = &block[16..48];
    for (part, (numbers, bytes)) in out
        .numbers
        .chunks_exact_mut(64)
        .zip(block[48..176].chunks_exact(32))
        .enumerate()
    {
        spread_nibbles(bytes, numbers);
        for (place, number) in numbers.iter_mut().enumerate() {
            *number |= (fifth[place % 32] >> (2 * part + place / 32) & 1) << 4;
        }
    }
}

fn q6_k(block: &[u8], out: &mut Unpacked) {
    let scale = half_at(block, 208);
    for (out, &byte) in out.scales.iter_mut().zip(&block[192..208]) {
        *out = scale * f32::from(byte.cast_signed());
    }
    for (part, numbers) in out.numbers.chunks_exact_mut(128).enumerate() {
        let (low, high) = (&block[part * 64..][..64], &block[128 + part * 32..][..32]);
        for (place, number) in numbers.iter_mut().enumerate() {
            let byte = low[place % 64];
            let four = if place < 64 { byte & 15 } else { byte >> 4 };
            *number = four | (high[place % 32] >> (2 * (place / 32)) & 3) << 4;
        }
    }
}

/// Quantized weights in tiles.
#[derive(Debug)]
pub(super) struct TileMatrix {
    inputs: usize,
    outputs: usize,
    /// Weights that share a scale: 32 or 16.
    shared: usize,
    zero: i32,
    rounding: Rounding,
    /// `[panel][input / 32][TILE]`.
    numbers: Vec<u8>,
    /// `[panel][input / shared][output of the panel]`.
    scales: Vec<f32>,
    /// As `scales`, or empty.
    minimums: Vec<f32>,
}

impl TileMatrix {
    fn format(kind: TensorType) -> Option<&'static Format> {
        const { &FORMATS }.iter().find(|format| format.kind == kind)
    }

    pub fn size_in_memory(kind: TensorType, inputs: usize, outputs: usize) -> Option<u64> {
        let format = Self::format(kind)?;
        let weights = (outputs.div_ceil(PANEL) * PANEL) as u64 * inputs as u64;
        let floats = if format.has_minimum { 2 } else { 1 };
        Some(weights + weights / format.shared as u64 * 4 * floats)
    }

    /// The tiles of a matrix, or nothing when it is not stored in one of the formats.
    pub fn from_bytes(bytes: &[u8], kind: TensorType, inputs: usize, outputs: usize) -> Option<Self> {
        let format = Self::format(kind)?;
        let (panels, groups) = (outputs.div_ceil(PANEL), inputs / format.shared);
        let mut numbers = vec![0u8; panels * inputs * PANEL];
        let mut scales = vec![0f32; panels * groups * PANEL];
        let mut minimums = vec![0f32; if format.has_minimum { scales.len() } else { 0 }];
        let row_bytes = inputs / kind.block_values * kind.block_bytes;
        // Every task needs a chunk of minimums, if only an empty one.
        let minimum_panels: Vec<&mut [f32]> = match format.has_minimum {
            true => minimums.chunks_mut(groups * PANEL).collect(),
            false => (0..panels).map(|_| &mut [] as &mut [f32]).collect(),
        };
        numbers
            .par_chunks_mut(inputs * PANEL)
            .zip(scales.par_chunks_mut(groups * PANEL))
            .zip(minimum_panels)
            .zip(bytes.par_chunks(row_bytes * PANEL))
            .for_each(|(((numbers, scales), minimums), rows)| {
                for (output, row) in rows.chunks_exact(row_bytes).enumerate() {
                    pack_row(format, row, output, numbers, scales, minimums);
                }
            });
        let (shared, zero, rounding) = (format.shared, format.zero, format.rounding);
        Some(Self {
            inputs,
            outputs,
            shared,
            zero,
            rounding,
            numbers,
            scales,
            minimums,
        })
    }

    pub fn multiply(&self, x: &[f32], out: &mut [f32]) {
        let x = Activations::round(x, self.inputs, self.rounding);
        let output = Output::new(out, self.outputs);
        let tokens = x.quants.len() / self.inputs;
        let panel_tasks = self.outputs.div_ceil(PANEL * PANELS_PER_TASK);
        let token_tasks = tokens.div_ceil(TOKENS_PER_TASK);
        (0..panel_tasks * token_tasks).into_par_iter().for_each(|task| {
            let first_panel = task % panel_tasks * PANELS_PER_TASK;
            let first = task / panel_tasks * TOKENS_PER_TASK;
            let last = tokens.min(first + TOKENS_PER_TASK);
            for panel in first_panel..self.outputs.div_ceil(PANEL).min(first_panel + PANELS_PER_TASK) {
                let panel = self.panel(panel);
                let mut token = first;
                while token < last {
                    token += panel.step(&x, token, last - token, output);
                }
            }
        });
    }

    fn panel(&self, index: usize) -> Panel<'_> {
        let groups = self.inputs / self.shared * PANEL;
        Panel {
            index,
            zero: self.zero,
            halves: BLOCK / self.shared,
            numbers: self
                .numbers
                .get(index * self.inputs * PANEL..(index + 1) * self.inputs * PANEL)
                .unwrap_or_default(),
            scales: self
                .scales
                .get(index * groups..(index + 1) * groups)
                .unwrap_or_default(),
            minimums: self
                .minimums
                .get(index * groups..(index + 1) * groups)
                .unwrap_or_default(),
        }
    }
}

fn pack_row(format: &Format, row: &[u8], output: usize, numbers: &mut [u8], scales: &mut [f32], minimums: &mut [f32]) {
    let mut unpacked = Unpacked {
        numbers: [0; 256],
        scales: [0.0; 16],
        minimums: [0.0; 16],
    };
    let values = format.kind.block_values;
    let groups = values / format.shared;
    for (block, bytes) in row.chunks_exact(format.kind.block_bytes).enumerate() {
        (format.unpack)(bytes, &mut unpacked);
        for (place, four) in unpacked.numbers[..values].chunks_exact(4).enumerate() {
            let at = (block * values / 4 + place) * PANEL * 4 + output * 4;
            if let Some(target) = numbers.get_mut(at..at + 4) {
                target.copy_from_slice(four);
            }
        }
        for group in 0..groups {
            let at = (block * groups + group) * PANEL + output;
            if let Some(target) = scales.get_mut(at) {
                *target = unpacked.scales[group];
            }
            if let Some(target) = minimums.get_mut(at) {
                *target = unpacked.minimums[group];
            }
        }
    }
}

/// 32 outputs of a matrix.
struct Panel<'a> {
    index: usize,
    zero: i32,
    /// Scales for each 32 inputs: 1 or 2.
    halves: usize,
    numbers: &'a [u8],
    scales: &'a [f32],
    minimums: &'a [f32],
}

impl Panel<'_> {
    /// Computes this panel for up to `most` tokens from `token` on and says for how many.
    fn step(&self, x: &Activations, token: usize, most: usize, output: Output) -> usize {
        let count = if most >= TOKENS { TOKENS } else { 1 };
        let mut sums = [[0f32; PANEL]; TOKENS];
        #[cfg(target_arch = "x86_64")]
        if Level::detect() == Level::Avx512Vnni {
            // SAFETY: the level was detected on this processor.
            #[expect(unsafe_code, reason = "instructions chosen at run time")]
            unsafe {
                match (count, self.halves) {
                    (TOKENS, 1) => avx512::step::<TOKENS, 1>(self, x, token, &mut sums),
                    (TOKENS, _) => avx512::step::<TOKENS, 2>(self, x, token, &mut sums),
                    (_, 1) => avx512::step::<1, 1>(self, x, token, &mut sums),
                    (_, _) => avx512::step::<1, 2>(self, x, token, &mut sums),
                }
            }
            for (place, sums) in sums.iter().take(count).enumerate() {
                output.store(token + place, self.index * PANEL, sums);
            }
            return count;
        }
        let panel = self;
        let sums = &mut sums[0];
        for_level!(step_one(panel: &Panel<'_>, x: &Activations, token: usize, sums: &mut [f32; PANEL]));
        output.store(token, self.index * PANEL, sums);
        1
    }
}

/// One token by the plain definition, which compilers turn into whatever instructions there are.
#[inline(always)]
fn step_one<const FUSED: bool>(panel: &Panel<'_>, x: &Activations, token: usize, sums: &mut [f32; PANEL]) {
    let blocks = x.width / BLOCK;
    let (halves, length) = (panel.halves, BLOCK / panel.halves);
    let quants = &x.quants[token * x.width..][..x.width];
    for block in 0..blocks {
        let scale = x.scales[token * blocks + block];
        for half in 0..halves {
            let group = block * halves + half;
            let sum: i32 = x.sums[2 * (token * blocks + block)..][..2]
                .iter()
                .skip(half)
                .take(2 / halves)
                .sum();
            let mut dots = [-panel.zero * sum; PANEL];
            let inputs = group * length..(group + 1) * length;
            let tiles = panel.numbers[inputs.start * PANEL..inputs.end * PANEL]
                .as_chunks::<{ 4 * PANEL }>()
                .0;
            for (tile, four) in tiles.iter().zip(quants[inputs].as_chunks::<4>().0) {
                for (dot, numbers) in dots.iter_mut().zip(tile.as_chunks::<4>().0) {
                    for (&number, &quant) in numbers.iter().zip(four) {
                        *dot += i32::from(number) * i32::from(quant);
                    }
                }
            }
            let scales = &panel.scales[group * PANEL..][..PANEL];
            for ((sum, &dot), &weight_scale) in sums.iter_mut().zip(&dots).zip(scales) {
                *sum = multiply_add::<FUSED>(dot as f32, weight_scale * scale, *sum);
            }
        }
        if !panel.minimums.is_empty() {
            let weighted = x.weighted_sums[token * blocks + block];
            for (sum, &minimum) in sums.iter_mut().zip(&panel.minimums[block * PANEL..][..PANEL]) {
                *sum = multiply_add::<FUSED>(minimum, weighted, *sum);
            }
        }
    }
}

/// The same in the instructions of AVX-512 with 8-bit products.
#[cfg(target_arch = "x86_64")]
mod avx512 {
    use std::arch::x86_64::*;

    use super::{Activations, BLOCK, PANEL, Panel, TILE};

    /// Computes one panel for `COUNT` tokens; a scale is shared by `32 / HALVES` inputs.
    ///
    /// Each token's sums run in the same order whatever `COUNT` is.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    pub fn step<const COUNT: usize, const HALVES: usize>(
        panel: &Panel<'_>,
        x: &Activations,
        token: usize,
        out: &mut [[f32; PANEL]],
    ) {
        let blocks = x.width / BLOCK;
        // Everything below reads inside these bounds.
        assert!(panel.numbers.len() >= blocks * TILE && panel.scales.len() >= blocks * HALVES * PANEL);
        assert!(x.quants.len() >= (token + COUNT) * x.width && out.len() >= COUNT);
        assert!(x.scales.len() >= (token + COUNT) * blocks && x.sums.len() >= 2 * (token + COUNT) * blocks);
        assert!(x.weighted_sums.len() >= (token + COUNT) * blocks);
        let has_minimum = !panel.minimums.is_empty();
        assert!(!has_minimum || panel.minimums.len() >= blocks * PANEL);

        let mut sums = [[_mm512_setzero_ps(); 2]; COUNT];
        for block in 0..blocks {
            for half in 0..HALVES {
                let mut dots = [[_mm512_setzero_si512(); 2]; COUNT];
                for (place, dots) in dots.iter_mut().enumerate() {
                    let at = 2 * ((token + place) * blocks + block);
                    let sum = if HALVES == 1 {
                        x.sums[at] + x.sums[at + 1]
                    } else {
                        x.sums[at + half]
                    };
                    *dots = [_mm512_set1_epi32(-panel.zero * sum); 2];
                }
                const STEPS: usize = BLOCK / 4;
                for step in half * STEPS / HALVES..(half + 1) * STEPS / HALVES {
                    // SAFETY: inside the bounds asserted above.
                    #[expect(unsafe_code, reason = "loads without a bounds check in the innermost loop")]
                    let (first, second) = unsafe {
                        let at = panel.numbers.as_ptr().add(block * TILE + step * 4 * PANEL);
                        (_mm512_loadu_si512(at.cast()), _mm512_loadu_si512(at.add(64).cast()))
                    };
                    for (place, dots) in dots.iter_mut().enumerate() {
                        // SAFETY: inside the bounds asserted above.
                        #[expect(unsafe_code, reason = "as above")]
                        let four = unsafe {
                            let at = x
                                .quants
                                .as_ptr()
                                .add((token + place) * x.width + block * BLOCK + step * 4);
                            _mm512_set1_epi32(at.cast::<i32>().read_unaligned())
                        };
                        dots[0] = _mm512_dpbusd_epi32(dots[0], first, four);
                        dots[1] = _mm512_dpbusd_epi32(dots[1], second, four);
                    }
                }
                let scales = load(panel.scales, (block * HALVES + half) * PANEL);
                for (place, (sums, dots)) in sums.iter_mut().zip(dots).enumerate() {
                    let scale = _mm512_set1_ps(x.scales[(token + place) * blocks + block]);
                    for side in 0..2 {
                        let dots = _mm512_cvtepi32_ps(dots[side]);
                        sums[side] = _mm512_fmadd_ps(dots, _mm512_mul_ps(scales[side], scale), sums[side]);
                    }
                }
            }
            if has_minimum {
                let minimums = load(panel.minimums, block * PANEL);
                for (place, sums) in sums.iter_mut().enumerate() {
                    let weighted = _mm512_set1_ps(x.weighted_sums[(token + place) * blocks + block]);
                    for side in 0..2 {
                        sums[side] = _mm512_fmadd_ps(minimums[side], weighted, sums[side]);
                    }
                }
            }
        }
        for (out, sums) in out.iter_mut().zip(sums) {
            // SAFETY: both halves of 32 floats.
            #[expect(unsafe_code, reason = "stores to an array")]
            unsafe {
                _mm512_storeu_ps(out.as_mut_ptr(), sums[0]);
                _mm512_storeu_ps(out.as_mut_ptr().add(16), sums[1]);
            }
        }
    }

    #[target_feature(enable = "avx512f")]
    fn load(from: &[f32], at: usize) -> [__m512; 2] {
        let from = &from[at..at + PANEL];
        // SAFETY: 32 floats, by the line above.
        #[expect(unsafe_code, reason = "loads from a slice")]
        unsafe {
            [_mm512_loadu_ps(from.as_ptr()), _mm512_loadu_ps(from.as_ptr().add(16))]
        }
    }
}

#[cfg(test)]
mod tests {
    use candle_core::quantized::{GgmlDType, QTensor};
    use candle_core::{Device, Tensor};

    use super::super::matrix::dequantize;
    use super::*;

    const INPUTS: usize = 512;
    /// Not a whole number of panels.
    const OUTPUTS: usize = 40;

    fn quantized(dtype: GgmlDType) -> Vec<u8> {
        let weights: Vec<f32> = (0..INPUTS * OUTPUTS)
            .map(|i| ((i * 7919 % 1009) as f32 / 504.0 - 1.0).powi(3))
            .collect();
        let weights = Tensor::from_vec(weights, (OUTPUTS, INPUTS), &Device::Cpu).unwrap();
        QTensor::quantize(&weights, dtype).unwrap().data().unwrap().into_owned()
    }

    /// Whole numbers up to 127 in every block, so that rounding activations changes nothing.
    fn whole_activations(tokens: usize) -> Vec<f32> {
        (0..tokens * INPUTS)
            .map(|i| {
                if i % 32 == 5 {
                    127.0
                } else {
                    (i * 31 % 255) as f32 - 127.0
                }
            })
            .collect()
    }

    #[test]
    fn every_format_multiplies_as_its_numbers_say() {
        for (kind, dtype) in [
            (TensorType::Q4_0, GgmlDType::Q4_0),
            (TensorType::Q4_1, GgmlDType::Q4_1),
            (TensorType::Q5_0, GgmlDType::Q5_0),
            (TensorType::Q5_1, GgmlDType::Q5_1),
            (TensorType::Q8_0, GgmlDType::Q8_0),
            (TensorType::Q4_K, GgmlDType::Q4K),
            (TensorType::Q5_K, GgmlDType::Q5K),
            (TensorType::Q6_K, GgmlDType::Q6K),
        ] {
            let bytes = quantized(dtype);
            let weights = dequantize(&bytes, kind).unwrap();
            let tiles = TileMatrix::from_bytes(&bytes, kind, INPUTS, OUTPUTS).unwrap();
            assert_eq!(
                TileMatrix::size_in_memory(kind, INPUTS, OUTPUTS).unwrap() as usize,
                tiles.numbers.len() + 4 * (tiles.scales.len() + tiles.minimums.len())
            );
            let tokens = 8;
            let x = whole_activations(tokens);
            let mut out = vec![f32::NAN; tokens * OUTPUTS];
            tiles.multiply(&x, &mut out);
            for (token, x) in x.chunks_exact(INPUTS).enumerate() {
                for (output, weights) in weights.chunks_exact(INPUTS).enumerate() {
                    let exact: f64 = x.iter().zip(weights).map(|(&x, &w)| f64::from(x) * f64::from(w)).sum();
                    let size: f64 = x.iter().zip(weights).map(|(&x, &w)| f64::from(x * w).abs()).sum();
                    let ours = f64::from(out[token * OUTPUTS + output]);
                    // Q4_1 and Q5_1 round the sum of a block to half precision, as llama.cpp does.
                    assert!((ours - exact).abs() < 1e-4 * size, "{}: {ours}, not {exact}", kind.name);
                }
            }
        }
    }

    #[test]
    fn a_token_has_the_same_bits_alone_and_with_others_and_by_the_plain_definition() {
        for (kind, dtype) in [(TensorType::Q4_1, GgmlDType::Q4_1), (TensorType::Q6_K, GgmlDType::Q6K)] {
            let tiles = TileMatrix::from_bytes(&quantized(dtype), kind, INPUTS, OUTPUTS).unwrap();
            let x: Vec<f32> = (0..9 * INPUTS).map(|i| ((i * 101 % 997) as f32).sin()).collect();
            let mut together = vec![0f32; 9 * OUTPUTS];
            tiles.multiply(&x, &mut together);
            for (x, together) in x.chunks_exact(INPUTS).zip(together.chunks_exact(OUTPUTS)) {
                let mut alone = vec![0f32; OUTPUTS];
                tiles.multiply(x, &mut alone);
                assert_eq!(alone, together);
                let x = Activations::round(x, INPUTS, tiles.rounding);
                let mut plain = [0f32; PANEL];
                step_one::<true>(&tiles.panel(0), &x, 0, &mut plain);
                // Without fused multiply-add, a level of its own, the last digits may differ.
                if Level::detect() != Level::Portable {
                    assert_eq!(plain, together[..PANEL]);
                }
            }
        }
    }
}
