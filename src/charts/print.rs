//! Sizes on paper.

/// How wide a column of a journal is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Column {
    /// 89 mm.
    #[default]
    Single,
    /// 183 mm: both columns.
    Double,
}

/// Points in a millimetre.
const POINTS: f32 = 72.0 / 25.4;

/// The size of type on paper, beside that in the window: labels of 12 points come out at 7.
const TYPE: f32 = 7.0 / 12.0;

impl Column {
    /// Every width.
    pub const ALL: [Self; 2] = [Self::Single, Self::Double];

    /// Its width in millimetres.
    pub fn millimetres(self) -> f32 {
        match self {
            Self::Single => 89.0,
            Self::Double => 183.0,
        }
    }

    /// How wide a scene is drawn for it, in points of the window, without the margins.
    pub fn scene_width(self) -> f32 {
        self.millimetres() * POINTS / TYPE - 2.0 * MARGIN
    }

    /// What it is called.
    pub fn words(self) -> &'static str {
        match self {
            Self::Single => "single, 89 mm",
            Self::Double => "double, 183 mm",
        }
    }
}

/// Around a figure that stands by itself, in points of a scene.
pub const MARGIN: f32 = 6.0;

/// How long `points` of a scene are on paper, in millimetres.
pub fn millimetres(points: f32) -> f32 {
    points * TYPE / POINTS
}
