//! Lists and objects that a table keeps as text: JSON, or what Python prints of them.

use serde_json::{Map, Value};

/// The most that brackets may nest.
const DEPTH: usize = 16;

/// The list or object that a text is; `None` where it is plain text.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.trim();
    let closed = (text.starts_with('[') && text.ends_with(']')) || (text.starts_with('{') && text.ends_with('}'));
    if !closed {
        return None;
    }
    serde_json::from_str(text).ok().or_else(|| python(text))
}

/// Reads Python's display of lists, tuples and dictionaries of strings, numbers, booleans and `None`; also numpy's
/// lists of strings, which have no commas.
fn python(text: &str) -> Option<Value> {
    let mut reader = Reader {
        left: text.chars().peekable(),
    };
    let value = reader.value(DEPTH)?;
    reader.skip_space();
    reader.left.peek().is_none().then_some(value)
}

struct Reader<'a> {
    left: std::iter::Peekable<std::str::Chars<'a>>,
}

impl Reader<'_> {
    fn skip_space(&mut self) {
        while self.left.next_if(|character| character.is_whitespace()).is_some() {}
    }

    fn eat(&mut self, expected: char) -> bool {
        self.skip_space();
        self.left.next_if_eq(&expected).is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.skip_space();
        match *self.left.peek()? {
            '[' => self.list(']', depth),
            '(' => self.list(')', depth),
            '{' => self.dictionary(depth),
            quote @ ('\'' | '"') => self.string(quote).map(Value::String),
            _ => self.word(),
        }
    }

    fn list(&mut self, closing: char, depth: usize) -> Option<Value> {
        self.left.next();
        let mut values = Vec::new();
        while !self.eat(closing) {
            values.push(self.value(depth)?);
            self.eat(',');
        }
        Some(Value::Array(values))
    }

    fn dictionary(&mut self, depth: usize) -> Option<Value> {
        self.left.next();
        let mut members = Map::new();
        while !self.eat('}') {
            let name = match self.value(depth)? {
                Value::String(name) => name,
                other => other.to_string(),
            };
            if !self.eat(':') {
                return None;
            }
            let value = self.value(depth)?;
            members.insert(name, value);
            self.eat(',');
        }
        Some(Value::Object(members))
    }

    fn string(&mut self, quote: char) -> Option<String> {
        self.left.next();
        let mut text = String::new();
        loop {
            match self.left.next()? {
                '\\' => match self.left.next()? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    character @ ('\\' | '\'' | '"') => text.push(character),
                    // Other escapes are left as they are; LaTeX has many.
                    other => text.extend(['\\', other]),
                },
                character if character == quote => return Some(text),
                character => text.push(character),
            }
        }
    }

    fn word(&mut self) -> Option<Value> {
        let mut word = String::new();
        while let Some(character) = self
            .left
            .next_if(|character| character.is_alphanumeric() || ".+-".contains(*character))
        {
            word.push(character);
        }
        match word.as_str() {
            "None" | "nan" => Some(Value::Null),
            "True" => Some(true.into()),
            "False" => Some(false.into()),
            number => serde_json::from_str(number).ok().filter(Value::is_number),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_python_prints_is_read() {
        for (text, expected) in [
            (r#"["a", "b"]"#, Some(json!(["a", "b"]))),
            (
                "['a', \"it's\", None, 1, 2.5, True]",
                Some(json!(["a", "it's", null, 1, 2.5, true])),
            ),
            ("['a' 'b'\n 'c']", Some(json!(["a", "b", "c"]))),
            (r"['\\alpha\n', '\beta']", Some(json!(["\\alpha\n", "\\beta"]))),
            ("{'A': 'x', 1: ('y', 'z')}", Some(json!({"A": "x", "1": ["y", "z"]}))),
            ("[a]", None),
            ("['a'", None),
            ("['a'] and more]", None),
            ("plain", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse(&format!("{}{}", "[".repeat(200), "]".repeat(200))), None);
    }
}
