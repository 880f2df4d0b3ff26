//! Figures as scenes of marks and words, the same in the window, in SVG, in PNG and in reports.
