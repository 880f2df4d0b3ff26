//! Languages: the BCP 47 tag of an item, its script, its direction, its names and its option letters.
//!
//! Any well-formed tag is accepted; what the table below does not know is shown by its tag,
//! written left to right in Latin letters, which is what its benchmark files use too.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which way a paragraph of a language runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Latin, Cyrillic, Han, Devanagari and most others.
    LeftToRight,
    /// Arabic, Hebrew and their relatives.
    RightToLeft,
}

/// The scripts that the known languages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    Arabic,
    Armenian,
    Bengali,
    Cyrillic,
    Devanagari,
    Ethiopic,
    Georgian,
    Greek,
    Hangul,
    /// Chinese characters.
    Han,
    Hebrew,
    /// Kana with Chinese characters.
    Japanese,
    Latin,
    Sinhala,
    Telugu,
    Thai,
}

impl Script {
    /// Those with letters that are not Latin; the characters that Japanese shares with Chinese count as Han.
    const FOREIGN: [Self; 13] = [
        Self::Arabic,
        Self::Hebrew,
        Self::Cyrillic,
        Self::Greek,
        Self::Devanagari,
        Self::Bengali,
        Self::Ethiopic,
        Self::Sinhala,
        Self::Telugu,
        Self::Thai,
        Self::Hangul,
        Self::Han,
        Self::Japanese,
    ];

    /// The script that `character` is of; `None` for Latin letters and for what all scripts share.
    pub fn of(character: char) -> Option<Self> {
        if character.is_ascii() {
            return None;
        }
        Self::FOREIGN.into_iter().find(|script| script.contains(character))
    }

    /// The ISO 15924 code, as fonts and layout libraries name scripts.
    pub fn code(self) -> &'static str {
        match self {
            Self::Arabic => "Arab",
            Self::Armenian => "Armn",
            Self::Bengali => "Beng",
            Self::Cyrillic => "Cyrl",
            Self::Devanagari => "Deva",
            Self::Ethiopic => "Ethi",
            Self::Georgian => "Geor",
            Self::Greek => "Grek",
            Self::Hangul => "Kore",
            Self::Han => "Hans",
            Self::Hebrew => "Hebr",
            Self::Japanese => "Jpan",
            Self::Latin => "Latn",
            Self::Sinhala => "Sinh",
            Self::Telugu => "Telu",
            Self::Thai => "Thai",
        }
    }

    /// Which way a paragraph in this script runs.
    pub fn direction(self) -> Direction {
        match self {
            Self::Arabic | Self::Hebrew => Direction::RightToLeft,
            _ => Direction::LeftToRight,
        }
    }

    /// Whether `character` is one that only text in this script has (a Latin digit is in none).
    pub fn contains(self, character: char) -> bool {
        let code = u32::from(character);
        match self {
            Self::Arabic => {
                matches!(code, 0x600..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC)
            }
            Self::Armenian => matches!(code, 0x531..=0x58F | 0xFB13..=0xFB17),
            Self::Bengali => matches!(code, 0x980..=0x9FF),
            Self::Cyrillic => matches!(code, 0x400..=0x52F),
            Self::Devanagari => matches!(code, 0x900..=0x97F | 0xA8E0..=0xA8FF),
            Self::Ethiopic => matches!(code, 0x1200..=0x139F | 0x2D80..=0x2DDF | 0xAB00..=0xAB2F),
            Self::Georgian => matches!(code, 0x10A0..=0x10FF | 0x1C90..=0x1CBF | 0x2D00..=0x2D2F),
            Self::Greek => matches!(code, 0x370..=0x3FF | 0x1F00..=0x1FFF),
            Self::Hangul => matches!(code, 0x1100..=0x11FF | 0x3130..=0x318F | 0xAC00..=0xD7A3),
            Self::Han => matches!(code, 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF),
            Self::Hebrew => matches!(code, 0x590..=0x5FF | 0xFB1D..=0xFB4F),
            Self::Japanese => {
                matches!(code, 0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F) || Self::Han.contains(character)
            }
            Self::Latin => {
                character.is_ascii_alphabetic()
                    || (character.is_alphabetic() && matches!(code, 0xAA..=0x24F | 0x1E00..=0x1EFF | 0x250..=0x2AF))
            }
            Self::Sinhala => matches!(code, 0xD80..=0xDFF),
            Self::Telugu => matches!(code, 0xC00..=0xC7F),
            Self::Thai => matches!(code, 0xE00..=0xE7F),
        }
    }
}

