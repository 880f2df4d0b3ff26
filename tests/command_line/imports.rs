//! Strangers' files: guessed, doubted, read like the last one, and aligned.

use super::*;

/// A table in which nothing is called as our own format calls it; every number fits counted from 0 and from 1.
const GERMAN: &str = "Nr,Frage,Option A,Option B,Option C,Lösung\n\
    7,Welche Arterie ist die größte?,Aorta,Radialis,Ulnaris,1\n8,Welcher ist der Knochen?,Herz,Femur,Lunge,2\n";

#[test]
fn a_strangers_file_is_guessed_and_refused_while_a_doubt_is_open() {
    let place = Place::new();
    std::fs::write(place.path("set.csv"), GERMAN).unwrap();
    let guessed = place.works(&["import", "set.csv", "--guess"]);
    for part in [
        "Frage=question",
        "'Option A=option_a'",
        "--language de",
        "Lösung=answer_index1",
        "from 0 Radialis; from 1 Aorta",
    ] {
        assert!(guessed.contains(part), "{part}: {guessed}");
    }
    let output = place.run(&["import", "set.csv", "--workspace", "w"]);
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(
        text.contains("`--map Lösung=answer_index0` or `--map Lösung=answer_index1`"),
        "{text}"
    );
    assert!(!place.path("w").exists());
    let settled = [
        "import",
        "set.csv",
        "--workspace",
        "w",
        "--language",
        "de",
        "--map",
        "Lösung=answer_index1",
    ];
    assert!(place.works(&settled).contains("2 items imported as the benchmark set"));
    let description = std::fs::read_to_string(place.path("w/benchmarks/set.toml")).unwrap();
    assert!(description.contains("\"Frage=question\""), "{description}");
}

#[test]
fn the_next_language_is_read_alike_and_aligned() {
    let place = Place::new();
    std::fs::write(place.path("set.de.csv"), GERMAN).unwrap();
    std::fs::write(
        place.path("set.en.csv"),
        GERMAN.replace("Welche", "Which").replace("8,", "9,"),
    )
    .unwrap();
    place.works(&[
        "import",
        "set.de.csv",
        "--workspace",
        "w",
        "--language",
        "de",
        "--map",
        "Lösung=answer_index1",
    ]);
    let more = [
        "import",
        "set.en.csv",
        "--workspace",
        "w",
        "--like",
        "set",
        "--language",
        "en",
    ];
    assert!(
        place
            .works(&more)
            .contains("2 items added to the benchmark set, which now has 4")
    );
    let by_id = ["align", "set", "--workspace", "w", "--by", "id", "--preview"];
    assert!(
        place
            .works(&by_id)
            .contains("1 question in several languages (2 items), 2 items alone")
    );
    std::fs::write(place.path("ids.csv"), "de,en\n7,7\n8,9\n").unwrap();
    let by_table = ["align", "set", "--workspace", "w", "--by", "ids.csv"];
    assert!(
        place
            .works(&by_table)
            .contains("2 questions in several languages (4 items), 0 items alone")
    );
    let kept = ["align", "set", "--workspace", "w", "--by", "parallel", "--preview"];
    assert!(place.works(&kept).contains("2 questions in several languages"));
    let output = place.run(&["align", "set", "--workspace", "w", "--by", "nothing"]);
    assert!(
        said(&output).contains("no item has a field `nothing`"),
        "{}",
        said(&output)
    );
}
