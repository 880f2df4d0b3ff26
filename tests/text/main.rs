//! Layout against what others define: Unicode's own test files, a browser, and any text at all.
#![cfg(feature = "window")]
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "tests fail by panicking and say what they skip"
)]

mod bidi;
mod browser;
mod coverage;
mod pictures;
mod properties;

use polyclinic::text::controls::Controls;
use polyclinic::text::layout::Engine;
use polyclinic::text::raster::Faces;
use polyclinic::text::{Fallback, TextStyle, Weight};

/// With the bundled fonts only, so that every machine lays out the same.
fn engine() -> Engine {
    Engine::new(Fallback::None, Faces::default())
}

/// Reading size; `tag` as in BCP 47.
fn style(tag: Option<&str>) -> TextStyle {
    TextStyle {
        size: 16.0,
        line_height: 26.0,
        weight: Weight::Regular,
        language: tag.map(|tag| tag.parse().unwrap()),
        controls: Controls::Obeyed,
        pitch: Default::default(),
    }
}
