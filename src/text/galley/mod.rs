//! The bridge to egui: layouts become galleys, kept until the atlas they point into changes.

mod atlas;
mod characters;
mod kept;

use std::hash::RandomState;
use std::sync::{Arc, Mutex};

use egui::epaint::text::PlacedRow;
use egui::epaint::{Galley, Mesh, Rect};
use egui::text::{ByteIndex, LayoutJob, LayoutSection, TextFormat};
use egui::{Color32, Context, FontData, FontDefinitions, FontFamily, FontId, Id, pos2, vec2};

use self::atlas::{Atlas, Picture, Pictures, picture_key};
use self::characters::{CharacterTable, FAMILY, Meaning, lock};
use self::kept::{Kept, Order};
use super::fonts::{BUNDLED, Fallback, MAIN_FAMILY, Weight};
use super::layout::{Engine, Frame, Line, PlacedGlyph, TextLayout, TextStyle};
use super::missing::{Counter, Missing};
use super::raster::Faces;
use super::rich::{Rgba, Styled};
use super::selection::Rectangle;

/// The name of egui's family for English words and numbers that stand out: Noto Sans, 600.
pub const SEMIBOLD: &str = "semibold";

/// A text ready to be painted.
#[derive(Clone)]
pub struct Text {
    /// What egui paints. Its colour is `Color32::PLACEHOLDER`, so that whoever paints it decides.
    pub galley: Arc<Galley>,
    /// Where its lines and characters are.
    pub layout: Arc<TextLayout>,
}

/// Prepares `ctx` for text: call it once at the start.
///
/// egui's own labels get the bundled fonts too, with [`SEMIBOLD`] as a family of its own.
pub fn install(ctx: &Context, fallback: Fallback) {
    ctx.set_fonts(font_definitions());
    let bridge = Arc::new(Bridge::new(fallback));
    ctx.add_glyph_rasterizer(bridge.table.rasterizer());
    ctx.data_mut(|data| data.insert_temp(Id::NULL, bridge));
}

/// Lays `text` out within `frame`. Cheap to call every frame: what is shown again is kept.
pub fn lay_out<'a>(ctx: &Context, text: impl Into<Styled<'a>>, style: &TextStyle, frame: &Frame) -> Text {
    Bridge::of(ctx).text(ctx, text.into(), style, frame)
}

/// Lays `text` out as [`lay_out`] does, to be shown later, and draws its glyphs while there is time; at least a few of
/// them. Returns whether all is done.
pub fn prepare<'a>(
    ctx: &Context,
    text: impl Into<Styled<'a>>,
    style: &TextStyle,
    frame: &Frame,
    has_time: &dyn Fn() -> bool,
) -> bool {
    Bridge::of(ctx).prepare(ctx, (text.into(), style, frame), has_time)
}

/// The same without its places, for what is painted only.
pub fn galley<'a>(ctx: &Context, text: impl Into<Styled<'a>>, style: &TextStyle, frame: &Frame) -> Arc<Galley> {
    lay_out(ctx, text, style, frame).galley
}

/// The characters met so far in `ctx` that no font has.
pub fn missing(ctx: &Context) -> Missing {
    lock(&Bridge::of(ctx).missing).found.clone()
}

fn font_definitions() -> FontDefinitions {
    let mut definitions = FontDefinitions::default();
    let mut regular = Vec::new();
    let mut semibold = Vec::new();
    for font in BUNDLED {
        let data = FontData::from_static(font.bytes);
        definitions.font_data.insert(font.name(), Arc::new(data));
        match font.weight {
            Weight::Regular => regular.push(font.name()),
            Weight::Semibold => semibold.push(font.name()),
        }
    }
    // Icons and arrows come from egui's own fonts.
    let icons = definitions
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    let monospace = definitions.families.entry(FontFamily::Monospace).or_default();
    monospace.extend(regular.iter().cloned());
    semibold.extend(
        regular
            .iter()
            .filter(|name| !name.starts_with(&format!("{MAIN_FAMILY} 4")))
            .cloned(),
    );
    for family in [&mut regular, &mut semibold] {
        family.extend(icons.iter().cloned());
    }
    definitions.families.insert(FontFamily::Proportional, regular);
    definitions.families.insert(FontFamily::Name(SEMIBOLD.into()), semibold);
    definitions.families.insert(FontFamily::Name(FAMILY.into()), Vec::new());
    definitions
}

