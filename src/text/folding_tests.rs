use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;

fn fold(text: &str) -> String {
    Folded::new(text).as_str().to_owned()
}

/// What `typed` finds in `text`.
fn found(typed: &str, text: &str) -> Vec<String> {
    let ranges = Query::new(typed).find(text);
    ranges.into_iter().map(|range| text[range].to_owned()).collect()
}

#[test]
fn texts_that_a_reader_takes_for_the_same_fold_to_the_same() {
    for (text, folded) in [
        // Arabic: points, Quranic signs, tatweel, forms of letters, presentation forms.
        ("الدَّمُ", "الدم"),
        ("هٰذا", "هذا"),
        ("ٱلرَّحۡمَٰنِ ۝", "الرحمن "),
        ("ضغـــط", "ضغط"),
        ("أدوية إبرة آلام ٱسم", "ادويه ابره الام اسم"),
        ("مستشفى", "مستشفي"),
        ("رئتین", "ريتين"),
        ("مسؤول", "مسوول"),
        ("کلیه", "كليه"),
        ("ﻻ ﺑﺄﺱ", "لا باس"),
        ("ﷲ", "الله"),
        ("گۀ ہے", "گه هے"),
        ("\u{622}", "\u{627}"),
        ("\u{627}\u{653}", "\u{627}"),
        // Digits of every script, and the signs of numbers.
        ("٥٠٠ ۵۰۰ ५०० ৫০০ ๕๐๐ ５００ 𝟓𝟎𝟎", "500 500 500 500 500 500 500"),
        ("٢٫٥٪، ١٬٠٠٠؟", "2.5%, 1,000?"),
        ("m² ½ ①", "m2 1/2 1"),
        // Latin.
        (
            "Ménière Ångström SØREN Łódź ĐỀU Straße ẞ",
            "meniere angstrom soren lodz deu strasse ss",
        ),
        ("Æther œdema Þórr", "aether oedema thorr"),
        ("İSTANBUL ılık", "istanbul ilik"),
        ("ọ̀rọ̀ Yorùbá ẹ̀jẹ̀", "oro yoruba eje"),
        ("ƙafa ɓera ɗan Ƴar", "kafa bera dan yar"),
        ("Tiếng Việt", "tieng viet"),
        ("ﬁbrosis ｆｕｌｌ　ｗｉｄｔｈ", "fibrosis full width"),
        ("㎎ ℃ 5 µg", "mg °c 5 μg"),
        // Greek, Cyrillic, Hebrew.
        ("Ασθενής ΑΣΘΕΝΗΣ", "ασθενησ ασθενησ"),
        ("Ёлка йод ЇЖАК ґанок", "елка иод іжак ганок"),
        ("שָׁלוֹם", "שלומ"),
        ("ד״ר", "ד\"ר"),
        // Kana, full and half width.
        ("カタカナ ガギグ ｶﾞｷﾞｸﾞ が か\u{3099}", "かたかな がぎぐ がぎぐ が が"),
        ("パーキンソン ﾊﾟｰｷﾝｿﾝ ヴ ヷ", "ぱーきんそん ぱーきんそん ゔ わ"),
        ("血圧、糖尿病。", "血圧,糖尿病."),
        // Korean letter by letter.
        ("혈압", "\u{1112}\u{1167}\u{11af}\u{110b}\u{1161}\u{11b8}"),
        // Devanagari: nuktas go, vowel signs stay. Thai vowels and tones stay.
        ("क़लम बुख़ार", "कलम बुखार"),
        ("น้ำ ผู้", "น\u{e49}\u{e4d}า ผู้"),
        // Amharic letters that sound alike.
        ("ሐኪም ኀኪም ሠላም ዐይን ፀሐይ፡ሃ", "ሀኪም ሀኪም ሰላም አይን ጸሀይ ሀ"),
        // What is not seen, white space, dashes and quotes.
        ("so\u{ad}di\u{200b}um\u{202e}\u{feff}", "sodium"),
        ("می\u{200c}خورد", "ميخورد"),
        ("a \t\r\n\u{a0}\u{3000}b", "a b"),
        ("a–b—c‑d−e", "a-b-c-d-e"),
        ("“a” «b» l’eau 5′ 6″", "\"a\" \"b\" l'eau 5' 6\""),
    ] {
        assert_eq!(fold(text), folded, "{text}");
    }
}

#[test]
fn what_differs_to_a_reader_stays_different() {
    for (one, other) in [
        ("кот", "кит"),
        ("か", "が"),
        ("ب", "پ"),
        ("ك", "گ"),
        ("ء", "ا"),
        ("कि", "की"),
        ("ผู", "ผู้"),
        ("血", "皿"),
        ("5-10", "5 10"),
    ] {
        assert_ne!(fold(one), fold(other));
    }
}

