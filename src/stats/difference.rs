//! The difference between two proportions that stand on the same units, and whether it is more than chance.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::Estimate;
use super::binomial::lower_tail;
use super::bootstrap::percentile_95;

/// How pairs came out: whether the first of two succeeded and whether the second did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pairs {
    pub both: usize,
    pub only_first: usize,
    pub only_second: usize,
    pub neither: usize,
}

impl Pairs {
    /// Counts one more pair.
    pub fn add(&mut self, first: bool, second: bool) {
        let kind = match (first, second) {
            (true, true) => &mut self.both,
            (true, false) => &mut self.only_first,
            (false, true) => &mut self.only_second,
            (false, false) => &mut self.neither,
        };
        *kind += 1;
    }

    /// How many there are.
    pub fn n(&self) -> usize {
        self.both + self.only_first + self.only_second + self.neither
    }

    /// The first proportion less the second, from −1 to 1; `None` where there is no pair.
    pub fn difference(&self) -> Option<f64> {
        (self.n() > 0).then(|| (self.only_first as f64 - self.only_second as f64) / self.n() as f64)
    }

    /// How many came out otherwise than most did: for the better, for the worse, or the same for both. Of few of them
    /// resampling knows too little: of none all resamples are the same.
    pub fn odd_ones(&self) -> usize {
        let same = self.both + self.neither;
        self.n() - same.max(self.only_first).max(self.only_second)
    }
}

/// The p-value of the exact McNemar test, two-sided: were first and second equally likely to be the one that succeeds
/// alone, how likely is a split at least so uneven. As `statsmodels.stats.contingency_tables.mcnemar(exact=True)`.
///
/// It takes pairs for independent; where they come in clusters it is too small ([`super::exact_sign_flip`]).
pub fn exact_mcnemar(pairs: Pairs) -> f64 {
    let (fewer, more) = (
        pairs.only_first.min(pairs.only_second),
        pairs.only_first.max(pairs.only_second),
    );
    if fewer == more {
        return 1.0;
    }
    (2.0 * lower_tail(fewer, fewer + more, 0.5)).min(1.0)
}

/// Pairs that belong together, such as questions about one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cluster {
    /// Pairs where only the first succeeded, less those where only the second did.
    pub sum: i64,
    /// How many pairs it has.
    pub pairs: usize,
}

/// The difference over all pairs with its 95% interval, of clusters resampled whole ([`super::bootstrap`]).
/// Turning all clusters round mirrors it. `None` of fewer than two clusters with pairs, and where all have the same
/// difference.
pub fn clustered_difference(clusters: impl IntoIterator<Item = Cluster>) -> Option<Estimate> {
    let mut kinds: BTreeMap<Cluster, usize> = BTreeMap::new();
    for cluster in clusters.into_iter().filter(|cluster| cluster.pairs > 0) {
        *kinds.entry(cluster).or_default() += 1;
    }
    // Kinds are drawn in their order, so that the two sides of one comparison would be drawn differently: whether its
    // interval holds 0 would hang on who is named first. Both are drawn as the greater of the two.
    let turn = |(cluster, count): (&Cluster, &usize)| {
        let (sum, pairs) = (-cluster.sum, cluster.pairs);
        (Cluster { sum, pairs }, *count)
    };
    let turned: BTreeMap<Cluster, usize> = kinds.iter().map(turn).collect();
    match turned.cmp(&kinds) {
        Ordering::Less => difference_of_kinds(&kinds),
        Ordering::Equal => difference_of_kinds(&kinds).map(Estimate::levelled),
        Ordering::Greater => difference_of_kinds(&turned).map(Estimate::mirrored),
    }
}

fn difference_of_kinds(kinds: &BTreeMap<Cluster, usize>) -> Option<Estimate> {
    let counts: Vec<usize> = kinds.values().copied().collect();
    // Gone through for every draw, which a list is faster at than a map.
    let clusters: Vec<Cluster> = kinds.keys().copied().collect();
    let mean = |counts: &[usize]| {
        let (mut sum, mut pairs) = (0.0, 0.0);
        for (cluster, &count) in clusters.iter().zip(counts) {
            sum += cluster.sum as f64 * count as f64;
            pairs += (cluster.pairs * count) as f64;
        }
        (pairs > 0.0).then(|| sum / pairs)
    };
    let interval = percentile_95(&counts, mean)?;
    let value = mean(&counts)?;
    Some(Estimate { value, interval })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::tests::pairs;

    #[test]
    fn nothing_is_said_of_no_pairs() {
        assert_eq!(clustered_difference([]), None);
        assert_eq!(clustered_difference([Cluster { sum: 1, pairs: 1 }]), None);
        assert_eq!(exact_mcnemar(pairs([7, 0, 0, 3])), 1.0);
    }

    #[test]
    fn clusters_that_are_all_alike_have_no_interval() {
        for sum in [0, 2] {
            let clusters = std::iter::repeat_n(Cluster { sum, pairs: 3 }, 16);
            assert_eq!(clustered_difference(clusters), None);
        }
    }

    #[test]
    fn the_odd_ones_are_those_unlike_most() {
        assert_eq!(pairs([20, 2, 1, 25]).odd_ones(), 3);
        assert_eq!(pairs([2, 40, 1, 3]).odd_ones(), 6);
        assert_eq!(pairs([0, 0, 7, 0]).odd_ones(), 0);
    }

    #[test]
    fn pairs_are_counted_by_kind() {
        let mut counted = Pairs::default();
        for (first, second) in [
            (true, true),
            (true, false),
            (true, false),
            (false, true),
            (false, false),
        ] {
            counted.add(first, second);
        }
        assert_eq!(counted, pairs([1, 2, 1, 1]));
        assert_eq!(counted.difference(), Some(0.2));
    }

    #[test]
    fn what_a_cluster_shares_is_no_new_evidence() {
        let of = |pairs: usize| {
            let sums = std::iter::repeat_n(1, 14)
                .chain(std::iter::repeat_n(-1, 6))
                .chain(std::iter::repeat_n(0, 80));
            clustered_difference(sums.map(|sum| Cluster {
                sum: sum * pairs as i64,
                pairs,
            }))
            .unwrap()
        };
        let (alone, thrice) = (of(1), of(3));
        assert!((thrice.value - alone.value).abs() < 1e-12);
        let width = |estimate: Estimate| estimate.interval.high - estimate.interval.low;
        assert!((width(thrice) / width(alone) - 1.0).abs() < 0.1, "{thrice:?} {alone:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn swapping_mirrors(both in 0_usize..200, first in 0_usize..80, second in 0_usize..80, neither in 0_usize..200) {
            let (here, there) = (pairs([both, first, second, neither]), pairs([both, second, first, neither]));
            prop_assert_eq!(exact_mcnemar(here), exact_mcnemar(there));
            prop_assert!((0.0..=1.0).contains(&exact_mcnemar(here)));
        }

        #[test]
        fn turning_clusters_round_mirrors(clusters in proptest::collection::vec((-4_i64..=4, 4_usize..7), 2..80)) {
            let of = |sign: i64| clusters.iter().map(move |&(sum, pairs)| Cluster { sum: sign * sum, pairs });
            prop_assert_eq!(clustered_difference(of(1)), clustered_difference(of(-1)).map(Estimate::mirrored));
        }
    }
}
