//! Agreement: how far raters say the same of the same units. Ratings are places in a list of categories, from 0;
//! where categories are ordered, their places are.
//!
//! Intervals come from resampling units ([`super::bootstrap`]).

mod alpha;
mod kappa;

use std::collections::BTreeMap;

pub use alpha::{Level, alpha};
pub use kappa::{Weights, kappa};

use super::Interval;
use super::bootstrap::percentile_95;

/// How far raters agree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// 1 where they always agree; for kappa and alpha 0 where they agree as often as chance would have it.
    pub value: f64,
    /// The 95% interval; absent where resamples too often left nothing to disagree on.
    pub interval: Option<Interval>,
    /// Units that two raters or more have rated.
    pub units: usize,
}

/// How often two raters of a unit say the same, over all pairs of ratings of all units, from 0 to 1; what a rater left
/// out is `None`. `None` where no unit has two ratings.
pub fn percent(units: &[Vec<Option<usize>>]) -> Option<Agreement> {
    let mut kinds: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for unit in units {
        let ratings: Vec<usize> = unit.iter().flatten().copied().collect();
        let pairs = ratings.len() * ratings.len().saturating_sub(1) / 2;
        let same = |(place, one): (usize, &usize)| ratings.iter().skip(place + 1).filter(|other| *other == one).count();
        if pairs > 0 {
            *kinds
                .entry((ratings.iter().enumerate().map(same).sum(), pairs))
                .or_default() += 1;
        }
    }
    let counts: Vec<usize> = kinds.values().copied().collect();
    of_kinds(&counts, |counts| {
        let (mut same, mut pairs) = (0, 0);
        for ((same_here, pairs_here), count) in kinds.keys().zip(counts) {
            same += same_here * count;
            pairs += pairs_here * count;
        }
        (pairs > 0).then(|| same as f64 / pairs as f64)
    })
}

/// A statistic of units, given how many there are of each kind; `None` where it is undefined.
fn of_kinds(counts: &[usize], statistic: impl Fn(&[usize]) -> Option<f64>) -> Option<Agreement> {
    Some(Agreement {
        value: statistic(counts)?,
        interval: percentile_95(counts, &statistic),
        units: counts.iter().sum(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_units_with_two_ratings_count() {
        let units = [
            vec![Some(1), Some(1), None],
            vec![Some(0), None, None],
            vec![Some(0), Some(1), Some(1)],
        ];
        let found = percent(&units).unwrap();
        assert_eq!((found.value, found.units), (0.5, 2));
        assert_eq!(percent(&[vec![None, Some(2)]]), None);
        assert_eq!(alpha(&[vec![None, Some(2)]], Level::Nominal), None);
    }

    #[test]
    fn one_category_alone_says_nothing_beyond_chance() {
        assert_eq!(kappa(&[(1, 1), (1, 1)], Weights::None), None);
        assert_eq!(alpha(&[vec![Some(1), Some(1)]], Level::Ordinal), None);
        // Most resamples have the one category only.
        let rare = kappa(&[(0, 0), (0, 0), (0, 0), (0, 1)], Weights::None).unwrap();
        assert_eq!(rare.interval, None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn raters_who_agree_have_one(ratings in prop::collection::vec(0_usize..4, 2..60)) {
            let pairs: Vec<(usize, usize)> = ratings.iter().map(|&rating| (rating, rating)).collect();
            let units: Vec<Vec<Option<usize>>> = ratings.iter().map(|&rating| vec![Some(rating); 3]).collect();
            let several = ratings.iter().any(|rating| Some(rating) != ratings.first());
            prop_assert_eq!(percent(&units).map(|found| found.value), Some(1.0));
            for weights in [Weights::None, Weights::Linear, Weights::Quadratic] {
                prop_assert_eq!(kappa(&pairs, weights).map(|found| found.value), several.then_some(1.0));
            }
            for level in [Level::Nominal, Level::Ordinal] {
                prop_assert_eq!(alpha(&units, level).map(|found| found.value), several.then_some(1.0));
            }
        }

        #[test]
        fn the_order_of_raters_does_not_matter(pairs in prop::collection::vec((0_usize..3, 0_usize..3), 2..40)) {
            let swapped: Vec<(usize, usize)> = pairs.iter().map(|&(one, other)| (other, one)).collect();
            let value = |pairs: &[(usize, usize)]| kappa(pairs, Weights::Linear).map(|found| found.value);
            match (value(&pairs), value(&swapped)) {
                (Some(one), Some(other)) => prop_assert!((one - other).abs() < 1e-12),
                (one, other) => prop_assert_eq!(one, other),
            }
        }
    }
}
