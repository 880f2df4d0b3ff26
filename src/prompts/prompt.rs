//! Putting an item to a model: its question after solved examples, as a protocol and its template say.

use super::chat::{ChatError, ChatTemplate, Message, Role};
use super::pattern::{Field, Pattern, is_space};
use super::{PromptText, Protocol, Scoring, Shown};
use crate::benchmarks::Item;
use crate::language::Language;

/// A prompt and what may follow it: one continuation for each option, in the item's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoredPrompt {
    pub text: PromptText,
    /// The answers with what stands between them and the prompt.
    pub continuations: Vec<String>,
    /// The answers alone, whose lengths count where scores are divided by lengths.
    pub answers: Vec<String>,
    /// Whether white space at the prompt's end is scored with each continuation.
    pub spaces_scored: bool,
}

impl ScoredPrompt {
    /// A prompt whose answers follow it directly.
    pub fn new(text: PromptText, answers: &[&str]) -> Self {
        let answers: Vec<String> = answers.iter().map(|&answer| answer.to_owned()).collect();
        Self {
            text,
            continuations: answers.clone(),
            answers,
            spaces_scored: false,
        }
    }

    /// What is read and what is scored after it.
    pub fn parted(&self) -> (PromptText, Vec<String>) {
        if !self.spaces_scored {
            return (self.text.clone(), self.continuations.clone());
        }
        let (text, spaces) = self.text.without_spaces_at_end();
        let continuations = self.continuations.iter();
        (text, continuations.map(|own| format!("{spaces}{own}")).collect())
    }
}

/// A prompt that a model writes a reply to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenPrompt {
    pub text: PromptText,
    /// Texts that end the reply: they would begin the next question.
    pub stops: Vec<String>,
}

/// An item as the messages of a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Empty where there is no system message.
    pub system: PromptText,
    /// Examples that are turns of their own: what was asked and what was answered.
    pub examples: Vec<(PromptText, String)>,
    pub user: PromptText,
    /// Texts that end the reply.
    pub stops: Vec<String>,
}

impl Conversation {
    fn messages(&self) -> Vec<Message> {
        let message = |role, text: &PromptText| Message {
            role,
            text: text.clone(),
        };
        let mut messages = Vec::new();
        if !self.system.pieces().is_empty() {
            messages.push(message(Role::System, &self.system));
        }
        for (question, answer) in &self.examples {
            let mut answered = PromptText::default();
            answered.push_plain(answer);
            messages.push(message(Role::User, question));
            messages.push(message(Role::Assistant, &answered));
        }
        messages.push(message(Role::User, &self.user));
        messages
    }

    /// The conversation as the model reads it, up to where its reply starts. Where the template knows no system
    /// message, it stands before the user's first.
    fn rendered(&self, chat: &ChatTemplate) -> Result<PromptText, ChatError> {
        let messages = self.messages();
        match (chat.render(&messages), messages.split_first()) {
            (Err(_), Some((system, [user, others @ ..]))) if system.role == Role::System => {
                let mut text = system.text.clone();
                let ends = text.to_plain_string().ends_with(is_space);
                text.push_markup(if ends { "" } else { "\n\n" });
                text.push(&user.text);
                let first = Message { role: Role::User, text };
                let messages: Vec<Message> = std::iter::once(first).chain(others.iter().cloned()).collect();
                chat.render(&messages)
            }
            (rendered, _) => rendered,
        }
    }
}

/// Puts `item` as `protocol` says, after the solved `shots`; through `chat` where the model has a template and the
/// protocol asks for it.
pub fn scored_prompt(
    item: &Item,
    shots: &[&Item],
    protocol: &Protocol,
    chat: Option<&ChatTemplate>,
) -> Result<ScoredPrompt, ChatError> {
    let putting = Putting { protocol };
    let answers = scored_answers(item, protocol);
    let (text, delimiter) = match chat.filter(|_| protocol.chat) {
        // The reply starts right after the template's own opening, so nothing stands before the answer.
        Some(chat) => (putting.conversation(item, shots).rendered(chat)?, String::new()),
        None => (
            putting.plain(item, shots),
            putting.own(&item.key.language, &protocol.template.delimiter),
        ),
    };
    Ok(ScoredPrompt {
        text,
        continuations: answers.iter().map(|answer| format!("{delimiter}{answer}")).collect(),
        answers,
        spaces_scored: protocol.template.spaces_scored,
    })
}

