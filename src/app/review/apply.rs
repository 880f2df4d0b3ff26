//! How commands change what is reviewed, and what is handed to the loader's thread.

use std::sync::Arc;

use serde_json::Map;

use super::settling::Settling;
use super::work::{Drawing, Outcome, Saved, Saying, What};
use super::{Agreed, Draft, Field, Lack, QUEUE, Review, ReviewCommand, Saving, Starting};
use crate::app::state::{State, Task};
use crate::app::study::Study;
use crate::reviews::{
    Adjudication, AnswerRef, Append, ItemRef, Judgement, Line, OwnAnswer, Reviewer, Reviews, Statement, Taxonomy,
    disagreements,
};
use crate::slices::{Condition, ReviewedBy};

/// What the item at hand waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nobody reviews, or there is no answer to judge.
    Nothing,
    /// The reviewer's own answer.
    Own,
    Judge,
    /// All answers are judged.
    Revealed,
}

impl State {
    /// The study and the selected place in [`Study::entries`].
    fn at_hand(&self) -> Option<(&Arc<Study>, usize)> {
        Some((self.study.as_ref()?, self.inspect.entry()?))
    }

    /// The selected item as reviews name it.
    pub fn review_item(&self) -> Option<ItemRef> {
        let (study, place) = self.at_hand()?;
        Review::item(study, place)
    }

    /// The answers to the selected item, in the order they are numbered.
    pub fn review_answers(&self) -> Vec<AnswerRef> {
        let answers = self
            .at_hand()
            .map(|(study, place)| self.review.answers(study, place, self.compare.protocol.as_deref()));
        answers.unwrap_or_default()
    }

    /// What the selected item waits for.
    pub fn review_step(&self) -> Step {
        let answers = self.review_answers();
        let (Some(_), Some(item)) = (&self.review.reviewer, self.review_item()) else {
            return Step::Nothing;
        };
        if answers.is_empty() {
            Step::Nothing
        } else if answers.iter().all(|answer| self.review.is_judged(answer)) {
            Step::Revealed
        } else if self.review.blind && !self.review.own_given(&item) {
            Step::Own
        } else {
            Step::Judge
        }
    }

    /// The answer whose form is filled in.
    pub fn review_target(&self) -> Option<AnswerRef> {
        match &self.review.settling {
            Some(settling) => settling.answer.clone(),
            None => self.review_answers().into_iter().nth(self.review.target),
        }
    }

    /// What the form shows.
    pub fn review_draft(&self) -> Draft {
        match (&self.review.settling, self.review_target()) {
            (Some(settling), _) => settling.draft.clone(),
            (None, Some(answer)) => self.review.draft(&answer),
            (None, None) => Draft::default(),
        }
    }

