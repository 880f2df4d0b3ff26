//! Means and how sure they are.

/// The mean of values, `None` where there are none.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The standard error of the mean: the standard deviation of the sample (n - 1) by the root of n. `None` of fewer than two.
pub fn standard_error(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let deviation = (squares / (values.len() - 1) as f64).sqrt();
    Some(deviation / (values.len() as f64).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with `mean` and `mean_stderr` of lm_eval 0.4.13.
    #[test]
    fn agrees_with_lm_evaluation_harness() {
        let values = |right: usize, n: usize| -> Vec<f64> { (0..n).map(|i| f64::from(u8::from(i < right))).collect() };
        let golden = [
            (1, 2, 0.5, 0.5),
            (0, 5, 0.0, 0.0),
            (49, 200, 0.245, 0.030488073292114292),
            (761, 1273, 0.5978004713275726, 0.013748500999140002),
            (57, 168, 0.3392857142857143, 0.03663796976562679),
        ];
        for (right, n, expected_mean, expected_error) in golden {
            assert_eq!(mean(&values(right, n)), Some(expected_mean));
            assert_eq!(standard_error(&values(right, n)), Some(expected_error));
        }
    }

    #[test]
    fn one_value_has_no_error_and_none_has_no_mean() {
        assert_eq!(mean(&[]), None);
        assert_eq!(standard_error(&[1.0]), None);
    }
}
