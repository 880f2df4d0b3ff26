//! A stranger's path through the demo workspace: from the gap on Compare to its items, ten of them judged blind by two
//! people, how far these agree, and the figure in a file. One half by pointer, the other by keys alone.

use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::Page;
use polyclinic::app::figures::FiguresCommand;
use polyclinic::app::review::Step;
use polyclinic::charts::Kind;
use polyclinic::charts::export::Picture;

use crate::pictures;
use crate::reviews::told;
use crate::support::Window;

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

    /// The one text that holds these words.
    fn says(&self, words: &str) -> String {
        let told = told(&self.window);
        let found = told.iter().find(|text| text.contains(words));
        assert!(found.is_some(), "nothing says `{words}`: {told:#?}");
        found.cloned().unwrap()
    }

    fn click(&mut self, label: &str) {
        self.window.harness.get_by_label_contains(label).click();
        self.window.settle();
    }

    fn choose(&mut self, role: Role, label: &str) {
        self.window.harness.get_by_role_and_label(role, label).click();
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

    /// Goes with Tab to the control of this name, as someone without a mouse does.
    fn tab_to(&mut self, label: &str) {
        let mut steps = 0;
        loop {
            self.press(&[Key::Tab]);
            steps += 1;
            assert!(steps < 400, "Tab never comes to `{label}`");
            let mut named = self.window.harness.query_all_by_label_contains(label);
            if named.any(|node| node.accesskit_node().is_focused()) {
                return;
            }
        }
    }

    /// Judges the item at hand by keys: one's own answer first, then every answer of the models.
    fn judge(&mut self, verdict: impl Fn(bool) -> Key, picture: Option<&str>) {
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
            if let Some(picture) = picture {
                self.picture(picture);
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
    walk.click("gemma-3-270m, everyday medicine, Yoruba, ");
    walk.window.wait(|state| state.compare.pair().is_some());
    walk.says("gemma-3-270m, everyday medicine, Yoruba, 35.4 percent, n 48, 23.4 to 49.6");
    walk.says("gemma-3-270m, everyday medicine, English, 75.0 percent, n 48, 61.2 to 85.1");
    walk.says("39.6 points lower in Yoruba than in English on everyday medicine, 95% interval 22.9 to 56.2, 48 items");
    walk.picture("02-gap");
    walk.click("Open the 22 items right in English and wrong in Yoruba");
    assert_eq!(walk.window.state(|state| state.page), Page::Inspect);
    walk.window.wait(|state| state.inspect.listed.len() == 22);
    walk.picture("03-items");

    // Ten of them, judged blind.
    walk.click("Review");
    walk.picture("04-name");
    walk.window.harness.get_by_label("Name or initials").focus();
    walk.window.settle();
    walk.write("Nadia");
    walk.click("Begin");
    walk.click("Blind");
    walk.click("New queue");
    walk.picture("05-queue");
    walk.click("Start queue");
    walk.window.wait(|state| state.review.queue.is_some());
    for item in 0..10 {
        walk.says(&format!("{} of 10 in queue", item + 1));
        if item == 0 {
            walk.picture("06-own");
        }
        walk.judge(
            |right| if right { Key::Num1 } else { Key::Num3 },
            (item == 0).then_some("07-judge"),
        );
        if item == 0 {
            walk.picture("08-shown");
        }
        if item < 9 {
            walk.control(Key::Enter);
        }
    }
    walk.says("The whole queue is judged.");
    walk.picture("09-judged");

    // By keys alone: a second reviewer judges the same ten, in the Arabic form, and sees three of them otherwise.
    walk.tab_to("Other reviewer");
    walk.press(&[Key::Enter]);
    walk.picture("10-other");
    walk.tab_to("Name or initials");
    walk.control(Key::A);
    walk.write("ليلى");
    walk.press(&[Key::Enter]);
    walk.tab_to("Same queue as");
    walk.picture("11-same-queue");
    walk.press(&[Key::Enter]);
    walk.window.wait(|state| state.review.queue.is_some());
    let items = |walk: &Walk| {
        walk.window
            .state(|state| state.review.queue().unwrap().what.items.clone())
    };
    assert_eq!(items(&walk).len(), 10);
    walk.tab_to("العربية");
    walk.press(&[Key::Enter]);
    for item in 0..10 {
        let otherwise = item % 4 == 0;
        walk.judge(
            |right| if right == otherwise { Key::Num3 } else { Key::Num1 },
            (item == 1).then_some("12-judge-arabic"),
        );
        if item == 1 {
            walk.picture("12-arabic");
        }
        if item < 9 {
            walk.control(Key::Enter);
        }
    }
    walk.window.wait(|state| !state.review.agreed.pairs.is_empty());
    walk.picture("13-both");
    walk.control(Key::Enter);
    walk.window.wait(|state| !state.review.agreed.disagreements.is_empty());
    walk.picture("14-agreement");
    let verdicts = walk.says("الحكم; 20; 70.0, 48.1–85.5");
    let cells: Vec<&str> = verdicts.split("; ").collect();
    assert_eq!(cells.len(), 5, "{verdicts}: n, percent, kappa and alpha");
    let with_interval = cells.iter().filter(|cell| cell.contains(", ")).count();
    assert_eq!(with_interval, 3, "{verdicts}: each with an interval");
    walk.says("الخلافات المفتوحة: 6 من 6");
    // The card's parts keep apart even beside both panels.
    let place = |label: &str| walk.window.harness.get_by_label(label).rect();
    assert!(!place("Beside").intersects(place("Flag item")), "{:?}", place("Beside"));

    // What the other protocol changes.
    walk.control(Key::Num4);
    walk.choose(Role::Tab, "Flips");
    walk.window
        .wait(|state| state.figures.shown().is_some_and(|shown| shown.kind() == Kind::Flips));
    walk.says("cloze (option text, per character), zero-shot beside letters, zero-shot");
    walk.picture("17-flips");
    walk.choose(Role::ComboBox, "Protocol");
    walk.picture("18-protocols");
    walk.choose(Role::ListBoxOption, "letters, zero-shot");
    walk.says("gemma-3-270m, everyday medicine, Yoruba, 27.1 percent, n 48, 16.6 to 41.0");
    walk.picture("19-letters");
    walk.choose(Role::ComboBox, "Protocol");
    walk.choose(Role::ListBoxOption, "cloze (option text, per character), zero-shot");

    // The figure goes into a file.
    walk.choose(Role::Tab, "Language gap");
    walk.control(Key::E);
    walk.picture("15-export");
    for (picture, begins, words) in [
        (Picture::Svg, b"<?xml".as_slice(), Some("gemma-3-270m")),
        (Picture::Png, b"\x89PNG\r\n\x1a\n", None),
    ] {
        walk.click("Format");
        walk.click(picture.words());
        let exporting = walk.window.state(|state| state.figures.exporting).unwrap();
        assert_eq!(exporting.picture, picture);
        // The system asks where to; nobody answers it here.
        let file = folder.path().join(format!("gap.{}", exporting.ending()));
        walk.window.send(FiguresCommand::Write(exporting, file.clone()).into());
        walk.window.wait(|state| {
            state
                .notices
                .iter()
                .any(|notice| notice.detail == file.display().to_string())
        });
        let written = std::fs::read(&file).unwrap();
        if let Some(folder) = &walk.pictures {
            std::fs::write(folder.join(format!("Walk-gap.{}", exporting.ending())), &written).unwrap();
        }
        assert!(written.starts_with(begins));
        if let Some(words) = words {
            assert!(String::from_utf8(written).unwrap().contains(words));
        }
    }
    walk.press(&[Key::Escape]);
    walk.picture("16-exported");
}

#[test]
fn a_stranger_finds_a_gap_judges_its_items_and_takes_the_figure_home() {
    walk((1280.0, 800.0), Theme::Light);
}

/// The same in the dark and in a large window, to be looked at.
#[test]
fn pictures_of_the_walk() {
    if pictures::folder().is_some() {
        walk((1280.0, 800.0), Theme::Dark);
        walk((2560.0, 1440.0), Theme::Light);
        walk((2560.0, 1440.0), Theme::Dark);
    }
}
