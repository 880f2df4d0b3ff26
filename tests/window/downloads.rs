//! The Downloads section of the Models page, in each of its states.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use polyclinic::app::command::Page;
use polyclinic::app::models::{DownloadsTask, Known, Section, Token, key};
use polyclinic::app::{State, Task};
use polyclinic::models::download::{Entry, EntryState, Order};
use polyclinic::models::hub::{Cached, Content, HubCache, Kind, Revision};
use polyclinic::network::Kept;

use crate::support::{Pages, state};

const LONG: &str = "نموذج_طبي_عربي_كبير_للأسئلة_السريرية-70B-Q4_K_M-00001-of-00004.gguf";

pub fn entry(id: u64, file: &str, state: EntryState) -> Entry {
    Entry {
        id,
        order: Order {
            repository: "an-organisation/a-repository-GGUF".parse().unwrap(),
            revision: Revision::default(),
            file: Some(file.parse().unwrap()),
        },
        state,
        done: 1_800_000_000,
        total: 4_700_000_000,
        speed: Some(24_500_000.0),
        time_left: Some(std::time::Duration::from_secs(118)),
        note: None,
    }
}

pub fn entries() -> Vec<Entry> {
    let gated = EntryState::Failed {
        reason: "an-organisation/a-repository-GGUF is gated: its owner wants terms accepted first. Accept them at \
                 https://huggingface.co/an-organisation/a-repository-GGUF; then give a token of that account"
            .to_owned(),
        terms: Some("https://huggingface.co/an-organisation/a-repository-GGUF".to_owned()),
    };
    let failed = EntryState::Failed {
        reason: "the disk that holds /home/nadia/.cache/huggingface/hub has 900 MB free and 2900 MB are needed; make \
                 room, or set HF_HOME to a folder on another disk"
            .to_owned(),
        terms: None,
    };
    let mut waiting = entry(7, "waiting.gguf", EntryState::Waiting);
    (waiting.done, waiting.total) = (0, 0);
    vec![
        entry(1, LONG, EntryState::Running),
        entry(2, "paused.gguf", EntryState::Paused),
        entry(3, "gated.gguf", gated),
        entry(4, "failed.gguf", failed),
        entry(
            5,
            "here.gguf",
            EntryState::Done {
                path: "/models/here.gguf".into(),
            },
        ),
        waiting,
    ]
}

/// A cache with a model and something of another program.
fn cached() -> Vec<Cached> {
    let folder = tempfile::tempdir().unwrap();
    let cache = HubCache::new(folder.path().to_owned());
    for (letter, repository, name, size) in [
        ("a", "an-organisation/old", "m-Q4.gguf", 40_000),
        ("b", "an-organisation/old", "pytorch_model.bin", 10_000),
        ("c", "datasets/cais/mmlu", "anatomy/test.parquet", 20_000),
        (
            "d",
            "datasets/an-organisation-with-a-long-name/a-translated-benchmark-of-clinical-questions",
            "ar.csv",
            5_000,
        ),
    ] {
        let repository = cache.repository(&repository.parse().unwrap());
        let content = Content::Sha256(letter.repeat(64));
        let blob = repository.blob(&content);
        drop(repository.lock(&blob).unwrap());
        std::fs::write(&blob.path, vec![1; size]).unwrap();
        repository
            .show(&"1".repeat(40).parse().unwrap(), &name.parse().unwrap(), &content)
            .unwrap();
    }
    cache.content()
}

pub fn known() -> Known {
    Known {
        cache: "/home/nadia/.cache/huggingface/hub".into(),
        free: Some(52_000_000_000),
        endpoint: Some("https://huggingface.co".parse().unwrap()),
        ..Known::default()
    }
}

fn section(known: Known) -> State {
    let mut state = state(&[]);
    state.page = Page::Models;
    state.models.section = Section::Downloads;
    state.models.hub.known = known;
    state
}

fn page(known: Known, width: f32) -> Pages {
    Pages::new(section(known), Harness::builder().with_size([width, 900.0]))
}

fn click(pages: &mut Pages, label: &str) {
    pages.harness.get_by_role_and_label(Role::Button, label).click();
    pages.settle();
}

fn asked(pages: &Pages) -> Vec<&DownloadsTask> {
    let mut asked = Vec::new();
    for task in pages.tasks() {
        if let Task::Downloads(task) = task {
            asked.push(task);
        }
    }
    asked
}

