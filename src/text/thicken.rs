//! Thickening an outline, for a weight that no font file has.
//!
//! Every point moves away from the ink, so that the outline keeps its number of points: a stroke around it would have
//! four times as many, and drawing would take as much longer.

use vello_cpu::kurbo::{BezPath, PathEl, Point, Shape, Vec2};

/// How far a sharp corner moves, at most, in widths of the edges' movement.
const SHARPEST: f64 = 2.0;

/// Moves the border of `path` outwards by `distance`; holes become narrower by as much.
pub fn thicken(path: &mut BezPath, distance: f64) {
    // A hole turns the other way than what it is in and encloses less, so the sum tells how the ink turns.
    let distance = distance * path.area().signum();
    let contours = path
        .elements_mut()
        .chunk_by_mut(|_, next| !matches!(next, PathEl::MoveTo(_)));
    for contour in contours {
        thicken_contour(contour, distance);
    }
}

/// Moves the points of one closed contour, those between which curves are drawn and those that bend them alike.
fn thicken_contour(contour: &mut [PathEl], distance: f64) {
    let mut ring: Vec<Point> = Vec::new();
    for_each_point(contour, |point| ring.push(*point));
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    let moved = moved(&ring, distance);
    // A contour that ends where it began names that point twice.
    let mut moved = moved.iter().chain(moved.first());
    for_each_point(contour, |point| *point = moved.next().copied().unwrap_or(*point));
}

fn for_each_point(contour: &mut [PathEl], mut each: impl FnMut(&mut Point)) {
    for element in contour {
        match element {
            PathEl::MoveTo(end) | PathEl::LineTo(end) => each(end),
            PathEl::QuadTo(bend, end) => [bend, end].into_iter().for_each(&mut each),
            PathEl::CurveTo(first, second, end) => [first, second, end].into_iter().for_each(&mut each),
            PathEl::ClosePath => {}
        }
    }
}

/// The points of a closed polygon, each where the edges beside it meet once they have moved by `distance`.
fn moved(ring: &[Point], distance: f64) -> Vec<Point> {
    let places = 0..ring.len();
    places
        .filter_map(|place| {
            let (earlier, rest) = ring.split_at(place);
            let (point, later) = rest.split_first()?;
            let mut following = later.iter().chain(earlier);
            let mut preceding = earlier.iter().rev().chain(later.iter().rev());
            // Points that lie on each other share the edges around them.
            let after = following.find(|other| *other != point).map(|next| *next - *point);
            let before = preceding.find(|other| *other != point).map(|last| *point - *last);
            let shift = after
                .zip(before)
                .map(|(after, before)| corner(before, after) * distance);
            Some(*point + shift.unwrap_or_default())
        })
        .collect()
}

/// Where the corner between two edges goes when each moves by one to its left, seen along it with y downwards.
fn corner(before: Vec2, after: Vec2) -> Vec2 {
    let [before, after] = [before, after].map(|edge| Vec2::new(edge.y, -edge.x).normalize());
    let sum = before + after;
    // As long as the two are apart from each other, and no longer than a corner may be.
    let miter = sum * (2.0 / sum.hypot2());
    match miter.hypot() <= SHARPEST {
        true => miter,
        false if sum.hypot() > 1e-6 => sum.normalize() * SHARPEST,
        false => Vec2::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use vello_cpu::kurbo::{Rect, Shape};

    use super::*;

    fn square(rect: Rect, backwards: bool) -> BezPath {
        let mut path = rect.to_path(0.1);
        if backwards {
            path = path.reverse_subpaths();
        }
        path
    }

    #[test]
    fn edges_move_outwards_and_holes_become_narrower_whichever_way_they_turn() {
        for backwards in [false, true] {
            let mut path = square(Rect::new(0.0, 0.0, 10.0, 10.0), backwards);
            path.extend(square(Rect::new(3.0, 3.0, 7.0, 7.0), !backwards));
            thicken(&mut path, 0.5);
            assert_eq!(path.bounding_box(), Rect::new(-0.5, -0.5, 10.5, 10.5));
            assert!(
                (path.area().abs() - (11.0 * 11.0 - 3.0 * 3.0)).abs() < 1e-9,
                "{}",
                path.area()
            );
        }
    }

    /// Hinting moves points onto each other.
    #[test]
    fn points_on_each_other_move_together() {
        let mut path = BezPath::from_svg("M0,0 L10,0 L10,0 L10,10 Q10,10 10,10 L0,10 L0,0 Z").unwrap();
        thicken(&mut path, 1.0);
        assert_eq!(path.bounding_box(), Rect::new(-1.0, -1.0, 11.0, 11.0));
        assert!((path.area().abs() - 144.0).abs() < 1e-9, "{}", path.area());
    }

    #[test]
    fn a_sharp_corner_does_not_run_away_and_a_line_without_width_stays() {
        let mut thorn = BezPath::from_svg("M0,0 L100,0.1 L0,0.2 Z").unwrap();
        thicken(&mut thorn, 0.5);
        assert!(thorn.bounding_box().x1 <= 101.0, "{:?}", thorn.bounding_box());
        let mut line = BezPath::from_svg("M0,0 L10,0 Z").unwrap();
        thicken(&mut line, 0.5);
        assert!(line.is_finite());
        let point = BezPath::from_svg("M3,3 Z").unwrap();
        let mut thickened = point.clone();
        thicken(&mut thickened, 0.5);
        assert_eq!(thickened, point);
    }
}