/// So many glyphs are drawn between two looks at the time: about as many as in a quarter of a millisecond.
const DRAWN_AT_ONCE: usize = 6;

/// Everything kept between frames.
struct Bridge {
    engine: Mutex<Engine>,
    table: CharacterTable,
    kept: Mutex<Kept>,
    atlas: Mutex<Atlas>,
    missing: Mutex<Counter>,
    hasher: RandomState,
}

impl Bridge {
    fn new(fallback: Fallback) -> Self {
        let faces = Faces::default();
        let engine = Mutex::new(Engine::new(fallback, faces.clone()));
        Self {
            table: CharacterTable::new(faces),
            engine,
            kept: Mutex::default(),
            atlas: Mutex::default(),
            missing: Mutex::default(),
            hasher: RandomState::new(),
        }
    }

    /// The bridge installed in `ctx`; one with the fonts of the system where none was.
    fn of(ctx: &Context) -> Arc<Self> {
        if let Some(bridge) = ctx.data(|data| data.get_temp(Id::NULL)) {
            return bridge;
        }
        install(ctx, Fallback::System);
        ctx.data(|data| data.get_temp(Id::NULL))
            .unwrap_or_else(|| Arc::new(Self::new(Fallback::System)))
    }

    fn text(&self, ctx: &Context, styled: Styled<'_>, style: &TextStyle, frame: &Frame) -> Text {
        let order = self.order(ctx, styled, style, frame);
        let kept = lock(&self.kept).find(&order);
        let layout = match kept {
            Some((layout, Some(galley))) => return Text { galley, layout },
            Some((layout, None)) => layout,
            None => self.layout(ctx, &order),
        };
        self.finish(ctx, &order, layout)
    }

