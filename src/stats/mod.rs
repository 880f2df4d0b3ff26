//! Statistics over plain numbers: nothing here knows what was measured.

pub mod agreement;
mod average;
mod binomial;
mod bootstrap;
mod calibration;
mod difference;
mod holm;
mod interval;
mod mean;

#[cfg(test)]
mod tests;

pub use average::{clustered_average, macro_average, macro_estimate, mean_95};
pub use bootstrap::{RESAMPLES, SEED};
pub use calibration::{Bin, Calibration, calibration};
pub use difference::{Cluster, Pairs, clustered_difference, exact_mcnemar, paired_difference};
pub use holm::holm;
pub use interval::{Estimate, Interval, clopper_pearson_95, wilson_95};
pub use mean::{mean, standard_error};
