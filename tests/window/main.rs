//! The window, driven through its accessibility tree and looked at in pictures.
#![cfg(feature = "window")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail by panicking and say what they skip"
)]

mod accessibility;
mod downloads;
mod endpoints;
mod hidden;
mod menus;
mod mirrored;
mod models;
mod pages;
mod pictures;
mod search;
mod sending;
mod support;
#[path = "../support/tiny_model.rs"]
mod tiny_model;
mod zoom;