    fn prepare(
        &self,
        ctx: &Context,
        (styled, style, frame): (Styled<'_>, &TextStyle, &Frame),
        has_time: &dyn Fn() -> bool,
    ) -> bool {
        let order = self.order(ctx, styled, style, frame);
        let kept = lock(&self.kept).find(&order);
        let layout = match kept {
            Some((_, Some(_))) => return true,
            Some((layout, None)) => layout,
            None => self.layout(ctx, &order),
        };
        while self.pictures(ctx, &layout, order.generation, DRAWN_AT_ONCE).1 {
            if !has_time() {
                lock(&self.kept).insert(&order, layout, None);
                return false;
            }
        }
        self.finish(ctx, &order, layout);
        true
    }

    fn order<'a>(&self, ctx: &Context, styled: Styled<'a>, style: &'a TextStyle, frame: &Frame) -> Order<'a> {
        let generation = self.begin_pass(ctx);
        Order::new((styled, style, frame), ctx.pixels_per_point(), generation, &self.hasher)
    }

    fn layout(&self, ctx: &Context, order: &Order<'_>) -> Arc<TextLayout> {
        let layout = lock(&self.engine).lay_out(order.styled, order.style, &order.frame, order.scale);
        // No lock of ours is held while egui's context is used: it calls our rasterizer.
        if lock(&self.missing).note(&layout.text, &layout.missing) {
            tracing::warn!(characters = ?layout.missing, "no font has these characters");
            // What tells of them may have been drawn before.
            ctx.request_repaint();
        }
        Arc::new(layout)
    }

    /// Makes the galley of a layout and keeps both.
    fn finish(&self, ctx: &Context, order: &Order<'_>, layout: Arc<TextLayout>) -> Text {
        let galley = Arc::new(self.build(ctx, &layout, order.style, order.generation));
        lock(&self.kept).insert(order, Arc::clone(&layout), Some(Arc::clone(&galley)));
        Text { galley, layout }
    }

    /// At the first text of a pass: looks whether the atlas was emptied, and forgets what was not
    /// shown lately. Returns the generation of galleys that may be painted.
    fn begin_pass(&self, ctx: &Context) -> u64 {
        let viewport = ctx.viewport_id();
        let pass = ctx.cumulative_pass_nr();
        {
            let kept = lock(&self.kept);
            if kept.sentinels.get(&viewport).is_some_and(|(seen, _)| *seen == pass) {
                return kept.generation;
            }
        }
        let sentinel = ctx
            .fonts_mut(|fonts| fonts.layout_no_wrap("·".to_owned(), FontId::proportional(12.0), Color32::PLACEHOLDER));
        let mut kept = lock(&self.kept);
        let before = kept.sentinels.insert(viewport, (pass, sentinel.clone()));
        if before.is_some_and(|(_, before)| !Arc::ptr_eq(&before, &sentinel)) {
            kept.generation += 1;
        }
        kept.clear();
        kept.pass += 1;
        kept.generation
    }

    /// Makes the galley of a layout.
    ///
    /// Rows and galleys have private fields, so they are copies of an empty galley with everything
    /// that is drawn exchanged. That empty galley is as wide as the text unwrapped, which is what
    /// egui's layouts take for the text's own wish.
    fn build(&self, ctx: &Context, layout: &TextLayout, style: &TextStyle, generation: u64) -> Galley {
        let scale = layout.scale;
        let (pictures, _) = self.pictures(ctx, layout, generation, usize::MAX);
        let format = TextFormat {
            font_id: FontId::new(style.size, FontFamily::Proportional),
            line_height: Some(layout.height / scale),
            color: Color32::PLACEHOLDER,
            ..TextFormat::default()
        };
        let section = |leading_space: f32, end: usize| LayoutSection {
            leading_space,
            byte_range: ByteIndex(0)..ByteIndex(end),
            format: format.clone(),
        };
        let empty = LayoutJob {
            sections: vec![section(layout.natural_width.ceil() / scale, 0)],
            ..LayoutJob::default()
        };
        let mut galley = Galley::clone(&ctx.fonts_mut(|fonts| fonts.layout_job(empty)));
        galley.job = Arc::new(LayoutJob {
            text: layout.text.to_string(),
            sections: vec![section(0.0, layout.text.len())],
            ..LayoutJob::default()
        });
        let pattern = galley.rows.first().cloned();
        galley.rows = pattern.map_or_else(Vec::new, |pattern| {
            let lines = layout.lines.iter();
            let mut behind = Some(grounds(layout));
            lines
                .map(|line| self.row(&pattern, line, behind.take().unwrap_or_default(), scale, &pictures))
                .collect()
        });
        for pair in 1..galley.rows.len() {
            let ends = layout.lines.get(pair).map(|line| line.paragraph)
                != layout.lines.get(pair - 1).map(|line| line.paragraph);
            if let Some(row) = galley.rows.get_mut(pair - 1) {
                row.ends_with_newline = ends;
            }
        }
        galley.elided = layout.truncated;
        galley.rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(layout.width, layout.height) / scale);
        galley.mesh_bounds = Rect::NOTHING;
        (galley.num_vertices, galley.num_indices) = (0, 0);
        for row in &galley.rows {
            galley.mesh_bounds |= row.visuals.mesh_bounds.translate(row.pos.to_vec2());
            galley.num_vertices += row.visuals.mesh.vertices.len();
            galley.num_indices += row.visuals.mesh.indices.len();
        }
        galley
    }

    /// The row of a line, with `mesh` behind its glyphs.
    fn row(&self, pattern: &PlacedRow, line: &Line, mut mesh: Mesh, scale: f32, pictures: &Pictures) -> PlacedRow {
        let (first_index, first_vertex) = (mesh.indices.len(), mesh.vertices.len());
        mesh.reserve_vertices(4 * line.glyphs.len());
        mesh.reserve_triangles(2 * line.glyphs.len());
        for glyph in &line.glyphs {
            let (character, pixel) = self.character(glyph);
            let key = character.map(|character| picture_key(character, glyph, scale));
            let Some(picture) = key.and_then(|key| pictures.get(&key)) else {
                continue;
            };
            let origin = pos2(pixel - line.left, glyph.y.round() - line.top) / scale;
            let corner = |[x, y]: [u16; 2]| pos2(f32::from(x), f32::from(y));
            mesh.add_rect_with_uv(
                Rect::from_min_size(origin + picture.offset, picture.size),
                Rect::from_min_max(corner(picture.min), corner(picture.max)),
                glyph.color.map_or(Color32::PLACEHOLDER, color),
            );
        }
        let mut row = pattern.clone();
        row.pos = pos2(line.left, line.top) / scale;
        row.ends_with_newline = false;
        let inner = Arc::make_mut(&mut row.row);
        inner.glyphs.clear();
        inner.size = vec2(line.width, line.height) / scale;
        inner.visuals.glyph_index_start = first_index;
        inner.visuals.glyph_vertex_range = first_vertex..mesh.vertices.len();
        inner.visuals.mesh_bounds = mesh.calc_bounds();
        inner.visuals.mesh = mesh;
        row
    }

