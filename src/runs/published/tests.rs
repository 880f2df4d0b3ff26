use super::*;

fn beside(task: &str, language: &str) -> Vec<Mark<'static>> {
    Published::included().beside(task, &language.parse().unwrap())
}

fn percent(marks: &[Mark<'_>], model: &str) -> Option<f64> {
    marks
        .iter()
        .find(|mark| mark.figure.model == model && mark.figure.setting.is_none())
        .map(|mark| mark.figure.percent)
}

#[test]
fn every_table_is_read() {
    let published = Published::included();
    // 11 models on 8 columns, 5 translators on 4, 13 models on 6 languages.
    assert_eq!(published.figures().len(), 11 * 8 + 5 * 4 + 13 * 6);
    assert_eq!(published.sources().len(), 5);
    assert_eq!(published.sources()[1].tokens, 230.69);
    assert!(published.figures().iter().all(|figure| !figure.differs.is_empty()));
}

#[test]
fn a_local_task_finds_what_papers_print() {
    for name in ["MedQA", "medqa_usmle", "MedQA.ar", "medqa (Arabic)", "medqa-4-options"] {
        let marks = beside(name, "ar");
        assert_eq!(percent(&marks, "Qwen2.5-72B-Instruct"), Some(76.1), "{name}");
        let translated: Vec<f64> = marks
            .iter()
            .filter(|mark| mark.figure.setting.is_some())
            .map(|mark| mark.figure.percent)
            .collect();
        assert_eq!(translated, [55.8, 40.8, 31.2, 70.5, 71.3], "{name}");
    }
    assert_eq!(percent(&beside("pubmedqa", "en"), "BiMedix(Bilingual)"), Some(77.2));
    assert_eq!(percent(&beside("mmlu_medical", "ar"), "Med42-Llama3.1-70B"), Some(67.7));
    assert_eq!(beside("mmlu_anatomy", "ar"), [], "one subject is not all of them");
    assert_eq!(beside("medqa_taiwan", "zh-TW"), []);
}

#[test]
fn mmedbench_is_matched_by_language_and_by_its_sources() {
    let french = beside("mmedbench", "fr");
    assert_eq!(percent(&french, "MMedLM 2 7B"), Some(38.26));
    assert_eq!(percent(&french, "GPT-4"), Some(56.59));
    let said = |marks: &[Mark<'_>], model: &str, words: &str| {
        let mark = marks.iter().find(|mark| mark.figure.model == model).unwrap();
        mark.differs.iter().any(|differs| differs.contains(words))
    };
    assert!(said(&french, "Mistral 7B", "fine-tuned on MMedBench") && !said(&french, "GPT-4", "fine-tuned"));
    let sources = beside("frenchmedmcqa", "fr");
    assert_eq!(percent(&sources, "GPT-4"), Some(56.59));
    assert!(said(&sources, "GPT-4", "as MMedBench puts them") && !said(&french, "GPT-4", "puts them"));
}

#[test]
fn averages_have_their_own_figures() {
    let arabic = "ar".parse().unwrap();
    let marks = Published::included().beside_average("mmmlu-medical", &arabic);
    assert_eq!(percent(&marks, "Qwen2.5-72B-Instruct"), Some(76.1));
    assert_eq!(Published::included().beside_average("medqa-usmle", &arabic), []);
}

#[test]
fn a_model_is_the_same_in_any_quantization() {
    let marks = beside("medqa", "ar");
    let of = |local: &str| {
        let found = marks.iter().filter(|mark| mark.figure.is_of(local));
        found.map(|mark| mark.figure.model.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of("Qwen2.5-7B-Instruct-Q4_K_M"), ["Qwen2.5-7B-Instruct"]);
    assert_eq!(of("qwen2.5-7b"), ["Qwen2.5-7B-Instruct"]);
    assert_eq!(of("Qwen2.5-14B-Instruct"), Vec::<&str>::new());
    assert_eq!(of("Gemma 3 270M"), Vec::<&str>::new());
}

#[test]
fn a_source_is_named_with_its_number() {
    let marks = beside("medqa", "ar");
    let source = marks[0].figure.source();
    assert!(
        source.ends_with("A Study on Arabic LLMs (arXiv 2501.09825), Table 1"),
        "{source}"
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let tables = |text: &'static str| [TABLES[0], TABLES[1], (TABLES[2].0, text)];
    let error = |text| {
        Published::parse(MATCHING, &tables(text), SOURCES)
            .unwrap_err()
            .to_string()
    };
    let head = "method,size,year,trained_on_MMedC,fine_tuned_on_MMedBench,en,zh,ja,fr,ru,es,average\n";
    let with = |line: &str| -> &'static str { Box::leak(format!("{head}{line}\n").into_boxed_str()) };
    assert_eq!(
        error(with("GPT,,2023,no,no,56,x,3,4,5,6,7")),
        "`mmedbench_accuracy.csv`, line 2, column `zh`: `x` is no number"
    );
    assert_eq!(
        error(with("GPT,,2023,no,no,56,152,3,4,5,6,7")),
        "`mmedbench_accuracy.csv`, line 2, column `zh`: 152 is no percentage"
    );
    assert!(error(with("GPT,,2023")).contains("line 2 has not the 12 plain cells"));
    assert!(error("method,size\nGPT,1\n").contains("column `en`: there is no such column"));
}
