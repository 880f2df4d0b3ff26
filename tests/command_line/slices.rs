//! Slices at the command line: conditions that were typed are kept, counted, listed, renamed and forgotten.

use super::{Place, said};

fn slice<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    let command = ["slice"].iter().chain(rest);
    command.chain(&["--workspace", "w"]).copied().collect()
}

#[test]
fn a_slice_is_kept_listed_shown_renamed_and_forgotten() {
    let place = Place::new();
    place.with_questions(6);
    let works = |rest: &[&str]| place.works(&slice(rest));
    let output = place.run(&slice(&["list"]));
    assert_eq!(output.status.code(), Some(0));
    assert!(said(&output).contains("no slice is kept here yet"), "{}", said(&output));

    works(&["add", "عربية", "--where", "language = [\"ar\"]"]);
    works(&[
        "add",
        "one",
        "--where",
        "language = [\"ar\"]",
        "--where",
        "text = \"صحيح 3\"",
    ]);
    let listed = works(&["list"]);
    let row = |name: &str| {
        let line = listed.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("عربية")[1..], ["6", "Arabic"]);
    assert_eq!(row("one")[1], "1");

    let file = works(&["show", "one"]);
    let kept: toml::Table = file.parse().unwrap();
    assert_eq!(kept["schema"].as_integer(), Some(1));
    assert_eq!(kept["conditions"].as_array().unwrap().len(), 2);
    assert_eq!(works(&["show", "one", "--items"]), "questions\tar\tq3\n");
    assert_eq!(works(&["show", "عربية", "--items"]).lines().count(), 6);

    works(&["rename", "one", "السؤال الرابع"]);
    assert_eq!(works(&["show", "السؤال الرابع"]), file);
    assert!(place.path("w/slices/السؤال الرابع.toml").exists());
    let output = place.run(&slice(&["rename", "عربية", "السؤال الرابع"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("another slice"), "{}", said(&output));

    let output = place.run(&slice(&["remove", "السؤال الرابع"]));
    assert_eq!(output.status.code(), Some(0));
    assert!(
        said(&output).contains("Arabic"),
        "it says what is gone: {}",
        said(&output)
    );
    for rest in [["remove", "one"], ["show", "one"]] {
        let output = place.run(&slice(&rest));
        assert_eq!(output.status.code(), Some(1), "{rest:?}");
        assert!(
            said(&output).contains("there is no slice `one`; there are عربية"),
            "{}",
            said(&output)
        );
    }
    assert_eq!(works(&["list"]).lines().count(), 2);
}

#[test]
fn what_is_no_slice_is_refused_and_nothing_is_kept() {
    let place = Place::new();
    place.with_questions(1);
    for (rest, reason) in [
        (["add", "a/b", "--where", "text = \"x\""], "cannot have `/`"),
        (["add", "a", "--where", "colour = \"teal\""], "colour"),
    ] {
        let output = place.run(&slice(&rest));
        assert_eq!(output.status.code(), Some(1), "{rest:?}");
        assert!(said(&output).contains(reason), "{}", said(&output));
    }
    assert!(!place.path("w/slices/a.toml").exists());
    place.works(&slice(&["add", "a", "--where", "text = \"x\""]));
    let output = place.run(&slice(&["rename", "a", "con"]));
    assert_eq!(output.status.code(), Some(1));
    assert!(place.path("w/slices/a.toml").exists(), "{}", said(&output));
}
