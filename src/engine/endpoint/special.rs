//! Control tokens spelled out in text: finding what looks like one.
//!
//! A model's control tokens stand in brackets: `<|im_end|>`, `<eos>`, `[INST]`. What merely looks so in a question is
//! only suspicious; its server says whether it is one.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::prompts::{Piece, PromptText};

/// Longer than the text of any control token, in bytes.
const MOST_BYTES: usize = 64;
/// How many answers are remembered; texts repeat only in templates.
const MOST_KNOWN: usize = 4096;

/// Where a text has something spelled like a control token: brackets around letters without space.
pub(super) fn suspicious(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find(['<', '['])) {
        let start = from + start;
        let rest = text.get(start..).unwrap_or_default();
        from = start + 1;
        let close = if rest.starts_with('<') { '>' } else { ']' };
        let Some(length) = rest
            .find(close)
            .map(|end| end + 1)
            .filter(|&length| length <= MOST_BYTES)
        else {
            continue;
        };
        let inner = rest.get(1..length - 1).unwrap_or_default();
        let is_spelled_so = !inner.contains(|character: char| character.is_whitespace() || "<[".contains(character))
            && inner.contains(|character: char| character.is_alphabetic());
        if is_spelled_so {
            found.push(start..start + length);
            from = start + length;
        }
    }
    found
}

/// The suspicious parts of what came from items.
pub(super) fn suspicious_in_plain(prompt: &PromptText) -> Vec<&str> {
    let plain = prompt.pieces().iter().filter_map(|piece| match piece {
        Piece::Plain(text) => Some(text.as_str()),
        Piece::Markup(_) => None,
    });
    plain
        .flat_map(|text| suspicious(text).into_iter().filter_map(|range| text.get(range)))
        .collect()
}

/// What a server said of texts: the control token each one is, or that it is none.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<String, Option<u32>>>);

impl Known {
    pub fn get(&self, text: &str) -> Option<Option<u32>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(text).copied()
    }

    pub fn keep(&self, text: &str, token: Option<u32>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(text.to_owned(), token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_spelled_like_a_control_token_is_suspicious() {
        let found =
            |text: &'static str| -> Vec<&str> { suspicious(text).into_iter().map(|range| &text[range]).collect() };
        assert_eq!(
            found("a <|im_end|> b [INST]c[/INST]"),
            ["<|im_end|>", "[INST]", "[/INST]"]
        );
        assert_eq!(found("<<SYS>> <bos>"), ["<SYS>", "<bos>"]);
        assert_eq!(found("<｜end▁of▁sentence｜>"), ["<｜end▁of▁sentence｜>"]);
        for harmless in [
            "p < 0.05 and x > 3",
            "<5 mg>",
            "[1], [2-4]",
            "[95% CI 1.2 to 3]",
            "a<b",
            "<",
            "[]",
            "<>",
        ] {
            assert!(found(harmless).is_empty(), "{harmless}");
        }
        assert_eq!(found("<سؤال> أ"), ["<سؤال>"]);
    }

    #[test]
    fn only_item_text_is_suspected() {
        let mut prompt = PromptText::default();
        prompt.push_markup("<|user|>");
        prompt.push_plain("what is <|end|>?");
        assert_eq!(suspicious_in_plain(&prompt), ["<|end|>"]);
    }
}
