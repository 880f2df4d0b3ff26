//! Figures: what was measured as plots, for the window and for print.
//!
//! A [`chart`] is built from plain numbers by a pure function into a [`scene`]: shapes, words, and what each says when
//! it is pointed at. The window paints that scene; [`svg`] and [`png`] write it. Colours are named by what they mean
//! ([`colour`]) and words are laid out by [`crate::text`] ([`label`]), so that one scene serves every theme and every
//! script. [`print`](mod@print) knows how large figures are on paper, and [`caption`] what stands below those that leave
//! the window.
//!
//! The plots are [`bars`], [`gap`], [`scatter`], [`calibration`] and [`dots`] (flips and subjects); `axis`, `rows` and
//! `placing` hold what they share.

mod axis;
pub mod bars;
pub mod calibration;
pub mod caption;
pub mod chart;
pub mod colour;
pub mod dots;
pub mod export;
pub mod figures;
pub mod gap;
pub mod label;
mod placing;
pub mod png;
pub mod print;
pub mod report;
mod rows;
pub mod scatter;
pub mod scene;
pub mod svg;
pub mod target;

#[cfg(test)]
mod tests;

pub use chart::{Chart, Kind, Measured, Room};
