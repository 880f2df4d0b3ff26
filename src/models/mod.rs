//! Models: files on this machine, where they come from and what they are.

pub mod hash;
