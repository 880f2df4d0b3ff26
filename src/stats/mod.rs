//! Statistics over plain numbers: nothing here knows what was measured.

mod average;
mod interval;
mod mean;

pub use average::{Average, clustered_average, macro_average, mean_95};
pub use interval::{Interval, wilson_95};
pub use mean::{mean, standard_error};
