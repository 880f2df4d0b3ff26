//! Every set of the field in the shape in which its owners ship it, on records written for this test.

use super::super::guess;
use super::archives::xlsx;
use super::*;

/// What a file should give: the first item's question, options and right answers.
struct Case {
    set: &'static str,
    file: &'static str,
    content: String,
    mappings: &'static [&'static str],
    fixed: &'static [&'static str],
    question: &'static str,
    options: &'static [&'static str],
    right: &'static [usize],
    /// Whether the guess finds the mapping by itself.
    guessed: bool,
}

const CASE: Case = Case {
    set: "",
    file: "",
    content: String::new(),
    mappings: &[],
    fixed: &[],
    question: "Where is the heart?",
    options: &["chest", "head", "leg", "arm"],
    right: &[0],
    guessed: true,
};

fn cases() -> Vec<Case> {
    vec![
        Case {
            set: "PubMedQA on GitHub",
            file: "ori_pqal.json",
            content: r#"{
 "123": {"QUESTION": "Does it help?", "CONTEXTS": ["It was &lt; 5.", "It was $x_1$."], "LABELS": ["BACKGROUND", "RESULTS"],
  "MESHES": ["Adult"], "YEAR": "2011", "final_decision": "no", "LONG_ANSWER": "It does not help at all."},
 "124": {"QUESTION": "Is it so?", "CONTEXTS": ["Nobody knows it."], "LABELS": ["RESULTS"], "MESHES": [], "YEAR": "2012",
  "final_decision": "yes", "LONG_ANSWER": "It seems to be so."},
 "125": {"QUESTION": "Was it so?", "CONTEXTS": ["Nobody knew it."], "LABELS": ["RESULTS"], "MESHES": [], "YEAR": "2012",
  "final_decision": "maybe", "LONG_ANSWER": "It may have been so."}
}"#
            .to_owned(),
            mappings: &["QUESTION=question", "CONTEXTS=context", "final_decision=answer"],
            fixed: &["yes", "no", "maybe"],
            question: "Does it help?",
            options: &["yes", "no", "maybe"],
            right: &[1],
            ..CASE
        },
        Case {
            set: "MedMCQA, original, counted from 1",
            file: "dev.json",
            content: [
                r#"{"question":"Where is the heart?","exp":null,"cop":1,"opa":"chest","opb":"head","opc":"leg","opd":"arm","subject_name":"Anatomy","id":"x"}"#,
                r#"{"question":"Where is the brain?","exp":"It is there, in the head.","cop":4,"opa":"chest","opb":"leg","opc":"arm","opd":"head","subject_name":"Anatomy","id":"y"}"#,
            ]
            .join("\n"),
            mappings: &["opa=option_a", "opb=option_b", "opc=option_c", "opd=option_d", "cop=answer_index1"],
            ..CASE
        },
        Case {
            set: "MedQA",
            file: "test.jsonl",
            content: r#"{"question": "Where is the heart?", "answer": "chest", "options": {"A": "chest", "B": "head", "C": "leg", "D": "arm"}, "meta_info": "step1", "answer_idx": "A"}"#.to_owned(),
            mappings: &["answer_idx=answer_letter"],
            ..CASE
        },
        Case {
            set: "MMMLU",
            file: "mmlu_AR-XY.csv",
            content: ",Question,A,B,C,D,Answer,Subject\n0,Where is the heart?,chest,head,leg,arm,A,anatomy\n1,Q?,w,x,y,z,D,anatomy\n".to_owned(),
            mappings: &["column_1=id", "A=option_a", "B=option_b", "C=option_c", "D=option_d"],
            ..CASE
        },
        Case {
            set: "MMLU without header",
            file: "anatomy_test.csv",
            content: "Where is the heart?,chest,head,leg,arm,A\n\"Where, then?\",w,x,y,z,D\n".to_owned(),
            mappings: &["column_1=question", "column_2=option_a", "column_3=option_b", "column_4=option_c", "column_5=option_d", "column_6=answer"],
            ..CASE
        },
        Case {
            set: "XMedBench",
            file: "headqa.json",
            content: r#"[{"question": "Where is the heart?", "options": "(A) chest\n(B) head\n(C) leg\n(D) arm", "answer": "(ABD)", "source": "headqa"}]"#.to_owned(),
            mappings: &[],
            right: &[0, 1, 3],
            ..CASE
        },
        Case {
            set: "FrenchMedMCQA",
            file: "test.json",
            content: r#"[{"id": "x", "question": "Where is the heart?", "answers": {"a": "chest", "b": "head", "c": "leg", "d": "arm"}, "correct_answers": ["c", "a"], "subject_name": "pharmacie", "nbr_correct_answers": 2}]"#.to_owned(),
            mappings: &["answers=options", "correct_answers=answer"],
            right: &[0, 2],
            ..CASE
        },
        Case {
            set: "MMedBench, several right",
            file: "Chinese.jsonl",
            content: r#"{"question": "Where is the heart?", "options": {"A": "chest", "B": "head", "C": "leg", "D": "arm"}, "answer_idx": "A,C", "rationale": "why", "human_checked": 1}"#.to_owned(),
            mappings: &["answer_idx=answer"],
            right: &[0, 2],
            ..CASE
        },
        Case {
            set: "HEAD-QA, a list of objects",
            file: "test.jsonl",
            content: r#"{"qid": 1, "qtext": "Where is the heart?", "ra": 1, "answers": [{"aid": 1, "atext": "chest"}, {"aid": 2, "atext": "head"}, {"aid": 3, "atext": "leg"}, {"aid": 4, "atext": "arm"}]}
{"qid": 2, "qtext": "And the brain?", "ra": 4, "answers": [{"aid": 1, "atext": "w"}, {"aid": 2, "atext": "x"}, {"aid": 3, "atext": "y"}, {"aid": 4, "atext": "z"}]}"#
                .to_owned(),
            mappings: &["qtext=question", "answers.atext=options", "ra=answer_index1"],
            ..CASE
        },
        Case {
            set: "HEAD-QA, exams in an object",
            file: "train_HEAD_v1.json",
            content: r#"{
 "version": "1.0",
 "exams": {
  "Cuaderno_2013_1_B": {
   "data": [
    {"qid": "1", "qtext": "Where is the heart?", "ra": "1", "image": "", "answers": [{"aid": 1, "atext": "chest"}, {"aid": 2, "atext": "head"}, {"aid": 3, "atext": "leg"}, {"aid": 4, "atext": "arm"}]}
   ],
   "name": "Cuaderno_2013_1_B", "year": "2013", "category": "biology"
  },
  "Cuaderno_2014_1_E": {"name": "Cuaderno_2014_1_E", "year": "2014", "category": "nursing", "data": [
    {"qid": "1", "qtext": "And the brain?", "ra": "4", "answers": [{"aid": 1, "atext": "w"}, {"aid": 2, "atext": "x"}, {"aid": 3, "atext": "y"}, {"aid": 4, "atext": "z"}]}
  ]}
 }
}"#.to_owned(),
            mappings: &["qtext=question", "answers.atext=options", "ra=answer_index1", "category=subject", "@key=task"],
            ..CASE
        },
        Case {
            set: "CMExam, letters without marks",
            file: "test.csv",
            content: "Question,Options,Answer\nWhere is the heart?,\"A chest\nB head\nC leg\nD arm\",AC\n".to_owned(),
            mappings: &["Options=options"],
            right: &[0, 2],
            ..CASE
        },
        Case {
            set: "AfriMed-QA, JSON in a cell",
            file: "afrimed.csv",
            content: "sample_id,question,answer_options,correct_answer\nx,Where is the heart?,\"{\"\"option1\"\": \"\"chest\"\", \"\"option2\"\": \"\"head\"\", \"\"option3\"\": \"\"leg\"\", \"\"option4\"\": \"\"arm\"\"}\",\"option1,option3\"\n".to_owned(),
            mappings: &["sample_id=id", "answer_options=options", "correct_answer=answer"],
            right: &[0, 2],
            ..CASE
        },
        Case {
            set: "IgakuQA",
            file: "116.jsonl",
            content: r#"{"problem_id": "1", "problem_text": "Where is the heart?", "choices": ["chest", "head", "leg", "arm"], "answer": ["a", "d"]}"#.to_owned(),
            mappings: &["problem_text=question", "choices=options"],
            right: &[0, 3],
            ..CASE
        },
        Case {
            set: "RuMedDaNet",
            file: "rumed.jsonl",
            content: "{\"pairID\": \"1\", \"context\": \"Сердце находится в груди.\", \"question\": \"Оно в груди?\", \"answer\": \"да\"}\n{\"pairID\": \"2\", \"context\": \"Мозг находится в голове.\", \"question\": \"Он в ноге?\", \"answer\": \"нет\"}".to_owned(),
            mappings: &[],
            fixed: &["да", "нет"],
            question: "Оно в груди?",
            options: &["да", "нет"],
            ..CASE
        },
        Case {
            set: "options within an Arabic question",
            file: "araben.csv",
            content: "السؤال,الإجابة\n\"أين القلب؟\nأ) الصدر\nب) الرأس\",أ\n\"أين الدماغ؟\nأ) الصدر\nب) الرأس\",ب\n".to_owned(),
            mappings: &["السؤال=question_with_options", "الإجابة=answer"],
            question: "أين القلب؟",
            options: &["الصدر", "الرأس"],
            ..CASE
        },
        Case {
            set: "CasiMedicos",
            file: "EN.test.tsv",
            content: "QUESTION O\nTYPE: O\nANATOMY O\n\nCLINICAL O\nCASE: O\n\nA B-Premise\nman. I-Premise\n\nWhere O\nis O\nthe O\nheart? O\n\n1- O\nchest O\n\n2- O\nhead O\n\n3- O\nleg O\n\n4- O\narm O\n\nCORRECT O\nANSWER: O\n1 O\n\nIt O\nis. O\n".to_owned(),
            mappings: &[],
            ..CASE
        },
    ]
}

