//! Pictures of every part of the Benchmarks page, in both themes, wide and narrow, to be looked at.

use std::path::{Path, PathBuf};

use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use polyclinic::app::State;
use polyclinic::app::benchmarks::{BenchmarksCommand, Getting, Importing, Section};
use polyclinic::app::command::{Command, Page};
use polyclinic::benchmarks::import::{self, ImportOptions};
use polyclinic::workspace::Workspace;

use crate::benchmarks::{STRANGE, looked};
use crate::pictures::name;
use crate::spreadsheet::xlsx;
use crate::support::{Pages, Window, draft, state, workspace};

const SIZES: [[f32; 2]; 3] = [[2560.0, 1440.0], [1280.0, 800.0], [1000.0, 700.0]];
/// Names of files and benchmarks as strangers give them.
const LONG: &str = "أسئلة-الامتحان-التجريبي-للقلب-والأوعية-الدموية-2025-نسخة-منقحة-نهائية";

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A spreadsheet in Arabic with two sheets, and long texts.
fn spreadsheet(folder: &Path) -> PathBuf {
    let rows: Vec<Vec<&str>> = STRANGE.lines().map(|line| line.split(',').collect()).collect();
    let long = [
        "4",
        "رجل عمره 54 سنة يشكو ألما ضاغطا في الصدر منذ 40 دقيقة، وضغطه 90/60 mmHg، ويظهر تخطيط القلب ارتفاع ST في II و III و aVF؛ ما الخطوة التالية؟",
        "قسطرة عاجلة (PCI) خلال 90 دقيقة",
        "مراقبة في العيادة بعد 7 أيام",
        "ibuprofen 400 mg",
        "لا شيء مما سبق",
        "1",
        "القلب والأوعية الدموية",
    ];
    let mut rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
    rows.push(&long);
    let notes: &[&[&str]] = &[&["ملاحظات المراجع", "لا تنشر"]];
    let book = xlsx(&[("أسئلة القلب", &rows), ("ملاحظات", notes)], 1);
    write(folder, &format!("{LONG}.xlsx"), book)
}

/// A workspace with benchmarks whose files were mapped, so that another can be mapped like them.
fn mapped(folder: &Path) -> tempfile::TempDir {
    let made = workspace(&[]);
    let open = Workspace::open(made.path()).unwrap();
    let mappings = "الرقم=id السؤال=question الخيار~1=option_a الخيار~2=option_b الخيار~3=option_c الخيار~4=option_d الإجابة~الصحيحة=answer_index1 التخصص=subject";
    let options = ImportOptions {
        language: Some("ar".parse().unwrap()),
        mappings: mappings
            .split(' ')
            .map(|one| one.replace('~', " ").parse().unwrap())
            .collect(),
        ..ImportOptions::default()
    };
    let file = write(folder, "first.csv", STRANGE);
    let chinese = "编号,问题,选项A,选项B,答案\n一,心脏的主要功能是什么？,泵血,消化食物,A\n";
    let mappings = "编号=id 问题=question 选项A=option_a 选项B=option_b 答案=answer";
    let other = ImportOptions {
        language: Some("zh".parse().unwrap()),
        mappings: mappings.split(' ').map(|one| one.parse().unwrap()).collect(),
        ..ImportOptions::default()
    };
    let second = write(folder, "second.csv", chinese);
    for (name, licence, file, options) in [
        (LONG, "CC-BY-NC-ND-4.0", file, options),
        ("中文医学考试题库", "CC-BY-4.0", second, other),
    ] {
        open.keep_import(name, Some(licence), import::read(&file, &options).unwrap())
            .unwrap();
    }
    made
}

