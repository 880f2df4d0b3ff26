//! A figure in the window: the scene that is exported too, painted, and told to pointer, keyboard and screen reader.

use std::f32::consts::FRAC_PI_2;
use std::sync::Arc;

use egui::epaint::TextShape;
use egui::{Color32, Context, CursorIcon, Id, Pos2, Rect, Role, Sense, Stroke as Pen, Ui, WidgetInfo, pos2, vec2};

use super::spoken;
use super::typeset::{self, Ink};
use super::widgets::{self, focus_ring, palette, stepping, within};
use crate::app::theme::size;
use crate::charts::colour::Colour;
use crate::charts::label::{Label, Measure};
use crate::charts::scene::{Anchor, Area, Mark, Point, Region, Scene, Stroke, corners};
use crate::charts::svg::{HOLLOW, offset};
use crate::charts::target::Target;
use crate::charts::{Chart, Room};
use crate::text;

/// Words measured as this window sets them.
struct OnScreen<'a>(&'a Context);

impl Measure for OnScreen<'_> {
    fn width(&self, label: &Label) -> f32 {
        lay_out(self.0, label).galley.size().x
    }
}

fn lay_out(context: &Context, label: &Label) -> text::Text {
    text::lay_out(context, label.words.as_str(), &label.style(), &label.frame())
}

/// A scene made before, with what it was made for.
#[derive(Clone)]
struct Kept {
    chart: Arc<dyn Chart>,
    /// Bits of the room and of the pixels in a point.
    made_for: [u32; 3],
    scene: Arc<Scene>,
}

/// The scene of `chart` in `room`; made again only where one of the two is another.
fn scene(ui: &Ui, chart: &Arc<dyn Chart>, room: Room) -> Arc<Scene> {
    let id = widgets::id("figure scene", chart.kind().word());
    let made_for = [room.width, room.height, ui.ctx().pixels_per_point()].map(f32::to_bits);
    let kept: Option<Kept> = ui.data(|data| data.get_temp(id));
    let same = |kept: &Kept| Arc::ptr_eq(&kept.chart, chart) && kept.made_for == made_for;
    if let Some(kept) = kept.filter(same) {
        return kept.scene;
    }
    let scene = Arc::new(chart.scene(room, &OnScreen(ui.ctx())));
    let kept = Kept {
        chart: Arc::clone(chart),
        made_for,
        scene: Arc::clone(&scene),
    };
    ui.data_mut(|data| data.insert_temp(id, kept));
    scene
}

/// How high `chart` is in `room`: as high as that, unless it needs more.
pub fn height(ui: &Ui, chart: &Arc<dyn Chart>, room: Room) -> f32 {
    scene(ui, chart, room).height
}

/// Shows `chart` within `rect`, which has the height that it needs in `room`. Returns what was clicked, to be opened.
///
/// The figure is one stop of the keyboard: arrows go from part to part, and Enter opens one.
pub fn show(ui: &mut Ui, rect: Rect, chart: &Arc<dyn Chart>, room: Room) -> Option<Target> {
    let id = widgets::id("figure", chart.kind().word());
    let scene = scene(ui, chart, room);
    within(ui, rect, id, |ui| {
        let place = Rect::from_min_size(rect.min, vec2(scene.width, scene.height));
        paint(ui, place.min, &scene);
        interact(ui, id, place, &scene)
    })
}

fn at(origin: Pos2, point: Point) -> Pos2 {
    origin + vec2(point.x, point.y)
}

fn rect(origin: Pos2, area: &Area) -> Rect {
    Rect::from_min_max(
        origin + vec2(area.left, area.top),
        origin + vec2(area.right, area.bottom),
    )
}

fn paint(ui: &Ui, origin: Pos2, scene: &Scene) {
    let shown = ui.clip_rect().expand(40.0);
    for mark in &scene.marks {
        // Of a long figure only what is in sight.
        let level = match mark {
            Mark::Rectangle { area, .. } => Some((area.top, area.bottom)),
            Mark::Symbol { centre, .. } => Some((centre.y, centre.y)),
            Mark::Text { at, turned: false, .. } => Some((at.y, at.y)),
            Mark::Text { .. } | Mark::Line { .. } | Mark::Path { .. } => None,
        };
        let hidden = |(top, bottom): (f32, f32)| origin.y + bottom < shown.top() || origin.y + top > shown.bottom();
        if !level.is_some_and(hidden) {
            paint_mark(ui, origin, mark);
        }
    }
}

