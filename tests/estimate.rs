//! The tokens that run times are estimated from, beside those that real tokenizers make.

use std::collections::BTreeMap;

use polyclinic::benchmarks::demo;
use polyclinic::engine::tokenizer::Tokenizer;
use polyclinic::models::cache::Places;
use polyclinic::models::gguf::GgufFile;
use polyclinic::models::packaged;
use polyclinic::prompts::PromptText;
use polyclinic::runs::estimate::Work;

/// In every language of the demo questions the estimate is within a third of what the tokenizer makes, and in all
/// languages together within a tenth.
#[test]
fn tokens_are_near_those_of_real_tokenizers() {
    let places = Places::from_environment().unwrap();
    let benchmark = demo::benchmark().unwrap();
    for model in packaged::all() {
        let Some(path) = packaged::cached_path(model, &places) else {
            eprintln!("skipped: {} is not in the cache", model.name);
            continue;
        };
        let tokenizer = Tokenizer::from_gguf(&GgufFile::open(&path).unwrap()).unwrap();
        let vocabulary = tokenizer.len() as u64;
        let mut by_language: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for item in benchmark.items() {
            let letters = item
                .options
                .iter()
                .zip('A'..)
                .map(|(option, letter)| format!("{letter}. {option}\n"));
            let texts = format!("Question: {}\n{}Answer:", item.question, letters.collect::<String>());
            let mut prompt = PromptText::default();
            prompt.push_plain(&texts);
            let counts = by_language.entry(item.key.language.tag()).or_default();
            counts.0 += Work::of(item).tokens(vocabulary);
            counts.1 += tokenizer.encode(&prompt).unwrap().len() as f64;
        }
        let (mut estimated, mut real) = (0.0, 0.0);
        for (language, (guess, count)) in &by_language {
            eprintln!("{}, {language}: {guess:.0} for {count:.0}", model.name);
            assert!((guess / count - 1.0).abs() < 1.0 / 3.0, "{}, {language}", model.name);
            estimated += guess;
            real += count;
        }
        assert!(
            (estimated / real - 1.0).abs() < 0.1,
            "{}: {estimated} for {real}",
            model.name
        );
    }
}
