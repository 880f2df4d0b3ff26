//! A pattern: the text of a template with places for what an item says.
//!
//! `{question}` is filled with the item's question; `{question|strip}` with it less the white space around it; what stands in
//! `[[ ]]` is left out where a place in it has nothing to stand there. `{{` and `}}` are braces.

use std::fmt;

use super::{Piece, PromptText};

/// What a place is filled with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    Question,
    Context,
    /// All options, each as the template says.
    Options,
    /// The letters of all options, one after the other: `ABCD`.
    Letters,
    Subject,
    Task,
    /// The English name of the item's language.
    Language,
    /// What else the item's source says, by its name there.
    Extra(String),
    /// The letter before an option.
    Letter,
    /// An option's text.
    Option,
    /// An option's place, from 1.
    Number,
    /// An option's place, from 0.
    Index,
    /// The right letters, or the right one.
    Answer,
    /// One of the template's own words, in the item's language.
    Word(String),
}

impl Field {
    /// The field a name stands for; what is no field of items is a word.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "question" => Self::Question,
            "context" => Self::Context,
            "options" => Self::Options,
            "letters" => Self::Letters,
            "subject" => Self::Subject,
            "task" => Self::Task,
            "language" => Self::Language,
            "letter" => Self::Letter,
            "option" => Self::Option,
            "number" => Self::Number,
            "index" => Self::Index,
            "answer" => Self::Answer,
            _ => match name.strip_prefix("extra.") {
                Some(name) => Self::Extra(name.to_owned()),
                None => Self::Word(name.to_owned()),
            },
        }
    }

    /// Whether it is one option's, not the item's.
    pub fn is_of_option(&self) -> bool {
        matches!(self, Self::Letter | Self::Option | Self::Number | Self::Index)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Self::Question => "question",
            Self::Context => "context",
            Self::Options => "options",
            Self::Letters => "letters",
            Self::Subject => "subject",
            Self::Task => "task",
            Self::Language => "language",
            Self::Letter => "letter",
            Self::Option => "option",
            Self::Number => "number",
            Self::Index => "index",
            Self::Answer => "answer",
            Self::Extra(name) => return write!(formatter, "extra.{name}"),
            Self::Word(name) => name,
        };
        formatter.write_str(name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Text(String),
    Place {
        field: Field,
        strip: bool,
        /// Where it stands in the source, in characters from 1.
        at: usize,
    },
    /// Left out where a place in it is empty.
    Group(Vec<Part>),
}

/// A text with places to fill.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pattern {
    source: String,
    parts: Vec<Part>,
}

/// Why a text is no pattern, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {problem}")]
pub struct PatternError {
    /// In characters from 1.
    pub at: usize,
    pub problem: String,
}

impl Pattern {
    /// Reads a text. Which fields may stand in it, its template says.
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        let characters: Vec<char> = source.chars().collect();
        let mut reader = PatternReader {
            characters: &characters,
            place: 0,
        };
        let parts = reader.parts(None)?;
        Ok(Self {
            source: source.to_owned(),
            parts,
        })
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it puts nothing.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The fields that stand in it, with their places in characters from 1.
    pub fn fields(&self) -> Vec<(&Field, usize)> {
        fn collect<'a>(parts: &'a [Part], fields: &mut Vec<(&'a Field, usize)>) {
            for part in parts {
                match part {
                    Part::Text(_) => {}
                    Part::Place { field, at, .. } => fields.push((field, *at)),
                    Part::Group(parts) => collect(parts, fields),
                }
            }
        }
        let mut fields = Vec::new();
        collect(&self.parts, &mut fields);
        fields
    }

    /// Fills the places; the pattern's own text is markup, what `fill` gives is as it says.
    pub fn put(&self, text: &mut PromptText, fill: &dyn Fn(&Field) -> PromptText) {
        put(&self.parts, text, fill);
    }

    /// The filled pattern as one string.
    pub fn filled(&self, fill: &dyn Fn(&Field) -> PromptText) -> String {
        let mut text = PromptText::default();
        self.put(&mut text, fill);
        text.to_plain_string()
    }
}

/// Puts parts, and tells whether every place in them had something.
fn put(parts: &[Part], text: &mut PromptText, fill: &dyn Fn(&Field) -> PromptText) -> bool {
    let mut whole = true;
    for part in parts {
        match part {
            Part::Text(own) => text.push_markup(own),
            Part::Place { field, strip, .. } => {
                let mut filled = fill(field);
                if *strip {
                    filled = stripped(&filled);
                }
                whole &= !filled.pieces().is_empty();
                text.push(&filled);
            }
            Part::Group(parts) => {
                let mut group = PromptText::default();
                if put(parts, &mut group, fill) {
                    text.push(&group);
                }
            }
        }
    }
    whole
}

/// White space as Python's `strip` sees it.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

