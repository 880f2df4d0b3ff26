//! The look: every colour, size and type style of the window. Nothing else names raw ones.
//!
//! The values are those of the project's style sheet. Sizes are egui points at zoom 1.

use egui::epaint::FontColorTransferFunction;
use egui::epaint::Shadow;
use egui::style::{ScrollFadeStyle, ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Stroke, Style, TextStyle, Theme, Visuals, vec2,
};

use crate::charts::colour::{CATEGORIES, Colour, Rgb, SERIES, Theme as FigureTheme};
use crate::scoring::Outcome;
use crate::text::SEMIBOLD;

/// Sizes of type.
pub mod size {
    pub const KEY_FIGURE: f32 = 20.0;
    pub const PAGE_TITLE: f32 = 16.0;
    pub const QUESTION: f32 = 15.0;
    pub const FINDING: f32 = 14.5;
    pub const OPTION: f32 = 14.0;
    pub const BODY: f32 = 13.0;
    pub const SECONDARY: f32 = 12.0;
    pub const SMALL: f32 = 11.0;
}

/// Distances and extents.
pub mod space {
    pub const RAIL: f32 = 80.0;
    /// Without words.
    pub const NARROW_RAIL: f32 = 48.0;
    pub const HEADER: f32 = 44.0;
    pub const TOOLBAR: f32 = 44.0;
    pub const STATUS: f32 = 24.0;
    pub const NOTICE: f32 = 32.0;
    pub const SIDE_PANEL: f32 = 304.0;
    /// The same in a window that is `width` wide: a large screen has room for whole paths and names there, and lists
    /// need not stretch over all of it.
    pub fn side_panel(width: f32) -> f32 {
        (SIDE_PANEL + (width - 1600.0) * 0.16).clamp(SIDE_PANEL, 440.0)
    }
    pub const GUTTER: f32 = 12.0;
    pub const CARD: f32 = 14.0;
    pub const CARD_HEADER: f32 = 36.0;
    pub const DENSE_ROW: f32 = 24.0;
    pub const ROW: f32 = 30.0;
    pub const CELL: f32 = 36.0;
    /// Where the window is small.
    pub const DENSE_CELL: f32 = 32.0;
    pub const TWO_LINE_ROW: f32 = 44.0;
    pub const LIST_ITEM: f32 = 52.0;
    pub const CONTROL: f32 = 28.0;
    pub const SMALL_CONTROL: f32 = 24.0;
    pub const BAR: f32 = 6.0;
    pub const LETTER_BOX: f32 = 24.0;
    pub const GAP: f32 = 8.0;
    /// Below this width of window the side panel moves under the page.
    pub const NARROW: f32 = 1360.0;
    /// Below this width Inspect's list folds away.
    pub const VERY_NARROW: f32 = 1100.0;
}

/// Corner radii.
pub mod radius {
    pub const CELL: u8 = 2;
    pub const CHIP: u8 = 3;
    pub const CONTROL: u8 = 4;
    pub const CARD: u8 = 6;
}

/// The colour of an outcome's mark and words, and the ground they may stand on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub ink: Color32,
    pub tint: Color32,
}

/// The colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    pub dark: bool,
    pub window: Color32,
    pub panel: Color32,
    pub rail: Color32,
    pub sunken: Color32,
    pub hover: Color32,
    pub line: Color32,
    pub line_strong: Color32,
    /// Around fields and checkboxes, 3:1 against what they stand on.
    pub edge: Color32,
    pub text: Color32,
    pub text_2: Color32,
    pub text_3: Color32,
    pub accent: Color32,
    pub accent_soft: Color32,
    /// Behind what a search found, translucent, so that what is selected shows through.
    pub hit: Color32,
    pub accent_text: Color32,
    pub on_accent: Color32,
    /// Behind selected text.
    pub selection: Color32,
    pub bar_track: Color32,
    pub bar_chosen: Color32,
    pub bar_other: Color32,
    pub bar_second: Color32,
    pub english: Color32,
    pub arabic: Color32,
    /// Ink on every step of the sequential scale.
    pub cell_ink: Color32,
    /// What a popup casts.
    pub shadow: Color32,
    right: Pair,
    wrong: Pair,
    unparsed: Pair,
    refused: Pair,
    truncated: Pair,
    failed: Pair,
    sequential: [Color32; 7],
    diverging: [Color32; 7],
    series: [Color32; SERIES],
    categories: [Color32; CATEGORIES],
}

