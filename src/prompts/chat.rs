//! Chat templates: the Jinja text a model carries, rendered around the messages of a conversation.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, ErrorKind, context};

use super::{Piece, PromptText};

/// A model's own chat template.
#[derive(Debug)]
pub struct ChatTemplate {
    environment: Environment<'static>,
    beginning_of_text: String,
    end_of_text: String,
    /// Whether only what stands around a single user's message is known.
    one_turn: bool,
}

/// Who says a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    System,
    User,
    Assistant,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub role: Role,
    pub text: PromptText,
}

/// The template could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    #[error("the model's chat template cannot be read: {0}")]
    Syntax(#[source] minijinja::Error),
    #[error("the model's chat template failed: {0}")]
    Render(#[source] minijinja::Error),
    #[error("the model's chat template changed or left out a message")]
    LostContent,
    #[error(
        "the model's server shows only how its chat template surrounds one user's message; use examples in one turn and \
         no system message"
    )]
    OneTurn,
}

const NAME: &str = "chat";
/// The first of the private-use characters that stand for pieces of the turn while the template runs.
const FIRST_PLACEHOLDER: u32 = 0x10_0000;
const MOST_PLACEHOLDERS: usize = 0xFFF0;

impl ChatTemplate {
    /// Parses `source`; `beginning_of_text` and `end_of_text` are the texts of the model's BOS and EOS tokens.
    pub fn new(source: &str, beginning_of_text: &str, end_of_text: &str) -> Result<Self, ChatError> {
        let mut environment = Environment::new();
        // As the Python client sets Jinja for chat templates.
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()
                .map_err(ChatError::Syntax)?,
        );
        environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function(
            "raise_exception",
            |message: String| -> Result<String, minijinja::Error> {
                Err(minijinja::Error::new(ErrorKind::InvalidOperation, message))
            },
        );
        environment
            .add_template_owned(NAME, source.to_owned())
            .map_err(ChatError::Syntax)?;
        Ok(Self {
            environment,
            beginning_of_text: beginning_of_text.to_owned(),
            end_of_text: end_of_text.to_owned(),
            one_turn: false,
        })
    }

    /// A template known only by what it lays around a user's message.
    pub fn around(before: &str, after: &str) -> Result<Self, ChatError> {
        let mut template = Self::new("{{ before }}{{ messages[0]['content'] }}{{ after }}", "", "")?;
        template.one_turn = true;
        template.environment.add_global("before", before);
        template.environment.add_global("after", after);
        Ok(template)
    }

    /// The messages, up to where the model's reply starts.
    ///
    /// Each plain piece passes through the template as one placeholder character, so whatever an item says,
    /// it neither steers the template nor becomes markup.
    pub fn render(&self, messages: &[Message]) -> Result<PromptText, ChatError> {
        if self.one_turn && !matches!(messages, [Message { role: Role::User, .. }]) {
            return Err(ChatError::OneTurn);
        }
        let mut plain_texts: Vec<&str> = Vec::new();
        let mut turns = Vec::new();
        for message in messages {
            let mut content = String::new();
            for piece in message.text.pieces() {
                match piece {
                    Piece::Markup(text) => content.push_str(text),
                    Piece::Plain(text) => {
                        let placeholder = placeholder(plain_texts.len()).ok_or(ChatError::LostContent)?;
                        content.push(placeholder);
                        plain_texts.push(text);
                    }
                }
            }
            turns.push((message.role.word(), content));
        }
        let shown = turns
            .iter()
            .map(|(role, content)| context! { role => *role, content => content });
        let rendered = self
            .environment
            .get_template(NAME)
            .and_then(|template| {
                template.render(context! {
                    messages => shown.collect::<Vec<_>>(),
                    add_generation_prompt => true,
                    bos_token => &self.beginning_of_text,
                    eos_token => &self.end_of_text,
                })
            })
            .map_err(ChatError::Render)?;
        // A template may drop what it does not know, such as a system message.
        if turns.iter().any(|(_, content)| !rendered.contains(content.trim())) {
            return Err(ChatError::LostContent);
        }
        replace_placeholders(&rendered, &plain_texts)
    }

    /// `turn` as a user's message, up to where the model's reply starts.
    pub fn render_user_turn(&self, turn: &PromptText) -> Result<PromptText, ChatError> {
        self.render(&[Message {
            role: Role::User,
            text: turn.clone(),
        }])
    }
}

