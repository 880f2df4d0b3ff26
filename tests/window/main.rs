//! The window, driven through its accessibility tree and looked at in pictures.
#![cfg(feature = "window")]

mod pages;
mod pictures;
mod support;
