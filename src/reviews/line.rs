//! A line of a reviewer's file: one thing said, by whom and when.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use super::statement::Statement;

/// The newest layout of a line that this program knows.
pub const SCHEMA: u32 = 1;

/// The name of one line, which no other line has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineId(String);

impl LineId {
    /// A fresh name.
    pub fn fresh() -> Self {
        Self(std::iter::repeat_with(fastrand::alphanumeric).take(20).collect())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of what is said: a later line with the same one takes the place of the earlier.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatementId(String);

impl StatementId {
    /// The name that follows from `parts`, so that two computers give the same thing the same name.
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(
            hash.finalize()
                .iter()
                .take(10)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// A name for what can be said several times over.
    pub(super) fn fresh() -> Self {
        Self(LineId::fresh().0)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// When something was said, UTC; written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(SystemTime);

impl Timestamp {
    /// The beginning of time as computers count it.
    pub const EARLIEST: Self = Self(SystemTime::UNIX_EPOCH);

    /// Now, but later than `other` even where the clock was set back: what is said later must win.
    pub fn now_after(other: Self) -> Self {
        // To the microsecond, as it is written.
        let next = whole_micros(other.0) + Duration::from_micros(1);
        Self(whole_micros(SystemTime::now()).max(next))
    }

    /// How long ago it was; nothing where it lies ahead.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed().unwrap_or_default()
    }

    /// The day, such as `2026-11-22`.
    pub fn day(self) -> String {
        self.to_string().chars().take(10).collect()
    }
}

fn whole_micros(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(since.as_micros()).unwrap_or(u64::MAX))
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        humantime::format_rfc3339_micros(self.0).fmt(formatter)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_rfc3339(&text)
            .map(Self)
            .map_err(|_| de::Error::custom(format!("`at` is `{text}`, not a time such as 2026-11-22T09:30:00Z")))
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub schema: u32,
    pub line: LineId,
    /// Of what is said; edits share it.
    pub id: StatementId,
    pub at: Timestamp,
    /// The name as the reviewer gave it.
    pub reviewer: String,
    #[serde(flatten)]
    pub statement: Statement,
}

impl Line {
    /// Lines in the order they were said; of two at the same moment the order is the same everywhere.
    pub fn order(&self) -> (Timestamp, &LineId) {
        (self.at, &self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_later_is_later_even_if_the_clock_goes_back() {
        let ahead = Timestamp(SystemTime::now() + Duration::from_secs(3600));
        let next = Timestamp::now_after(ahead);
        assert!(next > ahead);
        let text = serde_json::to_string(&next).unwrap();
        assert_eq!(serde_json::from_str::<Timestamp>(&text).unwrap(), next);
    }

    #[test]
    fn times_compare_as_times_and_not_as_texts() {
        let time = |text: &str| serde_json::from_str::<Timestamp>(&format!("\"{text}\"")).unwrap();
        assert!(time("2026-11-22T01:00:00Z") < time("2026-11-22T01:00:00.5Z"));
        let error = serde_json::from_str::<Timestamp>("\"yesterday\"").unwrap_err();
        assert!(error.to_string().contains("yesterday"), "{error}");
    }
}
