//! The arithmetic on the processor: matrix products, attention and what lies between.
//!
//! Every function treats each token by itself: the numbers of a token come out with the same bits whatever else
//! is in the pass and however the work is split over threads. So a forked prefix, a packed group and a prompt
//! run alone agree bit by bit, and a resumed run may group as it likes.
//!
//! The default build runs on any processor of its family, so instructions beyond the common ones are chosen at
//! run time ([`Level`]). Levels differ from each other in the last digits, and a run records which one it used.
//!
//! This is a crate of its own so that it is compiled as one unit in every profile: the program's own many units,
//! which make changes to it quick to build, would leave calls in the innermost loops.

mod attention;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod chunks;
mod dense;
mod elementwise;
mod formats;
mod matrix;
mod products;
mod quantize;
#[cfg(target_arch = "x86_64")]
mod sse2;
mod tiles;
mod types;

use std::sync::OnceLock;

pub use attention::{Heads, Query, attend, store_keys, stored_keys};
pub use elementwise::{Activation, RotaryLayout, Turned, add, add_bias, gate, rms_norm, rotate, scale, soft_cap};
pub use matrix::{Matrix, candle_type, dequantize, multiply_all};
pub use types::TensorType;

/// The instructions the kernels use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What every processor of the family has.
    Portable,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 and its instructions for 8-bit products.
    Avx512Vnni,
}

impl Level {
    /// The best level of this processor, or a lower one that `POLYCLINIC_LEVEL` asks for, as tests and
    /// benchmarks do: `portable` or `avx2`.
    pub fn detect() -> Self {
        static LEVEL: OnceLock<Level> = OnceLock::new();
        *LEVEL.get_or_init(|| {
            let wanted = std::env::var("POLYCLINIC_LEVEL").unwrap_or_default();
            if wanted.eq_ignore_ascii_case("portable") {
                return Self::Portable;
            }
            #[cfg(target_arch = "x86_64")]
            {
                let avx512 = is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vnni");
                let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
                if avx512 && avx2 && !wanted.eq_ignore_ascii_case("avx2") {
                    return Self::Avx512Vnni;
                }
                if avx2 {
                    return Self::Avx2;
                }
            }
            Self::Portable
        })
    }

    /// The name a run records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Portable => "portable",
            Self::Avx2 => "AVX2",
            Self::Avx512Vnni => "AVX-512 VNNI",
        }
    }
}

/// Compiles a function's body once for each level and calls the one this processor has.
///
/// The body is an `#[inline(always)]` function with a first constant argument that says whether
/// fused multiply-add is an instruction.
macro_rules! for_level {
    ($body:ident $(::<$($generic:ident),+>)? ($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)?) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma")]
            fn avx512($($argument: $type),*) $(-> $result)? {
                $body::<true $($(, $generic)+)?>($($argument),*)
            }
            #[target_feature(enable = "avx2,fma")]
            fn avx2($($argument: $type),*) $(-> $result)? {
                $body::<true $($(, $generic)+)?>($($argument),*)
            }
            match $crate::Level::detect() {
                // SAFETY: the level was detected on this processor.
                #[expect(unsafe_code, reason = "instructions chosen at run time")]
                $crate::Level::Avx512Vnni => unsafe { avx512($($argument),*) },
                // SAFETY: the level was detected on this processor.
                #[expect(unsafe_code, reason = "instructions chosen at run time")]
                $crate::Level::Avx2 => unsafe { avx2($($argument),*) },
                $crate::Level::Portable => $body::<false $($(, $generic)+)?>($($argument),*),
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            // Only on AArch64 is fused multiply-add an instruction of every processor.
            $body::<{ cfg!(target_arch = "aarch64") } $($(, $generic)+)?>($($argument),*)
        }
    }};
}
use for_level;

/// `a * b + c`, rounded once where the processor can.
#[inline(always)]
fn multiply_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// The exponential function, to about one unit in the last place and the same on every lane.
#[inline(always)]
fn exp<const FUSED: bool>(x: f32) -> f32 {
    // Below, the result would no longer be a normal number; above, it would be infinite.
    let x = x.clamp(-87.0, 88.0);
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    let shifted = multiply_add::<FUSED>(x, std::f32::consts::LOG2_E, ROUND);
    let power = shifted - ROUND;
    // ln 2 in two parts, so that the rest keeps its digits.
    let rest = multiply_add::<FUSED>(power, -0.693_359_4, x);
    let rest = multiply_add::<FUSED>(power, 2.121_944_4e-4, rest);
    let mut series = 1.987_569_1e-4;
    for factor in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        series = multiply_add::<FUSED>(series, rest, factor);
    }
    let series = multiply_add::<FUSED>(series * rest, rest, rest) + 1.0;
    let exponent = (shifted.to_bits().wrapping_add(127)) << 23;
    series * f32::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_exponential_is_close() {
        for step in -8600..8800 {
            let x = step as f32 / 100.0;
            let (ours, exact) = (super::exp::<true>(x), f64::from(x).exp());
            assert!(
                (f64::from(ours) / exact - 1.0).abs() < 3e-7,
                "exp({x}) gave {ours}, not {exact}"
            );
        }
        assert!(super::exp::<false>(-200.0) < 1e-37);
    }
}