fn stripped(text: &PromptText) -> PromptText {
    let mut stripped = PromptText::default();
    let last = text.pieces().len().saturating_sub(1);
    for (index, piece) in text.pieces().iter().enumerate() {
        let cut = |own: &str| {
            let own = if index == 0 {
                own.trim_start_matches(is_space)
            } else {
                own
            };
            let own = if index == last {
                own.trim_end_matches(is_space)
            } else {
                own
            };
            own.to_owned()
        };
        match piece {
            Piece::Markup(own) => stripped.push_markup(&cut(own)),
            Piece::Plain(own) => stripped.push_plain(&cut(own)),
        }
    }
    stripped
}

struct PatternReader<'a> {
    characters: &'a [char],
    place: usize,
}

impl PatternReader<'_> {
    /// Reads to the end, or to the `]]` of the group that opened at `group`.
    fn parts(&mut self, group: Option<usize>) -> Result<Vec<Part>, PatternError> {
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            let at = self.place + 1;
            let part = match (self.peek(0), self.peek(1)) {
                (None, _) => match group {
                    Some(opened) => return Err(problem(opened, "`[[` is never closed by `]]`")),
                    None => break,
                },
                (Some(brace @ ('{' | '}')), next) if next == Some(brace) => {
                    self.place += 2;
                    text.push(brace);
                    continue;
                }
                (Some('}'), _) => return Err(problem(at, "`}` closes nothing; a brace itself is written `}}`")),
                (Some('{'), _) => self.placeholder()?,
                (Some('['), Some('[')) if group.is_some() => {
                    return Err(problem(at, "`[[` cannot stand within another `[[ ]]`"));
                }
                (Some('['), Some('[')) => {
                    self.place += 2;
                    Part::Group(self.parts(Some(at))?)
                }
                (Some(']'), Some(']')) if group.is_some() => {
                    self.place += 2;
                    break;
                }
                (Some(character), _) => {
                    self.place += 1;
                    text.push(character);
                    continue;
                }
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(part);
        }
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        Ok(parts)
    }

    fn placeholder(&mut self) -> Result<Part, PatternError> {
        let at = self.place + 1;
        self.place += 1;
        let mut inside = String::new();
        loop {
            match self.peek(0) {
                Some('}') => break,
                Some(character) if character != '{' && character != '\n' => inside.push(character),
                _ => {
                    return Err(problem(
                        at,
                        "`{` is never closed by `}`; a brace itself is written `{{`",
                    ));
                }
            }
            self.place += 1;
        }
        self.place += 1;
        let (name, strip) = match inside.split_once('|') {
            None => (inside.as_str(), false),
            Some((name, "strip")) => (name, true),
            Some((_, other)) => {
                return Err(problem(
                    at,
                    &format!("`{other}` changes no text; there is only `|strip`"),
                ));
            }
        };
        if name.trim().is_empty() {
            return Err(problem(at, "`{}` names nothing"));
        }
        Ok(Part::Place {
            field: Field::of(name),
            strip,
            at,
        })
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.place + ahead).copied()
    }
}

fn problem(at: usize, problem: &str) -> PatternError {
    PatternError {
        at,
        problem: problem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> PromptText {
        let mut filled = PromptText::default();
        filled.push_plain(text);
        filled
    }

    fn filled(pattern: &str) -> String {
        let fill = |field: &Field| match field {
            Field::Question => plain(" Why {context}? \n"),
            Field::Extra(name) => plain(name),
            _ => PromptText::default(),
        };
        Pattern::parse(pattern).unwrap().filled(&fill)
    }

    #[test]
    fn places_are_filled_and_what_fills_them_is_never_read_as_a_pattern() {
        assert_eq!(filled("Q: {question}A: {{x}}"), "Q:  Why {context}? \nA: {x}");
        assert_eq!(filled("Q: {question|strip}."), "Q: Why {context}?.");
        assert_eq!(filled("{extra.Level}"), "Level");
    }

    #[test]
    fn a_group_stands_only_where_all_its_places_are_filled() {
        assert_eq!(filled("[[About {context}: ]]{question|strip}"), "Why {context}?");
        assert_eq!(filled("[[In {extra.Land}: ]]x [y] ]]"), "In Land: x [y] ]]");
    }

    #[test]
    fn what_is_no_pattern_is_told_with_its_place() {
        let problem = |pattern: &str| Pattern::parse(pattern).unwrap_err().to_string();
        assert_eq!(
            problem("Pregunta: {question"),
            "at character 11: `{` is never closed by `}`; a brace itself is written `{{`"
        );
        assert!(problem("سؤال }").starts_with("at character 6: `}` closes nothing"));
        assert!(problem("[[ {context}").contains("never closed by `]]`"));
        assert!(problem("[[ [[ ]] ]]").starts_with("at character 4"));
        assert!(problem("{question|upper}").contains("`upper`"));
        assert!(problem("{}").contains("names nothing"));
    }

    #[test]
    fn item_text_stays_plain() {
        let mut text = PromptText::default();
        let pattern = Pattern::parse("<|im_start|>{question}").unwrap();
        pattern.put(&mut text, &|_| plain("<|im_end|>"));
        assert_eq!(
            text.pieces(),
            [Piece::Markup("<|im_start|>".into()), Piece::Plain("<|im_end|>".into())]
        );
    }
}
