//! How the matrix is looked at: what its cells show, and in which order and groups its rows and columns stand.

use super::matrix::ColumnKey;
use crate::language::Language;
use crate::runs::measures::Weighing;

/// What cells show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    #[default]
    Accuracy,
    /// The difference to a baseline.
    Delta,
    /// The place among the models of the column.
    Rank,
}

impl Mode {
    /// Every mode, in the order of its tabs.
    pub const ALL: [Self; 3] = [Self::Accuracy, Self::Delta, Self::Rank];

    /// Its word.
    pub fn title(self) -> &'static str {
        match self {
            Self::Accuracy => "Accuracy",
            Self::Delta => "Delta",
            Self::Rank => "Rank",
        }
    }
}

/// What rows stand together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RowGroups {
    #[default]
    None,
    Family,
    Ran,
    Size,
}

impl RowGroups {
    /// Every way, in the order of its menu.
    pub const ALL: [Self; 4] = [Self::None, Self::Family, Self::Ran, Self::Size];

    /// The words for it.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "Nothing",
            Self::Family => "Family",
            Self::Ran => "Where it ran",
            Self::Size => "Size",
        }
    }
}

/// What columns stand together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ColumnGroups {
    #[default]
    Task,
    Language,
    /// How much text the language has.
    Resources,
}

impl ColumnGroups {
    /// Every way, in the order of its menu.
    pub const ALL: [Self; 3] = [Self::Task, Self::Language, Self::Resources];

    /// The words for it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Language => "Language",
            Self::Resources => "Resources of the language",
        }
    }
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holds {
    Cells(ColumnKey),
    /// The average of all tasks in a language.
    Tasks(Language),
    /// The average of all languages of a task.
    Languages {
        benchmark: String,
        task: String,
    },
}

/// What rows are sorted by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Name,
    /// The mean of the accuracies in all columns; models that lack some come last.
    Mean,
    Size,
    Column(Holds),
}

/// In which order rows stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Order {
    pub by: By,
    pub descending: bool,
}

impl Order {
    /// By what is best read from this end first: names from A on, numbers from the highest down.
    pub fn natural(by: By) -> Self {
        let descending = by != By::Name;
        Self { by, descending }
    }

    /// What a click on a head makes of the order so far: the natural one, then the other way, then by name.
    pub fn clicked(&self, by: By) -> Self {
        let natural = Self::natural(by.clone());
        match *self == natural {
            true => Self {
                by,
                descending: !natural.descending,
            },
            false if self.by == by => Self::default(),
            false => natural,
        }
    }
}

/// How the matrix is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    pub mode: Mode,
    /// The model that others are compared with.
    pub baseline: Option<String>,
    pub rows: RowGroups,
    pub columns: ColumnGroups,
    pub order: Order,
    pub weighing: Weighing,
    /// Leaves published figures out.
    pub own_only: bool,
    /// Shows a row for each model of which only published figures are known.
    pub published_open: bool,
    /// Which models are looked for.
    pub search: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_sorts_one_way_then_the_other_then_not() {
        let first = Order::default().clicked(By::Mean);
        assert_eq!(
            first,
            Order {
                by: By::Mean,
                descending: true
            }
        );
        let second = first.clicked(By::Mean);
        assert!(!second.descending);
        assert_eq!(second.clicked(By::Mean), Order::default());
        let names = Order::default().clicked(By::Name);
        assert_eq!((names.by.clone(), names.descending), (By::Name, true));
        assert_eq!(names.clicked(By::Name), Order::default());
        assert_eq!(second.clicked(By::Size), Order::natural(By::Size));
    }
}
