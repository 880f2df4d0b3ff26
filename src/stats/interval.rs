//! Numbers and the intervals they lie in.

use statrs::distribution::{ContinuousCDF, Normal};

use super::binomial::lower_tail;

/// A closed interval: of proportions from 0 to 1, of differences and agreement from −1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Whether a value lies within it, its ends included.
    pub fn holds(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }
}

/// A number with the interval that it lies in with 95% confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub interval: Interval,
}

impl Estimate {
    /// The same of the other side: what was higher is lower by as much.
    pub(super) fn mirrored(self) -> Self {
        let Interval { low, high } = self.interval;
        Self {
            value: -self.value,
            interval: Interval { low: -high, high: -low },
        }
    }

    /// Of two sides with the same counts, which chance alone drew apart: as far up as down.
    pub(super) fn levelled(self) -> Self {
        let half = (self.interval.high - self.interval.low) / 2.0;
        let interval = Interval { low: -half, high: half };
        Self { interval, ..self }
    }
}

/// How many standard deviations to either side hold 95% of a normal distribution.
pub(super) fn two_sided_95() -> f64 {
    Normal::standard().inverse_cdf(0.975)
}

/// The 95% Wilson score interval of `successes` out of `n`: right for small `n` and near 0 and 1,
/// where the usual normal interval leaves the unit range. `None` where `n` is 0.
pub fn wilson_95(successes: usize, n: usize) -> Option<Interval> {
    if n == 0 {
        return None;
    }
    let z = two_sided_95();
    let count = n as f64;
    let proportion = successes as f64 / count;
    let denominator = 1.0 + z * z / count;
    let centre = (proportion + z * z / (2.0 * count)) / denominator;
    let spread = proportion * (1.0 - proportion) / count + z * z / (4.0 * count * count);
    let half_width = z / denominator * spread.max(0.0).sqrt();
    // Rounding may leave a trace of 1e-17 outside.
    Some(Interval {
        low: (centre - half_width).max(0.0),
        high: (centre + half_width).min(1.0),
    })
}

/// The 95% Clopper-Pearson interval of `successes` out of `n`, which holds the true proportion at least so often for
/// every `n`, and is wider for it. `None` where `n` is 0.
pub fn clopper_pearson_95(successes: usize, n: usize) -> Option<Interval> {
    let failures = n.checked_sub(successes).filter(|_| n > 0)?;
    Some(Interval {
        low: 1.0 - highest_compatible(failures, n),
        high: highest_compatible(successes, n),
    })
}

/// The probability under which at most so many successes come 25 times in 1000.
fn highest_compatible(successes: usize, n: usize) -> f64 {
    let (mut low, mut high) = (successes as f64 / n as f64, 1.0);
    if successes == n {
        return 1.0;
    }
    // Halved until the ends are the nearest numbers there are.
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return middle;
        }
        if lower_tail(successes, n, middle) > 0.025 {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `statsmodels.stats.proportion.proportion_confint(right, n, method="wilson")`.
    #[test]
    fn agrees_with_statsmodels() {
        let golden = [
            (0, 10, 0.0, 0.277_532_8),
            (5, 10, 0.236_593_1, 0.763_406_9),
            (48, 48, 0.925_899_9, 1.0),
            (761, 1273, 0.570_609_2, 0.624_403_3),
        ];
        for (right, n, low, high) in golden {
            let interval = wilson_95(right, n).unwrap();
            assert!((interval.low - low).abs() < 1e-6, "{right}/{n}: {interval:?}");
            assert!((interval.high - high).abs() < 1e-6, "{right}/{n}: {interval:?}");
        }
    }

    #[test]
    fn nothing_measured_has_no_interval() {
        assert_eq!(wilson_95(0, 0), None);
        assert_eq!(clopper_pearson_95(0, 0), None);
        assert_eq!(clopper_pearson_95(2, 1), None);
    }
}