#[test]
fn every_set_is_read_with_its_mapping() {
    for case in cases() {
        let mut options = mapped(case.mappings);
        options.fixed_options = case.fixed.iter().map(|&option| option.to_owned()).collect();
        options.without_header = case.set.ends_with("without header");
        let import =
            read_with(case.file, &case.content, &options).unwrap_or_else(|error| panic!("{}: {error}", case.set));
        check(&case, &import);
    }
}

#[test]
fn every_set_is_guessed_but_for_its_language() {
    for case in cases().into_iter().filter(|case| case.guessed) {
        let fixture = fixture(case.file, &case.content);
        let said = ImportOptions {
            language: Some("ar".parse().unwrap()),
            ..ImportOptions::default()
        };
        let guess = guess::guess(&fixture.path, &said).unwrap();
        let options = guess
            .clone()
            .settled()
            .unwrap_or_else(|open| panic!("{}: {open}\n{guess:#?}", case.set));
        let import = read(&fixture.path, &options).unwrap_or_else(|error| panic!("{}: {error}", case.set));
        check(&case, &import);
        let open = guess::guess(&fixture.path, &ImportOptions::default())
            .unwrap()
            .settled();
        assert!(open.is_err(), "{}: a language is never chosen silently", case.set);
    }
}

fn check(case: &Case, import: &Import) {
    assert!(import.rejected.is_empty(), "{}: {import}", case.set);
    let item = &import.items[0];
    assert_eq!(item.question, case.question, "{}", case.set);
    assert_eq!(item.options, case.options, "{}", case.set);
    assert_eq!(item.right, case.right, "{}", case.set);
}

