//! Slices: the items that filters leave, which lists, tables and plots show.
//!
//! A [`Filter`] is [`Condition`]s that all have to hold; [`Filter::select`] gives the questions of a ledger that they
//! leave. A [`Slice`] is a filter with a name, kept in the workspace as `slices/<name>.toml`.

mod condition;
mod counts;
mod evaluate;
mod filter;
mod kept;
mod slice;
mod texts;
mod words;

#[cfg(test)]
mod tests;

pub use condition::{Condition, ConditionError, Flagged, Percent, PercentError, ReviewedBy, Together, Who};
pub use evaluate::Sources;
pub use filter::Filter;
pub use kept::{KeptError, KeptSlices, add, find, list, remove, rename};
pub use slice::{Slice, SliceFileError, SliceName, SliceNameError};
pub use texts::Texts;
