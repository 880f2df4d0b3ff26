//! Which language texts seem to be in, by their script and their commonest words: a suggestion only.

use crate::language::{Language, Script};

/// Words that nearly every text has, by language; those of neighbours are told apart by words only one has.
const WORDS: &[(&str, &[&str])] = &[
    ("en", &["the", "of", "is", "which", "and", "following", "with", "what"]),
    (
        "fr",
        &["les", "est", "des", "une", "le", "quelle", "parmi", "dans", "du"],
    ),
    (
        "de",
        &["der", "die", "und", "welche", "ist", "eine", "bei", "nicht", "das"],
    ),
    (
        "es",
        &["el", "los", "cuál", "una", "las", "del", "es", "siguientes", "por"],
    ),
    (
        "pt",
        &["os", "uma", "qual", "não", "dos", "da", "seguintes", "são", "do"],
    ),
    (
        "it",
        &["il", "della", "quale", "che", "gli", "è", "seguenti", "di", "nel"],
    ),
    ("nl", &["het", "een", "welke", "van", "de", "niet", "wordt"]),
    ("pl", &["jest", "się", "które", "nie", "w", "na", "który"]),
    ("tr", &["hangisi", "bir", "ve", "aşağıdakilerden", "için", "ile"]),
    ("vi", &["của", "là", "và", "không", "nào", "được"]),
    ("id", &["yang", "adalah", "dan", "dengan", "pada", "berikut"]),
    ("sw", &["ya", "ni", "wa", "kwa", "gani", "katika", "ipi"]),
    ("yo", &["ni", "ti", "wo", "ninu", "tí", "àti", "nínú", "kí"]),
    (
        "zu",
        &[
            "ukuthi",
            "yini",
            "kule",
            "noma",
            "uma",
            "yikuphi",
            "ngoba",
            "kulokhu",
            "okulandelayo",
        ],
    ),
    ("xh", &["yintoni", "okanye", "ukuba", "kwaye", "nayiphi"]),
    ("ig", &["nke", "na", "bụ", "gịnị", "ndị", "kedu"]),
    ("ha", &["da", "na", "ne", "wanne", "cikin", "shine"]),
    ("ar", &["في", "من", "ما", "على", "التالية", "أي", "هو", "التي"]),
    ("fa", &["است", "از", "در", "که", "کدام", "به", "این"]),
    ("ur", &["ہے", "کے", "میں", "کی", "کیا", "سے"]),
    ("ru", &["и", "в", "не", "что", "при", "какой", "на", "является"]),
    ("uk", &["і", "що", "який", "є", "та", "які", "під"]),
    ("bg", &["е", "са", "коя", "от", "следните", "се", "при"]),
    ("hi", &["है", "में", "का", "से", "कौन", "की", "के"]),
    ("mr", &["आहे", "कोणते", "आणि", "ची"]),
    ("ne", &["हो", "छ", "कुन", "को"]),
];

/// The languages that texts may be in, the likeliest first.
pub(super) fn suggestions(texts: &[&str]) -> Vec<Language> {
    let script = script(texts);
    let tags: Vec<&str> = match script {
        Some(Script::Han) => vec!["zh"],
        Some(Script::Japanese) => vec!["ja"],
        Some(Script::Hangul) => vec!["ko"],
        Some(Script::Greek) => vec!["el"],
        Some(Script::Hebrew) => vec!["he"],
        Some(Script::Thai) => vec!["th"],
        Some(Script::Bengali) => vec!["bn"],
        Some(Script::Sinhala) => vec!["si"],
        Some(Script::Telugu) => vec!["te"],
        Some(Script::Ethiopic) => vec!["am"],
        script => by_words(texts, script),
    };
    tags.into_iter().filter_map(|tag| tag.parse().ok()).collect()
}

/// The script most letters are in; `None` for Latin letters. Kana make Chinese characters Japanese.
fn script(texts: &[&str]) -> Option<Script> {
    let mut counts: Vec<(Option<Script>, usize)> = Vec::new();
    for letter in texts
        .iter()
        .flat_map(|text| text.chars())
        .filter(|character| character.is_alphabetic())
    {
        let script = Script::of(letter);
        match counts.iter_mut().find(|(other, _)| *other == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    let count = |script: Script| {
        counts
            .iter()
            .find(|(other, _)| *other == Some(script))
            .map_or(0, |(_, count)| *count)
    };
    let kana = count(Script::Japanese);
    let most = counts
        .iter()
        .max_by_key(|(_, count)| *count)
        .map(|(script, _)| *script)?;
    match most {
        Some(Script::Han) if kana * 10 > count(Script::Han) => Some(Script::Japanese),
        most => most,
    }
}

/// The languages of a script whose words come up most, where one does.
fn by_words(texts: &[&str], script: Option<Script>) -> Vec<&'static str> {
    let in_script = |tag: &str| {
        let own = tag
            .parse::<Language>()
            .map_or(Script::Latin, |language| language.script());
        own == script.unwrap_or(Script::Latin)
    };
    let mut counts: Vec<(&str, usize)> = WORDS
        .iter()
        .filter(|(tag, _)| in_script(tag))
        .map(|(tag, words)| {
            let spoken = texts
                .iter()
                .flat_map(|text| text.split(|character: char| !character.is_alphanumeric() && !is_mark(character)));
            let known = spoken.filter(|word| words.contains(&word.to_lowercase().as_str()));
            (*tag, known.count())
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    // Neighbours share words; those far behind are no suggestion.
    let most = counts.first().map_or(0, |(_, count)| *count);
    counts.retain(|(_, count)| count * 3 >= most);
    counts.truncate(3);
    counts.into_iter().map(|(tag, _)| tag).collect()
}

/// Vowel signs and tones stand beside letters of words.
fn is_mark(character: char) -> bool {
    !character.is_ascii() && !character.is_whitespace() && !"«»“”‘’،؛؟。，、？…–—".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::demo;

    #[test]
    fn the_demo_questions_look_like_their_languages() {
        let benchmark = demo::benchmark().unwrap();
        for tag in benchmark.languages().keys() {
            let items = benchmark.items().iter().filter(|item| item.key.language.tag() == tag);
            let questions: Vec<&str> = items.map(|item| item.question.as_str()).collect();
            let found = suggestions(&questions);
            assert_eq!(found.first().map(Language::tag), Some(tag.as_str()));
        }
    }

    #[test]
    fn nothing_is_suggested_where_no_word_is_known() {
        assert_eq!(suggestions(&["xyz"]), []);
        assert_eq!(suggestions(&["123"]), []);
        assert_eq!(suggestions(&[]), []);
    }
}
