//! Statistics over plain numbers: nothing here knows what was measured.

mod interval;
mod mean;

pub use interval::{Interval, wilson_95};
pub use mean::{mean, standard_error};
