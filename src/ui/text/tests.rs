use std::cell::Cell;
use std::rc::Rc;

use egui::accesskit::{Action, ActionData, ActionRequest, TextPosition, TextSelection, TreeId};
use egui::{Event, Modifiers, OutputCommand, PointerButton, Pos2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::*;
use crate::text::controls::Controls;
use crate::text::{Fallback, Look, Piece, Weight};

const TEXT: &str = "يعطى المريض Amoxicillin كل يوم\nفقرة ثانية";

fn style(tag: &str) -> TextStyle {
    TextStyle {
        size: 16.0,
        line_height: 26.0,
        weight: Weight::Regular,
        language: Some(tag.parse().unwrap()),
        controls: Controls::Obeyed,
        pitch: Default::default(),
    }
}

fn harness() -> Harness<'static> {
    let mut harness = Harness::builder()
        .with_size(vec2(420.0, 200.0))
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(|context| text::install(context, Fallback::None))
        .build_ui(|ui| {
            selectable(ui, TEXT, &style("ar"));
            label(ui, "below", &style("en"));
        });
    harness.run();
    harness
}

fn press(harness: &mut Harness<'_>, at: Pos2, pressed: bool) {
    harness.event(Event::PointerMoved(at));
    harness.event(Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    });
    harness.step();
}

