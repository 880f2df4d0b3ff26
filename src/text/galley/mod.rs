//! The bridge to egui: layouts become galleys, kept until the atlas they point into changes.

mod characters;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex};

use egui::epaint::text::PlacedRow;
use egui::epaint::{Galley, Mesh, Rect, Vertex};
use egui::text::{ByteIndex, LayoutJob, LayoutSection, TextFormat};
use egui::{Color32, Context, FontData, FontDefinitions, FontFamily, FontId, Id, Vec2, ViewportId, pos2, vec2};

use self::characters::{CharacterTable, FAMILY, Meaning, lock};
use super::fonts::{BUNDLED, Fallback, MAIN_FAMILY, Weight};
use super::layout::{Engine, Frame, Line, PlacedGlyph, TextLayout, TextStyle};
use super::missing::{Counter, Missing};
use super::raster::Faces;
use super::rich::{Piece, Rgba, Styled};
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

/// Everything kept between frames.
struct Bridge {
    engine: Mutex<Engine>,
    table: CharacterTable,
    kept: Mutex<Kept>,
    atlas: Mutex<Atlas>,
    missing: Mutex<Counter>,
    hasher: RandomState,
}

/// What was laid out before.
#[derive(Default)]
struct Kept {
    entries: HashMap<u64, Entry>,
    /// What was forgotten and is still to be freed.
    forgotten: Vec<Entry>,
    /// A galley laid out by egui in every pass of a viewport. When it comes back as another one,
    /// the atlas was emptied and no galley made before may be painted.
    sentinels: HashMap<ViewportId, (u64, Arc<Galley>)>,
    /// How often that happened.
    generation: u64,
    /// Counts the passes of all viewports.
    pass: u64,
    /// Of all entries together, about.
    bytes: usize,
    /// What of it was shown at the last clearing: it is not looked through again in every pass, but once there is
    /// twice as much.
    needed: (usize, usize),
}

impl Kept {
    fn insert(&mut self, key: u64, entry: Entry) {
        self.bytes += entry.bytes;
        if let Some(before) = self.entries.insert(key, entry) {
            self.bytes -= before.bytes;
        }
    }

    /// Forgets what no viewport showed lately, the longest not shown first, once there is too much.
    fn clear(&mut self) {
        let number = self.forgotten.len();
        self.forgotten
            .truncate(number.saturating_sub(FREED_AT_ONCE.max(number / 32)));
        let (entries, bytes) = self.needed;
        let (most, most_bytes) = (MOST_KEPT.max(2 * entries), MOST_BYTES.max(2 * bytes));
        if self.entries.len() <= most && self.bytes <= most_bytes {
            return;
        }
        // Viewports take turns, so the last pass of each is among the last few.
        let needed_since = self.pass.saturating_sub(self.sentinels.len() as u64) + 1;
        // What comes again and again, such as numbers, is kept though it is not in sight just now.
        let mut shown: Vec<(u64, usize)> = self.entries.values().map(|entry| (entry.shown, entry.bytes)).collect();
        shown.sort_unstable_by_key(|(pass, _)| Reverse(*pass));
        let (mut count, mut sum) = (0, 0);
        let over = shown.iter().find(|(_, bytes)| {
            count += 1;
            sum += bytes;
            count > most / 2 || sum > most_bytes / 2
        });
        let since = over.map_or(0, |(pass, _)| pass + 1).min(needed_since);
        let forgotten = self.entries.extract_if(|_, entry| entry.shown < since);
        self.forgotten.extend(forgotten.map(|(_, entry)| entry));
        self.bytes = self.entries.values().map(|entry| entry.bytes).sum();
        let needed = self.entries.values().filter(|entry| entry.shown >= needed_since);
        self.needed = needed.fold((0, 0), |(count, bytes), entry| (count + 1, bytes + entry.bytes));
    }
}

struct Entry {
    text: Text,
    pieces: Box<[Piece]>,
    style: TextStyle,
    frame: Frame,
    generation: u64,
    /// The pass it was last shown in.
    shown: u64,
    /// What it takes in memory, about.
    bytes: usize,
}

/// Above this many, texts not shown lately are dropped.
const MOST_KEPT: usize = 4096;

/// The same in bytes.
const MOST_BYTES: usize = 64 << 20;

/// About so many of them are freed in one pass: thousands at once would hold a frame up.
const FREED_AT_ONCE: usize = 64;

/// The steps of a point that widths come in.
const STEPS: f32 = 256.0;

