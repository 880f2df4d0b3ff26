//! Every word of the form, in English and in Arabic.

use std::time::Duration;

use crate::app::review::{Choice, FormLanguage};
use crate::reviews::{FlagKind, ReviewerError, Severity, Verdict};

/// The form's words in one language.
#[derive(Debug, Clone, Copy)]
pub struct Phrases(pub FormLanguage);

macro_rules! phrases {
    ($($name:ident: $english:literal, $arabic:literal;)*) => {
        impl Phrases {
            $(pub fn $name(self) -> &'static str {
                match self.0 {
                    FormLanguage::English => $english,
                    FormLanguage::Arabic => $arabic,
                }
            })*
        }
    };
}

phrases! {
    review: "Review", "المراجعة";
    blind: "Blind", "مراجعة معمّاة";
    who: "Who reviews?", "من المراجع؟";
    who_note: "The name stands in the name of the file that keeps the reviews.", "يظهر الاسم في اسم الملف الذي يحفظ المراجعات.";
    name: "Name or initials", "الاسم أو الأحرف الأولى";
    begin: "Begin", "ابدأ";
    other_reviewer: "Other reviewer", "مراجع آخر";
    new_queue: "New queue", "قائمة جديدة";
    continue_queue: "Continue queue", "متابعة القائمة";
    leave_queue: "Leave queue", "مغادرة القائمة";
    queue_size: "Items, drawn at random from those listed", "عدد الأسئلة، تُختار عشوائيًا من المعروضة";
    start: "Start queue", "ابدأ القائمة";
    cancel: "Cancel", "إلغاء";
    own: "Your own answer", "إجابتك";
    own_first: "Before the right answer is shown.", "قبل عرض الإجابة الصحيحة.";
    own_before: "Given before the right answer was shown.", "أُعطيت قبل عرض الإجابة الصحيحة.";
    give: "Give answer", "أعطِ الإجابة";
    do_not_know: "I don't know", "لا أعرف";
    unknown: "not known", "غير معروفة";
    judge: "Judge the answers", "قيّم الإجابات";
    answer: "Answer", "الإجابة";
    verdict: "Verdict", "الحكم";
    what_went_wrong: "What went wrong", "ما الخطأ؟";
    any_number: "any number", "أي عدد";
    severity: "Severity", "الخطورة";
    ratings: "Ratings", "التقديرات";
    note: "Note", "ملاحظة";
    revealed_later: "Names, after all are judged", "الأسماء بعد تقييم الجميع";
    all_judged: "Answers judged", "قُيّمت الإجابات";
    revealed: "Names are shown", "كُشفت أسماء النماذج";
    judgements: "Your judgements", "أحكامك";
    save: "Save", "حفظ";
    save_and_show: "Save and show names", "حفظ وكشف الأسماء";
    save_changes: "Save changes", "حفظ التعديل";
    take_back: "Take back", "سحب الحكم";
    next: "Next question", "السؤال التالي";
    saving: "Saving", "جارٍ الحفظ";
    nothing_to_judge: "No model has answered this item.", "لم يُجب أي نموذج عن هذا السؤال.";
    queue_done: "The whole queue is judged.", "اكتمل تقييم القائمة.";
    flag_item: "Flag item", "وسم السؤال";
    flag_what: "What is wrong with the item", "ما الخلل في السؤال؟";
    flag_counts: "In every number of Compare", "في كل أرقام المقارنة";
    right_options: "Right options", "الخيارات الصحيحة";
    why: "Why", "السبب";
    save_flag: "Save flag", "حفظ الوسم";
    earlier: "Said before", "ما قيل من قبل";
    agreement: "Agreement", "الاتفاق";
    kappa: "Cohen's kappa", "كابا كوهين";
    alpha: "Krippendorff's alpha", "ألفا كريبندورف";
    percent: "Percent", "نسبة الاتفاق";
    answers: "Answers", "عدد الإجابات";
    settle: "Settle", "الفصل في الخلاف";
    settle_save: "Settle and go on", "فصل ومتابعة";
    opinions: "What reviewers say", "آراء المراجعين";
    settled: "Settled", "حُسم";
    no_disagreement: "Nothing is disagreed on.", "لا خلاف.";
}

