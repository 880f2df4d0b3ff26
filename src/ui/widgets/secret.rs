//! A field for a key: what is in it is shown as dots.

use egui::Ui;

use crate::ui::text::TextEdit;

/// What stands for each character.
const DOT: char = '•';

/// Shows the field. Returns what it holds from now on, where that changed. Who deletes any of it empties it: nobody
/// can see which part was meant.
pub fn secret(ui: &mut Ui, name: &str, placeholder: &str, typed: &str) -> Option<String> {
    let mut shown: String = typed.chars().map(|_| DOT).collect();
    let edited = TextEdit::single_line(&mut shown)
        .name(name)
        .placeholder(placeholder)
        .show(ui);
    edited.response.changed().then(|| after_edit(typed, &shown))
}

/// What the field holds, once its dots were edited to be `shown`.
fn after_edit(typed: &str, shown: &str) -> String {
    let entered = shown.chars().filter(|character| *character != DOT);
    let kept = shown.chars().filter(|character| *character == DOT).count();
    if kept != typed.chars().count() {
        return entered.collect();
    }
    let before = shown.chars().take_while(|character| *character == DOT).count();
    let (start, end) = (typed.chars().take(before), typed.chars().skip(before));
    start.chain(entered).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_adds_and_deleting_empties() {
        assert_eq!(after_edit("", "a"), "a");
        assert_eq!(after_edit("ab", "••c"), "abc");
        assert_eq!(after_edit("ab", "x••"), "xab");
        assert_eq!(after_edit("ab", "•yz•"), "ayzb");
        assert_eq!(after_edit("abc", "••"), "");
        assert_eq!(after_edit("abc", "new"), "new");
    }
}
