//! What conditions are in words, for chips and lists.

use super::condition::{Condition, Flagged, ReviewedBy, Together, Who};
use super::filter::Filter;
use crate::text::isolate::isolate;

impl Condition {
    /// A few words without a full stop, such as `Right in English, wrong in Arabic`. Names in them are isolated.
    pub fn words(&self) -> String {
        match self {
            Self::Text(text) => format!("“{}”", isolate(text)),
            Self::Benchmark(names) | Self::Task(names) | Self::Subject(names) => {
                either(names.iter().map(String::as_str))
            }
            Self::Language(languages) => either(languages.iter().map(|language| language.english_name())),
            Self::Protocol(label) => isolate(label),
            Self::Asked(model) => format!("Answered by {}", isolate(model)),
            Self::Outcome { is, of: Who::Any } => capital(is.word()),
            Self::Outcome { is, of } => format!("{} {}", of.words(), is.word()),
            Self::Models { right, wrong } => format!("{} right, {} wrong", isolate(right), isolate(wrong)),
            Self::Languages { right, wrong, of } => {
                let (right, wrong) = (right.english_name(), wrong.english_name());
                match of {
                    Who::Any => format!("Right in {right}, wrong in {wrong}"),
                    of => format!("{} right in {right}, wrong in {wrong}", of.words()),
                }
            }
            Self::OneOfModels { first, second } => {
                format!("Only one of {} and {} right", isolate(first), isolate(second))
            }
            Self::OneOfLanguages { first, second, of } => {
                let either = format!("only one of {} and {}", first.english_name(), second.english_name());
                match of {
                    Who::Any => format!("Right in {either}"),
                    of => format!("{} right in {either}", of.words()),
                }
            }
            Self::Answers(Together::AllWrong) => "All wrong".to_owned(),
            Self::Answers(Together::Differ) => "Models disagree".to_owned(),
            Self::LowMargin { below, of } => {
                let below = u8::from(*below);
                match of {
                    Who::Any => format!("Margin below {below}"),
                    of => format!("{} margin below {below}", of.words()),
                }
            }
            Self::ConfidentAndWrong { above, of } => {
                let above = u8::from(*above);
                match of {
                    Who::Any => format!("Above {above}% sure and wrong"),
                    of => format!("{} above {above}% sure and wrong", of.words()),
                }
            }
            Self::Flagged(Flagged::Any) => "Flagged".to_owned(),
            Self::Flagged(Flagged::As(kind)) => format!("Flagged: {}", kind.words()),
            Self::Reviewed(ReviewedBy::Nobody) => "Not reviewed".to_owned(),
            Self::Reviewed(ReviewedBy::Anyone) => "Reviewed".to_owned(),
            Self::Reviewed(ReviewedBy::By(name)) => format!("Reviewed by {}", isolate(name)),
        }
    }
}

impl Who {
    /// Whose answers, as a sentence begins.
    pub fn words(&self) -> String {
        match self {
            Self::Any => "Any model".to_owned(),
            Self::Every => "Every model".to_owned(),
            Self::Model(name) => isolate(name),
        }
    }
}

impl Filter {
    /// All conditions in words; `All items` where there is none.
    pub fn words(&self) -> String {
        if self.is_empty() {
            return "All items".to_owned();
        }
        let words: Vec<String> = self.conditions().iter().map(Condition::words).collect();
        words.join("; ")
    }
}

fn either<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(isolate).collect();
    names.join(" or ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(letters)
        .collect()
}
