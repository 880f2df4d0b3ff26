//! What is written to a file: a figure for print, or a table.

use super::caption::Caption;
use super::chart::{Chart, Kind, Room};
use super::colour::Theme;
use super::png::{self, PictureError};
use super::print::Column;
use super::svg;
use crate::runs::columns::{Table, latex, markdown, write_csv};
use crate::text::outline::Outliner;

/// How a figure is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Picture {
    #[default]
    Svg,
    Png,
}

impl Picture {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Svg, Self::Png];

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Svg => "SVG",
            Self::Png => "PNG, 300 dpi",
        }
    }
}

/// How a table is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sheet {
    #[default]
    Csv,
    Markdown,
    Latex,
}

impl Sheet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Markdown, Self::Latex];

    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Latex => "tex",
        }
    }

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Markdown => "Markdown",
            Self::Latex => "LaTeX",
        }
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("there is nothing in this figure yet: {}", kind.nothing())]
    Empty { kind: Kind },
    #[error(transparent)]
    Picture(#[from] PictureError),
    #[error("the table could not be written as CSV")]
    Csv(#[from] polars::prelude::PolarsError),
}

/// The least height of a figure on paper, beside its width.
const LEAST: f32 = 0.62;

/// The bytes of a figure on paper, with its caption below.
pub fn figure(
    chart: &dyn Chart,
    caption: &Caption,
    picture: Picture,
    column: Column,
    theme: &Theme,
    outliner: &Outliner,
) -> Result<Vec<u8>, ExportError> {
    if chart.is_empty() {
        return Err(ExportError::Empty { kind: chart.kind() });
    }
    let width = column.scene_width();
    let room = Room {
        width,
        height: (width * LEAST).min(300.0),
    };
    let mut scene = chart.scene(room, outliner);
    caption.write_below(&mut scene, outliner);
    match picture {
        Picture::Svg => Ok(svg::document(&scene, theme, outliner).into_bytes()),
        Picture::Png => Ok(png::picture(&scene, theme, outliner, png::PRINT)?),
    }
}

/// The bytes of a table.
pub fn table(table: &Table, sheet: Sheet) -> Result<Vec<u8>, ExportError> {
    match sheet {
        Sheet::Csv => {
            let mut bytes = Vec::new();
            write_csv(&mut bytes, table)?;
            Ok(bytes)
        }
        Sheet::Markdown => Ok(markdown(table).into_bytes()),
        Sheet::Latex => Ok(latex(table).into_bytes()),
    }
}
