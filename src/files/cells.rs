//! Cells of CSV that no spreadsheet runs.
//!
//! A spreadsheet takes a cell that begins with `=`, `+`, `-`, `@`, a tab or a line's end for a formula, and a formula
//! can start programs. Such a text, written by whoever wrote the item or by a model, gets an apostrophe in front. A text
//! that has apostrophes and then one of these gets one more, so that taking one away from what looks so gives every
//! text back as it was. Numbers are left alone.

/// The full-width forms are read as the others by spreadsheets set to Chinese, Japanese or Korean.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// The text as a cell that shows it and does nothing.
pub fn guarded(text: &str) -> String {
    if begins_a_formula(text) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// The text that a guarded cell stands for.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'')
        .filter(|text| begins_a_formula(text))
        .unwrap_or(cell)
}

fn begins_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_text() {
        for text in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "＝1",
            "'=1",
            "''@x",
        ] {
            let cell = guarded(text);
            assert!(cell.starts_with('\''), "{cell:?}");
            assert_eq!(unguarded(&cell), text);
        }
        for text in ["", "'", "'tis", "a=b", " x", "الإجابة: ب", "5"] {
            assert_eq!(guarded(text), text);
            assert_eq!(unguarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@a\t-]{0,6}") {
            let cell = guarded(&text);
            prop_assert_eq!(unguarded(&cell), &text);
            prop_assert!(!cell.starts_with(FORMULA));
        }
    }
}
