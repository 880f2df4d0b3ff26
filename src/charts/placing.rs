//! Finding places for labels beside points, so that none covers a point or another label.

use super::scene::{Area, Point};

/// What is taken already.
#[derive(Debug)]
pub struct Places {
    within: Area,
    taken: Vec<Area>,
}

/// How far from its point a label may stand, nearest first.
const DISTANCES: [f32; 3] = [7.0, 13.0, 20.0];

impl Places {
    /// All of an area is free.
    pub fn new(within: Area) -> Self {
        Self {
            within,
            taken: Vec::new(),
        }
    }

    /// Nothing may stand there.
    pub fn block(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// Takes the nearest free place beside `point` for a label of a width and a height; `None` where there is none:
    /// the point then goes without.
    pub fn find(&mut self, point: Point, width: f32, height: f32) -> Option<Area> {
        let place = DISTANCES
            .iter()
            .find_map(|&distance| self.beside(point, width, height, distance))?;
        self.taken.push(place);
        Some(place)
    }

    fn beside(&self, point: Point, width: f32, height: f32, distance: f32) -> Option<Area> {
        let slanted = distance * 0.8;
        let (half, up) = (width / 2.0, height / 2.0);
        // Where the middle of the label may be: at the right, the left, above, below, and between these.
        let middles = [
            (distance + half, 0.0),
            (-distance - half, 0.0),
            (0.0, -distance - up),
            (0.0, distance + up),
            (slanted + half, -slanted - up),
            (slanted + half, slanted + up),
            (-slanted - half, -slanted - up),
            (-slanted - half, slanted + up),
        ];
        middles.into_iter().find_map(|(right, down)| {
            let (x, y) = (point.x + right, point.y + down);
            let area = Area::new(x - half, y - up, x + half, y + up);
            let free = !self.taken.iter().any(|taken| taken.overlaps(&area));
            (free && self.within.holds(&area)).then_some(area)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::scene::point;

    #[test]
    fn labels_cover_neither_points_nor_each_other() {
        let mut places = Places::new(Area::new(0.0, 0.0, 400.0, 300.0));
        // Twenty points in a small cloud, as models of one size are.
        let points: Vec<Point> = (0..20)
            .map(|number| point(150.0 + (number % 5) as f32 * 17.0, 120.0 + (number / 5) as f32 * 13.0))
            .collect();
        for point in &points {
            places.block(Area::around(*point, 5.0));
        }
        let found: Vec<Area> = points
            .iter()
            .filter_map(|point| places.find(*point, 60.0, 11.0))
            .collect();
        assert!(found.len() >= 8, "{}", found.len());
        for (place, one) in found.iter().enumerate() {
            assert!(found.iter().skip(place + 1).all(|other| !one.overlaps(other)));
            assert!(points.iter().all(|point| !one.overlaps(&Area::around(*point, 5.0))));
            assert!(places.within.holds(one));
        }
    }

    #[test]
    fn a_label_too_wide_for_the_figure_is_left_out() {
        let mut places = Places::new(Area::new(0.0, 0.0, 50.0, 50.0));
        assert_eq!(places.find(point(25.0, 25.0), 80.0, 11.0), None);
    }
}
