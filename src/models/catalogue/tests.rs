use super::*;
use crate::models::packaged;

#[test]
fn the_file_is_a_catalogue() {
    let catalogue = Catalogue::parse(FILE).unwrap();
    assert!(catalogue.entries().len() >= 90, "{}", catalogue.entries().len());
    let closed = catalogue.entries().iter().filter(|entry| entry.endpoint.is_some());
    assert!(closed.count() >= 15);
    for entry in catalogue.entries() {
        let reached = entry.repository.is_some() || entry.endpoint.is_some();
        assert!(
            reached || entry.note.is_some(),
            "{} can be had nowhere, and does not say so",
            entry.id
        );
        assert!(
            entry.endpoint.is_some() || entry.licence.is_some() || entry.note.is_some(),
            "{}",
            entry.id
        );
        if let Some(name) = &entry.packaged {
            assert!(packaged::find(name).is_some(), "{}", entry.id);
        }
    }
    for model in packaged::all() {
        let entry = catalogue
            .entries()
            .iter()
            .find(|entry| entry.packaged.as_deref() == Some(model.name));
        assert!(entry.is_some(), "{}", model.name);
    }
}

/// Models by the names that the tables print which we show beside runs.
#[test]
fn every_model_of_the_published_tables_is_there() {
    let catalogue = Catalogue::included();
    for (name, id) in [
        // Bridging Language Barriers in Healthcare, table 1.
        ("Qwen2.5-3B-Instruct", "qwen2.5-3b"),
        ("Qwen2.5-7B-Instruct", "qwen2.5-7b"),
        ("Pangea-7B", "pangea-7b"),
        ("Mistral-7B-Instruct_v0.3", "mistral-7b-instruct-v0.3"),
        ("Llama3.1-8B-Instruct", "llama-3.1-8b"),
        ("Silma-9B-Instruct-v1.0", "silma-9b"),
        ("Llama-3.1-70B-Instruct", "llama-3.1-70b"),
        ("Qwen2.5-72B-Instruct", "qwen2.5-72b"),
        ("Med42-Llama3.1-70B", "med42-llama-3.1-70b"),
        ("Meditron3-70B", "meditron3-70b"),
        ("BiMedix(Bilingual)", "bimedix-bilingual"),
        // Table 2, its translators.
        ("LlamaX", "llamax-3-8b"),
        ("Helsinki", "opus-mt-ar-en"),
        ("Flores 101", "flores-101"),
        ("Llama3.1-70B-Instruct", "llama-3.1-70b"),
        // Towards Building Multilingual Language Model for Medicine.
        ("GPT-3.5", "gpt-3.5"),
        ("GPT-4", "gpt-4"),
        ("Gemini-1.0 pro", "gemini-1.0-pro"),
        ("BLOOMZ", "bloomz-7b"),
        ("InternLM", "internlm-7b"),
        ("Llama2", "llama-2-7b"),
        ("ChatDoctor", "chatdoctor-7b"),
        ("MedAlpaca", "medalpaca-7b"),
        ("PMC-LLaMA", "pmc-llama-7b"),
        ("Mistral", "mistral-7b-v0.1"),
        ("InternLM 2", "internlm2-7b"),
        ("MMedLM", "mmedlm-7b"),
        ("MMedLM 2", "mmedlm-2-7b"),
    ] {
        let found = catalogue.named(name).map(|entry| entry.id.as_str());
        assert_eq!(found, Some(id), "{name}");
    }
    assert_eq!(catalogue.named("Qwen25-7B-Instruct"), None);
    assert!(catalogue.named("bartowski/nothing").is_none());
}

#[test]
fn a_model_has_what_it_was_made_from_left_it() {
    let catalogue = Catalogue::included();
    let silma = catalogue.find("silma-9b").unwrap();
    assert_eq!(silma.architecture.as_deref(), Some("gemma2"));
    assert_eq!(silma.parameters, catalogue.find("gemma-2-9b").unwrap().parameters);
    assert_eq!(silma.gated, Some(false));
    assert_eq!(silma.languages.len(), 2);
    // Over two steps, and with its own word where it has one.
    let nested = catalogue.find("biomistral-7b").unwrap();
    assert_eq!(nested.shape, catalogue.find("mistral-7b-v0.1").unwrap().shape);
    assert_eq!(nested.papers, ["biomistral"]);
    assert_eq!(
        catalogue.find("bimedix-bilingual").unwrap().active,
        Some(12_900_000_000)
    );
}

