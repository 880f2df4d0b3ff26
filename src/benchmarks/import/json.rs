//! Records of JSON: one object a line, an array of objects, objects by their ids, or lists of objects by name, which may
//! stand deeper in other objects.
//!
//! Records are parsed one by one where they stand, so that a large file never becomes one large value, and each is
//! known by its line.

use std::collections::HashSet;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::errors::{ImportError, RowError};
use super::mapping::Field;
use super::place::At;
use super::record::Columns;
use super::source::{Opening, RawRecord, Sink};

/// A text and how records stand in it.
pub(super) struct Text {
    text: String,
    layout: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// A record a line.
    Lines,
    /// One array of records.
    Array,
    /// One object whose members are records.
    Keyed,
    /// One object in which some members are lists of records.
    Lists,
    /// One object in which such objects stand, however deep, each with what holds of all its records beside them.
    Nested,
    /// One record.
    Single,
}

impl Text {
    /// Finds out how records stand in a text; `lines` says that its name promises one a line.
    pub fn open(opening: &Opening<'_>, text: String, lines: bool) -> Result<Self, ImportError> {
        let layout = match layout(&text, lines, opening.options) {
            Ok(Some(layout)) => layout,
            Ok(None) => return Err(opening.not_records()),
            Err(error) => return Err(opening.damaged(error)),
        };
        Ok(Self { text, layout })
    }

    /// One object a line, as our own format has it.
    pub fn of_lines(text: String) -> Self {
        let layout = Layout::Lines;
        Self { text, layout }
    }

    pub fn is_keyed(&self) -> bool {
        self.layout == Layout::Keyed
    }

    /// All names of members, in the order in which they first appear.
    pub fn columns(&self) -> Vec<String> {
        let mut names = Names::default();
        // What is no JSON is told when it is read.
        let _ = self.walk(&mut |stands, record: Result<ObjectNames, _>| {
            if let Ok(ObjectNames(record)) = record {
                record.into_iter().for_each(|name| names.add(name));
                stands.around.keys().for_each(|name| names.add(name.clone()));
            }
            ControlFlow::Continue(())
        });
        names.ordered
    }

    pub fn each(&self, sink: &mut Sink<'_>) -> ControlFlow<()> {
        self.walk(&mut |stands, record: Result<Value, String>| {
            let columns = match record {
                Ok(Value::Object(mut object)) => {
                    for (name, value) in stands.around {
                        // What a record says itself goes first.
                        object.entry(name).or_insert_with(|| value.clone());
                    }
                    Ok(object)
                }
                Ok(_) => Err(RowError::NotObject),
                Err(reason) => Err(RowError::NotJson(reason)),
            };
            sink(RawRecord {
                at: At::Line(stands.line),
                key: stands.key.map(str::to_owned),
                columns,
            })
        })
    }

    /// Visits every record as a `T`, with where it stands.
    fn walk<'a, T: Deserialize<'a>>(&'a self, visit: &mut Visit<'_, T>) -> ControlFlow<()> {
        let mut cursor = Cursor::new(&self.text);
        match self.layout {
            Layout::Lines => {
                let lines = self.text.lines().enumerate();
                for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
                    let record = serde_json::from_str(line).map_err(|error| without_line(&error));
                    visit(Stands::at(index + 1, None), record)?;
                }
                ControlFlow::Continue(())
            }
            Layout::Array => cursor.elements(None, &NOTHING, visit),
            Layout::Single => {
                let (line, record) = cursor.value();
                visit(Stands::at(line, None), record)
            }
            Layout::Keyed => cursor.members(&mut |cursor, key| {
                let (line, record) = cursor.value();
                visit(Stands::at(line, Some(key)), record)
            }),
            Layout::Nested => cursor.nested(None, &NOTHING, visit),
            Layout::Lists => cursor.members(&mut |cursor, key| match cursor.peek() {
                Some(b'[') => cursor.elements(Some(key), &NOTHING, visit),
                _ => {
                    // What stands beside the lists is no record; the text was found to be whole when it was opened.
                    let _: (usize, Result<IgnoredAny, String>) = cursor.value();
                    ControlFlow::Continue(())
                }
            }),
        }
    }
}

/// Where a record stands.
struct Stands<'s> {
    line: usize,
    /// The name of what it stands in.
    key: Option<&'s str>,
    /// What objects around it say beside it.
    around: &'s Columns,
}

impl<'s> Stands<'s> {
    fn at(line: usize, key: Option<&'s str>) -> Self {
        let around = &NOTHING;
        Self { line, key, around }
    }
}

