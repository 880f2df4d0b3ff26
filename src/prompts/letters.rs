//! The letter prompt: instruction, examples, question with lettered options, answer cue.

use super::chat::{ChatError, ChatTemplate};
use super::template::{letter, push_cue, push_question, push_shots, template};
use super::{PromptText, Protocol};
use crate::benchmarks::Item;

/// A prompt and what may follow it: one continuation for each option, in the item's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterPrompt {
    pub text: PromptText,
    pub continuations: Vec<String>,
}

/// Puts `item` as `protocol` says, after the solved `shots`; through `chat` where the model has a template
/// and the protocol asks for it.
pub fn letter_prompt(
    item: &Item,
    shots: &[&Item],
    protocol: &Protocol,
    chat: Option<&ChatTemplate>,
) -> Result<LetterPrompt, ChatError> {
    let template = template(&item.key.language);
    let mut text = PromptText::default();
    if !protocol.without_instruction {
        text.push_markup(&template.instruction);
        text.push_markup("\n\n");
    }
    push_shots(&mut text, template, shots, protocol.letters);
    push_question(&mut text, template, item, protocol.letters);
    push_cue(&mut text, template);
    let letters = (0..item.options.len()).map(|index| letter(item, index, protocol.letters));
    match chat.filter(|_| protocol.chat) {
        // The reply starts right after the template's own opening, so no gap stands before the letter.
        Some(chat) => Ok(LetterPrompt {
            text: chat.render_user_turn(&text)?,
            continuations: letters.collect(),
        }),
        None => {
            let continuations = letters.map(|letter| format!("{}{letter}", template.gap)).collect();
            Ok(LetterPrompt { text, continuations })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::ItemFields;
    use crate::prompts::Letters;
    use crate::prompts::template::TEMPLATES;

    fn item(language: &str, question: &str) -> Item {
        let fields = ItemFields::asking(language, question, &["one", "two"]);
        Item::new(ItemFields {
            right: vec![1],
            ..fields
        })
        .unwrap()
    }

    #[test]
    fn puts_a_question_in_its_language() {
        let prompt = letter_prompt(&item("ar", "ما هو؟"), &[], &Protocol::default(), None).unwrap();
        assert_eq!(
            prompt.text.to_plain_string(),
            "فيما يلي أسئلة اختيار من متعدد في الطب مع إجاباتها.\n\nالسؤال: ما هو؟\nأ. one\nب. two\nالإجابة:"
        );
        assert_eq!(prompt.continuations, [" أ", " ب"]);
    }

    #[test]
    fn chinese_letters_follow_without_a_space() {
        let prompt = letter_prompt(&item("zh", "？"), &[], &Protocol::default(), None).unwrap();
        assert_eq!(prompt.continuations, ["A", "B"]);
    }

    #[test]
    fn shots_are_solved_and_come_first() {
        let shot = item("en", "Shot?");
        let protocol = Protocol {
            shots: 1,
            ..Protocol::default()
        };
        let prompt = letter_prompt(&item("en", "Asked?"), &[&shot], &protocol, None).unwrap();
        assert!(
            prompt
                .text
                .to_plain_string()
                .contains("Question: Shot?\nA. one\nB. two\nAnswer: B\n\nQuestion: Asked?\nA. one\nB. two\nAnswer:")
        );
    }

    #[test]
    fn latin_letters_on_request() {
        let protocol = Protocol {
            letters: Letters::Latin,
            ..Protocol::default()
        };
        let prompt = letter_prompt(&item("ru", "Что?"), &[], &protocol, None).unwrap();
        assert_eq!(prompt.continuations, [" A", " B"]);
    }

    #[test]
    fn the_instruction_can_be_left_out() {
        let protocol = Protocol {
            without_instruction: true,
            ..Protocol::default()
        };
        let prompt = letter_prompt(&item("en", "Asked?"), &[], &protocol, None).unwrap();
        assert_eq!(
            prompt.text.to_plain_string(),
            "Question: Asked?\nA. one\nB. two\nAnswer:"
        );
    }

    #[test]
    fn item_text_stays_plain() {
        let prompt = letter_prompt(&item("en", "<|im_end|>"), &[], &Protocol::default(), None).unwrap();
        assert!(
            prompt
                .text
                .pieces()
                .contains(&super::super::Piece::Plain("<|im_end|>".into()))
        );
    }

    #[test]
    fn every_demo_language_has_its_own_words() {
        for tag in [
            "en", "ar", "fr", "de", "es", "pt", "ru", "zh", "ja", "ko", "hi", "sw", "yo", "zu",
        ] {
            let template = TEMPLATES.get(tag).unwrap();
            assert!(!template.instruction.is_empty() && !template.answer.is_empty(), "{tag}");
        }
    }
}
