//! Intervals of a proportion.

use statrs::distribution::{ContinuousCDF, Normal};

/// A closed interval of proportions, both ends from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
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
    }
}
