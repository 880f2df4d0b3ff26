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
mod score;
mod sign_flip;

#[cfg(test)]
mod tests;

pub use average::{clustered_average, macro_average, macro_estimate, mean_95};
pub use bootstrap::{RESAMPLES, SEED};
pub use calibration::{Bin, Calibration, calibration};
pub use difference::{Cluster, Pairs, clustered_difference, exact_mcnemar};
pub use holm::holm;
pub use interval::{Estimate, Interval, clopper_pearson_95, wilson_95};
pub use mean::{mean, standard_error};
pub use score::score_difference;
pub use sign_flip::exact_sign_flip;
