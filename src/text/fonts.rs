//! The bundled fonts, and which of them a language is written in.
//!
//! The same bytes serve our own layout and egui's text. What the bundle lacks is looked for once
//! among the fonts of the system, and only when a text needs it: start-up does not wait for them.

use std::sync::Arc;

use parley::FontContext;
use parley::fontique::{Blob, Collection, CollectionOptions, FontInfoOverride, FontWeight};

use crate::language::{Language, Script};

/// The two weights of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Weight {
    /// 400, for reading.
    #[default]
    Regular,
    /// 600, for what stands out.
    Semibold,
}

impl Weight {
    /// On the scale of CSS and OpenType, 1 to 1000.
    pub fn value(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Semibold => 600,
        }
    }
}

/// Whether letters are as wide as they need or all as wide as each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pitch {
    /// For reading.
    #[default]
    Proportional,
    /// For what a program reads or wrote: every Latin, Cyrillic and Greek letter, digit and sign is as wide as the next.
    /// Other scripts keep the widths their readers know.
    Fixed,
}

/// A font file within the program.
#[derive(Debug)]
pub struct BundledFont {
    /// The family as layout names it.
    pub family: &'static str,
    pub weight: Weight,
    /// A whole TrueType file.
    pub bytes: &'static [u8],
}

impl BundledFont {
    /// A name that no other bundled font has.
    pub fn name(&self) -> String {
        format!("{} {}", self.family, self.weight.value())
    }
}

macro_rules! bundled {
    ($($family:literal $weight:ident $file:literal),* $(,)?) => {
        &[$(BundledFont {
            family: $family,
            weight: Weight::$weight,
            bytes: include_bytes!(concat!("../../fonts/", $file, ".ttf")),
        }),*]
    };
}

/// Every bundled font. Of scripts without a semibold file the regular one is thickened in drawing.
pub static BUNDLED: &[BundledFont] = bundled![
    "Noto Sans" Regular "NotoSans-Regular",
    "Noto Sans" Semibold "NotoSans-SemiBold",
    "Noto Sans Arabic" Regular "NotoSansArabic-Regular",
    "Noto Sans Arabic" Semibold "NotoSansArabic-SemiBold",
    "Noto Sans Devanagari" Regular "NotoSansDevanagari-Regular",
    "Noto Sans Devanagari" Semibold "NotoSansDevanagari-SemiBold",
    "Noto Sans Armenian" Regular "NotoSansArmenian-Regular",
    "Noto Sans Armenian" Semibold "NotoSansArmenian-SemiBold",
    "Noto Sans Bengali" Regular "NotoSansBengali-Regular",
    "Noto Sans Ethiopic" Regular "NotoSansEthiopic-Regular",
    "Noto Sans Georgian" Regular "NotoSansGeorgian-Regular",
    "Noto Sans Georgian" Semibold "NotoSansGeorgian-SemiBold",
    "Noto Sans Hebrew" Regular "NotoSansHebrew-Regular",
    "Noto Sans Sinhala" Regular "NotoSansSinhala-Regular",
    "Noto Sans Telugu" Regular "NotoSansTelugu-Regular",
    "Noto Sans Thai" Regular "NotoSansThai-Regular",
    "Noto Sans Math" Regular "NotoSansMath-Regular",
    "Noto Sans KR" Regular "NotoSansKR-Regular",
    "Noto Sans SC" Regular "NotoSansSC-Regular",
    "Noto Sans JP" Regular "NotoSansJP-Regular",
    "Noto Emoji" Regular "NotoEmoji-Regular",
    "Noto Sans Mono" Regular "NotoSansMono-Regular",
];

/// The family of Latin, Cyrillic and Greek, in which everything else of the interface is set too.
pub const MAIN_FAMILY: &str = "Noto Sans";

/// The family whose letters are all as wide as each other.
pub const FIXED_FAMILY: &str = "Noto Sans Mono";

/// The family of signs that go with its letters; those of Chinese fonts are as wide as their characters.
const SIGNS_FAMILY: &str = "Noto Sans Math";

/// The families that `text` in `language` is set in, the first that has a character winning.
///
/// The language's own family comes first, so that Japanese takes Japanese forms of the characters
/// it shares with Chinese, and Arabic takes its own punctuation and digits.
pub fn families(language: Option<&Language>, text: &str) -> Vec<&'static str> {
    let han = han_family(language, text);
    let own = language.map_or(MAIN_FAMILY, |language| match language.script() {
        Script::Han => han,
        script => family_of(script),
    });
    let mut families = vec![own, MAIN_FAMILY, SIGNS_FAMILY, han];
    families.extend(BUNDLED.iter().map(|font| font.family));
    let mut seen = Vec::with_capacity(families.len());
    families.retain(|family| {
        let first = !seen.contains(family);
        seen.push(*family);
        first
    });
    families
}

/// The family of the Chinese characters in `text`, whose forms differ between the languages that
/// write them. Where the language is another, kana or Hangul beside them tell.
///
/// Korean and traditional Chinese write most of them as Japanese does, and not as simplified
/// Chinese does.
fn han_family(language: Option<&Language>, text: &str) -> &'static str {
    let japanese = match language.map(Language::script) {
        Some(Script::Japanese | Script::Hangul) => true,
        Some(Script::Han) => language.is_some_and(Language::is_traditional_chinese),
        _ => text.chars().any(|character| {
            Script::Hangul.contains(character)
                || (Script::Japanese.contains(character) && !Script::Han.contains(character))
        }),
    };
    family_of(if japanese { Script::Japanese } else { Script::Han })
}

