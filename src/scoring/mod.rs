//! From a backend's scores to answers and outcomes.

mod answer;

pub use answer::{Answer, Outcome};
