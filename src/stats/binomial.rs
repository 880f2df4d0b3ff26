//! Binomial counts: their tails, and draws of them.

use statrs::function::factorial::ln_binomial;

/// The probability of at most `successes` among `n` that succeed with `probability` each, where that is the lower
/// tail: `successes` is not above the expected number.
///
/// The terms are summed from `successes` down, where each is smaller than the one before.
pub(super) fn lower_tail(successes: usize, n: usize, probability: f64) -> f64 {
    if successes >= n || probability <= 0.0 {
        return 1.0;
    }
    if probability >= 1.0 {
        return 0.0;
    }
    let failures = (n - successes) as f64;
    let logarithm = ln_binomial(n as u64, successes as u64)
        + successes as f64 * probability.ln()
        + failures * (-probability).ln_1p();
    let against = (1.0 - probability) / probability;
    let (mut term, mut sum) = (1.0, 1.0);
    for below in (1..=successes).rev() {
        term *= below as f64 / (n - below + 1) as f64 * against;
        sum += term;
        if term < sum * f64::EPSILON {
            break;
        }
    }
    (logarithm.exp() * sum).min(1.0)
}

/// A way to draw how many of some units succeed, where each does with one probability.
pub(super) struct Draws {
    odds: f64,
    ln_probability: f64,
    ln_complement: f64,
    probability: f64,
}

impl Draws {
    /// With this probability of success.
    pub fn new(probability: f64) -> Self {
        Self {
            odds: probability / (1.0 - probability),
            ln_probability: probability.ln(),
            ln_complement: (-probability).ln_1p(),
            probability,
        }
    }

    /// How many of `n` succeed, by a number that is uniform from 0 to 1.
    ///
    /// Counts are tried from the likeliest outwards, so that a draw takes about as many steps as the count's standard
    /// deviation. `ln_factorials` reach to `n`.
    pub fn draw(&self, n: usize, ln_factorials: &[f64], uniform: f64) -> usize {
        if self.probability <= 0.0 || n == 0 {
            return 0;
        }
        if self.probability >= 1.0 {
            return n;
        }
        let likeliest = (((n + 1) as f64 * self.probability) as usize).min(n);
        let ln_factorial = |number: usize| ln_factorials.get(number).copied().unwrap_or_default();
        let logarithm = ln_factorial(n) - ln_factorial(likeliest) - ln_factorial(n - likeliest)
            + likeliest as f64 * self.ln_probability
            + (n - likeliest) as f64 * self.ln_complement;
        let highest = logarithm.exp();
        let mut left = uniform - highest;
        let (mut below, mut above) = (likeliest, likeliest);
        let (mut under, mut over) = (highest, highest);
        // What is left when the terms have vanished is rounding.
        while left > 0.0 && under + over > f64::MIN_POSITIVE {
            over *= self.odds * (n - above) as f64 / (above + 1) as f64;
            above = (above + 1).min(n);
            left -= over;
            if left <= 0.0 {
                return above;
            }
            under *= below as f64 / (self.odds * (n - below + 1) as f64);
            below = below.saturating_sub(1);
            left -= under;
            if left <= 0.0 {
                return below;
            }
        }
        likeliest
    }
}

/// The natural logarithms of the factorials from 0 to `largest`.
pub(super) fn ln_factorials(largest: usize) -> Vec<f64> {
    let mut logarithm = 0.0;
    let from_one = (1..=largest).map(|number| {
        logarithm += (number as f64).ln();
        logarithm
    });
    std::iter::once(0.0).chain(from_one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_invert_the_distribution() {
        let ln_factorials = ln_factorials(12);
        let draws = Draws::new(0.3);
        let steps = 1_000_000;
        let mut counted = [0_usize; 13];
        for step in 0..steps {
            let uniform = (f64::from(step) + 0.5) / f64::from(steps);
            counted[draws.draw(12, &ln_factorials, uniform)] += 1;
        }
        let exact = |count: usize| {
            let ways = (ln_factorials[12] - ln_factorials[count] - ln_factorials[12 - count]).exp();
            ways * 0.3_f64.powi(count as i32) * 0.7_f64.powi(12 - count as i32)
        };
        for (count, &drawn) in counted.iter().enumerate() {
            let share = drawn as f64 / f64::from(steps);
            assert!(
                (share - exact(count)).abs() < 3e-6,
                "{count}: {share} beside {}",
                exact(count)
            );
        }
    }

    #[test]
    fn what_is_sure_is_drawn_always() {
        let ln_factorials = ln_factorials(5);
        for uniform in [0.0, 0.5, 1.0 - f64::EPSILON] {
            assert_eq!(Draws::new(0.0).draw(5, &ln_factorials, uniform), 0);
            assert_eq!(Draws::new(1.0).draw(5, &ln_factorials, uniform), 5);
            assert_eq!(Draws::new(0.4).draw(0, &ln_factorials, uniform), 0);
        }
    }
}