fn copied(harness: &mut Harness<'_>) -> Option<String> {
    harness.event(Event::Copy);
    harness.step();
    let commands = &harness.output().platform_output.commands;
    commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

/// Where the character at byte `position` of the label is on the screen.
fn place(harness: &Harness<'_>, position: usize) -> Pos2 {
    let rect = harness.get_by_label(TEXT).rect();
    let frame = Frame::wrapped(rect.width());
    let layout = text::lay_out(&harness.ctx, TEXT, &style("ar"), &frame).layout;
    let (line, cluster) = layout
        .lines
        .iter()
        .flat_map(|line| line.clusters.iter().map(move |cluster| (line, cluster)))
        .find(|(_, cluster)| cluster.text.contains(&position))
        .unwrap();
    rect.min + vec2((cluster.left + cluster.right) / 2.0, line.top + line.height / 2.0)
}

#[test]
fn a_label_is_found_by_its_logical_text() {
    let harness = harness();
    assert!(
        harness.get_by_label(TEXT).rect().width() > 380.0,
        "right-to-left text fills the row"
    );
    assert!(harness.get_by_label("below").rect().width() < 100.0);
}

#[test]
fn a_drag_over_a_border_of_directions_copies_in_logical_order() {
    let mut harness = harness();
    let from = place(&harness, TEXT.find("المريض").unwrap()) + vec2(3.0, 0.0);
    let to = place(&harness, TEXT.find("moxi").unwrap()) - vec2(3.0, 0.0);
    press(&mut harness, from, true);
    harness.event(Event::PointerMoved(to));
    harness.step();
    press(&mut harness, to, false);
    assert_eq!(copied(&mut harness).as_deref(), Some("المريض A"));
    // A press elsewhere lets it go.
    press(&mut harness, pos2(200.0, 190.0), true);
    press(&mut harness, pos2(200.0, 190.0), false);
    assert_eq!(copied(&mut harness), None);
}

#[test]
fn shift_extends_what_is_selected_and_a_key_takes_all_of_it() {
    let mut harness = harness();
    let from = place(&harness, TEXT.find("المريض").unwrap()) + vec2(3.0, 0.0);
    press(&mut harness, from, true);
    press(&mut harness, from, false);
    for _ in 0..40 {
        harness.step();
    }
    let to = place(&harness, TEXT.find("moxi").unwrap()) - vec2(3.0, 0.0);
    harness.event(Event::ModifiersChanged(Modifiers::SHIFT));
    press(&mut harness, to, true);
    press(&mut harness, to, false);
    harness.event(Event::ModifiersChanged(Modifiers::NONE));
    assert_eq!(copied(&mut harness).as_deref(), Some("المريض A"));
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
    harness.run_steps(2);
    assert_eq!(copied(&mut harness).as_deref(), Some(TEXT));
}

#[test]
fn two_presses_take_a_word_and_three_a_paragraph() {
    let mut harness = harness();
    let at = place(&harness, TEXT.find("المريض").unwrap() + 4);
    for expected in [None, Some("المريض"), Some("يعطى المريض Amoxicillin كل يوم")] {
        press(&mut harness, at, true);
        press(&mut harness, at, false);
        assert_eq!(copied(&mut harness).as_deref(), expected);
    }
}

fn click(harness: &mut Harness<'_>, at: Pos2, button: PointerButton) {
    harness.event(Event::PointerMoved(at));
    for pressed in [true, false] {
        harness.event(Event::PointerButton {
            pos: at,
            button,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.step();
    }
    harness.run_steps(2);
}

#[test]
fn a_right_click_offers_to_copy_and_to_select_all() {
    let mut harness = harness();
    let at = place(&harness, 4);
    click(&mut harness, at, PointerButton::Secondary);
    assert!(
        harness.get_by_label("Copy").accesskit_node().is_disabled(),
        "nothing is selected"
    );
    let entry = harness.get_by_label("Select all").rect().center();
    click(&mut harness, entry, PointerButton::Primary);
    assert!(harness.query_by_label("Select all").is_none(), "the menu closes");
    assert_eq!(copied(&mut harness).as_deref(), Some(TEXT));

    click(&mut harness, at, PointerButton::Secondary);
    let entry = harness.get_by_label("Copy").rect().center();
    press(&mut harness, entry, true);
    harness.event(Event::PointerButton {
        pos: entry,
        button: PointerButton::Primary,
        pressed: false,
        modifiers: Modifiers::NONE,
    });
    harness.step();
    let commands = &harness.output().platform_output.commands;
    assert!(
        commands.contains(&OutputCommand::CopyText(TEXT.to_owned())),
        "{commands:?}"
    );
}

/// What assistive technology asks of the label.
fn select_by_request(harness: &mut Harness<'_>, from: usize, to: usize) {
    let request = {
        let node = harness.get_by_label(TEXT);
        let node = node.accesskit_node();
        let mut children = node.children().flat_map(|child| child.children().chain([child]));
        let run = children.find(|child| child.data().role() == Role::TextRun).unwrap();
        let place = |character_index| TextPosition {
            node: run.locate().0,
            character_index,
        };
        ActionRequest {
            action: Action::SetTextSelection,
            target_node: node.locate().0,
            target_tree: TreeId::ROOT,
            data: Some(ActionData::SetTextSelection(TextSelection {
                anchor: place(from),
                focus: place(to),
            })),
        }
    };
    harness.event(Event::AccessKitActionRequest(request));
    harness.run_steps(2);
}

#[test]
fn assistive_technology_walks_selects_and_hears_of_it() {
    let mut harness = harness();
    let node = harness.get_by_label(TEXT);
    assert_eq!(node.accesskit_node().document_range().text(), TEXT);
    select_by_request(&mut harness, 5, 11);
    assert_eq!(copied(&mut harness).as_deref(), Some("المريض"));
    let node = harness.get_by_label(TEXT);
    assert_eq!(node.accesskit_node().text_selection().unwrap().text(), "المريض");
    // Backwards it is the same text with its ends changed.
    select_by_request(&mut harness, 11, 5);
    let node = harness.get_by_label(TEXT);
    let selection = node.accesskit_node().data().text_selection().copied().unwrap();
    assert_eq!(
        (selection.anchor.character_index, selection.focus.character_index),
        (11, 5)
    );
}

/// Assistive technology cuts what a run says by the lengths it is told, so these must be right.
#[test]
fn a_letter_under_hundreds_of_marks_is_told_whole() {
    let text = format!("a{} ب{}", "\u{20d7}".repeat(300), "\u{64e}".repeat(200));
    let mut harness = Harness::builder().build_ui(|ui| _ = selectable(ui, &text, &style("en")));
    text::install(&harness.ctx, Fallback::None);
    harness.run();
    let node = harness.get_by_label(&text);
    let node = node.accesskit_node();
    assert_eq!(node.document_range().text(), text);
    let runs = node.children().flat_map(|child| child.children().chain([child]));
    for run in runs.filter(|child| child.data().role() == Role::TextRun) {
        let value = run.data().value().unwrap();
        let mut told = 0;
        for length in run.data().character_lengths() {
            told += usize::from(*length);
            assert!(value.is_char_boundary(told));
        }
        assert_eq!(told, value.len());
    }
}

#[test]
fn what_is_selected_in_a_field_is_copied_and_not_a_label_selected_before() {
    let mut typed = "noted".to_owned();
    let mut harness = Harness::builder()
        .with_size(vec2(420.0, 200.0))
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(|context| text::install(context, Fallback::None))
        .build_ui(move |ui| {
            TextEdit::single_line(&mut typed).name("Note").show(ui);
            selectable(ui, TEXT, &style("ar"));
        });
    harness.run();
    select_by_request(&mut harness, 5, 11);
    assert_eq!(copied(&mut harness).as_deref(), Some("المريض"));
    harness.get_by_label("Note").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, egui::Key::A);
    harness.run_steps(2);
    harness.event(Event::Copy);
    harness.step();
    let copies = &harness.output().platform_output.commands;
    assert_eq!(copies, &[OutputCommand::CopyText("noted".to_owned())]);
}

/// Thirty paragraphs in a window for eight, and where it is scrolled to.
fn long_harness() -> (Harness<'static>, String, Rc<Cell<f32>>) {
    let lines: Vec<String> = (1..=30).map(|line| format!("السطر {line} line")).collect();
    let text = lines.join("\n");
    let (shown, offset) = (text.clone(), Rc::new(Cell::new(0.0)));
    let told = offset.clone();
    let mut harness = Harness::builder()
        .with_size(vec2(300.0, 208.0))
        .with_step_dt(1.0 / 60.0)
        .build_ui(move |ui| {
            let output = egui::ScrollArea::vertical().show(ui, |ui| selectable(ui, &shown, &style("ar")));
            told.set(output.state.clamped_offset().y);
        });
    text::install(&harness.ctx, Fallback::None);
    harness.run();
    (harness, text, offset)
}

#[test]
fn a_drag_beyond_what_is_in_sight_scrolls_and_goes_on() {
    let (mut harness, text, offset) = long_harness();
    press(&mut harness, pos2(270.0, 20.0), true);
    harness.event(Event::PointerMoved(pos2(150.0, 240.0)));
    harness.run_steps(200);
    assert!(offset.get() > 30.0 * 26.0 - 210.0, "{}", offset.get());
    press(&mut harness, pos2(20.0, 207.0), false);
    let all = copied(&mut harness).unwrap();
    assert!(text.ends_with(&all) || text.contains(&all), "{all}");
    assert!(all.lines().count() > 28, "{all}");
    // And back up, past where it began.
    press(&mut harness, pos2(150.0, 150.0), true);
    harness.event(Event::PointerMoved(pos2(150.0, -40.0)));
    harness.run_steps(200);
    assert_eq!(offset.get(), 0.0);
}

#[test]
fn a_selection_outlasts_being_scrolled_out_of_sight() {
    let (mut harness, _, offset) = long_harness();
    let at = pos2(275.0, 46.0);
    for _ in 0..3 {
        press(&mut harness, at, true);
        press(&mut harness, at, false);
    }
    let selected = copied(&mut harness);
    assert_eq!(selected.as_deref(), Some("السطر 2 line"));
    for direction in [-2000.0, 2000.0] {
        harness.event(Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: vec2(0.0, direction),
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(60);
        assert_eq!(offset.get() > 400.0, direction < 0.0, "{}", offset.get());
        assert_eq!(copied(&mut harness), selected);
    }
}

/// The marks around a name are there for the eye: nobody hears them, and text of others keeps its own.
#[test]
fn isolating_marks_are_drawn_and_not_told() {
    let isolated = text::isolate::join(["بيان", "medqa"], " on ");
    let imported = "يعطى \u{2068}Amoxicillin\u{2069} كل يوم";
    let shown = isolated.clone();
    let mut harness = Harness::builder().with_step_dt(1.0 / 60.0).build_ui(move |ui| {
        label(ui, &shown, &style("en"));
        selectable(ui, imported, &style("ar"));
    });
    text::install(&harness.ctx, Fallback::None);
    harness.run();
    harness.get_by_label("بيان on medqa");
    assert!(harness.query_by_label(&isolated).is_none());
    let at = harness.get_by_label("يعطى Amoxicillin كل يوم").rect().right_center() - vec2(4.0, 0.0);
    for _ in 0..3 {
        press(&mut harness, at, true);
        press(&mut harness, at, false);
    }
    assert_eq!(copied(&mut harness).as_deref(), Some(imported));
}

/// One text in each language of the demo questions, and what is hard about Arabic.
const SPECIMEN: &[(&str, &str)] = &[
    (
        "ar",
        "مريض عمره ٥٤ سنة يشكو من ألمٍ شديدٍ في الصدر منذ ٣ ساعات (BP 150/95 mmHg, HR 110)، ما العلاج الأوّل؟",
    ),
    (
        "ar",
        "يعطى الطفل \u{2068}Amoxicillin (250 mg)\u{2069} كل 8 ساعات لمدة 7–10 أيام؛ والجرعة ١٢ mg/kg.",
    ),
    (
        "ar",
        "Warfarin يتفاعل مع الأسبرين.\nINR = 2.5 وهو ضمن المجال 2.0-3.0 (المستهدف).",
    ),
    (
        "en",
        "A 54-year-old man has chest pain (8/10) for 3 hours; the chart says \u{2068}ألم في الصدر\u{2069}. Which drug first?",
    ),
    (
        "fr",
        "Un patient de 54 ans se plaint d’une douleur thoracique – que faire ?",
    ),
    (
        "de",
        "Ein 54-jähriger Mann klagt über Brustschmerzen: welche Maßnahme zuerst?",
    ),
    (
        "es",
        "¿Qué fármaco se administra primero a un niño con convulsión febril?",
    ),
    ("pt", "Não há contraindicação à vacinação; qual é a próxima ação?"),
    (
        "ru",
        "Какой препарат вводят первым при анафилактическом шоке у ребёнка?",
    ),
    ("zh", "一名54岁男性突发胸痛“压榨样”，首选哪种药物？直骨角"),
    (
        "ja",
        "54歳の男性が胸痛を訴えています。最初に投与すべき薬はどれですか。直骨角",
    ),
    ("ko", "54세 남자가 흉통을 호소한다. 가장 먼저 투여할 약은 무엇인가?"),
    ("hi", "54 वर्षीय पुरुष को सीने में दर्द है। सबसे पहले कौन-सी दवा दी जानी चाहिए?"),
    (
        "sw",
        "Mgonjwa wa miaka 54 ana maumivu ya kifua; ni dawa gani ya kwanza?",
    ),
    (
        "yo",
        "Ọkùnrin ẹni ọdún 54 kan ní ìrora àyà; òògùn wo ni a ó kọ́kọ́ lò fún un?",
    ),
    (
        "zu",
        "Indoda eneminyaka engama-54 inobuhlungu besifuba; yimuphi umuthi wokuqala?",
    ),
];

/// A search hit over a border of directions, a heavy and a coloured part of words, an exponent.
fn pieces(ui: &mut Ui) {
    let hit = Look {
        ground: Some([120, 100, 0, 120]),
        ..Look::default()
    };
    let heavy = Look {
        weight: Some(Weight::Semibold),
        ..Look::default()
    };
    let red = Look {
        color: Some([220, 40, 40, 255]),
        ..Look::default()
    };
    let raised = Look {
        raised: true,
        ..Look::default()
    };
    let arabic = "يعطى المريض Amoxicillin 25 mg/m2 للالتهاب";
    let at = |part: &str| arabic.find(part).map_or(0..0, |start| start..start + part.len());
    let parts = [
        (at("ريض Amox"), hit),
        (at("يعطى"), heavy),
        (at("لتها"), red),
        (at("لا"), heavy),
        (at("m2").end - 1..at("m2").end, raised),
    ]
    .map(|(range, look)| Piece { range, look });
    let styled = Styled {
        text: arabic,
        pieces: &parts,
    };
    ui.add(Label::new(styled, &style("ar")));
    let unknown = TextStyle {
        language: None,
        ..style("en")
    };
    ui.add(Label::new("Arabic العربية among Latin, no language given", &unknown));
    let lacking = "No font: \u{10fffd} a\u{1ac1} \u{e000}ع \u{1e2d0}; emoji: 🩺💊 ❤\u{fe0f} 👨\u{200d}👩\u{200d}👧 👍🏽; signs: ∆ → ⇌ ♀";
    ui.add(Label::new(lacking, &unknown));
}

fn specimen(ui: &mut Ui) {
    for (tag, sentence) in SPECIMEN {
        for weight in [Weight::Regular, Weight::Semibold] {
            let style = TextStyle { weight, ..style(tag) };
            if weight == Weight::Regular || ["ar", "ko", "hi"].contains(tag) {
                selectable(ui, sentence, &style);
            }
        }
    }
    pieces(ui);
    let style = style("ar");
    ui.add(Label::new(SPECIMEN[0].1, &style).max_lines(1));
    ui.add(Label::new(SPECIMEN[0].1, &style).max_lines(2));
}

/// Draws the specimen into `target/specimen`, to be looked at beside a browser's.
#[test]
#[ignore = "needs a graphics driver, and eyes"]
fn draws_the_specimen() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/specimen");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, scale, dark) in [
        ("light-1x", 1.0, false),
        ("dark-1.25x", 1.25, true),
        ("light-2x", 2.0, false),
    ] {
        let mut harness = Harness::builder()
            .with_size(vec2(480.0, 1420.0))
            .with_pixels_per_point(scale)
            .wgpu()
            .build_ui(specimen);
        text::install(&harness.ctx, Fallback::None);
        harness
            .ctx
            .set_theme(if dark { egui::Theme::Dark } else { egui::Theme::Light });
        harness.run();
        let picture = harness.render().unwrap();
        picture.save(folder.join(format!("{name}.png"))).unwrap();
    }
}

/// Draws the menus of a label and of a field into `target/menus`, to be looked at.
#[test]
#[ignore = "needs a graphics driver, and eyes"]
fn draws_menus() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/menus");
    std::fs::create_dir_all(&folder).unwrap();
    for (theme, scale) in [(egui::Theme::Light, 1.0), (egui::Theme::Dark, 2.0)] {
        let mut typed = TEXT.to_owned();
        let mut harness = Harness::builder()
            .with_size(vec2(420.0, 260.0))
            .with_step_dt(1.0 / 60.0)
            .with_pixels_per_point(scale)
            .with_theme(theme)
            .with_context_setup(|context| {
                text::install(context, Fallback::None);
                crate::app::theme::install(context);
            })
            .wgpu()
            .build_ui(move |ui| {
                selectable(ui, TEXT, &style("ar"));
                TextEdit::multi_line(&mut typed, 3).name("Note").show(ui);
            });
        harness.run();
        for (name, at) in [("label", pos2(340.0, 20.0)), ("field", pos2(340.0, 80.0))] {
            for _ in 0..2 {
                click(&mut harness, at, PointerButton::Primary);
            }
            click(&mut harness, at, PointerButton::Secondary);
            harness.event(Event::PointerMoved(at + vec2(30.0, 18.0)));
            harness.run_steps(10);
            let picture = harness.render().unwrap();
            picture.save(folder.join(format!("{name}-{theme:?}.png"))).unwrap();
            harness.key_press(egui::Key::Escape);
            harness.run_steps(60);
        }
    }
}
