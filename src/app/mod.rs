//! The window: its state, commands, background work and look. The pages stand above it, in `ui`.

mod application;
pub mod benchmarks;
pub mod command;
pub mod compare;
mod dialog;
mod downloads;
mod endpoint_desk;
mod exchange;
pub mod figures;
pub mod inspect;
pub mod keys;
mod library;
mod loader;
pub mod measures;
pub mod models;
pub mod preview;
pub mod review;
pub mod runs;
pub mod state;
pub mod study;
pub mod theme;
mod zoom;

pub use application::{Application, Draw, OpenError, open};
pub use compare::matrix;
pub use state::{State, Task};
