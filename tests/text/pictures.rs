//! Our half of the pictures beside a browser's: `picture_beside_browser.py` runs it and holds the other.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use egui::{Id, LayerId, Order, Rect, vec2};
use egui_kittest::Harness;
use polyclinic::app::theme;
use polyclinic::text::{self, Fallback, Frame};

use super::style;

/// One line of the input: a text and the picture to make of it.
#[derive(serde::Deserialize)]
struct Asked {
    id: String,
    language: String,
    text: String,
    dark: bool,
    scale: f32,
    width: f32,
    margin: f32,
}

#[test]
#[ignore = "run by picture_beside_browser.py, which names its files; needs a graphics driver"]
fn draws_what_the_browser_draws() {
    let name = |variable: &str| std::env::var(variable).unwrap();
    let folder = name("POLYCLINIC_PICTURES");
    for line in BufReader::new(File::open(name("POLYCLINIC_TEXTS")).unwrap()).lines() {
        let asked: Asked = serde_json::from_str(&line.unwrap()).unwrap();
        draw(&asked, &Path::new(&folder).join(format!("{}.png", asked.id)));
    }
}

fn draw(asked: &Asked, path: &Path) {
    let style = style(Some(&asked.language));
    let rows = super::engine().lay_out(asked.text.as_str(), &style, &Frame::wrapped(asked.width), 1.0);
    let size = vec2(asked.width, rows.height) + vec2(2.0, 2.0) * asked.margin;
    let palette = if asked.dark { &theme::DARK } else { &theme::LIGHT };
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(asked.scale)
        .wgpu()
        .build_ui(|ui| {
            let text = text::lay_out(ui.ctx(), asked.text.as_str(), &style, &Frame::wrapped(asked.width));
            let painter = ui
                .ctx()
                .layer_painter(LayerId::new(Order::Foreground, Id::unique("text")));
            let all = Rect::from_min_size(egui::Pos2::ZERO, size);
            painter.rect_filled(all, 0, palette.panel);
            painter.galley(all.min + vec2(asked.margin, asked.margin), text.galley, palette.text);
        });
    theme::install(&harness.ctx);
    text::install(&harness.ctx, Fallback::None);
    harness.ctx.set_theme(if asked.dark {
        egui::Theme::Dark
    } else {
        egui::Theme::Light
    });
    harness.run();
    harness.render().unwrap().save(path).unwrap();
}
