//! Models: what a file says of itself, where files come from, whether they fit.

pub mod hash;