/// What is scored as the answer for each option of an item, in the item's order: its letter, or its text as the template
/// writes it.
pub fn scored_answers(item: &Item, protocol: &Protocol) -> Vec<String> {
    let (putting, shown) = (Putting { protocol }, Shown::new(item, protocol));
    let options = 0..item.options.len();
    options.map(|option| putting.answer(&shown, option)).collect()
}

/// Puts `item` for a reply in writing.
pub fn written_prompt(
    item: &Item,
    shots: &[&Item],
    protocol: &Protocol,
    chat: Option<&ChatTemplate>,
) -> Result<WrittenPrompt, ChatError> {
    let putting = Putting { protocol };
    match chat.filter(|_| protocol.chat) {
        Some(chat) => {
            let conversation = putting.conversation(item, shots);
            Ok(WrittenPrompt {
                text: conversation.rendered(chat)?,
                stops: conversation.stops,
            })
        }
        None => Ok(WrittenPrompt {
            text: putting.plain(item, shots),
            stops: putting.stops(&item.key.language),
        }),
    }
}

/// `item` as a chat service is asked it, which puts the messages through its model's template itself.
pub fn conversation(item: &Item, shots: &[&Item], protocol: &Protocol) -> Conversation {
    Putting { protocol }.conversation(item, shots)
}

struct Putting<'a> {
    protocol: &'a Protocol,
}