/// A language, by its BCP 47 tag in the customary spelling (`ar`, `zh`, `pt-BR`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language {
    tag: String,
}

/// The text is no BCP 47 language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language tag: use a BCP 47 tag such as `en`, `ar` or `pt-BR`")]
pub struct LanguageError(String);

impl Language {
    /// The tag in its customary spelling.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The known language of a tag (`ar`, `pt-BR`) or a name (`Arabic`, `العربية`), in capitals or not.
    pub fn named(text: &str) -> Option<Self> {
        let name = text.trim().to_lowercase();
        let named = KNOWN
            .iter()
            .find(|known| known.english.to_lowercase() == name || known.native.to_lowercase() == name);
        match named {
            Some(known) => known.tag.parse().ok(),
            None => text.parse().ok().filter(|language: &Self| language.known().is_some()),
        }
    }

    /// Every language that is known, in the order of their table.
    pub fn all() -> impl Iterator<Item = Self> {
        KNOWN.iter().filter_map(|known| known.tag.parse().ok())
    }

    /// The first subtag, which names the language without script or region.
    pub fn primary(&self) -> &str {
        self.tag.split('-').next().unwrap_or(&self.tag)
    }

    /// Whether it is English, of whatever country: the language that others are measured by.
    pub fn is_english(&self) -> bool {
        self.primary() == "en"
    }

    /// The name in English, or the tag where the language is not in the table.
    pub fn english_name(&self) -> &str {
        self.known().map_or(&self.tag, |known| known.english)
    }

    /// The name its speakers use, or the tag where the language is not in the table.
    pub fn native_name(&self) -> &str {
        self.known().map_or(&self.tag, |known| known.native)
    }

    /// By this lists of languages are sorted: English first, then Arabic, then by name, since the two languages of the
    /// papers lead.
    pub fn order(&self) -> (usize, String) {
        let first = match self.primary() {
            "en" => 0,
            "ar" => 1,
            _ => 2,
        };
        (first, self.english_name().to_owned())
    }

    /// The script it is written in here.
    pub fn script(&self) -> Script {
        self.known().map_or(Script::Latin, |known| known.script)
    }

    /// Which way its paragraphs run.
    pub fn direction(&self) -> Direction {
        self.script().direction()
    }

    /// Whether it is Chinese in the traditional characters: by its script or by its region.
    pub fn is_traditional_chinese(&self) -> bool {
        let mut subtags = self.tag.split('-').skip(1);
        self.primary() == "zh"
            && !self.tag.contains("-Hans")
            && subtags.any(|subtag| matches!(subtag, "Hant" | "TW" | "HK" | "MO"))
    }

    /// The letter that exams in this language put before option `index` (from 0).
    ///
    /// Falls back to Latin letters past the end of a shorter list; `None` past `Z`.
    pub fn option_letter(&self, index: usize) -> Option<&'static str> {
        let letters = match self.primary() {
            "ar" => ARABIC_LETTERS,
            "fa" | "ur" => PERSIAN_LETTERS,
            "ru" | "uk" | "bg" => CYRILLIC_LETTERS,
            _ => LATIN_LETTERS,
        };
        letters.get(index).copied().or_else(|| Self::latin_letter(index))
    }

    /// The Latin letter of option `index` (from 0); `None` past `Z`.
    pub fn latin_letter(index: usize) -> Option<&'static str> {
        LATIN_LETTERS.get(index).copied()
    }

    fn known(&self) -> Option<&'static Known> {
        let primary = self.primary();
        KNOWN.iter().find(|known| known.tag == primary)
    }
}