/// What a text takes in memory, about: its vertices, glyphs and clusters are most of it.
fn bytes_of(text: &Text) -> usize {
    let lines = text.layout.lines.iter();
    let placed: usize = lines
        .map(|line| size_of_val(line) + size_of_val(&*line.clusters) + size_of_val(&*line.glyphs))
        .sum();
    let drawn = text.galley.num_vertices * size_of::<Vertex>() + text.galley.num_indices * size_of::<u32>();
    size_of::<Entry>() + 2 * text.layout.text.len() + placed + drawn
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
        // Differences and sums of places are rounded; the same room is to come out as the same.
        let frame = &Frame {
            max_width: (frame.max_width * STEPS).round() / STEPS,
            ..*frame
        };
        let generation = self.begin_pass(ctx);
        let scale = ctx.pixels_per_point();
        let key = self.hasher.hash_one((
            styled.text,
            styled.pieces,
            [style.size, style.line_height, frame.max_width, scale].map(f32::to_bits),
            style.weight,
            (&style.language, style.controls, style.pitch),
            frame.max_lines,
            (frame.fill, frame.cut, frame.editable),
        ));
        let matches = |entry: &Entry| {
            *entry.text.layout.text == *styled.text
                && *entry.pieces == *styled.pieces
                && entry.style == *style
                && entry.frame == *frame
                && entry.text.layout.scale == scale
        };
        let mut kept_layout = None;
        {
            let mut kept = lock(&self.kept);
            let pass = kept.pass;
            if let Some(entry) = kept.entries.get_mut(&key).filter(|entry| matches(entry)) {
                entry.shown = pass;
                if entry.generation == generation {
                    return entry.text.clone();
                }
                kept_layout = Some(entry.text.layout.clone());
            }
        }
        // No lock of ours is held while egui's context is used: it calls our rasterizer.
        let layout = kept_layout.unwrap_or_else(|| {
            let layout = lock(&self.engine).lay_out(styled, style, frame, scale);
            if lock(&self.missing).note(&layout.text, &layout.missing) {
                tracing::warn!(characters = ?layout.missing, "no font has these characters");
                // What tells of them may have been drawn before.
                ctx.request_repaint();
            }
            Arc::new(layout)
        });
        let galley = Arc::new(self.build(ctx, &layout, style, generation));
        let text = Text { galley, layout };
        let mut kept = lock(&self.kept);
        let entry = Entry {
            text: text.clone(),
            pieces: styled.pieces.into(),
            style: style.clone(),
            frame: *frame,
            generation,
            shown: kept.pass,
            bytes: bytes_of(&text),
        };
        kept.insert(key, entry);
        text
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
        let pictures = self.pictures(ctx, layout, generation);
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

    /// Tells where the glyphs of a layout are in egui's atlas, and has egui put those in that are not there yet.
    fn pictures(&self, ctx: &Context, layout: &TextLayout, generation: u64) -> Pictures {
        let mut job = LayoutJob {
            break_on_newline: false,
            ..LayoutJob::default()
        };
        let mut drawn = Vec::new();
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
                    let font = FontId::new(glyph.size / layout.scale, FontFamily::Name(FAMILY.into()));
                    let format = TextFormat::simple(font, Color32::PLACEHOLDER);
                    job.append(character.encode_utf8(&mut [0; 4]), 0.0, format);
                    drawn.push(key);
                }
            }
        }
        if drawn.is_empty() {
            return pictures;
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
        pictures
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

/// Glyphs in egui's atlas, by character and the bits of their size in pixels and of the pixels in a point.
type Pictures = HashMap<(char, u32, u32), Picture>;

fn picture_key(character: char, glyph: &PlacedGlyph, scale: f32) -> (char, u32, u32) {
    (character, glyph.size.to_bits(), scale.to_bits())
}

/// What egui's atlas has, until it is emptied.
#[derive(Default)]
struct Atlas {
    /// How often it was emptied before; as [`Kept::generation`].
    generation: u64,
    pictures: Pictures,
}

impl Atlas {
    /// Forgets the places in another filling of the atlas than this one.
    fn keep_only(&mut self, generation: u64) {
        if self.generation != generation {
            self.generation = generation;
            self.pictures.clear();
        }
    }
}

/// Where a glyph is in egui's atlas.
#[derive(Clone, Copy, Default)]
struct Picture {
    /// From the glyph's origin, in points.
    offset: Vec2,
    /// Points.
    size: Vec2,
    /// Texels.
    min: [u16; 2],
    max: [u16; 2],
}

#[cfg(test)]
mod tests;