    /// Carries out a command of the panel.
    pub fn apply_review(&mut self, command: ReviewCommand) -> Vec<Task> {
        let review = &mut self.review;
        match command {
            ReviewCommand::Toggle => {
                review.open = !review.open;
                review.focus = (review.open && review.reviewer.is_none()).then_some(Field::Name);
            }
            ReviewCommand::TypeName(name) => {
                review.name = name;
                review.name_problem = None;
            }
            ReviewCommand::KeepName => match Reviewer::new(&review.name) {
                Ok(reviewer) => {
                    review.reviewer = Some(reviewer);
                    self.begin_item();
                    return vec![Task::KeepReviewer];
                }
                Err(problem) => {
                    review.name_problem = Some(problem);
                    review.focus = Some(Field::Name);
                }
            },
            ReviewCommand::ChangeName => {
                let before = review.reviewer.take();
                // Nobody goes on with what somebody else left in the form.
                review.drafts.clear();
                review.left_flags.clear();
                (review.own, review.flag) = (None, None);
                review.name = before.map_or_else(String::new, |before| before.name().to_owned());
                review.focus = Some(Field::Name);
                return self.leave_queue();
            }
            ReviewCommand::UseForm(form) => {
                review.form = form;
                return vec![Task::KeepReviewer];
            }
            ReviewCommand::ToggleBlind => {
                review.blind = !review.blind;
                // Its rows may tell of answers.
                self.inspect.menu = None;
                self.begin_item();
            }
            ReviewCommand::PlanQueue => {
                let size = self.inspect.listed.len().min(QUEUE);
                review.starting = Some(Starting { size: size.to_string() });
                review.open = true;
                review.focus = Some(Field::Size);
            }
            ReviewCommand::TypeSize(size) => review.starting = Some(Starting { size }),
            ReviewCommand::DropQueue => review.starting = None,
            ReviewCommand::StartQueue => return self.start_queue(),
            ReviewCommand::ContinueQueue => self.continue_queue(),
            ReviewCommand::TakeQueue => {
                if let Some(queue) = review.others_queue().map(|queue| queue.what.clone()) {
                    return self.say(vec![Statement::Queue(queue).into()]);
                }
            }
            ReviewCommand::Queue => {
                // One that was begun comes first.
                let next = match (&review.queue, &review.starting) {
                    (Some(_), _) => ReviewCommand::LeaveQueue,
                    (None, Some(_)) => ReviewCommand::DropQueue,
                    (None, None) if review.unfinished_queue().is_some() => ReviewCommand::ContinueQueue,
                    (None, None) => ReviewCommand::PlanQueue,
                };
                review.open = true;
                return self.apply_review(next);
            }
            ReviewCommand::LeaveQueue => return self.leave_queue(),
            ReviewCommand::MarkOwn(option) => self.mark_own(option),
            ReviewCommand::GiveOwn => {
                let marked = self.review_item().map(|item| self.review.own_choices(&item));
                if marked.is_some_and(|marked| !marked.is_empty()) {
                    return self.give_own();
                }
            }
            ReviewCommand::DoNotKnow => {
                self.review.own = None;
                return self.give_own();
            }
            ReviewCommand::ChooseAnswer(target) => review.target = target,
            ReviewCommand::NextAnswer | ReviewCommand::PreviousAnswer => {
                let (answers, target) = (self.review_answers().len().max(1), self.review.target);
                let steps = if command == ReviewCommand::NextAnswer {
                    1
                } else {
                    answers - 1
                };
                self.review.target = (target + steps) % answers;
            }
            ReviewCommand::Judge(verdict) => self.edit(|draft| draft.verdict = Some(verdict)),
            ReviewCommand::ToggleError(error) => self.edit(|draft| draft.toggle(&error)),
            ReviewCommand::Grade(severity) => self.edit(|draft| draft.severity = severity),
            ReviewCommand::NextSeverity => self.edit(Draft::next_severity),
            ReviewCommand::Rate(scale, rating) => self.edit(|draft| draft.rate(&scale, rating)),
            ReviewCommand::Note(note) => self.edit(|draft| draft.note = note),
            ReviewCommand::FocusNote => review.focus = Some(Field::Note),
            ReviewCommand::Save => return self.save_opinion(),
            ReviewCommand::TakeBack => {
                if let Some(answer) = self.review_target()
                    && let Some(by) = &self.review.reviewer
                    && let Some(judged) = self.review.reviews.judgement(&answer, by.id())
                {
                    return self.say(vec![super::flagging::withdrawn(judged.id)]);
                }
            }
            ReviewCommand::Next => self.next_to_judge(),
            ReviewCommand::ToggleFlag
            | ReviewCommand::FlagAs(_)
            | ReviewCommand::NoteFlag(_)
            | ReviewCommand::Decide(_)
            | ReviewCommand::NextDecision
            | ReviewCommand::Rekey(_)
            | ReviewCommand::SaveFlag => return self.apply_flag(command),
            ReviewCommand::ToggleAgreement => return self.toggle_agreement(),
            ReviewCommand::ListBoth => self.list_both(),
            ReviewCommand::ChoosePair(pair) => {
                if let Some(settling) = &mut review.settling {
                    settling.pair = pair;
                }
            }
            ReviewCommand::ChooseDisagreement(place) => {
                let answer = review
                    .agreed
                    .disagreements
                    .get(place)
                    .map(|differs| differs.answer.clone());
                self.look_at(answer);
            }
        }
        Vec::new()
    }

