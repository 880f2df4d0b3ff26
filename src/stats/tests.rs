//! Our numbers beside those that `tests/golden/make_statistics.py` recorded of scipy, statsmodels, scikit-learn and
//! krippendorff.

use std::num::NonZeroUsize;
use std::sync::LazyLock;

use serde::Deserialize;

use super::agreement::{Agreement, Level, Weights, alpha, kappa, percent};
use super::*;

#[derive(Deserialize)]
struct Golden {
    proportions: Vec<Proportion>,
    mcnemars: Vec<McNemar>,
    holms: Vec<Holm>,
    scores: Vec<Score>,
    sign_flips: Vec<SignFlip>,
    paired_bootstraps: Vec<PairedBootstrap>,
    clustered_bootstraps: Vec<ClusteredBootstrap>,
    kappas: Vec<Kappa>,
    alphas: Vec<Alpha>,
    calibrations: Vec<Calibrated>,
}

static GOLDEN: LazyLock<Golden> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../tests/golden/statistics.json")).unwrap());

/// What the reference's own bootstrap gives.
#[derive(Deserialize)]
struct Simulated {
    value: f64,
    interval: [f64; 2],
    /// The standard deviation of the ends of intervals of as many resamples as ours.
    deviation: [f64; 2],
}

impl Simulated {
    /// Ours is one more draw of 2000 resamples, so its ends lie within four deviations; where values come in steps,
    /// an end may also fall on the next.
    fn check(&self, value: f64, interval: Interval, step: f64) {
        near(value, self.value);
        for ((ours, theirs), deviation) in [interval.low, interval.high]
            .into_iter()
            .zip(self.interval)
            .zip(self.deviation)
        {
            let tolerance = (4.0 * deviation).max(step * 1.001);
            assert!(
                (ours - theirs).abs() <= tolerance,
                "{interval:?} beside {:?}, {tolerance}",
                self.interval
            );
        }
    }
}

fn near(ours: f64, theirs: f64) {
    assert!((ours - theirs).abs() < 1e-9, "{ours} beside {theirs}");
}

#[derive(Deserialize)]
struct Proportion {
    successes: usize,
    n: usize,
    wilson: [f64; 2],
    clopper_pearson: [f64; 2],
}

#[test]
fn intervals_of_proportions_are_statsmodels() {
    for case in &GOLDEN.proportions {
        for (ours, theirs) in [
            (wilson_95(case.successes, case.n), case.wilson),
            (clopper_pearson_95(case.successes, case.n), case.clopper_pearson),
        ] {
            let ours = ours.unwrap();
            near(ours.low, theirs[0]);
            near(ours.high, theirs[1]);
        }
    }
}

#[derive(Deserialize)]
struct McNemar {
    pairs: [usize; 4],
    p: f64,
}

pub(super) fn pairs([both, only_first, only_second, neither]: [usize; 4]) -> Pairs {
    Pairs {
        both,
        only_first,
        only_second,
        neither,
    }
}

#[test]
fn the_exact_mcnemar_test_is_statsmodels() {
    for case in &GOLDEN.mcnemars {
        let ours = exact_mcnemar(pairs(case.pairs));
        near(ours, case.p);
        assert!((ours - case.p).abs() <= 1e-8 * case.p, "{ours} beside {}", case.p);
    }
}

#[derive(Deserialize)]
struct Score {
    pairs: [usize; 4],
    interval: [f64; 2],
}

#[test]
fn score_intervals_are_those_of_the_likelihood() {
    for case in &GOLDEN.scores {
        let ours = score_difference(pairs(case.pairs)).unwrap();
        near(ours.interval.low, case.interval[0]);
        near(ours.interval.high, case.interval[1]);
    }
}

#[derive(Deserialize)]
struct SignFlip {
    sums: Vec<i64>,
    p: f64,
}

#[test]
fn sign_flips_are_scipys() {
    for case in &GOLDEN.sign_flips {
        let ours = exact_sign_flip(case.sums.iter().copied());
        near(ours, case.p);
        assert!((ours - case.p).abs() <= 1e-8 * case.p, "{ours} beside {}", case.p);
    }
}

#[derive(Deserialize)]
struct Holm {
    p: Vec<f64>,
    holm: Vec<f64>,
}