static NOTHING: LazyLock<Columns> = LazyLock::new(Columns::new);

/// Takes a record: where it stands, and what it is or why it is no JSON.
type Visit<'v, T> = dyn FnMut(Stands<'_>, Result<T, String>) -> ControlFlow<()> + 'v;

/// How records stand in a text; `None` where it is one object without any. An array or object that is no JSON is an error.
fn layout(text: &str, lines: bool, options: &super::ImportOptions) -> Result<Option<Layout>, String> {
    match Cursor::new(text).peek() {
        Some(b'[') => {
            let lone: Result<IgnoredAny, _> = serde_json::from_str(text);
            return lone.map(|_| Some(Layout::Array)).map_err(|error| located(&error));
        }
        Some(b'{') => {}
        _ => return Ok(Some(Layout::Lines)),
    }
    let whole: Result<Shape, _> = serde_json::from_str(text);
    let shape = match whole {
        Ok(shape) => shape,
        // Several objects, or one that is damaged.
        Err(error) => {
            let first_line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let begins_well = serde_json::from_str::<IgnoredAny>(first_line).is_ok();
            let is_opened_only = matches!(first_line.trim(), "{" | "[");
            return match lines || begins_well || !is_opened_only {
                true => Ok(Some(Layout::Lines)),
                false => Err(located(&error)),
            };
        }
    };
    let one_line = text.trim().lines().count() == 1;
    let is_record = |name: &String| {
        let mapped = options.mappings.iter().any(|mapping| mapping.begins_with(name));
        mapped || Field::named(&name.to_lowercase()) == Some(Field::Question)
    };
    Ok(match shape {
        _ if lines && one_line => Some(Layout::Lines),
        Shape { names, .. } if names.iter().any(is_record) => Some(Layout::Single),
        Shape {
            objects,
            others: 0,
            lists: 0,
            ..
        } if objects > 0 => Some(Layout::Keyed),
        Shape { lists, .. } if lists > 0 => Some(Layout::Lists),
        Shape { nested: true, .. } => Some(Layout::Nested),
        _ if one_line => Some(Layout::Single),
        _ => None,
    })
}

