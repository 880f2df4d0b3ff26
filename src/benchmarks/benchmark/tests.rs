//! Benchmarks written, read back, damaged, and added to.

use super::*;
use crate::benchmarks::item::tests::fields;

fn item(id: &str, language: &str) -> Item {
    let mut fields = fields();
    fields.key.id = id.to_owned();
    fields.key.language = language.parse().unwrap();
    Item::new(fields).unwrap()
}

fn benchmark() -> Benchmark {
    let mut rich = item("q2", "ar").into_fields();
    rich.question = "أي وعاء يحمل الدم المؤكسج؟\n\"سطر\"".to_owned();
    rich.rationale = Some("لأن…".to_owned());
    rich.extra = serde_json::from_str(r#"{"year": 2024, "tags": ["a", {"b": null}]}"#).unwrap();
    let description = Description {
        title: "Everyday medicine".to_owned(),
        licence: Some("CC0".to_owned()),
        source: None,
        note: Some("not clinically reviewed".to_owned()),
    };
    Benchmark::new(
        "everyday",
        description,
        vec![item("q1", "en"), Item::new(rich).unwrap()],
    )
    .unwrap()
}

#[test]
fn saves_and_loads_everything() {
    let folder = tempfile::tempdir().unwrap();
    let saved = benchmark();
    saved.save(folder.path()).unwrap();
    assert_eq!(Benchmark::load(folder.path(), "everyday").unwrap(), saved);
    assert_eq!(Benchmark::names(folder.path()).unwrap(), ["everyday"]);
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, 2, "no temporary file stays");
}

/// The file of items that the description names.
fn items_path(folder: &Path, name: &str) -> PathBuf {
    folder.join(read_sidecar(&description_path(folder, name)).unwrap().file.unwrap())
}

#[test]
fn a_save_that_is_cut_short_leaves_the_benchmark_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let before = benchmark();
    before.save(folder.path()).unwrap();
    let path = folder.path().join("everyday.toml");
    let description = std::fs::read(&path).unwrap();
    let old_path = items_path(folder.path(), "everyday");
    let old = std::fs::read(&old_path).unwrap();
    let mut after = before.clone();
    after.add(vec![item("q3", "fr")]);
    after.save(folder.path()).unwrap();
    assert_eq!(Benchmark::load(folder.path(), "everyday").unwrap(), after);
    assert!(!old_path.exists(), "the old items are removed");
    // As it lies between the two files: the new items written, the description and its items still the old ones.
    std::fs::write(&path, description).unwrap();
    std::fs::write(&old_path, old).unwrap();
    assert_eq!(Benchmark::load(folder.path(), "everyday").unwrap(), before);
}

#[test]
fn a_description_without_a_file_has_items_of_its_own_name() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("workspaces/demo/benchmarks");
    assert_eq!(Benchmark::load(&demo, "everyday-medicine").unwrap().items().len(), 672);

    let folder = tempfile::tempdir().unwrap();
    let saved = benchmark();
    saved.save(folder.path()).unwrap();
    let path = folder.path().join("everyday.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("file = ")).collect();
    std::fs::write(&path, without.join("\n")).unwrap();
    let plain = folder.path().join("everyday.parquet");
    std::fs::rename(folder.path().join(items_file_of(&text)), &plain).unwrap();
    assert_eq!(Benchmark::load(folder.path(), "everyday").unwrap(), saved);
    saved.save(folder.path()).unwrap();
    assert!(!plain.exists(), "the old items are removed");
    assert_eq!(Benchmark::load(folder.path(), "everyday").unwrap(), saved);
}

#[test]
fn benchmarks_whose_names_begin_alike_keep_to_their_files() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["MMLU 2", "MMLU 2.0", "MMLU 2.0.0123456789ab"];
    for count in 1..3 {
        for name in names {
            let items = (0..count).map(|number| item(&format!("{name} {number}"), "en"));
            let benchmark = Benchmark::new(name, Description::default(), items.collect()).unwrap();
            benchmark.save(folder.path()).unwrap();
        }
        assert_eq!(Benchmark::names(folder.path()).unwrap(), names);
        for name in names {
            assert_eq!(Benchmark::load(folder.path(), name).unwrap().items().len(), count);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 6);
    }
    assert!(!is_items_file("MMLU 2.0.parquet", "MMLU 2"));
    assert!(!is_items_file("MMLU 2.0.0123456789ab.parquet", "MMLU 2"));
}

