//! The codes that stand for characters no font has: their hexadecimal digits in a small frame.
//!
//! An empty box would tell a reader nothing; the code can be looked up, and two characters that are
//! both missing still look different. The digits are lines on a grid of 3 by 5, because those of a
//! font are too blurred to read at this size.

use vello_cpu::kurbo::{Affine, BezPath, Cap, Join, RoundedRect, Shape, Stroke, stroke};

use super::raster::{Coverage, fill};

/// Units in an em: the greatest width of a code's lines, by which all of it is measured.
const UNITS: f32 = 12.0;

/// The width of a code's lines: whole pixels, so that they are sharp, wherever the text is large
/// enough to be read.
fn unit(size: f32) -> f32 {
    let unit = size / UNITS;
    if unit < 1.0 { unit } else { unit.floor() }
}

/// The digits of `character`, half of them to stand above the others.
fn digits(character: char) -> Vec<u32> {
    let code = u32::from(character);
    let count = if code > 0xFFFF { 6 } else { 4 };
    (0..count).rev().map(|place| code >> (4 * place) & 0xF).collect()
}

/// How far the code of `character` reaches at `size` pixels per em, with the room beside its frame.
///
/// The same share of the size at every size, unlike the frame, so that lines break alike at all scales.
pub(super) fn advance(character: char, size: f32) -> f32 {
    (frame_width(digits(character).len() / 2) + 2.0) * size / UNITS
}

/// In units: frame, padding, and columns of three with one between them.
fn frame_width(columns: usize) -> f32 {
    4.0 * columns as f32 + 3.0
}

/// In units: frame, padding, and two rows of five with one between them.
const FRAME_HEIGHT: f32 = 15.0;

/// The middle of a capital letter, as a share of the size.
const MIDDLE: f32 = 0.36;

/// The frame is fainter than the digits it holds.
const FRAME_ALPHA: f32 = 0.6;

/// Draws the code of `character` at `size` pixels per em.
pub(super) fn draw(character: char, size: f32) -> Coverage {
    fill(&paths(character, size)).unwrap_or_else(Coverage::blank)
}

/// The outlines of the code of `character` at `size` pixels per em, each with how opaque it is.
pub(super) fn paths(character: char, size: f32) -> Vec<(BezPath, f32)> {
    let unit = unit(size);
    let digits = digits(character);
    let columns = digits.len() / 2;
    let left = ((advance(character, size) - frame_width(columns) * unit) / 2.0).floor();
    let top = -(MIDDLE * size + FRAME_HEIGHT / 2.0 * unit).round();
    // The grid's points are the middles of its lines.
    let to_pixels = |x: f32, y: f32| {
        let origin = (f64::from(left + (x + 0.5) * unit), f64::from(top + (y + 0.5) * unit));
        Affine::translate(origin) * Affine::scale(f64::from(unit))
    };
    let line = Stroke::new(1.0).with_caps(Cap::Square).with_join(Join::Miter);
    let outline = |path: BezPath| stroke(path.iter(), &line, &Default::default(), 0.01);

    let frame = RoundedRect::new(
        0.0,
        0.0,
        f64::from(frame_width(columns) - 1.0),
        f64::from(FRAME_HEIGHT - 1.0),
        1.5,
    );
    let mut paths = vec![(to_pixels(0.0, 0.0) * outline(frame.to_path(0.01)), FRAME_ALPHA)];
    for (place, digit) in digits.into_iter().enumerate() {
        let (row, column) = (place / columns, place % columns);
        let corner = to_pixels(2.0 + 4.0 * column as f32, 2.0 + 6.0 * row as f32);
        paths.extend(lines(digit).map(|path| (corner * outline(path), 1.0)));
    }
    paths
}

