//! What the models of an imported run were asked, in the words of its files. It is kept with the run, so that this can be
//! written out again whatever the protocol that is known of it.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{ExchangeError, read_text};
use crate::benchmarks::ItemKey;
use crate::files::write_with;

/// Of the file in the run's folder, a line an answer.
const FILE: &str = "asked.jsonl";

/// What a model was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub prompt: String,
    /// Absent where the file does not tell it; the protocol does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<Follows>,
}

/// What came after the prompt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Follows {
    /// One continuation for each option, whose probabilities were compared.
    Continuations {
        continuations: Vec<String>,
        /// The same without what stands between them and the prompt.
        answers: Vec<String>,
    },
    /// The model wrote; one of these would have ended its reply.
    Reply { stops: Vec<String>, most_tokens: usize },
}

/// By benchmark and item.
pub(super) type AskedItems = HashMap<(String, ItemKey), Asked>;

#[derive(Serialize, Deserialize)]
struct Line {
    benchmark: String,
    #[serde(flatten)]
    item: ItemKey,
    #[serde(flatten)]
    asked: Asked,
}

/// Keeps what was asked in a run's folder.
pub(super) fn write(folder: &Path, asked: AskedItems) -> Result<(), ExchangeError> {
    let line = |((benchmark, item), asked)| serde_json::to_string(&Line { benchmark, item, asked });
    let mut lines: Vec<String> = asked
        .into_iter()
        .map(line)
        .collect::<Result<_, _>>()
        .map_err(ExchangeError::Json)?;
    lines.sort();
    write_with(&folder.join(FILE), |file| {
        lines.iter().try_for_each(|line| writeln!(file, "{line}"))
    })?;
    Ok(())
}

/// What was asked in the run in a folder; nothing for one that was imported before this was kept.
pub(super) fn read(folder: &Path) -> Result<AskedItems, ExchangeError> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(AskedItems::new());
    }
    let text = read_text(&path)?;
    let lines = text.lines().enumerate().map(|(index, line)| {
        let read: Result<Line, _> = serde_json::from_str(line);
        read.map(|line| ((line.benchmark, line.item), line.asked))
            .map_err(|error| ExchangeError::Format {
                path: path.clone(),
                line: index + 1,
                reason: error.to_string(),
            })
    });
    lines.collect()
}