#[test]
fn holms_adjustment_is_statsmodels() {
    for case in &GOLDEN.holms {
        let ours = holm(&case.p);
        assert_eq!(ours.len(), case.holm.len());
        ours.iter()
            .zip(&case.holm)
            .for_each(|(ours, theirs)| near(*ours, *theirs));
    }
}

#[derive(Deserialize)]
struct PairedBootstrap {
    pairs: [usize; 4],
    #[serde(flatten)]
    simulated: Simulated,
}

#[test]
fn paired_differences_are_scipys_within_simulation_error() {
    for case in &GOLDEN.paired_bootstraps {
        let counted = pairs(case.pairs);
        let kinds = [
            (1, counted.only_first),
            (-1, counted.only_second),
            (0, counted.both + counted.neither),
        ];
        let alone = |(sum, count)| std::iter::repeat_n(Cluster { sum, pairs: 1 }, count);
        let ours = clustered_difference(kinds.into_iter().flat_map(alone)).unwrap();
        case.simulated
            .check(ours.value, ours.interval, 1.0 / counted.n() as f64);
    }
}

#[derive(Deserialize)]
struct ClusteredBootstrap {
    clusters: Vec<(i64, usize)>,
    #[serde(flatten)]
    simulated: Simulated,
}

#[test]
fn clustered_differences_are_scipys_within_simulation_error() {
    for case in &GOLDEN.clustered_bootstraps {
        let clusters = case.clusters.iter().map(|&(sum, pairs)| Cluster { sum, pairs });
        let ours = clustered_difference(clusters).unwrap();
        case.simulated.check(ours.value, ours.interval, 0.0);
    }
}

fn check(simulated: &Simulated, ours: Agreement, step: f64) {
    simulated.check(ours.value, ours.interval.unwrap(), step);
}

#[derive(Deserialize)]
struct Kappa {
    units: Vec<(usize, usize)>,
    weights: String,
    #[serde(flatten)]
    simulated: Simulated,
}

#[test]
fn kappa_and_percent_are_scikit_learns() {
    for case in &GOLDEN.kappas {
        let weights = match case.weights.as_str() {
            "none" => Weights::None,
            "linear" => Weights::Linear,
            "quadratic" => Weights::Quadratic,
            "percent" => {
                let units: Vec<_> = case
                    .units
                    .iter()
                    .map(|&(one, other)| vec![Some(one), Some(other)])
                    .collect();
                check(&case.simulated, percent(&units).unwrap(), 1.0 / units.len() as f64);
                continue;
            }
            other => panic!("{other}"),
        };
        check(&case.simulated, kappa(&case.units, weights).unwrap(), 0.0);
    }
}

#[derive(Deserialize)]
struct Alpha {
    units: Vec<Vec<Option<usize>>>,
    level: String,
    #[serde(flatten)]
    simulated: Simulated,
}

#[test]
fn alpha_is_krippendorffs() {
    for case in &GOLDEN.alphas {
        let level = match case.level.as_str() {
            "nominal" => Level::Nominal,
            "ordinal" => Level::Ordinal,
            other => panic!("{other}"),
        };
        check(&case.simulated, alpha(&case.units, level).unwrap(), 0.0);
    }
}

#[derive(Deserialize)]
struct Calibrated {
    confidence: Vec<f64>,
    right: Vec<bool>,
    bins: NonZeroUsize,
    counts: Vec<usize>,
    accuracies: Vec<f64>,
    confidences: Vec<f64>,
    error: f64,
}

#[test]
fn bins_of_calibration_are_scikit_learns() {
    for case in &GOLDEN.calibrations {
        let said = case.confidence.iter().copied().zip(case.right.iter().copied());
        let ours = calibration(said, case.bins).unwrap();
        near(ours.error, case.error);
        let counts: Vec<usize> = ours.bins.iter().map(|bin| bin.n).collect();
        assert_eq!(counts, case.counts);
        let filled: Vec<&Bin> = ours.bins.iter().filter(|bin| bin.n > 0).collect();
        assert_eq!(filled.len(), case.accuracies.len());
        for ((bin, accuracy), confidence) in filled.into_iter().zip(&case.accuracies).zip(&case.confidences) {
            near(bin.accuracy.unwrap(), *accuracy);
            near(bin.confidence.unwrap(), *confidence);
            assert_eq!(bin.interval, wilson_95(bin.right, bin.n));
        }
    }
}
