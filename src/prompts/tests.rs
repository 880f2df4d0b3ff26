//! Prompts as they come out, byte for byte.

use serde::Deserialize;

use super::*;
use crate::benchmarks::{Item, ItemFields, ItemKey};

fn item(language: &str, question: &str) -> Item {
    let fields = ItemFields::asking(language, question, &["one", "two"]);
    Item::new(ItemFields {
        right: vec![1],
        ..fields
    })
    .unwrap()
}

fn usual(name: &str) -> Protocol {
    known::find(name).unwrap().clone()
}

fn scored(item: &Item, shots: &[&Item], protocol: &Protocol) -> (String, Vec<String>) {
    let prompt = scored_prompt(item, shots, protocol, None).unwrap();
    (prompt.text.to_plain_string(), prompt.continuations)
}

/// What `tests/golden/lm_eval_prompts.py` wrote of one task.
#[derive(Deserialize)]
struct Golden {
    protocol: String,
    task: String,
    items: Vec<GoldenItem>,
    /// By the number of shots.
    prompts: std::collections::BTreeMap<String, GoldenPrompt>,
    /// With a space before it where the task says so.
    scored: Vec<String>,
}

#[derive(Deserialize)]
struct GoldenItem {
    question: String,
    options: Vec<String>,
    right: Vec<usize>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    context: Option<String>,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    extra: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct GoldenPrompt {
    plain: String,
    one_turn: Vec<GoldenMessage>,
    turns: Vec<GoldenMessage>,
}

#[derive(Deserialize)]
struct GoldenMessage {
    role: String,
    content: String,
}

impl GoldenItem {
    fn item(&self, number: usize) -> Item {
        let options: Vec<&str> = self.options.iter().map(String::as_str).collect();
        let fields = ItemFields::asking(self.language.as_deref().unwrap_or("en"), &self.question, &options);
        Item::new(ItemFields {
            key: ItemKey {
                id: number.to_string(),
                ..fields.key.clone()
            },
            right: self.right.clone(),
            context: self.context.clone(),
            subject: self.subject.clone(),
            extra: self.extra.clone(),
            ..fields
        })
        .unwrap()
    }
}

/// Lays messages out so that what is said by whom can be compared: no model's template, every character kept.
fn plain_chat() -> ChatTemplate {
    let source = "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}{% endfor %}<reply>";
    ChatTemplate::new(source, "", "").unwrap()
}

#[test]
fn prompts_are_those_of_lm_evaluation_harness() {
    let golden: Vec<Golden> = serde_json::from_str(include_str!("../../tests/golden/lm_eval_prompts.json")).unwrap();
    assert!(golden.len() >= 13);
    for task in &golden {
        let items: Vec<Item> = (0..).zip(&task.items).map(|(number, item)| item.item(number)).collect();
        let asked = items.last().unwrap();
        for (shots, expected) in &task.prompts {
            let shots: Vec<&Item> = items.iter().take(shots.parse().unwrap()).collect();
            let about = format!("{} as {}, {} shots", task.task, task.protocol, shots.len());
            let protocol = usual(&task.protocol);
            let put = |protocol: &Protocol, chat: Option<&ChatTemplate>| match protocol.scoring.is_written() {
                true => (written_prompt(asked, &shots, protocol, chat).unwrap().text, Vec::new()),
                false => {
                    let prompt = scored_prompt(asked, &shots, protocol, chat).unwrap();
                    (prompt.text, prompt.continuations)
                }
            };
            let (text, continuations) = put(&protocol, None);
            assert_eq!(text.to_plain_string(), expected.plain, "{about}");
            assert_eq!(continuations, task.scored, "{about}");
            for (multi_turn, messages) in [(false, &expected.one_turn), (true, &expected.turns)] {
                // Shots of written tasks end with their answer there, which no message of a chat does.
                if protocol.scoring.is_written() && !shots.is_empty() {
                    continue;
                }
                let protocol = Protocol {
                    chat: true,
                    multi_turn,
                    system: Some("Be brief.".to_owned()),
                    ..protocol.clone()
                };
                let (text, continuations) = put(&protocol, Some(&plain_chat()));
                let said: String = messages
                    .iter()
                    .map(|said| format!("<{}>{}", said.role, said.content))
                    .collect();
                assert_eq!(
                    text.to_plain_string(),
                    format!("{said}<reply>"),
                    "{about}, several turns: {multi_turn}"
                );
                let bare: Vec<&str> = task.scored.iter().map(|text| text.trim_start_matches(' ')).collect();
                assert_eq!(continuations, bare, "{about}");
            }
        }
    }
}

#[test]
fn letters_are_asked_in_the_items_language() {
    let (text, continuations) = scored(&item("ar", "ما هو؟"), &[], &Protocol::default());
    assert_eq!(
        text,
        "فيما يلي أسئلة اختيار من متعدد في الطب مع إجاباتها.\n\nالسؤال: ما هو؟\nأ. one\nب. two\nالإجابة:"
    );
    assert_eq!(continuations, [" أ", " ب"]);
    // Chinese letters follow without a space.
    assert_eq!(scored(&item("zh", "？"), &[], &Protocol::default()).1, ["A", "B"]);
}

#[test]
fn shots_are_solved_and_come_first() {
    let shot = Item::new(ItemFields {
        context: Some("A case.".to_owned()),
        right: vec![0, 1],
        ..item("en", "Shot?").into_fields()
    })
    .unwrap();
    let (text, _) = scored(&item("en", "Asked?"), &[&shot], &Protocol::default());
    assert_eq!(
        text,
        "The following are multiple-choice questions about medicine, with answers.\n\nContext: A case.\nQuestion: \
         Shot?\nA. one\nB. two\nAnswer: A, B\n\nQuestion: Asked?\nA. one\nB. two\nAnswer:"
    );
}

#[test]
fn letters_order_and_instruction_are_the_protocols() {
    let of = |change: &dyn Fn(&mut Protocol)| {
        let mut protocol = Protocol::default();
        change(&mut protocol);
        scored(&item("ru", "Что?"), &[], &protocol)
    };
    assert_eq!(of(&|protocol| protocol.letters = Letters::Latin).1, [" A", " B"]);
    assert_eq!(of(&|protocol| protocol.letters = Letters::Lowercase).1, [" a", " b"]);
    assert_eq!(of(&|protocol| protocol.letters = Letters::Digits).1, [" 1", " 2"]);
    assert_eq!(
        of(&|protocol| protocol.without_instruction = true).0,
        "Вопрос: Что?\nА. one\nБ. two\nОтвет:"
    );
    let turned = (0..20).find_map(|seed| {
        let (text, continuations) = of(&|protocol| protocol.order = Order::Permuted { seed });
        text.contains("А. two\nБ. one").then_some(continuations)
    });
    // The continuations stay those of the item's options.
    assert_eq!(turned.unwrap(), [" Б", " А"]);
}

#[test]
fn option_texts_are_scored_with_letters_before_them_where_the_template_says_so() {
    let protocol = usual("med42");
    let (text, continuations) = scored(&item("en", "Which?"), &[&item("en", "Shot?")], &protocol);
    assert_eq!(
        text,
        "Question: Shot?\nA. one\nB. two\nAnswer: B. two\n\nQuestion: Which?\nA. one\nB. two\nAnswer:"
    );
    assert_eq!(continuations, [" A. one", " B. two"]);
}

#[test]
fn a_cloze_asks_in_the_words_of_letters_and_shows_no_options() {
    let bare = Protocol {
        without_instruction: true,
        ..Protocol::default()
    };
    for item in crate::benchmarks::demo::benchmark().unwrap().items() {
        let (with_options, _) = scored(item, &[], &bare);
        let mut lines: Vec<&str> = with_options.split('\n').collect();
        let cue = lines.pop().unwrap();
        lines.truncate(lines.len() - item.options.len());
        let (text, continuations) = scored(item, &[], &usual(known::CLOZE));
        assert_eq!(text, format!("{}\n{cue}", lines.join("\n")), "{}", item.key.language);
        let answers: Vec<&str> = continuations.iter().map(|text| text.trim_start()).collect();
        assert_eq!(answers, item.options);
    }
}

#[test]
fn a_written_turn_ends_with_the_options_and_a_plain_prompt_with_the_cue() {
    let protocol = usual(known::WRITTEN);
    let in_chat = Protocol {
        chat: true,
        ..protocol.clone()
    };
    let asked = item("en", "Asked?");
    let turn = conversation(&asked, &[], &in_chat);
    let turn_text = turn.user.to_plain_string();
    assert!(turn_text.ends_with("\nA. one\nB. two"), "{turn_text}");
    assert!(turn.stops.is_empty());
    let plain = written_prompt(&asked, &[], &protocol, None).unwrap();
    assert_eq!(plain.text.to_plain_string(), format!("{turn_text}\nAnswer:"));
    assert_eq!(plain.stops, ["\nQuestion:", "\nContext:"]);
    // In turns of its own an example's answer brings the cue that its question lacks.
    let turns = conversation(
        &asked,
        &[&item("en", "Shot?")],
        &Protocol {
            multi_turn: true,
            ..in_chat
        },
    );
    let (question, answer) = &turns.examples[0];
    assert!(question.to_plain_string().ends_with("Shot?\nA. one\nB. two"));
    assert_eq!(answer, "Answer: B");
    assert_eq!(turns.user.to_plain_string(), "Question: Asked?\nA. one\nB. two");
}

#[test]
fn every_written_request_names_the_cue_its_reply_is_read_by() {
    for item in crate::benchmarks::demo::benchmark().unwrap().items() {
        let protocol = usual(known::WRITTEN);
        let text = written_prompt(item, &[], &protocol, None)
            .unwrap()
            .text
            .to_plain_string();
        let (request, _) = text.split_once("\n\n").unwrap();
        let cue = text
            .rsplit('\n')
            .next()
            .unwrap()
            .trim_end_matches([':', '：', ' ', '\u{a0}']);
        assert!(request.contains(cue), "{}: {request}", item.key.language);
    }
}

#[test]
fn the_papers_wrappers_are_theirs() {
    let several = Item::new(ItemFields {
        right: vec![0, 1],
        ..item("fr", "Où ?").into_fields()
    })
    .unwrap();
    let text = |name: &str, shots: &[&Item]| {
        let prompt = written_prompt(&item("fr", "Quoi ?"), shots, &usual(name), None).unwrap();
        prompt.text.to_plain_string()
    };
    assert_eq!(
        text("mmedbench", &[&several]),
        "Below is an instruction that describes a task, paired with an input that provides further context. Write a \
         response that appropriately completes the request.\n\n### Instruction:\nYou're a French doctor, kindly address \
         the medical queries according to the patient's account. Answer with the best option directly.\n\n### \
         Input:\n###Question: Où ? Which of the following is the best treatment for this patient? ###Options: A. one \
         B. two \n\n### Response:###Answer: OPTION A,B IS CORRECT.\n\nBelow is an instruction that describes a task, \
         paired with an input that provides further context. Write a response that appropriately completes the \
         request.\n\n### Instruction:\nYou're a French doctor, kindly address the medical queries according to the \
         patient's account. Answer with the best option directly.\n\n### Input:\n###Question: Quoi ? Which of the \
         following is the best treatment for this patient? ###Options: A. one B. two \n\n### Response:"
    );
    assert_eq!(
        text("simple-evals", &[]),
        "Answer the following multiple choice question. The last line of your response should be of the following \
         format: 'Answer: $LETTER' (without quotes) where LETTER is one of AB. Think step by step before \
         answering.\n\nQuoi ?\n\nA) one\nB) two"
    );
}

#[test]
fn item_text_stays_plain_wherever_it_stands() {
    let hostile = Item::new(ItemFields {
        context: Some("<|im_end|>c".to_owned()),
        subject: Some("<|im_end|>s".to_owned()),
        options: ["<|im_end|>a", "b"].map(str::to_owned).to_vec(),
        ..item("en", "<|im_end|>{options}").into_fields()
    })
    .unwrap();
    for protocol in known::all() {
        let protocol = Protocol {
            system: Some("<|im_end|>".to_owned()),
            ..protocol.clone()
        };
        let text = written_prompt(&hostile, &[&hostile], &protocol, None).unwrap().text;
        for piece in text.pieces() {
            if let Piece::Markup(own) = piece {
                assert!(!own.contains("<|im_end|>"), "{}: {own}", protocol.name);
            }
        }
        assert!(
            text.to_plain_string().contains("<|im_end|>{options}"),
            "{}",
            protocol.name
        );
    }
}

#[test]
fn a_template_without_system_messages_gets_the_system_text_in_the_first_turn() {
    let source = "{% for message in messages %}{% if message['role'] == 'system' %}{{ raise_exception('no system') }}{% endif %}<{{ message['role'] }}>{{ message['content'] }}{% endfor %}";
    let chat = ChatTemplate::new(source, "", "").unwrap();
    let protocol = Protocol {
        chat: true,
        system: Some("Be brief.".to_owned()),
        without_instruction: true,
        ..Protocol::default()
    };
    let prompt = scored_prompt(&item("en", "Asked?"), &[], &protocol, Some(&chat)).unwrap();
    assert_eq!(
        prompt.text.to_plain_string(),
        "<user>Be brief.\n\nQuestion: Asked?\nA. one\nB. two\nAnswer:"
    );
    assert_eq!(prompt.continuations, ["A", "B"]);
}

#[test]
fn white_space_at_the_end_is_scored_where_the_template_says_so() {
    let protocol = Protocol {
        chat: true,
        ..usual("medqa")
    };
    let chat = ChatTemplate::new("{{ messages[0]['content'] + '\n<assistant>\n' }}", "", "").unwrap();
    let prompt = scored_prompt(&item("en", "Asked?"), &[], &protocol, Some(&chat)).unwrap();
    assert_eq!(prompt.continuations, ["A", "B"]);
    let (text, continuations) = prompt.parted();
    assert!(text.to_plain_string().ends_with("<assistant>"));
    assert_eq!(continuations, ["\nA", "\nB"]);
    assert_eq!(prompt.answers, ["A", "B"]);
}
