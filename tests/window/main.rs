//! The window, driven through its accessibility tree and looked at in pictures.
#![cfg(feature = "window")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail by panicking and say what they skip"
)]

mod accessibility;
mod benchmark_pictures;
mod benchmarks;
mod blind;
mod by_keys;
mod card;
mod compare;
mod compare_pictures;
mod downloads;
mod dropped;
mod endpoints;
mod exchange;
mod figures;
mod filters;
mod getting;
mod hidden;
#[path = "../downloads/server.rs"]
#[expect(dead_code, reason = "the window needs only a hub that behaves")]
mod hub;
mod keys;
mod little;
mod measures;
mod menus;
mod mirrored;
mod models;
mod opening;
mod pages;
mod pictures;
mod protocols;
mod replies;
mod reviews;
mod search;
mod sending;
mod slices;
#[path = "../support/spreadsheet.rs"]
mod spreadsheet;
mod stops;
mod stranger;
mod support;
#[path = "../support/tiny_model.rs"]
mod tiny_model;
mod zoom;