    /// The character that stands for a placed glyph, and the pixel column of its origin.
    fn character(&self, glyph: &PlacedGlyph) -> (Option<char>, f32) {
        let (quarter, pixel) = self.table.pixel(glyph.face, glyph.x);
        let meaning = Meaning {
            face: glyph.face,
            glyph: glyph.glyph,
            quarter,
        };
        (self.table.character(meaning), pixel)
    }

    /// Tells where the glyphs of a layout are in egui's atlas, and has egui put those in that are not there yet, so many
    /// `at_most`; and whether there are more of these.
    fn pictures(&self, ctx: &Context, layout: &TextLayout, generation: u64, at_most: usize) -> (Pictures, bool) {
        let mut job = LayoutJob {
            break_on_newline: false,
            ..LayoutJob::default()
        };
        let mut drawn = Vec::new();
        let mut is_more = false;
        let mut pictures = Pictures::new();
        {
            let mut atlas = lock(&self.atlas);
            atlas.keep_only(generation);
            for glyph in layout.lines.iter().flat_map(|line| &line.glyphs) {
                let (Some(character), _) = self.character(glyph) else {
                    continue;
                };
                let key = picture_key(character, glyph, layout.scale);
                let known = atlas.pictures.get(&key).copied();
                if pictures.insert(key, known.unwrap_or_default()).is_none() && known.is_none() {
                    if drawn.len() == at_most {
                        is_more = true;
                        break;
                    }
                    let font = FontId::new(glyph.size / layout.scale, FontFamily::Name(FAMILY.into()));
                    let format = TextFormat::simple(font, Color32::PLACEHOLDER);
                    job.append(character.encode_utf8(&mut [0; 4]), 0.0, format);
                    drawn.push(key);
                }
            }
        }
        if drawn.is_empty() {
            return (pictures, is_more);
        }
        let galley = ctx.fonts_mut(|fonts| fonts.layout_job(job));
        let glyphs = galley.rows.iter().flat_map(|row| &row.glyphs);
        let mut atlas = lock(&self.atlas);
        atlas.keep_only(generation);
        for (key, glyph) in drawn.into_iter().zip(glyphs) {
            let place = glyph.uv_rect;
            let picture = Picture {
                offset: place.offset,
                size: place.size,
                min: place.min,
                max: place.max,
            };
            pictures.insert(key, picture);
            atlas.pictures.insert(key, picture);
        }
        (pictures, is_more)
    }
}

/// The grounds of all lines. They belong to the first row, so that none covers a glyph of another line.
fn grounds(layout: &TextLayout) -> Mesh {
    let mut mesh = Mesh::default();
    let Some(first) = layout.lines.first() else {
        return mesh;
    };
    for ground in layout.lines.iter().flat_map(|line| &line.grounds) {
        let Rectangle {
            left,
            right,
            top,
            bottom,
        } = ground.rectangle;
        let corner = |x: f32, y: f32| pos2(x - first.left, y - first.top) / layout.scale;
        let rect = Rect::from_min_max(corner(left.round(), top), corner(right.round(), bottom));
        mesh.add_colored_rect(rect, color(ground.color));
    }
    mesh
}

fn color([red, green, blue, alpha]: Rgba) -> Color32 {
    Color32::from_rgba_premultiplied(red, green, blue, alpha)
}

#[cfg(test)]
mod tests;
