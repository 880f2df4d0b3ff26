//! What can be done while reviewing.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::FormLanguage;
use super::flagging::Choice;
use crate::reviews::{FlagKind, Severity, Verdict};

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewCommand {
    /// Opens or closes the panel.
    Toggle,
    TypeName(String),
    KeepName,
    /// Asks for the name anew.
    ChangeName,
    UseForm(FormLanguage),
    ToggleBlind,

    /// Asks how many of the listed items make a queue.
    PlanQueue,
    TypeSize(String),
    DropQueue,
    StartQueue,
    /// Goes on with the newest queue that has something left.
    ContinueQueue,
    /// Takes over the queue that another reviewer drew.
    TakeQueue,
    LeaveQueue,
    /// Leaves the queue, or goes on with one, or asks how many items a new one has.
    Queue,

    /// Marks an option as one's own answer.
    MarkOwn(usize),
    GiveOwn,
    /// Gives none: the models' answers show all the same.
    DoNotKnow,

    /// Chooses which answer is judged, from 0.
    ChooseAnswer(usize),
    NextAnswer,
    PreviousAnswer,
    Judge(Verdict),
    ToggleError(String),
    Grade(Severity),
    NextSeverity,
    Rate(String, u8),
    Note(String),
    FocusNote,
    /// Saves what the form holds and goes on.
    Save,
    /// Takes one's judgement of the answer back.
    TakeBack,
    /// Goes to the next item to judge.
    Next,

    /// Opens or closes the item's flags.
    ToggleFlag,
    FlagAs(FlagKind),
    NoteFlag(String),
    Decide(Choice),
    /// The next of what can be decided, going round.
    NextDecision,
    /// Marks an option as right in a re-keyed item.
    Rekey(usize),
    SaveFlag,

    /// Opens or closes what reviewers agree and disagree on.
    ToggleAgreement,
    /// Lists the items that both of the two reviewers judged.
    ListBoth,
    /// Which two reviewers are compared, a place among all pairs.
    ChoosePair(usize),
    /// Which disagreement is looked at, a place among all.
    ChooseDisagreement(usize),
}

impl ReviewCommand {
    /// The words on its button.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Toggle => "Review",
            Self::TypeName(_) | Self::KeepName => "Begin",
            Self::ChangeName => "Other reviewer",
            Self::UseForm(_) => "Language of the form",
            Self::ToggleBlind => "Blind",
            Self::PlanQueue => "New queue",
            Self::TypeSize(_) => "Items",
            Self::DropQueue => "Cancel",
            Self::StartQueue => "Start queue",
            Self::ContinueQueue => "Continue queue",
            Self::TakeQueue => "Queue of another reviewer",
            Self::LeaveQueue => "Leave queue",
            Self::Queue => "Queue",
            Self::MarkOwn(_) | Self::GiveOwn => "Give answer",
            Self::DoNotKnow => "I don't know",
            Self::ChooseAnswer(_) => "Answer",
            Self::NextAnswer => "Next answer",
            Self::PreviousAnswer => "Previous answer",
            Self::Judge(_) => "Verdict",
            Self::ToggleError(_) => "What went wrong",
            Self::Grade(_) | Self::NextSeverity => "Severity",
            Self::Rate(..) => "Rate",
            Self::Note(_) | Self::FocusNote => "Note",
            Self::Save => "Save",
            Self::TakeBack => "Take back",
            Self::Next => "Next question",
            Self::ToggleFlag => "Flag item",
            Self::FlagAs(_) => "Flag",
            Self::NoteFlag(_) => "Why",
            Self::Decide(_) | Self::NextDecision => "Decision",
            Self::Rekey(_) => "Right option",
            Self::SaveFlag => "Save flag",
            Self::ToggleAgreement => "Agreement",
            Self::ListBoth => "Items both judged",
            Self::ChoosePair(_) => "Reviewers",
            Self::ChooseDisagreement(_) => "Disagreement",
        }
    }

    /// What it does; empty where the words say it all.
    pub fn tooltip(&self) -> &'static str {
        match self {
            Self::Toggle => "Judge answers, in a panel beside the item",
            Self::ToggleBlind => "Hide names, order and right answer until an item is judged",
            Self::PlanQueue => "Draw items at random from those listed, to judge one after another",
            Self::TakeQueue => "Judge the same items, so that it shows how far you agree",
            Self::LeaveQueue => "Go back to all items; the queue can be continued later",
            Self::Queue => "Start, continue or leave a queue",
            Self::NextAnswer => "Judge the next answer to the item",
            Self::PreviousAnswer => "Judge the answer before",
            Self::FocusNote => "Write a note on the answer",
            Self::NextSeverity => "Next severity",
            Self::Save => "Save the judgement and go on",
            Self::ToggleFlag => "Flag what is wrong with the item itself, and decide whether it counts",
            Self::ToggleAgreement => "How far reviewers agree, and what they differ in",
            _ => "",
        }
    }

    /// Those that keys send on Inspect whatever else stands there, in the order of the list of keys.
    pub const WITH_KEYS: [Self; 6] = [
        Self::Toggle,
        Self::ToggleBlind,
        Self::Queue,
        Self::ToggleAgreement,
        Self::NextAnswer,
        Self::PreviousAnswer,
    ];

    /// The keys that send it; those without Ctrl only while no text field has the focus.
    pub fn shortcut(&self) -> Option<KeyboardShortcut> {
        let plain = |key| Some(KeyboardShortcut::new(Modifiers::NONE, key));
        let both = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key));
        let alt = |key| Some(KeyboardShortcut::new(Modifiers::ALT, key));
        match self {
            Self::Toggle => both(Key::R),
            Self::ToggleBlind => both(Key::B),
            Self::Queue => both(Key::Q),
            Self::ToggleAgreement => both(Key::A),
            Self::NextAnswer => alt(Key::ArrowDown),
            Self::PreviousAnswer => alt(Key::ArrowUp),
            Self::ToggleFlag => plain(Key::G),
            Self::FocusNote => plain(Key::N),
            Self::NextSeverity => plain(Key::S),
            Self::Save => Some(KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter)),
            _ => None,
        }
    }
}