#[test]
fn every_state_offers_what_can_be_done_in_it() {
    for width in [1440.0, 900.0] {
        let mut pages = page(
            Known {
                entries: entries(),
                ..known()
            },
            width,
        );
        pages
            .harness
            .get_by_label(&format!("{LONG}: 1.8 GB of 4.7 GB, 24 MB/s, 2 min left"));
        for (label, task) in [
            (format!("Pause \u{2068}{LONG}\u{2069}"), DownloadsTask::Pause(1)),
            ("Resume paused.gguf".to_owned(), DownloadsTask::Resume(2)),
            ("Try again failed.gguf".to_owned(), DownloadsTask::Resume(4)),
            ("Cancel paused.gguf".to_owned(), DownloadsTask::Remove(2)),
            ("Dismiss here.gguf".to_owned(), DownloadsTask::Remove(5)),
            ("Earlier waiting.gguf".to_owned(), DownloadsTask::Raise(7)),
        ] {
            let bare = label.replace(['\u{2068}', '\u{2069}'], "");
            let matches = |node: &egui_kittest::Node<'_>| {
                node.accesskit_node()
                    .label()
                    .is_some_and(|own| own.replace(['\u{2068}', '\u{2069}'], "") == bare)
            };
            let button = pages.harness.query_all_by_role(Role::Button).find(matches);
            let button = button.unwrap_or_else(|| panic!("no button {label}"));
            // In a narrow window the last ones are reached by scrolling.
            button.scroll_to_me();
            pages.settle();
            let button = pages.harness.query_all_by_role(Role::Button).find(matches);
            button.unwrap_or_else(|| panic!("no button {label}")).click();
            pages.settle();
            assert_eq!(asked(&pages).last(), Some(&&task), "{label}");
        }
    }
}

/// What the Tab key leads to is scrolled into view, and works from there.
#[test]
fn keys_lead_to_what_is_out_of_view() {
    let mut pages = page(
        Known {
            entries: entries(),
            ..known()
        },
        900.0,
    );
    let label = "Earlier waiting.gguf";
    let below = pages.harness.get_by_label("Token for the hub").rect().top();
    let top = |pages: &Pages| pages.harness.get_by_label(label).rect();
    assert!(top(&pages).top() > below, "it begins out of view");
    pages.harness.get_by_label("Model on the hub").focus();
    pages.settle();
    let mut tabs = 0;
    while !pages.harness.get_by_label(label).is_focused() {
        tabs += 1;
        assert!(tabs < 20, "the Tab key does not lead there");
        pages.harness.key_press(Key::Tab);
        pages.settle();
    }
    pages.harness.run_steps(20);
    assert!(top(&pages).bottom() < below, "it is still out of view");
    pages.harness.key_press(Key::Enter);
    pages.settle();
    assert_eq!(asked(&pages).last(), Some(&&DownloadsTask::Raise(7)));
}

#[test]
fn a_gated_model_leads_to_its_page() {
    let mut pages = page(
        Known {
            entries: entries(),
            ..known()
        },
        1440.0,
    );
    let opens = |node: &egui_kittest::Node<'_>| {
        node.accesskit_node()
            .label()
            .is_some_and(|own| own.starts_with("Open the page"))
    };
    pages
        .harness
        .query_all_by_role(Role::Button)
        .find(opens)
        .unwrap()
        .click();
    pages.settle();
    let opened =
        |task: &Task| matches!(task, Task::OpenPage(page) if page.ends_with("/an-organisation/a-repository-GGUF"));
    assert!(pages.tasks().iter().any(opened));
}

#[test]
fn a_model_is_got_by_its_name_and_by_keys_alone() {
    let mut pages = page(known(), 1440.0);
    pages.harness.get_by_label("Model on the hub").focus();
    pages.settle();
    pages.harness.get_by_label("Model on the hub").type_text("nothing");
    pages.settle();
    pages.harness.key_press(Key::Enter);
    pages.settle();
    pages.harness.get_by_label("Model on the hub").type_text("/m");
    pages.settle();
    pages.harness.key_press(Key::Enter);
    pages.settle();
    let tasks = asked(&pages);
    let names: Vec<String> = tasks
        .iter()
        .filter_map(|task| match task {
            DownloadsTask::Add(order) => Some(order.repository.to_string()),
            _ => None,
        })
        .collect();
    assert!(
        names.contains(&"nothing".to_owned()) || names.contains(&"nothing/m".to_owned()),
        "{tasks:?}"
    );
}