impl FromStr for Language {
    type Err = LanguageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || LanguageError(text.to_owned());
        let mut tag = String::with_capacity(text.len());
        for (position, subtag) in text.trim().split(['-', '_']).enumerate() {
            let alphanumeric = subtag.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if subtag.is_empty() || subtag.len() > 8 || !alphanumeric {
                return Err(error());
            }
            if position == 0 {
                let letters = subtag.bytes().all(|byte| byte.is_ascii_alphabetic());
                if !letters || !(2..=3).contains(&subtag.len()) {
                    return Err(error());
                }
                tag.push_str(&subtag.to_ascii_lowercase());
                continue;
            }
            tag.push('-');
            match subtag.len() {
                2 => tag.push_str(&subtag.to_ascii_uppercase()),
                4 => {
                    let lower = subtag.to_ascii_lowercase();
                    tag.push_str(&lower[..1].to_ascii_uppercase());
                    tag.push_str(&lower[1..]);
                }
                _ => tag.push_str(&subtag.to_ascii_lowercase()),
            }
        }
        Ok(Self { tag })
    }
}

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.tag
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.tag)
    }
}

const LATIN_LETTERS: &[&str] = &[
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W",
    "X", "Y", "Z",
];
const ARABIC_LETTERS: &[&str] = &["أ", "ب", "ج", "د", "هـ", "و", "ز", "ح", "ط", "ي"];
const PERSIAN_LETTERS: &[&str] = &["الف", "ب", "ج", "د"];
const CYRILLIC_LETTERS: &[&str] = &["А", "Б", "В", "Г", "Д", "Е", "Ж", "З", "И", "К"];

struct Known {
    tag: &'static str,
    english: &'static str,
    native: &'static str,
    script: Script,
}

const fn known(tag: &'static str, english: &'static str, native: &'static str, script: Script) -> Known {
    Known {
        tag,
        english,
        native,
        script,
    }
}

