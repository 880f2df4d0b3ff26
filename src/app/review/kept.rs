//! Who reviews on this machine and in which language, kept between starts.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{FormLanguage, Review};
use crate::files::write_toml;
use crate::reviews::Reviewer;

#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    name: String,
    /// Whether the form is in Arabic.
    #[serde(default)]
    arabic: bool,
}

/// Where it is kept, if anywhere.
#[derive(Debug, Default)]
pub struct KeptReviewer {
    file: Option<PathBuf>,
}

impl KeptReviewer {
    /// Takes over what `file` holds and keeps later changes there. A file that cannot be read counts as none.
    pub fn restore(review: &mut Review, file: PathBuf) -> Self {
        let kept = read(&file).unwrap_or_default();
        review.reviewer = Reviewer::new(&kept.name).ok();
        review.form = if kept.arabic {
            FormLanguage::Arabic
        } else {
            FormLanguage::English
        };
        Self { file: Some(file) }
    }

    /// Keeps what holds now.
    pub fn keep(&self, review: &Review) {
        let Some(file) = &self.file else { return };
        let kept = Kept {
            name: review.reviewer.as_ref().map_or("", Reviewer::name).to_owned(),
            arabic: review.form == FormLanguage::Arabic,
        };
        if let Err(error) = write_toml(file, &kept) {
            tracing::warn!("the reviewer's name is not kept for the next start: {error}");
        }
    }
}

fn read(file: &Path) -> Option<Kept> {
    toml::from_str(&std::fs::read_to_string(file).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_asked_for_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("first start").join("reviewer.toml");
        let mut review = Review::default();
        let kept = KeptReviewer::restore(&mut review, file.clone());
        assert_eq!(review.reviewer, None);
        review.reviewer = Reviewer::new("د. ليلى").ok();
        review.form = FormLanguage::Arabic;
        kept.keep(&review);
        let mut again = Review::default();
        KeptReviewer::restore(&mut again, file);
        assert_eq!(again.reviewer, review.reviewer);
        assert_eq!(again.form, FormLanguage::Arabic);
    }
}
