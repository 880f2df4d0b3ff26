//! Polyclinic: compare medical language models across languages.
//!
//! The library holds everything; the binary only reads arguments. Modules stand on those before them:
//! [`language`] on nothing; [`benchmarks`] and `models` on it; then
//! [`prompts`], [`engine`], `scoring`, `runs`; then the command line and the window.

pub mod benchmarks;
pub mod engine;
pub mod language;
pub mod prompts;
pub mod scoring;
pub mod stats;