#[expect(clippy::disallowed_methods, reason = "the one place with raw colours")]
const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// A colour of which `alpha` parts of 255 cover what is beneath.
const fn over(hex: u32, alpha: u8) -> Color32 {
    let [_, red, green, blue] = hex.to_be_bytes();
    let cover = alpha as u32;
    let [red, green, blue] = [
        red as u32 * cover / 255,
        green as u32 * cover / 255,
        blue as u32 * cover / 255,
    ];
    Color32::from_rgba_premultiplied(red as u8, green as u8, blue as u8, alpha)
}

const fn pair(ink: u32, tint: u32) -> Pair {
    Pair {
        ink: rgb(ink),
        tint: rgb(tint),
    }
}

/// The light theme.
pub const LIGHT: Palette = Palette {
    dark: false,
    window: rgb(0xF3F4F6),
    panel: rgb(0xFFFFFF),
    rail: rgb(0xE9EBEE),
    sunken: rgb(0xF6F7F9),
    hover: rgb(0xEEF0F3),
    line: rgb(0xDDE0E5),
    line_strong: rgb(0xB4BBC4),
    edge: rgb(0x868F9A),
    text: rgb(0x15191E),
    text_2: rgb(0x46505B),
    text_3: rgb(0x5D6772),
    accent: rgb(0x4350C8),
    accent_soft: rgb(0xE8EAFB),
    hit: over(0xFFC21A, 0x73),
    accent_text: rgb(0x3742AE),
    on_accent: rgb(0xFFFFFF),
    selection: rgb(0xC6CDF8),
    bar_track: rgb(0xE9ECEF),
    bar_chosen: rgb(0x2F3740),
    bar_other: rgb(0x6B7480),
    bar_second: rgb(0x5F6975),
    english: rgb(0x2B66B8),
    arabic: rgb(0xB07A00),
    cell_ink: rgb(0x15191E),
    shadow: Color32::from_black_alpha(40),
    right: pair(0x0B7268, 0xDDF1EE),
    wrong: pair(0xB5431A, 0xFBE9E1),
    unparsed: pair(0x856100, 0xF7EFD6),
    refused: pair(0x7C3F92, 0xF3E8F6),
    truncated: pair(0x47678A, 0xE5ECF4),
    failed: pair(0xA31D4E, 0xFAE5EC),
    sequential: [
        rgb(0xF1F9F8),
        rgb(0xD3EAE7),
        rgb(0xB5DBD7),
        rgb(0x96CCC7),
        rgb(0x76BEB7),
        rgb(0x53AFA7),
        rgb(0x1FA098),
    ],
    diverging: [
        rgb(0xD77343),
        rgb(0xE5A182),
        rgb(0xEFCABA),
        rgb(0xF1F4F4),
        rgb(0xB7DCD8),
        rgb(0x78C3BC),
        rgb(0x0DA89F),
    ],
    series: [
        rgb(0x2F3740),
        rgb(0x8B949F),
        rgb(0xEF9B58),
        rgb(0x933FA3),
        rgb(0x567506),
        rgb(0xCA99EF),
        rgb(0x631E8A),
        rgb(0xAE316D),
        rgb(0x5487F2),
    ],
    categories: [
        rgb(0x2B66B8),
        rgb(0xB07A00),
        rgb(0x750524),
        rgb(0x4A237A),
        rgb(0x559A99),
        rgb(0x9085FB),
        rgb(0x216A6A),
        rgb(0x894C06),
    ],
};

