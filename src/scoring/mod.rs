//! From a backend's scores and replies to answers and outcomes.

mod answer;
pub mod likelihood;
pub mod written;

pub use answer::{Answer, Asked, Outcome, Reply, ReplyEnding};