/// The page on a state, without threads.
#[test]
fn pictures_of_benchmarks() {
    let Some(folder) = crate::pictures::folder() else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let files = tempfile::tempdir().unwrap();
    let arabic = spreadsheet(files.path());
    let both = write(
        files.path(),
        "clinical.csv",
        "id,language,question,option_a,option_b,option_c,answer\n\
         q001,en,Which organ pumps blood through the body day and night?,Heart,Liver,Stomach,A\n\
         q001,ar,أي من هذه الأعضاء يضخ الدم إلى سائر أنحاء الجسم ليلا ونهارا؟,القلب,الكبد,المعدة,A\n\
         q001,zh,哪个器官日夜不停地向全身泵送血液？,心脏,肝脏,胃,A\n\
         q001,yo,Ẹ̀yà ara wo ló ń fa ẹ̀jẹ̀ káàkiri ara ní ọ̀sán àti lóru?,Ọkàn,Ẹ̀dọ̀,Ikùn,A\n\
         q002,en,How many hours has a day?,24,25,26,A\nq002,ar,كم ساعة في اليوم؟,24,25,26,7\n\
         q003,ar,,أحمر,أزرق,أخضر,A\nq004,ar,ما لون الدم؟,أحمر,أحمر,أزرق,A\n",
    );
    for theme in [Theme::Light, Theme::Dark] {
        for size in SIZES {
            let save = |pages: &mut Pages, page: &str| {
                pages.settle();
                let file = folder.join(name(page, theme, size[0]));
                pages.harness.render().unwrap().save(file).unwrap();
            };
            let show = |change: &dyn Fn(&mut State)| {
                let mut state = state(&[]);
                state.page = Page::Benchmarks;
                change(&mut state);
                Pages::new(state, Harness::builder().with_size(size).with_theme(theme))
            };
            save(&mut show(&|_| {}), "Benchmarks-here");
            let known = |state: &mut State| state.benchmarks.section = Section::Known;
            let mut pages = show(&|state| {
                known(state);
                state
                    .benchmarks
                    .getting
                    .insert("medmcqa".to_owned(), Getting::default());
            });
            save(&mut pages, "Benchmarks-known");
            let mut pages = show(&|state| {
                known(state);
                state.apply(BenchmarksCommand::SelectKnown("global-mmlu-medical".to_owned()).into());
                for tag in ["am", "zh", "ar", "sw"] {
                    let name = "global-mmlu-medical".to_owned();
                    state.apply(BenchmarksCommand::ToggleLanguage(name, tag.parse().unwrap()).into());
                }
            });
            pages
                .harness
                .get_by_role_and_label(Role::CheckBox, "Arabic")
                .scroll_to_me();
            save(&mut pages, "Benchmarks-languages");
            for (page, file) in [("Benchmarks-doubt", &arabic), ("Benchmarks-pairs", &both)] {
                let import = Importing::Read(draft(file));
                save(&mut show(&|state| state.benchmarks.import = Some(import.clone())), page);
            }
        }
    }
}

/// What needs files that are read and a workspace with others: a mapping taken over, a long foot, a file that fails.
#[test]
fn pictures_of_mapping_like() {
    let Some(folder) = crate::pictures::folder() else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let files = tempfile::tempdir().unwrap();
    let made = mapped(files.path());
    let arabic = spreadsheet(files.path());
    let (old, _, _) = encoding_rs::WINDOWS_1256.encode(STRANGE);
    let old = write(files.path(), "أسئلة قديمة.csv", old);
    for theme in [Theme::Light, Theme::Dark] {
        for size in SIZES {
            let mut window = Window::with(made.path(), Harness::builder().with_size(size).with_theme(theme));
            let save = |window: &mut Window, page: &str| {
                window.settle();
                let file = folder.join(name(page, theme, size[0]));
                window.harness.render().unwrap().save(file).unwrap();
            };
            window.send(Command::ImportFile(arabic.clone()));
            looked(&mut window);
            let like = window.harness.get_by_role_and_label(Role::ComboBox, "Map like");
            like.scroll_to_me();
            window.settle();
            window.harness.get_by_role_and_label(Role::ComboBox, "Map like").click();
            save(&mut window, "Benchmarks-like-menu");
            window.harness.get_by_role_and_label(Role::ListBoxOption, LONG).click();
            window.settle();
            looked(&mut window);
            window.send(BenchmarksCommand::TypeLicence("CC-BY-NC-ND-4.0".to_owned()).into());
            save(&mut window, "Benchmarks-like");
            window.send(BenchmarksCommand::Join(Some(LONG.to_owned())).into());
            looked(&mut window);
            save(&mut window, "Benchmarks-joined");
            window.send(Command::DropImport);
            window.send(Command::Show(Page::Benchmarks));
            save(&mut window, "Benchmarks-imported");
            window.send(Command::ImportFile(old.clone()));
            window.wait(|state| matches!(state.benchmarks.import, Some(Importing::Failed { .. })));
            save(&mut window, "Benchmarks-encoding");
        }
    }
}