#[test]
fn contexts_are_joined_and_texts_are_kept_exactly() {
    let case = &cases()[0];
    let mut options = mapped(case.mappings);
    options.fixed_options = case.fixed.iter().map(|&option| option.to_owned()).collect();
    let import = read_with(case.file, &case.content, &options).unwrap();
    assert_eq!(import.items[0].key.id, "123");
    assert_eq!(
        import.items[0].context.as_deref(),
        Some("It was &lt; 5.\nIt was $x_1$.")
    );
}

#[test]
fn what_a_path_leaves_of_a_column_is_kept() {
    let line = r#"{"id":"1","language":"en","question":"?","CONTEXT":{"contexts":["a","b"],"labels":["x","y"]},"options":["v","w"],"answer":"B"}"#;
    let options = ImportOptions {
        mappings: vec!["CONTEXT.contexts=context".parse().unwrap()],
        ..ImportOptions::default()
    };
    let import = read_with("a.jsonl", line, &options).unwrap();
    assert_eq!(import.items[0].context.as_deref(), Some("a\nb"));
    assert_eq!(
        serde_json::Value::Object(import.items[0].extra.clone()).to_string(),
        r#"{"CONTEXT":{"labels":["x","y"]}}"#
    );
}

#[test]
fn lists_under_names_are_read_with_their_lines() {
    let text = format!(
        "{{\n\"version\": 1,\n\"test\": [\n{GOOD},\n{{\"id\": 1}}],\n\"dev\": [{}]\n}}",
        GOOD.replace("good", "shown")
    );
    let options = ImportOptions {
        mappings: vec!["@key=split".parse().unwrap()],
        ..ImportOptions::default()
    };
    let import = read_with("a.json", &text, &options).unwrap();
    assert_eq!((import.items.len(), import.examples.len()), (1, 1));
    assert_eq!(import.rejected[0].place, at_line(5));
}

