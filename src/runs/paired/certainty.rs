//! How sure a comparison is: which of the two is higher, or why that is not told, and what interval and test it
//! stands on.

use super::{Comparison, FEW, FEWEST, Verdict};
use crate::quantities::{counted, percent};
use crate::stats::Pairs;

/// What chance alone may give in one of twenty comparisons is not told.
const SIGNIFICANT: f64 = 0.05;

/// Where the interval ends nearer to 0 than this, in both directions, more items would hardly tell a difference that
/// matters.
const SMALL: f64 = 0.05;

/// How the interval of a difference is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Tango's score interval.
    Score,
    /// Groups of items resampled whole, or items where each stands alone.
    Bootstrap,
}

/// Why a comparison tells neither side higher.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Doubt {
    /// There are too few items for any finding.
    FewItems,
    /// Interval and test both leave it open.
    TooFew,
    /// The interval leaves 0 out, but the exact test says that chance alone may do this.
    Test { p_value: f64 },
    /// The exact test tells the two apart, but the interval holds 0.
    Interval { p_value: f64 },
    /// Both leave it open, and the interval is narrow: this is its end that lies further from 0.
    Small { end: f64 },
}

impl Method {
    /// The one that pairs in so many clusters call for.
    pub(super) fn of(pairs: Pairs, clusters: usize) -> Self {
        match clusters == pairs.n() && pairs.odd_ones() < FEW {
            true => Self::Score,
            false => Self::Bootstrap,
        }
    }

    /// In a word, as tables name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Bootstrap => "bootstrap",
        }
    }
}

impl Doubt {
    /// In a few words, as tables name it.
    pub fn words(self) -> String {
        match self {
            Self::FewItems | Self::TooFew => "too few to tell".to_owned(),
            Self::Test { .. } => "left open by the exact test".to_owned(),
            Self::Interval { .. } => "left open by the interval".to_owned(),
            Self::Small { end } => format!("hardly above {} points", percent(end)),
        }
    }

    /// What stands at the head of a sentence.
    pub fn heading(self) -> String {
        match self {
            Self::FewItems | Self::TooFew => "Too few to tell".to_owned(),
            Self::Test { .. } | Self::Interval { .. } => "Left open".to_owned(),
            Self::Small { end } => format!("No difference above {} points is likely", percent(end)),
        }
    }

    /// Why, in a sentence.
    pub fn reason(self) -> String {
        match self {
            Self::FewItems => format!("Under {} nothing is told.", counted(FEWEST, "item")),
            Self::TooFew => "The interval holds 0, and chance alone may do this. More items would tell.".to_owned(),
            Self::Test { p_value } => {
                format!("The interval leaves 0 out, but the exact test leaves it open (p {p_value:.2}).")
            }
            Self::Interval { p_value } => {
                format!("The exact test tells them apart (p {p_value:.2}), but the interval holds 0.")
            }
            Self::Small { .. } => "The interval holds 0 and is narrow: any difference is small.".to_owned(),
        }
    }
}

impl Comparison {
    /// Which is higher, by itself: whether that stands among the others of its family, `adjusted` says.
    pub fn verdict(&self) -> Verdict {
        match self.doubt() {
            Some(_) => Verdict::TooFew,
            None if self.difference() > 0.0 => Verdict::First,
            None => Verdict::Second,
        }
    }

    /// Why neither is told to be higher; `None` where one is.
    pub fn doubt(&self) -> Option<Doubt> {
        if self.pairs.n() < FEWEST {
            return Some(Doubt::FewItems);
        }
        let p_value = self.p_value;
        let by_test = p_value < SIGNIFICANT;
        let Some(estimate) = self.estimate else {
            return (!by_test).then_some(Doubt::TooFew);
        };
        let interval = estimate.interval;
        let end = interval.high.max(-interval.low);
        match (!interval.holds(0.0), by_test) {
            (true, true) => None,
            (true, false) => Some(Doubt::Test { p_value }),
            (false, true) => Some(Doubt::Interval { p_value }),
            (false, false) if end < SMALL => Some(Doubt::Small { end }),
            (false, false) => Some(Doubt::TooFew),
        }
    }

    /// Whether the verdict still stands when all comparisons of its family are counted.
    pub fn stands(&self) -> bool {
        self.verdict() != Verdict::TooFew && self.adjusted < SIGNIFICANT
    }

    /// How its interval is found.
    pub fn method(&self) -> Method {
        Method::of(self.pairs, self.clusters)
    }

    /// What interval and test it stands on: `score interval, exact McNemar test`.
    pub fn stands_on(&self) -> String {
        let interval = self.estimate.map_or("no", |_| self.method().word());
        format!("{interval} interval, {}", self.test())
    }

    /// Why there is no interval; `None` where there is one.
    pub fn no_interval(&self) -> Option<&'static str> {
        match self.estimate {
            Some(_) => None,
            None if self.clusters < 2 => Some("one group has no interval"),
            None if self.pairs.only_first + self.pairs.only_second == 0 => Some("no item differed"),
            None => Some("all groups differ by as much"),
        }
    }

    /// The test that the p-value is of.
    pub fn test(&self) -> &'static str {
        match self.is_clustered() {
            true => "exact sign-flip test of groups",
            false => "exact McNemar test",
        }
    }
}