fn family_of(script: Script) -> &'static str {
    match script {
        Script::Arabic => "Noto Sans Arabic",
        Script::Armenian => "Noto Sans Armenian",
        Script::Bengali => "Noto Sans Bengali",
        Script::Cyrillic | Script::Greek | Script::Latin => MAIN_FAMILY,
        Script::Devanagari => "Noto Sans Devanagari",
        Script::Ethiopic => "Noto Sans Ethiopic",
        Script::Georgian => "Noto Sans Georgian",
        Script::Hangul => "Noto Sans KR",
        Script::Han => "Noto Sans SC",
        Script::Hebrew => "Noto Sans Hebrew",
        Script::Japanese => "Noto Sans JP",
        Script::Sinhala => "Noto Sans Sinhala",
        Script::Telugu => "Noto Sans Telugu",
        Script::Thai => "Noto Sans Thai",
    }
}

/// The bundled font whose bytes these are; `None` for a font of the system.
pub fn bundled(bytes: &[u8]) -> Option<&'static BundledFont> {
    BUNDLED.iter().find(|font| std::ptr::eq(font.bytes, bytes))
}

impl BundledFont {
    /// Whether its glyphs are drawn on whole pixels only.
    ///
    /// Chinese characters are many, and all as wide as each other: four copies of each at
    /// quarter-pixel steps would fill the glyph atlas and show nothing more.
    pub fn on_whole_pixels(&self) -> bool {
        ["Noto Sans SC", "Noto Sans JP", "Noto Sans KR"].contains(&self.family)
    }
}

/// Where to look for what the bundle lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fallback {
    /// In the fonts of the system, once the first character is missing.
    System,
    /// Nowhere: layout is the same on every machine, as tests need it.
    None,
}

/// Parley's font collection with the bundle in it and no font of the system yet.
pub fn collection() -> FontContext {
    let mut collection = Collection::new(CollectionOptions {
        shared: false,
        system_fonts: false,
    });
    for font in BUNDLED {
        let naming = FontInfoOverride {
            family_name: Some(font.family),
            weight: Some(FontWeight::new(f32::from(font.weight.value()))),
            ..FontInfoOverride::default()
        };
        collection.register_fonts(Blob::new(Arc::new(font.bytes)), Some(naming));
    }
    FontContext {
        collection,
        source_cache: Default::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().unwrap()
    }

    #[test]
    fn a_language_is_set_in_its_own_family_first() {
        assert_eq!(families(None, "")[0], "Noto Sans");
        assert_eq!(families(Some(&language("ja")), "")[..2], ["Noto Sans JP", "Noto Sans"]);
        assert_eq!(families(Some(&language("zh")), "")[..2], ["Noto Sans SC", "Noto Sans"]);
        assert_eq!(
            families(Some(&language("ar")), "")[..2],
            ["Noto Sans Arabic", "Noto Sans"]
        );
        let yoruba = families(Some(&language("yo")), "");
        assert_eq!(yoruba.iter().filter(|family| **family == "Noto Sans").count(), 1);
        assert!(yoruba.contains(&"Noto Sans Thai"));
    }

    #[test]
    fn chinese_characters_take_the_forms_of_their_language() {
        let first = |tag: Option<&str>, text: &str| {
            let families = families(tag.map(language).as_ref(), text);
            let mut chinese = families
                .into_iter()
                .filter(|family| ["Noto Sans SC", "Noto Sans JP"].contains(family));
            chinese.next().unwrap()
        };
        for (tag, text, family) in [
            (Some("ja"), "直", "Noto Sans JP"),
            (Some("ko"), "直", "Noto Sans JP"),
            (Some("zh"), "直 の", "Noto Sans SC"),
            (Some("zh-Hant"), "直", "Noto Sans JP"),
            (Some("zh-TW"), "直", "Noto Sans JP"),
            (Some("en"), "the sign 直", "Noto Sans SC"),
            (Some("en"), "the word 直す", "Noto Sans JP"),
            (None, "직 直", "Noto Sans JP"),
            (None, "直", "Noto Sans SC"),
        ] {
            assert_eq!(first(tag, text), family, "{tag:?} {text}");
        }
    }

    /// A file that nothing is set in would only make the program larger; one without a licence may not be handed on.
    #[test]
    fn every_font_file_is_bundled_told_of_and_licensed() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fonts");
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        let (table, licence) = (read("README.md"), read("OFL.txt"));
        let mut files = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "ttf") {
                continue;
            }
            files += 1;
            let name = path.file_stem().unwrap().to_str().unwrap();
            let bytes = std::fs::read(&path).unwrap();
            let font = BUNDLED.iter().find(|font| font.bytes == bytes);
            let font = font.unwrap_or_else(|| panic!("{name} is not bundled"));
            let first = name.split('-').next().unwrap();
            assert!(table.contains(&format!("| {first}-")), "{name} is not in README.md");
            let chinese = ["SC", "JP", "KR"].iter().any(|script| font.family.ends_with(script));
            let named = match chinese {
                true => "Noto Sans SC, JP, KR:".to_owned(),
                false => format!("{}:", font.family),
            };
            assert!(licence.contains(&named), "{name} is not in OFL.txt");
        }
        assert_eq!(files, BUNDLED.len());
    }

    #[test]
    fn every_bundled_font_is_found_by_family_and_weight() {
        let mut fonts = collection();
        for font in BUNDLED {
            let family = fonts.collection.family_by_name(font.family).unwrap();
            let weights: Vec<f32> = family.fonts().iter().map(|info| info.weight().value()).collect();
            assert!(
                weights.contains(&f32::from(font.weight.value())),
                "{}: {weights:?}",
                font.name()
            );
        }
    }
}
