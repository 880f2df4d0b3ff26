//! Cohen's kappa.

use std::collections::BTreeMap;

use super::{Agreement, of_kinds};

/// How much it weighs when two ratings lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// Any two categories are as different as any others.
    None,
    /// By how many places they lie apart.
    Linear,
    /// By the square of that.
    Quadratic,
}

impl Weights {
    fn of(self, one: usize, other: usize) -> f64 {
        let apart = one.abs_diff(other) as f64;
        match self {
            Self::None => apart.min(1.0),
            Self::Linear => apart,
            Self::Quadratic => apart * apart,
        }
    }
}

/// Cohen's kappa of units that two raters rated, as `sklearn.metrics.cohen_kappa_score`: 1 less the disagreement there
/// is by the disagreement that chance would give. `None` where both always use the same one category, or where there is
/// no unit.
pub fn kappa(units: &[(usize, usize)], weights: Weights) -> Option<Agreement> {
    let mut kinds: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for unit in units {
        *kinds.entry(*unit).or_default() += 1;
    }
    let categories = units.iter().map(|&(one, other)| one.max(other) + 1).max()?;
    let counts: Vec<usize> = kinds.values().copied().collect();
    of_kinds(&counts, |counts| {
        let (mut ones, mut others) = (vec![0_usize; categories], vec![0_usize; categories]);
        let mut observed = 0.0;
        for (&(one, other), &count) in kinds.keys().zip(counts) {
            observed += weights.of(one, other) * count as f64;
            if let (Some(one), Some(other)) = (ones.get_mut(one), others.get_mut(other)) {
                *one += count;
                *other += count;
            }
        }
        let mut by_chance = 0.0;
        for (one, &first) in ones.iter().enumerate() {
            for (other, &second) in others.iter().enumerate() {
                by_chance += weights.of(one, other) * (first * second) as f64;
            }
        }
        let units = counts.iter().sum::<usize>() as f64;
        (by_chance > 0.0).then(|| 1.0 - observed * units / by_chance)
    })
}
