//! The innermost loop of products with quantized weights in the instructions of SSE2, which every x86-64 has.
//!
//! Bytes are widened to 16 bits and multiplied and summed in pairs. Two pairs are an output's four inputs; they
//! are brought together once a block is done.

use std::arch::x86_64::*;

use super::chunks::Span;
use super::matrix::PANEL;
use super::quantize::{Activations, BLOCK};

/// Four outputs fill a register.
const WIDE: usize = 4;
/// Registers of outputs computed at once: with more, their sums would not stay in registers.
const AT_ONCE: usize = 4;

/// Adds the span's part to the sums of a token.
#[target_feature(enable = "sse2")]
pub(super) fn step(span: &Span<'_>, x: &Activations, token: usize, sums: &mut [f32; PANEL]) {
    match span.halves {
        1 => blocks::<1>(span, x, token, sums),
        _ => blocks::<2>(span, x, token, sums),
    }
}

#[target_feature(enable = "sse2")]
fn blocks<const HALVES: usize>(span: &Span<'_>, x: &Activations, token: usize, out: &mut [f32; PANEL]) {
    let first = token * (x.width / BLOCK) + span.first_block;
    for block in 0..span.blocks {
        let at = first + block;
        let steps = span.tile(block).as_chunks::<{ 4 * PANEL }>().0;
        let quants = x.quants[at * BLOCK..][..BLOCK].as_chunks::<4>().0;
        for half in 0..HALVES {
            let of_half = half * 8 / HALVES..(half + 1) * 8 / HALVES;
            let sum: i32 = x.sums[2 * at + half..2 * at + half + 2 / HALVES].iter().sum();
            let start = _mm_set1_epi32(-span.zero * sum);
            let mut fours = [_mm_setzero_si128(); 8];
            for (wide, four) in fours.iter_mut().zip(&quants[of_half.clone()]) {
                *wide = widened(four);
            }
            let scale = _mm_set1_ps(x.scales[at]);
            let scales = span.scales[(block * HALVES + half) * PANEL..][..PANEL].as_chunks().0;
            let sums = out.as_chunks_mut::<WIDE>().0.chunks_exact_mut(AT_ONCE);
            for (group, (sums, scales)) in sums.zip(scales.chunks_exact(AT_ONCE)).enumerate() {
                let dots = dots(&steps[of_half.clone()], &fours, group, start);
                for ((sum, dots), scales) in sums.iter_mut().zip(dots).zip(scales) {
                    add(sum, _mm_mul_ps(_mm_cvtepi32_ps(dots), _mm_mul_ps(load(scales), scale)));
                }
            }
        }
        if let Some(minimums) = span.minimums {
            let weighted = _mm_set1_ps(x.weighted_sums[at]);
            let minimums = minimums[block * PANEL..][..PANEL].as_chunks().0;
            for (sum, minimums) in out.as_chunks_mut::<WIDE>().0.iter_mut().zip(minimums) {
                add(sum, _mm_mul_ps(load(minimums), weighted));
            }
        }
    }
}

/// Whole products of a group of outputs with the inputs of a block or half of it.
#[inline]
#[target_feature(enable = "sse2")]
fn dots(steps: &[[u8; 4 * PANEL]], fours: &[__m128i; 8], group: usize, start: __m128i) -> [__m128i; AT_ONCE] {
    let zero = _mm_setzero_si128();
    let mut pairs = [[zero; 2]; AT_ONCE];
    for (step, &four) in steps.iter().zip(fours) {
        let numbers = step[group * 16 * AT_ONCE..][..16 * AT_ONCE].as_chunks::<16>().0;
        for (pairs, numbers) in pairs.iter_mut().zip(numbers) {
            // SAFETY: 16 bytes.
            #[expect(unsafe_code, reason = "a load from an array")]
            let numbers = unsafe { _mm_loadu_si128(numbers.as_ptr().cast()) };
            let products = [_mm_unpacklo_epi8(numbers, zero), _mm_unpackhi_epi8(numbers, zero)];
            for (pairs, numbers) in pairs.iter_mut().zip(products) {
                *pairs = _mm_add_epi32(*pairs, _mm_madd_epi16(numbers, four));
            }
        }
    }
    pairs.map(|[low, high]| {
        let (low, high) = (_mm_castsi128_ps(low), _mm_castsi128_ps(high));
        let even = _mm_castps_si128(_mm_shuffle_ps::<0b10_00_10_00>(low, high));
        let odd = _mm_castps_si128(_mm_shuffle_ps::<0b11_01_11_01>(low, high));
        _mm_add_epi32(start, _mm_add_epi32(even, odd))
    })
}

/// Four numbers in 16 bits each, twice.
#[inline]
#[target_feature(enable = "sse2")]
fn widened(four: &[i8; 4]) -> __m128i {
    let [a, b, c, d] = four.map(i16::from);
    _mm_setr_epi16(a, b, c, d, a, b, c, d)
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(from: &[f32; WIDE]) -> __m128 {
    // SAFETY: four floats.
    #[expect(unsafe_code, reason = "a load from an array")]
    unsafe {
        _mm_loadu_ps(from.as_ptr())
    }
}

#[inline]
#[target_feature(enable = "sse2")]
fn add(sum: &mut [f32; WIDE], more: __m128) {
    let all = _mm_add_ps(load(sum), more);
    // SAFETY: four floats.
    #[expect(unsafe_code, reason = "a store to an array")]
    unsafe {
        _mm_storeu_ps(sum.as_mut_ptr(), all);
    }
}
