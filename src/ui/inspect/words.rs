//! The few words of ours that stand within an item's text in the item's language, and names of answers beside it.

use crate::app::review::Shown;
use crate::language::Language;
use crate::ui::typeset::Words;

/// What marks the right answer, for the languages of the demo questions; others have it in English.
pub fn right_answer(language: &Language) -> Option<&'static str> {
    Some(match language.primary() {
        "ar" => "الإجابة الصحيحة",
        "de" => "richtige Antwort",
        "en" => "right answer",
        "es" => "respuesta correcta",
        "fr" => "bonne réponse",
        "hi" => "सही उत्तर",
        "ja" => "正解",
        "ko" => "정답",
        "pt" => "resposta correta",
        "ru" => "правильный ответ",
        "sw" => "jibu sahihi",
        "yo" => "ìdáhùn tó tọ́",
        "zh" if !language.is_traditional_chinese() => "正确答案",
        "zu" => "impendulo efanele",
        _ => return None,
    })
}

/// Whose answer it is, or its number in the language of the form.
pub fn name_of<'a>(shown: &'a Shown<'_>) -> Words<'a> {
    Words {
        language: shown.language(),
        ..Words::name(shown.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::benchmarks::demo;
    use crate::language::Script;

    #[test]
    fn every_language_of_the_demo_has_its_words_in_its_script() {
        for item in demo::benchmark().unwrap().items() {
            let language = &item.key.language;
            let words = right_answer(language).unwrap_or_else(|| panic!("{}", language.tag()));
            let script = words.chars().find_map(Script::of).unwrap_or(Script::Latin);
            let japanese = (script, language.script()) == (Script::Han, Script::Japanese);
            assert!(script == language.script() || japanese, "{}: {words}", language.tag());
        }
        for tag in ["he", "ur", "zh-Hant", "zh-TW"] {
            assert_eq!(right_answer(&tag.parse().unwrap()), None, "{tag}");
        }
    }
}
