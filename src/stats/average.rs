//! Averages: of proportions that each weigh the same, and of numbers.

use std::collections::BTreeMap;

use super::interval::{two_sided_95, wilson_95};
use super::mean::{mean, standard_error};
use super::{Estimate, Interval};

/// A proportion with the 95% interval that a standard error gives it.
fn around(value: f64, standard_error: f64) -> Estimate {
    let half_width = two_sided_95() * standard_error;
    let interval = Interval {
        low: (value - half_width).max(0.0),
        high: (value + half_width).min(1.0),
    };
    Estimate { value, interval }
}

/// The average of proportions `(successes, n)` that all weigh the same, however many each stands on.
///
/// The interval is recovered from each proportion's own Wilson interval ([`macro_estimate`]), so that groups of few
/// items, or with all or none right, widen it as they should. `None` where there is no group or one is empty.
pub fn macro_average(groups: &[(usize, usize)]) -> Option<Estimate> {
    let estimates = groups.iter().map(|&(successes, n)| {
        Some(Estimate {
            value: successes as f64 / n as f64,
            interval: wilson_95(successes, n)?,
        })
    });
    let found = macro_estimate(&estimates.collect::<Option<Vec<_>>>()?)?;
    let interval = Interval {
        low: found.interval.low.max(0.0),
        high: found.interval.high.min(1.0),
    };
    Some(Estimate { interval, ..found })
}

/// The average of estimates that all weigh the same and are independent of each other, with an interval recovered from
/// theirs (Zou and Donner's MOVER). `None` where there is none.
pub fn macro_estimate(estimates: &[Estimate]) -> Option<Estimate> {
    let count = estimates.len() as f64;
    let (mut value, mut below, mut above) = (0.0, 0.0, 0.0);
    for Estimate { value: own, interval } in estimates {
        value += own / count;
        below += ((own - interval.low) / count).powi(2);
        above += ((interval.high - own) / count).powi(2);
    }
    let interval = Interval {
        low: value - below.sqrt(),
        high: value + above.sqrt(),
    };
    (!estimates.is_empty()).then_some(Estimate { value, interval })
}

/// As [`macro_average`] where groups share clusters, such as languages that ask the same questions: a group is the
/// clusters of its members, each with whether it succeeded.
///
/// The interval is that of the linearized mean of clusters, so that what they share is not counted as new evidence.
/// `None` where there is no group, one is empty, or all together have fewer than two clusters.
pub fn clustered_average<K: Ord + Copy>(groups: &[Vec<(K, bool)>]) -> Option<Estimate> {
    let count = groups.len() as f64;
    let mut value = 0.0;
    let mut deviations: BTreeMap<K, f64> = BTreeMap::new();
    for group in groups {
        let successes = group.iter().filter(|(_, success)| *success).count();
        let n = (!group.is_empty()).then_some(group.len() as f64)?;
        let proportion = successes as f64 / n;
        value += proportion / count;
        for (cluster, success) in group {
            let deviation = f64::from(u8::from(*success)) - proportion;
            *deviations.entry(*cluster).or_default() += deviation / (count * n);
        }
    }
    let clusters = deviations.len() as f64;
    if clusters < 2.0 {
        return None;
    }
    let squares: f64 = deviations.values().map(|deviation| deviation.powi(2)).sum();
    Some(around(value, (squares * clusters / (clusters - 1.0)).sqrt()))
}

/// The mean of numbers from 0 to 1 and its 95% interval, from the standard error as the field reckons it: sample
/// deviation by the root of the count. `None` of fewer than two.
pub fn mean_95(values: &[f64]) -> Option<Estimate> {
    Some(around(mean(values)?, standard_error(values)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with statsmodels' Wilson intervals put together as the formula says, in numpy.
    #[test]
    fn groups_weigh_the_same_and_keep_their_doubt() {
        let average = macro_average(&[(9, 10), (50, 100)]).unwrap();
        assert!((average.value - 0.7).abs() < 1e-12);
        assert!((average.interval.low - 0.540_504_221_6).abs() < 1e-6, "{average:?}");
        assert!((average.interval.high - 0.763_231_105_7).abs() < 1e-6, "{average:?}");
        let one = macro_average(&[(761, 1273)]).unwrap();
        let wilson = wilson_95(761, 1273).unwrap();
        assert!((one.interval.low - wilson.low).abs() < 1e-12 && (one.interval.high - wilson.high).abs() < 1e-12);
        let all_right = macro_average(&[(4, 4), (4, 4)]).unwrap();
        assert!(
            all_right.interval.low < 0.8 && all_right.interval.high == 1.0,
            "{all_right:?}"
        );
    }

    #[test]
    fn what_groups_share_is_counted_once() {
        let names: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        let group: Vec<(&str, bool)> = names
            .iter()
            .zip(0..)
            .map(|(name, number)| (name.as_str(), number % 4 == 0))
            .collect();
        let once = clustered_average(std::slice::from_ref(&group)).unwrap();
        let values: Vec<f64> = group.iter().map(|(_, success)| f64::from(u8::from(*success))).collect();
        let mean = mean_95(&values).unwrap();
        assert!((once.value - mean.value).abs() < 1e-12 && (once.interval.low - mean.interval.low).abs() < 1e-12);
        // The same answers in three languages say no more than in one.
        let thrice = clustered_average(&[group.clone(), group.clone(), group]).unwrap();
        assert!((thrice.interval.high - once.interval.high).abs() < 1e-12, "{thrice:?}");
        assert_eq!(clustered_average(&[vec![("1", true)]]), None);
    }

    /// `(-0.2 + 0.1) / 2`, and half the root of the summed squares of the halves' widths, by hand.
    #[test]
    fn differences_are_averaged_with_their_doubt() {
        let estimate = |value, low, high| Estimate {
            value,
            interval: Interval { low, high },
        };
        let found = macro_estimate(&[estimate(-0.2, -0.5, -0.1), estimate(0.1, -0.3, 0.2)]).unwrap();
        assert!((found.value + 0.05).abs() < 1e-12);
        assert!((found.interval.low - (-0.05 - 0.25)).abs() < 1e-12, "{found:?}");
        assert!(
            (found.interval.high - (-0.05 + 0.02_f64.sqrt() / 2.0)).abs() < 1e-12,
            "{found:?}"
        );
        assert_eq!(macro_estimate(&[]), None);
    }

    #[test]
    fn an_average_of_nothing_is_none() {
        assert_eq!(macro_average(&[]), None);
        assert_eq!(macro_average(&[(1, 2), (0, 0)]), None);
        assert_eq!(mean_95(&[1.0]), None);
    }

    /// `numpy.mean`, and `scipy.stats.norm.interval(0.95, mean, scipy.stats.sem(values))`.
    #[test]
    fn a_mean_agrees_with_scipy() {
        let mean = mean_95(&[0.0, 0.5, 1.0, 1.0, 0.25]).unwrap();
        assert!((mean.value - 0.55).abs() < 1e-12);
        assert!((mean.interval.low - 0.158_007_203_1).abs() < 1e-9, "{mean:?}");
        assert!((mean.interval.high - 0.941_992_796_9).abs() < 1e-6, "{mean:?}");
    }
}