impl Phrases {
    pub fn of_verdict(self, verdict: Verdict) -> &'static str {
        let (english, arabic) = match verdict {
            Verdict::Right => ("Right", "صحيحة"),
            Verdict::Partly => ("Partly", "جزئيًا"),
            Verdict::Wrong => ("Wrong", "خاطئة"),
            Verdict::CannotJudge => ("Can't judge", "لا حكم"),
        };
        self.pick(english, arabic)
    }

    pub fn of_severity(self, severity: Severity) -> &'static str {
        let (english, arabic) = match severity {
            Severity::None => ("None", "لا شيء"),
            Severity::Low => ("Low", "منخفضة"),
            Severity::Medium => ("Medium", "متوسطة"),
            Severity::High => ("High", "عالية"),
        };
        self.pick(english, arabic)
    }

    pub fn of_flag(self, kind: FlagKind) -> &'static str {
        let (english, arabic) = match kind {
            FlagKind::BadKey => ("Bad key", "مفتاح إجابة خاطئ"),
            FlagKind::BadTranslation => ("Bad translation", "ترجمة سيئة"),
            FlagKind::Duplicate => ("Duplicate", "مكرر"),
            FlagKind::NeedsImage => ("Needs an image", "يحتاج إلى صورة"),
            FlagKind::Other => ("Other, see why", "غير ذلك، انظر السبب"),
        };
        self.pick(english, arabic)
    }

    pub fn of_choice(self, choice: Choice) -> &'static str {
        let (english, arabic) = match choice {
            Choice::Kept => ("Keep", "يبقى"),
            Choice::LeftOut => ("Leave out", "يُستبعد"),
            Choice::Rekeyed => ("Re-key", "يُصحَّح مفتاحه"),
        };
        self.pick(english, arabic)
    }

    pub fn name_problem(self, problem: ReviewerError) -> String {
        match self.0 {
            FormLanguage::English => problem.to_string(),
            FormLanguage::Arabic => match problem {
                ReviewerError::Empty => "اكتب اسمًا أو الأحرف الأولى.",
                ReviewerError::TooLong => "الاسم طويل جدًا؛ اكتب اسمًا أقصر.",
                ReviewerError::Control => "في الاسم حرف لا يُرى؛ اكتب الاسم من جديد.",
            }
            .to_owned(),
        }
    }

    /// How far a queue is: the number of the item at hand and of all.
    pub fn in_queue(self, place: usize, all: usize) -> String {
        match self.0 {
            FormLanguage::English => format!("{place} of {all} in queue"),
            FormLanguage::Arabic => format!("{place} من {all}"),
        }
    }

    /// The words for the queue that another reviewer drew.
    pub fn queue_of(self, name: &str) -> String {
        match self.0 {
            FormLanguage::English => format!("Same queue as {name}"),
            FormLanguage::Arabic => format!("القائمة نفسها مثل {name}"),
        }
    }

    pub fn agreement_with(self, name: &str) -> String {
        match self.0 {
            FormLanguage::English => format!("Agreement with {name}"),
            FormLanguage::Arabic => format!("الاتفاق مع {name}"),
        }
    }

    /// The words of the main button while an answer is judged; `next` is the answer after it.
    pub fn save_and_go_to(self, next: usize) -> String {
        match self.0 {
            FormLanguage::English => format!("Save and go to answer {next}"),
            FormLanguage::Arabic => format!("حفظ والانتقال إلى الإجابة {next}"),
        }
    }

    pub fn saved(self, file: &str, ago: Duration) -> String {
        let seconds = ago.as_secs();
        match self.0 {
            FormLanguage::English if seconds < 60 => format!("Saved to {file} {seconds} s ago"),
            FormLanguage::English => format!("Saved to {file} {} min ago", seconds / 60),
            FormLanguage::Arabic => {
                let ago = match seconds {
                    0 => "الآن".to_owned(),
                    1..60 => arabic_count(seconds, ["ثانية", "ثانيتين", "ثوانٍ"]),
                    _ => arabic_count(seconds / 60, ["دقيقة", "دقيقتين", "دقائق"]),
                };
                format!("حُفظت المراجعة {ago}")
            }
        }
    }

    fn pick(self, english: &'static str, arabic: &'static str) -> &'static str {
        match self.0 {
            FormLanguage::English => english,
            FormLanguage::Arabic => arabic,
        }
    }
}

/// How long ago: one, two and three to ten have forms of their own in Arabic.
fn arabic_count(number: u64, [one, two, few]: [&str; 3]) -> String {
    match number {
        1 => format!("قبل {one}"),
        2 => format!("قبل {two}"),
        3..=10 => format!("قبل {number} {few}"),
        _ => format!("قبل {number} {one}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arabic_counts_as_arabic_does() {
        let arabic = Phrases(FormLanguage::Arabic);
        let saved = |seconds| arabic.saved("reviews/a.jsonl", Duration::from_secs(seconds));
        assert_eq!(saved(2), "حُفظت المراجعة قبل ثانيتين");
        assert_eq!(saved(5), "حُفظت المراجعة قبل 5 ثوانٍ");
        assert_eq!(saved(30), "حُفظت المراجعة قبل 30 ثانية");
        assert_eq!(saved(130), "حُفظت المراجعة قبل دقيقتين");
    }
}
