//! The caption of a figure that leaves the window, as a paper prints it: what is shown, under which protocol, of how
//! many items, with which intervals, and what narrows it.

use super::colour::Colour;
use super::label::{Label, outlined};
use super::scene::{Anchor, Scene, point};
use crate::quantities::{count, counted};
use crate::slices::Slice;
use crate::text::isolate;
use crate::text::outline::Outliner;

/// Above the caption, and between its title and its text.
const ABOVE: f32 = 12.0;
const BETWEEN: f32 = 2.0;

/// What a plot says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Account {
    /// Of what it is: `MedQA`. Names in it are isolated.
    pub of: String,
    /// What is measured, as a sentence without its full stop.
    pub measure: String,
    /// How its intervals are reckoned.
    pub interval: &'static str,
    /// What each of `counts` counts, in the singular.
    pub unit: &'static str,
    /// The n of every value that was measured.
    pub counts: Vec<usize>,
    /// Protocols that the chosen one is set beside.
    pub beside: Vec<String>,
    /// Whether figures of others stand beside one's own.
    pub published: bool,
}

/// What the numbers of a plot stand on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Basis {
    /// The label of the protocol.
    pub protocol: String,
    /// Leaves some of the items.
    pub slice: Option<Slice>,
    /// Items of the plot that were answered, those left out among them.
    pub answered: usize,
    /// Of these, what counts nowhere since somebody decided so.
    pub left_out: usize,
    /// Of these, what counts with other right options than its benchmark says.
    pub rekeyed: usize,
}

/// What stands below a figure. Its sentences are English and begin so, whatever the names in them are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Caption {
    /// What the figure is, without a full stop.
    pub title: String,
    /// Sentences.
    pub text: String,
}

impl Caption {
    /// The caption of a plot called `title`.
    pub fn new(title: &str, account: &Account, basis: &Basis) -> Self {
        let title = match account.of.as_str() {
            "" => title.to_owned(),
            of => format!("{title}: {of}"),
        };
        let sentences = [
            Some(account.measure.clone()),
            protocols(account, basis),
            numbers(account),
            (!account.counts.is_empty()).then(|| format!("Intervals: {}", account.interval)),
            basis.slice.as_ref().map(narrowed),
            left_out(basis),
            (basis.rekeyed > 0).then(|| format!("{} counted with a corrected key", counted(basis.rekeyed, "item"))),
            account
                .published
                .then(|| "Hollow marks are published figures, of protocols of their own".to_owned()),
        ];
        let sentences = sentences.into_iter().flatten().filter(|sentence| !sentence.is_empty());
        let sentences: Vec<String> = sentences.map(|sentence| format!("{sentence}.")).collect();
        Self {
            title,
            text: sentences.join(" "),
        }
    }

    /// Writes it below `scene`, in as many lines as its width asks for, and adds it to what is said to who does not see
    /// the figure.
    pub fn write_below(&self, scene: &mut Scene, outliner: &Outliner) {
        let width = scene.width;
        let mut top = scene.height + ABOVE;
        let title = Label::new(&self.title).semibold().colour(Colour::Text);
        for label in [title, Label::small(&self.text)] {
            let label = label.breaking(width);
            let set = outlined(outliner, &label);
            scene.write(label, point(0.0, top + set.ascent), Anchor::Left);
            top += set.height + BETWEEN;
        }
        scene.height = top;
        scene.description = format!("{} {}", scene.description, self.text);
    }
}

fn protocols(account: &Account, basis: &Basis) -> Option<String> {
    let all: Vec<&str> = std::iter::once(&basis.protocol)
        .chain(&account.beside)
        .map(String::as_str)
        .filter(|protocol| !protocol.is_empty())
        .collect();
    match all.as_slice() {
        [] => None,
        [protocol] => Some(format!("Protocol: {}", isolate::isolate(protocol))),
        several => Some(format!("Protocols: {}", isolate::join(several.iter().copied(), "; "))),
    }
}

/// `n = 1,273 items each`, `n = 24 to 1,273 items each`.
fn numbers(account: &Account) -> Option<String> {
    let (least, most) = (account.counts.iter().min()?, account.counts.iter().max()?);
    let each = if account.counts.len() > 1 { " each" } else { "" };
    let most = counted(*most, account.unit);
    match account.counts.iter().all(|count| count == least) {
        true => Some(format!("n = {most}{each}")),
        false => Some(format!("n = {} to {most}{each}", count(*least))),
    }
}

fn narrowed(slice: &Slice) -> String {
    let name = isolate::isolate(slice.name.as_str());
    format!("Only items of the slice {name} ({})", slice.filter.words())
}

fn left_out(basis: &Basis) -> Option<String> {
    let answered = counted(basis.answered, "item");
    (basis.left_out > 0).then(|| {
        let left_out = count(basis.left_out);
        format!("{left_out} of {answered} left out by decisions on flags")
    })
}