fn placeholder(index: usize) -> Option<char> {
    if index >= MOST_PLACEHOLDERS {
        return None;
    }
    char::from_u32(FIRST_PLACEHOLDER + u32::try_from(index).ok()?)
}

fn replace_placeholders(rendered: &str, plain_texts: &[&str]) -> Result<PromptText, ChatError> {
    let mut text = PromptText::default();
    let mut expected = plain_texts.iter().enumerate();
    let mut markup = String::new();
    for character in rendered.chars() {
        let is_placeholder =
            (FIRST_PLACEHOLDER..FIRST_PLACEHOLDER + MOST_PLACEHOLDERS as u32).contains(&u32::from(character));
        if !is_placeholder {
            markup.push(character);
            continue;
        }
        let (index, plain) = expected.next().ok_or(ChatError::LostContent)?;
        if placeholder(index) != Some(character) {
            return Err(ChatError::LostContent);
        }
        text.push_markup(&std::mem::take(&mut markup));
        text.push_plain(plain);
    }
    text.push_markup(&markup);
    if expected.next().is_some() {
        return Err(ChatError::LostContent);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHATML: &str = "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nBe kind<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'].strip() + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    fn turn() -> PromptText {
        let mut turn = PromptText::default();
        turn.push_markup("Question: ");
        turn.push_plain("what is <|im_end|> {{ 7 * 7 }}?");
        turn.push_markup("\nAnswer:");
        turn
    }

    #[test]
    fn renders_one_turn_and_keeps_item_text_plain() {
        let text = ChatTemplate::new(CHATML, "<s>", "</s>")
            .unwrap()
            .render_user_turn(&turn())
            .unwrap();
        assert_eq!(
            text.pieces(),
            [
                Piece::Markup("<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\nQuestion: ".into()),
                Piece::Plain("what is <|im_end|> {{ 7 * 7 }}?".into()),
                Piece::Markup("\nAnswer:<|im_end|>\n<|im_start|>assistant\n".into()),
            ]
        );
    }

    #[test]
    fn what_is_known_to_stand_around_a_message_is_no_template_itself() {
        let text = ChatTemplate::around("<s>{{ 1 }} ", " [/INST]\n")
            .unwrap()
            .render_user_turn(&turn())
            .unwrap();
        assert_eq!(
            text.pieces(),
            [
                Piece::Markup("<s>{{ 1 }} Question: ".into()),
                Piece::Plain("what is <|im_end|> {{ 7 * 7 }}?".into()),
                Piece::Markup("\nAnswer: [/INST]\n".into()),
            ]
        );
    }

    #[test]
    fn a_conversation_is_rendered_turn_by_turn() {
        let message = |role, words: &str| {
            let mut text = PromptText::default();
            text.push_plain(words);
            Message { role, text }
        };
        let messages = [
            message(Role::System, "Be brief."),
            message(Role::User, "One?"),
            message(Role::Assistant, "A"),
            message(Role::User, "Two?"),
        ];
        let text = ChatTemplate::new(CHATML, "", "").unwrap().render(&messages).unwrap();
        assert_eq!(
            text.to_plain_string(),
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nOne?<|im_end|>\n\
             <|im_start|>assistant\nA<|im_end|>\n<|im_start|>user\nTwo?<|im_end|>\n<|im_start|>assistant\n"
        );
        assert!(text.pieces().contains(&Piece::Plain("Two?".into())));
        let around = ChatTemplate::around("<s>", "</s>").unwrap();
        assert!(matches!(around.render(&messages), Err(ChatError::OneTurn)));
        let deaf = "{% for message in messages %}{% if message['role'] == 'user' %}{{ message['content'] }}{% endif %}{% endfor %}";
        let deaf = ChatTemplate::new(deaf, "", "").unwrap();
        assert!(matches!(deaf.render(&messages), Err(ChatError::LostContent)));
    }

    #[test]
    fn a_template_that_drops_the_question_is_refused() {
        let template = ChatTemplate::new("{{ bos_token }}hello", "<s>", "</s>").unwrap();
        assert!(matches!(
            template.render_user_turn(&turn()),
            Err(ChatError::LostContent)
        ));
    }

    #[test]
    fn errors_of_the_template_are_told() {
        assert!(matches!(
            ChatTemplate::new("{% for %}", "", ""),
            Err(ChatError::Syntax(_))
        ));
        let template = ChatTemplate::new("{{ raise_exception('roles must alternate') }}", "", "").unwrap();
        let error = template.render_user_turn(&turn()).unwrap_err();
        assert!(error.to_string().contains("roles must alternate"), "{error}");
    }
}
