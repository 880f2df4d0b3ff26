//! The score interval of a difference of paired proportions: every difference that the pairs do not speak against.
//!
//! Tango, T. (1998): Equivalence test and confidence interval for the difference in proportions for the paired-sample
//! design. Statistics in Medicine 17, 891–908. A difference δ is held where the observed one lies within 1.96 standard
//! errors of it, the errors being those that δ itself gives with the likeliest proportions beside it.
//! So it has a width too where all pairs came out alike, which a bootstrap of these pairs has not.

use std::cmp::Ordering;

use super::interval::two_sided_95;
use super::{Estimate, Interval, Pairs};

/// The difference with its 95% score interval. Turning the pairs round mirrors it. `None` of no pairs.
pub fn score_difference(pairs: Pairs) -> Option<Estimate> {
    let value = pairs.difference()?;
    let turned = Pairs {
        only_first: pairs.only_second,
        only_second: pairs.only_first,
        ..pairs
    };
    let high = highest(pairs, value);
    let low = match pairs.only_first.cmp(&pairs.only_second) {
        Ordering::Equal => -high,
        _ => -highest(turned, -value),
    };
    let interval = Interval { low, high };
    Some(Estimate { value, interval })
}

/// The highest difference that is held.
fn highest(pairs: Pairs, value: f64) -> f64 {
    let (mut low, mut high) = (value, 1.0);
    // Halved until the ends are the nearest numbers there are.
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return low;
        }
        if is_held(pairs, middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

fn is_held(pairs: Pairs, difference: f64) -> bool {
    let (n, first, second) = (pairs.n() as f64, pairs.only_first as f64, pairs.only_second as f64);
    let apart = first - second - n * difference;
    let variance = n * (2.0 * likeliest(n, first, second, difference) + difference * (1.0 - difference));
    apart * apart <= two_sided_95().powi(2) * variance
}

/// The likeliest proportion of pairs where only the second succeeds, where the difference is given: the larger root
/// of `2nx² + bx − c`, where the likelihood is flat.
fn likeliest(n: f64, first: f64, second: f64, difference: f64) -> f64 {
    let b = (2.0 * n - first + second) * difference - first - second;
    let c = second * difference * (1.0 - difference);
    let root = (b * b + 8.0 * n * c).max(0.0).sqrt();
    // Of two ways to write it the one that subtracts nothing.
    match b > 0.0 {
        true => 2.0 * c / (b + root),
        false => (root - b) / (4.0 * n),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::tests::pairs;

    #[test]
    fn pairs_that_all_agree_leave_a_difference_possible() {
        // By hand: nδ² = z²(δ − δ²) at the ends, so that δ = z² / (n + z²).
        let found = score_difference(pairs([30, 0, 0, 18])).unwrap();
        let square = two_sided_95().powi(2);
        assert!(
            (found.interval.high - square / (48.0 + square)).abs() < 1e-12,
            "{found:?}"
        );
        assert_eq!((found.value, found.interval.low), (0.0, -found.interval.high));
        let all = score_difference(pairs([0, 20, 0, 0])).unwrap();
        assert!(all.interval.high == 1.0 && all.interval.low < 0.9, "{all:?}");
        assert_eq!(score_difference(Pairs::default()), None);
    }

    proptest! {
        #[test]
        fn it_holds_the_difference_and_is_mirrored(
            both in 0_usize..500, first in 0_usize..40, second in 0_usize..40, neither in 1_usize..500
        ) {
            let here = score_difference(pairs([both, first, second, neither])).unwrap();
            let there = score_difference(pairs([neither, second, first, both])).unwrap();
            prop_assert_eq!(here, there.mirrored());
            prop_assert!(here.interval.low < here.value && here.value < here.interval.high);
            prop_assert!(here.interval.low >= -1.0 && here.interval.high <= 1.0);
        }
    }
}
