//! Benchmarks: items, reading them from files, keeping them in a workspace.

pub mod benchmark;
pub mod import;
pub mod item;

pub use benchmark::Benchmark;
pub use item::{Item, ItemFields, ItemKey};
