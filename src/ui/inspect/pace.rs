//! The pace of the card: the texts of an item are laid out before it is shown, some in each frame, so that a long item in
//! a script not seen before holds no frame up. For those few frames the card shows the item before. In frames in which
//! nothing happens, the item that comes next is laid out ahead.

use std::sync::Arc;

use egui::{Id, Ui};

use super::card;
use crate::app::State;
use crate::app::inspect::Side;
use crate::app::study::Study;
use crate::ui::{allowance, widgets};

/// An item as the card shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Where the study lies that the item is of: it is another one once anything was read anew.
    study: usize,
    /// Its place in [`Study::entries`].
    pub entry: usize,
    /// What is marked in its texts.
    pub search: String,
    /// The room it has, in points.
    width: f32,
}

/// How far a view is laid out.
#[derive(Debug, Clone)]
struct Progress {
    view: View,
    /// The number of the text that is next; none once all are laid out.
    next: Option<usize>,
}

/// What the card shows in this frame, in `width` points: the selected item, or what it showed before while the texts of
/// that one are laid out. `sides` finds the sides of the item in a place.
pub fn view<'a>(
    ui: &Ui,
    state: &State,
    (study, entry, width): (&Arc<Study>, usize, f32),
    sides: impl Fn(usize) -> Vec<Side<'a>>,
) -> View {
    let wanted = View {
        study: Arc::as_ptr(study).addr(),
        entry,
        search: state.inspect.search().to_owned(),
        width,
    };
    let shown: Option<View> = ui.data(|data| data.get_temp(shown_id()));
    let shown = match shown {
        Some(shown) if (shown.study, shown.width) == (wanted.study, width) && shown != wanted => {
            let is_ready = lay_out(ui, state, wanted.clone(), &sides);
            if is_ready { wanted } else { shown }
        }
        _ => wanted,
    };
    ui.data_mut(|data| data.insert_temp(shown_id(), shown.clone()));
    shown
}

/// Goes on with the item after the selected one, once the card shows `view` of that one, where nothing was pressed or
/// moved.
pub fn prepare<'a>(ui: &Ui, state: &State, view: View, sides: impl Fn(usize) -> Vec<Side<'a>>) {
    let inspect = &state.inspect;
    let following = inspect.listed.get(inspect.selected.saturating_add(1));
    let is_shown = inspect.entry() == Some(view.entry) && inspect.search() == view.search;
    let Some(&entry) = following.filter(|_| is_shown) else {
        return;
    };
    if ui.input(|input| input.events.is_empty()) && allowance::is_left(ui.ctx()) {
        lay_out(ui, state, View { entry, ..view }, &sides);
    } else {
        ui.ctx().request_repaint();
    }
}

/// Lays out texts of `view` while this frame has time, and asks for another frame while there are more. Returns whether
/// all are laid out.
fn lay_out<'a>(ui: &Ui, state: &State, view: View, sides: &impl Fn(usize) -> Vec<Side<'a>>) -> bool {
    let id = widgets::id("card", "laid out");
    let before: Option<Progress> = ui.data(|data| data.get_temp(id));
    let before = before.filter(|before| before.view == view);
    let mut progress = before.unwrap_or(Progress { view, next: Some(0) });
    if let Some(next) = progress.next {
        let View {
            entry, search, width, ..
        } = &progress.view;
        progress.next = allowance::spend(ui.ctx(), |has_time| {
            card::lay_out(ui, state, &sides(*entry), (search, *width), next, has_time)
        });
    }
    if progress.next.is_some() {
        ui.ctx().request_repaint();
    }
    let is_ready = progress.next.is_none();
    ui.data_mut(|data| data.insert_temp(id, progress));
    is_ready
}

fn shown_id() -> Id {
    widgets::id("card", "shown")
}