/// The lines of a digit, as seven-segment displays show them: no two digits differ by a corner only.
fn lines(digit: u32) -> impl Iterator<Item = BezPath> {
    let lines: &[&[(u8, u8)]] = match digit {
        0x0 => &[&[(0, 0), (2, 0), (2, 4), (0, 4), (0, 0)]],
        0x1 => &[&[(0, 0), (1, 0), (1, 4)], &[(0, 4), (2, 4)]],
        0x2 => &[&[(0, 0), (2, 0), (2, 2), (0, 2), (0, 4), (2, 4)]],
        0x3 => &[&[(0, 0), (2, 0), (2, 4), (0, 4)], &[(0, 2), (2, 2)]],
        0x4 => &[&[(0, 0), (0, 2), (2, 2)], &[(2, 0), (2, 4)]],
        0x5 => &[&[(2, 0), (0, 0), (0, 2), (2, 2), (2, 4), (0, 4)]],
        0x6 => &[&[(2, 0), (0, 0), (0, 4), (2, 4), (2, 2), (0, 2)]],
        0x7 => &[&[(0, 0), (2, 0), (2, 4)]],
        0x8 => &[&[(0, 0), (2, 0), (2, 4), (0, 4), (0, 0)], &[(0, 2), (2, 2)]],
        0x9 => &[&[(2, 2), (0, 2), (0, 0), (2, 0), (2, 4), (0, 4)]],
        0xA => &[&[(0, 4), (0, 0), (2, 0), (2, 4)], &[(0, 2), (2, 2)]],
        0xB => &[&[(0, 0), (0, 4), (2, 4), (2, 2), (0, 2)]],
        0xC => &[&[(2, 0), (0, 0), (0, 4), (2, 4)]],
        0xD => &[&[(2, 0), (2, 4), (0, 4), (0, 2), (2, 2)]],
        0xE => &[&[(2, 0), (0, 0), (0, 4), (2, 4)], &[(0, 2), (2, 2)]],
        _ => &[&[(2, 0), (0, 0), (0, 4)], &[(0, 2), (2, 2)]],
    };
    lines.iter().map(|points| {
        let mut path = BezPath::new();
        for (place, (x, y)) in points.iter().enumerate() {
            let point = (f64::from(*x), f64::from(*y));
            if place == 0 {
                path.move_to(point);
            } else {
                path.line_to(point);
            }
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_its_digits_in_two_rows() {
        assert_eq!(digits('\u{1e0}'), [0, 1, 0xE, 0]);
        assert_eq!(digits('\u{5570}'), [5, 5, 7, 0]);
        assert_eq!(digits('\u{1F9FF}'), [0, 1, 0xF, 9, 0xF, 0xF]);
        assert_eq!(digits('\u{10FFFD}'), [1, 0, 0xF, 0xF, 0xF, 0xD]);
    }

    #[test]
    fn every_digit_looks_different_and_is_sharp() {
        let drawn: Vec<Coverage> = (0..16)
            .map(|digit| draw(char::from_u32(0x1000 + digit).unwrap(), 13.0))
            .collect();
        for (place, one) in drawn.iter().enumerate() {
            assert!(drawn.iter().skip(place + 1).all(|other| other.alpha != one.alpha));
            // Within the frame a pixel is covered whole or not at all.
            let inner = (2..one.height - 2).flat_map(|y| (2..one.width - 2).map(move |x| (x, y)));
            assert!(
                inner
                    .clone()
                    .all(|(x, y)| [0, 255].contains(&one.alpha[y * one.width + x]))
            );
            assert!(inner.filter(|(x, y)| one.alpha[y * one.width + x] == 255).count() > 30);
        }
    }

    #[test]
    fn a_code_is_as_wide_as_the_room_it_takes_and_stands_about_the_middle_of_capitals() {
        for size in [6.0, 11.0, 13.0, 16.0, 26.0, 45.0] {
            for character in ['\u{5570}', '\u{10FFFD}'] {
                let drawn = draw(character, size);
                // A pixel more on each side where a fraction reaches into it.
                assert!(drawn.left >= -1 && drawn.left as f32 + drawn.width as f32 <= advance(character, size) + 1.0);
                assert!(drawn.width as f32 >= 0.4 * advance(character, size));
                // Within a line of 1.5 times the size.
                assert!(drawn.top as f32 >= -1.1 * size - 1.0, "{size}");
                assert!(drawn.top as f32 + drawn.height as f32 <= 0.4 * size + 1.0, "{size}");
            }
        }
    }
}
