//! `polyclinic generate`.

use super::{Place, said};

#[test]
fn it_writes_and_says_how_it_ended() {
    let place = Place::new();
    let model = place.model();
    let output = place.run(&["generate", &model, "--prompt", "Hi", "--max-tokens", "5"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(output.stdout.ends_with(b"\n"));
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(
        notes.contains("5 tokens") && notes.contains("cut at --max-tokens"),
        "{notes}"
    );
}

#[test]
fn several_prompts_give_their_lines_in_order_and_a_seed_repeats_them() {
    let place = Place::new();
    let model = place.model();
    let lines = |seed: &str| {
        let arguments = [
            "--prompt",
            "one",
            "--prompt",
            "two",
            "--format",
            "jsonl",
            "--temperature",
            "1",
        ];
        let output = place.works(
            &[
                &["generate", &model, "--max-tokens", "12", "--seed", seed],
                &arguments[..],
            ]
            .concat(),
        );
        let lines = output.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<serde_json::Value>>()
    };
    let first = lines("1");
    assert_eq!([&first[0]["prompt"], &first[1]["prompt"]], ["one", "two"]);
    assert_eq!(
        [&first[0]["ending"], &first[0]["tokens"]],
        [&"limit".into(), &serde_json::json!(12)]
    );
    assert_eq!(first, lines("1"));
    assert_ne!(first, lines("2"));
    let alone = place.works(&[
        "generate",
        &model,
        "--max-tokens",
        "12",
        "--seed",
        "1",
        "--temperature",
        "1",
        "--prompt",
        "two",
    ]);
    assert_eq!(
        alone.trim_end_matches('\n'),
        first[1]["text"].as_str().unwrap().trim_end_matches('\n')
    );
}

#[test]
fn what_cannot_be_written_is_told_in_words() {
    let place = Place::new();
    let model = place.model();
    for (arguments, expected) in [
        (&["--prompt", "Hi", "--chat"][..], "no chat template"),
        (&["--prompt", "Hi", "--top-p", "2"], "top-p is 2"),
        (
            &["--prompt", &"x".repeat(5000)],
            "the prompt has 5001 tokens; the model reads at most 4096",
        ),
    ] {
        let output = place.run(&[&["generate", &model], arguments].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(said(&output).contains(expected), "{}", said(&output));
    }
}
