//! From a file's bytes to text: byte-order marks, a named encoding, or UTF-8; never a guess.

use encoding_rs::{Encoding, UTF_8};

/// Why bytes could not be read as text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    #[error(
        "line {line} is not UTF-8 (byte 0x{byte:02X}); name the file's encoding, for example `--encoding windows-1256` \
         for Arabic or `--encoding windows-1252` for Western European text"
    )]
    NotUtf8 { line: usize, byte: u8 },
    #[error(
        "line {line} holds zero bytes, as UTF-16 without a byte-order mark does; say `--encoding utf-16le` or \
         `--encoding utf-16be`"
    )]
    ZeroBytes { line: usize },
    #[error("line {line} is not {encoding}; the file is damaged or in another encoding")]
    NotAsNamed { line: usize, encoding: &'static str },
    #[error("`{0}` is no known encoding; use a name such as `utf-8`, `utf-16le`, `windows-1256` or `gb18030`")]
    Unknown(String),
}

/// An encoding that a file could be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// As [`decode`] takes it.
    pub label: &'static str,
    /// Whose texts are written in it.
    pub of: &'static str,
}

impl Candidate {
    /// Old encodings of one script each, the likeliest here first.
    pub const OLD: [Self; 5] = [
        Self::new("windows-1256", "Arabic"),
        Self::new("windows-1252", "Western European"),
        Self::new("windows-1251", "Cyrillic"),
        Self::new("gb18030", "Chinese"),
        Self::new("shift_jis", "Japanese"),
    ];
    /// Of files whose characters are two bytes each.
    pub const WIDE: [Self; 2] = [
        Self::new("utf-16le", "Unicode of two bytes"),
        Self::new("utf-16be", "Unicode of two bytes, the other way round"),
    ];

    const fn new(label: &'static str, of: &'static str) -> Self {
        Self { label, of }
    }
}

impl EncodingError {
    /// The encodings that the file could be in instead.
    pub fn candidates(&self) -> &'static [Candidate] {
        match self {
            Self::NotUtf8 { .. } | Self::NotAsNamed { .. } => &Candidate::OLD,
            Self::ZeroBytes { .. } => &Candidate::WIDE,
            Self::Unknown(_) => &[],
        }
    }
}

/// Reads bytes as text. A byte-order mark (UTF-8, UTF-16) decides; else `encoding`, a label of the
/// WHATWG encoding standard; else the bytes must be UTF-8.
pub fn decode(bytes: Vec<u8>, encoding: Option<&str>) -> Result<String, EncodingError> {
    let named = encoding.map(find).transpose()?;
    let (encoding, mark) = Encoding::for_bom(&bytes).unwrap_or((named.unwrap_or(UTF_8), 0));
    let body = bytes.get(mark..).unwrap_or_default();
    let decoded = encoding.decode_without_bom_handling_and_without_replacement(body);
    let text = match decoded {
        Some(text) => text.into_owned(),
        None if encoding == UTF_8 => return Err(first_bad_utf8(body)),
        None => {
            let (lossy, _) = encoding.decode_without_bom_handling(body);
            let good = lossy.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default();
            return Err(EncodingError::NotAsNamed {
                line: line_of(good.as_bytes()),
                encoding: encoding.name(),
            });
        }
    };
    match text.split_once('\0') {
        Some((good, _)) => Err(EncodingError::ZeroBytes {
            line: line_of(good.as_bytes()),
        }),
        None => Ok(text),
    }
}

fn find(label: &str) -> Result<&'static Encoding, EncodingError> {
    Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| EncodingError::Unknown(label.to_owned()))
}

fn first_bad_utf8(bytes: &[u8]) -> EncodingError {
    let good = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    EncodingError::NotUtf8 {
        line: line_of(bytes.get(..good).unwrap_or_default()),
        byte: bytes.get(good).copied().unwrap_or_default(),
    }
}

/// The number, from 1, of the line that follows `before`.
fn line_of(before: &[u8]) -> usize {
    before.iter().filter(|&&byte| byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn reads_byte_order_marks() {
        let text = "question,سؤال\n𝒜";
        assert_eq!(decode(format!("\u{FEFF}{text}").into_bytes(), None).unwrap(), text);
        let marked = format!("\u{FEFF}{text}");
        assert_eq!(decode(utf16(&marked, u16::to_le_bytes), None).unwrap(), text);
        assert_eq!(decode(utf16(&marked, u16::to_be_bytes), None).unwrap(), text);
        // The mark is certain, the name somebody gave is not.
        assert_eq!(
            decode(utf16(&marked, u16::to_le_bytes), Some("windows-1256")).unwrap(),
            text
        );
    }

    #[test]
    fn windows_1256_is_read_when_named_and_explained_when_not() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode("id\nسؤال");
        assert_eq!(decode(bytes.to_vec(), Some("windows-1256")).unwrap(), "id\nسؤال");
        let error = decode(bytes.to_vec(), None).unwrap_err();
        assert!(matches!(error, EncodingError::NotUtf8 { line: 2, .. }), "{error}");
        assert!(error.to_string().contains("--encoding windows-1256"));
    }

    #[test]
    fn names_what_it_cannot_read() {
        let unmarked = utf16("id\nq", u16::to_le_bytes);
        assert_eq!(
            decode(unmarked.clone(), None),
            Err(EncodingError::ZeroBytes { line: 1 })
        );
        assert_eq!(decode(unmarked, Some("utf-16le")).unwrap(), "id\nq");
        assert_eq!(
            decode(b"a\nb\xFF".to_vec(), Some("gb18030")),
            Err(EncodingError::NotAsNamed {
                line: 2,
                encoding: "gb18030"
            })
        );
        assert_eq!(
            decode(Vec::new(), Some("klingon")),
            Err(EncodingError::Unknown("klingon".to_owned()))
        );
    }
}
