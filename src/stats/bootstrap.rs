//! The bootstrap: how else a number could have come out, had other units of the same kinds been drawn.
//!
//! Units that a statistic cannot tell apart are of one kind, so drawing as many units as there are, with replacement,
//! is drawing how often each kind comes (a multinomial count): 50,000 pairs of answers are of three kinds only.
//! Intervals are of the percentile method with linear interpolation, as `scipy.stats.bootstrap(method="percentile")`
//! gives them. Draws come from ChaCha with 8 rounds and one fixed seed, so that the same units give the same interval
//! on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

use super::Interval;
use super::binomial::{Draws, ln_factorials};

/// How many resamples stand behind an interval.
pub const RESAMPLES: usize = 2000;

/// Of the random numbers of every interval.
pub const SEED: u64 = 20_261_122;

/// The share of resamples that may leave a statistic undefined.
const UNDEFINED: f64 = 0.05;

/// The 95% percentile interval of a statistic of units, given how many there are of each kind.
///
/// `statistic` is of how often each kind was drawn, in the same order. Resamples where it is undefined are left out.
/// `None` of fewer than two units, where more than one in twenty resamples leave the statistic undefined, and where all
/// resamples came out the same: an interval of no width would claim to be sure of what was only not seen.
pub(super) fn percentile_95(kinds: &[usize], mut statistic: impl FnMut(&[usize]) -> Option<f64>) -> Option<Interval> {
    let resampling = Resampling::new(kinds).filter(|resampling| resampling.units > 1)?;
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut drawn = vec![0; kinds.len()];
    let mut values: Vec<f64> = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        resampling.draw(&mut random, &mut drawn);
        values.extend(statistic(&drawn));
    }
    if ((RESAMPLES - values.len()) as f64) > UNDEFINED * RESAMPLES as f64 {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let (low, high) = (quantile(&values, 0.025)?, quantile(&values, 0.975)?);
    (low < high).then_some(Interval { low, high })
}

/// How often each kind of unit comes when as many units are drawn as there are.
struct Resampling {
    units: usize,
    /// Of every kind, among it and those after it.
    draws: Vec<Draws>,
    ln_factorials: Vec<f64>,
}

impl Resampling {
    /// `None` where there is no unit.
    fn new(kinds: &[usize]) -> Option<Self> {
        let units: usize = kinds.iter().sum();
        let mut left = units;
        let draws = kinds.iter().map(|&count| {
            let probability = if left == 0 { 0.0 } else { count as f64 / left as f64 };
            left -= count;
            Draws::new(probability)
        });
        Some(Self {
            units: Some(units).filter(|units| *units > 0)?,
            draws: draws.collect(),
            ln_factorials: ln_factorials(units),
        })
    }

    fn draw(&self, random: &mut ChaCha8Rng, drawn: &mut [usize]) {
        let mut left = self.units;
        for (draws, drawn) in self.draws.iter().zip(drawn) {
            *drawn = draws.draw(left, &self.ln_factorials, uniform(random));
            left -= *drawn;
        }
    }
}

/// Uniform from 0 to below 1, with all the digits a number has.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// The quantile of sorted values, between two of them by linear interpolation.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * (sorted.len().checked_sub(1)?) as f64;
    let below = sorted.get(place.floor() as usize)?;
    let above = sorted.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.quantile([1, 2, 4, 8, 16], [0, 0.1, 0.5, 0.9, 1])`.
    #[test]
    fn quantiles_are_numpys() {
        let found = [0.0, 0.1, 0.5, 0.9, 1.0].map(|share| quantile(&[1.0, 2.0, 4.0, 8.0, 16.0], share).unwrap());
        for (found, expected) in found.into_iter().zip([1.0, 1.4, 4.0, 12.8, 16.0]) {
            assert!((found - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn every_resample_has_as_many_units() {
        let kinds = [3, 0, 500, 1, 70];
        let resampling = Resampling::new(&kinds).unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let (mut drawn, mut sums) = ([0; 5], [0.0; 5]);
        for _ in 0..2000 {
            resampling.draw(&mut random, &mut drawn);
            assert_eq!(drawn.iter().sum::<usize>(), 574);
            for (sum, &count) in sums.iter_mut().zip(&drawn) {
                *sum += count as f64 / 2000.0;
            }
        }
        for (mean, count) in sums.into_iter().zip(kinds) {
            // Four standard errors of the mean of so many draws.
            let error = 4.0 * (count as f64 / 2000.0).sqrt();
            assert!((mean - count as f64).abs() <= error, "{mean} beside {count}");
        }
    }

    #[test]
    fn the_same_units_give_the_same_interval() {
        let share = |drawn: &[usize]| Some(drawn[0] as f64 / 100.0);
        assert_eq!(percentile_95(&[40, 60], share), percentile_95(&[40, 60], share));
        assert_eq!(percentile_95(&[1, 0], share), None);
        assert_eq!(percentile_95(&[0, 100], share), None);
        assert_eq!(percentile_95(&[], share), None);
        let often_undefined = |drawn: &[usize]| (drawn[0] > 2).then_some(1.0);
        assert_eq!(percentile_95(&[3, 60], often_undefined), None);
    }
}
