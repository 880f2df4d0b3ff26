//! Every word of the form, in English and in Arabic.

use std::time::Duration;

use crate::app::matrix::{count, counted};
use crate::app::review::{Choice, FormLanguage, Lack, ReviewCommand, Veil};
use crate::reviews::tables::letters;
use crate::reviews::{Aspect, FlagKind, NoInterval, PairAgreement, ReviewerError, Ruling, Severity, Verdict};
use crate::stats::Interval;
use crate::text::isolate::isolate;

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
    // In a clinic, `المراجع` is the patient who comes in and `المراجعة` the visit, so that neither names a reviewer here.
    review: "Review", "التقييم";
    blind: "Blind", "تقييم معمّى";
    who: "Who reviews?", "من المقيِّم؟";
    who_note: "The name stands in the name of the file that keeps the reviews.", "يظهر الاسم في اسم الملف الذي تُحفظ فيه التقييمات.";
    name: "Name or initials", "الاسم أو الأحرف الأولى";
    begin: "Begin", "ابدأ";
    other_reviewer: "Other reviewer", "مقيِّم آخر";
    queue: "Queue", "قائمة التقييم";
    new_queue: "New queue", "قائمة جديدة";
    continue_queue: "Continue queue", "متابعة القائمة";
    leave_queue: "Leave queue", "الخروج من القائمة";
    queue_size: "Items, drawn at random from those listed", "عدد الأسئلة، تُختار عشوائيًا من المعروضة";
    start: "Start queue", "ابدأ القائمة";
    cancel: "Cancel", "إلغاء";
    own_first: "Before the models' answers are shown.", "قبل عرض إجابات النماذج.";
    own_several: "Several may be right.", "قد يصح أكثر من خيار.";
    own_before: "Given before the right answer was shown.", "سُجّلت قبل عرض الإجابة الصحيحة.";
    give: "Give answer", "تسجيل الإجابة";
    do_not_know: "I don't know", "لا أعرف";
    unknown: "not known", "غير معروفة";
    judge: "Judge the answers", "قيّم الإجابات";
    judged: "judged", "قُيّمت";
    to_judge: "to judge", "للتقييم";
    verdict: "Verdict", "الحكم";
    what_went_wrong: "What went wrong", "نوع الخطأ";
    any_number: "any number", "أي عدد";
    severity: "Severity", "شدة الخطأ";
    ratings: "Ratings", "الدرجات";
    note: "Note", "ملاحظة";
    revealed_later: "Names and right answer follow", "ثم الأسماء والإجابة الصحيحة";
    all_judged: "Answers judged", "قُيّمت الإجابات";
    revealed: "Names and right answer are shown", "كُشفت الأسماء والإجابة الصحيحة";
    judgements: "Your judgements", "أحكامك";
    save: "Save", "حفظ";
    save_and_show: "Save and show names", "حفظ وكشف الأسماء";
    save_changes: "Save changes", "حفظ التعديل";
    take_back: "Take back", "سحب الحكم";
    next: "Next question", "السؤال التالي";
    saving: "Saving", "جارٍ الحفظ";
    nothing_to_judge: "No model has answered this item.", "لم يُجب أي نموذج عن هذا السؤال.";
    queue_done: "The whole queue is judged.", "اكتمل تقييم القائمة.";
    flag_item: "Flag item", "خلل في السؤال";
    flag_what: "What is wrong with the item", "ما الخلل في السؤال؟";
    flag_counts: "In every number of Compare", "في كل أرقام المقارنة";
    flag_unseen: "It can be re-keyed once its answers are judged.", "يمكن تصحيح مفتاح الإجابة بعد تقييم الإجابات.";
    right_options: "Right options", "الخيارات الصحيحة";
    why: "Why", "السبب";
    save_flag: "Save flag", "حفظ البلاغ";
    earlier: "Said before", "السجل السابق";
    agreement: "Agreement", "الاتفاق";
    agreement_of: "Agreement of reviewers", "الاتفاق بين المقيّمين";
    reviewers: "Reviewers", "المقيّمان";
    find: "Type to find", "اكتب للبحث";
    nothing_found: "Nothing like this", "لا شيء مطابق";
    nobody_agrees: "No two reviewers have judged the same answer yet. Let a colleague review here, or merge the reviews of another workspace:", "لم يقيّم أي مقيّمَين الإجابة نفسها بعد. دع زميلًا يقيّم هنا، أو ادمج تقييمات مساحة عمل أخرى:";
    agreed_on: "On", "الموضوع";
    kappa_short: "Kappa", "كابا";
    alpha_short: "Alpha", "ألفا";
    kappa: "Cohen's kappa", "معامل كابا لكوهين";
    alpha: "Krippendorff's alpha", "معامل ألفا لكريبندورف";
    percent: "Percent", "نسبة الاتفاق";
    answers: "Answers", "عدد الإجابات";
    disagreements: "Disagreements", "الخلافات";
    no_chance: "–: both always said the same, so that agreement cannot be told from chance.", "–: تطابقت كل الأقوال، فلا يُميَّز الاتفاق من المصادفة.";
    one_sided: "Kappa without interval: one of the two said the same of every answer, so kappa is 0 whatever the other said.", "كابا بلا مجال: أحد المقيّمَين قال الشيء نفسه عن كل الإجابات، فكابا صفر مهما قال الآخر.";
    kappa_all_agreed: "Kappa without interval: both agree on every answer, and so would every resample.", "كابا بلا مجال: اتفق المقيّمان على كل الإجابات، فلا تختلف عينة معادة عن أخرى.";
    kappa_too_few: "Kappa without interval: too few answers.", "كابا بلا مجال: الإجابات قليلة جدًا.";
    back: "Back to the items", "العودة إلى الأسئلة";
    open: "open", "مفتوح";
    settle: "Settle", "حسم الخلاف";
    settle_save: "Settle and go on", "حسم ومتابعة";
    opinions: "What reviewers say", "آراء المقيّمين";
    settled: "Settled", "حُسم";
    nothing_yet: "There is nothing to settle yet.", "لا شيء يحتاج إلى حسم بعد.";
    nothing_yet_next: "An answer that two reviewers judge differently stands here.", "تظهر هنا الإجابة التي يختلف فيها مقيّمان.";
    all_agreed_next: "Nothing is left to settle. Judge more items, or look at those that both judged.", "لم يبقَ ما يُحسم. قيّم أسئلة أخرى، أو انظر في الأسئلة التي قيّمها الاثنان.";
    items_of_both: "Items both judged", "الأسئلة التي قيّمها الاثنان";
    item_gone: "The item of this answer is not in the workspace any more.", "لم يعد سؤال هذه الإجابة في مساحة العمل.";
    item_gone_next: "Choose another disagreement, or settle this one by what the reviewers say.", "اختر خلافًا آخر، أو احسم هذا الخلاف بناءً على آراء المقيّمين.";
    no_disagreement: "Nothing is disagreed on.", "لا خلاف.";
}