#[test]
fn items_outside_the_folder_are_refused_and_never_removed() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("benchmarks");
    let saved = benchmark();
    saved.save(&folder).unwrap();
    let items = items_path(&folder, "everyday");
    let outside = parent.path().join("outside.parquet");
    std::fs::copy(items, &outside).unwrap();
    let path = folder.join("everyday.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let named = items_file_of(&text);
    let absolute = outside.display().to_string();
    for file in [
        "../outside.parquet",
        &absolute,
        "",
        ".parquet",
        "..",
        "C:x.parquet",
        "a\\\\b.parquet",
    ] {
        std::fs::write(&path, text.replace(named, file)).unwrap();
        let error = Benchmark::load(&folder, "everyday").unwrap_err();
        assert!(matches!(error, BenchmarkError::OutsideFolder { .. }), "{file}: {error}");
        saved.save(&folder).unwrap();
        assert!(outside.exists(), "{file}");
    }
}

/// The value of `file` in a description.
fn items_file_of(text: &str) -> &str {
    let line = text.lines().find_map(|line| line.strip_prefix("file = ")).unwrap();
    line.trim_matches('"')
}

#[test]
fn unknown_fields_of_the_description_survive() {
    let folder = tempfile::tempdir().unwrap();
    benchmark().save(folder.path()).unwrap();
    let path = folder.path().join("everyday.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("\n[review]\nby = \"A. Clinician\"\n");
    std::fs::write(&path, text).unwrap();
    Benchmark::load(folder.path(), "everyday")
        .unwrap()
        .save(folder.path())
        .unwrap();
    let again = std::fs::read_to_string(&path).unwrap();
    assert!(again.contains("A. Clinician"), "{again}");
    assert!(again.contains("schema = 1"), "{again}");
}

#[test]
fn the_hash_follows_what_models_see() {
    let first = benchmark();
    let mut reversed: Vec<Item> = first.items().to_vec();
    reversed.reverse();
    let same = Benchmark::new("other", Description::default(), reversed).unwrap();
    assert_eq!(same.hash(), first.hash());
    let mut changed = first.items()[0].clone().into_fields();
    changed.right = vec![1];
    let items = vec![Item::new(changed).unwrap(), first.items()[1].clone()];
    assert_ne!(
        Benchmark::new("other", Description::default(), items).unwrap().hash(),
        first.hash()
    );
}

#[test]
fn adding_reports_duplicates_and_keeps_what_was_there() {
    let mut benchmark = benchmark();
    let before = benchmark.hash().to_owned();
    let mut other = item("q1", "en").into_fields();
    other.question = "Another question?".to_owned();
    let added = benchmark.add(vec![Item::new(other).unwrap(), item("q1", "fr")]);
    assert_eq!(added.added, 1);
    assert_eq!(added.duplicates, [benchmark.items()[0].key.clone()]);
    assert_eq!(benchmark.items()[0].question, fields().question);
    assert_eq!(benchmark.languages().keys().collect::<Vec<_>>(), ["ar", "en", "fr"]);
    assert_ne!(benchmark.hash(), before);
}

#[test]
fn refuses_names_that_are_no_file_names() {
    for name in [
        "", ".", "..", "a/b", "a\\b", "a:b", ".hidden", "ends ", "ends.", "nul", "COM1.x", "a\nb",
    ] {
        assert!(!is_safe_name(name), "{name:?}");
    }
    for name in ["everyday-medicine", "MMLU 2.0", "أسئلة", "प्रश्न", "com10"] {
        assert!(is_safe_name(name), "{name:?}");
    }
}