#[test]
fn removing_from_the_cache_is_asked_once() {
    let cached = cached();
    let model = cached.iter().find(|cached| cached.is_model()).unwrap().clone();
    let mut pages = page(Known { cached, ..known() }, 1440.0);
    click(&mut pages, "Remove m-Q4");
    assert!(asked(&pages).is_empty());
    click(&mut pages, "Keep it");
    assert_eq!(pages.state().models.hub.asked, None);
    click(&mut pages, "Remove m-Q4");
    assert_eq!(pages.state().models.hub.asked, Some(key(&model)));
    click(&mut pages, "Remove from disk");
    assert_eq!(asked(&pages), [&DownloadsTask::RemoveCached(Box::new(model))]);
}

#[test]
fn a_fetched_data_set_is_listed_and_removed_like_a_model() {
    let cached = cached();
    let dataset = cached
        .iter()
        .find(|cached| cached.kind == Kind::Dataset)
        .unwrap()
        .clone();
    let mut pages = page(Known { cached, ..known() }, 1440.0);
    pages.harness.get_by_label_contains("Data set cais/mmlu: 20 kB");
    click(&mut pages, "Remove Data set cais/mmlu");
    pages
        .harness
        .get_by_label_contains("Benchmarks that were made of it stay");
    click(&mut pages, "Remove from disk");
    assert_eq!(asked(&pages), [&DownloadsTask::RemoveCached(Box::new(dataset))]);
}

#[test]
fn a_token_is_typed_unseen_and_handed_over() {
    let mut pages = page(known(), 1440.0);
    pages.harness.get_by_label("Token").focus();
    pages.settle();
    pages.harness.get_by_label("Token").type_text("hf_secret");
    pages.settle();
    let typed = pages.state().models.hub.token.as_ref().unwrap();
    assert_eq!(typed.expose(), "hf_secret");
    let value = pages
        .harness
        .get_by_label("Token")
        .accesskit_node()
        .value()
        .unwrap_or_default();
    assert!(!value.contains('h'), "{value}");
    click(&mut pages, "Keep the token");
    let kept =
        |task: &&&DownloadsTask| matches!(task, DownloadsTask::KeepToken(secret) if secret.expose() == "hf_secret");
    assert!(asked(&pages).iter().any(|task| kept(&task)));
    assert_eq!(pages.state().models.hub.token, None);
}

#[test]
fn offline_nothing_can_be_asked_for() {
    let pages = page(
        Known {
            offline: true,
            ..known()
        },
        1440.0,
    );
    pages.harness.get_by_label_contains("HF_HUB_OFFLINE");
    let button = pages.harness.get_by_label("Get the named model");
    assert!(button.accesskit_node().is_disabled());
}

/// Pictures of every state, where `POLYCLINIC_PICTURES` names a folder for them.
#[test]
fn pictures_of_downloads() {
    let Some(folder) = std::env::var_os("POLYCLINIC_PICTURES").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let memory = Token::Typed(Kept::InMemory {
        reason: "this system runs no keyring service".to_owned(),
    });
    let states = [
        (
            "busy",
            Known {
                entries: entries(),
                cached: cached(),
                token: memory,
                ..known()
            },
        ),
        ("empty", known()),
        (
            "offline",
            Known {
                offline: true,
                cached: cached(),
                token: Token::Found { typed: true },
                ..known()
            },
        ),
        (
            "impossible",
            Known {
                problem: Some(
                    "the list of downloads /home/nadia/downloads.toml is damaged; mend it or delete it".to_owned(),
                ),
                ..Known::default()
            },
        ),
    ];
    for theme in [egui::Theme::Light, egui::Theme::Dark] {
        for [width, height] in [[2560.0, 1440.0], [1280.0, 800.0], [900.0, 900.0]] {
            for (name, known) in &states {
                let mut state = section(known.clone());
                // A data set is asked about: what was made of it stays.
                let dataset = known.cached.iter().find(|cached| cached.kind == Kind::Dataset);
                state.models.hub.asked = dataset.map(key);
                let builder = Harness::builder().with_size([width, height]).with_theme(theme);
                let mut pages = Pages::new(state, builder);
                let file = format!("Downloads-{name}-{theme:?}-{width}.png");
                pages.harness.render().unwrap().save(folder.join(file)).unwrap();
            }
        }
    }
}
