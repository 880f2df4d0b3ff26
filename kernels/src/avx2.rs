//! The innermost loop of products with quantized weights in the instructions of AVX2.
//!
//! Bytes without a sign are multiplied with signed ones and summed in pairs of 16 bits, which numbers of up to
//! 6 bits never overflow. Numbers of 8 bits get their sign back first, and the activations take it over.

use std::arch::x86_64::*;

use super::chunks::Span;
use super::matrix::PANEL;
use super::quantize::{Activations, BLOCK};

/// Eight outputs fill a register.
const WIDE: usize = 8;

/// Adds the span's part to the sums of a token.
#[target_feature(enable = "avx2,fma")]
pub(super) fn step(span: &Span<'_>, x: &Activations, token: usize, sums: &mut [f32; PANEL]) {
    match (span.zero, span.halves) {
        (128, _) => blocks::<true, 1>(span, x, token, sums),
        (_, 1) => blocks::<false, 1>(span, x, token, sums),
        (_, _) => blocks::<false, 2>(span, x, token, sums),
    }
}

#[target_feature(enable = "avx2,fma")]
fn blocks<const SIGNED: bool, const HALVES: usize>(
    span: &Span<'_>,
    x: &Activations,
    token: usize,
    out: &mut [f32; PANEL],
) {
    let first = token * (x.width / BLOCK) + span.first_block;
    let ones = _mm256_set1_epi16(1);
    let mut sums = [_mm256_setzero_ps(); PANEL / WIDE];
    for (sum, out) in sums.iter_mut().zip(out.as_chunks::<WIDE>().0) {
        *sum = load(out);
    }
    for block in 0..span.blocks {
        let at = first + block;
        let steps = span.tile(block).as_chunks::<{ 4 * PANEL }>().0;
        let quants = x.quants[at * BLOCK..][..BLOCK].as_chunks::<4>().0;
        for half in 0..HALVES {
            let of_half = half * 8 / HALVES..(half + 1) * 8 / HALVES;
            let sum: i32 = x.sums[2 * at + half..2 * at + half + 2 / HALVES].iter().sum();
            let start = if SIGNED { 0 } else { -span.zero * sum };
            let mut dots = [_mm256_set1_epi32(start); PANEL / WIDE];
            for (step, four) in steps[of_half.clone()].iter().zip(&quants[of_half]) {
                let four = _mm256_set1_epi32(i32::from_le_bytes(four.map(i8::cast_unsigned)));
                for (dots, numbers) in dots.iter_mut().zip(step.as_chunks::<32>().0) {
                    // SAFETY: 32 bytes.
                    #[expect(unsafe_code, reason = "a load from an array")]
                    let numbers = unsafe { _mm256_loadu_si256(numbers.as_ptr().cast()) };
                    let pairs = if SIGNED {
                        let numbers = _mm256_xor_si256(numbers, _mm256_set1_epi8(i8::MIN));
                        _mm256_maddubs_epi16(_mm256_abs_epi8(numbers), _mm256_sign_epi8(four, numbers))
                    } else {
                        _mm256_maddubs_epi16(numbers, four)
                    };
                    *dots = _mm256_add_epi32(*dots, _mm256_madd_epi16(pairs, ones));
                }
            }
            let scale = _mm256_set1_ps(x.scales[at]);
            let scales = span.scales[(block * HALVES + half) * PANEL..][..PANEL]
                .as_chunks::<WIDE>()
                .0;
            for ((sum, dots), scales) in sums.iter_mut().zip(dots).zip(scales) {
                *sum = _mm256_fmadd_ps(_mm256_cvtepi32_ps(dots), _mm256_mul_ps(load(scales), scale), *sum);
            }
        }
        if let Some(minimums) = span.minimums {
            let weighted = _mm256_set1_ps(x.weighted_sums[at]);
            let minimums = minimums[block * PANEL..][..PANEL].as_chunks::<WIDE>().0;
            for (sum, minimums) in sums.iter_mut().zip(minimums) {
                *sum = _mm256_fmadd_ps(load(minimums), weighted, *sum);
            }
        }
    }
    for (out, sum) in out.as_chunks_mut::<WIDE>().0.iter_mut().zip(sums) {
        // SAFETY: eight floats.
        #[expect(unsafe_code, reason = "a store to an array")]
        unsafe {
            _mm256_storeu_ps(out.as_mut_ptr(), sum);
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(from: &[f32; WIDE]) -> __m256 {
    // SAFETY: eight floats.
    #[expect(unsafe_code, reason = "a load from an array")]
    unsafe {
        _mm256_loadu_ps(from.as_ptr())
    }
}