fn paint_mark(ui: &Ui, origin: Pos2, mark: &Mark) {
    let painter = ui.painter();
    match mark {
        Mark::Rectangle { area, fill, radius } => {
            _ = painter.rect_filled(rect(origin, area), *radius, colour(ui, *fill));
        }
        Mark::Line { from, to, stroke } => line(ui, &[at(origin, *from), at(origin, *to)], stroke),
        Mark::Path { points, stroke } => {
            let points: Vec<Pos2> = points.iter().map(|point| at(origin, *point)).collect();
            line(ui, &points, stroke);
        }
        Mark::Symbol {
            shape,
            centre,
            radius,
            colour: ink,
            filled,
        } => {
            let ink = colour(ui, *ink);
            let (fill, pen) = match filled {
                true => (ink, Pen::NONE),
                false => (palette(ui).panel, Pen::new(HOLLOW, ink)),
            };
            let corners = corners(*shape, *centre, *radius);
            if corners.is_empty() {
                painter.circle(at(origin, *centre), *radius, fill, pen);
            } else {
                let corners = corners.into_iter().map(|corner| at(origin, corner)).collect();
                painter.add(egui::Shape::convex_polygon(corners, fill, pen));
            }
        }
        Mark::Text {
            label,
            at: place,
            anchor,
            turned,
        } => write(ui, label, at(origin, *place), *anchor, *turned),
    }
}

fn line(ui: &Ui, points: &[Pos2], stroke: &Stroke) {
    let pen = Pen::new(stroke.width, colour(ui, stroke.colour));
    if stroke.dashed {
        let [on, off] = Stroke::DASHES;
        ui.painter().extend(egui::Shape::dashed_line(points, pen, on, off));
    } else {
        ui.painter().add(egui::Shape::line(points.to_vec(), pen));
    }
}

fn write(ui: &Ui, label: &Label, place: Pos2, anchor: Anchor, turned: bool) {
    let text = lay_out(ui.ctx(), label);
    let left = offset(anchor, text.galley.size().x);
    let up = text.layout.first_baseline();
    let ink = colour(ui, label.colour);
    if turned {
        let mut shape = TextShape::new(place - vec2(up, left), text.galley, ink);
        shape.angle = -FRAC_PI_2;
        ui.painter().add(shape);
    } else {
        ui.painter().galley(place + vec2(left, -up), text.galley, ink);
    }
}

fn colour(ui: &Ui, colour: Colour) -> Color32 {
    palette(ui).of_figure(colour)
}

/// Lets the parts be pointed at, clicked, and gone through by keys; returns what is to be opened.
fn interact(ui: &mut Ui, id: Id, place: Rect, scene: &Scene) -> Option<Target> {
    let whole = ui.interact(place, id, Sense::FOCUSABLE);
    let words = format!("{}. {}", scene.title, scene.description);
    spoken::tell(&whole, None, || WidgetInfo::labeled(Role::Figure, true, &words));
    focus_ring(ui, &whole, place.intersect(ui.clip_rect()));
    let step = stepping::step(ui, &whole, scene.regions.len());
    let mut opened = None;
    for (number, region) in scene.regions.iter().enumerate() {
        let area = rect(place.min, &region.area);
        let here = step.current == Some(number);
        if here {
            widgets::outline(ui, area);
        }
        if here && step.moved {
            ui.scroll_to_rect(area, None);
        }
        if show_region(ui, id.with(number), area, region, here) || here && step.opened {
            opened = region.target.clone();
        }
    }
    opened
}

/// Returns whether the part is to be opened.
fn show_region(ui: &mut Ui, id: Id, area: Rect, region: &Region, here: bool) -> bool {
    // Parts take clicks but no stop of the keyboard each: there may be hundreds.
    let opens = region.target.is_some();
    let response = ui.interact(area, id, if opens { Sense::CLICK } else { Sense::hover() });
    let words = region.words();
    let role = if opens { Role::Button } else { Role::Label };
    spoken::tell(&response, None, || WidgetInfo::labeled(role, true, &words));
    if response.hovered() && opens {
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
    }
    let clicked = response.clicked();
    let tell = |ui: &mut Ui| {
        let colours = palette(ui);
        ui.set_max_width(320.0);
        let title = Ink::new(size::BODY, colours.text).semibold();
        typeset::paragraph(ui, &region.title, title);
        typeset::paragraph(ui, &region.detail, Ink::new(size::SECONDARY, colours.text_2));
    };
    if here {
        response.show_tooltip_ui(tell);
    } else {
        widgets::tooltip_of(response, tell);
    }
    opens && clicked
}

/// A place for the point at which nothing shows: one line in the middle.
pub fn nothing(ui: &Ui, rect: Rect, words: &str) {
    let ink = Ink::new(size::SECONDARY, palette(ui).text_3);
    let galley = typeset::galley(ui, words, ink, rect.width() - 24.0, 3);
    let corner = rect.center() - galley.size() / 2.0;
    ui.painter().galley(pos2(corner.x, corner.y), galley, ink.colour);
}
