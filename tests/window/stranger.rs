//! A stranger's path through the demo workspace: from the gap on Compare to its items, ten of them judged blind by two
//! people, how far these agree, and the figure in a file. One half by pointer, the other by keys alone.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{AccessKitNode, NodeT, Queryable};
use polyclinic::app::command::Page;
use polyclinic::app::figures::FiguresCommand;
use polyclinic::app::review::Step;
use polyclinic::charts::export::Picture;

use crate::pictures;
use crate::support::Window;

const YORUBA: &str = "gemma-3-270m, everyday-medicine, everyday medicine, Yoruba, ";

/// A window on the demo workspace with someone who walks through it, and a picture of every step where there is a
/// folder for them.
struct Walk {
    window: Window,
    pictures: Option<PathBuf>,
    theme: Theme,
    width: f32,
}

impl Walk {
    fn begin(root: &Path, (width, height): (f32, f32), theme: Theme) -> Self {
        let builder = Harness::builder().with_size([width, height]).with_theme(theme);
        Self {
            window: Window::with(root, builder),
            pictures: pictures::folder(),
            theme,
            width,
        }
    }

    fn picture(&mut self, step: &str) {
        self.window.settle();
        crate::accessibility::check_root(self.window.harness.root().accesskit_node(), step);
        if let Some(folder) = &self.pictures {
            std::fs::create_dir_all(folder).unwrap();
            let file = folder.join(pictures::name(&format!("Walk-{step}"), self.theme, self.width));
            self.window.harness.render().unwrap().save(file).unwrap();
        }
    }

    /// Everything that assistive technology is told.
    fn told(&self) -> Vec<String> {
        fn collect(node: AccessKitNode<'_>, found: &mut Vec<String>) {
            let data = node.data();
            let texts = [data.label(), data.value(), data.description()];
            found.extend(texts.into_iter().flatten().map(str::to_owned));
            node.children().for_each(|child| collect(child, found));
        }
        let mut found = Vec::new();
        collect(self.window.harness.root().accesskit_node(), &mut found);
        found
    }

    /// The one text that holds these words.
    fn says(&self, words: &str) -> String {
        let told = self.told();
        let found = told.iter().find(|text| text.contains(words));
        found.cloned().unwrap_or_else(|| panic!("nothing says `{words}`: {told:#?}"))
    }

    fn click(&mut self, label: &str) {
        self.window.harness.get_by_label_contains(label).click();
        self.window.settle();
    }

    fn press(&mut self, keys: &[Key]) {
        for key in keys {
            self.window.harness.key_press(*key);
            self.window.settle();
        }
    }

    fn control(&mut self, key: Key) {
        self.window.harness.key_press_modifiers(Modifiers::COMMAND, key);
        self.window.settle();
    }

    fn write(&mut self, text: &str) {
        self.window.harness.event(egui::Event::Text(text.to_owned()));
        self.window.settle();
    }

    /// Goes with Tab to the control of this name, as someone without a mouse does, and presses it.
    fn tab_to(&mut self, label: &str) {
        for _ in 0..400 {
            self.press(&[Key::Tab]);
            let mut named = self.window.harness.query_all_by_label_contains(label);
            if named.any(|node| node.accesskit_node().is_focused()) {
                return;
            }
        }
        panic!("Tab never comes to `{label}`");
    }

    /// Judges the item at hand by keys: one's own answer first, then every answer of the models.
    fn judge(&mut self, verdict: impl Fn(bool) -> Key) {
        self.press(&[Key::B]);
        self.control(Key::Enter);
        self.window.wait(|state| state.review_step() == Step::Judge);
        while self.window.state(|state| state.review_step() == Step::Judge) {
            let (saved, right) = self.window.state(|state| {
                let (study, place) = (state.study.as_ref().unwrap(), state.inspect.entry().unwrap());
                let target = state.review_target().unwrap();
                let sheets = study.ledger.sheets().iter();
                let given = sheets.filter_map(|sheet| study.ledger.given(sheet, place));
                let is_it = |given: &polyclinic::runs::ledger::Given<'_>| {
                    given.run().id == target.given.run && given.model() == target.given.model
                };
                let given = given.into_iter().find(is_it).unwrap();
                (state.review.reviews.lines().len(), given.is_right())
            });
            let key = verdict(right);
            self.press(&[key]);
            if key == Key::Num3 {
                // A wrong fact, of low severity.
                self.press(&[Key::F, Key::S]);
            }
            self.control(Key::Enter);
            self.window.wait(|state| state.review.reviews.lines().len() > saved);
        }
        self.window.wait(|state| state.review_step() == Step::Revealed);
    }
}

fn walk(size: (f32, f32), theme: Theme) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("demo");
    drop(polyclinic::demo::with_recorded_answers(&root).unwrap());
    let mut walk = Walk::begin(&root, size, theme);

    // By pointer. The page that opens shows what says something.
    assert_eq!(walk.window.state(|state| state.page), Page::Compare);
    let protocol = walk.window.state(|state| state.compare.protocol.clone()).unwrap();
    assert!(protocol.starts_with("cloze"), "{protocol}");
    walk.window.wait(|state| state.figures.shown().is_some());
    walk.picture("01-compare");
    for told in walk.told() { eprintln!("{told}"); }
}

#[test]
fn a_stranger_finds_a_gap_judges_its_items_and_takes_the_figure_home() {
    walk((1280.0, 800.0), Theme::Light);
}
