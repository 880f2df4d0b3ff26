//! The menu that adds a filter: its choices step by step. "Right in one language, wrong in another" asks for the first
//! language, then for the other, then for whose answers.

use crate::app::study::Study;
use crate::language::Language;
use crate::reviews::{FlagKind, Reviews};
use crate::scoring::Outcome;
use crate::slices::{Condition, Flagged, Percent, ReviewedBy, Together, Who};

/// A page of the menu.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Step {
    /// Everything there is to narrow to.
    #[default]
    First,
    Outcome(Outcome),
    RightModel,
    /// After the model that is right.
    WrongModel(String),
    RightLanguage,
    /// After the language that is right.
    WrongLanguage(Language),
    WhoseLanguages(Language, Language),
    Margin,
    WhoseMargin(Percent),
    Confidence,
    WhoseConfidence(Percent),
}

/// Where a choice leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lead {
    To(Step),
    Adds(Condition),
}

/// A row of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub group: &'static str,
    pub words: String,
    /// Shown by its own name too.
    pub language: Option<Language>,
    pub lead: Lead,
}

/// Points that a low margin stays below.
const MARGINS: [u8; 4] = [5, 10, 20, 30];
/// Percent that somebody confident is above.
const CONFIDENCES: [u8; 4] = [70, 80, 90, 95];

impl Choice {
    fn new(group: &'static str, words: impl Into<String>, lead: Lead) -> Self {
        Self {
            group,
            words: words.into(),
            language: None,
            lead,
        }
    }

    fn adds(group: &'static str, words: impl Into<String>, condition: Condition) -> Self {
        Self::new(group, words, Lead::Adds(condition))
    }

    fn of(group: &'static str, language: &Language, lead: Lead) -> Self {
        Self {
            language: Some(language.clone()),
            ..Self::new(group, language.english_name(), lead)
        }
    }
}

impl Step {
    /// What the page asks, above its rows.
    pub fn title(&self) -> &'static str {
        match self {
            Self::First => "",
            Self::RightModel => "Which model is right?",
            Self::WrongModel(_) => "Which model is wrong?",
            Self::RightLanguage => "Right in which language?",
            Self::WrongLanguage(_) => "Wrong in which language?",
            Self::Margin => "How small a margin?",
            Self::Confidence => "How sure?",
            Self::Outcome(_) | Self::WhoseLanguages(..) | Self::WhoseMargin(_) | Self::WhoseConfidence(_) => {
                "Whose answer?"
            }
        }
    }

    /// The rows of the page; `blind` leaves out what tells of answers.
    pub fn choices(&self, study: &Study, reviews: &Reviews, blind: bool) -> Vec<Choice> {
        match self {
            Self::First => first(study, reviews, blind),
            _ if blind => Vec::new(),
            Self::Outcome(is) => whose(study, |of| Condition::Outcome { is: *is, of }),
            Self::RightModel => models(study, |model| Lead::To(Self::WrongModel(model))),
            Self::WrongModel(right) => {
                let mut choices = models(study, |wrong| {
                    Lead::Adds(Condition::Models {
                        right: right.clone(),
                        wrong,
                    })
                });
                choices.retain(|choice| choice.words != *right);
                choices
            }
            Self::RightLanguage => languages(study, |language| Lead::To(Self::WrongLanguage(language))),
            Self::WrongLanguage(right) => {
                let several = study.models().len() > 1;
                let mut choices = languages(study, |wrong| match several {
                    true => Lead::To(Self::WhoseLanguages(right.clone(), wrong)),
                    false => Lead::Adds(Condition::Languages {
                        right: right.clone(),
                        wrong,
                        of: Who::Any,
                    }),
                });
                choices.retain(|choice| choice.language.as_ref() != Some(right));
                choices
            }
            Self::WhoseLanguages(right, wrong) => whose(study, |of| Condition::Languages {
                right: right.clone(),
                wrong: wrong.clone(),
                of,
            }),
            Self::Margin => percentages(MARGINS, |below| {
                let words = format!("Below {} points", u8::from(below));
                Choice::new(self.title(), words, Lead::To(Self::WhoseMargin(below)))
            }),
            Self::WhoseMargin(below) => whose(study, |of| Condition::LowMargin { below: *below, of }),
            Self::Confidence => percentages(CONFIDENCES, |above| {
                let words = format!("Above {}%", u8::from(above));
                Choice::new(self.title(), words, Lead::To(Self::WhoseConfidence(above)))
            }),
            Self::WhoseConfidence(above) => whose(study, |of| Condition::ConfidentAndWrong { above: *above, of }),
        }
    }
}

