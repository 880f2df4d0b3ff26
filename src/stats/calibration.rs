//! Calibration: whether what is said with 80% confidence is right 80 times in 100.

use std::num::NonZeroUsize;

use super::{Interval, wilson_95};

/// What was said with a confidence between two ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Bin {
    /// Confidence above it; in the first bin, from it.
    pub low: f64,
    /// Confidence up to it.
    pub high: f64,
    pub n: usize,
    pub right: usize,
    /// The mean confidence, from 0 to 1; absent where `n` is 0, as what follows.
    pub confidence: Option<f64>,
    /// `right / n`, from 0 to 1.
    pub accuracy: Option<f64>,
    /// The accuracy's 95% Wilson interval.
    pub interval: Option<Interval>,
}

/// How confidence and accuracy go together.
#[derive(Debug, Clone, PartialEq)]
pub struct Calibration {
    pub n: usize,
    /// The expected calibration error, from 0 to 1: how far confidence is from accuracy in a bin, over all bins by
    /// what they hold. It has no interval: chance alone moves it up, and resampling moves it up again.
    pub error: f64,
    /// The mean confidence, from 0 to 1.
    pub confidence: f64,
    /// From 0 to 1.
    pub accuracy: f64,
    /// From low to high confidence, all of one width.
    pub bins: Vec<Bin>,
}

/// Sorts confidences (from 0 to 1, each with whether it was right) into bins of equal width; `None` where there are
/// none. A confidence on the border of two bins is in the lower one, as in `sklearn.calibration.calibration_curve`.
pub fn calibration(said: impl IntoIterator<Item = (f64, bool)>, bins: NonZeroUsize) -> Option<Calibration> {
    let count = bins.get();
    let border = |place: usize| place as f64 / count as f64;
    let mut sums = vec![(0_usize, 0_usize, 0.0_f64); count];
    for (confidence, right) in said {
        let mut place = ((confidence * count as f64) as usize).min(count - 1);
        if place > 0 && confidence <= border(place) {
            place -= 1;
        }
        if let Some((n, successes, sum)) = sums.get_mut(place) {
            *n += 1;
            *successes += usize::from(right);
            *sum += confidence;
        }
    }
    let n: usize = sums.iter().map(|(n, ..)| n).sum();
    if n == 0 {
        return None;
    }
    let total = n as f64;
    let gap = |&(_, right, sum): &(usize, usize, f64)| (sum - right as f64).abs() / total;
    Some(Calibration {
        n,
        error: sums.iter().map(gap).sum(),
        confidence: sums.iter().map(|(.., sum)| sum).sum::<f64>() / total,
        accuracy: sums.iter().map(|(_, right, _)| right).sum::<usize>() as f64 / total,
        bins: sums
            .iter()
            .enumerate()
            .map(|(place, &(n, right, sum))| Bin {
                low: border(place),
                high: border(place + 1),
                n,
                right,
                confidence: (n > 0).then(|| sum / n as f64),
                accuracy: (n > 0).then(|| right as f64 / n as f64),
                interval: wilson_95(right, n),
            })
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_belong_below() {
        let bins = NonZeroUsize::new(10).unwrap();
        let said = [0.0, 0.1, 0.100_001, 0.3, 0.7, 1.0].map(|confidence| (confidence, true));
        let counted: Vec<usize> = calibration(said, bins).unwrap().bins.iter().map(|bin| bin.n).collect();
        assert_eq!(counted, [2, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
    }

    #[test]
    fn what_is_as_sure_as_right_has_no_error() {
        let bins = NonZeroUsize::new(5).unwrap();
        let said = (0..10).map(|number| (0.7, number < 7));
        let found = calibration(said, bins).unwrap();
        assert!(found.error < 1e-12 && (found.confidence - found.accuracy).abs() < 1e-12);
        assert_eq!(calibration([], bins), None);
    }
}