#[test]
fn refuses_what_is_empty_newer_or_changed() {
    let error = Benchmark::new("none", Description::default(), Vec::new()).unwrap_err();
    assert!(matches!(error, BenchmarkError::Empty(_)));
    let twice = vec![item("q1", "en"), item("q1", "en")];
    let error = Benchmark::new("twice", Description::default(), twice).unwrap_err();
    assert!(matches!(error, BenchmarkError::Duplicate { .. }));

    let folder = tempfile::tempdir().unwrap();
    benchmark().save(folder.path()).unwrap();
    let path = folder.path().join("everyday.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("schema = 1", "schema = 2")).unwrap();
    let error = Benchmark::load(folder.path(), "everyday").unwrap_err();
    assert!(matches!(error, BenchmarkError::Newer { found: 2, .. }));

    std::fs::write(&path, text.replace("\nsha256 = \"", "\nsha256 = \"0")).unwrap();
    let error = Benchmark::load(folder.path(), "everyday").unwrap_err();
    assert!(matches!(error, BenchmarkError::Hash { .. }));
}

#[test]
fn damaged_items_are_never_taken_for_right_ones() {
    let folder = tempfile::tempdir().unwrap();
    benchmark().save(folder.path()).unwrap();
    let path = items_path(folder.path(), "everyday");
    let whole = std::fs::read(&path).unwrap();
    for length in (0..whole.len()).step_by(97) {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(Benchmark::load(folder.path(), "everyday").is_err(), "{length} bytes");
    }
    for place in (0..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x55;
        std::fs::write(&path, &damaged).unwrap();
        let error = Benchmark::load(folder.path(), "everyday").unwrap_err();
        assert!(matches!(error, BenchmarkError::Hash { .. }), "byte {place}: {error}");
    }
}

#[test]
fn examples_are_kept_beside_the_items_and_count_in_the_hash() {
    let folder = tempfile::tempdir().unwrap();
    let item = |id: &str| {
        let mut fields = fields();
        fields.key.id = id.to_owned();
        Item::new(fields).unwrap()
    };
    let bare = Benchmark::new("b", Description::default(), vec![item("1")]).unwrap();
    let taught = bare.clone().with_examples(vec![item("2"), item("1")]).unwrap();
    assert_ne!(taught.hash(), bare.hash());
    assert_ne!(
        taught.hash(),
        bare.clone().with_examples(vec![item("1"), item("2")]).unwrap().hash()
    );
    taught.save(folder.path()).unwrap();
    let loaded = Benchmark::load(folder.path(), "b").unwrap();
    assert_eq!(loaded, taught);
    assert_eq!(loaded.languages()["en"], 1);
}

#[test]
fn how_items_came_about_is_kept_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("set.csv");
    std::fs::write(&path, "Frage,a,b,key\nQ?,x,y,2\n").unwrap();
    let mappings = ["Frage=question", "a=option_a", "b=option_b", "key=answer_index1"];
    let options = ImportOptions {
        mappings: mappings.map(|mapping| mapping.parse().unwrap()).to_vec(),
        language: Some("de".parse().unwrap()),
        ..ImportOptions::default()
    };
    let mut import = import::read(&path, &options).unwrap();
    import.provenance.revision = Some("abc".to_owned());
    let benchmark = Benchmark::from_import("set", Description::default(), import).unwrap();
    benchmark.save(folder.path()).unwrap();
    let description = folder.path().join("set.toml");
    let text = std::fs::read_to_string(&description).unwrap();
    assert!(text.contains("\"key=answer_index1\""), "{text}");
    let newer = text.replace(
        "revision = \"abc\"",
        "revision = \"abc\"\nchecked_by = \"a later version\"",
    );
    std::fs::write(&description, newer).unwrap();
    let mut loaded = Benchmark::load(folder.path(), "set").unwrap();
    let [kept] = loaded.imports() else {
        panic!("{:?}", loaded.imports())
    };
    assert_eq!((kept.file.as_str(), kept.items, kept.sha256.len()), ("set.csv", 1, 64));
    assert_eq!((&kept.options, kept.fields["question"].as_str()), (&options, "Frage"));
    assert_eq!(kept.rest["checked_by"].as_str(), Some("a later version"));
    // The next file of the same shape is read as this one was, and both are known.
    std::fs::write(&path, "Frage,a,b,key,id\nR?,x,y,1,r\n").unwrap();
    let added = loaded.add_import(import::read(&path, &kept.options.clone()).unwrap());
    assert_eq!((added.added, loaded.imports().len()), (1, 2));
    loaded.save(folder.path()).unwrap();
    assert_eq!(Benchmark::load(folder.path(), "set").unwrap(), loaded);
}
