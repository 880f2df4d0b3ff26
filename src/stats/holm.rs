//! Several tests at once: p-values that count how many there were.

/// The p-values adjusted by Holm's step-down method, in the order given: below 0.05 after it, they hold together with
/// 95% confidence. As `statsmodels.stats.multitest.multipletests(method="holm")`.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p_values.iter().copied().enumerate().collect();
    order.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut highest = 0.0_f64;
    for (rank, (place, p_value)) in order.into_iter().enumerate() {
        highest = highest.max(p_value * (p_values.len() - rank) as f64).min(1.0);
        if let Some(adjusted) = adjusted.get_mut(place) {
            *adjusted = highest;
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn adjusted_values_keep_their_order(p_values in prop::collection::vec(0.0_f64..=1.0, 0..30)) {
            let adjusted = holm(&p_values);
            for (one, first) in p_values.iter().zip(&adjusted) {
                prop_assert!(first >= one && *first <= 1.0);
                for (other, second) in p_values.iter().zip(&adjusted) {
                    prop_assert!(one > other || first <= second);
                }
            }
        }
    }
}