#[test]
fn malformed_files_name_their_line() {
    for (name, content, expected) in [
        ("a.json", "[\n{\"id\": 1},\n{\"id\": }\n]", "line 3"),
        ("a.json", "{\n\"1\": {\"id\": 1},\n\"2\": {\n}", "line 4"),
        ("a.json", "[\n{\"id\": 1}\n", "line 3"),
        ("a.csv", "\n\"id,question\n1,2", "line 2"),
        ("a.csv", "id,id\n1,2", "line 1"),
        ("a.tsv", "id\tq\n\"1\t2\n", "line 2"),
        ("a.jsonl", "{\"id\": 1\n", "line 1"),
    ] {
        let error = read_default(name, content).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
}

#[test]
fn zero_and_one_are_never_chosen_where_both_fit() {
    let lines = |numbers: &[u32]| -> String {
        let line = |number: &u32| {
            format!(
                "{{\"question\":\"Which of these is it, {number}?\",\"choices\":[\"w\",\"x\",\"y\",\"z\"],\"gold\":{number}}}\n"
            )
        };
        numbers.iter().map(line).collect()
    };
    let said = mapped(&[]);
    let guess = |numbers: &[u32]| guess::guess(&fixture("a.jsonl", lines(numbers)).path, &said).unwrap();
    let both = guess(&[1, 2, 3]);
    let [doubt @ guess::Doubt::IndexBase { column, readings }] = both.doubts.as_slice() else {
        panic!("{both:#?}");
    };
    assert_eq!(
        (
            column.as_str(),
            readings[0].from_zero.as_deref(),
            readings[0].from_one.as_deref()
        ),
        ("gold", Some("x"), Some("w"))
    );
    let told = both.clone().settled().unwrap_err().to_string();
    assert!(
        told.contains("`--map gold=answer_index0` or `--map gold=answer_index1`"),
        "{told}"
    );
    let mut chosen = said.clone();
    doubt.choices()[1].apply(&mut chosen);
    let settled = guess::guess(&fixture("a.jsonl", lines(&[1, 2, 3])).path, &chosen)
        .unwrap()
        .settled()
        .unwrap();
    let import = read_with("a.jsonl", lines(&[1, 2, 3]), &settled).unwrap();
    assert_eq!(import.items[0].right, [0]);
    assert!(guess(&[0, 3]).arguments().contains("gold=answer_index0"));
    assert!(guess(&[1, 4]).arguments().contains("gold=answer_index1"));
}

#[test]
fn two_questions_and_bare_truth_are_doubts() {
    let said = mapped(&[]);
    let two = "question_en,question_ar,A,B,answer\nWhere is it?,أين هو؟,x,y,A\n";
    let guess = |text: &str| guess::guess(&fixture("a.csv", text).path, &said).unwrap().doubts;
    assert!(
        matches!(guess(two).as_slice(), [guess::Doubt::Columns { field: Field::Question, candidates }] if candidates.len() == 2)
    );
    let truth = "question,label\nIs the sky blue?,1\nIs grass red?,0\n";
    assert!(matches!(guess(truth).as_slice(), [guess::Doubt::FixedOptions { column, .. }, ..] if column == "label"));
}

#[test]
fn an_arabic_spreadsheet_is_guessed() {
    let rows: &[&[&str]] = &[
        &["الرقم", "السؤال", "الخيار أ", "الخيار ب", "الإجابة الصحيحة"],
        &["1", "ما هو القلب في الجسم؟", "عضلة", "عظم", "أ"],
        &["2", "ما هو الدماغ في الرأس؟", "عظم", "عضو", "ب"],
    ];
    let fixture = fixture("a.xlsx", xlsx(&[("أسئلة", rows)], 1));
    let guess = guess::guess(&fixture.path, &ImportOptions::default()).unwrap();
    let [guess::Doubt::Language { suggestions, .. }] = guess.doubts.as_slice() else {
        panic!("{guess:#?}");
    };
    assert_eq!(suggestions[0].tag(), "ar");
    let mut options = guess.options.clone();
    guess.doubts[0].choices()[0].apply(&mut options);
    let import = read(&fixture.path, &options).unwrap();
    assert_eq!(import.items.len(), 2);
    assert_eq!(import.items[1].right, [1]);
    assert_eq!(import.provenance.fields["question"], "السؤال");
}

#[test]
fn a_helpers_files_are_guessed() {
    let arabic = "الرقم,السؤال,الخيار أ,الخيار ب,الخيار ج,الخيار د,الإجابة الصحيحة,التخصص\n\
        1,ما العضو الذي يضخ الدم؟,الكبد,القلب,الرئة,المعدة,2,القلب\n2,أين ينتج الأنسولين؟,البنكرياس,الكلية,الطحال,المثانة,1,الغدد\n\
        3,كم عدد حجرات القلب؟,واحدة,اثنتان,ثلاث,أربع,3,القلب\n";
    let found = guess::guess(&fixture("a.csv", arabic).path, &ImportOptions::default()).unwrap();
    assert_eq!(
        found
            .fields
            .iter()
            .filter(|guessed| matches!(guessed.mapping.field, Field::Option(_)))
            .count(),
        4
    );
    let [
        guess::Doubt::IndexBase { column, .. },
        guess::Doubt::Language { suggestions, .. },
    ] = found.doubts.as_slice()
    else {
        panic!("{found:#?}");
    };
    assert_eq!((column.as_str(), suggestions[0].tag()), ("الإجابة الصحيحة", "ar"));
    let rows = ["A", "A", "7", "A", "A"].iter().enumerate();
    let rows: String = rows
        .map(|(id, answer)| format!("{id},en,Which is the one?,x,y,z,{answer}\n"))
        .collect();
    let text = format!("id,language,question,option_a,option_b,option_c,answer\n{rows}");
    let found = guess::guess(&fixture("a.csv", text).path, &ImportOptions::default()).unwrap();
    assert!(found.doubts.is_empty(), "{found:#?}");
    assert!(
        found
            .fields
            .iter()
            .any(|guessed| guessed.mapping.field == Field::Answer)
    );
    assert_eq!(found.columns[6].first, ["A", "A", "7", "A", "A"]);
}

#[test]
fn what_stands_beside_a_list_of_records_holds_of_each_of_them() {
    let exam = |name: &str, category: &str, question: &str| {
        format!(
            r#""{name}": {{"year": "2013", "data": [
{{"qid": "1", "qtext": "{question}", "ra": "2", "answers": [{{"atext": "no"}}, {{"atext": "yes"}}]}},
{{"qid": "2", "qtext": "", "ra": "2", "answers": [{{"atext": "no"}}, {{"atext": "yes"}}]}}
], "category": "{category}"}}"#
        )
    };
    let exams = [
        exam("A_2013", "biology", "Is it?"),
        exam("B_2013", "nursing", "¿Lo es?"),
    ];
    let content = format!(
        "{{\"version\": 1, \"language\": \"es\", \"exams\": {{{}}}}}",
        exams.join(",\n")
    );
    let mut options = mapped(&[
        "qtext=question",
        "answers.atext=options",
        "ra=answer_index1",
        "category=subject",
        "@key=task",
    ]);
    options.language = None;
    let import = read_with("head.json", content, &options).unwrap();
    let seen = import.items.iter().map(|item| {
        let year = item.extra.get("year").and_then(serde_json::Value::as_str);
        (
            &*item.task,
            item.subject.as_deref(),
            item.key.language.tag(),
            year,
            item.right.as_slice(),
        )
    });
    let expected = [
        ("A_2013", Some("biology"), "es", Some("2013"), [1].as_slice()),
        ("B_2013", Some("nursing"), "es", Some("2013"), [1].as_slice()),
    ];
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    let places: Vec<String> = import
        .rejected
        .iter()
        .map(|rejected| rejected.place.to_string())
        .collect();
    assert_eq!(places, ["line 3", "line 7"]);
}