    /// Takes over what was read of a workspace.
    pub fn show_reviews(&mut self, reviews: Reviews, taxonomy: Taxonomy) -> Vec<Task> {
        self.review.reviews = Arc::new(reviews);
        self.review.taxonomy = Some(Arc::new(taxonomy));
        vec![Task::Agree(Arc::clone(&self.review.reviews))]
    }

    /// Takes in what came of saving.
    pub fn take_in_said(&mut self, outcome: Outcome) -> Vec<Task> {
        let Saved { lines, before, after } = match outcome.saved {
            Ok(saved) => saved,
            Err(problem) => {
                self.review.saving = Saving::Failed(problem);
                return Vec::new();
            }
        };
        if let Some(last) = lines.last() {
            let (file, at) = (outcome.file, last.at);
            self.review.saving = Saving::Saved { file, at };
        }
        let decided = lines
            .iter()
            .any(|line| matches!(line.statement, Statement::Decision(_)));
        match Arc::ptr_eq(&self.review.reviews, &before) {
            true => self.review.reviews = after,
            // Others were read meanwhile.
            false => Arc::make_mut(&mut self.review.reviews).add(lines.clone()),
        }
        lines.iter().for_each(|line| self.after_saving(line));
        let mut tasks = vec![Task::Agree(Arc::clone(&self.review.reviews))];
        if let Some(study) = self.study.as_ref().filter(|_| decided) {
            tasks.push(Task::Correct(Arc::clone(study), Arc::clone(&self.review.reviews)));
        }
        tasks
    }

    fn after_saving(&mut self, line: &Line) {
        match &line.statement {
            Statement::Judgement(judgement) => {
                self.review.drafts.remove(&judgement.answer);
                self.begin_item();
            }
            Statement::OwnAnswer(_) => {
                self.review.own = None;
                self.begin_item();
            }
            Statement::Flag(_) | Statement::Decision(_) => self.review.flag = None,
            Statement::Withdrawal(_) => {
                self.review.flag = None;
                self.begin_item();
            }
            Statement::Queue(queue) => {
                self.review.queue = Some(line.id.clone());
                self.review.starting = None;
                self.review.blind = queue.blind;
                self.continue_queue();
            }
            Statement::Adjudication(_) => {
                let settled = self
                    .review
                    .settling
                    .as_ref()
                    .and_then(|settling| settling.answer.clone());
                self.look_at(self.next_open(settled.as_ref()));
            }
        }
    }

    /// Another item is shown, or another step of it: the first answer that is not judged yet is next.
    pub(in crate::app) fn begin_item(&mut self) {
        let answers = self.review_answers();
        let next = answers.iter().position(|answer| !self.review.is_judged(answer));
        self.review.target = next.unwrap_or(0);
        self.leave_flag();
    }

    pub(super) fn say(&mut self, said: Vec<Append>) -> Vec<Task> {
        self.save(What::Statements(said))
    }

    fn save(&mut self, said: What) -> Vec<Task> {
        // One at a time, so that a click too many does not save twice.
        if self.review.saving == Saving::UnderWay {
            return Vec::new();
        }
        let Some(reviewer) = self.review.reviewer.clone() else {
            self.review.open = true;
            return Vec::new();
        };
        self.review.saving = Saving::UnderWay;
        vec![Task::Say(Saying {
            reviewer,
            said,
            before: Arc::clone(&self.review.reviews),
        })]
    }

    fn start_queue(&mut self) -> Vec<Task> {
        let (Some(study), Some(starting)) = (&self.study, &self.review.starting) else {
            return Vec::new();
        };
        let Some(size) = starting.size.trim().parse().ok().filter(|&size: &usize| size > 0) else {
            return Vec::new();
        };
        let drawing = Drawing {
            study: Arc::clone(study),
            protocol: self.compare.protocol.clone(),
            listed: self.inspect.listed.clone(),
            size,
            blind: self.review.blind,
        };
        self.save(What::Queue(drawing))
    }

