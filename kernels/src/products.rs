//! The innermost loop of products with quantized weights: a span of inputs for 32 outputs and a few tokens.
//!
//! Dot products of 32 (or 16) numbers are whole and so exact; they are then scaled and summed in single precision,
//! block after block, in the same order at every level and for any number of tokens.

use super::chunks::Span;
use super::matrix::PANEL;
use super::quantize::{Activations, BLOCK};
#[cfg(target_arch = "x86_64")]
use super::{Level, avx2, sse2};
use super::{for_level, multiply_add};

/// Adds a span's part to the sums of tokens `first..`.
pub(super) fn add_products(span: &Span<'_>, x: &Activations, first: usize, sums: &mut [[f32; PANEL]]) {
    for (place, sums) in sums.iter_mut().enumerate() {
        let token = first + place;
        #[cfg(target_arch = "x86_64")]
        match Level::detect() {
            Level::Portable => {
                // SAFETY: every x86-64 has SSE2.
                #[expect(unsafe_code, reason = "instructions that a function has to name")]
                unsafe {
                    sse2::step(span, x, token, sums);
                }
                continue;
            }
            Level::Avx2 => {
                // SAFETY: the level was detected on this processor.
                #[expect(unsafe_code, reason = "instructions chosen at run time")]
                unsafe {
                    avx2::step(span, x, token, sums);
                }
                continue;
            }
            // Which has its own products on chunks as they are held.
            Level::Avx512Vnni => {}
        }
        for_level!(step_one(span: &Span<'_>, x: &Activations, token: usize, sums: &mut [f32; PANEL]));
    }
}

/// One token by the plain definition, which compilers turn into whatever instructions there are.
#[inline(always)]
fn step_one<const FUSED: bool>(span: &Span<'_>, x: &Activations, token: usize, sums: &mut [f32; PANEL]) {
    let (halves, length) = (span.halves, BLOCK / span.halves);
    for block in 0..span.blocks {
        let at = token * (x.width / BLOCK) + span.first_block + block;
        let (tile, quants) = (span.tile(block), &x.quants[at * BLOCK..][..BLOCK]);
        for half in 0..halves {
            let sum: i32 = x.sums[2 * at..][..2].iter().skip(half).take(2 / halves).sum();
            let mut dots = [-span.zero * sum; PANEL];
            let inputs = half * length..(half + 1) * length;
            let steps = tile[inputs.start * PANEL..inputs.end * PANEL]
                .as_chunks::<{ 4 * PANEL }>()
                .0;
            for (step, four) in steps.iter().zip(quants[inputs].as_chunks::<4>().0) {
                for (dot, numbers) in dots.iter_mut().zip(step.as_chunks::<4>().0) {
                    for (&number, &quant) in numbers.iter().zip(four) {
                        *dot += i32::from(number) * i32::from(quant);
                    }
                }
            }
            let scales = &span.scales[(block * halves + half) * PANEL..][..PANEL];
            for ((sum, &dot), &scale) in sums.iter_mut().zip(&dots).zip(scales) {
                *sum = multiply_add::<FUSED>(dot as f32, scale * x.scales[at], *sum);
            }
        }
        if let Some(minimums) = span.minimums {
            for (sum, &minimum) in sums.iter_mut().zip(&minimums[block * PANEL..][..PANEL]) {
                *sum = multiply_add::<FUSED>(minimum, x.weighted_sums[at], *sum);
            }
        }
    }
}

/// The same in the instructions of AVX-512 with 8-bit products, on chunks as they are held.
#[cfg(target_arch = "x86_64")]
pub(super) mod avx512 {
    use std::arch::x86_64::*;

    use super::super::chunks::{PanelChunks, TILE};
    use super::{Activations, BLOCK, PANEL};

    /// Tokens a step computes at once: with more, their sums no longer fit the registers.
    pub const TOKENS: usize = 6;

    /// Computes a panel for the first tokens from `token` on, as many as fit a step and `out`, and says how many.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    pub fn step(panel: &PanelChunks<'_>, x: &Activations, token: usize, out: &mut [[f32; PANEL]]) -> usize {
        match out.len() {
            TOKENS.. => tokens::<TOKENS>(panel, x, token, out),
            2..TOKENS => tokens::<2>(panel, x, token, out),
            1 => tokens::<1>(panel, x, token, out),
            0 => 0,
        }
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    fn tokens<const COUNT: usize>(
        panel: &PanelChunks<'_>,
        x: &Activations,
        token: usize,
        out: &mut [[f32; PANEL]],
    ) -> usize {
        match (panel.format.bits, panel.format.has_steps) {
            (4, false) => sums::<COUNT, 4, false, 1>(panel, x, token, out),
            (4, true) => sums::<COUNT, 4, true, 1>(panel, x, token, out),
            (5, false) => sums::<COUNT, 5, false, 1>(panel, x, token, out),
            (5, true) => sums::<COUNT, 5, true, 1>(panel, x, token, out),
            (6, _) => sums::<COUNT, 6, true, 2>(panel, x, token, out),
            (_, _) => sums::<COUNT, 8, false, 1>(panel, x, token, out),
        }
        COUNT
    }

    /// Four inputs for 32 outputs with a byte for a number: step `step` of the eight of a tile.
    ///
    /// # Safety
    /// `tile` points to a tile of so many bits.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    #[expect(unsafe_code, reason = "loads without a bounds check in the innermost loop")]
    unsafe fn numbers<const BITS: usize>(tile: *const u8, step: usize) -> [__m512i; 2] {
        const STEP: usize = 4 * PANEL;
        // SAFETY: a tile of 8 bits has eight steps; otherwise it has four of half bytes, and one or two of planes.
        unsafe {
            let load = |at: usize| _mm512_loadu_si512(tile.add(at).cast());
            if BITS == 8 {
                return [load(step * STEP), load(step * STEP + 64)];
            }
            let four = _mm512_set1_epi8(15);
            let half = |at: usize| match step {
                0..4 => _mm512_and_si512(load(step * STEP + at), four),
                _ => _mm512_and_si512(_mm512_srli_epi16::<4>(load((step - 4) * STEP + at)), four),
            };
            let mut numbers = [half(0), half(64)];
            for (side, number) in numbers.iter_mut().enumerate() {
                if BITS == 5 {
                    let bits = _mm512_test_epi8_mask(load(TILE / 2 + 64 * side), _mm512_set1_epi8((1u8 << step) as i8));
                    *number = _mm512_mask_add_epi8(*number, bits, *number, _mm512_set1_epi8(16));
                }
                if BITS == 6 {
                    let bits = load(TILE / 2 + step % 2 * STEP + 64 * side);
                    let bits = _mm512_srl_epi16(bits, _mm_cvtsi32_si128((step / 2 * 2) as i32));
                    let bits = _mm512_slli_epi16::<4>(_mm512_and_si512(bits, _mm512_set1_epi8(3)));
                    *number = _mm512_or_si512(*number, bits);
                }
            }
            numbers
        }
    }

    /// 32 halves in single precision.
    ///
    /// # Safety
    /// `from` points to 64 bytes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    #[expect(unsafe_code, reason = "loads without a bounds check in the innermost loop")]
    unsafe fn halves(from: *const u8) -> [__m512; 2] {
        // SAFETY: both halves of 64 bytes.
        unsafe {
            [
                _mm512_cvtph_ps(_mm256_loadu_si256(from.cast())),
                _mm512_cvtph_ps(_mm256_loadu_si256(from.add(32).cast())),
            ]
        }
    }

    /// So many whole steps of 32 scales.
    ///
    /// # Safety
    /// `steps` points to 32 bytes.
    #[inline]
    #[target_feature(enable = "avx512f")]
    #[expect(unsafe_code, reason = "loads without a bounds check in the innermost loop")]
    unsafe fn stepped(scales: [__m512; 2], steps: *const u8) -> [__m512; 2] {
        // SAFETY: both halves of 32 bytes.
        let steps = unsafe { [_mm_loadu_si128(steps.cast()), _mm_loadu_si128(steps.add(16).cast())] };
        let stepped = |side: usize| _mm512_mul_ps(scales[side], _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(steps[side])));
        [stepped(0), stepped(1)]
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    #[expect(
        clippy::needless_range_loop,
        reason = "by number, the sums stay in registers however little is inlined"
    )]
    fn sums<const COUNT: usize, const BITS: usize, const STEPS: bool, const HALVES: usize>(
        panel: &PanelChunks<'_>,
        x: &Activations,
        token: usize,
        out: &mut [[f32; PANEL]],
    ) {
        let (format, layout, blocks) = (panel.format, &panel.layout, x.width / BLOCK);
        // Everything below reads inside these bounds: blocks of the chunks are blocks of each token.
        assert!(format.bits == BITS && format.has_steps == STEPS && format.shared * HALVES == BLOCK);
        let (tiles, tile_bytes) = (if STEPS { 8 } else { 1 }, BITS * TILE / 8);
        assert!(format.tiles() == tiles && out.len() >= COUNT);
        assert!(panel.bytes.len() / layout.end * tiles == blocks);
        let all = (token + COUNT) * blocks;
        assert!(x.quants.len() >= all * BLOCK && x.sums.len() >= 2 * all);
        assert!(x.scales.len() >= all && x.weighted_sums.len() >= all);
        let zero = -format.zero;

        let mut sums = [[_mm512_setzero_ps(); 2]; COUNT];
        for block in 0..blocks {
            // SAFETY: the chunk lies in the panel by the assertions, and its parts in it by its layout.
            #[expect(unsafe_code, reason = "loads without a bounds check in the innermost loop")]
            unsafe {
                let chunk = panel.bytes.as_ptr().add(block / tiles * layout.end);
                let tile = chunk.add(layout.numbers + block % tiles * tile_bytes);
                let first = token * blocks + block;
                for half in 0..HALVES {
                    let mut dots = [[_mm512_setzero_si512(); 2]; COUNT];
                    for place in 0..COUNT {
                        let at = x.sums.as_ptr().add(2 * (first + place * blocks));
                        let sum = match HALVES {
                            1 => *at + *at.add(1),
                            _ => *at.add(half),
                        };
                        dots[place] = [_mm512_set1_epi32(zero * sum); 2];
                    }
                    for step in half * 8 / HALVES..(half + 1) * 8 / HALVES {
                        let numbers = numbers::<BITS>(tile, step);
                        for place in 0..COUNT {
                            let four = x.quants.as_ptr().add((first + place * blocks) * BLOCK + step * 4);
                            let four = _mm512_set1_epi32(four.cast::<i32>().read_unaligned());
                            dots[place][0] = _mm512_dpbusd_epi32(dots[place][0], numbers[0], four);
                            dots[place][1] = _mm512_dpbusd_epi32(dots[place][1], numbers[1], four);
                        }
                    }
                    let mut scales = halves(chunk);
                    if STEPS {
                        let group = block % tiles * HALVES + half;
                        scales = stepped(scales, chunk.add(layout.steps + group * PANEL));
                    }
                    for place in 0..COUNT {
                        let scale = _mm512_set1_ps(*x.scales.get_unchecked(first + place * blocks));
                        for side in 0..2 {
                            let dots = _mm512_cvtepi32_ps(dots[place][side]);
                            let scale = _mm512_mul_ps(scales[side], scale);
                            sums[place][side] = _mm512_fmadd_ps(dots, scale, sums[place][side]);
                        }
                    }
                }
                if format.has_minimum {
                    let mut minimums = halves(chunk.add(layout.minimums));
                    if STEPS {
                        minimums = stepped(minimums, chunk.add(layout.minimum_steps + block % tiles * PANEL));
                    }
                    for place in 0..COUNT {
                        let weighted = _mm512_set1_ps(*x.weighted_sums.get_unchecked(first + place * blocks));
                        for side in 0..2 {
                            sums[place][side] = _mm512_fmadd_ps(minimums[side], weighted, sums[place][side]);
                        }
                    }
                }
            }
        }
        for (out, sums) in out.iter_mut().zip(&sums) {
            // SAFETY: both halves of 32 floats.
            #[expect(unsafe_code, reason = "stores to an array")]
            unsafe {
                _mm512_storeu_ps(out.as_mut_ptr(), sums[0]);
                _mm512_storeu_ps(out.as_mut_ptr().add(16), sums[1]);
            }
        }
    }
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::super::chunks::{SPAN, TILE};
    use super::*;

    #[test]
    fn sse2_gives_the_bits_of_the_plain_definition() {
        let bytes: Vec<u8> = (0..SPAN * PANEL).map(|i| (i * 7919 % 251) as u8).collect();
        let scales: [f32; SPAN / 16 * PANEL] = std::array::from_fn(|i| (i % 37) as f32 * 0.01 - 0.1);
        let minimums: [f32; SPAN / BLOCK * PANEL] = std::array::from_fn(|i| (i % 23) as f32 * 0.03 - 0.2);
        let numbers: Vec<f32> = (0..2 * SPAN).map(|i| ((i * 101 % 997) as f32).sin()).collect();
        let x = Activations::round(&numbers, SPAN, super::super::quantize::Rounding::Blocks);
        for (halves, zero, minimums) in [(1, 0, Some(&minimums)), (1, 128, None), (2, 32, None)] {
            let span = Span {
                first_block: 0,
                blocks: SPAN / BLOCK,
                halves,
                zero,
                numbers: &bytes,
                stride: TILE,
                scales: &scales,
                minimums,
            };
            for token in 0..2 {
                let (mut ours, mut plain) = ([0.5; PANEL], [0.5; PANEL]);
                // SAFETY: every x86-64 has SSE2.
                #[expect(unsafe_code, reason = "instructions that a function has to name")]
                unsafe {
                    sse2::step(&span, &x, token, &mut ours);
                }
                step_one::<false>(&span, &x, token, &mut plain);
                assert_eq!(ours, plain, "{halves} halves, zero {zero}, token {token}");
            }
        }
    }
}
