//! Records of JSON: one object a line, or one array of objects.

use serde_json::Value;

use super::{Place, RawRecord, RowError};

/// The records of a text; `None` where the text is one object over several lines, which holds no list of records.
pub(super) fn records(text: &str) -> Option<Vec<RawRecord>> {
    if text.trim_start().starts_with('[')
        && let Ok(values) = serde_json::from_str::<Vec<Value>>(text)
    {
        let numbered = values.into_iter().enumerate();
        return Some(
            numbered
                .map(|(index, value)| RawRecord {
                    place: Place::Record(index + 1),
                    columns: object(value),
                })
                .collect(),
        );
    }
    let lines: Vec<RawRecord> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| RawRecord {
            place: Place::Line(index + 1),
            columns: serde_json::from_str(line)
                .map_err(|error| RowError::NotJson(without_line(&error)))
                .and_then(object),
        })
        .collect();
    let torn = lines.len() > 1 && lines.iter().any(|line| line.columns.is_err());
    if torn && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return None;
    }
    Some(lines)
}

fn object(value: Value) -> Result<super::Columns, RowError> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(RowError::NotObject),
    }
}

/// The parser's message with the column only: it saw one line and calls it line 1.
fn without_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&position) {
        Some(what) => format!("{what} at column {}", error.column()),
        None => message,
    }
}
