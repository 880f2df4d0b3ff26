//! Yes, no and maybe in the languages that benchmarks ask them in.

/// What an answer to a question of yes or no means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    Yes,
    No,
    Maybe,
}

/// Whole words, in small letters; statements are true or false where questions are answered yes or no.
const WORDS: &[(Truth, &[&str])] = &[
    (
        Truth::Yes,
        &[
            "yes",
            "true",
            "y",
            "t",
            "نعم",
            "صح",
            "صحيح",
            "أجل",
            "oui",
            "vrai",
            "ja",
            "richtig",
            "wahr",
            "sí",
            "si",
            "verdadero",
            "sim",
            "verdadeiro",
            "да",
            "верно",
            "правда",
            "是",
            "对",
            "對",
            "正确",
            "正確",
            "はい",
            "正しい",
            "예",
            "네",
            "맞다",
            "हाँ",
            "हां",
            "सही",
            "ndiyo",
            "ndio",
            "kweli",
            "bẹ́ẹ̀ni",
            "bẹẹni",
            "yebo",
            "evet",
            "doğru",
            "بله",
            "آری",
            "ہاں",
            "vero",
            "tak",
            "có",
            "đúng",
            "ya",
            "benar",
            "אמת",
            "כן",
            "ใช่",
            "አዎ",
        ],
    ),
    (
        Truth::No,
        &[
            "no",
            "false",
            "n",
            "f",
            "لا",
            "خطأ",
            "خاطئ",
            "كلا",
            "non",
            "faux",
            "nein",
            "falsch",
            "falso",
            "não",
            "nao",
            "нет",
            "неверно",
            "ложь",
            "否",
            "不是",
            "错",
            "錯",
            "错误",
            "錯誤",
            "いいえ",
            "誤り",
            "아니오",
            "아니요",
            "틀리다",
            "नहीं",
            "नही",
            "गलत",
            "ग़लत",
            "hapana",
            "si kweli",
            "bẹ́ẹ̀kọ́",
            "rárá",
            "rara",
            "cha",
            "hayi",
            "hayır",
            "yanlış",
            "نه",
            "خیر",
            "نہیں",
            "nie",
            "không",
            "sai",
            "tidak",
            "salah",
            "שקר",
            "לא",
            "ไม่ใช่",
            "አይ",
            "አይደለም",
        ],
    ),
    (
        Truth::Maybe,
        &[
            "maybe",
            "perhaps",
            "unsure",
            "ربما",
            "قد يكون",
            "peut-être",
            "vielleicht",
            "quizás",
            "quizá",
            "tal vez",
            "talvez",
            "может быть",
            "возможно",
            "也许",
            "可能",
            "也許",
            "不确定",
            "たぶん",
            "かもしれない",
            "아마도",
            "शायद",
            "labda",
            "bóyá",
            "mhlawumbe",
            "belki",
            "شاید",
            "forse",
            "może",
            "có thể",
            "mungkin",
            "אולי",
            "อาจจะ",
            "ምናልባት",
        ],
    ),
];

impl Truth {
    /// What a text means, if it is one of the words.
    pub fn of(text: &str) -> Option<Self> {
        let word = text.trim().trim_end_matches(['.', '。', '!']).to_lowercase();
        let found = WORDS.iter().find(|(_, words)| words.contains(&word.as_str()));
        found.map(|&(truth, _)| truth)
    }

    /// As [`Truth::of`], with 1 and 0 as files of numbers have them.
    pub fn of_value(text: &str) -> Option<Self> {
        match text.trim() {
            "1" | "1.0" => Some(Self::Yes),
            "0" | "0.0" => Some(Self::No),
            word => Self::of(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_things() {
        let mut seen = std::collections::HashMap::new();
        for (truth, words) in WORDS {
            for word in *words {
                assert_eq!(word.to_lowercase(), **word);
                assert_eq!(seen.insert(word, truth), None, "{word}");
            }
        }
    }

    #[test]
    fn words_are_read_in_any_case() {
        assert_eq!(Truth::of(" Yes."), Some(Truth::Yes));
        assert_eq!(Truth::of("لا"), Some(Truth::No));
        assert_eq!(Truth::of("Может быть"), Some(Truth::Maybe));
        assert_eq!(Truth::of("1"), None);
        assert_eq!(Truth::of_value("0"), Some(Truth::No));
        assert_eq!(Truth::of("aorta"), None);
    }
}
