//! The exact sign-flip test: whether sums that stand for one unit each lean to one side.
//!
//! Were the two sides alike, each unit's sum would as likely have been the other way round. All ways to turn units
//! round are counted, without drawing any: only how many units have each size of sum matters.

use std::collections::BTreeMap;

use super::binomial::ln_factorials;

/// The two-sided p-value of units, such as groups of pairs: how likely all sums together are at least as far from 0
/// as they are, were each turned round by the toss of a coin. Where every sum is 1 or −1 it is the exact McNemar test.
pub fn exact_sign_flip(sums: impl IntoIterator<Item = i64>) -> f64 {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    let [mut ahead, mut behind] = [0_usize; 2];
    for sum in sums.into_iter().filter(|sum| *sum != 0) {
        let size = sum.unsigned_abs() as usize;
        *sizes.entry(size).or_default() += 1;
        *(if sum > 0 { &mut ahead } else { &mut behind }) += size;
    }
    if ahead == behind {
        return 1.0;
    }
    // As far from 0 as they are is at most so much on one side.
    let most = ahead.min(behind);
    // The probability of each amount on that side, from 0 to `most`.
    let mut amounts = vec![0.0; most + 1];
    if let Some(nothing) = amounts.first_mut() {
        *nothing = 1.0;
    }
    for (size, units) in sizes {
        amounts = with_units(&amounts, size, units);
    }
    (2.0 * amounts.iter().sum::<f64>()).min(1.0)
}

/// The probabilities of amounts once so many units of a size fall on the side or not.
fn with_units(amounts: &[f64], size: usize, units: usize) -> Vec<f64> {
    let ln_factorials = ln_factorials(units);
    let ln = |number: usize| ln_factorials.get(number).copied().unwrap_or_default();
    let all = units as f64 * std::f64::consts::LN_2;
    let most = units.min(amounts.len().saturating_sub(1) / size);
    let probabilities: Vec<f64> = (0..=most)
        .map(|chosen| (ln(units) - ln(chosen) - ln(units - chosen) - all).exp())
        .collect();
    let mut found = vec![0.0; amounts.len()];
    for (before, amount) in amounts.iter().enumerate().filter(|(_, amount)| **amount > 0.0) {
        let reached = found.iter_mut().skip(before).step_by(size);
        for (found, probability) in reached.zip(&probabilities) {
            *found += amount * probability;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Pairs, exact_mcnemar};
    use super::*;

    #[test]
    fn groups_that_lean_to_neither_side_tell_nothing() {
        assert_eq!(exact_sign_flip([]), 1.0);
        assert_eq!(exact_sign_flip([0, 0, 3, -2, -1]), 1.0);
        // By hand: of 8 ways those with 3 + 2 + 1 and with none of it.
        assert_eq!(exact_sign_flip([3, 2, 0, 1]), 0.25);
        // Of 8 ways 3 + 2, 3 + 2 + 1 and their opposites.
        assert_eq!(exact_sign_flip([3, 2, -1]), 0.5);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn all_ways_are_counted(sums in proptest::collection::vec(-5_i64..=5, 0..12)) {
            let seen = sums.iter().sum::<i64>().abs();
            let ways = 1_u32 << sums.len();
            let extreme = (0..ways).filter(|way| {
                let turned = sums.iter().enumerate().map(|(place, sum)| if way >> place & 1 == 1 { -sum } else { *sum });
                turned.sum::<i64>().abs() >= seen
            });
            let expected = extreme.count() as f64 / f64::from(ways);
            prop_assert!((exact_sign_flip(sums) - expected).abs() < 1e-12);
        }

        #[test]
        fn of_single_pairs_it_is_mcnemars(first in 0_usize..300, second in 0_usize..300) {
            let sums = std::iter::repeat_n(1, first).chain(std::iter::repeat_n(-1, second));
            let expected = exact_mcnemar(Pairs { only_first: first, only_second: second, ..Pairs::default() });
            prop_assert!((exact_sign_flip(sums) - expected).abs() <= 1e-9 * expected);
        }
    }
}
