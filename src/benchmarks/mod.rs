//! Benchmarks: items, reading them from files, keeping them in a workspace.

pub mod item;

pub use item::{Item, ItemKey};