impl Phrases {
    /// What the reviewer's own answer is called, here and on the card.
    pub fn own(self) -> &'static str {
        self.0.own_answer()
    }

    pub fn of_verdict(self, verdict: Verdict) -> &'static str {
        let (english, arabic) = match verdict {
            Verdict::Right => ("Right", "صحيحة"),
            Verdict::Partly => ("Partly", "صحيحة جزئيًا"),
            Verdict::Wrong => ("Wrong", "خاطئة"),
            Verdict::CannotJudge => ("Can't judge", "يتعذّر الحكم"),
        };
        self.pick(english, arabic)
    }

    pub fn of_severity(self, severity: Severity) -> &'static str {
        let (english, arabic) = match severity {
            Severity::None => ("None", "معدومة"),
            Severity::Low => ("Low", "خفيفة"),
            Severity::Medium => ("Medium", "متوسطة"),
            Severity::High => ("High", "شديدة"),
        };
        self.pick(english, arabic)
    }

    pub fn of_flag(self, kind: FlagKind) -> &'static str {
        let (english, arabic) = match kind {
            FlagKind::BadKey => ("Bad key", "مفتاح الإجابة خاطئ"),
            FlagKind::BadTranslation => ("Bad translation", "ترجمة رديئة"),
            FlagKind::Duplicate => ("Duplicate", "سؤال مكرر"),
            FlagKind::NeedsImage => ("Needs an image", "يحتاج إلى صورة"),
            FlagKind::Other => ("Other, see why", "غير ذلك (اذكر السبب)"),
        };
        self.pick(english, arabic)
    }

    pub fn of_choice(self, choice: Choice) -> &'static str {
        let (english, arabic) = match choice {
            Choice::Kept => ("Keep", "يُحتسب"),
            Choice::LeftOut => ("Leave out", "يُستبعد"),
            Choice::Rekeyed => ("Re-key", "يُصحَّح مفتاحه"),
        };
        self.pick(english, arabic)
    }

    /// What a decision came to; the new right options where they may be seen.
    pub fn of_ruling(self, ruling: &Ruling, veil: Veil) -> String {
        let (english, arabic) = match ruling {
            Ruling::Kept => ("kept", "يُحتسب"),
            Ruling::LeftOut => ("left out", "استُبعد"),
            Ruling::Rekeyed(_) => ("re-keyed", "صُحّح مفتاحه"),
        };
        let words = self.pick(english, arabic);
        match ruling {
            Ruling::Rekeyed(options) if !veil.unjudged => {
                let to = self.pick("to", "إلى");
                format!("{words} {to} {}", isolate(&letters(options)))
            }
            _ => words.to_owned(),
        }
    }

    /// What reviewers differ in.
    pub fn of_aspect(self, aspect: Aspect) -> &'static str {
        match aspect {
            Aspect::Verdict => self.pick("verdict", "الحكم"),
            Aspect::Severity => self.pick("severity", "شدة الخطأ"),
            Aspect::Errors => self.pick("what went wrong", "نوع الخطأ"),
        }
    }

    pub fn of_lack(self, lack: Lack) -> &'static str {
        match lack {
            Lack::Verdict => self.pick("Choose a verdict first.", "اختر الحكم أولًا."),
            Lack::Why => self.pick("Write what is wrong with the item.", "اكتب ما الخلل في السؤال."),
            Lack::RightOption => self.pick("Choose the options that are right.", "اختر الخيارات الصحيحة."),
        }
    }

    /// What a command does, where its words do not say it all.
    pub fn tooltip(self, command: &ReviewCommand) -> &'static str {
        let arabic = match command {
            ReviewCommand::ToggleBlind => "إخفاء الأسماء والترتيب والإجابة الصحيحة إلى أن يُقيَّم السؤال",
            ReviewCommand::PlanQueue => "اختيار أسئلة عشوائيًا من المعروضة لتقييمها واحدًا بعد آخر",
            ReviewCommand::LeaveQueue => "العودة إلى كل الأسئلة؛ يمكن متابعة القائمة لاحقًا",
            ReviewCommand::TakeQueue => "تقييم الأسئلة نفسها لمعرفة مدى الاتفاق",
            ReviewCommand::ToggleAgreement => "مدى اتفاق المقيّمين وما يختلفون فيه",
            _ => "",
        };
        self.pick(command.tooltip(), arabic)
    }

    /// Puts words in a row.
    pub fn list<'a>(self, words: impl IntoIterator<Item = &'a str>) -> String {
        let words: Vec<&str> = words.into_iter().collect();
        words.join(self.pick(", ", "، "))
    }

    /// Two reviewers by name.
    pub fn pair(self, first: &str, second: &str) -> String {
        let (first, second) = (isolate(first), isolate(second));
        match self.0 {
            FormLanguage::English => format!("{first} and {second}"),
            FormLanguage::Arabic => format!("{first} و{second}"),
        }
    }

    /// That two reviewers differ in nothing that is settled.
    pub fn all_agreed(self, pair: &PairAgreement) -> String {
        let (first, second) = (isolate(pair.first.name()), isolate(pair.second.name()));
        let answers = pair.answers;
        match (self.0, answers) {
            (FormLanguage::English, 1) => format!(
                "{first} and {second} agree on the one answer that both judged: on the verdict, its severity and what went wrong."
            ),
            (FormLanguage::English, _) => format!(
                "{first} and {second} agree on all {} that both judged: on the verdict, its severity and what went wrong.",
                counted(answers, "answer")
            ),
            (FormLanguage::Arabic, 1) => {
                format!("اتفق {first} و{second} في الإجابة الوحيدة التي قيّماها معًا: في الحكم وشدة الخطأ ونوعه.")
            }
            (FormLanguage::Arabic, _) => format!(
                "اتفق {first} و{second} في كل الإجابات التي قيّماها معًا (عددها {}): في الحكم وشدة الخطأ ونوعه.",
                count(answers)
            ),
        }
    }

    /// The keys of an option's letter.
    pub fn key_of(self, letter: &str, keys: &str) -> String {
        let (letter, keys) = (isolate(letter), isolate(keys));
        match self.0 {
            FormLanguage::English => format!("Keys of {letter}: {keys}"),
            FormLanguage::Arabic => format!("مفتاحا {letter}: {keys}"),
        }
    }

    /// The same from one letter to another.
    pub fn keys_of(self, letters: (&str, &str), keys: (&str, &str)) -> String {
        let [from, to, first, last] = [letters.0, letters.1, keys.0, keys.1].map(isolate);
        match self.0 {
            FormLanguage::English => format!("Keys of {from} to {to}: {first} to {last}"),
            FormLanguage::Arabic => format!("مفاتيح {from} إلى {to}: من {first} إلى {last}"),
        }
    }

    /// How many answers are left out since one of two reviewers could not judge them.
    pub fn not_judged(self, number: usize) -> String {
        match self.0 {
            FormLanguage::English => format!(
                "{} left out that one of them could not judge",
                counted(number, "answer")
            ),
            FormLanguage::Arabic => format!("إجابات مستبعدة تعذّر على أحدهما الحكم فيها: {}", count(number)),
        }
    }

    /// How many disagreements nobody settled, of how many.
    pub fn open_of(self, open: usize, all: usize) -> String {
        match self.0 {
            FormLanguage::English => format!("{} of {} open", count(open), counted(all, "disagreement")),
            FormLanguage::Arabic => format!("الخلافات المفتوحة: {} من {}", count(open), count(all)),
        }
    }

    /// How far a queue is done.
    pub fn done_and_left(self, done: usize, left: usize) -> String {
        match self.0 {
            FormLanguage::English => format!("{} done, {} left", count(done), count(left)),
            FormLanguage::Arabic => format!("أُنجز {} وبقي {}", count(done), count(left)),
        }
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
            FormLanguage::Arabic => format!("السؤال {place} من {all}"),
        }
    }

    /// The words for the queue that another reviewer drew.
    pub fn queue_of(self, name: &str) -> String {
        match self.0 {
            FormLanguage::English => format!("Same queue as {name}"),
            FormLanguage::Arabic => format!("القائمة نفسها مثل {name}"),
        }
    }

    /// Why kappa has no interval.
    pub fn of_no_interval(self, why: NoInterval) -> &'static str {
        match why {
            NoInterval::OneSided => self.one_sided(),
            NoInterval::AllAgreed => self.kappa_all_agreed(),
            NoInterval::TooFew => self.kappa_too_few(),
        }
    }

    /// The ends of an interval of agreement: `−0.26 to 0.45`. A dash between would look like another minus.
    pub fn between(self, Interval { low, high }: Interval) -> String {
        let [low, high] = [low, high].map(|end| format!("{end:.2}").replace('-', "−"));
        match self.0 {
            FormLanguage::English => format!("{low} to {high}"),
            // A minus stays before its number.
            FormLanguage::Arabic => format!("{} إلى {}", isolate(&low), isolate(&high)),
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
                format!("حُفظ التقييم {ago}")
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
    match (number, number % 100) {
        (1, _) => format!("قبل {one}"),
        (2, _) => format!("قبل {two}"),
        (_, 3..=10) => format!("قبل {number} {few}"),
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
        assert_eq!(saved(2), "حُفظ التقييم قبل ثانيتين");
        assert_eq!(saved(5), "حُفظ التقييم قبل 5 ثوانٍ");
        assert_eq!(saved(30), "حُفظ التقييم قبل 30 ثانية");
        assert_eq!(saved(105 * 60), "حُفظ التقييم قبل 105 دقائق");
        assert_eq!(saved(130), "حُفظ التقييم قبل دقيقتين");
    }
}
