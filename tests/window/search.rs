//! Searching lists: what is found is marked where it stands, in every script.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Color32, Galley, Key, Modifiers, Pos2, Shape, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::{Command, Page};
use polyclinic::app::models::ModelsCommand;
use polyclinic::app::theme::{DARK, LIGHT, Palette};
use polyclinic::slices::{Condition, Filter};

use crate::support::{MODELS, Pages, state};

fn inspect(theme: Theme, scale: f32) -> Pages {
    let mut state = state(&MODELS);
    state.page = Page::Inspect;
    let builder = Harness::builder().with_size([1440.0, 900.0]).with_theme(theme);
    Pages::new(state, builder.with_pixels_per_point(scale))
}

fn search(pages: &mut Pages, language: &str, search: &str) {
    let language = Condition::Language([language.parse().unwrap()].into());
    let filter = Filter::default().with(language).looking_for(search);
    pages.harness.state_mut().0.apply(Command::SetFilter(filter));
    pages.harness.state_mut().0.apply(Command::SelectEntry(0));
    pages.settle();
}

/// What is drawn of `text`, the largest first.
fn drawn(pages: &Pages, text: &str) -> Vec<Arc<Galley>> {
    let shapes = pages.harness.output().shapes.iter();
    let mut drawn: Vec<Arc<Galley>> = shapes
        .filter_map(|clipped| match &clipped.shape {
            Shape::Text(shape) if shape.galley.job.text == text => Some(Arc::clone(&shape.galley)),
            _ => None,
        })
        .collect();
    drawn.sort_by(|one, other| other.size().y.total_cmp(&one.size().y));
    drawn
}

/// How many grounds of hits a text has, and where its glyphs stand in it and in the atlas.
fn parts(galley: &Galley, palette: &Palette) -> (usize, Vec<(Pos2, Pos2)>) {
    let vertices = || galley.rows.iter().flat_map(|row| &row.row.visuals.mesh.vertices);
    let is_ground = |colour: Color32| colour == palette.hit;
    let grounds = vertices().filter(|vertex| is_ground(vertex.color)).count() / 4;
    let glyphs = vertices().filter(|vertex| !is_ground(vertex.color));
    (grounds, glyphs.map(|vertex| (vertex.pos, vertex.uv)).collect())
}

#[test]
fn hits_are_marked_and_letters_stay_joined() {
    for (theme, palette) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        let mut pages = inspect(theme, 1.0);
        let option = "الاتصال بالإسعاف";
        search(&mut pages, "ar", "عاصرا");
        let (none, plain) = parts(&drawn(&pages, option)[0], palette);
        assert_eq!(none, 0);
        // Within both words, without the hamza and with harakat that the text does not have.
        search(&mut pages, "ar", "اتِّصال اسعاف");
        let (two, marked) = parts(&drawn(&pages, option)[0], palette);
        assert_eq!(two, 2);
        assert_eq!(marked, plain, "letters join across the borders of hits");
    }
}

#[test]
fn a_hit_at_the_end_of_a_question_is_brought_into_sight_in_its_row() {
    let mut pages = inspect(Theme::Light, 1.0);
    let whole = "رجل عمره 60 عاما يعاني منذ 20 دقيقة ألما عاصرا في الصدر ينتشر إلى ذراعه اليسرى. ما أول ما يجب فعله؟";
    search(&mut pages, "ar", "عمره");
    assert_eq!(drawn(&pages, whole).len(), 2, "in the row and on the card");
    search(&mut pages, "ar", "ذراعه");
    assert_eq!(drawn(&pages, whole).len(), 1, "on the card");
    let excerpt = drawn(&pages, "…ينتشر إلى ذراعه اليسرى. ما أول ما يجب فعله؟");
    assert_eq!(parts(&excerpt[0], &LIGHT).0, 1);
    // Who does not see the screen gets the whole question.
    pages.harness.get_by_label(&format!("ar q02: {whole}"));
}

/// A row begins its second line with the language's tag, which is not searched.
#[test]
fn a_language_that_is_spelled_like_the_search_is_no_hit() {
    let mut pages = inspect(Theme::Light, 1.0);
    search(&mut pages, "de", "de");
    let tag = "\u{2068}de\u{2069}";
    let shapes = pages.harness.output().shapes.iter();
    let notes: Vec<_> = shapes
        .filter_map(|clipped| match &clipped.shape {
            Shape::Text(shape) if shape.galley.job.text.starts_with(tag) => Some(&shape.galley),
            _ => None,
        })
        .collect();
    assert!(!notes.is_empty());
    for note in notes {
        let searched = note.job.text.trim_start_matches(tag).to_lowercase();
        assert_eq!(parts(note, &LIGHT).0, searched.matches("de").count(), "{searched}");
    }
}

fn page(page: Page) -> Pages {
    let mut state = state(&MODELS);
    state.page = page;
    Pages::new(state, Harness::builder().with_size([1440.0, 900.0]))
}

fn press(pages: &mut Pages, modifiers: Modifiers, key: Key) {
    pages.harness.key_press_modifiers(modifiers, key);
    pages.settle();
}

fn type_in(pages: &mut Pages, text: &str) {
    pages.harness.event(egui::Event::Text(text.to_owned()));
    pages.settle();
}

fn names(pages: &Pages, role: Role) -> Vec<String> {
    let rows = pages.harness.query_all_by_role(role);
    rows.map(|row| row.accesskit_node().label().unwrap()).collect()
}