    fn continue_queue(&mut self) {
        if self.review.queue().is_none() {
            self.review.queue = self.review.unfinished_queue().map(|queue| queue.id.clone());
        }
        let Some(queue) = self.review.queue() else { return };
        let blind = queue.what.blind;
        self.review.blind = blind;
        self.list_only_review();
        let by = self.review.reviewer.as_ref().map(Reviewer::id);
        let next = by.and_then(|by| self.review.queue()?.what.next(&self.review.reviews, by, None));
        self.select_entry(next.unwrap_or(0));
    }

    fn leave_queue(&mut self) -> Vec<Task> {
        self.review.queue = None;
        self.list_only_review();
        self.begin_item();
        Vec::new()
    }

    /// Lists the queue's items in its order, or the one whose disagreement is looked at, or what the filters leave.
    pub(in crate::app) fn list_only_review(&mut self) {
        let only = self.study.as_ref().and_then(|study| {
            let place = |item: &ItemRef| study.ledger.find(&item.benchmark, &item.key);
            if let Some(settling) = &self.review.settling {
                return Some(
                    settling
                        .answer
                        .iter()
                        .filter_map(|answer| place(&answer.item))
                        .collect(),
                );
            }
            let queue = self.review.queue()?;
            Some(
                queue
                    .what
                    .items
                    .iter()
                    .filter_map(|queued| place(&queued.item))
                    .collect(),
            )
        });
        self.inspect.only = only;
        self.list_items();
    }

    fn mark_own(&mut self, option: usize) {
        let Some((study, place)) = self.at_hand() else { return };
        let options = study.item(place).map_or(0, |(_, item)| item.options.len());
        let Some(item) = self.review_item().filter(|_| option < options) else {
            return;
        };
        let several = self.own_takes_several();
        let mut choices = self.review.own_choices(&item);
        if !choices.remove(&option) {
            if !several {
                choices.clear();
            }
            choices.insert(option);
        }
        self.review.own = Some((item, choices));
    }

    /// Whether one's own answer may be several options: the item has several right ones.
    pub fn own_takes_several(&self) -> bool {
        let item = self.at_hand().and_then(|(study, place)| study.item(place));
        item.is_some_and(|(_, item)| item.right.len() > 1)
    }

    fn give_own(&mut self) -> Vec<Task> {
        let Some(item) = self.review_item().filter(|_| self.review_step() == Step::Own) else {
            return Vec::new();
        };
        let own = OwnAnswer {
            choices: self.review.own_choices(&item),
            before_key: self.review.blind,
            item,
            rest: Map::new(),
        };
        self.say(vec![Statement::OwnAnswer(own).into()])
    }

    fn edit(&mut self, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.review_draft();
        change(&mut draft);
        if self.review.saving != Saving::UnderWay {
            self.review.saving = Saving::Nothing;
        }
        let step = self.review_step();
        match (&mut self.review.settling, step) {
            (Some(settling), _) => settling.draft = draft,
            (None, Step::Judge | Step::Revealed) => {
                if let Some(answer) = self.review_target() {
                    self.review.drafts.insert(answer, draft);
                }
            }
            (None, Step::Nothing | Step::Own) => {}
        }
    }

    fn save_opinion(&mut self) -> Vec<Task> {
        let Some(answer) = self.review_target() else {
            return Vec::new();
        };
        let Some(opinion) = self.review_draft().opinion() else {
            self.review.saving = Saving::Lacks(Lack::Verdict);
            return Vec::new();
        };
        if self.review.settling.is_some() {
            let reviews = &self.review.reviews;
            let settles = reviews
                .judgements_of(&answer)
                .map(|(_, said)| said.id.clone())
                .collect();
            let adjudication = Adjudication {
                answer,
                opinion,
                settles,
                rest: Map::new(),
            };
            return self.say(vec![Statement::Adjudication(adjudication).into()]);
        }
        if matches!(self.review_step(), Step::Nothing | Step::Own) {
            return Vec::new();
        }
        let protocol = self.study.as_ref().and_then(|study| {
            let run = study.runs().iter().find(|run| run.record.id == answer.given.run)?;
            Some(run.label.clone())
        });
        let by = self.review.reviewer.as_ref();
        let before = by.and_then(|by| self.review.reviews.judgement(&answer, by.id()));
        let judgement = match before {
            // What it was judged under stays true of the edit.
            Some(before) => Judgement {
                opinion,
                ..before.what.clone()
            },
            None => Judgement {
                protocol: protocol.unwrap_or_default(),
                opinion,
                blind: self.review.blind,
                shown_as: (self.review.blind || self.review.queue.is_some()).then_some(self.review.target + 1),
                queue: self.review.queue.clone(),
                answer,
                rest: Map::new(),
            },
        };
        self.say(vec![Statement::Judgement(judgement).into()])
    }