/// The dark theme.
pub const DARK: Palette = Palette {
    dark: true,
    window: rgb(0x15181C),
    panel: rgb(0x1C2025),
    rail: rgb(0x111316),
    sunken: rgb(0x181B20),
    hover: rgb(0x252A31),
    line: rgb(0x2D333A),
    line_strong: rgb(0x4C555F),
    edge: rgb(0x6C7682),
    text: rgb(0xE9ECEF),
    text_2: rgb(0xB7BFC8),
    text_3: rgb(0x8F99A4),
    accent: rgb(0x7F8DF2),
    accent_soft: rgb(0x282E52),
    hit: over(0xE0A020, 0x58),
    accent_text: rgb(0xA5B0FA),
    on_accent: rgb(0x11131A),
    selection: rgb(0x39447F),
    bar_track: rgb(0x2A2F36),
    bar_chosen: rgb(0xE4E8EC),
    bar_other: rgb(0x8B949F),
    bar_second: rgb(0x98A2AD),
    english: rgb(0x7FB0F5),
    arabic: rgb(0xE0A93B),
    cell_ink: rgb(0xF2F4F6),
    shadow: Color32::from_black_alpha(140),
    right: pair(0x46BFB0, 0x17352F),
    wrong: pair(0xF0895A, 0x3B231A),
    unparsed: pair(0xD9B24A, 0x352C14),
    refused: pair(0xC793DB, 0x33213A),
    truncated: pair(0x8FB1D6, 0x1E2B39),
    failed: pair(0xEE7B9F, 0x3C1C28),
    sequential: [
        rgb(0x1C2524),
        rgb(0x1F3230),
        rgb(0x213F3C),
        rgb(0x214D49),
        rgb(0x205B56),
        rgb(0x1D6964),
        rgb(0x167872),
    ],
    diverging: [
        rgb(0x974A24),
        rgb(0x6F3E28),
        rgb(0x4B3328),
        rgb(0x242727),
        rgb(0x263E3C),
        rgb(0x225753),
        rgb(0x09736C),
    ],
    series: [
        rgb(0xE4E8EC),
        rgb(0x7A8490),
        rgb(0xC2D033),
        rgb(0x7D4A1F),
        rgb(0x5ABBFB),
        rgb(0x3154A0),
        rgb(0xBC9B2A),
        rgb(0x9D703B),
        rgb(0xF8ACB5),
    ],
    categories: [
        rgb(0x7FB0F5),
        rgb(0xE0A93B),
        rgb(0x935E61),
        rgb(0x566AAF),
        rgb(0x76E9D4),
        rgb(0xD6809C),
        rgb(0xA0832A),
        rgb(0x8A7FF4),
    ],
};

impl Palette {
    /// The palette that `visuals` were made from.
    pub fn of(visuals: &Visuals) -> &'static Self {
        if visuals.dark_mode { &DARK } else { &LIGHT }
    }

    /// The colours of an outcome.
    pub fn outcome(&self, outcome: Outcome) -> Pair {
        match outcome {
            Outcome::Right => self.right,
            Outcome::Wrong => self.wrong,
            Outcome::Unparsed => self.unparsed,
            Outcome::Refused => self.refused,
            Outcome::Truncated => self.truncated,
            Outcome::Failed => self.failed,
        }
    }

    /// What warns without anything having failed.
    pub fn warning(&self) -> Pair {
        self.unparsed
    }

    /// The ground of a cell with `accuracy` from 0 to 1: straight between 0.2 and 0.9, level outside.
    pub fn sequential(&self, accuracy: f64) -> Color32 {
        between(&self.sequential, (accuracy - 0.2) / 0.7)
    }

    /// The ground of a cell with a `difference` from −1 to 1: straight between −0.4 and 0.4, level outside.
    pub fn diverging(&self, difference: f64) -> Color32 {
        between(&self.diverging, (difference + 0.4) / 0.8)
    }

    /// The steps of the diverging scale, lowest first, for its key.
    pub fn diverging_steps(&self) -> [Color32; 7] {
        self.diverging
    }

    /// The steps of the sequential scale, lowest first, for its key.
    pub fn sequential_steps(&self) -> [Color32; 7] {
        self.sequential
    }

    /// The bar colour of the model in place `index`: neutral greys first, since language and outcome own the
    /// strong hues; then colours that stay apart for colour-blind readers and from the accent and the outcomes.
    /// Past nine models they repeat.
    pub fn series(&self, index: usize) -> Color32 {
        self.series[index % self.series.len()]
    }

    /// A colour of a figure.
    pub fn of_figure(&self, colour: Colour) -> Color32 {
        let [red, green, blue] = self.figure().rgb(colour).map(u32::from);
        rgb(red << 16 | green << 8 | blue)
    }

    /// The colours of figures on a card.
    pub fn figure(&self) -> FigureTheme {
        let rgb = |colour: Color32| [colour.r(), colour.g(), colour.b()];
        FigureTheme {
            ground: rgb(self.panel),
            text: rgb(self.text),
            text_2: rgb(self.text_2),
            text_3: rgb(self.text_3),
            line: rgb(self.line),
            strong_line: rgb(self.line_strong),
            neutral: rgb(self.bar_second),
            right: rgb(self.right.ink),
            wrong: rgb(self.wrong.ink),
            failed: rgb(self.failed.ink),
            categories: self.categories.map(rgb),
            series: self.series.map(rgb),
        }
    }
}

/// The colour at `share` of the way along a scale.
fn between(scale: &[Color32; 7], share: f64) -> Color32 {
    let last = scale.len() - 1;
    let place = share.clamp(0.0, 1.0) as f32 * last as f32;
    let below = (place.floor() as usize).min(last);
    let above = (below + 1).min(last);
    scale[below].lerp_to_gamma(scale[above], place - below as f32)
}

