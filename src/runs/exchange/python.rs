//! JSON and numbers as Python writes and reads them, on which other harnesses' hashes and files stand.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter, Serializer};
use sha2::{Digest as _, Sha256};

/// A number as `str` of Python gives it: the shortest digits that mean it, always with a point or an exponent.
pub(super) fn number(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    // The same digits and the same borders between the two notations as Python's; only the exponent looks different.
    let text = format!("{value:?}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let digits = digits.strip_suffix(".0").unwrap_or(digits);
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}

/// `json.dumps(value, ensure_ascii=False, indent=2)`.
pub(super) fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    written(value, PrettyFormatter::new())
}

/// `json.dumps(value, ensure_ascii=False)`, in one line; the spaces after commas and colons are left out.
pub(super) fn line(value: &impl Serialize) -> serde_json::Result<String> {
    written(value, CompactFormatter)
}

/// SHA-256 of a text, in hexadecimal.
pub(super) fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written(value: &impl Serialize, formatter: impl Formatter) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut bytes, PythonNumbers(formatter)))?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// Another formatter with Python's numbers.
struct PythonNumbers<F>(F);

/// Passes calls on as they are.
macro_rules! forward {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for PythonNumbers<F> {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(number(value).as_bytes())
    }

    forward! {
        write_char_escape(escape: CharEscape);
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }
}

/// Reads JSON in which Python may have written `NaN`, `Infinity` and `-Infinity`; they become `null`.
pub(super) fn read(text: &str) -> serde_json::Result<Value> {
    match serde_json::from_str(text) {
        Ok(value) => Ok(value),
        // What stands in the original is what to tell, should nothing help.
        Err(error) => serde_json::from_str(&without_bare_words(text)).map_err(|_| error),
    }
}

fn without_bare_words(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut quoted = false;
    while let Some(character) = rest.chars().next() {
        let word = ["NaN", "-Infinity", "Infinity"]
            .into_iter()
            .find(|word| !quoted && rest.starts_with(word));
        let taken = match (word, character) {
            (Some(word), _) => {
                result.push_str("null");
                word.len()
            }
            (None, '\\') => {
                let escape: usize = rest.chars().take(2).map(char::len_utf8).sum();
                result.push_str(rest.get(..escape).unwrap_or_default());
                escape
            }
            (None, character) => {
                quoted ^= character == '"';
                result.push(character);
                character.len_utf8()
            }
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Made with `str(value)` of Python 3.11.
    #[test]
    fn numbers_look_as_in_python() {
        let golden = [
            (-0.26, "-0.26"),
            (-1.0, "-1.0"),
            (0.0, "0.0"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1.25e-7, "1.25e-07"),
            (1e16, "1e+16"),
            (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
            (1e15, "1000000000000000.0"),
            (1e-100, "1e-100"),
            (-12.345_678_901_234_567, "-12.345678901234567"),
        ];
        for (value, text) in golden {
            assert_eq!(number(value), text);
        }
    }

    /// Made with `hashlib.sha256(json.dumps(doc, indent=2, ensure_ascii=False).encode()).hexdigest()`.
    #[test]
    fn a_document_has_the_hash_that_python_gives() {
        let document = json!({
            "question": "ما هو «القلب»؟\n\"/\u{7f}\u{1}",
            "options": ["a", "b"],
            "nested": {"empty": [], "none": null, "object": {}},
            "p": 1e-5,
            "n": 3,
            "yes": true,
        });
        assert_eq!(
            hash(&pretty(&document).unwrap()),
            "6c54b62020351d17d0ede921758ee3a819d4e26b41d2645f2b899d6ab7161e31"
        );
    }

    #[test]
    fn bare_words_are_read_as_nothing_and_strings_stay() {
        let text = r#"{"acc": NaN, "text": "NaN \" Infinity", "low": [-Infinity, Infinity, -1]}"#;
        let value = read(text).unwrap();
        assert_eq!(
            value,
            json!({"acc": null, "text": "NaN \" Infinity", "low": [null, null, -1]})
        );
        assert!(read(r#"{"acc": NAN}"#).is_err());
    }
}
