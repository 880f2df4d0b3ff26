//! From a backend's scores to answers and outcomes.

mod answer;
pub mod letters;

pub use answer::{Answer, Outcome};