/// The colours of figures on paper: black words on white, and marks as in the light theme.
pub fn print() -> FigureTheme {
    let black: Rgb = [0; 3];
    FigureTheme {
        ground: [255; 3],
        text: black,
        text_2: black,
        ..LIGHT.figure()
    }
}

/// Regular type of `size`.
pub fn regular(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Semibold type of `size`.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// Gives `context` both themes. Fonts are [`crate::text`]'s matter.
pub fn install(context: &Context) {
    // Where the system does not say which it likes.
    context.options_mut(|options| options.fallback_theme = Theme::Light);
    context.set_style_of(Theme::Light, style(&LIGHT));
    context.set_style_of(Theme::Dark, style(&DARK));
}

fn style(palette: &Palette) -> Style {
    let mut style = Style {
        visuals: visuals(palette),
        animation_time: 0.1,
        ..Style::default()
    };
    style.text_styles = [
        (TextStyle::Heading, semibold(size::PAGE_TITLE)),
        (TextStyle::Body, regular(size::BODY)),
        (TextStyle::Button, regular(size::BODY)),
        (TextStyle::Small, regular(size::SMALL)),
        (
            TextStyle::Monospace,
            FontId::new(size::SECONDARY, FontFamily::Monospace),
        ),
    ]
    .into();
    style.spacing.item_spacing = vec2(8.0, 4.0);
    style.spacing.button_padding = vec2(10.0, 5.0);
    style.spacing.interact_size = vec2(28.0, space::CONTROL);
    style.spacing.icon_width = 14.0;
    style.spacing.icon_width_inner = 8.0;
    style.spacing.icon_spacing = 8.0;
    style.spacing.menu_margin = Margin::same(4);
    style.spacing.window_margin = Margin::same(12);
    style.spacing.tooltip_width = 360.0;
    style.spacing.scroll = ScrollStyle {
        floating_allocated_width: 0.0,
        bar_width: 8.0,
        floating_width: 4.0,
        dormant_handle_opacity: 0.35,
        dormant_background_opacity: 0.0,
        active_background_opacity: 0.0,
        interact_background_opacity: 0.0,
        // A fading edge would change the colour of cells, which is their value.
        fade: ScrollFadeStyle {
            strength: 0.0,
            ..ScrollFadeStyle::default()
        },
        ..ScrollStyle::floating()
    };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.3;
    style
}

fn visuals(palette: &Palette) -> Visuals {
    let mut visuals = if palette.dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    let widget = |fill, line, ink| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, line),
        corner_radius: CornerRadius::same(radius::CONTROL),
        fg_stroke: Stroke::new(1.0, ink),
        expansion: 0.0,
    };
    visuals.widgets = Widgets {
        noninteractive: widget(palette.panel, palette.line, palette.text),
        inactive: widget(palette.panel, palette.line_strong, palette.text),
        hovered: widget(palette.hover, palette.edge, palette.text),
        active: widget(palette.line, palette.edge, palette.text),
        open: widget(palette.hover, palette.edge, palette.text),
    };
    if palette.dark {
        // As heavy as in browsers; egui would thicken light text on a dark ground by a seventh at body size.
        visuals.text_options.color_transfer_function = FontColorTransferFunction::Gamma(0.85);
    }
    visuals.selection = Selection {
        bg_fill: palette.selection,
        stroke: Stroke::new(1.0, palette.accent_text),
    };
    visuals.panel_fill = palette.window;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = Stroke::new(1.0, palette.line_strong);
    visuals.window_corner_radius = CornerRadius::same(radius::CARD);
    visuals.menu_corner_radius = CornerRadius::same(radius::CARD);
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 12,
        spread: 0,
        color: palette.shadow,
    };
    visuals.extreme_bg_color = palette.panel;
    visuals.text_edit_bg_color = Some(palette.panel);
    visuals.faint_bg_color = palette.sunken;
    visuals.code_bg_color = palette.sunken;
    visuals.hyperlink_color = palette.accent_text;
    visuals.warn_fg_color = palette.unparsed.ink;
    visuals.error_fg_color = palette.failed.ink;
    visuals.weak_text_color = Some(palette.text_3);
    visuals.striped = false;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color32) -> f64 {
        let linear = |byte: u8| {
            let value = f64::from(byte) / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
    }

    fn contrast(one: Color32, other: Color32) -> f64 {
        let (light, dark) = (
            luminance(one).max(luminance(other)),
            luminance(one).min(luminance(other)),
        );
        (light + 0.05) / (dark + 0.05)
    }

    #[test]
    fn text_can_be_read_on_every_ground() {
        for palette in [LIGHT, DARK] {
            // The bars of the finding are seen on its panel; their counts stand below.
            for bar in [palette.bar_chosen, palette.bar_other] {
                let seen = contrast(palette.panel, bar);
                assert!(seen >= 4.5, "{bar:?}: {seen}");
            }
            for ground in [
                palette.window,
                palette.panel,
                palette.rail,
                palette.sunken,
                palette.hover,
            ] {
                for ink in [palette.text, palette.text_2, palette.text_3] {
                    assert!(
                        contrast(ink, ground) >= 4.5,
                        "{ink:?} on {ground:?}: {}",
                        contrast(ink, ground)
                    );
                }
            }
            for ink in [palette.text, palette.text_2] {
                assert!(contrast(ink, palette.selection) >= 4.5, "{ink:?} selected");
            }
            assert!(
                contrast(palette.panel, palette.selection) >= 1.4,
                "what is selected is seen"
            );
            let right = palette.outcome(Outcome::Right).tint;
            let grounds = [
                palette.panel,
                palette.hover,
                palette.accent_soft,
                palette.selection,
                right,
            ];
            for ground in grounds {
                let hit = ground.blend(palette.hit);
                assert!(contrast(palette.text, hit) >= 4.5, "{}", contrast(palette.text, hit));
                // Behind selected letters it is as light as the selection, and of another hue.
                let seen = ground == palette.selection || contrast(hit, ground) >= 1.1;
                assert!(seen, "{}", contrast(hit, ground));
            }
            // What is selected is seen through what was found.
            let [selected, plain] = [palette.selection, palette.panel].map(|ground| ground.blend(palette.hit));
            assert!(contrast(selected, plain) >= 1.2, "{}", contrast(selected, plain));
            for outcome in Outcome::ALL {
                let Pair { ink, tint } = palette.outcome(outcome);
                assert!(contrast(ink, tint) >= 4.5, "{outcome:?}: {}", contrast(ink, tint));
            }
            for step in 0..=100 {
                let ground = palette.sequential(f64::from(step) / 100.0);
                assert!(contrast(palette.cell_ink, ground) >= 4.5, "{step}");
                let ground = palette.diverging(f64::from(step) / 100.0 - 0.5);
                assert!(contrast(palette.cell_ink, ground) >= 4.5, "{step}");
            }
        }
    }

    /// A colour in Oklab as readers see it who lack red, green or blue cones, and as others do (the matrices of
    /// Machado, Oliveira and Fernandes, 2009, at full severity).
    fn seen(colour: Color32) -> [[f64; 3]; 4] {
        const EYES: [[[f64; 3]; 3]; 4] = [
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ];
        const CONES: [[f64; 3]; 3] = [
            [0.412_221, 0.536_333, 0.051_446],
            [0.211_903, 0.680_700, 0.107_397],
            [0.088_302, 0.281_719, 0.629_979],
        ];
        const OKLAB: [[f64; 3]; 3] = [
            [0.210_454, 0.793_618, -0.004_072],
            [1.977_998, -2.428_592, 0.450_594],
            [0.025_904, 0.782_772, -0.808_676],
        ];
        let times = |matrix: [[f64; 3]; 3], vector: [f64; 3]| {
            matrix.map(|row| row.iter().zip(vector).map(|(one, other)| one * other).sum::<f64>())
        };
        let linear = [colour.r(), colour.g(), colour.b()].map(|byte| luminance(rgb(u32::from(byte) * 0x0001_0101)));
        EYES.map(|eye| {
            let light = times(eye, linear).map(|part| part.clamp(0.0, 1.0));
            times(OKLAB, times(CONES, light).map(f64::cbrt))
        })
    }

    fn distance(one: [f64; 3], other: [f64; 3]) -> f64 {
        let squares = one.iter().zip(other).map(|(one, other)| (one - other).powi(2));
        squares.sum::<f64>().sqrt()
    }

    #[test]
    fn bars_are_told_apart_by_colour_blind_readers_and_from_what_has_a_meaning() {
        for palette in [LIGHT, DARK] {
            for (place, one) in palette.series.into_iter().enumerate() {
                assert!(contrast(one, palette.panel) >= 2.0, "{one:?} on its card");
                for other in palette.series.into_iter().skip(place + 1) {
                    for (one, other) in seen(one).into_iter().zip(seen(other)) {
                        assert!(
                            distance(one, other) > 0.085,
                            "{one:?} {other:?}: {}",
                            distance(one, other)
                        );
                    }
                }
                for reserved in [palette.accent, palette.right.ink, palette.wrong.ink] {
                    let apart = distance(seen(one)[0], seen(reserved)[0]);
                    assert!(apart > 0.1, "{one:?} {reserved:?}: {apart}");
                }
            }
        }
    }
}
