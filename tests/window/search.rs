//! Searching lists: what is found is marked where it stands, in every script.

use std::sync::Arc;

use egui::{Color32, Galley, Pos2, Shape, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::command::{Command, Page};
use polyclinic::app::inspect::Filter;
use polyclinic::app::theme::{DARK, LIGHT, Palette};

use crate::support::{MODELS, Pages, state};

fn inspect(theme: Theme, scale: f32) -> Pages {
    let mut state = state(&MODELS);
    state.page = Page::Inspect;
    let builder = Harness::builder().with_size([1440.0, 900.0]).with_theme(theme);
    Pages::new(state, builder.with_pixels_per_point(scale))
}

fn search(pages: &mut Pages, language: &str, search: &str) {
    let filter = Filter {
        language: Some(language.parse().unwrap()),
        search: search.to_owned(),
        ..Filter::default()
    };
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
