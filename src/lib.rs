//! Polyclinic: compare medical language models across languages.
//!
//! The library holds everything; the binary only reads arguments. Modules stand on those before them:
//! [`files`], [`places`], [`cancel`], [`stats`], [`quantities`] and [`language`] on nothing; [`network`] on those;
//! [`models`] and [`benchmarks`] on these;
//! then [`workspace`], [`prompts`], [`engine`], [`scoring`] and [`runs`]; then [`reviews`], [`slices`] and `charts`;
//! then the window's `app` and `ui`.
//! `tests/dependency_direction.rs` holds them to it.

#[cfg(feature = "window")]
pub mod app;
pub mod benchmarks;
pub mod cancel;
#[cfg(feature = "window")]
pub mod charts;
pub mod demo;
pub mod engine;
pub mod files;
pub mod language;
pub mod models;
pub mod network;
pub mod places;
pub mod prompts;
pub mod quantities;
pub mod reviews;
pub mod runs;
pub mod scoring;
pub mod slices;
pub mod stats;
pub mod text;
#[cfg(feature = "window")]
pub mod ui;
pub mod workspace;

/// An error and its causes in one line, for people.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        // Some errors of other crates repeat their cause in their own text.
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