/// What the members of one object are.
#[derive(Default)]
struct Shape {
    names: Vec<String>,
    objects: usize,
    /// Arrays that begin with an object.
    lists: usize,
    others: usize,
    /// Whether an object among them, however deep, has an array that begins with an object.
    nested: bool,
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Shape;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Shape, A::Error> {
                let mut shape = Shape::default();
                while let Some(name) = members.next_key()? {
                    match members.next_value()? {
                        Kind::Object { lists } => {
                            shape.objects += 1;
                            shape.nested |= lists;
                        }
                        Kind::List => shape.lists += 1,
                        Kind::Scalar(_) | Kind::Other => shape.others += 1,
                    }
                    shape.names.push(name);
                }
                Ok(shape)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[derive(Debug, PartialEq)]
enum Kind {
    Object {
        /// Whether it or one within it has a list.
        lists: bool,
    },
    /// An array that begins with an object.
    List,
    /// A text, a number or a truth.
    Scalar(Value),
    Other,
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Kind;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("any value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Kind, A::Error> {
                let mut lists = false;
                while let Some((IgnoredAny, kind)) = members.next_entry()? {
                    lists |= matches!(kind, Kind::List | Kind::Object { lists: true });
                }
                Ok(Kind::Object { lists })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Kind, A::Error> {
                let first: Option<Kind> = elements.next_element()?;
                while elements.next_element::<IgnoredAny>()?.is_some() {}
                Ok(match first {
                    Some(Kind::Object { .. }) => Kind::List,
                    _ => Kind::Other,
                })
            }

            fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
                Ok(Kind::Scalar(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
                Ok(Kind::Scalar(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
                Ok(Kind::Scalar(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Kind, E> {
                Ok(Kind::Scalar(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
                Ok(Kind::Scalar(value.into()))
            }

            fn visit_unit<E>(self) -> Result<Kind, E> {
                Ok(Kind::Other)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// The names of an object's members.
struct ObjectNames(Vec<String>);

impl<'de> Deserialize<'de> for ObjectNames {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = ObjectNames;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<ObjectNames, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = members.next_entry()? {
                    names.push(name);
                }
                Ok(ObjectNames(names))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The texts, numbers and truths among an object's members: what holds of all records in lists beside them.
struct Beside(Columns);

impl<'de> Deserialize<'de> for Beside {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Beside;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Beside, A::Error> {
                let mut beside = Columns::new();
                while let Some((name, kind)) = members.next_entry()? {
                    if let Kind::Scalar(value) = kind {
                        beside.insert(name, value);
                    }
                }
                Ok(Beside(beside))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Different names in the order in which they came.
#[derive(Default)]
struct Names {
    seen: HashSet<String>,
    ordered: Vec<String>,
}

impl Names {
    fn add(&mut self, name: String) {
        if !self.seen.contains(&name) {
            self.seen.insert(name.clone());
            self.ordered.push(name);
        }
    }
}

/// A place in a text of JSON that was found to be whole.
struct Cursor<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> Cursor<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, line: 1 }
    }

    fn advance(&mut self, by: usize) {
        let passed = self.text.as_bytes().get(self.at..self.at + by).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count();
        self.at += by;
    }

    /// The next character that is no space.
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let spaces = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.advance(spaces);
        rest.get(spaces).copied()
    }

    fn eat(&mut self, expected: u8) -> bool {
        let there = self.peek() == Some(expected);
        if there {
            self.advance(1);
        }
        there
    }

    /// The next value, and the line it starts on.
    fn value<T: Deserialize<'a>>(&mut self) -> (usize, Result<T, String>) {
        self.peek();
        let line = self.line;
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<T>();
        let value = values.next();
        let passed = values.byte_offset();
        let value = match value {
            Some(Ok(value)) => Ok(value),
            Some(Err(error)) => Err(without_line(&error)),
            None => Err("the text ends".to_owned()),
        };
        if value.is_ok() {
            self.advance(passed);
        } else {
            // Wrong for a `T`, it still is a value.
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
            values.next();
            self.advance(values.byte_offset());
        }
        (line, value)
    }

    /// Visits the records of all lists of an object and of the objects within it. `key` is the object's name, `around`
    /// what those that it stands in say beside it.
    fn nested<T: Deserialize<'a>>(
        &mut self,
        key: Option<&str>,
        around: &Columns,
        visit: &mut Visit<'_, T>,
    ) -> ControlFlow<()> {
        let (at, line) = (self.at, self.line);
        let (_, beside): (_, Result<Beside, String>) = self.value();
        (self.at, self.line) = (at, line);
        let mut inner = around.clone();
        if let Ok(Beside(beside)) = beside {
            inner.extend(beside);
        }
        self.members(&mut |cursor, name| match cursor.peek() {
            Some(b'{') => cursor.nested(Some(name), &inner, visit),
            Some(b'[') => cursor.elements(Some(key.unwrap_or(name)), &inner, visit),
            _ => {
                let _: (usize, Result<IgnoredAny, String>) = cursor.value();
                ControlFlow::Continue(())
            }
        })
    }

    fn elements<T: Deserialize<'a>>(
        &mut self,
        key: Option<&str>,
        around: &Columns,
        visit: &mut Visit<'_, T>,
    ) -> ControlFlow<()> {
        self.eat(b'[');
        while !matches!(self.peek(), Some(b']') | None) {
            let before = self.at;
            let (line, element) = self.value();
            visit(Stands { line, key, around }, element)?;
            self.eat(b',');
            if self.at == before {
                break;
            }
        }
        self.eat(b']');
        ControlFlow::Continue(())
    }

    fn members(&mut self, visit: &mut dyn FnMut(&mut Self, &str) -> ControlFlow<()>) -> ControlFlow<()> {
        self.eat(b'{');
        while self.peek() == Some(b'"') {
            let (_, key): (_, Result<String, _>) = self.value();
            self.eat(b':');
            visit(self, &key.unwrap_or_default())?;
            self.eat(b',');
        }
        self.eat(b'}');
        ControlFlow::Continue(())
    }
}

/// The parser's message with the column only: it saw one record and counts lines from there.
fn without_line(error: &serde_json::Error) -> String {
    let what = in_words(error);
    match error.line() {
        0 => what,
        1 => format!("{what} at column {}", error.column()),
        line => format!("{what} {} lines below", line - 1),
    }
}

/// The parser's message with the line before it, as other messages have it.
fn located(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    format!("line {line}: this is no JSON: {} at column {column}", in_words(error))
}

/// The parser's message without the place; where the text ends too early, what is missing.
fn in_words(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&position).unwrap_or(&message) {
        "EOF while parsing a list" => "it ends within a list, whose `]` is missing".to_owned(),
        "EOF while parsing an object" => "it ends within an object, whose `}` is missing".to_owned(),
        "EOF while parsing a string" => "it ends within a text, whose closing `\"` is missing".to_owned(),
        "EOF while parsing a value" => "it ends where a value should be".to_owned(),
        other => other.to_owned(),
    }
}