#[test]
fn every_list_is_searched_by_keys_alone() {
    for (where_, field, found, other, count, none) in [
        (
            Page::Models,
            "Search models",
            "بيميديكس",
            "qwen",
            "1 of 4 models, 2 on this machine",
            "model",
        ),
        (
            Page::Benchmarks,
            "Search benchmarks",
            "everyday عربية",
            "yoruba",
            "1 of 1",
            "benchmark",
        ),
        (
            Page::Runs,
            "Search runs",
            "GEMMA العربيه",
            "smollm",
            "1 of 1 run, newest first",
            "run",
        ),
    ] {
        let mut pages = page(where_);
        let all = names(&pages, Role::ListItem);
        press(&mut pages, Modifiers::COMMAND, Key::F);
        assert!(
            pages.harness.get_by_label(field).accesskit_node().is_focused(),
            "{field}"
        );
        assert_eq!(pages.state().page, where_);
        type_in(&mut pages, found);
        assert_eq!(names(&pages, Role::ListItem).len(), 1, "{found}");
        let count = count.replace("2 on", &format!("{} on", all.len() - 1));
        pages.harness.get_by_label(&count);
        // A search that nothing answers says so, and can be taken back.
        type_in(&mut pages, " ولا شيء");
        assert!(names(&pages, Role::ListItem).is_empty());
        pages.harness.get_by_label_contains(&format!("No {none} is found by"));
        pages.harness.get_by_label("Clear the search").click();
        pages.settle();
        assert_eq!(names(&pages, Role::ListItem), all);
        // The first Escape empties the field, the second leaves it.
        press(&mut pages, Modifiers::COMMAND, Key::F);
        type_in(&mut pages, other);
        assert_eq!(names(&pages, Role::ListItem).len(), 1, "{other}");
        press(&mut pages, Modifiers::NONE, Key::Escape);
        assert_eq!(names(&pages, Role::ListItem), all);
        assert!(
            pages.harness.get_by_label(field).accesskit_node().is_focused(),
            "{field}"
        );
        press(&mut pages, Modifiers::NONE, Key::Escape);
        assert!(
            !pages.harness.get_by_label(field).accesskit_node().is_focused(),
            "{field}"
        );
    }
}

#[test]
fn a_list_that_is_folded_away_comes_when_it_is_searched() {
    let mut pages = page(Page::Inspect);
    pages.harness.state_mut().0.apply(Command::ToggleList);
    pages.settle();
    assert!(pages.harness.query_by_label("Search items").is_none());
    press(&mut pages, Modifiers::COMMAND, Key::F);
    assert!(pages.harness.get_by_label("Search items").accesskit_node().is_focused());
    type_in(&mut pages, "no such words");
    pages.harness.get_by_label("Clear the search").click();
    pages.settle();
    assert!(pages.state().inspect.filter.text().is_empty());
    assert!(!pages.state().inspect.listed.is_empty());
}

#[test]
fn compare_searches_its_models() {
    let mut pages = page(Page::Compare);
    press(&mut pages, Modifiers::COMMAND, Key::F);
    type_in(&mut pages, "gemma");
    assert_eq!(pages.state().page, Page::Compare);
    assert_eq!(pages.state().compare.layout.models().count(), 1);
}

#[test]
fn pictures_of_searched_lists() {
    let Some(folder) = std::env::var_os("POLYCLINIC_PICTURES") else {
        eprintln!("no pictures: POLYCLINIC_PICTURES names no folder");
        return;
    };
    for theme in [Theme::Light, Theme::Dark] {
        for (where_, sought) in [
            (Page::Models, "بيميديكس"),
            (Page::Benchmarks, ""),
            (Page::Runs, "gemma"),
            (Page::Runs, "ألف"),
        ] {
            let mut state = state(&MODELS);
            state.page = where_;
            let builder = Harness::builder().with_size([1440.0, 900.0]).with_theme(theme);
            let mut pages = Pages::new(state, builder);
            for command in [
                ModelsCommand::Search(sought.to_owned()).into(),
                Command::SearchBenchmarks(sought.to_owned()),
                Command::SearchRuns(sought.to_owned()),
            ] {
                pages.harness.state_mut().0.apply(command);
            }
            pages.settle();
            let name = format!("searched-{where_:?}-{}-{theme:?}.png", sought.is_ascii()).to_lowercase();
            let picture = pages.harness.render().unwrap();
            picture.save(std::path::Path::new(&folder).join(name)).unwrap();
        }
    }
}

#[test]
fn pictures_of_hits() {
    let Some(folder) = std::env::var_os("POLYCLINIC_PICTURES") else {
        eprintln!("no pictures: POLYCLINIC_PICTURES names no folder");
        return;
    };
    for theme in [Theme::Light, Theme::Dark] {
        for scale in [1.0, 2.0] {
            let mut pages = inspect(theme, scale);
            for (place, (language, sought)) in [("ar", "ضغط الدم"), ("zh", "血压"), ("yo", "eje"), ("ar", "ذراعه")]
                .into_iter()
                .enumerate()
            {
                search(&mut pages, language, sought);
                let name = format!("hits-{language}-{place}-{theme:?}-{scale}.png").to_lowercase();
                let picture = pages.harness.render().unwrap();
                picture.save(std::path::Path::new(&folder).join(name)).unwrap();
            }
        }
    }
}
