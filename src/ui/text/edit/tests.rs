use std::cell::RefCell;
use std::rc::Rc;

use egui::accesskit::{self, TextDirection};
use egui::{Event, ImeEvent, Key, Modifiers, OutputCommand, PointerButton, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use super::*;
use crate::text::Fallback;

const DOSE: &str = "أعطِ Amoxicillin 500 mg";

struct Field {
    harness: Harness<'static>,
    text: Rc<RefCell<String>>,
    submitted: Rc<RefCell<usize>>,
}

impl Field {
    fn new(text: &str, rows: Option<usize>, placeholder: &'static str) -> Self {
        let text = Rc::new(RefCell::new(text.to_owned()));
        let submitted = Rc::new(RefCell::new(0));
        let (inside, counted) = (text.clone(), submitted.clone());
        let mut installed = false;
        let mut harness = Harness::builder()
            .with_size(vec2(260.0, 160.0))
            .with_step_dt(1.0 / 60.0)
            .build_ui(move |ui| {
                if !std::mem::replace(&mut installed, true) {
                    return text::install(ui.ctx(), Fallback::None);
                }
                let mut text = inside.borrow_mut();
                let field = match rows {
                    None => TextEdit::single_line(&mut text),
                    Some(rows) => TextEdit::multi_line(&mut text, rows),
                };
                let edited = field.name("Note").placeholder(placeholder).clearable().show(ui);
                *counted.borrow_mut() += usize::from(edited.submitted);
            });
        harness.run_steps(2);
        harness.get_by_label("Note").focus();
        harness.run_steps(2);
        Self {
            harness,
            text,
            submitted,
        }
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(2);
    }

    fn send(&mut self, event: Event) {
        self.harness.event(event);
        self.harness.run_steps(2);
    }

    fn type_in(&mut self, text: &str) {
        self.send(Event::Text(text.to_owned()));
    }

    fn text(&self) -> String {
        self.text.borrow().clone()
    }

    fn copied(&mut self) -> Option<String> {
        self.harness.event(Event::Copy);
        self.harness.step();
        let commands = &self.harness.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }

    fn click(&mut self, x: f32, button: PointerButton) {
        let rect = self.harness.get_by_label("Note").rect();
        let pos = pos2(x, rect.center().y);
        self.harness.event(Event::PointerMoved(pos));
        for pressed in [true, false] {
            self.harness.event(Event::PointerButton {
                pos,
                button,
                pressed,
                modifiers: Modifiers::NONE,
            });
            self.harness.step();
        }
        self.harness.run_steps(2);
    }
}

#[test]
fn arabic_is_typed_and_the_arrows_go_where_they_point() {
    let mut field = Field::new("", None, "");
    for letter in ["أ", "ع", "ط", "\u{650}", " ", "Amoxicillin", " ", "500", " ", "mg"] {
        field.type_in(letter);
    }
    assert_eq!(field.text(), DOSE);
    // From the left end rightwards: into the Latin words, that stand left of the Arabic one.
    field.press(Modifiers::NONE, Key::End);
    field.press(Modifiers::NONE, Key::ArrowRight);
    field.type_in("*");
    assert_eq!(field.text(), "أعطِ A*moxicillin 500 mg");
    field.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(field.text(), DOSE);
    field.press(Modifiers::NONE, Key::Home);
    field.press(Modifiers::NONE, Key::ArrowLeft);
    field.type_in("*");
    assert_eq!(field.text(), "أ*عطِ Amoxicillin 500 mg");
}

#[test]
fn what_is_selected_with_shift_is_copied_in_reading_order() {
    let mut field = Field::new(DOSE, None, "");
    field.press(Modifiers::NONE, Key::Home);
    for _ in 0..2 {
        field.press(Modifiers::SHIFT | Modifiers::CTRL, Key::ArrowLeft);
    }
    assert_eq!(field.copied().as_deref(), Some("أعطِ Amoxicillin"));
    field.press(Modifiers::COMMAND, Key::A);
    assert_eq!(field.copied().as_deref(), Some(DOSE));
    field.send(Event::Cut);
    assert_eq!(field.text(), "");
    field.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(field.text(), DOSE);
    field.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(field.text(), "");
}

#[test]
fn what_an_input_method_composes_is_no_text_until_it_is_committed() {
    let mut field = Field::new("薬 ", None, "");
    let preedit = |text: &str| {
        Event::Ime(ImeEvent::Preedit {
            text: text.to_owned(),
            active_range_chars: None,
        })
    };
    field.send(preedit("にほん"));
    assert_eq!(field.text(), "薬 ");
    let ime = field.harness.output().platform_output.ime.unwrap();
    assert!(
        ime.cursor_rect.left() > ime.rect.left() + 40.0,
        "the candidates stand at the caret"
    );
    field.send(Event::Ime(ImeEvent::Commit("日本".to_owned())));
    assert_eq!(field.text(), "薬 日本");
    field.send(preedit("x"));
    field.send(preedit(""));
    assert_eq!(field.text(), "薬 日本");
}

#[test]
fn a_single_line_takes_pasted_lines_as_one_and_submits_on_enter() {
    let mut field = Field::new("", None, "");
    field.send(Event::Paste("one\nاثنان".to_owned()));
    assert_eq!(field.text(), "one اثنان");
    assert!(
        field.harness.ctx.text_edit_focused(),
        "letters are no commands meanwhile"
    );
    field.press(Modifiers::NONE, Key::Enter);
    assert_eq!(*field.submitted.borrow(), 1);
    assert!(!field.harness.ctx.text_edit_focused());

    let mut field = Field::new("one", Some(3), "");
    field.press(Modifiers::NONE, Key::End);
    field.press(Modifiers::NONE, Key::Enter);
    field.type_in("اثنان");
    assert_eq!(field.text(), "one\nاثنان");
    field.press(Modifiers::NONE, Key::Escape);
    assert!(!field.harness.ctx.text_edit_focused());
}

#[test]
fn an_empty_field_waits_on_the_side_of_its_placeholder() {
    for (placeholder, right) in [("ابحث في الأسئلة", true), ("Search", false)] {
        let field = Field::new("", None, placeholder);
        let ime = field.harness.output().platform_output.ime.unwrap();
        assert_eq!(ime.cursor_rect.center().x > 130.0, right, "{placeholder}");
    }
}

#[test]
fn lines_wrap_beside_what_stands_in_the_field() {
    let field = Field::new("أعطِ Amoxicillin 500 mg كل ثماني ساعات", Some(3), "");
    let ime = field.harness.output().platform_output.ime.unwrap();
    assert!(ime.rect.width() < field.harness.get_by_label("Note").rect().width() - 20.0);
    let node = field.harness.get_by_label("Note");
    let runs = node.accesskit_node().document_range().bounding_boxes();
    assert!(!runs.is_empty());
    for run in runs {
        assert!(run.x1 <= f64::from(ime.rect.right()) + 1.0, "{run:?} in {:?}", ime.rect);
    }
}

#[test]
fn a_click_puts_the_caret_there_and_two_take_a_word() {
    let mut field = Field::new(DOSE, None, "");
    let rect = field.harness.get_by_label("Note").rect();
    field.click(rect.right() - 30.0, PointerButton::Primary);
    field.press(Modifiers::SHIFT, Key::Home);
    let taken = field.copied().unwrap();
    assert!(DOSE.starts_with(&taken) && taken.len() < 10, "{taken}");
    field.harness.step();
    for _ in 0..2 {
        field.click(rect.right() - 120.0, PointerButton::Primary);
    }
    assert_eq!(field.copied().as_deref(), Some("Amoxicillin"));
}

#[test]
fn a_right_click_offers_what_can_be_done() {
    let mut field = Field::new(DOSE, None, "");
    field.click(100.0, PointerButton::Secondary);
    field.harness.get_by_label("Select all").click();
    field.harness.run_steps(3);
    field.click(100.0, PointerButton::Secondary);
    field.harness.get_by_label("Cut").click();
    field.harness.run_steps(3);
    assert_eq!(field.text(), "");
}

#[test]
fn long_text_scrolls_with_the_caret_in_both_directions() {
    for (text, start, end) in [
        (
            "the patient was given amoxicillin for seven days and then",
            Key::Home,
            Key::End,
        ),
        (
            "أعطي المريض أموكسيسيلين لمدة سبعة أيام ثم توقف العلاج تماما",
            Key::Home,
            Key::End,
        ),
    ] {
        let mut field = Field::new(text, None, "");
        for key in [end, start, end] {
            field.press(Modifiers::NONE, key);
            let ime = field.harness.output().platform_output.ime.unwrap();
            assert!(
                ime.rect
                    .expand(2.0)
                    .contains_rect(ime.cursor_rect.shrink2(vec2(0.0, 4.0))),
                "{key:?} {ime:?}"
            );
        }
    }
}

#[test]
fn the_cross_empties_it() {
    let mut field = Field::new(DOSE, None, "");
    field.harness.get_by_label("Clear Note").click();
    field.harness.run_steps(2);
    assert_eq!(field.text(), "");
    assert!(field.harness.query_by_label("Clear Note").is_none());
}

#[test]
fn a_screen_reader_walks_through_it_in_reading_order_and_may_write() {
    let mut field = Field::new(DOSE, None, "");
    let node = field.harness.get_by_label("Note");
    assert_eq!(node.accesskit_node().data().role(), Role::TextInput);
    let range = node.accesskit_node().document_range().text();
    assert_eq!(range, DOSE);
    let children: Vec<_> = node.accesskit_node().children().collect();
    let runs: Vec<_> = children
        .iter()
        .flat_map(|child| child.children().chain([*child]))
        .collect();
    let directions: Vec<_> = runs.iter().filter_map(|run| run.data().text_direction()).collect();
    assert_eq!(directions, [TextDirection::RightToLeft, TextDirection::LeftToRight]);
    let id = node.accesskit_node().locate().0;
    field.send(Event::AccessKitActionRequest(accesskit::ActionRequest {
        action: accesskit::Action::SetValue,
        target_node: id,
        target_tree: accesskit::TreeId::ROOT,
        data: Some(accesskit::ActionData::Value("جرعة".into())),
    }));
    assert_eq!(field.text(), "جرعة");
}

#[test]
fn assistive_technology_selects_over_a_border_of_directions_and_replaces() {
    let mut field = Field::new(DOSE, None, "");
    let node = field.harness.get_by_label("Note");
    let node = node.accesskit_node();
    let (id, tree) = (node.locate().0, accesskit::TreeId::ROOT);
    let runs: Vec<_> = node
        .children()
        .flat_map(|child| child.children().chain([child]))
        .filter(|child| child.data().role() == Role::TextRun)
        .map(|run| run.locate().0)
        .collect();
    let [arabic, latin] = runs.as_slice() else {
        panic!("{runs:?}")
    };
    // From the second Arabic letter to behind the fourth Latin one.
    let selection = accesskit::TextSelection {
        anchor: accesskit::TextPosition {
            node: *arabic,
            character_index: 1,
        },
        focus: accesskit::TextPosition {
            node: *latin,
            character_index: 4,
        },
    };
    let request = |action, data| {
        Event::AccessKitActionRequest(accesskit::ActionRequest {
            action,
            target_node: id,
            target_tree: tree,
            data: Some(data),
        })
    };
    field.send(request(
        accesskit::Action::SetTextSelection,
        accesskit::ActionData::SetTextSelection(selection),
    ));
    assert_eq!(field.copied().as_deref(), Some("عطِ Amox"));
    let node = field.harness.get_by_label("Note");
    assert_eq!(node.accesskit_node().data().text_selection(), Some(&selection));
    field.send(request(
        accesskit::Action::ReplaceSelectedText,
        accesskit::ActionData::Value("ب".into()),
    ));
    assert_eq!(field.text(), "أبicillin 500 mg");
    field.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(field.text(), DOSE, "it is undone like what is typed");
    // A place in a run that is not there any more is no place.
    let gone = accesskit::TextPosition {
        node: id,
        character_index: 0,
    };
    let nowhere = accesskit::TextSelection {
        anchor: gone,
        focus: gone,
    };
    field.send(request(
        accesskit::Action::SetTextSelection,
        accesskit::ActionData::SetTextSelection(nowhere),
    ));
    field.send(request(
        accesskit::Action::SetValue,
        accesskit::ActionData::Value("جرعة\u{2068}x\u{2069}".into()),
    ));
    assert_eq!(field.text(), "جرعة\u{2068}x\u{2069}");
    let node = field.harness.get_by_label("Note");
    assert_eq!(node.accesskit_node().document_range().text(), "جرعةx");
}

#[test]
fn fractions_of_a_pixel_do_no_harm() {
    for scale in [0.5, 0.9, 1.1, 1.25, 1.5, 1.75, 2.5] {
        let mut field = Field::new(DOSE, None, "");
        field.harness.ctx.set_pixels_per_point(scale);
        for key in [Key::Home, Key::End, Key::ArrowRight] {
            field.press(Modifiers::NONE, key);
        }
        assert_eq!(field.text(), DOSE);
    }
}

/// Draws fields in their states, to be looked at.
#[test]
#[ignore = "needs a graphics driver, and eyes"]
fn draws_fields() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/fields");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, scale, dark) in [
        ("light-1x", 1.0, false),
        ("dark-1.25x", 1.25, true),
        ("light-2x", 2.0, false),
    ] {
        let mut installed = false;
        let mut texts: Vec<String> = [
            "",
            "",
            DOSE,
            "أعطي المريض أموكسيسيلين لمدة سبعة أيام ثم توقف العلاج تماما",
            "the dose of دواء is 5 mg",
            "薬 ",
            "first line\nأعطِ Amoxicillin 500 mg\n",
            "12",
        ]
        .map(String::from)
        .to_vec();
        let mut harness = Harness::builder()
            .with_size(vec2(300.0, 400.0))
            .with_step_dt(1.0 / 60.0)
            .with_pixels_per_point(scale)
            .wgpu()
            .build_ui(move |ui| {
                if !std::mem::replace(&mut installed, true) {
                    crate::app::theme::install(ui.ctx());
                    return text::install(ui.ctx(), Fallback::None);
                }
                for (index, text) in texts.iter_mut().enumerate() {
                    let name = format!("Field {index}");
                    let placeholder = if index == 0 {
                        "ابحث في الأسئلة"
                    } else {
                        "Search questions"
                    };
                    let field = if index == 6 {
                        TextEdit::multi_line(text, 4)
                    } else {
                        TextEdit::single_line(text).icon(Icon::Search)
                    };
                    field.name(&name).placeholder(placeholder).clearable().show(ui);
                }
            });
        harness.run_steps(2);
        harness
            .ctx
            .set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
        for (index, event) in [
            (0, None),
            (2, Some(Key::A)),
            (3, Some(Key::End)),
            (4, Some(Key::ArrowLeft)),
            (5, None),
            (6, Some(Key::A)),
        ] {
            harness.get_by_label(&format!("Field {index}")).focus();
            harness.run_steps(2);
            match event {
                Some(Key::A) => harness.key_press_modifiers(Modifiers::COMMAND, Key::A),
                Some(Key::ArrowLeft) => {
                    harness.key_press(Key::Home);
                    harness.key_press_modifiers(Modifiers::CTRL | Modifiers::SHIFT, Key::ArrowRight);
                    for _ in 0..12 {
                        harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
                    }
                }
                Some(key) => harness.key_press(key),
                None if index == 5 => harness.event(Event::Ime(ImeEvent::Preedit {
                    text: "にほん".to_owned(),
                    active_range_chars: None,
                })),
                None => {}
            }
            harness.run_steps(2);
            let picture = harness.render().unwrap();
            picture.save(folder.join(format!("{name}-{index}.png"))).unwrap();
        }
    }
}
