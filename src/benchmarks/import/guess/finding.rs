//! Field by field, from what people said and what columns are called and hold.

use std::path::Path;

use super::super::choices::Choices;
use super::super::mapping::{ColumnPath, Field, Mapping, Roles};
use super::super::record::{language_within, scalar_text, split_of};
use super::super::source::Source;
use super::super::{ImportError, ImportOptions, name_to_first_dot, roles};
use super::answer::{self, Candidate, Way};
use super::doubt::Doubt;
use super::look::Look;
use super::options::{self, Words};
use super::{Contents, Guess, Guessed, Sureness, names, tongue};
use crate::language::Language;

/// The fields that hold text of an item and are found by what their column is called, in this order.
const BY_NAME: &[Field] = &[
    Field::Id,
    Field::Context,
    Field::Rationale,
    Field::Subject,
    Field::Task,
    Field::Parallel,
    Field::Split,
    Field::Language,
];

/// What true and false may be shown as.
const SUGGESTED: &[[&str; 2]] = &[["yes", "no"], ["true", "false"]];

/// A guess in the making.
struct Finding<'a> {
    look: &'a Look,
    fields: Vec<Guessed>,
    doubts: Vec<Doubt>,
    fixed_options: Vec<String>,
    said_language: Option<Language>,
}

/// Looks at a source that was opened with `opened`, of which `said` was said.
pub(super) fn guess(path: &Path, mut source: Source, opened: ImportOptions) -> Result<Guess, ImportError> {
    // Mappings that contradict the file or each other are told as when it is read.
    let by_name = roles(path, &source, &opened)?;
    let look = Look::at(&mut source);
    if look.records.is_empty() {
        return Err(ImportError::Empty { path: path.to_owned() });
    }
    let mut finding = Finding {
        look: &look,
        fields: opened.mappings.iter().map(said).collect(),
        doubts: Vec::new(),
        fixed_options: opened.fixed_options.clone(),
        said_language: opened.language.clone(),
    };
    finding.question(&by_name);
    for field in BY_NAME {
        finding.by_name(*field, &by_name);
    }
    finding.options();
    finding.answer(&by_name);
    let keyed = source.is_keyed();
    if !keyed {
        finding.unnamed_id();
    }
    if opened.language.is_none() && !finding.has(Field::Language) {
        let doubt = finding.language(path, &source);
        finding.doubts.push(doubt);
    }
    let Finding {
        mut fields,
        doubts,
        fixed_options,
        ..
    } = finding;
    let order = Field::all();
    fields.sort_by_key(|guessed| order.iter().position(|field| *field == guessed.mapping.field));
    let unsaid = |guessed: &&Guessed| guessed.sure == Sureness::Said || !is_named(&by_name, &guessed.mapping);
    let options = ImportOptions {
        mappings: fields
            .iter()
            .filter(unsaid)
            .map(|guessed| guessed.mapping.clone())
            .collect(),
        fixed_options,
        ..opened
    };
    Ok(Guess {
        contents: Contents {
            sheets: source.sheets,
            members: source.members,
        },
        columns: look.columns(),
        fields,
        doubts,
        options,
    })
}

fn said(mapping: &Mapping) -> Guessed {
    Guessed {
        mapping: mapping.clone(),
        why: "it was said".to_owned(),
        sure: Sureness::Said,
    }
}

/// Whether the column fills the field without being told to.
fn is_named(by_name: &Roles, mapping: &Mapping) -> bool {
    by_name
        .path(mapping.field)
        .is_some_and(|path| path.text() == mapping.column)
}

impl<'a> Finding<'a> {
    fn has(&self, field: Field) -> bool {
        self.fields.iter().any(|guessed| guessed.mapping.field == field)
    }

    fn has_any(&self, kind: fn(Field) -> bool) -> bool {
        self.fields.iter().any(|guessed| kind(guessed.mapping.field))
    }