#[test]
fn files_are_named_as_their_repositories_do() {
    let catalogue = Catalogue::included();
    let entry = catalogue.find("qwen2.5-3b").unwrap();
    let usual = entry.usual_quantization().unwrap();
    let file = entry.file(usual).unwrap();
    assert_eq!(file.name().as_deref(), Some("qwen2.5-3b-instruct-q4_k_m.gguf"));
    // Without converted files, the weights are as they were trained.
    let entry = catalogue.find("meditron3-70b").unwrap();
    assert_eq!(entry.usual_quantization().unwrap().name, "BF16");
    assert_eq!(catalogue.find("gpt-4o").unwrap().usual_quantization(), None);
}

#[test]
fn what_is_wrong_is_told_with_line_and_field() {
    let model = |lines: &str| {
        format!("schema = 1\n[[family]]\nname = \"f\"\n[[family.model]]\nid = \"a\"\ntitle = \"A\"\n{lines}\n")
    };
    let second = "[[family.model]]\nid = \"b\"\ntitle = \"B\"\n";
    for (text, line, field, problem) in [
        ("schema = 2\n".to_owned(), 1, "schema", "schema 1"),
        (model("languages = [\"en\", \"english!\"]"), 7, "languages", "english!"),
        (model("parameters = \"7.6\""), 7, "parameters", "7.6"),
        (model("licens = \"MIT\""), 7, "licens", "unknown field"),
        (model("doubtful = [\"weather\"]"), 7, "doubtful", "weather"),
        (model("repository = \"no-owner\""), 7, "repository", "no-owner"),
        (
            model("gguf = [\n    { repository = \"o/n\", quantizations = [\"Q9\"] },\n]"),
            8,
            "gguf",
            "Q9",
        ),
        (
            model("gguf = [{ repository = \"o/n\", file = \"m.gguf\", quantizations = [\"Q8_0\"] }]"),
            7,
            "gguf",
            "m.gguf",
        ),
        (model("names = [\"x\"]\nbase = \"z\""), 8, "base", "`z`"),
        (
            model(&format!("base = \"b\"\n{second}base = \"a\"")),
            7,
            "base",
            "in turn",
        ),
        (model(&format!("{second}names = [\"A\"]")), 8, "id", "`a`"),
        (model("context = 10\npapers = [\"p\"]"), 8, "papers", "`p`"),
        (
            model("parameters = \"1 M\"\nshape = { layers = 1, width = 100, keys = 1, vocabulary = 20000 }"),
            8,
            "shape",
            "together",
        ),
        (
            model("repository = \"o/n\"\nendpoint = \"https://x\"\nserved_as = \"m\""),
            9,
            "served_as",
            "closed",
        ),
    ] {
        let error = Catalogue::parse(&text).unwrap_err();
        assert_eq!((error.line, error.field.as_str()), (line, field), "{text}\n{error}");
        assert!(error.problem.contains(problem), "{error}");
    }
}

#[test]
fn a_filter_keeps_what_it_says() {
    let catalogue = Catalogue::included();
    let ids = |filter: &Filter| -> Vec<&str> {
        let found = filter.list(
            catalogue,
            |entry| entry.architecture.as_deref() == Some("llama"),
            |_| false,
        );
        found.into_iter().map(|entry| entry.id.as_str()).collect()
    };
    let search = |text: &str| Filter {
        search: text.to_owned(),
        ..Filter::default()
    };
    assert_eq!(ids(&Filter::default()).len(), catalogue.entries().len());
    assert!(search("silma").is_empty() && ids(&search("SİLMA 9b")).contains(&"silma-9b"));
    // By what papers, languages and licences are called, too.
    assert!(ids(&search("2402.13253 arabic")).contains(&"bimedix-bilingual"));
    assert!(ids(&search("no such model at all")).is_empty());
    let arabic = Filter {
        language: Some("ar".parse().unwrap()),
        purpose: Some(Purpose::Medical),
        ungated: true,
        ..Filter::default()
    };
    let found = ids(&arabic);
    assert!(found.contains(&"bimedix2-8b") && !found.contains(&"meditron-7b") && !found.contains(&"medgemma-4b"));
    let narrow = Filter {
        size: Some(Size::Light),
        licence: Some("apache".to_owned()),
        runs: true,
        ..Filter::default()
    };
    for id in ids(&narrow) {
        let entry = catalogue.find(id).unwrap();
        assert!(
            (2_000_000_000..5_000_000_000).contains(&entry.parameters.unwrap()),
            "{id}"
        );
        assert_eq!(entry.architecture.as_deref(), Some("llama"));
    }
    let fitting = Filter {
        fits: true,
        ..Filter::default()
    };
    assert!(!fitting.is_empty() && ids(&fitting).is_empty());
}
