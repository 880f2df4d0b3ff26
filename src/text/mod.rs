//! Text of any script, laid out right and drawn by egui.
//!
//! egui shapes text but does not reorder it: Arabic words would run from left to right and digits
//! come out reversed. So everything that the window shows goes through [`lay_out`], or [`galley`]
//! where nobody selects in it: these give egui galleys and keep them between frames. No page uses
//! egui's own labels, and a lint keeps it so; [`install`] gives what egui itself draws the same fonts.
//!
//! [`fonts`] holds the bundled fonts, [`layout`] the lines and glyphs, [`raster`] their pictures,
//! [`outline`] their outlines, `thicken` those heavier than their font, and `codes` those of characters
//! no font has, which `missing` counts; [`rich`] the pieces of a text that look otherwise. [`selection`]
//! is what a pointer needs, [`caret`] and [`edit`] what typing needs, [`graphemes`] the characters all
//! three count by, [`folding`] what search compares. [`isolate`] keeps a name from reordering the
//! sentence around it, [`controls`] shows characters that are not seen, and [`appearance`] tells where
//! that must be done. Only `galley` knows egui.
//!
//! What needs no fonts is there without the window too: replies are read by it.

#[cfg(feature = "window")]
pub mod appearance;
#[cfg(feature = "window")]
pub mod caret;
#[cfg(feature = "window")]
mod codes;
pub mod controls;
#[cfg(feature = "window")]
pub mod edit;
pub mod folding;
#[cfg(feature = "window")]
pub mod fonts;
#[cfg(feature = "window")]
mod galley;
pub mod graphemes;
pub mod isolate;
#[cfg(feature = "window")]
pub mod layout;
#[cfg(feature = "window")]
mod missing;
#[cfg(feature = "window")]
pub mod outline;
#[cfg(feature = "window")]
pub mod raster;
#[cfg(feature = "window")]
pub mod rich;
#[cfg(feature = "window")]
pub mod selection;
#[cfg(feature = "window")]
mod thicken;

#[cfg(feature = "window")]
pub use fonts::{Fallback, Pitch, Weight};
#[cfg(feature = "window")]
pub use galley::{SEMIBOLD, Text, galley, install, lay_out, missing, prepare};
#[cfg(feature = "window")]
pub use layout::{ARABIC_BESIDE_LATIN, Cut, Frame, TextLayout, TextStyle};
#[cfg(feature = "window")]
pub use missing::Missing;
#[cfg(feature = "window")]
pub use rich::{Look, Piece, Styled};