#[test]
fn a_hit_is_found_where_it_stands() {
    for (typed, text, expected) in [
        ("الدم", "ضَغطُ الدَّمِ مرتفع", &["الدَّمِ"][..]),
        ("500", "الجرعة ٥٠٠ مغ أو 500", &["٥٠٠", "500"]),
        ("٥٠٠", "take 500 mg", &["500"]),
        ("ضغط", "ضغـط", &["ضغـط"]),
        ("strasse", "Große Straße", &["Straße"]),
        ("s", "ß", &["ß"]),
        ("viet", "Tiếng Việt", &["Việt"]),
        ("ガン", "がん、ｶﾞﾝ", &["がん", "ｶﾞﾝ"]),
        ("がん", "かんがん", &["がん"]),
        ("혀", "혈압", &["혈"]),
        ("sodium", "so\u{ad}dium x", &["so\u{ad}dium"]),
        ("a b", "a\u{200b} \n b", &["a", "b"]),
        ("\"a b\"", "b a\u{200b} \n b", &["a\u{200b} \n b"]),
        ("ab", "abab", &["ab", "ab"]),
        ("bcd abc", "abcde", &["abcd"]),
        ("", "text", &[]),
        ("x", "", &[]),
    ] {
        assert_eq!(found(typed, text), expected, "{typed} in {text}");
    }
}

#[test]
fn all_words_must_occur_and_quoted_words_side_by_side() {
    let text = Folded::new("High blood pressure, 140/90 mmHg");
    for (typed, expected) in [
        ("", true),
        ("  \u{200b}\u{64e} ", true),
        ("pressure BLOOD", true),
        ("pressure sugar", false),
        ("\"blood pressure\"", true),
        ("“high  pressure”", false),
        ("\"blood pres", true),
        ("high \"pressure,140", false),
        ("\"pressure, 140\" high", true),
        ("mmhg\"", false),
    ] {
        assert_eq!(Query::new(typed).matches(&text), expected, "{typed}");
    }
    assert!(Query::new("ד\"ר").matches(&Folded::new("הגיע ד״ר כהן")));
    assert!(Query::new("\"\"").is_empty());
}

#[test]
fn a_hit_does_not_reach_from_one_part_into_the_next() {
    let text = Folded::of_parts(["high", "blood"]);
    assert!(Query::new("blood high").matches(&text));
    assert!(!Query::new("\"high blood\"").matches(&text));
    assert!(!Query::new("highblood").matches(&text));
}

#[test]
fn every_character_folds_to_what_folds_to_itself() {
    for character in '\0'..=char::MAX {
        let once = fold(character.encode_utf8(&mut [0; 4]));
        assert_eq!(fold(&once), once, "{character:?}");
        assert!(!once.contains(BETWEEN), "{character:?}");
    }
}

#[test]
fn every_decimal_digit_folds_to_ascii() {
    for zero in ZEROS {
        for value in 0..10 {
            let digit = char::from_u32(zero + value).unwrap();
            assert!(digit.is_numeric(), "{digit:?}");
            assert_eq!(fold(digit.encode_utf8(&mut [0; 4])), value.to_string());
        }
    }
}

/// Text that is rich in what folding treats specially.
fn text() -> impl Strategy<Value = String> {
    let special = "[ \u{200b}\u{200d}a-dA-DßæÉéıİøأإاىيةهلاﻻ\u{640}\u{64b}-\u{655}\u{670}٠-٩۰-۹ガかカｶﾞﾟ\u{3099}\u{309a}\
                   ヷ\u{309b}가각ㄱक़ुผู้ሐፀςΣёйשׁ\u{301}\u{323}\u{345}’”\u{2033}＂\r\n\u{600}\u{fe0f}😀🇸🇦½㎎ﷺ]{0,24}";
    prop_oneof![special, ".{0,24}"]
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in text()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn folding_whole_is_folding_by_clusters(text in text()) {
        prop_assert_eq!(Traced::new(&text).folded, fold(&text));
    }

    #[test]
    fn hits_are_on_grapheme_borders_apart_and_contain_the_query(text in text(), start in 0_usize..24, length in 1_usize..5) {
        let typed: String = text.chars().skip(start).take(length).filter(|it| !is_quote(*it)).collect();
        let query = Query::new(&typed);
        let ranges = query.find(&text);
        prop_assert_eq!(!ranges.is_empty() || query.is_empty(), query.is_empty() || query.terms.iter().any(|term| term.find(fold(&text).as_bytes()).is_some()));
        let mut borders: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        borders.push(text.len());
        for range in &ranges {
            prop_assert!(borders.contains(&range.start) && borders.contains(&range.end));
            let folded = fold(&text[range.clone()]);
            prop_assert!(query.terms.iter().any(|term| term.find(folded.as_bytes()).is_some()), "{:?}", folded);
        }
        prop_assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
    }

    #[test]
    fn what_was_typed_is_found_in_itself(text in text()) {
        let query = Query::new(&text.replace(is_quote, " "));
        prop_assert!(query.matches(&Folded::new(&text)));
    }

    #[test]
    fn normal_forms_fold_to_the_same(text in "[a-zéêàÀÅçñộếöüßأآإؤئي\u{64b}-\u{655}гёйїガか가각क़ख़ड़]{0,24}") {
        use unicode_normalization::UnicodeNormalization;
        let composed: String = text.nfc().collect();
        let decomposed: String = text.nfd().collect();
        prop_assert_eq!(fold(&composed), fold(&decomposed));
    }
}
