//! SentencePiece's table of replacements, which brings text to the form a tokenizer was trained on (NFKC and more).
//!
//! A table is a double-array trie of what is replaced, and the replacements, each ended by a zero. It comes from
//! a file: a place outside of it counts as no match.

/// A table of replacements; the longest match is replaced.
#[derive(Debug)]
pub(super) struct CharsMap {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl CharsMap {
    /// Reads a table; `None` where it is none.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (trie, replacements) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let (units, odd) = trie.as_chunks::<4>();
        (odd.is_empty() && !units.is_empty()).then(|| Self {
            units: units.iter().map(|unit| u32::from_le_bytes(*unit)).collect(),
            replacements: replacements.to_vec(),
        })
    }

    /// The text with everything replaced that the table knows.
    pub fn replace(&self, text: &str) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let found = self.longest(rest.as_bytes()).and_then(|(length, replacement)| {
                let after = rest.get(length..).filter(|_| length > 0)?;
                Some((after, replacement))
            });
            if let Some((after, replacement)) = found {
                replaced.push_str(replacement);
                rest = after;
            } else {
                replaced.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or_default();
            }
        }
        replaced
    }

    /// How long the longest start is that the table has, and what stands in its place.
    fn longest(&self, bytes: &[u8]) -> Option<(usize, &str)> {
        let unit = |place: u32| self.units.get(place as usize).copied();
        let offset = |unit: u32| (unit >> 10) << ((unit & (1 << 9)) >> 6);
        let mut place = offset(unit(0)?);
        let mut longest = None;
        for (length, &byte) in bytes.iter().enumerate() {
            place ^= u32::from(byte);
            let Some(found) = unit(place).filter(|unit| unit & (1 << 31 | 0xff) == u32::from(byte)) else {
                break;
            };
            place ^= offset(found);
            if found >> 8 & 1 == 1 {
                longest = unit(place).map(|leaf| (length + 1, leaf & ((1 << 31) - 1)));
            }
        }
        let (length, start) = longest?;
        let replacement = self
            .replacements
            .get(start as usize..)?
            .split(|&byte| byte == 0)
            .next()?;
        Some((length, std::str::from_utf8(replacement).ok()?))
    }
}
