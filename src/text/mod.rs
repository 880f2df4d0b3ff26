//! Text of any script, laid out right and drawn by egui.
//!
//! egui shapes text but does not reorder it: Arabic words would run from left to right and digits
//! come out reversed. So everything that items, models and people write goes through [`lay_out`]
//! (or [`galley`] for a stock widget that takes a `WidgetText`), which gives an egui galley.
//! The interface's own English words and numbers may use egui's labels: [`install`] gives them the
//! same fonts.
//!
//! [`fonts`] holds the bundled fonts, [`layout`] the lines and glyphs, [`rich`] the pieces of a text
//! that look otherwise, [`selection`] what a pointer needs, [`caret`] and [`edit`] what typing needs,
//! [`isolate`] the marks that keep a name from reordering the sentence around it, and only `galley`
//! knows egui.

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
pub use galley::{SEMIBOLD, Text, galley, install, lay_out, missing, one_character};
pub use layout::{Cut, Frame, TextLayout, TextStyle};
pub use missing::Missing;
pub use rich::{Look, Piece, Styled};