    fn next_to_judge(&mut self) {
        let by = self.review.reviewer.as_ref().map(Reviewer::id);
        let selected = self.inspect.selected;
        let next = match (self.review.queue(), by) {
            (Some(queue), Some(by)) => queue.what.next(&self.review.reviews, by, Some(selected)),
            _ => Some(selected + 1),
        };
        if let Some(next) = next {
            self.select_entry(next);
        }
    }

    fn toggle_agreement(&mut self) -> Vec<Task> {
        if self.review.settling.take().is_some() {
            self.list_only_review();
            self.begin_item();
            return Vec::new();
        }
        self.review.open = true;
        self.review.flag = None;
        self.review.settling = Some(Settling::default());
        let first = self
            .review
            .agreed
            .disagreements
            .first()
            .map(|differs| differs.answer.clone());
        self.look_at(first);
        vec![Task::Agree(Arc::clone(&self.review.reviews))]
    }

    /// Takes over how far reviewers agree.
    pub(in crate::app) fn show_agreed(&mut self, agreed: Arc<Agreed>) {
        self.review.agreed = agreed;
        let waits = |settling: &Settling| settling.answer.is_none();
        if self.review.settling.as_ref().is_some_and(waits) {
            let first = self.review.agreed.disagreements.first();
            self.look_at(first.map(|differs| differs.answer.clone()));
        }
    }

    /// Lists the items that both of the reviewers judged whose agreement is shown.
    fn list_both(&mut self) {
        let Some(pair) = self.review.chosen_pair() else { return };
        let by = |reviewer: &Reviewer| Condition::Reviewed(ReviewedBy::By(reviewer.name().to_owned()));
        self.inspect.filter = [by(&pair.first), by(&pair.second)].into_iter().collect();
        self.review.settling = None;
        self.review.queue = None;
        self.list_only_review();
        self.begin_item();
    }

    /// Looks at the disagreement so many rows further down the list.
    pub(in crate::app) fn step_disagreement(&mut self, steps: isize) {
        let differs = &self.review.agreed.disagreements;
        let settling = self.review.settling.as_ref();
        let shown = settling.and_then(|settling| settling.answer.as_ref());
        let place = differs.iter().position(|differs| Some(&differs.answer) == shown);
        let next = place.map_or(Some(0), |place| place.checked_add_signed(steps));
        if let Some(next) = next.and_then(|next| differs.get(next)) {
            self.look_at(Some(next.answer.clone()));
        }
    }

    /// The next open disagreement after an answer, going round.
    fn next_open(&self, after: Option<&AnswerRef>) -> Option<AnswerRef> {
        let found = disagreements(&self.review.reviews);
        let open = || found.iter().filter(|one| one.settled.is_none()).map(|one| one.answer);
        let next = open().find(|answer| after.is_none_or(|after| *answer > after));
        next.or_else(|| open().next()).or(after).cloned()
    }

    fn look_at(&mut self, answer: Option<AnswerRef>) {
        let settled = answer
            .as_ref()
            .and_then(|answer| self.review.reviews.adjudication(answer));
        let draft = settled.map_or_else(Draft::default, |settled| Draft::of(&settled.what.opinion));
        if let Some(settling) = &mut self.review.settling {
            settling.answer = answer;
            settling.draft = draft;
        }
        self.list_only_review();
    }
}
