//! Benchmarks: items, reading them from files, keeping them in a workspace.

pub mod benchmark;
pub mod demo;
pub mod export;
pub mod import;
pub mod item;

pub use benchmark::{Added, Benchmark, BenchmarkError, Description};
pub use item::{Item, ItemError, ItemFields, ItemKey};
