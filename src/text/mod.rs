//! Text of any script, laid out right and drawn by egui.
//!
//! egui shapes text but does not reorder it: Arabic words would run from left to right and digits
//! come out reversed. So everything that the window shows goes through [`lay_out`], or [`galley`]
//! where nobody selects in it: these give egui galleys and keep them between frames. No page uses
//! egui's own labels, and a lint keeps it so; [`install`] gives what egui itself draws the same fonts.
//!
//! [`fonts`] holds the bundled fonts, [`layout`] the lines and glyphs, [`raster`] their pictures and
//! `codes` those of characters no font has, which `missing` counts; [`rich`] the pieces of a text that
//! look otherwise. [`selection`] is what a pointer needs, [`caret`] and [`edit`] what typing needs,
//! [`graphemes`] the characters all three count by, [`folding`] what search compares. [`isolate`] keeps
//! a name from reordering the sentence around it, [`controls`] shows characters that are not seen, and
//! [`appearance`] tells where that must be done. Only `galley` knows egui.

pub mod appearance;
pub mod caret;
mod codes;
pub mod controls;
pub mod edit;
pub mod folding;
pub mod fonts;
mod galley;
pub mod graphemes;
pub mod isolate;
pub mod layout;
mod missing;
pub mod raster;
pub mod rich;
pub mod selection;

pub use fonts::{Fallback, Weight};
pub use galley::{SEMIBOLD, Text, galley, install, lay_out, missing};
pub use layout::{ARABIC_BESIDE_LATIN, Cut, Frame, TextLayout, TextStyle};
pub use missing::Missing;
pub use rich::{Look, Piece, Styled};
