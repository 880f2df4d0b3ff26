//! Slices: the items that filters leave, which lists, tables and plots show.