    fn taken(&self) -> Vec<String> {
        self.fields
            .iter()
            .map(|guessed| guessed.mapping.column.clone())
            .collect()
    }

    /// The paths that fill nothing yet.
    fn free(&self) -> Vec<&'a ColumnPath> {
        let taken = self.taken();
        let is_free = |path: &&ColumnPath| taken.iter().all(|column| column != path.text());
        self.look.paths.iter().filter(is_free).collect()
    }

    /// The path that holds the question, options or not.
    fn asked(&self) -> Option<ColumnPath> {
        let alone = self.path(Field::Question);
        alone.or_else(|| self.path(Field::QuestionWithOptions))
    }

    fn fill(&mut self, column: &str, field: Field, why: impl Into<String>, sure: Sureness) {
        let mapping = Mapping {
            column: column.to_owned(),
            field,
        };
        let why = why.into();
        self.fields.push(Guessed { mapping, why, sure });
    }

    /// The path that fills a field.
    fn path(&self, field: Field) -> Option<ColumnPath> {
        let guessed = self.fields.iter().find(|guessed| guessed.mapping.field == field)?;
        self.look.path(&guessed.mapping.column).cloned()
    }

    fn question(&mut self, by_name: &Roles) {
        if self.has(Field::Question) || self.has(Field::QuestionWithOptions) {
            return;
        }
        let taken = self.taken();
        let is_asked = |path: &ColumnPath| {
            let profile = self.look.profile(path);
            profile.texts * 10 >= self.look.records.len() * 5
        };
        let exact = [Field::Question, Field::QuestionWithOptions];
        if let Some((field, path)) = exact.into_iter().find_map(|field| Some((field, by_name.path(field)?)))
            && is_asked(path)
        {
            let column = path.text().to_owned();
            return self.fill(&column, field, "the column is called so", Sureness::Sure);
        }
        let free = || {
            self.look
                .paths
                .iter()
                .filter(|path| !taken.contains(&path.text().to_owned()))
        };
        let mut called: Vec<(usize, &ColumnPath)> = free()
            .filter_map(|path| Some((names::fit(path.text(), Field::Question)?, path)))
            .filter(|(_, path)| is_asked(path))
            .collect();
        called.sort_by_key(|(place, _)| *place);
        let columns: Vec<String> = called.iter().map(|(_, path)| path.text().to_owned()).collect();
        if let [column] = columns.as_slice() {
            return self.fill(column, Field::Question, "the column's name means this", Sureness::Sure);
        }
        let (field, candidates) = (Field::Question, columns);
        if !candidates.is_empty() {
            self.doubts.push(Doubt::Columns { field, candidates });
            return;
        }
        let mut longest: Vec<(usize, &ColumnPath)> = free()
            .filter(|path| is_asked(path) && BY_NAME.iter().all(|field| names::fit(path.text(), *field).is_none()))
            .map(|path| (self.look.profile(path), path))
            .filter(|(profile, _)| profile.length >= 10 && profile.distinct * 10 >= profile.texts * 7)
            .map(|(profile, path)| (profile.length, path))
            .collect();
        longest.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
        match longest.first().map(|(_, path)| path.text().to_owned()) {
            Some(column) => self.fill(&column, field, "it has the longest texts", Sureness::Likely),
            None => self.missing(field),
        }
    }

    fn options(&mut self) {
        if self.has_any(Field::is_option) || !self.fixed_options.is_empty() {
            return;
        }
        let taken = self.taken();
        let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
        let question = self.path(Field::Question);
        if let Some(found) = options::called(self.look, &taken) {
            return self.fill_options(found);
        }
        // Yes and no tell more than lists of other things.
        let answers = self
            .free()
            .into_iter()
            .filter(|path| names::fit(path.text(), Field::Answer).is_some());
        let mut words = answers.filter_map(|path| Some((path, options::said_in_words(self.look, path)?)));
        match words.next() {
            Some((_, Words::Said(words))) => self.fixed_options = words,
            Some((path, Words::Bare)) => self.doubts.push(Doubt::FixedOptions {
                column: path.text().to_owned(),
                suggestions: SUGGESTED
                    .iter()
                    .map(|words| words.map(str::to_owned).to_vec())
                    .collect(),
            }),
            None => match options::uncalled(self.look, &taken, question.as_ref()) {
                Some(found) => self.fill_options(found),
                None => self.missing(Field::Options),
            },
        }
    }

    fn fill_options(&mut self, found: options::Found) {
        for (path, field) in found.mappings {
            if field == Field::QuestionWithOptions {
                self.fields.retain(|guessed| guessed.mapping.field != Field::Question);
            }
            self.fill(path.text(), field, found.why.clone(), found.sure);
        }
    }

    fn choices(&self) -> Vec<Option<Choices>> {
        let fields = self.fields.iter().filter(|guessed| guessed.mapping.field.is_option());
        let found: Vec<(ColumnPath, Field)> = fields
            .filter_map(|guessed| Some((self.look.path(&guessed.mapping.column)?.clone(), guessed.mapping.field)))
            .collect();
        let choices = |record| options::choices(&found, &self.fixed_options, record);
        self.look.records.iter().map(choices).collect()
    }

    fn answer(&mut self, by_name: &Roles) {
        if self.has_any(Field::is_answer) {
            return;
        }
        let choices = self.choices();
        if choices.iter().all(Option::is_none) {
            // Without options no answer can be told from other columns.
            return;
        }
        let counted = [
            Field::AnswerIndex0,
            Field::AnswerIndex1,
            Field::AnswerLetter,
            Field::AnswerText,
            Field::AnswerTruth,
        ];
        let called = counted
            .into_iter()
            .find_map(|field| Some((field, by_name.path(field)?.text().to_owned())));
        if let Some((field, column)) = called {
            return self.fill(&column, field, "the column is called so", Sureness::Sure);
        }
        let taken = self.taken();
        let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
        let Some(language) = self.said_language.clone().or_else(|| self.likely_language()) else {
            return self.missing(Field::Answer);
        };
        let candidates = answer::candidates(self.look, &taken, &choices, &language);
        let clear = candidates.iter().filter(|candidate| candidate.way != Way::EitherBase);
        let clear: Vec<&Candidate> = clear.collect();
        let Some(best) = clear.first().copied().or(candidates.first()) else {
            return self.missing(Field::Answer);
        };
        if candidates.iter().any(|other| !best.agrees(other)) {
            let candidates = candidates
                .iter()
                .map(|candidate| candidate.path.text().to_owned())
                .collect();
            let field = Field::Answer;
            return self.doubts.push(Doubt::Columns { field, candidates });
        }
        let column = best.path.text().to_owned();
        match &best.way {
            Way::Field(field, why) => self.fill(&column, *field, *why, best.sure),
            Way::EitherBase => {
                let question = self
                    .path(Field::Question)
                    .or_else(|| self.path(Field::QuestionWithOptions));
                let readings = best.readings(self.look, question.as_ref(), &choices);
                self.doubts.push(Doubt::IndexBase { column, readings });
            }
        }
    }

    fn by_name(&mut self, field: Field, by_name: &Roles) {
        if self.has(field) {
            return;
        }
        let free = self.free();
        let within = by_name.path(Field::Language);
        let named = by_name.path(field).filter(|path| free.contains(path));
        if let Some(path) = named.filter(|path| can_fill(self.look, field, path, within)) {
            return self.fill(path.text(), field, "the column is called so", Sureness::Sure);
        }
        let called = free
            .iter()
            .filter_map(|path| Some((names::fit(path.text(), field)?, path)));
        let best = called
            .filter(|(_, path)| self.look.profile(path).filled > 0 && can_fill(self.look, field, path, within))
            .min_by_key(|(place, _)| *place);
        if let Some((_, path)) = best {
            self.fill(path.text(), field, "the column's name means this", Sureness::Likely);
        } else if let Some(path) = named {
            // Left to fill its field, it would have every record refused.
            let why = format!("it is called `{}`, and its values are none", path.text());
            self.fill(path.text(), Field::Extra, why, Sureness::Likely);
        }
    }

    /// A first column without a name that counts records, as tables of pandas have it.
    fn unnamed_id(&mut self) {
        let taken = self.taken();
        let Some(path) = self.look.path("column_1").filter(|_| !self.has(Field::Id)) else {
            return;
        };
        let counts = self.look.texts(path).iter().all(|text| text.parse::<u64>().is_ok());
        if counts && !taken.contains(&path.text().to_owned()) && is_unique(self.look, path, None) {
            let column = path.text().to_owned();
            self.fill(
                &column,
                Field::Id,
                "it has no name and counts the records",
                Sureness::Likely,
            );
        }
    }

    /// The language by which letters are read while none is named; any will do where none is likely.
    fn likely_language(&self) -> Option<Language> {
        let likely = self.suggestions().into_iter().next();
        likely.or_else(|| "und".parse().ok())
    }

    /// What the questions look like.
    fn suggestions(&self) -> Vec<Language> {
        let texts = self.asked().map(|path| self.look.texts(&path)).unwrap_or_default();
        let texts: Vec<&str> = texts.iter().take(200).map(String::as_str).collect();
        tongue::suggestions(&texts)
    }

    fn language(&self, path: &Path, source: &Source) -> Doubt {
        let called: Vec<Option<Language>> = source
            .documents
            .iter()
            .map(|document| language_within(&document.file))
            .collect();
        let by_file = called.len() > 1 && called.iter().all(Option::is_some);
        let mut suggestions = self.suggestions();
        // A name alone may mislead: `it` and `no` are words, too.
        if let Some(named) = language_within(&name_to_first_dot(path)) {
            suggestions.sort_by_key(|other| other.primary() != named.primary());
        }
        Doubt::Language { suggestions, by_file }
    }

    fn missing(&mut self, field: Field) {
        let columns = self.free().into_iter().map(|path| path.text().to_owned()).collect();
        let called = |path: &&ColumnPath| names::fit(path.text(), field).is_some();
        let mut empty = self.look.paths.iter().filter(called);
        let empty = empty.find(|path| self.look.profile(path).filled == 0);
        self.doubts.push(Doubt::Missing {
            field,
            columns,
            empty: empty.map(|path| path.text().to_owned()),
        });
    }
}

/// Whether the values of a path are what a field takes.
fn can_fill(look: &Look, field: Field, path: &ColumnPath, language: Option<&ColumnPath>) -> bool {
    let profile = look.profile(path);
    let is_text = profile.filled == 0 || (profile.texts + profile.lists) * 10 >= profile.filled * 9;
    let is_long = profile.filled == 0 || profile.lists > 0 || profile.length >= 15;
    match field {
        Field::Language => look.texts(path).iter().all(|text| is_language(text)),
        Field::Split => look.texts(path).iter().all(|text| split_of(text).is_some()),
        Field::Id => is_unique(look, path, language),
        Field::Context | Field::Rationale => is_text && is_long,
        _ => is_text,
    }
}

fn is_language(text: &str) -> bool {
    Language::named(text).is_some() || text.parse::<Language>().is_ok()
}

/// Whether every record has a value of its own, within its language.
fn is_unique(look: &Look, path: &ColumnPath, language: Option<&ColumnPath>) -> bool {
    let mut seen = std::collections::HashSet::new();
    look.records.iter().all(|record| {
        let text = |path: &ColumnPath| path.value(record).and_then(|value| scalar_text(&value));
        let id = text(path);
        id.is_some() && seen.insert((id, language.and_then(text)))
    })
}
