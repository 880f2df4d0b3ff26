//! ggml's quantized formats of 4 to 8 bits: how each stores a block, and how to spread it out.

use super::quantize::Rounding;
use super::types::TensorType;

/// How a format stores its numbers.
#[derive(Debug)]
pub(super) struct Format {
    pub kind: TensorType,
    /// The bits of a number: 4, 5, 6 or 8.
    pub bits: usize,
    /// How many weights share a scale: 32 or 16.
    pub shared: usize,
    /// The number that stands for zero; with a minimum it is 0.
    pub zero: i32,
    pub has_minimum: bool,
    /// Whether scales (and minimums) are whole steps of the block's own.
    pub has_steps: bool,
    pub rounding: Rounding,
    pub unpack: fn(&[u8], &mut Unpacked),
}

/// One block of a row, spread out.
pub(super) struct Unpacked {
    pub numbers: [u8; 256],
    /// In half precision; the minimum with the sign by which it is added.
    pub scale: [u8; 2],
    pub minimum: [u8; 2],
    /// By groups of the format's `shared` weights, as signed bytes.
    pub steps: [u8; 16],
    pub minimum_steps: [u8; 8],
}

impl Unpacked {
    pub fn new() -> Self {
        Self {
            numbers: [0; 256],
            scale: [0; 2],
            minimum: [0; 2],
            steps: [0; 16],
            minimum_steps: [0; 8],
        }
    }
}

pub(super) const FORMATS: [Format; 8] = [
    Format {
        kind: TensorType::Q4_0,
        bits: 4,
        shared: 32,
        zero: 8,
        has_minimum: false,
        has_steps: false,
        rounding: Rounding::Blocks,
        unpack: q4_0,
    },
    Format {
        kind: TensorType::Q4_1,
        bits: 4,
        shared: 32,
        zero: 0,
        has_minimum: true,
        has_steps: false,
        rounding: Rounding::BlocksWithSums,
        unpack: q4_1,
    },
    Format {
        kind: TensorType::Q5_0,
        bits: 5,
        shared: 32,
        zero: 16,
        has_minimum: false,
        has_steps: false,
        rounding: Rounding::Blocks,
        unpack: q5_0,
    },
    Format {
        kind: TensorType::Q5_1,
        bits: 5,
        shared: 32,
        zero: 0,
        has_minimum: true,
        has_steps: false,
        rounding: Rounding::BlocksWithSums,
        unpack: q5_1,
    },
    Format {
        kind: TensorType::Q8_0,
        bits: 8,
        shared: 32,
        zero: 128,
        has_minimum: false,
        has_steps: false,
        rounding: Rounding::Blocks,
        unpack: q8_0,
    },
    Format {
        kind: TensorType::Q4_K,
        bits: 4,
        shared: 32,
        zero: 0,
        has_minimum: true,
        has_steps: true,
        rounding: Rounding::SuperBlocks,
        unpack: q4_k,
    },
    Format {
        kind: TensorType::Q5_K,
        bits: 5,
        shared: 32,
        zero: 0,
        has_minimum: true,
        has_steps: true,
        rounding: Rounding::SuperBlocks,
        unpack: q5_k,
    },
    Format {
        kind: TensorType::Q6_K,
        bits: 6,
        shared: 16,
        zero: 32,
        has_minimum: false,
        has_steps: true,
        rounding: Rounding::SuperBlocks,
        unpack: q6_k,
    },
];

/// A number in half precision, without the detour for infinities, which no weight has.
#[inline(always)]
pub(super) fn from_half(bits: u16) -> f32 {
    let sign = u32::from(bits & 0x8000) << 16;
    let magnitude = u32::from(bits & 0x7fff) << 13;
    // Exponents count from 112 further down; below 2^-14 there is no hidden bit, so a one is added and taken off.
    let normal = f32::from_bits(magnitude + (112 << 23));
    let small = f32::from_bits(magnitude + (113 << 23)) - f32::from_bits(113 << 23);
    let number = if magnitude < 1 << 23 { small } else { normal };
    f32::from_bits(number.to_bits() | sign)
}

fn two(bytes: &[u8]) -> [u8; 2] {
    bytes.first_chunk().copied().unwrap_or_default()
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
    out.scale = two(block);
    spread_nibbles(&block[2..18], &mut out.numbers[..32]);
}

fn q4_1(block: &[u8], out: &mut Unpacked) {
    (out.scale, out.minimum) = (two(block), two(&block[2..]));
    spread_nibbles(&block[4..20], &mut out.numbers[..32]);
}

fn q5_0(block: &[u8], out: &mut Unpacked) {
    out.scale = two(block);
    spread_nibbles(&block[6..22], &mut out.numbers[..32]);
    add_fifth_bits(&block[2..6], &mut out.numbers[..32]);
}

fn q5_1(block: &[u8], out: &mut Unpacked) {
    (out.scale, out.minimum) = (two(block), two(&block[2..]));
    spread_nibbles(&block[8..24], &mut out.numbers[..32]);
    add_fifth_bits(&block[4..8], &mut out.numbers[..32]);
}

fn q8_0(block: &[u8], out: &mut Unpacked) {
    out.scale = two(block);
    for (number, byte) in out.numbers.iter_mut().zip(&block[2..34]) {
        *number = byte.wrapping_add(128);
    }
}

/// The 6-bit scales and minimums of the eight groups of a super-block.
fn six_bit_scales(block: &[u8], out: &mut Unpacked) {
    (out.scale, out.minimum) = (two(block), two(&block[2..]));
    // It is taken off.
    out.minimum[1] ^= 0x80;
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
        (out.steps[group], out.minimum_steps[group]) = (s, m);
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
        for (half, numbers) in numbers.chunks_exact_mut(32).enumerate() {
            for (number, bits) in numbers.iter_mut().zip(fifth) {
                *number |= (bits >> (2 * part + half) & 1) << 4;
            }
        }
    }
}

fn q6_k(block: &[u8], out: &mut Unpacked) {
    out.scale = two(&block[208..]);
    out.steps.copy_from_slice(&block[192..208]);
    for (part, numbers) in out.numbers.chunks_exact_mut(128).enumerate() {
        let (low, high) = (&block[part * 64..][..64], &block[128 + part * 32..][..32]);
        for (quarter, numbers) in numbers.chunks_exact_mut(32).enumerate() {
            let low = &low[quarter % 2 * 32..][..32];
            for ((number, low), high) in numbers.iter_mut().zip(low).zip(high) {
                *number = low >> (quarter / 2 * 4) & 15 | (high >> (2 * quarter) & 3) << 4;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use half::f16;

    #[test]
    fn halves_become_exactly_what_they_are() {
        for bits in (0..=u16::MAX).filter(|&bits| f16::from_bits(bits).is_finite()) {
            assert_eq!(
                super::from_half(bits).to_bits(),
                f16::from_bits(bits).to_f32().to_bits(),
                "{bits:#x}"
            );
        }
    }
}