fn first(study: &Study, reviews: &Reviews, blind: bool) -> Vec<Choice> {
    let mut choices = Vec::new();
    let (languages, models) = (study.languages(), if blind { &[][..] } else { study.models() });
    if !models.is_empty() {
        choices.extend(answers(models.len(), languages.len()));
    }
    // What there is but one of narrows nothing.
    if languages.len() > 1 {
        choices.extend(languages.iter().map(|language| {
            let condition = Condition::Language([language.clone()].into());
            Choice::of("Language", language, Lead::Adds(condition))
        }));
    }
    let named = |group, names: Vec<String>, condition: fn(String) -> Condition| {
        names
            .into_iter()
            .map(move |name| Choice::adds(group, name.clone(), condition(name)))
    };
    choices.extend(named("Subject", study.subjects().to_vec(), |name| {
        Condition::Subject([name].into())
    }));
    let tasks = study.tasks();
    if tasks.len() > 1 {
        choices.extend(named("Task", tasks, |name| Condition::Task([name].into())));
    }
    let benchmarks = study.benchmark_names();
    if benchmarks.len() > 1 {
        choices.extend(named("Benchmark", benchmarks, |name| {
            Condition::Benchmark([name].into())
        }));
    }
    choices.extend(named("Answered by", models.to_vec(), Condition::Asked));
    let protocols = study.protocols();
    if protocols.len() > 1 {
        choices.extend(named("Protocol", protocols, Condition::Protocol));
    }
    choices.extend(reviewed(reviews));
    choices
}

/// Choices about answers, of so many models in so many languages.
fn answers(models: usize, languages: usize) -> Vec<Choice> {
    let group = "Answers";
    let mut choices: Vec<Choice> = Outcome::ALL
        .map(|is| {
            let words = Condition::Outcome { is, of: Who::Any }.words();
            match models {
                1 => Choice::adds(group, words, Condition::Outcome { is, of: Who::Any }),
                _ => Choice::new(group, words, Lead::To(Step::Outcome(is))),
            }
        })
        .to_vec();
    if models > 1 {
        for together in [Together::AllWrong, Together::Differ] {
            let condition = Condition::Answers(together);
            choices.push(Choice::adds(group, condition.words(), condition));
        }
        choices.push(Choice::new(
            group,
            "One model right, another wrong",
            Lead::To(Step::RightModel),
        ));
    }
    if languages > 1 {
        let words = "Right in one language, wrong in another";
        choices.push(Choice::new(group, words, Lead::To(Step::RightLanguage)));
    }
    choices.push(Choice::new(group, "Low margin", Lead::To(Step::Margin)));
    choices.push(Choice::new(group, "Confident and wrong", Lead::To(Step::Confidence)));
    choices
}

fn reviewed(reviews: &Reviews) -> Vec<Choice> {
    let adds = |condition: Condition| Choice::adds("Reviews", condition.words(), condition);
    let mut choices: Vec<Choice> = [ReviewedBy::Anyone, ReviewedBy::Nobody]
        .map(|by| adds(Condition::Reviewed(by)))
        .to_vec();
    let reviewers = reviews
        .reviewers()
        .map(|reviewer| ReviewedBy::By(reviewer.name().to_owned()));
    choices.extend(reviewers.map(|by| adds(Condition::Reviewed(by))));
    choices.push(adds(Condition::Flagged(Flagged::Any)));
    choices.extend(FlagKind::ALL.map(|kind| adds(Condition::Flagged(Flagged::As(kind)))));
    choices
}

/// Whose answers something is to hold of.
fn whose(study: &Study, condition: impl Fn(Who) -> Condition) -> Vec<Choice> {
    let models = study.models();
    let fixed = match models.len() {
        0 | 1 => vec![Who::Any],
        _ => vec![Who::Any, Who::Every],
    };
    let all = fixed.into_iter().chain(models.iter().cloned().map(Who::Model));
    all.map(|of| Choice::adds("Whose answer?", of.words(), condition(of)))
        .collect()
}

fn models(study: &Study, lead: impl Fn(String) -> Lead) -> Vec<Choice> {
    let models = study.models().iter();
    models
        .map(|model| Choice::new("", model.clone(), lead(model.clone())))
        .collect()
}

fn languages(study: &Study, lead: impl Fn(Language) -> Lead) -> Vec<Choice> {
    let languages = study.languages();
    languages
        .iter()
        .map(|language| Choice::of("", language, lead(language.clone())))
        .collect()
}

fn percentages(numbers: [u8; 4], choice: impl Fn(Percent) -> Choice) -> Vec<Choice> {
    let percentages = numbers.into_iter().filter_map(|number| Percent::try_from(number).ok());
    percentages.map(choice).collect()
}