/// The languages of the demo questions, of the papers and of the open benchmarks.
const KNOWN: &[Known] = &[
    known("af", "Afrikaans", "Afrikaans", Script::Latin),
    known("ak", "Akan", "Akan", Script::Latin),
    known("am", "Amharic", "አማርኛ", Script::Ethiopic),
    known("ar", "Arabic", "العربية", Script::Arabic),
    known("bg", "Bulgarian", "български", Script::Cyrillic),
    known("bm", "Bambara", "Bamanankan", Script::Latin),
    known("bn", "Bengali", "বাংলা", Script::Bengali),
    known("cs", "Czech", "čeština", Script::Latin),
    known("de", "German", "Deutsch", Script::Latin),
    known("ee", "Ewe", "Eʋegbe", Script::Latin),
    known("el", "Greek", "Ελληνικά", Script::Greek),
    known("en", "English", "English", Script::Latin),
    known("es", "Spanish", "español", Script::Latin),
    known("fa", "Persian", "فارسی", Script::Arabic),
    known("ff", "Fulah", "Fulfulde", Script::Latin),
    known("fil", "Filipino", "Filipino", Script::Latin),
    known("fr", "French", "français", Script::Latin),
    known("ga", "Irish", "Gaeilge", Script::Latin),
    known("ha", "Hausa", "Hausa", Script::Latin),
    known("he", "Hebrew", "עברית", Script::Hebrew),
    known("hi", "Hindi", "हिन्दी", Script::Devanagari),
    known("hy", "Armenian", "հայերեն", Script::Armenian),
    known("id", "Indonesian", "Indonesia", Script::Latin),
    known("ig", "Igbo", "Igbo", Script::Latin),
    known("it", "Italian", "italiano", Script::Latin),
    known("ja", "Japanese", "日本語", Script::Japanese),
    known("jv", "Javanese", "Jawa", Script::Latin),
    known("ka", "Georgian", "ქართული", Script::Georgian),
    known("ko", "Korean", "한국어", Script::Hangul),
    known("ky", "Kyrgyz", "кыргызча", Script::Cyrillic),
    known("lg", "Ganda", "Luganda", Script::Latin),
    known("ln", "Lingala", "Lingála", Script::Latin),
    known("lt", "Lithuanian", "lietuvių", Script::Latin),
    known("mg", "Malagasy", "Malagasy", Script::Latin),
    known("mn", "Mongolian", "монгол", Script::Cyrillic),
    known("mr", "Marathi", "मराठी", Script::Devanagari),
    known("ms", "Malay", "Melayu", Script::Latin),
    known("nd", "Northern Ndebele", "isiNdebele", Script::Latin),
    known("ne", "Nepali", "नेपाली", Script::Devanagari),
    known("nl", "Dutch", "Nederlands", Script::Latin),
    known("no", "Norwegian", "norsk", Script::Latin),
    known("nso", "Northern Sotho", "Sesotho sa Leboa", Script::Latin),
    known("ny", "Chichewa", "Chichewa", Script::Latin),
    known("om", "Oromo", "Afaan Oromoo", Script::Latin),
    known("pl", "Polish", "polski", Script::Latin),
    known("pt", "Portuguese", "português", Script::Latin),
    known("rn", "Rundi", "Ikirundi", Script::Latin),
    known("ro", "Romanian", "română", Script::Latin),
    known("ru", "Russian", "русский", Script::Cyrillic),
    known("rw", "Kinyarwanda", "Ikinyarwanda", Script::Latin),
    known("si", "Sinhala", "සිංහල", Script::Sinhala),
    known("sn", "Shona", "chiShona", Script::Latin),
    known("so", "Somali", "Soomaali", Script::Latin),
    known("sr", "Serbian", "српски", Script::Cyrillic),
    known("ss", "Swati", "siSwati", Script::Latin),
    known("st", "Sesotho", "Sesotho", Script::Latin),
    known("su", "Sundanese", "Basa Sunda", Script::Latin),
    known("sv", "Swedish", "svenska", Script::Latin),
    known("sw", "Swahili", "Kiswahili", Script::Latin),
    known("te", "Telugu", "తెలుగు", Script::Telugu),
    known("th", "Thai", "ไทย", Script::Thai),
    known("ti", "Tigrinya", "ትግርኛ", Script::Ethiopic),
    known("tn", "Tswana", "Setswana", Script::Latin),
    known("tr", "Turkish", "Türkçe", Script::Latin),
    known("ts", "Tsonga", "Xitsonga", Script::Latin),
    known("tw", "Twi", "Twi", Script::Latin),
    known("uk", "Ukrainian", "українська", Script::Cyrillic),
    known("ur", "Urdu", "اردو", Script::Arabic),
    known("ve", "Venda", "Tshivenḓa", Script::Latin),
    known("vi", "Vietnamese", "Tiếng Việt", Script::Latin),
    known("wo", "Wolof", "Wolof", Script::Latin),
    known("xh", "Xhosa", "isiXhosa", Script::Latin),
    known("yo", "Yoruba", "Yorùbá", Script::Latin),
    known("zh", "Chinese", "中文", Script::Han),
    known("zu", "Zulu", "isiZulu", Script::Latin),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_tags_customarily() {
        for (given, expected) in [
            ("EN", "en"),
            ("pt_br", "pt-BR"),
            ("zh-hans-cn", "zh-Hans-CN"),
            (" ar ", "ar"),
        ] {
            assert_eq!(given.parse::<Language>().unwrap().tag(), expected);
        }
    }

    #[test]
    fn refuses_what_is_no_tag() {
        for text in ["", "e", "english", "12", "en--US", "en-", "العربية"] {
            assert!(text.parse::<Language>().is_err(), "{text}");
        }
    }

    #[test]
    fn knows_direction_and_letters() {
        let arabic: Language = "ar-EG".parse().unwrap();
        assert_eq!(arabic.direction(), Direction::RightToLeft);
        assert_eq!(arabic.option_letter(1), Some("ب"));
        let yoruba: Language = "yo".parse().unwrap();
        assert_eq!(yoruba.direction(), Direction::LeftToRight);
        assert_eq!(yoruba.option_letter(25), Some("Z"));
        assert_eq!(yoruba.option_letter(26), None);
    }

    #[test]
    fn traditional_chinese_is_known_by_script_or_region() {
        let traditional = |tag: &str| tag.parse::<Language>().unwrap().is_traditional_chinese();
        assert!(["zh-Hant", "zh-TW", "zh-Hant-HK"].into_iter().all(traditional));
        assert!(!["zh", "zh-CN", "zh-Hans-HK", "ja-TW"].into_iter().any(traditional));
    }

    #[test]
    fn table_is_sorted_and_its_names_are_in_their_script() {
        assert!(KNOWN.windows(2).all(|pair| pair[0].tag < pair[1].tag));
        for known in KNOWN {
            assert!(
                known.native.chars().any(|character| known.script.contains(character)),
                "{}",
                known.tag
            );
        }
    }
}
