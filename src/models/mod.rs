//! Models: what a file says of itself, where files come from, whether they fit.

pub mod cache;
pub mod fetch;
pub mod hash;
pub mod library;
pub mod packaged;
