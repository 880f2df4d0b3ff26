//! Statistics over plain numbers: nothing here knows what was measured.

mod interval;

pub use interval::{Interval, wilson_95};
