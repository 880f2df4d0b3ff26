//! Inspect where models wrote their answers: right and in Arabic, refused, unparsed, cut off, and nothing at all.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::State;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::inspect::InspectCommand;
use polyclinic::app::matrix::CellKey;
use polyclinic::scoring::{Answer, Outcome, Reply, ReplyEnding};

use crate::support::{Pages, state_with};
use crate::{accessibility, pictures};

const WRITERS: [&str; 5] = [
    "BiMediX بيميديكس",
    "gemma-3-270m",
    "medical-chat-large",
    "Qwen3-4B-thinking",
    "SmolLM2-135M-Instruct",
];

/// What the model at `place` of [`WRITERS`] wrote in Arabic or else in English.
fn written(place: usize, arabic: bool) -> (Outcome, &'static str) {
    let (outcome, in_arabic, in_english) = match place {
        0 => (
            Outcome::Right,
            "يقاس **ضغط الدم** بكفة تلف حول العضد (sphygmomanometer) وتكون قيمته عادة نحو 120/80 mmHg.\n\nالإجابة: أ",
            "A cuff around the upper arm measures **blood pressure**, normally about 120/80 mmHg.\n\nAnswer: A",
        ),
        1 => (
            Outcome::Refused,
            "عذرا، لا يمكنني تقديم نصيحة طبية. يرجى استشارة الطبيب.",
            "I'm sorry, but I cannot give medical advice. Please consult a doctor.",
        ),
        2 => (
            Outcome::Unparsed,
            "قد تكون الإجابة أ أو ب، وكلتاهما صحيحة.",
            "It may be A or B; both are correct.",
        ),
        3 => (
            Outcome::Truncated,
            "<think>\nلنفكر خطوة خطوة. تلف الكفة حول العضد ثم تنفخ، وعند تفريغها تسمع أصوات كوروتكوف Korotkoff sounds، \
             وهذا يعني أن ما يقاس هو",
            "<think>\nLet me think step by step. The cuff is wrapped around the arm and inflated; as it deflates, \
             Korotkoff sounds are heard, which means that what is measured is",
        ),
        _ => (Outcome::Unparsed, "", ""),
    };
    (outcome, if arabic { in_arabic } else { in_english })
}

fn write(answer: &mut Answer) {
    let place = WRITERS.iter().position(|writer| *writer == answer.model).unwrap();
    let (outcome, text) = written(place, answer.item.language.tag() == "ar");
    answer.log_probabilities.clear();
    answer.choices = Vec::from_iter((outcome == Outcome::Right).then_some(0));
    answer.outcome = outcome;
    answer.reply = Some(Reply {
        text: text.to_owned(),
        tokens: text.split_whitespace().count() * 2,
        ending: match outcome {
            Outcome::Truncated => ReplyEnding::Truncated,
            _ => ReplyEnding::Finished,
        },
    });
}

/// The first item in Arabic beside English, with all that was written.
fn inspect() -> State {
    let mut state = state_with(&WRITERS, write);
    let key = state.compare.selected.clone().unwrap();
    let arabic = CellKey {
        language: "ar".parse().unwrap(),
        ..key
    };
    state.apply(Command::OpenCell(arabic, None));
    state.apply(Command::from(InspectCommand::ShowBeside(vec!["en".parse().unwrap()])));
    state.page = Page::Inspect;
    state
}

#[test]
fn every_reply_tells_who_wrote_it_and_how_it_was_read() {
    let pages = Pages::new(inspect(), Harness::builder().with_size([1440.0, 1400.0]));
    for (writer, outcome) in [
        (WRITERS[0], "right"),
        (WRITERS[1], "refused"),
        (WRITERS[2], "unparsed"),
        (WRITERS[3], "truncated"),
        (WRITERS[4], "unparsed, 0 tokens"),
    ] {
        let told = format!("{writer}: {outcome}");
        let heads = pages.harness.get_all_by_label_contains(&told);
        assert_eq!(heads.count(), 2, "{told}");
    }
    accessibility::check(&pages, "replies");
}

/// To be looked at.
#[test]
fn pictures_of_replies() {
    let Some(folder) = pictures::folder() else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for (width, height) in [(1600.0, 1400.0), (1000.0, 1400.0)] {
            let builder = Harness::builder().with_size([width, height]).with_theme(theme);
            let mut pages = Pages::new(inspect(), builder);
            let picture = pages.harness.render().unwrap();
            picture
                .save(folder.join(pictures::name("Replies", theme, width)))
                .unwrap();
        }
    }
}