impl Putting<'_> {
    /// Everything as one text.
    fn plain(&self, item: &Item, shots: &[&Item]) -> PromptText {
        let mut text = self.system();
        let start = self.start(item);
        let joined = |text: &PromptText| text.to_plain_string();
        let (before, after) = (joined(&text), joined(&start));
        if !before.is_empty() && !after.is_empty() && !before.ends_with(is_space) && !after.starts_with(is_space) {
            text.push_markup(&self.own(&item.key.language, &self.protocol.template.between_shots));
        }
        text.push(&start);
        self.put_shots(&mut text, shots);
        self.put_question(&mut text, &Shown::new(item, self.protocol), true);
        text
    }

    fn conversation(&self, item: &Item, shots: &[&Item]) -> Conversation {
        let template = &self.protocol.template;
        let mut system = self.system();
        let mut opening = self.start(item);
        if template.start_in_system {
            if !system.pieces().is_empty() && !opening.pieces().is_empty() {
                let joint = self.own(&item.key.language, &template.between_shots);
                system.push_markup(if system.to_plain_string().ends_with(is_space) {
                    ""
                } else {
                    &joint
                });
            }
            system.push(&opening);
            opening = PromptText::default();
        }
        let mut examples = Vec::new();
        if self.protocol.multi_turn {
            for &shot in shots {
                let shown = Shown::new(shot, self.protocol);
                let mut question = std::mem::take(&mut opening);
                self.put_question(&mut question, &shown, template.cue_in_chat);
                examples.push((question, self.turn_answer(&shown)));
            }
        } else {
            self.put_shots(&mut opening, shots);
        }
        let mut user = opening;
        self.put_question(&mut user, &Shown::new(item, self.protocol), template.cue_in_chat);
        Conversation {
            system,
            examples,
            user,
            stops: match template.cue_in_chat {
                true => self.stops(&item.key.language),
                false => Vec::new(),
            },
        }
    }

    fn system(&self) -> PromptText {
        let mut text = PromptText::default();
        text.push_plain(self.protocol.system.as_deref().unwrap_or_default());
        text
    }

    fn start(&self, item: &Item) -> PromptText {
        let mut text = PromptText::default();
        if !self.protocol.without_instruction {
            let shown = Shown::new(item, self.protocol);
            self.protocol
                .template
                .start
                .put(&mut text, &|field| self.fill(&shown, field));
        }
        text
    }

    /// Puts solved examples, each with what parts it from the next.
    fn put_shots(&self, text: &mut PromptText, shots: &[&Item]) {
        let template = &self.protocol.template;
        for &shot in shots {
            let shown = Shown::new(shot, self.protocol);
            let language = &shot.key.language;
            self.put_question(text, &shown, true);
            text.push_markup(&self.own(language, &template.delimiter));
            text.push_plain(&self.solution(&shown));
            text.push_markup(&self.own(language, &template.between_shots));
        }
    }

    fn put_question(&self, text: &mut PromptText, shown: &Shown<'_>, cue: bool) {
        let template = &self.protocol.template;
        template.question.put(text, &|field| self.fill(shown, field));
        if cue {
            template.cue.put(text, &|field| self.fill(shown, field));
        }
    }

    /// The answer of an example in a turn of its own, after the cue where the question came without it.
    fn turn_answer(&self, shown: &Shown<'_>) -> String {
        let template = &self.protocol.template;
        let solution = self.solution(shown);
        let cue = template.cue.filled(&|field| self.fill(shown, field));
        match template.cue_in_chat || cue.is_empty() {
            true => solution,
            false => {
                let delimiter = self.own(&shown.item().key.language, &template.delimiter);
                format!("{}{delimiter}{solution}", cue.trim_start_matches(is_space))
            }
        }
    }

    /// The right answer of an example, as a model is to give it.
    fn solution(&self, shown: &Shown<'_>) -> String {
        let template = &self.protocol.template;
        let item = shown.item();
        let right = item.right.iter().map(|&option| self.answer(shown, option));
        let right: Vec<String> = right.collect();
        let answer = right.join(&self.own(&item.key.language, &template.several));
        match self.protocol.scoring {
            Scoring::Letters | Scoring::Options { .. } => answer,
            Scoring::Written { .. } => template.reply.filled(&|field| match field {
                Field::Answer => plain(&answer),
                field => template.fill_word(&item.key.language, field),
            }),
        }
    }

    /// What stands for an option as an answer.
    fn answer(&self, shown: &Shown<'_>, option: usize) -> String {
        match self.protocol.scoring {
            Scoring::Letters | Scoring::Written { .. } => shown.letter(option),
            Scoring::Options { .. } => {
                let fill = |field: &Field| self.fill_option(shown, option, field);
                self.protocol.template.full_answer.filled(&fill)
            }
        }
    }

    fn stops(&self, language: &Language) -> Vec<String> {
        let stops = self.protocol.template.stops.iter();
        stops.map(|stop| self.own(language, stop)).collect()
    }

    /// A pattern with nothing but the template's own words in it.
    fn own(&self, language: &Language, pattern: &Pattern) -> String {
        pattern.filled(&|field| self.protocol.template.fill_word(language, field))
    }

    fn fill(&self, shown: &Shown<'_>, field: &Field) -> PromptText {
        let item = shown.item();
        let template = &self.protocol.template;
        match field {
            Field::Question => plain(&item.question),
            Field::Context => plain(item.context.as_deref().unwrap_or_default()),
            Field::Options => self.options(shown),
            Field::Letters => markup(&shown.letters_in_order().concat()),
            Field::Subject => {
                let subject = item.subject.as_ref().unwrap_or(&item.task);
                plain(&template.name(field, subject).replace('_', " "))
            }
            Field::Task => plain(&template.name(field, &item.task).replace('_', " ")),
            Field::Language => markup(item.key.language.english_name()),
            Field::Extra(name) => match item.extra.get(name) {
                Some(serde_json::Value::String(text)) => plain(template.name(field, text)),
                Some(serde_json::Value::Number(number)) => plain(template.name(field, &number.to_string())),
                _ => PromptText::default(),
            },
            field => template.fill_word(&item.key.language, field),
        }
    }

    fn options(&self, shown: &Shown<'_>) -> PromptText {
        let template = &self.protocol.template;
        let between = self.own(&shown.item().key.language, &template.between_options);
        let mut text = PromptText::default();
        for (place, &option) in shown.order().iter().enumerate() {
            text.push_markup(if place > 0 { &between } else { "" });
            let fill = |field: &Field| self.fill_option(shown, option, field);
            template.option.put(&mut text, &fill);
        }
        text
    }

    fn fill_option(&self, shown: &Shown<'_>, option: usize, field: &Field) -> PromptText {
        let item = shown.item();
        match field {
            Field::Letter => markup(&shown.letter(option)),
            Field::Option => plain(item.options.get(option).map_or("", String::as_str)),
            Field::Number => markup(&(shown.place(option) + 1).to_string()),
            Field::Index => markup(&shown.place(option).to_string()),
            field => self.protocol.template.fill_word(&item.key.language, field),
        }
    }
}

fn plain(text: &str) -> PromptText {
    let mut filled = PromptText::default();
    filled.push_plain(text);
    filled
}

fn markup(text: &str) -> PromptText {
    let mut filled = PromptText::default();
    filled.push_markup(text);
    filled
}
