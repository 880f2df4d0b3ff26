//! The window's zoom: by Ctrl + − 0, from half to three times, and kept for the next start.

use std::path::{Path, PathBuf};

use egui::gui_zoom::kb_shortcuts::{ZOOM_IN, ZOOM_IN_SECONDARY, ZOOM_OUT, ZOOM_RESET};
use egui::{Context, KeyboardShortcut};
use serde::{Deserialize, Serialize};

use crate::files::write_atomically;

/// Every zoom there is: the steps of a browser.
const STEPS: [f32; 12] = [0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0];

/// What is kept between starts.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    zoom: f32,
}

/// Where the zoom is kept, if anywhere.
#[derive(Debug, Default)]
pub struct Zoom {
    file: Option<PathBuf>,
}

impl Zoom {
    /// Sets the zoom that `file` holds and keeps later ones there. A file that cannot be read counts as none.
    pub fn restore(context: &Context, file: PathBuf) -> Self {
        if let Some(zoom) = read(&file) {
            context.set_zoom_factor(zoom);
        }
        Self { file: Some(file) }
    }

    /// Takes this frame's keys. Belongs before the frame is drawn.
    pub fn take_keys(&self, context: &Context) {
        let pressed = |keys: &KeyboardShortcut| context.input_mut(|input| input.consume_shortcut(keys));
        let now = context.zoom_factor();
        let next = if pressed(&ZOOM_RESET) {
            1.0
        } else if pressed(&ZOOM_IN) || pressed(&ZOOM_IN_SECONDARY) {
            larger(now)
        } else if pressed(&ZOOM_OUT) {
            smaller(now)
        } else {
            return;
        };
        if next == now {
            return;
        }
        context.set_zoom_factor(next);
        if let Some(file) = &self.file
            && let Err(error) = keep(file, next)
        {
            tracing::warn!("the zoom is not kept for the next start: {error}");
        }
    }
}

fn larger(zoom: f32) -> f32 {
    let next = STEPS.into_iter().find(|step| *step > zoom + 0.01);
    next.unwrap_or(3.0)
}

fn smaller(zoom: f32) -> f32 {
    let next = STEPS.into_iter().rev().find(|step| *step < zoom - 0.01);
    next.unwrap_or(0.5)
}

fn read(file: &Path) -> Option<f32> {
    let text = std::fs::read_to_string(file).ok()?;
    let kept: Kept = toml::from_str(&text).ok()?;
    kept.zoom.is_finite().then(|| kept.zoom.clamp(0.5, 3.0))
}

fn keep(file: &Path, zoom: f32) -> Result<(), Box<dyn std::error::Error>> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    write_atomically(file, toml::to_string(&Kept { zoom })?.as_bytes())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_end_at_half_and_at_three_times() {
        let mut zoom = 1.0;
        for _ in 0..20 {
            zoom = larger(zoom);
        }
        assert_eq!(zoom, 3.0);
        assert_eq!(larger(0.97), 1.0, "from between two steps");
        for _ in 0..20 {
            zoom = smaller(zoom);
        }
        assert_eq!(zoom, 0.5);
    }

    #[test]
    fn a_kept_zoom_is_read_again_and_never_out_of_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("first start").join("window.toml");
        assert_eq!(read(&file), None);
        keep(&file, 1.25).unwrap();
        assert_eq!(read(&file), Some(1.25));
        for (text, zoom) in [
            ("zoom = 90.0", Some(3.0)),
            ("zoom = 0.0", Some(0.5)),
            ("zoom = nan", None),
            ("?", None),
        ] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(read(&file), zoom, "{text}");
        }
    }
}
